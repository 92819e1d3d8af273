//! Arguments: what every flag is called, takes and means.

use crate::cdk;
use clap::builder::{
    NonEmptyStringValueParser, PathBufValueParser, PossibleValuesParser, TypedValueParser,
};
use clap::{ArgMatches, Args, FromArgMatches, Parser, Subcommand, ValueEnum};
use pillarlint_engine::date::Date;
use pillarlint_engine::rule::{Preset, Severity};
use pillarlint_parser::cloudformation::Scenarios;
use std::path::PathBuf;

/// Where in the help that stands which is not about what is checked: before `--help`.
const LAST: usize = 900;

/// The headings of `--help`. What stands below none is about the report.
mod heading {
    pub(super) const RULES: &str = "Rules";
    pub(super) const SUPPRESSIONS: &str = "Suppressions";
    pub(super) const CONFIGURATION: &str = "Files and configuration";
    pub(super) const CLOUDFORMATION: &str = "CloudFormation";
    pub(super) const TERRAFORM: &str = "Terraform";
}

/// Checks infrastructure as code against the AWS Well-Architected Framework.
#[derive(Debug, Parser)]
#[command(
    name = "pillarlint",
    version,
    after_help = "\
Examples:
  pillarlint check                      check what is below this folder
  pillarlint explain rds-multi-az       what a rule asks, why, and what to do
  pillarlint rules --select SEC08       the rules behind one question of the framework
  pillarlint check --help               every flag of the main command"
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// When to use colours; `auto` honours NO_COLOR and the terminal
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "WHEN",
        display_order = LAST
    )]
    pub(crate) color: Color,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check templates and Terraform configurations
    Check(CheckArgs),
    /// List the suppressions in files, and what became of each
    Suppressions(SuppressionsArgs),
    /// Write down what is found now, so that `check --baseline` reports only what is new
    Baseline(BaselineArgs),
    /// Explain a rule, a best practice, a question or a pillar; list the rules for a kind
    Explain(ExplainArgs),
    /// List the rules
    Rules(RulesArgs),
    /// Show which best practices of the framework are checked, by which rules, and which cannot be
    Coverage(CoverageArgs),
    /// Print the rules as a custom lens for the AWS Well-Architected Tool
    Lens(LensArgs),
    /// Run the examples of rules, which are their tests
    Test(TestArgs),
    /// Write a page for every rule, with lists by pillar, service and practice
    Docs(DocsArgs),
    /// Write a commented pillarlint.yaml
    Init(InitArgs),
    /// Print the JSON Schema of a file, for editors and other programs
    Schema(SchemaArgs),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
#[command(after_help = "\
A SELECTOR is one of
  a rule                               rds-multi-az
  the same check in another tool       CKV_AWS_157, W35, cfn_nag:W35
  a practice, a question, a pillar     SEC08-BP02, SEC08, security
  a kind                               AWS::S3::Bucket
  a glob over rules and kinds          's3-*', 'AWS::S3::*'
A rule that is named is on whatever the preset; the others filter within it.

Exit codes:
  0  nothing found
  1  findings
  2  wrong usage, or a mistake in the configuration or in rules of your own
  3  something could not be read, or a folder held nothing to check
Where several hold, the highest is given.

Examples:
  pillarlint check templates/ network.yaml
  pillarlint check --preset strict --ignore sustainability
  pillarlint check --select security --fail-on high
  pillarlint check --param iam-password-policy-length.length=16
  pillarlint check live/prod --var-file prod.tfvars --var region=eu-west-1
  pillarlint check --format json > findings.json
  pillarlint check --output sarif=pillarlint.sarif --output github
  git show HEAD:app.yaml | pillarlint check - --stdin-filename app.yaml")]
pub(crate) struct CheckArgs {
    /// How to print [default: text]
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,

    /// A report in a format of --format, beside that on standard output or, without a file, in its place (may be repeated)
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = output)]
    pub(crate) output: Vec<Output>,

    /// Report findings from this severity upwards
    #[arg(long, value_name = "LEVEL", default_value = "info", value_parser = severity())]
    pub(crate) severity: Severity,

    /// Exit with 1 only for findings from this severity upwards, or never [default: any finding]
    #[arg(long, value_name = "LEVEL", value_parser = fail_on())]
    pub(crate) fail_on: Option<FailOn>,

    /// Exit with 0 in place of 1
    #[arg(long)]
    pub(crate) exit_zero: bool,

    /// Report only what lies in files that have changed since this revision branched off (git)
    #[arg(long, value_name = "REV")]
    pub(crate) since: Option<String>,

    /// With --since: only what lies in lines that have changed
    #[arg(long, requires = "since")]
    pub(crate) changed_lines: bool,

    /// Pass over what this file says is known; `pillarlint baseline` writes it
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,

    /// List the questions that could not be answered
    #[arg(long)]
    pub(crate) undecided: bool,

    /// Leave out the summary
    #[arg(long, short)]
    pub(crate) quiet: bool,

    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// What is read, and which rules are asked of it.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Files and folders to check; `-` reads standard input
    #[arg(default_value = ".", value_parser = PathBufValueParser::new().map(cdk::assembly_of))]
    pub(crate) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    /// Which rules are on [default: recommended]
    #[arg(long, value_parser = preset(), help_heading = heading::RULES)]
    pub(crate) preset: Option<Preset>,

    /// A value for a parameter of a rule; `explain` shows them (may be repeated)
    #[arg(long, value_name = "RULE.NAME=VALUE", help_heading = heading::RULES)]
    pub(crate) param: Vec<String>,

    #[command(flatten)]
    pub(crate) config: ConfigArgs,

    /// Pass over what the configuration excludes, even where it is named
    #[arg(long, help_heading = heading::CONFIGURATION)]
    pub(crate) force_exclude: bool,

    /// The name that standard input is reported under
    #[arg(long, value_name = "NAME", default_value = "<stdin>", help_heading = heading::CONFIGURATION)]
    pub(crate) stdin_filename: String,

    /// How many threads to use [default: one for each core]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256), display_order = LAST)]
    pub(crate) jobs: Option<u16>,

    /// The day on which suppressions are to hold [default: today, in UTC]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date, help_heading = heading::SUPPRESSIONS)]
    pub(crate) today: Option<Date>,

    /// Pass over suppressions that were written for other tools
    #[arg(long, help_heading = heading::SUPPRESSIONS)]
    pub(crate) no_foreign_suppressions: bool,

    /// Values for the parameters of templates: a file (a list of ParameterKey and ParameterValue, a mapping Parameters,
    /// lines Key=Value, or samconfig.toml, of its environment `prod` as samconfig.toml:prod), or Key=Value (may be
    /// repeated)
    #[arg(long, value_name = "FILE", help_heading = heading::CLOUDFORMATION)]
    pub(crate) parameters: Vec<String>,

    /// Which values of other parameters are looked at: their defaults, or all that they may have; then findings say
    /// with which values they hold [default: defaults]
    #[arg(long, value_parser = scenarios(), help_heading = heading::CLOUDFORMATION)]
    pub(crate) scenarios: Option<Scenarios>,

    /// Check what the AWS CDK adds of its own, too (the functions and roles of its custom resources)
    #[arg(long, help_heading = heading::CLOUDFORMATION)]
    pub(crate) cdk_resources: bool,

    #[command(flatten)]
    pub(crate) variables: Variables,

    /// The folder that a Terraform plan was made from [default: the plan's own folder]
    #[arg(long, value_name = "DIR", help_heading = heading::TERRAFORM)]
    pub(crate) source: Option<PathBuf>,
}

impl RunArgs {
    /// How many threads to use.
    pub(crate) fn jobs(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        self.jobs.map_or_else(cores, usize::from)
    }
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pillarlint baseline                          the findings of now, in pillarlint-baseline.jsonl
  pillarlint check --baseline pillarlint-baseline.jsonl
  pillarlint baseline --output known.jsonl live/")]
pub(crate) struct BaselineArgs {
    /// The file to write [default: the baseline of the configuration, else pillarlint-baseline.jsonl]
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) run: RunArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
The files are checked as `check` does, to tell which suppressions are used. States:
  used            it covers findings
  unused          a rule that it names has no finding there
  open            it covers nothing now, and this run cannot tell whether it could
  expired         its last day is over
  not-allowed     the policy forbids it
  without-reason  the policy asks for a reason
  unknown-rule    no rule has a name that it gives
  malformed       it cannot be read

Examples:
  pillarlint suppressions
  pillarlint suppressions --today 2027-01-01      what will have expired by then
  pillarlint suppressions --format json | jq '.suppressions[] | select(.state != \"used\")'")]
pub(crate) struct SuppressionsArgs {
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ListFormat,

    #[command(flatten)]
    pub(crate) run: RunArgs,
}

fn date(text: &str) -> Result<Date, &'static str> {
    Date::parse(text).ok_or("write a day as 2027-06-30")
}

/// Where the configuration is.
#[derive(Debug, Default, Args)]
pub(crate) struct ConfigArgs {
    /// The configuration for everything [default: the pillarlint.yaml nearest to each file, at or above its folder]
    #[arg(long, value_name = "FILE", help_heading = heading::CONFIGURATION)]
    pub(crate) config: Option<PathBuf>,

    /// Use no configuration
    #[arg(long, conflicts_with = "config", help_heading = heading::CONFIGURATION)]
    pub(crate) no_config: bool,
}

/// What Terraform root modules are given, beside what Terraform takes unasked.
#[derive(Debug)]
pub(crate) struct Variables {
    /// In the order of the command line: of several values for one variable the last counts.
    pub(crate) given: Vec<Given>,
    /// Whether `TF_VAR_*` of the environment counts.
    pub(crate) environment: bool,
    /// The name of the workspace, where it is said.
    pub(crate) workspace: Option<String>,
}

/// What gives values to variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Given {
    /// A file of values.
    File(PathBuf),
    /// A value, as a text.
    Value { name: String, text: String },
}

#[derive(Debug, Args)]
struct VariableArgs {
    /// A value for a variable of the root modules that declare it (may be repeated)
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment, help_heading = heading::TERRAFORM)]
    var: Vec<Given>,

    /// A file of values for variables, .tfvars or .tfvars.json (may be repeated)
    #[arg(long, value_name = "FILE", help_heading = heading::TERRAFORM)]
    var_file: Vec<PathBuf>,

    /// Take values for variables from TF_VAR_* of the environment, too
    #[arg(long, help_heading = heading::TERRAFORM)]
    var_env: bool,

    /// The workspace, for `terraform.workspace` [default: default]
    #[arg(long, value_name = "NAME", help_heading = heading::TERRAFORM)]
    workspace: Option<String>,
}

/// Derived parsing keeps the values of each flag, but not the order between two flags.
impl FromArgMatches for Variables {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let args = VariableArgs::from_arg_matches(matches)?;
        let places = |id| matches.indices_of(id).into_iter().flatten();
        let values = places("var").zip(args.var);
        let files = places("var_file").zip(args.var_file.into_iter().map(Given::File));
        let mut given: Vec<(usize, Given)> = values.chain(files).collect();
        given.sort_by_key(|(place, _)| *place);
        Ok(Self {
            given: given.into_iter().map(|(_, given)| given).collect(),
            environment: args.var_env,
            workspace: args.workspace,
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Variables {
    fn augment_args(command: clap::Command) -> clap::Command {
        VariableArgs::augment_args(command)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        VariableArgs::augment_args_for_update(command)
    }
}

/// `NAME=VALUE`; the value may hold anything.
fn assignment(text: &str) -> Result<Given, &'static str> {
    let (name, text) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    let (name, text) = (name.trim().to_owned(), text.to_owned());
    if name.is_empty() {
        return Err("the name is missing");
    }
    Ok(Given::Value { name, text })
}

/// Which rules to use.
#[derive(Debug, Args)]
pub(crate) struct SelectionArgs {
    /// Use only these rules (a comma list; may be repeated)
    #[arg(long, value_name = "SELECTOR", value_delimiter = ',', help_heading = heading::RULES)]
    pub(crate) select: Vec<String>,

    /// Leave out these rules (a comma list; may be repeated)
    #[arg(long, value_name = "SELECTOR", value_delimiter = ',', help_heading = heading::RULES)]
    pub(crate) ignore: Vec<String>,

    /// A folder with rules of your own; one with the id of a rule of pillarlint takes its place (may be repeated)
    #[arg(long, value_name = "DIR", help_heading = heading::RULES)]
    pub(crate) rules: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pillarlint explain rds-multi-az
  pillarlint explain CKV_AWS_157        the same, by its id in another tool
  pillarlint explain REL10-BP01         a best practice, and the rules that check it
  pillarlint explain SEC08              a question
  pillarlint explain security           a pillar
  pillarlint explain AWS::S3::Bucket    the rules for a kind
  pillarlint explain 's3-*'             the rules that a glob names")]
pub(crate) struct ExplainArgs {
    /// A rule, the id of the same check in another tool, a best practice, a question, a pillar, a kind or a glob
    pub(crate) subject: String,

    /// A folder with rules of your own; one with the id of a rule of pillarlint takes its place (may be repeated)
    #[arg(long, value_name = "DIR")]
    pub(crate) rules: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) config: ConfigArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
`pillarlint check --help` says what a SELECTOR is.

Examples:
  pillarlint rules --select SEC08               the rules behind one question of the framework
  pillarlint rules --select AWS::S3::Bucket     the rules for a kind
  pillarlint rules --preset recommended         the rules that are on by default
  pillarlint rules --for live/prod/main.tf      the rules that are on there, by its configuration
  pillarlint rules --format json")]
pub(crate) struct RulesArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    #[command(flatten)]
    pub(crate) config: ConfigArgs,

    /// List the rules of this preset [default: all]
    #[arg(long, value_parser = preset(), help_heading = heading::RULES)]
    pub(crate) preset: Option<Preset>,

    /// List the rules that are on for a file, as severe as they are there; it need not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) r#for: Option<PathBuf>,

    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ListFormat,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pillarlint coverage                       all six pillars
  pillarlint coverage --format markdown > coverage.md
  pillarlint coverage --preset recommended  what the rules that are on by default check")]
pub(crate) struct CoverageArgs {
    /// Count the rules of this preset
    #[arg(long, default_value = "all", value_parser = preset())]
    pub(crate) preset: Preset,

    /// A folder with rules of your own; one with the id of a rule of pillarlint takes its place (may be repeated)
    #[arg(long, value_name = "DIR")]
    pub(crate) rules: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) config: ConfigArgs,

    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: CoverageFormat,
}

/// How coverage is printed.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum CoverageFormat {
    /// For reading
    #[default]
    Text,
    /// One document, for other programs (docs/json-output.md)
    Json,
    /// A page
    Markdown,
}

#[derive(Debug, Args)]
#[command(after_help = "\
`pillarlint check --help` says what a SELECTOR is.

Examples:
  pillarlint lens > lens.json
  pillarlint lens --preset strict --select security --name \"Security in code\" > lens.json
  aws wellarchitected import-lens --json-string file://lens.json")]
pub(crate) struct LensArgs {
    /// The name of the lens
    #[arg(long, value_name = "NAME", default_value = "Well-Architected in code", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) name: String,

    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    #[command(flatten)]
    pub(crate) config: ConfigArgs,

    /// Use the rules of this preset
    #[arg(long, default_value = "recommended", value_parser = preset())]
    pub(crate) preset: Preset,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pillarlint docs docs/rules                 pages for the rules that come with pillarlint
  pillarlint docs docs/rules --check         say whether they are as they should be, and write nothing
  pillarlint docs site/ --rules my-rules/
  pillarlint docs book/rules --summary book/SUMMARY.md
                                             the pages as a part of an mdBook")]
pub(crate) struct DocsArgs {
    /// The folder to write to; pages of rules that are no more are removed from it
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,

    /// Write nothing; exit with 1 where a page is missing, stale or one too many
    #[arg(long)]
    pub(crate) check: bool,

    /// A table of contents (mdBook's SUMMARY.md) to list the pages in, between its lines that say so
    #[arg(long, value_name = "FILE")]
    pub(crate) summary: Option<PathBuf>,

    /// A folder with rules of your own; one with the id of a rule of pillarlint takes its place (may be repeated)
    #[arg(long, value_name = "DIR")]
    pub(crate) rules: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) config: ConfigArgs,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pillarlint test                       the rules that come with pillarlint
  pillarlint test rules/                the rules of a folder
  pillarlint test rules/ --only my-rule

Exit codes: 0 where every example is as the rule says, 1 where one is not, 2 for mistakes in rule files")]
pub(crate) struct TestArgs {
    /// Folders with rules [default: the rules that come with pillarlint]
    #[arg(value_name = "DIR")]
    pub(crate) folders: Vec<PathBuf>,

    /// Test only these rules (a comma list; may be repeated)
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pillarlint init                writes pillarlint.yaml here: every key, commented out, with what holds without it
  pillarlint init live/          there
  pillarlint init --stdout")]
pub(crate) struct InitArgs {
    /// The folder to write to
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) folder: PathBuf,

    /// Print it, and write nothing
    #[arg(long)]
    pub(crate) stdout: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pillarlint schema config > pillarlint-config.schema.json
  pillarlint schema rule > pillarlint-rule.schema.json")]
pub(crate) struct SchemaArgs {
    /// Of which file
    #[arg(value_enum, value_name = "FILE")]
    pub(crate) of: Schema,
}

/// Files that have a schema.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Schema {
    /// pillarlint.yaml
    Config,
    /// A rule of your own
    Rule,
    /// What `check --format json` prints
    Output,
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Code frames, for reading
    #[default]
    Text,
    /// A line for each finding
    Concise,
    /// One document, for other programs (docs/json-output.md)
    Json,
    /// What is shown of each best practice, for a review (docs/review.md)
    Evidence,
    /// A page of its own, for a browser (docs/html-report.md)
    Html,
    /// The same, a line for each finding
    Jsonl,
    /// SARIF 2.1.0, for GitHub code scanning and other viewers
    Sarif,
    /// Annotations on a pull request, as commands in the log of GitHub Actions
    Github,
    /// A Code Quality report for GitLab
    Gitlab,
    /// Test results, which every CI server shows
    Junit,
    /// Diagnostics for reviewdog
    Rdjsonl,
    /// A table for spreadsheets
    Csv,
    /// A page, for the summary of a job or a comment
    Markdown,
}

/// Where a report goes, and in which format.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    pub(crate) format: Format,
    /// A file; standard output where there is none.
    pub(crate) file: Option<PathBuf>,
}

/// `FORMAT` or `FORMAT=FILE`; `-` is standard output.
fn output(text: &str) -> Result<Output, String> {
    let (name, file) = match text.split_once('=') {
        Some((_, "")) => return Err("the file is missing after `=`".to_owned()),
        Some((name, file)) => (name, Some(file).filter(|file| *file != "-")),
        None => (text, None),
    };
    let format = Format::from_str(name, false).map_err(|_| {
        let formats = Format::value_variants().iter();
        let names: Vec<String> = formats
            .filter_map(|one| Some(one.to_possible_value()?.get_name().to_owned()))
            .collect();
        format!("no such format; there are {}", names.join(", "))
    })?;
    let file = file.map(PathBuf::from);
    Ok(Output { format, file })
}

/// How rules are listed.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum ListFormat {
    /// Columns, for reading
    #[default]
    Table,
    /// One document, for other programs (docs/json-output.md)
    Json,
}

/// From which severity on the exit code is 1.
#[derive(Debug, Clone, Copy)]
pub(crate) enum FailOn {
    Severity(Severity),
    Never,
}

impl FailOn {
    /// The names of all of them.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        let levels = Severity::ALL.iter().map(|one| one.name());
        levels.chain(["never"])
    }

    /// The one of a name among these.
    pub(crate) fn from_name(name: &str) -> Self {
        Severity::from_name(name).map_or(Self::Never, Self::Severity)
    }
}

fn severity() -> impl TypedValueParser<Value = Severity> {
    PossibleValuesParser::new(Severity::ALL.iter().map(|one| one.name()))
        .try_map(|name| Severity::from_name(&name).ok_or("no such severity"))
}

fn preset() -> impl TypedValueParser<Value = Preset> {
    PossibleValuesParser::new(Preset::ALL.iter().map(|one| one.name()))
        .try_map(|name| Preset::from_name(&name).ok_or("no such preset"))
}

fn scenarios() -> impl TypedValueParser<Value = Scenarios> {
    PossibleValuesParser::new(Scenarios::ALL.iter().map(|one| one.name()))
        .try_map(|name| Scenarios::from_name(&name).ok_or("no such scenarios"))
}

fn fail_on() -> impl TypedValueParser<Value = FailOn> {
    PossibleValuesParser::new(FailOn::names()).map(|name| FailOn::from_name(&name))
}
