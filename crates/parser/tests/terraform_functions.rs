//! Functions, types and conversion of the Terraform language, each alone; `terraform_oracle.rs` compares them, within
//! the whole evaluator, with the real terraform.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use hcl_edit::expr::{Expression, ObjectKey, UnaryOperator};
use pillarlint_parser::model::ConditionId;
use pillarlint_parser::source::{FileId, Span};
use pillarlint_parser::terraform::functions::{self, Files};
use pillarlint_parser::terraform::types;
use pillarlint_parser::terraform::value;
use pillarlint_parser::tree::{Choice, Entry, Node, Origin, Reference, Symbol, Value};
use serde_json::json;
use std::borrow::Cow;

const ROWS: &str = include_str!("terraform/expressions.json");

fn span() -> Span {
    Span::new(FileId(0), 0, 0)
}

/// A folder of three files.
struct Folder;

impl Files for Folder {
    fn read(&self, path: &str, _: Span) -> Option<Cow<'_, str>> {
        match path {
            "./hello.txt" => Some("Hello World".into()),
            _ => None,
        }
    }

    fn list(&self, folder: &str) -> Option<Vec<String>> {
        let paths = ["b.txt", "a.txt", "sub/c.txt", "sub/deep/d.json"];
        (folder == ".").then(|| paths.map(str::to_owned).to_vec())
    }
}

/// What became of an expression.
enum Outcome {
    Value(Node<'static>),
    Error(String),
    /// It needs an evaluator: this is none.
    Beyond,
}

/// The value of literals and calls.
fn evaluate(expression: &Expression) -> Outcome {
    let node = |value| Outcome::Value(Node::new(value, span()));
    match expression {
        Expression::Null(_) => node(Value::Null),
        Expression::Bool(held) => node(Value::Bool(*held.value())),
        Expression::Number(number) => {
            // Its text has all digits; white space may stand behind a sign.
            let text = number.as_repr().map(|text| text.replace(' ', ""));
            let text = text.unwrap_or_else(|| number.value().to_string());
            node(Value::Number(value::canonical(&text).into()))
        }
        Expression::String(text) => node(Value::String(text.value().clone().into())),
        Expression::Parenthesis(inner) => evaluate(inner.inner()),
        Expression::Array(items) => match all(items.iter()) {
            Ok(items) => node(Value::List(items)),
            Err(outcome) => outcome,
        },
        Expression::Object(object) => {
            let keys = object.iter().map(|(key, _)| match key {
                ObjectKey::Ident(name) => Some(name.as_str().to_owned()),
                ObjectKey::Expression(Expression::String(name)) => Some(name.value().clone()),
                ObjectKey::Expression(Expression::Number(name)) => Some(name.value().to_string()),
                ObjectKey::Expression(_) => None,
            });
            let Some(keys) = keys.collect::<Option<Vec<_>>>() else {
                return Outcome::Beyond;
            };
            match all(object.iter().map(|(_, item)| item.expr())) {
                Ok(values) => {
                    let entries = keys.into_iter().zip(values).map(|(key, value)| Entry {
                        key: key.into(),
                        key_span: span(),
                        value,
                    });
                    Outcome::Value(value::from_entries(entries.collect(), span()))
                }
                Err(outcome) => outcome,
            }
        }
        Expression::UnaryOp(operation) if *operation.operator.value() == UnaryOperator::Neg => {
            match evaluate(&operation.expr) {
                Outcome::Value(inner) => match value::number(&inner) {
                    Some(number) => Outcome::Value(value::from_number(-number, span())),
                    None => Outcome::Error("no number".to_owned()),
                },
                outcome => outcome,
            }
        }
        Expression::Traversal(_) => {
            if expression.to_string().trim() != "terraform_data.new.id" {
                return Outcome::Beyond;
            }
            node(Value::Symbol(Box::new(Symbol::Reference(Reference {
                origin: Origin::Resource(0),
                attribute: "id".into(),
                indices: Vec::new(),
                allowed: None,
            }))))
        }
        Expression::FuncCall(call) => {
            let name = call.name.name.as_str();
            if ["can", "try", "templatefile", "templatestring"].contains(&name) {
                return Outcome::Beyond;
            }
            let mut arguments = match all(call.args.iter()) {
                Ok(arguments) => arguments,
                Err(outcome) => return outcome,
            };
            if call.args.expand_final() {
                let last = arguments.pop().and_then(|last| value::elements(&last));
                arguments.extend(last.unwrap_or_default().into_iter().map(|(_, item)| item));
            }
            match functions::call(&Folder, name, arguments, span()) {
                Ok(node) => Outcome::Value(node),
                Err(why) => Outcome::Error(why),
            }
        }
        _ => Outcome::Beyond,
    }
}

fn all<'e>(
    expressions: impl Iterator<Item = &'e Expression>,
) -> Result<Vec<Node<'static>>, Outcome> {
    expressions
        .map(|expression| match evaluate(expression) {
            Outcome::Value(node) => Ok(node),
            outcome => Err(outcome),
        })
        .collect()
}

/// A value as JSON; what is not known is shown as a text in angle brackets.
fn shown(node: &Node<'_>) -> serde_json::Value {
    match &node.value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(held) => json!(held),
        Value::Number(text) => serde_json::from_str(text).unwrap(),
        Value::String(text) => json!(text),
        Value::Json(json) => json!(json.text),
        Value::List(items) => items.iter().map(shown).collect(),
        Value::Map(map) => {
            let entries = map.entries.iter();
            entries
                .map(|entry| (entry.key.to_string(), shown(&entry.value)))
                .collect()
        }
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Reference(reference) => json!(format!("<{}>", reference.attribute)),
            Symbol::Text(pieces) => {
                let pieces = pieces.iter().map(|piece| match shown(piece) {
                    serde_json::Value::String(text) => text,
                    other => other.to_string(),
                });
                json!(pieces.collect::<String>())
            }
            Symbol::Choice(_) => json!("<choice>"),
            Symbol::Unknown(_) => json!("<unknown>"),
        },
    }
}

/// A call, or any expression of literals, in JSON; an error begins with `error: `.
fn shown_outcome(outcome: Outcome) -> String {
    match outcome {
        Outcome::Value(node) => shown(&node).to_string(),
        Outcome::Error(why) => format!("error: {why}"),
        Outcome::Beyond => "beyond".to_owned(),
    }
}

fn check(expression: &str, expected: &str) {
    let outcome = evaluate(&expression.parse().unwrap());
    assert_eq!(shown_outcome(outcome), expected, "{expression}");
}

#[test]
fn what_is_known_stays_known() {
    for (expression, expected) in [
        (r#"contains([terraform_data.new.id, "a"], "a")"#, "true"),
        (
            r#"contains([terraform_data.new.id], terraform_data.new.id)"#,
            "true",
        ),
        (
            r#"lookup({ a = "x", b = terraform_data.new.id }, "a", "y")"#,
            r#""x""#,
        ),
        (
            r#"distinct(["a", "a", terraform_data.new.id])"#,
            r#"["a","<id>"]"#,
        ),
        (
            r#"compact(["a", "", terraform_data.new.id])"#,
            r#"["a","<id>"]"#,
        ),
        (
            r#"toset(["a", terraform_data.new.id, "a"])"#,
            r#"["a","<id>"]"#,
        ),
        (
            r#"flatten([["a"], [terraform_data.new.id]])"#,
            r#"["a","<id>"]"#,
        ),
        (
            r#"join(",", ["a", "b", terraform_data.new.id])"#,
            r#""a,b,<id>""#,
        ),
        (
            r#"format("%s-%d-%s", "a", 1, terraform_data.new.id)"#,
            r#""a-1-<id>""#,
        ),
        (
            r#"format("%5d-end", terraform_data.new.id)"#,
            r#""<unknown>-end""#,
        ),
        (
            r#"jsonencode({ a = terraform_data.new.id, b = 1 })"#,
            r#"{"a":"<id>","b":1}"#,
        ),
        (
            r#"base64encode(jsonencode({ a = terraform_data.new.id }))"#,
            r#""<unknown>""#,
        ),
        (
            r#"join("", [jsonencode({ a = terraform_data.new.id }), "x"])"#,
            r#""<unknown>x""#,
        ),
        (
            r#"jsondecode(jsonencode({ a = terraform_data.new.id }))"#,
            r#"{"a":"<id>"}"#,
        ),
        (
            r#"startswith(join("", ["pre-", terraform_data.new.id]), "pre")"#,
            "true",
        ),
        (
            r#"startswith(join("", ["pre-", terraform_data.new.id]), "post")"#,
            "false",
        ),
        (
            r#"startswith(join("", ["pre-", terraform_data.new.id]), "pre-x")"#,
            r#""<unknown>""#,
        ),
        (
            r#"coalesce(join("", ["pre-", terraform_data.new.id]), "x")"#,
            r#""pre-<id>""#,
        ),
        (r#"tostring(terraform_data.new.id)"#, r#""<id>""#),
        (
            r#"sort(["b", terraform_data.new.id])"#,
            r#"["<unknown>","<unknown>"]"#,
        ),
        (r#"sensitive("s")"#, r#""s""#),
        (r#"timestamp()"#, r#""<unknown>""#),
    ] {
        check(expression, expected);
    }
}

#[test]
fn work_is_bounded() {
    for (expression, expected) in [
        (
            "range(0, 1e9)",
            "error: more than 1024 values were generated; either decrease the difference between start and end or use a smaller step",
        ),
        (
            "setproduct(range(500), range(500), range(500))",
            "\"<unknown>\"",
        ),
        (
            r#"format("%999999999s", "a")"#,
            "error: the width is too large",
        ),
        (
            r#"format("%.999999999f", 1)"#,
            "error: the width is too large",
        ),
        (r#"indent(9223372036854775807, "a\nb")"#, "\"<unknown>\""),
        (
            r#"length(replace(format("%60000s", ""), " ", format("%60000s", "")))"#,
            "\"<unknown>\"",
        ),
        (r#"regex("(a{1,100}){1,100}b", "a")"#, r#""<unknown>""#),
        (
            r#"fileset(".", "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}")"#,
            r#"error: failed to glob pattern "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}""#,
        ),
        ("pow(10, 400)", "error: the result is not a finite number"),
        (
            r#"cidrsubnet("fd00::/8", 9223372036854775807, 0)"#,
            "error: insufficient address space to extend prefix of 8 by 9223372036854775807",
        ),
        (
            r#"timeadd("2020-01-01T00:00:00Z", "99999999999999999h")"#,
            r#"error: invalid duration "99999999999999999h""#,
        ),
    ] {
        check(expression, expected);
    }
}

#[test]
fn files_come_from_the_caller() {
    for (expression, expected) in [
        (r#"file("./hello.txt")"#, r#""Hello World""#),
        (r#"filebase64("./hello.txt")"#, r#""SGVsbG8gV29ybGQ=""#),
        (
            r#"filemd5("./hello.txt")"#,
            r#""b10a8db164e0754105b7a99be72e3fe5""#,
        ),
        (
            r#"filebase64sha256("./hello.txt")"#,
            r#""pZGm1Av0IEBKARczz7exkNYsZb8LzaMrV7J32a2fFG4=""#,
        ),
        (r#"fileexists("./hello.txt")"#, "true"),
        // It may be there when terraform runs.
        (r#"fileexists("./built.zip")"#, r#""<unknown>""#),
        (r#"file("../../secret")"#, r#""<unknown>""#),
        (r#"fileset(".", "*.txt")"#, r#"["a.txt","b.txt"]"#),
        (
            r#"fileset(".", "**/*.txt")"#,
            r#"["a.txt","b.txt","sub/c.txt"]"#,
        ),
        (
            r#"fileset(".", "**")"#,
            r#"["a.txt","b.txt","sub/c.txt","sub/deep/d.json"]"#,
        ),
        (
            r#"fileset(".", "sub/**/*.{json,yaml}")"#,
            r#"["sub/deep/d.json"]"#,
        ),
        (r#"fileset(".", "[a-a].t?t")"#, r#"["a.txt"]"#),
        (r#"fileset("elsewhere", "*")"#, r#""<unknown>""#),
        (r#"abspath("./a/../b")"#, r#""b""#),
    ] {
        check(expression, expected);
    }
}

/// Converts a value of literals to a type.
fn converted(kind: &str, value: &str) -> String {
    let mut constant = |expression: &Expression| match evaluate(expression) {
        Outcome::Value(node) => Ok(node),
        Outcome::Error(why) => Err(why),
        Outcome::Beyond => Err("no constant".to_owned()),
    };
    let kind = match types::parse(&kind.parse().unwrap(), &mut constant) {
        Ok(kind) => kind,
        Err(why) => return format!("no type: {why}"),
    };
    let Outcome::Value(node) = evaluate(&value.parse().unwrap()) else {
        return "beyond".to_owned();
    };
    match types::convert(node, &kind) {
        Ok(node) => shown(&node).to_string(),
        Err(why) => format!("error: {why}"),
    }
}

#[test]
fn types_convert() {
    let settings = "object({
        name   = string
        size   = optional(number, 3)
        labels = optional(map(string), { kept = \"yes\" })
        note   = optional(string)
        nested = optional(object({ on = optional(bool, true), level = optional(string, \"low\") }), {})
    })";
    for (kind, value, expected) in [
        ("string", "1.50", r#""1.5""#),
        ("string", "[]", "error: string required"),
        ("\"string\"", "true", r#""true""#),
        ("number", r#""12""#, "12"),
        ("number", r#""x""#, "error: a number is required"),
        ("bool", r#""true""#, "true"),
        ("bool", "1", "error: a bool is required"),
        ("any", "[1, \"a\"]", r#"[1,"a"]"#),
        ("list", "[1, \"a\"]", r#"["1","a"]"#),
        (
            "list(any)",
            "[1, true]",
            "error: all list elements must have the same type",
        ),
        (
            "list(any)",
            "[{ a = 1 }, { b = \"x\" }]",
            r#"[{"a":"1"},{"b":"x"}]"#,
        ),
        ("list(string)", "[1, null, true]", r#"["1",null,"true"]"#),
        (
            "list(number)",
            "[\"1\", \"x\"]",
            "error: element 1: a number is required",
        ),
        ("list(string)", "\"a\"", "error: list of string required"),
        (
            "list(string)",
            "{ a = 1 }",
            "error: list of string required",
        ),
        ("set(number)", "[3, \"20\", 1, 3]", "[1,3,20]"),
        (
            "map(string)",
            "{ a = 1, b = true }",
            r#"{"a":"1","b":"true"}"#,
        ),
        (
            "map(any)",
            "{ a = 1, b = \"x\", c = true }",
            r#"{"a":"1","b":"x","c":"true"}"#,
        ),
        ("map(list(string))", "{ a = [1] }", r#"{"a":["1"]}"#),
        ("tuple([string, number])", "[1, \"2\"]", r#"["1",2]"#),
        ("tuple([string])", "[]", "error: tuple required"),
        (
            "object({ a = string })",
            "{}",
            r#"error: attribute "a" is required"#,
        ),
        (
            "object({ a = number })",
            "{ a = \"x\" }",
            r#"error: attribute "a": a number is required"#,
        ),
        (
            "object({ a = any, b = optional(string) })",
            "{ a = [1] }",
            r#"{"a":[1],"b":null}"#,
        ),
        (
            settings,
            "{ name = \"n\", extra = \"dropped\", nested = { level = 5 } }",
            r#"{"labels":{"kept":"yes"},"name":"n","nested":{"level":"5","on":true},"note":null,"size":3}"#,
        ),
        (
            settings,
            "{ name = \"n\", size = null, labels = { a = 1 }, nested = null }",
            r#"{"labels":{"a":"1"},"name":"n","nested":{"level":"low","on":true},"note":null,"size":3}"#,
        ),
        (
            "list(object({ a = string, b = optional(bool, false) }))",
            "[{ a = 1 }]",
            r#"[{"a":"1","b":false}]"#,
        ),
        ("string", "terraform_data.new.id", r#""<id>""#),
        (
            "list(string)",
            "[terraform_data.new.id, 1]",
            r#"["<id>","1"]"#,
        ),
        (
            "object({ a = string })",
            "terraform_data.new.id",
            r#""<id>""#,
        ),
        ("string", "null", "null"),
        (
            "text",
            "1",
            "no type: the keyword `text` is not a valid type specification",
        ),
        (
            "set",
            "[]",
            "no type: the `set` type constructor requires one argument",
        ),
        (
            "list(string, number)",
            "[]",
            "no type: the `list` type constructor requires one argument",
        ),
        (
            "optional(string)",
            "1",
            "no type: keyword `optional` is valid only as a modifier for object type attributes",
        ),
        (
            "object([])",
            "1",
            "no type: the `object` type constructor requires a map of attribute types",
        ),
    ] {
        assert_eq!(converted(kind, value), expected, "{kind} of {value}");
    }
}

#[test]
fn both_branches_of_a_choice_are_converted() {
    let branch = |text: &'static str| Some(value::from_text(text, span()));
    let choice = Symbol::Choice(Choice {
        condition: ConditionId(0),
        then: branch("1"),
        otherwise: branch("2"),
    });
    let node = Node::new(Value::Symbol(Box::new(choice)), span());
    let node = types::convert(node, &types::Type::Number).unwrap();
    let Some(Symbol::Choice(choice)) = value::symbol(&node) else {
        panic!("no choice: {node:?}");
    };
    let number = |branch: &Option<Node<'_>>| shown(branch.as_ref().unwrap()).to_string();
    assert_eq!(number(&choice.then), "1");
    assert_eq!(number(&choice.otherwise), "2");
}

#[test]
fn numbers_are_printed_as_terraform_does() {
    for (text, expected) in [
        ("1e3", "1000"),
        ("0.10", "0.1"),
        ("-0", "0"),
        ("1.5e-7", "0.00000015"),
        ("1e30", "1000000000000000000000000000000"),
        (
            "123456789012345678901234567890",
            "123456789012345678901234567890",
        ),
        ("0.1234567890123456789", "0.12345678901234568"),
        ("not a number", "not a number"),
        ("1e999999", "1e999999"),
        ("inf", "inf"),
    ] {
        assert_eq!(value::canonical(text), expected);
    }
}

#[test]
fn no_arguments_make_a_function_panic() {
    let symbol = "terraform_data.new.id";
    let values = [
        "null",
        "true",
        "0",
        "-1",
        "1.5",
        "1e300",
        "\"\"",
        "\"a\"",
        "\"%\"",
        "\"é/{[(\"",
        "\"10.0.0.0/8\"",
        "\"2020-01-01T00:00:00Z\"",
        "[]",
        "[\"b\", \"a\"]",
        "[[1], null]",
        "{}",
        "{ a = [\"x\"] }",
        symbol,
        "[terraform_data.new.id]",
        "{ a = terraform_data.new.id }",
    ];
    let rows: Vec<serde_json::Value> = serde_json::from_str(ROWS).unwrap();
    let mut names: Vec<&str> = rows
        .iter()
        .filter_map(|row| row["expression"].as_str()?.split_once('('))
        .map(|(name, _)| name)
        .filter(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        .collect();
    names.sort_unstable();
    names.dedup();
    assert!(names.len() > 100, "{names:?}");
    let values = values.map(|value| match evaluate(&value.parse().unwrap()) {
        Outcome::Value(node) => node,
        outcome => panic!("{value}: {}", shown_outcome(outcome)),
    });
    for name in names {
        let call = |arguments: &[&Node<'static>]| {
            let arguments = arguments.iter().map(|one| (*one).clone()).collect();
            let _ = functions::call(&Folder, name, arguments, span());
        };
        for a in &values {
            call(&[a]);
            for b in &values {
                call(&[a, b]);
                call(&[a, b, b]);
                call(&[b, a, &value::from_number(1_i128, span())]);
            }
        }
    }
}
