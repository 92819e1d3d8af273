//! Reports for other programs: where they go, what they hold, and that nothing in a checked file harms who reads them.

use super::{FOUND, UNNAMED, folder, run_check, run_in};
use serde_json::Value;
use std::path::Path;

const FORMATS: [&str; 13] = [
    "text", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "rdjsonl", "csv",
    "markdown", "evidence", "html",
];

#[test]
fn outputs() {
    let folder = folder(&[("a.yaml", UNNAMED)]);
    let run = |args: &[&str]| {
        let rules = super::own_rules();
        let all = ["check", "-q", "--rules", &rules, "--select", "queue-*"];
        run_in(folder.path(), &[&all, args].concat(), b"")
    };
    let read = |file: &str| std::fs::read_to_string(folder.path().join(file)).unwrap();

    // A report in a file stands beside the one on standard output.
    let ran = run(&["--output", "concise=a.txt", "--output", "csv=a.csv"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));
    assert!(
        ran.stdout.starts_with("high  queue-named\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(read("a.txt"), FOUND);
    assert!(read("a.csv").starts_with("severity,rule,"));

    // Without a file, it takes its place.
    let ran = run(&["--output", "concise", "--output", "text=a.txt"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, FOUND));
    assert!(read("a.txt").starts_with("high  queue-named\n"));
    let ran = run(&["--format", "concise", "--output", "text=a.txt"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, FOUND));
    let ran = run(&["--output", "concise=-"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, FOUND));

    // Colours are for the terminal.
    let ran = run(&["--color", "always", "--output", "text=a.txt"]);
    assert!(ran.stdout.contains('\u{1b}'));
    assert!(!read("a.txt").contains('\u{1b}'));

    // What cannot be written is said, and the others are still written.
    let ran = run(&["--output", "csv=no/a.csv", "--output", "concise=b.txt"]);
    let message = "error: cannot write no/a.csv: there is no folder no\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (3, message));
    assert_eq!(read("b.txt"), FOUND);
    let ran = run(&["--output", "csv=.", "--exit-zero"]);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (3, "error: cannot write .: is a directory\n")
    );

    for (args, message) in [
        (
            &["--format", "text", "--output", "csv"][..],
            "only one report can go to standard output",
        ),
        (
            &["--output", "github", "--output", "csv=-"],
            "only one report can go to standard output",
        ),
        (
            &["--output", "csv=c", "--output", "json=c"],
            "two reports would go to c",
        ),
        (&["--output", "xls=c"], "no such format; there are text, "),
        (&["--output", "csv="], "the file is missing after `=`"),
    ] {
        let ran = run(args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}");
        assert!(ran.stderr.contains(message), "{args:?}: {}", ran.stderr);
    }
}

/// What an attacker may write where text can stand: terminal escapes, commands to CI runners, markup, formulas, and
/// characters that XML has no way to write.
const HOSTILE: &str = "=1+1;=2 \u{1b}[31m\u{7}\r\n::error::x ##[error]x ##vso[task.complete]x <script>alert(1)</script> \
    [a](javascript:b) ![c](d) | `e` *f* <!-- ]]> &lt; \" ' \\ , %0A::error::x \u{fffe} \u{202e} @g #1 https://h.i";

/// Folders with files in which everything that is reported is hostile: names of files, resources, conditions and
/// properties, and values.
fn hostile() -> tempfile::TempDir {
    let text = serde_json::json!({
        "Parameters": { "P": { "Type": "String" } },
        "Conditions": { HOSTILE: { "Fn::Equals": [{ "Ref": "P" }, "a"] } },
        "Resources": {
            HOSTILE: {
                "Type": "AWS::EC2::LaunchTemplate",
                "Condition": HOSTILE,
                "Properties": {
                    "LaunchTemplateData": { "MetadataOptions": { "HttpTokens": HOSTILE } },
                    HOSTILE: 1,
                }
            },
            "=B": { "Type": "AWS::SQS::Queue" },
            "@C": [HOSTILE],
            "-D": { "Type": "AWS::SQS::Queue", "Properties": { "MessageRetentionPeriod": { HOSTILE: 1 } } },
        }
    })
    .to_string();
    let name = HOSTILE.replace('/', "");
    folder(&[(&format!("{name}.json"), &text)])
}

fn report(folder: &Path, format: &str) -> String {
    let args = [
        "--format",
        format,
        "--select",
        "ec2-imdsv2-required",
        "--undecided",
    ];
    let ran = run_check(folder, &args, b"");
    assert!(ran.code == 3 && ran.stderr.is_empty(), "{}", ran.stderr);
    ran.stdout
}

#[test]
fn hostile_text_harms_nobody() {
    let folder = hostile();
    for format in FORMATS {
        let text = report(folder.path(), format);
        // The fixture is of use only where it is shown.
        assert!(text.contains("alert(1)"), "{format}: {text}");
        let is_bad = |one: char| (one.is_control() && one != '\n') || one == '\u{202e}';
        let text = text.replace("\r\n", "\n");
        assert_eq!(text.find(is_bad), None, "{format}: {text:?}");
        // A page is no log.
        let is_log = format != "html";
        let has_command = text.contains("##[") || text.contains("##vso[");
        assert!(!(is_log && has_command), "{format}: {text}");
        let commands = text
            .lines()
            .filter(|line| line.trim_start().starts_with("::"));
        match format {
            "github" => {
                let is_ours = |line: &str| {
                    let (command, data) = line[2..].split_once("::").unwrap();
                    let (name, properties) = command.split_once(' ').unwrap();
                    let keys: Vec<&str> = properties
                        .split(',')
                        .filter_map(|one| one.split_once('='))
                        .map(|one| one.0)
                        .collect();
                    assert!(["error", "warning", "notice"].contains(&name), "{line}");
                    assert!(
                        keys.starts_with(&["file"]) && keys.ends_with(&["title"]),
                        "{line}"
                    );
                    assert!(
                        keys.len() == properties.split(',').count() && keys.len() <= 6,
                        "{line}"
                    );
                    assert!(!data.contains("%0A"), "{line}");
                };
                assert_eq!(commands.map(is_ours).count(), 5);
            }
            _ => assert_eq!(commands.collect::<Vec<_>>(), [""; 0], "{format}"),
        }
    }
}

/// What each format's own readers would take for something else than text.
#[test]
fn hostile_text_is_text_to_readers() {
    let folder = hostile();
    let csv = report(folder.path(), "csv");
    let mut cells = csv
        .split(['\n', ',', ';'])
        .map(|cell| cell.trim_matches([' ', '"', '\r']));
    assert_eq!(
        cells.find(|cell| cell.starts_with(['=', '+', '-', '@'])),
        None,
        "{csv}"
    );

    let xml = report(folder.path(), "junit");
    assert!(
        !xml.contains(['\u{fffe}', '\'']) || !xml.contains('\u{fffe}'),
        "{xml}"
    );
    for tag in xml.split('<').skip(1) {
        let name = tag
            .trim_start_matches('/')
            .split([' ', '>'])
            .next()
            .unwrap();
        let ours = [
            "?xml",
            "testsuites",
            "testsuite",
            "testcase",
            "failure",
            "error",
            "skipped",
        ];
        assert!(ours.contains(&name), "{name}");
    }
    for entity in xml.split('&').skip(1) {
        let name = entity.split(';').next().unwrap();
        assert!(["amp", "lt", "gt", "quot"].contains(&name), "{name}");
    }

    let markdown = report(folder.path(), "markdown");
    assert!(!markdown.contains("](javascript:b)") || markdown.contains("\\](javascript:b)"));
    for markup in [
        "<script",
        "<!--",
        " @g",
        " `e`",
        " *f*",
        "https://h.i",
        "[a](",
    ] {
        assert!(!markdown.contains(markup), "{markup}: {markdown}");
    }
    // Each row has the cells that its heading has.
    let bars = |line: &str| line.replace("\\|", "").matches('|').count();
    for table in markdown.split("\n\n").filter(|part| part.starts_with('|')) {
        let mut lines = table.lines();
        let heading = lines.next().map(bars);
        assert!(lines.all(|line| Some(bars(line)) == heading), "{table}");
    }

    for line in report(folder.path(), "rdjsonl").lines() {
        let message = serde_json::from_str::<Value>(line).unwrap()["message"].to_string();
        assert!(
            !message.contains("<script") && !message.contains(" @g"),
            "{message}"
        );
    }

    let sarif: Value = serde_json::from_str(&report(folder.path(), "sarif")).unwrap();
    for result in sarif["runs"][0]["results"].as_array().unwrap() {
        let message = result["message"]["text"].as_str().unwrap();
        assert!(!message.replace("\\[", "").contains('['), "{message}");
        let place = &result["locations"][0]["physicalLocation"]["artifactLocation"];
        let uri = place["uri"].as_str().unwrap();
        assert!(
            uri.bytes()
                .all(|one| one.is_ascii_alphanumeric() || b"%-._~/".contains(&one))
        );
    }
}

/// A rule of one's own that shows the value which another rule finds to be a secret.
const TALKATIVE: &str = "\
title: Password is short
practices: [SEC02-BP03]
severity: low
certainty: exact
preset: recommended
why: For this test.
fix: Nothing.
references: [https://docs.aws.amazon.com/dms/]
checks:
  - kinds: [AWS::DMS::Endpoint]
    fail: { at: $.Password, set: true }
    message: the password is {value}
  - kinds: [aws_dms_endpoint]
    fail: { at: $.password, set: true }
    message: the password is {value}
examples:
  - cloudformation: |
      Resources:
        Source:
          Type: AWS::DMS::Endpoint
          Properties: { Password: horse }   # error
  - cloudformation: |
      Resources:
        Source:
          Type: AWS::DMS::Endpoint
  - terraform: |
      resource \"aws_dms_endpoint\" \"a\" {
        password = \"horse\"   # error
      }
";

/// Secrets stand in no report: not where a rule finds them, nor where they come from, nor beside what is shown.
#[test]
fn secrets_are_masked() {
    let template = "\
Parameters:
  Key:
    { Type: String, NoEcho: true, Default: horse-a, AllowedValues: [horse-b] }
  Password: { Type: String, Default: horse-c }
Resources:
  A: { Type: AWS::DMS::Endpoint, Properties: { Password: horse-d } }
  B: { Type: AWS::DMS::Endpoint, Properties: { Password: !Ref Password } }
  C: { Type: AWS::DMS::Endpoint, Properties: { Password: !Ref Key } }
  D: { Type: AWS::DMS::Endpoint, Properties: { Password: !Sub 'horse-e${Password}' } }
";
    let configuration = "\
variable \"key\" {
  default = \"horse-f\"
  sensitive = true
}
variable \"password\" { default = \"horse-g\" }
locals { password = \"horse-h\" }
resource \"aws_dms_endpoint\" \"a\" { password = var.password }
resource \"aws_dms_endpoint\" \"b\" { password = \"x${local.password}\" }
resource \"aws_dms_endpoint\" \"c\" { password = var.key }
resource \"aws_dms_endpoint\" \"d\" { password = \"horse-i\" }
module \"m\" {
  source   = \"./m\"
  password = \"horse-j\"
}
";
    let module = "variable \"password\" {}\nresource \"aws_dms_endpoint\" \"a\" { password = var.password }\n";
    let folder = folder(&[
        ("a.yaml", template),
        ("main.tf", configuration),
        ("terraform.tfvars", "key = \"horse-k\"\n"),
        ("m/main.tf", module),
        ("rules/talkative.yaml", TALKATIVE),
    ]);
    for format in FORMATS {
        let args = [
            "check",
            ".",
            "--preset",
            "all",
            "--undecided",
            "--format",
            format,
        ];
        let ran = run_in(
            folder.path(),
            &[&args[..], &["--rules", "rules"]].concat(),
            b"",
        );
        assert!(
            ran.stdout.contains("dms-endpoint-password-plaintext"),
            "{format}"
        );
        let told = ran.stdout.lines().find(|line| line.contains("horse"));
        assert_eq!(told, None, "{format}: {}", ran.stdout);
    }
    let rule = TALKATIVE.replace("certainty: exact\n", "certainty: exact\nsecret: true\n");
    std::fs::write(folder.path().join("rules/talkative.yaml"), rule).unwrap();
    let ran = run_in(folder.path(), &["check", "--rules", "rules"], b"");
    let message = "the messages of a rule about secrets must not show `{value}`";
    assert!(
        ran.code == 2 && ran.stderr.contains(message),
        "{}",
        ran.stderr
    );
}
