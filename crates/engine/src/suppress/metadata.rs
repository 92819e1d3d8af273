//! Metadata that suppresses, of a template or of one resource: ours, and that of other tools as they document it.
//!
//! - <https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html>
//! - <https://github.com/stelligent/cfn_nag#suppressing-a-specific-violation-for-a-resource>
//! - <https://github.com/cdklabs/cdk-nag#suppressing-a-rule>
//! - <https://github.com/aws-cloudformation/aws-guard-rules-registry#how-to-use>

use super::{Scope, Source, Suppression};
use crate::spelling::hint;
use pillarlint_parser::source::Span;
use pillarlint_parser::tree::{Entry, Map, Node, Value};

/// The forms of other tools: the key, the list below it, and how an element names its rule and its reason.
const FOREIGN: [(&str, &str, &str, &str, Source); 4] = [
    ("checkov", "skip", "id", "comment", Source::Checkov),
    (
        "cfn_nag",
        "rules_to_suppress",
        "id",
        "reason",
        Source::CfnNag,
    ),
    (
        "cdk_nag",
        "rules_to_suppress",
        "id",
        "reason",
        Source::CdkNag,
    ),
    ("guard", "SuppressedRules", "", "", Source::Guard),
];

/// Adds what the metadata of a template says, and that of its resources.
pub(super) fn read(root: &Node<'_>, found: &mut Vec<Suppression>) {
    if let Some(metadata) = root.get("Metadata") {
        read_one(metadata, &Scope::File(root.span.file), found);
    }
    for entry in resources(root) {
        if let Some(metadata) = entry.value.get("Metadata") {
            read_one(metadata, &Scope::Range(entry.span()), found);
        }
    }
}

/// The resources of a template, as they are written; those in a loop (`Fn::ForEach::Name: [Id, […], { … }]`) once.
pub(super) fn resources<'n, 's>(root: &'n Node<'s>) -> Vec<&'n Entry<'s>> {
    let mut found = Vec::new();
    if let Some(map) = root.get("Resources").and_then(Node::as_map) {
        add_resources(map, &mut found);
    }
    found
}

fn add_resources<'n, 's>(map: &'n Map<'s>, found: &mut Vec<&'n Entry<'s>>) {
    for entry in &map.entries {
        if entry.key.starts_with("Fn::ForEach::") {
            let body = entry.value.as_list().and_then(<[Node<'_>]>::last);
            if let Some(map) = body.and_then(Node::as_map) {
                add_resources(map, found);
            }
        } else {
            found.push(entry);
        }
    }
}

fn read_one(metadata: &Node<'_>, scope: &Scope, found: &mut Vec<Suppression>) {
    let Some(map) = metadata.as_map() else {
        return;
    };
    if let Some(entry) = map.entry("pillarlint") {
        own(entry, scope, found);
    }
    for (tool, list, id, reason, source) in FOREIGN {
        let list = map.get(tool).and_then(|tool| tool.get(list)?.as_list());
        for item in list.unwrap_or_default() {
            let named = if id.is_empty() {
                Some(item)
            } else {
                item.get(id)
            };
            let Some((node, text)) = named.and_then(|node| Some((node, node.as_str()?))) else {
                continue;
            };
            let mut suppression = Suppression::new(item.span, scope.clone(), source);
            suppression.rules.push((text.to_owned(), node.span));
            suppression.reason = item.get(reason).and_then(text_of);
            // One that is meant for some of what a rule says is narrower than we can tell.
            if item.get("applies_to").is_some() {
                suppression.scope = Scope::Nothing;
            }
            found.push(suppression);
        }
    }
}

fn text_of(node: &Node<'_>) -> Option<String> {
    let text = node.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// `pillarlint: { ignore: [ { rules: [a], reason: …, until: …, class: … }, b ] }`
fn own(entry: &Entry<'_>, scope: &Scope, found: &mut Vec<Suppression>) {
    let wrong = |place: Span, message: String| {
        let mut suppression = Suppression::new(place, scope.clone(), Source::Metadata);
        suppression.fault(place, message);
        suppression
    };
    let Some(map) = entry.value.as_map() else {
        let message = "`pillarlint` should hold `ignore`, a list".to_owned();
        found.push(wrong(entry.key_span, message));
        return;
    };
    for other in map.entries.iter().filter(|other| other.key != "ignore") {
        let hint = hint(&other.key, ["ignore"]);
        let message = format!("there is no key `{}` below `pillarlint`{hint}", other.key);
        found.push(wrong(other.key_span, message));
    }
    let Some(ignore) = map.get("ignore") else {
        return;
    };
    let one = std::slice::from_ref(ignore);
    let items = match &ignore.value {
        Value::List(items) => items.as_slice(),
        _ => one,
    };
    for item in items {
        let mut suppression = Suppression::new(item.span, scope.clone(), Source::Metadata);
        match &item.value {
            Value::Map(map) => fields(map, item.span, &mut suppression),
            _ => rules(item, &mut suppression),
        }
        found.push(suppression);
    }
}

const KEYS: [&str; 5] = ["rules", "rule", "reason", "until", "class"];

fn fields(map: &Map<'_>, place: Span, suppression: &mut Suppression) {
    for Entry {
        key,
        key_span,
        value,
    } in &map.entries
    {
        match (&**key, value.scalar_text()) {
            ("rules" | "rule", _) => rules(value, suppression),
            ("reason", Some(_)) => suppression.reason = text_of(value),
            ("until", Some(text)) => suppression.set_until(text, value.span),
            ("class", Some(text)) => suppression.set_class(text, value.span),
            (known, _) if KEYS.contains(&known) => {
                suppression.fault(value.span, format!("`{known}` should be a text"));
            }
            _ => {
                let hint = hint(key, KEYS);
                suppression.fault(*key_span, format!("there is no key `{key}` here{hint}"));
            }
        }
    }
    if suppression.rules.is_empty() && suppression.faults.is_empty() {
        suppression.fault(place, "the rules are missing; name them under `rules`");
    }
}

/// A rule, or a list of them.
fn rules(node: &Node<'_>, suppression: &mut Suppression) {
    let one = std::slice::from_ref(node);
    let items = match &node.value {
        Value::List(items) => items.as_slice(),
        _ => one,
    };
    for item in items {
        match item.as_str().map(str::trim) {
            Some(text) if !text.is_empty() => {
                suppression.rules.push((text.to_owned(), item.span));
            }
            _ => suppression.fault(item.span, "a rule should be a text"),
        }
    }
}
