//! Reports for other programs: where they go, what they hold, and that nothing in a checked file harms who reads them.

use super::{FOUND, UNNAMED, folder, run_in};

#[test]
fn outputs() {
    let folder = folder(&[("a.yaml", UNNAMED)]);
    let run = |args: &[&str]| {
        let rules = super::own_rules();
        let all = ["check", "-q", "--rules", &rules, "--select", "queue-*"];
        run_in(folder.path(), &[&all, args].concat(), b"")
    };
    let read = |file: &str| std::fs::read_to_string(folder.path().join(file)).unwrap();

    // A report in a file stands beside the one on standard output.
    let ran = run(&["--output", "concise=a.txt", "--output", "csv=a.csv"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));
    assert!(
        ran.stdout.starts_with("high  queue-named\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(read("a.txt"), FOUND);
    assert!(read("a.csv").starts_with("severity,rule,"));

    // Without a file, it takes its place.
    let ran = run(&["--output", "concise", "--output", "text=a.txt"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, FOUND));
    assert!(read("a.txt").starts_with("high  queue-named\n"));
    let ran = run(&["--format", "concise", "--output", "text=a.txt"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, FOUND));
    let ran = run(&["--output", "concise=-"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, FOUND));

    // Colours are for the terminal.
    let ran = run(&["--color", "always", "--output", "text=a.txt"]);
    assert!(ran.stdout.contains('\u{1b}'));
    assert!(!read("a.txt").contains('\u{1b}'));

    // What cannot be written is said, and the others are still written.
    let ran = run(&["--output", "csv=no/a.csv", "--output", "concise=b.txt"]);
    let message = "error: cannot write no/a.csv: there is no folder no\n";
    assert_eq!((ran.code, ran.stderr.as_str()), (3, message));
    assert_eq!(read("b.txt"), FOUND);
    let ran = run(&["--output", "csv=.", "--exit-zero"]);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (3, "error: cannot write .: is a directory\n")
    );

    for (args, message) in [
        (
            &["--format", "text", "--output", "csv"][..],
            "only one report can go to standard output",
        ),
        (
            &["--output", "github", "--output", "csv=-"],
            "only one report can go to standard output",
        ),
        (
            &["--output", "csv=c", "--output", "json=c"],
            "two reports would go to c",
        ),
        (&["--output", "xls=c"], "no such format; there are text, "),
        (&["--output", "csv="], "the file is missing after `=`"),
    ] {
        let ran = run(args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}");
        assert!(ran.stderr.contains(message), "{args:?}: {}", ran.stderr);
    }
}
