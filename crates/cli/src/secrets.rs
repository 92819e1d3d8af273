//! Secrets in checked files: what a rule about secrets found, or what is declared to be kept secret, is in no report.

use pillarlint_engine::finding::Report;
use pillarlint_parser::source::{FileId, SourceMap, Span};
use std::collections::BTreeMap;

/// Takes the secrets that reports tell of out of the texts of their files, and out of what other rules say of the
/// places where they stand.
pub(crate) fn hide_all(reports: &mut [Report], sources: &mut SourceMap) {
    let mut hidden: BTreeMap<FileId, Vec<Span>> = BTreeMap::new();
    for span in reports.iter().flat_map(|report| &report.hidden) {
        hidden.entry(span.file).or_default().push(*span);
    }
    for (file, spans) in &hidden {
        if let Some(file) = sources.files.get_mut(file.0 as usize) {
            hide(&mut file.text, spans);
        }
    }
    let tells = |place: &Span| {
        let spans = hidden.get(&place.file).into_iter().flatten();
        let mut spans = spans.filter(|span| span.start < place.end && place.start < span.end);
        spans.next().is_some()
    };
    for report in reports {
        for finding in report.findings.iter_mut().filter(|one| tells(&one.place)) {
            finding.message = masked(&finding.message);
        }
        for undecided in report.undecided.iter_mut().filter(|one| tells(&one.place)) {
            undecided.why = masked(&undecided.why);
        }
    }
}

/// A message without the values in it, which stand between backticks, and may hold some.
fn masked(message: &str) -> String {
    match (message.find('`'), message.rfind('`')) {
        (Some(first), Some(last)) if first < last => {
            format!("{}***{}", &message[..=first], &message[last..])
        }
        _ => message.to_owned(),
    }
}

/// Takes what is hidden out of a text, so that nothing of it can be shown; bytes, lines and columns stay.
pub(crate) fn hide(text: &mut String, hidden: &[Span]) {
    let mut hidden = hidden.to_vec();
    hidden.sort_unstable();
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    for span in hidden {
        // What lies in another one, or begins in it, is hidden with it.
        let (start, end) = ((span.start as usize).max(at), span.end as usize);
        let (Some(before), Some(within)) = (text.get(at..start), text.get(start..end)) else {
            continue;
        };
        shown.push_str(before);
        for (at, line) in within.split('\n').enumerate() {
            shown.push_str(if at == 0 { "" } else { "\n" });
            if line.is_ascii() {
                shown.push_str(&"*".repeat(line.len()));
            } else {
                shown.extend(line.chars().map(stand_in));
            }
        }
        at = end;
    }
    shown.push_str(text.get(at..).unwrap_or_default());
    *text = shown;
}

/// A character of as many bytes that says nothing.
fn stand_in(character: char) -> char {
    match character.len_utf8() {
        1 => '*',
        2 => '×',
        3 => '∗',
        _ => '𝄪',
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pillarlint_parser::source::FileId;

    #[test]
    fn values_in_messages() {
        for (message, expected) in [
            ("the key `a` is short", "the key `***` is short"),
            ("the key `a`b` is short", "the key `***` is short"),
            ("the key `a` is not `b`", "the key `***`"),
            ("the key ` is short", "the key ` is short"),
        ] {
            assert_eq!(masked(message), expected);
        }
    }

    #[test]
    fn hidden_places() {
        for (text, spans, expected) in [
            ("abc", vec![], "abc"),
            ("abcdef", vec![(1, 3)], "a**def"),
            ("ab\ncd", vec![(1, 4)], "a*\n*d"),
            ("aä€😀z", vec![(1, 10)], "a×∗𝄪z"),
            ("abcdef", vec![(4, 6), (0, 2)], "**cd**"),
            // What lies in another one is hidden with it.
            ("abcdef", vec![(0, 4), (1, 2)], "****ef"),
            ("abcdef", vec![(0, 3), (2, 5)], "*****f"),
            ("abcdef", vec![(0, 3), (0, 3)], "***def"),
        ] {
            let mut shown = text.to_owned();
            let spans: Vec<Span> = spans
                .into_iter()
                .map(|(start, end)| Span::new(FileId(0), start, end))
                .collect();
            hide(&mut shown, &spans);
            assert_eq!(shown, expected, "{text}");
            assert_eq!(shown.len(), text.len());
        }
    }
}
