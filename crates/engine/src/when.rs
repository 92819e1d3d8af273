//! When a finding holds, in words: what parameters then are, or which conditions hold.
//!
//! What parameters may be is laid out as a table with an axis for each, and the cells in which the finding holds are
//! covered with as few boxes as are easily found. What is said is exact: no cell too many, none too few.

use pillarlint_parser::conditions::{Question, Told};
use pillarlint_parser::model::{ConditionId, Conditions};
use std::collections::BTreeSet;

/// Conditions that are taken to hold or not.
pub(crate) type World = Vec<(ConditionId, bool)>;

/// So many alternatives are told; of more, how many there are.
const MAX_ALTERNATIVES: usize = 2;

/// So many values of a parameter are told; of more, how many there are.
const MAX_VALUES: usize = 5;

/// Characters that are told of a value.
const MAX_CHARACTERS: usize = 40;

/// The largest table; what would need a larger one is told by the names of its conditions.
const MAX_CELLS: usize = 512;

/// Parts of a condition that is told in terms of parameters.
const MAX_PARTS: usize = 128;

/// A finding in some of the worlds in which a rule was asked.
pub(crate) struct Held<'w> {
    /// In which it holds.
    pub(crate) worlds: Vec<World>,
    /// All that there are.
    pub(crate) all: &'w [&'w World],
    /// What is so in each of them, since the resource exists.
    pub(crate) given: &'w [(ConditionId, bool)],
}

/// When a finding holds; nothing where it always does.
pub(crate) fn told(conditions: &Conditions<'_>, held: Held<'_>) -> Option<String> {
    if held.worlds.iter().any(Vec::is_empty) {
        return None;
    }
    let table = conditions
        .tells_parameters
        .then(|| Table::of(conditions, &held));
    match table.flatten() {
        Some(table) => table.told(),
        None => by_names(conditions, held.worlds),
    }
}

/// What a finding depends on, and whether it holds in each cell.
struct Table<'c> {
    axes: Vec<Axis<'c>>,
    /// Nothing for a cell that there cannot be.
    cells: Vec<Option<bool>>,
}

/// What is one of several things.
enum Axis<'c> {
    /// A parameter: one of these values, or one beside them.
    Parameter {
        name: &'c str,
        values: Vec<&'c str>,
        beside: Beside<'c>,
    },
    /// A condition that says nothing of parameters: it holds, or it does not.
    Condition(&'c str),
}

/// The values of a parameter that no condition asks about.
enum Beside<'c> {
    /// There are none.
    Nothing,
    /// These.
    Declared(Vec<&'c str>),
    /// Any other.
    Anything,
}

/// What a condition means in a table.
enum Meaning<'c> {
    Told(Told<'c>),
    /// The axis that it is.
    Axis(usize),
}

impl<'c> Table<'c> {
    /// The table of all that the worlds ask; nothing if it would be too large.
    fn of(conditions: &'c Conditions<'_>, held: &Held<'_>) -> Option<Self> {
        let mut ids: Vec<ConditionId> = Vec::new();
        let worlds = held.all.iter().copied().chain(&held.worlds);
        for (id, _) in worlds.flatten().chain(held.given) {
            if !ids.contains(id) {
                ids.push(*id);
            }
        }
        let mut axes = Vec::new();
        let meaning = |id: &ConditionId| match conditions.told(*id, &mut { MAX_PARTS }) {
            Some(told) => {
                add_axes(&told, &mut axes);
                Meaning::Told(told)
            }
            None => {
                axes.push(Axis::Condition(conditions.name(*id)));
                Meaning::Axis(axes.len() - 1)
            }
        };
        let meanings: Vec<Meaning<'c>> = ids.iter().map(meaning).collect();
        axes.iter_mut().for_each(Axis::complete);
        let sizes = axes.iter().map(Axis::size);
        let count = sizes
            .clone()
            .try_fold(1, |count: usize, size| count.checked_mul(size))?;
        if count > MAX_CELLS {
            return None;
        }
        let mut table = Self {
            axes,
            cells: vec![None; count],
        };
        for at in 0..count {
            let position = table.position(at);
            let answers: Vec<bool> = meanings
                .iter()
                .map(|meaning| match meaning {
                    Meaning::Told(told) => table.holds(told, &position),
                    Meaning::Axis(axis) => position[*axis] == 0,
                })
                .collect();
            let is_in = |world: &[(ConditionId, bool)]| {
                world.iter().all(|(id, held)| {
                    let at = ids.iter().position(|one| one == id);
                    at.is_some_and(|at| answers[at] == *held)
                })
            };
            table.cells[at] = if held.worlds.iter().any(|world| is_in(world)) {
                Some(true)
            } else if !is_in(held.given) || held.all.iter().any(|world| is_in(world)) {
                Some(false)
            } else {
                None
            };
        }
        Some(table)
    }

    /// Where a cell lies on each axis.
    fn position(&self, mut cell: usize) -> Vec<usize> {
        let axes = self.axes.iter();
        axes.map(|axis| {
            let at = cell % axis.size();
            cell /= axis.size();
            at
        })
        .collect()
    }

    fn holds(&self, told: &Told<'_>, position: &[usize]) -> bool {
        match told {
            Told::Known(known) => *known,
            Told::Not(inner) => !self.holds(inner, position),
            Told::All(parts) => parts.iter().all(|part| self.holds(part, position)),
            Told::Any(parts) => parts.iter().any(|part| self.holds(part, position)),
            Told::Is(question) => {
                let mut axes = self.axes.iter().zip(position);
                axes.any(|(axis, at)| match axis {
                    Axis::Parameter { name, values, .. } => {
                        *name == question.parameter && values.get(*at) == Some(&question.value)
                    }
                    Axis::Condition(_) => false,
                })
            }
        }
    }

    fn told(&self) -> Option<String> {
        let positions: Vec<Vec<usize>> = (0..self.cells.len())
            .map(|cell| self.position(cell))
            .collect();
        let mut is_told = vec![false; self.cells.len()];
        let mut alternatives = Vec::new();
        while let Some(cell) =
            (0..self.cells.len()).find(|cell| self.cells[*cell] == Some(true) && !is_told[*cell])
        {
            let found = self.around(&positions[cell], &positions);
            for (position, told) in positions.iter().zip(&mut is_told) {
                *told |= found.holds(position);
            }
            alternatives.push(self.words(&found)?);
        }
        Some(match alternatives.split_at_checked(MAX_ALTERNATIVES) {
            Some((told, rest)) if rest.len() > 1 => {
                format!("{}, or in {} other cases", either(told), rest.len())
            }
            _ => either(&alternatives),
        })
    }

    /// The largest box around a cell that is found by making it larger step by step.
    fn around(&self, cell: &[usize], positions: &[Vec<usize>]) -> Cover {
        let mut found = Cover(cell.iter().map(|at| vec![*at]).collect());
        for (at, axis) in self.axes.iter().enumerate() {
            for value in 0..axis.size() {
                if found.0[at].contains(&value) {
                    continue;
                }
                found.0[at].push(value);
                let mut cells = positions.iter().zip(&self.cells);
                if cells.any(|(position, cell)| *cell == Some(false) && found.holds(position)) {
                    found.0[at].pop();
                }
            }
        }
        found
    }

    /// A box in words; nothing for one that holds everything.
    fn words(&self, found: &Cover) -> Option<String> {
        let axes = self.axes.iter().zip(&found.0);
        let bounding = axes.filter(|(axis, values)| values.len() < axis.size());
        let words: Vec<String> = bounding.map(|(axis, values)| axis.words(values)).collect();
        let is_list = |words: &String| {
            [" or ", " nor ", " and "]
                .iter()
                .any(|word| words.contains(word))
        };
        let and = match words.iter().any(is_list) {
            true => ", and ",
            false => " and ",
        };
        (!words.is_empty()).then(|| words.join(and))
    }
}

/// The values of each axis that a box holds.
struct Cover(Vec<Vec<usize>>);

impl Cover {
    fn holds(&self, position: &[usize]) -> bool {
        let axes = self.0.iter().zip(position);
        axes.into_iter().all(|(values, at)| values.contains(at))
    }
}

/// Adds what a condition asks about.
fn add_axes<'c>(told: &Told<'c>, axes: &mut Vec<Axis<'c>>) {
    match told {
        Told::Known(_) => {}
        Told::Not(inner) => add_axes(inner, axes),
        Told::All(parts) | Told::Any(parts) => parts.iter().for_each(|part| add_axes(part, axes)),
        Told::Is(question) => add_value(question, axes),
    }
}

fn add_value<'c>(question: &Question<'c>, axes: &mut Vec<Axis<'c>>) {
    let found = axes.iter_mut().find_map(|axis| match axis {
        Axis::Parameter { name, values, .. } if *name == question.parameter => Some(values),
        _ => None,
    });
    match found {
        Some(values) if values.contains(&question.value) => {}
        Some(values) => values.push(question.value),
        None => axes.push(Axis::Parameter {
            name: question.parameter,
            values: vec![question.value],
            beside: match question.declared {
                Some(declared) => Beside::Declared(declared.iter().map(|one| &**one).collect()),
                None => Beside::Anything,
            },
        }),
    }
}

impl<'c> Axis<'c> {
    /// Takes the values that are asked about out of those beside them, once all are met.
    fn complete(&mut self) {
        let Self::Parameter { values, beside, .. } = self else {
            return;
        };
        if let Beside::Declared(declared) = beside {
            let place = |value: &&str| declared.iter().position(|one| one == value);
            values.sort_by_key(place);
            declared.retain(|one| !values.contains(one));
            if declared.len() <= 1 {
                values.append(declared);
                *beside = Beside::Nothing;
            }
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Parameter { values, beside, .. } => {
                values.len() + usize::from(!matches!(beside, Beside::Nothing))
            }
            Self::Condition(_) => 2,
        }
    }

    /// That it is one of some of its values.
    fn words(&self, chosen: &[usize]) -> String {
        let (name, values, beside) = match self {
            Self::Parameter {
                name,
                values,
                beside,
            } => (name, values, beside),
            Self::Condition(name) => return condition(name, chosen.contains(&0)),
        };
        // Nothing for any value beside those that are asked about.
        let texts = |is_chosen: bool| -> Option<Vec<&str>> {
            let asked = (0..values.len()).filter(|at| chosen.contains(at) == is_chosen);
            let mut texts: Vec<&str> = asked.map(|at| values[at]).collect();
            if chosen.contains(&values.len()) == is_chosen {
                match beside {
                    Beside::Nothing => {}
                    Beside::Declared(declared) => texts.extend(declared),
                    Beside::Anything => return None,
                }
            }
            Some(texts)
        };
        let positive = |texts: &[&str]| format!("{name} is {}", one_of(texts, "or"));
        match (texts(true), texts(false)) {
            (Some(texts), None) => positive(&texts),
            (Some(texts), Some(others))
                if texts.len() == 1 || texts.len() <= others.len() && others.len() > 1 =>
            {
                positive(&texts)
            }
            (_, Some(others)) => match others.as_slice() {
                [one] => format!("{name} is not {}", shown(one)),
                [_, _] => format!("{name} is neither {}", one_of(&others, "nor")),
                _ => format!("{name} is none of {}", one_of(&others, "and")),
            },
            (None, None) => format!("{name} is anything"),
        }
    }
}

/// Whether a condition holds. One that no template names is called as what it says.
fn condition(name: &str, holds: bool) -> String {
    match (name.split_once(" is "), holds) {
        (Some(_), true) => name.to_owned(),
        (Some((what, value)), false) => format!("{what} is not {value}"),
        (None, true) => format!("the condition `{name}` holds"),
        (None, false) => format!("the condition `{name}` does not hold"),
    }
}

/// `a`, `a or b`, `a, b or c`.
fn one_of(texts: &[&str], word: &str) -> String {
    let mut shown: Vec<String> = texts.iter().map(|text| shown(text)).collect();
    if shown.len() > MAX_VALUES {
        let rest = shown.split_off(MAX_VALUES - 1).len();
        shown.push(format!("{rest} others"));
    }
    match shown.pop() {
        Some(last) if !shown.is_empty() => format!("{} {word} {last}", shown.join(", ")),
        last => last.unwrap_or_default(),
    }
}

/// A value; what is no plain word stands in marks.
fn shown(text: &str) -> String {
    let is_plain = |character: char| character.is_alphanumeric() || "-_./:@*".contains(character);
    if text.is_empty() {
        return "empty".to_owned();
    }
    match text.char_indices().nth(MAX_CHARACTERS) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None if text.chars().all(is_plain) => text.to_owned(),
        None => format!("`{text}`"),
    }
}

/// Alternatives; those with commas in them stay apart.
fn either(alternatives: &[String]) -> String {
    let is_long = |words: &String| words.contains(',') || words.contains(" or ");
    alternatives.join(match alternatives.iter().any(is_long) {
        true => "; or ",
        false => " or ",
    })
}

/// Worlds by the names of their conditions, as few as say the same.
fn by_names(conditions: &Conditions<'_>, mut worlds: Vec<World>) -> Option<String> {
    // A condition says nothing where its opposite, with no more beside it, is another world.
    while let Some((at, condition)) = worlds.iter().enumerate().find_map(|(at, world)| {
        let idle = |&(condition, held): &(ConditionId, bool)| {
            worlds.iter().enumerate().any(|(other, beside)| {
                other != at
                    && beside.contains(&(condition, !held))
                    && beside
                        .iter()
                        .all(|one| one.0 == condition || world.contains(one))
            })
        };
        let (condition, _) = world.iter().copied().find(idle)?;
        Some((at, condition))
    }) {
        worlds[at].retain(|(one, _)| *one != condition);
    }
    for world in &mut worlds {
        world.sort_unstable();
    }
    worlds.sort();
    worlds.dedup();
    // What a shorter one says already.
    let all = worlds.clone();
    worlds.retain(|world| {
        !all.iter()
            .any(|one| one.len() < world.len() && one.iter().all(|held| world.contains(held)))
    });
    // The name that a template gives it says enough, unless its caller has one of that name.
    let asked = || worlds.iter().flatten().map(|(condition, _)| *condition);
    let names: BTreeSet<&str> = asked().map(|id| conditions.name(id)).collect();
    let own_names: BTreeSet<&str> = asked().map(|id| conditions.own_name(id)).collect();
    let is_plain = names.len() == own_names.len();
    let words: Vec<String> = worlds
        .iter()
        .map(|world| {
            world
                .iter()
                .map(|(condition, held)| {
                    let name = match is_plain {
                        true => conditions.own_name(*condition),
                        false => conditions.name(*condition),
                    };
                    if *held {
                        name.to_owned()
                    } else {
                        negated(name)
                    }
                })
                .collect::<Vec<_>>()
                .join(" and ")
        })
        .collect();
    if words.iter().any(String::is_empty) {
        return None;
    }
    Some(match words.split_at_checked(MAX_ALTERNATIVES) {
        Some((told, rest)) if rest.len() > 1 => {
            format!("{} or in {} other cases", told.join(" or "), rest.len())
        }
        _ => words.join(" or "),
    })
}

/// That a condition does not hold. The name of one of Terraform is an expression.
fn negated(name: &str) -> String {
    let is_one_word = |text: &str| !text.contains(' ');
    match name.strip_prefix('!') {
        Some(rest) if is_one_word(rest) => rest.to_owned(),
        _ if is_one_word(name) => format!("not {name}"),
        _ => format!("not ({name})"),
    }
}
