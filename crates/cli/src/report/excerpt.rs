//! What of a line is shown: a minified file is one line of megabytes.

use pillarlint_parser::source::LineIndex;

/// Longer lines are shown in part, in characters before and after the place's first one.
pub(super) const BEFORE: usize = 60;
pub(super) const AFTER: usize = 120;

/// A line without its end and without a byte order mark, in bytes of the file.
pub(super) fn line_bounds(number: usize, text: &str, index: &LineIndex) -> (usize, usize) {
    let start = index.line_start(number, text);
    let end = index.line_start(number + 1, text);
    let line = text.get(start..end).unwrap_or_default();
    let trimmed = line.trim_end_matches(['\n', '\r']).len();
    let mark = line.len() - line.trim_start_matches('\u{FEFF}').len();
    (start + mark, start + trimmed.max(mark))
}

/// Whether a line is short enough to be shown whole.
pub(super) fn is_short((from, to): (usize, usize)) -> bool {
    to - from <= BEFORE + AFTER
}

/// The part of a line that is shown: all of it, or what lies around the anchor.
pub(super) fn window(text: &str, (from, to): (usize, usize), anchor: usize) -> (usize, usize) {
    if is_short((from, to)) {
        return (from, to);
    }
    let before = text.get(from..anchor).unwrap_or_default();
    let after = text.get(anchor..to).unwrap_or_default();
    let start = before.char_indices().rev().nth(BEFORE - 1);
    let end = after.char_indices().nth(AFTER);
    (
        start.map_or(from, |(at, _)| from + at),
        end.map_or(to, |(at, _)| anchor + at),
    )
}
