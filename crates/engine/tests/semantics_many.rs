//! What the rule format means where it asks many things at once, follows references, or takes parameters:
//! `docs/rule-format.md` as a table.

mod support;

use pillarlint_engine::check::check;
use pillarlint_engine::parameter::Setting;
use pillarlint_engine::plan::Plan;
use pillarlint_engine::ruleset::Ruleset;
use pillarlint_parser::source::FileId;
use pillarlint_parser::{cloudformation, yaml};
use support::{framework, rule_with};

/// Asks a check under parameters; the answer is `pass`, `fail MESSAGE` or `unknown` of all that was said, worst first.
fn ask(parameters: &str, set: &[Setting], check_text: &str, template: &str) -> String {
    let (rules, problems) = rule_with(parameters, check_text);
    assert!(problems.is_empty(), "{check_text}\n{problems:?}");
    let rules = Ruleset::loaded(rules, framework(), "");
    let mut plan = Plan::new(&rules, &[true]);
    for (at, value) in set.iter().enumerate() {
        plan.set(&rules, 0, at, value.clone());
    }
    let parsed = yaml::parse(FileId(0), template);
    let root = parsed.documents.into_iter().next().expect("a document");
    let project = cloudformation::lower(FileId(0), template, root);
    let report = check(&project, &[], &rules, &plan);
    match report.findings.first() {
        Some(finding) => format!("fail {}", finding.message),
        None if !report.undecided.is_empty() => "unknown".to_owned(),
        None if report.passed() > 0 => "pass".to_owned(),
        None => "not applicable".to_owned(),
    }
}

/// A condition about the cluster `C` beside members of it.
fn cluster(condition: &str, members: &str, expected: &str) {
    let check =
        format!("- kinds: [AWS::DocDB::DBCluster]\n  expect: {condition}\n  message: wrong");
    let template = format!(
        "Parameters:\n  X: {{ Type: String }}\nConditions:\n  K: !Equals [!Ref X, a]\nResources:\n  C:\n    Type: AWS::DocDB::DBCluster\n{members}"
    );
    let said = ask("", &[], &check, &template);
    let said = said.split(' ').next().unwrap_or("");
    assert_eq!(said, expected, "{condition} of\n{members}");
}

fn member(name: &str, zone: &str) -> String {
    let zone = match zone {
        "" => String::new(),
        zone => format!(", AvailabilityZone: {zone}"),
    };
    format!(
        "  {name}:\n    Type: AWS::DocDB::DBInstance\n    Properties: {{ DBInstanceClass: db.t4g.medium, DBClusterIdentifier: !Ref C{zone} }}\n"
    )
}

#[test]
fn at_least_so_many() {
    const TWO: &str = "{ some: { linked: { kinds: [AWS::DocDB::DBInstance], by: $.DBClusterIdentifier }, as: one, at-least: 2 } }";
    const ZONES: &str = "{ some: { linked: { kinds: [AWS::DocDB::DBInstance], by: $.DBClusterIdentifier }, as: one, at-least: 2, different: one.AvailabilityZone } }";
    let conditional = member("B", "").replace(
        "    Type: AWS::DocDB::DBInstance\n",
        "    Type: AWS::DocDB::DBInstance\n    Condition: K\n",
    );
    for (condition, members, expected) in [
        (TWO, String::new(), "fail"),
        (TWO, member("A", ""), "fail"),
        (TWO, member("A", "") + &member("B", ""), "pass"),
        // In one world there is one member, in the other there are two.
        (TWO, member("A", "") + &conditional, "fail"),
        // A name that the service makes up cannot be given beforehand.
        (
            TWO,
            member("A", "") + &member("B", "").replace("!Ref C", "!Ref X"),
            "fail",
        ),
        (
            TWO,
            member("A", "") + &member("B", "") + &member("D", "").replace("!Ref C", "!Ref X"),
            "pass",
        ),
        (
            ZONES,
            member("A", "eu-west-1a") + &member("B", "eu-west-1b"),
            "pass",
        ),
        (
            ZONES,
            member("A", "eu-west-1a") + &member("B", "eu-west-1a"),
            "fail",
        ),
        (
            ZONES,
            member("A", "eu-west-1a") + &member("B", ""),
            "unknown",
        ),
        (
            ZONES,
            member("A", "eu-west-1a") + &member("B", "!Ref X"),
            "unknown",
        ),
        (
            ZONES,
            member("A", "eu-west-1a") + &member("B", "") + &member("D", "eu-west-1b"),
            "pass",
        ),
        (ZONES, member("A", "eu-west-1a"), "fail"),
    ] {
        cluster(condition, &members, expected);
    }
}

#[test]
fn followed_and_depended_on() {
    const POLICIES: &str = "- kinds: [AWS::IAM::Role]\n  expect: { some: { followed: { at: '$.ManagedPolicyArns[*]', kinds: [AWS::IAM::ManagedPolicy] }, as: policy, where: { at: policy.Path, equals: /logs/ } } }\n  message: wrong";
    const DEPENDS: &str = "- kinds: [AWS::ApiGateway::Deployment]\n  expect: { every: { resources: [AWS::ApiGateway::Method], as: method, expect: { depends-on: method } } }\n  message: wrong";
    let role = |arns: &str, path: &str| {
        format!(
            "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties: {{ Path: {path} }}\n  R:\n    Type: AWS::IAM::Role\n    Properties: {{ ManagedPolicyArns: {arns} }}\n"
        )
    };
    let api = |depends_on: &str, description: &str| {
        format!(
            "Resources:\n  Method:\n    Type: AWS::ApiGateway::Method\n  Topic:\n    Type: AWS::SNS::Topic\n    DependsOn: Method\n  D:\n    Type: AWS::ApiGateway::Deployment\n    DependsOn: {depends_on}\n    Properties: {{ RestApiId: a, Description: {description} }}\n"
        )
    };
    for (check, template, expected) in [
        (POLICIES, role("[!Ref P]", "/logs/"), "pass"),
        (POLICIES, role("[!Ref P]", "/"), "fail wrong"),
        (POLICIES, role("[]", "/logs/"), "fail wrong"),
        (
            POLICIES,
            role("['arn:aws:iam::aws:policy/X']", "/"),
            "unknown",
        ),
        (
            POLICIES,
            role("['arn:aws:iam::aws:policy/X', !Ref P]", "/logs/"),
            "pass",
        ),
        (DEPENDS, api("[Method]", "a"), "pass"),
        (DEPENDS, api("[Topic]", "a"), "pass"),
        (DEPENDS, api("[]", "!Ref Topic"), "pass"),
        (DEPENDS, api("[]", "a"), "fail wrong"),
    ] {
        assert_eq!(
            ask("", &[], check, &template),
            expected,
            "{check}\n{template}"
        );
    }
}

#[test]
fn references_that_count() {
    const USED: &str = "- kinds: [AWS::EC2::SecurityGroup]\n  expect: { referenced: { except: [AWS::EC2::SecurityGroupIngress], at: $.GroupId } }\n  message: wrong";
    const OUTSIDE: &str = "- kinds: [AWS::EC2::SecurityGroup]\n  expect: { referenced: { except: [AWS::EC2::SecurityGroupIngress] } }\n  message: wrong";
    const BY: &str = "- kinds: [AWS::EC2::SecurityGroup]\n  expect: { referenced: { by: [AWS::EC2::Instance] } }\n  message: wrong";
    let group = |rest: &str| {
        format!(
            "Resources:\n  G:\n    Type: AWS::EC2::SecurityGroup\n    Properties: {{ GroupDescription: g }}\n{rest}"
        )
    };
    let rule = |to: &str, from: &str| {
        format!(
            "  I:\n    Type: AWS::EC2::SecurityGroupIngress\n    Properties: {{ IpProtocol: tcp, GroupId: {to}, SourceSecurityGroupId: {from} }}\n"
        )
    };
    let instance =
        "  V:\n    Type: AWS::EC2::Instance\n    Properties: { SecurityGroupIds: [!Ref G] }\n";
    let output = "Outputs:\n  O: { Value: !Ref G }\n";
    for (check, rest, expected) in [
        (USED, String::new(), "fail wrong"),
        (USED, rule("!Ref G", "sg-1"), "fail wrong"),
        (USED, rule("sg-1", "!Ref G"), "pass"),
        (USED, instance.to_owned(), "pass"),
        (USED, output.to_owned(), "pass"),
        (OUTSIDE, rule("sg-1", "!Ref G"), "fail wrong"),
        (OUTSIDE, instance.to_owned(), "pass"),
        (BY, rule("sg-1", "!Ref G"), "fail wrong"),
        (BY, instance.to_owned(), "pass"),
    ] {
        assert_eq!(
            ask("", &[], check, &group(&rest)),
            expected,
            "{check}\n{rest}"
        );
    }
}

#[test]
fn parameters() {
    const DAYS: &str =
        "  days: { type: integer, default: 7, minimum: 1, description: days that are kept }\n";
    const NAMES: &str =
        "  names: { type: list, default: [a, b], description: names that are allowed }\n";
    const KEPT: &str = "- kinds: [AWS::SQS::Queue]\n  expect: { at: $.DelaySeconds, at-least: { parameter: days }, absent: fail }\n  message: less than {days} days";
    const NAMED: &str = "- kinds: [AWS::SQS::Queue]\n  expect: { at: $.QueueName, in: { parameter: names }, absent: fail }\n  message: none of {names}";
    let integer = |text: &str| [Setting::Integer(text.to_owned())];
    let list = |texts: &[&str]| {
        [Setting::List(
            texts.iter().map(|one| (*one).to_owned()).collect(),
        )]
    };
    let queue = |properties: &str| {
        format!("Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties: {properties}\n")
    };
    let none: [Setting; 0] = [];
    for (parameters, set, check, properties, expected) in [
        (DAYS, none.as_slice(), KEPT, "{ DelaySeconds: 7 }", "pass"),
        (
            DAYS,
            &none,
            KEPT,
            "{ DelaySeconds: 6 }",
            "fail less than 7 days",
        ),
        (DAYS, &integer("6"), KEPT, "{ DelaySeconds: 6 }", "pass"),
        (
            DAYS,
            &integer("30"),
            KEPT,
            "{ DelaySeconds: 7 }",
            "fail less than 30 days",
        ),
        (NAMES, &none, NAMED, "{ QueueName: b }", "pass"),
        (NAMES, &none, NAMED, "{ QueueName: c }", "fail none of a,b"),
        (NAMES, &list(&["c"]), NAMED, "{ QueueName: c }", "pass"),
        (
            NAMES,
            &list(&[]),
            NAMED,
            "{ QueueName: c }",
            "fail none of ",
        ),
    ] {
        assert_eq!(
            ask(parameters, set, check, &queue(properties)),
            expected,
            "{check} of {properties}"
        );
    }
}

#[test]
fn mistakes_in_parameters() {
    const CHECK: &str = "- kinds: [AWS::SQS::Queue]\n  expect: { at: $.DelaySeconds, at-least: { parameter: days }, absent: fail }\n  message: wrong";
    for (parameters, expected) in [
        (
            "  days: { type: integer, default: x, description: d }\n",
            "`x` is not a whole number",
        ),
        (
            "  days: { type: integer, default: 0, minimum: 1, description: d }\n",
            "`0` is not 1 or more",
        ),
        (
            "  days: { type: number, default: 1, description: d }\n",
            "`type` should be one of `integer` and `list`",
        ),
        (
            "  days: { type: list, default: [a], description: d }\n",
            "has the type list, and integer is meant here",
        ),
        (
            "  day: { type: integer, default: 1, description: d }\n",
            "no parameter `days`, did you mean `day`?",
        ),
        (
            "  days: { type: integer, default: 1 }\n",
            "a parameter needs `description`",
        ),
    ] {
        let (_, problems) = rule_with(parameters, CHECK);
        assert!(
            problems.iter().any(|problem| problem.contains(expected)),
            "{parameters}: {problems:?}"
        );
    }
}

#[test]
fn numbers_of_other_resources() {
    const CHECK: &str = "- kinds: [AWS::Lambda::Function]\n  expect: { at: $.Timeout, at-most: { path: $.MemorySize, absent: 256, times: 0.5 }, absent: pass }\n  message: wrong";
    for (properties, expected) in [
        ("{ Timeout: 128 }", "pass"),
        ("{ Timeout: 129 }", "fail wrong"),
        ("{ Timeout: 129, MemorySize: 258 }", "pass"),
        ("{ Timeout: 129, MemorySize: !Ref AWS::StackId }", "unknown"),
    ] {
        let template = format!(
            "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties: {properties}\n"
        );
        assert_eq!(ask("", &[], CHECK, &template), expected, "{properties}");
    }
}

#[test]
fn every_kind_and_literals() {
    const ALL: &str = "- kinds: ['AWS::*']\n  expect: { at: resource.DeletionPolicy, equals: Retain, absent: fail }\n  message: '{kind}'";
    const LITERAL: &str =
        "- kinds: [AWS::SQS::Queue]\n  fail: { at: $.QueueName, literal: true }\n  message: wrong";
    let queue = |name: &str| {
        format!(
            "Parameters:\n  D: {{ Type: String, Default: d }}\n  X: {{ Type: String }}\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties: {{ QueueName: {name} }}\n"
        )
    };
    for (check, template, expected) in [
        (ALL, queue("a"), "fail AWS::SQS::Queue"),
        (
            ALL,
            "Resources:\n  C:\n    Type: Custom::Thing\n".to_owned(),
            "not applicable",
        ),
        (LITERAL, queue("a"), "fail wrong"),
        (LITERAL, queue("!Ref D"), "pass"),
        (LITERAL, queue("!Ref X"), "pass"),
        (LITERAL, queue("!Sub '${X}-a'"), "pass"),
    ] {
        assert_eq!(
            ask("", &[], check, &template),
            expected,
            "{check}\n{template}"
        );
    }
}

#[test]
fn sizes_of_policies() {
    const CHECK: &str = "- kinds: [AWS::IAM::ManagedPolicy, AWS::IAM::User]\n  expect: { builtin: iam-policy-size }\n  message: too long";
    // `{"Statement":[{"Sid":"…"}]}` is 26 characters around the text.
    let document = |sid: usize| format!("{{ Statement: [ {{ Sid: '{}' }} ] }}", "x".repeat(sid));
    let managed = |sid: usize| {
        format!(
            "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties: {{ PolicyDocument: {} }}\n",
            document(sid)
        )
    };
    let user = |own: usize, other: usize, users: &str| {
        format!(
            "Parameters:\n  X: {{ Type: String }}\nResources:\n  U:\n    Type: AWS::IAM::User\n    Properties: {{ UserName: ada, Policies: [ {{ PolicyName: a, PolicyDocument: {} }} ] }}\n  P:\n    Type: AWS::IAM::Policy\n    Properties: {{ PolicyName: b, Users: {users}, PolicyDocument: {} }}\n",
            document(own),
            document(other)
        )
    };
    for (template, expected) in [
        (managed(6144 - 26), "pass"),
        (managed(6144 - 25), "fail too long"),
        // White space does not count.
        (managed(6144 - 26).replace("Sid: '", "Sid: '   "), "pass"),
        (user(1000, 996, "[!Ref U]"), "pass"),
        (user(1000, 997, "[!Ref U]"), "fail too long"),
        (user(1000, 997, "[ada]"), "fail too long"),
        (user(1000, 997, "[grace]"), "pass"),
        (user(1000, 997, "[!Ref X]"), "unknown"),
    ] {
        let length = template.len();
        assert_eq!(ask("", &[], CHECK, &template), expected, "{length} bytes");
    }
}

#[test]
fn names_and_texts() {
    const NAMED: &str =
        "- kinds: [AWS::SQS::Queue]\n  fail: { named: '(?i)dlq' }\n  message: wrong";
    const EACH: &str = "- kinds: [AWS::SQS::QueuePolicy]\n  expect: { some: { each: '$.PolicyDocument.Id[*]', where: { at: '@', ends-with: -a } } }\n  message: wrong";
    let queue = |id: &str, name: &str| {
        format!(
            "Resources:\n  {id}:\n    Type: AWS::SQS::Queue\n    Properties: {{ QueueName: {name} }}\n"
        )
    };
    const PART: &str = "- kinds: [AWS::SQS::Queue]\n  expect: { at: $.QueueName, matches: dlq, in-part: fail, absent: fail }\n  message: wrong";
    const KNOWN: &str = "- kinds: [AWS::SQS::Queue]\n  unless: { at: $.QueueName, matches: dlq, unknown: fail }\n  fail: { at: $.DelaySeconds, set: false }\n  message: wrong";
    const OPEN: &str = "- kinds: [AWS::SQS::Queue]\n  expect: { at: $.QueueName.x, equals: dlq, unknown: pass, absent: fail }\n  message: wrong";
    const MEMBERS: &str = "- kinds: [AWS::SQS::QueuePolicy]\n  expect: { none: { each: '$.PolicyDocument.*', where: { at: '@', equals: b } } }\n  message: wrong";
    let policy = |id: &str| {
        format!(
            "Resources:\n  P:\n    Type: AWS::SQS::QueuePolicy\n    Properties: {{ PolicyDocument: {{ Id: {id} }} }}\n"
        )
    };
    for (check, template, expected) in [
        (NAMED, queue("OrdersDlq", "a"), "fail wrong"),
        (NAMED, queue("Orders", "dlq"), "pass"),
        (
            PART,
            queue("Q", "!Sub '${AWS::StackName}-orders'"),
            "fail wrong",
        ),
        (PART, queue("Q", "!Sub '${AWS::StackName}-dlq'"), "pass"),
        (PART, queue("Q", "!Ref AWS::StackName"), "unknown"),
        (KNOWN, queue("Q", "orders-dlq"), "not applicable"),
        (KNOWN, queue("Q", "orders"), "fail wrong"),
        (KNOWN, queue("Q", "!Ref AWS::StackName"), "fail wrong"),
        (
            KNOWN,
            queue("Q", "!Sub '${AWS::StackName}-dlq'"),
            "not applicable",
        ),
        (
            KNOWN,
            queue("Q", "!Sub '${AWS::StackName}-orders'"),
            "fail wrong",
        ),
        (OPEN, queue("Q", "{ x: !Ref AWS::StackName }"), "pass"),
        (OPEN, queue("Q", "!GetAtt Other.Thing"), "pass"),
        (OPEN, queue("Q", "{ y: dlq }"), "fail wrong"),
        (MEMBERS, policy("a"), "pass"),
        (MEMBERS, policy("b"), "fail wrong"),
        // A text with holes is one text, and no list.
        (EACH, policy("!Sub '${AWS::StackName}-a'"), "pass"),
        (EACH, policy("!Sub '${AWS::StackName}-b'"), "fail wrong"),
    ] {
        assert_eq!(
            ask("", &[], check, &template),
            expected,
            "{check}\n{template}"
        );
    }
}
