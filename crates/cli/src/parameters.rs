//! `--param RULE.NAME=VALUE`: parameters of rules, set for a run.

use crate::Failure;
use pillarlint_engine::plan::Plan;
use pillarlint_engine::ruleset::Ruleset;
use pillarlint_engine::spelling::hint;

/// Sets what the text says.
///
/// # Errors
/// The text has another form, or names a rule, a parameter or a value that there is not.
pub(crate) fn set(text: &str, ruleset: &Ruleset, plan: &mut Plan) -> Result<(), Failure> {
    let wrong = |why: String| Failure::Usage(format!("--param {text}: {why}"));
    let (names, value) = text
        .split_once('=')
        .ok_or_else(|| wrong("write it as RULE.NAME=VALUE".to_owned()))?;
    let (id, name) = names
        .trim()
        .rsplit_once('.')
        .ok_or_else(|| wrong("write it as RULE.NAME=VALUE".to_owned()))?;
    let rules = &ruleset.rules;
    let rule = rules
        .iter()
        .position(|rule| rule.header.id == id)
        .ok_or_else(|| {
            let hint = hint(id, rules.iter().map(|rule| rule.header.id.as_str()));
            wrong(format!("there is no rule `{id}`{hint}"))
        })?;
    let parameters = &rules[rule].header.parameters;
    let parameter = parameters
        .iter()
        .position(|one| one.name == name)
        .ok_or_else(|| {
            let names: Vec<&str> = parameters.iter().map(|one| one.name.as_str()).collect();
            wrong(match names[..] {
                [] => format!("`{id}` has no parameters"),
                _ => format!("`{id}` has the parameters {}", names.join(", ")),
            })
        })?;
    let value = parameters[parameter].parse(value).map_err(wrong)?;
    plan.set(ruleset, rule, parameter, value);
    Ok(())
}
