//! Values that stand at another place than the one where they are written.

use crate::source::Span;
use crate::tree::{Node, Symbol, Value, Via, ViaKind};
use std::sync::Arc;

/// The same value at its place of use, with the place that it came from behind it; so for all that is in it, but for
/// what a text of JSON says, which is best read where it is written.
pub(crate) fn used_at<'s>(node: &mut Node<'s>, span: Span, kind: ViaKind, name: &Arc<str>) {
    let is_document = is_document(node);
    if node.span != span {
        // What an element of a loop was is told by where it came from.
        if kind != ViaKind::Element || node.via.is_none() {
            node.via = Some(Arc::new(Via {
                kind,
                name: Arc::clone(name),
                span: node.span,
                previous: node.via.take(),
            }));
        }
        node.span = span;
    }
    if is_document {
        return;
    }
    let inner = |node: &mut Node<'s>| used_at(node, span, kind, name);
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(inner),
        Value::Map(map) => {
            for entry in &mut map.entries {
                entry.key_span = span;
                inner(&mut entry.value);
            }
        }
        Value::Symbol(symbol) => match &mut **symbol {
            Symbol::Choice(choice) => {
                let branches = [&mut choice.then, &mut choice.otherwise];
                branches.into_iter().flatten().for_each(inner);
            }
            Symbol::Text(pieces) => pieces.iter_mut().for_each(|piece| piece.span = span),
            _ => {}
        },
        _ => {}
    }
}

/// Whether a value stands for the text of a document.
pub(crate) fn is_document(node: &Node<'_>) -> bool {
    let mut step = node.via.as_deref();
    while let Some(via) = step {
        if via.kind == ViaKind::Document {
            return true;
        }
        step = via.previous.as_deref();
    }
    false
}
