//! The files of a run: what the arguments name, in an order that depends on nothing but their paths.

#![allow(
    clippy::disallowed_methods,
    reason = "the command line is where files are read"
)]

use crate::cdk;
use crate::config::{self, Configurations};
use crate::terraform::{is_configuration, is_values};
use ignore::{WalkBuilder, WalkState};
use pillarlint_parser::source::MAX_FILE_BYTES;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;

/// Files with these extensions are looked at in folders; a file that is named always is.
pub(crate) const EXTENSIONS: [&str; 7] = ["yaml", "yml", "json", "template", "cfn", "tf", "tofu"];

/// Something to read.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    /// The path as it is shown.
    pub(crate) path: String,
    /// Where its bytes are.
    pub(crate) content: Content,
    /// The folders among the arguments that it was reached through, as indices of [`Found::folders`].
    pub(crate) folders: Vec<usize>,
}

/// Where the bytes of an [`Input`] are.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// In a file.
    Disk(PathBuf),
    /// Here: standard input.
    Memory(Vec<u8>),
    /// Nowhere, and why.
    Unreadable(String),
}

/// What the arguments name.
#[derive(Debug, Default, Clone)]
pub(crate) struct Found {
    /// All inputs, sorted by path, each once.
    pub(crate) inputs: Vec<Input>,
    /// The folders among the arguments, as they are shown.
    pub(crate) folders: Vec<String>,
    /// How many files and folders configurations exclude. What lies in such a folder is not counted.
    pub(crate) excluded: usize,
}

impl Found {
    /// The paths of all inputs, as they are shown.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.inputs.iter().map(|input| input.path.as_str())
    }
}

/// What decides of paths that are not looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exclusion<'c> {
    /// What says so.
    pub(crate) configurations: &'c Configurations,
    /// Whether that holds for what is named, too.
    pub(crate) of_named: bool,
}

/// Finds what the arguments name. `threads` walk a folder; 0 lets the walker decide.
pub(crate) fn find(
    arguments: &[PathBuf],
    stdin: (&mut dyn Read, &str),
    exclusion: Exclusion<'_>,
    threads: usize,
) -> Found {
    let mut found = Found::default();
    let is_left_out = |path: &str, is_folder: bool| {
        let place = || exclusion.configurations.of(path);
        exclusion.of_named && place().is_some_and(|place| place.is_left_out(is_folder))
    };
    let (stdin, stdin_name) = stdin;
    let mut stdin_read = false;
    let mut paths = Vec::new();
    for argument in arguments {
        if argument.as_os_str() == "-" {
            if is_left_out(stdin_name, false) {
                found.excluded += 1;
            } else if !std::mem::replace(&mut stdin_read, true) {
                let content = read_bounded(stdin)
                    .map_or_else(|error| Content::Unreadable(why(&error)), Content::Memory);
                found.inputs.push(input(stdin_name.to_owned(), content));
            }
            continue;
        }
        match std::fs::metadata(argument) {
            Ok(metadata) if is_left_out(&shown(argument), metadata.is_dir()) => found.excluded += 1,
            Ok(metadata) if metadata.is_dir() => {
                let folder = found.folders.len();
                found.folders.push(shown(argument));
                let Walked {
                    files: below,
                    unreadable,
                    excluded,
                } = walk(argument, exclusion.configurations, threads);
                found.excluded += excluded;
                paths.extend(below.into_iter().map(|path| (path, Some(folder))));
                found
                    .inputs
                    .extend(unreadable.into_iter().map(|(path, why)| Input {
                        folders: vec![folder],
                        ..input(path, Content::Unreadable(why))
                    }));
            }
            Ok(_) => paths.push((argument.clone(), None)),
            Err(error) => {
                let why = Content::Unreadable(why(&error));
                found.inputs.push(input(shown(argument), why));
            }
        }
    }
    let several = arguments.len() > 1;
    found.inputs.extend(each_once(paths, several));
    found.inputs.sort_by(|a, b| a.path.cmp(&b.path));
    // A folder that cannot be read may be reached through several arguments.
    found.inputs.dedup_by(|next, kept| {
        let same = next.path == kept.path && matches!(next.content, Content::Unreadable(_));
        if same {
            kept.folders.append(&mut next.folders);
        }
        same
    });
    found
}

fn input(path: String, content: Content) -> Input {
    Input {
        path,
        content,
        folders: Vec::new(),
    }
}

/// Inputs for files, each file once under the first of its paths.
fn each_once(paths: Vec<(PathBuf, Option<usize>)>, several: bool) -> Vec<Input> {
    // Only overlapping arguments and links make one file appear twice; asking for every file's true path costs.
    let may_repeat = several || paths.iter().any(|(path, _)| path.is_symlink());
    let mut inputs: BTreeMap<PathBuf, Input> = BTreeMap::new();
    for (path, folder) in paths {
        let identity = may_repeat.then(|| identity(&path)).flatten();
        let identity = identity.unwrap_or_else(|| path.clone());
        let mut candidate = input(shown(&path), Content::Disk(path));
        candidate.folders.extend(folder);
        match inputs.entry(identity) {
            Entry::Vacant(entry) => {
                entry.insert(candidate);
            }
            Entry::Occupied(mut entry) => {
                let kept = entry.get_mut();
                if candidate.path < kept.path {
                    std::mem::swap(kept, &mut candidate);
                }
                kept.folders.extend(candidate.folders);
            }
        }
    }
    inputs.into_values().collect()
}

/// What tells a file from others. A part of a configuration is another one in another folder, also where it is a link
/// to the same file: modules share files so.
fn identity(path: &Path) -> Option<PathBuf> {
    if !is_configuration(&shown(path)) {
        return std::fs::canonicalize(path).ok();
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = std::fs::canonicalize(folder.unwrap_or(Path::new("."))).ok()?;
    Some(folder.join(path.file_name()?))
}

type Unreadable = (String, String);

/// What a search came by.
#[derive(Default)]
struct Walked {
    /// The files that may be templates, in no order.
    files: Vec<PathBuf>,
    unreadable: Vec<Unreadable>,
    excluded: usize,
}

/// How folders are searched.
fn walker(folder: &Path) -> WalkBuilder {
    let mut walker = WalkBuilder::new(folder);
    walker
        .hidden(false)
        .require_git(false)
        // What a person ignores everywhere must not change what a project's check finds.
        .git_global(false);
    walker
}

/// Whether it is none of what git, Terraform and the CDK keep for themselves.
fn is_of_the_author(entry: &ignore::DirEntry) -> bool {
    let name = entry.file_name();
    name != ".git" && name != ".terraform" && (entry.depth() == 0 || !cdk::is_aside(entry.path()))
}

/// The files below a folder that are wanted, but for what is ignored: as they are seen from where that is, and in their
/// folder as the system knows it. Asked is with the latter, and of folders too: none is looked into that is not wanted.
pub(crate) fn matching(
    folder: &Path,
    is_wanted: impl Fn(&Path, bool) -> bool + Send + Sync + 'static,
) -> Vec<(PathBuf, PathBuf)> {
    let (seen, top) = (folder.to_owned(), real_folder(folder));
    let real = move |path: &Path| match path.strip_prefix(&seen) {
        Ok(below) if !below.as_os_str().is_empty() => top.join(below),
        _ => top.clone(),
    };
    let real_of = real.clone();
    let mut walker = walker(folder);
    walker.filter_entry(move |entry| {
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        is_of_the_author(entry) && is_wanted(&real_of(entry.path()), is_folder)
    });
    let entries = walker.build().filter_map(Result::ok);
    let files = entries.filter(is_file).map(|entry| {
        let real = real(entry.path());
        (entry.into_path(), real)
    });
    files.collect()
}

/// Searches a folder.
fn walk(folder: &Path, configurations: &Configurations, threads: usize) -> Walked {
    let found = Mutex::new(Walked::default());
    let lock = || {
        found
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    };
    let walker = walker(folder)
        .filter_entry(is_of_the_author)
        .threads(threads)
        .build_parallel();
    walker.run(|| {
        Box::new(|entry| {
            match entry {
                Ok(entry) => {
                    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
                    let is_wanted = is_folder || is_candidate(&entry);
                    // What is named is looked into, whoever excludes it.
                    let may_be_excluded = is_wanted && entry.depth() > 0;
                    if may_be_excluded && configurations.excludes(entry.path(), is_folder) {
                        lock().excluded += 1;
                        return WalkState::Skip;
                    }
                    if is_wanted && !is_folder {
                        lock().files.push(entry.into_path());
                    }
                }
                Err(error) => {
                    let path = path_of(&error).unwrap_or(folder);
                    let why = error.io_error().map_or_else(|| error.to_string(), why);
                    lock().unreadable.push((shown(path), why));
                }
            }
            WalkState::Continue
        })
    });
    found
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn is_candidate(entry: &ignore::DirEntry) -> bool {
    has_extension(entry.path()) && is_file(entry)
}

/// A link to a file counts, one to a folder does not: that is how loops stay harmless.
fn is_file(entry: &ignore::DirEntry) -> bool {
    match entry.file_type() {
        Some(kind) if kind.is_symlink() => entry.path().is_file(),
        kind => kind.is_some_and(|kind| kind.is_file()),
    }
}

/// Whether a path is that of a file that may be checked, or that gives values to what is.
pub(crate) fn may_be_checked(path: &Path) -> bool {
    has_extension(path) || is_values(&shown(path))
}

fn has_extension(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default();
    let mut known = EXTENSIONS.iter();
    let is_known = known.any(|known| extension.eq_ignore_ascii_case(known));
    is_known && path.file_name().is_none_or(|name| name != config::NAME)
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_of(err)
        }
        _ => None,
    }
}

/// The files below a folder of rules, sorted. No `.gitignore` counts: these are files that a person keeps for this
/// program; but what is hidden (`.git`, `.github`) is the business of other programs.
///
/// # Errors
/// The first path that could not be read, and why.
pub(crate) fn below(folder: &Path) -> Result<Vec<PathBuf>, Unreadable> {
    let mut paths = Vec::new();
    let mut walk = WalkBuilder::new(folder);
    for entry in walk.standard_filters(false).hidden(true).build() {
        let entry = entry.map_err(|error| {
            let path = shown(path_of(&error).unwrap_or(folder));
            let why = error.io_error().map_or_else(|| error.to_string(), why);
            (path, why)
        })?;
        if entry.path().is_file() {
            paths.push(entry.into_path());
        }
    }
    paths.sort();
    Ok(paths)
}

/// The bytes of an input.
///
/// # Errors
/// Why they could not be read.
pub(crate) fn read(content: Content) -> Result<Vec<u8>, String> {
    match content {
        Content::Memory(bytes) => Ok(bytes),
        Content::Unreadable(why) => Err(why),
        Content::Disk(path) => std::fs::File::open(path)
            .and_then(|mut file| {
                let size = file.metadata()?.len();
                let mut bytes =
                    Vec::with_capacity(usize::try_from(size).unwrap_or(0).min(MAX_FILE_BYTES + 1));
                (&mut file)
                    .take(MAX_FILE_BYTES as u64 + 1)
                    .read_to_end(&mut bytes)?;
                Ok(bytes)
            })
            .map_err(|error| why(&error)),
    }
}

/// Why the system refused, without its code.
pub(crate) fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        kind => kind.to_string(),
    }
}

/// All of a stream, up to just above the size that is refused.
fn read_bounded(stream: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stream
        .take(MAX_FILE_BYTES as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A path as it is shown: with `/`, and without `./` before it.
pub(crate) fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text = if std::path::MAIN_SEPARATOR == '/' {
        text.into_owned()
    } else {
        text.replace(std::path::MAIN_SEPARATOR, "/")
    };
    let mut rest = text.as_str();
    while let Some(shorter) = rest.strip_prefix("./") {
        rest = shorter.trim_start_matches('/');
    }
    if rest.is_empty() {
        ".".to_owned()
    } else {
        rest.to_owned()
    }
}

/// A path in its folder as the system knows that. What is a link there stays one.
pub(crate) fn real(path: &Path) -> PathBuf {
    let folder = real_folder(path.parent().unwrap_or(Path::new("")));
    folder.join(path.file_name().unwrap_or_default())
}

/// A folder as the system knows it. It need not be there: then as much of it as is.
pub(crate) fn real_folder(folder: &Path) -> PathBuf {
    let folder = match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    };
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let known = absolute.ancestors().find_map(|above| {
        let real = std::fs::canonicalize(above).ok()?;
        let rest = absolute.strip_prefix(above).ok()?;
        Some(match rest.as_os_str().is_empty() {
            true => real,
            false => real.join(rest),
        })
    });
    known.unwrap_or(absolute)
}

/// A path as it is seen from a folder, both as the system knows them.
pub(crate) fn relative(path: &Path, from: &Path) -> String {
    let shared = path.components().zip(from.components());
    let shared = shared.take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    let parts = up.chain(path.components().skip(shared));
    shown(&parts.collect::<PathBuf>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_as_they_were_given() {
        for (path, expected) in [
            ("a/b.yaml", "a/b.yaml"),
            ("./a.yaml", "a.yaml"),
            (".//a.yaml", "a.yaml"),
            (".", "."),
            ("./", "."),
            ("../a.yaml", "../a.yaml"),
            ("/a/b.yaml", "/a/b.yaml"),
            (".github/a.yaml", ".github/a.yaml"),
        ] {
            assert_eq!(shown(Path::new(path)), expected);
        }
    }
}
