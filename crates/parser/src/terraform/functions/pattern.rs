//! Functions with regular expressions, in the syntax of RE2 as Go has it.

use super::{Answer, Arguments, MAX_NODES, MAX_TEXT_BYTES, Stop, refuse, texts};
use crate::terraform::value;
use crate::tree::{Node, Value};
use regex::{Captures, Regex, RegexBuilder};

/// A compiled pattern may take this many bytes, and a text that it is looked for in have this length: matching takes
/// up to their product.
const MAX_PATTERN_BYTES: usize = 1 << 16;
const MAX_SUBJECT_BYTES: usize = 1 << 18;

fn compile<'s>(pattern: &str, subject: &str) -> Result<Regex, Stop<'s>> {
    if subject.len() > MAX_SUBJECT_BYTES {
        return Err(Stop::Unknown("the text is too long for a pattern".into()));
    }
    let built = RegexBuilder::new(&translated(pattern))
        .size_limit(MAX_PATTERN_BYTES)
        .build();
    match built {
        Ok(regex) => Ok(regex),
        Err(regex::Error::CompiledTooBig(_)) => {
            Err(Stop::Unknown("the pattern is too large".into()))
        }
        Err(_) => refuse(format!("invalid regexp pattern: {pattern}")),
    }
}

/// A pattern of Go's as one of the `regex` crate: there `\d`, `\w`, `\s` and `\b` know all of Unicode, `\Q…\E` is
/// missing, and within brackets `[`, `&` and `~` may mean more.
fn translated(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut characters = pattern.chars().peekable();
    let mut in_class = false;
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('Q') => {
                    let rest: String = characters.collect();
                    let (quoted, rest) = rest.split_once("\\E").unwrap_or((&rest, ""));
                    return out + &regex::escape(quoted) + &translated_rest(rest, in_class);
                }
                Some(escaped) => out.push_str(&class_escape(escaped, in_class)),
                None => out.push('\\'),
            },
            '[' if in_class && characters.peek() == Some(&':') => {
                // A named class: `[:alpha:]`.
                out.push('[');
                for inner in characters.by_ref() {
                    out.push(inner);
                    if inner == ']' {
                        break;
                    }
                }
            }
            '[' | '&' | '~' if in_class => {
                out.push('\\');
                out.push(character);
            }
            '[' => {
                in_class = true;
                out.push('[');
                if characters.next_if_eq(&'^').is_some() {
                    out.push('^');
                }
                // A bracket that closes at once stands for itself.
                if characters.next_if_eq(&']').is_some() {
                    out.push_str("\\]");
                }
            }
            ']' => {
                in_class = false;
                out.push(']');
            }
            _ => out.push(character),
        }
    }
    out
}

/// What follows `\Q…\E`: quoted texts do not stand in brackets.
fn translated_rest(rest: &str, in_class: bool) -> String {
    if in_class {
        rest.to_owned()
    } else {
        translated(rest)
    }
}

fn class_escape(escaped: char, in_class: bool) -> String {
    let class = match escaped.to_ascii_lowercase() {
        'd' => "0-9",
        'w' => "0-9A-Za-z_",
        's' => r"\t\n\f\r ",
        _ => {
            return match escaped {
                'b' | 'B' if !in_class => format!("(?-u:\\{escaped})"),
                _ => format!("\\{escaped}"),
            };
        }
    };
    match (escaped.is_ascii_uppercase(), in_class) {
        (true, _) => format!("[^{class}]"),
        (false, true) => class.to_owned(),
        (false, false) => format!("[{class}]"),
    }
}

/// What a match gives: the whole text where the pattern has no groups, a list of unnamed groups, an object of
/// named ones; null for a group that took no part.
fn result<'s>(a: &Arguments<'_, 's>, regex: &Regex, captures: &Captures<'_>) -> Answer<'s> {
    let group = |index: usize| match captures.get(index) {
        Some(group) => value::from_text(group.as_str().to_owned(), a.span),
        None => Node::new(Value::Null, a.span),
    };
    let names: Vec<Option<&str>> = regex.capture_names().skip(1).collect();
    let named = names.iter().flatten().count();
    if names.is_empty() {
        Ok(group(0))
    } else if named == 0 {
        a.list_node((1..=names.len()).map(group).collect())
    } else if named == names.len() {
        let entries = names
            .iter()
            .enumerate()
            .filter_map(|(index, name)| Some(a.entry((*name)?.to_owned(), group(index + 1))));
        a.map_node(entries.collect())
    } else {
        refuse("invalid regexp pattern: cannot mix both named and unnamed capture groups")
    }
}

pub(super) fn regex<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let (pattern, text) = (a.text()?, a.text()?);
    let regex = compile(&pattern, &text)?;
    match regex.captures(&text) {
        Some(captures) => result(a, &regex, &captures),
        None => refuse("pattern did not match any part of the given string"),
    }
}

pub(super) fn regexall<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let (pattern, text) = (a.text()?, a.text()?);
    let regex = compile(&pattern, &text)?;
    let mut matches = Vec::new();
    for captures in regex.captures_iter(&text) {
        if matches.len() * captures.len() > MAX_NODES {
            return Err(Stop::Unknown("the result is too large".into()));
        }
        matches.push(result(a, &regex, &captures)?);
    }
    a.list_node(matches)
}

/// A part between slashes is a pattern.
pub(super) fn replace<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let (text, part, by) = (a.text()?, a.text()?, a.text()?);
    let pattern = part
        .strip_prefix('/')
        .and_then(|part| part.strip_suffix('/'));
    let Some(pattern) = pattern else {
        return texts::replace(a, &text, &part, &by);
    };
    let regex = compile(pattern, &text)?;
    let mut replaced = String::new();
    let mut end = 0;
    for captures in regex.captures_iter(&text) {
        let Some(whole) = captures.get(0) else {
            continue;
        };
        replaced.push_str(&text[end..whole.start()]);
        captures.expand(&by, &mut replaced);
        end = whole.end();
        if replaced.len() > MAX_TEXT_BYTES {
            return Err(Stop::Unknown("the result is too large".into()));
        }
    }
    replaced.push_str(&text[end..]);
    a.text_node(replaced)
}
