//! Blocks and their arguments, written as HCL or as JSON, and merged with what override files say.
//!
//! <https://developer.hashicorp.com/terraform/language/syntax/json>,
//! <https://developer.hashicorp.com/terraform/language/files/override>

use super::{Content, File};
use crate::source::Span;
use crate::tree::{Entry, Node, Value};
use hcl_edit::expr::Expression;
use hcl_edit::structure::{self, Structure};

/// An expression, and the file that it stands in.
#[derive(Clone, Copy)]
pub(super) struct Expr<'m, 's> {
    pub(super) file: &'m File<'s>,
    pub(super) part: ExprPart<'m, 's>,
}

#[derive(Clone, Copy)]
pub(super) enum ExprPart<'m, 's> {
    Hcl(&'m Expression),
    Json(&'m Node<'s>),
}

/// The inside of a block, in one file.
#[derive(Clone, Copy)]
struct Layer<'m, 's> {
    file: &'m File<'s>,
    part: Part<'m, 's>,
}

#[derive(Clone, Copy)]
enum Part<'m, 's> {
    Hcl(&'m structure::Body),
    /// An object, or a list of objects that are read as one.
    Json(&'m Node<'s>),
}

/// An argument of a block.
pub(super) struct Argument<'m, 's> {
    pub(super) name: &'m str,
    pub(super) name_span: Span,
    pub(super) value: Expr<'m, 's>,
}

/// A block with its labels.
#[derive(Clone)]
pub(super) struct Block<'m, 's> {
    /// What kind of block it is (`resource`, `ingress`).
    pub(super) name: &'m str,
    pub(super) name_span: Span,
    labels: Vec<(&'m str, Span)>,
    /// The block itself, then what override files say of it.
    layers: Vec<Layer<'m, 's>>,
    /// The whole block.
    pub(super) span: Span,
}

impl<'m, 's> Expr<'m, 's> {
    pub(super) fn span(&self) -> Span {
        match self.part {
            ExprPart::Hcl(expression) => self.file.span(expression),
            ExprPart::Json(node) => node.span,
        }
    }

    /// The text of an expression that is no more than a text.
    pub(super) fn literal(&self) -> Option<&'m str> {
        match self.part {
            ExprPart::Hcl(Expression::String(text)) => Some(text.value()),
            ExprPart::Hcl(_) => None,
            ExprPart::Json(node) => node.as_str().filter(|text| !is_template(text)),
        }
    }

    /// The truth value of an expression that is no more than that.
    pub(super) fn literal_bool(&self) -> Option<bool> {
        match self.part {
            ExprPart::Hcl(Expression::Bool(held)) => Some(*held.value()),
            ExprPart::Hcl(_) => None,
            ExprPart::Json(node) => super::value::boolean(node),
        }
    }

    /// What an expression that is a reference refers to, as it is written: `aws.west`. JSON may have it in `${}`.
    pub(super) fn reference(&self) -> &'m str {
        match self.part {
            ExprPart::Hcl(_) => self.span().text(self.file.text).trim_matches('"'),
            ExprPart::Json(node) => {
                let text = node.as_str().unwrap_or_default();
                let inner = text
                    .strip_prefix("${")
                    .and_then(|text| text.strip_suffix('}'));
                inner.unwrap_or(text)
            }
        }
    }

    /// The elements of a list that is written out.
    pub(super) fn items(&self) -> Vec<Expr<'m, 's>> {
        let file = self.file;
        let expr = |part| Expr { file, part };
        match self.part {
            ExprPart::Hcl(Expression::Array(items)) => {
                items.iter().map(|one| expr(ExprPart::Hcl(one))).collect()
            }
            ExprPart::Hcl(_) => Vec::new(),
            ExprPart::Json(node) => {
                let items = node.as_list().unwrap_or_default().iter();
                items.map(|one| expr(ExprPart::Json(one))).collect()
            }
        }
    }

    /// The entries of an object that is written out: keys as they are written, and values.
    pub(super) fn entries(&self) -> Vec<(&'m str, Expr<'m, 's>)> {
        let file = self.file;
        match self.part {
            ExprPart::Hcl(Expression::Object(object)) => object
                .iter()
                .map(|(key, item)| {
                    let key = self.file.span(key).text(self.file.text).trim_matches('"');
                    let part = ExprPart::Hcl(item.expr());
                    (key, Expr { file, part })
                })
                .collect(),
            ExprPart::Hcl(_) => Vec::new(),
            ExprPart::Json(node) => members(node)
                .map(|entry| {
                    let part = ExprPart::Json(&entry.value);
                    (&*entry.key, Expr { file, part })
                })
                .collect(),
        }
    }
}

/// Whether a text of JSON is a template, and not only a text.
pub(super) fn is_template(text: &str) -> bool {
    text.contains("${") || text.contains("%{")
}

/// The members of an object, or of a list of objects that stand for one. `//` is a comment.
fn members<'n, 's>(node: &'n Node<'s>) -> impl Iterator<Item = &'n Entry<'s>> {
    let one = std::slice::from_ref(node);
    let parts = match &node.value {
        Value::List(items) => items.as_slice(),
        _ => one,
    };
    let entries = parts
        .iter()
        .filter_map(Node::as_map)
        .flat_map(|map| &map.entries);
    entries.filter(|entry| entry.key != "//")
}

impl<'m, 's> Layer<'m, 's> {
    fn attribute(&self, name: &str) -> Option<Argument<'m, 's>> {
        match self.part {
            Part::Hcl(body) => {
                let attribute = body.get_attribute(name)?;
                Some(self.hcl_argument(attribute))
            }
            Part::Json(node) => {
                let entry = members(node).filter(|entry| entry.key == name).last()?;
                Some(self.json_argument(entry))
            }
        }
    }

    fn hcl_argument(&self, attribute: &'m structure::Attribute) -> Argument<'m, 's> {
        Argument {
            name: attribute.key.as_str(),
            name_span: self.file.span(&attribute.key),
            value: Expr {
                file: self.file,
                part: ExprPart::Hcl(&attribute.value),
            },
        }
    }

    fn json_argument(&self, entry: &'m Entry<'s>) -> Argument<'m, 's> {
        Argument {
            name: &entry.key,
            name_span: entry.key_span,
            value: Expr {
                file: self.file,
                part: ExprPart::Json(&entry.value),
            },
        }
    }

    fn hcl_block(&self, block: &'m structure::Block) -> Block<'m, 's> {
        let file = self.file;
        let labels = block.labels.iter();
        Block {
            name: block.ident.as_str(),
            name_span: file.span(&block.ident),
            labels: labels
                .map(|label| (label.as_str(), file.span(label)))
                .collect(),
            layers: vec![Layer {
                file,
                part: Part::Hcl(&block.body),
            }],
            span: file.span(block),
        }
    }

    /// The blocks of a member of a JSON object: an object is one, a list one for each element.
    fn json_blocks(
        &self,
        name: &'m str,
        name_span: Span,
        node: &'m Node<'s>,
        labels: &[(&'m str, Span)],
        missing_labels: usize,
        blocks: &mut Vec<Block<'m, 's>>,
    ) {
        if missing_labels > 0 {
            for entry in members(node) {
                let mut labels = labels.to_vec();
                labels.push((&*entry.key, entry.key_span));
                self.json_blocks(
                    name,
                    name_span,
                    &entry.value,
                    &labels,
                    missing_labels - 1,
                    blocks,
                );
            }
            return;
        }
        let one = std::slice::from_ref(node);
        let bodies = match &node.value {
            Value::List(items) => items.as_slice(),
            Value::Null => &[],
            _ => one,
        };
        for body in bodies {
            blocks.push(Block {
                name,
                name_span,
                labels: labels.to_vec(),
                layers: vec![Layer {
                    file: self.file,
                    part: Part::Json(body),
                }],
                span: name_span.to(body.span),
            });
        }
    }

    /// Its arguments and blocks, in the order of the text. In JSON they look alike: `labels` says how many labels a
    /// block of a name has, and nothing for an argument.
    fn contents(
        &self,
        labels: &dyn Fn(&str) -> Option<usize>,
        arguments: &mut Vec<Argument<'m, 's>>,
        blocks: &mut Vec<Block<'m, 's>>,
    ) {
        match self.part {
            Part::Hcl(body) => {
                for structure in body {
                    match structure {
                        Structure::Attribute(attribute) => {
                            arguments.push(self.hcl_argument(attribute))
                        }
                        Structure::Block(block) => blocks.push(self.hcl_block(block)),
                    }
                }
            }
            Part::Json(node) => {
                for entry in members(node) {
                    match labels(&entry.key) {
                        Some(labels) => self.json_blocks(
                            &entry.key,
                            entry.key_span,
                            &entry.value,
                            &[],
                            labels,
                            blocks,
                        ),
                        None => arguments.push(self.json_argument(entry)),
                    }
                }
            }
        }
    }
}

impl<'m, 's> Block<'m, 's> {
    /// A label; empty where there are fewer.
    pub(super) fn label(&self, at: usize) -> &'m str {
        self.labels.get(at).map_or("", |(label, _)| label)
    }

    /// Where a label stands; the block's name where there are fewer.
    pub(super) fn label_span(&self, at: usize) -> Span {
        self.labels
            .get(at)
            .map_or(self.name_span, |(_, span)| *span)
    }

    /// Where the thing's name stands: its last label, else its first word.
    pub(super) fn last_label_span(&self) -> Span {
        self.labels.last().map_or(self.name_span, |(_, span)| *span)
    }

    /// The value of an argument.
    pub(super) fn attribute(&self, name: &str) -> Option<Expr<'m, 's>> {
        self.argument(name).map(|argument| argument.value)
    }

    /// An argument.
    pub(super) fn argument(&self, name: &str) -> Option<Argument<'m, 's>> {
        self.layers
            .iter()
            .rev()
            .find_map(|layer| layer.attribute(name))
    }

    /// The blocks of a name that have no labels.
    pub(super) fn blocks(&self, name: &str) -> Vec<Block<'m, 's>> {
        let labels = usize::from(name == "dynamic");
        let (_, mut blocks) = self.contents(&|one| (one == name).then_some(labels));
        blocks.retain(|block| block.name == name);
        blocks
    }

    /// All arguments and nested blocks. `labels` says of a name how many labels blocks of it have, and nothing where
    /// it is an argument; only JSON needs it. What an override file says of an argument, or of the blocks of a name,
    /// replaces what was said before.
    pub(super) fn contents(
        &self,
        labels: &dyn Fn(&str) -> Option<usize>,
    ) -> (Vec<Argument<'m, 's>>, Vec<Block<'m, 's>>) {
        let mut arguments: Vec<Argument<'m, 's>> = Vec::new();
        let mut blocks: Vec<Block<'m, 's>> = Vec::new();
        for (at, layer) in self.layers.iter().enumerate() {
            if at == 0 {
                layer.contents(labels, &mut arguments, &mut blocks);
                continue;
            }
            let (mut later_arguments, mut later_blocks) = (Vec::new(), Vec::new());
            layer.contents(labels, &mut later_arguments, &mut later_blocks);
            arguments.retain(|one| later_arguments.iter().all(|later| later.name != one.name));
            blocks.retain(|one| later_blocks.iter().all(|later| later.made() != one.made()));
            arguments.append(&mut later_arguments);
            blocks.append(&mut later_blocks);
        }
        (arguments, blocks)
    }

    /// The name of the blocks that it is or makes.
    fn made(&self) -> &'m str {
        match self.name {
            "dynamic" => self.label(0),
            name => name,
        }
    }

    /// Puts what an override file says over it.
    pub(super) fn override_with(&mut self, other: &Block<'m, 's>) {
        self.layers.extend(other.layers.iter().copied());
    }
}

/// How many labels a block at the top of a file has; nothing for a name that no block has.
/// <https://developer.hashicorp.com/terraform/language/block/terraform>
pub(super) fn labels_of(name: &str) -> Option<usize> {
    match name {
        "locals" | "terraform" | "moved" | "import" | "removed" | "language" => Some(0),
        "variable" | "output" | "module" | "provider" | "check" | "run" => Some(1),
        "resource" | "data" | "ephemeral" | "action" | "list" => Some(2),
        _ => None,
    }
}

/// The blocks at the top of a file, and the arguments that stand there by mistake.
pub(super) fn top<'m, 's>(file: &'m File<'s>) -> (Vec<Argument<'m, 's>>, Vec<Block<'m, 's>>) {
    let part = match &file.content {
        Content::Hcl(body) => Part::Hcl(body),
        Content::Json(Some(root)) => Part::Json(root),
        Content::Json(None) => return (Vec::new(), Vec::new()),
    };
    let (mut arguments, mut blocks) = (Vec::new(), Vec::new());
    Layer { file, part }.contents(&labels_of, &mut arguments, &mut blocks);
    (arguments, blocks)
}
