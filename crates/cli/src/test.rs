//! `pillarlint test`: the examples of rules, run as the tests that they are.

use crate::args::TestArgs;
use crate::own_rules::{self, Alone};
use crate::report::{Style, text};
use crate::text::{count, escape};
use crate::{CLEAN, Console, FINDINGS, Failure};
use pillarlint_engine::example::{self, Mismatch};
use pillarlint_engine::ruleset::{Rule, Ruleset};
use pillarlint_parser::embedded;
use pillarlint_parser::source::{FileId, SourceFile, SourceMap, Span};
use pillarlint_parser::tree::Problem;
use pillarlint_parser::yaml;
use rayon::prelude::*;

pub(crate) fn run(args: &TestArgs, console: &mut Console) -> Result<u8, Failure> {
    let own = match args.folders.as_slice() {
        [] => None,
        folders => Some(own_rules::alone(folders, console.errors)?),
    };
    let ours = pillarlint_rules::ruleset();
    let ruleset = own.as_ref().map_or(ours, |own| &own.ruleset);
    let rules = wanted(&args.only, ruleset)?;
    let results: Vec<Vec<Mismatch>> = rules
        .par_iter()
        .map(|rule| example::run(ruleset, rule))
        .collect();

    let style = Style {
        color: console.color,
        width: console.width,
    };
    let out = &mut *console.output;
    let mut wrong = 0;
    for (rule, mismatches) in rules.iter().zip(&results) {
        wrong += mismatches.len();
        for mismatch in mismatches {
            let (problem, sources) = placed(rule, mismatch, own.as_ref());
            text::framed(&heading(rule, mismatch), &problem, &sources, style, out)?;
        }
        // An example that is right says nothing of a rule that never finds anything.
        if !rule.docs().examples.iter().any(example::is_bad) {
            wrong += 1;
            let id = escape(&rule.header.id);
            let advice = "mark the line of an example that the rule must report with `# error`";
            writeln!(out, "{id}\n  × no example shows what it finds: {advice}\n")?;
        }
    }
    let examples: usize = rules.iter().map(|rule| rule.docs().examples.len()).sum();
    let (rules, examples) = (count(rules.len(), "rule"), count(examples, "example"));
    if wrong == 0 {
        writeln!(out, "{rules}, {examples}: all as they say")?;
        return Ok(CLEAN);
    }
    writeln!(out, "{rules}, {examples}: {wrong} not as they say")?;
    Ok(FINDINGS)
}

fn wanted<'r>(only: &[String], ruleset: &'r Ruleset) -> Result<Vec<&'r Rule>, Failure> {
    if only.is_empty() {
        return Ok(ruleset.rules.iter().collect());
    }
    let rule = |id: &String| {
        let near = pillarlint_engine::spelling::hint(
            id,
            ruleset.rules.iter().map(|rule| rule.header.id.as_str()),
        );
        let missing = || Failure::Usage(format!("there is no rule `{}`{near}", escape(id)));
        ruleset.rule(id).ok_or_else(missing)
    };
    only.iter().map(rule).collect()
}

/// `rds-multi-az, example 2: a replica`.
fn heading(rule: &Rule, mismatch: &Mismatch) -> String {
    let number = mismatch.example + 1;
    let example = rule.docs().examples.get(mismatch.example);
    let name = example.map_or("", |example| &example.name);
    let colon = if name.is_empty() { "" } else { ": " };
    format!("{}, example {number}{colon}{name}", rule.header.id)
}

/// A mismatch in the rule's file; where that is not at hand, in the example as a file of its own.
fn placed(rule: &Rule, mismatch: &Mismatch, own: Option<&Alone>) -> (Problem, SourceMap) {
    let in_file = own.and_then(|own| {
        let file = own.files.get(&rule.header.id)?;
        let source = own.sources.file(*file);
        let span = in_rule_file(&source.text, mismatch)?;
        Some((source.clone(), span))
    });
    let (source, span) = in_file.unwrap_or_else(|| {
        let id = &rule.header.id;
        let example = rule.docs().examples.get(mismatch.example);
        let source = SourceFile {
            path: format!("example {} of {id}", mismatch.example + 1),
            text: example.map_or_else(String::new, |example| example.text.clone()),
        };
        (source, mismatch.place)
    });
    let files = vec![source];
    (
        Problem::error(span, mismatch.message.clone()),
        SourceMap { files },
    )
}

/// The place of a mismatch in the text of the rule's file, whose only id here is 0.
fn in_rule_file(text: &str, mismatch: &Mismatch) -> Option<Span> {
    let rule = yaml::parse(FileId(0), text).documents.into_iter().next()?;
    let examples = rule.get("examples")?.as_list()?;
    let example = examples.get(mismatch.example)?;
    let written = example.get("cloudformation");
    let written = written.or_else(|| example.get("terraform"))?;
    let said = written.as_str()?;
    Some(embedded::written_at(said, mismatch.place, written.span, text).unwrap_or(written.span))
}
