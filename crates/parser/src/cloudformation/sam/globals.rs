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
    /// Adds what a kind shares to the properties of a resource of that kind.
    pub(super) fn merge_into(&self, kind: &str, own: &mut Vec<Entry<'s>>) {
        let shared = self.0.iter().find(|entry| entry.key == kind);
        if let Some(map) = shared.and_then(|entry| entry.value.as_map()) {
            merge_entries(&map.entries, own);
        }
    }

    /// What a kind shares.
    pub(super) fn of(&self, kind: &str) -> Vec<Entry<'s>> {
        let mut own = Vec::new();
        self.merge_into(kind, &mut own);
        own
    }
}

fn merge_entries<'s>(shared: &[Entry<'s>], own: &mut Vec<Entry<'s>>) {
    for entry in shared {
        match own.iter_mut().find(|one| one.key == entry.key) {
            Some(one) => merge(&entry.value, &mut one.value),
            None => own.push(entry.clone()),
        }
    }
}

fn merge<'s>(shared: &Node<'s>, own: &mut Node<'s>) {
    if is_intrinsic(shared) || is_intrinsic(own) {
        return;
    }
    match (&shared.value, &mut own.value) {
        (Value::Map(shared), Value::Map(own)) => merge_entries(&shared.entries, &mut own.entries),
        (Value::List(shared), Value::List(own)) => {
            own.splice(0..0, shared.iter().cloned());
        }
        _ => {}
    }
}
