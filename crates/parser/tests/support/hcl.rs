//! What holds for every text that is read as HCL, however broken.

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Attribute, Block, BlockLabel};
use hcl_edit::template::{Directive, Element, HeredocTemplate};
use hcl_edit::visit::{self, Visit};
use pillarlint_parser::terraform::hcl::ParsedBody;
use std::ops::Range;

/// Asserts that every part has a place, in the text, on character boundaries and within its parent's.
pub(crate) fn check_places(parsed: &ParsedBody, text: &str) {
    let problems = parsed.problems.iter();
    let problems =
        problems.flat_map(|one| one.related.iter().map(|(span, _)| *span).chain([one.span]));
    for span in problems.chain(parsed.unread.iter().copied()) {
        fits(&(span.start as usize..span.end as usize), text);
    }
    for comment in &parsed.comments {
        let written = comment.text(text);
        assert!(
            written.starts_with('#') || written.starts_with("//") || written.starts_with("/*"),
            "{comment:?} in {text:?}"
        );
    }
    let mut places = Places {
        text,
        within: 0..text.len(),
    };
    places.visit_body(&parsed.body);
}

fn fits(range: &Range<usize>, text: &str) {
    assert!(
        text.get(range.clone()).is_some(),
        "{range:?} does not fit {text:?}"
    );
}

struct Places<'t> {
    text: &'t str,
    within: Range<usize>,
}

impl Places<'_> {
    fn part(&mut self, range: Option<Range<usize>>, what: &str, inner: impl FnOnce(&mut Self)) {
        let range = range.unwrap_or_else(|| panic!("{what} has no place in {:?}", self.text));
        fits(&range, self.text);
        let outer = &self.within;
        assert!(
            outer.start <= range.start && range.end <= outer.end,
            "{what} at {range:?} is not in {outer:?} of {:?}",
            self.text
        );
        let outer = std::mem::replace(&mut self.within, range);
        inner(self);
        self.within = outer;
    }
}

impl Visit for Places<'_> {
    fn visit_attr(&mut self, node: &Attribute) {
        self.part(node.span(), "argument", |places| {
            places.part(node.key.span(), "name", |_| {});
            let key = node.key.span().unwrap_or_default();
            assert_eq!(&places.text[key], node.key.as_str());
            places.visit_expr(&node.value);
        });
    }

    fn visit_block(&mut self, node: &Block) {
        self.part(node.span(), "block", |places| {
            let kind = node.ident.span().unwrap_or_default();
            assert_eq!(&places.text[kind], node.ident.as_str());
            visit::visit_block(places, node);
        });
    }

    fn visit_block_label(&mut self, node: &BlockLabel) {
        self.part(node.span(), "label", |_| {});
    }

    fn visit_expr(&mut self, node: &Expression) {
        self.part(node.span(), "expression", |places| {
            let written = &places.text[places.within.clone()];
            let trimmed = written.trim_matches([' ', '\t', '\n', '\r']);
            assert_eq!(written, trimmed, "in {:?}", places.text);
            visit::visit_expr(places, node);
        });
    }

    fn visit_object_key(&mut self, node: &ObjectKey) {
        self.part(node.span(), "key", |places| {
            visit::visit_object_key(places, node)
        });
    }

    fn visit_heredoc_template(&mut self, node: &HeredocTemplate) {
        self.part(node.template.span(), "heredoc", |places| {
            visit::visit_heredoc_template(places, node);
        });
    }

    fn visit_element(&mut self, node: &Element) {
        self.part(node.span(), "element", |places| {
            visit::visit_element(places, node)
        });
    }

    fn visit_directive(&mut self, node: &Directive) {
        self.part(node.span(), "directive", |places| {
            visit::visit_directive(places, node)
        });
    }
}
