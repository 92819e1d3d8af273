//! Lowering of plans: what a plan says, a path into it, and what stands there.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "support/lowered.rs"]
mod lowered;

use lowered::check_spans;
use pillarlint_parser::json;
use pillarlint_parser::source::FileId;
use pillarlint_parser::terraform::block::Arguments;
use pillarlint_parser::terraform::plan::{self, Plan};
use pillarlint_parser::tree::{Node, Origin, Symbol, Value};
use std::fmt::Write as _;

/// `one` and `outer.one` stand only once, `many` may be repeated.
struct Table;

impl Arguments for Table {
    fn is_single(&self, _: &str, path: &[&str]) -> bool {
        matches!(path, [.., "one"])
    }

    fn is_block(&self, _: &str, path: &[&str]) -> bool {
        matches!(path, [.., "one" | "many" | "outer"])
    }

    fn has(&self, _: &str, _: &str) -> bool {
        true
    }
}

fn lower(text: &str) -> Plan<'_> {
    let parsed = json::parse(FileId(0), text);
    assert!(parsed.problems.is_empty(), "{:?} {text}", parsed.problems);
    let document = parsed.documents.into_iter().next().unwrap();
    let plan = plan::lower(FileId(0), text, document, &Table);
    check_spans(&plan.project, &[text]);
    plan
}

/// A change that makes a resource: address, values, and what of them is known after apply.
fn created(address: &str, after: &str, unknown: &str) -> String {
    changed(
        address,
        &format!(r#""actions": ["create"], "after": {after}, "after_unknown": {unknown}"#),
    )
}

fn changed(address: &str, change: &str) -> String {
    let mut parts = address.rsplitn(3, '.');
    let _name = parts.next().unwrap();
    let kind = parts.next().unwrap();
    let address = address.replace('"', "\\\"");
    format!(
        r#"{{"address": "{address}", "mode": "managed", "type": "{kind}", "change": {{{change}}}}}"#
    )
}

/// What a module declares: `kind.name {expressions}` each.
fn declared(resources: &[(&str, &str)], more: &str) -> String {
    let resources: Vec<String> = resources
        .iter()
        .map(|(address, expressions)| {
            format!(
                r#"{{"address": "{address}", "mode": "managed", "expressions": {expressions}}}"#
            )
        })
        .collect();
    format!(r#"{{"resources": [{}]{more}}}"#, resources.join(", "))
}

fn plan_of(changes: &[String], root: &str) -> String {
    format!(
        r#"{{"format_version": "1.2", "resource_changes": [{}], "configuration": {{"root_module": {root}}}}}"#,
        changes.join(", ")
    )
}

fn rendered(plan: &Plan<'_>, node: &Node<'_>) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(held) => held.to_string(),
        Value::Number(text) => text.to_string(),
        Value::String(text) => format!("'{text}'"),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| rendered(plan, item)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(map) => {
            let mut text = "{".to_owned();
            for (at, entry) in map.entries.iter().enumerate() {
                let comma = if at == 0 { "" } else { ", " };
                let _ = write!(
                    text,
                    "{comma}{}: {}",
                    entry.key,
                    rendered(plan, &entry.value)
                );
            }
            text + "}"
        }
        Value::Json(json) => format!("json {}", rendered(plan, &json.tree)),
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Reference(reference) => match reference.origin {
                Origin::Resource(index) => {
                    let indices: String = reference
                        .indices
                        .iter()
                        .map(|index| format!("[{index}]"))
                        .collect();
                    let address = &plan.project.resource(index).address;
                    format!("<{address}>.{}{indices}", reference.attribute)
                }
                _ => panic!("no other origin"),
            },
            Symbol::Unknown(why) if why.contains("sensitive") => "secret".to_owned(),
            Symbol::Unknown(_) => "?".to_owned(),
            _ => panic!("no other symbol"),
        },
    }
}

/// The values of the last resource of a plan.
#[track_caller]
fn check(changes: &[String], root: &str, expected: &str) {
    let text = plan_of(changes, root);
    let plan = lower(&text);
    let last = plan.project.resources.last().unwrap();
    assert_eq!(rendered(&plan, &last.properties), expected, "{text}");
}

#[test]
fn values_and_marks() {
    for (after, unknown, expressions, expected) in [
        (
            r#"{"a": 1, "b": null}"#,
            "{}",
            r#"{"a": {"constant_value": 1}}"#,
            "{a: 1, b: null}",
        ),
        // What the provider chooses is not set.
        (
            r#"{"a": 1}"#,
            r#"{"id": true, "arn": true}"#,
            "{}",
            "{a: 1}",
        ),
        (r#"{}"#, r#"{"id": true}"#, r#"{"id": {}}"#, "{id: ?}"),
        // Nor are blocks that the service gives: `metadata_options` of an instance.
        (
            r#"{}"#,
            r#"{"id": true, "many": true, "one": true}"#,
            "{}",
            "{}",
        ),
        (r#"{"a": 1}"#, r#"{"a": false, "b": {}}"#, "{}", "{a: 1}"),
        // A function of what nobody knows yet.
        (
            r#"{"a": {"b": 1}}"#,
            r#"{"a": {"c": true}}"#,
            r#"{"a": {}}"#,
            "{a: {b: 1, c: ?}}",
        ),
        (
            r#"{"a": ["x", null]}"#,
            r#"{"a": [false, true]}"#,
            r#"{"a": {}}"#,
            "{a: ['x', ?]}",
        ),
        (
            r#"{"a": []}"#,
            r#"{"a": [true]}"#,
            r#"{"a": {}}"#,
            "{a: [?]}",
        ),
        // Marks of another form than the value.
        (
            r#"{"a": 1}"#,
            r#"{"a": {"b": true}}"#,
            r#"{"a": {}}"#,
            "{a: ?}",
        ),
        (r#"{"a": 1}"#, r#"{"a": [false]}"#, r#"{"a": {}}"#, "{a: 1}"),
        (r#"{"a": 1}"#, "true", "{}", "?"),
        // Blocks, in the form that a configuration has.
        (
            r#"{"one": [{"x": 1}], "many": [{"x": 1}]}"#,
            "{}",
            "{}",
            "{one: {x: 1}, many: [{x: 1}]}",
        ),
        (
            r#"{"one": [], "many": [], "list": []}"#,
            "{}",
            "{}",
            "{one: null, many: null, list: []}",
        ),
        (
            r#"{"outer": [{"one": [{"x": 1}]}, {"one": []}]}"#,
            "{}",
            "{}",
            "{outer: [{one: {x: 1}}, {one: null}]}",
        ),
        (
            r#"{"many": [{"x": 1}]}"#,
            r#"{"many": [{"id": true}]}"#,
            r#"{"many": [{"x": {"constant_value": 1}}]}"#,
            "{many: [{x: 1}]}",
        ),
        (
            r#"{"one": [{"x": 1}]}"#,
            r#"{"one": [{"id": true}]}"#,
            r#"{"one": {"x": {"constant_value": 1}}}"#,
            "{one: {x: 1}}",
        ),
        // Of `dynamic` blocks a plan says nothing.
        (
            r#"{"many": [{"x": 1}]}"#,
            r#"{"many": [{"y": true}]}"#,
            "{}",
            "{many: [{x: 1, y: ?}]}",
        ),
        (
            r#"{"many": [{}, {}]}"#,
            r#"{"many": [{"x": true, "id": true}, {"y": true}]}"#,
            r#"{"many": [{"x": {}}, {"y": {}}]}"#,
            "{many: [{x: ?}, {y: ?}]}",
        ),
        // Texts that hold JSON.
        (
            r#"{"policy": "{\"a\": [1]}", "list": ["[2]"], "text": "{x}"}"#,
            "{}",
            "{}",
            "{policy: json {a: [1]}, list: [json [2]], text: '{x}'}",
        ),
    ] {
        let root = declared(&[("aws_x.a", expressions)], "");
        check(&[created("aws_x.a", after, unknown)], &root, expected);
    }
}

#[test]
fn sensitive_values_are_not_known_and_not_shown() {
    for (change, expected, hidden) in [
        (
            r#""after": {"a": "s"}, "after_sensitive": {"a": true}"#,
            "{a: secret}",
            vec![r#""s""#],
        ),
        (
            r#""after": {"a": null}, "after_sensitive": {"a": true}"#,
            "{a: null}",
            vec![],
        ),
        (
            r#""after": {"a": {"b": "s", "c": 1}}, "after_sensitive": {"a": {"b": true}}"#,
            "{a: {b: secret, c: 1}}",
            vec![r#""s""#],
        ),
        (
            r#""after": {"a": ["s", "t"]}, "after_sensitive": {"a": [false, true]}"#,
            "{a: ['s', secret]}",
            vec![r#""t""#],
        ),
        (
            r#""after": {"a": "s"}, "after_sensitive": {"a": {"b": true}}"#,
            "{a: secret}",
            vec![r#""s""#],
        ),
        (
            r#""after": {"a": 1}, "after_sensitive": true"#,
            "secret",
            vec![r#"{"a": 1}"#],
        ),
        (
            r#""before": {"a": "s"}, "after": {"a": 2}, "after_sensitive": {}"#,
            "{a: 2}",
            vec![r#"{"a": "s"}"#],
        ),
        // Before Terraform 0.15, nothing was marked.
        (
            r#""after": {"a": {"master_password": "s"}}"#,
            "{a: {master_password: 's'}}",
            vec![r#""s""#],
        ),
        // Marked both ways.
        (
            r#""after": {}, "after_sensitive": {"a": true}, "after_unknown": {"a": true}"#,
            "{a: ?}",
            vec![],
        ),
    ] {
        let change = format!(r#""actions": ["create"], {change}"#);
        let root = declared(&[("aws_x.a", r#"{"a": {}}"#)], "");
        let text = plan_of(&[changed("aws_x.a", &change)], &root);
        let plan = lower(&text);
        let values = &plan.project.resources[0].properties;
        assert_eq!(rendered(&plan, values), expected, "{text}");
        let shown: Vec<&str> = plan
            .hidden
            .iter()
            .map(|span| span.text(&text))
            .filter(|text| !text.contains("root_module") && *text != "null")
            .collect();
        assert_eq!(shown, hidden, "{text}");
    }
}

#[test]
fn everything_but_the_changes_is_hidden() {
    let text = r#"{"format_version": "1.2", "terraform_version": "1.11.4", "variables": {"p": {"value": "s"}},
        "planned_values": {}, "prior_state": {"v": "s"}, "output_changes": {"o": "s"}, "resource_changes": []}"#;
    let plan = lower(text);
    let hidden: Vec<&str> = plan.hidden.iter().map(|span| span.text(text)).collect();
    let expected = [
        r#"{"p": {"value": "s"}}"#,
        "{}",
        r#"{"v": "s"}"#,
        r#"{"o": "s"}"#,
    ];
    assert_eq!(hidden, expected);
}

#[test]
fn actions() {
    for (actions, expected) in [
        (r#"["create"]"#, "judged"),
        (r#"["update"]"#, "judged"),
        (r#"["delete", "create"]"#, "judged"),
        (r#"["create", "delete"]"#, "judged"),
        (r#"["no-op"]"#, "there"),
        (r#"["no-op"], "importing": {"id": "i-1"}"#, "judged"),
        (r#"["delete"]"#, "-"),
        (r#"["forget"]"#, "-"),
        // Of a later version.
        (r#"["mend"]"#, "judged"),
        ("1", "judged"),
    ] {
        let change = format!(r#""actions": {actions}, "after": {{"a": 1}}"#);
        let text = plan_of(&[changed("aws_x.a", &change)], &declared(&[], ""));
        let plan = lower(&text);
        let found = match plan.project.resources.as_slice() {
            [] => "-",
            [one] if one.is_judged => "judged",
            _ => "there",
        };
        assert_eq!(found, expected, "{actions}");
    }
}

#[test]
fn references() {
    let target = created("aws_t.t", r#"{"name": "n"}"#, r#"{"id": true}"#);
    let keyed = |key: &str| created(&format!("aws_k.k[{key}]"), "{}", r#"{"id": true}"#);
    for (expression, expected) in [
        (
            r#"{"references": ["aws_t.t.id", "aws_t.t"]}"#,
            "<aws_t.t>.id",
        ),
        (
            r#"{"references": ["aws_t.t.ep[0].host", "aws_t.t.ep[0]", "aws_t.t.ep", "aws_t.t"]}"#,
            "<aws_t.t>.ep.host[0]",
        ),
        // Older versions tell no attribute.
        (r#"{"references": ["aws_t.t"]}"#, "<aws_t.t>."),
        (r#"{"references": ["aws_t.t.id", "aws_t.t", "var.x"]}"#, "?"),
        (
            r#"{"references": ["aws_t.t.id", "aws_t.t", "count.index"]}"#,
            "?",
        ),
        (r#"{"references": ["local.x"]}"#, "?"),
        (r#"{"references": ["each.value"]}"#, "?"),
        (
            r#"{"references": ["data.aws_t.t.id", "data.aws_t.t"]}"#,
            "?",
        ),
        (r#"{"references": ["aws_other.t.id", "aws_other.t"]}"#, "?"),
        (
            r#"{"references": ["aws_k.k[\"p\"].id", "aws_k.k[\"p\"]", "aws_k.k"]}"#,
            r#"<aws_k.k["p"]>.id"#,
        ),
        (
            r#"{"references": ["aws_k.k[\"z\"].id", "aws_k.k[\"z\"]", "aws_k.k"]}"#,
            "?",
        ),
        // The same key on both sides.
        (
            r#"{"references": ["aws_k.k", "each.key"]}"#,
            r#"<aws_k.k["p"]>."#,
        ),
        // All of them.
        (r#"{"references": ["aws_k.k"]}"#, "?"),
        (r#"{}"#, "?"),
        (r#"{"references": "x"}"#, "?"),
        (r#"{"references": [1, {}]}"#, "?"),
    ] {
        let root = declared(
            &[
                ("aws_t.t", "{}"),
                ("aws_k.k", "{}"),
                ("aws_x.a", &format!(r#"{{"a": {expression}}}"#)),
            ],
            "",
        );
        let (p, q) = (keyed(r#""p""#), keyed(r#""q""#));
        let from = created(r#"aws_x.a["p"]"#, "{}", r#"{"a": true}"#);
        let changes = [target.clone(), p, q, from];
        check(&changes, &root, &format!("{{a: {expected}}}"));
    }
}

#[test]
fn references_in_lists() {
    let counted = |index: usize| created(&format!("aws_c.c[{index}]"), "{}", r#"{"id": true}"#);
    for (unknown, expression, expected) in [
        ("[true]", r#"["aws_t.t.id", "aws_t.t"]"#, "[<aws_t.t>.id]"),
        (
            "[true, true]",
            r#"["aws_t.t.id", "aws_t.t", "aws_c.c[1].id", "aws_c.c[1]", "aws_c.c"]"#,
            "[<aws_t.t>.id, <aws_c.c[1]>.id]",
        ),
        (
            "[true, true]",
            r#"["aws_c.c"]"#,
            "[<aws_c.c[0]>., <aws_c.c[1]>.]",
        ),
        ("[true, true, true]", r#"["aws_c.c"]"#, "[?, ?, ?]"),
        ("[true, false]", r#"["aws_t.t.id", "aws_t.t"]"#, "[?, 'y']"),
        ("true", r#"["aws_c.c"]"#, "?"),
    ] {
        let root = declared(
            &[
                ("aws_t.t", "{}"),
                ("aws_c.c", "{}"),
                (
                    "aws_x.a",
                    &format!(r#"{{"a": {{"references": {expression}}}}}"#),
                ),
            ],
            "",
        );
        let count = unknown.matches("true").count();
        let known = match unknown {
            "[true, false]" => r#"{"a": [null, "y"]}"#.to_owned(),
            "true" => "{}".to_owned(),
            _ => format!(r#"{{"a": [{}]}}"#, vec!["null"; count].join(", ")),
        };
        let changes = [
            created("aws_t.t", "{}", "{}"),
            counted(0),
            counted(1),
            created("aws_x.a", &known, &format!(r#"{{"a": {unknown}}}"#)),
        ];
        check(&changes, &root, &format!("{{a: {expected}}}"));
    }
}

#[test]
fn references_through_modules() {
    // The root gives `module.m` a bucket and an id; `module.n`, twice, is handed what `module.m` gives back.
    let m = declared(
        &[
            (
                "aws_x.thing",
                r#"{"a": {"references": ["var.thing.arn", "var.thing"]}}"#,
            ),
            ("aws_x.id", r#"{"a": {"references": ["var.id"]}}"#),
            (
                "aws_x.inner",
                r#"{"a": {"references": ["aws_x.id.id", "aws_x.id"]}}"#,
            ),
            ("aws_x.loop", r#"{"a": {"references": ["var.loop"]}}"#),
        ],
        r#", "outputs": {"id": {"expression": {"references": ["aws_x.id.id", "aws_x.id"]}}, "up": {"expression": {"references": ["var.id"]}}}"#,
    );
    let n = declared(
        &[("aws_x.n", r#"{"a": {"references": ["var.given"]}}"#)],
        "",
    );
    let root = declared(
        &[
            ("aws_t.t", "{}"),
            (
                "aws_x.out",
                r#"{"a": {"references": ["module.m[\"u\"].id", "module.m[\"u\"]"]}}"#,
            ),
            (
                "aws_x.up",
                r#"{"a": {"references": ["module.m[\"u\"].up", "module.m[\"u\"]"]}}"#,
            ),
        ],
        &format!(
            r#", "module_calls": {{
                "m": {{"expressions": {{"thing": {{"references": ["aws_t.t"]}}, "id": {{"references": ["aws_t.t.id", "aws_t.t"]}},
                    "loop": {{"references": ["module.m.up", "module.m"]}}}}, "module": {m}}},
                "n": {{"expressions": {{"given": {{"references": ["module.m[\"u\"].id", "module.m[\"u\"]"]}}}}, "module": {n}}}}}"#
        ),
    );
    let unknown = |address: &str| created(address, "{}", r#"{"a": true}"#);
    for (address, expected) in [
        (r#"module.m["u"].aws_x.thing"#, "<aws_t.t>.arn"),
        (r#"module.m["u"].aws_x.id"#, "<aws_t.t>.id"),
        (
            r#"module.m["u"].aws_x.inner"#,
            r#"<module.m["u"].aws_x.id>.id"#,
        ),
        ("aws_x.out", r#"<module.m["u"].aws_x.id>.id"#),
        ("aws_x.up", "<aws_t.t>.id"),
        (r#"module.n[0].aws_x.n"#, r#"<module.m["u"].aws_x.id>.id"#),
        (r#"module.m["u"].aws_x.loop"#, "<aws_t.t>.id"),
    ] {
        let changes = [
            created("aws_t.t", "{}", "{}"),
            unknown(r#"module.m["u"].aws_x.id"#),
            unknown(r#"module.m["v"].aws_x.id"#),
            unknown(address),
        ];
        check(&changes, &root, &format!("{{a: {expected}}}"));
    }
}

#[test]
fn known_values_that_another_resource_has_given() {
    for (value, expression, expected) in [
        (r#""t-1""#, r#"["aws_t.t.id", "aws_t.t"]"#, "<aws_t.t>.id"),
        (r#""t-1""#, r#"["aws_t.t"]"#, "<aws_t.t>.id"),
        (
            r#"["t-1", "x"]"#,
            r#"["aws_t.t.id", "aws_t.t", "var.x"]"#,
            "[<aws_t.t>.id, 'x']",
        ),
        // Written there as a text: it is one here too.
        (r#""n""#, r#"["aws_t.t.name", "aws_t.t"]"#, "'n'"),
        // Another text.
        (r#""t-1/*""#, r#"["aws_t.t.id", "aws_t.t"]"#, "'t-1/*'"),
        (r#""t-1""#, r#"["local.t"]"#, "'t-1'"),
    ] {
        let root = declared(
            &[
                ("aws_t.t", r#"{"name": {"constant_value": "n"}}"#),
                (
                    "aws_x.a",
                    &format!(r#"{{"a": {{"references": {expression}}}}}"#),
                ),
            ],
            "",
        );
        let kept = r#""actions": ["no-op"], "after": {"id": "t-1", "name": "n"}"#;
        let from = format!(r#"{{"a": {value}}}"#);
        let changes = [changed("aws_t.t", kept), created("aws_x.a", &from, "{}")];
        check(&changes, &root, &format!("{{a: {expected}}}"));
    }
}

#[test]
fn edges() {
    let root = declared(
        &[
            ("aws_t.t", "{}"),
            ("aws_t.k", "{}"),
            (
                "aws_x.a",
                r#"{"a": {"references": ["aws_t.t.id", "aws_t.t", "var.x"]}, "b": [{"c": {"references": ["aws_t.k"]}}]},
                   "depends_on": ["aws_t.t"], "count_expression": {"references": ["aws_t.t.size", "aws_t.t"]}"#,
            ),
        ],
        r#", "outputs": {"o": {"expression": {"references": ["aws_t.t.arn", "aws_t.t"]}}}"#,
    );
    let changes = [
        created("aws_t.t", "{}", "{}"),
        created("aws_t.k[0]", "{}", "{}"),
        created("aws_t.k[1]", "{}", "{}"),
        created("aws_x.a", "{}", "{}"),
    ];
    let text = plan_of(&changes, &root);
    let plan = lower(&text);
    let shown: Vec<String> = plan
        .project
        .edges
        .iter()
        .map(|edge| {
            let name = |index: u32| &plan.project.resource(index).address;
            let from = edge.from.map_or("output", |from| name(from));
            format!("{from} -> {}.{}", name(edge.to), edge.attribute)
        })
        .collect();
    let expected = [
        "aws_x.a -> aws_t.t.id",
        "aws_x.a -> aws_t.t.size",
        "aws_x.a -> aws_t.t.DependsOn",
        "output -> aws_t.t.arn",
        "aws_x.a -> aws_t.k[0].",
        "aws_x.a -> aws_t.k[1].",
    ];
    assert_eq!(shown, expected);
}

#[test]
fn tags_of_the_provider() {
    for (after, unknown, defaults, expected) in [
        (
            r#"{"tags": {"a": "1"}, "tags_all": {"a": "1", "b": "2"}}"#,
            "{}",
            true,
            "{tags: {a: '1', b: '2'}}",
        ),
        (
            r#"{"tags": null, "tags_all": {"b": "2"}}"#,
            "{}",
            true,
            "{tags: {b: '2'}}",
        ),
        (
            r#"{"tags": null, "tags_all": {}}"#,
            "{}",
            false,
            "{tags: null}",
        ),
        (
            r#"{"tags": {"a": "1"}}"#,
            r#"{"tags_all": true}"#,
            false,
            "{tags: {a: '1'}}",
        ),
        (
            r#"{"tags": {"a": "1"}}"#,
            r#"{"tags_all": true}"#,
            true,
            "{tags: ?}",
        ),
        // A kind without tags of its own.
        (
            r#"{"tags_all": {"b": "2"}}"#,
            "{}",
            true,
            "{tags_all: {b: '2'}}",
        ),
    ] {
        let expressions = if defaults {
            r#"{"default_tags": [{}]}"#
        } else {
            "{}"
        };
        let text = format!(
            r#"{{"format_version": "1.0", "resource_changes": [{}], "configuration": {{
                "provider_config": {{"aws": {{"name": "aws", "version_constraint": "~> 5.0", "expressions": {expressions}}}}},
                "root_module": {}}}}}"#,
            created("aws_x.a", after, unknown),
            declared(&[("aws_x.a", r#"{"tags": {}}"#)], ""),
        );
        let plan = lower(&text);
        let values = &plan.project.resources[0].properties;
        assert_eq!(rendered(&plan, values), expected, "{text}");
        assert_eq!(plan.project.provider_major, Some(5));
    }
}

/// What is said of a plan that is not whole.
#[test]
fn what_is_not_read_is_said() {
    let declared = r#"{"root_module": {"resources": [{"address": "aws_x.a", "mode": "managed"}, {"address": "aws_x.b", "mode": "managed", "count_expression": {}},
        {"address": "data.aws_x.c", "mode": "data"}]}}"#;
    for (members, expected) in [
        (r#""resource_changes": []"#.to_owned(), ""),
        (
            r#""resource_changes": [], "complete": true, "errored": false"#.to_owned(),
            "",
        ),
        (
            r#""resource_changes": [], "complete": false"#.to_owned(),
            "is not complete",
        ),
        (
            r#""resource_changes": [], "errored": true"#.to_owned(),
            "stopped at an error",
        ),
        (
            r#""resource_changes": [], "deferred_changes": [{}]"#.to_owned(),
            "defers",
        ),
        (r#""planned_values": {"root_module": {}}"#.to_owned(), ""),
        (
            r#""planned_values": {"root_module": {"resources": []}}"#.to_owned(),
            "no `resource_changes`",
        ),
        (
            format!(r#""resource_changes": [], "configuration": {declared}"#),
            "a configured resource is not in the plan",
        ),
        // Destroyed as a whole.
        (
            format!(
                r#""resource_changes": [{}], "configuration": {declared}"#,
                changed("aws_x.a", r#""actions": ["delete"], "after": null"#)
            ),
            "",
        ),
    ] {
        let text = format!(r#"{{"format_version": "1.2", {members}}}"#);
        let plan = lower(&text);
        let said: String = plan
            .project
            .not_read
            .iter()
            .map(|(_, why)| &**why)
            .collect();
        assert!(
            said.contains(expected) && said.is_empty() == expected.is_empty(),
            "{said}: {text}"
        );
        assert_eq!(plan.project.incomplete, !expected.is_empty());
    }
}

#[test]
fn versions_of_the_format() {
    for (text, expected) in [
        (r#"{"format_version": "1.2", "resource_changes": []}"#, ""),
        (r#"{"format_version": "0.1", "resource_changes": []}"#, ""),
        (
            r#"{"format_version": "2.0", "resource_changes": []}"#,
            "not known",
        ),
        (
            r#"{"format_version": 1, "resource_changes": []}"#,
            "not known",
        ),
        (r#"{"resource_changes": []}"#, "`format_version`"),
        ("[]", "an object"),
        ("null", "an object"),
    ] {
        let plan = lower(text);
        let said: String = plan
            .project
            .problems
            .iter()
            .map(|one| &*one.message)
            .collect();
        assert!(
            said.contains(expected) && said.is_empty() == expected.is_empty(),
            "{said}: {text}"
        );
    }
}

/// Wrong forms everywhere: nothing panics, and places stay in the text.
#[test]
fn wrong_forms() {
    let whole = plan_of(
        &[
            created(
                r#"module.m["a"].aws_x.a"#,
                r#"{"a": {"b": [1]}}"#,
                r#"{"a": {"b": [true]}, "c": true}"#,
            ),
            created(
                "aws_t.t",
                r#"{"tags": {}, "tags_all": {"x": "y"}, "id": "i"}"#,
                "{}",
            ),
        ],
        &declared(
            &[(
                "aws_t.t",
                r#"{"a": [{"b": {"references": ["module.m.x"]}}]}"#,
            )],
            r#", "module_calls": {"m": {"expressions": {"v": {"references": ["aws_t.t.id"]}}, "module": {"outputs": {"x": {"expression": {"references": ["var.v"]}}}}}}"#,
        ),
    );
    let parsed: serde_json::Value = serde_json::from_str(&whole).unwrap();
    let mut pointers = Vec::new();
    collect(&parsed, String::new(), &mut pointers);
    assert!(pointers.len() > 40);
    for pointer in pointers {
        for wrong in [
            "null",
            "true",
            "1",
            "\"\"",
            "\"a.b[\"",
            "[]",
            "{}",
            "[[{}]]",
            r#"{"references": [""]}"#,
        ] {
            let mut changed = parsed.clone();
            *changed.pointer_mut(&pointer).unwrap() = serde_json::from_str(wrong).unwrap();
            lower(&changed.to_string());
        }
    }
}

fn collect(value: &serde_json::Value, at: String, pointers: &mut Vec<String>) {
    match value {
        serde_json::Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, format!("{at}/{index}"), pointers);
            }
        }
        serde_json::Value::Object(map) => {
            for (key, item) in map {
                collect(item, format!("{at}/{key}"), pointers);
            }
        }
        _ => {}
    }
    pointers.push(at);
}

/// Many instances that refer to many: the work grows with their number, not with its square.
#[test]
fn many_instances() {
    let count = 4000;
    let mut changes = Vec::new();
    for index in 0..count {
        changes.push(created(&format!("aws_t.t[{index}]"), "{}", "{}"));
        changes.push(created(
            &format!("aws_x.a[{index}]"),
            "{}",
            r#"{"a": true, "b": true}"#,
        ));
    }
    let root = declared(
        &[
            ("aws_t.t", "{}"),
            (
                "aws_x.a",
                r#"{"a": {"references": ["aws_t.t", "count.index"]}, "b": {"references": ["aws_t.t", "local.x"]}}"#,
            ),
        ],
        "",
    );
    let text = plan_of(&changes, &root);
    let plan = lower(&text);
    assert!(plan.project.edges.len() <= 4 * count);
    let last = plan.project.resources.last().unwrap();
    let expected = format!("{{a: <aws_t.t[{}]>., b: ?}}", count - 1);
    assert_eq!(rendered(&plan, &last.properties), expected);
}

/// A plan says nothing of lifecycles. That Terraform refuses to destroy protects a thing in no other way, so that
/// alone counts as not set.
#[test]
fn what_stands_beside_the_arguments() {
    let text = plan_of(&[created("aws_dynamodb_table.a", "{}", "{}")], "{}");
    let plan = lower(&text);
    let beside = &plan.project.resources[0].attributes;
    let is_open =
        |node: Option<&Node<'_>>| node.is_some_and(|node| matches!(node.value, Value::Symbol(_)));
    let lifecycle = beside.get("lifecycle").unwrap();
    assert!(is_open(beside.get("depends_on")));
    assert!(is_open(lifecycle.get("create_before_destroy")));
    assert!(lifecycle.get("prevent_destroy").is_none());
}
