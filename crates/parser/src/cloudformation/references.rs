//! `Ref` and `Fn::GetAtt`: parameters, pseudo parameters and resources.

use super::lift::lift;
use super::{Context, Target, evaluate, misused, parameters, stacks, unknown};
use crate::model::Edge;
use crate::source::Span;
use crate::tree::{Node, Origin, Reference, Symbol, Value};
use std::borrow::Cow;

/// `Ref`. Nothing for `AWS::NoValue`.
pub(super) fn reference<'s>(
    cx: &mut Context<'s>,
    argument: Node<'s>,
    span: Span,
) -> Option<Node<'s>> {
    if let Value::String(name) = &argument.value {
        return resolve(cx, name, span);
    }
    // With AWS::LanguageExtensions the name may be computed.
    let argument = evaluate::argument(cx, argument);
    lift(
        cx,
        vec![argument],
        span,
        &|cx, arguments, span| match arguments.first().map(|node| &node.value) {
            Some(Value::String(name)) => resolve(cx, name, span),
            Some(Value::Symbol(_)) => Some(unknown(span, "a `Ref` to a name that is not known")),
            _ => Some(misused(
                cx,
                span,
                "`Ref` takes the name of a parameter or a resource",
            )),
        },
    )
}

/// What a name stands for. Nothing for `AWS::NoValue`.
pub(super) fn resolve<'s>(
    cx: &mut Context<'s>,
    name: &Cow<'s, str>,
    span: Span,
) -> Option<Node<'s>> {
    if name.starts_with("AWS::") {
        if name == "AWS::NoValue" {
            return None;
        }
        if let Some(pseudo) = parameters::pseudo(name, span) {
            return Some(pseudo);
        }
    }
    Some(match cx.names.get(name).copied() {
        Some(Target::Parameter(index)) => parameters::value(cx, index, span),
        Some(Target::Resource(index)) => resource(cx, index, Cow::Borrowed(""), span),
        Some(Target::NotRead) => unknown(span, format!("`{name}` is not read")),
        None => {
            cx.undeclared(span, name);
            unknown(span, format!("`{name}` is not declared"))
        }
    })
}

/// `Fn::GetAtt`, as `A.B`, as `[A, B]`, or as a list whose second part is computed.
pub(super) fn attribute_of<'s>(
    cx: &mut Context<'s>,
    argument: Node<'s>,
    span: Span,
) -> Option<Node<'s>> {
    if let Value::String(path) = &argument.value {
        return Some(resolve_attribute(cx, path, span));
    }
    let argument = evaluate::argument(cx, argument);
    lift(cx, vec![argument], span, &|cx, arguments, span| {
        let Some(Value::List(parts)) = arguments.into_iter().next().map(|node| node.value) else {
            return Some(wrong(cx, span));
        };
        let mut parts = parts.into_iter();
        let (Some(name), Some(first)) = (parts.next(), parts.next()) else {
            return Some(wrong(cx, span));
        };
        let Some(name) = name.scalar_text().map(str::to_owned) else {
            return Some(unknown(
                span,
                "an attribute of a resource that is not known",
            ));
        };
        let mut attribute = match first.value {
            Value::String(text) | Value::Number(text) => text,
            // The resource is known at least.
            Value::Symbol(_) => {
                if let Some(Target::Resource(index)) = cx.names.get(&*name).copied() {
                    edge(cx, index, "", span);
                }
                return Some(unknown(
                    span,
                    format!("an attribute of `{name}` that is not known"),
                ));
            }
            _ => return Some(wrong(cx, span)),
        };
        for part in parts {
            let Some(text) = part.scalar_text() else {
                return Some(wrong(cx, span));
            };
            attribute = Cow::Owned(format!("{attribute}.{text}"));
        }
        Some(attribute_named(cx, &name, attribute, span))
    })
}

fn wrong<'s>(cx: &mut Context<'s>, span: Span) -> Node<'s> {
    misused(
        cx,
        span,
        "`Fn::GetAtt` takes the name of a resource and an attribute",
    )
}

/// The attribute that `A.B` names; the attribute may have dots of its own.
pub(super) fn resolve_attribute<'s>(
    cx: &mut Context<'s>,
    path: &Cow<'s, str>,
    span: Span,
) -> Node<'s> {
    let Some((name, attribute)) = path.split_once('.') else {
        return wrong(cx, span);
    };
    let attribute = match path {
        Cow::Borrowed(path) => Cow::Borrowed(&path[name.len() + 1..]),
        Cow::Owned(_) => Cow::Owned(attribute.to_owned()),
    };
    attribute_named(cx, name, attribute, span)
}

fn attribute_named<'s>(
    cx: &mut Context<'s>,
    name: &str,
    attribute: Cow<'s, str>,
    span: Span,
) -> Node<'s> {
    // What SAM lets be referred to as a property of a resource is a resource.
    if cx.refers_to_properties
        && let Some(Target::Resource(index)) =
            cx.names.get(&*format!("{name}.{attribute}")).copied()
    {
        return resource(cx, index, Cow::Borrowed(""), span);
    }
    match cx.names.get(name).copied() {
        Some(Target::Resource(index)) => {
            let output = attribute.strip_prefix("Outputs.");
            let value = output.and_then(|output| stacks::output(cx, index, output, span));
            value.unwrap_or_else(|| resource(cx, index, attribute, span))
        }
        Some(Target::NotRead) => unknown(span, format!("`{name}` is not read")),
        Some(Target::Parameter(index)) => {
            parameters::mark_used(cx, index);
            cx.warn(
                span,
                format!("`{name}` is a parameter and has no attributes"),
            );
            unknown(span, format!("`{name}` is a parameter"))
        }
        None => {
            cx.undeclared(span, name);
            unknown(span, format!("`{name}` is not declared"))
        }
    }
}

/// `Fn::ImportValue`: the export of another stack, by its name. A name that is known in part is still one name.
pub(super) fn import<'s>(cx: &mut Context<'s>, argument: Node<'s>, span: Span) -> Option<Node<'s>> {
    let argument = evaluate::argument(cx, argument);
    lift(cx, vec![argument], span, &|cx, mut arguments, span| {
        Some(match arguments.pop() {
            Some(Node {
                value: Value::String(name),
                ..
            }) => symbol(Origin::Import(name), Cow::Borrowed(""), None, span),
            Some(node) if matches!(node.value, Value::Symbol(_)) => match key(cx, &node) {
                Some(name) => symbol(
                    Origin::Import(Cow::Owned(name)),
                    Cow::Borrowed(""),
                    None,
                    span,
                ),
                None => unknown(
                    span,
                    "the export of another stack, by a name that is not known",
                ),
            },
            _ => misused(cx, span, "`Fn::ImportValue` takes the name of an export"),
        })
    })
}

fn resource<'s>(cx: &mut Context<'s>, index: u32, attribute: Cow<'s, str>, span: Span) -> Node<'s> {
    edge(cx, index, &attribute, span);
    symbol(Origin::Resource(index), attribute, None, span)
}

/// Records that the resource at hand refers to another.
pub(super) fn edge(cx: &mut Context<'_>, to: u32, attribute: &str, span: Span) {
    cx.edges.push(Edge {
        from: cx.from,
        span,
        to,
        attribute: attribute.to_owned(),
    });
}

/// A value that something else gives.
pub(super) fn symbol<'s>(
    origin: Origin<'s>,
    attribute: Cow<'s, str>,
    allowed: Option<Vec<Cow<'s, str>>>,
    span: Span,
) -> Node<'s> {
    let reference = Reference {
        origin,
        attribute,
        indices: Vec::new(),
        allowed,
    };
    Node::new(Value::Symbol(Box::new(Symbol::Reference(reference))), span)
}

/// A text that is the same for two values exactly if they are equal for sure: known pieces as they are,
/// references as `${Name.Attribute[0]}`. Nothing where a part is unknown.
pub(super) fn key(cx: &Context<'_>, node: &Node<'_>) -> Option<String> {
    let mut key = String::new();
    write_key(cx, node, &mut key)?;
    Some(key)
}

fn write_key(cx: &Context<'_>, node: &Node<'_>, key: &mut String) -> Option<()> {
    if let Some(text) = node.scalar_text() {
        // As `Fn::Sub` escapes it, so that no text looks like a reference.
        key.push_str(&text.replace("${", "${!"));
        return Some(());
    }
    let Value::Symbol(symbol) = &node.value else {
        return None;
    };
    match &**symbol {
        Symbol::Reference(reference) => {
            key.push_str(&written(cx, reference));
            Some(())
        }
        Symbol::Text(pieces) => pieces
            .iter()
            .try_for_each(|piece| write_key(cx, piece, key)),
        Symbol::Choice(_) | Symbol::Unknown(_) => None,
    }
}

/// A reference as `${Name.Attribute[0]}`.
fn written(cx: &Context<'_>, reference: &Reference<'_>) -> String {
    let name = match &reference.origin {
        Origin::Resource(index) => cx
            .addresses
            .get(*index as usize)
            .map_or("", |address| address),
        Origin::Parameter(name) | Origin::Pseudo(name) => name,
        Origin::Zones(region) => &format!("AvailabilityZones {region}"),
        Origin::Import(name) => &format!("Import {name}"),
    };
    let dot = if reference.attribute.is_empty() {
        ""
    } else {
        "."
    };
    let indices: String = reference
        .indices
        .iter()
        .map(|index| format!("[{index}]"))
        .collect();
    format!("${{{name}{dot}{}{indices}}}", reference.attribute)
}
