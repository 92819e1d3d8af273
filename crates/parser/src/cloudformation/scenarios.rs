//! Which resources exist under the defaults, and the scenarios in which the others do.

use super::resources::{Placed, Written};
use super::{Context, MAX_SCENARIOS, MAX_SCENARIOS_IN_ALL, Target, formula};
use crate::model::{Scenario, Truth};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// Gives every resource that can exist its scenario and its index.
pub(super) fn place<'s>(
    cx: &mut Context<'s>,
    conditions: Vec<formula::Written<'s>>,
    resources: Vec<Written<'s>>,
) -> Vec<Placed<'s>> {
    let users = users(&conditions);
    let mut opened: HashMap<Cow<'s, str>, Option<Scenario>> = HashMap::new();
    let mut placed = Vec::with_capacity(resources.len());
    for resource in resources {
        let mut scenario = Some(cx.called.scenario);
        if let Some((name, span)) = &resource.condition
            && cx.condition(name, *span) == Truth::Known(false)
        {
            let full = cx.released.len() >= MAX_SCENARIOS
                || cx.conditions.scenarios() >= MAX_SCENARIOS_IN_ALL;
            scenario = match opened.get(name) {
                Some(scenario) => *scenario,
                None if full => None,
                None => {
                    let scenario = open(cx, &conditions, &users, name);
                    opened.insert(name.clone(), scenario);
                    scenario
                }
            };
            if scenario.is_none() {
                let address = &resource.address;
                // What a stack is given leaves it out, as it was asked to.
                if is_left_out(cx, &conditions, name) {
                    let place = None;
                    placed.push(Placed { resource, place });
                    continue;
                }
                let why = if opened.contains_key(name) {
                    format!("`{address}` never exists: its condition `{name}` never holds")
                } else {
                    format!(
                        "`{address}` exists only under `{name}`, and more than {MAX_SCENARIOS} conditions are like that"
                    )
                };
                cx.not_read.push((resource.address_span, why));
            }
        }
        let place = scenario.map(|scenario| {
            let index = u32::try_from(cx.addresses.len()).unwrap_or(u32::MAX);
            cx.addresses
                .push(cx.called.address(resource.address.clone()));
            cx.made.push(None);
            if let Some(target @ Target::NotRead) = cx.names.get_mut(&resource.address) {
                *target = Target::Resource(index);
            }
            (scenario, index)
        });
        placed.push(Placed { resource, place });
    }
    placed
}

/// For each condition those that mention it.
fn users(conditions: &[formula::Written<'_>]) -> Vec<Vec<usize>> {
    let mut users = vec![Vec::new(); conditions.len()];
    for (index, condition) in conditions.iter().enumerate() {
        for mentioned in mentioned(conditions, condition) {
            if let Some(users) = users.get_mut(mentioned) {
                users.push(index);
            }
        }
    }
    users
}

/// The conditions that one mentions, by their index.
fn mentioned<'c>(
    conditions: &[formula::Written<'_>],
    condition: &'c formula::Written<'_>,
) -> impl Iterator<Item = usize> + use<'c> {
    // Those of a template are declared one behind the other.
    let first = conditions.first().map_or(0, |first| first.id.0);
    let mentioned = condition.basis.conditions.iter();
    mentioned.filter_map(move |id| Some(id.0.checked_sub(first)? as usize))
}

/// A scenario in which a condition that the defaults rule out may hold: the parameters behind it are open.
/// Nothing if it does not hold even then.
fn open<'s>(
    cx: &mut Context<'s>,
    conditions: &[formula::Written<'s>],
    users: &[Vec<usize>],
    name: &str,
) -> Option<Scenario> {
    let released: HashSet<u32> = parameters_behind(cx, conditions, name)?.collect();
    let touching = (0..conditions.len()).filter(|index| {
        let parameters = &conditions[*index].basis.parameters;
        parameters
            .iter()
            .any(|parameter| released.contains(parameter))
    });
    let differing: Vec<_> = reach(conditions.len(), touching, |index| {
        users[index].iter().copied()
    })
    .into_iter()
    .map(|index| &conditions[index])
    .collect();

    let first = cx.conditions.len();
    let ids: Vec<_> = differing.iter().map(|condition| condition.id).collect();
    let scenario = cx.conditions.add_scenario(cx.called.scenario, &ids);
    cx.released.insert(scenario, released);
    formula::define_in(cx, scenario, first, &differing);
    match cx.holds(scenario, name) {
        Truth::Known(false) => None,
        _ => Some(scenario),
    }
}

/// Whether a condition does not hold because of what a parameter behind it is given.
fn is_left_out(cx: &Context<'_>, conditions: &[formula::Written<'_>], name: &str) -> bool {
    let behind = parameters_behind(cx, conditions, name);
    behind.into_iter().flatten().any(|index| {
        let parameter = cx.parameters.get(index as usize);
        parameter.is_some_and(|parameter| parameter.is_given)
    })
}

/// The parameters that a condition rests on, over any number of others.
fn parameters_behind<'c>(
    cx: &Context<'_>,
    conditions: &'c [formula::Written<'_>],
    name: &str,
) -> Option<impl Iterator<Item = u32> + use<'c>> {
    let id = cx.condition_id(name)?;
    let start = conditions.iter().position(|one| one.id == id)?;
    let behind = reach(conditions.len(), [start], |index| {
        mentioned(conditions, &conditions[index])
    });
    let parameters = behind.into_iter();
    Some(parameters.flat_map(move |index| conditions[index].basis.parameters.iter().copied()))
}

/// All that can be reached from some indices below `count`, in a fixed order.
fn reach<I: Iterator<Item = usize>>(
    count: usize,
    from: impl IntoIterator<Item = usize>,
    next: impl Fn(usize) -> I,
) -> Vec<usize> {
    let mut seen = vec![false; count];
    let mut reached = Vec::new();
    let mut pending: Vec<usize> = from.into_iter().collect();
    while let Some(index) = pending.pop() {
        if seen
            .get_mut(index)
            .is_some_and(|seen| !std::mem::replace(seen, true))
        {
            reached.push(index);
            pending.extend(next(index));
        }
    }
    reached
}
