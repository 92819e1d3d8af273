//! `AWS::Serverless::Api`, and the API that events make without one.
//! <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-api.html>

use super::build::{Properties, entry, list, map, mapping, reference, tag_list, text, truth};
use super::events::{Event, permit};
use super::function::Function;
use super::globals::Globals;
use super::{Made, Origin, Route, Written, domain, tags};
use crate::source::Span;
use crate::tree::{Entry, Node, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The API of events that name none.
pub(super) const IMPLICIT: &str = "ServerlessRestApi";

/// The stage of that API.
const IMPLICIT_STAGE: &str = "Prod";

/// An `Api` event of a function.
pub(super) fn of_function<'s>(made: &mut Made<'s>, function: &Function<'s>, mut event: Event<'s>) {
    let place = event.key_span;
    let api = event.properties.take_value("RestApiId");
    let id = match &api {
        None => Some(IMPLICIT.to_owned()),
        Some(node) => referred(node),
    };
    let path = event.properties.take_value("Path");
    let method = event.properties.take_value("Method");
    let (shown, path_span) = match &path {
        Some(path) => (path.as_str().unwrap_or("/*").to_owned(), path.span),
        None => ("/*".to_owned(), place),
    };
    let method = method
        .as_ref()
        .and_then(Node::as_str)
        .unwrap_or("any")
        .to_lowercase();
    let verb = match method.as_str() {
        "any" | "x-amazon-apigateway-any-method" => "*".to_owned(),
        method => method.to_uppercase(),
    };
    if let (None, Some(tags)) = (&api, &function.propagated) {
        made.tag(IMPLICIT, tags);
    }
    let target = api.unwrap_or_else(|| reference(IMPLICIT, place));
    let source = source_arn(target, &verb, &shown, place);
    let stage = match id.as_deref() {
        Some(IMPLICIT) => IMPLICIT_STAGE.to_owned(),
        id => id
            .and_then(|id| made.stages.get(id))
            .cloned()
            .unwrap_or_default(),
    };
    permit(
        made,
        function,
        &event,
        &stage,
        "apigateway.amazonaws.com",
        Some(source),
    );
    let Some(id) = id else {
        return;
    };
    route_to(made, function, event, id, (shown, path_span), method, None);
}

/// Adds the route of an event to an API: it calls the function, with a payload of this version where there are several.
pub(super) fn route_to<'s>(
    made: &mut Made<'s>,
    function: &Function<'s>,
    mut event: Event<'s>,
    api: String,
    (path, path_span): (String, Span),
    method: String,
    payload: Option<&'static str>,
) {
    let place = event.key_span;
    let uri = format!(
        "arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/{}/invocations",
        function.placeholder()
    );
    let mut integration = vec![
        entry("httpMethod", text("POST", place)),
        entry("type", text("aws_proxy", place)),
        entry("uri", super::build::substituted(uri, place)),
    ];
    integration.extend(payload.map(|version| entry("payloadFormatVersion", text(version, place))));
    let mut operation = vec![
        entry("x-amazon-apigateway-integration", map(integration, place)),
        entry("responses", map(Vec::new(), place)),
    ];
    operation.extend(security(event.properties.take("Auth")));
    add_route(
        made,
        &function.origin,
        api,
        (path.into(), path_span),
        method,
        map(operation, place),
        place,
    );
}

/// Adds a route to an API.
pub(super) fn add_route<'s>(
    made: &mut Made<'s>,
    origin: &Origin<'s>,
    api: String,
    (path, path_span): (Cow<'s, str>, Span),
    method: String,
    operation: Node<'s>,
    place: Span,
) {
    let method = match method.as_str() {
        "any" | "*" => "x-amazon-apigateway-any-method".to_owned(),
        _ => method,
    };
    made.routes.entry(api).or_default().push(Route {
        place,
        path,
        path_span,
        method: method.into(),
        operation,
        condition: origin.condition().cloned(),
    });
}

/// Who may call a route, where its event says so.
pub(super) fn security<'s>(auth: Option<Entry<'s>>) -> Option<Entry<'s>> {
    let auth = auth?;
    let key_span = auth.key_span;
    let mut auth = Properties::within(auth);
    let authorizer = auth.take_value("Authorizer")?;
    let name = authorizer.as_str()?.to_owned();
    let scheme = entry(name, list(Vec::new(), authorizer.span));
    Some(Entry {
        key: Cow::Borrowed("security"),
        key_span,
        value: list(vec![map(vec![scheme], authorizer.span)], key_span),
    })
}

/// The logical id that a value refers to.
pub(super) fn referred(node: &Node<'_>) -> Option<String> {
    let id = node.get("Ref").or_else(|| node.get("!Ref"))?;
    id.as_str().map(str::to_owned)
}

/// The ARN of a method of an API, in all of its stages.
pub(super) fn source_arn<'s>(api: Node<'s>, verb: &str, path: &str, place: Span) -> Entry<'s> {
    // A parameter of a path stands for everything.
    let mut shown = String::with_capacity(path.len());
    for (index, part) in path.split('/').enumerate() {
        if index > 0 {
            shown.push('/');
        }
        shown.push_str(if part.starts_with('{') { "*" } else { part });
    }
    let pattern = format!(
        "arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{__ApiId__}}/${{__Stage__}}/{verb}{shown}"
    );
    let values = mapping([("__ApiId__", api), ("__Stage__", text("*", place))], place);
    let parts = vec![text(pattern, place), values];
    entry(
        "SourceArn",
        mapping([("Fn::Sub", list(parts, place))], place),
    )
}

pub(super) fn expand<'s>(made: &mut Made<'s>, written: Written<'s>) {
    let Written {
        origin,
        properties,
        attributes,
    } = written;
    rest_api(made, &origin, properties, attributes);
}

/// The API of events that name none, where there are any.
pub(super) fn implicit<'s>(made: &mut Made<'s>, globals: &Globals<'s>) {
    let Some(origin) = implicit_origin(made, IMPLICIT) else {
        return;
    };
    let place = origin.id_span;
    let mut own = globals.of("Api");
    own.retain(|one| one.key != "StageName");
    own.push(entry("StageName", text(IMPLICIT_STAGE, place)));
    tags::of_callers(made, IMPLICIT, &mut own);
    rest_api(
        made,
        &origin,
        Properties::new(own, place, place),
        Vec::new(),
    );
}

/// What stands for an API that nobody wrote: the first event that needs it.
pub(super) fn implicit_origin<'s>(made: &Made<'s>, id: &'static str) -> Option<Origin<'s>> {
    let routes = made.routes.get(id)?;
    let first = routes.first()?;
    // It exists where one of its routes does; told here only where all say the same.
    let name = |route: &Route<'s>| {
        let condition = route.condition.as_ref()?;
        condition.value.as_str().map(str::to_owned)
    };
    let shared = routes.iter().all(|one| name(one) == name(first));
    Some(Origin {
        id: Cow::Borrowed(id),
        id_span: first.place,
        kind: Cow::Borrowed("AWS::Serverless::Api"),
        kind_span: first.place,
        body_span: first.place,
        shared: first
            .condition
            .clone()
            .filter(|_| shared)
            .into_iter()
            .collect(),
    })
}

/// What an API is like: `BodyS3Location`, or `Body`, and whether it is the document that SAM makes of routes.
pub(super) fn definition<'s>(
    made: &mut Made<'s>,
    origin: &Origin<'s>,
    properties: &mut Properties<'s>,
    version: (&'static str, &'static str),
) -> (Entry<'s>, bool) {
    let routes = made.routes.remove(&*origin.id).unwrap_or_default();
    let uri = properties.renamed("DefinitionUri", "BodyS3Location");
    match (properties.renamed("DefinitionBody", "Body"), uri) {
        (Some(body), _) => (body, false),
        (None, Some(mut uri)) => {
            uri.value = super::function::location(uri.value, ["Bucket", "Key", "Version"]);
            (uri, false)
        }
        (None, None) => {
            let body = document(routes, version, origin.id_span);
            (entry("Body", body), true)
        }
    }
}

/// The document of an API that is not written: its paths, and what is said of all of them.
fn document<'s>(
    routes: Vec<Route<'s>>,
    version: (&'static str, &'static str),
    place: Span,
) -> Node<'s> {
    let mut paths: Vec<Entry<'s>> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for route in routes {
        let operation = Entry {
            key: route.method,
            key_span: route.place,
            value: route.operation,
        };
        match places.get(&*route.path) {
            Some(at) => {
                if let Value::Map(path) = &mut paths[*at].value.value {
                    path.entries.retain(|one| one.key != operation.key);
                    path.entries.push(operation);
                }
            }
            None => {
                places.insert(route.path.to_string(), paths.len());
                paths.push(Entry {
                    key: route.path,
                    key_span: route.path_span,
                    value: map(vec![operation], route.place),
                });
            }
        }
    }
    let info = mapping(
        [
            ("version", text("1.0", place)),
            ("title", reference("AWS::StackName", place)),
        ],
        place,
    );
    map(
        vec![
            entry("info", info),
            entry("paths", map(paths, place)),
            entry(version.0, text(version.1, place)),
        ],
        place,
    )
}

fn rest_api<'s>(
    made: &mut Made<'s>,
    origin: &Origin<'s>,
    mut properties: Properties<'s>,
    attributes: Vec<Entry<'s>>,
) {
    let place = origin.id_span;
    let spans = (properties.key_span, properties.span);
    let first = made.resources.len();
    let tags = properties.take("Tags");
    let propagated = super::function::propagated(&mut properties, tags.as_ref());
    let mut own = Vec::new();
    own.push(definition(made, origin, &mut properties, ("swagger", "2.0")).0);
    own.extend(properties.taken(&[
        "ApiKeySourceType",
        "BinaryMediaTypes",
        "Description",
        "DisableExecuteApiEndpoint",
        "FailOnWarnings",
        "MinimumCompressionSize",
        "Mode",
        "Name",
        "Policy",
        "SecurityPolicy",
    ]));
    own.extend(endpoint(properties.take("EndpointConfiguration")));
    let auth = properties.take("Auth").map(Properties::within);
    made.resources.push(origin.main(
        "AWS::ApiGateway::RestApi",
        (spans.0, spans.1, own),
        attributes,
    ));

    let deployment = origin.name("Deployment");
    let of_api = || entry("RestApiId", reference(origin.id.clone(), place));
    made.resources.push(origin.added(
        deployment.clone(),
        "AWS::ApiGateway::Deployment",
        place,
        vec![of_api()],
    ));
    made.refer(origin, "Deployment", &deployment);
    let name = properties.take("StageName");
    let literal = name.as_ref().and_then(|one| one.value.as_str());
    let stage_id = origin.name(format_args!("{}Stage", literal.unwrap_or_default()));
    made.refer(origin, "Stage", &stage_id);
    let mut stage = vec![
        of_api(),
        entry("DeploymentId", reference(deployment, place)),
    ];
    stage.extend(name);
    stage.extend(properties.taken(&[
        "AccessLogSetting",
        "CacheClusterEnabled",
        "CacheClusterSize",
        "CanarySetting",
        "MethodSettings",
        "TracingEnabled",
        "Variables",
    ]));
    stage.extend(tags.map(|tags| Entry {
        value: tag_list(tags.value),
        ..tags
    }));
    // What a stage lacks is missing from the properties of the API.
    made.resources.push(origin.written(
        stage_id.clone(),
        "AWS::ApiGateway::Stage",
        place,
        (spans.0, spans.1, stage),
    ));
    if let Some(mut auth) = auth {
        authorizers(made, origin, auth.take_value("Authorizers"));
        usage_plan(made, origin, auth, &stage_id);
    }
    if let Some(domain) = properties.take("Domain") {
        domain_name(made, origin, domain, &stage_id);
    }
    if let Some(tags) = propagated {
        tags::propagate(&mut made.resources[first..], &tags);
    }
}

/// `EndpointConfiguration`: a text, or a mapping with one `Type`.
fn endpoint<'s>(written: Option<Entry<'s>>) -> Option<Entry<'s>> {
    let mut written = written?;
    let span = written.value.span;
    match &mut written.value.value {
        Value::String(_) => {
            let kind = std::mem::replace(&mut written.value, Node::new(Value::Null, span));
            written.value = mapping([("Types", list(vec![kind], span))], span);
        }
        Value::Map(map) => {
            for one in &mut map.entries {
                if one.key == "Type" {
                    let span = one.value.span;
                    let kind = std::mem::replace(&mut one.value, Node::new(Value::Null, span));
                    one.key = Cow::Borrowed("Types");
                    one.value = list(vec![kind], span);
                }
            }
        }
        _ => {}
    }
    Some(written)
}

/// That an API may call the functions that say who may call it.
fn authorizers<'s>(made: &mut Made<'s>, origin: &Origin<'s>, written: Option<Node<'s>>) {
    let Some(Value::Map(written)) = written.map(|node| node.value) else {
        return;
    };
    for one in written.entries {
        let place = one.key_span;
        let Some(function) = one.value.get("FunctionArn") else {
            continue;
        };
        let pattern = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/authorizers/*";
        let values = mapping([("__ApiId__", reference(origin.id.clone(), place))], place);
        let source = list(vec![text(pattern, place), values], place);
        let properties = vec![
            entry("Action", text("lambda:InvokeFunction", place)),
            entry("FunctionName", function.clone()),
            entry("Principal", text("apigateway.amazonaws.com", place)),
            entry("SourceArn", mapping([("Fn::Sub", source)], place)),
        ];
        let id = origin.name(format_args!("{}AuthorizerPermission", one.key));
        made.resources
            .push(origin.added(id, "AWS::Lambda::Permission", place, properties));
    }
}

/// `Auth.UsagePlan`: a plan for the API, with a key.
fn usage_plan<'s>(made: &mut Made<'s>, origin: &Origin<'s>, mut auth: Properties<'s>, stage: &str) {
    let Some(plan) = auth.take("UsagePlan") else {
        return;
    };
    let place = plan.key_span;
    let mut plan = Properties::within(plan);
    let create = plan.take_value("CreateUsagePlan");
    if create.as_ref().and_then(Node::as_str) != Some("PER_API") {
        return;
    }
    let (plan_id, key_id) = (origin.name("UsagePlan"), origin.name("ApiKey"));
    let of_stage = mapping(
        [
            ("ApiId", reference(origin.id.clone(), place)),
            ("Stage", reference(stage.to_owned(), place)),
        ],
        place,
    );
    let mut own = vec![entry("ApiStages", list(vec![of_stage], place))];
    own.extend(plan.taken(&["Description", "Quota", "Tags", "Throttle", "UsagePlanName"]));
    made.resources
        .push(origin.added(plan_id.clone(), "AWS::ApiGateway::UsagePlan", place, own));
    let stage_key = mapping(
        [
            ("RestApiId", reference(origin.id.clone(), place)),
            ("StageName", reference(stage.to_owned(), place)),
        ],
        place,
    );
    let key = vec![
        entry("Enabled", truth(true, place)),
        entry("StageKeys", list(vec![stage_key], place)),
    ];
    made.resources
        .push(origin.added(key_id.clone(), "AWS::ApiGateway::ApiKey", place, key));
    let link = vec![
        entry("KeyId", reference(key_id, place)),
        entry("KeyType", text("API_KEY", place)),
        entry("UsagePlanId", reference(plan_id, place)),
    ];
    made.resources.push(origin.added(
        origin.name("UsagePlanKey"),
        "AWS::ApiGateway::UsagePlanKey",
        place,
        link,
    ));
}

/// `Domain`: a domain name for the API.
fn domain_name<'s>(made: &mut Made<'s>, origin: &Origin<'s>, written: Entry<'s>, stage: &str) {
    let place = written.key_span;
    let spans = (written.key_span, written.value.span);
    let mut written = Properties::within(written);
    let id = origin.name("DomainName");
    made.refer(origin, "DomainName", &id);
    let certificate = written.take("CertificateArn");
    let kind = written
        .take_value("EndpointConfiguration")
        .unwrap_or_else(|| text("REGIONAL", place));
    let is_edge = kind.as_str() == Some("EDGE");
    let name = written.get("DomainName").cloned();
    let mut own = Vec::new();
    own.extend(certificate.map(|one| {
        super::other::named(
            one,
            if is_edge {
                "CertificateArn"
            } else {
                "RegionalCertificateArn"
            },
        )
    }));
    own.push(entry(
        "EndpointConfiguration",
        mapping([("Types", list(vec![kind], place))], place),
    ));
    own.extend(written.taken(&[
        "DomainName",
        "MutualTlsAuthentication",
        "OwnershipVerificationCertificateArn",
        "SecurityPolicy",
    ]));
    made.resources.push(origin.written(
        id.clone(),
        "AWS::ApiGateway::DomainName",
        place,
        (spans.0, spans.1, own),
    ));
    let mut add_mapping = |name: Cow<'s, str>, path: Option<Node<'s>>| {
        let mut own = vec![
            entry("DomainName", reference(id.clone(), place)),
            entry("RestApiId", reference(origin.id.clone(), place)),
            entry("Stage", reference(stage.to_owned(), place)),
        ];
        own.extend(path.map(|path| entry("BasePath", path)));
        made.resources
            .push(origin.added(name, "AWS::ApiGateway::BasePathMapping", place, own));
    };
    let keeps = written.take_value("NormalizeBasePath");
    let keeps = keeps.is_some_and(|one| matches!(one.value, Value::Bool(false)));
    let paths = domain::base_paths(&mut written);
    if paths.is_empty() {
        add_mapping(origin.name("BasePathMapping"), None);
    }
    for path in paths {
        let letters = path.as_str().unwrap_or_default().chars();
        let shown: String = letters.filter(char::is_ascii_alphanumeric).collect();
        let id = origin.name(format_args!("{shown}BasePathMapping"));
        let path = match keeps {
            true => path,
            false => text(shown, path.span),
        };
        add_mapping(id, Some(path));
    }
    domain::records(made, origin, &mut written, &id, name, is_edge);
}
