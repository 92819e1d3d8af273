//! Access keys that stand in a text: a script, a variable of the environment.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html>

use super::of_value;
use crate::answer::{Answer, At, Truth};
use crate::evaluate::Asking;
use crate::path::Reached;
use crate::rule::BuiltinCall;
use pillarlint_parser::terraform::functions::encoded_text;
use pillarlint_parser::tree::{Node, Symbol, Value};
use regex::Regex;
use std::sync::OnceLock;

/// Whether what is known of a text, or of the texts of a structure, holds an access key.
pub(super) fn in_text<'a, 's>(asking: &Asking<'a, 's>, call: &BuiltinCall) -> Answer<'a, 's> {
    of_value(asking, call, "value", |node| match holding(asking, node) {
        Some(node) => Answer::at(Truth::True, At::value(node)),
        None => Answer::at(Truth::False, At::place(node.span)),
    })
}

/// The text that holds a key.
fn holding<'a, 's>(asking: &Asking<'a, 's>, node: &'a Node<'s>) -> Option<&'a Node<'s>> {
    let node = match asking.settle_value(node, node.span) {
        Reached::Value(node) => node,
        Reached::Missing(_) | Reached::Unknown(..) => return None,
    };
    match &node.value {
        Value::String(text) => has_key(text).then_some(node),
        Value::Json(json) => has_key(&json.text).then_some(node),
        Value::List(items) => items.iter().find_map(|item| holding(asking, item)),
        Value::Map(map) => map
            .entries
            .iter()
            .find_map(|entry| holding(asking, &entry.value)),
        // A hole is not the author's text.
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Text(pieces) => {
                let mut texts = pieces.iter().filter_map(Node::as_str);
                texts.any(has_key).then_some(node)
            }
            _ => None,
        },
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// Keys of documentation end so.
const EXAMPLE: &str = "EXAMPLE";

/// Whether a text holds a key, in the open or encoded as a whole.
fn has_key(text: &str) -> bool {
    holds_key(text) || encoded_text(text.trim()).is_some_and(|text| holds_key(&text))
}

fn holds_key(text: &str) -> bool {
    static KEYS: OnceLock<Option<[Regex; 2]>> = OnceLock::new();
    let keys = KEYS.get_or_init(|| {
        Some([
            Regex::new(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b").ok()?,
            Regex::new(r#"(?i)aws[_-]?secret[_-]?(?:access[_-]?)?key["']?\s*[=:\s]\s*["']?([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+]|$)"#).ok()?,
        ])
    });
    let Some([id, secret]) = keys else {
        return false;
    };
    let is_real = |key: &str| !key.contains(EXAMPLE);
    id.find_iter(text).any(|found| is_real(found.as_str()))
        || secret
            .captures_iter(text)
            .filter_map(|found| found.get(1))
            .any(|found| is_real(found.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        // Joined, so that no scanner takes them for real.
        let id = ["AKIA", "QYZ7N3LMWPT4UVXB"].concat();
        let secret = ["kR3v/9sLqP0zXbW2", "mT7yH4uJc8NdFgAe1oIi5SvK"].concat();
        for (text, expected) in [
            (format!("export AWS_ACCESS_KEY_ID={id}"), true),
            (format!("aws_secret_access_key = \"{secret}\""), true),
            (format!("AWS_SECRET_ACCESS_KEY: {secret}\n"), true),
            (
                // `key: AKIA` and the rest of the id, encoded.
                ["a2V5OiBBS0lB", "UVlaN04zTE1XUFQ0VVZYQgo="].concat(),
                true,
            ),
            (format!("x{id}"), false),
            ("AKIAIOSFODNN7EXAMPLE".to_owned(), false),
            (
                "aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
                false,
            ),
            (
                "aws_secret_access_key=$(aws secretsmanager get-secret-value)".to_owned(),
                false,
            ),
            ("#!/bin/bash\nyum update -y".to_owned(), false),
        ] {
            assert_eq!(has_key(&text), expected, "{text}");
        }
    }
}
