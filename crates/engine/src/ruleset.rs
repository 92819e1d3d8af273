//! All rules of a run. A header is decoded at start-up, the rest of a rule when it is first needed.

use crate::framework::Framework;
use crate::rule::{Check, Docs, Header};
use std::sync::OnceLock;

/// A rule: its header at hand, its checks and docs on demand.
#[derive(Debug)]
pub struct Rule {
    /// What every listing needs.
    pub header: Header,
    checks: Lazy<Vec<Check>>,
    docs: Lazy<Docs>,
}

#[derive(Debug)]
struct Lazy<T> {
    bytes: &'static [u8],
    value: OnceLock<T>,
}

impl<T: serde::de::DeserializeOwned> Lazy<T> {
    fn embedded(bytes: &'static [u8]) -> Self {
        Self {
            bytes,
            value: OnceLock::new(),
        }
    }

    fn ready(value: T) -> Self {
        let lazy = Self::embedded(&[]);
        let _ = lazy.value.set(value);
        lazy
    }

    fn get(&self, empty: fn() -> T) -> &T {
        // The bytes come from the build of this very program, so decoding them does not fail.
        self.value
            .get_or_init(|| postcard::from_bytes(self.bytes).unwrap_or_else(|_| empty()))
    }
}

impl Rule {
    /// A rule that was loaded from its file.
    pub fn loaded(header: Header, checks: Vec<Check>, docs: Docs) -> Self {
        Self {
            header,
            checks: Lazy::ready(checks),
            docs: Lazy::ready(docs),
        }
    }

    /// Its questions.
    pub fn checks(&self) -> &[Check] {
        self.checks.get(Vec::new)
    }

    /// What a person reads about it.
    pub fn docs(&self) -> &Docs {
        self.docs.get(Docs::default)
    }
}

/// All rules of a run, by id, and the framework that they speak of.
#[derive(Debug)]
pub struct Ruleset {
    /// The rules, by id.
    pub rules: Vec<Rule>,
    /// The actions that support resource-level permissions: a line for each service, sorted.
    pub iam_actions: &'static str,
    framework: Lazy<Framework>,
}

/// Rules as they are embedded: headers apart from what is needed later.
#[derive(serde::Serialize, serde::Deserialize)]
struct Index {
    headers: Vec<(Header, u32, u32)>,
    framework: u32,
}

/// Compiled rules as bytes, for [`Ruleset::embedded`].
///
/// # Errors
/// Never for rules that [`crate::load`] made; the error type is postcard's.
pub fn encode(rules: &[Rule], framework: &Framework) -> Result<Vec<u8>, postcard::Error> {
    let mut bodies = Vec::new();
    let mut headers = Vec::new();
    for rule in rules {
        let checks = postcard::to_allocvec(rule.checks())?;
        let docs = postcard::to_allocvec(rule.docs())?;
        headers.push((
            rule.header.clone(),
            length(checks.len()),
            length(docs.len()),
        ));
        bodies.extend(checks);
        bodies.extend(docs);
    }
    let framework_bytes = postcard::to_allocvec(framework)?;
    let index = postcard::to_allocvec(&Index {
        headers,
        framework: length(framework_bytes.len()),
    })?;
    bodies.extend(framework_bytes);
    let mut out = length(index.len()).to_le_bytes().to_vec();
    out.extend(index);
    out.extend(bodies);
    Ok(out)
}

fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

impl Ruleset {
    /// The rules behind what [`encode`] made.
    pub fn embedded(bytes: &'static [u8], iam_actions: &'static str) -> Self {
        Self::decode(bytes, iam_actions).unwrap_or(Self {
            rules: Vec::new(),
            iam_actions,
            framework: Lazy::embedded(&[]),
        })
    }

    fn decode(bytes: &'static [u8], iam_actions: &'static str) -> Option<Self> {
        let (size, rest) = bytes.split_first_chunk::<4>()?;
        let (index, mut rest) = rest.split_at_checked(u32::from_le_bytes(*size) as usize)?;
        let index: Index = postcard::from_bytes(index).ok()?;
        let mut take = |size: u32| {
            let (taken, left) = rest.split_at_checked(size as usize)?;
            rest = left;
            Some(taken)
        };
        let mut rules = Vec::with_capacity(index.headers.len());
        for (header, checks, docs) in index.headers {
            rules.push(Rule {
                header,
                checks: Lazy::embedded(take(checks)?),
                docs: Lazy::embedded(take(docs)?),
            });
        }
        Some(Self {
            rules,
            iam_actions,
            framework: Lazy::embedded(take(index.framework)?),
        })
    }

    /// Rules that were just loaded.
    pub fn loaded(rules: Vec<Rule>, framework: Framework, iam_actions: &'static str) -> Self {
        Self {
            rules,
            iam_actions,
            framework: Lazy::ready(framework),
        }
    }

    /// The Well-Architected Framework.
    pub fn framework(&self) -> &Framework {
        self.framework.get(Framework::default)
    }

    /// The rule of an id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.position(id).map(|at| &self.rules[at])
    }

    /// The index of the rule of an id.
    pub fn position(&self, id: &str) -> Option<usize> {
        let by_id = |rule: &Rule| rule.header.id.as_str().cmp(id);
        self.rules.binary_search_by(by_id).ok()
    }

    /// The rules of a best practice, those first for which it is the primary one.
    pub fn of_practice(&self, practice: &str) -> Vec<&Rule> {
        let position = |rule: &&Rule| rule.header.practices.iter().position(|id| id == practice);
        let rules = self.rules.iter();
        let mut rules: Vec<&Rule> = rules.filter(|rule| position(rule).is_some()).collect();
        rules.sort_by_key(|rule| position(rule) > Some(0));
        rules
    }

    /// Adds rules of one's own; a rule of the same id takes the place of ours.
    pub fn extend(&mut self, rules: Vec<Rule>) {
        for rule in rules {
            match self
                .rules
                .binary_search_by(|one| one.header.id.cmp(&rule.header.id))
            {
                Ok(at) => self.rules[at] = rule,
                Err(at) => self.rules.insert(at, rule),
            }
        }
    }
}
