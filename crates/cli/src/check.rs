//! `pillarlint check`: files to reports, in parallel; reports to one outcome; the outcome to the output.

use crate::args::{CheckArgs, FailOn, Format, RunArgs};
use crate::baseline::{self, Baselines, Judged, Open};
use crate::changed::{self, Arguments, Changes};
use crate::config::{self, Configurations, Flags, Judging, rule_folders};
use crate::files::{self, Exclusion, Found, Input};
use crate::input::{Checked, Fate, check_input, is_shown, problem};
use crate::output::{self, Reports};
use crate::own_rules::{self, Own};
use crate::plan::Given as GivenPlan;
use crate::report::{self, Counts, Run};
use crate::stack_parameters;
use crate::stacks::check_callers;
use crate::terraform::{self, Named, Request};
use crate::text::escape;
use crate::{
    CLEAN, Console, FINDINGS, Failure, UNREADABLE, cdk, parameters, secrets, selectors,
    suppressions,
};
use pillarlint_engine::finding::{Finding, Report};
use pillarlint_engine::rule::Severity;
use pillarlint_engine::ruleset::Ruleset;
use pillarlint_engine::settle::{Settings, settle};
use pillarlint_engine::suppress::Policy;
use pillarlint_engine::suppress::apply::Terms;
use pillarlint_parser::source::{FileId, SourceFile, SourceMap, Span};
use rayon::prelude::*;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::path::Path;
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
    let prepared = prepare(&args.run, since, console)?;
    let is_empty = prepared.changes.as_ref().map(Changes::is_empty);
    if let (Some(revision), Some(true)) = (&args.since, is_empty) {
        // Nothing more can be done where not even this can be written.
        let _ = writeln!(
            console.errors,
            "note: nothing to check has changed since {}",
            escape(revision)
        );
    }
    prepared.with_all_rules(&args.run, console, |prepared, console| {
        let flags = Flags {
            fail_on: args.fail_on,
            ..flags(&args.run, prepared.own.ruleset())?
        };
        let judging = Judging::new(&prepared.own, &prepared.configurations, flags)?;
        let limits = Limits {
            changes: prepared.changes.as_ref(),
            baselines: Baselines::Used(args.baseline.as_deref()),
        };
        let checked = judge(&args.run, prepared.found.clone(), &judging, limits, wanted)?;
        tell(args, &reports, &judging, &checked, console)
    })
}

/// Writes the reports of a run, and gives its exit code.
fn tell(
    args: &CheckArgs,
    reports: &Reports,
    judging: &Judging<'_>,
    checked: &Run,
    console: &mut Console,
) -> Result<u8, Failure> {
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
    let all_written = reports.write(checked, judging.ruleset(), &options, console)?;
    Ok(if all_written {
        exit_code(args, judging, checked)
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
    /// What was said of the rules.
    notes: String,
}

impl Prepared {
    /// Judges by all rules that any configuration names. That of a module which is only called is met when its caller has
    /// been read: where it names rules that are not known yet, all is judged again, with them.
    pub(crate) fn with_all_rules(
        mut self,
        args: &RunArgs,
        console: &mut Console,
        mut judge: impl FnMut(&Self, &mut Console) -> Result<u8, Failure>,
    ) -> Result<u8, Failure> {
        loop {
            match judge(&self, console) {
                Err(Failure::MoreRules) => self.read_rules(args, console)?,
                done => return done,
            }
        }
    }

    fn read_rules(&mut self, args: &RunArgs, console: &mut Console) -> Result<(), Failure> {
        let folders = rule_folders(&self.configurations.all());
        let mut notes = Vec::new();
        self.own = own_rules::beside_ours(&args.selection.rules, &folders, &mut notes)?;
        let notes = String::from_utf8_lossy(&notes).into_owned();
        for note in notes.lines() {
            if !self.notes.lines().any(|known| known == note) {
                // Nothing more can be done where not even this can be written.
                let _ = writeln!(console.errors, "{note}");
            }
        }
        self.notes = notes;
        Ok(())
    }
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
    let mut prepared = Prepared {
        configurations,
        own: Own::default(),
        found,
        changes,
        notes: String::new(),
    };
    prepared.read_rules(args, console)?;
    Ok(prepared)
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

/// Names what could not be read, for a command whose output is not about that; gives its exit code.
pub(crate) fn tell_unread(run: &Run, console: &mut Console) -> u8 {
    let places = report::Places::new(&run.sources);
    for error in &run.outcome.errors {
        // Nothing more can be done where not even this can be written.
        let _ = writeln!(
            console.errors,
            "error: {}: {}",
            places.shown(error.span),
            escape(&error.message)
        );
    }
    match run.outcome.errors.is_empty() {
        true => CLEAN,
        false => UNREADABLE,
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
    pub(crate) fn of_all_severities(self) -> Self {
        Self {
            severity: Severity::Info,
            ..self
        }
    }
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
    let values = stack_parameters::read(args, judging, asked_for)?;
    let checked: Vec<Checked> = pool.install(|| {
        let inputs = inputs.into_par_iter().enumerate();
        inputs
            .map(|(index, input)| check_input(file_id(index), input, judging, &values, wanted))
            .collect()
    });

    // Files that are given lie behind those that were found.
    let after = file_id(checked.len() + values.sources.len());
    let nested = pool.install(|| check_callers(&checked, after, &arguments, judging, &values))?;

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
        // What others call is judged through them; the last report is of its text.
        let is_judged = !nested.through.contains(&file_id(index));
        let first = match is_judged {
            true => 0,
            false => one.reports.len().saturating_sub(1),
        };
        reports.extend(one.reports.into_iter().skip(first));
        declared.extend(one.declared);
    }
    reports.push(Report {
        problems: [values.problems.clone(), values.undeclared(&declared)].concat(),
        ..Report::default()
    });
    let given = sources.files.len()..sources.files.len() + values.sources.len();
    sources.files.extend(values.sources);
    reports.extend(nested.reports);
    add_files(&mut sources, &mut counts, nested.files);

    let next = sources.next_id();
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
    add_files(&mut sources, &mut counts, terraform.files);
    // A check that reads nothing must not look like one that finds nothing.
    for (folder, _) in folders
        .iter()
        .zip(holds_something)
        .filter(|(_, holds)| !holds)
    {
        let place = Span::new(sources.next_id(), 0, 0);
        sources.files.push(SourceFile {
            path: folder.clone(),
            text: String::new(),
        });
        let message = nothing_to_check(excluded > 0, cdk::is_program(Path::new(folder)));
        reports.push(problem(place, &message));
    }
    let suppressions = judging.suppressions(&mut sources, &folders);
    reports.push(Report {
        suppressions,
        ..Report::default()
    });
    cdk::tell_lines(&mut reports, &sources);
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
    // Asked for where there is a suppression, and few files have one.
    let policies: Vec<OnceLock<Arc<Policy>>> = paths().map(|_| OnceLock::new()).collect();
    let together = judging.together(paths());
    let terms = Terms {
        rules: judging.ruleset(),
        plan: &together.plan,
        today: args.today.unwrap_or_else(suppressions::today),
        policy_in: &|file| {
            let of_file = || judging.policy(&sources.file(file).path);
            policies[file.0 as usize].get_or_init(of_file)
        },
    };
    // The findings of a plan that is named lie in the files that it was made from, and these are not named.
    let changes = limits.changes;
    let changes = changes.filter(|changes| planned.is_empty() || !changes.are_named);
    let owned = changes.map(|changes| changes.in_run(&sources, &terraform.read));
    let owns = |place: Span| {
        // What the run is given is always its own.
        let is_given = given.contains(&(place.file.0 as usize));
        is_given || owned.as_ref().is_none_or(|owned| owned.owns(place))
    };
    // Only an entry of a baseline asks.
    let open: OnceCell<Open> = OnceCell::new();
    let is_known = |rule: &str, file: FileId| {
        let is_on = || severity_in(file, rule, Severity::Info).is_some();
        let is_owned = owned.as_ref().is_none_or(|owned| owned.owns_all_of(file));
        is_owned && is_on() && !open.get_or_init(|| Open::of(&reports)).holds(rule, file)
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

/// Adds the texts of files, and those files that are new.
fn add_files(sources: &mut SourceMap, counts: &mut Counts, files: Vec<(FileId, SourceFile)>) {
    for (file, source) in files {
        match sources.files.get_mut(file.0 as usize) {
            Some(named) => named.text = source.text,
            None => {
                counts.files += 1;
                sources.files.push(source);
            }
        }
    }
}

/// What is said of a folder without anything to check.
fn nothing_to_check(excluded: bool, is_cdk: bool) -> String {
    let extensions = files::EXTENSIONS.map(|extension| format!(".{extension}"));
    let extensions = extensions.join(", ");
    let names = match excluded {
        true => ".gitignore names and the configuration excludes",
        false => ".gitignore names",
    };
    let hint = match is_cdk {
        true => "; of a CDK program, check what `cdk synth` writes: `pillarlint check cdk.out`",
        false => "",
    };
    format!(
        "holds no template and no configuration to check (looked at {extensions} files, but for what {names}){hint}"
    )
}

fn file_id(index: usize) -> FileId {
    FileId(u32::try_from(index).unwrap_or(u32::MAX))
}
