//! What a value was made of: attributes of resources, from which the edges of a project come.

use super::evaluate::Locals;
use crate::source::Span;
use crate::tree::{Node, Origin, Symbol, Value};
use std::collections::HashSet;
use std::rc::Rc;

/// Attributes of resources that were asked for, and where.
pub(super) type Touched = Vec<(u32, Rc<str>, Span)>;

/// What each instance of a block has of what its `count` or `for_each` refers to: what its own `each` refers to, and
/// what that of none does, since it may stand behind a key, a test or a value that is known.
pub(super) fn shares(touched: Touched, instances: &[Rc<Locals<'_>>]) -> Vec<Rc<Touched>> {
    if touched.is_empty() || instances.len() < 2 {
        let touched = Rc::new(touched);
        return vec![touched; instances.len()];
    }
    let referred = |locals: &Rc<Locals<'_>>| {
        let mut resources = HashSet::new();
        for (_, node) in &**locals {
            resources_in(node, &mut resources);
        }
        resources
    };
    let own: Vec<HashSet<u32>> = instances.iter().map(referred).collect();
    let any: HashSet<u32> = own.iter().flatten().copied().collect();
    let share = |own: &HashSet<u32>| {
        let is_one = |resource: &u32| own.contains(resource) || !any.contains(resource);
        let share = touched.iter().filter(|(resource, ..)| is_one(resource));
        Rc::new(share.cloned().collect())
    };
    own.iter().map(share).collect()
}

/// The resources that a value refers to.
fn resources_in(node: &Node<'_>, resources: &mut HashSet<u32>) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|one| resources_in(one, resources)),
        Value::Map(map) => {
            let values = map.entries.iter().map(|entry| &entry.value);
            values.for_each(|one| resources_in(one, resources));
        }
        Value::Json(json) => resources_in(&json.tree, resources),
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Reference(reference) => {
                if let Origin::Resource(resource) = reference.origin {
                    resources.insert(resource);
                }
            }
            Symbol::Text(pieces) => pieces.iter().for_each(|one| resources_in(one, resources)),
            Symbol::Choice(choice) => {
                let branches = [&choice.then, &choice.otherwise].into_iter().flatten();
                branches.for_each(|one| resources_in(one, resources));
            }
            Symbol::Unknown(_) => {}
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
