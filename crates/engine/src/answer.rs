//! Answers: true, false or unknown, and the place that they are about.

use crate::rule::Absent;
use pillarlint_parser::source::Span;
use pillarlint_parser::tree::Node;
use std::borrow::Cow;

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

impl From<Absent> for Truth {
    fn from(value: Absent) -> Self {
        match value {
            Absent::Pass => Self::True,
            Absent::Fail => Self::False,
            Absent::Unknown => Self::Unknown,
        }
    }
}

impl Truth {
    /// The other answer.
    #[must_use]
    pub fn negated(self) -> Self {
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
        Self::any(all.map(Self::negated)).negated()
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
    /// Whether it rests on something that was not found.
    pub missing: Missing,
}

/// Where something was looked for and not found. What was not read may hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missing {
    /// Nothing was missed.
    Nothing,
    /// Within the subject.
    Here,
    /// Among the resources that have to do with the subject.
    Linked,
    /// Anywhere in the template.
    Elsewhere,
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
            missing: Missing::Nothing,
        }
    }

    /// An answer about a place.
    pub fn at(truth: Truth, at: At<'a, 's>) -> Self {
        Self {
            at: Some(at),
            ..Self::plain(truth)
        }
    }

    /// The same answer, resting on something that was not found.
    #[must_use]
    pub fn missing(self, missing: Missing) -> Self {
        Self {
            missing: self.missing.max(missing),
            ..self
        }
    }

    /// An unknown answer.
    pub fn unknown(span: Span, why: Cow<'a, str>) -> Self {
        Self {
            why: Some(why),
            ..Self::at(Truth::Unknown, At::place(span))
        }
    }

    pub(crate) fn negated(self) -> Self {
        Self {
            truth: self.truth.negated(),
            ..self
        }
    }
}
