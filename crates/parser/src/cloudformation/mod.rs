//! CloudFormation: a template's tree becomes resources, with every intrinsic function evaluated away.
//!
//! What cannot be computed stays a [`Symbol`]. Parameters are what they are given, else their defaults; where those leave a
//! resource out, it is evaluated in a [`Scenario`] of its own, in which the parameters behind its
//! condition are open. Everything that functions produce comes out of one budget, so that a small
//! template cannot ask for much work.
//!
//! Sources: the template reference,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/>, and the user guide.

mod cases;
mod cdk;
mod evaluate;
pub mod files;
mod formula;
pub mod given;
mod include;
mod lift;
mod loops;
mod mappings;
mod network;
mod parameters;
mod references;
mod resources;
mod sam;
pub mod samconfig;
mod scenarios;
mod stacks;
mod text;

use crate::conditions::Conditions;
use crate::model::{
    ConditionId, Declaration, DeclarationKind, Edge, Output, Project, Resource, Scenario, Truth,
};
use crate::source::{FileId, Span};
use crate::tree::{Entry, Node, Problem, Symbol, Value};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

pub use cases::MAX_VALUES;
pub use files::{Document, Files, NoFiles};
pub use loops::MAX_COPIES;
pub use stacks::{MAX_NESTED_STACKS, MAX_STACK_DEPTH};

/// Bytes that all functions of a template may produce together; what lies past it is unknown.
pub const MAX_PRODUCED_BYTES: usize = 32 << 20;

/// Leaves of a value that depends on conditions, after a function was taken into each of its choices.
pub const MAX_LEAVES: usize = 16;

/// Scenarios beside the defaults; resources that would need more are not checked.
pub const MAX_SCENARIOS: usize = 64;

/// The same for a template with all its nested stacks.
pub const MAX_SCENARIOS_IN_ALL: usize = 1_000;

/// Nesting that is looked into. The parsers stop before; aliases can stack what they read.
pub const MAX_DEPTH: usize = 600;

/// What parameters are given at deployment: the text of each, and where it stands.
pub type Given = HashMap<String, (String, Span)>;

/// Which values of parameters that are given none are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scenarios {
    /// Their defaults.
    #[default]
    Defaults,
    /// All that they may have.
    All,
}

impl Scenarios {
    /// All of them.
    pub const ALL: [Scenarios; 2] = [Self::Defaults, Self::All];

    /// What it is called in configurations and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Defaults => "defaults",
            Self::All => "all",
        }
    }

    /// The one of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// What is known, or taken to be so, of how a template is deployed.
#[derive(Debug, Default)]
pub struct Deployment {
    /// What parameters are given; names that the template does not declare are passed over.
    pub given: Given,
    /// What the other parameters are.
    pub scenarios: Scenarios,
    /// Whether rules are asked of what the AWS CDK adds of its own.
    pub judges_cdk: bool,
}

/// Reads a template whose parameters have their defaults, and no other file. Whatever is wrong with it, the rest is
/// still read.
pub fn lower<'s>(file: FileId, source: &'s str, root: Node<'s>) -> Project<'s> {
    lower_deployed(file, source, root, &Deployment::default(), &NoFiles)
}

/// The same, for a deployment of which more is known, with the files that the template names.
pub fn lower_deployed<'s>(
    file: FileId,
    source: &'s str,
    root: Node<'s>,
    deployment: &Deployment,
    files: &'s dyn Files<'s>,
) -> Project<'s> {
    let mut cx = Context::new(file, source, files);
    cx.judges_cdk = deployment.judges_cdk;
    cx.asked = deployment.scenarios;
    let span = template(&mut cx, root, parameters::Values::Stack(&deployment.given)).span;
    cx.conditions.tells_parameters = deployment.scenarios == Scenarios::All;

    let mut resources = Vec::with_capacity(cx.made.len());
    resources.extend(std::mem::take(&mut cx.made).into_iter().flatten());
    let mut by_kind: HashMap<_, Vec<u32>> = HashMap::new();
    for (index, resource) in (0..).zip(&resources) {
        by_kind
            .entry(resource.kind.clone())
            .or_default()
            .push(index);
    }
    if deployment.scenarios == Scenarios::All {
        parameters::keep_secrets(&mut cx);
        cx.conditions.tells_parameters = true;
    }
    let mut edges = std::mem::take(&mut cx.edges);
    // Stable: the edges of a resource stay in the order of the file.
    edges.sort_by_key(|edge| edge.to);
    let handed_over = stacks::handed_over(&cx.unread_stacks, &edges);
    cx.rewritten.sort_unstable();
    cx.rewritten.dedup();
    Project {
        blocks: Vec::new(),
        file,
        span,
        resources,
        outputs: cx.outputs,
        incomplete: cx.incomplete,
        rewritten: cx.rewritten,
        planned: false,
        declarations: cx.declarations,
        conditions: cx.conditions,
        edges,
        problems: cx.problems,
        not_read: cx.not_read,
        hidden: cx.hidden,
        unread_calls: !cx.unread_stacks.is_empty(),
        handed_over,
        provider_major: None,
        downloaded: Vec::new(),
        absent: Vec::new(),
        by_kind,
    }
}

/// What lowering a template gives beside what it adds to the unit.
struct Lowered {
    /// The place that stands for the template.
    span: Span,
    /// Where its outputs begin among those of the unit.
    first_output: usize,
}

/// Reads the template of a stack into the unit that the context speaks of.
fn template<'s>(
    cx: &mut Context<'s>,
    mut root: Node<'s>,
    values: parameters::Values<'_, 's>,
) -> Lowered {
    let root_span = root.span;
    let first_declaration = cx.declarations.len();
    include::expand(cx, &mut root);
    let mut sections = sections(cx, root);
    let span = sections
        .resources
        .as_ref()
        .map_or(start_of(root_span), |section| section.key_span);

    parameters::declare(cx, sections.parameters, values);
    mappings::declare(cx, sections.mappings);
    if sections.has_loops && cx.source.contains("Fn::ForEach") {
        let parts = [
            &mut sections.resources,
            &mut sections.conditions,
            &mut sections.outputs,
        ];
        for (section, makes_resources) in parts.into_iter().zip([true, false, false]) {
            if let Some(section) = section {
                loops::expand(cx, &mut section.value, makes_resources);
            }
        }
    }
    let mut referable = Vec::new();
    if sections.is_sam {
        referable = sam::expand(cx, &mut sections.resources, sections.globals.clone());
    }
    let declared = resources::declare(cx, sections.resources, span);
    // Loops and transforms are written out for the defaults.
    cx.scenarios = cx.asked;
    let conditions = formula::declare(cx, sections.conditions);
    let declared_here = first_declaration..cx.declarations.len();
    for section in sections.plain {
        mark_named(cx, &section);
    }
    let placed = scenarios::place(cx, conditions, declared);
    cx.refers_to_properties = !referable.is_empty();
    for (name, id) in referable {
        if let Some(target) = cx.names.get(&*id).copied() {
            cx.names.insert(Cow::Owned(name), target);
        }
    }

    resources::lower(cx, placed);
    if let Some(mut globals) = sections.globals {
        // What they use is used, whether or not a resource takes it.
        evaluate::value(cx, &mut globals);
    }
    let outputs = outputs(cx, sections.outputs);
    if cx.scenarios == Scenarios::All {
        parameters::keep_secrets(cx);
    }
    let first_output = cx.outputs.len();
    cx.outputs.extend(outputs);
    if cx.opaque {
        for declaration in cx.declarations.get_mut(declared_here).into_iter().flatten() {
            declaration.used = true;
        }
    }
    Lowered { span, first_output }
}

/// What is known of a template while it is lowered.
///
/// A nested stack has a context of its own, and what all of a unit share is lent to it ([`Context::exchange`]).
struct Context<'s> {
    file: FileId,
    source: &'s str,
    files: &'s dyn Files<'s>,
    /// Whether rules are asked of what the AWS CDK adds.
    judges_cdk: bool,
    /// How it is called, where it is a nested stack.
    called: stacks::Called<'s>,
    /// Its own nested stacks, by the index of the resource.
    stacks: HashMap<u32, stacks::Stack<'s>>,
    parameters: Vec<parameters::Parameter<'s>>,
    mappings: HashMap<Cow<'s, str>, mappings::Mapping<'s>>,
    /// What `Ref` and `Fn::GetAtt` find.
    names: HashMap<Cow<'s, str>, Target>,
    /// Whether some of the names are properties of resources (`Function.Alias`).
    refers_to_properties: bool,
    /// Where the conditions that are declared stand in `declarations`.
    condition_declarations: HashMap<Cow<'s, str>, usize>,
    /// Whether the template may hold resources and names that its text does not show (macros, loops).
    generated: bool,
    /// Whether some part was not read that may use anything.
    opaque: bool,

    /// Which values of parameters are asked for.
    asked: Scenarios,
    /// Which are looked at now.
    scenarios: Scenarios,
    /// Whether parameters that declare no values have their defaults, whatever conditions say.
    at_default: bool,
    /// The scenario that values are evaluated in.
    scenario: Scenario,
    /// The parameters that scenarios open again.
    released: HashMap<Scenario, HashSet<u32>>,
    /// The conditions that are taken to hold, or not, where the value at hand matters.
    world: Vec<(ConditionId, bool)>,
    /// The resource at hand; nothing in outputs.
    from: Option<u32>,
    /// What the condition at hand rests on, while conditions are read.
    reading_condition: Option<formula::Basis>,
    /// Whether the value at hand is an argument of a function: then texts are not looked into.
    in_function: bool,
    depth: usize,

    // What all templates of a unit share.
    /// The addresses of the resources, by their index.
    addresses: Vec<Cow<'s, str>>,
    /// The resources, by their index; nothing where one is still to be evaluated.
    made: Vec<Option<Resource<'s>>>,
    outputs: Vec<Output<'s>>,
    conditions: Conditions<'s>,
    declarations: Vec<Declaration<'s>>,
    /// The texts of other files that something was read from.
    texts: HashMap<FileId, &'s str>,
    /// Nested stacks that were read.
    read_stacks: usize,
    /// Nested stacks that were not, by the index of the resource.
    unread_stacks: Vec<u32>,
    /// The files of templates in which a macro may change every value.
    rewritten: Vec<FileId>,
    /// Whether some part was not read that may declare resources.
    incomplete: bool,
    /// Bytes that functions may still produce.
    budget: usize,
    /// Copies that loops have made.
    copies: usize,

    edges: Vec<Edge>,
    problems: Vec<Problem>,
    not_read: Vec<(Span, String)>,
    hidden: Vec<Span>,
}

/// What is at hand while a value is evaluated, set aside while a resource is looked into out of turn.
struct Here {
    scenario: Scenario,
    world: Vec<(ConditionId, bool)>,
    from: Option<u32>,
    reading_condition: Option<formula::Basis>,
    in_function: bool,
}

/// What a name of a template stands for.
#[derive(Clone, Copy)]
enum Target {
    /// A parameter, by its index.
    Parameter(u32),
    /// A resource, by its index in the project.
    Resource(u32),
    /// A resource that could not be read, or that never exists.
    NotRead,
}

impl<'s> Context<'s> {
    fn new(file: FileId, source: &'s str, files: &'s dyn Files<'s>) -> Self {
        Self {
            file,
            source,
            files,
            judges_cdk: false,
            called: stacks::Called::default(),
            stacks: HashMap::new(),
            parameters: Vec::new(),
            mappings: HashMap::new(),
            names: HashMap::new(),
            refers_to_properties: false,
            condition_declarations: HashMap::new(),
            generated: false,
            opaque: false,
            asked: Scenarios::Defaults,
            scenarios: Scenarios::Defaults,
            at_default: false,
            scenario: Scenario::DEFAULTS,
            released: HashMap::new(),
            world: Vec::new(),
            from: None,
            reading_condition: None,
            in_function: false,
            depth: 0,
            addresses: Vec::new(),
            made: Vec::new(),
            outputs: Vec::new(),
            conditions: Conditions::default(),
            declarations: Vec::new(),
            texts: HashMap::new(),
            read_stacks: 0,
            unread_stacks: Vec::new(),
            rewritten: Vec::new(),
            incomplete: false,
            budget: MAX_PRODUCED_BYTES,
            copies: 0,
            edges: Vec::new(),
            problems: Vec::new(),
            not_read: Vec::new(),
            hidden: Vec::new(),
        }
    }

    /// Lends what all templates of a unit share, or takes it back.
    fn exchange(&mut self, other: &mut Self) {
        use std::mem::swap;
        swap(&mut self.addresses, &mut other.addresses);
        swap(&mut self.made, &mut other.made);
        swap(&mut self.outputs, &mut other.outputs);
        swap(&mut self.conditions, &mut other.conditions);
        swap(&mut self.declarations, &mut other.declarations);
        swap(&mut self.texts, &mut other.texts);
        swap(&mut self.read_stacks, &mut other.read_stacks);
        swap(&mut self.unread_stacks, &mut other.unread_stacks);
        swap(&mut self.rewritten, &mut other.rewritten);
        swap(&mut self.incomplete, &mut other.incomplete);
        swap(&mut self.budget, &mut other.budget);
        swap(&mut self.copies, &mut other.copies);
        swap(&mut self.edges, &mut other.edges);
        swap(&mut self.problems, &mut other.problems);
        swap(&mut self.not_read, &mut other.not_read);
        swap(&mut self.hidden, &mut other.hidden);
    }

    /// The text of a file that something was read from.
    fn text_of(&self, file: FileId) -> &'s str {
        if file == self.file {
            return self.source;
        }
        self.texts.get(&file).copied().unwrap_or_default()
    }

    fn declare(&mut self, kind: DeclarationKind, name: Cow<'s, str>, span: Span) -> usize {
        self.declarations.push(Declaration {
            kind,
            name,
            span,
            used: false,
            is_secret: false,
            has_default: false,
        });
        self.declarations.len() - 1
    }

    fn mark_used(&mut self, declaration: usize) {
        if let Some(declaration) = self.declarations.get_mut(declaration) {
            declaration.used = true;
        }
    }

    fn warn(&mut self, span: Span, message: impl Into<String>) {
        self.problems.push(Problem::warning(span, message));
    }

    /// The same, for a part that may declare resources.
    fn leave_resources_out(&mut self, span: Span, why: impl Into<String>) {
        self.incomplete = true;
        self.leave_out(span, why);
    }

    /// A part that a macro would replace or that is not expanded.
    fn leave_out(&mut self, span: Span, why: impl Into<String>) {
        self.opaque = true;
        self.not_read.push((span, why.into()));
    }

    /// A name that nothing declares, unless a macro may.
    fn undeclared(&mut self, span: Span, name: &str) {
        if !self.generated {
            let message = format!("refers to `{name}`, which the template does not declare");
            self.warn(span, message);
        }
    }

    /// Takes bytes out of the budget; false once it is spent.
    fn charge(&mut self, span: Span, bytes: usize) -> bool {
        if self.budget == 0 {
            return false;
        }
        self.budget = self.budget.saturating_sub(bytes);
        if self.budget == 0 {
            let limit = MAX_PRODUCED_BYTES >> 20;
            self.problems.push(Problem::error(
                span,
                format!("the functions of the template produce more than {limit} MiB; the rest is not evaluated"),
            ));
        }
        self.budget > 0
    }

    /// What is known of a named condition here. Marks it as used.
    fn condition(&mut self, name: &str, span: Span) -> Truth {
        match self.condition_declarations.get(name) {
            Some(declaration) => self.mark_used(*declaration),
            None if self.condition_id(name).is_some() => {}
            None => {
                self.undeclared(span, name);
                self.declare_condition(Cow::Owned(name.to_owned()));
            }
        }
        self.holds(self.scenario, name)
    }

    fn declare_condition(&mut self, name: Cow<'s, str>) -> ConditionId {
        let own = name.len();
        let name = self.called.address(name);
        let around = name.len() - own;
        self.conditions.declare(name, around)
    }

    /// What is known of a condition of the template in a scenario, and in the world at hand.
    fn holds(&self, scenario: Scenario, name: &str) -> Truth {
        let name = self.called.address(Cow::Borrowed(name));
        self.conditions.holds(scenario, &name, &self.world)
    }

    /// A condition of the template, as it is in the scenario of the whole template.
    fn condition_id(&self, name: &str) -> Option<ConditionId> {
        let name = self.called.address(Cow::Borrowed(name));
        self.conditions.id(self.called.scenario, &name)
    }

    /// Turns to a resource. What was at hand is to be given back by [`Self::resume`].
    fn begin(&mut self, from: Option<u32>, scenario: Scenario) -> Here {
        let world = self.called.world().to_vec();
        Here {
            scenario: std::mem::replace(&mut self.scenario, scenario),
            world: std::mem::replace(&mut self.world, world),
            from: std::mem::replace(&mut self.from, from),
            reading_condition: self.reading_condition.take(),
            in_function: std::mem::take(&mut self.in_function),
        }
    }

    fn resume(&mut self, outer: Here) {
        self.scenario = outer.scenario;
        self.world = outer.world;
        self.from = outer.from;
        self.reading_condition = outer.reading_condition;
        self.in_function = outer.in_function;
    }

    /// Runs with one more condition taken to have that answer.
    fn assuming<T>(
        &mut self,
        condition: ConditionId,
        held: bool,
        run: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.world.push((condition, held));
        let result = run(self);
        self.world.pop();
        result
    }
}

/// The sections of a template.
#[derive(Default)]
struct Sections<'s> {
    parameters: Option<Entry<'s>>,
    mappings: Option<Entry<'s>>,
    conditions: Option<Entry<'s>>,
    resources: Option<Entry<'s>>,
    outputs: Option<Entry<'s>>,
    globals: Option<Node<'s>>,
    /// Whether `Fn::ForEach` is a function of the template.
    has_loops: bool,
    /// Whether SAM makes resources of others.
    is_sam: bool,
    /// Sections that are not lowered, but whose texts may name parameters and conditions.
    plain: Vec<Node<'s>>,
}

fn sections<'s>(cx: &mut Context<'s>, root: Node<'s>) -> Sections<'s> {
    let mut sections = Sections::default();
    let span = root.span;
    let Value::Map(map) = root.value else {
        let message = "a template is a mapping with the section `Resources`";
        cx.problems.push(Problem::error(span, message));
        return sections;
    };
    for entry in map.entries {
        match &*entry.key {
            "Parameters" => sections.parameters = Some(entry),
            "Mappings" => sections.mappings = Some(entry),
            "Conditions" => sections.conditions = Some(entry),
            "Resources" => sections.resources = Some(entry),
            "Outputs" => sections.outputs = Some(entry),
            "Globals" => sections.globals = Some(entry.value),
            "Rules" | "Hooks" => sections.plain.push(entry.value),
            "Transform" => {
                transform(cx, &entry.value);
                sections.is_sam |= names(&entry.value, "AWS::Serverless-2016-10-31");
                sections.has_loops |= names(&entry.value, "AWS::LanguageExtensions");
            }
            // What the console shows of parameters (`AWS::CloudFormation::Interface`) is no use of them.
            "AWSTemplateFormatVersion" | "Description" | "Metadata" => {}
            key if evaluate::is_function_key(key) => {
                cx.generated = true;
                cx.leave_resources_out(entry.key_span, format!("`{key}` is not expanded"));
            }
            key => cx.problems.push(Problem::error(
                entry.key_span,
                format!("`{key}` is no section of a template"),
            )),
        }
    }
    if sections.resources.is_none() {
        let message = "the template has no section `Resources`";
        cx.problems.push(Problem::error(start_of(span), message));
    }
    sections
}

/// The transforms that a template names. SAM and other macros add resources that the text does not show.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-reference.html>
fn transform(cx: &mut Context<'_>, node: &Node<'_>) {
    if let Value::List(items) = &node.value {
        items.iter().for_each(|item| transform(cx, item));
        return;
    }
    let name = node
        .as_str()
        .or_else(|| node.get("Name")?.as_str())
        .unwrap_or_default();
    match name {
        // Only adds functions.
        "AWS::LanguageExtensions" => {}
        // Add resources, and leave those that are written as they are.
        "AWS::Serverless-2016-10-31" | "AWS::CodeDeployBlueGreen" | "AWS::ServiceCatalog" => {
            cx.generated = true;
        }
        _ if name.starts_with("AWS::SecretsManager-") => cx.generated = true,
        _ => {
            cx.generated = true;
            // An include only adds; any other macro may change every value that it is given.
            if name != "AWS::Include" {
                cx.rewritten.push(cx.file);
            }
            cx.leave_resources_out(node.span, format!("the macro `{name}` is not run"));
        }
    }
}

/// Whether `Transform` names one.
fn names(node: &Node<'_>, transform: &str) -> bool {
    match &node.value {
        Value::List(items) => items.iter().any(|item| names(item, transform)),
        _ => node.as_str() == Some(transform),
    }
}

/// The entries of a section. Those that a function would make are left out.
fn entries<'s>(cx: &mut Context<'s>, section: Option<Entry<'s>>) -> Vec<Entry<'s>> {
    let Some(section) = section else {
        return Vec::new();
    };
    let map = match section.value.value {
        Value::Map(map) => map,
        Value::Null => return Vec::new(),
        _ => {
            cx.problems.push(Problem::error(
                section.value.span,
                format!("`{}` should be a mapping", section.key),
            ));
            return Vec::new();
        }
    };
    let makes_resources = section.key == "Resources";
    let mut entries = map.entries;
    entries.retain(|entry| {
        let made = evaluate::is_function_key(&entry.key);
        if made {
            cx.generated = true;
            cx.incomplete |= makes_resources;
            cx.leave_out(entry.key_span, format!("`{}` is not expanded", entry.key));
        }
        !made
    });
    entries
}

/// Marks the parameters and conditions whose names stand as texts anywhere in a section.
fn mark_named(cx: &mut Context<'_>, node: &Node<'_>) {
    match &node.value {
        Value::String(text) => {
            if let Some(Target::Parameter(index)) = cx.names.get(&**text).copied() {
                parameters::mark_used(cx, index);
            }
            if let Some(declaration) = cx.condition_declarations.get(&**text).copied() {
                cx.mark_used(declaration);
            }
            if let Some(mapping) = cx.mappings.get(&**text) {
                cx.mark_used(mapping.declaration);
            }
        }
        Value::List(items) => items.iter().for_each(|item| mark_named(cx, item)),
        Value::Map(map) => map
            .entries
            .iter()
            .for_each(|entry| mark_named(cx, &entry.value)),
        _ => {}
    }
}

fn outputs<'s>(cx: &mut Context<'s>, section: Option<Entry<'s>>) -> Vec<Output<'s>> {
    let mut outputs = Vec::new();
    for entry in entries(cx, section) {
        let Value::Map(map) = entry.value.value else {
            let message = format!("the output `{}` is not a mapping", entry.key);
            cx.problems.push(Problem::error(entry.value.span, message));
            continue;
        };
        let condition = map.get("Condition").and_then(resources::name);
        if let Some(Truth::Open(id)) = condition.map(|name| cx.condition(&name, entry.key_span)) {
            cx.world.push((id, true));
        }
        for mut part in map.entries {
            let set = evaluate::value(cx, &mut part.value);
            if part.key == "Value" && set {
                outputs.push(Output {
                    name: entry.key.clone(),
                    value: part.value,
                });
            }
        }
        cx.world.truncate(cx.called.world().len());
    }
    outputs
}

/// The place where something begins, without length.
fn start_of(span: Span) -> Span {
    Span {
        end: span.start,
        ..span
    }
}

/// A value of which nothing can be said.
fn unknown<'s>(span: Span, why: impl Into<Cow<'s, str>>) -> Node<'s> {
    Node::new(Value::Symbol(Box::new(Symbol::Unknown(why.into()))), span)
}

/// A function that is not written as the reference says.
fn misused<'s>(cx: &mut Context<'s>, span: Span, what: &'static str) -> Node<'s> {
    cx.warn(span, what);
    unknown(span, what)
}
