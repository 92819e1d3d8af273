//! Paths as other programs take them.

/// A path from the folder that the run was started in, where it lies below that.
pub(super) fn relative<'p>(path: &'p str, folder: &str) -> &'p str {
    let below = path.strip_prefix(folder.trim_end_matches('/'));
    below
        .and_then(|rest| rest.strip_prefix('/'))
        .filter(|rest| !folder.is_empty() && !rest.is_empty())
        .unwrap_or(path)
}

/// Whether a path lies below the folder that it is given from.
pub(super) fn is_below(path: &str) -> bool {
    !path.starts_with('/') && !has_drive(path) && !path.split('/').any(|part| part == "..")
}

/// Whether a path begins as absolute ones do on Windows.
fn has_drive(path: &str) -> bool {
    path.get(1..3) == Some(":/")
}

/// A path as a URI reference (RFC 3986): relative as it is, absolute with the scheme `file`.
pub(crate) fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    if path.starts_with('/') {
        out.push_str("file://");
    } else if has_drive(path) {
        out.push_str("file:///");
    }
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_below_the_folder_are_relative() {
        for (path, folder, expected) in [
            ("a.yaml", "/srv", "a.yaml"),
            ("/srv/a.yaml", "/srv", "a.yaml"),
            ("/a.yaml", "/", "a.yaml"),
            ("/workshop/a.yaml", "/srv", "/workshop/a.yaml"),
            ("/srv", "/srv", "/srv"),
            ("../a.yaml", "/srv", "../a.yaml"),
            ("/a.yaml", "", "/a.yaml"),
            ("C:/srv/a.yaml", "C:/srv", "a.yaml"),
        ] {
            assert_eq!(relative(path, folder), expected, "{path} from {folder}");
        }
    }

    #[test]
    fn uris() {
        for (path, is_inside, expected) in [
            ("a b/ü#?.yaml", true, "a%20b/%C3%BC%23%3F.yaml"),
            ("a:b.yaml", true, "a%3Ab.yaml"),
            ("C:/a.yaml", false, "file:///C%3A/a.yaml"),
            ("%.yaml", true, "%25.yaml"),
            ("/srv/a.yaml", false, "file:///srv/a.yaml"),
            ("../a.yaml", false, "../a.yaml"),
            ("<stdin>", true, "%3Cstdin%3E"),
            ("a\\b\n.yaml", true, "a%5Cb%0A.yaml"),
        ] {
            assert_eq!(uri(path), expected, "{path}");
            assert_eq!(is_below(path), is_inside, "{path}");
        }
    }
}
