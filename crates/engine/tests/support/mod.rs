//! Rules to test with.

#![allow(dead_code, reason = "not every test uses all of it")]

use pillarlint_engine::framework::{Framework, KeyPractice, Pillar, Practice, Question};
use pillarlint_engine::load::{Context, RuleFile, load};
use pillarlint_engine::ruleset::Rule;
use pillarlint_parser::source::{FileId, LineIndex};

/// A framework of one practice.
pub(crate) fn framework() -> Framework {
    Framework {
        edition: "2024-11-06".to_owned(),
        pillars: vec![Pillar {
            id: "security".to_owned(),
            title: "Security".to_owned(),
            focus: String::new(),
            key_practices: vec![KeyPractice {
                id: "all".to_owned(),
                title: "All".to_owned(),
                questions: vec!["SEC01".to_owned()],
            }],
            questions: vec![Question {
                id: "SEC01".to_owned(),
                text: "How?".to_owned(),
                practices: vec![Practice {
                    id: "SEC01-BP01".to_owned(),
                    title: "Do".to_owned(),
                    risk: "high".to_owned(),
                    link: "https://example.com".to_owned(),
                    beyond_code: None,
                }],
            }],
        }],
    }
}

const DATA: &str =
    "title: t\nsource: s\ndate: 2026-01-01\nvalues: [alpha, { value: beta, since: 2020-01-01 }]\n";
const SHAPE: &str = "title: rules\nforms:\n  - kinds: [AWS::EC2::SecurityGroup]\n    each: $.SecurityGroupIngress[*]\n    fields: { cidr: '@.CidrIp', protocol: '@.IpProtocol', from: '@.FromPort', to: '@.ToPort' }\n  - kinds: [AWS::EC2::SecurityGroupIngress]\n    fields: { cidr: $.CidrIp, protocol: $.IpProtocol, from: $.FromPort, to: $.ToPort }\n";

/// A rule with these checks, and what is wrong with it.
pub(crate) fn rule(checks: &str) -> (Vec<Rule>, Vec<String>) {
    rule_with("", checks)
}

/// The same with parameters.
pub(crate) fn rule_with(parameters: &str, checks: &str) -> (Vec<Rule>, Vec<String>) {
    let parameters = match parameters {
        "" => String::new(),
        parameters => format!("parameters:\n{parameters}"),
    };
    let indented: String = checks.lines().map(|line| format!("  {line}\n")).collect();
    let text = format!(
        "title: t\npractices: [SEC01-BP01]\nseverity: low\ncertainty: exact\npreset: strict\nwhy: w\nfix: f\n\
         references: [https://example.com]\n{parameters}checks:\n{indented}examples:\n  - cloudformation: 'Resources: {{}}'\n"
    );
    file("the-rule", &text)
}

/// The rule of a file, and what is wrong with it.
pub(crate) fn file(id: &str, text: &str) -> (Vec<Rule>, Vec<String>) {
    let context = Context::new(
        &framework(),
        &[(FileId(1), "ingress", SHAPE)],
        &[(FileId(2), "letters", DATA)],
    );
    let file = FileId(0);
    let (rules, problems) = load(&[RuleFile { file, id, text }], &context);
    let lines = LineIndex::new(text);
    let problems = problems
        .iter()
        .map(|problem| {
            format!("{}: {}", problem.span.text(text), problem.message).replace('\n', " ")
                + &format!(" @{}", lines.line_of(problem.span.start as usize) + 1)
        })
        .collect();
    (rules, problems)
}
