//! What a plan says of its configuration: which argument refers to what.
//!
//! Each expression names only its last hop (`var.x`, `module.m.out`), so hops are followed here: a variable to the
//! argument of the call, an output to its expression. What a plan does not tell (`local.x`, `each.value`) refers to
//! nothing that is known.

use crate::terraform::address::{Part, parts};
use crate::tree::{Map, Node, Value};
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

/// Hops from an expression to a resource; past them nothing is known.
const MAX_HOPS: usize = 32;
/// Resources that one reference may lead to over several hops.
const MAX_TARGETS: usize = 64;

/// The `configuration` of a plan.
#[derive(Default)]
pub(super) struct Configuration<'c, 's> {
    modules: Vec<Module<'c, 's>>,
    resolved: RefCell<HashMap<(usize, &'c str), Rc<Resolved<'c>>>>,
}

/// A module, once for each call of it.
#[derive(Default)]
struct Module<'c, 's> {
    /// The module that calls it, the call's name and its arguments.
    caller: Option<(usize, &'c str, HashMap<&'c str, &'c Node<'s>>)>,
    depth: usize,
    is_repeated: bool,
    calls: HashMap<&'c str, usize>,
    resources: HashMap<&'c str, &'c Map<'s>>,
    outputs: HashMap<&'c str, &'c Node<'s>>,
}

/// What a reference means in the end.
#[derive(Debug, Default)]
pub(super) struct Resolved<'c> {
    /// The resources that it may lead to.
    pub(super) targets: Vec<Target<'c>>,
    /// Whether each expression on the way refers to nothing else.
    is_only: bool,
}

impl<'c> Resolved<'c> {
    /// The resource that is referred to, where nothing else is.
    pub(super) fn only(&self) -> Option<&Target<'c>> {
        match self.targets.as_slice() {
            [only] if self.is_only => Some(only),
            _ => None,
        }
    }
}

/// A resource that is referred to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target<'c> {
    /// The module that declares it.
    pub(super) module: usize,
    /// The keys of the calls that lead there, as far as they lie below the module in which the reference stands or
    /// one that called it; outermost first, empty where none is written.
    pub(super) call_keys: Vec<&'c str>,
    /// `aws_s3_bucket.logs`.
    pub(super) resource: &'c str,
    /// Its own key, brackets included.
    pub(super) key: &'c str,
    /// The attribute (`id`, `endpoint.address`); empty where it is not told.
    pub(super) attribute: Vec<Part<'c>>,
}

impl<'c, 's> Configuration<'c, 's> {
    /// Reads the `configuration` of a plan.
    pub(super) fn read(configuration: &'c Node<'s>) -> Self {
        let mut modules: Vec<Module<'c, 's>> = Vec::new();
        let root = configuration.get("root_module");
        let mut open: Vec<(&'c Node<'s>, Module<'c, 's>)> = Vec::new();
        open.extend(root.map(|root| (root, Module::default())));
        // A call is read behind its caller, so each finds it in the list.
        while let Some((node, mut module)) = open.pop() {
            let index = modules.len();
            if let Some((caller, name, _)) = &module.caller {
                let (caller, name) = (*caller, *name);
                if let Some(caller) = modules.get_mut(caller) {
                    caller.calls.insert(name, index);
                }
            }
            for resource in list(node, "resources") {
                if let (Some(address), Some(map)) = (
                    resource.get("address").and_then(Node::as_str),
                    resource.as_map(),
                ) {
                    module.resources.insert(address, map);
                }
            }
            module.outputs = members(node, "outputs").collect();
            for (name, call) in members(node, "module_calls") {
                let Some(called) = call.get("module") else {
                    continue;
                };
                let arguments = members(call, "expressions").collect();
                let called_module = Module {
                    caller: Some((index, name, arguments)),
                    depth: module.depth + 1,
                    is_repeated: module.is_repeated || call.as_map().is_some_and(is_repeated),
                    ..Module::default()
                };
                open.push((called, called_module));
            }
            modules.push(module);
        }
        Self {
            modules,
            resolved: RefCell::default(),
        }
    }

    /// The module that calls from the root lead to.
    pub(super) fn module(&self, calls: &[Part<'_>]) -> Option<usize> {
        let root = (!self.modules.is_empty()).then_some(0);
        calls.iter().try_fold(root, |module, call| {
            let module = self.modules.get(module?)?;
            Some(module.calls.get(call.name).copied())
        })?
    }

    /// What is declared of a resource (`aws_s3_bucket.logs`) in a module.
    pub(super) fn resource(&self, module: usize, resource: &str) -> Option<&'c Map<'s>> {
        self.modules.get(module)?.resources.get(resource).copied()
    }

    /// How many calls lead to a module.
    pub(super) fn depth(&self, module: usize) -> usize {
        self.modules.get(module).map_or(0, |module| module.depth)
    }

    /// The names of the last so many calls that lead to a module, outermost first.
    pub(super) fn last_calls(&self, module: usize, count: usize) -> Vec<&'c str> {
        let mut names = Vec::with_capacity(count);
        let mut at = module;
        while names.len() < count
            && let Some((caller, name, _)) =
                self.modules.get(at).and_then(|one| one.caller.as_ref())
        {
            names.push(*name);
            at = *caller;
        }
        names.reverse();
        names
    }

    /// All resources that are declared, in no order: module and address.
    pub(super) fn resources(&self) -> impl Iterator<Item = (usize, &'c str, &'c Map<'s>)> {
        self.modules.iter().enumerate().flat_map(|(index, module)| {
            let resources = module.resources.iter();
            resources.map(move |(address, map)| (index, *address, *map))
        })
    }

    /// Whether the number of a module's instances depends on something.
    pub(super) fn is_repeated(&self, module: usize) -> bool {
        self.modules
            .get(module)
            .is_some_and(|module| module.is_repeated)
    }

    /// What the root module declares: resources by address, and calls.
    pub(super) fn root_names(&self) -> BTreeSet<String> {
        let Some(root) = self.modules.first() else {
            return BTreeSet::new();
        };
        let resources = root
            .resources
            .keys()
            .filter(|one| !one.starts_with("data."));
        let calls = root.calls.keys().map(|name| format!("module.{name}"));
        resources
            .map(|one| (*one).to_owned())
            .chain(calls)
            .collect()
    }

    /// The expressions of the root module's outputs, by name.
    pub(super) fn root_outputs(&self) -> Vec<&'c Node<'s>> {
        let root = self.modules.first();
        let mut outputs: Vec<_> = root.into_iter().flat_map(|root| &root.outputs).collect();
        outputs.sort_by_key(|(name, _)| **name);
        outputs
            .into_iter()
            .filter_map(|(_, output)| output.get("expression"))
            .collect()
    }

    /// What a reference in a module leads to.
    pub(super) fn resolve(&self, module: usize, reference: &'c str) -> Rc<Resolved<'c>> {
        self.resolve_within(module, reference, MAX_HOPS)
    }

    fn resolve_within(&self, module: usize, reference: &'c str, hops: usize) -> Rc<Resolved<'c>> {
        if let Some(known) = self.resolved.borrow().get(&(module, reference)) {
            return Rc::clone(known);
        }
        // What leads back here gives nothing.
        self.resolved
            .borrow_mut()
            .insert((module, reference), Rc::default());
        let resolved = match hops.checked_sub(1) {
            Some(hops) => Rc::new(self.follow(module, reference, hops).unwrap_or_default()),
            None => Rc::default(),
        };
        self.resolved
            .borrow_mut()
            .insert((module, reference), Rc::clone(&resolved));
        resolved
    }

    fn follow(&self, index: usize, reference: &'c str, hops: usize) -> Option<Resolved<'c>> {
        let module = self.modules.get(index)?;
        let mut steps = parts(reference);
        let (first, second) = (steps.next()?, steps.next()?);
        match first.name {
            "var" => {
                let (caller, _, arguments) = module.caller.as_ref()?;
                let argument = arguments.get(second.name)?;
                let mut resolved = self.all(*caller, references(argument), hops);
                deepen(&mut resolved, second.key, steps);
                Some(resolved)
            }
            "module" => {
                let called = *module.calls.get(second.name)?;
                let output = steps.next()?;
                let expression = self.modules.get(called)?.outputs.get(output.name)?;
                let expression = expression.get("expression")?;
                let mut resolved = self.all(called, references(expression), hops);
                for target in &mut resolved.targets {
                    // Unless it went up again to a caller, the way leads through this call.
                    if self.depth(target.module) == target.call_keys.len() + module.depth + 1 {
                        target.call_keys.insert(0, second.key);
                    }
                }
                deepen(&mut resolved, output.key, steps);
                Some(resolved)
            }
            "data" | "local" | "each" | "count" | "path" | "terraform" | "self" => None,
            _ => {
                let resource = &reference[first.start..second.name_end()];
                let (resource, _) = module.resources.get_key_value(resource)?;
                let attribute: Vec<Part<'c>> = steps.collect();
                Some(Resolved {
                    is_only: true,
                    targets: vec![Target {
                        module: index,
                        call_keys: Vec::new(),
                        resource,
                        key: second.key,
                        attribute,
                    }],
                })
            }
        }
    }

    /// What several references lead to together.
    pub(super) fn all(
        &self,
        module: usize,
        references: impl Iterator<Item = &'c str>,
        hops: usize,
    ) -> Resolved<'c> {
        let mut together = Resolved::default();
        let mut count = 0;
        for reference in references {
            count += 1;
            let resolved = self.resolve_within(module, reference, hops);
            together.is_only = count == 1 && resolved.is_only;
            for target in &resolved.targets {
                if together.targets.len() < MAX_TARGETS && !together.targets.contains(target) {
                    together.targets.push(target.clone());
                }
            }
        }
        together
    }
}

/// Whether a resource or a call has a number of instances that depends on something.
pub(super) fn is_repeated(declared: &Map<'_>) -> bool {
    declared.get("count_expression").is_some() || declared.get("for_each_expression").is_some()
}

/// The references of an expression, each but once: Terraform lists `aws_s3_bucket.b` behind `aws_s3_bucket.b.id`.
pub(super) fn references<'c>(expression: &'c Node<'_>) -> impl Iterator<Item = &'c str> + use<'c> {
    let listed = expression.get("references").and_then(Node::as_list);
    let mut last = "";
    listed
        .unwrap_or_default()
        .iter()
        .filter_map(Node::as_str)
        .filter(move |reference| {
            let rest = last.strip_prefix(reference);
            let is_shorter = rest.is_some_and(|rest| rest.starts_with(['.', '[']));
            if !is_shorter {
                last = reference;
            }
            !is_shorter
        })
}

/// All references in an expression and in the blocks below it.
pub(super) fn all_references<'c>(expression: &'c Node<'_>, found: &mut Vec<&'c str>) {
    match &expression.value {
        Value::List(items) => items.iter().for_each(|item| all_references(item, found)),
        Value::Map(map)
            if map
                .get("references")
                .is_some_and(|one| one.as_list().is_some()) =>
        {
            found.extend(references(expression));
        }
        Value::Map(map) if map.get("constant_value").is_none() => map
            .entries
            .iter()
            .for_each(|entry| all_references(&entry.value, found)),
        _ => {}
    }
}

/// Goes on into what was handed over: `var.bucket.arn`.
fn deepen<'c>(resolved: &mut Resolved<'c>, key: &'c str, steps: impl Iterator<Item = Part<'c>>) {
    let steps: Vec<Part<'c>> = steps.collect();
    if steps.is_empty() && key.is_empty() {
        return;
    }
    for target in &mut resolved.targets {
        if key.is_empty() {
            target.attribute.extend(&steps);
        } else {
            // Into a list or a map: of many resources, or of values.
            target.attribute.clear();
        }
    }
}

fn list<'c, 's>(node: &'c Node<'s>, key: &str) -> &'c [Node<'s>] {
    node.get(key).and_then(Node::as_list).unwrap_or_default()
}

fn members<'c, 's>(
    node: &'c Node<'s>,
    key: &str,
) -> impl Iterator<Item = (&'c str, &'c Node<'s>)> + use<'c, 's> {
    let map = node.get(key).and_then(Node::as_map);
    map.map_or(&[][..], |map| &map.entries)
        .iter()
        .map(|entry| (&*entry.key, &entry.value))
}
