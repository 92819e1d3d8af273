//! The configuration of each checked file: the nearest `pillarlint.yaml` at or above its folder, with all that it
//! extends. Each folder is looked at once, each configuration is read once.

#![allow(
    clippy::disallowed_methods,
    reason = "the command line is where files are read"
)]

use super::keys::NAME;
use super::read::{File, Text, read};
use crate::args::ConfigArgs;
use crate::files::{self, Content, relative};
use crate::stack_parameters::environment;
use crate::terraform::{Bounds, parent};
use crate::{Failure, Mistakes};
use pillarlint_parser::source::{FileId, SourceFile, SourceMap, Span, decode};
use pillarlint_parser::tree::Problem;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One configuration, with all that it extends.
#[derive(Debug)]
pub(crate) struct Config {
    /// Its place among all of the run.
    pub(crate) index: usize,
    /// What is said in its files: each after those that it extends, its own last.
    pub(crate) layers: Vec<Arc<Layer>>,
    /// The folder that its patterns are told from, as the system knows it.
    pub(super) folder: PathBuf,
}

/// One file of a configuration.
#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) file: File,
    /// Folders with rules.
    pub(crate) rules: Vec<Target>,
    /// Files of values for Terraform's variables.
    pub(crate) variable_files: Vec<Target>,
    /// Files of values for the parameters of templates.
    pub(crate) parameter_files: Vec<Target>,
    /// A file with known findings. It need not be there.
    pub(crate) baseline: Option<PathBuf>,
    /// The folder that it lies in, as the system knows it.
    pub(super) folder: PathBuf,
}

/// What a path in a configuration leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Target {
    /// As the system knows it.
    pub(crate) real: PathBuf,
    /// As it is shown.
    pub(crate) shown: String,
    /// Of a `samconfig.toml` with values for parameters, the environment that is asked for.
    pub(crate) environment: Option<String>,
}

/// A checked file, as its configuration knows it.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) config: Arc<Config>,
    path: PathBuf,
}

/// All configurations of a run.
#[derive(Debug)]
pub(crate) struct Configurations {
    /// Where to look.
    source: Source,
    /// The current folder.
    here: PathBuf,
    found: Mutex<Found>,
}

/// Where configurations are looked for.
#[derive(Debug)]
enum Source {
    /// Near each file.
    Nearest,
    /// One for all files, where it could be read.
    Only(Option<Arc<Config>>),
    /// Nowhere.
    None,
}

/// What was found so far.
#[derive(Debug, Default)]
struct Found {
    sources: SourceMap,
    problems: Vec<Problem>,
    /// The files that were read, by path; nothing for one with mistakes.
    layers: BTreeMap<PathBuf, Option<Arc<Layer>>>,
    configs: Vec<Arc<Config>>,
    /// What the folders of checked files are, by the path that they have in the run.
    folders: HashMap<String, PathBuf>,
    /// The configurations of folders.
    nearest: HashMap<PathBuf, Option<Arc<Config>>>,
}

impl Configurations {
    /// The configurations of a run.
    pub(crate) fn new(args: &ConfigArgs) -> Self {
        let here = std::env::current_dir().and_then(std::fs::canonicalize);
        let here = here.unwrap_or_default();
        let mut found = Found::default();
        let source = match args.config.as_deref() {
            _ if args.no_config => Source::None,
            None => Source::Nearest,
            Some(path) => Source::Only(found.only(path, &here)),
        };
        Self {
            source,
            here,
            found: Mutex::new(found),
        }
    }

    /// The configuration of a file, and the file as it knows it; nothing where there is none.
    pub(crate) fn of(&self, path: &str) -> Option<Place> {
        if matches!(self.source, Source::None) {
            return None;
        }
        let mut found = self.found();
        let folder = match found.folders.get(parent(path)) {
            Some(folder) => folder.clone(),
            None => {
                let folder = real_folder(Path::new(parent(path)), &self.here);
                found
                    .folders
                    .insert(parent(path).to_owned(), folder.clone());
                folder
            }
        };
        let config = match &self.source {
            Source::Nearest => found.nearest(&folder, &self.here),
            Source::Only(config) => config.clone(),
            Source::None => None,
        };
        let name = path.rsplit('/').next().unwrap_or(path);
        Some(Place {
            config: config?,
            path: folder.join(name),
        })
    }

    /// Whether a path that a search came by is excluded itself. The folders around it were asked before.
    pub(crate) fn excludes(&self, path: &Path, is_folder: bool) -> bool {
        let place = self.of(&files::shown(path));
        place.is_some_and(|place| place.is_excluded(|globs, path| globs.matches(path, is_folder)))
    }

    /// All that were found so far.
    pub(crate) fn all(&self) -> Vec<Arc<Config>> {
        self.found().configs.clone()
    }

    /// Whether one of those that were found so far has suppressions.
    pub(super) fn suppress(&self) -> bool {
        let found = self.found();
        let mut layers = found.configs.iter().flat_map(|config| &config.layers);
        layers.any(|layer| !layer.file.suppressions.is_empty())
    }

    /// Looks for the configurations of files.
    ///
    /// # Errors
    /// What is wrong with those that were found so far.
    pub(crate) fn meet<'p>(&self, paths: impl Iterator<Item = &'p str>) -> Result<(), Failure> {
        paths.for_each(|path| drop(self.of(path)));
        let mut found = self.found();
        let problems = std::mem::take(&mut found.problems);
        if problems.is_empty() {
            return Ok(());
        }
        let sources = std::mem::take(&mut found.sources);
        Err(mistakes(problems, sources))
    }

    /// A folder as the system knows it.
    pub(super) fn folder(&self, path: &str) -> PathBuf {
        real_folder(Path::new(path), &self.here)
    }

    /// The texts of all files that were read so far; their places are told by these.
    pub(crate) fn sources(&self) -> SourceMap {
        let sources = &self.found().sources;
        SourceMap {
            files: sources.files.clone(),
        }
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is wrong with configurations, in the order of their paths: they were found in any order.
pub(super) fn mistakes(mut problems: Vec<Problem>, sources: SourceMap) -> Failure {
    problems.sort_by(|a, b| {
        let key = |one: &Problem| (sources.file(one.span.file).path.clone(), one.span);
        (key(a), &a.message).cmp(&(key(b), &b.message))
    });
    Failure::Mistakes(Mistakes {
        problems,
        sources,
        what: "the configuration",
    })
}

impl Place {
    /// Whether the file, or a folder that it lies in, is excluded.
    pub(crate) fn is_left_out(&self, is_folder: bool) -> bool {
        self.is_excluded(|globs, path| globs.hold(path, is_folder))
    }

    fn is_excluded(&self, asked: impl Fn(&super::Globs, &Path) -> Option<bool>) -> bool {
        let layers = self.config.layers.iter().rev();
        let mut said = layers.filter_map(|layer| {
            let globs = layer.file.exclude.as_ref()?;
            asked(globs, &self.below(layer))
        });
        said.next().unwrap_or(false)
    }

    /// The overrides that are for the file, by the places of their layer and among its overrides.
    pub(super) fn overrides(&self) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        for (at, layer) in self.config.layers.iter().enumerate() {
            let is_meant =
                |one: &super::Override| one.paths.hold(&self.below(layer), false) == Some(true);
            let overrides = layer.file.overrides.iter().enumerate();
            found.extend(
                overrides
                    .filter(|(_, one)| is_meant(one))
                    .map(|(one, _)| (at, one)),
            );
        }
        found
    }

    /// The path as it is seen from where the patterns of a file are told from: its own folder, or that of the
    /// configuration, where the file that it extends lies elsewhere.
    pub(super) fn below(&self, layer: &Layer) -> PathBuf {
        let own = self.config.folder.starts_with(&layer.folder);
        let base = if own {
            &layer.folder
        } else {
            &self.config.folder
        };
        let path = self.path.strip_prefix(base).unwrap_or(&self.path);
        let parts = path.components();
        parts
            .filter(|part| matches!(part, Component::Normal(_)))
            .collect()
    }
}

/// Longer chains of files that extend one another are not followed.
const MAX_DEPTH: usize = 32;

impl Found {
    /// The one that the command line names.
    fn only(&mut self, path: &Path, here: &Path) -> Option<Arc<Config>> {
        let folder = real_folder(path.parent().unwrap_or(Path::new("")), here);
        // It was named, so it may be a link that leads anywhere.
        let path = folder.join(path.file_name().unwrap_or_default());
        let base = if here.starts_with(&folder) {
            folder
        } else {
            here.to_owned()
        };
        Some(self.config(&path, base, here))
    }

    /// The nearest at or above a folder, up to the repository that holds it.
    fn nearest(&mut self, folder: &Path, here: &Path) -> Option<Arc<Config>> {
        let mut passed: Vec<&Path> = Vec::new();
        let mut nearest = None;
        for above in folder.ancestors() {
            if let Some(known) = self.nearest.get(above) {
                nearest = known.clone();
                break;
            }
            passed.push(above);
            let path = above.join(NAME);
            if path.symlink_metadata().is_ok_and(|it| !it.is_dir()) {
                // A link must not lead to what the author of a checked repository could not read himself.
                match Bounds::around(std::slice::from_ref(&path)).inside(&path.to_string_lossy()) {
                    Ok(_) => nearest = Some(self.config(&path, above.to_owned(), here)),
                    Err(outside) => {
                        let file = self.add(&path, here, String::new());
                        let place = Span::new(file, 0, 0);
                        self.problems.push(Problem::error(place, outside.why()));
                    }
                }
                break;
            }
            let misnamed = path.with_extension("yml");
            if misnamed.exists() {
                let file = self.add(&misnamed, here, String::new());
                let message = format!("is not read: a configuration is called {NAME}");
                self.problems
                    .push(Problem::error(Span::new(file, 0, 0), message));
            }
            if above.join(".git").exists() {
                break;
            }
        }
        for folder in passed {
            self.nearest.insert(folder.to_owned(), nearest.clone());
        }
        nearest
    }

    fn config(&mut self, path: &Path, folder: PathBuf, here: &Path) -> Arc<Config> {
        let mut layers = Vec::new();
        self.layers(path, here, &mut Vec::new(), &mut layers);
        let config = Arc::new(Config {
            index: self.configs.len(),
            layers,
            folder,
        });
        self.configs.push(Arc::clone(&config));
        config
    }

    /// Adds what a file says, behind what those say that it extends. `chain` is what led to it.
    fn layers(
        &mut self,
        path: &Path,
        here: &Path,
        chain: &mut Vec<PathBuf>,
        layers: &mut Vec<Arc<Layer>>,
    ) {
        let Some(layer) = self.layer(path, here) else {
            return;
        };
        chain.push(path.to_owned());
        let bounds = Bounds::around(&[path.to_owned()]);
        for entry in &layer.file.extends {
            let target = match bounded(&layer.folder, entry, here, &bounds) {
                Ok(target) if target.real.is_dir() => Err("is a folder; name the file".to_owned()),
                target => target,
            };
            match target {
                Ok(target) if chain.contains(&target.real) => {
                    let from = chain.iter().skip_while(|one| **one != target.real);
                    let circle: Vec<String> = from.map(|one| relative(one, here)).collect();
                    let circle = format!("{} → {}", circle.join(" → "), target.shown);
                    self.wrong(entry, &format!("extends itself: {circle}"));
                }
                Ok(_) if chain.len() >= MAX_DEPTH => {
                    self.wrong(entry, &format!("is not followed, {MAX_DEPTH} files deep"));
                }
                Ok(target) => self.layers(&target.real, here, chain, layers),
                Err(why) => self.wrong(entry, &why),
            }
        }
        chain.pop();
        // What several of them extend counts once, where it comes first.
        if !layers.iter().any(|one| Arc::ptr_eq(one, &layer)) {
            layers.push(layer);
        }
    }

    /// What a file says. It is read once, and what is wrong with it is told once.
    fn layer(&mut self, path: &Path, here: &Path) -> Option<Arc<Layer>> {
        if let Some(known) = self.layers.get(path) {
            return known.clone();
        }
        let layer = self.read(path, here).map(Arc::new);
        self.layers.insert(path.to_owned(), layer.clone());
        layer
    }

    fn read(&mut self, path: &Path, here: &Path) -> Option<Layer> {
        let bounds = Bounds::around(&[path.to_owned()]);
        let bytes = files::read(Content::Disk(path.to_owned()));
        let text = bytes.and_then(|bytes| decode(bytes).map_err(|error| error.to_string()));
        let (text, unreadable) = match text {
            Ok(text) => (text, None),
            Err(why) => (String::new(), Some(why)),
        };
        let file = self.add(path, here, text.clone());
        if let Some(why) = unreadable {
            self.problems
                .push(Problem::error(Span::new(file, 0, 0), why));
            return None;
        }
        let read = match read(file, &text) {
            Ok(read) => read,
            Err(problems) => {
                self.problems.extend(problems);
                return None;
            }
        };
        let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
        let mut targets = |entries: &[Text], is_folder: bool| -> Vec<Target> {
            let entries = entries.iter().filter_map(|entry| {
                let target = bounded(&folder, entry, here, &bounds);
                let target = target.and_then(|target| match target.real.is_dir() {
                    is_dir if is_dir == is_folder => Ok(target),
                    true => Err("is a folder; name the file".to_owned()),
                    false => Err("is a file; name the folder that holds the rules".to_owned()),
                });
                target.map_err(|why| self.wrong(entry, &why)).ok()
            });
            entries.collect()
        };
        let rules = targets(&read.rules, true);
        let variable_files = targets(&read.variable_files, false);
        // The files of the SAM CLI hold the values of several environments.
        let parameter_files = read.parameter_files.iter().flat_map(|entry| {
            let (path, environment) = environment(&entry.0);
            let mut found = targets(&[(path.to_owned(), entry.1)], false);
            for target in &mut found {
                target.environment = environment.map(str::to_owned);
            }
            found
        });
        let parameter_files = parameter_files.collect();
        let baseline = read.baseline.as_ref().map(|(path, _)| folder.join(path));
        Some(Layer {
            rules,
            variable_files,
            parameter_files,
            baseline,
            folder,
            file: read,
        })
    }

    fn add(&mut self, path: &Path, here: &Path, text: String) -> FileId {
        let file = self.sources.next_id();
        let path = relative(path, here);
        self.sources.files.push(SourceFile { path, text });
        file
    }

    fn wrong(&mut self, (text, place): &Text, why: &str) {
        let problem = Problem::error(*place, format!("`{text}` {why}"));
        // A file that several configurations extend is followed for each of them.
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }
}

/// What a path in a configuration leads to. What a checked repository names must lie in it: lines of what is read may
/// be printed.
fn bounded(folder: &Path, entry: &Text, here: &Path, bounds: &Bounds) -> Result<Target, String> {
    let path = folder.join(&entry.0);
    let real = bounds.inside(&path.to_string_lossy());
    let real = real.map_err(|outside| outside.why().to_owned())?;
    let shown = relative(&real, here);
    Ok(Target {
        real,
        shown,
        environment: None,
    })
}

/// A folder as the system knows it. Of one that is not there (standard input may have any name), what is there counts,
/// and of what `terraform init` has fetched, the folder that it was fetched for: others do not say how to judge.
fn real_folder(folder: &Path, here: &Path) -> PathBuf {
    let fetched = folder
        .components()
        .position(|part| part.as_os_str() == ".terraform");
    let own: PathBuf = match fetched {
        Some(at) => folder.components().take(at).collect(),
        None => folder.to_owned(),
    };
    files::real_folder(&here.join(own))
}

/// The folders with rules that configurations name, each once.
pub(crate) fn rule_folders(configs: &[Arc<Config>]) -> BTreeSet<Target> {
    let layers = configs.iter().flat_map(|config| &config.layers);
    layers
        .flat_map(|layer| layer.rules.iter().cloned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_from_here() {
        for (path, from, expected) in [
            ("/a/b/c.yaml", "/a/b", "c.yaml"),
            ("/a/b/c.yaml", "/a", "b/c.yaml"),
            ("/a/c.yaml", "/a/b", "../c.yaml"),
            ("/x/c.yaml", "/a/b", "../../x/c.yaml"),
            ("/a", "/a", "."),
        ] {
            assert_eq!(relative(Path::new(path), Path::new(from)), expected);
        }
    }

    #[test]
    fn folders_need_not_be_there() {
        let tree = tempfile::TempDir::new().unwrap();
        let here = std::fs::canonicalize(tree.path()).unwrap();
        std::fs::create_dir_all(here.join("a/.terraform/modules/x")).unwrap();
        for (folder, expected) in [
            (".", ""),
            ("", ""),
            ("a", "a"),
            ("a/..", ""),
            ("new", "new"),
            ("a/new/er", "a/new/er"),
            // What was fetched has no say.
            ("a/.terraform/modules/x", "a"),
            (".terraform/modules/x", ""),
        ] {
            let real = real_folder(Path::new(folder), &here);
            assert_eq!(real, here.join(expected), "{folder}");
        }
    }
}
