//! A template that tags its resources, but never with an owner.

use super::Found;
use crate::answer::Truth;
use crate::evaluate::Asking;
use crate::path::Reached;
use crate::rule::{BuiltinCall, Step};
use pillarlint_parser::tree::{Node, Value};

pub(super) fn places(asking: &Asking<'_, '_>, call: &BuiltinCall) -> Vec<Found> {
    let keys = call.list("keys");
    let mut first = None;
    for (index, resource) in (0u32..).zip(&asking.project.resources) {
        if asking.exists(resource) == Truth::False {
            continue;
        }
        let written = resource.properties.as_map();
        let Some(entry) = written.and_then(|map| map.entry("Tags").or_else(|| map.entry("tags")))
        else {
            continue;
        };
        let (tags, certain) = tag_keys(asking, &entry.value);
        // A tag that is not known may be the owner: stay silent.
        if !certain || tags.iter().any(|tag| is_owner(tag, keys)) {
            return Vec::new();
        }
        // A display name, and what AWS itself sets, is no scheme of tags.
        if tags
            .iter()
            .any(|tag| *tag != "Name" && !tag.starts_with("aws:"))
        {
            first.get_or_insert((entry.key_span, index));
        }
    }
    first
        .map(|(span, index)| Found {
            span,
            resource: Some(index),
            value: String::new(),
        })
        .into_iter()
        .collect()
}

/// `Owner`, `owner`, and `my-company:owner` all name one.
fn is_owner(tag: &str, keys: &[String]) -> bool {
    let tag = tag.to_ascii_lowercase();
    let last = tag.rsplit([':', '/']).next().unwrap_or(&tag);
    keys.iter().any(|key| *key == tag || key == last)
}

/// The keys of tags, written as a list of `Key` and `Value` or as a mapping, and whether these are all.
fn tag_keys<'a, 's>(asking: &Asking<'a, 's>, node: &'a Node<'s>) -> (Vec<&'a str>, bool) {
    let mut keys = Vec::new();
    let node = match asking.settle_value(node, node.span) {
        Reached::Value(node) => node,
        Reached::Missing(_) => return (keys, true),
        Reached::Unknown(..) => return (keys, false),
    };
    if let Value::Map(map) = &node.value {
        return (map.entries.iter().map(|entry| &*entry.key).collect(), true);
    }
    let mut found = Vec::new();
    asking.walk_all(node, &[Step::All], node.span, &mut found);
    for reached in found {
        let Reached::Value(tag) = reached else {
            return (keys, false);
        };
        match asking.walk(tag, &[Step::Key("Key".to_owned())], tag.span) {
            Reached::Value(key) => match key.as_str() {
                Some(key) => keys.push(key),
                None => return (keys, false),
            },
            Reached::Missing(_) => {}
            Reached::Unknown(..) => return (keys, false),
        }
    }
    (keys, true)
}
