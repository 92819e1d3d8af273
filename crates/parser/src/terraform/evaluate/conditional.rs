//! Conditionals: one of two values by a test, or where that is not known a choice.
//!
//! <https://developer.hashicorp.com/terraform/language/expressions/conditionals>

use super::super::test::Test;
use super::super::{types, value};
use super::{Evaluation, choice, unknown};
use crate::source::Span;
use crate::tree::{Node, Origin, Reference, Symbol, Value};
use hcl_edit::Span as _;
use hcl_edit::expr::{BinaryOperator, Conditional, Expression, ObjectKey, UnaryOperator};

impl<'s> Evaluation<'_, 's> {
    pub(super) fn conditional(&mut self, conditional: &Conditional, span: Span) -> Node<'s> {
        let test = self.test(&conditional.cond_expr);
        let name = self.name_of(&test, &conditional.cond_expr);
        let (then, otherwise) = (&conditional.true_expr, &conditional.false_expr);
        self.decide(&test, &name, span, &mut |evaluation, held| {
            let (taken, other) = match held {
                true => (then, otherwise),
                false => (otherwise, then),
            };
            let mut node = evaluation.value(taken);
            // Both have one type. Where the other is written out, that type can be told at once.
            if value::symbol(&node).is_none() && is_written_out(other) {
                let other = evaluation.value(other);
                let (place, via) = (node.span, node.via.clone());
                let is_alike =
                    std::mem::discriminant(&node.value) == std::mem::discriminant(&other.value);
                node = match types::unified(vec![node.clone(), other]) {
                    Ok(both) => match both.into_iter().next() {
                        Some(unified) => Node {
                            via,
                            span: place,
                            ..unified
                        },
                        None => unknown(place, "no value"),
                    },
                    // What types objects have together is not always told here.
                    Err(_) if is_alike => node,
                    Err(_) => value::error(place, "the results of a conditional differ in type"),
                };
            }
            node
        })
    }

    /// The value of an operator whose result is a truth value: where it is not known a choice of both by what it asks, so
    /// that the question stays the same wherever the value is used.
    pub(super) fn truth(
        &mut self,
        result: Node<'s>,
        expression: &Expression,
        span: Span,
    ) -> Node<'s> {
        if !is_open(&result) {
            return result;
        }
        let is_comparison = match expression {
            Expression::BinaryOp(operation) => matches!(
                operation.operator.value(),
                BinaryOperator::Less
                    | BinaryOperator::LessEq
                    | BinaryOperator::Greater
                    | BinaryOperator::GreaterEq
            ),
            _ => false,
        };
        let test = match is_comparison {
            true => self.test_of(&unknown(span, "an operand is not known"), expression),
            false => self.test(expression),
        };
        let name = self.name_of(&test, expression);
        self.decide(&test, &name, span, &mut |_, held| {
            value::from_bool(held, span)
        })
    }

    /// How a test that is not known is called, in one line.
    pub(super) fn name_of(&self, test: &Test, expression: &Expression) -> String {
        match test {
            Test::Known(_) | Test::Refused(_) => String::new(),
            _ => self.one_line(expression),
        }
    }

    fn one_line(&self, expression: &Expression) -> String {
        let text = self.raw(expression.span());
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The value by a test: one of two, or a choice.
    pub(super) fn decide(
        &mut self,
        test: &Test,
        name: &str,
        span: Span,
        branch: &mut dyn FnMut(&mut Self, bool) -> Node<'s>,
    ) -> Node<'s> {
        let condition = match test {
            Test::Known(held) => Err(*held),
            Test::Refused(why) => return value::error(span, why),
            test => self.scope.condition(test, name),
        };
        match condition {
            Err(held) => branch(self, held),
            Ok(condition) => {
                let then = branch(self, true);
                let otherwise = branch(self, false);
                choice(condition, then, otherwise, span)
            }
        }
    }

    /// What a test asks. Its parts are asked one by one, so that tests that share some are known to.
    pub(super) fn test(&mut self, expression: &Expression) -> Test {
        match expression {
            Expression::Parenthesis(inner) => return self.test(inner.inner()),
            Expression::UnaryOp(operation) if *operation.operator.value() == UnaryOperator::Not => {
                return self.test(&operation.expr).not();
            }
            Expression::BinaryOp(operation) => {
                let operator = *operation.operator.value();
                let is_equal = operator == BinaryOperator::Eq;
                if matches!(operator, BinaryOperator::And | BinaryOperator::Or) {
                    let left = self.test(&operation.lhs_expr);
                    let right = self.test(&operation.rhs_expr);
                    return left.both(right, operator == BinaryOperator::Or);
                }
                if is_equal || operator == BinaryOperator::NotEq {
                    let left = self.value(&operation.lhs_expr);
                    let right = self.value(&operation.rhs_expr);
                    let test = match (value::symbol(&left), value::symbol(&right)) {
                        (Some(Symbol::Reference(one)), None) => equality(one, &right),
                        (None, Some(Symbol::Reference(one))) => equality(one, &left),
                        _ => None,
                    };
                    return match test {
                        Some(test) if is_equal => test,
                        Some(test) => test.not(),
                        None => {
                            let span = self.span(expression.span());
                            let value = self.binary(operator, left, right, span);
                            self.test_of(&value, expression)
                        }
                    };
                }
            }
            _ => {}
        }
        let value = self.value(expression);
        self.test_of(&value, expression)
    }

    fn test_of(&self, value: &Node<'s>, expression: &Expression) -> Test {
        if let Some(held) = value::boolean(value) {
            return Test::Known(held);
        }
        match value::symbol(value) {
            Some(Symbol::Choice(choice)) => {
                let branch = |branch: &Option<Node<'s>>| match branch {
                    Some(node) => self.test_of(node, expression),
                    None => Test::Refused("the condition is null".to_owned()),
                };
                match (branch(&choice.then), branch(&choice.otherwise)) {
                    // Where one is refused, the other is what is there.
                    (Test::Refused(_), other) | (other, Test::Refused(_)) => other,
                    (then, otherwise) => {
                        Test::Depends(choice.condition, Box::new(then), Box::new(otherwise))
                    }
                }
            }
            Some(Symbol::Reference(reference)) => Test::Open(named(reference)),
            Some(Symbol::Unknown(why)) if value::is_error(value) => Test::Refused(why.to_string()),
            Some(_) => {
                let text = self.one_line(expression);
                let instance = self.instance_in(&text);
                Test::Open(format!("{text}{instance}"))
            }
            None => Test::Refused("the condition is neither true nor false".to_owned()),
        }
    }

    /// Tells instances and turns of loops apart, where a text uses their names.
    fn instance_in(&self, text: &str) -> String {
        let names = self.instance.iter().chain(&self.locals);
        names
            .filter(|(name, _)| is_named(text, name))
            .map(|(name, node)| format!(" {name}={}", value::identity(node)))
            .collect()
    }
}

/// Whether a text holds a name as a word of its own, and not as an attribute.
fn is_named(text: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let behind = text[at + name.len()..].chars().next();
        !before.is_some_and(|c| is_word(c) || c == '.') && !behind.is_some_and(is_word)
    })
}

/// Whether a truth value, or one side of it, is not known.
fn is_open(node: &Node<'_>) -> bool {
    match value::symbol(node) {
        Some(Symbol::Choice(choice)) => {
            let branches = [&choice.then, &choice.otherwise];
            branches.into_iter().flatten().any(is_open)
        }
        Some(_) => !value::is_error(node),
        None => false,
    }
}

/// What is asked where something that is not known is compared; nothing where its value is no scalar.
fn equality(reference: &Reference<'_>, other: &Node<'_>) -> Option<Test> {
    let value = match &other.value {
        Value::Null if value::is_sure(reference) => return Some(Test::Known(false)),
        Value::String(text) if text.is_empty() && value::is_sure(reference) => {
            return Some(Test::Known(false));
        }
        Value::Bool(true) => return Some(Test::Open(named(reference))),
        Value::Bool(false) => return Some(Test::Open(named(reference)).not()),
        Value::Null => "null".to_owned(),
        Value::String(text) => format!("{text:?}"),
        _ => value::text(other)?.into_owned(),
    };
    let allowed = reference.allowed.as_ref();
    Some(Test::Equal {
        key: named(reference),
        allowed: allowed.map(|all| all.iter().map(|one| format!("{one:?}")).collect()),
        value,
    })
}

/// A name for what a reference stands for: equal for equal ones.
fn named(reference: &Reference<'_>) -> String {
    let origin = match &reference.origin {
        Origin::Resource(index) => format!("#{index}"),
        Origin::Parameter(name) | Origin::Import(name) => name.to_string(),
        Origin::Pseudo(name) => format!("pseudo {name}"),
        Origin::Zones(region) => format!("zones {region}"),
    };
    format!("{origin}.{}{:?}", reference.attribute, reference.indices)
}

/// Whether an expression is a value without names in it, and so costs little.
fn is_written_out(expression: &Expression) -> bool {
    match expression {
        Expression::Null(_)
        | Expression::Bool(_)
        | Expression::Number(_)
        | Expression::String(_) => true,
        Expression::Parenthesis(inner) => is_written_out(inner.inner()),
        Expression::Array(items) => items.iter().all(is_written_out),
        Expression::Object(object) => object
            .iter()
            .all(|(key, item)| matches!(key, ObjectKey::Ident(_)) && is_written_out(item.expr())),
        _ => false,
    }
}
