//! Cloud assemblies of the AWS CDK.

use super::*;
use serde_json::Value;
use snapbox::{assert_data_eq, file};

/// The template of an application: a queue, and a function that the CDK adds.
const TEMPLATE: &str = r#"{
 "Resources": {
  "Queue4A7E3555": {
   "Type": "AWS::SQS::Queue",
   "Metadata": { "aws:cdk:path": "Shop/Queue/Resource" }
  },
  "LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8aFD4BFC8A": {
   "Type": "AWS::SQS::Queue",
   "Metadata": { "aws:cdk:path": "Shop/LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8a/Resource" }
  },
  "CDKMetadata": {
   "Type": "AWS::CDK::Metadata",
   "Properties": { "Analytics": "v2:deflate64:H4s" },
   "Metadata": { "aws:cdk:path": "Shop/CDKMetadata/Default" },
   "Condition": "CDKMetadataAvailable"
  },
  "StoreNested": {
   "Type": "AWS::CloudFormation::Stack",
   "Properties": { "TemplateURL": { "Fn::Join": ["", ["https://s3.", { "Ref": "AWS::Region" }, ".amazonaws.com/assets/a.json"]] } },
   "Metadata": { "aws:cdk:path": "Shop/Store.NestedStack/Store.NestedStackResource", "aws:asset:path": "ShopStore.nested.template.json", "aws:asset:property": "TemplateURL" }
  }
 },
 "Conditions": {
  "CDKMetadataAvailable": { "Fn::Or": [{ "Fn::Equals": [{ "Ref": "AWS::Region" }, "eu-west-1"] }, { "Fn::Equals": [{ "Ref": "AWS::Region" }, "us-east-1"] }] }
 },
 "Parameters": {
  "BootstrapVersion": { "Type": "AWS::SSM::Parameter::Value<String>", "Default": "/cdk-bootstrap/hnb659fds/version", "Description": "Version of the CDK Bootstrap resources" }
 },
 "Rules": {
  "CheckBootstrapVersion": { "Assertions": [{ "Assert": { "Fn::Not": [{ "Fn::Contains": [["1", "2"], { "Ref": "BootstrapVersion" }] }] }, "AssertDescription": "CDK bootstrap stack version 6 required." }] }
 }
}
"#;

const NESTED: &str = r#"{ "Resources": { "Dead": {
 "Type": "AWS::SQS::Queue", "Metadata": { "aws:cdk:path": "Shop/Store/Dead/Resource" } } } }
"#;

/// The metadata in a file of its own, with the stacks of calls.
const METADATA: &str = r#"{
 "/Shop/Queue/Resource": [
  { "type": "aws:cdk:logicalId", "data": "Queue4A7E3555" },
  { "type": "aws:cdk:creationStack", "data": ["...new Queue in aws-cdk-lib...", "new Shop (/elsewhere/lib/shop.ts:7:5)", "...node internals..."] }
 ]
}
"#;

/// As older versions write it: the metadata in the manifest.
const MANIFEST: &str = r#"{
 "version": "36.0.0",
 "artifacts": {
  "Shop": {
   "type": "aws:cloudformation:stack",
   "properties": { "templateFile": "Shop.template.json" },
   "additionalMetadataFile": "Shop.metadata.json",
   "metadata": { "/Shop/Store/Dead/Resource": [
    { "type": "aws:cdk:logicalId", "data": "Dead", "trace": ["    at new Store (/elsewhere/node_modules/x/store.js:1:1)", "    at new Shop (/elsewhere/lib/shop.ts:9:5)"] }
   ] }
  }
 }
}
"#;

fn assembly() -> TempDir {
    let asset = format!("cdk.out/asset.{}/broken.template.json", "0a".repeat(32));
    folder(&[
        ("cdk.json", "{}"),
        ("cdk.out/cdk.out", "{\"version\":\"36.0.0\"}"),
        ("cdk.out/manifest.json", MANIFEST),
        ("cdk.out/tree.json", "{"),
        ("cdk.out/Shop.assets.json", "{"),
        ("cdk.out/Shop.metadata.json", METADATA),
        ("cdk.out/Shop.template.json", TEMPLATE),
        ("cdk.out/ShopStore.nested.template.json", NESTED),
        ("cdk.out/assembly-Beta/cdk.out", "{}"),
        ("cdk.out/assembly-Beta/manifest.json", "{}"),
        ("cdk.out/assembly-Beta/Beta.template.json", NESTED),
        (&asset, "{ \"Resources\":"),
        (".gitignore", "cdk.out\n"),
    ])
}

#[test]
fn findings_name_constructs_and_lines() {
    let folder = assembly();
    let args = ["cdk.out", "--format", "text"];
    let ran = run_check(folder.path(), &args, b"");
    assert_eq!(ran.code, 1);
    assert_data_eq!(ran.stdout.clone(), file!["../snapshots/cdk.txt"]);
    // The manifest stands for the folder.
    let manifest = ["cdk.out/manifest.json", "--format", "text"];
    assert_eq!(run_check(folder.path(), &manifest, b"").stdout, ran.stdout);
}

#[track_caller]
fn check_constructs(args: &[&str], expected: &[&str], left_aside: u64) {
    check_constructs_in(&assembly(), args, expected, left_aside);
}

#[track_caller]
fn check_constructs_in(folder: &TempDir, args: &[&str], expected: &[&str], left_aside: u64) {
    let args = [&["cdk.out", "--format", "json"], args].concat();
    let output = run_check(folder.path(), &args, b"").stdout;
    let output: Value = serde_json::from_str(&output).unwrap();
    let findings = output["findings"].as_array().unwrap().iter();
    let constructs: Vec<String> = findings
        .map(|one| {
            let construct = &one["construct"];
            let path = construct["path"].as_str().unwrap();
            let at = construct["made_at"].as_str().unwrap_or("nowhere");
            format!("{path} {at} {}", construct["is_of_cdk"])
        })
        .collect();
    assert_eq!(constructs, expected, "{args:?}");
    assert_eq!(output["summary"]["left_aside"], left_aside, "{args:?}");
    for list in ["warnings", "errors", "not_read"] {
        assert_eq!(output[list], serde_json::json!([]), "{list}");
    }
    assert_eq!(output["summary"]["skipped_files"], 0);
}

#[test]
fn what_the_cdk_adds_is_left_aside() {
    let nested = "Shop/Store/Dead/Resource /elsewhere/lib/shop.ts:9:5 false";
    let own = "Shop/Queue/Resource /elsewhere/lib/shop.ts:7:5 false";
    let beta = "Shop/Store/Dead/Resource nowhere false";
    check_constructs(&[], &[own, nested, beta], 2);
    let added = "Shop/LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8a/Resource nowhere true";
    let all = [own, added, nested, beta];
    check_constructs(&["--cdk-resources"], &all, 0);
    let folder = assembly();
    let configuration = "cloudformation: { cdk-resources: true }\n";
    std::fs::write(folder.path().join("pillarlint.yaml"), configuration).unwrap();
    check_constructs_in(&folder, &[], &all, 0);
}

#[test]
fn without_its_output_a_program_is_not_checked() {
    let folder = assembly();
    let ran = run_check(folder.path(), &["."], b"");
    assert_eq!(ran.code, 3);
    assert!(ran.stdout.contains("`cdk synth`"), "{}", ran.stdout);
}
