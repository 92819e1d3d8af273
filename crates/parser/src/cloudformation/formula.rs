//! The section `Conditions`: condition functions become formulas.

use super::{Context, Scenarios, cases, entries, evaluate, references};
use crate::conditions::Formula;
use crate::model::{ConditionId, DeclarationKind, Scenario};
use crate::source::Span;
use crate::tree::{Choice, Entry, Node, Origin, Reference, Symbol, Value};

/// What a condition rests on.
#[derive(Default)]
pub(super) struct Basis {
    /// Parameters, by index.
    pub(super) parameters: Vec<u32>,
    /// Other conditions.
    pub(super) conditions: Vec<ConditionId>,
}

/// A condition as it is written, to be read once more where a scenario opens parameters.
pub(super) struct Written<'s> {
    pub(super) id: ConditionId,
    pub(super) basis: Basis,
    span: Span,
    node: Node<'s>,
}

/// Reads the section `Conditions` under the defaults.
pub(super) fn declare<'s>(cx: &mut Context<'s>, section: Option<Entry<'s>>) -> Vec<Written<'s>> {
    let first = cx.conditions.len();
    let mut conditions: Vec<Written<'s>> = entries(cx, section)
        .into_iter()
        .map(|entry| {
            let declaration = cx.declare(
                DeclarationKind::Condition,
                entry.key.clone(),
                entry.key_span,
            );
            cx.condition_declarations
                .insert(entry.key.clone(), declaration);
            Written {
                id: cx.declare_condition(entry.key),
                basis: Basis::default(),
                span: entry.key_span,
                node: entry.value,
            }
        })
        .collect();
    for condition in &mut conditions {
        condition.basis = define(cx, condition.id, condition.node.clone());
    }
    for circular in cx.conditions.settle(first) {
        let place = conditions
            .iter()
            .find(|condition| condition.id == circular)
            .map(|condition| condition.span);
        if let Some(span) = place {
            let message = format!(
                "the condition `{}` refers to itself",
                cx.conditions.name(circular)
            );
            cx.warn(span, message);
        }
    }
    conditions
}

/// Reads conditions once more, in a scenario that opens some of their parameters.
pub(super) fn define_in<'s>(
    cx: &mut Context<'s>,
    scenario: Scenario,
    first: usize,
    conditions: &[&Written<'s>],
) {
    // The same problems were found before.
    let problems = cx.problems.len();
    cx.scenario = scenario;
    for condition in conditions {
        // As the whole unit knows it.
        let name = cx.conditions.name(condition.id).to_owned();
        if let Some(id) = cx.conditions.id(scenario, &name) {
            define(cx, id, condition.node.clone());
        }
    }
    cx.conditions.settle(first);
    cx.scenario = cx.called.scenario;
    cx.problems.truncate(problems);
}

fn define<'s>(cx: &mut Context<'s>, id: ConditionId, node: Node<'s>) -> Basis {
    let edges = cx.edges.len();
    cx.reading_condition = Some(Basis::default());
    let formula = formula(cx, node);
    cx.edges.truncate(edges);
    // What a nested stack says matters only where it exists.
    let around = cx.called.world().iter().map(|(id, _)| Formula::Named(*id));
    let formula = match around.chain([formula]).collect::<Vec<_>>() {
        parts if parts.len() > 1 => Formula::All(parts),
        mut parts => parts.pop().unwrap_or(Formula::Known(false)),
    };
    cx.conditions.define(id, formula);
    cx.reading_condition.take().unwrap_or_default()
}

fn formula<'s>(cx: &mut Context<'s>, node: Node<'s>) -> Formula {
    let span = node.span;
    if cx.depth >= super::MAX_DEPTH {
        return cx.conditions.free();
    }
    cx.depth += 1;
    let formula = nested_formula(cx, node);
    cx.depth -= 1;
    formula.unwrap_or_else(|usage| {
        cx.warn(span, usage);
        cx.conditions.free()
    })
}

fn nested_formula<'s>(cx: &mut Context<'s>, node: Node<'s>) -> Result<Formula, &'static str> {
    const USAGE: &str =
        "a condition is one of `Fn::And`, `Fn::Equals`, `Fn::Not`, `Fn::Or` and `Condition`";
    let span = node.span;
    let Value::Map(map) = node.value else {
        return Err(USAGE);
    };
    let [entry]: [_; 1] = map.entries.try_into().map_err(|_| USAGE)?;
    let argument = entry.value;
    match &*entry.key {
        "Fn::Equals" | "!Equals" => {
            let [left, right] = evaluate::parts(argument).ok_or("`Fn::Equals` takes two values")?;
            if cx.scenarios == Scenarios::All {
                return Ok(cases::equals(cx, left, right, span));
            }
            let left = evaluate::argument(cx, left);
            let right = evaluate::argument(cx, right);
            Ok(equals(cx, &left, &right, span))
        }
        "Fn::Not" | "!Not" => {
            let [inner] = evaluate::parts(argument).ok_or("`Fn::Not` takes one condition")?;
            Ok(Formula::Not(Box::new(formula(cx, inner))))
        }
        "Fn::And" | "!And" => {
            let parts = list(argument).ok_or("`Fn::And` takes a list of conditions")?;
            let parts = parts.into_iter().map(|part| formula(cx, part));
            Ok(Formula::All(parts.collect()))
        }
        "Fn::Or" | "!Or" => {
            let parts = list(argument).ok_or("`Fn::Or` takes a list of conditions")?;
            let parts = parts.into_iter().map(|part| formula(cx, part));
            Ok(Formula::Any(parts.collect()))
        }
        "Condition" | "!Condition" => {
            let Value::String(name) = argument.value else {
                return Err("`Condition` takes the name of a condition");
            };
            // Marks it as used, and declares it where nothing else does.
            cx.condition(&name, argument.span);
            let id = cx.condition_id(&name);
            if let (Some(basis), Some(id)) = (&mut cx.reading_condition, id) {
                basis.conditions.push(id);
            }
            cx.conditions
                .id(cx.scenario, &cx.called.address(name))
                .map(Formula::Named)
                .ok_or(USAGE)
        }
        key if key.starts_with("Fn::Transform") || key.starts_with("Fn::ForEach") => {
            cx.leave_out(entry.key_span, format!("`{key}` is not expanded"));
            Ok(cx.conditions.free())
        }
        _ => Err(USAGE),
    }
}

fn list<'s>(node: Node<'s>) -> Option<Vec<Node<'s>>> {
    match node.value {
        Value::List(items) => Some(items),
        _ => None,
    }
}

/// `Fn::Equals`: texts, compared letter by letter.
pub(super) fn equals<'s>(
    cx: &mut Context<'s>,
    left: &Node<'s>,
    right: &Node<'s>,
    span: Span,
) -> Formula {
    if let (Some(left), Some(right)) = (literal(left), literal(right)) {
        return Formula::Known(left == right);
    }
    // What a nested stack is handed may depend on a condition of its caller.
    for (one, other) in [(left, right), (right, left)] {
        if let Value::Symbol(symbol) = &one.value
            && let Symbol::Choice(choice) = &**symbol
        {
            return equals_either(cx, choice, other, span);
        }
    }
    let keys = (references::key(cx, left), references::key(cx, right));
    let (Some(left_key), Some(right_key)) = keys else {
        return cx.conditions.free();
    };
    if left_key == right_key {
        return Formula::Known(true);
    }
    if !ends_agree(left, right) {
        return Formula::Known(false);
    }
    match (literal(left), literal(right)) {
        (None, Some(value)) => equals_literal(cx, left_key, left, value, span),
        (Some(value), None) => equals_literal(cx, right_key, right, value, span),
        _ => {
            // Whether two things that are not known are equal: one question, whichever stands first.
            let pair = if left_key < right_key {
                format!("{left_key} = {right_key}")
            } else {
                format!("{right_key} = {left_key}")
            };
            cx.conditions.equality(pair, None, "true".into())
        }
    }
}

fn equals_either<'s>(
    cx: &mut Context<'s>,
    choice: &Choice<'s>,
    other: &Node<'s>,
    span: Span,
) -> Formula {
    if !cx.charge(span, size_of::<Node<'_>>()) {
        return cx.conditions.free();
    }
    let mut side = |branch: &Option<Node<'s>>| match branch {
        Some(branch) => equals(cx, branch, other, span),
        None => cx.conditions.free(),
    };
    let (then, otherwise) = (side(&choice.then), side(&choice.otherwise));
    let named = Formula::Named(choice.condition);
    Formula::Any(vec![
        Formula::All(vec![named.clone(), then]),
        Formula::All(vec![Formula::Not(Box::new(named)), otherwise]),
    ])
}

fn equals_literal<'s>(
    cx: &mut Context<'s>,
    key: String,
    node: &Node<'s>,
    value: &str,
    span: Span,
) -> Formula {
    let allowed = match &node.value {
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Reference(Reference {
                origin: Origin::Parameter(_),
                allowed: Some(allowed),
                indices,
                ..
            }) if indices.is_empty() => Some(allowed.as_slice()),
            _ => None,
        },
        _ => None,
    };
    if !cx.charge(span, allowed.map_or(0, <[_]>::len)) {
        return cx.conditions.free();
    }
    cx.conditions
        .equality(key, allowed, value.to_owned().into())
}

/// A text that is known now. A dynamic reference is resolved at deployment.
pub(super) fn literal<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    node.scalar_text()
        .filter(|text| !text.contains("{{resolve:"))
}

/// Whether the literal beginnings and the literal ends of two texts may be those of one.
fn ends_agree(left: &Node<'_>, right: &Node<'_>) -> bool {
    let ((left_start, left_end), (right_start, right_end)) = (ends(left), ends(right));
    let fits = |text: &Node<'_>, other: &Node<'_>| {
        literal(text).is_none_or(|text| literal_length(other) <= text.len())
    };
    (left_start.starts_with(right_start) || right_start.starts_with(left_start))
        && (left_end.ends_with(right_end) || right_end.ends_with(left_end))
        && fits(left, right)
        && fits(right, left)
}

/// How many bytes of a text are known.
fn literal_length(node: &Node<'_>) -> usize {
    pieces(node).iter().filter_map(literal).map(str::len).sum()
}

/// The text that a value surely begins and ends with.
fn ends<'n>(node: &'n Node<'_>) -> (&'n str, &'n str) {
    if let Some(text) = literal(node) {
        return (text, text);
    }
    let end = |piece: Option<&'n Node<'_>>| piece.and_then(literal).unwrap_or_default();
    (end(pieces(node).first()), end(pieces(node).last()))
}

fn pieces<'n, 's>(node: &'n Node<'s>) -> &'n [Node<'s>] {
    match &node.value {
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Text(pieces) => pieces,
            _ => &[],
        },
        _ => &[],
    }
}
