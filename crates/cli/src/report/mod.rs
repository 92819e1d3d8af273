//! What a run found, written in one of several formats: one file and one function for each.

pub(crate) mod concise;
pub(crate) mod csv;
pub(crate) mod entry;
pub(crate) mod evidence;
mod excerpt;
pub(crate) mod github;
pub(crate) mod gitlab;
pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod jsonl;
pub(crate) mod junit;
pub(crate) mod markdown;
pub(crate) mod rdjsonl;
pub(crate) mod sarif;
pub(crate) mod text;
pub(crate) mod uri;

use crate::args::Format;
use crate::text::count;
use pillarlint_engine::finding::{Construct, Outcome};
use pillarlint_engine::ruleset::Ruleset;
use pillarlint_parser::source::{FileId, LineIndex, Position, SourceFile, SourceMap, Span, Unit};
use std::cell::OnceCell;
use std::io::{self, Write};

/// Writes a run in one format.
pub(crate) type Writer = fn(&Run, &Places, &Ruleset, &Options, &mut dyn Write) -> io::Result<()>;

/// The writer of a format.
pub(crate) fn writer(format: Format) -> Writer {
    match format {
        Format::Text => text::write,
        Format::Concise => concise::write,
        Format::Json => json::write,
        Format::Jsonl => jsonl::write,
        Format::Sarif => sarif::write,
        Format::Github => github::write,
        Format::Gitlab => gitlab::write,
        Format::Junit => junit::write,
        Format::Rdjsonl => rdjsonl::write,
        Format::Csv => csv::write,
        Format::Markdown => markdown::write,
        Format::Evidence => evidence::write,
        Format::Html => html::write,
    }
}

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
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// Colours and width.
    pub(crate) style: Style,
    /// The folder that the run was started in, as an absolute path. Other programs take paths from there.
    pub(crate) folder: String,
    /// What a link to a file of that folder begins with, where pages can link to files.
    pub(crate) base: Option<String>,
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

/// Lines and columns of places; a file's lines are found when they are first asked for, once for all reports of a run.
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
        self.position_in(Unit::Character, file, offset)
    }

    fn position_in(&self, unit: Unit, file: FileId, offset: u32) -> Position {
        let (file, index) = self.file(file);
        index.position_in(unit, offset as usize, &file.text)
    }

    /// Where a place begins and ends.
    fn region(&self, unit: Unit, span: Span) -> (Position, Position) {
        let position = |offset| self.position_in(unit, span.file, offset);
        (position(span.start), position(span.end))
    }

    /// Whether nothing of a file was read: then no line of it can be told.
    fn is_unread(&self, file: FileId) -> bool {
        self.sources.file(file).text.is_empty()
    }

    /// `path:line:column`, or the path alone where nothing of the file was read.
    pub(crate) fn shown(&self, span: Span) -> String {
        let path = path(&self.file(span.file).0.path);
        if self.is_unread(span.file) {
            return path;
        }
        let Position { line, column } = self.position(span.file, span.start);
        format!("{path}:{line}:{column}")
    }
}

/// A path on one line. Two colons at its beginning would be a command to a CI runner that reads the output, which
/// passes over spaces.
fn path(path: &str) -> String {
    let name = path.trim_start();
    let (spaces, name) = path.split_at(path.len() - name.len());
    let spaces = crate::text::escape(spaces);
    match name.strip_prefix("::") {
        Some(rest) => format!("{spaces}\\u{{3a}}:{}", crate::text::escape(rest)),
        None => format!("{spaces}{}", crate::text::escape(name)),
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

/// A construct with the line that made it: `Shop/Site/Resource at lib/shop.ts:19:17`.
fn construct_of(construct: &Construct) -> String {
    let Construct {
        path,
        made_at,
        is_of_cdk,
    } = construct;
    let by = match is_of_cdk {
        true => " (which the CDK adds)",
        false => "",
    };
    match made_at {
        Some(line) => format!("{path}{by} at {line}"),
        None => format!("{path}{by}"),
    }
}

/// What a run looked at: `15 resources in 3 templates; 4 resources of the CDK left aside; 1 other file passed over;
/// 2 paths excluded`.
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
    let aside = match run.outcome.left_aside {
        0 => String::new(),
        resources => format!("; {} of the CDK left aside", count(resources, "resource")),
    };
    format!("{resources} in {units}{aside}{skipped}{excluded}")
}

/// The page of a rule that comes with pillarlint; nothing for one that was added.
fn page(ruleset: &Ruleset, rule: &str) -> Option<String> {
    let header = &ruleset.rule(rule)?.header;
    let ours = &pillarlint_rules::ruleset().rule(rule)?.header;
    (header.title == ours.title).then(|| {
        let repository = env!("CARGO_PKG_REPOSITORY");
        format!(
            "{repository}/blob/main/docs/rules/{}/{rule}.md",
            ours.pillar
        )
    })
}

/// The pillar that a rule belongs to; empty for a rule that is not in the ruleset.
fn pillar_of<'r>(ruleset: &'r Ruleset, rule: &str) -> &'r str {
    ruleset.rule(rule).map_or("", |rule| &rule.header.pillar)
}
