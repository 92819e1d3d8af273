//! Suppressions: what an author, or the configuration, asks not to be told of.
//!
//! They are read from a file's text alone and applied to findings where all are settled.

pub mod apply;
mod comment;
mod metadata;
mod named;
mod target;

use crate::date::Date;
use crate::selector::Selector;
use comment::Covers;
use pillarlint_parser::outline;
use pillarlint_parser::source::{FileId, Span};
use pillarlint_parser::terraform::File;
use pillarlint_parser::tree::{Node, Parsed, Value};
use regex::Regex;
use std::sync::LazyLock;
use target::{Target, outermost};

/// What a suppression covers, and what it says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// Where it stands. The file is the one that owns it.
    pub place: Span,
    /// What it covers.
    pub scope: Scope,
    /// The rules that it names, as they are written: ids, aliases, or any selector of `--select`.
    pub rules: Vec<(String, Span)>,
    /// Why.
    pub reason: Option<String>,
    /// What sort of reason that is.
    pub class: Option<ReasonClass>,
    /// The last day on which it holds; always where there is none.
    pub until: Option<Date>,
    /// How it is written.
    pub source: Source,
    /// What is wrong with how it is written, and where. It then has no effect.
    pub faults: Vec<(Span, String)>,
    /// What the file that it stands in is to the run.
    pub owner: Owner,
    /// What became of it. Settling says so.
    pub state: State,
}

/// What a suppression covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everything in a file.
    File(FileId),
    /// What lies in a part of a file.
    Range(Span),
    /// What has an address.
    Address {
        /// The address; `*` stands for any text.
        pattern: String,
        /// Only findings that belong to one of these files, sorted; any where there is none.
        files: Option<Vec<FileId>>,
    },
    /// Nothing: what is written has no place that it could speak of.
    Nothing,
}

/// Sorts of reasons, as the Well-Architected Tool has them for what does not apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReasonClass {
    /// It is none of this workload's concern.
    OutOfScope,
    /// Something else comes first.
    BusinessPriorities,
    /// The architecture does not allow for it.
    ArchitectureConstraints,
    /// Something else.
    Other,
}

/// How a suppression is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// A comment of ours, or a `"//"` key.
    Comment,
    /// Metadata of ours.
    Metadata,
    /// An entry of the configuration.
    Configuration,
    /// `checkov:skip=` or metadata `checkov`.
    Checkov,
    /// `tfsec:ignore:`
    Tfsec,
    /// `trivy:ignore:`
    Trivy,
    /// Metadata `cfn_nag`.
    CfnNag,
    /// Metadata `guard`.
    Guard,
    /// Metadata `cdk_nag`.
    CdkNag,
}

/// What the file of a suppression is to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// It was asked to be checked.
    Named,
    /// It was read because something leads there, and others may lead there too.
    Called,
    /// It is not the author's to change.
    Downloaded,
}

/// What became of a suppression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It covers findings with every rule that it names.
    Used,
    /// A rule that it names has no finding there.
    Unused,
    /// No finding was covered, and this run cannot tell whether there could be one.
    Open,
    /// Its day is over.
    Expired,
    /// The policy forbids it.
    NotAllowed,
    /// The policy asks for a reason, and it has none.
    WithoutReason,
    /// It names nothing that is known.
    Unknown,
    /// It cannot be read.
    Malformed,
}

/// What may be suppressed, and how.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// Whether a suppression without a reason has no effect.
    pub require_reason: bool,
    /// The last day of a suppression may lie so many days ahead; one without a last day then has no effect.
    pub longest_days: Option<u32>,
    /// Rules that may not be suppressed.
    pub never: Vec<Selector>,
    /// Whether what is written for other tools is passed over.
    pub ignores_foreign: bool,
}

/// What every suppression has in it. Most texts have none of these, and cost no more than this look.
static MARKS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("pillarlint|checkov|tfsec:|trivy:|rules_to_suppress|SuppressedRules").ok()
});

fn is_marked(text: &str) -> bool {
    MARKS.as_ref().is_none_or(|marks| marks.is_match(text))
}

/// The suppressions of a template, by its text alone.
pub fn in_template(text: &str, parsed: &Parsed<'_>) -> Vec<Suppression> {
    let mut found = Vec::new();
    if !is_marked(text) {
        return found;
    }
    let mut parts = Vec::new();
    let mut units = Vec::new();
    for document in &parsed.documents {
        metadata::read(document, &mut found);
        parts.extend(outline::of_tree(document));
        units.extend(metadata::resources(document).iter().map(|one| one.span()));
    }
    let target = Target::new(text, &parsed.comments, parts, units);
    for span in &parsed.comments {
        comment::read(*span, span.text(text), Covers::Target(&target), &mut found);
    }
    found.sort_by_key(|one| one.place);
    found
}

/// The suppressions of a file of Terraform, by its text alone.
pub fn in_configuration(file: &File<'_>) -> Vec<Suppression> {
    let mut found = Vec::new();
    if !is_marked(file.text) {
        return found;
    }
    if let Some(root) = file.json() {
        notes(root, None, &mut found);
    }
    let parts = outline::of_file(file);
    let units = outermost(&parts);
    let target = Target::new(file.text, &file.comments, parts, units);
    for span in &file.comments {
        let text = span.text(file.text);
        comment::read(*span, text, Covers::Target(&target), &mut found);
    }
    found.sort_by_key(|one| one.place);
    found
}

/// Adds what the `"//"` keys of a configuration in JSON say: they are comments on the object that holds them.
/// <https://developer.hashicorp.com/terraform/language/syntax/json#comment-properties>
fn notes(node: &Node<'_>, holder: Option<Span>, found: &mut Vec<Suppression>) {
    match &node.value {
        Value::Map(map) => {
            for entry in &map.entries {
                if entry.key == "//" {
                    let one = std::slice::from_ref(&entry.value);
                    for note in entry.value.as_list().unwrap_or(one) {
                        let text = note.as_str().unwrap_or_default();
                        comment::read(note.span, text, Covers::Holder(holder), found);
                    }
                } else {
                    notes(&entry.value, Some(entry.span()), found);
                }
            }
        }
        Value::List(items) => {
            for item in items {
                // A list of one object at the top, or of a name, is that object.
                let holder = if items.len() == 1 {
                    holder
                } else {
                    Some(item.span)
                };
                notes(item, holder, found);
            }
        }
        _ => {}
    }
}

impl ReasonClass {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::OutOfScope,
        Self::BusinessPriorities,
        Self::ArchitectureConstraints,
        Self::Other,
    ];

    /// Its name, as people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::OutOfScope => "out-of-scope",
            Self::BusinessPriorities => "business-priorities",
            Self::ArchitectureConstraints => "architecture-constraints",
            Self::Other => "other",
        }
    }

    /// The one of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

impl Source {
    /// What it is called in lists.
    pub fn name(self) -> &'static str {
        match self {
            Self::Comment => "comment",
            Self::Metadata => "metadata",
            Self::Configuration => "configuration",
            Self::Checkov => "checkov",
            Self::Tfsec => "tfsec",
            Self::Trivy => "trivy",
            Self::CfnNag => "cfn_nag",
            Self::Guard => "guard",
            Self::CdkNag => "cdk_nag",
        }
    }

    /// Whether it was written for another tool.
    pub fn is_foreign(self) -> bool {
        !matches!(self, Self::Comment | Self::Metadata | Self::Configuration)
    }
}

impl State {
    /// What it is called in lists.
    pub fn name(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Unused => "unused",
            Self::Open => "open",
            Self::Expired => "expired",
            Self::NotAllowed => "not-allowed",
            Self::WithoutReason => "without-reason",
            Self::Unknown => "unknown-rule",
            Self::Malformed => "malformed",
        }
    }
}
