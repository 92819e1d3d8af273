//! What holds for every text, however broken.

use pillarlint_parser::source::Span;
use pillarlint_parser::tree::{Node, Parsed, Value};

/// Every place lies in the text, on character boundaries, and within its parent's place.
pub fn check(parsed: &Parsed<'_>, text: &str) {
    for problem in &parsed.problems {
        fits(problem.span, text);
        problem
            .related
            .iter()
            .for_each(|(span, _)| fits(*span, text));
    }
    parsed.comments.iter().for_each(|span| fits(*span, text));
    parsed
        .documents
        .iter()
        .for_each(|node| check_node(node, text));
}

fn check_node(node: &Node<'_>, text: &str) {
    fits(node.span, text);
    match &node.value {
        Value::List(items) => {
            for item in items {
                inside(node.span, item.span, text);
                check_node(item, text);
            }
        }
        Value::Map(map) => {
            for entry in &map.entries {
                fits(entry.key_span, text);
                inside(node.span, entry.key_span, text);
                inside(node.span, entry.value.span, text);
                check_node(&entry.value, text);
            }
        }
        _ => {}
    }
}

fn fits(span: Span, text: &str) {
    assert!(text.get(span.start as usize..span.end as usize).is_some());
}

fn inside(outer: Span, inner: Span, text: &str) {
    // What comes over an alias or a merge key keeps the place where it is written.
    let may_be_elsewhere = text.contains('*');
    assert!(may_be_elsewhere || outer.start <= inner.start && inner.end <= outer.end);
}
