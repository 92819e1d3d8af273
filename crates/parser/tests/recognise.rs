//! Which files are templates.

use pillarlint_parser::recognise::{Kind, is_json, recognise};

fn check(path: &str, text: &str, is_template: bool) {
    let expected = if is_template {
        Kind::CloudFormation
    } else {
        Kind::Other
    };
    assert_eq!(recognise(path, text), expected, "{path}: {text:?}");
}

#[test]
fn templates_in_yaml() {
    for text in [
        "AWSTemplateFormatVersion: 2010-09-09\nResources:\n",
        "AWSTemplateFormatVersion: '2010-09-09'\n",
        "\u{FEFF}\"AWSTemplateFormatVersion\" : '2010-09-09'\r\n",
        "Resources:\n  B:\n    Type: AWS::S3::Bucket\n",
        "Resources:\r\n  B:\r\n    Type: \"AWS::S3::Bucket\"\r\n",
        "'Resources':\n  B: {'Type': 'Custom::Thing'}\n",
        "Resources: # all\n  B:\n    Properties: {}\n    Type: Alexa::ASK::Skill\n",
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F: !Broken [\n",
        "Resources: {}\nTransform:\n- A\n",
        "Fn::Transform: {Name: AWS::Include}\nResources:\n",
        "---\n# comment\nAWSTemplateFormatVersion: '2010-09-09'\n",
        "%YAML 1.1\n---\nResources:\n  B:\n    Type: AWS::S3::Bucket\n",
        "\n  Resources:\n    B:\n      Type: AWS::S3::Bucket\n",
        "{AWSTemplateFormatVersion: '2010-09-09', Resources: {}}",
        "a: 1\n---\nAWSTemplateFormatVersion: '2010-09-09'\n",
    ] {
        check("a/b.yaml", text, true);
        check("b.YML", text, true);
        check("x.template", text, true);
        check("notes.md", text, false);
        check("yaml", text, false);
    }
}

#[test]
fn templates_in_json() {
    for text in [
        r#"{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {}}"#,
        r#" { "AWSTemplateFormatVersion" : "2010-09-09" "#,
        r#"{"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}"#,
        r#"{"Description": "{", "Resources" : { "B": { "Properties": {}, "Type" : "Custom::B" } } }"#,
        r#"{"Transform": ["A"], "Resources": {}}"#,
        // Broken, but it says what it is: a bracket or a quote is missing.
        r#"{"Parameters": {"A": {}, "Resources": {"B": {"Type": "AWS::S3::Bucket"}}}"#,
        r#"{"Parameters": {"A": [}, "AWSTemplateFormatVersion": "2010-09-09", "Resources": {}}"#,
        "{\"Description\": \"x,\n\"Resources\": {\"B\": {\"Type\": \"AWS::S3::Bucket\"}}}",
    ] {
        check("a.json", text, true);
        check("a.template", text, true);
        check("a.yaml", text, true);
    }
}

#[test]
fn other_files() {
    for text in [
        "",
        "{}",
        "[]",
        "Resources",
        // Kubernetes, also with a template in a text.
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  t.yaml: |\n    AWSTemplateFormatVersion: '2010-09-09'\n    Resources:\n      B:\n        Type: AWS::S3::Bucket\n",
        "apiVersion: v1\nkind: Pod\n---\nkind: ConfigMap\ndata:\n  Resources:\n    Type: AWS::S3::Bucket\n",
        // A workflow, a build specification, a compose file, OpenAPI.
        "on: push\njobs:\n  a:\n    steps:\n    - run: echo Resources\n",
        "version: 0.2\nphases:\n  build:\n    commands: [ls]\n",
        "services:\n  web:\n    image: x\n    deploy:\n      Resources: {}\n",
        "openapi: 3.0.0\npaths: {}\nx-Resources:\n  Type: AWS::S3::Bucket\n",
        // The Serverless Framework.
        "service: x\nresources:\n  Resources:\n    B:\n      Type: AWS::S3::Bucket\n",
        // A fragment for AWS::Include, a parameter file.
        "B:\n  Type: AWS::S3::Bucket\n",
        "Resources:\n  a: b\n",
        r#"[{"ParameterKey": "Resources", "ParameterValue": "x"}]"#,
        r#"{"Parameters": {"Resources": "x"}}"#,
        // A package, the CDK's own files, Terraform's description of providers.
        r#"{"name": "x", "Resources": "y"}"#,
        r#"{"version": "36.0.0", "artifacts": {"Resources": {"type": "aws:cloudformation:stack"}}}"#,
        r#"{"tree": {"id": "App", "children": {"B": {"id": "Resources", "attributes": {"aws:cdk:cloudformation:type": "AWS::S3::Bucket"}}}}}"#,
        r#"{"format_version": "1.0", "provider_schemas": {"configuration": {}, "Resources": 1}}"#,
        r#"{"template": {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"B": {"Type": "AWS::S3::Bucket"}}}}"#,
    ] {
        check("a.json", text, false);
        check("a.yml", text, false);
    }
}

#[test]
fn plans_and_states() {
    for (text, expected) in [
        (
            r#"{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{"#,
            Kind::Plan,
        ),
        (
            r#"{"format_version": "1.2", "planned_values": {"a": {"template_body": "{\"Resources\": {}}"}}}"#,
            Kind::Plan,
        ),
        (
            "\u{FEFF}{\n \"complete\": true,\n \"configuration\": {\"values\": {}},\n \"format_version\" : \"1.2\"}",
            Kind::Plan,
        ),
        (
            r#"{"format_version":"2.0","resource_changes":[]}"#,
            Kind::Plan,
        ),
        (
            r#"{"format_version":"1.0","terraform_version":"1.5.0","values":{"root_module":{}}}"#,
            Kind::State,
        ),
        (
            r#"{"format_version":"1.0","terraform_version":"1.5.0"}"#,
            Kind::Other,
        ),
        (
            r#"{"format_version":"1.0","valid":true,"diagnostics":[{"values":{}}]}"#,
            Kind::Other,
        ),
        (
            r#"{"a":{"format_version":"1.2","planned_values":{}}}"#,
            Kind::Other,
        ),
        (r#"["format_version","planned_values"]"#, Kind::Other),
        ("format_version: '1.2'\nplanned_values: {}\n", Kind::Other),
    ] {
        assert_eq!(recognise("plan.json", text), expected, "{text}");
    }
}

#[test]
fn json_by_its_first_character() {
    for text in ["{", " {}", "\u{FEFF}\n{\"a\": 1}", "{ // c\n"] {
        assert!(is_json(text), "{text:?}");
    }
    for text in ["", "a: {}", "{a: 1}", "[]", "# {", "---\n{}"] {
        assert!(!is_json(text), "{text:?}");
    }
}
