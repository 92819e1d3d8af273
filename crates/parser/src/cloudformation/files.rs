//! The files that a template may name. Reading them is left to whoever calls.

use crate::source::FileId;
use crate::tree::Node;

/// Where documents are found.
pub trait Files<'s> {
    /// What a path leads to from the folder of a file.
    ///
    /// # Errors
    /// Why there is none, to stand behind the path ("is not there").
    fn document(&self, from: FileId, path: &str) -> Result<Document<'s>, String>;
}

/// A document that was read.
pub struct Document<'s> {
    /// Its file.
    pub file: FileId,
    /// The text of the file.
    pub text: &'s str,
    /// What it says.
    pub root: Node<'s>,
}

/// No file at all.
pub struct NoFiles;

impl<'s> Files<'s> for NoFiles {
    fn document(&self, _: FileId, _: &str) -> Result<Document<'s>, String> {
        Err("is not read".to_owned())
    }
}

/// Whether a location is a path, as it stands in a template before it is packaged.
/// <https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html>
pub(super) fn is_path(location: &str) -> bool {
    !location.is_empty() && !location.contains("://") && !location.contains("{{")
}
