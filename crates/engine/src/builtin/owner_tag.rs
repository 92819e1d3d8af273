//! A template that tags its resources, but never with an owner.

use super::{Found, tags};
use crate::answer::Truth;
use crate::evaluate::Asking;
use crate::rule::BuiltinCall;

pub(super) fn places(asking: &Asking<'_, '_>, call: &BuiltinCall) -> Vec<Found> {
    let keys = call.list("keys", asking);
    let mut first = None;
    for (index, resource) in (0u32..).zip(&asking.project.resources) {
        if asking.exists(resource) == Truth::False {
            continue;
        }
        let tags = tags::of(asking, resource);
        let Some(place) = tags.place else {
            continue;
        };
        // A tag that is not known may be the owner: stay silent.
        if !tags.complete || tags.keys.iter().any(|(tag, _)| is_owner(tag, keys)) {
            return Vec::new();
        }
        // A display name, and what AWS itself sets, is no scheme of tags.
        let mut own = tags.keys.iter();
        if own.any(|(tag, _)| *tag != "Name" && !is_of_aws(tag)) {
            first.get_or_insert((place, index));
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

/// What AWS itself sets, and what SAM sets on all that it makes.
fn is_of_aws(tag: &str) -> bool {
    const BY_SAM: [&str; 5] = [
        "graphqlapi:createdBy",
        "httpapi:createdBy",
        "lambda:createdBy",
        "stateMachine:createdBy",
        "websocketapi:createdBy",
    ];
    tag.starts_with("aws:") || BY_SAM.contains(&tag)
}

/// `Owner`, `owner`, and `my-company:owner` all name one.
fn is_owner(tag: &str, keys: &[String]) -> bool {
    let tag = tag.to_ascii_lowercase();
    let last = tag.rsplit([':', '/']).next().unwrap_or(&tag);
    keys.iter().any(|key| *key == tag || key == last)
}
