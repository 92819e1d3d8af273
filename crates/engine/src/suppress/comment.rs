//! Comments that suppress: ours, and those of other tools.
//!
//! Ours is `pillarlint: ignore[rule, rule] reason; until=2027-06-30; class=other`, or `ignore-file[…]` for the whole
//! file. The others are as their documentation has them:
//! - <https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html>
//! - <https://aquasecurity.github.io/tfsec/latest/guides/configuration/ignores/>
//! - <https://trivy.dev/latest/docs/scanner/misconfiguration/config/config/>

use super::target::Target;
use super::{ReasonClass, Scope, Source, Suppression};
use crate::date::Date;
use crate::spelling::hint;
use pillarlint_parser::source::{FileId, Span};

/// What a comment covers that does not speak of the whole file.
#[derive(Clone, Copy)]
pub(super) enum Covers<'t> {
    /// What it stands on or above.
    Target(&'t Target<'t>),
    /// What it is a note on, as JSON has them; the whole file at its top.
    Holder(Option<Span>),
}

/// A piece of a text, and where it begins in its file.
#[derive(Clone, Copy)]
struct Piece<'t> {
    text: &'t str,
    file: FileId,
    start: usize,
}

/// Adds the suppressions of one comment: its text with the signs around it.
pub(super) fn read(comment: Span, text: &str, covers: Covers<'_>, found: &mut Vec<Suppression>) {
    let whole = Piece {
        text,
        file: comment.file,
        start: comment.start as usize,
    };
    for line in whole.split("\n") {
        let line = line.inside();
        for part in line.split(" # ") {
            let part = part.inside();
            if let Some(rest) = part.behind("pillarlint:") {
                found.push(own(part, rest, covers, comment));
            }
        }
        if let Some((_, rest)) = line.cut(CHECKOV) {
            found.push(checkov(line, rest, covers, comment));
        }
        for (prefix, source) in [
            ("tfsec:ignore:", Source::Tfsec),
            ("trivy:ignore:", Source::Trivy),
        ] {
            aqua(line, prefix, source, covers, comment, found);
        }
    }
}

impl<'t> Piece<'t> {
    fn span(self) -> Span {
        Span::new(self.file, self.start, self.start + self.text.len())
    }

    /// The same from one offset in it to another.
    fn part(self, from: usize, to: usize) -> Self {
        Self {
            text: self.text.get(from..to).unwrap_or_default(),
            start: self.start + from,
            ..self
        }
    }

    /// The same without space at both ends.
    fn trimmed(self) -> Self {
        let from = self.text.len() - self.text.trim_start().len();
        self.part(from, from + self.text.trim().len())
    }

    /// A line of a comment without the signs that make it one.
    fn inside(self) -> Self {
        let line = self.trimmed();
        let line = line.part(0, line.text.trim_end_matches("*/").len());
        let is_sign = |c: char| c.is_whitespace() || matches!(c, '#' | '/' | '*');
        let from = line.text.len() - line.text.trim_start_matches(is_sign).len();
        line.part(from, line.text.len()).trimmed()
    }

    /// The same without a colon that it begins with.
    fn after_colon(self) -> Self {
        self.behind(":").map_or(self, Self::trimmed)
    }

    /// What stands behind a text that it begins with.
    fn behind(self, prefix: &str) -> Option<Self> {
        let is_there = self.text.starts_with(prefix);
        is_there.then(|| self.part(prefix.len(), self.text.len()))
    }

    /// What stands before the first place of a text, and behind it.
    fn cut(self, at: &str) -> Option<(Self, Self)> {
        let found = self.text.find(at)?;
        let behind = self.part(found + at.len(), self.text.len());
        Some((self.part(0, found), behind))
    }

    /// The parts between all places of a text.
    fn split(self, at: &str) -> Vec<Self> {
        let mut parts = Vec::new();
        let mut rest = self;
        while let Some((part, behind)) = rest.cut(at) {
            parts.push(part);
            rest = behind;
        }
        parts.push(rest);
        parts
    }

    fn words(self) -> impl Iterator<Item = Self> {
        let begin = self.text.as_ptr() as usize;
        self.text.split_whitespace().map(move |word| {
            let from = word.as_ptr() as usize - begin;
            self.part(from, from + word.len())
        })
    }
}

impl Covers<'_> {
    fn scope(self, file: FileId, target: impl Fn(&Target<'_>) -> Option<Span>) -> Scope {
        match self {
            Self::Target(text) => target(text).map_or(Scope::Nothing, Scope::Range),
            Self::Holder(holder) => holder.map_or(Scope::File(file), Scope::Range),
        }
    }

    /// What the comment stands on or above.
    fn part(self, comment: Span) -> Scope {
        self.scope(comment.file, |text| text.part(comment))
    }

    /// The resource or block that it stands in or above.
    fn unit(self, comment: Span) -> Scope {
        self.scope(comment.file, |text| text.unit(comment))
    }
}

const WHOLE_FILE: &str = "ignore-file";

/// Reads what stands behind `pillarlint:`.
fn own(whole: Piece<'_>, rest: Piece<'_>, covers: Covers<'_>, comment: Span) -> Suppression {
    let rest = rest.trimmed();
    let end = rest.text.find(|c: char| !(c.is_alphanumeric() || c == '-'));
    let verb = rest.part(0, end.unwrap_or(rest.text.len()));
    let scope = match verb.text {
        WHOLE_FILE => Scope::File(comment.file),
        _ => covers.part(comment),
    };
    let mut suppression = Suppression::new(whole.span(), scope, Source::Comment);
    if !["ignore", WHOLE_FILE].contains(&verb.text) {
        let hint = hint(verb.text, ["ignore", WHOLE_FILE]);
        suppression.fault(
            whole.span(),
            format!("`ignore[RULE]` or `ignore-file[RULE]` should follow `pillarlint:`{hint}"),
        );
        return suppression;
    }
    let list = rest.part(verb.text.len(), rest.text.len()).trimmed();
    let list = list.behind("[").and_then(|list| list.cut("]"));
    let Some((ids, rest)) = list else {
        let message = format!("the rules are missing; write `{}[RULE, RULE]`", verb.text);
        suppression.fault(verb.span(), message);
        return suppression;
    };
    for id in ids.split(",") {
        let id = id.trimmed();
        if id.text.is_empty() {
            suppression.fault(ids.span(), "a rule is missing between the brackets");
        } else {
            suppression.rules.push((id.text.to_owned(), id.span()));
        }
    }
    let mut parts = rest.split(";").into_iter();
    let reason = parts
        .next()
        .map_or(rest, |part| part.trimmed().after_colon());
    let mut reason = reason.text.to_owned();
    for part in parts.map(|part| part.trimmed()) {
        match part.cut("=") {
            Some((key, value)) if is_key(key.trimmed().text) => {
                option(&mut suppression, key.trimmed(), value.trimmed());
            }
            _ if part.text.is_empty() => {}
            // A reason may have a semicolon.
            _ => reason = format!("{reason}; {}", part.text),
        }
    }
    suppression.reason = Some(reason).filter(|reason| !reason.is_empty());
    suppression
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphabetic() || c == '-')
}

fn option(suppression: &mut Suppression, key: Piece<'_>, value: Piece<'_>) {
    match key.text {
        "until" => suppression.set_until(value.text, value.span()),
        "class" => suppression.set_class(value.text, value.span()),
        _ => {
            let hint = hint(key.text, ["until", "class"]);
            let message = format!("there is no option `{}`{hint}", key.text);
            suppression.fault(key.span(), message);
        }
    }
}

impl Suppression {
    /// One that says nothing yet.
    pub fn new(place: Span, scope: Scope, source: Source) -> Self {
        Self {
            place,
            scope,
            rules: Vec::new(),
            reason: None,
            class: None,
            until: None,
            source,
            faults: Vec::new(),
            owner: super::Owner::Named,
            state: super::State::Open,
        }
    }

    /// Notes what is wrong with it.
    pub(super) fn fault(&mut self, place: Span, message: impl Into<String>) {
        self.faults.push((place, message.into()));
    }

    pub(super) fn set_until(&mut self, text: &str, place: Span) {
        self.until = Date::parse(text);
        if self.until.is_none() {
            self.fault(
                place,
                format!("`{text}` is no day; write it as `2027-06-30`"),
            );
        }
    }

    pub(super) fn set_class(&mut self, text: &str, place: Span) {
        self.class = ReasonClass::from_name(text);
        if self.class.is_none() {
            let names = ReasonClass::ALL.map(ReasonClass::name);
            let mut hint = hint(text, names);
            if hint.is_empty() {
                hint = format!("; it is one of {}", names.join(", "));
            }
            self.fault(
                place,
                format!("there is no class `{text}` of reasons{hint}"),
            );
        }
    }
}

const CHECKOV: &str = "checkov:skip=";

/// `checkov:skip=CKV_AWS_20:reason`, of the resource that it stands in.
fn checkov(line: Piece<'_>, rest: Piece<'_>, covers: Covers<'_>, comment: Span) -> Suppression {
    let from = rest.start - CHECKOV.len() - line.start;
    let whole = line.part(from, line.text.len());
    let mut suppression = Suppression::new(whole.span(), covers.unit(comment), Source::Checkov);
    let (ids, reason) = match rest.cut(":") {
        Some((ids, reason)) => (ids, reason.text.trim()),
        None => (rest.words().next().unwrap_or(rest), ""),
    };
    for id in ids.split(",").into_iter().map(|id| id.trimmed()) {
        if !id.text.is_empty() {
            suppression.rules.push((id.text.to_owned(), id.span()));
        }
    }
    suppression.reason = Some(reason.to_owned()).filter(|reason| !reason.is_empty());
    suppression
}

/// `tfsec:ignore:RULE:exp:2027-01-01`, any number of them in a line; the other words say why.
fn aqua(
    line: Piece<'_>,
    prefix: &str,
    source: Source,
    covers: Covers<'_>,
    comment: Span,
    found: &mut Vec<Suppression>,
) {
    if !line.text.contains(prefix) {
        return;
    }
    let mut reason: Vec<&str> = Vec::new();
    let first = found.len();
    for word in line.words() {
        let Some((_, rest)) = word.cut(prefix) else {
            if !word.text.contains(":ignore:") && word.text != "#" {
                reason.push(word.text);
            }
            continue;
        };
        let mut parts = rest.split(":").into_iter();
        let Some(id) = parts.next().filter(|id| !id.text.is_empty()) else {
            continue;
        };
        let mut suppression = Suppression::new(word.span(), covers.part(comment), source);
        suppression.rules.push((id.text.to_owned(), id.span()));
        while let (Some(key), value) = (parts.next(), parts.next()) {
            match (key.text, value) {
                ("exp", Some(day)) => suppression.set_until(day.text, day.span()),
                // For one workspace only, or what is not known: less is suppressed than was meant, never more.
                _ => suppression.scope = Scope::Nothing,
            }
        }
        // Only for some values of an attribute.
        if id.text.contains('[') {
            suppression.scope = Scope::Nothing;
        }
        found.push(suppression);
    }
    let reason = Some(reason.join(" ")).filter(|reason| !reason.is_empty());
    for suppression in &mut found[first..] {
        suppression.reason.clone_from(&reason);
    }
}
