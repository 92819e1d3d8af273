//! The way from a name into its value: attributes, indices and splats.
//!
//! <https://developer.hashicorp.com/terraform/language/expressions/references>,
//! <https://developer.hashicorp.com/terraform/language/expressions/splat>

use super::super::value;
use super::TOO_MANY_STEPS;
use super::{Evaluation, Found, INSTANCES, choice, list, symbol, unknown};
use crate::source::Span;
use crate::tree::{Node, Origin, Reference, Symbol, Value, ViaKind};
use crate::via::used_at;
use hcl_edit::expr::{Expression, Traversal, TraversalOperator};
use std::borrow::Cow;
use std::sync::Arc;

impl<'s> Evaluation<'_, 's> {
    pub(super) fn traversal(&mut self, traversal: &Traversal, span: Span) -> Node<'s> {
        let operators = traversal.operators.iter().map(|one| one.value());
        let Expression::Variable(root) = &traversal.expr else {
            let node = self.value(&traversal.expr);
            let operators: Vec<&TraversalOperator> = operators.collect();
            let node = self.follow(node, &operators, span);
            return Node { span, ..node };
        };
        let root = root.as_str();
        let mut attributes: Vec<Cow<'_, str>> = Vec::new();
        for operator in operators.clone() {
            attributes.push(match operator {
                TraversalOperator::GetAttr(name) => Cow::Borrowed(name.as_str()),
                // Which instance of a module is asked tells which of its outputs.
                TraversalOperator::Index(_) | TraversalOperator::LegacyIndex(_)
                    if root == "module" && attributes.len() == 1 =>
                {
                    match self.step(operator) {
                        Some(Step::Key(key)) => key,
                        _ => break,
                    }
                }
                _ => break,
            });
        }
        let attributes: Vec<&str> = attributes.iter().map(|one| &**one).collect();
        let found = match self.local(root) {
            Some(value) => Found {
                value,
                used: 0,
                kind: ViaKind::Element,
                label: None,
            },
            None => self.scope.resolve(root, &attributes, span),
        };
        let operators: Vec<&TraversalOperator> = operators.skip(found.used).collect();
        // As far as it is a plain value, it is not copied.
        let mut node: &Node<'s> = &found.value;
        let mut followed = 0;
        while let Some(operator) = operators.get(followed) {
            let Some(Step::Key(key)) = self.step(operator) else {
                break;
            };
            let next = match &node.value {
                Value::Map(map) => map.get(&key),
                Value::List(items) => key.parse::<usize>().ok().and_then(|at| items.get(at)),
                _ => None,
            };
            let Some(next) = next else { break };
            node = next;
            followed += 1;
        }
        if !self.budget.take(value::size(node)) {
            return unknown(span, TOO_MANY_STEPS);
        }
        let mut node = node.clone();
        if let Some(rest @ [_, ..]) = operators.get(followed..) {
            node = self.follow(node, rest, span);
        }
        if value::is_error(&node) {
            return Node { span, ..node };
        }
        let label = found.label.unwrap_or_else(|| {
            let used = attributes.get(..found.used).unwrap_or_default();
            let parts: Vec<&str> = std::iter::once(root).chain(used.iter().copied()).collect();
            Arc::from(parts.join("."))
        });
        used_at(&mut node, span, found.kind, &label);
        node
    }

    /// Attributes, indices and splats of a value.
    pub(super) fn follow(
        &mut self,
        mut node: Node<'s>,
        operators: &[&TraversalOperator],
        span: Span,
    ) -> Node<'s> {
        let mut at = 0;
        while let Some(operator) = operators.get(at) {
            at += 1;
            match operator {
                TraversalOperator::AttrSplat(_) => {
                    // Names, and numbers behind dots; an index ends it: `a.*.b[0]` is `(a.*.b)[0]`.
                    let from = at;
                    while let Some(
                        TraversalOperator::GetAttr(_) | TraversalOperator::LegacyIndex(_),
                    ) = operators.get(at)
                    {
                        at += 1;
                    }
                    node = self.splat(node, operators.get(from..at).unwrap_or_default(), span);
                }
                TraversalOperator::FullSplat(_) => {
                    return self.splat(node, operators.get(at..).unwrap_or_default(), span);
                }
                operator => {
                    node = match self.step(operator) {
                        Some(Step::Key(key)) => self.get(node, &key, span),
                        Some(Step::Refused(why)) => value::error(span, why),
                        Some(Step::Open) | None => any_of(&node, span),
                    };
                }
            }
            if value::is_error(&node) {
                break;
            }
        }
        node
    }

    /// What an attribute or index asks for; nothing for a splat.
    fn step<'t>(&mut self, operator: &'t TraversalOperator) -> Option<Step<'t>> {
        Some(match operator {
            TraversalOperator::GetAttr(name) => Step::Key(Cow::Borrowed(name.as_str())),
            TraversalOperator::LegacyIndex(index) => {
                Step::Key(Cow::Owned(index.value().to_string()))
            }
            TraversalOperator::Index(expression) => {
                let index = self.value(expression);
                match (value::text(&index), value::symbol(&index)) {
                    (Some(text), _) => Step::Key(Cow::Owned(text.into_owned())),
                    (None, Some(Symbol::Unknown(why))) if value::is_error(&index) => {
                        Step::Refused(why.to_string())
                    }
                    (None, Some(_)) => Step::Open,
                    (None, None) => Step::Refused("an index is a number or a text".to_owned()),
                }
            }
            TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => return None,
        })
    }

    /// A splat: the elements of a list, or the value itself as a list of one; of null, none.
    fn splat(&mut self, node: Node<'s>, operators: &[&TraversalOperator], span: Span) -> Node<'s> {
        match node.value {
            Value::Null => value::from_list(Vec::new(), span),
            Value::List(items) => {
                let items = items
                    .into_iter()
                    .map(|one| self.follow(one, operators, span));
                list(items.collect(), span)
            }
            Value::Symbol(inner) => match *inner {
                Symbol::Choice(inner) => {
                    let mut branch = |branch: Option<Node<'s>>| match branch {
                        Some(one) => self.splat(one, operators, span),
                        None => value::from_list(Vec::new(), span),
                    };
                    let (then, otherwise) = (branch(inner.then), branch(inner.otherwise));
                    choice(inner.condition, then, otherwise, span)
                }
                Symbol::Reference(one) => match one.origin {
                    Origin::Resource(_) if one.attribute == INSTANCES => {
                        let given = self.follow(instance_of(one, span), operators, span);
                        many(given, span)
                    }
                    Origin::Resource(_) if one.attribute.is_empty() => {
                        let one = symbol(Symbol::Reference(one), span);
                        list(vec![self.follow(one, operators, span)], span)
                    }
                    Origin::Zones(_) if operators.is_empty() => {
                        symbol(Symbol::Reference(one), span)
                    }
                    // What else is not known may be a list of any length.
                    _ => unknown(span, "a list that is not known"),
                },
                Symbol::Unknown(why) => unknown(span, why),
                Symbol::Text(_) => list(vec![Node::new(Value::Symbol(inner), span)], span),
            },
            value => {
                let item = self.follow(Node::new(value, span), operators, span);
                list(vec![item], span)
            }
        }
    }

    /// The attribute, key or index of a value.
    fn get(&mut self, node: Node<'s>, key: &str, span: Span) -> Node<'s> {
        match node.value {
            Value::Map(mut map) => match map.entries.iter().position(|entry| entry.key == key) {
                Some(at) => map.entries.swap_remove(at).value,
                None => value::error(span, format!("there is no `{key}`")),
            },
            Value::List(mut items) => match key.parse::<usize>() {
                Ok(at) if at < items.len() => items.swap_remove(at),
                _ => value::error(span, format!("there is no element `{key}`")),
            },
            Value::Symbol(inner) => match *inner {
                Symbol::Choice(inner) => {
                    let mut branch = |branch: Option<Node<'s>>| match branch {
                        Some(one) => self.get(one, key, span),
                        None => value::error(span, "null has no attributes"),
                    };
                    let (then, otherwise) = (branch(inner.then), branch(inner.otherwise));
                    choice(inner.condition, then, otherwise, span)
                }
                Symbol::Reference(one) => match one.origin {
                    Origin::Resource(_) if one.attribute == INSTANCES => instance_of(one, span),
                    // A resource without `count` has the index 0 for old configurations.
                    Origin::Resource(_) if one.attribute.is_empty() && key == "0" => {
                        symbol(Symbol::Reference(one), span)
                    }
                    Origin::Resource(index) if one.attribute.is_empty() => {
                        (*self.scope.attribute(index, key, span)).clone()
                    }
                    _ => deeper(one, key, span),
                },
                Symbol::Text(_) => value::error(span, "a text has no attributes"),
                Symbol::Unknown(why) => unknown(span, why),
            },
            Value::Null => value::error(span, "null has no attributes"),
            _ => value::error(span, "the value has no attributes"),
        }
    }
}

/// One attribute, key or index, evaluated.
enum Step<'t> {
    Key(Cow<'t, str>),
    /// An index that is not known.
    Open,
    Refused(String),
}

/// The element of an index that is not known.
fn any_of<'s>(node: &Node<'s>, span: Span) -> Node<'s> {
    match &node.value {
        // All instances share what is written of them.
        Value::Symbol(inner) => match &**inner {
            Symbol::Reference(one) if one.attribute == INSTANCES => instance_of(one.clone(), span),
            _ => unknown(span, "an index that is not known"),
        },
        Value::List(items) if items.len() == 1 => items[0].clone(),
        _ => unknown(span, "an index that is not known"),
    }
}

/// As many of a value as there are instances, whose number is not known.
fn many<'s>(given: Node<'s>, span: Span) -> Node<'s> {
    match given.value {
        Value::Symbol(inner) => match *inner {
            Symbol::Reference(mut one) => {
                one.attribute = Cow::Owned(format!("{INSTANCES}.{}", one.attribute));
                symbol(Symbol::Reference(one), span)
            }
            _ => unknown(span, "how many instances there are is not known"),
        },
        _ => unknown(span, "how many instances there are is not known"),
    }
}

/// One of the instances that a reference stands for.
fn instance_of<'s>(all: Reference<'s>, span: Span) -> Node<'s> {
    let one = Reference {
        attribute: Cow::Borrowed(""),
        ..all
    };
    symbol(Symbol::Reference(one), span)
}

/// What a reference gives further down.
fn deeper<'s>(mut reference: Reference<'s>, key: &str, span: Span) -> Node<'s> {
    reference.allowed = None;
    match key.parse::<u32>() {
        Ok(index) => reference.indices.push(index),
        Err(_) if reference.attribute.is_empty() => {
            reference.attribute = Cow::Owned(key.to_owned());
        }
        Err(_) => reference.attribute = Cow::Owned(format!("{}.{key}", reference.attribute)),
    }
    symbol(Symbol::Reference(reference), span)
}
