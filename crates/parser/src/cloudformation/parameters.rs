//! Parameters: what they are given, their defaults, and what is known of those without.

use super::references::symbol;
use super::{Context, Given, Target, entries, unknown};
use crate::model::DeclarationKind;
use crate::source::Span;
use crate::tree::{Entry, Node, Origin, Problem, Value, Via, ViaKind};
use std::borrow::Cow;
use std::sync::Arc;

/// A parameter of a template.
pub(super) struct Parameter<'s> {
    pub(super) name: Cow<'s, str>,
    declaration: usize,
    default: Option<Default<'s>>,
    /// Whether `default` is what the stack is given: then no scenario opens it.
    pub(super) is_given: bool,
    /// All values that it may have, each once; of scalar parameters only.
    allowed: Option<Vec<Cow<'s, str>>>,
}

/// What a parameter is if nothing else is given at deployment.
struct Default<'s> {
    value: DefaultValue<'s>,
    via: Arc<Via>,
}

enum DefaultValue<'s> {
    Text(Cow<'s, str>),
    List(Vec<Cow<'s, str>>),
}

/// Reads the section `Parameters`.
pub(super) fn declare<'s>(cx: &mut Context<'s>, section: Option<Entry<'s>>, given: &Given) {
    for entry in entries(cx, section) {
        let declaration = cx.declare(
            DeclarationKind::Parameter,
            entry.key.clone(),
            entry.key_span,
        );
        if entry.value.as_map().is_none() {
            let message = format!("the parameter `{}` is not a mapping", entry.key);
            cx.problems.push(Problem::error(entry.value.span, message));
        }
        let index = u32::try_from(cx.parameters.len()).unwrap_or(u32::MAX);
        cx.names.insert(entry.key.clone(), Target::Parameter(index));
        let (parameter, is_secret, has_default) =
            parameter(entry, declaration, given, &mut cx.hidden);
        cx.parameters.push(parameter);
        if let Some(declaration) = cx.declarations.get_mut(declaration) {
            (declaration.is_secret, declaration.has_default) = (is_secret, has_default);
        }
    }
}

/// A parameter, whether it is kept secret, and whether a default is written.
fn parameter<'s>(
    entry: Entry<'s>,
    declaration: usize,
    given: &Given,
    hidden: &mut Vec<Span>,
) -> (Parameter<'s>, bool, bool) {
    let (mut default, mut allowed, mut kind, mut secret) = (None, None, None, false);
    if let Value::Map(map) = entry.value.value {
        for part in map.entries {
            match &*part.key {
                "Default" => default = Some(part.value),
                "AllowedValues" => allowed = Some(part.value),
                "Type" => kind = text(part.value),
                // Whatever is not plainly `false` may ask for secrecy.
                "NoEcho" => {
                    secret = !part
                        .value
                        .scalar_text()
                        .is_some_and(|text| text.eq_ignore_ascii_case("false"));
                }
                _ => {}
            }
        }
    }
    let kind = kind.unwrap_or_default();
    let written = default.as_ref().and_then(Node::scalar_text);
    let has_default = written.is_some_and(|text| !text.is_empty());
    // The default of a Systems Manager value is the name it is stored under.
    let stored = kind.starts_with("AWS::SSM::Parameter::Value<");
    let list = kind == "CommaDelimitedList" || kind.starts_with("List<");
    if secret {
        hidden.extend(default.iter().chain(&allowed).map(|node| node.span));
    }
    if secret || stored {
        (default, allowed) = (None, None);
    }
    // The value of a Systems Manager parameter is the name that it is stored under, too.
    let given = given.get(&*entry.key).filter(|_| !secret && !stored);
    let parameter = Parameter {
        is_given: given.is_some(),
        default: match given {
            Some((text, span)) => {
                let text = Cow::Owned(text.clone());
                Some(as_default(
                    text,
                    *span,
                    ViaKind::ParameterValue,
                    &entry.key,
                    list,
                ))
            }
            None => default.and_then(|node| {
                let span = node.span;
                Some(as_default(
                    text(node)?,
                    span,
                    ViaKind::ParameterDefault,
                    &entry.key,
                    list,
                ))
            }),
        },
        allowed: allowed.filter(|_| !list).and_then(texts),
        name: entry.key,
        declaration,
    };
    (parameter, secret, has_default)
}

fn as_default<'s>(
    text: Cow<'s, str>,
    span: Span,
    kind: ViaKind,
    name: &str,
    list: bool,
) -> Default<'s> {
    Default {
        value: if list {
            DefaultValue::List(match text {
                Cow::Borrowed(text) => text
                    .split(',')
                    .map(|item| Cow::Borrowed(item.trim()))
                    .collect(),
                Cow::Owned(text) => text
                    .split(',')
                    .map(|item| Cow::Owned(item.trim().to_owned()))
                    .collect(),
            })
        } else {
            DefaultValue::Text(text)
        },
        via: Arc::new(Via {
            kind,
            name: Arc::from(name),
            span,
            previous: None,
        }),
    }
}

/// A scalar as the text that CloudFormation makes of it.
fn text<'s>(node: Node<'s>) -> Option<Cow<'s, str>> {
    match node.value {
        Value::String(text) | Value::Number(text) => Some(text),
        Value::Bool(true) => Some(Cow::Borrowed("true")),
        Value::Bool(false) => Some(Cow::Borrowed("false")),
        _ => None,
    }
}

/// A list of scalars, each once; nothing if it holds anything else.
fn texts<'s>(node: Node<'s>) -> Option<Vec<Cow<'s, str>>> {
    let Value::List(items) = node.value else {
        return None;
    };
    let mut texts = items.into_iter().map(text).collect::<Option<Vec<_>>>()?;
    let mut seen = std::collections::HashSet::with_capacity(texts.len());
    texts.retain(|text| seen.insert(text.clone()));
    Some(texts)
}

/// A parameter is used.
pub(super) fn mark_used(cx: &mut Context<'_>, index: u32) {
    if let Some(parameter) = cx.parameters.get(index as usize) {
        cx.mark_used(parameter.declaration);
    }
}

/// What `Ref` gives for a parameter, here and in this scenario.
pub(super) fn value<'s>(cx: &mut Context<'s>, index: u32, span: Span) -> Node<'s> {
    mark_used(cx, index);
    if let Some(basis) = &mut cx.reading_condition {
        basis.parameters.push(index);
    }
    let released = cx
        .released
        .get(cx.scenario.0 as usize)
        .is_some_and(|released| released.contains(&index));
    let Some(parameter) = cx.parameters.get(index as usize) else {
        return unknown(span, "a parameter that is not declared");
    };
    let produced = match &parameter.default {
        Some(default) if parameter.is_given || !released => match &default.value {
            DefaultValue::Text(text) => text.len(),
            DefaultValue::List(items) => items.len() * size_of::<Node<'_>>(),
        },
        _ => size_of_val(parameter.allowed.as_deref().unwrap_or_default()),
    };
    if !cx.charge(span, produced) {
        return unknown(span, "the template asks for too much work");
    }
    let Some(parameter) = cx.parameters.get(index as usize) else {
        return unknown(span, "a parameter that is not declared");
    };
    match &parameter.default {
        Some(default) if parameter.is_given || !released => {
            let via = Some(Arc::clone(&default.via));
            let node = |text: &Cow<'s, str>| Node {
                value: Value::String(text.clone()),
                span,
                via: via.clone(),
            };
            match &default.value {
                DefaultValue::Text(text) => node(text),
                DefaultValue::List(items) => Node {
                    value: Value::List(items.iter().map(node).collect()),
                    span,
                    via: via.clone(),
                },
            }
        }
        _ => symbol(
            Origin::Parameter(parameter.name.clone()),
            Cow::Borrowed(""),
            parameter.allowed.clone(),
            span,
        ),
    }
}

/// What `Ref` gives for a pseudo parameter; nothing for a name that is none.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html>
pub(super) fn pseudo<'s>(name: &str, span: Span) -> Option<Node<'s>> {
    const NAMES: [&str; 7] = [
        "AWS::AccountId",
        "AWS::NotificationARNs",
        "AWS::Partition",
        "AWS::Region",
        "AWS::StackId",
        "AWS::StackName",
        "AWS::URLSuffix",
    ];
    // The values of none of them are a closed list: regions and partitions are added.
    let name = NAMES.into_iter().find(|known| *known == name)?;
    let origin = Origin::Pseudo(Cow::Borrowed(name));
    Some(symbol(origin, Cow::Borrowed(""), None, span))
}
