//! `AWS::Serverless::WebSocketApi`: <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-websocketapi.html>.

use super::build::{Properties, entry, list, map, mapping, reference, text, truth};
use super::function::propagated;
use super::other::with;
use super::{Made, Origin, Written, http_api, tags};
use crate::source::Span;
use crate::tree::{Entry, Node, Value};
use std::borrow::Cow;

/// The stage of an API that names none.
const STAGE: &str = "default";

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
    let created = || entry("websocketapi:createdBy", text("SAM", place));
    let propagated = propagated(&mut properties, tags.as_ref()).map(|tags| with(tags, created()));
    let mut own = vec![entry("ProtocolType", text("WEBSOCKET", place))];
    own.push(match tags {
        Some(tags) => Entry {
            value: with(tags.value, created()),
            ..tags
        },
        None => entry("Tags", map(vec![created()], place)),
    });
    let name = properties.take("Name");
    own.push(name.unwrap_or_else(|| entry("Name", text(origin.id.clone(), place))));
    own.extend(properties.taken(&[
        "ApiKeySelectionExpression",
        "Description",
        "DisableExecuteApiEndpoint",
        "DisableSchemaValidation",
        "IpAddressType",
        "RouteSelectionExpression",
    ]));
    made.resources.push(origin.main(
        "AWS::ApiGatewayV2::Api",
        (spans.0, spans.1, own),
        attributes,
    ));

    let stage = properties.take("StageName");
    let stage = stage.unwrap_or_else(|| entry("StageName", text(STAGE, place)));
    let auth = properties.take("Auth").map(Properties::within);
    if let Some(Value::Map(routes)) = properties.take_value("Routes").map(|one| one.value) {
        for one in routes.entries {
            route(made, &origin, one, &stage.value, auth.as_ref());
        }
    }
    let stage_id = match stage.value.as_str() {
        Some(STAGE) => origin.name("DefaultStage"),
        name => origin.name(format_args!("{}Stage", name.unwrap_or_default())),
    };
    made.refer(&origin, "Stage", &stage_id);
    let mut own = vec![
        entry("ApiId", reference(origin.id.clone(), place)),
        entry("AutoDeploy", truth(true, place)),
        entry("Tags", map(vec![created()], place)),
        stage,
    ];
    own.extend(properties.taken(&[
        "AccessLogSettings",
        "DefaultRouteSettings",
        "RouteSettings",
        "StageVariables",
    ]));
    made.resources.push(origin.written(
        stage_id.clone(),
        "AWS::ApiGatewayV2::Stage",
        place,
        (spans.0, spans.1, own),
    ));
    if let Some(domain) = properties.take("Domain") {
        let tags = entry("Tags", map(vec![created()], place));
        http_api::domain_name(made, &origin, domain, stage_id, Some(tags));
    }
    if let Some(tags) = propagated {
        tags::propagate(&mut made.resources[first..], &tags);
    }
}

/// A route: what it calls, that it may, and who may take it.
fn route<'s>(
    made: &mut Made<'s>,
    origin: &Origin<'s>,
    written: Entry<'s>,
    stage: &Node<'s>,
    auth: Option<&Properties<'s>>,
) {
    let place = written.key_span;
    let key = written.key.to_string();
    let shown = capitalised(key.trim_start_matches('$'));
    let spans = (written.key_span, written.value.span);
    let mut parts = Properties::within(written);
    let of_api = || entry("ApiId", reference(origin.id.clone(), place));
    let integration = origin.name(format_args!("{shown}Integration"));
    let target = vec![
        text("integrations", place),
        reference(integration.clone(), place),
    ];
    let target = list(vec![text("/", place), list(target, place)], place);
    let mut own = vec![
        of_api(),
        entry("RouteKey", text(key.clone(), place)),
        entry("Target", mapping([("Fn::Join", target)], place)),
    ];
    own.extend(parts.taken(&[
        "ApiKeyRequired",
        "ModelSelectionExpression",
        "OperationName",
        "RequestModels",
        "RequestParameters",
        "RouteResponseSelectionExpression",
    ]));
    if let (Some(auth), "$connect") = (auth, &*key) {
        own.extend(authorization(made, origin, auth));
    }
    let id = origin.name(format_args!("{shown}Route"));
    let properties = (spans.0, spans.1, own);
    let added = origin.written(id, "AWS::ApiGatewayV2::Route", place, properties);
    made.resources.push(added);

    let function = parts.take_value("FunctionArn");
    let mut own = vec![of_api(), entry("IntegrationType", text("AWS_PROXY", place))];
    own.extend(
        function
            .clone()
            .map(|arn| entry("IntegrationUri", calling(arn, place))),
    );
    own.extend(parts.renamed("IntegrationTimeout", "TimeoutInMillis"));
    let kind = "AWS::ApiGatewayV2::Integration";
    made.resources
        .push(origin.added(integration, kind, place, own));

    let pattern = format!(
        "arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{}.ApiId}}/${{__StageName__}}/{key}",
        origin.id
    );
    let values = mapping([("__StageName__", stage.clone())], place);
    let source = list(vec![text(pattern, place), values], place);
    let source = mapping([("Fn::Sub", source)], place);
    let name = format!("{shown}Permission");
    permission(made, origin, &name, function, source, place);
}

/// That the API may call a function.
fn permission<'s>(
    made: &mut Made<'s>,
    origin: &Origin<'s>,
    name: &str,
    function: Option<Node<'s>>,
    source: Node<'s>,
    place: Span,
) {
    let mut own = vec![
        entry("Action", text("lambda:InvokeFunction", place)),
        entry("Principal", text("apigateway.amazonaws.com", place)),
        entry("SourceArn", source),
    ];
    own.extend(function.map(|arn| entry("FunctionName", arn)));
    let kind = "AWS::Lambda::Permission";
    made.resources
        .push(origin.added(origin.name(name), kind, place, own));
}

/// `Auth`: who may connect, and the function that says so where there is one.
fn authorization<'s>(
    made: &mut Made<'s>,
    origin: &Origin<'s>,
    auth: &Properties<'s>,
) -> Vec<Entry<'s>> {
    let Some(kind) = auth.get("AuthType").cloned() else {
        return Vec::new();
    };
    let place = kind.span;
    let is_custom = kind.as_str() == Some("CUSTOM");
    let mut own = vec![entry("AuthorizationType", kind)];
    if !is_custom {
        return own;
    }
    let id = origin.name("ConnectAuthorizer");
    own.push(entry("AuthorizerId", reference(id.clone(), place)));
    let renamed = |name: &str, to: &'static str| Some(entry(to, auth.get(name)?.clone()));
    let mut authorizer = vec![
        entry("ApiId", reference(origin.id.clone(), place)),
        entry("AuthorizerType", text("REQUEST", place)),
    ];
    let function = auth.get("AuthArn").cloned();
    authorizer.extend(
        function
            .clone()
            .map(|arn| entry("AuthorizerUri", calling(arn, place))),
    );
    let role = renamed("InvokeRole", "AuthorizerCredentialsArn");
    let has_role = role.is_some();
    authorizer.extend(role);
    authorizer.extend(renamed("IdentitySource", "IdentitySource"));
    let name = renamed("Name", "Name");
    authorizer.push(name.unwrap_or_else(|| entry("Name", text(id.clone(), place))));
    let kind = "AWS::ApiGatewayV2::Authorizer";
    made.resources
        .push(origin.added(id, kind, place, authorizer));
    if !has_role {
        let source = http_api::of_authorizers(origin, place);
        permission(
            made,
            origin,
            "AuthorizerPermission",
            function,
            source,
            place,
        );
    }
    own
}

/// How API Gateway names the call of a function.
fn calling<'s>(function: Node<'s>, place: Span) -> Node<'s> {
    let pattern = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${FunctionArn}/invocations";
    let values = mapping([("FunctionArn", function)], place);
    let parts = list(vec![text(pattern, place), values], place);
    mapping([("Fn::Sub", parts)], place)
}

/// As names of resources have a route's key: with one capital, at its beginning.
fn capitalised(key: &str) -> Cow<'_, str> {
    let mut letters = key.chars();
    match letters.next() {
        None => Cow::Borrowed(""),
        Some(first) => Cow::Owned(format!(
            "{}{}",
            first.to_uppercase(),
            letters.as_str().to_lowercase()
        )),
    }
}
