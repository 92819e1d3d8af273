//! What rules look at: the resources of one unit of deployment (a template; a root
//! module), what refers to what, and the conditions under which it all exists.

use crate::source::{FileId, Span};
use crate::tree::{Node, Problem};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// One unit of deployment, lowered: no intrinsic function is left in it.
#[derive(Debug)]
pub struct Project<'s> {
    /// The file that the unit begins in.
    pub file: FileId,
    /// The place that stands for the whole unit: the key of the `Resources` section.
    pub span: Span,
    /// All resources, in the order of the file.
    pub resources: Vec<Resource<'s>>,
    /// Other blocks that rules may ask: data sources (`data.aws_ami`), configurations of providers (`provider.aws`), the
    /// settings (`terraform`). Their indices follow on those of the resources.
    pub blocks: Vec<Resource<'s>>,
    /// Values that leave the unit (outputs), lowered.
    pub outputs: Vec<Output<'s>>,
    /// Parameters, mappings and conditions, and whether anything uses them.
    pub declarations: Vec<Declaration<'s>>,
    /// The conditions that a [`crate::tree::Choice`] or a resource may depend on.
    pub conditions: Conditions<'s>,
    /// Which resource refers to which, by the resource that is referred to.
    pub edges: Vec<Edge>,
    /// What could not be read or evaluated.
    pub problems: Vec<Problem>,
    /// Whether parts were not read that may declare resources or change them: then what is missing may be there.
    pub incomplete: bool,
    /// Whether modules that it calls were not read: they may declare resources, and refer to what they are handed.
    pub unread_calls: bool,
    /// The resources that are handed to modules that were not read, sorted.
    pub handed_over: Vec<u32>,
    /// The files of templates in which a macro may change every value, sorted: their texts say little of what is deployed.
    pub rewritten: Vec<FileId>,
    /// Whether it was read from a plan: then every value was accepted by the provider, whatever the tables know.
    pub planned: bool,
    /// Parts that were not read, with why (a macro, a transform that is not known), for the summary.
    pub not_read: Vec<(Span, String)>,
    /// Places that must not be shown: values of parameters and variables that are kept secret.
    pub hidden: Vec<Span>,
    /// The newest major version of the AWS provider that the configuration allows; absent where nothing bounds it,
    /// and outside Terraform. The newest rules where versions differ in a default.
    pub provider_major: Option<u32>,
    /// Files that are not the author's to change (downloaded modules), sorted.
    pub downloaded: Vec<FileId>,
    /// Blocks of resources and calls of modules that make nothing here (`count = 0`).
    pub absent: Vec<Absent>,
    /// Resources and other blocks by kind, each list in order.
    pub by_kind: HashMap<Cow<'s, str>, Vec<u32>>,
}

/// A resource with everything that its author wrote.
#[derive(Debug)]
pub struct Resource<'s> {
    /// Its address in the unit: the logical id.
    pub address: Cow<'s, str>,
    /// Where the logical id stands.
    pub address_span: Span,
    /// Its kind, as written (`AWS::S3::Bucket`).
    pub kind: Cow<'s, str>,
    /// Where the kind stands.
    pub kind_span: Span,
    /// The kind that is written there, where a transform made the resource of another (`AWS::Serverless::Function`).
    pub made_from: Option<Arc<str>>,
    /// The construct of a CDK program that it was made by.
    pub construct: Option<Construct<'s>>,
    /// The whole resource, from its logical id to its end.
    pub span: Span,
    /// Its properties: a mapping (empty, at the logical id's place, where none are written),
    /// or a symbol where they are not known.
    pub properties: Node<'s>,
    /// Where the key `Properties` stands; the logical id where there is none.
    pub properties_key: Span,
    /// What stands beside the properties (`DependsOn`, `DeletionPolicy`, `UpdateReplacePolicy`, `UpdatePolicy`,
    /// `CreationPolicy`, `Metadata`, `Condition`; Terraform's `lifecycle` and `depends_on`), lowered: a mapping.
    pub attributes: Node<'s>,
    /// The name of the condition under which it exists.
    pub condition: Option<Cow<'s, str>>,
    /// The scenario in which its properties were evaluated.
    pub scenario: Scenario,
    /// Whether rules are asked of it. What a plan does not change is only there for others to link to.
    pub is_judged: bool,
    /// The chain of module calls or nested stacks that made it, innermost first: where the name of each stands in its
    /// caller, and the address of what was called (`module.network.module.subnets`, `Network.Subnets`). Empty in the
    /// root module and in the template of the stack itself.
    pub calls: Vec<(Span, String)>,
}

/// A construct of a program of the AWS CDK.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Construct<'s> {
    /// Its path in the program (`Shop/Site/Resource`).
    pub path: Cow<'s, str>,
    /// Whether the CDK adds it of its own.
    pub is_of_cdk: bool,
}

/// A block that makes nothing.
#[derive(Debug)]
pub struct Absent {
    /// What the addresses of all that it would make begin with.
    pub address: String,
    /// The whole block.
    pub span: Span,
    /// See [`Resource::calls`].
    pub calls: Vec<(Span, String)>,
}

/// A value that leaves the unit.
#[derive(Debug)]
pub struct Output<'s> {
    /// Its name.
    pub name: Cow<'s, str>,
    /// Its value.
    pub value: Node<'s>,
}

/// A named thing that a template declares for its own use.
#[derive(Debug)]
pub struct Declaration<'s> {
    /// What it is.
    pub kind: DeclarationKind,
    /// Its name.
    pub name: Cow<'s, str>,
    /// Where the name stands.
    pub span: Span,
    /// Whether something in the unit refers to it.
    pub used: bool,
    /// Whether its value is kept out of what is shown (`NoEcho`, `sensitive`).
    pub is_secret: bool,
    /// Whether a value that is not empty is written beside it (`Default`).
    pub has_default: bool,
}

/// What a [`Declaration`] declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeclarationKind {
    /// A template parameter.
    Parameter,
    /// A variable of a root module.
    Variable,
    /// A mapping.
    Mapping,
    /// A condition.
    Condition,
}

/// The attribute of an edge that says no more than in which order things are made.
pub const DEPENDS_ON: &str = "DependsOn";

/// One resource refers to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The resource that refers; absent for an output.
    pub from: Option<u32>,
    /// Where it does.
    pub span: Span,
    /// The resource that is referred to.
    pub to: u32,
    /// The attribute that is asked for; empty for `Ref`, [`DEPENDS_ON`] where it is only waited for.
    pub attribute: String,
}

/// A condition in [`Conditions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConditionId(pub u32);

/// A choice of what parameters are: [`Scenario::DEFAULTS`], or one in which the parameters behind
/// the condition of a resource that the defaults leave out are open again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scenario(pub u32);

impl Scenario {
    /// Every parameter has its default.
    pub const DEFAULTS: Scenario = Scenario(0);
}

/// What is known of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It holds, or does not, whatever is deployed.
    Known(bool),
    /// It depends on what is not known.
    Open(ConditionId),
}

/// Which conditions are taken to hold or not to hold. Sorted by nothing, short.
pub type World = [(ConditionId, bool)];

pub use crate::conditions::Conditions;

impl Resource<'_> {
    /// Whether it stands for an unknown number of instances (Terraform's `count` or `for_each`).
    pub fn stands_for_many(&self) -> bool {
        ["[count.index]", "[each.key]"]
            .iter()
            .any(|open| self.address.contains(open))
    }

    /// The name that its author gave it: the logical id, or the last label.
    pub fn label(&self) -> &str {
        let address = match self.address.rfind("[") {
            Some(at) if self.address.ends_with(']') => &self.address[..at],
            _ => &*self.address,
        };
        address.rsplit('.').next().unwrap_or(address)
    }
}

impl<'s> Project<'s> {
    /// The resource or other block of an index of this project.
    pub fn resource(&self, index: u32) -> &Resource<'s> {
        let index = index as usize;
        self.resources
            .get(index)
            .unwrap_or_else(|| &self.blocks[index - self.resources.len()])
    }

    /// Whether it is Terraform's: its kinds have no colons.
    pub fn is_terraform(&self) -> bool {
        let kind = |resource: &Resource<'_>| !resource.kind.contains("::");
        let first = self.resources.first().or(self.blocks.first());
        first.is_some_and(kind)
            || self
                .declarations
                .first()
                .is_some_and(|one| one.kind == DeclarationKind::Variable)
    }

    /// Whether a macro may change what stands in a file.
    pub fn is_rewritten(&self, file: FileId) -> bool {
        self.rewritten.binary_search(&file).is_ok()
    }

    /// Whether a file is the author's to change.
    pub fn is_own(&self, file: FileId) -> bool {
        self.downloaded.binary_search(&file).is_err()
    }

    /// The edges that lead to a resource.
    pub fn edges_to(&self, resource: u32) -> impl Iterator<Item = &Edge> {
        let first = self.edges.partition_point(|edge| edge.to < resource);
        self.edges[first..]
            .iter()
            .take_while(move |edge| edge.to == resource)
    }

    /// The indices of the resources of a kind, in the order of the file.
    pub fn of_kind(&self, kind: &str) -> &[u32] {
        self.by_kind.get(kind).map_or(&[], Vec::as_slice)
    }

    /// Whether a resource exists in a scenario and a world: known, or open on a condition.
    pub fn exists(&self, resource: &Resource<'s>, scenario: Scenario, world: &World) -> Truth {
        match &resource.condition {
            None => Truth::Known(true),
            Some(name) => self.conditions.holds(scenario, name, world),
        }
    }
}
