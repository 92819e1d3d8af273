//! JSON, one object on a line: the same members as in the JSON format, with a `type`, and the summary last.

use super::json::{document, to_line};
use super::{Options, Places, Run};
use pillarlint_engine::ruleset::Ruleset;
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct Line<'r, T> {
    r#type: &'static str,
    #[serde(flatten)]
    item: &'r T,
}

/// Writes a run as lines. One without a summary at its end was cut off.
pub(crate) fn write(
    run: &Run,
    places: &Places,
    ruleset: &Ruleset,
    _options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let document = document(run, ruleset, places);
    lines("finding", &document.findings, out)?;
    lines("suppressed", &document.suppressed, out)?;
    lines("undecided", &document.undecided, out)?;
    lines("error", &document.errors, out)?;
    lines("warning", &document.warnings, out)?;
    lines("not_read", &document.not_read, out)?;
    #[derive(Serialize)]
    struct Last<'r, T> {
        version: &'static str,
        #[serde(flatten)]
        summary: &'r T,
    }
    let last = Last {
        version: document.version,
        summary: &document.summary,
    };
    lines("summary", &[last], out)
}

fn lines<T: Serialize>(r#type: &'static str, items: &[T], out: &mut dyn Write) -> io::Result<()> {
    items
        .iter()
        .try_for_each(|item| to_line(&Line { r#type, item }, out))
}
