//! A rule, compiled: paths parsed, names resolved, everything checked.
//!
//! The format that people write is described in `docs/rule-format.md`; [`crate::load`] turns it into this.

use crate::parameter::{Parameter, Setting};
use serde::{Deserialize, Serialize};

/// What every listing and report needs to know of a rule.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Header {
    /// The id: the file's name.
    pub id: String,
    /// The good state, in a few words.
    pub title: String,
    /// The pillar of the first practice (`security`).
    pub pillar: String,
    /// Well-Architected best practices, primary first.
    pub practices: Vec<String>,
    /// How bad a finding is.
    pub severity: Severity,
    /// How sure a finding is.
    pub certainty: Certainty,
    /// The smallest preset that it is on in.
    pub preset: Preset,
    /// The kinds that it asks, sorted; `template` where it asks the whole template.
    pub kinds: Vec<String>,
    /// The same check in other tools (`CKV_AWS_157`, `cfn_nag:W35`).
    pub aliases: Vec<String>,
    /// What a team may set otherwise.
    pub parameters: Vec<Parameter>,
    /// Whether what it finds is a secret, and must not be shown.
    pub secret: bool,
}

/// What a person reads about a rule.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Docs {
    /// What goes wrong without it.
    pub why: String,
    /// What to do.
    pub fix: Fix,
    /// Links to the documentation.
    pub references: Vec<String>,
    /// Examples, each a test too.
    pub examples: Vec<Example>,
}

/// What to do, in the words of each dialect; the same in both where the words are.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Fix {
    /// In a CloudFormation template.
    pub cloudformation: String,
    /// For a resource of SAM, where its properties are called otherwise.
    pub sam: Option<String>,
    /// In a Terraform configuration.
    pub terraform: String,
}

impl Fix {
    /// What to do in that dialect.
    pub fn of(&self, dialect: Dialect) -> &str {
        match dialect {
            Dialect::CloudFormation => &self.cloudformation,
            Dialect::Sam => self.sam.as_deref().unwrap_or(&self.cloudformation),
            Dialect::Terraform => &self.terraform,
        }
    }
}

/// A small template and what the rule says of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Example {
    /// What it shows; may be empty.
    pub name: String,
    /// What it is written in.
    pub dialect: Dialect,
    /// The template or configuration, with `# error` and `# unknown` at the ends of lines.
    pub text: String,
    /// Parameters that are set otherwise, by their place among the rule's.
    pub parameters: Vec<(u8, Setting)>,
}

macro_rules! named {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$doc])* $variant),+ }
        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Its name, as people write it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
            /// The one of that name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name() == name)
            }
        }
    };
}

named! {
    /// What a resource or an example is written in.
    Dialect { /// A CloudFormation template.
        CloudFormation = "cloudformation", /// A resource of the Serverless Application Model, in a template.
        Sam = "sam", /// A Terraform configuration, in HCL.
        Terraform = "terraform" }
}
named! {
    /// How bad a finding is, worst last.
    Severity { /// a hint
        Info = "info", /// worth doing
        Low = "low", /// a weakness
        Medium = "medium", /// a gap that will hurt
        High = "high", /// open to attack or loss now
        Critical = "critical" }
}
named! {
    /// How sure a finding is.
    Certainty { /// The text says so.
        Exact = "exact", /// It depends on a limit that is a matter of taste.
        Threshold = "threshold", /// It is likely.
        Heuristic = "heuristic", /// Something should be there that may stand elsewhere.
        Presence = "presence" }
}
named! {
    /// Which rules are on, each preset holding the one before.
    Preset { /// On by default.
        Recommended = "recommended", /// All exact rules.
        Strict = "strict", /// Everything.
        All = "all" }
}

/// One question, with the subjects that it is asked of.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Check {
    /// Kinds of resources to ask; empty: the whole template is asked once.
    pub kinds: Vec<String>,
    /// The versions of the AWS provider that it is about.
    pub provider: ProviderVersions,
    /// Domains to go into, outer first; each binds one slot.
    pub each: Vec<(Domain, Slot)>,
    /// Resources reached over references, in order.
    pub lets: Vec<Let>,
    /// It applies where this is true.
    pub when: Option<Condition>,
    /// It does not apply where this is true.
    pub unless: Option<Condition>,
    /// The question itself.
    pub body: Body,
    /// What is wrong where it fails, with `{value}` and `{address}`.
    pub message: String,
    /// Where a finding points, before the culprit's place.
    pub place: Option<Path>,
    /// How many slots an evaluation needs.
    pub slots: u8,
}

/// Major versions of the AWS provider. All of them, unless a rule says otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderVersions {
    /// The first.
    pub from: Option<u32>,
    /// The first that is too new.
    pub below: Option<u32>,
}

impl ProviderVersions {
    /// Reads `<6` or `>=6`.
    pub fn parse(text: &str) -> Option<Self> {
        let major = |digits: &str| digits.trim().parse().ok();
        match text.trim().strip_prefix(">=") {
            Some(digits) => Some(Self {
                from: Some(major(digits)?),
                below: None,
            }),
            None => Some(Self {
                from: None,
                below: Some(major(text.trim().strip_prefix('<')?)?),
            }),
        }
    }

    /// Whether a configuration is meant that allows this version at most; none stands for the newest.
    pub fn hold(self, newest: Option<u32>) -> bool {
        let newest = newest.unwrap_or(u32::MAX);
        self.from.is_none_or(|from| newest >= from) && self.below.is_none_or(|below| newest < below)
    }
}

/// What must hold, or must not.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Body {
    /// False is a finding.
    Expect(Condition),
    /// True is a finding.
    Fail(Condition),
    /// Rust code that finds places of its own.
    Builtin(BuiltinCall),
    /// What is wrong with suppressions. It is told where they are applied, not asked of resources.
    Suppressions(Fault),
}

named! {
    /// What may be wrong with a suppression.
    Fault { /// A rule that it names has no finding there.
        Unused = "unused", /// Its last day is over.
        Expired = "expired", /// It names a rule that does not exist.
        UnknownRule = "unknown-rule", /// It does not say why.
        WithoutReason = "without-reason", /// The policy forbids it.
        NotAllowed = "not-allowed", /// It cannot be read.
        Malformed = "malformed" }
}

/// A name bound during an evaluation, by number.
pub type Slot = u8;

/// The slot of the resource that is asked (`$`).
pub const SUBJECT: Slot = 0;

/// A name for the resource that a value refers to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Let {
    /// What it binds.
    pub slot: Slot,
    /// The value that refers.
    pub follow: Path,
    /// Kinds that it may be; empty: any.
    pub kinds: Vec<String>,
    /// Where such a resource has a name of its own, which a text may spell; the root is that resource.
    pub name: Option<Path>,
}

/// A compiled path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Path {
    /// Where it begins.
    pub root: Slot,
    /// Whether it begins beside the properties (`resource.DeletionPolicy`).
    pub beside: bool,
    /// Where it goes.
    pub steps: Vec<Step>,
}

/// One step of a [`Path`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// The value of a key.
    Key(String),
    /// The element at an index.
    Index(u32),
    /// Every element of a list, or the value itself where it is none (`[*]`).
    All,
    /// Every value of a mapping (`.*`).
    Members,
}

impl Step {
    /// Whether it leads to many values.
    pub fn is_many(&self) -> bool {
        matches!(self, Step::All | Step::Members)
    }
}

/// A condition: true, false or unknown.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Condition {
    /// All hold.
    All(Vec<Condition>),
    /// One holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// One value is compared.
    Test(Box<Test>),
    /// Many things are asked.
    Quantified(Box<Quantified>),
    /// One IAM statement is asked.
    Statement(Box<StatementTest>),
    /// Something refers to the subject.
    Referenced(Box<ReferencedTest>),
    /// A network rule lets a port through.
    CoversPort(Box<PortTest>),
    /// The name that the author gave the subject has a match: the logical id, the label.
    Named(Pattern),
    /// The subject refers to a resource or waits for it, by itself or through others.
    DependsOn(Slot),
    /// Rust code.
    Builtin(BuiltinCall),
}

/// One value and an operator.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Test {
    /// The value.
    pub at: Path,
    /// How it is compared.
    pub operator: Operator,
    /// The answer where it is not set.
    pub absent: Absent,
    /// The answer where a joined text is known in part, and what is known does not decide.
    pub in_part: Absent,
    /// The answer where the value is not known, or what is known does not decide.
    pub unknown: Absent,
    /// Whether it gives the place of a finding.
    pub culprit: bool,
}

named! {
    /// The answer where a value is not set, or not known.
    Absent { /// It holds.
        Pass = "pass", /// It does not hold.
        Fail = "fail", /// It cannot be said.
        Unknown = "unknown" }
}

/// How a value is compared.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Operator {
    /// Is that scalar.
    Equals(Operand),
    /// Is another scalar.
    NotEquals(Operand),
    /// Is that text but for case.
    EqualsIgnoringCase(String),
    /// Is one of these.
    In(Texts),
    /// Is none of these.
    NotIn(Texts),
    /// Begins with one of these.
    StartsWith(Texts),
    /// Ends with one of these.
    EndsWith(Texts),
    /// Has a match.
    Matches(Pattern),
    /// Has no match.
    NotMatches(Pattern),
    /// Has one of these as element or part.
    Contains(Texts),
    /// Is such a number.
    AtLeast(Operand),
    /// Is such a number.
    AtMost(Operand),
    /// Is such a number.
    MoreThan(Operand),
    /// Is such a number.
    LessThan(Operand),
    /// Is written, or is not.
    Set(bool),
    /// Is empty or missing, or is not.
    Empty(bool),
    /// Has so many elements.
    CountAtLeast(Operand),
    /// Has so many elements that are surely different.
    DistinctAtLeast(Operand),
    /// Is an address range that holds every address.
    OpenCidr(bool),
    /// Refers to a resource of these kinds.
    RefersTo(Vec<String>),
    /// Is spelt out where it stands, or is not.
    Literal(bool),
    /// Is, as a whole, what a resource of this template gives, or is not.
    Reference(bool),
}

/// What a value is compared with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Operand {
    /// A scalar, as text.
    Literal(String),
    /// Another value.
    Path(Path),
    /// A parameter of the rule, by its place among them.
    Parameter(u8),
    /// Another number, times a factor.
    Scaled {
        /// The number.
        path: Path,
        /// What it is where it is not set.
        absent: Option<String>,
        /// The factor.
        times: String,
    },
}

/// Texts that a value is compared with.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Texts {
    /// These.
    These(Vec<String>),
    /// A parameter of the rule, by its place among them.
    Parameter(u8),
}

/// A regular expression, compiled when it is first asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pattern {
    /// As written.
    pub source: String,
    #[serde(skip)]
    compiled: std::sync::OnceLock<Option<regex::Regex>>,
}

/// Compiled patterns above this size are refused: a small text can ask for a huge automaton.
const MAX_PATTERN_BYTES: usize = 64 << 10;

impl Pattern {
    /// A pattern that is known to compile.
    ///
    /// # Errors
    /// What is wrong with the expression.
    pub fn new(source: &str) -> Result<Self, String> {
        let regex = Self::compile(source).map_err(|error| error.to_string())?;
        let pattern = Self {
            source: source.to_owned(),
            compiled: std::sync::OnceLock::new(),
        };
        let _ = pattern.compiled.set(Some(regex));
        Ok(pattern)
    }

    fn compile(source: &str) -> Result<regex::Regex, regex::Error> {
        regex::RegexBuilder::new(source)
            .size_limit(MAX_PATTERN_BYTES)
            .build()
    }

    /// Whether a part of a text has a match that the rest of the text cannot undo: one that does not look at the ends
    /// of the text, but for its start where the part is the first.
    pub fn is_match_of_part(&self, part: &str, is_start: bool) -> bool {
        let anchors = ["$", "\\b", "\\B", "\\z", "\\A", "^"];
        let unanchored = match self.source.strip_prefix('^') {
            Some(rest) if is_start => rest,
            _ => &self.source,
        };
        !anchors.iter().any(|anchor| unanchored.contains(anchor)) && self.is_match(part)
    }

    /// Whether the text has a match.
    pub fn is_match(&self, text: &str) -> bool {
        self.compiled
            .get_or_init(|| Self::compile(&self.source).ok())
            .as_ref()
            .is_some_and(|regex| regex.is_match(text))
    }
}

/// Where many things come from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Domain {
    /// The elements that a path reaches.
    Each(Path),
    /// The statements of the policy document there.
    Statements(Path),
    /// All resources of these kinds.
    Resources(Vec<String>),
    /// Resources that refer to a target.
    Linked(Link),
    /// The resources of these kinds that the values of a path refer to.
    Followed(Path, Vec<String>),
}

/// A part of a text.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum TextPart {
    /// As it stands.
    Literal(String),
    /// A value.
    Value(Path),
}

/// Resources that refer to a target.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Link {
    /// Their kinds.
    pub kinds: Vec<String>,
    /// Where they refer; the root is the candidate.
    pub by: Vec<Path>,
    /// What they refer to: the resource in this slot, or the one that the value refers to.
    pub to: Path,
    /// Text before and after the reference.
    pub text: Option<(Vec<TextPart>, Vec<TextPart>)>,
    /// Where the target has a name of its own; the root is the target.
    pub name: Option<Path>,
    /// The attribute that counts.
    pub attribute: Option<String>,
}

named! {
    /// How many must hold.
    Quantifier { /// All.
        Every = "every", /// One.
        Some = "some", /// Not one.
        None = "none" }
}

/// Many things and what is asked of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Quantified {
    /// How many must hold.
    pub quantifier: Quantifier,
    /// Where they come from.
    pub domain: Domain,
    /// What one of them is bound to.
    pub slot: Slot,
    /// Which of them are asked.
    pub filter: Option<Condition>,
    /// What is asked.
    pub expect: Option<Condition>,
    /// How many must hold at least, where one is not enough (`some`).
    pub at_least: Option<Operand>,
    /// Where those that hold must not all have the same value (`some`).
    pub different: Option<Path>,
    /// Whether what was not read does not count: then nothing found is nothing there.
    pub ignores_unread: bool,
}

/// What may refer to the subject.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ReferencedTest {
    /// Only these kinds count; empty: all, and outputs.
    pub kinds: Vec<String>,
    /// These kinds do not count.
    pub except: Vec<String>,
    /// Where a reference of these does not count; none: nowhere does it.
    pub except_at: Vec<Path>,
}

/// What is asked of one IAM statement; all that is given must hold.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StatementTest {
    /// The statement.
    pub at: Path,
    /// `Allow` or `Deny`.
    pub effect: Option<String>,
    /// What some action must be.
    pub action: Option<PatternTest>,
    /// What some resource must be.
    pub resource: Option<PatternTest>,
    /// Whether it must be for everyone.
    pub anyone: bool,
    /// What its Condition must be.
    pub condition: Option<ConditionTest>,
    /// Which part gives the place.
    pub culprit: StatementPart,
}

named! {
    /// A part of a statement.
    StatementPart { /// Its actions.
        Action = "action", /// Its resources.
        Resource = "resource", /// Its principals.
        Principal = "principal" }
}

/// What an action or a resource of a statement must be.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum PatternTest {
    /// Literally one of these, but for case.
    Is(Vec<String>),
    /// It matches.
    Matches(Pattern),
    /// Wildcards included, it covers this.
    Grants(String),
    /// An action that supports resource-level permissions.
    Restrictable,
}

/// What the Condition of a statement must be.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum ConditionTest {
    /// There is none.
    None,
    /// None of these keys restricts it with a fixed value.
    Without(Vec<String>),
    /// None of these keys is named.
    KeysWithout(Vec<String>),
}

/// A network rule and a port.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PortTest {
    /// The ports, as texts; one is enough.
    pub ports: Texts,
    /// `tcp`, `udp`; one is enough.
    pub protocols: Vec<String>,
    /// The rule's protocol.
    pub protocol_at: Path,
    /// The first port.
    pub from: Path,
    /// The last port.
    pub to: Path,
}

/// Rust code and what it is given.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BuiltinCall {
    /// Its name, in [`crate::builtin`].
    pub name: String,
    /// Paths, by parameter.
    pub paths: Vec<(String, Path)>,
    /// Numbers, by parameter.
    pub numbers: Vec<(String, Operand)>,
    /// Lists of texts, by parameter.
    pub lists: Vec<(String, Texts)>,
}
