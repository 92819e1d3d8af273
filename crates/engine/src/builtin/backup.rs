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

/// What CloudFormation, or Terraform, calls the parts of a selection.
struct Names {
    selection: &'static str,
    /// The property that holds the rest, if any.
    within: Option<&'static str>,
    resources: &'static str,
    not_resources: &'static str,
    tags: &'static str,
    tag_key: &'static str,
    tag_value: &'static str,
    conditions: &'static str,
}

const CLOUDFORMATION: Names = Names {
    selection: "AWS::Backup::BackupSelection",
    within: Some("BackupSelection"),
    resources: "Resources",
    not_resources: "NotResources",
    tags: "ListOfTags",
    tag_key: "ConditionKey",
    tag_value: "ConditionValue",
    conditions: "Conditions",
};

const TERRAFORM: Names = Names {
    selection: "aws_backup_selection",
    within: None,
    resources: "resources",
    not_resources: "not_resources",
    tags: "selection_tag",
    tag_key: "key",
    tag_value: "value",
    conditions: "condition",
};

impl Names {
    fn steps(&self, key: &str) -> Vec<Step> {
        let within = self.within.into_iter();
        within
            .chain([key])
            .map(|key| Step::Key(key.to_owned()))
            .collect()
    }
}

pub(super) fn covered<'a, 's>(asking: &Asking<'a, 's>) -> Answer<'a, 's> {
    let Some(subject) = asking.subject else {
        return Answer::plain(Truth::Unknown);
    };
    let resource = asking.project.resource(subject);
    let names = if resource.kind.starts_with("aws_") {
        &TERRAFORM
    } else {
        &CLOUDFORMATION
    };
    let place = At::place(resource.address_span);
    let truth = Truth::any(asking.project.of_kind(names.selection).iter().map(|index| {
        let selection = asking.project.resource(*index);
        match asking.exists(selection) {
            Truth::False => Truth::False,
            exists => Truth::all(
                [exists, selects(asking, names, selection, subject, resource)].into_iter(),
            ),
        }
    }));
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
    names: &Names,
    selection: &'a Resource<'s>,
    subject: u32,
    resource: &'a Resource<'s>,
) -> Truth {
    let list = |key: &str| {
        let mut found = Vec::new();
        let mut steps = names.steps(key);
        steps.push(Step::All);
        asking.walk_all(
            &selection.properties,
            &steps,
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
    let by_tag = Truth::any(list(names.tags).into_iter().map(|reached| match reached {
        Reached::Value(tag) => has_tag(asking, names, resource, tag),
        Reached::Missing(_) => Truth::False,
        Reached::Unknown(..) => Truth::Unknown,
    }));
    let by_condition = match asking.walk(
        &selection.properties,
        &names.steps(names.conditions),
        selection.address_span,
    ) {
        Reached::Missing(_) => Truth::True,
        // Conditions narrow what the ARNs select; which tags they ask is left open.
        _ => Truth::Unknown,
    };
    let wanted = Truth::all(
        [
            Truth::any([by_arn(list(names.resources)), by_tag].into_iter()),
            by_condition,
        ]
        .into_iter(),
    );
    Truth::all([wanted, by_arn(list(names.not_resources)).negated()].into_iter())
}

/// An ARN of any resource of the kind, to be held against patterns.
fn pattern_of(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "AWS::DynamoDB::Table" | "aws_dynamodb_table" => {
            "arn:aws:dynamodb:us-east-1:123456789012:table/any"
        }
        "AWS::RDS::DBInstance" | "aws_db_instance" => "arn:aws:rds:us-east-1:123456789012:db:any",
        "AWS::RDS::DBCluster" | "aws_rds_cluster" => {
            "arn:aws:rds:us-east-1:123456789012:cluster:any"
        }
        "AWS::EFS::FileSystem" | "aws_efs_file_system" => {
            "arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/any"
        }
        "AWS::EC2::Volume" | "aws_ebs_volume" => "arn:aws:ec2:us-east-1:123456789012:volume/any",
        "AWS::EC2::Instance" | "aws_instance" => "arn:aws:ec2:us-east-1:123456789012:instance/any",
        "AWS::S3::Bucket" | "aws_s3_bucket" => "arn:aws:s3:::any",
        _ => return None,
    })
}

/// Whether the resource carries the tag of a selection.
fn has_tag<'a, 's>(
    asking: &Asking<'a, 's>,
    names: &Names,
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
    let (Some(key), Some(value)) = (part(tag, names.tag_key), part(tag, names.tag_value)) else {
        return Truth::Unknown;
    };
    let key = known_text(key).map(|key| key.trim_start_matches("aws:ResourceTag/"));
    // Terraform's tags are a mapping of its keys.
    if names.within.is_none() {
        let Some(key) = key else {
            return Truth::Unknown;
        };
        let steps = [Step::Key("tags".to_owned()), Step::Key(key.to_owned())];
        return match asking.walk(&resource.properties, &steps, resource.address_span) {
            Reached::Value(own) => same(own, value),
            Reached::Missing(_) => Truth::False,
            Reached::Unknown(..) => Truth::Unknown,
        };
    }
    // A list, or a mapping of its keys; file systems call it otherwise.
    let mut tags = Vec::new();
    for name in ["Tags", "FileSystemTags"] {
        let own = [Step::Key(name.to_owned())];
        let own = asking.walk(&resource.properties, &own, resource.address_span);
        if let (Reached::Value(own), Some(key)) = (&own, key)
            && let Some(value_of) = own.get(key)
        {
            return same(value_of, value);
        }
        let steps = [Step::Key(name.to_owned()), Step::All];
        asking.walk_all(
            &resource.properties,
            &steps,
            resource.address_span,
            &mut tags,
        );
    }
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
