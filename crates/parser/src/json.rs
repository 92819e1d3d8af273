//! JSON (RFC 8259) into a [`Node`] tree, with the place of every key and value.
//!
//! Strict in what it calls right, forgiving in what it reads: each mistake is a
//! [`Problem`], and reading goes on behind it. Nothing recurses, so no text can
//! overflow the stack.

use crate::source::{FileId, Span};
use crate::tree::{Entry, Level, Map, Node, Parsed, Problem, Value};
use std::borrow::Cow;
use std::collections::HashMap;

/// Objects and arrays may be nested this deep; what lies deeper is not read.
pub const MAX_DEPTH: usize = 256;

/// Reading stops after this many errors; warnings past this many are dropped.
pub const MAX_PROBLEMS: usize = 20;

/// Reads a JSON text. A byte order mark is passed over.
///
/// There is no error: a broken text gives problems, and one document with what could be read
/// (none where there is no value at all). A value that could not be read is null.
pub fn parse<'s>(file: FileId, text: &'s str) -> Parsed<'s> {
    let (root, problems) = read(file, text, MAX_PROBLEMS);
    Parsed {
        documents: root.into_iter().collect(),
        comments: Vec::new(),
        problems: problems.list,
    }
}

/// Reads a text that may be JSON; gives up at the first error.
pub(crate) fn parse_valid(file: FileId, text: &str) -> Option<Node<'_>> {
    let (root, problems) = read(file, text, 1);
    root.filter(|_| problems.errors == 0)
}

/// Reads until so many errors are found.
fn read(file: FileId, text: &str, limit: usize) -> (Option<Node<'_>>, Problems) {
    let mut reader = Reader {
        file,
        text,
        bytes: text.as_bytes(),
        at: byte_order_mark(text),
        problems: Problems::new(limit),
    };
    let root = read_document(&mut reader);
    (root, reader.problems)
}

/// The length of the byte order mark that a text begins with, in bytes.
pub(crate) fn byte_order_mark(text: &str) -> usize {
    if text.starts_with('\u{FEFF}') { 3 } else { 0 }
}

/// Problems of one text, bounded.
pub(crate) struct Problems {
    pub(crate) list: Vec<Problem>,
    limit: usize,
    errors: usize,
    warnings: usize,
}

impl Problems {
    /// None yet; so many errors, and so many warnings, are kept.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            list: Vec::new(),
            limit,
            errors: 0,
            warnings: 0,
        }
    }

    pub(crate) fn push(&mut self, problem: Problem) {
        let count = match problem.level {
            Level::Error => &mut self.errors,
            Level::Warning => &mut self.warnings,
        };
        if *count < self.limit {
            *count += 1;
            self.list.push(problem);
        }
    }

    /// Whether so many errors were found that the rest would hardly make sense.
    pub(crate) fn too_many(&self) -> bool {
        self.errors >= self.limit
    }
}

/// The entries of a mapping that is being read. Finds duplicates in constant time per key.
#[derive(Default)]
pub(crate) struct Members<'s> {
    entries: Vec<Entry<'s>>,
    /// Positions by key, kept from [`Self::INDEXED`] entries on: below that, looking at each is quicker.
    positions: Option<HashMap<Cow<'s, str>, usize>>,
}

impl<'s> Members<'s> {
    const INDEXED: usize = 16;

    /// Adds an entry. One that has the same key is replaced, with a warning.
    pub(crate) fn insert(&mut self, entry: Entry<'s>, problems: &mut Problems) {
        if let Some(position) = self.position(&entry.key) {
            let message = format!("the key `{}` is written again; this one counts", entry.key);
            let warning = Problem::warning(entry.key_span, message);
            let earlier = std::mem::replace(&mut self.entries[position], entry);
            problems.push(warning.with_related(earlier.key_span, "written before"));
            return;
        }
        if let Some(positions) = &mut self.positions {
            positions.insert(entry.key.clone(), self.entries.len());
        }
        self.entries.push(entry);
        if self.positions.is_none() && self.entries.len() >= Self::INDEXED {
            let keys = self.entries.iter().map(|entry| entry.key.clone());
            self.positions = Some(keys.zip(0..).collect());
        }
    }

    pub(crate) fn contains(&self, key: &str) -> bool {
        self.position(key).is_some()
    }

    pub(crate) fn into_map(self) -> Map<'s> {
        Map {
            entries: self.entries,
        }
    }

    fn position(&self, key: &str) -> Option<usize> {
        match &self.positions {
            Some(positions) => positions.get(key).copied(),
            None => self.entries.iter().position(|entry| entry.key == key),
        }
    }
}

/// The text, and how far it has been read.
struct Reader<'s> {
    file: FileId,
    text: &'s str,
    bytes: &'s [u8],
    at: usize,
    problems: Problems,
}

/// An object or array whose end has not been read.
struct Open<'s> {
    start: usize,
    content: Content<'s>,
}

enum Content<'s> {
    Object {
        members: Members<'s>,
        key: Option<(Cow<'s, str>, Span)>,
    },
    Array(Vec<Node<'s>>),
}

impl Content<'_> {
    fn closer(&self) -> u8 {
        match self {
            Self::Object { .. } => b'}',
            Self::Array(_) => b']',
        }
    }
}

/// What may stand next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// A member, an element or the end, just behind the opening bracket.
    First,
    /// A member or an element, behind a comma at this offset.
    Item(usize),
    Value,
    /// A comma or the end.
    Separator,
}

fn read_document<'s>(reader: &mut Reader<'s>) -> Option<Node<'s>> {
    let mut open: Vec<Open<'s>> = Vec::new();
    let mut expected = Expected::Value;
    let mut root = None;
    while !reader.problems.too_many() {
        reader.skip_space();
        let Some(byte) = reader.peek() else {
            break;
        };
        let Some(top) = open.last_mut() else {
            if root.is_some() {
                reader.error_here("unexpected text behind the end of the document");
                return root;
            }
            // The root value.
            match reader.read_value(byte, 0) {
                Read::Scalar(node) => root = Some(node),
                Read::Opened(opened) => {
                    open.push(opened);
                    expected = Expected::First;
                }
                Read::TooDeep => break,
            }
            continue;
        };
        match expected {
            Expected::First | Expected::Item(_) if byte == b'}' || byte == b']' => {
                if let Expected::Item(comma) = expected {
                    reader.error(comma, comma + 1, "a comma before the end");
                }
                close(reader, &mut open, &mut root, byte);
                expected = Expected::Separator;
            }
            Expected::First | Expected::Item(_) => {
                if let Content::Object { key, .. } = &mut top.content {
                    *key = Some(reader.read_key(byte));
                }
                expected = Expected::Value;
            }
            Expected::Value => {
                let depth = open.len();
                match reader.read_value(byte, depth) {
                    Read::Scalar(node) => {
                        attach(&mut reader.problems, open.last_mut(), &mut root, node);
                        expected = Expected::Separator;
                    }
                    Read::Opened(opened) => {
                        open.push(opened);
                        expected = Expected::First;
                    }
                    Read::TooDeep => break,
                }
            }
            Expected::Separator => match byte {
                b',' => {
                    expected = Expected::Item(reader.at);
                    reader.at += 1;
                }
                b'}' | b']' => close(reader, &mut open, &mut root, byte),
                _ => {
                    let closer = char::from(top.content.closer());
                    reader.error_here(format!("expected `,` or `{closer}`"));
                    // As if the comma were there; reading an item always moves on.
                    expected = Expected::First;
                }
            },
        }
    }
    if let Some(unclosed) = open.last()
        && reader.peek().is_none()
    {
        let bracket = reader.text.get(unclosed.start..=unclosed.start);
        let message = format!("this `{}` is never closed", bracket.unwrap_or_default());
        reader.error(unclosed.start, unclosed.start + 1, message);
    } else if root.is_none() && open.is_empty() {
        let end = reader.text.len();
        reader.error(end, end, "no value in the text");
    }
    let end = reader.at;
    while let Some(unclosed) = open.pop() {
        finish(reader, unclosed, end, open.last_mut(), &mut root);
    }
    root
}

/// What [`Reader::read_value`] found.
enum Read<'s> {
    Scalar(Node<'s>),
    Opened(Open<'s>),
    TooDeep,
}

/// Closes the innermost collection that a bracket fits; a bracket that fits none is passed over.
fn close<'s>(
    reader: &mut Reader<'s>,
    open: &mut Vec<Open<'s>>,
    root: &mut Option<Node<'s>>,
    bracket: u8,
) {
    let fitting = open
        .iter()
        .rposition(|open| open.content.closer() == bracket);
    if fitting.is_none_or(|position| position + 1 != open.len())
        && let Some(top) = open.last()
    {
        let wanted = char::from(top.content.closer());
        let opened = Span::new(reader.file, top.start, top.start + 1);
        let found = Span::new(reader.file, reader.at, reader.at + 1);
        let message = format!("expected `{wanted}`, found `{}`", char::from(bracket));
        let problem = Problem::error(found, message).with_related(opened, "to close this");
        reader.problems.push(problem);
    }
    let before = reader.at;
    reader.at += 1;
    let Some(fitting) = fitting else {
        return;
    };
    while open.len() > fitting
        && let Some(closed) = open.pop()
    {
        let end = if open.len() == fitting {
            reader.at
        } else {
            before
        };
        finish(reader, closed, end, open.last_mut(), root);
    }
}

/// Makes a node of a collection that has been read and puts it where it belongs.
fn finish<'s>(
    reader: &mut Reader<'s>,
    mut open: Open<'s>,
    end: usize,
    parent: Option<&mut Open<'s>>,
    root: &mut Option<Node<'s>>,
) {
    if let Content::Object {
        key: Some((_, key_span)),
        ..
    } = &open.content
    {
        let missing = Node::new(
            Value::Null,
            Span {
                start: key_span.end,
                ..*key_span
            },
        );
        attach(&mut reader.problems, Some(&mut open), root, missing);
    }
    let value = match open.content {
        Content::Object { members, .. } => Value::Map(members.into_map()),
        Content::Array(items) => Value::List(items),
    };
    let node = Node::new(value, Span::new(reader.file, open.start, end));
    attach(&mut reader.problems, parent, root, node);
}

/// Puts a value into the collection that it belongs to.
fn attach<'s>(
    problems: &mut Problems,
    parent: Option<&mut Open<'s>>,
    root: &mut Option<Node<'s>>,
    node: Node<'s>,
) {
    match parent.map(|parent| &mut parent.content) {
        None => *root = Some(node),
        Some(Content::Array(items)) => items.push(node),
        Some(Content::Object { members, key }) => {
            let Some((key, key_span)) = key.take() else {
                return;
            };
            let entry = Entry {
                key,
                key_span,
                value: node,
            };
            members.insert(entry, problems);
        }
    }
}

impl<'s> Reader<'s> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn error(&mut self, start: usize, end: usize, message: impl Into<String>) {
        let span = Span::new(self.file, start, end);
        self.problems.push(Problem::error(span, message));
    }

    /// An error at the next character.
    fn error_here(&mut self, message: impl Into<String>) {
        let next = self.text[self.at..].chars().next();
        self.error(self.at, self.at + next.map_or(0, char::len_utf8), message);
    }

    /// Passes over white space, and over comments, which are an error.
    fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\n' | b'\r' | b'\t' => self.at += 1,
                b'/' => {
                    let rest = &self.text[self.at..];
                    let length = if rest.starts_with("//") {
                        rest.find('\n').unwrap_or(rest.len())
                    } else if let Some(comment) = rest.strip_prefix("/*") {
                        comment.find("*/").map_or(rest.len(), |end| end + 4)
                    } else {
                        return;
                    };
                    self.error(self.at, self.at + length, "JSON has no comments");
                    self.at += length;
                }
                _ => return,
            }
        }
    }

    /// Reads a key and the colon behind it.
    fn read_key(&mut self, byte: u8) -> (Cow<'s, str>, Span) {
        let start = self.at;
        let key = if byte == b'"' {
            self.read_string()
        } else {
            let word = self.read_word();
            let end = self.at;
            self.error(start, end, "expected a key in double quotes");
            Cow::Borrowed(word)
        };
        let span = Span::new(self.file, start, self.at);
        self.skip_space();
        if self.peek() == Some(b':') {
            self.at += 1;
        } else {
            self.error_here("expected `:` behind the key");
        }
        (key, span)
    }

    /// Reads a scalar, or the bracket that opens a collection.
    fn read_value(&mut self, byte: u8, depth: usize) -> Read<'s> {
        let start = self.at;
        let value = match byte {
            b'{' | b'[' if depth == MAX_DEPTH => {
                let message = format!("nested deeper than {MAX_DEPTH} levels");
                self.error(start, start + 1, message);
                return Read::TooDeep;
            }
            b'{' => {
                self.at += 1;
                let content = Content::Object {
                    members: Members::default(),
                    key: None,
                };
                return Read::Opened(Open { start, content });
            }
            b'[' => {
                self.at += 1;
                let content = Content::Array(Vec::new());
                return Read::Opened(Open { start, content });
            }
            b'"' => Value::String(self.read_string()),
            b',' | b'}' | b']' if depth > 0 => {
                self.error(start, start + 1, "expected a value");
                Value::Null
            }
            _ => self.read_bare_value(),
        };
        Read::Scalar(Node::new(value, Span::new(self.file, start, self.at)))
    }

    /// Reads a number, `true`, `false` or `null`; any other word is an error and read as a text.
    fn read_bare_value(&mut self) -> Value<'s> {
        let start = self.at;
        let word = self.read_word();
        match word {
            "true" => return Value::Bool(true),
            "false" => return Value::Bool(false),
            "null" => return Value::Null,
            _ if is_number(word.as_bytes()) => return Value::Number(Cow::Borrowed(word)),
            _ => {}
        }
        let end = self.at;
        match word.to_ascii_lowercase().as_str() {
            correct @ ("true" | "false" | "null") => {
                self.error(
                    start,
                    end,
                    format!("`{word}` is written `{correct}` in JSON"),
                );
                match correct {
                    "null" => Value::Null,
                    _ => Value::Bool(correct == "true"),
                }
            }
            _ if word.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
                && word.parse::<f64>().is_ok() =>
            {
                self.error(start, end, format!("`{word}` is no number in JSON"));
                Value::Number(Cow::Borrowed(word))
            }
            _ => {
                self.error(start, end, "expected a value");
                Value::String(Cow::Borrowed(word))
            }
        }
    }

    /// Reads to the next delimiter, one character at least.
    fn read_word(&mut self) -> &'s str {
        let start = self.at;
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\n' | b'\r' | b'\t' | b',' | b':' | b'{' | b'}' | b'[' | b']' | b'"' => {
                    break;
                }
                _ => self.at += 1,
            }
        }
        if self.at == start && self.at < self.bytes.len() {
            // A delimiter, so a single byte.
            self.at += 1;
        }
        &self.text[start..self.at]
    }

    /// Reads a string, from its opening quote to behind its closing one.
    fn read_string(&mut self) -> Cow<'s, str> {
        let open = self.at;
        self.at += 1;
        let mut decoded: Option<String> = None;
        let mut chunk = self.at;
        loop {
            while let Some(byte) = self.peek()
                && byte >= b' '
                && byte != b'"'
                && byte != b'\\'
            {
                self.at += 1;
            }
            match self.peek() {
                Some(b'\\') => {
                    let decoded = decoded.get_or_insert_default();
                    decoded.push_str(&self.text[chunk..self.at]);
                    decoded.push(self.read_escape());
                    chunk = self.at;
                }
                // A line break ends the string: most likely only the quote was forgotten.
                None | Some(b'\n' | b'\r') => {
                    self.error(open, open + 1, "this string is never closed");
                    return self.finish_string(decoded, chunk);
                }
                Some(b'"') => {
                    let string = self.finish_string(decoded, chunk);
                    self.at += 1;
                    return string;
                }
                Some(_) => {
                    self.error_here("a control character must be escaped");
                    self.at += 1;
                }
            }
        }
    }

    fn finish_string(&self, decoded: Option<String>, chunk: usize) -> Cow<'s, str> {
        let rest = &self.text[chunk..self.at];
        match decoded {
            None => Cow::Borrowed(rest),
            Some(mut decoded) => {
                decoded.push_str(rest);
                Cow::Owned(decoded)
            }
        }
    }

    /// Reads an escape, from its backslash on. One that means nothing stands for its backslash.
    fn read_escape(&mut self) -> char {
        let start = self.at;
        self.at += 1;
        let simple = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{C}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.read_unicode_escape(start),
            _ => {
                self.error(start, self.at, "unknown escape");
                return '\\';
            }
        };
        self.at += 1;
        simple
    }

    /// Reads the rest of `\u1234`, or of a pair of them that stands for one character.
    fn read_unicode_escape(&mut self, start: usize) -> char {
        self.at += 1;
        let Some(unit) = self.read_hex() else {
            self.error(
                start,
                self.at,
                "expected four hexadecimal digits behind `\\u`",
            );
            return char::REPLACEMENT_CHARACTER;
        };
        if let Some(c) = char::from_u32(unit) {
            return c;
        }
        let behind_first = self.at;
        if unit < 0xDC00 && self.bytes[self.at..].starts_with(b"\\u") {
            self.at += 2;
            if let Some(low @ 0xDC00..=0xDFFF) = self.read_hex() {
                let scalar = 0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                return char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER);
            }
            self.at = behind_first;
        }
        self.error(start, self.at, "half of a surrogate pair");
        char::REPLACEMENT_CHARACTER
    }

    /// Reads four hexadecimal digits, or nothing.
    fn read_hex(&mut self) -> Option<u32> {
        let digits = self.bytes.get(self.at..self.at + 4)?;
        let mut unit = 0;
        for digit in digits {
            unit = unit * 16 + char::from(*digit).to_digit(16)?;
        }
        self.at += 4;
        Some(unit)
    }
}

/// Whether a word is a number by the grammar of JSON.
fn is_number(word: &[u8]) -> bool {
    let digits = |bytes: &[u8]| bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    let mut rest = word.strip_prefix(b"-").unwrap_or(word);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest[0] == b'0') {
        return false;
    }
    rest = &rest[whole..];
    if let [b'.', fraction @ ..] = rest {
        let length = digits(fraction);
        if length == 0 {
            return false;
        }
        rest = &fraction[length..];
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let exponent = match exponent {
            [b'+' | b'-', unsigned @ ..] => unsigned,
            _ => exponent,
        };
        let length = digits(exponent);
        if length == 0 {
            return false;
        }
        rest = &exponent[length..];
    }
    rest.is_empty()
}
