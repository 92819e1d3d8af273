//! The `pillarlint` program: standard streams and the exit code around [`pillarlint::run`].

use anstream::{AutoStream, ColorChoice};
use std::io::IsTerminal;
use std::process::ExitCode;

fn main() -> ExitCode {
    let stdout = std::io::stdout();
    let console = pillarlint::Console {
        color: AutoStream::choice(&stdout) != ColorChoice::Never,
        width: width(stdout.is_terminal()),
        input: &mut std::io::stdin().lock(),
        // Colour is decided where it is written; this stream only teaches old Windows consoles to show it.
        output: &mut AutoStream::always(stdout.lock()),
        // Not locked: what panics in another thread must be able to say so.
        errors: &mut std::io::stderr(),
    };
    ExitCode::from(pillarlint::run(std::env::args_os(), console))
}

/// The width to wrap at: the terminal's where it is no wider than what reads well.
fn width(terminal: bool) -> usize {
    let columns = terminal.then(terminal_size::terminal_size).flatten();
    columns.map_or(pillarlint::WIDTH, |(width, _)| {
        usize::from(width.0).clamp(40, pillarlint::WIDTH)
    })
}
