//! The JSON Schema of `pillarlint.yaml`, for editors: `schemas/pillarlint-config.schema.json`.

use super::keys::{FILE, Key, Shape, Text};
use serde_json::{Map, Value, json};

/// The schema, as it is printed.
pub(crate) fn schema() -> String {
    let mut schema = json!({
        // The draft that editors know best.
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "pillarlint.yaml",
        "description": "How pillarlint judges what lies in this folder and below.",
    });
    if let (Value::Object(schema), Value::Object(keys)) = (&mut schema, keys(&FILE)) {
        schema.extend(keys);
    }
    format!("{schema:#}\n")
}

fn keys(keys: &[Key]) -> Value {
    let required: Vec<&str> = keys
        .iter()
        .filter(|key| key.is_required)
        .map(|key| key.name)
        .collect();
    let properties = keys.iter().map(|key| (key.name.to_owned(), property(key)));
    let mut object = json!({
        "type": "object",
        "additionalProperties": false,
        "properties": properties.collect::<Map<String, Value>>(),
    });
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

/// What a key may be. One without a value says nothing, so editors should not mind it.
fn property(key: &Key) -> Value {
    let mut property = shape(&key.shape);
    if !key.is_required {
        or_nothing(&mut property);
    }
    property["description"] = json!(key.about);
    if let Ok(default) = serde_json::from_str::<Value>(key.default) {
        property["default"] = default;
    }
    property
}

/// Lets a value be null, too.
fn or_nothing(shape: &mut Value) {
    if let Some(Value::Array(forms)) = shape.get_mut("anyOf") {
        forms.push(json!({ "type": "null" }));
    } else if let Some(Value::Array(words)) = shape.get_mut("enum") {
        words.push(Value::Null);
    } else if let Some(of) = shape.get_mut("type") {
        let mut types = match of.take() {
            Value::Array(types) => types,
            one => vec![one],
        };
        types.push(json!("null"));
        *of = Value::Array(types);
    }
}

fn shape(of: &Shape) -> Value {
    match of {
        Shape::Text(sort) => text(*sort),
        Shape::Word(words) => json!({ "enum": words() }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Number(least, most) => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        Shape::List(one) => {
            let item = shape(one);
            let list = json!({ "type": "array", "items": item });
            match one {
                Shape::Text(_) => json!({ "anyOf": [item, list] }),
                _ => list,
            }
        }
        Shape::Map(names, value) => json!({
            "type": "object",
            "propertyNames": { "description": names },
            "additionalProperties": shape(value),
        }),
        Shape::Keys(of) => keys(of),
    }
}

fn text(sort: Text) -> Value {
    // YAML has types, and whatever is no mapping and no list is read as a text.
    let any = json!(["string", "number", "boolean"]);
    match sort {
        Text::Any => json!({ "type": any, "pattern": r"\S" }),
        Text::Path | Text::Glob | Text::Selector => json!({ "type": "string", "pattern": r"\S" }),
        Text::Day => json!({ "type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$" }),
    }
}
