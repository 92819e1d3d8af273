//! Modules: their variables, locals, calls and outputs, evaluated when they are first asked for.
//!
//! <https://developer.hashicorp.com/terraform/language/modules>. One root module with everything that it calls is one
//! [`Project`]. A name is evaluated once; a cycle is said and its value unknown.

use super::body::{Expr, ExprPart};
use super::declared::{Declared, Top, declared};
use super::document;
use super::evaluate::{
    Budget, Evaluation, Locals, MAX_NESTING, MAX_NODES, Scope, accepted, choice, reference, unknown,
};
use super::expand::Instances;
use super::references::Names;
use super::test::{Test, Tests};
use super::touched::{Touched, shares};
use super::{Call, Folder, Folders, Options, provider, types, value};
use crate::model::{
    Absent, ConditionId, Declaration, DeclarationKind, Edge, Output, Project, Resource,
};
use crate::source::{FileId, Span};
use crate::tree::{Entry, Map, Node, Origin, Problem, Reference, Symbol, Value};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

/// Instances of modules in one project.
pub(super) const MAX_MODULES: usize = 2_000;
/// Instances of resources in one project.
pub(super) const MAX_RESOURCES: usize = 100_000;
/// How deep modules may call one another.
pub(super) const MAX_CALL_DEPTH: usize = 32;

/// One instance of a module.
pub(super) struct Module<'m, 's> {
    pub(super) folder: &'m Folder<'s>,
    declared: Rc<Declared<'m, 's>>,
    /// `` for the root, `module.vpc.` for a call, with keys (`module.vpc["a"].`).
    prefix: String,
    /// The names of the calls that lead here, each followed by a dot.
    calls: String,
    call: Option<Called<'m, 's>>,
    depth: usize,
    /// Under which condition it exists.
    condition: Option<ConditionId>,
}

/// The call that an instance of a module is there for.
#[derive(Clone)]
struct Called<'m, 's> {
    /// Whose module it stands in.
    caller: usize,
    top: Top<'m, 's>,
    /// What `each` and `count` are there.
    locals: Rc<Locals<'s>>,
    /// What they refer to.
    touched: Rc<Touched>,
}

/// One instance of a resource.
#[derive(Clone)]
pub(super) struct Instance<'m, 's> {
    pub(super) module: usize,
    pub(super) top: Top<'m, 's>,
    pub(super) address: String,
    pub(super) locals: Rc<Locals<'s>>,
    pub(super) condition: Option<ConditionId>,
    /// What its `count` or `for_each` refers to.
    pub(super) touched: Rc<Touched>,
}

/// Instances by module and name; nothing while they are made, or where what is called was not read.
type Expanded = HashMap<(usize, String), Option<Rc<Instances>>>;

/// A value that was made once.
#[derive(Clone)]
pub(super) struct Made<'s> {
    value: Rc<Node<'s>>,
    touched: Rc<Touched>,
}

pub(super) struct Run<'m, 's> {
    folders: &'m dyn Folders<'s>,
    pub(super) options: &'m Options<'m>,
    pub(super) modules: RefCell<Vec<Module<'m, 's>>>,
    folders_declared: RefCell<HashMap<*const Folder<'s>, Rc<Declared<'m, 's>>>>,
    /// The texts of the files that were read.
    texts: RefCell<HashMap<FileId, &'s str>>,
    pub(super) resources: RefCell<Vec<Instance<'m, 's>>>,
    resource_instances: RefCell<Expanded>,
    module_instances: RefCell<Expanded>,
    values: RefCell<HashMap<(usize, String), Option<Made<'s>>>>,
    tests: RefCell<Tests<'s>>,
    problems: RefCell<Vec<Problem>>,
    not_read: RefCell<Vec<(Span, String)>>,
    incomplete: Cell<bool>,
    unread_calls: Cell<bool>,
    /// What was asked for since whoever is reading began.
    pub(super) touched: RefCell<Touched>,
    pub(super) budget: Budget,
}

/// The project of a root module.
pub(super) fn lower<'m, 's>(
    root: &'m Folder<'s>,
    folders: &'m dyn Folders<'s>,
    options: &'m Options<'m>,
) -> Project<'s> {
    let run = Run {
        folders,
        options,
        modules: RefCell::default(),
        folders_declared: RefCell::default(),
        texts: RefCell::default(),
        resources: RefCell::default(),
        resource_instances: RefCell::default(),
        module_instances: RefCell::default(),
        values: RefCell::default(),
        tests: RefCell::default(),
        problems: RefCell::default(),
        not_read: RefCell::default(),
        incomplete: Cell::new(false),
        unread_calls: Cell::new(false),
        touched: RefCell::default(),
        budget: Budget::new(),
    };
    let declared = run.declarations(root);
    run.modules.borrow_mut().push(Module {
        folder: root,
        declared,
        prefix: String::new(),
        calls: String::new(),
        call: None,
        depth: 0,
        condition: None,
    });
    run.project()
}

impl<'m, 's> Run<'m, 's> {
    fn project(&self) -> Project<'s> {
        // Calls first: each one adds modules to the list that is walked.
        let mut at = 0;
        while at < self.modules.borrow().len() {
            let declared = self.declared(at);
            for name in declared.modules.keys() {
                self.module_instances(at, name);
            }
            for name in declared.resources.keys() {
                self.resource_instances(at, name);
            }
            at += 1;
        }
        let mut edges: Vec<Edge> = Vec::new();
        let mut resources: Vec<Resource<'s>> = Vec::new();
        let count = self.resources.borrow().len();
        for index in 0..u32::try_from(count).unwrap_or(u32::MAX) {
            self.touched.borrow_mut().clear();
            resources.push(self.resource(index));
            self.edges(Some(index), &mut edges);
        }
        let outputs = self.root_outputs();
        let mut handed_over = Vec::new();
        let mut blocks = Vec::new();
        for module in 0..self.modules.borrow().len() {
            self.read_others(module, &mut blocks, &mut handed_over);
        }
        handed_over.sort_unstable();
        handed_over.dedup();
        self.edges(None, &mut edges);
        edges.sort_by(|a, b| {
            (a.to, a.from, a.span, &a.attribute).cmp(&(b.to, b.from, b.span, &b.attribute))
        });
        edges.dedup();

        let mut by_kind: HashMap<Cow<'s, str>, Vec<u32>> = HashMap::new();
        for (index, resource) in (0..).zip(resources.iter().chain(&blocks)) {
            by_kind
                .entry(resource.kind.clone())
                .or_default()
                .push(index);
        }
        let declared = self.declared(0);
        let used = super::references::variables(self.modules.borrow()[0].folder);
        let declarations = declared.variables.iter().map(|(name, top)| Declaration {
            kind: DeclarationKind::Variable,
            name: Cow::Owned((*name).to_owned()),
            span: top.last_label_span(),
            used: used.contains(*name),
            is_secret: top.attribute("sensitive").is_some(),
            has_default: top.attribute("default").is_some(),
        });
        let declarations = declarations.collect();
        let root = self.modules.borrow()[0].folder;
        let file = root.files.first().map_or(FileId(0), |file| file.file);
        let read: Vec<_> = self.folders_declared.take().into_values().collect();
        let mut problems = self.problems.take();
        problems.extend(read.iter().flat_map(|one| one.problems.iter().cloned()));
        problems.sort_by(|a, b| (a.span, &a.message).cmp(&(b.span, &b.message)));
        problems.dedup();
        let mut not_read = self.not_read.take();
        not_read.sort();
        not_read.dedup();
        let broken = read.iter().any(|one| one.broken);
        let downloaded: BTreeSet<FileId> = self
            .modules
            .borrow()
            .iter()
            .filter(|module| module.folder.downloaded)
            .flat_map(|module| module.folder.files.iter().map(|file| file.file))
            .collect();
        let downloaded = downloaded.into_iter().collect();
        let mut conditions = self.tests.take().conditions;
        conditions.settle(0);
        Project {
            file,
            span: Span::new(file, 0, 0),
            resources,
            blocks,
            outputs,
            declarations,
            conditions,
            edges,
            problems,
            incomplete: self.incomplete.get() || broken,
            unread_calls: self.unread_calls.get(),
            handed_over,
            rewritten: Vec::new(),
            planned: false,
            not_read,
            hidden: self.hidden(&read),
            downloaded,
            absent: self.absent(),
            provider_major: read
                .iter()
                .filter_map(|one| provider::newest_major(one))
                .min(),
            by_kind,
        }
    }

    /// What all modules declare of which there is nothing.
    fn absent(&self) -> Vec<Absent> {
        let mut absent = Vec::new();
        for module in 0..self.modules.borrow().len() {
            let declared = self.declared(module);
            let of = |known: &RefCell<Expanded>, name: &str| {
                let known = known.borrow();
                let known = known.get(&(module, name.to_owned()));
                known.and_then(Option::as_ref).map(Rc::clone)
            };
            let resources = declared.resources.iter().map(|(name, top)| {
                let instances = of(&self.resource_instances, name);
                (name.clone(), top, instances)
            });
            let calls = declared.modules.iter().map(|(name, top)| {
                let instances = of(&self.module_instances, name);
                (format!("module.{name}"), top, instances)
            });
            for (name, top, instances) in resources.chain(calls) {
                if instances.is_none_or(|instances| instances.is_none()) {
                    absent.push(Absent {
                        address: format!("{}{name}", self.prefix(module)),
                        span: top.span,
                        calls: self.calls_of(module),
                    });
                }
            }
        }
        absent
    }

    /// Where the values of variables stand that are kept secret.
    fn hidden(&self, read: &[Rc<Declared<'_, 's>>]) -> Vec<Span> {
        let variables = read.iter().flat_map(|declared| &declared.variables);
        let secret = variables.filter(|(_, top)| {
            let sensitive = top.attribute("sensitive");
            // Whatever is not plainly `false` may ask for secrecy.
            sensitive.is_some_and(|one| one.literal_bool() != Some(false))
        });
        let mut hidden: Vec<Span> = secret
            .flat_map(|(name, top)| {
                let default = top.attribute("default").map(|default| default.span());
                let given = self.options.variables.get(*name).map(|given| given.span);
                default.into_iter().chain(given)
            })
            .collect();
        hidden.sort_unstable();
        hidden
    }

    fn root_outputs(&self) -> Vec<Output<'s>> {
        let declared = self.declared(0);
        let outputs = declared.outputs.iter().map(|(name, top)| Output {
            name: Cow::Owned((*name).to_owned()),
            value: (*self.output(0, name, top.span)).clone(),
        });
        outputs.collect()
    }

    /// Edges from what was asked for.
    fn edges(&self, from: Option<u32>, edges: &mut Vec<Edge>) {
        let mut seen = HashSet::new();
        for (to, attribute, span) in self.touched.take() {
            if from != Some(to) && seen.insert((to, Rc::clone(&attribute))) {
                edges.push(Edge {
                    from,
                    span,
                    to,
                    attribute: attribute.to_string(),
                });
            }
        }
    }

    /// Reads what is no resource but may refer to some: providers, data sources, calls of modules that were not read.
    fn read_others(
        &self,
        module: usize,
        blocks: &mut Vec<Resource<'s>>,
        handed_over: &mut Vec<u32>,
    ) {
        let declared = self.declared(module);
        // Only what they refer to counts: `each` and `count` are not known here.
        let none = Locals::new();
        let expand = |top: &Top<'m, 's>| {
            let arguments = ["count", "for_each"].map(|name| top.attribute(name));
            arguments.into_iter().flatten().for_each(|argument| {
                self.evaluate(module, &none, argument);
            });
        };
        let read = |top: &Top<'m, 's>| {
            expand(top);
            self.body(module, top, &none, "");
        };
        let tops = declared.data.values().chain(&declared.providers);
        blocks.extend(tops.chain(&declared.settings).map(|top| {
            expand(top);
            self.other(module, top)
        }));
        declared.others.iter().for_each(&read);
        for (name, top) in &declared.modules {
            let key = (module, (*name).to_owned());
            if matches!(self.module_instances.borrow().get(&key), Some(Some(_))) {
                continue;
            }
            let before = self.touched.take();
            read(top);
            let touched = self.touched.replace(before);
            handed_over.extend(touched.iter().map(|(resource, ..)| *resource));
            self.touched.borrow_mut().extend(touched);
        }
    }

    fn declarations(&self, folder: &'m Folder<'s>) -> Rc<Declared<'m, 's>> {
        let key: *const Folder<'s> = folder;
        if let Some(known) = self.folders_declared.borrow().get(&key) {
            return Rc::clone(known);
        }
        let texts = folder.files.iter().map(|file| (file.file, file.text));
        self.texts.borrow_mut().extend(texts);
        let new = Rc::new(declared(folder));
        self.folders_declared
            .borrow_mut()
            .insert(key, Rc::clone(&new));
        new
    }

    /// A finished value, with what its texts say.
    pub(super) fn looked_into(&self, node: Node<'s>) -> Node<'s> {
        let texts = self.texts.borrow();
        document::look_into(node, &|file| texts.get(&file).copied())
    }

    pub(super) fn declared(&self, module: usize) -> Rc<Declared<'m, 's>> {
        Rc::clone(&self.modules.borrow()[module].declared)
    }

    pub(super) fn condition_of(&self, module: usize) -> Option<ConditionId> {
        self.modules.borrow()[module].condition
    }

    /// The call that a module is there for: the calling module, and the block.
    pub(super) fn call_of(&self, module: usize) -> Option<(usize, Top<'m, 's>)> {
        let modules = self.modules.borrow();
        let call = modules[module].call.as_ref()?;
        Some((call.caller, Rc::clone(&call.top)))
    }

    pub(super) fn prefix(&self, module: usize) -> String {
        self.modules.borrow()[module].prefix.clone()
    }

    pub(super) fn under(
        &self,
        outer: Option<ConditionId>,
        inner: ConditionId,
        held: bool,
    ) -> ConditionId {
        self.tests.borrow_mut().under(outer, inner, held)
    }

    pub(super) fn condition(&self, test: &Test, name: &str) -> Result<ConditionId, bool> {
        self.tests.borrow_mut().condition(test, name)
    }

    pub(super) fn condition_name(&self, id: ConditionId) -> String {
        self.tests.borrow().conditions.name(id).to_owned()
    }

    pub(super) fn problem(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }

    /// Says that something was not read that may declare resources.
    pub(super) fn leave_out(&self, span: Span, why: String) {
        self.incomplete.set(true);
        self.not_read.borrow_mut().push((span, why));
    }

    /// The value of an expression of a module.
    pub(super) fn evaluate(
        &self,
        module: usize,
        instance: &Locals<'s>,
        expression: Expr<'m, 's>,
    ) -> Node<'s> {
        let names = Names { run: self, module };
        let scope: &dyn Scope<'s> = &names;
        Evaluation::new(scope, &self.budget, instance).expression(expression)
    }

    /// A value that is made once; while it is made, asking for it again is a cycle.
    pub(super) fn once(
        &self,
        module: usize,
        name: String,
        span: Span,
        make: impl FnOnce() -> Node<'s>,
    ) -> Rc<Node<'s>> {
        let key = (module, name);
        if let Some(known) = self.values.borrow().get(&key) {
            return match known {
                Some(made) => {
                    self.touched
                        .borrow_mut()
                        .extend(made.touched.iter().cloned());
                    Rc::clone(&made.value)
                }
                None => {
                    let message = format!("`{}` refers to itself", key.1);
                    self.problem(Problem::warning(span, message));
                    Rc::new(unknown(span, "it refers to itself"))
                }
            };
        }
        self.values.borrow_mut().insert(key.clone(), None);
        let before = self.touched.take();
        let mut node = accepted(make());
        if measure(&node).is_none() {
            node = unknown(node.span, "the value is too large");
        }
        let mut touched = self.touched.replace(before);
        touched.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        touched.dedup_by(|a, b| (a.0, &a.1) == (b.0, &b.1));
        self.touched.borrow_mut().extend(touched.iter().cloned());
        let made = Made {
            value: Rc::new(node),
            touched: Rc::new(touched),
        };
        let value = Rc::clone(&made.value);
        self.values.borrow_mut().insert(key, Some(made));
        value
    }

    /// Whether a value is being made right now.
    pub(super) fn is_being_made(&self, module: usize, name: &str) -> bool {
        let key = (module, name.to_owned());
        matches!(self.values.borrow().get(&key), Some(None))
    }

    pub(super) fn missing(&self, module: usize, span: Span, what: &str) -> Node<'s> {
        if self.declared(module).broken {
            return unknown(
                span,
                format!("{what} may stand in a part that could not be read"),
            );
        }
        value::error(span, format!("{what} is not declared"))
    }

    /// The same, and says it: Terraform stops there.
    fn undeclared(&self, module: usize, span: Span, what: &str) -> Node<'s> {
        if !self.declared(module).broken {
            self.problem(Problem::warning(span, format!("{what} is not declared")));
        }
        self.missing(module, span, what)
    }

    /// Says it where a call has an argument for which the module has no variable: Terraform stops there.
    fn check_arguments(&self, call: &Top<'m, 's>, declared: &Declared<'m, 's>) {
        const META: [&str; 6] = [
            "source",
            "version",
            "count",
            "for_each",
            "providers",
            "depends_on",
        ];
        let (arguments, _) = call.contents(&|_| None);
        for argument in arguments {
            let is_known =
                META.contains(&argument.name) || declared.variables.contains_key(argument.name);
            if !is_known && !declared.broken {
                let message = format!("the module has no variable `{}`", argument.name);
                self.problem(Problem::warning(argument.name_span, message));
            }
        }
    }

    /// Says it where a value that was given is none of the variable's type: Terraform stops there.
    fn refuse_value(&self, name: &str, given: &Node<'_>) {
        if let Some(why) = value::refusal(given) {
            let message = format!("the value for the variable `{name}` is not of its type: {why}");
            let problem = Problem::error(given.span, message);
            self.problems.borrow_mut().push(problem);
        }
    }

    pub(super) fn variable(&self, module: usize, name: &str, span: Span) -> Rc<Node<'s>> {
        let declared = self.declared(module);
        let Some(top) = declared.variables.get(name) else {
            return Rc::new(self.undeclared(module, span, &format!("the variable `{name}`")));
        };
        self.once(module, format!("var.{name}"), span, || {
            let none = Locals::new();
            let wanted = top.attribute("type").and_then(|kind| {
                let mut constant = |constant: &hcl_edit::expr::Expression| {
                    Ok(self.constant(module, constant, kind))
                };
                type_of(kind, &mut constant)
            });
            let converted = |node: Node<'s>| {
                let node = accepted(node);
                let Some(wanted) = &wanted else { return node };
                let (place, via) = (node.span, node.via.clone());
                match types::convert(node, wanted) {
                    Ok(node) => Node {
                        span: place,
                        via,
                        ..node
                    },
                    Err(why) => value::error(place, why),
                }
            };
            let is = |argument: &str| top.attribute(argument).and_then(|one| one.literal_bool());
            let nullable = is("nullable") != Some(false);
            let call = self.modules.borrow()[module].call.clone();
            let given = match call {
                Some(call) => call.top.attribute(name).map(|argument| {
                    // `each` was made before anybody asked for this value.
                    self.touched.borrow_mut().extend_from_slice(&call.touched);
                    converted(self.evaluate(call.caller, &call.locals, argument))
                }),
                None => {
                    let given = self.options.variables.get(name);
                    let given = given.map(|given| converted(given.clone()));
                    given.inspect(|given| self.refuse_value(name, given))
                }
            };
            let given = given.filter(|given| nullable || !matches!(given.value, Value::Null));
            let open = || {
                let name = format!("{}var.{name}", self.prefix(module));
                let allowed = allowed(top, &format!("var.{}", top.label(0)));
                let reference = Reference {
                    origin: Origin::Parameter(Cow::Owned(name)),
                    attribute: Cow::Borrowed(""),
                    indices: Vec::new(),
                    allowed,
                };
                let symbol = Symbol::Reference(reference);
                Node::new(Value::Symbol(Box::new(symbol)), top.last_label_span())
            };
            // What is secret is never looked at.
            if module == 0 && is("sensitive") == Some(true) {
                return open();
            }
            match (given, top.attribute("default")) {
                (Some(given), _) => given,
                (None, Some(default)) => converted(self.evaluate(module, &none, default)),
                (None, None) => open(),
            }
        })
    }

    /// A constant within a type constraint: the default of `optional`.
    fn constant(
        &self,
        module: usize,
        expression: &hcl_edit::expr::Expression,
        constraint: Expr<'_, 's>,
    ) -> Node<'s> {
        let names = Names { run: self, module };
        let scope: &dyn Scope<'s> = &names;
        let none = Locals::new();
        let mut evaluation = Evaluation::new(scope, &self.budget, &none);
        match constraint.part {
            ExprPart::Hcl(_) => {
                let file = constraint.file;
                let part = ExprPart::Hcl(expression);
                evaluation.expression(Expr { file, part })
            }
            // The constraint is a text of its own.
            ExprPart::Json(node) => {
                let text = node.as_str().unwrap_or_default();
                evaluation.within_text(expression, text, node.span)
            }
        }
    }

    pub(super) fn local(&self, module: usize, name: &str, span: Span) -> Rc<Node<'s>> {
        let declared = self.declared(module);
        let Some((expression, _)) = declared.locals.get(name) else {
            return Rc::new(self.undeclared(module, span, &format!("the local value `{name}`")));
        };
        self.once(module, format!("local.{name}"), span, || {
            self.evaluate(module, &Locals::new(), *expression)
        })
    }

    /// The instances of a resource; nothing where it is not declared, or asks for itself.
    pub(super) fn resource_instances(&self, module: usize, name: &str) -> Option<Rc<Instances>> {
        let key = (module, name.to_owned());
        if let Some(known) = self.resource_instances.borrow().get(&key) {
            return known.clone();
        }
        let top = self.declared(module).resources.get(name).cloned()?;
        self.resource_instances
            .borrow_mut()
            .insert(key.clone(), None);
        let before = self.touched.take();
        let first = self.resources.borrow().len();
        let prefix = self.prefix(module);
        let instances = self.expand(module, &top, &mut |new| {
            let mut resources = self.resources.borrow_mut();
            resources.push(Instance {
                module,
                top: Rc::clone(&top),
                address: format!("{prefix}{name}{}", new.suffix),
                locals: Rc::new(new.locals),
                condition: new.condition,
                touched: Rc::default(),
            });
            u32::try_from(resources.len() - 1).unwrap_or(u32::MAX)
        });
        let touched = self.touched.replace(before);
        let mut resources = self.resources.borrow_mut();
        // Evaluating one may have asked for the instances of another, which then lie between.
        let is_one =
            |one: &&mut Instance<'m, 's>| one.module == module && Rc::ptr_eq(&one.top, &top);
        let made: Vec<_> = resources[first..].iter_mut().filter(is_one).collect();
        let locals: Vec<_> = made.iter().map(|one| Rc::clone(&one.locals)).collect();
        for (instance, share) in made.into_iter().zip(shares(touched, &locals)) {
            instance.touched = share;
        }
        if resources.len() > MAX_RESOURCES {
            resources.truncate(MAX_RESOURCES);
            drop(resources);
            let why =
                format!("`{prefix}{name}`: only the first {MAX_RESOURCES} resources are read");
            self.leave_out(top.last_label_span(), why);
            return None;
        }
        let instances = Some(Rc::new(instances));
        self.resource_instances
            .borrow_mut()
            .insert(key, instances.clone());
        instances
    }

    /// The instances of a module call; nothing where it was not read.
    pub(super) fn module_instances(&self, module: usize, name: &str) -> Option<Rc<Instances>> {
        let key = (module, name.to_owned());
        if let Some(known) = self.module_instances.borrow().get(&key) {
            return known.clone();
        }
        let top = self.declared(module).modules.get(name).cloned()?;
        self.module_instances.borrow_mut().insert(key.clone(), None);
        let place = top.last_label_span();
        let leave_out = |why: String| {
            self.unread_calls.set(true);
            self.not_read.borrow_mut().push((place, why));
            None
        };
        let Some(source) = top.attribute("source").and_then(|source| source.literal()) else {
            return leave_out(format!("`module.{name}` has no source that can be told"));
        };
        let (root, caller, depth, calls) = {
            let modules = self.modules.borrow();
            let caller = &modules[module];
            let calls = format!("{}{name}", caller.calls);
            (modules[0].folder, caller.folder, caller.depth, calls)
        };
        let call = Call {
            root,
            caller,
            source,
            key: &calls,
        };
        let folder = match self.folders.called(&call) {
            Ok(folder) => folder,
            Err(why) => return leave_out(format!("`module.{name}` ({source}) {why}")),
        };
        if self.is_called_by(module, folder) {
            return leave_out(format!("`module.{name}` ({source}) calls itself"));
        }
        if depth >= MAX_CALL_DEPTH || self.modules.borrow().len() >= MAX_MODULES {
            return leave_out(format!(
                "`module.{name}` ({source}) is one of too many calls"
            ));
        }
        let declared = self.declarations(folder);
        self.check_arguments(&top, &declared);
        let prefix = self.prefix(module);
        let before = self.touched.take();
        let first = self.modules.borrow().len();
        let instances = self.expand(module, &top, &mut |new| {
            let mut modules = self.modules.borrow_mut();
            modules.push(Module {
                folder,
                declared: Rc::clone(&declared),
                prefix: format!("{prefix}module.{name}{}.", new.suffix),
                calls: format!("{calls}."),
                call: Some(Called {
                    caller: module,
                    top: Rc::clone(&top),
                    locals: Rc::new(new.locals),
                    touched: Rc::default(),
                }),
                depth: depth + 1,
                condition: new.condition,
            });
            u32::try_from(modules.len() - 1).unwrap_or(u32::MAX)
        });
        let touched = self.touched.replace(before);
        let mut modules = self.modules.borrow_mut();
        // Evaluating one may have asked for the instances of another, which then lie between.
        let made = modules[first..]
            .iter_mut()
            .filter_map(|one| one.call.as_mut());
        let is_one =
            |call: &&mut Called<'m, 's>| call.caller == module && Rc::ptr_eq(&call.top, &top);
        let made: Vec<_> = made.filter(is_one).collect();
        let locals: Vec<_> = made.iter().map(|call| Rc::clone(&call.locals)).collect();
        for (call, share) in made.into_iter().zip(shares(touched, &locals)) {
            call.touched = share;
        }
        drop(modules);
        let instances = Some(Rc::new(instances));
        self.module_instances
            .borrow_mut()
            .insert(key, instances.clone());
        instances
    }

    /// Whether a folder is one of those whose calls lead to a module.
    fn is_called_by(&self, module: usize, folder: &Folder<'s>) -> bool {
        let modules = self.modules.borrow();
        let mut at = Some(module);
        while let Some(index) = at {
            if std::ptr::eq(modules[index].folder, folder) {
                return true;
            }
            at = modules[index].call.as_ref().map(|call| call.caller);
        }
        false
    }

    /// What a call gives back, and how many of the steps behind its name lead there. Only the output that is asked for
    /// is evaluated where that can be told: others may depend on what asks.
    pub(super) fn module_value(
        &self,
        module: usize,
        name: &str,
        steps: &[&str],
        span: Span,
    ) -> (Rc<Node<'s>>, usize) {
        let declared = self.declared(module);
        if !declared.modules.contains_key(name) {
            let missing = self.undeclared(module, span, &format!("`module.{name}`"));
            return (Rc::new(missing), 0);
        }
        let Some(instances) = self.module_instances(module, name) else {
            let name = format!("{}module.{name}", self.prefix(module));
            return (
                Rc::new(reference(Origin::Parameter(Cow::Owned(name)), "", span)),
                0,
            );
        };
        if let Some(found) = self.asked_output(&instances, steps, span) {
            return found;
        }
        (self.all_outputs(module, name, &instances, span), 0)
    }

    fn asked_output(
        &self,
        instances: &Instances,
        steps: &[&str],
        span: Span,
    ) -> Option<(Rc<Node<'s>>, usize)> {
        let (child, output, used) = match (instances, steps) {
            (Instances::One(child), [output, ..]) => (child, output, 1),
            (Instances::Open(child), [_, output, ..]) => (child, output, 2),
            (Instances::Counted(children), [at, output, ..]) => {
                (children.get(at.parse::<usize>().ok()?)?, output, 2)
            }
            (Instances::Keyed(children), [key, output, ..]) => {
                let (_, child) = children.iter().find(|(one, _)| one == key)?;
                (child, output, 2)
            }
            (Instances::Choice(condition, then, otherwise), [_, _, ..]) => {
                let branch = |branch: &Instances| {
                    let found = self.asked_output(branch, steps, span);
                    found.map_or_else(
                        || value::error(span, "the module has no such instance"),
                        |(value, _)| (*value).clone(),
                    )
                };
                let value = choice(*condition, branch(then), branch(otherwise), span);
                return Some((Rc::new(value), 2));
            }
            _ => return None,
        };
        Some((self.output(*child as usize, output, span), used))
    }

    fn all_outputs(
        &self,
        module: usize,
        name: &str,
        instances: &Instances,
        span: Span,
    ) -> Rc<Node<'s>> {
        self.once(module, format!("module.{name}"), span, || {
            instances.value(
                span,
                &mut |child| self.outputs(child as usize, span),
                &mut |_| unknown(span, "how many instances the module has is not known"),
            )
        })
    }

    fn outputs(&self, module: usize, span: Span) -> Node<'s> {
        let declared = self.declared(module);
        let entries = declared.outputs.keys().map(|name| Entry {
            key: Cow::Owned((*name).to_owned()),
            key_span: span,
            value: (*self.output(module, name, span)).clone(),
        });
        let entries = entries.collect();
        Node::new(Value::Map(Map { entries }), span)
    }

    pub(super) fn output(&self, module: usize, name: &str, span: Span) -> Rc<Node<'s>> {
        let declared = self.declared(module);
        let value = declared
            .outputs
            .get(name)
            .and_then(|top| top.attribute("value"));
        let Some(value) = value else {
            return Rc::new(self.missing(module, span, &format!("the output `{name}`")));
        };
        self.once(module, format!("output.{name}"), span, || {
            self.evaluate(module, &Locals::new(), value)
        })
    }
}

/// The type that a constraint names.
fn type_of<'s>(kind: Expr<'_, 's>, constant: types::Constant<'_, 's>) -> Option<types::Type<'s>> {
    match kind.part {
        ExprPart::Hcl(expression) => types::parse(expression, constant).ok(),
        ExprPart::Json(node) => {
            let expression = hcl_edit::parser::parse_expr(node.as_str()?).ok()?;
            types::parse(&expression, constant).ok()
        }
    }
}

/// The values that a variable may have, where a validation says so: `contains(["a", "b"], var.x)`.
fn allowed<'s>(top: &Top<'_, 's>, name: &str) -> Option<Vec<Cow<'s, str>>> {
    let conditions = top.blocks("validation");
    let mut conditions = conditions
        .iter()
        .filter_map(|one| one.attribute("condition"));
    conditions.find_map(|condition| {
        let ExprPart::Hcl(hcl_edit::expr::Expression::FuncCall(call)) = condition.part else {
            return None;
        };
        let mut arguments = call.args.iter();
        let (list, asked) = (arguments.next()?, arguments.next()?);
        let file = condition.file;
        let is_asked = file.span(asked).text(file.text) == name;
        if call.name.name.as_str() != "contains" || !is_asked {
            return None;
        }
        let part = ExprPart::Hcl(list);
        let items = Expr { file, part }.items();
        let items = items
            .iter()
            .map(|item| Some(Cow::Owned(item.literal()?.to_owned())));
        let items: Option<Vec<Cow<'s, str>>> = items.collect();
        items.filter(|items| !items.is_empty())
    })
}

/// How many nodes a value has; nothing where it is too large, or nested too deeply.
fn measure(node: &Node<'_>) -> Option<usize> {
    fn within(node: &Node<'_>, depth: usize) -> Option<usize> {
        let depth = depth.checked_sub(1)?;
        let inner: usize = match &node.value {
            Value::List(items) => sum(items.iter(), depth)?,
            Value::Map(map) => sum(map.entries.iter().map(|entry| &entry.value), depth)?,
            Value::Json(json) => within(&json.tree, depth)?,
            Value::Symbol(symbol) => match &**symbol {
                Symbol::Choice(choice) => sum(
                    [&choice.then, &choice.otherwise].into_iter().flatten(),
                    depth,
                )?,
                Symbol::Text(pieces) => pieces.len(),
                _ => 0,
            },
            _ => 0,
        };
        Some(inner + 1)
    }
    fn sum<'n, 's: 'n>(nodes: impl Iterator<Item = &'n Node<'s>>, depth: usize) -> Option<usize> {
        let mut all = 0;
        for node in nodes {
            all += within(node, depth)?;
        }
        Some(all)
    }
    within(node, MAX_NESTING).filter(|nodes| *nodes <= MAX_NODES)
}
