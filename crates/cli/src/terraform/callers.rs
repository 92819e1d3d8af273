//! Which modules call which, and which read a file, found without reading any of them: what a change may concern.

#![allow(
    clippy::disallowed_methods,
    reason = "the command line is where files are read"
)]

use crate::files::real_folder;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The folders of modules that call one of these over any number of calls, among all folders that these files of
/// configurations lie in. All are paths as the system knows them.
///
/// A call is taken to be any text in quotes that is a path to another folder. That is too much at times, and then a
/// folder is read that need not be.
pub(crate) fn calling(called: &BTreeSet<PathBuf>, files: &[PathBuf]) -> BTreeSet<PathBuf> {
    let calls: Vec<(PathBuf, &Path)> = files
        .par_iter()
        .flat_map_iter(|file| {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            let folder = file.parent().unwrap_or(Path::new(""));
            let paths: BTreeSet<&str> = local_paths(&text).collect();
            let called: Vec<PathBuf> = paths.into_iter().map(|path| folder.join(path)).collect();
            called.into_iter().map(move |called| (called, folder))
        })
        .collect();
    // Many files name few folders.
    let mut real: BTreeMap<&Path, PathBuf> = BTreeMap::new();
    let mut callers: BTreeMap<&Path, BTreeSet<&Path>> = BTreeMap::new();
    for (called, _) in &calls {
        real.entry(called).or_insert_with(|| real_folder(called));
    }
    for (called, caller) in &calls {
        if let Some(called) = real.get(called.as_path()) {
            callers.entry(called).or_default().insert(caller);
        }
    }
    let mut found = BTreeSet::new();
    let mut pending: Vec<&Path> = called.iter().map(PathBuf::as_path).collect();
    while let Some(folder) = pending.pop() {
        for caller in callers.get(folder).into_iter().flatten() {
            if found.insert(caller.to_path_buf()) {
                pending.push(caller);
            }
        }
    }
    found
}

/// The folders of modules that may read one of these files by `file`, `templatefile` and the like, among all folders that
/// these files of configurations lie in: what stands in quotes ends in its name, or all files below the folder are
/// asked for (`fileset`).
pub(crate) fn reading(read: &BTreeSet<PathBuf>, files: &[PathBuf]) -> BTreeSet<PathBuf> {
    let names: BTreeSet<&str> = read
        .iter()
        .filter_map(|path| path.file_name()?.to_str())
        .collect();
    let folders = files.par_iter().filter_map(|file| {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let folder = file.parent()?;
        let mut pieces = text.split('"').filter_map(|piece| piece.rsplit('/').next());
        let is_below = || read.iter().any(|path| path.starts_with(folder));
        let reads =
            pieces.any(|name| names.contains(name)) || (text.contains("fileset(") && is_below());
        reads.then(|| folder.to_owned())
    });
    folders.collect()
}

/// What stands in quotes and begins as a path to another folder does.
fn local_paths(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').filter(|piece| {
        let is_path = piece.starts_with("./") || piece.starts_with("../") || *piece == "..";
        is_path && !piece.contains('\n')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_in_quotes() {
        let text =
            "module \"a\" {\n  source = \"./a\"\n}\n# \"../b//c\" \"x\" \"..\" \"...\" \"./\nd\"";
        let found: Vec<&str> = local_paths(text).collect();
        assert_eq!(found, ["./a", "../b//c", ".."]);
    }

    #[test]
    fn callers_of_callers() {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().canonicalize().unwrap();
        let at = |path: &str| top.join(path);
        for (path, text) in [
            (
                "live/prod/main.tf",
                "module \"n\" { source = \"../../modules/net\" }",
            ),
            (
                "live/dev/main.tf",
                "module \"o\" { source = \"../../modules/other\" }",
            ),
            (
                "modules/net/main.tf",
                "module \"s\" { source = \"./subnets\" }",
            ),
            (
                "modules/net/subnets/main.tf",
                "module \"back\" { source = \"../\" }",
            ),
            ("modules/other/main.tf", ""),
        ] {
            let path = at(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let files = ["live/prod", "live/dev", "modules/net", "modules/other"];
        let files = files.iter().chain(&["modules/net/subnets"]);
        let files: Vec<PathBuf> = files.map(|one| at(&format!("{one}/main.tf"))).collect();
        let found = calling(&[at("modules/net/subnets")].into(), &files);
        let expected = ["live/prod", "modules/net", "modules/net/subnets"];
        assert_eq!(found, expected.map(at).into());
        assert_eq!(calling(&[at("live/prod")].into(), &files), BTreeSet::new());
    }

    #[test]
    fn readers() {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().canonicalize().unwrap();
        let write = |(at, text): (usize, &str)| {
            let path = top.join(at.to_string()).join("main.tf");
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
            path
        };
        let texts = [
            "a = file(\"${path.module}/policies/a.json\")",
            "a = file(\"a.json\") # \"",
            "a = file(\"data.json\")",
            "a = fileset(path.module, \"*\")",
            "a = \"${lookup(local.x, \"a\")}/a.json\"",
        ];
        let files: Vec<PathBuf> = texts.into_iter().enumerate().map(write).collect();
        let found = |read: &str| {
            let folders = reading(&[top.join(read)].into(), &files);
            let names = folders.iter().filter_map(|one| one.file_name());
            let names: Vec<_> = names
                .map(|one| one.to_string_lossy().into_owned())
                .collect();
            names.join(" ")
        };
        assert_eq!(found("x/a.json"), "0 1 4");
        assert_eq!(found("3/x/b.json"), "3");
        assert_eq!(found("README.md"), "");
    }
}
