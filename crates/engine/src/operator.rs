//! Operators: one value, compared as the services compare.

use crate::answer::Truth;
use crate::evaluate::Asking;
use crate::link::{means_itself, symbol_key};
use crate::path::{Reached, head_of, pieces_of};
use crate::rule::{Operand, Operator, Pattern};
use pillarlint_parser::tree::{Node, Origin, Reference, Symbol, Value};
use std::borrow::Cow;

/// A text with a dynamic reference (`{{resolve:ssm:…}}`) is not known before deployment.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html>
pub(crate) fn is_dynamic(text: &str) -> bool {
    text.contains("{{resolve:")
}

/// The scalar's text, where it is known.
pub(crate) fn known_text<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    node.scalar_text().filter(|text| !is_dynamic(text))
}

/// What is known of a text: all of it, its possible values, or its two ends.
enum Known<'n> {
    Text(&'n str),
    OneOf(&'n [Cow<'n, str>]),
    Ends(&'n str, &'n str),
    Nothing,
    NoScalar,
}

fn known<'n>(node: &'n Node<'_>) -> Known<'n> {
    match &node.value {
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Reference(Reference {
                allowed: Some(allowed),
                indices,
                ..
            }) if indices.is_empty() => Known::OneOf(allowed),
            Symbol::Text(pieces) => {
                let end = |piece: Option<&'n Node<'_>>| {
                    piece
                        .and_then(|piece| piece.as_str())
                        .filter(|text| !is_dynamic(text))
                        .unwrap_or("")
                };
                if pieces
                    .iter()
                    .any(|piece| piece.as_str().is_some_and(is_dynamic))
                {
                    return Known::Nothing;
                }
                Known::Ends(end(pieces.first()), end(pieces.last()))
            }
            _ => Known::Nothing,
        },
        Value::List(_) | Value::Map(_) | Value::Null => Known::NoScalar,
        _ => match node.scalar_text() {
            Some(text) if !is_dynamic(text) => Known::Text(text),
            _ => Known::Nothing,
        },
    }
}

/// Asks a predicate of a text that may be known in part. `ends` may rule it out by the two ends.
fn ask(node: &Node<'_>, is: impl Fn(&str) -> bool, ends: impl Fn(&str, &str) -> Truth) -> Truth {
    match known(node) {
        Known::Text(text) => is(text).into(),
        Known::OneOf(allowed) => {
            let held = allowed.iter().filter(|one| is(one)).count();
            if held == 0 {
                Truth::False
            } else if held == allowed.len() {
                Truth::True
            } else {
                Truth::Unknown
            }
        }
        Known::Ends(start, end) => ends(start, end),
        // A structure where a scalar is meant: a placeholder of a template engine, or a mistake.
        Known::Nothing | Known::NoScalar => Truth::Unknown,
    }
}

/// Whether two scalars are the same as services see it: `true` is `True`, `22` is `22.0`.
pub(crate) fn same_text(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let is_bool =
        |text: &str| text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false");
    if is_bool(a) && is_bool(b) {
        return a.eq_ignore_ascii_case(b);
    }
    // `22` is `22.0`, but `7.10` is a version and not `7.1`.
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a == b && a.fract() == 0.0,
        _ => false,
    }
}

/// A number, where the text is one and no identifier with a leading zero (an account id).
pub(crate) fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    if !text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+' || c == '.') {
        return None;
    }
    let digits = text.trim_start_matches(['-', '+']);
    if digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.") {
        return None;
    }
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

fn equals_text(node: &Node<'_>, text: &str) -> Truth {
    ask(
        node,
        |value| same_text(value, text),
        |start, end| could(text.starts_with(start) && text.ends_with(end)),
    )
}

fn one_of(node: &Node<'_>, list: &[String]) -> Truth {
    ask(
        node,
        |value| list.iter().any(|text| same_text(value, text)),
        |start, end| {
            could(
                list.iter()
                    .any(|text| text.starts_with(start) && text.ends_with(end)),
            )
        },
    )
}

/// Whether a text has a match. Of a joined text a known piece may be enough.
fn matches(node: &Node<'_>, pattern: &Pattern) -> Truth {
    if let Some(pieces) = pieces_of(node) {
        let is_dynamic = |piece: &Node<'_>| piece.as_str().is_some_and(is_dynamic);
        let mut texts = pieces.iter().enumerate();
        let held = texts.any(|(at, piece)| {
            let is_start = at == 0;
            let text = piece.as_str().filter(|text| !text.is_empty());
            text.is_some_and(|text| pattern.is_match_of_part(text, is_start))
        });
        return match held && !pieces.iter().any(is_dynamic) {
            true => Truth::True,
            false => Truth::Unknown,
        };
    }
    // A text that is JSON with values in it that are not known stands here as what it says.
    if matches!(node.value, Value::Map(_)) && pattern.is_match_of_part("{", true) {
        return Truth::True;
    }
    ask(node, |value| pattern.is_match(value), |_, _| Truth::Unknown)
}

fn could(possible: bool) -> Truth {
    if possible {
        Truth::Unknown
    } else {
        Truth::False
    }
}

/// Whether two values are the same.
pub(crate) fn same(a: &Node<'_>, b: &Node<'_>) -> Truth {
    if let Some(text) = known_text(b) {
        return equals_text(a, text);
    }
    if let Some(text) = known_text(a) {
        return equals_text(b, text);
    }
    let (Value::Symbol(left), Value::Symbol(right)) = (&a.value, &b.value) else {
        return Truth::Unknown;
    };
    match (&**left, &**right) {
        (Symbol::Reference(left), Symbol::Reference(right)) => same_reference(left, right),
        (Symbol::Text(left), Symbol::Text(right)) => {
            if left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(a, b)| same(a, b) == Truth::True)
            {
                Truth::True
            } else {
                could(may_be_equal(&tokens(left), &tokens(right)))
            }
        }
        _ => Truth::Unknown,
    }
}

/// A character of a joined text, or a piece that is not known.
#[derive(PartialEq)]
enum Token {
    Known(char),
    Open(String),
}

fn tokens(pieces: &[Node<'_>]) -> Vec<Token> {
    let tokens = pieces.iter().flat_map(|piece| match known_text(piece) {
        Some(text) => text.chars().map(Token::Known).collect(),
        None => vec![Token::Open(symbol_key(piece))],
    });
    tokens.collect()
}

/// Whether joined texts may be the same: what both begin and end with is left out, whatever it is.
fn may_be_equal(one: &[Token], other: &[Token]) -> bool {
    let (mut one, mut other) = (one, other);
    while let (Some((a, one_rest)), Some((b, other_rest))) =
        (one.split_first(), other.split_first())
        && a == b
    {
        (one, other) = (one_rest, other_rest);
    }
    while let (Some((a, one_rest)), Some((b, other_rest))) = (one.split_last(), other.split_last())
        && a == b
    {
        (one, other) = (one_rest, other_rest);
    }
    let is_open = |token: &Token| matches!(token, Token::Open(_));
    let differ = |a: Option<&Token>, b: Option<&Token>| matches!((a, b), (Some(Token::Known(a)), Some(Token::Known(b))) if a != b);
    let known = |tokens: &[Token]| tokens.iter().filter(|token| !is_open(token)).count();
    let is_too_long =
        |long: &[Token], short: &[Token]| !short.iter().any(is_open) && known(long) > short.len();
    !differ(one.first(), other.first())
        && !differ(one.last(), other.last())
        && !is_too_long(one, other)
        && !is_too_long(other, one)
}

fn same_reference(left: &Reference<'_>, right: &Reference<'_>) -> Truth {
    if left.origin == right.origin && left.attribute == right.attribute {
        if left.indices == right.indices {
            return Truth::True;
        }
        // Different indices into the zones of a region are different zones.
        let zones = match &left.origin {
            Origin::Zones(_) => true,
            Origin::Parameter(name) => {
                name.contains("data.aws_availability_zones.")
                    && matches!(&*left.attribute, "names" | "zone_ids")
            }
            _ => false,
        };
        return if zones && left.indices.len() == right.indices.len() {
            Truth::False
        } else {
            Truth::Unknown
        };
    }
    match (&left.origin, &right.origin) {
        // Two resources are two things, whatever the service calls them.
        (Origin::Resource(a), Origin::Resource(b)) if a != b => {
            let is_id = |one: &Reference<'_>| matches!(&*one.attribute, "" | "arn" | "Arn");
            if is_id(left) && left.attribute == right.attribute {
                Truth::False
            } else {
                Truth::Unknown
            }
        }
        _ => Truth::Unknown,
    }
}

/// Whether a value is, as a whole, what a resource of this template gives; nothing where that cannot be told.
pub(crate) fn is_reference(node: &Node<'_>) -> Option<bool> {
    match &node.value {
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Reference(reference) => match reference.origin {
                Origin::Resource(_) => Some(true),
                Origin::Pseudo(_) | Origin::Zones(_) => Some(false),
                Origin::Parameter(_) | Origin::Import(_) => None,
            },
            Symbol::Text(_) => Some(false),
            Symbol::Choice(_) | Symbol::Unknown(_) => None,
        },
        _ => Some(false),
    }
}

/// Whether an attribute is what a service makes up, and so never empty. What a template's own code gives may be.
fn is_given(kind: &str, attribute: &str) -> bool {
    if kind.contains("::") {
        return !kind.starts_with("Custom::") && !kind.starts_with("AWS::CloudFormation::");
    }
    let info = pillarlint_schema::terraform::resource(kind);
    let attribute = info.and_then(|info| info.shape().property(attribute));
    attribute.is_some_and(|attribute| attribute.read_only)
}

impl<'a, 's> Asking<'a, 's> {
    /// Asks an operator of a value that is set.
    pub(crate) fn compare(&self, node: &'a Node<'s>, operator: &Operator) -> Truth {
        match operator {
            Operator::Equals(operand) => self.equals(node, operand),
            Operator::NotEquals(operand) => self.equals(node, operand).negated(),
            Operator::EqualsIgnoringCase(text) => ask(
                node,
                |value| value.eq_ignore_ascii_case(text),
                |_, _| Truth::Unknown,
            ),
            Operator::In(list) => one_of(node, self.texts(list)),
            Operator::NotIn(list) => one_of(node, self.texts(list)).negated(),
            Operator::StartsWith(list) => {
                let list = self.texts(list);
                ask(
                    node,
                    |value| list.iter().any(|text| value.starts_with(text.as_str())),
                    |start, _| {
                        if list.iter().any(|text| start.starts_with(text.as_str())) {
                            Truth::True
                        } else {
                            could(list.iter().any(|text| text.starts_with(start)))
                        }
                    },
                )
            }
            Operator::EndsWith(list) => {
                let list = self.texts(list);
                ask(
                    node,
                    |value| list.iter().any(|text| value.ends_with(text.as_str())),
                    |_, end| {
                        if list.iter().any(|text| end.ends_with(text.as_str())) {
                            Truth::True
                        } else {
                            could(list.iter().any(|text| text.ends_with(end)))
                        }
                    },
                )
            }
            Operator::Matches(pattern) => matches(node, pattern),
            Operator::NotMatches(pattern) => matches(node, pattern).negated(),
            Operator::Contains(list) => self.contains(node, self.texts(list)),
            Operator::AtLeast(operand) => self.number(node, operand, |a, b| a >= b),
            Operator::AtMost(operand) => self.number(node, operand, |a, b| a <= b),
            Operator::MoreThan(operand) => self.number(node, operand, |a, b| a > b),
            Operator::LessThan(operand) => self.number(node, operand, |a, b| a < b),
            // The value is there, or the test would not be asked.
            Operator::Set(wanted) => (*wanted).into(),
            Operator::Empty(wanted) => {
                let empty = self.is_empty(node);
                if *wanted { empty } else { empty.negated() }
            }
            Operator::CountAtLeast(count) => self.counted(node, count, Self::count),
            Operator::DistinctAtLeast(count) => self.counted(node, count, Self::distinct),
            Operator::OpenCidr(wanted) => {
                let open = ask(
                    node,
                    |value| value.trim().ends_with("/0"),
                    |_, end| match end.rsplit_once('/') {
                        Some((_, "0")) => Truth::True,
                        Some((_, bits)) if !bits.is_empty() => Truth::False,
                        _ => Truth::Unknown,
                    },
                );
                if *wanted { open } else { open.negated() }
            }
            Operator::RefersTo(kinds) => self.refers_to(node, kinds),
            Operator::Reference(wanted) => match is_reference(node) {
                Some(is) => (is == *wanted).into(),
                None => Truth::Unknown,
            },
            Operator::Literal(wanted) => {
                let spelt_out = node.via.is_none() && known_text(node).is_some();
                (spelt_out == *wanted).into()
            }
        }
    }

    fn equals(&self, node: &'a Node<'s>, operand: &Operand) -> Truth {
        match operand {
            Operand::Literal(text) => equals_text(node, text),
            Operand::Parameter(at) => match self.integer(*at) {
                Some(text) => equals_text(node, text),
                None => Truth::Unknown,
            },
            Operand::Scaled { .. } => self.number(node, operand, |a, b| a == b),
            Operand::Path(path) => match self.reach(path) {
                Reached::Value(other) => self.same(node, other),
                Reached::Missing(_) => Truth::False,
                Reached::Unknown(..) => Truth::Unknown,
            },
        }
    }

    fn number(&self, node: &'a Node<'s>, operand: &Operand, holds: fn(f64, f64) -> bool) -> Truth {
        let Some(limit) = self.limit(operand) else {
            return Truth::Unknown;
        };
        match known(node) {
            Known::Text(text) => match number(text) {
                Some(value) => holds(value, limit).into(),
                None => Truth::Unknown,
            },
            Known::OneOf(allowed) if allowed.iter().all(|one| number(one).is_some()) => ask(
                node,
                |text| number(text).is_some_and(|value| holds(value, limit)),
                |_, _| Truth::Unknown,
            ),
            _ => Truth::Unknown,
        }
    }

    /// The number that an operand is.
    pub(crate) fn limit(&self, operand: &Operand) -> Option<f64> {
        match operand {
            Operand::Literal(text) => number(text),
            Operand::Parameter(at) => self.integer(*at).and_then(number),
            Operand::Scaled {
                path,
                absent,
                times,
            } => {
                let value = match self.reach(path) {
                    Reached::Value(other) => known_text(other).and_then(number),
                    Reached::Missing(_) => absent.as_deref().and_then(number),
                    Reached::Unknown(..) => None,
                };
                Some(value? * number(times)?)
            }
            Operand::Path(path) => match self.reach(path) {
                Reached::Value(other) => known_text(other).and_then(number),
                Reached::Missing(_) | Reached::Unknown(..) => None,
            },
        }
    }

    fn counted(
        &self,
        node: &'a Node<'s>,
        wanted: &Operand,
        holds: fn(&Self, &'a Node<'s>, u32) -> Truth,
    ) -> Truth {
        // Counts are small: what is beyond a u32 is larger than any list.
        match self.limit(wanted) {
            Some(wanted) => holds(self, node, wanted as u32),
            None => Truth::Unknown,
        }
    }

    fn contains(&self, node: &'a Node<'s>, list: &[String]) -> Truth {
        match &node.value {
            Value::List(items) => {
                Truth::any(
                    items
                        .iter()
                        .map(|item| match self.settle_value(item, item.span) {
                            Reached::Value(item) => {
                                Truth::any(list.iter().map(|text| equals_text(item, text)))
                            }
                            Reached::Missing(_) => Truth::False,
                            Reached::Unknown(..) => Truth::Unknown,
                        }),
                )
            }
            Value::Json(_) if node.as_list().is_some() => Truth::any(
                node.as_list()
                    .unwrap_or_default()
                    .iter()
                    .map(|item| Truth::any(list.iter().map(|text| equals_text(item, text)))),
            ),
            Value::Symbol(symbol) => match &**symbol {
                // A literal piece holds it, whatever the others are.
                Symbol::Text(pieces)
                    if pieces.iter().any(|piece| {
                        piece.as_str().is_some_and(|text| {
                            list.iter().any(|part| text.contains(part.as_str()))
                        })
                    }) =>
                {
                    Truth::True
                }
                _ => ask(
                    node,
                    |value| list.iter().any(|part| value.contains(part.as_str())),
                    |_, _| Truth::Unknown,
                ),
            },
            _ => ask(
                node,
                |value| list.iter().any(|part| value.contains(part.as_str())),
                |_, _| Truth::Unknown,
            ),
        }
    }

    fn is_empty(&self, node: &'a Node<'s>) -> Truth {
        if let Some(items) = node.as_list() {
            return Truth::all(
                items
                    .iter()
                    .map(|item| match self.settle_value(item, item.span) {
                        Reached::Value(_) => Truth::False,
                        Reached::Missing(_) => Truth::True,
                        Reached::Unknown(..) => Truth::Unknown,
                    }),
            );
        }
        if let Some(map) = node.as_map() {
            return map.entries.is_empty().into();
        }
        if let Value::Symbol(symbol) = &node.value {
            let is_named = match &**symbol {
                // What the service gives a resource as its id or ARN is no empty text.
                Symbol::Reference(reference) => match reference.origin {
                    Origin::Resource(index) if reference.indices.is_empty() => {
                        let kind = &self.project.resource(index).kind;
                        means_itself(kind, &reference.attribute)
                            || is_given(kind, &reference.attribute)
                    }
                    _ => false,
                },
                Symbol::Text(pieces) => pieces
                    .iter()
                    .any(|piece| piece.as_str().is_some_and(|text| !text.is_empty())),
                Symbol::Choice(_) | Symbol::Unknown(_) => false,
            };
            if is_named {
                return Truth::False;
            }
        }
        ask(node, str::is_empty, |start, end| {
            could(start.is_empty() && end.is_empty())
        })
    }

    /// The elements that are there, and how many more there may be.
    fn elements(&self, items: &'a [Node<'s>]) -> (Vec<&'a Node<'s>>, u32) {
        let mut there = Vec::with_capacity(items.len());
        let mut maybe = 0;
        for item in items {
            match self.settle_value(item, item.span) {
                Reached::Value(item) => there.push(item),
                Reached::Missing(_) => {}
                Reached::Unknown(..) => maybe += 1,
            }
        }
        (there, maybe)
    }

    fn count(&self, node: &'a Node<'s>, wanted: u32) -> Truth {
        let Some(items) = node.as_list() else {
            return match &node.value {
                Value::Symbol(_) => Truth::Unknown,
                _ => (wanted <= 1).into(),
            };
        };
        let (there, maybe) = self.elements(items);
        let there = u32::try_from(there.len()).unwrap_or(u32::MAX);
        if there >= wanted {
            Truth::True
        } else {
            could(there + maybe >= wanted)
        }
    }

    fn distinct(&self, node: &'a Node<'s>, wanted: u32) -> Truth {
        let Some(items) = node.as_list() else {
            return match &node.value {
                Value::Symbol(_) => Truth::Unknown,
                _ => (wanted <= 1).into(),
            };
        };
        let (there, maybe) = self.elements(items);
        // Greedy is enough: the lists are short, and the answer only counts up to a small number.
        let mut different: Vec<&Node<'_>> = Vec::new();
        let mut possible: Vec<&Node<'_>> = Vec::new();
        for item in there {
            if different
                .iter()
                .all(|one| self.same(one, item) == Truth::False)
            {
                different.push(item);
            }
            if possible
                .iter()
                .all(|one| self.same(one, item) != Truth::True)
            {
                possible.push(item);
            }
        }
        let count = |list: &[&Node<'_>]| u32::try_from(list.len()).unwrap_or(u32::MAX);
        if count(&different) >= wanted {
            Truth::True
        } else {
            could(count(&possible) + maybe >= wanted)
        }
    }

    /// Whether two values are the same, also told by the kinds of the resources that give them: the ids of two
    /// resources differ, unless one has that of what it belongs to.
    pub(crate) fn same(&self, one: &Node<'_>, other: &Node<'_>) -> Truth {
        let truth = same(one, other);
        let id_of = |node: &Node<'_>| {
            let Value::Symbol(symbol) = &node.value else {
                return None;
            };
            match &**symbol {
                Symbol::Reference(Reference {
                    origin: Origin::Resource(index),
                    attribute,
                    indices,
                    ..
                }) if attribute == "id" && indices.is_empty() => Some(*index),
                _ => None,
            }
        };
        match (truth, id_of(one), id_of(other)) {
            (Truth::Unknown, Some(one), Some(other)) if one != other => {
                let kinds = [one, other].map(|index| &self.project.resource(index).kind);
                match kinds.iter().all(|kind| means_itself(kind, "id")) {
                    true => Truth::False,
                    false => Truth::Unknown,
                }
            }
            _ => truth,
        }
    }

    fn refers_to(&self, node: &'a Node<'s>, kinds: &[String]) -> Truth {
        match self.referred_among(node, kinds) {
            Some(index) => {
                let kind = &self.project.resource(index).kind;
                let is_meant = kinds.iter().any(|one| one == kind);
                // What another data source gives may still be the id of what is meant.
                match (is_meant, kind.starts_with("data.")) {
                    (false, true) => Truth::Unknown,
                    (is_meant, _) => is_meant.into(),
                }
            }
            None => Truth::Unknown,
        }
    }

    /// The same; where data sources are among the kinds that are meant, also the data source that a value comes from.
    pub(crate) fn referred_among(&self, node: &'a Node<'s>, kinds: &[String]) -> Option<u32> {
        let with_data = kinds.iter().any(|kind| kind.starts_with("data."));
        self.referred(node)
            .or_else(|| with_data.then(|| self.data_source(node)).flatten())
    }

    /// The data source whose attribute a value is.
    fn data_source(&self, node: &Node<'_>) -> Option<u32> {
        let Value::Symbol(symbol) = &node.value else {
            return None;
        };
        let Symbol::Reference(Reference {
            origin: Origin::Parameter(name),
            ..
        }) = &**symbol
        else {
            return None;
        };
        let mut blocks = self.project.blocks.iter();
        let at = blocks.position(|block| {
            let instance = name.strip_prefix(&*block.address);
            instance.is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
        })?;
        u32::try_from(self.project.resources.len() + at).ok()
    }

    /// The one resource that a value refers to, also from within a joined text or a list of one.
    pub(crate) fn referred(&self, node: &'a Node<'s>) -> Option<u32> {
        match &node.value {
            Value::Symbol(symbol) => match &**symbol {
                Symbol::Reference(reference) => match reference.origin {
                    Origin::Resource(index) => Some(index),
                    _ => None,
                },
                Symbol::Text(pieces) => {
                    let mut found = None;
                    for piece in pieces {
                        if let Some(index) = self.referred(piece) {
                            if found.is_some_and(|one| one != index) {
                                return None;
                            }
                            found = Some(index);
                        }
                    }
                    found
                }
                _ => None,
            },
            Value::List(items) => match &items[..] {
                [one] => match self.settle_value(one, head_of(one)) {
                    Reached::Value(one) if !matches!(one.value, Value::List(_)) => {
                        self.referred(one)
                    }
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }
}
