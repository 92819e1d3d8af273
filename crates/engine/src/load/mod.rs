//! Rule files become rules: read by our own parser, so that every mistake has its place, and checked whole.
//!
//! The format is described in `docs/rule-format.md`. The rules that come with pillarlint are loaded by the build,
//! a user's own by the run, both here.

mod condition;
mod framework;
pub mod keys;
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
use pillarlint_parser::tree::{Level, Node, Problem, Value};
use pillarlint_parser::yaml;
use reader::{Fields, Problems, and, entries, texts, wrong};
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
        if !is_id(file.id) {
            let message = format!(
                "`{}` is no id for a rule: name the file in small letters, digits and dashes, such as `{}.yaml`",
                file.id,
                id_like(file.id)
            );
            wrong(&problems, Span::new(file.file, 0, 0), message);
        }
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

/// Whether a name reads well after "ignore", and needs no quotes anywhere.
fn is_id(name: &str) -> bool {
    let is_word = |word: &str| {
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        !word.is_empty() && word.bytes().all(is_plain)
    };
    name.split('-').all(is_word)
}

/// The id that a name may have been meant as.
fn id_like(name: &str) -> String {
    let mut id = String::new();
    let mut before = '-';
    for character in name.chars() {
        let is_new_word = before.is_ascii_lowercase() && character.is_ascii_uppercase();
        if (is_new_word || !character.is_ascii_alphanumeric()) && !id.ends_with('-') {
            id.push('-');
        }
        if character.is_ascii_alphanumeric() {
            id.push(character.to_ascii_lowercase());
        }
        before = character;
    }
    match id.trim_matches('-') {
        "" => "my-rule".to_owned(),
        id => id.to_owned(),
    }
}

fn with_root<'t, T>(
    file: FileId,
    text: &'t str,
    problems: &Problems,
    read: impl FnOnce(&Node<'t>) -> Option<T>,
) -> Option<T> {
    let parsed = yaml::parse(file, text);
    let (errors, warnings): (Vec<_>, Vec<_>) = parsed
        .problems
        .into_iter()
        .partition(|problem| problem.level == Level::Error);
    if let Some(first) = errors.into_iter().next() {
        // What a broken text seems to say behind the place where it breaks would only be told wrongly.
        problems.borrow_mut().push(first);
        return None;
    }
    if !warnings.is_empty() {
        let as_error = |problem| Problem {
            level: Level::Error,
            ..problem
        };
        problems
            .borrow_mut()
            .extend(warnings.into_iter().map(as_error));
        return None;
    }
    match parsed.documents.as_slice() {
        [root] => read(root),
        [] => {
            wrong(problems, Span::new(file, 0, 0), "the file is empty");
            None
        }
        [_, second, ..] => {
            let message = "a second document (`---`): a file holds one";
            wrong(problems, crate::path::head_of(second), message);
            None
        }
    }
}

fn shape<'t>(file: FileId, text: &'t str, problems: &Problems) -> Option<Vec<Form<'t>>> {
    with_root(file, text, problems, |root| {
        let fields = Fields::of(root, &keys::SHAPE, problems)?;
        list(fields.take("forms")?, "forms", problems)?
            .iter()
            .map(|form| {
                let fields = Fields::of(form, &keys::FORM, problems)?;
                let kinds = known_kinds(&fields.texts("kinds"), problems);
                let each = fields.take("each").and_then(|node| {
                    Some((reader::text(node, "each", problems)?.to_owned(), node.span))
                });
                let when = fields.take("when").cloned();
                let named = fields
                    .take("fields")
                    .map_or(&[][..], |node| entries(node, "fields", problems));
                let named = named.iter().filter_map(|entry| {
                    let path = reader::text(&entry.value, &entry.key, problems)?;
                    Some((entry.key.to_string(), path.to_owned(), entry.value.span))
                });
                let fields = named.collect();
                Some(Form {
                    kinds,
                    when,
                    each,
                    fields,
                })
            })
            .collect()
    })
}

fn table(file: FileId, text: &str, problems: &Problems) -> Option<Vec<String>> {
    with_root(file, text, problems, |root| {
        let fields = Fields::of(root, &keys::DATA_TABLE, problems)?;
        list(fields.take("values")?, "values", problems)?
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

/// The elements of a list.
fn list<'n, 's>(node: &'n Node<'s>, what: &str, problems: &Problems) -> Option<&'n [Node<'s>]> {
    let Value::List(items) = &node.value else {
        let message = format!("`{what}` should be a list (each element after `- `)");
        wrong(problems, node.span, message);
        return None;
    };
    if items.is_empty() {
        wrong(problems, node.span, format!("`{what}` is empty"));
    }
    Some(items)
}

/// Blocks of Terraform that are in no table.
const OTHER_BLOCKS: [&str; 2] = ["provider.aws", "terraform"];

/// All types of resources that a rule may ask, in order.
pub fn resource_types() -> Vec<&'static str> {
    let cloudformation = pillarlint_schema::all();
    let terraform = pillarlint_schema::terraform::all();
    let named = ALL_KINDS.into_iter().chain(OTHER_BLOCKS);
    let mut all: Vec<&str> = named.chain(cloudformation).chain(terraform).collect();
    all.sort_unstable();
    all.dedup();
    all
}

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
                    match if is_terraform {
                        hint(kind, pillarlint_schema::terraform::all())
                    } else {
                        hint(kind, pillarlint_schema::all())
                    } {
                        hint if hint.is_empty() => {
                            "; they are written as in the code, such as `AWS::SQS::Queue` or `aws_sqs_queue`".to_owned()
                        }
                        hint => hint,
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
        let kinds = texts(node, "kinds", problems);
        if kinds.is_empty() {
            wrong(
                problems,
                node.span,
                "`kinds` is empty: nothing would be asked",
            );
        }
        return known_kinds(&kinds, problems);
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
    // Any other YAML file would only be told all that it is not.
    if let Value::Map(map) = &node.value
        && !map
            .entries
            .iter()
            .any(|entry| keys::RULE.key(&entry.key).is_some())
    {
        let has = [
            "title",
            "practices",
            "severity",
            "why",
            "fix",
            "checks",
            "examples",
        ];
        let message = format!(
            "this is no rule, which has {}: a folder of rules holds no other .yaml files",
            and(has.into_iter())
        );
        wrong(problems, crate::path::head_of(node), message);
        return None;
    }
    let fields = Fields::of(node, &keys::RULE, problems)?;
    let title = fields.text("title");
    let practices = fields.texts("practices");
    // The first decides, but all are looked at.
    let pillars = practices.iter().map(|(practice, span)| {
        let pillar = pillar_of(practice, &context.framework);
        pillar.map_err(|why| wrong(problems, *span, why)).ok()
    });
    let pillar = pillars.collect::<Vec<_>>().into_iter().next().flatten();
    if practices.is_empty()
        && let Some(node) = fields.take("practices")
    {
        wrong(
            problems,
            node.span,
            "`practices` is empty: the first decides the pillar",
        );
    }
    let severity = fields.named("severity", Severity::ALL, Severity::name);
    let certainty = fields.named("certainty", Certainty::ALL, Certainty::name);
    let certainty = certainty.unwrap_or(Certainty::Exact);
    let preset = fields.named("preset", Preset::ALL, Preset::name);
    let preset = preset.unwrap_or(match certainty {
        Certainty::Exact => Preset::Recommended,
        _ => Preset::All,
    });
    if certainty != Certainty::Exact
        && preset != Preset::All
        && let Some(node) = fields.take("preset")
    {
        wrong(
            problems,
            node.span,
            "only a rule whose `certainty` is `exact` may be on in `recommended` or `strict`; the preset of others is `all`",
        );
    }
    let why = fields.text("why");
    let fix = fields.take("fix").and_then(|node| read_fix(node, problems));
    let references = owned(fields.texts("references"));
    let aliases = owned(fields.texts("aliases"));
    let parameters = fields.take("parameters").map_or(Vec::new(), |node| {
        parameter::parameters(node, context, problems)
    });
    let checks = fields
        .take("checks")
        .and_then(|node| list(node, "checks", problems));
    let examples = fields
        .take("examples")
        .and_then(|node| list(node, "examples", problems));

    let checks: Vec<Check> = checks?
        .iter()
        .flat_map(|item| check(item, &parameters, context, problems).unwrap_or_default())
        .collect();
    let examples = examples.unwrap_or_default().iter();
    let examples = examples
        .filter_map(|item| read_example(item, &parameters, problems))
        .collect();
    let secret = fields.is_true("secret");
    // What such a rule finds must not stand in its message.
    if secret && checks.iter().any(|check| check.message.contains("{value}")) {
        let message = "the messages of a rule about secrets must not show `{value}`";
        wrong(problems, fields.span, message);
    }
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
            certainty,
            preset,
            kinds,
            aliases,
            parameters,
            secret,
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

/// The pillar of a best practice.
fn pillar_of(practice: &str, framework: &Framework) -> Result<String, String> {
    if let Some((pillar, ..)) = framework.practice(practice) {
        return Ok(pillar.id.clone());
    }
    let questions = || {
        framework
            .pillars
            .iter()
            .flat_map(|pillar| &pillar.questions)
    };
    if let Some(question) = questions().find(|question| question.id == practice) {
        let ids = question
            .practices
            .iter()
            .map(|practice| practice.id.as_str());
        return Err(format!(
            "`{practice}` is a question; name one of its best practices: {}",
            and(ids)
        ));
    }
    let all = questions().flat_map(|question| &question.practices);
    let hint = hint(practice, all.map(|practice| practice.id.as_str()));
    let listed = match hint.as_str() {
        "" => "; `pillarlint coverage` lists them",
        hint => hint,
    };
    Err(format!(
        "the framework has no best practice `{practice}`{listed}"
    ))
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
    let fields = Fields::of(node, &keys::FIX, problems)?;
    let cloudformation = fields.text("cloudformation");
    let sam = fields.text("sam");
    let terraform = fields.text("terraform");
    Some(Fix {
        cloudformation: cloudformation?.trim().to_owned(),
        sam: sam.map(|text| text.trim().to_owned()),
        terraform: terraform?.trim().to_owned(),
    })
}

fn read_example(node: &Node<'_>, parameters: &[Parameter], problems: &Problems) -> Option<Example> {
    let fields = Fields::of(node, &keys::EXAMPLE, problems)?;
    let name = fields.text("name").unwrap_or_default().to_owned();
    let parameters = match fields.take("parameters") {
        Some(node) => parameter::set(node, parameters, problems),
        None => Vec::new(),
    };
    let (key, written) = fields.chosen()?;
    let Value::String(text) = &written.value else {
        let message = format!("`{key}` should be a text: write `{key}: |`, and the code below it");
        wrong(problems, crate::path::head_of(written), message);
        return None;
    };
    Some(Example {
        parameters,
        name,
        // What is written with SAM is a template.
        dialect: Dialect::from_name(key)?,
        text: text.to_string(),
    })
}

/// A check as written; one for each form where it asks a shape.
fn check(
    node: &Node<'_>,
    parameters: &[Parameter],
    context: &Context<'_>,
    problems: &Problems,
) -> Option<Vec<Check>> {
    if node.get("suppressions").is_some() {
        return about_suppressions(node, problems).map(|check| vec![check]);
    }
    let fields = Fields::of(node, &keys::CHECK, problems)?;
    let kinds = fields
        .take("kinds")
        .map(|node| check_kinds(node, context, problems));
    let subjects = fields.take("subjects");
    let template = fields.is_true("template");
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
        message: fields.take("message"),
        place: fields.take("place"),
        span: fields.span,
    };
    let bodies = [parts.expect, parts.fail, parts.builtin];
    if bodies.iter().flatten().count() != 1 {
        return None;
    }
    if parts.builtin.is_none()
        && let Some(with) = parts.with
    {
        wrong(problems, with.span, "`with` is what a `builtin` takes");
    }
    message(parts.message?, parameters, problems)?;
    if subjects.is_some() && template {
        let message = "a check asks its `subjects` or the template: leave one of the two out";
        wrong(problems, parts.span, message);
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
        let asked = |form: &Form<'_>| -> Vec<String> {
            let of_form = form.kinds.iter().cloned();
            match &kinds {
                None => of_form.collect(),
                Some(only) => of_form.filter(|kind| only.contains(kind)).collect(),
            }
        };
        let asked = forms.iter().map(|form| (form, asked(form)));
        let asked: Vec<_> = asked.filter(|(_, kinds)| !kinds.is_empty()).collect();
        if asked.is_empty() {
            let has = forms.iter().flat_map(|form| &form.kinds);
            let has = and(has.map(String::as_str));
            let message =
                format!("none of these `kinds` is in the shape `{name}`, which has {has}");
            wrong(problems, node.span, message);
        }
        return asked
            .into_iter()
            .map(|(form, kinds)| one_check(kinds, Some(form), &parts, context, problems))
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
                "a check needs one of `kinds` (the resources that it asks), `subjects` and `template: true`",
            );
            return None;
        }
    };
    one_check(kinds, None, &parts, context, problems).map(|check| vec![check])
}

/// A check of suppressions: which of their faults it tells.
fn about_suppressions(node: &Node<'_>, problems: &Problems) -> Option<Check> {
    let fields = Fields::of(node, &keys::ABOUT_SUPPRESSIONS, problems)?;
    let fault = fields.named("suppressions", Fault::ALL, Fault::name);
    let message = message(fields.take("message")?, &[], problems)?;
    Some(Check {
        kinds: vec![SUPPRESSION.to_owned()],
        provider: ProviderVersions::default(),
        each: Vec::new(),
        lets: Vec::new(),
        when: None,
        unless: None,
        body: Body::Suppressions(fault?),
        message: message.to_owned(),
        place: None,
        slots: 0,
    })
}

/// What a check says, with names in braces that are filled in.
fn message<'n>(
    node: &'n Node<'_>,
    parameters: &[Parameter],
    problems: &Problems,
) -> Option<&'n str> {
    let text = reader::text(node, "message", problems)?.trim();
    if text.is_empty() || text.ends_with('.') {
        wrong(
            problems,
            node.span,
            "a message has words and no full stop at its end",
        );
    }
    let known = || {
        let parameters = parameters.iter().map(|one| one.name.as_str());
        ["value", "address", "kind"].into_iter().chain(parameters)
    };
    let parts = text.split('{').collect::<Vec<_>>();
    for pair in parts.windows(2) {
        let [before, part] = pair else { continue };
        let Some((name, _)) = part.split_once('}').filter(|_| !before.ends_with('$')) else {
            continue;
        };
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let is_name = !name.is_empty() && name.bytes().all(is_letter);
        if is_name && !known().any(|one| one == name) {
            let hint = match hint(name, known()) {
                hint if hint.is_empty() => format!("; there are {}", and(known())),
                hint => hint,
            };
            let message = format!("nothing fills in `{{{name}}}` in a message{hint}");
            wrong(problems, node.span, message);
        }
    }
    Some(text)
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
    message: Option<&'n Node<'s>>,
    place: Option<&'n Node<'s>>,
    span: Span,
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
    if let Some(node) = parts.lets {
        for entry in entries(node, "let", problems) {
            let fields = Fields::of(&entry.value, &keys::LET, problems)?;
            let follow = fields.take("follow")?;
            let follow = scope.path(reader::text(follow, "follow", problems)?, follow.span)?;
            let kinds = known_kinds(&fields.texts("kinds"), problems);
            let name = match fields.take("name") {
                None => None,
                Some(node) => {
                    let text = reader::text(node, "name", problems)?;
                    Some(Scope::new(&kinds, problems).path(text, node.span)?)
                }
            };
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
        message: parts.message?.scalar_text()?.trim().to_owned(),
        place,
        slots: scope.slots(),
    })
}
