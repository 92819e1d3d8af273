//! Files of values for the parameters of a stack, in the forms that the AWS tools take.
//!
//! A list of `{"ParameterKey": .., "ParameterValue": ..}` (`aws cloudformation create-stack --parameters file://`), a
//! mapping below `Parameters` (a template configuration file of CodePipeline), a list of `"Key=Value"`
//! (`aws cloudformation deploy --parameter-overrides file://`), or lines `Key=Value`. Sources:
//! <https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/> and
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-cfn-artifacts.html>.

use super::Given;
use crate::recognise::is_json;
use crate::source::{FileId, Span};
use crate::tree::{Map, Node, Problem, Value};
use crate::{json, yaml};

/// Reads a file of values. Of several values for one parameter the last counts.
pub fn read(file: FileId, text: &str) -> (Given, Vec<Problem>) {
    let is_list = text.trim_start().starts_with('[');
    let parsed = match is_json(text) || is_list {
        true => json::parse(file, text),
        false if is_lines(text) => return lines(file, text),
        false => yaml::parse(file, text),
    };
    let mut problems = parsed.problems;
    let mut given = Given::new();
    for document in &parsed.documents {
        let read = match &document.value {
            Value::List(items) => items
                .iter()
                .try_for_each(|item| element(item, &mut given, &mut problems)),
            Value::Map(map) => mapping(map, &mut given, &mut problems),
            Value::Null => Some(()),
            _ => None,
        };
        if read.is_none() {
            problems.push(Problem::error(
                document.span,
                "values of parameters are a list of `ParameterKey` and `ParameterValue`, a list of \"Key=Value\", or a mapping `Parameters`",
            ));
        }
    }
    (given, problems)
}

/// An element of a list; nothing for one of another form.
fn element(node: &Node<'_>, given: &mut Given, problems: &mut Vec<Problem>) -> Option<()> {
    if let Some(text) = node.as_str() {
        let (name, value) = text.split_once('=')?;
        given.insert(name.to_owned(), (value.to_owned(), node.span));
        return Some(());
    }
    let name = node.get("ParameterKey")?.as_str()?;
    // `UsePreviousValue` leaves to the stack what the value is.
    if let Some(value) = node.get("ParameterValue") {
        insert(name, value, given, problems);
    }
    Some(())
}

/// A mapping of names to values, as a whole or below `Parameters`.
fn mapping(map: &Map<'_>, given: &mut Given, problems: &mut Vec<Problem>) -> Option<()> {
    let values = match map.get("Parameters") {
        Some(values) => values.as_map()?,
        // A configuration file may hold `Tags` and a `StackPolicy` alone.
        None if map.entry("Tags").or(map.entry("StackPolicy")).is_some() => return Some(()),
        None => map,
    };
    for entry in &values.entries {
        insert(&entry.key, &entry.value, given, problems);
    }
    Some(())
}

fn insert(name: &str, value: &Node<'_>, given: &mut Given, problems: &mut Vec<Problem>) {
    let text = match &value.value {
        // A list is what a comma-delimited text is.
        Value::List(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(Node::scalar_text).collect();
            texts.map(|texts| texts.join(","))
        }
        _ => value.scalar_text().map(str::to_owned),
    };
    match text {
        Some(text) => {
            given.insert(name.to_owned(), (text, value.span));
        }
        None => problems.push(Problem::error(
            value.span,
            format!("the value of `{name}` is no text"),
        )),
    }
}

/// Whether a text holds nothing but lines `Key=Value`, and comments.
fn is_lines(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    let is_line = |line: &str| {
        let name = line.split_once('=').map_or("", |(name, _)| name);
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    lines.all(|line| line.is_empty() || line.starts_with('#') || is_line(line))
}

fn lines(file: FileId, text: &str) -> (Given, Vec<Problem>) {
    let mut given = Given::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        if let Some((name, value)) = content
            .split_once('=')
            .filter(|_| !content.starts_with('#'))
        {
            let from = start + name.len() + 1;
            let place = Span::new(file, from, from + value.len());
            given.insert(name.trim().to_owned(), (value.to_owned(), place));
        }
        start += line.len();
    }
    (given, Vec::new())
}
