//! The keys of a configuration: one table, which the reader, the schema and `pillarlint init` are made from.

use crate::args::FailOn;
use pillarlint_engine::rule::{Preset, Severity};
use pillarlint_engine::suppress::ReasonClass;
use pillarlint_parser::cloudformation::Scenarios;

/// What a configuration is called.
pub(crate) const NAME: &str = "pillarlint.yaml";

/// A key of a mapping.
pub(super) struct Key {
    pub(super) name: &'static str,
    /// What it says, in a sentence or two.
    pub(super) about: &'static str,
    /// What it may be.
    pub(super) shape: Shape,
    /// What holds without it, as JSON; empty where nothing does.
    pub(super) default: &'static str,
    /// An example, as YAML: the key itself, with its defaults where there are any. Only for keys of the whole.
    pub(super) example: &'static str,
    pub(super) is_required: bool,
}

/// What a value may be.
pub(super) enum Shape {
    /// A text.
    Text(Text),
    /// One of these.
    Word(fn() -> Vec<&'static str>),
    /// `true` or `false`.
    Flag,
    /// A whole number in these bounds.
    Number(i64, i64),
    /// A list; one alone may stand for a list of one.
    List(&'static Shape),
    /// A mapping from names, of which this is said, to values.
    Map(&'static str, &'static Shape),
    /// A mapping with these keys.
    Keys(&'static [Key]),
}

/// Sorts of texts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    /// Any.
    Any,
    /// A path, relative to the folder of the file.
    Path,
    /// A pattern for paths, as in `.gitignore`.
    Glob,
    /// A selector of rules.
    Selector,
    /// A day.
    Day,
}

const LEVEL: Shape = Shape::Word(|| Severity::ALL.iter().map(|one| one.name()).collect());
const TEXTS: Shape = Shape::List(&Shape::Text(Text::Any));
const PATHS: Shape = Shape::List(&Shape::Text(Text::Path));
const GLOBS: Shape = Shape::List(&Shape::Text(Text::Glob));
const SELECTORS: Shape = Shape::List(&Shape::Text(Text::Selector));

const fn key(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key {
        name,
        about,
        shape,
        default: "",
        example: "",
        is_required: false,
    }
}

const PRESET: Key = Key {
    default: "\"recommended\"",
    example: "preset: recommended",
    ..key(
        "preset",
        Shape::Word(|| Preset::ALL.iter().map(|one| one.name()).collect()),
        "Which rules are on: `recommended`, `strict` (all whose answer is exact) or `all`.",
    )
};
const IGNORE: Key = Key {
    default: "[]",
    example: "ignore:\n  - s3-versioning\n  - sustainability",
    ..key(
        "ignore",
        SELECTORS,
        "Rules that are off, as `--ignore` has it.",
    )
};
const SEVERITY: Key = Key {
    default: "{}",
    example: "severity:\n  cost-optimization: low\n  rds-multi-az: high",
    ..key(
        "severity",
        Shape::Map("A selector of rules.", &LEVEL),
        "How severe rules are here. A rule that is named goes before broader selectors, of which the last counts.",
    )
};
const PARAMETERS: Key = Key {
    default: "{}",
    example: "parameters:\n  iam-password-policy-length:\n    length: 16",
    ..key(
        "parameters",
        Shape::Map("A rule.", &Shape::Map("A parameter of the rule.", &TEXTS)),
        "Values for parameters of rules: limits, and lists. `pillarlint explain RULE` shows them.",
    )
};

/// The keys of a configuration.
pub(super) static FILE: [Key; 16] = [
    Key {
        default: "[]",
        example: "extends:\n  - ../shared/pillarlint.yaml",
        ..key(
            "extends",
            PATHS,
            "Configurations that this one goes on from. What is said here, or in a later one, goes before what is said in an earlier one.",
        )
    },
    PRESET,
    Key {
        default: "[\"*\"]",
        example: "select: ['*', s3-cross-region-replication]",
        ..key(
            "select",
            SELECTORS,
            "Only these rules, as `--select` has it: a rule that is named is on whatever the preset, other selectors filter within it. `'*'` is the whole preset.",
        )
    },
    IGNORE,
    SEVERITY,
    PARAMETERS,
    Key {
        default: "[]",
        example: "required-tags: [owner, cost-center]",
        ..key(
            "required-tags",
            TEXTS,
            "Tag keys that every billed resource must have. Switches the rule on that asks for them.",
        )
    },
    Key {
        default: "\"info\"",
        example: "fail-on: info",
        ..key(
            "fail-on",
            Shape::Word(|| FailOn::names().collect()),
            "The exit code is 1 for findings from this severity upwards, or never.",
        )
    },
    Key {
        default: "[]",
        example: "exclude:\n  - generated/\n  - '*.tpl.yaml'",
        ..key(
            "exclude",
            GLOBS,
            "Files and folders that are passed over, by patterns as in `.gitignore`. A file that is named is looked at all the same, but for `--force-exclude`.",
        )
    },
    Key {
        default: "[]",
        example: "overrides:\n  - paths: [live/prod/]\n    preset: strict\n    severity:\n      reliability: high\n  - paths: [sandbox/]\n    ignore: [rds-multi-az, cost-optimization]",
        ..key(
            "overrides",
            Shape::List(&Shape::Keys(&OVERRIDE)),
            "What is different for some paths. Of several that match, later ones go before earlier ones.",
        )
    },
    Key {
        default: "[]",
        example: "rules: [lint-rules]",
        ..key(
            "rules",
            PATHS,
            "Folders with rules of your own. One with the id of a rule of pillarlint takes its place.",
        )
    },
    Key {
        example: "terraform:\n  variable-files: [prod.tfvars]\n  workspace: default",
        ..key(
            "terraform",
            Shape::Keys(&TERRAFORM),
            "What Terraform root modules are given, beside what Terraform takes unasked.",
        )
    },
    Key {
        example: "cloudformation:\n  parameter-files: [prod.json]\n  scenarios: defaults",
        ..key(
            "cloudformation",
            Shape::Keys(&CLOUDFORMATION),
            "What templates are given, and what else is looked at.",
        )
    },
    Key {
        example: "baseline: pillarlint-baseline.jsonl",
        ..key(
            "baseline",
            Shape::Text(Text::Path),
            "A file with findings that are known, and not reported again.",
        )
    },
    Key {
        default: "[]",
        example: "suppressions:\n  - rules: [s3-access-logging]\n    address: module.logs.*\n    file: live/**\n    reason: the bucket receives the logs\n    class: architecture-constraints\n    until: '2027-06-30'",
        ..key(
            "suppressions",
            Shape::List(&Shape::Keys(&SUPPRESSION)),
            "Findings that are not reported, with the reason.",
        )
    },
    Key {
        example: "suppression-policy:\n  require-reason: false\n  longest-days: 365\n  never: [sg-ssh-open]\n  foreign: true",
        ..key(
            "suppression-policy",
            Shape::Keys(&POLICY),
            "What suppressions must be like, wherever they are written.",
        )
    },
];

static OVERRIDE: [Key; 6] = [
    Key {
        is_required: true,
        ..key(
            "paths",
            GLOBS,
            "The paths that it is for, by patterns as in `.gitignore`, relative to the folder of this file.",
        )
    },
    PRESET,
    key(
        "select",
        SELECTORS,
        "Further rules that are on here: those that are named whatever the preset, of other selectors those in it.",
    ),
    IGNORE,
    SEVERITY,
    PARAMETERS,
];

static TERRAFORM: [Key; 2] = [
    Key {
        default: "[]",
        ..key(
            "variable-files",
            PATHS,
            "Files of values for variables, read as `--var-file` is; later ones go before earlier ones.",
        )
    },
    Key {
        default: "\"default\"",
        ..key(
            "workspace",
            Shape::Text(Text::Any),
            "The workspace, for `terraform.workspace`.",
        )
    },
];

static CLOUDFORMATION: [Key; 3] = [
    Key {
        default: "[]",
        ..key(
            "parameter-files",
            PATHS,
            "Files of values for parameters, read as `--parameters` is; later ones go before earlier ones.",
        )
    },
    Key {
        default: "\"defaults\"",
        ..key(
            "scenarios",
            Shape::Word(|| Scenarios::ALL.iter().map(|one| one.name()).collect()),
            "Which values of other parameters are looked at: their `defaults`, or `all` that they may have.",
        )
    },
    Key {
        default: "false",
        ..key(
            "cdk-resources",
            Shape::Flag,
            "Whether what the AWS CDK adds of its own is checked, too.",
        )
    },
];

static SUPPRESSION: [Key; 6] = [
    Key {
        is_required: true,
        ..key(
            "rules",
            SELECTORS,
            "The rules, by id, by their id in another tool, or by any other selector.",
        )
    },
    key(
        "address",
        Shape::Text(Text::Any),
        "The resource, by its logical id or its address in Terraform; `*` stands for any text.",
    ),
    key(
        "file",
        Shape::Text(Text::Glob),
        "The files, by a pattern as in `.gitignore`, relative to the folder of this file.",
    ),
    key("reason", Shape::Text(Text::Any), "Why."),
    key(
        "class",
        Shape::Word(|| ReasonClass::ALL.iter().map(|one| one.name()).collect()),
        "What sort of reason that is, as the Well-Architected Tool has them.",
    ),
    key(
        "until",
        Shape::Text(Text::Day),
        "The last day on which it holds, YYYY-MM-DD.",
    ),
];

static POLICY: [Key; 4] = [
    Key {
        default: "false",
        ..key(
            "require-reason",
            Shape::Flag,
            "Whether a suppression without a reason has no effect.",
        )
    },
    key(
        "longest-days",
        Shape::Number(1, 36_500),
        "The last day of a suppression may lie so many days ahead; one without a last day then has no effect.",
    ),
    Key {
        default: "[]",
        ..key("never", SELECTORS, "Rules that may not be suppressed.")
    },
    Key {
        default: "true",
        ..key(
            "foreign",
            Shape::Flag,
            "Whether suppressions count that are written for other tools (checkov, tfsec, trivy, cfn_nag, guard, cdk_nag).",
        )
    },
];
