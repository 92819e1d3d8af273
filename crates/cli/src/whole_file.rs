//! Files that are written as a whole or not at all: a report or a baseline that breaks off would be read as one that
//! found less.

#![allow(
    clippy::disallowed_methods,
    reason = "the command line is where files are written"
)]

use crate::files;
use std::io::{self, Write};
use std::path::Path;

/// Writes a file: what was there stays until all of the new is. What is no file, as a pipe or a device, is written to.
///
/// # Errors
/// Why it could not be written.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(format!("there is no folder {}", folder.display()));
    }
    let written = match std::fs::metadata(path) {
        Ok(known) if !known.is_file() => std::fs::write(path, bytes),
        // A link stays one, and a file that may not be written to stays as it is.
        Ok(known) => std::fs::canonicalize(path).and_then(|path| {
            std::fs::OpenOptions::new().write(true).open(&path)?;
            replace(&path, bytes, Some(known.permissions()))
        }),
        Err(_) => replace(path, bytes, None),
    };
    written.map_err(|error| files::why(&error))
}

fn replace(path: &Path, bytes: &[u8], permissions: Option<std::fs::Permissions>) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.new", std::process::id()));
    let mut file = std::fs::File::create_new(&beside)?;
    let written = file.write_all(bytes).and_then(|()| match permissions {
        Some(permissions) => file.set_permissions(permissions),
        None => Ok(()),
    });
    drop(file);
    written
        .and_then(|()| std::fs::rename(&beside, path))
        .inspect_err(|_| drop(std::fs::remove_file(&beside)))
}

#[cfg(all(test, unix))]
mod tests {
    use super::write;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn what_is_there_is_replaced_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a"), "old").unwrap();
        fs::set_permissions(path("a"), fs::Permissions::from_mode(0o640)).unwrap();
        // Whoever has the old one open still reads all of it.
        fs::hard_link(path("a"), path("opened")).unwrap();
        symlink("a", path("link")).unwrap();

        write(&path("link"), b"new").unwrap();
        assert_eq!(fs::read_to_string(path("a")).unwrap(), "new");
        assert_eq!(fs::read_to_string(path("opened")).unwrap(), "old");
        assert!(path("link").is_symlink());
        let mode = fs::metadata(path("a")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);

        write(&path("b"), b"first").unwrap();
        assert_eq!(fs::read_to_string(path("b")).unwrap(), "first");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4);
    }

    #[test]
    fn refusals() {
        let folder = tempfile::tempdir().unwrap();
        let refused = write(&folder.path().join("no/a"), b"").unwrap_err();
        assert!(refused.starts_with("there is no folder "), "{refused}");
        assert_eq!(write(folder.path(), b"").unwrap_err(), "is a directory");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
