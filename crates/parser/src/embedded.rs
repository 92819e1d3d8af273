//! Texts that hold JSON (policies, container definitions), with places inside the text.
//!
//! A text is matched with what it was written as: escapes undone, `${…}` passed over. White space is left out of the
//! comparison, since in JSON it says nothing: so folds and the indentation of heredocs need no rules of their own.

use crate::json;
use crate::recognise::is_json;
use crate::source::{FileId, Span};
use crate::tree::{Entry, Map, Node, Parsed, Symbol, Value};
use crate::yaml;
use std::borrow::Cow;
use std::collections::HashMap;

/// Stands before the number of a piece in a text that is parsed as JSON; no text that has it is looked into.
const OPEN: char = '\u{E000}';
/// Stands behind that number.
const CLOSE: char = '\u{E001}';

/// Whether it is worth a try to read a text as JSON.
pub(crate) fn may_be_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

/// The tree of a text that is a JSON object or array, complete and valid; nothing for any other text.
///
/// `text` is the scalar's decoded value, `span` its place, `source` the whole text of its file. The
/// places in the tree lie inside the scalar. Where an escape does not let them be told, they are the whole scalar's.
pub fn parse_json<'s>(text: &Cow<'s, str>, span: Span, source: &str) -> Option<Node<'s>> {
    let written = Written {
        span,
        source,
        syntax: Syntax::Scalar,
    };
    parse(text, span, &|text| Places::of(text, written))
}

/// Where a part of a scalar's text is written in its file; nothing where that cannot be told.
///
/// `text` is the scalar's decoded value, `part` a place in it, `span` the scalar's place, `source` the whole text of its file.
pub fn written_at(text: &str, part: Span, span: Span, source: &str) -> Option<Span> {
    let written = Written {
        span,
        source,
        syntax: Syntax::Scalar,
    };
    Places::of(text, written)?.place(part)
}

/// What a text says that is a document of YAML or JSON of its own, as [`parse_json`] places it.
pub(crate) fn parse_document<'s>(text: &Cow<'s, str>, span: Span, source: &str) -> Parsed<'s> {
    fn read(file: FileId, text: &str) -> Parsed<'_> {
        match is_json(text) {
            true => json::parse(file, text),
            false => yaml::parse(file, text),
        }
    }
    let mut parsed = match text {
        Cow::Borrowed(text) => read(span.file, text),
        Cow::Owned(text) => {
            let Parsed {
                documents,
                problems,
                ..
            } = read(span.file, text);
            Parsed {
                documents: documents.into_iter().map(owned).collect(),
                problems,
                ..Parsed::default()
            }
        }
    };
    let written = Written {
        span,
        source,
        syntax: Syntax::Scalar,
    };
    let places = Places::of(text, written);
    let place = |inner: Span| {
        let place = places.as_ref().and_then(|places| places.place(inner));
        place.unwrap_or(span)
    };
    for document in &mut parsed.documents {
        relocate(document, &place);
    }
    for problem in &mut parsed.problems {
        problem.span = place(problem.span);
        for (related, _) in &mut problem.related {
            *related = place(*related);
        }
    }
    parsed
}

/// The same for a text of which `places` tells where it is written; where it does not tell, all has one place.
pub(crate) fn parse<'s>(
    text: &Cow<'s, str>,
    span: Span,
    places: &dyn Fn(&str) -> Option<Places>,
) -> Option<Node<'s>> {
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
    let places = places(text);
    relocate(&mut tree, &|inner| {
        let place = places.as_ref().and_then(|places| places.place(inner));
        place.unwrap_or(span)
    });
    Some(tree)
}

/// What a text with unknown pieces says, if it is JSON whatever the pieces are: inside a string a piece is a part
/// of it, elsewhere a value of its own.
///
/// `places` is as in [`parse`]; the text that it gets has a mark for each unknown piece. `key` says how a key is shown
/// that holds a piece.
pub(crate) fn parse_pieces<'s>(
    pieces: &[Node<'s>],
    span: Span,
    places: &dyn Fn(&str) -> Option<Places>,
    key: &dyn Fn(&Node<'s>) -> Option<String>,
) -> Option<Node<'s>> {
    if !may_be_json(pieces.first()?.as_str()?) {
        return None;
    }
    let mut text = String::new();
    let (mut in_string, mut escaped) = (false, false);
    for (index, piece) in pieces.iter().enumerate() {
        match piece.as_str() {
            Some(literal) => {
                for character in literal.chars() {
                    match character {
                        OPEN | CLOSE => return None,
                        _ if escaped => escaped = false,
                        '\\' => escaped = in_string,
                        '"' => in_string = !in_string,
                        _ => {}
                    }
                }
                text.push_str(literal);
            }
            None if in_string => text.push_str(&format!("{OPEN}{index}{CLOSE}")),
            None => text.push_str(&format!("\"{OPEN}{index}{CLOSE}\"")),
        }
    }
    let mut tree = parse(&Cow::Owned(text), span, places)?;
    put_back(&mut tree, pieces, key);
    Some(tree)
}

/// Puts the pieces back into the strings of a tree.
fn put_back<'s>(
    node: &mut Node<'s>,
    pieces: &[Node<'s>],
    key: &dyn Fn(&Node<'s>) -> Option<String>,
) {
    match &mut node.value {
        Value::String(text) if text.contains(OPEN) => {
            let filled = with_pieces(text, pieces, node.span);
            node.value = filled.value;
            node.via = filled.via;
        }
        Value::List(items) => items
            .iter_mut()
            .for_each(|item| put_back(item, pieces, key)),
        Value::Map(map) => {
            put_back_keys(map, pieces, key);
            for entry in &mut map.entries {
                put_back(&mut entry.value, pieces, key);
            }
        }
        _ => {}
    }
}

/// The same for keys, which stay distinct: of those that are shown alike, the later ones are numbered.
fn put_back_keys<'s>(
    map: &mut Map<'s>,
    pieces: &[Node<'s>],
    key: &dyn Fn(&Node<'s>) -> Option<String>,
) {
    if !map.entries.iter().any(|entry| entry.key.contains(OPEN)) {
        return;
    }
    let mut shown: HashMap<String, usize> = HashMap::new();
    for entry in &mut map.entries {
        if entry.key.contains(OPEN) {
            let filled = with_pieces(&entry.key, pieces, entry.key_span);
            entry.key = Cow::Owned(key(&filled).unwrap_or_else(|| "${}".to_owned()));
        }
        let count = shown.entry(entry.key.to_string()).or_default();
        *count += 1;
        if *count > 1 {
            entry.key = Cow::Owned(format!("{} [{count}]", entry.key));
        }
    }
}

/// A text with its pieces in place of their marks; a piece alone is itself.
fn with_pieces<'s>(marked: &str, pieces: &[Node<'s>], span: Span) -> Node<'s> {
    let mut parts: Vec<Node<'s>> = Vec::new();
    for part in marked.split(OPEN) {
        // Before the first mark there is only literal text.
        let (piece, literal) = match part.split_once(CLOSE) {
            Some((number, literal)) => (number.parse().ok(), literal),
            None => (None, part),
        };
        parts.extend(piece.and_then(|index: usize| pieces.get(index)).cloned());
        if !literal.is_empty() {
            parts.push(Node::new(
                Value::String(Cow::Owned(literal.to_owned())),
                span,
            ));
        }
    }
    let via = parts.iter().find_map(|part| part.via.clone());
    let value = match parts.pop() {
        Some(only) if parts.is_empty() => only.value,
        last => {
            parts.extend(last);
            parts.iter_mut().for_each(as_part);
            Value::Symbol(Box::new(Symbol::Text(parts)))
        }
    };
    Node { value, span, via }
}

/// A document can be the value in a place, but no part of a text.
pub(crate) fn as_part(node: &mut Node<'_>) {
    if matches!(node.value, Value::List(_) | Value::Map(_) | Value::Null) {
        let why = Cow::Borrowed("a part of a text that is no text");
        node.value = Value::Symbol(Box::new(Symbol::Unknown(why)));
    }
}

/// A text in a file.
#[derive(Clone, Copy)]
pub(crate) struct Written<'t> {
    /// Its place, quotes and delimiters included.
    pub(crate) span: Span,
    /// The whole text of the file.
    pub(crate) source: &'t str,
    pub(crate) syntax: Syntax,
}

/// What the text of a [`Written`] is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// A scalar of YAML or JSON.
    Scalar,
    /// A template of HCL in quotes or as a heredoc, or in quotes in JSON: `${…}` and `%{…}` stand for something else.
    Template,
}

/// How a text is quoted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quoting {
    Double,
    Single,
    None,
}

/// Where the parts of a text are written.
pub(crate) struct Places {
    file: FileId,
    kind: Kind,
}

enum Kind {
    /// The text stands there as it is, from this offset on.
    Same(usize),
    /// The places of the bytes that are no white space: their offset in the text, and from where to where they are
    /// written. Several have one place where an escape or `${…}` stands for them.
    Bytes(Vec<(u32, Range32)>),
}

type Range32 = (u32, u32);

impl Places {
    /// Matches a text with what it was written as; nothing where that is something else, a call for example.
    pub(crate) fn of(text: &str, written: Written<'_>) -> Option<Self> {
        let whole = written.span.text(written.source);
        let (inner, quoting) = match (whole.as_bytes(), written.syntax) {
            ([b'"', .., b'"'], _) => (1..whole.len() - 1, Quoting::Double),
            ([b'\'', .., b'\''], Syntax::Scalar) => (1..whole.len() - 1, Quoting::Single),
            ([b'<', b'<', ..], Syntax::Template) => {
                let begin = whole.find('\n')? + 1;
                (begin..whole.rfind('\n')? + 1, Quoting::None)
            }
            (_, Syntax::Scalar) => (0..whole.len(), Quoting::None),
            (_, Syntax::Template) => return None,
        };
        let start = written.span.start as usize + inner.start;
        let inner = whole.get(inner)?;
        let kind = if inner == text {
            Kind::Same(start)
        } else {
            let (said, offsets) = squeezed(text);
            let literals = literals(inner, start, quoting, written.syntax)?;
            let places = align(&said, &literals)?;
            Kind::Bytes(offsets.into_iter().zip(places).collect())
        };
        let file = written.span.file;
        Some(Self { file, kind })
    }

    /// The place in the file of a place in the text.
    fn place(&self, inner: Span) -> Option<Span> {
        let (start, end) = match &self.kind {
            Kind::Same(start) => (start + inner.start as usize, start + inner.end as usize),
            Kind::Bytes(bytes) => {
                let first = bytes.partition_point(|(offset, _)| *offset < inner.start);
                let behind = bytes.partition_point(|(offset, _)| *offset < inner.end);
                let (_, (start, _)) = bytes.get(first).filter(|_| first < behind)?;
                let (_, (_, end)) = bytes.get(behind - 1)?;
                (*start as usize, *end as usize)
            }
        };
        Some(Span::new(self.file, start, end))
    }
}

const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];

/// A text without white space, and where its bytes were.
fn squeezed(text: &str) -> (String, Vec<u32>) {
    let (mut said, mut offsets) = (String::new(), Vec::new());
    for (at, character) in text.char_indices().filter(|(_, c)| !BLANK.contains(c)) {
        said.push(character);
        offsets.extend((at..at + character.len_utf8()).map(offset));
    }
    (said, offsets)
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// What is certain of a written text: its literal characters that are no white space.
#[derive(Default)]
struct Literals {
    text: String,
    /// Where the bytes of that text are written.
    places: Vec<Range32>,
    /// Between which of these bytes something else stands, and where.
    holes: Vec<(usize, Range32)>,
}

impl Literals {
    fn push(&mut self, character: char, at: usize, end: usize) {
        if !BLANK.contains(&character) {
            self.text.push(character);
            let place = (offset(at), offset(end));
            self.places
                .extend(std::iter::repeat_n(place, character.len_utf8()));
        }
    }

    /// Holes side by side are one.
    fn push_hole(&mut self, at: usize, end: usize) {
        match self.holes.last_mut() {
            Some((before, place)) if *before == self.text.len() => place.1 = offset(end),
            _ => self
                .holes
                .push((self.text.len(), (offset(at), offset(end)))),
        }
    }
}

/// Undoes escapes, and passes over what stands for something else; nothing where that cannot be done.
fn literals(inner: &str, start: usize, quoting: Quoting, syntax: Syntax) -> Option<Literals> {
    let mut literals = Literals::default();
    let is_template = syntax == Syntax::Template;
    // Where a `%{…}` stood first, and which literal came next: what it leaves out or repeats ends with the last one.
    let mut directive: Option<(usize, usize)> = None;
    let mut rest = inner;
    while let Some(character) = rest.chars().next() {
        let at = start + (inner.len() - rest.len());
        let length = match (character, rest.as_bytes().get(1..3)) {
            ('\\', _) if quoting == Quoting::Double => {
                let (decoded, length) = escape(rest)?;
                literals.push(decoded, at, at + length);
                length
            }
            ('\'', _) if quoting == Quoting::Single => {
                literals.push('\'', at, at + 2);
                2
            }
            ('$', Some(b"${")) | ('%', Some(b"%{")) if is_template => {
                literals.push(character, at, at + 2);
                literals.push('{', at + 2, at + 3);
                3
            }
            ('$' | '%', Some([b'{', _])) if is_template => {
                let length = interpolation(rest)?;
                if character == '%' {
                    let (first, before) = *directive.get_or_insert((at, literals.text.len()));
                    literals.text.truncate(before);
                    literals.places.truncate(before);
                    while literals.holes.pop_if(|(hole, _)| *hole > before).is_some() {}
                    literals.push_hole(first, at + length);
                } else {
                    literals.push_hole(at, at + length);
                }
                length
            }
            _ => {
                let length = character.len_utf8();
                literals.push(character, at, at + length);
                length
            }
        };
        rest = rest.get(length..)?;
    }
    Some(literals)
}

/// The character that an escape of JSON, YAML or HCL stands for, and its length.
fn escape(text: &str) -> Option<(char, usize)> {
    let code = |digits: std::ops::Range<usize>| {
        let digits = text.get(digits).filter(|digits| !digits.contains('+'))?;
        u32::from_str_radix(digits, 16).ok()
    };
    let short = match text.as_bytes().get(1)? {
        b'n' => '\n',
        b't' | b'\t' => '\t',
        b'r' => '\r',
        b'b' => '\u{8}',
        b'f' => '\u{C}',
        b'a' => '\u{7}',
        b'e' => '\u{1B}',
        b'v' => '\u{B}',
        b'0' => '\0',
        byte @ (b'"' | b'\\' | b'/') => char::from(*byte),
        // A line break that is folded away.
        b' ' | b'\n' | b'\r' => ' ',
        b'x' => return Some((char::from_u32(code(2..4)?)?, 4)),
        b'U' => return Some((char::from_u32(code(2..10)?)?, 10)),
        b'u' => {
            let unit = code(2..6)?;
            return match char::from_u32(unit) {
                Some(character) => Some((character, 6)),
                None => {
                    let low = code(8..12).filter(|_| text.get(6..8) == Some("\\u"))?;
                    let units = [u16::try_from(unit).ok()?, u16::try_from(low).ok()?];
                    Some((char::decode_utf16(units).next()?.ok()?, 12))
                }
            };
        }
        _ => return None,
    };
    Some((short, 2))
}

/// The length of a `${…}` or `%{…}` that a text begins with.
fn interpolation(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    // The braces and quotes that are open.
    let mut open = vec![b'{'];
    let mut at = 2;
    loop {
        let in_quotes = *open.last()? == b'"';
        match (*bytes.get(at)?, bytes.get(at + 1)) {
            (b'"', _) if in_quotes => {
                open.pop();
            }
            (b'\\', _) if in_quotes => at += 1,
            (b'$' | b'%', Some(b'{')) if in_quotes => {
                open.push(b'{');
                at += 1;
            }
            _ if in_quotes => {}
            // In JSON, quotes inside have escapes of their own.
            (b'\\', _) => return None,
            (byte @ (b'"' | b'{'), _) => open.push(byte),
            (b'}', _) => {
                open.pop();
                if open.is_empty() {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// The place of each byte of a text (without white space, with marks for what is not known), given its literals.
fn align(said: &str, literals: &Literals) -> Option<Vec<Range32>> {
    // A text that is all `${…}` is written elsewhere.
    if literals.text.is_empty() {
        return None;
    }
    let mut places = Vec::with_capacity(said.len());
    let mut begin = 0;
    let mut before: Option<Range32> = None;
    let ends = literals.holes.iter().map(|(end, hole)| (*end, Some(*hole)));
    for (end, hole) in ends.chain([(literals.text.len(), None)]) {
        let literal = &literals.text[begin..end];
        let rest = said.get(places.len()..)?;
        // What stands for a hole ends where the literal behind it begins: at the end of the text, or as soon as it can.
        let skipped = match (before, hole) {
            (None, _) => rest.starts_with(literal).then_some(0)?,
            (Some(_), None) => rest.strip_suffix(literal)?.len(),
            (Some(_), Some(_)) => {
                let mark = mark(rest);
                mark + rest.get(mark..)?.find(literal)?
            }
        };
        places.extend(std::iter::repeat_n(before.unwrap_or_default(), skipped));
        places.extend_from_slice(&literals.places[begin..end]);
        (begin, before) = (end, hole);
    }
    (places.len() == said.len()).then_some(places)
}

/// The length of the mark that a text begins with, with the quotes that [`parse_pieces`] puts around it.
fn mark(text: &str) -> usize {
    let inner = text.strip_prefix('"').unwrap_or(text);
    let quote = text.len() - inner.len();
    let end = inner
        .strip_prefix(OPEN)
        .and_then(|number| number.find(CLOSE));
    end.map_or(0, |end| {
        OPEN.len_utf8() + end + CLOSE.len_utf8() + 2 * quote
    })
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
