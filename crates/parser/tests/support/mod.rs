//! What the tests of the text formats share.

#![allow(dead_code, reason = "each test file uses a part")]

use pillarlint_parser::source::{FileId, Span};
use pillarlint_parser::tree::{Map, Node, Parsed, Value};
use std::borrow::Cow;

/// The one file of a test.
pub(crate) const FILE: FileId = FileId(0);

/// A tree in short: `{key: "text", key: 1, key: [true, null]}`.
pub(crate) fn show(node: &Node<'_>) -> String {
    let list = |items: Vec<String>| items.join(", ");
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(text) => text.to_string(),
        Value::String(text) => format!("{text:?}"),
        Value::List(items) => format!("[{}]", list(items.iter().map(show).collect())),
        Value::Map(Map { entries }) => {
            let entry = |(key, value): (&str, &Node<'_>)| format!("{key}: {}", show(value));
            let entries = entries.iter().map(|e| entry((&e.key, &e.value)));
            format!("{{{}}}", list(entries.collect()))
        }
        Value::Json(_) | Value::Symbol(_) => "?".to_owned(),
    }
}

/// All documents in short, and behind them the problems: `level place message`.
pub(crate) fn show_parsed(parsed: &Parsed<'_>, text: &str) -> String {
    let documents = parsed.documents.iter().map(show);
    let problems = parsed.problems.iter().map(|problem| {
        let place = problem.span.text(text);
        format!("{:?} at {place:?}: {}", problem.level, problem.message)
    });
    documents.chain(problems).collect::<Vec<_>>().join("\n")
}

/// Every node and key of a tree with its place, parents first.
pub(crate) fn walk<'n>(node: &'n Node<'n>, visit: &mut impl FnMut(&'n Node<'n>, Option<Span>)) {
    visit(node, None);
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| walk(item, visit)),
        Value::Map(map) => {
            for entry in &map.entries {
                visit(&entry.value, Some(entry.key_span));
                walk(&entry.value, visit);
            }
        }
        _ => {}
    }
}

/// Asserts that every place fits the text and its parent's place.
pub(crate) fn check_places(parsed: &Parsed<'_>, text: &str) {
    let fits = |span: Span| {
        let range = span.start as usize..span.end as usize;
        assert!(text.get(range).is_some(), "{span:?} does not fit {text:?}");
    };
    for problem in &parsed.problems {
        fits(problem.span);
        problem.related.iter().for_each(|(span, _)| fits(*span));
    }
    for comment in &parsed.comments {
        fits(*comment);
        assert!(
            comment.text(text).starts_with('#'),
            "{comment:?} in {text:?}"
        );
    }
    // What comes over an alias or a merge key keeps the place where it is written.
    let has_aliases = text.contains('*');
    let inside = |outer: Span, inner: Span| {
        let inside = outer.start <= inner.start && inner.end <= outer.end;
        assert!(
            inside || has_aliases,
            "{inner:?} is not in {outer:?} of {text:?}"
        );
    };
    for document in &parsed.documents {
        walk(document, &mut |node, key| {
            fits(node.span);
            key.into_iter().for_each(fits);
            match &node.value {
                Value::List(items) => items.iter().for_each(|item| inside(node.span, item.span)),
                Value::Map(map) => map.entries.iter().for_each(|entry| {
                    inside(node.span, entry.key_span);
                    inside(node.span, entry.value.span);
                }),
                _ => {}
            }
        });
    }
}

/// What is written at a scalar's place, decoded in the plainest way there is: every style that its
/// first character allows.
pub(crate) fn readings(written: &str, column: usize) -> Vec<String> {
    let mut readings = vec![written.to_owned()];
    if let Some(inner) = quoted(written, '"') {
        readings.extend(double_quoted(inner));
    }
    if let Some(inner) = quoted(written, '\'') {
        readings.push(inner.replace("''", "'"));
    }
    // A literal block, without the line breaks around it.
    let lines = written.split('\n').enumerate().map(|(number, line)| {
        let indented = line.len() - line.trim_start_matches(' ').len();
        let indentation = if number == 0 { 0 } else { column.min(indented) };
        line[indentation..].trim_end_matches('\r')
    });
    readings.push(lines.collect::<Vec<_>>().join("\n"));
    readings
}

fn quoted(written: &str, quote: char) -> Option<&str> {
    written.strip_prefix(quote)?.strip_suffix(quote)
}

fn double_quoted(inner: &str) -> Option<String> {
    let mut decoded = String::new();
    let mut units = Vec::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        let escape = if c == '\\' { chars.next() } else { None };
        let c = match escape {
            None => c,
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some('b') => '\u{8}',
            Some('f') => '\u{C}',
            Some('u') => {
                let digits: String = chars.by_ref().take(4).collect();
                units.push(u16::from_str_radix(&digits, 16).ok()?);
                match String::from_utf16(&units) {
                    Ok(text) => decoded.push_str(&text),
                    Err(_) => continue,
                }
                units.clear();
                continue;
            }
            Some(other) => other,
        };
        decoded.push(c);
    }
    Some(decoded)
}

/// Asserts that what is written at every scalar's place decodes to its value.
pub(crate) fn check_scalars(parsed: &Parsed<'_>, text: &str) {
    for document in &parsed.documents {
        walk(document, &mut |node, _| {
            let value: Cow<'_, str> = match &node.value {
                Value::String(value) | Value::Number(value) => Cow::Borrowed(value),
                _ => return,
            };
            let start = node.span.start as usize;
            let column = start - text[..start].rfind('\n').map_or(0, |newline| newline + 1);
            let written = node.span.text(text);
            let readings = readings(written, column);
            let blank = |text: &str| text.trim_matches('\n').to_owned();
            assert!(
                readings
                    .iter()
                    .any(|reading| *reading == value || blank(reading) == blank(&value)),
                "{written:?} is not {value:?} in {text:?}"
            );
        });
    }
}

/// An edit of a text: what is at a place (a share of its length, in 1/65536) is replaced.
pub(crate) type Edit = (u16, u8, usize);

/// What edits put in: what the grammars are made of.
pub(crate) const INSERTIONS: [&str; 32] = [
    "", ":", ": ", "- ", "[", "]", "{", "}", "\"", "'", "\\", "|\n", ">-\n", "&a ", "*a", "!Sub ",
    "!!str ", "# c\n", "%", "\n", "\t", " ", ",", "? ", "---\n", "é", "\u{FEFF}", "\r\n",
    "<<: *a\n", "0", "\\u12", "😀",
];

/// Applies edits one after the other.
pub(crate) fn edited(text: &str, edits: &[Edit]) -> String {
    let mut text = text.to_owned();
    for (place, length, insertion) in edits {
        let boundary = |at: usize| {
            (0..=at.min(text.len()))
                .rev()
                .find(|at| text.is_char_boundary(*at))
        };
        let at = boundary(text.len() * usize::from(*place) / 65536).unwrap_or(0);
        let end = boundary(at + usize::from(*length % 8)).unwrap_or(at);
        text.replace_range(at..end.max(at), INSERTIONS[insertion % INSERTIONS.len()]);
    }
    text
}
