//! Encoding functions, but for YAML.

use super::{Answer, Arguments, MAX_NODES, Stop, refuse};
use crate::json;
use crate::source::FileId;
use crate::terraform::{document, value};
use crate::tree::{Json, Node, Symbol, Value};
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt::Write as _;

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bytes in base64 with padding.
pub(super) fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for index in 0..4 {
            let sextet = (bits >> (18 - 6 * index)) & 63;
            text.push(if index <= chunk.len() {
                char::from(BASE64[sextet as usize])
            } else {
                '='
            });
        }
    }
    text
}

fn from_base64<'s>(text: &str) -> Result<Vec<u8>, Stop<'s>> {
    let broken = || Stop::Refused("failed to decode base64 data".to_owned());
    // Line breaks are passed over.
    let text: Vec<u8> = text
        .bytes()
        .filter(|byte| !matches!(byte, b'\r' | b'\n'))
        .collect();
    let digits = match text.as_slice() {
        [digits @ .., b'=', b'='] | [digits @ .., b'='] => digits,
        digits => digits,
    };
    if !text.len().is_multiple_of(4) {
        return Err(broken());
    }
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3);
    for chunk in digits.chunks(4) {
        let mut bits = 0_u32;
        for byte in chunk {
            let sextet = BASE64
                .iter()
                .position(|one| one == byte)
                .ok_or_else(broken)?;
            bits = bits << 6 | u32::try_from(sextet).unwrap_or(0);
        }
        bits <<= 6 * (4 - chunk.len());
        let [_, decoded @ ..] = bits.to_be_bytes();
        bytes.extend_from_slice(&decoded[..chunk.len() * 6 / 8]);
    }
    Ok(bytes)
}

/// The text that is encoded as a whole in another, where it is one.
pub fn encoded_text(text: &str) -> Option<String> {
    String::from_utf8(from_base64(text).ok()?).ok()
}

pub(super) fn base64encode<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let text = a.text()?;
    a.text_node(base64(text.as_bytes()))
}

pub(super) fn base64decode<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let text = a.text()?;
    match String::from_utf8(from_base64(&text)?) {
        Ok(text) => a.text_node(text),
        Err(_) => refuse("the result of decoding the provided string is not valid UTF-8"),
    }
}

pub(super) fn textencodebase64<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let (text, encoding) = (a.text()?, a.text()?);
    let units = || text.encode_utf16();
    let byte_each = |limit: u32| -> Result<Vec<u8>, Stop<'s>> {
        text.chars()
            .map(|character| match u8::try_from(u32::from(character)) {
                Ok(byte) if u32::from(byte) < limit => Ok(byte),
                _ => refuse(format!(
                    "the given string contains characters that cannot be represented in {encoding}"
                )),
            })
            .collect()
    };
    let bytes = match encoding.to_ascii_uppercase().as_str() {
        "UTF-8" => text.as_bytes().to_vec(),
        "UTF-16LE" => units().flat_map(u16::to_le_bytes).collect(),
        "UTF-16BE" => units().flat_map(u16::to_be_bytes).collect(),
        "ISO-8859-1" | "LATIN1" => byte_each(256)?,
        "US-ASCII" => byte_each(128)?,
        _ => return Err(other_encoding(&encoding)),
    };
    a.text_node(base64(&bytes))
}

pub(super) fn textdecodebase64<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let (text, encoding) = (a.text()?, a.text()?);
    let bytes = from_base64(&text)?;
    let units = |unit: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        String::from_utf16_lossy(&units.collect::<Vec<_>>())
    };
    let decoded = match encoding.to_ascii_uppercase().as_str() {
        "UTF-8" | "US-ASCII" => String::from_utf8_lossy(&bytes).into_owned(),
        "UTF-16LE" => units(u16::from_le_bytes),
        "UTF-16BE" => units(u16::from_be_bytes),
        "ISO-8859-1" | "LATIN1" => bytes.iter().copied().map(char::from).collect(),
        _ => return Err(other_encoding(&encoding)),
    };
    a.text_node(decoded)
}

fn other_encoding<'s>(encoding: &str) -> Stop<'s> {
    Stop::Unknown(format!("a text in the encoding \"{encoding}\"").into())
}

pub(super) fn urlencode<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let text = a.text()?;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' ' => encoded.push('+'),
            b'-' | b'_' | b'.' | b'~' => encoded.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => encoded.push(char::from(byte)),
            _ => {
                // Writing to a text cannot fail.
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    a.text_node(encoded)
}

pub(super) fn jsonencode<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let node = a.any()?;
    match (value::first_symbol(&node), &node.value) {
        (None, Value::List(_) | Value::Map(_)) => {
            let text = Cow::Owned(json_text(&node));
            let json = Json { text, tree: node };
            Ok(Node::new(Value::Json(Box::new(json)), a.span))
        }
        (None, _) => a.text_node(json_text(&node)),
        (Some(_), Value::List(_) | Value::Map(_)) => Ok(node),
        (Some(symbol), _) => Err(a.unknown(symbol)),
    }
}

/// A known value as JSON, in Terraform's form: no white space, keys in order, `<`, `>` and `&` escaped.
pub(super) fn json_text(node: &Node<'_>) -> String {
    let mut text = String::new();
    write_json(node, &mut text);
    text
}

/// Writes a value in one line, as `jsonencode` does. What is not known is null.
pub(in crate::terraform) fn write_json(node: &Node<'_>, out: &mut String) {
    match &node.value {
        Value::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_json(item, out);
            }
            out.push(']');
        }
        Value::Map(map) => {
            out.push('{');
            for (index, entry) in value::sorted(map).into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_json_string(&entry.key, out);
                out.push(':');
                write_json(&entry.value, out);
            }
            out.push('}');
        }
        Value::String(text) => write_json_string(text, out),
        Value::Json(json) => write_json_string(&json.text, out),
        Value::Number(number) => out.push_str(&value::canonical(number)),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Null | Value::Symbol(_) => out.push_str("null"),
    }
}

/// Writes a text as Go does: `<`, `>` and `&` escaped.
pub(in crate::terraform) fn write_json_string(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{C}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1F}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}

/// Also of what `jsonencode` made, and of a text with unknown pieces in it.
pub(super) fn jsondecode<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let node = a.any()?;
    match node.value {
        Value::Json(json) => return Ok(json.tree),
        Value::List(_) | Value::Map(_) if !value::is_wholly_known(&node) => return Ok(node),
        _ => {}
    }
    if let Some(Symbol::Text(pieces)) = value::symbol(&node)
        && let Some(tree) = document::decode_pieces(pieces, a.span)
    {
        return Ok(tree);
    }
    let text = a.as_text(node)?;
    match json::parse_valid(FileId(0), &text) {
        Some(tree) => Ok(value::read(tree, a.span)),
        None => refuse("the text is not valid JSON"),
    }
}

/// <https://www.rfc-editor.org/rfc/rfc4180>; the first record names the columns.
pub(super) fn csvdecode<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let text = a.text()?;
    let mut records = records(&text)?.into_iter();
    let Some(header) = records.next() else {
        return refuse("missing header line");
    };
    let mut names = HashSet::new();
    if let Some(name) = header.iter().find(|name| !names.insert(name.as_str())) {
        return refuse(format!("duplicate column name \"{name}\""));
    }
    if header.len().saturating_mul(records.len()) > MAX_NODES {
        return Err(Stop::Unknown("the result is too large".into()));
    }
    let mut rows = Vec::new();
    for (index, record) in records.enumerate() {
        if record.len() != header.len() {
            return refuse(format!(
                "CSV parse error in record {}: wrong number of fields",
                index + 2
            ));
        }
        let fields = header.iter().zip(record);
        let fields = fields
            .map(|(name, field)| a.entry(name.clone(), value::from_text(field, a.span)))
            .collect();
        rows.push(value::from_entries(fields, a.span));
    }
    a.list_node(rows)
}

/// The records of a text; empty lines are none.
fn records<'s>(text: &str) -> Result<Vec<Vec<String>>, Stop<'s>> {
    let text = text.replace("\r\n", "\n");
    let mut records = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        if let Some(behind) = rest.strip_prefix('\n') {
            rest = behind;
            continue;
        }
        let mut record = Vec::new();
        loop {
            let (field, behind) = field(rest)?;
            record.push(field);
            match behind.strip_prefix(',') {
                Some(behind) => rest = behind,
                None => {
                    rest = behind.strip_prefix('\n').unwrap_or(behind);
                    break;
                }
            }
        }
        records.push(record);
    }
    Ok(records)
}

/// The field that a text begins with, and what follows: a comma, a line end or nothing.
fn field<'s>(text: &str) -> Result<(String, &str), Stop<'s>> {
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find([',', '\n']).unwrap_or(text.len());
        let (field, rest) = text.split_at(end);
        if field.contains('"') {
            return refuse("CSV parse error: bare \" in non-quoted field");
        }
        return Ok((field.to_owned(), rest));
    };
    let mut field = String::new();
    loop {
        let Some((part, behind)) = rest.split_once('"') else {
            return refuse("CSV parse error: extraneous or missing \" in quoted field");
        };
        field.push_str(part);
        match behind.strip_prefix('"') {
            Some(behind) => {
                field.push('"');
                rest = behind;
            }
            None if behind.is_empty() || behind.starts_with([',', '\n']) => {
                return Ok((field, behind));
            }
            None => return refuse("CSV parse error: extraneous or missing \" in quoted field"),
        }
    }
}
