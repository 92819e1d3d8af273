//! A page for the summary of a job (`$GITHUB_STEP_SUMMARY`) or a comment: what was found of each pillar and severity,
//! the worst findings in a table, and more of them to unfold. It stays far below what GitHub takes (1 MiB).

use super::entry::{Entry, Level, by_weight, path_of};
use super::{Options, Places, Run, looked_at, page, pillar_of};
use crate::text::count;
use pillarlint_engine::rule::Severity;
use pillarlint_engine::ruleset::Ruleset;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Rows of a table that are shown at once, and in all.
const SHOWN: usize = 20;
const MOST: usize = 500;
/// Bytes that the rows of a table may take.
const MOST_BYTES: usize = 256 << 10;
/// Characters of a text from a checked file.
const MOST_TEXT: usize = 300;

/// Writes a run as a page.
pub(crate) fn write(
    run: &Run,
    places: &Places,
    ruleset: &Ruleset,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let outcome = &run.outcome;
    let found = count(outcome.findings.len(), "finding");
    writeln!(out, "## pillarlint: {found}\n")?;
    if !outcome.findings.is_empty() {
        write_counts(run, ruleset, out)?;
    }
    let all = by_weight(outcome);
    let is_finding = |entry: &&Entry| entry.finding.is_some();
    let findings: Vec<&Entry> = all.iter().filter(is_finding).collect();
    let others: Vec<&Entry> = all.iter().filter(|entry| !is_finding(entry)).collect();
    let row = |entry: &Entry| {
        let place = link(entry, places, options);
        let rule = match page(ruleset, entry.rule()) {
            Some(page) => format!("[{}]({page})", escape(entry.rule())),
            None => escape(entry.rule()),
        };
        let practice = entry.practice(ruleset).unwrap_or_default();
        let message = escape(&short(&entry.sentence()));
        let severity = entry.level.name();
        format!("| {severity} | {rule} | {practice} | {place} | {message} |\n")
    };
    let heading = "| severity | rule | practice | place | |\n| --- | --- | --- | --- | --- |";
    write_table(&findings, heading, "finding", &row, out)?;
    let row = |entry: &Entry| {
        let place = link(entry, places, options);
        let name = match entry.level {
            Level::Error => "could not be read",
            Level::NotRead => "passed over",
            _ => "likely a mistake",
        };
        let message = escape(&short(&entry.sentence()));
        format!("| {name} | {place} | {message} |\n")
    };
    let heading = "| | place | |\n| --- | --- | --- |";
    write_table(&others, heading, "note", &row, out)?;
    if options.summary {
        let undecided = outcome.undecided.len();
        let suppressed = match outcome.suppressed.len() {
            0 => String::new(),
            findings => format!("{findings} suppressed, "),
        };
        let looked_at = looked_at(run);
        writeln!(
            out,
            "Checked {looked_at}: {suppressed}{undecided} undecided."
        )?;
    }
    Ok(())
}

/// How many findings each pillar has of each severity.
fn write_counts(run: &Run, ruleset: &Ruleset, out: &mut dyn Write) -> io::Result<()> {
    let severities = || Severity::ALL.iter().rev();
    let mut counts: BTreeMap<(&str, Severity), usize> = BTreeMap::new();
    for finding in &run.outcome.findings {
        let pillar = pillar_of(ruleset, &finding.rule);
        *counts.entry((pillar, finding.severity)).or_default() += 1;
    }
    let names: Vec<&str> = severities().map(|one| one.name()).collect();
    writeln!(out, "| | {} |", names.join(" | "))?;
    writeln!(out, "| --- |{}", " ---: |".repeat(names.len()))?;
    for pillar in &ruleset.framework().pillars {
        write!(out, "| {} |", pillar.title)?;
        for severity in severities() {
            match counts.get(&(pillar.id.as_str(), *severity)) {
                Some(number) => write!(out, " {number} |")?,
                None => write!(out, " |")?,
            }
        }
        writeln!(out)?;
    }
    writeln!(out)
}

/// A table whose first rows are shown; the next ones unfold, and the rest is counted.
fn write_table(
    entries: &[&Entry],
    heading: &str,
    noun: &str,
    row: &dyn Fn(&Entry) -> String,
    out: &mut dyn Write,
) -> io::Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut bytes = 0;
    let rows = entries.iter().take(MOST).map(|entry| row(entry));
    let rows = rows.take_while(|row| {
        bytes += row.len();
        bytes <= MOST_BYTES
    });
    let rows: Vec<String> = rows.collect();
    let (shown, folded) = rows.split_at(rows.len().min(SHOWN));
    writeln!(out, "{heading}\n{}", shown.concat())?;
    if !folded.is_empty() {
        let more = count(folded.len(), &format!("more {noun}"));
        let folded = folded.concat();
        writeln!(
            out,
            "<details><summary>{more}</summary>\n\n{heading}\n{folded}\n</details>\n"
        )?;
    }
    let left_out = entries.len() - rows.len();
    if left_out > 0 {
        let more = count(left_out, &format!("more {noun}"));
        writeln!(out, "This page leaves out {more}.\n")?;
    }
    Ok(())
}

/// A place, linked to its line.
fn link(entry: &Entry, places: &Places, options: &Options) -> String {
    let path = path_of(entry.place, places, &options.folder);
    if places.is_unread(entry.place.file) {
        return escape(&short(path));
    }
    let line = places.position(entry.place.file, entry.place.start).line;
    let text = escape(&format!("{}:{line}", short(path)));
    match options.base.as_deref() {
        Some(base) if super::uri::is_below(path) => {
            format!("[{text}]({base}{}#L{line})", super::uri::uri(path))
        }
        _ => text,
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(MOST_TEXT) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// A text that is shown as it is on one line, whatever of it Markdown or HTML would take for markup.
pub(super) fn escape(text: &str) -> String {
    let text = crate::text::escape(text);
    let mut out = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        let is_link = match character {
            ':' => text[at..].starts_with("://"),
            '.' => text[..at].ends_with("www"),
            _ => false,
        };
        match character {
            // People and issues are looked for in what Markdown leaves, escaped or not.
            '@' | '#' => out.push_str(&format!("&#{};\u{200B}", u32::from(character))),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '|' | '$' => {
                out.push('\\');
                out.push(character);
            }
            _ if is_link => {
                out.push('\\');
                out.push(character);
            }
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_markup() {
        for (text, expected) in [
            ("plain-text, (A): 1.5", "plain-text, (A): 1.5"),
            ("`a` | *b* _c_ ~d~", "\\`a\\` \\| \\*b\\* \\_c\\_ \\~d\\~"),
            ("[a](javascript:x)", "\\[a\\](javascript:x)"),
            ("![a](b)", "!\\[a\\](b)"),
            ("<img src=x>&amp;", "&lt;img src=x&gt;&amp;amp;"),
            ("https://a.b www.c.d", "https\\://a.b www\\.c.d"),
            ("@me #1", "&#64;\u{200B}me &#35;\u{200B}1"),
            ("$x$ \\", "\\$x\\$ \\\\"),
            ("a\n# b\u{202e}", "a\\\\u{a}&#35;\u{200B} b\\\\u{202e}"),
        ] {
            assert_eq!(escape(text), expected, "{text}");
        }
    }
}
