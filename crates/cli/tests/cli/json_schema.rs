//! JSON Schemas: of rule files, and the part of JSON Schema that ours use.

use super::{own_rules, root, run_in};
use pillarlint_parser::source::FileId;
use pillarlint_parser::tree::{Node, Value as Tree};
use pillarlint_parser::yaml;
use serde_json::{Value, json};

/// Holds a value against a schema, a part of `all`.
///
/// # Errors
/// The first thing that does not fit, with its place.
pub(super) fn conforms(value: &Value, schema: &Value, all: &Value, at: &str) -> Result<(), String> {
    const KNOWN: [&str; 22] = [
        "$id",
        "$ref",
        "$schema",
        "additionalProperties",
        "allOf",
        "anyOf",
        "const",
        "definitions",
        "$defs",
        "errorMessage",
        "description",
        "enum",
        "format",
        "items",
        "minimum",
        "oneOf",
        "pattern",
        "properties",
        "required",
        "title",
        "type",
        "minLength",
    ];
    let unfit = |what: &str| Err(format!("{at}: {what}: {value}"));
    let Some(parts) = schema.as_object() else {
        return if schema == &json!(false) {
            unfit("nothing may stand here")
        } else {
            Ok(())
        };
    };
    for key in parts.keys() {
        assert!(
            KNOWN.contains(&key.as_str()),
            "the tests do not know `{key}`"
        );
    }
    if let Some(reference) = schema["$ref"].as_str() {
        let target = all.pointer(reference.trim_start_matches('#')).unwrap();
        conforms(value, target, all, at)?;
    }
    let of = |key: &str| schema[key].as_array().cloned();
    for part in of("allOf").unwrap_or_default() {
        conforms(value, &part, all, at)?;
    }
    for (key, most) in [("anyOf", usize::MAX), ("oneOf", 1)] {
        let Some(parts) = of(key) else { continue };
        let tried = parts.iter().map(|part| conforms(value, part, all, at));
        let (fit, unfit): (Vec<_>, Vec<_>) = tried.partition(Result::is_ok);
        if fit.is_empty() || fit.len() > most {
            return Err(format!("{at}: {} fit in {key}: {unfit:?}", fit.len()));
        }
    }
    if of("enum").is_some_and(|names| !names.contains(value))
        || schema
            .get("const")
            .is_some_and(|constant| constant != value)
    {
        return unfit("not one of the values");
    }
    if let (Some(pattern), Some(text)) = (schema["pattern"].as_str(), value.as_str()) {
        // Ours say how a text begins.
        let begins = pattern.strip_prefix('^').unwrap();
        assert!(begins.chars().all(|c| c.is_alphanumeric() || c == ':'));
        if !text.starts_with(begins) {
            return unfit("begins otherwise");
        }
    }
    let types = match &schema["type"] {
        Value::Null => None,
        Value::Array(types) => Some(types.clone()),
        one => Some(vec![one.clone()]),
    };
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if !number.is_f64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let fits = |one: &Value| one == is || one == "number" && is == "integer";
    if types.is_some_and(|types| !types.iter().any(fits)) {
        return unfit("another type");
    }
    if let (Some(least), Some(number)) = (schema["minimum"].as_i64(), value.as_i64())
        && number < least
    {
        return unfit("too small");
    }
    if let Some(items) = value.as_array() {
        for (index, item) in items.iter().enumerate() {
            conforms(item, &schema["items"], all, &format!("{at}[{index}]"))?;
        }
    }
    if let Some(object) = value.as_object() {
        for name in of("required").unwrap_or_default() {
            if !object.contains_key(name.as_str().unwrap()) {
                return unfit(&format!("no {name}"));
            }
        }
        for (name, item) in object {
            let member = match (
                schema["properties"].get(name),
                parts.get("additionalProperties"),
            ) {
                (Some(member), _) | (None, Some(member)) => member,
                // Ours say of every name what it is.
                (None, None) if parts.contains_key("properties") => {
                    return unfit(&format!("{name} is not in the schema"));
                }
                (None, None) => continue,
            };
            conforms(item, member, all, &format!("{at}.{name}"))?;
        }
    }
    Ok(())
}

fn as_json(node: &Node<'_>) -> Value {
    match &node.value {
        Tree::Map(map) => {
            let entries = map.entries.iter();
            entries
                .map(|one| (one.key.to_string(), as_json(&one.value)))
                .collect()
        }
        Tree::List(items) => items.iter().map(as_json).collect(),
        Tree::Bool(value) => json!(value),
        Tree::Number(text) => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
        Tree::String(text) => json!(text),
        _ => Value::Null,
    }
}

fn rule_schema() -> Value {
    let ran = run_in(&root(), &["schema", "rule"], b"");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    serde_json::from_str(&ran.stdout).unwrap()
}

/// Holds the text of a rule against the schema.
fn check_rule(text: &str, schema: &Value) -> Result<(), String> {
    let parsed = yaml::parse(FileId(0), text);
    assert!(parsed.problems.is_empty(), "{text}");
    conforms(&as_json(&parsed.documents[0]), schema, schema, "$")
}

#[test]
fn schemas_are_fresh() {
    for (name, file) in [("rule", "pillarlint-rule"), ("output", "pillarlint-output")] {
        let ran = run_in(&root(), &["schema", name], b"");
        let path = format!("schemas/{file}.schema.json");
        let there = std::fs::read_to_string(root().join(&path)).unwrap();
        assert!(
            ran.stdout == there,
            "run `pillarlint schema {name} > {path}`"
        );
    }
}

#[test]
fn rules_conform_to_their_schema() {
    let schema = rule_schema();
    // An editor refuses a schema with a name that stands twice.
    for (name, definition) in schema["definitions"].as_object().unwrap() {
        for part in [definition, &definition["anyOf"][0]] {
            let names: Vec<&Value> = part["enum"].as_array().into_iter().flatten().collect();
            let texts: std::collections::HashSet<_> =
                names.iter().map(|one| one.as_str()).collect();
            assert_eq!(texts.len(), names.len(), "{name}");
        }
    }
    let mut rules = 0;
    for folder in [root().join("rules"), own_rules().into()] {
        for entry in ignore::Walk::new(folder).filter_map(Result::ok) {
            let path = entry.path();
            let is_rule = path.extension().is_some_and(|ending| ending == "yaml")
                && !path.ends_with("practices.yaml")
                && !["data", "shapes"]
                    .iter()
                    .any(|name| path.parent().unwrap().ends_with(name));
            if is_rule {
                let text = std::fs::read_to_string(path).unwrap();
                check_rule(&text, &schema)
                    .unwrap_or_else(|why| panic!("{}: {why}", path.display()));
                rules += 1;
            }
        }
    }
    assert!(rules > 400, "{rules}");
}

/// What the loader does not take, an editor marks.
#[test]
fn mistakes_do_not_conform() {
    let schema = rule_schema();
    let right =
        std::fs::read_to_string(std::path::Path::new(&own_rules()).join("queues/queue-named.yaml"));
    let right = right.unwrap();
    for (part, instead) in [
        ("why:", "wy:"),
        ("severity: high", "severity: HIGH"),
        ("[OPS05-BP07]", "[OPS05]"),
        ("expect:", "expects:"),
        (
            "expect:",
            "fail: { at: $.QueueName, set: true }\n    expect:",
        ),
        ("[AWS::SQS::Queue]", "[AWS::SQS::Queu]"),
        ("message: the queue has no name\n", "\n"),
        ("set: true", "sett: true"),
        ("set: true", "set: yes, in: [a]"),
        ("set: true", "set: maybe"),
        ("set: true", "equals: a, absent: ignore"),
        (
            "{ at: $.QueueName, set: true }",
            "{ path: $.QueueName, set: true }",
        ),
        ("{ at: $.QueueName, set: true }", "{ at: $.QueueName }"),
        (
            "{ at: $.QueueName, set: true }",
            "{ any: { at: $.QueueName, set: true } }",
        ),
        (
            "{ at: $.QueueName, set: true }",
            "{ at: $.QueueName, set: true, all: [] }",
        ),
        (
            "{ at: $.QueueName, set: true }",
            "{ every: { each: '$.Tags[*]' } }",
        ),
        (
            "{ at: $.QueueName, set: true }",
            "{ builtin: has-tag-key, with: { keys: [a] } }",
        ),
        ("cloudformation: |", "cloudformation:"),
        ("- cloudformation: |", "- name: a\n    text: |"),
    ] {
        assert!(right.contains(part), "{part}");
        let wrong = right.replacen(part, instead, 1);
        assert!(check_rule(&wrong, &schema).is_err(), "{instead}");
    }
    check_rule(&right, &schema).unwrap();
}
