//! `pillarlint test`: the examples of rules, run as the tests that they are.

use crate::args::TestArgs;
use crate::text::{count, escape};
use crate::{CLEAN, Console, FINDINGS, Failure, own_rules};
use pillarlint_engine::example::{self, Mismatch};
use pillarlint_engine::ruleset::{Rule, Ruleset};
use rayon::prelude::*;
use std::io::{self, Write};

pub(crate) fn run(args: &TestArgs, console: &mut Console) -> Result<u8, Failure> {
    let own = args.folder.as_deref().map(own_rules::alone).transpose()?;
    let ruleset = own.as_ref().unwrap_or_else(|| pillarlint_rules::ruleset());
    let rules = wanted(&args.only, ruleset)?;
    let results: Vec<Vec<Mismatch>> = rules
        .par_iter()
        .map(|rule| example::run(ruleset, rule))
        .collect();

    let out = &mut *console.output;
    for (rule, mismatches) in rules.iter().zip(&results) {
        for mismatch in mismatches {
            write_mismatch(rule, mismatch, out)?;
        }
    }
    let examples: usize = rules.iter().map(|rule| rule.docs().examples.len()).sum();
    let mismatches: usize = results.iter().map(Vec::len).sum();
    let (rules, examples) = (count(rules.len(), "rule"), count(examples, "example"));
    if mismatches == 0 {
        writeln!(out, "{rules}, {examples}: all as they say")?;
        return Ok(CLEAN);
    }
    writeln!(out, "{rules}, {examples}: {mismatches} not as they say")?;
    Ok(FINDINGS)
}

fn wanted<'r>(only: &[String], ruleset: &'r Ruleset) -> Result<Vec<&'r Rule>, Failure> {
    if only.is_empty() {
        return Ok(ruleset.rules.iter().collect());
    }
    let rule = |id: &String| {
        let missing = || Failure::Usage(format!("there is no rule `{}`", escape(id)));
        ruleset.rule(id).ok_or_else(missing)
    };
    only.iter().map(rule).collect()
}

fn write_mismatch(rule: &Rule, mismatch: &Mismatch, out: &mut dyn Write) -> io::Result<()> {
    let Mismatch {
        example: index,
        line,
        message,
    } = mismatch;
    let example = rule.docs().examples.get(*index);
    let name = example.map_or("", |example| &example.name);
    let colon = if name.is_empty() { "" } else { ": " };
    writeln!(
        out,
        "{}, example {}{colon}{name}",
        rule.header.id,
        index + 1
    )?;
    let text = example.and_then(|example| example.text.lines().nth(line.checked_sub(1)?));
    if let Some(text) = text {
        writeln!(out, "  {line} │ {}", escape(text))?;
    }
    writeln!(out, "  {message}\n")
}
