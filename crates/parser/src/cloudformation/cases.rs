//! All values that parameters may have, each under a condition that says so ([`Scenarios::All`]).
//!
//! The values that a parameter declares are looked through, and so are those that conditions compare it with. One that
//! declares none has its default apart from that, as long as no condition says that it has another value.

use super::evaluate::choice;
use super::lift::weight;
use super::parameters::{self, Parameter};
use super::references::symbol;
use super::stacks::Called;
use super::{Context, Scenarios, Target, evaluate, formula, unknown};
use crate::conditions::Formula;
use crate::source::Span;
use crate::tree::{Node, Origin, Value};
use std::borrow::Cow;

/// Values of one parameter that are looked through; of more, the others stay open.
pub const MAX_VALUES: usize = 32;

/// Whether all values of a parameter are looked through.
pub(super) fn are_asked(cx: &Context<'_>, index: u32) -> bool {
    let parameter = cx.parameters.get(index as usize);
    cx.scenarios == Scenarios::All && parameter.is_some_and(|parameter| parameter.is_open)
}

/// What a parameter may be here: a choice among its values.
pub(super) fn value<'s>(cx: &mut Context<'s>, index: u32, span: Span) -> Node<'s> {
    let Some(parameter) = cx.parameters.get(index as usize) else {
        return unknown(span, "a parameter that is not declared");
    };
    let value = match &parameter.default {
        Some(default) if cx.at_default && parameter.allowed.is_none() => default.node(span),
        // While conditions are read, what they compare it with is yet to be seen.
        _ if cx.reading_condition.is_some() && parameter.allowed.is_none() => {
            open(&cx.called, parameter, None, span)
        }
        _ => {
            let (cases, rest) = cases(cx, index, span);
            chosen(cx, cases, rest, span)
        }
    };
    match cx.charge(span, weight(&value)) {
        true => value,
        false => unknown(span, "the template asks for too much work"),
    }
}

/// A value of a parameter: when it has that value, that in words, and the value.
struct Case<'s> {
    when: Formula,
    words: String,
    value: Node<'s>,
}

/// The values to look through, the default first, and what is left beside them. What holds of the default is then
/// found before anything runs out.
fn cases<'s>(cx: &mut Context<'s>, index: u32, span: Span) -> (Vec<Case<'s>>, Option<Node<'s>>) {
    let Some(parameter) = cx.parameters.get_mut(index as usize) else {
        return (Vec::new(), None);
    };
    let name = cx.called.address(parameter.name.clone());
    let key = key(&cx.called, &parameter.name);
    let default = parameter.default.as_ref();
    let mut texts: Vec<Cow<'s, str>> = Vec::new();
    let compared = match parameter.is_list {
        // What conditions compare is not the list, but a text that is made of it.
        true => Vec::new(),
        false => cx.conditions.compared(&key),
    };
    let first = default.and_then(|default| default.text());
    let declared = parameter.allowed.as_deref();
    let others = compared.iter().chain(declared.unwrap_or_default());
    for text in first
        .filter(|_| declared.is_some())
        .into_iter()
        .chain(others)
    {
        let is_default = declared.is_none() && first == Some(text);
        let is_allowed = declared.is_none_or(|declared| declared.contains(text));
        if is_allowed && !is_default && !texts.contains(text) {
            texts.push(text.clone());
        }
        if texts.len() > MAX_VALUES {
            break;
        }
    }
    let is_cut = texts.len() > MAX_VALUES;
    texts.truncate(MAX_VALUES);
    if is_cut && !std::mem::replace(&mut parameter.is_cut, true) {
        let count = declared.map_or(compared.len(), <[_]>::len);
        let message = format!(
            "of the {count} values of the parameter `{}`, {MAX_VALUES} are looked at",
            parameter.name
        );
        cx.not_read.push((parameter.span, message));
    }
    let mut is = |text: &Cow<'s, str>| cx.conditions.equality(key.clone(), declared, text.clone());
    let words = |what: &str| format!("{name} is {what}");
    let mut cases: Vec<Case<'s>> = Vec::with_capacity(texts.len() + 1);
    if declared.is_none()
        && let Some(default) = default
    {
        let compared = compared.iter().map(|text| match first == Some(text) {
            true => is(text),
            false => Formula::Not(Box::new(is(text))),
        });
        let parts: Vec<Formula> = compared.chain(parameter.agrees.iter().cloned()).collect();
        let when = match parts.is_empty() {
            true => Formula::Known(true),
            false => Formula::All(parts),
        };
        cases.push(Case {
            when,
            words: words("its default"),
            value: default.node(span),
        });
    }
    cases.extend(texts.iter().map(|text| Case {
        when: is(text),
        words: words(text),
        value: parameter.case(text, span),
    }));
    let rest = match declared {
        Some(declared) => is_cut.then(|| {
            let left = declared.iter().filter(|text| !texts.contains(text));
            Some(left.cloned().collect())
        }),
        None => {
            // Without a question about the default it is what all others are not.
            let is_default = default.is_some() && parameter.agrees.is_empty();
            let is_left = !is_default || is_cut || first.is_some_and(|one| compared.contains(one));
            is_left.then_some(None)
        }
    };
    let rest = rest.map(|allowed| open(&cx.called, parameter, allowed, span));
    (cases, rest)
}

/// The value of the first case that holds.
fn chosen<'s>(
    cx: &mut Context<'s>,
    cases: Vec<Case<'s>>,
    rest: Option<Node<'s>>,
    span: Span,
) -> Node<'s> {
    let last = cases.len().checked_sub(1).filter(|_| rest.is_none());
    let mut end = rest;
    let mut open = Vec::with_capacity(cases.len());
    for (at, case) in cases.into_iter().enumerate() {
        let decided = match case.when {
            _ if last == Some(at) => Ok(true),
            Formula::Known(known) => Ok(known),
            when => {
                let words = case.words;
                let id = cx.conditions.unnamed(when, || words);
                cx.conditions.decide(id, &cx.world).ok_or(id)
            }
        };
        match decided {
            Ok(false) => {}
            Ok(true) => {
                end = Some(case.value);
                break;
            }
            Err(id) => open.push((id, case.value)),
        }
    }
    let cases = open.into_iter().rev();
    let value = cases.fold(end, |otherwise, (id, value)| {
        choice(id, Some(value), otherwise, span)
    });
    value.unwrap_or_else(|| unknown(span, "a parameter without a value"))
}

/// A parameter of which nothing more is known.
fn open<'s>(
    called: &Called<'s>,
    parameter: &Parameter<'s>,
    allowed: Option<Vec<Cow<'s, str>>>,
    span: Span,
) -> Node<'s> {
    let origin = Origin::Parameter(called.address(parameter.name.clone()));
    symbol(origin, Cow::Borrowed(""), allowed, span)
}

/// What a parameter is called where conditions compare it.
pub(super) fn key(called: &Called<'_>, name: &str) -> String {
    format!("${{{}}}", called.address(Cow::Borrowed(name)))
}

/// `Fn::Equals` of two values that are not evaluated yet.
pub(super) fn equals<'s>(
    cx: &mut Context<'s>,
    left: Node<'s>,
    right: Node<'s>,
    span: Span,
) -> Formula {
    // The parameter itself and a text: one question, whatever other values there are.
    for (one, other) in [(&left, &right), (&right, &left)] {
        if let (Some(index), Some(_)) = (parameter_of(cx, one), formula::literal(other))
            && are_asked(cx, index)
        {
            parameters::note_use(cx, index);
            let Some(parameter) = cx.parameters.get(index as usize) else {
                continue;
            };
            let parameter = open(&cx.called, parameter, parameter.allowed.clone(), span);
            return formula::equals(cx, &parameter, other, span);
        }
    }
    let before = behind(cx).len();
    let as_written = (left.clone(), right.clone());
    let compared = equals_evaluated(cx, left, right, span);
    let behind = behind(cx).get(before..).unwrap_or_default().to_vec();
    let resting: Vec<u32> = behind
        .into_iter()
        .filter(|index| rests_on_default(cx, *index))
        .collect();
    if !resting.is_empty() {
        // Their defaults hold where the answer is the one that they give.
        let problems = cx.problems.len();
        cx.at_default = true;
        let (left, right) = as_written;
        let by_default = equals_evaluated(cx, left, right, span);
        cx.at_default = false;
        cx.problems.truncate(problems);
        let both = [compared.clone(), by_default];
        let neither = both.clone().map(|one| Formula::Not(Box::new(one)));
        let agrees = Formula::Any(vec![
            Formula::All(both.to_vec()),
            Formula::All(neither.to_vec()),
        ]);
        for index in resting {
            if let Some(parameter) = cx.parameters.get_mut(index as usize) {
                parameter.agrees.push(agrees.clone());
            }
        }
    }
    compared
}

/// The parameter that a value is a `Ref` to.
fn parameter_of(cx: &Context<'_>, node: &Node<'_>) -> Option<u32> {
    let Value::Map(map) = &node.value else {
        return None;
    };
    match map.entries.as_slice() {
        [entry] if matches!(&*entry.key, "Ref" | "!Ref") => {
            match cx.names.get(entry.value.as_str()?) {
                Some(Target::Parameter(index)) => Some(*index),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The parameters that the condition at hand has used so far.
fn behind<'c>(cx: &'c Context<'_>) -> &'c [u32] {
    cx.reading_condition
        .as_ref()
        .map_or(&[], |basis| &basis.parameters)
}

/// Whether a parameter has its default as long as no condition says otherwise.
fn rests_on_default(cx: &Context<'_>, index: u32) -> bool {
    let parameter = cx.parameters.get(index as usize);
    are_asked(cx, index)
        && parameter.is_some_and(|one| one.allowed.is_none() && one.default.is_some())
}

fn equals_evaluated<'s>(
    cx: &mut Context<'s>,
    left: Node<'s>,
    right: Node<'s>,
    span: Span,
) -> Formula {
    let left = evaluate::argument(cx, left);
    let right = evaluate::argument(cx, right);
    formula::equals(cx, &left, &right, span)
}
