//! Which rules a run asks, by the kinds of resources, and with which parameters.

use crate::parameter::{Parameter, Setting};
use crate::rule::{Check, Header};
use crate::ruleset::Ruleset;
use std::collections::HashMap;

/// The rules that are on, by the kinds that they ask.
#[derive(Debug, Default)]
pub struct Plan {
    by_kind: HashMap<String, Vec<usize>>,
    pub(crate) template: Vec<usize>,
    /// Which rules are on, by their index in the ruleset.
    on: Vec<bool>,
    /// The parameters of the rules for which the run sets any, by the rule's index.
    set: HashMap<usize, Vec<Parameter>>,
    /// Whether it is kept who has which address, as suppressions that name addresses need it.
    pub keeps_addresses: bool,
}

impl Plan {
    /// The plan for the rules that are on, told by their index in the ruleset.
    pub fn new(rules: &Ruleset, active: &[bool]) -> Self {
        let mut plan = Self {
            on: active.to_vec(),
            ..Self::default()
        };
        for (index, rule) in rules.rules.iter().enumerate() {
            if !active.get(index).copied().unwrap_or(false) {
                continue;
            }
            for kind in &rule.header.kinds {
                if kind == TEMPLATE {
                    plan.template.push(index);
                } else {
                    plan.by_kind.entry(kind.clone()).or_default().push(index);
                }
            }
        }
        // What asks all kinds of a dialect asks each of them.
        for all in ALL_KINDS {
            let Some(of_dialect) = plan.by_kind.get(all).cloned() else {
                continue;
            };
            let named = plan.by_kind.iter_mut();
            for (_, rules) in named.filter(|(kind, _)| *kind != all && is_kind(all, kind)) {
                rules.extend(&of_dialect);
                rules.sort_unstable();
                rules.dedup();
            }
        }
        plan
    }

    /// Which rules are on, by their index in the ruleset.
    pub fn on(&self) -> &[bool] {
        &self.on
    }

    /// The rules for a kind.
    pub(crate) fn rules_for(&self, kind: &str) -> &[usize] {
        let of_dialect = || {
            let all = ALL_KINDS.iter().find(|all| is_kind(all, kind));
            all.and_then(|all| self.by_kind.get(*all))
        };
        let rules = self.by_kind.get(kind).or_else(of_dialect);
        rules.map_or(&[], Vec::as_slice)
    }

    /// Whether a rule is on, told by its index in the ruleset.
    pub(crate) fn is_on(&self, rule: usize) -> bool {
        self.on.get(rule).copied().unwrap_or(false)
    }

    /// Sets a parameter of a rule, told by its index in the ruleset, for this plan.
    pub fn set(&mut self, rules: &Ruleset, rule: usize, parameter: usize, value: Setting) {
        let own = || rules.rules[rule].header.parameters.clone();
        let parameters = self.set.entry(rule).or_insert_with(own);
        if let Some(parameter) = parameters.get_mut(parameter) {
            parameter.value = value;
        }
    }

    pub(crate) fn question<'q>(&'q self, rules: &'q Ruleset, rule: usize) -> Question<'q> {
        let rule_of = &rules.rules[rule];
        let parameters = self.set.get(&rule).unwrap_or(&rule_of.header.parameters);
        Question {
            rule,
            header: &rule_of.header,
            parameters,
            checks: rule_of.checks(),
        }
    }
}

/// A rule with the values of its parameters.
#[derive(Clone, Copy)]
pub(crate) struct Question<'q> {
    /// The rule's index in the ruleset.
    pub(crate) rule: usize,
    pub(crate) header: &'q Header,
    pub(crate) parameters: &'q [Parameter],
    pub(crate) checks: &'q [Check],
}

/// The kind that stands for the whole template in a rule's list of kinds.
pub const TEMPLATE: &str = "template";

/// The kind of a rule that is about suppressions, and asks no resource.
pub const SUPPRESSION: &str = "suppression";

/// What stands for all kinds of a dialect in a rule's list of kinds.
pub const ALL_KINDS: [&str; 2] = ["AWS::*", "aws_*"];

/// Whether a kind is the one that a rule names, or one of all that it names.
pub(crate) fn is_kind(named: &str, kind: &str) -> bool {
    named == kind
        || ALL_KINDS.contains(&named)
            && named
                .strip_suffix('*')
                .is_some_and(|start| kind.starts_with(start))
}
