//! What is wrong with a configuration, told from its keys alone.

use super::globs::Globs;
use super::keys::{Key, Shape, Text};
use pillarlint_engine::date::Date;
use pillarlint_engine::spelling::hint;
use pillarlint_parser::source::Span;
use pillarlint_parser::tree::{Map, Node, Problem, Value};

/// Notes where a mapping is not as its keys have it.
pub(super) fn check_keys(map: &Map<'_>, place: Span, keys: &[Key], problems: &mut Vec<Problem>) {
    for entry in &map.entries {
        match keys.iter().find(|key| key.name == entry.key) {
            // A key without a value says nothing, as one that is left out.
            Some(_) if matches!(entry.value.value, Value::Null) => {}
            Some(key) => check(&entry.value, &key.shape, key.name, problems),
            None => problems.push(unknown(&entry.key, entry.key_span, keys)),
        }
    }
    let missing = keys.iter().filter(|key| {
        let value = map.get(key.name);
        key.is_required && value.is_none_or(|node| matches!(node.value, Value::Null))
    });
    problems.extend(missing.map(|key| Problem::error(place, format!("`{}` is missing", key.name))));
}

fn unknown(name: &str, place: Span, keys: &[Key]) -> Problem {
    let names = || keys.iter().map(|key| key.name);
    let hint = match hint(name, names()) {
        hint if hint.is_empty() => format!("; there are {}", listed(names(), "and")),
        hint => hint,
    };
    Problem::error(place, format!("unknown key `{name}`{hint}"))
}

/// Notes where a value is not of its shape. `name` is the key that it belongs to.
fn check(node: &Node<'_>, shape: &Shape, name: &str, problems: &mut Vec<Problem>) {
    let mut wrong = |what: &str| {
        let message = format!("`{name}` should be {what}");
        problems.push(Problem::error(node.span, message));
    };
    match shape {
        Shape::Flag => {
            if !matches!(node.value, Value::Bool(_)) {
                wrong("`true` or `false`");
            }
        }
        Shape::Number(least, most) => {
            let number = node.scalar_text().and_then(|text| text.parse().ok());
            if !number.is_some_and(|number: i64| (*least..=*most).contains(&number)) {
                wrong(&format!("a whole number from {least} to {most}"));
            }
        }
        Shape::Word(words) => {
            let words = words();
            let text = node.scalar_text();
            if !text.is_some_and(|text| words.contains(&text)) {
                let hint = text.map(|text| hint(text, words.iter().copied()));
                let words = listed(words.iter().copied(), "or");
                wrong(&format!("{words}{}", hint.unwrap_or_default()));
            }
        }
        Shape::Text(sort) => match node.scalar_text() {
            None => wrong("a text"),
            Some(text) => {
                if let Err(why) = check_text(text, *sort) {
                    wrong(&why);
                }
            }
        },
        Shape::List(one) => match (&node.value, one) {
            (Value::List(items), _) => {
                for item in items {
                    check(item, one, name, problems);
                }
            }
            // One text alone may stand for a list of one.
            (_, Shape::Text(_)) if node.scalar_text().is_some() => {
                check(node, one, name, problems);
            }
            _ => wrong("a list"),
        },
        Shape::Map(_, value) => match &node.value {
            Value::Map(map) => {
                for entry in &map.entries {
                    check(&entry.value, value, &entry.key, problems);
                }
            }
            _ => wrong("a mapping"),
        },
        Shape::Keys(keys) => match &node.value {
            Value::Map(map) => check_keys(map, first_line(node, map), keys, problems),
            _ => wrong(&format!(
                "a mapping with {}",
                listed(keys.iter().map(|key| key.name), "and")
            )),
        },
    }
}

/// Where a mapping begins: what is missing in it is missing there.
fn first_line(node: &Node<'_>, map: &Map<'_>) -> Span {
    map.entries
        .first()
        .map_or(node.span, |entry| entry.key_span)
}

/// # Errors
/// What the text should be.
fn check_text(text: &str, sort: Text) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err("a text that is not empty".to_owned());
    }
    match sort {
        Text::Any | Text::Path | Text::Selector => Ok(()),
        Text::Glob => Globs::new([text]).map(drop),
        Text::Day if Date::parse(text).is_some() => Ok(()),
        Text::Day => Err("a day, written YYYY-MM-DD".to_owned()),
    }
}

/// `` `a`, `b` or `c` ``
fn listed<'n>(names: impl Iterator<Item = &'n str>, last: &str) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match &names[..] {
        [first @ .., one] if !first.is_empty() => format!("{} {last} {one}", first.join(", ")),
        names => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::read::read;
    use super::*;
    use pillarlint_parser::source::FileId;

    /// A configuration, and what is wrong with it: `text under the place: message`.
    fn check(text: &str, expected: &[&str]) {
        let problems = read(FileId(0), text).err().unwrap_or_default();
        let told = |one: &Problem| format!("{}: {}", one.span.text(text), one.message);
        let told: Vec<String> = problems.iter().map(told).collect();
        assert_eq!(told, expected, "{text}");
    }

    #[test]
    fn what_is_right() {
        for text in [
            "",
            "# nothing\n",
            "---\n",
            "preset: all\n",
            "preset:\nselect:\nsuppression-policy:\n",
            "select: security\n",
            "select: [security, s3-*]\n",
            "parameters: { a: { b: 3, c: [d, 4], e: [] } }\n",
            "suppression-policy: { require-reason: yes, longest-days: 36500 }\n",
            "suppressions: [{ rules: a, until: 2028-02-29 }]\n",
            "x-shared: &x [a]\n",
        ] {
            let expected: &[&str] = match text.starts_with("x-") {
                true => &[
                    "x-shared: unknown key `x-shared`; there are `extends`, `preset`, `select`, `ignore`, `severity`, `parameters`, `required-tags`, `fail-on`, `exclude`, `overrides`, `rules`, `terraform`, `cloudformation`, `baseline`, `suppressions` and `suppression-policy`",
                ],
                false => &[],
            };
            check(text, expected);
        }
    }

    #[test]
    fn what_is_wrong() {
        for (text, expected) in [
            ("- a\n", "- a: a configuration should be a mapping"),
            (
                "preset: all\n---\nselect: a\n",
                "select: a: a configuration is one document",
            ),
            (
                "Preset: all\n",
                "Preset: unknown key `Preset`, did you mean `preset`?",
            ),
            (
                "fail_on: low\n",
                "fail_on: unknown key `fail_on`, did you mean `fail-on`?",
            ),
            (
                "preset: Strict\n",
                "Strict: `preset` should be `recommended`, `strict` or `all`, did you mean `strict`?",
            ),
            (
                "severity: { a: hihg }\n",
                "hihg: `a` should be `info`, `low`, `medium`, `high` or `critical`, did you mean `high`?",
            ),
            ("ignore: !Ref a\n", "!Ref a: `ignore` should be a list"),
            (
                "ignore: ['']\n",
                "'': `ignore` should be a text that is not empty",
            ),
            ("ignore: [[a]]\n", "[a]: `ignore` should be a text"),
            (
                "terraform: prod\n",
                "prod: `terraform` should be a mapping with `variable-files` and `workspace`",
            ),
            (
                "overrides: { paths: [a] }\n",
                "{ paths: [a] }: `overrides` should be a list",
            ),
            ("overrides: [{ paths: }]\n", "paths: `paths` is missing"),
            ("overrides: [{}]\n", "{}: `paths` is missing"),
            (
                "suppressions: [{ rules: a, until: 2027-02-29 }]\n",
                "2027-02-29: `until` should be a day, written YYYY-MM-DD",
            ),
            (
                "suppressions: [{ rules: a, until: 2100-02-29 }]\n",
                "2100-02-29: `until` should be a day, written YYYY-MM-DD",
            ),
            (
                "suppressions: [{ rules: a, until: 2027-6-30 }]\n",
                "2027-6-30: `until` should be a day, written YYYY-MM-DD",
            ),
            (
                "suppression-policy: { longest-days: 3.5 }\n",
                "3.5: `longest-days` should be a whole number from 1 to 36500",
            ),
        ] {
            check(text, &[expected]);
        }
        // What the parser warns of elsewhere is wrong here.
        let problems = read(FileId(0), "preset: all\npreset: strict\n").unwrap_err();
        assert_eq!(problems.len(), 1, "{problems:?}");
    }
}
