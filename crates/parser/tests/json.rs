//! JSON: what is read, what is a problem, and where everything stands.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use pillarlint_parser::json::{MAX_DEPTH, MAX_PROBLEMS, parse};
use pillarlint_parser::tree::{Level, Node, Value};
use proptest::prelude::*;
use serde_json::Value as Json;
use support::{Edit, FILE, check_places, check_scalars, edited, show_parsed};

fn check(text: &str, expected: &str) {
    let parsed = parse(FILE, text);
    check_places(&parsed, text);
    assert_eq!(show_parsed(&parsed, text), expected, "of {text:?}");
}

#[test]
fn values() {
    check("{}", "{}");
    check(" [ ] \r\n\t", "[]");
    check("\u{FEFF}{\"a\": 1}", "{a: 1}");
    check(
        r#"{"a": -0.5e+3, "b": [true, false, null], "c": ""}"#,
        r#"{a: -0.5e+3, b: [true, false, null], c: ""}"#,
    );
    check(r#""a\n\t\"\\\/\u00e9\ud83d\ude00é""#, r#""a\n\t\"\\/é😀é""#);
    check("0", "0");
    check("\"\u{7F}\"", r#""\u{7f}""#);
}

#[test]
fn places() {
    let text = "\u{FEFF}{ \"é\" : [ 1, \"x\\n\" ] }";
    let parsed = parse(FILE, text);
    let root = &parsed.documents[0];
    assert_eq!(root.span.text(text), "{ \"é\" : [ 1, \"x\\n\" ] }");
    let entry = root.as_map().unwrap().entry("é").unwrap();
    assert_eq!(entry.key_span.text(text), "\"é\"");
    assert_eq!(entry.value.span.text(text), "[ 1, \"x\\n\" ]");
    let items = entry.value.as_list().unwrap();
    assert_eq!(items[0].span.text(text), "1");
    assert_eq!(items[1].span.text(text), "\"x\\n\"");
}

#[test]
fn texts_without_escapes_are_borrowed() {
    let parsed = parse(FILE, r#"["plain", "with\tescape"]"#);
    let is_borrowed =
        |node: &Node<'_>| matches!(node.value, Value::String(std::borrow::Cow::Borrowed(_)));
    let borrowed: Vec<bool> = parsed.documents[0]
        .as_list()
        .unwrap()
        .iter()
        .map(is_borrowed)
        .collect();
    assert_eq!(borrowed, [true, false]);
}

#[test]
fn reading_goes_on_behind_an_error() {
    check(
        r#"{"a": 1,}"#,
        "{a: 1}\nError at \",\": a comma before the end",
    );
    check("[1,]", "[1]\nError at \",\": a comma before the end");
    check(
        r#"{"a": 1 "b": 2}"#,
        "{a: 1, b: 2}\nError at \"\\\"\": expected `,` or `}`",
    );
    check("[1 2]", "[1, 2]\nError at \"2\": expected `,` or `]`");
    check(
        r#"{"a" 1, "b": 2}"#,
        "{a: 1, b: 2}\nError at \"1\": expected `:` behind the key",
    );
    check(
        r#"{"a": , "b": }"#,
        "{a: null, b: null}\nError at \",\": expected a value\nError at \"}\": expected a value",
    );
    check(
        r#"{"a": [1, 2}"#,
        "{a: [1, 2]}\nError at \"}\": expected `]`, found `}`",
    );
    check(
        r#"{"a": 1], "b": 2}"#,
        "{a: 1, b: 2}\nError at \"]\": expected `}`, found `]`",
    );
    check(
        "{\"a\": \"x\n, \"b\": 2}",
        "{a: \"x\", b: 2}\nError at \"\\\"\": this string is never closed",
    );
    check(
        "{a: 1}",
        "{a: 1}\nError at \"a\": expected a key in double quotes",
    );
    check(
        r#"{"a": {"b": 1"#,
        "{a: {b: 1}}\nError at \"{\": this `{` is never closed",
    );
    check(
        r#"{"a""#,
        "{a: null}\nError at \"\": expected `:` behind the key\nError at \"{\": this `{` is never closed",
    );
    check(
        "// c\n[1, /* d */ 2]",
        "[1, 2]\nError at \"// c\": JSON has no comments\nError at \"/* d */\": JSON has no comments",
    );
    check(
        "[True, 01, +1, .5, x, 'y']",
        "[true, 01, +1, .5, \"x\", \"'y'\"]
Error at \"True\": `True` is written `true` in JSON
Error at \"01\": `01` is no number in JSON
Error at \"+1\": `+1` is no number in JSON
Error at \".5\": `.5` is no number in JSON
Error at \"x\": expected a value
Error at \"'y'\": expected a value",
    );
    check(
        r#"["\x", "\u12", "\ud800", "\udc00\u0041"]"#,
        "[\"\\\\x\", \"�12\", \"�\", \"�A\"]
Error at \"\\\\\": unknown escape
Error at \"\\\\u\": expected four hexadecimal digits behind `\\u`
Error at \"\\\\ud800\": half of a surrogate pair
Error at \"\\\\udc00\": half of a surrogate pair",
    );
    check(
        "[\"a\tb\"]",
        "[\"a\\tb\"]\nError at \"\\t\": a control character must be escaped",
    );
    check(
        "{} {}",
        "{}\nError at \"{\": unexpected text behind the end of the document",
    );
    check("", "Error at \"\": no value in the text");
    check(" \n", "Error at \"\": no value in the text");
}

#[test]
fn the_last_of_two_equal_keys_counts() {
    let text = r#"{"a": 1, "b": 2, "a": 3}"#;
    check(
        text,
        "{a: 3, b: 2}\nWarning at \"\\\"a\\\"\": the key `a` is written again; this one counts",
    );
    let problem = &parse(FILE, text).problems[0];
    assert_eq!((problem.span.start, problem.related[0].0.start), (17, 1));
}

#[test]
fn equal_keys_are_found_in_large_objects() {
    let members: Vec<String> = (0..50_000)
        .map(|n| format!("\"key{}\": {n}", n % 49_999))
        .collect();
    let text = format!("{{{}}}", members.join(","));
    let parsed = parse(FILE, &text);
    assert_eq!(parsed.problems.len(), 1);
    assert_eq!(parsed.documents[0].as_map().unwrap().entries.len(), 49_999);
    assert_eq!(
        parsed.documents[0].get("key0").unwrap().scalar_text(),
        Some("49999")
    );
}

#[test]
fn work_is_bounded() {
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(parse(FILE, &deep(MAX_DEPTH)).problems, []);
    let text = deep(MAX_DEPTH + 1);
    let problems = parse(FILE, &text).problems;
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].span.start as usize, MAX_DEPTH);
    assert_eq!(parse(FILE, &"{\"a\":".repeat(100_000)).problems.len(), 1);
    assert_eq!(parse(FILE, &"x ".repeat(1000)).problems.len(), 2);
    assert_eq!(
        parse(FILE, &format!("[{}]", "x,".repeat(100_000)))
            .problems
            .len(),
        MAX_PROBLEMS
    );
    assert_eq!(
        parse(FILE, &format!("{{{}}}", "\"a\":1,".repeat(100_000)))
            .problems
            .len(),
        MAX_PROBLEMS + 1
    );
}

/// A tree as serde_json has it.
fn as_serde(node: &Node<'_>) -> Json {
    match &node.value {
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(text) => serde_json::from_str(text).unwrap(),
        Value::String(text) => Json::String(text.to_string()),
        Value::List(items) => items.iter().map(as_serde).collect(),
        Value::Map(map) => map
            .entries
            .iter()
            .map(|e| (e.key.to_string(), as_serde(&e.value)))
            .collect(),
        _ => Json::Null,
    }
}

/// Both accept the same texts and read the same values from them.
fn check_against_serde(text: &str) {
    let parsed = parse(FILE, text);
    check_places(&parsed, text);
    let errors = parsed
        .problems
        .iter()
        .any(|problem| problem.level == Level::Error);
    match serde_json::from_str::<Json>(text) {
        Ok(expected) => {
            assert!(!errors, "{text:?}: {:?}", parsed.problems);
            assert_eq!(as_serde(&parsed.documents[0]), expected, "of {text:?}");
            check_scalars(&parsed, text);
        }
        // What only serde_json minds: its numbers are bounded, and it takes no byte order mark.
        Err(error)
            if error.to_string().contains("out of range") || text.starts_with('\u{FEFF}') => {}
        Err(error) => assert!(errors, "{text:?}: {error}"),
    }
}

#[test]
fn accepts_what_serde_json_accepts() {
    for text in [
        "1.",
        "-",
        "1e",
        "1e+",
        "-01",
        "00",
        "nul",
        "truex",
        "[1,,2]",
        "{\"a\"}",
        "\"\\ud83d\\ud83d\"",
        "\"\n\"",
        "[\u{A0}1]",
        "{\"a\":1,\"a\":2}",
        "\"\\u00g0\"",
        "1 2",
        "]",
        "\u{c}1",
    ] {
        check_against_serde(text);
    }
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        any::<i64>().prop_map(Json::from),
        (-1e9..1e9).prop_map(Json::from),
        any::<String>().prop_map(Json::String),
        "[a-z:é\n\"\\\\{]{0,9}".prop_map(Json::String),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::Array),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn reads_what_serde_json_reads(value in json(), pretty: bool, edits in prop::collection::vec(any::<Edit>(), 0..4)) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
        let text = text.unwrap();
        check_against_serde(&text);
        check_against_serde(&edited(&text, &edits));
    }
}
