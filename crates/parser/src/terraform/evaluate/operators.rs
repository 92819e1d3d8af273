//! Operators, and the joining of texts.
//!
//! <https://developer.hashicorp.com/terraform/language/expressions/operators>

use super::super::value;
use super::{MAX_TEXT_BYTES, unknown};
use crate::source::Span;
use crate::tree::{Node, Value};
use hcl_edit::expr::{BinaryOperator, UnaryOperator};

pub(super) fn unary<'s>(operator: UnaryOperator, operand: Node<'s>, span: Span) -> Node<'s> {
    if value::is_error(&operand) {
        return operand;
    }
    if value::symbol(&operand).is_some() {
        return unknown(span, "an operand is not known");
    }
    let result = match operator {
        UnaryOperator::Not => value::boolean(&operand).map(|held| value::from_bool(!held, span)),
        UnaryOperator::Neg => value::number(&operand).map(|one| value::from_number(-one, span)),
    };
    result.unwrap_or_else(|| value::error(span, "the operand has not the type of its operator"))
}

/// <https://developer.hashicorp.com/terraform/language/expressions/operators>
pub(super) fn binary<'s>(
    operator: BinaryOperator,
    left: &Node<'s>,
    right: &Node<'s>,
    span: Span,
) -> Node<'s> {
    use BinaryOperator::{
        And, Div, Eq, Greater, GreaterEq, Less, LessEq, Minus, Mod, Mul, NotEq, Or, Plus,
    };
    if let Some(error) = [left, right].into_iter().find(|one| value::is_error(one)) {
        return error.clone();
    }
    let bool_of = |held: bool| value::from_bool(held, span);
    let open = || unknown(span, "an operand is not known");
    let is_open = |node: &Node<'s>| value::symbol(node).is_some();
    match operator {
        Eq | NotEq => match value::equal(left, right) {
            Some(held) => bool_of(held == (operator == Eq)),
            None => open(),
        },
        And | Or => {
            let (a, b) = (value::boolean(left), value::boolean(right));
            let decisive = operator == Or;
            let is_null = |node: &Node<'s>| matches!(node.value, Value::Null);
            match (a, b) {
                _ if is_null(left) || is_null(right) => value::error(span, "an operand is null"),
                (Some(a), _) if a == decisive => bool_of(decisive),
                (_, Some(b)) if b == decisive => bool_of(decisive),
                (Some(_), Some(_)) => bool_of(!decisive),
                _ if is_open(left) || is_open(right) => open(),
                _ => value::error(span, "an operand is neither true nor false"),
            }
        }
        Plus | Minus | Mul | Div | Mod | Less | LessEq | Greater | GreaterEq => {
            if is_open(left) || is_open(right) {
                return open();
            }
            let (Some(a), Some(b)) = (value::number(left), value::number(right)) else {
                return value::error(span, "an operand is no number");
            };
            match operator {
                Plus => value::from_number(a + b, span),
                Minus => value::from_number(a - b, span),
                Mul => value::from_number(a * b, span),
                Div | Mod if b == 0.0 => value::error(span, "a division by zero"),
                Div => value::from_number(a / b, span),
                Mod => value::from_number(a % b, span),
                Less => bool_of(a < b),
                LessEq => bool_of(a <= b),
                Greater => bool_of(a > b),
                _ => bool_of(a >= b),
            }
        }
    }
}

/// Pieces as one text.
pub(super) fn join<'s>(pieces: Vec<Node<'s>>, span: Span) -> Node<'s> {
    if let Some(error) = pieces.iter().find(|piece| value::is_error(piece)) {
        return error.clone();
    }
    let bytes = pieces
        .iter()
        .map(|piece| value::text(piece).map_or(0, |text| text.len()));
    if bytes.sum::<usize>() > MAX_TEXT_BYTES {
        return unknown(span, "the text is too long");
    }
    let mut texts = Vec::with_capacity(pieces.len());
    for piece in pieces {
        texts.push(match piece.value {
            // What `jsonencode` makes of a value that is not wholly known is the value itself.
            Value::List(_) | Value::Map(_) if !value::is_wholly_known(&piece) => piece,
            Value::Null | Value::List(_) | Value::Map(_) => {
                return value::error(span, "a part of the template is no text");
            }
            _ => piece,
        });
    }
    value::join(texts, span)
}
