//! Lowering of CloudFormation templates: a template, a path into it, and what stands there.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "support/lowered.rs"]
mod lowered;
mod support;

use lowered::{check_spans, lower, render, rendered_at};
use pillarlint_parser::cloudformation::{self, MAX_DEPTH, MAX_LEAVES, MAX_SCENARIOS};
use pillarlint_parser::model::{ConditionId, DeclarationKind, Scenario, Truth};
use pillarlint_parser::source::{FileId, Span};
use pillarlint_parser::tree::{Level, Map, Node, Value};
use pillarlint_parser::{json, yaml};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::fmt::Write as _;
use support::edited;

/// The value at a path (`Resource.Property.0.Key`, or `Outputs.Name`) is rendered as expected.
#[track_caller]
fn check(template: &str, path: &str, expected: &str) {
    let project = lower(template);
    assert_eq!(
        rendered_at(&project, path),
        expected,
        "{path} of {template}"
    );
}

/// A template whose resource `It` has the property `X`.
fn template(value: &str) -> String {
    format!(
        "
Parameters:
  Name: {{ Type: String }}
  Stage: {{ Type: String, AllowedValues: [dev, prod] }}
  Port: {{ Type: Number, Default: 8080 }}
  Word: {{ Type: String, Default: word }}
  Text: {{ Type: String, Default: '{{\"a\": 1}}' }}
  Zones: {{ Type: CommaDelimitedList, Default: 'a, b ,c' }}
  Subnets: {{ Type: 'List<AWS::EC2::Subnet::Id>' }}
  Secret: {{ Type: String, NoEcho: true, Default: hunter2, AllowedValues: [hunter2] }}
  Image: {{ Type: 'AWS::SSM::Parameter::Value<String>', Default: /aws/image }}
  Stored: {{ Type: 'AWS::SSM::Parameter::Name', Default: /aws/name }}
Mappings:
  Sizes:
    dev: {{ Size: small, Same: one, List: [x, y], Only: d }}
    prod: {{ Size: large, Same: one, List: [x, y] }}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  HasName: !Not [!Equals [!Ref Name, '']]
  Always: !Equals [a, a]
  Never: !Equals [a, b]
Resources:
  Bucket: {{ Type: AWS::S3::Bucket, Properties: {{ BucketName: fixed }} }}
  It:
    Type: Custom::It
    Properties:
      X: {value}
"
    )
}

/// The value becomes what is expected; nothing is complained about.
#[track_caller]
fn check_value(value: &str, expected: &str) {
    let template = template(value);
    check(&template, "It.X", expected);
    let project = lower(&template);
    assert!(project.problems.is_empty(), "{:?}", project.problems);
}

/// The value is wrong: it becomes what is expected, and the complaint's place is the text `place`.
#[track_caller]
fn check_wrong(value: &str, expected: &str, place: &str) {
    let template = template(value);
    let project = lower(&template);
    assert_eq!(rendered_at(&project, "It.X"), expected);
    let places: Vec<_> = project
        .problems
        .iter()
        .map(|problem| problem.span.text(&template))
        .collect();
    assert_eq!(places, [place], "{:?}", project.problems);
}

#[test]
fn references() {
    check_value("!Ref Bucket", "ref(Bucket)");
    check_value("{ Ref: Bucket }", "ref(Bucket)");
    check_value("!Ref Name", "ref(Name)");
    check_value("!Ref Stage", "ref(Stage in dev|prod)");
    check_value("!Ref Port", r#""8080""#);
    check_value("!Ref Zones", r#"["a", "b", "c"]"#);
    check_value("!Ref Subnets", "ref(Subnets)");
    check_value("!Ref Secret", "ref(Secret)");
    check_value("!Ref Image", "ref(Image)");
    check_value("!Ref Stored", r#""/aws/name""#);
    check_value("!Ref Text", "json({a: 1})");
    check_value("!Ref AWS::Region", "ref(AWS::Region)");
    check_value("!Ref AWS::Partition", "ref(AWS::Partition)");
    check_value("!Ref AWS::NoValue", "unset");
    check_value("[a, !Ref AWS::NoValue, b]", r#"["a", "b"]"#);
    check_value("{ a: 1, b: !Ref AWS::NoValue }", "{a: 1}");
    check_value("{ Ref: !Sub '${Name}' }", "unknown");
    check_value("{ Ref: a, Other: b }", r#"{Ref: "a", Other: "b"}"#);
    check_value("~", "null");
    check_wrong("!Ref Nothing", "unknown", "!Ref Nothing");
    check_wrong("!Ref AWS::Nothing", "unknown", "!Ref AWS::Nothing");
    check_wrong("!Ref [a]", "unknown", "!Ref [a]");
}

#[test]
fn attributes() {
    check_value("!GetAtt Bucket.Arn", "ref(Bucket.Arn)");
    check_value("!GetAtt Bucket.A.B", "ref(Bucket.A.B)");
    check_value("!GetAtt [Bucket, Arn]", "ref(Bucket.Arn)");
    check_value("!GetAtt [Bucket, A, B]", "ref(Bucket.A.B)");
    check_value("{ 'Fn::GetAtt': [Bucket, !Ref Word] }", "ref(Bucket.word)");
    check_value("{ 'Fn::GetAtt': [Bucket, !Ref Name] }", "unknown");
    check_value(
        "{ 'Fn::GetAtt': [Bucket, !If [IsProd, Arn, Name]] }",
        "choice(IsProd, ref(Bucket.Arn), ref(Bucket.Name))",
    );
    check_wrong("!GetAtt Nothing.Arn", "unknown", "!GetAtt Nothing.Arn");
    check_wrong("!GetAtt Bucket", "unknown", "!GetAtt Bucket");
    check_wrong("!GetAtt Name.Arn", "unknown", "!GetAtt Name.Arn");
    check_wrong("!GetAtt { a: b }", "unknown", "!GetAtt { a: b }");
}

#[test]
fn substitution() {
    check_value("!Sub plain", r#""plain""#);
    check_value("!Sub 'a-${Word}'", r#""a-word""#);
    check_value("!Sub '${Name}'", "ref(Name)");
    check_value("!Sub 'a-${Name}-b'", r#"text["a-", ref(Name), "-b"]"#);
    check_value("!Sub '${Bucket.Arn}/*'", r#"text[ref(Bucket.Arn), "/*"]"#);
    check_value(
        "!Sub '${ Bucket }${AWS::Region}'",
        "text[ref(Bucket), ref(AWS::Region)]",
    );
    check_value("!Sub 'x${!Name}y'", r#""x${Name}y""#);
    check_value("!Sub 'a${AWS::NoValue}b'", r#""ab""#);
    check_value("!Sub 'a$${Word}'", r#""a$word""#);
    check_value("!Sub 'open ${Word'", r#""open ${Word""#);
    check_value("!Sub ['${A}-${Word}', { A: 1 }]", r#""1-word""#);
    check_value("!Sub ['${Word}', { Word: other }]", r#""other""#);
    check_value(
        "!Sub ['a-${A}-${A}', { A: !Sub 'b-${Name}' }]",
        r#"text["a-b-", ref(Name), "-b-", ref(Name)]"#,
    );
    check_value(
        "!Sub ['${A}-b', { A: !If [IsProd, p, !Ref Name] }]",
        r#"choice(IsProd, "p-b", text[ref(Name), "-b"])"#,
    );
    check_value("!Sub 'a${Zones}'", r#"text["a", unknown]"#);
    check_wrong(
        "!Sub 'a-${Nothing}'",
        r#"text["a-", unknown]"#,
        "${Nothing}",
    );
    check_wrong(
        "!Sub '${Word}${Word} ${Nothing.Arn}'",
        r#"text["wordword ", unknown]"#,
        "${Nothing.Arn}",
    );
    check_wrong("!Sub '${A:-b}'", r#""${A:-b}""#, "${A:-b}");
    check_wrong("!Sub '${}'", r#""${}""#, "${}");
    check_wrong("!Sub [a]", "unknown", "!Sub [a]");
    check_wrong("!Sub [a, b]", "unknown", "!Sub [a, b]");
    check_wrong("!Sub { a: b }", "unknown", "!Sub { a: b }");
}

#[test]
fn joining_and_splitting() {
    check_value("!Join ['-', [a, 1, true]]", r#""a-1-true""#);
    check_value(
        "!Join ['', [a, !Ref Name, b, c]]",
        r#"text["a", ref(Name), "bc"]"#,
    );
    check_value("!Join ['', [!Ref Name]]", "ref(Name)");
    check_value("!Join ['', []]", r#""""#);
    check_value("!Join [',', !Ref Zones]", r#""a,b,c""#);
    check_value("!Join [',', !Ref Subnets]", "text[ref(Subnets)]");
    check_value("!Join [!Ref Name, [a]]", "unknown");
    check_value("!Join [',', [a, !Ref AWS::NoValue, b]]", r#""a,b""#);
    check_value(
        "!Join [',', [a, !If [IsProd, b, !Ref AWS::NoValue]]]",
        r#"choice(IsProd, "a,b", "a")"#,
    );
    check_value(
        "!Join ['', [!If [IsProd, a, b], !If [IsProd, c, d]]]",
        r#"choice(IsProd, "ac", "bd")"#,
    );
    check_value(
        "!Join ['-', !If [IsProd, [a, b], [c]]]",
        r#"choice(IsProd, "a-b", "c")"#,
    );
    check_wrong("!Join [a]", "unknown", "!Join [a]");
    check_wrong("!Join [',', a]", "unknown", "!Join [',', a]");
    check_value("!Split [',', 'a,b']", r#"["a", "b"]"#);
    check_value("!Split [',', !Ref Word]", r#"["word"]"#);
    check_value("!Split [',', !Ref Name]", "unknown");
    check_value("!Select [0, !Split ['/', !Ref AWS::StackId]]", "unknown");
    check_wrong("!Split ['', a]", "unknown", "!Split ['', a]");
    check_wrong("!Split [a]", "unknown", "!Split [a]");
    check_value("{ 'Fn::Length': [a, b] }", "2");
    check_value("{ 'Fn::Length': !Ref Zones }", "3");
    check_value("{ 'Fn::Length': !Ref Subnets }", "unknown");
    check_value(
        "{ 'Fn::Length': [a, !If [IsProd, b, !Ref AWS::NoValue]] }",
        "choice(IsProd, 2, 1)",
    );
    check_wrong("{ 'Fn::Length': a }", "unknown", "{ 'Fn::Length': a }");
    check_value("!Base64 abc", r#""abc""#);
    check_value(
        "{ 'Fn::Base64': !Sub 'a ${Name}' }",
        r#"text["a ", ref(Name)]"#,
    );
    check_wrong("!Base64 [a]", "unknown", "!Base64 [a]");
}

#[test]
fn selecting() {
    check_value("!Select [1, [a, b]]", r#""b""#);
    check_value("!Select ['1', [a, b]]", r#""b""#);
    check_value("!Select [0, !Ref Zones]", r#""a""#);
    check_value("!Select [2, !Ref Subnets]", "ref(Subnets[2])");
    check_value("!Select [0, !GetAtt Bucket.List]", "ref(Bucket.List[0])");
    check_value("!Select [0, !GetAZs '']", "zones([0])");
    check_value("!Select [1, !GetAZs { Ref: AWS::Region }]", "zones([1])");
    check_value("!Select [!Ref Name, [a]]", "unknown");
    check_value(
        "!Select [0, !If [IsProd, [a], [b]]]",
        r#"choice(IsProd, "a", "b")"#,
    );
    check_value(
        "!Select [!If [IsProd, 0, 1], !Ref Subnets]",
        "choice(IsProd, ref(Subnets[0]), ref(Subnets[1]))",
    );
    check_value("!Select [0, [!Ref AWS::NoValue, b]]", r#""b""#);
    check_wrong("!Select [2, [a, b]]", "unknown", "!Select [2, [a, b]]");
    check_wrong("!Select [x, [a, b]]", "unknown", "!Select [x, [a, b]]");
    check_wrong("!Select [-1, [a, b]]", "unknown", "!Select [-1, [a, b]]");
    check_wrong("!Select [1]", "unknown", "!Select [1]");
    check_wrong("!Select [0, a]", "unknown", "!Select [0, a]");
}

#[test]
fn mappings() {
    check_value("!FindInMap [Sizes, dev, Size]", r#""small""#);
    check_value("!FindInMap [Sizes, dev, List]", r#"["x", "y"]"#);
    check_value("!FindInMap [Sizes, !Ref Stage, Size]", "unknown");
    check_value("!FindInMap [Sizes, !Ref Stage, Same]", r#""one""#);
    check_value("!FindInMap [Sizes, !Ref Stage, List]", r#"["x", "y"]"#);
    check_value("!FindInMap [Sizes, !Ref Name, Same]", r#""one""#);
    check_value("!FindInMap [Sizes, !Ref Name, Only]", r#""d""#);
    check_value("!FindInMap [Sizes, prod, !Ref Name]", "unknown");
    check_value(
        "!FindInMap [Sizes, !If [IsProd, prod, dev], Size]",
        r#"choice(IsProd, "large", "small")"#,
    );
    check_value("!FindInMap [Sizes, x, Size, { DefaultValue: d }]", r#""d""#);
    check_value(
        "!FindInMap [Sizes, dev, Size, { DefaultValue: d }]",
        r#""small""#,
    );
    check_value(
        "!FindInMap [Sizes, !Ref Name, Same, { DefaultValue: one }]",
        r#""one""#,
    );
    check_value(
        "!FindInMap [Sizes, !Ref Name, Same, { DefaultValue: two }]",
        "unknown",
    );
    check_value("!FindInMap [!Ref Name, dev, Size]", "unknown");
    check_value("!Select [0, !FindInMap [Sizes, dev, List]]", r#""x""#);
    check_wrong(
        "!FindInMap [Nothing, a, b]",
        "unknown",
        "!FindInMap [Nothing, a, b]",
    );
    check_wrong(
        "!FindInMap [Sizes, x, Size]",
        "unknown",
        "!FindInMap [Sizes, x, Size]",
    );
    check_wrong(
        "!FindInMap [Sizes, dev]",
        "unknown",
        "!FindInMap [Sizes, dev]",
    );
    check_wrong("!FindInMap Sizes", "unknown", "!FindInMap Sizes");
}

#[test]
fn conditionals() {
    check_value("!If [Always, a, b]", r#""a""#);
    check_value("!If [Never, a, b]", r#""b""#);
    check_value("!If [IsProd, a, b]", r#"choice(IsProd, "a", "b")"#);
    check_value(
        "!If [IsProd, a, !Ref AWS::NoValue]",
        r#"choice(IsProd, "a", unset)"#,
    );
    check_value(
        "!If [IsProd, !Ref AWS::NoValue, !Ref AWS::NoValue]",
        "unset",
    );
    check_value("!If [Never, a, !Ref AWS::NoValue]", "unset");
    check_value("[!If [Never, a, !Ref AWS::NoValue]]", "[]");
    check_value(
        "[!If [IsProd, a, !Ref AWS::NoValue]]",
        r#"[choice(IsProd, "a", unset)]"#,
    );
    check_value(
        "!If [IsProd, !If [IsProd, a, b], c]",
        r#"choice(IsProd, "a", "c")"#,
    );
    check_value(
        "!If [IsProd, { a: !Ref Bucket }, b]",
        r#"choice(IsProd, {a: ref(Bucket)}, "b")"#,
    );
    check_wrong(
        "!If [Nothing, a, b]",
        r#"choice(Nothing, "a", "b")"#,
        "Nothing",
    );
    check_wrong("!If [IsProd, a]", "unknown", "!If [IsProd, a]");
    check_wrong(
        "!If [!Equals [a, b], a, b]",
        "unknown",
        "!If [!Equals [a, b], a, b]",
    );
    check_wrong("!Equals [a, b]", "unknown", "!Equals [a, b]");
}

#[test]
fn other_functions() {
    check_value(
        "!Cidr ['192.168.0.0/24', 3, 5]",
        r#"["192.168.0.0/27", "192.168.0.32/27", "192.168.0.64/27"]"#,
    );
    check_value("!Cidr ['0.0.0.0/0', 1, 31]", r#"["0.0.0.0/1"]"#);
    check_value("!Cidr ['10.0.0.0/24', 256, 8]", "unknown");
    check_value("!Cidr ['10.0.0.0/24', 2, 64]", "unknown");
    check_value("!Cidr ['2001:db8::/56', 1, 64]", "unknown");
    check_value(
        "!Select [0, !Cidr [!GetAtt Bucket.CidrBlock, 6, 8]]",
        "unknown",
    );
    check_wrong("!Cidr a", "unknown", "!Cidr a");
    check_value("!GetAZs ''", "zones()");
    check_value("!GetAZs us-east-1", "zones(us-east-1)");
    check_value("!GetAZs { Ref: Name }", "unknown");
    check_value("!ImportValue net", "import(net)");
    check_value(
        "{ 'Fn::ImportValue': !Sub '${Word}-vpc' }",
        "import(word-vpc)",
    );
    check_value(
        "{ 'Fn::ImportValue': !Sub '${Name}-vpc' }",
        "import(${Name}-vpc)",
    );
    check_value(
        "{ 'Fn::ToJsonString': { a: [1, x] } }",
        r#"json({a: [1, "x"]})"#,
    );
    check_value("{ 'Fn::ToJsonString': { a: !Ref Name } }", "{a: ref(Name)}");
    check_value("{ 'Fn::Transform': { Name: AWS::Include } }", "unknown");
    check_value("{ 'Fn::Transform': { Name: M }, Other: 1 }", "unknown");
    check_wrong("!Nothing a", "unknown", "!Nothing");
    check_wrong("{ 'Fn::Nothing': a }", "unknown", "'Fn::Nothing'");
    check_wrong(
        "{ 'Fn::Sub': a, Other: b }",
        "unknown",
        "{ 'Fn::Sub': a, Other: b }",
    );
}

#[test]
fn texts_that_are_json() {
    check_value(r#"'{"a": [1]}'"#, "json({a: [1]})");
    check_value(r#"'{"a": '"#, r#""{\"a\": ""#);
    check_value(r#"!Sub '{"a": "${Word}"}'"#, r#"json({a: "word"})"#);
    check_value(
        r#"!Sub '{"Resource": "${Bucket.Arn}/*", "n": ${Name}, "${Name}:aud": ["${Name}"]}'"#,
        r#"{Resource: text[ref(Bucket.Arn), "/*"], n: ref(Name), ${Name}:aud: [ref(Name)]}"#,
    );
    check_value(
        r#"!Join ['', ['{"a": "', !Ref Word, '"}']]"#,
        r#"json({a: "word"})"#,
    );
    check_value(
        r#"!If [IsProd, '{"a": 1}', !Sub '["${Name}"]']"#,
        "choice(IsProd, json({a: 1}), [ref(Name)])",
    );
    check_value(r#"'{{resolve:ssm:x}}'"#, r#""{{resolve:ssm:x}}""#);
}

#[test]
fn choices_stay_few() {
    let conditions: String = (0..26)
        .map(|at| format!("  C{at}: !Equals [!Ref P, '{at}']\n"))
        .collect();
    let free: String = (0..26)
        .map(|at| format!("  C{at}: !Equals [!Ref P{at}, x]\n"))
        .collect();
    let parameters: String = (0..26)
        .map(|at| format!("  P{at}: {{ Type: String }}\n"))
        .collect();
    let pieces: Vec<_> = (0..26).map(|at| format!("!If [C{at}, a, b]")).collect();
    let resources = format!(
        "Resources:\n  It: {{ Type: A, Properties: {{ X: !Join ['', [{}]] }} }}\n",
        pieces.join(", ")
    );
    let independent = format!("Parameters:\n{parameters}Conditions:\n{free}{resources}");
    let rendered = rendered_at(&lower(&independent), "It.X");
    assert_eq!(rendered.matches('"').count() / 2, MAX_LEAVES);
    assert!(rendered.contains("unknown"));
    // Where one condition excludes the others, there are as many choices as conditions.
    let exclusive =
        format!("Parameters:\n  P: {{ Type: String }}\nConditions:\n{conditions}{resources}");
    let rendered = rendered_at(&lower(&exclusive), "It.X");
    assert_eq!(rendered.matches("choice").count(), 16);
}

#[test]
fn in_json() {
    let template = r#"{
        "Parameters": { "P": { "Type": "String", "Default": 1 } },
        "Resources": {
            "A": { "Type": "T", "Properties": {
                "X": { "Fn::Join": ["", ["a", { "Ref": "P" }, { "Fn::GetAtt": ["A", "Arn"] }]] }
            } }
        },
        "Outputs": { "O": { "Value": { "Ref": "A" } } }
    }"#;
    check(template, "A.X", r#"text["a1", ref(A.Arn)]"#);
    check(template, "Outputs.O", "ref(A)");
}

#[test]
fn values_say_where_they_come_from() {
    let template =
        template("[!Ref Port, !FindInMap [Sizes, !Ref Word, Size, { DefaultValue: d }]]");
    let project = lower(&template);
    let it = project.resources.last().unwrap();
    let port = &it.properties.get("X").unwrap().as_list().unwrap()[0];
    assert_eq!(port.span.text(&template), "!Ref Port");
    let via = port.via.as_ref().unwrap();
    assert_eq!((&*via.name, via.span.text(&template)), ("Port", "8080"));

    let template = template_with_default("dev", "!FindInMap [M, !Ref P, K]");
    let project = lower(&template);
    let size = project.resources[0].properties.get("X").unwrap();
    assert_eq!(size.span.text(&template), "!FindInMap [M, !Ref P, K]");
    let via = size.via.as_ref().unwrap();
    assert_eq!((&*via.name, via.span.text(&template)), ("M", "small"));
    let behind = via.previous.as_ref().unwrap();
    assert_eq!((&*behind.name, behind.span.text(&template)), ("P", "dev"));
}

fn template_with_default(default: &str, value: &str) -> String {
    format!(
        "
Parameters: {{ P: {{ Type: String, Default: {default} }} }}
Mappings: {{ M: {{ dev: {{ K: small }} }} }}
Resources: {{ It: {{ Type: T, Properties: {{ X: {value} }} }} }}
"
    )
}

/// What the formula of a condition comes to, and what it comes to where the other conditions are as the world says.
#[track_caller]
fn check_condition(conditions: &str, world: &[(&str, bool)], expected: Option<bool>) {
    let template = format!(
        "
Parameters:
  Name: {{ Type: String }}
  Other: {{ Type: String }}
  Stage: {{ Type: String, AllowedValues: [dev, test, prod] }}
  Word: {{ Type: String, Default: word }}
Conditions: {{ {conditions} }}
Resources: {{ It: {{ Type: T }} }}
"
    );
    let project = lower(&template);
    let id = |name| project.conditions.id(Scenario::DEFAULTS, name).unwrap();
    let world: Vec<(ConditionId, bool)> =
        world.iter().map(|(name, held)| (id(name), *held)).collect();
    assert!(project.conditions.satisfiable(&world));
    assert_eq!(
        project.conditions.decide(id("C"), &world),
        expected,
        "{conditions}"
    );
}

#[test]
fn conditions() {
    check_condition("C: !Equals [a, a]", &[], Some(true));
    check_condition("C: !Equals [a, A]", &[], Some(false));
    check_condition("C: !Equals ['true', true]", &[], Some(true));
    check_condition("C: !Equals [!Ref Word, word]", &[], Some(true));
    check_condition("C: !Equals [!Ref Name, !Ref Name]", &[], Some(true));
    check_condition("C: !Equals [!Ref Name, !Ref Other]", &[], None);
    check_condition("C: !Equals [!Ref Stage, dev]", &[], None);
    check_condition("C: !Equals [!Ref Stage, other]", &[], Some(false));
    check_condition("C: !Equals [!Sub 'a-${Name}', 'b-c']", &[], Some(false));
    check_condition("C: !Equals [!Sub 'a-${Name}', 'a-c']", &[], None);
    check_condition("C: !Equals [!Sub '${Name}-z', 'a-c']", &[], Some(false));
    check_condition("C: !Equals [!Sub 'aa${Name}aa', 'aaa']", &[], Some(false));
    check_condition("C: !Equals ['{{resolve:ssm:a}}', b]", &[], None);
    check_condition("C: !Not [!Equals [a, b]]", &[], Some(true));
    check_condition(
        "C: !And [!Equals [a, a], !Equals [!Ref Name, x]]",
        &[],
        None,
    );
    check_condition(
        "C: !And [!Equals [a, b], !Equals [!Ref Name, x]]",
        &[],
        Some(false),
    );
    check_condition(
        "C: !Or [!Equals [a, a], !Equals [!Ref Name, x]]",
        &[],
        Some(true),
    );
    check_condition("A: !Equals [a, b], C: { Condition: A }", &[], Some(false));
    check_condition("C: !Equals [!Ref It, a]", &[], None);
    check_condition("C: !Condition A, A: !Equals [a, a]", &[], Some(true));
    // A contradiction in itself, and a tautology.
    check_condition(
        "C: !And [!Equals [!Ref Name, x], !Equals [!Ref Name, y]]",
        &[],
        Some(false),
    );
    check_condition(
        "C: !Or [!Equals [!Ref Name, x], !Not [!Equals [!Ref Name, x]]]",
        &[],
        Some(true),
    );
    check_condition(
        "C: !Or [!Equals [!Ref Stage, dev], !Equals [!Ref Stage, test], !Equals [!Ref Stage, prod]]",
        &[],
        Some(true),
    );
    // By the others.
    let stages = "A: !Equals [!Ref Stage, dev], B: !Equals [!Ref Stage, test], C: !Equals [!Ref Stage, prod]";
    check_condition(stages, &[("A", true)], Some(false));
    check_condition(stages, &[("A", false)], None);
    check_condition(stages, &[("A", false), ("B", false)], Some(true));
    check_condition(stages, &[("C", true)], Some(true));
    check_condition(
        "A: !Equals [!Ref Name, x], C: !Or [!Condition A, !Equals [!Ref Other, y]]",
        &[("A", true)],
        Some(true),
    );
    check_condition(
        "A: !Equals [!Ref Name, x], B: !Or [!Condition A, !Condition C], C: !Equals [!Ref Other, y]",
        &[("A", false), ("B", true)],
        Some(true),
    );
    check_condition(
        "A: !Equals [!Ref Name, !Ref Other], C: !Equals [!Ref Other, !Ref Name]",
        &[("A", false)],
        Some(false),
    );
}

#[test]
fn wrong_conditions() {
    for (conditions, place) in [
        ("C: !Condition D", "D"),
        ("C: !Condition C", "C"),
        ("C: true", "true"),
        ("C: !Equals [a]", "!Equals [a]"),
        ("C: !Not a", "!Not a"),
        ("C: !If [D, a, b]", "!If [D, a, b]"),
    ] {
        let template =
            format!("Conditions: {{ {conditions} }}\nResources: {{ It: {{ Type: T }} }}");
        let project = lower(&template);
        let places: Vec<_> = project
            .problems
            .iter()
            .map(|problem| problem.span.text(&template))
            .collect();
        assert_eq!(places, [place]);
        let truth = project.conditions.holds(Scenario::DEFAULTS, "C", &[]);
        assert!(matches!(truth, Truth::Open(_)));
    }
}

#[test]
fn many_conditions_cost_little() {
    let chain = |length: usize, last: &str| {
        let mut text =
            format!("Parameters: {{ P: {{ Type: String }} }}\nConditions:\n  C0: {last}\n");
        for at in 1..length {
            writeln!(text, "  C{at}: !Not [!Condition C{}]", at - 1).unwrap();
        }
        text + "Resources: { It: { Type: T } }\n"
    };
    let decide = |template: &str, name: &str, world: &[(&str, bool)]| {
        let project = lower(template);
        let id = |name| project.conditions.id(Scenario::DEFAULTS, name).unwrap();
        let world: Vec<_> = world.iter().map(|(name, held)| (id(name), *held)).collect();
        project.conditions.decide(id(name), &world)
    };
    // Constants are folded in chains of any length.
    let long = chain(20_001, "!Equals [a, a]");
    assert_eq!(decide(&long, "C20000", &[]), Some(true));
    // What is open is followed as far as the steps reach, and is open past that.
    let open = chain(20_001, "!Equals [!Ref P, a]");
    assert_eq!(decide(&open, "C200", &[("C0", true)]), Some(true));
    assert_eq!(decide(&open, "C201", &[("C0", true)]), Some(false));
    assert_eq!(decide(&open, "C20000", &[("C0", true)]), None);
    // A search through alternatives gives up.
    let mut hard = String::from("Parameters:\n");
    for at in 0..40 {
        writeln!(
            hard,
            "  P{at}: {{ Type: String, AllowedValues: [a, b, c] }}"
        )
        .unwrap();
    }
    hard.push_str("Conditions:\n");
    let mut all = Vec::new();
    for a in 0..40 {
        for b in a + 1..40 {
            for value in ["a", "b", "c"] {
                all.push(format!(
                    "!Not [!And [!Equals [!Ref P{a}, {value}], !Equals [!Ref P{b}, {value}]]]"
                ));
            }
        }
    }
    write!(
        hard,
        "  C: !And [{}]\nResources: {{ It: {{ Type: T }} }}\n",
        all.join(", ")
    )
    .unwrap();
    assert_eq!(decide(&hard, "C", &[]), None);
}

#[test]
fn resources_that_the_defaults_leave_out() {
    let template = "
Parameters:
  Stage: { Type: String, Default: dev, AllowedValues: [dev, prod] }
  Size: { Type: String, Default: small }
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsDev: !Not [!Condition IsProd]
  Never: !Equals [a, b]
Resources:
  Dev: { Type: T, Condition: IsDev, Properties: { X: !Ref Stage } }
  Prod: { Type: T, Condition: IsProd, Properties: { X: !Ref Stage, Y: !If [IsProd, a, b], Z: !If [IsDev, a, b], Size: !Ref Size } }
  Gone: { Type: T, Condition: Never, Properties: { X: 1 } }
  User: { Type: T, Properties: { X: !Ref Prod, Y: !Ref Gone, Z: !If [IsProd, a, b] } }
";
    check(template, "Dev.X", r#""dev""#);
    check(template, "Prod.X", "ref(Stage in dev|prod)");
    check(template, "Prod.Y", r#""a""#);
    check(template, "Prod.Z", r#""b""#);
    check(template, "Prod.Size", r#""small""#);
    check(template, "Gone", "no resource");
    check(template, "User.X", "ref(Prod)");
    check(template, "User.Y", "unknown");
    check(template, "User.Z", r#""b""#);
    let project = lower(template);
    assert!(project.problems.is_empty());
    assert_eq!(project.not_read.len(), 1);
    let prod = &project.resources[1];
    assert_eq!(
        project.exists(prod, Scenario::DEFAULTS, &[]),
        Truth::Known(false)
    );
    let Truth::Open(id) = project.exists(prod, prod.scenario, &[]) else {
        panic!("open");
    };
    assert_eq!(project.conditions.name(id), "IsProd");
    assert_eq!(
        project
            .conditions
            .holds(prod.scenario, "IsDev", &[(id, true)]),
        Truth::Known(false)
    );
}

#[test]
fn scenarios_are_few() {
    let count = MAX_SCENARIOS + 3;
    let mut template = String::from("Parameters:\n");
    for at in 0..count {
        writeln!(template, "  P{at}: {{ Type: String, Default: a }}").unwrap();
    }
    template.push_str("Conditions:\n");
    for at in 0..count {
        writeln!(template, "  C{at}: !Equals [!Ref P{at}, b]").unwrap();
    }
    template.push_str("Resources:\n");
    for at in 0..count {
        writeln!(template, "  R{at}: {{ Type: T, Condition: C{at} }}").unwrap();
    }
    let project = lower(&template);
    assert_eq!(project.resources.len(), MAX_SCENARIOS);
    assert_eq!(project.not_read.len(), 3);
}

/// What is wrong with a template: the level and the text under the place of each problem.
#[track_caller]
fn check_problems(template: &str, expected: &[(Level, &str)]) {
    let project = lower(template);
    let problems: Vec<_> = project
        .problems
        .iter()
        .map(|problem| (problem.level, problem.span.text(template)))
        .collect();
    assert_eq!(problems, expected, "{:?}", project.problems);
}

#[test]
fn sections() {
    use Level::{Error, Warning};
    check_problems("Resources: { A: { Type: T } }", &[]);
    check_problems("[a]", &[(Error, "[a]")]);
    check_problems("Outputs: {}", &[(Error, "")]);
    check_problems("Resources:", &[(Error, "Resources")]);
    check_problems("Resources: [a]", &[(Error, "[a]")]);
    check_problems(
        "Resource: {}\nResources: { A: { Type: T } }",
        &[(Error, "Resource")],
    );
    check_problems("Resources: { A: [b], B: { Type: T } }", &[(Error, "[b]")]);
    check_problems("Resources: { A: { Properties: {} } }", &[(Error, "A")]);
    check_problems("Resources: { A: { Type: [T] } }", &[(Error, "[T]")]);
    check_problems(
        "Resources: { A: { Type: T, Properties: [a] } }",
        &[(Error, "[a]")],
    );
    check_problems(
        "Resources: { A: { Type: T, Condition: [a] } }",
        &[(Warning, "[a]")],
    );
    check_problems(
        "Resources: { A: { Type: T, Condition: C } }",
        &[(Warning, "C")],
    );
    check_problems(
        "Resources: { A: { Type: T, DependsOn: B } }",
        &[(Warning, "B")],
    );
    check_problems(
        "Parameters: { A: b }\nResources: { A: { Type: T } }",
        &[(Error, "b")],
    );
    check_problems(
        "Mappings: { A: b }\nResources: { A: { Type: T } }",
        &[(Warning, "b")],
    );
    check_problems(
        "Conditions: b\nResources: { A: { Type: T } }",
        &[(Error, "b")],
    );
    check_problems(
        "Outputs: { O: b }\nResources: { A: { Type: T } }",
        &[(Error, "b")],
    );
    // What a macro or a loop would make is not missed.
    check_problems(
        "Transform: AWS::Serverless-2016-10-31\nResources: { A: { Type: T, DependsOn: ARole } }",
        &[],
    );
    check_problems(
        "Resources: { 'Fn::ForEach::L': [a, [b], {}], A: { Type: T, Properties: { X: !Ref B } } }",
        &[],
    );
}

#[test]
fn what_is_not_read() {
    for (template, expected) in [
        (
            "Resources: { A: { Type: My::Own::Thing::MODULE, DependsOn: AThing } }",
            "My::Own::Thing::MODULE",
        ),
        ("Transform: Mine\nResources: { A: { Type: T } }", "Mine"),
        (
            "Transform: [AWS::LanguageExtensions, Mine]\nResources: { A: { Type: T } }",
            "Mine",
        ),
        (
            "Resources: { A: { Type: T }, 'Fn::Transform': { Name: M } }",
            "'Fn::Transform'",
        ),
        (
            "Resources: { A: { Type: T }, 'Fn::ForEach::L': [] }",
            "'Fn::ForEach::L'",
        ),
        (
            "Resources: { A: { Type: T, Properties: { 'Fn::Transform': { Name: M } } } }",
            "'Fn::Transform'",
        ),
    ] {
        let project = lower(template);
        let places: Vec<_> = project
            .not_read
            .iter()
            .map(|(span, _)| span.text(template))
            .collect();
        assert_eq!(places, [expected], "{template}");
        assert_eq!(project.resources.len(), 1);
        assert!(project.problems.is_empty());
    }
}

#[test]
fn resources() {
    let template = "
Resources:
  A:
    Type: AWS::S3::Bucket
    DeletionPolicy: Retain
    DependsOn: [B]
    Metadata: { M: !Ref B }
  B: { Type: AWS::SQS::Queue, Properties: { X: !GetAtt A.Arn } }
Outputs:
  O: { Value: !Sub '${A}-${B.Arn}', Export: { Name: !Ref A } }
";
    let project = lower(template);
    let a = &project.resources[0];
    assert_eq!(a.kind_span.text(template), "AWS::S3::Bucket");
    assert_eq!(a.properties_key.text(template), "A");
    assert!(
        a.span.text(template).starts_with("A:\n") && a.span.text(template).ends_with("!Ref B }")
    );
    let attributes = render(&project, &a.attributes);
    assert_eq!(
        attributes,
        r#"{DeletionPolicy: "Retain", DependsOn: ["B"], Metadata: {M: ref(B)}}"#
    );
    assert_eq!(project.of_kind("AWS::SQS::Queue"), [1]);
    let edges: Vec<_> = project
        .edges
        .iter()
        .map(|edge| {
            (
                edge.from,
                edge.to,
                edge.attribute.as_str(),
                edge.span.text(template),
            )
        })
        .collect();
    assert_eq!(
        edges,
        [
            (Some(1), 0, "Arn", "!GetAtt A.Arn"),
            (None, 0, "", "${A}"),
            (None, 0, "", "!Ref A"),
            (Some(0), 1, "DependsOn", "B"),
            (Some(0), 1, "", "!Ref B"),
            (None, 1, "Arn", "${B.Arn}"),
        ]
    );
}

#[test]
fn edges_of_what_is_not_there() {
    let edges = |value: &str| lower(&template(value)).edges.len();
    assert_eq!(edges("!If [Always, a, !Ref Bucket]"), 0);
    assert_eq!(edges("!If [Always, !Ref Bucket, a]"), 1);
    assert_eq!(edges("!If [IsProd, !Ref Bucket, a]"), 1);
    // A function of a choice is evaluated for each branch, but refers once.
    assert_eq!(
        edges("!Sub ['${Bucket}${A}', { A: !If [IsProd, a, b] }]"),
        1
    );
    assert_eq!(edges("{ 'Fn::GetAtt': [Bucket, !Ref Name] }"), 1);
}

/// The names of the declarations that nothing uses.
#[track_caller]
fn check_unused(template: &str, expected: &[&str]) {
    let project = lower(template);
    let unused: Vec<_> = project
        .declarations
        .iter()
        .filter(|one| !one.used)
        .map(|one| one.name.as_ref())
        .collect();
    assert_eq!(unused, expected, "{template}");
}

#[test]
fn unused_declarations() {
    let declared = "
Parameters: { P: { Type: String, Default: a } }
Mappings: { M: { a: { b: c } } }
Conditions: { C: !Equals [a, b] }
";
    let with = |value: &str| {
        format!("{declared}Resources: {{ It: {{ Type: T, Properties: {{ X: {value} }} }} }}")
    };
    check_unused(&with("1"), &["P", "M", "C"]);
    check_unused(&with("!Ref P"), &["M", "C"]);
    check_unused(&with("!Sub '${P}'"), &["M", "C"]);
    check_unused(&with("!FindInMap [M, !Ref P, b]"), &["C"]);
    check_unused(&with("!If [C, !Ref P, 1]"), &["M"]);
    check_unused(
        &with("!If [C, 1, !If [C, !FindInMap [M, a, b], 1]]"),
        &["P"],
    );
    check_unused(&with("{ 'Fn::Transform': { Name: M } }"), &[]);
    let rest = "Resources: { It: { Type: T } }\n";
    check_unused(
        &format!("{declared}{rest}Outputs: {{ O: {{ Value: !Ref P, Condition: C }} }}"),
        &["M"],
    );
    check_unused(
        &format!(
            "{declared}{rest}Rules: {{ R: {{ Assertions: [{{ Assert: !Equals [!Ref P, a] }}] }} }}"
        ),
        &["M", "C"],
    );
    check_unused(&format!("{declared}{rest}Transform: Mine"), &[]);
    check_unused(
        &format!(
            "{declared}{rest}Transform: AWS::Serverless-2016-10-31\nGlobals: {{ Function: {{ X: !Ref P }} }}"
        ),
        &["M", "C"],
    );
    let interface =
        "Metadata: { AWS::CloudFormation::Interface: { ParameterGroups: [{ Parameters: [P] }] } }";
    check_unused(&format!("{declared}{rest}{interface}"), &["P", "M", "C"]);
    check_unused(
        "Parameters: { P: { Type: String } }\nConditions: { A: !Equals [!Ref P, a], B: !Condition A }\nResources: { It: { Type: T, Condition: B } }",
        &[],
    );
    check_unused(
        "Parameters: { P: { Type: String } }\nConditions: { N: !Equals [a, b] }\nResources: { It: { Type: T, Condition: N, Properties: { X: !Ref P } } }",
        &[],
    );
    let kinds: Vec<_> = lower(&with("1"))
        .declarations
        .iter()
        .map(|one| one.kind)
        .collect();
    assert_eq!(
        kinds,
        [
            DeclarationKind::Parameter,
            DeclarationKind::Mapping,
            DeclarationKind::Condition
        ]
    );
}

#[test]
fn secrets_stay_secret() {
    let project = format!("{:?}", lower(&template("[!Ref Secret, !Sub 'a${Secret}']")));
    assert!(!project.contains("hunter2"));
}

#[test]
fn small_templates_cannot_ask_for_much() {
    // Each level doubles the text: 2^40 letters.
    let mut value = "abcdefgh".to_owned();
    for _ in 0..40 {
        value = format!("!Sub ['${{V}}${{V}}', {{ V: {value} }}]");
    }
    let template = format!("Resources: {{ It: {{ Type: T, Properties: {{ X: {value} }} }} }}");
    let project = lower(&template);
    assert_eq!(rendered_at(&project, "It.X"), "unknown");
    assert_eq!(project.problems.len(), 1);
    // A long default, used often.
    let uses = "!Ref P, ".repeat(2_000);
    let template = format!(
        "Parameters: {{ P: {{ Type: CommaDelimitedList, Default: '{}' }} }}\nResources: {{ It: {{ Type: T, Properties: {{ X: [{uses}] }} }} }}",
        ",".repeat(10_000)
    );
    let project = lower(&template);
    let uses = project.resources[0].properties.get("X").unwrap();
    assert_eq!(uses.as_list().unwrap().len(), 2_000);
    assert_eq!(project.problems.len(), 1);
}

#[test]
fn deep_values() {
    // Nested as deeply as lists that are aliases of one another can be.
    let span = Span::new(FileId(0), 0, 0);
    let mut node = Node::new(Value::String("a".into()), span);
    for _ in 0..MAX_DEPTH {
        let list = Node::new(Value::List(vec![node]), span);
        node = entry("Fn::Base64", list);
    }
    let resource = Map {
        entries: [
            ("Type", Node::new(Value::String("T".into()), span)),
            ("Properties", entry("X", node)),
        ]
        .into_iter()
        .flat_map(|(key, value)| into_map(entry(key, value)).entries)
        .collect(),
    };
    let root = entry(
        "Resources",
        entry("It", Node::new(Value::Map(resource), span)),
    );
    let project = cloudformation::lower(FileId(0), "", root);
    assert_eq!(project.resources.len(), 1);
}

fn entry<'s>(key: &'static str, value: Node<'s>) -> Node<'s> {
    let span = value.span;
    let entries = vec![pillarlint_parser::tree::Entry {
        key: key.into(),
        key_span: span,
        value,
    }];
    Node::new(Value::Map(Map { entries }), span)
}

fn into_map<'s>(node: Node<'s>) -> Map<'s> {
    match node.value {
        Value::Map(map) => map,
        _ => Map::default(),
    }
}

proptest! {
    /// Whatever stands in a template, lowering it ends, and every place lies in the file.
    #[test]
    fn edited_templates(edits in vec((any::<u16>(), any::<u8>(), any::<usize>()), 0..6)) {
        let text = edited(&everything(), &edits);
        for root in yaml::parse(FileId(0), &text).documents {
            check_spans(&cloudformation::lower(FileId(0), &text, root), &[&text]);
        }
    }

    /// The same of functions of anything.
    #[test]
    fn arbitrary_values(value in value()) {
        let text = format!(
            r#"{{ "Resources": {{ "A": {{ "Type": "T", "Properties": {value} }}, "B": {value} }},
                "Conditions": {{ "C": {value}, "D": {value} }}, "Mappings": {{ "M": {value} }},
                "Parameters": {{ "P": {{ "Default": {value}, "AllowedValues": {value}, "Type": "String" }} }},
                "Outputs": {{ "O": {{ "Value": {value} }} }} }}"#
        );
        for root in json::parse(FileId(0), &text).documents {
            check_spans(&cloudformation::lower(FileId(0), &text, root), &[&text]);
        }
    }
}

/// A template with every function in it.
fn everything() -> String {
    let values = [
        "!Sub ['${A}-${Bucket.Arn}', { A: !If [IsProd, !Ref Name, b] }]",
        "!Join [',', [a, !Ref Zones, !If [HasName, b, !Ref AWS::NoValue]]]",
        "!Select [1, !Split [',', !FindInMap [Sizes, !Ref Stage, Size]]]",
        "!Cidr [!Select [0, ['10.0.0.0/16']], 3, 8]",
        "!GetAZs ''",
        "!Sub '{\"Resource\": [\"${Bucket.Arn}/*\"]}'",
        "!ImportValue { 'Fn::Sub': '${Name}-x' }",
        "{ 'Fn::ToJsonString': { a: [!Ref Port] }, 'Fn::Length': !Ref Zones }",
    ];
    template(&format!("[{}]", values.join(", ")))
}

/// JSON with functions of anything in it.
fn value() -> impl Strategy<Value = String> {
    let leaf = select(vec![
        "null",
        "1",
        "0",
        "true",
        "\"A\"",
        "\"A.Arn\"",
        "\"P\"",
        "\"C\"",
        "\"M\"",
        "\"AWS::NoValue\"",
        "\"\"",
        "\"${A}${P} ${!x} ${\"",
        "\"a,b\"",
        "\"10.0.0.0/8\"",
        "\"{\\\"a\\\": \"",
        "\"\\\"${A}\\\"}\"",
        "{ \"Ref\": \"P\" }",
        "{ \"Ref\": \"A\" }",
    ])
    .prop_map(str::to_owned);
    let function = select(vec![
        "Ref",
        "Fn::GetAtt",
        "Fn::Sub",
        "Fn::Join",
        "Fn::Split",
        "Fn::Select",
        "Fn::FindInMap",
        "Fn::If",
        "Fn::Base64",
        "Fn::Cidr",
        "Fn::GetAZs",
        "Fn::ImportValue",
        "Fn::Length",
        "Fn::ToJsonString",
        "Fn::Equals",
        "Fn::And",
        "Fn::Or",
        "Fn::Not",
        "Condition",
        "DefaultValue",
        "P",
        "Fn::Transform",
        "Fn::ForEach::X",
        "!Sub",
    ]);
    leaf.prop_recursive(6, 48, 4, move |inner| {
        prop_oneof![
            3 => (function.clone(), inner.clone()).prop_map(|(name, value)| format!("{{ \"{name}\": {value} }}")),
            3 => (function.clone(), vec(inner.clone(), 0..4))
                .prop_map(|(name, values)| format!("{{ \"{name}\": [{}] }}", values.join(", "))),
            1 => (function.clone(), inner.clone(), inner.clone())
                .prop_map(|(name, a, b)| format!("{{ \"{name}\": {a}, \"X\": {b} }}")),
            1 => vec(inner, 0..4).prop_map(|values| format!("[{}]", values.join(", "))),
        ]
    })
}
