//! What Terraform says of values: numbers, conversion between scalars, equality, order.
//!
//! Values are those of [`crate::tree`], with these conventions: a number is written as Terraform prints it;
//! lists, sets and tuples are [`Value::List`] (a set sorted, without repeats); maps and objects are [`Value::Map`].
//! So `tolist([])` and `[]` are equal here, which Terraform, comparing their types, denies.
//!
//! The functions here recurse as deep as a value is nested; whoever makes values bounds that.

use crate::source::Span;
use crate::tree::{Entry, Map, Node, Origin, Reference, Symbol, Value, Via};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};
use std::sync::Arc;

/// A number: exact where it has a short decimal form (so that `0.1 + 0.2 == 0.3`, as with Terraform's
/// 512 bits), else the nearest float.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// `mantissa / 10^scale`, without trailing zeros in the fraction.
    Decimal {
        /// The digits.
        mantissa: i128,
        /// How many of them are the fraction.
        scale: u32,
    },
    /// Any finite number.
    Float(f64),
}

/// Fractions with more digits than a float can tell apart are floats: `1 / 3 * 3` is then `1`.
const FLOAT_DIGITS: u32 = 16;

/// Longer number texts are refused.
const MAX_NUMBER_BYTES: usize = 512;

impl Number {
    /// The number of a text in decimal notation, as Terraform reads it (`12`, `-0.5`, `1e3`).
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_NUMBER_BYTES {
            return None;
        }
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (digits, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_digits(whole) || !is_digits(fraction) || whole.len() + fraction.len() == 0 {
            return None;
        }
        let exact = || {
            let mantissa: i128 = format!("{whole}{fraction}").parse().ok()?;
            let mantissa = if text.starts_with('-') {
                -mantissa
            } else {
                mantissa
            };
            let scale = i64::try_from(fraction.len()).ok()? - i64::from(exponent);
            Self::scaled(mantissa, scale)
        };
        exact()
            .filter(|number| match number {
                Self::Decimal { mantissa, scale } => {
                    *scale == 0 || mantissa.unsigned_abs() < 10_u128.pow(FLOAT_DIGITS)
                }
                Self::Float(_) => true,
            })
            .or_else(|| Self::from_f64(text.parse().ok()?))
    }

    /// A float, where it is finite.
    pub fn from_f64(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self::Float(value))
    }

    fn scaled(mut mantissa: i128, mut scale: i64) -> Option<Self> {
        while scale > 0 && mantissa % 10 == 0 && mantissa != 0 {
            mantissa /= 10;
            scale -= 1;
        }
        if mantissa == 0 {
            scale = 0;
        }
        if scale < 0 {
            let power = 10_i128.checked_pow(u32::try_from(-scale).ok()?)?;
            mantissa = mantissa.checked_mul(power)?;
            scale = 0;
        }
        let scale = u32::try_from(scale).ok().filter(|scale| *scale <= 38)?;
        Some(Self::Decimal { mantissa, scale })
    }

    /// The nearest float.
    pub fn to_f64(self) -> f64 {
        match self {
            Self::Decimal { mantissa, scale: 0 } => mantissa as f64,
            Self::Decimal { .. } => self.to_string().parse().unwrap_or(0.0),
            Self::Float(value) => value,
        }
    }

    /// The whole number, where it is one that fits.
    pub fn to_integer(self) -> Option<i128> {
        match self {
            Self::Decimal { mantissa, scale: 0 } => Some(mantissa),
            Self::Decimal { .. } => None,
            Self::Float(value) if value.fract() == 0.0 => value.to_string().parse().ok(),
            Self::Float(_) => None,
        }
    }

    /// The greatest whole number that is not greater.
    #[must_use]
    pub fn floor(self) -> Self {
        match self {
            Self::Decimal { mantissa, scale } => Self::Decimal {
                mantissa: mantissa.div_euclid(10_i128.pow(scale)),
                scale: 0,
            },
            Self::Float(value) => Self::Float(value.floor()),
        }
    }

    /// Both as whole numbers of one scale.
    fn aligned(self, other: Self) -> Option<(i128, i128, u32)> {
        let (
            Self::Decimal {
                mantissa: a,
                scale: x,
            },
            Self::Decimal {
                mantissa: b,
                scale: y,
            },
        ) = (self, other)
        else {
            return None;
        };
        let scale = x.max(y);
        let grown = |mantissa: i128, by: u32| mantissa.checked_mul(10_i128.checked_pow(by)?);
        Some((grown(a, scale - x)?, grown(b, scale - y)?, scale))
    }

    /// The exact result where there is one, else that of floats.
    fn combine(
        self,
        other: Self,
        exact: impl Fn(i128, i128, u32) -> Option<Self>,
        float: impl Fn(f64, f64) -> f64,
    ) -> Self {
        self.aligned(other)
            .and_then(|(a, b, scale)| exact(a, b, scale))
            .unwrap_or_else(|| Self::Float(float(self.to_f64(), other.to_f64())))
    }
}

impl fmt::Display for Number {
    /// As Terraform prints it: all digits, no exponent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Decimal { mantissa, scale: 0 } => write!(f, "{mantissa}"),
            Self::Decimal { mantissa, scale } => {
                let digits = mantissa.unsigned_abs().to_string();
                let scale = scale as usize;
                let padded = format!("{digits:0>width$}", width = scale + 1);
                let (whole, fraction) = padded.split_at(padded.len() - scale);
                let sign = if mantissa < 0 { "-" } else { "" };
                write!(f, "{sign}{whole}.{fraction}")
            }
            Self::Float(0.0) => write!(f, "0"),
            Self::Float(value) => write!(f, "{value}"),
        }
    }
}

impl From<i128> for Number {
    fn from(mantissa: i128) -> Self {
        Self::Decimal { mantissa, scale: 0 }
    }
}

impl From<usize> for Number {
    fn from(value: usize) -> Self {
        Self::from(value as i128)
    }
}

impl Add for Number {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let exact = |a: i128, b, scale: u32| Self::scaled(a.checked_add(b)?, scale.into());
        self.combine(other, exact, |a, b| a + b)
    }
}

impl Sub for Number {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        let exact = |a: i128, b, scale: u32| Self::scaled(a.checked_sub(b)?, scale.into());
        self.combine(other, exact, |a, b| a - b)
    }
}

impl Mul for Number {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let exact = |a: i128, b, scale: u32| Self::scaled(a.checked_mul(b)?, i64::from(scale) * 2);
        self.combine(other, exact, |a, b| a * b)
    }
}

impl Div for Number {
    type Output = Self;
    /// Not to be asked for a divisor of zero.
    fn div(self, other: Self) -> Self {
        let exact = |a: i128, b: i128, _| {
            (0..u32::MAX)
                .map_while(|scale| Some((a.checked_mul(10_i128.checked_pow(scale)?)?, scale)))
                .find(|(a, _)| a.checked_rem(b) == Some(0))
                .and_then(|(a, scale)| Self::scaled(a.checked_div(b)?, scale.into()))
        };
        self.combine(other, exact, |a, b| a / b)
    }
}

impl Rem for Number {
    type Output = Self;
    /// The remainder has the sign of the dividend.
    fn rem(self, other: Self) -> Self {
        let exact = |a: i128, b, scale: u32| Self::scaled(a.checked_rem(b)?, scale.into());
        self.combine(other, exact, |a, b| a % b)
    }
}

impl Neg for Number {
    type Output = Self;
    fn neg(self) -> Self {
        Self::from(0_i128) - self
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl PartialEq<f64> for Number {
    fn eq(&self, other: &f64) -> bool {
        self.to_f64() == *other
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match self.aligned(*other) {
            Some((a, b, _)) => Some(a.cmp(&b)),
            None => self.to_f64().partial_cmp(&other.to_f64()),
        }
    }
}

/// A number's text as Terraform prints it; a text that is no number stays as it is.
pub fn canonical(text: &str) -> String {
    Number::parse(text).map_or_else(|| text.to_owned(), |number| number.to_string())
}

/// A node with a number.
pub fn from_number<'s>(number: impl Into<Number>, span: Span) -> Node<'s> {
    Node::new(Value::Number(Cow::Owned(number.into().to_string())), span)
}

/// A node with a truth value.
pub fn from_bool<'s>(held: bool, span: Span) -> Node<'s> {
    Node::new(Value::Bool(held), span)
}

/// A node with a text.
pub fn from_text<'s>(text: impl Into<Cow<'s, str>>, span: Span) -> Node<'s> {
    Node::new(Value::String(text.into()), span)
}

/// A node with a list.
pub fn from_list<'s>(items: Vec<Node<'s>>, span: Span) -> Node<'s> {
    Node::new(Value::List(items), span)
}

/// A node with a map, sorted by key; of entries with one key the last counts.
pub fn from_entries<'s>(mut entries: Vec<Entry<'s>>, span: Span) -> Node<'s> {
    // Sorting keeps the order of equal keys, and of these the earlier ones go.
    entries.sort_by(|a, b| b.key.cmp(&a.key));
    entries.reverse();
    entries.dedup_by(|later, kept| later.key == kept.key);
    Node::new(Value::Map(Map { entries }), span)
}

/// A value that cannot be told, with why.
pub fn unknown<'s>(why: impl Into<Cow<'s, str>>, span: Span) -> Node<'s> {
    Node::new(Value::Symbol(Box::new(Symbol::Unknown(why.into()))), span)
}

/// What the reason of a value begins with that Terraform would refuse to compute.
const ERROR: &str = "Terraform refuses it: ";

/// A value that Terraform would refuse to compute: unknown, for a reason that [`is_error`] knows.
pub fn error<'s>(span: Span, why: impl AsRef<str>) -> Node<'s> {
    let why = why.as_ref();
    let why = why.strip_prefix(ERROR).unwrap_or(why);
    unknown(format!("{ERROR}{why}"), span)
}

/// Whether a value is one of [`error`].
pub fn is_error(node: &Node<'_>) -> bool {
    refusal(node).is_some()
}

/// Why Terraform would refuse to compute a value, where it is one of [`error`].
pub fn refusal<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    match symbol(node) {
        Some(Symbol::Unknown(why)) => why.strip_prefix(ERROR),
        _ => None,
    }
}

/// The symbol, where it is one.
pub fn symbol<'n, 's>(node: &'n Node<'s>) -> Option<&'n Symbol<'s>> {
    match &node.value {
        Value::Symbol(symbol) => Some(symbol),
        _ => None,
    }
}

/// The first symbol in a value, or in what it holds.
pub fn first_symbol<'n, 's>(node: &'n Node<'s>) -> Option<&'n Symbol<'s>> {
    match &node.value {
        Value::Symbol(symbol) => Some(symbol),
        Value::List(items) => items.iter().find_map(first_symbol),
        Value::Map(map) => map
            .entries
            .iter()
            .find_map(|entry| first_symbol(&entry.value)),
        _ => None,
    }
}

/// Whether there is no symbol in a value.
pub fn is_wholly_known(node: &Node<'_>) -> bool {
    first_symbol(node).is_none()
}

/// The truth value, or a text that Terraform takes as one.
pub fn boolean(node: &Node<'_>) -> Option<bool> {
    match &node.value {
        Value::Bool(held) => Some(*held),
        Value::String(text) => match text.as_ref() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// The number, or a text that Terraform takes as one.
pub fn number(node: &Node<'_>) -> Option<Number> {
    match &node.value {
        Value::Number(text) | Value::String(text) => Number::parse(text),
        _ => None,
    }
}

/// A text, number or truth value as text.
pub fn text<'n>(node: &'n Node<'_>) -> Option<Cow<'n, str>> {
    match &node.value {
        Value::Number(text) => Some(Cow::Owned(canonical(text))),
        _ => node.scalar_text().map(Cow::Borrowed),
    }
}

/// The elements of a list with their indices, or of a map with their keys and in their order. Of a set, which
/// looks like a list, the keys should be the elements themselves.
pub fn elements<'s>(node: &Node<'s>) -> Option<Vec<(Node<'s>, Node<'s>)>> {
    let indexed = |(index, item): (usize, &Node<'s>)| (from_number(index, item.span), item.clone());
    let keyed = |entry: &Entry<'s>| {
        let key = from_text(entry.key.clone(), entry.key_span);
        (key, entry.value.clone())
    };
    match &node.value {
        Value::List(items) => Some(items.iter().enumerate().map(indexed).collect()),
        Value::Map(map) => Some(sorted(map).into_iter().map(keyed).collect()),
        _ => None,
    }
}

/// Terraform's `==`: nothing where it depends on what is not known. A number and a text are never equal.
pub fn equal(a: &Node<'_>, b: &Node<'_>) -> Option<bool> {
    if let (Some(a), Some(b)) = (a.as_str(), b.as_str()) {
        return Some(a == b);
    }
    match (&a.value, &b.value) {
        (Value::Symbol(one), Value::Symbol(other)) => match (&**one, &**other) {
            (Symbol::Reference(one), Symbol::Reference(other)) if one == other => Some(true),
            _ => None,
        },
        (Value::Symbol(symbol), Value::Null) | (Value::Null, Value::Symbol(symbol)) => {
            match &**symbol {
                Symbol::Reference(one) if is_sure(one) => Some(false),
                Symbol::Text(_) => Some(false),
                _ => None,
            }
        }
        (Value::Symbol(symbol), _) => text_may_be(symbol, b),
        (_, Value::Symbol(symbol)) => text_may_be(symbol, a),
        (Value::Null, Value::Null) => Some(true),
        (Value::Bool(a), Value::Bool(b)) => Some(a == b),
        (Value::Number(_), Value::Number(_)) => Some(number(a) == number(b)),
        (Value::List(a), Value::List(b)) => {
            if a.len() != b.len() {
                return Some(false);
            }
            all(a.iter().zip(b).map(|(a, b)| equal(a, b)))
        }
        (Value::Map(a), Value::Map(b)) => {
            if a.entries.len() != b.entries.len() {
                return Some(false);
            }
            let (a, b) = (sorted(a), sorted(b));
            all(a.into_iter().zip(b).map(|(a, b)| {
                if a.key == b.key {
                    equal(&a.value, &b.value)
                } else {
                    Some(false)
                }
            }))
        }
        _ => Some(false),
    }
}

/// The entries of a map, by key.
pub(super) fn sorted<'m, 's>(map: &'m Map<'s>) -> Vec<&'m Entry<'s>> {
    let mut entries: Vec<_> = map.entries.iter().collect();
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    entries
}

/// Whether all hold, where that can be told.
pub fn all(answers: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut held = Some(true);
    for answer in answers {
        match answer {
            Some(true) => {}
            Some(false) => return Some(false),
            None => held = None,
        }
    }
    held
}

/// Whether a reference stands for a text that is surely there: every resource has an id, and those of AWS their name.
pub(super) fn is_sure(reference: &Reference<'_>) -> bool {
    let is_resource = matches!(reference.origin, Origin::Resource(_));
    is_resource && matches!(&*reference.attribute, "" | "id" | "arn")
}

/// Whether a symbol equals a value: never where it is a text that begins or ends otherwise.
fn text_may_be(symbol: &Symbol<'_>, other: &Node<'_>) -> Option<bool> {
    let Symbol::Text(pieces) = symbol else {
        return None;
    };
    let Some(other) = other.as_str() else {
        return Some(false);
    };
    let literal = |piece: Option<&Node<'_>>| {
        let literal = piece.and_then(Node::as_str).unwrap_or_default();
        literal.to_owned()
    };
    let may_be =
        other.starts_with(&literal(pieces.first())) && other.ends_with(&literal(pieces.last()));
    if may_be { None } else { Some(false) }
}

/// The order of a set's elements: texts by their bytes, numbers by size, `false` before `true`, null last but for
/// what is not known; of others an order of its own, that of [`hash_text`].
pub fn set_order(a: &Node<'_>, b: &Node<'_>) -> Ordering {
    let rank = |node: &Node<'_>| match node.value {
        Value::Symbol(_) => 2,
        Value::Null => 1,
        _ => 0,
    };
    rank(a)
        .cmp(&rank(b))
        .then_with(|| match (&a.value, &b.value) {
            (Value::Symbol(_), Value::Symbol(_)) => Ordering::Equal,
            (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
            (Value::Number(_), Value::Number(_)) => {
                number(a).partial_cmp(&number(b)).unwrap_or(Ordering::Equal)
            }
            _ => match (a.as_str(), b.as_str()) {
                (Some(a), Some(b)) => a.cmp(b),
                _ => hash_text(a).cmp(&hash_text(b)),
            },
        })
}

/// The text by which Terraform orders the elements of a set of lists, maps or objects.
fn hash_text(node: &Node<'_>) -> String {
    match &node.value {
        Value::Null => "~".to_owned(),
        Value::Bool(true) => "T".to_owned(),
        Value::Bool(false) => "F".to_owned(),
        Value::Number(text) => text.to_string(),
        Value::String(text) => format!("{text:?}"),
        Value::Json(json) => format!("{:?}", json.text),
        Value::List(items) => {
            let items: String = items
                .iter()
                .map(|item| format!("{};", hash_text(item)))
                .collect();
            format!("[{items}]")
        }
        Value::Map(map) => {
            let entries: String = sorted(map)
                .into_iter()
                .map(|entry| format!("{:?}:{};", entry.key, hash_text(&entry.value)))
                .collect();
            format!("{{{entries}}}")
        }
        Value::Symbol(_) => "?".to_owned(),
    }
}

/// A text that is equal for equal values, and tells others apart.
pub(super) fn identity(node: &Node<'_>) -> String {
    match &node.value {
        Value::Symbol(symbol) => format!("{symbol:?}"),
        Value::Map(map) => match map.get("key").or_else(|| map.get("index")) {
            // `each`, `count` and the iterators of `dynamic` blocks.
            Some(key) if key.scalar_text().is_some() => hash_text(key),
            _ => hash_text(node),
        },
        _ => hash_text(node),
    }
}

/// The elements of a set: sorted, without repeats. What is not known may be equal to another, and stays.
pub fn set_of<'s>(mut items: Vec<Node<'s>>) -> Vec<Node<'s>> {
    items.sort_by(set_order);
    items.dedup_by(|a, b| equal(a, b) == Some(true));
    items
}

/// The chain behind a text that is made of these: that of the first which came from elsewhere and spells some of it.
pub(super) fn behind<'s>(parts: &[Node<'s>]) -> Option<Arc<Via>> {
    let spells = |part: &&Node<'s>| matches!(symbol(part), None | Some(Symbol::Text(_)));
    parts
        .iter()
        .filter(spells)
        .find_map(|part| part.via.clone())
}

/// A text of pieces that may hold what is not known: a plain text where all is, else a [`Symbol::Text`] without
/// two literals side by side.
pub fn join<'s>(pieces: Vec<Node<'s>>, span: Span) -> Node<'s> {
    let via = behind(&pieces);
    let mut joined: Vec<Node<'s>> = Vec::new();
    let mut push = |piece: Node<'s>| match text(&piece).map(Cow::into_owned) {
        Some(literal) => match joined.last_mut().map(|last| &mut last.value) {
            Some(Value::String(last)) => last.to_mut().push_str(&literal),
            _ => joined.push(from_text(literal, piece.span)),
        },
        None => joined.push(piece),
    };
    for piece in pieces {
        match piece.value {
            Value::Symbol(symbol) if matches!(*symbol, Symbol::Text(_)) => {
                if let Symbol::Text(inner) = *symbol {
                    inner.into_iter().for_each(&mut push);
                }
            }
            _ => push(piece),
        }
    }
    joined.retain(|piece| piece.as_str() != Some(""));
    match joined.as_mut_slice() {
        [] => from_text("", span),
        [only] if only.as_str().is_some() => Node {
            value: std::mem::replace(&mut only.value, Value::Null),
            span,
            via,
        },
        _ => Node {
            value: Value::Symbol(Box::new(Symbol::Text(joined))),
            span,
            via,
        },
    }
}

/// How many nodes a value has, itself included.
pub fn size(node: &Node<'_>) -> usize {
    1 + match &node.value {
        Value::List(items) => items.iter().map(size).sum(),
        Value::Map(map) => map.entries.iter().map(|entry| size(&entry.value)).sum(),
        Value::Json(json) => size(&json.tree),
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Text(pieces) => pieces.iter().map(size).sum(),
            _ => 1,
        },
        _ => 0,
    }
}

/// A value read from a text that does not live as long: it owns its texts, all stands at one place, and numbers
/// and maps are as Terraform has them.
pub fn read<'t>(node: Node<'_>, span: Span) -> Node<'t> {
    rebuilt(node, &|_| span)
}

/// The same, with every part where it stands.
pub fn owned<'t>(node: Node<'_>) -> Node<'t> {
    rebuilt(node, &|own| own)
}

fn rebuilt<'t>(node: Node<'_>, place: &dyn Fn(Span) -> Span) -> Node<'t> {
    let span = place(node.span);
    let value = match node.value {
        Value::Null | Value::Symbol(_) => Value::Null,
        Value::Bool(held) => Value::Bool(held),
        Value::Number(text) => Value::Number(Cow::Owned(canonical(&text))),
        Value::String(text) => Value::String(Cow::Owned(text.into_owned())),
        Value::Json(json) => Value::String(Cow::Owned(json.text.into_owned())),
        Value::List(items) => {
            let items = items.into_iter().map(|item| rebuilt(item, place));
            Value::List(items.collect())
        }
        Value::Map(map) => {
            let entries = map.entries.into_iter().map(|entry| Entry {
                key: Cow::Owned(entry.key.into_owned()),
                key_span: place(entry.key_span),
                value: rebuilt(entry.value, place),
            });
            return from_entries(entries.collect(), span);
        }
    };
    Node::new(value, span)
}

/// What a value is called in Terraform's messages.
pub fn kind(node: &Node<'_>) -> &'static str {
    match &node.value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) | Value::Json(_) => "string",
        Value::List(_) => "tuple",
        Value::Map(_) => "object",
        Value::Symbol(_) => "unknown",
    }
}
