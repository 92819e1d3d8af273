//! The values of the variables of root modules, from where Terraform takes them and in its order.
//!
//! <https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence>

use super::bounds::Bounds;
use super::read::{Key, Module, Text, new_id};
use crate::args::{Given, Variables};
use crate::config::Target;
use crate::files::{self, Content, shown};
use pillarlint_parser::source::{FileId, SourceFile, Span, decode};
use pillarlint_parser::terraform::given::{self, Declared, Reading};
use pillarlint_parser::tree::{Entry, Node, Problem};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What variables are given.
#[derive(Default)]
pub(super) struct Values {
    /// The values of each root module's variables, in the order of the root modules.
    pub(super) of_roots: Vec<HashMap<String, Node<'static>>>,
    /// The files that they came from, and a stand-in for each that came from none.
    pub(super) texts: Vec<Text>,
    /// What is wrong with them.
    pub(super) problems: Vec<Problem>,
    /// The first variable that an argument names and no root module declares.
    pub(super) undeclared: Option<String>,
}

/// A root module, and what it declares.
type Root<'r> = (&'r Module<'r>, &'r BTreeMap<&'r str, Reading>);

/// Where values come from.
enum Source {
    /// A file of values, read.
    File(Vec<Entry<'static>>),
    /// An argument, or a variable of the environment.
    Text {
        name: String,
        text: String,
        place: Span,
    },
}

/// Gives each root module its values. `configured` are the files that its configuration names for it. New files have
/// ids from `next` on.
pub(super) fn values(
    roots: &[&Key],
    modules: &BTreeMap<Key, Module<'_>>,
    given: &Variables,
    configured: &[Vec<Target>],
    bounds: &Bounds,
    next: &mut u32,
) -> Values {
    let mut values = Values::default();
    let roots: Vec<&Module<'_>> = roots.iter().filter_map(|key| modules.get(*key)).collect();
    let declared: Vec<BTreeMap<&str, Reading>> = roots
        .iter()
        .map(|root| {
            let variables = root.folder.files.iter().flat_map(|file| file.variables());
            let named = variables.map(|Declared { name, reading }| (name, reading));
            named.collect()
        })
        .collect();

    let environment: Vec<Source> = if given.environment {
        let variables = environment(&declared).into_iter();
        let sources = variables.map(|(name, text)| {
            let shown = format!("TF_VAR_{name}");
            argument(&mut values, shown, name, text, next)
        });
        sources.collect()
    } else {
        Vec::new()
    };
    let mut arguments: Vec<Source> = Vec::new();
    for one in &given.given {
        arguments.push(match one {
            Given::Value { name, text } => argument(
                &mut values,
                format!("--var {name}"),
                name.clone(),
                text.clone(),
                next,
            ),
            Given::File(path) => {
                let bytes = files::read(Content::Disk(path.clone()));
                let text = text_of(new_id(next), shown(path), bytes);
                Source::File(read_file(&mut values, text))
            }
        });
    }
    let all: Vec<Root<'_>> = roots.iter().copied().zip(&declared).collect();
    undeclared(&mut values, &arguments, &all);
    // A file that several root modules are given is read once.
    let mut named: BTreeMap<&Target, Source> = BTreeMap::new();
    for target in configured.iter().flatten() {
        if !named.contains_key(target) {
            let bytes = files::read(Content::Disk(target.real.clone()));
            let text = text_of(new_id(next), target.shown.clone(), bytes);
            let source = Source::File(read_file(&mut values, text));
            named.insert(target, source);
        }
    }
    for (target, source) in &named {
        let given = all.iter().zip(configured);
        let given = given.filter(|(_, files)| files.contains(target));
        let roots: Vec<Root<'_>> = given.map(|(root, _)| *root).collect();
        undeclared(&mut values, std::slice::from_ref(source), &roots);
    }

    let ids: Vec<Vec<(FileId, &String)>> = roots
        .iter()
        .map(|root| {
            let values = root.values.iter();
            values
                .map(|(path, known)| (known.unwrap_or_else(|| new_id(next)), path))
                .collect()
        })
        .collect();
    let texts: Vec<Vec<Text>> = ids
        .into_par_iter()
        .map(|files| {
            let texts = files.into_iter().map(|(id, path)| {
                let real = bounds
                    .inside(path)
                    .map_err(|outside| outside.why().to_owned());
                let bytes = real.and_then(|real| files::read(Content::Disk(real)));
                text_of(id, path.clone(), bytes)
            });
            texts.collect()
        })
        .collect();
    let given = configured.iter().map(Vec::as_slice);
    let given = given.chain(std::iter::repeat(&[][..]));
    for (((root, declared), texts), given) in roots.iter().zip(&declared).zip(texts).zip(given) {
        let mut loaded: Vec<Source> = Vec::new();
        for text in texts {
            let entries = read_file(&mut values, text);
            for entry in entries
                .iter()
                .filter(|entry| !root.is_broken && !declared.contains_key(&*entry.key))
            {
                values.problems.push(not_declared(entry));
            }
            loaded.push(Source::File(entries));
        }
        let mut of_root = HashMap::new();
        let given = given.iter().filter_map(|target| named.get(target));
        let sources = environment.iter().chain(&loaded).chain(given);
        for source in sources.chain(&arguments) {
            apply(source, declared, &mut of_root, &mut values.problems);
        }
        values.of_roots.push(of_root);
    }
    values
}

/// Adds what a source says of the variables that are declared.
fn apply(
    source: &Source,
    declared: &BTreeMap<&str, Reading>,
    values: &mut HashMap<String, Node<'static>>,
    problems: &mut Vec<Problem>,
) {
    match source {
        Source::File(entries) => {
            let known = entries
                .iter()
                .filter(|entry| declared.contains_key(&*entry.key));
            values.extend(known.map(|entry| (entry.key.to_string(), entry.value.clone())));
        }
        Source::Text { name, text, place } => {
            let Some(reading) = declared.get(name.as_str()) else {
                return;
            };
            match given::argument(text, *reading, *place) {
                Ok(value) => {
                    values.insert(name.clone(), value);
                }
                Err(problem) => problems.push(problem),
            }
        }
    }
}

/// The variables of the environment that are meant for variables of a root module, by name.
fn environment(declared: &[BTreeMap<&str, Reading>]) -> BTreeMap<String, String> {
    let variables = std::env::vars_os().filter_map(|(name, text)| {
        let name = name.to_str()?.strip_prefix("TF_VAR_")?.to_owned();
        Some((name, text.into_string().ok()?))
    });
    variables
        .filter(|(name, _)| {
            declared
                .iter()
                .any(|declared| declared.contains_key(name.as_str()))
        })
        .collect()
}

/// A value that stands in no file. Its text is not kept among the sources: it may be a secret, and what is in no file
/// is not shown.
fn argument(
    values: &mut Values,
    shown: String,
    name: String,
    text: String,
    next: &mut u32,
) -> Source {
    let file = new_id(next);
    values.texts.push(text_of(file, shown, Ok(Vec::new())));
    let place = Span::new(file, 0, 0);
    Source::Text { name, text, place }
}

fn text_of(file: FileId, path: String, bytes: Result<Vec<u8>, String>) -> Text {
    let text = bytes.and_then(|bytes| decode(bytes).map_err(|error| error.to_string()));
    let (text, unreadable) = match text {
        Ok(text) => (text, None),
        Err(why) => (String::new(), Some(why)),
    };
    Text {
        file,
        source: SourceFile { path, text },
        unreadable,
    }
}

/// What a file of values says; what is wrong with it is noted.
fn read_file(values: &mut Values, text: Text) -> Vec<Entry<'static>> {
    let read = given::values(text.file, &text.source.path, &text.source.text);
    match &text.unreadable {
        Some(why) => values
            .problems
            .push(Problem::error(Span::new(text.file, 0, 0), why)),
        None => values.problems.extend(read.problems),
    }
    values.texts.push(text);
    read.entries
}

/// Notes what arguments give to variables that no root module declares. A file may hold more than is asked for, as
/// Terraform has it; a single value may not.
fn undeclared(values: &mut Values, arguments: &[Source], roots: &[Root<'_>]) {
    if roots.iter().any(|(root, _)| root.is_broken) {
        return;
    }
    let declared = roots.iter().flat_map(|(_, declared)| declared.keys());
    let declared: BTreeSet<&str> = declared.copied().collect();
    for source in arguments {
        match source {
            Source::File(entries) => {
                let unknown = entries
                    .iter()
                    .filter(|entry| !declared.contains(&*entry.key));
                values.problems.extend(unknown.map(not_declared));
            }
            Source::Text { name, .. } => {
                if !declared.contains(name.as_str()) && values.undeclared.is_none() {
                    values.undeclared = Some(name.clone());
                }
            }
        }
    }
}

fn not_declared(entry: &Entry<'static>) -> Problem {
    Problem::warning(
        entry.key_span,
        format!("no variable `{}` is declared", entry.key),
    )
}
