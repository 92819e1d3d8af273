//! How long IAM policies are. IAM counts characters without white space, and all inline policies of a principal together.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>

use super::{link, unknown};
use crate::answer::{Answer, At, Truth};
use crate::evaluate::{Asking, Binding};
use crate::path::Reached;
use crate::rule::{Link, Step};
use pillarlint_parser::tree::{Node, Symbol, Value};
use std::sync::OnceLock;

/// Where policies stand, and how long they may be.
struct Quota {
    kind: &'static str,
    most: usize,
    /// The documents of the resource itself.
    own: &'static [&'static str],
    /// Policies that are resources of their own.
    others: &'static [Other],
    /// The principal's own name.
    name: &'static str,
    links: OnceLock<Vec<Link>>,
}

/// A kind of policy: where it names its principal, and where the document stands.
struct Other {
    kind: &'static str,
    principal: &'static str,
    document: &'static str,
}

impl Quota {
    /// The links from the others to their principal. They are made once, since a link's address names its index.
    fn links(&self) -> &[Link] {
        self.links.get_or_init(|| {
            let others = self.others.iter();
            others
                .map(|other| link(other.kind, other.principal, self.name))
                .collect()
        })
    }
}

/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
static QUOTAS: [Quota; 8] = [
    Quota {
        kind: "AWS::IAM::ManagedPolicy",
        most: 6_144,
        own: &["PolicyDocument"],
        others: &[],
        name: "",
        links: OnceLock::new(),
    },
    Quota {
        kind: "AWS::IAM::Role",
        most: 10_240,
        own: &["Policies", "*", "PolicyDocument"],
        others: &[
            Other {
                kind: "AWS::IAM::Policy",
                principal: "Roles",
                document: "PolicyDocument",
            },
            Other {
                kind: "AWS::IAM::RolePolicy",
                principal: "RoleName",
                document: "PolicyDocument",
            },
        ],
        name: "RoleName",
        links: OnceLock::new(),
    },
    Quota {
        kind: "AWS::IAM::User",
        most: 2_048,
        own: &["Policies", "*", "PolicyDocument"],
        others: &[
            Other {
                kind: "AWS::IAM::Policy",
                principal: "Users",
                document: "PolicyDocument",
            },
            Other {
                kind: "AWS::IAM::UserPolicy",
                principal: "UserName",
                document: "PolicyDocument",
            },
        ],
        name: "UserName",
        links: OnceLock::new(),
    },
    Quota {
        kind: "AWS::IAM::Group",
        most: 5_120,
        own: &["Policies", "*", "PolicyDocument"],
        others: &[
            Other {
                kind: "AWS::IAM::Policy",
                principal: "Groups",
                document: "PolicyDocument",
            },
            Other {
                kind: "AWS::IAM::GroupPolicy",
                principal: "GroupName",
                document: "PolicyDocument",
            },
        ],
        name: "GroupName",
        links: OnceLock::new(),
    },
    Quota {
        kind: "aws_iam_policy",
        most: 6_144,
        own: &["policy"],
        others: &[],
        name: "",
        links: OnceLock::new(),
    },
    Quota {
        kind: "aws_iam_role",
        most: 10_240,
        own: &["inline_policy", "*", "policy"],
        others: &[Other {
            kind: "aws_iam_role_policy",
            principal: "role",
            document: "policy",
        }],
        name: "name",
        links: OnceLock::new(),
    },
    Quota {
        kind: "aws_iam_user",
        most: 2_048,
        own: &[],
        others: &[Other {
            kind: "aws_iam_user_policy",
            principal: "user",
            document: "policy",
        }],
        name: "name",
        links: OnceLock::new(),
    },
    Quota {
        kind: "aws_iam_group",
        most: 5_120,
        own: &[],
        others: &[Other {
            kind: "aws_iam_group_policy",
            principal: "group",
            document: "policy",
        }],
        name: "name",
        links: OnceLock::new(),
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
    for (other, link) in quota.others.iter().zip(quota.links()) {
        let mut policies = Vec::new();
        length.open |= asking.linked(link, &mut policies).is_some();
        for policy in policies {
            let Binding::Resource(index) = policy.binding else {
                continue;
            };
            if policy.sure != Truth::True {
                length.open = true;
                continue;
            }
            let policy = asking.project.resource(index);
            let step = [Step::Key(other.document.to_owned())];
            let reached = asking.walk(&policy.properties, &step, policy.address_span);
            length.add_reached(asking, reached);
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
