//! The parameters that a rule declares.

use super::Context;
use super::keys;
use super::reader::{Fields, Problems, entries, text, texts, wrong};
use crate::parameter::{Parameter, Setting};
use crate::spelling::hint;
use pillarlint_parser::tree::{Node, Value};

/// The declared parameters that are right, in the order of the file.
pub(super) fn parameters(
    node: &Node<'_>,
    context: &Context<'_>,
    problems: &Problems,
) -> Vec<Parameter> {
    entries(node, "parameters", problems)
        .iter()
        .filter_map(|entry| parameter(&entry.key, &entry.value, context, problems))
        .collect()
}

fn parameter(
    name: &str,
    node: &Node<'_>,
    context: &Context<'_>,
    problems: &Problems,
) -> Option<Parameter> {
    let fields = Fields::of(node, &keys::PARAMETER, problems)?;
    let kind = fields.named("type", &["integer", "list"], |name| name);
    let default = fields.take("default");
    let description = fields.text("description");
    let bound = |key| {
        let node = fields.take(key)?;
        let number = node.scalar_text().and_then(|text| text.parse().ok());
        if number.is_none() {
            wrong(problems, node.span, "should be a whole number");
        }
        number
    };
    let (minimum, maximum) = (bound("minimum"), bound("maximum"));
    let default = default?;
    let value = match kind? {
        "list" => Setting::List(list(default, context, problems)?),
        _ => Setting::Integer(text(default, "default", problems)?.to_owned()),
    };
    let parameter = Parameter {
        name: name.to_owned(),
        description: description?.to_owned(),
        value,
        minimum,
        maximum,
    };
    if let Err(why) = parameter.allows(&parameter.value) {
        wrong(problems, default.span, why);
        return None;
    }
    Some(parameter)
}

/// The values that an example sets, by the place of the parameter among those of the rule.
pub(super) fn set(
    node: &Node<'_>,
    parameters: &[Parameter],
    problems: &Problems,
) -> Vec<(u8, Setting)> {
    let mut set = Vec::new();
    for entry in entries(node, "parameters", problems) {
        let mut all = parameters.iter().zip(0u8..);
        let Some((parameter, at)) = all.find(|(one, _)| one.name == entry.key) else {
            let names = parameters.iter().map(|one| one.name.as_str());
            let hint = hint(&entry.key, names);
            let message = format!("the rule has no parameter `{}`{hint}", entry.key);
            wrong(problems, entry.key_span, message);
            continue;
        };
        let items = texts(&entry.value, &entry.key, problems);
        let items: Vec<&str> = items.into_iter().map(|(text, _)| text).collect();
        match parameter.parse(&items.join(",")) {
            Ok(value) => set.push((at, value)),
            Err(why) => wrong(problems, entry.value.span, why),
        }
    }
    set
}

/// Texts, or `{ data: NAME }`.
fn list(node: &Node<'_>, context: &Context<'_>, problems: &Problems) -> Option<Vec<String>> {
    if let Value::Map(_) = node.value {
        let fields = Fields::of(node, &keys::DATA, problems)?;
        let name = fields.text("data")?;
        let values = context.data.get(name);
        if values.is_none() {
            let names = context.data.keys().map(String::as_str);
            wrong(
                problems,
                node.span,
                format!("no data table `{name}`{}", hint(name, names)),
            );
        }
        return values.cloned();
    }
    let items = texts(node, "default", problems);
    Some(items.into_iter().map(|(text, _)| text.to_owned()).collect())
}
