//! Mappings and `Fn::FindInMap`.

use super::lift::{lift, weight};
use super::{Context, entries, evaluate, misused, unknown};
use crate::model::DeclarationKind;
use crate::source::Span;
use crate::tree::{Entry, Map, Node, Symbol, Value, Via, ViaKind};
use std::borrow::Cow;
use std::sync::Arc;

/// A mapping of a template.
pub(super) struct Mapping<'s> {
    pub(super) declaration: usize,
    /// Top-level keys to second-level keys to values.
    table: Map<'s>,
}

/// Reads the section `Mappings`.
pub(super) fn declare<'s>(cx: &mut Context<'s>, section: Option<Entry<'s>>) {
    for entry in entries(cx, section) {
        let name = entry.key;
        let declaration = cx.declare(DeclarationKind::Mapping, name.clone(), entry.key_span);
        let table = match entry.value.value {
            Value::Map(table) => table,
            _ => {
                let message = format!("the mapping `{name}` is not a mapping");
                cx.warn(entry.value.span, message);
                Map::default()
            }
        };
        if table
            .entries
            .iter()
            .any(|top| evaluate::is_function_key(&top.key))
        {
            cx.leave_out(
                entry.value.span,
                format!("the mapping `{name}` is made by a macro"),
            );
        }
        cx.mappings.insert(name, Mapping { declaration, table });
    }
}

/// `Fn::FindInMap`: the mapping, a top-level key, a second-level key, and (with `AWS::LanguageExtensions`) a
/// mapping with the key `DefaultValue`.
pub(super) fn find<'s>(cx: &mut Context<'s>, argument: Node<'s>, span: Span) -> Option<Node<'s>> {
    let argument = evaluate::argument(cx, argument);
    let Value::List(mut arguments) = argument.value else {
        return Some(wrong(cx, span));
    };
    // The default stands on a level of its own, where choices are found.
    if let Some(Value::Map(default)) = arguments.get_mut(3).map(|node| &mut node.value)
        && let [entry] = default.entries.as_mut_slice()
        && entry.key == "DefaultValue"
    {
        let value = std::mem::replace(&mut entry.value, Node::new(Value::Null, span));
        arguments[3] = value;
    } else {
        arguments.truncate(3);
    }
    if let Some(name) = arguments.first().filter(|name| name.as_str().is_none()) {
        mark_named(cx, name);
    }
    lift(cx, arguments, span, &|cx, arguments, span| {
        Some(look_up(cx, arguments, span))
    })
}

/// Marks the mappings that a choice among names may mean, however many of them are looked up.
fn mark_named(cx: &mut Context<'_>, name: &Node<'_>) {
    let mapping = name.as_str().and_then(|name| cx.mappings.get(name));
    if let Some(declaration) = mapping.map(|mapping| mapping.declaration) {
        cx.mark_used(declaration);
    }
    if let Value::Symbol(symbol) = &name.value
        && let Symbol::Choice(choice) = &**symbol
    {
        let branches = choice.then.iter().chain(&choice.otherwise);
        branches.for_each(|branch| mark_named(cx, branch));
    }
}

fn wrong<'s>(cx: &mut Context<'s>, span: Span) -> Node<'s> {
    misused(
        cx,
        span,
        "`Fn::FindInMap` takes the name of a mapping and two keys",
    )
}

/// What a key may be.
enum Keys<'k, 's> {
    One(&'k str),
    Among(&'k [Cow<'s, str>]),
    Any,
}

fn look_up<'s>(cx: &mut Context<'s>, arguments: Vec<Node<'s>>, span: Span) -> Node<'s> {
    let mut arguments = arguments.into_iter();
    let (Some(name), Some(top), Some(second)) =
        (arguments.next(), arguments.next(), arguments.next())
    else {
        return wrong(cx, span);
    };
    let default = arguments.next();
    let (Some(top_keys), Some(second_keys)) = (keys(&top), keys(&second)) else {
        return wrong(cx, span);
    };
    let name = match &name.value {
        Value::String(name) => name,
        Value::Symbol(_) => {
            // It may be any of them.
            let all: Vec<usize> = cx
                .mappings
                .values()
                .map(|mapping| mapping.declaration)
                .collect();
            for declaration in all {
                cx.mark_used(declaration);
            }
            return unknown(span, "an entry of a mapping that is not known");
        }
        _ => return wrong(cx, span),
    };
    let Some(declaration) = cx.mappings.get(name).map(|mapping| mapping.declaration) else {
        cx.undeclared(span, name);
        return unknown(span, format!("`{name}` is not declared"));
    };
    cx.mark_used(declaration);
    let Some(mapping) = cx.mappings.get(name) else {
        return unknown(span, format!("`{name}` is not declared"));
    };
    if mapping
        .table
        .entries
        .iter()
        .any(|top| evaluate::is_function_key(&top.key))
    {
        return unknown(span, format!("`{name}` is not read"));
    }

    let mut looked_at = look_up_cost(&mapping.table, &top_keys);
    let mut found: Option<&Entry<'s>> = None;
    let mut same = true;
    let mut missing = false;
    for top in candidates(&mapping.table, &top_keys, &mut missing) {
        let Value::Map(table) = &top.value.value else {
            continue;
        };
        looked_at += look_up_cost(table, &second_keys);
        if looked_at > cx.budget {
            break;
        }
        for entry in candidates(table, &second_keys, &mut missing) {
            match found {
                None => found = Some(entry),
                Some(first) => same = same && equal(&first.value, &entry.value),
            }
        }
    }
    missing = missing || matches!(top_keys, Keys::Any) || matches!(second_keys, Keys::Any);
    let exact = matches!((&top_keys, &second_keys), (Keys::One(_), Keys::One(_)));
    let result = match (found, default) {
        (None, Some(default)) => Node { span, ..default },
        (None, None) if exact && !cx.generated => {
            let message = format!("`{name}` has no such entry");
            cx.warn(span, message);
            unknown(span, "an entry that the mapping does not have")
        }
        (None, None) => unknown(span, "an entry that the mapping does not have"),
        (Some(entry), default) => {
            let same =
                same && (!missing || default.is_none_or(|default| equal(&entry.value, &default)));
            if same {
                let previous = top.via.clone().or_else(|| second.via.clone());
                let via = Arc::new(Via {
                    kind: ViaKind::Mapping,
                    name: Arc::from(name.as_ref()),
                    span: entry.value.span,
                    previous,
                });
                placed(&entry.value, span, &via)
            } else {
                unknown(
                    span,
                    format!("an entry of `{name}` by a key that is not known"),
                )
            }
        }
    };
    let cost = weight(&result) + looked_at;
    if cx.charge(span, cost) {
        result
    } else {
        unknown(span, "the template asks for too much work")
    }
}

/// How many keys are compared to find the candidates.
fn look_up_cost(table: &Map<'_>, keys: &Keys<'_, '_>) -> usize {
    table.entries.len()
        * match keys {
            Keys::Among(keys) => keys.len(),
            Keys::One(_) | Keys::Any => 1,
        }
}

fn keys<'k, 's>(node: &'k Node<'s>) -> Option<Keys<'k, 's>> {
    match &node.value {
        Value::Symbol(symbol) => Some(match &**symbol {
            Symbol::Reference(reference) if reference.indices.is_empty() => {
                reference.allowed.as_deref().map_or(Keys::Any, Keys::Among)
            }
            _ => Keys::Any,
        }),
        _ => node.scalar_text().map(Keys::One),
    }
}

/// The entries that keys may mean. `missing` becomes true where a key has none.
fn candidates<'m, 's>(
    table: &'m Map<'s>,
    keys: &Keys<'_, 's>,
    missing: &mut bool,
) -> Vec<&'m Entry<'s>> {
    let among = |keys: &mut dyn Iterator<Item = &str>, missing: &mut bool| {
        let mut found = Vec::new();
        for key in keys {
            match table.entry(key) {
                Some(entry) => found.push(entry),
                None => *missing = true,
            }
        }
        found
    };
    match keys {
        Keys::One(key) => among(&mut std::iter::once(*key), missing),
        Keys::Among(keys) => among(&mut keys.iter().map(|key| &**key), missing),
        Keys::Any => table.entries.iter().collect(),
    }
}

/// Whether two entries are the same scalar or list of scalars.
fn equal(a: &Node<'_>, b: &Node<'_>) -> bool {
    match (&a.value, &b.value) {
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| scalars_equal(a, b))
        }
        _ => scalars_equal(a, b),
    }
}

fn scalars_equal(a: &Node<'_>, b: &Node<'_>) -> bool {
    a.scalar_text().is_some() && a.scalar_text() == b.scalar_text()
}

/// An entry, at the place that asks for it. Entries are scalars or lists of scalars, without functions.
fn placed<'s>(entry: &Node<'s>, span: Span, via: &Arc<Via>) -> Node<'s> {
    let value = match &entry.value {
        Value::List(items) => Value::List(
            items
                .iter()
                .map(|item| match &item.value {
                    Value::List(_) | Value::Map(_) => {
                        unknown(span, "an entry of a mapping that is neither text nor list")
                    }
                    _ => placed(item, span, via),
                })
                .collect(),
        ),
        Value::Map(_) => {
            return unknown(span, "an entry of a mapping that is neither text nor list");
        }
        scalar => scalar.clone(),
    };
    Node {
        value,
        span,
        via: Some(Arc::clone(via)),
    }
}
