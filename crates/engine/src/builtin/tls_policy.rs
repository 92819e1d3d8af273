//! Whether a bucket policy turns away requests without TLS.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html>

use super::unknown;
use crate::answer::{Answer, At, Missing, Truth};
use crate::evaluate::Asking;
use crate::link::symbol_key;
use crate::operator::known_text;
use crate::path::{Reached, head_of};
use crate::policy::covers;
use crate::rule::{BuiltinCall, Step};
use pillarlint_parser::tree::{Node, Origin, Symbol, Value};

pub(super) fn denies_plaintext<'a, 's>(
    asking: &Asking<'a, 's>,
    call: &BuiltinCall,
) -> Answer<'a, 's> {
    let (Some(policy), Some(bucket)) = (call.path("policy"), call.path("bucket")) else {
        return Answer::plain(Truth::Unknown);
    };
    let document = match asking.reach(policy) {
        Reached::Value(node) => node,
        Reached::Missing(span) => {
            return Answer::at(Truth::False, At::place(span)).missing(Missing::Here);
        }
        Reached::Unknown(span, why) => return Answer::unknown(span, why),
    };
    let bucket = match asking.reach(bucket) {
        Reached::Value(node) => Some(node),
        Reached::Missing(_) | Reached::Unknown(..) => None,
    };
    let place = match document.as_map().and_then(|map| map.entry("Statement")) {
        Some(entry) => At::place(entry.key_span),
        None => At::place(head_of(document)),
    };
    // Several statements add up: one for the bucket, one for its objects.
    let (mut on_bucket, mut on_objects) = (Truth::False, Truth::False);
    for reached in asking.policy_statements(document) {
        let statement = match reached {
            Reached::Value(statement) => statement,
            Reached::Missing(_) => continue,
            Reached::Unknown(..) => {
                (on_bucket, on_objects) = (
                    or(on_bucket, Truth::Unknown),
                    or(on_objects, Truth::Unknown),
                );
                continue;
            }
        };
        let denies = denies(asking, statement);
        if denies == Truth::False {
            continue;
        }
        let (bucket_covered, objects_covered) = covered(asking, statement, bucket);
        on_bucket = or(on_bucket, and(denies, bucket_covered));
        on_objects = or(on_objects, and(denies, objects_covered));
    }
    match and(on_bucket, on_objects) {
        Truth::Unknown => unknown(
            place.span,
            "a statement of the policy, or what it covers, is not known",
        ),
        truth => Answer::at(truth, place).missing(Missing::Here),
    }
}

fn and(a: Truth, b: Truth) -> Truth {
    Truth::all([a, b].into_iter())
}

fn or(a: Truth, b: Truth) -> Truth {
    Truth::any([a, b].into_iter())
}

/// Whether a statement denies everyone every S3 action where `aws:SecureTransport` is false, and only then.
fn denies<'a, 's>(asking: &Asking<'a, 's>, statement: &'a Node<'s>) -> Truth {
    let text = |key: &str| match part(asking, statement, key) {
        Reached::Value(node) => known_text(node).map_or(Err(()), |text| Ok(Some(text))),
        Reached::Missing(_) => Ok(None),
        Reached::Unknown(..) => Err(()),
    };
    let effect = match text("Effect") {
        Ok(Some("Deny")) => Truth::True,
        Ok(_) => return Truth::False,
        Err(()) => Truth::Unknown,
    };
    let action = match part(asking, statement, "Action") {
        Reached::Value(node) => {
            Truth::any(asking.one_or_many(node).into_iter().map(|one| match one {
                Reached::Value(node) => known_text(node).map_or(Truth::Unknown, |text| {
                    (text == "*" || text == "*:*" || text.eq_ignore_ascii_case("s3:*")).into()
                }),
                Reached::Missing(_) => Truth::False,
                Reached::Unknown(..) => Truth::Unknown,
            }))
        }
        Reached::Missing(_) => Truth::False,
        Reached::Unknown(..) => Truth::Unknown,
    };
    let condition = match part(asking, statement, "Condition") {
        Reached::Value(node) => insecure_only(asking, node),
        Reached::Missing(_) => Truth::False,
        Reached::Unknown(..) => Truth::Unknown,
    };
    let anyone = asking.anyone(statement).truth;
    Truth::all([effect, action, condition, anyone].into_iter())
}

/// `Bool: aws:SecureTransport: false` and nothing beside it: an extra condition denies less.
fn insecure_only<'a, 's>(asking: &Asking<'a, 's>, node: &'a Node<'s>) -> Truth {
    let Some(operators) = node.as_map() else {
        return Truth::Unknown;
    };
    let [operator] = &operators.entries[..] else {
        return Truth::False;
    };
    if !matches!(&*operator.key, "Bool" | "BoolIfExists") {
        return Truth::False;
    }
    let Reached::Value(keys) = asking.settle_value(&operator.value, operator.key_span) else {
        return Truth::Unknown;
    };
    let Some(keys) = keys.as_map() else {
        return Truth::Unknown;
    };
    let [key] = &keys.entries[..] else {
        return Truth::False;
    };
    if !key.key.eq_ignore_ascii_case("aws:SecureTransport") {
        return Truth::False;
    }
    match asking.settle_value(&key.value, key.key_span) {
        Reached::Value(value) => {
            Truth::any(asking.one_or_many(value).into_iter().map(|one| match one {
                Reached::Value(value) => known_text(value).map_or(Truth::Unknown, |text| {
                    text.eq_ignore_ascii_case("false").into()
                }),
                Reached::Missing(_) => Truth::False,
                Reached::Unknown(..) => Truth::Unknown,
            }))
        }
        Reached::Missing(_) => Truth::False,
        Reached::Unknown(..) => Truth::Unknown,
    }
}

fn part<'a, 's>(asking: &Asking<'a, 's>, statement: &'a Node<'s>, key: &str) -> Reached<'a, 's> {
    asking.walk(statement, &[Step::Key(key.to_owned())], head_of(statement))
}

/// Whether the statement's resources cover the bucket, and its objects.
fn covered<'a, 's>(
    asking: &Asking<'a, 's>,
    statement: &'a Node<'s>,
    bucket: Option<&'a Node<'s>>,
) -> (Truth, Truth) {
    let node = match part(asking, statement, "Resource") {
        Reached::Value(node) => node,
        Reached::Missing(_) => return (Truth::False, Truth::False),
        Reached::Unknown(..) => return (Truth::Unknown, Truth::Unknown),
    };
    let names = Names::of(asking, bucket);
    let (mut on_bucket, mut on_objects) = (Truth::False, Truth::False);
    for reached in asking.one_or_many(node) {
        let pattern = match &reached {
            Reached::Value(node) => names.render(node),
            Reached::Missing(_) => continue,
            Reached::Unknown(..) => UNKNOWN.to_string(),
        };
        let covered = |of: &str| {
            if covers(&pattern, of) {
                Truth::True
            } else if covers(&pattern.replace(UNKNOWN, "*"), of) {
                // What is not known may be what is missing.
                Truth::Unknown
            } else {
                Truth::False
            }
        };
        on_bucket = or(on_bucket, covered("arn:aws:s3:::\u{1}"));
        on_objects = or(on_objects, covered("arn:aws:s3:::\u{1}/any"));
        // A wildcard may cover a part of the name.
        if let Some(name) = &names.literal {
            on_bucket = or(on_bucket, covered(&format!("arn:aws:s3:::{name}")));
            on_objects = or(on_objects, covered(&format!("arn:aws:s3:::{name}/any")));
        }
    }
    (on_bucket, on_objects)
}

/// Stands for the bucket's name in a rendered pattern.
const BUCKET: char = '\u{1}';
/// Stands for a piece that is not known.
const UNKNOWN: char = '\u{2}';

/// All ways to spell the bucket's name.
struct Names {
    resource: Option<u32>,
    keys: Vec<String>,
    literal: Option<String>,
}

/// The names that a bucket is given, as CloudFormation and as Terraform call them.
fn own_names<'a, 's>(asking: &Asking<'a, 's>, index: u32) -> impl Iterator<Item = &'a Node<'s>> {
    let resource = asking.project.resource(index);
    ["BucketName", "bucket"].into_iter().filter_map(move |key| {
        let steps = [Step::Key(key.to_owned())];
        match asking.walk(&resource.properties, &steps, resource.address_span) {
            Reached::Value(name) => Some(name),
            _ => None,
        }
    })
}

/// The bucket that has this name, where the name is no reference to it.
fn named<'a, 's>(asking: &Asking<'a, 's>, name: &Node<'s>) -> Option<u32> {
    let is_same = |one: &Node<'_>| match (known_text(one), known_text(name)) {
        (Some(one), Some(name)) => one == name,
        (None, None) => key(one) == key(name),
        _ => false,
    };
    let kinds = ["AWS::S3::Bucket", "aws_s3_bucket"];
    let mut buckets = kinds.iter().flat_map(|kind| asking.project.of_kind(kind));
    let found = buckets.find(|index| own_names(asking, **index).any(is_same));
    found.copied()
}

impl Names {
    fn of<'a, 's>(asking: &Asking<'a, 's>, bucket: Option<&'a Node<'s>>) -> Self {
        let mut names = Self {
            resource: None,
            keys: Vec::new(),
            literal: None,
        };
        let Some(bucket) = bucket else {
            return names;
        };
        names.add(bucket);
        names.resource = asking.referred(bucket).or_else(|| named(asking, bucket));
        if let Some(index) = names.resource {
            for name in own_names(asking, index) {
                names.add(name);
            }
        }
        names
    }

    fn add(&mut self, node: &Node<'_>) {
        match known_text(node) {
            Some(text) => self.literal = Some(text.to_owned()),
            None => self.keys.push(key(node)),
        }
    }

    /// A pattern as text, the bucket's name as [`BUCKET`].
    fn render(&self, node: &Node<'_>) -> String {
        let mut text = String::new();
        self.push(node, &mut text);
        // A name that is itself joined of pieces.
        for name in &self.keys {
            if name.contains('\u{3}') {
                text = text.replace(name.as_str(), "\u{1}");
            }
        }
        if let Some(literal) = &self.literal {
            text = text.replace(&format!(":::{literal}"), &format!(":::{BUCKET}"));
        }
        // Keys of pieces that are left over are not known.
        let mut out = String::new();
        let mut parts = text.split('\u{3}');
        out.push_str(parts.next().unwrap_or(""));
        while parts.next().is_some() {
            out.push(UNKNOWN);
            out.push_str(parts.next().unwrap_or(""));
        }
        out
    }

    fn push(&self, node: &Node<'_>, text: &mut String) {
        if let Some(known) = known_text(node) {
            // The partition says where the template is deployed, not what is covered.
            let in_aws = ["arn:aws-cn:", "arn:aws-us-gov:", "arn:*:"]
                .iter()
                .find_map(|other| known.strip_prefix(other));
            if let (Some(rest), true) = (in_aws, text.is_empty()) {
                text.push_str("arn:aws:");
                text.push_str(rest);
            } else {
                text.push_str(known);
            }
            return;
        }
        if self.keys.iter().any(|one| *one == key(node)) {
            text.push(BUCKET);
            return;
        }
        let Value::Symbol(symbol) = &node.value else {
            text.push(UNKNOWN);
            return;
        };
        match &**symbol {
            Symbol::Text(pieces) => {
                for piece in pieces {
                    self.push(piece, text);
                }
            }
            Symbol::Reference(reference) => match &reference.origin {
                Origin::Resource(index) if Some(*index) == self.resource => {
                    match &*reference.attribute {
                        "" | "id" | "bucket" => text.push(BUCKET),
                        "Arn" | "arn" => text.push_str("arn:aws:s3:::\u{1}"),
                        _ => text.push(UNKNOWN),
                    }
                }
                Origin::Resource(_) if matches!(&*reference.attribute, "Arn" | "arn") => {
                    text.push_str("arn:aws:s3:::another-bucket");
                }
                Origin::Pseudo(name) if name == "AWS::Partition" => text.push_str("aws"),
                _ => text.push_str(&key(node)),
            },
            Symbol::Choice(_) | Symbol::Unknown(_) => text.push(UNKNOWN),
        }
    }
}

/// A text that equal values share; pieces are set off, so that they can be found again.
fn key(node: &Node<'_>) -> String {
    match &node.value {
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Text(pieces) => pieces
                .iter()
                .map(|piece| match piece.as_str() {
                    Some(text) => text.to_owned(),
                    None => key(piece),
                })
                .collect(),
            _ => format!("\u{3}{}\u{3}", symbol_key(node)),
        },
        _ => String::new(),
    }
}
