//! `pillarlint docs`: a page for every rule, lists by pillar, service and practice, and the coverage, as Markdown;
//! and their part of the table of contents of a book.

#![allow(
    clippy::disallowed_methods,
    reason = "the command line is where files are read and written"
)]

use crate::args::DocsArgs;
use crate::coverage::{Coverage, linked};
use crate::explain::{meaning, parameter_line};
use crate::text::count;
use crate::{CLEAN, Console, FINDINGS, Failure, files, own_rules};
use pillarlint_engine::plan::{SUPPRESSION, TEMPLATE};
use pillarlint_engine::rule::{Dialect, Preset};
use pillarlint_engine::ruleset::{Rule, Ruleset};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::Path;

/// Every page begins with it, so that nobody mends a page in place of its rule, and only pages are ever removed.
const MARK: &str = "<!-- Written by `pillarlint docs` from the rule files: change those. -->\n";

pub(crate) fn run(args: &DocsArgs, console: &mut Console) -> Result<u8, Failure> {
    let own = own_rules::of_command(&args.rules, &args.config, console.errors)?;
    let ruleset = own.ruleset();
    let pages = pages(ruleset)?;
    let failed = |path: &Path, error: &io::Error| {
        Failure::Usage(format!("{}: {}", files::shown(path), files::why(error)))
    };
    let mut stale = Vec::new();
    for (name, text) in &pages {
        let path = args.folder.join(name);
        if std::fs::read_to_string(&path).is_ok_and(|there| there == *text) {
            continue;
        }
        stale.push(name.clone());
        if !args.check {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
            }
            std::fs::write(&path, text).map_err(|error| failed(&path, &error))?;
        }
    }
    for name in left_over(&args.folder, &pages) {
        let path = args.folder.join(&name);
        if !args.check {
            std::fs::remove_file(&path).map_err(|error| failed(&path, &error))?;
        }
        stale.push(name);
    }
    if let Some(path) = &args.summary {
        let there = std::fs::read_to_string(path).map_err(|error| failed(path, &error))?;
        let below = below(&args.folder, path)?;
        let Some(with) = with_contents(&there, &contents(ruleset, &below)) else {
            let path = files::shown(path);
            let message = format!("{path} needs a line `{BEGIN}` and one `{END}` below it");
            return Err(Failure::Usage(message));
        };
        if with != there {
            stale.push(files::shown(path));
            if !args.check {
                std::fs::write(path, with).map_err(|error| failed(path, &error))?;
            }
        }
    }
    let all = count(pages.len(), "page");
    if !args.check {
        let changed = stale.len();
        writeln!(console.output, "{all}, {changed} of them new or changed")?;
        return Ok(CLEAN);
    }
    for name in &stale {
        writeln!(console.output, "{name} is not as it should be")?;
    }
    if stale.is_empty() {
        writeln!(console.output, "{all}: all as they should be")?;
        return Ok(CLEAN);
    }
    Ok(FINDINGS)
}

/// Between these lines of a book's `SUMMARY.md` stand the pages.
const BEGIN: &str = "<!-- pages of rules: begin -->";
const END: &str = "<!-- pages of rules: end -->";

/// The folder of the pages as seen from the book's table of contents.
fn below(folder: &Path, summary: &Path) -> Result<String, Failure> {
    let book = summary.parent().unwrap_or(Path::new(""));
    let below = folder.strip_prefix(book).map_err(|_| {
        let (folder, summary) = (files::shown(folder), files::shown(summary));
        Failure::Usage(format!("{folder} does not lie beside {summary}"))
    })?;
    Ok(files::shown(below))
}

/// A table of contents with the pages in their place; nothing where it has none.
fn with_contents(summary: &str, contents: &str) -> Option<String> {
    let (before, rest) = summary.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{contents}{END}{after}"))
}

/// The pages as a part of a book's table of contents: mdBook makes no page that does not stand there.
fn contents(ruleset: &Ruleset, folder: &str) -> String {
    let mut contents = format!(
        "- [Rules]({folder}/README.md)\n  - [By service]({folder}/by-service.md)\n  \
         - [By best practice]({folder}/by-practice.md)\n"
    );
    for pillar in &ruleset.framework().pillars {
        let _ = writeln!(contents, "  - [{}]()", pillar.title);
        let rules = ruleset.rules.iter();
        for rule in rules.filter(|rule| rule.header.pillar == pillar.id) {
            let id = &rule.header.id;
            let _ = writeln!(contents, "    - [{id}]({folder}/{}/{id}.md)", pillar.id);
        }
    }
    contents
}

/// All pages, by their paths below the folder.
fn pages(ruleset: &Ruleset) -> Result<BTreeMap<String, String>, Failure> {
    let mut pages = BTreeMap::new();
    for rule in &ruleset.rules {
        let header = &rule.header;
        let path = format!("{}/{}.md", header.pillar, header.id);
        pages.insert(path, rule_page(rule, ruleset));
    }
    pages.insert("README.md".to_owned(), by_pillar(ruleset));
    pages.insert("by-service.md".to_owned(), by_service(ruleset));
    let mut coverage = MARK.as_bytes().to_vec();
    let all = Coverage {
        ruleset,
        preset: Preset::All,
    };
    all.markdown("./", &mut coverage)?;
    let coverage = String::from_utf8_lossy(&coverage).into_owned();
    pages.insert("by-practice.md".to_owned(), coverage);
    Ok(pages)
}

/// Pages of ours in the folder that no rule has any more.
fn left_over(folder: &Path, pages: &BTreeMap<String, String>) -> Vec<String> {
    let mut found = Vec::new();
    let folders = pages.keys().filter_map(|page| page.split_once('/'));
    let mut folders: Vec<&str> = folders.map(|(folder, _)| folder).collect();
    folders.dedup();
    for below in folders {
        let Ok(entries) = std::fs::read_dir(folder.join(below)) else {
            continue;
        };
        for entry in entries.flatten() {
            let name = format!("{below}/{}", entry.file_name().to_string_lossy());
            let is_ours =
                || std::fs::read_to_string(entry.path()).is_ok_and(|text| text.starts_with(MARK));
            if name.ends_with(".md") && !pages.contains_key(&name) && is_ours() {
                found.push(name);
            }
        }
    }
    found.sort();
    found
}

fn rule_page(rule: &Rule, ruleset: &Ruleset) -> String {
    let header = &rule.header;
    let docs = rule.docs();
    let mut page = format!("{MARK}\n# {}\n\n`{}`\n\n", header.title, header.id);
    // Writing into a String does not fail.
    let mut row = |name: &str, text: &str| {
        let _ = writeln!(page, "| {name} | {text} |");
    };
    row("", "");
    row("---", "---");
    let practices = header
        .practices
        .iter()
        .map(|id| match ruleset.framework().practice(id) {
            Some((_, _, practice)) => format!("[{id}]({}) {}", practice.link, practice.title),
            None => id.clone(),
        });
    row(
        "best practices",
        &practices.collect::<Vec<_>>().join("<br>"),
    );
    row("severity", header.severity.name());
    row("preset", header.preset.name());
    let certainty = header.certainty;
    row(
        "certainty",
        &format!("{}: {}", certainty.name(), meaning(certainty)),
    );
    let code = |texts: &[String]| {
        let quoted: Vec<String> = texts.iter().map(|text| format!("`{text}`")).collect();
        quoted.join(", ")
    };
    row("asks", &code(&header.kinds));
    if !header.aliases.is_empty() {
        row("elsewhere", &code(&header.aliases));
    }
    for parameter in &header.parameters {
        row("parameter", &parameter_line(parameter));
    }
    let _ = write!(page, "\n## Why\n\n{}\n\n## What to do\n\n", docs.why);
    let fix = &docs.fix;
    if fix.cloudformation == fix.terraform {
        let _ = writeln!(page, "{}", fix.cloudformation);
    } else {
        let _ = writeln!(page, "### CloudFormation\n\n{}\n", fix.cloudformation);
        if let Some(sam) = &fix.sam {
            let _ = writeln!(page, "### SAM\n\n{sam}\n");
        }
        let _ = writeln!(page, "### Terraform\n\n{}", fix.terraform);
    }
    page.push_str("\n## References\n\n");
    for reference in &docs.references {
        let _ = writeln!(page, "- <{reference}>");
    }
    page.push_str(
        "\n## Examples\n\nLines that end in `# error` are reported, those that end in `# unknown` cannot be decided.\n",
    );
    for example in &docs.examples {
        let language = match example.dialect {
            Dialect::CloudFormation | Dialect::Sam => "yaml",
            Dialect::Terraform => "hcl",
        };
        if !example.name.is_empty() {
            let mut letters = example.name.chars();
            let first: String = letters
                .next()
                .map_or_else(String::new, |one| one.to_uppercase().collect());
            let _ = write!(page, "\n{first}{}:\n", letters.as_str());
        }
        let _ = write!(page, "\n```{language}\n{}\n```\n", example.text.trim_end());
    }
    page
}

const TABLE: &str = "| rule | asks for | severity | preset |\n|---|---|---|---|\n";

fn table_row(rule: &Rule) -> String {
    let header = &rule.header;
    format!(
        "| {} | {} | {} | {} |\n",
        linked(rule, "./"),
        header.title,
        header.severity.name(),
        header.preset.name()
    )
}

fn by_pillar(ruleset: &Ruleset) -> String {
    let mut page = format!(
        "{MARK}\n# Rules\n\n{} by pillar; also [by service](by-service.md) and [by best practice](by-practice.md). \
         What a preset is stands in [rule-format.md](../rule-format.md#presets).\n",
        count(ruleset.rules.len(), "rule")
    );
    for pillar in &ruleset.framework().pillars {
        let _ = write!(page, "\n## {}\n\n{TABLE}", pillar.title);
        for rule in ruleset
            .rules
            .iter()
            .filter(|rule| rule.header.pillar == pillar.id)
        {
            page.push_str(&table_row(rule));
        }
    }
    page
}

fn by_service(ruleset: &Ruleset) -> String {
    let mut services: BTreeMap<String, Vec<&Rule>> = BTreeMap::new();
    for rule in &ruleset.rules {
        for service in services_of(rule) {
            services.entry(service).or_default().push(rule);
        }
    }
    let mut page = format!(
        "{MARK}\n# Rules by service\n\nA rule stands under every service whose resources it asks; what asks a whole template stands \
         under Template.\n"
    );
    for (service, rules) in services {
        let _ = write!(page, "\n## {service}\n\n{TABLE}");
        for rule in rules {
            page.push_str(&table_row(rule));
        }
    }
    page
}

/// `S3` for `AWS::S3::Bucket`. Terraform's types are named only where there is no other.
fn services_of(rule: &Rule) -> Vec<String> {
    let kinds = &rule.header.kinds;
    let mut services: Vec<String> = kinds
        .iter()
        .filter_map(|kind| match kind.split("::").nth(1)? {
            "*" => Some("Template".to_owned()),
            service => Some(service.to_owned()),
        })
        .collect();
    if services.is_empty() {
        let asks = |kind: &str| kinds.iter().any(|one| one == kind);
        let service = if asks(TEMPLATE) {
            "Template"
        } else if asks(SUPPRESSION) {
            "Suppressions"
        } else {
            "Terraform"
        };
        services.push(service.to_owned());
    }
    services.sort();
    services.dedup();
    services
}
