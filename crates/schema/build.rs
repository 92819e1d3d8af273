//! Writes the indexes of the tables under `data`: where their headings stand. With them, nothing has to be read when
//! the program starts.

use std::fmt::Write as _;
use std::io::Write as _;

#[expect(
    clippy::disallowed_methods,
    reason = "a build script has no one else to read for it"
)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::var("OUT_DIR")?;
    for name in ["cloudformation", "terraform-aws"] {
        let table = format!("data/{name}.txt");
        writeln!(std::io::stdout(), "cargo::rerun-if-changed={table}")?;
        let index = index(&std::fs::read_to_string(&table)?)
            .map_err(|heading| format!("{table}: {heading} is not in order"))?;
        std::fs::write(
            std::path::Path::new(&folder).join(format!("{name}.rs")),
            index,
        )?;
    }
    Ok(())
}

/// The fields of the table that say where its headings stand; or the heading that is not in order.
fn index(text: &str) -> Result<String, String> {
    // A heading is the line of a block (a type, or a service with what its types share) or of a definition in it.
    let mut headings = String::new();
    let mut blocks = String::new();
    let mut count = 0;
    let mut previous = "";
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let is_definition = line.starts_with('#') && !line.starts_with("# ");
        let is_block = line.starts_with(|first: char| first.is_ascii_alphabetic());
        if is_block {
            let name = line.trim_end().trim_end_matches(" *");
            if name <= previous {
                return Err(name.to_owned());
            }
            previous = name;
            let _ = write!(blocks, "{count},");
        }
        if is_block || is_definition {
            let _ = write!(headings, "{offset},");
            count += 1;
        }
        offset += line.len();
    }
    Ok(format!("(&[{headings}{offset}], &[{blocks}{count}])"))
}
