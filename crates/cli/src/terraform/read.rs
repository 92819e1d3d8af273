//! Modules: the files of folders, those of the folders that they call, and so on. Each file is read and parsed once.

#![allow(
    clippy::disallowed_methods,
    reason = "the command line is where files are read"
)]

use super::bounds::Bounds;
use super::path::{joined, name, parent};
use super::{Named, is_configuration, is_loaded_values};
use crate::files::{self, Content};
use pillarlint_parser::json;
use pillarlint_parser::source::{FileId, SourceFile, Span, decode};
use pillarlint_parser::terraform::{File, Folder, is_override};
use pillarlint_parser::tree::{Level, Node, Problem};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// How much is read beside the folders that were named.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Folders in all.
    pub(super) folders: usize,
    /// How many calls lead from a folder that was named to one that is read.
    pub(super) depth: usize,
}

pub(super) const LIMITS: Limits = Limits {
    folders: 10_000,
    depth: 32,
};

/// A folder as the system knows it, links followed: two paths to one folder are one module.
pub(super) type Key = PathBuf;

/// A folder that a call means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) key: Key,
    /// Its path as it is shown.
    path: String,
}

/// A folder with configuration files, or one that a call leads to.
#[derive(Debug)]
pub(super) struct Module<'s> {
    pub(super) folder: Folder<'s>,
    /// Whether the run was asked for it, or for a folder above it.
    pub(super) is_named: bool,
    /// Whether a plan may have been made from it.
    pub(super) is_planned: bool,
    /// Why its files are not known.
    pub(super) unreadable: Option<String>,
    /// Where its calls of local modules lead, by their source, or why they lead nowhere.
    pub(super) calls: BTreeMap<String, Result<Target, String>>,
    /// Where `terraform init` has put the modules of this root module, by the names of the calls that lead to them.
    pub(super) installed: Installed,
    /// Its files of values that Terraform reads unasked, in their order: paths, and ids where they have them.
    pub(super) values: Vec<(String, Option<FileId>)>,
    /// Whether something in it was not read, so that what is not declared in it may be there.
    pub(super) is_broken: bool,
    /// What was wrong with the texts of its files.
    pub(super) problems: Vec<Problem>,
}

/// What `modules.json` says, or why it says nothing.
pub(super) type Installed = Result<BTreeMap<String, Result<Target, String>>, String>;

/// A file that was read, or could not be.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) file: FileId,
    pub(super) source: SourceFile,
    pub(super) unreadable: Option<String>,
}

/// Room for the texts that modules borrow from: one place for each round of reading.
pub(super) struct Texts(Vec<OnceLock<Vec<Text>>>);

impl Texts {
    pub(super) fn new(limits: Limits) -> Self {
        Self((0..=limits.depth).map(|_| OnceLock::new()).collect())
    }

    /// All of them, in the order of the rounds.
    pub(super) fn into_texts(self) -> impl Iterator<Item = Text> {
        let rounds = self.0.into_iter().filter_map(OnceLock::into_inner);
        rounds.flatten()
    }
}

/// A folder to read.
#[derive(Default)]
struct Wanted<'n> {
    path: String,
    is_named: bool,
    is_planned: bool,
    /// Its files that have an id already, by name.
    named: BTreeMap<&'n str, &'n Named>,
}

/// Reads the folders of these files, those that plans may have been made from, and those that they call. Further files
/// have ids from `next` on.
pub(super) fn read<'s>(
    named: &[Named],
    planned: &BTreeSet<&str>,
    bounds: &Bounds,
    limits: Limits,
    next: &mut u32,
    texts: &'s Texts,
) -> BTreeMap<Key, Module<'s>> {
    let mut wanted: BTreeMap<Key, Wanted<'_>> = BTreeMap::new();
    for one in named {
        let path = parent(&one.path);
        // The folder of standard input need not be there.
        let key = std::fs::canonicalize(path).unwrap_or_else(|_| PathBuf::from(path));
        let folder = wanted.entry(key).or_default();
        path.clone_into(&mut folder.path);
        folder.is_named = true;
        // Standard input takes the place of the file that was named, too.
        let known = folder.named.entry(name(&one.path)).or_insert(one);
        if one.bytes.is_some() {
            *known = one;
        }
    }
    for path in planned {
        if let Ok(key) = std::fs::canonicalize(path) {
            let folder = wanted.entry(key).or_default();
            if folder.path.is_empty() {
                (*path).clone_into(&mut folder.path);
            }
            folder.is_planned = true;
        }
    }
    let mut modules: BTreeMap<Key, Module<'s>> = BTreeMap::new();
    for room in &texts.0 {
        let round = read_round(wanted, bounds, next, room);
        wanted = BTreeMap::new();
        let targets: Vec<Target> = round.values().flat_map(Module::targets).cloned().collect();
        modules.extend(round);
        for target in targets {
            let is_full = modules.len() + wanted.len() >= limits.folders;
            if !is_full && !modules.contains_key(&target.key) {
                wanted.entry(target.key).or_default().path = target.path;
            }
        }
        if wanted.is_empty() {
            break;
        }
    }
    modules
}

impl Module<'_> {
    /// The paths of its files, as they are shown.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.folder.files.iter().map(|file| file.path.as_str())
    }

    /// The folders that it may call.
    pub(super) fn targets(&self) -> impl Iterator<Item = &Target> {
        let installed = self.installed.iter().flat_map(BTreeMap::values);
        self.calls.values().chain(installed).flatten()
    }
}

/// Lists, reads and parses folders, each step for all of them at once.
fn read_round<'s>(
    wanted: BTreeMap<Key, Wanted<'_>>,
    bounds: &Bounds,
    next: &mut u32,
    room: &'s OnceLock<Vec<Text>>,
) -> BTreeMap<Key, Module<'s>> {
    let listed: Vec<(Key, Wanted<'_>, Listed)> = wanted
        .into_par_iter()
        .map(|(key, wanted)| {
            let listed = list(&wanted.path, wanted.named.keys().copied());
            (key, wanted, listed)
        })
        .collect();
    let mut files: Vec<(FileId, String, Option<&Named>)> = Vec::new();
    for (_, wanted, listed) in &listed {
        for file in &listed.files {
            let known = wanted.named.get(file.as_str()).copied();
            let id = known.map_or_else(|| new_id(next), |known| known.file);
            let path = known.map_or_else(|| joined(&wanted.path, file), |known| known.path.clone());
            files.push((id, path, known));
        }
    }
    let texts: Vec<Text> = files
        .into_par_iter()
        .map(|(file, path, known)| read_text(file, path, known, bounds))
        .collect();
    let texts = room.get_or_init(|| texts);
    let parsed: Vec<File<'s>> = texts
        .par_iter()
        .map(|text| File::read(text.file, &text.source.path, &text.source.text))
        .collect();

    let mut parsed = texts.iter().zip(parsed);
    let mut modules: Vec<(Key, Module<'s>)> = Vec::with_capacity(listed.len());
    for (key, wanted, listed) in listed {
        let mut problems = Vec::new();
        let mut is_broken = false;
        let mut files = Vec::with_capacity(listed.files.len());
        for (text, file) in parsed.by_ref().take(listed.files.len()) {
            if let Some(why) = &text.unreadable {
                problems.push(Problem::error(Span::new(text.file, 0, 0), why));
            }
            problems.extend(file.problems.iter().cloned());
            is_broken |= text.unreadable.is_some() || !file.unread.is_empty();
            files.push(file);
        }
        let values = listed.values.iter().map(|name| {
            let known = wanted.named.get(name.as_str());
            (joined(&wanted.path, name), known.map(|known| known.file))
        });
        let module = Module {
            is_named: wanted.is_named,
            is_planned: wanted.is_planned,
            unreadable: listed.unreadable,
            calls: BTreeMap::new(),
            installed: Ok(BTreeMap::new()),
            values: values.collect(),
            is_broken,
            problems,
            folder: Folder {
                // What a person names is his to look at.
                downloaded: !wanted.is_named && is_downloaded(&wanted.path),
                path: wanted.path,
                files,
            },
        };
        modules.push((key, module));
    }
    modules.par_iter_mut().for_each(|(_, module)| {
        let sources = module.folder.files.iter().flat_map(File::calls);
        let sources: BTreeSet<&str> = sources.map(|(source, _)| source).collect();
        let local = sources.into_iter().filter(|source| is_local(source));
        let calls = local.map(|source| {
            let target = target(&module.folder.path, source, bounds);
            (source.to_owned(), target)
        });
        module.calls = calls.collect();
        if module.is_named || module.is_planned {
            module.installed = installed(&module.folder.path, bounds);
        }
    });
    modules.into_iter().collect()
}

pub(super) fn new_id(next: &mut u32) -> FileId {
    let id = FileId(*next);
    *next = next.saturating_add(1);
    id
}

/// Whether `terraform init` has fetched what lies in a folder.
fn is_downloaded(folder: &str) -> bool {
    folder.split('/').any(|part| part == ".terraform")
}

/// Whether a module's source is a path: <https://developer.hashicorp.com/terraform/language/modules/sources#local-paths>.
pub(super) fn is_local(source: &str) -> bool {
    source.starts_with("./") || source.starts_with("../")
}

/// The folder that a path means, as seen from another.
fn target(from: &str, path: &str, bounds: &Bounds) -> Result<Target, String> {
    let path = if path.starts_with('/') {
        path.to_owned()
    } else {
        joined(from, path)
    };
    let key = bounds
        .inside(&path)
        .map_err(|outside| outside.why().to_owned())?;
    if key.is_dir() {
        Ok(Target { key, path })
    } else {
        Err("is no folder".to_owned())
    }
}

/// The files of a folder that matter.
#[derive(Default)]
struct Listed {
    /// Names of configuration files, override files last.
    files: Vec<String>,
    /// Names of files of values.
    values: Vec<String>,
    unreadable: Option<String>,
}

/// Lists a folder, with files that need not be there.
fn list<'n>(folder: &str, known: impl Iterator<Item = &'n str>) -> Listed {
    let mut listed = Listed::default();
    let mut names: BTreeSet<String> = known.map(str::to_owned).collect();
    match std::fs::read_dir(folder) {
        Ok(entries) => {
            let is_read = |path: &Path| {
                std::fs::metadata(path).is_ok_and(|it| it.is_file()) || is_broken_link(path)
            };
            let entries = entries.filter_map(Result::ok);
            names.extend(
                entries
                    .map(|entry| {
                        (
                            entry.file_name().to_string_lossy().into_owned(),
                            entry.path(),
                        )
                    })
                    .filter(|(name, _)| is_configuration(name) || is_loaded_values(name))
                    .filter(|(_, path)| is_read(path))
                    .map(|(name, _)| name),
            );
        }
        Err(error) => listed.unreadable = Some(files::why(&error)),
    }
    (listed.values, listed.files) = names
        .iter()
        .cloned()
        .partition(|name| is_loaded_values(name));
    listed.files.retain(|name| {
        is_configuration(name) && !tofu(name).is_some_and(|tofu| names.contains(&tofu))
    });
    listed.files.sort_by_key(|name| is_override(name));
    // `terraform.tfvars` first, its JSON form next, and then by name.
    listed
        .values
        .sort_by_key(|name| name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json"));
    listed
}

fn is_broken_link(path: &Path) -> bool {
    path.is_symlink() && !path.exists()
}

/// The file that OpenTofu reads in place of another, where it is there:
/// <https://opentofu.org/docs/language/files/#opentofu-specific-code>.
fn tofu(name: &str) -> Option<String> {
    let stem = name.strip_suffix(".tf").map(|stem| format!("{stem}.tofu"));
    stem.or_else(|| {
        name.strip_suffix(".tf.json")
            .map(|stem| format!("{stem}.tofu.json"))
    })
}

fn read_text(file: FileId, path: String, known: Option<&Named>, bounds: &Bounds) -> Text {
    let text = match known.and_then(|known| known.bytes.as_ref()) {
        Some(bytes) => decode(bytes.clone()).map_err(|error| error.to_string()),
        None => bounds.text(&path),
    };
    let (text, unreadable) = match text {
        Ok(text) => (text, None),
        Err(why) => (String::new(), Some(why)),
    };
    let source = SourceFile { path, text };
    Text {
        file,
        source,
        unreadable,
    }
}

/// Larger lists of modules are not read, in bytes.
const MAX_MODULES_JSON: u64 = 16 << 20;

/// What `.terraform/modules/modules.json` says. `terraform init` writes it:
/// <https://developer.hashicorp.com/terraform/cli/init#child-module-installation>.
fn installed(root: &str, bounds: &Bounds) -> Installed {
    let path = joined(root, ".terraform/modules/modules.json");
    let broken = || format!("is not known: {path} is no list of modules");
    let Ok(real) = bounds.inside(&path) else {
        return Ok(BTreeMap::new());
    };
    if std::fs::metadata(&real).map_or(true, |it| it.len() > MAX_MODULES_JSON) {
        return Err(broken());
    }
    let bytes = files::read(Content::Disk(real)).map_err(|_| broken())?;
    let text = decode(bytes).map_err(|_| broken())?;
    let parsed = json::parse(FileId(0), &text);
    let modules = parsed
        .documents
        .first()
        .and_then(|node| node.get("Modules")?.as_list());
    let modules = modules.ok_or_else(broken)?;
    if parsed
        .problems
        .iter()
        .any(|problem| problem.level == Level::Error)
    {
        return Err(broken());
    }
    let entries = modules.iter().filter_map(|module| {
        let part = |key: &str| module.get(key).and_then(Node::as_str);
        let (key, folder) = (part("Key")?, part("Dir")?);
        // The root itself is in the list, and has no key.
        (!key.is_empty()).then(|| (key.to_owned(), target(root, folder, bounds)))
    });
    Ok(entries.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terraform::graph;

    /// The paths of the modules that are read from a root, by the sources of the calls of each folder.
    #[track_caller]
    fn check(calls: &[(&str, &[&str])], limits: Limits, expected: &[&str]) {
        let tree = tempfile::TempDir::new().unwrap();
        for (folder, sources) in calls {
            let folder = tree.path().join(folder);
            std::fs::create_dir_all(&folder).unwrap();
            let call = |(at, source): (usize, &&str)| {
                format!("module \"m{at}\" {{\n  source = \"{source}\"\n}}\n")
            };
            let text: String = sources.iter().enumerate().map(call).collect();
            std::fs::write(folder.join("main.tf"), text).unwrap();
        }
        let shown = tree.path().to_str().unwrap();
        let named = [Named {
            file: FileId(0),
            path: format!("{shown}/root/main.tf"),
            bytes: None,
        }];
        let bounds = Bounds::around(&[tree.path().to_owned()]);
        let texts = Texts::new(limits);
        let mut next = 1;
        let modules = read(&named, &BTreeSet::new(), &bounds, limits, &mut next, &texts);
        let paths = modules
            .values()
            .map(|module| module.folder.path.strip_prefix(shown));
        let paths: Vec<&str> = paths
            .map(|path| path.unwrap().trim_start_matches('/'))
            .collect();
        assert_eq!(paths, expected);
        assert_eq!(next as usize, modules.len());
        let roots = graph::roots(&modules);
        assert_eq!(roots, [&tree.path().canonicalize().unwrap().join("root")]);
    }

    #[test]
    fn what_is_read_is_bounded() {
        let calls: [(&str, &[&str]); 4] = [
            ("root", &["../a", "../b", "./gone", "registry/x/aws"]),
            ("a", &["../c", "../root/../a"]),
            ("b", &["../c", "../a"]),
            ("c", &[]),
        ];
        let limits = |folders, depth| Limits { folders, depth };
        check(&calls, LIMITS, &["a", "b", "c", "root"]);
        check(&calls, limits(3, 9), &["a", "b", "root"]);
        check(&calls, limits(2, 9), &["a", "root"]);
        check(&calls, limits(9, 1), &["a", "b", "root"]);
        check(&calls, limits(9, 0), &["root"]);
    }

    #[test]
    fn files_of_opentofu_take_precedence() {
        for (name, expected) in [
            ("main.tf", Some("main.tofu")),
            ("main.tf.json", Some("main.tofu.json")),
            ("main.tofu", None),
            ("main.tofu.json", None),
        ] {
            assert_eq!(tofu(name).as_deref(), expected, "{name}");
        }
    }
}
