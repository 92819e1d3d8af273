//! Paths: compiled from RFC 9535 text, walked over trees.
//!
//! The only user of jsonpath-rust, and of its parser alone: its own evaluator costs over a hundred
//! times more, and cannot say "unknown". Filters are left out on purpose: comparing is the operators' job.

use crate::evaluate::Asking;
use crate::operator::is_dynamic;
use crate::rule::{Path, Step};
use jsonpath_rust::parser::model::{Segment, Selector};
use jsonpath_rust::parser::parse_json_path;
use pillarlint_parser::model::Resource;
use pillarlint_parser::source::Span;
use pillarlint_parser::tree::{Node, Origin, Symbol, Value};
use std::borrow::Cow;

/// The steps of a path without its root (`.Rules[*].Status`).
///
/// # Errors
/// What is wrong with the text, in lower case.
pub fn compile(steps: &str) -> Result<Vec<Step>, String> {
    if steps.is_empty() {
        return Ok(Vec::new());
    }
    // For JSONPath `.*` and `[*]` are the same; here one is for mappings, the other for lists.
    let told_apart = steps.replace(".*", &format!("['{MEMBERS}']"));
    let query = parse_json_path(&format!("${told_apart}"))
        .map_err(|_| format!("`{steps}` is not a JSONPath (RFC 9535)"))?;
    query.segments.into_iter().map(step).collect()
}

/// The name that stands for every member; no key is called so.
const MEMBERS: &str = "*";

fn step(segment: Segment) -> Result<Step, String> {
    match segment {
        Segment::Selector(Selector::Name(name)) => {
            Ok(match name.trim_matches(|c| c == '\'' || c == '"') {
                MEMBERS => Step::Members,
                name => Step::Key(name.to_owned()),
            })
        }
        Segment::Selector(Selector::Index(index)) => u32::try_from(index)
            .map(Step::Index)
            .map_err(|_| "an index from the end is not supported".to_owned()),
        Segment::Selector(Selector::Wildcard) => Ok(Step::All),
        Segment::Selector(Selector::Filter(_)) => {
            Err("filters are not supported: use `where`".to_owned())
        }
        other => Err(format!(
            "`{other}` is not supported: a path has names, indices and `[*]`"
        )),
    }
}

impl Path {
    /// Where it begins in a resource: its properties, or what stands beside them.
    pub(crate) fn start<'a, 's>(&self, resource: &'a Resource<'s>) -> &'a Node<'s> {
        if self.beside {
            &resource.attributes
        } else {
            &resource.properties
        }
    }
}

/// Where a walk came to.
#[derive(Debug, Clone)]
pub enum Reached<'a, 's> {
    /// A value; it may be a symbol, but no choice.
    Value(&'a Node<'s>),
    /// Nothing is set there. The place is the nearest thing that exists.
    Missing(Span),
    /// It cannot be said what is there.
    Unknown(Span, Cow<'a, str>),
}

impl<'a, 's> Asking<'a, 's> {
    /// Walks a path without `[*]` from a node. `parent` is the place to name if nothing is there.
    pub fn walk(&self, from: &'a Node<'s>, steps: &[Step], parent: Span) -> Reached<'a, 's> {
        let mut nearest = parent;
        let mut node = match self.settle_value(from, nearest) {
            Reached::Value(node) => node,
            other => return other,
        };
        for step in steps {
            let next = match step {
                Step::Key(key) => match member(node, key) {
                    Ok(Some((key_span, value))) => Some((key_span, value)),
                    Ok(None) => None,
                    Err(unknown) => return unknown,
                },
                Step::Index(index) => match node.as_list() {
                    Some(items) => items.get(*index as usize).map(|item| (head_of(item), item)),
                    None => match opaque(node) {
                        Some(unknown) => return unknown,
                        None => None,
                    },
                },
                Step::All | Step::Members => None,
            };
            let Some((place, value)) = next else {
                return Reached::Missing(nearest);
            };
            // Where it is written that nothing is set, the key is the nearest thing.
            match self.settle_value(value, place) {
                Reached::Value(value) => {
                    nearest = place;
                    node = value;
                }
                other => return other,
            }
        }
        Reached::Value(node)
    }

    /// Everything that a path with `[*]` reaches, in order. Missing ends are left out.
    pub fn walk_all(
        &self,
        from: &'a Node<'s>,
        steps: &[Step],
        parent: Span,
        found: &mut Vec<Reached<'a, 's>>,
    ) {
        let Some(at) = steps.iter().position(Step::is_many) else {
            match self.walk(from, steps, parent) {
                Reached::Missing(_) => {}
                reached => found.push(reached),
            }
            return;
        };
        let node = match self.walk(from, &steps[..at], parent) {
            Reached::Value(node) => node,
            Reached::Missing(_) => return,
            unknown => {
                found.push(unknown);
                return;
            }
        };
        let rest = &steps[at + 1..];
        if steps[at] == Step::Members {
            match node.as_map() {
                Some(map) => {
                    for entry in &map.entries {
                        self.walk_all(&entry.value, rest, entry.key_span, found);
                    }
                }
                None => found.extend(opaque(node)),
            }
        } else if let Some(items) = node.as_list() {
            // The first list on the way may be asked element by element.
            let only = self.only.take();
            for (_, item) in items
                .iter()
                .enumerate()
                .filter(|(at, _)| only.is_none_or(|only| only == *at))
            {
                self.walk_all(item, rest, head_of(item), found);
            }
        } else if let Some(unknown) = opaque(node).filter(|_| !is_text(node)) {
            found.push(unknown);
        } else {
            self.walk_all(node, rest, head_of(node), found);
        }
    }

    /// Looks through choices; null counts as not set.
    pub fn settle_value(&self, node: &'a Node<'s>, nearest: Span) -> Reached<'a, 's> {
        let mut node = node;
        loop {
            match &node.value {
                Value::Null => return Reached::Missing(nearest),
                Value::Symbol(symbol) => match &**symbol {
                    Symbol::Choice(choice) => {
                        let chosen = match self.decide(choice.condition) {
                            Some(true) => choice.then.as_ref(),
                            Some(false) => choice.otherwise.as_ref(),
                            None => {
                                return Reached::Unknown(
                                    node.span,
                                    Cow::Owned(format!(
                                        "the condition `{}` is not known",
                                        self.project.conditions.name(choice.condition)
                                    )),
                                );
                            }
                        };
                        match chosen {
                            Some(chosen) => node = chosen,
                            None => return Reached::Missing(nearest),
                        }
                    }
                    _ => return Reached::Value(node),
                },
                _ => return Reached::Value(node),
            }
        }
    }
}

fn member<'a, 's>(
    node: &'a Node<'s>,
    key: &str,
) -> Result<Option<(Span, &'a Node<'s>)>, Reached<'a, 's>> {
    match node.as_map() {
        Some(map) => Ok(map.entry(key).map(|entry| (entry.key_span, &entry.value))),
        None => match opaque(node) {
            Some(unknown) => Err(unknown),
            None => Ok(None),
        },
    }
}

const DYNAMIC: &str = "a dynamic reference is resolved at deployment";

/// The pieces of a joined text, which are not all known.
pub(crate) fn pieces_of<'n, 's>(node: &'n Node<'s>) -> Option<&'n [Node<'s>]> {
    let Value::Symbol(symbol) = &node.value else {
        return None;
    };
    match &**symbol {
        Symbol::Text(pieces) => Some(pieces),
        _ => None,
    }
}

/// A text, whatever it will be, and so no list: a joined one, or the id, name or ARN of a resource.
fn is_text(node: &Node<'_>) -> bool {
    let Value::Symbol(symbol) = &node.value else {
        return false;
    };
    match &**symbol {
        Symbol::Text(_) => true,
        Symbol::Reference(reference) => {
            matches!(reference.origin, Origin::Resource(_))
                && matches!(&*reference.attribute, "" | "Arn" | "arn" | "id" | "name")
        }
        Symbol::Choice(_) | Symbol::Unknown(_) => false,
    }
}

/// A value that cannot be looked into.
pub(crate) fn opaque<'a, 's>(node: &'a Node<'s>) -> Option<Reached<'a, 's>> {
    match &node.value {
        Value::Symbol(_) => Some(Reached::Unknown(node.span, why_unknown(node))),
        // A text where a structure is meant: a dynamic reference, or a policy with holes.
        Value::String(text) if is_dynamic(text) => {
            Some(Reached::Unknown(node.span, Cow::Borrowed(DYNAMIC)))
        }
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => Some(Reached::Unknown(
            node.span,
            Cow::Borrowed("a text that could not be read as JSON"),
        )),
        _ => None,
    }
}

/// Where a thing begins, for pointing at it as a whole: the first key of a mapping.
pub(crate) fn head_of(node: &Node<'_>) -> Span {
    match &node.value {
        Value::Map(map) => map
            .entries
            .first()
            .map_or(node.span, |entry| entry.key_span),
        Value::List(items) => items.first().map_or(node.span, head_of),
        _ => node.span,
    }
}

/// Why a value is not known, for people.
pub fn why_unknown<'a>(node: &'a Node<'_>) -> Cow<'a, str> {
    if let Some(unknown) = node.as_list().and_then(|items| {
        items
            .iter()
            .find(|item| matches!(item.value, Value::Symbol(_)))
    }) {
        return why_unknown(unknown);
    }
    let Value::Symbol(symbol) = &node.value else {
        return Cow::Borrowed(match node.scalar_text() {
            Some(text) if is_dynamic(text) => DYNAMIC,
            _ => "its form is not the expected one",
        });
    };
    match &**symbol {
        Symbol::Unknown(why) => Cow::Borrowed(why),
        Symbol::Text(pieces) => pieces
            .iter()
            .find(|piece| matches!(piece.value, Value::Symbol(_)))
            .map_or(Cow::Borrowed("a joined text"), why_unknown),
        Symbol::Choice(_) => Cow::Borrowed("it depends on a condition"),
        Symbol::Reference(reference) => match &reference.origin {
            Origin::Parameter(name) if name.contains("data.") => {
                Cow::Owned(format!("`{name}` is looked up at plan"))
            }
            Origin::Parameter(name) if name.contains("var.") => {
                Cow::Owned(format!("`{name}` has no value here"))
            }
            Origin::Parameter(name) if name.contains("module.") => {
                Cow::Owned(format!("`{name}` was not read"))
            }
            Origin::Parameter(name) => {
                Cow::Owned(format!("the parameter `{name}` is given at deployment"))
            }
            Origin::Pseudo(name) => Cow::Owned(format!("`{name}` is known at deployment")),
            Origin::Import(name) => {
                Cow::Owned(format!("the export `{name}` belongs to another stack"))
            }
            Origin::Zones(_) => Cow::Borrowed("Availability Zones are known at deployment"),
            Origin::Resource(_) if reference.attribute.is_empty() => {
                Cow::Borrowed("the name that the service gives is known at deployment")
            }
            Origin::Resource(_) if reference.attribute.starts_with("[*]") => {
                Cow::Borrowed("how many instances there are is not known")
            }
            Origin::Resource(_) => Cow::Owned(format!(
                "the attribute `{}` is known at deployment",
                reference.attribute
            )),
        },
    }
}
