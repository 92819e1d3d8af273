//! One page for a browser, a person and a printer: what was looked at, what it says of each pillar, and every finding in
//! its code.
//!
//! The page is one file and loads nothing. Everything in it can be read without its script, which filters. Text of the
//! checked files is escaped, and were any of it ever taken for markup, the page's policy lets no script run but its own.

mod findings;
mod frame;
mod score;
mod text;

use super::{Options, Places, Run, looked_at};
use crate::scorecard::scorecard;
use crate::text::count;
use pillarlint_engine::finding::{Finding, Suppressed, Undecided};
use pillarlint_engine::rule::Severity;
use pillarlint_engine::ruleset::Ruleset;
use pillarlint_parser::source::Span;
use pillarlint_parser::tree::Problem;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{self, Write};
use text::{Plain, Sentence};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// What the parts of a page share.
struct Page<'r> {
    run: &'r Run,
    ruleset: &'r Ruleset,
    places: &'r Places<'r>,
    /// The names of the findings in links, in their order.
    anchors: Vec<String>,
}

/// Writes a run as a page.
pub(crate) fn write(
    run: &Run,
    places: &Places,
    ruleset: &Ruleset,
    _options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let page = Page {
        run,
        ruleset,
        anchors: anchors(&run.outcome.findings, places),
        places,
    };
    let title = found(run);
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{}'; script-src '{}'; \
         base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>pillarlint: {title}</title>\n<style>{STYLE}</style>\n</head>\n<body>",
        source_of(STYLE),
        source_of(SCRIPT),
    )?;
    let pillars = scorecard(run, ruleset);
    page.header(out)?;
    writeln!(out, "<main>")?;
    page.scorecard(&pillars, out)?;
    page.risks(&pillars, out)?;
    page.findings(out)?;
    page.problems(out)?;
    page.suppressed(out)?;
    page.undecided(out)?;
    page.practices(&pillars, out)?;
    page.rules(out)?;
    writeln!(
        out,
        "</main>\n<footer><p>Made by pillarlint {} from the text of the files alone. What is not found is not thereby \
         right: most best practices are decided by people, and no file shows them.</p></footer>\n\
         <script>{SCRIPT}</script>\n</body>\n</html>",
        env!("CARGO_PKG_VERSION")
    )
}

/// `17 findings`.
fn found(run: &Run) -> String {
    match run.outcome.findings.len() {
        0 => "no findings".to_owned(),
        number => count(number, "finding"),
    }
}

/// How a policy names an inline style or script.
fn source_of(text: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(text)))
}

/// <https://www.rfc-editor.org/rfc/rfc4648#section-4>
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits = (0..3).fold(0u32, |bits, at| {
            bits << 8 | u32::from(three.get(at).copied().unwrap_or(0))
        });
        for at in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * at)) as usize & 63];
            out.push(if at > three.len() {
                '='
            } else {
                char::from(letter)
            });
        }
    }
    out
}

/// Names for findings that stay when lines move and other findings come and go.
fn anchors(findings: &[Finding], places: &Places) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let anchor = |finding: &Finding| {
        let mut digest = Sha256::new();
        let path = &places.file(finding.place.file).0.path;
        let addresses = finding.addresses.iter();
        let when = finding.when.iter();
        let parts = [&finding.rule, path, &finding.message].into_iter();
        for part in parts.chain(addresses).chain(when) {
            digest.update(part);
            digest.update([0]);
        }
        let digest = digest.finalize();
        let hex: String = digest
            .iter()
            .take(6)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let nth = seen.entry(hex.clone()).or_default();
        *nth += 1;
        match nth {
            1 => hex,
            nth => format!("{hex}-{nth}"),
        }
    };
    findings.iter().map(anchor).collect()
}

impl Page<'_> {
    /// What was looked at and found, and what was not looked at.
    fn header(&self, out: &mut dyn Write) -> io::Result<()> {
        let outcome = &self.run.outcome;
        let title = found(self.run);
        let mut letters = title.chars();
        let first = letters.next().map(|one| one.to_ascii_uppercase());
        let asked = self.run.asked.iter().filter(|asked| **asked).count();
        writeln!(
            out,
            "<header class=\"top\">\n<p class=\"brand\">pillarlint</p>\n<h1>{}{}</h1>\n\
             <p class=\"lede\">{}. {} asked questions of them: {} passed, {} undecided{}. The best practices are those of \
             the AWS Well-Architected Framework, edition of {}.</p>",
            first.unwrap_or_default(),
            letters.as_str(),
            Plain(&looked_at(self.run)),
            count(asked, "rule"),
            outcome.passed,
            outcome.undecided.len(),
            match outcome.suppressed.len() {
                0 => String::new(),
                number => format!(
                    ", <a href=\"#suppressed\">{} suppressed</a>",
                    count(number, "finding")
                ),
            },
            Plain(&self.ruleset.framework().edition),
        )?;
        let mut counts: BTreeMap<Severity, usize> = BTreeMap::new();
        for finding in &outcome.findings {
            *counts.entry(finding.severity).or_default() += 1;
        }
        writeln!(out, "<ul class=\"severities\">")?;
        for severity in Severity::ALL.iter().rev() {
            let number = counts.get(severity).copied().unwrap_or(0);
            let zero = if number == 0 { " zero" } else { "" };
            let name = severity.name();
            writeln!(
                out,
                "<li class=\"{name}{zero}\"><b>{number}</b> <span class=\"sev {name}\">{name}</span></li>"
            )?;
        }
        writeln!(out, "</ul>")?;
        let unread = [
            (outcome.errors.len(), "error"),
            (outcome.not_read.len(), "part not read"),
        ];
        let unread: Vec<String> = unread
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, what)| match what {
                "error" => count(number, what),
                _ if number == 1 => "1 part was not read".to_owned(),
                _ => format!("{number} parts were not read"),
            })
            .collect();
        if !unread.is_empty() {
            writeln!(
                out,
                "<p class=\"notice\"><strong>Not everything was read.</strong> <a href=\"#unread\">{}</a>: what stands there \
                 is in no number on this page.</p>",
                unread.join(", ")
            )?;
        }
        let held_back: usize = outcome.held_back.values().map(|one| one.findings).sum();
        if held_back > 0 {
            let known = outcome.in_baseline + outcome.not_owned;
            let why = [
                (outcome.in_baseline, "in the baseline"),
                (
                    outcome.not_owned,
                    "in files or lines that were not asked for",
                ),
                (held_back.saturating_sub(known), "less severe"),
            ];
            let why: Vec<String> = why
                .into_iter()
                .filter(|(findings, _)| *findings > 0)
                .map(|(findings, why)| format!("{findings} {why}"))
                .collect();
            writeln!(
                out,
                "<p class=\"notice\"><strong>{} left out</strong> of this page, as was asked for: {}. The best practices count \
                 them.</p>",
                count(held_back, "finding"),
                why.join(", ")
            )?;
        }
        let rules = if outcome.findings.is_empty() {
            ""
        } else {
            " <a href=\"#rules\">Rules</a>"
        };
        writeln!(
            out,
            "<nav aria-label=\"Sections\"><a href=\"#pillars\">Pillars</a> <a href=\"#risks\">Risks</a> \
             <a href=\"#findings\">Findings</a> <a href=\"#undecided\">Undecided</a> \
             <a href=\"#practices\">Best practices</a>{rules}</nav>\n</header>"
        )
    }

    /// What could not be read, what was passed over, and what is likely a mistake.
    fn problems(&self, out: &mut dyn Write) -> io::Result<()> {
        let outcome = &self.run.outcome;
        if !outcome.errors.is_empty() || !outcome.not_read.is_empty() {
            writeln!(
                out,
                "<section id=\"unread\">\n<h2>Not read</h2>\n<p class=\"intro\">What stands here was not checked.</p>"
            )?;
            self.write_problems(&outcome.errors, "error", out)?;
            if !outcome.not_read.is_empty() {
                let items: Vec<(Span, String)> = outcome
                    .not_read
                    .iter()
                    .map(|(span, why)| (*span, Sentence(why).to_string()))
                    .collect();
                self.list(&items, out)?;
            }
            writeln!(out, "</section>")?;
        }
        if !outcome.warnings.is_empty() {
            writeln!(
                out,
                "<section id=\"warnings\">\n<h2>Warnings</h2>\n<p class=\"intro\">Likely mistakes that are no business of a rule.</p>"
            )?;
            self.write_problems(&outcome.warnings, "warning", out)?;
            writeln!(out, "</section>")?;
        }
        Ok(())
    }

    fn write_problems(
        &self,
        problems: &[Problem],
        level: &str,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        for problem in problems {
            let place = self.places.shown(problem.span);
            writeln!(
                out,
                "<article class=\"problem {level}\">\n<h4>{}</h4>\n<p class=\"where\">{level} <code>{}</code></p>",
                Sentence(&problem.message),
                Plain(&place)
            )?;
            frame::write(problem.span, &problem.related, self.places, out)?;
            writeln!(out, "</article>")?;
        }
        Ok(())
    }

    /// What a suppression says of itself.
    fn reason(&self, one: &Suppressed) -> String {
        let suppression = self.run.outcome.suppressions.get(one.suppression);
        let reason = suppression.and_then(|one| one.reason.as_deref());
        match reason {
            Some(reason) => format!(": <q>{}</q>", Plain(reason)),
            None => ", without a reason".to_owned(),
        }
    }

    /// The findings that suppressions cover.
    fn suppressed(&self, out: &mut dyn Write) -> io::Result<()> {
        let suppressed = &self.run.outcome.suppressed;
        if suppressed.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "<section id=\"suppressed\">\n<h2>Suppressed</h2>\n<p class=\"intro\">What was found, and what the files or the \
             configuration ask not to be told of. It is no gap, and no practice is met by it.</p>"
        )?;
        let item = |one: &Suppressed| {
            let (finding, reason) = (&one.finding, self.reason(one));
            let (rule, message) = (Plain(&finding.rule), Sentence(&finding.message));
            (finding.place, format!("<b>{rule}</b> {message}{reason}"))
        };
        let items: Vec<(Span, String)> = suppressed.iter().map(item).collect();
        self.list(&items, out)?;
        writeln!(out, "</section>")
    }

    /// What is said of places, by file.
    fn list(&self, items: &[(Span, String)], out: &mut dyn Write) -> io::Result<()> {
        for of_file in items.chunk_by(|(one, _), (next, _)| one.file == next.file) {
            let Some((first, _)) = of_file.first() else {
                continue;
            };
            let path = super::path(&self.places.file(first.file).0.path);
            writeln!(
                out,
                "<div class=\"list\"><h4>{}</h4>\n<ul class=\"list\">",
                Plain(&path)
            )?;
            for (span, text) in of_file {
                let at = self.places.position(span.file, span.start);
                writeln!(out, "<li><code>{}:{}</code> {text}", at.line, at.column)?;
            }
            writeln!(out, "</ul></div>")?;
        }
        Ok(())
    }

    /// The questions without an answer.
    fn undecided(&self, out: &mut dyn Write) -> io::Result<()> {
        let undecided = &self.run.outcome.undecided;
        writeln!(
            out,
            "<section id=\"undecided\">\n<h2>Undecided</h2>\n<p class=\"intro\">Questions that depend on values which are \
             known only at deployment. They are neither findings nor passed.</p>"
        )?;
        if undecided.is_empty() {
            writeln!(out, "<p>None.</p>")?;
        } else {
            let open = if undecided.len() <= 20 { " open" } else { "" };
            writeln!(
                out,
                "<details{open}><summary>{}</summary>",
                count(undecided.len(), "question")
            )?;
            let is_same = |one: &Undecided, other: &Undecided| {
                (one.place, &one.why, &one.address) == (other.place, &other.why, &other.address)
            };
            // Several rules mostly ask about one value.
            let items: Vec<(Span, String)> = undecided
                .chunk_by(is_same)
                .filter_map(|rules| rules.first().map(|one| (one, rules)))
                .map(|(one, rules)| {
                    let rules: Vec<&str> = rules.iter().map(|one| one.rule.as_str()).collect();
                    let (rules, why) = (rules.join(", "), Sentence(&one.why));
                    let address = Plain(&one.address);
                    let text = format!(
                        "<b>{}</b> {why} <span class=\"dim\">{address}</span>",
                        Plain(&rules)
                    );
                    (one.place, text)
                })
                .collect();
            self.list(&items, out)?;
            writeln!(out, "</details>")?;
        }
        writeln!(out, "</section>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_padded() {
        for (input, expected) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
        ] {
            assert_eq!(base64(input.as_bytes()), expected);
        }
    }
}
