//! Findings that were there when a team began, so that only new ones are reported.
//!
//! An entry says rule, file, root module, address and how many; never a line. So it holds when a file is formatted or
//! its parts change places. Where there are more findings than an entry counts, nobody can tell which of them is new:
//! all are reported.

use crate::finding::Finding;
use pillarlint_parser::source::{FileId, Span};
use pillarlint_parser::tree::Problem;
use std::collections::{BTreeMap, BTreeSet};

/// What tells one entry from others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The file that the finding lies in, as the baseline names it.
    pub file: String,
    /// The folder of the root module that the resource is made from, where that is not the file's own folder; else
    /// empty. Two root modules may make resources of the same address through one module.
    pub root: String,
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
    /// Whether this run would have found again what it stands for.
    pub is_judged: bool,
}

/// A baseline as a run uses it.
#[derive(Debug, Clone, Default)]
pub struct Baseline {
    /// Its entries.
    pub entries: BTreeMap<Key, Entry>,
    /// What it calls the files of the run, by their ids.
    pub names: Names,
}

/// What a baseline calls the files of a run, by their ids; nothing for one that it is not about.
#[derive(Debug, Clone, Default)]
pub struct Names(pub Vec<Option<String>>);

impl Names {
    fn of(&self, file: FileId) -> Option<&str> {
        self.0.get(file.0 as usize)?.as_deref()
    }
}

/// What tells a finding from others under one key.
type Said<'f> = (Span, &'f str, Option<&'f str>);

/// The entries that stand for findings with one address each, and how many each stands for. What is found twice in the
/// same words is one finding.
pub(crate) fn entries(findings: &[Finding], names: &Names) -> BTreeMap<Key, usize> {
    let mut said: BTreeMap<Key, BTreeSet<Said<'_>>> = BTreeMap::new();
    for finding in findings {
        if let Some(key) = key(finding, names) {
            let one = (finding.place, &*finding.message, finding.when.as_deref());
            said.entry(key).or_default().insert(one);
        }
    }
    said.into_iter()
        .map(|(key, said)| (key, said.len()))
        .collect()
}

/// The key of a finding with one address; nothing for one in a file that the baseline is not about.
fn key(finding: &Finding, names: &Names) -> Option<Key> {
    let file = names.of(finding.place.file)?;
    // The outermost call stands in the root module.
    let outermost = finding.within.last().map(|place| place.file);
    let root = outermost.and_then(|file| names.of(file)).map(folder);
    let root = root.filter(|root| *root != folder(file));
    Some(Key {
        file: file.to_owned(),
        root: root.unwrap_or_default().to_owned(),
        address: finding.addresses.first().cloned().unwrap_or_default(),
        rule: finding.rule.clone(),
    })
}

/// The folder of a file, as the baseline names both.
pub fn folder(file: &str) -> &str {
    file.rsplit_once('/').map_or(".", |(folder, _)| folder)
}

/// What became of findings and of entries.
#[derive(Default)]
pub(crate) struct Parted {
    /// The findings that the baseline holds.
    pub(crate) held: Vec<Finding>,
    /// The entries that no longer hold.
    pub(crate) stale: Vec<Problem>,
}

/// Takes out what a baseline holds, from findings with one address each.
pub(crate) fn part(findings: &mut Vec<Finding>, baseline: &Baseline) -> Parted {
    let Baseline {
        entries: known,
        names,
    } = baseline;
    let found = entries(findings, names);
    let found = |key: &Key| found.get(key).copied().unwrap_or(0);
    let mut parted = Parted::default();
    for (key, entry) in known {
        let left = found(key);
        if left < entry.count && entry.is_judged {
            let message = outdated(key, entry.count, left);
            parted.stale.push(Problem::warning(entry.place, message));
        }
    }
    let (held, reported) = std::mem::take(findings).into_iter().partition(|finding| {
        let key = key(finding, names);
        let entry = key.and_then(|key| Some((known.get(&key)?, found(&key))));
        entry.is_some_and(|(entry, found)| found <= entry.count)
    });
    (parted.held, *findings) = (held, reported);
    for finding in findings {
        let key = key(finding, names);
        if let Some((entry, found)) = key.and_then(|key| Some((known.get(&key)?, found(&key)))) {
            let note = format!(
                "the baseline has {} of the {found} that are found",
                entry.count
            );
            finding.related.push((entry.place, note));
        }
    }
    parted
}

fn outdated(key: &Key, count: usize, left: usize) -> String {
    let of = match key.address.as_str() {
        "" => String::new(),
        address => format!(" of {address}"),
    };
    let Key { file, rule, .. } = key;
    let now = match left {
        0 => "no longer found".to_owned(),
        _ => format!("found {left} times, not {count}"),
    };
    format!("`{rule}`{of} in {file} is {now}; `pillarlint baseline` writes the baseline anew")
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
            construct: None,
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
        known: usize,
        told: usize,
    ) {
        let entries = entries
            .iter()
            .zip(0..)
            .map(|((file, address, rule, count), line)| {
                let key = Key {
                    file: (*file).to_owned(),
                    root: String::new(),
                    address: (*address).to_owned(),
                    rule: (*rule).to_owned(),
                };
                let entry = Entry {
                    count: *count,
                    place: Span::new(FileId(9), line, line + 1),
                    is_judged: *file != "elsewhere.yaml",
                };
                (key, entry)
            });
        let baseline = Baseline {
            entries: entries.collect(),
            names: Names((0..9).map(|file| Some(format!("{file}.yaml"))).collect()),
        };
        let mut found: Vec<Finding> = findings
            .iter()
            .map(|(rule, file, address, at)| finding(rule, *file, address, *at))
            .collect();
        let Parted { held, stale } = part(&mut found, &baseline);
        let found: Vec<_> = found
            .iter()
            .map(|one| (one.rule.as_str(), one.place.start as usize))
            .collect();
        assert_eq!(
            (found.as_slice(), held.len(), stale.len()),
            (left, known, told)
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
            2,
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
    fn entries_tell_root_modules_apart() {
        let of_root = |root: Option<u32>| Finding {
            within: [Some(0), root]
                .into_iter()
                .flatten()
                .map(|file| Span::new(FileId(file), 5, 6))
                .collect(),
            ..finding("r", 0, "A", 5)
        };
        let names = ["m/a.tf", "live/a.tf", "live/b.tf", "m/b.tf", "c.tf"];
        let names = Names(names.map(|name| Some(name.to_owned())).into());
        let roots = [None, Some(1), Some(2), Some(3), Some(4), Some(9)];
        let findings: Vec<Finding> = roots.map(of_root).into();
        let entries = entries(&findings, &names);
        let shown: Vec<_> = entries
            .iter()
            .map(|(key, count)| format!("{} {} {count}", key.file, key.root))
            .collect();
        assert_eq!(shown, ["m/a.tf  1", "m/a.tf . 1", "m/a.tf live 1"]);
    }
}
