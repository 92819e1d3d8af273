//! JSON in Terraform's texts, and `data "aws_iam_policy_document"`.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use pillarlint_parser::model::Project;
use pillarlint_parser::source::{FileId, Span};
use pillarlint_parser::terraform::block::Arguments;
use pillarlint_parser::terraform::{Call, File, Files, Folder, Folders, NoFiles, Options, lower};
use pillarlint_parser::tree::{Node, Origin, Symbol, Value};
use std::borrow::Cow;
use std::collections::HashMap;

/// What the configurations below refer to.
const PRELUDE: &str = r#"
variable "open" {}
variable "bucket" { default = "logs" }
variable "policy" { default = "{\"a\": \"variable\"}" }
locals {
  heredoc = <<-EOT
    {"a": "heredoc"}
  EOT
  open    = <<-EOT
    {"a": "${var.open}/*", "b": "${aws_s3_bucket.b.arn}"}
  EOT
  one     = { Effect = "Deny", Action = var.open }
}
resource "aws_s3_bucket" "b" {}
data "aws_caller_identity" "me" {}
"#;

struct NoFolders;

impl<'s> Folders<'s> for NoFolders {
    fn called(&self, _: &Call<'_, 's>) -> Result<&Folder<'s>, String> {
        Err("no folder".to_owned())
    }
}

struct OneFile;

impl Files for OneFile {
    fn read(&self, path: &str, at: Span) -> Option<Cow<'_, str>> {
        match path {
            "policy.json" => Some(Cow::Borrowed("{\"a\": [1]}\n")),
            "policy.tftpl" => Some(Cow::Borrowed("{\"a\": \"${name}/*\"}")),
            _ => NoFiles.read(path, at),
        }
    }

    fn list(&self, path: &str) -> Option<Vec<String>> {
        NoFiles.list(path)
    }
}

/// No block is single.
struct Lists;

impl Arguments for Lists {
    fn is_single(&self, _: &str, _: &[&str]) -> bool {
        false
    }

    fn is_block(&self, _: &str, path: &[&str]) -> bool {
        matches!(
            path.last(),
            Some(&("statement" | "principals" | "condition"))
        )
    }

    fn has(&self, _: &str, _: &str) -> bool {
        true
    }
}

/// Hands on the value of `policy` of the resource `x.it`.
fn with_policy(text: &str, look: impl FnOnce(&Project<'_>, &Node<'_>)) {
    with_policy_of("main.tf", text, look);
}

fn with_policy_of(path: &str, text: &str, look: impl FnOnce(&Project<'_>, &Node<'_>)) {
    let root = Folder {
        path: ".".to_owned(),
        files: vec![File::read(FileId(0), path, text)],
        downloaded: false,
    };
    let options = Options {
        variables: HashMap::new(),
        arguments: &Lists,
        files: &OneFile,
        workspace: "default",
    };
    let project = lower(&root, &NoFolders, &options);
    let it = project.resources.iter().find(|one| one.address == "x.it");
    let policy = it.and_then(|it| it.properties.get("policy")).unwrap();
    look(&project, policy);
}

fn configuration(expression: &str) -> String {
    format!("{PRELUDE}resource \"x\" \"it\" {{\n  policy = {expression}\n}}\n")
}

fn render(project: &Project<'_>, node: &Node<'_>) -> String {
    let list = |items: &[Node<'_>]| {
        let items: Vec<_> = items.iter().map(|item| render(project, item)).collect();
        format!("[{}]", items.join(", "))
    };
    let branch = |branch: &Option<Node<'_>>| {
        branch
            .as_ref()
            .map_or("-".to_owned(), |one| render(project, one))
    };
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(text) => text.to_string(),
        Value::String(text) => format!("{text:?}"),
        Value::List(items) => list(items),
        Value::Map(map) => {
            let entries = map.entries.iter();
            let entries =
                entries.map(|entry| format!("{}: {}", entry.key, render(project, &entry.value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::Json(json) => format!("json{}", render(project, &json.tree)),
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Reference(reference) => {
                let origin = match &reference.origin {
                    Origin::Resource(index) => project.resource(*index).address.to_string(),
                    Origin::Parameter(name) | Origin::Pseudo(name) => name.to_string(),
                    other => format!("{other:?}"),
                };
                let dot = if reference.attribute.is_empty() {
                    ""
                } else {
                    "."
                };
                format!("<{origin}{dot}{}>", reference.attribute)
            }
            Symbol::Text(pieces) => format!("text{}", list(pieces)),
            Symbol::Choice(choice) => format!(
                "({} ? {} : {})",
                project.conditions.name(choice.condition),
                branch(&choice.then),
                branch(&choice.otherwise)
            ),
            Symbol::Unknown(_) => "?".to_owned(),
        },
    }
}

/// What an expression becomes.
#[track_caller]
fn check(expression: &str, expected: &str) {
    let text = configuration(expression);
    with_policy(&text, |project, policy| {
        assert_eq!(render(project, policy), expected, "of {expression}");
    });
}

/// What is written at the places of a document's keys and values, parents first.
#[track_caller]
fn check_places(expression: &str, expected: &[&str]) {
    let text = configuration(expression);
    with_policy(&text, |_, policy| {
        let tree = match &policy.value {
            Value::Json(json) => &json.tree,
            _ => policy,
        };
        let mut places = Vec::new();
        if let Value::Json(_) = policy.value {
            places.push(tree.span);
        }
        walk(tree, &mut places);
        let places: Vec<_> = places.iter().map(|place| place.text(&text)).collect();
        assert_eq!(places, expected, "of {expression}");
    });
}

fn walk(node: &Node<'_>, places: &mut Vec<Span>) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| {
            places.push(item.span);
            walk(item, places);
        }),
        Value::Map(map) => map.entries.iter().for_each(|entry| {
            places.extend([entry.key_span, entry.value.span]);
            walk(&entry.value, places);
        }),
        _ => {}
    }
}

#[test]
fn json_reads_the_same_however_it_is_written() {
    let expected = r#"json{a: "x"}"#;
    check(r#"jsonencode({ a = "x" })"#, expected);
    check(r#""{\"a\": \"x\"}""#, expected);
    check("<<EOF\n{\"a\": \"x\"}\nEOF", expected);
    check("<<-EOF\n  {\n    \"a\": \"x\"\n  }\n  EOF", expected);
    check("local.heredoc", r#"json{a: "heredoc"}"#);
    check("var.policy", r#"json{a: "variable"}"#);
    check(r#"file("policy.json")"#, "json{a: [1]}");
    check(
        r#"templatefile("policy.tftpl", { name = "n" })"#,
        r#"json{a: "n/*"}"#,
    );
    check(
        r#"templatefile("policy.tftpl", { name = aws_s3_bucket.b.arn })"#,
        r#"{a: text[<aws_s3_bucket.b.arn>, "/*"]}"#,
    );
    check("[{ b = \"{}\" }]", "[{b: json{}}]");
    check(
        r#"var.open ? "[1]" : "[2]""#,
        "(var.open ? json[1] : json[2])",
    );
    check(r#"jsonencode({ a = "{\"b\": 1}" })"#, "json{a: json{b: 1}}");
}

#[test]
fn what_is_not_known_leaves_the_rest_readable() {
    check(
        "<<EOF\n{\"a\": \"${aws_s3_bucket.b.arn}/*\", \"b\": [\"${var.open}\"], \"c\": ${var.open}}\nEOF",
        r#"{a: text[<aws_s3_bucket.b.arn>, "/*"], b: [<var.open>], c: <var.open>}"#,
    );
    check(
        "<<EOF\n{\"a\": \"arn:aws:s3:::${var.bucket}/*\"}\nEOF",
        r#"json{a: "arn:aws:s3:::logs/*"}"#,
    );
    check(
        r#""{\"a\": \"$${aws:username}\", \"b\": \"${var.open}\"}""#,
        r#"{a: "${aws:username}", b: <var.open>}"#,
    );
    check(
        "<<EOF\n{\"a\": ${jsonencode([local.one])}, \"b\": \"x\"}\nEOF",
        r#"{a: [{Effect: "Deny", Action: <var.open>}], b: "x"}"#,
    );
    check("\"x ${jsonencode([local.one])}\"", r#"text["x ", ?]"#);
    check(
        "local.open",
        r#"{a: text[<var.open>, "/*"], b: <aws_s3_bucket.b.arn>}"#,
    );
    // Keys are shown as they are written, and stay apart.
    check(
        "<<EOF\n{\"${var.open}:aud\": 1, \"${ data.aws_caller_identity.me.arn }:aud\": 2}\nEOF",
        "{${var.open}:aud: 1, ${data.aws_caller_identity.me.arn}:aud: 2}",
    );
    check(r#"format("{\"a\": \"%s\"}", var.open)"#, "{a: <var.open>}");
}

#[test]
fn what_is_not_json_stays_a_text() {
    check(r#""{{ name }}""#, r#""{{ name }}""#);
    check(r#""{\"a\": }""#, r#""{\"a\": }""#);
    check(r#""[a-z]+""#, r#""[a-z]+""#);
    check(r#""{\"a\": 1} x""#, r#""{\"a\": 1} x""#);
    check("<<EOF\n{\n  a = 1\n}\nEOF", r#""{\n  a = 1\n}\n""#);
    check(
        "<<EOF\n{{ ${var.open} }}\nEOF",
        r#"text["{{ ", <var.open>, " }}\n"]"#,
    );
    check(
        r#""{\"a\": 1${var.open}}""#,
        r#"text["{\"a\": 1", <var.open>, "}"]"#,
    );
}

#[test]
fn decoding_gives_what_the_text_says() {
    check(r#"jsondecode("{\"a\": [1]}").a"#, "[1]");
    check("jsondecode(jsonencode({ a = var.open })).a", "<var.open>");
    check(
        "jsondecode(\"{\\\"a\\\": \\\"${var.open}/*\\\"}\").a",
        r#"text[<var.open>, "/*"]"#,
    );
}

#[test]
fn texts_in_json_files_read_the_same() {
    let text = r#"{
  "variable": {"open": {}},
  "resource": {"x": {"it": {"policy": "{\"a\": \"${var.open}/*\", \"b\": \"$${x}\", \"c\": [1]}"}}}
}"#;
    with_policy_of("main.tf.json", text, |project, policy| {
        let shown = render(project, policy);
        assert_eq!(shown, r#"{a: text[<var.open>, "/*"], b: "${x}", c: [1]}"#);
        let mut places = Vec::new();
        walk(policy, &mut places);
        let places: Vec<_> = places.iter().map(|place| place.text(text)).collect();
        let expected = [
            r#"\"a\""#,
            r#"\"${var.open}/*\""#,
            r#"\"b\""#,
            r#"\"$${x}\""#,
            r#"\"c\""#,
            "[1]",
            "1",
        ];
        assert_eq!(places, expected);
    });
}

#[test]
fn places_are_exact() {
    check_places(
        r#""{\"a\": [\"x\", 10]}""#,
        &[
            r#"{\"a\": [\"x\", 10]}"#,
            r#"\"a\""#,
            r#"[\"x\", 10]"#,
            r#"\"x\""#,
            "10",
        ],
    );
    check_places(
        r#""{\"\u00e9\": \"$${aws:username}\"}""#,
        &[
            r#"{\"\u00e9\": \"$${aws:username}\"}"#,
            r#"\"\u00e9\""#,
            r#"\"$${aws:username}\""#,
        ],
    );
    check_places(
        "<<-EOF\n    {\n      \"a\": \"é\",\r\n\n      \"b\": true\n    }\n  EOF",
        &[
            "{\n      \"a\": \"é\",\r\n\n      \"b\": true\n    }",
            "\"a\"",
            "\"é\"",
            "\"b\"",
            "true",
        ],
    );
    // Not known in a string, known in a string, of a value.
    check_places(
        "<<EOF\n{\"a\": \"${aws_s3_bucket.b.arn}/*\", \"${var.bucket}\": \"x\", \"c\": [${var.open}], \"d\": 1}\nEOF",
        &[
            "\"a\"",
            "\"${aws_s3_bucket.b.arn}/*\"",
            "\"${var.bucket}\"",
            "\"x\"",
            "\"c\"",
            "[${var.open}]",
            "${var.open}",
            "\"d\"",
            "1",
        ],
    );
    check_places(
        "<<EOF\n{\"a\": ${jsonencode({ b = [\"}\\\"\"] })}, \"c\": \"${var.bucket}${var.bucket}\"}\nEOF",
        &[
            "{\"a\": ${jsonencode({ b = [\"}\\\"\"] })}, \"c\": \"${var.bucket}${var.bucket}\"}",
            "\"a\"",
            "${jsonencode({ b = [\"}\\\"\"] })}",
            "${jsonencode({ b = [\"}\\\"\"] })}",
            "${jsonencode({ b = [\"}\\\"\"] })}",
            "${jsonencode({ b = [\"}\\\"\"] })}",
            "\"c\"",
            "\"${var.bucket}${var.bucket}\"",
        ],
    );
    // Where it is written, not where it is used.
    check_places(
        "local.heredoc",
        &["{\"a\": \"heredoc\"}", "\"a\"", "\"heredoc\""],
    );
    check_places(
        "local.open",
        &[
            "\"a\"",
            "\"${var.open}/*\"",
            "\"b\"",
            "\"${aws_s3_bucket.b.arn}\"",
        ],
    );
    check_places(
        "\"${var.policy}\"",
        &[r#"{\"a\": \"variable\"}"#, r#"\"a\""#, r#"\"variable\""#],
    );
    // A function has no places but its own.
    let call = "replace(\"{\\\"a\\\": 1}\", \"x\", \"y\")";
    check_places(call, &[call, call, call]);
    // What a directive leaves out or repeats.
    check_places(
        "<<EOF\n{\"a\": [%{ for i in [1, 2] }${i},%{ endfor }3], \"b\": 2}\nEOF",
        &[
            "{\"a\": [%{ for i in [1, 2] }${i},%{ endfor }3], \"b\": 2}",
            "\"a\"",
            "[%{ for i in [1, 2] }${i},%{ endfor }3]",
            "%{ for i in [1, 2] }${i},%{ endfor }",
            "%{ for i in [1, 2] }${i},%{ endfor }",
            "3",
            "\"b\"",
            "2",
        ],
    );
}

#[test]
fn hostile_texts_end() {
    let deep = format!("<<EOF\n{}{}\nEOF", "[".repeat(10_000), "]".repeat(10_000));
    with_policy(&configuration(&deep), |_, policy| {
        assert!(matches!(policy.value, Value::String(_)));
    });
    // A megabyte, with what is known in it a thousand times.
    let item = format!("  \"{}${{var.bucket}}\",\n", "x".repeat(1000));
    let long = format!("<<EOF\n[\n{}  1\n]\nEOF", item.repeat(1000));
    let text = configuration(&long);
    with_policy(&text, |_, policy| {
        let last = policy.as_list().unwrap().last().unwrap();
        assert_eq!(last.span.text(&text), "1");
    });
    // A thousand documents that may replace a statement.
    let documents = "var.open ? data.aws_iam_policy_document.two.json : \"\",".repeat(1000);
    let body = format!("override_policy_documents = [{documents}]\nstatement {{ sid = \"A\" }}");
    with_policy(&with_documents(&body), |_, policy| {
        let first = &policy.get("Statement").unwrap().as_list().unwrap()[0];
        assert!(
            matches!(&first.value, Value::Symbol(symbol) if matches!(**symbol, Symbol::Unknown(_)))
        );
    });
    // Literals that stand in what is not known too.
    let item = "${var.bucket}a".repeat(2000);
    let text = configuration(&format!("\"[\\\"{}\\\"]\"", item));
    with_policy(&text, |_, policy| assert!(policy.as_list().is_some()));
}

/// A configuration whose policy is that of the data source `it`, with this body, among others.
fn with_documents(body: &str) -> String {
    configuration("data.aws_iam_policy_document.it.json")
        + "data \"aws_iam_policy_document\" \"it\" {\n"
        + body
        + r#"
}
data "aws_iam_policy_document" "one" {
  policy_id = "One"
  statement {
    sid     = "A"
    actions = ["one:a"]
  }
  statement { actions = ["one:b"] }
}
data "aws_iam_policy_document" "two" {
  version = "2008-10-17"
  statement {
    sid     = "A"
    effect  = "Deny"
    actions = ["two:a"]
  }
}
"#
}

/// The policy that a data source renders.
#[track_caller]
fn check_policy(body: &str, expected: &str) {
    with_policy(&with_documents(body), |project, policy| {
        let shown = render(project, policy).replace("Version: \"2012-10-17\", ", "");
        assert_eq!(shown, expected, "of {body}");
    });
}

/// Its statements, in short.
#[track_caller]
fn check_statements(body: &str, expected: &str) {
    with_policy(&with_documents(body), |project, policy| {
        let shown = policy.get("Statement").map(|list| render(project, list));
        assert_eq!(shown.unwrap_or_default(), expected, "of {body}");
    });
}

#[test]
fn statements_become_a_policy() {
    check_policy("", r#"json{Version: "2012-10-17"}"#);
    check_policy(
        r#"
  version   = "2008-10-17"
  policy_id = "Id"
  statement {
    sid           = "A"
    effect        = "Deny"
    not_actions   = ["a:c", "a:b", "a:c"]
    not_resources = ["*"]
  }"#,
        "json{Version: \"2008-10-17\", Id: \"Id\", Statement: [{Sid: \"A\", Effect: \"Deny\", \
         NotAction: [\"a:c\", \"a:b\"], NotResource: \"*\"}]}",
    );
    check_statements(
        r#"
  statement {
    sid       = ""
    actions   = []
    resources = ["arn:aws:s3:::home/&{aws:username}", "${aws_s3_bucket.b.arn}/&{aws:username}"]
  }"#,
        "[{Effect: \"Allow\", Resource: [\"arn:aws:s3:::home/${aws:username}\", \
         text[<aws_s3_bucket.b.arn>, \"/${aws:username}\"]]}]",
    );
    check_statements(
        "statement {\n actions = var.open\n resources = [var.open]\n effect = var.open\n}",
        "[{Effect: <var.open>, Action: <var.open>, Resource: <var.open>}]",
    );
}

#[test]
fn principals_are_grouped_by_type() {
    let principal = |blocks: &str, expected: &str| {
        let expected = match expected {
            "" => "[{Effect: \"Allow\"}]".to_owned(),
            _ => format!("[{{Effect: \"Allow\", Principal: {expected}}}]"),
        };
        check_statements(&format!("statement {{\n{blocks}\n}}"), &expected);
    };
    let block = |kind: &str, identifiers: &str| {
        format!("principals {{\n type = {kind}\n identifiers = {identifiers}\n}}\n")
    };
    principal("", "");
    principal(&block("\"*\"", "[\"*\"]"), r#""*""#);
    principal(&block("\"AWS\"", "[\"*\"]"), r#"{AWS: "*"}"#);
    principal(
        &(block("\"Service\"", "[\"b\", \"c\"]") + &block("\"AWS\"", "[1]")),
        r#"{AWS: "1", Service: ["c", "b"]}"#,
    );
    principal(
        &(block("\"AWS\"", "[\"a\"]") + &block("\"AWS\"", "[var.open, \"b\"]")),
        r#"{AWS: ["a", <var.open>, "b"]}"#,
    );
    principal(&block("var.open", "[\"a\"]"), "?");
    // Whether a block is there depends on a condition.
    principal(
        &(block("\"Service\"", "[\"s\"]")
            + "dynamic \"principals\" {\n for_each = [for one in [\"*\"] : one]\n content {\n type = \"*\"\n identifiers = [principals.value]\n}\n}"),
        r#"{*: "*", Service: "s"}"#,
    );
    principal(
        "dynamic \"principals\" {\n for_each = var.open ? [1] : []\n content {\n type = \"AWS\"\n identifiers = [\"*\"]\n}\n}",
        r#"(var.open ? {AWS: "*"} : -)"#,
    );
}

#[test]
fn conditions_are_grouped_by_test_and_variable() {
    let block = |test: &str, variable: &str, values: &str| {
        format!("condition {{\n test = {test}\n variable = {variable}\n values = {values}\n}}\n")
    };
    let condition = |blocks: String, expected: &str| {
        check_statements(
            &format!("statement {{\n{blocks}\n}}"),
            &format!("[{{Effect: \"Allow\", Condition: {expected}}}]"),
        );
    };
    condition(
        block("\"Bool\"", "\"aws:SecureTransport\"", "[false]"),
        r#"{Bool: {aws:SecureTransport: "false"}}"#,
    );
    condition(
        block("\"StringLike\"", "\"b\"", "[\"2\", \"1\"]")
            + &block("\"StringEquals\"", "\"x\"", "[\"&{aws:username}\"]")
            + &block("\"StringLike\"", "\"a\"", "var.open")
            + &block("\"StringLike\"", "\"b\"", "[\"3\"]"),
        "{StringEquals: {x: \"${aws:username}\"}, StringLike: {a: <var.open>, b: [\"2\", \"1\", \"3\"]}}",
    );
    condition(block("var.open", "\"a\"", "[]"), "?");
}

#[test]
fn documents_are_merged_by_sid() {
    let one = "data.aws_iam_policy_document.one.json";
    let two = "data.aws_iam_policy_document.two.json";
    let own = "statement {\n sid = \"A\"\n actions = [\"own:a\"]\n}\nstatement { actions = [\"own:b\"] }\n";
    let a = |effect: &str, action: &str| {
        format!("{{Sid: \"A\", Effect: \"{effect}\", Action: \"{action}\"}}")
    };
    let b = |action: &str| format!("{{Effect: \"Allow\", Action: \"{action}\"}}");
    let list = |items: &[String]| format!("[{}]", items.join(", "));
    let source = |documents: &str| format!("source_policy_documents = {documents}\n{own}");
    let over = |documents: &str| format!("override_policy_documents = {documents}\n{own}");

    check_policy(
        &format!("source_policy_documents = [{one}]"),
        &format!(
            "json{{Id: \"One\", Statement: {}}}",
            list(&[a("Allow", "one:a"), b("one:b")])
        ),
    );
    check_statements(
        &source(&format!("[{one}]")),
        &list(&[a("Allow", "own:a"), b("one:b"), b("own:b")]),
    );
    check_statements(
        &over(&format!("[{one}, \"\", {two}]")),
        &list(&[a("Deny", "two:a"), b("own:b"), b("one:b")]),
    );
    check_statements(
        &format!("source_json = {one}\noverride_json = {two}\n"),
        &list(&[a("Deny", "two:a"), b("one:b")]),
    );
    check_statements(
        "source_policy_documents = [<<EOF\n{\"Statement\": {\"Effect\": \"${var.open}\"}}\nEOF\n]",
        "[{Effect: <var.open>}]",
    );
    // What another document says is not known.
    check_statements(
        &source("[var.open]"),
        &list(&["?".to_owned(), a("Allow", "own:a"), b("own:b")]),
    );
    check_statements(
        &over("[var.open]"),
        &list(&["?".to_owned(), b("own:b"), "?".to_owned()]),
    );
    check_statements(
        &source("var.open"),
        &list(&["?".to_owned(), a("Allow", "own:a"), b("own:b")]),
    );
    // Whether there is another one depends on a condition.
    check_statements(
        &over(&format!("var.open ? [{two}] : []")),
        &list(&[
            format!(
                "(var.open ? {} : {})",
                a("Deny", "two:a"),
                a("Allow", "own:a")
            ),
            b("own:b"),
        ]),
    );
    check_statements(
        &source(&format!("[var.open ? {one} : {two}]")),
        &list(&[
            a("Allow", "own:a"),
            format!("(var.open ? {} : -)", b("one:b")),
            b("own:b"),
        ]),
    );
    // Own statements do not replace one another, whatever is not known of them.
    check_statements(
        &format!("{own}statement {{\n sid = var.open\n}}"),
        &list(&[
            a("Allow", "own:a"),
            b("own:b"),
            "{Sid: <var.open>, Effect: \"Allow\"}".to_owned(),
        ]),
    );
}

#[test]
fn statements_depend_on_what_they_are_made_for() {
    let dynamic = |collection: &str| {
        format!(
            "dynamic \"statement\" {{\n for_each = {collection}\n content {{\n actions = [statement.value]\n}}\n}}"
        )
    };
    check_statements(
        &dynamic("[\"a\", \"b\"]"),
        r#"[{Effect: "Allow", Action: "a"}, {Effect: "Allow", Action: "b"}]"#,
    );
    check_statements(
        &dynamic("var.open ? [\"a\"] : []"),
        r#"[(var.open ? {Effect: "Allow", Action: "a"} : -)]"#,
    );
    check_statements(&dynamic("var.open"), "[?]");
}

#[test]
fn the_text_is_that_of_the_provider() {
    let body = r#"
  statement {
    actions   = ["a:b", "a:c"]
    resources = ["<*>"]
  }"#;
    let indented = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "a:c",
        "a:b"
      ],
      "Resource": "\u003c*\u003e"
    }
  ]
}"#;
    let compact = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["a:c","a:b"],"Resource":"\u003c*\u003e"}]}"#;
    let configuration = with_documents(body);
    with_policy(&configuration, |_, policy| {
        assert_eq!(policy.as_str(), Some(indented))
    });
    with_policy(
        &configuration.replace("it.json", "it.minified_json"),
        |_, policy| assert_eq!(policy.as_str(), Some(compact)),
    );
    let decoded = configuration.replace(
        "data.aws_iam_policy_document.it.json",
        "jsondecode(data.aws_iam_policy_document.it.json).Statement[0].Effect",
    );
    with_policy(&decoded, |_, policy| {
        assert_eq!(policy.as_str(), Some("Allow"))
    });
}

#[test]
fn statements_keep_their_places() {
    let text = with_documents(
        r#"
  source_policy_documents = [<<EOF
    {"Statement": [{"Action": "x:*"}]}
  EOF
  ]
  statement {
    actions   = ["s3:*"]
    resources = ["a", "${aws_s3_bucket.b.arn}/*"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }"#,
    );
    with_policy(&text, |_, policy| {
        let mut places = Vec::new();
        walk(policy.get("Statement").unwrap(), &mut places);
        let places: Vec<_> = places.iter().map(|place| place.text(&text)).collect();
        let expected = [
            r#"{"Action": "x:*"}"#,
            "\"Action\"",
            "\"x:*\"",
            "statement",
            "statement",
            "statement",
            "actions",
            "\"s3:*\"",
            "resources",
            r#"["a", "${aws_s3_bucket.b.arn}/*"]"#,
            "\"a\"",
            "\"${aws_s3_bucket.b.arn}/*\"",
            "principals",
            "principals",
            "\"AWS\"",
            "\"*\"",
            "condition",
            "condition",
            "\"Bool\"",
            "\"Bool\"",
            "\"aws:SecureTransport\"",
            "\"false\"",
        ];
        assert_eq!(places, expected);
    });
}

#[test]
fn documents_that_are_not_wholly_known_are_texts() {
    let open = "data.aws_iam_policy_document.open.json";
    let statements = r#"[{Effect: "Allow", Resource: <var.open>}]"#;
    let check = |documents: &str| {
        let body = format!("source_policy_documents = {documents}");
        let text = with_documents(&body)
            + "data \"aws_iam_policy_document\" \"open\" {\n statement { resources = [var.open] }\n}\n";
        with_policy(&text, |project, policy| {
            let shown = policy.get("Statement").map(|list| render(project, list));
            assert_eq!(shown.as_deref(), Some(statements), "of {documents}");
        });
    };
    for documents in [
        format!("[{open}]"),
        format!("compact([{open}, \"\", null])"),
        format!("distinct(compact(concat([{open}], [])))"),
        format!("tolist([{open}, \"\"])"),
        format!("toset([{open}, \"\"])"),
        format!("flatten([[{open}], [\"\"]])"),
        format!("[coalesce({open}, \"\")]"),
        format!("[try({open}, \"\")]"),
        format!("[one([{open}])]"),
        format!("[\"${{{open}}}\"]"),
        format!("[tostring({open})]"),
        format!("[for one in [{open}, \"\"] : one if one != \"\"]"),
        format!("[jsonencode(jsondecode({open}))]"),
        format!("values({{ a = {open} }})"),
        format!("[lookup({{ a = {open} }}, \"a\", \"\")]"),
        format!("[element([{open}], 0)]"),
    ] {
        check(&documents);
    }
}
