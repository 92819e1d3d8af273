//! The evaluator against what the real terraform says: every expression of `terraform/expressions.txt` and every
//! module of `terraform/modules`. `tools/terraform-oracle` asks terraform, and writes `expressions.json` and
//! `modules.json`, which these tests read.

#![allow(clippy::unwrap_used, reason = "a test may fail")]
#![allow(clippy::disallowed_methods, reason = "the modules are files")]

#[path = "terraform/differences.rs"]
mod differences;

use pillarlint_parser::model::Project;
use pillarlint_parser::source::{FileId, Span};
use pillarlint_parser::terraform::block::Arguments;
use pillarlint_parser::terraform::given;
use pillarlint_parser::terraform::value;
use pillarlint_parser::terraform::{self, Call, File, Files, Folder, Folders, NoFiles, Options};
use pillarlint_parser::tree::{Entry, Map, Node, Symbol, Value};
use serde_json::json;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

type Json = serde_json::Value;

/// What terraform says of one value.
struct Theirs<'j> {
    error: bool,
    value: &'j Json,
    /// `true` where nothing is known, else in the shape of the value.
    unknown: &'j Json,
}

impl<'j> Theirs<'j> {
    fn of(row: &'j Json) -> Self {
        Self {
            error: row["error"] == json!(true),
            value: &row["value"],
            unknown: &row["unknown"],
        }
    }
}

/// How our value differs from terraform's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Difference {
    /// Another value.
    Value,
    /// A value, where terraform refuses the expression.
    ValueForError,
    /// An error, where terraform has a value, known or not.
    ErrorForValue,
    /// Nothing is known, where terraform knows it.
    UnknownForValue,
    /// Nothing is known, where terraform refuses the expression.
    UnknownForError,
    /// A value, where terraform knows none before an apply.
    ValueForUnknown,
}

fn difference(ours: Option<&Node<'_>>, theirs: &Theirs<'_>) -> Option<Difference> {
    let Some(ours) = ours else {
        return (!theirs.error).then_some(Difference::ErrorForValue);
    };
    match (holds_error(ours), theirs.error) {
        (true, true) => None,
        (true, false) => Some(Difference::ErrorForValue),
        (false, true) if value::is_wholly_known(ours) => Some(Difference::ValueForError),
        (false, true) => Some(Difference::UnknownForError),
        (false, false) => of_values(ours, theirs.value, theirs.unknown),
    }
}

fn of_values(ours: &Node<'_>, theirs: &Json, unknown: &Json) -> Option<Difference> {
    let is_symbol = matches!(ours.value, Value::Symbol(_));
    if *unknown == json!(true) {
        return (!is_symbol).then_some(Difference::ValueForUnknown);
    }
    if is_symbol {
        return Some(Difference::UnknownForValue);
    }
    let same = |same: bool| (!same).then_some(Difference::Value);
    match (&ours.value, theirs) {
        (Value::Null, Json::Null) => None,
        (Value::Bool(a), Json::Bool(b)) => same(a == b),
        (Value::Number(a), Json::Number(b)) => {
            let (a, b) = (a.parse::<f64>().unwrap_or(f64::NAN), b.as_f64().unwrap());
            same((a - b).abs() <= b.abs() * 1e-12)
        }
        (Value::String(_) | Value::Json(_), Json::String(b)) => same(ours.as_str() == Some(b)),
        (Value::List(a), Json::Array(b)) if a.len() == b.len() => {
            let items = a.iter().zip(b).enumerate();
            worst(items.filter_map(|(index, (a, b))| of_values(a, b, &unknown[index])))
        }
        (Value::Map(a), Json::Object(b)) if a.entries.len() == b.len() => {
            worst(a.entries.iter().filter_map(|entry| {
                let key = &*entry.key;
                match b.get(key) {
                    Some(b) => of_values(&entry.value, b, &unknown[key]),
                    None => Some(Difference::Value),
                }
            }))
        }
        _ => Some(Difference::Value),
    }
}

fn worst(differences: impl Iterator<Item = Difference>) -> Option<Difference> {
    differences.min()
}

/// Whether terraform would refuse a value, or a part of it.
fn holds_error(node: &Node<'_>) -> bool {
    match &node.value {
        Value::List(items) => items.iter().any(holds_error),
        Value::Map(map) => map.entries.iter().any(|entry| holds_error(&entry.value)),
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Text(pieces) => pieces.iter().any(holds_error),
            _ => value::is_error(node),
        },
        _ => false,
    }
}

/// A value as JSON; what is not known is a text in angle brackets.
fn shown(node: &Node<'_>) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(held) => json!(held),
        Value::Number(text) => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
        Value::String(text) => json!(text),
        Value::Json(json) => json!(json.text),
        Value::List(items) => items.iter().map(shown).collect(),
        Value::Map(map) => {
            let entries = map.entries.iter();
            entries
                .map(|entry| (entry.key.to_string(), shown(&entry.value)))
                .collect()
        }
        Value::Symbol(symbol) => json!(match &**symbol {
            Symbol::Reference(reference) => format!(
                "<{:?} {:?} {:?}>",
                reference.origin, reference.attribute, reference.indices
            ),
            Symbol::Text(pieces) => {
                let pieces: Vec<Json> = pieces.iter().map(shown).collect();
                format!("<text {}>", Json::Array(pieces))
            }
            Symbol::Choice(choice) => {
                let branch = |branch: &Option<Node<'_>>| branch.as_ref().map(shown);
                format!(
                    "<choice {:?} or {:?}>",
                    branch(&choice.then),
                    branch(&choice.otherwise)
                )
            }
            Symbol::Unknown(why) => format!("<{why}>"),
        }),
    }
}

/// What the provider of `terraform_data` takes: no blocks.
struct Builtin;

impl Arguments for Builtin {
    fn is_single(&self, _: &str, _: &[&str]) -> bool {
        false
    }

    fn is_block(&self, _: &str, _: &[&str]) -> bool {
        false
    }

    fn has(&self, kind: &str, name: &str) -> bool {
        kind == "terraform_data" && ["input", "triggers_replace"].contains(&name)
    }
}

/// A root module of these files.
fn root(files: Vec<File<'_>>) -> Folder<'_> {
    Folder {
        path: ".".to_owned(),
        files,
        ..Folder::default()
    }
}

/// No folder beside the root module.
struct Alone;

impl<'s> Folders<'s> for Alone {
    fn called(&self, _: &Call<'_, 's>) -> Result<&Folder<'s>, String> {
        Err("is not there".to_owned())
    }
}

fn options<'o>(files: &'o dyn Files, variables: HashMap<String, Node<'static>>) -> Options<'o> {
    Options {
        variables,
        arguments: &Builtin,
        files,
        workspace: "default",
    }
}

/// Values of outputs by name.
fn outputs<'p, 's>(project: &'p Project<'s>) -> HashMap<&'p str, &'p Node<'s>> {
    let outputs = project.outputs.iter();
    outputs
        .map(|output| (&*output.name, &output.value))
        .collect()
}

/// What a difference is shown as, with what terraform says.
fn report(name: &str, difference: Difference, ours: Option<&Node<'_>>, theirs: &Json) -> String {
    let ours = ours.map_or_else(|| "not read".to_owned(), |ours| shown(ours).to_string());
    format!("{difference:?}: {name}\n    ours   {ours}\n    theirs {theirs}\n")
}

#[test]
fn expressions_agree_with_terraform() {
    let rows: Vec<Json> = serde_json::from_str(include_str!("terraform/expressions.json")).unwrap();
    let declarations = include_str!("terraform/expressions.tf");
    let expression = |row: &Json| row["expression"].as_str().unwrap().to_owned();
    // Each in a file of its own, so that one that cannot be read hides no other.
    let sources: Vec<String> = rows
        .iter()
        .enumerate()
        .map(|(index, row)| {
            format!(
                "output \"e{index}\" {{\n  value = {}\n}}\n",
                expression(row)
            )
        })
        .collect();
    let texts = std::iter::once(declarations).chain(sources.iter().map(String::as_str));
    // A file that could not be read may hold what others refer to: only its own output is wrong.
    let files = (0..).zip(texts);
    let files = files.map(|(id, text)| File::read(FileId(id), "a.tf", text));
    let folder = root(files.filter(|file| file.unread.is_empty()).collect());
    let options = options(&NoFiles, HashMap::new());
    let project = terraform::lower(&folder, &Alone, &options);
    let outputs = outputs(&project);
    let mut explained: HashMap<&str, &str> = differences::EXPRESSIONS
        .iter()
        .flat_map(|(why, expressions)| expressions.iter().map(move |one| (*one, *why)))
        .collect();
    let mut wrong = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let text = expression(row);
        let ours = outputs.get(format!("e{index}").as_str()).copied();
        let difference = difference(ours, &Theirs::of(row));
        match (difference, explained.remove(text.as_str())) {
            (None, None) | (Some(_), Some(_)) => {}
            (Some(difference), None) => wrong.push(report(&text, difference, ours, row)),
            (None, Some(_)) => wrong.push(format!("agrees, and needs no explanation: {text}")),
        }
    }
    wrong.extend(explained.keys().map(|one| format!("not asked: {one}")));
    wrong.sort();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        rows.len(),
        wrong.join("\n")
    );
    assert!(rows.len() > 800, "{}", rows.len());
}

/// The files of a module's folder: path from there, and text.
struct Tree {
    files: BTreeMap<String, String>,
}

impl Files for Tree {
    fn read(&self, path: &str, _: Span) -> Option<Cow<'_, str>> {
        let text = self.files.get(&joined(".", path))?;
        Some(Cow::Borrowed(text))
    }

    fn list(&self, folder: &str) -> Option<Vec<String>> {
        let folder = joined(".", folder);
        let paths = self.files.keys();
        let inside = paths.filter_map(|path| match folder.as_str() {
            "." => Some(path.clone()),
            _ => Some(path.strip_prefix(&folder)?.strip_prefix('/')?.to_owned()),
        });
        Some(inside.collect())
    }
}

fn read_tree(folder: &Path) -> Tree {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(path) = open.pop() {
        for entry in std::fs::read_dir(&path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let inside = path.strip_prefix(folder).unwrap().to_str().unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            files.insert(inside.replace('\\', "/"), text);
        }
    }
    Tree { files }
}

/// The folder of a file.
fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or(".", |(folder, _)| folder)
}

/// A path as seen from a folder, without `.` and `..`.
fn joined(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    if parts.is_empty() {
        return ".".to_owned();
    }
    parts.join("/")
}

/// The modules of a tree, by folder.
struct Modules<'s> {
    folders: BTreeMap<String, Folder<'s>>,
}

impl<'s> Folders<'s> for Modules<'s> {
    fn called(&self, call: &Call<'_, 's>) -> Result<&Folder<'s>, String> {
        let path = joined(&call.caller.path, call.source);
        let folder = self.folders.get(&path);
        folder.ok_or_else(|| "is not there".to_owned())
    }
}

fn modules(tree: &Tree) -> Modules<'_> {
    let mut files: Vec<(&String, &String)> = tree
        .files
        .iter()
        .filter(|(path, _)| path.ends_with(".tf") || path.ends_with(".tf.json"))
        .collect();
    files.sort_by_key(|(path, _)| (terraform::is_override(path), *path));
    let mut folders: BTreeMap<String, Folder<'_>> = BTreeMap::new();
    for (id, (path, text)) in (0..).zip(files) {
        let folder = folders.entry(parent(path).to_owned()).or_default();
        folder.path = parent(path).to_owned();
        folder.files.push(File::read(FileId(id), path, text));
    }
    Modules { folders }
}

/// What the `.tfvars` files of the root module say, the last word to the last `.auto.tfvars`.
fn variables(tree: &Tree) -> HashMap<String, Node<'static>> {
    let automatic = |path: &str| path.ends_with(".auto.tfvars") && !path.contains('/');
    let files = tree.files.iter();
    let automatic = files.filter(|(path, _)| automatic(path));
    let first = tree.files.get_key_value("terraform.tfvars");
    first
        .into_iter()
        .chain(automatic)
        .flat_map(|(path, text)| given::values(FileId(u32::MAX), path, text).entries)
        .map(|entry| (entry.key.into_owned(), entry.value))
        .collect()
}

/// What the test compares of a project: the value of each output and the arguments of each resource, by what
/// [`asked`] calls it.
fn told<'s>(project: &Project<'s>) -> BTreeMap<String, Node<'s>> {
    let outputs = project.outputs.iter();
    let outputs = outputs.map(|output| (format!("output {}", output.name), output.value.clone()));
    let resources = project.resources.iter().map(|resource| {
        let entries = ["input", "triggers_replace"].map(|name| {
            let absent = || Node::new(Value::Null, resource.span);
            let value = resource
                .properties
                .get(name)
                .cloned()
                .unwrap_or_else(absent);
            Entry {
                key: name.into(),
                key_span: resource.span,
                value,
            }
        });
        let map = Map {
            entries: entries.into(),
        };
        (
            format!("resource {}", resource.address),
            Node::new(Value::Map(map), resource.span),
        )
    });
    outputs.chain(resources).collect()
}

fn asked(row: &Json) -> String {
    match (row["output"].as_str(), row["resource"].as_str()) {
        (Some(name), _) => format!("output {name}"),
        (_, Some(address)) => format!("resource {address}"),
        _ => "refused".to_owned(),
    }
}

#[test]
fn modules_agree_with_terraform() {
    let rows: Vec<Json> = serde_json::from_str(include_str!("terraform/modules.json")).unwrap();
    let mut by_module: BTreeMap<&str, Vec<&Json>> = BTreeMap::new();
    for row in &rows {
        let module = row["module"].as_str().unwrap();
        by_module.entry(module).or_default().push(row);
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/terraform/modules");
    let mut explained: HashMap<String, &str> = differences::MODULES
        .iter()
        .flat_map(|(why, names)| names.iter().map(move |name| ((*name).to_owned(), *why)))
        .collect();
    let mut wrong = Vec::new();
    for (module, rows) in &by_module {
        let tree = read_tree(&root.join(module));
        let modules = modules(&tree);
        let options = options(&tree, variables(&tree));
        let project = terraform::lower(&modules.folders["."], &modules, &options);
        let mut told = told(&project);
        for row in rows {
            let name = asked(row);
            let ours = told.remove(&name);
            let difference = if name == "refused" {
                let is_refused = !project.problems.is_empty() || told.values().any(holds_error);
                told.clear();
                (!is_refused).then_some(Difference::ValueForError)
            } else {
                difference(ours.as_ref(), &Theirs::of(row))
            };
            let name = format!("{module}: {name}");
            match (difference, explained.remove(&name)) {
                (None, None) | (Some(_), Some(_)) => {}
                (Some(difference), None) => {
                    wrong.push(report(&name, difference, ours.as_ref(), row));
                }
                (None, Some(_)) => wrong.push(format!("agrees, and needs no explanation: {name}")),
            }
        }
        for (name, ours) in told {
            let name = format!("{module}: {name}");
            if explained.remove(&name).is_none() {
                wrong.push(format!("terraform has no {name}: {}", shown(&ours)));
            }
        }
    }
    wrong.extend(explained.keys().map(|one| format!("not asked: {one}")));
    wrong.sort();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        rows.len(),
        wrong.join("\n")
    );
    let folders = std::fs::read_dir(&root).unwrap().count();
    assert_eq!(
        folders,
        by_module.len(),
        "modules that terraform was not asked for"
    );
    assert!(folders >= 45, "{folders}");
}

#[test]
fn the_table_of_functions_is_true() {
    let table = include_str!("../../../docs/terraform-functions.md");
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
    let rows: Vec<Vec<&str>> = rows.map(|row| row.split(" | ").collect()).collect();
    for row in &rows {
        let name = row[0].trim_end_matches('`');
        let text = format!("output \"o\" {{\n  value = {name}()\n}}\n");
        let folder = root(vec![File::read(FileId(0), "a.tf", &text)]);
        let options = options(&NoFiles, HashMap::new());
        let project = terraform::lower(&folder, &Alone, &options);
        let answer = shown(&project.outputs[0].value).to_string();
        assert!(!answer.contains("no function"), "{name}: {answer}");
        let is_computed = !answer.contains("is not computed");
        assert_eq!(is_computed, row[1] == "computed", "{name}: {answer}");
        let asked = row[2..].iter().map(|count| count.trim_end_matches(" |"));
        let asked: u32 = asked.map(|count| count.parse::<u32>().unwrap()).sum();
        assert!(asked > 0, "{name} is not compared with terraform");
    }
    assert!(rows.len() > 100, "{}", rows.len());
}

#[test]
fn functions_of_providers_are_unknown() {
    let text = "output \"o\" {\n  value = provider::aws::upper(\"a\")\n}\n";
    let folder = root(vec![File::read(FileId(0), "a.tf", text)]);
    let options = options(&NoFiles, HashMap::new());
    let project = terraform::lower(&folder, &Alone, &options);
    let answer = shown(&project.outputs[0].value);
    assert_eq!(answer, json!("<a function of a provider>"));
}

/// The argument of a resource with this body, without the places.
fn body_of(body: &str) -> Json {
    let text = format!("resource \"test_thing\" \"it\" {{\n{body}\n}}\n");
    let folder = root(vec![File::read(FileId(0), "a.tf", &text)]);
    let options = options(&NoFiles, HashMap::new());
    let project = terraform::lower(&folder, &Alone, &options);
    shown(&project.resources[0].properties)
}

/// No resource that is built into terraform has nested blocks, so that it cannot be asked about `dynamic` without a
/// provider. What it makes is documented: <https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks>.
#[test]
fn dynamic_blocks_are_the_blocks_that_they_make() {
    for (dynamic, written) in [
        (
            r#"dynamic "rule" {
                 for_each = ["a", "b"]
                 content {
                   name = rule.value
                   at   = rule.key
                 }
               }"#,
            r#"rule {
                 name = "a"
                 at   = 0
               }
               rule {
                 name = "b"
                 at   = 1
               }"#,
        ),
        (
            r#"dynamic "rule" {
                 for_each = { b = 2, a = 1 }
                 content { name = "${rule.key}-${rule.value}" }
               }"#,
            r#"rule { name = "a-1" }
               rule { name = "b-2" }"#,
        ),
        // The key of a set's element is the element.
        (
            r#"dynamic "rule" {
                 for_each = toset(["b", "a"])
                 content { name = "${rule.key}-${rule.value}" }
               }"#,
            r#"rule { name = "a-a" }
               rule { name = "b-b" }"#,
        ),
        (
            r#"dynamic "rule" {
                 for_each = [{ port = 1 }]
                 iterator = each_rule
                 content { port = each_rule.value.port }
               }"#,
            "rule { port = 1 }",
        ),
        (
            r#"dynamic "rule" {
                 for_each = []
                 content { name = rule.value }
               }"#,
            "",
        ),
        (
            r#"dynamic "rule" {
                 for_each = true ? [1] : []
                 content {}
               }"#,
            "rule {}",
        ),
        // Nested, with the outer iterator inside the inner block.
        (
            r#"dynamic "group" {
                 for_each = { x = ["a", "b"], y = [] }
                 content {
                   name = group.key
                   dynamic "member" {
                     for_each = group.value
                     iterator = one
                     content { name = "${group.key}/${one.value}" }
                   }
                 }
               }"#,
            r#"group {
                 name = "x"
                 member { name = "x/a" }
                 member { name = "x/b" }
               }
               group { name = "y" }"#,
        ),
        // Those written out and those made, in the order of the text.
        (
            r#"rule { name = "first" }
               dynamic "rule" {
                 for_each = ["second"]
                 content { name = rule.value }
               }
               rule { name = "third" }"#,
            r#"rule { name = "first" }
               rule { name = "second" }
               rule { name = "third" }"#,
        ),
        (
            r#"dynamic "rule" {
                 for_each = ["a"]
                 content { name = rule.value }
               }
               dynamic "rule" {
                 for_each = ["b"]
                 content { name = rule.value }
               }"#,
            r#"rule { name = "a" }
               rule { name = "b" }"#,
        ),
        (
            r#"outer {
                 dynamic "rule" {
                   for_each = [for x in ["a", "b"] : upper(x) if x != "a"]
                   content { name = rule.value }
                 }
               }"#,
            r#"outer {
                 rule { name = "B" }
               }"#,
        ),
        (
            r#"dynamic "rule" {
                 for_each = null == null ? [{ inner = { on = true } }] : []
                 content {
                   inner { on = rule.value.inner.on }
                 }
               }"#,
            r#"rule {
                 inner { on = true }
               }"#,
        ),
    ] {
        assert_eq!(body_of(dynamic), body_of(written), "{dynamic}");
    }
}
