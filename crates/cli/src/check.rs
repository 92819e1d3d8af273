//! `pillarlint check`: files to reports, in parallel; reports to one outcome; the outcome to the output.

use crate::args::{CheckArgs, FailOn, Format, RunArgs};
use crate::baseline::{self, Baselines, Judged, Open};
use crate::changed::{self, Arguments, Changes};
use crate::config::{self, Configurations, Flags, Judging, rule_folders};
use crate::files::{self, Content, Exclusion, Found, Input};
use crate::output::{self, Reports};
use crate::own_rules::{self, Own};
use crate::plan::Given as GivenPlan;
use crate::report::{self, Counts, Run};
use crate::stack_parameters::{self, Values};
use crate::terraform::{self, Named, Request};
use crate::text::escape;
use crate::{
    CLEAN, Console, FINDINGS, Failure, UNREADABLE, parameters, secrets, selectors, suppressions,
};
use pillarlint_engine::check::check;
use pillarlint_engine::finding::{Finding, Report};
use pillarlint_engine::plan::Plan;
use pillarlint_engine::rule::Severity;
use pillarlint_engine::ruleset::Ruleset;
use pillarlint_engine::settle::{Settings, settle};
use pillarlint_engine::suppress::apply::Terms;
use pillarlint_engine::suppress::{self, Policy};
use pillarlint_parser::cloudformation::Given;
use pillarlint_parser::model::DeclarationKind;
use pillarlint_parser::recognise::{Kind, is_json, recognise};
use pillarlint_parser::source::{DecodeError, FileId, SourceFile, SourceMap, Span, decode};
use pillarlint_parser::tree::{Level, Parsed, Problem};
use pillarlint_parser::{cloudformation, json, yaml};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

/// Trees are as deep as the parsers allow, and a debug build needs room for that.
const STACK_BYTES: usize = 8 << 20;

pub(crate) fn run(args: &CheckArgs, console: &mut Console) -> Result<u8, Failure> {
    let reports = Reports::of(args)?;
    let wanted = Wanted {
        severity: args.severity,
        undecided: args.undecided
            || reports.any(|format| matches!(format, Format::Json | Format::Jsonl)),
        passes: reports.any(|format| matches!(format, Format::Evidence | Format::Html)),
    };
    let since = match &args.since {
        Some(revision) => {
            let by_line = args.changed_lines;
            Some(changed::since(revision, &args.run.paths, by_line)?)
        }
        None => None,
    };
    let Prepared {
        configurations,
        own,
        found,
        changes,
    } = prepare(&args.run, since, console)?;
    if let (Some(revision), Some(true)) = (&args.since, changes.as_ref().map(Changes::is_empty)) {
        // Nothing more can be done where not even this can be written.
        let _ = writeln!(
            console.errors,
            "note: nothing to check has changed since {}",
            escape(revision)
        );
    }
    let flags = Flags {
        fail_on: args.fail_on,
        ..flags(&args.run, own.ruleset())?
    };
    let judging = Judging::new(&own, &configurations, flags)?;
    let limits = Limits {
        changes: changes.as_ref(),
        baselines: Baselines::Used(args.baseline.as_deref()),
    };
    let checked = judge(&args.run, found, &judging, limits, wanted)?;
    let folder = std::env::current_dir().map_or(String::new(), |folder| files::shown(&folder));
    let options = report::Options {
        style: report::Style {
            color: console.color,
            width: console.width,
        },
        base: output::base_of_links(&folder),
        folder,
        undecided: args.undecided,
        summary: !args.quiet,
    };
    let all_written = reports.write(&checked, own.ruleset(), &options, console)?;
    Ok(if all_written {
        exit_code(args, &judging, &checked)
    } else {
        UNREADABLE
    })
}

/// What a run is about, and by what it judges.
pub(crate) struct Prepared {
    pub(crate) configurations: Configurations,
    pub(crate) own: Own,
    pub(crate) found: Found,
    /// What the run is about, where that is not all that is read.
    pub(crate) changes: Option<Changes>,
}

/// What of what is found a run tells of.
#[derive(Default, Clone, Copy)]
pub(crate) struct Limits<'a> {
    /// What it is about; everything where there is nothing.
    pub(crate) changes: Option<&'a Changes>,
    /// What baselines are to it.
    pub(crate) baselines: Baselines<'a>,
}

/// Finds what the arguments name, the configurations for it, and the rules that these and the arguments name. Of what has
/// changed `since` some time only that, with what it is read with.
pub(crate) fn prepare(
    args: &RunArgs,
    since: Option<Changes>,
    console: &mut Console,
) -> Result<Prepared, Failure> {
    let configurations = Configurations::new(&args.config);
    let exclusion = Exclusion {
        configurations: &configurations,
        of_named: args.force_exclude || since.is_some(),
    };
    let Arguments {
        mut paths,
        callers,
        changes,
    } = changed::arguments(args, since);
    paths.extend(callers.into_iter().filter(|path| {
        let place = configurations.of(&files::shown(path));
        place.is_none_or(|place| !place.is_left_out(false))
    }));
    let found = files::find(
        &paths,
        (&mut *console.input, &args.stdin_filename),
        exclusion,
        args.jobs(),
    );
    configurations.meet(found.paths())?;
    let folders = rule_folders(&configurations.all());
    let own = own_rules::beside_ours(&args.selection.rules, &folders, console.errors)?;
    Ok(Prepared {
        configurations,
        own,
        found,
        changes,
    })
}

/// What the command line says of how to judge.
pub(crate) fn flags(args: &RunArgs, ruleset: &Ruleset) -> Result<Flags, Failure> {
    let parameters = args.param.iter();
    let parameters = parameters.map(|text| parameters::of_flag(text, ruleset));
    Ok(Flags {
        preset: args.preset,
        select: selectors(&args.selection.select, ruleset)?,
        ignore: selectors(&args.selection.ignore, ruleset)?,
        parameters: parameters.collect::<Result<_, _>>()?,
        fail_on: None,
        ignores_foreign: args.no_foreign_suppressions,
    })
}

fn exit_code(args: &CheckArgs, judging: &Judging<'_>, run: &Run) -> u8 {
    let counts = |finding: &Finding| {
        let path = &run.sources.file(finding.place.file).path;
        match judging.of(path).fail_on {
            None => true,
            Some(FailOn::Severity(level)) => finding.severity >= level,
            Some(FailOn::Never) => false,
        }
    };
    if !run.outcome.errors.is_empty() {
        UNREADABLE
    } else if !args.exit_zero && run.outcome.findings.iter().any(counts) {
        FINDINGS
    } else {
        CLEAN
    }
}

/// What of a file's report will be shown, so that texts of files with nothing to show need not be kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) severity: Severity,
    pub(crate) undecided: bool,
    /// All that was asked, also what passed.
    pub(crate) passes: bool,
}

impl Wanted {
    /// The same, where a configuration has yet to say how severe findings are.
    fn of_all_severities(self) -> Self {
        Self {
            severity: Severity::Info,
            ..self
        }
    }
}

/// What one file gave.
struct Checked {
    path: String,
    folders: Vec<usize>,
    /// Kept only where something in it will be shown.
    text: String,
    fate: Fate,
    reports: Vec<Report>,
    /// The parameters that it declares, where any are given.
    declared: Vec<String>,
}

/// What became of a file.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
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

/// Reads and checks what was found.
pub(crate) fn judge(
    args: &RunArgs,
    found: Found,
    judging: &Judging<'_>,
    limits: Limits<'_>,
    wanted: Wanted,
) -> Result<Run, Failure> {
    judging.asks(found.paths())?;
    let Found {
        inputs,
        folders,
        excluded,
    } = found;
    let (asked_for, severity, jobs) = (inputs.len(), wanted.severity, args.jobs());
    let mut arguments = args.paths.clone();
    arguments.extend(args.source.clone());
    let request = Request {
        arguments: &arguments,
        variables: &args.variables,
    };
    let source = args.source.as_deref().map(files::shown);
    let is_named = |input: &Input| terraform::is_configuration(&input.path);
    // A configuration may lead to more files than were named.
    let most = if inputs.iter().any(is_named) {
        jobs
    } else {
        jobs.min(inputs.len()).max(1)
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(most)
        .stack_size(STACK_BYTES)
        .build()
        .map_err(|error| Failure::Usage(format!("cannot start {jobs} threads: {error}")))?;
    let values = stack_parameters::read(&args.parameters, judging, asked_for)?;
    let checked: Vec<Checked> = pool.install(|| {
        let inputs = inputs.into_par_iter().enumerate();
        inputs
            .map(|(index, input)| check_input(file_id(index), input, judging, &values, wanted))
            .collect()
    });

    let mut sources = SourceMap::default();
    let mut counts = Counts {
        excluded,
        ..Counts::default()
    };
    let mut reports = Vec::with_capacity(checked.len());
    let mut named: Vec<Named> = Vec::new();
    let mut planned: Vec<usize> = Vec::new();
    let mut holds_something = vec![false; folders.len()];
    let mut declared = BTreeSet::new();
    for (index, one) in checked.into_iter().enumerate() {
        counts.files += 1;
        counts.templates += usize::from(one.fate == Fate::Template);
        if one.fate == Fate::Plan {
            counts.plans += 1;
            planned.push(index);
        }
        let is_skipped = match one.fate {
            Fate::Values => !terraform::is_loaded_values(&one.path),
            ref fate => *fate == Fate::Other,
        };
        counts.skipped_files += usize::from(is_skipped);
        if !matches!(one.fate, Fate::Other | Fate::Values) {
            for folder in one.folders {
                holds_something[folder] = true;
            }
        }
        let bytes = match one.fate {
            Fate::Configuration { bytes } => Some(bytes),
            Fate::Values => Some(None),
            _ => None,
        };
        named.extend(bytes.map(|bytes| Named {
            file: file_id(index),
            path: one.path.clone(),
            bytes,
        }));
        sources.files.push(SourceFile {
            path: one.path,
            text: one.text,
        });
        reports.extend(one.reports);
        declared.extend(one.declared);
    }
    reports.push(Report {
        problems: [values.problems.clone(), values.undeclared(&declared)].concat(),
        ..Report::default()
    });
    let given = sources.files.len()..sources.files.len() + values.sources.len();
    sources.files.extend(values.sources);

    let next = file_id(sources.files.len());
    let plans: Vec<GivenPlan<'_>> = planned
        .iter()
        .filter_map(|index| Some((*index, sources.files.get(*index)?)))
        .map(|(index, file)| GivenPlan {
            file: file_id(index),
            path: &file.path,
            text: &file.text,
            folder: source
                .as_deref()
                .unwrap_or_else(|| terraform::parent(&file.path)),
        })
        .collect();
    let terraform =
        pool.install(|| terraform::check_named(&named, &plans, next, request, judging))?;
    // How severe a finding is may depend on the file that it lies in.
    let wanted = match judging.rates_anew() {
        true => wanted.of_all_severities(),
        false => wanted,
    };
    for (index, hidden) in planned.iter().copied().zip(&terraform.hidden) {
        if let Some(file) = sources.files.get_mut(index) {
            if terraform
                .reports
                .iter()
                .any(|report| is_shown(report, wanted))
            {
                secrets::hide(&mut file.text, hidden);
            } else {
                file.text = String::new();
            }
        }
    }
    reports.extend(terraform.reports);
    counts.configurations = terraform.configurations;
    let roots = terraform.roots;
    for (file, source) in terraform.files {
        match sources.files.get_mut(file.0 as usize) {
            Some(named) => named.text = source.text,
            None => {
                counts.files += 1;
                sources.files.push(source);
            }
        }
    }
    // A check that reads nothing must not look like one that finds nothing.
    for (folder, _) in folders
        .iter()
        .zip(holds_something)
        .filter(|(_, holds)| !holds)
    {
        let place = Span::new(file_id(sources.files.len()), 0, 0);
        sources.files.push(SourceFile {
            path: folder.clone(),
            text: String::new(),
        });
        reports.push(problem(place, &nothing_to_check(excluded > 0)));
    }
    let suppressions = judging.suppressions(&mut sources, &folders);
    reports.push(Report {
        suppressions,
        ..Report::default()
    });
    secrets::hide_all(&mut reports, &mut sources);
    let checked = sources.files.len();
    let known = baseline::read_for(limits.baselines, judging, &mut sources)?;
    let settings: Vec<OnceLock<Option<Arc<config::Settings>>>> =
        sources.files.iter().map(|_| OnceLock::new()).collect();
    let severity_in = |file: FileId, rule: &str, severity: Severity| {
        let at = file.0 as usize;
        let (settings, file) = (settings.get(at)?, sources.files.get(at)?);
        // What was not asked for is read for the sake of others, whoever excludes it, but not judged then.
        let is_judged = || at < asked_for || !judging.leaves_out(&file.path);
        let of_file = || is_judged().then(|| judging.of(&file.path));
        let settings = settings.get_or_init(of_file).as_ref()?;
        settings.severity(judging.ruleset().position(rule)?, severity)
    };
    let paths = || sources.files.iter().take(checked).map(|file| &*file.path);
    let policies: Vec<Arc<Policy>> = paths().map(|path| judging.policy(path)).collect();
    let together = judging.together(paths());
    let terms = Terms {
        rules: judging.ruleset(),
        plan: &together.plan,
        today: args.today.unwrap_or_else(suppressions::today),
        policy_in: &|file| &policies[file.0 as usize],
    };
    // The findings of a plan that is named lie in the files that it was made from, and these are not named.
    let changes = limits.changes;
    let changes = changes.filter(|changes| planned.is_empty() || !changes.are_named);
    let owned = changes.map(|changes| changes.in_run(&sources));
    let owns = |place: Span| {
        // What the run is given is always its own.
        let is_given = given.contains(&(place.file.0 as usize));
        is_given || owned.as_ref().is_none_or(|owned| owned.owns(place))
    };
    let open = Open::of(&reports);
    let is_known = |rule: &str, file: FileId| {
        let is_on = || severity_in(file, rule, Severity::Info).is_some();
        let is_owned = owned.as_ref().is_none_or(|owned| owned.owns_all_of(file));
        is_owned && is_on() && !open.holds(rule, file)
    };
    let baselines = known.in_run(&Judged {
        sources: &sources,
        roots: &roots,
        is_whole: owned.is_none(),
        is_known: &is_known,
    });
    let written = match limits.baselines {
        Baselines::Written(path) => Some(baseline::names(&baseline::folder_of(path), &sources)),
        _ => None,
    };
    let outcome = settle(
        reports,
        Settings {
            severity_in: &severity_in,
            terms: Some(terms),
            owns: owned.as_ref().map(|_| &owns as &dyn Fn(Span) -> bool),
            baselines: &baselines,
            written: written.as_ref(),
            ..Settings::from(severity)
        },
    );
    Ok(Run {
        outcome,
        sources,
        counts,
        asked: together.plan.on().to_vec(),
    })
}

/// What is said of a folder without anything to check.
fn nothing_to_check(excluded: bool) -> String {
    let extensions = files::EXTENSIONS.map(|extension| format!(".{extension}"));
    let extensions = extensions.join(", ");
    let names = match excluded {
        true => ".gitignore names and the configuration excludes",
        false => ".gitignore names",
    };
    format!(
        "holds no template and no configuration to check (looked at {extensions} files, but for what {names})"
    )
}

fn file_id(index: usize) -> FileId {
    FileId(u32::try_from(index).unwrap_or(u32::MAX))
}

fn check_input(
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
    match read_text(content) {
        Ok(Some(text)) => match kind_of(&text) {
            Kind::CloudFormation => {
                let settings = judging.of(&checked.path);
                let ruleset = judging.ruleset();
                let given = values.of(&checked.path, judging);
                let (reports, declared) = check_template(
                    file,
                    &checked.path,
                    &text,
                    &given,
                    (ruleset, &settings.plan),
                );
                checked.declared = declared;
                let wanted = match settings.rates_anew() {
                    true => wanted.of_all_severities(),
                    false => wanted,
                };
                if reports.iter().any(|report| is_shown(report, wanted)) {
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
    is_template.then(|| check_template(file, path, text, &Given::new(), (ruleset, plan)).0)
}

/// The reports of a template, and, where parameters are given, those that it declares.
fn check_template(
    file: FileId,
    path: &str,
    text: &str,
    given: &Given,
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
        let project = cloudformation::lower_given(file, text, document, given);
        if !given.is_empty() {
            let parameters = project.declarations.iter();
            let parameters = parameters.filter(|one| one.kind == DeclarationKind::Parameter);
            declared.extend(parameters.map(|one| one.name.to_string()));
        }
        reports.push(check(&project, &problems, ruleset, plan));
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

fn parse<'s>(file: FileId, path: &str, text: &'s str) -> Parsed<'s> {
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

fn is_shown(report: &Report, wanted: Wanted) -> bool {
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
fn problem(place: Span, message: &str) -> Report {
    Report {
        problems: vec![Problem::error(place, message)],
        ..Report::default()
    }
}
