//! `for` expressions.
//!
//! <https://developer.hashicorp.com/terraform/language/expressions/for>

use super::super::value;
use super::{Evaluation, MAX_LEAVES, MAX_NODES, Scope, TOO_MANY_STEPS, unknown};
use crate::source::Span;
use crate::tree::{Entry, Map, Node, Value};
use hcl_edit::Ident;
use hcl_edit::expr::{Expression, ForExpr, TraversalOperator};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

impl<'s> Evaluation<'_, 's> {
    /// What a loop over a collection runs through: keys and elements. The keys of a set are its elements.
    pub(in crate::terraform) fn items(
        &self,
        collection: &Node<'s>,
        written: &Expression,
    ) -> Option<Vec<(Node<'s>, Node<'s>)>> {
        let mut items = value::elements(collection)?;
        if matches!(collection.value, Value::List(_)) && is_set(self.scope, written) {
            items.iter_mut().for_each(|(key, item)| *key = item.clone());
        }
        Some(items)
    }

    /// Gives the names of a loop their values.
    pub(super) fn enter(
        &mut self,
        key_name: Option<&Ident>,
        name: &Ident,
        key: Node<'s>,
        item: Node<'s>,
    ) {
        if let Some(key_name) = key_name {
            self.locals.push((key_name.to_string(), Rc::new(key)));
        }
        self.locals.push((name.to_string(), Rc::new(item)));
    }

    pub(super) fn for_expression(&mut self, expression: &ForExpr, span: Span) -> Node<'s> {
        let collection = self.value(&expression.intro.collection_expr);
        let mut apply =
            |evaluation: &mut Self, collections: Vec<Node<'s>>, span: Span| match collections
                .into_iter()
                .next()
            {
                Some(collection) => evaluation.run_loop(expression, collection, span),
                None => unknown(span, "no value"),
            };
        self.lift(vec![collection], span, MAX_LEAVES, &mut apply)
    }

    fn run_loop(&mut self, expression: &ForExpr, collection: Node<'s>, span: Span) -> Node<'s> {
        let intro = &expression.intro;
        let Some(items) = self.items(&collection, &intro.collection_expr) else {
            return not_looped(collection, span);
        };
        let mut made = Made::default();
        for (key, item) in items {
            let depth = self.locals.len();
            self.enter(intro.key_var.as_deref(), &intro.value_var, key, item);
            let turn = self.turn(expression, span, &mut made);
            self.locals.truncate(depth);
            if let Err(why) = turn {
                return why;
            }
            if self.budget.is_spent() {
                return unknown(span, TOO_MANY_STEPS);
            }
            if made.nodes > MAX_NODES {
                return unknown(span, "the value is too large");
            }
        }
        if expression.key_expr.is_none() {
            return value::from_list(made.list, span);
        }
        if expression.grouping {
            return grouped(made.entries, span);
        }
        let count = made.entries.len();
        let node = value::from_entries(made.entries, span);
        if node.as_map().is_some_and(|map| map.entries.len() < count) {
            return value::error(span, "two elements of the loop have the same key");
        }
        node
    }

    /// One turn of a loop.
    fn turn(
        &mut self,
        expression: &ForExpr,
        span: Span,
        made: &mut Made<'s>,
    ) -> Result<(), Node<'s>> {
        if let Some(condition) = &expression.cond {
            let kept = self.value(&condition.expr);
            match value::boolean(&kept) {
                Some(true) => {}
                Some(false) => return Ok(()),
                None if value::is_error(&kept) => return Err(kept),
                None if value::symbol(&kept).is_some() => {
                    return Err(unknown(span, "which elements the loop keeps is not known"));
                }
                None => return Err(value::error(span, "the condition of a loop is no boolean")),
            }
        }
        let key = match &expression.key_expr {
            None => None,
            Some(key) => {
                let key = self.value(key);
                match value::text(&key) {
                    Some(text) => Some((text.into_owned(), key.span)),
                    None if value::is_error(&key) => return Err(key),
                    None if value::symbol(&key).is_some() => {
                        return Err(unknown(span, "a key of the loop is not known"));
                    }
                    None => return Err(value::error(span, "a key of the loop is no text")),
                }
            }
        };
        let value = self.value(&expression.value_expr);
        if value::is_error(&value) {
            return Err(value);
        }
        made.nodes += value::size(&value);
        match key {
            None => made.list.push(value),
            Some((key, key_span)) => made.entries.push(Entry {
                key: Cow::Owned(key),
                key_span,
                value,
            }),
        }
        Ok(())
    }
}

/// Whether an expression gives a set, as far as that can be told from how it is written: a set looks like a list here.
pub(in crate::terraform) fn is_set<'s>(scope: &dyn Scope<'s>, expression: &Expression) -> bool {
    match expression {
        Expression::Parenthesis(inner) => is_set(scope, inner.inner()),
        Expression::Conditional(conditional) => {
            is_set(scope, &conditional.true_expr) || is_set(scope, &conditional.false_expr)
        }
        Expression::FuncCall(call) => matches!(
            call.name.name.as_str(),
            "toset" | "setunion" | "setintersection" | "setsubtract" | "fileset"
        ),
        Expression::Traversal(traversal) => {
            let (Expression::Variable(root), [only]) = (&traversal.expr, &*traversal.operators)
            else {
                return false;
            };
            match only.value() {
                TraversalOperator::GetAttr(name) => scope.is_set(root.as_str(), name.as_str()),
                _ => false,
            }
        }
        _ => false,
    }
}

/// What a loop has made so far.
#[derive(Default)]
struct Made<'s> {
    list: Vec<Node<'s>>,
    entries: Vec<Entry<'s>>,
    nodes: usize,
}

/// That a loop runs over what is no collection, or over one that is not known.
pub(super) fn not_looped<'s>(collection: Node<'s>, span: Span) -> Node<'s> {
    match collection.value {
        Value::Symbol(_) if value::is_error(&collection) => collection,
        Value::Symbol(_) => unknown(span, "a loop over what is not known"),
        _ => value::error(span, "a loop over what is no collection"),
    }
}

/// Values by key, those of one key in a list.
fn grouped<'s>(entries: Vec<Entry<'s>>, span: Span) -> Node<'s> {
    let mut groups: BTreeMap<Cow<'s, str>, (Span, Vec<Node<'s>>)> = BTreeMap::new();
    for entry in entries {
        let group = groups.entry(entry.key);
        let (_, items) = group.or_insert_with(|| (entry.key_span, Vec::new()));
        items.push(entry.value);
    }
    let entries = groups.into_iter().map(|(key, (key_span, items))| Entry {
        key,
        key_span,
        value: value::from_list(items, span),
    });
    let entries = entries.collect();
    Node::new(Value::Map(Map { entries }), span)
}
