//! The code around a place: lines with their numbers, the place marked, and a note below each line that something is
//! said of.

use super::super::Places;
use super::super::excerpt::{line_bounds, window};
use super::text::{Code, Plain, Sentence};
use pillarlint_parser::source::{FileId, LineIndex, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{self, Write};

/// Lines shown above and below a place.
const CONTEXT: usize = 2;
/// Lines of one place that are shown.
const LINES: usize = 8;
/// A note stands below its place, but no further to the right than that.
const INDENT: usize = 60;
/// Related places that are shown; more would not be read.
const SHOWN: usize = 6;

/// A place on one line, in bytes of the file.
struct Mark<'a> {
    start: usize,
    end: usize,
    note: &'a str,
    is_primary: bool,
}

/// Writes the code around a place and around those that are related to it: first that of the place's own file.
pub(super) fn write(
    place: Span,
    related: &[(Span, String)],
    places: &Places,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (shown, more) = related.split_at(related.len().min(SHOWN));
    let mut files: Vec<FileId> = vec![place.file];
    for (span, _) in shown {
        if !files.contains(&span.file) {
            files.push(span.file);
        }
    }
    for file in files {
        let mut marks: BTreeMap<usize, Vec<Mark>> = BTreeMap::new();
        let mut add = |span: Span, note, is_primary| {
            let (source, index) = places.file(file);
            for (line, mark) in marks_of(span, note, is_primary, &source.text, index) {
                marks.entry(line).or_default().push(mark);
            }
        };
        let is_first = file == place.file;
        if is_first {
            add(place, "", true);
        }
        for (span, note) in shown.iter().filter(|(span, _)| span.file == file) {
            add(*span, note, false);
        }
        if !is_first {
            let first = shown.iter().find(|(span, _)| span.file == file);
            let shown = first.map_or_else(String::new, |(span, _)| places.shown(*span));
            writeln!(out, "<p class=\"from\">{}</p>", Plain(&shown))?;
        }
        lines(file, marks, places, out)?;
    }
    if !more.is_empty() {
        let list = more.iter().map(|(span, note)| {
            let place = places.shown(*span);
            format!("<li><code>{}</code> {}", Plain(&place), Sentence(note))
        });
        let list: String = list.collect();
        writeln!(
            out,
            "<details class=\"more\"><summary>{} more places</summary><ul>{list}</ul></details>",
            more.len()
        )?;
    }
    Ok(())
}

/// Writes the lines around marks; where some are left out between them, a line says so.
fn lines(
    file: FileId,
    marks: BTreeMap<usize, Vec<Mark>>,
    places: &Places,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (source, index) = places.file(file);
    let text = source.text.as_str();
    if text.is_empty() {
        return Ok(());
    }
    let last = index.line_of(text.trim_end_matches(['\n', '\r']).len());
    let around =
        |line: &usize| line.saturating_sub(CONTEXT)..=(line + CONTEXT).min(last.max(*line));
    let shown: BTreeSet<usize> = marks.keys().flat_map(around).collect();
    let mut frame = String::new();
    let mut before = None;
    for number in shown {
        if before.is_some_and(|before| before + 1 < number) {
            frame.push_str("<b>⋮</b>\n");
        }
        before = Some(number);
        let of_line = marks.get(&number).map_or(&[][..], Vec::as_slice);
        line(number, of_line, text, index, &mut frame);
    }
    writeln!(out, "<pre class=\"frame\" tabindex=\"0\">{frame}</pre>")
}

/// Adds one line with its marks, and the notes below it.
fn line(number: usize, marks: &[Mark], text: &str, index: &LineIndex, out: &mut String) {
    let bounds = line_bounds(number, text, index);
    let anchor = marks.first().map_or(bounds.0, |mark| mark.start);
    let (from, to) = window(text, bounds, anchor);
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let is_hit = marks.iter().any(|mark| mark.is_primary);
    // Writing into a String does not fail.
    let _ = write!(
        out,
        "{}<b>{}</b>",
        if is_hit { "<i>" } else { "" },
        number + 1
    );
    if from > bounds.0 {
        out.push('…');
    }
    let mut at = from;
    let mut ordered: Vec<&Mark> = marks.iter().collect();
    ordered.sort_by_key(|mark| (mark.start, !mark.is_primary));
    for mark in ordered {
        // Places may overlap; then the one that begins first is marked.
        let (start, end) = (mark.start.clamp(at, to), mark.end.clamp(at, to));
        let class = if mark.is_primary { "" } else { " class=\"r\"" };
        let _ = write!(out, "{}", Code(part(at, start)));
        if start < end {
            let _ = write!(out, "<mark{class}>{}</mark>", Code(part(start, end)));
        }
        at = end.max(start);
    }
    let _ = write!(out, "{}", Code(part(at, to)));
    if to < bounds.1 {
        out.push('…');
    }
    out.push_str(if is_hit { "</i>\n" } else { "\n" });
    for mark in marks.iter().filter(|mark| !mark.note.is_empty()) {
        let column = part(from, mark.start.clamp(from, to)).chars().count();
        let indent = " ".repeat(column.min(INDENT));
        let _ = writeln!(
            out,
            "<b></b>{indent}<small>↑ {}</small>",
            Sentence(mark.note)
        );
    }
}

/// A place as marks, one for each of its lines that is shown; the note stands below the last one.
fn marks_of<'a>(
    span: Span,
    note: &'a str,
    is_primary: bool,
    text: &str,
    index: &LineIndex,
) -> Vec<(usize, Mark<'a>)> {
    let start = (span.start as usize).min(text.len());
    let end = (span.end as usize).clamp(start, text.len());
    let first = index.line_of(start);
    // A place that ends with its line does not reach into the next one.
    let last = index.line_of(end.saturating_sub(1).max(start));
    let shown = first..=last.min(first + LINES - 1);
    let end_of = *shown.end();
    let mark = |line: usize| {
        let (from, to) = line_bounds(line, text, index);
        let from = from + indent(text.get(from..to).unwrap_or_default());
        let mark = Mark {
            start: if line == first { start.min(to) } else { from },
            end: end.min(to),
            note: if line == end_of { note } else { "" },
            is_primary,
        };
        (line, mark)
    };
    shown.map(mark).collect()
}

/// Bytes of white space at a line's beginning.
fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}
