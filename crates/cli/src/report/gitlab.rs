//! A Code Quality report for GitLab: <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>.

use super::entry::{Entry, Level, entries, fingerprints_of, path_of};
use super::{Options, Places, Run, json};
use pillarlint_engine::ruleset::Ruleset;
use pillarlint_parser::source::Unit;
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct Violation<'r> {
    description: String,
    check_name: &'r str,
    /// GitLab drops all but one of those that share it.
    fingerprint: String,
    severity: &'static str,
    location: Location<'r>,
}

#[derive(Serialize)]
struct Location<'r> {
    path: &'r str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// Writes a run as an array of violations.
pub(crate) fn write(
    run: &Run,
    places: &Places,
    _ruleset: &Ruleset,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let entries = entries(&run.outcome);
    let fingerprints = fingerprints_of(&entries, run, &options.folder);
    let violations: Vec<Violation> = entries
        .iter()
        .zip(fingerprints)
        .map(|(entry, fingerprint)| violation(entry, fingerprint, places, options))
        .collect();
    json::to_writer(&violations, out)
}

fn violation<'r>(
    entry: &Entry<'r>,
    fingerprint: String,
    places: &Places<'r>,
    options: &Options,
) -> Violation<'r> {
    let (start, end) = places.region(Unit::Character, entry.place);
    Violation {
        description: entry.sentence(),
        check_name: entry.rule(),
        fingerprint,
        severity: severity(entry.level),
        location: Location {
            path: path_of(entry.place, places, &options.folder),
            lines: Lines {
                begin: start.line,
                end: end.line,
            },
        },
    }
}

/// GitLab's five, in the same order as ours.
fn severity(level: Level) -> &'static str {
    match level {
        Level::Info => "info",
        Level::Low | Level::Warning => "minor",
        Level::Medium | Level::NotRead => "major",
        Level::High => "critical",
        Level::Critical | Level::Error => "blocker",
    }
}
