//! What a comment covers: the part of the text on its line, or on the next line that says something.

use pillarlint_parser::source::{LineIndex, Span};

/// A text as comments see it. All that they ask is worked out once, so that many comments cost no more than few.
pub(super) struct Target<'t> {
    text: &'t str,
    lines: LineIndex,
    /// The parts of the text, in order, of those that begin together the largest first.
    parts: Vec<Span>,
    /// The part that each part lies in, by its index.
    parents: Vec<Option<usize>>,
    /// The largest part that begins on each line.
    largest: Vec<Option<Span>>,
    /// For each line, the first from it on that has more on it than space and comments.
    says_something: Vec<Option<usize>>,
    /// The parts that stand for themselves: resources, top-level blocks.
    units: Vec<Span>,
}

impl<'t> Target<'t> {
    pub(super) fn new(
        text: &'t str,
        comments: &[Span],
        parts: Vec<Span>,
        units: Vec<Span>,
    ) -> Self {
        let lines = LineIndex::new(text);
        let mut largest: Vec<Option<Span>> = vec![None; lines.line_count()];
        for part in &parts {
            let known = &mut largest[lines.line_of(part.start as usize)];
            if known.is_none_or(|known| part.end - part.start > known.end - known.start) {
                *known = Some(*part);
            }
        }
        Self {
            text,
            parents: parents(&parts),
            says_something: says_something(text, &lines, comments),
            lines,
            parts,
            largest,
            units,
        }
    }

    /// The part that a comment stands on, or stands above.
    ///
    /// On its line or below it may begin several: the largest counts. Where none begins, it is the innermost part that
    /// the line lies in (`} # …`).
    pub(super) fn part(&self, comment: Span) -> Option<Span> {
        let first = self.line_of(comment.start);
        let before = self.lines.line_start(first, self.text)..comment.start as usize;
        if !is_blank(self.text.get(before).unwrap_or_default()) {
            return self.part_on(first);
        }
        match self.says_something.get(self.line_of(comment.end)) {
            Some(Some(line)) => self.part_on(*line),
            _ => self.innermost(comment.start),
        }
    }

    /// The resource or block that a comment stands in, or else the next one.
    pub(super) fn unit(&self, comment: Span) -> Option<Span> {
        let next = self
            .units
            .partition_point(|unit| unit.start <= comment.start);
        let before = next.checked_sub(1).and_then(|at| self.units.get(at));
        let column =
            |offset: u32| offset as usize - self.lines.line_start(self.line_of(offset), self.text);
        // A unit of YAML ends with its last value; what is indented deeper behind that belongs to it too.
        let is_in = |unit: &&Span| {
            comment.start < unit.end
                || self.line_of(unit.end) == self.line_of(comment.start)
                || column(comment.start) > column(unit.start)
        };
        before.filter(is_in).or(self.units.get(next)).copied()
    }

    fn line_of(&self, offset: u32) -> usize {
        self.lines.line_of(offset as usize)
    }

    fn part_on(&self, line: usize) -> Option<Span> {
        let largest = self.largest.get(line).copied().flatten();
        largest.or_else(|| {
            let start = self.lines.line_start(line, self.text);
            let rest = self.text.get(start..)?;
            let indentation = rest.len() - rest.trim_start().len();
            self.innermost(u32::try_from(start + indentation).ok()?)
        })
    }

    /// The smallest part that holds an offset.
    fn innermost(&self, offset: u32) -> Option<Span> {
        let behind = self.parts.partition_point(|part| part.start <= offset);
        let mut at = behind.checked_sub(1)?;
        while self.parts[at].end <= offset {
            at = self.parents[at]?;
        }
        Some(self.parts[at])
    }
}

/// The part that each of these lies in; they are in order, of those that begin together the largest first.
fn parents(parts: &[Span]) -> Vec<Option<usize>> {
    let mut open: Vec<usize> = Vec::new();
    let mut parents = Vec::with_capacity(parts.len());
    for (at, part) in parts.iter().enumerate() {
        while open
            .last()
            .is_some_and(|last| parts[*last].end <= part.start)
        {
            open.pop();
        }
        parents.push(open.last().copied());
        open.push(at);
    }
    parents
}

/// For each line, the first from it on that has more on it than space and comments, which are in order.
fn says_something(text: &str, lines: &LineIndex, comments: &[Span]) -> Vec<Option<usize>> {
    let mut says = vec![false; lines.line_count()];
    let mut mark = |from: usize, to: usize| {
        let mut at = from;
        for piece in text.get(from..to).unwrap_or_default().split_inclusive('\n') {
            if !is_blank(piece) {
                says[lines.line_of(at)] = true;
            }
            at += piece.len();
        }
    };
    let mut at = 0;
    for comment in comments {
        mark(at, (comment.start as usize).max(at));
        at = (comment.end as usize).max(at);
    }
    mark(at, text.len());
    let mut next = None;
    let mut first: Vec<Option<usize>> = Vec::with_capacity(says.len());
    for (line, says) in says.iter().enumerate().rev() {
        next = if *says { Some(line) } else { next };
        first.push(next);
    }
    first.reverse();
    first
}

fn is_blank(text: &str) -> bool {
    text.trim_start_matches('\u{FEFF}').trim().is_empty()
}

/// Parts that lie in no other, of parts in order.
pub(super) fn outermost(parts: &[Span]) -> Vec<Span> {
    let parents = parents(parts).into_iter().zip(parts);
    let outermost = parents.filter(|(parent, _)| parent.is_none());
    outermost.map(|(_, part)| *part).collect()
}
