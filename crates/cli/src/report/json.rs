//! JSON for other programs, described in `docs/json-output.md` and `schemas/pillarlint-output.schema.json`.

use super::{Options, Places, Run, pillar_of};
use crate::text::first_unsafe;
use pillarlint_engine::finding::{Construct, Finding, Undecided};
use pillarlint_engine::rule::Severity;
use pillarlint_engine::ruleset::Ruleset;
use pillarlint_engine::suppress::{ReasonClass, Suppression};
use pillarlint_parser::source::Span;
use pillarlint_parser::tree::Problem;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The version of the format. It grows with every change that could break a reader.
pub(crate) const VERSION: &str = "1";

#[derive(Serialize)]
pub(super) struct Document<'r> {
    pub(super) version: &'static str,
    pub(super) findings: Vec<FindingOut<'r>>,
    pub(super) suppressed: Vec<SuppressedOut<'r>>,
    pub(super) undecided: Vec<UndecidedOut<'r>>,
    pub(super) errors: Vec<ProblemOut<'r>>,
    pub(super) warnings: Vec<ProblemOut<'r>>,
    pub(super) not_read: Vec<NotReadOut<'r>>,
    pub(super) summary: Summary<'r>,
}

#[derive(Serialize)]
pub(super) struct FindingOut<'r> {
    rule: &'r str,
    severity: &'static str,
    pillar: &'r str,
    practices: &'r [String],
    title: &'r str,
    message: &'r str,
    #[serde(flatten)]
    place: Place<'r>,
    address: &'r str,
    addresses: &'r [String],
    kind: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    made_from: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    construct: Option<ConstructOut<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    when: Option<&'r str>,
    related: Vec<Related<'r>>,
}

#[derive(Serialize)]
struct ConstructOut<'r> {
    path: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    made_at: Option<&'r str>,
    is_of_cdk: bool,
}

fn construct(construct: &Construct) -> ConstructOut<'_> {
    ConstructOut {
        path: &construct.path,
        made_at: construct.made_at.as_deref(),
        is_of_cdk: construct.is_of_cdk,
    }
}

#[derive(Serialize)]
pub(super) struct SuppressedOut<'r> {
    finding: FindingOut<'r>,
    suppression: SuppressionOut<'r>,
}

/// A suppression, as the list of all and a finding that one covers show it.
#[derive(Serialize)]
pub(crate) struct SuppressionOut<'r> {
    #[serde(flatten)]
    place: Place<'r>,
    source: &'static str,
    rules: Vec<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    state: &'static str,
}

#[derive(Serialize)]
pub(super) struct UndecidedOut<'r> {
    rule: &'r str,
    pillar: &'r str,
    practices: &'r [String],
    title: &'r str,
    #[serde(flatten)]
    place: Place<'r>,
    address: &'r str,
    kind: &'r str,
    why: &'r str,
}

#[derive(Serialize)]
pub(super) struct ProblemOut<'r> {
    #[serde(flatten)]
    place: Place<'r>,
    message: &'r str,
    related: Vec<Related<'r>>,
}

#[derive(Serialize)]
pub(super) struct NotReadOut<'r> {
    #[serde(flatten)]
    place: Place<'r>,
    why: &'r str,
}

#[derive(Serialize)]
struct Related<'r> {
    #[serde(flatten)]
    place: Place<'r>,
    message: &'r str,
}

#[derive(Serialize)]
struct Place<'r> {
    file: &'r str,
    start: Point,
    end: Point,
}

/// Lines and columns from 1, columns in characters; the offset in bytes from 0.
#[derive(Serialize)]
struct Point {
    line: usize,
    column: usize,
    offset: u32,
}

#[derive(Serialize)]
pub(super) struct Summary<'r> {
    files: usize,
    templates: usize,
    configurations: usize,
    plans: usize,
    skipped_files: usize,
    excluded: usize,
    resources: usize,
    left_aside: usize,
    passed: usize,
    findings: usize,
    suppressed: usize,
    in_baseline: usize,
    elsewhere: usize,
    undecided: usize,
    errors: usize,
    warnings: usize,
    not_read: usize,
    by_severity: BTreeMap<&'static str, usize>,
    by_pillar: BTreeMap<&'r str, usize>,
}

/// Writes a run as one JSON document.
pub(crate) fn write(
    run: &Run,
    places: &Places,
    ruleset: &Ruleset,
    _options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    to_writer(&document(run, ruleset, places), out)
}

/// A run as the document shows it.
pub(super) fn document<'r>(
    run: &'r Run,
    ruleset: &'r Ruleset,
    places: &Places<'r>,
) -> Document<'r> {
    let outcome = &run.outcome;
    Document {
        version: VERSION,
        findings: outcome
            .findings
            .iter()
            .map(|one| finding(one, ruleset, places))
            .collect(),
        suppressed: outcome
            .suppressed
            .iter()
            .map(|one| SuppressedOut {
                finding: finding(&one.finding, ruleset, places),
                suppression: suppression(&outcome.suppressions[one.suppression], places),
            })
            .collect(),
        undecided: outcome
            .undecided
            .iter()
            .map(|one| undecided(one, ruleset, places))
            .collect(),
        errors: outcome
            .errors
            .iter()
            .map(|one| problem(one, places))
            .collect(),
        warnings: outcome
            .warnings
            .iter()
            .map(|one| problem(one, places))
            .collect(),
        not_read: outcome
            .not_read
            .iter()
            .map(|(span, why)| NotReadOut {
                place: place(*span, places),
                why,
            })
            .collect(),
        summary: summary(run, ruleset),
    }
}

/// Writes a value as indented JSON that is safe to show.
pub(crate) fn to_writer(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    write_safe(&serde_json::to_string_pretty(value)?, out)
}

/// The same, on one line.
pub(super) fn to_line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    write_safe(&serde_json::to_string(value)?, out)
}

/// Writes JSON. Characters that could act on a terminal or a CI runner, or change how the text around them is shown,
/// are written as `\uXXXX`; serde_json leaves those above U+001F as they are.
fn write_safe(json: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut rest = json;
    // Outside of strings, only line ends could be meant, and inside they are escaped already.
    while let Some(at) = first_unsafe(rest, |character| character == '\n') {
        let (safe, from) = rest.split_at(at);
        out.write_all(safe.as_bytes())?;
        let mut characters = from.chars();
        // All of them lie in the Basic Multilingual Plane, so one escape is enough.
        if let Some(character) = characters.next() {
            write!(out, "\\u{:04x}", u32::from(character))?;
        }
        rest = characters.as_str();
    }
    writeln!(out, "{rest}")
}

fn finding<'r>(finding: &'r Finding, ruleset: &'r Ruleset, places: &Places<'r>) -> FindingOut<'r> {
    let header = ruleset.rule(&finding.rule).map(|rule| &rule.header);
    FindingOut {
        rule: &finding.rule,
        severity: finding.severity.name(),
        pillar: pillar_of(ruleset, &finding.rule),
        practices: header.map_or(&[], |header| &header.practices),
        title: header.map_or("", |header| &header.title),
        message: &finding.message,
        place: place(finding.place, places),
        address: finding.addresses.first().map_or("", String::as_str),
        addresses: &finding.addresses,
        kind: &finding.kind,
        made_from: finding.made_from.as_deref(),
        construct: finding.construct.as_ref().map(construct),
        when: finding.when.as_deref(),
        related: related(&finding.related, places),
    }
}

/// What is shown of a suppression.
pub(crate) fn suppression<'r>(one: &'r Suppression, places: &Places<'r>) -> SuppressionOut<'r> {
    SuppressionOut {
        place: place(one.place, places),
        source: one.source.name(),
        rules: one.rules.iter().map(|(rule, _)| rule.as_str()).collect(),
        reason: one.reason.as_deref(),
        class: one.class.map(ReasonClass::name),
        until: one.until.map(|until| until.to_string()),
        state: one.state.name(),
    }
}

fn undecided<'r>(
    undecided: &'r Undecided,
    ruleset: &'r Ruleset,
    places: &Places<'r>,
) -> UndecidedOut<'r> {
    let header = ruleset.rule(&undecided.rule).map(|rule| &rule.header);
    UndecidedOut {
        rule: &undecided.rule,
        pillar: pillar_of(ruleset, &undecided.rule),
        practices: header.map_or(&[], |header| &header.practices),
        title: header.map_or("", |header| &header.title),
        place: place(undecided.place, places),
        address: &undecided.address,
        kind: &undecided.kind,
        why: &undecided.why,
    }
}

fn problem<'r>(problem: &'r Problem, places: &Places<'r>) -> ProblemOut<'r> {
    ProblemOut {
        place: place(problem.span, places),
        message: &problem.message,
        related: related(&problem.related, places),
    }
}

fn related<'r>(related: &'r [(Span, String)], places: &Places<'r>) -> Vec<Related<'r>> {
    let one = |(span, message): &'r (Span, String)| Related {
        place: place(*span, places),
        message,
    };
    related.iter().map(one).collect()
}

fn place<'r>(span: Span, places: &Places<'r>) -> Place<'r> {
    let point = |offset| {
        let position = places.position(span.file, offset);
        Point {
            line: position.line,
            column: position.column,
            offset,
        }
    };
    Place {
        file: &places.file(span.file).0.path,
        start: point(span.start),
        end: point(span.end),
    }
}

fn summary<'r>(run: &Run, ruleset: &'r Ruleset) -> Summary<'r> {
    let outcome = &run.outcome;
    let mut by_severity: BTreeMap<_, _> = Severity::ALL.iter().map(|one| (one.name(), 0)).collect();
    let pillars = ruleset.framework().pillars.iter();
    let mut by_pillar: BTreeMap<_, _> = pillars.map(|pillar| (pillar.id.as_str(), 0)).collect();
    for finding in &outcome.findings {
        *by_severity.entry(finding.severity.name()).or_default() += 1;
        *by_pillar
            .entry(pillar_of(ruleset, &finding.rule))
            .or_default() += 1;
    }
    Summary {
        files: run.counts.files,
        templates: run.counts.templates,
        configurations: run.counts.configurations,
        plans: run.counts.plans,
        skipped_files: run.counts.skipped_files,
        excluded: run.counts.excluded,
        resources: outcome.resources,
        left_aside: outcome.left_aside,
        passed: outcome.passed,
        findings: outcome.findings.len(),
        suppressed: outcome.suppressed.len(),
        in_baseline: outcome.in_baseline,
        elsewhere: outcome.not_owned,
        undecided: outcome.undecided.len(),
        errors: outcome.errors.len(),
        warnings: outcome.warnings.len(),
        not_read: outcome.not_read.len(),
        by_severity,
        by_pillar,
    }
}
