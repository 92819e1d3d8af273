//! Only what a run is about: files that are named, or what git says has changed.
//!
//! Git is the only program that is run, and it is kept from running what the checked repository names: no external
//! diff, no text conversion, no filter, no file system monitor, no hook, no pager. Nothing is fetched.

#![allow(
    clippy::disallowed_methods,
    reason = "git is asked what has changed, in an environment that is no hook's"
)]

use crate::Failure;
use crate::args::RunArgs;
use crate::files::{self, real, real_folder};
use crate::{stacks, terraform};
use pillarlint_parser::source::{FileId, LineIndex, SourceFile, SourceMap, Span};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

/// What a run is about, where that is not all that it reads: files, each in its folder as the system knows that.
#[derive(Debug, Clone, Default)]
pub(crate) struct Changes {
    files: BTreeMap<PathBuf, Lines>,
    /// Files that the functions of Terraform's language may read.
    readable: BTreeSet<PathBuf>,
    /// Whether these were named, and not told by git.
    pub(crate) are_named: bool,
}

/// Which lines of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Lines {
    /// All of them.
    All,
    /// These, from zero.
    Some(Vec<Range<usize>>),
}

/// What a run is about, by the files of the run.
pub(crate) struct Owned(HashMap<FileId, Part>);

/// Which part of a file.
enum Part {
    All,
    /// These bytes.
    Some(Vec<Range<u32>>),
}

impl Owned {
    /// Whether a place is, or touches, what the run is about.
    pub(crate) fn owns(&self, place: Span) -> bool {
        let last = place.end.saturating_sub(1).max(place.start);
        match self.0.get(&place.file) {
            None => false,
            Some(Part::All) => true,
            Some(Part::Some(ranges)) => ranges
                .iter()
                .any(|range| range.start <= last && place.start < range.end),
        }
    }

    /// Whether the run is about all of a file.
    pub(crate) fn owns_all_of(&self, file: FileId) -> bool {
        matches!(self.0.get(&file), Some(Part::All))
    }
}

impl Changes {
    /// Whether there is nothing that the run is about.
    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty() && self.readable.is_empty()
    }

    /// The same, by the files of a run. What functions `read` stands for the call.
    pub(crate) fn in_run(&self, sources: &SourceMap, read: &[(PathBuf, Span)]) -> Owned {
        let mut folders: HashMap<&str, PathBuf> = HashMap::new();
        let mut owned = HashMap::new();
        for (file, id) in sources.files.iter().zip(0..) {
            let folder = terraform::parent(&file.path);
            let folder = folders
                .entry(folder)
                .or_insert_with(|| real_folder(Path::new(folder)));
            let name = file.path.rsplit('/').next().unwrap_or(&file.path);
            if let Some(lines) = self.files.get(&folder.join(name)) {
                owned.insert(FileId(id), lines.in_bytes(file));
            }
        }
        for (_, call) in read.iter().filter(|(path, _)| self.readable.contains(path)) {
            let part = owned.entry(call.file);
            if let Part::Some(ranges) = part.or_insert(Part::Some(Vec::new())) {
                ranges.push(call.start..call.end);
            }
        }
        Owned(owned)
    }
}

impl Lines {
    fn in_bytes(&self, file: &SourceFile) -> Part {
        let Self::Some(ranges) = self else {
            return Part::All;
        };
        let lines = LineIndex::new(&file.text);
        let start = |line: usize| {
            let start = lines.line_start(line, &file.text);
            u32::try_from(start).unwrap_or(u32::MAX)
        };
        let bytes = ranges.iter().map(|one| start(one.start)..start(one.end));
        Part::Some(bytes.collect())
    }
}

/// What a run reads, and what it is about where that is less.
pub(crate) struct Arguments {
    /// The paths to read.
    pub(crate) paths: Vec<PathBuf>,
    /// Further ones, which are read for their sake.
    pub(crate) callers: Vec<PathBuf>,
    /// What the run is about; all that it reads where there is nothing.
    pub(crate) changes: Option<Changes>,
}

/// The paths that the arguments name, or what has changed below them. A file of a configuration is read with the modules
/// that call its own, however far away; where a folder is named, it is the tree to look at, and all of it counts.
pub(crate) fn arguments(args: &RunArgs, since: Option<Changes>) -> Arguments {
    let (paths, mut changes) = match since {
        Some(since) => changed_below(&args.paths, since),
        None if args.paths.iter().any(|path| path.is_dir()) => {
            return Arguments {
                paths: args.paths.clone(),
                callers: Vec::new(),
                changes: None,
            };
        }
        None => (args.paths.clone(), named(args)),
    };
    Arguments {
        paths,
        callers: callers(&mut changes),
        changes: Some(changes),
    }
}

/// The files that are named.
fn named(args: &RunArgs) -> Changes {
    let names = args.paths.iter().map(|path| match path.as_os_str() == "-" {
        true => Path::new(&args.stdin_filename),
        false => path.as_path(),
    });
    Changes {
        files: names.map(|path| (real(path), Lines::All)).collect(),
        are_named: true,
        ..Changes::default()
    }
}

/// The changed files at or below these paths that a check of them would look at. A file that is named and has not
/// changed is read all the same where it may be a plan, since its findings lie in files that may have.
fn changed_below(paths: &[PathBuf], since: Changes) -> (Vec<PathBuf>, Changes) {
    let mut read = Vec::new();
    let mut about = Changes::default();
    let since = Arc::new(since.files);
    for path in paths {
        let changed = Arc::clone(&since);
        let found = match path.is_dir() {
            true => files::matching(path, move |real, is_folder| match is_folder {
                // Sorted, what lies in a folder comes right behind it.
                true => {
                    let mut behind = changed.range(real.to_owned()..);
                    behind.next().is_some_and(|(one, _)| one.starts_with(real))
                }
                false => changed.contains_key(real) && files::may_be_checked(real),
            }),
            false => vec![(path.clone(), real(path))],
        };
        for (path, real) in found {
            let lines = since.get(&real);
            if lines.is_some() || !is_part_of_configuration(&path) || !path.exists() {
                read.push(path);
            }
            let lines = lines.map(|lines| (real, lines.clone()));
            about.files.extend(lines);
        }
        let top = real(path);
        let readable = since.keys().filter(|one| one.starts_with(&top));
        let readable = readable.filter(|one| !is_part_of_configuration(one));
        about.readable.extend(readable.cloned());
    }
    (read, about)
}

fn is_part_of_configuration(path: &Path) -> bool {
    let path = files::shown(path);
    terraform::is_configuration(&path) || terraform::is_values(&path)
}

/// The files of the modules that read files, and of those that call, over any number of calls, these modules or the
/// modules of files, and the templates that name templates; only in a repository, since nothing else says where a tree
/// ends. What no module reads does not stay readable.
fn callers(changes: &mut Changes) -> Vec<PathBuf> {
    let mut by_repository: BTreeMap<PathBuf, Called> = BTreeMap::new();
    for path in changes.files.keys() {
        let Some(top) = path.parent().and_then(nearest_repository) else {
            continue;
        };
        let called = by_repository.entry(top.to_owned()).or_default();
        if is_part_of_configuration(path) {
            called.modules.extend(path.parent().map(Path::to_owned));
        } else {
            called.templates.insert(path.clone());
        }
    }
    for path in std::mem::take(&mut changes.readable) {
        if let Some(top) = path.parent().and_then(nearest_repository) {
            let called = by_repository.entry(top.to_owned()).or_default();
            called.readable.insert(path);
        }
    }
    let here = real_folder(Path::new(""));
    let mut callers = Vec::new();
    for (top, called) in by_repository {
        let Called {
            mut modules,
            templates,
            readable,
        } = called;
        let with_templates = !templates.is_empty();
        let with_modules = !modules.is_empty() || !readable.is_empty();
        let below = files::matching(&top, move |path, is_folder| {
            let is_module = || terraform::is_configuration(&files::shown(path));
            is_folder
                || (with_templates && files::may_be_checked(path))
                || (with_modules && is_module())
        });
        let below = below.into_iter().map(|(_, real)| real);
        let (parts, others): (Vec<PathBuf>, Vec<PathBuf>) =
            below.partition(|path| terraform::is_configuration(&files::shown(path)));
        let mut wanted = BTreeSet::new();
        if !readable.is_empty() {
            wanted = terraform::reading(&readable, &parts);
        }
        if !wanted.is_empty() {
            changes.readable.extend(readable);
        }
        modules.extend(wanted.iter().cloned());
        wanted.extend(terraform::calling(&modules, &parts));
        let naming = stacks::naming(&templates, &others);
        let is_wanted = |path: &PathBuf| path.parent().is_some_and(|it| wanted.contains(it));
        let found = parts.into_iter().filter(is_wanted).chain(naming);
        let is_near = here.starts_with(&top);
        callers.extend(found.map(|path| match is_near {
            true => PathBuf::from(files::relative(&path, &here)),
            false => path,
        }));
    }
    callers
}

/// What of a repository others may call or read.
#[derive(Default)]
struct Called {
    /// Folders of modules.
    modules: BTreeSet<PathBuf>,
    /// Files that may be templates.
    templates: BTreeSet<PathBuf>,
    /// See [`Changes::readable`].
    readable: BTreeSet<PathBuf>,
}

/// What has changed since a revision branched off, in the repositories of these paths: committed, staged, or neither;
/// files that git does not know yet, too. Only the lines of it where `by_line` says so.
///
/// # Errors
/// There is no git or no repository, the revision is not known, or it has no commit in common with what is checked out.
pub(crate) fn since(revision: &str, paths: &[PathBuf], by_line: bool) -> Result<Changes, Failure> {
    let folders: BTreeSet<PathBuf> = paths
        .iter()
        .map(|path| match path.is_dir() {
            true => real_folder(path),
            false => real_folder(path.parent().unwrap_or(Path::new(""))),
        })
        .collect();
    let mut tops: BTreeSet<PathBuf> = BTreeSet::new();
    let mut changes = Changes::default();
    for folder in folders {
        if tops
            .iter()
            .any(|top| nearest_repository(&folder) == Some(top))
        {
            continue;
        }
        let found = in_repository(revision, &folder, by_line);
        let (top, files) =
            found.map_err(|why| Failure::Usage(format!("--since {revision}: {why}")))?;
        tops.insert(top);
        changes.files.extend(files);
    }
    Ok(changes)
}

/// The folder around another one that has a repository.
fn nearest_repository(folder: &Path) -> Option<&Path> {
    let mut above = folder.ancestors();
    above.find(|one| one.join(".git").exists())
}

/// The top of the repository that a folder lies in, and what has changed in it.
fn in_repository(
    revision: &str,
    folder: &Path,
    by_line: bool,
) -> Result<(PathBuf, BTreeMap<PathBuf, Lines>), String> {
    const UNKNOWN: &str = "git knows no such revision here (where only a part of the history was fetched, fetch it too)";
    const APART: &str = "it has no commit in common with what is checked out (where only a part of the history was fetched, fetch more of it)";
    let git = Git::new(folder)?;
    // What begins so would be an option to some command, and is no name of a revision to any.
    if revision.is_empty() || revision.starts_with('-') {
        return Err(UNKNOWN.to_owned());
    }
    let commit = format!("{revision}^{{commit}}");
    let commit = [
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        &commit,
    ];
    git.run(&commit).map_err(|_| UNKNOWN)?;
    let base = git
        .run(&["merge-base", revision, "HEAD"])
        .map_err(|_| APART)?;
    let base = text(&base);
    let base = base.trim();

    let compared = |form: &[&str]| {
        let plain = ["diff", "--no-color", "--no-ext-diff", "--no-textconv"];
        let same = [
            "--find-renames",
            "--ignore-submodules=all",
            "--diff-filter=d",
        ];
        let args = [&plain[..], &same[..], form, &[base, "--"]].concat();
        git.run(&args)
    };
    let mut files = BTreeMap::new();
    for name in names(&compared(&["--name-only", "-z"])?) {
        let lines = match by_line {
            true => Lines::Some(Vec::new()),
            false => Lines::All,
        };
        files.insert(name, lines);
    }
    if by_line {
        let prefixes = ["--src-prefix=a/", "--dst-prefix=b/"];
        let narrow = ["--unified=0", "--inter-hunk-context=0"];
        let diff = compared(&[prefixes, narrow].concat())?;
        for (name, lines) in hunks(&text(&diff)) {
            files.insert(PathBuf::from(name), Lines::Some(lines));
        }
    }
    let new = ["ls-files", "--others", "--exclude-standard", "-z", "--"];
    for name in names(&git.run(&new)?) {
        files.insert(name, Lines::All);
    }
    let files = files
        .into_iter()
        .map(|(name, lines)| (git.top.join(name), lines));
    Ok((git.top.clone(), files.collect()))
}

/// Git, in the top folder of a repository.
struct Git {
    top: PathBuf,
    /// Settings of the repository that name a program, and what they are set to instead.
    unset: Vec<(String, &'static str)>,
}

impl Git {
    fn new(folder: &Path) -> Result<Self, String> {
        let mut git = Self {
            top: folder.to_owned(),
            unset: Vec::new(),
        };
        let top = git.run(&["rev-parse", "--show-toplevel"])?;
        git.top = real_folder(Path::new(text(&top).trim_end_matches(['\n', '\r'])));
        // A filter reads and writes files as git compares them. Those that a person has set up are his own.
        let filters = ["config", "--show-scope", "--name-only", "-z"];
        let filters = [&filters[..], &["--get-regexp", "^filter\\."]].concat();
        // There is an error where there is none.
        let filters = git.run(&filters).unwrap_or_default();
        let filters: Vec<&[u8]> = filters.split(|byte| *byte == 0).collect();
        for pair in filters.chunks_exact(2) {
            let (scope, name) = (text(pair[0]), text(pair[1]));
            if scope == "local" || scope == "worktree" {
                let is_required = name.ends_with(".required");
                git.unset
                    .push((name, if is_required { "false" } else { "" }));
            }
        }
        Ok(git)
    }

    /// What git prints, or what it complains of.
    fn run(&self, args: &[&str]) -> Result<Vec<u8>, String> {
        let mut command = Command::new("git");
        for setting in [
            "core.fsmonitor=false",
            "core.hooksPath=/dev/null",
            "safe.bareRepository=explicit",
        ] {
            command.args(["-c", setting]);
        }
        // A hook of git has a repository and an index of its own in its environment.
        for (name, _) in std::env::vars_os() {
            let shown = name.to_string_lossy();
            let is_kept = ["GIT_CONFIG", "GIT_CEILING_DIRECTORIES"];
            let is_kept = is_kept.iter().any(|kept| shown.starts_with(kept));
            if shown.starts_with("GIT_") && !is_kept {
                command.env_remove(name);
            }
        }
        let given = std::env::var("GIT_CONFIG_COUNT").ok();
        let given = given.and_then(|count| count.parse().ok()).unwrap_or(0);
        for (at, (name, value)) in (given..).zip(&self.unset) {
            command.env(format!("GIT_CONFIG_KEY_{at}"), name);
            command.env(format!("GIT_CONFIG_VALUE_{at}"), value);
        }
        if !self.unset.is_empty() {
            let count: usize = given + self.unset.len();
            command.env("GIT_CONFIG_COUNT", count.to_string());
        }
        let output = command
            .arg("--no-pager")
            .args(args)
            .current_dir(&self.top)
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_ALLOW_PROTOCOL", "none")
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .output()
            .map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => "git is not installed".to_owned(),
                kind => format!("git cannot be run: {kind}"),
            })?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let said = text(&output.stderr);
        let said = said.lines().next().unwrap_or("git failed");
        Err(said.strip_prefix("fatal: ").unwrap_or(said).to_owned())
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Names that end with a zero byte each.
fn names(bytes: &[u8]) -> Vec<PathBuf> {
    let names = bytes.split(|byte| *byte == 0);
    let names = names.filter(|name| !name.is_empty());
    names.map(|name| PathBuf::from(text(name))).collect()
}

/// The files of a diff without context, and the lines that are new in them, from zero.
fn hunks(diff: &str) -> BTreeMap<String, Vec<Range<usize>>> {
    let mut files: BTreeMap<String, Vec<Range<usize>>> = BTreeMap::new();
    let mut file = None;
    // Lines of the hunk at hand that are still to come: what they hold looks like anything.
    let mut left = 0;
    for line in diff.lines() {
        if left > 0 && line.starts_with(['+', '-', '\\']) {
            left -= usize::from(!line.starts_with('\\'));
        } else if let Some(name) = line.strip_prefix("+++ ") {
            let name = unquoted(name.strip_suffix('\t').unwrap_or(name));
            file = name.strip_prefix("b/").map(str::to_owned);
        } else if let Some((old, new)) = hunk(line) {
            left = old + new.len();
            if let Some(file) = file.as_ref().filter(|_| !new.is_empty()) {
                files.entry(file.clone()).or_default().push(new);
            }
        }
    }
    files
}

/// `@@ -a,b +c,d @@`: how many old lines, and which new ones.
fn hunk(line: &str) -> Option<(usize, Range<usize>)> {
    let mut parts = line.strip_prefix("@@ -")?.split(' ');
    let count = |part: &str| match part.split_once(',') {
        Some((start, count)) => Some((start.parse().ok()?, count.parse().ok()?)),
        None => Some((part.parse().ok()?, 1)),
    };
    let (_, old): (usize, usize) = count(parts.next()?)?;
    let (start, new): (usize, usize) = count(parts.next()?.strip_prefix('+')?)?;
    let start = start.saturating_sub(1);
    Some((old, start..start + new))
}

/// A name as git writes it where it holds more than plain letters: in quotes, bytes as octal numbers.
fn unquoted(name: &str) -> String {
    let Some(inner) = name
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return name.to_owned();
    };
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'\\' {
            bytes.push(*byte);
            continue;
        }
        let octal = rest
            .get(..3)
            .and_then(|digits| std::str::from_utf8(digits).ok());
        if let Some(value) = octal.and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            bytes.push(value);
            rest = &rest[3..];
        } else if let Some((escaped, after)) = rest.split_first() {
            rest = after;
            bytes.push(match escaped {
                b'n' => b'\n',
                b't' => b'\t',
                b'r' => b'\r',
                other => *other,
            });
        }
    }
    text(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_diff() {
        let diff = "\
diff --git a/a.yaml b/a.yaml
--- a/a.yaml
+++ b/a.yaml
@@ -3 +3,2 @@ Resources:
-  old
+  new
++++ b/looks/like.yaml
@@ -9,2 +10,0 @@
-  gone
---- a/gone
diff --git a/new.yaml b/new.yaml
--- /dev/null
+++ b/new.yaml
@@ -0,0 +1,3 @@
+a
+@@ -1 +1 @@
+c
\\ No newline at end of file
diff --git \"a/\\303\\244 b.tf\" \"b/\\303\\244 b.tf\"
--- \"a/\\303\\244 b.tf\"
+++ \"b/\\303\\244 b.tf\"
@@ -1 +1 @@
-x
+y
";
        let found: Vec<String> = hunks(diff)
            .iter()
            .map(|(name, lines)| format!("{name} {lines:?}"))
            .collect();
        assert_eq!(found, ["a.yaml [2..4]", "new.yaml [0..3]", "ä b.tf [0..1]"]);
    }

    #[test]
    fn names_are_unquoted() {
        for (name, expected) in [
            ("a/b.tf", "a/b.tf"),
            ("\"a\\tb\"", "a\tb"),
            ("\"\\303\\244\"", "ä"),
            ("\"a\\\"b\\\\c\"", "a\"b\\c"),
        ] {
            assert_eq!(unquoted(name), expected);
        }
    }
}
