//! IAM policy documents, with IAM's meaning.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>

use crate::answer::{Answer, At, Truth};
use crate::evaluate::Asking;
use crate::operator::known_text;
use crate::path::{Reached, head_of, opaque, why_unknown};
use crate::rule::{ConditionTest, PatternTest, StatementPart, StatementTest};
use pillarlint_parser::model::Project;
use pillarlint_parser::source::Span;
use pillarlint_parser::tree::{Entry, Node, Origin, Symbol, Value};
use std::borrow::Cow;

/// Whether a pattern with IAM's wildcards (`*` any text, `?` one character) covers a text, letters aside.
pub(crate) fn covers(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    // Where the last `*` stood, and how far the text was matched then: one step back is enough.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&byte) if byte == b'?' || byte.eq_ignore_ascii_case(&text[t]) => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, matched)) => {
                    star = Some((at, matched + 1));
                    p = at + 1;
                    t = matched + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

/// A pattern as text: pseudo parameters as they usually are, nothing where other pieces are not known.
pub(crate) fn pattern_text<'n>(node: &'n Node<'_>) -> Option<Cow<'n, str>> {
    if let Some(text) = known_text(node) {
        return Some(Cow::Borrowed(text));
    }
    let Value::Symbol(symbol) = &node.value else {
        return None;
    };
    let pseudo = |node: &Node<'_>| match &node.value {
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Reference(reference) => match &reference.origin {
                Origin::Pseudo(name) => match &**name {
                    "AWS::Partition" => Some("aws"),
                    "AWS::AccountId" => Some("123456789012"),
                    "AWS::Region" => Some("us-east-1"),
                    "AWS::URLSuffix" => Some("amazonaws.com"),
                    "AWS::StackName" => Some("stack"),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        },
        _ => None,
    };
    match &**symbol {
        Symbol::Text(pieces) => {
            let mut text = String::new();
            for piece in pieces {
                text.push_str(match known_text(piece) {
                    Some(text) => text,
                    None => pseudo(piece)?,
                });
            }
            Some(Cow::Owned(text))
        }
        _ => pseudo(node).map(Cow::Borrowed),
    }
}

/// Whether a value that is not wholly known may be this literal: a text with other literal parts may not,
/// nor a reference to a resource, whose name or ARN is never a bare wildcard.
fn may_be(project: &Project<'_>, node: &Node<'_>, literal: &str) -> Truth {
    let Value::Symbol(symbol) = &node.value else {
        return Truth::Unknown;
    };
    match &**symbol {
        Symbol::Reference(reference) => match (&reference.origin, &reference.allowed) {
            // What a custom resource or another stack gives may be anything.
            (Origin::Resource(index), _) => {
                let kind = &project.resource(*index).kind;
                if kind.starts_with("Custom::") || kind.starts_with("AWS::CloudFormation::") {
                    Truth::Unknown
                } else {
                    Truth::False
                }
            }
            (Origin::Pseudo(_), _) => Truth::False,
            (_, Some(allowed)) if !allowed.iter().any(|one| one == literal) => Truth::False,
            _ => Truth::Unknown,
        },
        Symbol::Text(pieces) => {
            let literal_part = pieces.iter().any(|piece| {
                piece
                    .as_str()
                    .is_some_and(|text| !text.is_empty() && !literal.contains(text))
                    || matches!(may_be(project, piece, literal), Truth::False)
                        && piece.as_str().is_none()
            });
            if literal_part {
                Truth::False
            } else {
                Truth::Unknown
            }
        }
        _ => Truth::Unknown,
    }
}

impl<'a, 's> Asking<'a, 's> {
    /// The statements of a policy document; one statement may stand without a list.
    pub(crate) fn policy_statements(&self, document: &'a Node<'s>) -> Vec<Reached<'a, 's>> {
        if let Some(unknown) = opaque(document) {
            return vec![unknown];
        }
        match self.walk(
            document,
            &[crate::rule::Step::Key("Statement".to_owned())],
            head_of(document),
        ) {
            Reached::Value(node) => match (self.only.take(), node.as_list()) {
                (Some(only), Some(items)) => items
                    .get(only)
                    .map(|item| self.one_or_many(item))
                    .unwrap_or_default(),
                _ => self.one_or_many(node),
            },
            Reached::Missing(_) => Vec::new(),
            unknown @ Reached::Unknown(..) => vec![unknown],
        }
    }

    /// The elements of a list, or the one value that stands in its place; what is not set is left out.
    pub(crate) fn one_or_many(&self, node: &'a Node<'s>) -> Vec<Reached<'a, 's>> {
        let settle = |node: &'a Node<'s>| match self.settle_value(node, node.span) {
            Reached::Missing(_) => None,
            reached => Some(reached),
        };
        match node.as_list() {
            Some(items) => items.iter().filter_map(settle).collect(),
            None => settle(node).into_iter().collect(),
        }
    }

    /// A member of a statement.
    fn part(&self, statement: &'a Node<'s>, key: &str) -> Reached<'a, 's> {
        match statement.as_map().and_then(|map| map.entry(key)) {
            Some(entry) => self.settle_value(&entry.value, entry.key_span),
            None => Reached::Missing(head_of(statement)),
        }
    }

    /// Asks one statement.
    pub(crate) fn statement(&self, test: &StatementTest) -> Answer<'a, 's> {
        let statement = match self.reach(&test.at) {
            Reached::Value(node) => node,
            Reached::Missing(span) => return Answer::at(Truth::False, At::place(span)),
            Reached::Unknown(span, why) => return Answer::unknown(span, why),
        };
        if let Some(Reached::Unknown(span, why)) = opaque(statement) {
            return Answer::unknown(span, why);
        }
        let mut parts: Vec<(StatementPart, Answer<'a, 's>)> = Vec::new();
        let mut rest: Vec<Answer<'a, 's>> = Vec::new();
        if let Some(effect) = &test.effect {
            rest.push(match self.part(statement, "Effect") {
                Reached::Value(node) => match known_text(node) {
                    Some(text) => Answer::at((text == effect).into(), At::value(node)),
                    None => Answer::unknown(node.span, why_unknown(node)),
                },
                Reached::Missing(span) => Answer::at(Truth::False, At::place(span)),
                Reached::Unknown(span, why) => Answer::unknown(span, why),
            });
        }
        // The cheap parts first: most statements are settled by their effect.
        if rest.iter().any(|answer| answer.truth == Truth::False) {
            return Answer::at(Truth::False, At::place(head_of(statement)));
        }
        if test.anyone {
            parts.push((StatementPart::Principal, self.anyone(statement)));
        }
        if let Some(action) = &test.action {
            parts.push((
                StatementPart::Action,
                self.patterns(statement, "Action", action),
            ));
        }
        if let Some(resource) = &test.resource {
            parts.push((
                StatementPart::Resource,
                self.patterns(statement, "Resource", resource),
            ));
        }
        if let Some(condition) = &test.condition {
            rest.push(self.condition_of(statement, condition));
        }
        let truth = Truth::all(
            parts
                .iter()
                .map(|(_, answer)| answer.truth)
                .chain(rest.iter().map(|answer| answer.truth)),
        );
        if truth == Truth::Unknown {
            let unknown = parts
                .into_iter()
                .map(|(_, answer)| answer)
                .chain(rest)
                .find(|answer| answer.truth == Truth::Unknown);
            return unknown.unwrap_or_else(|| Answer::plain(Truth::Unknown));
        }
        let at = parts
            .iter()
            .find(|(part, _)| *part == test.culprit)
            .or(parts.first())
            .and_then(|(_, answer)| answer.at.clone())
            .unwrap_or_else(|| At::place(head_of(statement)));
        Answer::at(truth, at)
    }

    fn patterns(&self, statement: &'a Node<'s>, key: &str, test: &PatternTest) -> Answer<'a, 's> {
        let node = match self.part(statement, key) {
            Reached::Value(node) => node,
            Reached::Missing(span) => return self.negated_patterns(statement, key, test, span),
            Reached::Unknown(span, why) => return Answer::unknown(span, why),
        };
        let mut unknown = None;
        for reached in self.one_or_many(node) {
            match reached {
                Reached::Value(pattern) => match self.pattern(pattern, test) {
                    Truth::True => return Answer::at(Truth::True, At::value(pattern)),
                    Truth::False => {}
                    Truth::Unknown => {
                        unknown.get_or_insert_with(|| {
                            Answer::unknown(pattern.span, why_unknown(pattern))
                        });
                    }
                },
                Reached::Missing(_) => {}
                Reached::Unknown(span, why) => {
                    unknown.get_or_insert(Answer::unknown(span, why));
                }
            }
        }
        unknown.unwrap_or_else(|| Answer::at(Truth::False, At::value(node)))
    }

    /// `NotAction` and `NotResource` grant what they do not name.
    fn negated_patterns(
        &self,
        statement: &'a Node<'s>,
        key: &str,
        test: &PatternTest,
        missing: Span,
    ) -> Answer<'a, 's> {
        let PatternTest::Grants(wanted) = test else {
            return Answer::at(Truth::False, At::place(missing));
        };
        match self.part(statement, &format!("Not{key}")) {
            Reached::Value(node) => {
                let named =
                    Truth::any(
                        self.one_or_many(node)
                            .into_iter()
                            .map(|reached| match reached {
                                Reached::Value(pattern) => match pattern_text(pattern) {
                                    Some(text) => covers(&text, wanted).into(),
                                    None => Truth::Unknown,
                                },
                                Reached::Missing(_) => Truth::False,
                                Reached::Unknown(..) => Truth::Unknown,
                            }),
                    );
                Answer::at(named.negated(), At::value(node))
            }
            Reached::Missing(span) => Answer::at(Truth::False, At::place(span)),
            Reached::Unknown(span, why) => Answer::unknown(span, why),
        }
    }

    fn pattern(&self, node: &'a Node<'s>, test: &PatternTest) -> Truth {
        let text = pattern_text(node);
        match (test, text) {
            (PatternTest::Is(list), Some(text)) => list
                .iter()
                .any(|one| one.eq_ignore_ascii_case(&text))
                .into(),
            (PatternTest::Is(list), None) => Truth::any(
                list.iter()
                    .map(|literal| may_be(self.project, node, literal)),
            ),
            (PatternTest::Matches(pattern), Some(text)) => {
                (pattern.is_match(&text) || pattern.is_match(&text.to_ascii_lowercase())).into()
            }
            (PatternTest::Matches(_), None) => match may_be(self.project, node, "*") {
                // The ARN or name of a resource of this template holds no wildcard.
                Truth::False if matches!(&node.value, Value::Symbol(symbol) if matches!(&**symbol, Symbol::Reference(_))) => {
                    Truth::False
                }
                _ => Truth::Unknown,
            },
            (PatternTest::Grants(wanted), Some(text)) => covers(&text, wanted).into(),
            (PatternTest::Grants(_), None) => Truth::Unknown,
            (PatternTest::Restrictable, Some(text)) => restrictable(self.iam_actions, &text).into(),
            (PatternTest::Restrictable, None) => Truth::Unknown,
        }
    }

    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous>
    pub(crate) fn anyone(&self, statement: &'a Node<'s>) -> Answer<'a, 's> {
        let node = match self.part(statement, "Principal") {
            Reached::Value(node) => node,
            Reached::Missing(span) => return Answer::at(Truth::False, At::place(span)),
            Reached::Unknown(span, why) => return Answer::unknown(span, why),
        };
        let principals = match node.as_map() {
            Some(map) => match map.entry("AWS") {
                Some(entry) => match self.settle_value(&entry.value, entry.key_span) {
                    Reached::Value(node) => node,
                    Reached::Missing(span) => return Answer::at(Truth::False, At::place(span)),
                    Reached::Unknown(span, why) => return Answer::unknown(span, why),
                },
                None => return Answer::at(Truth::False, At::value(node)),
            },
            None => node,
        };
        let mut unknown = None;
        for reached in self.one_or_many(principals) {
            match reached {
                Reached::Value(principal) => match known_text(principal) {
                    Some("*") => return Answer::at(Truth::True, At::value(principal)),
                    Some(_) => {}
                    None => {
                        if may_be(self.project, principal, "*") != Truth::False {
                            unknown.get_or_insert_with(|| {
                                Answer::unknown(principal.span, why_unknown(principal))
                            });
                        }
                    }
                },
                Reached::Missing(_) => {}
                Reached::Unknown(span, why) => {
                    unknown.get_or_insert(Answer::unknown(span, why));
                }
            }
        }
        unknown.unwrap_or_else(|| Answer::at(Truth::False, At::value(principals)))
    }

    fn condition_of(&self, statement: &'a Node<'s>, test: &ConditionTest) -> Answer<'a, 's> {
        let node = match self.part(statement, "Condition") {
            Reached::Value(node) => node,
            Reached::Missing(span) => return Answer::at(Truth::True, At::place(span)),
            Reached::Unknown(span, why) => return Answer::unknown(span, why),
        };
        let Some(operators) = node.as_map() else {
            return Answer::unknown(node.span, why_unknown(node));
        };
        let truth = match test {
            ConditionTest::None => operators.entries.is_empty().into(),
            ConditionTest::Without(keys) => self
                .any_key(&operators.entries, |operator, entry| {
                    if restricts(operator) && names(keys, &entry.key) {
                        self.is_fixed(&entry.value, &entry.key)
                    } else {
                        Truth::False
                    }
                })
                .negated(),
            ConditionTest::KeysWithout(keys) => self
                .any_key(&operators.entries, |_, entry| {
                    names(keys, &entry.key).into()
                })
                .negated(),
        };
        match truth {
            Truth::Unknown => Answer::unknown(
                node.span,
                Cow::Borrowed("its Condition depends on what is not known"),
            ),
            truth => Answer::at(truth, At::value(node)),
        }
    }

    /// Asks every operator and key of a Condition.
    fn any_key(
        &self,
        operators: &'a [Entry<'s>],
        holds: impl Fn(&str, &'a Entry<'s>) -> Truth,
    ) -> Truth {
        Truth::any(operators.iter().map(|operator| {
            match self.settle_value(&operator.value, operator.key_span) {
                Reached::Value(keys) => match keys.as_map() {
                    Some(keys) => {
                        Truth::any(keys.entries.iter().map(|entry| holds(&operator.key, entry)))
                    }
                    None => Truth::Unknown,
                },
                Reached::Missing(_) => Truth::False,
                Reached::Unknown(..) => Truth::Unknown,
            }
        }))
    }

    /// Whether a condition's values pin it: none of them is open to everyone.
    fn is_fixed(&self, node: &'a Node<'s>, key: &str) -> Truth {
        let open = |text: &str| {
            text == "*" || (key.eq_ignore_ascii_case("aws:SourceIp") && text.ends_with("/0"))
        };
        match self.settle_value(node, node.span) {
            Reached::Value(node) => {
                let values = self.one_or_many(node);
                let fixed = values.iter().all(|value| match value {
                    Reached::Value(value) => !known_text(value).is_some_and(open),
                    _ => true,
                });
                (!values.is_empty() && fixed).into()
            }
            Reached::Missing(_) => Truth::False,
            Reached::Unknown(..) => Truth::Unknown,
        }
    }
}

/// Whether a condition operator lets only named values through: neither negated, nor true where the key is missing.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
fn restricts(operator: &str) -> bool {
    let operator = operator.to_ascii_lowercase();
    let bare = operator.strip_prefix("foranyvalue:").unwrap_or(&operator);
    !bare.starts_with("forallvalues:")
        && !bare.contains("not")
        && !bare.ends_with("ifexists")
        && bare != "null"
}

/// Whether a list of condition keys has this one; `aws:ResourceTag/*` has all below.
fn names(keys: &[String], key: &str) -> bool {
    keys.iter().any(|one| covers(one, key))
}

/// Whether an action pattern covers an action that supports resource-level permissions.
/// The table has a line for each service, `s3: getobject putobject …`, sorted.
fn restrictable(table: &str, pattern: &str) -> bool {
    let pattern = pattern.to_ascii_lowercase();
    let Some((service, action)) = pattern.split_once(':') else {
        return pattern == "*";
    };
    table
        .lines()
        .filter_map(|line| line.split_once(':'))
        .filter(|(name, _)| covers(service, name))
        .any(|(_, actions)| actions.split_whitespace().any(|one| covers(action, one)))
        // Reading the lists of a whole service needs `*` for most of its actions.
        && !(action.ends_with('*') && (action.starts_with("describe") || action.starts_with("list")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_cover() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("s3:*", "s3:GetObject", true),
            ("s3:get*", "s3:GetObject", true),
            ("s3:Get?bject", "s3:GetObject", true),
            ("s3:*Object", "s3:GetObjectAcl", false),
            ("s3:*Object*", "s3:GetObjectAcl", true),
            ("iam:Pass*", "iam:PassRole", true),
            ("iam:*Role", "iam:PassRole", true),
            ("iam:PassRole", "iam:*", false),
            (
                "*a*a*a*a*b",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                false,
            ),
        ] {
            assert_eq!(covers(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn operators_that_restrict() {
        for (operator, expected) in [
            ("StringEquals", true),
            ("ArnLike", true),
            ("ForAnyValue:StringLike", true),
            ("ForAllValues:StringEquals", false),
            ("StringNotEquals", false),
            ("StringEqualsIfExists", false),
            ("Null", false),
        ] {
            assert_eq!(restricts(operator), expected, "{operator}");
        }
    }

    #[test]
    fn actions_that_can_be_restricted() {
        let table = "ec2: runinstances startinstances\ns3: getobject putobject\n";
        for (pattern, expected) in [
            ("ec2:RunInstances", true),
            ("ec2:Describe*", false),
            ("ec2:*", true),
            ("s3:Get*", true),
            ("s3:ListAllMyBuckets", false),
            ("s3:List*", false),
            ("*", true),
        ] {
            assert_eq!(restrictable(table, pattern), expected, "{pattern}");
        }
    }
}
