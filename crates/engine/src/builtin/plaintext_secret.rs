//! A secret that stands in the text, for everybody to read who may read the text.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html#creds>

use super::of_value;
use crate::answer::{Answer, At, Truth};
use crate::evaluate::Asking;
use crate::path::why_unknown;
use crate::rule::BuiltinCall;
use pillarlint_parser::model::DeclarationKind;
use pillarlint_parser::tree::{Node, Origin, Symbol, Value};

pub(super) fn is_written<'a, 's>(asking: &Asking<'a, 's>, call: &BuiltinCall) -> Answer<'a, 's> {
    of_value(asking, call, "value", |node| {
        let truth = written(asking, node);
        Answer {
            why: (truth == Truth::Unknown).then(|| why_unknown(node)),
            ..Answer::at(truth, At::value(node))
        }
    })
}

fn written(asking: &Asking<'_, '_>, node: &Node<'_>) -> Truth {
    if let Some(text) = node.scalar_text() {
        return in_text(text);
    }
    let Value::Symbol(symbol) = &node.value else {
        return Truth::Unknown;
    };
    match &**symbol {
        Symbol::Reference(reference) => match &reference.origin {
            // Another stack, what a resource makes.
            Origin::Resource(_) | Origin::Import(_) => Truth::False,
            Origin::Parameter(name) => shows(asking, name).into(),
            Origin::Pseudo(_) | Origin::Zones(_) => Truth::True,
        },
        Symbol::Text(pieces) => match pieces.first().and_then(Node::as_str) {
            Some(text) if text.contains("{{resolve:") => in_text(text),
            _ => Truth::Unknown,
        },
        Symbol::Choice(_) | Symbol::Unknown(_) => Truth::Unknown,
    }
}

/// Whether a parameter that is given at deployment shows what it is given, or its default in the text.
fn shows(asking: &Asking<'_, '_>, name: &str) -> bool {
    let mut declared = asking.project.declarations.iter();
    declared
        .find(|one| one.kind == DeclarationKind::Parameter && one.name == name)
        .is_some_and(|one| !one.is_secret || one.has_default)
}

/// Dynamic references keep a secret out of the text, unless it is a parameter of the Systems Manager that all may read.
fn in_text(text: &str) -> Truth {
    match text.split_once("{{resolve:") {
        None => (!text.is_empty()).into(),
        Some((_, reference)) => reference.starts_with("ssm:").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        for (text, expected) in [
            ("hunter2", Truth::True),
            ("", Truth::False),
            ("{{resolve:ssm:/db/password:1}}", Truth::True),
            ("{{resolve:ssm-secure:/db/password:1}}", Truth::False),
            (
                "{{resolve:secretsmanager:db:SecretString:password}}",
                Truth::False,
            ),
        ] {
            assert_eq!(in_text(text), expected, "{text}");
        }
    }
}
