//! The way from text to findings, stage by stage, over all Terraform configurations of a folder:
//! `fixtures/terraform`, or the folder that `PILLARLINT_BENCH_DIR` names. One thread, files in memory, so that the
//! stages can be compared with one another.

#![allow(
    missing_docs,
    clippy::disallowed_methods,
    reason = "the macros of criterion write functions without docs, and a bench reads files"
)]

#[path = "support/configurations.rs"]
mod configurations;

use configurations::{modules, texts};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pillarlint_engine::check::check;
use pillarlint_engine::plan::Plan;
use pillarlint_engine::provider::AwsProvider;
use pillarlint_engine::rule::Preset;
use pillarlint_engine::selector;
use pillarlint_parser::terraform::{self, NoFiles, Options};
use std::collections::HashMap;
use std::hint::black_box;
use std::path::{Path, PathBuf};

fn stages(criterion: &mut Criterion) {
    let root = std::env::var("PILLARLINT_BENCH_DIR").map_or_else(
        |_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/terraform"),
        PathBuf::from,
    );
    let texts = texts(&root);
    let bytes: usize = texts.iter().map(|(_, text)| text.len()).sum();
    let rules = pillarlint_rules::ruleset();
    let plan = |preset| Plan::new(rules, &selector::active(rules, preset, &[], &[]));
    let (recommended, all) = (plan(Preset::Recommended), plan(Preset::All));
    let options = Options {
        variables: HashMap::new(),
        arguments: &AwsProvider,
        files: &NoFiles,
        workspace: "default",
    };

    let mut group = criterion.benchmark_group("terraform");
    group
        .sample_size(20)
        .throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("1 read", |b| {
        b.iter(|| {
            for (path, _) in &texts {
                black_box(std::fs::read(path).ok());
            }
        });
    });
    group.bench_function("2 parse", |b| {
        b.iter(|| black_box(modules(&texts)));
    });
    group.bench_function("3 parse, lower", |b| {
        b.iter(|| {
            let modules = modules(&texts);
            for root in modules.roots() {
                black_box(terraform::lower(root, &modules, &options));
            }
        });
    });
    for (name, plan) in [
        ("4 parse, lower, check recommended", &recommended),
        ("5 parse, lower, check all", &all),
    ] {
        group.bench_function(name, |b| {
            b.iter(|| {
                let modules = modules(&texts);
                for root in modules.roots() {
                    let project = terraform::lower(root, &modules, &options);
                    black_box(check(&project, &[], rules, plan));
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, stages);
criterion_main!(benches);
