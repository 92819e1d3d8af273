//! How Terraform configurations are found, read and given values.

use super::*;

/// A root module with a queue whose name and retention are variables.
const QUEUE: &str = r#"variable "name" {}
variable "days" {
  type    = number
  default = 1
}
resource "aws_sqs_queue" "q" {
  name                      = var.name == "" ? null : var.name
  message_retention_seconds = var.days * 100
}
"#;
/// A module with a queue that has no name.
const UNNAMED_QUEUE: &str = "resource \"aws_sqs_queue\" \"q\" {}\n";

fn unnamed(place: &str, address: &str) -> String {
    format!("{place}: high queue-named the queue has no name [OPS05-BP07] ({address})\n")
}

/// The seconds that messages are kept, as the finding says, or `?`; then all that was said beside it.
#[track_caller]
fn check_value(
    files: &[(&str, &str)],
    args: &[&str],
    environment: &[(&str, &str)],
    expected: &str,
) {
    let mut all = vec![("main.tf", QUEUE), ("x.tfvars", "name = \"x\"\n")];
    all.extend(files);
    let folder = folder(&all);
    let rules = own_rules();
    let base = ["check", "--rules", &rules, "--select", "queue-retention"];
    let output = Command::new(env!("CARGO_BIN_EXE_pillarlint"))
        .args(base)
        .args(["--format", "concise", "-q"])
        .args(args)
        .current_dir(folder.path())
        .env_clear()
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    let said =
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    let seconds = |line: &str| Some(line.split_once("for `")?.1.split_once('`')?.0.to_owned());
    let value = said.lines().find_map(seconds).unwrap_or("?".to_owned());
    let rest = said.lines().filter(|line| seconds(line).is_none());
    let said: Vec<String> = [value].into_iter().chain(rest.map(str::to_owned)).collect();
    assert_eq!(said.join("\n"), expected, "{files:?} {args:?}");
}

#[test]
fn values_come_in_the_order_of_terraform() {
    let auto = [
        ("terraform.tfvars", "days = 2\n"),
        ("terraform.tfvars.json", "{\"days\": 3}"),
        ("a.auto.tfvars", "days = 4\n"),
        ("b.auto.tfvars.json", "{\"days\": 5}"),
        ("c.auto.tfvars", "days = 6\n"),
        ("prod.tfvars", "days = 7\n"),
        ("prod.tfvars.json", "{\"days\": 8}"),
        (".d.auto.tfvars", "days = 9\n"),
    ];
    let environment = [("TF_VAR_days", "10"), ("TF_VAR_other", "1"), ("days", "3")];
    check_value(&[], &[], &[], "100");
    check_value(&[], &[], &environment, "100");
    check_value(&[], &["--var-env"], &environment, "1000");
    for (count, expected) in [
        (1, "200"),
        (2, "300"),
        (3, "400"),
        (4, "500"),
        (5, "600"),
        (8, "600"),
    ] {
        check_value(&auto[..count], &["--var-env"], &environment, expected);
    }
    let last = |args: &[&str], expected: &str| check_value(&auto, args, &environment, expected);
    last(&["--var-file", "prod.tfvars"], "700");
    last(
        &["--var-file=prod.tfvars", "--var-file=prod.tfvars.json"],
        "800",
    );
    last(&["--var-file=prod.tfvars", "--var=days=11"], "1100");
    last(&["--var=days=11", "--var-file=prod.tfvars"], "700");
    last(
        &["--var=days=11", "--var=days=12", "--var", "name=a=b"],
        "1200",
    );
}

#[test]
fn values_that_are_wrong_are_said() {
    let list = QUEUE
        .replace("type    = number", "type = list(number)")
        .replace("= 1\n", "= [1]\n");
    let list = list.replace("var.days *", "sum(var.days) *");
    for (files, args, expected) in [
        (
            vec![("terraform.tfvars", "dais = 2\n")],
            vec![],
            "100\nterraform.tfvars:1:1: warning no variable `dais` is declared",
        ),
        (
            vec![("terraform.tfvars", "days = [\n")],
            vec![],
            "100\nterraform.tfvars:1:8: error this `[` is never closed",
        ),
        (
            vec![("a.auto.tfvars.json", "{\"days\": 2")],
            vec![],
            "200\na.auto.tfvars.json:1:1: error this `{` is never closed",
        ),
        (
            vec![("terraform.tfvars", "days = 2\nname = var.days\n")],
            vec![],
            "200\nterraform.tfvars:2:8: error the value of `name` is not written out: neither variables nor functions may be used here",
        ),
        (
            vec![],
            vec!["--var-file=x"],
            "100\nx: error no such file or folder",
        ),
        (
            vec![("y.tfvars", "dais = 2\n")],
            vec!["--var-file=y.tfvars"],
            "100\ny.tfvars:1:1: warning no variable `dais` is declared",
        ),
        (vec![("main.tf", &*list)], vec!["--var=days=[2, 3]"], "500"),
        (
            vec![("main.tf", &*list)],
            vec!["--var=days=[2"],
            "100\n--var days: error the value is no expression of Terraform's language, which the type of the variable asks for (a text is written in quotes)",
        ),
        (
            vec![("terraform.tfvars", "days = \"many\"\n")],
            vec![],
            "?\nterraform.tfvars:1:8: error the value for the variable `days` is not of its type: a number is required",
        ),
        (
            vec![],
            vec!["--var=dais=2"],
            "?\nerror: no root module that is checked declares the variable `dais`, which --var gives a value",
        ),
    ] {
        check_value(&files, &args, &[], expected);
    }
    for (arg, message) in [
        ("--var=days", "write it as NAME=VALUE"),
        ("--var==1", "the name is missing"),
    ] {
        let ran = run_check(folder(&[]).path(), &[arg], b"");
        assert_eq!(ran.code, 2);
        assert!(ran.stderr.contains(message), "{}", ran.stderr);
    }
}

/// A value that stands in no file has a place all the same, and is not shown there: it may be a secret.
#[test]
fn values_of_arguments_have_places() {
    let text = QUEUE.replace(" * 100", "");
    let folder = folder(&[("main.tf", &*text)]);
    let args = ["--preset", "strict", "--format", "text", "-q", "--var-env"];
    let ran = run_check(folder.path(), &[&args[..], &["--var=days=7"]].concat(), b"");
    assert!(ran.stdout.contains("╭─[main.tf:8:31]"), "{}", ran.stdout);
    assert!(
        ran.stdout
            .contains("see: --var days: the value of `var.days`"),
        "{}",
        ran.stdout
    );
}

/// A value is for all root modules that declare its variable, and one of them is enough.
#[test]
fn values_are_for_all_roots_that_declare_them() {
    let other = "variable \"days\" {}\nresource \"aws_sqs_queue\" \"q\" {\n  name = \"x\"\n  message_retention_seconds = var.days\n}\n";
    check(
        &[
            ("a/main.tf", QUEUE),
            ("b/main.tf", other),
            ("c/main.tf", ""),
        ],
        &[
            "-q",
            "--select=queue-retention",
            "--var=name=",
            "--var=days=60",
        ],
        1,
        &format!(
            "{}a/main.tf:8:31: low queue-retention the queue keeps messages for `6000` seconds only [REL05-BP04] (aws_sqs_queue.q)\n\
             b/main.tf:4:31: low queue-retention the queue keeps messages for `60` seconds only [REL05-BP04] (aws_sqs_queue.q)\n",
            unnamed("a/main.tf:7:3", "aws_sqs_queue.q")
        ),
    );
}

#[test]
fn the_workspace_is_given() {
    let text = "resource \"aws_sqs_queue\" \"q\" {\n  name = terraform.workspace == \"default\" ? null : \"x\"\n}\n";
    let found = unnamed("main.tf:2:3", "aws_sqs_queue.q");
    check(&[("main.tf", text)], &["-q"], 1, &found);
    check(&[("main.tf", text)], &["-q", "--workspace=prod"], 0, "");
}

#[test]
fn a_module_is_its_folder() {
    let files = [
        ("a/main.tf", "resource \"aws_sqs_queue\" \"one\" {}\n"),
        ("a/ignored.tf", "resource \"aws_sqs_queue\" \"two\" {}\n"),
        ("a/.hidden.tf", "resource \"aws_sqs_queue\" \"three\" {}\n"),
        ("a/both.tf", "resource \"aws_sqs_queue\" \"four\" {}\n"),
        ("a/both.tofu", "resource \"aws_sqs_queue\" \"five\" {}\n"),
        (
            "a/json.tf.json",
            "{\"resource\": {\"aws_sqs_queue\": {\"six\": {}}}}",
        ),
        (
            "a/json.tofu.json",
            "{\"resource\": {\"aws_sqs_queue\": {\"seven\": {}}}}",
        ),
        ("a/terraform.tfvars", ""),
        ("b/main.tf", UNNAMED_QUEUE),
        (".gitignore", "ignored.tf\n"),
    ];
    let of_a = [
        unnamed("a/both.tofu:1:26", "aws_sqs_queue.five"),
        unnamed("a/json.tofu.json:1:33", "aws_sqs_queue.seven"),
        unnamed("a/main.tf:1:26", "aws_sqs_queue.one"),
    ];
    let hidden = [unnamed("a/ignored.tf:1:26", "aws_sqs_queue.two")];
    let of_b = [unnamed("b/main.tf:1:26", "aws_sqs_queue.q")];
    let sorted = |text: &str| {
        let mut lines: Vec<&str> = text.lines().collect();
        lines.sort_unstable();
        lines.join("\n")
    };
    let folder = folder(&files);
    for (args, expected) in [
        // What a file is ignored by is nothing to Terraform, which reads the folder.
        (&["."][..], [&of_a[..], &hidden, &of_b].concat()),
        (&["a"], [&of_a[..], &hidden].concat()),
        // Files that are named are read with their folder, and told of alone.
        (&["a/main.tf"], of_a[2..].to_vec()),
        (
            &["a/both.tofu", "./a/main.tf"],
            [&of_a[..1], &of_a[2..]].concat(),
        ),
        (&["a/terraform.tfvars"], vec![]),
        (&["b/main.tf"], of_b.to_vec()),
        (&["a/.hidden.tf"], vec![]),
    ] {
        let ran = run_check(folder.path(), &[args, &["-q"]].concat(), b"");
        assert_eq!(sorted(&ran.stdout), sorted(&expected.concat()), "{args:?}");
    }
}

/// Modules are judged through their calls where some checked module calls them, and else as they are.
#[test]
fn roots_are_what_nobody_calls() {
    let module = "variable \"name\" {\n  default = null\n}\nresource \"aws_sqs_queue\" \"q\" {\n  name = var.name\n}\n";
    let call =
        |source: &str| format!("module \"m\" {{\n  source = \"{source}\"\n  name   = \"x\"\n}}\n");
    let files = [
        ("main.tf", module),
        ("examples/complete/main.tf", &*call("../../")),
        ("modules/a/main.tf", module),
        ("live/main.tf", &*call("../modules/a")),
    ];
    let bare = |place: &str| unnamed(place, "aws_sqs_queue.q");
    check(&files, &["-q"], 0, "");
    check(&files, &["-q", "examples", "live"], 0, "");
    check(
        &files,
        &["-q", "modules"],
        1,
        &bare("modules/a/main.tf:5:3"),
    );
    // A file is judged through the calls of its module, wherever in the repository they are.
    check(&files, &["-q", "main.tf"], 1, &bare("main.tf:5:3"));
    let in_repository = [&files[..], &[(".git/HEAD", "")]].concat();
    check(&in_repository, &["-q", "main.tf"], 0, "");
    check(&in_repository, &["-q", "modules/a/main.tf"], 0, "");
    check(
        &files,
        &["live"],
        0,
        "0 findings, 0 undecided, 0 errors, 0 warnings; 1 resource in 1 configuration\n",
    );
}

#[test]
fn installed_modules_are_read_where_they_are() {
    let call = "module \"net\" {\n  source = \"example/net/aws\"\n}\n";
    let inner = "module \"queues\" {\n  source = \"example/queues/aws\"\n}\n";
    let list = |modules: &str| {
        format!("{{\"Modules\": [{{\"Key\": \"\", \"Source\": \"\", \"Dir\": \".\"}}{modules}]}}")
    };
    let module = |key: &str, folder: &str| {
        format!(", {{\"Key\": \"{key}\", \"Source\": \"s\", \"Dir\": \"{folder}\"}}")
    };
    let all = [
        module("net", ".terraform/modules/net"),
        module("net.queues", ".terraform/modules/net.queues"),
    ];
    let climbs = module("net", "../../../../../../../../../../../etc");
    for (json, code, expected) in [
        (
            list(&all.concat()),
            1,
            // The place is the author's, not the downloaded module's.
            unnamed("live/main.tf:1:8", "module.net.module.queues.aws_sqs_queue.q"),
        ),
        (
            list(&all[0]),
            0,
            "live/.terraform/modules/net/main.tf:1:8: not-read `module.queues` (example/queues/aws) is not here; `terraform init` fetches it\n".to_owned(),
        ),
        (
            list(""),
            0,
            "live/main.tf:1:8: not-read `module.net` (example/net/aws) is not here; `terraform init` fetches it\n".to_owned(),
        ),
        (
            list(&climbs),
            0,
            "live/main.tf:1:8: not-read `module.net` (example/net/aws) leads out of the checked tree\n".to_owned(),
        ),
        (
            list(&module("net", "nowhere")),
            0,
            "live/main.tf:1:8: not-read `module.net` (example/net/aws) is not there\n".to_owned(),
        ),
        (
            "{".to_owned(),
            0,
            "live/main.tf:1:8: not-read `module.net` (example/net/aws) is not known: live/.terraform/modules/modules.json is no list of modules\n".to_owned(),
        ),
    ] {
        let files = [
            ("live/main.tf", call),
            ("live/.terraform/modules/modules.json", &json),
            ("live/.terraform/modules/net/main.tf", inner),
            ("live/.terraform/modules/net.queues/main.tf", UNNAMED_QUEUE),
        ];
        check(&files, &["-q"], code, &expected);
    }
}

#[test]
fn functions_see_files_from_the_root_module() {
    let text = "resource \"aws_sqs_queue\" \"q\" {\n  name = \"x\"\n  message_retention_seconds = FILE\n}\n";
    let found = |seconds: &str| {
        format!(
            "live/main.tf:3:31: low queue-retention the queue keeps messages for `{seconds}` seconds only [REL05-BP04] (aws_sqs_queue.q)\n"
        )
    };
    for (expression, expected) in [
        ("file(\"days\")", found("60")),
        ("file(\"${path.module}/days\")", found("60")),
        ("file(\"../days\")", found("61")),
        (
            "templatefile(\"${path.root}/../days.tpl\", { n = 62 })",
            found("62"),
        ),
        ("length(fileset(path.module, \"*.tf\"))", found("1")),
        ("length(fileset(\"..\", \"**\"))", found("5")),
        ("file(\"/etc/hostname\")", String::new()),
        (
            "file(\"../../../../../../../../../../etc/hostname\")",
            String::new(),
        ),
        ("length(fileset(\"/etc\", \"*\"))", String::new()),
    ] {
        let text = text.replace("FILE", expression);
        let files = [
            ("live/main.tf", &*text),
            ("live/days", "60"),
            ("days", "61"),
            ("days.tpl", "${n}"),
            ("live/sub/other", ""),
        ];
        let code = i32::from(!expected.is_empty());
        check(&files, &["-q", "--select=queue-retention"], code, &expected);
    }
}

#[cfg(unix)]
#[test]
fn links_do_not_lead_out_or_round() {
    let outside = folder(&[(
        "secret.tf",
        "resource \"aws_sqs_queue\" \"secret\" {\n  password = hunter2 +\n}\n",
    )]);
    let folder = folder(&[
        ("a/main.tf", "module \"up\" {\n  source = \"./up/a\"\n}\n"),
        ("a/shared.tf", UNNAMED_QUEUE),
        ("b/main.tf", "module \"out\" {\n  source = \"./out\"\n}\n"),
        ("c/main.tf", ""),
        ("d/main.tf", ""),
    ]);
    let link = |target: &Path, name: &str| {
        std::os::unix::fs::symlink(target, folder.path().join(name)).unwrap();
    };
    link(Path::new(".."), "a/up");
    link(outside.path(), "b/out");
    link(&outside.path().join("secret.tf"), "c/secret.tf");
    // One file in several modules is one of each.
    link(Path::new("../a/shared.tf"), "d/shared.tf");
    link(Path::new("nowhere.tf"), "d/gone.tf");
    let ran = run_check(folder.path(), &["-q", "--format", "concise"], b"");
    let expected = [
        unnamed("a/shared.tf:1:26", "aws_sqs_queue.q"),
        unnamed("d/shared.tf:1:26", "aws_sqs_queue.q"),
        "c/secret.tf: error leads out of the checked tree\n".to_owned(),
        "d/gone.tf: error is not there\n".to_owned(),
        "a/main.tf:1:8: not-read `module.up` (./up/a) leads round in a circle: a → a\n".to_owned(),
        "b/main.tf:1:8: not-read `module.out` (./out) leads out of the checked tree\n".to_owned(),
    ];
    assert_eq!((ran.code, ran.stdout), (3, expected.concat()));
}

/// What lies in the repository around what was named may be called, and what lies outside of it may not.
#[test]
fn the_checked_tree_is_the_repository() {
    let call = "module \"m\" {\n  source = \"../../modules/m\"\n}\n";
    let files = [
        ("repo/live/prod/main.tf", call),
        ("repo/modules/m/main.tf", UNNAMED_QUEUE),
    ];
    let found = unnamed("modules/m/main.tf:1:26", "module.m.aws_sqs_queue.q");
    let not_read =
        "main.tf:1:8: not-read `module.m` (../../modules/m) leads out of the checked tree\n";
    let folder = folder(&files);
    let repository = folder.path().join("repo");
    let run = |from: &str, args: &[&str]| {
        let ran = run_check(&repository.join(from), &[args, &["-q"]].concat(), b"");
        (ran.code, ran.stdout)
    };
    assert_eq!(run(".", &["live/prod"]), (1, found.clone()));
    assert_eq!(run("live/prod", &["."]), (0, not_read.to_owned()));
    std::fs::create_dir(repository.join(".git")).unwrap();
    assert_eq!(run("live/prod", &["."]), (1, format!("../../{found}")));
    assert_eq!(
        run("live/prod", &["main.tf"]),
        (1, format!("../../{found}"))
    );
}

#[test]
fn texts_that_cannot_be_read_are_errors() {
    let utf16 = [0xFF, 0xFE, b'a', 0];
    for (bytes, why) in [
        (&utf16[..], "the file is UTF-16; save it as UTF-8"),
        (b"\x7fELF\0", "the file is binary"),
        (b"# caf\xE9", "the file is not UTF-8 (byte 5)"),
    ] {
        let folder = folder(&[
            ("main.tf", UNNAMED_QUEUE),
            ("live/main.tf", "module \"m\" {\n  source = \"../\"\n}\n"),
        ]);
        std::fs::write(folder.path().join("bad.tf"), bytes).unwrap();
        for args in [&["."][..], &["live"]] {
            let ran = run_check(folder.path(), &[args, &["-q"]].concat(), b"");
            assert_eq!(ran.code, 3);
            assert!(
                ran.stdout.contains(&format!("bad.tf: error {why}\n")),
                "{}",
                ran.stdout
            );
            assert!(
                ran.stdout.contains("main.tf:1:26: high queue-named"),
                "{}",
                ran.stdout
            );
        }
    }
}

/// What is wrong in one root module, and in what it calls, hides nothing in another.
#[test]
fn mistakes_belong_to_their_root_modules() {
    let bucket = "resource \"aws_s3_bucket\" \"b\" {}\n";
    let broken = "resource \"aws_sns_topic\" \"t\" { name = \"x\", }\n";
    let folder = folder(&[
        ("whole/main.tf", bucket),
        ("broken/main.tf", bucket),
        ("broken/topic.tf", broken),
    ]);
    let args = ["check", "--select", "s3-versioning", "--undecided"];
    let output = Command::new(env!("CARGO_BIN_EXE_pillarlint"))
        .args(args)
        .args(["--format", "concise", "-q"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let said: Vec<&str> = said.lines().map(|line| &line[..25]).collect();
    assert_eq!(
        said,
        [
            "whole/main.tf:1:26: mediu",
            "broken/topic.tf:1:42: err",
            "broken/main.tf:1:26: unde",
        ]
    );
}

/// An editor hands over the text of one file; the others of its folder are read.
#[test]
fn standard_input_takes_the_place_of_its_file() {
    let folder = folder(&[
        ("a/main.tf", UNNAMED_QUEUE),
        (
            "a/variables.tf",
            "variable \"name\" {\n  default = null\n}\n",
        ),
    ]);
    let text = "\nresource \"aws_sqs_queue\" \"new\" {\n  name = var.name\n}\n";
    for (name, expected) in [
        ("a/main.tf", unnamed("a/main.tf:3:3", "aws_sqs_queue.new")),
        ("a/other.tf", unnamed("a/other.tf:3:3", "aws_sqs_queue.new")),
        (
            "nowhere/main.tf",
            "nowhere/main.tf:3:10: warning the variable `name` is not declared\n".to_owned(),
        ),
    ] {
        let ran = run_check(
            folder.path(),
            &["-", "--stdin-filename", name, "-q"],
            text.as_bytes(),
        );
        assert_eq!(ran.stdout, expected, "{name}");
    }
}

/// Chains of calls end somewhere, also where nothing is round.
#[test]
fn calls_are_followed_so_far() {
    let call = |next: usize| format!("module \"m\" {{\n  source = \"../m{next}\"\n}}\n");
    let mut files: Vec<(String, String)> = (0..40)
        .map(|at| (format!("m{at}/main.tf"), call(at + 1)))
        .collect();
    files.push(("m40/main.tf".to_owned(), UNNAMED_QUEUE.to_owned()));
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (&**path, &**text))
        .collect();
    let folder = folder(&files);
    let run = |args: &[&str]| run_check(folder.path(), &[args, &["-q"]].concat(), b"");
    let ran = run(&["m10"]);
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    for args in [&["m0"][..], &["."]] {
        let ran = run(args);
        assert_eq!(
            (ran.code, ran.stdout.lines().count()),
            (0, 1),
            "{}",
            ran.stdout
        );
        assert!(
            ran.stdout.contains("not-read `module.m` (../m"),
            "{}",
            ran.stdout
        );
    }
}

/// What was read of a module that is not all there counts, and places in files of values are in the schema, too.
#[test]
fn json_counts_configurations() {
    let args = [
        "check",
        "fixtures/terraform/shop",
        "fixtures/showcase",
        "--format",
        "json",
    ];
    let ran = run_in(&root(), &args, b"");
    let output: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let schema = std::fs::read_to_string(root().join("schemas/pillarlint-output.schema.json"));
    let schema: serde_json::Value = serde_json::from_str(&schema.unwrap()).unwrap();
    conforms(&output, &schema, &schema, "$");
    let summary = &output["summary"];
    let counts = ["files", "templates", "configurations", "skipped_files"]
        .map(|name| summary[name].as_u64().unwrap());
    assert_eq!(counts, [12, 3, 1, 0]);
}

/// Whole configurations, and what is printed of them.
#[test]
fn fixtures() {
    for case in ["shop", "partly-read", "hostile"] {
        let path = format!("fixtures/terraform/{case}");
        let ran = run_in(&root(), &["check", &path, "--preset", "strict"], b"");
        let expected = root().join(&path).join("expected.txt");
        assert_data_eq!(ran.stdout, snapbox::Data::read_from(&expected, None).raw());
    }
}
