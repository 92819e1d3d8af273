//! What the AWS CDK leaves in the templates that it writes: where in the program a resource was made, and what the CDK
//! adds of its own.
//!
//! The construct path stands in the metadata of each resource:
//! <https://docs.aws.amazon.com/cdk/v2/guide/identifiers.html#identifiers-paths>. The CDK adds functions and roles that
//! stand behind some of its constructs; their paths are the same in all programs:
//! <https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html>.

use crate::model::Construct;
use crate::tree::{Node, Value};

/// Custom resource providers of the library. A program's own ones are called alike, and are not among them.
const PROVIDERS: [&str; 15] = [
    "AWSCDK.TriggerCustomResourceProvider",
    "Custom::AWSCDKCfnUtilsProvider",
    "Custom::AWSCDKOpenIdConnectProvider",
    "Custom::CrossAccountZoneDelegation",
    "Custom::CrossRegionExportReader",
    "Custom::CrossRegionExportWriter",
    "Custom::CrossRegionStringParameterReader",
    "Custom::DeleteExistingRecordSet",
    "Custom::DynamoDBReplica",
    "Custom::ECRAutoDeleteImages",
    "Custom::RDSAutoDeleteSnapshots",
    "Custom::S3AutoDeleteObjects",
    "Custom::SesAutoDelete",
    "Custom::SynthAutoDeleteUnderlyingResources",
    "Custom::VpcRestrictDefaultSG",
];

/// How the singletons of the library begin: a name, and an id that is fixed in its code.
const SINGLETONS: [&str; 4] = [
    // AwsCustomResource
    "AWS679f53fac002430cb0da5b7982bd2287",
    "BucketNotificationsHandler050a0587b7544547bf325f094a3db834",
    "Custom::CDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C",
    "LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8a",
];

/// What the provider framework makes around the functions of a program.
const FRAMEWORK: [&str; 4] = [
    "framework-isComplete",
    "framework-onEvent",
    "framework-onTimeout",
    "waiter-state-machine",
];

/// The construct that a resource was made by, from what stands beside its properties.
pub(super) fn construct<'s>(attributes: &Node<'s>) -> Option<Construct<'s>> {
    let path = attributes.get("Metadata")?.get("aws:cdk:path")?;
    match &path.value {
        Value::String(path) => Some(Construct {
            path: path.clone(),
            is_of_cdk: is_of_cdk(path),
        }),
        _ => None,
    }
}

/// Whether a construct is none of the program's, but one that the CDK adds.
fn is_of_cdk(path: &str) -> bool {
    let mut ids = path.split('/').skip(1);
    ids.any(|id| {
        let provider = id.strip_suffix("CustomResourceProvider");
        provider.is_some_and(|name| PROVIDERS.contains(&name))
            || SINGLETONS.iter().any(|singleton| id.starts_with(singleton))
            || FRAMEWORK.contains(&id)
            // Nested stacks that the library makes for providers.
            || id.starts_with("@aws-cdk--")
            || id == "CDKMetadata"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constructs_of_the_cdk_are_told_from_those_of_programs() {
        for (path, expected) in [
            (
                "Shop/Custom::S3AutoDeleteObjectsCustomResourceProvider/Role",
                true,
            ),
            (
                "Shop/Custom::VpcRestrictDefaultSGCustomResourceProvider/Handler",
                true,
            ),
            (
                "Beta/Edge/Custom::CrossRegionExportWriterCustomResourceProvider/Role",
                true,
            ),
            (
                "Shop/AWSCDK.TriggerCustomResourceProviderCustomResourceProvider/Role",
                true,
            ),
            (
                "Shop/LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8a/Resource",
                true,
            ),
            (
                "Shop/Custom::CDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C512MiB/ServiceRole/Resource",
                true,
            ),
            (
                "Orders/AWS679f53fac002430cb0da5b7982bd2287/ServiceRole/Resource",
                true,
            ),
            (
                "Orders/Provider/framework-onEvent/ServiceRole/DefaultPolicy/Resource",
                true,
            ),
            ("Orders/Provider/waiter-state-machine/Role/Resource", true),
            (
                "Orders/@aws-cdk--aws-eks.KubectlProvider/Handler/Resource",
                true,
            ),
            ("Shop/CDKMetadata/Default", true),
            // A program's own provider, its functions, and what looks alike.
            ("Shop/Custom::MyThingCustomResourceProvider/Role", false),
            ("Orders/Provider/OnEvent/Resource", false),
            ("Orders/Seed/CustomResourcePolicy/Resource", false),
            ("Orders/LogRetention/Resource", false),
            ("Orders/Handler/framework-onEventual/Resource", false),
            ("AWS679f53fac002430cb0da5b7982bd2287", false),
            ("", false),
        ] {
            assert_eq!(is_of_cdk(path), expected, "{path}");
        }
    }
}
