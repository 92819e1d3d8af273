//! Rules from a folder: `**/*.yaml`, with `shapes/` and `data/` beside them; the shapes and data that come
//! with pillarlint are at hand too.

#![allow(
    clippy::disallowed_methods,
    reason = "the command line is where files are read"
)]

use crate::Failure;
use crate::files;
use crate::text::escape;
use pillarlint_engine::framework::Framework;
use pillarlint_engine::load::{self, RuleFile};
use pillarlint_engine::ruleset::{Rule, Ruleset};
use pillarlint_parser::source::{FileId, SourceFile, SourceMap, Span, decode};
use pillarlint_parser::tree::{Level, Problem};
use std::io::Write;
use std::path::Path;

/// What a folder of rules held.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The rules that are right.
    pub(crate) rules: Vec<Rule>,
    /// What is wrong with the others.
    pub(crate) problems: Vec<Problem>,
    /// The files that the problems lie in.
    pub(crate) sources: SourceMap,
}

/// The rules of a folder alone, and the framework that they speak of.
pub(crate) fn alone(folder: &Path) -> Result<Ruleset, Failure> {
    let embedded = pillarlint_rules::ruleset();
    let rules = right(load_folder(folder, embedded.framework())?)?;
    let framework = embedded.framework().clone();
    let mut ruleset = Ruleset::loaded(Vec::new(), framework, embedded.iam_actions);
    ruleset.extend(rules);
    Ok(ruleset)
}

/// The rules of a run where `--rules` names a folder; nothing where ours are all there are.
pub(crate) fn beside_ours(
    folder: Option<&Path>,
    notes: &mut dyn Write,
) -> Result<Option<Ruleset>, Failure> {
    folder.map(|folder| added(folder, notes)).transpose()
}

/// The rules that come with pillarlint, with those of a folder added. One with the id of ours takes its
/// place, and a note says so: nobody should find out by what is no longer found.
fn added(folder: &Path, notes: &mut dyn Write) -> Result<Ruleset, Failure> {
    let embedded = pillarlint_rules::ruleset();
    let copy = |rule: &Rule| {
        Rule::loaded(
            rule.header.clone(),
            rule.checks().to_vec(),
            rule.docs().clone(),
        )
    };
    let mut ruleset = Ruleset::loaded(
        embedded.rules.iter().map(copy).collect(),
        embedded.framework().clone(),
        embedded.iam_actions,
    );
    let own = right(load_folder(folder, embedded.framework())?)?;
    let replaced = own
        .iter()
        .filter(|rule| ruleset.rule(&rule.header.id).is_some());
    for Rule { header, .. } in replaced {
        let (id, folder) = (&header.id, files::shown(folder));
        // Nothing more can be done where not even this can be written.
        let _ = writeln!(
            notes,
            "note: `{}` of {} takes the place of the rule that comes with pillarlint",
            escape(id),
            escape(&folder)
        );
    }
    ruleset.extend(own);
    Ok(ruleset)
}

fn right(loaded: Loaded) -> Result<Vec<Rule>, Failure> {
    let is_error = |problem: &Problem| problem.level == Level::Error;
    if loaded.problems.iter().any(is_error) {
        return Err(Failure::Rules(loaded));
    }
    Ok(loaded.rules)
}

/// What the files of a folder are to the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Rule,
    Shape,
    Data,
}

fn load_folder(folder: &Path, framework: &Framework) -> Result<Loaded, Failure> {
    if folder.is_file() {
        let path = files::shown(folder);
        let message = format!("{path} is a file; name the folder that holds the rules");
        return Err(Failure::Usage(message));
    }
    let paths = files::yaml_below(folder)
        .map_err(|(path, why)| Failure::Usage(format!("cannot read {path}: {why}")))?;
    let mut sources = SourceMap::default();
    let mut problems = Vec::new();
    // What each source is to the loader, and its name; nothing for one that could not be read.
    let mut roles: Vec<Option<(Role, String)>> = Vec::new();
    // Ours come first, so that the folder's own of the same name take their place.
    let ours = [
        (Role::Shape, "shapes", pillarlint_rules::SHAPES),
        (Role::Data, "data", pillarlint_rules::DATA),
    ];
    for (role, folder, texts) in ours {
        for (name, text) in texts {
            roles.push(Some((role, (*name).to_owned())));
            sources.files.push(SourceFile {
                path: format!("{folder}/{name}.yaml of pillarlint"),
                text: (*text).to_owned(),
            });
        }
    }
    for path in paths {
        let Some(role) = role(folder, &path) else {
            continue;
        };
        let file = FileId(u32::try_from(sources.files.len()).unwrap_or(u32::MAX));
        let text = std::fs::read(&path)
            .map_err(|error| files::why(&error))
            .and_then(|bytes| decode(bytes).map_err(|error| error.to_string()));
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        roles.push(text.is_ok().then(|| (role, name.into_owned())));
        let text = text.unwrap_or_else(|why| {
            problems.push(Problem::error(Span::new(file, 0, 0), why));
            String::new()
        });
        let path = files::shown(&path);
        sources.files.push(SourceFile { path, text });
    }
    let of = |wanted: Role| {
        let files = sources.files.iter().zip(&roles).zip(0..);
        files.filter_map(move |((source, role), file)| {
            let (role, id) = role.as_ref()?;
            (*role == wanted).then_some((FileId(file), id.as_str(), source.text.as_str()))
        })
    };
    let shapes: Vec<_> = of(Role::Shape).collect();
    let data: Vec<_> = of(Role::Data).collect();
    let rules: Vec<RuleFile> = of(Role::Rule)
        .map(|(file, id, text)| RuleFile { file, id, text })
        .collect();
    if rules.is_empty() && problems.is_empty() {
        let folder = files::shown(folder);
        return Err(Failure::Usage(format!(
            "no rule files (*.yaml) in {folder}"
        )));
    }
    let context = load::Context::new(framework, &shapes, &data);
    let (rules, found) = load::load(&rules, &context);
    problems.extend(found);
    problems.sort_by(|a, b| (a.span, &a.message).cmp(&(b.span, &b.message)));
    Ok(Loaded {
        rules,
        problems,
        sources,
    })
}

/// A file's role, by the folder below the top that it lies in; the framework's own file has none.
fn role(folder: &Path, path: &Path) -> Option<Role> {
    let below = path.strip_prefix(folder).unwrap_or(path);
    if below == Path::new("practices.yaml") {
        return None;
    }
    let top = below.components().next()?;
    Some(match top.as_os_str().to_str() {
        Some("shapes") => Role::Shape,
        Some("data") => Role::Data,
        _ => Role::Rule,
    })
}
