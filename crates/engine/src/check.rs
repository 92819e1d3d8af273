//! Rules are asked of a project.

use crate::answer::{Answer, Missing, Truth};
use crate::builtin;
use crate::evaluate::{Asking, Binding, bind_subject};
use crate::finding::{Asked as AskedOf, Construct, Finding, MAX_PLACES, Passes, Report, Undecided};
use crate::link::Links;
use crate::operator::{known_text, same};
use crate::parameter::Parameter;
use crate::path::{Reached, why_unknown};
use crate::place::{Placed, placed, within};
use crate::plan::{Plan, Question, is_kind};
use crate::rule::{Body, Check, Dialect, Domain, Slot};
use crate::ruleset::Ruleset;
use crate::spelling;
use crate::when::{self, Held, World};
use pillarlint_parser::cloudformation::MAX_VALUES;
use pillarlint_parser::json;
use pillarlint_parser::model::{
    ConditionId, DEPENDS_ON, Project, Resource, Scenario, Truth as Existence,
};
use pillarlint_parser::source::{FileId, Span};
use pillarlint_parser::tree::{Level, Node, Problem};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

/// A check asks again for each answer of a condition that it needs, in at most so many worlds;
/// what is open after that is unknown.
pub const MAX_WORLDS: usize = 16;

/// The same, where all values of parameters are looked through: as many as one parameter alone has, and what is
/// left of it.
pub const MAX_SCENARIO_WORLDS: usize = MAX_VALUES + 1;

/// Asks all rules of a plan. `unread` is what was wrong with the text: near it, and where a resource as a whole is
/// missing, "not set" cannot be told from "not read".
pub fn check(project: &Project<'_>, unread: &[Problem], rules: &Ruleset, plan: &Plan) -> Report {
    let mut tally = Tally(vec![Vec::new(); rules.rules.len()]);
    let mut report = Report {
        resources: project.resources.iter().filter(|one| one.is_judged).count(),
        left_aside: project
            .resources
            .iter()
            .filter(|one| is_left_aside(one))
            .count(),
        problems: project.problems.clone(),
        not_read: project.not_read.clone(),
        hidden: project.hidden.clone(),
        ..Report::default()
    };
    spelling::check(project, &mut report.problems);
    let links = Links::default();
    let damage = Damage::of(project, unread);
    for (index, resource) in (0u32..).zip(project.resources.iter().chain(&project.blocks)) {
        let asked = match resource.is_judged {
            true => plan.rules_for(&resource.kind),
            false => &[],
        };
        let world = match asked.is_empty() {
            true => None,
            false => world_of(project, resource),
        };
        let address = || match plan.keeps_addresses {
            true => resource.address.to_string(),
            false => String::new(),
        };
        let Some(world) = world else {
            if plan.keeps_addresses {
                let unasked = placed_at(address(), resource.span, &resource.calls);
                report.beside.unasked.push(unasked);
            }
            continue;
        };
        let subject = Subject {
            project,
            links: &links,
            iam_actions: rules.iam_actions,
            resource: Some(index),
            scenario: resource.scenario,
            gaps: Gaps {
                here: damage.whole
                    || damage.resources.binary_search(&index).is_ok()
                    || project.is_rewritten(resource.span.file),
                linked: damage.somewhere || damage.handed_over.binary_search(&index).is_ok(),
                elsewhere: damage.somewhere || project.unread_calls,
            },
        };
        let known = placed_at(address(), resource.span, &resource.calls);
        report.asked.push(known);
        for question in asked.iter().map(|rule| plan.question(rules, *rule)) {
            for check in question.checks {
                if check.kinds.iter().any(|kind| is_kind(kind, &resource.kind))
                    && check.provider.hold(project.provider_major)
                {
                    subject.ask(question, check, &world, &mut tally, &mut report);
                }
            }
        }
    }
    let template = Subject {
        project,
        links: &links,
        iam_actions: rules.iam_actions,
        resource: None,
        scenario: Scenario::DEFAULTS,
        gaps: Gaps {
            here: damage.somewhere,
            linked: damage.somewhere || project.unread_calls,
            elsewhere: damage.somewhere || project.unread_calls,
        },
    };
    for question in plan.template.iter().map(|rule| plan.question(rules, *rule)) {
        let asked =
            |check: &&Check| check.kinds.is_empty() && check.provider.hold(project.provider_major);
        for check in question.checks.iter().filter(asked) {
            template.ask(question, check, &[], &mut tally, &mut report);
        }
    }
    report.passes = tally.by_rule(rules);
    if plan.keeps_addresses {
        let absent = project.absent.iter();
        let absent = absent.map(|one| placed_at(one.address.clone(), one.span, &one.calls));
        report.beside.unasked.extend(absent);
        // A plan does not say of which blocks it has no instance.
        let is_whole = !damage.somewhere
            && !project.unread_calls
            && !project.planned
            && project.not_read.is_empty();
        if !is_whole {
            report.beside.unread = files_of(project, &report);
        }
    }
    report
}

/// Whether a resource is one that the AWS CDK adds, and that nobody asked to judge.
fn is_left_aside(resource: &Resource<'_>) -> bool {
    let construct = resource.construct.as_ref();
    !resource.is_judged && construct.is_some_and(|construct| construct.is_of_cdk)
}

/// The world in which a resource exists; nothing where it does not.
fn world_of(project: &Project<'_>, resource: &Resource<'_>) -> Option<World> {
    match project.exists(resource, resource.scenario, &[]) {
        Existence::Known(true) => Some(Vec::new()),
        Existence::Known(false) => None,
        Existence::Open(condition) => Some(vec![(condition, true)]),
    }
}

fn placed_at(address: String, place: Span, calls: &[(Span, String)]) -> AskedOf {
    AskedOf {
        address,
        place,
        calls: calls.iter().map(|(span, _)| *span).collect(),
    }
}

/// The files that something of a project is known to stand in.
fn files_of(project: &Project<'_>, report: &Report) -> Vec<FileId> {
    let all = report.asked.iter().chain(&report.beside.unasked);
    let places = all.flat_map(|one| one.calls.iter().chain([&one.place]));
    let not_read = project.not_read.iter().map(|(place, _)| place);
    let places = places.chain(not_read).chain([&project.span]);
    let files: BTreeSet<FileId> = places.map(|place| place.file).collect();
    files.into_iter().collect()
}

/// What passed while a project is asked: by the rule's index in the ruleset, then by file. Resources come file by
/// file, so the last file is nearly always the one.
struct Tally(Vec<Vec<(FileId, Passes)>>);

impl Tally {
    /// The address is made only where it is kept.
    fn passed(&mut self, rule: usize, at: Span, address: impl FnOnce() -> String) {
        let Some(files) = self.0.get_mut(rule) else {
            return;
        };
        if files.last().is_none_or(|(last, _)| *last != at.file) {
            files.push((at.file, Passes::default()));
        }
        if let Some((_, passes)) = files.last_mut() {
            passes.count += 1;
            if passes.places.len() < MAX_PLACES {
                passes.places.push((at, address()));
            }
        }
    }

    fn by_rule(self, rules: &Ruleset) -> Vec<(String, FileId, Passes)> {
        let of_rules = self.0.into_iter().zip(&rules.rules);
        of_rules
            .flat_map(|(files, rule)| {
                let named = |(file, passes)| (rule.header.id.clone(), file, passes);
                files.into_iter().map(named)
            })
            .collect()
    }
}

/// What of a project was not read.
struct Damage {
    /// Resources that may have more in the text than was read, by index.
    resources: Vec<u32>,
    /// Whether that is true of all of them.
    whole: bool,
    /// Whether there may be resources that were not read.
    somewhere: bool,
    /// The resources that modules which were not read may refer to, and those that have to do with these; sorted.
    handed_over: Vec<u32>,
}

impl Damage {
    /// `unread` is what was wrong with the text.
    fn of(project: &Project<'_>, unread: &[Problem]) -> Self {
        let is_error = |problem: &&Problem| problem.level == Level::Error;
        let errors: Vec<&Problem> = unread.iter().filter(is_error).collect();
        // A mistake of the text belongs to the last resource that begins before it; where a quote is left open, it
        // is told only in the next one. Instances of a resource begin at one place.
        let mut begins: Vec<(FileId, u32, u32)> = (0..)
            .zip(&project.resources)
            .map(|(index, one)| (one.span.file, one.span.start, index))
            .collect();
        begins.sort_unstable();
        let mut resources: Vec<u32> = Vec::new();
        for error in &errors {
            let at = (error.span.file, error.span.start, u32::MAX);
            let before = &begins[..begins.partition_point(|begin| *begin <= at)];
            let in_file = before.iter().rev();
            let in_file = in_file.take_while(|begin| begin.0 == error.span.file);
            let mut last: Vec<u32> = Vec::new();
            for (_, start, index) in in_file {
                if !last.contains(start) {
                    last.push(*start);
                }
                if last.len() > 2 {
                    break;
                }
                resources.push(*index);
            }
        }
        resources.sort_unstable();
        resources.dedup();
        let handed_over = &project.handed_over;
        let mut around: Vec<u32> = handed_over.clone();
        for edge in project
            .edges
            .iter()
            .filter(|edge| edge.attribute != DEPENDS_ON)
        {
            let is_handed = |index: &u32| handed_over.binary_search(index).is_ok();
            if let Some(from) = edge.from {
                around.extend(is_handed(&edge.to).then_some(from));
                around.extend(is_handed(&from).then_some(edge.to));
            }
        }
        around.sort_unstable();
        around.dedup();
        Self {
            handed_over: around,
            resources,
            // Past the cap the mistakes are not told one by one.
            whole: errors.len() >= json::MAX_PROBLEMS,
            somewhere: project.incomplete
                || !errors.is_empty()
                || project.problems.iter().any(|problem| is_error(&problem)),
        }
    }
}

/// What is asked: a resource, or the whole template.
struct Subject<'a, 's> {
    project: &'a Project<'s>,
    links: &'a Links,
    iam_actions: &'a str,
    resource: Option<u32>,
    scenario: Scenario,
    gaps: Gaps,
}

/// Whether something was not read.
#[derive(Debug, Clone, Copy)]
struct Gaps {
    /// In the subject itself.
    here: bool,
    /// Among what may have to do with the subject.
    linked: bool,
    /// Anywhere in the template.
    elsewhere: bool,
}

/// One answer in one world, ready to be compared with those of others.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Said {
    Passed,
    Failed {
        placed: Placed,
        message: String,
        /// The value as the message shows it.
        value: String,
    },
    Unknown {
        place: Span,
        why: String,
    },
}

impl Said {
    /// Whether it says the same, wherever the value came from.
    fn is_like(&self, other: &Self) -> bool {
        match (self.failure(), other.failure()) {
            (Some((placed, message)), Some((at, said))) => {
                placed.place == at.place && message == said
            }
            _ => self == other,
        }
    }

    /// Whether it says the same of another value at the same place.
    fn is_of_value_like(&self, other: &Self) -> bool {
        let place = |said: &Self| said.failure().map(|(placed, _)| placed.place);
        let general = self.of_any_value();
        general.is_some() && general == other.of_any_value() && place(self) == place(other)
    }

    fn failure(&self) -> Option<(&Placed, &str)> {
        match self {
            Self::Failed {
                placed, message, ..
            } => Some((placed, message)),
            _ => None,
        }
    }

    /// The message, where it shows a value, without it.
    fn of_any_value(&self) -> Option<String> {
        match self {
            Self::Failed { message, value, .. } if value == ANY_VALUE => Some(message.clone()),
            Self::Failed { message, value, .. }
                if value.starts_with('`') && message.contains(value) =>
            {
                Some(message.replace(value, ANY_VALUE))
            }
            _ => None,
        }
    }

    /// Takes in what is said in another world.
    fn merge(&mut self, other: &Self) {
        let general = match self.is_like(other) {
            true => None,
            false => self.of_any_value(),
        };
        let Self::Failed {
            placed,
            message,
            value,
        } = self
        else {
            return;
        };
        if let Some(general) = general {
            (*message, *value) = (general, ANY_VALUE.to_owned());
        }
        if let Some((other, _)) = other.failure() {
            placed.add(other);
        }
    }
}

impl<'a, 's> Subject<'a, 's> {
    /// Asks one check, and adds what it said.
    fn ask(
        &self,
        question: Question<'_>,
        check: &Check,
        world: &[(ConditionId, bool)],
        tally: &mut Tally,
        report: &mut Report,
    ) {
        let parameters = question.parameters;
        // Nearly always no condition matters, and one world is all there is.
        let first = self.ask_in(check, parameters, world, None);
        let needs_split = first.open.is_some() && first.is_undecided();
        match first.elements.filter(|count| needs_split && *count > 1) {
            // Each element has conditions of its own; together they would multiply.
            Some(count) => {
                for element in 0..count {
                    let said = self.in_worlds(check, parameters, world, Some(element));
                    self.add(question, said, world, tally, report);
                }
            }
            None if needs_split => {
                let said = self.in_worlds(check, parameters, world, None);
                self.add(question, said, world, tally, report);
            }
            None => {
                let said = vec![(world.to_vec(), first.answers)];
                self.add(question, said, world, tally, report);
            }
        }
    }

    /// What a check says in as many worlds as its answer needs.
    fn in_worlds(
        &self,
        check: &Check,
        parameters: &[Parameter],
        world: &[(ConditionId, bool)],
        element: Option<usize>,
    ) -> Vec<(World, Vec<Said>)> {
        let most = match self.project.conditions.tells_parameters {
            true => MAX_SCENARIO_WORLDS,
            false => MAX_WORLDS,
        };
        let mut worlds: Vec<World> = vec![world.to_vec()];
        let mut said: Vec<(World, Vec<Said>)> = Vec::new();
        while let Some(world) = worlds.pop() {
            let asked = self.ask_in(check, parameters, &world, element);
            let split = asked
                .open
                .filter(|_| said.len() + worlds.len() + 2 <= most && asked.is_undecided());
            match split {
                Some(condition) => {
                    // The last one pushed is asked first: where the condition holds.
                    for held in [false, true] {
                        let mut next = world.clone();
                        next.push((condition, held));
                        if self.project.conditions.satisfiable(&next) {
                            worlds.push(next);
                        }
                    }
                }
                None => said.push((world, asked.answers)),
            }
        }
        said
    }

    /// Merges what was said in all worlds: what holds in each of them holds without condition.
    fn add(
        &self,
        question: Question<'_>,
        said: Vec<(World, Vec<Said>)>,
        given: &[(ConditionId, bool)],
        tally: &mut Tally,
        report: &mut Report,
    ) {
        let header = question.header;
        // Nearly everything passes: texts are made only for what is reported.
        let resource = self.resource.map(|index| self.project.resource(index));
        let kind = || resource.map_or_else(String::new, |one| one.kind.to_string());
        let address = || resource.map(|one| one.address.to_string());
        // What differs in the values of parameters alone is one finding.
        let merges = self.project.conditions.tells_parameters;
        let mut distinct: Vec<(Said, Vec<World>)> = Vec::new();
        for (world, answers) in &said {
            for answer in answers {
                let found = distinct.iter().position(|(one, _)| match merges {
                    true => one.is_like(answer),
                    false => one == answer,
                });
                let found = found.or_else(|| {
                    let mut all = distinct.iter().filter(|_| merges);
                    all.position(|(one, worlds)| {
                        worlds.last() != Some(world) && one.is_of_value_like(answer)
                    })
                });
                match found {
                    Some(at) => {
                        let (one, worlds) = &mut distinct[at];
                        one.merge(answer);
                        worlds.push(world.clone());
                    }
                    None => distinct.push((answer.clone(), vec![world.clone()])),
                }
            }
        }
        for (answer, mut worlds) in distinct {
            match answer {
                Said::Passed => {
                    let mut at = resource.map_or(self.project.span, |one| one.address_span);
                    if !self.project.is_own(at.file) {
                        at = placed(self.project, resource, at, None).place;
                    }
                    let address = || address().unwrap_or_default();
                    tally.passed(question.rule, at, address);
                }
                Said::Unknown { place, why } => report.undecided.push(Undecided {
                    rule: header.id.clone(),
                    place,
                    within: within(resource, place),
                    address: address().unwrap_or_default(),
                    kind: kind(),
                    why,
                }),
                Said::Failed {
                    placed, message, ..
                } => {
                    worlds.dedup();
                    if header.secret {
                        report.hidden.extend(&placed.values);
                    }
                    // In all worlds alike: it holds whenever the resource exists.
                    if worlds.len() == said.len() {
                        worlds = vec![given.to_vec()];
                    }
                    let all: Vec<&World> = said.iter().map(|(world, _)| world).collect();
                    let held = Held {
                        worlds,
                        all: &all,
                        given,
                    };
                    let when = when::told(&self.project.conditions, held);
                    report.findings.push(Finding {
                        rule: header.id.clone(),
                        severity: header.severity,
                        message,
                        place: placed.place,
                        related: placed.related,
                        within: placed.within,
                        addresses: address().into_iter().collect(),
                        kind: kind(),
                        made_from: resource
                            .and_then(|one| one.made_from.as_deref())
                            .map(str::to_owned),
                        construct: resource.and_then(|one| {
                            let construct = one.construct.as_ref()?;
                            Some(Construct {
                                path: construct.path.to_string(),
                                made_at: None,
                                is_of_cdk: construct.is_of_cdk,
                            })
                        }),
                        dialect: match resource {
                            _ if self.project.is_terraform() => Dialect::Terraform,
                            Some(one) if one.made_from.is_some() => Dialect::Sam,
                            _ => Dialect::CloudFormation,
                        },
                        when,
                    });
                }
            }
        }
    }

    /// Asks one check in one world; of the first list that it goes into, all elements or one.
    fn ask_in(
        &self,
        check: &Check,
        parameters: &[Parameter],
        world: &[(ConditionId, bool)],
        element: Option<usize>,
    ) -> Asked {
        let asking = Asking {
            project: self.project,
            links: self.links,
            iam_actions: self.iam_actions,
            parameters,
            subject: self.resource,
            scenario: self.scenario,
            world,
            open: Cell::new(None),
            only: Cell::new(element),
            bindings: RefCell::new(Vec::with_capacity(check.slots as usize)),
        };
        bind_subject(&asking, self.resource);
        let mut answers = Vec::new();
        each(&asking, self.gaps, check, &check.each, &mut answers);
        let open = asking.open.get();
        let elements = check
            .each
            .first()
            .filter(|_| open.is_some())
            .and_then(|(domain, _)| asking.first_list(domain));
        Asked {
            answers,
            open,
            elements,
        }
    }
}

/// What a check said in one world.
struct Asked {
    answers: Vec<Said>,
    /// The first condition that an answer needed and the world leaves open.
    open: Option<ConditionId>,
    /// How many elements the first list has that the check goes into.
    elements: Option<usize>,
}

impl Asked {
    fn is_undecided(&self) -> bool {
        self.answers
            .iter()
            .any(|one| matches!(one, Said::Unknown { .. }))
    }
}

/// Goes into the domains of a check, and asks at the innermost.
fn each<'a, 's>(
    asking: &Asking<'a, 's>,
    gaps: Gaps,
    check: &Check,
    domains: &[(Domain, Slot)],
    said: &mut Vec<Said>,
) {
    let Some(((domain, slot), rest)) = domains.split_first() else {
        question(asking, gaps, check, said);
        return;
    };
    let (items, more) = asking.items(domain);
    if let Some((place, why)) = more {
        said.push(Said::Unknown {
            place,
            why: why.into_owned(),
        });
    }
    for item in items {
        asking.bind(*slot, item.binding);
        each(asking, gaps, check, rest, said);
    }
}

fn question<'a, 's>(asking: &Asking<'a, 's>, gaps: Gaps, check: &Check, said: &mut Vec<Said>) {
    for one in &check.lets {
        asking.bind(one.slot, follow(asking, one));
    }
    for (condition, applies) in [(&check.when, Truth::True), (&check.unless, Truth::False)] {
        let Some(condition) = condition else {
            continue;
        };
        let answer = gaps.judge(asking.ask(condition));
        if answer.truth == Truth::Unknown {
            // Whether it applies is not known; if the answer is a pass all the same, nothing is open.
            if let Body::Expect(expect) = &check.body
                && gaps.judge(asking.ask(expect)).truth == Truth::True
            {
                said.push(Said::Passed);
                return;
            }
            if let Body::Fail(fail) = &check.body
                && gaps.judge(asking.ask(fail)).truth == Truth::False
            {
                said.push(Said::Passed);
                return;
            }
            said.push(unknown(asking, answer));
            return;
        }
        if answer.truth != applies {
            return;
        }
    }
    let (answer, wanted) = match &check.body {
        Body::Expect(condition) => (gaps.judge(asking.ask(condition)), Truth::True),
        Body::Fail(condition) => (gaps.judge(asking.ask(condition)), Truth::False),
        Body::Builtin(call) => {
            let found = builtin::places(asking, call);
            // What they look for over the whole template may stand in what was not read.
            if !found.is_empty() && gaps.hide(builtin::looks_for(&call.name)) {
                said.push(Said::Unknown {
                    place: asking.subject_place(),
                    why: NOT_READ.to_owned(),
                });
                return;
            }
            for found in found {
                let resource = found.resource.map(|index| asking.project.resource(index));
                said.push(Said::Failed {
                    placed: placed(asking.project, resource, found.span, None),
                    message: fill(&check.message, asking, &found.value),
                    value: found.value,
                });
            }
            return;
        }
        Body::Suppressions(_) => return,
    };
    said.push(if answer.truth == wanted {
        Said::Passed
    } else if answer.truth == Truth::Unknown {
        unknown(asking, answer)
    } else {
        failed(asking, check, answer)
    });
}

/// Why what is missing may be there all the same.
const NOT_READ: &str = "a part was not read";

impl Gaps {
    /// Whether what was not found may stand in what was not read.
    fn hide(self, missing: Missing) -> bool {
        match missing {
            Missing::Nothing => false,
            Missing::Here => self.here,
            Missing::Linked => self.linked,
            Missing::Elsewhere => self.elsewhere,
        }
    }

    /// The answer, unless what it rests on may stand in what was not read.
    fn judge<'a, 's>(self, answer: Answer<'a, 's>) -> Answer<'a, 's> {
        if self.hide(answer.missing) && answer.truth != Truth::Unknown {
            Answer {
                truth: Truth::Unknown,
                why: Some(Cow::Borrowed(NOT_READ)),
                ..answer
            }
        } else {
            answer
        }
    }
}

fn follow<'a, 's>(asking: &Asking<'a, 's>, one: &crate::rule::Let) -> Binding<'a, 's> {
    match asking.reach(&one.follow) {
        Reached::Value(node) => match asking
            .referred_among(node, &one.kinds)
            .or_else(|| named(asking, one, node))
        {
            Some(index)
                if one.kinds.is_empty()
                    || one
                        .kinds
                        .iter()
                        .any(|kind| *kind == asking.project.resource(index).kind) =>
            {
                Binding::Resource(index)
            }
            Some(_) => Binding::Unknown(
                node.span,
                Cow::Borrowed("it refers to another kind of resource"),
            ),
            None if known_text(node).is_some() => Binding::Unknown(
                node.span,
                Cow::Borrowed("it refers to a resource that is not declared here"),
            ),
            None => Binding::Unknown(node.span, why_unknown(node)),
        },
        Reached::Missing(span) => Binding::Missing(span),
        Reached::Unknown(span, why) => Binding::Unknown(span, why),
    }
}

/// The resource whose own name a value is.
fn named<'a, 's>(
    asking: &Asking<'a, 's>,
    one: &crate::rule::Let,
    value: &'a Node<'s>,
) -> Option<u32> {
    let name = one.name.as_ref()?;
    let kinds = one.kinds.iter();
    let mut resources = kinds.flat_map(|kind| asking.project.of_kind(kind)).copied();
    resources.find(|index| {
        let resource = asking.project.resource(*index);
        match asking.walk(&resource.properties, &name.steps, resource.address_span) {
            Reached::Value(own) => same(own, value) == Truth::True,
            Reached::Missing(_) | Reached::Unknown(..) => false,
        }
    })
}

fn unknown(asking: &Asking<'_, '_>, answer: Answer<'_, '_>) -> Said {
    Said::Unknown {
        place: answer
            .at
            .as_ref()
            .map_or_else(|| asking.subject_place(), |at| at.span),
        why: answer
            .why
            .map_or_else(|| "a value is not known".to_owned(), Cow::into_owned),
    }
}

fn failed<'a, 's>(asking: &Asking<'a, 's>, check: &Check, answer: Answer<'a, 's>) -> Said {
    let chosen = check
        .place
        .as_ref()
        .and_then(|path| match asking.reach(path) {
            Reached::Value(node) => Some(asking.place_at(node, path)),
            Reached::Missing(_) | Reached::Unknown(..) => None,
        });
    let shown = answer
        .at
        .as_ref()
        .and_then(|at| at.node)
        .map_or(Cow::Borrowed("not set"), shown);
    let message = fill(&check.message, asking, &shown);
    let at = chosen.or(answer.at);
    let place = at
        .as_ref()
        .map_or_else(|| asking.subject_place(), |at| at.span);
    let resource = asking.subject.map(|index| asking.project.resource(index));
    let value = at.and_then(|at| at.node);
    Said::Failed {
        placed: placed(asking.project, resource, place, value),
        message,
        value: shown.into_owned(),
    }
}

/// What a message says where no value can be shown.
const ANY_VALUE: &str = "this value";

/// Longest text of a value in a message, in characters.
const MAX_SHOWN: usize = 60;

fn shown<'n>(node: &'n Node<'_>) -> Cow<'n, str> {
    let Some(text) = node.scalar_text() else {
        return Cow::Borrowed(match node.as_list() {
            Some(_) => "this list",
            None => ANY_VALUE,
        });
    };
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => Cow::Owned(format!("`{}…`", &text[..end])),
        None => Cow::Owned(format!("`{text}`")),
    }
}

fn fill(message: &str, asking: &Asking<'_, '_>, value: &str) -> String {
    if !message.contains('{') {
        return message.to_owned();
    }
    let address = asking
        .subject
        .map_or("", |index| &asking.project.resource(index).address);
    let kind = asking
        .subject
        .map_or("", |index| &asking.project.resource(index).kind);
    let filled = message
        .replace("{value}", value)
        .replace("{kind}", kind)
        .replace("{address}", address);
    asking.parameters.iter().fold(filled, |filled, parameter| {
        filled.replace(
            &format!("{{{}}}", parameter.name),
            &parameter.value.to_string(),
        )
    })
}
