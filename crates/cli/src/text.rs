//! Text for people: escapes for what comes from checked files, and wrapping.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a character could act on a terminal, or change how the text around it is shown:
/// control characters (ESC, line ends and C1 among them), line separators, and the marks that
/// reverse the direction of writing.
pub(crate) fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A text on one line, with unsafe characters made visible (`\u{1b}`).
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    escape_but(text, |_| false)
}

/// The same, but for tabs, which code frames lay out.
pub(crate) fn escape_code(text: &str) -> Cow<'_, str> {
    escape_but(text, |character| character == '\t')
}

fn escape_but(text: &str, keep: impl Fn(char) -> bool) -> Cow<'_, str> {
    let Some(mut at) = first_unsafe(text, &keep) else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    loop {
        let (safe, from) = rest.split_at(at);
        out.push_str(safe);
        let mut characters = from.chars();
        out.extend(characters.next().into_iter().flat_map(char::escape_unicode));
        rest = characters.as_str();
        match first_unsafe(rest, &keep) {
            Some(next) => at = next,
            None => break,
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Where the first character stands that must not be printed as it is, but for those to keep: one that is unsafe, or
/// the bracket of what CI runners take for a command wherever it stands (`##[error]`, `##vso[task.setvariable]`).
pub(crate) fn first_unsafe(text: &str, keep: impl Fn(char) -> bool) -> Option<usize> {
    let is_command = |at: usize| {
        let before = text[..at].trim_end_matches(|one: char| one.is_ascii_alphabetic());
        before.ends_with("##")
    };
    text.char_indices()
        .find(|(at, character)| {
            (is_unsafe(*character) && !keep(*character)) || (*character == '[' && is_command(*at))
        })
        .map(|(at, _)| at)
}

/// Words on lines of at most `width` columns (a longer word stands alone), each line after `indent` spaces.
pub(crate) fn wrap(text: &str, width: usize, indent: usize) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length <= width {
            out.push(' ');
            column += 1;
        } else {
            if column > 0 {
                out.push('\n');
            }
            // Writing into a String does not fail.
            let _ = write!(out, "{:indent$}", "");
            column = indent;
            // Two colons at the beginning of a line would be a command to a CI runner that reads the output.
            if let Some(rest) = word.strip_prefix("::") {
                let _ = write!(out, "\\u{{3a}}:{rest}");
                column += length + 5;
                continue;
            }
        }
        out.push_str(word);
        column += length;
    }
    out.push('\n');
    out
}

/// Paragraphs, lists and code of a rule's prose (Markdown), wrapped and indented; code stays as it is.
pub(crate) fn prose(text: &str, width: usize, indent: usize) -> String {
    let mut out = String::new();
    let mut paragraph = String::new();
    let mut in_code = false;
    for line in text.lines().chain([""]) {
        let is_fence = line.trim_start().starts_with("```");
        let is_item = line.trim_start().starts_with("- ");
        let ends_paragraph = is_fence || is_item || line.trim().is_empty();
        if ends_paragraph && !paragraph.is_empty() {
            out.push_str(&wrap(&paragraph, width, indent));
            paragraph.clear();
        }
        if is_fence {
            in_code = !in_code;
        } else if line.trim().is_empty() {
            out.push('\n');
        } else if in_code {
            let _ = writeln!(out, "{:indent$}    {line}", "");
        } else {
            paragraph.push_str(line);
            paragraph.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// The beginning of a rule's prose (Markdown) as a text of its own: what stands before the first list, code or
/// further paragraph, without the colon that leads over to it.
pub(crate) fn lead(text: &str) -> String {
    let is_more = |line: &str| line.is_empty() || line.starts_with("```") || line.starts_with("- ");
    let lines = text.trim().lines().map(str::trim);
    let lead: Vec<&str> = lines.take_while(|line| !is_more(line)).collect();
    let lead = lead.join(" ");
    match lead.strip_suffix(':') {
        Some(sentence) => format!("{sentence}."),
        None => lead,
    }
}

/// `1 finding`, `2 findings`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsafe_characters_become_visible() {
        for (input, expected) in [
            ("plain, ümlaut, 日本 👩‍💻", "plain, ümlaut, 日本 👩‍💻"),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("a\nb\tc\r", "a\\u{a}b\\u{9}c\\u{d}"),
            ("\u{9b}2J\u{7f}", "\\u{9b}2J\\u{7f}"),
            ("access\u{202e}nimda", "access\\u{202e}nimda"),
            ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"),
            ("a ##[error]b", "a ##\\u{5b}error]b"),
            ("###vso[x]##[y]", "###vso\\u{5b}x]##\\u{5b}y]"),
            ("## a[0] #[b] ##", "## a[0] #[b] ##"),
        ] {
            assert_eq!(escape(input), expected);
        }
        assert_eq!(escape_code("\ta\u{7}"), "\ta\\u{7}");
    }

    #[test]
    fn words_wrap() {
        assert_eq!(
            wrap("one two three\nfour", 10, 2),
            "  one two\n  three\n  four\n"
        );
        assert_eq!(
            wrap("averyveryverylongword b", 5, 0),
            "averyveryverylongword\nb\n"
        );
        assert_eq!(wrap("", 5, 0), "\n");
        // No line begins with what would be a command, but for spaces.
        assert_eq!(wrap("a::b ::c", 5, 1), " a::b\n \\u{3a}:c\n");
    }

    #[test]
    fn a_lead_stands_alone() {
        for (input, expected) in [
            ("Set A.", "Set A."),
            ("Set A,\nor B.\n\nMore.", "Set A, or B."),
            ("Set A:\n\n```yaml\nA: 1\n```\n", "Set A."),
            ("Set A: it helps.\n```yaml\nA: 1\n```\n", "Set A: it helps."),
            ("\nOne of:\n- A\n- B", "One of."),
            ("", ""),
        ] {
            assert_eq!(lead(input), expected);
        }
    }

    #[test]
    fn prose_keeps_code() {
        let input = "One\ntwo.\n\n```yaml\nA:\n\n  b: 1\n```\n\n- first\n- second\n  half\n\n";
        let expected = "  One two.\n\n      A:\n\n        b: 1\n\n  - first\n  - second half\n";
        assert_eq!(prose(input, 40, 2), expected);
        assert_eq!(prose("", 40, 2), "\n");
    }
}
