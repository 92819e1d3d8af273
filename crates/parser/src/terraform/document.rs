//! Texts that hold JSON, however the configuration writes them: in quotes, as a heredoc, with `${…}` in them, in a
//! local value or the default of a variable. What functions make of them (`file`, `templatefile`) has no place but
//! the call.

use super::value;
use crate::embedded::{self, Places, Syntax, Written};
use crate::source::{FileId, Span};
use crate::tree::{Json, Node, Origin, Symbol, Value, Via};
use std::sync::Arc;

/// The texts of files, by which places inside of them are told.
pub(super) type Sources<'a, 's> = dyn Fn(FileId) -> Option<&'s str> + 'a;

/// A finished value with its texts looked into: one that is JSON becomes [`Value::Json`], and one that is JSON whatever
/// its unknown pieces are becomes what it says. All others stay as they are.
pub(super) fn look_into<'s>(mut node: Node<'s>, sources: &Sources<'_, 's>) -> Node<'s> {
    walk(&mut node, sources);
    node
}

fn walk<'s>(node: &mut Node<'s>, sources: &Sources<'_, 's>) {
    let Node { value, span, via } = node;
    let places = |text: &str| places(text, *span, via.as_ref(), sources);
    match value {
        Value::String(text) if embedded::may_be_json(text) => {
            if let Some(tree) = embedded::parse(text, *span, &places) {
                let text = std::mem::take(text);
                *value = Value::Json(Box::new(Json { text, tree }));
            }
        }
        Value::Json(json) => walk(&mut json.tree, sources),
        Value::List(items) => items.iter_mut().for_each(|item| walk(item, sources)),
        Value::Map(map) => {
            for entry in &mut map.entries {
                walk(&mut entry.value, sources);
            }
        }
        Value::Symbol(symbol) => match &mut **symbol {
            Symbol::Text(pieces) => {
                let key = |node: &Node<'s>| Some(shown(node));
                if let Some(tree) = embedded::parse_pieces(pieces, *span, &places, &key) {
                    *value = tree.value;
                } else {
                    pieces.iter_mut().for_each(embedded::as_part);
                }
            }
            Symbol::Choice(choice) => {
                let branches = choice.then.iter_mut().chain(&mut choice.otherwise);
                branches.for_each(|branch| walk(branch, sources));
            }
            Symbol::Reference(_) | Symbol::Unknown(_) => {}
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What a text of known and unknown pieces says as JSON, all of it at one place.
pub(super) fn decode_pieces<'s>(pieces: &[Node<'s>], span: Span) -> Option<Node<'s>> {
    let key = |node: &Node<'s>| Some(shown(node));
    embedded::parse_pieces(pieces, span, &|_| None, &key)
}

/// A key that is not wholly known, as it is shown: `${var.issuer}:aud`.
fn shown(node: &Node<'_>) -> String {
    let pieces = match value::symbol(node) {
        Some(Symbol::Text(pieces)) => pieces.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let piece = |piece: &Node<'_>| match piece.as_str() {
        Some(literal) => literal.to_owned(),
        None => {
            let name = value::symbol(piece).map_or_else(String::new, name);
            format!("${{{name}}}")
        }
    };
    pieces.iter().map(piece).collect()
}

/// What something unknown is called, as far as the names of resources are not needed for it.
fn name(symbol: &Symbol<'_>) -> String {
    let Symbol::Reference(reference) = symbol else {
        return String::new();
    };
    let origin = match &reference.origin {
        Origin::Parameter(name) | Origin::Pseudo(name) => name,
        _ => "",
    };
    let dot = if origin.is_empty() || reference.attribute.is_empty() {
        ""
    } else {
        "."
    };
    format!("{origin}{dot}{}", reference.attribute)
}

/// Where a text is written: at its place or, where that is a name or a call, behind it.
fn places<'s>(
    text: &str,
    span: Span,
    via: Option<&Arc<Via>>,
    sources: &Sources<'_, 's>,
) -> Option<Places> {
    let chain = std::iter::successors(via, |via| via.previous.as_ref());
    let spans = std::iter::once(span).chain(chain.map(|via| via.span));
    spans.take(MAX_CHAIN).find_map(|span| {
        let written = Written {
            span,
            source: sources(span.file)?,
            syntax: Syntax::Template,
        };
        Places::of(text, written)
    })
}

/// So many steps of the chain behind a text are looked at.
const MAX_CHAIN: usize = 64;
