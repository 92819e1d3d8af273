//! `format` and `formatlist`.
//!
//! <https://developer.hashicorp.com/terraform/language/functions/format>

use super::encoding::json_text;
use super::texts::characters;
use super::{Answer, Arguments, MAX_TEXT_BYTES, Stop, refuse};
use crate::terraform::types::{self, Type};
use crate::terraform::value::{self, Number};
use crate::tree::{Node, Value};
use unicode_segmentation::UnicodeSegmentation;

/// Widths and precisions beyond this are refused.
const MAX_WIDTH: usize = 1 << 16;

pub(super) fn format<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let template = a.text()?;
    let values = a.rest();
    formatted(a, &template, &values)
}

/// Lists are walked together, other values are used for each element.
pub(super) fn formatlist<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let template = a.text()?;
    let arguments = a.rest();
    let mut length = None;
    for (index, argument) in arguments.iter().enumerate() {
        match &argument.value {
            Value::List(items) => match length {
                Some(length) if length != items.len() => {
                    return refuse(format!(
                        "argument {} has length {}, which is inconsistent with length {length}",
                        index + 1,
                        items.len()
                    ));
                }
                _ => length = Some(items.len()),
            },
            Value::Symbol(symbol) if super::may_be_list(symbol) => return Err(a.unknown(symbol)),
            _ => {}
        }
    }
    let rows = (0..length.unwrap_or(1)).map(|row| {
        let values: Vec<Node<'s>> = arguments
            .iter()
            .filter_map(|argument| match &argument.value {
                Value::List(items) => items.get(row).cloned(),
                _ => Some(argument.clone()),
            })
            .collect();
        formatted(a, &template, &values)
    });
    let mut results = Vec::new();
    let mut bytes = 0;
    for row in rows {
        let row = row?;
        bytes += row.as_str().map_or(0, str::len);
        if bytes > MAX_TEXT_BYTES {
            return Err(Stop::Unknown("the result is too large".into()));
        }
        results.push(row);
    }
    a.list_node(results)
}

/// One `%` sequence.
#[derive(Default)]
struct Verb {
    zero: bool,
    sharp: bool,
    plus: bool,
    minus: bool,
    space: bool,
    width: Option<usize>,
    precision: Option<usize>,
    /// From 1.
    argument: Option<usize>,
    mode: char,
}

/// Reads what follows a `%`; gives the rest behind it.
fn verb(text: &str) -> Option<(Verb, &str)> {
    let mut verb = Verb::default();
    let mut rest = text;
    loop {
        let flag = match rest.as_bytes().first()? {
            b'0' => &mut verb.zero,
            b'#' => &mut verb.sharp,
            b'+' => &mut verb.plus,
            b'-' => &mut verb.minus,
            b' ' => &mut verb.space,
            _ => break,
        };
        *flag = true;
        rest = &rest[1..];
    }
    let number = |text: &str| -> (Option<usize>, usize) {
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        (text[..digits].parse().ok(), digits)
    };
    let (width, digits) = number(rest);
    verb.width = width;
    rest = &rest[digits..];
    if let Some(behind) = rest.strip_prefix('.') {
        let (precision, digits) = number(behind);
        verb.precision = Some(precision.unwrap_or(0));
        rest = &behind[digits..];
    }
    if let Some(behind) = rest.strip_prefix('[') {
        let (argument, digits) = number(behind);
        verb.argument = Some(argument?);
        rest = behind[digits..].strip_prefix(']')?;
    }
    let mode = rest.chars().next()?;
    if !mode.is_ascii_alphabetic() {
        return None;
    }
    verb.mode = mode;
    Some((verb, &rest[1..]))
}

fn formatted<'s>(a: &Arguments<'_, 's>, template: &str, values: &[Node<'s>]) -> Answer<'s> {
    let mut pieces: Vec<Node<'s>> = Vec::new();
    let mut literal = String::new();
    let mut rest = template;
    let (mut next, mut highest) = (1, 0);
    let mut bytes = 0;
    while let Some(at) = rest.find('%') {
        literal.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix('%') {
            literal.push('%');
            rest = behind;
            continue;
        }
        let Some((verb, behind)) = verb(rest) else {
            return refuse(format!(
                "unrecognized format character at offset {}",
                template.len() - rest.len()
            ));
        };
        rest = behind;
        let index = verb.argument.unwrap_or(next);
        next = index + 1;
        highest = highest.max(index);
        let Some(value) = index.checked_sub(1).and_then(|index| values.get(index)) else {
            return refuse(format!(
                "not enough arguments for \"%{}\": need index {index} but have {} total",
                verb.mode,
                values.len()
            ));
        };
        match value::first_symbol(value) {
            None => literal.push_str(&shown(&verb, value)?),
            Some(symbol) => {
                let hole = match (verb.mode, &value.value) {
                    // The text of the value as it is.
                    ('s' | 'v', Value::Symbol(_))
                        if verb.width.is_none() && verb.precision.is_none() && !verb.sharp =>
                    {
                        value.clone()
                    }
                    _ => match a.unknown(symbol) {
                        Stop::Unknown(why) => value::unknown(why, value.span),
                        refused @ Stop::Refused(_) => return Err(refused),
                    },
                };
                bytes += literal.len();
                pieces.push(value::from_text(std::mem::take(&mut literal), a.span));
                pieces.push(hole);
            }
        }
        if bytes + literal.len() > MAX_TEXT_BYTES {
            return Err(Stop::Unknown("the result is too large".into()));
        }
    }
    if highest < values.len() {
        return refuse(match highest {
            0 => "too many arguments; no verbs in format string".to_owned(),
            _ => format!("too many arguments; only {highest} used by format string"),
        });
    }
    literal.push_str(rest);
    pieces.push(value::from_text(literal, a.span));
    Ok(value::join(pieces, a.span))
}

/// A known value as a verb shows it.
fn shown<'s>(verb: &Verb, node: &Node<'s>) -> Result<String, Stop<'s>> {
    let mode = verb.mode;
    if verb.width.max(verb.precision).unwrap_or(0) > MAX_WIDTH {
        return refuse("the width is too large");
    }
    let unsupported =
        |why: &str| Stop::Refused(format!("unsupported value for \"%{mode}\": {why}"));
    if mode != 'v' && matches!(node.value, Value::Null) {
        return Err(unsupported("null value cannot be formatted"));
    }
    let converted =
        |kind: Type<'s>| types::convert(node.clone(), &kind).map_err(|why| unsupported(&why));
    match mode {
        'v' => {
            let text = match &node.value {
                Value::String(text) if !verb.sharp => text.to_string(),
                Value::Number(_) if !verb.sharp => match value::number(node) {
                    Some(number) => general(number, None, false),
                    None => json_text(node),
                },
                _ => json_text(node),
            };
            Ok(padded(verb, &text))
        }
        't' => Ok(converted(Type::Bool)?
            .scalar_text()
            .unwrap_or_default()
            .to_owned()),
        's' | 'q' => {
            let node = converted(Type::String)?;
            let text = node.as_str().unwrap_or_default();
            // A precision of zero cuts nothing.
            let text: String = match verb.precision {
                Some(precision @ 1..) => text.graphemes(true).take(precision).collect(),
                _ => text.to_owned(),
            };
            Ok(match mode {
                's' => padded(verb, &text),
                _ => padded(verb, &json_text(&value::from_text(text, node.span))),
            })
        }
        'b' | 'd' | 'o' | 'x' | 'X' | 'e' | 'E' | 'f' | 'g' | 'G' => {
            let number = value::number(&converted(Type::Number)?)
                .ok_or_else(|| unsupported("a number is required"))?;
            let negative = number < Number::from(0_i128);
            let number = if negative { -number } else { number };
            let digits = match mode {
                'b' | 'd' | 'o' | 'x' | 'X' => {
                    whole(verb, number).ok_or_else(|| unsupported("an integer is required"))?
                }
                'f' => format!("{:.*}", verb.precision.unwrap_or(6), number.to_f64()),
                'e' | 'E' => scientific(number, verb.precision.unwrap_or(6), mode == 'E'),
                _ => general(number, verb.precision, mode == 'G'),
            };
            Ok(signed(verb, negative, &digits))
        }
        _ => refuse(format!("unsupported format verb \"{mode}\"")),
    }
}

fn padded(verb: &Verb, text: &str) -> String {
    let missing = verb.width.unwrap_or(0).saturating_sub(characters(text));
    let padding = if verb.zero { "0" } else { " " }.repeat(missing);
    if verb.minus {
        format!("{text}{padding}")
    } else {
        format!("{padding}{text}")
    }
}

/// Digits with their sign, in the width; zeros go behind the sign.
fn signed(verb: &Verb, negative: bool, digits: &str) -> String {
    let sign = match (negative, verb.plus, verb.space) {
        (true, ..) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        (false, false, false) => "",
    };
    let missing = verb
        .width
        .unwrap_or(0)
        .saturating_sub(sign.len() + digits.len());
    if verb.minus {
        format!("{sign}{digits}{}", " ".repeat(missing))
    } else if verb.zero {
        format!("{sign}{}{digits}", "0".repeat(missing))
    } else {
        format!("{}{sign}{digits}", " ".repeat(missing))
    }
}

/// The digits of a whole number that is not negative.
fn whole(verb: &Verb, number: Number) -> Option<String> {
    let Some(integer) = number.to_integer() else {
        // Larger than what fits, but whole: its decimal digits are known.
        let text = number.to_string();
        return (verb.mode == 'd' && !text.contains('.')).then_some(text);
    };
    let digits = match verb.mode {
        'b' => format!("{integer:b}"),
        'o' => format!("{integer:o}"),
        'x' => format!("{integer:x}"),
        'X' => format!("{integer:X}"),
        _ => integer.to_string(),
    };
    let prefix = match verb.mode {
        _ if !verb.sharp => "",
        'b' => "0b",
        'o' => "0",
        'x' => "0x",
        'X' => "0X",
        _ => "",
    };
    let precision = verb.precision.unwrap_or(0);
    Some(format!("{prefix}{digits:0>precision$}"))
}

/// `1.500000e+03`
fn scientific(number: Number, precision: usize, capital: bool) -> String {
    exponent_form(&format!("{:.*e}", precision, number.to_f64()), capital)
}

/// Go's form of an exponent: a sign, and at least two digits.
fn exponent_form(text: &str, capital: bool) -> String {
    let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(exponent) => ('-', exponent),
        None => ('+', exponent),
    };
    let e = if capital { 'E' } else { 'e' };
    format!("{digits}{e}{sign}{exponent:0>2}")
}

/// The shortest form: with an exponent where that is below -4, or not below the precision; that is 6 where none is
/// asked for, so that a million is `1e+06`.
pub(super) fn general(number: Number, precision: Option<usize>, capital: bool) -> String {
    if let Number::Decimal { mantissa: 0, .. } = number {
        return "0".to_owned();
    }
    // The digits and the exponent of the first of them.
    let (digits, exponent) = significant(number, precision);
    let limit = match precision {
        None => 6,
        Some(precision) => i64::try_from(precision.max(1)).unwrap_or(i64::MAX),
    };
    let limit = match precision {
        Some(_) if limit > count(&digits) && count(&digits) > exponent => count(&digits),
        _ => limit,
    };
    let negative = number < Number::from(0_i128);
    let sign = if negative { "-" } else { "" };
    let text = if exponent < -4 || exponent >= limit {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        exponent_form(&format!("{first}{point}{rest}e{exponent}"), capital)
    } else if exponent < 0 {
        let zeros = usize::try_from(-exponent - 1).unwrap_or(0);
        format!("0.{}{digits}", "0".repeat(zeros))
    } else {
        let whole = usize::try_from(exponent + 1).unwrap_or(0);
        if digits.len() <= whole {
            format!("{digits:0<whole$}")
        } else {
            let (whole, fraction) = digits.split_at(whole);
            format!("{whole}.{fraction}")
        }
    };
    format!("{sign}{text}")
}

fn count(digits: &str) -> i64 {
    i64::try_from(digits.len()).unwrap_or(i64::MAX)
}

/// The digits that matter, without zeros at the end, and the exponent of the first.
fn significant(number: Number, precision: Option<usize>) -> (String, i64) {
    if let Some(precision) = precision {
        let text = format!("{:.*e}", precision.max(1) - 1, number.to_f64().abs());
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let digits = digits.replace('.', "");
        let trimmed = digits.trim_end_matches('0');
        return (trimmed.to_owned(), exponent.parse().unwrap_or(0));
    }
    let text = number.to_string();
    let text = text.trim_start_matches('-');
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let all = format!("{whole}{fraction}");
    let leading = all.len() - all.trim_start_matches('0').len();
    let digits = all[leading..].trim_end_matches('0').to_owned();
    (
        digits,
        count(whole) - 1 - i64::try_from(leading).unwrap_or(0),
    )
}
