//! Suppressions are applied: findings that they cover are set aside, and what is wrong with them becomes findings.

use super::named::{Meanings, holds_pattern};
use super::{Owner, Policy, Scope, Source, State, Suppression};
use crate::date::Date;
use crate::finding::{Asked, Beside, Finding, Suppressed, Undecided};
use crate::plan::{Plan, SUPPRESSION};
use crate::rule::{Body, Dialect, Fault, Severity};
use crate::ruleset::{Rule, Ruleset};
use pillarlint_parser::source::{FileId, Span};
use std::collections::{BTreeMap, BTreeSet};

/// What suppressions are held against.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// The rules that they may name.
    pub rules: &'a Ruleset,
    /// Which rules were on.
    pub plan: &'a Plan,
    /// The day of the run.
    pub today: Date,
    /// What may be suppressed in a file.
    pub policy_in: &'a dyn Fn(FileId) -> &'a Policy,
}

/// What a run knows beside its findings, to tell what a suppression could have covered.
pub(crate) struct Evidence<'a> {
    /// The resources that rules were asked of.
    pub(crate) asked: &'a [Asked],
    /// What else addresses may mean.
    pub(crate) beside: &'a Beside,
    /// The questions without an answer.
    pub(crate) undecided: &'a [Undecided],
    /// Files that were not read as a whole.
    pub(crate) broken: &'a BTreeSet<FileId>,
    /// See [`crate::settle::Settings::severity_in`].
    pub(crate) severity_in: &'a dyn Fn(FileId, &str, Severity) -> Option<Severity>,
}

/// Findings, parted.
pub(crate) struct Parted {
    /// Those that no suppression covers, and those about suppressions.
    pub(crate) findings: Vec<Finding>,
    /// Those that one covers.
    pub(crate) suppressed: Vec<Suppressed>,
    /// All suppressions by place, with what became of them.
    pub(crate) suppressions: Vec<Suppression>,
}

/// Parts single findings into those that a suppression covers and the others.
pub(crate) fn apply(
    findings: Vec<Finding>,
    mut suppressions: Vec<Suppression>,
    evidence: &Evidence<'_>,
    terms: Terms<'_>,
) -> Parted {
    let policy = |one: &Suppression| (terms.policy_in)(one.place.file);
    suppressions.retain(|one| !(one.source.is_foreign() && policy(one).ignores_foreign));
    suppressions.sort_by(|a, b| (a.place, &a.rules).cmp(&(b.place, &b.rules)));
    suppressions.dedup();
    let mut told = Told::new(evidence, terms);
    let mut meanings = Meanings::new(terms.rules);
    let names: Vec<Vec<Name>> = suppressions
        .iter_mut()
        .map(|one| judge(one, policy(one), terms.today, &mut meanings, &mut told))
        .collect();

    let mut used: Vec<Vec<bool>> = names.iter().map(|of| vec![false; of.len()]).collect();
    let index = Index::new(&suppressions, &names);
    let mut parted = Parted {
        findings: Vec::with_capacity(findings.len()),
        suppressed: Vec::new(),
        suppressions: Vec::new(),
    };
    for finding in findings {
        let mut first = None;
        if let Some(rule) = terms.rules.position(&finding.rule) {
            for at in index.around(&finding.within, &finding.addresses) {
                for (name, used) in names[at].iter().zip(&mut used[at]) {
                    if name.matches[rule] {
                        *used = true;
                        first = first.or(Some(at));
                    }
                }
            }
        }
        match first {
            Some(suppression) => parted.suppressed.push(Suppressed {
                finding,
                suppression,
            }),
            None => parted.findings.push(finding),
        }
    }

    let known = Known::new(evidence, terms.rules);
    for ((one, names), used) in suppressions.iter_mut().zip(&names).zip(&used) {
        if one.state != State::Open {
            continue;
        }
        let may_be_told = one.owner == Owner::Named && !one.source.is_foreign();
        let idle: Vec<&Name> = names
            .iter()
            .zip(used)
            .filter(|(name, used)| !**used && may_be_told && known.has_nothing(one, name, terms))
            .map(|(name, _)| name)
            .collect();
        one.state = if !idle.is_empty() {
            State::Unused
        } else if used.contains(&true) {
            State::Used
        } else {
            State::Open
        };
        for name in idle {
            told.add(Fault::Unused, one, name.place, &format!("`{}`", name.text));
        }
    }
    parted.findings.extend(told.findings);
    parted.suppressions = suppressions;
    parted
}

/// A rule that a suppression names, or several.
struct Name {
    text: String,
    place: Span,
    /// Whether it stands for each rule, but for those that may not be suppressed.
    matches: Vec<bool>,
}

/// What an effective suppression names. One without effect has its state, and it names nothing. What is wrong with it
/// is told.
fn judge(
    one: &mut Suppression,
    policy: &Policy,
    today: Date,
    meanings: &mut Meanings<'_>,
    told: &mut Told<'_, '_>,
) -> Vec<Name> {
    if one.scope == Scope::Nothing && !one.source.is_foreign() && one.faults.is_empty() {
        let message = "nothing stands here or below that it could speak of";
        one.faults.push((one.place, message.to_owned()));
    }
    for (place, message) in &one.faults {
        told.add(Fault::Malformed, one, *place, message);
    }
    if !one.faults.is_empty() {
        one.state = State::Malformed;
        return Vec::new();
    }
    if one.reason.is_none() && (policy.require_reason || !one.source.is_foreign()) {
        told.add(Fault::WithoutReason, one, one.place, "");
    }
    let expired = one.until.filter(|until| *until < today);
    if let Some(until) = expired {
        told.add(Fault::Expired, one, one.place, &until.to_string());
    }
    let too_long = too_long(one, policy, today);
    if let Some(message) = &too_long {
        told.add(Fault::NotAllowed, one, one.place, message);
    }
    let (names, is_forbidden) = names(one, policy, meanings, told);
    one.state = if expired.is_some() {
        State::Expired
    } else if too_long.is_some() || (is_forbidden && names.is_empty()) {
        State::NotAllowed
    } else if one.reason.is_none() && policy.require_reason {
        State::WithoutReason
    } else if names.is_empty() {
        State::Unknown
    } else {
        return names;
    };
    Vec::new()
}

/// Why the policy does not allow for the last day of a suppression.
fn too_long(one: &Suppression, policy: &Policy, today: Date) -> Option<String> {
    let most = policy.longest_days?;
    let Some(until) = one.until else {
        return Some(format!(
            "has no last day; one at most {most} days ahead is allowed"
        ));
    };
    let ahead = until.days_after(today);
    (ahead > i64::from(most))
        .then(|| format!("has its last day {ahead} days ahead; {most} are allowed"))
}

/// The rules that a suppression names and may suppress, and whether it names one that it may not.
fn names(
    one: &Suppression,
    policy: &Policy,
    meanings: &mut Meanings<'_>,
    told: &mut Told<'_, '_>,
) -> (Vec<Name>, bool) {
    let mut names = Vec::new();
    let mut is_forbidden = false;
    for (text, place) in &one.rules {
        let mut matches = match meanings.of(text, one.source) {
            Ok(matches) => matches,
            // It may be a check that only the other tool has.
            Err(_) if one.source.is_foreign() => continue,
            Err(suggestion) => {
                let hint = suggestion.map(|name| format!(", did you mean `{name}`?"));
                let value = format!("`{text}`{}", hint.unwrap_or_default());
                told.add(Fault::UnknownRule, one, *place, &value);
                continue;
            }
        };
        let mut forbidden = None;
        for (rule, is_meant) in matches.iter_mut().enumerate() {
            if *is_meant && policy.never.iter().any(|never| never.holds(rule)) {
                *is_meant = false;
                forbidden = forbidden.or(meanings.rules.rules.get(rule));
            }
        }
        if let Some(rule) = forbidden {
            is_forbidden = true;
            let value = format!("names `{}`, which may not be suppressed", rule.header.id);
            told.add(Fault::NotAllowed, one, *place, &value);
        }
        if matches.contains(&true) {
            names.push(Name {
                text: text.clone(),
                place: *place,
                matches,
            });
        }
    }
    (names, is_forbidden)
}

fn holds(range: Span, place: Span) -> bool {
    range.file == place.file && range.start <= place.start && place.end <= range.end
}

impl Scope {
    /// Whether it covers what has these places and addresses.
    fn covers(&self, within: &[Span], addresses: &[&str]) -> bool {
        match self {
            Self::File(file) => within.iter().any(|place| place.file == *file),
            Self::Range(range) => within.iter().any(|place| holds(*range, *place)),
            Self::Address { pattern, files } => {
                let is_meant = |address: &&str| holds_pattern(pattern, address);
                let is_in = |place: &Span| {
                    let files = files.as_ref();
                    files.is_none_or(|files| files.binary_search(&place.file).is_ok())
                };
                // What has no address is meant where all is.
                (pattern == "*" || addresses.iter().any(is_meant)) && within.iter().any(is_in)
            }
            Self::Nothing => false,
        }
    }
}

/// The effective suppressions, by the files that they speak of.
struct Index<'s> {
    suppressions: &'s [Suppression],
    by_file: BTreeMap<FileId, Vec<usize>>,
    by_address: Vec<usize>,
}

impl<'s> Index<'s> {
    fn new(suppressions: &'s [Suppression], names: &[Vec<Name>]) -> Self {
        let mut by_file: BTreeMap<FileId, Vec<usize>> = BTreeMap::new();
        let mut by_address = Vec::new();
        for (at, one) in suppressions.iter().enumerate() {
            match &one.scope {
                _ if names[at].is_empty() => {}
                Scope::File(file) => by_file.entry(*file).or_default().push(at),
                Scope::Range(range) => by_file.entry(range.file).or_default().push(at),
                Scope::Address { .. } => by_address.push(at),
                Scope::Nothing => {}
            }
        }
        Self {
            suppressions,
            by_file,
            by_address,
        }
    }

    /// Those that cover a finding, whatever its rule.
    fn around(&self, within: &[Span], addresses: &[String]) -> Vec<usize> {
        if self.by_file.is_empty() && self.by_address.is_empty() {
            return Vec::new();
        }
        let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
        let mut files: Vec<FileId> = within.iter().map(|place| place.file).collect();
        files.sort_unstable();
        files.dedup();
        let in_files = files
            .iter()
            .filter_map(|file| self.by_file.get(file))
            .flatten();
        let all = in_files.chain(&self.by_address).copied();
        all.filter(|at| self.suppressions[*at].scope.covers(within, &addresses))
            .collect()
    }
}

/// What a run knows beside its findings, by what suppressions ask for.
struct Known<'e> {
    evidence: &'e Evidence<'e>,
    /// The questions without an answer, by rule.
    open: BTreeMap<usize, Vec<&'e Undecided>>,
    /// The resources that rules were asked of, by the files that they and their calls stand in.
    asked: BTreeMap<FileId, Vec<&'e Asked>>,
}

impl<'e> Known<'e> {
    fn new(evidence: &'e Evidence<'e>, rules: &Ruleset) -> Self {
        let mut open: BTreeMap<usize, Vec<&Undecided>> = BTreeMap::new();
        for one in evidence.undecided {
            if let Some(rule) = rules.position(&one.rule) {
                open.entry(rule).or_default().push(one);
            }
        }
        let mut asked: BTreeMap<FileId, Vec<&Asked>> = BTreeMap::new();
        for one in evidence.asked {
            let calls = one.calls.iter().map(|call| call.file);
            let files: BTreeSet<FileId> = calls.chain([one.place.file]).collect();
            for file in files {
                asked.entry(file).or_default().push(one);
            }
        }
        Self {
            evidence,
            open,
            asked,
        }
    }

    /// Whether a finding would have been covered, had there been one, and it is known that there is none: all rules that
    /// are meant were asked there, and all have an answer; or nothing is there at all.
    fn has_nothing(&self, one: &Suppression, name: &Name, terms: Terms<'_>) -> bool {
        let file = one.place.file;
        let severity_in = self.evidence.severity_in;
        let is_on = |rule: usize| {
            let header = &terms.rules.rules[rule].header;
            let is_on_here = || severity_in(file, &header.id, header.severity).is_some();
            terms.plan.is_on(rule) && (one.source == Source::Configuration || is_on_here())
        };
        let meant = || (0..name.matches.len()).filter(|rule| name.matches[*rule]);
        !self.evidence.broken.contains(&file)
            && meant().all(is_on)
            && !meant().any(|rule| self.is_open(rule, &one.scope))
            && (self.was_asked(&one.scope)
                || (terms.plan.keeps_addresses && self.is_gone(&one.scope)))
    }

    fn is_open(&self, rule: usize, scope: &Scope) -> bool {
        let open = self.open.get(&rule).map_or(&[][..], Vec::as_slice);
        open.iter()
            .any(|open| scope.covers(&open.within, &[open.address.as_str()]))
    }

    /// Whether it is known that nothing has an address of a scope: all was read that it could be in, also what makes
    /// nothing in this run.
    fn is_gone(&self, scope: &Scope) -> bool {
        let Scope::Address {
            pattern,
            files: Some(files),
        } = scope
        else {
            return false;
        };
        let is_in = |file: &FileId| files.binary_search(file).is_ok();
        let Beside { unasked, unread } = self.evidence.beside;
        let may_be = |one: &Asked| {
            let mut places = one.calls.iter().chain([&one.place]);
            places.any(|place| is_in(&place.file)) && may_go_on(pattern, &one.address)
        };
        // Where there is no file, nothing says that there is none in other runs.
        !files.is_empty()
            && !unread.iter().any(is_in)
            && !self.evidence.broken.iter().any(is_in)
            && !unasked.iter().any(may_be)
    }

    /// Whether there is a resource in a scope, or around it, that rules were asked of.
    fn was_asked(&self, scope: &Scope) -> bool {
        let is_in = |asked: &Asked| {
            let mut within = vec![asked.place];
            within.extend(&asked.calls);
            scope.covers(&within, &[asked.address.as_str()])
        };
        match scope {
            Scope::File(file) => self.asked.contains_key(file),
            Scope::Range(range) => {
                let asked = self.asked.get(&range.file);
                let mut asked = asked.map_or(&[][..], Vec::as_slice).iter();
                asked.any(|asked| holds(asked.place, *range) || is_in(asked))
            }
            Scope::Address { .. } => self.evidence.asked.iter().any(is_in),
            Scope::Nothing => false,
        }
    }
}

/// Whether a pattern may hold of an address that is this one, or begins with it and goes on with an index or inside of
/// a module.
fn may_go_on(pattern: &str, address: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, _)) => start.starts_with(address) || address.starts_with(start),
        None => pattern
            .strip_prefix(address)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '.'])),
    }
}

/// What is told of suppressions.
struct Told<'e, 't> {
    /// The rules that are on, each with its message, by what they tell.
    rules: Vec<(Fault, &'t Rule, &'t str)>,
    severity_in: &'e dyn Fn(FileId, &str, Severity) -> Option<Severity>,
    findings: Vec<Finding>,
}

impl<'e, 't> Told<'e, 't> {
    fn new(evidence: &Evidence<'e>, terms: Terms<'t>) -> Self {
        let rules = terms.plan.rules_for(SUPPRESSION).iter();
        let rules = rules.map(|rule| &terms.rules.rules[*rule]);
        let checks = rules.flat_map(|rule| rule.checks().iter().map(move |check| (rule, check)));
        Self {
            rules: checks
                .filter_map(|(rule, check)| match check.body {
                    Body::Suppressions(fault) => Some((fault, rule, check.message.as_str())),
                    _ => None,
                })
                .collect(),
            severity_in: evidence.severity_in,
            findings: Vec::new(),
        }
    }

    fn add(&mut self, fault: Fault, one: &Suppression, place: Span, value: &str) {
        if one.owner == Owner::Downloaded {
            return;
        }
        for (_, rule, message) in self.rules.iter().filter(|(of, ..)| *of == fault) {
            let header = &rule.header;
            let Some(severity) = (self.severity_in)(place.file, &header.id, header.severity) else {
                continue;
            };
            let related = match one.scope {
                Scope::Range(range) if fault == Fault::Unused => {
                    vec![(range, "this is what it covers".to_owned())]
                }
                _ => Vec::new(),
            };
            self.findings.push(Finding {
                made_from: None,
                construct: None,
                rule: header.id.clone(),
                severity,
                message: message.replace("{value}", value),
                place,
                related,
                within: vec![place],
                addresses: Vec::new(),
                kind: String::new(),
                dialect: Dialect::CloudFormation,
                when: None,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::may_go_on;

    #[test]
    fn addresses_of_what_is_not_made_now() {
        for (pattern, address, expected) in [
            ("aws_x.a", "aws_x.a", true),
            ("aws_x.a[0]", "aws_x.a", true),
            ("aws_x.ab", "aws_x.a", false),
            ("module.m.aws_x.a", "module.m", true),
            ("module.mn.aws_x.a", "module.m", false),
            ("*", "aws_x.a", true),
            ("aws_x.*", "aws_x.a", true),
            ("aws_x.a[*]", "aws_x.a", true),
            ("aws_y.*", "aws_x.a", false),
        ] {
            assert_eq!(may_go_on(pattern, address), expected, "{pattern} {address}");
        }
    }
}
