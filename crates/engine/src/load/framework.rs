//! `rules/practices.yaml`: the framework, as written.

use super::keys::{self, Mapping};
use super::reader::{Fields, Problems, wrong};
use super::with_root;
use crate::framework::{BeyondCode, Framework, KeyPractice, Pillar, Practice, Question};
use pillarlint_parser::source::FileId;
use pillarlint_parser::tree::{Node, Problem, Value};

/// The framework of a file, and what is wrong with it.
pub fn framework(file: FileId, text: &str) -> (Framework, Vec<Problem>) {
    let problems = Problems::default();
    let framework = with_root(file, text, &problems, |root| {
        let fields = Fields::of(root, &keys::FRAMEWORK, &problems)?;
        let edition = fields.text("edition")?.to_owned();
        let pillars = list(fields.take("pillars"), &keys::PILLAR, &problems, pillar);
        Some(Framework { edition, pillars })
    });
    (framework.unwrap_or_default(), problems.into_inner())
}

fn list<T>(
    node: Option<&Node<'_>>,
    mapping: &'static Mapping,
    problems: &Problems,
    read: fn(&Fields<'_, '_, '_>, &Problems) -> Option<T>,
) -> Vec<T> {
    let Some(node) = node else {
        return Vec::new();
    };
    let Value::List(items) = &node.value else {
        wrong(problems, node.span, "should be a list");
        return Vec::new();
    };
    items
        .iter()
        .filter_map(|item| {
            let fields = Fields::of(item, mapping, problems)?;
            read(&fields, problems)
        })
        .collect()
}

fn pillar(fields: &Fields<'_, '_, '_>, problems: &Problems) -> Option<Pillar> {
    Some(Pillar {
        id: fields.text("id")?.to_owned(),
        title: fields.text("title")?.to_owned(),
        focus: fields.text("focus")?.to_owned(),
        key_practices: list(
            fields.take("key_practices"),
            &keys::KEY_PRACTICE,
            problems,
            |fields, _| {
                Some(KeyPractice {
                    id: fields.text("id")?.to_owned(),
                    title: fields.text("title")?.to_owned(),
                    questions: fields
                        .texts("questions")
                        .into_iter()
                        .map(|(text, _)| text.to_owned())
                        .collect(),
                })
            },
        ),
        questions: list(
            fields.take("questions"),
            &keys::QUESTION,
            problems,
            |fields, problems| {
                Some(Question {
                    id: fields.text("id")?.to_owned(),
                    text: fields.text("text")?.to_owned(),
                    practices: list(
                        fields.take("practices"),
                        &keys::PRACTICE,
                        problems,
                        |fields, problems| {
                            Some(Practice {
                                id: fields.text("id")?.to_owned(),
                                title: fields.text("title")?.to_owned(),
                                risk: fields.text("risk")?.to_owned(),
                                link: fields.text("link")?.to_owned(),
                                beyond_code: fields
                                    .take("beyond_code")
                                    .and_then(|node| beyond_code(node, problems)),
                            })
                        },
                    ),
                })
            },
        ),
    })
}

/// The reasons for which a best practice cannot be seen in code.
const REASONS: [&str; 5] = [
    "organisational",
    "run-time",
    "account",
    "design",
    "application",
];

fn beyond_code(node: &Node<'_>, problems: &Problems) -> Option<BeyondCode> {
    let fields = Fields::of(node, &keys::BEYOND_CODE, problems)?;
    let because = fields.text("because")?.to_owned();
    if !REASONS.contains(&because.as_str()) {
        let message = format!("`because` should be one of {}", REASONS.join(", "));
        wrong(problems, node.span, message);
    }
    let why = fields.text("why")?.to_owned();
    Some(BeyondCode { because, why })
}
