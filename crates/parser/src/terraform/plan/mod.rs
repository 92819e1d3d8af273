//! Plans (`terraform show -json`) become projects.
//!
//! <https://developer.hashicorp.com/terraform/internals/json-format>. Values are final, and what only the apply gives
//! is marked.
//!
//! Resources come from `resource_changes`: there alone stand, side by side, what becomes of a resource, its values, and
//! which of them are unknown or sensitive (`planned_values` has the values alone). What a plan deletes is left aside.
//! What it does not change is here, since others link to it, but it is not judged: a report on a plan is about what the
//! plan does.
//!
//! `configuration` says which argument refers to what. A value that only the apply gives, and that the configuration
//! does not set, is the provider's own choice, as it is where a `.tf` file says nothing of it: not set.

mod configuration;
mod links;
mod marks;
mod shape;

use super::block::Arguments;
use super::provider;
use crate::conditions::Conditions;
use crate::model::{Project, Resource, Scenario};
use crate::source::{FileId, Span};
use crate::tree::{Entry, Map, Node, Problem, Value};
use configuration::{Configuration, is_repeated};
use links::{Links, Located};
use marks::{hide_by_name, mark_sensitive, mark_unknown, unknown};
use shape::Shapes;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

/// A plan, read.
#[derive(Debug)]
pub struct Plan<'s> {
    /// What it makes.
    pub project: Project<'s>,
    /// Places in its text that must not be shown, since what stands there may be sensitive. None overlap.
    pub hidden: Vec<Span>,
    /// What its root module declares (`aws_vpc.main`, `module.network`), data sources aside.
    pub declares: BTreeSet<String>,
}

/// The project of a plan. `source` is the text that `document` was read from.
///
/// A text that is no plan, or one of a version that is not known, gives an empty project and a problem.
pub fn lower<'s>(
    file: FileId,
    source: &'s str,
    document: Node<'s>,
    arguments: &dyn Arguments,
) -> Plan<'s> {
    let span = document.span;
    let mut plan = Plan {
        project: empty(file, span),
        hidden: Vec::new(),
        declares: BTreeSet::new(),
    };
    let top = match top_of(document) {
        Ok(top) => top,
        Err(problem) => {
            plan.project.problems.push(problem);
            plan.hidden.push(span);
            return plan;
        }
    };
    let mut changes = None;
    let mut configured = None;
    let is_empty_plan = top
        .get("planned_values")
        .and_then(|values| values.get("root_module")?.as_map())
        .is_none_or(|root| root.entries.is_empty());
    for entry in top.entries {
        match (&*entry.key, entry.value.value) {
            ("resource_changes", Value::List(items)) => {
                plan.project.span = entry.key_span;
                changes = Some(items);
                continue;
            }
            ("configuration", value) => configured = Some(Node::new(value, entry.value.span)),
            ("complete", Value::Bool(false)) => {
                not_read(
                    &mut plan.project,
                    entry.key_span,
                    "the plan is not complete",
                );
            }
            ("errored", Value::Bool(true)) => {
                let why = "the plan stopped at an error, and holds what came before it";
                not_read(&mut plan.project, entry.key_span, why);
            }
            ("deferred_changes", Value::List(items)) if !items.is_empty() => {
                let why = "the plan defers some resources to a later one";
                not_read(&mut plan.project, entry.key_span, why);
            }
            ("format_version" | "terraform_version", _) => continue,
            _ => {}
        }
        // Values of variables and outputs, and those that there were before: any of them may be sensitive.
        plan.hidden.push(entry.value.span);
    }
    if changes.is_none() && !is_empty_plan {
        let why = "the plan has no `resource_changes`, where its resources stand";
        let place = plan.project.span;
        not_read(&mut plan.project, place, why);
    }
    let configured = configured.unwrap_or_else(|| Node::new(Value::Null, span));
    let configuration = Configuration::read(&configured);
    plan.project.provider_major = provider_major(&configured);
    plan.declares = configuration.root_names();
    let defaults = has_default_tags(&configured);

    let instances: Vec<Instance<'s>> = changes
        .into_iter()
        .flatten()
        .filter_map(|change| instance(change, &mut plan.hidden))
        .collect();
    let (mut heads, mut bodies, mut gone) = (Vec::new(), Vec::new(), Vec::new());
    for Instance { head, values } in instances {
        match values {
            Some(values) => {
                heads.push(head);
                bodies.push(values);
            }
            None => gone.push(head),
        }
    }
    let located = |head| Located::of(head, &configuration);
    let gone: Vec<Located<'_>> = gone.iter().map(located).collect();
    let located: Vec<Located<'_>> = heads.iter().map(located).collect();
    what_was_not_planned(
        &configuration,
        located.iter().chain(&gone),
        &mut plan.project,
    );
    let mut links = Links::new(&configuration, located);
    let mut shapes = Shapes::new(arguments, source);
    for index in 0..bodies.len() {
        let nothing = Node::new(Value::Null, span);
        let mut body = std::mem::replace(&mut bodies[index], nothing);
        if let Value::Map(values) = &mut body.value {
            tags(values, defaults);
        }
        links.connect(index, &mut body, &bodies);
        shapes.apply(&heads[index].kind, &mut body);
        bodies[index] = body;
    }
    links.outputs();
    plan.project.edges = std::mem::take(&mut links.edges);
    drop(links);
    plan.project.edges.sort_by_key(|edge| edge.to);
    plan.project.edges.dedup();

    plan.project.resources = heads
        .into_iter()
        .zip(bodies)
        .map(|(head, body)| resource(head, body))
        .collect();
    for (index, resource) in (0..).zip(&plan.project.resources) {
        let of_kind = plan.project.by_kind.entry(resource.kind.clone());
        of_kind.or_default().push(index);
    }
    plan
}

fn empty<'s>(file: FileId, span: Span) -> Project<'s> {
    Project {
        blocks: Vec::new(),
        file,
        span: Span::new(file, span.start as usize, span.start as usize),
        resources: Vec::new(),
        outputs: Vec::new(),
        declarations: Vec::new(),
        conditions: Conditions::default(),
        edges: Vec::new(),
        problems: Vec::new(),
        incomplete: false,
        rewritten: Vec::new(),
        planned: true,
        not_read: Vec::new(),
        hidden: Vec::new(),
        provider_major: None,
        downloaded: Vec::new(),
        absent: Vec::new(),
        handed_over: Vec::new(),
        unread_calls: false,
        by_kind: HashMap::new(),
    }
}

/// The members of a plan of a version that is known. Those before 1.0, of Terraform 0.12 and later, have the same
/// form and less in it.
fn top_of(document: Node<'_>) -> Result<Map<'_>, Problem> {
    let Value::Map(top) = document.value else {
        return Err(Problem::error(document.span, "a plan is an object"));
    };
    let Some(version) = top.get("format_version") else {
        let message = "a plan says its `format_version`";
        return Err(Problem::error(document.span, message));
    };
    let major = version.as_str().and_then(|text| text.split('.').next());
    match major {
        Some("0" | "1") => Ok(top),
        _ => Err(Problem::error(
            version.span,
            "this version of the plan format is not known (1.x is)",
        )),
    }
}

fn not_read(project: &mut Project<'_>, span: Span, why: impl Into<String>) {
    project.incomplete = true;
    project.not_read.push((span, why.into()));
}

/// An entry of `resource_changes`.
struct Instance<'s> {
    head: Head<'s>,
    /// Nothing where it is deleted.
    values: Option<Node<'s>>,
}

/// What a resource is.
struct Head<'s> {
    address: Cow<'s, str>,
    address_span: Span,
    kind: Cow<'s, str>,
    kind_span: Span,
    span: Span,
    values_key: Span,
    is_judged: bool,
}

/// What becomes of a resource.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    /// It is made or changed.
    Change,
    /// It stays as it is.
    Keep,
    /// It goes.
    Remove,
}

fn instance<'s>(change: Node<'s>, hidden: &mut Vec<Span>) -> Option<Instance<'s>> {
    let span = change.span;
    let Value::Map(map) = change.value else {
        return None;
    };
    let (mut address, mut kind, mut change, mut is_managed) = (None, None, None, false);
    for entry in map.entries {
        let place = entry.value.span;
        match (&*entry.key, entry.value.value) {
            ("address", Value::String(text)) => address = Some((text, place)),
            ("type", Value::String(text)) => kind = Some((text, place)),
            ("mode", Value::String(mode)) => is_managed = mode == "managed",
            ("change", Value::Map(map)) => change = Some(map),
            _ => {}
        }
    }
    let mut action = Action::Change;
    let mut is_imported = false;
    let (mut values, mut unknown, mut sensitive) = (None, None, None);
    for entry in change?.entries {
        match &*entry.key {
            "actions" => action = action_of(&entry.value),
            "importing" => is_imported = !matches!(entry.value.value, Value::Null),
            "after" => values = Some((entry.key_span, entry.value)),
            "after_unknown" => unknown = Some(entry.value),
            "after_sensitive" => sensitive = Some(entry.value),
            // What there was is not looked at, and may be sensitive.
            "before" => hidden.push(entry.value.span),
            _ => {}
        }
    }
    let ((address, address_span), (kind, kind_span)) = (address?, kind?);
    let (values_key, mut values) = values.unwrap_or_else(|| {
        let nothing = Node::new(Value::Null, address_span);
        (address_span, nothing)
    });
    match &sensitive {
        Some(marks) => mark_sensitive(&mut values, marks, hidden),
        None => hide_by_name(&values, hidden),
    }
    if let Some(marks) = unknown {
        mark_unknown(&mut values, marks);
    }
    is_managed.then_some(Instance {
        head: Head {
            address,
            address_span,
            kind,
            kind_span,
            span,
            values_key,
            is_judged: action == Action::Change || is_imported,
        },
        values: (action != Action::Remove && !matches!(values.value, Value::Null))
            .then_some(values),
    })
}

/// <https://developer.hashicorp.com/terraform/internals/json-format#change-representation>
fn action_of(actions: &Node<'_>) -> Action {
    let actions = actions.as_list().unwrap_or_default();
    let is = |wanted: &str| actions.iter().any(|one| one.as_str() == Some(wanted));
    if is("create") || is("update") {
        Action::Change
    } else if is("delete") || is("forget") {
        Action::Remove
    } else if is("no-op") {
        Action::Keep
    } else {
        Action::Change
    }
}

/// A resource that is declared once and has no entry: the plan was made for a part of the configuration (`-target`).
fn what_was_not_planned<'l>(
    configuration: &Configuration<'_, '_>,
    planned: impl Iterator<Item = &'l Located<'l>>,
    project: &mut Project<'_>,
) {
    let planned: HashSet<(usize, &str)> = planned.filter_map(Located::declaration).collect();
    let missing = configuration
        .resources()
        .filter(|(module, address, declared)| {
            !planned.contains(&(*module, *address))
                && declared.get("mode").and_then(Node::as_str) == Some("managed")
                && !is_repeated(declared)
                && !configuration.is_repeated(*module)
        })
        .count();
    if missing > 0 {
        let why = match missing {
            1 => "a configured resource is not in the plan (a part of it was planned)".to_owned(),
            _ => {
                format!("{missing} configured resources are not in the plan (a part was planned)")
            }
        };
        not_read(project, project.span, why);
    }
}

/// Configurations of the AWS provider: names (`aws`, `aws.west`, `module.a:aws`) are keys.
fn aws_providers<'c, 's>(configured: &'c Node<'s>) -> impl Iterator<Item = &'c Node<'s>> {
    let providers = configured.get("provider_config").and_then(Node::as_map);
    providers
        .map_or(&[][..], |map| &map.entries)
        .iter()
        .map(|entry| &entry.value)
        .filter(|provider| provider.get("name").and_then(Node::as_str) == Some("aws"))
}

fn provider_major(configured: &Node<'_>) -> Option<u32> {
    aws_providers(configured)
        .filter_map(|one| provider::newest(one.get("version_constraint")?.as_str()?))
        .min()
}

fn has_default_tags(configured: &Node<'_>) -> bool {
    aws_providers(configured).any(|provider| {
        let expressions = provider.get("expressions");
        expressions.is_some_and(|expressions| expressions.get("default_tags").is_some())
    })
}

/// Puts `tags_all`, which has the provider's `default_tags` too, in the place of `tags`.
fn tags(values: &mut Map<'_>, has_defaults: bool) {
    let at = |values: &Map<'_>, key: &str| values.entries.iter().position(|one| one.key == key);
    let (Some(_), Some(all)) = (at(values, "tags"), at(values, "tags_all")) else {
        return;
    };
    let all = values.entries.remove(all).value;
    let own = values.entries.iter_mut().find(|entry| entry.key == "tags");
    let Some(own) = own.map(|entry| &mut entry.value) else {
        return;
    };
    match &all.value {
        Value::Map(map) if !map.entries.is_empty() => *own = all,
        Value::Symbol(_) if has_defaults => {
            *own = unknown("what `default_tags` adds is known after apply", all.span);
        }
        _ => {}
    }
}

fn resource<'s>(head: Head<'s>, values: Node<'s>) -> Resource<'s> {
    Resource {
        address: head.address,
        address_span: head.address_span,
        kind: head.kind,
        kind_span: head.kind_span,
        made_from: None,
        construct: None,
        span: head.span,
        properties: values,
        properties_key: head.values_key,
        attributes: beside(head.address_span),
        condition: None,
        scenario: Scenario::DEFAULTS,
        is_judged: head.is_judged,
        calls: Vec::new(),
    }
}

/// What stands beside the arguments: a plan does not tell it. Whether Terraform itself refuses to destroy the resource
/// protects it in no other way, so that counts as not set.
fn beside<'s>(place: Span) -> Node<'s> {
    let open = |key: &'static str| Entry {
        key: Cow::Borrowed(key),
        key_span: place,
        value: unknown("a plan does not tell it", place),
    };
    let map = |entries: Vec<Entry<'s>>| Node::new(Value::Map(Map { entries }), place);
    let lifecycle = [
        "create_before_destroy",
        "ignore_changes",
        "replace_triggered_by",
    ];
    let lifecycle = Entry {
        key: Cow::Borrowed("lifecycle"),
        key_span: place,
        value: map(lifecycle.into_iter().map(open).collect()),
    };
    map(vec![lifecycle, open("depends_on")])
}
