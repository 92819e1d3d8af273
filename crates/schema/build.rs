//! Writes the index of `data/cloudformation.txt`: where its headings stand. With it,
//! nothing has to be read when the program starts.

use std::fmt::Write as _;
use std::io::Write as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let table = "data/cloudformation.txt";
    writeln!(std::io::stdout(), "cargo::rerun-if-changed={table}")?;
    #[expect(
        clippy::disallowed_methods,
        reason = "a build script has no one else to read for it"
    )]
    let (text, folder) = (std::fs::read_to_string(table)?, std::env::var("OUT_DIR")?);

    // A heading is the line of a block (a type, or a service with what its types share) or of a definition in it.
    let mut headings = String::new();
    let mut blocks = String::new();
    let mut count = 0;
    let mut previous = "";
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let is_definition = line.starts_with('#') && !line.starts_with("# ");
        let is_block = line.starts_with(|first: char| first.is_ascii_uppercase());
        if is_block {
            let name = line.trim_end().trim_end_matches(" *");
            if name <= previous {
                return Err(format!("{table}: {name} is not in order").into());
            }
            previous = name;
            write!(blocks, "{count},")?;
        }
        if is_block || is_definition {
            write!(headings, "{offset},")?;
            count += 1;
        }
        offset += line.len();
    }
    std::fs::write(
        std::path::Path::new(&folder).join("index.rs"),
        format!(
            "/// Offsets of all headings, and the end of the text.\n\
             static HEADINGS: &[u32] = &[{headings}{offset}];\n\
             /// The positions in [`HEADINGS`] at which blocks begin, and the end.\n\
             static BLOCKS: &[u32] = &[{blocks}{count}];\n"
        ),
    )?;
    Ok(())
}
