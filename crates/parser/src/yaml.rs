//! YAML into [`Node`] trees, with the place of every key and value.
//!
//! The events come from granit-parser; what its spans and values leave open is settled
//! here: types, tags, anchors, merge keys, duplicate keys, and going on behind an error.
//!
//! Types are those of YAML 1.1, as CloudFormation reads it (`yes` is a boolean), but dates,
//! sexagesimal numbers and `.inf` stay texts. A local tag (`!Sub x`) becomes a mapping with the
//! one key `!Sub`.

use crate::json::{MAX_PROBLEMS, Members, Problems, byte_order_mark};
use crate::source::{FileId, Span};
use crate::tree::{Entry, Map, Node, Parsed, Problem, Value};
use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StructureStyle, Tag};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

pub use crate::json::MAX_DEPTH;

/// Aliases and anchors may copy this much in one file, counted in nodes (long texts count for more).
pub const MAX_ALIAS_NODES: usize = 100_000;

/// Bytes of copied text that count as one node.
const BYTES_PER_NODE: usize = 64;

/// Reads a YAML stream. A byte order mark is passed over.
///
/// There is no error: a broken text gives problems, and documents with what could be read. Behind
/// an error, reading goes on at the next key of a mapping around it, else at the next document.
/// A value that could not be read is null.
pub fn parse<'s>(file: FileId, text: &'s str) -> Parsed<'s> {
    let mut builder = Builder {
        file,
        text,
        open: Vec::new(),
        depth: 0,
        adopted: None,
        last: 0,
        anchors: HashMap::new(),
        anchor_names: HashMap::new(),
        next_anchor: 1,
        copied: 0,
        documents: Vec::new(),
        comments: Vec::new(),
        problems: Problems::new(MAX_PROBLEMS),
    };
    let mut segment = Some(byte_order_mark(text)..text.len());
    while let Some(range) = segment {
        let search = match read_segment(&mut builder, range.clone()) {
            Ok(()) => range.end,
            Err(problem) => {
                builder.problems.push(problem);
                next_line(text, builder.last.max(range.start))
            }
        };
        segment = if builder.problems.too_many() {
            None
        } else {
            next_segment(&mut builder, search)
        };
    }
    builder.close_to(0);
    // What was read ahead of an error is read again behind it.
    builder.comments.sort_unstable();
    builder.comments.dedup();
    Parsed {
        documents: builder.documents,
        comments: builder.comments,
        problems: builder.problems.list,
    }
}

/// The trees that are being built from events.
struct Builder<'s> {
    file: FileId,
    text: &'s str,
    /// Collections whose end has not been read, outermost first.
    open: Vec<Open<'s>>,
    /// Levels of nesting that `open` amounts to; a tag is a level too.
    depth: usize,
    /// Behind an error: how many collections of `open` go on in the segment that is read.
    adopted: Option<Adopted>,
    /// Where the content that was read last ends.
    last: usize,
    anchors: HashMap<usize, Anchored<'s>>,
    /// The anchors' ids by name, for aliases behind an error.
    anchor_names: HashMap<Cow<'s, str>, usize>,
    next_anchor: usize,
    /// How much of [`MAX_ALIAS_NODES`] is spent.
    copied: usize,
    documents: Vec<Node<'s>>,
    comments: Vec<Span>,
    problems: Problems,
}

/// Collections that were open at an error and go on behind it.
#[derive(Clone, Copy)]
struct Adopted {
    count: usize,
    /// Whether the start of the mapping that goes on was seen.
    begun: bool,
}

/// A collection whose end has not been read.
struct Open<'s> {
    content: Content<'s>,
    start: usize,
    /// The end of its last child.
    end: usize,
    /// For block mappings: bytes between the line's start and its first key.
    column: Option<usize>,
    tag: Option<LocalTag<'s>>,
    anchor: usize,
}

enum Content<'s> {
    List(Vec<Node<'s>>),
    Map {
        members: Members<'s>,
        key: Option<(Cow<'s, str>, Span)>,
        merged: Vec<Entry<'s>>,
    },
}

/// A tag that becomes a key, and its place.
type LocalTag<'s> = (Cow<'s, str>, Span);

/// A node that aliases may copy.
struct Anchored<'s> {
    node: Node<'s>,
    size: Size,
}

/// What copying a tree costs.
#[derive(Clone, Copy)]
struct Size {
    nodes: usize,
    depth: usize,
}

/// Reads a part of the text: all of it, or what lies behind an error.
fn read_segment<'s>(builder: &mut Builder<'s>, range: Range<usize>) -> Result<(), Problem> {
    let text = builder.text;
    let options = granit_parser::options! {
        // As all other readers have it.
        block_scalar_eof_without_line_feed: true,
        // Reported here, so that one misspelt alias does not cost the document.
        emit_unresolved_aliases: true,
        emit_anchor_events: true,
        // The buffer is bounded by the file; a hundred lines may well be commented out.
        max_buffered_comment_events: usize::MAX,
    };
    let mut parser = Parser::new_from_str_with_options(&text[range.clone()], options);
    parser.set_anchor_offset(builder.next_anchor);
    builder.last = range.start;
    let result = loop {
        match parser.next_event() {
            None => break Ok(()),
            Some(Ok((event, span))) => {
                let place = Place {
                    content: builder.span(&span, range.start),
                    tag: span.tag_span().map(|tag| builder.span(&tag, range.start)),
                };
                match builder.event(event, place) {
                    Ok(true) => {}
                    Ok(false) => break Ok(()),
                    Err(problem) => break Err(problem),
                }
            }
            Some(Err(error)) => {
                break Err(explain(builder, &error, range.start));
            }
        }
    };
    builder.next_anchor = parser.anchor_offset().max(builder.next_anchor);
    result
}

/// A syntax error, in words for people who do not know the grammar.
fn explain(builder: &Builder<'_>, error: &ScanError, base: usize) -> Problem {
    let marker = error.marker();
    let mut at = base + marker.byte_offset().unwrap_or(marker.index());
    let message = match error.kind() {
        ErrorKind::TabInPlainScalar | ErrorKind::TabInBlockIndentation => {
            // The place given is near the tab only.
            at = indenting_tab(builder.text, at).unwrap_or(at);
            "a tab cannot indent; use spaces".to_owned()
        }
        ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => {
            "this quote is never closed".to_owned()
        }
        ErrorKind::ExpectedBlockMappingKey => {
            "expected a key of the mapping around this; the indentation may be wrong".to_owned()
        }
        ErrorKind::ExpectedBlockSequenceEntry => {
            "expected an element (`- `) of the list around this; the indentation may be wrong"
                .to_owned()
        }
        ErrorKind::MappingValueNotAllowed => {
            "no `key: value` can stand here; a text with `: ` in it needs quotes".to_owned()
        }
        ErrorKind::ExpectedFlowMappingSeparator => {
            "expected `,` or `}` here; between braces, a text with one of `[]{},` in it needs quotes".to_owned()
        }
        ErrorKind::ExpectedFlowSequenceSeparator => {
            "expected `,` or `]` here; between brackets, a text with one of `[]{},` in it needs quotes".to_owned()
        }
        ErrorKind::UnexpectedCharacter { character } => {
            format!("a text that begins with `{character}` needs quotes")
        }
        ErrorKind::MissingAnchorOrAliasName => {
            "expected a name behind `*` or `&`; a text that begins so needs quotes".to_owned()
        }
        ErrorKind::RecursionLimitExceeded => too_deep(),
        ErrorKind::SimpleKeyExpected => "expected `:` behind this key".to_owned(),
        _ => error.info(),
    };
    Problem::error(builder.character(at), message)
}

fn too_deep() -> String {
    format!("nested deeper than {MAX_DEPTH} levels")
}

/// The tab that the line of an offset, or one of the next few, is indented with.
fn indenting_tab(text: &str, at: usize) -> Option<usize> {
    let before = text.get(..at)?;
    let mut start = before.rfind('\n').map_or(0, |newline| newline + 1);
    for line in text[start..].split_inclusive('\n').take(3) {
        let indentation = &line[..line.len() - line.trim_start().len()];
        if let Some(tab) = indentation.find('\t') {
            return Some(start + tab);
        }
        start += line.len();
    }
    None
}

/// The start of the line behind an offset.
fn next_line(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    let newline = rest.iter().position(|byte| *byte == b'\n');
    newline.map_or(text.len(), |newline| at + newline + 1)
}

/// Finds where reading can go on, from the start of a line on: at a key of a mapping that is open,
/// or at the next document. Closes what does not go on.
fn next_segment(builder: &mut Builder<'_>, from: usize) -> Option<Range<usize>> {
    let text = builder.text;
    let mut start = from;
    while start < text.len() {
        let next = next_line(text, start);
        let line = &text[start..next];
        if is_marker(line) {
            builder.close_to(0);
            let begin = if line.starts_with("...") { next } else { start };
            return Some(begin..text.len());
        }
        let column = indent(line);
        let mapping = builder
            .open
            .iter()
            .rposition(|open| open.column == Some(column));
        if let Some(mapping) = mapping
            && begins_with_key(&line[column..])
        {
            builder.close_to(mapping + 1);
            builder.drop_key();
            builder.adopted = Some(Adopted {
                count: mapping + 1,
                begun: false,
            });
            let mut end = next;
            while end < text.len() {
                let next = next_line(text, end);
                let line = &text[end..next];
                let content = line.trim();
                if is_marker(line)
                    || (indent(line) < column && !content.is_empty() && !content.starts_with('#'))
                {
                    break;
                }
                end = next;
            }
            return Some(start..end);
        }
        start = next;
    }
    None
}

/// Whether a line separates documents.
fn is_marker(line: &str) -> bool {
    let behind = line.strip_prefix("---").or(line.strip_prefix("..."));
    behind.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}

/// Spaces that a line begins with.
fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Whether a line, without its indentation, looks like `key: …`.
fn begins_with_key(line: &str) -> bool {
    let behind = match line.chars().next() {
        Some(quote @ ('"' | '\'')) => line[1..].split_once(quote).map(|(_, rest)| rest),
        Some(first) if first.is_alphanumeric() || first == '_' => {
            line.find(": ")
                .or(line.find(":\n"))
                .or(line.find(":\r"))
                .or(
                    // The last line may lack its newline.
                    line.strip_suffix(':').map(str::len),
                )
                .map(|colon| &line[colon..])
        }
        _ => None,
    };
    behind.is_some_and(|rest| rest.trim_start().starts_with(':'))
}

/// Where an event stands, in the whole text.
#[derive(Clone, Copy)]
struct Place {
    content: Span,
    tag: Option<Span>,
}

impl<'s> Builder<'s> {
    /// A place in the whole text, from one in a part of it that begins at `base`.
    fn span(&self, span: &granit_parser::Span, base: usize) -> Span {
        let offset =
            |marker: &granit_parser::Marker| base + marker.byte_offset().unwrap_or(marker.index());
        Span::new(self.file, offset(&span.start), offset(&span.end))
    }

    /// The place of the character at an offset; empty at the end of the text.
    fn character(&self, at: usize) -> Span {
        let at = (0..=at.min(self.text.len()))
            .rev()
            .find(|at| self.text.is_char_boundary(*at));
        let at = at.unwrap_or(0);
        let length = self.text[at..].chars().next().map_or(0, char::len_utf8);
        Span::new(self.file, at, at + length)
    }

    /// Takes in an event; `false` where the segment is not what it was taken for.
    fn event(&mut self, event: Event<'s>, place: Place) -> Result<bool, Problem> {
        let span = place.content;
        let at_adopted = self
            .adopted
            .is_some_and(|adopted| adopted.count == self.open.len());
        match event {
            Event::DocumentStart(..) if self.adopted.is_none() => {
                self.anchors.clear();
                self.anchor_names.clear();
            }
            Event::MappingStart(StructureStyle::Block, _, None)
                if at_adopted && self.adopted.is_some_and(|adopted| !adopted.begun) =>
            {
                self.adopted = self.adopted.map(|adopted| Adopted {
                    begun: true,
                    ..adopted
                });
            }
            Event::MappingEnd if at_adopted => {
                self.adopted = None;
                return Ok(false);
            }
            Event::Alias(..)
            | Event::UnresolvedAlias(..)
            | Event::Scalar(..)
            | Event::SequenceStart(..)
            | Event::MappingStart(..)
                if self.adopted.is_some_and(|adopted| !adopted.begun) =>
            {
                self.adopted = None;
                return Ok(false);
            }
            Event::Alias(id) => {
                let node = self.copy(id, span);
                self.last = span.end as usize;
                self.attach(node);
            }
            Event::UnresolvedAlias(name) => {
                let known = self.anchor_names.get(&name).copied();
                let node = match known {
                    Some(id) => self.copy(id, span),
                    None => {
                        let message = format!("no anchor `&{name}` before this alias");
                        self.problems.push(Problem::error(span, message));
                        Node::new(Value::Null, span)
                    }
                };
                self.last = span.end as usize;
                self.attach(node);
            }
            Event::Anchor(id, name) => {
                self.anchor_names.insert(name, id);
            }
            Event::Comment(..) => self.comments.push(span),
            Event::Scalar(text, style, anchor, tag) => {
                let local = self.local_tag(tag.as_deref(), place);
                if local.is_some() {
                    self.check_depth(1, span)?;
                }
                let span = self.scalar_span(style, place);
                let value = scalar(text, style, tag.as_deref(), span.start == span.end);
                self.last = self.last.max(span.end as usize);
                self.complete(Node::new(value, span), local, anchor);
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.open(
                    Content::List(Vec::new()),
                    style,
                    anchor,
                    tag.as_deref(),
                    place,
                )?;
            }
            Event::MappingStart(style, anchor, tag) => {
                let content = Content::Map {
                    members: Members::default(),
                    key: None,
                    merged: Vec::new(),
                };
                self.open(content, style, anchor, tag.as_deref(), place)?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                // The end of a block collection is given as the start of what follows it.
                if self.text.get(span.start as usize..span.end as usize) != Some("") {
                    self.last = span.end as usize;
                    if let Some(top) = self.open.last_mut() {
                        top.end = span.end as usize;
                    }
                }
                self.close();
            }
            Event::DocumentStart(..)
            | Event::DocumentEnd
            | Event::StreamStart
            | Event::StreamEnd => {}
            _ => {}
        }
        Ok(true)
    }

    fn check_depth(&self, more: usize, span: Span) -> Result<(), Problem> {
        if self.depth + more > MAX_DEPTH {
            return Err(Problem::error(
                self.character(span.start as usize),
                too_deep(),
            ));
        }
        Ok(())
    }

    /// The key that a tag becomes, where it is none of YAML's own.
    fn local_tag(&self, tag: Option<&Tag>, place: Place) -> Option<LocalTag<'s>> {
        let (tag, span) = (tag?, place.tag?);
        let written = span.text(self.text);
        if written == "!" || tag.suffix_in_namespace(CORE).is_some() {
            return None;
        }
        let key = if written.starts_with("!<") {
            Cow::Owned(tag.to_string())
        } else {
            Cow::Borrowed(written)
        };
        Some((key, span))
    }

    /// Where a scalar stands: a quoted one with its quotes, a block scalar from the first character of
    /// its body that is not blank to the end of its last line that is not blank.
    fn scalar_span(&self, style: ScalarStyle, place: Place) -> Span {
        let span = place.content;
        if !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            return span;
        }
        // The event's span runs on to the next token.
        let body = span.text(self.text);
        let blank = [' ', '\t', '\r', '\n'];
        let content = body.trim_end_matches(blank).len();
        if content == 0 || body.starts_with(['|', '>']) && self.is_header(span) {
            // Blank: the place is before the header, behind what was read last.
            let tag_end = place.tag.map_or(0, |tag| tag.end as usize);
            let parent_start = self.open.last().map_or(0, |parent| parent.start);
            let behind = self.last.max(tag_end).max(parent_start);
            return Span::new(self.file, behind, behind);
        }
        let line_end = body[content..].find(['\r', '\n']);
        let end = line_end.map_or(body.len(), |line_end| content + line_end);
        Span::new(self.file, span.start as usize, span.start as usize + end)
    }

    /// Whether the span of a block scalar begins at its header, as it does where the body is blank.
    fn is_header(&self, span: Span) -> bool {
        let before = &self.text[..span.start as usize];
        let line = before
            .rfind('\n')
            .map_or(before, |newline| &before[newline + 1..]);
        !line.trim().is_empty()
    }

    fn open(
        &mut self,
        content: Content<'s>,
        style: StructureStyle,
        anchor: usize,
        tag: Option<&Tag>,
        place: Place,
    ) -> Result<(), Problem> {
        let tag = self.local_tag(tag, place);
        let levels = 1 + usize::from(tag.is_some());
        self.check_depth(levels, place.content)?;
        self.depth += levels;
        let mut start = place.content.start as usize;
        let mut column = None;
        match (style, &content) {
            (StructureStyle::Flow, _) => self.last = place.content.end as usize,
            (StructureStyle::Block, Content::Map { .. }) => {
                let line = self.text[..start]
                    .rfind('\n')
                    .map_or(0, |newline| newline + 1);
                column = Some(start - line);
            }
            (StructureStyle::Block, Content::List(_)) => start = self.first_dash(start),
        }
        self.open.push(Open {
            content,
            start,
            end: place.content.end as usize,
            column,
            tag,
            anchor,
        });
        Ok(())
    }

    /// Where a block list begins. One that is not indented below its key is said to begin behind its
    /// first dash.
    fn first_dash(&self, start: usize) -> usize {
        let is_value = self
            .open
            .last()
            .is_some_and(|top| matches!(top.content, Content::Map { key: Some(_), .. }));
        let mut line = next_line(self.text, self.last);
        while is_value && line < start {
            let dash = line + indent(&self.text[line..]);
            if self.text[dash..].starts_with('-') {
                return dash.min(start);
            }
            line = next_line(self.text, line);
        }
        start
    }

    /// Closes the innermost open collection.
    fn close(&mut self) {
        self.drop_key();
        let Some(open) = self.open.pop() else {
            return;
        };
        self.depth -= 1 + usize::from(open.tag.is_some());
        let value = match open.content {
            Content::List(items) => Value::List(items),
            Content::Map {
                mut members,
                merged,
                ..
            } => {
                for entry in merged {
                    if !members.contains(&entry.key) {
                        members.insert(entry, &mut self.problems);
                    }
                }
                Value::Map(members.into_map())
            }
        };
        let node = Node::new(value, Span::new(self.file, open.start, open.end));
        self.complete(node, open.tag, open.anchor);
    }

    /// Closes collections until only `count` are open.
    fn close_to(&mut self, count: usize) {
        self.adopted = None;
        while self.open.len() > count {
            self.close();
        }
    }

    /// Gives a key whose value was not read the value null.
    fn drop_key(&mut self) {
        if let Some(Open {
            content:
                Content::Map {
                    key: Some((_, span)),
                    ..
                },
            ..
        }) = self.open.last()
        {
            let missing = Span {
                start: span.end,
                ..*span
            };
            self.attach(Node::new(Value::Null, missing));
        }
    }

    /// Takes in a node that was read to its end: its tag becomes a mapping, its anchor is kept.
    fn complete(&mut self, node: Node<'s>, tag: Option<LocalTag<'s>>, anchor: usize) {
        let node = match tag {
            None => node,
            Some((key, key_span)) => {
                let span = key_span.to(node.span);
                let entry = Entry {
                    key,
                    key_span,
                    value: node,
                };
                Node::new(
                    Value::Map(Map {
                        entries: vec![entry],
                    }),
                    span,
                )
            }
        };
        if anchor != 0 {
            let size = size(&node);
            // Past the budget it is not kept, and its aliases are errors.
            if self.copied + size.nodes <= MAX_ALIAS_NODES {
                self.copied += size.nodes;
                let node = node.clone();
                self.anchors.insert(anchor, Anchored { node, size });
            } else {
                self.copied = MAX_ALIAS_NODES;
            }
        }
        self.attach(node);
    }

    /// What an alias stands for, at the place of the alias.
    fn copy(&mut self, id: usize, span: Span) -> Node<'s> {
        let message = match self.anchors.get(&id) {
            Some(Anchored { node, size }) if self.copied + size.nodes <= MAX_ALIAS_NODES => {
                if self.depth + size.depth <= MAX_DEPTH {
                    self.copied += size.nodes;
                    return Node {
                        span,
                        ..node.clone()
                    };
                }
                format!("nested deeper than {MAX_DEPTH} levels by this alias")
            }
            None if self.copied < MAX_ALIAS_NODES => {
                "this alias stands within what it stands for".to_owned()
            }
            _ => format!("aliases copy more than {MAX_ALIAS_NODES} nodes"),
        };
        self.problems.push(Problem::error(span, message));
        Node::new(Value::Null, span)
    }

    /// Puts a node where it belongs: a key, a value, an element, a document.
    fn attach(&mut self, node: Node<'s>) {
        let Some(top) = self.open.last_mut() else {
            self.documents.push(node);
            return;
        };
        top.end = top.end.max(node.span.end as usize);
        match &mut top.content {
            Content::List(items) => items.push(node),
            Content::Map {
                members,
                key,
                merged,
            } => match key.take() {
                None => {
                    let span = node.span;
                    let text = match node.value {
                        Value::String(text) | Value::Number(text) => text,
                        _ => Cow::Borrowed(span.text(self.text)),
                    };
                    *key = Some((text, span));
                }
                // Quoted, it is a key like any other.
                Some((_, key_span)) if key_span.text(self.text) == "<<" => {
                    let problem = merge(merged, node);
                    if let Some(problem) = problem {
                        self.problems.push(problem);
                    }
                }
                Some((key, key_span)) => {
                    let entry = Entry {
                        key,
                        key_span,
                        value: node,
                    };
                    members.insert(entry, &mut self.problems);
                }
            },
        }
    }
}

/// Adds the entries that a merge key brings; of equal keys the first one will count.
fn merge<'s>(merged: &mut Vec<Entry<'s>>, node: Node<'s>) -> Option<Problem> {
    let span = node.span;
    let sources = match node.value {
        Value::List(items) => items,
        _ => vec![node],
    };
    let mut problem = None;
    for source in sources {
        match source.value {
            Value::Map(map) => merged.extend(map.entries),
            _ => problem = Some(Problem::error(span, "only mappings can be merged")),
        }
    }
    problem
}

/// What copying a tree costs. The tree is no deeper than [`MAX_DEPTH`].
fn size(node: &Node<'_>) -> Size {
    let mut total = Size { nodes: 1, depth: 0 };
    let mut add = |child: &Node<'_>| {
        let child = size(child);
        total.nodes += child.nodes;
        total.depth = total.depth.max(child.depth);
    };
    match &node.value {
        Value::Map(map) => {
            map.entries.iter().for_each(|entry| add(&entry.value));
            let keys = map.entries.iter().map(|entry| copied(&entry.key));
            total.nodes += keys.sum::<usize>();
            total.depth += 1;
        }
        Value::List(items) => {
            items.iter().for_each(add);
            total.depth += 1;
        }
        Value::String(text) | Value::Number(text) => total.nodes += copied(text),
        _ => {}
    }
    total
}

/// What copying a text costs, in nodes.
#[expect(clippy::ptr_arg, reason = "only an owned text is copied")]
fn copied(text: &Cow<'_, str>) -> usize {
    match text {
        Cow::Borrowed(_) => 0,
        Cow::Owned(text) => text.len() / BYTES_PER_NODE,
    }
}

/// The namespace of YAML's own tags.
const CORE: &str = "tag:yaml.org,2002:";

/// The value of a scalar, by its style and by those tags that are YAML's own.
fn scalar<'s>(text: Cow<'s, str>, style: ScalarStyle, tag: Option<&Tag>, empty: bool) -> Value<'s> {
    // An empty plain scalar comes as `~`.
    let text = if empty && style == ScalarStyle::Plain {
        Cow::Borrowed("")
    } else {
        text
    };
    let own = tag.and_then(|tag| {
        let is_non_specific = tag.handle().is_empty() && tag.suffix() == "!";
        if is_non_specific {
            Some(Cow::Borrowed("str"))
        } else {
            tag.suffix_in_namespace(CORE)
        }
    });
    match own.as_deref() {
        None if style == ScalarStyle::Plain => plain(text),
        None | Some("str") => Value::String(text),
        // A tag that does not fit its text is passed over.
        Some("null" | "bool" | "int" | "float") => plain(text),
        Some(_) => Value::String(text),
    }
}

/// The value of a plain scalar.
fn plain(text: Cow<'_, str>) -> Value<'_> {
    match text.as_bytes() {
        [b'0'..=b'9' | b'+' | b'-' | b'.', ..] if is_number(&text) => return Value::Number(text),
        // No boolean and no null is longer.
        bytes if bytes.len() > 5 => return Value::String(text),
        _ => {}
    }
    match &*text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Value::Bool(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => {
            Value::Bool(false)
        }
        _ => Value::String(text),
    }
}

/// Whether a plain scalar is a number: decimal, hexadecimal, octal or binary, `_` between digits.
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let all = |digits: &str, is_digit: fn(char) -> bool| {
        digits.contains(is_digit) && digits.chars().all(|c| is_digit(c) || c == '_')
    };
    let decimal = |digits: &str| {
        digits.starts_with(|c: char| c.is_ascii_digit()) && all(digits, |c| c.is_ascii_digit())
    };
    if let Some(digits) = unsigned.strip_prefix("0x") {
        return all(digits, |c| c.is_ascii_hexdigit());
    }
    if let Some(digits) = unsigned.strip_prefix("0o") {
        return all(digits, |c| c.is_digit(8));
    }
    if let Some(digits) = unsigned.strip_prefix("0b") {
        return all(digits, |c| c.is_digit(2));
    }
    // A leading zero means octal: an account id such as 012345678901 with a digit above 7 is no number.
    if unsigned.len() > 1 && decimal(unsigned) && unsigned.starts_with('0') {
        return all(unsigned, |c| c.is_digit(8));
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let exponent_fits = exponent
        .is_none_or(|exponent| decimal(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)));
    let mantissa_fits = match mantissa.split_once('.') {
        None => decimal(mantissa),
        Some(("", fraction)) => decimal(fraction),
        Some((whole, fraction)) => decimal(whole) && (fraction.is_empty() || decimal(fraction)),
    };
    exponent_fits && mantissa_fits
}
