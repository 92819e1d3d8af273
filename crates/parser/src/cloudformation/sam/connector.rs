//! `AWS::Serverless::Connector`, and `Connectors` of any resource: one resource may use another.
//! <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-connector.html>

use super::build::{Properties, entry, list, map, mapping, placed, reference, text};
use super::{Made, Origin, Written};
use crate::json;
use crate::source::{FileId, Span};
use crate::tree::{Entry, Node, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What a connector allows between which kinds, as AWS publishes it with the SAM translator (Apache License 2.0):
/// `tools/sam-policy-templates`.
const PROFILES: &str = include_str!("../../../data/sam-connectors.json");

/// Takes the connectors that are written at their source, any resource, as if they stood beside it.
pub(super) fn attached<'s>(resource: &mut Entry<'s>) -> Vec<Written<'s>> {
    let Value::Map(body) = &mut resource.value.value else {
        return Vec::new();
    };
    let Some(at) = body.entries.iter().position(|one| one.key == "Connectors") else {
        return Vec::new();
    };
    let Value::Map(written) = body.entries.remove(at).value.value else {
        return Vec::new();
    };
    let connectors = written.entries.into_iter().map(|one| {
        let place = one.key_span;
        let id = text(resource.key.clone(), place);
        let mut source = vec![entry("Id", id)];
        let origin = Origin {
            id: Cow::Owned(format!("{}{}", resource.key, one.key)),
            id_span: place,
            kind: Cow::Borrowed("AWS::Serverless::Connector"),
            kind_span: place,
            body_span: one.value.span,
            shared: Vec::new(),
        };
        let mut properties = match Properties::within(one).take("Properties") {
            Some(properties) => Properties::within(properties),
            None => Properties::new(Vec::new(), place, place),
        };
        if let Some(reference) = properties.take("SourceReference") {
            source.extend(Properties::within(reference).rest());
        }
        properties.add(entry("Source", map(source, place)));
        Written {
            origin,
            properties,
            attributes: Vec::new(),
        }
    });
    connectors.collect()
}

/// Adds what connectors allow, once all that they connect is made.
pub(super) fn expand<'s>(made: &mut Made<'s>, connectors: Vec<Written<'s>>) {
    if connectors.is_empty() {
        return;
    }
    let Some(profiles) = profiles() else {
        return;
    };
    let by_id = made.resources.iter().map(|one| (&*one.key, &one.value));
    let by_id: Resources<'_, 's> = by_id.collect();
    let mut added = Vec::new();
    for one in connectors {
        connect(&by_id, &profiles, one, &mut added);
    }
    made.resources.extend(added);
}

/// What a connector may begin or end at, by logical id.
type Resources<'n, 's> = BTreeMap<&'n str, &'n Node<'s>>;

/// Only who uses a connector pays for reading them.
fn profiles() -> Option<Node<'static>> {
    let read = json::parse(FileId(0), PROFILES);
    read.documents.into_iter().next()
}

/// The policy document by which a source that has a role may use a destination.
pub(super) fn document<'s>(
    kinds: (&str, &str),
    permissions: &[&str],
    destination: Node<'s>,
    place: Span,
) -> Option<Node<'s>> {
    let profiles = profiles()?;
    let profile = profiles.get("Permissions")?.get(kinds.0)?.get(kinds.1)?;
    let ends = [("Destination.Arn", destination)];
    Some(statements(profile, permissions, &ends, place))
}

fn connect<'s>(
    resources: &Resources<'_, 's>,
    profiles: &Node<'static>,
    mut written: Written<'s>,
    made: &mut Vec<Entry<'s>>,
) {
    let place = written.origin.id_span;
    let source = written.properties.take_value("Source");
    let destination = written.properties.take_value("Destination");
    let permissions = written.properties.take_value("Permissions");
    let permissions = permissions.as_ref().and_then(Node::as_list);
    let permissions: Vec<&str> = permissions
        .unwrap_or_default()
        .iter()
        .filter_map(Node::as_str)
        .collect();
    let (Some(source), Some(destination)) = (source, destination) else {
        return;
    };
    let (destinations, has_several) = match destination.value {
        Value::List(items) => (items, true),
        _ => (vec![destination], false),
    };
    for (index, destination) in destinations.into_iter().enumerate() {
        let suffix = match has_several {
            true => format!("Destination{index}"),
            false => String::new(),
        };
        let from = End::read(resources, profiles, &source, &destination, place);
        let to = End::read(resources, profiles, &destination, &source, place);
        if let (Some(from), Some(to)) = (from, to) {
            let added = allow(
                profiles,
                &written.origin,
                &permissions,
                [&from, &to],
                &suffix,
            );
            made.extend(added.unwrap_or_default());
        }
    }
}

/// What a connector begins or ends at.
struct End<'s> {
    kind: String,
    /// `Arn`, `Id` and the like, by the names that profiles use.
    values: Vec<(String, Node<'s>)>,
    /// The role that it has.
    role: Option<Node<'s>>,
}

impl<'s> End<'s> {
    fn read(
        resources: &Resources<'_, 's>,
        profiles: &Node<'static>,
        written: &Node<'s>,
        other: &Node<'s>,
        place: Span,
    ) -> Option<Self> {
        let said = written.as_map()?;
        let Some(id) = written.get("Id").and_then(Node::as_str) else {
            let kind = written.get("Type")?.as_str()?;
            let values = said.entries.iter();
            return Some(Self {
                kind: native(kind).to_owned(),
                values: values
                    .map(|one| (one.key.to_string(), one.value.clone()))
                    .collect(),
                role: written.get("RoleName").cloned(),
            });
        };
        let resource = resources.get(id)?;
        let kind = resource.get("Type")?.as_str()?;
        let known = profiles.get("CfnResourceProperties")?.get(kind)?;
        let outputs = known.get("Outputs").and_then(Node::as_map)?;
        let logical = [("logicalId", text(id.to_owned(), place))];
        let mut values: Vec<(String, Node<'s>)> = outputs
            .entries
            .iter()
            .map(|one| (one.key.to_string(), filled(&one.value, &logical, place)))
            .collect();
        if let Some(qualifier) = written.get("Qualifier") {
            values.retain(|(name, _)| name != "Qualifier");
            values.push(("Qualifier".to_owned(), qualifier.clone()));
        }
        let properties = resource.get("Properties");
        let role = known.get("Inputs").and_then(|inputs| inputs.get("Role"));
        let role = role.and_then(|role| match role.as_str() {
            Some(property) => properties?.get(property),
            None => role_of_target(properties?, other),
        });
        Some(Self {
            kind: kind.to_owned(),
            values,
            role: role
                .and_then(logical_id)
                .map(|id| reference(id.to_owned(), place)),
        })
    }

    fn get(&self, name: &str) -> Option<Node<'s>> {
        let value = self.values.iter().find(|(one, _)| one == name)?;
        Some(value.1.clone())
    }
}

/// The role by which a rule calls what it is connected with.
fn role_of_target<'n, 's>(rule: &'n Node<'s>, other: &Node<'s>) -> Option<&'n Node<'s>> {
    let id = other.get("Id")?.as_str()?;
    let targets = rule.get("Targets")?.as_list()?.iter();
    let mut named = targets.filter(|one| one.get("Arn").and_then(logical_id) == Some(id));
    named.next()?.get("RoleArn")
}

/// What `Ref` or `Fn::GetAtt` refers to.
fn logical_id<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    let named = |key: &str, short: &str| node.get(key).or_else(|| node.get(short));
    if let Some(id) = named("Ref", "!Ref") {
        return id.as_str();
    }
    let attribute = named("Fn::GetAtt", "!GetAtt")?;
    match attribute.as_list() {
        Some(parts) => parts.first()?.as_str(),
        None => attribute.as_str()?.split('.').next(),
    }
}

/// The kind that one of SAM becomes.
fn native(kind: &str) -> &str {
    match kind {
        "AWS::Serverless::Api" => "AWS::ApiGateway::RestApi",
        "AWS::Serverless::Function" => "AWS::Lambda::Function",
        "AWS::Serverless::HttpApi" => "AWS::ApiGatewayV2::Api",
        "AWS::Serverless::SimpleTable" => "AWS::DynamoDB::Table",
        "AWS::Serverless::StateMachine" => "AWS::StepFunctions::StateMachine",
        kind => kind,
    }
}

/// The policies that a connection needs; nothing where there is none between such kinds.
fn allow<'s>(
    profiles: &Node<'static>,
    origin: &Origin<'s>,
    permissions: &[&str],
    [from, to]: [&End<'s>; 2],
    suffix: &str,
) -> Option<Vec<Entry<'s>>> {
    let place = origin.id_span;
    let profile = profiles
        .get("Permissions")?
        .get(&from.kind)?
        .get(&to.kind)?;
    let is_of_source = matches!(profile.get("SourcePolicy")?.value, Value::Bool(true));
    let owner = if is_of_source { from } else { to };
    let mut ends = Vec::new();
    for name in ["Arn", "Name", "Qualifier", "ResourceId"] {
        let value = |end: &End<'s>| end.get(name.strip_prefix("Resource").unwrap_or(name));
        ends.extend(value(from).map(|value| (format!("Source.{name}"), value)));
        ends.extend(value(to).map(|value| (format!("Destination.{name}"), value)));
    }
    let policy = |name: &str, kind, holders: &'static str, holder: Option<Node<'s>>| {
        let properties = vec![
            entry(
                "PolicyDocument",
                statements(profile, permissions, &ends, place),
            ),
            entry(holders, list(holder.into_iter().collect(), place)),
        ];
        let id = origin.name(format_args!("{name}{suffix}"));
        vec![origin.added(id, kind, place, properties)]
    };
    Some(match profile.get("Type")?.as_str()? {
        "AWS_IAM_ROLE_MANAGED_POLICY" => policy(
            "Policy",
            "AWS::IAM::ManagedPolicy",
            "Roles",
            owner.role.clone(),
        ),
        "AWS_SQS_QUEUE_POLICY" => {
            let url = owner.get("Url").or_else(|| owner.get("QueueUrl"));
            policy("QueuePolicy", "AWS::SQS::QueuePolicy", "Queues", url)
        }
        "AWS_SNS_TOPIC_POLICY" => policy(
            "TopicPolicy",
            "AWS::SNS::TopicPolicy",
            "Topics",
            owner.get("Arn"),
        ),
        _ => {
            let categories = profile.get("AccessCategories")?.as_map()?.entries.iter();
            let categories = categories.filter(|one| permissions.contains(&&*one.key));
            let permission = |category: &Entry<'static>| {
                let mut properties = match filled(&category.value, &ends, place).value {
                    Value::Map(map) => map.entries,
                    _ => Vec::new(),
                };
                properties.extend(owner.get("Arn").map(|arn| entry("FunctionName", arn)));
                let id = origin.name(format_args!("{}LambdaPermission{suffix}", category.key));
                origin.added(id, "AWS::Lambda::Permission", place, properties)
            };
            categories.map(permission).collect()
        }
    })
}

/// The policy document of those categories of a profile that are asked for.
fn statements<'s>(
    profile: &Node<'static>,
    permissions: &[&str],
    ends: &[(impl AsRef<str>, Node<'s>)],
    place: Span,
) -> Node<'s> {
    let categories = profile.get("AccessCategories").and_then(Node::as_map);
    let asked = categories
        .into_iter()
        .flat_map(|map| &map.entries)
        .filter(|one| permissions.contains(&&*one.key));
    let statements = asked.flat_map(|one| {
        let statements = one.value.get("Statement").and_then(Node::as_list);
        statements.unwrap_or_default()
    });
    let statements = statements.map(|one| filled(one, ends, place)).collect();
    super::build::policy(statements, place)
}

/// A part of a profile, with values in place of `%{Name}`, all of it at one place.
fn filled<'s>(
    part: &Node<'static>,
    values: &[(impl AsRef<str>, Node<'s>)],
    place: Span,
) -> Node<'s> {
    placed(part, place, &|part| match &part.value {
        Value::String(pattern) => Some(substituted(pattern, values, place)),
        _ => None,
    })
}

/// A text with `%{Name}` and `${Name}` as the value that it stands for, or as `Fn::Sub`.
fn substituted<'s>(pattern: &str, values: &[(impl AsRef<str>, Node<'s>)], place: Span) -> Node<'s> {
    let mut pattern = pattern.to_owned();
    let mut used = Vec::new();
    for (name, value) in values {
        let written = format!("%{{{}}}", name.as_ref());
        if pattern == written {
            return value.clone();
        }
        if pattern.contains(&written) {
            let name = name.as_ref().replace('.', "");
            pattern = pattern.replace(&written, &format!("${{{name}}}"));
            used.push(entry(name, value.clone()));
        }
    }
    if !pattern.contains("${") {
        return text(pattern, place);
    }
    let parts = list(vec![text(pattern, place), map(used, place)], place);
    mapping([("Fn::Sub", parts)], place)
}
