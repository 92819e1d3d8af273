//! `data "aws_iam_policy_document"`: statements as a policy, each part at its own place.
//!
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document>. Statements of
//! other documents keep their own places. Where it is not known whether a statement is there, or is replaced, its
//! place in the list holds a symbol: so nothing can be said of *all* statements, but still of each that is known.

use super::document;
use super::functions::{write_json, write_json_string};
use super::value;
use crate::source::Span;
use crate::tree::{Choice, Entry, Json, Map, Node, Symbol, Value};
use std::borrow::Cow;
use std::cmp::Reverse;

/// What has more cases than this, by the conditions that it depends on, is not told.
const MAX_CASES: usize = 16;

/// The policy that a document's body makes: a text where all of it is known, else what it says.
///
/// Texts of the body that [`document::look_into`] has not looked into have one place for all that is in them.
pub(super) fn render<'s>(body: &Node<'s>) -> Node<'s> {
    let span = body.span;
    let mut policy = Policy {
        version: text("2012-10-17", span),
        id: None,
        statements: Vec::new(),
        replaceable: 0,
    };
    if let Some(version) = set(body, "version") {
        policy.version = version.value.clone();
    }
    let sources = ["source_json", "source_policy_documents"];
    for document in sources.iter().flat_map(|key| documents(body, key)) {
        // Their Sids are distinct, or Terraform refuses them.
        merge(&mut policy, &document);
    }
    let own = set(body, "statement").map(|entry| members(&entry.value));
    policy.replaceable = policy.statements.len();
    for block in own.unwrap_or_default() {
        put(&mut policy, each_case(&block, &statement));
    }
    if let Some(id) = set(body, "policy_id").filter(|id| id.value.as_str() != Some("")) {
        policy.id = Some((id.key_span, id.value.clone()));
    }
    let overrides = ["override_policy_documents", "override_json"];
    for document in overrides.iter().flat_map(|key| documents(body, key)) {
        policy.replaceable = policy.statements.len();
        merge(&mut policy, &document);
    }
    let Policy {
        version,
        id,
        statements,
        ..
    } = policy;
    let mut parts = vec![("Version", span, version)];
    parts.extend(id.map(|(key_span, id)| ("Id", key_span, id)));
    if !statements.is_empty() {
        let list = Node::new(Value::List(statements), span);
        parts.push(("Statement", span, list));
    }
    as_text(map(span, parts), Layout::Indented)
}

/// A policy that is being merged.
struct Policy<'s> {
    version: Node<'s>,
    /// With the place of its key.
    id: Option<(Span, Node<'s>)>,
    statements: Vec<Node<'s>>,
    /// So many of the statements are those of earlier documents, and may be replaced.
    replaceable: usize,
}

/// The same policy as `minified_json`.
pub(super) fn minified<'s>(policy: &Node<'s>) -> Node<'s> {
    match &policy.value {
        Value::Json(json) => as_text(json.tree.clone(), Layout::Compact),
        _ => policy.clone(),
    }
}

/// A part that is set.
fn set<'n, 's>(block: &'n Node<'s>, key: &str) -> Option<&'n Entry<'s>> {
    let entry = block.as_map()?.entry(key)?;
    (!matches!(entry.value.value, Value::Null)).then_some(entry)
}

/// The documents of an argument.
fn documents<'s>(body: &Node<'s>, key: &str) -> Vec<Node<'s>> {
    let documents = set(body, key)
        .map(|entry| members(&entry.value))
        .unwrap_or_default();
    documents
        .into_iter()
        .map(|document| document::look_into(document, &|_| None))
        .collect()
}

fn is_newer(other: &Node<'_>, version: &Node<'_>) -> bool {
    matches!((other.as_str(), version.as_str()), (Some(other), Some(version)) if other > version)
}

/// What a list holds, or the one thing that stands in its place. What is there only under a condition is a choice
/// between it and nothing.
fn members<'s>(node: &Node<'s>) -> Vec<Node<'s>> {
    match &node.value {
        Value::Null => Vec::new(),
        Value::List(items) => items.iter().flat_map(members).collect(),
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Choice(choice) => {
                let of = |branch: &Option<Node<'s>>| branch.as_ref().map(members);
                let then = of(&choice.then).unwrap_or_default();
                let otherwise = of(&choice.otherwise).unwrap_or_default();
                let then = then.into_iter().map(|one| (Some(one), None));
                let otherwise = otherwise.into_iter().map(|one| (None, Some(one)));
                then.chain(otherwise)
                    .map(|(then, otherwise)| Node {
                        value: Value::Symbol(Box::new(Symbol::Choice(Choice {
                            condition: choice.condition,
                            then,
                            otherwise,
                        }))),
                        span: node.span,
                        via: node.via.clone(),
                    })
                    .collect()
            }
            _ => vec![node.clone()],
        },
        _ => vec![node.clone()],
    }
}

/// A function of a value, or of each value that it may have.
fn each_case<'s>(node: &Node<'s>, of: &dyn Fn(&Node<'s>) -> Node<'s>) -> Node<'s> {
    match value::symbol(node) {
        Some(Symbol::Choice(choice)) => {
            let branch = |branch: &Option<Node<'s>>| branch.as_ref().map(|one| each_case(one, of));
            let choice = Choice {
                condition: choice.condition,
                then: branch(&choice.then),
                otherwise: branch(&choice.otherwise),
            };
            Node {
                value: Value::Symbol(Box::new(Symbol::Choice(choice))),
                span: node.span,
                via: node.via.clone(),
            }
        }
        _ => of(node),
    }
}

/// Adds another document. An empty text is none.
fn merge<'s>(policy: &mut Policy<'s>, document: &Node<'s>) {
    match document.get("Version") {
        Some(version) if is_newer(version, &policy.version) => policy.version = version.clone(),
        _ => {}
    }
    if let Some(id) = set(document, "Id").filter(|id| id.value.as_str() != Some("")) {
        policy.id = Some((id.key_span, id.value.clone()));
    }
    let nothing = || Node::new(Value::Null, document.span);
    let found = each_case(document, &|document| match document.as_map() {
        Some(map) => map.get("Statement").cloned().unwrap_or_else(nothing),
        None if document.as_str().is_some_and(|text| text.trim().is_empty()) => nothing(),
        None => value::unknown("a policy document that is not known", document.span),
    });
    for statement in members(&found) {
        put(policy, statement);
    }
}

/// Whether a statement has the Sid of another one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Same {
    Yes,
    No,
    Maybe,
}

/// Adds a statement. It takes the place of those that may be replaced and have its Sid: of several, no two are there
/// at once.
fn put<'s>(policy: &mut Policy<'s>, statement: Node<'s>) {
    let mut is_put = false;
    let mut at = 0;
    while at < policy.replaceable {
        let earlier = &policy.statements[at];
        let instead = match same_sid(earlier, &statement) {
            Same::No => {
                at += 1;
                continue;
            }
            Same::Yes => {
                let is_first = !std::mem::replace(&mut is_put, true);
                instead(earlier, &statement, is_first)
            }
            Same::Maybe => {
                let why = "another document may replace the statement";
                Some(value::unknown(why, earlier.span))
            }
        };
        match instead {
            Some(node) if cases(&node) > MAX_CASES => {
                let why = "it depends on too many conditions";
                policy.statements[at] = value::unknown(why, node.span);
                at += 1;
            }
            Some(node) => {
                policy.statements[at] = node;
                at += 1;
            }
            None => {
                policy.statements.remove(at);
                policy.replaceable -= 1;
            }
        }
    }
    if !is_put {
        policy.statements.push(statement);
    }
}

/// How many values a node may have.
fn cases(node: &Node<'_>) -> usize {
    match value::symbol(node) {
        Some(Symbol::Choice(choice)) => {
            choice.then.iter().chain(&choice.otherwise).map(cases).sum()
        }
        _ => 1,
    }
}

/// What stands in the place of an earlier statement: the new one, or nothing, in the cases in which there is a new one.
fn instead<'s>(earlier: &Node<'s>, new: &Node<'s>, is_first: bool) -> Option<Node<'s>> {
    let Some(Symbol::Choice(choice)) = value::symbol(new) else {
        return is_first.then(|| new.clone());
    };
    let branch = |branch: &Option<Node<'s>>| match branch {
        Some(new) => instead(earlier, new, is_first),
        None => Some(earlier.clone()),
    };
    let choice = Choice {
        condition: choice.condition,
        then: branch(&choice.then),
        otherwise: branch(&choice.otherwise),
    };
    Some(Node {
        value: Value::Symbol(Box::new(Symbol::Choice(choice))),
        span: new.span,
        via: new.via.clone(),
    })
}

fn same_sid(a: &Node<'_>, b: &Node<'_>) -> Same {
    // Where there are several cases, each has to say the same.
    let all = |choice: &Choice<'_>, same: &dyn Fn(&Node<'_>) -> Same| {
        let mut cases = choice.then.iter().chain(&choice.otherwise).map(same);
        match (cases.next(), cases.next()) {
            (Some(one), Some(other)) if one != other => Same::Maybe,
            (one, _) => one.unwrap_or(Same::No),
        }
    };
    if let Some(Symbol::Choice(choice)) = value::symbol(a) {
        return all(choice, &|case| same_sid(case, b));
    }
    if let Some(Symbol::Choice(choice)) = value::symbol(b) {
        return all(choice, &|case| same_sid(a, case));
    }
    if [a, b]
        .iter()
        .any(|one| one.as_map().is_some_and(has_no_sid))
    {
        return Same::No;
    }
    match (a.get("Sid"), b.get("Sid")) {
        (Some(a), Some(b)) => match value::equal(a, b) {
            Some(true) => Same::Yes,
            Some(false) => Same::No,
            None => Same::Maybe,
        },
        _ => Same::Maybe,
    }
}

fn has_no_sid(statement: &Map<'_>) -> bool {
    statement
        .get("Sid")
        .is_none_or(|sid| matches!(sid.value, Value::Null) || sid.as_str() == Some(""))
}

fn statement<'s>(block: &Node<'s>) -> Node<'s> {
    if block.as_map().is_none() {
        return block.clone();
    }
    let span = block.span;
    let mut parts: Vec<(&'static str, Span, Node<'s>)> = Vec::new();
    if let Some(sid) = set(block, "sid").filter(|sid| sid.value.as_str() != Some("")) {
        parts.push(("Sid", sid.key_span, sid.value.clone()));
    }
    match set(block, "effect") {
        Some(effect) => parts.push(("Effect", effect.key_span, effect.value.clone())),
        None => parts.push(("Effect", span, text("Allow", span))),
    }
    for (key, name) in [
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ] {
        let entry = set(block, key).filter(|entry| !is_empty(&entry.value));
        if let Some(entry) = entry {
            let values = each_case(&entry.value, &|values| as_set(values));
            parts.push((name, entry.key_span, values));
        }
    }
    for (key, name) in [
        ("principals", "Principal"),
        ("not_principals", "NotPrincipal"),
    ] {
        let entry = set(block, key).filter(|entry| !is_empty(&entry.value));
        if let Some(entry) = entry {
            let value = by_case(&entry.value, MAX_CASES, &principals);
            parts.push((name, entry.key_span, value));
        }
    }
    let entry = set(block, "condition").filter(|entry| !is_empty(&entry.value));
    if let Some(entry) = entry {
        let value = by_case(&entry.value, MAX_CASES, &conditions);
        parts.push(("Condition", entry.key_span, value));
    }
    map(span, parts)
}

fn is_empty(node: &Node<'_>) -> bool {
    node.as_list().is_some_and(<[_]>::is_empty)
}

/// A set of texts: without repeats, and in the provider's order where all are known. One alone stands for itself.
fn as_set<'s>(values: &Node<'s>) -> Node<'s> {
    let Value::List(items) = &values.value else {
        return as_text_value(values);
    };
    let mut items: Vec<Node<'s>> = items.iter().map(as_text_value).collect();
    if items.iter().all(|item| item.as_str().is_some()) {
        items.sort_by(|a, b| Reverse(a.as_str()).cmp(&Reverse(b.as_str())));
        items.dedup_by(|a, b| a.as_str() == b.as_str());
    }
    one_or_many(items, values)
}

/// The values of a condition, which keep their order.
fn as_values<'s>(values: &Node<'s>) -> Node<'s> {
    match &values.value {
        Value::List(items) => one_or_many(items.iter().map(as_text_value).collect(), values),
        _ => as_text_value(values),
    }
}

fn one_or_many<'s>(mut items: Vec<Node<'s>>, list: &Node<'s>) -> Node<'s> {
    // What is not known may be none at all.
    let is_one = |item: &Node<'s>| !matches!(value::symbol(item), Some(Symbol::Choice(_)));
    match items.pop() {
        Some(only) if items.is_empty() && is_one(&only) => only,
        last => {
            items.extend(last);
            Node {
                value: Value::List(items),
                span: list.span,
                via: list.via.clone(),
            }
        }
    }
}

/// A scalar as text, with IAM's variables as IAM writes them: `&{aws:username}` is `${aws:username}`.
fn as_text_value<'s>(node: &Node<'s>) -> Node<'s> {
    let mut node = node.clone();
    match &mut node.value {
        Value::Bool(_) | Value::Number(_) => {
            if let Some(text) = value::text(&node).map(Cow::into_owned) {
                node.value = Value::String(Cow::Owned(text));
            }
        }
        Value::String(text) if text.contains("&{") => {
            *text = Cow::Owned(text.replace("&{", "${"));
        }
        Value::Symbol(symbol) => match &mut **symbol {
            Symbol::Text(pieces) => {
                for piece in pieces {
                    *piece = as_text_value(piece);
                }
            }
            Symbol::Choice(choice) => {
                for branch in choice.then.iter_mut().chain(&mut choice.otherwise) {
                    *branch = as_text_value(branch);
                }
            }
            _ => {}
        },
        _ => {}
    }
    node
}

/// A function of blocks, whichever of them there are: where that depends on a condition, the result does.
fn by_case<'s>(
    blocks: &Node<'s>,
    cases: usize,
    of: &dyn Fn(&[Node<'s>], Span) -> Node<'s>,
) -> Node<'s> {
    let blocks_span = blocks.span;
    let blocks = members(blocks);
    let condition = blocks.iter().find_map(|block| match value::symbol(block) {
        Some(Symbol::Choice(choice)) => Some(choice.condition),
        _ => None,
    });
    let Some(condition) = condition else {
        return of(&blocks, blocks_span);
    };
    if cases < 2 {
        return value::unknown("it depends on too many conditions", blocks_span);
    }
    let case = |held: bool| {
        let blocks = blocks
            .iter()
            .filter_map(|block| match value::symbol(block) {
                Some(Symbol::Choice(choice)) if choice.condition == condition => {
                    let branch = if held {
                        &choice.then
                    } else {
                        &choice.otherwise
                    };
                    branch.clone()
                }
                _ => Some(block.clone()),
            });
        let blocks = Node::new(Value::List(blocks.collect()), blocks_span);
        (!is_empty(&blocks)).then(|| by_case(&blocks, cases / 2, of))
    };
    let choice = Choice {
        condition,
        then: case(true),
        otherwise: case(false),
    };
    Node::new(Value::Symbol(Box::new(Symbol::Choice(choice))), blocks_span)
}

/// `principals { type, identifiers }` as `{ type: identifiers }`; everyone of the type `*` as `*` itself.
fn principals<'s>(blocks: &[Node<'s>], span: Span) -> Node<'s> {
    let mut entries: Vec<Entry<'s>> = Vec::new();
    for block in blocks {
        let (Some(kind), Some(identifiers)) = (block.get("type"), block.get("identifiers")) else {
            return not_told(block);
        };
        let Some(name) = kind.as_str() else {
            return not_told(kind);
        };
        let identifiers = each_case(identifiers, &|one| as_set(one));
        if blocks.len() == 1 && name == "*" && identifiers.as_str() == Some("*") {
            return identifiers;
        }
        add(&mut entries, name, kind.span, identifiers);
    }
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    Node::new(Value::Map(Map { entries }), span)
}

/// `condition { test, variable, values }` as `{ test: { variable: values } }`.
fn conditions<'s>(blocks: &[Node<'s>], span: Span) -> Node<'s> {
    let mut tests: Vec<(String, Span, Vec<Entry<'s>>)> = Vec::new();
    for block in blocks {
        let (Some(test), Some(variable), Some(values)) = (
            block.get("test"),
            block.get("variable"),
            block.get("values"),
        ) else {
            return not_told(block);
        };
        let (Some(operator), Some(key)) = (test.as_str(), variable.as_str()) else {
            return not_told(if test.as_str().is_some() {
                variable
            } else {
                test
            });
        };
        let key = key.replace("&{", "${");
        let values = each_case(values, &as_values);
        match tests.iter_mut().find(|(name, ..)| name == operator) {
            Some((.., keys)) => add(keys, &key, variable.span, values),
            None => {
                let mut keys = Vec::new();
                add(&mut keys, &key, variable.span, values);
                tests.push((operator.to_owned(), test.span, keys));
            }
        }
    }
    let entries = tests.into_iter().map(|(operator, place, mut keys)| {
        keys.sort_by(|a, b| a.key.cmp(&b.key));
        Entry {
            key: Cow::Owned(operator),
            key_span: place,
            value: Node::new(Value::Map(Map { entries: keys }), place),
        }
    });
    let mut entries: Vec<Entry<'s>> = entries.collect();
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    Node::new(Value::Map(Map { entries }), span)
}

/// Adds values to those that a key has already.
fn add<'s>(entries: &mut Vec<Entry<'s>>, key: &str, key_span: Span, values: Node<'s>) {
    let Some(earlier) = entries.iter_mut().find(|entry| entry.key == key) else {
        entries.push(Entry {
            key: Cow::Owned(key.to_owned()),
            key_span,
            value: values,
        });
        return;
    };
    let list = |node: &Node<'s>| match &node.value {
        Value::List(items) => items.clone(),
        _ => vec![node.clone()],
    };
    let mut all = list(&earlier.value);
    all.extend(list(&values));
    earlier.value.value = Value::List(all);
}

/// That a value depends on one that is not known; a symbol stays what it is.
fn not_told<'s>(node: &Node<'s>) -> Node<'s> {
    match value::first_symbol(node) {
        Some(Symbol::Unknown(why)) => value::unknown(why.clone(), node.span),
        Some(_) => value::unknown("it depends on what is not known", node.span),
        None => value::unknown("a block that lacks an argument", node.span),
    }
}

/// How the text of a policy is laid out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    Indented,
    Compact,
}

/// A policy as a text, where all of it is known.
fn as_text(tree: Node<'_>, layout: Layout) -> Node<'_> {
    if !value::is_wholly_known(&tree) {
        return tree;
    }
    let mut text = String::new();
    write(&tree, layout, 0, &mut text);
    let span = tree.span;
    let text = Cow::Owned(text);
    Node::new(Value::Json(Box::new(Json { text, tree })), span)
}

fn write(node: &Node<'_>, layout: Layout, depth: usize, out: &mut String) {
    let new_line = |depth: usize, out: &mut String| {
        if layout == Layout::Indented {
            out.push('\n');
            out.extend(std::iter::repeat_n("  ", depth));
        }
    };
    match &node.value {
        Value::List(items) if items.is_empty() => out.push_str("[]"),
        Value::Map(map) if map.entries.is_empty() => out.push_str("{}"),
        Value::List(items) => {
            let mut separator = '[';
            for item in items {
                out.push(separator);
                new_line(depth + 1, out);
                write(item, layout, depth + 1, out);
                separator = ',';
            }
            new_line(depth, out);
            out.push(']');
        }
        Value::Map(map) => {
            let mut separator = '{';
            for entry in &map.entries {
                out.push(separator);
                new_line(depth + 1, out);
                write_json_string(&entry.key, out);
                out.push(':');
                if layout == Layout::Indented {
                    out.push(' ');
                }
                write(&entry.value, layout, depth + 1, out);
                separator = ',';
            }
            new_line(depth, out);
            out.push('}');
        }
        _ => write_json(node, out),
    }
}

fn text<'s>(text: &'static str, span: Span) -> Node<'s> {
    Node::new(Value::String(Cow::Borrowed(text)), span)
}

fn map<'s>(span: Span, parts: Vec<(&'static str, Span, Node<'s>)>) -> Node<'s> {
    let entries = parts
        .into_iter()
        .map(|(key, key_span, value)| Entry {
            key: Cow::Borrowed(key),
            key_span,
            value,
        })
        .collect();
    Node::new(Value::Map(Map { entries }), span)
}
