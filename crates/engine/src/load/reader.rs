//! Reading YAML mappings by their tables of keys, with the place of every mistake.

use super::keys::{Forms, Key, Mapping, Need};
use crate::spelling::hint;
use pillarlint_parser::source::Span;
use pillarlint_parser::tree::{Entry, Map, Node, Problem, Value};
use std::cell::RefCell;

/// Mistakes, collected.
pub(super) type Problems = RefCell<Vec<Problem>>;

/// The fields of a mapping.
pub(super) struct Fields<'n, 's, 'p> {
    map: &'n Map<'s>,
    mapping: &'static Mapping,
    /// Where the mapping begins.
    pub(super) span: Span,
    problems: &'p Problems,
}

/// Notes a mistake.
pub(super) fn wrong(problems: &Problems, span: Span, message: impl Into<String>) {
    problems.borrow_mut().push(Problem::error(span, message));
}

impl<'n, 's, 'p> Fields<'n, 's, 'p> {
    /// The fields of a node, which should be such a mapping. What does not belong there is said, and what is missing.
    pub(super) fn of(
        node: &'n Node<'s>,
        mapping: &'static Mapping,
        problems: &'p Problems,
    ) -> Option<Self> {
        let Value::Map(map) = &node.value else {
            let message = format!("{} should be a mapping (`key: value`)", mapping.name);
            wrong(problems, node.span, message);
            return None;
        };
        let fields = Self {
            map,
            mapping,
            span: crate::path::head_of(node),
            problems,
        };
        let meant = fields.say_unknown();
        fields.say_missing(&meant);
        Some(fields)
    }

    /// Says which keys are no keys of the mapping, or have no value; gives those that were meant.
    fn say_unknown(&self) -> Vec<&'static str> {
        let mut meant = Vec::new();
        for Entry {
            key,
            key_span,
            value,
        } in &self.map.entries
        {
            let names = || self.mapping.keys.iter().map(|key| key.name);
            match self.mapping.key(key) {
                Some(known) if is_null(value) => {
                    meant.push(known.name);
                    wrong(
                        self.problems,
                        *key_span,
                        format!("`{key}` has no value here: {}", clause(known.about)),
                    );
                }
                Some(_) => {}
                None => {
                    meant.extend(pillarlint_schema::nearest(key, names()));
                    let hint = hint(key, names());
                    let of = self.mapping.name;
                    let message = format!("{of} has no `{key}`{hint}");
                    wrong(self.problems, *key_span, message);
                }
            }
        }
        meant
    }

    /// Says which keys are missing, but for those that stand there misspelt.
    fn say_missing(&self, meant: &[&str]) {
        let Mapping { name, keys } = self.mapping;
        let missing = |key: &&Key| {
            key.need == Need::Required
                && self.map.get(key.name).is_none()
                && !meant.contains(&key.name)
        };
        match *keys.iter().filter(missing).collect::<Vec<_>>() {
            [] => {}
            [
                Key {
                    name: key, about, ..
                },
            ] => {
                wrong(
                    self.problems,
                    self.span,
                    format!("{name} needs `{key}`: {}", clause(about)),
                );
            }
            ref several => {
                let names = several.iter().map(|key| key.name);
                let message = format!("{name} needs {}", and(names));
                wrong(self.problems, self.span, message);
            }
        }
        let choices = || self.mapping.choices();
        let mut there = self.map.entries.iter().filter(|entry| {
            let key = self.mapping.key(&entry.key);
            key.is_some_and(|key| key.need == Need::Choice)
        });
        match (there.next(), there.next()) {
            (Some(one), Some(other)) => {
                let message = format!(
                    "`{}` stands beside `{}`: {name} has one of {}",
                    other.key,
                    one.key,
                    and(choices())
                );
                wrong(self.problems, other.key_span, message);
            }
            (None, _)
                if choices().next().is_some() && !choices().any(|one| meant.contains(&one)) =>
            {
                let message = format!("{name} needs one of {}", and(choices()));
                wrong(self.problems, self.span, message);
            }
            _ => {}
        }
    }

    /// The value of a field.
    pub(super) fn take(&self, key: &'static str) -> Option<&'n Node<'s>> {
        debug_assert!(
            self.mapping.key(key).is_some(),
            "{} has no key {key} in its table",
            self.mapping.name
        );
        self.map.get(key).filter(|node| !is_null(node))
    }

    /// The one that stands there of the keys that a mapping has one of.
    pub(super) fn chosen(&self) -> Option<(&'static str, &'n Node<'s>)> {
        let mut choices = self.mapping.choices();
        choices.find_map(|key| Some((key, self.take(key)?)))
    }

    /// A text.
    pub(super) fn text(&self, key: &'static str) -> Option<&'n str> {
        self.take(key)
            .and_then(|node| text(node, key, self.problems))
    }

    /// A list of texts; nothing where the field is missing.
    pub(super) fn texts(&self, key: &'static str) -> Vec<(&'n str, Span)> {
        self.take(key)
            .map(|node| texts(node, key, self.problems))
            .unwrap_or_default()
    }

    /// A field that is `true` where it stands.
    pub(super) fn is_true(&self, key: &'static str) -> bool {
        let Some(node) = self.take(key) else {
            return false;
        };
        let is_true = matches!(node.value, Value::Bool(true));
        if !is_true {
            let message = format!("`{key}` should be `true`, or be left out");
            wrong(self.problems, node.span, message);
        }
        is_true
    }

    /// One of some names, as what it names.
    pub(super) fn named<T: Copy>(
        &self,
        key: &'static str,
        all: &[T],
        name: fn(T) -> &'static str,
    ) -> Option<T> {
        let node = self.take(key)?;
        let names = || all.iter().map(|one| name(*one));
        let given = node.scalar_text();
        let one = all.iter().find(|one| given == Some(name(**one)));
        if one.is_none() {
            let hint = given.map_or(String::new(), |given| hint(&given.to_lowercase(), names()));
            let message = format!("`{key}` should be one of {}{hint}", and(names()));
            wrong(self.problems, node.span, message);
        }
        one.copied()
    }
}

/// The mapping that a node is among several, by its first key.
pub(super) fn form_of(
    node: &Node<'_>,
    forms: &Forms,
    problems: &Problems,
) -> Option<&'static Mapping> {
    let Value::Map(map) = &node.value else {
        let message = format!("{} should be a mapping (`{{ key: value }}`)", forms.name);
        wrong(problems, node.span, message);
        return None;
    };
    let first = |form: &Mapping| form.keys.first().map_or("", |key| key.name);
    let by_key = |name: &str| forms.forms.iter().find(|form| first(form) == name);
    let mut there = map.entries.iter();
    let mut there = there
        .by_ref()
        .filter_map(|entry| Some((*by_key(&entry.key)?, entry)));
    match (there.next(), there.next()) {
        (Some((form, _)), None) => Some(form),
        (Some((_, one)), Some((_, other))) => {
            let message = format!(
                "`{}` stands beside `{}`: {} asks one thing; join several as `all: [..]` or `any: [..]`",
                other.key, one.key, forms.name
            );
            wrong(problems, other.key_span, message);
            None
        }
        (None, _) => {
            let names = || forms.forms.iter().map(|form| first(form));
            let near = |entry: &&Entry<'_>| !hint(&entry.key, names()).is_empty();
            let (span, message) = match map.entries.iter().find(near) {
                Some(entry) => (
                    entry.key_span,
                    format!(
                        "{} has no `{}`{}",
                        forms.name,
                        entry.key,
                        hint(&entry.key, names())
                    ),
                ),
                None => {
                    let owner = map.entries.iter().find_map(|entry| {
                        let mut of = forms.forms.iter();
                        let form = of.find(|form| form.key(&entry.key).is_some())?;
                        Some((entry, first(form)))
                    });
                    match owner {
                        Some((entry, first)) => (
                            entry.key_span,
                            format!("`{}` needs `{first}` beside it", entry.key),
                        ),
                        None => (
                            crate::path::head_of(node),
                            format!("{} needs one of {}", forms.name, and(names())),
                        ),
                    }
                }
            };
            wrong(problems, span, message);
            None
        }
    }
}

/// A sentence as a part of another: without its full stop, its first letter small where only its place made it great.
fn clause(sentence: &str) -> String {
    let sentence = sentence.trim_end_matches('.');
    let mut letters = sentence.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// Whether nothing is written as a value.
fn is_null(node: &Node<'_>) -> bool {
    matches!(node.value, Value::Null)
}

/// `` `a`, `b` and `c` ``.
pub(super) fn and<'t>(names: impl Iterator<Item = &'t str>) -> String {
    let mut names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match names.pop() {
        Some(last) if names.is_empty() => last,
        Some(last) => format!("{} and {last}", names.join(", ")),
        None => String::new(),
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

/// The entries of a mapping whose names the author chooses.
pub(super) fn entries<'n, 's>(
    node: &'n Node<'s>,
    what: &str,
    problems: &Problems,
) -> &'n [Entry<'s>] {
    match &node.value {
        Value::Map(map) => &map.entries,
        _ => {
            let message = format!("`{what}` should be a mapping (`name: value`)");
            wrong(problems, node.span, message);
            &[]
        }
    }
}
