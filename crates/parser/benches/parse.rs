//! How quickly text becomes a tree: a template of about 1 MB, as YAML and as JSON, and as much HCL.

#![allow(
    missing_docs,
    reason = "the macros of criterion write functions without"
)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pillarlint_parser::recognise::recognise;
use pillarlint_parser::source::FileId;
use pillarlint_parser::terraform::hcl;
use pillarlint_parser::{json, yaml};
use std::hint::black_box;

/// A template with so many buckets and roles.
fn yaml_template(count: usize) -> String {
    let mut text =
        "AWSTemplateFormatVersion: '2010-09-09'\nDescription: many\nResources:\n".to_owned();
    for n in 0..count {
        text += &format!(
            "  Bucket{n}:\n    Type: AWS::S3::Bucket\n    DeletionPolicy: Retain # kept\n    Properties:\n      \
             BucketName: !Sub '${{AWS::StackName}}-bucket-{n}'\n      VersioningConfiguration:\n        \
             Status: Enabled\n      Tags:\n        - Key: Name\n          Value: !Ref Name{n}\n        \
             - {{Key: \"Cost \\\"centre\\\"\", Value: 12}}\n  Role{n}:\n    Type: AWS::IAM::Role\n    Properties:\n      \
             AssumeRolePolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n          \
             - Effect: Allow\n            Principal:\n              Service: lambda.amazonaws.com\n            \
             Action: sts:AssumeRole\n      Description: |\n        A role that is assumed\n        by one function.\n"
        );
    }
    text
}

/// The same as indented JSON.
fn json_template(count: usize) -> String {
    let mut text =
        "{\n  \"AWSTemplateFormatVersion\": \"2010-09-09\",\n  \"Resources\": {\n".to_owned();
    for n in 0..count {
        let comma = if n + 1 < count { "," } else { "" };
        text += &format!(
            "    \"Bucket{n}\": {{\n      \"Type\": \"AWS::S3::Bucket\",\n      \"DeletionPolicy\": \"Retain\",\n      \
             \"Properties\": {{\n        \"BucketName\": {{ \"Fn::Sub\": \"${{AWS::StackName}}-bucket-{n}\" }},\n        \
             \"VersioningConfiguration\": {{ \"Status\": \"Enabled\" }},\n        \"Tags\": [\n          \
             {{ \"Key\": \"Name\", \"Value\": {{ \"Ref\": \"Name{n}\" }} }},\n          \
             {{ \"Key\": \"Cost \\\"centre\\\"\", \"Value\": 12 }}\n        ]\n      }}\n    }},\n    \
             \"Role{n}\": {{\n      \"Type\": \"AWS::IAM::Role\",\n      \"Properties\": {{\n        \
             \"AssumeRolePolicyDocument\": {{\n          \"Version\": \"2012-10-17\",\n          \"Statement\": [\n            \
             {{\n              \"Effect\": \"Allow\",\n              \"Principal\": {{ \"Service\": \"lambda.amazonaws.com\" }},\n              \
             \"Action\": \"sts:AssumeRole\"\n            }}\n          ]\n        }},\n        \
             \"Description\": \"A role that is assumed\\nby one function.\\n\"\n      }}\n    }}{comma}\n"
        );
    }
    text + "  }\n}\n"
}

/// As many buckets and roles in Terraform; `broken` makes one block in a hundred unreadable.
fn configuration(count: usize, broken: bool) -> String {
    let mut text = String::new();
    for n in 0..count {
        let value = if broken && n % 100 == 50 {
            "= true"
        } else {
            "true"
        };
        text += &format!(
            "# Bucket {n}\nresource \"aws_s3_bucket\" \"bucket_{n}\" {{\n  count  = var.buckets ? 1 : 0\n  \
             bucket = \"${{local.prefix}}-bucket-{n}\" # kept\n  force_destroy = {value}\n\n  tags = merge(local.tags, {{\n    \
             Name = \"Bucket {n}\"\n    Cost = 12\n  }})\n\n  lifecycle {{\n    prevent_destroy = true\n  }}\n}}\n\n\
             resource \"aws_iam_role\" \"role_{n}\" {{\n  name        = format(\"role-%d\", {n})\n  \
             description = \"A role that is assumed by one function.\"\n  assume_role_policy = <<-EOT\n    {{\n      \
             \"Version\": \"2012-10-17\",\n      \"Statement\": [{{ \"Effect\": \"Allow\", \"Action\": \"sts:AssumeRole\",\n        \
             \"Principal\": {{ \"AWS\": \"${{aws_iam_role.other[0].arn}}\" }} }}]\n    }}\n  EOT\n}}\n\n"
        );
    }
    text
}

fn parse(criterion: &mut Criterion) {
    let (yaml_text, json_text) = (yaml_template(1400), json_template(1000));
    let mut group = criterion.benchmark_group("parse");
    group.throughput(Throughput::Bytes(yaml_text.len() as u64));
    group.bench_function("yaml", |b| {
        b.iter(|| yaml::parse(FileId(0), black_box(&yaml_text)))
    });
    group.throughput(Throughput::Bytes(json_text.len() as u64));
    group.bench_function("json", |b| {
        b.iter(|| json::parse(FileId(0), black_box(&json_text)))
    });
    for (name, broken) in [("hcl", false), ("hcl with errors", true)] {
        let text = configuration(1400, broken);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |b| b.iter(|| hcl::parse(FileId(0), black_box(&text))));
    }
    // A file that is no template is read to its end.
    let other = json_text
        .replace("AWSTemplateFormatVersion", "Version")
        .replace("\"Type\": \"AWS", "\"Type\": \"X");
    group.throughput(Throughput::Bytes(other.len() as u64));
    group.bench_function("recognise", |b| {
        b.iter(|| recognise("a.json", black_box(&other)))
    });
    group.finish();
}

criterion_group!(benches, parse);
criterion_main!(benches);
