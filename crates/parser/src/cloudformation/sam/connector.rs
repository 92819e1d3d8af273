//! `AWS::Serverless::Connector`: <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-connector.html>.

use super::build::{entry, list, reference};
use super::{Made, Origin, Written};
use crate::source::Span;
use crate::tree::Node;
use std::borrow::Cow;

/// A policy for the role of what a connector begins at.
pub(super) fn expand<'s>(made: &mut Made<'s>, mut written: Written<'s>) {
    let place = written.origin.id_span;
    let source = written.properties.take_value("Source");
    let id = source
        .as_ref()
        .and_then(|one| one.get("Id"))
        .and_then(Node::as_str);
    let Some(id) = id.map(str::to_owned) else {
        return;
    };
    // A function or a state machine of SAM has a role by this name, unless it names one.
    let role = format!("{id}Role");
    if made.resources.iter().any(|one| one.key == role) {
        let name = written.origin.name("Policy");
        policy(made, &written.origin, name, role.into(), place);
    }
}

/// A policy of which only AWS knows what it allows: no more than the connection needs.
pub(super) fn policy<'s>(
    made: &mut Made<'s>,
    origin: &Origin<'s>,
    id: Cow<'s, str>,
    role: Cow<'s, str>,
    place: Span,
) {
    let document = super::super::unknown(place, "what a connector of SAM allows");
    let properties = vec![
        entry("PolicyDocument", document),
        entry("Roles", list(vec![reference(role, place)], place)),
    ];
    made.resources
        .push(origin.added(id, "AWS::IAM::ManagedPolicy", place, properties));
}
