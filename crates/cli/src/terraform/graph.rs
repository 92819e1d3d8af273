//! Which modules are judged on their own, and which calls lead round in a circle.

use super::read::{Key, Module};
use std::collections::{BTreeMap, BTreeSet};

type Modules<'s> = BTreeMap<Key, Module<'s>>;

/// The modules that are judged on their own, by their paths: those that were named and that no other one calls. One
/// of each circle is among them, or else nothing of it would be judged.
pub(super) fn roots<'m>(modules: &'m Modules<'_>) -> Vec<&'m Key> {
    let called: BTreeSet<&Key> = modules
        .iter()
        .flat_map(|(key, module)| module.targets().map(move |target| (key, &target.key)))
        .filter(|(caller, target)| caller != target)
        .map(|(_, target)| target)
        .collect();
    let mut named: Vec<(&Key, &Module<'_>)> = modules
        .iter()
        .filter(|(_, module)| module.is_named && !module.folder.files.is_empty())
        .collect();
    named.sort_by_key(|(key, module)| (called.contains(key), &module.folder.path));
    let mut reached: BTreeSet<&Key> = BTreeSet::new();
    let mut roots = Vec::new();
    for (key, module) in named {
        if !called.contains(key) || !reached.contains(key) {
            roots.push((&module.folder.path, key));
            reach(key, modules, &mut reached);
        }
    }
    roots.sort();
    roots.into_iter().map(|(_, key)| key).collect()
}

/// Adds a module and all that it leads to.
pub(super) fn reach<'m>(from: &'m Key, modules: &'m Modules<'_>, reached: &mut BTreeSet<&'m Key>) {
    let mut open = vec![from];
    while let Some(key) = open.pop() {
        if reached.insert(key) {
            let module = modules.get(key).into_iter();
            open.extend(module.flat_map(|module| module.targets().map(|target| &target.key)));
        }
    }
}

/// The calls (caller and called) that lead back to a module that is being called, each with the circle that it closes.
/// Without them, every chain of calls ends.
pub(super) fn circles<'m>(
    roots: &[&'m Key],
    modules: &'m Modules<'_>,
) -> BTreeMap<(&'m Key, &'m Key), String> {
    let calls = |key: &Key| -> Vec<&'m Key> {
        let module = modules.get(key).into_iter();
        module
            .flat_map(|module| module.calls.values().flatten())
            .map(|target| &target.key)
            .collect()
    };
    let mut circles = BTreeMap::new();
    let mut done: BTreeSet<&Key> = BTreeSet::new();
    for root in roots {
        // The chain of calls, each module with the calls that are still to be followed.
        let mut chain: Vec<(&Key, Vec<&Key>)> = vec![(root, calls(root))];
        let mut on_chain: BTreeSet<&Key> = BTreeSet::from([*root]);
        while let Some((caller, open)) = chain.last_mut() {
            let caller: &Key = caller;
            let Some(called) = open.pop() else {
                done.insert(caller);
                on_chain.remove(caller);
                chain.pop();
                continue;
            };
            if on_chain.contains(called) {
                let before = chain.iter().map(|(key, _)| *key);
                let circle = before.skip_while(|key| *key != called);
                circles.insert((caller, called), shown(circle.chain([called]), modules));
            } else if !done.contains(called) {
                on_chain.insert(called);
                chain.push((called, calls(called)));
            }
        }
    }
    circles
}

/// The circles are short; one that is not is shown by its ends.
const MAX_SHOWN: usize = 6;

fn shown<'m>(circle: impl Iterator<Item = &'m Key>, modules: &Modules<'_>) -> String {
    let paths = circle.filter_map(|key| modules.get(key));
    let mut paths: Vec<&str> = paths.map(|module| module.folder.path.as_str()).collect();
    if paths.len() > MAX_SHOWN {
        paths.splice(MAX_SHOWN - 2..paths.len() - 1, ["…"]);
    }
    paths.join(" → ")
}
