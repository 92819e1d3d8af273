//! Checked files and places in them.
//!
//! A place is a range of **bytes**; lines and columns are worked out only where
//! something is shown to a person or an editor.

/// A file of a run, by its position in the [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A range of bytes in one file, `start..end`, both on character boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file that the range lies in.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The range `start..end` of `file`.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        Self {
            file,
            start: to_u32(start),
            end: to_u32(end),
        }
    }

    /// The smallest range that holds both; `other` must lie in the same file.
    #[must_use]
    pub fn to(self, other: Span) -> Self {
        Self {
            file: self.file,
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }

    /// The text under the range, or nothing where the range does not fit the text.
    pub fn text<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start as usize..self.end as usize)
            .unwrap_or("")
    }
}

fn to_u32(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// Files above this size are refused, so that a place fits four bytes with room to spare.
pub const MAX_FILE_BYTES: usize = 1 << 30;

/// One checked file: the path as it is shown, and its text.
#[derive(Debug, Default, Clone)]
pub struct SourceFile {
    /// Path as shown to people: relative where it was given so, with `/`.
    pub path: String,
    /// The whole text, a byte order mark included.
    pub text: String,
}

/// All files of a run, in a stable order.
#[derive(Debug, Default)]
pub struct SourceMap {
    /// The files; a [`FileId`] is an index into them.
    pub files: Vec<SourceFile>,
}

impl SourceMap {
    /// The file behind an id of this map.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The id of the file that is added next.
    pub fn next_id(&self) -> FileId {
        FileId(to_u32(self.files.len()))
    }
}

/// Why bytes are no text that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecodeError {
    /// UTF-16, by its byte order mark or its zero bytes: the author can save it as UTF-8.
    Utf16,
    /// Holds zero bytes: not a text file.
    Binary,
    /// Not UTF-8 from this byte on.
    NotUtf8 {
        /// Offset of the first wrong byte.
        at: usize,
    },
    /// Larger than [`MAX_FILE_BYTES`].
    TooLarge,
}

impl std::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Utf16 => write!(f, "the file is UTF-16; save it as UTF-8"),
            Self::Binary => write!(f, "the file is binary"),
            Self::NotUtf8 { at } => write!(f, "the file is not UTF-8 (byte {at})"),
            Self::TooLarge => write!(f, "the file is larger than 1 GiB"),
        }
    }
}

impl std::error::Error for DecodeError {}

/// Bytes of a file as text. A UTF-8 byte order mark stays in the text, so that offsets are the file's.
///
/// # Errors
/// What [`DecodeError`] names.
pub fn decode(bytes: Vec<u8>) -> Result<String, DecodeError> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(DecodeError::TooLarge);
    }
    if matches!(bytes.get(..2), Some([0xFF, 0xFE] | [0xFE, 0xFF])) {
        return Err(DecodeError::Utf16);
    }
    if matches!(bytes.get(..4), Some([0, b, 0, _] | [b, 0, _, 0]) if *b != 0) {
        return Err(DecodeError::Utf16);
    }
    if bytes.iter().take(8192).any(|&b| b == 0) {
        return Err(DecodeError::Binary);
    }
    String::from_utf8(bytes).map_err(|error| DecodeError::NotUtf8 {
        at: error.utf8_error().valid_up_to(),
    })
}

/// The starts of a text's lines, to turn offsets into lines and columns.
#[derive(Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
    /// Characters before every so many bytes: a line may be the whole file, and hold every finding.
    marks: Vec<Characters>,
}

/// A number of characters.
#[derive(Debug, Default, Clone, Copy)]
struct Characters {
    all: u32,
    /// Those that UTF-16 writes as two units.
    pairs: u32,
}

impl Characters {
    /// The characters that begin in a text.
    fn of(text: &[u8]) -> Self {
        let count = |of: fn(u8) -> bool| to_u32(text.iter().filter(|byte| of(**byte)).count());
        Self {
            all: count(|byte| byte & 0xC0 != 0x80),
            pairs: count(|byte| byte >= 0xF0),
        }
    }

    fn and(self, more: Self) -> Self {
        Self {
            all: self.all + more.all,
            pairs: self.pairs + more.pairs,
        }
    }
}

/// What columns count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Characters (Unicode scalar values), as people do.
    Character,
    /// Bytes of UTF-8.
    Utf8,
    /// Units of UTF-16, as editors and SARIF do.
    Utf16,
}

/// How many bytes lie between two marks of a [`LineIndex`].
const MARK_BYTES: usize = 4096;

/// A place as people count: both from 1, columns in characters (Unicode scalar values) unless another [`Unit`] was
/// asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
}

impl LineIndex {
    /// The index of a text; lines end with `\n`.
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(
            text.bytes()
                .enumerate()
                .filter(|(_, byte)| *byte == b'\n')
                .map(|(at, _)| to_u32(at + 1)),
        );
        let mut marks = Vec::with_capacity(text.len() / MARK_BYTES + 1);
        let mut before = Characters::default();
        for chunk in text.as_bytes().chunks(MARK_BYTES) {
            marks.push(before);
            before = before.and(Characters::of(chunk));
        }
        Self { starts, marks }
    }

    /// The characters that begin before a byte.
    fn characters(&self, offset: usize, text: &str) -> Characters {
        let mark = (offset / MARK_BYTES).min(self.marks.len().saturating_sub(1));
        let before = self.marks.get(mark).copied().unwrap_or_default();
        let rest = text.as_bytes().get(mark * MARK_BYTES..offset);
        before.and(Characters::of(rest.unwrap_or_default()))
    }

    /// How many lines the text has (a final newline does not begin another one that shows).
    pub fn line_count(&self) -> usize {
        self.starts.len()
    }

    /// The zero-based line that holds a byte.
    pub fn line_of(&self, offset: usize) -> usize {
        let offset = to_u32(offset);
        self.starts.partition_point(|start| *start <= offset) - 1
    }

    /// The byte at which a zero-based line begins; the text's end for lines past it.
    pub fn line_start(&self, line: usize, text: &str) -> usize {
        self.starts
            .get(line)
            .map_or(text.len(), |start| *start as usize)
    }

    /// Line and column of a byte. A byte order mark takes no column.
    pub fn position(&self, offset: usize, text: &str) -> Position {
        self.position_in(Unit::Character, offset, text)
    }

    /// The same, with columns that count something else.
    pub fn position_in(&self, unit: Unit, offset: usize, text: &str) -> Position {
        const MARK: char = '\u{FEFF}';
        let offset = offset.min(text.len());
        let line = self.line_of(offset);
        let start = match self.line_start(line, text) {
            0 if text.starts_with(MARK) => MARK.len_utf8().min(offset),
            start => start,
        };
        let between = |count: fn(Characters) -> u32| {
            let [from, to] = [start, offset].map(|at| count(self.characters(at, text)));
            to.saturating_sub(from) as usize
        };
        let before = match unit {
            Unit::Character => between(|of| of.all),
            Unit::Utf8 => offset - start,
            Unit::Utf16 => between(|of| of.all + of.pairs),
        };
        Position {
            line: line + 1,
            column: before + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Columns of the bar, in characters, UTF-8 and UTF-16; a long line takes more than one mark.
    #[test]
    fn columns_count_what_is_asked_for() {
        let long = "ä😀".repeat(2 * MARK_BYTES);
        for (text, expected) in [
            ("|", [1, 1, 1]),
            ("a\nä|", [2, 3, 2]),
            ("a\n€😀|b", [3, 8, 4]),
            ("\u{FEFF}|a", [1, 1, 1]),
            ("\u{FEFF}😀|", [2, 5, 3]),
            (
                &format!("\n{long}|"),
                [4 * MARK_BYTES + 1, 12 * MARK_BYTES + 1, 6 * MARK_BYTES + 1],
            ),
        ] {
            let at = text.find('|').unwrap();
            let index = LineIndex::new(text);
            let units = [Unit::Character, Unit::Utf8, Unit::Utf16];
            let columns = units.map(|unit| index.position_in(unit, at, text).column);
            assert_eq!(columns, expected, "{}", &text[..at.min(20)]);
        }
    }
}
