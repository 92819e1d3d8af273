//! Text in the page: nothing of it is markup but what is made here.

use crate::text::is_unsafe;
use std::fmt::{self, Display, Formatter, Write};

/// A text that stands for itself, between tags and in quoted attributes. Characters that act on how the text around
/// them is shown are spelt out.
pub(super) struct Plain<'t>(pub(super) &'t str);

impl Display for Plain<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        escape(self.0, |_| false, f)
    }
}

/// Code: the same, with its tabs.
pub(super) struct Code<'t>(pub(super) &'t str);

impl Display for Code<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        escape(self.0, |character| character == '\t', f)
    }
}

fn escape(text: &str, keep: fn(char) -> bool, f: &mut Formatter<'_>) -> fmt::Result {
    let mut rest = text;
    let is_special = |character: char| {
        matches!(character, '&' | '<' | '>' | '"' | '\'')
            || is_unsafe(character) && !keep(character)
    };
    while let Some(at) = rest.find(is_special) {
        let (before, from) = rest.split_at(at);
        f.write_str(before)?;
        let mut characters = from.chars();
        match characters.next() {
            Some('&') => f.write_str("&amp;")?,
            Some('<') => f.write_str("&lt;")?,
            Some('>') => f.write_str("&gt;")?,
            Some('"') => f.write_str("&quot;")?,
            Some('\'') => f.write_str("&#39;")?,
            Some(other) => write!(f, "{}", other.escape_unicode())?,
            None => {}
        }
        rest = characters.as_str();
    }
    f.write_str(rest)
}

/// A sentence in which backticks mark code.
pub(super) struct Sentence<'t>(pub(super) &'t str);

impl Display for Sentence<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some((before, from)) = rest.split_once('`') {
            let Some((code, after)) = from.split_once('`') else {
                break;
            };
            write!(f, "{}<code>{}</code>", Plain(before), Plain(code))?;
            rest = after;
        }
        write!(f, "{}", Plain(rest))
    }
}

/// A link, if it leads to where a browser may go without harm.
pub(super) fn link(url: &str, text: impl Display) -> String {
    if url.starts_with("https://") || url.starts_with("http://") {
        format!("<a href=\"{}\" rel=\"noreferrer\">{text}</a>", Plain(url))
    } else {
        text.to_string()
    }
}

/// A rule's prose (Markdown): paragraphs, lists and code.
pub(super) fn prose(text: &str) -> String {
    let mut out = String::new();
    let mut block = Block::None;
    // Writing into a String does not fail.
    for line in text.lines().chain([""]) {
        let trimmed = line.trim();
        if trimmed.starts_with("```") {
            let begins = block != Block::Code;
            block.close(&mut out);
            if begins {
                out.push_str("<pre class=\"sample\">");
                block = Block::Code;
            }
        } else if block == Block::Code {
            let _ = writeln!(out, "{}", Code(line));
        } else if let Some(item) = trimmed.strip_prefix("- ") {
            if block != Block::List {
                block.close(&mut out);
                out.push_str("<ul>");
                block = Block::List;
            }
            let _ = write!(out, "<li>{} ", Sentence(item));
        } else if trimmed.is_empty() {
            block.close(&mut out);
        } else {
            if block == Block::None {
                out.push_str("<p>");
                block = Block::Paragraph;
            }
            let _ = write!(out, "{} ", Sentence(trimmed));
        }
    }
    block.close(&mut out);
    out
}

/// What a line of prose stands in.
#[derive(PartialEq)]
enum Block {
    None,
    Paragraph,
    List,
    Code,
}

impl Block {
    fn close(&mut self, out: &mut String) {
        let end = match self {
            Self::None => return,
            Self::Paragraph => "</p>\n",
            Self::List => "</ul>\n",
            Self::Code => "</pre>\n",
        };
        out.truncate(out.trim_end().len());
        out.push_str(end);
        *self = Self::None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_no_markup() {
        for (input, expected) in [
            ("plain, ümlaut", "plain, ümlaut"),
            (
                "<b a=\"1\" c='2'>&amp;",
                "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;",
            ),
            ("a\u{202e}b\u{1b}\0\tc", "a\\u{202e}b\\u{1b}\\u{0}\\u{9}c"),
        ] {
            assert_eq!(Plain(input).to_string(), expected);
        }
        assert_eq!(Code("\t<").to_string(), "\t&lt;");
    }

    #[test]
    fn backticks_mark_code() {
        for (input, expected) in [
            ("set `A: <x>` now", "set <code>A: &lt;x&gt;</code> now"),
            ("one ` alone", "one ` alone"),
            ("`a`` b", "<code>a</code>` b"),
        ] {
            assert_eq!(Sentence(input).to_string(), expected);
        }
    }

    #[test]
    fn only_web_addresses_are_links() {
        let https = "<a href=\"https://a.b/?c&amp;&quot;\" rel=\"noreferrer\">x</a>";
        assert_eq!(link("https://a.b/?c&\"", "x"), https);
        assert_eq!(link("javascript:alert(1)", "x"), "x");
    }

    #[test]
    fn prose_has_paragraphs_lists_and_code() {
        let input = "One\n`two`.\n\n```yaml\nA:\n\n  b: <1>\n```\n- first\n- second\n  half\n\nEnd";
        let expected = "<p>One <code>two</code>.</p>\n<pre class=\"sample\">A:\n\n  b: &lt;1&gt;</pre>\n\
                        <ul><li>first <li>second half</ul>\n<p>End</p>\n";
        assert_eq!(prose(input), expected);
        assert_eq!(prose(""), "");
    }
}
