//! Values for parameters of rules: `--param RULE.NAME=VALUE`, and those of configurations.

use crate::Failure;
use pillarlint_engine::parameter::{Parameter, Setting};
use pillarlint_engine::ruleset::Ruleset;
use pillarlint_engine::spelling::hint;

/// A value for a parameter: the rule, by its index in the ruleset, the parameter, by its place in the rule, and what it is.
pub(crate) type Value = (usize, usize, Setting);

/// What of a value is wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part {
    Rule,
    Name,
    Value,
}

/// The value that the text of a flag gives.
///
/// # Errors
/// The text has another form, or names a rule, a parameter or a value that there is not.
pub(crate) fn of_flag(text: &str, ruleset: &Ruleset) -> Result<Value, Failure> {
    let wrong = |why: String| Failure::Usage(format!("--param {text}: {why}"));
    let form = || wrong("write it as RULE.NAME=VALUE".to_owned());
    let (names, value) = text.split_once('=').ok_or_else(form)?;
    let (id, name) = names.trim().rsplit_once('.').ok_or_else(form)?;
    let (rule, place, parameter) = named(id, name, ruleset).map_err(|(_, why)| wrong(why))?;
    let value = parameter.parse(value).map_err(wrong)?;
    Ok((rule, place, value))
}

/// The value that texts give: a list, or one.
///
/// # Errors
/// What names a rule, a parameter or a value that there is not, and why.
pub(crate) fn find(
    (id, name): (&str, &str),
    texts: &[String],
    ruleset: &Ruleset,
) -> Result<Value, (Part, String)> {
    let (rule, place, parameter) = named(id, name, ruleset)?;
    let value = match (&parameter.value, texts) {
        (Setting::List(_), _) => Ok(Setting::List(texts.to_vec())),
        (Setting::Integer(_), [text]) => parameter.parse(text),
        (Setting::Integer(_), _) => Err(format!("`{name}` should be one whole number")),
    };
    let value = value.map_err(|why| (Part::Value, why))?;
    Ok((rule, place, value))
}

fn named<'r>(
    id: &str,
    name: &str,
    ruleset: &'r Ruleset,
) -> Result<(usize, usize, &'r Parameter), (Part, String)> {
    let rules = &ruleset.rules;
    let rule = rules.iter().position(|rule| rule.header.id == id);
    let rule = rule.ok_or_else(|| {
        let hint = hint(id, rules.iter().map(|rule| rule.header.id.as_str()));
        (Part::Rule, format!("there is no rule `{id}`{hint}"))
    })?;
    let parameters = &rules[rule].header.parameters;
    let mut places = parameters.iter().enumerate();
    let found = places.find(|(_, one)| one.name == name);
    let (place, parameter) = found.ok_or_else(|| {
        let names: Vec<&str> = parameters.iter().map(|one| one.name.as_str()).collect();
        let why = match names[..] {
            [] => format!("`{id}` has no parameters"),
            _ => format!("`{id}` has the parameters {}", names.join(", ")),
        };
        (Part::Name, why)
    })?;
    Ok((rule, place, parameter))
}
