//! Terraform plans as people check them: alone, and beside the configuration that they were made from.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests make files, and fail loudly"
)]

use snapbox::assert_data_eq;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Exit code and output of `pillarlint check`.
fn check(folder: &Path, args: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_pillarlint"))
        .arg("check")
        .args(args)
        .current_dir(folder)
        .env_clear()
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    (output.status.code().unwrap(), text)
}

/// A copy of a fixture, with some files changed: name, what to replace, by what.
fn changed(fixture: &str, changes: &[(&str, &str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let from = root().join("fixtures/plans").join(fixture);
    for entry in ignore::Walk::new(&from).filter_map(Result::ok) {
        let to = folder
            .path()
            .join(entry.path().strip_prefix(&from).unwrap());
        if entry.path().is_dir() {
            std::fs::create_dir_all(to).unwrap();
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
    for (name, old, new) in changes {
        let path = folder.path().join(name);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{old}");
        std::fs::write(path, text.replace(old, new)).unwrap();
    }
    folder
}

#[test]
fn fixtures() {
    for name in ["alone", "with-source"] {
        let folder = format!("fixtures/plans/{name}");
        let (_, printed) = check(&root(), &[&folder, "--undecided"]);
        let expected = root().join(&folder).join("expected.txt");
        let expected = snapbox::Data::read_from(&expected, None).raw();
        assert_data_eq!(printed, expected);
    }
}

/// What is sensitive is never printed, wherever in a plan it stands, whole or broken.
#[test]
fn secrets_are_not_printed() {
    let broken = changed(
        "alone",
        &[("plan.json", "\"variables\"", "\"variables\" ]")],
    );
    let one_line = changed("with-source", &[]);
    std::fs::remove_file(one_line.path().join("main.tf")).unwrap();
    for folder in [
        root().join("fixtures/plans/alone"),
        root().join("fixtures/plans/with-source"),
        broken.path().to_owned(),
        one_line.path().to_owned(),
    ] {
        for format in ["text", "concise", "json"] {
            let args = [
                "plan.json",
                "--preset",
                "all",
                "--undecided",
                "--format",
                format,
            ];
            let (_, printed) = check(&folder, &args);
            assert!(printed.len() > 50, "{printed}");
            for secret in ["correct horse", "battery staple"] {
                assert!(!printed.contains(secret), "{format}: {printed}");
            }
        }
    }
}

#[test]
fn a_plan_and_its_files_give_one_report() {
    let folder = changed("with-source", &[]);
    let together = check(folder.path(), &[".", "--format", "concise"]);
    let alone = check(folder.path(), &["plan.json", "--format", "concise"]);
    assert_eq!(together, alone);
    assert!(together.1.contains("in 1 plan"), "{}", together.1);
}

#[test]
fn a_plan_of_other_files_is_said() {
    let more = "variable \"offices\"";
    let (old, new) = (
        more,
        &*format!("resource \"aws_vpc\" \"new\" {{\n  cidr_block = \"10.0.0.0/16\"\n}}\n\n{more}"),
    );
    let older = changed("with-source", &[("main.tf", old, new)]);
    let (_, printed) = check(older.path(), &[".", "--format", "concise"]);
    assert!(printed.contains("one of them is older"), "{printed}");
    assert!(printed.contains("aws_vpc.new"), "{printed}");
    // What both say at one place is one finding.
    assert_eq!(
        printed.matches("iam-admin-policy-document").count(),
        1,
        "{printed}"
    );
    assert!(printed.contains("1 configuration and 1 plan"), "{printed}");

    let other = changed("alone", &[]);
    std::fs::write(
        other.path().join("main.tf"),
        "resource \"aws_vpc\" \"a\" {\n}\n",
    )
    .unwrap();
    let (_, printed) = check(other.path(), &[".", "--format", "concise"]);
    assert!(
        printed.contains("was not made from the configuration beside it"),
        "{printed}"
    );
    assert!(printed.contains("plan.json:43:"), "{printed}");
}

#[test]
fn the_source_may_lie_elsewhere() {
    let folder = changed("with-source", &[]);
    let apart = tempfile::tempdir().unwrap();
    let plan = apart.path().join("p.out");
    std::fs::rename(folder.path().join("plan.json"), &plan).unwrap();
    let plan = plan.to_str().unwrap();
    let (_, printed) = check(folder.path(), &[plan, "--format", "concise"]);
    assert!(printed.contains("p.out:1:"), "{printed}");
    let source = folder.path().to_str().unwrap();
    let (_, printed) = check(
        apart.path(),
        &[plan, "--source", source, "--format", "concise"],
    );
    assert!(printed.contains("/main.tf:36:19"), "{printed}");
}

#[test]
fn what_is_no_plan_is_said() {
    for (text, code, said) in [
        (
            r#"{"format_version": "2.0", "resource_changes": []}"#,
            3,
            "version of the plan format",
        ),
        (
            r#"{"format_version": "1.0", "terraform_version": "1.5.0", "values": {}}"#,
            3,
            "state is not checked",
        ),
        (
            r#"{"format_version": "1.2", "planned_values": {"#,
            3,
            "p.json:1:",
        ),
        (
            r#"{"format_version": "1.2", "resource_changes": [], "errored": true}"#,
            0,
            "stopped at an error",
        ),
        ("PK\u{3}\u{4}\u{14}\u{0}tfplan", 3, "terraform show -json"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("p.json"), text).unwrap();
        let (found, printed) = check(folder.path(), &["--format", "concise"]);
        assert!(printed.contains(said), "{printed}");
        assert_eq!(found, code, "{printed}");
    }
}
