//! Values of a plan in the form that configurations have: a block that may stand only once is the block itself, no
//! block is nothing, and a text that holds JSON is a document.

use crate::embedded;
use crate::source::Span;
use crate::terraform::block::Arguments;
use crate::tree::{Json, Node, Value};
use std::borrow::Cow;
use std::collections::HashMap;

/// What is known of the blocks of all kinds, asked for once.
pub(super) struct Shapes<'a, 's> {
    arguments: &'a dyn Arguments,
    source: &'s str,
    kinds: HashMap<String, Blocks>,
}

/// What may stand in a body.
#[derive(Default)]
struct Blocks {
    names: HashMap<String, usize>,
    inner: Vec<(Form, Blocks)>,
}

/// What a list stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A block that may stand only once.
    Single,
    /// Blocks.
    Several,
    /// A value.
    Argument,
}

impl<'a, 's> Shapes<'a, 's> {
    /// `source` is the text of the plan.
    pub(super) fn new(arguments: &'a dyn Arguments, source: &'s str) -> Self {
        Self {
            arguments,
            source,
            kinds: HashMap::new(),
        }
    }

    /// Gives the values of a resource the form that a configuration has.
    pub(super) fn apply(&mut self, kind: &str, values: &mut Node<'s>) {
        if !self.kinds.contains_key(kind) {
            self.kinds.insert(kind.to_owned(), Blocks::default());
        }
        let (arguments, source) = (self.arguments, self.source);
        if let Some(blocks) = self.kinds.get_mut(kind) {
            let mut cx = Cx {
                arguments,
                source,
                kind,
                path: Vec::new(),
            };
            cx.body(values, blocks);
        }
    }
}

struct Cx<'a, 's> {
    arguments: &'a dyn Arguments,
    source: &'s str,
    kind: &'a str,
    path: Vec<Cow<'s, str>>,
}

impl<'s> Cx<'_, 's> {
    fn body(&mut self, body: &mut Node<'s>, blocks: &mut Blocks) {
        let Value::Map(map) = &mut body.value else {
            return;
        };
        for entry in &mut map.entries {
            let node = &mut entry.value;
            match &mut node.value {
                Value::String(text) => {
                    if let Some(json) = document(text, node.span, self.source) {
                        node.value = json;
                    }
                }
                Value::List(items)
                    if items.iter().all(|item| matches!(item.value, Value::Map(_))) =>
                {
                    let (form, inner) = self.form(&entry.key, blocks);
                    if *form == Form::Argument {
                        self.values(items);
                        continue;
                    }
                    if items.is_empty() {
                        // No block at all.
                        node.value = Value::Null;
                        continue;
                    }
                    self.path.push(entry.key.clone());
                    for item in items.iter_mut() {
                        self.body(item, inner);
                    }
                    self.path.pop();
                    if *form == Form::Single
                        && items.len() == 1
                        && let Some(only) = items.pop()
                    {
                        *node = only;
                    }
                }
                Value::List(items) => self.values(items),
                Value::Map(_) => {
                    let (_, inner) = self.form(&entry.key, blocks);
                    self.path.push(entry.key.clone());
                    self.body(node, inner);
                    self.path.pop();
                }
                _ => {}
            }
        }
    }

    /// Texts in a list that is no list of blocks.
    fn values(&self, items: &mut [Node<'s>]) {
        for item in items {
            match &mut item.value {
                Value::String(text) => {
                    if let Some(json) = document(text, item.span, self.source) {
                        item.value = json;
                    }
                }
                Value::List(items) => self.values(items),
                Value::Map(map) => {
                    for entry in &mut map.entries {
                        self.values(std::slice::from_mut(&mut entry.value));
                    }
                }
                _ => {}
            }
        }
    }

    /// What a list of this name stands for, and what is known of the body in it.
    fn form<'b>(&self, name: &str, blocks: &'b mut Blocks) -> &'b mut (Form, Blocks) {
        let at = match blocks.names.get(name) {
            Some(at) => *at,
            None => {
                let mut path: Vec<&str> = self.path.iter().map(|step| &**step).collect();
                path.push(name);
                let form = if self.arguments.is_single(self.kind, &path) {
                    Form::Single
                } else if self.arguments.is_block(self.kind, &path) {
                    Form::Several
                } else {
                    Form::Argument
                };
                blocks.names.insert(name.to_owned(), blocks.inner.len());
                blocks.inner.push((form, Blocks::default()));
                blocks.inner.len() - 1
            }
        };
        &mut blocks.inner[at]
    }
}

fn document<'s>(text: &Cow<'s, str>, span: Span, source: &str) -> Option<Value<'s>> {
    let tree = embedded::parse_json(text, span, source)?;
    let text = text.clone();
    Some(Value::Json(Box::new(Json { text, tree })))
}
