//! `count` and `for_each`: which instances a resource, a data source or a module call has.
//!
//! <https://developer.hashicorp.com/terraform/language/meta-arguments/count>,
//! <https://developer.hashicorp.com/terraform/language/meta-arguments/for_each>

use super::declared::Top;
use super::evaluate::{INSTANCES, Locals, choice, unknown};
use super::module::Run;
use super::value;
use crate::model::ConditionId;
use crate::source::Span;
use crate::tree::{Entry, Map, Node, Symbol, Value};
use std::borrow::Cow;
use std::rc::Rc;

/// Instances that one `count` or `for_each` may give; past them the rest is not read.
pub(super) const MAX_INSTANCES: usize = 1_000;
/// How many conditions may decide how many instances there are.
const MAX_CHOICES: usize = 4;

/// How many instances something has, and which.
#[derive(Clone, Debug)]
pub(super) enum Instances {
    One(u32),
    Counted(Vec<u32>),
    Keyed(Vec<(String, u32)>),
    /// An unknown number; one stands for all.
    Open(u32),
    /// By a condition that is not known.
    Choice(ConditionId, Box<Instances>, Box<Instances>),
}

/// An instance that is to be made.
pub(super) struct New<'s> {
    /// `each` or `count`.
    pub(super) locals: Locals<'s>,
    /// What follows its name in the address: `[0]`, `["a"]`.
    pub(super) suffix: String,
    /// Under which condition it exists.
    pub(super) condition: Option<ConditionId>,
}

impl Instances {
    /// The value that a name with these instances has; `one` is that of an instance, `all` that of an unknown number.
    pub(super) fn value<'s>(
        &self,
        span: Span,
        one: &mut dyn FnMut(u32) -> Node<'s>,
        all: &mut dyn FnMut(u32) -> Node<'s>,
    ) -> Node<'s> {
        match self {
            Self::One(index) => one(*index),
            Self::Counted(list) => {
                value::from_list(list.iter().map(|index| one(*index)).collect(), span)
            }
            Self::Keyed(list) => {
                let entries = list.iter().map(|(key, index)| Entry {
                    key: Cow::Owned(key.clone()),
                    key_span: span,
                    value: one(*index),
                });
                let entries = entries.collect();
                Node::new(Value::Map(Map { entries }), span)
            }
            Self::Open(index) => all(*index),
            Self::Choice(condition, then, otherwise) => {
                let then = then.value(span, one, all);
                let otherwise = otherwise.value(span, one, all);
                choice(*condition, then, otherwise, span)
            }
        }
    }

    /// Whether there is no instance.
    pub(super) fn is_none(&self) -> bool {
        let mut is_none = true;
        self.each(&mut |_| is_none = false);
        is_none
    }

    /// The index of every instance.
    pub(super) fn each(&self, visit: &mut dyn FnMut(u32)) {
        match self {
            Self::One(index) | Self::Open(index) => visit(*index),
            Self::Counted(list) => list.iter().for_each(|index| visit(*index)),
            Self::Keyed(list) => list.iter().for_each(|(_, index)| visit(*index)),
            Self::Choice(_, then, otherwise) => {
                then.each(visit);
                otherwise.each(visit);
            }
        }
    }
}

fn named<'s>(name: &str, parts: Vec<(&'static str, Node<'s>)>, span: Span) -> Locals<'s> {
    vec![(name.to_owned(), Rc::new(object(span, parts)))]
}

/// An object with these attributes.
pub(super) fn object<'s>(span: Span, attributes: Vec<(&'static str, Node<'s>)>) -> Node<'s> {
    let entries = attributes.into_iter().map(|(key, value)| Entry {
        key: Cow::Borrowed(key),
        key_span: span,
        value,
    });
    let entries = entries.collect();
    Node::new(Value::Map(Map { entries }), span)
}

impl<'m, 's> Run<'m, 's> {
    /// The instances of a block; `make` gives each a number.
    pub(super) fn expand(
        &self,
        module: usize,
        top: &Top<'m, 's>,
        make: &mut dyn FnMut(New<'s>) -> u32,
    ) -> Instances {
        let condition = self.condition_of(module);
        let span = top.last_label_span();
        if let Some(expression) = top.attribute("count") {
            let count = self.evaluate(module, &Locals::new(), expression);
            let none = Instances::Counted(Vec::new());
            let mut made = |count: &Node<'s>, condition| self.counted(count, span, condition, make);
            return self.chosen(&count, condition, MAX_CHOICES, &none, &mut made);
        }
        if let Some(expression) = top.attribute("for_each") {
            let collection = self.evaluate(module, &Locals::new(), expression);
            let none = Instances::Keyed(Vec::new());
            let mut made = |all: &Node<'s>, condition| self.keyed(all, span, condition, make);
            return self.chosen(&collection, condition, MAX_CHOICES, &none, &mut made);
        }
        Instances::One(make(New {
            locals: Locals::new(),
            suffix: String::new(),
            condition,
        }))
    }

    /// What a `count` or `for_each` makes, on each side of the conditions that it depends on. `none` is what is there
    /// where Terraform refuses one side, since there is no apply of it.
    fn chosen(
        &self,
        argument: &Node<'s>,
        condition: Option<ConditionId>,
        choices: usize,
        none: &Instances,
        make: &mut dyn FnMut(&Node<'s>, Option<ConditionId>) -> Instances,
    ) -> Instances {
        if let Some((test, then, otherwise)) = branches(argument).filter(|_| choices > 0) {
            let mut branch = |branch: &Node<'s>, held: bool| {
                let condition = Some(self.under(condition, test, held));
                Box::new(self.chosen(branch, condition, choices - 1, none, make))
            };
            return Instances::Choice(test, branch(then, true), branch(otherwise, false));
        }
        if choices < MAX_CHOICES && value::is_error(argument) {
            return none.clone();
        }
        make(argument, condition)
    }

    fn counted(
        &self,
        count: &Node<'s>,
        span: Span,
        condition: Option<ConditionId>,
        make: &mut dyn FnMut(New<'s>) -> u32,
    ) -> Instances {
        if let Some(number) = value::number(count).and_then(value::Number::to_integer) {
            let number = self.bounded(usize::try_from(number.max(0)).unwrap_or(usize::MAX), span);
            let instances = (0..number).map(|at| {
                make(New {
                    locals: named("count", vec![("index", value::from_number(at, span))], span),
                    suffix: format!("[{at}]"),
                    condition,
                })
            });
            return Instances::Counted(instances.collect());
        }
        let index = unknown(span, "the number of instances is not known");
        Instances::Open(make(New {
            locals: named("count", vec![("index", index)], span),
            suffix: "[count.index]".to_owned(),
            condition,
        }))
    }

    fn keyed(
        &self,
        collection: &Node<'s>,
        span: Span,
        condition: Option<ConditionId>,
        make: &mut dyn FnMut(New<'s>) -> u32,
    ) -> Instances {
        let each = |key: Node<'s>, item: Node<'s>| {
            named("each", vec![("key", key), ("value", item)], span)
        };
        if let Some(items) = value::elements(collection) {
            let is_map = collection.as_map().is_some();
            let number = self.bounded(items.len(), span);
            let mut keyed = Vec::with_capacity(number);
            for (key, item) in items.into_iter().take(number) {
                // The keys of a set are its elements.
                let key = if is_map { key } else { item.clone() };
                let text = value::text(&key).map(Cow::into_owned);
                let suffix = match &text {
                    Some(text) => format!("[{text:?}]"),
                    None => "[each.key]".to_owned(),
                };
                let index = make(New {
                    locals: each(key, item),
                    suffix,
                    condition,
                });
                match text {
                    Some(text) => keyed.push((text, index)),
                    // So that it is told from the others; no index finds it.
                    None => keyed.push((format!("{INSTANCES}{index}"), index)),
                }
            }
            return Instances::Keyed(keyed);
        }
        let open = || unknown(span, "what `for_each` holds is not known");
        Instances::Open(make(New {
            locals: each(open(), open()),
            suffix: "[each.key]".to_owned(),
            condition,
        }))
    }

    fn bounded(&self, number: usize, span: Span) -> usize {
        if number > MAX_INSTANCES {
            let why = format!("only the first {MAX_INSTANCES} of {number} instances are read");
            self.leave_out(span, why);
        }
        number.min(MAX_INSTANCES)
    }
}

/// The condition and the branches of a choice.
fn branches<'n, 's>(node: &'n Node<'s>) -> Option<(ConditionId, &'n Node<'s>, &'n Node<'s>)> {
    match value::symbol(node) {
        Some(Symbol::Choice(choice)) => Some((
            choice.condition,
            choice.then.as_ref()?,
            choice.otherwise.as_ref()?,
        )),
        _ => None,
    }
}
