//! `pillarlint schema`: JSON Schemas of the files that people write, for editors.

use crate::args::{Schema, SchemaArgs};
use crate::{CLEAN, Console, Failure, config};

pub(crate) fn run(args: &SchemaArgs, console: &mut Console) -> Result<u8, Failure> {
    let schema = match args.of {
        Schema::Config => config::schema::schema(),
    };
    console.output.write_all(schema.as_bytes())?;
    Ok(CLEAN)
}
