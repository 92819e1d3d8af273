//! `pillarlint rules`: the rules as a table or as JSON.

use crate::args::{ListFormat, RulesArgs, SelectionArgs};
use crate::config::{self, Configurations, Flags, Judging, rule_folders};
use crate::files::shown;
use crate::report::json;
use crate::text::count;
use crate::{CLEAN, Console, Failure, own_rules, selectors};
use pillarlint_engine::parameter::{Parameter, Setting};
use pillarlint_engine::rule::{Header, Preset};
use pillarlint_engine::selector;
use serde::Serialize;
use serde_json::Value;
use std::io::{self, Write};

pub(crate) fn run(args: &RulesArgs, console: &mut Console) -> Result<u8, Failure> {
    let SelectionArgs {
        select,
        ignore,
        rules,
    } = &args.selection;
    let configurations = Configurations::new(&args.config);
    let path = args.r#for.as_deref().map(shown);
    let path = path.as_deref().unwrap_or(config::NAME);
    configurations.meet(std::iter::once(path))?;
    let folders = rule_folders(&configurations.all());
    let own = own_rules::beside_ours(rules, &folders, console.errors)?;
    let ruleset = own.ruleset();
    let flags = Flags {
        preset: args.preset,
        select: selectors(select, ruleset)?,
        ignore: selectors(ignore, ruleset)?,
        ..Flags::default()
    };
    let mut headers: Vec<Header> = Vec::new();
    if args.r#for.is_some() {
        let settings = Judging::new(&own, &configurations, flags)?.of(path);
        for (index, rule) in ruleset.rules.iter().enumerate() {
            let severity = settings.severity(index, rule.header.severity);
            headers.extend(severity.map(|severity| Header {
                severity,
                ..rule.header.clone()
            }));
        }
    } else {
        let preset = flags.preset.unwrap_or(Preset::All);
        let active = selector::active(ruleset, preset, &flags.select, &flags.ignore);
        let on = ruleset
            .rules
            .iter()
            .zip(active)
            .filter(|(_, active)| *active);
        headers.extend(on.map(|(rule, _)| rule.header.clone()));
    }
    match args.format {
        ListFormat::Table => write_table(&headers, console.output)?,
        ListFormat::Json => write_json(&headers, console.output)?,
    }
    Ok(CLEAN)
}

fn write_table(headers: &[Header], out: &mut dyn Write) -> io::Result<()> {
    let width = |of: fn(&Header) -> usize| headers.iter().map(of).max().unwrap_or(0);
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

fn write_json(headers: &[Header], out: &mut dyn Write) -> io::Result<()> {
    let rules = headers.iter().map(rule).collect();
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
