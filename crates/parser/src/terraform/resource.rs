//! Resources with all that is written of them.
//!
//! <https://developer.hashicorp.com/terraform/language/block/resource>

use super::block;
use super::declared::Top;
use super::evaluate::{Evaluation, Locals, Scope};
use super::module::{Instance, Run};
use super::references::Names;
use crate::model::{DEPENDS_ON, Resource, Scenario};
use crate::source::Span;
use crate::tree::{Map, Node, Value};
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
        let properties = self.looked_into(properties);
        self.depends_on(module, &top);
        let span = top.last_label_span();
        Resource {
            address: Cow::Owned(address),
            address_span: span,
            kind: Cow::Owned(kind.to_owned()),
            kind_span: top.label_span(0),
            span: top.span,
            properties,
            properties_key: span,
            attributes: Node::new(Value::Map(Map::default()), span),
            condition: condition.map(|id| Cow::Owned(self.condition_name(id))),
            scenario: Scenario::DEFAULTS,
            is_judged: true,
            calls: self.calls_of(module),
        }
    }

    /// The chain of calls that a module is there for, innermost first.
    fn calls_of(&self, mut module: usize) -> Vec<(Span, String)> {
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

    /// What it waits for.
    fn depends_on(&self, module: usize, top: &Top<'m, 's>) {
        let Some(waits_for) = top.attribute("depends_on") else {
            return;
        };
        for one in waits_for.items() {
            let mut parts = one.reference().split(['.', '[']);
            let (Some(kind), Some(name)) = (parts.next(), parts.next()) else {
                continue;
            };
            let instances = self.resource_instances(module, &format!("{kind}.{name}"));
            if let Some(instances) = instances {
                let mut touched = self.touched.borrow_mut();
                instances
                    .each(&mut |index| touched.push((index, Rc::from(DEPENDS_ON), one.span())));
            }
        }
    }
}
