//! Only what changed: the files, or lines, that git says are not as they were.
//!
//! Git is the only program that is run, and it is kept from running what the checked repository names: no external
//! diff, no text conversion, no file system monitor, no pager, no hooks.

#![allow(clippy::disallowed_methods, reason = "git is asked what has changed")]

use crate::Failure;
use crate::args::RunArgs;
use crate::files;
use crate::terraform;
use pillarlint_parser::source::{FileId, LineIndex, SourceMap, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A path as the system knows it; as it is where there is none.
fn known(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// What has changed: files as the system knows them, and which of their lines.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes(BTreeMap<PathBuf, Lines>);

/// Which lines of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lines {
    /// All of them.
    All,
    /// These, from zero.
    Some(Vec<Range<usize>>),
}

impl Changes {
    /// The files that are named.
    fn of_files(args: &RunArgs) -> Self {
        let names = args.paths.iter().map(|path| match path.as_os_str() == "-" {
            true => Path::new(&args.stdin_filename),
            false => path.as_path(),
        });
        let known = names.map(|path| (known(path), Lines::All));
        Self(known.collect())
    }

    /// Those that lie below these paths, and that may be something to check.
    fn below(&self, paths: &[PathBuf]) -> Self {
        let tops: Vec<PathBuf> = paths.iter().map(|path| known(path)).collect();
        let is_below = |path: &Path| tops.iter().any(|top| path.starts_with(top));
        let may_be = |path: &Path| files::may_be_checked(path);
        let kept = self
            .0
            .iter()
            .filter(|(path, _)| is_below(path) && may_be(path));
        Self(
            kept.map(|(path, lines)| (path.clone(), lines.clone()))
                .collect(),
        )
    }

    /// What of a file has changed.
    fn of(&self, path: &str) -> Option<&Lines> {
        self.0.get(&known(Path::new(path)))
    }

    /// Whether nothing has.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Changes {
    /// Whether a place lies in what has changed.
    pub(crate) fn own(&self, sources: &SourceMap, place: Span) -> bool {
        let file = sources.file(place.file);
        match self.of(&file.path) {
            None => false,
            Some(Lines::All) => true,
            Some(Lines::Some(changed)) => {
                let lines = LineIndex::new(&file.text);
                let last = (place.end as usize)
                    .saturating_sub(1)
                    .max(place.start as usize);
                let (first, last) = (lines.line_of(place.start as usize), lines.line_of(last));
                changed
                    .iter()
                    .any(|one| one.start <= last && first < one.end)
            }
        }
    }
}

impl Changes {
    /// Whether all of a file has changed.
    pub(crate) fn own_all_of(&self, sources: &SourceMap, file: FileId) -> bool {
        self.of(&sources.file(file).path) == Some(&Lines::All)
    }
}

/// The paths that a run reads, and what it is about where that is less: named files, or what has changed. A part of a
/// configuration is read with the modules that call it.
pub(crate) fn arguments(
    args: &RunArgs,
    since: Option<&Changes>,
) -> (Vec<PathBuf>, Option<Changes>) {
    let changes = match since {
        Some(since) => since.below(&args.paths),
        None if args.paths.iter().any(|path| path.is_dir()) => return (args.paths.clone(), None),
        None => Changes::of_files(args),
    };
    let mut paths = match since {
        Some(_) => changes.0.keys().map(|path| from_here(path)).collect(),
        None => args.paths.clone(),
    };
    paths.extend(callers(&changes));
    (paths, Some(changes))
}

/// The files of configurations that changed ones are read with: those of their folders, and of the modules that call
/// these.
fn callers(changes: &Changes) -> Vec<PathBuf> {
    let is_part = |path: &&PathBuf| {
        let path = path.to_string_lossy();
        terraform::is_configuration(&path) || terraform::is_values(&path)
    };
    let parts = changes.0.keys().filter(is_part);
    let folders: BTreeSet<&Path> = parts.filter_map(|path| path.parent()).collect();
    // Nothing above the repository calls what is in it.
    let tops: BTreeSet<&Path> = folders
        .iter()
        .map(|folder| {
            let mut above = folder.ancestors();
            above
                .find(|one| one.join(".git").exists())
                .unwrap_or(folder)
        })
        .collect();
    let files: Vec<String> = tops
        .into_iter()
        .flat_map(files::configurations_below)
        .map(|path| files::shown(&path))
        .collect();
    let known: Vec<&str> = files.iter().map(String::as_str).collect();
    let folders = folders.into_iter().map(files::shown).collect();
    let concerned = terraform::with_callers(folders, &known);
    let is_concerned = |path: &&&str| concerned.contains(terraform::parent(path));
    let concerned = known.iter().filter(is_concerned);
    concerned.map(|path| from_here(Path::new(path))).collect()
}

/// A path as seen from the current folder, where it lies below it.
fn from_here(path: &Path) -> PathBuf {
    let here = std::env::current_dir().and_then(std::fs::canonicalize);
    let below = here
        .ok()
        .and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    below.unwrap_or_else(|| path.to_owned())
}

/// What has changed since a revision branched off: committed, staged, or neither; files that git does not know yet, too.
/// `by_line` tells which lines of each file.
///
/// # Errors
/// There is no git or no repository, the revision is not known, or it has no commit in common with what is checked out.
pub(crate) fn since(revision: &str, folder: &Path, by_line: bool) -> Result<Changes, Failure> {
    if revision.starts_with('-') || revision.is_empty() {
        return Err(Failure::Usage(format!(
            "--since {revision}: no such revision"
        )));
    }
    let wrong = |why: String| Failure::Usage(format!("--since {revision}: {why}"));
    let git = |args: &[&str]| run(folder, args).map_err(wrong);
    let root = PathBuf::from(text(git(&["rev-parse", "--show-toplevel"])?).trim_end_matches('\n'));
    let commit = format!("{revision}^{{commit}}");
    git(&[
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        &commit,
    ])
    .map_err(|_| wrong_revision(revision))?;
    let base = run(folder, &["merge-base", revision, "HEAD"]).map_err(|_| {
        wrong(
            "it has no commit in common with what is checked out; a shallow clone may lack it"
                .to_owned(),
        )
    })?;
    let base = text(base);
    let base = base.trim();

    let mut changes = BTreeMap::new();
    let whole = [
        "diff",
        "--name-only",
        "-z",
        "--diff-filter=d",
        "--no-ext-diff",
        "--no-textconv",
        base,
        "--",
    ];
    for name in names(&git(&whole)?) {
        changes.insert(name, Lines::All);
    }
    if by_line {
        let diff = git(&[
            "-c",
            "core.quotePath=true",
            "diff",
            "--unified=0",
            "--no-color",
            "--no-ext-diff",
            "--no-textconv",
            "--diff-filter=d",
            "--src-prefix=a/",
            "--dst-prefix=b/",
            base,
            "--",
        ])?;
        for (name, lines) in hunks(&text(diff)) {
            changes.insert(name, Lines::Some(lines));
        }
    }
    let new = [
        "ls-files",
        "--others",
        "--exclude-standard",
        "--full-name",
        "-z",
        "--",
        &root.to_string_lossy(),
    ];
    for name in names(&git(&new)?) {
        changes.insert(name, Lines::All);
    }
    let known = changes.into_iter().filter_map(|(name, lines)| {
        let path = std::fs::canonicalize(root.join(name)).ok()?;
        Some((path, lines))
    });
    Ok(Changes(known.collect()))
}

fn wrong_revision(revision: &str) -> Failure {
    Failure::Usage(format!(
        "--since {revision}: git knows no such revision here (in CI, fetch it first)"
    ))
}

/// What git prints.
fn run(folder: &Path, args: &[&str]) -> Result<Vec<u8>, String> {
    let output = Command::new("git")
        .args([
            "-c",
            "core.fsmonitor=false",
            "-c",
            "core.hooksPath=/dev/null",
        ])
        .args(args.iter().map(OsStr::new))
        .current_dir(folder)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_PAGER", "")
        .env("LC_ALL", "C")
        .env_remove("GIT_EXTERNAL_DIFF")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => "git is not installed".to_owned(),
            kind => format!("git cannot be run: {kind}"),
        })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = text(output.stderr);
    let said = said.lines().next().unwrap_or("git failed");
    Err(said.strip_prefix("fatal: ").unwrap_or(said).to_owned())
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Names that end with a zero byte each.
fn names(bytes: &[u8]) -> Vec<String> {
    let names = bytes
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty());
    names.map(|name| text(name.to_vec())).collect()
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
    text(bytes)
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
