//! References between the resources of a plan.

use super::Head;
use super::configuration::{Configuration, Target, all_references, references};
use super::marks::{Finder, is_after_apply};
use crate::model::{DEPENDS_ON, Edge};
use crate::source::Span;
use crate::terraform::address::{self, Address, Part};
use crate::tree::{Map, Node, Origin, Reference, Symbol, Value};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// A known value is compared with so many resources that its expression may mean; past them it stays as it is.
const MAX_COMPARED: usize = 64;

/// Where a resource of a plan belongs.
pub(super) struct Located<'l> {
    text: &'l str,
    span: Span,
    address: Address<'l>,
    /// Its module in the configuration.
    module: Option<usize>,
}

impl<'l> Located<'l> {
    /// Finds a resource's module by the resource's address.
    pub(super) fn of(head: &'l Head<'_>, configuration: &Configuration<'_, '_>) -> Self {
        let address = address::split(&head.address);
        let module = configuration.module(&address.calls);
        Self {
            text: &head.address,
            span: head.address_span,
            address,
            module,
        }
    }

    /// The module in the configuration that declares it, and its address there without keys.
    pub(super) fn declaration(&self) -> Option<(usize, &'l str)> {
        Some((self.module?, self.address.resource))
    }
}

/// The resources of a plan, by what refers to them.
pub(super) struct Links<'l, 'c, 's> {
    configuration: &'l Configuration<'c, 's>,
    located: Vec<Located<'l>>,
    by_address: HashMap<&'l str, u32>,
    /// All instances: by module in the configuration, and address there without keys.
    by_resource: HashMap<(usize, &'l str), Vec<u32>>,
    /// The same with their own keys.
    by_key: HashMap<(usize, &'l str, &'l str), Vec<u32>>,
    /// The edges found so far.
    pub(super) edges: Vec<Edge>,
    /// References to many instances that have given their edges. From one instance is enough: edges to all from each
    /// would grow with the square.
    spread: HashSet<(usize, &'l str, &'c str)>,
}

/// The instances that a reference means.
enum Found<'f> {
    One(u32),
    /// Any of these.
    Some(&'f [u32]),
}

impl<'l, 'c, 's> Links<'l, 'c, 's> {
    pub(super) fn new(configuration: &'l Configuration<'c, 's>, located: Vec<Located<'l>>) -> Self {
        let mut by_address = HashMap::with_capacity(located.len());
        let mut by_resource: HashMap<(usize, &'l str), Vec<u32>> = HashMap::new();
        let mut by_key: HashMap<(usize, &'l str, &'l str), Vec<u32>> = HashMap::new();
        for (index, one) in (0..).zip(&located) {
            by_address.entry(one.text).or_insert(index);
            if let Some(module) = one.module {
                let Address { resource, key, .. } = one.address;
                by_resource
                    .entry((module, resource))
                    .or_default()
                    .push(index);
                if !key.is_empty() {
                    let same_key = by_key.entry((module, resource, key));
                    same_key.or_default().push(index);
                }
            }
        }
        Self {
            configuration,
            located,
            by_address,
            by_resource,
            by_key,
            edges: Vec::new(),
            spread: HashSet::new(),
        }
    }

    /// Makes what a resource's values refer to references, takes away what the provider chooses, and collects the
    /// edges. `bodies` are the values of all resources.
    pub(super) fn connect(&mut self, index: usize, body: &mut Node<'s>, bodies: &[Node<'s>]) {
        let one = &self.located[index];
        let Some(module) = one.module else { return };
        let Some(declared) = self.configuration.resource(module, one.address.resource) else {
            return;
        };
        let expressions = declared.get("expressions").and_then(Node::as_map);
        let from = From {
            index,
            module,
            span: one.span,
        };
        for entry in expressions.map_or(&[][..], |map| &map.entries) {
            let mut found = Vec::new();
            all_references(&entry.value, &mut found);
            if !found.is_empty() {
                let span = body.get(&entry.key).map_or(from.span, |value| value.span);
                self.add_edges(Some(&from), &found, span, None);
            }
        }
        for key in ["count_expression", "for_each_expression"] {
            let mut found = Vec::new();
            if let Some(expression) = declared.get(key) {
                all_references(expression, &mut found);
            }
            self.add_edges(Some(&from), &found, from.span, None);
        }
        let waited_for = declared.get("depends_on").and_then(Node::as_list);
        let waited_for = waited_for.unwrap_or_default().iter();
        let waited_for: Vec<&str> = waited_for.filter_map(Node::as_str).collect();
        self.add_edges(Some(&from), &waited_for, from.span, Some(DEPENDS_ON));
        if let Value::Map(values) = &mut body.value {
            match expressions {
                Some(expressions) => self.values(&from, values, expressions, bodies),
                None => values.entries.retain(|entry| !is_after_apply(&entry.value)),
            }
        }
    }

    /// The edges of the root module's outputs.
    pub(super) fn outputs(&mut self) {
        let configuration = self.configuration;
        for output in configuration.root_outputs() {
            let mut found = Vec::new();
            all_references(output, &mut found);
            self.add_edges(None, &found, output.span, None);
        }
    }

    fn add_edges(
        &mut self,
        from: Option<&From>,
        references: &[&'c str],
        span: Span,
        attribute: Option<&str>,
    ) {
        let (index, module) = from.map_or((None, 0), |from| (Some(from.index), from.module));
        let is_indexed = references.iter().any(|one| is_own_key(one));
        for reference in references {
            let resolved = self.configuration.resolve(module, reference);
            for target in &resolved.targets {
                let found = self.instances(index, target, is_indexed);
                let many = match found {
                    Found::One(one) => vec![one],
                    Found::Some(many) => {
                        let own = index.map_or("", |index| self.located[index].address.resource);
                        let key = (module, own, *reference);
                        if many.len() > 1 && self.spread.contains(&key) {
                            continue;
                        }
                        let many = many.to_vec();
                        self.spread.insert(key);
                        many
                    }
                };
                let attribute = attribute.map_or_else(
                    || attribute_of(&target.attribute).0.into_owned(),
                    str::to_owned,
                );
                self.edges.extend(many.into_iter().map(|to| Edge {
                    from: index.and_then(|index| u32::try_from(index).ok()),
                    span,
                    to,
                    attribute: attribute.clone(),
                }));
            }
        }
    }

    /// The instances of a target, as seen from an instance of a resource, or from the root module.
    /// Where the reference is indexed by what tells instances apart, it is the one with the same key.
    fn instances(&self, from: Option<usize>, target: &Target<'c>, is_indexed: bool) -> Found<'_> {
        let from = from.map(|index| &self.located[index]);
        let depth = self.configuration.depth(target.module);
        // The way to a target goes up to a module that both have in common, and down from there.
        let common = depth.saturating_sub(target.call_keys.len());
        let names = self
            .configuration
            .last_calls(target.module, target.call_keys.len());
        let base = from.map_or("", |from| match common.checked_sub(1) {
            None => "",
            Some(last) => from
                .address
                .calls
                .get(last)
                .and_then(|call| from.text.get(..=call.end))
                .unwrap_or_default(),
        });
        let address = |missing: &str| {
            let key = |key: &'c str| {
                if key.is_empty() {
                    missing.to_owned()
                } else {
                    key.to_owned()
                }
            };
            let mut address = base.to_owned();
            for (name, call_key) in names.iter().zip(&target.call_keys) {
                address.push_str("module.");
                address.push_str(name);
                address.push_str(&key(call_key));
                address.push('.');
            }
            address.push_str(target.resource);
            address.push_str(&key(target.key));
            address
        };
        if let Some(index) = self.by_address.get(&*address("")) {
            return Found::One(*index);
        }
        let own_key = from.map_or("", |from| from.address.key);
        if is_indexed
            && !own_key.is_empty()
            && let Some(index) = self.by_address.get(&*address(own_key))
        {
            return Found::One(*index);
        }
        let (module, resource) = (target.module, target.resource);
        let some = if target.key.is_empty() {
            self.by_resource.get(&(module, resource))
        } else {
            self.by_key.get(&(module, resource, target.key))
        };
        match some.map_or(&[][..], Vec::as_slice) {
            [only] => Found::One(*only),
            some => Found::Some(some),
        }
    }

    /// The values of a body by their expressions.
    fn values(
        &self,
        from: &From,
        values: &mut Map<'s>,
        expressions: &'c Map<'s>,
        bodies: &[Node<'s>],
    ) {
        let mut finder = Finder::new(values, expressions.entries.len());
        for entry in &expressions.entries {
            let Some(at) = finder.position(values, &entry.key) else {
                continue;
            };
            let value = &mut values.entries[at].value;
            match &entry.value.value {
                Value::Map(map)
                    if map
                        .get("references")
                        .is_some_and(|one| one.as_list().is_some()) =>
                {
                    self.argument(from, value, &entry.value, bodies);
                }
                Value::Map(map) if map.get("constant_value").is_some() => {}
                // An expression that refers to nothing.
                Value::Map(map) if map.entries.is_empty() => {}
                Value::Map(_) => {
                    self.blocks(from, value, std::slice::from_ref(&entry.value), bodies);
                }
                Value::List(blocks) => self.blocks(from, value, blocks, bodies),
                _ => {}
            }
        }
        let mut finder = Finder::new(expressions, values.entries.len());
        values.entries.retain(|entry| {
            !is_after_apply(&entry.value) || finder.position(expressions, &entry.key).is_some()
        });
    }

    fn blocks(
        &self,
        from: &From,
        value: &mut Node<'s>,
        expressions: &'c [Node<'s>],
        bodies: &[Node<'s>],
    ) {
        let items = match &mut value.value {
            Value::Map(_) => std::slice::from_mut(value),
            Value::List(items) => items,
            _ => return,
        };
        if items.len() != expressions.len() {
            // Some come from `dynamic` blocks, of which a plan says nothing.
            return;
        }
        if let ([item], [expressions]) = (&mut *items, expressions) {
            if let (Value::Map(values), Some(expressions)) = (&mut item.value, expressions.as_map())
            {
                self.values(from, values, expressions, bodies);
            }
            return;
        }
        // The order of a set is not that of its blocks, so what is set in one may be set in each.
        let names: HashSet<&str> = expressions
            .iter()
            .filter_map(Node::as_map)
            .flat_map(|map| &map.entries)
            .map(|entry| &*entry.key)
            .collect();
        for item in items {
            if let Value::Map(values) = &mut item.value {
                values
                    .entries
                    .retain(|entry| !is_after_apply(&entry.value) || names.contains(&*entry.key));
            }
        }
    }

    fn argument(
        &self,
        from: &From,
        value: &mut Node<'s>,
        expression: &'c Node<'s>,
        bodies: &[Node<'s>],
    ) {
        let names: Vec<&'c str> = references(expression).collect();
        if is_after_apply(value) {
            if let Some(reference) = self.reference(from, &names) {
                value.value = Value::Symbol(Box::new(Symbol::Reference(reference)));
            }
            return;
        }
        if let Value::List(items) = &mut value.value
            && !items.is_empty()
            && items.iter().all(is_after_apply)
        {
            let references = self.elements(from, &names, items.len());
            for (item, reference) in items.iter_mut().zip(references.unwrap_or_default()) {
                item.value = Value::Symbol(Box::new(Symbol::Reference(reference)));
            }
            return;
        }
        let is_indexed = names.iter().any(|one| is_own_key(one));
        let mut compared: Vec<(u32, &Target<'c>)> = Vec::new();
        let resolved: Vec<_> = names
            .iter()
            .map(|name| self.configuration.resolve(from.module, name))
            .collect();
        for target in resolved.iter().flat_map(|one| &one.targets) {
            match self.instances(Some(from.index), target, is_indexed) {
                Found::One(one) => compared.push((one, target)),
                Found::Some(some) if some.len() <= MAX_COMPARED => {
                    compared.extend(some.iter().map(|one| (*one, target)));
                }
                Found::Some(_) => {}
            }
        }
        if !compared.is_empty() && compared.len() <= MAX_COMPARED {
            self.known(value, &compared, bodies);
        }
    }

    /// What a value is that only the apply gives, where its expression is one attribute of one resource.
    fn reference(&self, from: &From, names: &[&'c str]) -> Option<Reference<'s>> {
        let (name, is_indexed) = match names {
            [only] => (only, false),
            [name, key] | [key, name] if is_own_key(key) => (name, true),
            _ => return None,
        };
        let resolved = self.configuration.resolve(from.module, name);
        // Before Terraform 0.15 no attribute is told, and `one(aws_vpc.a[*].id)` tells none: it is the resource itself.
        let (target, attribute) = if is_indexed {
            // `aws_subnet.a[each.key].id`: what follows such an index is not told.
            match resolved.targets.as_slice() {
                [only] if only.attribute.is_empty() && only.key.is_empty() => (only, &[][..]),
                _ => return None,
            }
        } else {
            let target = resolved.only()?;
            (target, target.attribute.as_slice())
        };
        match self.instances(Some(from.index), target, is_indexed) {
            Found::One(index) => Some(reference_to(index, attribute)),
            Found::Some(_) => None,
        }
    }

    /// What the elements of a list are that only the apply gives, where there are as many as references, or as
    /// instances of the one resource that is referred to.
    fn elements(&self, from: &From, names: &[&'c str], count: usize) -> Option<Vec<Reference<'s>>> {
        if names.len() == count {
            let references = names.iter().map(|name| self.reference(from, &[*name]));
            return references.collect();
        }
        let [only] = names else { return None };
        let resolved = self.configuration.resolve(from.module, only);
        let target = resolved.only().filter(|one| one.attribute.is_empty())?;
        match self.instances(Some(from.index), target, false) {
            Found::Some(all) if all.len() == count => {
                Some(all.iter().map(|index| reference_to(*index, &[])).collect())
            }
            _ => None,
        }
    }

    /// Known values that another resource has given: its id stands there as a text, and is a reference all the same.
    fn known(&self, value: &mut Node<'s>, compared: &[(u32, &Target<'c>)], bodies: &[Node<'s>]) {
        match &mut value.value {
            Value::List(items) => {
                for item in items {
                    self.known(item, compared, bodies);
                }
            }
            Value::String(text) if !text.is_empty() => {
                let found = compared
                    .iter()
                    .find_map(|(index, target)| self.gives(*index, target, text, bodies));
                if let Some(reference) = found {
                    value.value = Value::Symbol(Box::new(Symbol::Reference(reference)));
                }
            }
            _ => {}
        }
    }

    /// A reference to the attribute of a resource that has this text, unless the text is written there.
    fn gives(
        &self,
        index: u32,
        target: &Target<'c>,
        text: &str,
        bodies: &[Node<'s>],
    ) -> Option<Reference<'s>> {
        let candidates: &[&str] = match target.attribute.as_slice() {
            [] => &["id", "arn"],
            [only] if only.key.is_empty() => &[only.name],
            _ => return None,
        };
        let body = bodies.get(index as usize)?;
        let declared = self
            .configuration
            .resource(target.module, target.resource)?;
        let written = declared.get("expressions");
        let name = candidates.iter().find(|name| {
            body.get(name).and_then(Node::as_str) == Some(text)
                && written.is_none_or(|written| written.get(name).is_none())
        })?;
        Some(Reference {
            origin: Origin::Resource(index),
            attribute: owned(name),
            indices: Vec::new(),
            allowed: None,
        })
    }
}

/// The instance whose values are looked at.
struct From {
    index: usize,
    module: usize,
    span: Span,
}

/// Whether a reference is to what tells the instances of a resource apart.
fn is_own_key(reference: &str) -> bool {
    matches!(reference, "each.key" | "count.index")
}

fn reference_to<'s>(index: u32, attribute: &[Part<'_>]) -> Reference<'s> {
    let (attribute, indices) = attribute_of(attribute);
    Reference {
        origin: Origin::Resource(index),
        attribute,
        indices,
        allowed: None,
    }
}

/// The attribute and the indices of a way into a resource, as the evaluator has them.
fn attribute_of<'s>(parts: &[Part<'_>]) -> (Cow<'s, str>, Vec<u32>) {
    let mut indices = Vec::new();
    let mut name: Cow<'s, str> = Cow::Borrowed("");
    for part in parts {
        if name.is_empty() {
            name = owned(part.name);
        } else {
            let joined = name.to_mut();
            joined.push('.');
            joined.push_str(part.name);
        }
        for key in part.key.split(['[', ']']).filter(|key| !key.is_empty()) {
            match key.parse() {
                Ok(index) => indices.push(index),
                Err(_) => {
                    let joined = name.to_mut();
                    joined.push('.');
                    joined.push_str(key.trim_matches('"'));
                }
            }
        }
    }
    (name, indices)
}

/// An attribute's name; most are one of two.
fn owned<'s>(name: &str) -> Cow<'s, str> {
    match name {
        "id" => Cow::Borrowed("id"),
        "arn" => Cow::Borrowed("arn"),
        name => Cow::Owned(name.to_owned()),
    }
}
