//! `DeploymentPreference`: an alias that moves to a new version step by step.
//! <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-deploymentpreference.html>

use super::build::{
    Properties, attribute, entry, is_intrinsic, list, map, mapping, reference, text, trust, truth,
};
use super::function::Function;
use super::{Made, tags};
use crate::tree::{Entry, Node, Value};

const APPLICATION: &str = "ServerlessDeploymentApplication";
const ROLE: &str = "CodeDeployServiceRole";

/// The deployment group of a function, and the update policy of its alias.
pub(super) fn expand<'s>(
    made: &mut Made<'s>,
    function: &Function<'s>,
    written: Entry<'s>,
    alias: &mut Entry<'s>,
) {
    let origin = &function.origin;
    let place = written.key_span;
    let mut written = Properties::within(written);
    if let Some(Value::Bool(false)) = written.get("Enabled").map(|one| &one.value) {
        return;
    }
    made.deploys.get_or_insert(place);
    if let Some(more) = &function.propagated {
        made.deployment_tags = Some(tags::joined(made.deployment_tags.take(), more));
    }
    let group = origin.name("DeploymentGroup");
    let name = match written.take_value("Type") {
        Some(kind) if is_intrinsic(&kind) => kind,
        Some(kind) => {
            let name = kind.as_str().unwrap_or_default();
            text(format!("CodeDeployDefault.Lambda{name}"), kind.span)
        }
        None => super::super::unknown(place, "the type of the deployment is not written"),
    };
    let role = match written.take_value("Role") {
        Some(role) => role,
        None => {
            made.needs_deployment_role = true;
            attribute(ROLE, "Arn", place)
        }
    };
    let events = [
        "DEPLOYMENT_FAILURE",
        "DEPLOYMENT_STOP_ON_ALARM",
        "DEPLOYMENT_STOP_ON_REQUEST",
    ];
    let events = events.map(|event| text(event, place)).to_vec();
    let mut properties = vec![
        entry("ApplicationName", reference(APPLICATION, place)),
        entry(
            "AutoRollbackConfiguration",
            mapping(
                [
                    ("Enabled", truth(true, place)),
                    ("Events", list(events, place)),
                ],
                place,
            ),
        ),
        entry("DeploymentConfigName", name),
        entry(
            "DeploymentStyle",
            mapping(
                [
                    ("DeploymentType", text("BLUE_GREEN", place)),
                    ("DeploymentOption", text("WITH_TRAFFIC_CONTROL", place)),
                ],
                place,
            ),
        ),
        entry("ServiceRoleArn", role),
    ];
    if let Some(alarms) = written.take("Alarms") {
        properties.push(Entry {
            key: "AlarmConfiguration".into(),
            key_span: alarms.key_span,
            value: mapping(
                [
                    ("Enabled", truth(true, alarms.key_span)),
                    ("Alarms", named(alarms.value)),
                ],
                alarms.key_span,
            ),
        });
    }
    properties.extend(written.take("TriggerConfigurations"));
    let mut resource = origin.added(
        group.clone(),
        "AWS::CodeDeploy::DeploymentGroup",
        place,
        properties,
    );
    // It exists without its function, unless it is told otherwise.
    let passes = written
        .get("PassthroughCondition")
        .and_then(Node::scalar_text);
    if let Value::Map(body) = &mut resource.value.value
        && passes != Some("true")
    {
        body.entries.retain(|one| one.key != "Condition");
    }
    made.resources.push(resource);
    let update = mapping(
        [
            ("ApplicationName", reference(APPLICATION, place)),
            ("DeploymentGroupName", reference(group, place)),
        ],
        place,
    );
    if let Value::Map(body) = &mut alias.value.value {
        let policy = mapping([("CodeDeployLambdaAliasUpdate", update)], place);
        body.entries.push(entry("UpdatePolicy", policy));
    }
}

/// Alarms as CodeDeploy names them.
fn named<'s>(mut alarms: Node<'s>) -> Node<'s> {
    if let Value::List(items) = &mut alarms.value {
        for item in items {
            let span = item.span;
            let alarm = std::mem::replace(item, Node::new(Value::Null, span));
            *item = mapping([("Name", alarm)], span);
        }
    }
    alarms
}

/// What all functions that are deployed gradually share.
pub(super) fn shared(made: &mut Made<'_>) {
    let Some(place) = made.deploys else {
        return;
    };
    let first = made.resources.len();
    let platform = map(vec![entry("ComputePlatform", text("Lambda", place))], place);
    let mut add = |id: &'static str, kind: &'static str, properties| {
        let body = vec![
            entry("Type", text(kind, place)),
            entry("Properties", properties),
        ];
        made.resources.push(Entry {
            key: id.into(),
            key_span: place,
            value: map(body, place),
        });
    };
    add(APPLICATION, "AWS::CodeDeploy::Application", platform);
    if made.needs_deployment_role {
        let arn = "arn:aws:iam::aws:policy/service-role/AWSCodeDeployRoleForLambda";
        let properties = mapping(
            [
                (
                    "AssumeRolePolicyDocument",
                    trust("codedeploy.amazonaws.com", place),
                ),
                ("ManagedPolicyArns", list(vec![text(arn, place)], place)),
            ],
            place,
        );
        add(ROLE, "AWS::IAM::Role", properties);
    }
    if let Some(tags) = made.deployment_tags.take() {
        tags::propagate(&mut made.resources[first..], &tags);
    }
}
