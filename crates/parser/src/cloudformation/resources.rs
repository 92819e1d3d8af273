//! The section `Resources`.

use super::{Context, Target, cdk, entries, evaluate, references, stacks, unknown};
use crate::model::{DEPENDS_ON, Resource, Scenario, Truth};
use crate::source::Span;
use crate::tree::{Entry, Map, Node, Problem, Value};
use std::borrow::Cow;
use std::sync::Arc;

/// A resource as it is written.
pub(super) struct Written<'s> {
    pub(super) address: Cow<'s, str>,
    pub(super) address_span: Span,
    /// The name of its condition, and where that stands.
    pub(super) condition: Option<(Cow<'s, str>, Span)>,
    pub(super) kind: Cow<'s, str>,
    kind_span: Span,
    made_from: Option<Arc<str>>,
    span: Span,
    properties: Option<Entry<'s>>,
    attributes: Vec<Entry<'s>>,
    /// A macro that adds to the resource, and where it stands.
    added: Option<Span>,
}

/// A resource with the scenario that it is evaluated in, and its index; nothing for one that never exists.
pub(super) struct Placed<'s> {
    pub(super) resource: Written<'s>,
    pub(super) place: Option<(Scenario, u32)>,
}

/// Reads the section: what is a resource, of which kind, under which condition.
pub(super) fn declare<'s>(
    cx: &mut Context<'s>,
    section: Option<Entry<'s>>,
    span: Span,
) -> Vec<Written<'s>> {
    if let Some(Value::Null) = section.as_ref().map(|section| &section.value.value) {
        let message = "the section `Resources` holds nothing";
        cx.problems.push(Problem::error(span, message));
    }
    let mut resources = Vec::new();
    for entry in entries(cx, section) {
        // Which index it has, if it ever exists, is known only with the conditions.
        cx.names.entry(entry.key.clone()).or_insert(Target::NotRead);
        resources.extend(written(cx, entry));
    }
    resources
}

fn written<'s>(cx: &mut Context<'s>, entry: Entry<'s>) -> Option<Written<'s>> {
    let address = entry.key;
    let body_span = entry.value.span;
    let Value::Map(body) = entry.value.value else {
        let message = format!("the resource `{address}` is not a mapping");
        cx.problems.push(Problem::error(body_span, message));
        return None;
    };
    let (mut kind, mut kind_span, mut made_from) = (None, entry.key_span, None);
    let (mut properties, mut condition, mut added) = (None, None, None);
    let mut attributes = Vec::new();
    for part in body.entries {
        match &*part.key {
            "Type" => {
                kind_span = part.value.span;
                kind = name(&part.value);
                made_from = part.value.via.as_ref().map(|via| Arc::clone(&via.name));
                if kind.is_none() {
                    // A preprocessor may make any number of resources of it.
                    cx.generated = true;
                    // Some other tool reads it, and what it refers to is not told.
                    cx.opaque = true;
                    cx.incomplete = true;
                    let message = format!("the type of the resource `{address}` is not a text");
                    cx.problems.push(Problem::error(kind_span, message));
                    return None;
                }
            }
            "Properties" => properties = Some(part),
            key if evaluate::is_function_key(key) => {
                cx.leave_out(part.key_span, format!("`{key}` is not expanded"));
                added = Some(part.key_span);
            }
            key => {
                if key == "Condition" {
                    match name(&part.value) {
                        Some(name) => condition = Some((name, part.value.span)),
                        None => {
                            cx.warn(part.value.span, "`Condition` takes the name of a condition")
                        }
                    }
                }
                attributes.push(part);
            }
        }
    }
    let Some(kind) = kind else {
        if added.is_none() {
            let message = format!("the resource `{address}` has no `Type`");
            cx.problems.push(Problem::error(entry.key_span, message));
        }
        return None;
    };
    if kind.ends_with("::MODULE") {
        cx.generated = true;
        cx.leave_resources_out(kind_span, format!("the module `{kind}` is not expanded"));
    }
    Some(Written {
        address,
        address_span: entry.key_span,
        condition,
        kind,
        kind_span,
        made_from,
        span: entry.key_span.to(body_span),
        properties,
        attributes,
        added,
    })
}

/// The text of a node that is a name.
pub(super) fn name<'s>(node: &Node<'s>) -> Option<Cow<'s, str>> {
    match &node.value {
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

/// Evaluates all resources, each in its scenario, with the nested stacks among them. The indices are those that names
/// were given before.
pub(super) fn lower<'s>(cx: &mut Context<'s>, placed: Vec<Placed<'s>>) {
    // An output of a nested stack may be asked for before its resource comes.
    let mut others = Vec::with_capacity(placed.len());
    for one in placed {
        match one.place {
            Some((scenario, index)) if stacks::is_stack(&one.resource.kind) => {
                let waiting = stacks::Stack::Waiting(Box::new(one.resource), scenario);
                cx.stacks.insert(index, waiting);
                others.push((index, None));
            }
            Some((scenario, index)) => others.push((index, Some((one.resource, scenario)))),
            None => {
                // It is not checked, but what it uses is used.
                let parts = one.resource.properties.into_iter();
                let parts = parts.chain(one.resource.attributes);
                parts.for_each(|part| evaluate::discard(cx, part.value));
            }
        }
    }
    for (index, resource) in others {
        match resource {
            Some((resource, scenario)) => make(cx, resource, scenario, index),
            None => stacks::read(cx, index),
        }
    }
}

/// Evaluates a resource.
pub(super) fn make<'s>(
    cx: &mut Context<'s>,
    resource: Written<'s>,
    scenario: Scenario,
    index: u32,
) {
    let outer = cx.begin(Some(index), scenario);
    // Nothing of a resource matters where it does not exist.
    if let Some((name, _)) = &resource.condition
        && let Truth::Open(id) = cx.holds(scenario, name)
    {
        cx.world.push((id, true));
    }
    let made = evaluated(cx, resource, scenario);
    if let Some(place) = cx.made.get_mut(index as usize) {
        *place = Some(made);
    }
    cx.resume(outer);
}

fn evaluated<'s>(cx: &mut Context<'s>, resource: Written<'s>, scenario: Scenario) -> Resource<'s> {
    let here = resource.address_span;
    let (mut properties, properties_key) = match resource.properties {
        Some(entry) => (properties(cx, entry.value, entry.key_span), entry.key_span),
        None => (empty(here), here),
    };
    if let Some(added) = resource.added {
        properties = unknown(added, "properties that a macro adds to");
    }
    let mut attributes = Map {
        entries: resource.attributes,
    };
    attributes.entries.retain_mut(|entry| {
        if entry.key == "DependsOn" {
            depends_on(cx, &entry.value);
        }
        evaluate::value(cx, &mut entry.value)
    });
    let attributes = Node::new(Value::Map(attributes), here);
    let construct = cdk::construct(&attributes);
    let is_of_cdk = construct.as_ref().is_some_and(|one| one.is_of_cdk);
    Resource {
        address: cx.called.address(resource.address),
        address_span: resource.address_span,
        kind: resource.kind,
        kind_span: resource.kind_span,
        made_from: resource.made_from,
        span: resource.span,
        properties,
        properties_key,
        attributes,
        construct,
        condition: match resource.condition {
            Some((name, _)) => Some(cx.called.address(name)),
            None => cx.called.condition.clone(),
        },
        scenario,
        is_judged: cx.judges_cdk || !is_of_cdk,
        calls: cx.called.calls.clone(),
    }
}

fn properties<'s>(cx: &mut Context<'s>, mut node: Node<'s>, key: Span) -> Node<'s> {
    if !evaluate::value(cx, &mut node) {
        return empty(key);
    }
    match node.value {
        Value::Map(_) | Value::Symbol(_) => node,
        Value::Null => empty(key),
        _ => {
            let message = "the properties of a resource are a mapping";
            cx.problems.push(Problem::error(node.span, message));
            unknown(node.span, message)
        }
    }
}

fn empty<'s>(span: Span) -> Node<'s> {
    Node::new(Value::Map(Map::default()), span)
}

fn depends_on(cx: &mut Context<'_>, node: &Node<'_>) {
    match &node.value {
        Value::String(name) => match cx.names.get(&**name).copied() {
            Some(Target::Resource(index)) => references::edge(cx, index, DEPENDS_ON, node.span),
            Some(Target::NotRead) => {}
            Some(Target::Parameter(_)) | None => cx.undeclared(node.span, name),
        },
        Value::List(items) => items.iter().for_each(|item| depends_on(cx, item)),
        _ => {}
    }
}
