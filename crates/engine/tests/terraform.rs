//! What is Terraform's own in asking rules: provider versions, instances, module calls and their places.

mod support;

use pillarlint_engine::check::check as ask;
use pillarlint_engine::plan::Plan;
use pillarlint_engine::provider::AwsProvider;
use pillarlint_engine::rule::Severity;
use pillarlint_engine::ruleset::Ruleset;
use pillarlint_engine::settle::{Settings, settle};
use pillarlint_parser::source::{FileId, LineIndex, Span};
use pillarlint_parser::terraform::{self, Call, File, Folder, Folders, NoFiles, Options};
use std::collections::HashMap;
use support::{framework, rule};

/// The module that every call leads to.
struct Called<'s>(Folder<'s>);

impl<'s> Folders<'s> for Called<'s> {
    fn called(&self, _: &Call<'_, 's>) -> Result<&Folder<'s>, String> {
        Ok(&self.0)
    }
}

fn folder<'s>(file: FileId, path: &str, text: &'s str, downloaded: bool) -> Folder<'s> {
    Folder {
        downloaded,
        path: path.to_owned(),
        files: vec![File::read(file, &format!("{path}/main.tf"), text)],
    }
}

/// What is found in a root module and in the module that its calls lead to, a line for each finding: its place
/// (`root:3`, `called:1`), the message, the addresses, and the related places.
fn found(checks: &str, root: &str, called: &str, is_downloaded: bool) -> String {
    let (rules, problems) = rule(checks);
    assert!(problems.is_empty(), "{checks}\n{problems:?}");
    let rules = Ruleset::loaded(rules, framework(), "");
    let folders = Called(folder(FileId(1), "called", called, is_downloaded));
    let options = Options {
        variables: HashMap::new(),
        arguments: &AwsProvider,
        files: &NoFiles,
        workspace: "default",
    };
    let read = folder(FileId(0), "root", root, false);
    let project = terraform::lower(&read, &folders, &options);
    let report = ask(&project, &[], &rules, &Plan::new(&rules, &[true]));
    let severity = Severity::Info;
    let outcome = settle([report], Settings::from(severity));
    let place = |span: Span| {
        let (name, text) = [("root", root), ("called", called)][span.file.0 as usize];
        let line = LineIndex::new(text).line_of(span.start as usize) + 1;
        format!("{name}:{line}")
    };
    let lines = outcome.findings.iter().map(|finding| {
        let related = finding.related.iter();
        let related: String = related
            .map(|(span, note)| format!("; {} {note}", place(*span)))
            .collect();
        let addresses = finding.addresses.join(", ");
        let (at, message) = (place(finding.place), &finding.message);
        format!("{at} {message} ({addresses}){related}\n")
    });
    lines.collect()
}

fn check(checks: &str, root: &str, called: &str, is_downloaded: bool, expected: &str) {
    let found = found(checks, root, called, is_downloaded);
    assert_eq!(found, expected, "{checks}\n{root}\n{called}");
}

const DELAYED: &str = "- kinds: [aws_sqs_queue]\n  expect: { at: $.delay_seconds, at-least: 9, absent: fail }\n  message: is {value}";

#[test]
fn provider_versions() {
    let queue = |version: &str| {
        format!(
            "terraform {{\n  required_providers {{\n    aws = {{\n      source = \"hashicorp/aws\"\n      version = \"{version}\"\n    }}\n  }}\n}}\nresource \"aws_sqs_queue\" \"q\" {{\n}}\n"
        )
    };
    let unbounded = "\n".repeat(8) + "resource \"aws_sqs_queue\" \"q\" {\n}\n";
    let (some, none) = ("root:9 is not set (aws_sqs_queue.q)\n", "");
    for (provider, configuration, expected) in [
        ("<6", queue("~> 5.0"), some),
        ("<6", queue("~> 6.0"), none),
        ("<6", queue(">= 5.0"), none),
        ("<6", unbounded.clone(), none),
        (">=6", queue("~> 5.0"), none),
        (">=6", queue(">= 6.2"), some),
        (">= 6", unbounded, some),
    ] {
        let checks = format!("{DELAYED}\n  provider: '{provider}'");
        check(&checks, &configuration, "", false, expected);
    }
}

#[test]
fn instances_that_share_their_place_are_one_finding() {
    for (root, expected) in [
        (
            "resource \"aws_sqs_queue\" \"q\" {\n  count = 2\n  delay_seconds = 1\n}\n",
            "root:3 is `1` (aws_sqs_queue.q[0], aws_sqs_queue.q[1])\n",
        ),
        (
            "resource \"aws_sqs_queue\" \"q\" {\n  for_each = toset([\"a\", \"b\"])\n}\n",
            "root:1 is not set (aws_sqs_queue.q[\"a\"], aws_sqs_queue.q[\"b\"])\n",
        ),
        (
            "module \"one\" {\n  source = \"./called\"\n}\nmodule \"two\" {\n  source = \"./called\"\n}\n",
            "called:1 is not set (module.one.aws_sqs_queue.q, module.two.aws_sqs_queue.q); \
             root:1 called here as `module.one`; root:4 called here as `module.two`\n",
        ),
    ] {
        let called = "resource \"aws_sqs_queue\" \"q\" {\n}\n";
        check(DELAYED, root, called, false, expected);
    }
}

#[test]
fn a_downloaded_module_gives_way_to_its_call() {
    let called = "variable \"delay\" {\n  default = 1\n}\n\nresource \"aws_sqs_queue\" \"q\" {\n  delay_seconds = var.delay\n}\n";
    for (root, is_downloaded, expected) in [
        (
            "module \"m\" {\n  source = \"./called\"\n  delay  = 2\n}\n",
            false,
            "called:6 is `2` (module.m.aws_sqs_queue.q); root:3 the argument `delay` of `module.m`; \
             root:1 called here as `module.m`\n",
        ),
        (
            "module \"m\" {\n  source = \"./called\"\n  delay  = 2\n}\n",
            true,
            "root:3 is `2` (module.m.aws_sqs_queue.q); called:6 the place in the downloaded module; \
             root:1 called here as `module.m`\n",
        ),
        (
            "module \"m\" {\n  source = \"./called\"\n}\n",
            true,
            "root:1 is `1` (module.m.aws_sqs_queue.q); called:6 the place in the downloaded module; \
             called:2 the value of `var.delay`\n",
        ),
    ] {
        check(DELAYED, root, called, is_downloaded, expected);
    }
}

#[test]
fn what_a_reference_means() {
    // A companion that must refer to the queue.
    let linked = "- kinds: [aws_sqs_queue]\n  expect:\n    some:\n      linked: { kinds: [aws_sqs_queue_policy], by: $.queue_url, name: $.name }\n  message: has none";
    let of = |urls: &str| {
        let queues = "resource \"aws_sqs_queue\" \"a\" {\n  name = \"a\"\n}\nresource \"aws_sqs_queue\" \"b\" {\n}\n";
        let policies = ["p", "r"].iter().zip(urls.split(", ")).map(|(name, url)| {
            format!("resource \"aws_sqs_queue_policy\" \"{name}\" {{\n  queue_url = {url}\n}}\n")
        });
        queues.to_owned() + &policies.collect::<String>()
    };
    let (a, b) = (
        "root:1 has none (aws_sqs_queue.a)\n",
        "root:4 has none (aws_sqs_queue.b)\n",
    );
    for (url, expected) in [
        ("aws_sqs_queue.a.id", b),
        ("aws_sqs_queue.b.arn", a),
        // The id of a companion is that of what it belongs to.
        ("aws_sqs_queue.a.id, aws_sqs_queue_policy.p.id", b),
        ("\"a\"", b),
        ("\"c\"", &format!("{a}{b}")),
        // What the companion belongs to is not known.
        ("\"c\", aws_sqs_queue_policy.p.id", ""),
    ] {
        check(linked, &of(url), "", false, expected);
    }
}

#[test]
fn a_name_leads_to_a_resource() {
    let checks = "- kinds: [aws_ecs_service]\n  let: { task: { follow: $.task_definition, kinds: [aws_ecs_task_definition], name: $.family } }\n  expect: { at: task.cpu, set: true }\n  message: the task has no cpu";
    let root = "resource \"aws_ecs_task_definition\" \"t\" {\n  family = \"web\"\n}\nresource \"aws_ecs_service\" \"s\" {\n  task_definition = \"web\"\n}\n";
    let expected = "root:1 the task has no cpu (aws_ecs_service.s)\n";
    check(checks, root, "", false, expected);
    check(
        checks,
        &root.replace("= \"web\"\n}\nres", "= \"shop\"\n}\nres"),
        "",
        false,
        "",
    );
}

/// Blocks that are no resources, and what stands beside arguments.
#[test]
fn other_blocks() {
    const SETTINGS: &str = "- kinds: [terraform]\n  fail: { at: $.backend.s3.encrypt, equals: false }\n  message: state\n- kinds: [provider.aws]\n  expect: { at: $.default_tags.tags, empty: false }\n  message: tags\n- kinds: [data.aws_ami]\n  expect: { at: $.owners, empty: false }\n  message: owners";
    const BESIDE: &str = "- kinds: ['aws_*']\n  fail: { at: resource.lifecycle.ignore_changes, equals: all }\n  message: ignored\n- kinds: [aws_sns_topic]\n  expect: { some: { resources: [aws_sqs_queue], as: queue, where: { depends-on: queue } } }\n  message: waits for nothing";
    const FOLLOWED: &str = "- kinds: [aws_instance]\n  let: { image: { follow: $.ami, kinds: [data.aws_ami] } }\n  fail: { at: image.most_recent, equals: true }\n  message: newest\n- kinds: [aws_instance]\n  expect: { at: $.ami, refers-to: [data.aws_ami], absent: fail }\n  message: spelt out";
    const TWO: &str = "- kinds: [aws_autoscaling_group]\n  expect: { at: $.vpc_zone_identifier, distinct-at-least: 2, absent: fail }\n  message: one subnet";
    let group = |subnets: &str| {
        format!(
            "resource \"aws_subnet\" \"a\" {{}}\nresource \"aws_subnet\" \"b\" {{}}\nresource \"aws_autoscaling_group\" \"g\" {{\n  vpc_zone_identifier = {subnets}\n}}"
        )
    };
    let (two, one) = (
        group("[aws_subnet.a.id, aws_subnet.b.id]"),
        group("[aws_subnet.a.id, aws_subnet.a.id]"),
    );
    for (checks, root, expected) in [
        (TWO, two.as_str(), ""),
        (TWO, &one, "root:4 one subnet (aws_autoscaling_group.g)\n"),
        // Which subnets a counted data source gives is not known, but they are not one.
        (
            TWO,
            "data \"aws_subnet\" \"a\" {\n  count = 2\n}\nresource \"aws_autoscaling_group\" \"g\" {\n  vpc_zone_identifier = data.aws_subnet.a[*].id\n}",
            "",
        ),
        (
            SETTINGS,
            "terraform {\n  backend \"s3\" {\n    encrypt = false\n  }\n}\nprovider \"aws\" {}\ndata \"aws_ami\" \"a\" {}",
            "root:3 state (terraform)\nroot:6 tags (provider.aws)\nroot:7 owners (data.aws_ami.a)\n",
        ),
        (
            SETTINGS,
            "terraform {\n  backend \"s3\" {}\n}\nprovider \"aws\" {\n  default_tags {\n    tags = { a = \"b\" }\n  }\n}\ndata \"aws_ami\" \"a\" {\n  owners = [\"amazon\"]\n}",
            "",
        ),
        (
            BESIDE,
            "resource \"aws_sqs_queue\" \"q\" {\n  lifecycle {\n    ignore_changes = all\n  }\n}\nresource \"aws_sns_topic\" \"t\" {\n  depends_on = [aws_sqs_queue.q]\n}",
            "root:3 ignored (aws_sqs_queue.q)\n",
        ),
        (
            BESIDE,
            "resource \"aws_sqs_queue\" \"q\" {\n  lifecycle {\n    ignore_changes = [tags]\n  }\n}\nresource \"aws_sns_topic\" \"t\" {}\nresource \"aws_sns_topic\" \"u\" {\n  name = jsonencode([aws_sqs_queue.q])\n}",
            "root:6 waits for nothing (aws_sns_topic.t)\n",
        ),
        (
            FOLLOWED,
            "data \"aws_ami\" \"a\" {\n  most_recent = true\n}\nresource \"aws_instance\" \"i\" {\n  ami = data.aws_ami.a.id\n}\nresource \"aws_instance\" \"j\" {\n  ami = data.aws_ssm_parameter.a.value\n}\ndata \"aws_ssm_parameter\" \"a\" {}",
            "root:2 newest (aws_instance.i)\n",
        ),
    ] {
        assert_eq!(found(checks, root, "", false), expected, "{checks}\n{root}");
    }
}
