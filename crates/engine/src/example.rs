//! The examples of a rule, run as tests.

use crate::check::{Plan, check};
use crate::ruleset::{Rule, Ruleset};
use pillarlint_parser::source::{FileId, LineIndex};
use pillarlint_parser::tree::Parsed;
use pillarlint_parser::{cloudformation, yaml};

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
    let plan = Plan::new(rules, &active);
    let mut mismatches = Vec::new();
    for (example, text) in rule.docs().examples.iter().map(|one| &one.text).enumerate() {
        let mut differs = |line: usize, message: String| {
            mismatches.push(Mismatch {
                example,
                line,
                message,
            });
        };
        let Parsed {
            documents,
            problems,
            ..
        } = yaml::parse(FileId(0), text);
        let lines = LineIndex::new(text);
        let line_of = |offset: u32| lines.line_of(offset as usize) + 1;
        for problem in &problems {
            differs(line_of(problem.span.start), problem.message.clone());
        }
        let Some(root) = documents.into_iter().next() else {
            differs(1, "the example is empty".to_owned());
            continue;
        };
        let project = cloudformation::lower(FileId(0), text, root);
        let report = check(&project, &problems, rules, &plan);
        for problem in &report.problems {
            differs(line_of(problem.span.start), problem.message.clone());
        }
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
