//! What a comment covers: the part of the text on its line, or on the next line that says something.

use pillarlint_parser::source::{LineIndex, Span};

/// A text as comments see it.
pub(super) struct Target<'t> {
    text: &'t str,
    lines: LineIndex,
    comments: &'t [Span],
    /// The parts of the text, in order, of those that begin together the largest first.
    parts: Vec<Span>,
    /// The parts that stand for themselves: resources, top-level blocks.
    units: Vec<Span>,
}

impl<'t> Target<'t> {
    pub(super) fn new(
        text: &'t str,
        comments: &'t [Span],
        parts: Vec<Span>,
        units: Vec<Span>,
    ) -> Self {
        Self {
            text,
            lines: LineIndex::new(text),
            comments,
            parts,
            units,
        }
    }

    /// The part that a comment stands on, or stands above.
    ///
    /// On its line or above it may begin several: the largest counts. Where none begins, it is the innermost part that
    /// the line lies in (`} # …`).
    pub(super) fn part(&self, comment: Span) -> Option<Span> {
        let first = self.lines.line_of(comment.start as usize);
        let before = &self.text[self.lines.line_start(first, self.text)..comment.start as usize];
        if !is_blank(before) {
            return self.part_on(first);
        }
        let last = self.lines.line_of(comment.end as usize);
        match (last..self.lines.line_count()).find(|line| self.says_something(*line)) {
            Some(line) => self.part_on(line),
            None => self.innermost(comment.start),
        }
    }

    /// The resource or block that a comment stands in, or else the next one.
    pub(super) fn unit(&self, comment: Span) -> Option<Span> {
        let next = self
            .units
            .partition_point(|unit| unit.start <= comment.start);
        let before = next.checked_sub(1).and_then(|at| self.units.get(at));
        // A unit of YAML ends with its last value; what is indented deeper behind that belongs to it too.
        let column = |offset: u32| {
            let line = self.lines.line_of(offset as usize);
            offset as usize - self.lines.line_start(line, self.text)
        };
        let is_in = |unit: &&Span| {
            let is_deeper = || column(comment.start) > column(unit.start);
            let is_beside = || {
                let line = |offset: u32| self.lines.line_of(offset as usize);
                line(unit.end) == line(comment.start)
            };
            comment.start < unit.end || is_beside() || is_deeper()
        };
        before.filter(is_in).or(self.units.get(next)).copied()
    }

    fn part_on(&self, line: usize) -> Option<Span> {
        let start = self.lines.line_start(line, self.text);
        let end = self.lines.line_start(line + 1, self.text);
        let begins_before = |offset: usize| {
            self.parts
                .partition_point(move |part| (part.start as usize) < offset)
        };
        let here = self.parts.get(begins_before(start)..begins_before(end))?;
        let largest = here
            .iter()
            .min_by_key(|part| std::cmp::Reverse(part.end - part.start));
        largest.copied().or_else(|| {
            let line = self.text.get(start..end)?;
            let indentation = line.len() - line.trim_start().len();
            self.innermost(u32::try_from(start + indentation).ok()?)
        })
    }

    fn innermost(&self, offset: u32) -> Option<Span> {
        let around = self
            .parts
            .iter()
            .filter(|part| part.start <= offset && offset < part.end);
        around.min_by_key(|part| part.end - part.start).copied()
    }

    /// Whether a line has more on it than space and comments.
    fn says_something(&self, line: usize) -> bool {
        let mut at = self.lines.line_start(line, self.text);
        let end = self.lines.line_start(line + 1, self.text);
        let behind = |offset: usize| {
            self.comments
                .partition_point(|comment| (comment.end as usize) <= offset)
        };
        let mut comments = self.comments[behind(at)..].iter();
        loop {
            let (from, to) = comments.next().map_or((end, end), |comment| {
                (comment.start as usize, comment.end as usize)
            });
            let between = self.text.get(at..from.clamp(at, end));
            if !is_blank(between.unwrap_or_default()) {
                return true;
            }
            if to >= end {
                return false;
            }
            at = to.max(at);
        }
    }
}

fn is_blank(text: &str) -> bool {
    text.trim_start_matches('\u{FEFF}').trim().is_empty()
}

/// Parts that lie in no other, of parts in order.
pub(super) fn outermost(parts: &[Span]) -> Vec<Span> {
    let mut outermost: Vec<Span> = Vec::new();
    for part in parts {
        if outermost.last().is_none_or(|last| last.end <= part.start) {
            outermost.push(*part);
        }
    }
    outermost
}
