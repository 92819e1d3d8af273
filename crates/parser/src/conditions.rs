//! Named conditions as formulas: which of them hold whatever is deployed, and which can hold together.
//!
//! A formula speaks of *atoms*, each the question whether something that is not known (a
//! parameter, a pseudo parameter, a text joined from such) equals a literal. Two atoms about the same
//! thing with different literals never hold together, and a thing with declared values has one of
//! them. Everything else is free.

use crate::model::{ConditionId, Scenario, Truth, World};
use std::borrow::Cow;
use std::collections::HashMap;

/// Steps of one search for an assignment; a search that needs more answers "satisfiable".
pub const MAX_STEPS: usize = 2_000;

/// Steps of all searches that look for conditions that are constant by contradiction.
const MAX_CONSTANT_STEPS: usize = 200_000;

/// Alternatives inside alternatives that one search goes into.
const MAX_BRANCHES: usize = 128;

/// All conditions of a unit, under every scenario.
///
/// A condition has one id for all scenarios in which it means the same, and another one where a
/// scenario opens parameters that it depends on.
#[derive(Debug, Default)]
pub struct Conditions<'s> {
    conditions: Vec<Condition<'s>>,
    ids: HashMap<Cow<'s, str>, ConditionId>,
    /// What differs from the defaults, for the scenarios from 1.
    scenarios: Vec<HashMap<ConditionId, ConditionId>>,
    /// What each atom says; nothing for one that is free of all others.
    atoms: Vec<Option<Equality<'s>>>,
    variables: Vec<Variable<'s>>,
    variable_ids: HashMap<String, u32>,
    equalities: HashMap<(u32, Cow<'s, str>), AtomId>,
    /// Steps that searches for constants have taken.
    constant_steps: usize,
    /// The conditions that were added for an atom alone.
    of_atoms: HashMap<AtomId, ConditionId>,
    /// Whether people are told of parameters rather than of the names of conditions.
    pub tells_parameters: bool,
}

#[derive(Debug)]
struct Condition<'s> {
    name: Cow<'s, str>,
    /// How many bytes of the name are those of the nested stacks that it stands in.
    around: usize,
    formula: Formula,
}

type AtomId = u32;

/// That a variable has a value.
#[derive(Debug)]
struct Equality<'s> {
    variable: u32,
    value: Cow<'s, str>,
}

/// Something that is not known and that conditions compare.
#[derive(Debug)]
struct Variable<'s> {
    /// What it is, as in `Fn::Sub`.
    key: String,
    /// The equalities about it.
    atoms: Vec<AtomId>,
    /// All values that it may have, each once, where they are declared.
    declared: Option<Vec<Cow<'s, str>>>,
    /// Whether it is kept out of what is shown.
    is_secret: bool,
}

/// When a condition holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Formula {
    /// Always, or never.
    Known(bool),
    /// Where the atom is true.
    Atom(AtomId),
    /// Where another condition holds.
    Named(ConditionId),
    /// Where the other does not.
    Not(Box<Formula>),
    /// Where all do.
    All(Vec<Formula>),
    /// Where one does.
    Any(Vec<Formula>),
}

/// A condition in terms of parameters.
#[derive(Debug)]
pub enum Told<'c> {
    /// Always, or never.
    Known(bool),
    /// Where a parameter has a value.
    Is(Question<'c>),
    /// Where the other does not hold.
    Not(Box<Told<'c>>),
    /// Where all do.
    All(Vec<Told<'c>>),
    /// Where one does.
    Any(Vec<Told<'c>>),
}

/// Whether a parameter, or a pseudo parameter, has a value.
#[derive(Debug, Clone, Copy)]
pub struct Question<'c> {
    /// Its name.
    pub parameter: &'c str,
    /// The value.
    pub value: &'c str,
    /// All values that it may have, each once, where they are declared.
    pub declared: Option<&'c [Cow<'c, str>]>,
}

impl<'s> Conditions<'s> {
    /// What is known of a named condition in a scenario and a world. A name that nothing mentions holds.
    pub fn holds(&self, scenario: Scenario, name: &str, world: &World) -> Truth {
        match self.id(scenario, name) {
            None => Truth::Known(true),
            Some(id) => self.decide(id, world).map_or(Truth::Open(id), Truth::Known),
        }
    }

    /// Whether a condition holds in a world: because it always does, because the world says so, or because the
    /// other answer contradicts the world. Nothing where both answers are possible.
    pub fn decide(&self, id: ConditionId, world: &World) -> Option<bool> {
        if let Some(Formula::Known(known)) = self.formula(id) {
            return Some(*known);
        }
        if let Some((_, held)) = world.iter().find(|(one, _)| *one == id) {
            return Some(*held);
        }
        if world.is_empty() {
            return None;
        }
        let possible = |held| {
            let world: Vec<_> = world.iter().copied().chain([(id, held)]).collect();
            self.satisfiable(&world)
        };
        match (possible(true), possible(false)) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        }
    }

    /// Whether these conditions can be so together. Says yes where finding out takes more than [`MAX_STEPS`].
    pub fn satisfiable(&self, world: &World) -> bool {
        Search::new(self, MAX_STEPS).world(world)
    }

    /// The name of a condition; empty for an id of another unit.
    pub fn name(&self, id: ConditionId) -> &str {
        self.conditions
            .get(id.0 as usize)
            .map_or("", |condition| &condition.name)
    }

    /// The name that its template gives it, without those of the nested stacks around.
    pub fn own_name(&self, id: ConditionId) -> &str {
        let condition = self.conditions.get(id.0 as usize);
        condition.map_or("", |condition| {
            let own = condition.name.get(condition.around..);
            own.unwrap_or(&condition.name)
        })
    }

    /// The condition of that name in a scenario.
    pub fn id(&self, scenario: Scenario, name: &str) -> Option<ConditionId> {
        let id = *self.ids.get(name)?;
        let differs = (scenario.0 as usize)
            .checked_sub(1)
            .and_then(|at| self.scenarios.get(at))
            .and_then(|scenario| scenario.get(&id));
        Some(*differs.unwrap_or(&id))
    }

    /// A condition in terms of parameters, in at most `steps` parts. Nothing where it rests on anything else.
    pub fn told(&self, id: ConditionId, steps: &mut usize) -> Option<Told<'_>> {
        self.told_formula(self.formula(id)?, steps)
    }

    fn told_formula<'c>(&'c self, formula: &'c Formula, steps: &mut usize) -> Option<Told<'c>> {
        *steps = steps.checked_sub(1)?;
        let mut all = |parts: &'c [Formula]| -> Option<Vec<Told<'c>>> {
            let parts = parts.iter();
            parts.map(|part| self.told_formula(part, steps)).collect()
        };
        Some(match formula {
            Formula::Known(known) => Told::Known(*known),
            Formula::Named(id) => self.told(*id, steps)?,
            Formula::Not(inner) => Told::Not(Box::new(self.told_formula(inner, steps)?)),
            Formula::All(parts) => Told::All(all(parts)?),
            Formula::Any(parts) => Told::Any(all(parts)?),
            Formula::Atom(atom) => {
                let equality = self.atoms.get(*atom as usize)?.as_ref()?;
                let variable = self.variables.get(equality.variable as usize)?;
                let name = variable.key.strip_prefix("${")?.strip_suffix('}')?;
                let is_name =
                    |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'.');
                if variable.is_secret || !name.bytes().all(is_name) {
                    return None;
                }
                Told::Is(Question {
                    parameter: name,
                    value: &equality.value,
                    declared: variable.declared.as_deref(),
                })
            }
        })
    }

    fn formula(&self, id: ConditionId) -> Option<&Formula> {
        self.conditions
            .get(id.0 as usize)
            .map(|condition| &condition.formula)
    }
}

/// Building, in this order: declare, define, settle.
impl<'s> Conditions<'s> {
    /// Adds a condition that is free until it is defined.
    /// Of its name, `around` bytes are those of the nested stacks that it stands in.
    pub(crate) fn declare(&mut self, name: Cow<'s, str>, around: usize) -> ConditionId {
        let id = self.add(name.clone(), around);
        self.ids.insert(name, id);
        id
    }

    /// Adds a scenario that is as another, but for these conditions, which mean something else.
    pub(crate) fn add_scenario(&mut self, base: Scenario, differing: &[ConditionId]) -> Scenario {
        let based = (base.0 as usize).checked_sub(1);
        let based = based.and_then(|at| self.scenarios.get(at));
        let mut differs = based.cloned().unwrap_or_default();
        for &id in differing {
            let around = self.name(id).len() - self.own_name(id).len();
            let other = self.add(Cow::Owned(self.name(id).to_owned()), around);
            differs.insert(id, other);
        }
        self.scenarios.push(differs);
        Scenario(id_of(self.scenarios.len()))
    }

    /// How many scenarios there are beside the defaults.
    pub(crate) fn scenarios(&self) -> usize {
        self.scenarios.len()
    }

    fn add(&mut self, name: Cow<'s, str>, around: usize) -> ConditionId {
        let formula = self.free();
        self.conditions.push(Condition {
            name,
            around,
            formula,
        });
        ConditionId(id_of(self.conditions.len() - 1))
    }

    /// Says when a condition holds.
    pub(crate) fn define(&mut self, id: ConditionId, formula: Formula) {
        if let Some(condition) = self.conditions.get_mut(id.0 as usize) {
            condition.formula = formula;
        }
    }

    /// How many conditions there are: the next id.
    pub(crate) fn len(&self) -> usize {
        self.conditions.len()
    }

    /// A formula of which nothing is known, and which is equal to no other.
    pub(crate) fn free(&mut self) -> Formula {
        self.atoms.push(None);
        Formula::Atom(id_of(self.atoms.len() - 1))
    }

    /// That the variable of a key has a value. `allowed` are all values that it may have, each once.
    pub(crate) fn equality(
        &mut self,
        key: String,
        allowed: Option<&[Cow<'s, str>]>,
        value: Cow<'s, str>,
    ) -> Formula {
        if allowed.is_some_and(|allowed| !allowed.contains(&value)) {
            return Formula::Known(false);
        }
        if allowed.is_some_and(|allowed| allowed.len() == 1) {
            return Formula::Known(true);
        }
        let variable = match self.variable_ids.get(&key) {
            Some(variable) => *variable,
            None => {
                let variable = id_of(self.variables.len());
                self.variables.push(Variable {
                    key: key.clone(),
                    atoms: Vec::new(),
                    declared: allowed.map(<[_]>::to_vec),
                    is_secret: false,
                });
                self.variable_ids.insert(key, variable);
                variable
            }
        };
        if let Some(atom) = self.equalities.get(&(variable, value.clone())) {
            return Formula::Atom(*atom);
        }
        let atom = id_of(self.atoms.len());
        self.atoms.push(Some(Equality {
            variable,
            value: value.clone(),
        }));
        self.equalities.insert((variable, value), atom);
        if let Some(variable) = self.variables.get_mut(variable as usize) {
            variable.atoms.push(atom);
        }
        Formula::Atom(atom)
    }

    /// A condition that no template names, which holds where a formula does. An atom has one for all who ask.
    pub(crate) fn unnamed(
        &mut self,
        formula: Formula,
        words: impl FnOnce() -> String,
    ) -> ConditionId {
        let atom = match &formula {
            Formula::Atom(atom) => Some(*atom),
            _ => None,
        };
        if let Some(id) = atom.and_then(|atom| self.of_atoms.get(&atom)) {
            return *id;
        }
        let id = ConditionId(id_of(self.conditions.len()));
        self.conditions.push(Condition {
            name: Cow::Owned(words()),
            around: 0,
            formula,
        });
        self.of_atoms.extend(atom.map(|atom| (atom, id)));
        id
    }

    /// The values that the variable of a key is compared with, in the order in which they were met.
    pub(crate) fn compared(&self, key: &str) -> Vec<Cow<'s, str>> {
        let variable = self.variable_ids.get(key);
        let variable = variable.and_then(|id| self.variables.get(*id as usize));
        let atoms = variable.into_iter().flat_map(|variable| &variable.atoms);
        let equality = |atom: &AtomId| self.atoms.get(*atom as usize)?.as_ref();
        let equalities = atoms.filter_map(equality);
        equalities.map(|equality| equality.value.clone()).collect()
    }

    /// Keeps what the variable of a key is compared with out of what is shown.
    pub(crate) fn keep_secret(&mut self, key: &str) {
        let variable = self.variable_ids.get(key);
        if let Some(variable) = variable.and_then(|id| self.variables.get_mut(*id as usize)) {
            variable.is_secret = true;
        }
    }

    /// Folds the conditions from `first` on to constants where they are. Gives those that refer to themselves,
    /// which are free from then on.
    pub(crate) fn settle(&mut self, first: usize) -> Vec<ConditionId> {
        #[derive(Clone, Copy, PartialEq)]
        enum State {
            New,
            Entered,
            Settled,
        }
        let mut circular = Vec::new();
        let mut steps = MAX_CONSTANT_STEPS.saturating_sub(self.constant_steps);
        let mut states = vec![State::New; self.conditions.len()];
        states
            .iter_mut()
            .take(first)
            .for_each(|state| *state = State::Settled);
        // A stack of our own: conditions may refer to one another in chains of any length.
        let mut stack: Vec<(usize, Vec<ConditionId>)> = Vec::new();
        for root in first..self.conditions.len() {
            if states[root] == State::New {
                states[root] = State::Entered;
                stack.push((root, self.mentioned(root)));
            }
            while let Some((at, mentioned)) = stack.last_mut() {
                let at = *at;
                match mentioned.pop() {
                    Some(next) => match states.get(next.0 as usize) {
                        Some(State::New) => {
                            let next = next.0 as usize;
                            states[next] = State::Entered;
                            stack.push((next, self.mentioned(next)));
                        }
                        Some(State::Entered) => {
                            mentioned.clear();
                            let id = ConditionId(id_of(at));
                            circular.push(id);
                            let free = self.free();
                            self.define(id, free);
                        }
                        _ => {}
                    },
                    None => {
                        stack.pop();
                        states[at] = State::Settled;
                        self.fold_condition(at, &mut steps);
                    }
                }
            }
        }
        self.constant_steps = MAX_CONSTANT_STEPS.saturating_sub(steps);
        circular
    }

    fn mentioned(&self, at: usize) -> Vec<ConditionId> {
        fn collect(formula: &Formula, mentioned: &mut Vec<ConditionId>) {
            match formula {
                Formula::Known(_) | Formula::Atom(_) => {}
                Formula::Named(id) => mentioned.push(*id),
                Formula::Not(inner) => collect(inner, mentioned),
                Formula::All(parts) | Formula::Any(parts) => {
                    parts.iter().for_each(|part| collect(part, mentioned));
                }
            }
        }
        let mut mentioned = Vec::new();
        if let Some(condition) = self.conditions.get(at) {
            collect(&condition.formula, &mut mentioned);
        }
        mentioned
    }

    fn fold_condition(&mut self, at: usize, steps: &mut usize) {
        let Some(condition) = self.conditions.get_mut(at) else {
            return;
        };
        let formula = std::mem::replace(&mut condition.formula, Formula::Known(false));
        let mut formula = self.fold(formula);
        // Only what has parts can contradict itself.
        if matches!(formula, Formula::All(_) | Formula::Any(_)) && *steps > 0 {
            let mut possible = |held| {
                let mut search = Search::new(self, MAX_STEPS.min(*steps));
                let possible = search.solve(vec![(&formula, held)], Vec::new(), 0);
                *steps -= (MAX_STEPS.min(*steps)) - search.steps;
                possible
            };
            let (can_hold, can_fail) = (possible(true), possible(false));
            if can_hold != can_fail {
                formula = Formula::Known(can_hold);
            }
        }
        self.define(ConditionId(id_of(at)), formula);
    }

    fn fold(&self, formula: Formula) -> Formula {
        match formula {
            Formula::Named(id) => match self.formula(id) {
                Some(Formula::Known(known)) => Formula::Known(*known),
                _ => Formula::Named(id),
            },
            Formula::Not(inner) => match self.fold(*inner) {
                Formula::Known(known) => Formula::Known(!known),
                inner => Formula::Not(Box::new(inner)),
            },
            Formula::All(parts) => self.fold_parts(parts, true),
            Formula::Any(parts) => self.fold_parts(parts, false),
            other => other,
        }
    }

    /// `neutral` is the answer that a part may have without deciding anything: true in `All`, false in `Any`.
    fn fold_parts(&self, parts: Vec<Formula>, neutral: bool) -> Formula {
        let mut open = Vec::with_capacity(parts.len());
        for part in parts {
            match self.fold(part) {
                Formula::Known(known) if known == neutral => {}
                Formula::Known(known) => return Formula::Known(known),
                part => open.push(part),
            }
        }
        match open.pop() {
            None => Formula::Known(neutral),
            Some(only) if open.is_empty() => only,
            Some(last) => {
                open.push(last);
                if neutral {
                    Formula::All(open)
                } else {
                    Formula::Any(open)
                }
            }
        }
    }
}

fn id_of(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// A formula and the answer that it should have.
type Goal<'c> = (&'c Formula, bool);

/// A search for answers to the atoms that give every goal its answer. What is forced is followed first;
/// alternatives are tried one after the other.
struct Search<'c, 's> {
    conditions: &'c Conditions<'s>,
    answers: HashMap<Fact, bool>,
    /// How many equalities about a variable are true, and how many are not.
    counts: HashMap<u32, [usize; 2]>,
    /// What was answered, in order, to take it back.
    trail: Vec<Fact>,
    /// Steps that are left.
    steps: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Fact {
    Condition(ConditionId),
    Atom(AtomId),
}

impl<'c, 's> Search<'c, 's> {
    fn new(conditions: &'c Conditions<'s>, steps: usize) -> Self {
        Self {
            conditions,
            answers: HashMap::new(),
            counts: HashMap::new(),
            trail: Vec::new(),
            steps,
        }
    }

    fn world(&mut self, world: &World) -> bool {
        let mut goals = Vec::with_capacity(world.len());
        world
            .iter()
            .all(|(id, held)| self.answer_condition(*id, *held, &mut goals))
            && self.solve(goals, Vec::new(), 0)
    }

    /// Whether all goals can be met. `alternatives` are those goals for which one of several parts is enough.
    fn solve(
        &mut self,
        mut goals: Vec<Goal<'c>>,
        mut alternatives: Vec<Goal<'c>>,
        branches: usize,
    ) -> bool {
        while let Some((formula, held)) = goals.pop() {
            if !self.step(1) {
                return true;
            }
            match (formula, held) {
                (Formula::Known(known), _) => {
                    if *known != held {
                        return false;
                    }
                }
                (Formula::Not(inner), _) => goals.push((inner, !held)),
                (Formula::All(parts), true) | (Formula::Any(parts), false) => {
                    if !self.step(parts.len()) {
                        return true;
                    }
                    goals.extend(parts.iter().map(|part| (part, held)));
                }
                (Formula::All(_), false) | (Formula::Any(_), true) => {
                    alternatives.push((formula, held));
                }
                (Formula::Named(id), _) => {
                    if !self.answer_condition(*id, held, &mut goals) {
                        return false;
                    }
                }
                (Formula::Atom(atom), _) => {
                    if !self.answer_atom(*atom, held) {
                        return false;
                    }
                }
            }
        }
        while let Some((formula, held)) = alternatives.pop() {
            let (Formula::All(parts) | Formula::Any(parts)) = formula else {
                continue;
            };
            if !self.step(parts.len() + alternatives.len()) || branches >= MAX_BRANCHES {
                return true;
            }
            if parts.iter().any(|part| self.known(part) == Some(held)) {
                continue;
            }
            let mark = self.trail.len();
            for part in parts {
                if self.known(part) == Some(!held) {
                    continue;
                }
                if self.solve(vec![(part, held)], alternatives.clone(), branches + 1) {
                    return true;
                }
                self.take_back(mark);
            }
            return false;
        }
        true
    }

    /// Whether there are steps left, after so many more.
    fn step(&mut self, count: usize) -> bool {
        self.steps = self.steps.saturating_sub(count);
        self.steps > 0
    }

    /// Whether a condition may have that answer; what follows from it becomes a goal.
    fn answer_condition(&mut self, id: ConditionId, held: bool, goals: &mut Vec<Goal<'c>>) -> bool {
        match self.answers.get(&Fact::Condition(id)) {
            Some(answer) => *answer == held,
            None => {
                self.record(Fact::Condition(id), held);
                if let Some(formula) = self.conditions.formula(id) {
                    goals.push((formula, held));
                }
                true
            }
        }
    }

    /// Whether an atom may have that answer beside the others about the same variable.
    fn answer_atom(&mut self, atom: AtomId, held: bool) -> bool {
        if let Some(answer) = self.answers.get(&Fact::Atom(atom)) {
            return *answer == held;
        }
        self.record(Fact::Atom(atom), held);
        let Some(id) = self.variable(atom) else {
            return true;
        };
        let Some(variable) = self.conditions.variables.get(id as usize) else {
            return true;
        };
        let [is, is_not] = self.counts.get(&id).copied().unwrap_or_default();
        let declared = variable.declared.as_ref();
        is <= 1 && declared.is_none_or(|declared| is_not < declared.len())
    }

    /// What an atom is about.
    fn variable(&self, atom: AtomId) -> Option<u32> {
        let equality = self.conditions.atoms.get(atom as usize)?.as_ref();
        equality.map(|equality| equality.variable)
    }

    /// The answer of a part, where it is plain to see.
    fn known(&self, formula: &Formula) -> Option<bool> {
        match formula {
            Formula::Known(known) => Some(*known),
            Formula::Named(id) => self.answers.get(&Fact::Condition(*id)).copied(),
            Formula::Atom(atom) => self.answers.get(&Fact::Atom(*atom)).copied(),
            Formula::Not(inner) => self.known(inner).map(|known| !known),
            Formula::All(_) | Formula::Any(_) => None,
        }
    }

    fn record(&mut self, fact: Fact, held: bool) {
        self.answers.insert(fact, held);
        self.trail.push(fact);
        if let Some(count) = self.count(fact, held) {
            *count += 1;
        }
    }

    /// How many answers there are like one of an equality.
    fn count(&mut self, fact: Fact, held: bool) -> Option<&mut usize> {
        let Fact::Atom(atom) = fact else {
            return None;
        };
        let variable = self.variable(atom)?;
        let counts = self.counts.entry(variable).or_default();
        Some(&mut counts[usize::from(!held)])
    }

    fn take_back(&mut self, mark: usize) {
        for fact in self.trail.split_off(mark) {
            if let Some(held) = self.answers.remove(&fact)
                && let Some(count) = self.count(fact, held)
            {
                *count -= 1;
            }
        }
    }
}
