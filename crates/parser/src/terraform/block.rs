//! Bodies of blocks as mappings: arguments and nested blocks alike, whichever way they are written.
//!
//! <https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks>

use super::body::{Block, ExprPart};
use super::evaluate::{Evaluation, accepted, unknown};
use super::expand::object;
use super::value;
use crate::source::Span;
use crate::tree::{Choice, Entry, Map, Node, Symbol, Value};
use std::borrow::Cow;
use std::rc::Rc;

/// What is known of the arguments of a kind of resource: `aws_s3_bucket`, or with `data.` before it that of a data
/// source.
pub trait Arguments {
    /// Whether a nested block may stand only once; `path` leads to it from the top of the resource. Then the block is
    /// the value itself, else a list of one or more.
    fn is_single(&self, kind: &str, path: &[&str]) -> bool;

    /// Whether it is a nested block. Only JSON needs to be told.
    fn is_block(&self, kind: &str, path: &[&str]) -> bool;

    /// Whether the kind has an argument of this name.
    fn has(&self, kind: &str, name: &str) -> bool;
}

/// Arguments that say how Terraform treats a block, not what the resource is.
const META: [&str; 6] = [
    "count",
    "for_each",
    "provider",
    "depends_on",
    "provisioner",
    "connection",
];

/// A body as one mapping.
pub(super) fn body<'e, 's>(
    evaluation: &mut Evaluation<'e, 's>,
    block: &Block<'e, 's>,
    kind: &str,
    arguments: &dyn Arguments,
) -> Node<'s> {
    let mut node = nested(evaluation, block, kind, &mut Vec::new(), arguments);
    node.span = block.last_label_span();
    node
}

/// Blocks of one name.
struct Group<'s> {
    name: String,
    key_span: Span,
    parts: Vec<Part<'s>>,
}

/// Blocks that are there.
enum Part<'s> {
    One(Node<'s>),
    /// A list of blocks where that depends on a condition, or a value that is not known.
    Open(Node<'s>),
}

fn nested<'e, 's>(
    evaluation: &mut Evaluation<'e, 's>,
    block: &Block<'e, 's>,
    kind: &str,
    path: &mut Vec<String>,
    arguments: &dyn Arguments,
) -> Node<'s> {
    let is_top = path.is_empty();
    let labels = |name: &str| match name {
        "dynamic" => Some(1),
        "lifecycle" | "connection" if is_top => Some(0),
        "provisioner" if is_top => Some(1),
        name => {
            let steps: Vec<&str> = path.iter().map(String::as_str).chain([name]).collect();
            arguments.is_block(kind, &steps).then_some(0)
        }
    };
    let (written, blocks) = block.contents(&labels);
    let mut entries: Vec<Entry<'s>> = Vec::with_capacity(written.len());
    for argument in written {
        if is_top && META.contains(&argument.name) {
            continue;
        }
        // Names of arguments and resources, not their values.
        let names = ["ignore_changes", "replace_triggered_by"];
        if *path == ["lifecycle"] && names.contains(&argument.name) {
            continue;
        }
        entries.push(Entry {
            key: Cow::Owned(argument.name.to_owned()),
            key_span: argument.name_span,
            value: accepted(evaluation.expression(argument.value)),
        });
    }
    let mut groups: Vec<Group<'s>> = Vec::new();
    for inner in &blocks {
        let name = inner.name;
        if is_top && META.contains(&name) {
            continue;
        }
        if name == "dynamic" {
            dynamic(evaluation, inner, kind, path, arguments, &mut groups);
            continue;
        }
        path.push(name.to_owned());
        let mut node = nested(evaluation, inner, kind, path, arguments);
        path.pop();
        node.span = inner.name_span;
        group(&mut groups, name, inner.name_span).push(Part::One(node));
    }
    for Group {
        name,
        key_span,
        parts,
    } in groups
    {
        // JSON may have a value and `dynamic` blocks of one name side by side.
        let beside = entries.iter().position(|entry| entry.key == name);
        let mut parts = parts;
        if let Some(at) = beside {
            let value = entries.remove(at).value;
            let written: Vec<Part<'s>> = match value.value {
                Value::List(items) => items.into_iter().map(Part::One).collect(),
                _ => vec![Part::Open(value)],
            };
            parts.splice(0..0, written);
        }
        let steps: Vec<&str> = path.iter().map(String::as_str).chain([&*name]).collect();
        let is_single = steps == ["lifecycle"] || arguments.is_single(kind, &steps);
        if let Some(value) = together(parts, key_span, is_single) {
            entries.push(Entry {
                key: Cow::Owned(name),
                key_span,
                value,
            });
        }
    }
    Node::new(Value::Map(Map { entries }), block.span)
}

fn group<'g, 's>(groups: &'g mut Vec<Group<'s>>, name: &str, span: Span) -> &'g mut Vec<Part<'s>> {
    let at = match groups.iter().position(|one| one.name == name) {
        Some(at) => at,
        None => {
            groups.push(Group {
                name: name.to_owned(),
                key_span: span,
                parts: Vec::new(),
            });
            groups.len() - 1
        }
    };
    &mut groups[at].parts
}

/// The blocks of one name as one value: a list, or the block itself. Nothing where there are none.
fn together<'s>(parts: Vec<Part<'s>>, span: Span, is_single: bool) -> Option<Node<'s>> {
    let mut sure: Vec<Node<'s>> = Vec::new();
    let mut open: Vec<Node<'s>> = Vec::new();
    for part in parts {
        match part {
            Part::One(node) => sure.push(node),
            Part::Open(node) => open.push(node),
        }
    }
    if open.is_empty() && sure.is_empty() {
        return None;
    }
    if open.is_empty() {
        let list = value::from_list(sure, span);
        return Some(only_one(list, is_single));
    }
    if sure.is_empty() && open.len() == 1 {
        return open.pop().map(|node| only_one(node, is_single));
    }
    if is_single {
        return Some(unknown(span, "which of these blocks there is is not known"));
    }
    for node in open {
        add_open(node, &mut |one| one, &mut sure);
    }
    Some(value::from_list(sure, span))
}

/// Adds the blocks of an open part to a list, each under its conditions.
fn add_open<'s>(
    node: Node<'s>,
    under: &mut dyn FnMut(Node<'s>) -> Node<'s>,
    list: &mut Vec<Node<'s>>,
) {
    let span = node.span;
    match node.value {
        Value::List(items) => list.extend(items.into_iter().map(under)),
        Value::Symbol(symbol) => match *symbol {
            Symbol::Choice(choice) => {
                let condition = choice.condition;
                let mut side = |then, otherwise| {
                    let choice = Choice {
                        condition,
                        then,
                        otherwise,
                    };
                    under(Node::new(
                        Value::Symbol(Box::new(Symbol::Choice(choice))),
                        span,
                    ))
                };
                if let Some(then) = choice.then {
                    add_open(then, &mut |one| side(Some(one), None), list);
                }
                if let Some(otherwise) = choice.otherwise {
                    add_open(otherwise, &mut |one| side(None, Some(one)), list);
                }
            }
            // An element that is not known: there may be more.
            _ => list.push(under(unknown(
                span,
                "how many blocks there are is not known",
            ))),
        },
        _ => {}
    }
}

/// The blocks that a `dynamic` block makes.
fn dynamic<'e, 's>(
    evaluation: &mut Evaluation<'e, 's>,
    block: &Block<'e, 's>,
    kind: &str,
    path: &mut Vec<String>,
    arguments: &dyn Arguments,
    groups: &mut Vec<Group<'s>>,
) {
    let name = block.label(0);
    let span = block.label_span(0);
    let iterator = block.attribute("iterator");
    let iterator = iterator.map_or(name, |iterator| iterator.reference());
    let content = block.blocks("content");
    let (Some(for_each), Some(content)) = (block.attribute("for_each"), content.first()) else {
        return;
    };
    let collection = accepted(evaluation.expression(for_each));
    let mut make = |collection: &Node<'s>| -> Option<Vec<Node<'s>>> {
        if matches!(collection.value, Value::Null) {
            return Some(Vec::new());
        }
        let items = match for_each.part {
            ExprPart::Hcl(written) => evaluation.items(collection, written)?,
            ExprPart::Json(_) => value::elements(collection)?,
        };
        path.push(name.to_owned());
        let mut blocks = Vec::with_capacity(items.len());
        for (key, item) in items {
            let each = object(span, vec![("key", key), ("value", item)]);
            let depth = evaluation.locals.len();
            evaluation.locals.push((iterator.to_owned(), Rc::new(each)));
            let mut node = nested(evaluation, content, kind, path, arguments);
            evaluation.locals.truncate(depth);
            node.span = span;
            blocks.push(node);
        }
        path.pop();
        Some(blocks)
    };
    if let Some(blocks) = make(&collection) {
        group(groups, name, span).extend(blocks.into_iter().map(Part::One));
        return;
    }
    let open = open_blocks(&collection, span, &mut make);
    if let Some(open) = open {
        group(groups, name, span).push(Part::Open(open));
    }
}

/// The blocks of a collection that is a choice, or is not known.
fn open_blocks<'s>(
    collection: &Node<'s>,
    span: Span,
    make: &mut dyn FnMut(&Node<'s>) -> Option<Vec<Node<'s>>>,
) -> Option<Node<'s>> {
    if let Some(blocks) = make(collection) {
        return (!blocks.is_empty()).then(|| value::from_list(blocks, span));
    }
    match value::symbol(collection) {
        Some(Symbol::Choice(choice)) => {
            let mut branch = |branch: &Option<Node<'s>>| open_blocks(branch.as_ref()?, span, make);
            let (then, otherwise) = (branch(&choice.then), branch(&choice.otherwise));
            let choice = Choice {
                condition: choice.condition,
                then,
                otherwise,
            };
            let symbol = Symbol::Choice(choice);
            Some(Node::new(Value::Symbol(Box::new(symbol)), span))
        }
        _ => Some(unknown(span, "what `for_each` holds is not known")),
    }
}

/// Lists of one block as the block itself, through choices.
fn only_one<'s>(node: Node<'s>, single: bool) -> Node<'s> {
    if !single {
        return node;
    }
    match node.value {
        Value::List(mut items) if items.len() == 1 => match items.pop() {
            Some(only) => only,
            None => Node::new(Value::Null, node.span),
        },
        Value::Symbol(symbol) => match *symbol {
            Symbol::Choice(choice) => {
                let branch = |branch: Option<Node<'s>>| branch.map(|one| only_one(one, true));
                Node {
                    value: Value::Symbol(Box::new(Symbol::Choice(Choice {
                        condition: choice.condition,
                        then: branch(choice.then),
                        otherwise: branch(choice.otherwise),
                    }))),
                    span: node.span,
                    via: node.via,
                }
            }
            other => Node {
                value: Value::Symbol(Box::new(other)),
                span: node.span,
                via: node.via,
            },
        },
        value => Node {
            value,
            ..Node::new(Value::Null, node.span)
        },
    }
}

/// Adds tags that the resource does not set itself. Where either are not known, neither are all.
pub(super) fn merge_tags<'s>(properties: &mut Node<'s>, tags: Node<'s>) {
    let Value::Map(properties) = &mut properties.value else {
        return;
    };
    let own = properties
        .entries
        .iter_mut()
        .find(|entry| entry.key == "tags");
    let Some(own) = own.filter(|own| !matches!(own.value.value, Value::Null)) else {
        properties.entries.retain(|entry| entry.key != "tags");
        properties.entries.push(Entry {
            key: Cow::Borrowed("tags"),
            key_span: tags.span,
            value: tags,
        });
        return;
    };
    match (&mut own.value.value, tags.value) {
        (Value::Map(own), Value::Map(tags)) => {
            for tag in tags.entries {
                if own.get(&tag.key).is_none() {
                    own.entries.push(tag);
                }
            }
        }
        (Value::Symbol(_), _) | (_, Value::Null) => {}
        _ => own.value = unknown(own.value.span, "the tags of the provider are not known"),
    }
}
