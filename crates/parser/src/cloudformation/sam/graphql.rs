//! `AWS::Serverless::GraphQLApi`: <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-graphqlapi.html>.

use super::build::{Properties, attribute, entry, list, map, mapping, reference, text, trust};
use super::{Made, Origin, Written, connector, role};
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
    let api = Api { origin, place };
    let mut own = properties.taken(&[
        "ApiType",
        "EnvironmentVariables",
        "IntrospectionConfig",
        "Name",
        "OwnerContact",
        "QueryDepthLimit",
        "ResolverCountLimit",
        "Visibility",
    ]);
    if !own.iter().any(|one| one.key == "Name") {
        own.push(entry("Name", text(api.origin.id.clone(), place)));
    }
    own.push(role::tags(
        "graphqlapi:createdBy",
        properties.take("Tags"),
        place,
    ));
    own.extend(properties.take("XrayEnabled"));
    own.extend(authentication(properties.take("Auth")));
    own.extend(logging(made, &api, properties.take("Logging")));
    let main = api.origin.main(
        "AWS::AppSync::GraphQLApi",
        (spans.0, spans.1, own),
        attributes,
    );
    made.resources.push(main);

    let schema = match properties.renamed("SchemaInline", "Definition") {
        Some(inline) => Some(inline),
        None => properties.renamed("SchemaUri", "DefinitionS3Location"),
    };
    api.add(
        made,
        "Schema",
        "AWS::AppSync::GraphQLSchema",
        place,
        schema.into_iter().collect(),
    );
    for key in members(properties.take("ApiKeys")) {
        let (place, name) = (key.key_span, key.key.to_string());
        let own = Properties::within(key).taken(&["Description"]);
        api.add(made, &name, "AWS::AppSync::ApiKey", place, own);
    }
    let mut sources = Vec::new();
    for kind in members(properties.take("DataSources")) {
        let is_table = kind.key == "DynamoDb";
        for source in members(Some(kind)) {
            sources.push(source.key.to_string());
            data_source(made, &api, source, is_table);
        }
    }
    let mut needs_none = false;
    for function in members(properties.take("Functions")) {
        needs_none |= pipeline_function(made, &api, function, &sources);
    }
    for kind in members(properties.take("Resolvers")) {
        let type_name = kind.key.to_string();
        for resolver in members(Some(kind)) {
            self::resolver(made, &api, &type_name, resolver);
        }
    }
    if needs_none {
        let name = api.origin.name("NoneDataSource");
        let own = vec![
            entry("Name", text(name, place)),
            entry("Type", text("NONE", place)),
        ];
        api.add(
            made,
            "NoneDataSource",
            "AWS::AppSync::DataSource",
            place,
            own,
        );
    }
}

struct Api<'s> {
    origin: Origin<'s>,
    place: Span,
}

impl<'s> Api<'s> {
    /// Adds something that belongs to the API.
    fn add(
        &self,
        made: &mut Made<'s>,
        name: &str,
        kind: &'static str,
        place: Span,
        properties: Vec<Entry<'s>>,
    ) {
        let mut own = vec![entry(
            "ApiId",
            attribute(self.origin.id.clone(), "ApiId", place),
        )];
        own.extend(properties);
        made.resources
            .push(self.origin.added(self.origin.name(name), kind, place, own));
    }
}

/// The entries of a property that is a mapping.
fn members(entry: Option<Entry<'_>>) -> Vec<Entry<'_>> {
    match entry.map(|entry| entry.value.value) {
        Some(Value::Map(map)) => map.entries,
        _ => Vec::new(),
    }
}

/// `Auth`: the way in, and further ones.
fn authentication<'s>(written: Option<Entry<'s>>) -> Vec<Entry<'s>> {
    let Some(written) = written else {
        return Vec::new();
    };
    let mut auth = Properties::within(written);
    let mut own = provider(&mut auth);
    if let Some(mut further) = auth.renamed("Additional", "AdditionalAuthenticationProviders") {
        if let Value::List(items) = &mut further.value.value {
            for item in items {
                let span = item.span;
                let one = std::mem::replace(item, Node::new(Value::Null, span));
                *item = map(provider(&mut Properties::within(entry("", one))), span);
            }
        }
        own.push(further);
    }
    own
}

fn provider<'s>(auth: &mut Properties<'s>) -> Vec<Entry<'s>> {
    let mut own = Vec::new();
    for (key, name) in [
        ("Type", "AuthenticationType"),
        ("LambdaAuthorizer", "LambdaAuthorizerConfig"),
        ("OpenIDConnect", "OpenIDConnectConfig"),
        ("UserPool", "UserPoolConfig"),
    ] {
        own.extend(auth.renamed(key, name));
    }
    own
}

/// `Logging`: on with a role of its own, unless something else is written.
fn logging<'s>(
    made: &mut Made<'s>,
    api: &Api<'s>,
    written: Option<Entry<'s>>,
) -> Option<Entry<'s>> {
    let place = written.as_ref().map_or(api.place, |one| one.key_span);
    let (mut own, span) = match written {
        None => (vec![entry("FieldLogLevel", text("ALL", place))], place),
        Some(written) if matches!(written.value.value, Value::Bool(true)) => {
            (vec![entry("FieldLogLevel", text("ALL", place))], place)
        }
        Some(written) if matches!(written.value.value, Value::Bool(false)) => return None,
        Some(written) => {
            let parts = Properties::within(written);
            let span = parts.span;
            (parts.rest(), span)
        }
    };
    if !own.iter().any(|one| one.key == "CloudWatchLogsRoleArn") {
        let id = api.origin.name("CloudWatchRole");
        own.push(entry(
            "CloudWatchLogsRoleArn",
            attribute(id.clone(), "Arn", place),
        ));
        let policy =
            "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSAppSyncPushToCloudWatchLogs";
        let policy = super::build::substituted(policy, place);
        let role = vec![
            entry(
                "AssumeRolePolicyDocument",
                trust("appsync.amazonaws.com", place),
            ),
            entry("ManagedPolicyArns", list(vec![policy], place)),
        ];
        made.resources
            .push(api.origin.added(id, "AWS::IAM::Role", place, role));
    }
    Some(Entry {
        key: Cow::Borrowed("LogConfig"),
        key_span: place,
        value: map(own, span),
    })
}

/// What the role of a data source may do with the function or the table.
fn uses<'s>(source: &Properties<'s>, is_table: bool, place: Span) -> Node<'s> {
    let (kind, arn) = match is_table {
        true => ("AWS::DynamoDB::Table", "TableArn"),
        false => ("AWS::Lambda::Function", "FunctionArn"),
    };
    let asked = source.get("Permissions").and_then(Node::as_list);
    let asked = asked.map(|names| names.iter().filter_map(Node::as_str).collect());
    let permissions: Vec<&str> = match is_table {
        true => asked.unwrap_or_else(|| vec!["Read", "Write"]),
        false => vec!["Write"],
    };
    let used = source.get(arn).cloned();
    used.and_then(|used| {
        connector::document(
            ("AWS::AppSync::DataSource", kind),
            &permissions,
            used,
            place,
        )
    })
    .unwrap_or_else(|| super::super::unknown(place, "what the data source of SAM allows"))
}

/// A function or a table that an API reads from, with the role by which it does.
fn data_source<'s>(made: &mut Made<'s>, api: &Api<'s>, written: Entry<'s>, is_table: bool) {
    let place = written.key_span;
    let name = written.key.to_string();
    let mut parts = Properties::within(written);
    let (kind, suffix) = match is_table {
        true => ("AMAZON_DYNAMODB", "DynamoDbDataSource"),
        false => ("AWS_LAMBDA", "LambdaDataSource"),
    };
    let id = format!("{name}{suffix}");
    let shown = parts
        .take("Name")
        .unwrap_or_else(|| entry("Name", text(name, place)));
    let mut own = vec![shown, entry("Type", text(kind, place))];
    own.extend(parts.taken(&["Description"]));
    match parts.take("ServiceRoleArn") {
        Some(role) => own.push(role),
        None => {
            let role = api.origin.name(format_args!("{id}Role"));
            own.push(entry(
                "ServiceRoleArn",
                attribute(role.clone(), "Arn", place),
            ));
            let trusts = entry(
                "AssumeRolePolicyDocument",
                trust("appsync.amazonaws.com", place),
            );
            made.resources.push(api.origin.added(
                role.clone(),
                "AWS::IAM::Role",
                place,
                vec![trusts],
            ));
            let to = if is_table {
                "ToDynamoDbConnectorPolicy"
            } else {
                "ToLambdaConnectorPolicy"
            };
            let policy = api.origin.name(format_args!("{id}{to}"));
            let properties = vec![
                entry("PolicyDocument", uses(&parts, is_table, place)),
                entry("Roles", list(vec![reference(role, place)], place)),
            ];
            made.resources.push(api.origin.added(
                policy,
                "AWS::IAM::ManagedPolicy",
                place,
                properties,
            ));
        }
    }
    if is_table {
        let mut table = parts.taken(&[
            "DeltaSync",
            "TableName",
            "UseCallerCredentials",
            "Versioned",
        ]);
        table.extend(parts.renamed("Region", "AwsRegion"));
        if !table.iter().any(|one| one.key == "AwsRegion") {
            table.push(entry("AwsRegion", reference("AWS::Region", place)));
        }
        own.push(entry("DynamoDBConfig", map(table, place)));
    } else if let Some(arn) = parts.renamed("FunctionArn", "LambdaFunctionArn") {
        own.push(entry("LambdaConfig", map(vec![arn], place)));
    }
    api.add(made, &id, "AWS::AppSync::DataSource", place, own);
}

/// A function of a pipeline. Whether it needs the data source that is none.
fn pipeline_function<'s>(
    made: &mut Made<'s>,
    api: &Api<'s>,
    written: Entry<'s>,
    sources: &[String],
) -> bool {
    let place = written.key_span;
    let name = written.key.to_string();
    let mut parts = Properties::within(written);
    let mut own = vec![
        parts
            .take("Name")
            .unwrap_or_else(|| entry("Name", text(name.clone(), place))),
    ];
    let source = parts.take("DataSource");
    let named = source
        .as_ref()
        .and_then(|one| one.value.as_str())
        .unwrap_or_default()
        .to_owned();
    let is_none = named.eq_ignore_ascii_case("none");
    own.extend(source.map(|source| {
        let at = source.value.span;
        let value = if is_none {
            attribute(api.origin.name("NoneDataSource"), "Name", at)
        } else if sources.contains(&named) {
            let kinds = ["LambdaDataSource", "DynamoDbDataSource"];
            let made_one = |kind: &&str| {
                let id = api.origin.name(format_args!("{named}{kind}"));
                made.resources.iter().any(|one| one.key == id)
            };
            let kind = kinds
                .iter()
                .find(|kind| made_one(kind))
                .unwrap_or(&kinds[0]);
            attribute(api.origin.name(format_args!("{named}{kind}")), "Name", at)
        } else {
            source.value
        };
        Entry {
            key: Cow::Borrowed("DataSourceName"),
            key_span: source.key_span,
            value,
        }
    }));
    own.extend(code(&mut parts));
    own.extend(parts.taken(&["Description", "MaxBatchSize", "Sync"]));
    api.add(
        made,
        &name,
        "AWS::AppSync::FunctionConfiguration",
        place,
        own,
    );
    is_none
}

/// `InlineCode` or `CodeUri`, and the runtime.
fn code<'s>(parts: &mut Properties<'s>) -> Vec<Entry<'s>> {
    let mut own = Vec::new();
    own.extend(parts.renamed("InlineCode", "Code"));
    own.extend(parts.renamed("CodeUri", "CodeS3Location"));
    if let Some(mut runtime) = parts.take("Runtime") {
        if let Value::Map(map) = &mut runtime.value.value {
            for one in &mut map.entries {
                if one.key == "Version" {
                    one.key = Cow::Borrowed("RuntimeVersion");
                }
            }
        }
        own.push(runtime);
    }
    own
}

fn resolver<'s>(made: &mut Made<'s>, api: &Api<'s>, type_name: &str, written: Entry<'s>) {
    let place = written.key_span;
    let name = written.key.to_string();
    let mut parts = Properties::within(written);
    let mut own = vec![entry("TypeName", text(type_name.to_owned(), place))];
    let field = parts.take("FieldName");
    own.push(field.unwrap_or_else(|| entry("FieldName", text(name.clone(), place))));
    let code = code(&mut parts);
    if !code
        .iter()
        .any(|one| one.key == "Code" || one.key == "CodeS3Location")
    {
        let passes = "\nexport function request(ctx) {\n    return {};\n}\n\nexport function response(ctx) {\n    return ctx.prev.result;\n}\n";
        own.push(entry("Code", text(passes, place)));
    }
    own.extend(code);
    if let Some(pipeline) = parts.take("Pipeline") {
        let at = pipeline.key_span;
        own.push(entry("Kind", text("PIPELINE", at)));
        let functions = match pipeline.value.value {
            Value::List(items) => items,
            _ => Vec::new(),
        };
        let functions = functions.into_iter().map(|one| match one.as_str() {
            Some(function) => attribute(api.origin.name(function), "FunctionId", one.span),
            None => one,
        });
        let functions = list(functions.collect(), at);
        own.push(entry(
            "PipelineConfig",
            mapping([("Functions", functions)], at),
        ));
    }
    own.extend(parts.taken(&["MaxBatchSize", "Sync"]));
    own.extend(parts.renamed("Caching", "CachingConfig"));
    api.add(
        made,
        &format!("{type_name}{name}"),
        "AWS::AppSync::Resolver",
        place,
        own,
    );
}
