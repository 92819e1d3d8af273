//! Any text as a template: reading and lowering never panic, and every place fits.

#![no_main]

#[path = "../../crates/parser/tests/support/lowered.rs"]
mod lowered;

use libfuzzer_sys::fuzz_target;
use pillarlint_parser::source::FileId;
use pillarlint_parser::{cloudformation, json, recognise, yaml};

fuzz_target!(|text: &str| {
    let parsed = if recognise::is_json(text) {
        json::parse(FileId(0), text)
    } else {
        yaml::parse(FileId(0), text)
    };
    for document in parsed.documents {
        let project = cloudformation::lower(FileId(0), text, document);
        lowered::check_spans(&project, &[text]);
    }
});
