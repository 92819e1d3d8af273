//! JSON in texts, with places inside the text.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use pillarlint_parser::embedded::parse_json;
use pillarlint_parser::source::Span;
use pillarlint_parser::tree::{Node, Value};
use pillarlint_parser::{json, yaml};
use proptest::prelude::*;
use support::{FILE, show, walk};

/// The tree in the text at the key `a`.
fn embedded<'s>(text: &'s str) -> (Node<'s>, Span) {
    let parsed = match text.starts_with('{') {
        true => json::parse(FILE, text),
        false => yaml::parse(FILE, text),
    };
    assert_eq!(parsed.problems, []);
    let node = parsed.documents[0].get("a").unwrap();
    let Value::String(value) = &node.value else {
        panic!("no text in {text:?}")
    };
    (parse_json(value, node.span, text).unwrap(), node.span)
}

/// The text in the file under the tree, its keys and its values.
fn check(text: &str, expected: &[&str]) {
    let (tree, _) = embedded(text);
    let mut places = Vec::new();
    walk(&tree, &mut |node, key| {
        places.push(key.unwrap_or(node.span).text(text))
    });
    assert_eq!(places, expected, "of {text:?}");
}

/// Every place is the whole scalar's.
fn check_whole(text: &str, expected: &str) {
    let (tree, span) = embedded(text);
    assert_eq!(show(&tree), expected);
    walk(&tree, &mut |node, key| {
        assert_eq!(key.unwrap_or(node.span), span)
    });
}

#[test]
fn places_are_exact() {
    // Quoted, on one line.
    check(
        "a: '{\"é\": [1, \"it''s\"]}'",
        &[
            "{\"é\": [1, \"it''s\"]}",
            "\"é\"",
            "[1, \"it''s\"]",
            "1",
            "\"it''s\"",
        ],
    );
    check(
        r#"a: "{\"b\": \"x\\ny\\u00e9\"}""#,
        &[
            r#"{\"b\": \"x\\ny\\u00e9\"}"#,
            r#"\"b\""#,
            r#"\"x\\ny\\u00e9\""#,
        ],
    );
    check(
        r#"a: "[\"\u00e9\x41\U0001F600\ud83d\ude00\", 2]""#,
        &[
            r#"[\"\u00e9\x41\U0001F600\ud83d\ude00\", 2]"#,
            r#"\"\u00e9\x41\U0001F600\ud83d\ude00\""#,
            "2",
        ],
    );
    check(
        r#"{"a": "{\"b\":\n [\"\\\"\", 10]}"}"#,
        &[
            r#"{\"b\":\n [\"\\\"\", 10]}"#,
            r#"\"b\""#,
            r#"[\"\\\"\", 10]"#,
            r#"\"\\\"\""#,
            "10",
        ],
    );
    // Block scalars.
    check(
        "a: |\n  {\n    \"b\": [\n      1\n    ]\n  }\nc: 1\n",
        &[
            "{\n    \"b\": [\n      1\n    ]\n  }",
            "\"b\"",
            "[\n      1\n    ]",
            "1",
        ],
    );
    check(
        "a: |-\r\n    [1,\r\n\r\n     \"é\"]\r\n",
        &["[1,\r\n\r\n     \"é\"]", "1", "\"é\""],
    );
    check(
        "a: |2\n\n     [\n   1, true\n  ]\n\n",
        &["[\n   1, true\n  ]", "1", "true"],
    );
    check(
        "a: >-\n  {\"b\":\n    [1,\n  \"x\n  y\"],\n\n  \"c\": 2}\n",
        &[
            "{\"b\":\n    [1,\n  \"x\n  y\"],\n\n  \"c\": 2}",
            "\"b\"",
            "[1,\n  \"x\n  y\"]",
            "1",
            "\"x\n  y\"",
            "\"c\"",
            "2",
        ],
    );
    check("a: >\n  [1, 2]\n", &["[1, 2]", "1", "2"]);
    // Folded quotes.
    check("a: '[1,\n  2]'", &["[1,\n  2]", "1", "2"]);
    check(
        "a: \"{\\\n  \\\"b\\\": 1}\"",
        &["{\\\n  \\\"b\\\": 1}", "\\\"b\\\"", "1"],
    );
}

#[test]
fn what_does_not_map_has_the_place_of_the_whole() {
    check_whole(r#"a: "[\"\N\"]""#, r#"["\u{85}"]"#);
}

#[test]
fn other_texts_are_none() {
    let deep = format!("{}{}", "[".repeat(300), "]".repeat(300));
    for text in [
        "",
        "{",
        "x",
        "{{resolve:ssm:x}}",
        "{} {}",
        "[1,]",
        "{a}",
        "[1] x",
        "${A}",
        "// {}",
        &deep,
    ] {
        let text = std::borrow::Cow::Borrowed(text);
        assert!(
            parse_json(&text, Span::new(FILE, 0, text.len()), &text).is_none(),
            "{text}"
        );
    }
}

fn json_value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        any::<i32>().prop_map(serde_json::Value::from),
        "[a-z \"'\\\\é😀\n#:]{0,8}".prop_map(serde_json::Value::from)
    ];
    leaf.prop_recursive(4, 30, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(serde_json::Value::from),
            prop::collection::vec(("[a-z\"é]{0,4}", inner), 0..5).prop_map(|members| members
                .into_iter()
                .collect::<serde_json::Map<_, _>>()
                .into()),
        ]
    })
}

proptest! {
    /// What stands at a place, with the escapes of the scalar undone, is the JSON of that value.
    #[test]
    fn what_stands_at_a_place_is_the_value(value in json_value(), style in 0..5) {
        let value = serde_json::Value::from(vec![value]);
        let compact = serde_json::to_string(&value).unwrap();
        let indented = serde_json::to_string_pretty(&value).unwrap().replace('\n', "\n   ");
        let text = match style {
            0 => format!("a: '{}'", compact.replace('\'', "''")),
            1 => format!("a: {}", serde_json::to_string(&compact).unwrap()),
            2 => format!("a: |\n   {indented}\n"),
            3 => format!("a: >-\n   {indented}\n"),
            _ => format!("{{\"a\": {}}}", serde_json::to_string(&indented).unwrap()),
        };
        let (tree, whole) = embedded(&text);
        walk(&tree, &mut |node, key| {
            let span = key.unwrap_or(node.span);
            assert!(span != whole || matches!(node.value, Value::List(_)), "no place inside {text:?}");
            if let (None, Value::String(value)) = (key, &node.value) {
                let written = span.text(&text);
                let written = match style {
                    0 => written.replace("''", "'"),
                    1 | 4 => serde_json::from_str(&format!("\"{written}\"")).unwrap(),
                    _ => written.to_owned(),
                };
                assert_eq!(&serde_json::from_str::<String>(&written).unwrap(), value);
            }
        });
    }
}
