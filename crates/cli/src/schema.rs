//! `pillarlint schema`: JSON Schemas of the files that people write and that this program prints.

use crate::args::{Schema, SchemaArgs};
use crate::{CLEAN, Console, Failure, config, rule_schema};

/// The schema of `--format json`, which is written by hand.
const OUTPUT: &str = include_str!("../../../schemas/pillarlint-output.schema.json");

pub(crate) fn run(args: &SchemaArgs, console: &mut Console) -> Result<u8, Failure> {
    let schema = match args.of {
        Schema::Config => config::schema::schema(),
        Schema::Rule => rule_schema::schema(pillarlint_rules::ruleset()),
        Schema::Output => OUTPUT.to_owned(),
    };
    console.output.write_all(schema.as_bytes())?;
    Ok(CLEAN)
}
