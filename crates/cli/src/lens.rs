//! `pillarlint lens`: the rules as a custom lens for the AWS Well-Architected Tool.
//!
//! A question of the framework becomes a question of the lens, and each of its best practices that rules ask about becomes
//! a choice. The format, with its limits, is that of the "Lens format specification" in the tool's user guide.

use crate::args::LensArgs;
use crate::report::json;
use crate::scorecard::Risk;
use crate::text::count;
use crate::{CLEAN, Console, Failure, own_rules, selectors};
use pillarlint_engine::framework::{Pillar, Practice, Question};
use pillarlint_engine::ruleset::{Rule, Ruleset};
use pillarlint_engine::selector;
use serde::Serialize;

/// The version of the format.
const SCHEMA_VERSION: &str = "2021-11-01";
/// Longest name or title, in characters.
const MAX_TITLE: usize = 128;
/// Longest text beside a choice; the guide allows twice as much, the tool's API reference this.
const MAX_TEXT: usize = 1024;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Lens<'r> {
    schema_version: &'static str,
    name: String,
    description: String,
    pillars: Vec<PillarOut<'r>>,
}

#[derive(Serialize)]
struct PillarOut<'r> {
    id: &'r str,
    name: String,
    questions: Vec<QuestionOut>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct QuestionOut {
    id: String,
    title: String,
    description: String,
    choices: Vec<Choice>,
    risk_rules: Vec<RiskRule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Choice {
    id: String,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    helpful_resource: Option<Resource>,
    #[serde(skip_serializing_if = "Option::is_none")]
    improvement_plan: Option<Resource>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    display_text: String,
    url: String,
}

#[derive(Serialize)]
struct RiskRule {
    condition: String,
    risk: &'static str,
}

pub(crate) fn run(args: &LensArgs, console: &mut Console) -> Result<u8, Failure> {
    let own = own_rules::of_command(&args.selection.rules, &args.config, console.errors)?;
    let ruleset = own.ruleset();
    let select = selectors(&args.selection.select, ruleset)?;
    let ignore = selectors(&args.selection.ignore, ruleset)?;
    let active = selector::active(ruleset, args.preset, &select, &ignore);
    if !active.contains(&true) {
        return Err(Failure::Usage("the selection leaves no rule".to_owned()));
    }
    json::to_writer(&lens(ruleset, &active, &args.name), console.output)?;
    Ok(CLEAN)
}

fn lens<'r>(ruleset: &'r Ruleset, active: &[bool], name: &str) -> Lens<'r> {
    let framework = ruleset.framework();
    let of_rules = ruleset.rules.iter().zip(active);
    let on: Vec<&str> = of_rules
        .filter(|(_, active)| **active)
        .map(|(rule, _)| rule.header.id.as_str())
        .collect();
    let rules_of = |practice: &Practice| {
        let mut rules = ruleset.of_practice(&practice.id);
        rules.retain(|rule| on.binary_search(&rule.header.id.as_str()).is_ok());
        rules
    };
    let pillar_out = |pillar: &'r Pillar| PillarOut {
        id: tool_id(&pillar.id),
        name: plain(&pillar.title),
        questions: pillar
            .questions
            .iter()
            .filter_map(|question| question_out(question, rules_of))
            .collect(),
    };
    let mut pillars: Vec<PillarOut> = framework.pillars.iter().map(pillar_out).collect();
    pillars.retain(|pillar| !pillar.questions.is_empty());
    Lens {
        schema_version: SCHEMA_VERSION,
        name: plain(name),
        description: format!(
            "What pillarlint {} checks in CloudFormation and Terraform: {}, by the questions and best practices of the AWS \
             Well-Architected Framework (edition of {}). Practices that code cannot show are left to the framework's own lens.",
            env!("CARGO_PKG_VERSION"),
            count(on.len(), "rule"),
            framework.edition
        ),
        pillars,
    }
}

/// The id of a pillar in the tool, which maps a lens to the framework by it.
fn tool_id(pillar: &str) -> &str {
    match pillar {
        "operational-excellence" => "operationalExcellence",
        "performance-efficiency" => "performance",
        "cost-optimization" => "costOptimization",
        other => other,
    }
}

/// A question, if rules ask about any of its practices.
fn question_out<'r>(
    question: &Question,
    rules_of: impl Fn(&Practice) -> Vec<&'r Rule>,
) -> Option<QuestionOut> {
    let practices = question.practices.iter();
    let asked: Vec<(&Practice, Vec<&Rule>)> = practices
        .map(|practice| (practice, rules_of(practice)))
        .filter(|(_, rules)| !rules.is_empty())
        .collect();
    if asked.is_empty() {
        return None;
    }
    let mut choices: Vec<Choice> = asked
        .iter()
        .map(|(one, rules)| choice(one, rules))
        .collect();
    // The suffix makes it the choice that leaves out all others.
    choices.push(Choice {
        id: format!("{}_no", question.id),
        title: "None of these".to_owned(),
        helpful_resource: None,
        improvement_plan: None,
    });
    let all = question.practices.len();
    Some(QuestionOut {
        id: question.id.clone(),
        title: plain(&question.text),
        description: plain_text(&format!(
            "{} {} Code shows something of {} of its {}: choose what pillarlint finds no gap in, and what you know to be followed beyond that.",
            question.id,
            question.text,
            asked.len(),
            count(all, "best practice"),
        )),
        choices,
        risk_rules: risk_rules(asked.iter().map(|(practice, _)| *practice)),
    })
}

fn choice(practice: &Practice, rules: &[&Rule]) -> Choice {
    let id = &practice.id;
    Choice {
        id: choice_id(practice),
        title: plain(&practice.title),
        helpful_resource: Some(Resource {
            display_text: shows(rules),
            url: practice.link.clone(),
        }),
        improvement_plan: Some(Resource {
            display_text: format!("Find and fix it in code: pillarlint explain {id}"),
            url: practice.link.clone(),
        }),
    }
}

fn choice_id(practice: &Practice) -> String {
    practice.id.replace('-', "_")
}

/// What rules ask for, as many of them as fit.
fn shows(rules: &[&Rule]) -> String {
    let mut text = "What pillarlint looks for in code: ".to_owned();
    for (at, rule) in rules.iter().enumerate() {
        let one = format!("{} ({})", rule.header.title, rule.header.id);
        let left = rules.len() - at;
        let more = format!("; and {left} more");
        let separator = if at == 0 { "" } else { "; " };
        let length = text.chars().count() + separator.len() + one.chars().count();
        // What follows still has to fit, if only in the words that count it.
        if length + more.len() > MAX_TEXT {
            text.push_str(if at == 0 { &more[2..] } else { &more });
            return text;
        }
        text.push_str(separator);
        text.push_str(&one);
    }
    text
}

/// What each choice weighs: one of high risk that is missing is a high risk, one of medium risk a medium one. The first
/// rule that holds counts, and each risk has one rule at most.
fn risk_rules<'p>(practices: impl Iterator<Item = &'p Practice> + Clone) -> Vec<RiskRule> {
    let all_from = |risk: Risk| {
        let ids: Vec<String> = practices
            .clone()
            .filter(|practice| Risk::of(practice) >= risk)
            .map(choice_id)
            .collect();
        ids.join(" && ")
    };
    let (high, from_medium) = (all_from(Risk::High), all_from(Risk::Medium));
    let mut rules = Vec::new();
    let mut worst = "NO_RISK";
    if !from_medium.is_empty() {
        rules.push(RiskRule {
            condition: from_medium.clone(),
            risk: "NO_RISK",
        });
        worst = "MEDIUM_RISK";
    }
    if !high.is_empty() {
        if high != from_medium {
            rules.push(RiskRule {
                condition: high,
                risk: "MEDIUM_RISK",
            });
        }
        worst = "HIGH_RISK";
    }
    rules.push(RiskRule {
        condition: "default".to_owned(),
        risk: worst,
    });
    rules
}

/// A name or title as the tool takes it.
fn plain(text: &str) -> String {
    cut(&plain_text(text), MAX_TITLE)
}

/// A text of the characters that the tool takes in names, titles and descriptions.
fn plain_text(text: &str) -> String {
    let plain = |character: char| match character {
        '"' | '`' | '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' => '\'',
        '\u{2013}' | '\u{2014}' => '-',
        ';' => ',',
        kept if is_plain(kept) => kept,
        _ => ' ',
    };
    text.chars().map(plain).collect()
}

/// Whether the tool takes a character in names, titles and descriptions.
fn is_plain(character: char) -> bool {
    character.is_ascii_alphanumeric() || " -_.,:/()@!&#+'?".contains(character)
}

/// A text of at most so many characters, cut between words.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most - "...".len()).collect();
    let words = kept
        .rsplit_once(' ')
        .map_or(kept.as_str(), |(words, _)| words);
    format!("{words}...")
}

#[cfg(test)]
mod tests {
    use super::*;
    use pillarlint_engine::rule::Preset;

    /// What the guide and the tool's API reference allow.
    #[test]
    fn limits_are_kept() {
        let ruleset = pillarlint_rules::ruleset();
        for preset in Preset::ALL {
            let active = selector::active(ruleset, *preset, &[], &[]);
            let lens = lens(ruleset, &active, &"A name; of \"ours\" ".repeat(20));
            let json = serde_json::to_string_pretty(&lens).expect("it is JSON");
            assert!(json.len() < 500_000);
            assert!((1..=10).contains(&lens.pillars.len()));
            title(&lens.name);
            text(&lens.description);
            let mut ids = Vec::new();
            for pillar in &lens.pillars {
                ids.push(pillar.id.to_owned());
                title(&pillar.name);
                assert!((1..=20).contains(&pillar.questions.len()));
                for question in &pillar.questions {
                    ids.push(question.id.clone());
                    title(&question.title);
                    text(&question.description);
                    choices(question);
                }
            }
            assert_unique(ids);
        }
    }

    fn choices(question: &QuestionOut) {
        assert!((2..=15).contains(&question.choices.len()));
        for choice in &question.choices {
            title(&choice.title);
            // A plan is required, but for the choice of nothing.
            assert_ne!(
                choice.improvement_plan.is_some(),
                choice.id.ends_with("_no")
            );
            let resources = choice.helpful_resource.iter();
            for resource in resources.chain(&choice.improvement_plan) {
                let length = resource.display_text.chars().count();
                assert!((1..=1024).contains(&length), "{}", resource.display_text);
                assert!(resource.url.starts_with("https://") && resource.url.len() <= 1024);
            }
        }
        let ids: Vec<String> = question.choices.iter().map(|one| one.id.clone()).collect();
        let (default, conditions) = question.risk_rules.split_last().expect("a rule");
        assert_eq!(default.condition, "default");
        for rule in conditions {
            let mut named = rule.condition.split(" && ");
            assert!(
                named.all(|id| ids.iter().any(|one| one == id)),
                "{}",
                rule.condition
            );
        }
        assert_unique(
            question
                .risk_rules
                .iter()
                .map(|rule| rule.risk.to_owned())
                .collect(),
        );
        assert_unique(ids);
    }

    fn title(text: &str) {
        assert!(
            (1..=128).contains(&text.len()) && text.chars().all(is_plain),
            "{text}"
        );
    }

    fn text(text: &str) {
        assert!(
            (1..=1024).contains(&text.len()) && text.chars().all(is_plain),
            "{text}"
        );
    }

    #[track_caller]
    fn assert_unique(mut ids: Vec<String>) {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        assert!(
            ids.iter()
                .all(|id| (3..=64).contains(&id.len()) && id.chars().all(is_name)),
            "{ids:?}"
        );
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count, "{ids:?}");
    }

    #[test]
    fn the_risk_is_that_of_what_is_missing() {
        let practice = |(id, risk): &(&str, &str)| Practice {
            id: (*id).to_owned(),
            title: String::new(),
            risk: (*risk).to_owned(),
            link: String::new(),
            beyond_code: None,
        };
        for (given, expected) in [
            (
                &[("A-1", "high"), ("A-2", "medium"), ("A-3", "low")][..],
                "A_1 && A_2: NO_RISK, A_1: MEDIUM_RISK, default: HIGH_RISK",
            ),
            (
                &[("A-1", "high"), ("A-2", "low")],
                "A_1: NO_RISK, default: HIGH_RISK",
            ),
            (&[("A-1", "medium")], "A_1: NO_RISK, default: MEDIUM_RISK"),
            (&[("A-1", "low")], "default: NO_RISK"),
        ] {
            let practices: Vec<Practice> = given.iter().map(practice).collect();
            let rules = risk_rules(practices.iter());
            let shown: Vec<String> = rules
                .iter()
                .map(|rule| format!("{}: {}", rule.condition, rule.risk))
                .collect();
            assert_eq!(shown.join(", "), expected);
        }
    }

    #[test]
    fn titles_are_cut_between_words() {
        for (input, most, expected) in [
            ("one two", 7, "one two"),
            ("one two three", 12, "one two..."),
            ("onetwothree", 7, "onet..."),
        ] {
            assert_eq!(cut(input, most), expected);
        }
        assert_eq!(plain("“A”; 100% – `b`"), "'A', 100  - 'b'");
    }
}
