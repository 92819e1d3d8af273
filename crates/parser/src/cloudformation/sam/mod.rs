//! SAM: resources `AWS::Serverless::*` become those that the transform makes of them.
//!
//! This happens on the tree, before anything is evaluated: what comes out is what a person would have written without
//! SAM. Each property keeps the place of the SAM property that it came from; what SAM adds stands where the
//! resource or the event does that asks for it. Names that SAM takes from a hash are made without one.
//!
//! Source: the specification and the resource reference,
//! <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification.html>.

mod access;
mod api;
mod build;
mod capacity_provider;
mod connector;
mod deployment;
mod domain;
mod events;
mod function;
mod globals;
mod graphql;
mod http_api;
mod other;
mod policies;
mod role;
mod state_machine;
mod tags;
mod websocket_api;

use super::Context;
use crate::source::Span;
use crate::tree::{Entry, Map, Node, Value, Via, ViaKind};
use build::{Properties, entry, map, text};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How the kinds of SAM begin.
pub(super) const PREFIX: &str = "AWS::Serverless::";

/// Replaces the resources of SAM in the section `Resources`. Gives the names that SAM adds to those of resources
/// (`Function.Alias`), each with the logical id that it stands for.
pub(super) fn expand<'s>(
    cx: &mut Context<'s>,
    section: &mut Option<Entry<'s>>,
    globals: Option<Node<'s>>,
) -> Vec<(String, String)> {
    let Some(Value::Map(resources)) = section.as_mut().map(|section| &mut section.value.value)
    else {
        return Vec::new();
    };
    let globals = globals::read(globals);
    let written = std::mem::take(&mut resources.entries);
    let mut made = Made {
        stages: written
            .iter()
            .filter_map(|one| stage(one, &globals))
            .collect(),
        ..Made::default()
    };
    // Events add to APIs, whether these stand before or behind.
    let (mut apis, mut connectors) = (Vec::new(), Vec::new());
    for mut one in written {
        connectors.extend(connector::attached(&mut one));
        match Written::read(one, &globals) {
            Ok(one) => match one.kind() {
                "Api" | "HttpApi" => apis.push(one),
                "Connector" => connectors.push(one),
                "GraphQLApi" => graphql::expand(&mut made, one),
                "Function" => function::expand(&mut made, one),
                "StateMachine" => state_machine::expand(&mut made, one),
                "SimpleTable" => other::table(&mut made, one),
                "LayerVersion" => other::layer(&mut made, one),
                "Application" => other::application(&mut made, one),
                "CapacityProvider" => capacity_provider::expand(&mut made, one),
                "WebSocketApi" => websocket_api::expand(&mut made, one),
                kind => {
                    let why = format!("`{PREFIX}{kind}` is not expanded");
                    cx.leave_resources_out(one.origin.kind_span, why);
                }
            },
            Err(other) => made.resources.push(*other),
        }
    }
    for one in apis {
        match one.kind() {
            "Api" => api::expand(&mut made, one),
            _ => http_api::expand(&mut made, one),
        }
    }
    api::implicit(&mut made, &globals);
    http_api::implicit(&mut made, &globals);
    connector::expand(&mut made, connectors);
    deployment::shared(&mut made);
    made.notify();
    made.trigger();
    resources.entries = made.resources;
    made.referable
}

/// The logical id of an API, and the name of its stage.
fn stage<'s>(resource: &Entry<'s>, globals: &globals::Globals<'s>) -> Option<(String, String)> {
    let is_api = resource.value.get("Type")?.as_str()? == "AWS::Serverless::Api";
    let own = resource
        .value
        .get("Properties")
        .and_then(|one| one.get("StageName"));
    let shared = globals.of("Api");
    let shared = shared.iter().find(|one| one.key == "StageName");
    let name = own.or(shared.map(|one| &one.value))?.as_str()?;
    is_api.then(|| (resource.key.to_string(), name.to_owned()))
}

/// What is made so far.
#[derive(Default)]
struct Made<'s> {
    resources: Vec<Entry<'s>>,
    /// The names of the stages of APIs, where they are texts.
    stages: BTreeMap<String, String>,
    /// The routes that events add to an API; the implicit ones have the names that SAM gives them.
    routes: BTreeMap<String, Vec<Route<'s>>>,
    /// What buckets notify: the bucket, and an element for its list of functions.
    notifications: Vec<(String, Node<'s>)>,
    /// The tags that buckets get from the functions that they notify.
    bucket_tags: Vec<(String, Node<'s>)>,
    /// The functions that user pools call: the pool, and an entry that says when.
    triggers: Vec<(String, Entry<'s>)>,
    /// The tags of those that add to implicit APIs, by the names of these APIs.
    tags: BTreeMap<&'static str, Node<'s>>,
    /// The properties of resources of SAM that may be referred to like resources, and what they stand for:
    /// <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html>.
    referable: Vec<(String, String)>,
    /// Where the first function is that is deployed gradually.
    deploys: Option<Span>,
    /// Whether one of them has no role of its own for that.
    needs_deployment_role: bool,
    /// The tags of those functions.
    deployment_tags: Option<Node<'s>>,
}

/// A route that an event adds to an API.
struct Route<'s> {
    /// The event, for its place.
    place: Span,
    path: Cow<'s, str>,
    path_span: Span,
    method: Cow<'s, str>,
    /// What the path's method is in the document of the API.
    operation: Node<'s>,
    /// The condition of the resource that has the event.
    condition: Option<Entry<'s>>,
}

/// A resource of SAM as it is written, with what `Globals` say of its kind.
struct Written<'s> {
    origin: Origin<'s>,
    properties: Properties<'s>,
    /// Attributes beside the properties that only the main resource gets.
    attributes: Vec<Entry<'s>>,
}

/// What all that comes of one resource of SAM shares.
struct Origin<'s> {
    id: Cow<'s, str>,
    id_span: Span,
    kind: Cow<'s, str>,
    kind_span: Span,
    body_span: Span,
    /// `Condition`, `DeletionPolicy`, `UpdateReplacePolicy`.
    shared: Vec<Entry<'s>>,
}

impl<'s> Written<'s> {
    /// A resource of SAM; any other one comes back as it is.
    fn read(entry: Entry<'s>, globals: &globals::Globals<'s>) -> Result<Self, Box<Entry<'s>>> {
        let kind = entry.value.get("Type").and_then(Node::as_str);
        if !kind.is_some_and(|kind| kind.starts_with(PREFIX)) {
            return Err(Box::new(entry));
        }
        let body_span = entry.value.span;
        let Value::Map(body) = entry.value.value else {
            return Err(Box::new(entry));
        };
        let mut origin = Origin {
            id: entry.key,
            id_span: entry.key_span,
            kind: Cow::Borrowed(""),
            kind_span: entry.key_span,
            body_span,
            shared: Vec::new(),
        };
        let mut properties = None;
        let mut ignored = None;
        let mut attributes = Vec::new();
        for part in body.entries {
            match &*part.key {
                "Type" => {
                    origin.kind_span = part.value.span;
                    if let Value::String(kind) = part.value.value {
                        origin.kind = kind;
                    }
                }
                "Properties" => properties = Some(part),
                "IgnoreGlobals" => ignored = Some(part.value),
                "Condition" | "DeletionPolicy" | "UpdateReplacePolicy" => origin.shared.push(part),
                _ => attributes.push(part),
            }
        }
        let (key_span, span, mut entries) = match properties {
            None => (origin.id_span, origin.id_span, Vec::new()),
            Some(part) => {
                let entries = match part.value.value {
                    Value::Map(map) => map.entries,
                    _ => Vec::new(),
                };
                (part.key_span, part.value.span, entries)
            }
        };
        globals.merge_into(origin.short_kind(), &mut entries, ignored.as_ref());
        Ok(Self {
            properties: Properties::new(entries, key_span, span),
            origin,
            attributes,
        })
    }

    /// Its kind, without the namespace.
    fn kind(&self) -> &str {
        self.origin.short_kind()
    }
}

impl<'s> Origin<'s> {
    fn short_kind(&self) -> &str {
        self.kind.strip_prefix(PREFIX).unwrap_or(&self.kind)
    }

    /// A name that begins with the logical id.
    fn name(&self, rest: impl std::fmt::Display) -> Cow<'s, str> {
        Cow::Owned(format!("{}{rest}", self.id))
    }

    fn condition(&self) -> Option<&Entry<'s>> {
        self.shared.iter().find(|one| one.key == "Condition")
    }

    /// The resource that stands for the one of SAM, with these properties.
    fn main(
        &self,
        kind: &'static str,
        properties: (Span, Span, Vec<Entry<'s>>),
        attributes: Vec<Entry<'s>>,
    ) -> Entry<'s> {
        self.resource(self.id.clone(), kind, self.id_span, properties, attributes)
    }

    /// A resource that SAM adds, where its properties are those of what stands there: an event, or another resource.
    fn written(
        &self,
        id: impl Into<Cow<'s, str>>,
        kind: &'static str,
        place: Span,
        properties: (Span, Span, Vec<Entry<'s>>),
    ) -> Entry<'s> {
        self.resource(id.into(), kind, place, properties, Vec::new())
    }

    /// A resource that SAM adds, on behalf of what stands at a place.
    fn added(
        &self,
        id: impl Into<Cow<'s, str>>,
        kind: &'static str,
        place: Span,
        properties: Vec<Entry<'s>>,
    ) -> Entry<'s> {
        self.written(id, kind, place, (place, place, properties))
    }

    fn resource(
        &self,
        id: Cow<'s, str>,
        kind: &'static str,
        place: Span,
        (key_span, span, properties): (Span, Span, Vec<Entry<'s>>),
        attributes: Vec<Entry<'s>>,
    ) -> Entry<'s> {
        let mut kind = text(kind, self.kind_span);
        kind.via = Some(Arc::new(Via {
            kind: ViaKind::Transform,
            name: Arc::from(&*self.kind),
            span: self.kind_span,
            previous: None,
        }));
        let mut body = vec![entry("Type", kind)];
        body.extend(self.shared.iter().cloned());
        body.extend(attributes);
        body.push(Entry {
            key: Cow::Borrowed("Properties"),
            key_span,
            value: map(properties, span),
        });
        Entry {
            key: id,
            key_span: place,
            value: map(body, self.body_span),
        }
    }
}

impl<'s> Made<'s> {
    /// Lets a resource be referred to as a property of another.
    fn refer(&mut self, origin: &Origin<'s>, property: &str, id: &str) {
        self.referable
            .push((format!("{}.{property}", origin.id), id.to_owned()));
    }

    /// Gives an implicit API the tags of what adds to it.
    fn tag(&mut self, api: &'static str, tags: &Node<'s>) {
        let joined = tags::joined(self.tags.remove(api), tags);
        self.tags.insert(api, joined);
    }

    /// The mapping that is a property of a resource, made where there is none.
    fn property(&mut self, id: &str, name: &'static str, span: Span) -> Option<&mut Node<'s>> {
        let resource = self.resources.iter_mut().find(|one| one.key == id)?;
        let properties = nested(&mut resource.value, "Properties", span)?;
        nested(properties, name, span)
    }

    /// Adds to user pools the functions that they call.
    fn trigger(&mut self) {
        for (pool, trigger) in std::mem::take(&mut self.triggers) {
            let configuration = self.property(&pool, "LambdaConfig", trigger.key_span);
            if let Some(Value::Map(map)) = configuration.map(|one| &mut one.value)
                && map.entry(&trigger.key).is_none()
            {
                map.entries.push(trigger);
            }
        }
    }

    /// Adds to buckets what they notify.
    fn notify(&mut self) {
        for (bucket, tags) in std::mem::take(&mut self.bucket_tags) {
            if let Some(bucket) = self.resources.iter_mut().find(|one| one.key == bucket) {
                tags::set(bucket, build::tag_list(tags));
            }
        }
        for (bucket, notification) in std::mem::take(&mut self.notifications) {
            let span = notification.span;
            let Some(configuration) = self.property(&bucket, "NotificationConfiguration", span)
            else {
                continue;
            };
            if let Value::Map(map) = &mut configuration.value {
                match map
                    .entries
                    .iter_mut()
                    .find(|one| one.key == "LambdaConfigurations")
                {
                    Some(Entry { value, .. }) => {
                        if let Value::List(items) = &mut value.value {
                            items.push(notification);
                        }
                    }
                    None => map.entries.push(entry(
                        "LambdaConfigurations",
                        build::list(vec![notification], span),
                    )),
                }
            }
        }
    }
}

/// The mapping below a key, made where there is none; nothing where something else stands there.
fn nested<'n, 's>(
    node: &'n mut Node<'s>,
    key: &'static str,
    span: Span,
) -> Option<&'n mut Node<'s>> {
    let Value::Map(Map { entries }) = &mut node.value else {
        return None;
    };
    let at = match entries.iter().position(|one| one.key == key) {
        Some(at) => at,
        None => {
            entries.push(entry(key, map(Vec::new(), span)));
            entries.len() - 1
        }
    };
    Some(&mut entries[at].value)
}
