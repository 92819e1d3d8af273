//! What the run says of the framework: pillars, questions at risk, and every best practice.

use super::Page;
use super::text::{Plain, Sentence, link};
use crate::scorecard::{Assessed, PillarScore, QuestionScore, Risk, Status, Tally};
use crate::text::count;
use std::io::{self, Write};

/// Findings of a practice, and places of what passed, that are told one by one.
const TOLD: usize = 5;

impl Page<'_> {
    /// Each pillar with all its practices, a mark for each.
    pub(super) fn scorecard(
        &self,
        pillars: &[PillarScore<'_>],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let all = Tally::of(pillars);
        writeln!(
            out,
            "<section id=\"pillars\">\n<h2>Pillars</h2>\n<p class=\"intro\">Of the framework's {}, rules of this run ask about \
             {}, and the code shows something of {}. A mark stands for a practice, a group of marks for a question.</p>\n\
             <table class=\"score\">\n<thead><tr><th scope=\"col\">Pillar</th><th scope=\"col\">Best practices</th>\
             <th scope=\"col\">Checkable</th><th scope=\"col\">Evidenced</th><th scope=\"col\">Gaps</th></tr></thead>\n<tbody>",
            count(all.practices, "best practice"),
            all.checkable,
            all.evidenced,
        )?;
        for pillar in pillars {
            self.pillar(pillar, out)?;
        }
        writeln!(out, "</tbody>\n</table>\n<ul class=\"legend\">")?;
        for (class, meaning) in [
            ("gap high", "gap, high risk"),
            ("gap medium", "gap, medium risk"),
            ("gap low", "gap, low risk"),
            ("met", "met: asked and passed"),
            ("open", "undecided"),
            ("na", "nothing here to ask about"),
            ("no", "not asked, or beyond code"),
        ] {
            writeln!(out, "<li><i class=\"c {class}\"></i> {meaning}")?;
        }
        writeln!(out, "</ul>\n</section>")
    }

    fn pillar(&self, of: &PillarScore<'_>, out: &mut dyn Write) -> io::Result<()> {
        let tally = Tally::of([of]);
        writeln!(
            out,
            "<tr><th scope=\"row\"><a href=\"#p-{}\">{}</a></th>\n<td class=\"mosaic\"><div aria-hidden=\"true\">",
            Plain(&of.pillar.id),
            Plain(&of.pillar.title)
        )?;
        for question in &of.questions {
            write!(out, "<span>")?;
            for one in &question.practices {
                let (id, title) = (Plain(&one.practice.id), Plain(&one.practice.title));
                write!(
                    out,
                    "<a class=\"c {}\" href=\"#{id}\" tabindex=\"-1\" title=\"{id} {title}: {}\"></a>",
                    class(one),
                    Plain(&state(one))
                )?;
            }
            writeln!(out, "</span>")?;
        }
        let mut risks: Vec<String> = Risk::ALL
            .into_iter()
            .filter(|risk| tally.gaps_of(*risk) > 0)
            .map(|risk| format!("<span>{} {}</span>", tally.gaps_of(risk), risk.name()))
            .collect();
        if !risks.is_empty() {
            risks.insert(0, String::new());
        }
        writeln!(
            out,
            "</div></td>\n<td data-label=\"Checkable\"><b>{}</b> <small>of {}</small></td>\
             <td data-label=\"Evidenced\"><b>{}</b> <small>{} met</small></td>\
             <td data-label=\"Gaps\"><b>{}</b> <small>{}</small></td></tr>",
            tally.checkable,
            tally.practices,
            tally.evidenced,
            tally.met,
            tally.gaps,
            risks.join(" ").trim()
        )
    }

    /// The questions of which a practice has a gap, by the worst risk of their gaps.
    pub(super) fn risks(&self, pillars: &[PillarScore<'_>], out: &mut dyn Write) -> io::Result<()> {
        let tally = Tally::of(pillars);
        writeln!(
            out,
            "<section id=\"risks\">\n<h2>Questions at risk</h2>\n<p class=\"intro\">{} at high risk, {} at medium risk: the level \
             that AWS gives to the worst gap among a question's best practices.</p>",
            count(tally.questions_high_risk, "question"),
            tally.questions_medium_risk
        )?;
        for risk in [Risk::High, Risk::Medium] {
            let questions = pillars.iter().flat_map(|pillar| &pillar.questions);
            let of_risk: Vec<&QuestionScore> =
                questions.filter(|one| one.risk() == Some(risk)).collect();
            if of_risk.is_empty() {
                continue;
            }
            writeln!(
                out,
                "<h3 class=\"risk {0}\">{1} risk</h3>",
                risk.name(),
                name(risk)
            )?;
            for one in of_risk {
                self.question_at_risk(one, out)?;
            }
        }
        writeln!(out, "</section>")
    }

    fn question_at_risk(&self, of: &QuestionScore<'_>, out: &mut dyn Write) -> io::Result<()> {
        let gaps: Vec<&Assessed> = of
            .practices
            .iter()
            .filter(|one| one.status == Status::Gap)
            .collect();
        writeln!(
            out,
            "<details class=\"question\">\n<summary><b>{}</b> <span class=\"title\">{}</span> <span class=\"dim\">{}</span></summary>",
            Plain(&of.question.id),
            Plain(&of.question.text),
            count(gaps.len(), "gap")
        )?;
        for one in gaps {
            self.practice(one, false, out)?;
        }
        writeln!(out, "</details>")
    }

    /// Every best practice, with what is shown for and against it.
    pub(super) fn practices(
        &self,
        pillars: &[PillarScore<'_>],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        writeln!(
            out,
            "<section id=\"practices\">\n<h2>Best practices</h2>\n<p class=\"intro\">All of them, with what the code shows for and \
             against each. Nothing found is no evidence: met are only those that a rule asked about and that passed.</p>"
        )?;
        for of_pillar in pillars {
            let pillar = of_pillar.pillar;
            let tally = Tally::of([of_pillar]);
            writeln!(
                out,
                "<details class=\"pillar\" id=\"p-{}\">\n<summary><h3>{}</h3> <span class=\"dim\">{} of {} checkable, {} evidenced: \
                 {} met, {}</span></summary>",
                Plain(&pillar.id),
                Plain(&pillar.title),
                tally.checkable,
                tally.practices,
                tally.evidenced,
                tally.met,
                count(tally.gaps, "gap")
            )?;
            for question in &of_pillar.questions {
                let (id, text) = (&question.question.id, &question.question.text);
                writeln!(out, "<h4><b>{}</b> {}</h4>", Plain(id), Plain(text))?;
                for one in &question.practices {
                    self.practice(one, true, out)?;
                }
            }
            writeln!(out, "</details>")?;
        }
        writeln!(out, "</section>")
    }

    /// A best practice; the one place that links lead to has its id.
    fn practice(&self, one: &Assessed<'_>, is_place: bool, out: &mut dyn Write) -> io::Result<()> {
        let id = Plain(&one.practice.id);
        let anchor = if is_place {
            format!(" id=\"{id}\"")
        } else {
            String::new()
        };
        let title = format!("{id} {}", Plain(&one.practice.title));
        writeln!(
            out,
            "<div class=\"bp\"{anchor}><p><i class=\"c {}\"></i> {} <span class=\"dim\">{}</span></p>",
            class(one),
            link(&one.practice.link, title),
            Sentence(&state(one))
        )?;
        let mut items = Vec::new();
        let findings = one.rules.iter().flat_map(|asked| &asked.findings);
        let total = findings.clone().count();
        for (index, finding) in findings.take(TOLD) {
            let anchor = self.anchors.get(*index).map_or("", String::as_str);
            items.push(format!(
                "<a href=\"#f-{anchor}\">{}</a> {}",
                Plain(&self.places.shown(finding.place)),
                Sentence(&finding.message)
            ));
        }
        if total > TOLD {
            items.push(format!("and {} more", total - TOLD));
        }
        let held_back: usize = one.rules.iter().map(|asked| asked.held_back.findings).sum();
        if held_back > 0 {
            items.push(format!(
                "{} left out of this page",
                count(held_back, "finding")
            ));
        }
        let suppressed = one.rules.iter().flat_map(|asked| &asked.suppressed);
        for suppressed in suppressed.take(TOLD) {
            let finding = &suppressed.finding;
            items.push(format!(
                "<b>suppressed</b> <code>{}</code> {}{}",
                Plain(&self.places.shown(finding.place)),
                Sentence(&finding.message),
                self.reason(suppressed),
            ));
        }
        if is_place {
            for asked in &one.rules {
                let Some((passes, (span, address))) = asked
                    .passes
                    .and_then(|passes| Some((passes, passes.places.first()?)))
                else {
                    continue;
                };
                let title = &asked.rule.header.title;
                let place = self.places.shown(*span);
                let more = match passes.count {
                    1 => String::new(),
                    many => format!(", and {} more", many - 1),
                };
                items.push(format!(
                    "<span class=\"pass\">passed</span> {}: <code>{}</code> {}{more}",
                    Sentence(title),
                    Plain(&place),
                    Plain(address),
                ));
            }
        }
        if !items.is_empty() {
            writeln!(out, "<ul>")?;
            for item in items {
                writeln!(out, "<li>{item}")?;
            }
            writeln!(out, "</ul>")?;
        }
        writeln!(out, "</div>")
    }
}

/// How a practice is drawn.
fn class(one: &Assessed) -> String {
    match one.status {
        Status::Gap => format!("gap {}", one.risk.name()),
        Status::Met => "met".to_owned(),
        Status::NotApplicable => "na".to_owned(),
        Status::CannotDetermine if one.rules.is_empty() => "no".to_owned(),
        Status::CannotDetermine => "open".to_owned(),
    }
}

/// What is known of a practice, in words.
fn state(one: &Assessed) -> String {
    match (one.status, &one.reason) {
        (Status::Gap, _) => format!("gap, {} risk", one.risk.name()),
        (Status::Met, _) => "met".to_owned(),
        (_, Some((_, why))) => why.clone(),
        (other, None) => other.name().to_owned(),
    }
}

fn name(risk: Risk) -> &'static str {
    match risk {
        Risk::High => "High",
        Risk::Medium => "Medium",
        Risk::Low => "Low",
    }
}
