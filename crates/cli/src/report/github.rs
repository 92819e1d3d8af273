//! Annotations, as workflow commands of GitHub Actions: `::error file=..,line=..,title=..::message`.
//!
//! GitHub takes ten errors, ten warnings and ten notices of a step and drops the others in silence
//! (<https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md#limitations>), so the worst come first, and
//! what is left stands in the log as plain lines.

use super::entry::{Degree, Entry, by_weight, path_of};
use super::{Options, Places, Run, concise};
use crate::text::count;
use pillarlint_engine::ruleset::Ruleset;
use pillarlint_parser::source::Unit;
use std::io::{self, Write};

/// Annotations of each degree that GitHub takes.
const MOST: usize = 10;

/// Writes a run as annotations.
pub(crate) fn write(
    run: &Run,
    places: &Places,
    ruleset: &Ruleset,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (mut room, mut left) = ([MOST; 3], Vec::new());
    let all = by_weight(&run.outcome);
    // What is left out takes a notice to say so.
    let of_degree = |degree| {
        all.iter()
            .filter(|one| one.level.degree() == degree)
            .count()
    };
    let degrees = [Degree::Error, Degree::Warning, Degree::Note];
    if degrees.into_iter().any(|degree| of_degree(degree) > MOST) {
        room[Degree::Note as usize] -= 1;
    }
    for entry in &all {
        let degree = entry.level.degree();
        match room[degree as usize].checked_sub(1) {
            Some(rest) => {
                room[degree as usize] = rest;
                command(entry, places, ruleset, options, out)?;
            }
            None => left.push(*entry),
        }
    }
    if !left.is_empty() {
        let more = count(left.len(), "more annotation");
        writeln!(
            out,
            "::notice title=pillarlint::{more} than GitHub shows for one step; the log has them"
        )?;
    }
    for entry in left {
        concise::entry(&entry, places, ruleset, out)?;
    }
    if options.summary {
        concise::summary(run, out)?;
    }
    Ok(())
}

fn command(
    entry: &Entry,
    places: &Places,
    ruleset: &Ruleset,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let name = match entry.level.degree() {
        Degree::Error => "error",
        Degree::Warning => "warning",
        Degree::Note => "notice",
    };
    let file = property(path_of(entry.place, places, &options.folder));
    write!(out, "::{name} file={file}")?;
    if !places.is_unread(entry.place.file) {
        let (start, end) = places.region(Unit::Character, entry.place);
        write!(out, ",line={},endLine={}", start.line, end.line)?;
        // Columns are taken of annotations on a single line only.
        if start.line == end.line {
            write!(out, ",col={},endColumn={}", start.column, end.column)?;
        }
    }
    let practice = entry.practice(ruleset);
    let practice = practice.map_or(String::new(), |id| format!(" [{id}]"));
    let title = match entry.finding {
        Some(finding) => format!("{}: {}{practice}", entry.level.name(), finding.rule),
        None => "pillarlint".to_owned(),
    };
    let title = property(&title);
    writeln!(out, ",title={title}::{}", data(&entry.sentence()))
}

/// A message; line ends are escaped already.
fn data(text: &str) -> String {
    text.replace('%', "%25")
}

fn property(text: &str) -> String {
    let text = crate::text::escape(text);
    data(&text).replace(':', "%3A").replace(',', "%2C")
}
