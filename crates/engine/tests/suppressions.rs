//! Suppressions by address, and what a policy allows of them.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use pillarlint_engine::check::check as ask;
use pillarlint_engine::date::Date;
use pillarlint_engine::plan::Plan;
use pillarlint_engine::provider::AwsProvider;
use pillarlint_engine::rule::Severity;
use pillarlint_engine::ruleset::Ruleset;
use pillarlint_engine::selector;
use pillarlint_engine::settle::{Settings, settle};
use pillarlint_engine::suppress::apply::Terms;
use pillarlint_engine::suppress::{Policy, Scope, Source, State, Suppression, in_configuration};
use pillarlint_parser::source::{FileId, Span};
use pillarlint_parser::terraform::{self, Call, File, Folder, Folders, NoFiles, Options};
use std::collections::HashMap;
use support::{framework, rule};

/// The module that every call leads to.
struct Called<'s>(Folder<'s>);

impl<'s> Folders<'s> for Called<'s> {
    fn called(&self, _: &Call<'_, 's>) -> Result<&Folder<'s>, String> {
        Ok(&self.0)
    }
}

const CHECKS: &str =
    "- kinds: [aws_sqs_queue]\n  expect: { at: $.name, set: true }\n  message: no name";
const ROOT: &str = r#"resource "aws_sqs_queue" "q" {
  for_each = toset(["eu", "us"])
}
resource "aws_sqs_queue" "n" {
  name = "n"
}
module "m" {
  source = "./m"
}
"#;
const MODULE: &str = "resource \"aws_sqs_queue\" \"q\" {}\n";

const CONFIGURATION: FileId = FileId(2);

/// The addresses that are reported, those that are suppressed, and what became of the suppressions.
fn judged(
    text: &str,
    suppressions: Vec<Suppression>,
    policy: impl FnOnce(&Ruleset) -> Policy,
) -> (String, String, Vec<State>) {
    let (rules, _) = rule(CHECKS);
    let rules = Ruleset::loaded(rules, framework(), "");
    let root = File::read(FileId(0), "main.tf", text);
    let mut all = in_configuration(&root);
    all.extend(suppressions);
    let folder = |path: &str, file| Folder {
        path: path.to_owned(),
        files: vec![file],
        downloaded: false,
    };
    let called = Called(folder("m", File::read(FileId(1), "m/main.tf", MODULE)));
    let root = folder(".", root);
    let options = Options {
        variables: HashMap::new(),
        arguments: &AwsProvider,
        files: &NoFiles,
        workspace: "default",
    };
    let project = terraform::lower(&root, &called, &options);
    let mut plan = Plan::new(&rules, &[true]);
    plan.keeps_addresses = true;
    let mut report = ask(&project, &[], &rules, &plan);
    report.suppressions = all;
    let policy = policy(&rules);
    let settings = Settings {
        terms: Some(Terms {
            rules: &rules,
            plan: &plan,
            today: Date::parse("2026-06-30").unwrap(),
            policy_in: &|_| &policy,
        }),
        ..Settings::from(Severity::Info)
    };
    let outcome = settle([report], settings);
    let reported = outcome.findings.iter().flat_map(|one| &one.addresses);
    let suppressed = outcome.suppressed.iter();
    let suppressed = suppressed.flat_map(|one| &one.finding.addresses);
    let joined = |all: Vec<&String>| all.into_iter().cloned().collect::<Vec<_>>().join(" ");
    (
        joined(reported.collect()),
        joined(suppressed.collect()),
        outcome.suppressions.iter().map(|one| one.state).collect(),
    )
}

fn by_address(pattern: &str, files: Option<Vec<FileId>>) -> Suppression {
    let place = Span::new(CONFIGURATION, 0, 1);
    let scope = Scope::Address {
        pattern: pattern.to_owned(),
        files,
    };
    Suppression {
        rules: vec![("the-rule".to_owned(), place)],
        reason: Some("why".to_owned()),
        ..Suppression::new(place, scope, Source::Configuration)
    }
}

#[test]
fn by_addresses() {
    let (eu, us) = ("aws_sqs_queue.q[\"eu\"]", "aws_sqs_queue.q[\"us\"]");
    let m = "module.m.aws_sqs_queue.q";
    for (pattern, files, suppressed, state) in [
        (eu, None, eu.to_owned(), State::Used),
        (
            "aws_sqs_queue.q[*]",
            None,
            format!("{eu} {us}"),
            State::Used,
        ),
        ("module.m.*", None, m.to_owned(), State::Used),
        ("*", None, format!("{eu} {us} {m}"), State::Used),
        (
            "*",
            Some(vec![FileId(0)]),
            format!("{eu} {us} {m}"),
            State::Used,
        ),
        ("*", Some(vec![FileId(1)]), m.to_owned(), State::Used),
        ("*", Some(vec![]), String::new(), State::Open),
        ("aws_sqs_queue.n", None, String::new(), State::Unused),
        // It may be in a part of the repository that this run does not look at.
        ("aws_sqs_queue.elsewhere", None, String::new(), State::Open),
    ] {
        let one = by_address(pattern, files.clone());
        let (_, held, states) = judged(ROOT, vec![one], |_| Policy::default());
        assert_eq!(
            (held, states),
            (suppressed, vec![state]),
            "{pattern} {files:?}"
        );
    }
}

#[test]
fn one_instance_of_a_merged_finding() {
    let (reported, suppressed, _) = judged(
        ROOT,
        vec![by_address("aws_sqs_queue.q[\"eu\"]", None)],
        |_| Policy::default(),
    );
    assert_eq!(reported, "aws_sqs_queue.q[\"us\"] module.m.aws_sqs_queue.q");
    assert_eq!(suppressed, "aws_sqs_queue.q[\"eu\"]");
}

#[test]
fn policies() {
    let text = |comment: &str| format!("# {comment}\nresource \"aws_sqs_queue\" \"q\" {{}}\n");
    let reasons = || Policy {
        require_reason: true,
        ..Policy::default()
    };
    let days = || Policy {
        longest_days: Some(30),
        ..Policy::default()
    };
    for (comment, policy, state) in [
        (
            "pillarlint: ignore[the-rule]",
            Policy::default(),
            State::Used,
        ),
        (
            "pillarlint: ignore[the-rule]",
            reasons(),
            State::WithoutReason,
        ),
        ("pillarlint: ignore[the-rule] why", reasons(), State::Used),
        ("checkov:skip=the-rule", Policy::default(), State::Used),
        ("checkov:skip=the-rule", reasons(), State::WithoutReason),
        ("checkov:skip=the-rule:why", reasons(), State::Used),
        (
            "pillarlint: ignore[the-rule] why",
            days(),
            State::NotAllowed,
        ),
        (
            "pillarlint: ignore[the-rule] why; until=2026-07-30",
            days(),
            State::Used,
        ),
        (
            "pillarlint: ignore[the-rule] why; until=2026-07-31",
            days(),
            State::NotAllowed,
        ),
        (
            "pillarlint: ignore[the-rule] why; until=2026-06-29",
            days(),
            State::Expired,
        ),
    ] {
        let is_used = state == State::Used;
        let (reported, suppressed, states) = judged(&text(comment), Vec::new(), |_| policy);
        let expected = [String::new(), "aws_sqs_queue.q".to_owned()];
        let [kept, held] = if is_used {
            expected
        } else {
            let [none, one] = expected;
            [one, none]
        };
        assert_eq!(
            (reported, suppressed, states),
            (kept, held, vec![state]),
            "{comment}"
        );
    }
    let forbidden = |rules: &Ruleset| Policy {
        never: vec![selector::parse("SEC01", rules).unwrap()],
        ..Policy::default()
    };
    for name in ["the-rule", "security", "the-*"] {
        let comment = format!("pillarlint: ignore[{name}] why");
        let (reported, suppressed, states) = judged(&text(&comment), Vec::new(), forbidden);
        assert_eq!(
            (reported.as_str(), suppressed.as_str(), states),
            ("aws_sqs_queue.q", "", vec![State::NotAllowed])
        );
    }
    let foreign = |_: &Ruleset| Policy {
        ignores_foreign: true,
        ..Policy::default()
    };
    let (reported, _, states) = judged(&text("checkov:skip=the-rule:why"), Vec::new(), foreign);
    assert_eq!((reported.as_str(), states), ("aws_sqs_queue.q", vec![]));
}

/// Whatever a comment says, reading it ends well.
#[test]
fn odd_comments_do_no_harm() {
    let words = [
        "pillarlint:",
        "ignore",
        "ignore-file",
        "[",
        "]",
        "the-rule",
        ",",
        ";",
        "until=",
        "=",
        ":",
        "*",
        "#",
        "//",
        "/*",
        "*/",
        "ä",
        "\u{feff}",
        "checkov:skip=",
        "tfsec:ignore:",
        "exp:",
        " ",
        "\n",
        "2026-01-01",
        "{",
        "}",
        "x = 1",
        "\"",
    ];
    let mut state = 7u32;
    for _ in 0..3000 {
        let mut text = String::from("# ");
        for _ in 0..12 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            text.push_str(words[(state >> 16) as usize % words.len()]);
        }
        for suppression in in_configuration(&File::read(FileId(0), "main.tf", &text)) {
            let places = suppression.rules.iter().map(|(_, place)| *place);
            for place in places.chain([suppression.place]) {
                assert!(
                    text.get(place.start as usize..place.end as usize).is_some(),
                    "{text}"
                );
            }
            for (name, place) in &suppression.rules {
                assert_eq!(place.text(&text), name, "{text}");
            }
        }
    }
}
