//! What a run shows of each best practice, for a review: JSON, described in `docs/review.md` and
//! `schemas/pillarlint-evidence.schema.json`.

use super::{Options, Places, Run, json};
use crate::scorecard::{Asked, Assessed, Status, Tally, scorecard};
use pillarlint_engine::finding::Finding;
use pillarlint_engine::framework::{Pillar, Question};
use pillarlint_engine::ruleset::Ruleset;
use pillarlint_engine::suppress::{ReasonClass, Suppression};
use pillarlint_parser::source::Span;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

#[derive(Serialize)]
struct Document<'r> {
    version: &'static str,
    edition: &'r str,
    summary: Summary<'r>,
    practices: Vec<PracticeOut<'r>>,
}

#[derive(Serialize)]
struct Summary<'r> {
    #[serde(flatten)]
    all: Tally,
    by_pillar: BTreeMap<&'r str, Tally>,
    /// Where these are not 0, a part of what was looked at is not in here.
    errors: usize,
    not_read: usize,
}

#[derive(Serialize)]
struct PracticeOut<'r> {
    bp_id: &'r str,
    title: &'r str,
    pillar: &'r str,
    question: &'r str,
    question_text: &'r str,
    risk: &'static str,
    link: &'r str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    rules: Vec<RuleOut<'r>>,
    evidence: Vec<Evidence<'r>>,
}

#[derive(Serialize)]
struct RuleOut<'r> {
    id: &'r str,
    title: &'r str,
    passed: usize,
    findings: usize,
    held_back: usize,
    suppressed: usize,
    undecided: usize,
}

#[derive(Serialize)]
struct Evidence<'r> {
    result: &'static str,
    rule: &'r str,
    file: &'r str,
    line: usize,
    /// The first resource; empty for the whole template.
    address: &'r str,
    addresses: &'r [String],
    message: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    when: Option<&'r str>,
    /// Why it is suppressed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'r str>,
    /// What sort of reason that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'static str>,
}

/// Writes what a run shows of all practices, as one JSON document.
pub(crate) fn write(
    run: &Run,
    places: &Places,
    ruleset: &Ruleset,
    _options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let pillars = scorecard(run, ruleset);
    let by_pillar = pillars.iter();
    let summary = Summary {
        all: Tally::of(&pillars),
        by_pillar: by_pillar
            .map(|one| (one.pillar.id.as_str(), Tally::of([one])))
            .collect(),
        errors: run.outcome.errors.len(),
        not_read: run.outcome.not_read.len(),
    };
    let questions = pillars.into_iter().flat_map(|of_pillar| {
        let pillar = of_pillar.pillar;
        let questions = of_pillar.questions.into_iter();
        questions.map(move |question| (pillar, question))
    });
    let practices = questions.flat_map(|(pillar, of_question)| {
        let question = of_question.question;
        let practices = of_question.practices.into_iter();
        practices.map(move |one| (pillar, question, one))
    });
    let document = Document {
        version: json::VERSION,
        edition: &ruleset.framework().edition,
        summary,
        practices: practices
            .map(|(pillar, question, one)| {
                practice(pillar, question, one, &run.outcome.suppressions, places)
            })
            .collect(),
    };
    json::to_writer(&document, out)
}

fn practice<'r>(
    pillar: &'r Pillar,
    question: &'r Question,
    one: Assessed<'r>,
    suppressions: &'r [Suppression],
    places: &Places<'r>,
) -> PracticeOut<'r> {
    let rule_out = |asked: &Asked<'r>| RuleOut {
        id: &asked.rule.header.id,
        title: &asked.rule.header.title,
        passed: asked.passes.map_or(0, |passes| passes.count),
        findings: asked.findings.len(),
        held_back: asked.held_back.findings,
        suppressed: asked.suppressed.len(),
        undecided: asked.open(),
    };
    let (because, why) = one.reason.unzip();
    PracticeOut {
        bp_id: &one.practice.id,
        title: &one.practice.title,
        pillar: &pillar.id,
        question: &question.id,
        question_text: &question.text,
        risk: one.risk.name(),
        link: &one.practice.link,
        status: one.status.name(),
        because,
        why,
        rules: one.rules.iter().map(rule_out).collect(),
        evidence: evidence(&one.rules, suppressions, places),
    }
}

/// What speaks against a practice, what of it is suppressed, what is open, and the first places of what speaks for it.
fn evidence<'r>(
    rules: &[Asked<'r>],
    suppressions: &'r [Suppression],
    places: &Places<'r>,
) -> Vec<Evidence<'r>> {
    let found = |result, finding: &'r Finding| Evidence {
        message: &finding.message,
        addresses: &finding.addresses,
        when: finding.when.as_deref(),
        ..at(finding.place, result, &finding.rule, places)
    };
    let mut all = Vec::new();
    for asked in rules {
        let gaps = asked.findings.iter();
        all.extend(gaps.map(|(_, finding)| found(Status::Gap.name(), finding)));
    }
    for asked in rules {
        all.extend(asked.suppressed.iter().map(|one| {
            let suppression = suppressions.get(one.suppression);
            Evidence {
                reason: suppression.and_then(|one| one.reason.as_deref()),
                class: suppression.and_then(|one| one.class).map(ReasonClass::name),
                ..found("suppressed", &one.finding)
            }
        }));
    }
    for asked in rules {
        all.extend(asked.undecided.iter().map(|undecided| Evidence {
            addresses: one_address(&undecided.address),
            message: &undecided.why,
            ..at(
                undecided.place,
                Status::CannotDetermine.name(),
                &undecided.rule,
                places,
            )
        }));
    }
    for asked in rules {
        let passed = asked.passes.iter().flat_map(|passes| &passes.places);
        let header = &asked.rule.header;
        all.extend(passed.map(|(place, address)| Evidence {
            addresses: one_address(address),
            message: &header.title,
            ..at(*place, Status::Met.name(), &header.id, places)
        }));
    }
    for one in &mut all {
        one.address = one.addresses.first().map_or("", String::as_str);
    }
    all
}

/// Evidence with a place, and nothing said of it yet.
fn at<'r>(place: Span, result: &'static str, rule: &'r str, places: &Places<'r>) -> Evidence<'r> {
    Evidence {
        result,
        rule,
        file: &places.file(place.file).0.path,
        line: places.position(place.file, place.start).line,
        address: "",
        addresses: &[],
        message: "",
        when: None,
        reason: None,
        class: None,
    }
}

/// No address where the whole template is meant.
fn one_address(address: &String) -> &[String] {
    match address.is_empty() {
        true => &[],
        false => std::slice::from_ref(address),
    }
}
