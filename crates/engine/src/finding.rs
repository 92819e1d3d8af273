//! What a run found: plain, owned data.

use crate::baseline::Key;
use crate::rule::{Dialect, Severity};
use crate::suppress::Suppression;
use pillarlint_parser::source::{FileId, Span};
use pillarlint_parser::tree::Problem;
use std::collections::BTreeMap;

/// A place where a rule is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// The rule's severity.
    pub severity: Severity,
    /// What is wrong here: lower case, no full stop.
    pub message: String,
    /// The one primary place: the offending value, or the nearest thing that exists where something is missing.
    pub place: Span,
    /// Where the value came from, and what else belongs to it, each with a short note.
    pub related: Vec<(Span, String)>,
    /// All places that it belongs to: its own, the one before it was moved out of a downloaded module, the address of
    /// its resource, then the module calls that made the resource, innermost first.
    pub within: Vec<Span>,
    /// The addresses that share this finding, at least one, in the order of the file. Empty for a finding on the whole template.
    pub addresses: Vec<String>,
    /// The resource's kind; empty for a finding on the whole template.
    pub kind: String,
    /// The kind that is written, where a transform made the resource of another (`AWS::Serverless::Function`).
    pub made_from: Option<String>,
    /// The construct of a CDK program that made the resource.
    pub construct: Option<Construct>,
    /// What it stands in, for the words of the fix.
    pub dialect: Dialect,
    /// The condition under which it holds (`IsProd`, `not IsProd and HasLogs`), where it does not always.
    pub when: Option<String>,
}

/// Where in a program of the AWS CDK a resource was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Construct {
    /// Its path in the tree of constructs (`Shop/Site/Resource`).
    pub path: String,
    /// The line of the program that made it (`lib/shop.ts:19:17`), where that is known.
    pub made_at: Option<String>,
    /// Whether the CDK adds it of its own.
    pub is_of_cdk: bool,
}

/// A question that could not be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided {
    /// The rule's id.
    pub rule: String,
    /// The value that is not known.
    pub place: Span,
    /// All places that it belongs to, as those of a [`Finding`].
    pub within: Vec<Span>,
    /// The resource; empty for the whole template.
    pub address: String,
    /// The resource's kind; empty for the whole template.
    pub kind: String,
    /// What is not known, and why.
    pub why: String,
}

/// How often a rule passed, and where first.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Passes {
    /// Questions answered "pass".
    pub count: usize,
    /// Where, with the address of the resource (empty for the whole template): by file and place, at most [`MAX_PLACES`].
    pub places: Vec<(Span, String)>,
}

/// So many places are kept of what passed: enough to look one up.
pub const MAX_PLACES: usize = 3;

impl Passes {
    /// Takes in what passed elsewhere, in whatever order it comes.
    pub(crate) fn add(&mut self, other: Passes) {
        self.count += other.count;
        for place in other.places {
            if let Err(at) = self.places.binary_search(&place) {
                self.places.insert(at, place);
                self.places.truncate(MAX_PLACES);
            }
        }
    }
}

/// What a run found and leaves out: it lies elsewhere, is known already, or is not severe enough.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct HeldBack {
    /// Findings.
    pub findings: usize,
    /// Questions without an answer.
    pub undecided: usize,
}

/// What checking one project gave.
#[derive(Debug, Default)]
pub struct Report {
    /// How many resources were read.
    pub resources: usize,
    /// How many the AWS CDK adds, which rules were not asked of.
    pub left_aside: usize,
    /// What passed, by rule and file; a pair may stand here more than once.
    pub passes: Vec<(String, FileId, Passes)>,
    /// The findings, as they came.
    pub findings: Vec<Finding>,
    /// The questions without an answer.
    pub undecided: Vec<Undecided>,
    /// What could not be read (errors) or is likely a mistake (warnings).
    pub problems: Vec<Problem>,
    /// Parts of the project that were passed over, and why.
    pub not_read: Vec<(Span, String)>,
    /// Places that must not be shown, since secrets stand there.
    pub hidden: Vec<Span>,
    /// The resources that rules were asked of.
    pub asked: Vec<Asked>,
    /// What else addresses may mean, where [`crate::plan::Plan::keeps_addresses`].
    pub beside: Beside,
    /// What the texts ask not to be told of.
    pub suppressions: Vec<Suppression>,
}

/// What addresses may mean beside the resources that rules were asked of.
#[derive(Debug, Default)]
pub struct Beside {
    /// Resources that were asked nothing, and blocks that make none: what their addresses begin with.
    pub unasked: Vec<Asked>,
    /// Files of a project that was not read as a whole.
    pub unread: Vec<FileId>,
}

/// A resource that rules were asked of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its address, where [`crate::plan::Plan::keeps_addresses`].
    pub address: String,
    /// The whole resource.
    pub place: Span,
    /// The module calls that made it, innermost first.
    pub calls: Vec<Span>,
}

/// A finding that a suppression covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// The suppression, by its place among [`Outcome::suppressions`].
    pub suppression: usize,
}

impl Report {
    /// Questions answered "pass".
    pub fn passed(&self) -> usize {
        self.passes.iter().map(|(_, _, passes)| passes.count).sum()
    }
}

/// A settled run: sorted, merged and filtered. The same input gives the same outcome, whatever the threads.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The findings to report, by file and place.
    pub findings: Vec<Finding>,
    /// The findings that are not reported because a suppression covers them, by file and place.
    pub suppressed: Vec<Suppressed>,
    /// All suppressions and what became of them, by file and place.
    pub suppressions: Vec<Suppression>,
    /// The questions without an answer, by file and place.
    pub undecided: Vec<Undecided>,
    /// What could not be read, by file and place.
    pub errors: Vec<Problem>,
    /// Likely mistakes, by file and place.
    pub warnings: Vec<Problem>,
    /// Parts that were passed over, and why, by file and place.
    pub not_read: Vec<(Span, String)>,
    /// Questions answered "pass".
    pub passed: usize,
    /// The same by rule, for those that passed at all.
    pub passes: BTreeMap<String, Passes>,
    /// What is left out, since it is not what was asked for, by rule. What it speaks of is so all the same.
    pub held_back: BTreeMap<String, HeldBack>,
    /// Findings that the baseline holds, so that they are not reported.
    pub in_baseline: usize,
    /// Findings that lie in what was not asked for, so that they are not reported.
    pub not_owned: usize,
    /// The entries that stand for the findings, where a baseline is to be written.
    pub entries: BTreeMap<Key, usize>,
    /// How many resources were checked.
    pub resources: usize,
    /// How many the AWS CDK adds, which rules were not asked of.
    pub left_aside: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_places_are_kept_in_any_order() {
        let place = |file, start| (Span::new(FileId(file), start, start + 1), "A".to_owned());
        let passes = |places: &[(u32, usize)]| Passes {
            count: places.len(),
            places: places.iter().map(|(f, s)| place(*f, *s)).collect(),
        };
        let mut parts = [
            passes(&[(1, 4), (1, 9)]),
            passes(&[(0, 7)]),
            passes(&[(0, 7), (2, 0)]),
        ];
        let expected = Passes {
            count: 5,
            places: vec![place(0, 7), place(1, 4), place(1, 9)],
        };
        for _ in 0..parts.len() {
            parts.rotate_left(1);
            let mut all = Passes::default();
            parts.iter().for_each(|part| all.add(part.clone()));
            assert_eq!(all, expected);
        }
    }
}
