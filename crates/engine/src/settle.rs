//! The one place where anything is filtered, merged or sorted.

use crate::baseline::{self, Baseline, Names};
use crate::finding::{Beside, Finding, HeldBack, Outcome, Report, Suppressed, Undecided};
use crate::place::MAX_RELATED;
use crate::rule::Severity;
use crate::suppress::apply::{Evidence, Terms, apply};
use pillarlint_parser::source::{FileId, Span};
use pillarlint_parser::tree::Level;
use std::collections::BTreeMap;

/// What a person asked to see.
#[derive(Clone, Copy)]
pub struct Settings<'a> {
    /// Findings below this severity are left out.
    pub severity: Severity,
    /// How severe a rule is in a file, from how severe it is elsewhere; nothing where it is off there.
    pub severity_in: &'a dyn Fn(FileId, &str, Severity) -> Option<Severity>,
    /// What suppressions are held against; they are not looked at where there is nothing.
    pub terms: Option<Terms<'a>>,
    /// Whether a place belongs to what was asked for; all does where there is nothing. A finding does where its own
    /// place does, or one of those that its value comes from.
    pub owns: Option<&'a dyn Fn(Span) -> bool>,
    /// The baselines that findings are held against.
    pub baselines: &'a [Baseline],
    /// What a baseline that is to be written calls the files of the run, where one is.
    pub written: Option<&'a Names>,
}

impl Settings<'_> {
    /// Everything from a severity upwards.
    pub fn from(severity: Severity) -> Self {
        Self {
            severity,
            severity_in: &|_, _, severity| Some(severity),
            terms: None,
            owns: None,
            baselines: &[],
            written: None,
        }
    }
}

/// Reports, in any order, as one outcome. Each finding passes the same stages, one after the other, before those that
/// belong together become one: the settings of its file, suppressions, the baseline, whether it belongs to what was
/// asked for, and the severity that was asked for.
pub fn settle(reports: impl IntoIterator<Item = Report>, settings: Settings<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let mut findings = Vec::new();
    let mut suppressions = Vec::new();
    let mut asked = Vec::new();
    let mut beside = Beside::default();
    for report in reports {
        outcome.resources += report.resources;
        outcome.left_aside += report.left_aside;
        for (rule, file, passes) in report.passes {
            // Whatever the severity, it is only asked whether the rule is on.
            if (settings.severity_in)(file, &rule, Severity::Info).is_some() {
                outcome.passed += passes.count;
                outcome.passes.entry(rule).or_default().add(passes);
            }
        }
        findings.extend(report.findings);
        suppressions.extend(report.suppressions);
        asked.extend(report.asked);
        beside.unasked.extend(report.beside.unasked);
        beside.unread.extend(report.beside.unread);
        outcome.undecided.extend(report.undecided);
        outcome.not_read.extend(report.not_read);
        for problem in report.problems {
            match problem.level {
                Level::Error => outcome.errors.push(problem),
                Level::Warning => outcome.warnings.push(problem),
            }
        }
    }
    findings.retain_mut(|finding| {
        let severity = (settings.severity_in)(finding.place.file, &finding.rule, finding.severity);
        finding.severity = severity.unwrap_or(finding.severity);
        severity.is_some()
    });
    outcome.undecided.retain(|one| {
        // Whatever the severity, it is only asked whether the rule is on.
        (settings.severity_in)(one.place.file, &one.rule, Severity::Info).is_some()
    });
    if let Some(terms) = settings.terms.filter(|_| !suppressions.is_empty()) {
        let evidence = Evidence {
            asked: &asked,
            beside: &beside,
            undecided: &outcome.undecided,
            broken: &outcome.errors.iter().map(|error| error.span.file).collect(),
            severity_in: settings.severity_in,
        };
        let parted = apply(findings, suppressions, &evidence, terms);
        findings = parted.findings;
        outcome.suppressed = parted.suppressed;
        outcome.suppressions = parted.suppressions;
    }
    let all = by_rule(&findings, &outcome.undecided);
    // All that is found counts: what is known of an address may lie in one line of it, and what is new in another.
    let mut stale = Vec::new();
    for one in settings.baselines {
        let parted = baseline::part(&mut findings, one);
        outcome.in_baseline += merge(parted.held).len();
        stale.extend(parted.stale);
    }
    if let Some(owns) = settings.owns {
        keep_owned(&mut outcome, &mut findings, owns);
    }
    outcome.warnings.extend(stale);
    if let Some(names) = settings.written {
        outcome.entries = baseline::entries(&findings, names);
    }
    findings.retain(|finding| finding.severity >= settings.severity);
    outcome.held_back = held_back(all, &by_rule(&findings, &outcome.undecided));
    outcome
        .suppressed
        .retain(|one| one.finding.severity >= settings.severity);
    outcome.findings = merge(findings);
    outcome.suppressed = merge_suppressed(outcome.suppressed);
    outcome.undecided.sort_by(|a, b| {
        (a.place, &a.rule, &a.address, &a.why).cmp(&(b.place, &b.rule, &b.address, &b.why))
    });
    outcome.undecided.dedup();
    for problems in [&mut outcome.errors, &mut outcome.warnings] {
        problems.sort_by(|a, b| (a.span, &a.message).cmp(&(b.span, &b.message)));
        problems.dedup();
    }
    outcome.not_read.sort();
    outcome.not_read.dedup();
    outcome
}

/// How many findings and open questions each rule has.
fn by_rule(findings: &[Finding], undecided: &[Undecided]) -> BTreeMap<String, HeldBack> {
    let mut counts: BTreeMap<String, HeldBack> = BTreeMap::new();
    for finding in findings {
        counts.entry(finding.rule.clone()).or_default().findings += 1;
    }
    for one in undecided {
        counts.entry(one.rule.clone()).or_default().undecided += 1;
    }
    counts
}

/// What is left out of all that there was.
fn held_back(
    mut all: BTreeMap<String, HeldBack>,
    left: &BTreeMap<String, HeldBack>,
) -> BTreeMap<String, HeldBack> {
    for (rule, left) in left {
        if let Some(one) = all.get_mut(rule) {
            one.findings -= left.findings;
            one.undecided -= left.undecided;
        }
    }
    all.retain(|_, one| *one != HeldBack::default());
    all
}

/// Leaves out what lies elsewhere. What could not be read stays: it may be why something was not found.
fn keep_owned(outcome: &mut Outcome, findings: &mut Vec<Finding>, owns: &dyn Fn(Span) -> bool) {
    let is_owned = |place: Span, related: &[(Span, String)]| {
        owns(place) || related.iter().any(|(place, _)| owns(*place))
    };
    let (owned, elsewhere) = std::mem::take(findings)
        .into_iter()
        .partition(|finding| is_owned(finding.place, &finding.related));
    *findings = owned;
    outcome.not_owned = merge(elsewhere).len();
    outcome
        .suppressed
        .retain(|one| is_owned(one.finding.place, &one.finding.related));
    outcome.undecided.retain(|one| owns(one.place));
    outcome
        .warnings
        .retain(|one| is_owned(one.span, &one.related));
    outcome.not_read.retain(|(place, _)| owns(*place));
}

/// The same for findings that suppressions cover, each suppression for itself.
fn merge_suppressed(suppressed: Vec<Suppressed>) -> Vec<Suppressed> {
    let mut by_suppression: BTreeMap<usize, Vec<Finding>> = BTreeMap::new();
    for one in suppressed {
        let findings = by_suppression.entry(one.suppression).or_default();
        findings.push(one.finding);
    }
    let merged = by_suppression.into_iter().flat_map(|(suppression, all)| {
        merge(all).into_iter().map(move |finding| Suppressed {
            finding,
            suppression,
        })
    });
    let mut merged: Vec<Suppressed> = merged.collect();
    merged.sort_by(|a, b| {
        let key = |one: &Suppressed| (one.finding.place, one.suppression);
        (key(a), &a.finding.rule, &a.finding.message).cmp(&(
            key(b),
            &b.finding.rule,
            &b.finding.message,
        ))
    });
    merged
}

/// Sorts findings, and makes those one that differ only in the instance or in the condition.
fn merge(mut findings: Vec<Finding>) -> Vec<Finding> {
    // A stable sort: addresses stay in the order of the file.
    findings.sort_by(|a, b| {
        (a.place, &a.rule, &a.message, &a.when).cmp(&(b.place, &b.rule, &b.message, &b.when))
    });
    let mut merged: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings {
        match merged.last_mut() {
            Some(last)
                if last.place == finding.place
                    && last.rule == finding.rule
                    && last.message == finding.message
                    && last.when == finding.when =>
            {
                for address in finding.addresses {
                    if !last.addresses.contains(&address) {
                        last.addresses.push(address);
                    }
                }
                for related in finding.related {
                    if last.related.len() < MAX_RELATED && !last.related.contains(&related) {
                        last.related.push(related);
                    }
                }
            }
            _ => merged.push(finding),
        }
    }
    merged
}
