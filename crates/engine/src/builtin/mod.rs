//! What the rule format cannot say simply: a small, documented set (`docs/rule-format.md`).
//!
//! One file each. A condition answers about the subject; a whole check finds places of its own.

mod backup;
mod connected_vpcs;
mod credentials;
mod hard_coded;
mod hard_coded_zone;
mod nat_gateway;
mod owner_tag;
mod plaintext_secret;
mod policy_size;
mod sqs_visibility;
mod state_machine;
mod tag_keys;
mod tags;
mod tls_policy;
mod unused;

pub use tag_keys::required_tags;

use crate::answer::{Answer, At, Missing, Truth};
use crate::evaluate::Asking;
use crate::path::Reached;
use crate::rule::{BuiltinCall, Link, Path, SUBJECT, Step};
use pillarlint_parser::source::Span;
use pillarlint_parser::tree::Node;
use std::borrow::Cow;

/// What a builtin takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameter {
    /// A path.
    Path,
    /// A whole number.
    Number,
    /// A list of texts.
    List,
}

/// A builtin: its name, whether it is a whole check, and its parameters.
#[derive(Debug)]
pub struct Signature {
    /// Its name in rules.
    pub name: &'static str,
    /// Whether it stands in place of `expect`.
    pub whole_check: bool,
    /// Its parameters, all required.
    pub parameters: &'static [(&'static str, Parameter)],
}

/// All builtins.
pub const SIGNATURES: &[Signature] = &[
    Signature {
        name: "connected-vpcs-overlap",
        whole_check: true,
        parameters: &[],
    },
    Signature {
        name: "covered-by-backup-selection",
        whole_check: false,
        parameters: &[],
    },
    Signature {
        name: "credentials-in-text",
        whole_check: false,
        parameters: &[("value", Parameter::Path)],
    },
    Signature {
        name: "hard-coded-account-or-region",
        whole_check: true,
        parameters: &[("known", Parameter::List)],
    },
    Signature {
        name: "hard-coded-zone",
        whole_check: true,
        parameters: &[],
    },
    Signature {
        name: "has-tag-keys",
        whole_check: false,
        parameters: &[("keys", Parameter::List)],
    },
    Signature {
        name: "iam-policy-size",
        whole_check: false,
        parameters: &[],
    },
    Signature {
        name: "nat-gateway-serves-one-zone",
        whole_check: false,
        parameters: &[],
    },
    Signature {
        name: "owner-tag-missing",
        whole_check: true,
        parameters: &[("keys", Parameter::List)],
    },
    Signature {
        name: "plaintext-secret",
        whole_check: false,
        parameters: &[("value", Parameter::Path)],
    },
    Signature {
        name: "s3-policy-denies-plaintext",
        whole_check: false,
        parameters: &[("policy", Parameter::Path), ("bucket", Parameter::Path)],
    },
    Signature {
        name: "sqs-visibility-covers-consumers",
        whole_check: false,
        parameters: &[("factor", Parameter::Number)],
    },
    Signature {
        name: "state-machine-polls",
        whole_check: false,
        parameters: &[
            ("definition", Parameter::Path),
            ("seconds", Parameter::Number),
            ("calls", Parameter::List),
        ],
    },
    Signature {
        name: "tag-keys-spelt-differently",
        whole_check: true,
        parameters: &[],
    },
    Signature {
        name: "unused-declarations",
        whole_check: true,
        parameters: &[],
    },
];

/// One place that a whole check found.
#[derive(Debug)]
pub struct Found {
    /// The place.
    pub span: Span,
    /// The resource that it belongs to, where it belongs to one.
    pub resource: Option<u32>,
    /// What stands for `{value}` in the message.
    pub value: String,
}

/// Answers a condition.
pub(crate) fn condition<'a, 's>(asking: &Asking<'a, 's>, call: &BuiltinCall) -> Answer<'a, 's> {
    match call.name.as_str() {
        "covered-by-backup-selection" => backup::covered(asking),
        "credentials-in-text" => credentials::in_text(asking, call),
        "has-tag-keys" => tag_keys::has(asking, call),
        "iam-policy-size" => policy_size::fits(asking),
        "plaintext-secret" => plaintext_secret::is_written(asking, call),
        "state-machine-polls" => state_machine::polls(asking, call),
        "nat-gateway-serves-one-zone" => nat_gateway::serves_one_zone(asking),
        "s3-policy-denies-plaintext" => tls_policy::denies_plaintext(asking, call),
        "sqs-visibility-covers-consumers" => sqs_visibility::covers_consumers(asking, call),
        // The loader knows the names, so this is never reached by a loaded rule.
        _ => Answer::plain(Truth::Unknown),
    }
}

/// Runs a whole check.
pub(crate) fn places<'a, 's>(asking: &Asking<'a, 's>, call: &BuiltinCall) -> Vec<Found> {
    match call.name.as_str() {
        "unused-declarations" => unused::places(asking),
        "hard-coded-account-or-region" => hard_coded::places(asking, call),
        "owner-tag-missing" => owner_tag::places(asking, call),
        "connected-vpcs-overlap" => connected_vpcs::places(asking),
        "hard-coded-zone" => hard_coded_zone::places(asking),
        "tag-keys-spelt-differently" => tag_keys::spelt_differently(asking),
        _ => Vec::new(),
    }
}

/// Where a whole check looks for what it then finds missing.
pub(crate) fn looks_for(name: &str) -> Missing {
    match name {
        // What a template declares, other templates and modules cannot use.
        "unused-declarations" => Missing::Here,
        "owner-tag-missing" => Missing::Elsewhere,
        _ => Missing::Nothing,
    }
}

impl BuiltinCall {
    /// The path of a parameter.
    pub(crate) fn path(&self, name: &str) -> Option<&Path> {
        self.paths
            .iter()
            .find(|(one, _)| one == name)
            .map(|(_, path)| path)
    }

    /// The number of a parameter; zero where it is missing, which the loader rules out.
    pub(crate) fn number(&self, name: &str, asking: &Asking<'_, '_>) -> f64 {
        self.numbers
            .iter()
            .find(|(one, _)| one == name)
            .and_then(|(_, number)| asking.limit(number))
            .unwrap_or_default()
    }

    /// The list of a parameter.
    pub(crate) fn list<'c, 'a: 'c>(&'c self, name: &str, asking: &Asking<'a, '_>) -> &'c [String] {
        self.lists
            .iter()
            .find(|(one, _)| one == name)
            .map_or(&[], |(_, list)| asking.texts(list))
    }
}

/// A link of resources of a kind that name the subject at a property, by reference or by its own name.
fn link(kind: &str, by: &str, name: &str) -> Link {
    let path = |steps: Vec<Step>| Path {
        root: SUBJECT,
        beside: false,
        steps,
    };
    let key = |key: &str| path(vec![Step::Key(key.to_owned())]);
    Link {
        kinds: vec![kind.to_owned()],
        by: vec![key(by)],
        to: path(Vec::new()),
        text: None,
        name: Some(key(name)),
        attribute: None,
    }
}

/// What holds of the value that a parameter leads to; a missing one is no case of it.
fn of_value<'a, 's>(
    asking: &Asking<'a, 's>,
    call: &BuiltinCall,
    parameter: &str,
    answer: impl FnOnce(&'a Node<'s>) -> Answer<'a, 's>,
) -> Answer<'a, 's> {
    match call.path(parameter).map(|path| asking.reach(path)) {
        Some(Reached::Value(node)) => answer(node),
        Some(Reached::Missing(span)) => Answer::at(Truth::False, At::place(span)),
        Some(Reached::Unknown(span, why)) => Answer::unknown(span, why),
        // The loader asks for every parameter.
        None => Answer::plain(Truth::Unknown),
    }
}

fn unknown<'a, 's>(span: Span, why: &'static str) -> Answer<'a, 's> {
    Answer::unknown(span, Cow::Borrowed(why))
}
