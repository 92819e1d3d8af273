//! `pillarlint rules`: the rules as a table or as JSON.

use crate::args::{ListFormat, RulesArgs};
use crate::report::json;
use crate::text::count;
use crate::{CLEAN, Console, Failure, own_rules, selectors};
use pillarlint_engine::parameter::{Parameter, Setting};
use pillarlint_engine::rule::Header;
use pillarlint_engine::selector;
use serde::Serialize;
use serde_json::Value;
use std::io::{self, Write};

pub(crate) fn run(args: &RulesArgs, console: &mut Console) -> Result<u8, Failure> {
    let own = own_rules::of_command(&args.selection.rules, &args.config, console.errors)?;
    let ruleset = own.ruleset();
    let select = selectors(&args.selection.select, ruleset)?;
    let ignore = selectors(&args.selection.ignore, ruleset)?;
    let active = selector::active(ruleset, args.preset, &select, &ignore);
    let headers: Vec<&Header> = ruleset
        .rules
        .iter()
        .zip(active)
        .filter_map(|(rule, active)| active.then_some(&rule.header))
        .collect();
    match args.format {
        ListFormat::Table => write_table(&headers, console.output)?,
        ListFormat::Json => write_json(&headers, console.output)?,
    }
    Ok(CLEAN)
}

fn write_table(headers: &[&Header], out: &mut dyn Write) -> io::Result<()> {
    let width =
        |of: fn(&Header) -> usize| headers.iter().map(|header| of(header)).max().unwrap_or(0);
    let ids = width(|header| header.id.len()).max("rule".len());
    let practice = |header: &Header| header.practices.first().cloned().unwrap_or_default();
    let row = |[id, severity, preset, practice, title]: [&str; 5]| {
        format!("{id:ids$}  {severity:8}  {preset:11}  {practice:11}  {title}")
    };
    writeln!(
        out,
        "{}",
        row(["rule", "severity", "preset", "practice", "title"])
    )?;
    for header in headers {
        let (severity, preset) = (header.severity.name(), header.preset.name());
        writeln!(
            out,
            "{}",
            row([
                &header.id,
                severity,
                preset,
                &practice(header),
                &header.title
            ])
        )?;
    }
    writeln!(out, "\n{}", count(headers.len(), "rule"))
}

#[derive(Serialize)]
struct List<'r> {
    version: &'static str,
    rules: Vec<RuleOut<'r>>,
}

#[derive(Serialize)]
struct RuleOut<'r> {
    id: &'r str,
    title: &'r str,
    pillar: &'r str,
    practices: &'r [String],
    severity: &'static str,
    certainty: &'static str,
    preset: &'static str,
    kinds: &'r [String],
    aliases: &'r [String],
    parameters: Vec<ParameterOut<'r>>,
}

#[derive(Serialize)]
struct ParameterOut<'r> {
    name: &'r str,
    description: &'r str,
    #[serde(rename = "type")]
    kind: &'static str,
    default: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    maximum: Option<i64>,
}

fn write_json(headers: &[&Header], out: &mut dyn Write) -> io::Result<()> {
    let rules = headers.iter().map(|header| rule(header)).collect();
    json::to_writer(
        &List {
            version: json::VERSION,
            rules,
        },
        out,
    )
}

fn rule(header: &Header) -> RuleOut<'_> {
    RuleOut {
        id: &header.id,
        title: &header.title,
        pillar: &header.pillar,
        practices: &header.practices,
        severity: header.severity.name(),
        certainty: header.certainty.name(),
        preset: header.preset.name(),
        kinds: &header.kinds,
        aliases: &header.aliases,
        parameters: header.parameters.iter().map(parameter).collect(),
    }
}

fn parameter(parameter: &Parameter) -> ParameterOut<'_> {
    ParameterOut {
        name: &parameter.name,
        description: &parameter.description,
        kind: parameter.value.type_name(),
        default: match &parameter.value {
            // The loader holds that it is one.
            Setting::Integer(text) => text.parse::<i64>().map_or(Value::Null, Value::from),
            Setting::List(texts) => Value::from(texts.as_slice()),
        },
        minimum: parameter.minimum,
        maximum: parameter.maximum,
    }
}
