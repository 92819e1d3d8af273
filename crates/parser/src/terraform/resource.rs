//! Resources with all that is written of them.
//!
//! <https://developer.hashicorp.com/terraform/language/block/resource>

use super::block;
use super::body::Expr;
use super::declared::Top;
use super::evaluate::{Evaluation, Locals, Scope, reference, unknown};
use super::module::{Instance, Run};
use super::references::Names;
use crate::model::{DEPENDS_ON, Resource, Scenario};
use crate::source::Span;
use crate::tree::{Entry, Map, Node, Origin, Value};
use std::borrow::Cow;
use std::rc::Rc;

impl<'m, 's> Run<'m, 's> {
    /// A block's body as one mapping, nested and dynamic blocks included. `kind` is the name under which the table has
    /// it; empty for what no table has.
    pub(super) fn body(
        &self,
        module: usize,
        top: &Top<'m, 's>,
        locals: &Locals<'s>,
        kind: &str,
    ) -> Node<'s> {
        let names = Names { run: self, module };
        let scope: &dyn Scope<'s> = &names;
        let mut evaluation = Evaluation::new(scope, &self.budget, locals);
        block::body(&mut evaluation, top, kind, self.options.arguments)
    }

    pub(super) fn resource(&self, index: u32) -> Resource<'s> {
        let instance: Instance<'m, 's> = self.resources.borrow()[index as usize].clone();
        let Instance {
            module,
            top,
            address,
            locals,
            condition,
            touched,
        } = instance;
        self.touched.borrow_mut().extend(touched.iter().cloned());
        let kind = top.label(0);
        let mut properties = self.body(module, &top, &locals, kind);
        self.default_tags(module, &top, &mut properties);
        let attributes = self.attributes(module, &top, &mut properties);
        let properties = self.looked_into(properties);
        let span = top.last_label_span();
        Resource {
            address: Cow::Owned(address),
            address_span: span,
            kind: Cow::Owned(kind.to_owned()),
            kind_span: top.label_span(0),
            made_from: None,
            construct: None,
            span: top.span,
            properties,
            properties_key: span,
            attributes,
            condition: condition.map(|id| Cow::Owned(self.condition_name(id))),
            scenario: Scenario::DEFAULTS,
            is_judged: true,
            calls: self.calls_of(module),
        }
    }

    /// The chain of calls that a module is there for, innermost first.
    pub(super) fn calls_of(&self, mut module: usize) -> Vec<(Span, String)> {
        let mut calls = Vec::new();
        while let Some((caller, call)) = self.call_of(module) {
            let address = self.prefix(module);
            calls.push((
                call.last_label_span(),
                address.trim_end_matches('.').to_owned(),
            ));
            module = caller;
        }
        calls
    }

    /// What stands beside the arguments: `lifecycle` and `depends_on`.
    /// <https://developer.hashicorp.com/terraform/language/meta-arguments>
    fn attributes(&self, module: usize, top: &Top<'m, 's>, properties: &mut Node<'s>) -> Node<'s> {
        let mut entries = Vec::new();
        if let Value::Map(map) = &mut properties.value
            && let Some(at) = map.entries.iter().position(|one| one.key == "lifecycle")
        {
            let mut lifecycle = map.entries.remove(at);
            let written = top.blocks("lifecycle");
            if let Value::Map(map) = &mut lifecycle.value.value {
                for name in ["ignore_changes", "replace_triggered_by"] {
                    let argument = written.iter().find_map(|one| one.argument(name));
                    map.entries.extend(argument.map(|argument| Entry {
                        key: Cow::Borrowed(name),
                        key_span: argument.name_span,
                        value: names(argument.value),
                    }));
                }
            }
            entries.push(lifecycle);
        }
        let own = top.argument("depends_on");
        let mut items = own
            .as_ref()
            .map_or(Vec::new(), |own| self.waited_for(module, own.value));
        // All of a module waits for what its call waits for; it is not followed.
        if let Some(call) = self.call_that_waits(module) {
            items.push(unknown(call, "the call of the module waits for more"));
        }
        if !items.is_empty() {
            let place = own
                .as_ref()
                .map_or(top.last_label_span(), |own| own.name_span);
            entries.push(Entry {
                key: Cow::Borrowed("depends_on"),
                key_span: place,
                value: Node::new(Value::List(items), place),
            });
        }
        Node::new(Value::Map(Map { entries }), top.last_label_span())
    }

    /// Where a call that leads to a module says what it waits for.
    fn call_that_waits(&self, mut module: usize) -> Option<Span> {
        while let Some((caller, call)) = self.call_of(module) {
            if let Some(argument) = call.argument("depends_on") {
                return Some(argument.name_span);
            }
            module = caller;
        }
        None
    }

    /// The resources that one waits for.
    fn waited_for(&self, module: usize, names: Expr<'m, 's>) -> Vec<Node<'s>> {
        let mut items = Vec::new();
        for one in names.items() {
            let mut parts = one.reference().split(['.', '[']);
            let (Some(kind), Some(name)) = (parts.next(), parts.next()) else {
                continue;
            };
            // What a module waits for is not followed.
            if kind == "module" {
                items.push(unknown(
                    one.span(),
                    "what the module makes is not told one by one",
                ));
                continue;
            }
            let instances = self.resource_instances(module, &format!("{kind}.{name}"));
            if let Some(instances) = instances {
                let mut touched = self.touched.borrow_mut();
                instances.each(&mut |index| {
                    touched.push((index, Rc::from(DEPENDS_ON), one.span()));
                    items.push(reference(Origin::Resource(index), "id", one.span()));
                });
            }
        }
        items
    }

    /// A data source, the configuration of a provider or the settings, as rules ask them. `each` and `count` are not
    /// known.
    pub(super) fn other(&self, module: usize, top: &Top<'m, 's>) -> Resource<'s> {
        let (kind, name) = match top.name {
            "data" => {
                let kind = format!("data.{}", top.label(0));
                let name = format!("{kind}.{}", top.label(1));
                (kind, name)
            }
            "provider" => {
                let kind = format!("provider.{}", top.label(0));
                let alias = top.attribute("alias").and_then(|alias| alias.literal());
                let name = alias.map_or_else(|| kind.clone(), |alias| format!("{kind}.{alias}"));
                (kind, name)
            }
            other => (other.to_owned(), other.to_owned()),
        };
        let mut properties = match top.name {
            "terraform" => self.settings(module, top),
            _ => self.body(module, top, &Locals::new(), &kind),
        };
        // No table has these blocks; those that stand once are mappings, as everywhere.
        if top.name != "data"
            && let Value::Map(map) = &mut properties.value
        {
            for entry in &mut map.entries {
                if let Value::List(items) = &mut entry.value.value
                    && let [one] = items.as_mut_slice()
                    && matches!(one.value, Value::Map(_))
                {
                    entry.value = one.clone();
                }
            }
        }
        let span = top.last_label_span();
        Resource {
            address: Cow::Owned(format!("{}{name}", self.prefix(module))),
            address_span: span,
            kind: Cow::Owned(kind),
            kind_span: top.label_span(0),
            made_from: None,
            construct: None,
            span: top.span,
            properties,
            properties_key: span,
            attributes: Node::new(Value::Map(Map::default()), span),
            condition: self
                .condition_of(module)
                .map(|id| Cow::Owned(self.condition_name(id))),
            scenario: Scenario::DEFAULTS,
            is_judged: true,
            calls: self.calls_of(module),
        }
    }

    /// The settings: where the state is kept, by the backend's type, beside the arguments.
    /// <https://developer.hashicorp.com/terraform/language/block/terraform>
    fn settings(&self, module: usize, top: &Top<'m, 's>) -> Node<'s> {
        let labels = |name: &str| match name {
            "backend" => Some(1),
            "cloud" | "required_providers" => Some(0),
            _ => None,
        };
        let (arguments, blocks) = top.contents(&labels);
        let mut entries: Vec<Entry<'s>> = arguments
            .into_iter()
            .map(|argument| Entry {
                key: Cow::Owned(argument.name.to_owned()),
                key_span: argument.name_span,
                value: self.evaluate(module, &Locals::new(), argument.value),
            })
            .collect();
        for block in blocks {
            let name = block.name;
            let key_span = block.name_span;
            let (label, label_span) = (block.label(0).to_owned(), block.label_span(0));
            let mut value = self.body(module, &Rc::new(block), &Locals::new(), "");
            if name == "backend" {
                let entry = Entry {
                    key: Cow::Owned(label),
                    key_span: label_span,
                    value,
                };
                let entries = vec![entry];
                value = Node::new(Value::Map(Map { entries }), key_span);
            }
            entries.push(Entry {
                key: Cow::Owned(name.to_owned()),
                key_span,
                value,
            });
        }
        Node::new(Value::Map(Map { entries }), top.last_label_span())
    }
}

/// Names of arguments and resources, as texts: what they are is not asked.
fn names<'s>(written: Expr<'_, 's>) -> Node<'s> {
    let text = |one: &Expr<'_, 's>| {
        let name = match one.reference() {
            "" => one.literal().unwrap_or_default(),
            name => name,
        };
        Node::new(Value::String(Cow::Owned(name.to_owned())), one.span())
    };
    match written.reference() {
        "" => Node::new(
            Value::List(written.items().iter().map(text).collect()),
            written.span(),
        ),
        _ => text(&written),
    }
}
