//! Expressions of the Terraform language become values, as Terraform itself would compute them before an apply.
//!
//! <https://developer.hashicorp.com/terraform/language/expressions>. What Terraform would not know then stays a
//! symbol. Work is bounded: nesting by [`MAX_DEPTH`], everything else by [`MAX_STEPS`].

mod conditional;
mod loops;
mod operators;
mod traverse;

pub(super) use loops::is_set;

use super::body::{Expr, ExprPart, is_template};
use super::hcl;
use super::test::Test;
use super::value;
use crate::model::ConditionId;
use crate::source::{FileId, Span};
use crate::tree::{
    Choice, Entry, Map, Node, Origin, Problem, Reference, Symbol, Value, Via, ViaKind,
};
use crate::via::used_at;
use hcl_edit::Span as _;
use hcl_edit::expr::{BinaryOperator, Expression, FuncCall, Object, ObjectKey, UnaryOperator};
use hcl_edit::template::{Directive, Element, Template};
use loops::not_looped;
use operators::{binary, join, unary};
use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

/// Steps that the evaluation of one root module may take; past them values are unknown. A step is an expression, or a
/// value that is copied.
pub(super) const MAX_STEPS: usize = 1_500_000;
/// Expressions within expressions, those behind the names that they use included.
pub(super) const MAX_DEPTH: usize = 400;
/// Nodes that one value may have.
pub(super) const MAX_NODES: usize = 1 << 17;
/// Lists and maps within one value.
pub(super) const MAX_NESTING: usize = 100;
/// Values that a choice inside an operation or a function may be lifted to.
const MAX_LEAVES: usize = 16;
/// Bytes that a joined text may have.
const MAX_TEXT_BYTES: usize = 4 << 20;

const TOO_MANY_STEPS: &str = "the evaluation takes too many steps";

/// The attribute that stands for all instances of a resource, where their number is not known.
pub(super) const INSTANCES: &str = "[*]";

/// What a name stands for.
pub(super) struct Found<'s> {
    pub(super) value: Rc<Node<'s>>,
    /// How many of the attributes behind the first part belong to the name.
    pub(super) used: usize,
    /// What it is.
    pub(super) kind: ViaKind,
    /// What it is called, where that is not the name itself.
    pub(super) label: Option<Arc<str>>,
}

/// What expressions refer to.
pub(super) trait Scope<'s> {
    /// The value of a name (`var.x`, `local.y`, `aws_s3_bucket.z`), told by its first part and the attributes that
    /// follow.
    fn resolve(&self, root: &str, attributes: &[&str], span: Span) -> Found<'s>;

    /// An attribute of a resource.
    fn attribute(&self, resource: u32, name: &str, span: Span) -> Rc<Node<'s>>;

    /// A function call with evaluated arguments.
    fn call(&self, name: &str, arguments: Vec<Node<'s>>, span: Span) -> Result<Node<'s>, String>;

    /// Whether a name stands for a set.
    fn is_set(&self, root: &str, name: &str) -> bool;

    /// The condition that a test stands for; its answer where that is known.
    fn condition(&self, test: &Test, name: &str) -> Result<ConditionId, bool>;

    /// Says what is wrong with an expression.
    fn problem(&self, problem: Problem);
}

/// Names that stand for values within an expression: those of `for`, `each`, `count`, `dynamic` iterators.
pub(super) type Locals<'s> = Vec<(String, Rc<Node<'s>>)>;

/// How much an evaluation may still do.
pub(super) struct Budget {
    pub(super) steps: Cell<usize>,
    pub(super) depth: Cell<usize>,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self {
            steps: Cell::new(MAX_STEPS),
            depth: Cell::new(0),
        }
    }

    /// Takes steps; says whether there were enough.
    pub(super) fn take(&self, steps: usize) -> bool {
        let left = self.steps.get().checked_sub(steps);
        self.steps.set(left.unwrap_or(0));
        left.is_some()
    }

    fn is_spent(&self) -> bool {
        self.steps.get() == 0
    }
}

/// Which text the spans of an expression lie in.
#[derive(Clone, Copy)]
struct Place<'e> {
    file: FileId,
    source: &'e str,
    /// Where the text begins in its file; nothing where its parts have no place of their own there.
    base: Option<usize>,
    /// Where all is that has no place of its own.
    whole: Span,
}

/// An evaluation: whose names, and where.
pub(super) struct Evaluation<'e, 's> {
    scope: &'e dyn Scope<'s>,
    budget: &'e Budget,
    /// `each`, `count`.
    instance: &'e Locals<'s>,
    /// The names of loops, innermost last.
    pub(super) locals: Locals<'s>,
    place: Place<'e>,
}

/// A value that cannot be told.
pub(super) fn unknown<'s>(span: Span, why: impl Into<Cow<'s, str>>) -> Node<'s> {
    value::unknown(why, span)
}

fn symbol<'s>(symbol: Symbol<'s>, span: Span) -> Node<'s> {
    Node::new(Value::Symbol(Box::new(symbol)), span)
}

/// What a resource, a variable or a data source will give.
pub(super) fn reference<'s>(origin: Origin<'s>, attribute: &str, span: Span) -> Node<'s> {
    let reference = Reference {
        origin,
        attribute: Cow::Owned(attribute.to_owned()),
        indices: Vec::new(),
        allowed: None,
    };
    symbol(Symbol::Reference(reference), span)
}

/// Marks a value that stands for the text of a document.
pub(super) fn document<'s>(node: Node<'s>, name: &str) -> Node<'s> {
    let via = Via {
        kind: ViaKind::Document,
        name: Arc::from(name),
        span: node.span,
        previous: None,
    };
    Node {
        via: Some(Arc::new(via)),
        ..node
    }
}

impl<'e, 's> Evaluation<'e, 's> {
    pub(super) fn new(
        scope: &'e dyn Scope<'s>,
        budget: &'e Budget,
        instance: &'e Locals<'s>,
    ) -> Self {
        let file = FileId(0);
        Self {
            scope,
            budget,
            instance,
            locals: Vec::new(),
            place: Place {
                file,
                source: "",
                base: None,
                whole: Span::new(file, 0, 0),
            },
        }
    }

    /// The place of a part of the tree.
    fn span(&self, range: Option<Range<usize>>) -> Span {
        let range = range.unwrap_or(0..0);
        match self.place.base {
            Some(base) => Span::new(self.place.file, base + range.start, base + range.end),
            None => self.place.whole,
        }
    }

    /// How a part of the tree is written.
    fn raw(&self, range: Option<Range<usize>>) -> &'e str {
        let range = range.unwrap_or(0..0);
        self.place.source.get(range).unwrap_or_default()
    }

    /// The value of an expression of a file.
    pub(super) fn expression(&mut self, expression: Expr<'e, 's>) -> Node<'s> {
        let file = expression.file;
        let place = Place {
            file: file.file,
            source: file.text,
            base: Some(0),
            whole: expression.span(),
        };
        let before = std::mem::replace(&mut self.place, place);
        let node = match expression.part {
            ExprPart::Hcl(expression) => self.value(expression),
            ExprPart::Json(node) => self.json(node, file.text),
        };
        self.place = before;
        node
    }

    /// The value of an expression of a text that has no places of its own.
    pub(super) fn within_text(
        &mut self,
        expression: &Expression,
        text: &'e str,
        span: Span,
    ) -> Node<'s> {
        self.place = Place {
            file: span.file,
            source: text,
            base: None,
            whole: span,
        };
        self.value(expression)
    }

    /// <https://developer.hashicorp.com/terraform/language/syntax/json#expression-mapping>
    fn json(&mut self, node: &'e Node<'s>, text: &'e str) -> Node<'s> {
        if !self.budget.take(1) {
            return unknown(node.span, TOO_MANY_STEPS);
        }
        match &node.value {
            Value::String(decoded) if is_template(decoded) => {
                self.quoted_template(decoded, node.span, text)
            }
            Value::Number(number) => {
                let number = Cow::Owned(value::canonical(number));
                Node::new(Value::Number(number), node.span)
            }
            Value::List(items) => {
                let items = items.iter().map(|item| self.json(item, text)).collect();
                list(items, node.span)
            }
            Value::Map(map) => {
                let mut entries = Vec::with_capacity(map.entries.len());
                for entry in map.entries.iter().filter(|entry| entry.key != "//") {
                    let mut key = entry.key.clone();
                    if is_template(&key) {
                        let computed = self.quoted_template(&entry.key, entry.key_span, text);
                        key = match value::text(&computed) {
                            Some(key) => Cow::Owned(key.into_owned()),
                            None => return unknown(node.span, "a key of the object is not known"),
                        };
                    }
                    let value = self.json(&entry.value, text);
                    if value::is_error(&value) {
                        return value;
                    }
                    entries.push(Entry {
                        key,
                        key_span: entry.key_span,
                        value,
                    });
                }
                Node::new(Value::Map(Map { entries }), node.span)
            }
            _ => node.clone(),
        }
    }

    /// A text of JSON that is a template.
    fn quoted_template(&mut self, decoded: &str, span: Span, text: &str) -> Node<'s> {
        // Where nothing is escaped, the template has its places in the file.
        let (start, end) = (
            span.start as usize + 1,
            (span.end as usize).saturating_sub(1),
        );
        let base = (text.get(start..end) == Some(decoded)).then_some(start);
        self.text_template(decoded, span, base)
    }

    /// A text that is a template: one in JSON, or a file of its own. `base` is where it begins in the file, if it does.
    pub(super) fn text_template(
        &mut self,
        text: &str,
        span: Span,
        base: Option<usize>,
    ) -> Node<'s> {
        let template = match hcl::parse_template(span.file, text) {
            Ok(template) => template,
            Err(problem) => {
                let message = problem.message.clone();
                self.scope.problem(Problem { span, ..problem });
                return value::error(span, message);
            }
        };
        let mut inner = Evaluation {
            scope: self.scope,
            budget: self.budget,
            instance: self.instance,
            locals: std::mem::take(&mut self.locals),
            place: Place {
                file: span.file,
                source: text,
                base,
                whole: span,
            },
        };
        let node = inner.template(&template, span, false);
        self.locals = inner.locals;
        node
    }

    /// The value of an expression.
    fn value(&mut self, expression: &Expression) -> Node<'s> {
        let span = self.span(expression.span());
        let depth = self.budget.depth.get();
        if !self.budget.take(1) {
            return unknown(span, TOO_MANY_STEPS);
        }
        if depth >= MAX_DEPTH {
            return unknown(span, "the expression goes through too many others");
        }
        self.budget.depth.set(depth + 1);
        let node = self.value_of(expression, span);
        self.budget.depth.set(depth);
        node
    }

    fn value_of(&mut self, expression: &Expression, span: Span) -> Node<'s> {
        match expression {
            Expression::Null(_) => Node::new(Value::Null, span),
            Expression::Bool(held) => value::from_bool(*held.value(), span),
            Expression::Number(number) => {
                // The text has all digits, the library's number may not.
                let text = match self.raw(number.span()) {
                    "" => value::canonical(&number.value().to_string()),
                    // A minus may stand apart.
                    text => value::canonical(&text.replace(char::is_whitespace, "")),
                };
                Node::new(Value::Number(Cow::Owned(text)), span)
            }
            Expression::String(text) => value::from_text(text.value().clone(), span),
            Expression::Array(array) => {
                let items = array.iter().map(|item| self.value(item)).collect();
                list(items, span)
            }
            Expression::Object(object) => self.object(object, span),
            Expression::StringTemplate(template) => self.elements(template.iter(), span, false),
            Expression::HeredocTemplate(heredoc) => {
                self.elements(heredoc.template.iter(), span, false)
            }
            Expression::Parenthesis(inner) => Node {
                span,
                ..self.value(inner.inner())
            },
            Expression::Variable(name) => match self.local(name.as_str()) {
                Some(node) => {
                    let mut node = (*node).clone();
                    used_at(&mut node, span, ViaKind::Element, &Arc::from(name.as_str()));
                    node
                }
                None => value::error(span, format!("`{}` is no value here", name.as_str())),
            },
            Expression::Conditional(conditional) => self.conditional(conditional, span),
            Expression::FuncCall(call) => self.call(call, span),
            Expression::Traversal(traversal) => self.traversal(traversal, span),
            Expression::UnaryOp(operation) => {
                let value = self.value(&operation.expr);
                let operator = *operation.operator.value();
                let mut apply = |_: &mut Self, operands: Vec<Node<'s>>, span: Span| match operands
                    .into_iter()
                    .next()
                {
                    Some(operand) => unary(operator, operand, span),
                    None => unknown(span, "no value"),
                };
                let result = self.lift(vec![value], span, MAX_LEAVES, &mut apply);
                match operator {
                    UnaryOperator::Not => self.truth(result, expression, span),
                    UnaryOperator::Neg => result,
                }
            }
            Expression::BinaryOp(operation) => {
                let operator = *operation.operator.value();
                let left = self.value(&operation.lhs_expr);
                let right = self.value(&operation.rhs_expr);
                let result = self.binary(operator, left, right, span);
                match operator {
                    BinaryOperator::Plus
                    | BinaryOperator::Minus
                    | BinaryOperator::Mul
                    | BinaryOperator::Div
                    | BinaryOperator::Mod => result,
                    _ => self.truth(result, expression, span),
                }
            }
            Expression::ForExpr(for_expr) => self.for_expression(for_expr, span),
        }
    }

    fn binary(
        &mut self,
        operator: BinaryOperator,
        left: Node<'s>,
        right: Node<'s>,
        span: Span,
    ) -> Node<'s> {
        let operands = vec![left, right];
        self.lift(
            operands,
            span,
            MAX_LEAVES,
            &mut |_, operands, span| match operands.as_slice() {
                [left, right] => binary(operator, left, right, span),
                _ => unknown(span, "no value"),
            },
        )
    }

    fn local(&self, name: &str) -> Option<Rc<Node<'s>>> {
        let mut names = self.locals.iter().rev().chain(self.instance.iter().rev());
        names
            .find(|(one, _)| one == name)
            .map(|(_, node)| Rc::clone(node))
    }

    fn object(&mut self, object: &Object, span: Span) -> Node<'s> {
        let mut entries: Vec<Entry<'s>> = Vec::with_capacity(object.len());
        // Keys that are computed may be equal to others.
        let mut is_computed = false;
        for (key, item) in object {
            let (text, key_span) = match key {
                ObjectKey::Ident(name) => (name.as_str().to_owned(), self.span(name.span())),
                ObjectKey::Expression(Expression::Variable(name)) => {
                    (name.as_str().to_owned(), self.span(name.span()))
                }
                // A bare keyword is a name here.
                ObjectKey::Expression(keyword @ (Expression::Null(_) | Expression::Bool(_))) => (
                    self.raw(keyword.span()).to_owned(),
                    self.span(keyword.span()),
                ),
                ObjectKey::Expression(expression) => {
                    is_computed = true;
                    let key = self.value(expression);
                    match value::text(&key) {
                        Some(text) => (text.into_owned(), key.span),
                        None if value::is_error(&key) => return key,
                        None if value::symbol(&key).is_some() => {
                            return unknown(span, "a key of the object is not known");
                        }
                        None => return value::error(span, "a key of the object is no text"),
                    }
                }
            };
            let value = self.value(item.expr());
            if value::is_error(&value) {
                return value;
            }
            entries.push(Entry {
                key: Cow::Owned(text),
                key_span,
                value,
            });
        }
        if is_computed {
            return value::from_entries(entries, span);
        }
        Node::new(Value::Map(Map { entries }), span)
    }

    fn template(&mut self, template: &Template, span: Span, nested: bool) -> Node<'s> {
        self.elements(template.iter(), span, nested)
    }

    /// The parts of a template joined; one interpolation alone keeps its type.
    fn elements<'t>(
        &mut self,
        mut elements: impl Iterator<Item = &'t Element>,
        span: Span,
        nested: bool,
    ) -> Node<'s> {
        let first = elements.next();
        let second = elements.next();
        if let (Some(Element::Interpolation(only)), None, false) = (first, second, nested) {
            let value = self.value(&only.expr);
            return Node { span, ..value };
        }
        let mut pieces = Vec::new();
        for element in first.into_iter().chain(second).chain(elements) {
            let piece = match element {
                Element::Literal(text) => {
                    value::from_text(text.value().clone(), self.span(text.span()))
                }
                Element::Interpolation(interpolation) => self.value(&interpolation.expr),
                Element::Directive(directive) => self.directive(directive, span),
            };
            if value::is_error(&piece) {
                return piece;
            }
            pieces.push(piece);
        }
        self.lift(pieces, span, MAX_LEAVES, &mut |_, pieces, span| {
            join(pieces, span)
        })
    }

    fn directive(&mut self, directive: &Directive, span: Span) -> Node<'s> {
        match directive {
            Directive::If(directive) => {
                let test = self.test(&directive.if_expr.cond_expr);
                let name = self.name_of(&test, &directive.if_expr.cond_expr);
                self.decide(&test, &name, span, &mut |evaluation, held| match (
                    &directive.else_expr,
                    held,
                ) {
                    (_, true) => evaluation.template(&directive.if_expr.template, span, true),
                    (Some(part), false) => evaluation.template(&part.template, span, true),
                    (None, false) => value::from_text("", span),
                })
            }
            Directive::For(directive) => {
                let for_expr = &directive.for_expr;
                let collection = self.value(&for_expr.collection_expr);
                let Some(items) = self.items(&collection, &for_expr.collection_expr) else {
                    return not_looped(collection, span);
                };
                let mut pieces = Vec::new();
                for (key, item) in items {
                    let depth = self.locals.len();
                    self.enter(for_expr.key_var.as_deref(), &for_expr.value_var, key, item);
                    pieces.push(self.template(&for_expr.template, span, true));
                    self.locals.truncate(depth);
                    if self.budget.is_spent() {
                        return unknown(span, TOO_MANY_STEPS);
                    }
                }
                self.lift(pieces, span, MAX_LEAVES, &mut |_, pieces, span| {
                    join(pieces, span)
                })
            }
        }
    }

    fn call(&mut self, call: &FuncCall, span: Span) -> Node<'s> {
        // `core::upper` is `upper`; `provider::aws::arn_parse` only the provider can compute.
        let namespace = call.name.namespace.first();
        if namespace.is_some_and(|namespace| namespace.as_str() != "core") {
            return unknown(span, "a function of a provider");
        }
        let name = call.name.name.as_str();
        match name {
            "try" => return self.call_try(call, span),
            "can" => return self.call_can(call, span),
            _ => {}
        }
        let mut arguments: Vec<Node<'s>> = Vec::with_capacity(call.args.len());
        for argument in call.args.iter() {
            let argument = self.value(argument);
            if value::is_error(&argument) {
                return argument;
            }
            arguments.push(argument);
        }
        if call.args.expand_final() {
            let last = arguments.pop();
            match last.as_ref().and_then(value::elements) {
                Some(items) => arguments.extend(items.into_iter().map(|(_, item)| item)),
                None => return unknown(span, "the arguments are not known"),
            }
        }
        let scope = self.scope;
        let mut apply = |evaluation: &mut Self, arguments: Vec<Node<'s>>, span: Span| {
            if let Some(error) = arguments.iter().find(|one| value::is_error(one)) {
                return error.clone();
            }
            if !evaluation
                .budget
                .take(arguments.iter().map(value::size).sum())
            {
                return unknown(span, TOO_MANY_STEPS);
            }
            let via = value::behind(&arguments);
            match scope.call(name, arguments, span) {
                Ok(value) => {
                    let is_open = matches!(value.value, Value::List(_) | Value::Map(_));
                    // A text that is made of what came from elsewhere came from there.
                    let is_text = matches!(value.value, Value::String(_))
                        || matches!(value::symbol(&value), Some(Symbol::Text(_)));
                    let via = via.filter(|_| is_text);
                    let via = value.via.clone().or(via);
                    let value = Node { span, via, ..value };
                    match name {
                        "jsonencode" | "yamlencode" if is_open => document(value, name),
                        _ => value,
                    }
                }
                Err(why) => value::error(span, why),
            }
        };
        self.lift(arguments, span, MAX_LEAVES, &mut apply)
    }

    /// The first argument that evaluates without an error. A choice between a value and an error goes on with the next
    /// argument where it is the error.
    fn call_try(&mut self, call: &FuncCall, span: Span) -> Node<'s> {
        let mut partly: Vec<(ConditionId, bool, Node<'s>)> = Vec::new();
        let mut last = value::error(span, "no argument of `try` can be evaluated");
        for argument in call.args.iter() {
            let node = self.value(argument);
            if value::is_error(&node) {
                continue;
            }
            match one_sided(&node) {
                Some(one) => partly.push(one),
                None => {
                    last = Node { span, ..node };
                    break;
                }
            }
        }
        let choices = partly.into_iter().rev();
        choices.fold(last, |otherwise, (condition, held, kept)| match held {
            true => choice(condition, kept, otherwise, span),
            false => choice(condition, otherwise, kept, span),
        })
    }

    fn call_can(&mut self, call: &FuncCall, span: Span) -> Node<'s> {
        let Some(argument) = call.args.iter().next() else {
            return value::error(span, "`can` takes an argument");
        };
        let value = self.value(argument);
        if value::is_error(&value) {
            return value::from_bool(false, span);
        }
        match one_sided(&value) {
            Some((condition, held, _)) => choice(
                condition,
                value::from_bool(held, span),
                value::from_bool(!held, span),
                span,
            ),
            // It may be refused once it is known.
            None if value::symbol(&value).is_some() => {
                unknown(span, "it depends on what is not known")
            }
            None => value::from_bool(true, span),
        }
    }

    /// Takes a choice among the arguments outwards: `f(c ? a : b)` is `c ? f(a) : f(b)`.
    fn lift(
        &mut self,
        mut arguments: Vec<Node<'s>>,
        span: Span,
        leaves: usize,
        apply: &mut dyn FnMut(&mut Self, Vec<Node<'s>>, Span) -> Node<'s>,
    ) -> Node<'s> {
        let is_choice = |one: &Node<'s>| matches!(value::symbol(one), Some(Symbol::Choice(_)));
        let Some(at) = arguments.iter().position(is_choice) else {
            return apply(self, arguments, span);
        };
        if leaves < 2 {
            return unknown(span, "it depends on too many conditions");
        }
        let lifted = std::mem::replace(&mut arguments[at].value, Value::Null);
        let Value::Symbol(lifted) = lifted else {
            return apply(self, arguments, span);
        };
        let Symbol::Choice(lifted) = *lifted else {
            return apply(self, arguments, span);
        };
        let mut branch = |value: Option<Node<'s>>| {
            let mut arguments = arguments.clone();
            arguments[at] = value.unwrap_or_else(|| Node::new(Value::Null, span));
            self.lift(arguments, span, leaves / 2, apply)
        };
        let (then, otherwise) = (branch(lifted.then), branch(lifted.otherwise));
        choice(lifted.condition, then, otherwise, span)
    }
}

/// A list of these elements; where Terraform refuses one of them, it refuses the list.
fn list<'s>(items: Vec<Node<'s>>, span: Span) -> Node<'s> {
    match items.iter().find(|item| value::is_error(item)) {
        Some(error) => error.clone(),
        None => value::from_list(items, span),
    }
}

/// A choice between a value and what Terraform refuses: the condition, whether the value is there where it holds, and
/// the value.
fn one_sided<'s>(node: &Node<'s>) -> Option<(ConditionId, bool, Node<'s>)> {
    let Some(Symbol::Choice(choice)) = value::symbol(node) else {
        return None;
    };
    let (then, otherwise) = (choice.then.as_ref()?, choice.otherwise.as_ref()?);
    match (value::is_error(then), value::is_error(otherwise)) {
        (true, false) => Some((choice.condition, false, otherwise.clone())),
        (false, true) => Some((choice.condition, true, then.clone())),
        _ => None,
    }
}

/// A value where it is used: of a choice between a value and what Terraform would refuse, the value, since there is no
/// apply otherwise.
pub(super) fn accepted(mut node: Node<'_>) -> Node<'_> {
    while let Some((_, _, kept)) = one_sided(&node) {
        node.value = kept.value;
    }
    node
}

/// One of two values; the value itself where both are the same.
pub(super) fn choice<'s>(
    condition: ConditionId,
    then: Node<'s>,
    otherwise: Node<'s>,
    span: Span,
) -> Node<'s> {
    if then.scalar_text().is_some() && value::equal(&then, &otherwise) == Some(true) {
        return Node { span, ..then };
    }
    let choice = Choice {
        condition,
        then: Some(then),
        otherwise: Some(otherwise),
    };
    symbol(Symbol::Choice(choice), span)
}
