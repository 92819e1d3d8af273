//! Whether an AWS Backup selection of the template holds the resource.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-backup-backupselection-backupselectionresourcetype.html>

use super::unknown;
use crate::answer::{Answer, At, Missing, Truth};
use crate::evaluate::Asking;
use crate::operator::{known_text, same};
use crate::path::Reached;
use crate::policy::{covers, pattern_text};
use crate::rule::Step;
use pillarlint_parser::model::Resource;
use pillarlint_parser::tree::Node;

pub(super) fn covered<'a, 's>(asking: &Asking<'a, 's>) -> Answer<'a, 's> {
    let Some(subject) = asking.subject else {
        return Answer::plain(Truth::Unknown);
    };
    let resource = asking.project.resource(subject);
    let place = At::place(resource.address_span);
    let truth = Truth::any(
        asking
            .project
            .of_kind("AWS::Backup::BackupSelection")
            .iter()
            .map(|index| {
                let selection = asking.project.resource(*index);
                match asking.exists(selection) {
                    Truth::False => Truth::False,
                    exists => Truth::all(
                        [exists, selects(asking, selection, subject, resource)].into_iter(),
                    ),
                }
            }),
    );
    match truth {
        Truth::Unknown => unknown(
            place.span,
            "it cannot be told whether a backup selection holds it",
        ),
        truth => Answer::at(truth, place).missing(Missing::Elsewhere),
    }
}

fn selects<'a, 's>(
    asking: &Asking<'a, 's>,
    selection: &'a Resource<'s>,
    subject: u32,
    resource: &'a Resource<'s>,
) -> Truth {
    let list = |key: &str| {
        let mut found = Vec::new();
        asking.walk_all(
            &selection.properties,
            &[
                Step::Key("BackupSelection".to_owned()),
                Step::Key(key.to_owned()),
                Step::All,
            ],
            selection.address_span,
            &mut found,
        );
        found
    };
    let by_arn = |found: Vec<Reached<'a, 's>>| {
        Truth::any(found.into_iter().map(|reached| {
            match reached {
                Reached::Value(node) if asking.referred(node).is_some() => {
                    (asking.referred(node) == Some(subject)).into()
                }
                Reached::Value(node) => match pattern_text(node) {
                    Some(text) => match &*text {
                        "*" => Truth::True,
                        text => pattern_of(&resource.kind)
                            .is_some_and(|arn| covers(text, arn))
                            .into(),
                    },
                    None => Truth::Unknown,
                },
                Reached::Missing(_) => Truth::False,
                Reached::Unknown(..) => Truth::Unknown,
            }
        }))
    };
    let by_tag = Truth::any(list("ListOfTags").into_iter().map(|reached| match reached {
        Reached::Value(tag) => has_tag(asking, resource, tag),
        Reached::Missing(_) => Truth::False,
        Reached::Unknown(..) => Truth::Unknown,
    }));
    let by_condition = match asking.walk(
        &selection.properties,
        &[
            Step::Key("BackupSelection".to_owned()),
            Step::Key("Conditions".to_owned()),
        ],
        selection.address_span,
    ) {
        Reached::Missing(_) => Truth::True,
        // Conditions narrow what the ARNs select; which tags they ask is left open.
        _ => Truth::Unknown,
    };
    let wanted = Truth::all(
        [
            Truth::any([by_arn(list("Resources")), by_tag].into_iter()),
            by_condition,
        ]
        .into_iter(),
    );
    Truth::all([wanted, by_arn(list("NotResources")).negated()].into_iter())
}

/// An ARN of any resource of the kind, to be held against patterns.
fn pattern_of(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "AWS::DynamoDB::Table" => "arn:aws:dynamodb:us-east-1:123456789012:table/any",
        "AWS::RDS::DBInstance" => "arn:aws:rds:us-east-1:123456789012:db:any",
        "AWS::RDS::DBCluster" => "arn:aws:rds:us-east-1:123456789012:cluster:any",
        "AWS::EFS::FileSystem" => {
            "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/any"
        }
        "AWS::EC2::Volume" => "arn:aws:ec2:us-east-1:123456789012:volume/any",
        "AWS::EC2::Instance" => "arn:aws:ec2:us-east-1:123456789012:instance/any",
        "AWS::S3::Bucket" => "arn:aws:s3:::any",
        _ => return None,
    })
}

/// Whether the resource carries the tag of a selection (`ConditionKey`, `ConditionValue`).
fn has_tag<'a, 's>(
    asking: &Asking<'a, 's>,
    resource: &'a Resource<'s>,
    tag: &'a Node<'s>,
) -> Truth {
    let part = |node: &'a Node<'s>, key: &str| match asking.walk(
        node,
        &[Step::Key(key.to_owned())],
        node.span,
    ) {
        Reached::Value(node) => Some(node),
        Reached::Missing(_) | Reached::Unknown(..) => None,
    };
    let (Some(key), Some(value)) = (part(tag, "ConditionKey"), part(tag, "ConditionValue")) else {
        return Truth::Unknown;
    };
    let key = known_text(key).map(|key| key.trim_start_matches("aws:ResourceTag/"));
    let mut tags = Vec::new();
    asking.walk_all(
        &resource.properties,
        &[Step::Key("Tags".to_owned()), Step::All],
        resource.address_span,
        &mut tags,
    );
    Truth::any(tags.into_iter().map(|reached| match reached {
        Reached::Value(own) => match (part(own, "Key").and_then(known_text), key) {
            (Some(own_key), Some(key)) if own_key != key => Truth::False,
            (Some(_), Some(_)) => part(own, "Value").map_or(Truth::False, |own| same(own, value)),
            _ => Truth::Unknown,
        },
        Reached::Missing(_) => Truth::False,
        Reached::Unknown(..) => Truth::Unknown,
    }))
}
