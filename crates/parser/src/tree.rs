//! The tree that every text format is read into, and that rules look at.
//!
//! Every node and every key carries its place. After lowering
//! ([`crate::cloudformation`]) the same type also holds [`Symbol`]s: values that
//! are not known, or known only in part.

use crate::source::Span;
use std::borrow::Cow;
use std::sync::Arc;

/// A value, where it stands, and where it came from.
#[derive(Clone, Debug)]
pub struct Node<'s> {
    /// What stands there.
    pub value: Value<'s>,
    /// Where it stands: the place of use.
    pub span: Span,
    /// The chain behind it (parameter default, mapping, …), nearest first; absent where it is written in place.
    pub via: Option<Arc<Via>>,
}

/// One step of the chain behind a value.
#[derive(Debug)]
pub struct Via {
    /// What it came through.
    pub kind: ViaKind,
    /// Its name (parameter, mapping, condition, …).
    pub name: Arc<str>,
    /// The place of the value there (the default of a parameter, the entry of a mapping).
    pub span: Span,
    /// The step behind this one.
    pub previous: Option<Arc<Via>>,
}

/// What a value came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ViaKind {
    /// The default of a template parameter.
    ParameterDefault,
    /// The value that a template parameter is given at deployment.
    ParameterValue,
    /// One of the values that a template parameter may have.
    AllowedValue,
    /// An entry of a mapping.
    Mapping,
    /// A variable.
    Variable,
    /// A local value.
    Local,
    /// An argument of a module call.
    Argument,
    /// An output of a module.
    Output,
    /// An attribute of a resource.
    Attribute,
    /// An element of what a `for_each` or a loop runs over.
    Element,
    /// A transform that writes it on behalf of a resource of its own.
    Transform,
    /// A document that stands for its text. What is in it keeps the places where it is written.
    Document,
}

/// What a node holds.
#[derive(Clone, Debug)]
pub enum Value<'s> {
    /// `null`, `~` or nothing.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number, as it is written.
    Number(Cow<'s, str>),
    /// A text, escapes decoded.
    String(Cow<'s, str>),
    /// A sequence.
    List(Vec<Node<'s>>),
    /// A mapping, in the order of the file.
    Map(Map<'s>),
    /// A text that is JSON (a policy, container definitions): both the text and what it says. Only after lowering.
    Json(Box<Json<'s>>),
    /// Not, or not wholly, known. Only after lowering.
    Symbol(Box<Symbol<'s>>),
}

/// A text that holds JSON.
#[derive(Clone, Debug)]
pub struct Json<'s> {
    /// The text itself.
    pub text: Cow<'s, str>,
    /// What it says, with places inside the text where they can be told, else the place of the whole text.
    pub tree: Node<'s>,
}

/// A mapping, in the order of the file. A key that is written twice keeps its last
/// value; both places are in the parser's problems.
#[derive(Clone, Debug, Default)]
pub struct Map<'s> {
    /// The entries, keys distinct.
    pub entries: Vec<Entry<'s>>,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub struct Entry<'s> {
    /// The key's text. A local YAML tag (`!Sub x`) is a mapping with the one key `!Sub`.
    pub key: Cow<'s, str>,
    /// Where the key (or the tag) stands.
    pub key_span: Span,
    /// The value.
    pub value: Node<'s>,
}

impl Entry<'_> {
    /// The whole entry, from its key to the end of its value. What an alias stands for may lie elsewhere: then it is
    /// the key alone.
    pub fn span(&self) -> Span {
        if self.value.span.end >= self.key_span.end {
            self.key_span.to(self.value.span)
        } else {
            self.key_span
        }
    }
}

impl<'s> Map<'s> {
    /// The entry of a key.
    pub fn entry(&self, key: &str) -> Option<&Entry<'s>> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node<'s>> {
        self.entry(key).map(|entry| &entry.value)
    }
}

impl<'s> Node<'s> {
    /// A node that is written in place.
    pub fn new(value: Value<'s>, span: Span) -> Self {
        Self {
            value,
            span,
            via: None,
        }
    }

    /// The mapping, where it is one (looking into a text that is JSON).
    pub fn as_map(&self) -> Option<&Map<'s>> {
        match &self.value {
            Value::Map(map) => Some(map),
            Value::Json(json) => json.tree.as_map(),
            _ => None,
        }
    }

    /// The elements, where it is a list (looking into a text that is JSON).
    pub fn as_list(&self) -> Option<&[Node<'s>]> {
        match &self.value {
            Value::List(items) => Some(items),
            Value::Json(json) => json.tree.as_list(),
            _ => None,
        }
    }

    /// The text, where it is a text.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            Value::Json(json) => Some(&json.text),
            _ => None,
        }
    }

    /// Whether it only names what something else will give.
    pub fn is_reference(&self) -> bool {
        matches!(&self.value, Value::Symbol(symbol) if matches!(**symbol, Symbol::Reference(_)))
    }

    /// A scalar as CloudFormation and Terraform turn it into text: `true`, `22`, `abc`.
    pub fn scalar_text(&self) -> Option<&str> {
        match &self.value {
            Value::Bool(true) => Some("true"),
            Value::Bool(false) => Some("false"),
            Value::Number(text) | Value::String(text) => Some(text),
            Value::Json(json) => Some(&json.text),
            _ => None,
        }
    }

    /// The value of a key, where it is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Node<'s>> {
        self.as_map()?.get(key)
    }
}

/// A value that is not, or not wholly, known. Its meaning is settled by whoever asks.
#[derive(Clone, Debug)]
pub enum Symbol<'s> {
    /// What a resource, a parameter or the service will give.
    Reference(Reference<'s>),
    /// A text joined from literals ([`Value::String`]) and unknown pieces.
    Text(Vec<Node<'s>>),
    /// One of two values, by a condition that is not known.
    Choice(Choice<'s>),
    /// Nothing can be said of it.
    Unknown(Cow<'s, str>),
}

/// A value that something else will give. Two references with equal origin,
/// attribute and indices are equal values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference<'s> {
    /// Who gives it.
    pub origin: Origin<'s>,
    /// Which attribute (`Arn`, `Endpoint.Address`); empty for the thing itself (`Ref`).
    pub attribute: Cow<'s, str>,
    /// Indices into it, outermost first (`Fn::Select`).
    pub indices: Vec<u32>,
    /// All values that it may have, where they are declared (AllowedValues of a parameter without default).
    pub allowed: Option<Vec<Cow<'s, str>>>,
}

/// Who gives a referenced value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Origin<'s> {
    /// A resource, by its index in the project.
    Resource(u32),
    /// A parameter whose value is given at deployment.
    Parameter(Cow<'s, str>),
    /// A pseudo parameter (`AWS::Region`).
    Pseudo(Cow<'s, str>),
    /// The Availability Zones of a region (its name; empty for the one deployed to). Different indices are different zones.
    Zones(Cow<'s, str>),
    /// The export of another stack, by name.
    Import(Cow<'s, str>),
}

/// A value that depends on a condition. `None` is a value that is then not set (`AWS::NoValue`).
#[derive(Clone, Debug)]
pub struct Choice<'s> {
    /// The condition, in the project's table.
    pub condition: crate::model::ConditionId,
    /// The value where it holds.
    pub then: Option<Node<'s>>,
    /// The value where it does not.
    pub otherwise: Option<Node<'s>>,
}

/// What is wrong with a text, or with what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whether something could not be read.
    pub level: Level,
    /// Where.
    pub span: Span,
    /// What, in lower case and without a full stop.
    pub message: String,
    /// Places that belong to it, each with a short note.
    pub related: Vec<(Span, String)>,
}

/// How much a [`Problem`] matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something was not read, and so not checked.
    Error,
    /// All was read; something is likely a mistake.
    Warning,
}

impl Problem {
    /// A problem that kept something from being read.
    pub fn error(span: Span, message: impl Into<String>) -> Self {
        Self {
            level: Level::Error,
            span,
            message: message.into(),
            related: Vec::new(),
        }
    }

    /// A likely mistake.
    pub fn warning(span: Span, message: impl Into<String>) -> Self {
        Self {
            level: Level::Warning,
            ..Self::error(span, message)
        }
    }

    /// The same, with one more place.
    #[must_use]
    pub fn with_related(mut self, span: Span, note: impl Into<String>) -> Self {
        self.related.push((span, note.into()));
        self
    }
}

/// What a text was read into. A broken text still yields what could be read.
#[derive(Debug, Default)]
pub struct Parsed<'s> {
    /// The documents, in order; JSON has at most one.
    pub documents: Vec<Node<'s>>,
    /// Where comments stand (`#` included), in order.
    pub comments: Vec<Span>,
    /// What was wrong.
    pub problems: Vec<Problem>,
}
