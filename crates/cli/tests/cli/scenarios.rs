//! What is said where all values of parameters are looked at.

use super::{folder, run_check};
use std::fmt::Write as _;

const TEMPLATE: &str = "\
Parameters:
  Environment: { Type: String, Default: prod, AllowedValues: [dev, test, prod] }
  Encrypt: { Type: String, Default: 'true', AllowedValues: ['true', 'false'] }
  Key: { Type: String, Default: '' }
  Secret: { Type: String, NoEcho: true, AllowedValues: [hush, other] }
  Zones: { Type: CommaDelimitedList, Default: '' }
Mappings:
  Sizes:
    dev: { Standby: false }
    test: { Standby: false }
    prod: { Standby: true }
Conditions:
  IsProd: !Equals [!Ref Environment, prod]
  HasKey: !Not [!Equals [!Ref Key, '']]
  HasZones: !Not [!Equals [!Join ['', !Ref Zones], '']]
  HasSecret: !Equals [!Ref Secret, hush]
Resources:
  Db:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: mysql
      StorageEncrypted: VALUE
      MultiAZ: VALUE
";

/// With these two properties, this is told of storage and of the standby: each place, and when.
#[track_caller]
fn check(storage: &str, standby: &str, args: &[&str], expected: &[&str]) {
    let template = TEMPLATE
        .replacen("VALUE", storage, 1)
        .replacen("VALUE", standby, 1);
    let ran = run_check(
        folder(&[("a.yaml", &template)]).path(),
        &[
            &[
                "-q",
                "--select",
                "rds-instance-encryption,rds-multi-az",
                "--preset",
                "all",
            ],
            args,
        ]
        .concat(),
        b"",
    );
    let told = ran
        .stdout
        .lines()
        .filter(|line| line.contains("rds-instance-encryption") || line.contains("rds-multi-az"));
    let told: Vec<String> = told
        .map(|line| {
            let rule = if line.contains("rds-multi-az") {
                "standby"
            } else {
                "storage"
            };
            let when = line.split_once(") when ").map_or("", |(_, when)| when);
            format!("{rule}: {when}")
        })
        .collect();
    assert_eq!(told, expected, "{storage} {standby} {}", ran.stdout);
}

const ALL: &[&str] = &["--scenarios", "all"];

#[test]
fn findings_say_what_parameters_then_are() {
    check("!Ref Encrypt", "true", &[], &[]);
    check("!Ref Encrypt", "true", ALL, &["storage: Encrypt is false"]);
    check(
        "true",
        "!FindInMap [Sizes, !Ref Environment, Standby]",
        ALL,
        &["standby: Environment is not prod"],
    );
    check(
        "!If [HasKey, true, false]",
        "!If [IsProd, true, false]",
        ALL,
        &["storage: Key is empty", "standby: Environment is not prod"],
    );
    check(
        "!If [IsProd, !Ref Encrypt, true]",
        "!If [IsProd, !If [HasKey, true, false], true]",
        ALL,
        &[
            "storage: Environment is prod and Encrypt is false",
            "standby: Environment is prod and Key is empty",
        ],
    );
    check(
        "!If [HasZones, true, false]",
        "!If [IsProd, !Ref Encrypt, false]",
        ALL,
        &[
            "storage: Zones is empty",
            "standby: Environment is prod and Encrypt is false",
            "standby: Environment is not prod",
        ],
    );
}

#[test]
fn what_always_holds_says_nothing() {
    check(
        "true",
        "!If [HasKey, !If [IsProd, true, true], true]",
        ALL,
        &[],
    );
    check(
        "!Ref Encrypt",
        "false",
        ALL,
        &["storage: Encrypt is false", "standby: "],
    );
    check(
        "!Ref Encrypt",
        "true",
        &["--scenarios", "all", "--parameters", "Encrypt=false"],
        &["storage: "],
    );
}

#[test]
fn secrets_are_told_by_their_conditions() {
    check(
        "!If [HasSecret, true, false]",
        "true",
        ALL,
        &["storage: the condition `HasSecret` does not hold"],
    );
}

#[test]
fn many_values_are_cut_and_that_is_said() {
    let values = (0..40).fold(String::new(), |mut all, at| {
        let _ = write!(all, "v{at}, ");
        all
    });
    let template = format!(
        "Parameters:\n  Size: {{ Type: String, Default: v39, AllowedValues: [{values}] }}\nResources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: {{ QueueName: !Sub '${{Size}}-queue' }}\n"
    );
    let files = folder(&[("a.yaml", &template)]);
    let ran = run_check(
        files.path(),
        &["--scenarios", "all", "--format", "json"],
        b"",
    );
    assert!(
        ran.stdout
            .contains("of the 40 values of the parameter `Size`, 32 are looked at"),
        "{}",
        ran.stdout
    );
}

#[test]
fn configurations_ask_for_them() {
    let template = TEMPLATE
        .replacen("VALUE", "!Ref Encrypt", 1)
        .replacen("VALUE", "true", 1);
    let files = folder(&[
        ("a.yaml", &template),
        ("pillarlint.yaml", "cloudformation: { scenarios: all }\n"),
    ]);
    let told = |args: &[&str]| {
        let select = [
            "-q",
            "a.yaml",
            "--preset",
            "all",
            "--select",
            "rds-instance-encryption",
        ];
        let ran = run_check(files.path(), &[&select, args].concat(), b"");
        ran.stdout.contains(" when Encrypt is false")
    };
    assert!(told(&[]));
    // The command line has the last word.
    assert!(!told(&["--scenarios", "defaults"]));
}
