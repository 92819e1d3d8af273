//! What lists hold that other programs read: findings, and what is to be said of the input itself.

use super::{Places, Run, addresses, uri};
use crate::text::escape;
use pillarlint_engine::finding::{Finding, Outcome};
use pillarlint_engine::fingerprint::{Key, fingerprints};
use pillarlint_engine::rule::Severity;
use pillarlint_engine::ruleset::Ruleset;
use pillarlint_parser::source::{SourceMap, Span};
use pillarlint_parser::tree::Problem;

/// A finding, or what is to be said of the input.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<'r> {
    pub(super) level: Level,
    pub(super) place: Span,
    pub(super) message: &'r str,
    pub(super) related: &'r [(Span, String)],
    pub(super) finding: Option<&'r Finding>,
}

/// How much an entry weighs, least first. What was not read hides findings, so it weighs as much as they may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Info,
    Low,
    /// A likely mistake that is no business of a rule.
    Warning,
    /// A part that was passed over.
    NotRead,
    Medium,
    High,
    Critical,
    /// What could not be read.
    Error,
}

/// The three degrees that most other programs know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Degree {
    Error,
    Warning,
    Note,
}

impl Level {
    pub(super) fn of(severity: Severity) -> Self {
        match severity {
            Severity::Info => Self::Info,
            Severity::Low => Self::Low,
            Severity::Medium => Self::Medium,
            Severity::High => Self::High,
            Severity::Critical => Self::Critical,
        }
    }

    /// The severity's name, or what stands in its place.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Info => Severity::Info.name(),
            Self::Low => Severity::Low.name(),
            Self::Warning => "warning",
            Self::NotRead => "not-read",
            Self::Medium => Severity::Medium.name(),
            Self::High => Severity::High.name(),
            Self::Critical => Severity::Critical.name(),
            Self::Error => "error",
        }
    }

    pub(super) fn degree(self) -> Degree {
        match self {
            Self::Error | Self::Critical | Self::High => Degree::Error,
            Self::Medium | Self::NotRead | Self::Warning | Self::Low => Degree::Warning,
            Self::Info => Degree::Note,
        }
    }
}

impl<'r> Entry<'r> {
    pub(super) fn of(finding: &'r Finding) -> Self {
        Self {
            level: Level::of(finding.severity),
            place: finding.place,
            message: &finding.message,
            related: &finding.related,
            finding: Some(finding),
        }
    }

    /// The rule; what stands in its place for what is no finding.
    pub(super) fn rule(&self) -> &'r str {
        self.finding
            .map_or(self.level.name(), |finding| &finding.rule)
    }

    /// The primary best practice behind it.
    pub(super) fn practice<'s>(&self, ruleset: &'s Ruleset) -> Option<&'s str> {
        let rule = ruleset.rule(&self.finding?.rule)?;
        rule.header.practices.first().map(String::as_str)
    }

    /// What is wrong, where and when, on one line.
    pub(super) fn sentence(&self) -> String {
        let whereof = self.finding.map_or(String::new(), whereof);
        format!("{}{whereof}", escape(self.message))
    }

    /// What its fingerprint is made of.
    fn key(&self, sources: &'r SourceMap, folder: &str) -> Key<'r> {
        let file = uri::relative(&sources.file(self.place.file).path, folder);
        match self.finding {
            Some(finding) => Key::of(finding, file),
            None => Key {
                rule: self.level.name(),
                file,
                address: self.message,
            },
        }
    }
}

/// All entries of a run: findings, then likely mistakes, what could not be read, and parts that were passed over.
pub(super) fn entries(outcome: &Outcome) -> Vec<Entry<'_>> {
    let not_read = outcome.not_read.iter().map(|(place, why)| Entry {
        level: Level::NotRead,
        place: *place,
        message: why,
        related: &[],
        finding: None,
    });
    outcome
        .findings
        .iter()
        .map(Entry::of)
        .chain(problems(&outcome.warnings, Level::Warning))
        .chain(problems(&outcome.errors, Level::Error))
        .chain(not_read)
        .collect()
}

fn problems(of: &[Problem], level: Level) -> impl Iterator<Item = Entry<'_>> {
    of.iter().map(move |problem| Entry {
        level,
        place: problem.span,
        message: &problem.message,
        related: &problem.related,
        finding: None,
    })
}

/// The same, those that weigh most first; in the order of the files among equals.
pub(super) fn by_weight(outcome: &Outcome) -> Vec<Entry<'_>> {
    let mut all = entries(outcome);
    all.sort_by_key(|entry| std::cmp::Reverse(entry.level));
    all
}

/// The fingerprints of entries, in their order. Findings that are suppressed are counted too, so that to suppress one
/// does not change those of others.
pub(super) fn fingerprints_of(entries: &[Entry<'_>], run: &Run, folder: &str) -> Vec<String> {
    let suppressed = run.outcome.suppressed.iter();
    let suppressed = suppressed.map(|one| (None, Entry::of(&one.finding)));
    let mut all: Vec<(Option<usize>, Entry)> = suppressed.collect();
    all.extend((0..).zip(entries).map(|(at, entry)| (Some(at), *entry)));
    all.sort_by_key(|(_, entry)| entry.place);
    let keys = all.iter().map(|(_, entry)| entry.key(&run.sources, folder));
    let mut fingerprints: Vec<(usize, String)> = all
        .iter()
        .zip(fingerprints(keys))
        .filter_map(|((at, _), fingerprint)| Some(((*at)?, fingerprint)))
        .collect();
    fingerprints.sort_by_key(|(at, _)| *at);
    fingerprints.into_iter().map(|(_, one)| one).collect()
}

/// ` (A, B) when condition`, as far as there is any of it.
pub(super) fn whereof(finding: &Finding) -> String {
    let when = finding.when.as_deref();
    let when = when.map_or(String::new(), |when| format!(" when {}", escape(when)));
    format!("{}{when}", bracketed(&finding.addresses))
}

/// ` (A, B)`, or nothing for the whole template.
pub(super) fn bracketed(of: &[String]) -> String {
    match addresses(of) {
        none if none.is_empty() => none,
        some => format!(" ({some})"),
    }
}

/// The path of a place, from the folder that the run was started in.
pub(super) fn path_of<'r>(place: Span, places: &Places<'r>, folder: &str) -> &'r str {
    uri::relative(&places.sources.file(place.file).path, folder)
}
