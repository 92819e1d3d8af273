//! Where the evaluator's value is not terraform's, and why.

/// Expressions, by reason.
pub(crate) const EXPRESSIONS: &[(&str, &[&str])] = &[
    (
        "a part that is not known leaves the rest known here, where terraform gives up the whole",
        &[
            r#"compact(["a", "", terraform_data.new.id])"#,
            r#"distinct(["a", "a", terraform_data.new.id])"#,
            r#"jsonencode({ a = terraform_data.new.id })"#,
        ],
    ),
    (
        "the known end of a text decides",
        &[
            r#"startswith("pre-${terraform_data.new.id}", "post-")"#,
            r#"endswith("${terraform_data.new.id}-end", "-end")"#,
        ],
    ),
    (
        "a value equals itself, known or not",
        &["terraform_data.new.id == terraform_data.new.id"],
    ),
    (
        "`||` is decided by one operand that is true; terraform 1.11 does not tell",
        &["true || terraform_data.new.output"],
    ),
    (
        "the type of what is known after an apply only is not known here",
        &[
            "terraform_data.new.output.attribute",
            "tolist([terraform_data.new.id, 1])",
        ],
    ),
    (
        "terraform refuses it only in an apply",
        &[r#"format("%s", null)"#],
    ),
    (
        "terraform does not tell what `%v` makes of a null before an apply",
        &[r#"format("%v %v %v %v", 1, "a", true, null)"#],
    ),
    (
        "what is not declared is an error of the whole configuration, which `try` does not hold up",
        &[r#"try(var.missing_attribute.x, "x")"#],
    ),
    (
        "values are not marked as sensitive",
        &[r#"issensitive("s")"#, r#"issensitive(sensitive("s"))"#],
    ),
    ("a time that no rule reads", &["length(plantimestamp())"]),
    (
        "what is compressed or encrypted is not looked into",
        &[r#"base64gzip("text")"#, r#"rsadecrypt("text", "key")"#],
    ),
    (
        "terraform takes a template from a name only, and refuses what is written in place",
        &[r#"templatestring("${local.greeting}", {})"#],
    ),
    (
        "what has two parts that differ is not equal; terraform 1.11 does not tell",
        &[r#"[terraform_data.new.id, "a"] == ["x", "b"]"#],
    ),
    (
        "rounded from a float of 53 bits, not 512",
        &[r#"format("%.2f", 2.345)"#],
    ),
    ("texts are not normalised", &[r#"strrev("e\u0301a")"#]),
    (
        "terraform takes a null of a list type",
        &[r#"coalescelist(null, ["a"])"#],
    ),
    (
        "newer versions of terraform take it",
        &["contains([null], null)"],
    ),
    (
        "a list looks like a tuple, a set like a list, and a map like an object",
        &[
            r#"concat(tolist([1]), tolist(["a"]))"#,
            r#"concat(["a"], toset(["b"]))"#,
            r#"element(toset(["a"]), 0)"#,
            r#"slice(toset(["a"]), 0, 1)"#,
            r#"lookup(tomap({ a = 1 }), "b", "x")"#,
            r#"lookup(tomap({ a = 1 }), "b", "5")"#,
            "tolist([]) == []",
            "tomap({ a = 1 }) == { a = 1 }",
        ],
    ),
    (
        "few encodings are known here; what others make is not known",
        &[r#"textencodebase64("a", "no-such")"#],
    ),
    (
        "dates stay as they are written: policies have them",
        &[r#"yamldecode("a: 2012-10-17")"#],
    ),
    (
        "no subnet; terraform leaves the network",
        &[
            r#"cidrsubnet("10.0.0.0/24", -1, 0)"#,
            r#"cidrsubnet("10.0.0.0/24", 4, -1)"#,
        ],
    ),
    ("a remainder of a division by zero is none", &["1 % 0"]),
    (
        "equal branches make the condition of no account",
        &[r#"terraform_data.new.id == "x" ? "a" : "a""#],
    ),
    // Known faults of the evaluator.
    (
        "of the branches of a conditional, only scalars are brought to one type",
        &[r#"terraform_data.new.id == "x" ? 1 : true"#],
    ),
    (
        "what is not known may be an element that the set has already",
        &[r#"length(toset(["a", terraform_data.new.id]))"#],
    ),
];

/// Outputs (`module: output name`) and resources (`module: resource address`) of modules, by reason.
pub(crate) const MODULES: &[(&str, &[&str])] = &[
    (
        "a part that is not known leaves the rest known here, where terraform gives up the whole",
        &[
            "unknown_everywhere: output encoded",
            "unknown_conditions: output attribute",
        ],
    ),
    (
        "`&&` and `||` are decided by one operand; terraform 1.11 does not tell",
        &[
            "unknown_everywhere: output and",
            "unknown_everywhere: output or",
            "unknown_conditions: output negated",
        ],
    ),
    (
        "equal branches make the condition of no account",
        &["unknown_conditions: output same"],
    ),
    (
        "an argument that is not set is what the provider makes of it: not known, unless it makes nothing",
        &[
            "chained_references: output unset",
            "chained_references: output unset_test",
            "null_handling: output input",
        ],
    ),
    (
        "which attributes a resource has, only its provider knows",
        &["whole_resources: output keys"],
    ),
    (
        "what a sensitive variable of the root module holds is never looked at",
        &[
            "sensitive: output joined",
            "sensitive: output open",
            "sensitive: resource terraform_data.user",
        ],
    ),
    (
        "the splat of a null of a list type is refused, of another null it is empty: nulls have no type here",
        &["null_handling: output splat"],
    ),
    (
        "an argument that a call does not give is not known, so that the module is checked all the same",
        &["missing_argument: refused"],
    ),
    // Known faults of the evaluator.
];
