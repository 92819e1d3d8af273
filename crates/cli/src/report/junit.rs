//! Test results, which every CI server shows: a suite for each file, a test case for each rule and resource.
//!
//! There is no test case for what passed: a run counts these, but does not keep them.

use super::entry::{Entry, Level, entries, path_of};
use super::{Options, Places, Run};
use crate::text::{escape, lead};
use pillarlint_engine::ruleset::Ruleset;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The entries of a file, together where they are of one rule and resource.
type Suite<'e, 'r> = BTreeMap<(&'r str, &'r [String]), Vec<&'e Entry<'r>>>;

/// Writes a run as XML.
pub(crate) fn write(
    run: &Run,
    places: &Places,
    ruleset: &Ruleset,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let entries = entries(&run.outcome);
    let mut suites: BTreeMap<&str, Suite> = BTreeMap::new();
    for entry in &entries {
        let path = path_of(entry.place, places, &options.folder);
        let addresses = entry.finding.map_or(&[][..], |finding| &finding.addresses);
        let suite = suites.entry(path).or_default();
        let case = suite.entry((entry.rule(), addresses)).or_default();
        case.push(entry);
    }
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    if suites.is_empty() {
        // Some servers take a report without a test for a broken one.
        return writeln!(
            out,
            "<testsuites name=\"pillarlint\" tests=\"1\" failures=\"0\" errors=\"0\">\n  \
             <testsuite name=\"pillarlint\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\">\n    \
             <testcase name=\"no findings\" classname=\"pillarlint\"/>\n  </testsuite>\n</testsuites>"
        );
    }
    let count = |kind: Kind| {
        suites
            .values()
            .map(|suite| kind.count(suite))
            .sum::<usize>()
    };
    let tests: usize = suites.values().map(BTreeMap::len).sum();
    let (failures, errors) = (count(Kind::Failure), count(Kind::Error));
    writeln!(
        out,
        "<testsuites name=\"pillarlint\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">"
    )?;
    for (path, suite) in &suites {
        let [failures, errors, skipped] =
            [Kind::Failure, Kind::Error, Kind::Skipped].map(|kind| kind.count(suite));
        writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\">",
            xml(path),
            suite.len()
        )?;
        for ((rule, addresses), entries) in suite {
            let name = match addresses {
                [] => (*rule).to_owned(),
                addresses => format!("{rule} ({})", super::addresses(addresses)),
            };
            let (name, path) = (xml(&name), xml(path));
            writeln!(out, "    <testcase name=\"{name}\" classname=\"{path}\">")?;
            write_case(entries, places, ruleset, out)?;
            writeln!(out, "    </testcase>")?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

/// What became of a test case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Failure,
    Error,
    /// What is no business of a rule: a likely mistake, a part that was passed over.
    Skipped,
}

impl Kind {
    fn of(level: Level) -> Self {
        match level {
            Level::Error => Self::Error,
            Level::Warning | Level::NotRead => Self::Skipped,
            _ => Self::Failure,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Failure => "failure",
            Self::Error => "error",
            Self::Skipped => "skipped",
        }
    }

    fn count(self, suite: &Suite) -> usize {
        let cases = suite.values().filter_map(|entries| entries.first());
        cases.filter(|one| Self::of(one.level) == self).count()
    }
}

/// The one element that says what is wrong: servers show no more than one of a test case.
fn write_case(
    entries: &[&Entry],
    places: &Places,
    ruleset: &Ruleset,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(first) = entries.first() else {
        return Ok(());
    };
    let name = Kind::of(first.level).name();
    let (level, message) = (first.level.name(), first.sentence());
    writeln!(
        out,
        "      <{name} type=\"{level}\" message=\"{}\">",
        xml(&message)
    )?;
    for entry in entries {
        let place = places.shown(entry.place);
        writeln!(out, "{}", xml(&format!("{place}: {}", entry.sentence())))?;
    }
    if let Some(finding) = first.finding
        && let Some(rule) = ruleset.rule(&finding.rule)
    {
        let help = lead(rule.docs().fix.of(finding.dialect));
        writeln!(out, "help: {}", xml(&help))?;
        if let Some(practice) = first.practice(ruleset) {
            writeln!(out, "practice: {practice}")?;
        }
    }
    writeln!(out, "      </{name}>")
}

/// A text for an attribute or between tags. What XML has no way to write, even escaped, is made visible.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in escape(text).chars() {
        out.push_str(&match character {
            '&' => Cow::Borrowed("&amp;"),
            '<' => Cow::Borrowed("&lt;"),
            '>' => Cow::Borrowed("&gt;"),
            '"' => Cow::Borrowed("&quot;"),
            '\u{FFFE}' | '\u{FFFF}' => Cow::Owned(character.escape_unicode().to_string()),
            other => {
                out.push(other);
                continue;
            }
        });
    }
    out
}
