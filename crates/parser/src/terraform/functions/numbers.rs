//! Numeric functions.

use super::{Answer, Arguments, Stop, refuse};
use crate::terraform::value::Number;
use std::cmp::Ordering;

pub(super) fn abs<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let number = a.number()?;
    a.number_node(if number < Number::from(0_i128) {
        -number
    } else {
        number
    })
}

pub(super) fn ceil<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let number = a.number()?;
    a.number_node(-(-number).floor())
}

pub(super) fn floor<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let number = a.number()?;
    a.number_node(number.floor())
}

/// The result of an operation on floats.
fn float<'s>(a: &Arguments<'_, 's>, value: f64) -> Answer<'s> {
    match Number::from_f64(value) {
        Some(number) => a.number_node(number),
        None => refuse("the result is not a finite number"),
    }
}

pub(super) fn log<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let (number, base) = (a.number()?.to_f64(), a.number()?.to_f64());
    float(a, number.ln() / base.ln())
}

pub(super) fn pow<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let (number, power) = (a.number()?.to_f64(), a.number()?.to_f64());
    float(a, number.powf(power))
}

pub(super) fn max<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    extreme(a, Ordering::Greater)
}

pub(super) fn min<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    extreme(a, Ordering::Less)
}

fn extreme<'s>(a: &mut Arguments<'_, 's>, wanted: Ordering) -> Answer<'s> {
    let mut best: Option<Number> = None;
    for node in a.rest() {
        let number = a.as_number(node)?;
        if best.is_none_or(|best| number.partial_cmp(&best) == Some(wanted)) {
            best = Some(number);
        }
    }
    match best {
        Some(number) => a.number_node(number),
        None => refuse("must pass at least one number"),
    }
}

pub(super) fn signum<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let sign = a.integer()?.signum();
    a.number_node(i128::from(sign))
}

pub(super) fn parseint<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let node = a.known()?;
    let Some(text) = node.as_str() else {
        return refuse("first argument must be a string");
    };
    let base = a.integer()?;
    if !(2..=62).contains(&base) {
        return refuse("base must be a whole number between 2 and 62 inclusive");
    }
    match integer(text, i128::from(base)) {
        Some(number) => a.number_node(number),
        None => refuse(format!("cannot parse \"{text}\" as a base {base} integer")),
    }
}

/// A whole number in a base. Above 36, capital letters stand for more than small ones.
fn integer(text: &str, base: i128) -> Option<i128> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() {
        return None;
    }
    let magnitude = digits.bytes().try_fold(0_i128, |sum, byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'z' => byte - b'a' + 10,
            b'A'..=b'Z' if base > 36 => byte - b'A' + 36,
            b'A'..=b'Z' => byte - b'A' + 10,
            _ => return None,
        };
        let digit = i128::from(digit);
        (digit < base).then(|| sum.checked_mul(base)?.checked_add(digit))?
    })?;
    Some(if text.starts_with('-') {
        -magnitude
    } else {
        magnitude
    })
}

pub(super) fn sum<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let items = a.list()?;
    if items.is_empty() {
        return refuse("cannot sum an empty list");
    }
    let mut total = Number::from(0_i128);
    for item in items {
        let number = a.as_number(item).map_err(|stop| match stop {
            Stop::Refused(_) => {
                Stop::Refused("argument must be list, set, or tuple of number values".to_owned())
            }
            Stop::Unknown(why) => Stop::Unknown(why),
        })?;
        total = total + number;
    }
    a.number_node(total)
}
