//! The parts of a text that a comment may speak of: entries, elements of lists, blocks and attributes.
//!
//! A part of a text begins where its name does, so that what stands on a line can be told from what it is in.

use crate::source::{FileId, Span};
use crate::terraform::hcl::span_of;
use crate::terraform::{Content, File};
use crate::tree::{Node, Value};
use hcl_edit::expr::{Array, ObjectKey, ObjectValue};
use hcl_edit::structure::{Attribute, Block, Body};
use hcl_edit::visit::{self, Visit};

/// The parts of a tree of YAML or JSON: entries with their keys, and elements. In the order of the text, of those that
/// begin together the largest first.
pub fn of_tree(root: &Node<'_>) -> Vec<Span> {
    let mut parts = Vec::new();
    add_node(root, &mut parts);
    sorted(parts)
}

fn add_node(node: &Node<'_>, parts: &mut Vec<Span>) {
    match &node.value {
        Value::Map(map) => {
            for entry in &map.entries {
                parts.push(entry.span());
                add_node(&entry.value, parts);
            }
        }
        Value::List(items) => {
            for item in items {
                parts.push(item.span);
                add_node(item, parts);
            }
        }
        _ => {}
    }
}

/// The parts of a file of Terraform, in the same order: blocks, attributes, and the entries and elements of their
/// expressions.
pub fn of_file(file: &File<'_>) -> Vec<Span> {
    match &file.content {
        Content::Hcl(body) => of_body(file.file, body),
        Content::Json(root) => root.as_ref().map_or_else(Vec::new, of_tree),
    }
}

fn of_body(file: FileId, body: &Body) -> Vec<Span> {
    let mut collect = Collect {
        file,
        parts: Vec::new(),
    };
    collect.visit_body(body);
    sorted(collect.parts)
}

struct Collect {
    file: FileId,
    parts: Vec<Span>,
}

impl Visit for Collect {
    fn visit_attr(&mut self, attribute: &Attribute) {
        let key = span_of(self.file, &attribute.key);
        self.parts
            .push(key.to(span_of(self.file, &attribute.value)));
        visit::visit_attr(self, attribute);
    }

    fn visit_block(&mut self, block: &Block) {
        self.parts.push(span_of(self.file, block));
        visit::visit_block(self, block);
    }

    fn visit_array(&mut self, array: &Array) {
        let elements = array.iter().map(|element| span_of(self.file, element));
        self.parts.extend(elements);
        visit::visit_array(self, array);
    }

    fn visit_object_item(&mut self, key: &ObjectKey, value: &ObjectValue) {
        let key_span = span_of(self.file, key);
        self.parts
            .push(key_span.to(span_of(self.file, value.expr())));
        visit::visit_object_item(self, key, value);
    }
}

fn sorted(mut parts: Vec<Span>) -> Vec<Span> {
    parts.sort_by_key(|part| (part.start, std::cmp::Reverse(part.end)));
    parts.dedup();
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terraform::hcl;
    use crate::{json, yaml};

    const FILE: FileId = FileId(0);

    fn shown(parts: &[Span], text: &str) -> Vec<String> {
        parts
            .iter()
            .map(|part| part.text(text).replace('\n', "⏎"))
            .collect()
    }

    #[track_caller]
    fn check_yaml(text: &str, expected: &[&str]) {
        let parsed = yaml::parse(FILE, text);
        assert_eq!(shown(&of_tree(&parsed.documents[0]), text), expected);
    }

    #[track_caller]
    fn check_hcl(text: &str, expected: &[&str]) {
        let parsed = hcl::parse(FILE, text);
        assert_eq!(shown(&of_body(FILE, &parsed.body), text), expected);
    }

    #[test]
    fn parts_of_yaml() {
        check_yaml(
            "A:\n  B: 1\n  C: !Sub x\n\n# comment\nD: [1, {E: 2}]\n",
            &[
                "A:⏎  B: 1⏎  C: !Sub x",
                "B: 1",
                "C: !Sub x",
                "!Sub x",
                "D: [1, {E: 2}]",
                "1",
                "{E: 2}",
                "E: 2",
            ],
        );
        check_yaml(
            "- a: 1\n  b: 2\n- c\n",
            &["a: 1⏎  b: 2", "a: 1", "b: 2", "c"],
        );
        // The entry ends where the value does, not where the next one begins.
        check_yaml("A:\n  - |\n    x\n\nB:\n", &["A:⏎  - |⏎    x", "x", "B"]);
        check_yaml("A: &a {x: 1}\nB: *a\n", &["A: &a {x: 1}", "x: 1", "B: *a"]);
    }

    #[test]
    fn parts_of_json() {
        let text = r#"{"A": {"B": [1]}, "C": null}"#;
        let parsed = json::parse(FILE, text);
        assert_eq!(
            shown(&of_tree(&parsed.documents[0]), text),
            [r#""A": {"B": [1]}"#, r#""B": [1]"#, "1", r#""C": null"#]
        );
    }

    #[test]
    fn parts_of_hcl() {
        check_hcl(
            "a \"b\" {\n  c = 1 # x\n  d {\n    e = [1, 2]\n  }\n  f = jsonencode({ g = { h = 1 } })\n}\ni = 2\n",
            &[
                "a \"b\" {⏎  c = 1 # x⏎  d {⏎    e = [1, 2]⏎  }⏎  f = jsonencode({ g = { h = 1 } })⏎}",
                "c = 1",
                "d {⏎    e = [1, 2]⏎  }",
                "e = [1, 2]",
                "1",
                "2",
                "f = jsonencode({ g = { h = 1 } })",
                "g = { h = 1 }",
                "h = 1",
                "i = 2",
            ],
        );
    }
}
