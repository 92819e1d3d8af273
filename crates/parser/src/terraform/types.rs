//! Type constraints, and conversion to them.
//!
//! <https://developer.hashicorp.com/terraform/language/expressions/type-constraints>. What is not known stays so,
//! within the shape that the type gives it.

use super::value;
use crate::source::Span;
use crate::tree::{Choice, Entry, Map, Node, Symbol, Value, Via, ViaKind};
use crate::via::is_document;
use hcl_edit::expr::{Expression, ObjectKey};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// A type constraint.
#[derive(Clone, Debug)]
pub enum Type<'s> {
    /// `any`: where it stands for the elements of a collection, one type that all of them convert to.
    Any,
    /// `bool`
    Bool,
    /// `number`
    Number,
    /// `string`
    String,
    /// `list(T)`
    List(Box<Type<'s>>),
    /// `set(T)`
    Set(Box<Type<'s>>),
    /// `map(T)`
    Map(Box<Type<'s>>),
    /// `tuple([T, U])`
    Tuple(Vec<Type<'s>>),
    /// `object({a = T, b = optional(U)})`
    Object(Vec<Attribute<'s>>),
}

/// An attribute of an object type.
#[derive(Clone, Debug)]
pub struct Attribute<'s> {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: Type<'s>,
    /// Whether it may be left out.
    pub optional: bool,
    /// What it then is, at its place in the constraint; null where there is none.
    pub default: Option<Node<'s>>,
}

/// The value of a constant expression: the default in `optional(T, default)`.
pub type Constant<'f, 's> = &'f mut dyn FnMut(&Expression) -> Result<Node<'s>, String>;

/// The type that an expression names. It may be in quotes, and `list` and `map` may stand alone, as older
/// configurations have it.
///
/// # Errors
/// What keeps it from being a type constraint, in Terraform's words.
pub fn parse<'s>(expression: &Expression, constant: Constant<'_, 's>) -> Result<Type<'s>, String> {
    match expression {
        Expression::Parenthesis(inner) => parse(inner.inner(), constant),
        Expression::Variable(name) => keyword(name.as_str()),
        Expression::String(name) => keyword(name.as_str()),
        Expression::FuncCall(call) => {
            let name = call.name.name.as_str();
            let mut arguments = call.args.iter();
            let (Some(argument), None) = (arguments.next(), arguments.next()) else {
                return Err(format!(
                    "the `{name}` type constructor requires one argument"
                ));
            };
            match name {
                "list" => Ok(Type::List(Box::new(parse(argument, constant)?))),
                "set" => Ok(Type::Set(Box::new(parse(argument, constant)?))),
                "map" => Ok(Type::Map(Box::new(parse(argument, constant)?))),
                "tuple" => parse_tuple(argument, constant),
                "object" => parse_object(argument, constant),
                "optional" => Err(
                    "keyword `optional` is valid only as a modifier for object type attributes"
                        .to_owned(),
                ),
                _ => Err(format!("`{name}` is not a type constructor")),
            }
        }
        _ => Err("a type is a keyword or a call of a type constructor".to_owned()),
    }
}

fn keyword<'s>(name: &str) -> Result<Type<'s>, String> {
    match name {
        "any" => Ok(Type::Any),
        "bool" => Ok(Type::Bool),
        "number" => Ok(Type::Number),
        "string" => Ok(Type::String),
        "list" => Ok(Type::List(Box::new(Type::Any))),
        "map" => Ok(Type::Map(Box::new(Type::Any))),
        "set" | "object" | "tuple" => Err(format!(
            "the `{name}` type constructor requires one argument"
        )),
        _ => Err(format!(
            "the keyword `{name}` is not a valid type specification"
        )),
    }
}

fn parse_tuple<'s>(argument: &Expression, constant: Constant<'_, 's>) -> Result<Type<'s>, String> {
    let Expression::Array(elements) = argument else {
        return Err("the `tuple` type constructor requires a list of element types".to_owned());
    };
    let elements = elements.iter().map(|element| parse(element, constant));
    Ok(Type::Tuple(elements.collect::<Result<_, _>>()?))
}

fn parse_object<'s>(argument: &Expression, constant: Constant<'_, 's>) -> Result<Type<'s>, String> {
    let Expression::Object(object) = argument else {
        return Err("the `object` type constructor requires a map of attribute types".to_owned());
    };
    let mut attributes = Vec::with_capacity(object.len());
    for (key, item) in object {
        let name = match key {
            ObjectKey::Ident(name) => name.as_str(),
            ObjectKey::Expression(Expression::String(name)) => name.as_str(),
            ObjectKey::Expression(Expression::Variable(name)) => name.as_str(),
            ObjectKey::Expression(_) => {
                return Err("object constructor map keys must be attribute names".to_owned());
            }
        };
        attributes.push(parse_attribute(name, item.expr(), constant)?);
    }
    attributes.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Type::Object(attributes))
}

fn parse_attribute<'s>(
    name: &str,
    expression: &Expression,
    constant: Constant<'_, 's>,
) -> Result<Attribute<'s>, String> {
    let required = |kind| Attribute {
        name: name.to_owned(),
        kind,
        optional: false,
        default: None,
    };
    let call = match expression {
        Expression::FuncCall(call) if call.name.name.as_str() == "optional" => call,
        _ => return Ok(required(parse(expression, constant)?)),
    };
    let mut arguments = call.args.iter();
    let Some(kind) = arguments.next() else {
        return Err("`optional` requires the attribute type as its first argument".to_owned());
    };
    let kind = parse(kind, constant)?;
    let default = arguments.next().map(&mut *constant).transpose()?;
    if arguments.next().is_some() {
        return Err("`optional` expects at most two arguments".to_owned());
    }
    Ok(Attribute {
        optional: true,
        default,
        ..required(kind)
    })
}

impl fmt::Display for Type<'_> {
    /// As Terraform's messages name it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => write!(f, "any single type"),
            Self::Bool => write!(f, "bool"),
            Self::Number => write!(f, "number"),
            Self::String => write!(f, "string"),
            Self::List(element) => write!(f, "list of {element}"),
            Self::Set(element) => write!(f, "set of {element}"),
            Self::Map(element) => write!(f, "map of {element}"),
            Self::Tuple(_) => write!(f, "tuple"),
            Self::Object(_) => write!(f, "object"),
        }
    }
}

/// A value converted to a type. Null and what is not known stay as they are; both branches of a choice are converted.
/// Attributes of an object that are left out or null have their defaults; attributes that the type does not have go.
///
/// # Errors
/// Why it cannot be converted, in Terraform's words.
pub fn convert<'s>(node: Node<'s>, kind: &Type<'s>) -> Result<Node<'s>, String> {
    let span = node.span;
    let mismatch = || Err(format!("{kind} required"));
    let value = match (node.value, kind) {
        (value @ Value::Null, _) | (value, Type::Any) => value,
        (Value::Symbol(symbol), _) => match *symbol {
            Symbol::Choice(choice) => {
                let branch =
                    |branch: Option<Node<'s>>| branch.map(|one| convert(one, kind)).transpose();
                Value::Symbol(Box::new(Symbol::Choice(Choice {
                    condition: choice.condition,
                    then: branch(choice.then)?,
                    otherwise: branch(choice.otherwise)?,
                })))
            }
            Symbol::Text(_) if !matches!(kind, Type::String | Type::Number | Type::Bool) => {
                return mismatch();
            }
            _ => Value::Symbol(symbol),
        },
        (value, Type::String) => to_string(value)?,
        (value, Type::Number) => {
            let node = Node::new(value, span);
            match value::number(&node) {
                Some(number) => Value::Number(Cow::Owned(number.to_string())),
                None => return Err("a number is required".to_owned()),
            }
        }
        (value, Type::Bool) => match value::boolean(&Node::new(value, span)) {
            Some(held) => Value::Bool(held),
            None => return Err("a bool is required".to_owned()),
        },
        (Value::List(items), Type::List(element)) => {
            Value::List(convert_all(items, element, "list")?)
        }
        (Value::List(items), Type::Set(element)) => {
            Value::List(value::set_of(convert_all(items, element, "set")?))
        }
        (Value::List(items), Type::Tuple(kinds)) => {
            if items.len() != kinds.len() {
                return mismatch();
            }
            let items = items.into_iter().zip(kinds).enumerate();
            let items = items.map(|(index, (item, kind))| {
                convert(item, kind).map_err(|why| format!("element {index}: {why}"))
            });
            Value::List(items.collect::<Result<_, _>>()?)
        }
        (Value::Map(map), Type::Map(element)) => {
            let (mut keys, mut values) = (Vec::new(), Vec::new());
            for entry in map.entries {
                keys.push((entry.key, entry.key_span));
                values.push(entry.value);
            }
            let values = convert_all(values, element, "map")?;
            let entries = keys.into_iter().zip(values);
            let entries = entries.map(|((key, key_span), value)| Entry {
                key,
                key_span,
                value,
            });
            value::from_entries(entries.collect(), span).value
        }
        (Value::Map(map), Type::Object(attributes)) => {
            Value::Map(to_object(map, attributes, span)?)
        }
        _ => return mismatch(),
    };
    let via = node.via;
    Ok(Node { value, span, via })
}

fn to_string(value: Value<'_>) -> Result<Value<'_>, String> {
    match value {
        Value::Bool(held) => Ok(Value::String(if held { "true" } else { "false" }.into())),
        Value::Number(text) => Ok(Value::String(Cow::Owned(value::canonical(&text)))),
        Value::String(_) | Value::Json(_) => Ok(value),
        // What `jsonencode` makes of a value that is not wholly known is the value itself.
        Value::List(_) | Value::Map(_) if holds_symbol(&value) => Ok(value),
        _ => Err("string required".to_owned()),
    }
}

fn holds_symbol(value: &Value<'_>) -> bool {
    match value {
        Value::List(items) => !items.iter().all(value::is_wholly_known),
        Value::Map(map) => {
            let mut entries = map.entries.iter();
            entries.any(|entry| !value::is_wholly_known(&entry.value))
        }
        _ => false,
    }
}

/// The elements of a collection, each converted; where the type leaves theirs open, to the one that fits all.
fn convert_all<'s>(
    items: Vec<Node<'s>>,
    element: &Type<'s>,
    collection: &str,
) -> Result<Vec<Node<'s>>, String> {
    let items = items.into_iter().enumerate().map(|(index, item)| {
        convert(item, element).map_err(|why| format!("element {index}: {why}"))
    });
    let items = items.collect::<Result<Vec<_>, _>>()?;
    if !is_open(element) {
        return Ok(items);
    }
    match unify(&items.iter().map(type_of).collect::<Vec<_>>()) {
        Some(common) => items
            .into_iter()
            .map(|item| convert(item, &common))
            .collect(),
        None => Err(format!("all {collection} elements must have the same type")),
    }
}

/// Values converted to the one type that fits all, as those of a list or the results of a conditional are.
///
/// # Errors
/// That there is no such type.
pub fn unified<'s>(items: Vec<Node<'s>>) -> Result<Vec<Node<'s>>, String> {
    convert_all(items, &Type::Any, "list")
}

/// An object with just the attributes of its type, sorted by name.
fn to_object<'s>(
    mut map: Map<'s>,
    attributes: &[Attribute<'s>],
    span: Span,
) -> Result<Map<'s>, String> {
    let mut entries = Vec::with_capacity(attributes.len());
    for attribute in attributes {
        let name = &attribute.name;
        let at = map.entries.iter().position(|entry| entry.key == *name);
        let given = at.map(|at| map.entries.swap_remove(at));
        if given.is_none() && !attribute.optional {
            return Err(format!("attribute \"{name}\" is required"));
        }
        let absent = || Entry {
            key: Cow::Owned(name.clone()),
            key_span: span,
            value: Node::new(Value::Null, span),
        };
        let mut entry = given.unwrap_or_else(absent);
        if let (Value::Null, Some(default)) = (&entry.value.value, &attribute.default) {
            entry.value = Node {
                value: default.value.clone(),
                span: entry.value.span,
                via: Some(Arc::new(Via {
                    kind: ViaKind::ParameterDefault,
                    name: Arc::from(name.as_str()),
                    span: default.span,
                    previous: default.via.clone(),
                })),
            };
        }
        entry.value = convert(entry.value, &attribute.kind)
            .map_err(|why| format!("attribute \"{name}\": {why}"))?;
        entries.push(entry);
    }
    Ok(Map { entries })
}

/// Whether a type has `any` in it.
fn is_open(kind: &Type<'_>) -> bool {
    match kind {
        Type::Any => true,
        Type::Bool | Type::Number | Type::String => false,
        Type::List(element) | Type::Set(element) | Type::Map(element) => is_open(element),
        Type::Tuple(kinds) => kinds.iter().any(is_open),
        Type::Object(attributes) => attributes.iter().any(|attribute| is_open(&attribute.kind)),
    }
}

/// The type of a value; `any` for null and what is not known.
fn type_of<'s>(node: &Node<'_>) -> Type<'s> {
    match &node.value {
        Value::Null => Type::Any,
        Value::Bool(_) => Type::Bool,
        Value::Number(_) => Type::Number,
        Value::String(_) | Value::Json(_) => Type::String,
        Value::List(_) | Value::Map(_) if is_document(node) => Type::String,
        Value::List(items) => Type::Tuple(items.iter().map(type_of).collect()),
        Value::Map(map) => {
            let attribute = |entry: &Entry<'_>| Attribute {
                name: entry.key.to_string(),
                kind: type_of(&entry.value),
                optional: false,
                default: None,
            };
            let mut attributes: Vec<_> = map.entries.iter().map(attribute).collect();
            attributes.sort_by(|a, b| a.name.cmp(&b.name));
            Type::Object(attributes)
        }
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Text(_) => Type::String,
            _ => Type::Any,
        },
    }
}

/// The one type that values of all these types convert to, where there is one.
fn unify<'s>(kinds: &[Type<'s>]) -> Option<Type<'s>> {
    let mut kinds: Vec<&Type<'s>> = kinds
        .iter()
        .filter(|kind| !matches!(kind, Type::Any))
        .collect();
    let Some(first) = kinds.pop() else {
        return Some(Type::Any);
    };
    kinds.push(first);
    match first {
        Type::Bool | Type::Number | Type::String => {
            let is = |wanted: fn(&Type<'_>) -> bool| kinds.iter().all(|kind| wanted(kind));
            if is(|kind| matches!(kind, Type::Bool)) {
                Some(Type::Bool)
            } else if is(|kind| matches!(kind, Type::Number)) {
                Some(Type::Number)
            } else {
                // A number and a truth value have nothing in common, until a text is there too.
                let has_text = kinds.iter().any(|kind| matches!(kind, Type::String));
                let all = is(|kind| matches!(kind, Type::Bool | Type::Number | Type::String));
                (has_text && all).then_some(Type::String)
            }
        }
        Type::Tuple(elements) => {
            let tuples = kinds.iter().map(|kind| match kind {
                Type::Tuple(elements) => Some(elements.as_slice()),
                _ => None,
            });
            let tuples = tuples.collect::<Option<Vec<_>>>()?;
            if tuples.iter().any(|tuple| tuple.len() != elements.len()) {
                return Some(Type::List(Box::new(unify(&tuples.concat())?)));
            }
            let across = (0..elements.len()).map(|index| {
                let column = tuples.iter().filter_map(|tuple| tuple.get(index).cloned());
                unify(&column.collect::<Vec<_>>())
            });
            Some(Type::Tuple(across.collect::<Option<_>>()?))
        }
        Type::Object(attributes) => {
            let objects = kinds.iter().map(|kind| match kind {
                Type::Object(attributes) => Some(attributes.as_slice()),
                _ => None,
            });
            let objects = objects.collect::<Option<Vec<_>>>()?;
            let names = |object: &[Attribute<'_>]| -> Vec<String> {
                object.iter().map(|one| one.name.clone()).collect()
            };
            let wanted = names(attributes);
            if objects.iter().any(|object| names(object) != wanted) {
                let all = objects.iter().flat_map(|object| object.iter());
                let all: Vec<_> = all.map(|attribute| attribute.kind.clone()).collect();
                return Some(Type::Map(Box::new(unify(&all)?)));
            }
            let across = attributes.iter().enumerate().map(|(index, attribute)| {
                let column = objects.iter().filter_map(|object| object.get(index));
                let column: Vec<_> = column.map(|one| one.kind.clone()).collect();
                Some(Attribute {
                    kind: unify(&column)?,
                    ..attribute.clone()
                })
            });
            Some(Type::Object(across.collect::<Option<_>>()?))
        }
        // A value is of none of these types.
        Type::Any | Type::List(_) | Type::Set(_) | Type::Map(_) => None,
    }
}
