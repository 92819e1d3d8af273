//! What becomes one resource: tables, layers, nested applications.

use super::build::{Properties, entry, is_intrinsic, list, map, mapping, tag_list, text};
use super::function::location;
use super::{Made, Written, role};
use crate::tree::{Entry, Node, Value};
use std::borrow::Cow;

/// `AWS::Serverless::SimpleTable`: <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-simpletable.html>.
pub(super) fn table<'s>(made: &mut Made<'s>, written: Written<'s>) {
    let Written {
        origin,
        mut properties,
        attributes,
    } = written;
    let place = origin.id_span;
    let (name, kind, at) = match properties.take("PrimaryKey") {
        None => (text("id", place), text("S", place), place),
        Some(key) => {
            let at = key.key_span;
            let mut parts = Properties::within(key);
            let name = parts.take_value("Name").unwrap_or_else(|| text("id", at));
            let kind = parts.take_value("Type").map_or(text("S", at), |mut kind| {
                // `String`, `Number` and `Binary` are told by their first letter.
                if let Some(letter) = kind.as_str().and_then(|text| text.get(..1)) {
                    kind.value = Value::String(letter.to_owned().into());
                }
                kind
            });
            (name, kind, at)
        }
    };
    let definition = mapping(
        [("AttributeName", name.clone()), ("AttributeType", kind)],
        at,
    );
    let key = mapping([("AttributeName", name), ("KeyType", text("HASH", at))], at);
    let mut own = vec![
        entry("AttributeDefinitions", list(vec![definition], at)),
        entry("KeySchema", list(vec![key], at)),
    ];
    match properties.take("ProvisionedThroughput") {
        Some(throughput) => own.push(throughput),
        None => own.push(entry("BillingMode", text("PAY_PER_REQUEST", place))),
    }
    if let Some(mut tags) = properties.take("Tags") {
        tags.value = tag_list(tags.value);
        own.push(tags);
    }
    own.extend(properties.taken(&[
        "TableName",
        "SSESpecification",
        "PointInTimeRecoverySpecification",
    ]));
    let spans = (properties.key_span, properties.span);
    made.resources
        .push(origin.main("AWS::DynamoDB::Table", (spans.0, spans.1, own), attributes));
}

/// `AWS::Serverless::LayerVersion`: <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-layerversion.html>.
pub(super) fn layer<'s>(made: &mut Made<'s>, written: Written<'s>) {
    let Written {
        mut origin,
        mut properties,
        attributes,
    } = written;
    let place = origin.id_span;
    let mut own = properties.taken(&[
        "CompatibleArchitectures",
        "CompatibleRuntimes",
        "Description",
        "LicenseInfo",
        "LayerName",
    ]);
    if !own.iter().any(|one| one.key == "LayerName") {
        own.push(entry("LayerName", text(origin.id.clone(), place)));
    }
    if let Some(mut content) = properties.renamed("ContentUri", "Content") {
        content.value = location(content.value, ["S3Bucket", "S3Key", "S3ObjectVersion"]);
        own.push(content);
    }
    let policy = properties
        .take_value("RetentionPolicy")
        .filter(|one| !is_intrinsic(one));
    let is_deleted = policy.as_ref().and_then(Node::as_str) == Some("Delete");
    origin.shared.retain(|one| one.key != "DeletionPolicy");
    origin.shared.push(entry(
        "DeletionPolicy",
        text(if is_deleted { "Delete" } else { "Retain" }, place),
    ));
    let spans = (properties.key_span, properties.span);
    made.resources.push(origin.main(
        "AWS::Lambda::LayerVersion",
        (spans.0, spans.1, own),
        attributes,
    ));
}

/// `AWS::Serverless::Application`: <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-application.html>.
pub(super) fn application<'s>(made: &mut Made<'s>, written: Written<'s>) {
    let Written {
        origin,
        mut properties,
        attributes,
    } = written;
    let mut own = properties.taken(&["Parameters", "NotificationARNs", "TimeoutInMinutes"]);
    if let Some(mut location) = properties.renamed("Location", "TemplateURL") {
        if location.value.as_str().is_none() && !is_intrinsic(&location.value) {
            let why = "an application of the Serverless Application Repository";
            location.value = super::super::unknown(location.value.span, why);
        }
        own.push(location);
    }
    own.push(role::tags(
        "lambda:createdBy",
        properties.take("Tags"),
        origin.id_span,
    ));
    let spans = (properties.key_span, properties.span);
    made.resources.push(origin.main(
        "AWS::CloudFormation::Stack",
        (spans.0, spans.1, own),
        attributes,
    ));
}

/// An entry under another name.
pub(super) fn named<'s>(entry: Entry<'s>, name: &'static str) -> Entry<'s> {
    Entry {
        key: Cow::Borrowed(name),
        ..entry
    }
}

/// A mapping with one entry more.
pub(super) fn with<'s>(mut node: Node<'s>, one: Entry<'s>) -> Node<'s> {
    match &mut node.value {
        Value::Map(map) => {
            map.entries.push(one);
            node
        }
        _ => map(vec![one], node.span),
    }
}
