//! Places in the files that a plan was made from: what a plan shows at an address, the author wrote in a `.tf` file.
//!
//! A resource is found by the calls in its address, its kind and its name; its values by the names of arguments and
//! blocks, as deep as expressions are written out. What cannot be followed has the nearest place that exists.

use super::address;
use super::body::{Argument, Block, Expr, ExprPart};
use super::declared::{Declared, declared};
use super::plan::Plan;
use super::{Call, Folder, Folders};
use crate::model::Resource;
use crate::source::{FileId, Span};
use crate::tree::{Node, Symbol, Value};
use hcl_edit::expr::Expression;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

/// How well a plan fits the folder that it may have been made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Both declare the same.
    Whole,
    /// Most is the same: one of them is older.
    Partly,
    /// It was made from something else.
    Other,
}

/// Tells whether a plan was made from the files of a folder, by what their root modules declare.
pub fn fit(plan: &Plan<'_>, root: &Folder<'_>) -> Fit {
    let declared = declared(root);
    let written: BTreeSet<String> = declared
        .resources
        .keys()
        .cloned()
        .chain(declared.modules.keys().map(|name| format!("module.{name}")))
        .collect();
    let both = written.intersection(&plan.declares).count();
    if both == 0 {
        Fit::Other
    } else if both == written.len() && both == plan.declares.len() {
        Fit::Whole
    } else if both * 2 >= written.len().max(plan.declares.len()) {
        Fit::Partly
    } else {
        Fit::Other
    }
}

/// Gives the resources of a plan, and their values, their places in the files that it was made from. `root` is the
/// folder of the root module. Resources that are not found there keep their places in the plan.
pub fn locate<'m, 't>(plan: &mut Plan<'_>, root: &'m Folder<'t>, folders: &'m dyn Folders<'t>) {
    let mut modules = Modules {
        folders,
        root,
        by_calls: HashMap::new(),
    };
    let mut places: Vec<Option<Span>> = Vec::with_capacity(plan.project.resources.len());
    for resource in &mut plan.project.resources {
        places.push(locate_resource(resource, &mut modules));
    }
    let modules = modules.by_calls.values().flatten();
    let downloaded: BTreeSet<FileId> = modules
        .filter(|module| module.folder.downloaded)
        .flat_map(|module| module.folder.files.iter().map(|file| file.file))
        .collect();
    plan.project.downloaded = downloaded.into_iter().collect();
    for edge in &mut plan.project.edges {
        let from = edge
            .from
            .and_then(|from| places.get(from as usize).copied());
        if let Some(place) = from.flatten() {
            edge.span = place;
        }
    }
}

/// The modules of a configuration, by the names of the calls that lead there.
struct Modules<'m, 't> {
    folders: &'m dyn Folders<'t>,
    root: &'m Folder<'t>,
    by_calls: HashMap<String, Option<Rc<Module<'m, 't>>>>,
}

struct Module<'m, 't> {
    folder: &'m Folder<'t>,
    declared: Declared<'m, 't>,
    /// Where the names of the calls stand, outermost first.
    calls: Vec<Span>,
}

impl<'m, 't> Modules<'m, 't> {
    fn called(&mut self, names: &[&str]) -> Option<Rc<Module<'m, 't>>> {
        let key = names.join(".");
        if let Some(known) = self.by_calls.get(&key) {
            return known.clone();
        }
        let module = match names.split_last() {
            None => Some((self.root, Vec::new())),
            Some((name, callers)) => self.called(callers).and_then(|caller| {
                let call = caller.declared.modules.get(name)?;
                let mut calls = caller.calls.clone();
                calls.push(call.last_label_span());
                let call = Call {
                    root: self.root,
                    caller: caller.folder,
                    source: call.attribute("source")?.literal()?,
                    key: &key,
                };
                Some((self.folders.called(&call).ok()?, calls))
            }),
        };
        let module = module.map(|(folder, calls)| {
            Rc::new(Module {
                folder,
                declared: declared(folder),
                calls,
            })
        });
        self.by_calls.insert(key, module.clone());
        module
    }
}

/// Gives a resource its place; nothing where it is not found.
fn locate_resource(resource: &mut Resource<'_>, modules: &mut Modules<'_, '_>) -> Option<Span> {
    let address = address::split(&resource.address);
    let names: Vec<&str> = address.calls.iter().map(|call| call.name).collect();
    let module = modules.called(&names)?;
    let block = module.declared.resources.get(address.resource)?;
    let place = block.last_label_span();
    let calls = address.calls.iter().zip(&module.calls).rev();
    resource.calls = calls
        .filter_map(|(call, span)| Some((*span, resource.address.get(..call.end)?.to_owned())))
        .collect();
    resource.address_span = place;
    resource.kind_span = block.label_span(0);
    resource.span = block.span;
    resource.properties_key = place;
    resource.attributes.span = place;
    body(&mut resource.properties, block, place);
    Some(place)
}

/// Gives the values of a body their places. `place` is that of the block itself.
fn body(node: &mut Node<'_>, block: &Block<'_, '_>, place: Span) {
    let Value::Map(map) = &mut node.value else {
        all(node, place);
        return;
    };
    node.span = place;
    let (arguments, blocks) = block.contents(&|_| None);
    for entry in &mut map.entries {
        if let Some(argument) = arguments.iter().find(|one| one.name == entry.key) {
            entry.key_span = argument.name_span;
            value(&mut entry.value, argument.value);
            continue;
        }
        let written: Vec<Written<'_, '_>> = blocks
            .iter()
            .filter_map(|one| Written::of(one, &entry.key))
            .collect();
        let Some(first) = written.first() else {
            entry.key_span = place;
            all(&mut entry.value, place);
            continue;
        };
        entry.key_span = first.place;
        match &mut entry.value.value {
            Value::List(items) => {
                for (at, item) in items.iter_mut().enumerate() {
                    if let Some(one) = best(item, at, &written) {
                        body(item, &one.body, one.place);
                    }
                }
                entry.value.span = first.place;
            }
            _ => body(&mut entry.value, &first.body, first.place),
        }
    }
}

/// A block, or the content of a `dynamic` block.
struct Written<'m, 't> {
    body: Block<'m, 't>,
    place: Span,
}

impl<'m, 't> Written<'m, 't> {
    /// What makes blocks of a name.
    fn of(block: &Block<'m, 't>, name: &str) -> Option<Self> {
        if block.name == name {
            return Some(Self {
                body: block.clone(),
                place: block.name_span,
            });
        }
        if block.name == "dynamic" && block.label(0) == name {
            return Some(Self {
                body: block.blocks("content").into_iter().next()?,
                place: block.label_span(0),
            });
        }
        None
    }
}

/// The block that an element was made by. The order of a set is not that of its blocks, so what is written in a block
/// tells more than its position.
fn best<'w, 'm, 't>(
    item: &Node<'_>,
    at: usize,
    written: &'w [Written<'m, 't>],
) -> Option<&'w Written<'m, 't>> {
    if let [only] = written {
        return Some(only);
    }
    let score = |one: &Written<'_, '_>| {
        let (arguments, _) = one.body.contents(&|_| None);
        let agreed = arguments
            .iter()
            .filter_map(|argument| agrees(argument, item));
        let (mut for_it, mut against_it) = (0, 0);
        for agrees in agreed {
            if agrees {
                for_it += 1;
            } else {
                against_it += 1;
            }
        }
        (std::cmp::Reverse(against_it), for_it)
    };
    let scores: Vec<_> = written.iter().map(score).collect();
    let highest = scores.iter().max()?;
    if scores.get(at) == Some(highest) {
        return written.get(at);
    }
    let first = scores.iter().position(|one| one == highest)?;
    written.get(first)
}

/// Whether an argument that is written out says what an element holds; nothing where that cannot be told.
fn agrees(argument: &Argument<'_, '_>, item: &Node<'_>) -> Option<bool> {
    let held = item.get(argument.name)?;
    match &held.value {
        Value::List(items) => {
            let written = argument.value.items();
            let mut written = written
                .iter()
                .map(|one| one.literal())
                .collect::<Option<Vec<_>>>()
                .filter(|written| !written.is_empty())?;
            let mut held: Vec<&str> = items.iter().map(Node::scalar_text).collect::<Option<_>>()?;
            written.sort_unstable();
            held.sort_unstable();
            Some(written == held)
        }
        _ => Some(scalar(&argument.value)? == held.scalar_text()?),
    }
}

/// The text of a scalar that is written out.
fn scalar<'m>(expression: &Expr<'m, '_>) -> Option<&'m str> {
    match expression.part {
        ExprPart::Hcl(Expression::Number(_)) => Some(expression.span().text(expression.file.text)),
        _ => match expression.literal_bool() {
            Some(true) => Some("true"),
            Some(false) => Some("false"),
            None => expression.literal(),
        },
    }
}

/// Gives a value the place of its expression, and what is in it those of the expression's parts.
fn value(node: &mut Node<'_>, expression: Expr<'_, '_>) {
    let expression = inner(expression);
    let place = expression.span();
    node.span = place;
    match &mut node.value {
        Value::Map(map) => {
            let written = expression.entries();
            for entry in &mut map.entries {
                match written.iter().find(|(key, _)| *key == entry.key) {
                    Some((_, one)) => {
                        entry.key_span = one.span();
                        value(&mut entry.value, *one);
                    }
                    None => {
                        entry.key_span = place;
                        all(&mut entry.value, place);
                    }
                }
            }
        }
        Value::List(items) => {
            let written = expression.items();
            let is_same_length = written.len() == items.len();
            for (at, item) in items.iter_mut().enumerate() {
                // A set is sorted: the element that is written so, else the one at the same position.
                let same = written.iter().find(|one| {
                    let text = scalar(one);
                    text.is_some() && text == item.scalar_text()
                });
                let at_position = written
                    .get(at)
                    .filter(|one| is_same_length && scalar(one).is_none());
                match same.or(at_position) {
                    Some(one) => value(item, *one),
                    None => all(item, place),
                }
            }
        }
        Value::Json(json) => match encoded(expression) {
            Some(encoded) => value(&mut json.tree, encoded),
            None => all(&mut json.tree, place),
        },
        Value::Symbol(_) => all(node, place),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// An expression without parentheses around it.
fn inner<'m, 't>(expression: Expr<'m, 't>) -> Expr<'m, 't> {
    let mut expression = expression;
    while let ExprPart::Hcl(Expression::Parenthesis(parenthesis)) = expression.part {
        expression.part = ExprPart::Hcl(parenthesis.inner());
    }
    expression
}

/// What an expression encodes as JSON.
fn encoded<'m, 't>(expression: Expr<'m, 't>) -> Option<Expr<'m, 't>> {
    let ExprPart::Hcl(Expression::FuncCall(call)) = expression.part else {
        return None;
    };
    let is_encoding = call.name.namespace.is_empty() && call.name.name.as_str() == "jsonencode";
    let argument = call.args.iter().next().filter(|_| is_encoding)?;
    Some(Expr {
        file: expression.file,
        part: ExprPart::Hcl(argument),
    })
}

/// Puts a value and all in it at one place.
fn all(node: &mut Node<'_>, place: Span) {
    node.span = place;
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| all(item, place)),
        Value::Map(map) => {
            for entry in &mut map.entries {
                entry.key_span = place;
                all(&mut entry.value, place);
            }
        }
        Value::Json(json) => all(&mut json.tree, place),
        Value::Symbol(symbol) => {
            if let Symbol::Text(pieces) = &mut **symbol {
                pieces.iter_mut().for_each(|piece| all(piece, place));
            }
        }
        _ => {}
    }
}
