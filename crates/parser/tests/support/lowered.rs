//! What holds for every project, whatever template it was read from.

use pillarlint_parser::model::Project;
use pillarlint_parser::source::Span;
use pillarlint_parser::tree::{Node, Symbol, Value};

/// Asserts that every place lies in its text (files are numbered as they come), on character boundaries, and that what refers to a resource
/// refers to one that there is.
pub(crate) fn check_spans(project: &Project<'_>, texts: &[&str]) {
    let inside = |span: Span| {
        let (start, end) = (span.start as usize, span.end as usize);
        let text = texts[span.file.0 as usize];
        assert!(text.get(start..end).is_some(), "{span:?} in {text}");
    };
    inside(project.span);
    for resource in &project.resources {
        inside(resource.address_span);
        inside(resource.kind_span);
        inside(resource.span);
        inside(resource.properties_key);
        walk(&resource.properties, &inside);
        walk(&resource.attributes, &inside);
    }
    for output in &project.outputs {
        walk(&output.value, &inside);
    }
    for edge in &project.edges {
        inside(edge.span);
        project.resource(edge.to);
        edge.from.map(|from| project.resource(from));
    }
    for problem in &project.problems {
        inside(problem.span);
    }
    for declaration in &project.declarations {
        inside(declaration.span);
    }
    for (span, _) in &project.not_read {
        inside(*span);
    }
}

fn walk(node: &Node<'_>, inside: &dyn Fn(Span)) {
    inside(node.span);
    let mut via = node.via.as_ref();
    while let Some(step) = via {
        inside(step.span);
        via = step.previous.as_ref();
    }
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| walk(item, inside)),
        Value::Map(map) => map.entries.iter().for_each(|entry| {
            inside(entry.key_span);
            walk(&entry.value, inside);
        }),
        Value::Json(json) => walk(&json.tree, inside),
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Text(pieces) => pieces.iter().for_each(|piece| walk(piece, inside)),
            Symbol::Choice(choice) => choice
                .then
                .iter()
                .chain(&choice.otherwise)
                .for_each(|branch| walk(branch, inside)),
            _ => {}
        },
        _ => {}
    }
}
