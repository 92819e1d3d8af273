//! Where reports go: one to standard output, any number to files.

#![allow(
    clippy::disallowed_methods,
    reason = "the command line is where files are written"
)]

use crate::args::{CheckArgs, Format, Output};
use crate::report::uri::uri;
use crate::report::{Options, Places, Run, Style, sarif, writer};
use crate::text::escape;
use crate::{Console, Failure, WIDTH, whole_file};
use pillarlint_engine::ruleset::Ruleset;
use std::path::PathBuf;

/// The reports that a run was asked for.
#[derive(Debug)]
pub(crate) struct Reports {
    /// The one on standard output.
    printed: Format,
    /// Those in files.
    files: Vec<(Format, PathBuf)>,
}

impl Reports {
    /// What `--format` and `--output` ask for. A report in a file stands beside the one on standard output.
    pub(crate) fn of(args: &CheckArgs) -> Result<Self, Failure> {
        let mut printed = args.format;
        let mut files: Vec<(Format, PathBuf)> = Vec::new();
        for Output { format, file } in args.output.iter().cloned() {
            match file {
                None if printed.is_some() => {
                    let message = "only one report can go to standard output; name a file for the others (`--output FORMAT=FILE`)";
                    return Err(Failure::Usage(message.to_owned()));
                }
                None => printed = Some(format),
                Some(file) if files.iter().any(|(_, other)| *other == file) => {
                    let message = format!("two reports would go to {}", file.display());
                    return Err(Failure::Usage(message));
                }
                Some(file) => files.push((format, file)),
            }
        }
        Ok(Self {
            printed: printed.unwrap_or_default(),
            files,
        })
    }

    /// Whether one of them is of this kind.
    pub(crate) fn any(&self, is: fn(Format) -> bool) -> bool {
        is(self.printed) || self.files.iter().any(|(format, _)| is(*format))
    }

    /// Writes them all, and says whether every file could be written. What a format had to leave out is said.
    pub(crate) fn write(
        &self,
        run: &Run,
        ruleset: &Ruleset,
        options: &Options,
        console: &mut Console,
    ) -> Result<bool, Failure> {
        let places = Places::new(&run.sources);
        writer(self.printed)(run, &places, ruleset, options, console.output)?;
        let mut all_written = true;
        for (format, file) in &self.files {
            let plain = Options {
                style: Style {
                    color: false,
                    width: WIDTH,
                },
                ..options.clone()
            };
            let mut bytes = Vec::new();
            writer(*format)(run, &places, ruleset, &plain, &mut bytes)?;
            if let Err(why) = whole_file::write(file, &bytes) {
                all_written = false;
                let file = file.display().to_string();
                let _ = writeln!(
                    console.errors,
                    "error: cannot write {}: {}",
                    escape(&file),
                    escape(&why)
                );
            }
        }
        if self.any(|format| format == Format::Sarif)
            && let Some(left_out) = sarif::left_out(run)
        {
            let _ = writeln!(console.errors, "note: {left_out}");
        }
        Ok(all_written)
    }
}

/// What a link to a file of the current folder begins with, where GitHub Actions says what is checked out there.
pub(crate) fn base_of_links(folder: &str) -> Option<String> {
    let [server, repository, commit, workspace] = [
        "GITHUB_SERVER_URL",
        "GITHUB_REPOSITORY",
        "GITHUB_SHA",
        "GITHUB_WORKSPACE",
    ]
    .map(std::env::var);
    let below = folder.strip_prefix(workspace.ok()?.trim_end_matches('/'))?;
    let below = uri(below.trim_matches('/'));
    let slash = if below.is_empty() { "" } else { "/" };
    Some(format!(
        "{}/{}/blob/{}/{below}{slash}",
        server.ok()?,
        repository.ok()?,
        commit.ok()?
    ))
}
