//! The text of a configuration becomes what it says, or all that is wrong with it.

use super::globs::Globs;
use super::keys;
use super::shape::check_keys;
use crate::args::FailOn;
use pillarlint_engine::date::Date;
use pillarlint_engine::rule::{Preset, Severity};
use pillarlint_engine::suppress::ReasonClass;
use pillarlint_parser::cloudformation::Scenarios;
use pillarlint_parser::source::{FileId, Span};
use pillarlint_parser::tree::{Level, Map, Node, Parsed, Problem, Value};
use pillarlint_parser::yaml;

/// A text and where it stands.
pub(crate) type Text = (String, Span);

/// What a file says; nothing where it does not speak of something.
#[derive(Debug, Default)]
pub(crate) struct File {
    pub(crate) extends: Vec<Text>,
    pub(crate) choice: Choice,
    pub(crate) required_tags: Option<(Vec<String>, Span)>,
    pub(crate) fail_on: Option<FailOn>,
    pub(crate) exclude: Option<Globs>,
    pub(crate) overrides: Vec<Override>,
    pub(crate) rules: Vec<Text>,
    pub(crate) variable_files: Vec<Text>,
    pub(crate) parameter_files: Vec<Text>,
    pub(crate) scenarios: Option<Scenarios>,
    pub(crate) cdk_resources: Option<bool>,
    pub(crate) workspace: Option<String>,
    pub(crate) baseline: Option<Text>,
    pub(crate) suppressions: Vec<SuppressionEntry>,
    pub(crate) policy: Policy,
}

/// Which rules are on, how severe they are, and with which parameters.
#[derive(Debug, Default)]
pub(crate) struct Choice {
    pub(crate) preset: Option<Preset>,
    pub(crate) select: Vec<Text>,
    pub(crate) ignore: Vec<Text>,
    pub(crate) severity: Vec<(Text, Severity)>,
    pub(crate) parameters: Vec<ParameterEntry>,
}

/// A value for a parameter of a rule.
#[derive(Debug)]
pub(crate) struct ParameterEntry {
    pub(crate) rule: Text,
    pub(crate) name: Text,
    /// A list, or one text alone.
    pub(crate) value: Vec<String>,
    pub(crate) place: Span,
}

/// What is different for some paths.
#[derive(Debug)]
pub(crate) struct Override {
    pub(crate) paths: Globs,
    pub(crate) choice: Choice,
}

/// A suppression that stands in a configuration.
#[derive(Debug)]
pub(crate) struct SuppressionEntry {
    pub(crate) rules: Vec<Text>,
    pub(crate) address: Option<String>,
    pub(crate) files: Option<Globs>,
    pub(crate) reason: Option<String>,
    pub(crate) class: Option<ReasonClass>,
    pub(crate) until: Option<Date>,
    pub(crate) place: Span,
}

/// What suppressions must be like.
#[derive(Debug, Default)]
pub(crate) struct Policy {
    pub(crate) require_reason: Option<bool>,
    pub(crate) longest_days: Option<u32>,
    pub(crate) never: Vec<Text>,
    pub(crate) foreign: Option<bool>,
}

/// Reads a configuration.
///
/// # Errors
/// All that is wrong with it, told without other files and without rules.
pub(crate) fn read(file: FileId, text: &str) -> Result<File, Vec<Problem>> {
    let Parsed {
        documents,
        mut problems,
        ..
    } = yaml::parse(file, text);
    // In what decides of everything else, there are no small mistakes.
    for problem in &mut problems {
        problem.level = Level::Error;
    }
    if let Some(further) = documents.get(1) {
        let message = "a configuration is one document";
        problems.push(Problem::error(further.span, message));
    }
    let empty = Map::default();
    let map = match documents.first() {
        None => &empty,
        Some(node) => match &node.value {
            Value::Map(map) => map,
            Value::Null => &empty,
            _ => {
                let message = "a configuration should be a mapping";
                problems.push(Problem::error(node.span, message));
                &empty
            }
        },
    };
    check_keys(map, Span::new(file, 0, 0), &keys::FILE, &mut problems);
    if problems.is_empty() {
        Ok(file_of(map))
    } else {
        problems.sort_by(|a, b| (a.span, &a.message).cmp(&(b.span, &b.message)));
        problems.dedup();
        Err(problems)
    }
}

/// What a mapping says that is as its keys have it.
fn file_of(map: &Map<'_>) -> File {
    let below = |key: &str| map.get(key).and_then(Node::as_map);
    let terraform = below("terraform");
    let cloudformation = below("cloudformation");
    let policy = below("suppression-policy");
    let required = map.get("required-tags").map(|node| {
        let keys = texts(map, "required-tags").into_iter();
        (keys.map(|(key, _)| key).collect(), node.span)
    });
    File {
        extends: texts(map, "extends"),
        choice: choice(map),
        required_tags: required.filter(|(keys, _): &(Vec<String>, _)| !keys.is_empty()),
        fail_on: word(map, "fail-on").map(FailOn::from_name),
        exclude: globs(map, "exclude"),
        overrides: maps(map, "overrides")
            .filter_map(|(_, map)| override_of(map))
            .collect(),
        rules: texts(map, "rules"),
        variable_files: terraform
            .map(|map| texts(map, "variable-files"))
            .unwrap_or_default(),
        parameter_files: cloudformation
            .map(|map| texts(map, "parameter-files"))
            .unwrap_or_default(),
        scenarios: cloudformation
            .and_then(|map| word(map, "scenarios"))
            .and_then(Scenarios::from_name),
        cdk_resources: cloudformation.and_then(|map| flag(map, "cdk-resources")),
        workspace: terraform.and_then(|map| Some(text(map, "workspace")?.0)),
        baseline: text(map, "baseline"),
        suppressions: maps(map, "suppressions")
            .map(|(place, map)| suppression(map, place))
            .collect(),
        policy: policy.map(policy_of).unwrap_or_default(),
    }
}

fn choice(map: &Map<'_>) -> Choice {
    let level = |node: &Node<'_>| Severity::from_name(node.scalar_text()?);
    let severity =
        entries(map, "severity").filter_map(|(selector, node)| Some((selector, level(node)?)));
    let parameters = entries(map, "parameters").flat_map(|(rule, node)| {
        let values = node.as_map().into_iter().flat_map(|map| &map.entries);
        values.map(move |entry| ParameterEntry {
            rule: rule.clone(),
            name: (entry.key.to_string(), entry.key_span),
            value: texts_of(&entry.value)
                .into_iter()
                .map(|(text, _)| text)
                .collect(),
            place: entry.value.span,
        })
    });
    Choice {
        preset: word(map, "preset").and_then(Preset::from_name),
        select: texts(map, "select"),
        ignore: texts(map, "ignore"),
        severity: severity.collect(),
        parameters: parameters.collect(),
    }
}

fn override_of(map: &Map<'_>) -> Option<Override> {
    Some(Override {
        paths: globs(map, "paths")?,
        choice: choice(map),
    })
}

fn suppression(map: &Map<'_>, place: Span) -> SuppressionEntry {
    SuppressionEntry {
        rules: texts(map, "rules"),
        address: text(map, "address").map(|(text, _)| text),
        files: globs(map, "file"),
        reason: text(map, "reason").map(|(text, _)| text),
        class: word(map, "class").and_then(ReasonClass::from_name),
        until: word(map, "until").and_then(Date::parse),
        place,
    }
}

fn policy_of(map: &Map<'_>) -> Policy {
    Policy {
        require_reason: flag(map, "require-reason"),
        longest_days: word(map, "longest-days").and_then(|text| text.parse().ok()),
        never: texts(map, "never"),
        foreign: flag(map, "foreign"),
    }
}

fn flag(map: &Map<'_>, key: &str) -> Option<bool> {
    match map.get(key)?.value {
        Value::Bool(flag) => Some(flag),
        _ => None,
    }
}

fn word<'n>(map: &'n Map<'_>, key: &str) -> Option<&'n str> {
    map.get(key)?.scalar_text()
}

fn text(map: &Map<'_>, key: &str) -> Option<Text> {
    let node = map.get(key)?;
    Some((node.scalar_text()?.to_owned(), node.span))
}

/// A list of texts, or one alone.
fn texts(map: &Map<'_>, key: &str) -> Vec<Text> {
    map.get(key).map(texts_of).unwrap_or_default()
}

fn texts_of(node: &Node<'_>) -> Vec<Text> {
    let items = node.as_list().unwrap_or(std::slice::from_ref(node));
    items
        .iter()
        .filter_map(|item| Some((item.scalar_text()?.trim().to_owned(), item.span)))
        .collect()
}

fn globs(map: &Map<'_>, key: &str) -> Option<Globs> {
    let texts = texts(map, key);
    let globs = Globs::new(texts.iter().map(|(text, _)| text.as_str())).ok();
    globs.filter(|_| map.get(key).is_some())
}

/// The mappings of a list.
fn maps<'n, 's>(map: &'n Map<'s>, key: &str) -> impl Iterator<Item = (Span, &'n Map<'s>)> {
    let items = map.get(key).and_then(Node::as_list).unwrap_or_default();
    items
        .iter()
        .filter_map(|item| Some((item.span, item.as_map()?)))
}

fn entries<'n, 's>(map: &'n Map<'s>, key: &str) -> impl Iterator<Item = (Text, &'n Node<'s>)> {
    let entries = map.get(key).and_then(Node::as_map).into_iter();
    let entries = entries.flat_map(|map| &map.entries);
    entries.map(|entry| ((entry.key.to_string(), entry.key_span), &entry.value))
}
