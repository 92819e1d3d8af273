//! Terraform configurations: folders are modules, modules call one another, and each root module is a project.

mod bounds;
mod callers;
mod functions;
mod graph;
mod path;
mod read;
mod values;

use crate::Failure;
use crate::args::Variables;
use crate::config::{Configured, Judging};
use crate::plan::{self, Given, Judged};
pub(crate) use bounds::Bounds;
pub(crate) use callers::{calling, reading};
use functions::FunctionFiles;
pub(crate) use path::{joined, parent};
use pillarlint_engine::check::check;
use pillarlint_engine::finding::Report;
use pillarlint_engine::provider::AwsProvider;
use pillarlint_engine::suppress::{self, Owner, Suppression};
use pillarlint_parser::source::{FileId, SourceFile, Span};
use pillarlint_parser::terraform::{self, Call, Folder, Folders, Options};
use pillarlint_parser::tree::{Level, Problem};
use rayon::prelude::*;
use read::{Key, LIMITS, Limits, Module, Target, Text, Texts};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Whether a file belongs to a configuration, by its name. Hidden files do not:
/// <https://developer.hashicorp.com/terraform/language/files>.
pub(crate) fn is_configuration(path: &str) -> bool {
    let extensions = [".tf", ".tofu", ".tf.json", ".tofu.json"];
    !path::name(path).starts_with('.') && extensions.iter().any(|one| path.ends_with(one))
}

/// Whether a file holds values of variables, by its name.
pub(crate) fn is_values(path: &str) -> bool {
    path.ends_with(".tfvars") || path.ends_with(".tfvars.json")
}

/// Whether Terraform takes values from a file unasked, by its name.
pub(crate) fn is_loaded_values(path: &str) -> bool {
    let name = path::name(path);
    let stem = name.strip_suffix(".json").unwrap_or(name);
    name == "terraform.tfvars"
        || name == "terraform.tfvars.json"
        || (stem.ends_with(".auto.tfvars") && !name.starts_with('.'))
}

/// A file that a run was asked for, of a configuration or of values: it stands for the module that its folder is.
#[derive(Debug)]
pub(crate) struct Named {
    /// Its id.
    pub(crate) file: FileId,
    /// Its path, as it is shown.
    pub(crate) path: String,
    /// What to read in its place, where it came by standard input.
    pub(crate) bytes: Option<Vec<u8>>,
}

/// What a person says of how configurations are to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    /// What the run was asked to check.
    pub(crate) arguments: &'a [PathBuf],
    /// Values of variables, and the workspace.
    pub(crate) variables: &'a Variables,
}

/// What checking configurations gave.
pub(crate) struct Checked {
    /// A report for each root module, in the order of their paths, one for what was wrong with texts, and those of plans.
    pub(crate) reports: Vec<Report>,
    /// All files that were read. The ids of those that were not named count on from the given one, without a gap.
    pub(crate) files: Vec<(FileId, SourceFile)>,
    /// How many root modules were checked.
    pub(crate) configurations: usize,
    /// The folders of all root modules that were checked, by themselves or by a plan.
    pub(crate) roots: BTreeSet<String>,
    /// The files that functions read, as the system knows them, each with the call that asked for it.
    pub(crate) read: Vec<(PathBuf, Span)>,
    /// For each plan, the places in its text that must not be shown.
    pub(crate) hidden: Vec<Vec<Span>>,
}

/// Checks the root modules among the folders of these files, with all that they call, and these plans. A plan that was
/// made from a root module stands for it.
///
/// # Errors
/// Where an argument gives a value to a variable that is nowhere declared.
pub(crate) fn check_named(
    named: &[Named],
    plans: &[Given<'_>],
    next: FileId,
    request: Request<'_>,
    judging: &Judging<'_>,
) -> Result<Checked, Failure> {
    let mut next = next.0;
    let ruleset = judging.ruleset();
    let bounds = Bounds::around(request.arguments);
    let texts = Texts::new(LIMITS);
    let planned: BTreeSet<&str> = plans.iter().map(|one| one.folder).collect();
    let modules = read::read(named, &planned, &bounds, LIMITS, &mut next, &texts);
    judging.meet(modules.values().flat_map(Module::paths))?;
    let roots = graph::roots(&modules);
    let configured: Vec<Configured> = roots
        .iter()
        .map(|root| {
            let path = modules.get(*root).and_then(|module| module.paths().next());
            path.map(|path| judging.given(path)).unwrap_or_default()
        })
        .collect();
    let (files, workspaces): (Vec<_>, Vec<_>) = configured
        .into_iter()
        .map(|one| (one.variable_files, one.workspace))
        .unzip();
    let values = values::values(
        &roots,
        &modules,
        request.variables,
        &files,
        &bounds,
        &mut next,
    );
    if let Some(name) = values.undeclared {
        let message = format!(
            "no root module that is checked declares the variable `{name}`, which --var gives a value"
        );
        return Err(Failure::Usage(message));
    }
    let tree = Tree {
        by_path: modules
            .iter()
            .map(|(key, module)| (module.folder.path.as_str(), key))
            .collect(),
        circles: graph::circles(&roots, &modules),
        modules: &modules,
        limits: LIMITS,
    };

    // Of what `terraform init` has fetched for others than root modules, nothing is judged.
    let mut reached = BTreeSet::new();
    roots
        .iter()
        .for_each(|root| graph::reach(root, &modules, &mut reached));
    let reached = reached.into_iter().filter_map(|key| modules.get(key));
    let mut problems: Vec<Problem> = reached
        .flat_map(|module| module.problems.iter().cloned())
        .collect();
    problems.extend(values.problems);

    let judged: Vec<(Option<Key>, Judged)> = plans
        .par_iter()
        .map(|given| {
            let key = std::fs::canonicalize(given.folder).ok();
            let module = key.as_ref().and_then(|key| modules.get(key));
            let root = module
                .filter(|module| !module.folder.files.is_empty())
                .map(|module| (&module.folder, module.is_named));
            let located = key.as_ref().filter(|_| root.is_some());
            let paths = located
                .map(|key| paths(key, &modules))
                .into_iter()
                .flatten();
            let settings = judging.together(paths.chain([given.path]));
            let judged = plan::judge(*given, root, &tree, ruleset, &settings.plan);
            (key, judged)
        })
        .collect();
    let stood_for: BTreeSet<&Key> = judged
        .iter()
        .filter(|(_, judged)| judged.stands_for_folder)
        .filter_map(|(key, _)| key.as_ref())
        .collect();
    let of_roots: Vec<_> = roots
        .iter()
        .zip(values.of_roots)
        .zip(workspaces)
        .filter(|((root, _), _)| !stood_for.contains(*root))
        .filter_map(|((root, values), workspace)| {
            Some((*root, modules.get(*root)?, values, workspace))
        })
        .collect();
    let configurations = of_roots.len();
    let roots = of_roots.iter().map(|(_, root, ..)| &*root.folder.path);
    let roots = roots.chain(plans.iter().map(|plan| plan.folder));
    let roots: BTreeSet<String> = roots.map(str::to_owned).collect();
    let (mut reports, read): (Vec<Report>, Vec<_>) = of_roots
        .into_par_iter()
        .map(|(key, root, variables, workspace)| {
            let given = request.variables.workspace.as_deref();
            let files = FunctionFiles::new(&bounds, &root.folder.path);
            let options = Options {
                variables,
                arguments: &AwsProvider,
                files: &files,
                workspace: given.or(workspace.as_deref()).unwrap_or("default"),
            };
            let project = terraform::lower(&root.folder, &tree, &options);
            // What is wrong elsewhere hides nothing here.
            let mut reached = BTreeSet::new();
            graph::reach(key, &modules, &mut reached);
            let reached = || reached.iter().filter_map(|key| modules.get(*key));
            let own = reached().flat_map(|one| one.problems.iter().cloned());
            let own: Vec<Problem> = own.collect();
            let settings = judging.together(paths(key, &modules));
            let mut report = check(&project, &own, ruleset, &settings.plan);
            if settings.plan.keeps_addresses && own.iter().any(|one| one.level == Level::Error) {
                let files = reached().flat_map(|one| &one.folder.files);
                report.beside.unread.extend(files.map(|file| file.file));
            }
            (report, files.into_read())
        })
        .unzip();
    reports.push(Report {
        problems,
        suppressions: suppressions(&modules, named),
        ..Report::default()
    });
    drop(tree);
    drop(modules);
    let mut hidden = Vec::new();
    for (_, judged) in judged {
        reports.extend(judged.reports);
        hidden.push(judged.hidden);
    }
    let texts = texts.into_texts().chain(values.texts);
    let files = texts.map(|Text { file, source, .. }| (file, source));
    Ok(Checked {
        reports,
        files: files.collect(),
        configurations,
        roots,
        read: read.into_iter().flatten().collect(),
        hidden,
    })
}

/// The suppressions in the files of all modules.
fn suppressions(modules: &BTreeMap<Key, Module<'_>>, named: &[Named]) -> Vec<Suppression> {
    let named: BTreeSet<FileId> = named.iter().map(|one| one.file).collect();
    let modules: Vec<&Module<'_>> = modules.values().collect();
    let in_module = |module: &&Module<'_>| {
        let files = module.folder.files.iter();
        let all = files.flat_map(suppress::in_configuration);
        let owned = all.map(|one| Suppression {
            owner: if module.folder.downloaded {
                Owner::Downloaded
            } else if named.contains(&one.place.file) {
                Owner::Named
            } else {
                Owner::Called
            },
            ..one
        });
        owned.collect::<Vec<_>>()
    };
    modules.par_iter().flat_map_iter(in_module).collect()
}

/// The paths of all files that a root module leads to, its own first.
fn paths<'m>(
    root: &'m Key,
    modules: &'m BTreeMap<Key, Module<'_>>,
) -> impl Iterator<Item = &'m str> {
    let mut reached = BTreeSet::new();
    graph::reach(root, modules, &mut reached);
    reached.remove(root);
    let reached = std::iter::once(root).chain(reached);
    reached
        .filter_map(|key| modules.get(key))
        .flat_map(Module::paths)
}

/// All modules of a run.
struct Tree<'m, 's> {
    modules: &'m BTreeMap<Key, Module<'s>>,
    by_path: BTreeMap<&'m str, &'m Key>,
    circles: BTreeMap<(&'m Key, &'m Key), String>,
    limits: Limits,
}

impl<'m, 's> Tree<'m, 's> {
    fn module(&self, folder: &Folder<'_>) -> Result<(&'m Key, &'m Module<'s>), String> {
        let found = self.by_path.get(folder.path.as_str());
        found
            .and_then(|key| Some((*key, self.modules.get(*key)?)))
            .ok_or_else(|| "was not read".to_owned())
    }

    fn folder(&self, target: &Target) -> Result<&'m Folder<'s>, String> {
        let Some(module) = self.modules.get(&target.key) else {
            let Limits { folders, depth } = self.limits;
            return Err(format!(
                "was not read: calls are followed {depth} modules deep, and to {folders} folders"
            ));
        };
        match &module.unreadable {
            Some(why) => Err(format!("cannot be read: {why}")),
            None if module.folder.files.is_empty() => {
                Err("holds no configuration files".to_owned())
            }
            None => Ok(&module.folder),
        }
    }
}

impl<'s> Folders<'s> for Tree<'_, 's> {
    fn called(&self, call: &Call<'_, 's>) -> Result<&Folder<'s>, String> {
        if read::is_local(call.source) {
            let (caller, module) = self.module(call.caller)?;
            let target = module.calls.get(call.source).ok_or("was not read")?;
            let target = target.as_ref().map_err(Clone::clone)?;
            return match self.circles.get(&(caller, &target.key)) {
                Some(circle) => Err(format!("leads round in a circle: {circle}")),
                None => self.folder(target),
            };
        }
        let (_, root) = self.module(call.root)?;
        let installed = root.installed.as_ref().map_err(Clone::clone)?;
        match installed.get(call.key) {
            Some(Ok(target)) => self.folder(target),
            Some(Err(why)) => Err(why.clone()),
            None => Err("is not here; `terraform init` fetches it".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_names() {
        for (path, configuration, values, loaded) in [
            ("main.tf", true, false, false),
            ("a/main.tofu", true, false, false),
            ("a/main.tf.json", true, false, false),
            ("main.tofu.json", true, false, false),
            (".main.tf", false, false, false),
            ("a.b/.main.tf", false, false, false),
            ("main.json", false, false, false),
            ("main.tftest.hcl", false, false, false),
            ("terraform.tfvars", false, true, true),
            ("a/terraform.tfvars.json", false, true, true),
            ("x.auto.tfvars", false, true, true),
            ("x.auto.tfvars.json", false, true, true),
            ("prod.tfvars", false, true, false),
            (".x.auto.tfvars", false, true, false),
        ] {
            let told = (
                is_configuration(path),
                is_values(path),
                is_loaded_values(path),
            );
            assert_eq!(told, (configuration, values, loaded), "{path}");
        }
    }
}
