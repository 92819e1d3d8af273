//! `Globals`: what all resources of a kind share. Mappings are merged, lists are joined, and else the resource's own
//! value counts: <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html>.

use super::build::is_intrinsic;
use crate::tree::{Entry, Node, Value};

/// What is shared, by the short kind (`Function`).
pub(super) struct Globals<'s>(Vec<Entry<'s>>);

pub(super) fn read(section: Option<Node<'_>>) -> Globals<'_> {
    match section.map(|node| node.value) {
        Some(Value::Map(map)) => Globals(map.entries),
        _ => Globals(Vec::new()),
    }
}

impl<'s> Globals<'s> {
    /// Adds what a kind shares to the properties of a resource of that kind, but for what `IgnoreGlobals` names.
    pub(super) fn merge_into(
        &self,
        kind: &str,
        own: &mut Vec<Entry<'s>>,
        ignored: Option<&Node<'s>>,
    ) {
        let is_ignored = |key: &str| match ignored.map(|node| &node.value) {
            Some(Value::List(names)) => names.iter().any(|name| name.as_str() == Some(key)),
            Some(Value::String(all)) => all == "*",
            _ => false,
        };
        let shared = self.0.iter().find(|entry| entry.key == kind);
        if let Some(map) = shared.and_then(|entry| entry.value.as_map()) {
            let shared = map.entries.iter().filter(|one| !is_ignored(&one.key));
            merge_entries(shared, own, &mut vec![kind.to_owned()]);
        }
    }

    /// What a kind shares.
    pub(super) fn of(&self, kind: &str) -> Vec<Entry<'s>> {
        let mut own = Vec::new();
        self.merge_into(kind, &mut own, None);
        own
    }
}

/// Lists that are not joined: a resource's own one counts alone.
const REPLACED: [&str; 2] = [
    "Function.Architectures",
    "CapacityProvider.InstanceRequirements.Architectures",
];

/// Mappings that get nothing new: only what both say is merged.
const PRUNED: [&str; 1] = ["CapacityProvider.ManagedResourceTags"];

fn merge_entries<'n, 's: 'n>(
    shared: impl Iterator<Item = &'n Entry<'s>>,
    own: &mut Vec<Entry<'s>>,
    route: &mut Vec<String>,
) {
    let is_pruned = PRUNED.contains(&&*route.join("."));
    for entry in shared {
        route.push(entry.key.to_string());
        match own.iter_mut().find(|one| one.key == entry.key) {
            Some(one) => merge(&entry.value, &mut one.value, route),
            None if is_pruned => {}
            None => own.push(entry.clone()),
        }
        route.pop();
    }
}

fn merge<'s>(shared: &Node<'s>, own: &mut Node<'s>, route: &mut Vec<String>) {
    if is_intrinsic(shared) || is_intrinsic(own) {
        return;
    }
    match (&shared.value, &mut own.value) {
        (Value::Map(shared), Value::Map(own)) => {
            merge_entries(shared.entries.iter(), &mut own.entries, route);
        }
        (Value::List(_), Value::List(_)) if REPLACED.contains(&&*route.join(".")) => {}
        (Value::List(shared), Value::List(own)) => {
            own.splice(0..0, shared.iter().cloned());
        }
        _ => {}
    }
}
