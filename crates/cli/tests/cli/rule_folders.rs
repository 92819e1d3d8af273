//! Rules of one's own: their folders, their mistakes, their examples.

use super::{UNNAMED, folder, own_rules, run_in};
use snapbox::{assert_data_eq, file};
use std::path::Path;

/// A rule that is right.
fn right() -> String {
    std::fs::read_to_string(Path::new(&own_rules()).join("queues/queue-named.yaml")).unwrap()
}

#[test]
fn examples_are_tests() {
    let folder = folder(&[]);
    let test = |args: &[&str]| run_in(folder.path(), &[&["test"], args].concat(), b"");
    let rules = own_rules();
    let ran = test(&[&rules]);
    let said = "2 rules, 2 examples: all as they say\n";
    assert_eq!((ran.code, ran.stdout.as_str()), (0, said));
    let ran = test(&[&rules, "--only", "queue-named"]);
    let said = "1 rule, 1 example: all as they say\n";
    assert_eq!((ran.code, ran.stdout.as_str()), (0, said));
    let ran = test(&[&rules, "--only", "queue-name"]);
    let said = "error: there is no rule `queue-name`, did you mean `queue-named`?\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (2, said));
}

/// Every way in which an example can differ from its rule, each with the place in the rule's file.
#[test]
fn what_differs_is_shown_in_the_rule_file() {
    let examples = r#"examples:
  - name: lists of names
    cloudformation: |
      Parameters: { Name: { Type: String } }
      Resources:
        Wrong:
          Type: AWS::SQS::Queue
          Properties: { QueueName: other }
        Right:
          Type: AWS::SQS::Queue
          Properties: { QueueName: orders }   # error
        Open:
          Type: AWS::SQS::Queue
          Properties:
            QueueName: !Ref Name
        Claimed:
          Type: AWS::SQS::Queue
          Properties:
            QueueName: !Ref Name   # error
        Decided:
          Type: AWS::SQS::Queue
          Properties: { QueueNam: b }   # unknown
  - terraform: "resource \"aws_sqs_queue\" \"q\" {\n  name = \"orders\"\n}\n"
"#;
    let rule = right();
    let (head, _) = rule.split_once("examples:").unwrap();
    let head = head
        .replace("$.name, set: true", "$.name, equals: bills, absent: pass")
        .replace("set: true", "equals: orders, absent: pass")
        .replace("has no name", "is called {value}");
    let only_good = "examples:\n  - terraform: resource \"aws_sqs_queue\" \"q\" {}\n";
    let folder = folder(&[
        ("rules/queue-name.yaml", &(head.clone() + examples)),
        ("rules/never-tested.yaml", &(head + only_good)),
    ]);
    let ran = run_in(folder.path(), &["test", "rules"], b"");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert_data_eq!(ran.stdout, file!["../snapshots/test-differs.txt"]);
}

#[test]
fn folders_are_read_together() {
    let mine = right().replace("no name", "no name (mine)");
    let folder = folder(&[
        ("a.yaml", UNNAMED),
        ("team/queue-named.yaml", &right()),
        ("team/.github/workflows/test.yaml", "on: push\n"),
        ("team/README.md", "mine"),
        ("company/deep/er/queue-mine.YML", &mine),
        ("company/package.json", "{}"),
        ("twice/queue-named.yaml", &mine),
        ("empty/notes.txt", "mine"),
        (
            "data-only/data/names.yaml",
            "title: x\nsource: x\ndate: x\nvalues: [a]\n",
        ),
    ]);
    let check = |folders: &[&str]| {
        let mut args = vec![
            "check", "a.yaml", "--format", "concise", "-q", "--select", "queue-*",
        ];
        for folder in folders {
            args.extend(["--rules", folder]);
        }
        run_in(folder.path(), &args, b"")
    };
    let passed_over = "note: company/package.json is passed over: rules are .yaml files\n";
    let found = |id: &str, mine: &str| {
        format!("a.yaml:2:3: high {id} the queue has no name{mine} [OPS05-BP07] (Queue)\n")
    };
    let ran = check(&["team", "company", "./team"]);
    let both = found("queue-mine", " (mine)") + &found("queue-named", "");
    assert_eq!(
        (ran.code, ran.stdout, ran.stderr.as_str()),
        (1, both, passed_over)
    );

    // Which one is meant is for the author to say.
    let ran = check(&["team", "twice"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    for said in [
        "there is another rule `queue-named`",
        "twice/queue-named.yaml:1:1",
        "team/queue-named.yaml:1:1",
    ] {
        assert!(ran.stderr.contains(said), "{said}\n{}", ran.stderr);
    }

    for (name, why) in [
        ("empty", "no rule files (*.yaml) in empty"),
        ("data-only", "no rule files (*.yaml) in data-only"),
        (
            "a.yaml",
            "a.yaml is a file; name the folder that holds the rules",
        ),
        ("nowhere", "cannot read nowhere: no such file or folder"),
    ] {
        let ran = check(&["team", name]);
        assert_eq!((ran.code, ran.stderr), (2, format!("error: {why}\n")));
        let ran = run_in(folder.path(), &["test", name], b"");
        assert_eq!((ran.code, ran.stderr), (2, format!("error: {why}\n")));
    }
    let ran = run_in(folder.path(), &["test", "team", "company"], b"");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, passed_over));
    assert_eq!(ran.stdout, "2 rules, 2 examples: all as they say\n");
}
