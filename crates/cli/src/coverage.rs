//! `pillarlint coverage`: pillar, key practice, question, best practice, rules; and what no code can show.

use crate::args::{CoverageArgs, CoverageFormat};
use crate::report::json;
use crate::text::{count, wrap};
use crate::{CLEAN, Console, Failure, own_rules};
use pillarlint_engine::framework::{Pillar, Practice, Question};
use pillarlint_engine::rule::Preset;
use pillarlint_engine::ruleset::{Rule, Ruleset};
use serde::Serialize;
use std::io::{self, Write};

pub(crate) fn run(args: &CoverageArgs, console: &mut Console) -> Result<u8, Failure> {
    let own = own_rules::of_command(&args.rules, &args.config, console.errors)?;
    let ruleset = own.ruleset();
    let coverage = Coverage {
        ruleset,
        preset: args.preset,
    };
    match args.format {
        CoverageFormat::Text => coverage.text(console.width, console.output)?,
        CoverageFormat::Markdown => coverage.markdown("", console.output)?,
        CoverageFormat::Json => json::to_writer(&coverage.json(), console.output)?,
    }
    Ok(CLEAN)
}

/// The rules of a preset, held against the framework.
pub(crate) struct Coverage<'r> {
    pub(crate) ruleset: &'r Ruleset,
    pub(crate) preset: Preset,
}

/// Whether a best practice is checked.
enum Status<'r> {
    /// By these rules, those first for which it is the primary one.
    Checked(Vec<&'r Rule>),
    /// No rule yet.
    Unchecked,
    /// Never by a rule: why, in one word and in a few.
    BeyondCode(&'r str, &'r str),
}

/// How many best practices are of which status.
#[derive(Debug, Default, Clone, Copy, Serialize)]
struct Counts {
    practices: usize,
    checked: usize,
    unchecked: usize,
    beyond_code: usize,
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let all = count(self.practices, "practice");
        let Self {
            checked,
            unchecked,
            beyond_code,
            ..
        } = self;
        write!(
            f,
            "{all}: {checked} checked, {beyond_code} beyond code, {unchecked} without a rule"
        )
    }
}

impl<'r> Coverage<'r> {
    fn status(&self, practice: &'r Practice) -> Status<'r> {
        let mut rules = self.ruleset.of_practice(&practice.id);
        rules.retain(|rule| rule.header.preset <= self.preset);
        match (&practice.beyond_code, rules.is_empty()) {
            (_, false) => Status::Checked(rules),
            (Some(beyond), true) => Status::BeyondCode(&beyond.because, &beyond.why),
            (None, true) => Status::Unchecked,
        }
    }

    fn counts(&self, questions: impl Iterator<Item = &'r Question>) -> Counts {
        let mut counts = Counts::default();
        for practice in questions.flat_map(|question| &question.practices) {
            counts.practices += 1;
            match self.status(practice) {
                Status::Checked(_) => counts.checked += 1,
                Status::Unchecked => counts.unchecked += 1,
                Status::BeyondCode(..) => counts.beyond_code += 1,
            }
        }
        counts
    }

    /// The questions of a pillar under its key practices, each where it first belongs; at last those of none.
    fn sections(&self, pillar: &'r Pillar) -> Vec<Section<'r>> {
        let mut told: Vec<&str> = Vec::new();
        let mut sections: Vec<Section<'r>> = Vec::new();
        for key in &pillar.key_practices {
            let ids = || key.questions.iter();
            let all = || ids().filter_map(|id| pillar.questions.iter().find(|one| one.id == *id));
            let (questions, above) = all().partition(|one| !told.contains(&one.id.as_str()));
            told.extend(ids().map(String::as_str));
            sections.push(Section {
                title: &key.title,
                counts: self.counts(all()),
                questions,
                above,
            });
        }
        let rest = pillar.questions.iter();
        let rest: Vec<&Question> = rest
            .filter(|one| !told.contains(&one.id.as_str()))
            .collect();
        if !rest.is_empty() {
            sections.push(Section {
                title: "Further questions",
                counts: self.counts(rest.iter().copied()),
                questions: rest,
                above: Vec::new(),
            });
        }
        sections
    }

    fn text(&self, width: usize, out: &mut dyn Write) -> io::Result<()> {
        for pillar in &self.ruleset.framework().pillars {
            writeln!(
                out,
                "{}\n  {}",
                pillar.title,
                self.counts(pillar.questions.iter())
            )?;
            for section in self.sections(pillar) {
                writeln!(out, "\n  {}\n    {}", section.title, section.counts)?;
                for question in section.questions {
                    let title = format!("{}  {}", question.id, question.text);
                    write!(out, "\n{}", wrap(&title, width, 4))?;
                    for practice in &question.practices {
                        let title = format!("{}  {}", practice.id, practice.title);
                        write!(out, "{}", wrap(&title, width, 6))?;
                        let status = match self.status(practice) {
                            Status::Checked(rules) => {
                                let ids: Vec<&str> =
                                    rules.iter().map(|rule| rule.header.id.as_str()).collect();
                                format!("{}: {}", count(ids.len(), "rule"), ids.join(", "))
                            }
                            Status::Unchecked => "no rule".to_owned(),
                            Status::BeyondCode(because, why) => {
                                format!("beyond code ({because}): {why}")
                            }
                        };
                        write!(out, "{}", wrap(&status, width, 10))?;
                    }
                }
                for question in section.above {
                    writeln!(out, "\n    {}  is told above", question.id)?;
                }
            }
            writeln!(out)?;
        }
        writeln!(out, "All pillars\n  {}", self.all())?;
        writeln!(out, "  {}", self.rules_line())
    }

    /// The page; the rules link to `pages`, a folder's path with a slash at its end, where there is one.
    pub(crate) fn markdown(&self, pages: &str, out: &mut dyn Write) -> io::Result<()> {
        let framework = self.ruleset.framework();
        writeln!(out, "# Coverage of the AWS Well-Architected Framework\n")?;
        writeln!(
            out,
            "Edition of {}. {}. {}.\n",
            framework.edition,
            self.all(),
            self.rules_line()
        )?;
        writeln!(
            out,
            "A practice is *checked* where rules speak of it: they see what the code says of it, seldom all of it. It is *beyond \
             code* where no template or configuration can show whether it is followed.\n"
        )?;
        writeln!(
            out,
            "| pillar | practices | checked | beyond code | without a rule |"
        )?;
        writeln!(out, "|---|---:|---:|---:|---:|")?;
        for pillar in &framework.pillars {
            let counts = self.counts(pillar.questions.iter());
            writeln!(
                out,
                "| [{}](#{}) | {} | {} | {} | {} |",
                pillar.title,
                pillar.id,
                counts.practices,
                counts.checked,
                counts.beyond_code,
                counts.unchecked
            )?;
        }
        for pillar in &framework.pillars {
            writeln!(out, "\n## {}", pillar.title)?;
            for section in self.sections(pillar) {
                writeln!(out, "\n### {}\n\n{}.", section.title, section.counts)?;
                for question in section.questions {
                    writeln!(out, "\n**{}** {}\n", question.id, question.text)?;
                    writeln!(out, "| best practice | rules |\n|---|---|")?;
                    for practice in &question.practices {
                        let Practice {
                            id, title, link, ..
                        } = practice;
                        let status = match self.status(practice) {
                            Status::Checked(rules) => {
                                let links: Vec<String> =
                                    rules.iter().map(|rule| linked(rule, pages)).collect();
                                links.join(", ")
                            }
                            Status::Unchecked => "none yet".to_owned(),
                            Status::BeyondCode(because, why) => {
                                format!("beyond code, {because}: {why}")
                            }
                        };
                        writeln!(out, "| [{id}]({link}) {title} | {status} |")?;
                    }
                }
                for question in section.above {
                    writeln!(out, "\n**{}** stands above.", question.id)?;
                }
            }
        }
        Ok(())
    }

    fn all(&self) -> Counts {
        let pillars = self.ruleset.framework().pillars.iter();
        self.counts(pillars.flat_map(|pillar| &pillar.questions))
    }

    /// `405 rules: 281 recommended, 124 strict`.
    fn rules_line(&self) -> String {
        let presets = Preset::ALL.iter().filter(|preset| **preset <= self.preset);
        let of = |preset: &Preset| {
            let rules = self.ruleset.rules.iter();
            rules.filter(|rule| rule.header.preset == *preset).count()
        };
        let parts: Vec<(usize, &str)> = presets.map(|one| (of(one), one.name())).collect();
        let all = count(parts.iter().map(|(number, _)| number).sum(), "rule");
        let parts: Vec<String> = parts
            .iter()
            .map(|(number, name)| match *name {
                "all" => format!("{number} only by name or in `all`"),
                name => format!("{number} {name}"),
            })
            .collect();
        format!("{all}: {}", parts.join(", "))
    }

    fn json(&self) -> CoverageOut<'r> {
        let framework = self.ruleset.framework();
        CoverageOut {
            version: json::VERSION,
            edition: &framework.edition,
            preset: self.preset.name(),
            summary: self.all(),
            pillars: framework
                .pillars
                .iter()
                .map(|pillar| PillarOut {
                    id: &pillar.id,
                    title: &pillar.title,
                    summary: self.counts(pillar.questions.iter()),
                    key_practices: pillar
                        .key_practices
                        .iter()
                        .map(|key| KeyPracticeOut {
                            id: &key.id,
                            title: &key.title,
                            questions: &key.questions,
                            summary: self.counts(
                                pillar
                                    .questions
                                    .iter()
                                    .filter(|question| key.questions.contains(&question.id)),
                            ),
                        })
                        .collect(),
                    questions: pillar
                        .questions
                        .iter()
                        .map(|question| QuestionOut {
                            id: &question.id,
                            text: &question.text,
                            practices: question
                                .practices
                                .iter()
                                .map(|practice| self.practice_out(practice))
                                .collect(),
                        })
                        .collect(),
                })
                .collect(),
        }
    }

    fn practice_out(&self, practice: &'r Practice) -> PracticeOut<'r> {
        let (status, rules, because, why) = match self.status(practice) {
            Status::Checked(rules) => ("checked", rules, None, None),
            Status::Unchecked => ("unchecked", Vec::new(), None, None),
            Status::BeyondCode(because, why) => {
                ("beyond-code", Vec::new(), Some(because), Some(why))
            }
        };
        PracticeOut {
            id: &practice.id,
            title: &practice.title,
            risk: &practice.risk,
            link: &practice.link,
            status,
            because,
            why,
            rules: rules.iter().map(|rule| rule.header.id.as_str()).collect(),
        }
    }
}

/// A rule as a link to its page, where there are pages.
pub(crate) fn linked(rule: &Rule, pages: &str) -> String {
    let id = &rule.header.id;
    match pages {
        "" => format!("`{id}`"),
        pages => format!("[{id}]({pages}{}/{id}.md)", rule.header.pillar),
    }
}

/// Questions under one heading.
struct Section<'r> {
    title: &'r str,
    counts: Counts,
    questions: Vec<&'r Question>,
    /// Those that stand under an earlier heading, too.
    above: Vec<&'r Question>,
}

#[derive(Serialize)]
struct CoverageOut<'r> {
    version: &'static str,
    edition: &'r str,
    preset: &'static str,
    summary: Counts,
    pillars: Vec<PillarOut<'r>>,
}

#[derive(Serialize)]
struct PillarOut<'r> {
    id: &'r str,
    title: &'r str,
    summary: Counts,
    key_practices: Vec<KeyPracticeOut<'r>>,
    questions: Vec<QuestionOut<'r>>,
}

#[derive(Serialize)]
struct KeyPracticeOut<'r> {
    id: &'r str,
    title: &'r str,
    questions: &'r [String],
    summary: Counts,
}

#[derive(Serialize)]
struct QuestionOut<'r> {
    id: &'r str,
    text: &'r str,
    practices: Vec<PracticeOut<'r>>,
}

#[derive(Serialize)]
struct PracticeOut<'r> {
    id: &'r str,
    title: &'r str,
    risk: &'r str,
    link: &'r str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'r str>,
    rules: Vec<&'r str>,
}
