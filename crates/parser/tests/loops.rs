//! `Fn::ForEach`: a template, and what its loops become.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "support/lowered.rs"]
mod lowered;

use lowered::{lower, rendered_at};
use pillarlint_parser::cloudformation::MAX_COPIES;

const HEAD: &str = "
Transform: AWS::LanguageExtensions
Parameters:
  Names: { Type: CommaDelimitedList, Default: 'one,two' }
  Open: { Type: CommaDelimitedList }
Mappings:
  Of: { dev: { Names: [x, y] } }
";

/// With this section, these resources are there, and these values stand at these paths.
#[track_caller]
fn check(sections: &str, resources: &[&str], values: &[(&str, &str)]) {
    let text = format!("{HEAD}{sections}");
    let project = lower(&text);
    let addresses: Vec<&str> = project.resources.iter().map(|one| &*one.address).collect();
    assert_eq!(addresses, resources, "{sections}");
    for (path, expected) in values {
        assert_eq!(
            rendered_at(&project, path),
            *expected,
            "{path} of {sections}"
        );
    }
    assert_eq!(project.not_read, [], "{sections}");
    assert_eq!(project.problems, [], "{sections}");
}

#[test]
fn resources_in_loops() {
    check(
        "
Resources:
  Before: { Type: T }
  Fn::ForEach::Topics:
    - Name
    - [a, b, a]
    - 'Topic${Name}':
        Type: T
        Properties: { N: !Ref Name, M: 'is ${Name}', S: !Sub '${Name}-${AWS::Region}', O: !Ref 'Topic${Name}', P: '${aws:username}' }
      'Policy${Name}': { Type: P }
  After: { Type: T, Properties: { X: !GetAtt Topicb.Arn } }
",
        &["Before", "Topica", "Policya", "Topicb", "Policyb", "After"],
        &[
            ("Topica.N", r#""a""#),
            ("Topicb.M", r#""is b""#),
            ("Topicb.S", r#"text["b-", ref(AWS::Region)]"#),
            ("Topicb.O", "ref(Topicb)"),
            ("Topicb.P", r#""${aws:username}""#),
            ("After.X", "ref(Topicb.Arn)"),
        ],
    );
}

#[test]
fn collections() {
    for (collection, expected) in [
        ("!Ref Names", &["Rone", "Rtwo"][..]),
        ("!FindInMap [Of, dev, Names]", &["Rx", "Ry"]),
        ("!Split ['-', 'p-q']", &["Rp", "Rq"]),
        ("[1, true]", &["R1", "Rtrue"]),
        ("[]", &[]),
    ] {
        let section = format!(
            "Resources: {{ 'Fn::ForEach::L': [I, {collection}, {{ 'R${{I}}': {{ Type: T }} }}] }}"
        );
        check(&section, expected, &[]);
    }
    check(
        "Resources: { 'Fn::ForEach::L': [I, ['10.0.0.0/8'], { 'R&{I}': { Type: T, Properties: { X: '${I}', Y: '&{I}' } } }] }",
        &["R100008"],
        &[
            ("R100008.X", r#""10.0.0.0/8""#),
            ("R100008.Y", r#""100008""#),
        ],
    );
}

#[test]
fn what_is_not_known_gives_one_copy() {
    check(
        "Resources: { 'Fn::ForEach::L': [I, !Ref Open, { 'R${I}': { Type: T, Properties: { X: !Ref I, Y: 'is ${I}', Z: !Sub '${I}-${AWS::Region}' } } }] }",
        &["R${I}"],
        &[
            ("R${I}.X", "ref(L)"),
            ("R${I}.Y", r#"text["is ", ref(L)]"#),
            ("R${I}.Z", r#"text[ref(L), "-", ref(AWS::Region)]"#),
        ],
    );
}

#[test]
fn loops_in_loops_and_in_properties() {
    check(
        "
Resources:
  Fn::ForEach::Outer:
    - A
    - [x, y]
    - Fn::ForEach::Inner:
        - B
        - [1, 2]
        - 'R${A}${B}':
            Type: T
            Properties:
              Own: '${A}/${B}'
              Fn::ForEach::Keys:
                - K
                - [p, q]
                - 'Is${K}': !Sub '${A}-${K}'
",
        &["Rx1", "Rx2", "Ry1", "Ry2"],
        &[("Ry2", r#"{Own: "y/2", Isp: "y-p", Isq: "y-q"}"#)],
    );
}

#[test]
fn conditions_and_outputs_in_loops() {
    check(
        "
Conditions:
  Fn::ForEach::Cs:
    - S
    - [dev, prod]
    - 'Is${S}': !Equals [!Ref S, prod]
Resources:
  A: { Type: T, Condition: Isprod }
Outputs:
  Fn::ForEach::Os:
    - N
    - [A]
    - 'Out${N}': { Value: !GetAtt '${N}.Arn' }
",
        &["A"],
        &[("Outputs.OutA", "ref(A.Arn)")],
    );
}

#[test]
fn places_are_those_of_the_body() {
    let text = format!(
        "{HEAD}Resources: {{ 'Fn::ForEach::L': [I, [a], {{ 'R${{I}}': {{ Type: T, Properties: {{ X: !Ref I }} }} }}] }}"
    );
    let project = lower(&text);
    let resource = &project.resources[0];
    assert_eq!(resource.address_span.text(&text), "'R${I}'");
    let value = resource.properties.get("X").unwrap();
    assert_eq!(value.span.text(&text), "!Ref I");
    let via = value.via.as_ref().unwrap();
    assert_eq!((&*via.name, via.span.text(&text)), ("I", "a"));
}

/// A template whose loops are not read says this.
#[track_caller]
fn check_not_read(text: &str, resources: usize, why: &str) {
    let project = lower(text);
    assert_eq!(project.resources.len(), resources, "{text}");
    let said: Vec<&str> = project
        .not_read
        .iter()
        .map(|(_, why)| why.as_str())
        .collect();
    assert!(said.contains(&why), "{said:?} of {text}");
    assert!(project.incomplete);
}

#[test]
fn loops_are_bounded() {
    let hundred: Vec<String> = (0..100).map(|number| number.to_string()).collect();
    let hundred = hundred.join(", ");
    let text = format!(
        "{HEAD}
Resources:
  Fn::ForEach::A: [A, [{hundred}], {{ 'Fn::ForEach::B': [B, [{hundred}], {{ 'Fn::ForEach::C': [C, [{hundred}], {{ 'R${{A}}x${{B}}x${{C}}': {{ Type: T }} }}] }}] }}]
"
    );
    let project = lower(&text);
    assert!(
        project.resources.len() < MAX_COPIES,
        "{}",
        project.resources.len()
    );
    let why = format!("the loops of the template make more than {MAX_COPIES} copies");
    check_not_read(&text, project.resources.len(), &why);
}

#[test]
fn without_the_transform_nothing_is_copied() {
    check_not_read(
        "Resources: { A: { Type: T }, 'Fn::ForEach::L': [I, [a], { 'R${I}': { Type: T } }] }",
        1,
        "`Fn::ForEach::L` is not expanded",
    );
}
