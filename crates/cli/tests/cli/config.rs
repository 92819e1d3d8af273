//! `pillarlint.yaml`: where it is found, what it says, and what is said of mistakes in it.

use super::{CLEAN, Ran, UNNAMED, folder, own_rules, root, run_in};
use snapbox::{Data, assert_data_eq, file};
use std::path::Path;
use tempfile::TempDir;

/// A queue that keeps its messages for an hour: in strict, `queue-retention` finds it.
const HOUR: &str = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: { QueueName: a, MessageRetentionPeriod: 3600 }\n";
/// Only rules of these tests, so that ours can grow.
const QUEUES: &str = "rules: [own]\nselect: ['queue-*']\n";

fn named(path: &str) -> String {
    format!("{path}:2:3: high queue-named the queue has no name [OPS05-BP07] (Queue)\n")
}

fn retention(path: &str, severity: &str) -> String {
    format!(
        "{path}:4:57: {severity} queue-retention the queue keeps messages for `3600` seconds only [REL05-BP04] (Queue)\n"
    )
}

/// A folder with these files, and the rules of these tests in `own`.
fn tree(files: &[(&str, &str)]) -> TempDir {
    let tree = folder(files);
    let own = tree.path().join("own");
    std::fs::create_dir(&own).unwrap();
    // A repository, so that what its configurations may name does not depend on where the program is run.
    std::fs::create_dir_all(tree.path().join(".git")).unwrap();
    for file in ["queue-named.yaml", "queue-retention.yaml"] {
        let from = Path::new(&own_rules()).join("queues").join(file);
        std::fs::copy(from, own.join(file)).unwrap();
    }
    tree
}

fn run(tree: &TempDir, args: &[&str]) -> Ran {
    let mut all = vec!["check", "--format", "concise"];
    all.extend(args);
    run_in(tree.path(), &all, b"")
}

/// Files, arguments, and what `check --quiet` prints and gives.
#[track_caller]
fn check(files: &[(&str, &str)], args: &[&str], code: i32, stdout: &str) {
    let mut all = vec!["-q"];
    all.extend(args);
    let ran = run(&tree(files), &all);
    assert_eq!(
        (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
        (code, stdout, ""),
        "{args:?} {files:#?}"
    );
}

fn config(keys: &str) -> String {
    format!("{QUEUES}{keys}")
}

#[test]
fn the_nearest_counts() {
    let strict = config("preset: strict\n").replace("[own]", "[../own]");
    let files = [
        ("pillarlint.yaml", QUEUES),
        ("a.yaml", HOUR),
        ("team/pillarlint.yaml", &*strict),
        ("team/a.yaml", HOUR),
        ("team/deep/er/a.yaml", HOUR),
        ("other/a.yaml", HOUR),
    ];
    let both = retention("team/a.yaml", "low") + &retention("team/deep/er/a.yaml", "low");
    check(&files, &[], 1, &both);
    check(&files, &["team"], 1, &both);
    check(&files, &["other"], 0, "");
    // What is found does not depend on where the program is run.
    let tree = tree(&files);
    let args = ["check", "-q", "--format", "concise", "."];
    let below = run_in(&tree.path().join("team/deep"), &args, b"");
    assert_eq!(below.stdout, retention("er/a.yaml", "low"));
    // One for everything, and none at all.
    let only = ["-q", "--config", "team/pillarlint.yaml"];
    let all = retention("a.yaml", "low") + &retention("other/a.yaml", "low") + &both;
    assert_eq!(run(&tree, &only).stdout, all);
    let none = ["-q", "--no-config", "--select", "queue-named"];
    let ran = run(&tree, &none);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(ran.stderr.contains("`queue-named`"), "{}", ran.stderr);
}

#[test]
fn a_repository_ends_the_search() {
    let files = [
        ("pillarlint.yaml", "ignore: ['*']\n"),
        ("repository/a.yaml", UNNAMED),
        ("repository/.git/HEAD", ""),
    ];
    let args = ["repository", "--rules", "own", "--select", "queue-*"];
    check(&files, &args, 1, &named("repository/a.yaml"));
    let files = &files[..2];
    check(
        files,
        &["repository", "--rules", "own", "--select", "queue-named"],
        1,
        &named("repository/a.yaml"),
    );
    let ran = run(&tree(files), &["repository"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("leaves no rule to check"),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_is_extended_comes_first() {
    let shared = "preset: strict\nseverity: { queue-retention: high }\n";
    let own = config("extends: [shared/base.yaml]\n");
    let with = |more: &str| format!("{own}{more}");
    for (config, expected) in [
        (own.clone(), retention("a.yaml", "high")),
        (
            with("severity: { queue-retention: info }\n"),
            retention("a.yaml", "info"),
        ),
        (
            with("severity: { queue-*: low }\n"),
            retention("a.yaml", "low"),
        ),
        (with("preset: recommended\n"), String::new()),
        (with("ignore: [queue-retention]\n"), String::new()),
    ] {
        let files = [
            ("pillarlint.yaml", &*config),
            ("shared/base.yaml", shared),
            ("a.yaml", HOUR),
        ];
        check(&files, &[], i32::from(!expected.is_empty()), &expected);
    }
    // Later ones go before earlier ones; paths are told from the file that they stand in, patterns from the
    // folder of the configuration where the extended file does not lie above it.
    let files = [
        (
            "pillarlint.yaml",
            "extends: [shared/a.yaml, shared/b.yaml]\n",
        ),
        (
            "shared/a.yaml",
            "rules: [../own]\nselect: [sustainability]\npreset: strict\nexclude: [generated/]\n",
        ),
        (
            "shared/b.yaml",
            "select: ['queue-*']\nignore: [queue-named]\n",
        ),
        ("a.yaml", UNNAMED),
        ("b.yaml", HOUR),
        ("generated/b.yaml", HOUR),
    ];
    check(&files, &[], 1, &retention("b.yaml", "low"));
}

#[test]
fn paths_differ() {
    let files = |overrides: &str| {
        let config = config(&format!("overrides:\n{overrides}"));
        tree(&[
            ("pillarlint.yaml", &*config),
            ("live/a.yaml", HOUR),
            ("sandbox/a.yaml", HOUR),
            ("sandbox/b.yaml", UNNAMED),
        ])
    };
    for (overrides, expected) in [
        (
            "  - { paths: [live/], ignore: [queue-named] }\n",
            named("sandbox/b.yaml"),
        ),
        (
            "  - { paths: sandbox, ignore: [queue-named] }\n",
            String::new(),
        ),
        (
            "  - { paths: [sandbox/], ignore: [operational-excellence] }\n",
            String::new(),
        ),
        (
            "  - { paths: [sandbox/], severity: { queue-named: info } }\n",
            named("sandbox/b.yaml").replace("high", "info"),
        ),
        // A further rule, and all that are on elsewhere.
        (
            "  - { paths: [live/], select: [queue-retention] }\n",
            retention("live/a.yaml", "low") + &named("sandbox/b.yaml"),
        ),
        (
            "  - { paths: ['*/a.yaml'], preset: strict }\n  - { paths: [sandbox], preset: recommended }\n",
            retention("live/a.yaml", "low") + &named("sandbox/b.yaml"),
        ),
        // The later one goes before.
        (
            "  - { paths: ['*'], ignore: [queue-named] }\n  - { paths: ['b.yaml'], select: [queue-named] }\n",
            named("sandbox/b.yaml"),
        ),
        (
            "  - { paths: ['*', '!live/'], preset: strict, parameters: { queue-retention: { seconds: 3601 } } }\n  - { paths: ['a.yaml'], parameters: { queue-retention: { seconds: [60] } } }\n",
            named("sandbox/b.yaml"),
        ),
    ] {
        let ran = run(&files(overrides), &["-q"]);
        assert_eq!(
            (&*ran.stdout, &*ran.stderr),
            (&*expected, ""),
            "{overrides}"
        );
    }
}

#[test]
fn the_command_line_goes_before() {
    let strict = config(
        "preset: strict\nfail-on: high\nparameters: { queue-retention: { seconds: 60 } }\nignore: [queue-named]\n",
    );
    let files = [
        ("pillarlint.yaml", &*strict),
        ("a.yaml", HOUR),
        ("b.yaml", UNNAMED),
    ];
    let low = retention("a.yaml", "low");
    let param = "queue-retention.seconds=3601";
    for (args, code, expected) in [
        (vec![], 0, String::new()),
        (vec!["--param", param], 0, low.clone()),
        (vec!["--param", param, "--fail-on", "low"], 1, low.clone()),
        (vec!["--select", "queue-named"], 1, named("b.yaml")),
        (
            vec!["--select", "queue-named", "--preset", "recommended"],
            1,
            named("b.yaml"),
        ),
        (
            vec!["--select", "queue-named", "--ignore", "reliability"],
            1,
            named("b.yaml"),
        ),
        // What the configuration ignores stays off where it is not named.
        (
            vec!["--select", "queue-*", "--param", param],
            0,
            low.clone(),
        ),
    ] {
        check(&files, &args, code, &expected);
    }
}

#[test]
fn a_severity_decides_of_what_is_shown() {
    let files = |level: &str| {
        let config = config(&format!("severity: {{ queue-named: {level} }}\n"));
        tree(&[("pillarlint.yaml", &*config), ("a.yaml", UNNAMED)])
    };
    let args = ["check", "--severity", "critical", "--no-config"];
    assert!(
        !run_in(files("low").path(), &args, b"")
            .stdout
            .contains("queue-named")
    );
    let shown = |level: &str| run_in(files(level).path(), &args[..3], b"").stdout;
    assert!(!shown("low").contains("queue-named"), "{}", shown("low"));
    // With the code around it, though the rule by itself is less severe.
    let critical = shown("critical");
    assert!(critical.contains("critical  queue-named"), "{critical}");
    assert!(critical.contains("2 │   Queue:"), "{critical}");
}

#[test]
fn every_file_fails_by_its_own_level() {
    let critical = config("fail-on: critical\n").replace("[own]", "[../own]");
    let never = config("fail-on: never\n").replace("[own]", "[../own]");
    let files = [
        (
            "strict/pillarlint.yaml",
            &*config("").replace("[own]", "[../own]"),
        ),
        ("strict/a.yaml", UNNAMED),
        ("lax/pillarlint.yaml", &*critical),
        ("lax/a.yaml", UNNAMED),
        ("free/pillarlint.yaml", &*never),
        ("free/a.yaml", UNNAMED),
    ];
    check(&files, &["strict"], 1, &named("strict/a.yaml"));
    check(&files, &["lax"], 0, &named("lax/a.yaml"));
    check(&files, &["free"], 0, &named("free/a.yaml"));
    check(
        &files,
        &["free", "--fail-on", "high"],
        1,
        &named("free/a.yaml"),
    );
    let all = ["free", "lax", "strict"].map(|folder| named(&format!("{folder}/a.yaml")));
    check(&files, &[], 1, &all.concat());
}

#[test]
fn paths_are_excluded() {
    let excluding = config("exclude: [generated/, '*.tpl.yaml', '!keep.tpl.yaml']\n");
    let files = [
        ("pillarlint.yaml", &*excluding),
        ("a.yaml", CLEAN),
        ("a.tpl.yaml", UNNAMED),
        ("keep.tpl.yaml", CLEAN),
        ("notes.tpl.txt", "no template"),
        ("deep/generated/a.yaml", UNNAMED),
        ("deep/generated/b.yaml", UNNAMED),
    ];
    let summary = |templates: usize, more: &str| {
        let templates = match templates {
            1 => "1 resource in 1 template".to_owned(),
            many => format!("{many} resources in {many} templates"),
        };
        format!("0 undecided, 0 errors, 0 warnings; {templates}{more}\n")
    };
    let tree = tree(&files);
    for (args, code, expected) in [
        // The rules lie in the tree, too.
        (
            vec![],
            0,
            "0 findings, ".to_owned()
                + &summary(2, "; 2 other files passed over; 2 paths excluded"),
        ),
        (
            vec!["deep/generated"],
            1,
            named("deep/generated/a.yaml")
                + &named("deep/generated/b.yaml")
                + "2 findings, "
                + &summary(2, ""),
        ),
        (
            vec!["a.yaml", "a.tpl.yaml"],
            1,
            named("a.tpl.yaml") + "1 finding, " + &summary(2, ""),
        ),
        (
            vec![
                "--force-exclude",
                "a.yaml",
                "a.tpl.yaml",
                "deep/generated/a.yaml",
                "deep/generated",
            ],
            0,
            "0 findings, ".to_owned() + &summary(1, "; 3 paths excluded"),
        ),
    ] {
        let ran = run(&tree, &args);
        assert_eq!(
            (ran.code, &*ran.stdout, &*ran.stderr),
            (code, &*expected, ""),
            "{args:?}"
        );
    }
    let ran = run_in(
        tree.path(),
        &[
            "check",
            "-",
            "--stdin-filename",
            "new/x.tpl.yaml",
            "--force-exclude",
            "--format",
            "json",
        ],
        UNNAMED.as_bytes(),
    );
    assert!(ran.stdout.contains("\"excluded\": 1,"), "{}", ran.stdout);
    let ran = run(&tree, &["-q", "deep"]);
    let message = "deep: error holds no template and no configuration to check (looked at .yaml, .yml, .json, .template, .cfn, .tf, .tofu files, but for what .gitignore names and the configuration excludes)\n";
    assert_eq!((ran.code, &*ran.stdout), (3, message));
}

#[test]
fn standard_input_has_the_configuration_of_its_name() {
    let tree = tree(&[(
        "live/pillarlint.yaml",
        &*config("preset: strict\n").replace("[own]", "[../own]"),
    )]);
    let run = |name: &str| {
        let args = [
            "check",
            "-",
            "-q",
            "--format",
            "concise",
            "--stdin-filename",
            name,
        ];
        run_in(tree.path(), &args, HOUR.as_bytes()).stdout
    };
    assert_eq!(run("live/new/a.yaml"), retention("live/new/a.yaml", "low"));
    assert!(!run("a.yaml").contains("queue-"));
}

#[test]
fn tags_are_required() {
    let untagged = [
        ("pillarlint.yaml", "required-tags: [owner]\nignore: ['*']\n"),
        ("a.yaml", CLEAN),
    ];
    let found = "a.yaml:2:3: low resource-tags-required not all of the required tags are there: owner [COST03-BP02] (Queue)\n";
    check(&untagged, &[], 1, found);
    let ran = run(&tree(&untagged), &["--ignore", "resource-tags-required"]);
    assert!(ran.stderr.contains("leaves no rule"), "{}", ran.stderr);
}

/// A module of a module of a call, with what is wrong in each folder.
const QUEUE: &str = "resource \"aws_sqs_queue\" \"q\" {\n  sqs_managed_sse_enabled = false\n}\n";

#[test]
fn configurations_of_terraform() {
    let rules = "select: [sqs-encryption]\n";
    let found = |path: &str, severity: &str| format!("{path}:2:29: {severity} sqs-encryption");
    let call = "module \"m\" {\n  source = \"../modules/m\"\n}\n";
    let root_module = QUEUE.to_owned() + call;
    for (config, expected) in [
        (
            rules.to_owned(),
            vec![("live/main.tf", "high"), ("modules/m/main.tf", "high")],
        ),
        (
            format!("{rules}overrides: [{{ paths: [modules/], ignore: [sqs-encryption] }}]\n"),
            vec![("live/main.tf", "high")],
        ),
        // On in the module alone: the root module is asked for its sake.
        (
            "select: [s3-*]\noverrides: [{ paths: [modules/], select: [sqs-encryption] }]\n"
                .to_owned(),
            vec![("modules/m/main.tf", "high")],
        ),
        (
            format!(
                "{rules}overrides: [{{ paths: [modules/], severity: {{ sqs-encryption: critical }} }}]\n"
            ),
            vec![("live/main.tf", "high"), ("modules/m/main.tf", "critical")],
        ),
        (
            format!("{rules}exclude: [modules/]\n"),
            vec![("live/main.tf", "high")],
        ),
    ] {
        let tree = tree(&[
            ("pillarlint.yaml", &*config),
            ("live/main.tf", &*root_module),
            ("modules/m/main.tf", QUEUE),
        ]);
        for args in [&["-q"][..], &["-q", "live/main.tf"]] {
            let ran = run(&tree, args);
            let lines: Vec<&str> = ran.stdout.lines().collect();
            let expected: Vec<String> = expected
                .iter()
                .map(|(path, level)| found(path, level))
                .collect();
            assert_eq!(
                lines.len(),
                expected.len(),
                "{config} {args:?}\n{}{}",
                ran.stdout,
                ran.stderr
            );
            for (line, expected) in lines.iter().zip(&expected) {
                assert!(
                    line.starts_with(expected.as_str()),
                    "{config} {args:?}\n{line}\n{expected}"
                );
            }
        }
    }
}

#[test]
fn terraform_is_given_values() {
    let main = "variable \"encrypt\" {\n  default = true\n}\nresource \"aws_sqs_queue\" \"q\" {\n  name                    = terraform.workspace\n  sqs_managed_sse_enabled = var.encrypt\n}\n";
    let config = "select: [sqs-encryption]\nterraform: { variable-files: [../no.tfvars], workspace: prod }\n";
    let files = [
        ("live/pillarlint.yaml", config),
        ("live/main.tf", main),
        ("other/pillarlint.yaml", "select: [sqs-encryption]\n"),
        ("other/main.tf", main),
        ("no.tfvars", "encrypt = false\nunheard = 1\n"),
    ];
    let tree = tree(&files);
    let ran = run(&tree, &["-q", "live", "other"]);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    let [finding, warning] = lines[..] else {
        panic!("{}{}", ran.stdout, ran.stderr);
    };
    assert!(
        finding.starts_with("live/main.tf:6:29: high sqs-encryption"),
        "{finding}"
    );
    assert_eq!(
        warning,
        "no.tfvars:2:1: warning no variable `unheard` is declared"
    );
    assert_eq!(run(&tree, &["-q", "live", "--var", "encrypt=true"]).code, 0);
}

#[test]
fn rules_belong_to_who_names_them() {
    let config = "rules: [../own]\nselect: ['queue-*']\n";
    let files = [
        ("here/pillarlint.yaml", config),
        ("here/a.yaml", UNNAMED),
        ("there/a.yaml", UNNAMED),
    ];
    let named_here = named("here/a.yaml");
    check(
        &files,
        &["here", "there", "--select", "queue-named"],
        1,
        &named_here,
    );
    let tree = tree(&files);
    let other = tree.path().join("other");
    std::fs::create_dir(&other).unwrap();
    let text = std::fs::read_to_string(tree.path().join("own/queue-named.yaml")).unwrap();
    std::fs::write(other.join("queue-named.yaml"), &text).unwrap();
    std::fs::write(
        tree.path().join("there/pillarlint.yaml"),
        config.replace("own", "other"),
    )
    .unwrap();
    // The same rule in two folders is one rule.
    let ran = run(&tree, &["-q", "here", "there"]);
    assert_eq!(
        (&*ran.stdout, &*ran.stderr),
        (&*(named_here + &named("there/a.yaml")), "")
    );
    std::fs::write(other.join("queue-named.yaml"), text + "# another\n").unwrap();
    let ran = run(&tree, &["-q", "here", "there"]);
    let message = "error: two rules of your own are called `queue-named`: other/queue-named.yaml and own/queue-named.yaml\n";
    assert_eq!((ran.code, &*ran.stderr), (2, message));
    // Other commands know the rules of the current folder.
    let args = ["explain", "queue-named"];
    assert_eq!(run_in(&tree.path().join("here"), &args, b"").code, 0);
    assert_eq!(run_in(tree.path(), &args, b"").code, 2);
}

#[test]
fn mistakes_are_shown_all_at_once() {
    let wrong = "\
sevrity:
  s3-encryption: hihg
preset: [strict]
select: [s3-versionin, security]
ignore: { a: b }
fail-on: sometimes
required-tags: [{ key: owner }]
exclude: ['../other', 'a[']
overrides:
  - ignore: [x]
  - path: [live]
suppressions:
  - rules: [sg-ssh-open]
    until: 2027-02-30
    class: out-of-scop
suppression-policy:
  require-reason: maybe
  longest-days: 0
terraform: { workspaces: prod }
";
    let names = "\
severity: { secuirty: high }
parameters:
  iam-password-policy-length: { lenght: 3, length: [1, 2] }
  iam-pasword-policy-length: { length: 3 }
  s3-versioning: { days: 3 }
ignore: [SEC99, s3]
suppression-policy: { never: [sg-ssh] }
";
    let files = "\
extends: [gone.yaml, ../outside.yaml, own, circle.yaml]
rules: [nowhere, pillarlint.yaml]
terraform: { variable-files: [prod.tfvars, own] }
";
    for (name, text) in [("keys", wrong), ("names", names), ("files", files)] {
        let outer = tree(&[]);
        let inner = outer.path().join("repository");
        for (path, text) in [
            ("repository/pillarlint.yaml", text),
            ("repository/circle.yaml", "extends: pillarlint.yaml\n"),
            ("repository/own/x.yaml", ""),
            ("repository/.git/HEAD", ""),
            ("outside.yaml", "secret: value\n"),
            ("repository/a.yaml", CLEAN),
        ] {
            let path = outer.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let ran = run_in(&inner, &["check", "a.yaml"], b"");
        assert_eq!((ran.code, &*ran.stdout), (2, ""), "{name}");
        let snapshot = root().join(format!("crates/cli/tests/snapshots/config-{name}.txt"));
        assert_data_eq!(ran.stderr, Data::read_from(&snapshot, None));
    }
}

#[test]
fn a_link_leads_nowhere_else() {
    let outer = folder(&[
        ("secret.yaml", "password: hunter2\n"),
        ("repository/.git/HEAD", ""),
        ("repository/a.yaml", CLEAN),
        ("repository/own/\u{1b}[31m.txt", ""),
    ]);
    let link = |name: &str| {
        let link = outer.path().join("repository").join(name);
        std::os::unix::fs::symlink(outer.path().join("secret.yaml"), link).unwrap();
    };
    let repository = outer.path().join("repository");
    let args = ["check", "a.yaml"];
    link("pillarlint.yaml");
    let ran = run_in(&repository, &args, b"");
    let said = "pillarlint.yaml: leads out of the checked tree";
    assert!(ran.code == 2 && ran.stderr.contains(said), "{}", ran.stderr);
    // Who names it himself may read it.
    let named = ["check", "a.yaml", "--config", "pillarlint.yaml"];
    assert!(run_in(&repository, &named, b"").stderr.contains("hunter2"));
    std::fs::remove_file(repository.join("pillarlint.yaml")).unwrap();
    std::fs::write(repository.join("pillarlint.yaml"), "rules: [own]\n").unwrap();
    link("own/rule.yaml");
    let ran = run_in(&repository, &args, b"");
    assert!(
        ran.code == 2 && ran.stderr.contains("own/rule.yaml: leads out"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains("hunter2"));
    let hostile = "\"\\e[31m\": 1\nselect: \"\\e[31m\"\n";
    std::fs::write(repository.join("pillarlint.yaml"), hostile).unwrap();
    let ran = run_in(&repository, &args, b"");
    assert!(
        ran.code == 2 && !ran.stderr.contains('\u{1b}'),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_was_fetched_has_no_say() {
    let call = QUEUE.to_owned() + "module \"m\" {\n  source = \"x/y/aws\"\n}\n";
    let modules = "{\"Modules\": [{\"Key\": \"m\", \"Source\": \"x/y/aws\", \"Dir\": \".terraform/modules/m\"}]}";
    let tree = tree(&[
        ("pillarlint.yaml", "select: [sqs-encryption]\n"),
        ("main.tf", &*call),
        (".terraform/modules/modules.json", modules),
        (".terraform/modules/m/main.tf", QUEUE),
        (".terraform/modules/m/pillarlint.yaml", "sevrity: {}\n"),
    ]);
    let ran = run(&tree, &["-q"]);
    assert_eq!(
        (ran.code, ran.stdout.lines().count(), &*ran.stderr),
        (1, 2, ""),
        "{}",
        ran.stdout
    );
}

#[test]
fn rules_of_modules_that_are_only_called() {
    let root_module = "module \"m\" {\n  source = \"../modules/m\"\n}\n";
    let tree = tree(&[
        ("live/main.tf", root_module),
        (
            "modules/pillarlint.yaml",
            "rules: [../own]\nselect: ['queue-*']\n",
        ),
        (
            "modules/m/main.tf",
            "resource \"aws_sqs_queue\" \"q\" {\n}\n",
        ),
    ]);
    let found = "modules/m/main.tf:1:26: high queue-named the queue has no name [OPS05-BP07] (module.m.aws_sqs_queue.q)\n";
    let select = ["-q", "--select", "queue-*"];
    assert_eq!(run(&tree, &select).stdout, found);
    let ran = run(&tree, &["-q", "live"]);
    assert_eq!((&*ran.stdout, &*ran.stderr), (found, ""));
    std::fs::write(
        tree.path().join("live/pillarlint.yaml"),
        "rules: [../own]\nselect: [s3-*]\n",
    )
    .unwrap();
    assert_eq!(run(&tree, &["-q", "live"]).stdout, found);
    // Rules of theirs and of ours alike; what is said of rules is said once.
    let renamed = tree.path().join("own/sqs-encryption.yaml");
    std::fs::rename(tree.path().join("own/queue-named.yaml"), renamed).unwrap();
    let select = "rules: [../own]\nselect: [sqs-encryption]\n";
    std::fs::write(tree.path().join("modules/pillarlint.yaml"), select).unwrap();
    std::fs::write(tree.path().join("live/pillarlint.yaml"), "select: [s3-*]\n").unwrap();
    let ran = run(&tree, &["-q", "live"]);
    let note = "note: `sqs-encryption` of own/sqs-encryption.yaml takes the place of the rule that comes with pillarlint\n";
    let found = found.replace("queue-named", "sqs-encryption");
    assert_eq!((&*ran.stdout, &*ran.stderr), (&*found, note));
    for command in ["suppressions", "baseline"] {
        let ran = run_in(tree.path(), &[command, "live"], b"");
        assert_eq!((ran.code, &*ran.stderr), (0, note), "{command}");
    }
}

#[test]
fn the_rules_for_a_file_are_listed() {
    let config = "select: [rds-multi-az, s3-versioning]\nseverity: { reliability: info }\noverrides: [{ paths: [live/], ignore: [s3-*] }]\n";
    let tree = tree(&[("pillarlint.yaml", config)]);
    let list = |args: &[&str]| {
        let ran = run_in(tree.path(), &[&["rules"], args].concat(), b"");
        let rows = ran.stdout.lines().skip(1).map(|line| {
            let words: Vec<&str> = line.split_whitespace().take(2).collect();
            words.join(" ")
        });
        rows.take_while(|row| !row.is_empty()).collect::<Vec<_>>()
    };
    assert_eq!(list(&["--for", "live/new.yaml"]), ["rds-multi-az info"]);
    assert_eq!(
        list(&["--for", "a.yaml"]),
        ["rds-multi-az info", "s3-versioning medium"]
    );
    assert_eq!(
        list(&["--for", "a.yaml", "--no-config", "--select", "rds-multi-az"]),
        ["rds-multi-az medium"]
    );
}

#[test]
fn files_with_other_names_are_not_passed_over_in_silence() {
    let ran = run(&folder_with("pillarlint.yml"), &["-q"]);
    let message = "error: 1 mistake in the configuration; nothing was done\n";
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr
            .contains("pillarlint.yml: is not read: a configuration is called pillarlint.yaml"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.ends_with(message), "{}", ran.stderr);
}

fn folder_with(name: &str) -> TempDir {
    tree(&[(name, "preset: strict\n"), ("a.yaml", CLEAN)])
}

#[test]
fn init_writes_a_configuration() {
    let tree = folder(&[("a.yaml", CLEAN)]);
    let ran = run_in(tree.path(), &["init"], b"");
    assert_eq!(
        (ran.code, &*ran.stdout, &*ran.stderr),
        (0, "wrote pillarlint.yaml\n", "")
    );
    let text = std::fs::read_to_string(tree.path().join("pillarlint.yaml")).unwrap();
    assert_eq!(run_in(tree.path(), &["init", "--stdout"], b"").stdout, text);
    let args = ["check", "-q", "--select", "sqs-encryption"];
    assert_eq!(run_in(tree.path(), &args, b"").code, 0);
    let again = run_in(tree.path(), &["init"], b"");
    let refused = "error: cannot write pillarlint.yaml: it is there already\n";
    assert_eq!((again.code, &*again.stderr), (2, refused));
    assert_data_eq!(text, file!["../snapshots/init.txt"]);
}

/// A template with two queues without a name.
const TWO: &str =
    "Resources:\n  One:\n    Type: AWS::SQS::Queue\n  Two:\n    Type: AWS::SQS::Queue\n";

#[test]
fn findings_are_suppressed_by_address_and_file() {
    let found = |names: &[&str]| -> String {
        let place = |name: &str| match name {
            "a.One" => "a.yaml:2:3",
            "a.Two" => "a.yaml:4:3",
            "b.One" => "b/b.yaml:2:3",
            _ => "b/b.yaml:4:3",
        };
        let line = |name: &&str| {
            let (_, queue) = name.split_once('.').unwrap();
            format!(
                "{}: high queue-named the queue has no name [OPS05-BP07] ({queue})\n",
                place(name)
            )
        };
        names.iter().map(line).collect()
    };
    let unused = |place: &str, rule: &str| {
        format!(
            "pillarlint.yaml:{place}: low suppression-unused `{rule}` has no finding here to suppress [OPS05-BP07]\n"
        )
    };
    let all = ["a.One", "a.Two", "b.One", "b.Two"];
    for (entry, args, expected) in [
        ("rules: [queue-named], reason: x", vec![], String::new()),
        (
            "rules: [queue-named], address: One, reason: x",
            vec![],
            found(&["a.Two", "b.Two"]),
        ),
        (
            "rules: [other:Q1], address: T*, file: b/, reason: x",
            vec![],
            found(&["a.One", "a.Two", "b.One"]),
        ),
        (
            "rules: [operational-excellence], file: '/*.yaml', reason: x",
            vec![],
            found(&["b.One", "b.Two"]),
        ),
        (
            "rules: [queue-named], until: 2027-01-01",
            vec!["--today", "2027-01-01", "--select", "queue-named"],
            String::new(),
        ),
        (
            "rules: [queue-named], until: 2027-01-01",
            vec!["--today", "2027-01-02", "--select", "queue-named"],
            found(&all),
        ),
        // Unused, where all was searched.
        (
            "rules: [queue-named], address: Three, reason: x",
            vec!["a.yaml"],
            found(&["a.One", "a.Two"]),
        ),
        (
            "rules: [queue-named], address: One, file: b, reason: x",
            vec!["b"],
            found(&["b.Two"]),
        ),
    ] {
        let config = config(&format!("suppressions: [{{ {entry} }}]\n"))
            .replace("'queue-*'", "'queue-*', 'suppression-*'");
        let tree = tree(&[
            ("pillarlint.yaml", &*config),
            ("a.yaml", TWO),
            ("b/b.yaml", TWO),
        ]);
        let mut all = vec!["-q"];
        all.extend(args);
        let ran = run(&tree, &all);
        assert_eq!((&*ran.stdout, &*ran.stderr), (&*expected, ""), "{entry}");
    }
    let config = config("suppressions: [{ rules: [queue-named], address: Queue, reason: x }]\n")
        .replace("'queue-*'", "'queue-*', 'suppression-*'");
    let tree = tree(&[("pillarlint.yaml", &*config), ("b.yaml", CLEAN)]);
    assert_eq!(run(&tree, &["-q"]).stdout, unused("3:26", "queue-named"));
    assert_eq!(run(&tree, &["-q", "b.yaml"]).stdout, "");
    // A place in a file that lies above is told, too.
    std::fs::create_dir(tree.path().join("live")).unwrap();
    let ran = run_in(&tree.path().join("live"), &["suppressions", ".."], b"");
    assert!(
        ran.stdout.contains("../pillarlint.yaml:3:16"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
}

/// An entry for an address that nothing has is told of where all was read that could have it.
#[test]
fn suppressions_of_what_is_gone() {
    let module = "module \"m\" {\n  source = \"./m\"\n}\n";
    let plan = "{\"format_version\": \"1.2\", \"planned_values\": {\"root_module\": {}}, \"resource_changes\": [], \"configuration\": {\"root_module\": {}}}";
    let none = "resource \"aws_sqs_queue\" \"q\" {\n  count = 0\n}\n";
    let one = "resource \"aws_sqs_queue\" \"kept\" {\n  name = \"a\"\n}\n";
    let several = "resource \"aws_sqs_queue\" \"q\" {\n  name     = each.key\n  for_each = toset([\"a\"])\n}\n";
    let changed = CLEAN.replace("Queue:", "Other:");
    let closed = format!(
        "{CLEAN}  Topic: {{ Type: AWS::SNS::Topic, Condition: No }}\nConditions: {{ No: !Equals [a, b] }}\n"
    );
    for (address, path, text, is_told) in [
        ("Gone", "a.yaml", CLEAN, true),
        ("Gone*", "a.yaml", CLEAN, true),
        ("Queue", "a.yaml", &*changed, true),
        ("Gone", "a.yaml", &*format!("{CLEAN}  Broken: [\n"), false),
        (
            "Gone",
            "a.yaml",
            &*format!("{CLEAN}Transform: Mine\n"),
            false,
        ),
        ("Topic", "a.yaml", &*closed, false),
        // A plan does not say what it has no instance of.
        ("aws_sqs_queue.q", "plan.json", plan, false),
        // No file that the entry is for is here.
        ("Gone\", file: \"b.yaml", "a.yaml", CLEAN, false),
        ("aws_sqs_queue.q", "main.tf", one, true),
        ("aws_sqs_queue.q", "main.tf", none, false),
        ("aws_sqs_queue.q[0]", "main.tf", none, false),
        ("aws_sqs_queue.q*", "main.tf", none, false),
        ("aws_sqs_queue.q2", "main.tf", none, true),
        ("aws_sqs_queue.q[\\\"b\\\"]", "main.tf", several, true),
        ("module.n.aws_sqs_queue.q", "main.tf", module, true),
        (
            "module.m.aws_sqs_queue.q",
            "main.tf",
            &*module.replace("./m", "acme/m/aws"),
            false,
        ),
        (
            "module.m.aws_sqs_queue.q",
            "main.tf",
            &*module.replace("}", "count = 0\n}"),
            false,
        ),
    ] {
        let entry = format!("rules: [queue-named], address: \"{address}\", reason: x");
        let config = config(&format!("suppressions: [{{ {entry} }}]\n"))
            .replace("'queue-*'", "'queue-*', 'suppression-*'");
        let tree = tree(&[
            ("pillarlint.yaml", &*config),
            (path, text),
            ("m/main.tf", one),
        ]);
        let ran = run(&tree, &["-q"]);
        let told = ran.stdout.contains("suppression-unused `queue-named`");
        assert_eq!(told, is_told, "{address} {text}\n{}", ran.stdout);
        // Nor where not all is looked at.
        let ran = run(&tree, &["-q", path]);
        assert!(!ran.stdout.contains("suppression-unused"), "{}", ran.stdout);
    }
}

#[test]
fn suppressions_are_held_against_the_policy_of_their_file() {
    let suppressed = UNNAMED.replace("Queue:\n", "Queue: # pillarlint: ignore[queue-named]\n");
    let policy = |policy: &str| {
        config(&format!("suppression-policy: {{ {policy} }}\n")).replace("[own]", "[../own]")
    };
    let reason = policy("require-reason: true");
    let files = [
        ("free/pillarlint.yaml", &*policy("")),
        ("free/a.yaml", &*suppressed),
        ("strict/pillarlint.yaml", &*reason),
        ("strict/a.yaml", &*suppressed),
    ];
    check(&files, &[], 1, &named("strict/a.yaml"));
    let foreign = suppressed.replace(
        "pillarlint: ignore[queue-named]",
        "checkov:skip=other:Q1: known",
    );
    for (policy_keys, text, is_found) in [
        ("never: [queue-*]", &suppressed, true),
        ("never: [operational-excellence]", &suppressed, true),
        ("never: [reliability]", &suppressed, false),
        ("longest-days: 30", &suppressed, true),
    ] {
        let files = [
            ("x/pillarlint.yaml", &*policy(policy_keys)),
            ("x/a.yaml", text.as_str()),
        ];
        let expected = if is_found {
            named("x/a.yaml")
        } else {
            String::new()
        };
        check(
            &files,
            &["--today", "2027-01-01"],
            i32::from(is_found),
            &expected,
        );
    }
    let counts = |keys: &str| {
        let tree = tree(&[
            ("x/pillarlint.yaml", &*policy(keys)),
            ("x/a.yaml", &*foreign),
        ]);
        run_in(tree.path(), &["suppressions"], b"")
            .stdout
            .lines()
            .last()
            .unwrap()
            .to_owned()
    };
    assert!(
        counts("foreign: true").starts_with("1 suppression: "),
        "{}",
        counts("foreign: true")
    );
    assert_eq!(counts("foreign: false"), "0 suppressions");
}

#[test]
fn the_schema_is_fresh() {
    let schema = run_in(&root(), &["schema", "config"], b"").stdout;
    let path = root().join("schemas/pillarlint-config.schema.json");
    let committed = std::fs::read_to_string(path).unwrap();
    assert!(
        schema == committed,
        "write it anew: pillarlint schema config > schemas/pillarlint-config.schema.json"
    );
}
