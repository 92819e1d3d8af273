//! `Policies`: managed policies, documents, and the policy templates of SAM.
//! <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-templates.html>

use super::build::{is_intrinsic, placed, text};
use crate::json;
use crate::source::{FileId, Span};
use crate::tree::{Entry, Node, Value};
use std::borrow::Cow;

/// A policy that a role gets.
pub(super) enum Policy<'s> {
    /// The ARN of a managed policy.
    Managed(Node<'s>),
    /// A document.
    Document(Node<'s>),
}

/// The policies that a property names: one, or a list of them.
pub(super) fn read(written: Option<Node<'_>>) -> Vec<Policy<'_>> {
    let Some(written) = written else {
        return Vec::new();
    };
    match written.value {
        Value::List(items) => items.into_iter().filter_map(policy).collect(),
        _ => policy(written).into_iter().collect(),
    }
}

fn policy(mut node: Node<'_>) -> Option<Policy<'_>> {
    if is_intrinsic(&node) {
        return Some(Policy::Managed(node));
    }
    match &mut node.value {
        Value::String(name) => {
            // A name stands for the policy of AWS that is called so.
            if !name.starts_with("arn:") && !name.is_empty() {
                let folder = if is_service_role(name) {
                    "service-role/"
                } else {
                    ""
                };
                *name = Cow::Owned(format!("arn:aws:iam::aws:policy/{folder}{name}"));
            }
            Some(Policy::Managed(node))
        }
        Value::Map(map) if map.entry("Statement").is_some() => Some(Policy::Document(node)),
        Value::Map(map) => match map.entries.as_slice() {
            [one] => template(one).map(Policy::Document),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a policy of AWS is one for roles of services; of those, functions mostly name the ones of Lambda.
/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html>
fn is_service_role(name: &str) -> bool {
    name.starts_with("AWSLambda")
        && (name.ends_with("Role") || name.ends_with("RolePolicy") || name.ends_with("Access"))
        && !name.starts_with("AWSLambda_")
}

/// The templates, as AWS publishes them with the SAM translator (Apache License 2.0): `tools/sam-policy-templates`.
const TEMPLATES: &str = include_str!("../../../data/sam-policy-templates.json");

/// What a policy template says with these parameters; nothing for a name that is none.
fn template<'s>(written: &Entry<'s>) -> Option<Node<'s>> {
    // Only who uses a template pays for reading them.
    let templates = json::parse(FileId(0), TEMPLATES)
        .documents
        .into_iter()
        .next()?;
    let definition = templates.get(&written.key)?;
    Some(filled(definition, &written.value, written.key_span))
}

/// A part of a template, with what it is given in place of `Ref`, all of it at one place.
fn filled<'s>(part: &Node<'static>, given: &Node<'s>, place: Span) -> Node<'s> {
    placed(part, place, &|part| {
        let Value::Map(map) = &part.value else {
            return None;
        };
        let [Entry { key, value, .. }] = map.entries.as_slice() else {
            return None;
        };
        let name = value.as_str().filter(|_| key == "Ref")?;
        if name.starts_with("AWS::") {
            return None;
        }
        let value = given.get(name).cloned();
        Some(value.unwrap_or_else(|| text("", place)))
    })
}
