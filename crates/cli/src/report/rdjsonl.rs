//! Diagnostics for reviewdog, one on a line: <https://github.com/reviewdog/reviewdog/tree/master/proto/rdf>.

use super::entry::{Degree, Entry, entries, path_of};
use super::{Options, Places, Run, json, markdown, page};
use crate::text::escape;
use pillarlint_engine::ruleset::Ruleset;
use pillarlint_parser::source::{Span, Unit};
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct Diagnostic<'r> {
    message: String,
    location: Location<'r>,
    severity: &'static str,
    source: Source,
    code: Code<'r>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related<'r>>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
    url: &'static str,
}

#[derive(Serialize)]
struct Code<'r> {
    value: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct Related<'r> {
    message: String,
    location: Location<'r>,
}

#[derive(Serialize)]
struct Location<'r> {
    path: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct Range {
    start: Point,
    end: Point,
}

/// Both from 1; columns count bytes of UTF-8.
#[derive(Serialize)]
struct Point {
    line: usize,
    column: usize,
}

/// Writes a run, a diagnostic for each entry.
pub(crate) fn write(
    run: &Run,
    places: &Places,
    ruleset: &Ruleset,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    entries(&run.outcome)
        .iter()
        .try_for_each(|entry| json::to_line(&diagnostic(entry, places, ruleset, options), out))
}

fn diagnostic<'r>(
    entry: &Entry<'r>,
    places: &Places<'r>,
    ruleset: &Ruleset,
    options: &Options,
) -> Diagnostic<'r> {
    let related = entry.related.iter().map(|(span, note)| Related {
        message: comment(&escape(note)),
        location: location(*span, places, options),
    });
    Diagnostic {
        message: comment(&entry.sentence()),
        location: location(entry.place, places, options),
        severity: match entry.level.degree() {
            Degree::Error => "ERROR",
            Degree::Warning => "WARNING",
            Degree::Note => "INFO",
        },
        source: Source {
            name: "pillarlint",
            url: env!("CARGO_PKG_REPOSITORY"),
        },
        code: Code {
            value: entry.rule(),
            url: page(ruleset, entry.rule()),
        },
        related_locations: related.collect(),
    }
}

fn location<'r>(span: Span, places: &Places<'r>, options: &Options) -> Location<'r> {
    let range = (!places.is_unread(span.file)).then(|| {
        let (start, end) = places.region(Unit::Utf8, span);
        let [start, end] = [start, end].map(|position| Point {
            line: position.line,
            column: position.column,
        });
        Range { start, end }
    });
    Location {
        path: path_of(span, places, &options.folder),
        range,
    }
}

/// A message that reviewdog prints to a terminal, or posts as Markdown. It is escaped for Markdown only where it could
/// be markup, so that all others read well in both.
fn comment(text: &str) -> String {
    if text.contains(['<', '@', '\\']) || text.contains("](") || text.contains("://") {
        markdown::escape(text)
    } else {
        text.to_owned()
    }
}
