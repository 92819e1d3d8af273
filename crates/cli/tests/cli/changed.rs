//! Only what a run is about: files that are named, and what git says has changed.

use super::*;

/// A folder with these files, all of them in the first commit of a repository.
fn repository(files: &[(&str, &str)]) -> TempDir {
    let folder = folder(files);
    git(
        folder.path(),
        &["init", "--quiet", "--initial-branch", "main"],
    );
    commit(folder.path(), "first");
    folder
}

fn commit(folder: &Path, message: &str) {
    git(folder, &["add", "--all"]);
    git(
        folder,
        &["commit", "--quiet", "--allow-empty", "--message", message],
    );
}

/// Runs git as nobody has set it up.
#[track_caller]
fn git(folder: &Path, args: &[&str]) {
    let person = ["-c", "user.name=A", "-c", "user.email=a@example.com"];
    let output = Command::new("git")
        .args(person)
        .args(args)
        .current_dir(folder)
        .env_clear()
        .envs(plain())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {said}");
}

/// An environment in which git is found, and no settings of a person or of this machine.
fn plain() -> Vec<(String, String)> {
    let path = std::env::var("PATH").unwrap();
    let plain = [
        ("PATH", &*path),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ];
    plain
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

/// Runs `check` with the rules of these tests in a plain environment and what is added to it.
fn run_plain(folder: &Path, args: &[&str], environment: &[(&str, &str)]) -> Ran {
    let rules = own_rules();
    let output = Command::new(env!("CARGO_BIN_EXE_pillarlint"))
        .args([
            "check", "--rules", &rules, "--select", "queue-*", "--preset", "strict",
        ])
        .args((!args.contains(&"--format")).then_some("--format=concise"))
        .args(args)
        .current_dir(folder)
        .env_clear()
        .envs(plain())
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    Ran {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Which places are reported: `path:line address`.
#[track_caller]
fn places(folder: &Path, args: &[&str]) -> Vec<String> {
    let ran = run_plain(folder, &[&["-q"], args].concat(), &[]);
    let note = "note: nothing to check has changed since main\n";
    assert!(
        ["", note].contains(&&*ran.stderr),
        "{args:?}: {}",
        ran.stderr
    );
    let place = |line: &str| {
        let mut parts = line.split(':');
        let (path, number) = (parts.next().unwrap(), parts.next().unwrap());
        let address = line.rsplit_once(" (").map_or(line, |(_, rest)| rest);
        format!("{path}:{number} {}", address.trim_end_matches(')'))
    };
    ran.stdout.lines().map(place).collect()
}

#[track_caller]
fn check_since(folder: &Path, args: &[&str], expected: &[&str]) {
    let args = [&["--since", "main"], args].concat();
    assert_eq!(places(folder, &args), expected, "{args:?}");
}

fn write(folder: &Path, file: &str, text: &str) {
    let path = folder.join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn append(folder: &Path, file: &str, text: &str) {
    let before = std::fs::read_to_string(folder.join(file)).unwrap();
    write(folder, file, &(before + text));
}

/// A module with a queue that has the name and the seconds that it is given.
const MODULE: &str = r#"variable "name" {
  default = null
}
variable "seconds" {
  default = 86400
}
resource "aws_sqs_queue" "q" {
  name                      = var.name
  message_retention_seconds = var.seconds
}
"#;

fn call(source: &str, arguments: &str) -> String {
    format!("module \"m\" {{\n  source = \"{source}\"\n{arguments}}}\n")
}

fn queue(name: &str) -> String {
    format!("resource \"aws_sqs_queue\" \"{name}\" {{}}\n")
}

/// Committed on a branch, staged, changed, new: all of it has changed since the branch began. What others did on the main
/// branch meanwhile has not.
#[test]
fn what_has_changed() {
    let folder = repository(&[
        ("committed.yaml", CLEAN),
        ("staged.yaml", CLEAN),
        ("edited.yaml", CLEAN),
        ("deleted.yaml", UNNAMED),
        ("moved.yaml", UNNAMED),
        ("untouched.yaml", UNNAMED),
        ("theirs.yaml", UNNAMED),
        ("ä b\"c.yaml", CLEAN),
        (".gitignore", "ignored.yaml\n"),
        (".ignore", "left-out.yaml\n"),
        ("left-out.yaml", CLEAN),
        ("notes.txt", ""),
    ]);
    let path = folder.path();
    check_since(path, &["untouched.yaml"], &[]);
    git(path, &["checkout", "--quiet", "-b", "work"]);
    for file in [
        "committed.yaml",
        "left-out.yaml",
        "notes.txt",
        "ä b\"c.yaml",
    ] {
        write(path, file, UNNAMED);
    }
    commit(path, "work");
    git(path, &["checkout", "--quiet", "main"]);
    write(path, "theirs.yaml", &format!("# theirs\n{UNNAMED}"));
    commit(path, "theirs");
    git(path, &["checkout", "--quiet", "work"]);
    write(path, "staged.yaml", UNNAMED);
    git(path, &["add", "staged.yaml"]);
    write(path, "edited.yaml", UNNAMED);
    git(path, &["rm", "--quiet", "deleted.yaml"]);
    git(path, &["mv", "moved.yaml", "renamed.yaml"]);
    write(path, "new/file.yaml", UNNAMED);
    write(path, "ignored.yaml", UNNAMED);
    let all = [
        "committed.yaml:2 Queue",
        "edited.yaml:2 Queue",
        "new/file.yaml:2 Queue",
        "renamed.yaml:2 Queue",
        "staged.yaml:2 Queue",
        "ä b\"c.yaml:2 Queue",
    ];
    check_since(path, &[], &all);
    check_since(path, &["."], &all);
    check_since(
        path,
        &["new", "staged.yaml", "untouched.yaml"],
        &[all[2], all[4]],
    );
    // From another folder, or from none of it.
    assert_eq!(
        places(&path.join("new"), &["--since", "main"]),
        ["file.yaml:2 Queue"]
    );
    let top = path.to_str().unwrap();
    let elsewhere = folder_of_its_own();
    let found = places(elsewhere.path(), &["--since", "main", top]);
    assert_eq!(found.len(), all.len(), "{found:?}");
    // Since the last commit, as a hook asks.
    let since = ["--since", "HEAD"];
    assert_eq!(places(path, &since), [all[1], all[2], all[3], all[4]]);
}

fn folder_of_its_own() -> TempDir {
    folder(&[])
}

#[test]
fn nothing_has_changed() {
    let folder = repository(&[("a.yaml", UNNAMED), ("notes.txt", "")]);
    let unchanged = |args: &[&str]| {
        let args = [&["--since", "HEAD"], args].concat();
        let ran = run_plain(folder.path(), &args, &[]);
        let summary = "0 findings, 0 undecided, 0 errors, 0 warnings; 0 resources in 0 templates\n";
        let note = "note: nothing to check has changed since HEAD\n";
        let said = (ran.code, ran.stdout.as_str(), ran.stderr.as_str());
        assert_eq!(said, (0, summary, note), "{args:?}");
    };
    unchanged(&[]);
    unchanged(&["--changed-lines"]);
    write(folder.path(), "notes.txt", "changed");
    std::fs::remove_file(folder.path().join("a.yaml")).unwrap();
    unchanged(&["."]);
}

#[test]
fn lines_that_have_changed() {
    let queue = |name: &str, seconds: u32| {
        format!(
            "  {name}:\n    Type: AWS::SQS::Queue\n    Properties:\n      MessageRetentionPeriod: {seconds}\n"
        )
    };
    let template = |queues: &[String]| format!("Resources:\n{}", queues.concat());
    let folder = repository(&[
        ("a.yaml", &template(&[queue("A", 60), queue("B", 60)])),
        ("moved.yaml", &template(&[queue("A", 60), queue("B", 60)])),
        ("shorter.yaml", &template(&[queue("A", 60), queue("B", 60)])),
        ("queues/main.tf", MODULE),
        (
            "live/main.tf",
            &call("../queues", "  seconds = 60\n  name    = null\n"),
        ),
    ]);
    let path = folder.path();
    write(
        path,
        "a.yaml",
        &template(&[queue("A", 60), queue("B", 90), queue("C", 61)]),
    );
    write(path, "shorter.yaml", &template(&[queue("A", 60)]));
    git(path, &["mv", "moved.yaml", "renamed.yaml"]);
    append(path, "renamed.yaml", &queue("C", 60));
    write(path, "new.yaml", &template(&[queue("A", 60)]));
    let expected = [
        "a.yaml:9 B",
        "a.yaml:10 C",
        "a.yaml:13 C",
        "new.yaml:2 A",
        "new.yaml:5 A",
        "renamed.yaml:10 C",
        "renamed.yaml:13 C",
    ];
    check_since(path, &["--changed-lines"], &expected);
    let whole = places(path, &["--since", "main"]);
    assert!(whole.len() > expected.len(), "{whole:?}");
    // A value is in the line that it comes from, and in the one that it is used in.
    write(
        path,
        "live/main.tf",
        &call("../queues", "  seconds = 90\n  name    = null\n"),
    );
    let value = ["queues/main.tf:9 module.m.aws_sqs_queue.q"];
    check_since(path, &["--changed-lines", "live"], &value);
    let both = ["queues/main.tf:8 module.m.aws_sqs_queue.q", value[0]];
    check_since(path, &["live"], &both);
    // Whatever git has been told of how to show differences.
    for (name, value) in [
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("diff.relative", "true"),
        ("diff.renames", "false"),
        ("diff.context", "9"),
        ("diff.interHunkContext", "9"),
        ("color.ui", "always"),
        ("core.quotePath", "false"),
    ] {
        git(path, &["config", name, value]);
    }
    let settings = [&expected[..], &value].concat();
    check_since(path, &["--changed-lines"], &settings);
}

/// A module is judged with what its callers give it, however far they are; only what has changed is told.
#[test]
fn modules_are_read_with_their_callers() {
    let folder = repository(&[
        ("modules/queue/main.tf", MODULE),
        ("modules/queue/more.tf", ""),
        (
            "modules/service/main.tf",
            "variable \"name\" {}\nmodule \"queue\" {\n  source = \"../queue\"\n  name   = var.name\n}\n",
        ),
        (
            "live/prod/main.tf",
            &call("../../modules/service", "  name = \"prod\"\n"),
        ),
        ("live/prod/own.tf", &queue("own")),
        (
            "live/test/main.tf",
            &call("../../modules/service", "  name = null\n"),
        ),
        ("live/other/main.tf", &queue("other")),
    ]);
    let path = folder.path();
    // Not with the defaults of the module itself: then it would be found under its own name.
    let found = "modules/queue/main.tf:8 module.m.module.queue.aws_sqs_queue.q";
    append(path, "modules/queue/main.tf", "# changed\n");
    check_since(path, &[], &[found]);
    check_since(path, &["modules"], &[found]);
    check_since(path, &["live"], &[]);
    assert_eq!(places(path, &["modules/queue/main.tf"]), [found]);
    assert_eq!(
        places(&path.join("modules/queue"), &["main.tf"]),
        ["main.tf:8 module.m.module.queue.aws_sqs_queue.q"]
    );
    assert_eq!(places(path, &["modules/queue/more.tf"]), [""; 0]);
    // What was not needed was not read.
    let ran = run_plain(path, &["--since", "main"], &[]);
    let summary = ran.stdout.lines().last().unwrap();
    assert_eq!(
        summary,
        "1 finding, 1 elsewhere, 0 undecided, 0 errors, 0 warnings; 3 resources in 2 configurations"
    );
    // The one who calls has changed: what comes of his call is his.
    git(path, &["checkout", "--quiet", "."]);
    append(path, "live/test/main.tf", "# changed\n");
    check_since(path, &[], &[found]);
    assert_eq!(places(path, &["live/test/main.tf"]), [found]);
    assert_eq!(
        places(path, &["live/prod/own.tf"]),
        ["live/prod/own.tf:1 aws_sqs_queue.own"]
    );
    assert_eq!(places(path, &["live/prod/main.tf"]), [""; 0]);
    // A folder is a tree of its own.
    assert_eq!(
        places(path, &["modules/queue"]),
        ["modules/queue/main.tf:8 aws_sqs_queue.q"]
    );
}

/// Where a caller that is two calls away lies beside the current folder, it is shown as seen from here.
#[test]
fn callers_are_shown_from_here() {
    let folder = repository(&[
        ("modules/queue/main.tf", MODULE),
        ("live/main.tf", &call("../modules/queue", "")),
    ]);
    let args = ["--format", "json", "main.tf"];
    let ran = run_plain(&folder.path().join("modules/queue"), &args, &[]);
    let output: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let related = output["findings"][0]["related"].as_array().unwrap();
    let files: Vec<&str> = related
        .iter()
        .map(|one| one["file"].as_str().unwrap())
        .collect();
    assert!(files.contains(&"../../live/main.tf"), "{files:?}");
}

#[test]
fn values_that_have_changed() {
    let root = format!(
        "{MODULE}variable \"other\" {{ default = 1 }}\n{}",
        queue("own")
    );
    let folder = repository(&[
        ("live/main.tf", &root),
        (
            "live/terraform.tfvars",
            "name    = \"x\"\nseconds = 86400\n",
        ),
        ("live/prod.tfvars", "seconds = 90\n"),
    ]);
    let path = folder.path();
    write(
        path,
        "live/terraform.tfvars",
        "name    = \"x\"\nseconds = 60\n",
    );
    let found = ["live/main.tf:9 aws_sqs_queue.q"];
    check_since(path, &[], &found);
    check_since(path, &["--changed-lines"], &found);
    assert_eq!(places(path, &["live/terraform.tfvars"]), found);
    git(path, &["checkout", "--quiet", "."]);
    write(path, "live/prod.tfvars", "seconds = 60\n");
    check_since(path, &[], &[]);
    check_since(path, &["--var-file", "live/prod.tfvars"], &found);
}

/// Findings of a plan lie in the files that it was made from.
/// A file that functions read stands for the calls that read it.
#[test]
fn files_that_functions_read() {
    let module = |seconds: &str| {
        format!(
            "resource \"aws_sqs_queue\" \"q\" {{\n  name = null\n  message_retention_seconds = {seconds}\n}}\n"
        )
    };
    let read = "jsondecode(templatefile(\"${path.module}/files/a.tftpl\", {})).seconds";
    let listed = "[for one in fileset(path.module, \"files/*.tftpl\") : jsondecode(file(\"${path.module}/${one}\")).seconds][0]";
    let local = format!("local.seconds\n}}\nlocals {{\n  seconds = {read}");
    let folder = repository(&[
        ("live/main.tf", &call("../m", "")),
        ("m/main.tf", &module(read)),
        ("m/files/a.tftpl", "{\"seconds\": 86400}"),
        ("local/main.tf", &module(&local)),
        ("local/files/a.tftpl", "{\"seconds\": 86400}"),
        ("listed/main.tf", &module(listed)),
        ("listed/files/b.tftpl", "{\"seconds\": 86400}"),
        ("README.md", "a.tftpl"),
        ("broken/main.tf", "resource {"),
    ]);
    let short = "{\"seconds\": 60}";
    write(folder.path(), "README.md", "b");
    check_since(folder.path(), &[], &[]);
    write(folder.path(), "m/files/a.tftpl", short);
    // The name is not read from there.
    let in_m = "m/main.tf:3 module.m.aws_sqs_queue.q";
    check_since(folder.path(), &[], &[in_m]);
    check_since(folder.path(), &["--changed-lines"], &[in_m]);
    check_since(folder.path(), &["m"], &[in_m]);
    check_since(folder.path(), &["live"], &[]);
    write(folder.path(), "local/files/a.tftpl", short);
    write(folder.path(), "listed/files/b.tftpl", short);
    let others = [
        "listed/main.tf:3 aws_sqs_queue.q",
        "local/main.tf:3 aws_sqs_queue.q",
    ];
    check_since(folder.path(), &[], &[others[0], others[1], in_m]);
}

#[test]
fn plans_are_read_beside_what_has_changed() {
    let plan = r#"{
  "format_version": "1.2",
  "terraform_version": "1.9.0",
  "planned_values": {"root_module": {"resources": [
    {"address": "aws_sqs_queue.a", "mode": "managed", "type": "aws_sqs_queue", "name": "a", "values": {"name": null}},
    {"address": "aws_sqs_queue.b", "mode": "managed", "type": "aws_sqs_queue", "name": "b", "values": {"name": null}}
  ]}},
  "resource_changes": [
    {"address": "aws_sqs_queue.a", "mode": "managed", "type": "aws_sqs_queue", "name": "a", "change": {"actions": ["create"], "before": null, "after": {"name": null}, "after_unknown": {}}},
    {"address": "aws_sqs_queue.b", "mode": "managed", "type": "aws_sqs_queue", "name": "b", "change": {"actions": ["create"], "before": null, "after": {"name": null}, "after_unknown": {}}}
  ],
  "configuration": {"root_module": {"resources": [
    {"address": "aws_sqs_queue.a", "mode": "managed", "type": "aws_sqs_queue", "name": "a", "expressions": {}},
    {"address": "aws_sqs_queue.b", "mode": "managed", "type": "aws_sqs_queue", "name": "b", "expressions": {}}
  ]}}
}"#;
    let folder = repository(&[
        ("a.tf", &queue("a")),
        ("b.tf", &queue("b")),
        (".gitignore", "plan.json\n"),
        ("plan.json", plan),
    ]);
    let path = folder.path();
    let all = ["a.tf:1 aws_sqs_queue.a", "b.tf:1 aws_sqs_queue.b"];
    assert_eq!(places(path, &["plan.json"]), all);
    append(path, "b.tf", "# changed\n");
    check_since(path, &[".", "plan.json"], &all[1..]);
}

/// What stands in other files is not told, but for what could not be read: it may be why something was not found.
#[test]
fn only_what_is_asked_for_is_told() {
    let folder = repository(&[
        (
            "main.tf",
            &(queue("a") + "# pillarlint: ignore[queue-retention] unused here\n" + &queue("b")),
        ),
        (
            "more.tf",
            "# pillarlint: ignore[queue-retention] unused there\nresource \"aws_sqs_queue\" \"c\" {\n  nam = \"c\"\n}\n",
        ),
        ("broken.tf", "resource \"aws_sqs_queue\" {\n"),
        ("known.jsonl", ""),
    ]);
    let path = folder.path();
    let run = |args: &[&str]| {
        let args = [&["-q", "--select", "suppression-unused"], args].concat();
        let ran = run_plain(path, &args, &[]);
        (ran.code, ran.stdout, ran.stderr)
    };
    let (code, stdout, _) = run(&["main.tf"]);
    assert_eq!(code, 3);
    assert!(
        stdout.contains("main.tf:2:") && stdout.contains("suppression-unused"),
        "{stdout}"
    );
    assert!(stdout.contains("broken.tf:1:"), "{stdout}");
    assert!(!stdout.contains("more.tf"), "{stdout}");
    let (_, all, _) = run(&["."]);
    let told = all.lines().filter(|line| line.starts_with("more.tf"));
    assert_eq!(
        told.count(),
        3,
        "the name, the argument, the suppression: {all}"
    );
    let rules = own_rules();
    let list = ["suppressions", "--rules", &rules, "more.tf"];
    let ran = run_in(path, &list, b"");
    assert!(ran.stdout.contains("more.tf:1:3"), "{}", ran.stdout);
    assert!(
        ran.stdout.ends_with("1 suppression: 1 open\n"),
        "{}",
        ran.stdout
    );
}

/// What is new is told apart from what is known also where only changed lines count.
#[test]
fn baselines_and_changed_lines() {
    let template = |cidrs: &[&str]| {
        let rules = cidrs.iter().map(|cidr| {
            format!("        - {{ IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: {cidr} }}\n")
        });
        let rules: String = rules.collect();
        format!(
            "Resources:\n  Group:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      GroupDescription: x\n      SecurityGroupIngress:\n{rules}"
        )
    };
    let folder = repository(&[("a.yaml", &template(&["0.0.0.0/0"]))]);
    let path = folder.path();
    let run = |args: &[&str]| {
        let args = [args, &["--select", "sg-ssh-open"]].concat();
        let args: Vec<&str> = args.into_iter().filter(|one| !one.is_empty()).collect();
        run_in(path, &args, b"").stdout
    };
    run(&["baseline"]);
    write(path, "a.yaml", &template(&["0.0.0.0/0", "0.0.0.0/0"]));
    let since = [
        "check",
        "--since",
        "main",
        "--baseline",
        "pillarlint-baseline.jsonl",
        "-q",
        "--format",
        "concise",
    ];
    let line = |line: usize| {
        format!(
            "a.yaml:{line}:64: critical sg-ssh-open port 22 is open to `0.0.0.0/0` [SEC05-BP02] (Group)\n"
        )
    };
    assert_eq!(run(&since), line(7) + &line(8));
    assert_eq!(run(&[&since[..], &["--changed-lines"]].concat()), line(8));
    // An entry of a file that was not looked at as a whole is not said to be stale.
    write(path, "a.yaml", &template(&["10.0.0.0/8"]));
    assert_eq!(run(&[&since[..], &["--changed-lines"]].concat()), "");
    assert!(run(&since).starts_with("pillarlint-baseline.jsonl:1:1: warning"));
}

#[test]
fn what_git_cannot_tell_is_wrong_usage() {
    let folder = repository(&[("a.yaml", UNNAMED)]);
    let path = folder.path();
    git(path, &["checkout", "--quiet", "--orphan", "apart"]);
    commit(path, "apart");
    let outside = folder_of_its_own();
    let few = "(where only a part of the history was fetched,";
    for (folder, revision, message) in [
        (
            path,
            "nothing",
            format!("git knows no such revision here {few} fetch it too)"),
        ),
        (
            path,
            "HEAD:a.yaml",
            format!("git knows no such revision here {few} fetch it too)"),
        ),
        (
            path,
            "--output=x",
            format!("git knows no such revision here {few} fetch it too)"),
        ),
        (
            path,
            "",
            format!("git knows no such revision here {few} fetch it too)"),
        ),
        (
            path,
            "main",
            format!("it has no commit in common with what is checked out {few} fetch more of it)"),
        ),
        (
            outside.path(),
            "main",
            "not a git repository (or any of the parent directories): .git".to_owned(),
        ),
    ] {
        let ceiling = outside.path().parent().unwrap().to_str().unwrap();
        let since = format!("--since={revision}");
        let ran = run_plain(folder, &[&since], &[("GIT_CEILING_DIRECTORIES", ceiling)]);
        let said = format!("error: --since {revision}: {message}\n");
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr), (2, "", said));
        assert!(!path.join("x").exists());
    }
    let ran = run_plain(path, &["--since", "HEAD"], &[("PATH", "/nowhere")]);
    let said = "error: --since HEAD: git is not installed\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (2, said));
    let ran = run_plain(path, &["--changed-lines"], &[]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("--since <REV>"), "{}", ran.stderr);
}

/// Programs that a repository names for git are not run, whichever way it names them.
#[cfg(unix)]
#[test]
fn nothing_that_the_repository_names_is_run() {
    use std::os::unix::fs::PermissionsExt;
    let folder = repository(&[
        ("a.yaml", CLEAN),
        (".gitattributes", "*.yaml filter=own diff=own\n"),
        (
            "run",
            "#!/bin/sh\ntouch \"$(dirname \"$0\")/has-run\"\ncat\n",
        ),
    ]);
    let path = folder.path();
    let program = path.join("run");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let program = program.to_str().unwrap();
    for name in [
        "filter.own.clean",
        "filter.own.smudge",
        "filter.own.process",
        "diff.own.command",
        "diff.own.textconv",
        "diff.external",
        "core.fsmonitor",
        "core.pager",
        "core.editor",
    ] {
        git(path, &["config", name, program]);
    }
    git(path, &["config", "filter.own.required", "true"]);
    git(path, &["config", "pager.diff", "true"]);
    git(path, &["config", "core.hooksPath", "hooks"]);
    std::fs::create_dir(path.join("hooks")).unwrap();
    for hook in ["post-index-change", "fsmonitor-watchman"] {
        std::fs::copy(program, path.join("hooks").join(hook)).unwrap();
    }
    // Of the same size, so that git has to look into it.
    let other = CLEAN.replace("orders", "others");
    write(path, "a.yaml", &other);
    append(path, "a.yaml", "  More:\n    Type: AWS::SQS::Queue\n");
    let _ = std::fs::remove_file(path.join("has-run"));
    check_since(path, &["a.yaml"], &["a.yaml:5 More"]);
    check_since(path, &["--changed-lines", "a.yaml"], &["a.yaml:5 More"]);
    assert!(!path.join("has-run").exists());
    // They would have been run.
    let status = Command::new("git")
        .args(["diff", "--stat"])
        .current_dir(path)
        .env_clear()
        .envs(plain())
        .output();
    status.unwrap();
    assert!(path.join("has-run").exists());
}

/// A hook is run with a repository and an index in its environment; they are another command's.
#[test]
fn the_environment_of_a_hook_is_no_matter() {
    let folder = repository(&[("a.yaml", CLEAN), ("sub/b.yaml", CLEAN)]);
    let path = folder.path();
    write(path, "sub/b.yaml", UNNAMED);
    for (name, value) in [
        ("GIT_DIR", ".git"),
        ("GIT_INDEX_FILE", "nowhere"),
        ("GIT_WORK_TREE", "/"),
        ("GIT_EXTERNAL_DIFF", "false"),
        ("GIT_PREFIX", "sub/"),
        ("GIT_TRACE", "1"),
    ] {
        let ran = run_plain(
            &path.join("sub"),
            &["-q", "--since", "HEAD"],
            &[(name, value)],
        );
        let found = "b.yaml:2:3: high queue-named the queue has no name [OPS05-BP07] (Queue)\n";
        let said = (ran.code, ran.stdout.as_str(), ran.stderr.as_str());
        assert_eq!(said, (1, found, ""), "{name}");
    }
}
