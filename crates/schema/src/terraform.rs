//! The table of Terraform's AWS provider: the arguments, nested blocks and attributes of its resources and data
//! sources.
//!
//! It unites the newest version of the provider with the last of each major version from 3 on, so that
//! [`Member::Unknown`] is a mistake whichever of them a module asks for, unless it is newer than the table.
//!
//! ```
//! use pillarlint_schema::{Member, terraform};
//!
//! let versioning = terraform::resource("aws_s3_bucket_versioning").unwrap().shape();
//! let configuration = versioning.property("versioning_configuration").unwrap();
//! assert!(configuration.required && configuration.is_single_block());
//! assert!(matches!(configuration.shape.member("status"), Member::Known(_)));
//! assert!(matches!(configuration.shape.member("statsu"), Member::Unknown));
//! ```
//!
//! [`Member::Unknown`]: crate::Member::Unknown

use crate::TypeInfo;
use crate::table::TERRAFORM;

/// What Terraform itself understands in every resource and data source, beside the provider's arguments.
/// Source: Terraform's documentation, "Meta-arguments" and "Resource behavior".
pub const META_ARGUMENTS: [&str; 8] = [
    "connection",
    "count",
    "depends_on",
    "for_each",
    "lifecycle",
    "provider",
    "provisioner",
    "timeouts",
];

/// What Terraform understands in blocks at any depth: `dynamic`, and in its JSON syntax the comment.
pub const INSIDE_BLOCKS: [&str; 2] = ["//", "dynamic"];

/// The resource of a name (`aws_s3_bucket`), the data source of a name with `data.` before it
/// (`data.aws_iam_policy_document`), or `provider.aws`, the configuration of the provider.
pub fn resource(name: &str) -> Option<TypeInfo> {
    let block = TERRAFORM.block(name)?;
    Some(TypeInfo {
        block,
        service: None,
    })
}

/// Whether the table has a resource or data source of this name, as [`resource`] would find it.
pub fn exists(name: &str) -> bool {
    resource(name).is_some()
}

/// The names of all that [`resource`] finds, in order: the resources, the data sources, the provider.
pub fn all() -> impl Iterator<Item = &'static str> {
    TERRAFORM.blocks().map(|block| block.heading().title)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, Member, Property};

    /// The last member on the way from a resource, `[]` into a list: its kinds and what else is known of it;
    /// `?` where anything may stand, `-` where there is no such member.
    fn check(route: &str, expected: &str) {
        let (name, steps) = route.split_once(' ').unwrap();
        let mut place = Member::Known(resource(name).unwrap().shape());
        let mut last: Option<Property> = None;
        for step in steps.split('.') {
            let Member::Known(shape) = place else { break };
            place = match step {
                "[]" => shape.element().map_or(Member::Free, Member::Known),
                step => {
                    last = shape.property(step);
                    shape.member(step)
                }
            };
        }
        let found = match place {
            Member::Free => "?".to_owned(),
            Member::Unknown => "-".to_owned(),
            Member::Known(shape) => {
                let mut words: Vec<_> = shape.kinds().map(|kind| format!("{kind:?}")).collect();
                let last = last.filter(|_| !steps.ends_with("[]"));
                for (word, holds) in [
                    ("set", shape.is_set()),
                    ("required", last.is_some_and(|one| one.required)),
                    ("read-only", last.is_some_and(|one| one.read_only)),
                    ("block", last.is_some_and(|one| one.is_block)),
                    ("single", last.is_some_and(|one| one.is_single_block())),
                    ("earlier", last.is_some_and(|one| one.is_earlier)),
                ] {
                    words.extend(holds.then(|| word.to_owned()));
                }
                words.join(" ")
            }
        };
        assert_eq!(found, expected, "{route}");
    }

    #[test]
    fn resources() {
        for (name, expected) in [
            ("aws_s3_bucket", true),
            ("data.aws_iam_policy_document", true),
            ("aws_iam_policy_document", false),
            ("provider.aws", true),
            // Only version 5 and earlier.
            ("aws_opsworks_stack", true),
            ("aws_s3_bukket", false),
            ("AWS::S3::Bucket", false),
            ("random_id", false),
            ("aws_", false),
            ("", false),
        ] {
            assert_eq!(exists(name), expected, "{name}");
        }
        assert!(all().all(|name| resource(name).unwrap().name() == name));
        let count = |prefix: &str| all().filter(|name| name.starts_with(prefix)).count();
        assert!(count("aws_") > 1700 && count("data.aws_") > 650);
    }

    #[test]
    fn members() {
        for (route, expected) in [
            ("aws_s3_bucket bucket", "String"),
            ("aws_s3_bucket bukket", "-"),
            ("aws_s3_bucket arn", "String read-only"),
            ("aws_s3_bucket force_destroy", "Boolean"),
            ("aws_s3_bucket tags", "Map"),
            ("aws_s3_bucket tags.Name", "String"),
            ("aws_s3_bucket bucket.inside", "?"),
            ("aws_s3_bucket cors_rule", "List block"),
            (
                "aws_s3_bucket cors_rule.[].allowed_methods",
                "List required",
            ),
            ("aws_s3_bucket cors_rule.[].allowed_method", "-"),
            ("aws_s3_bucket versioning", "Object block single"),
            (
                "aws_s3_bucket_versioning versioning_configuration.status",
                "String required",
            ),
            ("aws_subnet cidr_block", "String"),
            ("aws_subnet ipv6_cidr_block", "String"),
            ("aws_db_instance allocated_storage", "Number"),
            ("aws_eks_cluster vpc_config", "Object required block single"),
            (
                "aws_eks_cluster vpc_config.cluster_security_group_id",
                "String read-only",
            ),
            ("aws_eks_cluster certificate_authority", "List read-only"),
            ("aws_eks_cluster certificate_authority.[].data", "?"),
            // Attributes that HCL may write as blocks.
            ("aws_security_group ingress", "List set"),
            ("aws_security_group ingress.[].cidr_blocks", "List"),
            ("aws_security_group ingress.[].self", "Boolean"),
            ("aws_security_group ingress.[].cidr_block", "-"),
            // The newer framework does not say that these stand but once; an earlier version did.
            (
                "aws_s3_bucket_lifecycle_configuration rule.[].filter",
                "Object block single",
            ),
            ("aws_db_instance name", "String earlier"),
            ("aws_eip vpc", "Boolean earlier"),
            (
                "aws_elasticache_replication_group number_cache_clusters",
                "Number earlier",
            ),
            // Without end.
            (
                "aws_wafv2_web_acl rule.[].statement.and_statement.statement.[].not_statement.statement.[].geo_match_statement",
                "Object block single",
            ),
            ("aws_wafv2_web_acl rule.[].statement.anything", "?"),
            (
                "data.aws_iam_policy_document statement.[].actions",
                "List set",
            ),
            (
                "data.aws_iam_policy_document statement.[].condition.[].test",
                "String required",
            ),
            ("data.aws_iam_policy_document json", "String read-only"),
            ("provider.aws default_tags.tags", "Map"),
        ] {
            check(route, expected);
        }
    }

    #[test]
    fn meta_arguments() {
        for (route, expected) in [
            ("aws_s3_bucket count", "?"),
            ("aws_s3_bucket for_each", "?"),
            ("aws_s3_bucket lifecycle", "?"),
            ("aws_s3_bucket dynamic", "?"),
            ("aws_s3_bucket //", "?"),
            ("aws_s3_bucket_versioning timeouts", "?"),
            ("aws_s3_bucket logging.dynamic", "?"),
            ("aws_s3_bucket logging.count", "-"),
            ("aws_s3_bucket timeouts", "Object block single"),
        ] {
            check(route, expected);
        }
        let aws = crate::resource_type("AWS::S3::Bucket").unwrap().shape();
        assert!(matches!(aws.member("count"), Member::Unknown));
        assert!(aws.kinds().eq([Kind::Object]));
    }
}
