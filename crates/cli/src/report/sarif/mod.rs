//! SARIF 2.1.0 (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>), as GitHub code scanning takes it
//! (<https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>).

mod model;
mod rule;

use super::entry::{Degree, Entry, Level, by_weight, fingerprints_of, path_of};
use super::uri::{is_below, uri};
use super::{Options, Places, Run, json};
use crate::text::{count, escape};
use model::{
    ArtifactLocation, Base, Bases, Driver, Fingerprints, Invocation, Location, Log,
    LogicalLocation, Message, Notification, PhysicalLocation, Properties, Region, Result, SarifRun,
    Tool,
};
use pillarlint_engine::finding::Finding;
use pillarlint_engine::ruleset::Ruleset;
use pillarlint_parser::source::{Span, Unit};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Results that GitHub takes of a run, and those that it shows. A file with more is refused as a whole.
const MOST_RESULTS: usize = 25_000;
const SHOWN_RESULTS: usize = 5_000;
/// Related places of a result; GitHub refuses a file with more than 1,000 in one.
const MOST_RELATED: usize = 100;
/// Resources that are named of a result.
const MOST_ADDRESSES: usize = 100;
/// Characters of a message: with these bounds a run of 25,000 results stays below the 10 MB, packed, that GitHub takes.
const MOST_TEXT: usize = 1_000;
/// Notifications of what was not read, or likely is a mistake.
const MOST_NOTIFICATIONS: usize = 1_000;

/// Writes a run as a log with one run.
pub(crate) fn write(
    run: &Run,
    places: &Places,
    ruleset: &Ruleset,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let scene = Scene {
        places,
        folder: &options.folder,
    };
    let findings: Vec<Entry> = run.outcome.findings.iter().map(Entry::of).collect();
    let mut results: Vec<(Entry, String)> = {
        let fingerprints = fingerprints_of(&findings, run, &options.folder);
        findings.into_iter().zip(fingerprints).collect()
    };
    if results.len() > SHOWN_RESULTS {
        // GitHub keeps the first.
        results.sort_by_key(|(entry, _)| std::cmp::Reverse(entry.level));
        results.truncate(MOST_RESULTS);
    }
    let mut levels: BTreeMap<&str, Level> = BTreeMap::new();
    for (entry, _) in &results {
        let worst = levels.entry(entry.rule()).or_insert(entry.level);
        *worst = entry.level.max(*worst);
    }
    let index: BTreeMap<&str, usize> = levels.keys().copied().zip(0..).collect();
    let rules = levels.iter();
    let rules = rules.map(|(id, level)| rule::descriptor(ruleset, id, *level));
    let results = results.iter().map(|(entry, fingerprint)| {
        let rule = index.get(entry.rule()).copied().unwrap_or(0);
        scene.result(entry, rule, fingerprint)
    });
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [SarifRun {
            tool: Tool {
                driver: Driver {
                    name: "pillarlint",
                    version: env!("CARGO_PKG_VERSION"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    information_uri: env!("CARGO_PKG_REPOSITORY"),
                    rules: rules.collect(),
                },
            },
            invocations: [Invocation {
                execution_successful: run.outcome.errors.is_empty(),
                tool_execution_notifications: scene.notifications(run),
            }],
            original_uri_base_ids: Bases {
                root: Base {
                    description: Message::of("the folder that pillarlint was run in"),
                },
            },
            column_kind: "utf16CodeUnits",
            results: results.collect(),
        }],
    };
    json::to_writer(&log, out)
}

/// What the log of a run leaves out, or GitHub will not show.
pub(crate) fn left_out(run: &Run) -> Option<String> {
    let all = run.outcome.findings.len();
    if all > MOST_RESULTS {
        Some(format!(
            "the SARIF report holds the worst {MOST_RESULTS} of {all} findings; GitHub shows the first {SHOWN_RESULTS}"
        ))
    } else if all > SHOWN_RESULTS {
        Some(format!(
            "GitHub shows the first {SHOWN_RESULTS} results of a SARIF report; the worst of {all} findings come first"
        ))
    } else {
        None
    }
}

/// What places are shown with.
struct Scene<'a, 'r> {
    places: &'a Places<'r>,
    folder: &'a str,
}

impl<'r> Scene<'_, 'r> {
    fn result(&self, entry: &Entry<'r>, rule: usize, fingerprint: &str) -> Result<'r> {
        let finding = entry.finding;
        let related = entry.related.iter().take(MOST_RELATED);
        Result {
            rule_id: entry.rule(),
            rule_index: rule,
            level: level(entry.level),
            message: message(&entry.sentence()),
            locations: [Location {
                logical_locations: finding.map_or(Vec::new(), logical),
                ..self.location(entry.place)
            }],
            related_locations: (1..)
                .zip(related)
                .map(|(id, (span, note))| Location {
                    id: Some(id),
                    message: Some(message(&escape(note))),
                    ..self.location(*span)
                })
                .collect(),
            partial_fingerprints: Fingerprints {
                github: format!("{fingerprint}:1"),
                ours: fingerprint.to_owned(),
            },
            properties: Properties {
                severity: entry.level.name(),
                when: finding.and_then(|finding| finding.when.as_deref()),
            },
        }
    }

    fn location(&self, span: Span) -> Location<'r> {
        let path = path_of(span, self.places, self.folder);
        let region = (!self.places.is_unread(span.file)).then(|| {
            let (start, end) = self.places.region(Unit::Utf16, span);
            Region {
                start_line: start.line,
                start_column: start.column,
                end_line: end.line,
                end_column: end.column,
            }
        });
        Location {
            id: None,
            message: None,
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation {
                    uri: uri(path),
                    uri_base_id: is_below(path).then_some(model::ROOT),
                },
                region,
            },
            logical_locations: Vec::new(),
        }
    }

    /// What could not be read, was passed over, or is likely a mistake, and what is left out.
    fn notifications(&self, run: &Run) -> Vec<Notification<'r>> {
        let entries = by_weight(&run.outcome);
        let others: Vec<&Entry> = entries.iter().filter(|one| one.finding.is_none()).collect();
        let more = others.len().saturating_sub(MOST_NOTIFICATIONS);
        let told = others.iter().take(MOST_NOTIFICATIONS);
        let mut all: Vec<Notification> = told
            .map(|entry| Notification {
                level: level(entry.level),
                message: message(&entry.sentence()),
                locations: vec![self.location(entry.place)],
            })
            .collect();
        let more = (more > 0).then(|| format!("{} left out", count(more, "more notification")));
        all.extend(
            left_out(run)
                .into_iter()
                .chain(more)
                .map(|text| Notification {
                    level: "note",
                    message: Message { text },
                    locations: Vec::new(),
                }),
        );
        all
    }
}

fn level(level: Level) -> &'static str {
    match level.degree() {
        Degree::Error => "error",
        Degree::Warning => "warning",
        Degree::Note => "note",
    }
}

fn logical(finding: &Finding) -> Vec<LogicalLocation<'_>> {
    let mut all = Vec::new();
    for address in finding.addresses.iter().take(MOST_ADDRESSES) {
        all.push(LogicalLocation {
            fully_qualified_name: address,
            kind: &finding.kind,
        });
    }
    all.extend(finding.construct.iter().map(|construct| LogicalLocation {
        fully_qualified_name: &construct.path,
        kind: "construct",
    }));
    all
}

/// A message as plain text, in which brackets may make a link (section 3.11.6); where they would, they are escaped.
fn message(text: &str) -> Message {
    let text = match text.char_indices().nth(MOST_TEXT) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    };
    let text = if text.contains("](") {
        let text = text.replace('\\', "\\\\");
        text.replace('[', "\\[").replace(']', "\\]")
    } else {
        text
    };
    Message { text }
}
