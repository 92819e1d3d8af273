//! The command line of pillarlint: files in, reports out.
//!
//! This is the only crate that touches the world: files, the environment, the terminal. What it
//! finds out there it hands to the parser and the engine as text. Deliberately absent: any idea
//! of what a rule asks.

mod args;
mod baseline;
mod cdk;
mod changed;
mod check;
mod config;
mod coverage;
mod docs;
mod explain;
mod files;
mod input;
mod lens;
mod list;
mod output;
mod own_rules;
mod parameters;
mod plan;
mod report;
mod rule_schema;
mod schema;
mod scorecard;
mod secrets;
mod stack_parameters;
mod stacks;
mod suppressions;
mod terraform;
mod test;
mod text;
mod whole_file;

pub use input::check_text;

use args::{Cli, Color, Command};
use clap::{CommandFactory, Parser};
use pillarlint_engine::ruleset::Ruleset;
use pillarlint_engine::selector::{self, Selector, UnknownSelector};
use pillarlint_parser::source::SourceMap;
use pillarlint_parser::tree::Problem;
use std::ffi::OsString;
use std::io::{self, Read, Write};

/// The widest that text is wrapped at, in columns; also the width where there is no terminal.
pub const WIDTH: usize = 100;

/// What a run reads from and writes to beside files.
pub struct Console<'a> {
    /// Standard input, read only where it is asked for.
    pub input: &'a mut dyn Read,
    /// Where results go.
    pub output: &'a mut dyn Write,
    /// Where it is said why a run could not be made.
    pub errors: &'a mut dyn Write,
    /// Whether `--color auto` means colours.
    pub color: bool,
    /// Columns to wrap at.
    pub width: usize,
}

/// Exit code: nothing was found.
const CLEAN: u8 = 0;
/// Exit code: there are findings.
const FINDINGS: u8 = 1;
/// Exit code: the run could not be made as it was asked for.
const USAGE: u8 = 2;
/// Exit code: something could not be read.
const UNREADABLE: u8 = 3;

/// Why a command could not do what it was asked.
enum Failure {
    /// The arguments are wrong, in a sentence.
    Usage(String),
    /// Files that steer a run are wrong.
    Mistakes(Mistakes),
    /// The output could not be written.
    Output(io::Error),
    /// Rules are named that were not read yet: see [`check::Prepared::with_all_rules`], where this ends.
    MoreRules,
}

/// What is wrong with files that steer a run: rules, and configurations.
struct Mistakes {
    problems: Vec<Problem>,
    /// The files that the problems lie in.
    sources: SourceMap,
    /// What these files are.
    what: &'static str,
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Runs the program with its arguments (its own name first), and gives the exit code.
pub fn run(args: impl IntoIterator<Item = OsString>, mut console: Console<'_>) -> u8 {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            let (stream, code) = if error.use_stderr() {
                (&mut console.errors, USAGE)
            } else {
                (&mut console.output, CLEAN)
            };
            // Nothing more can be done where not even this can be written.
            let _ = write!(stream, "{}", error.render());
            return code;
        }
    };
    console.color = match cli.color {
        Color::Auto => console.color,
        Color::Always => true,
        Color::Never => false,
    };
    let mut output = io::BufWriter::with_capacity(1 << 16, &mut *console.output);
    let mut streams = Console {
        input: console.input,
        output: &mut output,
        errors: console.errors,
        ..console
    };
    let result = match cli.command {
        Command::Check(args) => check::run(&args, &mut streams),
        Command::Suppressions(args) => suppressions::run(&args, &mut streams),
        Command::Baseline(args) => baseline::run(&args, &mut streams),
        Command::Explain(args) => explain::run(&args, &mut streams),
        Command::Rules(args) => list::run(&args, &mut streams),
        Command::Coverage(args) => coverage::run(&args, &mut streams),
        Command::Lens(args) => lens::run(&args, &mut streams),
        Command::Test(args) => test::run(&args, &mut streams),
        Command::Docs(args) => docs::run(&args, &mut streams),
        Command::Init(args) => config::init::run(&args, &mut streams),
        Command::Schema(args) => schema::run(&args, &mut streams),
        Command::Completions { shell } => completions(shell, &mut streams),
    };
    let result = result.and_then(|code| {
        output.flush()?;
        Ok(code)
    });
    result.unwrap_or_else(|failure| {
        report_failure(&failure, &mut *console.errors, console.color, console.width)
    })
}

fn report_failure(failure: &Failure, errors: &mut dyn Write, color: bool, width: usize) -> u8 {
    // Nothing more can be done where not even this can be written.
    match failure {
        Failure::Usage(message) => {
            let _ = writeln!(errors, "error: {}", text::escape(message));
            USAGE
        }
        Failure::Mistakes(Mistakes {
            problems,
            sources,
            what,
        }) => {
            let style = report::Style { color, width };
            let _ = report::text::problems(problems, sources, style, errors);
            let mistakes = text::count(problems.len(), "mistake");
            let _ = writeln!(errors, "error: {mistakes} in {what}; nothing was done");
            USAGE
        }
        // Whoever reads the output closed it (`| head`): that is their right.
        Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => CLEAN,
        Failure::MoreRules => USAGE,
        Failure::Output(error) => {
            let _ = writeln!(errors, "error: cannot write the output: {error}");
            UNREADABLE
        }
    }
}

fn completions(shell: clap_complete::Shell, console: &mut Console) -> Result<u8, Failure> {
    // Into memory first: the generator panics where it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "pillarlint", &mut script);
    console.output.write_all(&script)?;
    Ok(CLEAN)
}

/// The selectors of a list of arguments.
fn selectors(texts: &[String], ruleset: &Ruleset) -> Result<Vec<Selector>, Failure> {
    texts
        .iter()
        .map(|text| selector_of(text, ruleset).map_err(Failure::Usage))
        .collect()
}

/// The selector that a text is. One that names nothing may be how names begin: `s3` is meant as `s3-*`.
///
/// # Errors
/// What is wrong with it.
fn selector_of(text: &str, ruleset: &Ruleset) -> Result<Selector, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("a selector is empty".to_owned());
    }
    selector::parse(text, ruleset).map_err(|error| {
        let globs = ["-*", "::*"].map(|rest| format!("{text}{rest}"));
        let mut globs = globs.into_iter();
        let glob = globs.find(|glob| selector::parse(glob, ruleset).is_ok());
        let suggestion = glob.or(error.suggestion);
        let error = UnknownSelector {
            suggestion,
            ..error
        };
        error.to_string()
    })
}
