//! `pillarlint suppressions`: what the files ask not to be told of, why, until when, and what became of it.

use crate::args::{ListFormat, SuppressionsArgs};
use crate::changed::Changes;
use crate::check::{self, Limits, Wanted};
use crate::config::Judging;
use crate::report::json::{self, SuppressionOut};
use crate::report::{Places, Run};
use crate::text::{count, escape};
use crate::{Console, Failure};
use pillarlint_engine::date::Date;
use pillarlint_engine::rule::Severity;
use pillarlint_engine::suppress::{ReasonClass, State, Suppression};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

pub(crate) fn run(args: &SuppressionsArgs, console: &mut Console) -> Result<u8, Failure> {
    let wanted = Wanted {
        severity: Severity::Info,
        undecided: false,
        passes: false,
    };
    let prepared = check::prepare(&args.run, None, console)?;
    prepared.with_all_rules(&args.run, console, |prepared, console| {
        let flags = check::flags(&args.run, prepared.own.ruleset())?;
        let judging = Judging::new(&prepared.own, &prepared.configurations, flags)?;
        let found = prepared.found.clone();
        let run = check::judge(&args.run, found, &judging, Limits::default(), wanted)?;
        list(args, &run, prepared.changes.as_ref(), console)
    })
}

fn list(
    args: &SuppressionsArgs,
    run: &Run,
    changes: Option<&Changes>,
    console: &mut Console,
) -> Result<u8, Failure> {
    // What is read for the sake of a file that is named has suppressions of its own.
    let owned = changes.map(|changes| changes.in_run(&run.sources, &[]));
    let is_asked = |one: &&Suppression| owned.as_ref().is_none_or(|owned| owned.owns(one.place));
    let suppressions = run.outcome.suppressions.iter().filter(is_asked);
    let suppressions: Vec<&Suppression> = suppressions.collect();
    let places = Places::new(&run.sources);
    match args.format {
        ListFormat::Table => write_table(&suppressions, &places, console.output)?,
        ListFormat::Json => write_json(&suppressions, &places, console.output)?,
    }
    Ok(check::tell_unread(run, console))
}

/// The day that it is, in UTC.
#[allow(
    clippy::disallowed_methods,
    reason = "the last day of a suppression is over some day; `--today` makes a run repeatable"
)]
pub(crate) fn today() -> Date {
    const SECONDS: u64 = 24 * 60 * 60;
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Date::from_days(since.map_or(0, |since| since.as_secs() / SECONDS))
}

fn write_table(
    suppressions: &[&Suppression],
    places: &Places<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut rows = vec![
        [
            "place", "form", "state", "rules", "until", "class", "reason",
        ]
        .map(str::to_owned),
    ];
    rows.extend(suppressions.iter().map(|one| row(one, places)));
    let mut widths = [0; 7];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    if !suppressions.is_empty() {
        for row in &rows {
            let cells = row.iter().zip(widths);
            let cells: Vec<String> = cells
                .map(|(cell, width)| format!("{cell:width$}"))
                .collect();
            writeln!(out, "{}", cells.join("  ").trim_end())?;
        }
        writeln!(out)?;
    }
    let mut states: BTreeMap<State, usize> = BTreeMap::new();
    for one in suppressions {
        *states.entry(one.state).or_default() += 1;
    }
    let states: Vec<String> = states
        .iter()
        .map(|(state, number)| format!("{number} {}", state.name()))
        .collect();
    let colon = if states.is_empty() { "" } else { ": " };
    let all = count(suppressions.len(), "suppression");
    writeln!(out, "{all}{colon}{}", states.join(", "))
}

fn row(one: &Suppression, places: &Places<'_>) -> [String; 7] {
    let rules: Vec<&str> = one.rules.iter().map(|(rule, _)| rule.as_str()).collect();
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    [
        places.shown(one.place),
        one.source.name().to_owned(),
        one.state.name().to_owned(),
        escape(&rules.join(", ")).into_owned(),
        or_none(one.until.map(|until| until.to_string())),
        or_none(one.class.map(|class| ReasonClass::name(class).to_owned())),
        or_none(one.reason.as_deref().map(|it| escape(it).into_owned())),
    ]
}

#[derive(Serialize)]
struct Document<'r> {
    version: &'static str,
    suppressions: Vec<SuppressionOut<'r>>,
}

fn write_json(
    suppressions: &[&Suppression],
    places: &Places<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let suppressions = suppressions.iter();
    let document = Document {
        version: json::VERSION,
        suppressions: suppressions
            .map(|one| json::suppression(one, places))
            .collect(),
    };
    json::to_writer(&document, out)
}
