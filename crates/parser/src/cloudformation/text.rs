//! Functions of texts and lists, and texts that hold JSON.

use super::evaluate::parts;
use super::lift::{lift, weight};
use super::references::{key, resolve, resolve_attribute};
use super::{Context, evaluate, misused, unknown};
use crate::embedded;
use crate::source::Span;
use crate::tree::{Json, Map, Node, Symbol, Value, Via};
use std::borrow::Cow;
use std::sync::Arc;

/// A text that is being joined: literals that meet become one.
struct Text<'s> {
    pieces: Vec<Node<'s>>,
    literal: String,
    span: Span,
    /// The chain behind the first piece that has one.
    via: Option<Arc<Via>>,
}

impl<'s> Text<'s> {
    fn new(span: Span) -> Self {
        Self {
            pieces: Vec::new(),
            literal: String::new(),
            span,
            via: None,
        }
    }

    fn push(&mut self, node: Node<'s>) {
        if self.via.is_none() {
            self.via = node.via.clone();
        }
        match node.value {
            Value::Symbol(symbol) => match *symbol {
                Symbol::Text(pieces) => pieces.into_iter().for_each(|piece| self.push(piece)),
                symbol => {
                    self.end_literal();
                    self.pieces
                        .push(Node::new(Value::Symbol(Box::new(symbol)), node.span));
                }
            },
            Value::List(_) | Value::Map(_) | Value::Null => {
                self.end_literal();
                self.pieces
                    .push(unknown(node.span, "a part of a text that is no text"));
            }
            _ => self
                .literal
                .push_str(node.scalar_text().unwrap_or_default()),
        }
    }

    fn end_literal(&mut self) {
        if !self.literal.is_empty() {
            let literal = Cow::Owned(std::mem::take(&mut self.literal));
            self.pieces
                .push(Node::new(Value::String(literal), self.span));
        }
    }

    /// The text; a single unknown piece alone is that piece.
    fn finish(mut self) -> Node<'s> {
        let value = if self.pieces.is_empty() {
            Value::String(Cow::Owned(self.literal))
        } else {
            self.end_literal();
            match self.pieces.pop() {
                Some(only) if self.pieces.is_empty() => only.value,
                last => {
                    self.pieces.extend(last);
                    Value::Symbol(Box::new(Symbol::Text(self.pieces)))
                }
            }
        };
        Node {
            value,
            span: self.span,
            via: self.via,
        }
    }
}

/// `Fn::Sub`, of a text alone or of a text and a mapping of variables.
pub(super) fn substitute<'s>(
    cx: &mut Context<'s>,
    argument: Node<'s>,
    span: Span,
) -> Option<Node<'s>> {
    const USAGE: &str = "`Fn::Sub` takes a text, or a text and a mapping of variables";
    match argument.value {
        Value::String(_) => Some(fill_in(cx, argument, &Map::default(), span)),
        Value::List(_) => {
            let Some([template, variables]) = parts(argument) else {
                return Some(misused(cx, span, USAGE));
            };
            let variables = evaluate::argument(cx, variables);
            lift(
                cx,
                vec![template, variables],
                span,
                &|cx, arguments, span| {
                    let [template, variables]: [_; 2] = arguments.try_into().ok()?;
                    Some(match (&template.value, variables.value) {
                        (Value::String(_), Value::Map(variables)) => {
                            fill_in(cx, template, &variables, span)
                        }
                        _ => misused(cx, span, USAGE),
                    })
                },
            )
        }
        _ => Some(misused(cx, span, USAGE)),
    }
}

/// A template with `${Name}`, `${Name.Attribute}` and `${!Literal}` in it.
fn fill_in<'s>(
    cx: &mut Context<'s>,
    template: Node<'s>,
    variables: &Map<'s>,
    span: Span,
) -> Node<'s> {
    let place = template.span;
    let Value::String(template) = template.value else {
        return unknown(span, "a text that is not known");
    };
    if !template.contains("${") {
        // Looked into with its own place, so that places inside it are exact.
        let mut node = Node::new(Value::String(template), place);
        if !cx.in_function {
            look_into(cx, &mut node);
        }
        return Node { span, ..node };
    }
    let mut text = Text::new(span);
    let mut searched = place.start as usize;
    let mut at = 0;
    while let Some(start) = template[at..].find("${").map(|offset| at + offset) {
        text.literal.push_str(&template[at..start]);
        let Some(end) = template[start..].find('}').map(|offset| start + offset) else {
            at = start;
            break;
        };
        at = end + 1;
        let written = &template[start..at];
        let name = &template[start + 2..end];
        if let Some(literal) = name.strip_prefix('!') {
            text.literal.push_str("${");
            text.literal.push_str(literal);
            text.literal.push('}');
            continue;
        }
        let place = place_of(cx.text_of(place.file), place, &mut searched, written).unwrap_or(span);
        let name = name.trim();
        if name.is_empty() || !name.chars().all(is_name_character) {
            let message =
                format!("`{written}` is no variable of `Fn::Sub`; `${{!` begins a literal");
            cx.warn(place, message);
            text.literal.push_str(written);
            continue;
        }
        let piece = match variables.get(name) {
            Some(variable) => Some(Node {
                span: place,
                ..variable.clone()
            }),
            None => {
                let name = shared(&template, name);
                if name.contains('.') {
                    Some(resolve_attribute(cx, &name, place))
                } else {
                    resolve(cx, &name, place)
                }
            }
        };
        let Some(piece) = piece else {
            continue;
        };
        if !cx.charge(span, weight(&piece)) {
            return unknown(span, "the template asks for too much work");
        }
        text.push(piece);
    }
    text.literal.push_str(&template[at..]);
    in_each_case(cx, text.finish())
}

/// A joined text with choices among its pieces: a choice among texts.
fn in_each_case<'s>(cx: &mut Context<'s>, node: Node<'s>) -> Node<'s> {
    let is_choice = |piece: &Node<'s>| matches!(&piece.value, Value::Symbol(symbol) if matches!(**symbol, Symbol::Choice(_)));
    let pieces = match &node.value {
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Text(pieces) if pieces.iter().any(is_choice) => pieces.clone(),
            _ => return node,
        },
        _ => return node,
    };
    let pieces = Node::new(Value::List(pieces), node.span);
    let joined = lift(cx, vec![pieces], node.span, &|_, arguments, span| {
        let mut text = Text::new(span);
        if let Some(Value::List(pieces)) = arguments.into_iter().next().map(|one| one.value) {
            pieces.into_iter().for_each(|piece| text.push(piece));
        }
        Some(text.finish())
    });
    joined.unwrap_or_else(|| unknown(node.span, "a text that is not known"))
}

fn is_name_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | ':' | '_')
}

/// A part of a text, borrowed where the text is.
fn shared<'s>(whole: &Cow<'s, str>, part: &str) -> Cow<'s, str> {
    match whole {
        Cow::Borrowed(whole) => {
            let start = (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
            match whole.get(start..start + part.len()) {
                Some(shared) => Cow::Borrowed(shared),
                None => Cow::Owned(part.to_owned()),
            }
        }
        Cow::Owned(_) => Cow::Owned(part.to_owned()),
    }
}

/// Where a part of a scalar stands in the file, looking on from `searched`.
fn place_of(source: &str, scalar: Span, searched: &mut usize, part: &str) -> Option<Span> {
    let rest = source.get(*searched..scalar.end as usize)?;
    let start = *searched + rest.find(part)?;
    *searched = start + part.len();
    Some(Span::new(scalar.file, start, *searched))
}

/// `Fn::Join`.
pub(super) fn join<'s>(cx: &mut Context<'s>, argument: Node<'s>, span: Span) -> Option<Node<'s>> {
    const USAGE: &str = "`Fn::Join` takes a delimiter and a list";
    let Some([delimiter, list]) = parts(argument) else {
        return Some(misused(cx, span, USAGE));
    };
    let arguments = vec![
        evaluate::argument(cx, delimiter),
        evaluate::argument(cx, list),
    ];
    lift(cx, arguments, span, &|cx, arguments, span| {
        let [delimiter, list]: [_; 2] = arguments.try_into().ok()?;
        Some(match (delimiter.scalar_text(), list.value) {
            (Some(delimiter), Value::List(items)) => {
                let mut text = Text::new(span);
                text.via = list.via;
                for (index, item) in items.into_iter().enumerate() {
                    if !cx.charge(span, weight(&item) + delimiter.len()) {
                        return Some(unknown(span, "the template asks for too much work"));
                    }
                    if index > 0 {
                        text.literal.push_str(delimiter);
                    }
                    text.push(item);
                }
                text.finish()
            }
            // A list that is given at deployment, joined: a text of which nothing is known but its origin.
            (Some(_), Value::Symbol(symbol)) => match *symbol {
                Symbol::Reference(_) => {
                    let piece = Node::new(Value::Symbol(symbol), span);
                    Node::new(Value::Symbol(Box::new(Symbol::Text(vec![piece]))), span)
                }
                _ => unknown(span, "a list that is not known, joined"),
            },
            (None, _) if matches!(delimiter.value, Value::Symbol(_)) => {
                unknown(span, "joined with a delimiter that is not known")
            }
            _ => misused(cx, span, USAGE),
        })
    })
}

/// `Fn::Split`.
pub(super) fn split<'s>(cx: &mut Context<'s>, argument: Node<'s>, span: Span) -> Option<Node<'s>> {
    const USAGE: &str = "`Fn::Split` takes a delimiter and a text";
    let Some([delimiter, text]) = parts(argument) else {
        return Some(misused(cx, span, USAGE));
    };
    let arguments = vec![
        evaluate::argument(cx, delimiter),
        evaluate::argument(cx, text),
    ];
    lift(cx, arguments, span, &|cx, arguments, span| {
        let [delimiter, text] = arguments.as_slice() else {
            return None;
        };
        Some(match (delimiter.scalar_text(), text.scalar_text()) {
            (Some(delimiter), Some(known)) if !delimiter.is_empty() => {
                let count = known.matches(delimiter).count() + 1;
                if !cx.charge(span, count * size_of::<Node<'_>>() + known.len()) {
                    return Some(unknown(span, "the template asks for too much work"));
                }
                let items = known.split(delimiter).map(|item| Node {
                    value: Value::String(Cow::Owned(item.to_owned())),
                    span,
                    via: text.via.clone(),
                });
                Node {
                    value: Value::List(items.collect()),
                    span,
                    via: text.via.clone(),
                }
            }
            _ if [delimiter, text]
                .iter()
                .any(|node| matches!(node.value, Value::Symbol(_))) =>
            {
                unknown(span, "parts of a text that is not known")
            }
            _ => misused(cx, span, USAGE),
        })
    })
}

/// What a comma-delimited text lists, where a nested stack is handed one. A reference among commas is an element.
pub(super) fn listed<'s>(cx: &mut Context<'s>, node: Node<'s>) -> Node<'s> {
    let span = node.span;
    let listed = lift(cx, vec![node], span, &|_, arguments, span| {
        let node = arguments.into_iter().next()?;
        let via = node.via.clone();
        let pieces = match &node.value {
            Value::List(_) | Value::Null => return Some(node),
            Value::Symbol(symbol) => match &**symbol {
                Symbol::Text(pieces) => pieces.as_slice(),
                _ => return Some(unknown(span, "a list that is not known")),
            },
            _ => std::slice::from_ref(&node),
        };
        let mut items = Vec::new();
        let mut item = Text::new(span);
        for piece in pieces {
            let Some(text) = piece.scalar_text() else {
                item.push(piece.clone());
                continue;
            };
            let mut parts = text.split(',');
            item.literal
                .push_str(parts.next().unwrap_or_default().trim());
            for part in parts {
                let done = std::mem::replace(&mut item, Text::new(span));
                items.push(done.finish());
                item.literal.push_str(part.trim());
            }
        }
        items.push(item.finish());
        for item in &mut items {
            item.via = item.via.take().or_else(|| via.clone());
        }
        Some(Node {
            value: Value::List(items),
            span,
            via,
        })
    });
    listed.unwrap_or_else(|| Node::new(Value::Null, span))
}

/// `Fn::Select`.
pub(super) fn select<'s>(cx: &mut Context<'s>, argument: Node<'s>, span: Span) -> Option<Node<'s>> {
    const USAGE: &str = "`Fn::Select` takes an index and a list";
    let Some([index, list]) = parts(argument) else {
        return Some(misused(cx, span, USAGE));
    };
    let arguments = vec![evaluate::argument(cx, index), evaluate::argument(cx, list)];
    lift(cx, arguments, span, &|cx, arguments, span| {
        let [index, list]: [_; 2] = arguments.try_into().ok()?;
        let Some(index) = index.scalar_text() else {
            return Some(match index.value {
                Value::Symbol(_) => unknown(span, "an element by an index that is not known"),
                _ => misused(cx, span, USAGE),
            });
        };
        let Ok(index) = index.trim().parse::<u32>() else {
            return Some(misused(
                cx,
                span,
                "the index of `Fn::Select` is a number from 0",
            ));
        };
        Some(match list.value {
            Value::List(items) => match items.into_iter().nth(index as usize) {
                Some(item) => Node { span, ..item },
                None => misused(
                    cx,
                    span,
                    "`Fn::Select` asks for an element past the end of its list",
                ),
            },
            Value::Symbol(symbol) => match *symbol {
                Symbol::Reference(mut reference) => {
                    reference.indices.push(index);
                    // What is declared of the list is not declared of its elements.
                    reference.allowed = None;
                    Node::new(Value::Symbol(Box::new(Symbol::Reference(reference))), span)
                }
                _ => unknown(span, "an element of a list that is not known"),
            },
            _ => misused(cx, span, USAGE),
        })
    })
}

/// `Fn::Length`.
pub(super) fn length<'s>(cx: &mut Context<'s>, argument: Node<'s>, span: Span) -> Option<Node<'s>> {
    let argument = evaluate::argument(cx, argument);
    lift(cx, vec![argument], span, &|cx, arguments, span| {
        Some(match arguments.first().map(|node| &node.value) {
            Some(Value::List(items)) => {
                Node::new(Value::Number(Cow::Owned(items.len().to_string())), span)
            }
            Some(Value::Symbol(_)) => unknown(span, "the length of a list that is not known"),
            _ => misused(cx, span, "`Fn::Length` takes a list"),
        })
    })
}

/// `Fn::Base64`. Its value here is the text that is encoded: that is what can be asked about.
pub(super) fn base64<'s>(cx: &mut Context<'s>, argument: Node<'s>, span: Span) -> Option<Node<'s>> {
    let argument = evaluate::argument(cx, argument);
    lift(cx, vec![argument], span, &|cx, mut arguments, span| {
        Some(match arguments.pop() {
            Some(text) if !matches!(text.value, Value::List(_) | Value::Map(_) | Value::Null) => {
                Node { span, ..text }
            }
            _ => misused(cx, span, "`Fn::Base64` takes a text"),
        })
    })
}

/// `Fn::ToJsonString`: the JSON, or what it will say where it is not wholly known.
pub(super) fn to_json<'s>(cx: &mut Context<'s>, argument: Node<'s>, span: Span) -> Node<'s> {
    let tree = evaluate::argument(cx, argument);
    if !matches!(tree.value, Value::List(_) | Value::Map(_)) {
        return match tree.value {
            Value::Symbol(_) => unknown(span, "the JSON of a value that is not known"),
            _ => misused(cx, span, "`Fn::ToJsonString` takes a mapping or a list"),
        };
    }
    if !cx.charge(span, weight(&tree)) {
        return unknown(span, "the template asks for too much work");
    }
    let mut text = String::new();
    match write_json(&tree, &mut text) {
        Some(()) => {
            let text = Cow::Owned(text);
            Node::new(Value::Json(Box::new(Json { text, tree })), span)
        }
        None => Node { span, ..tree },
    }
}

/// Writes a value as JSON; nothing if a part of it is not known.
fn write_json(node: &Node<'_>, text: &mut String) -> Option<()> {
    match &node.value {
        Value::Null => text.push_str("null"),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Number(number) => text.push_str(number),
        Value::String(string) => write_json_string(string, text),
        Value::Json(json) => write_json_string(&json.text, text),
        Value::List(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_json(item, text)?;
            }
            text.push(']');
        }
        Value::Map(map) => {
            text.push('{');
            for (index, entry) in map.entries.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_json_string(&entry.key, text);
                text.push(':');
                write_json(&entry.value, text)?;
            }
            text.push('}');
        }
        Value::Symbol(_) => return None,
    }
    Some(())
}

fn write_json_string(string: &str, text: &mut String) {
    text.push('"');
    for character in string.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\r"),
            control if control < ' ' => {
                text.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            other => text.push(other),
        }
    }
    text.push('"');
}

/// A text that stands in the template and holds JSON becomes [`Value::Json`].
pub(super) fn look_into<'s>(cx: &Context<'s>, node: &mut Node<'s>) {
    let Value::String(text) = &mut node.value else {
        return;
    };
    if !embedded::may_be_json(text) {
        return;
    }
    if let Some(tree) = embedded::parse_json(text, node.span, cx.text_of(node.span.file)) {
        let text = std::mem::take(text);
        node.value = Value::Json(Box::new(Json { text, tree }));
    }
}

/// The same for what a function gave. Where pieces of the JSON are not known, the value becomes what it says:
/// there is no text that could be compared.
pub(super) fn look_into_result<'s>(cx: &Context<'s>, node: &mut Node<'s>) {
    match &mut node.value {
        Value::String(text) if embedded::may_be_json(text) => {
            // Places inside a computed text mean nothing.
            if let Some(tree) = embedded::parse(text, node.span, &|_| None) {
                let text = std::mem::take(text);
                node.value = Value::Json(Box::new(Json { text, tree }));
            }
        }
        Value::Symbol(symbol) => match &mut **symbol {
            Symbol::Text(pieces) => {
                // In keys they are shown as `${Name}`.
                let key = |node: &Node<'s>| key(cx, node);
                if let Some(tree) = embedded::parse_pieces(pieces, node.span, &|_| None, &key) {
                    node.value = tree.value;
                }
            }
            Symbol::Choice(choice) => choice
                .then
                .iter_mut()
                .chain(&mut choice.otherwise)
                .for_each(|branch| look_into_result(cx, branch)),
            _ => {}
        },
        _ => {}
    }
}
