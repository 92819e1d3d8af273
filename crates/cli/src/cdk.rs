//! Cloud assemblies, what `cdk synth` writes: which files of them are templates, and which line of the program made a
//! resource.
//!
//! A folder is one where the CDK has left the file `cdk.out`. Source: the schema of the manifest,
//! <https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.cloud_assembly_schema-readme.html>.

use crate::files::{self, Content};
use crate::terraform::{joined, parent};
use pillarlint_engine::finding::Report;
use pillarlint_parser::json;
use pillarlint_parser::source::{FileId, SourceMap, decode};
use pillarlint_parser::tree::Node;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The file that the CDK leaves in the folders that it writes.
const MARK: &str = "cdk.out";

/// The file that says what such a folder holds.
const MANIFEST: &str = "manifest.json";

/// Whether a path is of the CDK's own book-keeping: assets (code of functions, images), and files about the templates.
pub(crate) fn is_aside(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    let Some(name) = name else {
        return false;
    };
    if let Some(rest) = name.strip_prefix("asset.") {
        let hash = rest.split('.').next().unwrap_or(rest);
        return hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    let is_about = [MANIFEST, "tree.json", "validation-report.json"].contains(&name)
        || name.ends_with(".assets.json")
        || name.ends_with(".metadata.json");
    is_about && is_assembly(path.parent().unwrap_or(Path::new("")))
}

/// Whether a folder is a cloud assembly.
fn is_assembly(folder: &Path) -> bool {
    folder.join(MARK).is_file()
}

/// Whether a folder is that of a program.
pub(crate) fn is_program(folder: &Path) -> bool {
    folder.join("cdk.json").is_file()
}

/// The folder of an assembly, where its manifest is named; else the path itself.
pub(crate) fn assembly_of(path: PathBuf) -> PathBuf {
    let folder = match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => return path,
    };
    let is_manifest = path.file_name().is_some_and(|name| name == MANIFEST);
    match is_manifest && is_assembly(folder) {
        true => folder.to_owned(),
        false => path,
    }
}

/// Adds to findings on resources of CDK programs which line made them.
pub(crate) fn tell_lines(reports: &mut [Report], sources: &SourceMap) {
    let mut folders: HashMap<String, Lines> = HashMap::new();
    let findings = reports.iter_mut().flat_map(|report| &mut report.findings);
    for finding in findings {
        let Some(construct) = &mut finding.construct else {
            continue;
        };
        let folder = parent(&sources.file(finding.place.file).path);
        let lines = match folders.get(folder) {
            Some(lines) => lines,
            None => folders
                .entry(folder.to_owned())
                .or_insert_with(|| read(folder)),
        };
        construct.made_at = lines.get(&construct.path).cloned();
    }
}

/// The line that made each construct, by its path.
type Lines = HashMap<String, String>;

/// What the manifest of an assembly says; nothing for any other folder.
fn read(folder: &str) -> Lines {
    let mut lines = Lines::new();
    if !is_assembly(Path::new(folder)) {
        return lines;
    }
    let here = std::env::current_dir().unwrap_or_default();
    with_json(&joined(folder, MANIFEST), |manifest| {
        let artifacts = manifest.get("artifacts").and_then(Node::as_map);
        for artifact in artifacts.into_iter().flat_map(|map| &map.entries) {
            // Older versions write it into the manifest, newer ones into a file of its own.
            if let Some(metadata) = artifact.value.get("metadata") {
                add(metadata, &here, &mut lines);
            }
            let file = artifact.value.get("additionalMetadataFile");
            if let Some(file) = file.and_then(Node::as_str).filter(|name| is_name(name)) {
                with_json(&joined(folder, file), |metadata| {
                    add(metadata, &here, &mut lines);
                });
            }
        }
    });
    lines
}

/// Whether it is a file of the same folder.
fn is_name(name: &str) -> bool {
    !name.contains(['/', '\\'])
}

fn with_json(path: &str, run: impl FnOnce(&Node<'_>)) {
    let bytes = files::read(Content::Disk(path.into()));
    let text = bytes.ok().and_then(|bytes| decode(bytes).ok());
    let parsed = text.as_deref().map(|text| json::parse(FileId(0), text));
    if let Some(root) = parsed.as_ref().and_then(|parsed| parsed.documents.first()) {
        run(root);
    }
}

fn add(metadata: &Node<'_>, here: &Path, lines: &mut Lines) {
    let constructs = metadata.as_map().into_iter().flat_map(|map| &map.entries);
    for construct in constructs {
        let entries = construct.value.as_list().unwrap_or_default();
        let stacks =
            entries
                .iter()
                .filter_map(|entry| match entry.get("type").and_then(Node::as_str)? {
                    "aws:cdk:creationStack" => entry.get("data"),
                    "aws:cdk:logicalId" => entry.get("trace"),
                    _ => None,
                });
        let line = stacks
            .filter_map(Node::as_list)
            .find_map(|stack| stack.iter().find_map(|frame| line(frame.as_str()?)));
        if let Some(line) = line {
            let path = construct.key.trim_start_matches('/').to_owned();
            lines.insert(path, shown(line, here));
        }
    }
}

/// The place in a frame of a stack of calls, where that is in a program of one's own: `new Shop (/app/lib/shop.ts:19:17)`.
fn line(frame: &str) -> Option<&str> {
    let frame = frame.trim();
    let place = match frame.rsplit_once('(') {
        Some((_, place)) => place.strip_suffix(')')?,
        None => frame.strip_prefix("at ").unwrap_or(frame),
    };
    let place = place.strip_prefix("file://").unwrap_or(place);
    let mut parts = place.rsplitn(3, ':');
    let mut is_number = || {
        let part = parts.next().unwrap_or_default();
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let has_place = is_number() && is_number();
    // What a program in another language calls is code of the CDK all the way.
    let is_own = !["node_modules", "node:", "jsii", "/lib/program.js"]
        .iter()
        .any(|other| place.contains(other));
    (has_place && is_own).then_some(place)
}

/// A place as it is seen from the current folder.
fn shown(line: &str, here: &Path) -> String {
    let below = Path::new(line).strip_prefix(here).ok();
    below.map_or_else(|| line.to_owned(), files::shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_programs_are_told_from_those_of_libraries() {
        for (frame, expected) in [
            (
                "new Shop (/app/lib/shop.ts:19:17)",
                Some("/app/lib/shop.ts:19:17"),
            ),
            (
                "    at new Shop (/app/lib/shop.js:19:17)",
                Some("/app/lib/shop.js:19:17"),
            ),
            ("    at /app/bin.js:4:1", Some("/app/bin.js:4:1")),
            (
                "<anonymous> (file:///app/bin.mjs:4:1)",
                Some("/app/bin.mjs:4:1"),
            ),
            (
                "new Vpc (/app/node_modules/aws-cdk-lib/aws-ec2/lib/vpc.js:1:2)",
                None,
            ),
            ("...new Vpc2 in aws-cdk-lib...", None),
            (
                "Module._compile (node:internal/modules/cjs/loader:1554:14)",
                None,
            ),
            ("Kernel.create (/tmp/x/lib/program.js:9:1)", None),
            ("(no user code in 10 frames)", None),
            ("", None),
        ] {
            assert_eq!(line(frame), expected, "{frame}");
        }
    }

    #[test]
    fn book_keeping_is_told_by_its_names() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(MARK), "{}").unwrap();
        let hash = "a".repeat(64);
        for (name, inside, outside) in [
            ("manifest.json", true, false),
            ("tree.json", true, false),
            ("Shop.assets.json", true, false),
            ("Shop.metadata.json", true, false),
            ("Shop.template.json", false, false),
            ("Shop.nested.template.json", false, false),
            (&*format!("asset.{hash}"), true, true),
            (&*format!("asset.{hash}.zip"), true, true),
            ("asset.json", false, false),
        ] {
            assert_eq!(is_aside(&folder.path().join(name)), inside, "{name}");
            assert_eq!(
                is_aside(&Path::new("elsewhere").join(name)),
                outside,
                "{name}"
            );
        }
    }
}
