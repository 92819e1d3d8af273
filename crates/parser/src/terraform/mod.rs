//! Terraform configurations become projects: HCL is parsed, its expressions are evaluated as Terraform would before
//! an apply, and every resource of the root module and of the modules that it calls is lowered.

mod address;
pub mod block;
mod body;
mod data;
mod declared;
mod document;
mod evaluate;
mod expand;
pub mod functions;
pub mod given;
pub mod hcl;
mod module;
pub mod places;
pub mod plan;
mod policy_document;
mod provider;
mod references;
mod resource;
mod test;
mod touched;
pub mod types;
pub mod value;

use crate::json;
use crate::model::Project;
use crate::source::{FileId, Span};
use crate::tree::{Level, Node, Problem};
use block::Arguments;
pub use declared::is_override;
pub use functions::Files;
use hcl_edit::structure::Body;
use std::collections::HashMap;

/// A file of a module, read.
#[derive(Debug)]
pub struct File<'s> {
    /// Its id.
    pub file: FileId,
    /// Its path, as it is shown.
    pub path: String,
    /// Its text.
    pub text: &'s str,
    /// What it says.
    pub(crate) content: Content<'s>,
    /// Where comments stand, in order.
    pub comments: Vec<Span>,
    /// The parts that could not be read, in order.
    pub unread: Vec<Span>,
    /// What was wrong.
    pub problems: Vec<Problem>,
}

/// What a file says.
#[derive(Debug)]
pub(crate) enum Content<'s> {
    /// `.tf`, `.tofu`
    Hcl(Body),
    /// `.tf.json`, `.tofu.json`; nothing where there is no value at all.
    Json(Option<Node<'s>>),
}

impl<'s> File<'s> {
    /// Reads a file's text; the path tells in which of the two syntaxes it is.
    pub fn read(file: FileId, path: &str, text: &'s str) -> Self {
        let (content, comments, unread, problems) = if path.ends_with(".json") {
            let parsed = json::parse(file, text);
            let is_broken = parsed.problems.iter().any(|one| one.level == Level::Error);
            let unread = is_broken.then(|| Span::new(file, 0, text.len()));
            let root = parsed.documents.into_iter().next();
            (
                Content::Json(root),
                Vec::new(),
                unread.into_iter().collect(),
                parsed.problems,
            )
        } else {
            let parsed = hcl::parse(file, text);
            (
                Content::Hcl(parsed.body),
                parsed.comments,
                parsed.unread,
                parsed.problems,
            )
        };
        Self {
            file,
            path: path.to_owned(),
            text,
            content,
            comments,
            unread,
            problems,
        }
    }

    /// The tree of a file in JSON.
    pub fn json(&self) -> Option<&Node<'s>> {
        match &self.content {
            Content::Json(root) => root.as_ref(),
            Content::Hcl(_) => None,
        }
    }

    /// The place of a part of the file.
    fn span(&self, part: &impl hcl_edit::Span) -> Span {
        hcl::span_of(self.file, part)
    }

    /// Whether a part of it could not be read.
    fn is_broken(&self) -> bool {
        !self.unread.is_empty()
    }

    /// The module calls: source and name, where the source is plainly written.
    pub fn calls(&self) -> Vec<(&str, &str)> {
        let (_, blocks) = body::top(self);
        blocks
            .iter()
            .filter(|block| block.name == "module")
            .filter_map(|block| Some((block.attribute("source")?.literal()?, block.label(0))))
            .collect()
    }
}

/// A module: all files of a folder.
#[derive(Debug, Default)]
pub struct Folder<'s> {
    /// The folder's path, as it is shown.
    pub path: String,
    /// Its files, sorted by name, override files last.
    pub files: Vec<File<'s>>,
    /// Whether `terraform init` fetched it, so that it is not its caller's author who can change it.
    pub downloaded: bool,
}

/// The folders that module calls may lead to.
pub trait Folders<'s> {
    /// The folder that a call means, or why it is not at hand (in lower case, to stand behind the call's name).
    ///
    /// # Errors
    /// Where the folder is not there, or must not be read.
    fn called(&self, call: &Call<'_, 's>) -> Result<&Folder<'s>, String>;
}

/// A module call.
#[derive(Debug, Clone, Copy)]
pub struct Call<'c, 's> {
    /// The root module of the run.
    pub root: &'c Folder<'s>,
    /// The module that calls.
    pub caller: &'c Folder<'s>,
    /// The call's `source`.
    pub source: &'c str,
    /// The names of the calls from the root to this one, joined with dots (`network.subnets`): the key in
    /// `modules.json`.
    pub key: &'c str,
}

/// What a run is given beside the files.
pub struct Options<'o> {
    /// Values of the root module's variables, by name.
    pub variables: HashMap<String, Node<'static>>,
    /// What is known of the arguments of resources.
    pub arguments: &'o dyn Arguments,
    /// The files that functions may read.
    pub files: &'o dyn Files,
    /// The name of the workspace.
    pub workspace: &'o str,
}

/// The project of a root module: everything that it declares and calls.
pub fn lower<'m, 's>(
    root: &'m Folder<'s>,
    folders: &'m dyn Folders<'s>,
    options: &'m Options<'m>,
) -> Project<'s> {
    module::lower(root, folders, options)
}

/// No files: what functions read is unknown.
#[derive(Debug, Clone, Copy)]
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &str, _: Span) -> Option<std::borrow::Cow<'_, str>> {
        None
    }

    fn list(&self, _: &str) -> Option<Vec<String>> {
        None
    }
}
