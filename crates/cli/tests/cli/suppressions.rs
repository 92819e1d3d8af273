//! Suppressions: every form, in every format of input, at every place where it may stand.

use super::*;
use serde_json::Value;
use snapbox::{assert_data_eq, file};

fn rules() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suppression-rules");
    folder.to_str().unwrap().to_owned()
}

/// What is reported (`file:line rule (address)`), and what is suppressed (`- file:line rule (address) by file:line`).
fn found(files: &[(&str, &str)], args: &[&str]) -> Vec<String> {
    let rules = rules();
    let select = "topic-named,group-closed,suppression-*";
    let mut all = vec!["check", "--rules", &rules, "--select", select];
    all.extend(["--format", "json", "--today", "2026-06-30"]);
    all.extend(args);
    let ran = run_in(folder(files).path(), &all, b"");
    assert_eq!(ran.stderr, "");
    let output: Value = serde_json::from_str(&ran.stdout).unwrap();
    let place = |one: &Value| {
        let file = one["file"].as_str().unwrap();
        format!("{file}:{}", one["start"]["line"])
    };
    let finding = |one: &Value| {
        let rule = one["rule"].as_str().unwrap();
        let addresses = one["addresses"].as_array().unwrap().iter();
        let addresses: Vec<&str> = addresses.map(|one| one.as_str().unwrap()).collect();
        let place = place(one);
        match addresses.join(", ") {
            none if none.is_empty() => {
                format!("{place} {rule}: {}", one["message"].as_str().unwrap())
            }
            addresses => format!("{place} {rule} ({addresses})"),
        }
    };
    let list = |name: &str| output[name].as_array().unwrap().iter();
    let reported = list("findings").map(finding);
    let suppressed = list("suppressed").map(|one| {
        let by = place(&one["suppression"]);
        format!("- {} by {by}", finding(&one["finding"]))
    });
    let errors = list("errors").map(|one| one["message"].as_str().unwrap().to_owned());
    reported.chain(suppressed).chain(errors).collect()
}

#[track_caller]
fn check_one(name: &str, file: (&str, &str), expected: &[&str]) {
    assert_eq!(found(&[file], &[]), expected, "{name}\n{}", file.1);
}

const GROUP: &str = "  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: example
      SecurityGroupIngress:
        - IpProtocol: tcp
          CidrIp: 0.0.0.0/0
";

#[test]
fn our_comments_in_yaml() {
    for (name, text, expected) in [
        (
            "on the resource",
            "Resources:
  Topic:  # pillarlint: ignore[topic-named] why
    Type: AWS::SNS::Topic
  Other:
    Type: AWS::SNS::Topic
",
            &[
                "t.yaml:4 topic-named (Other)",
                "- t.yaml:2 topic-named (Topic) by t.yaml:2",
            ] as &[&str],
        ),
        (
            "above the resource, with other comments and blank lines between",
            "Resources:
  # pillarlint: ignore[topic-named] why
  # It is the only one.

  Topic:
    Type: AWS::SNS::Topic
  Other:
    Type: AWS::SNS::Topic
",
            &[
                "t.yaml:7 topic-named (Other)",
                "- t.yaml:5 topic-named (Topic) by t.yaml:2",
            ],
        ),
        (
            "several rules, over several lines",
            &format!(
                "Resources:
  # pillarlint: ignore[group-closed, topic-named] why
  # pillarlint: ignore[topic-named] twice
{GROUP}"
            ),
            &[
                "t.yaml:2 suppression-unused: `topic-named` has no finding here to suppress",
                "t.yaml:3 suppression-unused: `topic-named` has no finding here to suppress",
                "- t.yaml:10 group-closed (Group) by t.yaml:2",
            ],
        ),
        (
            "on the property",
            &format!("Resources:\n{GROUP}")
                .replace("0/0\n", "0/0  # pillarlint: ignore[group-closed] why\n"),
            &["- t.yaml:8 group-closed (Group) by t.yaml:8"],
        ),
        (
            "on the element of a list, at its first line",
            &format!("Resources:\n{GROUP}")
                .replace("tcp\n", "tcp  # pillarlint: ignore[group-closed] why\n"),
            &["- t.yaml:8 group-closed (Group) by t.yaml:7"],
        ),
        (
            "above the element of a list",
            &format!("Resources:\n{GROUP}").replace(
                "        - Ip",
                "        # pillarlint: ignore[group-closed] why\n        - Ip",
            ),
            &["- t.yaml:9 group-closed (Group) by t.yaml:7"],
        ),
        (
            "on another property",
            &format!("Resources:\n{GROUP}")
                .replace("description: example\n", "description: example\n")
                .replace(
                    "example\n",
                    "example  # pillarlint: ignore[group-closed] why\n",
                ),
            &[
                "t.yaml:5 suppression-unused: `group-closed` has no finding here to suppress",
                "t.yaml:8 group-closed (Group)",
            ],
        ),
        (
            "on a section",
            "Resources:  # pillarlint: ignore[topic-named] why
  Topic:
    Type: AWS::SNS::Topic
",
            &["- t.yaml:2 topic-named (Topic) by t.yaml:1"],
        ),
        (
            "the whole file",
            "# pillarlint: ignore-file[topic-named] why
Resources:
  Topic:
    Type: AWS::SNS::Topic
",
            &["- t.yaml:3 topic-named (Topic) by t.yaml:1"],
        ),
        (
            "by another tool's id, a practice, a glob",
            "Resources:
  A:  # pillarlint: ignore[CKV_AWS_9001] why
    Type: AWS::SNS::Topic
  B:  # pillarlint: ignore[OPS05-BP07] why
    Type: AWS::SNS::Topic
  C:  # pillarlint: ignore[topic-*] why
    Type: AWS::SNS::Topic
",
            &[
                "- t.yaml:2 topic-named (A) by t.yaml:2",
                "- t.yaml:4 topic-named (B) by t.yaml:4",
                "- t.yaml:6 topic-named (C) by t.yaml:6",
            ],
        ),
        (
            "two in one comment, behind another comment",
            "Resources:
  Topic:  # the orders # pillarlint: ignore[topic-named] why # pillarlint: ignore[nothing] why
    Type: AWS::SNS::Topic
",
            &[
                "t.yaml:2 suppression-unknown-rule: there is no rule `nothing`",
                "- t.yaml:2 topic-named (Topic) by t.yaml:2",
            ],
        ),
        (
            "what looks like a comment in a text is none",
            "Resources:
  Topic:
    Type: AWS::SNS::Topic
    Metadata:
      Note: |
        # pillarlint: ignore-file[topic-named] why
      Mark: '# pillarlint: ignore-file[topic-named] why'
",
            &["t.yaml:2 topic-named (Topic)"],
        ),
        (
            "prose that names the tool is none either",
            "Resources:
  Topic:  # checked by pillarlint: see the README
    Type: AWS::SNS::Topic
",
            &["t.yaml:2 topic-named (Topic)"],
        ),
    ] {
        check_one(name, ("t.yaml", text), expected);
    }
}

#[test]
fn our_comments_in_hcl() {
    for (name, text, expected) in [
        (
            "on, above and in the block",
            r#"resource "aws_sns_topic" "a" { # pillarlint: ignore[topic-named] why
}
// pillarlint: ignore[topic-named] why
resource "aws_sns_topic" "b" {}

/* pillarlint: ignore[topic-named] why */
resource "aws_sns_topic" "c" {}

/*
 * pillarlint: ignore[topic-named] why
 */
resource "aws_sns_topic" "d" {}
resource "aws_sns_topic" "e" {
  # pillarlint: ignore[topic-named] at its end, for all of it
}
resource "aws_sns_topic" "f" {
} # pillarlint: ignore[topic-named] why
/* pillarlint: ignore[topic-named] why */ resource "aws_sns_topic" "g" {}
resource "aws_sns_topic" "h" {
}
"#,
            &[
                "main.tf:19 topic-named (aws_sns_topic.h)",
                "- main.tf:1 topic-named (aws_sns_topic.a) by main.tf:1",
                "- main.tf:4 topic-named (aws_sns_topic.b) by main.tf:3",
                "- main.tf:7 topic-named (aws_sns_topic.c) by main.tf:6",
                "- main.tf:12 topic-named (aws_sns_topic.d) by main.tf:10",
                "- main.tf:13 topic-named (aws_sns_topic.e) by main.tf:14",
                "- main.tf:16 topic-named (aws_sns_topic.f) by main.tf:17",
                "- main.tf:18 topic-named (aws_sns_topic.g) by main.tf:18",
            ] as &[&str],
        ),
        (
            "a nested block, an attribute in it, an element",
            r#"resource "aws_security_group" "a" {
  # pillarlint: ignore[group-closed] the block
  ingress {
    cidr_blocks = ["0.0.0.0/0"]
  }
  ingress {
    cidr_blocks = ["0.0.0.0/0"] # pillarlint: ignore[group-closed] the attribute
  }
  ingress {
    cidr_blocks = [
      "0.0.0.0/0", # pillarlint: ignore[group-closed] the element
      "0.0.0.0/0",
    ]
  }
}
"#,
            &[
                "main.tf:12 group-closed (aws_security_group.a)",
                "- main.tf:4 group-closed (aws_security_group.a) by main.tf:2",
                "- main.tf:7 group-closed (aws_security_group.a) by main.tf:7",
                "- main.tf:11 group-closed (aws_security_group.a) by main.tf:11",
            ],
        ),
        (
            "the whole file",
            "# pillarlint: ignore-file[topic-named] why\nresource \"aws_sns_topic\" \"a\" {}\n",
            &["- main.tf:2 topic-named (aws_sns_topic.a) by main.tf:1"],
        ),
        (
            "what looks like a comment in a text is none",
            "resource \"aws_sns_topic\" \"a\" {\n  display_name = \"# pillarlint: ignore[topic-named] why\"\n}\n",
            &["main.tf:1 topic-named (aws_sns_topic.a)"],
        ),
    ] {
        check_one(name, ("main.tf", text), expected);
    }
}

/// In JSON there are no comments: metadata stands for them in templates, a key in Terraform.
#[test]
fn our_forms_without_comments() {
    for (name, one, expected) in [
        (
            "metadata of a resource",
            (
                "t.json",
                r#"{"Resources": {
  "A": {
    "Type": "AWS::SNS::Topic",
    "Metadata": {"pillarlint": {"ignore": [
      {"rules": ["topic-named", "group-closed"], "reason": "why", "until": "2026-07-01", "class": "other"}
    ]}}
  },
  "B": {
    "Type": "AWS::SNS::Topic",
    "Metadata": {"pillarlint": {"ignore": ["topic-named"]}}
  },
  "C": {
    "Type": "AWS::SNS::Topic",
    "Metadata": {"pillarlint": {"ignore": {"rule": "topic-named", "reason": "why"}}}
  },
  "D": {"Type": "AWS::SNS::Topic"}
}}"#,
            ),
            &[
                "t.json:5 suppression-unused: `group-closed` has no finding here to suppress",
                "t.json:10 suppression-without-reason: the suppression does not say why",
                "t.json:16 topic-named (D)",
                "- t.json:2 topic-named (A) by t.json:5",
                "- t.json:8 topic-named (B) by t.json:10",
                "- t.json:12 topic-named (C) by t.json:14",
            ] as &[&str],
        ),
        (
            "metadata of a template",
            (
                "t.yaml",
                "Metadata:
  pillarlint:
    ignore:
      - { rule: topic-named, reason: why }
Resources:
  Topic:
    Type: AWS::SNS::Topic
",
            ),
            &["- t.yaml:6 topic-named (Topic) by t.yaml:4"],
        ),
        (
            "notes in JSON of Terraform",
            (
                "main.tf.json",
                r#"{
  "resource": {
    "aws_sns_topic": {
      "a": {"//": "pillarlint: ignore[topic-named] why", "tags": {}},
      "b": [{"//": ["a note", "pillarlint: ignore[topic-named] why"]}],
      "c": {"tags": {}}
    },
    "aws_security_group": {
      "g": {"ingress": [
        {"//": "pillarlint: ignore[group-closed] why", "cidr_blocks": ["0.0.0.0/0"]},
        {"cidr_blocks": ["0.0.0.0/0"]}
      ]}
    }
  }
}"#,
            ),
            &[
                "main.tf.json:6 topic-named (aws_sns_topic.c)",
                "main.tf.json:11 group-closed (aws_security_group.g)",
                "- main.tf.json:4 topic-named (aws_sns_topic.a) by main.tf.json:4",
                "- main.tf.json:5 topic-named (aws_sns_topic.b) by main.tf.json:5",
                "- main.tf.json:10 group-closed (aws_security_group.g) by main.tf.json:10",
            ],
        ),
        (
            "a note on the whole file",
            (
                "main.tf.json",
                r#"{
  "//": "pillarlint: ignore[topic-named] why",
  "resource": {"aws_sns_topic": {"a": {}}}
}"#,
            ),
            &["- main.tf.json:3 topic-named (aws_sns_topic.a) by main.tf.json:2"],
        ),
    ] {
        check_one(name, one, expected);
    }
}

const MODULE: (&str, &str) = ("m/main.tf", "resource \"aws_sns_topic\" \"t\" {}\n");

#[test]
fn module_calls() {
    let call = |name: &str| format!("module \"{name}\" {{\n  source = \"./m\"\n}}\n");
    let suppressed = format!(
        "# pillarlint: ignore[topic-named] why\n{}{}",
        call("a"),
        call("b")
    );
    assert_eq!(
        found(&[("main.tf", &suppressed), MODULE], &[]),
        [
            "m/main.tf:1 topic-named (module.b.aws_sns_topic.t)",
            "- m/main.tf:1 topic-named (module.a.aws_sns_topic.t) by main.tf:1",
        ]
    );
    // The innermost call or the outermost, it is the same.
    let outer =
        "module \"outer\" {\n  source = \"./outer\"\n} # pillarlint: ignore[topic-named] why\n";
    let inner = "module \"inner\" {\n  source = \"../m\"\n}\n";
    let files = [("main.tf", outer), ("outer/main.tf", inner), MODULE];
    assert_eq!(
        found(&files, &[]),
        ["- m/main.tf:1 topic-named (module.outer.module.inner.aws_sns_topic.t) by main.tf:3"]
    );
    // In the module itself it covers all calls.
    let own = "# pillarlint: ignore[topic-named] why\nresource \"aws_sns_topic\" \"t\" {}\n";
    let calls = call("a") + &call("b");
    assert_eq!(
        found(&[("main.tf", &calls), ("m/main.tf", own)], &[]),
        [
            "- m/main.tf:2 topic-named (module.a.aws_sns_topic.t, module.b.aws_sns_topic.t) by m/main.tf:1"
        ]
    );
}

/// What others wrote in a downloaded module counts, but nothing is said of how they did.
#[test]
fn downloaded_modules() {
    let modules = r#"{"Modules": [{"Key": "", "Source": "", "Dir": "."}, {"Key": "a", "Source": "x/y/z", "Dir": ".terraform/modules/a"}]}"#;
    let root = "module \"a\" {\n  source = \"x/y/z\"\n}\n";
    let all = |module: &str, root: &str| {
        found(
            &[
                ("main.tf", root),
                (".terraform/modules/modules.json", modules),
                (".terraform/modules/a/main.tf", module),
            ],
            &["main.tf"],
        )
    };
    let module = "resource \"aws_sns_topic\" \"t\" {}\n";
    assert_eq!(
        all(module, root),
        ["main.tf:1 topic-named (module.a.aws_sns_topic.t)"]
    );
    let at_call = format!("# pillarlint: ignore[topic-named] why\n{root}");
    assert_eq!(
        all(module, &at_call),
        ["- main.tf:2 topic-named (module.a.aws_sns_topic.t) by main.tf:1"]
    );
    let theirs = "#checkov:skip=CKV_AWS_9001:why\nresource \"aws_sns_topic\" \"t\" {}\n# pillarlint: ignore\n";
    assert_eq!(
        all(theirs, root),
        ["- main.tf:1 topic-named (module.a.aws_sns_topic.t) by .terraform/modules/a/main.tf:1"]
    );
}

#[test]
fn plans_take_those_of_their_files() {
    let plan = r#"{
  "format_version": "1.2",
  "terraform_version": "1.11.4",
  "planned_values": {"root_module": {}},
  "resource_changes": [
    {
      "address": "aws_sns_topic.a", "mode": "managed", "type": "aws_sns_topic", "name": "a",
      "provider_name": "registry.terraform.io/hashicorp/aws",
      "change": {"actions": ["create"], "before": null, "after": {"name": null}, "after_unknown": {}}
    },
    {
      "address": "aws_sns_topic.b", "mode": "managed", "type": "aws_sns_topic", "name": "b",
      "provider_name": "registry.terraform.io/hashicorp/aws",
      "change": {"actions": ["create"], "before": null, "after": {"name": null}, "after_unknown": {}}
    }
  ],
  "configuration": {"root_module": {"resources": [
    {"address": "aws_sns_topic.a", "mode": "managed", "type": "aws_sns_topic", "name": "a"},
    {"address": "aws_sns_topic.b", "mode": "managed", "type": "aws_sns_topic", "name": "b"}
  ]}}
}"#;
    let source = "# pillarlint: ignore[topic-named] why\nresource \"aws_sns_topic\" \"a\" {}\nresource \"aws_sns_topic\" \"b\" {}\n";
    let files = [("plan.json", plan), ("main.tf", source)];
    let expected = [
        "main.tf:3 topic-named (aws_sns_topic.b)",
        "- main.tf:2 topic-named (aws_sns_topic.a) by main.tf:1",
    ];
    assert_eq!(found(&files, &["plan.json"]), expected);
    assert_eq!(found(&files, &["."]), expected);
}

#[test]
fn other_tools() {
    for (name, one, expected) in [
        (
            "checkov, in the block or above it",
            (
                "main.tf",
                r#"resource "aws_security_group" "a" {
  ingress {
    #checkov:skip=CKV_AWS_9002:the block, wherever it stands in it
    cidr_blocks = ["0.0.0.0/0"]
  }
  ingress {
    cidr_blocks = ["0.0.0.0/0"]
  }
}
# checkov:skip=CKV_AWS_9001
resource "aws_sns_topic" "a" {}
resource "aws_sns_topic" "b" {}
"#,
            ),
            &[
                "main.tf:12 topic-named (aws_sns_topic.b)",
                "- main.tf:4 group-closed (aws_security_group.a) by main.tf:3",
                "- main.tf:7 group-closed (aws_security_group.a) by main.tf:3",
                "- main.tf:11 topic-named (aws_sns_topic.a) by main.tf:10",
            ] as &[&str],
        ),
        (
            "checkov, in a template",
            (
                "t.yaml",
                "Resources:
  A:
    # checkov:skip=CKV_AWS_9001:why
    Type: AWS::SNS::Topic
  B:
    Type: AWS::SNS::Topic
    # checkov:skip=CKV_AWS_9001:indented as what it belongs to
  C:
    Type: AWS::SNS::Topic
  # checkov:skip=CKV_AWS_9001:above
  D:
    Type: AWS::SNS::Topic
",
            ),
            &[
                "t.yaml:8 topic-named (C)",
                "- t.yaml:2 topic-named (A) by t.yaml:3",
                "- t.yaml:5 topic-named (B) by t.yaml:7",
                "- t.yaml:11 topic-named (D) by t.yaml:10",
            ],
        ),
        (
            "tfsec and trivy",
            (
                "main.tf",
                r#"#tfsec:ignore:AVD-AWS-0000 trivy:ignore:AWS-9001
resource "aws_sns_topic" "a" {}
#trivy:ignore:aws-sns-topic-named
resource "aws_sns_topic" "b" {}
#trivy:ignore:avd-aws-9*
resource "aws_sns_topic" "c" {}
resource "aws_sns_topic" "d" {} # tfsec:ignore:AVD-AWS-0000 tfsec:ignore:*
#trivy:ignore:AVD-AWS-9001:exp:2026-06-30
resource "aws_sns_topic" "e" {}
#trivy:ignore:AVD-AWS-9001:exp:2026-06-29
resource "aws_sns_topic" "f" {}
#trivy:ignore:AVD-AWS-9001:ws:dev
resource "aws_sns_topic" "g" {}
#trivy:ignore:AVD-AWS-9001[name=x]
resource "aws_sns_topic" "h" {}
resource "aws_security_group" "s" {
  ingress {
    cidr_blocks = ["0.0.0.0/0"] #tfsec:ignore:AVD-AWS-9002
  }
  #trivy:ignore:AVD-AWS-9002 by design
  ingress {
    cidr_blocks = ["0.0.0.0/0"]
  }
}
#tfsec:ignore:AVD-AWS-9001
module "m" {
  source = "./m"
}
"#,
            ),
            &[
                "main.tf:10 suppression-expired: the last day of the suppression was 2026-06-29",
                "main.tf:11 topic-named (aws_sns_topic.f)",
                "main.tf:13 topic-named (aws_sns_topic.g)",
                "main.tf:15 topic-named (aws_sns_topic.h)",
                "- main.tf:2 topic-named (aws_sns_topic.a) by main.tf:1",
                "- main.tf:4 topic-named (aws_sns_topic.b) by main.tf:3",
                "- main.tf:6 topic-named (aws_sns_topic.c) by main.tf:5",
                "- main.tf:7 topic-named (aws_sns_topic.d) by main.tf:7",
                "- main.tf:9 topic-named (aws_sns_topic.e) by main.tf:8",
                "- main.tf:18 group-closed (aws_security_group.s) by main.tf:18",
                "- main.tf:22 group-closed (aws_security_group.s) by main.tf:20",
                "- m/main.tf:1 topic-named (module.m.aws_sns_topic.t) by main.tf:25",
            ],
        ),
        (
            "metadata",
            (
                "t.yaml",
                "Metadata:
  cdk_nag:
    rules_to_suppress:
      - { id: CKV_AWS_9002, reason: the whole stack }
Resources:
  A:
    Type: AWS::SNS::Topic
    Metadata:
      cfn_nag:
        rules_to_suppress:
          - { id: W9001, reason: why }
  B:
    Type: AWS::SNS::Topic
    Metadata:
      checkov:
        skip:
          - { id: CKV_AWS_9001, comment: why }
  C:
    Type: AWS::SNS::Topic
    Metadata:
      guard:
        SuppressedRules: [TOPIC_NAMED]
  D:
    Type: AWS::SNS::Topic
    Metadata:
      cdk_nag:
        rules_to_suppress:
          - { id: Example-SNS1, reason: why }
  E:
    Type: AWS::SNS::Topic
    Metadata:
      cdk_nag:
        rules_to_suppress:
          - { id: Example-SNS1, reason: only some of it, applies_to: ['Action::sns:*'] }
",
            ),
            &[
                "t.yaml:29 topic-named (E)",
                "- t.yaml:6 topic-named (A) by t.yaml:11",
                "- t.yaml:12 topic-named (B) by t.yaml:17",
                "- t.yaml:18 topic-named (C) by t.yaml:22",
                "- t.yaml:23 topic-named (D) by t.yaml:28",
            ],
        ),
    ] {
        assert_eq!(found(&[one, MODULE], &[one.0]), expected, "{name}");
    }
    let text = "Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Topics:
    - Name
    - [A, B]
    - Topic${Name}:
        Type: AWS::SNS::Topic
        Metadata: { cfn_nag: { rules_to_suppress: [{ id: W9001, reason: why }] } }
";
    assert_eq!(
        found(&[("t.yaml", text)], &[]),
        ["- t.yaml:6 topic-named (TopicA, TopicB) by t.yaml:8"],
        "a loop"
    );
    // All of it can be switched off; what is ours stays.
    let text = "#checkov:skip=CKV_AWS_9001\nresource \"aws_sns_topic\" \"a\" {} # pillarlint: ignore[topic-named] why\nresource \"aws_sns_topic\" \"b\" {} # tfsec:ignore:*\n";
    assert_eq!(
        found(&[("main.tf", text)], &["--no-foreign-suppressions"]),
        [
            "main.tf:3 topic-named (aws_sns_topic.b)",
            "- main.tf:2 topic-named (aws_sns_topic.a) by main.tf:2",
        ]
    );
}

/// Where it cannot be known that there is nothing to suppress, nothing is called unused.
#[test]
fn unused_is_said_only_where_it_is_known() {
    let unused = "suppression-unused: `topic-named` has no finding here to suppress";
    let in_main = |line: usize| vec![format!("main.tf:{line} {unused}")];
    let above = |rest: &str| format!("# pillarlint: ignore[topic-named] why\n{rest}");
    let named = "resource \"aws_sns_topic\" \"a\" {\n  name = \"a\"\n}\n";
    for (name, text, expected) in [
        ("there is nothing", above(named), in_main(1)),
        (
            "the value is not known",
            "# pillarlint: ignore[group-closed] why\nresource \"aws_security_group\" \"a\" {\n  ingress {\n    cidr_blocks = [var.cidr]\n  }\n}\nvariable \"cidr\" {}\n".to_owned(),
            vec![],
        ),
        (
            "it does not exist now",
            above("resource \"aws_sns_topic\" \"a\" {\n  count = 0\n}\n"),
            vec![],
        ),
        (
            "a part was not read",
            above(named) + "resource \"aws_sns_topic\" {\n",
            vec!["this `{` is never closed".to_owned()],
        ),
    ] {
        assert_eq!(found(&[("main.tf", &text)], &[]), expected, "{name}");
    }
    let text = above(named);
    let files = [("main.tf", text.as_str())];
    assert_eq!(found(&files, &["--ignore", "topic-named"]), [] as [&str; 0]);
    assert_eq!(
        found(&files, &["--ignore", "suppression-unused"]),
        [] as [&str; 0]
    );
    // Who calls the module from elsewhere may need it.
    let root = "module \"m\" {\n  source = \"../m\"\n}\n";
    let files = [("live/main.tf", root), ("m/main.tf", &text)];
    assert_eq!(found(&files, &["live"]), [] as [&str; 0]);
    assert_eq!(found(&files, &["."]), [format!("m/main.tf:1 {unused}")]);
}

#[test]
fn what_is_wrong_with_them() {
    let not_read = "suppression-malformed: the suppression cannot be read:";
    for (comment, expected) in [
        ("ignore[topic-named] why; until=2026-06-30", vec![]),
        (
            "ignore[topic-named] why; until=2026-06-29",
            vec!["suppression-expired: the last day of the suppression was 2026-06-29".to_owned()],
        ),
        (
            "ignore[topic-name] why",
            vec!["suppression-unknown-rule: there is no rule `topic-name`, did you mean `topic-named`?".to_owned()],
        ),
        (
            "ignore",
            vec![format!("{not_read} the rules are missing; write `ignore[RULE, RULE]`")],
        ),
        (
            "ignore topic-named",
            vec![format!("{not_read} the rules are missing; write `ignore[RULE, RULE]`")],
        ),
        (
            "ignore[topic-named, ] why",
            vec![format!("{not_read} a rule is missing between the brackets")],
        ),
        (
            "ignor[topic-named] why",
            vec![format!("{not_read} `ignore[RULE]` or `ignore-file[RULE]` should follow `pillarlint:`, did you mean `ignore`?")],
        ),
        (
            "ignore[topic-named] why; until=2026-6-30",
            vec![format!("{not_read} `2026-6-30` is no day; write it as `2027-06-30`")],
        ),
        (
            "ignore[topic-named] why; untill=2026-06-30",
            vec![format!("{not_read} there is no option `untill`, did you mean `until`?")],
        ),
        (
            "ignore[topic-named] why; class=business-priority",
            vec![format!("{not_read} there is no class `business-priority` of reasons, did you mean `business-priorities`?")],
        ),
        (
            "ignore[topic-named] why; class=x",
            vec![format!("{not_read} there is no class `x` of reasons; it is one of out-of-scope, business-priorities, architecture-constraints, other")],
        ),
    ] {
        let text = format!("Resources:\n  A:  # pillarlint: {comment}\n    Type: AWS::SNS::Topic\n");
        let found = found(&[("t.yaml", &text)], &[]);
        let is_suppressed = found.last().is_some_and(|last| last.starts_with("- "));
        assert_eq!(is_suppressed, expected.is_empty(), "{comment}");
        let faults: Vec<String> = found
            .iter()
            .filter(|one| one.contains(" suppression-"))
            .map(|one| one.trim_start_matches("t.yaml:2 ").to_owned())
            .collect();
        assert_eq!(faults, expected, "{comment}");
    }
    for (name, metadata, expected) in [
        (
            "a list in its place",
            "[topic-named]",
            "`pillarlint` should hold `ignore`, a list",
        ),
        (
            "another key",
            "{ ignored: [] }",
            "there is no key `ignored` below `pillarlint`, did you mean `ignore`?",
        ),
        (
            "no rules",
            "{ ignore: [{ reason: why }] }",
            "the rules are missing; name them under `rules`",
        ),
        (
            "a field",
            "{ ignore: [{ rule: topic-named, reasn: why }] }",
            "there is no key `reasn` here, did you mean `reason`?",
        ),
        (
            "no text",
            "{ ignore: [{ rule: [[]], reason: why }] }",
            "a rule should be a text",
        ),
        (
            "no text either",
            "{ ignore: [{ rule: a, reason: [why] }] }",
            "`reason` should be a text",
        ),
    ] {
        let text = format!(
            "Resources:\n  A:\n    Type: AWS::SNS::Topic\n    Metadata: {{ pillarlint: {metadata} }}\n"
        );
        let expected = [
            "t.yaml:2 topic-named (A)".to_owned(),
            format!("t.yaml:4 {not_read} {expected}"),
        ];
        assert_eq!(found(&[("t.yaml", &text)], &[]), expected, "{name}");
    }
    let text =
        "Resources:\n  A:\n    Type: AWS::SNS::Topic\n# pillarlint: ignore[topic-named] why\n";
    let expected = [
        "t.yaml:2 topic-named (A)".to_owned(),
        format!("t.yaml:4 {not_read} nothing stands here or below that it could speak of"),
    ];
    assert_eq!(found(&[("t.yaml", text)], &[]), expected);
}

const LISTED: &str = "Resources:
  # pillarlint: ignore[topic-named] the orders; a queue stands before it; until=2026-12-31; class=architecture-constraints
  A:
    Type: AWS::SNS::Topic
  B:  # pillarlint: ignore[topic-named, group-closed]
    Type: AWS::SNS::Topic
  C:  # pillarlint: ignore[topic-named] next year; until=2026-01-31
    Type: AWS::SNS::Topic
  D:  # checkov:skip=CKV_AWS_1234:\u{202e}der
    Type: AWS::SNS::Topic
";

#[test]
fn the_list() {
    let folder = folder(&[("t.yaml", LISTED)]);
    let rules = rules();
    let args = ["suppressions", "--rules", &rules, "--today", "2026-06-30"];
    let ran = run_in(folder.path(), &args, b"");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_data_eq!(ran.stdout, file!["../snapshots/suppressions.txt"].raw());
    let ran = run_in(
        folder.path(),
        &[&args[..], &["--format", "json"]].concat(),
        b"",
    );
    assert_data_eq!(ran.stdout, file!["../snapshots/suppressions.json"].raw());

    let broken = super::folder(&[("t.yaml", "Resources:\n  A: {Type: AWS::SNS::Topic\n")]);
    let ran = run_in(broken.path(), &args, b"");
    assert_eq!((ran.code, ran.stdout.as_str()), (3, "0 suppressions\n"));
    assert!(ran.stderr.starts_with("error: t.yaml:"), "{}", ran.stderr);
}

#[test]
fn summaries_count_them() {
    let files = [("t.yaml", LISTED)];
    let args = [
        "--rules",
        &rules(),
        "--select",
        "topic-named",
        "--today",
        "2026-06-30",
    ];
    let folder = folder(&files);
    for (format, expected) in [
        (
            "concise",
            "2 findings, 2 suppressed, 0 undecided, 0 errors, 0 warnings; ",
        ),
        ("text", "2 findings, 2 suppressed\n"),
        ("json", "\"suppressed\": 2,\n"),
    ] {
        let args = [&["check", "--format", format], &args[..]].concat();
        let ran = run_in(folder.path(), &args, b"");
        assert!(ran.stdout.contains(expected), "{format}: {}", ran.stdout);
    }
}

#[test]
fn a_day_is_a_day() {
    let ran = run_check(folder(&[]).path(), &["--today", "tomorrow"], b"");
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("write a day as 2027-06-30"),
        "{}",
        ran.stderr
    );
}
