//! `AWS::Serverless::Function`: <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html>.

use super::build::{
    Properties, attribute, entry, is_intrinsic, list, map, mapping, reference, tag_list, text,
    truth,
};
use super::role::{self, Role};
use super::{Made, Origin, Written, deployment, events, tags};
use crate::source::Span;
use crate::tree::{Entry, Node, Value};
use std::borrow::Cow;

/// Properties that are those of `AWS::Lambda::Function`, by the same name.
const SAME: [&str; 24] = [
    "Architectures",
    "CodeSigningConfigArn",
    "Description",
    "DurableConfig",
    "Environment",
    "EphemeralStorage",
    "FileSystemConfigs",
    "FunctionName",
    "FunctionScalingConfig",
    "Handler",
    "ImageConfig",
    "KmsKeyArn",
    "Layers",
    "LoggingConfig",
    "MemorySize",
    "PackageType",
    "PublishToLatestPublished",
    "RecursiveLoop",
    "ReservedConcurrentExecutions",
    "Runtime",
    "RuntimeManagementConfig",
    "TenancyConfig",
    "Timeout",
    "VpcConfig",
];

/// What events and destinations of a function need to know of it.
pub(super) struct Function<'s> {
    pub(super) origin: Origin<'s>,
    /// The alias that is called, where there is one.
    alias: Option<Cow<'s, str>>,
    /// The role that is made for it; nothing where it has one.
    pub(super) role: Option<Role<'s>>,
    /// Its tags, for what it makes beside itself.
    pub(super) tags: Option<Node<'s>>,
    /// The same as they are written, where all that is made for it gets them.
    pub(super) propagated: Option<Node<'s>>,
}

impl<'s> Function<'s> {
    /// What may be called: the ARN of the function, or of its alias.
    pub(super) fn arn(&self, place: Span) -> Node<'s> {
        match &self.alias {
            Some(alias) => reference(alias.clone(), place),
            None => attribute(self.origin.id.clone(), "Arn", place),
        }
    }

    /// The same, as an attribute `FunctionName` takes it.
    pub(super) fn name(&self, place: Span) -> Node<'s> {
        let name = self.alias.as_ref().unwrap_or(&self.origin.id);
        reference(name.clone(), place)
    }

    /// The name in a text with `${..}`.
    pub(super) fn placeholder(&self) -> String {
        match &self.alias {
            Some(alias) => format!("${{{alias}}}"),
            None => format!("${{{}.Arn}}", self.origin.id),
        }
    }
}

pub(super) fn expand<'s>(made: &mut Made<'s>, written: Written<'s>) {
    let Written {
        origin,
        mut properties,
        attributes,
    } = written;
    let place = origin.id_span;
    let (key_span, span) = (properties.key_span, properties.span);
    let first = made.resources.len();
    let mut own = properties.taken(&SAME);
    own.extend(code(&mut properties));
    own.extend(instances(&mut properties));
    let mut role = Role::new("lambda.amazonaws.com", place);
    let is_durable = own.iter().any(|one| one.key == "DurableConfig");
    role.attach(
        match is_durable {
            true => "service-role/AWSLambdaBasicDurableExecutionRolePolicy",
            false => "service-role/AWSLambdaBasicExecutionRole",
        },
        place,
    );
    if let Some(tracing) = properties.take("Tracing") {
        if tracing.value.as_str() != Some("Disabled") {
            role.attach("AWSXrayWriteOnlyAccess", tracing.value.span);
        }
        own.push(Entry {
            key: Cow::Borrowed("TracingConfig"),
            key_span: tracing.key_span,
            value: mapping([("Mode", tracing.value)], tracing.key_span),
        });
    }
    if let Some(vpc) = own.iter().find(|one| one.key == "VpcConfig") {
        role.attach("service-role/AWSLambdaVPCAccessExecutionRole", vpc.key_span);
    }
    if let Some(queue) = properties.take("DeadLetterQueue") {
        own.extend(dead_letters(queue, &mut role));
    }
    // Versions are made where something is published, so it is not a property of the function itself.
    own.extend(properties.take("SnapStart"));
    let tags = properties.take("Tags");
    let propagated = propagated(&mut properties, tags.as_ref());
    let tags_only = tags.as_ref().map(|tags| tag_list(tags.value.clone()));
    own.push(role::tags("lambda:createdBy", tags, place));

    let written_role = properties.take("Role");
    let policies = properties.take("Policies");
    let role_properties =
        role_properties(&mut properties, own.iter().find(|one| one.key == "Tags"));
    let role = match written_role {
        Some(own_role) => {
            own.push(own_role);
            None
        }
        None => {
            role.add(&origin, policies);
            own.push(entry("Role", attribute(origin.name("Role"), "Arn", place)));
            Some(role)
        }
    };

    let published = properties.take("AutoPublishAlias");
    let alias_name = published.as_ref().and_then(|one| one.value.as_str());
    let alias = match (&published, alias_name) {
        (Some(_), Some(name)) => Some(origin.name(format_args!("Alias{name}"))),
        (Some(_), None) => Some(origin.name("Alias")),
        (None, _) => None,
    };
    let mut function = Function {
        origin,
        alias,
        role,
        tags: tags_only,
        propagated,
    };
    let version = Version {
        description: properties.renamed("VersionDescription", "Description"),
        scaling: own
            .iter()
            .find(|one| one.key == "FunctionScalingConfig")
            .cloned(),
        left: match own.iter().any(|one| one.key == "CapacityProviderConfig") {
            true => "Delete",
            false => "Retain",
        },
        deletion: properties.renamed("VersionDeletionPolicy", "DeletionPolicy"),
        concurrency: properties.take("ProvisionedConcurrencyConfig"),
        gradual: properties.take("DeploymentPreference"),
    };
    let main = function
        .origin
        .main("AWS::Lambda::Function", (key_span, span, own), attributes);
    made.resources.push(main);
    if let Some(published) = published {
        publish(made, &function, published.value, version);
    }
    url(made, &function, &mut properties);
    invocations(made, &mut function, &mut properties);
    if let Some(events) = properties.take_value("Events") {
        events::expand(made, &mut function, events);
    }
    if let Some(role) = function.role.take() {
        role.finish(made, &function.origin, role_properties);
    }
    if let Some(propagated) = &function.propagated {
        tags::propagate(&mut made.resources[first..], propagated);
    }
}

/// The tags of a resource, where `PropagateTags` gives them to all that is made for it.
pub(super) fn propagated<'s>(
    properties: &mut Properties<'s>,
    tags: Option<&Entry<'s>>,
) -> Option<Node<'s>> {
    let propagates = properties.take_value("PropagateTags")?;
    let tags = tags?.value.clone();
    matches!(propagates.value, Value::Bool(true)).then_some(tags)
}

/// `CapacityProviderConfig`, under the name of the one kind that there is.
fn instances<'s>(properties: &mut Properties<'s>) -> Option<Entry<'s>> {
    let written = properties.take("CapacityProviderConfig")?;
    let key_span = written.key_span;
    let mut parts = Properties::within(written);
    let span = parts.span;
    let mut own = Vec::new();
    own.extend(parts.renamed("Arn", "CapacityProviderArn"));
    own.extend(parts.rest());
    let kind = "LambdaManagedInstancesCapacityProviderConfig";
    Some(Entry {
        key: Cow::Borrowed("CapacityProviderConfig"),
        key_span,
        value: mapping([(kind, map(own, span))], key_span),
    })
}

/// `CodeUri`, `InlineCode` and `ImageUri` as `Code`.
fn code<'s>(properties: &mut Properties<'s>) -> Option<Entry<'s>> {
    for (key, name) in [("InlineCode", "ZipFile"), ("ImageUri", "ImageUri")] {
        if let Some(written) = properties.take(key) {
            return Some(Entry {
                key: Cow::Borrowed("Code"),
                key_span: written.key_span,
                value: mapping([(name, written.value)], written.key_span),
            });
        }
    }
    let mut written = properties.renamed("CodeUri", "Code")?;
    written.value = location(written.value, ["S3Bucket", "S3Key", "S3ObjectVersion"]);
    Some(written)
}

/// A place in a bucket, as a text or as a mapping, with the keys of CloudFormation. Of a local path, packaging makes one.
pub(super) fn location<'s>(written: Node<'s>, keys: [&'static str; 3]) -> Node<'s> {
    let span = written.span;
    let [bucket, key, version] = keys;
    match written.value {
        Value::Map(ref map) if !is_intrinsic(&written) => {
            let parts = [("Bucket", bucket), ("Key", key), ("Version", version)];
            let entries = parts
                .into_iter()
                .filter_map(|(from, to)| Some(entry(to, map.get(from)?.clone())));
            super::build::map(entries.collect(), span)
        }
        Value::String(text_) => match text_
            .strip_prefix("s3://")
            .and_then(|rest| rest.split_once('/'))
        {
            Some((in_bucket, path)) => mapping(
                [
                    (bucket, text(in_bucket.to_owned(), span)),
                    (key, text(path.to_owned(), span)),
                ],
                span,
            ),
            None => super::super::unknown(span, "a place that packaging fills in"),
        },
        _ => super::super::unknown(span, "a place that packaging fills in"),
    }
}

/// `DeadLetterQueue`, and that the role may send to it.
fn dead_letters<'s>(written: Entry<'s>, role: &mut Role<'s>) -> Option<Entry<'s>> {
    let key_span = written.key_span;
    let mut parts = Properties::within(written);
    let target = parts.take("TargetArn")?;
    let is_topic = parts.get("Type").and_then(Node::as_str) == Some("SNS");
    let action = if is_topic {
        "sns:Publish"
    } else {
        "sqs:SendMessage"
    };
    let statement = super::build::allow(action, target.value.clone(), key_span);
    role.allow(
        "DeadLetterQueuePolicy",
        super::build::policy(vec![statement], key_span),
        key_span,
    );
    Some(Entry {
        key: Cow::Borrowed("DeadLetterConfig"),
        key_span,
        value: map(vec![target], parts.span),
    })
}

/// What a function says of the role that is made for it.
fn role_properties<'s>(
    properties: &mut Properties<'s>,
    tags: Option<&Entry<'s>>,
) -> Vec<Entry<'s>> {
    let mut own = properties.taken(&["AssumeRolePolicyDocument", "PermissionsBoundary"]);
    own.extend(properties.renamed("RolePath", "Path"));
    own.extend(tags.cloned());
    own
}

/// What a function says of the version and the alias that are made of it.
struct Version<'s> {
    description: Option<Entry<'s>>,
    scaling: Option<Entry<'s>>,
    deletion: Option<Entry<'s>>,
    /// What happens to a version that is no longer in the template, where nothing is said of it.
    left: &'static str,
    concurrency: Option<Entry<'s>>,
    gradual: Option<Entry<'s>>,
}

/// `AutoPublishAlias`: a version, and an alias that names it.
fn publish<'s>(made: &mut Made<'s>, function: &Function<'s>, name: Node<'s>, written: Version<'s>) {
    let origin = &function.origin;
    let place = name.span;
    let Some(alias_id) = function.alias.clone() else {
        return;
    };
    let of_function = || entry("FunctionName", reference(origin.id.clone(), place));
    let version_id = origin.name("Version");
    let mut own = vec![of_function()];
    own.extend(written.description);
    own.extend(written.scaling);
    let mut version = origin.added(version_id.clone(), "AWS::Lambda::Version", place, own);
    if let Value::Map(body) = &mut version.value.value {
        let left = || entry("DeletionPolicy", text(written.left, place));
        if body.entry("DeletionPolicy").is_none() {
            body.entries.push(written.deletion.unwrap_or_else(left));
        }
    }
    made.resources.push(version);
    made.refer(origin, "Version", &version_id);
    made.refer(origin, "Alias", &alias_id);
    let mut properties = vec![
        entry("Name", name),
        of_function(),
        entry("FunctionVersion", attribute(version_id, "Version", place)),
    ];
    properties.extend(written.concurrency);
    let mut alias = origin.added(alias_id, "AWS::Lambda::Alias", place, properties);
    if let Some(gradual) = written.gradual {
        deployment::expand(made, function, gradual, &mut alias);
    }
    made.resources.push(alias);
}

/// `FunctionUrlConfig`, and that anybody may call it where nobody is asked who they are.
fn url<'s>(made: &mut Made<'s>, function: &Function<'s>, properties: &mut Properties<'s>) {
    let Some(config) = properties.take("FunctionUrlConfig") else {
        return;
    };
    let origin = &function.origin;
    let key_span = config.key_span;
    let config = Properties::within(config);
    let open = config
        .get("AuthType")
        .filter(|one| one.as_str() == Some("NONE"))
        .map(|one| one.span);
    let span = config.span;
    let mut own = vec![entry("TargetFunctionArn", function.name(key_span))];
    own.extend(config.rest());
    made.resources.push(origin.written(
        origin.name("Url"),
        "AWS::Lambda::Url",
        key_span,
        (key_span, span, own),
    ));
    let Some(place) = open else {
        return;
    };
    let by_anybody = |action: &'static str, condition: (&'static str, Node<'s>)| {
        vec![
            entry("Action", text(action, place)),
            entry("FunctionName", function.name(place)),
            entry("Principal", text("*", place)),
            entry(condition.0, condition.1),
        ]
    };
    for (name, permission) in [
        (
            "UrlPublicPermissions",
            by_anybody(
                "lambda:InvokeFunctionUrl",
                ("FunctionUrlAuthType", text("NONE", place)),
            ),
        ),
        (
            "URLInvokeAllowPublicAccess",
            by_anybody(
                "lambda:InvokeFunction",
                ("InvokedViaFunctionUrl", truth(true, place)),
            ),
        ),
    ] {
        let id = origin.name(name);
        made.resources
            .push(origin.added(id, "AWS::Lambda::Permission", place, permission));
    }
}

/// `EventInvokeConfig`: how asynchronous calls are tried again, and where their results go.
fn invocations<'s>(
    made: &mut Made<'s>,
    function: &mut Function<'s>,
    properties: &mut Properties<'s>,
) {
    let Some(config) = properties.take("EventInvokeConfig") else {
        return;
    };
    let key_span = config.key_span;
    let mut config = Properties::within(config);
    let span = config.span;
    let qualifier = match &function.alias {
        Some(alias) => {
            let name = alias
                .strip_prefix(&format!("{}Alias", function.origin.id))
                .unwrap_or(alias);
            text(name.to_owned(), key_span)
        }
        None => text("$LATEST", key_span),
    };
    let mut own = vec![
        entry(
            "FunctionName",
            reference(function.origin.id.clone(), key_span),
        ),
        entry("Qualifier", qualifier),
    ];
    if let Some(destinations) = config.take("DestinationConfig") {
        let (destinations_key, mut parts) =
            (destinations.key_span, Properties::within(destinations));
        let mut targets = Vec::new();
        for when in ["OnSuccess", "OnFailure"] {
            let Some(target) = parts.take(when) else {
                continue;
            };
            let name = format!("EventInvokeConfig{when}");
            targets.push(destination(made, function, target, &name));
        }
        own.push(Entry {
            key: Cow::Borrowed("DestinationConfig"),
            key_span: destinations_key,
            value: map(targets, parts.span),
        });
    }
    own.extend(config.rest());
    let origin = &function.origin;
    made.resources.push(origin.written(
        origin.name("EventInvokeConfig"),
        "AWS::Lambda::EventInvokeConfig",
        key_span,
        (key_span, span, own),
    ));
}

/// Where results go: what is named, or a queue or topic that is made; and that the role may send there.
pub(super) fn destination<'s>(
    made: &mut Made<'s>,
    function: &mut Function<'s>,
    written: Entry<'s>,
    name: &str,
) -> Entry<'s> {
    let (key, key_span) = (written.key.clone(), written.key_span);
    let mut parts = Properties::within(written);
    let kind = parts.take_value("Type");
    let kind = kind.as_ref().and_then(Node::as_str).unwrap_or_default();
    let target = match parts.take_value("Destination") {
        Some(target) => target,
        None => {
            let (suffix, native) = match kind {
                "SNS" => ("Topic", "AWS::SNS::Topic"),
                _ => ("Queue", "AWS::SQS::Queue"),
            };
            let id = function.origin.name(format_args!("{name}{suffix}"));
            let added = function
                .origin
                .added(id.clone(), native, key_span, Vec::new());
            made.resources.push(added);
            match kind {
                "SNS" => reference(id, key_span),
                _ => attribute(id, "Arn", key_span),
            }
        }
    };
    let action = match kind {
        "SQS" => Some("sqs:SendMessage"),
        "SNS" => Some("sns:publish"),
        "Lambda" => Some("lambda:InvokeFunction"),
        "EventBridge" => Some("events:PutEvents"),
        "S3Bucket" => Some("s3:PutObject"),
        _ => None,
    };
    if let (Some(action), Some(role)) = (action, &mut function.role) {
        let statement = super::build::allow(action, target.clone(), key_span);
        let policy = mapping([("Statement", list(vec![statement], key_span))], key_span);
        let policy_name = function.origin.name(format_args!("{name}{kind}Policy"));
        role.allow(policy_name, policy, key_span);
    }
    Entry {
        key,
        key_span,
        value: mapping([("Destination", target)], parts.span),
    }
}
