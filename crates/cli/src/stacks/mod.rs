//! Templates that name other files: nested stacks, and what is included. They are read in rounds, until nobody asks for
//! more, and each template that calls others is checked with all that it leads to.

mod callers;

use crate::Failure;
use crate::config::Judging;
use crate::files;
use crate::input::{Checked, Fate, parse};
use crate::stack_parameters::Values;
use crate::terraform::{Bounds, joined, parent};
pub(crate) use callers::naming;
use pillarlint_engine::check::check;
use pillarlint_engine::finding::Report;
use pillarlint_engine::suppress::{self, Owner, Suppression};
use pillarlint_parser::cloudformation::{Document, Files, MAX_STACK_DEPTH, lower_deployed};
use pillarlint_parser::source::{FileId, SourceFile};
use pillarlint_parser::tree::{Parsed, Problem};
use rayon::prelude::*;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Files that are read because templates name them.
const MAX_FILES: usize = 10_000;

/// What checking the templates that name others gave.
#[derive(Default)]
pub(crate) struct Nested {
    /// A report for each template that others do not call, and one for each further file.
    pub(crate) reports: Vec<Report>,
    /// All files that were named. The ids of those that the run does not have count on from the given one, without a gap.
    pub(crate) files: Vec<(FileId, SourceFile)>,
    /// The files that are judged through their calls.
    pub(crate) through: BTreeSet<FileId>,
}

/// Checks the templates among the inputs that name others. `arguments` are what the run was asked to check; further
/// files have ids from `next` on.
///
/// # Errors
/// Where the configuration of a file that is only called cannot be used.
pub(crate) fn check_callers(
    inputs: &[Checked],
    next: FileId,
    arguments: &[PathBuf],
    judging: &Judging<'_>,
    values: &Values,
) -> Result<Nested, Failure> {
    let mut waiting: Vec<(FileId, &Checked)> = (0..)
        .map(FileId)
        .zip(inputs)
        .filter(|(_, input)| !input.names.is_empty())
        .collect();
    if waiting.is_empty() {
        return Ok(Nested::default());
    }
    let bounds = Bounds::around(arguments);
    let mut wanted: BTreeSet<String> = waiting
        .iter()
        .flat_map(|(_, caller)| caller.names.iter().cloned())
        .collect();
    // One place for each round, to borrow the texts from.
    let rooms: Vec<OnceLock<Vec<Text>>> =
        (0..=MAX_STACK_DEPTH + 1).map(|_| OnceLock::new()).collect();
    let mut library = Library::default();
    let mut judged: BTreeMap<FileId, Judged> = BTreeMap::new();
    for (room, left) in rooms.iter().zip((0..rooms.len()).rev()) {
        library.read(&wanted, room, inputs, next, &bounds);
        judging.meet(library.shelves.values().map(|shelf| shelf.path))?;
        let asked: Vec<_> = waiting
            .into_par_iter()
            .map(|(file, caller)| {
                let is_last = left == 0;
                let judged = judge(file, caller, &library, is_last, judging, values);
                (file, caller, judged)
            })
            .collect();
        waiting = Vec::new();
        wanted = BTreeSet::new();
        for (file, caller, result) in asked {
            match result {
                Ok(done) => {
                    judged.insert(file, done);
                }
                Err(more) => {
                    wanted.extend(more);
                    waiting.push((file, caller));
                }
            }
        }
        if waiting.is_empty() {
            break;
        }
    }
    let through = through(&judged);
    let mut reports: Vec<Report> = library.reports(inputs);
    for (file, one) in judged {
        if !through.contains(&file) {
            reports.extend(one.reports);
        }
    }
    drop(library);
    let texts = rooms.into_iter().filter_map(OnceLock::into_inner).flatten();
    let mut files: Vec<(FileId, SourceFile)> = texts.map(|text| (text.file, text.source)).collect();
    files.sort_by_key(|(file, _)| *file);
    Ok(Nested {
        reports,
        files,
        through,
    })
}

/// What a template that names others gave.
struct Judged {
    reports: Vec<Report>,
    /// The files that it leads to.
    called: BTreeSet<FileId>,
}

/// Checks a template with all that it names; an error is what is still to be read.
fn judge(
    file: FileId,
    caller: &Checked,
    library: &Library<'_>,
    is_last: bool,
    judging: &Judging<'_>,
    values: &Values,
) -> Result<Judged, BTreeSet<String>> {
    let Parsed {
        documents,
        problems,
        ..
    } = parse(file, &caller.path, &caller.text);
    let deployment = values.deployment(&caller.path, judging);
    let nearby = Nearby {
        library: Some(library),
        ..Nearby::alone(file, &caller.path)
    };
    let lowered = documents.into_iter();
    let projects: Vec<_> = lowered
        .map(|document| lower_deployed(file, &caller.text, document, &deployment, &nearby))
        .collect();
    if !is_last && !nearby.has_all() {
        return Err(nearby.wanted.take());
    }
    let called = nearby.called.borrow().clone();
    let shelves = called.iter().filter_map(|file| library.shelves.get(file));
    let mut unread: Vec<Problem> = problems;
    unread.extend(
        shelves
            .clone()
            .flat_map(|shelf| shelf.parsed.problems.iter().cloned()),
    );
    let paths = shelves.map(|shelf| shelf.path);
    let settings = judging.together([caller.path.as_str()].into_iter().chain(paths));
    let check = |project| check(project, &unread, judging.ruleset(), &settings.plan);
    Ok(Judged {
        reports: projects.iter().map(check).collect(),
        called,
    })
}

/// The templates that others call. Of those that call each other in a circle, the first stands for all.
fn through(judged: &BTreeMap<FileId, Judged>) -> BTreeSet<FileId> {
    let mut through = BTreeSet::new();
    for (caller, one) in judged {
        for called in one.called.iter().filter(|called| *called != caller) {
            let back = judged.get(called);
            let is_circle = back.is_some_and(|back| back.called.contains(caller));
            if !is_circle || caller < called {
                through.insert(*called);
            }
        }
    }
    through
}

/// A file that a template names.
struct Text {
    file: FileId,
    source: SourceFile,
}

/// The files that were read, for all templates.
#[derive(Default)]
struct Library<'t> {
    /// What paths lead to, or why they lead nowhere.
    by_path: BTreeMap<String, Result<FileId, String>>,
    /// The files by where they are.
    by_place: BTreeMap<PathBuf, FileId>,
    shelves: BTreeMap<FileId, Shelf<'t>>,
}

/// A file that was read.
struct Shelf<'t> {
    path: &'t str,
    text: &'t str,
    parsed: Parsed<'t>,
}

impl<'t> Library<'t> {
    /// Reads the files of paths.
    fn read(
        &mut self,
        wanted: &BTreeSet<String>,
        room: &'t OnceLock<Vec<Text>>,
        inputs: &[Checked],
        next: FileId,
        bounds: &Bounds,
    ) {
        let is_input = |file: FileId| file < next;
        let mut texts = Vec::new();
        for path in wanted {
            if self.by_path.contains_key(path) {
                continue;
            }
            let place = files::real(Path::new(path));
            let known = self.by_place.get(&place).copied();
            let found = match (known, input_at(inputs, &place)) {
                (Some(file), _) => Ok(file),
                (None, _) if self.shelves.len() + texts.len() >= MAX_FILES => {
                    Err(format!("is not read: {MAX_FILES} files are"))
                }
                (None, Some((file, input))) if !input.text.is_empty() => {
                    texts.push(Text {
                        file,
                        source: SourceFile {
                            path: input.path.clone(),
                            text: input.text.clone(),
                        },
                    });
                    Ok(file)
                }
                (None, input) => bounds.text(path).map(|text| {
                    let (file, path) = match input {
                        Some((file, input)) => (file, input.path.clone()),
                        None => {
                            let new = |file: &&FileId| !is_input(**file);
                            let read = self.by_place.values().filter(new).count();
                            let read = u32::try_from(read).unwrap_or(u32::MAX);
                            (FileId(next.0.saturating_add(read)), path.clone())
                        }
                    };
                    let source = SourceFile { path, text };
                    texts.push(Text { file, source });
                    file
                }),
            };
            if let Ok(file) = found {
                self.by_place.insert(place, file);
            }
            self.by_path.insert(path.clone(), found);
        }
        let texts = room.get_or_init(|| texts);
        let parsed = texts.par_iter().map(|one| {
            let SourceFile { path, text } = &one.source;
            let parsed = parse(one.file, path, text);
            (one.file, Shelf { path, text, parsed })
        });
        self.shelves.extend(parsed.collect::<Vec<_>>());
    }

    /// What stands in the texts of files that were not checked for themselves: mistakes, and suppressions.
    fn reports(&self, inputs: &[Checked]) -> Vec<Report> {
        let is_checked = |file: &FileId| {
            let input = inputs.get(file.0 as usize);
            input.is_some_and(|input| input.fate == Fate::Template)
        };
        let others = self.shelves.iter().filter(|(file, _)| !is_checked(file));
        let report = |(_, shelf): (&FileId, &Shelf<'_>)| {
            let suppressions = suppress::in_template(shelf.text, &shelf.parsed).into_iter();
            Report {
                problems: shelf.parsed.problems.clone(),
                suppressions: suppressions
                    .map(|one| Suppression {
                        owner: Owner::Called,
                        ..one
                    })
                    .collect(),
                ..Report::default()
            }
        };
        others.map(report).collect()
    }
}

/// The input that lies at a place.
fn input_at<'i>(inputs: &'i [Checked], place: &Path) -> Option<(FileId, &'i Checked)> {
    let name = place.file_name();
    let mut inputs = (0..).map(FileId).zip(inputs);
    inputs.find(|(_, input)| {
        let path = Path::new(&input.path);
        path.file_name() == name && files::real(path) == place
    })
}

/// The files around one template. What it asks for, and what it was given, is noted.
pub(crate) struct Nearby<'l> {
    library: Option<&'l Library<'l>>,
    caller: (FileId, &'l str),
    wanted: RefCell<BTreeSet<String>>,
    called: RefCell<BTreeSet<FileId>>,
}

impl<'l> Nearby<'l> {
    /// Those of which nothing is read yet.
    pub(crate) fn alone(file: FileId, path: &'l str) -> Self {
        Self {
            library: None,
            caller: (file, path),
            wanted: RefCell::default(),
            called: RefCell::default(),
        }
    }

    /// Whether nothing was asked for that is not read.
    pub(crate) fn has_all(&self) -> bool {
        self.wanted.borrow().is_empty()
    }

    /// What was asked for and is not read.
    pub(crate) fn into_wanted(self) -> BTreeSet<String> {
        self.wanted.into_inner()
    }
}

impl<'s> Files<'s> for Nearby<'s> {
    fn document(&self, from: FileId, path: &str) -> Result<Document<'s>, String> {
        let shelf = |file: &FileId| self.library.and_then(|library| library.shelves.get(file));
        let (own, own_path) = self.caller;
        let from = match from == own {
            true => own_path,
            false => shelf(&from).map_or("", |shelf| shelf.path),
        };
        let path = match path.starts_with('/') {
            true => path.to_owned(),
            false => joined(parent(from), path),
        };
        let known = self.library.and_then(|library| library.by_path.get(&path));
        let Some(found) = known else {
            self.wanted.borrow_mut().insert(path);
            return Err("is not read".to_owned());
        };
        let file = *found.as_ref().map_err(Clone::clone)?;
        self.called.borrow_mut().insert(file);
        let shelf = shelf(&file).ok_or("is not read")?;
        let root = shelf.parsed.documents.first().ok_or("holds nothing")?;
        Ok(Document {
            file,
            text: shelf.text,
            root: root.clone(),
        })
    }
}
