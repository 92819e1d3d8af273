//! The examples of a rule, run as tests.

use crate::check::check;
use crate::date::Date;
use crate::finding::{Outcome, Report};
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
    /// The place in the text of the example: the mark that is not met, or what the rule says unasked.
    pub place: Span,
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
    for (number, example) in rule.docs().examples.iter().enumerate() {
        let mut plan = Plan::new(rules, &active);
        for (parameter, value) in &example.parameters {
            if let Some(position) = position {
                plan.set(rules, position, *parameter as usize, value.clone());
            }
        }
        let report = match example.dialect {
            Dialect::CloudFormation | Dialect::Sam => template(&example.text, rules, &plan),
            Dialect::Terraform => configuration(&example.text, rules, &plan),
        };
        let lines = LineIndex::new(&example.text);
        let problems = report.problems.clone();
        let policy_in = |_: FileId| &policy;
        let terms = Terms {
            rules,
            plan: &plan,
            today: Date::from_days(TODAY),
            policy_in: &policy_in,
        };
        // As a person would see it: what differs only in the instance is one finding.
        let mut outcome = settle(
            [report],
            Settings {
                terms: Some(terms),
                ..Settings::from(Severity::Info)
            },
        );
        outcome.findings.retain(|one| is_this(&one.rule));
        outcome.undecided.retain(|one| is_this(&one.rule));
        let differing = compare(&example.text, &lines, &problems, outcome).into_iter();
        mismatches.extend(differing.map(|(place, message)| Mismatch {
            example: number,
            line: lines.line_of(place.start as usize) + 1,
            place,
            message,
        }));
    }
    mismatches
}

/// A line that carries this must be reported.
const ERROR: &str = "error";
/// A line that carries this must be undecided.
const UNKNOWN: &str = "unknown";

/// Whether a line of this example must be reported.
pub fn is_bad(example: &Example) -> bool {
    !marks(&example.text, ERROR).is_empty()
}

/// The comments of a text that begin with a mark: their lines, from 0, and their places.
fn marks(text: &str, mark: &str) -> Vec<(usize, Span)> {
    let mut start = 0;
    let mut found = Vec::new();
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if let Some((code, comment)) = line.rsplit_once('#')
            && comment.split_whitespace().next() == Some(mark)
        {
            let end = start + line.trim_end().len();
            found.push((number, Span::new(FileId(0), start + code.len(), end)));
        }
        start += line.len();
    }
    found
}

/// Where what is found and the marks of an example differ, and how.
fn compare(
    text: &str,
    lines: &LineIndex,
    problems: &[Problem],
    outcome: Outcome,
) -> Vec<(Span, String)> {
    let mut differing: Vec<(Span, String)> = Vec::new();
    for problem in problems {
        differing.push((problem.span, problem.message.clone()));
    }
    let Outcome {
        findings,
        undecided,
        ..
    } = outcome;
    let (errors, unknowns) = (marks(text, ERROR), marks(text, UNKNOWN));
    let line_of = |place: Span| lines.line_of(place.start as usize);
    let is_marked =
        |marks: &[(usize, Span)], line: usize| marks.iter().any(|(marked, _)| *marked == line);
    let is_reported = |line: usize| findings.iter().any(|one| line_of(one.place) == line);
    let open = |line: usize| undecided.iter().find(|one| line_of(one.place) == line);
    for (line, mark) in &errors {
        if !is_reported(*line) {
            let message = match open(*line) {
                Some(undecided) => {
                    format!("expected a finding, but it is undecided: {}", undecided.why)
                }
                None => "expected a finding, got none".to_owned(),
            };
            differing.push((*mark, message));
        }
    }
    for (line, mark) in &unknowns {
        if open(*line).is_none() {
            let what = if is_reported(*line) {
                "reported"
            } else {
                "not reported"
            };
            let message = format!("expected to be undecided, but it is decided: {what}");
            differing.push((*mark, message));
        }
    }
    for one in &undecided {
        let line = line_of(one.place);
        if !is_marked(&unknowns, line) && !is_marked(&errors, line) {
            let message = format!("undecided, but not marked `# unknown`: {}", one.why);
            differing.push((one.place, message));
        }
    }
    for (at, finding) in findings.iter().enumerate() {
        let line = line_of(finding.place);
        let what = if !is_marked(&errors, line) {
            "unexpected"
        } else if findings[..at].iter().any(|one| line_of(one.place) == line) {
            "a second"
        } else {
            continue;
        };
        differing.push((
            finding.place,
            format!("{what} finding: {}", finding.message),
        ));
    }
    differing.sort();
    differing
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
