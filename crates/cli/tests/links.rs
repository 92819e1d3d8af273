//! Links in the documentation lead somewhere, in the repository as in the built book.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests read files, and fail loudly"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

/// How files of the repository are named where a link leaves the book.
const HERE: &str = "https://github.com/pillarlint/pillarlint/";

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::canonicalize(root).unwrap()
}

/// The Markdown files of the documentation, by their paths in the repository.
fn pages() -> BTreeMap<PathBuf, String> {
    let root = root();
    let docs = ignore::Walk::new(root.join("docs")).map(|entry| entry.unwrap().into_path());
    let others = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|name| root.join(name));
    let is_page = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "md");
    docs.chain(others)
        .filter(is_page)
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path.strip_prefix(&root).unwrap().to_owned(), text)
        })
        .collect()
}

/// The text without code.
fn prose(text: &str) -> String {
    let mut in_code = false;
    let mut prose = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        } else if !in_code {
            let outside = line.split('`').step_by(2);
            prose.extend(outside);
            prose.push('\n');
        }
    }
    prose
}

/// Where the links of a page lead: `[text](target)`, and `<target>` for addresses.
fn targets(text: &str) -> Vec<String> {
    let prose = prose(text);
    let after = prose.split("](").skip(1);
    let targets = after.filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()));
    targets.filter(|target| !target.is_empty()).collect()
}

/// The anchors of a page, as GitHub and mdBook make them from headings.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut in_code = false;
    let mut anchors = BTreeSet::new();
    for line in text.lines() {
        in_code ^= line.trim_start().starts_with("```");
        let Some(heading) = line.strip_prefix('#').filter(|_| !in_code) else {
            continue;
        };
        let heading = heading.trim_start_matches('#').trim();
        let anchor: String = heading
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
            .map(|c| {
                if c == ' ' {
                    '-'
                } else {
                    c.to_ascii_lowercase()
                }
            })
            .collect();
        let count = seen.entry(anchor.clone()).or_default();
        anchors.insert(match *count {
            0 => anchor,
            number => format!("{anchor}-{number}"),
        });
        *count += 1;
    }
    anchors
}

/// A path without `.` and `..`; nothing where it leaves the repository.
fn normal(path: &Path) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => normal.pop().then_some(())?,
            other => normal.push(other),
        }
    }
    Some(normal)
}

/// What is wrong with a link of a page, if anything is.
fn fault(page: &Path, target: &str, pages: &BTreeMap<PathBuf, String>) -> Option<&'static str> {
    if let Some(below) = target.strip_prefix(HERE) {
        let path = ["blob/main/", "tree/main/"]
            .iter()
            .find_map(|kind| below.strip_prefix(kind));
        let is_there = path.is_none_or(|path| root().join(path).exists());
        return (!is_there).then_some("the repository has no such file");
    }
    if target.contains("://") {
        return None;
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = match path {
        "" => page.to_owned(),
        path => match normal(&page.parent().unwrap().join(path)) {
            Some(path) => path,
            None => return Some("leads out of the repository"),
        },
    };
    if page.starts_with("docs") && !path.starts_with("docs") {
        return Some("leads out of the book: write it as a link to GitHub");
    }
    if !pages.contains_key(&path) && !root().join(&path).exists() {
        return Some("leads nowhere");
    }
    let of_page = pages.get(&path).filter(|_| !anchor.is_empty());
    let is_there = of_page.is_none_or(|text| anchors(text).contains(anchor));
    (!is_there).then_some("the page has no such heading")
}

#[test]
fn links_lead_somewhere() {
    let pages = pages();
    let mut faults = Vec::new();
    let mut links = 0;
    for (page, text) in &pages {
        for target in targets(text) {
            links += 1;
            if let Some(fault) = fault(page, &target, &pages) {
                faults.push(format!("{}: {target}: {fault}", page.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(links > 1000, "{links}");
}

/// mdBook makes no page that its table of contents does not have.
#[test]
fn all_pages_are_in_the_book() {
    let pages = pages();
    let summary = Path::new("docs/SUMMARY.md");
    let listed: BTreeSet<PathBuf> = targets(&pages[summary])
        .iter()
        .map(|target| Path::new("docs").join(target))
        .collect();
    let missing = pages
        .keys()
        .filter(|page| page.starts_with("docs") && *page != summary && !listed.contains(*page));
    let missing: Vec<_> = missing.map(|page| page.display().to_string()).collect();
    assert!(
        missing.is_empty(),
        "not in docs/SUMMARY.md: {}",
        missing.join(", ")
    );
}

#[test]
fn faults_are_found() {
    let text = "# One `a` & two\n\n## Same\n## Same\n```\n# no heading\n[x](no-link)\n```\n`[y](code)` [a](b.md)\n";
    assert_eq!(targets(text), ["b.md"]);
    let expected = ["one-a--two", "same", "same-1"].map(str::to_owned);
    assert_eq!(anchors(text), BTreeSet::from(expected));
    let page = PathBuf::from("docs/a.md");
    let pages = BTreeMap::from([(page.clone(), text.to_owned())]);
    let no_file = "https://github.com/pillarlint/pillarlint/blob/main/no-file";
    let file = "https://github.com/pillarlint/pillarlint/blob/main/README.md";
    for (target, is_right) in [
        ("#same-1", true),
        ("#no-heading", false),
        ("cli.md", true),
        ("no-page.md", false),
        ("../README.md", false),
        ("../../x", false),
        (file, true),
        (no_file, false),
        ("https://example.com", true),
    ] {
        assert_eq!(fault(&page, target, &pages).is_none(), is_right, "{target}");
    }
}
