//! HCL, the language of `.tf`, `.tofu` and `.tfvars` files, into the syntax tree of hcl-edit, with absolute places.
//!
//! <https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md>. The library stops at the first error. So a text
//! that it refuses is split at the top level, each piece is tried alone, and the whole is read again with spaces in
//! place of the pieces that are wrong. Work stays linear, and places stay those of the file.

use crate::json::Problems;
use crate::source::{FileId, Span};
use crate::tree::Problem;
use hcl_edit::parser::{self, Error};
use hcl_edit::structure::Body;
use hcl_edit::template::{Directive, Element, HeredocTemplate, StringTemplate, Strip, Template};
use hcl_edit::visit_mut::{self, VisitMut};
use hcl_edit::{Span as _, Spanned};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

pub use crate::json::MAX_PROBLEMS;

/// Blocks, expressions and templates may be nested this deep (the library's limit); a block that has deeper ones is
/// not read.
pub const MAX_DEPTH: usize = 64;

/// An object may have so many keys; a block that holds one with more is not read. The library compares each with all
/// others: at this limit that is a tenth of a second.
pub const MAX_OBJECT_KEYS: usize = 4096;

/// So many keys that are written again are mended in one block; past them it is not read.
const MAX_REPAIRS: usize = 32;

/// What a text was read into. A broken text still yields what could be read.
#[derive(Debug, Default)]
pub struct ParsedBody {
    /// The arguments and blocks, in the order of the file.
    ///
    /// Spans in it are those of the file: see [`span_of`]. Literals in its templates say what Terraform joins: the
    /// indentation of `<<-` is off, and so is the space that `~` takes. Numbers may have lost digits: the text at
    /// their place has them all. An object may hold a key twice (`a` and `"a"`); the later counts.
    pub body: Body,
    /// Where comments stand (`#`, `//` and `/*` included), in order.
    pub comments: Vec<Span>,
    /// The top-level blocks and arguments that could not be read, in order. Each has its problem in
    /// [`problems`](Self::problems), unless there are too many.
    pub unread: Vec<Span>,
    /// What was wrong.
    pub problems: Vec<Problem>,
}

/// Reads the text of a `.tf`, `.tofu` or `.tfvars` file. A byte order mark is passed over.
///
/// There is no error: a broken text gives problems, and the blocks that could be read.
pub fn parse(file: FileId, text: &str) -> ParsedBody {
    let text = without_mark(text);
    let mut parsed = ParsedBody::default();
    let mut faults: Vec<Fault> = Vec::new();
    for token in Scanner::new(&text) {
        match token {
            Token::Comment(range) => parsed.comments.push(span(file, range)),
            Token::Fault(fault) => faults.push(fault),
            _ => {}
        }
    }
    faults.sort_by_key(|fault| fault.range.start);
    let mut problems = Problems::new(MAX_PROBLEMS);
    let body = Some(&text).filter(|_| faults.is_empty());
    let body = body.and_then(|text| parser::parse_body(text).ok());
    parsed.body =
        body.unwrap_or_else(|| recover(file, &text, &faults, &mut parsed.unread, &mut problems));
    join_literals(&mut parsed.body, &text);
    parsed.problems = problems.list;
    parsed.problems.sort_by_key(|problem| problem.span);
    parsed
}

/// Reads a text that is a template as a whole, as `templatefile` does. Spans and literals are as in [`ParsedBody`].
///
/// # Errors
/// What is wrong with it, and where.
pub fn parse_template(file: FileId, text: &str) -> Result<Template, Problem> {
    let text = without_mark(text);
    let mut template = parser::parse_template(&text).map_err(|error| {
        let at = offset(&error, &text);
        Problem::error(span(file, word_at(&text, at)), message(&error))
    })?;
    if needs_joining(&text) {
        let mut join = Join { text: &text };
        join_template(&mut template, &text, Layout::Lines);
        join.visit_template_mut(&mut template);
    }
    Ok(template)
}

/// Where a part of the tree stands. Parts that were not read from the text stand at its beginning.
pub fn span_of(file: FileId, part: &impl hcl_edit::Span) -> Span {
    span(file, part.span().unwrap_or_default())
}

fn span(file: FileId, range: Range<usize>) -> Span {
    Span::new(file, range.start, range.end)
}

/// The text with spaces in place of a byte order mark, so that places stay those of the file.
fn without_mark(text: &str) -> Cow<'_, str> {
    match text.strip_prefix('\u{FEFF}') {
        Some(rest) => Cow::Owned(format!("   {rest}")),
        None => Cow::Borrowed(text),
    }
}

/// Reads what can be read of a text that the library refuses.
fn recover(
    file: FileId,
    text: &str,
    faults: &[Fault],
    unread: &mut Vec<Span>,
    problems: &mut Problems,
) -> Body {
    let text = join_lines_of_for(text);
    let pieces = split(&text);
    let first = pieces.first().map_or(text.len(), |piece| piece.range.start);
    let mut readable = String::with_capacity(text.len());
    readable.push_str(&text[..first]);
    // Where the arguments of the top level (those of a `.tfvars` file) were set.
    let mut names: HashMap<String, Span> = HashMap::new();
    for piece in &pieces {
        let source = &text[piece.range.clone()];
        let behind = faults.partition_point(|fault| fault.range.start < piece.range.start);
        let fault = faults.get(behind);
        let result = match fault.filter(|fault| fault.range.end <= piece.range.end) {
            Some(fault) => Err(Failure::Fault(fault.clone())),
            None => read_piece(source),
        };
        let result = result.and_then(|read| {
            for (key, earlier) in read.repaired {
                problems.push(repeated_key(file, &text, piece, key, earlier));
            }
            if let Some(name) = read.body.attributes().next().map(|one| &one.key) {
                let place = span(file, within(piece, name.span().unwrap_or_default()));
                let earlier = *names.entry(name.to_string()).or_insert(place);
                if earlier != place {
                    return Err(Failure::SetTwice(place, earlier));
                }
            }
            Ok(read.source)
        });
        match result {
            Ok(source) => readable.push_str(&source),
            Err(failure) => {
                problems.push(describe(file, &text, piece, &failure));
                let length = source.trim_end().len();
                unread.push(span(file, within(piece, 0..length)));
                push_blank(&mut readable, source, true);
            }
        }
    }
    parser::parse_body(&readable).unwrap_or_else(|error| {
        // Not known to happen but for a comment that is never closed: pieces that are right make up a text that is right.
        let at = offset(&error, &readable);
        problems.push(Problem::error(
            span(file, word_at(&text, at)),
            message(&error),
        ));
        unread.push(span(file, 0..text.len()));
        Body::new()
    })
}

/// A piece that was read.
struct Read<'t> {
    body: Body,
    /// Its text, with spaces in place of keys that are written again.
    source: Cow<'t, str>,
    /// Keys of objects that are written again: the later and the earlier, in the piece.
    repaired: Vec<(Range<usize>, Range<usize>)>,
}

/// Why a piece was not read.
enum Failure {
    Library(Error),
    Fault(Fault),
    /// An argument of the top level that is set a second time, and where it was first.
    SetTwice(Span, Span),
}

/// Reads a piece alone. Of a key that an object has twice the later counts for Terraform; the library refuses it, and so
/// it gets a text without the earlier.
fn read_piece(text: &str) -> Result<Read<'_>, Failure> {
    let mut source = Cow::Borrowed(text);
    let mut repaired = Vec::new();
    loop {
        match parser::parse_body(&source) {
            Ok(body) => {
                return Ok(Read {
                    body,
                    source,
                    repaired,
                });
            }
            Err(error) if repaired.len() < MAX_REPAIRS && is_repeated_key(&error) => {
                let at = offset(&error, &source);
                let Some((key, item)) = earlier_item(&source, at) else {
                    return Err(Failure::Library(error));
                };
                repaired.push((at..at + key.len(), key));
                source = Cow::Owned(blanked(&source, &[item], true));
            }
            Err(error) => return Err(Failure::Library(error)),
        }
    }
}

fn is_repeated_key(error: &Error) -> bool {
    error.message().contains("redefined object key")
}

fn is_repeated_argument(error: &Error) -> bool {
    error.message().contains("redefined attribute")
}

fn within(piece: &Piece, range: Range<usize>) -> Range<usize> {
    piece.range.start + range.start..piece.range.start + range.end
}

fn repeated_key(
    file: FileId,
    text: &str,
    piece: &Piece,
    key: Range<usize>,
    earlier: Range<usize>,
) -> Problem {
    let place = span(file, within(piece, key));
    let message = format!(
        "the key `{}` is written again; this one counts",
        place.text(text)
    );
    Problem::warning(place, message)
        .with_related(span(file, within(piece, earlier)), "written before")
}

/// Says what is wrong with a piece.
fn describe(file: FileId, text: &str, piece: &Piece, failure: &Failure) -> Problem {
    let problem = match failure {
        Failure::Fault(fault) => Problem::error(span(file, fault.range.clone()), fault.message),
        Failure::SetTwice(place, earlier) => set_twice(*place, *earlier, text),
        Failure::Library(error) => describe_error(file, text, piece, error),
    };
    let first_line = text[piece.range.clone()].lines().next().unwrap_or_default();
    let header = first_line.trim_end_matches([' ', '\t', '{']);
    let header = span(file, piece.range.start..piece.range.start + header.len());
    if problem.span.start < header.end {
        return problem;
    }
    problem.with_related(header, "because of that, this is not read")
}

fn describe_error(file: FileId, text: &str, piece: &Piece, error: &Error) -> Problem {
    let source = &text[piece.range.clone()];
    let inner = offset(error, source);
    let at = piece.range.start + inner;
    let rest = source[inner..].trim_start_matches(['}', ' ', '\t', '\r', '\n']);
    if let Some(opener) = piece.unclosed.filter(|_| rest.is_empty()) {
        let bracket = span(file, opener..opener + 1);
        let message = format!("this `{}` is never closed", bracket.text(text));
        return Problem::error(bracket, message);
    }
    let place = span(file, word_at(text, at));
    let earlier = Some(inner).filter(|_| is_repeated_argument(error));
    let earlier = earlier.and_then(|inner| earlier_item(source, inner));
    match earlier {
        Some((earlier, _)) => set_twice(place, span(file, within(piece, earlier)), text),
        None => Problem::error(place, message(error)),
    }
}

fn set_twice(place: Span, earlier: Span, text: &str) -> Problem {
    let message = format!("the argument `{}` is set twice", place.text(text));
    Problem::error(place, message).with_related(earlier, "set before")
}

/// What the library says, in our words where its own are of parsers.
fn message(error: &Error) -> String {
    let message = error.message();
    if message.contains("nested levels") {
        return format!("nested deeper than {MAX_DEPTH} levels");
    }
    if is_repeated_argument(error) {
        return "an argument is set twice".to_owned();
    }
    if is_repeated_key(error) {
        return "too many keys are written again".to_owned();
    }
    if message.contains("chained binary operators") {
        return "more than 128 operators in one expression".to_owned();
    }
    message.to_owned()
}

/// Where the library stumbled, in the text that it was given, on a character boundary.
fn offset(error: &Error, text: &str) -> usize {
    let offset = error.location().offset().min(text.len());
    let boundary = (0..=offset).rev().find(|at| text.is_char_boundary(*at));
    boundary.unwrap_or(0)
}

/// The word or the character at an offset; nothing at the end of a line.
fn word_at(text: &str, at: usize) -> Range<usize> {
    let rest = text.get(at..).unwrap_or_default();
    let word = identifier(rest).len();
    let character = rest.chars().next().filter(|c| !matches!(c, '\n' | '\r'));
    at..at + word.max(character.map_or(0, char::len_utf8))
}

/// The identifier that a text begins with; empty where there is none.
fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !is_identifier_part(c));
    &text[..end.unwrap_or(text.len())]
}

fn is_identifier_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

/// The text with spaces in place of some ranges, which are in order; of the same length.
fn blanked(text: &str, ranges: &[Range<usize>], keep_lines: bool) -> String {
    let mut result = String::with_capacity(text.len());
    for range in ranges {
        result.push_str(&text[result.len()..range.start]);
        push_blank(&mut result, &text[range.clone()], keep_lines);
    }
    result.push_str(&text[result.len()..]);
    result
}

/// Adds as many spaces as a text has bytes.
fn push_blank(to: &mut String, text: &str, keep_lines: bool) {
    to.extend(text.bytes().map(|byte| match byte {
        b'\n' if keep_lines => '\n',
        _ => ' ',
    }));
}

/// Line breaks and comments inside the brackets of a `for` become spaces. They mean nothing there; yet the library
/// does not take a line break behind the `?` or `:` of a conditional in the braces of a `for`.
fn join_lines_of_for(text: &str) -> Cow<'_, str> {
    let mut ranges = Vec::new();
    let mut scanner = Scanner::new(text);
    while let Some(token) = scanner.next() {
        let in_for = matches!(
            scanner.frames.last(),
            Some(Frame::Bracket { is_for: true, .. })
        );
        match token {
            Token::Newline(at) if in_for => {
                let is_crlf = text[..at].ends_with('\r');
                ranges.push(at - usize::from(is_crlf)..at + 1);
            }
            Token::Comment(range) if in_for => ranges.push(range),
            _ => {}
        }
    }
    if ranges.is_empty() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(blanked(text, &ranges, false))
}

/// A stretch of the top level: a block or an argument, and what stands behind it on its lines.
struct Piece {
    range: Range<usize>,
    /// The innermost bracket that it does not close.
    unclosed: Option<usize>,
}

/// Cuts a text before every line that begins outside of all brackets, texts and comments.
fn split(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut begin = |at: usize, unclosed: Option<usize>| {
        let line = text[at..].trim_start_matches([' ', '\t']);
        let at = text.len() - line.len();
        // A brace on a line of its own belongs to the header before it.
        let is_start = !line.is_empty()
            && !line.starts_with(['\r', '\n', '#', '{'])
            && !line.starts_with("//");
        if let Some(piece) = pieces.last_mut() {
            piece.unclosed = piece.unclosed.or(unclosed);
            if is_start {
                piece.range.end = at;
            }
        }
        if is_start {
            pieces.push(Piece {
                range: at..text.len(),
                unclosed: None,
            });
        }
    };
    let mut scanner = Scanner::new(text);
    scanner.restarts = true;
    begin(0, None);
    while let Some(token) = scanner.next() {
        match token {
            Token::Newline(at) if scanner.frames.is_empty() => begin(at + 1, None),
            Token::Restart(at, unclosed) => begin(at + 1, unclosed),
            _ => {}
        }
    }
    let unclosed = scanner.innermost_bracket();
    if let Some(piece) = pieces.last_mut() {
        piece.unclosed = unclosed;
    }
    pieces
}

/// Of the item at an offset in braces: the place of the same key before it, and of that whole item.
fn earlier_item(text: &str, at: usize) -> Option<(Range<usize>, Range<usize>)> {
    // Where the items begin, for each bracket that is open.
    let mut begins: Vec<Vec<usize>> = Vec::new();
    let mut scanner = Scanner::new(text);
    while let Some(token) = scanner.next() {
        let behind = match token {
            Token::Open(offset) | Token::Newline(offset) | Token::Comma(offset) => offset + 1,
            _ => continue,
        };
        if behind > at {
            break;
        }
        begins.resize(scanner.frames.len(), Vec::new());
        if let Some(begins) = begins.last_mut() {
            if matches!(token, Token::Open(_)) {
                begins.clear();
            }
            begins.push(behind);
        }
    }
    let key = key_at(text, at)?;
    let begins = begins.last()?;
    let (number, start) = begins
        .iter()
        .enumerate()
        .rev()
        .find_map(|(number, begin)| {
            let start = *begin + text[*begin..].len() - text[*begin..].trim_start().len();
            (start < at && key_at(text, start) == Some(key)).then_some((number, start))
        })?;
    let end = begins
        .get(number + 1)
        .copied()
        .unwrap_or(at)
        .clamp(start, at);
    Some((start..start + key.len(), start..end))
}

/// What stands before the `=` or `:` of an item.
fn key_at(text: &str, at: usize) -> Option<&str> {
    let rest = text.get(at..)?;
    let key = match rest.strip_prefix('"') {
        Some(inner) => {
            let mut is_escaped = false;
            let end = inner.find(|c| {
                let is_end = (c == '"' && !is_escaped) || c == '\n';
                is_escaped = c == '\\' && !is_escaped;
                is_end
            })?;
            &rest[..end + 2]
        }
        None => {
            let end = rest.find(['=', ':', '\n'])?;
            rest[..end].trim_end()
        }
    };
    rest[key.len()..]
        .trim_start_matches([' ', '\t'])
        .starts_with(['=', ':'])
        .then_some(key)
}

/// What the scanner finds; offsets are in bytes.
enum Token {
    Comment(Range<usize>),
    /// The end of a line outside of comments, quotes and heredocs.
    Newline(usize),
    Comma(usize),
    /// A bracket, or the brace of a `${` or `%{`.
    Open(usize),
    Fault(Fault),
    /// The end of a line before the header of a block of Terraform, which closes everything: the innermost bracket that was open.
    Restart(usize, Option<usize>),
}

/// Something that the library would take, and should not.
#[derive(Clone)]
struct Fault {
    range: Range<usize>,
    message: &'static str,
}

/// What is open.
enum Frame<'t> {
    /// `(`, `[` or `{`.
    Bracket {
        opener: u8,
        at: usize,
        is_for: bool,
        /// How many items an object has so far; nothing for what is no object.
        items: Option<usize>,
    },
    /// `${` or `%{`.
    Template,
    /// A quoted text.
    Quoted(usize),
    /// A heredoc with this delimiter.
    Heredoc(&'t str),
}

/// Knows brackets, quotes, templates, heredocs and comments, and nothing else: so it can make something of a text that
/// is broken. It looks at each byte a fixed number of times.
struct Scanner<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    frames: Vec<Frame<'t>>,
    /// The last byte outside of quotes, heredocs and comments that is no space, line breaks included.
    previous: u8,
    /// Whether the header of a block in the first column closes everything.
    restarts: bool,
    /// The last line that begins with a word; filled where the first heredoc is met.
    last_lines: Option<HashMap<&'t str, usize>>,
}

impl<'t> Scanner<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
            frames: Vec::new(),
            previous: b'\n',
            restarts: false,
            last_lines: None,
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn innermost_bracket(&self) -> Option<usize> {
        self.frames.iter().rev().find_map(|frame| match frame {
            Frame::Bracket { at, .. } => Some(*at),
            _ => None,
        })
    }

    /// Up to the next token outside of quotes and heredocs, or to what opens one.
    fn code(&mut self) -> Option<Token> {
        while let Some(byte) = self.peek(0) {
            let at = self.at;
            self.at += 1;
            match (byte, self.peek(0)) {
                (b' ' | b'\t' | b'\r', _) => continue,
                (b'#', _) | (b'/', Some(b'/')) => return Some(self.line_comment(at)),
                (b'/', Some(b'*')) => {
                    let end = self.text[at + 2..].find("*/");
                    self.at = end.map_or(self.bytes.len(), |end| at + 2 + end + 2);
                    return Some(Token::Comment(at..self.at));
                }
                _ => {}
            }
            let previous = std::mem::replace(&mut self.previous, byte);
            match byte {
                b'"' => {
                    self.frames.push(Frame::Quoted(at));
                    return None;
                }
                b'<' if self.peek(0) == Some(b'<') => {
                    let Some((delimiter, begin)) = self.heredoc_at(at) else {
                        continue;
                    };
                    if self.is_closed(delimiter, begin) {
                        self.frames.push(Frame::Heredoc(delimiter));
                        self.at = begin;
                        return None;
                    }
                    // What follows may not be its text.
                    self.at = at + self.text[at..begin].trim_end().len();
                    return Some(Token::Fault(Fault {
                        range: at..self.at,
                        message: "this heredoc is never closed",
                    }));
                }
                b'\n' | b',' => return Some(self.separator(at, byte, previous)),
                b'{' | b'[' | b'(' => {
                    let is_for = byte != b'(' && begins_for(&self.text[self.at..]);
                    let items = (byte == b'{' && !is_for && self.is_object(previous)).then_some(0);
                    self.frames.push(Frame::Bracket {
                        opener: byte,
                        at,
                        is_for,
                        items,
                    });
                    return Some(Token::Open(at));
                }
                b'}' => {
                    self.close_brace();
                    return None;
                }
                b')' => self.close(b'('),
                b']' => self.close(b'['),
                _ => {}
            }
        }
        None
    }

    /// At the end of a line, or of an item.
    fn separator(&mut self, at: usize, byte: u8, previous: u8) -> Token {
        if byte == b'\n'
            && self.restarts
            && !self.frames.is_empty()
            && is_header(&self.text[self.at..])
        {
            let unclosed = self.innermost_bracket();
            self.frames.clear();
            return Token::Restart(at, unclosed);
        }
        if let Some(Frame::Bracket {
            at: opener,
            items: Some(items),
            ..
        }) = self.frames.last_mut()
            && !matches!(previous, b'\n' | b',' | b'{')
        {
            *items += 1;
            if *items == MAX_OBJECT_KEYS {
                return Token::Fault(Fault {
                    range: *opener..*opener + 1,
                    message: "an object of more keys than are read",
                });
            }
        }
        if byte == b'\n' {
            Token::Newline(at)
        } else {
            Token::Comma(at)
        }
    }

    /// Whether a brace behind this byte opens an object, and not the body of a block.
    fn is_object(&self, previous: u8) -> bool {
        let is_in_body = self.frames.last().is_none_or(|frame| {
            matches!(
                frame,
                Frame::Bracket {
                    opener: b'{',
                    is_for: false,
                    items: None,
                    ..
                }
            )
        });
        let is_word = previous.is_ascii_alphanumeric() || previous >= 0x80;
        !(is_in_body && (is_word || matches!(previous, b'_' | b'-' | b'"' | b'\n')))
    }

    fn line_comment(&mut self, start: usize) -> Token {
        let rest = &self.text[start..];
        let line = rest.find('\n').map_or(rest, |end| &rest[..end]);
        self.at = start + line.trim_end_matches('\r').len();
        Token::Comment(start..self.at)
    }

    /// Closes the innermost bracket where it is of this kind.
    fn close(&mut self, kind: u8) {
        if matches!(self.frames.last(), Some(Frame::Bracket { opener, .. }) if *opener == kind) {
            self.frames.pop();
        }
    }

    /// Closes the innermost brace, and other brackets that are open in it.
    fn close_brace(&mut self) {
        while let Some(Frame::Bracket {
            opener: b'(' | b'[',
            ..
        }) = self.frames.last()
        {
            self.frames.pop();
        }
        self.frames.pop();
    }

    /// The delimiter of a heredoc that begins here, and where its text does.
    fn heredoc_at(&self, at: usize) -> Option<(&'t str, usize)> {
        let rest = &self.text[at + 2..];
        let rest = rest.strip_prefix('-').unwrap_or(rest);
        let delimiter = identifier(rest);
        let is_named = delimiter.starts_with(|c: char| c.is_alphabetic() || c == '_');
        let behind = &rest[delimiter.len()..];
        let body = behind
            .strip_prefix("\r\n")
            .or_else(|| behind.strip_prefix('\n'))?;
        is_named.then_some((delimiter, self.text.len() - body.len()))
    }

    /// Whether a line from here on begins with a word.
    fn is_closed(&mut self, delimiter: &str, begin: usize) -> bool {
        let text = self.text;
        let last_lines = self.last_lines.get_or_insert_with(|| last_lines(text));
        last_lines.get(delimiter).is_some_and(|line| *line >= begin)
    }

    /// To the end of a quoted text, or to a template in it.
    fn quoted(&mut self, start: usize) -> Option<Token> {
        loop {
            match self.peek(0) {
                Some(b'"') => {
                    self.at += 1;
                    self.previous = b'"';
                    self.frames.pop();
                    return None;
                }
                Some(b'\n') | None => {
                    self.frames.pop();
                    let written = self.text[start..].lines().next().unwrap_or_default();
                    return Some(Token::Fault(Fault {
                        range: start..start + written.trim_end().len(),
                        message: "a quoted text ends on the line on which it begins",
                    }));
                }
                Some(b'\\') if self.peek(1) != Some(b'\n') => self.at += 2,
                Some(byte @ (b'$' | b'%')) => {
                    if let Some(token) = self.marker(byte) {
                        return Some(token);
                    }
                }
                Some(_) => self.at += 1,
            }
        }
    }

    /// To the end of a line of a heredoc, or to a template in it.
    fn heredoc(&mut self, delimiter: &str) -> Option<Token> {
        let is_line_start = self.at == 0 || self.bytes[self.at - 1] == b'\n';
        if is_line_start {
            let line = self.text[self.at..].trim_start_matches([' ', '\t']);
            if identifier(line) == delimiter {
                self.at = self.text.len() - line.len() + delimiter.len();
                self.frames.pop();
                return None;
            }
        }
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\n' => {
                    self.at += 1;
                    return None;
                }
                b'$' | b'%' => {
                    if let Some(token) = self.marker(byte) {
                        return Some(token);
                    }
                }
                _ => self.at += 1,
            }
        }
        None
    }

    /// At a `$` or `%` in a text: opens a template, or passes over it.
    fn marker(&mut self, byte: u8) -> Option<Token> {
        match (self.peek(1), self.peek(2)) {
            (Some(b'{'), _) => {
                self.at += 2;
                self.frames.push(Frame::Template);
                return Some(Token::Open(self.at - 1));
            }
            (Some(second), Some(b'{')) if second == byte => self.at += 3,
            _ => self.at += 1,
        }
        None
    }
}

impl Iterator for Scanner<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        while self.at < self.bytes.len() {
            let token = match self.frames.last() {
                Some(Frame::Quoted(start)) => self.quoted(*start),
                Some(Frame::Heredoc(delimiter)) => self.heredoc(delimiter),
                _ => self.code(),
            };
            if token.is_some() {
                return token;
            }
        }
        None
    }
}

/// The last line that begins with a word, for each word.
fn last_lines(text: &str) -> HashMap<&str, usize> {
    let mut last = HashMap::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let word = identifier(line.trim_start_matches([' ', '\t']));
        if !word.is_empty() {
            last.insert(word, start);
        }
        start += line.len();
    }
    last
}

/// Whether a text behind a bracket begins a `for`.
fn begins_for(mut text: &str) -> bool {
    text = text.trim_ascii_start();
    while text.starts_with('#') || text.starts_with("//") {
        let end = text.find('\n').unwrap_or(text.len());
        text = text[end..].trim_ascii_start();
    }
    text.strip_prefix("for")
        .is_some_and(|rest| rest.starts_with([' ', '\t', '\r', '\n', '#', '/']))
}

/// Whether a line begins as blocks of Terraform's top level do. Nested blocks are indented, and have other names.
fn is_header(line: &str) -> bool {
    let kind = identifier(line);
    let rest = line[kind.len()..].trim_start_matches([' ', '\t']);
    match kind {
        "resource" | "data" | "ephemeral" | "variable" | "output" | "module" | "provider"
        | "check" => rest.starts_with('"'),
        "locals" | "terraform" | "moved" | "import" | "removed" => rest.starts_with('{'),
        _ => false,
    }
}

/// Makes the literals of all templates say what Terraform joins. Templates that are keys of objects stay as they are
/// (the library does not let them be changed).
fn join_literals(body: &mut Body, text: &str) {
    if needs_joining(text) {
        Join { text }.visit_body_mut(body);
    }
}

fn needs_joining(text: &str) -> bool {
    text.contains("<<-") || text.contains("{~") || text.contains("~}")
}

struct Join<'t> {
    text: &'t str,
}

impl VisitMut for Join<'_> {
    fn visit_string_template_mut(&mut self, template: &mut StringTemplate) {
        join_template(template, self.text, Layout::Whole);
        visit_mut::visit_string_template_mut(self, template);
    }

    fn visit_heredoc_template_mut(&mut self, heredoc: &mut HeredocTemplate) {
        let written = self.text.get(heredoc.span().unwrap_or_default());
        let layout = if written.is_some_and(|written| written.starts_with("<<-")) {
            Layout::Indented
        } else {
            Layout::Lines
        };
        join_template(&mut heredoc.template, self.text, layout);
        visit_mut::visit_heredoc_template_mut(self, heredoc);
    }
}

/// What a template is to Terraform's scanner.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// A literal is one token.
    Whole,
    /// Each line of a literal is a token, which is what `~` takes space from.
    Lines,
    /// The same, and the common indentation is taken off.
    Indented,
}

/// A literal, or what stands between two.
enum Part<'p> {
    Literal(&'p mut Spanned<String>),
    Control(Strip),
}

/// A token of a template. What is no literal has no text.
struct TemplateToken<'p> {
    /// The number of its part.
    part: usize,
    text: &'p str,
}

/// As `flushHeredocTemplateParts` of HCL does it: first `~` takes space, from one token alone; then the common
/// indentation of the lines goes, where lines that are blank do not count and stay as they are.
fn join_template(template: &mut Template, text: &str, layout: Layout) {
    let mut parts = Vec::new();
    flatten(template, &mut parts);
    let has_strip = |part: &Part<'_>| matches!(part, Part::Control(strip) if *strip != Strip::None);
    if layout != Layout::Indented && !parts.iter().any(has_strip) {
        return;
    }
    let written: Vec<String> = parts
        .iter()
        .map(|part| match part {
            // The library has taken the indentation by other rules.
            Part::Literal(literal) if layout == Layout::Indented => {
                let written = literal.span().and_then(|range| text.get(range));
                let written = written.unwrap_or(literal.as_str());
                written.replace("$${", "${").replace("%%{", "%{")
            }
            Part::Literal(literal) => literal.to_string(),
            Part::Control(_) => String::new(),
        })
        .collect();
    let mut tokens: Vec<TemplateToken<'_>> = Vec::new();
    let mut strips: Vec<(usize, Strip)> = Vec::new();
    for (number, (part, written)) in parts.iter().zip(&written).enumerate() {
        let token = |text| TemplateToken { part: number, text };
        match part {
            Part::Control(strip) => {
                strips.push((tokens.len(), *strip));
                tokens.push(token(""));
            }
            Part::Literal(_) if layout == Layout::Whole => tokens.push(token(written)),
            Part::Literal(_) => tokens.extend(written.split_inclusive('\n').map(token)),
        }
    }
    for (at, strip) in strips {
        if matches!(strip, Strip::Start | Strip::Both) && at > 0 {
            tokens[at - 1].text = tokens[at - 1].text.trim_end();
        }
        if matches!(strip, Strip::End | Strip::Both)
            && let Some(next) = tokens.get_mut(at + 1)
        {
            next.text = next.text.trim_start();
        }
    }
    if layout == Layout::Indented {
        take_indentation(&mut tokens);
    }
    for (number, part) in parts.into_iter().enumerate() {
        if let Part::Literal(literal) = part {
            let begin = tokens.partition_point(|token| token.part < number);
            let own = tokens[begin..]
                .iter()
                .take_while(|token| token.part == number);
            *literal.value_mut() = own.map(|token| token.text).collect();
        }
    }
}

fn take_indentation(tokens: &mut [TemplateToken<'_>]) {
    let mut indentation = usize::MAX;
    let mut begins = Vec::new();
    let mut is_line_start = true;
    for (number, token) in tokens.iter().enumerate() {
        if is_line_start {
            let rest = token.text.trim_start();
            let is_blank = rest.is_empty() && token.text.ends_with('\n');
            if !is_blank {
                let space = &token.text[..token.text.len() - rest.len()];
                indentation = indentation.min(space.chars().count());
                begins.push(number);
            }
        }
        is_line_start = token.text.ends_with('\n');
    }
    for number in begins {
        let text = tokens[number].text;
        let cut = text
            .char_indices()
            .nth(indentation)
            .map_or(text.len(), |(at, _)| at);
        tokens[number].text = &text[cut..];
    }
}

/// The literals of a template and of the directives in it, in order. It is no deeper than [`MAX_DEPTH`].
fn flatten<'p>(template: &'p mut Template, parts: &mut Vec<Part<'p>>) {
    for element in template.iter_mut() {
        match element {
            Element::Literal(literal) => parts.push(Part::Literal(literal)),
            Element::Interpolation(interpolation) => parts.push(Part::Control(interpolation.strip)),
            Element::Directive(directive) => match &mut **directive {
                Directive::If(directive) => {
                    parts.push(Part::Control(directive.if_expr.strip));
                    flatten(&mut directive.if_expr.template, parts);
                    if let Some(otherwise) = &mut directive.else_expr {
                        parts.push(Part::Control(otherwise.strip));
                        flatten(&mut otherwise.template, parts);
                    }
                    parts.push(Part::Control(directive.endif_expr.strip));
                }
                Directive::For(directive) => {
                    parts.push(Part::Control(directive.for_expr.strip));
                    flatten(&mut directive.for_expr.template, parts);
                    parts.push(Part::Control(directive.endfor_expr.strip));
                }
            },
        }
    }
}
