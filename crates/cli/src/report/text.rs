//! The format for people: a code frame around every value, what is wrong, what to do, and a summary.
//!
//! The only user of miette. Its stock source scans the file from the first byte for every label, and
//! shows a minified file as one line of megabytes, so each frame brings its own few lines.

use super::excerpt::{BEFORE, is_short, line_bounds, window};
use super::{
    Options, Places, Run, Style, addresses, construct_of, looked_at, passed_over, path, pillar_of,
};
use crate::text::{count, escape, escape_code, lead, wrap};
use anstyle::{AnsiColor, Style as Paint};
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};
use pillarlint_engine::finding::Finding;
use pillarlint_engine::rule::Severity;
use pillarlint_engine::ruleset::Ruleset;
use pillarlint_parser::source::{LineIndex, SourceMap, Span};
use pillarlint_parser::tree::{Level, Problem};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, Write};

/// Lines shown above and below a value.
const CONTEXT: usize = 1;
/// Related places that are named below a frame.
const SEEN: usize = 6;

/// Writes a run for reading.
pub(crate) fn write(
    run: &Run,
    places: &Places,
    ruleset: &Ruleset,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let frames = Frames::new(places, options.style);
    for finding in &run.outcome.findings {
        write_finding(finding, ruleset, &frames, out)?;
    }
    for problem in run.outcome.warnings.iter().chain(&run.outcome.errors) {
        write_problem(problem, &frames, out)?;
    }
    for (span, why) in &run.outcome.not_read {
        let heading = frames.paint("not read", WARNING);
        writeln!(out, "{heading}  {}: {}\n", places.shown(*span), escape(why))?;
    }
    if options.undecided {
        for undecided in &run.outcome.undecided {
            let heading = frames.paint("undecided", DIM);
            let (rule, place) = (
                frames.paint(&undecided.rule, BOLD),
                places.shown(undecided.place),
            );
            writeln!(out, "{heading}  {rule}  {place}")?;
            let colon = if undecided.address.is_empty() {
                ""
            } else {
                ": "
            };
            let (address, why) = (escape(&undecided.address), escape(&undecided.why));
            writeln!(out, "    {address}{colon}{why}\n")?;
        }
    }
    if options.summary {
        write_summary(run, ruleset, options, &frames, out)?;
    }
    Ok(())
}

/// Writes what is wrong with the files of a map.
pub(crate) fn problems(
    problems: &[Problem],
    sources: &SourceMap,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let places = Places::new(sources);
    let frames = Frames::new(&places, style);
    problems
        .iter()
        .try_for_each(|problem| write_problem(problem, &frames, out))
}

/// Writes a message with the code around its place, under a heading.
pub(crate) fn framed(
    heading: &str,
    problem: &Problem,
    sources: &SourceMap,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let places = Places::new(sources);
    let frames = Frames::new(&places, style);
    writeln!(out, "{}", frames.paint(&escape(heading), BOLD))?;
    let severity = miette::Severity::Error;
    let place = (problem.span, "");
    frames.write(severity, &problem.message, place, &problem.related, out)?;
    writeln!(out)
}

const BOLD: Paint = Paint::new().bold();
const DIM: Paint = Paint::new().dimmed();
const ERROR: Paint = AnsiColor::Red.on_default().bold();
const WARNING: Paint = AnsiColor::Yellow.on_default().bold();
const NOTE: Paint = AnsiColor::Cyan.on_default().bold();

fn paint_of(severity: Severity) -> Paint {
    match severity {
        Severity::Critical | Severity::High => ERROR,
        Severity::Medium | Severity::Low => WARNING,
        Severity::Info => NOTE,
    }
}

fn write_finding(
    finding: &Finding,
    ruleset: &Ruleset,
    frames: &Frames,
    out: &mut dyn Write,
) -> io::Result<()> {
    let paint = paint_of(finding.severity);
    let label = match (addresses(&finding.addresses), finding.kind.as_str()) {
        (addresses, "") => addresses,
        (addresses, kind) => match &finding.made_from {
            Some(written) => format!("{addresses} ({} of {})", escape(kind), escape(written)),
            None => format!("{addresses} ({})", escape(kind)),
        },
    };
    let severity = match paint {
        ERROR => miette::Severity::Error,
        WARNING => miette::Severity::Warning,
        _ => miette::Severity::Advice,
    };
    let heading = frames.paint(finding.severity.name(), paint);
    writeln!(out, "{heading}  {}", frames.paint(&finding.rule, BOLD))?;
    frames.write(
        severity,
        &finding.message,
        (finding.place, &label),
        &finding.related,
        out,
    )?;
    if let Some(construct) = &finding.construct {
        frames.note("made by", &escape(&construct_of(construct)), out)?;
    }
    if let Some(when) = &finding.when {
        frames.note("when", &escape(when), out)?;
    }
    if let Some(rule) = ruleset.rule(&finding.rule) {
        // What follows, mostly code, is left to `explain`.
        frames.note("help", &lead(rule.docs().fix.of(finding.dialect)), out)?;
        if let Some(id) = rule.header.practices.first() {
            let title = ruleset
                .framework()
                .practice(id)
                .map_or("", |(_, _, practice)| &practice.title);
            frames.note("practice", &format!("{id} {title}"), out)?;
        }
    }
    writeln!(out)
}

fn write_problem(problem: &Problem, frames: &Frames, out: &mut dyn Write) -> io::Result<()> {
    let (heading, paint, severity) = match problem.level {
        Level::Error => ("error", ERROR, miette::Severity::Error),
        Level::Warning => ("warning", WARNING, miette::Severity::Warning),
    };
    let file = &frames.places.file(problem.span.file).0;
    let heading = frames.paint(heading, paint);
    if file.text.is_empty() {
        return writeln!(
            out,
            "{heading}  {}: {}\n",
            path(&file.path),
            escape(&problem.message)
        );
    }
    writeln!(out, "{heading}")?;
    frames.write(
        severity,
        &problem.message,
        (problem.span, ""),
        &problem.related,
        out,
    )?;
    writeln!(out)
}

fn write_summary(
    run: &Run,
    ruleset: &Ruleset,
    options: &Options,
    frames: &Frames,
    out: &mut dyn Write,
) -> io::Result<()> {
    let outcome = &run.outcome;
    if !outcome.findings.is_empty() {
        write_table(&outcome.findings, ruleset, frames, out)?;
    }
    let found = count(outcome.findings.len(), "finding");
    let found = frames.paint(
        &found,
        if outcome.findings.is_empty() {
            BOLD
        } else {
            ERROR
        },
    );
    let mut parts = vec![found];
    if !outcome.errors.is_empty() {
        parts.push(frames.paint(&count(outcome.errors.len(), "error"), ERROR));
    }
    if !outcome.warnings.is_empty() {
        parts.push(frames.paint(&count(outcome.warnings.len(), "warning"), WARNING));
    }
    let not_read = outcome.not_read.len();
    if not_read > 0 {
        parts.push(frames.paint(&format!("{} not read", count(not_read, "part")), WARNING));
    }
    parts.extend(passed_over(outcome).split(", ").skip(1).map(str::to_owned));
    if !outcome.undecided.is_empty() {
        let hint = if options.undecided {
            ""
        } else {
            " (--undecided lists them)"
        };
        parts.push(format!("{} undecided{hint}", outcome.undecided.len()));
    }
    writeln!(out, "{}\nChecked {}", parts.join(", "), looked_at(run))?;
    if !outcome.findings.is_empty() {
        writeln!(out, "Why, and the fix as code: pillarlint explain <rule>")?;
    }
    Ok(())
}

/// How many findings each pillar has of each severity.
fn write_table(
    findings: &[Finding],
    ruleset: &Ruleset,
    frames: &Frames,
    out: &mut dyn Write,
) -> io::Result<()> {
    let severities = || Severity::ALL.iter().rev();
    let mut counts: BTreeMap<(&str, Severity), usize> = BTreeMap::new();
    for finding in findings {
        *counts
            .entry((pillar_of(ruleset, &finding.rule), finding.severity))
            .or_default() += 1;
    }
    let pillars = &ruleset.framework().pillars;
    let width = pillars
        .iter()
        .map(|pillar| pillar.title.len())
        .max()
        .unwrap_or(0);
    let mut heading = format!("{:width$}", "");
    for severity in severities() {
        heading.push_str(&format!("  {:>8}", severity.name()));
    }
    writeln!(out, "{}", frames.paint(&heading, DIM))?;
    for pillar in pillars {
        write!(out, "{:width$}", pillar.title)?;
        for severity in severities() {
            match counts.get(&(pillar.id.as_str(), *severity)) {
                Some(number) => write!(
                    out,
                    "  {}",
                    frames.paint(&format!("{number:>8}"), paint_of(*severity))
                )?,
                None => write!(out, "  {:>8}", "-")?,
            }
        }
        writeln!(out)?;
    }
    writeln!(out)
}

/// What all frames of a report share.
struct Frames<'r> {
    places: &'r Places<'r>,
    style: Style,
    handler: GraphicalReportHandler,
}

impl<'r> Frames<'r> {
    fn new(places: &'r Places<'r>, style: Style) -> Self {
        let theme = GraphicalTheme {
            characters: ThemeCharacters::unicode(),
            styles: if style.color {
                ThemeStyles::ansi()
            } else {
                ThemeStyles::none()
            },
        };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_links(false)
            .with_width(style.width)
            .with_break_words(false)
            .with_context_lines(CONTEXT)
            .without_syntax_highlighting();
        Self {
            places,
            style,
            handler,
        }
    }

    fn paint(&self, text: &str, paint: Paint) -> String {
        if self.style.color {
            format!("{paint}{text}{paint:#}")
        } else {
            text.to_owned()
        }
    }

    /// A line below a frame, wrapped under itself.
    fn note(&self, name: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
        let indent = 12;
        let wrapped = wrap(text, self.style.width, indent);
        let name = self.paint(&format!("  {name:>8}:"), NOTE);
        writeln!(
            out,
            "{name}{}",
            wrapped.trim_end().get(indent - 1..).unwrap_or_default()
        )
    }

    /// A message, and the code around its places. A related place that the frame cannot show is named below it.
    fn write(
        &self,
        severity: miette::Severity,
        message: &str,
        primary: (Span, &str),
        related: &[(Span, String)],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let (frame, unshown) = Frame::new(self.places, severity, message, primary, related);
        let mut text = String::new();
        // Writing into a String does not fail, and the frame holds every line that it is asked for.
        let _ = self.handler.render_report(&mut text, &frame);
        for line in text.lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        // A single one more is told in the line that would count it.
        let shown = match unshown.len() {
            all if all <= SEEN + 1 => all,
            _ => SEEN,
        };
        let (told, rest) = unshown.split_at(shown);
        for (span, note) in told {
            self.note(
                "see",
                &format!("{}: {}", self.places.shown(*span), escape(note)),
                out,
            )?;
        }
        if !rest.is_empty() {
            self.note("see", &format!("{} more", count(rest.len(), "place")), out)?;
        }
        Ok(())
    }
}

/// A message and the lines around its places, as miette takes them.
///
/// The lines are copied, escaped and cut, into one text; offsets are those of that text.
#[derive(Debug)]
struct Frame {
    severity: miette::Severity,
    message: String,
    path: String,
    text: String,
    lines: Vec<FrameLine>,
    labels: Vec<LabeledSpan>,
    /// Zero-based columns in the file, for the offsets at which labels begin.
    columns: Vec<(usize, usize)>,
}

/// A line of a [`Frame`].
#[derive(Debug, Clone, Copy)]
struct FrameLine {
    /// Its number in the file, from zero.
    number: usize,
    /// Where it begins in the frame's text.
    start: usize,
}

/// A place on one line of the file, in bytes of the file.
struct Mark<'a> {
    start: usize,
    end: usize,
    label: &'a str,
    is_primary: bool,
}

impl Frame {
    /// A frame, and the related places that it does not show.
    fn new<'a>(
        places: &Places,
        severity: miette::Severity,
        message: &str,
        (place, label): (Span, &str),
        related: &'a [(Span, String)],
    ) -> (Self, Vec<&'a (Span, String)>) {
        let (file, index) = places.file(place.file);
        let text = file.text.as_str();
        let mut unshown = Vec::new();
        let mut marks: BTreeMap<usize, Vec<Mark>> = BTreeMap::new();
        let (line, primary) = mark(place, label, true, text, index);
        marks.entry(line).or_default().push(primary);
        for one in related {
            let (span, note) = one;
            let (line, mark) = mark(*span, note, false, text, index);
            // What shares a long line with another place may be too far from it to be shown.
            let first = marks.get(&line).and_then(|of_line| of_line.first());
            let is_near = is_short(line_bounds(line, text, index))
                || first.is_none_or(|first| mark.start.abs_diff(first.start) < BEFORE);
            if span.file == place.file && is_near {
                marks.entry(line).or_default().push(mark);
            } else {
                unshown.push(one);
            }
        }
        let mut frame = Self {
            severity,
            message: escape(message).into_owned(),
            path: path(&file.path),
            text: String::new(),
            lines: Vec::new(),
            labels: Vec::new(),
            columns: Vec::new(),
        };
        let last = index.line_of(text.trim_end_matches(['\n', '\r']).len());
        let around =
            |line: &usize| line.saturating_sub(CONTEXT)..=(line + CONTEXT).min(last.max(*line));
        let shown: BTreeSet<usize> = marks.keys().flat_map(around).collect();
        let shown: Vec<usize> = shown.into_iter().collect();
        // The snippet with the place itself comes first, wherever the related places lie.
        let (primary, others): (Vec<_>, Vec<_>) = shown
            .chunk_by(|one, next| one + 1 == *next)
            .partition(|snippet| snippet.contains(&line));
        for number in primary.into_iter().chain(others).flatten() {
            let of_line = marks.get(number).map_or(&[][..], Vec::as_slice);
            frame.push_line(*number, of_line, text, index);
        }
        (frame, unshown)
    }

    /// Adds a line of the file, and the labels on it.
    fn push_line(&mut self, number: usize, marks: &[Mark], text: &str, index: &LineIndex) {
        let (from, to) = line_bounds(number, text, index);
        let anchor = marks.first().map_or(from, |mark| mark.start);
        let (shown_from, shown_to) = window(text, (from, to), anchor);
        self.lines.push(FrameLine {
            number,
            start: self.text.len(),
        });
        if shown_from > from {
            self.text.push('…');
        }
        let base = self.text.len();
        let shown = |from: usize, to: usize| escape_code(text.get(from..to).unwrap_or_default());
        for mark in marks {
            let start = base + shown(shown_from, mark.start).len();
            let end = start + shown(mark.start, mark.end.clamp(mark.start, shown_to)).len();
            let label = (!mark.label.is_empty()).then(|| escape(mark.label).into_owned());
            let span = SourceSpan::from(start..end);
            self.labels.push(if mark.is_primary {
                LabeledSpan::new_primary_with_span(label, span)
            } else {
                LabeledSpan::new_with_span(label, span)
            });
            let column = index.position(mark.start, text).column - 1;
            self.columns.push((start, column));
        }
        self.text.push_str(&shown(shown_from, shown_to));
        if shown_to < to {
            self.text.push('…');
        }
        self.text.push('\n');
    }

    /// The line of the frame that holds an offset of its text, by its index in `lines`.
    fn line_at(&self, offset: usize) -> usize {
        self.lines
            .partition_point(|line| line.start <= offset)
            .saturating_sub(1)
    }

    fn line_end(&self, index: usize) -> usize {
        self.lines
            .get(index + 1)
            .map_or(self.text.len(), |line| line.start)
    }
}

/// A place as a mark on its first line, and that line.
fn mark<'a>(
    span: Span,
    label: &'a str,
    is_primary: bool,
    text: &str,
    index: &LineIndex,
) -> (usize, Mark<'a>) {
    let start = (span.start as usize).min(text.len());
    let line = index.line_of(start);
    let (_, line_end) = line_bounds(line, text, index);
    let start = start.min(line_end);
    let end = (span.end as usize).clamp(start, line_end);
    (
        line,
        Mark {
            start,
            end,
            label,
            is_primary,
        },
    )
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Frame {}

impl Diagnostic for Frame {
    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

impl SourceCode for Frame {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let first = self.line_at(span.offset());
        let last = self.line_at(span.offset() + span.len());
        let number = |index: usize| self.lines.get(index).map(|line| line.number);
        let follows = |index: usize| {
            number(index)
                .zip(number(index + 1))
                .is_some_and(|(a, b)| a + 1 == b)
        };
        // Two places with a gap between them belong into two snippets.
        if !(first..last).all(follows) {
            return Err(MietteError::OutOfBounds);
        }
        let from = (first.saturating_sub(before)..first)
            .rev()
            .take_while(|index| follows(*index))
            .last();
        let to = (last..last + after)
            .take_while(|index| follows(*index))
            .last();
        let (from, to) = (from.unwrap_or(first), to.map_or(last, |index| index + 1));
        let start = self.lines.get(from).ok_or(MietteError::OutOfBounds)?;
        let end = self.line_end(to);
        // Without context, miette asks for the place itself, to name it.
        let (start_offset, column) = if before == 0 {
            let column = self
                .columns
                .iter()
                .find(|(offset, _)| *offset == span.offset());
            (span.offset(), column.map_or(0, |(_, column)| *column))
        } else {
            (start.start, 0)
        };
        let data = self
            .text
            .get(start_offset..end)
            .ok_or(MietteError::OutOfBounds)?;
        Ok(Box::new(MietteSpanContents::new_named(
            self.path.clone(),
            data.as_bytes(),
            SourceSpan::from(start_offset..end),
            start.number,
            column,
            to - from + 1,
        )))
    }
}
