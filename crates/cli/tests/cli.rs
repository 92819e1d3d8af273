//! The program as people run it: arguments in, output and exit code out. The environment is scrubbed.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests make files, and fail loudly"
)]

use snapbox::{assert_data_eq, file};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

#[path = "cli/baseline.rs"]
mod baseline;
#[path = "cli/cdk.rs"]
mod cdk;
#[path = "cli/changed.rs"]
mod changed;
#[path = "cli/config.rs"]
mod config;
#[path = "cli/json_schema.rs"]
mod json_schema;
#[path = "cli/parameters.rs"]
mod parameters;
#[path = "cli/reports.rs"]
mod reports;
#[path = "cli/review.rs"]
mod review;
#[path = "cli/rule_folders.rs"]
mod rule_folders;
#[path = "cli/rules.rs"]
mod rules;
#[path = "cli/scenarios.rs"]
mod scenarios;
#[path = "cli/stacks.rs"]
mod stacks;
#[path = "cli/suppressions.rs"]
mod suppressions;
#[path = "cli/terraform.rs"]
mod terraform;

/// A template in which `queue-named` finds `Queue`, and nothing else is wrong.
const UNNAMED: &str = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n";
/// A template in which nothing is wrong.
const CLEAN: &str =
    "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: { QueueName: orders }\n";
/// A template whose retention period is not known.
const UNKNOWN: &str = "\
Parameters:
  Days:
    Type: Number
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: orders
      MessageRetentionPeriod: !Ref Days
";

/// What a run gave.
struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

fn run_in(folder: &Path, args: &[&str], stdin: &[u8]) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_pillarlint"))
        .args(args)
        .current_dir(folder)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that stops before it reads its input closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn own_rules() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/own-rules");
    folder.to_str().unwrap().to_owned()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// Runs `check` with the rules of these tests alone, in the concise format.
fn run_check(folder: &Path, args: &[&str], stdin: &[u8]) -> Ran {
    let rules = own_rules();
    let mut all = vec!["check", "--rules", &rules, "--select", "queue-*"];
    all.extend(args);
    if !args.contains(&"--format") {
        all.extend(["--format", "concise"]);
    }
    run_in(folder, &all, stdin)
}

/// Files, arguments, and what `check` prints and gives.
#[track_caller]
fn check(files: &[(&str, &str)], args: &[&str], code: i32, stdout: &str) {
    let ran = run_check(folder(files).path(), args, b"");
    assert_eq!(
        (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
        (code, stdout, ""),
        "{args:?}"
    );
}

const NOTHING: &str = "holds no template and no configuration to check (looked at .yaml, .yml, .json, .template, .cfn, .tf, .tofu files, but for what .gitignore names)";
const FOUND: &str = "a.yaml:2:3: high queue-named the queue has no name [OPS05-BP07] (Queue)\n";

#[test]
fn exit_codes() {
    let one = [("a.yaml", UNNAMED)];
    let summary = |findings: &str| {
        format!("{findings}, 0 undecided, 0 errors, 0 warnings; 1 resource in 1 template\n")
    };
    check(&[("a.yaml", CLEAN)], &[], 0, &summary("0 findings"));
    check(&one, &[], 1, &(FOUND.to_owned() + &summary("1 finding")));
    check(&one, &["--exit-zero", "-q"], 0, FOUND);
    check(&one, &["--fail-on", "high", "-q"], 1, FOUND);
    check(&one, &["--fail-on", "critical", "-q"], 0, FOUND);
    check(&one, &["--fail-on", "never", "-q"], 0, FOUND);
    check(&one, &["--severity", "critical", "-q"], 0, "");
    check(
        &one,
        &["nowhere", "a.yaml", "-q"],
        3,
        &format!("{FOUND}nowhere: error no such file or folder\n"),
    );
    check(
        &one,
        &["nowhere", "--exit-zero", "-q"],
        3,
        "nowhere: error no such file or folder\n",
    );
}

/// What was passed over is counted, and a folder without a template says what was looked for.
#[test]
fn nothing_is_passed_over_in_silence() {
    check(
        &[("a.yaml", CLEAN), ("package.json", "{}"), ("empty.yml", "")],
        &[],
        0,
        "0 findings, 0 undecided, 0 errors, 0 warnings; 1 resource in 1 template; 2 other files passed over\n",
    );
    check(
        &[("notes.txt", "")],
        &[".", "notes.txt"],
        3,
        &format!(
            ".: error {NOTHING}\n\
             0 findings, 0 undecided, 1 error, 0 warnings; 0 resources in 0 templates; 1 other file passed over\n"
        ),
    );
}

#[test]
fn types_of_others_are_what_they_are() {
    let template = "\
Resources:
  Module:
    Type: My::Org::Thing::MODULE
  Custom:
    Type: Custom::Thing
    Properties: { ServiceToken: !GetAtt Module.Inner.Arn, Of: !Ref ModuleInner }
  Same:
    Type: AWS::CloudFormation::CustomResource
    Properties: { ServiceToken: !GetAtt Custom.Arn, Whatever: 2 }
  Monitor:
    Type: Datadog::Monitors::Monitor
    Properties: { Query: !GetAtt Same.Deep.Attribute }
  Cluster: { Type: MongoDB::Atlas::Cluster }
  Report: { Type: Initech::TPS::Report::v1 }
  Hook: { Type: AWS::CloudFormation::LambdaHook }
Outputs:
  Id: { Value: !GetAtt Monitor.MonitorId }
";
    check(
        &[("a.yaml", template)],
        &["."],
        0,
        "\
a.yaml:3:11: not-read the module `My::Org::Thing::MODULE` is not expanded
0 findings, 0 undecided, 0 errors, 0 warnings, 1 part not read; 7 resources in 1 template
",
    );
}

#[test]
fn wrong_usage_is_2() {
    let folder = folder(&[("a.yaml", UNNAMED)]);
    for (args, message) in [
        (
            ["check", "--select", "s3-versionin"],
            "error: no rule, alias, practice, question, pillar or kind is named `s3-versionin`; did you mean `s3-versioning`?\n",
        ),
        (
            ["check", "--ignore", "zzzzzz*"],
            "error: no rule, alias, practice, question, pillar or kind is named `zzzzzz*`\n",
        ),
        (
            ["check", "--rules", "nowhere"],
            "error: cannot read nowhere: no such file or folder\n",
        ),
        (
            ["check", "--rules", "."],
            "this is no rule, which has `title`",
        ),
        (["check", "--rules", "."], "a.yaml:1:1]"),
        (
            ["check", "--rules", "a.yaml"],
            "error: a.yaml is a file; name the folder that holds the rules\n",
        ),
        (["check", "--select", "s3"], "; did you mean `s3-*`?\n"),
        (
            ["check", "--ignore", "AWS::S3"],
            "; did you mean `AWS::S3::*`?\n",
        ),
        (["check", "--select", ""], "error: a selector is empty\n"),
        (
            ["check", "--severity", "awful"],
            "[possible values: info, low, medium, high, critical]",
        ),
        (["check", "--jobs", "0"], "0 is not in 1..=256"),
        (
            ["explain", "s3-versionin", "--color=never"],
            "did you mean `s3-versioning`?",
        ),
        (
            ["test", "--only", "nothing"],
            "error: there is no rule `nothing`\n",
        ),
        (["chek", "--quiet", "."], "unrecognized subcommand"),
    ] {
        let ran = run_in(folder.path(), &args, b"");
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}");
        assert!(ran.stderr.contains(message), "{args:?}: {}", ran.stderr);
    }
}

#[test]
fn selection() {
    let files = [(
        "a.yaml",
        "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: { MessageRetentionPeriod: 60 }\n",
    )];
    let named = "a.yaml:2:3: high queue-named the queue has no name [OPS05-BP07] (Queue)\n";
    let kept = "a.yaml:4:43: low queue-retention the queue keeps messages for `60` seconds only [REL05-BP04] (Queue)\n";
    check(&files, &["-q"], 1, named);
    check(
        &files,
        &["-q", "--preset", "strict"],
        1,
        &(named.to_owned() + kept),
    );
    check(
        &files,
        &["-q", "--select", "queue-retention"],
        1,
        &(named.to_owned() + kept),
    );
    check(
        &files,
        &["-q", "--select", "queue-retention", "--ignore", "Q1"],
        1,
        kept,
    );
    check(
        &files,
        &["-q", "--preset", "all", "--ignore", "reliability,SEC08"],
        1,
        named,
    );
}

#[test]
fn files_are_found() {
    let files = [
        ("b.yml", UNNAMED),
        (
            "a/c.json",
            "{\"Resources\": {\"Queue\": {\"Type\": \"AWS::SQS::Queue\"}}}",
        ),
        ("a/d.template", UNNAMED),
        ("a/e.cfn", UNNAMED),
        ("a/f.txt", UNNAMED),
        (".hidden/g.yaml", UNNAMED),
        (".git/h.yaml", UNNAMED),
        ("ignored/i.yaml", UNNAMED),
        (".gitignore", "ignored/\n"),
        ("package.json", "{\"name\": \"x\"}"),
        ("k8s.yaml", "apiVersion: v1\nkind: Pod\n"),
    ];
    let place = |path: &str, place: &str| {
        format!("{path}:{place}: high queue-named the queue has no name [OPS05-BP07] (Queue)\n")
    };
    let all = [
        place(".hidden/g.yaml", "2:3"),
        place("a/c.json", "1:16"),
        place("a/d.template", "2:3"),
        place("a/e.cfn", "2:3"),
        place("b.yml", "2:3"),
    ]
    .concat();
    check(&files, &["-q"], 1, &all);
    check(&files, &["-q", "."], 1, &all);
    check(&files, &["-q", "b.yml", ".", "a", "./b.yml"], 1, &all);
    check(&files, &["-q", "-j", "1"], 1, &all);
    // What is named is read, whatever it is called and whoever ignores it.
    check(&files, &["-q", "a/f.txt"], 1, &place("a/f.txt", "2:3"));
    check(
        &files,
        &["-q", "ignored/i.yaml"],
        1,
        &place("ignored/i.yaml", "2:3"),
    );
    // What is no template is passed over.
    check(&files, &["-q", "package.json"], 0, "");
}

#[cfg(unix)]
#[test]
fn links_are_harmless() {
    let folder = folder(&[("a/b.yaml", UNNAMED)]);
    std::os::unix::fs::symlink("..", folder.path().join("a/loop")).unwrap();
    std::os::unix::fs::symlink("b.yaml", folder.path().join("a/again.yaml")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("a/broken.yaml")).unwrap();
    let ran = run_check(folder.path(), &["-q"], b"");
    let expected =
        "a/again.yaml:2:3: high queue-named the queue has no name [OPS05-BP07] (Queue)\n";
    assert_eq!((ran.code, ran.stdout.as_str()), (1, expected));
}

#[cfg(unix)]
#[test]
fn an_unreadable_folder_is_an_error_and_the_rest_is_checked() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder(&[("a.yaml", UNNAMED), ("closed/b.yaml", UNNAMED)]);
    let closed = folder.path().join("closed");
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
    let may_read_all = std::fs::read_dir(&closed).is_ok();
    let ran = run_check(folder.path(), &["-q"], b"");
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o755)).unwrap();
    // Permissions do not hold for root.
    if !may_read_all {
        assert_eq!(
            (ran.code, ran.stdout),
            (3, format!("{FOUND}closed: error permission denied\n"))
        );
    }
}

#[test]
fn standard_input() {
    let folder = folder(&[]);
    let rule = "high queue-named the queue has no name [OPS05-BP07] (Queue)\n";
    let ran = run_check(folder.path(), &["-q", "-"], UNNAMED.as_bytes());
    assert_eq!((ran.code, ran.stdout), (1, format!("<stdin>:2:3: {rule}")));
    let ran = run_check(
        folder.path(),
        &["-q", "-", "--stdin-filename", "x/app.yaml"],
        UNNAMED.as_bytes(),
    );
    assert_eq!(
        (ran.code, ran.stdout),
        (1, format!("x/app.yaml:2:3: {rule}"))
    );
    let ran = run_check(folder.path(), &["-q", "-"], b"");
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""));
}

/// Bytes that are bad in one way or another, beside a good template: the rest is still checked.
#[track_caller]
fn check_bad(name: &str, bytes: &[u8], code: i32, expected: &str) {
    let folder = folder(&[("a.yaml", UNNAMED)]);
    std::fs::write(folder.path().join(name), bytes).unwrap();
    let ran = run_check(folder.path(), &["-q"], b"");
    assert_eq!(
        (ran.code, ran.stdout),
        (code, format!("{FOUND}{expected}")),
        "{name}"
    );
}

#[test]
fn bad_input() {
    let utf16: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(UNNAMED.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    check_bad("empty.yaml", b"", 1, "");
    check_bad(
        "binary.template",
        b"\x7fELF\x02\x01\0\0\0\0Resources",
        1,
        "",
    );
    check_bad("other-utf16.json", b"\xFF\xFE{\0}\0", 1, "");
    check_bad(
        "utf16.yaml",
        &utf16,
        3,
        "utf16.yaml: error the file is UTF-16; save it as UTF-8\n",
    );
    check_bad(
        "latin1.yaml",
        format!("{UNNAMED}# caf")
            .as_bytes()
            .iter()
            .copied()
            .chain([0xE9])
            .collect::<Vec<_>>()
            .as_slice(),
        3,
        "latin1.yaml: error the file is not UTF-8 (byte 51)\n",
    );
}

#[test]
fn broken_templates_give_errors_with_places() {
    for (name, text) in [
        (
            "broken.yaml",
            "Resources:\n  A:\n    Type: AWS::SQS::Queue\n  B: [\n",
        ),
        (
            "broken.json",
            "{\"Resources\": {\"A\": {\"Type\": \"AWS::SQS::Queue\"",
        ),
        (
            "list.yaml",
            "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: { QueueName: x }\n  Wrong: [1, 2]\n",
        ),
    ] {
        let folder = folder(&[("a.yaml", UNNAMED), (name, text)]);
        let ran = run_check(folder.path(), &["-q"], b"");
        assert_eq!(ran.code, 3, "{name}: {}", ran.stdout);
        assert!(ran.stdout.starts_with(FOUND), "{name}: {}", ran.stdout);
        let error = ran
            .stdout
            .lines()
            .find(|line| line.contains(": error "))
            .unwrap();
        assert!(error.starts_with(&format!("{name}:")), "{error}");
    }
}

#[test]
fn a_folder_that_holds_nothing_is_said() {
    check(
        &[("x/a.txt", ""), ("a.yaml", CLEAN)],
        &["-q", "x", "."],
        3,
        &format!("x: error {NOTHING}\n"),
    );
    check(
        &[("package.json", "{}")],
        &["-q"],
        3,
        &format!(".: error {NOTHING}\n"),
    );
}

#[test]
fn undecided_is_counted_and_listed() {
    let files = [("a.yaml", UNKNOWN)];
    let args = ["--preset", "strict"];
    let summary = "0 findings, 1 undecided, 0 errors, 0 warnings; 1 resource in 1 template\n";
    check(&files, &args, 0, summary);
    let ran = run_check(
        folder(&files).path(),
        &["--preset", "strict", "--undecided", "-q"],
        b"",
    );
    assert_eq!(ran.code, 0);
    assert!(
        ran.stdout
            .starts_with("a.yaml:9:31: undecided queue-retention "),
        "{}",
        ran.stdout
    );
}

#[test]
fn the_same_bytes_whatever_the_threads_and_the_order() {
    let showcase = |args: &[&str]| {
        let mut all = vec!["check", "--preset", "all", "--undecided"];
        all.extend(args);
        run_in(&root().join("fixtures"), &all, b"").stdout
    };
    let paths = [
        "showcase/orders.yaml",
        "showcase/back-office.yaml",
        "showcase/storage.json",
    ];
    let one = showcase(&["showcase", "--jobs", "1"]);
    assert_eq!(one, showcase(&["showcase", "--jobs", "7"]));
    assert_eq!(one, showcase(&paths));
    assert_eq!(one, showcase(&[paths[2], "showcase", paths[1]]));
}

#[test]
fn text_from_checked_files_cannot_act_on_the_terminal() {
    let text =
        "Resources:\n  \"Qu\\e[31m\u{202e}eue\": # \u{9b}2J\u{202e}\n    Type: AWS::SQS::Queue\n";
    let folder = folder(&[("a\u{1b}]0;x.yaml", text), ("::error::b.yaml", UNNAMED)]);
    let is_bad =
        |character: char| (character.is_control() && character != '\n') || character == '\u{202e}';
    for format in ["text", "concise", "json"] {
        let ran = run_check(
            folder.path(),
            &["--format", format, "--color", "never", "--undecided"],
            b"",
        );
        assert_eq!(ran.stdout.find(is_bad), None, "{format}: {:?}", ran.stdout);
        assert!(
            !ran.stdout
                .lines()
                .any(|line| line.trim_start().starts_with("::")),
            "{format}"
        );
        assert!(
            ran.stdout.contains("\\u{1b}") || ran.stdout.contains("\\u001b"),
            "{format}: {}",
            ran.stdout
        );
    }
}

#[test]
fn colours_come_only_where_they_are_wanted() {
    let folder = folder(&[("a.yaml", UNNAMED)]);
    let has_colour = |args: &[&str]| {
        run_check(folder.path(), args, b"")
            .stdout
            .contains('\u{1b}')
    };
    assert!(has_colour(&["--format", "text", "--color", "always"]));
    assert!(!has_colour(&["--format", "text", "--color", "never"]));
    assert!(!has_colour(&["--format", "text"]));
    assert!(!has_colour(&["--format", "concise", "--color", "always"]));
    assert!(!has_colour(&["--format", "json", "--color", "always"]));
}

#[test]
fn a_minified_template_is_shown_in_part() {
    let many = |range: std::ops::Range<usize>| {
        let named = |i| {
            format!(
                "\"N{i}\":{{\"Type\":\"AWS::SQS::Queue\",\"Properties\":{{\"QueueName\":\"é{i}\"}}}},"
            )
        };
        range.map(named).collect::<String>()
    };
    let text = format!(
        "{{\"Resources\":{{{}\"Bad\":{{\"Type\":\"AWS::SQS::Queue\"}},{}\"Z\":{{\"Type\":\"AWS::SQS::Queue\",\"Properties\":{{\"QueueName\":\"z\"}}}}}}}}",
        many(0..300),
        many(300..600)
    );
    let folder = folder(&[("a.json", &text)]);
    let ran = run_check(folder.path(), &["--format", "text"], b"");
    assert!(ran.stdout.contains("a.json:1:"), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("…") && ran.stdout.contains("\"Bad\""),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.lines().all(|line| line.chars().count() < 300),
        "{}",
        ran.stdout
    );
}

#[test]
fn own_rules_that_are_wrong_are_shown_like_findings() {
    let rule =
        std::fs::read_to_string(Path::new(&own_rules()).join("queues/queue-named.yaml")).unwrap();
    let folder = folder(&[
        ("rules/my-rule.yaml", &rule.replace("QueueName", "QueueNam")),
        ("a.yaml", UNNAMED),
    ]);
    for args in [
        &["check", "--rules", "rules"][..],
        &["test", "rules"],
        &["rules", "--rules", "rules"],
    ] {
        let ran = run_in(folder.path(), args, b"");
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}");
        assert!(
            ran.stderr.contains("rules/my-rule.yaml:12:19"),
            "{args:?}: {}",
            ran.stderr
        );
        assert!(ran.stderr.contains("QueueNam"), "{args:?}: {}", ran.stderr);
    }
}

/// A rule of one's own may take the place of one of ours, and may use our shapes and data.
#[test]
fn own_rules_stand_beside_and_before_ours() {
    let ssh = root().join("rules/security/ec2/sg-ssh-open.yaml");
    let ssh = std::fs::read_to_string(ssh).unwrap();
    let mine = ssh
        .replace("severity: critical", "severity: info")
        .replace("port 22 is open to", "OURS");
    let shape = "title: mine\nforms:\n  - kinds: [AWS::EC2::SecurityGroupIngress]\n    fields: { cidr: $.CidrIpv6 }\n";
    let data = "title: mine\nsource: [https://example.com]\ndate: 2026-01-01\nvalues: [fifo]\n";
    let tables = std::fs::read_to_string(Path::new(&own_rules()).join("queues/queue-named.yaml"))
        .unwrap()
        .replace("set: true", "in: { data: owner-tag-keys }, absent: fail")
        .replace("the queue has no name", "not in the table");
    let template = "\
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0 }]
  Queue:
    Type: AWS::SQS::Queue
    Properties: { QueueName: fifo }
";
    let args = |rules| {
        let format = ["--format", "concise", "-q"];
        [
            &["check", "a.yaml", "--rules", rules],
            &["--select", "sg-ssh-open,in-table"][..],
            &format,
        ]
        .concat()
    };
    let note = "note: `sg-ssh-open` of rules/sg-ssh-open.yaml takes the place of the rule that comes with pillarlint\n";
    let open = "a.yaml:5:83: info sg-ssh-open OURS `0.0.0.0/0` [SEC05-BP02] (Group)\n";
    let fifo = "a.yaml:8:30: high in-table not in the table [OPS05-BP07] (Queue)\n";

    let with_ours = folder(&[
        ("a.yaml", template),
        ("rules/sg-ssh-open.yaml", &mine),
        ("rules/in-table.yaml", &tables),
    ]);
    let ran = run_in(with_ours.path(), &args("rules"), b"");
    assert_eq!(
        (ran.code, ran.stdout, ran.stderr.as_str()),
        (1, format!("{open}{fifo}"), note)
    );
    let ran = run_in(with_ours.path(), &["rules", "--rules", "rules"], b"");
    let mut lines = ran.stdout.lines();
    let line = lines.find(|line| line.starts_with("sg-ssh-open "));
    assert!(line.is_some_and(|line| line.contains(" info ")));
    assert_eq!(ran.stderr, note);

    // Data of the same name takes the place of ours.
    let with_own_data = folder(&[
        ("a.yaml", template),
        ("rules/data/owner-tag-keys.yaml", data),
        ("rules/in-table.yaml", &tables),
    ]);
    let ran = run_in(with_own_data.path(), &args("rules"), b"");
    assert_eq!(ran.stderr, "");
    assert!(!ran.stdout.contains("in-table"), "{}", ran.stdout);

    // So does a shape, and what does not fit it any longer is a mistake.
    let with_own_shape = folder(&[
        ("a.yaml", template),
        ("rules/shapes/sg-ingress.yaml", shape),
        ("rules/sg-ssh-open.yaml", &mine),
    ]);
    let ran = run_in(with_own_shape.path(), &args("rules"), b"");
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(
        ran.stderr.contains("rules/sg-ssh-open.yaml:"),
        "{}",
        ran.stderr
    );
}

#[test]
fn an_unreadable_rule_file_is_said_once() {
    let folder = folder(&[("a.yaml", CLEAN), ("rules/x.txt", "")]);
    std::fs::write(folder.path().join("rules/my-rule.yaml"), [0xFF, 0xFE]).unwrap();
    let ran = run_in(folder.path(), &["check", "--rules", "rules"], b"");
    let said = "error  rules/my-rule.yaml: the file is UTF-16; save it as UTF-8\n\nerror: 1 mistake in rule files; nothing was done\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (2, said));
}

/// The finding's own place comes first, wherever in the file the related ones stand.
#[test]
fn the_place_of_a_finding_comes_first() {
    let far = "\
Parameters:
  Seconds:
    Type: Number
    Default: 60
Conditions:
  IsBig: !Equals [!Ref AWS::Region, eu-west-1]
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: x
      MessageRetentionPeriod: !Ref Seconds
";
    let near = "\
Parameters: { Seconds: { Type: Number, Default: 60 } }
Resources: { Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: x, MessageRetentionPeriod: !Ref Seconds } } }
";
    let one_line = r#"{"Parameters": {"Seconds": {"Type": "Number", "Default": 60}}, "Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "x", "MessageRetentionPeriod": {"Ref": "Seconds"}}}}}"#;
    for (text, place, frames) in [
        (far, "[a.yaml:12:31]", 2),
        (near, "[a.yaml:2:98]", 1),
        (one_line, "[a.yaml:1:174]", 1),
    ] {
        let args = ["--preset", "strict", "--format", "text", "-q"];
        let ran = run_check(folder(&[("a.yaml", text)]).path(), &args, b"");
        let headings = ran.stdout.lines().filter(|line| line.contains("╭─["));
        let headings: Vec<&str> = headings.collect();
        assert_eq!(headings.len(), frames, "{}", ran.stdout);
        assert!(headings[0].ends_with(place), "{}", ran.stdout);
        assert!(
            ran.stdout.contains("the default of the parameter"),
            "{}",
            ran.stdout
        );
    }
}

#[test]
fn the_examples_of_our_own_rules_hold() {
    let ran = run_in(&root(), &["test"], b"");
    assert_eq!(ran.code, 0, "{}", ran.stdout);
}

#[test]
fn everything_is_explained() {
    for (subject, expected) in [
        ("queue-named", "queue-named: Queue has a name\n"),
        ("Q1", "queue-named: Queue has a name\n"),
        ("other:q1", "queue-named: Queue has a name\n"),
        ("SEC08-BP02", "SEC08-BP02: Enforce encryption at rest\n"),
        ("sec08", "SEC08: How do you protect your data at rest?\n"),
        ("SEC", "Security: "),
        ("security", "Security: "),
        ("AWS::SQS::Queue", "AWS::SQS::Queue: "),
        (
            "queue-*",
            "queue-*: 2 rules\n\n  queue-named: Queue has a name (high, recommended)\n",
        ),
    ] {
        let ran = run_in(&root(), &["explain", subject, "--rules", &own_rules()], b"");
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{subject}");
        assert!(
            ran.stdout.starts_with(expected),
            "{subject}: {}",
            ran.stdout
        );
    }
}

#[test]
fn rules_are_listed() {
    let args = ["rules", "--rules", &own_rules(), "--select", "queue-*"];
    let table = run_in(&root(), &args, b"");
    assert_eq!(table.code, 0);
    assert!(table.stdout.ends_with("\n\n2 rules\n"), "{}", table.stdout);
    let json = run_in(
        &root(),
        &[&args[..], &["--format", "json", "--preset", "recommended"]].concat(),
        b"",
    );
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["version"], "1");
    let rules = json["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 1);
    assert_eq!(rules[0]["id"], "queue-named");
    assert_eq!(rules[0]["pillar"], "operational-excellence");
    assert_eq!(
        rules[0]["kinds"],
        serde_json::json!(["AWS::SQS::Queue", "aws_sqs_queue"])
    );
    assert_eq!(rules[0]["aliases"], serde_json::json!(["other:Q1"]));
}

#[test]
fn completions_are_printed() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = run_in(&root(), &["completions", shell], b"");
        assert_eq!(ran.code, 0, "{shell}");
        assert!(ran.stdout.contains("pillarlint"), "{shell}");
    }
}

#[test]
fn help() {
    for (args, snapshot) in [
        (&["--help"][..], file!["snapshots/help.txt"]),
        (&["check", "--help"], file!["snapshots/help-check.txt"]),
        (
            &["suppressions", "--help"],
            file!["snapshots/help-suppressions.txt"],
        ),
        (&["explain", "--help"], file!["snapshots/help-explain.txt"]),
        (&["rules", "--help"], file!["snapshots/help-rules.txt"]),
        (
            &["coverage", "--help"],
            file!["snapshots/help-coverage.txt"],
        ),
        (&["docs", "--help"], file!["snapshots/help-docs.txt"]),
        (&["lens", "--help"], file!["snapshots/help-lens.txt"]),
        (&["test", "--help"], file!["snapshots/help-test.txt"]),
        (&["schema", "--help"], file!["snapshots/help-schema.txt"]),
    ] {
        let ran = run_in(&root(), args, b"");
        assert_eq!(ran.code, 0);
        assert_data_eq!(ran.stdout, snapshot);
    }
}

/// The formats, on one small template with everything in it that a report can show.
#[test]
fn formats() {
    let text = "\
Parameters:
  Days:
    Type: Number
  Seconds:
    Type: Number
    Default: 60
  Stage:
    Type: String
Conditions:
  IsTest: !Equals [!Ref Stage, test]
Resources:
  Wrong: [1]
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: orders
      MessageRetentionPeriod: !Ref Seconds
  Invoices:
    Type: AWS::SQS::Queue
    Condition: IsTest
    Properties:
      QueueNam: invoices
      MessageRetentionPeriod: !Ref Days
";
    let folder = folder(&[("templates/app.yaml", text), ("package.json", "{}")]);
    for (args, snapshot) in [
        (
            &["--format", "text", "--undecided"][..],
            file!["snapshots/format-text.txt"],
        ),
        (
            &["--format", "concise", "--undecided"],
            file!["snapshots/format-concise.txt"],
        ),
        (&["--format", "json"], file!["snapshots/format-json.txt"]),
        (&["--format", "jsonl"], file!["snapshots/format-jsonl.txt"]),
        (&["--format", "sarif"], file!["snapshots/format-sarif.txt"]),
        (
            &["--format", "github"],
            file!["snapshots/format-github.txt"],
        ),
        (
            &["--format", "gitlab"],
            file!["snapshots/format-gitlab.txt"],
        ),
        (&["--format", "junit"], file!["snapshots/format-junit.txt"]),
        (
            &["--format", "rdjsonl"],
            file!["snapshots/format-rdjsonl.txt"],
        ),
        (&["--format", "csv"], file!["snapshots/format-csv.txt"]),
        (
            &["--format", "markdown"],
            file!["snapshots/format-markdown.txt"],
        ),
    ] {
        let ran = run_check(
            folder.path(),
            &[&["--preset", "strict"], args].concat(),
            b"",
        );
        assert_eq!(ran.code, 3, "{}", ran.stderr);
        assert_data_eq!(ran.stdout, snapshot.raw());
    }
}

#[test]
fn showcase() {
    let ran = run_in(&root(), &["check", "fixtures/showcase", "--undecided"], b"");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let expected = root().join("fixtures/showcase/expected.txt");
    assert_data_eq!(
        ran.stdout.clone(),
        snapbox::Data::read_from(&expected, None).raw()
    );
}

#[test]
fn resources_of_sam_are_what_they_become() {
    let ran = run_in(&root(), &["check", "fixtures/sam"], b"");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let expected = root().join("fixtures/sam/expected.txt");
    assert_data_eq!(
        ran.stdout.clone(),
        snapbox::Data::read_from(&expected, None).raw()
    );
}

/// The pictures in the README are cut from what is really printed.
#[test]
fn readme() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let pictures: Vec<&str> = readme.split("```text\n$ pillarlint ").skip(1).collect();
    assert_eq!(pictures.len(), 2);
    for picture in pictures {
        let picture = picture.split("```").next().unwrap();
        let (command, picture) = picture.split_once('\n').unwrap();
        let args: Vec<&str> = command.split(' ').collect();
        let printed = run_in(&root(), &args, b"").stdout;
        for part in picture.split("[...]\n") {
            assert!(printed.contains(part), "not printed:\n{part}");
        }
    }
}

/// The JSON output is what its published schema says.
#[test]
fn json_follows_its_schema() {
    let schema =
        std::fs::read_to_string(root().join("schemas/pillarlint-output.schema.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    let folder = folder(&[
        (
            "broken.yaml",
            "Resources:\n  Wrong: [1]\n  A: { Type: AWS::SQS::Queue }\n",
        ),
        (
            "suppressed.yaml",
            "Resources:\n  A: # pillarlint: ignore[sns-encryption] why; until=9999-12-31; class=other\n    Type: AWS::SNS::Topic\n",
        ),
    ]);
    let showcase = root().join("fixtures/showcase");
    for paths in [
        &[showcase.to_str().unwrap()][..],
        &["broken.yaml"],
        &["suppressed.yaml"],
    ] {
        let ran = run_in(
            folder.path(),
            &[&["check", "--preset", "all", "--format", "json"], paths].concat(),
            b"",
        );
        let output: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        conforms(&output, &schema, &schema, "$");
    }
}

/// Holds a value against a schema, a part of `all`.
#[track_caller]
fn conforms(
    value: &serde_json::Value,
    schema: &serde_json::Value,
    all: &serde_json::Value,
    at: &str,
) {
    json_schema::conforms(value, schema, all, at).unwrap();
}
