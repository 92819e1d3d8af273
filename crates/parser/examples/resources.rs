//! Prints the resources of templates, a line of JSON each: what `tools/sam-oracle/compare` compares.
//!
//!     cargo run -p pillarlint-parser --example resources -- FILE...

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program of its own"
)]

use pillarlint_parser::model::Project;
use pillarlint_parser::recognise::is_json;
use pillarlint_parser::source::FileId;
use pillarlint_parser::tree::{Node, Origin, Symbol, Value};
use pillarlint_parser::{cloudformation, json, yaml};
use serde_json::json;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for path in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&path)?;
        let file = FileId(0);
        let parsed = if is_json(&text) {
            json::parse(file, &text)
        } else {
            yaml::parse(file, &text)
        };
        for root in parsed.documents {
            let project = cloudformation::lower(file, &text, root);
            for resource in &project.resources {
                let line = json!({
                    "file": path,
                    "id": resource.address,
                    "type": resource.kind,
                    "condition": resource.condition,
                    "properties": plain(&project, &resource.properties),
                });
                println!("{line}");
            }
        }
    }
    Ok(())
}

/// A value, with a text in place of what is not known.
fn plain(project: &Project<'_>, node: &Node<'_>) -> serde_json::Value {
    match &node.value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => json!(value),
        Value::Number(text) | Value::String(text) => json!(text),
        Value::List(items) => items.iter().map(|item| plain(project, item)).collect(),
        Value::Map(map) => {
            let entries = map.entries.iter();
            let entries = entries.map(|one| (one.key.to_string(), plain(project, &one.value)));
            serde_json::Value::Object(entries.collect())
        }
        Value::Json(json) => plain(project, &json.tree),
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Reference(reference) => {
                let origin = match &reference.origin {
                    Origin::Resource(index) => project.resource(*index).address.to_string(),
                    Origin::Parameter(name) | Origin::Pseudo(name) | Origin::Import(name) => {
                        name.to_string()
                    }
                    Origin::Zones(region) => format!("zones of {region}"),
                };
                json!(format!(
                    "<{origin}.{}{:?}>",
                    reference.attribute, reference.indices
                ))
            }
            Symbol::Text(pieces) => {
                let pieces = pieces.iter().map(|piece| plain(project, piece));
                let texts = pieces.map(|piece| piece.as_str().unwrap_or_default().to_owned());
                json!(texts.collect::<String>())
            }
            Symbol::Choice(choice) => {
                let branch = |one: &Option<Node<'_>>| one.as_ref().map(|one| plain(project, one));
                json!({ "if": project.conditions.name(choice.condition), "then": branch(&choice.then), "else": branch(&choice.otherwise) })
            }
            Symbol::Unknown(_) => json!("<unknown>"),
        },
    }
}
