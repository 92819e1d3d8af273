//! Tests of conditionals that are not known, as formulas over what they ask: `var.a && !var.b` and `var.a` are not
//! independent, and neither are `var.env == "prod"` and `var.env == "dev"`.

use crate::conditions::{Conditions, Formula};
use crate::model::ConditionId;
use std::borrow::Cow;
use std::collections::HashMap;

/// What a test asks.
#[derive(Clone, Debug)]
pub(super) enum Test {
    Known(bool),
    /// Terraform refuses it; why.
    Refused(String),
    /// Something of which only its name is known.
    Open(String),
    /// Whether something that is not known has a value.
    Equal {
        key: String,
        allowed: Option<Vec<String>>,
        value: String,
    },
    Not(Box<Test>),
    All(Vec<Test>),
    Any(Vec<Test>),
    /// What it asks depends on a condition itself.
    Depends(ConditionId, Box<Test>, Box<Test>),
}

impl Test {
    pub(super) fn not(self) -> Self {
        match self {
            Self::Known(held) => Self::Known(!held),
            Self::Refused(why) => Self::Refused(why),
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// Both, or one of them. What decides alone decides, whatever the other is.
    pub(super) fn both(self, other: Self, decisive: bool) -> Self {
        match (self, other) {
            (Self::Known(held), _) | (_, Self::Known(held)) if held == decisive => {
                Self::Known(held)
            }
            (Self::Known(_), other) | (other, Self::Known(_)) => other,
            (Self::Refused(why), _) | (_, Self::Refused(why)) => Self::Refused(why),
            (one, other) if decisive => Self::Any(vec![one, other]),
            (one, other) => Self::All(vec![one, other]),
        }
    }
}

/// The conditions of a project while it is lowered.
#[derive(Default)]
pub(super) struct Tests<'s> {
    pub(super) conditions: Conditions<'s>,
    /// The formula of each thing that is only open.
    open: HashMap<String, Formula>,
    /// What was declared, by name and by what it asks.
    declared: HashMap<String, Vec<(Formula, ConditionId)>>,
}

impl Tests<'_> {
    /// The condition that stands for a test; its answer where it is known.
    pub(super) fn condition(&mut self, test: &Test, name: &str) -> Result<ConditionId, bool> {
        match self.formula(test) {
            Formula::Known(held) => Err(held),
            formula => Ok(self.declare(name, formula)),
        }
    }

    /// A condition under which another holds, or does not, and a third one holds too.
    pub(super) fn under(
        &mut self,
        outer: Option<ConditionId>,
        inner: ConditionId,
        held: bool,
    ) -> ConditionId {
        if outer.is_none() && held {
            return inner;
        }
        let mut name = self.conditions.name(inner).to_owned();
        let mut formula = Formula::Named(inner);
        if !held {
            name = format!("!({name})");
            formula = Formula::Not(Box::new(formula));
        }
        if let Some(outer) = outer.filter(|outer| *outer != inner || !held) {
            name = format!("{} && {name}", self.conditions.name(outer));
            formula = Formula::All(vec![Formula::Named(outer), formula]);
        }
        self.declare(&name, formula)
    }

    fn declare(&mut self, name: &str, formula: Formula) -> ConditionId {
        let known = self.declared.entry(name.to_owned()).or_default();
        if let Some((_, id)) = known.iter().find(|(one, _)| *one == formula) {
            return *id;
        }
        // The same words may ask another thing in another instance.
        let unique = match known.len() {
            0 => name.to_owned(),
            count => format!("{name} [{}]", count + 1),
        };
        let id = self.conditions.declare(Cow::Owned(unique), 0);
        self.conditions.define(id, formula.clone());
        known.push((formula, id));
        id
    }

    fn formula(&mut self, test: &Test) -> Formula {
        match test {
            Test::Known(held) => Formula::Known(*held),
            Test::Refused(why) => self.open(why),
            Test::Open(key) => self.open(key),
            Test::Equal {
                key,
                allowed,
                value,
            } => {
                let allowed: Option<Vec<Cow<'_, str>>> = allowed
                    .as_ref()
                    .map(|allowed| allowed.iter().map(|one| Cow::Owned(one.clone())).collect());
                self.conditions
                    .equality(key.clone(), allowed.as_deref(), Cow::Owned(value.clone()))
            }
            Test::Not(inner) => Formula::Not(Box::new(self.formula(inner))),
            Test::All(parts) => Formula::All(parts.iter().map(|one| self.formula(one)).collect()),
            Test::Any(parts) => Formula::Any(parts.iter().map(|one| self.formula(one)).collect()),
            Test::Depends(condition, then, otherwise) => {
                let holds = || Formula::Named(*condition);
                let then = Formula::All(vec![holds(), self.formula(then)]);
                let not = Formula::Not(Box::new(holds()));
                let otherwise = Formula::All(vec![not, self.formula(otherwise)]);
                Formula::Any(vec![then, otherwise])
            }
        }
    }

    fn open(&mut self, key: &str) -> Formula {
        if let Some(formula) = self.open.get(key) {
            return formula.clone();
        }
        let formula = self.conditions.free();
        self.open.insert(key.to_owned(), formula.clone());
        formula
    }
}
