//! Rules from folders: `**/*.yaml`, with `shapes/` and `data/` beside them; the shapes and data that come
//! with pillarlint are at hand too.

#![allow(
    clippy::disallowed_methods,
    reason = "the command line is where files are read"
)]

use crate::args::ConfigArgs;
use crate::config::{self, Configurations, Target, rule_folders};
use crate::files;
use crate::terraform::Bounds;
use crate::text::escape;
use crate::{Failure, Mistakes};
use pillarlint_engine::framework::Framework;
use pillarlint_engine::load::{self, RuleFile};
use pillarlint_engine::ruleset::{Rule, Ruleset};
use pillarlint_parser::source::{FileId, SourceFile, SourceMap, Span, decode};
use pillarlint_parser::tree::Problem;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::Write;
use std::path::{Path, PathBuf};

/// What folders of rules held, all of it right.
struct Loaded {
    /// The rules, each with its file.
    rules: Vec<(Rule, FileId)>,
    /// All files that were read.
    sources: SourceMap,
}

/// The rules of a run.
#[derive(Debug, Default)]
pub(crate) struct Own {
    /// Ours with those that are a person's own; nothing where ours are all there are.
    ruleset: Option<Ruleset>,
    /// The folders that were read.
    folders: BTreeSet<PathBuf>,
    /// The rules that only some configurations know, by id, and the folders that these name for them.
    only_of: BTreeMap<String, BTreeSet<PathBuf>>,
}

impl Own {
    /// All rules.
    pub(crate) fn ruleset(&self) -> &Ruleset {
        match &self.ruleset {
            Some(ruleset) => ruleset,
            None => pillarlint_rules::ruleset(),
        }
    }

    /// Whether a folder was read.
    pub(crate) fn holds(&self, folder: &Path) -> bool {
        self.folders.contains(folder)
    }

    /// Whether a rule is there for who names these folders.
    pub(crate) fn is_for(&self, id: &str, folders: &[PathBuf]) -> bool {
        let of = self.only_of.get(id);
        of.is_none_or(|of| folders.iter().any(|folder| of.contains(folder)))
    }
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
    let folders: Vec<Folder> = folders.iter().map(|folder| Folder::named(folder)).collect();
    let loaded = load_folders(&folders, embedded.framework(), notes)?;
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

/// The rules of a command: ours, those of the folders that it is given, and those that the configuration of the current
/// folder names.
pub(crate) fn of_command(
    folders: &[PathBuf],
    config: &ConfigArgs,
    notes: &mut dyn Write,
) -> Result<Own, Failure> {
    let configurations = Configurations::new(config);
    configurations.meet(std::iter::once(config::NAME))?;
    beside_ours(folders, &rule_folders(&configurations.all()), notes)
}

/// The rules that come with pillarlint, with those of the folders that the command line names and of those that
/// configurations name. One with the id of ours takes its place, and a note says so: nobody should find out by what is
/// no longer found.
pub(crate) fn beside_ours(
    folders: &[PathBuf],
    configured: &BTreeSet<Target>,
    notes: &mut dyn Write,
) -> Result<Own, Failure> {
    let mut own = Own::default();
    if folders.is_empty() && configured.is_empty() {
        return Ok(own);
    }
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
    // By id, the file that a rule comes from.
    let mut known: BTreeMap<String, SourceFile> = BTreeMap::new();
    // Folders of the command line share their shapes and tables; those of a configuration are for themselves.
    let of_command: Vec<Folder> = folders.iter().map(|folder| Folder::named(folder)).collect();
    let of_configurations = configured
        .iter()
        .map(|folder| vec![Folder::configured(folder)]);
    let of_command = Some(of_command).filter(|folders| !folders.is_empty());
    for group in of_command.into_iter().chain(of_configurations) {
        let is_configured = group.iter().any(|folder| folder.bounds.is_some());
        let loaded = load_folders(&group, embedded.framework(), notes)?;
        for (rule, file) in &loaded.rules {
            let id = &rule.header.id;
            let file = loaded.sources.file(*file);
            match known.get(id) {
                Some(other) if other.text != file.text => {
                    let message = format!(
                        "two rules of your own are called `{id}`: {} and {}",
                        other.path, file.path
                    );
                    return Err(Failure::Usage(message));
                }
                Some(_) => {}
                None if embedded.rule(id).is_some() => {
                    let ours = "takes the place of the rule that comes with pillarlint";
                    note(notes, &format!("`{id}` of {} {ours}", file.path));
                }
                None if is_configured => {
                    own.only_of.insert(id.clone(), BTreeSet::new());
                }
                None => {}
            }
            known.insert(id.clone(), file.clone());
            if let Some(of) = own.only_of.get_mut(id) {
                of.extend(group.iter().map(|folder| folder.real.clone()));
            }
        }
        own.folders
            .extend(group.into_iter().map(|folder| folder.real));
        ruleset.extend(loaded.rules.into_iter().map(|(rule, _)| rule).collect());
    }
    own.ruleset = Some(ruleset);
    Ok(own)
}

fn note(notes: &mut dyn Write, text: &str) {
    // Nothing more can be done where not even this can be written.
    let _ = writeln!(notes, "note: {}", escape(text));
}

/// A folder of rules.
struct Folder {
    real: PathBuf,
    /// Its path, as it is shown.
    shown: String,
    /// What a checked repository names must lie in them, since lines of what is read may be printed. Nothing for a
    /// folder that a person names.
    bounds: Option<Bounds>,
}

impl Folder {
    /// One that a person names.
    fn named(folder: &Path) -> Self {
        Self {
            real: folder.to_owned(),
            shown: files::shown(folder),
            bounds: None,
        }
    }

    /// One that a configuration names.
    fn configured(folder: &Target) -> Self {
        Self {
            real: folder.real.clone(),
            shown: folder.shown.clone(),
            bounds: Some(Bounds::around(std::slice::from_ref(&folder.real))),
        }
    }

    /// The path of a file below it, as it is shown.
    fn shown_below(&self, path: &Path) -> String {
        match path.strip_prefix(&self.real) {
            Ok(below) if self.bounds.is_some() => format!("{}/{}", self.shown, files::shown(below)),
            _ => files::shown(path),
        }
    }

    /// The text of a file below it.
    fn read(&self, path: &Path) -> Result<String, String> {
        let real = match &self.bounds {
            Some(bounds) => bounds
                .inside(&path.to_string_lossy())
                .map_err(|outside| outside.why().to_owned())?,
            None => path.to_owned(),
        };
        let bytes = std::fs::read(real).map_err(|error| files::why(&error))?;
        decode(bytes).map_err(|error| error.to_string())
    }
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
    folders: &[Folder],
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
    for (role, folder, path) in rule_files(folders, notes)? {
        let file = sources.next_id();
        let text = folder.read(&path);
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        roles.push(text.is_ok().then(|| (role, name.into_owned())));
        let text = text.unwrap_or_else(|why| {
            problems.push(Problem::error(Span::new(file, 0, 0), why));
            String::new()
        });
        let path = folder.shown_below(&path);
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
    if problems.is_empty() {
        return Ok(Loaded {
            rules: loaded,
            sources,
        });
    }
    Err(Failure::Mistakes(Mistakes {
        problems,
        sources,
        what: "rule files",
    }))
}

/// The files of folders, each with its role; every folder holds at least one rule.
fn rule_files<'f>(
    folders: &'f [Folder],
    notes: &mut dyn Write,
) -> Result<Vec<(Role, &'f Folder, PathBuf)>, Failure> {
    let mut all = Vec::new();
    for folder in folders {
        let shown = &folder.shown;
        if folder.real.is_file() {
            let message = format!("{shown} is a file; name the folder that holds the rules");
            return Err(Failure::Usage(message));
        }
        let below = files::below(&folder.real)
            .map_err(|(path, why)| Failure::Usage(format!("cannot read {path}: {why}")))?;
        let mut rules = 0;
        for path in below {
            let ending = path.extension().unwrap_or_default().to_string_lossy();
            match ending.to_ascii_lowercase().as_str() {
                "yaml" | "yml" => {}
                "json" => {
                    let path = folder.shown_below(&path);
                    note(
                        notes,
                        &format!("{path} is passed over: rules are .yaml files"),
                    );
                    continue;
                }
                _ => continue,
            }
            if let Some(role) = role(&folder.real, &path) {
                rules += usize::from(role == Role::Rule);
                all.push((role, folder, path));
            }
        }
        if rules == 0 {
            let message = format!("no rule files (*.yaml) in {shown}");
            return Err(Failure::Usage(message));
        }
    }
    // Folders may lie in each other.
    let mut seen = HashSet::new();
    all.retain(|(_, _, path)| {
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
