//! The Terraform configurations below a folder, in memory.

use pillarlint_parser::source::FileId;
use pillarlint_parser::terraform::{self, Call, File, Folder, Folders};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Texts of configuration files, by path.
pub(crate) fn texts(root: &Path) -> Vec<(String, String)> {
    let mut texts: Vec<(String, String)> = ignore::Walk::new(root)
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let path = entry.path().to_string_lossy().into_owned();
            let extensions = [".tf", ".tofu", ".tf.json", ".tofu.json"];
            if !extensions.iter().any(|one| path.ends_with(one)) {
                return None;
            }
            Some((path, std::fs::read_to_string(entry.path()).ok()?))
        })
        .collect();
    texts.sort();
    texts
}

/// All modules, by path. Calls lead to those that are local.
pub(crate) struct Modules<'s>(BTreeMap<String, Folder<'s>>);

/// Reads the texts.
pub(crate) fn modules(texts: &[(String, String)]) -> Modules<'_> {
    let mut modules: BTreeMap<String, Folder<'_>> = BTreeMap::new();
    for (file, (path, text)) in (0..).map(FileId).zip(texts) {
        let folder = path.rsplit_once('/').map_or(".", |(folder, _)| folder);
        let module = modules.entry(folder.to_owned()).or_default();
        module.path = folder.to_owned();
        module.files.push(File::read(file, path, text));
    }
    for module in modules.values_mut() {
        module
            .files
            .sort_by_key(|file| terraform::is_override(&file.path));
    }
    Modules(modules)
}

impl<'s> Modules<'s> {
    fn local(&self, caller: &str, source: &str) -> Option<&Folder<'s>> {
        let mut parts: Vec<&str> = caller.split('/').collect();
        for part in source.split('/') {
            match part {
                "." | "" => {}
                ".." => {
                    parts.pop();
                }
                part => parts.push(part),
            }
        }
        self.0.get(&parts.join("/"))
    }

    /// The modules that no other one calls.
    pub(crate) fn roots(&self) -> Vec<&Folder<'s>> {
        let mut called = BTreeSet::new();
        for module in self.0.values() {
            for (source, _) in module.files.iter().flat_map(File::calls) {
                if let Some(target) = self.local(&module.path, source) {
                    called.insert(target.path.clone());
                }
            }
        }
        let modules = self.0.values();
        modules.filter(|one| !called.contains(&one.path)).collect()
    }
}

impl<'s> Folders<'s> for Modules<'s> {
    fn called(&self, call: &Call<'_, 's>) -> Result<&Folder<'s>, String> {
        let is_local = call.source.starts_with("./") || call.source.starts_with("../");
        let found = is_local.then(|| self.local(&call.caller.path, call.source));
        found.flatten().ok_or_else(|| "is not here".to_owned())
    }
}
