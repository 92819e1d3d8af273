//! `AWS::Serverless::StateMachine`: <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-statemachine.html>.

use super::build::{Properties, attribute, entry, list, map, mapping, reference, text, trust};
use super::events::rule_properties;
use super::function::propagated;
use super::role::{self, Role};
use super::{Made, Origin, Written, tags};
use crate::source::Span;
use crate::tree::{Entry, Node, Value};
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
    let mut own = properties.taken(&["DefinitionSubstitutions"]);
    own.extend(properties.take("Definition"));
    if let Some(mut uri) = properties.renamed("DefinitionUri", "DefinitionS3Location") {
        uri.value = super::function::location(uri.value, ["Bucket", "Key", "Version"]);
        own.push(uri);
    }
    own.extend(properties.renamed("Name", "StateMachineName"));
    own.extend(properties.renamed("Type", "StateMachineType"));
    own.extend(properties.renamed("Logging", "LoggingConfiguration"));
    let mut role = Role::new("states.amazonaws.com", place);
    if let Some(tracing) = properties.renamed("Tracing", "TracingConfiguration") {
        if matches!(
            tracing.value.get("Enabled").map(|one| &one.value),
            Some(Value::Bool(true))
        ) {
            role.attach("AWSXrayWriteOnlyAccess", tracing.key_span);
        }
        own.push(tracing);
    }
    own.push(role::tags("stateMachine:createdBy", tags, place));
    let policies = properties.take("Policies");
    let mut role_properties = properties.taken(&["PermissionsBoundary"]);
    role_properties.extend(properties.renamed("RolePath", "Path"));
    role_properties.extend(own.iter().find(|one| one.key == "Tags").cloned());
    match properties.renamed("Role", "RoleArn") {
        Some(written) => own.push(written),
        None => {
            role.add(&origin, policies);
            own.push(entry(
                "RoleArn",
                attribute(origin.name("Role"), "Arn", place),
            ));
            role.finish(made, &origin, role_properties);
        }
    }
    made.resources.push(origin.main(
        "AWS::StepFunctions::StateMachine",
        (spans.0, spans.1, own),
        attributes,
    ));
    if let Some(Node {
        value: Value::Map(events),
        ..
    }) = properties.take_value("Events")
    {
        for one in events.entries {
            event(made, &origin, one, propagated.as_ref());
        }
    }
    if let Some(tags) = propagated {
        tags::propagate(&mut made.resources[first..], &tags);
    }
}

/// What starts a state machine, and the role that does.
fn event<'s>(
    made: &mut Made<'s>,
    origin: &Origin<'s>,
    written: Entry<'s>,
    tags: Option<&Node<'s>>,
) {
    let place = written.key_span;
    let id = format!("{}{}", origin.id, written.key);
    let mut parts = Properties::within(written);
    let kind = parts.take_value("Type");
    let mut properties = match parts.take("Properties") {
        Some(properties) => Properties::within(properties),
        None => Properties::new(Vec::new(), place, place),
    };
    let spans = (properties.key_span, properties.span);
    let service = match kind.as_ref().and_then(Node::as_str).unwrap_or_default() {
        "Schedule" | "CloudWatchEvent" | "EventBridgeRule" => "events.amazonaws.com",
        "ScheduleV2" => "scheduler.amazonaws.com",
        "Api" => "apigateway.amazonaws.com",
        _ => return,
    };
    let role = match properties
        .take_value("RoleArn")
        .or_else(|| properties.take_value("Role"))
    {
        Some(role) => role,
        None => {
            let name = match service {
                "scheduler.amazonaws.com" => format!("{id}StartExecutionPolicy"),
                _ => format!("{id}RoleStartExecutionPolicy"),
            };
            made.resources
                .push(starter(origin, &id, name, service, place));
            attribute(format!("{id}Role"), "Arn", place)
        }
    };
    let machine = reference(origin.id.clone(), place);
    let mut own;
    let native = match service {
        "events.amazonaws.com" => {
            let parts;
            (own, parts) = rule_properties(&mut properties);
            let mut target = vec![
                entry("Arn", machine),
                entry("Id", text(format!("{id}StepFunctionsTarget"), place)),
                entry("RoleArn", role),
            ];
            target.extend(parts);
            target.extend(properties.take("DeadLetterConfig"));
            own.push(entry("Targets", list(vec![map(target, place)], place)));
            "AWS::Events::Rule"
        }
        "scheduler.amazonaws.com" => {
            let mut target = vec![entry("Arn", machine), entry("RoleArn", role)];
            target.extend(properties.taken(&["DeadLetterConfig", "Input", "RetryPolicy"]));
            own = properties.rest();
            if !own.iter().any(|one| one.key == "FlexibleTimeWindow") {
                own.push(entry(
                    "FlexibleTimeWindow",
                    mapping([("Mode", text("OFF", place))], place),
                ));
            }
            if !own.iter().any(|one| one.key == "Name") {
                own.push(entry("Name", text(id.clone(), place)));
            }
            own.push(entry("Target", map(target, place)));
            "AWS::Scheduler::Schedule"
        }
        _ => return route(made, origin, properties, role, tags, place),
    };
    let properties = (spans.0, spans.1, own);
    made.resources
        .push(origin.written(id, native, place, properties));
}

/// The role by which a service starts a state machine.
fn starter<'s>(
    origin: &Origin<'s>,
    id: &str,
    name: String,
    service: &'static str,
    place: Span,
) -> Entry<'s> {
    let machine = reference(origin.id.clone(), place);
    let statement = super::build::allow("states:StartExecution", machine, place);
    let starts = mapping(
        [
            ("PolicyName", text(name, place)),
            (
                "PolicyDocument",
                mapping([("Statement", list(vec![statement], place))], place),
            ),
        ],
        place,
    );
    let properties = vec![
        entry("AssumeRolePolicyDocument", trust(service, place)),
        entry("Policies", list(vec![starts], place)),
    ];
    origin.added(format!("{id}Role"), "AWS::IAM::Role", place, properties)
}

/// An `Api` event.
fn route<'s>(
    made: &mut Made<'s>,
    origin: &Origin<'s>,
    mut properties: Properties<'s>,
    role: Node<'s>,
    tags: Option<&Node<'s>>,
    place: Span,
) {
    let api = properties.take_value("RestApiId");
    if let (None, Some(tags)) = (&api, tags) {
        made.tag(super::api::IMPLICIT, tags);
    }
    let id = match &api {
        None => Some(super::api::IMPLICIT.to_owned()),
        Some(node) => super::api::referred(node),
    };
    let (path, method) = (
        properties.take_value("Path"),
        properties.take_value("Method"),
    );
    let (Some(id), Some(path), Some(method)) = (id, path, method) else {
        return;
    };
    let (Some(shown), Some(method)) = (path.as_str(), method.as_str()) else {
        return;
    };
    let uri = "arn:${AWS::Partition}:apigateway:${AWS::Region}:states:action/StartExecution";
    let integration = mapping(
        [
            ("httpMethod", text("POST", place)),
            ("type", text("aws", place)),
            ("credentials", role),
            ("uri", super::build::substituted(uri, place)),
        ],
        place,
    );
    let mut operation = vec![entry("x-amazon-apigateway-integration", integration)];
    operation.extend(super::api::security(properties.take("Auth")));
    let operation = map(operation, place);
    let named = (Cow::Owned(shown.to_owned()), path.span);
    super::api::add_route(
        made,
        origin,
        id,
        named,
        method.to_lowercase(),
        operation,
        place,
    );
}
