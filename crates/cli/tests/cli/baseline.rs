//! Baselines: what they hold, what survives a change of the files, and what is told of them.

use super::*;

/// A folder whose findings of now are in the baseline `known.jsonl`.
fn known(files: &[(&str, &str)]) -> TempDir {
    let folder = folder(files);
    write_baseline(folder.path(), &[]);
    folder
}

fn run_baseline(folder: &Path, args: &[&str]) -> Ran {
    let rules = own_rules();
    let mut all = vec!["baseline", "--rules", &rules, "--select", "queue-*"];
    all.extend(args);
    run_in(folder, &all, b"")
}

#[track_caller]
fn write_baseline(folder: &Path, args: &[&str]) -> String {
    let ran = run_baseline(folder, &[&["--output", "known.jsonl"], args].concat());
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{args:?}");
    read(folder, "known.jsonl")
}

fn read(folder: &Path, file: &str) -> String {
    std::fs::read_to_string(folder.join(file)).unwrap()
}

fn write(folder: &Path, file: &str, text: &str) {
    let path = folder.join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// What a check against `known.jsonl` prints and gives.
#[track_caller]
fn check_known(folder: &Path, args: &[&str], code: i32, stdout: &str) {
    let ran = run_check(
        folder,
        &[&["-q", "--baseline", "known.jsonl"], args].concat(),
        b"",
    );
    let said = (ran.code, ran.stdout.as_str(), ran.stderr.as_str());
    assert_eq!(said, (code, stdout, ""), "{args:?}");
}

fn unnamed(place: &str, address: &str) -> String {
    format!("{place}: high queue-named the queue has no name [OPS05-BP07] ({address})\n")
}

const TEMPLATE: &str = "\
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      MessageRetentionPeriod: 60
  Other:
    Type: AWS::SQS::Queue
    Properties: { QueueName: other }
";

const MODULE: &str = r#"variable "names" {}
resource "aws_sqs_queue" "q" {
  for_each = var.names
  name     = each.value
}
"#;

fn call(source: &str, names: &str) -> String {
    format!("module \"queues\" {{\n  source = \"{source}\"\n  names  = {names}\n}}\n")
}

#[test]
fn an_entry_names_rule_file_address_and_root() {
    let live = call("../../modules/queues", "{ a = null, b = null, c = \"c\" }");
    let own = "resource \"aws_sqs_queue\" \"own\" {}\n";
    let folder = folder(&[
        ("b.yaml", TEMPLATE),
        ("modules/queues/main.tf", MODULE),
        ("live/prod/main.tf", &live),
        ("live/prod/own.tf", own),
        ("live/test/main.tf", &live),
    ]);
    let ran = run_baseline(folder.path(), &["--preset", "strict"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(ran.stdout, "4 findings in pillarlint-baseline.jsonl\n");
    let expected = r#"{"file":"b.yaml","address":"Queue","rule":"queue-named","count":1}
{"file":"b.yaml","address":"Queue","rule":"queue-retention","count":1}
{"file":"live/prod/own.tf","address":"aws_sqs_queue.own","rule":"queue-named","count":1}
{"file":"modules/queues/main.tf","root":"live/prod","address":"module.queues.aws_sqs_queue.q[\"a\"]","rule":"queue-named","count":1}
{"file":"modules/queues/main.tf","root":"live/prod","address":"module.queues.aws_sqs_queue.q[\"b\"]","rule":"queue-named","count":1}
{"file":"modules/queues/main.tf","root":"live/test","address":"module.queues.aws_sqs_queue.q[\"a\"]","rule":"queue-named","count":1}
{"file":"modules/queues/main.tf","root":"live/test","address":"module.queues.aws_sqs_queue.q[\"b\"]","rule":"queue-named","count":1}
"#;
    assert_eq!(read(folder.path(), "pillarlint-baseline.jsonl"), expected);
}

/// Wherever it is written from, and however often, a baseline is the same, and holds for a check from anywhere.
#[test]
fn names_are_told_from_the_baseline() {
    let folder = folder(&[
        ("ops/.keep", ""),
        ("app/a.yaml", UNNAMED),
        ("app/sub/main.tf", "resource \"aws_sqs_queue\" \"q\" {}\n"),
    ]);
    let from = |at: &str, output: &str, path: &str| {
        let ran = run_baseline(&folder.path().join(at), &["--output", output, path]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
        read(folder.path(), "ops/known.jsonl")
    };
    let first = from(".", "ops/known.jsonl", ".");
    let expected = r#"{"file":"../app/a.yaml","address":"Queue","rule":"queue-named","count":1}
{"file":"../app/sub/main.tf","address":"aws_sqs_queue.q","rule":"queue-named","count":1}
"#;
    assert_eq!(first, expected);
    assert_eq!(from("app/sub", "../../ops/known.jsonl", "../.."), expected);
    let absolute = folder.path().to_str().unwrap();
    assert_eq!(from("ops", "known.jsonl", absolute), expected);
    let left: Vec<_> = std::fs::read_dir(folder.path().join("ops"))
        .unwrap()
        .collect();
    assert_eq!(left.len(), 2, "nothing is left beside it");
    for (at, baseline, path) in [
        (".", "ops/known.jsonl", "."),
        ("app", "../ops/known.jsonl", "."),
        ("app/sub", "../../ops/known.jsonl", absolute),
        ("ops", "./known.jsonl", "../app/sub/main.tf"),
    ] {
        let ran = run_check(
            &folder.path().join(at),
            &["-q", "--baseline", baseline, path],
            b"",
        );
        let said = (ran.code, ran.stdout.as_str(), ran.stderr.as_str());
        assert_eq!(said, (0, "", ""), "{at} {baseline} {path}");
    }
}

#[test]
fn what_is_known_is_counted_and_not_reported() {
    let folder = known(&[("a.yaml", UNNAMED), ("b.yaml", UNNAMED)]);
    write(folder.path(), "b.yaml", CLEAN);
    write(folder.path(), "c.yaml", UNNAMED);
    let args = ["--baseline", "known.jsonl", "a.yaml", "c.yaml"];
    let ran = run_check(folder.path(), &args, b"");
    let found = unnamed("c.yaml:2:3", "Queue");
    let summary = "1 finding, 1 in the baseline, 0 undecided, 0 errors, 0 warnings; 2 resources in 2 templates\n";
    assert_eq!((ran.code, ran.stdout), (1, found + summary));
    let ran = run_check(
        folder.path(),
        &[&args[..], &["--format", "json"]].concat(),
        b"",
    );
    let output: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(output["summary"]["in_baseline"], 1);
    assert_eq!(output["summary"]["findings"], 1);
}

/// The same thing, written otherwise: nothing is new.
#[test]
fn files_may_be_formatted_and_reordered() {
    let live = call("./queues", "{ a = null, b = \"b\" }");
    let folder = known(&[
        ("a.yaml", TEMPLATE),
        ("main.tf", &live),
        ("queues/main.tf", MODULE),
    ]);
    let strict = ["--preset", "strict"];
    write_baseline(folder.path(), &strict);
    for (file, text) in [
        // Indented, with comments and other quotes, keys and resources in another order.
        (
            "a.yaml",
            "# Queues\nResources:\n    Other:\n        Properties: { 'QueueName': \"other\" }\n        Type: AWS::SQS::Queue\n\n    Queue: # the first\n        Properties:\n            # a minute\n            MessageRetentionPeriod: '60'\n        Type: 'AWS::SQS::Queue'\n",
        ),
        // Flow style.
        (
            "a.yaml",
            "{Resources: {Queue: {Type: AWS::SQS::Queue, Properties: {MessageRetentionPeriod: 60}}, Other: {Type: AWS::SQS::Queue, Properties: {QueueName: other}}}}\n",
        ),
        // JSON under the same name.
        (
            "a.yaml",
            "{\n  \"Resources\": {\n    \"Queue\": {\n      \"Type\": \"AWS::SQS::Queue\",\n      \"Properties\": {\n        \"MessageRetentionPeriod\": 60\n      }\n    }\n  }\n}\n",
        ),
        (
            "queues/main.tf",
            "# A queue for each name\nresource \"aws_sqs_queue\" \"q\" {\n  name = each.value # may be null\n\n  for_each = var.names\n}\n\nvariable \"names\" {\n  type = map(string)\n}\n",
        ),
        (
            "main.tf",
            "\n\nmodule \"queues\" {\n  names = {\n    b = \"b\"\n    a = null\n  }\n  source = \"./queues\"\n}\n",
        ),
    ] {
        write(folder.path(), file, text);
        check_known(folder.path(), &strict, 0, "");
        let again = write_baseline(folder.path(), &strict);
        assert_eq!(again.lines().count(), 3, "{text}\n{again}");
    }
}

/// What is new is reported, however near to what is known.
#[test]
fn a_second_violation_is_reported() {
    let retention = |place: &str, address: &str| {
        format!(
            "{place}: low queue-retention the queue keeps messages for `60` seconds only [REL05-BP04] ({address})\n"
        )
    };
    let live = |names: &str| call("../../queues", names);
    let (one, two) = (live("{ a = null }"), live("{ a = null, b = null }"));
    let files = [
        ("a.yaml", TEMPLATE),
        ("queues/main.tf", MODULE),
        ("live/prod/main.tf", &one),
    ];
    for (file, text, expected) in [
        // Another resource.
        (
            "a.yaml",
            TEMPLATE.replace("QueueName: other", "MessageRetentionPeriod: 60"),
            unnamed("a.yaml:6:3", "Other") + &retention("a.yaml:8:43", "Other"),
        ),
        // The same resource, another rule.
        (
            "a.yaml",
            TEMPLATE.replace(
                "QueueName: other",
                "QueueName: other, MessageRetentionPeriod: 60",
            ),
            retention("a.yaml:8:61", "Other"),
        ),
        // Another instance, another root module.
        (
            "live/prod/main.tf",
            two,
            unnamed("queues/main.tf:4:3", "module.queues.aws_sqs_queue.q[\"b\"]"),
        ),
        (
            "live/test/main.tf",
            one.clone(),
            unnamed("queues/main.tf:4:3", "module.queues.aws_sqs_queue.q[\"a\"]"),
        ),
        // The same address in another file.
        ("b.yaml", UNNAMED.to_owned(), unnamed("b.yaml:2:3", "Queue")),
    ] {
        let folder = folder(&files);
        let strict = ["--preset", "strict"];
        write_baseline(folder.path(), &strict);
        write(folder.path(), file, &text);
        check_known(folder.path(), &strict, 1, &expected);
    }
}

/// Of several findings of one rule in one resource, nobody can tell which are new. All are shown, with the entry.
#[test]
fn more_than_an_entry_counts_are_all_reported() {
    let group = |rules: &[&str]| {
        let rules = rules.iter();
        let rules: String = rules
            .map(|cidr| {
                format!(
                    "        - {{ IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: {cidr} }}\n"
                )
            })
            .collect();
        format!(
            "Resources:\n  Group:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      GroupDescription: x\n      SecurityGroupIngress:\n{rules}"
        )
    };
    let folder = folder(&[("a.yaml", &group(&["0.0.0.0/0", "10.0.0.0/8"]))]);
    let select = ["--select", "sg-ssh-open"];
    let run = |command: &[&str]| run_in(folder.path(), &[command, &select].concat(), b"");
    let ran = run(&["baseline", "--output", "known.jsonl"]);
    assert_eq!((ran.code, &*ran.stdout), (0, "1 finding in known.jsonl\n"));
    let check = ["check", "--baseline", "known.jsonl", "--format", "json"];
    for (rules, found, known) in [
        (&["10.0.0.0/8", "0.0.0.0/0"][..], 0, 1),
        (&["0.0.0.0/0", "0.0.0.0/0"], 2, 0),
    ] {
        write(folder.path(), "a.yaml", &group(rules));
        let ran = run(&check);
        let output: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        let summary = &output["summary"];
        assert_eq!(
            (&summary["findings"], &summary["in_baseline"]),
            (&found.into(), &known.into())
        );
        for finding in output["findings"].as_array().unwrap() {
            let entry = finding["related"].as_array().unwrap().last().unwrap();
            assert_eq!(entry["file"], "known.jsonl");
            assert_eq!(entry["start"]["line"], 1);
            assert_eq!(
                entry["message"],
                "the baseline has 1 of the 2 that are found"
            );
        }
    }
}

#[test]
fn entries_that_no_longer_hold_are_told() {
    let files = [
        ("a.yaml", UNNAMED),
        ("b.yaml", UNNAMED),
        ("queues/main.tf", MODULE),
        ("live/prod/main.tf", &*call("../../queues", "{ a = null }")),
        ("live/test/main.tf", &*call("../../queues", "{ a = null }")),
    ];
    let stale = |line: usize, what: &str| {
        format!(
            "known.jsonl:{line}:1: warning {what} is no longer found; `pillarlint baseline` writes the baseline anew\n"
        )
    };
    let a = stale(1, "`queue-named` of Queue in a.yaml");
    let queue = "`queue-named` of module.queues.aws_sqs_queue.q[\"a\"] in queues/main.tf";
    let parameter = "Parameters:\n  Name:\n    Type: String\nResources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: { QueueName: !If [X, !Ref Name, !Ref AWS::NoValue] }\nConditions:\n  X: !Equals [!Ref Name, \"\"]\n";
    let named = |folder: &str| call("../../queues", &format!("{{ a = \"{folder}\" }}"));
    for (file, text, args, expected) in [
        // It was mended, renamed, or deleted.
        ("a.yaml", Some(CLEAN), &[][..], &*a),
        (
            "a.yaml",
            Some(
                "Resources:\n  New:\n    Type: AWS::SQS::Queue\n    Properties: { QueueName: x }\n",
            ),
            &[],
            &a,
        ),
        ("a.yaml", None, &[], &a),
        ("a.yaml", Some(CLEAN), &["a.yaml"], &a),
        ("a.yaml", Some(CLEAN), &["--severity", "critical"], &a),
        // Nothing is known of it in this run.
        ("a.yaml", Some(CLEAN), &["b.yaml"], ""),
        ("a.yaml", Some(CLEAN), &["live"], ""),
        (
            "a.yaml",
            Some(CLEAN),
            &["--ignore", "queue-named", "--preset", "strict"],
            "",
        ),
        ("a.yaml", None, &["live/prod"], &a),
        // Of two root modules, one.
        (
            "live/prod/main.tf",
            Some(&*named("x")),
            &[],
            &stale(3, queue),
        ),
        (
            "live/prod/main.tf",
            Some(&*named("x")),
            &["live/prod"],
            &stale(3, queue),
        ),
        ("live/prod/main.tf", Some(&*named("x")), &["live/test"], ""),
        (
            "live/prod/main.tf",
            Some(&*named("x")),
            &["live/test/main.tf"],
            "",
        ),
    ] {
        let folder = known(&files);
        match text {
            Some(text) => write(folder.path(), file, text),
            None => std::fs::remove_file(folder.path().join(file)).unwrap(),
        }
        check_known(folder.path(), args, 0, expected);
    }
    // What is not known, or not read, may be there all the same.
    let folder = known(&files);
    write(folder.path(), "a.yaml", parameter);
    check_known(
        folder.path(),
        &["--ignore", "queue-retention", "a.yaml"],
        0,
        "",
    );
    write(
        folder.path(),
        "a.yaml",
        "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: [\n",
    );
    let ran = run_check(
        folder.path(),
        &["-q", "--baseline", "known.jsonl", "a.yaml"],
        b"",
    );
    assert_eq!(ran.code, 3);
    assert!(!ran.stdout.contains("known.jsonl"), "{}", ran.stdout);
}

/// Writing it again leaves out what no longer holds.
#[test]
fn a_baseline_is_written_anew() {
    let folder = known(&[("a.yaml", UNNAMED), ("b.yaml", UNNAMED)]);
    write(folder.path(), "a.yaml", CLEAN);
    let entry =
        "{\"file\":\"b.yaml\",\"address\":\"Queue\",\"rule\":\"queue-named\",\"count\":1}\n";
    assert_eq!(write_baseline(folder.path(), &[]), entry);
    check_known(folder.path(), &[], 0, "");
    write(folder.path(), "b.yaml", CLEAN);
    assert_eq!(write_baseline(folder.path(), &[]), "");
    check_known(folder.path(), &[], 0, "");
}

/// The lines of two branches, in whatever order a merge brings them, are a baseline.
#[test]
fn baselines_merge_line_by_line() {
    let folder = folder(&[
        ("a.yaml", TEMPLATE),
        ("b.yaml", UNNAMED),
        ("c.yaml", UNNAMED),
    ]);
    let of = |file: &str| write_baseline(folder.path(), &["--preset", "strict", file]);
    let (one, other) = (of("a.yaml") + &of("b.yaml"), of("c.yaml") + &of("b.yaml"));
    let both = one
        + &other
        + "\n{\"file\":\"b.yaml\",\"address\":\"Queue\",\"rule\":\"queue-named\",\"count\":0}\n";
    let mut lines: Vec<&str> = both.lines().rev().collect();
    for _ in 0..2 {
        write(folder.path(), "known.jsonl", &lines.join("\n"));
        check_known(folder.path(), &["--preset", "strict"], 0, "");
        lines.sort_unstable();
        lines.dedup();
    }
}

#[test]
fn mistakes_in_a_baseline_have_places() {
    let folder = known(&[("a.yaml", UNNAMED)]);
    let good = read(folder.path(), "known.jsonl");
    for (text, place, message) in [
        ("[]\n", "1:1", "an entry has `file`, a text"),
        (
            "\n{\"file\": \"a.yaml\"\n",
            "2:1",
            "this `{` is never closed",
        ),
        (
            "{\"file\": \"a.yaml\", \"address\": 1}\n",
            "1:31",
            "`address` is a text",
        ),
        (
            "{\"file\":\"a.yaml\",\"address\":\"Queue\",\"rule\":\"queue-named\",\"count\":\"1\"}\n",
            "1:65",
            "an entry has `count`, a whole number",
        ),
        ("<<<<<<< ours\n", "1:1", "a merge conflict is left here"),
        ("=======\n", "1:1", "a merge conflict is left here"),
    ] {
        write(folder.path(), "known.jsonl", &format!("{text}{good}"));
        let ran = run_check(folder.path(), &["--baseline", "known.jsonl"], b"");
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{text}");
        assert!(
            ran.stderr.contains(&format!("[known.jsonl:{place}]")),
            "{}",
            ran.stderr
        );
        assert!(ran.stderr.contains(message), "{}", ran.stderr);
        let end = "error: 1 mistake in the baseline; nothing was done\n";
        assert!(ran.stderr.ends_with(end), "{}", ran.stderr);
    }
    let ran = run_check(folder.path(), &["--baseline", "nowhere.jsonl"], b"");
    let said = "error: cannot read the baseline nowhere.jsonl: no such file or folder; `pillarlint baseline` writes one\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (2, said));
}

/// What could not be read is said, and what could be is written; where nothing can be written, the old one stays.
#[test]
fn a_baseline_of_what_cannot_be_read() {
    let folder = folder(&[
        ("a.yaml", UNNAMED),
        ("b.yaml", "Resources: {\nAWSTemplateFormatVersion: ["),
    ]);
    let ran = run_baseline(folder.path(), &["--output", "known.jsonl"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (3, "1 finding in known.jsonl\n")
    );
    assert!(ran.stderr.starts_with("error: b.yaml:"), "{}", ran.stderr);
    let ran = run_baseline(
        folder.path(),
        &["--output", "nowhere/known.jsonl", "a.yaml"],
    );
    let said = "error: cannot write nowhere/known.jsonl: there is no folder nowhere\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (2, said));
}

/// A configuration may name the baseline, relative to its own folder, for each part of a tree another.
#[test]
fn a_configuration_names_its_baseline() {
    let folder = folder(&[
        ("pillarlint.yaml", "baseline: known.jsonl\n"),
        ("a.yaml", UNNAMED),
        ("team/pillarlint.yaml", "baseline: ops/team.jsonl\n"),
        ("team/ops/.keep", ""),
        ("team/b.yaml", UNNAMED),
    ]);
    let found = unnamed("a.yaml:2:3", "Queue") + &unnamed("team/b.yaml:2:3", "Queue");
    // It is written some day.
    let check = |args: &[&str], code: i32, stdout: &str| {
        let ran = run_check(folder.path(), &[&["-q"], args].concat(), b"");
        let said = (ran.code, ran.stdout.as_str(), ran.stderr.as_str());
        assert_eq!(said, (code, stdout, ""), "{args:?}");
    };
    check(&[], 1, &found);
    let ran = run_baseline(&folder.path().join("team"), &[]);
    assert_eq!(ran.stdout, "1 finding in ops/team.jsonl\n");
    check(&[], 1, &unnamed("a.yaml:2:3", "Queue"));
    check(&["team"], 0, "");
    check(&["--no-config"], 1, &found);
    write(folder.path(), "none.jsonl", "");
    check(&["--baseline", "none.jsonl"], 1, &found);
}

/// Of a file that is named, only its own findings are written.
#[test]
fn a_baseline_of_named_files() {
    let folder = folder(&[
        (".git/HEAD", ""),
        ("main.tf", "resource \"aws_sqs_queue\" \"a\" {}\n"),
        ("more.tf", "resource \"aws_sqs_queue\" \"b\" {}\n"),
    ]);
    let entry = "{\"file\":\"more.tf\",\"address\":\"aws_sqs_queue.b\",\"rule\":\"queue-named\",\"count\":1}\n";
    assert_eq!(write_baseline(folder.path(), &["more.tf"]), entry);
}
