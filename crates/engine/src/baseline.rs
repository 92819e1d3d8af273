//! Findings that were there when a team began, so that only new ones are reported.
//!
//! An entry says rule, file, address and how many; never a line. So it holds when a file is formatted or its parts
//! change places. Where there are more findings than an entry counts, nobody can tell which of them is new: all are
//! reported.

use crate::finding::Finding;
use pillarlint_parser::source::{FileId, Span};
use pillarlint_parser::tree::Problem;
use std::collections::{BTreeMap, BTreeSet};

/// What tells one entry from others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The file that the finding lies in, as the baseline names it.
    pub file: String,
    /// The resource, with the modules and keys that lead to it; empty for the whole template.
    pub address: String,
    /// The rule's id.
    pub rule: String,
}

/// How many findings an entry stands for, and where it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// How many.
    pub count: usize,
    /// The place of the entry in the baseline.
    pub place: Span,
}

/// A baseline, read.
#[derive(Debug, Clone, Default)]
pub struct Baseline {
    /// Its entries.
    pub entries: BTreeMap<Key, Entry>,
}

/// A baseline as a run uses it.
#[derive(Clone, Copy)]
pub struct Use<'a> {
    /// The entries.
    pub baseline: &'a Baseline,
    /// What the baseline calls a file; nothing for one that it is not about.
    pub name_of: &'a dyn Fn(FileId) -> Option<String>,
    /// Whether this run would have found again what an entry stands for: its file was checked in full and its rule was
    /// on, or the file is gone.
    pub is_judged: &'a dyn Fn(&Key) -> bool,
}

/// The entries for findings: how many each address of a file has of a rule.
pub fn entries<'f>(
    findings: impl IntoIterator<Item = &'f Finding>,
    name_of: &dyn Fn(FileId) -> Option<String>,
) -> BTreeMap<Key, usize> {
    let mut entries = BTreeMap::new();
    for finding in findings {
        let Some(file) = name_of(finding.place.file) else {
            continue;
        };
        let whole = [String::new()];
        let addresses = match finding.addresses.as_slice() {
            [] => &whole[..],
            addresses => addresses,
        };
        for address in addresses {
            let key = Key {
                file: file.clone(),
                address: address.clone(),
                rule: finding.rule.clone(),
            };
            *entries.entry(key).or_default() += 1;
        }
    }
    entries
}

/// What tells a finding from others under one key.
type Said<'f> = (Span, &'f str, Option<&'f str>);

/// Takes out what a baseline holds, from findings with one address each. Gives how many those were, and the entries
/// that no longer hold.
pub(crate) fn part(findings: &mut Vec<Finding>, with: Use<'_>) -> (usize, Vec<Problem>) {
    let key_of = |finding: &Finding| {
        Some(Key {
            file: (with.name_of)(finding.place.file)?,
            address: finding.addresses.first().cloned().unwrap_or_default(),
            rule: finding.rule.clone(),
        })
    };
    let keys: Vec<Option<Key>> = findings.iter().map(key_of).collect();
    // What is found twice in the same words is one finding.
    let mut distinct: BTreeMap<&Key, BTreeSet<Said<'_>>> = BTreeMap::new();
    for (key, finding) in keys.iter().zip(findings.iter()) {
        if let Some(key) = key {
            let said = (finding.place, &*finding.message, finding.when.as_deref());
            distinct.entry(key).or_default().insert(said);
        }
    }
    let found = |key: &Key| distinct.get(key).map_or(0, BTreeSet::len);
    let mut stale = Vec::new();
    let mut held = BTreeSet::new();
    for (key, entry) in &with.baseline.entries {
        let left = found(key);
        if left <= entry.count && left > 0 {
            held.insert(key);
        }
        if left < entry.count && (with.is_judged)(key) {
            stale.push(Problem::warning(
                entry.place,
                outdated(key, entry.count, left),
            ));
        }
    }
    let in_baseline: usize = held.iter().map(|key| found(key)).sum();
    let is_held: Vec<bool> = keys
        .iter()
        .map(|key| key.as_ref().is_some_and(|key| held.contains(key)))
        .collect();
    let mut is_held = is_held.into_iter();
    findings.retain(|_| !is_held.next().unwrap_or(false));
    (in_baseline, stale)
}

fn outdated(key: &Key, count: usize, left: usize) -> String {
    let of = match key.address.as_str() {
        "" => String::new(),
        address => format!(" of {address}"),
    };
    let Key { file, rule, .. } = key;
    match left {
        0 => format!("the baseline holds `{rule}`{of} in {file}, which is no longer found"),
        _ => format!(
            "the baseline holds `{rule}`{of} in {file} {count} times, of which {left} are left"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::{Dialect, Severity};

    fn finding(rule: &str, file: u32, address: &str, at: usize) -> Finding {
        let place = Span::new(FileId(file), at, at + 1);
        Finding {
            rule: rule.to_owned(),
            severity: Severity::Low,
            message: "m".to_owned(),
            place,
            related: Vec::new(),
            within: vec![place],
            addresses: Some(address.to_owned())
                .filter(|one| !one.is_empty())
                .into_iter()
                .collect(),
            kind: String::new(),
            made_from: None,
            dialect: Dialect::CloudFormation,
            when: None,
        }
    }

    /// With entries `(file, address, rule, count)`, these findings are left (rule and place), so many are in the
    /// baseline, and so many entries are stale.
    #[track_caller]
    fn check(
        entries: &[(&str, &str, &str, usize)],
        findings: &[(&str, u32, &str, usize)],
        left: &[(&str, usize)],
        held: usize,
        stale: usize,
    ) {
        let entries = entries
            .iter()
            .zip(0..)
            .map(|((file, address, rule, count), line)| {
                let key = Key {
                    file: (*file).to_owned(),
                    address: (*address).to_owned(),
                    rule: (*rule).to_owned(),
                };
                let place = Span::new(FileId(9), line, line + 1);
                (
                    key,
                    Entry {
                        count: *count,
                        place,
                    },
                )
            });
        let baseline = Baseline {
            entries: entries.collect(),
        };
        let mut found: Vec<Finding> = findings
            .iter()
            .map(|(rule, file, address, at)| finding(rule, *file, address, *at))
            .collect();
        let with = Use {
            baseline: &baseline,
            name_of: &|file| (file.0 < 9).then(|| format!("{}.yaml", file.0)),
            is_judged: &|key| key.file != "elsewhere.yaml",
        };
        let (in_baseline, problems) = part(&mut found, with);
        let found: Vec<_> = found
            .iter()
            .map(|one| (one.rule.as_str(), one.place.start as usize))
            .collect();
        assert_eq!(
            (found.as_slice(), in_baseline, problems.len()),
            (left, held, stale)
        );
    }

    #[test]
    fn what_is_in_the_baseline_is_not_reported() {
        let entry = ("0.yaml", "A", "r", 1);
        check(&[], &[("r", 0, "A", 5)], &[("r", 5)], 0, 0);
        check(&[entry], &[("r", 0, "A", 5)], &[], 1, 0);
        // Wherever it stands now.
        check(&[entry], &[("r", 0, "A", 700)], &[], 1, 0);
        // Another resource, another file, another rule.
        check(
            &[entry],
            &[("r", 0, "A", 5), ("r", 0, "B", 9)],
            &[("r", 9)],
            1,
            0,
        );
        check(&[entry], &[("r", 1, "A", 5)], &[("r", 5)], 0, 1);
        check(&[entry], &[("s", 0, "A", 5)], &[("s", 5)], 0, 1);
        check(&[("0.yaml", "", "r", 1)], &[("r", 0, "", 5)], &[], 1, 0);
    }

    #[test]
    fn more_than_it_counts_are_all_reported() {
        let both = [("r", 0, "A", 5), ("r", 0, "A", 9)];
        check(
            &[("0.yaml", "A", "r", 1)],
            &both,
            &[("r", 5), ("r", 9)],
            0,
            0,
        );
        check(&[("0.yaml", "A", "r", 2)], &both, &[], 2, 0);
        // One finding that two worlds have told of.
        check(
            &[("0.yaml", "A", "r", 1)],
            &[("r", 0, "A", 5), ("r", 0, "A", 5)],
            &[],
            1,
            0,
        );
    }

    #[test]
    fn entries_that_no_longer_hold_are_told() {
        check(&[("0.yaml", "A", "r", 2)], &[("r", 0, "A", 5)], &[], 1, 1);
        check(&[("0.yaml", "A", "r", 1)], &[], &[], 0, 1);
        check(&[("elsewhere.yaml", "A", "r", 1)], &[], &[], 0, 0);
    }

    #[test]
    fn entries_count_by_address() {
        let mut merged = finding("r", 0, "A", 5);
        merged.addresses.push("B".to_owned());
        let all = [merged, finding("r", 0, "A", 9), finding("s", 9, "A", 9)];
        let entries = entries(&all, &|file| (file.0 < 9).then(|| "f".to_owned()));
        let shown: Vec<_> = entries
            .iter()
            .map(|(key, count)| format!("{} {} {count}", key.address, key.rule))
            .collect();
        assert_eq!(shown, ["A r 2", "B r 1"]);
    }
}
