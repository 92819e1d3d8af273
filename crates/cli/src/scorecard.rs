//! What a run says of the Well-Architected Framework: practice by practice, then question by question and pillar by pillar.
//!
//! A practice is *met* only where a rule was asked and passed: that nothing was found is no evidence, and most practices
//! cannot be seen in code at all. So no share of anything is given without what it is a share of. What a person has
//! suppressed is neither: it is shown with the reason, and the rest decides.

use crate::report::Run;
use crate::text::count;
use pillarlint_engine::finding::{Finding, HeldBack, Passes, Suppressed, Undecided};
use pillarlint_engine::framework::{Pillar, Practice, Question};
use pillarlint_engine::ruleset::{Rule, Ruleset};
use std::collections::BTreeMap;

/// What is known of a best practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    /// A rule found something.
    Gap,
    /// A rule passed, none found anything, and no question is open.
    Met,
    /// It is open, or code cannot show it, or nothing asked.
    CannotDetermine,
    /// There are rules, and nothing that they speak of, but for what is suppressed.
    NotApplicable,
}

impl Status {
    /// Its name in the formats.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Gap => "gap",
            Self::Met => "met",
            Self::CannotDetermine => "cannot_determine",
            Self::NotApplicable => "not_applicable",
        }
    }
}

/// What AWS calls the level of risk where a practice is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Risk {
    Low,
    Medium,
    High,
}

impl Risk {
    /// All of them, worst first.
    pub(crate) const ALL: [Self; 3] = [Self::High, Self::Medium, Self::Low];

    /// That of a practice; low where the framework does not say.
    pub(crate) fn of(practice: &Practice) -> Self {
        match practice.risk.as_str() {
            "high" => Self::High,
            "medium" => Self::Medium,
            _ => Self::Low,
        }
    }

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// A best practice, with all that speaks of it.
#[derive(Debug)]
pub(crate) struct Assessed<'r> {
    pub(crate) practice: &'r Practice,
    pub(crate) risk: Risk,
    pub(crate) status: Status,
    /// Why it is neither met nor a gap, in one word and in a few.
    pub(crate) reason: Option<(&'r str, String)>,
    /// The rules that were asked, those first for which it is the primary practice.
    pub(crate) rules: Vec<Asked<'r>>,
}

/// A rule that was asked, and what it said.
#[derive(Debug, Clone)]
pub(crate) struct Asked<'r> {
    pub(crate) rule: &'r Rule,
    /// With their index among all findings.
    pub(crate) findings: Vec<(usize, &'r Finding)>,
    /// What the report leaves out.
    pub(crate) held_back: HeldBack,
    pub(crate) suppressed: Vec<&'r Suppressed>,
    pub(crate) undecided: Vec<&'r Undecided>,
    pub(crate) passes: Option<&'r Passes>,
}

impl Asked<'_> {
    /// How many questions of the rule are open, here or in what the report leaves out.
    pub(crate) fn open(&self) -> usize {
        self.undecided.len() + self.held_back.undecided
    }
}

/// A question of the framework.
#[derive(Debug)]
pub(crate) struct QuestionScore<'r> {
    pub(crate) question: &'r Question,
    pub(crate) practices: Vec<Assessed<'r>>,
}

impl QuestionScore<'_> {
    /// The worst risk of a gap. The Well-Architected Tool knows high and medium.
    pub(crate) fn risk(&self) -> Option<Risk> {
        let gaps = self.practices.iter();
        let gaps = gaps.filter(|one| one.status == Status::Gap);
        gaps.map(|one| one.risk).max()
    }
}

/// A pillar.
#[derive(Debug)]
pub(crate) struct PillarScore<'r> {
    pub(crate) pillar: &'r Pillar,
    pub(crate) questions: Vec<QuestionScore<'r>>,
}

/// How many practices of a pillar are what.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Tally {
    /// All of them.
    pub(crate) practices: usize,
    /// Those that rules of this run ask about.
    pub(crate) checkable: usize,
    /// Of these, those that are met or have gaps.
    pub(crate) evidenced: usize,
    pub(crate) met: usize,
    pub(crate) gaps: usize,
    pub(crate) gaps_high_risk: usize,
    pub(crate) gaps_medium_risk: usize,
    pub(crate) gaps_low_risk: usize,
    /// Checkable ones that are open.
    pub(crate) undecided: usize,
    /// Checkable ones for which there is nothing here.
    pub(crate) not_applicable: usize,
    /// Questions with a gap of high risk.
    pub(crate) questions_high_risk: usize,
    /// Questions with a gap of medium risk, and none of high.
    pub(crate) questions_medium_risk: usize,
}

impl Tally {
    /// That of several pillars.
    pub(crate) fn of<'s>(pillars: impl IntoIterator<Item = &'s PillarScore<'s>>) -> Self {
        let mut tally = Self::default();
        for question in pillars.into_iter().flat_map(|pillar| &pillar.questions) {
            match question.risk() {
                Some(Risk::High) => tally.questions_high_risk += 1,
                Some(Risk::Medium) => tally.questions_medium_risk += 1,
                Some(Risk::Low) | None => {}
            }
            question.practices.iter().for_each(|one| tally.add(one));
        }
        tally
    }

    fn add(&mut self, one: &Assessed<'_>) {
        self.practices += 1;
        if one.rules.is_empty() {
            return;
        }
        self.checkable += 1;
        match one.status {
            Status::Met => self.met += 1,
            Status::Gap => self.gaps += 1,
            Status::CannotDetermine => self.undecided += 1,
            Status::NotApplicable => self.not_applicable += 1,
        }
        self.evidenced = self.met + self.gaps;
        match (one.status, one.risk) {
            (Status::Gap, Risk::High) => self.gaps_high_risk += 1,
            (Status::Gap, Risk::Medium) => self.gaps_medium_risk += 1,
            (Status::Gap, Risk::Low) => self.gaps_low_risk += 1,
            _ => {}
        }
    }

    /// Gaps of that risk.
    pub(crate) fn gaps_of(&self, risk: Risk) -> usize {
        match risk {
            Risk::High => self.gaps_high_risk,
            Risk::Medium => self.gaps_medium_risk,
            Risk::Low => self.gaps_low_risk,
        }
    }
}

/// What a run says of each pillar.
pub(crate) fn scorecard<'r>(run: &'r Run, ruleset: &'r Ruleset) -> Vec<PillarScore<'r>> {
    let outcome = &run.outcome;
    let mut findings: BTreeMap<&str, Vec<(usize, &Finding)>> = BTreeMap::new();
    for (index, finding) in outcome.findings.iter().enumerate() {
        let of_rule = findings.entry(&finding.rule).or_default();
        of_rule.push((index, finding));
    }
    let mut suppressed: BTreeMap<&str, Vec<&Suppressed>> = BTreeMap::new();
    for one in &outcome.suppressed {
        suppressed.entry(&one.finding.rule).or_default().push(one);
    }
    let mut undecided: BTreeMap<&str, Vec<&Undecided>> = BTreeMap::new();
    for one in &outcome.undecided {
        undecided.entry(&one.rule).or_default().push(one);
    }
    let of_rules = ruleset.rules.iter().zip(&run.asked);
    let asked = of_rules.filter(|(_, asked)| **asked).map(|(rule, _)| {
        let id = rule.header.id.as_str();
        let asked = Asked {
            rule,
            findings: findings.remove(id).unwrap_or_default(),
            held_back: outcome.held_back.get(id).copied().unwrap_or_default(),
            suppressed: suppressed.remove(id).unwrap_or_default(),
            undecided: undecided.remove(id).unwrap_or_default(),
            passes: outcome.passes.get(id),
        };
        (id, asked)
    });
    let asked: BTreeMap<&str, Asked> = asked.collect();
    let question_score = |question: &'r Question| {
        let practices = question.practices.iter();
        QuestionScore {
            question,
            practices: practices
                .map(|practice| assess(practice, ruleset, &asked))
                .collect(),
        }
    };
    let pillars = ruleset.framework().pillars.iter();
    pillars
        .map(|pillar| PillarScore {
            pillar,
            questions: pillar.questions.iter().map(question_score).collect(),
        })
        .collect()
}

fn assess<'r>(
    practice: &'r Practice,
    ruleset: &'r Ruleset,
    asked: &BTreeMap<&str, Asked<'r>>,
) -> Assessed<'r> {
    let all = ruleset.of_practice(&practice.id);
    let ids = all.iter().map(|rule| rule.header.id.as_str());
    let rules: Vec<Asked> = ids.filter_map(|id| asked.get(id)).cloned().collect();
    let undecided: usize = rules.iter().map(Asked::open).sum();
    let has_gap = |one: &Asked| !one.findings.is_empty() || one.held_back.findings > 0;
    let (status, reason) = if rules.iter().any(has_gap) {
        (Status::Gap, None)
    } else if undecided > 0 {
        let why = format!(
            "{} not answered before deployment",
            count(undecided, "question")
        );
        (Status::CannotDetermine, Some(("undecided", why)))
    } else if rules.iter().any(|one| one.passes.is_some()) {
        (Status::Met, None)
    } else if rules.iter().any(|one| !one.suppressed.is_empty()) {
        let why = "all that its rules found is suppressed";
        let reason = ("suppressed", why.to_owned());
        (Status::NotApplicable, Some(reason))
    } else if !rules.is_empty() {
        let why = "there is nothing here that its rules speak of";
        (
            Status::NotApplicable,
            Some(("not-applicable", why.to_owned())),
        )
    } else if !all.is_empty() {
        let why = "its rules were not asked in this run";
        (Status::CannotDetermine, Some(("not-asked", why.to_owned())))
    } else if let Some(beyond) = &practice.beyond_code {
        let reason = (beyond.because.as_str(), beyond.why.clone());
        (Status::CannotDetermine, Some(reason))
    } else {
        let why = "no rule checks it yet";
        (Status::CannotDetermine, Some(("no-rule", why.to_owned())))
    };
    Assessed {
        practice,
        risk: Risk::of(practice),
        status,
        reason,
        rules,
    }
}
