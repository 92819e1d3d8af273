//! The findings by file, what filters them, and the rules behind them.

use super::super::{addresses, construct_of, pillar_of};
use super::text::{Plain, Sentence, link, prose};
use super::{Page, frame};
use crate::text::{count, lead};
use pillarlint_engine::finding::Finding;
use pillarlint_engine::rule::{Dialect, Severity};
use std::collections::BTreeMap;
use std::io::{self, Write};

impl Page<'_> {
    /// All findings, by file.
    pub(super) fn findings(&self, out: &mut dyn Write) -> io::Result<()> {
        let findings = &self.run.outcome.findings;
        writeln!(out, "<section id=\"findings\">\n<h2>Findings</h2>")?;
        if findings.is_empty() {
            writeln!(out, "<p class=\"intro\">None.</p>\n</section>")?;
            return Ok(());
        }
        self.filter(out)?;
        let mut anchors = self.anchors.iter();
        for of_file in findings.chunk_by(|one, next| one.place.file == next.place.file) {
            self.file(of_file, &mut anchors, out)?;
        }
        writeln!(
            out,
            "<p id=\"nothing\" hidden>No finding is like that.</p>\n</section>"
        )
    }

    /// What filters the findings. It stays hidden where no script runs.
    fn filter(&self, out: &mut dyn Write) -> io::Result<()> {
        let findings = &self.run.outcome.findings;
        let mut of_rules: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in findings {
            *of_rules.entry(&finding.rule).or_default() += 1;
        }
        writeln!(
            out,
            "<div id=\"filter\" role=\"search\" hidden>\n\
             <label class=\"search\"><span>Search findings</span><input id=\"search\" type=\"search\" placeholder=\"Search\" \
             autocomplete=\"off\" spellcheck=\"false\"><kbd>/</kbd></label>\n<fieldset><legend>Severity</legend>"
        )?;
        for severity in Severity::ALL.iter().rev() {
            let name = severity.name();
            let number = findings
                .iter()
                .filter(|one| one.severity == *severity)
                .count();
            if number > 0 {
                writeln!(
                    out,
                    "<label><input type=\"checkbox\" name=\"severity\" value=\"{name}\"><span class=\"sev {name}\">{name}</span></label>"
                )?;
            }
        }
        writeln!(
            out,
            "</fieldset>\n<label class=\"choice\"><span>Pillar</span><select id=\"pillar\"><option value=\"\">All pillars</option>"
        )?;
        for pillar in &self.ruleset.framework().pillars {
            let rules = of_rules.iter();
            let number: usize = rules
                .filter(|(rule, _)| pillar_of(self.ruleset, rule) == pillar.id)
                .map(|(_, number)| number)
                .sum();
            if number > 0 {
                let (id, title) = (Plain(&pillar.id), Plain(&pillar.title));
                writeln!(out, "<option value=\"{id}\">{title} ({number})</option>")?;
            }
        }
        writeln!(
            out,
            "</select></label>\n<label class=\"choice\"><span>Rule</span><select id=\"rule\"><option value=\"\">All rules</option>"
        )?;
        for (rule, number) in of_rules {
            let rule = Plain(rule);
            writeln!(out, "<option value=\"{rule}\">{rule} ({number})</option>")?;
        }
        writeln!(
            out,
            "</select></label>\n<output id=\"count\">{}</output> <button id=\"clear\" type=\"button\" hidden>Clear</button> \
             <button id=\"fold\" type=\"button\">Fold files</button>\n</div>",
            findings.len()
        )
    }

    fn file<'a>(
        &self,
        findings: &[Finding],
        anchors: &mut impl Iterator<Item = &'a String>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let Some(first) = findings.first() else {
            return Ok(());
        };
        let path = super::super::path(&self.places.file(first.place.file).0.path);
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
        let slash = if folder.is_empty() { "" } else { "/" };
        writeln!(
            out,
            "<details class=\"file\" open>\n<summary><h3><span>{}{slash}</span>{}</h3> <span class=\"counts\">",
            Plain(folder),
            Plain(name)
        )?;
        for severity in Severity::ALL.iter().rev() {
            let number = findings
                .iter()
                .filter(|one| one.severity == *severity)
                .count();
            if number > 0 {
                let name = severity.name();
                write!(
                    out,
                    "<span class=\"sev {name}\" title=\"{number} {name}\">{number}</span> "
                )?;
            }
        }
        writeln!(out, "</span></summary>")?;
        for (finding, anchor) in findings.iter().zip(anchors) {
            self.finding(finding, anchor, out)?;
        }
        writeln!(out, "</details>")
    }

    fn finding(&self, finding: &Finding, anchor: &str, out: &mut dyn Write) -> io::Result<()> {
        let severity = finding.severity.name();
        let rule = Plain(&finding.rule);
        writeln!(
            out,
            "<article id=\"f-{anchor}\" class=\"finding {severity}\" data-s=\"{severity}\" data-p=\"{}\" data-r=\"{rule}\">\n\
             <h4><span class=\"sev {severity}\">{severity}</span> {} <a class=\"anchor\" href=\"#f-{anchor}\" \
             title=\"A link to this finding\">#</a></h4>\n<p class=\"where\"><a href=\"#r-{rule}\">{rule}</a>",
            Plain(pillar_of(self.ruleset, &finding.rule)),
            Sentence(&finding.message),
        )?;
        let addresses = addresses(&finding.addresses);
        if !addresses.is_empty() {
            write!(out, " <span><code>{}</code>", Plain(&addresses))?;
            if !finding.kind.is_empty() {
                write!(out, " {}", Plain(&finding.kind))?;
            }
            if let Some(written) = &finding.made_from {
                write!(out, " of {}", Plain(written))?;
            }
            writeln!(out, "</span>")?;
        }
        if let Some(construct) = &finding.construct {
            writeln!(
                out,
                " <span>made by <code>{}</code></span>",
                Plain(&construct_of(construct))
            )?;
        }
        if let Some(when) = &finding.when {
            writeln!(out, " <span>when <code>{}</code></span>", Plain(when))?;
        }
        writeln!(out, "</p>")?;
        frame::write(finding.place, &finding.related, self.places, out)?;
        if let Some(rule) = self.ruleset.rule(&finding.rule) {
            let fix = lead(rule.docs().fix.of(finding.dialect));
            write!(
                out,
                "<p class=\"fix\">{}</p>\n<p class=\"practice\">",
                Sentence(&fix)
            )?;
            let framework = self.ruleset.framework();
            let practices = rule.header.practices.iter();
            let practices = practices.filter_map(|id| framework.practice(id));
            if let Some((_, _, practice)) = practices.into_iter().next() {
                let (id, title) = (Plain(&practice.id), Plain(&practice.title));
                write!(out, "<a href=\"#{id}\">{id}</a> {title}")?;
            }
            writeln!(out, "</p>")?;
        }
        writeln!(out, "</article>")
    }

    /// The rules that found something: why, what to do, and where it is written down.
    pub(super) fn rules(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut of_rules: BTreeMap<&str, Vec<Dialect>> = BTreeMap::new();
        let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in &self.run.outcome.findings {
            let dialects = of_rules.entry(&finding.rule).or_default();
            if !dialects.contains(&finding.dialect) {
                dialects.push(finding.dialect);
                dialects.sort_unstable();
            }
            *numbers.entry(&finding.rule).or_default() += 1;
        }
        if of_rules.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "<section id=\"rules\">\n<h2>Rules</h2>\n<p class=\"intro\">Those that found something: why they ask, and what to do.</p>"
        )?;
        for (id, dialects) in of_rules {
            let Some(rule) = self.ruleset.rule(id) else {
                continue;
            };
            let (header, docs) = (&rule.header, rule.docs());
            let severity = header.severity.name();
            let number = numbers.get(id).copied().unwrap_or(0);
            writeln!(
                out,
                "<details class=\"rule\" id=\"r-{0}\">\n<summary><span class=\"sev {severity}\">{severity}</span> <b>{0}</b> \
                 <span class=\"title\">{1}</span> <span class=\"dim\">{2}</span></summary>\n{3}",
                Plain(id),
                Sentence(&header.title),
                count(number, "finding"),
                prose(&docs.why)
            )?;
            writeln!(out, "<h4>What to do</h4>")?;
            let mut told: Vec<&str> = Vec::new();
            for dialect in &dialects {
                let fix = docs.fix.of(*dialect);
                if told.contains(&fix) {
                    continue;
                }
                told.push(fix);
                let is_same = |other: &Dialect| docs.fix.of(*other) == fix;
                if !dialects.iter().all(is_same) {
                    writeln!(out, "<h5>{}</h5>", name_of(*dialect))?;
                }
                write!(out, "{}", prose(fix))?;
            }
            let framework = self.ruleset.framework();
            let practices = header.practices.iter();
            let practices = practices.filter_map(|id| framework.practice(id));
            writeln!(out, "<ul class=\"links\">")?;
            for (_, _, practice) in practices {
                let title = format!("{} {}", Plain(&practice.id), Plain(&practice.title));
                writeln!(out, "<li>{}", link(&practice.link, title))?;
            }
            for reference in &docs.references {
                writeln!(out, "<li>{}", link(reference, Plain(reference)))?;
            }
            writeln!(out, "</ul>\n</details>")?;
        }
        writeln!(out, "</section>")
    }
}

fn name_of(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::CloudFormation => "CloudFormation",
        Dialect::Sam => "SAM",
        Dialect::Terraform => "Terraform",
    }
}
