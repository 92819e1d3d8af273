//! Conditions, answered for one subject in one world.
//!
//! Logic is Kleene's. Where an answer needs a template condition that the world leaves open, the first
//! such condition is remembered ([`Asking::open`]), and [`crate::check`] asks again for each of its answers.

use crate::answer::{Answer, At, Missing, Truth};
use crate::link::Links;
use crate::operator::is_reference;
use crate::parameter::{Parameter, Setting};
use crate::path::{Reached, head_of, pieces_of, why_unknown};
use crate::rule::{
    Absent, Condition, Domain, Operator, Path, Quantified, Quantifier, SUBJECT, Slot, Step, Test,
    Texts,
};
use pillarlint_parser::model::{ConditionId, Project, Resource, Scenario, Truth as Existence};
use pillarlint_parser::source::Span;
use pillarlint_parser::tree::{Node, Value};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};

/// What a name is bound to.
#[derive(Debug, Clone)]
pub enum Binding<'a, 's> {
    /// Nothing yet.
    Nothing,
    /// A resource.
    Resource(u32),
    /// A value within one.
    Node(&'a Node<'s>),
    /// Something that is not there.
    Missing(Span),
    /// Something that cannot be told.
    Unknown(Span, Cow<'a, str>),
}

/// One subject being asked, in one world.
pub struct Asking<'a, 's> {
    /// The project.
    pub project: &'a Project<'s>,
    /// Its links.
    pub links: &'a Links,
    /// The actions that support resource-level permissions ([`crate::ruleset::Ruleset::iam_actions`]).
    pub iam_actions: &'a str,
    /// The rule's parameters, with the values of this run.
    pub parameters: &'a [Parameter],
    /// The resource that is asked; absent for the whole template.
    pub subject: Option<u32>,
    /// The scenario that it lives in.
    pub scenario: Scenario,
    /// The conditions that are taken to hold or not.
    pub world: &'a [(ConditionId, bool)],
    /// The first condition that an answer needed and the world leaves open.
    pub open: Cell<Option<ConditionId>>,
    /// The one element that is asked of the first list that a check goes into, where they are asked one by one.
    pub only: Cell<Option<usize>>,
    /// What the names are bound to.
    pub bindings: RefCell<Vec<Binding<'a, 's>>>,
}

impl<'a, 's> Asking<'a, 's> {
    /// What is known of a template condition here. Remembers one that is open.
    pub fn decide(&self, condition: ConditionId) -> Option<bool> {
        if let Some((_, held)) = self.world.iter().find(|(one, _)| *one == condition) {
            return Some(*held);
        }
        let decided = self.project.conditions.decide(condition, self.world);
        if decided.is_none() && self.open.get().is_none() {
            self.open.set(Some(condition));
        }
        decided
    }

    /// Whether another resource exists here.
    pub fn exists(&self, resource: &Resource<'s>) -> Truth {
        match self.project.exists(resource, self.scenario, self.world) {
            Existence::Known(exists) => exists.into(),
            Existence::Open(condition) => match self.decide(condition) {
                Some(exists) => exists.into(),
                None => Truth::Unknown,
            },
        }
    }

    /// The integer of a parameter, as text. The loader knows its type.
    pub(crate) fn integer(&self, parameter: u8) -> Option<&'a str> {
        match &self.parameters.get(parameter as usize)?.value {
            Setting::Integer(text) => Some(text),
            Setting::List(_) => None,
        }
    }

    /// Texts that a value is compared with.
    pub(crate) fn texts<'t>(&self, texts: &'t Texts) -> &'t [String]
    where
        'a: 't,
    {
        match texts {
            Texts::These(texts) => texts,
            Texts::Parameter(at) => match self.parameters.get(*at as usize).map(|one| &one.value) {
                Some(Setting::List(texts)) => texts,
                Some(Setting::Integer(_)) | None => &[],
            },
        }
    }

    /// What a name is bound to.
    pub fn binding(&self, slot: Slot) -> Binding<'a, 's> {
        self.bindings
            .borrow()
            .get(slot as usize)
            .cloned()
            .unwrap_or(Binding::Nothing)
    }

    /// Binds a name.
    pub fn bind(&self, slot: Slot, binding: Binding<'a, 's>) {
        let mut bindings = self.bindings.borrow_mut();
        let slot = slot as usize;
        if bindings.len() <= slot {
            bindings.resize(slot + 1, Binding::Nothing);
        }
        bindings[slot] = binding;
    }

    /// Where a path begins: a value and the place to name if nothing is there.
    fn root(&self, path: &Path) -> Result<(&'a Node<'s>, Span), Reached<'a, 's>> {
        match self.binding(path.root) {
            Binding::Resource(index) => {
                let resource = self.project.resource(index);
                Ok((path.start(resource), resource.address_span))
            }
            Binding::Node(node) => Ok((node, head_of(node))),
            Binding::Missing(span) => Err(Reached::Missing(span)),
            Binding::Unknown(span, why) => Err(Reached::Unknown(span, why)),
            Binding::Nothing => Err(Reached::Missing(self.project.span)),
        }
    }

    /// The one value of a path.
    pub fn reach(&self, path: &Path) -> Reached<'a, 's> {
        match self.root(path) {
            Ok((node, parent)) => self.walk(node, &path.steps, parent),
            Err(reached) => reached,
        }
    }

    /// All values of a path with `[*]`.
    pub fn reach_all(&self, path: &Path) -> Vec<Reached<'a, 's>> {
        let mut found = Vec::new();
        match self.root(path) {
            Ok((node, parent)) => self.walk_all(node, &path.steps, parent, &mut found),
            Err(Reached::Missing(_)) => {}
            Err(unknown) => found.push(unknown),
        }
        found
    }

    /// Answers a condition.
    pub fn ask(&self, condition: &Condition) -> Answer<'a, 's> {
        match condition {
            Condition::All(parts) => self.combine(parts, Truth::False),
            Condition::Any(parts) => self.combine(parts, Truth::True),
            Condition::Not(part) => self.ask(part).negated(),
            Condition::Test(test) => self.test(test),
            Condition::Quantified(quantified) => self.quantified(quantified),
            Condition::Statement(test) => self.statement(test),
            Condition::Referenced(test) => self.referenced(test),
            Condition::CoversPort(test) => self.covers_port(test),
            Condition::Named(pattern) => match self.subject {
                Some(index) => {
                    let resource = self.project.resource(index);
                    let place = At::place(resource.address_span);
                    Answer::at(pattern.is_match(resource.label()).into(), place)
                }
                None => Answer::plain(Truth::False),
            },
            Condition::DependsOn(slot) => self.depends_on(*slot),
            Condition::Builtin(call) => crate::builtin::condition(self, call),
        }
    }

    /// `all` stops at false, `any` at true. The place is the culprit's, else that of the first part that
    /// decided (or of the first part at all).
    fn combine(&self, parts: &[Condition], decisive: Truth) -> Answer<'a, 's> {
        let mut unknown: Option<Answer<'a, 's>> = None;
        let mut other: Option<Answer<'a, 's>> = None;
        let mut missing = Missing::Nothing;
        for part in parts {
            let answer = self.ask(part);
            if answer.truth == decisive {
                return answer;
            }
            missing = missing.max(answer.missing);
            let kept = if answer.truth == Truth::Unknown {
                &mut unknown
            } else {
                &mut other
            };
            match kept {
                Some(first) if answer.culprit && !first.culprit => *first = answer,
                Some(first) if first.at.is_none() => *first = answer,
                Some(_) => {}
                None => *kept = Some(answer),
            }
        }
        unknown
            .or(other)
            .unwrap_or_else(|| Answer::plain(decisive.negated()))
            .missing(missing)
    }

    fn test(&self, test: &Test) -> Answer<'a, 's> {
        let answer = match self.reach(&test.at) {
            Reached::Value(node) => {
                let truth = match self.compare(node, &test.operator) {
                    Truth::Unknown
                        if pieces_of(node).is_some() && test.in_part != Absent::Unknown =>
                    {
                        test.in_part.into()
                    }
                    Truth::Unknown => test.unknown.into(),
                    truth => truth,
                };
                Answer {
                    why: (truth == Truth::Unknown).then(|| why_unknown(node)),
                    ..Answer::at(truth, self.place_at(node, &test.at))
                }
            }
            Reached::Missing(span) => {
                let truth = match (&test.operator, test.absent) {
                    (Operator::Set(wanted), _) => (!*wanted).into(),
                    (Operator::Empty(wanted), _) => (*wanted).into(),
                    (_, absent) => absent.into(),
                };
                Answer {
                    why: (truth == Truth::Unknown).then_some(Cow::Borrowed("it is not set")),
                    ..Answer::at(truth, At::place(span)).missing(Missing::Here)
                }
            }
            Reached::Unknown(span, why) => match test.unknown.into() {
                Truth::Unknown => Answer::unknown(span, why),
                truth => Answer::at(truth, At::place(span)),
            },
        };
        Answer {
            culprit: test.culprit,
            ..answer
        }
    }

    /// The things of a domain, and why there may be more of them.
    pub fn items(&self, domain: &Domain) -> (Vec<Item<'a, 's>>, Option<(Span, Cow<'a, str>)>) {
        let mut items = Vec::new();
        let mut more = None;
        match domain {
            Domain::Each(path) => {
                for reached in self.reach_all(path) {
                    match reached {
                        Reached::Value(node) => items.push(Item::sure(Binding::Node(node))),
                        Reached::Missing(_) => {}
                        Reached::Unknown(span, why) => {
                            more.get_or_insert((span, why));
                        }
                    }
                }
            }
            Domain::Statements(path) => match self.reach(path) {
                Reached::Value(node) => {
                    for reached in self.policy_statements(node) {
                        match reached {
                            Reached::Value(node) => items.push(Item::sure(Binding::Node(node))),
                            Reached::Missing(_) => {}
                            Reached::Unknown(span, why) => {
                                more.get_or_insert((span, why));
                            }
                        }
                    }
                }
                Reached::Missing(_) => {}
                Reached::Unknown(span, why) => more = Some((span, why)),
            },
            Domain::Resources(kinds) => {
                for index in kinds.iter().flat_map(|kind| self.project.of_kind(kind)) {
                    let resource = self.project.resource(*index);
                    match self.exists(resource) {
                        Truth::False => {}
                        sure => items.push(Item {
                            binding: Binding::Resource(*index),
                            sure,
                            why: None,
                        }),
                    }
                }
            }
            Domain::Linked(link) => more = self.linked(link, &mut items),
            Domain::Followed(path, kinds) => more = self.followed(path, kinds, &mut items),
        }
        (items, more)
    }

    /// The resources that the values of a path refer to.
    fn followed(
        &self,
        path: &Path,
        kinds: &[String],
        items: &mut Vec<Item<'a, 's>>,
    ) -> Option<(Span, Cow<'a, str>)> {
        let mut more = None;
        for reached in self.reach_all(path) {
            let node = match reached {
                Reached::Value(node) => node,
                Reached::Missing(_) => continue,
                Reached::Unknown(span, why) => {
                    more.get_or_insert((span, why));
                    continue;
                }
            };
            let Some(index) = self.referred_among(node, kinds) else {
                // A text, or what a resource gives, never means a data source.
                let only_data = kinds.iter().all(|kind| kind.starts_with("data."));
                if only_data && is_reference(node).is_some() {
                    continue;
                }
                let why = "it refers to a resource that is not declared here";
                more.get_or_insert((node.span, Cow::Borrowed(why)));
                continue;
            };
            let resource = self.project.resource(index);
            if kinds.iter().any(|kind| *kind == resource.kind) {
                items.push(Item {
                    binding: Binding::Resource(index),
                    sure: self.exists(resource),
                    why: None,
                });
            }
        }
        more
    }

    /// Binds an item and asks it; nothing where it is left out. An answer that is not sure is unknown.
    fn ask_item(&self, quantified: &Quantified, item: Item<'a, 's>) -> Option<Answer<'a, 's>> {
        let place = self.place_of(&item.binding);
        self.bind(quantified.slot, item.binding);
        let mut sure = item.sure;
        if let Some(filter) = &quantified.filter {
            match self.ask(filter).truth {
                Truth::True => {}
                Truth::False => return None,
                Truth::Unknown => sure = Truth::Unknown,
            }
        }
        let mut answer = match &quantified.expect {
            Some(expect) => self.ask(expect),
            None => Answer::plain(Truth::True),
        };
        if answer.at.is_none() {
            answer.at = place;
        }
        // `every` looks for one that is false, `some` and `none` for one that is true.
        let sought = Truth::from(quantified.quantifier != Quantifier::Every);
        if answer.truth == Truth::Unknown || answer.truth == sought && sure != Truth::True {
            let why = answer.why.take().or(item.why);
            let why = why.or(Some(Cow::Borrowed("it cannot be said whether it counts")));
            answer = Answer {
                truth: Truth::Unknown,
                why,
                ..answer
            };
        }
        Some(answer)
    }

    fn quantified(&self, quantified: &Quantified) -> Answer<'a, 's> {
        let (items, more) = self.items(&quantified.domain);
        let before = self.binding(quantified.slot);
        let negative = quantified.quantifier != Quantifier::Some;
        let sought = Truth::from(quantified.quantifier != Quantifier::Every);
        let wanted = match &quantified.at_least {
            None => Some(1),
            Some(operand) => self.limit(operand).map(|number| number as usize),
        };
        let mut undecided: Option<Answer<'a, 's>> =
            more.map(|(span, why)| Answer::unknown(span, why));
        if wanted.is_none() {
            undecided = Some(Answer::plain(Truth::Unknown));
        }
        let wanted = wanted.unwrap_or(usize::MAX);
        let mut found: Vec<Answer<'a, 's>> = Vec::new();
        let mut values = Vec::new();
        for item in items {
            let is_many = matches!(item.binding, Binding::Resource(index)
                if self.project.resource(index).stands_for_many());
            let Some(answer) = self.ask_item(quantified, item) else {
                continue;
            };
            // One stands for an unknown number, none and many among them.
            if is_many && quantified.at_least.is_some() && answer.truth == sought {
                let why = "how many there are is not known";
                undecided.get_or_insert(Answer {
                    truth: Truth::Unknown,
                    why: Some(Cow::Borrowed(why)),
                    ..answer
                });
            } else if answer.truth == sought {
                found.push(answer);
                match &quantified.different {
                    Some(path) => values.push(self.reach(path)),
                    None if found.len() >= wanted => break,
                    None => {}
                }
            } else if answer.truth == Truth::Unknown {
                undecided.get_or_insert(answer);
            }
        }
        self.bind(quantified.slot, before);
        if found.len() >= wanted {
            let differ = match &quantified.different {
                Some(_) => self.differ(&values),
                None => Truth::True,
            };
            match (differ, found.into_iter().next()) {
                (Truth::True, Some(found)) => {
                    return Answer {
                        truth: Truth::from(!negative),
                        ..found
                    };
                }
                (Truth::Unknown, Some(found)) => {
                    undecided.get_or_insert(Answer {
                        truth: Truth::Unknown,
                        why: Some(Cow::Borrowed("it cannot be told whether they differ")),
                        ..found
                    });
                }
                _ => {}
            }
        }
        if let Some(undecided) = undecided {
            return undecided;
        }
        let missing = match quantified.domain {
            _ if quantified.ignores_unread => Missing::Nothing,
            Domain::Each(_) | Domain::Statements(_) => Missing::Here,
            Domain::Linked(_) | Domain::Followed(..) => Missing::Linked,
            Domain::Resources(_) => Missing::Elsewhere,
        };
        Answer {
            at: self.domain_place(&quantified.domain),
            ..Answer::plain(Truth::from(negative))
        }
        .missing(missing)
    }

    /// Whether values are not all the same.
    fn differ(&self, values: &[Reached<'_, '_>]) -> Truth {
        let mut answer = Truth::False;
        for (at, one) in values.iter().enumerate() {
            for other in &values[at + 1..] {
                let same = match (one, other) {
                    (Reached::Value(one), Reached::Value(other)) => self.same(one, other),
                    _ => Truth::Unknown,
                };
                match same {
                    Truth::False => return Truth::True,
                    Truth::Unknown => answer = Truth::Unknown,
                    Truth::True => {}
                }
            }
        }
        answer
    }

    /// How many elements the first list of a domain has, whichever conditions they depend on.
    pub(crate) fn first_list(&self, domain: &Domain) -> Option<usize> {
        let mut path = match domain {
            Domain::Each(path) => path.clone(),
            Domain::Statements(path) => {
                let mut path = path.clone();
                path.steps.push(Step::Key("Statement".to_owned()));
                path
            }
            Domain::Resources(_) | Domain::Linked(_) | Domain::Followed(..) => return None,
        };
        if let Some(at) = path.steps.iter().position(|step| *step == Step::All) {
            path.steps.truncate(at);
        }
        match self.reach(&path) {
            Reached::Value(node) => node.as_list().map(<[Node<'_>]>::len),
            Reached::Missing(_) | Reached::Unknown(..) => None,
        }
    }

    /// A value's place. A list or a mapping is pointed at by its key: its lines may be many.
    pub(crate) fn place_at(&self, node: &'a Node<'s>, path: &Path) -> At<'a, 's> {
        let span = match node.value {
            Value::List(_) | Value::Map(_) => self.key_of(path).unwrap_or_else(|| head_of(node)),
            _ => node.span,
        };
        At {
            span,
            node: Some(node),
        }
    }

    /// Where the key stands that a path ends with.
    fn key_of(&self, path: &Path) -> Option<Span> {
        let (Step::Key(key), steps) = path.steps.split_last()? else {
            return None;
        };
        let (from, parent) = self.root(path).ok()?;
        match self.walk(from, steps, parent) {
            Reached::Value(node) => Some(node.as_map()?.entry(key)?.key_span),
            Reached::Missing(_) | Reached::Unknown(..) => None,
        }
    }

    /// Where the things of a domain stand, or would.
    fn domain_place(&self, domain: &Domain) -> Option<At<'a, 's>> {
        let (Domain::Each(path) | Domain::Statements(path) | Domain::Followed(path, _)) = domain
        else {
            return None;
        };
        let stem = path.steps.iter().position(Step::is_many);
        let path = Path {
            steps: path.steps[..stem.unwrap_or(path.steps.len())].to_vec(),
            ..path.clone()
        };
        Some(match self.reach(&path) {
            Reached::Value(node) => self.place_at(node, &path),
            Reached::Missing(span) | Reached::Unknown(span, _) => At::place(span),
        })
    }

    /// The logical id of what is asked; the template's place where it is the whole template.
    pub(crate) fn subject_place(&self) -> Span {
        match self.subject {
            Some(index) => self.project.resource(index).address_span,
            None => self.project.span,
        }
    }

    fn place_of(&self, binding: &Binding<'a, 's>) -> Option<At<'a, 's>> {
        match binding {
            Binding::Resource(index) => Some(At::place(self.project.resource(*index).address_span)),
            Binding::Node(node) => Some(At::place(head_of(node))),
            Binding::Missing(span) | Binding::Unknown(span, _) => Some(At::place(*span)),
            Binding::Nothing => None,
        }
    }
}

/// One thing of a domain.
#[derive(Debug)]
pub struct Item<'a, 's> {
    /// The thing.
    pub binding: Binding<'a, 's>,
    /// Whether it is surely there.
    pub sure: Truth,
    /// Why that is not known.
    pub why: Option<Cow<'a, str>>,
}

impl<'a, 's> Item<'a, 's> {
    fn sure(binding: Binding<'a, 's>) -> Self {
        Self {
            binding,
            sure: Truth::True,
            why: None,
        }
    }
}

/// The slot of the subject, for callers that bind it.
pub(crate) fn bind_subject<'a, 's>(asking: &Asking<'a, 's>, subject: Option<u32>) {
    asking.bind(
        SUBJECT,
        match subject {
            Some(index) => Binding::Resource(index),
            None => Binding::Nothing,
        },
    );
}
