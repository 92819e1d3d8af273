//! Compiles the rules. A mistake in one is an error of the build that names file and line.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a build script reads files and speaks to cargo"
)]

use pillarlint_engine::load::{self, Context, RuleFile};
use pillarlint_engine::ruleset::encode;
use pillarlint_parser::source::{FileId, LineIndex};
use pillarlint_parser::tree::Problem;
use std::error::Error;
use std::path::{Path, PathBuf};

struct File {
    path: PathBuf,
    id: String,
    text: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let mut files = Vec::new();
    for pillar in [
        "operational-excellence",
        "security",
        "reliability",
        "performance-efficiency",
        "cost-optimization",
        "sustainability",
        "shapes",
        "data",
    ] {
        println!("cargo::rerun-if-changed={pillar}");
        collect(&root.join(pillar), &mut files)?;
    }
    println!("cargo::rerun-if-changed=practices.yaml");
    println!("cargo::rerun-if-changed=build.rs");
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let below = |folder: &str| {
        let folder = root.join(folder);
        files
            .iter()
            .zip(0u32..)
            .filter(move |(file, _)| file.path.starts_with(&folder))
            .map(|(file, id)| (FileId(id), file.id.as_str(), file.text.as_str()))
            .collect::<Vec<_>>()
    };
    let practices = root.join("practices.yaml");
    let practices_file = File {
        id: String::new(),
        text: std::fs::read_to_string(&practices)?,
        path: practices,
    };
    let after = FileId(u32::try_from(files.len())?);
    let (framework, mut problems) = load::framework(after, &practices_file.text);
    let (shapes, data) = (below("shapes"), below("data"));
    let context = Context::new(&framework, &shapes, &data);
    let rules: Vec<RuleFile<'_>> = files
        .iter()
        .zip(0u32..)
        .filter(|(file, _)| {
            !file.path.starts_with(root.join("shapes")) && !file.path.starts_with(root.join("data"))
        })
        .map(|(file, id)| RuleFile {
            file: FileId(id),
            id: &file.id,
            text: &file.text,
        })
        .collect();
    let (loaded, found) = load::load(&rules, &context);
    problems.extend(found);
    for rule in &loaded {
        let file = files.iter().find(|file| file.id == rule.header.id);
        let folder = root.join(&rule.header.pillar);
        if let Some(file) = file.filter(|file| !file.path.starts_with(&folder)) {
            return Err(format!(
                "{}: its first practice belongs to the pillar {}",
                file.path.display(),
                rule.header.pillar
            )
            .into());
        }
    }
    if !problems.is_empty() {
        for problem in &problems {
            let file = files
                .get(problem.span.file.0 as usize)
                .unwrap_or(&practices_file);
            eprintln!("{}", describe(file, problem));
        }
        return Err(format!("{} mistakes in the rules", problems.len()).into());
    }
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("rules.postcard"), encode(&loaded, &framework)?)?;
    // A user's own rules may refer to these too, and are loaded from text.
    for (name, files) in [("shapes.rs", shapes), ("data.rs", data)] {
        let texts: Vec<_> = files.iter().map(|(_, id, text)| (id, text)).collect();
        std::fs::write(out.join(name), format!("&{texts:?}"))?;
    }
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<File>) -> Result<(), Box<dyn Error>> {
    if !folder.exists() {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            files.push(File {
                id: path
                    .file_stem()
                    .map(|stem| stem.to_string_lossy().into_owned())
                    .unwrap_or_default(),
                text: std::fs::read_to_string(&path)?,
                path,
            });
        }
    }
    Ok(())
}

fn describe(file: &File, problem: &Problem) -> String {
    let place = LineIndex::new(&file.text).position(problem.span.start as usize, &file.text);
    format!(
        "{}:{}:{}: {}",
        file.path.display(),
        place.line,
        place.column,
        problem.message
    )
}
