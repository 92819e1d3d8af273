//! Tag keys: those that every resource should have, and one key that is spelt in two ways.

use super::{Found, tags};
use crate::answer::{Answer, At, Truth};
use crate::evaluate::Asking;
use crate::parameter::{Parameter, Setting};
use crate::rule::{Body, BuiltinCall, Condition, Texts};
use crate::ruleset::Rule;
use pillarlint_parser::source::Span;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The parameter of a rule, by its place, that holds the tag keys which the rule asks for; nothing for other rules.
pub fn required_tags(rule: &Rule) -> Option<usize> {
    // Checks are decoded where they are first asked for, and only a few rules have parameters.
    let is_list = |parameter: &Parameter| matches!(parameter.value, Setting::List(_));
    if !rule.header.parameters.iter().any(is_list) {
        return None;
    }
    rule.checks().iter().find_map(|check| {
        let Body::Expect(Condition::Builtin(call)) = &check.body else {
            return None;
        };
        let keys = call.lists.iter().find(|(name, _)| name == "keys");
        match keys {
            Some((_, Texts::Parameter(place))) if call.name == "has-tag-keys" => {
                Some(usize::from(*place))
            }
            _ => None,
        }
    })
}

/// Whether the subject has all the tags that are asked for.
pub(super) fn has<'a, 's>(asking: &Asking<'a, 's>, call: &BuiltinCall) -> Answer<'a, 's> {
    let Some(subject) = asking.subject else {
        return Answer::plain(Truth::Unknown);
    };
    let resource = asking.project.resource(subject);
    let tags = tags::of(asking, resource);
    let place = At::place(tags.place.unwrap_or(resource.address_span));
    let has = |wanted: &String| tags.keys.iter().any(|(key, _)| key == wanted);
    if call.list("keys", asking).iter().all(has) {
        return Answer::at(Truth::True, place);
    }
    if tags.complete {
        Answer::at(Truth::False, place)
    } else {
        Answer::unknown(place.span, Cow::Borrowed("not all of its tags are known"))
    }
}

/// Keys that differ from a commoner one only in case, or in `-`, `_` and spaces. Reports split by key tell them apart.
pub(super) fn spelt_differently(asking: &Asking<'_, '_>) -> Vec<Found> {
    // By what a key says, its spellings: how often, and where first.
    let mut said: BTreeMap<String, BTreeMap<&str, (usize, Span, u32)>> = BTreeMap::new();
    for (index, resource) in (0u32..).zip(&asking.project.resources) {
        if asking.exists(resource) == Truth::False {
            continue;
        }
        for (key, span) in tags::of(asking, resource).keys {
            if key.starts_with("aws:") || !asking.project.is_own(span.file) {
                continue;
            }
            let letters = key.chars().filter(|c| !matches!(c, '-' | '_' | ' '));
            let spellings = said.entry(letters.flat_map(char::to_lowercase).collect());
            let (count, ..) = spellings
                .or_default()
                .entry(key)
                .or_insert((0, span, index));
            *count += 1;
        }
    }
    let mut found = Vec::new();
    for spellings in said.values().filter(|spellings| spellings.len() > 1) {
        // The commonest is taken for the right one; of two as common, the first.
        let usual = spellings
            .iter()
            .max_by_key(|(_, (count, span, _))| (*count, std::cmp::Reverse(*span)));
        for (key, (_, span, index)) in spellings {
            if let Some((usual, _)) = usual.filter(|(usual, _)| *usual != key) {
                found.push(Found {
                    span: *span,
                    resource: Some(*index),
                    value: format!("`{key}` beside `{usual}`"),
                });
            }
        }
    }
    found
}
