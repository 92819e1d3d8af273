//! What is said about rules: their parameters, what they cover, their pages.

use super::{UNNAMED, folder, own_rules, root, run_check, run_in};
use std::path::Path;

/// A queue that keeps its messages for an hour.
const HOUR: &str = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: { QueueName: a, MessageRetentionPeriod: 3600 }\n";

#[test]
fn parameters_are_set() {
    let folder = folder(&[("a.yaml", HOUR)]);
    let found = "a.yaml:4:57: low queue-retention the queue keeps messages for `3600` seconds only [REL05-BP04] (Queue)\n";
    let wrong = |text: &str, why: &str| format!("error: --param {text}: {why}\n");
    for (param, code, stdout, stderr) in [
        ("queue-retention.seconds=3601", 1, found, String::new()),
        ("queue-retention.seconds=3600", 0, "", String::new()),
        ("queue-retention.seconds= 60 ", 0, "", String::new()),
        (
            "queue-retention.seconds=59",
            2,
            "",
            wrong(
                "queue-retention.seconds=59",
                "`59` is not from 60 to 1209600",
            ),
        ),
        (
            "queue-retention.seconds=hour",
            2,
            "",
            wrong(
                "queue-retention.seconds=hour",
                "`hour` is not a whole number",
            ),
        ),
        (
            "queue-retention.second=60",
            2,
            "",
            wrong(
                "queue-retention.second=60",
                "`queue-retention` has the parameters seconds",
            ),
        ),
        (
            "queue-named.seconds=60",
            2,
            "",
            wrong("queue-named.seconds=60", "`queue-named` has no parameters"),
        ),
        (
            "queue-retenton.seconds=60",
            2,
            "",
            wrong(
                "queue-retenton.seconds=60",
                "there is no rule `queue-retenton`, did you mean `queue-retention`?",
            ),
        ),
        (
            "seconds",
            2,
            "",
            wrong("seconds", "write it as RULE.NAME=VALUE"),
        ),
    ] {
        let args = ["--preset", "strict", "-q", "--param", param];
        let ran = run_check(folder.path(), &args, b"");
        assert_eq!(
            (ran.code, ran.stdout.as_str(), ran.stderr),
            (code, stdout, stderr),
            "{param}"
        );
    }
    let args = ["explain", "queue-retention", "--rules", &own_rules()];
    let explained = run_in(&root(), &args, b"").stdout;
    let line = "  parameters    seconds = 86400 (integer, from 60 to 1209600): seconds that messages are kept\n";
    assert!(explained.contains(line), "{explained}");
}

#[test]
fn what_is_covered() {
    let text = run_in(&root(), &["coverage"], b"");
    assert_eq!((text.code, text.stderr.as_str()), (0, ""));
    let practice = "      OPS01-BP01 Evaluate external customer needs\n          beyond code (organisational): ";
    for expected in [
        "Operational Excellence\n  68 practices: ",
        practice,
        "    OPS07  is told above\n",
        "\nAll pillars\n  307 practices: ",
    ] {
        assert!(text.stdout.contains(expected), "{expected}");
    }
    let own = run_in(&root(), &["coverage", "--rules", &own_rules()], b"");
    assert!(own.stdout.contains("queue-retention"), "{}", own.stdout);
    let markdown = run_in(&root(), &["coverage", "--format", "markdown"], b"");
    assert!(markdown.stdout.starts_with("# Coverage of the AWS"));
    let json = run_in(
        &root(),
        &["coverage", "--format", "json", "--preset", "recommended"],
        b"",
    );
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["summary"]["practices"], 307);
    assert_eq!(json["preset"], "recommended");
    let of_pillar =
        |pillar: &serde_json::Value, what: &str| pillar["summary"][what].as_u64().unwrap();
    for pillar in json["pillars"].as_array().unwrap() {
        let parts = ["checked", "unchecked", "beyond_code"].map(|what| of_pillar(pillar, what));
        assert_eq!(
            parts.iter().sum::<u64>(),
            of_pillar(pillar, "practices"),
            "{}",
            pillar["id"]
        );
    }
}

fn read(folder: &Path, page: &str) -> String {
    std::fs::read_to_string(folder.join(page)).unwrap()
}

#[test]
fn pages_are_written_and_checked() {
    let folder = folder(&[("notes.md", "mine"), ("security/mine.md", "mine")]);
    let rules = own_rules();
    let args = ["docs", "pages", "--rules", &rules];
    let check = || run_in(folder.path(), &[&args[..], &["--check"]].concat(), b"");
    assert_eq!(check().code, 1);
    assert_eq!(run_in(folder.path(), &args, b"").code, 0);
    let pages = folder.path().join("pages");
    let page = read(&pages, "operational-excellence/queue-named.md");
    for expected in [
        "# Queue has a name\n\n`queue-named`\n",
        "| preset | recommended |\n",
        "\n## Why\n\nA queue without a name of its own is hard to find.\n",
        "```yaml\nResources:\n  Queue:                           # error\n",
    ] {
        assert!(page.contains(expected), "{expected}\n{page}");
    }
    assert!(
        read(&pages, "README.md")
            .contains("[queue-named](./operational-excellence/queue-named.md)")
    );
    assert!(read(&pages, "by-service.md").contains("\n## SQS\n"));
    assert!(read(&pages, "by-practice.md").contains("(./reliability/queue-retention.md)"));
    let checked = check();
    assert_eq!(checked.code, 0, "{}", checked.stdout);

    // One is stale, one is left over; what is not ours is left alone.
    std::fs::write(pages.join("by-service.md"), "old").unwrap();
    let old = page.replace("queue-named", "queue-old");
    std::fs::write(pages.join("security/queue-old.md"), old).unwrap();
    std::fs::write(pages.join("security/mine.md"), "mine").unwrap();
    let checked = check();
    let said =
        "by-service.md is not as it should be\nsecurity/queue-old.md is not as it should be\n";
    assert_eq!((checked.code, checked.stdout.as_str()), (1, said));
    run_in(folder.path(), &args, b"");
    assert_eq!(check().code, 0);
    assert!(!pages.join("security/queue-old.md").exists());
    assert_eq!(read(&pages, "security/mine.md"), "mine");
}

/// mdBook makes no page that its table of contents does not have.
#[test]
fn pages_are_listed_in_a_book() {
    let marks = "# Summary\n\n<!-- pages of rules: begin -->\nold\n<!-- pages of rules: end -->\n- [Mine](mine.md)\n";
    let folder = folder(&[
        ("book/SUMMARY.md", marks),
        ("bare/SUMMARY.md", "# Summary\n"),
    ]);
    let rules = own_rules();
    let docs = |pages: &str, summary: &str, more: &[&str]| {
        let args = ["docs", pages, "--rules", &rules, "--summary", summary];
        run_in(folder.path(), &[&args, more].concat(), b"")
    };
    let stale = docs("book/rules", "book/SUMMARY.md", &["--check"]);
    assert_eq!(stale.code, 1);
    let said = "book/SUMMARY.md is not as it should be\n";
    assert!(stale.stdout.ends_with(said), "{}", stale.stdout);
    assert_eq!(read(folder.path(), "book/SUMMARY.md"), marks);

    assert_eq!(docs("book/rules", "book/SUMMARY.md", &[]).code, 0);
    let summary = read(folder.path(), "book/SUMMARY.md");
    assert!(summary.ends_with("<!-- pages of rules: end -->\n- [Mine](mine.md)\n"));
    assert!(!summary.contains("old\n"));
    for line in [
        "- [Rules](rules/README.md)",
        "  - [By service](rules/by-service.md)",
        "  - [Reliability]()",
        "    - [queue-retention](rules/reliability/queue-retention.md)",
    ] {
        assert!(summary.lines().any(|one| one == line), "{line}");
    }
    assert_eq!(docs("book/rules", "book/SUMMARY.md", &["--check"]).code, 0);

    for (pages, summary, said) in [
        (
            "bare/rules",
            "bare/SUMMARY.md",
            "bare/SUMMARY.md needs a line `<!-- pages of rules: begin -->`",
        ),
        (
            "pages",
            "book/SUMMARY.md",
            "pages does not lie beside book/SUMMARY.md",
        ),
        (
            "book/rules",
            "book/TOC.md",
            "book/TOC.md: no such file or folder",
        ),
    ] {
        let ran = docs(pages, summary, &[]);
        assert_eq!(ran.code, 2, "{summary}");
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
}

/// The pages in the repository are those of the rules.
#[test]
fn pages_are_fresh() {
    let ran = run_in(
        &root(),
        &[
            "docs",
            "docs/rules",
            "--summary",
            "docs/SUMMARY.md",
            "--check",
        ],
        b"",
    );
    assert_eq!(
        ran.code, 0,
        "run `pillarlint docs docs/rules --summary docs/SUMMARY.md`:\n{}",
        ran.stdout
    );
}

#[test]
fn a_rule_without_parameters_says_nothing_of_them() {
    let folder = folder(&[("a.yaml", UNNAMED)]);
    let args = ["explain", "queue-named", "--rules", &own_rules()];
    let explained = run_in(folder.path(), &args, b"").stdout;
    assert!(!explained.contains("parameters"), "{explained}");
}
