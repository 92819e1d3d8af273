//! Rule files become rules: read by our own parser, so that every mistake has its place, and checked whole.
//!
//! The format is described in `docs/rule-format.md`. The rules that come with pillarlint are loaded by the build,
//! a user's own by the run, both here.

mod condition;
mod framework;
mod parameter;
mod reader;
mod scope;

pub use framework::framework;

use crate::framework::Framework;
use crate::parameter::Parameter;
use crate::plan::{ALL_KINDS, SUPPRESSION, TEMPLATE};
use crate::rule::{
    Body, Certainty, Check, Condition, Dialect, Docs, Domain, Example, Fault, Fix, Header, Let,
    Preset, ProviderVersions, Severity, Slot,
};
use crate::ruleset::Rule;
use crate::spelling::hint;
use condition::Reading;
use pillarlint_parser::source::{FileId, Span};
use pillarlint_parser::tree::{Node, Problem, Value};
use pillarlint_parser::yaml;
use reader::{Fields, Problems, texts, wrong};
use scope::Scope;
use std::collections::BTreeMap;

/// A rule file.
#[derive(Debug, Clone, Copy)]
pub struct RuleFile<'t> {
    /// The file, for places.
    pub file: FileId,
    /// The rule's id: the file's name without its ending.
    pub id: &'t str,
    /// The text.
    pub text: &'t str,
}

/// What rules may refer to.
#[derive(Debug)]
pub struct Context<'t> {
    framework: Framework,
    shapes: BTreeMap<String, Vec<Form<'t>>>,
    data: BTreeMap<String, Vec<String>>,
    problems: Vec<Problem>,
}

/// One form of a shape, its paths as written: they are compiled for each check that uses them.
#[derive(Debug)]
struct Form<'t> {
    kinds: Vec<String>,
    /// Which resources of its kinds are subjects.
    when: Option<Node<'t>>,
    each: Option<(String, Span)>,
    fields: Vec<(String, String, Span)>,
}

impl<'t> Context<'t> {
    /// Shapes and data tables, as (file, name, text). What is wrong with them is told by [`load`].
    pub fn new(
        framework: &Framework,
        shapes: &[(FileId, &str, &'t str)],
        data: &[(FileId, &str, &str)],
    ) -> Self {
        let problems = Problems::default();
        let shapes = shapes
            .iter()
            .filter_map(|(file, name, text)| {
                let forms = shape(*file, text, &problems)?;
                Some(((*name).to_owned(), forms))
            })
            .collect();
        let data = data
            .iter()
            .filter_map(|(file, name, text)| {
                let values = table(*file, text, &problems)?;
                Some(((*name).to_owned(), values))
            })
            .collect();
        Self {
            framework: framework.clone(),
            shapes,
            data,
            problems: problems.into_inner(),
        }
    }
}

/// The rules of these files, by id, and what is wrong with the others.
pub fn load(files: &[RuleFile<'_>], context: &Context<'_>) -> (Vec<Rule>, Vec<Problem>) {
    let problems = Problems::new(context.problems.clone());
    let mut rules: Vec<(Rule, Span)> = Vec::new();
    for file in files {
        let before = problems.borrow().len();
        let rule = with_root(file.file, file.text, &problems, |node| {
            rule(node, file.id, context, &problems)
        });
        if let (Some(rule), true) = (rule, problems.borrow().len() == before) {
            rules.push((rule, Span::new(file.file, 0, 0)));
        }
    }
    rules.sort_by(|(a, _), (b, _)| a.header.id.cmp(&b.header.id));
    for pair in rules.windows(2) {
        if let [(first, other), (second, span)] = pair
            && first.header.id == second.header.id
        {
            let message = format!("there is another rule `{}`", second.header.id);
            let mut problem = Problem::error(*span, message);
            problem.related.push((*other, "the other one".to_owned()));
            problems.borrow_mut().push(problem);
        }
    }
    rules.dedup_by(|(a, _), (b, _)| a.header.id == b.header.id);
    (
        rules.into_iter().map(|(rule, _)| rule).collect(),
        problems.into_inner(),
    )
}

fn with_root<'t, T>(
    file: FileId,
    text: &'t str,
    problems: &Problems,
    read: impl FnOnce(&Node<'t>) -> Option<T>,
) -> Option<T> {
    let parsed = yaml::parse(file, text);
    problems.borrow_mut().extend(parsed.problems);
    match parsed.documents.first() {
        Some(root) => read(root),
        None => {
            wrong(problems, Span::new(file, 0, 0), "the file is empty");
            None
        }
    }
}

fn shape<'t>(file: FileId, text: &'t str, problems: &Problems) -> Option<Vec<Form<'t>>> {
    with_root(file, text, problems, |root| {
        let fields = Fields::of(root, "a shape", problems)?;
        fields.require_text("title");
        let forms = fields.require("forms");
        fields.finish();
        let Value::List(forms) = &forms?.value else {
            wrong(problems, root.span, "`forms` should be a list");
            return None;
        };
        forms
            .iter()
            .map(|form| {
                let fields = Fields::of(form, "a form", problems)?;
                let kinds = known_kinds(&fields.texts("kinds"), problems);
                let each = fields.take("each").and_then(|node| {
                    Some((reader::text(node, "each", problems)?.to_owned(), node.span))
                });
                let when = fields.take("when").cloned();
                let named = fields.take("fields").and_then(Node::as_map);
                let named = named.map_or(Vec::new(), |map| {
                    map.entries
                        .iter()
                        .filter_map(|entry| {
                            let path = reader::text(&entry.value, &entry.key, problems)?;
                            Some((entry.key.to_string(), path.to_owned(), entry.value.span))
                        })
                        .collect()
                });
                fields.finish();
                Some(Form {
                    kinds,
                    when,
                    each,
                    fields: named,
                })
            })
            .collect()
    })
}

fn table(file: FileId, text: &str, problems: &Problems) -> Option<Vec<String>> {
    with_root(file, text, problems, |root| {
        let fields = Fields::of(root, "a data table", problems)?;
        fields.require_text("title");
        fields.require("source");
        fields.require_text("date");
        let values = fields.require("values");
        fields.finish();
        let Value::List(values) = &values?.value else {
            wrong(problems, root.span, "`values` should be a list");
            return None;
        };
        values
            .iter()
            .map(|value| {
                let text = value
                    .get("value")
                    .unwrap_or(value)
                    .scalar_text()
                    .map(str::to_owned);
                if text.is_none() {
                    wrong(problems, value.span, "should be a text or have a `value`");
                }
                text
            })
            .collect()
    })
}

/// Blocks of Terraform that are in no table.
const OTHER_BLOCKS: [&str; 2] = ["provider.aws", "terraform"];

/// Kinds that the table of types has; others are mistakes.
fn known_kinds(kinds: &[(&str, Span)], problems: &Problems) -> Vec<String> {
    kinds
        .iter()
        .filter_map(|(kind, span)| {
            let is_terraform = !kind.contains("::");
            if ALL_KINDS.contains(kind)
                || OTHER_BLOCKS.contains(kind)
                || pillarlint_schema::exists(kind)
                || is_terraform && pillarlint_schema::terraform::exists(kind)
            {
                return Some((*kind).to_owned());
            }
            wrong(
                problems,
                *span,
                format!(
                    "no resource type `{kind}`{}",
                    if is_terraform {
                        hint(kind, pillarlint_schema::terraform::all())
                    } else {
                        hint(kind, pillarlint_schema::all())
                    }
                ),
            );
            None
        })
        .collect()
}

/// The kinds of a check: a list, or `{ data: NAME }`.
fn check_kinds(node: &Node<'_>, context: &Context<'_>, problems: &Problems) -> Vec<String> {
    let Value::Map(_) = &node.value else {
        return known_kinds(&texts(node, "kinds", problems), problems);
    };
    let reading = Reading {
        context,
        scope: Scope::new(&[], problems),
        problems,
        parameters: &[],
        strict: false,
    };
    // A table may name kinds that the newest provider and registry no longer have.
    reading.list(node).unwrap_or_default()
}

fn rule(node: &Node<'_>, id: &str, context: &Context<'_>, problems: &Problems) -> Option<Rule> {
    let fields = Fields::of(node, "a rule", problems)?;
    let title = fields.require_text("title");
    fields.require("practices");
    let practices = fields.texts("practices");
    let pillar = practices.iter().map(|(practice, span)| {
        let found = context.framework.practice(practice);
        if found.is_none() {
            wrong(
                problems,
                *span,
                format!("the framework has no best practice `{practice}`"),
            );
        }
        found.map(|(pillar, ..)| pillar.id.clone())
    });
    // The first decides, but all are looked at.
    let pillar = pillar.collect::<Vec<_>>().into_iter().next().flatten();
    let severity = one_of(
        &fields,
        "severity",
        Severity::from_name,
        Severity::ALL,
        Severity::name,
        problems,
    );
    let certainty = one_of(
        &fields,
        "certainty",
        Certainty::from_name,
        Certainty::ALL,
        Certainty::name,
        problems,
    );
    let preset = one_of(
        &fields,
        "preset",
        Preset::from_name,
        Preset::ALL,
        Preset::name,
        problems,
    );
    if let (Some(certainty), Some(preset)) = (certainty, preset)
        && certainty != Certainty::Exact
        && preset != Preset::All
    {
        wrong(
            problems,
            fields.span,
            "only a rule whose certainty is `exact` may be on in `recommended` or `strict`",
        );
    }
    let why = fields.require_text("why");
    let fix = fields
        .require("fix")
        .and_then(|node| read_fix(node, problems));
    fields.require("references");
    let references = owned(fields.texts("references"));
    let aliases = owned(fields.texts("aliases"));
    let parameters = fields.take("parameters");
    let checks = fields.require("checks");
    let examples = fields.require("examples");
    fields.finish();

    let parameters = parameters.map_or(Vec::new(), |node| {
        parameter::parameters(node, context, problems)
    });
    let checks: Vec<Check> = match checks.map(|node| &node.value) {
        Some(Value::List(items)) => items
            .iter()
            .flat_map(|item| check(item, &parameters, context, problems).unwrap_or_default())
            .collect(),
        Some(_) => {
            wrong(problems, node.span, "`checks` should be a list");
            return None;
        }
        None => return None,
    };
    let examples = examples.map_or(Vec::new(), |node| {
        read_examples(node, &parameters, problems)
    });
    let mut kinds: Vec<String> = checks
        .iter()
        .flat_map(|check| {
            if check.kinds.is_empty() {
                vec![TEMPLATE.to_owned()]
            } else {
                check.kinds.clone()
            }
        })
        .collect();
    kinds.sort();
    kinds.dedup();
    Some(Rule::loaded(
        Header {
            id: id.to_owned(),
            title: title?.to_owned(),
            pillar: pillar?,
            practices: owned(practices),
            severity: severity?,
            certainty: certainty?,
            preset: preset?,
            kinds,
            aliases,
            parameters,
        },
        checks,
        Docs {
            why: why?.trim().to_owned(),
            fix: fix?,
            references,
            examples,
        },
    ))
}

fn owned(texts: Vec<(&str, Span)>) -> Vec<String> {
    texts.into_iter().map(|(text, _)| text.to_owned()).collect()
}

fn one_of<T: Copy>(
    fields: &Fields<'_, '_, '_>,
    key: &'static str,
    from_name: fn(&str) -> Option<T>,
    all: &[T],
    name: fn(T) -> &'static str,
    problems: &Problems,
) -> Option<T> {
    let node = fields.require(key)?;
    let one = node.scalar_text().and_then(from_name);
    if one.is_none() {
        let names: Vec<_> = all.iter().map(|one| name(*one)).collect();
        wrong(
            problems,
            node.span,
            format!("`{key}` should be one of {}", names.join(", ")),
        );
    }
    one
}

/// A text, or one for each dialect.
fn read_fix(node: &Node<'_>, problems: &Problems) -> Option<Fix> {
    let Value::Map(_) = &node.value else {
        let both = reader::text(node, "fix", problems)?.trim();
        return Some(Fix {
            cloudformation: both.to_owned(),
            sam: None,
            terraform: both.to_owned(),
        });
    };
    let fields = Fields::of(node, "fix", problems)?;
    let cloudformation = fields.require_text("cloudformation");
    let sam = fields.text("sam");
    let terraform = fields.require_text("terraform");
    fields.finish();
    Some(Fix {
        cloudformation: cloudformation?.trim().to_owned(),
        sam: sam.map(|text| text.trim().to_owned()),
        terraform: terraform?.trim().to_owned(),
    })
}

fn read_examples(node: &Node<'_>, parameters: &[Parameter], problems: &Problems) -> Vec<Example> {
    let Value::List(items) = &node.value else {
        wrong(problems, node.span, "`examples` should be a list");
        return Vec::new();
    };
    if items.is_empty() {
        wrong(
            problems,
            node.span,
            "a rule needs examples: they are its tests",
        );
    }
    items
        .iter()
        .filter_map(|item| {
            let fields = Fields::of(item, "an example", problems)?;
            let name = fields.text("name").unwrap_or_default().to_owned();
            // What is written with SAM is a template.
            let mut texts = [Dialect::CloudFormation, Dialect::Terraform]
                .into_iter()
                .filter_map(|dialect| Some((dialect, fields.text(dialect.name())?.to_owned())))
                .collect::<Vec<_>>();
            if texts.len() != 1 {
                wrong(
                    problems,
                    fields.span,
                    "an example has one of `cloudformation` and `terraform`",
                );
            }
            let parameters = match fields.take("parameters") {
                Some(node) => parameter::set(node, parameters, problems),
                None => Vec::new(),
            };
            fields.finish();
            let (dialect, text) = texts.pop()?;
            Some(Example {
                parameters,
                name,
                dialect,
                text,
            })
        })
        .collect()
}

/// A check as written; one for each form where it asks a shape.
fn check(
    node: &Node<'_>,
    parameters: &[Parameter],
    context: &Context<'_>,
    problems: &Problems,
) -> Option<Vec<Check>> {
    let fields = Fields::of(node, "a check", problems)?;
    let kinds = fields
        .take("kinds")
        .map(|node| check_kinds(node, context, problems));
    let subjects = fields.take("subjects");
    let template = fields.take("template").is_some();
    let provider = match fields.take("provider") {
        None => ProviderVersions::default(),
        Some(node) => provider_versions(node, problems)?,
    };
    let parts = Parts {
        each: fields.take("each"),
        statements: fields.take("statements"),
        lets: fields.take("let"),
        when: fields.take("when"),
        unless: fields.take("unless"),
        expect: fields.take("expect"),
        fail: fields.take("fail"),
        builtin: fields.take("builtin"),
        with: fields.take("with"),
        provider,
        parameters,
        message: fields.require_text("message"),
        place: fields.take("place"),
        span: fields.span,
    };
    let suppressions = fields.take("suppressions");
    fields.finish();
    if let Some(node) = suppressions {
        let asks_resources = kinds.is_some() || subjects.is_some() || template;
        if asks_resources || parts.asks() {
            let message = "a check of `suppressions` has no more than a `message`";
            wrong(problems, parts.span, message);
            return None;
        }
        return about_suppressions(node, &parts, problems).map(|check| vec![check]);
    }
    let bodies = [parts.expect, parts.fail, parts.builtin];
    if bodies.iter().flatten().count() != 1 {
        wrong(
            problems,
            parts.span,
            "a check has exactly one of `expect`, `fail` and `builtin`",
        );
        return None;
    }
    if let Some(message) = parts.message
        && (message.trim_end().ends_with('.') || message.trim().is_empty())
    {
        wrong(problems, parts.span, "a message has words and no full stop");
    }
    if let Some(node) = subjects {
        let name = reader::text(node, "subjects", problems)?;
        let Some(forms) = context.shapes.get(name) else {
            let names = context.shapes.keys().map(String::as_str);
            wrong(
                problems,
                node.span,
                format!("no shape `{name}`{}", hint(name, names)),
            );
            return None;
        };
        return forms
            .iter()
            .filter_map(|form| {
                let asked: Vec<String> = form
                    .kinds
                    .iter()
                    .filter(|kind| kinds.as_ref().is_none_or(|only| only.contains(kind)))
                    .cloned()
                    .collect();
                (!asked.is_empty()).then(|| one_check(asked, Some(form), &parts, context, problems))
            })
            .collect();
    }
    let kinds = match (kinds, template) {
        (Some(kinds), false) if !kinds.is_empty() => kinds,
        (None, true) => Vec::new(),
        (Some(_), false) => return None,
        _ => {
            wrong(
                problems,
                parts.span,
                "a check has `kinds`, `subjects` or `template: true`",
            );
            return None;
        }
    };
    one_check(kinds, None, &parts, context, problems).map(|check| vec![check])
}

/// A check of suppressions: which of their faults it tells.
fn about_suppressions(
    node: &Node<'_>,
    parts: &Parts<'_, '_>,
    problems: &Problems,
) -> Option<Check> {
    let fault = reader::text(node, "suppressions", problems)?;
    let Some(fault) = Fault::from_name(fault) else {
        let names: Vec<&str> = Fault::ALL.iter().map(|one| one.name()).collect();
        let message = format!("`suppressions` should be one of {}", names.join(", "));
        wrong(problems, node.span, message);
        return None;
    };
    Some(Check {
        kinds: vec![SUPPRESSION.to_owned()],
        provider: ProviderVersions::default(),
        each: Vec::new(),
        lets: Vec::new(),
        when: None,
        unless: None,
        body: Body::Suppressions(fault),
        message: parts.message?.trim().to_owned(),
        place: None,
        slots: 0,
    })
}

/// `<6` or `>=6`.
fn provider_versions(node: &Node<'_>, problems: &Problems) -> Option<ProviderVersions> {
    let versions = ProviderVersions::parse(reader::text(node, "provider", problems)?);
    if versions.is_none() {
        wrong(
            problems,
            node.span,
            "`provider` should be `<` or `>=` and a major version of the AWS provider, such as `>=6`",
        );
    }
    versions
}

/// The fields of a check.
struct Parts<'n, 's> {
    each: Option<&'n Node<'s>>,
    statements: Option<&'n Node<'s>>,
    lets: Option<&'n Node<'s>>,
    when: Option<&'n Node<'s>>,
    unless: Option<&'n Node<'s>>,
    expect: Option<&'n Node<'s>>,
    fail: Option<&'n Node<'s>>,
    builtin: Option<&'n Node<'s>>,
    with: Option<&'n Node<'s>>,
    provider: ProviderVersions,
    parameters: &'n [Parameter],
    message: Option<&'n str>,
    place: Option<&'n Node<'s>>,
    span: Span,
}

impl Parts<'_, '_> {
    /// Whether there is something to ask a resource.
    fn asks(&self) -> bool {
        let parts = [
            self.each,
            self.statements,
            self.lets,
            self.when,
            self.unless,
            self.expect,
            self.fail,
            self.builtin,
            self.with,
            self.place,
        ];
        parts.iter().any(Option::is_some)
    }
}

fn one_check(
    kinds: Vec<String>,
    form: Option<&Form<'_>>,
    parts: &Parts<'_, '_>,
    context: &Context<'_>,
    problems: &Problems,
) -> Option<Check> {
    let mut scope = Scope::new(&kinds, problems);
    let mut each: Vec<(Domain, Slot)> = Vec::new();
    if let Some(form) = form {
        if let Some((path, span)) = &form.each {
            let path = scope.path_to_many(path, *span)?;
            let slot = scope.add_element("@", &path);
            each.push((Domain::Each(path), slot));
        }
        for (name, path, span) in &form.fields {
            let path = scope.path(path, *span)?;
            scope.add_field(name, path);
        }
    }
    if let Some(node) = parts.each {
        let path = scope.path_to_many(reader::text(node, "each", problems)?, node.span)?;
        let slot = scope.add_element("@", &path);
        each.push((Domain::Each(path), slot));
    }
    if let Some(node) = parts.statements {
        let path = scope.path(reader::text(node, "statements", problems)?, node.span)?;
        let slot = scope.add_free("@");
        each.push((Domain::Statements(path), slot));
    }
    let mut lets = Vec::new();
    if let Some(map) = parts.lets.and_then(Node::as_map) {
        for entry in &map.entries {
            let fields = Fields::of(&entry.value, "let", problems)?;
            let follow = fields.require("follow")?;
            let follow = scope.path(reader::text(follow, "follow", problems)?, follow.span)?;
            let kinds = known_kinds(&fields.texts("kinds"), problems);
            let name = match fields.take("name") {
                None => None,
                Some(node) => {
                    let text = reader::text(node, "name", problems)?;
                    Some(Scope::new(&kinds, problems).path(text, node.span)?)
                }
            };
            fields.finish();
            lets.push(Let {
                slot: scope.add_resource(&entry.key, &kinds),
                follow,
                kinds,
                name,
            });
        }
    }
    let reading = |strict: bool| Reading {
        context,
        scope: scope.clone(),
        problems,
        parameters: parts.parameters,
        strict,
    };
    let condition = |node: Option<&Node<'_>>, strict: bool| match node {
        None => Some(None),
        Some(node) => reading(strict).condition(node).map(Some),
    };
    let when = condition(parts.when, false)?;
    let of_form = condition(form.and_then(|form| form.when.as_ref()), false)?;
    let when = match (of_form, when) {
        (Some(form), Some(own)) => Some(Condition::All(vec![form, own])),
        (form, own) => form.or(own),
    };
    let unless = condition(parts.unless, false)?;
    let body = match (parts.expect, parts.fail, parts.builtin) {
        (Some(node), ..) => Body::Expect(reading(true).condition(node)?),
        (_, Some(node), _) => Body::Fail(reading(false).condition(node)?),
        (_, _, Some(node)) => Body::Builtin(reading(false).builtin(node, parts.with, true)?),
        _ => return None,
    };
    let place = match parts.place {
        None => None,
        Some(node) => Some(scope.path(reader::text(node, "place", problems)?, node.span)?),
    };
    Some(Check {
        kinds,
        provider: parts.provider,
        each,
        lets,
        when,
        unless,
        body,
        message: parts.message?.trim().to_owned(),
        place,
        slots: scope.slots(),
    })
}
