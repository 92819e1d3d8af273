//! One file of a run: read, told what it is, and checked where it stands for itself.

use crate::check::Wanted;
use crate::config::Judging;
use crate::files::{self, Content, Input};
use crate::stack_parameters::Values;
use crate::stacks::Nearby;
use crate::terraform;
use pillarlint_engine::check::check;
use pillarlint_engine::finding::Report;
use pillarlint_engine::plan::Plan;
use pillarlint_engine::ruleset::Ruleset;
use pillarlint_engine::suppress;
use pillarlint_parser::cloudformation::{Deployment, Files, NoFiles};
use pillarlint_parser::model::DeclarationKind;
use pillarlint_parser::recognise::{Kind, is_json, recognise};
use pillarlint_parser::source::{DecodeError, FileId, Span, decode};
use pillarlint_parser::tree::{Level, Parsed, Problem};
use pillarlint_parser::{cloudformation, json, yaml};
use std::collections::BTreeSet;

/// What one file gave.
pub(crate) struct Checked {
    pub(crate) path: String,
    pub(crate) folders: Vec<usize>,
    /// Kept only where something in it will be shown.
    pub(crate) text: String,
    pub(crate) fate: Fate,
    pub(crate) reports: Vec<Report>,
    /// The parameters that it declares, where any are given.
    pub(crate) declared: Vec<String>,
    /// The paths of further files that it names, where it is a template that is not checked without them.
    pub(crate) names: BTreeSet<String>,
}

/// What became of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Template,
    /// A part of a Terraform configuration: it is read and checked with the others of its folder.
    Configuration {
        /// What to read in place of the file.
        bytes: Option<Vec<u8>>,
    },
    /// A Terraform plan: it is checked beside the configuration that it was made from.
    Plan,
    /// Values for variables. They stand for the configuration of their folder, and are read where it takes them.
    Values,
    Other,
    Unreadable,
}

pub(crate) fn check_input(
    file: FileId,
    input: Input,
    judging: &Judging<'_>,
    values: &Values,
    wanted: Wanted,
) -> Checked {
    let Input {
        path,
        content,
        folders,
    } = input;
    let mut checked = Checked {
        path,
        folders,
        text: String::new(),
        fate: Fate::Other,
        reports: Vec::new(),
        declared: Vec::new(),
        names: BTreeSet::new(),
    };
    let is_configuration = terraform::is_configuration(&checked.path);
    if is_configuration && !matches!(content, Content::Unreadable(_)) {
        let bytes = match content {
            Content::Memory(bytes) => Some(bytes),
            _ => None,
        };
        checked.fate = Fate::Configuration { bytes };
        return checked;
    }
    if terraform::is_values(&checked.path) && !matches!(content, Content::Unreadable(_)) {
        checked.fate = Fate::Values;
        return checked;
    }
    // What is not in a file cannot be read again, where another template names it.
    let is_kept = matches!(content, Content::Memory(_));
    match read_text(content) {
        Ok(Some(text)) => match kind_of(&text) {
            Kind::CloudFormation => {
                let settings = judging.of(&checked.path);
                let ruleset = judging.ruleset();
                let deployment = values.deployment(&checked.path, judging);
                let nearby = Nearby::alone(file, &checked.path);
                let (reports, declared) = check_template(
                    file,
                    &checked.path,
                    &text,
                    (&deployment, Some(&nearby)),
                    (ruleset, &settings.plan),
                );
                checked.declared = declared;
                checked.names = nearby.into_wanted();
                let wanted = match settings.rates_anew() {
                    true => wanted.of_all_severities(),
                    false => wanted,
                };
                let is_kept = is_kept || !checked.names.is_empty();
                if is_kept || reports.iter().any(|report| is_shown(report, wanted)) {
                    checked.text = text;
                }
                checked.fate = Fate::Template;
                checked.reports = reports;
            }
            Kind::Plan => {
                checked.text = text;
                checked.fate = Fate::Plan;
            }
            Kind::State => {
                let why = "a Terraform state is not checked; check the plan or the configuration";
                checked.reports = vec![Report {
                    not_read: vec![(Span::new(file, 0, 0), why.to_owned())],
                    ..Report::default()
                }];
            }
            Kind::Other => {}
        },
        Ok(None) => {}
        Err(why) => {
            checked.fate = Fate::Unreadable;
            checked.reports = vec![problem(Span::new(file, 0, 0), &why)];
        }
    }
    checked
}

/// What is said of a plan as `terraform plan -out` writes it.
const BINARY_PLAN: &str = "the file is a plan in Terraform's own form; `terraform show -json FILE > plan.json` makes one that can be read";

/// Whether a file is a plan as `terraform plan -out` writes it: an archive with a file `tfplan` in it.
fn is_binary_plan(bytes: &[u8]) -> bool {
    /// The name stands at the beginning of the archive.
    const HEAD: usize = 256;
    let head = bytes.get(..HEAD.min(bytes.len())).unwrap_or_default();
    let name = b"tfplan";
    head.starts_with(b"PK\x03\x04") && head.windows(name.len()).any(|one| one == name)
}

/// The text of an input; nothing where it is no text and so no template.
fn read_text(content: Content) -> Result<Option<String>, String> {
    let again = match &content {
        Content::Disk(path) => Some(Content::Disk(path.clone())),
        _ => None,
    };
    let bytes = files::read(content)?;
    if is_binary_plan(&bytes) {
        return Err(BINARY_PLAN.to_owned());
    }
    let error = match decode(bytes) {
        Ok(text) => return Ok(Some(text)),
        Err(DecodeError::Binary) => return Ok(None),
        Err(error) => error,
    };
    // A template in another encoding must not be passed over in silence, but any other file may be.
    // Without the zero bytes and the byte order mark of UTF-16, what tells a template can still be seen.
    let mut bytes = again.map_or(Ok(Vec::new()), files::read)?;
    bytes.retain(|byte| !matches!(byte, 0 | 0xFE | 0xFF));
    let may_be_template = bytes.is_empty()
        || error == DecodeError::TooLarge
        || kind_of(&String::from_utf8_lossy(&bytes)) != Kind::Other;
    if may_be_template {
        Err(error.to_string())
    } else {
        Ok(None)
    }
}

/// Checks one text as the file of a path would be; nothing where it is no template.
/// The last report is what reading it gave, the others are its documents'.
pub fn check_text(
    file: FileId,
    path: &str,
    text: &str,
    ruleset: &Ruleset,
    plan: &Plan,
) -> Option<Vec<Report>> {
    let is_template = kind_of(text) == Kind::CloudFormation;
    is_template.then(|| {
        check_template(
            file,
            path,
            text,
            (&Deployment::default(), None),
            (ruleset, plan),
        )
        .0
    })
}

/// The reports of a template, and, where parameters are given, those that it declares.
fn check_template(
    file: FileId,
    path: &str,
    text: &str,
    (deployment, nearby): (&Deployment, Option<&Nearby<'_>>),
    (ruleset, plan): (&Ruleset, &Plan),
) -> (Vec<Report>, Vec<String>) {
    let parsed = parse(file, path, text);
    let suppressions = suppress::in_template(text, &parsed);
    let Parsed {
        documents,
        problems,
        ..
    } = parsed;
    let mut reports = Vec::with_capacity(1 + documents.len());
    let mut declared = Vec::new();
    for document in documents {
        let files: &dyn Files<'_> = match nearby {
            Some(nearby) => nearby,
            None => &NoFiles,
        };
        let project = cloudformation::lower_deployed(file, text, document, deployment, files);
        if !deployment.given.is_empty() {
            let parameters = project.declarations.iter();
            let parameters = parameters.filter(|one| one.kind == DeclarationKind::Parameter);
            declared.extend(parameters.map(|one| one.name.to_string()));
        }
        // What names further files is checked with them, once they are read.
        if nearby.is_none_or(Nearby::has_all) {
            reports.push(check(&project, &problems, ruleset, plan));
        }
    }
    reports.push(Report {
        problems,
        suppressions,
        ..Report::default()
    });
    (reports, declared)
}

/// What a text is, whatever its file is called: folders were searched by extension already, and what a person names is
/// looked at as it is.
fn kind_of(text: &str) -> Kind {
    recognise("named.template", text)
}

pub(crate) fn parse<'s>(file: FileId, path: &str, text: &'s str) -> Parsed<'s> {
    if !is_json(text) {
        return yaml::parse(file, text);
    }
    let parsed = json::parse(file, text);
    // A flow mapping of YAML may look like JSON that is wrong.
    let may_be_yaml = path.ends_with(".yaml") || path.ends_with(".yml");
    let is_wrong = |parsed: &Parsed| {
        parsed
            .problems
            .iter()
            .any(|problem| problem.level == Level::Error)
    };
    if may_be_yaml && is_wrong(&parsed) {
        let as_yaml = yaml::parse(file, text);
        if !is_wrong(&as_yaml) {
            return as_yaml;
        }
    }
    parsed
}

pub(crate) fn is_shown(report: &Report, wanted: Wanted) -> bool {
    if wanted.passes && !(report.passes.is_empty() && report.undecided.is_empty()) {
        return true;
    }
    report
        .findings
        .iter()
        .any(|finding| finding.severity >= wanted.severity)
        || !report.problems.is_empty()
        || !report.not_read.is_empty()
        || !report.suppressions.is_empty()
        || (wanted.undecided && !report.undecided.is_empty())
}

/// A report that holds one error of the run.
pub(crate) fn problem(place: Span, message: &str) -> Report {
    Report {
        problems: vec![Problem::error(place, message)],
        ..Report::default()
    }
}
