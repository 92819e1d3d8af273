//! One line for each finding: `path:line:column: severity rule message [practice] (address) when condition`.

use super::{Options, Places, Run, addresses, looked_at, passed_over};
use crate::text::{count, escape};
use pillarlint_engine::finding::Finding;
use pillarlint_engine::ruleset::Ruleset;
use pillarlint_parser::source::Span;
use std::io::{self, Write};

/// Writes a run, a line for everything that was found.
pub(crate) fn write(
    run: &Run,
    ruleset: &Ruleset,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let places = Places::new(&run.sources);
    let outcome = &run.outcome;
    for finding in &outcome.findings {
        let severity = finding.severity.name();
        line(
            &places,
            finding.place,
            severity,
            &tail(finding, ruleset),
            out,
        )?;
    }
    for warning in &outcome.warnings {
        line(
            &places,
            warning.span,
            "warning",
            &escape(&warning.message),
            out,
        )?;
    }
    for error in &outcome.errors {
        line(&places, error.span, "error", &escape(&error.message), out)?;
    }
    for (span, why) in &outcome.not_read {
        line(&places, *span, "not-read", &escape(why), out)?;
    }
    if options.undecided {
        for undecided in &outcome.undecided {
            let why = escape(&undecided.why);
            let address = address(std::slice::from_ref(&undecided.address));
            let text = format!("{} {why}{address}", undecided.rule);
            line(&places, undecided.place, "undecided", &text, out)?;
        }
    }
    if options.summary {
        let not_read = match outcome.not_read.len() {
            0 => String::new(),
            parts => format!(", {} not read", count(parts, "part")),
        };
        writeln!(
            out,
            "{}{}, {} undecided, {}, {}{not_read}; {}",
            count(outcome.findings.len(), "finding"),
            passed_over(outcome),
            outcome.undecided.len(),
            count(outcome.errors.len(), "error"),
            count(outcome.warnings.len(), "warning"),
            looked_at(run),
        )?;
    }
    Ok(())
}

fn line(
    places: &Places,
    span: Span,
    level: &str,
    text: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{}: {level} {text}", places.shown(span))
}

fn tail(finding: &Finding, ruleset: &Ruleset) -> String {
    let practices = ruleset
        .rule(&finding.rule)
        .map(|rule| &rule.header.practices);
    let practice = practices.and_then(|practices| practices.first());
    let practice = practice.map_or(String::new(), |id| format!(" [{id}]"));
    let address = address(&finding.addresses);
    let when = finding
        .when
        .as_deref()
        .map_or(String::new(), |when| format!(" when {}", escape(when)));
    format!(
        "{} {}{practice}{address}{when}",
        finding.rule,
        escape(&finding.message)
    )
}

/// ` (A, B)`, or nothing for the whole template.
fn address(of: &[String]) -> String {
    match addresses(of) {
        none if none.is_empty() => none,
        some => format!(" ({some})"),
    }
}
