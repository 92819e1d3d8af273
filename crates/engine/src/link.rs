//! Links: which resources refer to which, told from what they hold.

use crate::answer::{Answer, At, Missing, Truth};
use crate::evaluate::{Asking, Binding, Item};
use crate::operator::same;
use crate::path::{Reached, pieces_of};
use crate::rule::{Link, Path, ReferencedTest, Slot, Step, TextPart};
use pillarlint_parser::model::{DEPENDS_ON, Edge, Resource, Scenario};
use pillarlint_parser::source::Span;
use pillarlint_parser::tree::{Node, Origin, Reference, Symbol, Value};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// What each resource refers to or waits for, by the resource.
type Uses = HashMap<u32, Vec<u32>>;

/// Links of a project, indexed when they are first followed.
#[derive(Debug, Default)]
pub struct Links {
    uses: RefCell<Option<Rc<Uses>>>,
    by_link: RefCell<HashMap<usize, Rc<LinkIndex>>>,
}

/// Candidates of one link: those that plainly refer to one resource, by that resource, and the rest.
#[derive(Debug, Default)]
struct LinkIndex {
    plain: HashMap<u32, Vec<u32>>,
    /// Candidates that hold nothing but this one text.
    texts: HashMap<String, Vec<u32>>,
    rest: Vec<u32>,
}

impl<'a, 's> Asking<'a, 's> {
    pub(crate) fn linked(
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
        let candidates = self.candidates(link, around, &target);
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
        // What exists only where parameters have other values than their defaults is linked to there; the others were
        // read with the defaults.
        let may_stand_elsewhere = || {
            let kinds = link.kinds.iter();
            let mut of_kind = kinds.flat_map(|kind| self.project.of_kind(kind));
            of_kind.any(|index| self.project.resource(*index).scenario != self.scenario)
        };
        let is_read_otherwise = self.scenario != Scenario::DEFAULTS;
        if is_read_otherwise && unresolved.is_none() && items.is_empty() && may_stand_elsewhere() {
            let why = "what may refer to it was read with the defaults of the parameters";
            unresolved = Some((self.subject_place(), Cow::Borrowed(why)));
        }
        unresolved
    }

    /// The resources that may refer to the target, in the order of the file, and whether they plainly do.
    fn candidates(
        &self,
        link: &Link,
        around: Option<(&str, &str)>,
        target: &Target<'a, 's>,
    ) -> Vec<(u32, bool)> {
        let unsure = |one: &u32| (*one, false);
        let mut candidates: Vec<(u32, bool)> = match target {
            // Where the target is no resource, all are compared with its value.
            Target::Value(_) => link
                .kinds
                .iter()
                .flat_map(|kind| self.project.of_kind(kind))
                .map(unsure)
                .collect(),
            Target::Resource(target) => {
                let index = self.link_index(link);
                let plain = index.plain.get(target).into_iter().flatten();
                let mut candidates: Vec<(u32, bool)> = plain.map(|one| (*one, true)).collect();
                candidates.extend(index.rest.iter().map(unsure));
                // A text is no reference, so it can only be the target's own name.
                let resource = self.project.resource(*target);
                let name = link.name.as_ref().map(|path| {
                    self.walk(&resource.properties, &path.steps, resource.address_span)
                });
                let known = match &name {
                    Some(Reached::Value(node)) => crate::operator::known_text(node),
                    _ => None,
                };
                match (name, known) {
                    (None | Some(Reached::Missing(_)), _) => {}
                    (_, Some(name)) => {
                        let (before, after) = around.unwrap_or(("", ""));
                        let spelled = index.texts.get(&format!("{before}{name}{after}"));
                        candidates.extend(spelled.into_iter().flatten().map(unsure));
                    }
                    (_, None) => candidates.extend(index.texts.values().flatten().map(unsure)),
                }
                candidates
            }
        };
        candidates.sort_unstable();
        candidates.dedup_by_key(|(one, _)| *one);
        candidates
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
            Reached::Missing(span) => {
                Err((span, Cow::Borrowed("what it should refer to is not set")))
            }
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
        for candidate in link
            .kinds
            .iter()
            .flat_map(|kind| self.project.of_kind(kind))
        {
            let mut plain = Vec::new();
            let mut is_plain = link.text.is_none();
            for path in &link.by {
                let candidate = self.project.resource(*candidate);
                let from = path.start(candidate);
                is_plain &= self.plain_references(from, &path.steps, link, &mut plain);
            }
            if is_plain {
                for target in plain {
                    let candidates = index.plain.entry(target).or_default();
                    if candidates.last() != Some(candidate) {
                        candidates.push(*candidate);
                    }
                }
            } else if let Some(text) = self.only_text(*candidate, link) {
                index.texts.entry(text).or_default().push(*candidate);
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

    /// The one text that a candidate holds where it may refer.
    fn only_text(&self, candidate: u32, link: &Link) -> Option<String> {
        let [path] = link.by.as_slice() else {
            return None;
        };
        let mut node = &self.project.resource(candidate).properties;
        for step in &path.steps {
            match step {
                Step::Key(key) => node = node.get(key)?,
                Step::Index(_) | Step::All | Step::Members => return None,
            }
        }
        crate::operator::known_text(node).map(str::to_owned)
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
            let from = path.start(candidate);
            self.walk_all(from, &path.steps, candidate.address_span, &mut found);
        }
        // The elements of a list count one by one, also where the path does not say `[*]`.
        let mut answer = Truth::False;
        for reached in found {
            let one =
                match reached {
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
        let counts = |reference: &Reference<'_>| {
            reference.origin == Origin::Resource(target)
                && link
                    .attribute
                    .as_ref()
                    .is_none_or(|wanted| reference.attribute == *wanted)
        };
        if let Value::Symbol(symbol) = &node.value {
            match (&**symbol, around) {
                (Symbol::Reference(reference), None) if counts(reference) => return Truth::True,
                // What is plainly another resource is not this one, whatever this one is called.
                (Symbol::Reference(reference), _)
                    if matches!(reference.origin, Origin::Resource(other) if other != target)
                        && !self.may_hand_on(reference, &self.project.resource(target).kind) =>
                {
                    return Truth::False;
                }
                (Symbol::Reference(reference), None) => {
                    if let Some(host) = self.host_of(reference) {
                        return (host == target).into();
                    }
                }
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
                    if let (true, [one]) = (first, middle)
                        && let Value::Symbol(symbol) = &one.value
                        && matches!(&**symbol, Symbol::Reference(one) if counts(one))
                    {
                        return Truth::True;
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
                    Symbol::Reference(reference) if self.may_hand_on(reference, &resource.kind) => {
                        Truth::Unknown
                    }
                    Symbol::Reference(_) => Truth::False,
                    Symbol::Text(pieces) => {
                        if may_spell(pieces, target) {
                            Truth::Unknown
                        } else {
                            Truth::False
                        }
                    }
                },
                _ => Truth::False,
            },
        }
    }

    /// Whether another resource's attribute may be the target: a subnet's `VpcId`, a secret attachment itself.
    fn may_hand_on(&self, reference: &Reference<'_>, target_kind: &str) -> bool {
        let Origin::Resource(index) = reference.origin else {
            return false;
        };
        let kind = &*self.project.resource(index).kind;
        kind != target_kind
            && (kind.ends_with("Attachment") || !means_itself(kind, &reference.attribute))
    }

    /// What the id of a companion (`aws_s3_bucket_versioning.logs.id`) is the id of: the one resource of the kind that
    /// it belongs to which it refers to.
    fn host_of(&self, reference: &Reference<'_>) -> Option<u32> {
        let Origin::Resource(companion) = reference.origin else {
            return None;
        };
        if reference.attribute != "id" {
            return None;
        }
        let kind = &*self.project.resource(companion).kind;
        let is_host = |index: u32| {
            kind.strip_prefix(&*self.project.resource(index).kind)
                .is_some_and(|rest| rest.starts_with('_'))
        };
        let edges = self.project.edges.iter();
        let mut hosts = edges
            .filter(|edge| edge.from == Some(companion) && edge.attribute != DEPENDS_ON)
            .map(|edge| edge.to)
            .filter(|index| is_host(*index));
        let host = hosts.next()?;
        hosts.all(|other| other == host).then_some(host)
    }

    /// Collects the resources that a path refers to by plain references; false where it holds anything else
    /// that might refer.
    fn plain_references(
        &self,
        node: &Node<'_>,
        steps: &[Step],
        link: &Link,
        found: &mut Vec<u32>,
    ) -> bool {
        match &node.value {
            Value::Symbol(symbol) => match &**symbol {
                Symbol::Reference(reference) if steps.iter().all(Step::is_many) => {
                    match reference.origin {
                        Origin::Resource(index) => {
                            let kind = &self.project.resource(index).kind;
                            if !means_itself(kind, &reference.attribute) {
                                let host = self.host_of(reference);
                                found.extend(host.filter(|_| link.attribute.is_none()));
                                return host.is_some() && link.attribute.is_none();
                            }
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
                    .all(|item| self.plain_references(item, rest, link, found))
            }
            Value::Map(map) => match steps.first() {
                None => true,
                Some(Step::Members) => map
                    .entries
                    .iter()
                    .all(|entry| self.plain_references(&entry.value, &steps[1..], link, found)),
                Some(Step::Key(key)) => map
                    .get(key)
                    .is_none_or(|value| self.plain_references(value, &steps[1..], link, found)),
                Some(_) => false,
            },
            // A literal may spell the target's name.
            _ => link.name.is_none() && steps.is_empty() && link.text.is_none(),
        }
    }

    /// Whether the subject refers to a resource or waits for it, by itself or through others.
    pub(crate) fn depends_on(&self, slot: Slot) -> Answer<'a, 's> {
        let (Some(subject), Binding::Resource(wanted)) = (self.subject, self.binding(slot)) else {
            return Answer::plain(Truth::Unknown);
        };
        let uses = self.uses();
        let mut reached = HashSet::from([subject]);
        let mut open = vec![subject];
        while let Some(resource) = open.pop() {
            for next in uses.get(&resource).into_iter().flatten() {
                if reached.insert(*next) {
                    open.push(*next);
                }
            }
        }
        let resource = self.project.resource(subject);
        let waits_for = resource
            .attributes
            .get("depends_on")
            .and_then(Node::as_list);
        let mut waits_for = waits_for.into_iter().flatten();
        let open = waits_for.find(|one| {
            matches!(&one.value, Value::Symbol(symbol) if matches!(**symbol, Symbol::Unknown(_)))
        });
        match open.filter(|_| !reached.contains(&wanted)) {
            Some(open) => Answer::unknown(open.span, crate::path::why_unknown(open)),
            None => {
                let place = At::place(resource.address_span);
                Answer::at(reached.contains(&wanted).into(), place).missing(Missing::Here)
            }
        }
    }

    fn uses(&self) -> Rc<Uses> {
        let mut uses = self.links.uses.borrow_mut();
        let uses = uses.get_or_insert_with(|| {
            let mut uses = Uses::new();
            for edge in &self.project.edges {
                if let Some(from) = edge.from {
                    uses.entry(from).or_default().push(edge.to);
                }
            }
            Rc::new(uses)
        });
        Rc::clone(uses)
    }

    pub(crate) fn referenced(&self, test: &ReferencedTest) -> Answer<'a, 's> {
        let kinds = &test.kinds;
        let Some(subject) = self.subject else {
            return Answer::plain(Truth::Unknown);
        };
        let place = At::place(self.project.resource(subject).address_span);
        let truth = Truth::any(self.project.edges_to(subject).map(|edge| match edge.from {
            // Being waited for is no use.
            _ if edge.attribute == DEPENDS_ON => Truth::False,
            Some(from) if from == subject => Truth::False,
            Some(from) => {
                let resource = self.project.resource(from);
                let is_one = |kinds: &[String]| kinds.iter().any(|kind| *kind == resource.kind);
                if (kinds.is_empty() || is_one(kinds))
                    && !(is_one(&test.except) && self.stands_at(resource, edge, &test.except_at))
                {
                    self.exists(resource)
                } else {
                    Truth::False
                }
            }
            None => kinds.is_empty().into(),
        }));
        Answer {
            why: (truth == Truth::Unknown).then_some(Cow::Borrowed(
                "what refers to it exists only under a condition",
            )),
            ..Answer::at(truth, place).missing(Missing::Linked)
        }
    }

    /// Whether an edge begins at one of these paths of a resource; at no path stands for anywhere.
    fn stands_at(&self, from: &'a Resource<'s>, edge: &Edge, paths: &[Path]) -> bool {
        let holds = |path: &Path| match self.walk(&from.properties, &path.steps, from.address_span)
        {
            Reached::Value(node) => {
                node.span.file == edge.span.file
                    && node.span.start <= edge.span.start
                    && edge.span.end <= node.span.end
            }
            Reached::Missing(_) | Reached::Unknown(..) => false,
        };
        paths.is_empty() || paths.iter().any(holds)
    }
}

enum Target<'a, 's> {
    Resource(u32),
    Value(&'a Node<'s>),
}

/// Whether a joined text may still turn out as the wanted one: a piece of it is not known at all, or stands beside
/// the reference to the target and is given at deployment.
fn may_spell(pieces: &[Node<'_>], target: u32) -> bool {
    let mut refers = false;
    let mut given = false;
    for piece in pieces {
        let Value::Symbol(symbol) = &piece.value else {
            continue;
        };
        match &**symbol {
            Symbol::Reference(reference) if reference.origin == Origin::Resource(target) => {
                refers = true;
            }
            Symbol::Reference(_) | Symbol::Text(_) => given = true,
            Symbol::Choice(_) | Symbol::Unknown(_) => return true,
        }
    }
    refers && given
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
    match (
        crate::operator::known_text(node),
        crate::operator::known_text(name),
    ) {
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
                // A dynamic reference may give any name.
                return node.as_str().map_or(Truth::False, |_| Truth::Unknown);
            };
            let Symbol::Text(pieces) = &**symbol else {
                return Truth::Unknown;
            };
            // The name may itself be joined of pieces, the outer ones run together with the ends.
            let own = pieces_of(name).unwrap_or(std::slice::from_ref(name));
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
                return Truth::True;
            }
            let (start, end) = ends(own);
            let own = (format!("{before}{start}"), format!("{end}{after}"));
            if may_meet(ends(pieces), (&own.0, &own.1)) {
                Truth::Unknown
            } else {
                Truth::False
            }
        }
    }
}

/// What a joined text certainly begins and ends with.
pub(crate) fn ends<'p>(pieces: &'p [Node<'_>]) -> (&'p str, &'p str) {
    let literal = |piece: Option<&'p Node<'_>>| piece.and_then(Node::as_str).unwrap_or_default();
    (literal(pieces.first()), literal(pieces.last()))
}

/// Whether texts with these ends may be the same.
pub(crate) fn may_meet(one: (&str, &str), other: (&str, &str)) -> bool {
    (one.0.starts_with(other.0) || other.0.starts_with(one.0))
        && (one.1.ends_with(other.1) || other.1.ends_with(one.1))
}

/// Whether an attribute names the resource itself, rather than another one that it has to do with. The id of a
/// companion (`aws_s3_bucket_versioning`) is that of what it belongs to.
pub(crate) fn means_itself(kind: &str, attribute: &str) -> bool {
    let is_companion = || {
        let mut ends = kind.match_indices('_').map(|(end, _)| end).skip(1);
        ends.any(|end| pillarlint_schema::terraform::exists(&kind[..end]))
    };
    // What other providers give (`random_pet.name.id`) may be anything's name.
    if !kind.contains("::") && !kind.starts_with("aws_") {
        return false;
    }
    match attribute {
        "" | "arn" | "name" => true,
        "id" => !is_companion(),
        other => other.ends_with("Arn"),
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
            // The same words may mean another value in another instance: only the very same one is equal.
            _ => format!("{node:p}"),
        },
        _ => format!("{node:p}"),
    }
}
