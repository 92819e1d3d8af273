//! `pillarlint explain`: a rule, a best practice, a question, a pillar, or the rules for a kind, for reading.

use crate::args::ExplainArgs;
use crate::text::{count, prose, wrap};
use crate::{CLEAN, Console, Failure, own_rules, selector_of};
use pillarlint_engine::framework::{KeyPractice, Pillar, Practice, Question};
use pillarlint_engine::parameter::Parameter;
use pillarlint_engine::rule::{Certainty, Preset};
use pillarlint_engine::ruleset::{Rule, Ruleset};
use pillarlint_engine::selector::{self, Place, Selector};
use std::io::{self, Write};

pub(crate) fn run(args: &ExplainArgs, console: &mut Console) -> Result<u8, Failure> {
    let own = own_rules::of_command(&args.rules, &args.config, console.errors)?;
    let ruleset = own.ruleset();
    let mut page = Page {
        ruleset,
        width: console.width,
        out: console.output,
    };
    let subject = args.subject.trim();
    let framework = ruleset.framework();

    let rules: Vec<&Rule> = ruleset
        .rules
        .iter()
        .filter(|rule| selector::is_named(rule, subject))
        .collect();
    if !rules.is_empty() {
        for (index, rule) in rules.into_iter().enumerate() {
            if index > 0 {
                page.line("")?;
            }
            page.rule(rule)?;
        }
        return Ok(CLEAN);
    }
    match selector::place_in_framework(subject, ruleset) {
        Some(Place::Pillar(id)) => {
            for pillar in framework.pillars.iter().filter(|pillar| pillar.id == id) {
                page.pillar(pillar)?;
            }
        }
        Some(Place::Question(id)) => {
            if let Some((pillar, question)) = framework.question(&id) {
                page.question(pillar, question)?;
            }
        }
        Some(Place::Practice(id)) => {
            if let Some((pillar, question, practice)) = framework.practice(&id) {
                page.practice(pillar, question, practice)?;
            }
        }
        None => page.rules(
            subject,
            &selector_of(subject, ruleset).map_err(Failure::Usage)?,
        )?,
    }
    Ok(CLEAN)
}

/// Where an explanation is written, and from what.
struct Page<'a> {
    ruleset: &'a Ruleset,
    width: usize,
    out: &'a mut dyn Write,
}

impl<'a> Page<'a> {
    fn rule(&mut self, rule: &Rule) -> io::Result<()> {
        let header = &rule.header;
        let docs = rule.docs();
        self.title(&header.id, &header.title)?;
        self.field("pillar", &header.pillar)?;
        for (index, id) in header.practices.iter().enumerate() {
            let practice = self.ruleset.framework().practice(id);
            let text = practice.map_or(String::new(), |(_, _, practice)| titled(practice));
            self.field(
                if index == 0 { "practices" } else { "" },
                &format!("{id}  {text}"),
            )?;
        }
        self.field("severity", header.severity.name())?;
        self.field(
            "certainty",
            &format!("{}: {}", header.certainty.name(), meaning(header.certainty)),
        )?;
        self.field("preset", header.preset.name())?;
        self.field("kinds", &header.kinds.join(", "))?;
        if !header.aliases.is_empty() {
            self.field("aliases", &header.aliases.join(", "))?;
        }
        for (index, parameter) in header.parameters.iter().enumerate() {
            let name = if index == 0 { "parameters" } else { "" };
            self.field(name, &parameter_line(parameter))?;
        }
        self.section("Why", &docs.why)?;
        let fix = &docs.fix;
        if fix.cloudformation == fix.terraform {
            self.section("Fix", &fix.cloudformation)?;
        } else {
            self.section("Fix in CloudFormation", &fix.cloudformation)?;
            if let Some(sam) = &fix.sam {
                self.section("Fix in SAM", sam)?;
            }
            self.section("Fix in Terraform", &fix.terraform)?;
        }
        if !docs.references.is_empty() {
            self.line("\nReferences")?;
            for reference in &docs.references {
                self.item(reference)?;
            }
        }
        for (number, example) in (1..).zip(&docs.examples) {
            let name = if example.name.is_empty() {
                String::new()
            } else {
                format!(": {}", example.name)
            };
            self.line(&format!("\nExample {number}{name}"))?;
            for line in example.text.lines() {
                self.line(format!("    {line}").trim_end())?;
            }
        }
        Ok(())
    }

    /// The rules behind a selector of several: a kind, or a glob.
    fn rules(&mut self, subject: &str, selector: &Selector) -> io::Result<()> {
        let selected = std::slice::from_ref(selector);
        let active = selector::active(self.ruleset, Preset::All, selected, &[]);
        let rules = self.ruleset.rules.iter().zip(active);
        let rules: Vec<&Rule> = rules.filter_map(|(rule, on)| on.then_some(rule)).collect();
        self.title(subject, &count(rules.len(), "rule"))?;
        rules.into_iter().try_for_each(|rule| self.rule_item(rule))
    }

    fn practice(
        &mut self,
        pillar: &Pillar,
        question: &Question,
        practice: &Practice,
    ) -> io::Result<()> {
        self.title(&practice.id, &practice.title)?;
        self.field("pillar", &pillar.title)?;
        self.key_practices(pillar, question)?;
        self.field("question", &format!("{}  {}", question.id, question.text))?;
        self.field("risk", &practice.risk)?;
        self.field("link", &practice.link)?;
        let rules = self.ruleset.of_practice(&practice.id);
        if rules.is_empty() {
            return match &practice.beyond_code {
                Some(beyond) => self.field(
                    "beyond code",
                    &format!("{}: {}", beyond.because, beyond.why),
                ),
                None => self.line("\nNo rule checks it yet."),
            };
        }
        self.line("\nRules that check it")?;
        rules.into_iter().try_for_each(|rule| self.rule_item(rule))
    }

    fn question(&mut self, pillar: &Pillar, question: &Question) -> io::Result<()> {
        self.title(&question.id, &question.text)?;
        self.field("pillar", &pillar.title)?;
        self.key_practices(pillar, question)?;
        self.line("\nBest practices")?;
        for practice in &question.practices {
            let rules = count(self.ruleset.of_practice(&practice.id).len(), "rule");
            self.item(&format!("{}  {}, {rules}", practice.id, titled(practice)))?;
        }
        Ok(())
    }

    fn pillar(&mut self, pillar: &Pillar) -> io::Result<()> {
        self.title(&pillar.title, &pillar.focus)?;
        let rules = self
            .ruleset
            .rules
            .iter()
            .filter(|rule| rule.header.pillar == pillar.id);
        self.field("rules", &rules.count().to_string())?;
        self.line("\nKey practices")?;
        for key in &pillar.key_practices {
            self.item(&format!("{} ({})", key.title, key.questions.join(", ")))?;
        }
        self.line("\nQuestions")?;
        for question in &pillar.questions {
            let checked = |practice: &&Practice| !self.ruleset.of_practice(&practice.id).is_empty();
            let checked = question.practices.iter().filter(checked).count();
            let (id, text, all) = (&question.id, &question.text, question.practices.len());
            self.item(&format!(
                "{id}  {text} (rules for {checked} of {all} practices)"
            ))?;
        }
        Ok(())
    }

    /// The key practices of the pillar that a question stands behind.
    fn key_practices(&mut self, pillar: &Pillar, question: &Question) -> io::Result<()> {
        let behind = |key: &&KeyPractice| key.questions.contains(&question.id);
        let titles: Vec<&str> = pillar
            .key_practices
            .iter()
            .filter(behind)
            .map(|key| key.title.as_str())
            .collect();
        if titles.is_empty() {
            return Ok(());
        }
        self.field("key practice", &titles.join("; "))
    }

    fn title(&mut self, id: &str, title: &str) -> io::Result<()> {
        let wrapped = wrap(&format!("{id}: {title}"), self.width, 0);
        writeln!(self.out, "{wrapped}")
    }

    fn field(&mut self, name: &str, text: &str) -> io::Result<()> {
        let indent = 16;
        let wrapped = wrap(text, self.width, indent);
        writeln!(self.out, "  {name:12}  {}", wrapped.trim())
    }

    fn section(&mut self, name: &str, text: &str) -> io::Result<()> {
        let text = prose(text, self.width, 2);
        write!(self.out, "\n{name}\n{text}")
    }

    /// A rule as an entry of a list.
    fn rule_item(&mut self, rule: &Rule) -> io::Result<()> {
        let header = &rule.header;
        let (id, title) = (&header.id, &header.title);
        let (severity, preset) = (header.severity.name(), header.preset.name());
        self.item(&format!("{id}: {title} ({severity}, {preset})"))
    }

    /// An entry of a list, wrapped under itself.
    fn item(&mut self, text: &str) -> io::Result<()> {
        let wrapped = wrap(text, self.width, 4);
        writeln!(self.out, "  {}", wrapped.trim())
    }

    fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")
    }
}

/// `days = 7 (integer, from 1 to 35): days that backups are kept`.
pub(crate) fn parameter_line(parameter: &Parameter) -> String {
    let bounds = match parameter.bounds() {
        bounds if bounds.is_empty() => bounds,
        bounds => format!(", {bounds}"),
    };
    format!(
        "{} = {} ({}{bounds}): {}",
        parameter.name,
        parameter.value,
        parameter.value.type_name(),
        parameter.description
    )
}

fn titled(practice: &Practice) -> String {
    format!("{} (risk: {})", practice.title, practice.risk)
}

pub(crate) fn meaning(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Exact => "the text says so",
        Certainty::Threshold => "it depends on a limit that is a matter of taste",
        Certainty::Heuristic => "it is likely",
        Certainty::Presence => "something should be there that may stand elsewhere",
    }
}
