//! State machines that wait and ask again.
//!
//! <https://states-language.net/spec.html>

use super::{of_value, unknown};
use crate::answer::{Answer, At, Truth};
use crate::evaluate::Asking;
use crate::operator::{known_text, number};
use crate::rule::BuiltinCall;
use pillarlint_parser::tree::Node;
use std::collections::HashMap;

/// How deep state machines may lie in one another.
const MAX_DEPTH: usize = 16;

/// Whether a short wait leads, in a circle, through a task that asks how something is going.
pub(super) fn polls<'a, 's>(asking: &Asking<'a, 's>, call: &BuiltinCall) -> Answer<'a, 's> {
    of_value(asking, call, "definition", |definition| {
        let limit = call.number("seconds", asking);
        let calls = call.list("calls", asking);
        polls_within(definition, limit, calls)
    })
}

fn polls_within<'a, 's>(definition: &'a Node<'s>, limit: f64, calls: &[String]) -> Answer<'a, 's> {
    if definition.as_map().is_none() {
        return unknown(definition.span, "the definition could not be read");
    }
    let mut machines = vec![(definition, 0)];
    while let Some((machine, depth)) = machines.pop() {
        let Some(states) = machine.get("States").and_then(Node::as_map) else {
            continue;
        };
        let states: HashMap<&str, &'a Node<'s>> = states
            .entries
            .iter()
            .map(|entry| (&*entry.key, &entry.value))
            .collect();
        let mut names: Vec<&&str> = states.keys().collect();
        names.sort();
        for name in names {
            let state = states[name];
            if depth < MAX_DEPTH {
                let branches = state.get("Branches").and_then(Node::as_list);
                let inner = ["ItemProcessor", "Iterator"].map(|key| state.get(key));
                let inner = inner.into_iter().flatten();
                machines.extend(
                    branches
                        .into_iter()
                        .flatten()
                        .chain(inner)
                        .map(|one| (one, depth + 1)),
                );
            }
            let Some(seconds) = short_wait(state, limit) else {
                continue;
            };
            if leads_round(name, &states, calls) {
                return Answer::at(Truth::True, At::value(seconds));
            }
        }
    }
    Answer::at(Truth::False, At::place(definition.span))
}

/// The seconds of a state that waits for less than the limit.
fn short_wait<'a, 's>(state: &'a Node<'s>, limit: f64) -> Option<&'a Node<'s>> {
    let is_wait = state.get("Type").and_then(Node::as_str) == Some("Wait");
    let seconds = state.get("Seconds").filter(|_| is_wait)?;
    (number(known_text(seconds)?)? < limit).then_some(seconds)
}

/// Whether one comes back to a state on a way through one of the calls.
fn leads_round(start: &str, states: &HashMap<&str, &Node<'_>>, calls: &[String]) -> bool {
    let is_call = |name: &str| {
        let resource = states
            .get(name)
            .and_then(|state| state.get("Resource")?.as_str());
        resource.is_some_and(|resource| calls.iter().any(|call| resource.ends_with(call.as_str())))
    };
    // Each state is visited at most twice: before and after a call.
    let mut visited: Vec<(&str, bool)> = Vec::new();
    let mut open: Vec<(&str, bool)> = vec![(start, false)];
    while let Some((name, called)) = open.pop() {
        let Some(state) = states.get(name) else {
            continue;
        };
        for next in next_of(state) {
            let called = called || is_call(next);
            if next == start && called {
                return true;
            }
            if !visited.contains(&(next, called)) {
                visited.push((next, called));
                open.push((next, called));
            }
        }
    }
    false
}

/// The states that may follow one, those after a caught error aside.
fn next_of<'a>(state: &'a Node<'_>) -> Vec<&'a str> {
    let choices = state.get("Choices").and_then(Node::as_list);
    let chosen = choices.into_iter().flatten();
    chosen
        .filter_map(|choice| choice.get("Next")?.as_str())
        .chain(state.get("Next").and_then(Node::as_str))
        .chain(state.get("Default").and_then(Node::as_str))
        .collect()
}
