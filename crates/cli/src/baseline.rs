//! Baselines: `pillarlint baseline` writes one, and `check --baseline` reads it.
//!
//! A line of JSON for each entry, sorted, so that two branches that both change it merge line by line. Files are named
//! as seen from the folder of the baseline, so that it does not matter where a check is run.

#![allow(
    clippy::disallowed_methods,
    reason = "the command line is where files are read and written"
)]

use crate::args::BaselineArgs;
use crate::check::{self, Limits, Prepared, Wanted};
use crate::config::{self, Judging};
use crate::files::{self, real_folder, relative};
use crate::terraform;
use crate::text::{count, escape};
use crate::{Console, Failure, Mistakes, whole_file};
use pillarlint_engine::baseline::{Baseline, Entry, Key, Names, folder};
use pillarlint_engine::finding::Report;
use pillarlint_engine::rule::Severity;
use pillarlint_parser::json::{self, MAX_PROBLEMS};
use pillarlint_parser::source::{FileId, SourceFile, SourceMap, Span, decode};
use pillarlint_parser::tree::{Level, Problem, Value};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

/// The name of a baseline for which no other is given.
const NAME: &str = "pillarlint-baseline.jsonl";

/// `pillarlint baseline`: writes down what is found.
pub(crate) fn run(args: &BaselineArgs, console: &mut Console) -> Result<u8, Failure> {
    let prepared = check::prepare(&args.run, None, console)?;
    prepared.with_all_rules(&args.run, console, |prepared, console| {
        write(args, prepared, console)
    })
}

fn write(args: &BaselineArgs, prepared: &Prepared, console: &mut Console) -> Result<u8, Failure> {
    let flags = check::flags(&args.run, prepared.own.ruleset())?;
    let judging = Judging::new(&prepared.own, &prepared.configurations, flags)?;
    let wanted = Wanted {
        severity: Severity::Info,
        undecided: false,
        passes: false,
    };
    let path = args.output.clone();
    let configured = || judging.baseline(config::NAME).map(|path| here(&path));
    let path = path
        .or_else(configured)
        .unwrap_or_else(|| PathBuf::from(NAME));
    let limits = Limits {
        changes: prepared.changes.as_ref(),
        baselines: Baselines::Written(&path),
    };
    let run = check::judge(&args.run, prepared.found.clone(), &judging, limits, wanted)?;
    let shown = files::shown(&path);
    whole_file::write(&path, written(&run.outcome.entries)?.as_bytes())
        .map_err(|why| Failure::Usage(format!("cannot write {shown}: {why}")))?;
    let found = count(run.outcome.findings.len(), "finding");
    writeln!(console.output, "{found} in {}", escape(&shown))?;
    Ok(check::tell_unread(&run, console))
}

/// A path as seen from the current folder, where it lies below it.
fn here(path: &Path) -> PathBuf {
    let below = path.strip_prefix(real_folder(Path::new("")));
    below.map_or_else(|_| path.to_owned(), Path::to_owned)
}

/// What baselines are to a run.
#[derive(Clone, Copy, Default)]
pub(crate) enum Baselines<'a> {
    /// Nothing.
    #[default]
    Ignored,
    /// What is known is passed over: what this one holds, else for each file that of its configuration.
    Used(Option<&'a Path>),
    /// One is to be written here.
    Written(&'a Path),
}

/// The baselines of a run, read.
#[derive(Default)]
pub(crate) struct Known {
    read: Vec<Read>,
    /// For each file, which of them it is held against.
    of_files: Vec<Option<usize>>,
}

/// Reads the baselines for the files of a run; they join these.
///
/// # Errors
/// The baseline that is named is not there, or something is wrong with one.
pub(crate) fn read_for(
    baselines: Baselines<'_>,
    judging: &Judging<'_>,
    sources: &mut SourceMap,
) -> Result<Known, Failure> {
    let mut known = Known::default();
    let Baselines::Used(given) = baselines else {
        return Ok(known);
    };
    let mut paths: Vec<PathBuf> = Vec::new();
    for file in &sources.files {
        let path = match given {
            Some(given) => Some(given.to_owned()),
            // The one that a configuration names is written some day.
            None => judging.baseline(&file.path).filter(|path| path.exists()),
        };
        known.of_files.push(path.map(|path| {
            let at = paths.iter().position(|one| *one == path);
            at.unwrap_or_else(|| {
                paths.push(path);
                paths.len() - 1
            })
        }));
    }
    for path in paths {
        let path = here(&path);
        let cannot = |why: String| {
            let shown = files::shown(&path);
            Failure::Usage(format!(
                "cannot read the baseline {shown}: {why}; `pillarlint baseline` writes one"
            ))
        };
        let (one, problems) = read(&path, sources.next_id()).map_err(cannot)?;
        sources.files.push(one.source.clone());
        if !problems.is_empty() {
            return Err(Failure::Mistakes(Mistakes {
                problems,
                sources: std::mem::take(sources),
                what: "the baseline",
            }));
        }
        known.read.push(one);
    }
    Ok(known)
}

/// What a run leaves open, so that what an entry stands for may be there without being found.
pub(crate) struct Open {
    unread: BTreeSet<FileId>,
    undecided: BTreeSet<(String, FileId)>,
}

impl Open {
    /// Of the reports of a run.
    pub(crate) fn of(reports: &[Report]) -> Self {
        let problems = reports.iter().flat_map(|report| &report.problems);
        let errors = problems.filter(|problem| problem.level == Level::Error);
        let not_read = reports.iter().flat_map(|report| &report.not_read);
        let unread = errors.map(|error| error.span.file);
        let undecided = reports.iter().flat_map(|report| &report.undecided);
        Self {
            unread: unread
                .chain(not_read.map(|(place, _)| place.file))
                .collect(),
            undecided: undecided
                .flat_map(|one| {
                    let places = one.within.iter().chain([&one.place]);
                    places.map(|place| (one.rule.clone(), place.file))
                })
                .collect(),
        }
    }

    /// Whether something of a rule may be in a file.
    pub(crate) fn holds(&self, rule: &str, file: FileId) -> bool {
        self.unread.contains(&file) || self.undecided.contains(&(rule.to_owned(), file))
    }
}

/// A run, as baselines ask of it.
pub(crate) struct Judged<'r> {
    /// Its files.
    pub(crate) sources: &'r SourceMap,
    /// The folders of the root modules that it checked.
    pub(crate) roots: &'r BTreeSet<String>,
    /// Whether it looked at all that there is.
    pub(crate) is_whole: bool,
    /// Whether it would have found all that there is of a rule in a file.
    pub(crate) is_known: &'r dyn Fn(&str, FileId) -> bool,
}

impl Known {
    /// The baselines, as they are for a run.
    pub(crate) fn in_run(&self, run: &Judged<'_>) -> Vec<Baseline> {
        let read = self.read.iter().enumerate();
        read.map(|(index, read)| {
            let mut names = names(&read.folder, run.sources);
            for (name, of_file) in names.0.iter_mut().zip(&self.of_files) {
                name.take_if(|_| *of_file != Some(index));
            }
            let mut entries = read.entries.clone();
            judge(&mut entries, &read.folder, &names, run);
            Baseline { entries, names }
        })
        .collect()
    }
}

/// Says of each entry whether the run would have found again what it stands for: its file was checked, from its root
/// module, and all of its rule that is there was found; or it is gone.
fn judge(entries: &mut BTreeMap<Key, Entry>, base: &Path, names: &Names, run: &Judged<'_>) {
    let named = names.0.iter().zip(0..);
    let files: BTreeMap<&str, FileId> = named
        .filter_map(|(name, file)| Some((name.as_deref()?, FileId(file))))
        .collect();
    let roots = run.roots.iter();
    let roots: BTreeSet<String> = roots
        .map(|root| relative(&real_folder(Path::new(root)), base))
        .collect();
    let mut there: BTreeMap<String, bool> = BTreeMap::new();
    let mut is_there = |name: &str| match there.get(name) {
        Some(is_there) => *is_there,
        None => {
            let is_there = base.join(name).exists();
            there.insert(name.to_owned(), is_there);
            is_there
        }
    };
    for (key, entry) in entries {
        let root = match key.root.as_str() {
            "" => folder(&key.file),
            root => root,
        };
        entry.is_judged = if is_there(&key.file) && is_there(root) {
            let is_rooted = !terraform::is_configuration(&key.file) || roots.contains(root);
            let file = files.get(key.file.as_str());
            is_rooted && file.is_some_and(|file| (run.is_known)(&key.rule, *file))
        } else {
            run.is_whole
        };
    }
}

/// What a baseline in a folder calls the files of a run: as they are seen from there, with `/`.
pub(crate) fn names(base: &Path, sources: &SourceMap) -> Names {
    let mut folders: BTreeMap<&str, PathBuf> = BTreeMap::new();
    let names = sources.files.iter().map(|file| {
        let folder = terraform::parent(&file.path);
        let folder = folders
            .entry(folder)
            .or_insert_with(|| real_folder(Path::new(folder)));
        let name = file.path.rsplit('/').next().unwrap_or(&file.path);
        Some(relative(&folder.join(name), base))
    });
    Names(names.collect())
}

/// The folder that a baseline lies in.
pub(crate) fn folder_of(path: &Path) -> PathBuf {
    real_folder(path.parent().unwrap_or(Path::new("")))
}

/// A baseline, read from its file.
struct Read {
    source: SourceFile,
    entries: BTreeMap<Key, Entry>,
    /// The folder that it lies in: files are named as they are seen from there.
    folder: PathBuf,
}

#[derive(Serialize)]
struct Line<'k> {
    file: &'k str,
    #[serde(skip_serializing_if = "str::is_empty")]
    root: &'k str,
    address: &'k str,
    rule: &'k str,
    count: usize,
}

/// Reads a baseline, and what is wrong with it.
///
/// # Errors
/// Why it cannot be read at all.
fn read(path: &Path, file: FileId) -> Result<(Read, Vec<Problem>), String> {
    let bytes = std::fs::read(path).map_err(|error| files::why(&error))?;
    let text = decode(bytes).map_err(|error| error.to_string())?;
    let mut entries = BTreeMap::new();
    let mut problems = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let place = Span::new(file, start, start + line.trim_end().len());
        if !line.trim().is_empty() {
            match entry(file, start, line) {
                Ok((key, count)) => {
                    let entry = Entry {
                        count,
                        place,
                        is_judged: false,
                    };
                    // Two branches may each have brought the entry.
                    let known: &mut Entry = entries.entry(key).or_insert(entry);
                    known.count = known.count.max(count);
                }
                Err(problem) if problems.len() < MAX_PROBLEMS => problems.push(problem),
                Err(_) => {}
            }
        }
        start += line.len();
    }
    let read = Read {
        source: SourceFile {
            path: files::shown(path),
            text,
        },
        entries,
        folder: folder_of(path),
    };
    Ok((read, problems))
}

/// What a line that begins at so many bytes says, or what is wrong with it.
fn entry(file: FileId, start: usize, line: &str) -> Result<(Key, usize), Problem> {
    let line = line.trim_end();
    let place = |from: usize, to: usize| Span::new(file, start + from, start + to);
    let wrong = |span: Span, why: String| {
        Problem::error(place(span.start as usize, span.end as usize), why)
    };
    let whole = Span::new(file, 0, line.len());
    let marks = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"];
    if marks.iter().any(|mark| line.starts_with(mark)) {
        let why = "a merge conflict is left here; the entries of both sides may stay";
        return Err(wrong(whole, why.to_owned()));
    }
    let parsed = json::parse(file, line);
    let is_error = |problem: &&Problem| problem.level == Level::Error;
    if let Some(problem) = parsed.problems.iter().find(is_error) {
        return Err(wrong(problem.span, problem.message.clone()));
    }
    let root = parsed.documents.first();
    let member = |name: &str| root.and_then(|root| root.get(name));
    let text = |name: &str| match member(name) {
        None => Err(wrong(whole, format!("an entry has `{name}`, a text"))),
        Some(node) => match node.as_str() {
            Some(text) => Ok(text.to_owned()),
            None => Err(wrong(node.span, format!("`{name}` is a text"))),
        },
    };
    let key = Key {
        file: text("file")?,
        root: member("root").map_or(Ok(String::new()), |_| text("root"))?,
        address: text("address")?,
        rule: text("rule")?,
    };
    let count = member("count");
    let number = count.and_then(|node| match &node.value {
        Value::Number(number) => number.parse().ok(),
        _ => None,
    });
    match number {
        Some(number) => Ok((key, number)),
        None => {
            let span = count.map_or(whole, |node| node.span);
            Err(wrong(
                span,
                "an entry has `count`, a whole number".to_owned(),
            ))
        }
    }
}

/// The text of a baseline.
fn written(entries: &BTreeMap<Key, usize>) -> io::Result<String> {
    let mut text = String::new();
    for (key, count) in entries {
        let line = Line {
            file: &key.file,
            root: &key.root,
            address: &key.address,
            rule: &key.rule,
            count: *count,
        };
        text.push_str(&serde_json::to_string(&line)?);
        text.push('\n');
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_they_are_written() {
        let key = Key {
            file: "a \"b\".yaml".to_owned(),
            root: "live".to_owned(),
            address: "module.a[\"x\"].b".to_owned(),
            rule: "r".to_owned(),
        };
        let text = written(&[(key.clone(), 2)].into()).unwrap();
        assert_eq!(entry(FileId(0), 0, &text), Ok((key, 2)));
    }
}
