//! Reports for other programs: where they go, what they hold, and that nothing in a checked file harms who reads them.

use super::{CLEAN, FOUND, UNNAMED, folder, root, run_check, run_in};
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

    // What is no file is written to.
    #[cfg(unix)]
    {
        let ran = run(&["--format", "csv", "--output", "concise=/dev/stdout"]);
        assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));
        assert!(ran.stdout.contains(FOUND), "{}", ran.stdout);
    }

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

/// What GitHub would drop in silence, or not show, is said, and the worst comes first.
#[test]
fn limits_are_said() {
    // All keep messages too short, and one in the middle has no name.
    let queue = |number: usize| {
        let named = match number {
            2_500 => "",
            _ => ", \"QueueName\": \"q\"",
        };
        format!(
            "\"Q{number}\": {{ \"Type\": \"AWS::SQS::Queue\", \"Properties\": {{ \"MessageRetentionPeriod\": 60{named} }} }}"
        )
    };
    let queues: Vec<String> = (0..5_000).map(queue).collect();
    let template = format!("{{ \"Resources\": {{ {} }} }}", queues.join(",\n"));
    let folder = folder(&[("a.json", &template)]);
    let run = |format: &str| {
        run_check(
            folder.path(),
            &["--preset", "strict", "--format", format],
            b"",
        )
    };

    let ran = run("github");
    let commands: Vec<&str> = ran
        .stdout
        .lines()
        .filter(|line| line.starts_with("::"))
        .collect();
    let count = |start: &str| {
        commands
            .iter()
            .filter(|line| line.starts_with(start))
            .count()
    };
    assert_eq!(
        (count("::error "), count("::warning "), count("::notice ")),
        (1, 10, 1)
    );
    assert!(commands[0].contains("queue-named") && commands[1].contains("queue-retention"));
    let more = "::notice title=pillarlint::4990 more annotations than GitHub shows for one step; the log has them";
    assert_eq!(commands[11], more);
    assert_eq!(ran.stdout.lines().count(), 5_001 + 1 + 1);

    let ran = run("sarif");
    let note = "GitHub shows the first 5000 results of a SARIF report; the worst of 5001 findings come first";
    assert_eq!(ran.stderr, format!("note: {note}\n"));
    let sarif: Value = serde_json::from_str(&ran.stdout).unwrap();
    let run_of = &sarif["runs"][0];
    assert_eq!(run_of["results"].as_array().unwrap().len(), 5_001);
    assert_eq!(run_of["results"][0]["ruleId"], "queue-named");
    let notes = &run_of["invocations"][0]["toolExecutionNotifications"];
    assert_eq!(notes[0]["message"]["text"], note);

    let markdown = run("markdown").stdout;
    assert!(markdown.contains("<details><summary>480 more findings</summary>"));
    assert!(markdown.contains("\nThis page leaves out 4501 more findings.\n"));
    assert!(markdown.len() < 512 << 10);
}

/// Members that readers ask for are there; the whole schemas are held against the reports while developing.
#[test]
fn reports_are_what_their_readers_ask_for() {
    let report = |format: &str| {
        let args = [
            "check",
            "fixtures/showcase",
            "--preset",
            "all",
            "--format",
            format,
        ];
        let ran = run_in(&root(), &args, b"");
        assert!(ran.code == 1 && ran.stderr.is_empty(), "{}", ran.stderr);
        ran.stdout
    };
    let parse = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let has = |value: &Value, pointers: &[&str]| {
        for pointer in pointers {
            let one = value.pointer(pointer);
            let is_there = one.is_some_and(|one| *one != Value::Null && *one != "");
            assert!(is_there, "{pointer}: {value}");
        }
    };

    let sarif = parse(&report("sarif"));
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(sarif["runs"].as_array().unwrap().len(), 1);
    let run = &sarif["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for rule in rules {
        let texts = [
            "/shortDescription/text",
            "/fullDescription/text",
            "/help/text",
        ];
        has(
            rule,
            &[&["/id", "/help/markdown", "/helpUri"][..], &texts].concat(),
        );
        let properties = &rule["properties"];
        has(properties, &["/precision", "/problem.severity", "/tags/1"]);
        let tags = properties["tags"].as_array().unwrap();
        let is_security = properties.get("security-severity").is_some();
        assert!(tags.len() <= 10 && tags.contains(&"security".into()) == is_security);
    }
    let results = run["results"].as_array().unwrap();
    let mut fingerprints: Vec<&str> = Vec::new();
    for result in results {
        let rule = &rules[result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        has(
            result,
            &[
                "/message/text",
                "/level",
                "/locations/0/logicalLocations/0/kind",
            ],
        );
        let place = "/locations/0/physicalLocation/";
        for member in ["startLine", "startColumn", "endLine", "endColumn"] {
            has(result, &[&format!("{place}region/{member}")]);
        }
        let uri = result
            .pointer(&format!("{place}artifactLocation/uri"))
            .unwrap();
        assert!(
            uri.as_str().unwrap().starts_with("fixtures/showcase/"),
            "{uri}"
        );
        fingerprints.push(
            result["partialFingerprints"]["pillarlint/v1"]
                .as_str()
                .unwrap(),
        );
    }

    let gitlab = parse(&report("gitlab"));
    for one in gitlab.as_array().unwrap() {
        has(
            one,
            &[
                "/description",
                "/check_name",
                "/location/path",
                "/location/lines/begin",
            ],
        );
        let severities = ["info", "minor", "major", "critical", "blocker"];
        assert!(severities.contains(&one["severity"].as_str().unwrap()));
    }
    // No two are alike, and they are the same in both.
    let of_gitlab = gitlab.as_array().unwrap().iter();
    let of_gitlab: Vec<&str> = of_gitlab
        .map(|one| one["fingerprint"].as_str().unwrap())
        .collect();
    assert_eq!(of_gitlab[..results.len()], fingerprints);
    let distinct: std::collections::BTreeSet<&str> = of_gitlab.iter().copied().collect();
    assert_eq!(distinct.len(), of_gitlab.len());

    for line in report("rdjsonl").lines() {
        has(
            &parse(line),
            &[
                "/message",
                "/location/path",
                "/location/range/start/column",
                "/code/value",
            ],
        );
    }

    let schema = std::fs::read_to_string(root().join("schemas/pillarlint-output.schema.json"));
    let schema = parse(&schema.unwrap());
    let lines = report("jsonl");
    let mut types = Vec::new();
    for line in lines.lines() {
        let mut line = parse(line);
        let kind = line.as_object_mut().unwrap().remove("type").unwrap();
        let kind = kind.as_str().unwrap().to_owned();
        let part = match kind.as_str() {
            "error" | "warning" => "problem",
            "summary" => {
                assert_eq!(
                    line.as_object_mut().unwrap().remove("version"),
                    Some("1".into())
                );
                "summary"
            }
            other => other,
        };
        super::conforms(&line, &schema["$defs"][part], &schema, &kind);
        types.push(kind);
    }
    assert_eq!(
        types.iter().filter(|kind| *kind == "finding").count(),
        results.len()
    );
    assert_eq!(types.last().unwrap(), "summary");

    let xml = report("junit");
    let count = |part: &str| xml.matches(part).count();
    assert!(xml.contains(&format!(
        "<testsuites name=\"pillarlint\" tests=\"{}\" failures=\"{}\"",
        count("<testcase "),
        count("<failure ")
    )));
}

/// A clean run has a test, an empty array, a header; and its log is quiet.
#[test]
fn clean_runs() {
    let folder = folder(&[("a.yaml", CLEAN)]);
    for (format, expected) in [
        ("gitlab", "[]\n"),
        ("rdjsonl", ""),
        ("github", ""),
        (
            "csv",
            "severity,rule,pillar,practice,file,line,column,address,kind,when,message\r\n",
        ),
        (
            "junit",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <testsuites name=\"pillarlint\" tests=\"1\" failures=\"0\" errors=\"0\">\n  \
             <testsuite name=\"pillarlint\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\">\n    \
             <testcase name=\"no findings\" classname=\"pillarlint\"/>\n  </testsuite>\n</testsuites>\n",
        ),
    ] {
        let ran = run_check(folder.path(), &["-q", "--format", format], b"");
        assert_eq!((ran.code, ran.stdout.as_str()), (0, expected), "{format}");
    }
}

/// Absolute paths are as good as relative ones, and a fingerprint holds while the file is edited.
#[test]
fn fingerprints_hold() {
    let two = "Resources:\n  B: { Type: AWS::SQS::Queue }\n  A: { Type: AWS::SQS::Queue }\n";
    let edited = "# More.\nResources:\n  A:\n    Type: AWS::SQS::Queue\n\n  B: { Type: AWS::SQS::Queue, Condition: C }\n\
                  Conditions: { C: !Equals [!Ref AWS::Region, a] }\n";
    let fingerprints = |text: &str, absolute: bool| {
        let folder = folder(&[("a.yaml", text)]);
        let path = if absolute {
            folder.path().canonicalize().unwrap()
        } else {
            ".".into()
        };
        let args = ["--format", "gitlab", path.to_str().unwrap()];
        let report: Value =
            serde_json::from_str(&run_check(folder.path(), &args, b"").stdout).unwrap();
        let one = |one: &Value| {
            assert_eq!(one["location"]["path"], "a.yaml");
            one["fingerprint"].as_str().unwrap().to_owned()
        };
        let mut all: Vec<String> = report.as_array().unwrap().iter().map(one).collect();
        all.sort();
        all
    };
    let before = fingerprints(two, false);
    assert_eq!(before.len(), 2);
    assert_eq!(before, fingerprints(two, true));
    assert_eq!(before, fingerprints(edited, false));
}
