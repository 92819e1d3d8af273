//! The files that functions of Terraform's language read (`file`, `templatefile`, `fileset`), within bounds.

#![allow(
    clippy::disallowed_methods,
    reason = "the command line is where files are read"
)]

use super::bounds::Bounds;
use super::path::joined;
use pillarlint_parser::source::{Span, decode};
use pillarlint_parser::terraform::Files;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Larger files are not read, in bytes.
pub(super) const MAX_FILE: u64 = 1 << 20;
/// What one root module may have read, the same file several times included, in bytes.
pub(super) const MAX_ALL_FILES: u64 = 64 << 20;
/// Folders with more files and folders than this below them are not listed.
pub(super) const MAX_LISTED: usize = 10_000;

/// What the functions of one root module may read.
pub(super) struct FunctionFiles<'t> {
    bounds: &'t Bounds,
    /// The root module's folder, where Terraform runs.
    root: &'t str,
    /// Bytes that may still be read.
    left: AtomicU64,
    /// What was read, and by which call.
    read: Mutex<Vec<(PathBuf, Span)>>,
}

impl<'t> FunctionFiles<'t> {
    pub(super) fn new(bounds: &'t Bounds, root: &'t str) -> Self {
        Self {
            bounds,
            root,
            left: AtomicU64::new(MAX_ALL_FILES),
            read: Mutex::default(),
        }
    }

    /// The files that were read, as the system knows them, each with the call that asked for it.
    pub(super) fn into_read(self) -> Vec<(PathBuf, Span)> {
        self.read
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// What a path leads to: from where Terraform runs, else as it is shown here (`path.module` is).
    fn inside(&self, path: &str) -> Option<PathBuf> {
        let from_root = (!path.starts_with('/')).then(|| joined(self.root, path));
        let from_root = from_root.and_then(|path| self.bounds.inside(&path).ok());
        from_root.or_else(|| self.bounds.inside(path).ok())
    }
}

impl Files for FunctionFiles<'_> {
    fn read(&self, path: &str, at: Span) -> Option<Cow<'_, str>> {
        let path = self.inside(path)?;
        let metadata = std::fs::metadata(&path).ok()?;
        let size = metadata.len();
        if !metadata.is_file() || size > MAX_FILE {
            return None;
        }
        let take = |left: u64| left.checked_sub(size);
        self.left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .ok()?;
        let text = decode(std::fs::read(&path).ok()?).ok()?;
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.push((path, at));
        Some(Cow::Owned(text))
    }

    fn list(&self, folder: &str) -> Option<Vec<String>> {
        let folder = self.inside(folder).filter(|folder| folder.is_dir())?;
        let mut files = Vec::new();
        list(&folder, "", &mut { MAX_LISTED }, &mut files)?;
        files.sort();
        Some(files)
    }
}

/// Adds the files below a folder; nothing where so many entries are not enough, or where not all of them can be told.
fn list(folder: &Path, prefix: &str, left: &mut usize, files: &mut Vec<String>) -> Option<()> {
    // Paths are bounded by the system, and links to folders are not followed: this does not go deep.
    for entry in std::fs::read_dir(folder).ok()? {
        *left = left.checked_sub(1)?;
        let entry = entry.ok()?;
        if entry.file_name() == ".git" {
            continue;
        }
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type().ok()?;
        if kind.is_dir() {
            list(&entry.path(), &format!("{name}/"), left, files)?;
        } else if kind.is_symlink() && entry.path().is_dir() {
            return None;
        } else if entry.path().is_file() {
            files.push(name);
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use pillarlint_parser::source::FileId;

    fn at() -> Span {
        Span::new(FileId(0), 0, 1)
    }

    #[test]
    fn functions_read_within_bounds() {
        let tree = tempfile::TempDir::new().unwrap();
        let root = tree.path().join("live");
        let write = |path: &str, bytes: &[u8]| {
            let path = tree.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        };
        write(".git/config", b"token");
        write("live/a.json", b"{}");
        write("live/sub/b.json", b"{}");
        write("shared.json", b"shared");
        write("live/binary", &[0, 1]);
        let large = usize::try_from(MAX_FILE).unwrap();
        write("live/just", &vec![b'x'; large]);
        write("live/large", &vec![b'x'; large + 1]);
        let bounds = Bounds::around(std::slice::from_ref(&root));
        let shown = root.to_str().unwrap();
        let files = FunctionFiles::new(&bounds, shown);
        for (path, length) in [
            ("a.json", Some(2)),
            ("./sub/../a.json", Some(2)),
            ("../shared.json", Some(6)),
            ("just", Some(large)),
            ("large", None),
            ("binary", None),
            ("nowhere", None),
            ("sub", None),
            ("../.git/config", None),
            ("/etc/passwd", None),
            ("../../../../../../../../etc/passwd", None),
        ] {
            assert_eq!(
                files.read(path, at()).map(|text| text.len()),
                length,
                "{path}"
            );
        }
        let listed = files.list("sub/..").unwrap();
        assert_eq!(listed, ["a.json", "binary", "just", "large", "sub/b.json"]);
        assert_eq!(files.list("/etc"), None);
        assert_eq!(list(&root, "", &mut 5, &mut Vec::new()), None);

        let files = FunctionFiles::new(&bounds, shown);
        let times = MAX_ALL_FILES / MAX_FILE;
        assert!((0..times).all(|_| files.read("just", at()).is_some()));
        assert!(files.read("a.json", at()).is_none());
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_nowhere_else() {
        let tree = tempfile::TempDir::new().unwrap();
        let outside = tempfile::TempDir::new().unwrap();
        std::fs::write(outside.path().join("secret"), "secret").unwrap();
        std::fs::write(tree.path().join("a"), "a").unwrap();
        let link = |target: &Path, name: &str| {
            std::os::unix::fs::symlink(target, tree.path().join(name)).unwrap();
        };
        link(&outside.path().join("secret"), "secret");
        link(Path::new("a"), "b");
        let bounds = Bounds::around(&[tree.path().to_owned()]);
        let files = FunctionFiles::new(&bounds, tree.path().to_str().unwrap());
        assert_eq!(files.read("secret", at()), None);
        assert_eq!(files.read("b", at()).as_deref(), Some("a"));
        // Below a link to a folder there may be more than can be told.
        link(Path::new("."), "loop");
        assert_eq!(files.list("."), None);
    }
}
