//! How each file is judged: what its configuration says, and what the command line says over it.
//!
//! Settings are worked out once for each configuration and each set of its overrides that a file matches.

use super::find::{Configurations, Layer, Place, Target, mistakes, rule_folders};
use super::read::{self, Text};
use crate::Failure;
use crate::args::FailOn;
use crate::own_rules::Own;
use crate::parameters::{self, Value};
use crate::selector_of;
use pillarlint_engine::builtin::required_tags;
use pillarlint_engine::parameter::Setting;
use pillarlint_engine::plan::Plan;
use pillarlint_engine::rule::{Preset, Severity};
use pillarlint_engine::ruleset::Ruleset;
use pillarlint_engine::selector::{self, Selector};
use pillarlint_engine::suppress::{Policy, Suppression};
use pillarlint_parser::cloudformation::Scenarios;
use pillarlint_parser::source::{SourceMap, Span};
use pillarlint_parser::tree::Problem;
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How a file, or a root module, is judged.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Whether each rule is on, by its index in the ruleset.
    active: Vec<bool>,
    /// How severe rules are that are more or less so than elsewhere, by their index.
    severity: HashMap<usize, Severity>,
    parameters: Vec<Value>,
    /// The questions of the rules that are on.
    pub(crate) plan: Plan,
    /// From which severity on a finding makes the run fail; all do where nothing is said.
    pub(crate) fail_on: Option<FailOn>,
}

/// What the command line says; it goes before what configurations say.
#[derive(Debug, Default)]
pub(crate) struct Flags {
    pub(crate) preset: Option<Preset>,
    pub(crate) select: Vec<Selector>,
    pub(crate) ignore: Vec<Selector>,
    pub(crate) parameters: Vec<Value>,
    pub(crate) fail_on: Option<FailOn>,
    /// Whether suppressions that are written for other tools do not count.
    pub(crate) ignores_foreign: bool,
}

/// How the files of a run are judged.
pub(crate) struct Judging<'r> {
    ruleset: &'r Ruleset,
    own: &'r Own,
    configurations: &'r Configurations,
    flags: Flags,
    /// What suppressions must be like where no configuration says anything.
    policy: Arc<Policy>,
    known: Mutex<Known>,
}

/// What was worked out so far.
#[derive(Default)]
struct Known {
    /// Configurations, by their index.
    read: Vec<Arc<Read>>,
    /// Settings, by the configuration and its overrides that count.
    settings: HashMap<Option<Key>, Arc<Settings>>,
}

type Key = (usize, Vec<(usize, usize)>);

/// A configuration, its names looked up in the ruleset.
struct Read {
    layers: Vec<ReadLayer>,
    /// The folders whose rules are there for it.
    folders: Vec<PathBuf>,
    fail_on: Option<FailOn>,
    policy: Arc<Policy>,
}

struct ReadLayer {
    choice: Choice,
    overrides: Vec<Choice>,
}

/// What is said in one place.
#[derive(Default)]
struct Choice {
    preset: Option<Preset>,
    select: Vec<Selector>,
    also: Vec<Selector>,
    ignore: Vec<Selector>,
    severity: Vec<(Selector, Severity)>,
    parameters: Vec<Value>,
}

impl Settings {
    /// How severe a rule is, from how severe it is elsewhere; nothing where it is off.
    pub(crate) fn severity(&self, rule: usize, severity: Severity) -> Option<Severity> {
        let is_on = self.active.get(rule).copied().unwrap_or(false);
        is_on.then(|| self.severity.get(&rule).copied().unwrap_or(severity))
    }

    /// Whether rules are more or less severe than elsewhere.
    pub(crate) fn rates_anew(&self) -> bool {
        !self.severity.is_empty()
    }

    /// Whether no rule is on.
    fn is_idle(&self) -> bool {
        !self.active.contains(&true)
    }
}

/// What a configuration gives the Terraform root modules and the templates in its reach.
#[derive(Debug, Default)]
pub(crate) struct Configured {
    /// Files of values for their variables, later ones before earlier ones.
    pub(crate) variable_files: Vec<Target>,
    /// The workspace.
    pub(crate) workspace: Option<String>,
    /// Files of values for the parameters of templates, later ones before earlier ones.
    pub(crate) parameter_files: Vec<Target>,
    /// Which values of other parameters are looked at.
    pub(crate) scenarios: Option<Scenarios>,
    /// Whether what the AWS CDK adds is judged.
    pub(crate) cdk_resources: Option<bool>,
}

impl<'r> Judging<'r> {
    /// How to judge by the configurations that were found so far.
    ///
    /// # Errors
    /// What is wrong with their names, or where nothing is left to ask.
    pub(crate) fn new(
        own: &'r Own,
        configurations: &'r Configurations,
        flags: Flags,
    ) -> Result<Self, Failure> {
        let judging = Self {
            ruleset: own.ruleset(),
            own,
            configurations,
            policy: Arc::new(Policy {
                ignores_foreign: flags.ignores_foreign,
                ..Policy::default()
            }),
            flags,
            known: Mutex::default(),
        };
        judging.look_up()?;
        Ok(judging)
    }

    /// The rules.
    pub(crate) fn ruleset(&self) -> &'r Ruleset {
        self.ruleset
    }

    /// The files of values for the parameters of templates that any configuration names.
    pub(crate) fn parameter_files(&self) -> BTreeSet<Target> {
        let layers = self.configurations.all().into_iter();
        let layers = layers.flat_map(|config| config.layers.clone());
        layers
            .flat_map(|layer| layer.parameter_files.clone())
            .collect()
    }

    /// What the configuration of a file gives to root modules and to stacks.
    pub(crate) fn given(&self, path: &str) -> Configured {
        let mut configured = Configured::default();
        let place = self.configurations.of(path);
        for layer in place.iter().flat_map(|place| &place.config.layers) {
            configured
                .variable_files
                .extend(layer.variable_files.iter().cloned());
            configured
                .parameter_files
                .extend(layer.parameter_files.iter().cloned());
            configured.scenarios = layer.file.scenarios.or(configured.scenarios);
            configured.cdk_resources = layer.file.cdk_resources.or(configured.cdk_resources);
            configured.workspace = layer.file.workspace.clone().or(configured.workspace);
        }
        configured
    }

    /// Meets files that no argument named.
    ///
    /// # Errors
    /// What is wrong with their configurations, or that these name rules which were not read yet.
    pub(crate) fn meet<'p>(&self, paths: impl Iterator<Item = &'p str>) -> Result<(), Failure> {
        self.configurations.meet(paths)?;
        let folders = rule_folders(&self.configurations.all());
        if folders.iter().any(|one| !self.own.holds(&one.real)) {
            return Err(Failure::MoreRules);
        }
        self.look_up()
    }

    /// Looks up the names of configurations that are new.
    fn look_up(&self) -> Result<(), Failure> {
        let mut known = self.known();
        let mut problems = Vec::new();
        for config in self.configurations.all().iter().skip(known.read.len()) {
            let policy = self.policy_of(&config.layers, &mut problems);
            let layers = config.layers.iter();
            let folders = config.layers.iter().flat_map(|layer| &layer.rules);
            known.read.push(Arc::new(Read {
                layers: layers
                    .map(|layer| self.layer(layer, &mut problems))
                    .collect(),
                folders: folders.map(|folder| folder.real.clone()).collect(),
                fail_on: config
                    .layers
                    .iter()
                    .rev()
                    .find_map(|layer| layer.file.fail_on),
                policy: Arc::new(policy),
            }));
        }
        // A file that several configurations extend is told of once.
        problems.sort_by(|a: &Problem, b| (a.span, &a.message).cmp(&(b.span, &b.message)));
        problems.dedup();
        if problems.is_empty() {
            Ok(())
        } else {
            Err(mistakes(problems, self.configurations.sources()))
        }
    }

    fn layer(&self, layer: &Layer, problems: &mut Vec<Problem>) -> ReadLayer {
        let file = &layer.file;
        let mut choice = self.choice(&file.choice, problems);
        if let Some((keys, place)) = &file.required_tags {
            self.require_tags(keys, *place, &mut choice, problems);
        }
        let overrides = file.overrides.iter().map(|one| {
            let mut choice = self.choice(&one.choice, problems);
            choice.also = std::mem::take(&mut choice.select);
            choice
        });
        let overrides = overrides.collect();
        for name in file.suppressions.iter().flat_map(|one| &one.rules) {
            self.selector(name, problems);
        }
        ReadLayer { choice, overrides }
    }

    /// What suppressions must be like. All that may not be suppressed adds up, of the rest the last one counts.
    fn policy_of(&self, layers: &[Arc<Layer>], problems: &mut Vec<Problem>) -> Policy {
        let mut policy = Policy::default();
        for said in layers.iter().map(|layer| &layer.file.policy) {
            policy.require_reason = said.require_reason.unwrap_or(policy.require_reason);
            policy.longest_days = said.longest_days.or(policy.longest_days);
            policy.ignores_foreign = said
                .foreign
                .map_or(policy.ignores_foreign, |counts| !counts);
            let never = said.never.iter();
            let never = never.filter_map(|name| self.selector(name, problems));
            policy.never.extend(never);
        }
        policy.ignores_foreign |= self.flags.ignores_foreign;
        policy
    }

    fn choice(&self, said: &read::Choice, problems: &mut Vec<Problem>) -> Choice {
        let mut selectors = |texts: &[Text]| -> Vec<Selector> {
            let selectors = texts
                .iter()
                .filter_map(|text| self.selector(text, problems));
            selectors.collect()
        };
        let (select, ignore) = (selectors(&said.select), selectors(&said.ignore));
        let severity = said
            .severity
            .iter()
            .filter_map(|(text, severity)| Some((self.selector(text, problems)?, *severity)));
        let severity = severity.collect();
        let parameters = said.parameters.iter().filter_map(|one| {
            let names = (one.rule.0.as_str(), one.name.0.as_str());
            match parameters::find(names, &one.value, self.ruleset) {
                Ok(value) => Some(value),
                Err((part, why)) => {
                    let place = match part {
                        parameters::Part::Rule => one.rule.1,
                        parameters::Part::Name => one.name.1,
                        parameters::Part::Value => one.place,
                    };
                    problems.push(Problem::error(place, why));
                    None
                }
            }
        });
        Choice {
            preset: said.preset,
            select,
            also: Vec::new(),
            ignore,
            severity,
            parameters: parameters.collect(),
        }
    }

    fn selector(&self, (text, place): &Text, problems: &mut Vec<Problem>) -> Option<Selector> {
        let found = selector_of(text, self.ruleset);
        found
            .map_err(|why| problems.push(Problem::error(*place, why)))
            .ok()
    }

    /// Switches the rules on that ask for tags, and tells them for which.
    fn require_tags(
        &self,
        keys: &[String],
        place: Span,
        choice: &mut Choice,
        problems: &mut Vec<Problem>,
    ) {
        for (index, rule) in self.ruleset.rules.iter().enumerate() {
            if let Some(parameter) = required_tags(rule) {
                let named = (rule.header.id.clone(), place);
                choice.also.extend(self.selector(&named, problems));
                let keys = Setting::List(keys.to_vec());
                choice.parameters.push((index, parameter, keys));
            }
        }
    }

    /// What suppressions in a file must be like.
    pub(crate) fn policy(&self, path: &str) -> Arc<Policy> {
        let place = self.configurations.of(path);
        let known = self.known();
        let read = place.and_then(|place| known.read.get(place.config.index));
        read.map_or_else(|| Arc::clone(&self.policy), |read| Arc::clone(&read.policy))
    }

    /// The baseline that a file is held against.
    pub(crate) fn baseline(&self, path: &str) -> Option<PathBuf> {
        let layers = self.configurations.of(path)?.config.layers.clone();
        layers.iter().rev().find_map(|layer| layer.baseline.clone())
    }

    /// The suppressions of configurations; their files join the others.
    pub(crate) fn suppressions(
        &self,
        sources: &mut SourceMap,
        folders: &[String],
    ) -> Vec<Suppression> {
        super::suppressions::suppressions(self.configurations, sources, folders)
    }

    /// How a file is judged.
    pub(crate) fn of(&self, path: &str) -> Arc<Settings> {
        self.at(self.configurations.of(path).as_ref())
    }

    fn at(&self, place: Option<&Place>) -> Arc<Settings> {
        let key = place.map(|place| (place.config.index, place.overrides()));
        let mut known = self.known();
        if let Some(settings) = known.settings.get(&key) {
            return Arc::clone(settings);
        }
        let read = key.as_ref().and_then(|(index, _)| known.read.get(*index));
        let overrides = key.as_ref().map_or(&[][..], |(_, overrides)| overrides);
        let settings = Arc::new(self.settings(read.map(Arc::as_ref), overrides));
        known.settings.insert(key, Arc::clone(&settings));
        settings
    }

    fn settings(&self, read: Option<&Read>, overrides: &[(usize, usize)]) -> Settings {
        let flags = &self.flags;
        let mut choices: Vec<&Choice> = Vec::new();
        for (at, layer) in read.iter().flat_map(|read| &read.layers).enumerate() {
            choices.push(&layer.choice);
            let here = overrides.iter().filter(|(layer, _)| *layer == at);
            choices.extend(here.filter_map(|(_, one)| layer.overrides.get(*one)));
        }
        let preset = choices.iter().rev().find_map(|one| one.preset);
        let preset = flags.preset.or(preset).unwrap_or(Preset::Recommended);
        let mut said: Vec<selector::Choice<'_>> = choices
            .iter()
            .map(|one| selector::Choice {
                select: &one.select,
                // Who asks for certain rules alone wants no others.
                also: if flags.select.is_empty() {
                    &one.also
                } else {
                    &[]
                },
                ignore: &one.ignore,
            })
            .collect();
        said.push(selector::Choice {
            select: &flags.select,
            also: &[],
            ignore: &flags.ignore,
        });
        let mut active = selector::active_by(self.ruleset, preset, &said);
        let folders = read.map_or(&[][..], |read| &read.folders);
        for (rule, active) in self.ruleset.rules.iter().zip(&mut active) {
            *active &= self.own.is_for(&rule.header.id, folders);
        }
        let severity = |rule: usize| {
            let mut places = choices.iter().rev();
            let severity = places.find_map(|one| {
                let matching = || one.severity.iter().rev().filter(|(it, _)| it.holds(rule));
                let named = matching().find(|(selector, _)| selector.is_named());
                named.or_else(|| matching().next())
            });
            severity.map(|(_, severity)| (rule, *severity))
        };
        let parameters = choices.iter().flat_map(|one| &one.parameters);
        let parameters: Vec<Value> = parameters.chain(&flags.parameters).cloned().collect();
        Settings {
            severity: (0..self.ruleset.rules.len()).filter_map(severity).collect(),
            plan: self.plan(&active, &parameters),
            active,
            parameters,
            fail_on: flags.fail_on.or(read.and_then(|read| read.fail_on)),
        }
    }

    fn plan(&self, active: &[bool], parameters: &[Value]) -> Plan {
        let mut plan = Plan::new(self.ruleset, active);
        plan.keeps_addresses = self.configurations.suppress();
        for (rule, parameter, value) in parameters {
            plan.set(self.ruleset, *rule, *parameter, value.clone());
        }
        plan
    }

    /// What a root module is asked that leads to these files, its own first: all that is on in one of them, with the
    /// parameters of its own.
    pub(crate) fn together<'p>(&self, paths: impl Iterator<Item = &'p str>) -> Arc<Settings> {
        let mut all: Vec<Arc<Settings>> = Vec::new();
        for path in paths {
            let settings = self.of(path);
            if !all.iter().any(|one| Arc::ptr_eq(one, &settings)) {
                all.push(settings);
            }
        }
        match all.split_first() {
            None => self.at(None),
            Some((own, [])) => Arc::clone(own),
            Some((own, others)) => {
                let mut active = own.active.clone();
                for other in others {
                    for (here, there) in active.iter_mut().zip(&other.active) {
                        *here |= there;
                    }
                }
                Arc::new(Settings {
                    plan: self.plan(&active, &own.parameters),
                    active,
                    severity: own.severity.clone(),
                    parameters: own.parameters.clone(),
                    fail_on: own.fail_on,
                })
            }
        }
    }

    /// Whether a file is excluded.
    pub(crate) fn leaves_out(&self, path: &str) -> bool {
        let place = self.configurations.of(path);
        place.is_some_and(|place| place.is_left_out(false))
    }

    /// Whether rules are anywhere more or less severe than they are by themselves.
    pub(crate) fn rates_anew(&self) -> bool {
        let known = self.known();
        let mut layers = known.read.iter().flat_map(|read| &read.layers);
        layers.any(|layer| {
            let mut choices = std::iter::once(&layer.choice).chain(&layer.overrides);
            choices.any(|one| !one.severity.is_empty())
        })
    }

    /// # Errors
    /// Where none of these files is asked anything.
    pub(crate) fn asks<'p>(&self, paths: impl Iterator<Item = &'p str>) -> Result<(), Failure> {
        let mut settings = paths.map(|path| self.of(path)).peekable();
        let idle = match settings.peek() {
            None => self.at(None).is_idle(),
            Some(_) => settings.all(|one| one.is_idle()),
        };
        if idle {
            let message = "the selection leaves no rule to check";
            let help = "broad selectors filter within the preset; see `pillarlint rules --select ...` for the presets of the rules, and `--preset all`";
            return Err(Failure::Usage(format!("{message} ({help})")));
        }
        Ok(())
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
