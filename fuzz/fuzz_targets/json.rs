//! Any text as JSON: no panic, and every place fits.

#![no_main]

mod places;

use libfuzzer_sys::fuzz_target;
use pillarlint_parser::embedded::parse_json;
use pillarlint_parser::source::FileId;
use pillarlint_parser::tree::Value;
use pillarlint_parser::{json, recognise};

fuzz_target!(|text: &str| {
    recognise::recognise("a.json", text);
    let parsed = json::parse(FileId(0), text);
    places::check(&parsed, text);
    for document in &parsed.documents {
        if let Value::String(value) = &document.value {
            parse_json(value, document.span, text);
        }
    }
});
