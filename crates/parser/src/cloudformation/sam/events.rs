//! `Events` of a function: what calls it, and that it may.
//! <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html>

use super::build::{
    Properties, attribute, entry, list, map, mapping, reference, substituted, text, trust, truth,
};
use super::function::{Function, destination};
use super::{Made, access, api, http_api};
use crate::source::Span;
use crate::tree::{Entry, Node, Value};
use std::borrow::Cow;

/// An event of a function, as it is written.
pub(super) struct Event<'s> {
    /// The logical id of the function with that of the event.
    pub(super) id: String,
    pub(super) key_span: Span,
    pub(super) properties: Properties<'s>,
}

pub(super) fn expand<'s>(made: &mut Made<'s>, function: &mut Function<'s>, events: Node<'s>) {
    let Value::Map(events) = events.value else {
        return;
    };
    for written in events.entries {
        let id = format!("{}{}", function.origin.id, written.key);
        let key_span = written.key_span;
        let mut parts = Properties::within(written);
        let kind = parts.take_value("Type");
        let properties = match parts.take("Properties") {
            Some(properties) => Properties::within(properties),
            None => Properties::new(Vec::new(), key_span, key_span),
        };
        let event = Event {
            id,
            key_span,
            properties,
        };
        match kind.as_ref().and_then(Node::as_str).unwrap_or_default() {
            "Api" => api::of_function(made, function, event),
            "HttpApi" => http_api::of_function(made, function, event),
            "S3" => bucket(made, function, event),
            "SNS" => topic(made, function, event),
            "Schedule" | "CloudWatchEvent" | "EventBridgeRule" => rule(made, function, event),
            "ScheduleV2" => schedule(made, function, event),
            "CloudWatchLogs" => logs(made, function, event),
            "IoTRule" => iot(made, function, event),
            "AlexaSkill" => alexa(made, function, event),
            "Cognito" => user_pool(made, function, event),
            kind => mapped(made, function, kind, event),
        }
    }
}

/// That a service may call a function, on behalf of what it names.
fn permission<'s>(
    made: &mut Made<'s>,
    function: &Function<'s>,
    event: &Event<'s>,
    service: &'static str,
    source: Option<Entry<'s>>,
) {
    permit(made, function, event, "", service, source);
}

/// The same, where a function has several for one event.
pub(super) fn permit<'s>(
    made: &mut Made<'s>,
    function: &Function<'s>,
    event: &Event<'s>,
    suffix: &str,
    service: &'static str,
    source: impl IntoIterator<Item = Entry<'s>>,
) {
    let place = event.key_span;
    let mut properties = vec![
        entry("Action", text("lambda:InvokeFunction", place)),
        entry("FunctionName", function.name(place)),
        entry("Principal", text(service, place)),
    ];
    properties.extend(source);
    let id = format!("{}Permission{suffix}", event.id);
    let added = function
        .origin
        .added(id, "AWS::Lambda::Permission", place, properties);
    made.resources.push(added);
}

/// What is read by Lambda itself: queues and streams.
fn mapped<'s>(made: &mut Made<'s>, function: &mut Function<'s>, kind: &str, mut event: Event<'s>) {
    let place = event.key_span;
    let (source, managed) = match kind {
        "SQS" => ("Queue", Some("AWSLambdaSQSQueueExecutionRole")),
        "Kinesis" => ("Stream", Some("AWSLambdaKinesisExecutionRole")),
        "DynamoDB" => ("Stream", Some("AWSLambdaDynamoDBExecutionRole")),
        "MSK" => ("Stream", Some("AWSLambdaMSKExecutionRole")),
        "MQ" => ("Broker", None),
        "SelfManagedKafka" => ("", None),
        "DocumentDB" => ("Cluster", None),
        _ => return,
    };
    if let (Some(managed), Some(role)) = (managed, &mut function.role) {
        role.attach(&format!("service-role/{managed}"), place);
    }
    let span = (event.properties.key_span, event.properties.span);
    let mut own = vec![entry("FunctionName", function.name(place))];
    if let Some(source) = event.properties.renamed(source, "EventSourceArn") {
        if let Some(role) = &mut function.role {
            access::allow(role, kind, Some(&source.value), &event);
        }
        own.push(source);
    } else if let Some(role) = &mut function.role {
        access::allow(role, kind, None, &event);
    }
    // These two say something of the role.
    event
        .properties
        .taken(&["DynamicPolicyName", "SecretsManagerKmsKeyId"]);
    if let Some(servers) = event.properties.take("KafkaBootstrapServers") {
        let key_span = servers.key_span;
        let servers = map(vec![servers], key_span);
        own.push(Entry {
            key: Cow::Borrowed("SelfManagedEventSource"),
            key_span,
            value: mapping([("Endpoints", servers)], key_span),
        });
    }
    if kind == "DocumentDB" {
        let database = event
            .properties
            .taken(&["CollectionName", "DatabaseName", "FullDocument"]);
        own.push(entry("DocumentDBEventSourceConfig", map(database, place)));
    }
    if let Some(destinations) = event.properties.take("DestinationConfig") {
        let key_span = destinations.key_span;
        let mut parts = Properties::within(destinations);
        let name = event
            .id
            .strip_prefix(&*function.origin.id)
            .unwrap_or(&event.id)
            .to_owned();
        let failure = parts.take("OnFailure");
        let failure = failure.map(|target| destination(made, function, target, &name));
        own.push(Entry {
            key: Cow::Borrowed("DestinationConfig"),
            key_span,
            value: map(failure.into_iter().collect(), parts.span),
        });
    }
    own.extend(event.properties.rest());
    let properties = (span.0, span.1, own);
    made.resources.push(function.origin.written(
        event.id,
        "AWS::Lambda::EventSourceMapping",
        place,
        properties,
    ));
}

fn bucket<'s>(made: &mut Made<'s>, function: &Function<'s>, mut event: Event<'s>) {
    let place = event.key_span;
    let account = entry("SourceAccount", reference("AWS::AccountId", place));
    permission(made, function, &event, "s3.amazonaws.com", Some(account));
    let bucket = event.properties.take_value("Bucket");
    let bucket = bucket
        .as_ref()
        .and_then(|one| one.get("Ref").or(one.get("!Ref"))?.as_str());
    let (Some(bucket), Some(events)) = (bucket, event.properties.take_value("Events")) else {
        return;
    };
    if let Some(tags) = &function.propagated {
        made.bucket_tags.push((bucket.to_owned(), tags.clone()));
    }
    let filter = event.properties.take("Filter");
    let of_event = |one: Node<'s>| {
        let mut parts = vec![entry("Event", one), entry("Function", function.arn(place))];
        parts.extend(filter.clone());
        map(parts, place)
    };
    let events = match events.value {
        Value::List(items) => items,
        _ => vec![events],
    };
    for one in events {
        let notification = match function.origin.condition() {
            Some(condition) => only_if(condition, of_event(one), place),
            None => of_event(one),
        };
        made.notifications.push((bucket.to_owned(), notification));
    }
}

/// `!If [condition, node, !Ref AWS::NoValue]`
fn only_if<'s>(condition: &Entry<'s>, node: Node<'s>, place: Span) -> Node<'s> {
    let nothing = reference("AWS::NoValue", place);
    let parts = list(vec![condition.value.clone(), node, nothing], place);
    mapping([("Fn::If", parts)], place)
}

fn alexa<'s>(made: &mut Made<'s>, function: &Function<'s>, mut event: Event<'s>) {
    let skill = event.properties.renamed("SkillId", "EventSourceToken");
    permission(made, function, &event, "alexa-appkit.amazon.com", skill);
}

fn topic<'s>(made: &mut Made<'s>, function: &mut Function<'s>, mut event: Event<'s>) {
    let place = event.key_span;
    let span = (event.properties.key_span, event.properties.span);
    let Some(topic) = event.properties.take("Topic") else {
        return;
    };
    let arn = topic.value.clone();
    let over_queue = event.properties.take("SqsSubscription");
    let queue = over_queue.filter(|one| !matches!(one.value.value, Value::Bool(false)));
    let mut own = vec![Entry {
        key: Cow::Borrowed("TopicArn"),
        ..topic
    }];
    match queue {
        None => {
            let source = entry("SourceArn", arn);
            permission(made, function, &event, "sns.amazonaws.com", Some(source));
            own.push(entry("Protocol", text("lambda", place)));
            own.push(entry("Endpoint", function.arn(place)));
        }
        Some(queue) => {
            own.push(entry("Protocol", text("sqs", place)));
            own.push(entry(
                "Endpoint",
                subscribed_queue(made, function, &event, queue, arn),
            ));
        }
    }
    own.extend(event.properties.rest());
    let properties = (span.0, span.1, own);
    made.resources.push(function.origin.written(
        event.id,
        "AWS::SNS::Subscription",
        place,
        properties,
    ));
}

/// The queue between a topic and a function, and its ARN.
fn subscribed_queue<'s>(
    made: &mut Made<'s>,
    function: &mut Function<'s>,
    event: &Event<'s>,
    written: Entry<'s>,
    topic: Node<'s>,
) -> Node<'s> {
    let place = written.key_span;
    let mut parts = Properties::within(written);
    if let Some(role) = &mut function.role {
        role.attach("service-role/AWSLambdaSQSQueueExecutionRole", place);
    }
    let (arn, url) = match parts.take_value("QueueArn") {
        Some(arn) => (arn, parts.take_value("QueueUrl")),
        None => {
            let id = format!("{}Queue", event.id);
            let tags = function.tags.clone().map(|tags| entry("Tags", tags));
            let queue = tags.into_iter().collect();
            made.resources.push(
                function
                    .origin
                    .added(id.clone(), "AWS::SQS::Queue", place, queue),
            );
            (
                attribute(id.clone(), "Arn", place),
                Some(reference(id, place)),
            )
        }
    };
    let equals = mapping([("aws:SourceArn", topic)], place);
    let from_topic = mapping([("ArnEquals", equals)], place);
    let policy = sends(arn.clone(), text("*", place), from_topic, place);
    queue_policy(
        made,
        function,
        format!("{}QueuePolicy", event.id),
        policy,
        url,
        place,
    );
    let mut own = vec![
        entry("EventSourceArn", arn.clone()),
        entry("FunctionName", function.name(place)),
    ];
    let enabled = parts.take("Enabled");
    own.push(enabled.unwrap_or_else(|| entry("Enabled", truth(true, place))));
    let size = parts.take("BatchSize");
    own.push(
        size.unwrap_or_else(|| entry("BatchSize", Node::new(Value::Number("10".into()), place))),
    );
    let id = format!("{}EventSourceMapping", event.id);
    made.resources.push(
        function
            .origin
            .added(id, "AWS::Lambda::EventSourceMapping", place, own),
    );
    arn
}

/// A statement that lets somebody send to a queue.
fn sends<'s>(queue: Node<'s>, principal: Node<'s>, condition: Node<'s>, place: Span) -> Node<'s> {
    mapping(
        [
            ("Action", text("sqs:SendMessage", place)),
            ("Effect", text("Allow", place)),
            ("Principal", principal),
            ("Resource", queue),
            ("Condition", condition),
        ],
        place,
    )
}

fn queue_policy<'s>(
    made: &mut Made<'s>,
    function: &Function<'s>,
    id: String,
    statement: Node<'s>,
    url: Option<Node<'s>>,
    place: Span,
) {
    let properties = vec![
        entry(
            "PolicyDocument",
            super::build::policy(vec![statement], place),
        ),
        entry("Queues", list(url.into_iter().collect(), place)),
    ];
    made.resources.push(
        function
            .origin
            .added(id, "AWS::SQS::QueuePolicy", place, properties),
    );
}

/// Rules of EventBridge: at times, or for events.
fn rule<'s>(made: &mut Made<'s>, function: &Function<'s>, mut event: Event<'s>) {
    let place = event.key_span;
    let span = (event.properties.key_span, event.properties.span);
    let source = entry("SourceArn", attribute(event.id.clone(), "Arn", place));
    permission(made, function, &event, "events.amazonaws.com", Some(source));
    let id = text(format!("{}LambdaTarget", event.id), place);
    let own_id = event.properties.take_value("Target");
    let own_id = own_id.as_ref().and_then(|target| target.get("Id"));
    let id = own_id.cloned().unwrap_or(id);
    let mut target = vec![entry("Arn", function.arn(place)), entry("Id", id)];
    target.extend(dead_letters(made, function, &mut event));
    let (own, parts) = rule_properties(&mut event.properties);
    target.extend(parts);
    let mut own = own;
    own.push(entry("Targets", list(vec![map(target, place)], place)));
    let properties = (span.0, span.1, own);
    made.resources.push(
        function
            .origin
            .written(event.id, "AWS::Events::Rule", place, properties),
    );
}

/// The properties of a rule, and those of its target.
pub(super) fn rule_properties<'s>(
    properties: &mut Properties<'s>,
) -> (Vec<Entry<'s>>, Vec<Entry<'s>>) {
    let mut own = Vec::new();
    own.extend(properties.renamed("Pattern", "EventPattern"));
    own.extend(properties.renamed("Schedule", "ScheduleExpression"));
    own.extend(properties.renamed("RuleName", "Name"));
    if let Some(mut enabled) = properties.renamed("Enabled", "State") {
        enabled.value.value = match enabled.value.value {
            Value::Bool(true) => Value::String("ENABLED".into()),
            Value::Bool(false) => Value::String("DISABLED".into()),
            other => other,
        };
        own.push(enabled);
    }
    own.extend(properties.taken(&["Name", "Description", "State", "EventBusName"]));
    let parts = properties.taken(&["Input", "InputPath", "InputTransformer", "RetryPolicy"]);
    (own, parts)
}

/// `DeadLetterConfig` of a rule: the queue that is named, or one that is made.
fn dead_letters<'s>(
    made: &mut Made<'s>,
    function: &Function<'s>,
    event: &mut Event<'s>,
) -> Option<Entry<'s>> {
    let written = event.properties.take("DeadLetterConfig")?;
    let key_span = written.key_span;
    let mut parts = Properties::within(written);
    let arn = match parts.take("Arn") {
        Some(arn) => arn,
        None => {
            let id = match parts.take_value("QueueLogicalId") {
                Some(id) if id.as_str().is_some() => id.as_str().unwrap_or_default().to_owned(),
                _ => format!("{}Queue", event.id),
            };
            let queue = function
                .origin
                .added(id.clone(), "AWS::SQS::Queue", key_span, Vec::new());
            made.resources.push(queue);
            let equals = mapping(
                [(
                    "aws:SourceArn",
                    attribute(event.id.clone(), "Arn", key_span),
                )],
                key_span,
            );
            let from_rule = mapping([("ArnEquals", equals)], key_span);
            let service = mapping(
                [("Service", text("events.amazonaws.com", key_span))],
                key_span,
            );
            let arn = attribute(id.clone(), "Arn", key_span);
            let statement = sends(arn.clone(), service, from_rule, key_span);
            let url = Some(reference(id, key_span));
            queue_policy(
                made,
                function,
                format!("{}QueuePolicy", event.id),
                statement,
                url,
                key_span,
            );
            entry("Arn", arn)
        }
    };
    Some(Entry {
        key: Cow::Borrowed("DeadLetterConfig"),
        key_span,
        value: map(vec![arn], parts.span),
    })
}

/// A schedule of EventBridge Scheduler, with the role that calls.
fn schedule<'s>(made: &mut Made<'s>, function: &Function<'s>, mut event: Event<'s>) {
    let place = event.key_span;
    let span = (event.properties.key_span, event.properties.span);
    let mut target = vec![entry("Arn", function.arn(place))];
    let letters = event.properties.take("DeadLetterConfig");
    let letters = letters.map(|letters| scheduled_letters(made, function, &event, letters));
    match event.properties.take("RoleArn") {
        Some(role) => target.push(role),
        None => {
            let id = format!("{}Role", event.id);
            target.push(entry("RoleArn", attribute(id.clone(), "Arn", place)));
            let statement =
                super::build::allow("lambda:InvokeFunction", function.arn(place), place);
            let calls = mapping(
                [
                    (
                        "PolicyName",
                        text(format!("{}LambdaPolicy", event.id), place),
                    ),
                    (
                        "PolicyDocument",
                        mapping([("Statement", list(vec![statement], place))], place),
                    ),
                ],
                place,
            );
            let mut policies = vec![calls];
            policies.extend(
                letters
                    .as_ref()
                    .and_then(|one| one.value.get("Arn"))
                    .map(|queue| {
                        let name = text(format!("{}SQSPolicy", event.id), place);
                        let sends = super::build::allow("sqs:SendMessage", queue.clone(), place);
                        let document = mapping([("Statement", list(vec![sends], place))], place);
                        mapping([("PolicyName", name), ("PolicyDocument", document)], place)
                    }),
            );
            let mut role = vec![
                entry(
                    "AssumeRolePolicyDocument",
                    trust("scheduler.amazonaws.com", place),
                ),
                entry("Policies", list(policies, place)),
            ];
            role.extend(event.properties.take("PermissionsBoundary"));
            made.resources
                .push(function.origin.added(id, "AWS::IAM::Role", place, role));
        }
    }
    target.extend(letters);
    target.extend(event.properties.taken(&["Input", "RetryPolicy"]));
    let mut own = event.properties.taken(&[
        "Description",
        "EndDate",
        "FlexibleTimeWindow",
        "GroupName",
        "KmsKeyArn",
        "Name",
        "ScheduleExpression",
        "ScheduleExpressionTimezone",
        "StartDate",
        "State",
    ]);
    if !own.iter().any(|one| one.key == "FlexibleTimeWindow") {
        own.push(entry(
            "FlexibleTimeWindow",
            mapping([("Mode", text("OFF", place))], place),
        ));
    }
    let omits = event.properties.take_value("OmitName");
    let omits = omits.is_some_and(|one| matches!(one.value, Value::Bool(true)));
    if !omits && !own.iter().any(|one| one.key == "Name") {
        own.push(entry("Name", text(event.id.clone(), place)));
    }
    own.push(entry("Target", map(target, place)));
    let properties = (span.0, span.1, own);
    made.resources.push(function.origin.written(
        event.id,
        "AWS::Scheduler::Schedule",
        place,
        properties,
    ));
}

/// `DeadLetterConfig` of a schedule: the queue that is named, or one that is made.
fn scheduled_letters<'s>(
    made: &mut Made<'s>,
    function: &Function<'s>,
    event: &Event<'s>,
    written: Entry<'s>,
) -> Entry<'s> {
    let key_span = written.key_span;
    let mut parts = Properties::within(written);
    let arn = parts.take("Arn").unwrap_or_else(|| {
        let id = match parts.get("QueueLogicalId").and_then(Node::as_str) {
            Some(id) => id.to_owned(),
            None => format!("{}Queue", event.id),
        };
        made.resources.push(function.origin.added(
            id.clone(),
            "AWS::SQS::Queue",
            key_span,
            Vec::new(),
        ));
        entry("Arn", attribute(id, "Arn", key_span))
    });
    Entry {
        key: Cow::Borrowed("DeadLetterConfig"),
        key_span,
        value: map(vec![arn], parts.span),
    }
}

fn logs<'s>(made: &mut Made<'s>, function: &Function<'s>, mut event: Event<'s>) {
    let place = event.key_span;
    let span = (event.properties.key_span, event.properties.span);
    let group = event.properties.get("LogGroupName").cloned();
    let pattern = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${__LogGroupName__}:*";
    let source = group.map(|group| {
        let values = mapping([("__LogGroupName__", group)], place);
        let parts = vec![text(pattern, place), values];
        entry(
            "SourceArn",
            mapping([("Fn::Sub", list(parts, place))], place),
        )
    });
    permission(made, function, &event, "logs.amazonaws.com", source);
    let mut own = event.properties.taken(&["LogGroupName", "FilterPattern"]);
    own.push(entry("DestinationArn", function.arn(place)));
    let properties = (span.0, span.1, own);
    made.resources.push(function.origin.written(
        event.id,
        "AWS::Logs::SubscriptionFilter",
        place,
        properties,
    ));
}

fn iot<'s>(made: &mut Made<'s>, function: &Function<'s>, mut event: Event<'s>) {
    let place = event.key_span;
    let span = (event.properties.key_span, event.properties.span);
    let account = entry("SourceAccount", substituted("${AWS::AccountId}", place));
    let pattern = "arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:rule/${RuleName}";
    let values = mapping([("RuleName", reference(event.id.clone(), place))], place);
    let rule = mapping(
        [("Fn::Sub", list(vec![text(pattern, place), values], place))],
        place,
    );
    let sources = [account, entry("SourceArn", rule)];
    permit(made, function, &event, "", "iot.amazonaws.com", sources);
    let lambda = mapping([("FunctionArn", function.arn(place))], place);
    let mut payload = event.properties.taken(&["Sql", "AwsIotSqlVersion"]);
    payload.push(entry("RuleDisabled", truth(false, place)));
    payload.push(entry(
        "Actions",
        list(vec![mapping([("Lambda", lambda)], place)], place),
    ));
    let own = vec![entry("TopicRulePayload", map(payload, place))];
    let properties = (span.0, span.1, own);
    made.resources.push(function.origin.written(
        event.id,
        "AWS::IoT::TopicRule",
        place,
        properties,
    ));
}

fn user_pool<'s>(made: &mut Made<'s>, function: &Function<'s>, mut event: Event<'s>) {
    let place = event.key_span;
    let pool = event.properties.take_value("UserPool");
    let id = pool
        .as_ref()
        .and_then(|one| one.get("Ref").or(one.get("!Ref"))?.as_str());
    let source = id.map(|id| entry("SourceArn", attribute(id.to_owned(), "Arn", place)));
    let triggers = match event.properties.take_value("Trigger") {
        Some(Node {
            value: Value::List(items),
            ..
        }) => items,
        one => one.into_iter().collect(),
    };
    for trigger in triggers {
        if let (Some(id), Some(name)) = (id, trigger.as_str()) {
            let calls = entry(name.to_owned(), function.arn(trigger.span));
            made.triggers.push((id.to_owned(), calls));
        }
    }
    let event = Event {
        id: format!("{}Cognito", function.origin.id),
        ..event
    };
    permission(made, function, &event, "cognito-idp.amazonaws.com", source);
}
