//! String functions. Characters are grapheme clusters, as with Terraform.

use super::{Answer, Arguments, MAX_TEXT_BYTES, Stop, refuse};
use crate::terraform::types::{self, Type};
use crate::terraform::value;
use crate::tree::{Node, Symbol, Value};
use std::borrow::Cow;
use unicode_segmentation::UnicodeSegmentation;

pub(super) fn chomp<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let text = a.text()?;
    a.text_node(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// The known beginning (or end) of a text, and whether that is all of it.
fn known_part(node: &Node<'_>, at_end: bool) -> Option<(String, bool)> {
    match &node.value {
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Text(pieces) => {
                let piece = if at_end {
                    pieces.last()
                } else {
                    pieces.first()
                };
                let literal = piece.and_then(Node::as_str).unwrap_or_default();
                Some((literal.to_owned(), false))
            }
            _ => None,
        },
        _ => Some((value::text(node)?.into_owned(), true)),
    }
}

pub(super) fn startswith<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    with_part(a, false, |text, part| text.starts_with(part))
}

pub(super) fn endswith<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    with_part(a, true, |text, part| text.ends_with(part))
}

fn with_part<'s>(
    a: &mut Arguments<'_, 's>,
    at_end: bool,
    holds: impl Fn(&str, &str) -> bool,
) -> Answer<'s> {
    let node = a.any()?;
    let part = a.text()?;
    if let Some((known, false)) = known_part(&node, at_end) {
        // What is known may be enough to tell.
        if holds(&known, &part) {
            return a.bool_node(true);
        }
        if !known.is_empty() && !holds(&part, &known) {
            return a.bool_node(false);
        }
    }
    let text = a.as_text(node)?;
    a.bool_node(holds(&text, &part))
}

pub(super) fn strcontains<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let (text, part) = (a.text()?, a.text()?);
    a.bool_node(text.contains(&*part))
}

pub(super) fn indent<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let (spaces, text) = (a.integer()?, a.text()?);
    let Ok(spaces) = usize::try_from(spaces) else {
        return refuse("the number of spaces must not be negative");
    };
    replace(
        a,
        &text,
        "\n",
        &format!("\n{}", " ".repeat(spaces.min(MAX_TEXT_BYTES))),
    )
}

/// A text with every occurrence of a part replaced, where that is not too long.
pub(super) fn replace<'s>(a: &Arguments<'_, 's>, text: &str, part: &str, by: &str) -> Answer<'s> {
    let bytes = text.matches(part).count().saturating_mul(by.len());
    if bytes.saturating_add(text.len()) > MAX_TEXT_BYTES {
        return Err(Stop::Unknown("the result is too large".into()));
    }
    a.text_node(text.replace(part, by))
}

pub(super) fn join<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let separator = a.text()?;
    let lists = a.rest();
    if lists.is_empty() {
        return refuse("at least one list is required");
    }
    let mut pieces: Vec<Node<'s>> = Vec::new();
    let mut bytes = 0;
    for list in lists {
        for (index, item) in a.as_list(list)?.into_iter().enumerate() {
            if let Value::Null = item.value {
                return refuse(format!(
                    "element {index} is null; cannot concatenate null values"
                ));
            }
            let item = types::convert(item, &Type::String)?;
            bytes += separator.len() + item.as_str().map_or(0, str::len);
            if bytes > MAX_TEXT_BYTES {
                return Err(Stop::Unknown("the result is too large".into()));
            }
            if !pieces.is_empty() {
                pieces.push(value::from_text(separator.clone(), a.span));
            }
            pieces.push(hole_of(item));
        }
    }
    Ok(value::join(pieces, a.span))
}

/// A piece of a text: what holds something unknown, or is JSON with holes, is one hole.
fn hole_of(item: Node<'_>) -> Node<'_> {
    match item.value {
        Value::List(_) | Value::Map(_) => {
            value::unknown("a text that is known only after an apply", item.span)
        }
        _ => item,
    }
}

pub(super) fn split<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let (separator, text) = (a.text()?, a.text()?);
    let node = |part: &str| value::from_text(part.to_owned(), a.span);
    let parts = if separator.is_empty() {
        text.char_indices()
            .map(|(at, character)| node(&text[at..at + character.len_utf8()]))
            .collect()
    } else {
        text.split(&*separator).map(node).collect()
    };
    a.list_node(parts)
}

pub(super) fn lower<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let text = a.text()?;
    a.text_node(by_character(&text, |character| {
        only(character.to_lowercase())
    }))
}

pub(super) fn upper<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let text = a.text()?;
    a.text_node(by_character(&text, |character| {
        only(character.to_uppercase())
    }))
}

/// Each character becomes one other, or stays: `ß` has no capital letter of its own.
fn by_character(text: &str, mut map: impl FnMut(char) -> Option<char>) -> String {
    text.chars()
        .map(|character| map(character).unwrap_or(character))
        .collect()
}

fn only(mut characters: impl Iterator<Item = char>) -> Option<char> {
    characters.next().filter(|_| characters.next().is_none())
}

pub(super) fn title<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let text = a.text()?;
    let mut begins = true;
    let titled = by_character(&text, |character| {
        let first = std::mem::replace(&mut begins, separates(character));
        first.then(|| only(character.to_uppercase())).flatten()
    });
    a.text_node(titled)
}

/// Whether a word may begin behind a character.
fn separates(character: char) -> bool {
    if character.is_ascii() {
        !character.is_ascii_alphanumeric() && character != '_'
    } else {
        character.is_whitespace()
    }
}

pub(super) fn strrev<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let text = a.text()?;
    a.text_node(text.graphemes(true).rev().collect::<String>())
}

/// How many characters a text has.
pub(super) fn characters(text: &str) -> usize {
    if text.is_ascii() && !text.contains('\r') {
        return text.len();
    }
    text.graphemes(true).count()
}

pub(super) fn substr<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let (text, offset, length) = (a.text()?, a.integer()?, a.integer()?);
    let skipped = match usize::try_from(offset) {
        Ok(offset) => offset,
        // From the end; what would begin before the text begins with it.
        Err(_) => {
            let back = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            characters(&text).saturating_sub(back)
        }
    };
    let taken = match usize::try_from(length) {
        // From the end, a length of zero is the rest too, though hardly on purpose.
        Ok(0) if offset < 0 => usize::MAX,
        Ok(length) => length,
        // A negative length is the rest.
        Err(_) => usize::MAX,
    };
    let part = text.graphemes(true).skip(skipped).take(taken);
    a.text_node(part.collect::<String>())
}

pub(super) fn trim<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let (text, characters) = (a.text()?, a.text()?);
    let trimmed = text.trim_matches(|character| characters.contains(character));
    a.text_node(trimmed.to_owned())
}

pub(super) fn trimspace<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let text = a.text()?;
    a.text_node(text.trim().to_owned())
}

pub(super) fn trimprefix<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let (text, prefix) = (a.text()?, a.text()?);
    let trimmed = text.strip_prefix(&*prefix).map(str::to_owned);
    a.text_node(trimmed.map_or(text, Cow::Owned))
}

pub(super) fn trimsuffix<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let (text, suffix) = (a.text()?, a.text()?);
    let trimmed = text.strip_suffix(&*suffix).map(str::to_owned);
    a.text_node(trimmed.map_or(text, Cow::Owned))
}
