//! The checked tree: what configurations may make the program read.
//!
//! What a checked folder names (a module's `source`, `file("…")`, a link) is not to be trusted: a line of what is read
//! may be printed.

use crate::files::{self, Content};
use pillarlint_parser::source::decode;
use std::path::{Component, Path, PathBuf};

/// The folders that hold everything that may be read, as the system knows them: links followed.
#[derive(Debug)]
pub(crate) struct Bounds(Vec<PathBuf>);

/// Why a path may not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outside {
    /// There is nothing.
    Nothing,
    /// It lies, or leads, out of the tree.
    Beyond,
}

impl Outside {
    /// What is said of it, to stand behind its name.
    pub(crate) fn why(self) -> &'static str {
        match self {
            Self::Nothing => "is not there",
            Self::Beyond => "leads out of the checked tree",
        }
    }
}

impl Bounds {
    /// The tree around the arguments of a run. Around each that is the repository that it lies in, else the current
    /// folder, else what holds all arguments.
    pub(crate) fn around(arguments: &[PathBuf]) -> Self {
        let folders: Vec<PathBuf> = arguments
            .iter()
            .filter_map(|path| folder_of(path))
            .collect();
        let current = std::env::current_dir().and_then(std::fs::canonicalize).ok();
        let common = folders.iter().cloned().reduce(|a, b| common(&a, &b));
        let around = |folder: &PathBuf| {
            let repository = folder.ancestors().find(|above| above.join(".git").exists());
            let current = current
                .as_deref()
                .filter(|current| folder.starts_with(current));
            let wide = repository.or(current).or(common.as_deref());
            // The whole system is no tree of anybody's.
            wide.filter(|wide| wide.parent().is_some())
                .map_or_else(|| folder.clone(), Path::to_path_buf)
        };
        let mut bounds: Vec<PathBuf> = folders.iter().map(around).collect();
        bounds.sort();
        bounds.dedup();
        Self(bounds)
    }

    /// What a path leads to, where that lies in the tree.
    pub(crate) fn inside(&self, path: &str) -> Result<PathBuf, Outside> {
        let path = std::fs::canonicalize(path).map_err(|_| Outside::Nothing)?;
        let is_inside = self.0.iter().any(|folder| {
            // What git keeps is no part of what is checked in, and may hold credentials.
            path.strip_prefix(folder).is_ok_and(|below| {
                let mut parts = below.components();
                parts.all(|part| part != Component::Normal(".git".as_ref()))
            })
        });
        is_inside.then_some(path).ok_or(Outside::Beyond)
    }

    /// The text of a file in the tree.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub(crate) fn text(&self, path: &str) -> Result<String, String> {
        // What a link in a checked folder leads to may be printed.
        let real = self.inside(path).map_err(|outside| outside.why())?;
        let bytes = files::read(Content::Disk(real))?;
        decode(bytes).map_err(|error| error.to_string())
    }
}

/// The folder that an argument is, or that it lies in.
fn folder_of(argument: &Path) -> Option<PathBuf> {
    let path = if argument.as_os_str() == "-" {
        Path::new(".")
    } else {
        argument
    };
    if path.is_dir() {
        return std::fs::canonicalize(path).ok();
    }
    // Not where a link leads: who names a file means the folder that he sees it in.
    let folder = path.parent()?;
    let here = folder.as_os_str().is_empty();
    std::fs::canonicalize(if here { Path::new(".") } else { folder }).ok()
}

fn common(a: &Path, b: &Path) -> PathBuf {
    let pairs = a.components().zip(b.components());
    pairs.take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
}
