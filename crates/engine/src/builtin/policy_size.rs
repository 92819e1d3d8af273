//! How long IAM policies are. IAM counts characters without white space, and all inline policies of a principal together.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>

use super::unknown;
use crate::answer::{Answer, At, Truth};
use crate::evaluate::Asking;
use crate::operator::same;
use crate::path::Reached;
use crate::rule::Step;
use pillarlint_parser::model::Resource;
use pillarlint_parser::tree::{Node, Symbol, Value};

/// Where policies stand, and how long they may be.
struct Quota {
    kind: &'static str,
    most: usize,
    /// The documents of the resource itself.
    own: &'static [&'static str],
    /// Kinds of policies of their own: where they name their principal, and where the document stands.
    others: &'static [(&'static str, &'static str, &'static str)],
    /// The principal's own name.
    name: &'static str,
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const QUOTAS: &[Quota] = &[
    Quota {
        kind: "AWS::IAM::ManagedPolicy",
        most: 6_144,
        own: &["PolicyDocument"],
        others: &[],
        name: "",
    },
    Quota {
        kind: "AWS::IAM::Role",
        most: 10_240,
        own: &["Policies", "*", "PolicyDocument"],
        others: &[
            ("AWS::IAM::Policy", "Roles", "PolicyDocument"),
            ("AWS::IAM::RolePolicy", "RoleName", "PolicyDocument"),
        ],
        name: "RoleName",
    },
    Quota {
        kind: "AWS::IAM::User",
        most: 2_048,
        own: &["Policies", "*", "PolicyDocument"],
        others: &[
            ("AWS::IAM::Policy", "Users", "PolicyDocument"),
            ("AWS::IAM::UserPolicy", "UserName", "PolicyDocument"),
        ],
        name: "UserName",
    },
    Quota {
        kind: "AWS::IAM::Group",
        most: 5_120,
        own: &["Policies", "*", "PolicyDocument"],
        others: &[
            ("AWS::IAM::Policy", "Groups", "PolicyDocument"),
            ("AWS::IAM::GroupPolicy", "GroupName", "PolicyDocument"),
        ],
        name: "GroupName",
    },
    Quota {
        kind: "aws_iam_policy",
        most: 6_144,
        own: &["policy"],
        others: &[],
        name: "",
    },
    Quota {
        kind: "aws_iam_role",
        most: 10_240,
        own: &["inline_policy", "*", "policy"],
        others: &[("aws_iam_role_policy", "role", "policy")],
        name: "name",
    },
    Quota {
        kind: "aws_iam_user",
        most: 2_048,
        own: &[],
        others: &[("aws_iam_user_policy", "user", "policy")],
        name: "name",
    },
    Quota {
        kind: "aws_iam_group",
        most: 5_120,
        own: &[],
        others: &[("aws_iam_group_policy", "group", "policy")],
        name: "name",
    },
];

/// Longer than nearly any ARN: what a value that is not known may have at most, in characters.
const LONGEST_HOLE: usize = 200;

/// How long a text is: what is known of it, and how many parts are not.
#[derive(Default)]
struct Length {
    known: usize,
    holes: usize,
    /// Whether parts may be missing of which nothing is known.
    open: bool,
}

/// Whether the policies of the subject fit into IAM's quota.
pub(super) fn fits<'a, 's>(asking: &Asking<'a, 's>) -> Answer<'a, 's> {
    let Some(subject) = asking.subject else {
        return Answer::plain(Truth::Unknown);
    };
    let resource = asking.project.resource(subject);
    let Some(quota) = QUOTAS.iter().find(|quota| quota.kind == resource.kind) else {
        return Answer::plain(Truth::Unknown);
    };
    let mut length = Length::default();
    if !quota.own.is_empty() {
        let steps = quota.own.iter().map(|step| match *step {
            "*" => Step::All,
            step => Step::Key(step.to_owned()),
        });
        let steps: Vec<Step> = steps.collect();
        let mut found = Vec::new();
        asking.walk_all(
            &resource.properties,
            &steps,
            resource.address_span,
            &mut found,
        );
        for reached in found {
            length.add_reached(asking, reached);
        }
    }
    for (kind, principal, document) in quota.others {
        for index in asking.project.of_kind(kind) {
            let policy = asking.project.resource(*index);
            match belongs(asking, policy, principal, subject, quota.name) {
                Truth::False => {}
                Truth::Unknown => length.open = true,
                Truth::True => {
                    let step = [Step::Key((*document).to_owned())];
                    let reached = asking.walk(&policy.properties, &step, policy.address_span);
                    length.add_reached(asking, reached);
                }
            }
        }
    }
    let place = At::place(resource.address_span);
    if length.known > quota.most {
        Answer::at(Truth::False, place)
    } else if length.open || length.known + length.holes * LONGEST_HOLE > quota.most {
        unknown(place.span, "parts of its policies are not known")
    } else {
        Answer::at(Truth::True, place)
    }
}

/// Whether a policy of its own is attached to the subject.
fn belongs<'a, 's>(
    asking: &Asking<'a, 's>,
    policy: &'a Resource<'s>,
    key: &str,
    subject: u32,
    name: &str,
) -> Truth {
    let sure = asking.exists(policy);
    if sure == Truth::False {
        return Truth::False;
    }
    let steps = [Step::Key(key.to_owned()), Step::All];
    let mut found = Vec::new();
    asking.walk_all(&policy.properties, &steps, policy.address_span, &mut found);
    let subject_resource = asking.project.resource(subject);
    let own_name = asking.walk(
        &subject_resource.properties,
        &[Step::Key(name.to_owned())],
        subject_resource.address_span,
    );
    let attached = Truth::any(found.into_iter().map(|reached| match reached {
        Reached::Value(node) if asking.referred(node) == Some(subject) => Truth::True,
        Reached::Value(node) => match &own_name {
            Reached::Value(own) if asking.referred(node).is_none() => same(own, node),
            _ => Truth::False,
        },
        Reached::Missing(_) => Truth::False,
        Reached::Unknown(..) => Truth::Unknown,
    }));
    match attached {
        Truth::True => sure,
        other => other,
    }
}

impl Length {
    fn add_reached<'a, 's>(&mut self, asking: &Asking<'a, 's>, reached: Reached<'a, 's>) {
        match reached {
            Reached::Value(node) => self.add(asking, node),
            Reached::Missing(_) => {}
            Reached::Unknown(..) => self.open = true,
        }
    }

    /// The JSON of a value without white space.
    fn add<'a, 's>(&mut self, asking: &Asking<'a, 's>, node: &'a Node<'s>) {
        let node = match asking.settle_value(node, node.span) {
            Reached::Value(node) => node,
            Reached::Missing(_) => return,
            Reached::Unknown(..) => {
                self.open = true;
                return;
            }
        };
        match &node.value {
            Value::Map(map) => {
                self.known += 2 + map.entries.len().saturating_sub(1);
                for entry in &map.entries {
                    self.known += 1;
                    self.text(&entry.key);
                    self.add(asking, &entry.value);
                }
            }
            Value::List(items) => {
                self.known += 2 + items.len().saturating_sub(1);
                for item in items {
                    self.add(asking, item);
                }
            }
            Value::Json(json) => self.add(asking, &json.tree),
            Value::String(text) => self.text(text),
            Value::Bool(value) => self.known += if *value { 4 } else { 5 },
            Value::Number(text) => self.known += text.len(),
            Value::Null => self.known += 4,
            Value::Symbol(symbol) => match &**symbol {
                Symbol::Text(pieces) => {
                    self.known += 2;
                    for piece in pieces {
                        match piece.as_str() {
                            Some(text) => self.characters(text),
                            None => self.holes += 1,
                        }
                    }
                }
                Symbol::Reference(_) => self.holes += 1,
                Symbol::Choice(_) | Symbol::Unknown(_) => self.open = true,
            },
        }
    }

    fn text(&mut self, text: &str) {
        self.known += 2;
        self.characters(text);
    }

    fn characters(&mut self, text: &str) {
        self.known += text.chars().filter(|c| !c.is_whitespace()).count();
    }
}
