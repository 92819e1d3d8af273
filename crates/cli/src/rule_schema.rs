//! The JSON Schema of rule files, for editors: `schemas/pillarlint-rule.schema.json`.
//!
//! Written from the tables that the loader reads by, so what an editor offers is what the loader takes.

use pillarlint_engine::load::keys::{CONDITION, Forms, Key, Mapping, Need, RULE, Shape};
use pillarlint_engine::load::resource_types;
use pillarlint_engine::ruleset::Ruleset;
use serde_json::{Map, Value, json};

/// The schema, as it is printed.
pub(crate) fn schema(ruleset: &Ruleset) -> String {
    let mut definitions = Definitions::default();
    definitions.mapping(&RULE);
    definitions.forms(&CONDITION);
    let questions = ruleset.framework().pillars.iter();
    let questions = questions.flat_map(|pillar| &pillar.questions);
    let practices = questions.flat_map(|question| &question.practices);
    let practices: Vec<&str> = practices.map(|practice| practice.id.as_str()).collect();
    let mut all = definitions.all;
    // Custom resources have names of their own. Editors would list all others where one is misspelt.
    let kind = json!({ "anyOf": [
        { "enum": resource_types(), "errorMessage": "There is no such resource type." },
        { "type": "string", "pattern": "^Custom::" },
    ] });
    all.insert("kind".to_owned(), kind);
    all.insert("practice".to_owned(), json!({ "enum": practices }));
    let mut schema = json!({
        // The draft that editors know best.
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A rule of pillarlint",
    });
    if let (Value::Object(schema), Some(Value::Object(rule))) = (&mut schema, all.remove("rule")) {
        schema.extend(rule);
    }
    schema["definitions"] = Value::Object(all);
    format!("{schema:#}\n")
}

/// Mappings that are described already, by their names.
#[derive(Default)]
struct Definitions {
    all: Map<String, Value>,
}

impl Definitions {
    /// A reference to a mapping, which is described where it is first met.
    fn mapping(&mut self, mapping: &Mapping) -> Value {
        self.described(mapping.name, |definitions| {
            let mut described = json!({
                "type": "object",
                "additionalProperties": false,
                "properties": mapping
                    .keys
                    .iter()
                    .map(|key| (key.name.to_owned(), definitions.key(key)))
                    .collect::<Map<String, Value>>(),
            });
            let required = mapping.keys.iter().filter(|key| key.need == Need::Required);
            let required: Vec<&str> = required.map(|key| key.name).collect();
            if !required.is_empty() {
                described["required"] = json!(required);
            }
            let choices = mapping.choices().map(|key| json!({ "required": [key] }));
            let choices: Vec<Value> = choices.collect();
            if !choices.is_empty() {
                described["oneOf"] = json!(choices);
            }
            described
        })
    }

    fn forms(&mut self, forms: &Forms) -> Value {
        self.described(forms.name, |definitions| {
            let forms = forms.forms.iter().map(|form| definitions.mapping(form));
            json!({ "oneOf": forms.collect::<Vec<Value>>() })
        })
    }

    fn described(&mut self, name: &str, describe: impl FnOnce(&mut Self) -> Value) -> Value {
        let name = name.trim_start_matches("an ").trim_start_matches("a ");
        let name = name.replace('`', "").replace(' ', "-");
        if !self.all.contains_key(&name) {
            // Mappings lie in each other: a name that is taken is not described again.
            self.all.insert(name.clone(), Value::Null);
            let described = describe(self);
            self.all.insert(name.clone(), described);
        }
        json!({ "$ref": format!("#/definitions/{name}") })
    }

    /// What stands behind a key. Beside a reference a description would not count, so it stands around it.
    fn key(&mut self, key: &Key) -> Value {
        let mut shape = match self.shape(&key.shape) {
            reference if reference.get("$ref").is_some() => json!({ "allOf": [reference] }),
            shape => shape,
        };
        // Editors show the description of the alternative that fits.
        let alternatives = shape.get_mut("anyOf").and_then(Value::as_array_mut);
        for alternative in alternatives.into_iter().flatten() {
            if alternative.get("$ref").is_none() {
                alternative["description"] = json!(key.about);
            }
        }
        shape["description"] = json!(key.about);
        shape
    }

    fn shape(&mut self, shape: &Shape) -> Value {
        match shape {
            Shape::Text => json!({ "type": ["string", "number", "boolean"] }),
            Shape::Flag => json!({ "type": "boolean" }),
            Shape::True => json!({ "const": true }),
            Shape::Whole => json!({ "type": "integer" }),
            Shape::Name(names) => json!({ "enum": names() }),
            Shape::Practice => json!({ "$ref": "#/definitions/practice" }),
            Shape::Kind => json!({ "$ref": "#/definitions/kind" }),
            Shape::Path => json!({ "type": "string" }),
            Shape::Pattern => json!({ "type": "string", "format": "regex" }),
            Shape::Condition => json!({ "$ref": "#/definitions/condition" }),
            Shape::Mapping(mapping) => self.mapping(mapping),
            Shape::Forms(forms) => self.forms(forms),
            Shape::Named(value) => {
                let value = self.shape(value);
                json!({ "type": "object", "additionalProperties": value })
            }
            Shape::List(item) => json!({ "type": "array", "items": self.shape(item) }),
            Shape::Many(item) => {
                let item = self.shape(item);
                json!({ "anyOf": [item, { "type": "array", "items": item }] })
            }
            Shape::Either(shapes) => {
                let shapes = shapes.iter().map(|one| self.shape(one));
                json!({ "anyOf": shapes.collect::<Vec<Value>>() })
            }
            Shape::Any => json!({}),
        }
    }
}
