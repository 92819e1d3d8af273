//! What holds for every project, whatever template it was read from.

#![allow(dead_code, reason = "each test file uses a part")]

use pillarlint_parser::model::Project;
use pillarlint_parser::source::{FileId, Span};
use pillarlint_parser::tree::{Node, Origin, Reference, Symbol, Value};
use pillarlint_parser::{cloudformation, json, yaml};
use std::fmt::Write as _;

/// The project of a template, in YAML or JSON, that its parser has nothing against.
pub(crate) fn lower(template: &str) -> Project<'_> {
    let file = FileId(0);
    let parsed = if template.trim_start().starts_with('{') {
        json::parse(file, template)
    } else {
        yaml::parse(file, template)
    };
    assert!(
        parsed.problems.is_empty(),
        "{:?} in {template}",
        parsed.problems
    );
    let root = parsed.documents.into_iter().next().unwrap();
    let project = cloudformation::lower(file, template, root);
    check_spans(&project, &[template]);
    project
}

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

/// What stands at a path (`Resource.Property.0.Key`, `Stack.Resource.Property`, or `Outputs.Name`).
pub(crate) fn rendered_at(project: &Project<'_>, path: &str) -> String {
    let (mut node, rest) = if let Some(path) = path.strip_prefix("Outputs.") {
        let (name, rest) = path.split_once('.').unwrap_or((path, ""));
        let output = project.outputs.iter().find(|one| one.name == name);
        (&output.unwrap().value, rest)
    } else {
        let below = |address: &str| match path.strip_prefix(address)? {
            "" => Some(""),
            rest => rest.strip_prefix('.'),
        };
        let found = project.resources.iter();
        let found = found.filter_map(|one| Some((one, below(&one.address)?)));
        match found.max_by_key(|(one, _)| one.address.len()) {
            Some((resource, rest)) => (&resource.properties, rest),
            None => return "no resource".to_owned(),
        }
    };
    for step in rest.split('.').filter(|step| !step.is_empty()) {
        let next = match step.parse::<usize>() {
            Ok(index) => node.as_list().and_then(|items| items.get(index)),
            Err(_) => node.get(step),
        };
        match next {
            Some(next) => node = next,
            None => return "unset".to_owned(),
        }
    }
    render(project, node)
}

/// A value in short.
pub(crate) fn render(project: &Project<'_>, node: &Node<'_>) -> String {
    let list = |items: &[Node<'_>]| {
        let items: Vec<_> = items.iter().map(|item| render(project, item)).collect();
        format!("[{}]", items.join(", "))
    };
    let branch = |branch: &Option<Node<'_>>| {
        branch
            .as_ref()
            .map_or("unset".to_owned(), |node| render(project, node))
    };
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(text) => text.to_string(),
        Value::String(text) => format!("{text:?}"),
        Value::List(items) => list(items),
        Value::Map(map) => {
            let entries = map.entries.iter();
            let entries: Vec<_> = entries
                .map(|entry| format!("{}: {}", entry.key, render(project, &entry.value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Json(json) => format!("json({})", render(project, &json.tree)),
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Reference(reference) => render_reference(project, reference),
            Symbol::Text(pieces) => format!("text{}", list(pieces)),
            Symbol::Choice(choice) => format!(
                "choice({}, {}, {})",
                project.conditions.name(choice.condition),
                branch(&choice.then),
                branch(&choice.otherwise)
            ),
            Symbol::Unknown(_) => "unknown".to_owned(),
        },
    }
}

fn render_reference(project: &Project<'_>, reference: &Reference<'_>) -> String {
    let mut text = match &reference.origin {
        Origin::Resource(index) => format!("ref({}", project.resource(*index).address),
        Origin::Parameter(name) | Origin::Pseudo(name) => format!("ref({name}"),
        Origin::Zones(region) => format!("zones({region}"),
        Origin::Import(name) => format!("import({name}"),
    };
    if !reference.attribute.is_empty() {
        write!(text, ".{}", reference.attribute).unwrap();
    }
    for index in &reference.indices {
        write!(text, "[{index}]").unwrap();
    }
    if let Some(allowed) = &reference.allowed {
        write!(text, " in {}", allowed.join("|")).unwrap();
    }
    text + ")"
}
