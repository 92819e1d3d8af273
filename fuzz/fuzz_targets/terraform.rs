//! Any text as a module: evaluating it never panics and ends, and every place fits. What stands behind a line
//! `# module` is a module that every call leads to, and the file that every function reads.

#![no_main]

#[path = "../../crates/parser/tests/support/lowered.rs"]
mod lowered;

use libfuzzer_sys::fuzz_target;
use pillarlint_parser::source::{FileId, Span};
use pillarlint_parser::terraform::block::Arguments;
use pillarlint_parser::terraform::{self, Call, File, Files, Folder, Folders, Options};
use std::borrow::Cow;
use std::collections::HashMap;

struct Single;

impl Arguments for Single {
    fn is_single(&self, _: &str, path: &[&str]) -> bool {
        path.len() % 2 == 0
    }

    fn is_block(&self, _: &str, path: &[&str]) -> bool {
        path.last().is_some_and(|name| name.len() % 2 == 0)
    }

    fn has(&self, _: &str, _: &str) -> bool {
        true
    }
}

struct Called<'s>(Folder<'s>);

impl<'s> Folders<'s> for Called<'s> {
    fn called(&self, _: &Call<'_, 's>) -> Result<&Folder<'s>, String> {
        Ok(&self.0)
    }
}

struct OneFile<'s>(&'s str);

impl Files for OneFile<'_> {
    fn read(&self, _: &str, _: Span) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(self.0))
    }

    fn list(&self, _: &str) -> Option<Vec<String>> {
        Some(vec!["a".to_owned(), "b/c".to_owned()])
    }
}

fn folder<'s>(path: &str, file: File<'s>) -> Folder<'s> {
    Folder {
        path: path.to_owned(),
        files: vec![file],
        downloaded: false,
    }
}

fuzz_target!(|text: &str| {
    let (root, called) = text.split_once("\n# module\n").unwrap_or((text, ""));
    let path = if text.starts_with('{') { "main.tf.json" } else { "main.tf" };
    let root_folder = folder(".", File::read(FileId(0), path, root));
    let called_folder = Called(folder("m", File::read(FileId(1), "main.tf", called)));
    let files = OneFile(called);
    let options = Options {
        variables: HashMap::new(),
        arguments: &Single,
        files: &files,
        workspace: "default",
    };
    let project = terraform::lower(&root_folder, &called_folder, &options);
    lowered::check_spans(&project, &[root, called]);
});
