//! `PropagateTags`: what SAM adds on behalf of a resource has the tags of that resource.

use super::build::{entry, tag_list};
use crate::tree::{Entry, Node, Value};

/// Kinds that SAM adds, and that take tags as a list.
const LISTED: [&str; 14] = [
    "AWS::ApiGateway::ApiKey",
    "AWS::ApiGateway::DomainName",
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGateway::UsagePlan",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::IAM::Role",
    "AWS::IoT::TopicRule",
    "AWS::Lambda::CapacityProvider",
    "AWS::Lambda::Function",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::StepFunctions::StateMachine",
];

/// Those that take them as a mapping.
const MAPPED: [&str; 2] = ["AWS::ApiGatewayV2::DomainName", "AWS::ApiGatewayV2::Stage"];

/// Gives tags to what is made, in place of those that it has.
pub(super) fn propagate<'s>(made: &mut [Entry<'s>], tags: &Node<'s>) {
    for one in made {
        let kind = one.value.get("Type").and_then(Node::as_str);
        let tags = match kind {
            Some(kind) if LISTED.contains(&kind) => tag_list(tags.clone()),
            Some(kind) if MAPPED.contains(&kind) => tags.clone(),
            _ => continue,
        };
        set(one, tags);
    }
}

/// Gives a resource tags in place of those that it has.
pub(super) fn set<'s>(resource: &mut Entry<'s>, tags: Node<'s>) {
    let properties = super::nested(&mut resource.value, "Properties", tags.span);
    if let Some(Value::Map(properties)) = properties.map(|one| &mut one.value) {
        properties.entries.retain(|one| one.key != "Tags");
        properties.entries.push(entry("Tags", tags));
    }
}

/// Tags with more of them; of two for one key the later counts.
pub(super) fn joined<'s>(tags: Option<Node<'s>>, more: &Node<'s>) -> Node<'s> {
    let Some(mut tags) = tags else {
        return more.clone();
    };
    if let (Value::Map(tags), Value::Map(more)) = (&mut tags.value, &more.value) {
        tags.entries.retain(|one| more.entry(&one.key).is_none());
        tags.entries.extend(more.entries.iter().cloned());
    }
    tags
}

/// Adds to the properties of an implicit API the tags of those that add to it.
pub(super) fn of_callers<'s>(
    made: &mut super::Made<'s>,
    api: &'static str,
    properties: &mut Vec<Entry<'s>>,
) {
    let Some(tags) = made.tags.remove(api) else {
        return;
    };
    let place = tags.span;
    let own = properties.iter().position(|one| one.key == "Tags");
    let own = own.map(|at| properties.remove(at).value);
    properties.retain(|one| one.key != "PropagateTags");
    properties.push(entry("Tags", joined(own, &tags)));
    properties.push(entry("PropagateTags", super::build::truth(true, place)));
}
