//! Pieces of templates, as SAM would write them. What stands in place of a SAM property keeps that property's place.

use crate::source::Span;
use crate::tree::{Entry, Map, Node, Value};
use std::borrow::Cow;

/// A text that SAM writes on behalf of what stands at a place.
pub(super) fn text<'s>(text: impl Into<Cow<'s, str>>, span: Span) -> Node<'s> {
    Node::new(Value::String(text.into()), span)
}

/// A part of a document of AWS's own, all of it at one place; `replaced` gives what stands there in place of a part.
pub(super) fn placed<'s>(
    part: &Node<'static>,
    place: Span,
    replaced: &dyn Fn(&Node<'static>) -> Option<Node<'s>>,
) -> Node<'s> {
    if let Some(node) = replaced(part) {
        return node;
    }
    let inner = |part: &Node<'static>| placed(part, place, replaced);
    let value = match &part.value {
        Value::Map(map) => Value::Map(Map {
            entries: map
                .entries
                .iter()
                .map(|one| Entry {
                    key: one.key.clone(),
                    key_span: place,
                    value: inner(&one.value),
                })
                .collect(),
        }),
        Value::List(items) => Value::List(items.iter().map(inner).collect()),
        Value::String(text) => Value::String(text.clone()),
        Value::Number(text) => Value::Number(text.clone()),
        Value::Bool(value) => Value::Bool(*value),
        _ => Value::Null,
    };
    Node::new(value, place)
}

pub(super) fn truth<'s>(value: bool, span: Span) -> Node<'s> {
    Node::new(Value::Bool(value), span)
}

pub(super) fn list<'s>(items: Vec<Node<'s>>, span: Span) -> Node<'s> {
    Node::new(Value::List(items), span)
}

pub(super) fn map<'s>(entries: Vec<Entry<'s>>, span: Span) -> Node<'s> {
    Node::new(Value::Map(Map { entries }), span)
}

/// An entry that SAM writes; its key stands where its value does.
pub(super) fn entry<'s>(key: impl Into<Cow<'s, str>>, value: Node<'s>) -> Entry<'s> {
    Entry {
        key: key.into(),
        key_span: value.span,
        value,
    }
}

/// A mapping of entries that SAM writes.
pub(super) fn mapping<'s, const N: usize>(
    entries: [(&'static str, Node<'s>); N],
    span: Span,
) -> Node<'s> {
    let entries = entries.into_iter();
    map(
        entries.map(|(key, value)| entry(key, value)).collect(),
        span,
    )
}

/// `!Ref id`
pub(super) fn reference<'s>(id: impl Into<Cow<'s, str>>, span: Span) -> Node<'s> {
    mapping([("Ref", text(id, span))], span)
}

/// `!GetAtt id.name`
pub(super) fn attribute<'s>(
    id: impl Into<Cow<'s, str>>,
    name: &'static str,
    span: Span,
) -> Node<'s> {
    let parts = vec![text(id, span), text(name, span)];
    mapping([("Fn::GetAtt", list(parts, span))], span)
}

/// `!Sub text`
pub(super) fn substituted<'s>(pattern: impl Into<Cow<'s, str>>, span: Span) -> Node<'s> {
    mapping([("Fn::Sub", text(pattern, span))], span)
}

/// A policy document with these statements.
pub(super) fn policy<'s>(statements: Vec<Node<'s>>, span: Span) -> Node<'s> {
    mapping(
        [
            ("Version", text("2012-10-17", span)),
            ("Statement", list(statements, span)),
        ],
        span,
    )
}

/// A statement that allows an action on a resource.
pub(super) fn allow<'s>(action: &'static str, resource: Node<'s>, span: Span) -> Node<'s> {
    mapping(
        [
            ("Effect", text("Allow", span)),
            ("Action", text(action, span)),
            ("Resource", resource),
        ],
        span,
    )
}

/// A document by which a service may take a role.
pub(super) fn trust<'s>(service: &'static str, span: Span) -> Node<'s> {
    let service = mapping([("Service", list(vec![text(service, span)], span))], span);
    let statement = mapping(
        [
            ("Action", list(vec![text("sts:AssumeRole", span)], span)),
            ("Effect", text("Allow", span)),
            ("Principal", service),
        ],
        span,
    );
    policy(vec![statement], span)
}

/// `{a: b}` as `[{Key: a, Value: b}]`. A list, or what is not known, stays as it is.
pub(super) fn tag_list<'s>(mut tags: Node<'s>) -> Node<'s> {
    if is_intrinsic(&tags) {
        return tags;
    }
    if let Value::Map(map) = tags.value {
        let tag = |entry: Entry<'s>| {
            let span = entry.key_span.to(entry.value.span);
            let key = text(entry.key, entry.key_span);
            mapping([("Key", key), ("Value", entry.value)], span)
        };
        tags.value = Value::List(map.entries.into_iter().map(tag).collect());
    }
    tags
}

/// Whether a value is an intrinsic function that is not evaluated yet.
pub(super) fn is_intrinsic(node: &Node<'_>) -> bool {
    match &node.value {
        Value::Map(map) => match map.entries.as_slice() {
            [entry] => {
                super::super::evaluate::is_function_key(&entry.key) || entry.key == "Condition"
            }
            _ => false,
        },
        _ => false,
    }
}

/// The properties of a SAM resource, taken one after the other.
pub(super) struct Properties<'s> {
    entries: Vec<Entry<'s>>,
    /// Where `Properties` stands; the logical id where there are none.
    pub(super) key_span: Span,
    pub(super) span: Span,
}

impl<'s> Properties<'s> {
    pub(super) fn new(entries: Vec<Entry<'s>>, key_span: Span, span: Span) -> Self {
        Self {
            entries,
            key_span,
            span,
        }
    }

    /// The properties within a property that is a mapping.
    pub(super) fn within(entry: Entry<'s>) -> Self {
        let span = entry.value.span;
        let entries = match entry.value.value {
            Value::Map(map) => map.entries,
            _ => Vec::new(),
        };
        Self::new(entries, entry.key_span, span)
    }

    pub(super) fn get(&self, key: &str) -> Option<&Node<'s>> {
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        Some(&entry.value)
    }

    pub(super) fn take(&mut self, key: &str) -> Option<Entry<'s>> {
        let at = self.entries.iter().position(|entry| entry.key == key)?;
        Some(self.entries.remove(at))
    }

    pub(super) fn take_value(&mut self, key: &str) -> Option<Node<'s>> {
        self.take(key).map(|entry| entry.value)
    }

    /// Takes a property that is called otherwise in the resource that SAM makes.
    pub(super) fn renamed(&mut self, key: &str, name: &'static str) -> Option<Entry<'s>> {
        let entry = self.take(key)?;
        Some(Entry {
            key: Cow::Borrowed(name),
            ..entry
        })
    }

    /// Takes those of these properties that are there.
    pub(super) fn taken(&mut self, keys: &[&str]) -> Vec<Entry<'s>> {
        keys.iter().filter_map(|key| self.take(key)).collect()
    }

    pub(super) fn add(&mut self, entry: Entry<'s>) {
        self.entries.push(entry);
    }

    /// All that is left.
    pub(super) fn rest(self) -> Vec<Entry<'s>> {
        self.entries
    }
}
