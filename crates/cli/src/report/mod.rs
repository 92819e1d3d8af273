//! What a run found, written in one of several formats: one file and one function for each.

pub(crate) mod concise;
pub(crate) mod evidence;
mod excerpt;
pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod text;

use crate::text::count;
use pillarlint_engine::finding::Outcome;
use pillarlint_engine::ruleset::Ruleset;
use pillarlint_parser::source::{FileId, LineIndex, Position, SourceFile, SourceMap, Span};
use std::cell::OnceCell;

/// A run, settled.
#[derive(Debug)]
pub(crate) struct Run {
    /// What was found.
    pub(crate) outcome: Outcome,
    /// Paths of all files; texts of those in which something is shown.
    pub(crate) sources: SourceMap,
    /// How many files were looked at.
    pub(crate) counts: Counts,
    /// Which rules were asked, by their index in the ruleset.
    pub(crate) asked: Vec<bool>,
}

/// How many files a run looked at.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Counts {
    /// All of them.
    pub(crate) files: usize,
    /// Those that are templates.
    pub(crate) templates: usize,
    /// Terraform configurations: root modules, each with the modules that it calls.
    pub(crate) configurations: usize,
    /// Terraform plans.
    pub(crate) plans: usize,
    /// Those that are none, and were passed over.
    pub(crate) skipped_files: usize,
    /// Files and folders that the configuration excludes; what lies in such a folder is not counted.
    pub(crate) excluded: usize,
}

/// What a run passes over without a word of each: `, 2 in the baseline, 1 elsewhere`.
fn passed_over(outcome: &Outcome) -> String {
    let counts = [
        (outcome.suppressed.len(), "suppressed"),
        (outcome.in_baseline, "in the baseline"),
        (outcome.not_owned, "elsewhere"),
    ];
    let told = counts.into_iter().filter(|(findings, _)| *findings > 0);
    told.map(|(findings, what)| format!(", {findings} {what}"))
        .collect()
}

/// What a person asked a report to be like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Options {
    /// Colours and width.
    pub(crate) style: Style,
    /// Whether questions without an answer are listed (the JSON format always lists them).
    pub(crate) undecided: bool,
    /// Whether there is a summary.
    pub(crate) summary: bool,
}

/// Colours and width.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// Whether to use colours.
    pub(crate) color: bool,
    /// Columns to wrap at.
    pub(crate) width: usize,
}

/// Lines and columns of places; a file's lines are found when they are first asked for.
pub(crate) struct Places<'r> {
    sources: &'r SourceMap,
    indices: Vec<OnceCell<LineIndex>>,
}

impl<'r> Places<'r> {
    pub(crate) fn new(sources: &'r SourceMap) -> Self {
        let indices = sources.files.iter().map(|_| OnceCell::new()).collect();
        Self { sources, indices }
    }

    fn file(&self, id: FileId) -> (&'r SourceFile, &LineIndex) {
        let file = self.sources.file(id);
        let index = self.indices[id.0 as usize].get_or_init(|| LineIndex::new(&file.text));
        (file, index)
    }

    fn position(&self, file: FileId, offset: u32) -> Position {
        let (file, index) = self.file(file);
        index.position(offset as usize, &file.text)
    }

    /// `path:line:column`, or the path alone where nothing of the file was read.
    pub(crate) fn shown(&self, span: Span) -> String {
        let path = path(&self.file(span.file).0.path);
        if self.file(span.file).0.text.is_empty() {
            return path;
        }
        let Position { line, column } = self.position(span.file, span.start);
        format!("{path}:{line}:{column}")
    }
}

/// A path on one line. Two colons at its beginning would be a command to a CI runner that reads the output.
fn path(path: &str) -> String {
    match path.strip_prefix("::") {
        Some(rest) => format!("\\u{{3a}}:{}", crate::text::escape(rest)),
        None => crate::text::escape(path).into_owned(),
    }
}

/// Addresses of one finding that are told by name; one more is still shorter than "and 1 more".
const SHOWN_ADDRESSES: usize = 3;

/// The addresses of a finding: `A`, `A, B`, `A, B, C and 3 more`.
fn addresses(addresses: &[String]) -> String {
    let shown = |addresses: &[String]| crate::text::escape(&addresses.join(", ")).into_owned();
    match addresses {
        [first @ .., _] if first.len() > SHOWN_ADDRESSES => {
            let (first, rest) = addresses.split_at(SHOWN_ADDRESSES);
            format!("{} and {} more", shown(first), rest.len())
        }
        all => shown(all),
    }
}

/// What a run looked at: `15 resources in 3 templates; 1 other file passed over; 2 paths excluded`.
fn looked_at(run: &Run) -> String {
    let resources = count(run.outcome.resources, "resource");
    let counts = run.counts;
    let mut units: Vec<String> = [
        (counts.templates, "template"),
        (counts.configurations, "configuration"),
        (counts.plans, "plan"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, what)| count(number, what))
    .collect();
    let units = match units.pop() {
        Some(last) if units.is_empty() => last,
        Some(last) => format!("{} and {last}", units.join(", ")),
        None => count(0, "template"),
    };
    let skipped = match run.counts.skipped_files {
        0 => String::new(),
        files => format!("; {} passed over", count(files, "other file")),
    };
    let excluded = match run.counts.excluded {
        0 => String::new(),
        paths => format!("; {} excluded", count(paths, "path")),
    };
    format!("{resources} in {units}{skipped}{excluded}")
}

/// The pillar that a rule belongs to; empty for a rule that is not in the ruleset.
fn pillar_of<'r>(ruleset: &'r Ruleset, rule: &str) -> &'r str {
    ruleset.rule(rule).map_or("", |rule| &rule.header.pillar)
}
