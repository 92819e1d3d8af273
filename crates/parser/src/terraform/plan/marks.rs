//! What a plan marks: values that are known after apply, and values that are sensitive.
//!
//! Marks have the form of the value, with `true` where they mean everything from there on:
//! <https://developer.hashicorp.com/terraform/internals/json-format#change-representation>.

use crate::source::Span;
use crate::tree::{Entry, Map, Node, Symbol, Value};
use std::borrow::Cow;
use std::collections::HashMap;

/// Why a value is unknown that only the apply gives.
const AFTER_APPLY: &str = "it is known after apply";
/// Why a sensitive value is unknown: no message may show it.
const SENSITIVE: &str = "it is sensitive";

/// From so many entries on, looking each of them up by hash is quicker.
const INDEXED: usize = 64;

/// A value that is not known.
pub(super) fn unknown<'s>(why: &'static str, span: Span) -> Node<'s> {
    Node::new(symbol(why), span)
}

/// Whether a value is wholly known after apply only.
pub(super) fn is_after_apply(node: &Node<'_>) -> bool {
    matches!(&node.value, Value::Symbol(symbol) if matches!(&**symbol, Symbol::Unknown(why) if why == AFTER_APPLY))
}

fn symbol<'s>(why: &'static str) -> Value<'s> {
    Value::Symbol(Box::new(Symbol::Unknown(Cow::Borrowed(why))))
}

/// Makes what is marked as known after apply unknown. What a plan leaves out gets the place of its mark.
pub(super) fn mark_unknown<'s>(node: &mut Node<'s>, marks: Node<'s>) {
    match (&mut node.value, marks.value) {
        (value, Value::Bool(true)) => *value = symbol(AFTER_APPLY),
        (Value::Map(map), Value::Map(marks)) => {
            let mut finder = Finder::new(map, marks.entries.len());
            for mark in marks.entries {
                match finder.position(map, &mark.key) {
                    Some(at) => mark_unknown(&mut map.entries[at].value, mark.value),
                    None if holds_true(&mark.value) => map.entries.push(Entry {
                        value: unknown(AFTER_APPLY, mark.value.span),
                        key: mark.key,
                        key_span: mark.key_span,
                    }),
                    None => {}
                }
            }
        }
        (Value::List(items), Value::List(marks)) => {
            for (at, mark) in marks.into_iter().enumerate() {
                match items.get_mut(at) {
                    Some(item) => mark_unknown(item, mark),
                    None if holds_true(&mark) => items.push(unknown(AFTER_APPLY, mark.span)),
                    None => {}
                }
            }
        }
        // Marks of another form than the value: what they mean cannot be told.
        (value, Value::Map(marks)) if marks.entries.iter().any(|one| holds_true(&one.value)) => {
            *value = symbol(AFTER_APPLY);
        }
        (value, Value::List(marks)) if marks.iter().any(holds_true) => {
            *value = symbol(AFTER_APPLY);
        }
        _ => {}
    }
}

/// Makes what is marked as sensitive unknown, and collects where it stands.
pub(super) fn mark_sensitive<'s>(node: &mut Node<'s>, marks: &Node<'s>, places: &mut Vec<Span>) {
    match (&mut node.value, &marks.value) {
        // That nothing is set is no secret.
        (Value::Null, _) => {}
        (value, Value::Bool(true)) => {
            places.push(node.span);
            *value = symbol(SENSITIVE);
        }
        (Value::Map(map), Value::Map(marks)) => {
            let mut finder = Finder::new(map, marks.entries.len());
            for mark in &marks.entries {
                if let Some(at) = finder.position(map, &mark.key) {
                    mark_sensitive(&mut map.entries[at].value, &mark.value, places);
                }
            }
        }
        (Value::List(items), Value::List(marks)) => {
            for (item, mark) in items.iter_mut().zip(marks) {
                mark_sensitive(item, mark, places);
            }
        }
        (value, Value::Map(_) | Value::List(_)) if holds_true(marks) => {
            places.push(node.span);
            *value = symbol(SENSITIVE);
        }
        _ => {}
    }
}

/// Names of arguments that hold what nobody should see, in part.
const SECRET_NAMES: [&str; 5] = ["password", "secret", "token", "private_key", "passphrase"];

/// Collects the places of what is likely sensitive by its name: before Terraform 0.15, plans mark nothing.
pub(super) fn hide_by_name(node: &Node<'_>, places: &mut Vec<Span>) {
    match &node.value {
        Value::Map(map) => {
            for entry in &map.entries {
                if SECRET_NAMES.iter().any(|name| entry.key.contains(name)) {
                    places.push(entry.value.span);
                } else {
                    hide_by_name(&entry.value, places);
                }
            }
        }
        Value::List(items) => items.iter().for_each(|item| hide_by_name(item, places)),
        _ => {}
    }
}

fn holds_true(marks: &Node<'_>) -> bool {
    match &marks.value {
        Value::Bool(held) => *held,
        Value::List(items) => items.iter().any(holds_true),
        Value::Map(map) => map.entries.iter().any(|entry| holds_true(&entry.value)),
        _ => false,
    }
}

/// Finds entries by key. Terraform sorts keys, so the next one asked for mostly stands behind the last one found.
pub(super) struct Finder<'s> {
    next: usize,
    positions: Option<HashMap<Cow<'s, str>, usize>>,
}

impl<'s> Finder<'s> {
    /// For a map in which so many keys will be looked up.
    pub(super) fn new(map: &Map<'s>, asked: usize) -> Self {
        let is_large = map.entries.len().min(asked) >= INDEXED;
        let keys = || map.entries.iter().map(|entry| entry.key.clone());
        Self {
            next: 0,
            positions: is_large.then(|| keys().zip(0..).collect()),
        }
    }

    /// Where an entry stands. The map may only have grown since.
    pub(super) fn position(&mut self, map: &Map<'s>, key: &str) -> Option<usize> {
        if let Some(positions) = &self.positions {
            return positions.get(key).copied();
        }
        let (before, behind) = map.entries.split_at(self.next.min(map.entries.len()));
        let is_wanted = |entry: &Entry<'s>| entry.key == key;
        let found = behind
            .iter()
            .position(is_wanted)
            .map(|at| at + before.len())
            .or_else(|| before.iter().position(is_wanted))?;
        self.next = found + 1;
        Some(found)
    }
}
