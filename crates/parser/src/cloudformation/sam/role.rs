//! The role that SAM makes for what has none.

use super::build::{entry, list, map, tag_list, text, trust};
use super::policies::{self, Policy};
use super::{Made, Origin};
use crate::source::Span;
use crate::tree::{Entry, Node, Value};
use std::borrow::Cow;

/// What a role will be.
pub(super) struct Role<'s> {
    service: &'static str,
    managed: Vec<Node<'s>>,
    inline: Vec<Node<'s>>,
    place: Span,
    /// Where its owner names policies.
    written: Option<Span>,
}

impl<'s> Role<'s> {
    pub(super) fn new(service: &'static str, place: Span) -> Self {
        Self {
            service,
            managed: Vec::new(),
            inline: Vec::new(),
            place,
            written: None,
        }
    }

    /// Adds a policy of AWS, by the end of its ARN.
    pub(super) fn attach(&mut self, name: &str, place: Span) {
        let arn = format!("arn:aws:iam::aws:policy/{name}");
        let has = |node: &Node<'_>| node.as_str() == Some(&arn);
        if !self.managed.iter().any(has) {
            self.managed.push(text(arn, place));
        }
    }

    /// Adds a policy of these statements.
    pub(super) fn allow(&mut self, name: impl Into<Cow<'s, str>>, document: Node<'s>, place: Span) {
        let entries = vec![
            entry("PolicyName", text(name, place)),
            entry("PolicyDocument", document),
        ];
        self.inline.push(map(entries, place));
    }

    /// Adds what `Policies` of a function or a state machine names.
    pub(super) fn add(&mut self, origin: &Origin<'s>, written: Option<Entry<'s>>) {
        self.written = written.as_ref().map(|one| one.key_span);
        let written = written.map(|one| one.value);
        for (index, policy) in policies::read(written).into_iter().enumerate() {
            match policy {
                Policy::Managed(arn) => {
                    let again = arn.as_str().is_some_and(|arn| {
                        self.managed.iter().any(|one| one.as_str() == Some(arn))
                    });
                    if !again {
                        self.managed.push(arn);
                    }
                }
                Policy::Document(document) => {
                    let place = document.span;
                    self.allow(
                        origin.name(format_args!("RolePolicy{index}")),
                        document,
                        place,
                    );
                }
            }
        }
    }

    /// The role as a resource. Properties that its owner sets for it come first.
    pub(super) fn finish(
        self,
        made: &mut Made<'s>,
        origin: &Origin<'s>,
        properties: Vec<Entry<'s>>,
    ) {
        self.finish_as(made, origin, origin.name("Role"), properties);
    }

    /// The same, under another name.
    pub(super) fn finish_as(
        self,
        made: &mut Made<'s>,
        origin: &Origin<'s>,
        id: Cow<'s, str>,
        mut properties: Vec<Entry<'s>>,
    ) {
        let place = self.place;
        let has_trust = properties
            .iter()
            .any(|one| one.key == "AssumeRolePolicyDocument");
        if !has_trust {
            properties.push(entry(
                "AssumeRolePolicyDocument",
                trust(self.service, place),
            ));
        }
        let policies = self.written.unwrap_or(place);
        if !self.managed.is_empty() {
            properties.push(entry("ManagedPolicyArns", list(self.managed, policies)));
        }
        if !self.inline.is_empty() {
            properties.push(entry("Policies", list(self.inline, policies)));
        }
        let role = origin.added(id, "AWS::IAM::Role", place, properties);
        made.resources.push(role);
    }
}

/// Tags of a SAM resource as a list, with the one that SAM adds.
pub(super) fn tags<'s>(
    created_by: &'static str,
    tags: Option<Entry<'s>>,
    place: Span,
) -> Entry<'s> {
    let own = super::build::mapping(
        [
            ("Key", text(created_by, place)),
            ("Value", text("SAM", place)),
        ],
        place,
    );
    let Some(mut tags) = tags else {
        return entry("Tags", list(vec![own], place));
    };
    tags.value = tag_list(tags.value);
    if let Value::List(items) = &mut tags.value.value {
        items.insert(0, own);
    }
    tags.key = Cow::Borrowed("Tags");
    tags
}
