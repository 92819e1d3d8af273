//! The way from text to findings, stage by stage, over all templates of a folder: `fixtures/showcase`, or the folder
//! that `PILLARLINT_BENCH_DIR` names. One thread, files in memory, so that the stages can be compared with one another.

#![allow(
    missing_docs,
    clippy::disallowed_methods,
    reason = "the macros of criterion write functions without docs, and a bench reads files"
)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pillarlint_engine::check::check;
use pillarlint_engine::plan::Plan;
use pillarlint_engine::rule::Preset;
use pillarlint_engine::selector;
use pillarlint_parser::recognise::{Kind, is_json, recognise};
use pillarlint_parser::source::FileId;
use pillarlint_parser::tree::Parsed;
use pillarlint_parser::{cloudformation, json, yaml};
use std::hint::black_box;
use std::path::{Path, PathBuf};

fn templates() -> Vec<(PathBuf, String)> {
    let root = std::env::var("PILLARLINT_BENCH_DIR").map_or_else(
        |_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/showcase"),
        PathBuf::from,
    );
    ignore::Walk::new(root)
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let text = std::fs::read_to_string(entry.path()).ok()?;
            let path = entry.into_path();
            (recognise(&path.to_string_lossy(), &text) == Kind::CloudFormation)
                .then_some((path, text))
        })
        .collect()
}

fn parse(text: &str) -> Parsed<'_> {
    if is_json(text) {
        json::parse(FileId(0), text)
    } else {
        yaml::parse(FileId(0), text)
    }
}

fn stages(criterion: &mut Criterion) {
    let templates = templates();
    let bytes: usize = templates.iter().map(|(_, text)| text.len()).sum();
    let rules = pillarlint_rules::ruleset();
    let plan = |preset| Plan::new(rules, &selector::active(rules, preset, &[], &[]));
    let (recommended, all) = (plan(Preset::Recommended), plan(Preset::All));

    let mut group = criterion.benchmark_group("stages");
    group
        .sample_size(20)
        .throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("1 read", |b| {
        b.iter(|| {
            for (path, _) in &templates {
                black_box(std::fs::read(path).ok());
            }
        });
    });
    group.bench_function("2 parse", |b| {
        b.iter(|| {
            for (_, text) in &templates {
                black_box(parse(text));
            }
        });
    });
    group.bench_function("3 parse and lower", |b| {
        b.iter(|| {
            for (_, text) in &templates {
                for root in parse(text).documents {
                    black_box(cloudformation::lower(FileId(0), text, root));
                }
            }
        });
    });
    for (name, plan) in [
        ("4 parse, lower and check (recommended)", &recommended),
        ("5 parse, lower and check (all)", &all),
    ] {
        group.bench_function(name, |b| {
            b.iter(|| {
                for (_, text) in &templates {
                    for root in parse(text).documents {
                        let project = cloudformation::lower(FileId(0), text, root);
                        black_box(check(&project, &[], rules, plan));
                    }
                }
            });
        });
    }
    group.finish();
}

/// A bucket with so many independent conditions, each on a property of its own.
fn with_conditions(count: usize) -> String {
    let mut text = "Parameters:\n".to_owned();
    for n in 0..count {
        text += &format!("  P{n}: {{ Type: String }}\n");
    }
    text += "Conditions:\n";
    for n in 0..count {
        text += &format!("  C{n}: !Equals [!Ref P{n}, yes-{n}]\n");
    }
    text += "Resources:\n";
    for n in 0..count {
        text += &format!(
            "  Db{n}:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      Engine: postgres\n      MultiAZ: !If [C{n}, true, false]\n      StorageEncrypted: !If [C{n}, true, !Ref AWS::NoValue]\n"
        );
    }
    text += "  Bucket:\n    Type: AWS::S3::Bucket\n    Properties:\n      Tags:\n";
    for n in 0..count {
        text += &format!("        - {{ Key: K{n}, Value: !If [C{n}, a, b] }}\n");
    }
    text
}

fn conditions(criterion: &mut Criterion) {
    let rules = pillarlint_rules::ruleset();
    let plan = Plan::new(rules, &selector::active(rules, Preset::All, &[], &[]));
    let mut group = criterion.benchmark_group("independent conditions");
    for count in [4, 8, 16, 26] {
        let text = with_conditions(count);
        group.bench_function(count.to_string(), |b| {
            b.iter(|| {
                for root in parse(&text).documents {
                    let project = cloudformation::lower(FileId(0), &text, root);
                    black_box(check(&project, &[], rules, &plan));
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, stages, conditions);
criterion_main!(benches);
