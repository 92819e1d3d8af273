//! Types and properties that AWS does not know: warnings of the linter's own, since a rule that looks at a
//! misspelt property would judge it missing. And the hint at the right name, wherever one is wrong.

use pillarlint_parser::model::{Project, Resource};
use pillarlint_parser::tree::{Node, Problem, Symbol, Value};
use pillarlint_schema::{Kind, Member, Shape};

/// Adds a warning for each unknown `AWS::` type and each property that its type does not have.
pub fn check(project: &Project<'_>, problems: &mut Vec<Problem>) {
    // What is planned was accepted already. What a macro is given may be no CloudFormation yet.
    if project.planned {
        return;
    }
    // Resources of one kind stand together more often than not; looking a type up reads a part of the table.
    let mut last: Option<(&str, Option<Shape>)> = None;
    for resource in &project.resources {
        if project.is_rewritten(resource.span.file) {
            continue;
        }
        let kind = &*resource.kind;
        let shape = match last {
            Some((name, shape)) if name == kind => shape,
            _ => pillarlint_schema::resource_type(kind)
                .or_else(|| pillarlint_schema::terraform::resource(kind))
                .map(|info| info.shape()),
        };
        last = Some((kind, shape));
        match shape {
            Some(shape) => properties(&resource.properties, shape, kind, problems),
            None => unknown_type(resource, problems),
        }
    }
}

/// `, did you mean …?`, where a name is near.
pub fn hint<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> String {
    pillarlint_schema::nearest(name, candidates)
        .map(|near| format!(", did you mean `{near}`?"))
        .unwrap_or_default()
}

fn unknown_type(resource: &Resource<'_>, problems: &mut Vec<Problem>) {
    let kind = &*resource.kind;
    // A newer provider may have more types, so only what looks like one that there is is a mistake.
    if kind.starts_with("aws_") {
        let known = pillarlint_schema::terraform::all().filter(|one| one.starts_with("aws_"));
        if let Some(near) = pillarlint_schema::nearest(kind, known) {
            let message = format!("unknown resource type `{kind}`, did you mean `{near}`?");
            problems.push(Problem::warning(resource.kind_span, message));
        }
        return;
    }
    // Types of others, modules of the registry and transforms are not AWS's to list.
    if !kind.starts_with("AWS::")
        || kind.ends_with("::MODULE")
        || kind.starts_with("AWS::Serverless::")
    {
        return;
    }
    let hint = hint(kind, pillarlint_schema::all());
    let message = format!("unknown resource type `{kind}`{hint}");
    problems.push(Problem::warning(resource.kind_span, message));
}

fn properties(node: &Node<'_>, shape: Shape, kind: &str, problems: &mut Vec<Problem>) {
    match &node.value {
        Value::Map(map) => {
            if !shape.kinds().any(|kind| kind == Kind::Object) {
                if let Some(value) = shape.map_value() {
                    for entry in &map.entries {
                        properties(&entry.value, value, kind, problems);
                    }
                }
                return;
            }
            for entry in &map.entries {
                match shape.member(&entry.key) {
                    Member::Known(member) => properties(&entry.value, member, kind, problems),
                    Member::Free => {}
                    Member::Unknown => {
                        let known: Vec<&str> = shape.members().map(|one| one.name).collect();
                        // What AWS calls a property, Terraform calls an argument.
                        let what = if kind.contains("::") {
                            "property"
                        } else {
                            "argument"
                        };
                        let hint = hint(&entry.key, known);
                        let message = format!("{kind} has no {what} `{}` here{hint}", entry.key);
                        problems.push(Problem::warning(entry.key_span, message));
                    }
                }
            }
        }
        Value::List(items) => {
            if let Some(element) = shape.element() {
                for item in items {
                    properties(item, element, kind, problems);
                }
            }
        }
        Value::Symbol(symbol) => {
            if let Symbol::Choice(choice) = &**symbol {
                for branch in [&choice.then, &choice.otherwise].into_iter().flatten() {
                    properties(branch, shape, kind, problems);
                }
            }
        }
        _ => {}
    }
}
