//! The examples of a rule, run as tests.

use crate::check::check;
use crate::date::Date;
use crate::finding::Report;
use crate::plan::Plan;
use crate::provider::AwsProvider;
use crate::rule::{Body, Dialect, Example, Fault, Severity};
use crate::ruleset::{Rule, Ruleset};
use crate::settle::{Settings, settle};
use crate::suppress::apply::Terms;
use crate::suppress::{self, Policy};
use pillarlint_parser::source::{FileId, LineIndex, Span};
use pillarlint_parser::terraform::{self, Call, Folder, Folders, NoFiles, Options};
use pillarlint_parser::tree::{Parsed, Problem};
use pillarlint_parser::{cloudformation, yaml};
use std::collections::HashMap;

/// An example that says something else than the rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// Which example, from 0.
    pub example: usize,
    /// The line in it, from 1.
    pub line: usize,
    /// What differs.
    pub message: String,
}

/// The day on which examples are run: 2026-01-01, in days after 1970-01-01.
const TODAY: u64 = 20_454;

/// How many days a suppression may last in the examples of what the policy forbids.
const LONGEST_DAYS: u32 = 365;

/// Runs a rule's examples, under this rule alone. A rule about suppressions needs the others beside it: they say what
/// there is to suppress.
pub fn run(rules: &Ruleset, rule: &Rule) -> Vec<Mismatch> {
    let about_suppressions = rule.checks().iter().find_map(|check| match check.body {
        Body::Suppressions(fault) => Some(fault),
        _ => None,
    });
    let policy = Policy {
        longest_days: (about_suppressions == Some(Fault::NotAllowed)).then_some(LONGEST_DAYS),
        ..Policy::default()
    };
    let is_this = |id: &str| id == rule.header.id;
    let active: Vec<bool> = rules
        .rules
        .iter()
        .map(|one| about_suppressions.is_some() || is_this(&one.header.id))
        .collect();
    let position = rules.position(&rule.header.id);
    let mut mismatches = Vec::new();
    for (
        example,
        Example {
            dialect,
            text,
            parameters,
            ..
        },
    ) in rule.docs().examples.iter().enumerate()
    {
        let mut plan = Plan::new(rules, &active);
        for (parameter, value) in parameters {
            if let Some(position) = position {
                plan.set(rules, position, *parameter as usize, value.clone());
            }
        }
        let mut differs = |line: usize, message: String| {
            mismatches.push(Mismatch {
                example,
                line,
                message,
            });
        };
        let lines = LineIndex::new(text);
        let line_of = |offset: u32| lines.line_of(offset as usize) + 1;
        let report = match dialect {
            Dialect::CloudFormation | Dialect::Sam => template(text, rules, &plan),
            Dialect::Terraform => configuration(text, rules, &plan),
        };
        let marked = |mark: &str| -> Vec<usize> {
            text.lines()
                .enumerate()
                .filter(|(_, line)| {
                    line.rsplit_once('#')
                        .is_some_and(|(_, comment)| comment.split_whitespace().next() == Some(mark))
                })
                .map(|(line, _)| line + 1)
                .collect()
        };
        for problem in &report.problems {
            differs(line_of(problem.span.start), problem.message.clone());
        }
        // As a person would see it: what differs only in the instance is one finding.
        let policy_in = |_: FileId| &policy;
        let mut report = settle(
            [report],
            Settings {
                terms: Some(Terms {
                    rules,
                    plan: &plan,
                    today: Date::from_days(TODAY),
                    policy_in: &policy_in,
                }),
                ..Settings::from(Severity::Info)
            },
        );
        report.findings.retain(|finding| is_this(&finding.rule));
        report.undecided.retain(|one| is_this(&one.rule));
        let reported: Vec<usize> = report
            .findings
            .iter()
            .map(|finding| line_of(finding.place.start))
            .collect();
        let undecided: Vec<usize> = report
            .undecided
            .iter()
            .map(|one| line_of(one.place.start))
            .collect();
        for line in marked("error") {
            if !reported.contains(&line) {
                differs(line, "expected a finding, got none".to_owned());
            }
        }
        for line in marked("unknown") {
            if !undecided.contains(&line) {
                differs(line, "expected to be undecided".to_owned());
            }
        }
        for line in &undecided {
            if !marked("unknown").contains(line) && !marked("error").contains(line) {
                differs(*line, "undecided, but not marked `# unknown`".to_owned());
            }
        }
        let expected = marked("error");
        for (at, line) in reported.iter().enumerate() {
            if !expected.contains(line) {
                differs(
                    *line,
                    format!("unexpected finding: {}", report.findings[at].message),
                );
            } else if reported[..at].contains(line) {
                differs(
                    *line,
                    format!("a second finding: {}", report.findings[at].message),
                );
            }
        }
    }
    mismatches
}

fn template(text: &str, rules: &Ruleset, plan: &Plan) -> Report {
    let parsed = yaml::parse(FileId(0), text);
    let suppressions = suppress::in_template(text, &parsed);
    let Parsed {
        documents,
        mut problems,
        ..
    } = parsed;
    let Some(root) = documents.into_iter().next() else {
        problems.push(Problem::error(
            Span::new(FileId(0), 0, 0),
            "the example is empty",
        ));
        return Report {
            problems,
            ..Report::default()
        };
    };
    let project = cloudformation::lower(FileId(0), text, root);
    let mut report = check(&project, &problems, rules, plan);
    report.problems.extend(problems);
    report.suppressions = suppressions;
    report
}

/// An example has one file, so its calls lead nowhere.
struct Nowhere;

impl<'s> Folders<'s> for Nowhere {
    fn called(&self, _: &Call<'_, 's>) -> Result<&Folder<'s>, String> {
        Err("is not read".to_owned())
    }
}

fn configuration(text: &str, rules: &Ruleset, plan: &Plan) -> Report {
    let file = terraform::File::read(FileId(0), "main.tf", text);
    let problems = file.problems.clone();
    let suppressions = suppress::in_configuration(&file);
    let root = Folder {
        path: ".".to_owned(),
        files: vec![file],
        ..Folder::default()
    };
    let options = Options {
        variables: HashMap::new(),
        arguments: &AwsProvider,
        files: &NoFiles,
        workspace: "default",
    };
    let project = terraform::lower(&root, &Nowhere, &options);
    let mut report = check(&project, &problems, rules, plan);
    report.problems.extend(problems);
    report.suppressions = suppressions;
    report
}
