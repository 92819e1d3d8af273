//! Reading the fields of a YAML mapping, with the place of every mistake.

use crate::spelling::hint;
use pillarlint_parser::source::Span;
use pillarlint_parser::tree::{Map, Node, Problem, Value};
use std::cell::RefCell;

/// Mistakes, collected.
pub(super) type Problems = RefCell<Vec<Problem>>;

/// The fields of a mapping. Those that nobody asked for are unknown fields.
pub(super) struct Fields<'n, 's, 'p> {
    map: &'n Map<'s>,
    /// Where the mapping begins.
    pub(super) span: Span,
    problems: &'p Problems,
    taken: RefCell<Vec<&'static str>>,
}

/// Notes a mistake.
pub(super) fn wrong(problems: &Problems, span: Span, message: impl Into<String>) {
    problems.borrow_mut().push(Problem::error(span, message));
}

impl<'n, 's, 'p> Fields<'n, 's, 'p> {
    /// The fields of a node, which should be a mapping.
    pub(super) fn of(node: &'n Node<'s>, what: &str, problems: &'p Problems) -> Option<Self> {
        match &node.value {
            Value::Map(map) => Some(Self {
                map,
                span: crate::path::head_of(node),
                problems,
                taken: RefCell::new(Vec::new()),
            }),
            _ => {
                wrong(problems, node.span, format!("{what} should be a mapping"));
                None
            }
        }
    }

    /// The value of a field.
    pub(super) fn take(&self, key: &'static str) -> Option<&'n Node<'s>> {
        self.taken.borrow_mut().push(key);
        self.map
            .get(key)
            .filter(|node| !matches!(node.value, Value::Null))
    }

    /// The value of a field that must be there.
    pub(super) fn require(&self, key: &'static str) -> Option<&'n Node<'s>> {
        let value = self.take(key);
        if value.is_none() {
            wrong(self.problems, self.span, format!("`{key}` is missing"));
        }
        value
    }

    /// A text.
    pub(super) fn text(&self, key: &'static str) -> Option<&'n str> {
        self.take(key)
            .and_then(|node| text(node, key, self.problems))
    }

    /// A text that must be there.
    pub(super) fn require_text(&self, key: &'static str) -> Option<&'n str> {
        self.require(key)
            .and_then(|node| text(node, key, self.problems))
    }

    /// A list of texts; nothing where the field is missing.
    pub(super) fn texts(&self, key: &'static str) -> Vec<(&'n str, Span)> {
        self.take(key)
            .map(|node| texts(node, key, self.problems))
            .unwrap_or_default()
    }

    /// Says which fields nobody knows.
    pub(super) fn finish(self) {
        let taken = self.taken.into_inner();
        for entry in &self.map.entries {
            if !taken.contains(&&*entry.key) {
                wrong(
                    self.problems,
                    entry.key_span,
                    format!(
                        "unknown field `{}`{}",
                        entry.key,
                        hint(&entry.key, taken.iter().copied())
                    ),
                );
            }
        }
    }
}

/// A scalar as text.
pub(super) fn text<'n>(node: &'n Node<'_>, what: &str, problems: &Problems) -> Option<&'n str> {
    let text = node.scalar_text();
    if text.is_none() {
        wrong(problems, node.span, format!("`{what}` should be a text"));
    }
    text
}

/// A list of scalars, or one, as texts with their places.
pub(super) fn texts<'n>(
    node: &'n Node<'_>,
    what: &str,
    problems: &Problems,
) -> Vec<(&'n str, Span)> {
    let items = match &node.value {
        Value::List(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    items
        .iter()
        .filter_map(|item| text(item, what, problems).map(|text| (text, item.span)))
        .collect()
}
