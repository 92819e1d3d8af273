//! Templates that name other files: nested stacks, and what is included.

use super::*;
use snapbox::{assert_data_eq, file};

const HEAD: &str = "Resources:\n";

fn call(name: &str, url: &str, seconds: &str) -> String {
    format!(
        "  {name}:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: {url}\n      Parameters: {{ Seconds: {seconds} }}\n"
    )
}

/// A template with a queue that keeps messages for the seconds that it is given.
const CHILD: &str = "\
Parameters:
  Seconds: { Type: Number }
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties: { QueueName: q, MessageRetentionPeriod: !Ref Seconds }
  Unnamed:
    Type: AWS::SQS::Queue
";

/// Each finding as `path:line rule addresses`, then what was not read and what is wrong.
#[track_caller]
fn check_found(files: &[(&str, &str)], args: &[&str], expected: &[&str]) {
    let folder = folder(files);
    check_in(folder.path(), args, b"", expected);
}

#[track_caller]
fn check_in(folder: &Path, args: &[&str], stdin: &[u8], expected: &[&str]) {
    let args = [&["--format", "json", "--preset", "all"], args].concat();
    let ran = run_check(folder, &args, stdin);
    let output: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let list = |name: &str| output[name].as_array().unwrap().clone();
    let place = |one: &serde_json::Value| {
        format!("{}:{}", one["file"].as_str().unwrap(), one["start"]["line"])
    };
    let mut said = Vec::new();
    for one in list("findings") {
        let addresses = one["addresses"].as_array().unwrap().iter();
        let addresses: Vec<&str> = addresses.map(|one| one.as_str().unwrap()).collect();
        let rule = one["rule"].as_str().unwrap();
        said.push(format!("{} {rule} {}", place(&one), addresses.join(" ")));
    }
    for (name, key) in [
        ("not_read", "why"),
        ("errors", "message"),
        ("warnings", "message"),
    ] {
        for one in list(name) {
            said.push(format!("{} {}", place(&one), one[key].as_str().unwrap()));
        }
    }
    assert_eq!(said, expected, "{args:?}");
}

#[test]
fn a_child_is_judged_through_its_calls() {
    let root = [
        HEAD,
        &call("A", "./child.yaml", "999999"),
        &call("B", "child.yaml", "60"),
    ]
    .concat();
    let files = [("root.yaml", root.as_str()), ("child.yaml", CHILD)];
    let expected = [
        "child.yaml:6 queue-retention B.Queue",
        "child.yaml:7 queue-named A.Unnamed B.Unnamed",
    ];
    check_found(&files, &["."], &expected);
    // The template alone is enough: the file that it names is read for its sake.
    check_found(&files, &["root.yaml"], &expected);
    // Alone it is what nobody calls.
    check_found(
        &files,
        &["child.yaml"],
        &["child.yaml:7 queue-named Unnamed"],
    );
}

#[test]
fn a_finding_shows_the_calls() {
    let root = [HEAD, &call("Middle", "stacks/middle.yaml", "60")].concat();
    let middle = format!(
        "Parameters:\n  Seconds: {{ Type: Number }}\n{HEAD}{}",
        call("Leaf", "../child.yaml", "!Ref Seconds")
    );
    let folder = folder(&[
        ("root.yaml", &root),
        ("stacks/middle.yaml", &middle),
        ("child.yaml", CHILD),
    ]);
    let ran = run_check(
        folder.path(),
        &[".", "--format", "text", "--preset", "all"],
        b"",
    );
    assert_eq!(ran.code, 1);
    assert_data_eq!(ran.stdout, file!["../snapshots/nested-stack.txt"]);
}

#[test]
fn in_a_repository_a_named_child_is_read_with_its_callers() {
    let root = [HEAD, &call("A", "./child.yaml", "60")].concat();
    let files = [
        ("root.yaml", root.as_str()),
        ("child.yaml", CHILD),
        ("other.yaml", UNNAMED),
    ];
    let folder = folder(&files);
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    let through = [
        "child.yaml:6 queue-retention A.Queue",
        "child.yaml:7 queue-named A.Unnamed",
    ];
    check_in(folder.path(), &["child.yaml"], b"", &through);
    // As the editor has it.
    let args = ["-", "--stdin-filename", "child.yaml"];
    let edited = CHILD.replace("  Unnamed:\n    Type: AWS::SQS::Queue\n", "");
    check_in(folder.path(), &args, edited.as_bytes(), &through[..1]);
}

#[test]
fn templates_in_a_circle_are_judged_all_the_same() {
    let a = [
        HEAD,
        "  Queue: { Type: AWS::SQS::Queue }\n",
        &call("B", "b.yaml", "999999"),
    ]
    .concat();
    let b = [
        "Parameters: { Seconds: { Type: Number } }\n",
        HEAD,
        "  Queue: { Type: AWS::SQS::Queue }\n",
        &call("A", "a.yaml", "999999"),
    ]
    .concat();
    check_found(
        &[("a.yaml", &a), ("b.yaml", &b)],
        &["."],
        &[
            "a.yaml:2 queue-named Queue",
            "b.yaml:3 queue-named B.Queue",
            "b.yaml:4 the stack `B.A` (a.yaml) leads round in a circle",
        ],
    );
}

#[test]
fn what_cannot_be_read_is_said_and_the_rest_is_judged() {
    let root = [
        HEAD,
        &call("Gone", "gone.yaml", "999999"),
        &call("Out", "../../out.yaml", "999999"),
        &call("Broken", "broken.yaml", "999999"),
        "  Queue: { Type: AWS::SQS::Queue }\n",
    ]
    .concat();
    // What stands beside a mistake is not told of.
    let broken = format!("{CHILD}  Odd: [\n");
    check_found(
        &[("root.yaml", &root), ("broken.yaml", &broken)],
        &["."],
        &[
            "root.yaml:17 queue-named Queue",
            "root.yaml:2 the stack `Gone` (gone.yaml) is not there",
            "root.yaml:7 the stack `Out` (../../out.yaml) is not there",
            "broken.yaml:9 the resource `Odd` is not a mapping",
            "broken.yaml:9 unclosed bracket '['",
        ],
    );
}

#[test]
fn no_file_outside_the_tree_is_read() {
    let outside = folder(&[("secret.yaml", CHILD)]);
    let path = outside.path().canonicalize().unwrap().join("secret.yaml");
    let root = [HEAD, &call("Out", path.to_str().unwrap(), "999999")].concat();
    let why = format!(
        "root.yaml:2 the stack `Out` ({}) leads out of the checked tree",
        path.display()
    );
    check_found(&[("root.yaml", &root)], &["root.yaml"], &[&why]);
}

#[test]
fn what_is_included_is_judged_where_it_stands() {
    let root = "\
Resources:
  Fn::Transform:
    Name: AWS::Include
    Parameters: { Location: parts/queues.yaml }
  Mine:
    Type: AWS::SQS::Queue
    Properties: { QueueName: mine }
";
    let part = "Queue:\n  Type: AWS::SQS::Queue\n";
    check_found(
        &[("root.yaml", root), ("parts/queues.yaml", part)],
        &["."],
        &["parts/queues.yaml:1 queue-named Queue"],
    );
}

#[test]
fn a_stack_set_holds_its_template() {
    let root = "\
Resources:
  Set:
    Type: AWS::CloudFormation::StackSet
    Properties:
      StackSetName: everywhere
      PermissionModel: SERVICE_MANAGED
      TemplateBody: |
        Resources:
          Queue:
            Type: AWS::SQS::Queue
";
    check_found(
        &[("root.yaml", root)],
        &["."],
        &["root.yaml:9 queue-named Set.Queue"],
    );
}
