//! A table for spreadsheets: RFC 4180, with a header, and nothing in it that a spreadsheet would compute.

use super::entry::{Entry, entries, path_of};
use super::{Options, Places, Run, pillar_of};
use crate::text::escape;
use pillarlint_engine::ruleset::Ruleset;
use std::io::{self, Write};

const COLUMNS: [&str; 11] = [
    "severity", "rule", "pillar", "practice", "file", "line", "column", "address", "kind", "when",
    "message",
];

/// Writes a run as a table, a row for each entry.
pub(crate) fn write(
    run: &Run,
    places: &Places,
    ruleset: &Ruleset,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    row(&COLUMNS.map(str::to_owned), out)?;
    entries(&run.outcome)
        .iter()
        .try_for_each(|entry| row(&cells(entry, places, ruleset, options), out))
}

fn cells(entry: &Entry, places: &Places, ruleset: &Ruleset, options: &Options) -> [String; 11] {
    let position = (!places.is_unread(entry.place.file))
        .then(|| places.position(entry.place.file, entry.place.start));
    let finding = entry.finding;
    [
        entry.level.name().to_owned(),
        finding.map_or(String::new(), |one| one.rule.clone()),
        finding.map_or(String::new(), |one| {
            pillar_of(ruleset, &one.rule).to_owned()
        }),
        entry.practice(ruleset).unwrap_or_default().to_owned(),
        path_of(entry.place, places, &options.folder).to_owned(),
        position.map_or(String::new(), |one| one.line.to_string()),
        position.map_or(String::new(), |one| one.column.to_string()),
        finding.map_or(String::new(), |one| one.addresses.join(" ")),
        finding.map_or(String::new(), |one| one.kind.clone()),
        finding.and_then(|one| one.when.clone()).unwrap_or_default(),
        entry.message.to_owned(),
    ]
}

fn row(cells: &[String], out: &mut dyn Write) -> io::Result<()> {
    for (index, cell) in cells.iter().enumerate() {
        out.write_all(if index > 0 { b"," } else { b"" })?;
        out.write_all(quoted(&inert(&escape(cell))).as_bytes())?;
    }
    out.write_all(b"\r\n")
}

/// A text that no spreadsheet takes for a formula: where one would begin, an apostrophe stands before it. That is the
/// beginning of a cell, and what follows a semicolon, which is how cells end for some locales.
fn inert(text: &str) -> String {
    const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    let mut out = String::with_capacity(text.len() + 1);
    let mut may_begin = true;
    for character in text.chars() {
        if may_begin && FORMULA.contains(&character) {
            out.push('\'');
        }
        let is_skipped = character == '"' || character.is_whitespace();
        may_begin = character == ';' || (may_begin && is_skipped);
        out.push(character);
    }
    out
}

fn quoted(cell: &str) -> String {
    let is_plain = !cell.contains([',', '"', ';']) && cell.trim() == cell;
    if is_plain {
        cell.to_owned()
    } else {
        format!("\"{}\"", cell.replace('"', "\"\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_compute_nothing() {
        for (cell, expected) in [
            ("plain", "plain"),
            ("a, \"b\"", "\"a, \"\"b\"\"\""),
            (" a", "\" a\""),
            ("=1+1", "'=1+1"),
            ("+a", "'+a"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("＝1", "'＝1"),
            (" =1", "\" '=1\""),
            ("\"=1", "\"\"\"'=1\""),
            ("a;=1", "\"a;'=1\""),
            ("a=1-2", "a=1-2"),
        ] {
            assert_eq!(quoted(&inert(cell)), expected, "{cell}");
        }
    }
}
