//! What the parameters of stacks are given: `--parameters`, and the files that configurations name.

use crate::Failure;
use crate::args::RunArgs;
use crate::config::{Judging, Target};
use crate::files::{self, Content};
use pillarlint_parser::cloudformation::{Deployment, Given, Scenarios, given, samconfig};
use pillarlint_parser::source::{FileId, SourceFile, Span, decode};
use pillarlint_parser::tree::Problem;
use std::collections::BTreeSet;
use std::path::Path;

/// All values that a run knows.
#[derive(Default)]
pub(crate) struct Values {
    /// Files that configurations name.
    configured: Vec<(Target, Given)>,
    /// What the command line gives, in its order.
    flags: Vec<Given>,
    /// Whether the command line asks to judge what the AWS CDK adds.
    judges_cdk: bool,
    /// Which values of other parameters the command line asks to look at.
    scenarios: Option<Scenarios>,
    /// The files, and a stand-in for each value of the command line; their ids count on from the first.
    pub(crate) sources: Vec<SourceFile>,
    /// What is wrong with them.
    pub(crate) problems: Vec<Problem>,
}

/// Reads what the command line and the configurations give; new files have ids from `first` on.
///
/// # Errors
/// A file that cannot be read, or that is something else.
pub(crate) fn read(args: &RunArgs, judging: &Judging<'_>, first: usize) -> Result<Values, Failure> {
    let mut values = Values {
        judges_cdk: args.cdk_resources,
        scenarios: args.scenarios,
        ..Values::default()
    };
    for target in judging.parameter_files() {
        let environment = target.environment.as_deref();
        let given = values.file(&target.real, target.shown.clone(), environment, first)?;
        values.configured.push((target, given));
    }
    for flag in &args.parameters {
        let path = Path::new(flag);
        let given = if flag.contains('=') && !path.exists() {
            values.text("--parameters".to_owned(), flag.clone(), None, first)
        } else {
            let (path, environment) = environment(flag);
            let path = Path::new(path);
            values.file(path, files::shown(path), environment, first)?
        };
        values.flags.push(given);
    }
    Ok(values)
}

/// The path of a file of values, and, of a `samconfig.toml`, the environment that is asked for.
pub(crate) fn environment(path: &str) -> (&str, Option<&str>) {
    match samconfig::split(path) {
        Some((path, environment)) => (path, Some(environment)),
        None => (path, None),
    }
}

impl Values {
    fn file(
        &mut self,
        real: &Path,
        shown: String,
        environment: Option<&str>,
        first: usize,
    ) -> Result<Given, Failure> {
        let bytes = files::read(Content::Disk(real.to_owned()));
        let text = bytes.and_then(|bytes| decode(bytes).map_err(|error| error.to_string()));
        match text {
            Ok(text) => Ok(self.text(shown, text, environment, first)),
            Err(why) => Err(Failure::Usage(format!("--parameters {shown}: {why}"))),
        }
    }

    fn text(
        &mut self,
        path: String,
        text: String,
        environment: Option<&str>,
        first: usize,
    ) -> Given {
        let file = u32::try_from(first + self.sources.len()).unwrap_or(u32::MAX);
        let (given, problems) = match environment {
            Some(environment) => samconfig::read(FileId(file), &text, environment),
            None => given::read(FileId(file), &text),
        };
        self.problems.extend(problems);
        self.sources.push(SourceFile { path, text });
        given
    }

    /// How the template of a path is deployed, as far as the run knows: later values go before earlier ones, the command
    /// line before all.
    pub(crate) fn deployment(&self, path: &str, judging: &Judging<'_>) -> Deployment {
        let configured = judging.given(path);
        let mut given = Given::new();
        for target in configured.parameter_files {
            let named = self.configured.iter().filter(|(one, _)| *one == target);
            named.for_each(|(_, values)| given.extend(values.clone()));
        }
        self.flags
            .iter()
            .for_each(|values| given.extend(values.clone()));
        Deployment {
            given,
            scenarios: self.scenarios.or(configured.scenarios).unwrap_or_default(),
            judges_cdk: self.judges_cdk || configured.cdk_resources == Some(true),
        }
    }

    /// The values for parameters that no template declares.
    pub(crate) fn undeclared(&self, declared: &BTreeSet<String>) -> Vec<Problem> {
        let configured = self.configured.iter().map(|(_, given)| given);
        let mut unknown: Vec<(Span, &String)> = configured
            .chain(&self.flags)
            .flatten()
            .filter(|(name, _)| !declared.contains(*name))
            .map(|(name, (_, place))| (*place, name))
            .collect();
        unknown.sort();
        let warning = |(place, name): (Span, &String)| {
            Problem::warning(
                place,
                format!("no template that is checked declares the parameter `{name}`"),
            )
        };
        unknown.into_iter().map(warning).collect()
    }
}
