//! Any text as a plan, and as the members of one: reading and lowering never panic, every place fits, and what is
//! hidden lies in the text.

#![no_main]

#[path = "../../crates/parser/tests/support/lowered.rs"]
mod lowered;

use libfuzzer_sys::fuzz_target;
use pillarlint_parser::json;
use pillarlint_parser::source::FileId;
use pillarlint_parser::terraform::block::Arguments;
use pillarlint_parser::terraform::places::{fit, locate};
use pillarlint_parser::terraform::{Call, File, Folder, Folders, plan};

struct Table;

impl Arguments for Table {
    fn is_single(&self, _: &str, path: &[&str]) -> bool {
        path.len() % 2 == 1
    }

    fn is_block(&self, _: &str, path: &[&str]) -> bool {
        path.len() % 3 > 0
    }

    fn has(&self, _: &str, _: &str) -> bool {
        true
    }
}

struct None;

impl<'s> Folders<'s> for None {
    fn called(&self, _: &Call<'_, 's>) -> Result<&Folder<'s>, String> {
        Err("is not there".to_owned())
    }
}

const FILE: &str = r#"
resource "aws_x" "a" {
  a = [1, { b = 2 }]
  one { b = jsonencode({ c = [1] }) }
  dynamic "many" {
    for_each = []
    content { b = 1 }
  }
}
module "m" { source = "./m" }
"#;

fn check(text: &str) {
    let configuration = Folder {
        path: ".".to_owned(),
        files: vec![File::read(FileId(1), "main.tf", FILE)],
        ..Folder::default()
    };
    for document in json::parse(FileId(0), text).documents {
        let mut plan = plan::lower(FileId(0), text, document, &Table);
        lowered::check_spans(&plan.project, &[text, FILE]);
        for span in &plan.hidden {
            assert!(text.get(span.start as usize..span.end as usize).is_some());
        }
        let _ = fit(&plan, &configuration);
        locate(&mut plan, &configuration, &None);
        lowered::check_spans(&plan.project, &[text, FILE]);
    }
}

fuzz_target!(|text: &str| {
    check(text);
    check(&format!("{{\"format_version\":\"1.2\",{text}}}"));
});
