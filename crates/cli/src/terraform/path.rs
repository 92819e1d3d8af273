//! Paths as they are shown: with `/`, and told apart by their text alone.

/// The folder that a path lies in.
pub(crate) fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) => "/",
        Some((folder, _)) => folder,
        None => ".",
    }
}

/// The last part of a path.
pub(super) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A path as seen from a folder, without `.` and, where it can be told, without `..`.
pub(crate) fn joined(folder: &str, path: &str) -> String {
    let is_rooted = folder.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if is_rooted => {}
            part => parts.push(part),
        }
    }
    match (is_rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined() {
        for (folder, path, expected) in [
            (".", "./modules/a", "modules/a"),
            ("live/prod", "../../modules/a", "modules/a"),
            (".", "../shared", "../shared"),
            ("../a", "../../b", "../../b"),
            ("/srv/live", "../modules", "/srv/modules"),
            ("/", "../../etc", "/etc"),
            ("/", "a", "/a"),
            ("a", "./", "a"),
            ("a", "..", "."),
        ] {
            assert_eq!(joined(folder, path), expected, "{folder} {path}");
        }
    }

    #[test]
    fn paths_are_split() {
        for (path, folder, last) in [
            ("main.tf", ".", "main.tf"),
            ("a/b/main.tf", "a/b", "main.tf"),
            ("/main.tf", "/", "main.tf"),
        ] {
            assert_eq!((parent(path), name(path)), (folder, last), "{path}");
        }
    }
}
