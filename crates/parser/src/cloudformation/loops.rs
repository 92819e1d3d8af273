//! `Fn::ForEach`: what is written once becomes what it stands for, before anything else is read.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html>.
//! A loop over values that are not known gives one copy, in which the identifier is not known: it may exist, and is
//! checked.

use super::lift::weight;
use super::references::symbol;
use super::{Context, evaluate};
use crate::source::Span;
use crate::tree::{Entry, Map, Node, Origin, Symbol, Value, Via, ViaKind};
use std::borrow::Cow;
use std::sync::Arc;

/// Copies that all loops of a template may make; CloudFormation itself takes 500 resources.
pub const MAX_COPIES: usize = 5_000;

/// How the keys of loops begin.
const PREFIX: &str = "Fn::ForEach::";

/// Replaces the loops in a value by their copies. `makes_resources` is for the section `Resources`.
pub(super) fn expand<'s>(cx: &mut Context<'s>, node: &mut Node<'s>, makes_resources: bool) {
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| expand(cx, item, false)),
        Value::Map(map) => {
            if map
                .entries
                .iter()
                .any(|entry| entry.key.starts_with(PREFIX))
            {
                let entries = std::mem::take(&mut map.entries);
                for entry in entries {
                    if entry.key.starts_with(PREFIX) {
                        copies(cx, entry, makes_resources, &mut map.entries);
                    } else {
                        map.entries.push(entry);
                    }
                }
            }
            for entry in &mut map.entries {
                expand(cx, &mut entry.value, false);
            }
        }
        _ => {}
    }
}

/// What an identifier stands for in one copy.
struct Bound<'s> {
    name: Cow<'s, str>,
    /// A text, or a symbol where it is not known.
    value: Node<'s>,
}

/// The copies of a loop, those of loops among them included. A loop that cannot be read stays as it is.
fn copies<'s>(
    cx: &mut Context<'s>,
    entry: Entry<'s>,
    makes_resources: bool,
    out: &mut Vec<Entry<'s>>,
) {
    let Some((name, collection, body)) = parts(&entry) else {
        let message = format!(
            "`{}` takes an identifier, the values that it stands for, and a mapping",
            entry.key
        );
        cx.warn(entry.key_span, message);
        out.push(entry);
        return;
    };
    for value in values(cx, &entry.key, collection) {
        if cx.copies >= MAX_COPIES || !cx.charge(entry.key_span, body.iter().map(size).sum()) {
            let why = format!("the loops of the template make more than {MAX_COPIES} copies");
            match makes_resources {
                true => cx.leave_resources_out(entry.key_span, why),
                false => cx.leave_out(entry.key_span, why),
            }
            return;
        }
        cx.copies += 1;
        let bound = Bound {
            name: name.clone(),
            value,
        };
        for one in body {
            let mut copy = filled_entry(one, &bound);
            if copy.key.starts_with(PREFIX) {
                copies(cx, copy, makes_resources, out);
            } else {
                expand(cx, &mut copy.value, false);
                out.push(copy);
            }
        }
    }
}

fn size(entry: &Entry<'_>) -> usize {
    entry.key.len() + weight(&entry.value)
}

/// The identifier, the collection and the body of a loop.
fn parts<'n, 's>(entry: &'n Entry<'s>) -> Option<(Cow<'s, str>, &'n Node<'s>, &'n [Entry<'s>])> {
    let Value::List(parts) = &entry.value.value else {
        return None;
    };
    let [name, collection, body] = parts.as_slice() else {
        return None;
    };
    match (&name.value, &body.value) {
        (Value::String(name), Value::Map(body)) => Some((name.clone(), collection, &body.entries)),
        _ => None,
    }
}

/// The values of a collection; one that is not known where they are not.
fn values<'s>(cx: &mut Context<'s>, name: &str, collection: &Node<'s>) -> Vec<Node<'s>> {
    let span = collection.span;
    let name = name.strip_prefix(PREFIX).unwrap_or(name).to_owned();
    let open = |span: Span| {
        symbol(
            Origin::Parameter(Cow::Owned(name.clone())),
            Cow::Borrowed(""),
            None,
            span,
        )
    };
    let evaluated = evaluate::argument(cx, collection.clone());
    let Value::List(items) = evaluated.value else {
        return vec![open(span)];
    };
    let mut values: Vec<Node<'s>> = Vec::with_capacity(items.len());
    for item in items {
        match item.scalar_text() {
            Some(text) => {
                // A value that is there twice gives one copy.
                if !values.iter().any(|one| one.as_str() == Some(text)) {
                    let text = text.to_owned();
                    values.push(Node {
                        value: Value::String(text.into()),
                        ..item
                    });
                }
            }
            None => values.push(open(item.span)),
        }
    }
    values
}

fn filled_entry<'s>(entry: &Entry<'s>, bound: &Bound<'s>) -> Entry<'s> {
    let key = match bound.value.as_str() {
        Some(text) => replaced(&entry.key, &bound.name, text),
        None => entry.key.clone(),
    };
    let mut value = filled(&entry.value, bound);
    // What is unknown is handed to `Fn::Sub` as a variable of its own.
    if matches!(&*entry.key, "Fn::Sub" | "!Sub") && bound.value.as_str().is_none() {
        value = with_variable(entry.value.clone(), bound);
    }
    Entry {
        key,
        key_span: entry.key_span,
        value,
    }
}

/// A copy of a value, with what the identifier stands for in its place.
fn filled<'s>(node: &Node<'s>, bound: &Bound<'s>) -> Node<'s> {
    let value = match &node.value {
        Value::Map(map) => {
            if let [Entry { key, value, .. }] = map.entries.as_slice()
                && matches!(&**key, "Ref" | "!Ref")
                && value.as_str() == Some(&*bound.name)
            {
                return placed(bound, node.span);
            }
            let entries = map.entries.iter().map(|entry| filled_entry(entry, bound));
            Value::Map(Map {
                entries: entries.collect(),
            })
        }
        Value::List(items) => Value::List(items.iter().map(|item| filled(item, bound)).collect()),
        Value::String(text) => match bound.value.as_str() {
            Some(value) => Value::String(replaced(text, &bound.name, value)),
            None => return joined(text, node, bound),
        },
        other => other.clone(),
    };
    Node {
        value,
        span: node.span,
        via: node.via.clone(),
    }
}

/// What an identifier stands for, at the place of its use.
fn placed<'s>(bound: &Bound<'s>, span: Span) -> Node<'s> {
    Node {
        value: bound.value.value.clone(),
        span,
        via: Some(Arc::new(Via {
            kind: ViaKind::Element,
            name: Arc::from(&*bound.name),
            span: bound.value.span,
            previous: bound.value.via.clone(),
        })),
    }
}

/// A text with `${Identifier}` and `&{Identifier}` replaced; the second stands for the letters and digits alone.
fn replaced<'s>(text: &Cow<'s, str>, name: &str, value: &str) -> Cow<'s, str> {
    let (whole, plain) = (format!("${{{name}}}"), format!("&{{{name}}}"));
    if !text.contains(&whole) && !text.contains(&plain) {
        return text.clone();
    }
    let letters: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
    Cow::Owned(text.replace(&whole, value).replace(&plain, &letters))
}

/// A text in which the identifier is not known.
fn joined<'s>(text: &Cow<'s, str>, node: &Node<'s>, bound: &Bound<'s>) -> Node<'s> {
    let whole = format!("${{{}}}", bound.name);
    if !text.contains(&whole) {
        return node.clone();
    }
    let mut pieces = Vec::new();
    for (index, literal) in text.split(&whole).enumerate() {
        if index > 0 {
            pieces.push(placed(bound, node.span));
        }
        if !literal.is_empty() {
            let literal = Value::String(Cow::Owned(literal.to_owned()));
            pieces.push(Node::new(literal, node.span));
        }
    }
    Node::new(Value::Symbol(Box::new(Symbol::Text(pieces))), node.span)
}

/// The argument of `Fn::Sub`, with the identifier as one of its variables.
fn with_variable<'s>(argument: Node<'s>, bound: &Bound<'s>) -> Node<'s> {
    let span = argument.span;
    let variable = Entry {
        key: bound.name.clone(),
        key_span: span,
        value: placed(bound, span),
    };
    let (text, mut variables) = match argument.value {
        Value::List(mut parts) if parts.len() == 2 => {
            let variables = parts.pop().map(|node| filled(&node, bound).value);
            let text = parts.remove(0);
            match variables {
                Some(Value::Map(map)) => (text, map),
                _ => (text, Map::default()),
            }
        }
        value => (Node { value, ..argument }, Map::default()),
    };
    variables.entries.push(variable);
    let variables = Node::new(Value::Map(variables), span);
    Node::new(Value::List(vec![text, variables]), span)
}
