//! The user guide does what it says: its files are written, its commands run, their output compared.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests make files, and fail loudly"
)]

use snapbox::assert_data_eq;
use std::path::{Path, PathBuf};
use std::process::Command;

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

/// The fenced blocks of a page: their language, and their text.
fn blocks(page: &str) -> Vec<(&str, String)> {
    let mut blocks: Vec<(&str, String)> = Vec::new();
    let mut open = false;
    for line in page.lines() {
        match line.strip_prefix("```") {
            Some(language) if !open => {
                blocks.push((language, String::new()));
                open = true;
            }
            Some(_) => open = false,
            None if open => {
                let (_, text) = blocks.last_mut().unwrap();
                text.push_str(line);
                text.push('\n');
            }
            None => {}
        }
    }
    blocks
}

/// Walks a page in an empty folder. A block whose first line is `# PATH` is a file; in a `console` block stand commands
/// of pillarlint and what they print.
fn follow(page: &str) {
    let page = std::fs::read_to_string(docs().join(page)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut commands = 0;
    for (language, text) in blocks(&page) {
        let first = text.lines().next().unwrap_or_default();
        let is_path = |path: &&str| path.contains('.') && !path.contains(' ');
        if let Some(path) = first.strip_prefix("# ").filter(is_path) {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let text = match language {
                "diff" => changed(&std::fs::read_to_string(&path).unwrap(), &text),
                _ => text,
            };
            std::fs::write(path, text).unwrap();
        } else if language == "console" {
            for asked in text.split("$ ").skip(1) {
                let (command, expected) = asked.split_once('\n').unwrap();
                assert_data_eq!(
                    run(folder.path(), command),
                    expected.trim_end().to_owned() + "\n"
                );
                commands += 1;
            }
        }
    }
    assert!(commands > 0);
}

/// A text in which the lines with `-` of a block are those with `+`.
fn changed(text: &str, block: &str) -> String {
    let lines = |sign: char| -> String {
        let lines = block.lines().filter_map(|line| line.strip_prefix(sign));
        lines.map(|line| format!("{line}\n")).collect()
    };
    let old = lines('-');
    assert_eq!(text.matches(&old).count(), 1, "{old}");
    text.replace(&old, &lines('+'))
}

/// What a command prints, on both streams.
fn run(folder: &Path, command: &str) -> String {
    let mut words = command.split_whitespace();
    assert_eq!(words.next(), Some("pillarlint"), "{command}");
    let output = Command::new(env!("CARGO_BIN_EXE_pillarlint"))
        .args(words)
        .current_dir(folder)
        .env_clear()
        .output()
        .unwrap();
    let printed = [output.stdout, output.stderr].concat();
    String::from_utf8(printed).unwrap().trim_end().to_owned() + "\n"
}

#[test]
fn first_rule() {
    follow("guide/first-rule.md");
}

#[test]
fn quick_start() {
    follow("guide/quick-start.md");
}

#[test]
fn how_it_decides() {
    follow("guide/unknown.md");
}
