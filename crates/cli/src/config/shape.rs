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
