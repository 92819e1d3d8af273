//! What the rule format means, question by question: `docs/rule-format.md` as a table.

mod support;

use pillarlint_engine::check::check;
use pillarlint_engine::plan::Plan;
use pillarlint_engine::ruleset::Ruleset;
use pillarlint_parser::source::{FileId, LineIndex};
use pillarlint_parser::{cloudformation, yaml};
use support::{framework, rule};

/// `pass*2; fail 4 "message" when X; unknown 3`, in that order.
fn ask(checks: &str, template: &str) -> String {
    let (rules, problems) = rule(checks);
    assert!(problems.is_empty(), "{checks}\n{problems:?}");
    let rules = Ruleset::loaded(rules, framework(), "s3: getobject putobject\n");
    let plan = Plan::new(&rules, &[true]);
    let parsed = yaml::parse(FileId(0), template);
    assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
    let root = parsed.documents.into_iter().next().expect("a document");
    let project = cloudformation::lower(FileId(0), template, root);
    let report = check(&project, &[], &rules, &plan);
    let lines = LineIndex::new(template);
    let line = |offset: u32| lines.line_of(offset as usize) + 1;
    let mut said = Vec::new();
    if report.passed() > 0 {
        said.push(format!("pass*{}", report.passed()));
    }
    for finding in &report.findings {
        let when = finding
            .when
            .as_ref()
            .map_or(String::new(), |when| format!(" when {when}"));
        said.push(format!(
            "fail {} {}{when}",
            line(finding.place.start),
            finding.message
        ));
    }
    for one in &report.undecided {
        said.push(format!("unknown {}", line(one.place.start)));
    }
    if said.is_empty() {
        said.push("not applicable".to_owned());
    }
    said.join("; ")
}

/// Asks a condition of a queue with these properties; `X` in them is a parameter that is not known.
fn queue(condition: &str, properties: &str, expected: &str) {
    let checks =
        format!("- kinds: [AWS::SQS::Queue]\n  expect: {condition}\n  message: is {{value}}");
    let template = format!(
        "Parameters:\n  X: {{ Type: String }}\n  E: {{ Type: String, AllowedValues: [a, b] }}\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties: {properties}\n"
    );
    let said = ask(&checks, &template);
    let short = said.split(' ').next().unwrap_or("");
    let short = short.split('*').next().unwrap_or("");
    assert_eq!(short, expected, "{condition} of {properties}: {said}");
}

#[test]
fn operators() {
    for (condition, properties, expected) in [
        // Scalars compare as the services do.
        (
            "{ at: $.DelaySeconds, equals: 5, absent: fail }",
            "{ DelaySeconds: '5' }",
            "pass",
        ),
        (
            "{ at: $.DelaySeconds, equals: '5', absent: fail }",
            "{ DelaySeconds: 5.0 }",
            "pass",
        ),
        (
            "{ at: $.FifoQueue, equals: true, absent: fail }",
            "{ FifoQueue: 'True' }",
            "pass",
        ),
        (
            "{ at: $.FifoQueue, equals: true, absent: fail }",
            "{ FifoQueue: yes }",
            "pass",
        ),
        (
            "{ at: $.QueueName, equals: a, absent: fail }",
            "{ QueueName: A }",
            "fail",
        ),
        (
            "{ at: $.QueueName, equals: '012', absent: fail }",
            "{ QueueName: '12' }",
            "fail",
        ),
        (
            "{ at: $.QueueName, equals-ignoring-case: a, absent: fail }",
            "{ QueueName: A }",
            "pass",
        ),
        (
            "{ at: $.QueueName, not-equals: a, absent: fail }",
            "{ QueueName: b }",
            "pass",
        ),
        // A version is no number.
        (
            "{ at: $.QueueName, equals: '7.1', absent: fail }",
            "{ QueueName: '7.10' }",
            "fail",
        ),
        // Absent, null and NoValue are one.
        (
            "{ at: $.QueueName, equals: a, absent: pass }",
            "{ }",
            "pass",
        ),
        (
            "{ at: $.QueueName, equals: a, absent: fail }",
            "{ QueueName: null }",
            "fail",
        ),
        (
            "{ at: $.QueueName, equals: a, absent: pass }",
            "{ QueueName: !Ref AWS::NoValue }",
            "pass",
        ),
        (
            "{ at: $.QueueName, equals: a, absent: unknown }",
            "{ }",
            "unknown",
        ),
        (
            "{ at: $.RedrivePolicy.deadLetterTargetArn, equals: a, absent: pass }",
            "{ }",
            "pass",
        ),
        // What is not known is unknown, unless what may be decides.
        (
            "{ at: $.QueueName, equals: a, absent: fail }",
            "{ QueueName: !Ref X }",
            "unknown",
        ),
        (
            "{ at: $.QueueName, equals: c, absent: fail }",
            "{ QueueName: !Ref E }",
            "fail",
        ),
        (
            "{ at: $.QueueName, in: [a, b, c], absent: fail }",
            "{ QueueName: !Ref E }",
            "pass",
        ),
        (
            "{ at: $.QueueName, in: [a, c], absent: fail }",
            "{ QueueName: !Ref E }",
            "unknown",
        ),
        (
            "{ at: $.QueueName, matches: '^[ab]$', absent: fail }",
            "{ QueueName: !Ref E }",
            "pass",
        ),
        (
            "{ at: $.QueueName, equals: a, absent: fail }",
            "{ QueueName: '{{resolve:ssm:a}}' }",
            "unknown",
        ),
        (
            "{ at: $.QueueName, set: true }",
            "{ QueueName: !Ref X }",
            "pass",
        ),
        ("{ at: $.QueueName, set: true }", "{ }", "fail"),
        ("{ at: $.QueueName, set: false }", "{ }", "pass"),
        // Texts with holes are known at their ends.
        (
            "{ at: $.QueueName, starts-with: app-, absent: fail }",
            "{ QueueName: !Sub 'app-${X}' }",
            "pass",
        ),
        (
            "{ at: $.QueueName, starts-with: app-, absent: fail }",
            "{ QueueName: !Sub 'web-${X}' }",
            "fail",
        ),
        (
            "{ at: $.QueueName, starts-with: app-, absent: fail }",
            "{ QueueName: !Sub '${X}-a' }",
            "unknown",
        ),
        (
            "{ at: $.QueueName, ends-with: .fifo, absent: fail }",
            "{ QueueName: !Sub '${X}.fifo' }",
            "pass",
        ),
        (
            "{ at: $.QueueName, equals: web-a, absent: fail }",
            "{ QueueName: !Sub 'app-${X}' }",
            "fail",
        ),
        (
            "{ at: $.QueueName, contains: pp, absent: fail }",
            "{ QueueName: !Sub 'app-${X}' }",
            "pass",
        ),
        // Numbers.
        (
            "{ at: $.DelaySeconds, at-least: 5, absent: fail }",
            "{ DelaySeconds: 5 }",
            "pass",
        ),
        (
            "{ at: $.DelaySeconds, more-than: 5, absent: fail }",
            "{ DelaySeconds: '5' }",
            "fail",
        ),
        (
            "{ at: $.DelaySeconds, at-most: 5, absent: fail }",
            "{ DelaySeconds: !Ref X }",
            "unknown",
        ),
        (
            "{ at: $.DelaySeconds, less-than: { path: $.VisibilityTimeout }, absent: fail }",
            "{ DelaySeconds: 1, VisibilityTimeout: 2 }",
            "pass",
        ),
        (
            "{ at: $.DelaySeconds, equals: { path: $.VisibilityTimeout }, absent: fail }",
            "{ DelaySeconds: !Ref X, VisibilityTimeout: !Ref X }",
            "pass",
        ),
        // Lists and data.
        (
            "{ at: $.QueueName, in: { data: letters }, absent: fail }",
            "{ QueueName: beta }",
            "pass",
        ),
        (
            "{ at: $.QueueName, starts-with-any: { data: letters }, absent: fail }",
            "{ QueueName: alphabet }",
            "pass",
        ),
        ("{ at: $.Tags, empty: true }", "{ Tags: [] }", "pass"),
        (
            "{ at: $.Tags, empty: false }",
            "{ Tags: !Ref X }",
            "unknown",
        ),
        (
            "{ at: $.Tags, count-at-least: 2, absent: fail }",
            "{ Tags: [{ Key: a, Value: b }] }",
            "fail",
        ),
        (
            "{ at: $.Tags, count-at-least: 2, absent: fail }",
            "{ Tags: !Ref X }",
            "unknown",
        ),
        // Texts that hold JSON are entered.
        (
            "{ at: $.RedrivePolicy.maxReceiveCount, at-least: 3, absent: fail }",
            "{ RedrivePolicy: '{\"maxReceiveCount\": 5}' }",
            "pass",
        ),
        // Kleene.
        (
            "{ all: [{ at: $.QueueName, equals: a, absent: fail }, { at: $.DelaySeconds, equals: 1, absent: fail }] }",
            "{ QueueName: !Ref X, DelaySeconds: 2 }",
            "fail",
        ),
        (
            "{ any: [{ at: $.QueueName, equals: a, absent: fail }, { at: $.DelaySeconds, equals: 1, absent: fail }] }",
            "{ QueueName: !Ref X, DelaySeconds: 1 }",
            "pass",
        ),
        (
            "{ any: [{ at: $.QueueName, equals: a, absent: fail }, { at: $.DelaySeconds, equals: 1, absent: fail }] }",
            "{ QueueName: !Ref X, DelaySeconds: 2 }",
            "unknown",
        ),
        (
            "{ not: { at: $.QueueName, equals: a, absent: fail } }",
            "{ QueueName: a }",
            "fail",
        ),
        // Quantifiers; nothing at all, and a list that is not known.
        (
            "{ every: { each: '$.Tags[*]', expect: { at: '@.Key', equals: a, absent: fail } } }",
            "{ Tags: [{ Key: a, Value: b }] }",
            "pass",
        ),
        (
            "{ every: { each: '$.Tags[*]', expect: { at: '@.Key', equals: a, absent: fail } } }",
            "{ Tags: [] }",
            "pass",
        ),
        (
            "{ some: { each: '$.Tags[*]', expect: { at: '@.Key', equals: a, absent: fail } } }",
            "{ }",
            "fail",
        ),
        (
            "{ none: { each: '$.Tags[*]', expect: { at: '@.Key', equals: a, absent: fail } } }",
            "{ Tags: [{ Key: a, Value: b }] }",
            "fail",
        ),
        ("{ none: { each: '$.Tags[*]' } }", "{ }", "pass"),
        (
            "{ every: { each: '$.Tags[*]', expect: { at: '@.Key', equals: a, absent: fail } } }",
            "{ Tags: !Ref X }",
            "unknown",
        ),
        (
            "{ some: { each: '$.Tags[*]', as: tag, where: { at: tag.Value, equals: c }, expect: { at: tag.Key, equals: a, absent: fail } } }",
            "{ Tags: [{ Key: a, Value: b }, { Key: d, Value: c }] }",
            "fail",
        ),
        (
            "{ some: { each: '$.Tags[*]', as: tag, where: { at: tag.Value, equals: c }, expect: { at: tag.Key, equals: a, absent: fail } } }",
            "{ Tags: [{ Key: a, Value: !Ref X }] }",
            "unknown",
        ),
        // Beside the properties.
        (
            "{ at: resource.DeletionPolicy, equals: Retain, absent: fail }",
            "{ }",
            "fail",
        ),
    ] {
        queue(condition, properties, expected);
    }
}

#[test]
fn applicability() {
    let template = |properties: &str| {
        format!(
            "Parameters: {{ X: {{ Type: String }} }}\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties: {properties}\n"
        )
    };
    let checks = "- kinds: [AWS::SQS::Queue]\n  when: { at: $.FifoQueue, equals: true }\n  unless: { at: $.QueueName, equals: a }\n  expect: { at: $.DelaySeconds, equals: 1, absent: fail }\n  message: is {value} in {address}";
    for (properties, expected) in [
        ("{ }", "not applicable"),
        ("{ FifoQueue: true, QueueName: a }", "not applicable"),
        ("{ FifoQueue: true }", "fail 3 is not set in Q"),
        ("{ FifoQueue: true, DelaySeconds: 2 }", "fail 5 is `2` in Q"),
        ("{ FifoQueue: !Ref X, DelaySeconds: 1 }", "pass*1"),
        ("{ FifoQueue: !Ref X, DelaySeconds: 2 }", "unknown 5"),
    ] {
        assert_eq!(ask(checks, &template(properties)), expected, "{properties}");
    }
}

#[test]
fn culprit_and_place() {
    let template = "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: a\n      DelaySeconds: 1\n";
    for (extra, expected) in [("", "fail 5 is `a`"), (", culprit: true", "fail 6 is `1`")] {
        let checks = format!(
            "- kinds: [AWS::SQS::Queue]\n  fail: {{ all: [{{ at: $.QueueName, equals: a }}, {{ at: $.DelaySeconds, equals: 1{extra} }}] }}\n  message: is {{value}}"
        );
        assert_eq!(ask(&checks, template), expected);
    }
    let checks = "- kinds: [AWS::SQS::Queue]\n  fail: { at: $.QueueName, equals: a }\n  place: $.DelaySeconds\n  message: is {value}";
    assert_eq!(ask(checks, template), "fail 6 is `a`");
}

#[test]
fn conditions_split_only_where_they_matter() {
    let checks = "- kinds: [AWS::SQS::Queue]\n  expect: { at: $.DelaySeconds, equals: 1, absent: fail }\n  message: is {value}";
    let template = |properties: &str| {
        format!(
            "Parameters:\n  Env: {{ Type: String }}\n  D: {{ Type: String, Default: x }}\nConditions:\n  Prod: !Equals [!Ref Env, prod]\n  Dev: !Equals [!Ref Env, dev]\n  Old: !Equals [!Ref D, y]\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties: {properties}\n"
        )
    };
    for (properties, expected) in [
        (
            "{ DelaySeconds: !If [Prod, 1, 2] }",
            "pass*1; fail 11 is `2` when not Prod",
        ),
        (
            "{ DelaySeconds: !If [Prod, 1, !If [Dev, 1, 3]] }",
            "pass*1; fail 11 is `3` when not Prod and not Dev",
        ),
        // Both cannot be, so the inner branch is never taken.
        ("{ DelaySeconds: !If [Prod, !If [Dev, 3, 1], 1] }", "pass*1"),
        (
            "{ DelaySeconds: !If [Prod, 2, 2] }",
            "fail 11 is `2` when Prod; fail 11 is `2` when not Prod",
        ),
        ("{ DelaySeconds: !If [Old, 2, 1] }", "pass*1"),
        ("{ DelaySeconds: 1, QueueName: !If [Prod, a, b] }", "pass*1"),
        (
            "{ DelaySeconds: !If [Prod, 1, !Ref AWS::NoValue] }",
            "pass*1; fail 11 is not set when not Prod",
        ),
    ] {
        assert_eq!(ask(checks, &template(properties)), expected, "{properties}");
    }
}

#[test]
fn links() {
    let checks = "- kinds: [AWS::S3::Bucket]\n  expect:\n    some:\n      linked: { kinds: [AWS::S3::BucketPolicy], by: $.Bucket, name: $.BucketName }\n  message: has no policy";
    let template = |bucket: &str, policy: &str| {
        format!(
            "Parameters:\n  X: {{ Type: String }}\n  M: {{ Type: String }}\nConditions:\n  C: !Equals [!Ref X, a]\nResources:\n  B:\n    Type: AWS::S3::Bucket\n    {bucket}\n  P:\n    Type: AWS::S3::BucketPolicy\n    {policy}\n"
        )
    };
    for (bucket, policy, expected) in [
        (
            "",
            "Properties: { Bucket: !Ref B, PolicyDocument: {} }",
            "pass*1",
        ),
        (
            "",
            "Properties: { Bucket: other, PolicyDocument: {} }",
            "fail 7 has no policy",
        ),
        (
            "Properties: { BucketName: mine }",
            "Properties: { Bucket: mine, PolicyDocument: {} }",
            "pass*1",
        ),
        (
            "Properties: { BucketName: !Ref M }",
            "Properties: { Bucket: !Ref M, PolicyDocument: {} }",
            "pass*1",
        ),
        (
            "Properties: { BucketName: !Ref M }",
            "Properties: { Bucket: mine, PolicyDocument: {} }",
            "unknown 7",
        ),
        // A name that S3 makes up cannot be a parameter's value.
        (
            "",
            "Properties: { Bucket: !Ref M, PolicyDocument: {} }",
            "fail 7 has no policy",
        ),
        // A policy that exists only under a condition counts only there.
        (
            "",
            "Condition: C\n    Properties: { Bucket: !Ref B, PolicyDocument: {} }",
            "pass*1; fail 7 has no policy when not C",
        ),
        (
            "Condition: C",
            "Condition: C\n    Properties: { Bucket: !Ref B, PolicyDocument: {} }",
            "pass*1",
        ),
    ] {
        assert_eq!(
            ask(checks, &template(bucket, policy)),
            expected,
            "{bucket} {policy}"
        );
    }
    let around = "- kinds: [AWS::Lambda::Function]\n  expect:\n    some:\n      linked: { kinds: [AWS::Logs::LogGroup], by: $.LogGroupName, text: '/aws/lambda/{}', name: $.FunctionName }\n  message: has no log group";
    let template = |function: &str, group: &str| {
        format!(
            "Parameters:\n  X: {{ Type: String }}\nResources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties: {{ {function} }}\n  G:\n    Type: AWS::Logs::LogGroup\n    Properties: {{ LogGroupName: {group} }}\n"
        )
    };
    for (function, group, expected) in [
        ("", "!Sub '/aws/lambda/${F}'", "pass*1"),
        ("", "!Sub '/other/${F}'", "fail 4 has no log group"),
        ("FunctionName: f", "/aws/lambda/f", "pass*1"),
        (
            "FunctionName: f",
            "/aws/lambda/g",
            "fail 4 has no log group",
        ),
        ("FunctionName: !Ref X", "!Sub '/aws/lambda/${X}'", "pass*1"),
        (
            "FunctionName: !Sub 'a-${X}'",
            "!Sub '/aws/lambda/a-${X}'",
            "pass*1",
        ),
    ] {
        assert_eq!(
            ask(around, &template(function, group)),
            expected,
            "{function} {group}"
        );
    }
}

#[test]
fn shapes_and_ports() {
    let checks = "- subjects: ingress\n  fail:\n    all:\n      - { at: cidr, open-cidr: true, culprit: true }\n      - covers-port: { port: 22, protocol: tcp, protocol-at: protocol, from: from, to: to }\n  message: open to {value}";
    let template = |rule: &str| {
        format!(
            "Parameters:\n  X: {{ Type: String }}\nResources:\n  G:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      GroupDescription: g\n      SecurityGroupIngress:\n        - {rule}\n"
        )
    };
    for (rule, expected) in [
        (
            "{ CidrIp: 0.0.0.0/0, IpProtocol: tcp, FromPort: 22, ToPort: 22 }",
            "fail 9 open to `0.0.0.0/0`",
        ),
        (
            "{ CidrIp: 0.0.0.0/0, IpProtocol: '6', FromPort: 0, ToPort: 65535 }",
            "fail 9 open to `0.0.0.0/0`",
        ),
        (
            "{ CidrIp: 0.0.0.0/0, IpProtocol: -1 }",
            "fail 9 open to `0.0.0.0/0`",
        ),
        (
            "{ CidrIp: 0.0.0.0/0, IpProtocol: udp, FromPort: 22, ToPort: 22 }",
            "pass*1",
        ),
        (
            "{ CidrIp: 0.0.0.0/0, IpProtocol: tcp, FromPort: 80, ToPort: 443 }",
            "pass*1",
        ),
        (
            "{ CidrIp: 10.0.0.0/8, IpProtocol: tcp, FromPort: 22, ToPort: 22 }",
            "pass*1",
        ),
        (
            "{ CidrIp: !Ref X, IpProtocol: tcp, FromPort: 22, ToPort: 22 }",
            "unknown 9",
        ),
        (
            "{ CidrIp: !Sub '${X}/32', IpProtocol: tcp, FromPort: 22, ToPort: 22 }",
            "pass*1",
        ),
        (
            "{ CidrIp: 0.0.0.0/0, IpProtocol: tcp, FromPort: !Ref X, ToPort: 21 }",
            "pass*1",
        ),
        (
            "{ SourceSecurityGroupId: sg-1, IpProtocol: tcp, FromPort: 22, ToPort: 22 }",
            "pass*1",
        ),
    ] {
        assert_eq!(ask(checks, &template(rule)), expected, "{rule}");
    }
}

#[test]
fn statements() {
    let ask_statement = |test: &str, statement: &str| {
        let checks = format!(
            "- kinds: [AWS::IAM::ManagedPolicy]\n  statements: $.PolicyDocument\n  fail: {{ statement: {test} }}\n  message: is {{value}}"
        );
        let template = format!(
            "Parameters:\n  X: {{ Type: String }}\nResources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        Statement:\n          {statement}\n"
        );
        ask(&checks, &template)
    };
    for (test, statement, expected) in [
        (
            "{ effect: Allow, action: { is: ['*'] } }",
            "- { Effect: Allow, Action: '*', Resource: '*' }",
            "fail 9 is `*`",
        ),
        (
            "{ effect: Allow, action: { is: ['*'] } }",
            "{ Effect: Allow, Action: ['a:b', '*'], Resource: '*' }",
            "fail 9 is `*`",
        ),
        (
            "{ effect: Allow, action: { is: ['*'] } }",
            "- { Effect: Deny, Action: '*', Resource: '*' }",
            "pass*1",
        ),
        (
            "{ effect: Allow, action: { grants: 'iam:PassRole' } }",
            "- { Effect: Allow, Action: 'iam:P*', Resource: '*' }",
            "fail 9 is `iam:P*`",
        ),
        (
            "{ effect: Allow, action: { grants: 'iam:PassRole' } }",
            "- { Effect: Allow, NotAction: 's3:*', Resource: '*' }",
            "fail 9 is `s3:*`",
        ),
        (
            "{ effect: Allow, action: { grants: 'iam:PassRole' } }",
            "- { Effect: Allow, NotAction: 'iam:*', Resource: '*' }",
            "pass*1",
        ),
        (
            "{ effect: Allow, action: { restrictable: true } }",
            "- { Effect: Allow, Action: 's3:Get*', Resource: '*' }",
            "fail 9 is `s3:Get*`",
        ),
        (
            "{ effect: Allow, action: { restrictable: true } }",
            "- { Effect: Allow, Action: 's3:List*', Resource: '*' }",
            "pass*1",
        ),
        (
            "{ principal: anyone }",
            "- { Effect: Allow, Principal: { AWS: ['*'] } }",
            "fail 9 is `*`",
        ),
        (
            "{ principal: anyone }",
            "- { Effect: Allow, Principal: { AWS: !Ref X } }",
            "unknown 9",
        ),
        (
            "{ principal: anyone }",
            "- { Effect: Allow, Principal: { AWS: !Sub 'arn:aws:iam::${X}:root' } }",
            "pass*1",
        ),
        (
            "{ principal: anyone }",
            "- { Effect: Allow, Principal: { Service: '*' } }",
            "pass*1",
        ),
        (
            "{ resource: { is: ['*'] }, condition: none }",
            "- { Effect: Allow, Resource: '*', Condition: { Bool: { a: true } } }",
            "pass*1",
        ),
        (
            "{ resource: { is: ['*'] }, condition: { without: ['aws:SourceArn'] } }",
            "- { Effect: Allow, Resource: '*', Condition: { ArnLike: { 'aws:sourcearn': !Ref X } } }",
            "pass*1",
        ),
        (
            "{ resource: { is: ['*'] }, condition: { without: ['aws:SourceArn'] } }",
            "- { Effect: Allow, Resource: '*', Condition: { StringLike: { 'aws:SourceArn': '*' } } }",
            "fail 9 is `*`",
        ),
        (
            "{ resource: { is: ['*'] }, condition: { without: ['aws:SourceArn'] } }",
            "- { Effect: Allow, Resource: '*', Condition: { StringNotEquals: { 'aws:SourceArn': a } } }",
            "fail 9 is `*`",
        ),
        (
            "{ resource: { is: ['*'] } }",
            "- { Effect: Allow, Resource: !Ref X }",
            "unknown 9",
        ),
        (
            "{ resource: { is: ['*'] } }",
            "- { Effect: Allow, Resource: !Sub '${X}/*' }",
            "pass*1",
        ),
        (
            "{ resource: { matches: ':role/\\*$' } }",
            "- { Effect: Allow, Resource: !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*' }",
            "fail 9 is this value",
        ),
        ("{ effect: Allow }", "!Ref X", "unknown 9"),
    ] {
        assert_eq!(
            ask_statement(test, statement),
            expected,
            "{test} {statement}"
        );
    }
}

#[test]
fn followed_references_and_uses() {
    let checks = "- kinds: [AWS::ElasticLoadBalancingV2::Listener]\n  let: { lb: { follow: $.LoadBalancerArn, kinds: [AWS::ElasticLoadBalancingV2::LoadBalancer] } }\n  expect: { at: lb.Type, equals: network, absent: fail }\n  message: is {value}";
    let template = |arn: &str| {
        format!(
            "Parameters:\n  X: {{ Type: String }}\nResources:\n  N:\n    Type: AWS::ElasticLoadBalancingV2::LoadBalancer\n    Properties: {{ Type: network }}\n  A:\n    Type: AWS::ElasticLoadBalancingV2::LoadBalancer\n  L:\n    Type: AWS::ElasticLoadBalancingV2::Listener\n    Properties:\n      LoadBalancerArn: {arn}\n      DefaultActions: []\n"
        )
    };
    for (arn, expected) in [
        ("!Ref N", "pass*1"),
        ("!Ref A", "fail 7 is not set"),
        ("!Ref X", "unknown 12"),
        (
            "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/a",
            "unknown 12",
        ),
    ] {
        assert_eq!(ask(checks, &template(arn)), expected, "{arn}");
    }
    let checks =
        "- kinds: [AWS::EC2::EIP]\n  expect: { referenced: true }\n  message: nothing uses it";
    for (rest, expected) in [
        ("", "fail 2 nothing uses it"),
        ("Outputs: { O: { Value: !Ref E } }", "pass*1"),
        (
            "  N: { Type: AWS::EC2::NatGateway, Properties: { AllocationId: !GetAtt E.AllocationId } }",
            "pass*1",
        ),
    ] {
        let template = format!("Resources:\n  E: {{ Type: AWS::EC2::EIP }}\n{rest}\n");
        assert_eq!(ask(checks, &template), expected, "{rest}");
    }
}

#[test]
fn mistakes_have_places() {
    for (checks, expected) in [
        (
            "- suppressions: unusd\n  message: m",
            "`suppressions` should be one of `unused`, `expired`, `unknown-rule`, `without-reason`, `not-allowed` and `malformed`, did you mean `unused`?",
        ),
        (
            "- suppressions: unused\n  kinds: [AWS::SQS::Queue]\n  message: m",
            "a check of `suppressions` has no `kinds` @11",
        ),
        (
            "- kinds: [AWS::SQS::Queu]\n  expect: { at: $.X, set: true }\n  message: m",
            "no resource type `AWS::SQS::Queu`, did you mean `AWS::SQS::Queue`? @10",
        ),
        (
            "- kinds: [AWS::SQS::Queue]\n  expect: { at: $.DelaySecond, set: true }\n  message: m",
            "`$` (AWS::SQS::Queue) has no `DelaySecond`, did you mean `DelaySeconds`? @11",
        ),
        (
            "- kinds: [AWS::SQS::Queue]\n  expect: { at: $.DelaySeconds, equal: 1, absent: fail }\n  message: m",
            "has no `equal`, did you mean `equals`?",
        ),
        (
            "- kinds: [AWS::SQS::Queue]\n  expect: { at: $.DelaySeconds, equals: 1 }\n  message: m",
            "`absent` must be said",
        ),
        (
            "- kinds: [AWS::SQS::Queue]\n  expects: { at: $.DelaySeconds, set: true }\n  message: m",
            "a check has no `expects`, did you mean `expect`?",
        ),
        (
            "- kinds: [AWS::SQS::Queue]\n  wen: { at: $.DelaySeconds, set: true }\n  expect: { at: $.DelaySeconds, set: true }\n  message: m",
            "a check has no `wen`, did you mean `when`? @11",
        ),
        (
            "- kinds: [AWS::SQS::Queue]\n  expect: { at: '$.Tags[?@.Key==1]', set: true }\n  message: m",
            "filters are not supported",
        ),
        (
            "- kinds: [AWS::SQS::Queue]\n  expect: { at: '$.Tags[*].Key', set: true }\n  message: m",
            "reaches many values",
        ),
        (
            "- kinds: [AWS::SQS::Queue]\n  expect: { at: queue.DelaySeconds, set: true }\n  message: m",
            "cannot begin with `queue`",
        ),
        (
            "- kinds: [AWS::SQS::Queue]\n  expect: { at: resource.DeletionPolicies, set: true }\n  message: m",
            "no attribute `DeletionPolicies`, did you mean `DeletionPolicy`?",
        ),
        (
            "- kinds: [AWS::SQS::Queue]\n  expect: { at: $.QueueName, matches: '(', absent: fail }\n  message: m",
            "not a regular expression",
        ),
        (
            "- kinds: [AWS::SQS::Queue]\n  expect: { at: $.QueueName, matches: '(a{1,100}){1,100}b', absent: fail }\n  message: m",
            "not a regular expression",
        ),
        (
            "- kinds: [AWS::SQS::Queue]\n  expect: { at: $.QueueName, in: { data: leters }, absent: fail }\n  message: m",
            "no data table `leters`, did you mean `letters`?",
        ),
        (
            "- subjects: ingres\n  expect: { at: cidr, set: true }\n  message: m",
            "no shape `ingres`, did you mean `ingress`?",
        ),
        (
            "- kinds: [AWS::SQS::Queue]\n  expect: { builtin: nat-gateway }\n  message: m",
            "no builtin `nat-gateway` here",
        ),
    ] {
        let (rules, problems) = rule(checks);
        assert!(rules.is_empty(), "{checks}");
        assert!(
            problems.iter().any(|problem| problem.contains(expected)),
            "{checks}\n{problems:?}"
        );
    }
}

/// A check is asked in at most 16 worlds, however many conditions it needs; what is open then is unknown.
#[test]
fn worlds_are_bounded() {
    let checks = "- kinds: [AWS::SQS::Queue]\n  expect: { at: $.Tags, count-at-least: 3, absent: fail }\n  message: too few";
    for (conditions, expected) in [
        (2, "fail 11 too few"),
        (3, "pass*1; fail 13 too few when not C0 or not C1 or not C2"),
        (26, "unknown"),
    ] {
        let mut template = "Parameters:\n".to_owned();
        for n in 0..conditions {
            template += &format!("  P{n}: {{ Type: String }}\n");
        }
        template += "Conditions:\n";
        for n in 0..conditions {
            template += &format!("  C{n}: !Equals [!Ref P{n}, a]\n");
        }
        template += "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      Tags:\n";
        for n in 0..conditions {
            template +=
                &format!("        - !If [C{n}, {{ Key: K{n}, Value: v }}, !Ref AWS::NoValue]\n");
        }
        let said = ask(checks, &template);
        if conditions == 26 {
            assert!(said.contains(expected), "{said}");
        } else {
            assert_eq!(said, expected);
        }
    }
}

/// The elements of a list have conditions of their own, and do not multiply.
#[test]
fn elements_are_asked_one_by_one() {
    let checks = "- subjects: ingress\n  fail: { at: cidr, open-cidr: true }\n  message: open";
    for count in [2, 26] {
        let mut template = "Parameters:\n".to_owned();
        for n in 0..count {
            template += &format!("  P{n}: {{ Type: String }}\n");
        }
        template += "Conditions:\n";
        for n in 0..count {
            template += &format!("  C{n}: !Equals [!Ref P{n}, a]\n");
        }
        template += "Resources:\n  G:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      GroupDescription: g\n      SecurityGroupIngress:\n";
        let first = template.lines().count() + 1;
        let mut expected = Vec::new();
        for n in 0..count {
            template += &format!(
                "        - !If [C{n}, {{ IpProtocol: tcp, CidrIp: 0.0.0.0/0 }}, !Ref AWS::NoValue]\n"
            );
            expected.push(format!("fail {} open when C{n}", first + n));
        }
        assert_eq!(ask(checks, &template), expected.join("; "));
    }
}

/// What was not read may be what is missing: elsewhere, and in the resource itself.
#[test]
fn gaps_are_unknown() {
    let loops = "Description: without the transform no loop is read\nResources:\n  E: { Type: AWS::EC2::EIP }\n  'Fn::ForEach::L': [X, [a], { 'N${X}': { Type: AWS::EC2::NatGateway } }]\n";
    for (checks, expected) in [
        (
            "- kinds: [AWS::EC2::EIP]\n  expect: { referenced: true }\n  message: unused",
            "unknown 3",
        ),
        (
            "- kinds: [AWS::EC2::EIP]\n  expect: { some: { resources: [AWS::EC2::NatGateway] } }\n  message: none",
            "unknown 3",
        ),
        (
            "- kinds: [AWS::EC2::EIP]\n  expect: { at: $.Domain, equals: vpc, absent: fail }\n  message: is {value}",
            "fail 3 is not set",
        ),
        (
            "- kinds: [AWS::EC2::EIP]\n  unless: { some: { resources: [AWS::EC2::NatGateway] } }\n  expect: { at: $.Domain, equals: vpc, absent: fail }\n  message: is {value}",
            "unknown 3",
        ),
    ] {
        assert_eq!(ask(checks, loops), expected, "{checks}");
    }
}

/// One mapping where a list is meant is one element, as AWS takes it.
#[test]
fn one_where_a_list_is_meant() {
    let checks = "- subjects: ingress\n  fail: { at: cidr, open-cidr: true }\n  message: open";
    let template = "Resources:\n  G:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      SecurityGroupIngress: { IpProtocol: tcp, CidrIp: 0.0.0.0/0 }\n";
    assert_eq!(ask(checks, template), "fail 5 open");
}
