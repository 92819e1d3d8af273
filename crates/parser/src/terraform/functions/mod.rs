//! The functions of the Terraform language that depend on nothing but their arguments.
//!
//! <https://developer.hashicorp.com/terraform/language/functions>. `can`, `try`, `templatefile` and
//! `templatestring` evaluate expressions and so belong to the evaluator.
//!
//! What a function passes on (an element, a branch) keeps its place; what it makes stands at the call. Where an
//! argument is not known, neither is the result, but for what is certain anyway: `merge`, `concat`, `length` and
//! the like look at the outside of their arguments only, and a joined text keeps its known pieces. This is more
//! than Terraform itself tells where an element that is not known cannot change the answer.
//!
//! `jsonencode` of a known value is a [`crate::tree::Value::Json`]; of one with symbols in it, that value itself,
//! since rules look into both alike.

mod collections;
mod dates;
mod digests;
mod encoding;
mod files;
mod format;
mod networks;
mod numbers;
mod pattern;
mod texts;
mod yaml;

pub use encoding::encoded_text;
pub(super) use encoding::{write_json, write_json_string};
pub use files::Files;

use super::types::{self, Type};
use super::value::{self, Number};
use crate::source::Span;
use crate::tree::{Entry, Map, Node, Origin, Symbol, Value};
use std::borrow::Cow;

/// The most values that a result may hold, all levels together.
pub const MAX_NODES: usize = 1 << 18;

/// The longest text that a function makes, in bytes.
pub const MAX_TEXT_BYTES: usize = 4 << 20;

/// Calls a function.
///
/// # Errors
/// Why Terraform would refuse the call, in its words.
pub fn call<'s>(
    files: &dyn Files,
    name: &str,
    arguments: Vec<Node<'s>>,
    span: Span,
) -> Result<Node<'s>, String> {
    let mut arguments = Arguments {
        nodes: arguments.into_iter(),
        name,
        span,
    };
    let result = dispatch(files, name, &mut arguments).and_then(|node| {
        arguments.finish()?;
        Ok(node)
    });
    match result {
        Ok(node) if is_too_large(&node) => Ok(value::unknown("the result is too large", span)),
        Ok(node) => Ok(node),
        Err(Stop::Unknown(why)) => Ok(value::unknown(why, span)),
        Err(Stop::Refused(why)) => Err(why),
    }
}

fn dispatch<'s>(files: &dyn Files, name: &str, a: &mut Arguments<'_, 's>) -> Answer<'s> {
    match name {
        "abs" => numbers::abs(a),
        "ceil" => numbers::ceil(a),
        "floor" => numbers::floor(a),
        "log" => numbers::log(a),
        "max" => numbers::max(a),
        "min" => numbers::min(a),
        "parseint" => numbers::parseint(a),
        "pow" => numbers::pow(a),
        "signum" => numbers::signum(a),
        "sum" => numbers::sum(a),

        "chomp" => texts::chomp(a),
        "endswith" => texts::endswith(a),
        "format" => format::format(a),
        "formatlist" => format::formatlist(a),
        "indent" => texts::indent(a),
        "join" => texts::join(a),
        "lower" => texts::lower(a),
        "regex" => pattern::regex(a),
        "regexall" => pattern::regexall(a),
        "replace" => pattern::replace(a),
        "split" => texts::split(a),
        "startswith" => texts::startswith(a),
        "strcontains" => texts::strcontains(a),
        "strrev" => texts::strrev(a),
        "substr" => texts::substr(a),
        "title" => texts::title(a),
        "trim" => texts::trim(a),
        "trimprefix" => texts::trimprefix(a),
        "trimspace" => texts::trimspace(a),
        "trimsuffix" => texts::trimsuffix(a),
        "upper" => texts::upper(a),

        "alltrue" => collections::alltrue(a),
        "anytrue" => collections::anytrue(a),
        "chunklist" => collections::chunklist(a),
        "coalesce" => collections::coalesce(a),
        "coalescelist" => collections::coalescelist(a),
        "compact" => collections::compact(a),
        "concat" => collections::concat(a),
        "contains" => collections::contains(a),
        "distinct" => collections::distinct(a),
        "element" => collections::element(a),
        "flatten" => collections::flatten(a),
        "index" => collections::index(a),
        "keys" => collections::keys(a),
        "length" => collections::length(a),
        "lookup" => collections::lookup(a),
        "matchkeys" => collections::matchkeys(a),
        "merge" => collections::merge(a),
        "one" => collections::one(a),
        "range" => collections::range(a),
        "reverse" => collections::reverse(a),
        "setintersection" => collections::setintersection(a),
        "setproduct" => collections::setproduct(a),
        "setsubtract" => collections::setsubtract(a),
        "setunion" => collections::setunion(a),
        "slice" => collections::slice(a),
        "sort" => collections::sort(a),
        "transpose" => collections::transpose(a),
        "values" => collections::values(a),
        "zipmap" => collections::zipmap(a),

        "base64decode" => encoding::base64decode(a),
        "base64encode" => encoding::base64encode(a),
        "csvdecode" => encoding::csvdecode(a),
        "jsondecode" => encoding::jsondecode(a),
        "jsonencode" => encoding::jsonencode(a),
        "textdecodebase64" => encoding::textdecodebase64(a),
        "textencodebase64" => encoding::textencodebase64(a),
        "urlencode" => encoding::urlencode(a),
        "yamldecode" => yaml::yamldecode(a),
        "yamlencode" => yaml::yamlencode(a),

        "formatdate" => dates::formatdate(a),
        "timeadd" => dates::timeadd(a),
        "timecmp" => dates::timecmp(a),

        "base64sha256" | "base64sha512" | "md5" | "sha1" | "sha256" | "sha512" => {
            digests::of_text(name, a)
        }
        "uuidv5" => digests::uuidv5(a),

        "cidrhost" => networks::cidrhost(a),
        "cidrnetmask" => networks::cidrnetmask(a),
        "cidrsubnet" => networks::cidrsubnet(a),
        "cidrsubnets" => networks::cidrsubnets(a),

        "tobool" => a.convert(&Type::Bool),
        "tolist" => a.convert(&Type::List(Box::new(Type::Any))),
        "tomap" => a.convert(&Type::Map(Box::new(Type::Any))),
        "tonumber" => a.convert(&Type::Number),
        "toset" => a.convert(&Type::Set(Box::new(Type::Any))),
        "tostring" => a.convert(&Type::String),
        // Values are not marked as sensitive.
        "ephemeralasnull" | "nonsensitive" | "sensitive" => a.any(),

        "abspath" => files::abspath(a),
        "basename" => files::basename(a),
        "dirname" => files::dirname(a),
        "pathexpand" => files::pathexpand(a),
        "file" => files::file(files, a),
        "filebase64" => files::filebase64(files, a),
        "fileexists" => files::fileexists(files, a),
        "fileset" => files::fileset(files, a),
        "filebase64sha256" | "filebase64sha512" | "filemd5" | "filesha1" | "filesha256"
        | "filesha512" => files::digest(files, name, a),

        "base64gzip" | "bcrypt" | "issensitive" | "plantimestamp" | "rsadecrypt" | "timestamp"
        | "uuid" => {
            a.rest();
            Err(Stop::Unknown(format!("`{name}` is not computed").into()))
        }
        _ => {
            a.rest();
            refuse(format!("there is no function named \"{name}\""))
        }
    }
}

/// Whether a result is more than may be made.
fn is_too_large(node: &Node<'_>) -> bool {
    match &node.value {
        Value::String(text) => text.len() > MAX_TEXT_BYTES,
        _ => value::size(node) > MAX_NODES,
    }
}

/// Why a call has no value.
enum Stop<'s> {
    /// An argument that matters is not known; why.
    Unknown(Cow<'s, str>),
    /// Terraform refuses the call; why.
    Refused(String),
}

impl From<String> for Stop<'_> {
    fn from(why: String) -> Self {
        Self::Refused(why)
    }
}

type Answer<'s> = Result<Node<'s>, Stop<'s>>;

fn refuse<'s, T>(why: impl Into<String>) -> Result<T, Stop<'s>> {
    Err(Stop::Refused(why.into()))
}

/// The arguments of a call. Each is converted to what the function asks for when it is taken.
struct Arguments<'a, 's> {
    nodes: std::vec::IntoIter<Node<'s>>,
    name: &'a str,
    span: Span,
}

impl<'s> Arguments<'_, 's> {
    /// Any value, null and what is not known included.
    fn any(&mut self) -> Answer<'s> {
        match self.nodes.next() {
            Some(node) => Ok(node),
            None => refuse(format!("not enough arguments for `{}`", self.name)),
        }
    }

    /// Whether there is another argument.
    fn has_more(&self) -> bool {
        self.nodes.len() > 0
    }

    /// All further arguments.
    fn rest(&mut self) -> Vec<Node<'s>> {
        self.nodes.by_ref().collect()
    }

    /// That there is none left.
    fn finish(&self) -> Result<(), Stop<'s>> {
        if self.has_more() {
            return refuse(format!("too many arguments for `{}`", self.name));
        }
        Ok(())
    }

    /// A value that is not null, and whose outside is known.
    fn known(&mut self) -> Answer<'s> {
        let node = self.any()?;
        self.as_known(node)
    }

    fn as_known(&self, node: Node<'s>) -> Answer<'s> {
        match &node.value {
            Value::Null => refuse("argument must not be null"),
            Value::Symbol(symbol) => Err(self.unknown(symbol)),
            _ => Ok(node),
        }
    }

    /// That the result is not known because of a symbol.
    fn unknown(&self, symbol: &Symbol<'s>) -> Stop<'s> {
        Stop::Unknown(match symbol {
            Symbol::Unknown(why) => why.clone(),
            _ => format!("`{}` of what is known only after an apply", self.name).into(),
        })
    }

    /// A value converted to a type.
    fn convert(&mut self, kind: &Type<'s>) -> Answer<'s> {
        let node = self.any()?;
        let shown = match &node.value {
            Value::String(text) => format!("\"{text}\""),
            _ => value::kind(&node).to_owned(),
        };
        let convert = |why| Stop::Refused(format!("cannot convert {shown} to {kind}: {why}"));
        types::convert(node, kind).map_err(convert)
    }

    fn known_as(&self, node: Node<'s>, kind: &Type<'s>) -> Answer<'s> {
        let node = types::convert(self.as_known(node)?, kind)?;
        match value::first_symbol(&node) {
            Some(symbol) => Err(self.unknown(symbol)),
            None => Ok(node),
        }
    }

    /// A text.
    fn text(&mut self) -> Result<Cow<'s, str>, Stop<'s>> {
        let node = self.any()?;
        self.as_text(node)
    }

    fn as_text(&self, node: Node<'s>) -> Result<Cow<'s, str>, Stop<'s>> {
        match self.known_as(node, &Type::String)?.value {
            Value::String(text) => Ok(text),
            Value::Json(json) => Ok(json.text),
            _ => refuse("string required"),
        }
    }

    /// A number.
    fn number(&mut self) -> Result<Number, Stop<'s>> {
        let node = self.any()?;
        self.as_number(node)
    }

    fn as_number(&self, node: Node<'s>) -> Result<Number, Stop<'s>> {
        let node = self.known_as(node, &Type::Number)?;
        value::number(&node).ok_or_else(|| Stop::Refused("a number is required".to_owned()))
    }

    /// A whole number of 64 bits.
    fn integer(&mut self) -> Result<i64, Stop<'s>> {
        let integer = self.number()?.to_integer();
        integer
            .and_then(|integer| i64::try_from(integer).ok())
            .ok_or_else(|| {
                Stop::Refused(format!(
                    "value must be a whole number, between {} and {}",
                    i64::MIN,
                    i64::MAX
                ))
            })
    }

    /// The elements of a list, a tuple or a set, whatever they are.
    fn list(&mut self) -> Result<Vec<Node<'s>>, Stop<'s>> {
        let node = self.known()?;
        self.as_list(node)
    }

    fn as_list(&self, node: Node<'s>) -> Result<Vec<Node<'s>>, Stop<'s>> {
        match self.as_known(node)?.value {
            Value::List(items) => Ok(items),
            _ => refuse("a list, set or tuple is required"),
        }
    }

    /// The elements of a list of one type.
    fn unified(&mut self) -> Result<Vec<Node<'s>>, Stop<'s>> {
        Ok(types::unified(self.list()?)?)
    }

    /// The entries of a map or object, sorted by key.
    fn map(&mut self) -> Result<Vec<Entry<'s>>, Stop<'s>> {
        let node = self.known()?;
        self.as_map(node)
    }

    fn as_map(&self, node: Node<'s>) -> Result<Vec<Entry<'s>>, Stop<'s>> {
        let span = node.span;
        match self.as_known(node)?.value {
            Value::Map(map) => match value::from_entries(map.entries, span).value {
                Value::Map(Map { entries }) => Ok(entries),
                _ => Ok(Vec::new()),
            },
            _ => refuse("a map or object is required"),
        }
    }

    fn text_node(&self, text: impl Into<Cow<'s, str>>) -> Answer<'s> {
        Ok(value::from_text(text, self.span))
    }

    fn bool_node(&self, held: bool) -> Answer<'s> {
        Ok(value::from_bool(held, self.span))
    }

    fn number_node(&self, number: impl Into<Number>) -> Answer<'s> {
        Ok(value::from_number(number, self.span))
    }

    fn list_node(&self, items: Vec<Node<'s>>) -> Answer<'s> {
        Ok(value::from_list(items, self.span))
    }

    fn map_node(&self, entries: Vec<Entry<'s>>) -> Answer<'s> {
        Ok(value::from_entries(entries, self.span))
    }

    /// An entry that the call makes.
    fn entry(&self, key: impl Into<Cow<'s, str>>, value: Node<'s>) -> Entry<'s> {
        Entry {
            key: key.into(),
            key_span: self.span,
            value,
        }
    }
}

/// Whether a symbol may stand for a list, and so for any number of elements. Attributes of resources that are
/// lists have names in the plural.
fn may_be_list(symbol: &Symbol<'_>) -> bool {
    match symbol {
        Symbol::Text(_) => false,
        Symbol::Reference(reference) => {
            !matches!(reference.origin, Origin::Resource(_))
                || reference.indices.is_empty() && reference.attribute.ends_with('s')
        }
        Symbol::Choice(_) | Symbol::Unknown(_) => true,
    }
}
