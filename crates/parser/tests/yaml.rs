//! YAML: what is read, what is a problem, and where everything stands.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use pillarlint_parser::tree::{Level, Value};
use pillarlint_parser::yaml::{MAX_ALIAS_NODES, MAX_DEPTH, parse};
use proptest::prelude::*;
use support::{Edit, FILE, check_places, check_scalars, edited, show, show_parsed, walk};

fn check(text: &str, expected: &str) {
    let parsed = parse(FILE, text);
    check_places(&parsed, text);
    assert_eq!(show_parsed(&parsed, text), expected, "of {text:?}");
}

/// The text under every key and value, parents first.
fn check_spans(text: &str, expected: &[&str]) {
    let parsed = parse(FILE, text);
    check_places(&parsed, text);
    let mut places = Vec::new();
    for document in &parsed.documents {
        walk(document, &mut |node, key| match key {
            Some(key) => places.push(key.text(text)),
            None => places.push(node.span.text(text)),
        });
    }
    assert_eq!(places, expected, "of {text:?}");
}

#[test]
fn plain_scalars_have_the_types_of_yaml_1_1() {
    check("[~, null, Null, NULL]", "[null, null, null, null]");
    check(
        "[true, True, TRUE, yes, Yes, YES, on, On, ON]",
        "[true, true, true, true, true, true, true, true, true]",
    );
    check(
        "[false, False, FALSE, no, No, NO, off, Off, OFF]",
        "[false, false, false, false, false, false, false, false, false]",
    );
    check(
        "[y, n, tRUE, nO, nul]",
        "[\"y\", \"n\", \"tRUE\", \"nO\", \"nul\"]",
    );
    check(
        "[0, -1, +22, 1_000, 0x1F, 0o17, 017, 0b11]",
        "[0, -1, +22, 1_000, 0x1F, 0o17, 017, 0b11]",
    );
    check(
        "[1.5, .5, 1., -1e3, 1.5E-3, 2e+10]",
        "[1.5, .5, 1., -1e3, 1.5E-3, 2e+10]",
    );
    check(
        "[2012-10-17, 22:22, 10.0.0.1, 1.2.3, 012345678901, 0x, '-', 1e, ., -., e3, 1a, .inf]",
        "[\"2012-10-17\", \"22:22\", \"10.0.0.1\", \"1.2.3\", \"012345678901\", \"0x\", \"-\", \"1e\", \".\", \"-.\", \"e3\", \"1a\", \".inf\"]",
    );
}

#[test]
fn quoted_and_block_scalars_are_texts() {
    check("[\"1\", 'true', \"\", '']", "[\"1\", \"true\", \"\", \"\"]");
    check("a: |\n  1\nb: >-\n  yes\n", "{a: \"1\\n\", b: \"yes\"}");
}

#[test]
fn a_value_that_is_left_out_is_null() {
    check("a:\nb: \nc: # comment\n", "{a: null, b: null, c: null}");
    check("- \n-\n", "[null, null]");
    check("{a, b: , c: }", "{a: null, b: null, c: null}");
    check_spans("a:\nb: x\n", &["a:\nb: x", "a", "", "b", "x"]);
    check("", "");
    check("# only a comment\n", "");
    check("---\n", "null");
}

#[test]
fn values_borrow_from_the_text() {
    let parsed = parse(
        FILE,
        "a: plain\nb: \"quoted\"\nc: 'single'\nd: 12\n? e\n: !Sub x",
    );
    let root = parsed.documents[0].as_map().unwrap();
    let borrowed = |text: &std::borrow::Cow<'_, str>| matches!(text, std::borrow::Cow::Borrowed(_));
    for entry in &root.entries {
        assert!(borrowed(&entry.key), "{}", entry.key);
        let value = entry.value.get("!Sub").unwrap_or(&entry.value);
        match &value.value {
            Value::String(text) | Value::Number(text) => assert!(borrowed(text), "{text}"),
            _ => panic!("{}", show(value)),
        }
    }
}

#[test]
fn places_of_block_scalars_are_their_bodies() {
    check_spans(
        "a: |\n  x\n  y\n\nb: 1\n",
        &["a: |\n  x\n  y\n\nb: 1", "a", "x\n  y", "b", "1"],
    );
    check_spans(
        "- |-  # c\n    x \n\n   \n- z",
        &["- |-  # c\n    x \n\n   \n- z", "x ", "z"],
    );
    check_spans("a: |\n\n   foo\n", &["a: |\n\n   foo", "a", "foo"]);
    check_spans(
        "a: |2\n    foo\n  bar",
        &["a: |2\n    foo\n  bar", "a", "  foo\n  bar"],
    );
    check_spans(
        "a: >\r\n  x\r\n  y\r\n\r\n",
        &["a: >\r\n  x\r\n  y", "a", "x\r\n  y"],
    );
    check_spans(
        "a: |\n  x\n# comment\nb: 1",
        &["a: |\n  x\n# comment\nb: 1", "a", "x", "b", "1"],
    );
    check_spans("a: |\n  |\n", &["a: |\n  |", "a", "|"]);
    check_spans("a: |\nb: |+\n\n\n", &["a: |\nb", "a", "", "b", ""]);
    check_spans(
        "a: !Sub |\n  é\n",
        &["a: !Sub |\n  é", "a", "!Sub |\n  é", "!Sub", "é"],
    );
    check_spans("|\n x\n", &["x"]);
}

#[test]
fn a_block_scalar_at_the_end_of_the_file_has_no_newline_that_is_not_there() {
    check("a: |\n  x", "{a: \"x\"}");
    check("a: |\n  x\n", "{a: \"x\\n\"}");
}

#[test]
fn places_of_collections_end_with_their_last_child() {
    check_spans(
        "a:\n  b:\n    - 1\n    - 2 # c\n\n# d\nc: {x: [1, 2 ] } # e\n",
        &[
            "a:\n  b:\n    - 1\n    - 2 # c\n\n# d\nc: {x: [1, 2 ] }",
            "a",
            "b:\n    - 1\n    - 2",
            "b",
            "- 1\n    - 2",
            "1",
            "2",
            "c",
            "{x: [1, 2 ] }",
            "x",
            "[1, 2 ]",
            "1",
            "2",
        ],
    );
    check_spans(
        "a:\n- - x\n- y\nb: !If # - c\n\n- &z z",
        &[
            "a:\n- - x\n- y\nb: !If # - c\n\n- &z z",
            "a",
            "- - x\n- y",
            "- x",
            "x",
            "y",
            "b",
            "!If # - c\n\n- &z z",
            "!If",
            "- &z z",
            "z",
        ],
    );
    check_spans(
        "- - a\n  - b: c\n    d: e\n",
        &[
            "- - a\n  - b: c\n    d: e",
            "- a\n  - b: c\n    d: e",
            "a",
            "b: c\n    d: e",
            "b",
            "c",
            "d",
            "e",
        ],
    );
    check_spans("[a: b, c]", &["[a: b, c]", "a: b", "a", "b", "c"]);
    check_spans(
        "a: foo\n  bar  \nb: 'x\n  y' # c",
        &[
            "a: foo\n  bar  \nb: 'x\n  y'",
            "a",
            "foo\n  bar",
            "b",
            "'x\n  y'",
        ],
    );
}

#[test]
fn a_local_tag_is_a_mapping() {
    check("a: !Ref B", "{a: {!Ref: \"B\"}}");
    check(
        "a: !GetAtt B.Arn\nb: !If [c, !Ref D, 1]",
        "{a: {!GetAtt: \"B.Arn\"}, b: {!If: [\"c\", {!Ref: \"D\"}, 1]}}",
    );
    check(
        "a: !Transform\n  Name: x\n",
        "{a: {!Transform: {Name: \"x\"}}}",
    );
    check(
        "a: !If\n  - c\n  - !Sub \"x${y}\"",
        "{a: {!If: [\"c\", {!Sub: \"x${y}\"}]}}",
    );
    check(
        "a: !Sub 12\nb: !Ref\nc: !Base64 yes",
        "{a: {!Sub: 12}, b: {!Ref: null}, c: {!Base64: true}}",
    );
    check("a: !<!Sub> x", "{a: {!Sub: \"x\"}}");
    check("!Sub a: b", "{!Sub a: \"b\"}");
    check_spans(
        "a: !If\n  - 1\nb: &x !Sub y",
        &[
            "a: !If\n  - 1\nb: &x !Sub y",
            "a",
            "!If\n  - 1",
            "!If",
            "- 1",
            "1",
            "b",
            "!Sub y",
            "!Sub",
            "y",
        ],
    );
}

#[test]
fn tags_of_yaml_itself_decide_the_type() {
    check(
        "[!!str 12, !!str yes, !!str , !!int \"12\", !!bool 'true', !!float 1.5, !!null '', ! 12]",
        "[\"12\", \"true\", \"\", 12, true, 1.5, null, \"12\"]"
            .replace("\"true\", \"\"", "\"yes\", \"\"")
            .as_str(),
    );
    check(
        "a: !!map {x: !!seq [1]}\nb: !!binary aGk=\nc: ! [1]",
        "{a: {x: [1]}, b: \"aGk=\", c: [1]}",
    );
    check_spans("a: !!str 12", &["a: !!str 12", "a", "12"]);
}

#[test]
fn keys_are_texts_as_written() {
    check(
        "on: 1\n~: 2\n12: 3\n\"q\\n\": 4\n? [a, b]\n: 5\n{x: y}: 6\n: 7",
        "{on: 1, ~: 2, 12: 3, q\n: 4, [a, b]: 5, {x: y}: 6, : 7}",
    );
}

#[test]
fn an_alias_is_a_copy_at_its_own_place() {
    let text = "a: &x {k: [1]}\nb: *x\nc: &x 2\nd: *x\n";
    check(text, "{a: {k: [1]}, b: {k: [1]}, c: 2, d: 2}");
    let parsed = parse(FILE, text);
    let b = parsed.documents[0].get("b").unwrap();
    assert_eq!(b.span.text(text), "*x");
    assert_eq!(b.get("k").unwrap().span.text(text), "[1]");
    check(
        "a: &x !Ref b\nc: *x",
        "{a: {!Ref: \"b\"}, c: {!Ref: \"b\"}}",
    );
    check(
        "&k a: 1\nb: *k\n*k : 3",
        "{a: 3, b: \"a\"}\nWarning at \"*k\": the key `a` is written again; this one counts",
    );
}

#[test]
fn an_alias_without_an_anchor_is_null() {
    check(
        "a: *x\nb: 1",
        "{a: null, b: 1}\nError at \"*x\": no anchor `&x` before this alias",
    );
    check(
        "a: &x [1, *x]\nb: *x",
        "{a: [1, null], b: [1, null]}\nError at \"*x\": this alias stands within what it stands for",
    );
    check(
        "a: &x 1\n---\nb: *x",
        "{a: 1}\n{b: null}\nError at \"*x\": no anchor `&x` before this alias",
    );
}

#[test]
fn merge_keys() {
    check(
        "a: &a {x: 1, y: 2}\nb:\n  y: 3\n  <<: *a\n  z: 4\n",
        "{a: {x: 1, y: 2}, b: {y: 3, z: 4, x: 1}}",
    );
    check(
        "- &a {x: 1}\n- &b {x: 2, y: 2}\n- <<: [*a, *b]",
        "[{x: 1}, {x: 2, y: 2}, {x: 1, y: 2}]",
    );
    check("<<: {x: 1}\n\"<<\": 2", "{<<: 2, x: 1}");
    check(
        "a: &a 1\nb: {<<: *a, c: 1}",
        "{a: 1, b: {c: 1}}\nError at \"*a\": only mappings can be merged",
    );
}

#[test]
fn the_last_of_two_equal_keys_counts() {
    let text = "a: 1\nb: 2\n'a': 3\n";
    check(
        text,
        "{a: 3, b: 2}\nWarning at \"'a'\": the key `a` is written again; this one counts",
    );
    let problem = &parse(FILE, text).problems[0];
    assert_eq!((problem.span.start, problem.related[0].0.start), (10, 0));
}

#[test]
fn equal_keys_are_found_in_large_mappings() {
    let text: String = (0..20_000)
        .map(|n| format!("key{}: {n}\n", n % 19_999))
        .collect();
    let parsed = parse(FILE, &text);
    assert_eq!(parsed.problems.len(), 1);
    assert_eq!(
        parsed.documents[0].get("key0").unwrap().scalar_text(),
        Some("19999")
    );
}

#[test]
fn byte_order_mark_and_line_ends() {
    check_spans(
        "\u{FEFF}a: b\r\nc:\r\n- d\r\n",
        &["a: b\r\nc:\r\n- d", "a", "b", "c", "- d", "d"],
    );
    check("a: |\r\n  x\r\n  y\r\n", "{a: \"x\\ny\\n\"}");
}

#[test]
fn several_documents() {
    check(
        "a: 1\n---\nb: 2\n...\n---\n- c\n",
        "{a: 1}\n{b: 2}\n[\"c\"]",
    );
    check("%YAML 1.1\n---\na: 1\n", "{a: 1}");
}

#[test]
fn comments_are_kept() {
    let text =
        "# one\na: 1 # two\nb: '# no' \n  # three\nc: [1, # four\n 2]\nd: |  # five\n  # text\n";
    let parsed = parse(FILE, text);
    let comments: Vec<&str> = parsed.comments.iter().map(|span| span.text(text)).collect();
    assert_eq!(comments, ["# one", "# two", "# three", "# four", "# five"]);
    // More in a row than the event parser buffers by itself.
    let many = format!("a:\n{}  b: 1\n", "# c\n".repeat(5000));
    let parsed = parse(FILE, &many);
    assert_eq!(
        (parsed.comments.len(), show_parsed(&parsed, &many)),
        (5000, "{a: {b: 1}}".to_owned())
    );
}

#[test]
fn syntax_errors_have_a_place() {
    check(
        "a: b: c",
        "{a: \"b\"}\nError at \":\": no `key: value` can stand here; a text with `: ` in it needs quotes",
    );
    check(
        "a: 'x",
        "{a: null}\nError at \"'\": this quote is never closed",
    );
    check(
        "a:\n\tb: 1",
        "{a: null}\nError at \"\\t\": a tab cannot indent; use spaces",
    );
    check(
        "a: 1\n\tb: 2",
        "{a: null}\nError at \"\\t\": a tab cannot indent; use spaces",
    );
    check(
        "a: @x",
        "{a: null}\nError at \"@\": a text that begins with `@` needs quotes",
    );
    let key = "k".repeat(1025);
    let problems = parse(FILE, &format!("{key}: 1\nb: 2\n")).problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
    check(
        &format!("{}: 1", "k".repeat(1024)),
        &format!("{{{}: 1}}", "k".repeat(1024)),
    );
}

#[test]
fn reading_goes_on_behind_an_error() {
    let quote = "this quote is never closed";
    check(
        "a: 'x\nb: 2\nc: 3\n",
        &format!("{{a: null, b: 2, c: 3}}\nError at \"'\": {quote}"),
    );
    check(
        "a: [1, 2\nb: 3\nc: 4\n",
        "{a: [1], b: 3, c: 4}\nError at \":\": illegal placement of ':' indicator",
    );
    check(
        "a: 1\nfoo\nb: 2\n",
        "{a: 1, b: 2}\nError at \"f\": expected `:` behind this key",
    );
    // One broken resource costs neither its neighbours nor the sections behind.
    check(
        "R:\n  A:\n    T: x\n  B:\n    T: \"y\n    P: 1\n  C:\n    T: z\nO:\n  D: 1\n",
        &format!(
            "{{R: {{A: {{T: \"x\"}}, B: {{T: null, P: 1}}, C: {{T: \"z\"}}}}, O: {{D: 1}}}}\nError at \"\\\"\": {quote}"
        ),
    );
    check(
        "R:\n  A:\n    P:\n      Name: a\n     Foo: b\n      Bar: c\n  B:\n    T: z\n",
        "{R: {A: {P: {Name: \"a\"}}, B: {T: \"z\"}}}\nError at \"F\": expected a key of the mapping around this; the indentation may be wrong",
    );
    check(
        "R:\n- a\n- b: 'x\n- c\nO: 1\n",
        &format!("{{R: [\"a\", {{b: null}}], O: 1}}\nError at \"'\": {quote}"),
    );
    check(
        "a: {x: 1, y: [}\nb: 1\n",
        "{a: {x: 1, y: []}, b: 1}\nError at \"[\": mismatched bracket '[' closed by '}'",
    );
    check(
        "a: @\nb: &x 1\nc: @\nd: *x\n",
        "{a: null, b: 1, c: null, d: 1}\nError at \"@\": a text that begins with `@` needs quotes\nError at \"@\": a text that begins with `@` needs quotes",
    );
    check(
        "a: !e!x 1\nb: 2",
        "{a: null, b: 2}\nError at \"!\": the handle wasn't declared",
    );
    check(
        "a: 'x\n---\nb: 1\n",
        &format!("{{a: null}}\n{{b: 1}}\nError at \"'\": {quote}"),
    );
    check(
        "[1, 2\n---\nb: 1\n",
        "{b: 1}\nError at \"[\": unclosed bracket '['",
    );
}

#[test]
fn work_is_bounded() {
    let errors = |text: &str| {
        let parsed = parse(FILE, text);
        check_places(&parsed, text);
        parsed
            .problems
            .iter()
            .filter(|problem| problem.level == Level::Error)
            .count()
    };
    let flow = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(errors(&flow(255)), 0);
    for text in [
        flow(300),
        "[".repeat(100_000),
        "- ".repeat(100_000),
        "{a: ".repeat(100_000),
        "? ".repeat(100_000),
        (0..2000)
            .map(|n| format!("{}a:\n", " ".repeat(n)))
            .collect(),
        "!a [".repeat(200),
    ] {
        assert_eq!(errors(&text), 1, "{:?}", &text[..20]);
    }
    // Tags are levels too, aliases nest, and together they stay below the limit.
    assert_eq!(MAX_DEPTH, 256);
    let nested: String = (1..100)
        .map(|n| {
            format!(
                "- &a{n} {}*a{}{}\n",
                "[".repeat(100),
                n - 1,
                "]".repeat(100)
            )
        })
        .collect();
    assert_eq!(errors(&format!("- &a0 1\n{nested}")), 20);
    let line = |n: usize| {
        format!(
            "l{n}: &l{n} [{}]\n",
            vec![format!("*l{}", n - 1); 10].join(", ")
        )
    };
    let laughs: String = (1..10).map(line).collect();
    let text = format!("l0: &l0 lol\n{laughs}");
    let parsed = parse(FILE, &text);
    let mut nodes = 0;
    walk(&parsed.documents[0], &mut |_, _| nodes += 1);
    assert!(nodes < 3 * MAX_ALIAS_NODES, "{nodes}");
    assert!(!parsed.problems.is_empty());
    // Long texts that are copied count by their length.
    let text = format!(
        "a: &a |\n  {}\n{}",
        "x\n  ".repeat(100_000),
        "b: *a\n".repeat(50)
    );
    let last = &parse(FILE, &text).problems;
    assert!(
        last.iter()
            .any(|problem| problem.message.contains("aliases copy more"))
    );
    // Many errors, each with a long rest behind it.
    assert_eq!(errors(&"a: 'x\n".repeat(20_001)), 20);
}

/// A value that is written as YAML in some style.
#[derive(Clone, Debug)]
enum Tree {
    Plain(&'static str),
    Text(String, u8),
    Tagged(Box<Tree>),
    List(Vec<Tree>, bool),
    Map(Vec<Tree>, bool),
}

fn trees() -> impl Strategy<Value = Tree> {
    let plain = prop::sample::select(vec![
        "a",
        "12",
        "true",
        "~",
        "x y",
        "AWS::S3::Bucket",
        "a#b",
        "-1.5",
        "é ü",
        "http://x",
        "日本",
    ]);
    let leaf = prop_oneof![
        plain.prop_map(Tree::Plain),
        (
            "[a-z 0:{}\\[\\]#'\"\\\\\n\té😀,&*!|>%@-]{0,20}",
            any::<u8>()
        )
            .prop_map(|(text, style)| Tree::Text(text, style)),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            1 => inner.clone().prop_map(|tree| Tree::Tagged(Box::new(tree))),
            2 => (prop::collection::vec(inner.clone(), 0..5), any::<bool>()).prop_map(|(items, flow)| Tree::List(items, flow)),
            2 => (prop::collection::vec(inner, 0..5), any::<bool>()).prop_map(|(items, flow)| Tree::Map(items, flow)),
        ]
    })
}

/// Writes a tree; behind a key, or behind the `-` of an element.
fn write(tree: &Tree, indent: usize, in_flow: bool, out: &mut String) {
    let pad = " ".repeat(indent);
    match tree {
        Tree::Plain(text) => *out += text,
        Tree::Text(text, style) => {
            // What a literal block can hold without further marks; the place ends with its last visible line.
            let last_line = text.strip_suffix('\n').unwrap_or(text).rsplit('\n').next();
            let lines_are_plain = !text.contains('\t')
                && !text.starts_with([' ', '\n'])
                && last_line.is_some_and(|line| !line.trim().is_empty());
            match style % 3 {
                0 if lines_are_plain && !in_flow => {
                    *out += if text.ends_with('\n') { "|" } else { "|-" };
                    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
                        *out += &format!("\n{pad}{line}");
                    }
                }
                1 if !text.contains(['\n', '\t']) => {
                    *out += &format!("'{}'", text.replace('\'', "''"))
                }
                _ => *out += &serde_json::to_string(text).unwrap(),
            }
        }
        Tree::Tagged(inner) => {
            *out += "!Tag ";
            // Two tags on one node are none of YAML's.
            match &**inner {
                Tree::Tagged(inner) => write(
                    &Tree::List(vec![(**inner).clone()], true),
                    indent,
                    true,
                    out,
                ),
                inner => write(inner, indent, in_flow, out),
            }
        }
        Tree::List(items, flow) | Tree::Map(items, flow) => {
            let is_map = matches!(tree, Tree::Map(..));
            if in_flow || *flow || items.is_empty() {
                *out += if is_map { "{" } else { "[" };
                for (n, item) in items.iter().enumerate() {
                    *out += if n == 0 { " " } else { " , " };
                    if is_map {
                        *out += &format!("k{n}: ");
                    }
                    write(item, indent, true, out);
                }
                *out += if is_map { " }" } else { " ]" };
                return;
            }
            for (n, item) in items.iter().enumerate() {
                *out += &format!(
                    "\n{pad}{}",
                    if is_map {
                        format!("\"k{n}\": ")
                    } else {
                        "- ".to_owned()
                    }
                );
                write(item, indent + 2, false, out);
            }
        }
    }
}

/// What [`show`] should say of a tree.
fn expected(tree: &Tree) -> String {
    let join = |items: Vec<String>| items.join(", ");
    match tree {
        Tree::Plain("~") => "null".to_owned(),
        Tree::Plain(text @ ("12" | "true" | "-1.5")) => (*text).to_owned(),
        Tree::Plain(text) => format!("{text:?}"),
        Tree::Text(text, _) => format!("{text:?}"),
        Tree::Tagged(inner) => match &**inner {
            Tree::Tagged(inner) => format!("{{!Tag: [{}]}}", expected(inner)),
            inner => format!("{{!Tag: {}}}", expected(inner)),
        },
        Tree::List(items, _) => format!("[{}]", join(items.iter().map(expected).collect())),
        Tree::Map(items, _) => {
            let entries = items
                .iter()
                .enumerate()
                .map(|(n, item)| format!("k{n}: {}", expected(item)));
            format!("{{{}}}", join(entries.collect()))
        }
    }
}

fn check_any(text: &str) {
    let parsed = parse(FILE, text);
    check_places(&parsed, text);
}

proptest! {
    #[test]
    fn reads_what_was_written(tree in trees()) {
        let mut text = "root: ".to_owned();
        write(&tree, 2, false, &mut text);
        text += "\n";
        let parsed = parse(FILE, &text);
        check_places(&parsed, &text);
        check_scalars(&parsed, &text);
        prop_assert_eq!(show_parsed(&parsed, &text), format!("{{root: {}}}", expected(&tree)), "of {:?}", text);
    }

    #[test]
    fn places_fit_whatever_is_written(tree in trees(), edits in prop::collection::vec(any::<Edit>(), 1..6)) {
        let mut text = "root: ".to_owned();
        write(&tree, 2, false, &mut text);
        check_any(&edited(&text, &edits));
    }

    #[test]
    fn places_fit_in_any_soup(edits in prop::collection::vec(any::<Edit>(), 1..40)) {
        check_any(&edited("a:\n  b: c\n", &edits));
    }
}
