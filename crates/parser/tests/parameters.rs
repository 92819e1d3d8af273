//! What a stack's parameters are given: the forms of the files, and what a template becomes with them.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use pillarlint_parser::cloudformation::{self, Deployment, NoFiles, given, samconfig};
use pillarlint_parser::source::FileId;
use pillarlint_parser::tree::{Node, Value, ViaKind};
use pillarlint_parser::yaml;

/// A file of values is read as `name=value`, each with the text under its place.
#[track_caller]
fn check(text: &str, expected: &[(&str, &str, &str)]) {
    let (given, problems) = given::read(FileId(1), text);
    assert!(problems.is_empty(), "{problems:?} in {text}");
    let mut read: Vec<(&str, &str, &str)> = given
        .iter()
        .map(|(name, (value, place))| (name.as_str(), value.as_str(), place.text(text)))
        .collect();
    read.sort_unstable();
    assert_eq!(read, expected, "{text}");
}

#[test]
fn files_of_values_have_several_forms() {
    let both = [("Size", "5", "5"), ("Stage", "prod", "\"prod\"")];
    check(
        r#"[{"ParameterKey": "Stage", "ParameterValue": "prod"}, {"ParameterKey": "Size", "ParameterValue": 5},
            {"ParameterKey": "Old", "UsePreviousValue": true}]"#,
        &both,
    );
    check(
        r#"{"Parameters": {"Stage": "prod", "Size": 5}, "Tags": {"a": "b"}}"#,
        &both,
    );
    check(r#"{"Stage": "prod", "Size": 5}"#, &both);
    check(r#"{"Tags": {"a": "b"}}"#, &[]);
    check(
        r#"["Stage=prod", "Url=a=b"]"#,
        &[
            ("Stage", "prod", "\"Stage=prod\""),
            ("Url", "a=b", "\"Url=a=b\""),
        ],
    );
    check(
        "# of production\nStage=prod\n\nUrl=a=b\r\nNone=\n",
        &[
            ("None", "", ""),
            ("Stage", "prod", "prod"),
            ("Url", "a=b", "a=b"),
        ],
    );
    check(
        "Parameters:\n  Stage: prod\n  Zones: [a, b]\n",
        &[("Stage", "prod", "prod"), ("Zones", "a,b", "[a, b]")],
    );
    check("", &[]);
}

/// A file that is wrong says so, at this text.
#[track_caller]
fn check_wrong(text: &str, expected: &str, at: &str) {
    let (_, problems) = given::read(FileId(1), text);
    let [problem] = &problems[..] else {
        panic!("{problems:?} in {text}");
    };
    assert_eq!(
        (problem.message.as_str(), problem.span.text(text)),
        (expected, at)
    );
}

#[test]
fn mistakes_are_told_with_their_places() {
    let forms = "values of parameters are a list of `ParameterKey` and `ParameterValue`, a list of \"Key=Value\", or a mapping `Parameters`";
    check_wrong("just words", forms, "just words");
    check_wrong(r#"["Stage"]"#, forms, r#"["Stage"]"#);
    check_wrong(
        r#"{"Parameters": {"Stage": {"Ref": "x"}}}"#,
        "the value of `Stage` is no text",
        r#"{"Ref": "x"}"#,
    );
}

const TEMPLATE: &str = "\
Parameters:
  Stage: { Type: String, Default: dev, AllowedValues: [dev, prod] }
  Zones: { Type: CommaDelimitedList }
  Secret: { Type: String, NoEcho: true }
  Image: { Type: 'AWS::SSM::Parameter::Value<String>' }
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsDev: !Not [!Condition IsProd]
Resources:
  Always:
    Type: A::B::C
    Properties: { Stage: !Ref Stage, Zones: !Ref Zones, Secret: !Ref Secret, Image: !Ref Image }
  OnlyProd: { Type: A::B::C, Condition: IsProd }
  OnlyDev: { Type: A::B::C, Condition: IsDev }
";

/// With a file of values, these resources are there, and `Always` has these properties that are known.
#[track_caller]
fn check_given(values: &str, resources: &[&str], properties: &[(&str, &str)]) {
    let (given, _) = given::read(FileId(1), values);
    let root = yaml::parse(FileId(0), TEMPLATE).documents.remove(0);
    let deployment = Deployment {
        given,
        ..Deployment::default()
    };
    let project = cloudformation::lower_deployed(FileId(0), TEMPLATE, root, &deployment, &NoFiles);
    let addresses: Vec<&str> = project.resources.iter().map(|one| &*one.address).collect();
    assert_eq!(addresses, resources, "{values}");
    assert!(project.not_read.is_empty(), "{:?}", project.not_read);
    let text = |node: &Node<'_>| match &node.value {
        Value::List(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(Node::scalar_text).collect();
            texts.map(|texts| texts.join("|"))
        }
        _ => node.scalar_text().map(str::to_owned),
    };
    let all = project.resources[0].properties.as_map().unwrap();
    let known: Vec<(String, String)> = all
        .entries
        .iter()
        .filter_map(|entry| Some((entry.key.to_string(), text(&entry.value)?)))
        .collect();
    let known: Vec<(&str, &str)> = known.iter().map(|(key, text)| (&**key, &**text)).collect();
    assert_eq!(known, properties, "{values}");
}

#[test]
fn what_is_given_counts_before_defaults() {
    check_given("", &["Always", "OnlyProd", "OnlyDev"], &[("Stage", "dev")]);
    check_given("Stage=prod", &["Always", "OnlyProd"], &[("Stage", "prod")]);
    check_given("Stage=dev", &["Always", "OnlyDev"], &[("Stage", "dev")]);
    check_given(
        "Zones=a, b\nSecret=s\nImage=/ami\nOther=x",
        &["Always", "OnlyProd", "OnlyDev"],
        &[("Stage", "dev"), ("Zones", "a|b")],
    );
}

#[test]
fn what_is_given_says_where() {
    let values = "Stage=prod";
    let (given, _) = given::read(FileId(1), values);
    let root = yaml::parse(FileId(0), TEMPLATE).documents.remove(0);
    let deployment = Deployment {
        given,
        ..Deployment::default()
    };
    let project = cloudformation::lower_deployed(FileId(0), TEMPLATE, root, &deployment, &NoFiles);
    let via = project.resources[0]
        .properties
        .get("Stage")
        .unwrap()
        .via
        .clone()
        .unwrap();
    assert_eq!(
        (via.kind, via.span.file, via.span.text(values)),
        (ViaKind::ParameterValue, FileId(1), "prod")
    );
}

/// A `samconfig.toml` gives an environment these values, each with the text under its place; or has these problems.
#[track_caller]
fn check_samconfig(text: &str, environment: &str, expected: &[&str]) {
    let (given, problems) = samconfig::read(FileId(1), text, environment);
    let mut read: Vec<String> = given
        .iter()
        .map(|(name, (value, place))| format!("{name}={value} at {}", place.text(text)))
        .collect();
    read.sort_unstable();
    read.extend(
        problems
            .iter()
            .map(|one| format!("{} at {}", one.message, one.span.text(text))),
    );
    assert_eq!(read, expected, "{text}");
}

#[test]
fn a_samconfig_gives_what_its_environment_overrides() {
    let several = r#"
version = 0.1
[default.global.parameters]
parameter_overrides = "Stage=all"
[default.deploy.parameters]
stack_name = "a"
parameter_overrides = "Stage=\"pre prod\" Size=5 ParameterKey=Url,ParameterValue=a=b"
[prod.global.parameters]
parameter_overrides = ['Stage=prod', "Größe=1", "Zone=\u0061 Last='a b'"]
[empty.deploy.parameters]
[wrong.deploy.parameters]
parameter_overrides = 5
"#;
    check_samconfig(
        several,
        "default",
        &[
            "Size=5 at 5",
            r#"Stage=pre prod at \"pre prod\""#,
            "Url=a=b at a=b",
        ],
    );
    check_samconfig(
        several,
        "prod",
        &[
            "Last=a b at 'a b'",
            "Stage=prod at prod",
            r"Zone=a at \u0061",
            "expected `Key=Value` or `ParameterKey=Key,ParameterValue=Value` at Größe=1",
        ],
    );
    check_samconfig(
        several,
        "empty",
        &[
            "neither `empty.deploy.parameters` nor `empty.global.parameters` has `parameter_overrides` at empty",
        ],
    );
    check_samconfig(
        several,
        "wrong",
        &["`parameter_overrides` is a text \"Key=Value Key=Value\" or a list of such texts at 5"],
    );
    check_samconfig(
        several,
        "stage",
        &["there is no environment `stage`; the file has `default`, `empty`, `prod`, `wrong` at "],
    );
    check_samconfig(
        "[default.deploy.parameters]\nparameter_overrides = \"\"\"\nA=1 \\\n  B=2\n\"\"\"\n",
        "default",
        &["A=1 at 1", "B=2 at 2"],
    );
    check_samconfig(
        "[default\n",
        "default",
        &["unclosed table, expected `]` at "],
    );
}

#[test]
fn a_path_may_name_the_environment() {
    for (path, expected) in [
        ("samconfig.toml", Some(("samconfig.toml", "default"))),
        ("a/samconfig.toml:prod", Some(("a/samconfig.toml", "prod"))),
        (r"C:\a.toml", Some((r"C:\a.toml", "default"))),
        ("values.json", None),
        ("Url=a.toml:", None),
    ] {
        assert_eq!(samconfig::split(path), expected, "{path}");
    }
}
