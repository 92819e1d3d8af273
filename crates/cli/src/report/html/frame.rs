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

#[cfg(test)]
mod tests {
    use super::*;
    use pillarlint_parser::source::{SourceFile, SourceMap};

    /// The frames of a place, and of places with notes, each named by its text and file.
    #[track_caller]
    fn check(files: &[&str], place: &str, related: &[(usize, &str)], expected: &str) {
        let file = |(at, text): (usize, &&str)| SourceFile {
            path: format!("{at}.yaml"),
            text: (*text).to_owned(),
        };
        let sources = SourceMap {
            files: files.iter().enumerate().map(file).collect(),
        };
        let span = |file: usize, part: &str| {
            let start = files[file].find(part).expect("it is there");
            Span::new(FileId(file as u32), start, start + part.len())
        };
        let related: Vec<(Span, String)> = related
            .iter()
            .map(|(file, part)| (span(*file, part), format!("is `{part}`")))
            .collect();
        let mut out = Vec::new();
        write(span(0, place), &related, &Places::new(&sources), &mut out).expect("it is memory");
        assert_eq!(String::from_utf8(out).expect("it is text"), expected);
    }

    #[test]
    fn places_are_marked() {
        check(
            &["a: <1>\nb:\n  - 2\n  - 3\n"],
            "<1>",
            &[],
            "<pre class=\"frame\" tabindex=\"0\"><i><b>1</b>a: <mark>&lt;1&gt;</mark></i>\n<b>2</b>b:\n<b>3</b>  - 2\n</pre>\n",
        );
        // On several lines, without what they are indented by.
        check(
            &["b:\n  - 2\n  - 3\n"],
            "- 2\n  - 3\n",
            &[],
            "<pre class=\"frame\" tabindex=\"0\"><b>1</b>b:\n<i><b>2</b>  <mark>- 2</mark></i>\n<i><b>3</b>  <mark>- 3</mark></i>\n</pre>\n",
        );
        // Overlapping places are marked once each, as far as they are free.
        check(
            &["a: {b: c}\n"],
            "{b: c}",
            &[(0, "b: c")],
            "<pre class=\"frame\" tabindex=\"0\"><i><b>1</b>a: <mark>{b: c}</mark></i>\n<b></b>    <small>↑ is <code>b: c</code></small>\n</pre>\n",
        );
    }

    #[test]
    fn lines_between_places_are_left_out() {
        check(
            &["a: 1\n2\n3\n4\n5\n6\n7\nb: 8"],
            "b: 8",
            &[(0, "a: 1")],
            "<pre class=\"frame\" tabindex=\"0\"><b>1</b><mark class=\"r\">a: 1</mark>\n<b></b><small>↑ is <code>a: 1</code></small>\n\
             <b>2</b>2\n<b>3</b>3\n<b>⋮</b>\n<b>6</b>6\n<b>7</b>7\n<i><b>8</b><mark>b: 8</mark></i>\n</pre>\n",
        );
    }

    #[test]
    fn places_in_other_files_have_frames_of_their_own() {
        check(
            &["x", "y: z"],
            "x",
            &[(1, "z")],
            "<pre class=\"frame\" tabindex=\"0\"><i><b>1</b><mark>x</mark></i>\n</pre>\n<p class=\"from\">1.yaml:1:4</p>\n\
             <pre class=\"frame\" tabindex=\"0\"><b>1</b>y: <mark class=\"r\">z</mark>\n<b></b>   <small>↑ is <code>z</code></small>\n</pre>\n",
        );
    }

    #[test]
    fn long_lines_are_shown_in_part() {
        let line = format!("{}here{}", "é".repeat(200), "b".repeat(300));
        let (before, after) = ("é".repeat(60), "b".repeat(116));
        check(
            &[&line],
            "here",
            &[],
            &format!(
                "<pre class=\"frame\" tabindex=\"0\"><i><b>1</b>…{before}<mark>here</mark>{after}…</i>\n</pre>\n"
            ),
        );
    }
}
