//! Every example of every rule, run as a test; and what the rule set as a whole promises.

use pillarlint_engine::example;
use pillarlint_engine::rule::{Certainty, Preset};
use std::collections::HashMap;

#[test]
fn examples_say_what_the_rules_say() {
    let rules = pillarlint_rules::ruleset();
    let mut differing = Vec::new();
    for rule in &rules.rules {
        for mismatch in example::run(rules, rule) {
            differing.push(format!(
                "{}, example {}, line {}: {}",
                rule.header.id,
                mismatch.example + 1,
                mismatch.line,
                mismatch.message
            ));
        }
    }
    assert!(differing.is_empty(), "\n{}\n", differing.join("\n"));
}

#[test]
fn every_rule_has_a_bad_and_a_good_example() {
    for rule in &pillarlint_rules::ruleset().rules {
        let marked = |text: &str| {
            text.lines().any(|line| {
                line.rsplit_once('#')
                    .is_some_and(|(_, mark)| mark.trim().starts_with("error"))
            })
        };
        let examples = &rule.docs().examples;
        let id = &rule.header.id;
        assert!(
            examples.iter().any(|one| marked(&one.text)),
            "{id} has no bad example"
        );
        assert!(
            examples.iter().any(|one| !marked(&one.text)),
            "{id} has no good example"
        );
    }
}

#[test]
fn docs_are_complete() {
    for rule in &pillarlint_rules::ruleset().rules {
        let docs = rule.docs();
        let id = &rule.header.id;
        assert!(docs.why.len() > 40, "{id}: why");
        assert!(docs.fix.cloudformation.len() > 20, "{id}: fix");
        assert!(docs.fix.terraform.len() > 20, "{id}: fix");
        assert!(!docs.references.is_empty(), "{id}: references");
        for link in &docs.references {
            let known = [
                "https://docs.aws.amazon.com/",
                "https://aws.amazon.com/",
                "https://developer.hashicorp.com/",
            ];
            assert!(
                known.iter().any(|start| link.starts_with(start)),
                "{id}: {link}"
            );
        }
    }
}

#[test]
fn aliases_name_few_rules() {
    let mut seen: HashMap<&str, &str> = HashMap::new();
    for rule in &pillarlint_rules::ruleset().rules {
        let mut own = rule.header.aliases.clone();
        own.sort();
        own.dedup();
        assert_eq!(
            own.len(),
            rule.header.aliases.len(),
            "{}: an alias twice",
            rule.header.id
        );
        for alias in &rule.header.aliases {
            seen.insert(alias, &rule.header.id);
        }
    }
    assert!(seen.len() > 50);
}

/// Ids, presets and severities are a promise: no change of them goes unseen.
#[test]
fn the_list_of_rules() {
    let mut list = String::new();
    for rule in &pillarlint_rules::ruleset().rules {
        let header = &rule.header;
        assert!(header.certainty == Certainty::Exact || header.preset == Preset::All);
        list.push_str(&format!(
            "{} {} {} {}\n",
            header.id,
            header.preset.name(),
            header.severity.name(),
            header.practices.join(",")
        ));
    }
    let expected = include_str!("rules.txt");
    assert!(
        list == expected,
        "rules/tests/rules.txt is stale; it should be:\n{list}"
    );
}

#[test]
fn the_framework_is_whole() {
    let framework = pillarlint_rules::ruleset().framework();
    let questions: Vec<_> = framework
        .pillars
        .iter()
        .flat_map(|pillar| &pillar.questions)
        .collect();
    let practices: usize = questions
        .iter()
        .map(|question| question.practices.len())
        .sum();
    assert_eq!(
        (framework.pillars.len(), questions.len(), practices),
        (6, 57, 307)
    );
    for pillar in &framework.pillars {
        for key in &pillar.key_practices {
            for id in &key.questions {
                let found = framework.question(id).map(|(pillar, _)| &pillar.id);
                assert_eq!(found, Some(&pillar.id), "{id}");
            }
        }
    }
}

/// Every key practice of the framework is reached by rules, and what is beyond code is asked by none.
#[test]
fn key_practices_are_reached() {
    let ruleset = pillarlint_rules::ruleset();
    let is_asked = |practice: &str| {
        let mut rules = ruleset.rules.iter();
        rules.any(|rule| rule.header.practices.iter().any(|one| one == practice))
    };
    for pillar in &ruleset.framework().pillars {
        for key in &pillar.key_practices {
            let mut behind = pillar
                .questions
                .iter()
                .filter(|question| key.questions.contains(&question.id))
                .flat_map(|question| &question.practices);
            assert!(behind.any(|practice| is_asked(&practice.id)), "{}", key.id);
        }
        for practice in pillar.questions.iter().flat_map(|one| &one.practices) {
            let id = &practice.id;
            assert!(practice.beyond_code.is_none() || !is_asked(id), "{id}");
        }
    }
}
