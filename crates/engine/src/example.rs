//! The examples of a rule, run as tests.

use crate::check::check;
use crate::finding::Report;
use crate::plan::Plan;
use crate::provider::AwsProvider;
use crate::rule::{Dialect, Example, Severity};
use crate::ruleset::{Rule, Ruleset};
use crate::settle::{Settings, settle};
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

/// Runs a rule's examples, under this rule alone.
pub fn run(rules: &Ruleset, rule: &Rule) -> Vec<Mismatch> {
    let active: Vec<bool> = rules
        .rules
        .iter()
        .map(|one| one.header.id == rule.header.id)
        .collect();
    let position = active.iter().position(|active| *active);
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
        let severity = Severity::Info;
        let report = settle([report], Settings::from(severity));
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
    let Parsed {
        documents,
        mut problems,
        ..
    } = yaml::parse(FileId(0), text);
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
    report
}
