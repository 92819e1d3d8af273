//! Values with intrinsic functions in them become values without.

use super::{Context, MAX_DEPTH, mappings, misused, network, references, text, unknown};
use crate::model::Truth;
use crate::source::Span;
use crate::tree::{Choice, Map, Node, Symbol, Value};

/// Evaluates a value in place. False where it is then not set (`AWS::NoValue`).
pub(super) fn value<'s>(cx: &mut Context<'s>, node: &mut Node<'s>) -> bool {
    if matches!(node.value, Value::Null | Value::Bool(_) | Value::Number(_)) {
        return true;
    }
    if cx.depth >= MAX_DEPTH {
        *node = unknown(node.span, "it is nested too deeply");
        return true;
    }
    cx.depth += 1;
    let set = nested_value(cx, node);
    cx.depth -= 1;
    set
}

fn nested_value<'s>(cx: &mut Context<'s>, node: &mut Node<'s>) -> bool {
    match &mut node.value {
        Value::String(_) if !cx.in_function => text::look_into(cx, node),
        Value::List(items) => items.retain_mut(|item| value(cx, item)),
        Value::Map(map) => {
            if !is_call(map) {
                map.entries.retain_mut(|entry| value(cx, &mut entry.value));
                return true;
            }
            let map = std::mem::take(map);
            match function(cx, map, node.span) {
                Some(evaluated) => *node = evaluated,
                None => return false,
            }
        }
        _ => {}
    }
    true
}

/// Whether a key is one of a function: `Ref`, `Fn::Sub`, or the tag `!Sub`.
pub(super) fn is_function_key(key: &str) -> bool {
    match key.as_bytes() {
        [b'!', ..] | b"Ref" => true,
        [b'F', ..] => key.starts_with("Fn::"),
        _ => false,
    }
}

/// Whether a mapping is a function. `Ref` beside other keys is a key like them.
fn is_call(map: &Map<'_>) -> bool {
    match map.entries.as_slice() {
        [entry] => is_function_key(&entry.key),
        entries => entries.iter().any(|entry| entry.key.starts_with("Fn::")),
    }
}

/// Evaluates an argument of a function; `Null` where it is not set.
pub(super) fn argument<'s>(cx: &mut Context<'s>, mut node: Node<'s>) -> Node<'s> {
    let outer = std::mem::replace(&mut cx.in_function, true);
    let set = value(cx, &mut node);
    cx.in_function = outer;
    if !set {
        node.value = Value::Null;
    }
    node
}

/// Evaluates for its uses and problems only: what refers to a resource here does not count.
pub(super) fn discard<'s>(cx: &mut Context<'s>, mut node: Node<'s>) {
    let edges = cx.edges.len();
    value(cx, &mut node);
    cx.edges.truncate(edges);
}

/// Evaluates a mapping that has a function's key.
fn function<'s>(cx: &mut Context<'s>, map: Map<'s>, span: Span) -> Option<Node<'s>> {
    // What a macro or a loop adds to a mapping is not known, so nothing of the mapping is.
    let added = map.entries.iter().find(|entry| {
        matches!(&*entry.key, "Fn::Transform" | "!Transform")
            || entry.key.starts_with("Fn::ForEach")
    });
    if let Some(added) = added {
        let why = format!("`{}` is not expanded", added.key);
        cx.leave_out(added.key_span, why.clone());
        return Some(unknown(span, why));
    }
    let [entry]: [_; 1] = match map.entries.try_into() {
        Ok(entry) => entry,
        Err(_) => return Some(misused(cx, span, "a function stands beside other keys")),
    };
    let argument = entry.value;
    let name = entry
        .key
        .strip_prefix("Fn::")
        .or_else(|| entry.key.strip_prefix('!'))
        .unwrap_or(&entry.key);
    let evaluated = match name {
        "Ref" => references::reference(cx, argument, span),
        "GetAtt" => references::attribute_of(cx, argument, span),
        // The branches are looked into on their own.
        "If" => return conditional(cx, argument, span),
        "Sub" => text::substitute(cx, argument, span),
        "Join" => text::join(cx, argument, span),
        "Split" => text::split(cx, argument, span),
        "Select" => text::select(cx, argument, span),
        "Length" => text::length(cx, argument, span),
        "Base64" => text::base64(cx, argument, span),
        "ToJsonString" => return Some(text::to_json(cx, argument, span)),
        "FindInMap" => mappings::find(cx, argument, span),
        "Cidr" => network::cidr(cx, argument, span),
        "GetAZs" => network::zones(cx, argument, span),
        "ImportValue" => references::import(cx, argument, span),
        "And" | "Or" | "Not" | "Equals" | "Condition" => Some(misused(
            cx,
            span,
            "a condition function stands where a value is expected",
        )),
        _ => {
            cx.warn(
                entry.key_span,
                format!("`{}` is no function of CloudFormation", entry.key),
            );
            // Some other tool reads it, and what it refers to is not told.
            cx.opaque = true;
            discard(cx, argument);
            Some(unknown(span, format!("`{}` is not known", entry.key)))
        }
    };
    let mut evaluated = evaluated?;
    if !cx.in_function {
        text::look_into_result(cx, &mut evaluated);
    }
    Some(evaluated)
}

/// `Fn::If`.
fn conditional<'s>(cx: &mut Context<'s>, argument: Node<'s>, span: Span) -> Option<Node<'s>> {
    const USAGE: &str = "`Fn::If` takes the name of a condition and two values";
    let Some([condition, then, otherwise]) = parts(argument) else {
        return Some(misused(cx, span, USAGE));
    };
    let Value::String(name) = condition.value else {
        return Some(misused(cx, span, USAGE));
    };
    if cx.reading_condition.is_some() {
        return Some(misused(cx, span, "`Fn::If` stands in a condition"));
    }
    match cx.condition(&name, condition.span) {
        Truth::Known(true) => {
            discard(cx, otherwise);
            branch(cx, then)
        }
        Truth::Known(false) => {
            discard(cx, then);
            branch(cx, otherwise)
        }
        Truth::Open(id) => {
            let then = cx.assuming(id, true, |cx| branch(cx, then));
            let otherwise = cx.assuming(id, false, |cx| branch(cx, otherwise));
            choice(id, then, otherwise, span)
        }
    }
}

fn branch<'s>(cx: &mut Context<'s>, mut node: Node<'s>) -> Option<Node<'s>> {
    value(cx, &mut node).then_some(node)
}

/// A value that depends on a condition; nothing where it is not set either way.
pub(super) fn choice<'s>(
    condition: crate::model::ConditionId,
    then: Option<Node<'s>>,
    otherwise: Option<Node<'s>>,
    span: Span,
) -> Option<Node<'s>> {
    if then.is_none() && otherwise.is_none() {
        return None;
    }
    let choice = Choice {
        condition,
        then,
        otherwise,
    };
    Some(Node::new(
        Value::Symbol(Box::new(Symbol::Choice(choice))),
        span,
    ))
}

/// The elements of a list of exactly so many.
pub(super) fn parts<'s, const N: usize>(node: Node<'s>) -> Option<[Node<'s>; N]> {
    match node.value {
        Value::List(items) => items.try_into().ok(),
        _ => None,
    }
}
