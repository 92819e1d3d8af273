//! Collection functions.

use super::encoding::json_text;
use super::texts::characters;
use super::{Answer, Arguments, MAX_NODES, Stop, may_be_list, refuse};
use crate::terraform::types::{self, Type};
use crate::terraform::value::{self, Number};
use crate::tree::{Entry, Node, Symbol, Value};
use std::collections::{BTreeMap, HashSet};

/// The most numbers that `range` gives, as in Terraform.
const MAX_RANGE: usize = 1024;

/// The most pairs that `matchkeys` compares.
const MAX_COMPARISONS: usize = 1 << 24;

pub(super) fn alltrue<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    decided_by(a, false)
}

pub(super) fn anytrue<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    decided_by(a, true)
}

/// Whether there is a decisive value in a list of truth values; null counts as false.
fn decided_by<'s>(a: &mut Arguments<'_, 's>, decisive: bool) -> Answer<'s> {
    let mut open = None;
    for item in a.list()? {
        let item = types::convert(item, &Type::Bool)?;
        match &item.value {
            Value::Symbol(symbol) => open = open.or(Some(a.unknown(symbol))),
            _ if value::boolean(&item).unwrap_or(false) == decisive => {
                return a.bool_node(decisive);
            }
            _ => {}
        }
    }
    match open {
        Some(stop) => Err(stop),
        None => a.bool_node(!decisive),
    }
}

pub(super) fn chunklist<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let (items, size) = (a.unified()?, a.integer()?);
    let Ok(size) = usize::try_from(size) else {
        return refuse("the size argument must be positive");
    };
    if items.is_empty() {
        return a.list_node(items);
    }
    let size = if size == 0 { items.len() } else { size };
    let chunks = items.chunks(size);
    let chunks = chunks.map(|chunk| value::from_list(chunk.to_vec(), a.span));
    a.list_node(chunks.collect())
}

pub(super) fn coalesce<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let arguments = a.rest();
    if arguments.is_empty() {
        return refuse("at least one argument is required");
    }
    let arguments = types::unified(arguments)
        .map_err(|_| Stop::Refused("all arguments must have the same type".to_owned()))?;
    for argument in arguments {
        match &argument.value {
            Value::Null => {}
            Value::String(text) if text.is_empty() => {}
            // A text with a literal in it is not empty.
            Value::Symbol(symbol) => match &**symbol {
                Symbol::Text(pieces) if pieces.iter().any(|piece| piece.as_str().is_some()) => {
                    return Ok(argument);
                }
                // Every resource has these.
                Symbol::Reference(one) if value::is_sure(one) => {
                    return Ok(argument);
                }
                symbol => return Err(a.unknown(symbol)),
            },
            _ => return Ok(argument),
        }
    }
    refuse("no non-null, non-empty-string arguments")
}

pub(super) fn coalescelist<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let arguments = a.rest();
    if arguments.is_empty() {
        return refuse("at least one argument is required");
    }
    for argument in arguments {
        match &argument.value {
            Value::Null => {}
            Value::List(items) if items.is_empty() => {}
            Value::List(_) => return Ok(argument),
            Value::Symbol(symbol) => return Err(a.unknown(symbol)),
            _ => return refuse("coalescelist arguments must be lists or tuples"),
        }
    }
    refuse("no non-null arguments")
}

/// Elements that are not known stay where they are sure not to be empty: attributes of resources and texts.
pub(super) fn compact<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let mut kept = Vec::new();
    for item in a.list()? {
        let item = types::convert(item, &Type::String)?;
        match &item.value {
            Value::Null => {}
            Value::String(text) if text.is_empty() => {}
            Value::Symbol(symbol) => match &**symbol {
                Symbol::Text(_) => kept.push(item),
                symbol @ Symbol::Reference(_) if !may_be_list(symbol) => kept.push(item),
                symbol => return Err(a.unknown(symbol)),
            },
            _ => kept.push(item),
        }
    }
    a.list_node(kept)
}

pub(super) fn concat<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let lists = a.rest();
    if lists.is_empty() {
        return refuse("at least one argument is required");
    }
    let mut items = Vec::new();
    for list in lists {
        items.extend(a.as_list(list)?);
    }
    a.list_node(items)
}

pub(super) fn contains<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let (items, wanted) = (a.list()?, a.any()?);
    let mut open = false;
    for item in &items {
        match value::equal(item, &wanted) {
            Some(true) => return a.bool_node(true),
            Some(false) => {}
            None => open = true,
        }
    }
    if open {
        let symbol = std::iter::once(&wanted)
            .chain(&items)
            .find_map(value::first_symbol);
        if let Some(symbol) = symbol {
            return Err(a.unknown(symbol));
        }
    }
    a.bool_node(false)
}

/// Elements that are not known stay, though they may turn out to repeat others.
pub(super) fn distinct<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let mut kept: Vec<Node<'s>> = Vec::new();
    let mut seen = Seen::default();
    for item in a.unified()? {
        if seen.is_new(&item, &kept) {
            kept.push(item);
        }
    }
    a.list_node(kept)
}

/// Known values that were seen, as JSON, so that a long list of them takes no quadratic time.
#[derive(Default)]
struct Seen {
    known: HashSet<String>,
}

impl Seen {
    fn is_new(&mut self, item: &Node<'_>, kept: &[Node<'_>]) -> bool {
        if value::is_wholly_known(item) {
            return self.known.insert(json_text(item));
        }
        !kept.iter().any(|one| value::equal(one, item) == Some(true))
    }
}

/// The index wraps around at both ends.
pub(super) fn element<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let (mut items, index) = (a.list()?, a.integer()?);
    let Ok(length @ 1..) = i64::try_from(items.len()) else {
        return refuse("cannot use element function with an empty list");
    };
    match usize::try_from(index.rem_euclid(length)) {
        Ok(index) => Ok(items.swap_remove(index)),
        Err(_) => refuse("invalid index"),
    }
}

pub(super) fn flatten<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let mut flat = Vec::new();
    let items = a.list()?;
    flatten_into(a, items, &mut flat)?;
    a.list_node(flat)
}

fn flatten_into<'s>(
    a: &Arguments<'_, 's>,
    items: Vec<Node<'s>>,
    flat: &mut Vec<Node<'s>>,
) -> Result<(), Stop<'s>> {
    for item in items {
        match item.value {
            Value::List(items) => flatten_into(a, items, flat)?,
            Value::Symbol(ref symbol) if may_be_list(symbol) => return Err(a.unknown(symbol)),
            _ => flat.push(item),
        }
    }
    Ok(())
}

pub(super) fn index<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let (items, wanted) = (a.list()?, a.any()?);
    if items.is_empty() {
        return refuse("cannot search an empty list");
    }
    for (index, item) in items.iter().enumerate() {
        match value::equal(item, &wanted) {
            Some(true) => return a.number_node(index),
            Some(false) => {}
            None => {
                return Err(Stop::Unknown(
                    "`index` of what is known only after an apply".into(),
                ));
            }
        }
    }
    refuse("item not found")
}

pub(super) fn keys<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let entries = a.map()?.into_iter();
    let keys = entries.map(|entry| value::from_text(entry.key, entry.key_span));
    a.list_node(keys.collect())
}

pub(super) fn values<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let values = a.map()?.into_iter().map(|entry| entry.value);
    a.list_node(values.collect())
}

pub(super) fn length<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let node = a.known()?;
    match &node.value {
        Value::List(items) => a.number_node(items.len()),
        Value::Map(map) => a.number_node(map.entries.len()),
        _ => match node.as_str() {
            Some(text) => a.number_node(characters(text)),
            None => refuse("argument must be a string, a collection type, or a structural type"),
        },
    }
}

pub(super) fn lookup<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let (entries, key) = (a.map()?, a.text()?);
    let default = if a.has_more() { Some(a.any()?) } else { None };
    match (entries.into_iter().find(|entry| entry.key == key), default) {
        (Some(entry), _) => Ok(entry.value),
        (None, Some(default)) => Ok(default),
        (None, None) => refuse(format!("the given object has no attribute \"{key}\"")),
    }
}

pub(super) fn matchkeys<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let (values, keys, wanted) = (a.unified()?, a.unified()?, a.unified()?);
    if values.len() != keys.len() {
        return refuse("length of keys and values should be equal");
    }
    if keys.len().saturating_mul(wanted.len()) > MAX_COMPARISONS {
        return refuse("the lists are too long");
    }
    let mut kept = Vec::new();
    for (item, key) in values.into_iter().zip(keys) {
        let mut is_wanted = Some(false);
        for one in &wanted {
            match value::equal(&key, one) {
                Some(true) => {
                    is_wanted = Some(true);
                    break;
                }
                Some(false) => {}
                None => is_wanted = None,
            }
        }
        match is_wanted {
            Some(true) => kept.push(item),
            Some(false) => {}
            None => {
                return Err(Stop::Unknown(
                    "`matchkeys` of what is known only after an apply".into(),
                ));
            }
        }
    }
    a.list_node(kept)
}

/// Later maps win; null counts as an empty one.
pub(super) fn merge<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let mut entries = Vec::new();
    for argument in a.rest() {
        match argument.value {
            Value::Null => {}
            Value::Map(map) => entries.extend(map.entries),
            Value::Symbol(symbol) => return Err(a.unknown(&symbol)),
            _ => {
                return refuse(format!(
                    "arguments must be maps or objects, got \"{}\"",
                    value::kind(&argument)
                ));
            }
        }
    }
    a.map_node(entries)
}

pub(super) fn one<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let mut items = a.list()?;
    match (items.pop(), items.is_empty()) {
        (None, _) => Ok(Node::new(Value::Null, a.span)),
        (Some(only), true) => Ok(only),
        (Some(_), false) => {
            refuse("must be a list, set, or tuple value with either zero or one elements")
        }
    }
}

pub(super) fn range<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let numbers = a.rest().into_iter().map(|node| a.as_number(node));
    let numbers = numbers.collect::<Result<Vec<_>, _>>()?;
    let zero = Number::from(0_i128);
    let (start, end, step) = match *numbers.as_slice() {
        [end] => (zero, end, None),
        [start, end] => (start, end, None),
        [start, end, step] => (start, end, Some(step)),
        _ => return refuse("must have one, two, or three arguments"),
    };
    let step = step.unwrap_or_else(|| Number::from(if end < start { -1_i128 } else { 1 }));
    if step == zero {
        return refuse("step must not be zero");
    }
    let down = step < zero;
    if down && end > start {
        return refuse("end must be less than start when step is negative");
    }
    if !down && end < start {
        return refuse("end must be greater than start when step is positive");
    }
    let mut items = Vec::new();
    let mut number = start;
    while if down { number > end } else { number < end } {
        if items.len() >= MAX_RANGE {
            return refuse(format!(
                "more than {MAX_RANGE} values were generated; either decrease the difference between start and end or use a smaller step"
            ));
        }
        items.push(value::from_number(number, a.span));
        number = number + step;
    }
    a.list_node(items)
}

pub(super) fn reverse<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let mut items = a.list()?;
    items.reverse();
    a.list_node(items)
}

/// Sets that are converted to one type.
fn sets<'s>(a: &mut Arguments<'_, 's>) -> Result<Vec<Vec<Node<'s>>>, Stop<'s>> {
    let mut sets = vec![a.list()?];
    for argument in a.rest() {
        sets.push(a.as_list(argument)?);
    }
    let lengths: Vec<usize> = sets.iter().map(Vec::len).collect();
    let mut all = types::unified(sets.into_iter().flatten().collect())?.into_iter();
    let sets = lengths
        .into_iter()
        .map(|length| all.by_ref().take(length).collect());
    Ok(sets.collect())
}

pub(super) fn setunion<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let all = sets(a)?.into_iter().flatten().collect();
    a.list_node(value::set_of(all))
}

pub(super) fn setintersection<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let mut sets = sets(a)?.into_iter();
    let mut common = sets.next().unwrap_or_default();
    for set in sets {
        common = filtered(a, common, &set, true)?;
    }
    a.list_node(value::set_of(common))
}

pub(super) fn setsubtract<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let mut sets = sets(a)?.into_iter();
    let (Some(from), Some(taken), None) = (sets.next(), sets.next(), sets.next()) else {
        return refuse("two sets are required");
    };
    let left = filtered(a, from, &taken, false)?;
    a.list_node(value::set_of(left))
}

/// The items that are (or are not) in a set.
fn filtered<'s>(
    a: &Arguments<'_, 's>,
    items: Vec<Node<'s>>,
    set: &[Node<'s>],
    wanted: bool,
) -> Result<Vec<Node<'s>>, Stop<'s>> {
    if let Some(symbol) = set.iter().chain(&items).find_map(value::first_symbol) {
        return Err(a.unknown(symbol));
    }
    let mut sorted: Vec<&Node<'s>> = set.iter().collect();
    sorted.sort_by(|a, b| value::set_order(a, b));
    let is_in = |item: &Node<'_>| {
        sorted
            .binary_search_by(|one| value::set_order(one, item))
            .is_ok()
    };
    Ok(items
        .into_iter()
        .filter(|item| is_in(item) == wanted)
        .collect())
}

pub(super) fn setproduct<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let mut sets = Vec::new();
    for argument in a.rest() {
        sets.push(types::unified(a.as_list(argument)?)?);
    }
    if sets.len() < 2 {
        return refuse("at least two arguments are required");
    }
    let count = |set: &Vec<Node<'s>>| set.iter().map(value::size).sum::<usize>();
    let nodes = sets.iter().map(count).fold(1_usize, usize::saturating_mul);
    if nodes.saturating_mul(sets.len()) > MAX_NODES {
        return Err(Stop::Unknown("the result is too large".into()));
    }
    let mut product: Vec<Vec<Node<'s>>> = vec![Vec::new()];
    for set in sets {
        product = product
            .iter()
            .flat_map(|tuple| {
                set.iter().map(|item| {
                    let mut tuple = tuple.clone();
                    tuple.push(item.clone());
                    tuple
                })
            })
            .collect();
    }
    let tuples = product
        .into_iter()
        .map(|tuple| value::from_list(tuple, a.span));
    a.list_node(tuples.collect())
}

pub(super) fn slice<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let (items, start, end) = (a.list()?, a.integer()?, a.integer()?);
    let bound = |index: i64, name: &str| match usize::try_from(index) {
        Err(_) => refuse(format!("{name} index must not be less than zero")),
        Ok(index) if index > items.len() => refuse(format!(
            "{name} index must not be greater than the length of the list"
        )),
        Ok(index) => Ok(index),
    };
    let (start, end) = (bound(start, "start")?, bound(end, "end")?);
    if start > end {
        return refuse("start index must not be greater than end index");
    }
    a.list_node(items.into_iter().take(end).skip(start).collect())
}

pub(super) fn sort<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let items = a
        .list()?
        .into_iter()
        .map(|item| types::convert(item, &Type::String));
    let mut items = items.collect::<Result<Vec<_>, _>>()?;
    if items.iter().any(|item| matches!(item.value, Value::Null)) {
        return refuse("a null string cannot be sorted");
    }
    if let Some(symbol) = items.iter().find_map(value::first_symbol) {
        let Stop::Unknown(why) = a.unknown(symbol) else {
            return refuse("the order is not known");
        };
        // How many there are is known.
        let items = items
            .iter()
            .map(|item| value::unknown(why.clone(), item.span));
        return a.list_node(items.collect());
    }
    items.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    a.list_node(items)
}

pub(super) fn transpose<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let mut keys_of: BTreeMap<String, Vec<Node<'s>>> = BTreeMap::new();
    for entry in a.map()? {
        for item in a.as_list(entry.value)? {
            let item = a.as_text(item)?;
            let key = value::from_text(entry.key.clone(), entry.key_span);
            keys_of.entry(item.into_owned()).or_default().push(key);
        }
    }
    let entries = keys_of.into_iter();
    let entries: Vec<Entry<'s>> = entries
        .map(|(item, keys)| {
            let keys = value::set_of(keys);
            a.entry(item, value::from_list(keys, a.span))
        })
        .collect();
    a.map_node(entries)
}

pub(super) fn zipmap<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let (keys, values) = (a.list()?, a.list()?);
    if keys.len() != values.len() {
        return refuse(format!(
            "number of keys ({}) does not match number of values ({})",
            keys.len(),
            values.len()
        ));
    }
    let mut entries = Vec::with_capacity(keys.len());
    for (key, value) in keys.into_iter().zip(values) {
        let key_span = key.span;
        entries.push(Entry {
            key: a.as_text(key)?,
            key_span,
            value,
        });
    }
    a.map_node(entries)
}
