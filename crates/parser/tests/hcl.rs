//! HCL: what is read, what is a problem, and where everything stands.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "support/hcl.rs"]
mod places;
mod support;

use hcl_edit::expr::Expression;
use hcl_edit::structure::{Block, Body, Structure};
use hcl_edit::template::{Directive, Element, HeredocTemplate, Template};
use pillarlint_parser::source::{FileId, LineIndex, Span};
use pillarlint_parser::terraform::hcl::{
    MAX_DEPTH, MAX_OBJECT_KEYS, MAX_PROBLEMS, ParsedBody, parse, parse_template, span_of,
};
use proptest::prelude::*;
use support::{Edit, FILE, edited};

/// Reads a text and checks all places.
fn read(text: &str) -> ParsedBody {
    let parsed = parse(FILE, text);
    places::check_places(&parsed, text);
    parsed
}

/// The blocks and arguments in short, as they are written, and behind them the problems.
fn check(text: &str, expected: &str) {
    let parsed = read(text);
    let problems = parsed.problems.iter().map(|problem| {
        let place = problem.span.text(text);
        let related = problem
            .related
            .iter()
            .map(|(span, note)| format!(" ({note}: {:?})", span.text(text)));
        let related: String = related.collect();
        format!(
            "{:?} at {place:?}: {}{related}",
            problem.level, problem.message
        )
    });
    let shown = show_body(&parsed.body, text);
    let lines = Some(shown)
        .filter(|shown| !shown.is_empty())
        .into_iter()
        .chain(problems);
    assert_eq!(
        lines.collect::<Vec<_>>().join("\n"),
        expected,
        "of {text:?}"
    );
}

fn show_body(body: &Body, text: &str) -> String {
    let structures = body.iter().map(|structure| match structure {
        Structure::Attribute(attribute) => {
            let value = expression_span(FILE, &attribute.value).text(text);
            format!("{}={value}", attribute.key.as_str())
        }
        Structure::Block(block) => {
            let labels: String = labels(FILE, block)
                .map(|(_, span)| format!(" {}", span.text(text)))
                .collect();
            format!(
                "{}{labels} {{{}}}",
                block.ident.as_str(),
                show_body(&block.body, text)
            )
        }
    });
    structures.collect::<Vec<_>>().join("; ")
}

/// The pieces of a template in short: what is joined, and `<…>` for what is computed.
fn show_template(template: &Template) -> String {
    let elements = template.iter().map(|element| match element {
        Element::Literal(literal) => literal.to_string(),
        Element::Interpolation(_) => "<>".to_owned(),
        Element::Directive(directive) => match &**directive {
            Directive::If(directive) => {
                let otherwise = directive.else_expr.as_ref();
                let otherwise = otherwise.map_or(String::new(), |one| {
                    format!("|{}", show_template(&one.template))
                });
                format!(
                    "<{}{otherwise}>",
                    show_template(&directive.if_expr.template)
                )
            }
            Directive::For(directive) => {
                format!("<{}>", show_template(&directive.for_expr.template))
            }
        },
    });
    elements.collect()
}

/// What a template's literals say.
fn check_literals(expression: &str, expected: &str) {
    let text = format!("a = {expression}\n");
    let parsed = read(&text);
    let value = &parsed.body.get_attribute("a").unwrap().value;
    let shown = match value {
        Expression::String(literal) => literal.to_string(),
        value => show_template(value.as_template().unwrap()),
    };
    assert_eq!(shown, expected, "of {text:?}");
}

/// Where an expression stands, without space and comments around it.
fn expression_span(file: FileId, expression: &Expression) -> Span {
    span_of(file, expression)
}

/// An argument: a name and its value (`name = value`).
#[derive(Clone, Copy, Debug)]
struct Argument<'b> {
    /// Where the name stands.
    name_span: Span,
    /// Its value.
    value: &'b Expression,
    /// Where the value stands.
    value_span: Span,
}

/// The arguments of a body, in order. Their names are distinct.
fn arguments(file: FileId, body: &Body) -> impl Iterator<Item = Argument<'_>> {
    body.attributes().map(move |attribute| Argument {
        name_span: span_of(file, &attribute.key),
        value: &attribute.value,
        value_span: expression_span(file, &attribute.value),
    })
}

/// The labels of a block with their places, quotes included: `aws_s3_bucket` and `logs` of a resource.
fn labels(file: FileId, block: &Block) -> impl Iterator<Item = (&str, Span)> {
    let labels = block.labels.iter();
    labels.map(move |label| (label.as_str(), span_of(file, label)))
}

/// The type of a block and its labels: what a finding on the whole block points at.
fn header_span(file: FileId, block: &Block) -> Span {
    let kind = span_of(file, &block.ident);
    match block.labels.last() {
        Some(label) => kind.to(span_of(file, label)),
        None => kind,
    }
}

/// Where the text of a heredoc stands, without the lines of its delimiters. Empty where the heredoc is.
fn heredoc_span(file: FileId, heredoc: &HeredocTemplate) -> Span {
    span_of(file, &heredoc.template)
}

#[test]
fn blocks_and_arguments() {
    check("", "");
    check("# nothing\n\n/* else */", "");
    check("a = 1", "a=1");
    check("a=1 // one\nb = [ 1,\n 2 ] # two\n", "a=1; b=[ 1,\n 2 ]");
    check(
        "resource \"aws_s3_bucket\" logs {\n  bucket = \"x\"\n  versioning {\n    enabled = true\n  }\n  tags = {}\n}\n",
        "resource \"aws_s3_bucket\" logs {bucket=\"x\"; versioning {enabled=true}; tags={}}",
    );
    check("locals { a = 1 }\r\nb {}\r\n", "locals {a=1}; b {}");
    check(
        "é = \"ß\"\nü {\n ö = é.ä[\"€\"]\n}",
        "é=\"ß\"; ü {ö=é.ä[\"€\"]}",
    );
    check(
        "\u{FEFF}a = 1\n\u{FEFF}",
        "a=1\nError at \"\\u{feff}\": unexpected token",
    );
}

#[test]
fn places_of_parts() {
    let text = "\u{FEFF}# é\r\nresource \"aws_x\" \"é\" {\r\n  name = <<-EOT\r\n    é ${var.a}\r\n  EOT\r\n  size = (1 + 2) * 3\r\n}\r\n";
    let parsed = read(text);
    let block = parsed.body.blocks().next().unwrap();
    assert_eq!(
        header_span(FILE, block).text(text),
        "resource \"aws_x\" \"é\""
    );
    let labels: Vec<_> = labels(FILE, block)
        .map(|(label, span)| (label, span.text(text)))
        .collect();
    assert_eq!(labels, [("aws_x", "\"aws_x\""), ("é", "\"é\"")]);
    let arguments: Vec<_> = arguments(FILE, &block.body).collect();
    assert_eq!(arguments[0].name_span.text(text), "name");
    assert_eq!(
        arguments[0].value_span.text(text),
        "<<-EOT\r\n    é ${var.a}\r\n  EOT"
    );
    assert_eq!(arguments[1].value_span.text(text), "(1 + 2) * 3");
    let heredoc = arguments[0].value.as_heredoc_template().unwrap();
    assert_eq!(heredoc_span(FILE, heredoc).text(text), "    é ${var.a}\r\n");
    let elements: Vec<_> = heredoc
        .template
        .iter()
        .map(|one| span_of(FILE, one).text(text))
        .collect();
    assert_eq!(elements, ["    é ", "${var.a}", "\r\n"]);
    let position = LineIndex::new(text).position(arguments[1].name_span.start as usize, text);
    assert_eq!((position.line, position.column), (6, 3));
    assert_eq!(parsed.comments, [Span::new(FILE, 3, 7)]);
}

#[test]
fn comments() {
    let text = "# a\n// b \r\nx = 1 /* c */ # d\ny = \"# no ${1 /* e */} //\"\nz = <<E\n# no ${2} %{ if true } // no\n%{ endif /* f */ }\nE\n# g";
    let parsed = read(text);
    let comments: Vec<_> = parsed.comments.iter().map(|span| span.text(text)).collect();
    assert_eq!(
        comments,
        [
            "# a", "// b ", "/* c */", "# d", "/* e */", "/* f */", "# g"
        ]
    );
}

#[test]
fn one_broken_block_hides_no_other() {
    let note = "because of that, this is not read";
    check(
        "a {\n  x = 1\n}\nb \"l\" {\n  x = = 1\n}\nc {\n}\n",
        &format!(
            "a {{x=1}}; c {{}}\nError at \"=\": invalid expression; expected `\"`, `[`, `{{`, `-`, `!`, `(`, `_`, `<`, letter or digit ({note}: \"b \\\"l\\\"\")"
        ),
    );
    // Each bad one has its own problem.
    check(
        "a = 1\nb = \nc = 3\nd = 4 5\ne {}",
        "a=1; c=3; e {}\nError at \"\": invalid expression; expected `\"`, `[`, `{`, `-`, `!`, `(`, `_`, `<`, letter or digit (because of that, this is not read: \"b =\")\nError at \"5\": expected newline or eof",
    );
    check(
        "}\na = 1\n)\n",
        "a=1\nError at \"}\": unexpected token\nError at \")\": unexpected token",
    );
    // A brace on its own line.
    check(
        "a\n{\n}\nb {}\n",
        "b {}\nError at \"\": invalid structure; expected `{`, `=`, `\"` or identifier (because of that, this is not read: \"a\")",
    );
    let garbage = "= 1\n".repeat(100);
    let parsed = read(&format!("{garbage}a {{}}\n"));
    assert_eq!(parsed.problems.len(), MAX_PROBLEMS);
    assert_eq!((parsed.unread.len(), parsed.body.len()), (100, 1));
}

#[test]
fn a_block_that_never_closes() {
    check(
        "a {}\nb {\n  x = 1\n",
        "a {}\nError at \"{\": this `{` is never closed (because of that, this is not read: \"b\")",
    );
    // The next block of Terraform is read all the same.
    check(
        "resource \"a\" \"b\" {\n  x {\n    y = 1\n}\nvariable \"v\" {\n  default = \"}\"\n}\n",
        "variable \"v\" {default=\"}\"}\nError at \"{\": this `{` is never closed (because of that, this is not read: \"resource \\\"a\\\" \\\"b\\\"\")",
    );
    check(
        "a = [1,\nlocals {\n  b = 1\n}\n",
        "locals {b=1}\nError at \"[\": this `[` is never closed",
    );
    check(
        "a = \"${f(\noutput \"o\" {\n  value = 1\n}\n",
        "output \"o\" {value=1}\nError at \"(\": this `(` is never closed",
    );
    check("a {}\n/* b {}\n", "a {}\nError at \"/\": unexpected token");
    check(
        "a {}\nb = <<EOT\nx\nc {}\n",
        "a {}; c {}\nError at \"<<EOT\": this heredoc is never closed\nError at \"\": invalid structure; expected `{`, `=`, `\"` or identifier (because of that, this is not read: \"x\")",
    );
}

#[test]
fn quoted_texts_stay_on_their_line() {
    check(
        "a {\n  x = \"1\n}\nb {\n  y = \"2\"\n}\n",
        "b {y=\"2\"}\nError at \"\\\"1\": a quoted text ends on the line on which it begins (because of that, this is not read: \"a\")",
    );
    check(
        "a { x = \"1\n2\"\n}\nb = 1",
        "b=1\nError at \"\\\"1\": a quoted text ends on the line on which it begins",
    );
    check(
        "b {}\noutput \"x",
        "b {}\nError at \"\\\"x\": a quoted text ends on the line on which it begins",
    );
    check("a = \"${\n  1\n}\"\n", "a=\"${\n  1\n}\"");
    check("a = \"\\\\\"\nb = \"\\\"#\"\n", "a=\"\\\\\"; b=\"\\\"#\"");
}

#[test]
fn what_is_set_twice() {
    check(
        "a {\n  x = { y = 1 }\n  y = 1\n  y = 2\n}\nb {}\n",
        "b {}\nError at \"y\": the argument `y` is set twice (set before: \"y\") (because of that, this is not read: \"a\")",
    );
    check(
        "x = 1\ny = 2\nx = 3\n",
        "x=1; y=2\nError at \"x\": the argument `x` is set twice (set before: \"x\")",
    );
    // Terraform takes the last of an object.
    check(
        "a {\n  x = { b = [1, 2], c = 1, b = 3 } # c\n}\n",
        "a {x={ b = [1, 2], c = 1, b = 3 }}\nWarning at \"b\": the key `b` is written again; this one counts (written before: \"b\")",
    );
    let parsed = read("x = {\n  \"a b\" = 1\n  b = 2\n  \"a b\" = <<E\n3\nE\n}\n");
    let items: Vec<_> = parsed
        .body
        .get_attribute("x")
        .unwrap()
        .value
        .as_object()
        .unwrap()
        .iter()
        .collect();
    assert_eq!(items.len(), 2);
    assert!(items[1].1.expr().is_heredoc_template());
}

#[test]
fn lines_in_a_for() {
    check(
        "a = { for k, v in x : k => v ? # why\r\n  { b = 1\n    c = 2 } :\r\n  <<E\n1\nE\n  // end\n}\nb = 1\n",
        "a={ for k, v in x : k => v ? # why\r\n  { b = 1\n    c = 2 } :\r\n  <<E\n1\nE\n  // end\n}; b=1",
    );
    check(
        "a = [for k in x ?\n  y : z : k]\n",
        "a=[for k in x ?\n  y : z : k]",
    );
    check(
        "a = \"${{\n for k in x : k => y ?\n 1 : 2}}\"",
        "a=\"${{\n for k in x : k => y ?\n 1 : 2}}\"",
    );
    check(
        "a = { # c\nfor k in x: k => true ?\n1:2}\nb = {\n  fore = 1\n  c = 2\n}",
        "a={ # c\nfor k in x: k => true ?\n1:2}; b={\n  fore = 1\n  c = 2\n}",
    );
}

/// Each expectation is what `terraform console` prints, with `<>` for what is computed.
#[test]
fn literals_say_what_is_joined() {
    check_literals(
        "\"a$${b}\\n %%{d} $$ $$${x} % $ \\u00e9 \\U0001F600\"",
        "a${b}\n %{d} $$ $${x} % $ é 😀",
    );
    check_literals(
        "<<E\na$${b}\\n\\t\"c\" %%{d} $$ $$${x} %\nE",
        "a${b}\\n\\t\"c\" %{d} $$ $${x} %\n",
    );
    check_literals("<<E\nE", "");
    check_literals("<<-E\n  E", "");
    check_literals("<<E\n${x}\nE", "<>\n");
    check_literals("<<E\nx\n  E", "x\n");
    // Indentation: blank lines do not count, a tab is one, the least counts.
    check_literals(
        "<<-E\n      four\n    \n     \n      ${x} x\n        deeper\n    E",
        "four\n    \n     \n<> x\n  deeper\n",
    );
    check_literals(
        "<<-E\n    ${x}\n      in\n\ttab\n  E",
        "   <>\n     in\ntab\n",
    );
    check_literals("<<-E\n  a\nb\n  E", "  a\nb\n");
    check_literals("<<-E\r\n    x\r\n      y\r\n  E", "x\r\n  y\r\n");
    check_literals("<<-E\n    a$${b}\n    %%{c}\n  E", "a${b}\n%{c}\n");
    check_literals(
        "<<-E\n    %{ if x }\n      yes\n    %{ else }\n      no\n    %{ endif }\n    end\n  E",
        "<\n  yes\n|\n  no\n>\nend\n",
    );
    // `~` takes space up to the end of a line in a heredoc, all there is in quotes.
    check_literals(
        "<<E\nstart\n  %{ for x in xs ~}\n    item ${x}\n\n  %{ endfor ~}\n    end\nE",
        "start\n  <    item <>\n\n  >    end\n",
    );
    check_literals(
        "<<E\nstart\n\n   ${~ \"q\" ~}   \n\n   end\nE",
        "start\n\n<>\n   end\n",
    );
    check_literals("\"a \\n  ${~ \"q\" ~}  \\n\\n  b\"", "a<>b");
    check_literals(
        "<<-E\n    a\n    %{~ for x in xs ~}\n    item ${x}\n    %{~ endfor ~}\n    b\n  E",
        "    a\n<    item <>\n>    b\n",
    );
    check_literals("\"${f(\"  ${~ x ~}  \")}\"", "<>");
}

#[test]
fn templates() {
    let text = "start\n\n  %{ for x in xs ~}\n\n   item ${x}\n  %{~ endfor ~}\n\n  end";
    let template = parse_template(FILE, text).unwrap();
    assert_eq!(
        show_template(&template),
        "start\n\n  <\n   item <>\n>\n  end"
    );
    let problem = parse_template(FILE, "a ${").unwrap_err();
    assert_eq!(problem.span, Span::new(FILE, 2, 3));
    let problem = parse_template(FILE, "é\n%{ if x }é").unwrap_err();
    assert!(problem.span.text("é\n%{ if x }é").len() <= 2);
}

/// Nesting, one shape each: what is repeated before and after the middle.
const SHAPES: [(&str, &str, &str); 14] = [
    ("a {\n", "", "}\n"),
    ("a = [", "1", "]"),
    ("a = (", "1", ")"),
    ("a = {b = ", "1", "}"),
    ("a = f(", "1", ")"),
    ("a = \"${", "1", "}\""),
    ("a = x[", "1", "]"),
    ("a = \"%{ if x }", "1", "%{ endif }\""),
    ("a = \"%{ for x in y }", "1", "%{ endfor }\""),
    ("a = !", "x", ""),
    ("a = -", "x", ""),
    ("a = x ? ", "1", " : 2"),
    ("a = [for x in y : ", "x", "]"),
    ("a = 1 + ", "1", ""),
];

#[test]
fn nesting_is_limited() {
    for (before, middle, after) in SHAPES {
        let (first, inner) = match before.strip_prefix("a = ") {
            Some(inner) if !before.contains('%') => ("a = ", inner),
            Some(inner) => ("a = \"", inner.trim_start_matches('"')),
            None => ("", before),
        };
        let (after, last) = match after.strip_suffix('"') {
            Some(rest) if before.contains('%') => (rest, "\""),
            _ => (after, ""),
        };
        let nested = |depth: usize| {
            format!(
                "{first}{}{middle}{}{last}\n",
                inner.repeat(depth),
                after.repeat(depth)
            )
        };
        let shallow = read(&format!("{}b {{}}\n", nested(MAX_DEPTH / 4)));
        assert_eq!(
            (shallow.problems.len(), shallow.body.len()),
            (0, 2),
            "{before}"
        );
        for depth in [MAX_DEPTH * 4, 20_000] {
            let text = format!("b {{}}\n{}", nested(depth));
            let deep = read(&text);
            assert_eq!((deep.problems.len(), deep.body.len()), (1, 1), "{before}");
            let message = &deep.problems[0].message;
            assert!(
                message.contains("64 levels") || message.contains("128 operators"),
                "{before}: {message}"
            );
            // Never closed.
            read(&format!("b {{}}\n{first}{}", inner.repeat(depth)));
        }
    }
}

#[test]
fn heredocs_that_are_never_closed_cost_little() {
    let text: String = (0..20_000).map(|n| format!("a{n} = <<E{n}\n")).collect();
    assert_eq!(read(&text).problems.len(), MAX_PROBLEMS);
    let text: String = (0..20_000).map(|n| format!("<<E{n}\n${{")).collect();
    read(&format!("a = {text}"));
}

#[test]
fn large_objects_are_not_read() {
    let items: String = (0..MAX_OBJECT_KEYS)
        .map(|n| format!("  k{n} = 1\n"))
        .collect();
    let large = format!("locals {{\n  a = f(# c\n{{\n{items}}})\n}}\nb {{}}\n");
    check(
        &large,
        "b {}\nError at \"{\": an object of more keys than are read (because of that, this is not read: \"locals\")",
    );
    // One less, and a body.
    assert_eq!(read(&large.replacen("  k0 = 1\n", "", 1)).problems, []);
    assert_eq!(read(&format!("locals {{\n{items}}}\n")).problems, []);
}

const SAMPLE: &str = "# é\nresource \"aws_x\" \"é\" {\n  for_each = { for k, v in var.x : k => v ?\n    1 : 2 }\n  a = \"é ${~ a[0].b[*].c ~} %{ if x }y%{ else }z%{ endif }\"\n  b {\n    c = <<-EOT\n      é ${x}\n        y\n    EOT\n  }\n  /* c */ d = !true && -1 < 2 ? [1, \"two\", null] : f(x...)\n}\nlocals {\n  e = { a = 1, \"b\" : 2, (c) = 3 }\n}\n";

fn text() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "a",
        " = ",
        "\n",
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "\"",
        "${",
        "%{",
        "~}",
        "}",
        "$${",
        "<<E\n",
        "\nE\n",
        "<<-E\n",
        "#",
        "//",
        "/*",
        "*/",
        "for",
        " in ",
        " : ",
        "=>",
        "?",
        "if ",
        "endif",
        "1",
        ".",
        ",",
        "é",
        "\r\n",
        "\\",
        "\nresource \"a\" \"b\" {",
        "\nlocals {",
        "  ",
        "x = 1\n",
        "...",
        "*",
        "-",
        "\u{FEFF}",
    ]);
    prop::collection::vec(word, 0..40).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn every_place_fits(text in text(), edits in prop::collection::vec(any::<Edit>(), 0..6)) {
        read(&text);
        read(&edited(SAMPLE, &edits));
        let _ = parse_template(FILE, &text);
        let _ = parse_template(FILE, &edited(SAMPLE, &edits));
    }

    /// What stands behind a text that is right, or before it, hides nothing of it.
    #[test]
    fn what_is_right_is_read(edits in prop::collection::vec(any::<Edit>(), 0..3), words in text()) {
        for text in [edited(SAMPLE, &edits), words] {
            let alone = read(&text);
            if alone.problems.is_empty() && !text.starts_with('\u{FEFF}') {
                let (before, behind) = (format!("x y\n{text}"), format!("{text}\nx y\n"));
                prop_assert_eq!(read(&before).body.len(), alone.body.len(), "{}", text);
                prop_assert_eq!(read(&behind).body.len(), alone.body.len(), "{}", text);
            }
        }
    }
}
