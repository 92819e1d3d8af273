//! Addresses and references, part by part: `module.vpc["a"].aws_subnet.public[0].id`.
//!
//! <https://developer.hashicorp.com/terraform/cli/state/resource-addressing>

/// A name with the keys behind it: `public[0]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part<'t> {
    /// The name.
    pub(super) name: &'t str,
    /// The keys as they are written, brackets included; empty where there are none.
    pub(super) key: &'t str,
    /// Where the name begins in the text.
    pub(super) start: usize,
    /// Where the keys end in the text.
    pub(super) end: usize,
}

impl Part<'_> {
    /// Where the name ends in the text.
    pub(super) fn name_end(&self) -> usize {
        self.start + self.name.len()
    }
}

/// The parts of an address, in order. A text that is no address gives whatever stands between its dots.
pub(super) fn parts(text: &str) -> impl Iterator<Item = Part<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let name = rest.split(['.', '[']).next().unwrap_or(rest);
        let keys = keys_length(&rest[name.len()..]);
        let part = Part {
            name,
            key: &rest[name.len()..name.len() + keys],
            start: at,
            end: at + name.len() + keys,
        };
        at = part.end;
        if text[at..].starts_with('.') {
            at += 1;
        } else if part.end == part.start {
            // Nothing of an address: go on to the end.
            at = text.len();
        }
        Some(part)
    })
}

/// How long the keys are that a text begins with: `["a"][0]`.
fn keys_length(text: &str) -> usize {
    let mut at = 0;
    while text[at..].starts_with('[') {
        let mut quoted = false;
        let mut escaped = false;
        let close = text[at..].char_indices().find(|(_, character)| {
            let is_end = *character == ']' && !quoted;
            match character {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                _ => {}
            }
            is_end
        });
        match close {
            Some((close, _)) => at += close + 1,
            // A key without an end.
            None => return text.len(),
        }
    }
    at
}

/// The module calls that an address begins with, and what follows them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Address<'t> {
    /// The calls, outermost first.
    pub(super) calls: Vec<Part<'t>>,
    /// What is meant in the innermost module, without its keys: `aws_subnet.public`.
    pub(super) resource: &'t str,
    /// Its keys, brackets included.
    pub(super) key: &'t str,
}

/// Splits the address of a resource.
pub(super) fn split(text: &str) -> Address<'_> {
    let mut address = Address::default();
    let mut parts = parts(text).peekable();
    while parts.peek().is_some_and(|part| part.name == "module") {
        parts.next();
        address.calls.extend(parts.next());
    }
    if let (Some(kind), Some(name)) = (parts.next(), parts.next()) {
        address.resource = &text[kind.start..name.name_end()];
        address.key = name.key;
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_into_parts() {
        for (text, expected) in [
            ("aws_s3_bucket.b.id", "aws_s3_bucket|b|id"),
            ("aws_s3_bucket.b[0].id", "aws_s3_bucket|b [0]|id"),
            (r#"module.m["a.b]c\"d"].x"#, r#"module|m ["a.b]c\"d"]|x"#),
            ("a[0][\"k\"].b", "a [0][\"k\"]|b"),
            ("each.value", "each|value"),
            ("a[", "a ["),
            ("", ""),
            (".", ""),
            ("a..b", "a||b"),
            ("a]b.c", "a]b|c"),
            ("ä[\"ü\"].ö", "ä [\"ü\"]|ö"),
        ] {
            let shown: Vec<String> = parts(text)
                .map(|part| format!("{} {}", part.name, part.key).trim().to_owned())
                .collect();
            assert_eq!(shown.join("|"), expected, "{text}");
        }
    }

    #[test]
    fn addresses() {
        for (text, calls, resource, key) in [
            ("aws_vpc.main", "", "aws_vpc.main", ""),
            ("aws_vpc.main[0]", "", "aws_vpc.main", "[0]"),
            (
                r#"module.a.module.b["x"].aws_vpc.main["k.l"]"#,
                r#"a b["x"]"#,
                "aws_vpc.main",
                r#"["k.l"]"#,
            ),
            ("module.a", "a", "", ""),
        ] {
            let address = split(text);
            let shown: Vec<String> = address
                .calls
                .iter()
                .map(|call| format!("{}{}", call.name, call.key))
                .collect();
            assert_eq!(
                (shown.join(" ").as_str(), address.resource, address.key),
                (calls, resource, key),
                "{text}"
            );
        }
    }
}
