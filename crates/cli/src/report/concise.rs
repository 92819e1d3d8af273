//! One line for each finding: `path:line:column: severity rule message [practice] (address) when condition`.

use super::entry::{Entry, bracketed, entries, whereof};
use super::{Options, Places, Run, looked_at, passed_over};
use crate::text::{count, escape};
use pillarlint_engine::ruleset::Ruleset;
use pillarlint_parser::source::Span;
use std::io::{self, Write};

/// Writes a run, a line for everything that was found.
pub(crate) fn write(
    run: &Run,
    places: &Places,
    ruleset: &Ruleset,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let outcome = &run.outcome;
    for one in entries(outcome) {
        entry(&one, places, ruleset, out)?;
    }
    if options.undecided {
        for undecided in &outcome.undecided {
            let why = escape(&undecided.why);
            let address = bracketed(std::slice::from_ref(&undecided.address));
            let text = format!("{} {why}{address}", undecided.rule);
            line(places, undecided.place, "undecided", &text, out)?;
        }
    }
    if options.summary {
        summary(run, out)?;
    }
    Ok(())
}

/// Writes the line of a finding, or of what is to be said of the input.
pub(super) fn entry(
    entry: &Entry,
    places: &Places,
    ruleset: &Ruleset,
    out: &mut dyn Write,
) -> io::Result<()> {
    let message = escape(entry.message);
    let text = match entry.finding {
        None => message.into_owned(),
        Some(finding) => {
            let practice = entry.practice(ruleset);
            let practice = practice.map_or(String::new(), |id| format!(" [{id}]"));
            format!("{} {message}{practice}{}", finding.rule, whereof(finding))
        }
    };
    line(places, entry.place, entry.level.name(), &text, out)
}

/// Writes what was found and looked at, in one line.
pub(super) fn summary(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    let outcome = &run.outcome;
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
    )
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
