//! `yamlencode` and `yamldecode`.

use super::{Answer, Arguments, refuse};
use crate::source::FileId;
use crate::terraform::value;
use crate::tree::{Level, Node, Value};
use crate::yaml;
use std::borrow::Cow;
use std::fmt::Write as _;

/// Lines are broken at the first space behind this column.
const WIDTH: usize = 80;

/// Reads one document. Unlike Terraform, dates stay as they are written.
pub(super) fn yamldecode<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let text = a.text()?;
    let mut parsed = yaml::parse(FileId(0), &text);
    if let Some(problem) = parsed.problems.iter().find(|one| one.level == Level::Error) {
        return refuse(problem.message.clone());
    }
    match (parsed.documents.pop(), parsed.documents.is_empty()) {
        (None, _) => refuse("missing start of document"),
        (Some(_), false) => refuse("unexpected extra content after value"),
        (Some(mut document), true) => {
            if let Some(tag) = settle(&mut document) {
                return refuse(format!("unsupported tag \"{tag}\""));
            }
            Ok(value::read(document, a.span))
        }
    }
}

/// Turns numbers of other bases into decimal ones; gives the first local tag, which Terraform does not take.
fn settle(node: &mut Node<'_>) -> Option<String> {
    match &mut node.value {
        Value::Number(text) => {
            if let Some(number) = integer(text) {
                *text = Cow::Owned(number);
            }
            None
        }
        Value::List(items) => items.iter_mut().find_map(settle),
        Value::Map(map) => match map.entries.as_slice() {
            [entry] if entry.key.starts_with('!') => Some(entry.key.to_string()),
            _ => map
                .entries
                .iter_mut()
                .find_map(|entry| settle(&mut entry.value)),
        },
        _ => None,
    }
}

/// A hexadecimal or octal number as a decimal one.
fn integer(text: &str) -> Option<String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let number = match digits.get(..2)? {
        "0x" => i128::from_str_radix(&digits[2..], 16),
        "0o" => i128::from_str_radix(&digits[2..], 8),
        _ => return None,
    };
    Some(format!("{sign}{}", number.ok()?))
}

pub(super) fn yamlencode<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let node = a.any()?;
    if let Some(symbol) = value::first_symbol(&node) {
        return Err(a.unknown(symbol));
    }
    let mut text = String::new();
    write(&node, 0, &mut text);
    text.push('\n');
    // What stands alone and bare ends with a mark.
    if matches!(node.value, Value::Null | Value::Bool(_) | Value::Number(_)) {
        text.push_str("...\n");
    }
    a.text_node(text)
}

/// Writes a value behind what introduces it: at the start of a line, after `- ` or after a key's colon (without the
/// space, which a collection in block form does not take).
fn write(node: &Node<'_>, indent: usize, out: &mut String) {
    match &node.value {
        Value::List(items) if items.is_empty() => out.push_str("[]"),
        Value::Map(map) if map.entries.is_empty() => out.push_str("{}"),
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    new_line(indent, out);
                }
                out.push_str("- ");
                write(item, indent + 2, out);
            }
        }
        Value::Map(map) => {
            for (index, entry) in value::sorted(map).into_iter().enumerate() {
                if index > 0 {
                    new_line(indent, out);
                }
                write_quoted(&entry.key, None, out);
                out.push(':');
                match &entry.value.value {
                    Value::List(items) if !items.is_empty() => {
                        new_line(indent, out);
                        write(&entry.value, indent, out);
                    }
                    Value::Map(map) if !map.entries.is_empty() => {
                        new_line(indent + 2, out);
                        write(&entry.value, indent + 2, out);
                    }
                    _ => {
                        out.push(' ');
                        write(&entry.value, indent + 2, out);
                    }
                }
            }
        }
        Value::String(text) => write_text(text, indent, out),
        Value::Json(json) => write_text(&json.text, indent, out),
        Value::Number(number) => out.push_str(&value::canonical(number)),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Null | Value::Symbol(_) => out.push_str("null"),
    }
}

fn new_line(indent: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
}

/// Several lines become a literal block where they can, all else stands in quotes.
fn write_text(text: &str, indent: usize, out: &mut String) {
    let fits_block = text.contains('\n')
        && text
            .chars()
            .all(|character| character == '\n' || is_printable(character))
        && !text.contains(" \n")
        && !text.ends_with(' ');
    // At the top, contents are still set in.
    let indent = indent.max(2);
    if !fits_block {
        write_quoted(text, Some(indent), out);
        return;
    }
    out.push('|');
    if text.starts_with([' ', '\n']) {
        out.push('2');
    }
    let body = match text.strip_suffix('\n') {
        None => {
            out.push('-');
            text
        }
        Some(body) if body.is_empty() || body.ends_with('\n') => {
            out.push('+');
            body
        }
        Some(body) => body,
    };
    for line in body.split('\n') {
        new_line(if line.is_empty() { 0 } else { indent }, out);
        out.push_str(line);
    }
}

/// Whether a character stands for itself in YAML.
fn is_printable(character: char) -> bool {
    matches!(character, ' '..='~' | '\u{A0}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}')
        && !matches!(character, '\u{2028}' | '\u{2029}' | '\u{FEFF}')
}

/// Writes a text in double quotes, broken into lines with this indent where one is given.
fn write_quoted(text: &str, indent: Option<usize>, out: &mut String) {
    let line_start = out.rfind('\n').map_or(0, |at| at + 1);
    let mut column = out[line_start..].chars().count() + 1;
    out.push('"');
    let mut characters = text.char_indices().peekable();
    let mut after_space = false;
    while let Some((at, character)) = characters.next() {
        let before = out.len();
        let next = characters.peek().map(|(_, next)| *next);
        match (character, indent) {
            (' ', Some(indent)) if !after_space && column > WIDTH && at > 0 && next.is_some() => {
                new_line(indent, out);
                column = indent;
                if next == Some(' ') {
                    out.push('\\');
                    column += 1;
                }
                after_space = true;
                continue;
            }
            _ => escape(character, out),
        }
        after_space = character == ' ';
        column += out[before..].chars().count();
    }
    out.push('"');
}

fn escape(character: char, out: &mut String) {
    let short = match character {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\0' => "\\0",
        '\u{7}' => "\\a",
        '\u{8}' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\u{B}' => "\\v",
        '\u{C}' => "\\f",
        '\r' => "\\r",
        '\u{1B}' => "\\e",
        '\u{85}' => "\\N",
        '\u{2028}' => "\\L",
        '\u{2029}' => "\\P",
        _ if is_printable(character) => {
            out.push(character);
            return;
        }
        _ => {
            let code = u32::from(character);
            // Writing to a text cannot fail.
            let _ = match code {
                0..=0xFF => write!(out, "\\x{code:02X}"),
                0x100..=0xFFFF => write!(out, "\\u{code:04X}"),
                _ => write!(out, "\\U{code:08X}"),
            };
            return;
        }
    };
    out.push_str(short);
}
