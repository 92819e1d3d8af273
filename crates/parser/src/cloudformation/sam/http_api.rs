//! `AWS::Serverless::HttpApi`, and the API that events make without one.
//! <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-httpapi.html>

use super::api::{definition, implicit_origin, referred, route_to, source_arn};
use super::build::{Properties, entry, list, map, mapping, reference, text, truth};
use super::events::{Event, permit};
use super::function::Function;
use super::globals::Globals;
use super::other::with;
use super::{Made, Origin, Written, domain, tags};
use crate::source::Span;
use crate::tree::{Entry, Node, Value};
use std::borrow::Cow;

/// The API of events that name none.
const IMPLICIT: &str = "ServerlessHttpApi";

/// An `HttpApi` event of a function.
pub(super) fn of_function<'s>(made: &mut Made<'s>, function: &Function<'s>, mut event: Event<'s>) {
    let place = event.key_span;
    let api = event.properties.take_value("ApiId");
    let id = match &api {
        None => Some(IMPLICIT.to_owned()),
        Some(node) => referred(node),
    };
    let path = event.properties.take_value("Path");
    let method = event.properties.take_value("Method");
    let method = method
        .as_ref()
        .and_then(Node::as_str)
        .unwrap_or("any")
        .to_lowercase();
    let (shown, path_span) = match &path {
        Some(path) => (path.as_str().unwrap_or("$default").to_owned(), path.span),
        None => ("$default".to_owned(), place),
    };
    if let (None, Some(tags)) = (&api, &function.propagated) {
        made.tag(IMPLICIT, tags);
    }
    let target = api.unwrap_or_else(|| reference(IMPLICIT, place));
    let source = match (shown.as_str(), method.as_str()) {
        ("$default", _) => source_arn(target, "", "*", place),
        (path, "any" | "*") => source_arn(target, "*", path, place),
        (path, method) => source_arn(target, &method.to_uppercase(), path, place),
    };
    permit(
        made,
        function,
        &event,
        "",
        "apigateway.amazonaws.com",
        Some(source),
    );
    let Some(id) = id else {
        return;
    };
    route_to(
        made,
        function,
        event,
        id,
        (shown, path_span),
        method,
        Some("2.0"),
    );
}

pub(super) fn expand<'s>(made: &mut Made<'s>, written: Written<'s>) {
    let Written {
        origin,
        properties,
        attributes,
    } = written;
    http_api(made, &origin, properties, attributes);
}

/// The API of events that name none, where there are any.
pub(super) fn implicit<'s>(made: &mut Made<'s>, globals: &Globals<'s>) {
    let Some(origin) = implicit_origin(made, IMPLICIT) else {
        return;
    };
    let place = origin.id_span;
    let mut own = globals.of("HttpApi");
    tags::of_callers(made, IMPLICIT, &mut own);
    let own = Properties::new(own, place, place);
    http_api(made, &origin, own, Vec::new());
}

fn http_api<'s>(
    made: &mut Made<'s>,
    origin: &Origin<'s>,
    mut properties: Properties<'s>,
    attributes: Vec<Entry<'s>>,
) {
    let place = origin.id_span;
    let spans = (properties.key_span, properties.span);
    let mut own = Vec::new();
    let (mut body, is_made) = definition(made, origin, &mut properties, ("openapi", "3.0.1"));
    if let Some(cors) = properties.take("CorsConfiguration").filter(|_| is_made) {
        body.value = with(
            body.value,
            super::other::named(cors, "x-amazon-apigateway-cors"),
        );
    }
    own.push(body);
    own.extend(properties.taken(&[
        "Description",
        "DisableExecuteApiEndpoint",
        "FailOnWarnings",
        "Name",
    ]));
    made.resources.push(origin.main(
        "AWS::ApiGatewayV2::Api",
        (spans.0, spans.1, own),
        attributes,
    ));

    let of_api = || entry("ApiId", reference(origin.id.clone(), place));
    let name = properties.take("StageName");
    let literal = name.as_ref().and_then(|one| one.value.as_str());
    let stage_id = match (&name, literal) {
        (None, _) | (_, Some("$default")) => origin.name("ApiGatewayDefaultStage"),
        (_, Some(name)) => origin.name(format_args!("{name}Stage")),
        (_, None) => origin.name("Stage"),
    };
    made.refer(origin, "Stage", &stage_id);
    let mut stage = vec![of_api(), entry("AutoDeploy", truth(true, place))];
    stage.push(name.unwrap_or_else(|| entry("StageName", text("$default", place))));
    stage.extend(properties.taken(&["AccessLogSettings", "DefaultRouteSettings", "RouteSettings"]));
    stage.extend(properties.take("StageVariables"));
    let propagates = properties.take_value("PropagateTags");
    let propagates = propagates.filter(|one| matches!(one.value, Value::Bool(true)));
    let own_tag = entry("httpapi:createdBy", text("SAM", place));
    let tags = match properties.take("Tags") {
        Some(tags) => Some(Entry {
            value: with(tags.value, own_tag),
            ..tags
        }),
        // The document that a person writes is not added to.
        None if !is_made => None,
        None => Some(entry("Tags", map(vec![own_tag], place))),
    };
    stage.extend(tags.clone());
    let first = made.resources.len();
    made.resources.push(origin.written(
        stage_id.clone(),
        "AWS::ApiGatewayV2::Stage",
        place,
        (spans.0, spans.1, stage),
    ));
    if let Some(auth) = properties.take("Auth") {
        let authorizers = Properties::within(auth).take("Authorizers");
        permit_authorizers(made, origin, authorizers);
    }
    if let Some(domain) = properties.take("Domain") {
        domain_name(made, origin, domain, stage_id, tags.clone());
    }
    if let (Some(tags), Some(_)) = (tags, propagates) {
        tags::propagate(&mut made.resources[first..], &tags.value);
    }
}

/// That the API may call the functions that say who may call it, where they ask for that.
fn permit_authorizers<'s>(
    made: &mut Made<'s>,
    origin: &Origin<'s>,
    authorizers: Option<Entry<'s>>,
) {
    let written = authorizers.map(Properties::within);
    for one in written.map(Properties::rest).unwrap_or_default() {
        let place = one.key_span;
        let asks = one.value.get("EnableFunctionDefaultPermissions");
        let (Some("true"), Some(function)) = (
            asks.and_then(Node::scalar_text),
            one.value.get("FunctionArn"),
        ) else {
            continue;
        };
        let properties = vec![
            entry("Action", text("lambda:InvokeFunction", place)),
            entry("FunctionName", function.clone()),
            entry("Principal", text("apigateway.amazonaws.com", place)),
            entry("SourceArn", of_authorizers(origin, place)),
        ];
        let id = origin.name(format_args!("{}AuthorizerPermission", one.key));
        made.resources
            .push(origin.added(id, "AWS::Lambda::Permission", place, properties));
    }
}

/// The ARN of the authorizers of an API.
pub(super) fn of_authorizers<'s>(origin: &Origin<'s>, place: Span) -> Node<'s> {
    let pattern = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/authorizers/*";
    let values = mapping([("__ApiId__", reference(origin.id.clone(), place))], place);
    let source = list(vec![text(pattern, place), values], place);
    mapping([("Fn::Sub", source)], place)
}

/// `Domain`: a domain name for the API.
pub(super) fn domain_name<'s>(
    made: &mut Made<'s>,
    origin: &Origin<'s>,
    written: Entry<'s>,
    stage: Cow<'s, str>,
    tags: Option<Entry<'s>>,
) {
    let place = written.key_span;
    let mut written = Properties::within(written);
    let id = origin.name("DomainNameV2");
    made.refer(origin, "DomainName", &id);
    let name = written.get("DomainName").cloned();
    let mut configuration = written.taken(&[
        "CertificateArn",
        "OwnershipVerificationCertificateArn",
        "SecurityPolicy",
    ]);
    let kind = written.renamed("EndpointConfiguration", "EndpointType");
    configuration.push(kind.unwrap_or_else(|| entry("EndpointType", text("REGIONAL", place))));
    let mut own = written.taken(&["DomainName", "MutualTlsAuthentication"]);
    own.extend(tags);
    own.push(entry(
        "DomainNameConfigurations",
        list(vec![map(configuration, place)], place),
    ));
    made.resources
        .push(origin.added(id.clone(), "AWS::ApiGatewayV2::DomainName", place, own));
    let mapped = || {
        vec![
            entry("ApiId", reference(origin.id.clone(), place)),
            entry("DomainName", reference(id.clone(), place)),
            entry("Stage", reference(stage.clone(), place)),
        ]
    };
    let paths = domain::base_paths(&mut written);
    let mut add = |name, properties| {
        let kind = "AWS::ApiGatewayV2::ApiMapping";
        made.resources
            .push(origin.added(name, kind, place, properties));
    };
    if paths.is_empty() {
        add(origin.name("ApiMapping"), mapped());
    }
    for path in paths {
        let shown = path.as_str().unwrap_or_default();
        let id = shown.replace(['-', '_', '/'], "");
        let key = text(shown.trim_matches('/').to_owned(), path.span);
        let mut properties = mapped();
        properties.push(entry("ApiMappingKey", key));
        add(origin.name(format_args!("{id}ApiMapping")), properties);
    }
    domain::records(made, origin, &mut written, &id, name, false);
}
