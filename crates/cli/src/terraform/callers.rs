//! Which modules call which, found without reading any of them: what a change may concern.

#![allow(
    clippy::disallowed_methods,
    reason = "the command line is where files are read"
)]

use super::path::{joined, parent};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// The folders, and those of which a module may call one of them, over any number of calls; among all folders that
/// these files of configurations lie in.
///
/// A call is taken to be any text in quotes that is a path to another folder. That is too much at times, and then a
/// folder is read that need not be.
pub(crate) fn with_callers(changed: BTreeSet<String>, files: &[&str]) -> BTreeSet<String> {
    let calls: Vec<(String, String)> = files
        .par_iter()
        .flat_map_iter(|path| {
            let text = std::fs::read_to_string(path).unwrap_or_default();
            let folder = parent(path);
            let called = local_paths(&text).map(|called| joined(folder, called));
            let called: BTreeSet<String> = called.collect();
            called
                .into_iter()
                .map(move |called| (called, joined(folder, "")))
        })
        .collect();
    let mut callers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (called, caller) in calls {
        callers.entry(called).or_default().insert(caller);
    }
    let mut found = BTreeSet::new();
    let mut pending: Vec<String> = changed.into_iter().collect();
    while let Some(folder) = pending.pop() {
        if let Some(callers) = callers.get(&folder) {
            pending.extend(callers.iter().filter(|one| !found.contains(*one)).cloned());
        }
        found.insert(folder);
    }
    found
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
        let at = |path: &str| format!("{}/{path}", folder.path().to_string_lossy());
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
            std::fs::create_dir_all(parent(&path)).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let files: Vec<String> = [
            "live/prod",
            "live/dev",
            "modules/net",
            "modules/net/subnets",
            "modules/other",
        ]
        .map(|one| at(&format!("{one}/main.tf")))
        .to_vec();
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        let found = with_callers([at("modules/net/subnets")].into(), &files);
        let expected: Vec<String> = ["live/prod", "modules/net", "modules/net/subnets"]
            .map(at)
            .to_vec();
        assert_eq!(found.into_iter().collect::<Vec<_>>(), expected);
    }
}
