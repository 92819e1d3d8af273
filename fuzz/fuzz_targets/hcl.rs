//! Any text as HCL: no panic, every place fits, and what stands behind a text hides nothing of it.

#![no_main]

#[path = "../../crates/parser/tests/support/hcl.rs"]
mod places;

use libfuzzer_sys::fuzz_target;
use pillarlint_parser::source::FileId;
use pillarlint_parser::terraform::hcl;

fuzz_target!(|text: &str| {
    let parsed = hcl::parse(FileId(0), text);
    places::check_places(&parsed, text);
    let _ = hcl::parse_template(FileId(0), text);
    if parsed.problems.is_empty() {
        let more = format!("{text}\nx y\n");
        let broken = hcl::parse(FileId(0), &more);
        places::check_places(&broken, &more);
        assert_eq!(broken.body.len(), parsed.body.len());
    }
});
