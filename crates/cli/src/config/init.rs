//! `pillarlint init`: a configuration with every key, commented out.

#![allow(
    clippy::disallowed_methods,
    reason = "the command line is where files are written"
)]

use super::keys::{FILE, NAME};
use crate::args::InitArgs;
use crate::files::{shown, why};
use crate::text::{escape, wrap};
use crate::{CLEAN, Console, Failure};
use std::io::{ErrorKind, Write};

pub(crate) fn run(args: &InitArgs, console: &mut Console) -> Result<u8, Failure> {
    if args.stdout {
        console.output.write_all(text().as_bytes())?;
        return Ok(CLEAN);
    }
    let path = args.folder.join(NAME);
    let file = std::fs::File::create_new(&path);
    let written = file.and_then(|mut file| file.write_all(text().as_bytes()));
    written.map_err(|error| {
        let why = match error.kind() {
            ErrorKind::AlreadyExists => "it is there already".to_owned(),
            _ => why(&error),
        };
        Failure::Usage(format!("cannot write {}: {why}", shown(&path)))
    })?;
    writeln!(console.output, "wrote {}", escape(&shown(&path)))?;
    Ok(CLEAN)
}

/// Columns of a comment.
const WIDTH: usize = 100;

/// The configuration. Lines of comment begin with `# `, lines that can be used with `#` alone.
fn text() -> String {
    let mut text = comment(
        "How pillarlint judges what lies in this folder and below, up to the next pillarlint.yaml. Every key is shown, with what holds without it or with an example: take away the # before those that you need.",
    );
    for key in &FILE {
        text += "\n";
        text += &comment(key.about);
        for line in key.example.lines() {
            text += &format!("#{line}\n");
        }
    }
    text
}

fn comment(sentence: &str) -> String {
    let wrapped = wrap(sentence, WIDTH, 0);
    wrapped.lines().map(|line| format!("# {line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::read::read;
    use super::*;
    use pillarlint_parser::source::FileId;

    #[test]
    fn what_is_commented_out_is_right() {
        let lines = text();
        let used: String = lines
            .lines()
            .filter_map(|line| line.strip_prefix('#'))
            .filter(|line| !line.starts_with(' ') || line.starts_with("  "))
            .map(|line| format!("{line}\n"))
            .collect();
        for text in [&lines, &used] {
            if let Err(problems) = read(FileId(0), text) {
                panic!("{problems:?}\n{text}");
            }
        }
        for key in &FILE {
            let line = format!("{}:", key.name);
            assert!(used.lines().any(|one| one.starts_with(&line)), "{line}");
        }
    }
}
