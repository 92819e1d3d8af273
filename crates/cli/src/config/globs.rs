//! Patterns for paths, as in `.gitignore`.

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::path::Path;

/// Patterns, of which the last that matches decides.
#[derive(Debug)]
pub(crate) struct Globs(Gitignore);

impl Globs {
    /// The patterns behind texts.
    ///
    /// # Errors
    /// What a text should be that is no pattern.
    pub(crate) fn new<'t>(texts: impl IntoIterator<Item = &'t str>) -> Result<Self, String> {
        let mut builder = GitignoreBuilder::new(".");
        builder.allow_unclosed_class(false);
        for text in texts {
            // In a configuration, `./a` is what people write for the folder that it lies in.
            let text = text.trim();
            let text = match text.strip_prefix("./") {
                Some(rest) => format!("/{rest}"),
                None => text.to_owned(),
            };
            if text.starts_with('#') || text.split('/').any(|part| part == "..") {
                return Err(
                    "a pattern for paths below this folder (`#` is written `\\#`)".to_owned(),
                );
            }
            builder
                .add_line(None, &text)
                .map_err(|_| "a pattern as in `.gitignore`".to_owned())?;
        }
        let globs = builder.build();
        globs
            .map(Self)
            .map_err(|_| "fewer or simpler patterns".to_owned())
    }

    /// What the patterns say of a path, told from their folder; nothing where none matches.
    pub(crate) fn matches(&self, path: &Path, is_folder: bool) -> Option<bool> {
        said(self.0.matched(path, is_folder))
    }

    /// What they say of a path, or else of the nearest folder around it.
    pub(crate) fn hold(&self, path: &Path, is_folder: bool) -> Option<bool> {
        said(self.0.matched_path_or_any_parents(path, is_folder))
    }
}

fn said<T>(found: Match<T>) -> Option<bool> {
    match found {
        Match::None => None,
        Match::Ignore(_) => Some(true),
        Match::Whitelist(_) => Some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_those_of_gitignore() {
        for (patterns, path, expected) in [
            ("generated/", "generated/a.yaml", Some(true)),
            ("generated/", "a/generated/b/c.yaml", Some(true)),
            ("generated/", "generated", None),
            ("/generated/", "a/generated/b.yaml", None),
            ("./generated/", "generated/b.yaml", Some(true)),
            ("./generated/", "a/generated/b.yaml", None),
            ("*.json", "a/b.json", Some(true)),
            ("*.json", "a/b.yaml", None),
            ("live/prod", "live/prod/main.tf", Some(true)),
            ("live/prod", "a/live/prod/main.tf", None),
            ("live/**", "live/prod/main.tf", Some(true)),
            ("live/*/main.tf", "live/prod/main.tf", Some(true)),
            ("live/*/main.tf", "live/prod/eu/main.tf", None),
            ("a/**/b.yaml", "a/b.yaml", Some(true)),
            ("*.json !keep.json", "a/keep.json", Some(false)),
            ("!keep.json *.json", "a/keep.json", Some(true)),
        ] {
            let globs = Globs::new(patterns.split(' ')).unwrap();
            assert_eq!(
                globs.hold(Path::new(path), false),
                expected,
                "{patterns} {path}"
            );
        }
        for pattern in ["#a", "../a", "a/../b", "a[", "{a"] {
            assert!(Globs::new([pattern]).is_err(), "{pattern}");
        }
    }
}
