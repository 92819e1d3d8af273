//! Parameters: what they are given, their defaults, and what is known of those without.

use super::lift::weight;
use super::references::symbol;
use super::stacks::{Arguments, refer};
use super::{Context, Given, Target, cases, entries, text, unknown};
use crate::conditions::Formula;
use crate::model::DeclarationKind;
use crate::source::Span;
use crate::tree::{Entry, Node, Origin, Problem, Symbol, Value, Via, ViaKind};
use crate::via::used_at;
use std::borrow::Cow;
use std::sync::Arc;

/// A parameter of a template.
pub(super) struct Parameter<'s> {
    pub(super) name: Cow<'s, str>,
    /// Where the name stands.
    pub(super) span: Span,
    declaration: usize,
    pub(super) default: Option<Default<'s>>,
    /// Whether `default` is what the stack is given: then no scenario opens it.
    pub(super) is_given: bool,
    /// Whether other values than the default may be looked at.
    pub(super) is_open: bool,
    /// Whether it is a list of texts.
    pub(super) is_list: bool,
    /// All values that it may have, each once; of scalar parameters only.
    pub(super) allowed: Option<Vec<Cow<'s, str>>>,
    /// Where each of them stands.
    allowed_places: Vec<Span>,
    /// Where all of these hold, it may have its default: what conditions say of texts that it is a part of.
    pub(super) agrees: Vec<Formula>,
    /// Whether it was told that not all of its values are looked at.
    pub(super) is_cut: bool,
}

/// What a parameter is if nothing else is given at deployment.
pub(super) struct Default<'s> {
    value: DefaultValue<'s>,
    via: Arc<Via>,
}

enum DefaultValue<'s> {
    Text(Cow<'s, str>),
    List(Vec<Cow<'s, str>>),
    /// What a nested stack is handed.
    Argument(Node<'s>),
}

/// What the parameters of a template are given.
pub(super) enum Values<'g, 's> {
    /// Those of a stack of its own.
    Stack(&'g Given),
    /// Those of a nested stack.
    Nested(Arguments<'s>),
}

/// Reads the section `Parameters`.
pub(super) fn declare<'s>(
    cx: &mut Context<'s>,
    section: Option<Entry<'s>>,
    mut values: Values<'_, 's>,
) {
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
        let (parameter, is_secret, has_default) = parameter(cx, entry, declaration, &mut values);
        cx.parameters.push(parameter);
        if let Some(declaration) = cx.declarations.get_mut(declaration) {
            (declaration.is_secret, declaration.has_default) = (is_secret, has_default);
        }
    }
    if let Values::Nested(arguments) = values {
        arguments.tell_undeclared(cx);
    }
}

/// A parameter, whether it is kept secret, and whether a default is written.
fn parameter<'s>(
    cx: &mut Context<'s>,
    entry: Entry<'s>,
    declaration: usize,
    values: &mut Values<'_, 's>,
) -> (Parameter<'s>, bool, bool) {
    let (mut default, mut allowed, mut kind, mut secret) = (None, None, None, false);
    if let Value::Map(map) = entry.value.value {
        for part in map.entries {
            match &*part.key {
                "Default" => default = Some(part.value),
                "AllowedValues" => allowed = Some(part.value),
                "Type" => kind = scalar(part.value),
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
    let is_optional = default.is_some();
    // The default of a Systems Manager value is the name it is stored under.
    let stored = kind.starts_with("AWS::SSM::Parameter::Value<");
    let list = kind == "CommaDelimitedList" || kind.starts_with("List<");
    if secret {
        let written = default.iter().chain(&allowed).map(|node| node.span);
        cx.hidden.extend(written);
    }
    if secret || stored {
        (default, allowed) = (None, None);
    }
    // The value of a Systems Manager parameter is the name that it is stored under, too.
    let is_withheld = secret || stored;
    let given = match values {
        Values::Stack(given) => given
            .get(&*entry.key)
            .filter(|_| !is_withheld)
            .map(|given| {
                let (text, span) = given;
                let text = Cow::Owned(text.clone());
                let kind = ViaKind::ParameterValue;
                (as_default(text, *span, kind, &entry.key, list), true)
            }),
        Values::Nested(arguments) => {
            let argument = arguments.take(cx, &entry.key, is_optional, entry.key_span);
            if let Some(argument) = argument.as_ref().filter(|_| secret) {
                cx.hidden.push(argument.span);
            }
            let argument = argument.filter(|_| !is_withheld);
            argument.map(|argument| as_argument(cx, argument, &entry.key, list))
        }
    };
    let is_open = given.is_none() && !is_withheld;
    let is_given = given.as_ref().is_some_and(|(_, is_given)| *is_given);
    let (allowed, allowed_places) = allowed.filter(|_| !list).and_then(texts).unzip();
    let parameter = Parameter {
        is_given,
        is_open,
        default: given.map(|(given, _)| given).or_else(|| {
            let node = default?;
            let span = node.span;
            let kind = ViaKind::ParameterDefault;
            Some(as_default(scalar(node)?, span, kind, &entry.key, list))
        }),
        is_list: list,
        allowed,
        allowed_places: allowed_places.unwrap_or_default(),
        agrees: Vec::new(),
        is_cut: false,
        name: entry.key,
        span: entry.key_span,
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

/// What a nested stack is handed for a parameter, and whether that is so whatever the parameters of its caller are.
fn as_argument<'s>(
    cx: &mut Context<'s>,
    mut node: Node<'s>,
    name: &str,
    list: bool,
) -> (Default<'s>, bool) {
    let is_given = !rests_on_default(&node);
    let span = node.span;
    if list {
        node = text::listed(cx, node);
    } else if let Some(text) = node.scalar_text().map(str::to_owned)
        && !matches!(node.value, Value::String(_) | Value::Json(_))
    {
        node.value = Value::String(Cow::Owned(text));
    }
    let default = Default {
        value: DefaultValue::Argument(node),
        via: Arc::new(Via {
            kind: ViaKind::ParameterValue,
            name: Arc::from(name),
            span,
            previous: None,
        }),
    };
    (default, is_given)
}

/// Whether a value would be another one if a parameter did not have its default.
fn rests_on_default(node: &Node<'_>) -> bool {
    let mut step = node.via.as_deref();
    while let Some(via) = step {
        if via.kind == ViaKind::ParameterDefault {
            return true;
        }
        step = via.previous.as_deref();
    }
    match &node.value {
        Value::List(items) => items.iter().any(rests_on_default),
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Text(pieces) => pieces.iter().any(rests_on_default),
            Symbol::Choice(choice) => {
                let mut branches = choice.then.iter().chain(&choice.otherwise);
                branches.any(rests_on_default)
            }
            _ => false,
        },
        _ => false,
    }
}

/// A scalar as the text that CloudFormation makes of it.
fn scalar<'s>(node: Node<'s>) -> Option<Cow<'s, str>> {
    match node.value {
        Value::String(text) | Value::Number(text) => Some(text),
        Value::Bool(true) => Some(Cow::Borrowed("true")),
        Value::Bool(false) => Some(Cow::Borrowed("false")),
        _ => None,
    }
}

/// A list of scalars, each once, and where they stand; nothing if it holds anything else.
fn texts<'s>(node: Node<'s>) -> Option<(Vec<Cow<'s, str>>, Vec<Span>)> {
    let Value::List(items) = node.value else {
        return None;
    };
    let mut seen = std::collections::HashSet::with_capacity(items.len());
    let (mut texts, mut places) = (Vec::with_capacity(items.len()), Vec::new());
    for item in items {
        let place = item.span;
        let text = scalar(item)?;
        if seen.insert(text.clone()) {
            texts.push(text);
            places.push(place);
        }
    }
    Some((texts, places))
}

/// A parameter is used.
pub(super) fn mark_used(cx: &mut Context<'_>, index: u32) {
    if let Some(parameter) = cx.parameters.get(index as usize) {
        cx.mark_used(parameter.declaration);
    }
}

impl<'s> Default<'s> {
    /// The default, where it is one text.
    pub(super) fn text(&self) -> Option<&Cow<'s, str>> {
        match &self.value {
            DefaultValue::Text(text) => Some(text),
            DefaultValue::Argument(_) | DefaultValue::List(_) => None,
        }
    }

    /// The default, at the place that asks for it.
    pub(super) fn node(&self, span: Span) -> Node<'s> {
        let via = Some(Arc::clone(&self.via));
        let node = |text: &Cow<'s, str>| Node {
            value: Value::String(text.clone()),
            span,
            via: via.clone(),
        };
        match &self.value {
            DefaultValue::Text(text) => node(text),
            DefaultValue::Argument(argument) => argument.clone(),
            DefaultValue::List(items) => Node {
                value: Value::List(items.iter().map(node).collect()),
                span,
                via: via.clone(),
            },
        }
    }
}

impl<'s> Parameter<'s> {
    /// A value that it may have, at the place that asks for it.
    pub(super) fn case(&self, text: &Cow<'s, str>, span: Span) -> Node<'s> {
        let default = self.default.as_ref();
        if let Some(default) = default.filter(|default| default.text() == Some(text)) {
            return default.node(span);
        }
        let allowed = self.allowed.iter().flatten();
        let place = allowed
            .zip(&self.allowed_places)
            .find(|(one, _)| *one == text);
        let via = place.map(|(_, place)| {
            Arc::new(Via {
                kind: ViaKind::AllowedValue,
                name: Arc::from(&*self.name),
                span: *place,
                previous: None,
            })
        });
        Node {
            value: Value::String(text.clone()),
            span,
            via,
        }
    }
}

/// A parameter is used here, and by the condition at hand.
pub(super) fn note_use(cx: &mut Context<'_>, index: u32) {
    mark_used(cx, index);
    if let Some(basis) = &mut cx.reading_condition {
        basis.parameters.push(index);
    }
}

/// What `Ref` gives for a parameter, here and in this scenario.
pub(super) fn value<'s>(cx: &mut Context<'s>, index: u32, span: Span) -> Node<'s> {
    note_use(cx, index);
    if cases::are_asked(cx, index) {
        return cases::value(cx, index, span);
    }
    let released = cx
        .released
        .get(&cx.scenario)
        .is_some_and(|released| released.contains(&index));
    let Some(parameter) = cx.parameters.get(index as usize) else {
        return unknown(span, "a parameter that is not declared");
    };
    let produced = match &parameter.default {
        Some(default) if parameter.is_given || !released => match &default.value {
            DefaultValue::Text(text) => text.len(),
            DefaultValue::List(items) => items.len() * size_of::<Node<'_>>(),
            DefaultValue::Argument(node) => weight(node),
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
        Some(Default {
            value: DefaultValue::Argument(argument),
            via,
        }) if parameter.is_given || !released => {
            let mut node = argument.clone();
            used_at(&mut node, span, via.kind, &via.name);
            refer(cx, &node, span);
            node
        }
        Some(default) if parameter.is_given || !released => default.node(span),
        _ => symbol(
            Origin::Parameter(cx.called.address(parameter.name.clone())),
            Cow::Borrowed(""),
            parameter.allowed.clone(),
            span,
        ),
    }
}

/// What conditions compare secret parameters with is secret, too.
pub(super) fn keep_secrets(cx: &mut Context<'_>) {
    for parameter in &cx.parameters {
        let declaration = cx.declarations.get(parameter.declaration);
        if declaration.is_some_and(|declaration| declaration.is_secret) {
            let key = cases::key(&cx.called, &parameter.name);
            cx.conditions.keep_secret(&key);
        }
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
