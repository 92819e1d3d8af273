//! Which rules a suppression names, in our words or in those of another tool.

use super::Source;
use crate::ruleset::{Rule, Ruleset};
use crate::selector::{self, is_named};
use std::collections::BTreeMap;

/// What a name means: whether it stands for each rule; or, where it stands for none, what it may have been meant for.
type Meaning = Result<Vec<bool>, Option<String>>;

/// What names mean. Few names stand in many places, and each is looked up once.
pub(super) struct Meanings<'r> {
    pub(super) rules: &'r Ruleset,
    known: BTreeMap<Source, BTreeMap<String, Meaning>>,
}

impl<'r> Meanings<'r> {
    pub(super) fn new(rules: &'r Ruleset) -> Self {
        Self {
            rules,
            known: BTreeMap::new(),
        }
    }

    /// What a name means in a suppression that is written so.
    pub(super) fn of(&mut self, text: &str, source: Source) -> Meaning {
        let of_source = self.known.entry(source).or_default();
        if let Some(known) = of_source.get(text) {
            return known.clone();
        }
        let meaning = meaning(text, source, self.rules);
        of_source.insert(text.to_owned(), meaning.clone());
        meaning
    }
}

fn meaning(text: &str, source: Source, rules: &Ruleset) -> Meaning {
    let matching = |is_meant: &dyn Fn(&Rule) -> bool| {
        let matches: Vec<bool> = rules.rules.iter().map(is_meant).collect();
        if matches.contains(&true) {
            Ok(matches)
        } else {
            Err(None)
        }
    };
    match source {
        Source::Comment | Source::Metadata | Source::Configuration => {
            let selector = selector::parse(text, rules).map_err(|error| error.suggestion)?;
            Ok((0..rules.rules.len())
                .map(|rule| selector.holds(rule))
                .collect())
        }
        // What these tools check themselves, all of it or some.
        Source::Tfsec | Source::Trivy => matching(&|rule| {
            let mut ids = rule.header.aliases.iter();
            // `AVD-` has become optional; the long ids of tfsec are known to both.
            ids.any(
                |id| match (id.strip_prefix("AVD-"), id.strip_prefix("tfsec:")) {
                    (Some(short), _) => is_like(text, id) || is_like(text, short),
                    (_, Some(long)) => is_like(text, long),
                    _ => false,
                },
            )
        }),
        _ => matching(&|rule| is_named(rule, text)),
    }
}

/// Whether a text is what a pattern says, whatever the case; `*` stands for any text.
fn is_like(pattern: &str, text: &str) -> bool {
    holds_pattern(&pattern.to_ascii_lowercase(), &text.to_ascii_lowercase())
}

/// Whether a text is what a pattern says; `*` stands for any text.
pub(super) fn holds_pattern(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(first) else {
        return false;
    };
    // Each part as early as it can be, but for the last, which is the end.
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return text.ends_with(part);
        }
        let Some(at) = text.find(part) else {
            return false;
        };
        text = &text[at + part.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::holds_pattern;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, expected) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("*", "", true),
            ("*", "module.a.b[\"c\"]", true),
            ("module.a.*", "module.a.aws_s3_bucket.b", true),
            ("module.a.*", "module.ab.aws_s3_bucket.b", false),
            ("module.*.b", "module.a.b", true),
            ("module.*.b", "module.a.b.c", false),
            ("*.b*", "a.b", true),
            ("a*b*b", "ab", false),
            ("a*b*b", "abb", true),
            ("a*a", "a", false),
            ("x[\"*\"]", "x[\"eu\"]", true),
            ("x[0]", "x[0]", true),
        ] {
            assert_eq!(holds_pattern(pattern, text), expected, "{pattern} {text}");
        }
    }
}
