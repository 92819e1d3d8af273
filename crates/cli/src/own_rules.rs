//! Rules from folders: `**/*.yaml`, with `shapes/` and `data/` beside them; the shapes and data that come
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
use pillarlint_parser::tree::Problem;
use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::path::{Path, PathBuf};

/// What folders of rules held.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The rules that are right, each with its file.
    pub(crate) rules: Vec<(Rule, FileId)>,
    /// What is wrong with the others.
    pub(crate) problems: Vec<Problem>,
    /// The files.
    pub(crate) sources: SourceMap,
}

/// Rules of folders alone, with the files that they were read from.
pub(crate) struct Alone {
    pub(crate) ruleset: Ruleset,
    pub(crate) sources: SourceMap,
    /// Where each rule stands, by its id.
    pub(crate) files: HashMap<String, FileId>,
}

/// The rules of folders alone, and the framework that they speak of.
pub(crate) fn alone(folders: &[PathBuf], notes: &mut dyn Write) -> Result<Alone, Failure> {
    let embedded = pillarlint_rules::ruleset();
    let loaded = load_folders(folders, embedded.framework(), notes)?;
    let framework = embedded.framework().clone();
    let mut ruleset = Ruleset::loaded(Vec::new(), framework, embedded.iam_actions);
    let (rules, files): (Vec<Rule>, Vec<FileId>) = loaded.rules.into_iter().unzip();
    let ids = rules.iter().map(|rule| rule.header.id.clone());
    let files = ids.zip(files).collect();
    ruleset.extend(rules);
    Ok(Alone {
        ruleset,
        sources: loaded.sources,
        files,
    })
}

/// The rules of a run where `--rules` names folders; nothing where ours are all there are.
pub(crate) fn beside_ours(
    folders: &[PathBuf],
    notes: &mut dyn Write,
) -> Result<Option<Ruleset>, Failure> {
    if folders.is_empty() {
        return Ok(None);
    }
    added(folders, notes).map(Some)
}

/// The rules that come with pillarlint, with those of folders added. One with the id of ours takes its
/// place, and a note says so: nobody should find out by what is no longer found.
fn added(folders: &[PathBuf], notes: &mut dyn Write) -> Result<Ruleset, Failure> {
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
    let loaded = load_folders(folders, embedded.framework(), notes)?;
    for (rule, file) in &loaded.rules {
        let id = &rule.header.id;
        if ruleset.rule(id).is_some() {
            let path = &loaded.sources.file(*file).path;
            let ours = "takes the place of the rule that comes with pillarlint";
            note(notes, &format!("`{id}` of {path} {ours}"));
        }
    }
    let own = loaded.rules.into_iter().map(|(rule, _)| rule);
    ruleset.extend(own.collect());
    Ok(ruleset)
}

fn note(notes: &mut dyn Write, text: &str) {
    // Nothing more can be done where not even this can be written.
    let _ = writeln!(notes, "note: {}", escape(text));
}

/// What the files of a folder are to the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Rule,
    Shape,
    Data,
}

/// The rules of these folders, all of them right.
///
/// # Errors
/// A folder that cannot be read or holds no rule, and every mistake in a file.
fn load_folders(
    folders: &[PathBuf],
    framework: &Framework,
    notes: &mut dyn Write,
) -> Result<Loaded, Failure> {
    let mut sources = SourceMap::default();
    let mut problems = Vec::new();
    // What each source is to the loader, and its name; nothing for one that could not be read.
    let mut roles: Vec<Option<(Role, String)>> = Vec::new();
    // Ours come first, so that the folders' own of the same name take their place.
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
    for (role, path) in rule_files(folders, notes)? {
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
    let context = load::Context::new(framework, &shapes, &data);
    let (loaded, found) = load::load(&rules, &context);
    let file_of: HashMap<&str, FileId> = rules.iter().map(|rule| (rule.id, rule.file)).collect();
    let place = |rule: Rule| {
        let file = file_of.get(rule.header.id.as_str()).copied();
        (rule, file.unwrap_or(FileId(0)))
    };
    let loaded = loaded.into_iter().map(place).collect();
    problems.extend(found);
    problems.sort_by(|a, b| (a.span, &a.message).cmp(&(b.span, &b.message)));
    let loaded = Loaded {
        rules: loaded,
        problems,
        sources,
    };
    if loaded.problems.is_empty() {
        return Ok(loaded);
    }
    Err(Failure::Rules(loaded))
}

/// The files of folders, each with its role; every folder holds at least one rule.
fn rule_files(folders: &[PathBuf], notes: &mut dyn Write) -> Result<Vec<(Role, PathBuf)>, Failure> {
    let mut all = Vec::new();
    for folder in folders {
        let shown = files::shown(folder);
        if folder.is_file() {
            let message = format!("{shown} is a file; name the folder that holds the rules");
            return Err(Failure::Usage(message));
        }
        let below = files::below(folder)
            .map_err(|(path, why)| Failure::Usage(format!("cannot read {path}: {why}")))?;
        let mut rules = 0;
        for path in below {
            let ending = path.extension().unwrap_or_default().to_string_lossy();
            match ending.to_ascii_lowercase().as_str() {
                "yaml" | "yml" => {}
                "json" => {
                    let path = files::shown(&path);
                    note(
                        notes,
                        &format!("{path} is passed over: rules are .yaml files"),
                    );
                    continue;
                }
                _ => continue,
            }
            if let Some(role) = role(folder, &path) {
                rules += usize::from(role == Role::Rule);
                all.push((role, path));
            }
        }
        if rules == 0 {
            let message = format!("no rule files (*.yaml) in {shown}");
            return Err(Failure::Usage(message));
        }
    }
    // Folders may lie in each other.
    let mut seen = HashSet::new();
    all.retain(|(_, path)| {
        seen.insert(std::fs::canonicalize(path).unwrap_or_else(|_| path.clone()))
    });
    Ok(all)
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
