//! What the parameters of templates are given.

use super::{folder, run_check};

const TEMPLATE: &str = "Parameters:\n  Seconds: { Type: Number, Default: 3600 }\nResources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: { QueueName: a, MessageRetentionPeriod: !Ref Seconds }\n";

/// With these files and arguments, this is printed.
#[track_caller]
fn check(more: &[(&str, &str)], args: &[&str], code: i32, expected: &str) {
    let mut files = vec![("a.yaml", TEMPLATE)];
    files.extend(more);
    let ran = run_check(
        folder(&files).path(),
        &[&["-q", "--preset", "strict"], args].concat(),
        b"",
    );
    assert_eq!(
        (ran.code, &*(ran.stdout + &ran.stderr)),
        (code, expected),
        "{args:?}"
    );
}

const HOUR: &str = "a.yaml:6:57: low queue-retention the queue keeps messages for `3600` seconds only [REL05-BP04] (Queue)\n";

#[test]
fn values_come_from_files_and_arguments() {
    let long = r#"[{"ParameterKey": "Seconds", "ParameterValue": "1209600"}]"#;
    let short = r#"{"Parameters": {"Seconds": 3600}}"#;
    let files = [("values/long.json", long), ("values/short.json", short)];
    check(&files, &["a.yaml"], 1, HOUR);
    check(
        &files,
        &["a.yaml", "--parameters", "values/long.json"],
        0,
        "",
    );
    check(&files, &[".", "--parameters", "Seconds=1209600"], 0, "");
    // The last one counts.
    let both = [
        "--parameters",
        "values/long.json",
        "--parameters",
        "values/short.json",
    ];
    check(&files, &both, 1, HOUR);
}

#[test]
fn a_samconfig_is_read_where_it_is_named() {
    let toml = "\
[default.deploy.parameters]
parameter_overrides = \"Seconds=1209600\"
[prod.deploy.parameters]
parameter_overrides = [\"Seconds=3600\"]
[long.deploy.parameters]
parameter_overrides = [\"ParameterKey=Seconds,ParameterValue=1209600\"]
[bad.deploy.parameters]
parameter_overrides = \"Seconds\"
";
    let files = [("samconfig.toml", toml)];
    check(&files, &["a.yaml"], 1, HOUR);
    for (named, code, expected) in [
        ("samconfig.toml", 0, ""),
        ("samconfig.toml:long", 0, ""),
        ("samconfig.toml:prod", 1, HOUR),
        (
            "samconfig.toml:bad",
            3,
            &format!(
                "{HOUR}samconfig.toml:8:24: error expected `Key=Value` or `ParameterKey=Key,ParameterValue=Value`\n"
            ),
        ),
        (
            "samconfig.toml:test",
            3,
            &format!(
                "{HOUR}samconfig.toml:1:1: error there is no environment `test`; the file has `bad`, `default`, `long`, `prod`\n"
            ),
        ),
    ] {
        check(&files, &["a.yaml", "--parameters", named], code, expected);
        let config = format!("cloudformation: {{ parameter-files: ['{named}'] }}\n");
        let configured = [("samconfig.toml", toml), ("pillarlint.yaml", &config)];
        check(&configured, &["a.yaml"], code, expected);
    }
}

#[test]
fn configurations_name_files() {
    let files = [
        ("values/long.txt", "Seconds=1209600\n"),
        (
            "pillarlint.yaml",
            "cloudformation: { parameter-files: [values/long.txt] }\n",
        ),
    ];
    check(&files, &["a.yaml"], 0, "");
    check(&files, &["a.yaml", "--no-config"], 1, HOUR);
    // The command line has the last word.
    check(&files, &["a.yaml", "--parameters", "Seconds=3600"], 1, HOUR);
}

#[test]
fn what_cannot_be_given_is_told() {
    check(
        &[("p.txt", "Secnds=1\nSeconds=1209600\n")],
        &["a.yaml", "--parameters", "p.txt"],
        0,
        "p.txt:1:8: warning no template that is checked declares the parameter `Secnds`\n",
    );
    check(
        &[],
        &["--parameters", "no.json"],
        2,
        "error: --parameters no.json: no such file or folder\n",
    );
    let ran = run_check(
        folder(&[("a.yaml", TEMPLATE), ("p.json", "[1]")]).path(),
        &["-q", "a.yaml", "--parameters", "p.json"],
        b"",
    );
    assert_eq!(ran.code, 3, "{}", ran.stdout);
    assert!(
        ran.stdout
            .contains("p.json:1:1: error values of parameters are a list"),
        "{}",
        ran.stdout
    );
}
