//! How much of the Terraform configurations below a folder can be told before an apply, and why the rest cannot:
//! `cargo run --release -p pillarlint --example unknown -- FOLDER...`

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a tool for those who work on the evaluator"
)]

#[path = "../benches/support/configurations.rs"]
mod configurations;

use configurations::{modules, texts};
use pillarlint_engine::provider::AwsProvider;
use pillarlint_parser::terraform::{self, NoFiles, Options};
use pillarlint_parser::tree::{Node, Origin, Symbol, Value};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

#[derive(Default)]
struct Counts {
    /// Texts, numbers and the like.
    known: usize,
    /// What resources give after an apply, and texts with such in them: it is known what is referred to.
    referred: usize,
    /// One of two values, by a condition.
    choices: usize,
    /// The rest, by why.
    unknown: BTreeMap<String, usize>,
}

fn main() {
    for folder in std::env::args().skip(1) {
        let texts = texts(Path::new(&folder));
        let modules = modules(&texts);
        let options = Options {
            variables: HashMap::new(),
            arguments: &AwsProvider,
            files: &NoFiles,
            workspace: "default",
        };
        let mut counts = Counts::default();
        let (mut resources, mut roots) = (0, 0);
        for root in modules.roots() {
            let project = terraform::lower(root, &modules, &options);
            roots += 1;
            resources += project.resources.len();
            for resource in &project.resources {
                count(&resource.properties, &mut counts);
            }
        }
        let unknown: usize = counts.unknown.values().sum();
        let all = counts.known + counts.referred + counts.choices + unknown;
        println!(
            "{folder}: {} files, {roots} root modules, {resources} resources, {all} values: {} known, {} references, {} by a condition, {unknown} unknown ({:.1} %)",
            texts.len(),
            counts.known,
            counts.referred,
            counts.choices,
            unknown as f64 * 100.0 / all.max(1) as f64
        );
        let mut causes: Vec<(&String, &usize)> = counts.unknown.iter().collect();
        causes.sort_by_key(|(why, count)| (std::cmp::Reverse(**count), *why));
        for (why, count) in causes.into_iter().take(5) {
            println!("  {count:6} {why}");
        }
    }
}

fn count(node: &Node<'_>, counts: &mut Counts) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| count(item, counts)),
        Value::Map(map) => map
            .entries
            .iter()
            .for_each(|entry| count(&entry.value, counts)),
        Value::Json(json) => count(&json.tree, counts),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => counts.known += 1,
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Reference(reference) => match &reference.origin {
                Origin::Parameter(name) => {
                    let why = match name.rsplit('.').nth(1) {
                        Some("var") => "a variable without a default",
                        Some("module") => "a module that was not read",
                        _ => "a data source",
                    };
                    *counts.unknown.entry(why.to_owned()).or_default() += 1;
                }
                _ => counts.referred += 1,
            },
            Symbol::Text(_) => counts.referred += 1,
            Symbol::Choice(_) => counts.choices += 1,
            Symbol::Unknown(why) => *counts.unknown.entry(why.to_string()).or_default() += 1,
        },
    }
}
