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
use crate::files;
use crate::report::Places;
use crate::text::{count, escape};
use crate::{CLEAN, Console, Failure, Mistakes, UNREADABLE};
use pillarlint_engine::baseline::{Baseline, Entry, Key, Use, entries};
use pillarlint_engine::finding::Report;
use pillarlint_engine::rule::Severity;
use pillarlint_parser::json;
use pillarlint_parser::source::{FileId, SourceFile, SourceMap, Span, decode};
use pillarlint_parser::tree::{Level, Node, Problem, Value};
use serde::Serialize;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Component, Path, PathBuf};

/// The name of a baseline for which no other is given.
const NAME: &str = "pillarlint-baseline.jsonl";

/// `pillarlint baseline`: writes down what is found.
pub(crate) fn run(args: &BaselineArgs, console: &mut Console) -> Result<u8, Failure> {
    let Prepared {
        configurations,
        own,
        found,
        ..
    } = check::prepare(&args.run, None, console)?;
    let flags = check::flags(&args.run, own.ruleset())?;
    let judging = Judging::new(&own, &configurations, flags)?;
    let wanted = Wanted {
        severity: Severity::Info,
        undecided: false,
        passes: false,
    };
    let run = check::judge(&args.run, found, &judging, Limits::default(), wanted)?;
    let path = args.output.clone();
    let configured = || judging.baseline(config::NAME).map(|path| here(&path));
    let path = path
        .or_else(configured)
        .unwrap_or_else(|| PathBuf::from(NAME));
    let folder = folder_of(&path);
    let name_of = |file: FileId| named_from(&folder, &run.sources.file(file).path);
    let entries = entries(&run.outcome.findings, &name_of);
    let shown = files::shown(&path);
    write(&path, &written(&entries)?)
        .map_err(|error| Failure::Usage(format!("cannot write {shown}: {}", files::why(&error))))?;
    writeln!(
        console.output,
        "{} in {shown}",
        count(entries.values().sum(), "finding")
    )?;
    let places = Places::new(&run.sources);
    for error in &run.outcome.errors {
        // Nothing more can be done where not even this can be written.
        let _ = writeln!(
            console.errors,
            "error: {}: {}",
            places.shown(error.span),
            escape(&error.message)
        );
    }
    Ok(match run.outcome.errors.is_empty() {
        true => CLEAN,
        false => UNREADABLE,
    })
}

/// Writes a file as a whole or not at all.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    std::fs::write(&beside, text)?;
    std::fs::rename(&beside, path)
}

/// A path as seen from the current folder, where it lies below it.
fn here(path: &Path) -> PathBuf {
    let below = std::env::current_dir()
        .ok()
        .and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    below.unwrap_or_else(|| path.to_owned())
}

/// Which baselines a run uses.
#[derive(Clone, Copy)]
pub(crate) struct Baselines<'a> {
    /// The one for everything; else each file has that of its configuration.
    pub(crate) given: Option<&'a Path>,
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
    wanted: Baselines<'_>,
    judging: &Judging<'_>,
    sources: &mut SourceMap,
) -> Result<Known, Failure> {
    let mut known = Known::default();
    let mut paths: Vec<PathBuf> = Vec::new();
    for file in &sources.files {
        let path = match wanted.given {
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
        let file = FileId(u32::try_from(sources.files.len()).unwrap_or(u32::MAX));
        let (one, problems) = read(&path, file).map_err(cannot)?;
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

/// What a run leaves open, so that an entry may hold all the same.
pub(crate) struct Open {
    broken: BTreeSet<FileId>,
    undecided: BTreeSet<(String, FileId)>,
}

impl Open {
    /// Of the reports of a run.
    pub(crate) fn of(reports: &[Report]) -> Self {
        let problems = reports.iter().flat_map(|report| &report.problems);
        let errors = problems.filter(|problem| problem.level == Level::Error);
        let undecided = reports.iter().flat_map(|report| &report.undecided);
        Self {
            broken: errors.map(|error| error.span.file).collect(),
            undecided: undecided
                .map(|one| (one.rule.clone(), one.place.file))
                .collect(),
        }
    }

    /// Whether what an entry stands for may be in a file without being found.
    pub(crate) fn holds(&self, key: &Key, file: FileId) -> bool {
        self.broken.contains(&file) || self.undecided.contains(&(key.rule.clone(), file))
    }
}

/// A baseline as the files of a run are seen from it.
pub(crate) struct View<'k> {
    baseline: &'k Baseline,
    name_of: Box<dyn Fn(FileId) -> Option<String> + 'k>,
    is_judged: Box<dyn Fn(&Key) -> bool + 'k>,
}

impl View<'_> {
    pub(crate) fn as_used(&self) -> Use<'_> {
        Use {
            baseline: self.baseline,
            name_of: &*self.name_of,
            is_judged: &*self.is_judged,
        }
    }
}

impl Known {
    /// The baselines, as the files of a run are seen from them. `is_judged` says whether the run would have found again
    /// what an entry stands for, in a file of the run, or in one that is gone.
    pub(crate) fn views<'k>(
        &'k self,
        sources: &'k SourceMap,
        is_judged: &'k dyn Fn(&Key, Option<FileId>) -> bool,
    ) -> Vec<View<'k>> {
        let view = |(index, read): (usize, &'k Read)| {
            let of_it = move |file: &FileId| {
                let of_file = self.of_files.get(file.0 as usize).copied().flatten();
                of_file == Some(index)
            };
            let name_of = move |file: FileId| {
                let path = &sources.file(file).path;
                of_it(&file).then(|| named_from(&read.folder, path))?
            };
            let files: OnceCell<BTreeMap<String, FileId>> = OnceCell::new();
            let named = move || {
                let all = (0..).take(sources.files.len()).map(FileId);
                let named = all.filter_map(|file| Some((name_of(file)?, file)));
                named.collect::<BTreeMap<String, FileId>>()
            };
            View {
                baseline: &read.baseline,
                name_of: Box::new(name_of),
                is_judged: Box::new(move |key| match files.get_or_init(named).get(&key.file) {
                    Some(file) => is_judged(key, Some(*file)),
                    None => !read.folder.join(&key.file).exists() && is_judged(key, None),
                }),
            }
        };
        self.read.iter().enumerate().map(view).collect()
    }
}

/// A baseline, read from its file.
struct Read {
    source: SourceFile,
    baseline: Baseline,
    /// The folder that it lies in, as names in it are meant.
    folder: PathBuf,
}

#[derive(Serialize)]
struct Line<'k> {
    file: &'k str,
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
    let mut baseline = Baseline::default();
    let mut problems = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let place = Span::new(file, start, start + line.trim_end().len());
        if !line.trim().is_empty() {
            match entry(line) {
                Ok((key, count)) => {
                    let entry = Entry { count, place };
                    // Two branches may each have brought the entry.
                    let known = baseline.entries.entry(key).or_insert(entry);
                    known.count = known.count.max(count);
                }
                Err(why) => problems.push(Problem::error(place, why)),
            }
        }
        start += line.len();
    }
    let read = Read {
        source: SourceFile {
            path: files::shown(path),
            text,
        },
        baseline,
        folder: folder_of(path),
    };
    Ok((read, problems))
}

/// What a line says.
fn entry(line: &str) -> Result<(Key, usize), String> {
    const FORM: &str =
        "an entry is one line, {\"file\": .., \"address\": .., \"rule\": .., \"count\": ..}";
    if ["<<<<<<<", "=======", ">>>>>>>"]
        .iter()
        .any(|mark| line.starts_with(mark))
    {
        return Err(
            "a merge conflict is left in the baseline; all of the lines may stay".to_owned(),
        );
    }
    let parsed = json::parse(FileId(0), line);
    let is_error = |problem: &&Problem| problem.level == Level::Error;
    if let Some(problem) = parsed.problems.iter().find(is_error) {
        return Err(format!("{}; {FORM}", problem.message));
    }
    let root = parsed.documents.first().ok_or(FORM)?;
    let text = |key: &str| root.get(key).and_then(Node::as_str).map(str::to_owned);
    let count = match root.get("count").map(|node| &node.value) {
        Some(Value::Number(number)) => number.parse().ok(),
        _ => None,
    };
    match (text("file"), text("address"), text("rule"), count) {
        (Some(file), Some(address), Some(rule), Some(count)) => Ok((
            Key {
                file,
                address,
                rule,
            },
            count,
        )),
        _ => Err(FORM.to_owned()),
    }
}

/// The text of a baseline.
fn written(entries: &BTreeMap<Key, usize>) -> io::Result<String> {
    let mut text = String::new();
    for (
        Key {
            file,
            address,
            rule,
        },
        count,
    ) in entries
    {
        let line = Line {
            file,
            address,
            rule,
            count: *count,
        };
        text.push_str(&serde_json::to_string(&line)?);
        text.push('\n');
    }
    Ok(text)
}

/// The folder that a baseline lies in: names in it are told from there.
fn folder_of(path: &Path) -> PathBuf {
    plain(path.parent().unwrap_or(Path::new(".")))
}

/// A path as seen from a folder, with `/`. Nothing for what is no file (standard input).
fn named_from(folder: &Path, path: &str) -> Option<String> {
    let path = plain(Path::new(path));
    let shared = folder
        .components()
        .zip(path.components())
        .take_while(|(one, other)| one == other)
        .count();
    let up = folder.components().skip(shared).map(|_| "..".to_owned());
    let down = path.components().skip(shared);
    let parts: Vec<String> = up
        .chain(down.map(|part| part.as_os_str().to_string_lossy().into_owned()))
        .collect();
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// An absolute path without `.` and `..`; links are not followed, since a baseline is for more than this machine.
fn plain(path: &Path) -> PathBuf {
    let path = match path.as_os_str().is_empty() {
        true => Path::new("."),
        false => path,
    };
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut plain = PathBuf::new();
    for part in absolute.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_from_the_folder() {
        for (folder, path, expected) in [
            ("/a", "/a/b/c.yaml", "b/c.yaml"),
            ("/a/b", "/a/c.yaml", "../c.yaml"),
            ("/a/b", "/a/./b/../b/c.yaml", "c.yaml"),
            ("/", "/c.yaml", "c.yaml"),
        ] {
            assert_eq!(
                named_from(Path::new(folder), path).as_deref(),
                Some(expected)
            );
        }
    }

    #[test]
    fn lines_are_read_as_they_are_written() {
        let key = Key {
            file: "a \"b\".yaml".to_owned(),
            address: "module.a[\"x\"].b".to_owned(),
            rule: "r".to_owned(),
        };
        let text = written(&[(key.clone(), 2)].into()).unwrap();
        assert_eq!(entry(&text), Ok((key, 2)));
        for (line, why) in [
            ("{}", "an entry is one line"),
            (
                "{\"file\": \"a\", \"address\": \"\", \"rule\": \"r\", \"count\": \"2\"}",
                "an entry is one line",
            ),
            ("<<<<<<< HEAD", "a merge conflict"),
            ("[", "an entry is one line"),
        ] {
            let said = entry(line).unwrap_err();
            assert!(said.contains(why), "{said} of {line}");
        }
    }
}
