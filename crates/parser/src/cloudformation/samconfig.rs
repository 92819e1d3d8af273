//! The values that a configuration of the SAM CLI gives to parameters: `parameter_overrides` of one environment.
//!
//! Source: <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-config.html>.

use super::Given;
use crate::source::{FileId, Span};
use crate::tree::Problem;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The environment that the SAM CLI takes where none is named.
pub const DEFAULT_ENVIRONMENT: &str = "default";

/// The commands that a file is asked for; the first one that says something counts.
const COMMANDS: [&str; 2] = ["deploy", "global"];

const KEY: &str = "parameter_overrides";

/// Splits `samconfig.toml:prod` into the path and the environment; nothing for what is no file of the SAM CLI.
#[must_use]
pub fn split(path: &str) -> Option<(&str, &str)> {
    match path.rsplit_once(".toml:") {
        Some((stem, environment)) if !environment.is_empty() => {
            Some((&path[..stem.len() + ".toml".len()], environment))
        }
        _ => path
            .ends_with(".toml")
            .then_some((path, DEFAULT_ENVIRONMENT)),
    }
}

/// Reads what an environment gives. Of several values for one parameter the last counts.
#[must_use]
pub fn read(file: FileId, text: &str, environment: &str) -> (Given, Vec<Problem>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader {
        file,
        text,
        given: Given::new(),
        problems: Vec::new(),
    };
    for error in errors {
        let place = reader.place(error.span().unwrap_or(0..0));
        let message = error.message().trim_end_matches('.').to_owned();
        reader.problems.push(Problem::error(place, message));
    }
    reader.environment(table.get_ref(), environment);
    (reader.given, reader.problems)
}

struct Reader<'t> {
    file: FileId,
    text: &'t str,
    given: Given,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn place(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range.start, range.end)
    }

    fn environment(&mut self, table: &DeTable<'_>, environment: &str) {
        let Some(found) = table.get(environment) else {
            // What is broken may have held it.
            if self.problems.is_empty() {
                let names: Vec<String> = table
                    .iter()
                    .filter(|(_, value)| value.get_ref().is_table())
                    .map(|(name, _)| format!("`{}`", name.get_ref()))
                    .collect();
                let has = match names.as_slice() {
                    [] => "none".to_owned(),
                    names => names.join(", "),
                };
                let start = self.place(0..0);
                self.problems.push(Problem::error(
                    start,
                    format!("there is no environment `{environment}`; the file has {has}"),
                ));
            }
            return;
        };
        let said = COMMANDS.iter().find_map(|command| {
            let command = found.get_ref().get(command)?.get_ref();
            command.get("parameters")?.get_ref().get(KEY)
        });
        match said {
            Some(said) => self.overrides(said),
            None if !self.problems.is_empty() => {}
            None => {
                let place = self.place(found.span());
                self.problems.push(Problem::warning(
                    place,
                    format!("neither `{environment}.deploy.parameters` nor `{environment}.global.parameters` has `{KEY}`"),
                ));
            }
        }
    }

    /// A text of values, or a list of such texts.
    fn overrides(&mut self, value: &Spanned<DeValue<'_>>) {
        match value.get_ref() {
            DeValue::String(text) => self.values(text, value.span()),
            DeValue::Array(items) => items.iter().for_each(|item| match item.get_ref() {
                DeValue::String(text) => self.values(text, item.span()),
                _ => self.wrong(item.span()),
            }),
            _ => self.wrong(value.span()),
        }
    }

    fn wrong(&mut self, range: Range<usize>) {
        let place = self.place(range);
        self.problems.push(Problem::error(
            place,
            format!("`{KEY}` is a text \"Key=Value Key=Value\" or a list of such texts"),
        ));
    }

    fn values(&mut self, decoded: &str, range: Range<usize>) {
        let offsets = self
            .text
            .get(range.clone())
            .and_then(|written| offsets(written, decoded));
        let place = |part: Range<usize>| match &offsets {
            Some(offsets) => range.start + offsets[part.start]..range.start + offsets[part.end],
            None => range.clone(),
        };
        for word in words(decoded) {
            match value_of(decoded, &word) {
                Some((name, value)) => {
                    let text = unquoted(&decoded[value.clone()]);
                    let place = self.place(place(value));
                    self.given.insert(name.to_owned(), (text, place));
                }
                None => {
                    let place = self.place(place(word));
                    let message = "expected `Key=Value` or `ParameterKey=Key,ParameterValue=Value`";
                    self.problems.push(Problem::error(place, message));
                }
            }
        }
    }
}

/// The words of a text; quotation marks hold one together.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    let mut quote = None;
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        if letter.is_whitespace() && quote.is_none() {
            words.extend(start.take().map(|start| start..at));
            continue;
        }
        start.get_or_insert(at);
        match letter {
            '\\' => {
                letters.next();
            }
            '"' | '\'' if quote == Some(letter) => quote = None,
            '"' | '\'' if quote.is_none() => quote = Some(letter),
            _ => {}
        }
    }
    words.extend(start.map(|start| start..text.len()));
    words
}

/// The name that a word gives a value, and where that value stands in the text.
fn value_of<'t>(text: &'t str, word: &Range<usize>) -> Option<(&'t str, Range<usize>)> {
    let written = &text[word.clone()];
    let (name, value) = match written.strip_prefix("ParameterKey=") {
        Some(long) => long.split_once(",ParameterValue=")?,
        None => written.split_once('=')?,
    };
    let start = word.end - value.len();
    let name = name.trim_matches(['"', '\'']);
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_name.then_some((name, start..word.end))
}

/// A value without the marks around it and before its letters.
fn unquoted(value: &str) -> String {
    let inner = ['"', '\''].into_iter().find_map(|mark| {
        let inner = value.strip_prefix(mark)?.strip_suffix(mark)?;
        Some(inner)
    });
    let mut text = String::new();
    let mut letters = inner.unwrap_or(value).chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => text.extend(letters.next()),
            letter => text.push(letter),
        }
    }
    text
}

/// Where each byte of a string stands in what is written for it, the end included; nothing where they do not agree.
fn offsets(written: &str, decoded: &str) -> Option<Vec<usize>> {
    let mark = written.chars().next()?;
    let long: String = std::iter::repeat_n(mark, 3).collect();
    let is_long = written.len() >= 6 && written.starts_with(&long);
    let width = if is_long { 3 } else { 1 };
    let inner = written.get(width..written.len().checked_sub(width)?)?;
    let first_line = match inner {
        inner if is_long && inner.starts_with("\r\n") => 2,
        inner if is_long && inner.starts_with('\n') => 1,
        _ => 0,
    };
    let mut offsets = Vec::with_capacity(decoded.len() + 1);
    let mut rest = inner.char_indices().skip(first_line).peekable();
    while let Some((at, letter)) = rest.next() {
        let mut width_decoded = letter.len_utf8();
        if letter == '\\' && mark == '"' {
            width_decoded = match rest.next()?.1 {
                letter @ ('u' | 'U' | 'x') => {
                    let digits = match letter {
                        'U' => 8,
                        'u' => 4,
                        _ => 2,
                    };
                    let hex: String = rest.by_ref().take(digits).map(|(_, digit)| digit).collect();
                    char::from_u32(u32::from_str_radix(&hex, 16).ok()?)?.len_utf8()
                }
                letter if letter.is_whitespace() => {
                    while rest.next_if(|(_, next)| next.is_whitespace()).is_some() {}
                    0
                }
                _ => 1,
            };
        }
        offsets.extend(std::iter::repeat_n(width + at, width_decoded));
    }
    offsets.push(written.len() - width);
    (offsets.len() == decoded.len() + 1).then_some(offsets)
}
