//! The table of CloudFormation's resource types: which properties each has, nested to
//! any depth, what may stand there, and which attributes `Fn::GetAtt` gives; and in
//! [`terraform`] the same of the AWS provider's resources.
//!
//! The tables are derived from published data (`data/cloudformation.txt` by
//! `tools/cloudformation-types`, `data/terraform-aws.txt` by `tools/terraform-types`;
//! `docs/schema.md` has their format). They are text that is part of the program and is
//! read where it is asked: a lookup parses the few lines that it needs, and nothing is
//! done at start.
//!
//! What they say is to be used for warnings, so it errs to one side: [`Member::Unknown`]
//! is a mistake of the template, anything else may not be.
//!
//! ```
//! use pillarlint_schema::{Member, resource_type};
//!
//! let bucket = resource_type("AWS::S3::Bucket").unwrap().shape();
//! let Member::Known(encryption) = bucket.member("BucketEncryption") else { panic!() };
//! assert!(matches!(encryption.member("ServerSideEncryptionConfiguration"), Member::Known(_)));
//! assert!(matches!(encryption.member("KmsKey"), Member::Unknown));
//! ```

mod nearest;
mod shape;
mod table;
pub mod terraform;

pub use nearest::nearest;
pub use shape::{Kind, Member, Property, Shape};

use table::{Block, CLOUDFORMATION, TERRAFORM};

/// What is known of a resource type.
#[derive(Clone, Copy, Debug)]
pub struct TypeInfo {
    block: Block,
    /// What the types of its service have in common.
    service: Option<Block>,
}

/// The type of a name. A custom resource (`Custom::Anything`) is an `AWS::CloudFormation::CustomResource`.
/// Types that others publish in the CloudFormation registry are not in the table, and no mistake.
pub fn resource_type(name: &str) -> Option<TypeInfo> {
    let name = if name.starts_with("Custom::") {
        "AWS::CloudFormation::CustomResource"
    } else {
        name
    };
    // A service's block ends with the colons and is no type.
    if name.ends_with("::") {
        return None;
    }
    let block = CLOUDFORMATION.block(name)?;
    let service = name
        .rfind("::")
        .and_then(|at| CLOUDFORMATION.block(&name[..at + 2]));
    Some(TypeInfo { block, service })
}

/// Whether the table has a type of this name, as [`resource_type`] would find it.
pub fn exists(name: &str) -> bool {
    resource_type(name).is_some()
}

/// The names of all types, in order.
pub fn all() -> impl Iterator<Item = &'static str> {
    CLOUDFORMATION
        .blocks()
        .map(|block| block.heading().title)
        .filter(|name| !name.ends_with("::"))
}

impl TypeInfo {
    /// The name of the type.
    pub fn name(&self) -> &'static str {
        self.block.heading().title
    }

    /// What its `Properties` may be.
    pub fn shape(&self) -> Shape {
        Shape::root(*self)
    }

    /// The attributes that `Fn::GetAtt` gives according to the schema, in order: `Arn`, `Endpoint.Address`.
    /// `Outputs.*` stands for any name after `Outputs.`.
    pub fn attributes(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.attribute_names().collect();
        names.sort_unstable();
        names
    }

    /// What `Fn::GetAtt` gives for an attribute. A property that can be set is [`Member::Free`]: AWS documents
    /// such attributes for many types (the `QueueName` of a queue), and the schemas do not say for which.
    pub fn attribute(&self, path: &str) -> Member {
        let found = path
            .split('.')
            .fold(Member::Known(self.shape()), |place, step| match place {
                Member::Known(shape) => shape.member(step),
                other => other,
            });
        let is_listed =
            |test: fn(&str, &str) -> bool| self.attribute_names().any(|name| test(path, name));
        match found {
            Member::Known(_) if is_listed(is_at_or_under) => found,
            Member::Known(_) | Member::Free => Member::Free,
            Member::Unknown if is_listed(is_named) => Member::Free,
            Member::Unknown => Member::Unknown,
        }
    }

    fn attribute_names(&self) -> impl Iterator<Item = &'static str> + use<> {
        let lines = self.block.heading().body.lines();
        lines.filter_map(|line| match line.strip_prefix('^') {
            Some(name) => Some(name),
            None => shape::read_only_name(line),
        })
    }

    pub(crate) fn is_terraform(&self) -> bool {
        std::ptr::eq(self.block.table, &TERRAFORM)
    }

    /// The definition of a name: the type's own, else that of its service. The empty name is the type itself.
    fn definition(&self, name: &str) -> Option<table::Section> {
        if name.is_empty() {
            return Some(self.block.heading());
        }
        self.block
            .definition(name)
            .or_else(|| self.service.and_then(|service| service.definition(name)))
    }
}

/// Whether a dotted path is `name` or inside of it.
fn is_at_or_under(path: &str, name: &str) -> bool {
    path.strip_prefix(name)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Whether a listed attribute means a dotted path.
fn is_named(path: &str, name: &str) -> bool {
    match name.strip_suffix('*') {
        Some(start) => path.len() > start.len() && path.starts_with(start),
        None => path == name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types() {
        for (name, expected) in [
            ("AWS::S3::Bucket", Some("AWS::S3::Bucket")),
            ("AWS::S3::", None),
            ("AWS::S3::Bukket", None),
            ("aws::s3::bucket", None),
            ("AWS::S3", None),
            ("", None),
            ("::", None),
            ("é::ü::", None),
            ("zzz", None),
            (
                "AWS::CloudFormation::WaitCondition",
                Some("AWS::CloudFormation::WaitCondition"),
            ),
            (
                "AWS::Serverless::Function",
                Some("AWS::Serverless::Function"),
            ),
            ("AWS::OpsWorksCM::Server", Some("AWS::OpsWorksCM::Server")),
            ("Alexa::ASK::Skill", Some("Alexa::ASK::Skill")),
            ("Acme::Own::Type", None),
            (
                "Custom::Certificate",
                Some("AWS::CloudFormation::CustomResource"),
            ),
        ] {
            let found = resource_type(name);
            assert_eq!(found.map(|info| info.name()), expected, "{name}");
            assert_eq!(exists(name), expected.is_some(), "{name}");
        }
    }

    #[test]
    fn every_type_is_found_under_its_name() {
        let mut count = 0;
        for name in all() {
            assert_eq!(resource_type(name).unwrap().name(), name);
            count += 1;
        }
        assert!(count > 1800, "{count}");
    }

    #[test]
    fn attributes() {
        for (name, path, expected) in [
            ("AWS::S3::Bucket", "Arn", "known"),
            ("AWS::S3::Bucket", "BucketName", "free"),
            ("AWS::S3::Bucket", "Arm", "unknown"),
            ("AWS::S3::Bucket", "", "unknown"),
            ("AWS::RDS::DBInstance", "Endpoint.Address", "known"),
            ("AWS::RDS::DBInstance", "Endpoint", "known"),
            ("AWS::RDS::DBInstance", "Endpoint.Adress", "unknown"),
            (
                "AWS::RDS::DBInstance",
                "MasterUserSecret.SecretArn",
                "known",
            ),
            ("AWS::EKS::Cluster", "OpenIdConnectIssuerUrl", "known"),
            ("AWS::CloudFormation::Stack", "Outputs.BucketName", "free"),
            ("AWS::CloudFormation::Stack", "Outputs.", "unknown"),
            ("AWS::CloudFormation::Stack", "Output.Name", "unknown"),
            ("Custom::Thing", "Whatever.It.Says", "free"),
            ("AWS::Serverless::Function", "Arn", "free"),
        ] {
            let found = match resource_type(name).unwrap().attribute(path) {
                Member::Known(_) => "known",
                Member::Free => "free",
                Member::Unknown => "unknown",
            };
            assert_eq!(found, expected, "{name} {path}");
        }
        let listed = resource_type("AWS::RDS::DBInstance").unwrap().attributes();
        assert!(listed.is_sorted());
        assert!(listed.contains(&"Endpoint.Address") && listed.contains(&"DBInstanceArn"));
    }
}
