//! Texts that hold JSON (policies, container definitions), with places inside the text.

use crate::json;
use crate::source::Span;
use crate::tree::{Entry, Map, Node, Value};
use std::borrow::Cow;

/// The tree of a text that is a JSON object or array, complete and valid; nothing for any other text.
///
/// `text` is the scalar's decoded value, `span` its place, `source` the whole text of its file. The
/// places in the tree lie inside the scalar. Where an escape or a fold does not let them be
/// told, they are the whole scalar's.
pub fn parse_json<'s>(text: &Cow<'s, str>, span: Span, source: &str) -> Option<Node<'s>> {
    let trimmed = text.trim();
    let is_candidate = trimmed.starts_with('{') && trimmed.ends_with('}')
        || trimmed.starts_with('[') && trimmed.ends_with(']');
    if !is_candidate {
        return None;
    }
    let mut tree = match text {
        Cow::Borrowed(text) => json::parse_valid(span.file, text)?,
        Cow::Owned(text) => owned(json::parse_valid(span.file, text)?),
    };
    let pieces = pieces(text, span, source).unwrap_or_default();
    relocate(&mut tree, &|inner| place(&pieces, inner).unwrap_or(span));
    Some(tree)
}

/// A stretch of the decoded text, and what it was written as.
struct Piece {
    /// Where it begins in the decoded text.
    text: usize,
    text_length: usize,
    /// Where it begins in the file.
    source: usize,
    /// As `text_length`, but for an escape.
    source_length: usize,
}

/// The place in the file of a place in the decoded text.
fn place(pieces: &[Piece], inner: Span) -> Option<Span> {
    let piece = |offset: usize| {
        let behind = pieces.partition_point(|piece| piece.text <= offset);
        let piece = pieces.get(behind.checked_sub(1)?)?;
        (offset < piece.text + piece.text_length).then_some(piece)
    };
    let first = inner.start as usize;
    let last = (inner.end as usize).checked_sub(1)?;
    let (begin, end) = (piece(first)?, piece(last)?);
    let is_escape = |piece: &Piece| piece.text_length != piece.source_length;
    let start = if is_escape(begin) {
        begin.source
    } else {
        begin.source + (first - begin.text)
    };
    let end = if is_escape(end) {
        end.source + end.source_length
    } else {
        end.source + (last + 1 - end.text)
    };
    Some(Span::new(inner.file, start, end))
}

/// Matches a decoded text with what it was written as.
fn pieces(text: &str, span: Span, source: &str) -> Option<Vec<Piece>> {
    let written = span.text(source);
    let start = span.start as usize;
    if written == text {
        return Some(vec![Piece {
            text: 0,
            text_length: text.len(),
            source: start,
            source_length: text.len(),
        }]);
    }
    match written.as_bytes() {
        [b'"', .., b'"'] => quoted_pieces(text, written, start, '\\'),
        [b'\'', .., b'\''] => quoted_pieces(text, written, start, '\''),
        _ => block_pieces(text, written, start),
    }
}

/// For a quoted scalar on one line: stretches between escapes, and the escapes.
fn quoted_pieces(text: &str, written: &str, start: usize, escape: char) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = &written[1..written.len() - 1];
    let mut at = 0;
    let mut push = |length: usize, rest: &mut &str, source_length: usize| {
        let source = start + written.len() - 1 - rest.len();
        pieces.push(Piece {
            text: at,
            text_length: length,
            source,
            source_length,
        });
        at += length;
        *rest = rest.get(source_length..)?;
        Some(at)
    };
    let mut decoded = 0;
    while !rest.is_empty() {
        let stretch = rest.find(escape).unwrap_or(rest.len());
        if stretch > 0 {
            // A line break in the scalar is folded, and so differs.
            if !text[decoded..].starts_with(&rest[..stretch]) {
                return None;
            }
            decoded = push(stretch, &mut rest, stretch)?;
            continue;
        }
        let character = text[decoded..].chars().next()?;
        let source_length = match rest.as_bytes().get(1)? {
            b'x' => 4,
            b'u' if character.len_utf16() == 2 => 12,
            b'u' => 6,
            b'U' => 10,
            b'\n' | b'\r' => return None,
            _ => 2,
        };
        decoded = push(character.len_utf8(), &mut rest, source_length)?;
    }
    (decoded == text.len()).then_some(pieces)
}

/// For a block scalar: its lines without the space around them, which in JSON says nothing. So the
/// lines of a folded one match as well.
fn block_pieces(text: &str, written: &str, start: usize) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut decoded = 0;
    let mut source = start;
    let blank = [' ', '\t', '\r', '\n'];
    for line in written.split_inclusive('\n') {
        let content = line.trim_matches(blank);
        if !content.is_empty() {
            let rest = &text[decoded..];
            decoded += rest.len() - rest.trim_start_matches(blank).len();
            if !text[decoded..].starts_with(content) {
                return None;
            }
            pieces.push(Piece {
                text: decoded,
                text_length: content.len(),
                source: source + (line.len() - line.trim_start_matches(blank).len()),
                source_length: content.len(),
            });
            decoded += content.len();
        }
        source += line.len();
    }
    Some(pieces)
}

/// Moves every place of a tree. The tree is no deeper than [`json::MAX_DEPTH`].
fn relocate(node: &mut Node<'_>, place: &impl Fn(Span) -> Span) {
    node.span = place(node.span);
    match &mut node.value {
        Value::Map(map) => {
            for entry in &mut map.entries {
                entry.key_span = place(entry.key_span);
                relocate(&mut entry.value, place);
            }
        }
        Value::List(items) => {
            for item in items {
                relocate(item, place);
            }
        }
        _ => {}
    }
}

/// A tree that borrows nothing, of a tree as JSON gives it.
fn owned<'t>(node: Node<'_>) -> Node<'t> {
    let value = match node.value {
        Value::Bool(value) => Value::Bool(value),
        Value::Number(text) => Value::Number(Cow::Owned(text.into_owned())),
        Value::String(text) => Value::String(Cow::Owned(text.into_owned())),
        Value::List(items) => Value::List(items.into_iter().map(owned).collect()),
        Value::Map(map) => {
            let entries = map.entries.into_iter().map(|entry| Entry {
                key: Cow::Owned(entry.key.into_owned()),
                key_span: entry.key_span,
                value: owned(entry.value),
            });
            Value::Map(Map {
                entries: entries.collect(),
            })
        }
        // JSON gives nothing else.
        Value::Null | Value::Json(_) | Value::Symbol(_) => Value::Null,
    };
    Node::new(value, node.span)
}
