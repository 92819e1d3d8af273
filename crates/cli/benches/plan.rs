//! The way from the text of a plan to findings, stage by stage: a made plan of 1,000 and of 10,000 resources, or the
//! plan that `PILLARLINT_BENCH_PLAN` names. One thread, text in memory.

#![allow(
    missing_docs,
    clippy::disallowed_methods,
    reason = "the macros of criterion write functions without docs, and a bench reads files"
)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pillarlint_engine::check::check;
use pillarlint_engine::plan::Plan;
use pillarlint_engine::provider::AwsProvider;
use pillarlint_engine::rule::Preset;
use pillarlint_engine::selector;
use pillarlint_parser::json;
use pillarlint_parser::source::FileId;
use pillarlint_parser::terraform::plan;
use std::hint::black_box;

/// A plan of so many resources, in the root module and in sixteen others, as Terraform writes it.
fn made(count: usize) -> String {
    let mut changes = Vec::with_capacity(count);
    let mut planned = Vec::with_capacity(count);
    let mut declared: Vec<Vec<String>> = vec![Vec::new(); 17];
    for n in 0..count {
        let group = n / 4;
        let (kind, values, unknown, expressions) = match n % 4 {
            0 => (
                "aws_s3_bucket",
                format!(
                    r#"{{"bucket":"data-{group}","bucket_prefix":null,"force_destroy":false,"object_lock_enabled":false,"tags":{{"Stage":"dev"}},"tags_all":{{"Stage":"dev"}},"timeouts":null}}"#
                ),
                r#"{"acl":true,"arn":true,"id":true,"logging":true,"region":true,"tags":{},"tags_all":{},"versioning":true}"#,
                format!(
                    r#"{{"bucket":{{"constant_value":"data-{group}"}},"tags":{{"constant_value":{{"Stage":"dev"}}}}}}"#
                ),
            ),
            1 => (
                "aws_s3_bucket_versioning",
                r#"{"expected_bucket_owner":null,"mfa":null,"versioning_configuration":[{"mfa_delete":null,"status":"Enabled"}]}"#.to_owned(),
                r#"{"bucket":true,"id":true,"versioning_configuration":[{}]}"#,
                format!(
                    r#"{{"bucket":{{"references":["aws_s3_bucket.r{group}.id","aws_s3_bucket.r{group}"]}},"versioning_configuration":[{{"status":{{"constant_value":"Enabled"}}}}]}}"#
                ),
            ),
            2 => (
                "aws_security_group",
                format!(
                    r#"{{"description":"managed","egress":[{{"cidr_blocks":["0.0.0.0/0"],"description":"","from_port":0,"ipv6_cidr_blocks":[],"prefix_list_ids":[],"protocol":"-1","security_groups":[],"self":false,"to_port":0}}],"ingress":[{{"cidr_blocks":["10.0.0.0/8"],"description":"ssh","from_port":22,"ipv6_cidr_blocks":[],"prefix_list_ids":[],"protocol":"tcp","security_groups":[],"self":false,"to_port":22}}],"name":"sg-{group}","revoke_rules_on_delete":false,"tags":null,"timeouts":null}}"#
                ),
                r#"{"arn":true,"egress":[{"cidr_blocks":[false]}],"id":true,"ingress":[{"cidr_blocks":[false]}],"name_prefix":true,"owner_id":true,"tags_all":true,"vpc_id":true}"#,
                format!(r#"{{"description":{{"constant_value":"managed"}},"name":{{"constant_value":"sg-{group}"}}}}"#),
            ),
            _ => (
                "aws_iam_role_policy",
                format!(
                    r#"{{"name":"p-{group}","policy":"{{\"Statement\":[{{\"Action\":[\"s3:GetObject\"],\"Effect\":\"Allow\",\"Resource\":\"arn:aws:s3:::data-{group}/*\"}}],\"Version\":\"2012-10-17\"}}","role":"worker"}}"#
                ),
                r#"{"id":true,"name_prefix":true}"#,
                r#"{"name":{"references":["local.name"]},"policy":{"references":["data.aws_iam_policy_document.p.json","data.aws_iam_policy_document.p"]},"role":{"constant_value":"worker"}}"#.to_owned(),
            ),
        };
        let module = group % 17;
        let name = format!("{kind}.r{group}");
        let address = match module {
            0 => name.clone(),
            module => format!("module.m{module}.{name}"),
        };
        let head = format!(
            r#""address":"{address}","mode":"managed","type":"{kind}","name":"r{group}","provider_name":"registry.terraform.io/hashicorp/aws""#
        );
        changes.push(format!(
            r#"{{{head},"change":{{"actions":["create"],"before":null,"after":{values},"after_unknown":{unknown},"before_sensitive":false,"after_sensitive":{{}}}}}}"#
        ));
        planned.push(format!(
            r#"{{{head},"schema_version":0,"values":{values},"sensitive_values":{{}}}}"#
        ));
        declared[module].push(format!(
            r#"{{"address":"{name}","mode":"managed","type":"{kind}","name":"r{group}","provider_config_key":"aws","expressions":{expressions},"schema_version":0}}"#
        ));
    }
    let calls: Vec<String> = (1..17)
        .map(|module| {
            let resources = declared[module].join(",");
            format!(r#""m{module}":{{"source":"./m","module":{{"resources":[{resources}]}}}}"#)
        })
        .collect();
    format!(
        r#"{{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{{"root_module":{{"resources":[{}]}}}},"resource_changes":[{}],"configuration":{{"root_module":{{"resources":[{}],"module_calls":{{{}}}}}}}}}"#,
        planned.join(","),
        changes.join(","),
        declared[0].join(","),
        calls.join(",")
    )
}

fn plans() -> Vec<(String, String)> {
    let named = std::env::var("PILLARLINT_BENCH_PLAN")
        .ok()
        .and_then(|path| Some((path.clone(), std::fs::read_to_string(path).ok()?)));
    match named {
        Some(named) => vec![named],
        None => [1_000, 10_000]
            .map(|count| (count.to_string(), made(count)))
            .to_vec(),
    }
}

fn stages(criterion: &mut Criterion) {
    let rules = pillarlint_rules::ruleset();
    let questions = Plan::new(
        rules,
        &selector::active(rules, Preset::Recommended, &[], &[]),
    );
    for (name, text) in plans() {
        let mut group = criterion.benchmark_group(format!("plan {name}"));
        group
            .sample_size(10)
            .throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function("1 parse", |b| {
            b.iter(|| black_box(json::parse(FileId(0), &text)));
        });
        group.bench_function("2 parse and lower", |b| {
            b.iter(|| {
                for root in json::parse(FileId(0), &text).documents {
                    black_box(plan::lower(FileId(0), &text, root, &AwsProvider));
                }
            });
        });
        group.bench_function("3 parse, lower and check", |b| {
            b.iter(|| {
                for root in json::parse(FileId(0), &text).documents {
                    let plan = plan::lower(FileId(0), &text, root, &AwsProvider);
                    black_box(check(&plan.project, &[], rules, &questions));
                }
            });
        });
        group.finish();
    }
}

criterion_group!(benches, stages);
criterion_main!(benches);
