//! Conditions, answered for one subject in one world.
//!
//! Logic is Kleene's. Where an answer needs a template condition that the world leaves open, the first
//! such condition is remembered ([`Asking::open`]), and [`crate::check`] asks again for each of its answers.

use crate::operator::same;
use crate::path::{Reached, head_of, why_unknown};
use crate::rule::{
    Absent, Condition, Domain, Link, Operator, Path, PortTest, Quantified, Quantifier, SUBJECT,
    Slot, Step, Test, TextPart,
};
use pillarlint_parser::model::{ConditionId, Project, Resource, Scenario, Truth as Existence};
use pillarlint_parser::source::Span;
use pillarlint_parser::tree::{Node, Origin, Symbol, Value};
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// True, false or unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not.
    False,
    /// It cannot be said.
    Unknown,
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

impl Truth {
    /// The other answer.
    #[must_use]
    pub fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }

    /// True where one is, false where all are.
    pub fn any(all: impl Iterator<Item = Self>) -> Self {
        let mut answer = Self::False;
        for one in all {
            match one {
                Self::True => return Self::True,
                Self::Unknown => answer = Self::Unknown,
                Self::False => {}
            }
        }
        answer
    }

    /// False where one is, true where all are.
    pub fn all(all: impl Iterator<Item = Self>) -> Self {
        Self::any(all.map(Self::not)).not()
    }
}

/// An answer, with the place that it is about.
#[derive(Debug, Clone)]
pub struct Answer<'a, 's> {
    /// The answer.
    pub truth: Truth,
    /// The value that decided it.
    pub at: Option<At<'a, 's>>,
    /// Whether the rule's author chose this place.
    pub culprit: bool,
    /// What is not known, where it is unknown.
    pub why: Option<Cow<'a, str>>,
}

/// A place, and the value that stands there; where nothing does, the nearest thing.
#[derive(Debug, Clone)]
pub struct At<'a, 's> {
    /// The place.
    pub span: Span,
    /// The value.
    pub node: Option<&'a Node<'s>>,
}

impl<'a, 's> At<'a, 's> {
    /// A value's place.
    pub fn value(node: &'a Node<'s>) -> Self {
        Self {
            span: node.span,
            node: Some(node),
        }
    }

    /// A place where nothing stands.
    pub fn place(span: Span) -> Self {
        Self { span, node: None }
    }
}

impl<'a, 's> Answer<'a, 's> {
    /// An answer without a place.
    pub fn plain(truth: Truth) -> Self {
        Self {
            truth,
            at: None,
            culprit: false,
            why: None,
        }
    }

    /// An answer about a place.
    pub fn at(truth: Truth, at: At<'a, 's>) -> Self {
        Self {
            at: Some(at),
            ..Self::plain(truth)
        }
    }

    /// An unknown answer.
    pub fn unknown(span: Span, why: Cow<'a, str>) -> Self {
        Self {
            why: Some(why),
            ..Self::at(Truth::Unknown, At::place(span))
        }
    }

    fn not(self) -> Self {
        Self {
            truth: self.truth.not(),
            ..self
        }
    }
}

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

/// Links of a project, indexed when they are first followed.
#[derive(Debug, Default)]
pub struct Links {
    by_link: RefCell<HashMap<usize, Rc<LinkIndex>>>,
}

/// Candidates of one link: those that plainly refer to one resource, by that resource, and the rest.
#[derive(Debug, Default)]
struct LinkIndex {
    plain: HashMap<u32, Vec<u32>>,
    rest: Vec<u32>,
}

/// One subject being asked, in one world.
pub struct Asking<'a, 's> {
    /// The project.
    pub project: &'a Project<'s>,
    /// Its links.
    pub links: &'a Links,
    /// The actions that support resource-level permissions ([`crate::ruleset::Ruleset::iam_actions`]).
    pub iam_actions: &'a str,
    /// The resource that is asked; absent for the whole template.
    pub subject: Option<u32>,
    /// The scenario that it lives in.
    pub scenario: Scenario,
    /// The conditions that are taken to hold or not.
    pub world: &'a [(ConditionId, bool)],
    /// The first condition that an answer needed and the world leaves open.
    pub open: Cell<Option<ConditionId>>,
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
        match self
            .project
            .exists(resource, self.scenario, self.world)
        {
            Existence::Known(exists) => exists.into(),
            Existence::Open(condition) => match self.decide(condition) {
                Some(exists) => exists.into(),
                None => Truth::Unknown,
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
                Ok(if path.beside {
                    (&resource.attributes, resource.address_span)
                } else {
                    (&resource.properties, resource.address_span)
                })
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
            Condition::Not(part) => self.ask(part).not(),
            Condition::Test(test) => self.test(test),
            Condition::Quantified(quantified) => self.quantified(quantified),
            Condition::Statement(test) => self.statement(test),
            Condition::Referenced(kinds) => self.referenced(kinds),
            Condition::CoversPort(test) => self.covers_port(test),
            Condition::Builtin(call) => crate::builtin::condition(self, call),
        }
    }

    /// `all` stops at false, `any` at true. The place is the culprit's, else that of the first part that
    /// decided (or of the first part at all).
    fn combine(&self, parts: &[Condition], decisive: Truth) -> Answer<'a, 's> {
        let mut unknown: Option<Answer<'a, 's>> = None;
        let mut other: Option<Answer<'a, 's>> = None;
        for part in parts {
            let answer = self.ask(part);
            if answer.truth == decisive {
                return answer;
            }
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
            .unwrap_or_else(|| Answer::plain(decisive.not()))
    }

    fn test(&self, test: &Test) -> Answer<'a, 's> {
        let answer = match self.reach(&test.at) {
            Reached::Value(node) => {
                let truth = self.compare(node, &test.operator);
                Answer {
                    why: (truth == Truth::Unknown).then(|| why_unknown(node)),
                    ..Answer::at(truth, self.place_at(node, &test.at))
                }
            }
            Reached::Missing(span) => {
                let truth = match (&test.operator, test.absent) {
                    (Operator::Set(wanted), _) => (!*wanted).into(),
                    (Operator::Empty(wanted), _) => (*wanted).into(),
                    (_, Absent::Pass) => Truth::True,
                    (_, Absent::Fail) => Truth::False,
                    (_, Absent::Unknown) => Truth::Unknown,
                };
                Answer {
                    why: (truth == Truth::Unknown).then_some(Cow::Borrowed("it is not set")),
                    ..Answer::at(truth, At::place(span))
                }
            }
            Reached::Unknown(span, why) => Answer::unknown(span, why),
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
        }
        (items, more)
    }

    fn quantified(&self, quantified: &Quantified) -> Answer<'a, 's> {
        let (items, more) = self.items(&quantified.domain);
        let before = self.binding(quantified.slot);
        let negative = quantified.quantifier != Quantifier::Some;
        // `every` looks for one that is false, `some` and `none` for one that is true.
        let sought = match quantified.quantifier {
            Quantifier::Every => Truth::False,
            Quantifier::Some | Quantifier::None => Truth::True,
        };
        let mut undecided: Option<Answer<'a, 's>> =
            more.map(|(span, why)| Answer::unknown(span, why));
        let mut found: Option<Answer<'a, 's>> = None;
        for item in items {
            let place = self.place_of(&item.binding);
            self.bind(quantified.slot, item.binding);
            let mut sure = item.sure;
            if let Some(filter) = &quantified.filter {
                match self.ask(filter).truth {
                    Truth::True => {}
                    Truth::False => continue,
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
            if answer.truth == sought && sure == Truth::True {
                found = Some(answer);
                break;
            }
            if answer.truth == sought || answer.truth == Truth::Unknown {
                let why = answer
                    .why
                    .take()
                    .or(item.why)
                    .or(Some(Cow::Borrowed("it cannot be said whether it counts")));
                undecided.get_or_insert(Answer {
                    truth: Truth::Unknown,
                    why,
                    ..answer
                });
            }
        }
        self.bind(quantified.slot, before);
        if let Some(found) = found {
            return Answer {
                truth: Truth::from(!negative),
                ..found
            };
        }
        if let Some(undecided) = undecided {
            return undecided;
        }
        Answer {
            at: self.domain_place(&quantified.domain),
            ..Answer::plain(Truth::from(negative))
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
        let (Domain::Each(path) | Domain::Statements(path)) = domain else {
            return None;
        };
        let stem = path.steps.iter().position(|step| *step == Step::All);
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

    fn linked(
        &self,
        link: &Link,
        items: &mut Vec<Item<'a, 's>>,
    ) -> Option<(Span, Cow<'a, str>)> {
        let around = match &link.text {
            None => None,
            Some((before, after)) => match (self.rendered(before), self.rendered(after)) {
                (Some(before), Some(after)) => Some((before, after)),
                _ => {
                    let why = "what it should be called there is not known";
                    return Some((self.subject_place(), Cow::Borrowed(why)));
                }
            },
        };
        let around = around
            .as_ref()
            .map(|(before, after)| (before.as_str(), after.as_str()));
        let target = match self.target(&link.to) {
            Ok(target) => target,
            Err((span, why)) => return Some((span, why)),
        };
        let index = self.link_index(link);
        let empty = Vec::new();
        let plain = match target {
            Target::Resource(resource) => index.plain.get(&resource).unwrap_or(&empty),
            Target::Value(_) => &empty,
        };
        // Other values than plain references are compared one by one; where the target is no resource, all are.
        let mut candidates: Vec<(u32, bool)> = plain.iter().map(|one| (*one, true)).collect();
        candidates.extend(index.rest.iter().map(|one| (*one, false)));
        if matches!(target, Target::Value(_)) {
            let mut others: Vec<u32> = Vec::new();
            for kind in &link.kinds {
                others.extend(self.project.of_kind(kind));
            }
            candidates = others.into_iter().map(|one| (one, false)).collect();
        }
        candidates.sort_unstable();
        candidates.dedup_by_key(|(one, _)| *one);
        let mut unresolved = None;
        for (candidate, plainly) in candidates {
            let resource = self.project.resource(candidate);
            if Some(candidate) == self.subject && link.kinds.len() == 1 && !plainly {
                continue;
            }
            let refers = if plainly {
                Truth::True
            } else {
                self.refers(resource, link, around, &target)
            };
            match refers {
                Truth::False => {}
                Truth::Unknown => {
                    if self.exists(resource) != Truth::False {
                        unresolved.get_or_insert((
                            self.subject_place(),
                            Cow::Owned(format!(
                                "it cannot be told what `{}` refers to",
                                resource.address
                            )),
                        ));
                    }
                }
                Truth::True => match self.exists(resource) {
                    Truth::False => {}
                    sure => items.push(Item {
                        binding: Binding::Resource(candidate),
                        sure,
                        why: (sure == Truth::Unknown).then(|| {
                            Cow::Owned(format!(
                                "`{}` exists only under a condition",
                                resource.address
                            ))
                        }),
                    }),
                },
            }
        }
        unresolved
    }

    /// A text with values in it, where all of them are known.
    fn rendered(&self, parts: &[TextPart]) -> Option<String> {
        let mut text = String::new();
        for part in parts {
            match part {
                TextPart::Literal(literal) => text.push_str(literal),
                TextPart::Value(path) => match self.reach(path) {
                    Reached::Value(node) => text.push_str(crate::operator::known_text(node)?),
                    Reached::Missing(_) | Reached::Unknown(..) => return None,
                },
            }
        }
        Some(text)
    }

    /// What a link refers to.
    fn target(&self, to: &Path) -> Result<Target<'a, 's>, (Span, Cow<'a, str>)> {
        if to.steps.is_empty() && !to.beside {
            match self.binding(to.root) {
                Binding::Resource(index) => return Ok(Target::Resource(index)),
                Binding::Unknown(span, why) => return Err((span, why)),
                Binding::Missing(span) => {
                    return Err((span, Cow::Borrowed("what it should refer to is not set")));
                }
                Binding::Node(_) | Binding::Nothing => {}
            }
        }
        match self.reach(to) {
            Reached::Value(node) => Ok(match self.referred(node) {
                Some(index) => Target::Resource(index),
                None => Target::Value(node),
            }),
            Reached::Missing(span) => Err((span, Cow::Borrowed("what it should refer to is not set"))),
            Reached::Unknown(span, why) => Err((span, why)),
        }
    }

    fn link_index(&self, link: &Link) -> Rc<LinkIndex> {
        // A link lives as long as the rules, so its address names it.
        let key = std::ptr::from_ref(link).addr();
        if let Some(index) = self.links.by_link.borrow().get(&key) {
            return Rc::clone(index);
        }
        let mut index = LinkIndex::default();
        for candidate in link.kinds.iter().flat_map(|kind| self.project.of_kind(kind)) {
            let mut plain = Vec::new();
            let mut is_plain = link.text.is_none();
            for path in &link.by {
                is_plain &= plain_references(
                    &self.project.resource(*candidate).properties,
                    &path.steps,
                    link,
                    &mut plain,
                );
            }
            if is_plain {
                for target in plain {
                    let candidates = index.plain.entry(target).or_default();
                    if candidates.last() != Some(candidate) {
                        candidates.push(*candidate);
                    }
                }
            } else {
                index.rest.push(*candidate);
            }
        }
        let index = Rc::new(index);
        self.links
            .by_link
            .borrow_mut()
            .insert(key, Rc::clone(&index));
        index
    }

    /// Whether a candidate of a link refers to the target.
    fn refers(
        &self,
        candidate: &'a Resource<'s>,
        link: &Link,
        around: Option<(&str, &str)>,
        target: &Target<'a, 's>,
    ) -> Truth {
        let mut found = Vec::new();
        for path in &link.by {
            let from = if path.beside {
                &candidate.attributes
            } else {
                &candidate.properties
            };
            self.walk_all(from, &path.steps, candidate.address_span, &mut found);
        }
        // The elements of a list count one by one, also where the path does not say `[*]`.
        let mut answer = Truth::False;
        for reached in found {
            let one = match reached {
                Reached::Value(node) => match &node.value {
                    Value::List(items) => Truth::any(items.iter().map(|item| {
                        match self.settle_value(item, item.span) {
                            Reached::Value(item) => self.is_target(item, link, around, target),
                            Reached::Missing(_) => Truth::False,
                            Reached::Unknown(..) => Truth::Unknown,
                        }
                    })),
                    _ => self.is_target(node, link, around, target),
                },
                Reached::Missing(_) => Truth::False,
                Reached::Unknown(..) => Truth::Unknown,
            };
            match one {
                Truth::True => return Truth::True,
                Truth::Unknown => answer = Truth::Unknown,
                Truth::False => {}
            }
        }
        answer
    }

    fn is_target(
        &self,
        node: &'a Node<'s>,
        link: &Link,
        around: Option<(&str, &str)>,
        target: &Target<'a, 's>,
    ) -> Truth {
        let target = match target {
            Target::Value(value) => return same(node, value),
            Target::Resource(index) => *index,
        };
        let counts = |reference: &pillarlint_parser::tree::Reference<'_>| {
            reference.origin == Origin::Resource(target)
                && link
                    .attribute
                    .as_ref()
                    .is_none_or(|wanted| reference.attribute == *wanted)
        };
        if let Value::Symbol(symbol) = &node.value {
            match (&**symbol, around) {
                (Symbol::Reference(reference), None) if counts(reference) => return Truth::True,
                (Symbol::Text(pieces), None)
                    if pieces.iter().any(|piece| match &piece.value {
                        Value::Symbol(symbol) => {
                            matches!(&**symbol, Symbol::Reference(one) if counts(one))
                        }
                        _ => false,
                    }) =>
                {
                    return Truth::True;
                }
                (Symbol::Text(pieces), Some((before, after))) => {
                    let (first, middle) = strip(pieces, before, after);
                    if let (true, [one]) = (first, middle) {
                        if let Value::Symbol(symbol) = &one.value {
                            if matches!(&**symbol, Symbol::Reference(one) if counts(one)) {
                                return Truth::True;
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        self.is_name_of(node, link, around, target)
    }

    /// Whether a value spells the target's own name.
    fn is_name_of(
        &self,
        node: &'a Node<'s>,
        link: &Link,
        around: Option<(&str, &str)>,
        target: u32,
    ) -> Truth {
        let resource = self.project.resource(target);
        let name = match &link.name {
            None => Reached::Missing(resource.address_span),
            Some(path) => self.walk(&resource.properties, &path.steps, resource.address_span),
        };
        let (before, after) = around.unwrap_or(("", ""));
        match name {
            Reached::Value(name) => spelled(node, before, name, after),
            Reached::Unknown(..) => Truth::Unknown,
            // A name that the service makes up cannot be written or given beforehand.
            Reached::Missing(_) => match &node.value {
                Value::Symbol(symbol) => match &**symbol {
                    Symbol::Unknown(_) | Symbol::Choice(_) => Truth::Unknown,
                    Symbol::Reference(_) => Truth::False,
                    Symbol::Text(pieces) => pieces
                        .iter()
                        .any(|piece| {
                            matches!(&piece.value, Value::Symbol(symbol) if matches!(**symbol, Symbol::Unknown(_)))
                        })
                        .then_some(Truth::Unknown)
                        .unwrap_or(Truth::False),
                },
                _ => Truth::False,
            },
        }
    }

    fn referenced(&self, kinds: &[String]) -> Answer<'a, 's> {
        let Some(subject) = self.subject else {
            return Answer::plain(Truth::Unknown);
        };
        let place = At::place(self.project.resource(subject).address_span);
        let truth = Truth::any(
            self.project
                .edges_to(subject)
                .map(|edge| match edge.from {
                    Some(from) if from == subject => Truth::False,
                    Some(from) => {
                        let resource = self.project.resource(from);
                        if kinds.is_empty() || kinds.iter().any(|kind| *kind == resource.kind) {
                            self.exists(resource)
                        } else {
                            Truth::False
                        }
                    }
                    None => kinds.is_empty().into(),
                }),
        );
        Answer {
            why: (truth == Truth::Unknown)
                .then_some(Cow::Borrowed("what refers to it exists only under a condition")),
            ..Answer::at(truth, place)
        }
    }

    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-securitygroup-ingress.html>
    fn covers_port(&self, test: &PortTest) -> Answer<'a, 's> {
        let text = |path: &Path| match self.reach(path) {
            Reached::Value(node) => match crate::operator::known_text(node) {
                Some(text) => Ok(Some((text, node))),
                None => Err((node.span, why_unknown(node))),
            },
            Reached::Missing(_) => Ok(None),
            Reached::Unknown(span, why) => Err((span, why)),
        };
        let mut place = None;
        match text(&test.protocol_at) {
            Ok(None) => {}
            Ok(Some((protocol, node))) => {
                place = Some(At::value(node));
                let number = if test.protocol == "udp" { "17" } else { "6" };
                // With protocol -1 all ports are open, whatever the ports say.
                if protocol == "-1" || protocol.eq_ignore_ascii_case("all") {
                    return Answer::at(Truth::True, At::value(node));
                }
                if !protocol.eq_ignore_ascii_case(&test.protocol) && protocol != number {
                    return Answer::at(Truth::False, At::value(node));
                }
            }
            Err((span, why)) => return Answer::unknown(span, why),
        }
        let port = f64::from(test.port);
        let (from, to) = match (text(&test.from), text(&test.to)) {
            (Ok(from), Ok(to)) => (from, to),
            (Ok(Some((from, node))), Err(unknown)) => {
                return match crate::operator::number(from) {
                    Some(from) if from > port => Answer::at(Truth::False, At::value(node)),
                    _ => Answer::unknown(unknown.0, unknown.1),
                };
            }
            (Err(unknown), Ok(Some((to, node)))) => {
                return match crate::operator::number(to) {
                    Some(to) if to < port && to >= 0.0 => {
                        Answer::at(Truth::False, At::value(node))
                    }
                    _ => Answer::unknown(unknown.0, unknown.1),
                };
            }
            (Err((span, why)), _) | (_, Err((span, why))) => return Answer::unknown(span, why),
        };
        if let Some((_, node)) = from.or(to) {
            place = Some(At::value(node));
        }
        let number = |bound: Option<(&str, _)>| bound.map(|(text, _)| crate::operator::number(text));
        let truth = match (number(from), number(to)) {
            (None, None) => Truth::True,
            (Some(Some(from)), _) if from < 0.0 => Truth::True,
            (Some(Some(from)), Some(Some(to))) => (from <= port && port <= to).into(),
            (Some(Some(one)), None) | (None, Some(Some(one))) => (one == port).into(),
            _ => Truth::Unknown,
        };
        Answer {
            truth,
            at: place,
            culprit: false,
            why: (truth == Truth::Unknown).then_some(Cow::Borrowed("its ports are no numbers")),
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

enum Target<'a, 's> {
    Resource(u32),
    Value(&'a Node<'s>),
}

/// Collects the resources that a path refers to by plain references; false where it holds anything else
/// that might refer.
fn plain_references(
    node: &Node<'_>,
    steps: &[Step],
    link: &Link,
    found: &mut Vec<u32>,
) -> bool {
    match &node.value {
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Reference(reference) if steps.iter().all(|step| *step == Step::All) => {
                match reference.origin {
                    Origin::Resource(index) => {
                        let counts = link
                            .attribute
                            .as_ref()
                            .is_none_or(|wanted| reference.attribute == *wanted);
                        if counts {
                            found.push(index);
                        }
                        true
                    }
                    _ => false,
                }
            }
            _ => false,
        },
        Value::Null => true,
        Value::List(items) => {
            let rest = match steps.first() {
                None => steps,
                Some(Step::All) => &steps[1..],
                Some(_) => return true,
            };
            items
                .iter()
                .all(|item| plain_references(item, rest, link, found))
        }
        Value::Map(map) => match steps.first() {
            None => true,
            Some(Step::Key(key)) => map
                .get(key)
                .is_none_or(|value| plain_references(value, &steps[1..], link, found)),
            Some(_) => false,
        },
        // A literal may spell the target's name.
        _ => link.name.is_none() && steps.is_empty() && link.text.is_none(),
    }
}

/// The pieces between two literal ends, and whether the ends fit.
fn strip<'p, 's>(pieces: &'p [Node<'s>], before: &str, after: &str) -> (bool, &'p [Node<'s>]) {
    let mut middle = pieces;
    if !before.is_empty() {
        match middle.split_first() {
            Some((first, rest)) if first.as_str() == Some(before) => middle = rest,
            _ => return (false, middle),
        }
    }
    if !after.is_empty() {
        match middle.split_last() {
            Some((last, rest)) if last.as_str() == Some(after) => middle = rest,
            _ => return (false, middle),
        }
    }
    (true, middle)
}

/// Whether a value is a name with text around it.
fn spelled(node: &Node<'_>, before: &str, name: &Node<'_>, after: &str) -> Truth {
    if before.is_empty() && after.is_empty() {
        return same(node, name);
    }
    match (crate::operator::known_text(node), crate::operator::known_text(name)) {
        (Some(text), Some(name)) => text
            .strip_prefix(before)
            .and_then(|text| text.strip_suffix(after))
            .is_some_and(|text| text == name)
            .into(),
        (Some(text), None) => {
            let fits = text.len() > before.len() + after.len()
                && text.starts_with(before)
                && text.ends_with(after);
            if fits { Truth::Unknown } else { Truth::False }
        }
        (None, _) => {
            let Value::Symbol(symbol) = &node.value else {
                return Truth::False;
            };
            let Symbol::Text(pieces) = &**symbol else {
                return Truth::Unknown;
            };
            // The name may itself be joined of pieces, the outer ones run together with the ends.
            let own = match &name.value {
                Value::Symbol(symbol) => match &**symbol {
                    Symbol::Text(pieces) => pieces.as_slice(),
                    _ => std::slice::from_ref(name),
                },
                _ => std::slice::from_ref(name),
            };
            let render = |pieces: &[Node<'_>]| -> String {
                pieces
                    .iter()
                    .map(|piece| match piece.as_str() {
                        Some(text) => text.to_owned(),
                        None => format!("\u{1}{}\u{1}", symbol_key(piece)),
                    })
                    .collect()
            };
            if render(pieces) == format!("{before}{}{after}", render(own)) {
                Truth::True
            } else {
                Truth::Unknown
            }
        }
    }
}

/// A text that is equal for equal references.
pub(crate) fn symbol_key(node: &Node<'_>) -> String {
    match &node.value {
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Reference(reference) => format!(
                "{:?}.{}{:?}",
                reference.origin, reference.attribute, reference.indices
            ),
            _ => format!("{:?}", node.span),
        },
        _ => format!("{:?}", node.span),
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
