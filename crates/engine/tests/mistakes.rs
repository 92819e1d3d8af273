//! What people get wrong while they write their first rule: each mistake with its place, and with what to do.

#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

mod support;

use support::file;

const RIGHT: &str = "\
title: Queue has a name
practices: [SEC01-BP01]
severity: high
why: It is hard to find.
fix: Set QueueName.
checks:
  - kinds: [AWS::SQS::Queue]
    expect: { at: $.QueueName, set: true }
    message: the queue has no name
examples:
  - cloudformation: |
      Resources:
        Queue: { Type: AWS::SQS::Queue }   # error
";

/// What the loader says of the rule, where something else stands in the place of a part of it: all of it, each
/// mistake as `place: message @line`.
#[track_caller]
fn check(part: &str, instead: &str, expected: &[&str]) {
    assert!(RIGHT.contains(part), "{part}");
    let (rules, problems) = file("my-rule", &RIGHT.replacen(part, instead, 1));
    assert_eq!(problems, expected, "{instead}");
    assert_eq!(rules.len(), usize::from(expected.is_empty()), "{instead}");
}

/// The same for the condition of the check.
#[track_caller]
fn check_condition(condition: &str, expected: &str) {
    let expected: Vec<&str> = Some(expected)
        .filter(|one| !one.is_empty())
        .into_iter()
        .collect();
    check("{ at: $.QueueName, set: true }", condition, &expected);
}

#[test]
fn the_least_that_a_rule_has() {
    let (rules, problems) = file("my-rule", RIGHT);
    assert_eq!(problems, [""; 0]);
    let header = &rules[0].header;
    let said = (header.certainty.name(), header.preset.name());
    assert_eq!(said, ("exact", "recommended"));
    // What is likely only is not on by default.
    let likely = RIGHT.replace("severity", "certainty: heuristic\nseverity");
    let (rules, problems) = file("my-rule", &likely);
    assert_eq!(problems, [""; 0]);
    assert_eq!(rules[0].header.preset.name(), "all");
}

#[test]
fn files() {
    let whole = |text: &str, expected: &[&str]| {
        let (rules, problems) = file("my-rule", text);
        assert_eq!(problems, expected, "{text}");
        assert!(rules.is_empty(), "{text}");
    };
    whole("", &[": the file is empty @1"]);
    whole(
        "- a\n",
        &["- a: a rule should be a mapping (`key: value`) @1"],
    );
    whole(
        "Resources: {}\n",
        &[
            "Resources: this is no rule, which has `title`, `practices`, `severity`, `why`, `fix`, `checks` and `examples`: a folder of rules holds no other .yaml files @1",
        ],
    );
    whole(
        &format!("{RIGHT}---\n{RIGHT}"),
        &["title: a second document (`---`): a file holds one @15"],
    );
    whole(
        "title: t\nwhy: w\n",
        &["title: a rule needs `practices`, `severity`, `fix`, `checks` and `examples` @1"],
    );
    let (rules, problems) = file("my-rule", &format!("\u{FEFF}{RIGHT}"));
    assert_eq!((rules.len(), problems.len()), (1, 0));
    for (name, like) in [
        ("My_Rule", "my-rule"),
        ("queueNames", "queue-names"),
        ("my rule", "my-rule"),
        ("a--b", "a-b"),
        ("-", "my-rule"),
        ("größe", "gr-e"),
    ] {
        let (_, problems) = file(name, RIGHT);
        let said = format!(
            ": `{name}` is no id for a rule: name the file in small letters, digits and dashes, such as `{like}.yaml` @1"
        );
        assert_eq!(problems, [said]);
    }
}

#[test]
fn yaml() {
    for (part, instead, expected) in [
        (
            "title:",
            "title: a\ntitle:",
            "title: the key `title` is written again; this one counts @2",
        ),
        (
            "why: It",
            "why: note: it",
            ":: no `key: value` can stand here; a text with `: ` in it needs quotes @4",
        ),
        ("why: It", "why: \"It", "\": this quote is never closed @4"),
        (
            "    expect",
            "\texpect",
            "\t: a tab cannot indent; use spaces @8",
        ),
        (
            "    expect",
            "   expect",
            "e: expected an element (`- `) of the list around this; the indentation may be wrong @8",
        ),
        (
            "    message",
            "      message",
            "m: expected a key of the mapping around this; the indentation may be wrong @9",
        ),
        (
            "$.QueueName,",
            "@.Key,",
            "@: a text that begins with `@` needs quotes @8",
        ),
        (
            "$.QueueName,",
            "$.Tags[*].Key,",
            "[: expected `,` or `}` here; between braces, a text with one of `[]{},` in it needs quotes @8",
        ),
        (
            "[AWS::SQS::Queue]",
            "*",
            "*: expected a name behind `*` or `&`; a text that begins so needs quotes @7",
        ),
    ] {
        check(part, instead, &[expected]);
    }
}

#[test]
fn keys() {
    for (part, instead, expected) in [
        (
            "why",
            "wy",
            "wy: a rule has no `wy`, did you mean `why`? @4",
        ),
        (
            "high",
            "HIGH",
            "HIGH: `severity` should be one of `info`, `low`, `medium`, `high` and `critical`, did you mean `high`? @3",
        ),
        (
            "high",
            "error",
            "error: `severity` should be one of `info`, `low`, `medium`, `high` and `critical` @3",
        ),
        (
            "severity",
            "preset: default\nseverity",
            "default: `preset` should be one of `recommended`, `strict` and `all` @3",
        ),
        (
            "SEC01-BP01",
            "SEC1-BP01",
            "SEC1-BP01: the framework has no best practice `SEC1-BP01`, did you mean `SEC01-BP01`? @2",
        ),
        (
            "SEC01-BP01",
            "SEC01",
            "SEC01: `SEC01` is a question; name one of its best practices: `SEC01-BP01` @2",
        ),
        (
            "SEC01-BP01",
            "tags",
            "tags: the framework has no best practice `tags`; `pillarlint coverage` lists them @2",
        ),
        (
            "[SEC01-BP01]",
            "[]",
            "[]: `practices` is empty: the first decides the pillar @2",
        ),
        (
            "It is hard to find.",
            "",
            "why: `why` has no value here: what goes wrong without it, in two or three sentences @4",
        ),
        (
            "expect",
            "expects",
            "expects: a check has no `expects`, did you mean `expect`? @8",
        ),
        (
            "expect",
            "fail: { at: $.QueueName, set: true }\n    expect",
            "expect: `expect` stands beside `fail`: a check has one of `expect`, `fail` and `builtin` @9",
        ),
        (
            "[AWS::SQS::Queue]",
            "[AWS::SQS::Queu]",
            "AWS::SQS::Queu: no resource type `AWS::SQS::Queu`, did you mean `AWS::SQS::Queue`? @7",
        ),
        (
            "[AWS::SQS::Queue]",
            "[sqs]",
            "sqs: no resource type `sqs`; they are written as in the code, such as `AWS::SQS::Queue` or `aws_sqs_queue` @7",
        ),
        (
            "[AWS::SQS::Queue]",
            "[]",
            "[]: `kinds` is empty: nothing would be asked @7",
        ),
        (
            "    message: the queue has no name\n",
            "",
            "kinds: a check needs `message`: what is wrong here: lower case, no full stop. `{value}` is the offending value, `{address}` the resource, `{kind}` its type, `{NAME}` a parameter @7",
        ),
        (
            "no name\n",
            "no name.\n",
            "the queue has no name.: a message has words and no full stop at its end @9",
        ),
        (
            "no name\n",
            "no name {vale}\n",
            "the queue has no name {vale}: nothing fills in `{vale}` in a message, did you mean `value`? @9",
        ),
        (
            "no name\n",
            "no name {days}\n",
            "the queue has no name {days}: nothing fills in `{days}` in a message; there are `value`, `address` and `kind` @9",
        ),
        (
            "  - kinds",
            "  kinds",
            "e: expected a key of the mapping around this; the indentation may be wrong @8",
        ),
    ] {
        check(part, instead, &[expected]);
    }
    check("no name\n", "no ${name} {{}} {\n", &[]);
    let template = "kinds: a check needs one of `kinds` (the resources that it asks), `subjects` and `template: true` @7";
    check(
        "[AWS::SQS::Queue]",
        "",
        &[
            "kinds: `kinds` has no value here: the types of the resources that are asked: `[AWS::SQS::Queue]`, `[aws_sqs_queue]`; `'AWS::*'` and `'aws_*'` are all @7",
            template,
        ],
    );
}

#[test]
fn examples() {
    let (before, _) = RIGHT.split_once("examples:").unwrap();
    let (_, problems) = file("my-rule", before);
    let said = "title: a rule needs `examples`: documentation and tests at once: a line that carries `# error` must be reported, no other may be @1";
    assert_eq!(problems, [said]);
    let (_, problems) = file("my-rule", &format!("{before}examples: []\n"));
    assert_eq!(problems, ["[]: `examples` is empty @10"]);
    check(
        "cloudformation: |",
        "cloudformation:",
        &[
            "Resources: `cloudformation` should be a text: write `cloudformation: |`, and the code below it @12",
        ],
    );
    check(
        "cloudformation: |",
        "cloudformatoin: |",
        &["cloudformatoin: an example has no `cloudformatoin`, did you mean `cloudformation`? @11"],
    );
}

#[test]
fn conditions() {
    let operators = "`equals`, `not-equals`, `equals-ignoring-case`, `in`, `not-in`, `starts-with`, `starts-with-any`, `ends-with`, `matches`, `not-matches`, `contains`, `at-least`, `at-most`, `more-than`, `less-than`, `set`, `empty`, `count-at-least`, `distinct-at-least`, `open-cidr`, `refers-to`, `literal` and `reference`";
    for (condition, expected) in [
        ("{ at: $.QueueName, equal: a, absent: fail }", "equal: a condition with `at` has no `equal`, did you mean `equals`? @8".to_owned()),
        ("{ at: $.QueueName }", format!("at: a condition with `at` needs one of {operators} @8")),
        ("{ at: $.QueueName, in: [a], matches: b, absent: fail }", format!("matches: `matches` stands beside `in`: a condition with `at` has one of {operators} @8")),
        ("{ at: $.QueueName, equals: a }", "$.QueueName: in `expect`, `absent` must be said: what the answer is where the value is not set, `pass`, `fail` or `unknown` @8".to_owned()),
        ("{ at: $.QueueName, equals: a, absent: ignore }", "ignore: `absent` should be one of `pass`, `fail` and `unknown` @8".to_owned()),
        ("{ at: $.QueueName, set: true, absent: fail }", "fail: `set` takes no `absent`: it answers that itself @8".to_owned()),
        ("{ path: $.QueueName, set: true }", "set: `set` needs `at` beside it @8".to_owned()),
        ("{ al: [] }", "al: a condition has no `al`, did you mean `at`? @8".to_owned()),
        ("{ foo: [] }", "foo: a condition needs one of `at`, `all`, `any`, `not`, `every`, `some`, `none`, `statement`, `referenced`, `named`, `depends-on`, `covers-port` and `builtin` @8".to_owned()),
        ("{ at: $.QueueName, set: true, any: [] }", "any: `any` stands beside `at`: a condition asks one thing; join several as `all: [..]` or `any: [..]` @8".to_owned()),
        ("{ all: { at: $.QueueName, set: true } }", "{ at: $.QueueName, set: true }: `all` should be a list (each element after `- `) @8".to_owned()),
        ("{ any: [] }", "[]: `any` is empty @8".to_owned()),
        ("$.QueueName", "$.QueueName: a condition should be a mapping (`{ key: value }`) @8".to_owned()),
        ("{ at: $.QueueName, matches: '(', absent: fail }", "'(': not a regular expression: unclosed group @8".to_owned()),
        ("{ at: $.DelaySeconds, at-least: many, absent: fail }", "many: should be a number @8".to_owned()),
        ("{ at: $.QueueName, in: { values: [a] }, absent: fail }", "values: a list needs one of `parameter` and `data` @8".to_owned()),
        ("{ at: $.QueueName, in: { parameter: names }, absent: fail }", "names: the rule has no parameter `names` @8".to_owned()),
        ("{ some: { where: { at: $.QueueName, set: true } } }", "where: `some` needs one of `each`, `statements`, `resources`, `linked` and `followed` @8".to_owned()),
        ("{ every: { each: '$.Tags[*]' } }", "each: `every` needs `expect`: what must hold of each @8".to_owned()),
        ("{ none: { each: '$.Tags[*]', at-least: 2 } }", "at-least: `none` has no `at-least` @8".to_owned()),
        ("{ builtin: has-tag-key, with: { keys: [a] } }", "has-tag-key: no builtin `has-tag-key` here, did you mean `has-tag-keys`? @8".to_owned()),
        ("{ builtin: has-tag-keys }", "has-tag-keys: `has-tag-keys` needs `with`, and in it `keys` @8".to_owned()),
        ("{ builtin: has-tag-keys, with: { key: [a] } }", "key: `has-tag-keys` takes `keys`, and no `key` @8".to_owned()),
    ] {
        check_condition(condition, &expected);
    }
}

#[test]
fn paths() {
    for (path, expected) in [
        ("$.QueueName", ""),
        (
            "QueueName",
            "a property of the resource begins with `$.`: did you mean `$.QueueName`?",
        ),
        (
            "$QueueName",
            "a property of the resource begins with `$.`: did you mean `$.QueueName`?",
        ),
        (
            "$.Properties.QueueName",
            "`$` is the properties already: did you mean `$.QueueName`?",
        ),
        (
            "$.DeletionPolicy",
            "`DeletionPolicy` stands beside the properties: did you mean `resource.DeletionPolicy`?",
        ),
        (
            "resource.DeletionPolic",
            "a resource has no attribute `DeletionPolic`, did you mean `DeletionPolicy`?",
        ),
        (
            "$.QueueNam",
            "`$` (AWS::SQS::Queue) has no `QueueNam`, did you mean `QueueName`?",
        ),
        ("$.Foo", "`$` (AWS::SQS::Queue) has no `Foo`"),
        (
            "$.RedrivePolicy.foo",
            "`$.RedrivePolicy` (AWS::SQS::Queue) has no `foo`; it has `deadLetterTargetArn` and `maxReceiveCount`",
        ),
        (
            "$.Tags.Owner",
            "`$.Tags` is a list: `$.Tags[*]` reaches its elements, which `each`, `every`, `some` and `none` ask",
        ),
        (
            "$.DelaySeconds.x",
            "`$.DelaySeconds` (AWS::SQS::Queue) has no `x`; it is no mapping",
        ),
        (
            "queue.Name",
            "a path cannot begin with `queue`; there are `$` and `resource`: `$.Name` is a property of the resource",
        ),
    ] {
        let expected = match expected {
            "" => String::new(),
            said => format!("{path}: {said} @8"),
        };
        check_condition(&format!("{{ at: {path}, set: true }}"), &expected);
    }
}
