//! Which rules run: the one language of `--select` and `--ignore`.
//!
//! A selector is a rule's id, the id of the same check in another tool (`CKV_AWS_157`, `W35` or
//! `cfn_nag:W35`), a pillar (`security` or `SEC`), a question (`SEC08`), a best practice
//! (`SEC08-BP02`), a kind (`AWS::S3::Bucket`), or a glob over rule ids and kinds (`s3-*`,
//! `AWS::S3::*`). Case does not count.

use crate::rule::Preset;
use crate::ruleset::{Rule, Ruleset};

/// A selector, and the rules that it stands for.
#[derive(Debug, Clone)]
pub struct Selector {
    /// How exact it is, compared with others of its sort.
    exactness: (Sort, usize),
    /// Whether it matches, for every rule of the ruleset.
    matches: Vec<bool>,
}

/// What a selector speaks of. Two selectors are more or less exact only within one sort,
/// but a named rule is more exact than everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// One rule, by its id or by its id in another tool.
    Named,
    /// The framework: a practice is more exact than a question, a question than a pillar.
    Framework,
    /// Ids and kinds: the longer the text, the more exact.
    Pattern,
}

/// A selector that no rule answers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownSelector {
    /// As it was written.
    pub selector: String,
    /// The closest thing that exists, where one is close.
    pub suggestion: Option<String>,
}

impl std::fmt::Display for UnknownSelector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "no rule, alias, practice, question, pillar or kind is named `{}`",
            self.selector
        )?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "; did you mean `{suggestion}`?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for UnknownSelector {}

/// The selector behind a text.
///
/// # Errors
/// A text that names nothing that the rules or the framework know.
pub fn parse(text: &str, ruleset: &Ruleset) -> Result<Selector, UnknownSelector> {
    let text = text.trim();
    let unknown = |suggestion| UnknownSelector {
        selector: text.to_owned(),
        suggestion,
    };
    let selector = |sort, weight, matches: &dyn Fn(&Rule) -> bool| {
        let matches: Vec<bool> = ruleset.rules.iter().map(matches).collect();
        matches.contains(&true).then_some(Selector {
            exactness: (sort, weight),
            matches,
        })
    };
    if text.contains(['*', '?', '[', '{']) {
        let glob = globset::GlobBuilder::new(text)
            .case_insensitive(true)
            .build()
            .map_err(|_| unknown(None))?
            .compile_matcher();
        return selector(Sort::Pattern, text.len(), &|rule| {
            glob.is_match(&rule.header.id)
                || rule.header.kinds.iter().any(|kind| glob.is_match(kind))
        })
        .ok_or_else(|| unknown(None));
    }
    if let Some(named) = selector(Sort::Named, 0, &|rule| is_named(rule, text)) {
        return Ok(named);
    }
    if let Some(place) = place_in_framework(text, ruleset) {
        let matches = |rule: &Rule| match &place {
            Place::Pillar(pillar) => rule.header.pillar == *pillar,
            Place::Question(question) => {
                let practices = &rule.header.practices;
                practices
                    .iter()
                    .any(|id| question_of(id).eq_ignore_ascii_case(question))
            }
            Place::Practice(practice) => {
                let practices = &rule.header.practices;
                practices.iter().any(|id| id.eq_ignore_ascii_case(practice))
            }
        };
        return Ok(Selector {
            exactness: (Sort::Framework, place.exactness()),
            matches: ruleset.rules.iter().map(matches).collect(),
        });
    }
    selector(Sort::Pattern, text.len() + 1, &|rule| {
        rule.header
            .kinds
            .iter()
            .any(|kind| kind.eq_ignore_ascii_case(text))
    })
    .ok_or_else(|| unknown(suggestion(text, ruleset)))
}

/// Whether a rule has this id, here or in another tool. The tool's name may be left out.
pub fn is_named(rule: &Rule, text: &str) -> bool {
    rule.header.id.eq_ignore_ascii_case(text)
        || rule.header.aliases.iter().any(|alias| {
            let bare = alias.split_once(':').map_or(alias.as_str(), |(_, id)| id);
            alias.eq_ignore_ascii_case(text) || bare.eq_ignore_ascii_case(text)
        })
}

/// What is said in one place of which rules are on: in a file of the configuration, or on the command line.
#[derive(Debug, Clone, Copy, Default)]
pub struct Choice<'c> {
    /// Only these rules; all of the preset where there is none.
    pub select: &'c [Selector],
    /// These rules, too.
    pub also: &'c [Selector],
    /// None of these.
    pub ignore: &'c [Selector],
}

/// Whether each rule of the ruleset is on, by what is said in one place.
///
/// Without `select`, the preset's rules are; with it, those of them that a selector matches, and
/// named rules whatever the preset. `ignore` switches off what it matches, unless a selector of
/// `select` that is more exact matches too.
pub fn active(
    ruleset: &Ruleset,
    preset: Preset,
    select: &[Selector],
    ignore: &[Selector],
) -> Vec<bool> {
    let choice = Choice {
        select,
        ignore,
        ..Choice::default()
    };
    active_by(ruleset, preset, &[choice])
}

/// The same, by what is said in several places, the last of which has the last word: of several `select` the last
/// counts, `also` and `ignore` add up. An earlier `ignore` gives way to what is selected later and is as exact, a later
/// one to nothing.
pub fn active_by(ruleset: &Ruleset, preset: Preset, choices: &[Choice<'_>]) -> Vec<bool> {
    let only = choices.iter().rposition(|one| !one.select.is_empty());
    let is_active = |(index, rule): (usize, &Rule)| {
        let in_preset = rule.header.preset <= preset;
        let is_on = |one: &&Selector| one.matches[index] && (in_preset || one.is_named());
        let selected = |place: usize| {
            let select = choices[place]
                .select
                .iter()
                .filter(move |_| only == Some(place));
            select.chain(choices[place].also).filter(is_on)
        };
        let wanted = only.is_none() && in_preset
            || (0..choices.len()).any(|place| selected(place).next().is_some());
        let is_ignored = |(place, ignored): (usize, &Selector)| {
            let here = selected(place).any(|one| one.beats(ignored));
            let mut later = place + 1..choices.len();
            !here && !later.any(|later| selected(later).any(|one| one.is_as_exact_as(ignored)))
        };
        let ignored = choices.iter().enumerate().flat_map(|(place, one)| {
            let matching = one.ignore.iter().filter(|one| one.matches[index]);
            matching.map(move |one| (place, one))
        });
        wanted && !ignored.into_iter().any(is_ignored)
    };
    ruleset.rules.iter().enumerate().map(is_active).collect()
}

impl Selector {
    /// Whether it stands for a rule, told by its index in the ruleset.
    pub fn holds(&self, rule: usize) -> bool {
        self.matches.get(rule).copied().unwrap_or(false)
    }

    /// Whether it names a rule, here or by its id in another tool.
    pub fn is_named(&self) -> bool {
        self.exactness.0 == Sort::Named
    }

    fn beats(&self, other: &Selector) -> bool {
        let ((sort, exactness), (other_sort, other_exactness)) = (self.exactness, other.exactness);
        match (sort == Sort::Named, other_sort == Sort::Named) {
            (true, named) => !named,
            (false, _) => sort == other_sort && exactness > other_exactness,
        }
    }

    fn is_as_exact_as(&self, other: &Selector) -> bool {
        self.is_named() || self.beats(other) || self.exactness == other.exactness
    }
}

/// A place in the framework, by its id there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A pillar (`security`).
    Pillar(String),
    /// A question (`SEC08`).
    Question(String),
    /// A best practice (`SEC08-BP02`).
    Practice(String),
}

impl Place {
    fn exactness(&self) -> usize {
        match self {
            Self::Pillar(_) => 0,
            Self::Question(_) => 1,
            Self::Practice(_) => 2,
        }
    }
}

/// What a text names in the framework; a pillar also by the letters of its questions (`SEC`).
pub fn place_in_framework(text: &str, ruleset: &Ruleset) -> Option<Place> {
    let is = |id: &str| id.eq_ignore_ascii_case(text);
    ruleset.framework().pillars.iter().find_map(|pillar| {
        let letters = pillar.questions.first().map_or("", |question| {
            question.id.trim_end_matches(|c: char| c.is_ascii_digit())
        });
        if is(&pillar.id) || is(letters) {
            return Some(Place::Pillar(pillar.id.clone()));
        }
        pillar.questions.iter().find_map(|question| {
            if is(&question.id) {
                return Some(Place::Question(question.id.clone()));
            }
            let practice = question
                .practices
                .iter()
                .find(|practice| is(&practice.id))?;
            Some(Place::Practice(practice.id.clone()))
        })
    })
}

/// The question that a best practice belongs to: `SEC08` for `SEC08-BP02`.
fn question_of(practice: &str) -> &str {
    practice
        .split_once('-')
        .map_or(practice, |(question, _)| question)
}

/// The name closest to a text among all that a selector may name.
pub fn suggestion(text: &str, ruleset: &Ruleset) -> Option<String> {
    let framework = ruleset.framework().pillars.iter().flat_map(|pillar| {
        let questions = pillar.questions.iter().flat_map(|question| {
            let practices = question
                .practices
                .iter()
                .map(|practice| practice.id.as_str());
            std::iter::once(question.id.as_str()).chain(practices)
        });
        std::iter::once(pillar.id.as_str()).chain(questions)
    });
    let rules = ruleset.rules.iter().flat_map(|rule| {
        let header = &rule.header;
        std::iter::once(&header.id)
            .chain(&header.aliases)
            .chain(&header.kinds)
            .map(String::as_str)
    });
    pillarlint_schema::nearest(text, rules.chain(framework)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::{Framework, Pillar, Practice, Question};
    use crate::rule::{Certainty, Docs, Header, Severity};

    fn rule(
        id: &str,
        pillar: &str,
        practice: &str,
        preset: Preset,
        kind: &str,
        alias: &str,
    ) -> Rule {
        let header = Header {
            id: id.into(),
            title: String::new(),
            pillar: pillar.into(),
            practices: vec![practice.into()],
            severity: Severity::Medium,
            certainty: Certainty::Exact,
            preset,
            kinds: vec![kind.into()],
            aliases: vec![alias.into()],
            parameters: Vec::new(),
            secret: false,
        };
        Rule::loaded(header, Vec::new(), Docs::default())
    }

    fn pillar(id: &str, questions: &[(&str, &[&str])]) -> Pillar {
        let practice = |id: &&str| Practice {
            id: (*id).into(),
            title: String::new(),
            risk: "high".into(),
            link: String::new(),
            beyond_code: None,
        };
        let question = |(id, practices): &(&str, &[&str])| Question {
            id: (*id).into(),
            text: String::new(),
            practices: practices.iter().map(practice).collect(),
        };
        Pillar {
            id: id.into(),
            title: String::new(),
            focus: String::new(),
            key_practices: Vec::new(),
            questions: questions.iter().map(question).collect(),
        }
    }

    fn ruleset() -> Ruleset {
        let framework = Framework {
            edition: String::new(),
            pillars: vec![
                pillar(
                    "security",
                    &[
                        ("SEC04", &["SEC04-BP01"]),
                        ("SEC08", &["SEC08-BP01", "SEC08-BP02"]),
                    ],
                ),
                pillar("reliability", &[("REL10", &["REL10-BP01"])]),
            ],
        };
        let rules = vec![
            rule(
                "rds-multi-az",
                "reliability",
                "REL10-BP01",
                Preset::Recommended,
                "AWS::RDS::DBInstance",
                "CKV_AWS_157",
            ),
            rule(
                "s3-access-logging",
                "security",
                "SEC04-BP01",
                Preset::All,
                "AWS::S3::Bucket",
                "cfn_nag:W35",
            ),
            rule(
                "s3-encryption",
                "security",
                "SEC08-BP02",
                Preset::Recommended,
                "AWS::S3::Bucket",
                "CKV_AWS_19",
            ),
            rule(
                "s3-policy-tls",
                "security",
                "SEC08-BP02",
                Preset::Strict,
                "AWS::S3::BucketPolicy",
                "CKV_AWS_19",
            ),
        ];
        Ruleset::loaded(rules, framework, "")
    }

    /// `select`, `ignore` (comma lists) and preset to the ids that are on, or the error.
    fn check(select: &str, ignore: &str, preset: Preset, expected: &str) {
        let rules = ruleset();
        let list = |text: &str| -> Result<Vec<Selector>, UnknownSelector> {
            let parts = text.split(',').filter(|part| !part.is_empty());
            parts.map(|part| parse(part, &rules)).collect()
        };
        let shown = match (list(select), list(ignore)) {
            (Ok(select), Ok(ignore)) => {
                let active = active(&rules, preset, &select, &ignore);
                let on = rules.rules.iter().zip(active).filter(|(_, on)| *on);
                on.map(|(rule, _)| rule.header.id.as_str())
                    .collect::<Vec<_>>()
                    .join(" ")
            }
            (Err(error), _) | (_, Err(error)) => error.to_string(),
        };
        assert_eq!(shown, expected, "--select {select} --ignore {ignore}");
    }

    #[test]
    fn presets_hold_one_another() {
        check("", "", Preset::Recommended, "rds-multi-az s3-encryption");
        check(
            "",
            "",
            Preset::Strict,
            "rds-multi-az s3-encryption s3-policy-tls",
        );
        check(
            "",
            "",
            Preset::All,
            "rds-multi-az s3-access-logging s3-encryption s3-policy-tls",
        );
    }

    #[test]
    fn every_sort_of_selector() {
        for (select, expected) in [
            ("security", "s3-access-logging s3-encryption s3-policy-tls"),
            ("SEC", "s3-access-logging s3-encryption s3-policy-tls"),
            ("sec08", "s3-encryption s3-policy-tls"),
            ("SEC08-BP02", "s3-encryption s3-policy-tls"),
            ("SEC08-BP01", ""),
            ("s3-encryption", "s3-encryption"),
            ("S3-Encryption", "s3-encryption"),
            ("s3-*", "s3-access-logging s3-encryption s3-policy-tls"),
            ("AWS::S3::Bucket", "s3-access-logging s3-encryption"),
            (
                "AWS::S3::*",
                "s3-access-logging s3-encryption s3-policy-tls",
            ),
            ("CKV_AWS_157", "rds-multi-az"),
            ("CKV_AWS_19", "s3-encryption s3-policy-tls"),
            ("W35", "s3-access-logging"),
            ("cfn_nag:W35", "s3-access-logging"),
        ] {
            check(select, "", Preset::All, expected);
        }
    }

    #[test]
    fn named_rules_are_on_whatever_the_preset_and_broader_selectors_filter_within_it() {
        check(
            "s3-access-logging",
            "",
            Preset::Recommended,
            "s3-access-logging",
        );
        check(
            "W35,security",
            "",
            Preset::Recommended,
            "s3-access-logging s3-encryption",
        );
        check("s3-*", "", Preset::Recommended, "s3-encryption");
    }

    #[test]
    fn the_more_exact_wins() {
        for (select, ignore, expected) in [
            ("", "security", "rds-multi-az"),
            (
                "",
                "s3-encryption",
                "rds-multi-az s3-access-logging s3-policy-tls",
            ),
            (
                "security",
                "s3-encryption",
                "s3-access-logging s3-policy-tls",
            ),
            ("s3-encryption", "security", "s3-encryption"),
            ("s3-encryption", "s3-encryption", ""),
            ("s3-encryption", "CKV_AWS_19", ""),
            ("SEC08", "security", "s3-encryption s3-policy-tls"),
            ("SEC08-BP02", "SEC08", "s3-encryption s3-policy-tls"),
            ("security", "SEC08", "s3-access-logging"),
            ("SEC08", "s3-enc*", "s3-policy-tls"),
            ("s3-*", "SEC08", "s3-access-logging"),
            (
                "AWS::S3::Bucket",
                "AWS::S3::*",
                "s3-access-logging s3-encryption",
            ),
            ("AWS::S3::*", "AWS::S3::Bucket", "s3-policy-tls"),
        ] {
            check(select, ignore, Preset::All, expected);
        }
    }

    #[test]
    fn later_places_have_the_last_word() {
        let rules = ruleset();
        let all = "rds-multi-az s3-access-logging s3-encryption s3-policy-tls";
        // `select`, `also` and `ignore` of each place.
        for (places, expected) in [
            (vec![["", "", ""], ["", "", ""]], all),
            (
                vec![["security", "", ""], ["reliability", "", ""]],
                "rds-multi-az",
            ),
            (vec![["reliability", "", ""], ["", "", ""]], "rds-multi-az"),
            (
                vec![["reliability", "", ""], ["", "s3-enc*", ""]],
                "rds-multi-az s3-encryption",
            ),
            (vec![["", "", "security"], ["", "", "reliability"]], ""),
            // An earlier one that is ignored comes back when it is named, or when the same is selected.
            (
                vec![["", "", "s3-encryption,W35,s3-policy-tls"], ["", "W35", ""]],
                "rds-multi-az s3-access-logging",
            ),
            (
                vec![["", "", "security"], ["", "SEC08", ""]],
                "rds-multi-az s3-encryption s3-policy-tls",
            ),
            (vec![["", "", "SEC08"], ["", "SEC08", ""]], all),
            (
                vec![["", "", "SEC08"], ["", "security", ""]],
                "rds-multi-az s3-access-logging",
            ),
            (
                vec![["", "", "SEC08"], ["*", "", ""]],
                "rds-multi-az s3-access-logging",
            ),
            // What is ignored later is off, however exactly it was selected before.
            (
                vec![["", "s3-encryption", ""], ["", "", "security"]],
                "rds-multi-az",
            ),
            (vec![["s3-encryption", "", ""], ["", "", "s3-*"]], ""),
            // Within one place, the more exact wins.
            (
                vec![["", "", ""], ["", "s3-encryption", "security"]],
                "rds-multi-az s3-encryption",
            ),
        ] {
            let list = |text: &str| -> Vec<Selector> {
                let parts = text.split(',').filter(|part| !part.is_empty());
                parts.map(|part| parse(part, &rules).unwrap()).collect()
            };
            let lists: Vec<_> = places.iter().map(|place| place.map(list)).collect();
            let choices: Vec<_> = lists
                .iter()
                .map(|[select, also, ignore]| Choice {
                    select,
                    also,
                    ignore,
                })
                .collect();
            let on = active_by(&rules, Preset::All, &choices);
            let on = rules.rules.iter().zip(on).filter(|(_, on)| *on);
            let on: Vec<&str> = on.map(|(rule, _)| rule.header.id.as_str()).collect();
            assert_eq!(on.join(" "), expected, "{places:?}");
        }
    }

    #[test]
    fn unknown_selectors_name_the_closest() {
        let nothing = "no rule, alias, practice, question, pillar or kind is named";
        check(
            "s3-encrytion",
            "",
            Preset::All,
            &format!("{nothing} `s3-encrytion`; did you mean `s3-encryption`?"),
        );
        check(
            "",
            "SEC08-BP0",
            Preset::All,
            &format!("{nothing} `SEC08-BP0`; did you mean `SEC08-BP01`?"),
        );
        check("zzz*", "", Preset::All, &format!("{nothing} `zzz*`"));
        check("[", "", Preset::All, &format!("{nothing} `[`"));
    }
}
