//! Paths and files. Files come from the caller: nothing is read here.

use super::encoding::base64;
use super::{Answer, Arguments, Stop, digests, refuse};
use crate::source::Span;
use crate::terraform::value;
use std::borrow::Cow;

/// The files that a configuration may read. Paths are as the configuration writes them, with `/`; relative ones are
/// seen from the folder of the root module, where Terraform runs.
pub trait Files {
    /// The text of a file; nothing where there is none that may be read, or it is no text. `at` is the call that asks.
    fn read(&self, path: &str, at: Span) -> Option<Cow<'_, str>>;

    /// The files below a folder, at any depth: their paths relative to it. Nothing where it may not be read.
    fn list(&self, folder: &str) -> Option<Vec<String>>;
}

/// Patterns of `fileset` with more alternatives than this are not expanded.
const MAX_ALTERNATIVES: usize = 64;

fn content<'f, 's>(files: &'f dyn Files, path: &str, at: Span) -> Result<Cow<'f, str>, Stop<'s>> {
    // What a checked tree does not hold may be there when Terraform runs.
    files
        .read(path, at)
        .ok_or_else(|| Stop::Unknown(format!("the file `{path}` was not read").into()))
}

pub(super) fn file<'s>(files: &dyn Files, a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let path = a.text()?;
    let text = content(files, &path, a.span)?.into_owned();
    a.text_node(text)
}

pub(super) fn filebase64<'s>(files: &dyn Files, a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let path = a.text()?;
    a.text_node(base64(content(files, &path, a.span)?.as_bytes()))
}

/// `filemd5`, `filebase64sha256` and their like.
pub(super) fn digest<'s>(files: &dyn Files, name: &str, a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let path = a.text()?;
    let name = name.trim_start_matches("file");
    a.text_node(digests::digest(
        name,
        content(files, &path, a.span)?.as_bytes(),
    ))
}

pub(super) fn fileexists<'s>(files: &dyn Files, a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let path = a.text()?;
    content(files, &path, a.span)?;
    a.bool_node(true)
}

pub(super) fn fileset<'s>(files: &dyn Files, a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let (folder, pattern) = (a.text()?, a.text()?);
    let Some(paths) = files.list(&folder) else {
        return Err(Stop::Unknown(
            format!("the folder `{folder}` was not read").into(),
        ));
    };
    let Some(patterns) = alternatives(&pattern) else {
        return refuse(format!("failed to glob pattern \"{pattern}\""));
    };
    let patterns: Vec<Vec<&str>> = patterns
        .iter()
        .map(|one| one.split('/').collect())
        .collect();
    let matching = paths.into_iter().filter(|path| {
        let parts: Vec<&str> = path.split('/').collect();
        patterns.iter().any(|pattern| matches(pattern, &parts))
    });
    let nodes = matching.map(|path| value::from_text(path, a.span));
    a.list_node(value::set_of(nodes.collect()))
}

/// A pattern without braces for each choice of their alternatives.
fn alternatives(pattern: &str) -> Option<Vec<String>> {
    let mut open = vec![pattern.to_owned()];
    let mut done = Vec::new();
    while let Some(pattern) = open.pop() {
        if open.len() + done.len() > MAX_ALTERNATIVES {
            return None;
        }
        let Some((head, rest)) = pattern.split_once('{') else {
            done.push(pattern);
            continue;
        };
        let (inner, tail) = rest.split_once('}')?;
        open.extend(inner.split(',').map(|one| format!("{head}{one}{tail}")));
    }
    Some(done)
}

/// Whether the parts of a path match those of a pattern; `**` matches any number of parts.
fn matches(pattern: &[&str], parts: &[&str]) -> bool {
    // `reached[i]`: whether the pattern read so far matches the first `i` parts.
    let mut reached = vec![false; parts.len() + 1];
    reached[0] = true;
    for one in pattern {
        let mut next = vec![false; parts.len() + 1];
        for at in 0..=parts.len() {
            next[at] = if *one == "**" {
                reached[..=at].contains(&true)
            } else {
                at > 0 && reached[at - 1] && part_matches(one, parts[at - 1])
            };
        }
        reached = next;
    }
    reached.last() == Some(&true)
}

/// Whether a name matches a pattern with `*`, `?` and `[a-z]`.
fn part_matches(pattern: &str, name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    let mut reached = vec![false; name.len() + 1];
    reached[0] = true;
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        let one: Box<dyn Fn(char) -> bool> = match character {
            '*' => {
                let first = reached.iter().position(|one| *one).unwrap_or(reached.len());
                reached[first..].fill(true);
                continue;
            }
            '?' => Box::new(|_| true),
            '[' => {
                let rest = characters.as_str();
                let Some((class, behind)) = rest.split_once(']') else {
                    return false;
                };
                characters = behind.chars();
                let class: Vec<char> = class.chars().collect();
                Box::new(move |character| in_class(&class, character))
            }
            '\\' => {
                let escaped = characters.next();
                Box::new(move |character| Some(character) == escaped)
            }
            _ => Box::new(move |other| other == character),
        };
        for at in (0..reached.len()).rev() {
            reached[at] = at > 0 && reached[at - 1] && one(name[at - 1]);
        }
    }
    reached.last() == Some(&true)
}

fn in_class(class: &[char], character: char) -> bool {
    let (class, negated) = match class {
        ['^' | '!', class @ ..] => (class, true),
        class => (class, false),
    };
    let mut rest = class;
    let mut found = false;
    while let [first, behind @ ..] = rest {
        rest = match behind {
            ['-', last, behind @ ..] => {
                found |= (*first..=*last).contains(&character);
                behind
            }
            _ => {
                found |= *first == character;
                behind
            }
        };
    }
    found != negated
}

/// A path without `.`, `..` and empty parts, as far as they can be resolved.
fn clean(path: &str) -> String {
    let is_rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if is_rooted => {}
            _ => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (is_rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// Where Terraform runs is not known, so that a relative path stays one; files are found through it all the same.
pub(super) fn abspath<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let path = a.text()?;
    a.text_node(clean(&path))
}

pub(super) fn dirname<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let path = a.text()?;
    let folder = path.rfind('/').map_or("", |at| &path[..=at]);
    a.text_node(clean(folder))
}

pub(super) fn basename<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let path = a.text()?;
    let trimmed = path.trim_end_matches('/');
    let name = match trimmed.rsplit('/').next() {
        _ if path.is_empty() => ".",
        Some("") | None => "/",
        Some(name) => name,
    };
    a.text_node(name.to_owned())
}

pub(super) fn pathexpand<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let path = a.text()?;
    if path.starts_with('~') {
        return Err(Stop::Unknown("the home folder is not known".into()));
    }
    a.text_node(path)
}
