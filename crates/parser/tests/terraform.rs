//! Terraform configurations become projects.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

#[path = "support/lowered.rs"]
mod lowered;

use pillarlint_parser::model::{Project, Scenario};
use pillarlint_parser::source::{FileId, Span};
use pillarlint_parser::terraform::block::Arguments;
use pillarlint_parser::terraform::{self, Call, File, Folder, Folders, NoFiles, Options};
use pillarlint_parser::tree::{Node, Origin, Symbol, Value};
use std::collections::{BTreeMap, HashMap};

/// A table of a few blocks.
struct Table;

impl Arguments for Table {
    fn is_single(&self, _: &str, path: &[&str]) -> bool {
        matches!(path, [.., "logging" | "versioning"])
    }

    fn is_block(&self, _: &str, path: &[&str]) -> bool {
        matches!(
            path,
            [
                ..,
                "logging" | "versioning" | "ingress" | "statement" | "default_tags"
            ]
        )
    }

    fn has(&self, kind: &str, name: &str) -> bool {
        kind != "aws_without_tags" && name == "tags"
    }
}

/// Files by path, one after another: a line `== main.tf` begins one. What stands before is `main.tf`.
fn files(text: &str) -> Vec<(String, &str)> {
    let mut begins: Vec<(usize, usize, &str)> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if let Some(path) = line.trim().strip_prefix("== ") {
            begins.push((at, at + line.len(), path));
        }
        at += line.len();
    }
    let first = begins.first().map_or(text.len(), |(at, ..)| *at);
    let mut files = Vec::new();
    if !text[..first].trim().is_empty() {
        files.push(("main.tf".to_owned(), &text[..first]));
    }
    for (index, (_, from, path)) in begins.iter().enumerate() {
        let to = begins.get(index + 1).map_or(text.len(), |(at, ..)| *at);
        files.push(((*path).to_owned(), &text[*from..to]));
    }
    files
}

struct Tree<'s>(BTreeMap<String, Folder<'s>>);

impl<'s> Folders<'s> for Tree<'s> {
    fn called(&self, call: &Call<'_, 's>) -> Result<&Folder<'s>, String> {
        let source = call.source.trim_start_matches("./");
        self.0.get(source).ok_or_else(|| "is not here".to_owned())
    }
}

fn with_project<T>(text: &str, look: impl FnOnce(&Project<'_>, &[(String, &str)]) -> T) -> T {
    let files = files(text);
    let mut tree = BTreeMap::new();
    for (file, (path, text)) in (0..).map(FileId).zip(&files) {
        let folder = path.rsplit_once('/').map_or(".", |(folder, _)| folder);
        let entry = tree.entry(folder.to_owned()).or_insert_with(|| Folder {
            path: folder.to_owned(),
            ..Folder::default()
        });
        entry.files.push(File::read(file, path, text));
    }
    for folder in tree.values_mut() {
        folder
            .files
            .sort_by_key(|file| terraform::is_override(&file.path));
    }
    let tree = Tree(tree);
    let options = Options {
        variables: HashMap::new(),
        arguments: &Table,
        files: &NoFiles,
        workspace: "default",
    };
    let project = terraform::lower(&tree.0["."], &tree, &options);
    let texts: Vec<&str> = files.iter().map(|(_, text)| *text).collect();
    lowered::check_spans(&project, &texts);
    look(&project, &files)
}

/// Runs in a thread with as much room as the command line gives.
fn in_large_stack(run: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(8 << 20);
        thread.spawn_scoped(scope, run).unwrap().join().unwrap();
    });
}

/// A value in short: what is not known in `<>`.
fn show(project: &Project<'_>, node: &Node<'_>) -> String {
    let inner = |node: &Node<'_>| show(project, node);
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(held) => held.to_string(),
        Value::Number(text) => text.to_string(),
        Value::String(text) => format!("{text:?}"),
        Value::Json(json) => format!("json{}", inner(&json.tree)),
        Value::List(items) => format!(
            "[{}]",
            items.iter().map(inner).collect::<Vec<_>>().join(", ")
        ),
        Value::Map(map) => {
            let entry = |entry: &pillarlint_parser::tree::Entry<'_>| {
                format!("{}: {}", entry.key, inner(&entry.value))
            };
            format!(
                "{{{}}}",
                map.entries.iter().map(entry).collect::<Vec<_>>().join(", ")
            )
        }
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Unknown(why) if why.starts_with("Terraform refuses it") => "<error>".to_owned(),
            Symbol::Unknown(_) => "<?>".to_owned(),
            Symbol::Reference(one) => {
                let origin = match &one.origin {
                    Origin::Resource(index) => project.resource(*index).address.to_string(),
                    Origin::Parameter(name) | Origin::Import(name) | Origin::Pseudo(name) => {
                        name.to_string()
                    }
                    Origin::Zones(_) => "zones".to_owned(),
                };
                let indices: String = one
                    .indices
                    .iter()
                    .map(|index| format!("[{index}]"))
                    .collect();
                match &*one.attribute {
                    "" => format!("<{origin}{indices}>"),
                    attribute => format!("<{origin}.{attribute}{indices}>"),
                }
            }
            Symbol::Text(pieces) => {
                let piece = |piece: &Node<'_>| match &piece.value {
                    Value::String(text) => text.to_string(),
                    _ => inner(piece),
                };
                format!("\"{}\"", pieces.iter().map(piece).collect::<String>())
            }
            Symbol::Choice(choice) => {
                let branch =
                    |branch: &Option<Node<'_>>| branch.as_ref().map_or("-".to_owned(), inner);
                let name = project.conditions.name(choice.condition);
                format!(
                    "({name} ? {} : {})",
                    branch(&choice.then),
                    branch(&choice.otherwise)
                )
            }
        },
    }
}

/// Checks the resources (`address {properties}`) and the outputs (`name = value`) of a configuration.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    with_project(text, |project, _| {
        let resources = project.resources.iter().map(|resource| {
            let condition = resource.condition.as_ref();
            let condition = condition.map_or(String::new(), |name| format!(" if {name}"));
            format!(
                "{}{condition} {}",
                resource.address,
                show(project, &resource.properties)
            )
        });
        let outputs = project
            .outputs
            .iter()
            .map(|output| format!("{} = {}", output.name, show(project, &output.value)));
        let not_read = project
            .not_read
            .iter()
            .map(|(_, why)| format!("not read: {why}"));
        let problems = project
            .problems
            .iter()
            .map(|problem| format!("problem: {}", problem.message));
        let found: Vec<String> = resources
            .chain(outputs)
            .chain(not_read)
            .chain(problems)
            .collect();
        assert_eq!(found, expected, "{text}");
    });
}

/// Checks where the value of a property of the first resource stands, and what stands behind it.
#[track_caller]
fn check_places(text: &str, path: &str, expected: &[&str]) {
    with_project(text, |project, files| {
        let mut node = &project.resources[0].properties;
        for step in path.split('.') {
            node = match step.parse::<usize>() {
                Ok(at) => &node.as_list().unwrap()[at],
                Err(_) => node.get(step).unwrap_or_else(|| panic!("no {step}")),
            };
        }
        let shown = |span: Span| {
            let (path, text) = &files[span.file.0 as usize];
            format!("{path}: {}", span.text(text))
        };
        let mut found = vec![shown(node.span)];
        let mut via = node.via.as_deref();
        while let Some(step) = via {
            found.push(format!(
                "{:?} {} at {}",
                step.kind,
                step.name,
                shown(step.span)
            ));
            via = step.previous.as_deref();
        }
        assert_eq!(found, expected, "{text}");
    });
}

#[test]
fn values() {
    for (expression, expected) in [
        (r#""a-${var.given}""#, r#""a-<var.given>""#),
        ("var.preset", "\"p\""),
        ("local.later", "\"p!\""),
        ("[for x in [1, 2] : x * 2]", "[2, 4]"),
        ("{ for k, v in { b = 1, a = 2 } : k => v }", "{a: 2, b: 1}"),
        ("var.given ? 1 : 2", "(var.given ? 1 : 2)"),
        ("var.given == \"a\" ? 1 : 1", "1"),
        ("try(local.none.x, 3)", "3"),
        ("try(var.given.x, 3)", "<var.given.x>"),
        ("can(local.none.x)", "false"),
        ("aws_x.other.name", "\"n\""),
        ("aws_x.other.id", "<aws_x.other.id>"),
        ("aws_x.named.name", "<aws_x.named.name>"),
        ("aws_x.named.other", "\"<var.given>-o\""),
        (
            "data.aws_availability_zones.one.names[0]",
            "<data.aws_availability_zones.one.names[0]>",
        ),
        ("aws_x.other.tags[\"a\"]", "<aws_x.other.tags.a>"),
        ("aws_x.counted[1].name", "\"c1\""),
        ("aws_x.counted[*].name", "[\"c0\", \"c1\"]"),
        (
            "aws_x.counted.*.id",
            "[<aws_x.counted[0].id>, <aws_x.counted[1].id>]",
        ),
        ("aws_x.keyed[\"k\"].name", "\"k-v\""),
        ("values(aws_x.keyed)[*].id", "[<aws_x.keyed[\"k\"].id>]"),
        (
            "[for one in aws_x.keyed : one.id]",
            "[<aws_x.keyed[\"k\"].id>]",
        ),
        ("aws_x.open[0].id", "<aws_x.open[count.index].id>"),
        ("length(aws_x.open)", "<?>"),
        ("aws_x.missing.id", "<error>"),
        ("data.aws_region.here.name", "<AWS::Region>"),
        ("data.aws_availability_zones.all.names[1]", "<zones[1]>"),
        (
            "slice(data.aws_availability_zones.all.names, 0, 2)",
            "[<zones[0]>, <zones[1]>]",
        ),
        ("data.aws_vpc.main.id", "<data.aws_vpc.main.id>"),
        ("data.aws_vpc.main.cidr_block", "\"10.0.0.0/8\""),
        ("terraform.workspace", "\"default\""),
        ("null", "null"),
    ] {
        let text = format!(
            r#"
            variable "given" {{}}
            variable "preset" {{ default = "p" }}
            locals {{
              later = "${{local.first}}!"
              first = var.preset
              none  = {{}}
            }}
            resource "aws_x" "other" {{ name = "n" }}
            resource "aws_x" "named" {{
              name  = "${{var.given}}-n"
              other = "${{var.given}}-o"
            }}
            data "aws_availability_zones" "one" {{
              filter {{
                name   = "zone-name"
                values = ["eu-west-1a"]
              }}
            }}
            resource "aws_x" "counted" {{
              count = 2
              name  = "c${{count.index}}"
            }}
            resource "aws_x" "keyed" {{
              for_each = {{ k = "v" }}
              name     = "${{each.key}}-${{each.value}}"
            }}
            resource "aws_x" "open" {{ count = var.given }}
            data "aws_region" "here" {{}}
            data "aws_availability_zones" "all" {{}}
            data "aws_vpc" "main" {{ cidr_block = "10.0.0.0/8" }}
            output "o" {{ value = {expression} }}
            "#
        );
        with_project(&text, |project, _| {
            assert_eq!(
                show(project, &project.outputs[0].value),
                expected,
                "{expression}"
            );
        });
    }
}

#[test]
fn instances_under_conditions() {
    check(
        r#"
        variable "on" {}
        resource "aws_x" "maybe" {
          count = var.on ? 1 : 0
          name  = "m"
        }
        resource "aws_x" "not" { count = var.on ? 0 : 1 }
        resource "aws_x" "none" { count = 0 }
        resource "aws_x" "keyed" {
          for_each = var.on ? { a = 1 } : {}
          name     = each.key
        }
        output "id" { value = aws_x.maybe[0].id }
        output "ids" { value = aws_x.maybe[*].id }
        output "one" { value = one(aws_x.maybe[*].name) }
        output "fallback" { value = try(aws_x.maybe[0].name, "f") }
        "#,
        &[
            "aws_x.keyed[\"a\"] if var.on {name: \"a\"}",
            "aws_x.maybe[0] if var.on {name: \"m\"}",
            "aws_x.not[0] if !(var.on) {}",
            "fallback = (var.on ? \"m\" : \"f\")",
            "id = <aws_x.maybe[0].id>",
            "ids = (var.on ? [<aws_x.maybe[0].id>] : [])",
            "one = (var.on ? \"m\" : null)",
        ],
    );
}

#[test]
fn conditions_of_instances_are_their_own() {
    check(
        r#"
        variable "on" {}
        resource "aws_x" "each" {
          for_each = { a = var.on.a, b = var.on.b }
          name     = each.value ? 1 : 2
        }
        "#,
        &[
            "aws_x.each[\"a\"] {name: (each.value ? 1 : 2)}",
            "aws_x.each[\"b\"] {name: (each.value [2] ? 1 : 2)}",
        ],
    );
}

#[test]
fn conditions_agree_through_modules() {
    check(
        r#"
        variable "on" {}
        module "m" {
          source = "./m"
          count  = var.on ? 1 : 0
          create = !var.on
        }
        == m/main.tf
        variable "create" {}
        resource "aws_x" "a" { count = var.create ? 1 : 0 }
        "#,
        &["module.m[0].aws_x.a[0] if var.on && var.create in module.m[0] {}"],
    );
}

/// A question stays the same through locals and arguments, so that what contradicts itself is known to.
#[test]
fn questions_stay_the_same_through_names() {
    for (test, other) in [
        ("local.both", "!var.on"),
        ("local.prod", "var.env != \"prod\""),
        ("local.prod", "local.dev"),
        ("local.many", "!(var.count > 1)"),
        ("var.on == true", "!var.on"),
    ] {
        let text = format!(
            r#"
            variable "on" {{}}
            variable "env" {{}}
            variable "count" {{}}
            locals {{
              both = var.on && var.env == "x"
              prod = var.env == "prod"
              dev  = var.env == "dev"
              many = var.count > 1
            }}
            resource "aws_x" "a" {{
              count = {test} ? 1 : 0
              name  = {other} ? 1 : 2
            }}
            "#
        );
        with_project(&text, |project, _| {
            let exists = project.resources[0].condition.as_ref().unwrap();
            let exists = project.conditions.id(Scenario::DEFAULTS, exists).unwrap();
            let name = project.resources[0].properties.get("name").unwrap();
            let Value::Symbol(symbol) = &name.value else {
                panic!("no choice")
            };
            let Symbol::Choice(choice) = &**symbol else {
                panic!("no choice")
            };
            let conditions = &project.conditions;
            assert!(conditions.satisfiable(&[(exists, true), (choice.condition, false)]));
            assert!(
                !conditions.satisfiable(&[(exists, true), (choice.condition, true)]),
                "{test} {other}"
            );
        });
    }
}

#[test]
fn blocks() {
    check(
        r#"
        variable "open" {}
        resource "aws_x" "a" {
          logging { target = "t" }
          ingress { port = 1 }
          ingress { port = 2 }
        }
        resource "aws_x" "b" {
          dynamic "logging" {
            for_each = ["t"]
            content { target = logging.value }
          }
          dynamic "ingress" {
            for_each = ["x", "y"]
            iterator = each_port
            content {
              port = each_port.key
              dynamic "statement" {
                for_each = toset(["s"])
                content { sid = "${each_port.value}${statement.key}" }
              }
            }
          }
        }
        resource "aws_x" "c" {
          ingress { port = 1 }
          dynamic "ingress" {
            for_each = var.open
            content { port = ingress.value }
          }
        }
        resource "aws_x" "d" {
          dynamic "ingress" {
            for_each = var.open ? [1] : []
            content { port = ingress.value }
          }
          dynamic "logging" {
            for_each = var.open ? [1] : []
            content { target = logging.value }
          }
        }
        resource "aws_x" "e" {
          dynamic "logging" {
            for_each = []
            content { target = logging.value }
          }
        }
        "#,
        &[
            "aws_x.a {logging: {target: \"t\"}, ingress: [{port: 1}, {port: 2}]}",
            "aws_x.b {logging: {target: \"t\"}, ingress: [{port: 0, statement: [{sid: \"xs\"}]}, {port: 1, statement: [{sid: \"ys\"}]}]}",
            "aws_x.c {ingress: [{port: 1}, <?>]}",
            "aws_x.d {ingress: (var.open ? [{port: 1}] : -), logging: (var.open ? {target: 1} : -)}",
            "aws_x.e {}",
        ],
    );
}

#[test]
fn json_reads_as_hcl_does() {
    let expected = [
        "aws_x.a {name: \"n-p\", list: [1, \"x\"], logging: {target: \"t\"}, ingress: [{port: 1}, {port: 2}]}",
        "aws_x.b[0] {ingress: [{port: 3}]}",
        "o = <aws_x.a.id>",
    ];
    check(
        r#"
        variable "v" { default = "p" }
        resource "aws_x" "a" {
          name = "n-${var.v}"
          list = [1, "x"]
          logging { target = "t" }
          ingress { port = 1 }
          ingress { port = 2 }
        }
        resource "aws_x" "b" {
          count = 1
          dynamic "ingress" {
            for_each = [3]
            content { port = ingress.value }
          }
        }
        output "o" { value = aws_x.a.id }
        "#,
        &expected,
    );
    check(
        r#"== main.tf.json
        {
          "//": "a comment",
          "variable": { "v": { "default": "p" } },
          "resource": [{ "aws_x": {
            "a": {
              "name": "n-${var.v}",
              "list": [1, "x"],
              "logging": { "target": "t" },
              "ingress": [{ "port": 1 }, { "port": 2 }]
            },
            "b": [{
              "count": "${1}",
              "dynamic": { "ingress": { "for_each": [3], "content": { "port": "${ingress.value}" } } }
            }]
          } }],
          "output": { "o": { "value": "${aws_x.a.id}" } }
        }
        "#,
        &expected,
    );
}

#[test]
fn what_only_json_has() {
    check(
        r#"== main.tf.json
        {
          "variable": { "v": { "type": "object({ a = optional(number, 75), b = optional(string, \"x\") })", "default": {} } },
          "resource": { "aws_x": { "a": {
            "size": "${var.v.a}",
            "name": "${var.v.b}",
            "ingress": [{ "port": 1 }],
            "dynamic": { "ingress": { "for_each": [2], "content": { "port": "${ingress.value}" } } },
            "listed": [{ "port": 3 }]
          } } }
        }
        "#,
        &["aws_x.a {size: 75, name: \"x\", listed: [{port: 3}], ingress: [{port: 1}, {port: 2}]}"],
    );
}

#[test]
fn override_files() {
    check(
        r#"
        resource "aws_x" "a" {
          name = "first"
          kept = true
          ingress { port = 1 }
          ingress { port = 2 }
          logging { target = "t" }
        }
        locals { a = 1 }
        output "a" { value = local.a }
        == a_override.tf
        locals { a = 2 }
        resource "aws_x" "a" {
          name = "second"
          dynamic "ingress" {
            for_each = [9]
            content { port = ingress.value }
          }
        }
        == override.tf.json
        { "resource": { "aws_x": { "a": { "name": "third" } } } }
        "#,
        &[
            "aws_x.a {kept: true, name: \"third\", logging: {target: \"t\"}, ingress: [{port: 9}]}",
            "a = 2",
        ],
    );
}

#[test]
fn modules() {
    check(
        r#"
        module "net" {
          source   = "./net"
          for_each = toset(["a", "b"])
          cidr     = "10.0.0.0/16"
          given    = null
        }
        module "far" { source = "acme/far/aws" }
        resource "aws_x" "x" {
          subnets = module.net["a"].ids
          far     = module.far.id
        }
        output "all" { value = [for net in module.net : net.name] }
        == net/main.tf
        variable "cidr" { type = string }
        variable "given" {
          default  = "d"
          nullable = false
        }
        variable "size" {
          type    = object({ count = optional(number, 2), name = optional(string) })
          default = {}
        }
        resource "aws_subnet" "s" {
          count = var.size.count
          cidr  = cidrsubnet(var.cidr, 8, count.index)
          name  = var.given
        }
        output "ids" { value = aws_subnet.s[*].id }
        output "name" { value = "${path.module}-${var.given}" }
        "#,
        &[
            "aws_x.x {subnets: [<module.net[\"a\"].aws_subnet.s[0].id>, <module.net[\"a\"].aws_subnet.s[1].id>], far: <module.far.id>}",
            "module.net[\"a\"].aws_subnet.s[0] {cidr: \"10.0.0.0/24\", name: \"d\"}",
            "module.net[\"a\"].aws_subnet.s[1] {cidr: \"10.0.1.0/24\", name: \"d\"}",
            "module.net[\"b\"].aws_subnet.s[0] {cidr: \"10.0.0.0/24\", name: \"d\"}",
            "module.net[\"b\"].aws_subnet.s[1] {cidr: \"10.0.1.0/24\", name: \"d\"}",
            "all = [\"net-d\", \"net-d\"]",
            "not read: `module.far` (acme/far/aws) is not here",
        ],
    );
}

#[test]
fn tags_of_the_provider() {
    check(
        r#"
        variable "team" {}
        provider "aws" {
          default_tags { tags = { Env = "prod", Team = "all" } }
        }
        provider "aws" {
          alias = "west"
          default_tags { tags = var.team }
        }
        resource "aws_a" "a" { tags = { Team = "mine" } }
        resource "aws_b" "b" {}
        resource "aws_c" "c" {
          provider = aws.west
          tags     = { Team = "mine" }
        }
        resource "aws_without_tags" "d" {}
        module "m" {
          source    = "./m"
          providers = { aws = aws.west }
        }
        == m/main.tf
        resource "aws_e" "e" {}
        "#,
        &[
            "aws_a.a {tags: {Team: \"mine\", Env: \"prod\"}}",
            "aws_b.b {tags: {Env: \"prod\", Team: \"all\"}}",
            "aws_c.c {tags: <?>}",
            "aws_without_tags.d {}",
            "module.m.aws_e.e {tags: <var.team>}",
        ],
    );
}

#[test]
fn what_terraform_would_refuse_is_said() {
    check(
        r#"
        module "m" {
          source = "./m"
          nam    = "x"
        }
        resource "aws_x" "a" {
          name  = var.nope
          other = resource.aws_x.b.id
        }
        resource "aws_x" "b" {}
        moved {
          from = module.gone
          to   = module.m
        }
        output "o" { value = try(local.nope, module.nope.x, 1) }
        == m/main.tf
        variable "name" { default = "n" }
        "#,
        &[
            "aws_x.a {name: <error>, other: <aws_x.b.id>}",
            "aws_x.b {}",
            "o = 1",
            "problem: the module has no variable `nam`",
            "problem: the variable `nope` is not declared",
            "problem: the local value `nope` is not declared",
            "problem: `module.nope` is not declared",
        ],
    );
}

#[test]
fn what_goes_round_is_said() {
    check(
        r#"
        locals {
          a = local.b
          b = local.a
        }
        resource "aws_x" "a" { name = aws_x.b.name }
        resource "aws_x" "b" { name = aws_x.a.name }
        output "o" { value = local.a }
        "#,
        &[
            "aws_x.a {name: <aws_x.b.name>}",
            "aws_x.b {name: <aws_x.b.name>}",
            "o = <?>",
            "problem: `local.a` refers to itself",
        ],
    );
    check(
        "module \"m\" { source = \"./m\" }\n== m/main.tf\nmodule \"n\" { source = \"./n\" }\n== n/main.tf\nmodule \"m\" { source = \"./m\" }",
        &["not read: `module.m` (./m) calls itself"],
    );
}

#[test]
fn places_are_those_of_use() {
    let text = r#"
        variable "cidrs" { default = ["0.0.0.0/0"] }
        locals { open = var.cidrs }
        resource "aws_x" "a" {
          plain  = "written"
          list   = local.open
          merged = merge({ a = 1 }, { b = var.cidrs[0] })
        }
    "#;
    check_places(text, "plain", &["main.tf: \"written\""]);
    check_places(
        text,
        "list.0",
        &[
            "main.tf: local.open",
            "Local local.open at main.tf: var.cidrs",
            "Variable var.cidrs at main.tf: \"0.0.0.0/0\"",
        ],
    );
    check_places(
        text,
        "merged.b",
        &[
            "main.tf: var.cidrs[0]",
            "Variable var.cidrs at main.tf: \"0.0.0.0/0\"",
        ],
    );
    check_places(text, "merged.a", &["main.tf: 1"]);
    check_places(
        r#"
        resource "aws_x" "a" {
          for_each = { k = { cidr = "0.0.0.0/0" } }
          cidr     = each.value.cidr
        }
        "#,
        "cidr",
        &[
            "main.tf: each.value.cidr",
            "Element each at main.tf: \"0.0.0.0/0\"",
        ],
    );
    check_places(
        "module \"m\" {\n source = \"./m\"\n cidr = \"0.0.0.0/0\"\n}\n== m/main.tf\nvariable \"cidr\" {}\nresource \"aws_x\" \"a\" { cidr = var.cidr }",
        "cidr",
        &[
            "m/main.tf: var.cidr",
            "Argument cidr` of `module.m at main.tf: \"0.0.0.0/0\"",
        ],
    );
}

#[test]
fn a_part_that_is_not_read_hides_nothing_else() {
    with_project(
        "resource \"aws_x\" \"a\" { name = aws_x.b.id }\nresource \"aws_x\" \"b\" { name = }\n",
        |project, _| {
            assert!(project.incomplete);
            assert_eq!(project.resources.len(), 1);
            let name = project.resources[0].properties.get("name").unwrap();
            assert_eq!(show(project, name), "<?>");
        },
    );
}

#[test]
fn variables_that_nothing_uses() {
    with_project(
        r#"
        variable "in_resource" {}
        variable "in_provider" {}
        variable "in_unread_call" {}
        variable "in_template" {}
        variable "by_itself" {
          validation { condition = var.by_itself != "" }
        }
        variable "in_local" {}
        variable "never" {}
        locals { a = var.in_local }
        provider "x" { a = var.in_provider }
        module "far" {
          source = "acme/far/aws"
          a      = var.in_unread_call
        }
        resource "aws_x" "a" {
          name  = var.in_resource
          other = "${"${var.in_template}"}"
        }
        "#,
        |project, _| {
            let unused = project.declarations.iter().filter(|one| !one.used);
            let unused: Vec<&str> = unused.map(|one| &*one.name).collect();
            assert_eq!(unused, ["by_itself", "never"]);
        },
    );
}

#[test]
fn what_a_module_that_is_not_read_is_handed() {
    with_project(
        r#"
        module "far" {
          source = "acme/far/aws"
          bucket = local.bucket
        }
        module "many" {
          source   = "acme/many/aws"
          for_each = { a = aws_x.each.id }
          bucket   = each.value
        }
        locals { bucket = aws_x.handed.id }
        resource "aws_x" "each" {}
        resource "aws_x" "handed" {}
        resource "aws_x" "kept" { name = local.bucket }
        "#,
        |project, _| {
            assert!(project.unread_calls && !project.incomplete);
            let handed = project
                .handed_over
                .iter()
                .map(|index| project.resource(*index));
            let handed: Vec<&str> = handed.map(|one| &*one.address).collect();
            assert_eq!(handed, ["aws_x.each", "aws_x.handed"]);
            // A local value that was evaluated for one refers for the other too.
            let to: Vec<u32> = project.edges.iter().filter_map(|edge| edge.from).collect();
            assert_eq!(to, [2]);
        },
    );
}

#[test]
fn what_for_each_of_a_call_refers_to() {
    let calls = |collection: &str| {
        format!(
            r#"
            module "far" {{
              source = "./far"
              groups = {{
                a = {{ id = aws_g.a.id, name = aws_g.named.name }}
                b = {{ id = aws_g.b.id, name = "fixed" }}
              }}
            }}
            resource "aws_g" "a" {{}}
            resource "aws_g" "b" {{}}
            resource "aws_g" "named" {{ name = "known" }}
            == far/main.tf
            variable "groups" {{}}
            module "near" {{
              source   = "./near"
              for_each = {collection}
              group    = each.value
            }}
            == near/main.tf
            variable "group" {{}}
            resource "aws_x" "uses" {{ group = var.group }}
            resource "aws_y" "none" {{ a = 1 }}
            "#
        )
    };
    let uses = |text: &str| {
        with_project(text, |project, _| {
            let name = |index: u32| project.resource(index).address.replace("module.", "");
            let edges = project.edges.iter();
            let edges = edges.map(|edge| format!("{} {}", name(edge.from.unwrap()), name(edge.to)));
            let mut edges: Vec<String> = edges.collect();
            edges.sort();
            edges
        })
    };
    // What is known no longer says where it came from: it may be any instance's.
    let near = |key: &str, to: &str| format!("far.near[{key}].aws_x.uses aws_g.{to}");
    let expected = [
        near("\"a\"", "a"),
        near("\"a\"", "named"),
        near("\"b\"", "b"),
        near("\"b\"", "named"),
    ];
    assert_eq!(uses(&calls("var.groups")), expected);
    assert_eq!(
        uses(&calls("{ for k, v in var.groups : k => v }")),
        expected
    );
    let open = ["a", "b", "named"].map(|to| near("each.key", to));
    assert_eq!(uses(&calls("merge(var.groups, var.open)")), open);
}

/// An instance refers to what its own element names, and not to what those of the others do.
#[test]
fn what_for_each_of_a_resource_refers_to() {
    with_project(
        r#"
        resource "aws_g" "a" {}
        resource "aws_g" "b" {}
        resource "aws_g" "all" {}
        resource "aws_x" "uses" {
          for_each = aws_g.all.id == "" ? {} : { a = { id = aws_g.a.id }, b = { id = aws_g.b.id } }
          group    = "fixed"
        }
        "#,
        |project, _| {
            let name = |index: u32| &*project.resource(index).address;
            let edges = project.edges.iter();
            let edges = edges.map(|edge| format!("{} {}", name(edge.from.unwrap()), name(edge.to)));
            let mut edges: Vec<String> = edges.collect();
            edges.sort();
            let expected = [
                r#"aws_x.uses["a"] aws_g.a"#,
                r#"aws_x.uses["a"] aws_g.all"#,
                r#"aws_x.uses["b"] aws_g.all"#,
                r#"aws_x.uses["b"] aws_g.b"#,
            ];
            assert_eq!(edges, expected);
        },
    );
}

#[test]
fn work_is_bounded() {
    let chain = |count: usize, item: &dyn Fn(usize) -> String| {
        let locals: String = (1..count)
            .map(|at| format!("  l{at} = {}\n", item(at - 1)))
            .collect();
        format!(
            "locals {{\n  l0 = [1, 2]\n{locals}}}\noutput \"o\" {{ value = local.l{} }}\n",
            count - 1
        )
    };
    for text in [
        chain(5_000, &|before| format!("local.l{before}")),
        chain(5_000, &|before| format!("[local.l{before}]")),
        chain(60, &|before| format!("concat(local.l{before}, local.l{before})")),
        chain(60, &|before| format!("[local.l{before}, local.l{before}]")),
        chain(60, &|before| format!("jsonencode([local.l{before}, local.l{before}])")),
        chain(60, &|before| format!("[for x in local.l{before} : local.l{before}]")),
        "output \"o\" { value = [for a in range(1000) : [for b in range(1000) : [for c in range(1000) : 1]]] }".to_owned(),
        "output \"o\" { value = join(\"\", [for a in range(1000) : format(\"%9999s\", a)]) }".to_owned(),
    ] {
        in_large_stack(|| {
            with_project(&text, |project, _| {
                let shown = show(project, &project.outputs[0].value);
                assert!(shown.contains("<?>"), "{text:.100}: {shown:.100}");
            });
        });
    }
    let instances = |text: &str, expected: usize, said: usize| {
        with_project(text, |project, _| {
            assert_eq!(project.resources.len(), expected, "{text}");
            assert_eq!(project.not_read.len(), said, "{text}");
        });
    };
    instances("resource \"aws_x\" \"a\" { count = 1000000 }", 1000, 1);
    instances(
        "resource \"aws_x\" \"a\" { for_each = toset([for n in range(1024) : \"n${n}\"]) }",
        1000,
        1,
    );
    instances(
        "module \"m\" {\n source = \"./m\"\n count = 1000\n}\n== m/main.tf\nmodule \"n\" {\n source = \"./n\"\n count = 1000\n}\n== n/main.tf\nresource \"aws_x\" \"a\" {}",
        1000,
        1,
    );
}
