//! What may stand in rule files: every mapping with its keys.
//!
//! The loader reads by these tables, and the JSON Schema that editors complete rule files with is written from
//! them, so what an editor offers is what the loader takes.

use crate::builtin::SIGNATURES;
use crate::rule::{Absent, Certainty, Fault, Preset, Severity, StatementPart};

/// A mapping: what it is called and what may stand in it.
#[derive(Debug)]
pub struct Mapping {
    /// What it is called, with its article: `a rule`.
    pub name: &'static str,
    /// Its keys. Of those that are [`Need::Choice`] exactly one stands.
    pub keys: &'static [Key],
}

/// Mappings of which one stands, told by its first key.
#[derive(Debug)]
pub struct Forms {
    /// What they are called, with the article: `a condition`.
    pub name: &'static str,
    /// The mappings.
    pub forms: &'static [&'static Mapping],
}

/// A key of a mapping.
#[derive(Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// Whether it has to be there.
    pub need: Need,
    /// What its value is.
    pub shape: Shape,
    /// What it means, in Markdown.
    pub about: &'static str,
}

/// Whether a key has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Always.
    Required,
    /// It may.
    Optional,
    /// Exactly one of those that are so.
    Choice,
}

/// What a value is.
#[derive(Debug)]
pub enum Shape {
    /// A scalar.
    Text,
    /// `true` or `false`.
    Flag,
    /// `true`.
    True,
    /// A whole number.
    Whole,
    /// One of these names.
    Name(fn() -> Vec<&'static str>),
    /// The id of a best practice.
    Practice,
    /// The type of resources.
    Kind,
    /// A path (JSONPath with a root).
    Path,
    /// A regular expression.
    Pattern,
    /// A condition: one of [`CONDITION`].
    Condition,
    /// A mapping.
    Mapping(&'static Mapping),
    /// One of several mappings.
    Forms(&'static Forms),
    /// A mapping with names that the author chooses.
    Named(&'static Shape),
    /// A list.
    List(&'static Shape),
    /// A list, or one of its elements alone.
    Many(&'static Shape),
    /// One of these.
    Either(&'static [Shape]),
    /// Whatever the place asks for.
    Any,
}

impl Mapping {
    /// The key of a name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The names of the keys that a mapping has one of.
    pub fn choices(&self) -> impl Iterator<Item = &'static str> + use<> {
        let choices = self.keys.iter().filter(|key| key.need == Need::Choice);
        choices.map(|key| key.name)
    }
}

const fn required(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key {
        name,
        need: Need::Required,
        shape,
        about,
    }
}

const fn optional(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key {
        name,
        need: Need::Optional,
        shape,
        about,
    }
}

const fn choice(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key {
        name,
        need: Need::Choice,
        shape,
        about,
    }
}

const TEXTS: Shape = Shape::Many(&Shape::Text);
const KINDS: Shape = Shape::Many(&Shape::Kind);
const PATHS: Shape = Shape::Many(&Shape::Path);
const CONDITIONS: Shape = Shape::List(&Shape::Condition);
/// A scalar, or where it is taken from.
const VALUE: Shape = Shape::Either(&[Shape::Text, Shape::Forms(&TAKEN)]);
/// A list, or where it is taken from.
const LIST: Shape = Shape::Either(&[TEXTS, Shape::Forms(&LISTED)]);
/// A list, or a table of `data/`.
const TABLE: Shape = Shape::Either(&[TEXTS, Shape::Mapping(&DATA)]);

/// A rule file.
pub static RULE: Mapping = Mapping {
    name: "a rule",
    keys: &[
        required(
            "title",
            Shape::Text,
            "The good state in a few words: `Queue is encrypted`.",
        ),
        required(
            "practices",
            Shape::Many(&Shape::Practice),
            "Best practices of the Well-Architected Framework; the first decides the pillar. `pillarlint explain SEC08` lists those of a question.",
        ),
        required("severity", Shape::Name(severities), "How bad a finding is."),
        optional(
            "certainty",
            Shape::Name(certainties),
            "How sure a finding is. `exact` (the default): the text says it; `threshold`: it depends on a limit; `heuristic`: it is likely; `presence`: it may stand elsewhere.",
        ),
        optional(
            "preset",
            Shape::Name(presets),
            "The smallest preset that the rule is on in. Without it `recommended`, so that it is on; `all` where it is not exact.",
        ),
        optional(
            "secret",
            Shape::True,
            "What the rule finds is a secret: no report shows it.",
        ),
        required(
            "why",
            Shape::Text,
            "What goes wrong without it, in two or three sentences.",
        ),
        required(
            "fix",
            Shape::Either(&[Shape::Text, Shape::Mapping(&FIX)]),
            "What to do, naming the property and the value. One text, or one for each of `cloudformation` and `terraform`.",
        ),
        optional("references", TEXTS, "Pages that prove it."),
        optional(
            "aliases",
            TEXTS,
            "The same check in other tools: their ids select it, and their suppressions are honoured. `tool:` stands before ids that are not distinctive.",
        ),
        optional(
            "parameters",
            Shape::Named(&Shape::Mapping(&PARAMETER)),
            "Limits and lists that teams set otherwise, used as `{ parameter: NAME }`.",
        ),
        required(
            "checks",
            Shape::List(&Shape::Either(&[
                Shape::Mapping(&CHECK),
                Shape::Mapping(&ABOUT_SUPPRESSIONS),
            ])),
            "What is asked, for each kind of resources.",
        ),
        required(
            "examples",
            Shape::List(&Shape::Mapping(&EXAMPLE)),
            "Documentation and tests at once: a line that carries `# error` must be reported, no other may be.",
        ),
    ],
};

/// What to do, told for each dialect.
pub static FIX: Mapping = Mapping {
    name: "a fix",
    keys: &[
        required("cloudformation", Shape::Text, "What to do in a template."),
        optional(
            "sam",
            Shape::Text,
            "What to do in a SAM template, where SAM calls the property otherwise.",
        ),
        required("terraform", Shape::Text, "What to do in a configuration."),
    ],
};

/// A parameter of a rule.
pub static PARAMETER: Mapping = Mapping {
    name: "a parameter",
    keys: &[
        required(
            "type",
            Shape::Name(|| vec!["integer", "list"]),
            "What it is.",
        ),
        required(
            "default",
            Shape::Any,
            "Its value where nobody sets it; a list may be `{ data: NAME }`.",
        ),
        required("description", Shape::Text, "What it means."),
        optional("minimum", Shape::Whole, "The least value that it may have."),
        optional(
            "maximum",
            Shape::Whole,
            "The greatest value that it may have.",
        ),
    ],
};

/// A check.
pub static CHECK: Mapping = Mapping {
    name: "a check",
    keys: &[
        optional(
            "kinds",
            Shape::Either(&[KINDS, Shape::Mapping(&DATA)]),
            "The types of the resources that are asked: `[AWS::SQS::Queue]`, `[aws_sqs_queue]`; `'AWS::*'` and `'aws_*'` are all.",
        ),
        optional(
            "subjects",
            Shape::Text,
            "A shape: the subjects that it declares are asked in place of whole resources.",
        ),
        optional(
            "template",
            Shape::True,
            "Asked once for the whole template or root module.",
        ),
        optional(
            "provider",
            Shape::Text,
            "Applies only to such major versions of the AWS provider: `'<6'`, `'>=6'`.",
        ),
        optional(
            "each",
            Shape::Path,
            "Asked once for every element that the path reaches; `@` is the element.",
        ),
        optional(
            "statements",
            Shape::Path,
            "Asked once for every statement of the IAM policy there; `@` is the statement.",
        ),
        optional(
            "let",
            Shape::Named(&Shape::Mapping(&LET)),
            "Names for resources that are referred to.",
        ),
        optional("when", Shape::Condition, "When the check applies."),
        optional("unless", Shape::Condition, "When the check does not apply."),
        choice("expect", Shape::Condition, "What must hold."),
        choice("fail", Shape::Condition, "What must not hold."),
        choice(
            "builtin",
            Shape::Name(whole_checks),
            "A check in Rust that finds places of its own.",
        ),
        optional("with", Shape::Named(&Shape::Any), "What the builtin takes."),
        required(
            "message",
            Shape::Text,
            "What is wrong here: lower case, no full stop. `{value}` is the offending value, `{address}` the resource, `{kind}` its type, `{NAME}` a parameter.",
        ),
        optional(
            "place",
            Shape::Path,
            "Where the finding points, if it exists; else at the value that decided it.",
        ),
    ],
};

/// A check of suppressions.
pub static ABOUT_SUPPRESSIONS: Mapping = Mapping {
    name: "a check of `suppressions`",
    keys: &[
        required(
            "suppressions",
            Shape::Name(faults),
            "Asks no resource, but tells of suppressions that have this fault.",
        ),
        required(
            "message",
            Shape::Text,
            "What is wrong: lower case, no full stop. `{value}` is what of the suppression is wrong.",
        ),
    ],
};

/// A name for resources that are referred to.
pub static LET: Mapping = Mapping {
    name: "a name of `let`",
    keys: &[
        required("follow", Shape::Path, "The reference that leads there."),
        optional("kinds", KINDS, "The types that it may lead to."),
        optional(
            "name",
            Shape::Path,
            "The property that holds the resource's own name: a literal equal to it leads there, too.",
        ),
    ],
};

/// An example.
pub static EXAMPLE: Mapping = Mapping {
    name: "an example",
    keys: &[
        optional("name", Shape::Text, "What it shows."),
        optional(
            "parameters",
            Shape::Named(&TEXTS),
            "Values for the rule's parameters in it.",
        ),
        choice(
            "cloudformation",
            Shape::Text,
            "A whole template, as a text (`|`). `# error` marks the lines that must be reported, `# unknown` those that cannot be decided.",
        ),
        choice(
            "terraform",
            Shape::Text,
            "A root module of one file, as a text (`|`). `# error` marks the lines that must be reported, `# unknown` those that cannot be decided.",
        ),
    ],
};

/// What is true, false or unknown.
pub static CONDITION: Forms = Forms {
    name: "a condition",
    forms: &[
        &TEST,
        &ALL,
        &ANY,
        &NOT,
        &EVERY,
        &SOME,
        &NONE,
        &STATEMENT,
        &REFERENCED,
        &NAMED,
        &DEPENDS_ON,
        &COVERS_PORT,
        &BUILTIN,
    ],
};

/// A value, and an operator that decides.
pub static TEST: Mapping = Mapping {
    name: "a condition with `at`",
    keys: &[
        required(
            "at",
            Shape::Path,
            "The value that is asked: `$.Name` is a property of the resource.",
        ),
        choice(
            "equals",
            VALUE,
            "It is that scalar; `\"true\"` is `true`, `\"22\"` is `22`. Whether it is there at all asks `set`.",
        ),
        choice("not-equals", VALUE, "It is not that scalar."),
        choice(
            "equals-ignoring-case",
            Shape::Text,
            "It is that text but for case.",
        ),
        choice("in", LIST, "It is one of a list."),
        choice("not-in", LIST, "It is none of a list."),
        choice(
            "starts-with",
            LIST,
            "It begins with that text, or one of a list of them.",
        ),
        choice("starts-with-any", LIST, "It begins with one of a table."),
        choice(
            "ends-with",
            LIST,
            "It ends with that text, or one of a list of them.",
        ),
        choice(
            "matches",
            Shape::Pattern,
            "It has a match of that regular expression; write `^` and `$` yourself.",
        ),
        choice(
            "not-matches",
            Shape::Pattern,
            "It has no match of that regular expression.",
        ),
        choice(
            "contains",
            LIST,
            "It is a list with that element, or a text with that part; with a list: with one of them.",
        ),
        choice("at-least", VALUE, "It is a number from that upwards."),
        choice("at-most", VALUE, "It is a number up to that."),
        choice("more-than", VALUE, "It is a greater number."),
        choice("less-than", VALUE, "It is a smaller number."),
        choice(
            "set",
            Shape::Flag,
            "`true`: it is written; `false`: it is missing, null or NoValue. Takes no `absent`.",
        ),
        choice(
            "empty",
            Shape::Flag,
            "It has no element, member or letter; what is missing is empty. Takes no `absent`.",
        ),
        choice("count-at-least", VALUE, "It is a list of so many elements."),
        choice(
            "distinct-at-least",
            VALUE,
            "It is a list of so many elements that are surely different.",
        ),
        choice(
            "open-cidr",
            Shape::Flag,
            "It is an address range with prefix length 0 (`0.0.0.0/0`, `::/0`).",
        ),
        choice(
            "refers-to",
            KINDS,
            "It is a reference to a resource of these kinds in this template.",
        ),
        choice("literal", Shape::Flag, "It is spelt out where it stands."),
        choice(
            "reference",
            Shape::Flag,
            "It is, as a whole, what a resource of this template gives.",
        ),
        optional(
            "absent",
            Shape::Name(answers),
            "The answer where the value is not set. In `expect` it must be said; elsewhere it is `fail`, does not hold.",
        ),
        optional(
            "in-part",
            Shape::Name(answers),
            "The answer for a joined text of which only a part is known.",
        ),
        optional(
            "unknown",
            Shape::Name(answers),
            "The answer where the value is not known.",
        ),
        optional(
            "culprit",
            Shape::Flag,
            "In a `fail` of several parts: this value is the place of the finding.",
        ),
    ],
};

static ALL: Mapping = Mapping {
    name: "a condition with `all`",
    keys: &[required("all", CONDITIONS, "All of these hold.")],
};

static ANY: Mapping = Mapping {
    name: "a condition with `any`",
    keys: &[required("any", CONDITIONS, "One of these holds.")],
};

static NOT: Mapping = Mapping {
    name: "a condition with `not`",
    keys: &[required("not", Shape::Condition, "This does not hold.")],
};

static STATEMENT: Mapping = Mapping {
    name: "a condition with `statement`",
    keys: &[required(
        "statement",
        Shape::Mapping(&STATEMENT_TEST),
        "What is asked of one IAM statement, the current `@`; all parts must hold.",
    )],
};

static REFERENCED: Mapping = Mapping {
    name: "a condition with `referenced`",
    keys: &[required(
        "referenced",
        Shape::Either(&[Shape::True, KINDS, Shape::Mapping(&REFERENCED_TEST)]),
        "Another resource or an output refers to the subject: any (`true`), or one of these kinds.",
    )],
};

static NAMED: Mapping = Mapping {
    name: "a condition with `named`",
    keys: &[required(
        "named",
        Shape::Pattern,
        "The logical id or label of the subject has a match.",
    )],
};

static DEPENDS_ON: Mapping = Mapping {
    name: "a condition with `depends-on`",
    keys: &[required(
        "depends-on",
        Shape::Text,
        "The subject refers to this resource or waits for it, by itself or through others.",
    )],
};

static COVERS_PORT: Mapping = Mapping {
    name: "a condition with `covers-port`",
    keys: &[required(
        "covers-port",
        Shape::Mapping(&PORT_TEST),
        "The rule of a security group or network ACL lets that port through.",
    )],
};

static BUILTIN: Mapping = Mapping {
    name: "a condition with `builtin`",
    keys: &[
        required(
            "builtin",
            Shape::Name(conditions_in_rust),
            "A condition in Rust.",
        ),
        optional("with", Shape::Named(&Shape::Any), "What the builtin takes."),
    ],
};

static EVERY: Mapping = Mapping {
    name: "a condition with `every`",
    keys: &[required(
        "every",
        Shape::Mapping(&EVERY_OF),
        "All of these answer as expected; true where there is none.",
    )],
};

static SOME: Mapping = Mapping {
    name: "a condition with `some`",
    keys: &[required(
        "some",
        Shape::Mapping(&SOME_OF),
        "One of these answers as expected; false where there is none.",
    )],
};

static NONE: Mapping = Mapping {
    name: "a condition with `none`",
    keys: &[required(
        "none",
        Shape::Mapping(&NONE_OF),
        "None of these answers as expected; true where there is none.",
    )],
};

/// The keys that quantifiers share, and more.
macro_rules! quantified {
    ($expect:expr $(, $more:expr)* $(,)?) => {
        &[
            choice("each", Shape::Path, "Every element that the path reaches."),
            choice("statements", Shape::Path, "Every statement of the IAM policy there."),
            choice("resources", KINDS, "Every resource of these kinds in the template."),
            choice("linked", Shape::Mapping(&LINKED), "The resources that refer to the subject."),
            choice("followed", Shape::Mapping(&FOLLOWED), "The resources that the values at a path refer to."),
            optional("as", Shape::Text, "A name for the one that is asked; without it `@`."),
            optional("where", Shape::Condition, "Leaves out those of which this does not hold."),
            optional("unread", Shape::Name(|| vec!["ignored"]), "Modules that were not read do not count."),
            $expect,
            $($more),*
        ]
    };
}

/// What `every` asks.
pub static EVERY_OF: Mapping = Mapping {
    name: "`every`",
    keys: quantified!(required(
        "expect",
        Shape::Condition,
        "What must hold of each."
    )),
};

/// What `some` asks.
pub static SOME_OF: Mapping = Mapping {
    name: "`some`",
    keys: quantified!(
        optional(
            "expect",
            Shape::Condition,
            "What must hold of one; without it, that there is one."
        ),
        optional("at-least", VALUE, "Of so many."),
        optional(
            "different",
            Shape::Path,
            "Those must not all have the same value here."
        ),
    ),
};

/// What `none` asks.
pub static NONE_OF: Mapping = Mapping {
    name: "`none`",
    keys: quantified!(optional(
        "expect",
        Shape::Condition,
        "What must hold of none; without it, that there is none."
    )),
};

/// Resources that refer to something.
pub static LINKED: Mapping = Mapping {
    name: "`linked`",
    keys: &[
        required("kinds", KINDS, "Their types."),
        required(
            "by",
            PATHS,
            "Where in them the reference stands; `$` is the candidate.",
        ),
        optional(
            "to",
            Shape::Path,
            "What they refer to, where it is not the subject.",
        ),
        optional(
            "text",
            Shape::Text,
            "The text around the reference: `'table/{}'`.",
        ),
        optional(
            "name",
            Shape::Path,
            "The target's own name: a literal that equals it refers, too.",
        ),
        optional(
            "attribute",
            Shape::Text,
            "Only references to this attribute count.",
        ),
    ],
};

/// Resources that are referred to.
pub static FOLLOWED: Mapping = Mapping {
    name: "`followed`",
    keys: &[
        required("at", Shape::Path, "Where the references stand."),
        optional("kinds", KINDS, "The types that they may lead to."),
    ],
};

/// Who refers to the subject.
pub static REFERENCED_TEST: Mapping = Mapping {
    name: "`referenced`",
    keys: &[
        optional("by", KINDS, "Only these kinds count."),
        optional("except", KINDS, "These kinds do not count."),
        optional("at", PATHS, "What those of `except` say elsewhere counts."),
    ],
};

/// What is asked of a statement.
pub static STATEMENT_TEST: Mapping = Mapping {
    name: "`statement`",
    keys: &[
        optional("in", Shape::Path, "The statement; without it `@`."),
        optional(
            "effect",
            Shape::Name(|| vec!["Allow", "Deny"]),
            "Its effect.",
        ),
        optional(
            "action",
            Shape::Mapping(&ACTION_TEST),
            "Some action is such a one.",
        ),
        optional(
            "resource",
            Shape::Mapping(&RESOURCE_TEST),
            "Some resource is such a one.",
        ),
        optional(
            "principal",
            Shape::Name(|| vec!["anyone"]),
            "Its principal is `*`.",
        ),
        optional(
            "condition",
            Shape::Either(&[
                Shape::Name(|| vec!["none"]),
                Shape::Mapping(&CONDITION_TEST),
            ]),
            "`none`: it has no Condition; else what its Condition does not have.",
        ),
        optional(
            "culprit",
            Shape::Name(statement_parts),
            "Which part is the place of the finding.",
        ),
    ],
};

/// What is asked of actions.
pub static ACTION_TEST: Mapping = Mapping {
    name: "`action` of a statement",
    keys: &[
        choice("is", TABLE, "It is literally one of these, letters aside."),
        choice(
            "matches",
            Shape::Pattern,
            "It matches, written in lower case.",
        ),
        choice(
            "grants",
            Shape::Text,
            "It covers this one, wildcards included.",
        ),
        choice(
            "restrictable",
            Shape::True,
            "It supports resource-level permissions.",
        ),
    ],
};

/// What is asked of resources in a policy.
pub static RESOURCE_TEST: Mapping = Mapping {
    name: "`resource` of a statement",
    keys: &[
        choice("is", TABLE, "It is literally one of these."),
        choice("matches", Shape::Pattern, "It matches."),
        choice(
            "grants",
            Shape::Text,
            "It covers this one, wildcards included.",
        ),
    ],
};

/// What is asked of a statement's Condition.
pub static CONDITION_TEST: Mapping = Mapping {
    name: "`condition` of a statement",
    keys: &[
        choice(
            "without",
            TABLE,
            "No condition key of the list restricts it with a fixed value.",
        ),
        choice(
            "keys-without",
            TABLE,
            "No condition names one of these keys; a trailing `/*` covers all below.",
        ),
    ],
};

/// What is asked of a rule that lets ports through.
pub static PORT_TEST: Mapping = Mapping {
    name: "`covers-port`",
    keys: &[
        required("port", LIST, "The port, or several of which one is enough."),
        required(
            "protocol",
            Shape::Many(&Shape::Name(|| vec!["tcp", "udp"])),
            "The protocol.",
        ),
        required(
            "protocol-at",
            Shape::Path,
            "Where the rule's protocol stands.",
        ),
        required("from", Shape::Path, "Where the rule's first port stands."),
        required("to", Shape::Path, "Where the rule's last port stands."),
    ],
};

/// Where a scalar is taken from.
pub static TAKEN: Forms = Forms {
    name: "an argument",
    forms: &[&OF_PARAMETER, &OF_PATH],
};

/// Where a list is taken from.
pub static LISTED: Forms = Forms {
    name: "a list",
    forms: &[&OF_PARAMETER, &DATA],
};

static OF_PARAMETER: Mapping = Mapping {
    name: "an argument with `parameter`",
    keys: &[required(
        "parameter",
        Shape::Text,
        "The value of this parameter of the rule.",
    )],
};

static OF_PATH: Mapping = Mapping {
    name: "an argument with `path`",
    keys: &[
        required("path", Shape::Path, "Another value."),
        optional("absent", Shape::Text, "The number where that is not set."),
        optional("times", Shape::Text, "A factor."),
    ],
};

/// A table of `data/`.
pub static DATA: Mapping = Mapping {
    name: "an argument with `data`",
    keys: &[required(
        "data",
        Shape::Text,
        "The values of this table of `data/`.",
    )],
};

/// A file of `shapes/`.
pub static SHAPE: Mapping = Mapping {
    name: "a shape",
    keys: &[
        required("title", Shape::Text, "What its subjects are."),
        required(
            "forms",
            Shape::List(&Shape::Mapping(&FORM)),
            "Where they stand in each kind.",
        ),
    ],
};

/// A form of a shape.
pub static FORM: Mapping = Mapping {
    name: "a form",
    keys: &[
        required("kinds", KINDS, "The types of the resources."),
        optional("when", Shape::Condition, "Which of them are subjects."),
        optional(
            "each",
            Shape::Path,
            "The elements that are subjects; without it the resource is.",
        ),
        optional(
            "fields",
            Shape::Named(&Shape::Path),
            "Names for what rules ask.",
        ),
    ],
};

/// A file of `data/`.
pub static DATA_TABLE: Mapping = Mapping {
    name: "a data table",
    keys: &[
        required("title", Shape::Text, "What it lists."),
        required("source", TEXTS, "Where that is written."),
        required("date", Shape::Text, "When it was true."),
        required(
            "values",
            Shape::List(&Shape::Any),
            "Texts, or mappings with a `value`.",
        ),
    ],
};

/// The framework's file.
pub static FRAMEWORK: Mapping = Mapping {
    name: "the framework",
    keys: &[
        required("edition", Shape::Text, "Its date."),
        required("source", Shape::Text, "Where it is published."),
        required(
            "pillars",
            Shape::List(&Shape::Mapping(&PILLAR)),
            "The pillars.",
        ),
    ],
};

/// A pillar of the framework.
pub static PILLAR: Mapping = Mapping {
    name: "a pillar",
    keys: &[
        required("id", Shape::Text, "`security`."),
        required("title", Shape::Text, "Its title."),
        required("focus", Shape::Text, "What it is about."),
        required(
            "key_practices",
            Shape::List(&Shape::Mapping(&KEY_PRACTICE)),
            "Its areas.",
        ),
        required(
            "questions",
            Shape::List(&Shape::Mapping(&QUESTION)),
            "Its questions.",
        ),
    ],
};

/// An area of a pillar.
pub static KEY_PRACTICE: Mapping = Mapping {
    name: "a key practice",
    keys: &[
        required("id", Shape::Text, "Its id."),
        required("title", Shape::Text, "Its title."),
        optional("questions", TEXTS, "The ids of its questions."),
    ],
};

/// A question of a pillar.
pub static QUESTION: Mapping = Mapping {
    name: "a question",
    keys: &[
        required("id", Shape::Text, "`SEC08`."),
        required("text", Shape::Text, "The question."),
        required(
            "practices",
            Shape::List(&Shape::Mapping(&PRACTICE)),
            "Its best practices.",
        ),
    ],
};

/// A best practice.
pub static PRACTICE: Mapping = Mapping {
    name: "a best practice",
    keys: &[
        required("id", Shape::Text, "`SEC08-BP02`."),
        required("title", Shape::Text, "Its title."),
        required("risk", Shape::Text, "How bad it is not to follow it."),
        required("link", Shape::Text, "Its page."),
        optional(
            "beyond_code",
            Shape::Mapping(&BEYOND_CODE),
            "Why it cannot be seen in code.",
        ),
    ],
};

/// Why a best practice cannot be seen in code.
pub static BEYOND_CODE: Mapping = Mapping {
    name: "`beyond_code`",
    keys: &[
        required("because", Shape::Text, "The class of the reason."),
        required("why", Shape::Text, "The reason."),
    ],
};

fn severities() -> Vec<&'static str> {
    Severity::ALL.iter().map(|one| one.name()).collect()
}

fn certainties() -> Vec<&'static str> {
    Certainty::ALL.iter().map(|one| one.name()).collect()
}

fn presets() -> Vec<&'static str> {
    Preset::ALL.iter().map(|one| one.name()).collect()
}

fn faults() -> Vec<&'static str> {
    Fault::ALL.iter().map(|one| one.name()).collect()
}

fn answers() -> Vec<&'static str> {
    Absent::ALL.iter().map(|one| one.name()).collect()
}

fn statement_parts() -> Vec<&'static str> {
    StatementPart::ALL.iter().map(|one| one.name()).collect()
}

fn whole_checks() -> Vec<&'static str> {
    builtins(true).collect()
}

fn conditions_in_rust() -> Vec<&'static str> {
    builtins(false).collect()
}

fn builtins(whole_check: bool) -> impl Iterator<Item = &'static str> {
    let signatures = SIGNATURES.iter();
    let of_sort = signatures.filter(move |one| one.whole_check == whole_check);
    of_sort.map(|one| one.name)
}
