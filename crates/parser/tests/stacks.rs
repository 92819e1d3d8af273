//! Nested stacks and what is included: templates, and what becomes of them together.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "support/lowered.rs"]
mod lowered;

use lowered::{check_spans, rendered_at};
use pillarlint_parser::cloudformation::{
    Deployment, Document, Files, MAX_NESTED_STACKS, MAX_SCENARIOS_IN_ALL, MAX_STACK_DEPTH,
    lower_deployed,
};
use pillarlint_parser::model::{Project, Scenario, Truth};
use pillarlint_parser::source::FileId;
use pillarlint_parser::tree::Node;
use pillarlint_parser::yaml;

/// Templates by their names; the first is the one that is deployed.
struct Folder<'t>(&'t [(&'t str, &'t str)]);

fn read(file: FileId, text: &str) -> Node<'_> {
    let parsed = yaml::parse(file, text);
    assert_eq!(parsed.problems, [], "{text}");
    parsed.documents.into_iter().next().unwrap()
}

impl<'t> Files<'t> for Folder<'t> {
    fn document(&self, _: FileId, path: &str) -> Result<Document<'t>, String> {
        let found = self.0.iter().position(|(name, _)| *name == path);
        let index = found.ok_or("is not there")?;
        let file = FileId(u32::try_from(index).unwrap());
        let text = self.0[index].1;
        Ok(Document {
            file,
            text,
            root: read(file, text),
        })
    }
}

fn lowered_with<'t>(files: &'t Folder<'t>) -> Project<'t> {
    let text = files.0[0].1;
    let root = read(FileId(0), text);
    let project = lower_deployed(FileId(0), text, root, &Deployment::default(), files);
    let texts: Vec<&str> = files.0.iter().map(|(_, text)| *text).collect();
    check_spans(&project, &texts);
    project
}

/// These templates have these resources, these values stand at these paths, and this is said.
#[track_caller]
fn check(files: &[(&str, &str)], resources: &[&str], values: &[(&str, &str)], said: &[&str]) {
    let folder = Folder(files);
    let project = lowered_with(&folder);
    let addresses: Vec<&str> = project.resources.iter().map(|one| &*one.address).collect();
    assert_eq!(addresses, resources);
    for (path, expected) in values {
        assert_eq!(rendered_at(&project, path), *expected, "{path}");
    }
    let problems = project.problems.iter().map(|one| one.message.as_str());
    let not_read = project.not_read.iter().map(|(_, why)| why.as_str());
    assert_eq!(problems.chain(not_read).collect::<Vec<_>>(), said);
}

const CALL: &str = "
Parameters: { Env: { Type: String, Default: dev } }
Resources:
  Topic: { Type: T }
  Child:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: child.yaml
      Parameters: { Env: !Ref Env, Size: 3, Arn: !GetAtt Topic.Arn, Names: !Join [',', [a, !Ref Topic]] }
  After: { Type: T, Properties: { Id: !GetAtt Child.Outputs.Id, Name: !Sub '${Child.Outputs.Name}!', Of: !Ref Child } }
";
const CHILD: &str = "
Parameters:
  Env: { Type: String }
  Size: { Type: Number }
  Arn: { Type: String }
  Names: { Type: CommaDelimitedList }
  Own: { Type: String, Default: own }
Resources:
  Inner: { Type: T, Properties: { Env: !Ref Env, Size: !Ref Size, Arn: !Sub '${Arn}/x', Names: !Ref Names, Own: !Ref Own, Second: !Select [1, !Ref Names] } }
Outputs:
  Id: { Value: !Ref Inner }
  Name: { Value: !Sub '${Env}-${Own}' }
";

#[test]
fn values_flow_in_and_out() {
    check(
        &[("root", CALL), ("child.yaml", CHILD)],
        &["Topic", "Child", "After", "Child.Inner"],
        &[
            ("Child.Inner.Env", r#""dev""#),
            ("Child.Inner.Size", r#""3""#),
            ("Child.Inner.Arn", r#"text[ref(Topic.Arn), "/x"]"#),
            ("Child.Inner.Names", r#"["a", ref(Topic)]"#),
            ("Child.Inner.Second", "ref(Topic)"),
            ("Child.Inner.Own", r#""own""#),
            ("After.Id", "ref(Child.Inner)"),
            ("After.Name", r#""dev-own!""#),
            ("After.Of", "ref(Child)"),
        ],
        &[],
    );
}

#[test]
fn places_lead_from_the_use_to_the_call() {
    let files = [("root", CALL), ("child.yaml", CHILD)];
    let folder = Folder(&files);
    let project = lowered_with(&folder);
    let inner = &project.resources[3];
    assert_eq!(inner.calls.len(), 1);
    let (place, address) = &inner.calls[0];
    assert_eq!((place.text(CALL), address.as_str()), ("Child", "Child"));
    let env = inner.properties.get("Env").unwrap();
    assert_eq!(env.span.text(CHILD), "!Ref Env");
    let given = env.via.as_ref().unwrap();
    assert_eq!(given.span.text(CALL), "!Ref Env");
    let default = given.previous.as_ref().unwrap();
    assert_eq!(default.span.text(CALL), "dev");
    // Who uses what is handed over, or given back, refers to it.
    let to = |index| -> Vec<&str> {
        let edges = project.edges_to(index);
        let from = edges.filter_map(|edge| Some(&*project.resource(edge.from?).address));
        from.collect()
    };
    assert_eq!(
        to(0),
        [
            "Child",
            "Child",
            "Child.Inner",
            "Child.Inner",
            "Child.Inner"
        ]
    );
    assert_eq!(to(3), ["After"]);
}

#[test]
fn stacks_in_stacks() {
    let middle = "
Parameters: { Of: { Type: String } }
Resources:
  Leaf: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: leaf, Parameters: { Of: !Sub '${Of}2' } } }
Outputs: { Out: { Value: !GetAtt Leaf.Outputs.Out } }
";
    let leaf = "
Parameters: { Of: { Type: String } }
Resources: { R: { Type: T, Properties: { Of: !Ref Of } } }
Outputs: { Out: { Value: !Join ['', [!Ref Of, 3]] } }
";
    let root = "
Resources:
  User: { Type: T, Properties: { A: !GetAtt A.Outputs.Out, B: !GetAtt B.Outputs.Out } }
  A: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: middle, Parameters: { Of: a } } }
  B: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: middle, Parameters: { Of: !GetAtt A.Outputs.Out } } }
";
    check(
        &[("root", root), ("middle", middle), ("leaf", leaf)],
        &["User", "A", "B", "A.Leaf", "A.Leaf.R", "B.Leaf", "B.Leaf.R"],
        &[
            ("User.A", r#""a23""#),
            ("User.B", r#""a2323""#),
            ("B.Leaf.R.Of", r#""a232""#),
        ],
        &[],
    );
}

#[test]
fn what_is_wrong_with_a_call_is_said() {
    let child = "
Parameters: { Needed: { Type: String }, Empty: { Type: String, Default: '' } }
Resources: { R: { Type: T, Properties: { Needed: !Ref Needed } } }
";
    let root = "
Resources:
  Child: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: child, Parameters: { Other: x } } }
  User: { Type: T, Properties: { X: !GetAtt Child.Outputs.None } }
";
    check(
        &[("root", root), ("child", child)],
        &["Child", "User", "Child.R"],
        &[
            ("Child.R.Needed", "ref(Child.Needed)"),
            ("User.X", "unknown"),
        ],
        &[
            "gives no value for the parameter `Needed` of `child`, which has no default",
            "`child` declares no parameter `Other`",
            "the template of `Child` has no output `None`",
        ],
    );
}

#[test]
fn what_is_not_read_is_said() {
    let call = |url: &str| {
        format!("
Resources:
  Topic: {{ Type: T }}
  Other: {{ Type: T }}
  Child: {{ Type: AWS::CloudFormation::Stack, DependsOn: Other, Properties: {{ TemplateURL: {url}, Parameters: {{ T: !Ref Topic }} }} }}
  User: {{ Type: T, Properties: {{ X: !GetAtt Child.Outputs.X }} }}
")
    };
    for (url, why) in [
        (
            "missing.yaml",
            "the stack `Child` (missing.yaml) is not there",
        ),
        (
            "'https://example.s3.amazonaws.com/t.yaml'",
            "the stack `Child` (`https://example.s3.amazonaws.com/t.yaml`) is not here",
        ),
        (
            "!Sub 'https://${AWS::Region}.example.com/t.yaml'",
            "the stack `Child` (an address that is not known) is not here",
        ),
        ("root", "the stack `Child` (root) leads round in a circle"),
    ] {
        let text = call(url);
        let files = [("root", text.as_str())];
        check(
            &files,
            &["Topic", "Other", "Child", "User"],
            &[("User.X", "ref(Child.Outputs.X)")],
            &[why],
        );
        let folder = Folder(&files);
        let project = lowered_with(&folder);
        assert!(project.unread_calls);
        assert_eq!(project.handed_over, [0]);
    }
}

#[test]
fn circles_end() {
    let other = "Resources: { Back: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: root } } }";
    let root = "Resources: { There: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: other } } }";
    check(
        &[("root", root), ("other", other)],
        &["There", "There.Back"],
        &[],
        &["the stack `There.Back` (root) leads round in a circle"],
    );
    let own = "
Resources:
  A: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: child, Parameters: { P: !GetAtt B.Outputs.O } } }
  B: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: child, Parameters: { P: !GetAtt A.Outputs.O } } }
";
    let child = "
Parameters: { P: { Type: String } }
Resources: { R: { Type: T, Properties: { P: !Ref P } } }
Outputs: { O: { Value: !Ref P } }
";
    check(
        &[("root", own), ("child", child)],
        &["A", "B", "B.R", "A.R"],
        &[("A.R.P", "unknown"), ("B.R.P", "unknown")],
        &["`A` is handed what it gives itself"],
    );
}

#[test]
fn conditions_of_stacks() {
    let root = "
Parameters: { Env: { Type: String, AllowedValues: [dev, prod] }, Flag: { Type: String, Default: 'no' } }
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsOn: !Equals [!Ref Flag, 'yes']
Resources:
  Prod:
    Type: AWS::CloudFormation::Stack
    Condition: IsProd
    Properties: { TemplateURL: child, Parameters: { Env: !Ref Env, Kind: !If [IsProd, big, small], Flag: !Ref Flag } }
  Late:
    Type: AWS::CloudFormation::Stack
    Condition: IsOn
    Properties: { TemplateURL: child, Parameters: { Env: dev, Kind: !If [IsProd, big, small], Flag: !Ref Flag } }
";
    let child = "
Parameters: { Env: { Type: String }, Kind: { Type: String }, Flag: { Type: String } }
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsBig: !Equals [!Ref Kind, big]
  IsOn: !Equals [!Ref Flag, 'yes']
Resources:
  R: { Type: T, Properties: { Prod: !If [IsProd, a, b], Big: !If [IsBig, a, b], Flag: !If [IsOn, a, b] } }
  Big: { Type: T, Condition: IsBig }
  Small: { Type: T, Condition: [], Properties: {} }
  OnlyOn: { Type: T, Condition: IsOn, Properties: { Flag: !If [IsOn, a, b], Value: !Ref Flag } }
";
    let child = child.replace("Condition: [], ", "");
    let files = [("root", root), ("child", child.as_str())];
    let folder = Folder(&files);
    let project = lowered_with(&folder);
    assert_eq!(project.problems, []);
    for (path, expected) in [
        // Where the stack exists, it is production; what it is handed says so, too.
        ("Prod.R.Prod", r#""a""#),
        ("Prod.R.Big", r#""a""#),
        ("Prod.R.Flag", r#""b""#),
        ("Late.R.Prod", r#""b""#),
        // Whether it is, nobody knows here.
        ("Late.R.Big", r#"choice(Late.IsBig, "a", "b")"#),
        // The stack exists only where it is on, which the defaults rule out.
        ("Late.R.Flag", r#""a""#),
        ("Late.OnlyOn.Flag", r#""a""#),
        ("Prod.OnlyOn.Flag", r#""a""#),
        ("Prod.OnlyOn.Value", "ref(Prod.Flag)"),
    ] {
        assert_eq!(rendered_at(&project, path), expected, "{path}");
    }
    let exists = |address: &str| {
        let resource = project.resources.iter().find(|one| one.address == address);
        let resource = resource.unwrap();
        let exists = project.exists(resource, resource.scenario, &[]);
        let by_default = project.exists(resource, Scenario::DEFAULTS, &[]);
        (
            resource.condition.clone().unwrap_or_default().into_owned(),
            matches!(exists, Truth::Open(_)),
            by_default == Truth::Known(false),
        )
    };
    for (address, condition, is_open, never_by_default) in [
        ("Prod.R", "IsProd", true, false),
        ("Prod.Big", "Prod.IsBig", true, false),
        ("Late.R", "IsOn", true, true),
        // Its own condition is looked at only in the scenario in which the stack exists.
        ("Late.Big", "Late.IsBig", true, false),
        ("Prod.OnlyOn", "Prod.IsOn", true, true),
    ] {
        let expected = (condition.to_owned(), is_open, never_by_default);
        assert_eq!(exists(address), expected, "{address}");
    }
}

#[test]
fn templates_that_stand_in_a_resource() {
    let root = r#"
Resources:
  Set:
    Type: AWS::CloudFormation::StackSet
    Properties:
      Parameters: [{ ParameterKey: P, ParameterValue: x }]
      TemplateBody: |
        Parameters: { P: { Type: String } }
        Resources:
          R:
            Type: T
            Properties: { P: !Ref P }
  Json:
    Type: AWS::CloudFormation::StackSet
    Properties:
      TemplateBody: '{"Resources": {"R": {"Type": "T", "Properties": {"A": {"Fn::Join": ["", ["a", 1]]}}}}}'
"#;
    check(
        &[("root", root)],
        &["Set", "Json", "Set.R", "Json.R"],
        &[("Set.R.P", r#""x""#), ("Json.R.A", r#""a1""#)],
        &[],
    );
    let files = [("root", root)];
    let folder = Folder(&files);
    let project = lowered_with(&folder);
    let inner = &project.resources[2];
    let value = inner.properties.get("P").unwrap();
    assert_eq!(value.span.text(root), "!Ref P");
    assert_eq!(value.via.as_ref().unwrap().span.text(root), "x");
    assert_eq!(inner.address_span.text(root), "R");
}

#[test]
fn includes() {
    let root = "
Transform:
  Name: AWS::Include
  Parameters: { Location: sections }
Resources:
  Fn::Transform: { Name: AWS::Include, Parameters: { Location: resources } }
  Own:
    Type: T
    Properties:
      Own: 1
      Fn::Transform: { Name: AWS::Include, Parameters: { Location: properties } }
      List: { Fn::Transform: { Name: AWS::Include, Parameters: { Location: list } } }
      Found: !FindInMap [Sizes, a, b]
";
    check(
        &[
            ("root", root),
            (
                "sections",
                "Mappings: { Sizes: { a: { b: 7 } } }\nResources: { More: { Type: T } }",
            ),
            (
                "resources",
                "Added: { Type: T, Properties: { Of: !Ref Own } }",
            ),
            ("properties", "Own: 2\nName: !Ref AWS::StackName"),
            ("list", "[a, !Ref Added]"),
        ],
        &["Own", "More", "Added"],
        &[
            ("Added.Of", "ref(Own)"),
            ("Own.Own", "1"),
            ("Own.Name", "ref(AWS::StackName)"),
            ("Own.List", r#"["a", ref(Added)]"#),
            ("Own.Found", "7"),
        ],
        &[],
    );
    check(
        &[(
            "root",
            "Resources:\n  A: { Type: T, Properties: { Fn::Transform: { Name: AWS::Include, Parameters: { Location: gone } } } }",
        )],
        &["A"],
        &[("A", "unknown")],
        &[
            "`gone`, which it includes, is not there",
            "`Fn::Transform` is not expanded",
        ],
    );
}

#[test]
fn stacks_are_bounded() {
    // Each calls the next twice.
    let names: Vec<String> = (0..40).map(|number| format!("t{number}")).collect();
    let texts: Vec<String> = (1..41)
        .map(|next| {
            let call = format!(
                "{{ Type: AWS::CloudFormation::Stack, Properties: {{ TemplateURL: t{next} }} }}"
            );
            format!("Resources: {{ A: {call}, B: {call}, R: {{ Type: T }} }}")
        })
        .collect();
    let files: Vec<(&str, &str)> = names
        .iter()
        .zip(&texts)
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let folder = Folder(&files);
    let project = lowered_with(&folder);
    let made = project.resources.iter().filter(|one| one.kind == "T");
    assert_eq!(made.count(), MAX_NESTED_STACKS + 1);
    let said = |why: &str| project.not_read.iter().any(|(_, one)| one.contains(why));
    assert!(said(&format!("stacks are followed {MAX_STACK_DEPTH} deep")));
    assert!(said(&format!("{MAX_NESTED_STACKS} nested stacks are")));
}

#[test]
fn conditions_that_many_stacks_share() {
    // Each stack rules out as many conditions by its defaults as a template may open.
    let mut root = "Parameters: { P: { Type: String, Default: none } }\nResources:\n".to_owned();
    for number in 0..26 {
        root.push_str(&format!("  S{number}: {{ Type: AWS::CloudFormation::Stack, Properties: {{ TemplateURL: child, Parameters: {{ P: !Ref P }} }} }}\n"));
    }
    let mut child =
        "Parameters: { P: { Type: String } }\nConditions:\n  C0: !Equals [!Ref P, x]\n".to_owned();
    for number in 1..200 {
        let before = number - 1;
        child.push_str(&format!(
            "  C{number}: !Or [!Condition C{before}, !Equals [!Ref P, x{number}]]\n"
        ));
    }
    child.push_str("Resources:\n");
    for number in 0..200 {
        child.push_str(&format!("  R{number}: {{ Type: T, Condition: C{number}, Properties: {{ X: !If [C{number}, a, b] }} }}\n"));
    }
    let files = [("root", root.as_str()), ("child", child.as_str())];
    let folder = Folder(&files);
    let project = lowered_with(&folder);
    assert_eq!(rendered_at(&project, "S0.R60.X"), r#""a""#);
    let said = "and more than 64 conditions are like that";
    let left_out = project
        .not_read
        .iter()
        .filter(|(_, why)| why.contains(said));
    let made = project.resources.iter().filter(|one| one.kind == "T");
    let made = made.count();
    assert_eq!(left_out.count() + made, 26 * 200);
    assert!(made <= MAX_SCENARIOS_IN_ALL, "{made}");
}
