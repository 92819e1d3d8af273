//! A function of a value that depends on a condition is a value that depends on that condition.

use super::evaluate::choice;
use super::{Context, MAX_LEAVES, MAX_VALUES, Scenarios, unknown};
use crate::model::ConditionId;
use crate::source::Span;
use crate::tree::{Node, Symbol, Value};
use std::collections::HashSet;
use std::hash::Hash;

/// A function of evaluated arguments. Nothing where its value is then not set.
pub(super) type Function<'f, 's> =
    &'f dyn Fn(&mut Context<'s>, Vec<Node<'s>>, Span) -> Option<Node<'s>>;

/// Applies a function to arguments that may be choices, or be lists or mappings with choices in them:
/// `f(Choice(c, a, b))` is `Choice(c, f(a), f(b))`, to at most [`MAX_LEAVES`] leaves ([`MAX_VALUES`] where all scenarios
/// are looked at).
pub(super) fn lift<'s>(
    cx: &mut Context<'s>,
    arguments: Vec<Node<'s>>,
    span: Span,
    function: Function<'_, 's>,
) -> Option<Node<'s>> {
    if first_choice(&arguments).is_none() {
        return function(cx, arguments, span);
    }
    let (edges, problems) = (cx.edges.len(), cx.problems.len());
    let mut leaves = match cx.scenarios {
        Scenarios::Defaults => MAX_LEAVES,
        // As many as one parameter alone has, and what is left of it.
        Scenarios::All => MAX_VALUES + 1,
    };
    let lifted = lift_each(cx, arguments, span, function, &mut leaves);
    // Each leaf has found the same things.
    forget_repeats(&mut cx.edges, edges, |edge| {
        (edge.span, edge.to, edge.attribute.clone())
    });
    forget_repeats(&mut cx.problems, problems, |problem| {
        (problem.span, problem.message.clone())
    });
    lifted
}

fn lift_each<'s>(
    cx: &mut Context<'s>,
    arguments: Vec<Node<'s>>,
    span: Span,
    function: Function<'_, 's>,
    leaves: &mut usize,
) -> Option<Node<'s>> {
    let weight: usize = arguments.iter().map(weight).sum();
    if *leaves == 0 || !cx.charge(span, weight) {
        return Some(unknown(span, "it depends on too many conditions"));
    }
    let Some(condition) = first_choice(&arguments) else {
        *leaves -= 1;
        return function(cx, arguments, span);
    };
    match cx.conditions.decide(condition, &cx.world) {
        Some(held) => {
            let arguments = resolve(arguments, condition, held);
            lift_each(cx, arguments, span, function, leaves)
        }
        None => {
            let then = resolve(arguments.clone(), condition, true);
            let otherwise = resolve(arguments, condition, false);
            let then = cx.assuming(condition, true, |cx| {
                lift_each(cx, then, span, function, leaves)
            });
            let otherwise = cx.assuming(condition, false, |cx| {
                lift_each(cx, otherwise, span, function, leaves)
            });
            match (then, otherwise) {
                // Most values of a parameter come to the same.
                (Some(then), Some(otherwise))
                    if cx.scenarios == Scenarios::All
                        && then.scalar_text().is_some()
                        && then.scalar_text() == otherwise.scalar_text() =>
                {
                    Some(then)
                }
                (then, otherwise) => choice(condition, then, otherwise, span),
            }
        }
    }
}

/// The condition of the first choice among the arguments, or among what they directly hold.
fn first_choice(arguments: &[Node<'_>]) -> Option<ConditionId> {
    arguments.iter().find_map(|argument| match &argument.value {
        Value::List(items) => items.iter().find_map(condition),
        Value::Map(map) => map.entries.iter().find_map(|entry| condition(&entry.value)),
        _ => condition(argument),
    })
}

fn condition(node: &Node<'_>) -> Option<ConditionId> {
    match &node.value {
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Choice(choice) => Some(choice.condition),
            _ => None,
        },
        _ => None,
    }
}

/// The arguments where a condition is known. An argument that is then not set is `Null`.
fn resolve<'s>(mut arguments: Vec<Node<'s>>, condition: ConditionId, held: bool) -> Vec<Node<'s>> {
    for argument in &mut arguments {
        match &mut argument.value {
            Value::List(items) => items.retain_mut(|item| chosen(item, condition, held)),
            Value::Map(map) => map
                .entries
                .retain_mut(|entry| chosen(&mut entry.value, condition, held)),
            _ => {
                if !chosen(argument, condition, held) {
                    argument.value = Value::Null;
                }
            }
        }
    }
    arguments
}

/// Replaces choices on a condition; false where the value is then not set.
fn chosen(node: &mut Node<'_>, condition: ConditionId, held: bool) -> bool {
    // Choices on one condition may be nested in each other.
    while let Value::Symbol(symbol) = &mut node.value {
        let Symbol::Choice(choice) = &mut **symbol else {
            break;
        };
        if choice.condition != condition {
            break;
        }
        let branch = if held {
            choice.then.take()
        } else {
            choice.otherwise.take()
        };
        match branch {
            Some(branch) => *node = branch,
            None => return false,
        }
    }
    true
}

/// About how many bytes a copy of a value takes.
pub(super) fn weight(node: &Node<'_>) -> usize {
    let held: usize = match &node.value {
        Value::Number(text) | Value::String(text) => text.len(),
        Value::List(items) => items.iter().map(weight).sum(),
        Value::Map(map) => map
            .entries
            .iter()
            .map(|entry| entry.key.len() + weight(&entry.value))
            .sum(),
        Value::Json(json) => json.text.len() + weight(&json.tree),
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Text(pieces) => pieces.iter().map(weight).sum(),
            Symbol::Choice(choice) => choice
                .then
                .iter()
                .chain(&choice.otherwise)
                .map(weight)
                .sum(),
            Symbol::Reference(reference) => {
                size_of_val(reference)
                    + size_of_val(reference.allowed.as_deref().unwrap_or_default())
            }
            Symbol::Unknown(_) => 0,
        },
        Value::Null | Value::Bool(_) => 0,
    };
    size_of::<Node<'_>>() + held
}

/// Removes from the tail of a list what that tail has already.
fn forget_repeats<T, K: Eq + Hash>(items: &mut Vec<T>, from: usize, key: impl Fn(&T) -> K) {
    let mut seen = HashSet::new();
    let tail = items.split_off(from);
    items.extend(tail.into_iter().filter(|item| seen.insert(key(item))));
}
