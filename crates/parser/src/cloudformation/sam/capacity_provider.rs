//! `AWS::Serverless::CapacityProvider`: <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-capacityprovider.html>.

use super::build::{Properties, attribute, entry, list, map, mapping, tag_list, text};
use super::function::propagated;
use super::role::{self, Role};
use super::tags;
use super::{Made, Written};
use crate::source::Span;
use crate::tree::Entry;
use std::borrow::Cow;

pub(super) fn expand<'s>(made: &mut Made<'s>, written: Written<'s>) {
    let Written {
        origin,
        mut properties,
        attributes,
    } = written;
    let place = origin.id_span;
    let spans = (properties.key_span, properties.span);
    let first = made.resources.len();
    let tags = properties.take("Tags");
    let propagated = propagated(&mut properties, tags.as_ref());
    let mut own = properties.taken(&["CapacityProviderName", "KmsKeyArn", "VpcConfig"]);
    own.push(role::tags("lambda:createdBy", tags, place));
    let operator = match properties.take("OperatorRole") {
        Some(role) => super::other::named(role, "CapacityProviderOperatorRoleArn"),
        None => {
            let mut role = Role::new("lambda.amazonaws.com", place);
            role.attach("AWSLambdaManagedEC2ResourceOperator", place);
            let id = origin.name("OperatorRole");
            let own_tags = role::tags("lambda:createdBy", None, place);
            role.finish_as(made, &origin, id.clone(), vec![own_tags]);
            entry(
                "CapacityProviderOperatorRoleArn",
                attribute(id, "Arn", place),
            )
        }
    };
    own.push(entry("PermissionsConfig", map(vec![operator], place)));
    own.extend(nested(&mut properties, "InstanceRequirements", |parts| {
        let mut own = parts.taken(&["Architectures"]);
        own.extend(parts.renamed("AllowedTypes", "AllowedInstanceTypes"));
        own.extend(parts.renamed("ExcludedTypes", "ExcludedInstanceTypes"));
        own
    }));
    own.extend(
        nested(&mut properties, "ScalingConfig", |parts| {
            scaling(parts, place)
        })
        .map(|one| super::other::named(one, "CapacityProviderScalingConfig")),
    );
    if let Some(logging) = properties.renamed("LoggingConfig", "LoggingConfig") {
        let at = logging.key_span;
        own.push(entry("TelemetryConfig", map(vec![logging], at)));
    }
    if let Some(managed) = properties.take("ManagedResourceTags") {
        let at = managed.key_span;
        if let Some(tags) = Properties::within(managed).take_value("Tags") {
            let tags = [
                ("Mode", text("Explicit", at)),
                ("ExplicitTags", tag_list(tags)),
            ];
            own.push(entry("PropagateTags", mapping(tags, at)));
        }
    }
    made.resources.push(origin.main(
        "AWS::Lambda::CapacityProvider",
        (spans.0, spans.1, own),
        attributes,
    ));
    if let Some(tags) = propagated {
        let own = entry("lambda:createdBy", text("SAM", place));
        let tags = tags::joined(Some(map(vec![own], place)), &tags);
        tags::propagate(&mut made.resources[first..], &tags);
    }
}

/// A property that is a mapping, with other parts.
fn nested<'s>(
    properties: &mut Properties<'s>,
    name: &str,
    parts: impl FnOnce(&mut Properties<'s>) -> Vec<Entry<'s>>,
) -> Option<Entry<'s>> {
    let written = properties.take(name)?;
    let (key, key_span) = (written.key.clone(), written.key_span);
    let mut within = Properties::within(written);
    Some(Entry {
        key,
        key_span,
        value: map(parts(&mut within), within.span),
    })
}

/// `ScalingConfig`: by itself, or towards a use of the processors.
fn scaling<'s>(parts: &mut Properties<'s>, place: Span) -> Vec<Entry<'s>> {
    let mut own = parts.taken(&["MaxVCpuCount"]);
    let Some(used) = parts.renamed("AverageCPUUtilization", "TargetValue") else {
        own.push(entry("ScalingMode", text("Auto", place)));
        return own;
    };
    let at = used.key_span;
    let metric = "LambdaCapacityProviderAverageCPUUtilization";
    let policy = vec![entry("PredefinedMetricType", text(metric, at)), used];
    own.push(entry("ScalingMode", text("Manual", at)));
    own.push(Entry {
        key: Cow::Borrowed("ScalingPolicies"),
        key_span: at,
        value: list(vec![map(policy, at)], at),
    });
    own
}
