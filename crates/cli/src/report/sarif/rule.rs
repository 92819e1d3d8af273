//! Rules as SARIF describes them: what GitHub shows beside an alert, and what it sorts and filters by.

use super::level as name_of;
use super::model::{Configuration, Help, Message, Rule, RuleProperties};
use crate::report::entry::{Degree, Level};
use crate::report::page;
use pillarlint_engine::rule::{Certainty, Docs, Fix, Header};
use pillarlint_engine::ruleset::{self, Ruleset};

/// Tags of a rule; GitHub takes no more.
const MOST_TAGS: usize = 10;

/// A rule, with the worst level that it is reported with.
pub(super) fn descriptor<'r>(ruleset: &Ruleset, id: &'r str, level: Level) -> Rule<'r> {
    let rule = ruleset.rule(id);
    let header = rule.map(|rule| &rule.header);
    let title = header.map_or(id, |header| &header.title);
    let docs = rule.map(ruleset::Rule::docs);
    let why = docs.map_or(title, |docs| docs.why.trim());
    Rule {
        id,
        short_description: Message::of(title),
        full_description: Message::of(why),
        help: help(title, docs),
        help_uri: page(ruleset, id),
        default_configuration: Configuration {
            level: name_of(level),
        },
        properties: RuleProperties {
            tags: header.map_or(Vec::new(), tags),
            precision: header.map_or("high", |header| precision(header.certainty)),
            problem_severity: match level.degree() {
                Degree::Error => "error",
                Degree::Warning => "warning",
                Degree::Note => "recommendation",
            },
            security_severity: header
                .is_some_and(|header| header.pillar == "security")
                .then(|| security_severity(level)),
        },
    }
}

/// The pillar and its practices.
fn tags(header: &Header) -> Vec<String> {
    let practices = header.practices.iter().map(|id| format!("wa:{id}"));
    let all = [header.pillar.clone()].into_iter().chain(practices);
    all.take(MOST_TAGS).collect()
}

fn precision(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Exact => "very-high",
        Certainty::Threshold => "high",
        Certainty::Heuristic | Certainty::Presence => "medium",
    }
}

/// In the middle of the ranges that GitHub names critical, high, medium and low; it has none for `info`.
fn security_severity(level: Level) -> &'static str {
    match level {
        Level::Critical | Level::Error => "9.5",
        Level::High => "8.0",
        Level::Medium | Level::NotRead => "5.5",
        Level::Low | Level::Warning => "2.0",
        Level::Info => "0.5",
    }
}

fn help(title: &str, docs: Option<&Docs>) -> Help {
    let Some(docs) = docs else {
        return Help {
            text: title.to_owned(),
            markdown: title.to_owned(),
        };
    };
    let why = docs.why.trim();
    let mut text = format!("{why}\n");
    let mut markdown = format!("{why}\n");
    for (dialect, fix) in fixes(&docs.fix) {
        text.push_str(&format!("\nFix{dialect}:\n{fix}\n"));
        markdown.push_str(&format!("\n## Fix{dialect}\n\n{fix}\n"));
    }
    if !docs.references.is_empty() {
        text.push_str("\nReferences:\n");
        markdown.push_str("\n## References\n\n");
        for reference in &docs.references {
            text.push_str(&format!("{reference}\n"));
            markdown.push_str(&format!("- <{reference}>\n"));
        }
    }
    Help { text, markdown }
}

/// What to do, with the dialect that it is for; once where the words are the same.
fn fixes(fix: &Fix) -> Vec<(&'static str, &str)> {
    let sam = fix.sam.as_deref().map(|sam| (" in SAM", sam));
    let all = [(" in CloudFormation", &*fix.cloudformation)].into_iter();
    let all: Vec<_> = all
        .chain(sam)
        .chain([(" in Terraform", &*fix.terraform)])
        .collect();
    match all.as_slice() {
        [(_, one), (_, other)] if one == other => vec![("", one)],
        _ => all,
    }
}
