//! Nested stacks: a template that another one calls becomes a part of its unit, with what it is handed and what it
//! gives back.
//!
//! A nested stack is read when its resource is evaluated, or before, when one of its outputs is asked for.
//! Its logical ids and conditions bear the name of the stack (`Network.Vpc`). Sources:
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html>,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stackset.html> and, for
//! what a path means, <https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html>.

use super::files::is_path;
use super::resources::{self, Written};
use super::{Context, Document, template, unknown};
use crate::embedded::parse_document;
use crate::model::{ConditionId, DEPENDS_ON, Edge, Resource, Scenario, Truth};
use crate::source::{FileId, Span};
use crate::tree::{Node, Origin, Symbol, Value, ViaKind};
use crate::via::used_at;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// Stacks inside stacks that are read.
pub const MAX_STACK_DEPTH: usize = 32;

/// Nested stacks of a unit that are read.
pub const MAX_NESTED_STACKS: usize = 1_000;

/// The output that is asked for stands behind this in `Fn::GetAtt`.
pub(super) const OUTPUTS: &str = "Outputs.";

/// How a template is called, where it is a nested stack.
#[derive(Default)]
pub(super) struct Called<'s> {
    /// What stands before its names in the unit: `Network.`.
    prefix: String,
    /// The scenario that all of it is evaluated in.
    pub(super) scenario: Scenario,
    /// The condition under which its stack exists, as the unit knows it.
    pub(super) condition: Option<Cow<'s, str>>,
    /// The same, where it is open.
    world: Option<(ConditionId, bool)>,
    /// The calls that made it, innermost first: see [`Resource::calls`].
    pub(super) calls: Vec<(Span, String)>,
    /// The files of the templates around it, outermost first.
    around: Vec<FileId>,
}

impl Called<'_> {
    /// A name of the template, as the unit knows it.
    pub(super) fn address<'n>(&self, name: Cow<'n, str>) -> Cow<'n, str> {
        if self.prefix.is_empty() {
            return name;
        }
        Cow::Owned(format!("{}{name}", self.prefix))
    }

    /// What is taken to hold in all of it.
    pub(super) fn world(&self) -> &[(ConditionId, bool)] {
        self.world.as_slice()
    }
}

/// What is known of a nested stack.
pub(super) enum Stack<'s> {
    /// Its resource is still to be evaluated, in this scenario.
    Waiting(Box<Written<'s>>, Scenario),
    /// It is being read.
    Entered,
    /// Its outputs.
    Read(HashMap<Cow<'s, str>, Node<'s>>),
    NotRead,
}

/// Whether a resource makes stacks of a template.
pub(super) fn is_stack(kind: &str) -> bool {
    matches!(
        kind,
        "AWS::CloudFormation::Stack" | "AWS::CloudFormation::StackSet"
    )
}

/// Evaluates the resource of a nested stack, and reads its template; nothing where that is done.
pub(super) fn read<'s>(cx: &mut Context<'s>, index: u32) {
    let Some(stack) = cx.stacks.get_mut(&index) else {
        return;
    };
    let (resource, scenario) = match std::mem::replace(stack, Stack::Entered) {
        Stack::Waiting(resource, scenario) => (resource, scenario),
        other => {
            *stack = other;
            return;
        }
    };
    resources::make(cx, *resource, scenario, index);
    let read = match call(cx, index) {
        Some(Ok(outputs)) => Stack::Read(outputs),
        Some(Err((span, why))) => {
            cx.unread_stacks.push(index);
            cx.not_read.push((span, why));
            Stack::NotRead
        }
        None => Stack::NotRead,
    };
    cx.stacks.insert(index, read);
}

/// An output of a nested stack; nothing where the stack was not read.
pub(super) fn output<'s>(
    cx: &mut Context<'s>,
    index: u32,
    name: &str,
    span: Span,
) -> Option<Node<'s>> {
    read(cx, index);
    let address = cx.addresses.get(index as usize).cloned()?;
    let mut node = match cx.stacks.get(&index)? {
        Stack::Read(outputs) => match outputs.get(name) {
            Some(node) => node.clone(),
            None => {
                let message = format!("the template of `{address}` has no output `{name}`");
                cx.warn(span, message);
                return Some(unknown(span, "an output that the template does not have"));
            }
        },
        Stack::Entered => {
            let message = format!("`{address}` is handed what it gives itself");
            cx.warn(span, message);
            return Some(unknown(span, "a value that depends on itself"));
        }
        Stack::Waiting(..) | Stack::NotRead => return None,
    };
    super::references::edge(cx, index, &format!("{OUTPUTS}{name}"), span);
    refer(cx, &node, span);
    let name = Arc::from(format!("{address}.{OUTPUTS}{name}"));
    used_at(&mut node, span, ViaKind::Output, &name);
    Some(node)
}

/// Who uses what passes between stacks refers to what is in it.
pub(super) fn refer(cx: &mut Context<'_>, node: &Node<'_>, span: Span) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| refer(cx, item, span)),
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Reference(reference) => {
                if let Origin::Resource(to) = reference.origin {
                    super::references::edge(cx, to, &reference.attribute, span);
                }
            }
            Symbol::Text(pieces) => pieces.iter().for_each(|piece| refer(cx, piece, span)),
            Symbol::Choice(choice) => {
                let branches = choice.then.iter().chain(&choice.otherwise);
                branches.for_each(|branch| refer(cx, branch, span));
            }
            Symbol::Unknown(_) => {}
        },
        _ => {}
    }
}

/// The resources that are handed to nested stacks which were not read, sorted.
pub(super) fn handed_over(unread: &[u32], edges: &[Edge]) -> Vec<u32> {
    if unread.is_empty() {
        return Vec::new();
    }
    let is_handed = |edge: &&Edge| {
        edge.attribute != DEPENDS_ON && edge.from.is_some_and(|from| unread.contains(&from))
    };
    let mut handed: Vec<u32> = edges.iter().filter(is_handed).map(|edge| edge.to).collect();
    handed.sort_unstable();
    handed.dedup();
    handed
}

type Outputs<'s> = HashMap<Cow<'s, str>, Node<'s>>;

/// Reads the template of a stack whose resource is evaluated. Nothing where it names no template; an error says why it
/// is not read.
fn call<'s>(cx: &mut Context<'s>, index: u32) -> Option<Result<Outputs<'s>, (Span, String)>> {
    let resource = cx.made.get(index as usize)?.as_ref()?;
    let place = resource.address_span;
    let address = resource.address.to_string();
    let not_read = |why: String| Some(Err((place, format!("the stack `{address}` {why}"))));
    let Some(named) = named(resource) else {
        return not_read("has no template that can be told".to_owned());
    };
    let shown = match &named {
        Named::Path(path) => path.clone(),
        Named::Elsewhere(url) => return not_read(format!("({url}) is not here")),
        Named::Here(_) => "TemplateBody".to_owned(),
    };
    let arguments = Arguments::of(resource, &shown);
    let (scenario, condition) = (resource.scenario, resource.condition.clone());
    if cx.called.calls.len() >= MAX_STACK_DEPTH {
        return not_read(format!(
            "({shown}) is not read: stacks are followed {MAX_STACK_DEPTH} deep"
        ));
    }
    if cx.read_stacks >= MAX_NESTED_STACKS {
        return not_read(format!(
            "({shown}) is not read: {MAX_NESTED_STACKS} nested stacks are"
        ));
    }
    let mut around = cx.called.around.clone();
    let document = match named {
        Named::Path(path) => {
            around.push(cx.file);
            cx.files.document(cx.file, &path)
        }
        Named::Here(body) => inline(cx, body),
        Named::Elsewhere(_) => return None,
    };
    let document = match document {
        Ok(document) => document,
        Err(why) => return not_read(format!("({shown}) {why}")),
    };
    if around.contains(&document.file) {
        return not_read(format!("({shown}) leads round in a circle"));
    }
    if !cx.charge(place, document.text.len()) {
        return not_read(format!("({shown}) is not read: it is too much work"));
    }
    cx.read_stacks += 1;
    cx.texts.insert(document.file, document.text);
    let mut calls = vec![(place, address.clone())];
    calls.extend(cx.called.calls.iter().cloned());
    let world = condition.as_ref().and_then(|name| {
        match cx.conditions.holds(scenario, name, cx.called.world()) {
            Truth::Open(id) => Some((id, true)),
            Truth::Known(_) => cx.called.world,
        }
    });
    let called = Called {
        prefix: format!("{address}."),
        scenario,
        condition,
        world,
        calls,
        around,
    };
    Some(Ok(nested(cx, document, called, arguments)))
}

/// The template that stands in a resource.
fn inline<'s>(cx: &mut Context<'s>, body: Node<'s>) -> Result<Document<'s>, String> {
    let file = body.span.file;
    let source = cx.text_of(file);
    let root = match body.value {
        Value::Json(json) => json.tree,
        Value::String(text) => {
            let parsed = parse_document(&text, body.span, source);
            cx.problems.extend(parsed.problems);
            parsed.documents.into_iter().next().ok_or("holds nothing")?
        }
        _ => return Err("is not known".to_owned()),
    };
    Ok(Document {
        file,
        text: source,
        root,
    })
}

/// Lowers the template of a nested stack into the unit.
fn nested<'s>(
    cx: &mut Context<'s>,
    document: Document<'s>,
    called: Called<'s>,
    arguments: Arguments<'s>,
) -> Outputs<'s> {
    let mut inner = Context::new(document.file, document.text, cx.files);
    inner.scenario = called.scenario;
    inner.world = called.world().to_vec();
    inner.depth = cx.depth;
    inner.judges_cdk = cx.judges_cdk;
    inner.asked = cx.asked;
    inner.called = called;
    inner.exchange(cx);
    let lowered = template(
        &mut inner,
        document.root,
        super::parameters::Values::Nested(arguments),
    );
    let outputs = inner.outputs.iter().skip(lowered.first_output);
    let outputs = outputs.map(|one| (one.name.clone(), one.value.clone()));
    let outputs = outputs.collect();
    inner.exchange(cx);
    outputs
}

/// The template that a stack names.
enum Named<'s> {
    /// A local file.
    Path(String),
    /// It is no local file.
    Elsewhere(String),
    /// It stands in the resource, as a text or, where that is JSON, as what it says.
    Here(Node<'s>),
}

fn named<'s>(resource: &Resource<'s>) -> Option<Named<'s>> {
    // The CDK names the asset, since its address is known only once it is published.
    let asset = resource.attributes.get("Metadata").and_then(|metadata| {
        let property = metadata.get("aws:asset:property")?.as_str()?;
        let path = metadata.get("aws:asset:path")?.as_str()?;
        (property == "TemplateURL").then_some(path)
    });
    if let Some(path) = asset {
        return Some(Named::Path(path.to_owned()));
    }
    if let Some(body) = resource.properties.get("TemplateBody")
        && matches!(body.value, Value::String(_) | Value::Json(_))
    {
        return Some(Named::Here(body.clone()));
    }
    let url = resource.properties.get("TemplateURL")?;
    match url.as_str() {
        Some(path) if is_path(path) => Some(Named::Path(path.to_owned())),
        Some(url) => Some(Named::Elsewhere(format!("`{url}`"))),
        None => Some(Named::Elsewhere("an address that is not known".to_owned())),
    }
}

/// What a nested stack is handed.
pub(super) struct Arguments<'s> {
    /// Its template, as it is named.
    path: String,
    place: Span,
    /// Its parameters with what they are given; nothing where that is not known.
    values: Option<Vec<(Cow<'s, str>, Span, Node<'s>)>>,
}

impl<'s> Arguments<'s> {
    fn of(resource: &Resource<'s>, path: &str) -> Self {
        let values = match resource.properties.get("Parameters") {
            None if matches!(resource.properties.value, Value::Map(_)) => Some(Vec::new()),
            None => None,
            Some(Node {
                value: Value::Map(map),
                ..
            }) => {
                let entries = map.entries.iter();
                Some(
                    entries
                        .map(|one| (one.key.clone(), one.key_span, one.value.clone()))
                        .collect(),
                )
            }
            Some(Node {
                value: Value::List(items),
                ..
            }) => items.iter().map(of_stack_set).collect(),
            Some(_) => None,
        };
        Self {
            path: path.to_owned(),
            place: resource.address_span,
            values,
        }
    }

    /// What a parameter is given. `is_optional` says whether it may be left out.
    pub(super) fn take(
        &mut self,
        cx: &mut Context<'s>,
        name: &str,
        is_optional: bool,
        declared: Span,
    ) -> Option<Node<'s>> {
        let Some(values) = &mut self.values else {
            return Some(unknown(declared, "what the stack is handed is not known"));
        };
        if let Some(at) = values.iter().position(|(one, ..)| one == name) {
            return Some(values.swap_remove(at).2);
        }
        if !is_optional {
            let path = &self.path;
            let message = format!(
                "gives no value for the parameter `{name}` of `{path}`, which has no default"
            );
            cx.warn(self.place, message);
        }
        None
    }

    /// Speaks of what no parameter was declared for.
    pub(super) fn tell_undeclared(self, cx: &mut Context<'s>) {
        for (name, span, _) in self.values.into_iter().flatten() {
            if !cx.generated {
                let message = format!("`{}` declares no parameter `{name}`", self.path);
                cx.warn(span, message);
            }
        }
    }
}

/// A parameter of a stack set.
fn of_stack_set<'s>(node: &Node<'s>) -> Option<(Cow<'s, str>, Span, Node<'s>)> {
    let name = node.get("ParameterKey")?;
    let value = node.get("ParameterValue")?.clone();
    Some((resources::name(name)?, name.span, value))
}
