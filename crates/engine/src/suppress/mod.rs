//! Suppressions: what an author, or the configuration, asks not to be told of.
//!
//! They are read from a file's text alone and applied to findings where all are settled.

use crate::date::Date;
use crate::selector::Selector;
use pillarlint_parser::source::{FileId, Span};

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
    /// Whether it lies in a file that was asked to be checked and is the author's to change, so that it may be called
    /// unused.
    pub is_judged: bool,
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
            Self::NotAllowed => "not allowed",
            Self::WithoutReason => "without reason",
            Self::Unknown => "unknown rule",
            Self::Malformed => "malformed",
        }
    }
}
