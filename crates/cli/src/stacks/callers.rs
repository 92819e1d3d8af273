//! Which templates name which files, found without reading any of them as a template: what a change may concern.

#![allow(
    clippy::disallowed_methods,
    reason = "the command line is where files are read"
)]

use crate::files::{EXTENSIONS, real};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What stands in every template that names other files: nested stacks, those of SAM and of the CDK, what is included.
const MARKS: [&str; 4] = [
    "TemplateURL",
    "AWS::Serverless::Application",
    "aws:asset:path",
    "AWS::Include",
];

/// The templates that name one of these files over any number of others, among all files that may be templates. All are
/// paths as the system knows them.
///
/// Any text that ends as the name of a template does is taken for a path. A path that functions make is not found.
pub(crate) fn naming(named: &BTreeSet<PathBuf>, files: &[PathBuf]) -> BTreeSet<PathBuf> {
    let pairs: Vec<(PathBuf, &Path)> = files
        .par_iter()
        .flat_map_iter(|file| {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            let is_marked = MARKS.iter().any(|mark| text.contains(mark));
            let folder = file.parent().unwrap_or(Path::new(""));
            let paths: BTreeSet<&str> = match is_marked {
                true => paths(&text).collect(),
                false => BTreeSet::new(),
            };
            let places: Vec<PathBuf> = paths.into_iter().map(|path| folder.join(path)).collect();
            places.into_iter().map(move |place| (place, file.as_path()))
        })
        .collect();
    let mut callers: BTreeMap<PathBuf, BTreeSet<&Path>> = BTreeMap::new();
    for (place, caller) in pairs {
        callers.entry(real(&place)).or_default().insert(caller);
    }
    let mut found = BTreeSet::new();
    let mut pending: Vec<&Path> = named.iter().map(PathBuf::as_path).collect();
    while let Some(file) = pending.pop() {
        for caller in callers.get(file).into_iter().flatten() {
            if found.insert(caller.to_path_buf()) {
                pending.push(caller);
            }
        }
    }
    found
}

/// What may be a path of a template in a text.
fn paths(text: &str) -> impl Iterator<Item = &str> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '{' | '}' | '[' | ']');
    text.split(ends).filter(|piece| {
        let extension = piece.rsplit_once('.').map(|(_, extension)| extension);
        extension.is_some_and(|one| EXTENSIONS.contains(&one)) && !piece.contains("://")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_in_templates() {
        let text = "TemplateURL: ./a/b.yaml # c.json,\n{\"TemplateURL\": \"d.template\", x: [e.yml]} https://x/f.yaml .g";
        let found: Vec<&str> = paths(text).collect();
        assert_eq!(found, ["./a/b.yaml", "c.json", "d.template", "e.yml"]);
    }

    #[test]
    fn templates_that_name_others() {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().canonicalize().unwrap();
        let at = |path: &str| top.join(path);
        for (path, text) in [
            ("root.yaml", "TemplateURL: stacks/net.yaml"),
            ("stacks/net.yaml", "TemplateURL: ../leaf.json"),
            ("leaf.json", "{}"),
            ("words.yaml", "see stacks/net.yaml"),
        ] {
            let path = at(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let files = ["root.yaml", "stacks/net.yaml", "leaf.json", "words.yaml"].map(at);
        let found = naming(&[at("leaf.json")].into(), &files);
        assert_eq!(found, ["root.yaml", "stacks/net.yaml"].map(at).into());
        assert_eq!(naming(&[at("root.yaml")].into(), &files), BTreeSet::new());
    }
}
