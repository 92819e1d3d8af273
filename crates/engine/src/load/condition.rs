//! Conditions and domains, as written.

use super::Context;
use super::keys::{self, Mapping};
use super::reader::{Fields, Problems, and, entries, form_of, text, texts, wrong};
use super::scope::Scope;
use crate::builtin::{Parameter, SIGNATURES};
use crate::rule::{
    Absent, BuiltinCall, Condition, ConditionTest, Domain, Link, Operand, Operator, Path, Pattern,
    PatternTest, PortTest, Quantified, Quantifier, ReferencedTest, SUBJECT, StatementPart,
    StatementTest, Test, TextPart, Texts,
};
use crate::spelling::hint;
use pillarlint_parser::source::Span;
use pillarlint_parser::tree::{Entry, Node, Value};

/// What loading a condition needs beside the condition.
#[derive(Clone)]
pub(super) struct Reading<'c, 'p> {
    pub(super) context: &'c Context<'c>,
    pub(super) scope: Scope<'p>,
    pub(super) problems: &'p Problems,
    /// What the rule's checks may refer to.
    pub(super) parameters: &'c [crate::parameter::Parameter],
    /// Whether `absent` must be said.
    pub(super) strict: bool,
}

/// Conditions deeper than this are refused.
const MAX_DEPTH: usize = 32;

impl<'p> Reading<'_, 'p> {
    /// A condition.
    pub(super) fn condition(&self, node: &Node<'_>) -> Option<Condition> {
        self.nested(node, 0)
    }

    fn nested(&self, node: &Node<'_>, depth: usize) -> Option<Condition> {
        if depth > MAX_DEPTH {
            wrong(self.problems, node.span, "conditions are nested too deeply");
            return None;
        }
        let form = form_of(node, &keys::CONDITION, self.problems)?;
        let fields = Fields::of(node, form, self.problems)?;
        let first = form.keys.first()?;
        let value = fields.take(first.name)?;
        Some(match first.name {
            "all" => Condition::All(self.parts(first.name, value, depth)?),
            "any" => Condition::Any(self.parts(first.name, value, depth)?),
            "not" => Condition::Not(Box::new(self.nested(value, depth + 1)?)),
            "statement" => Condition::Statement(Box::new(self.statement(value)?)),
            "referenced" => Condition::Referenced(Box::new(self.referenced(value)?)),
            "named" => Condition::Named(self.pattern(value)?),
            "depends-on" => Condition::DependsOn(self.path(value)?.root),
            "covers-port" => Condition::CoversPort(Box::new(self.port(value)?)),
            "builtin" => Condition::Builtin(self.builtin(value, fields.take("with"), false)?),
            "at" => Condition::Test(Box::new(self.test(value, &fields)?)),
            name => {
                let quantifier = Quantifier::ALL.iter().find(|one| one.name() == name)?;
                Condition::Quantified(Box::new(self.quantified(*quantifier, value, depth)?))
            }
        })
    }

    fn parts(&self, name: &str, node: &Node<'_>, depth: usize) -> Option<Vec<Condition>> {
        let items = super::list(node, name, self.problems)?;
        items
            .iter()
            .map(|item| self.nested(item, depth + 1))
            .collect()
    }

    fn test(&self, at: &Node<'_>, fields: &Fields<'_, '_, '_>) -> Option<Test> {
        let path = self.path(at);
        let (name, argument) = fields.chosen()?;
        let operator = self.operator(name, argument);
        let answer = |key| fields.named(key, Absent::ALL, Absent::name);
        let (absent, in_part, unknown) = (answer("absent"), answer("in-part"), answer("unknown"));
        let culprit = fields.is_true("culprit");
        let says_itself = matches!(name, "set" | "empty");
        if says_itself && let Some(node) = fields.take("absent") {
            wrong(
                self.problems,
                node.span,
                format!("`{name}` takes no `absent`: it answers that itself"),
            );
        }
        if self.strict && !says_itself && fields.take("absent").is_none() {
            wrong(
                self.problems,
                at.span,
                "in `expect`, `absent` must be said: what the answer is where the value is not set, `pass`, `fail` or `unknown`",
            );
        }
        Some(Test {
            at: path?,
            operator: operator?,
            absent: absent.unwrap_or(Absent::Fail),
            in_part: in_part.unwrap_or(Absent::Unknown),
            unknown: unknown.unwrap_or(Absent::Unknown),
            culprit,
        })
    }

    fn path(&self, node: &Node<'_>) -> Option<Path> {
        let text = text(node, "at", self.problems)?;
        self.scope.path(text, node.span)
    }

    fn operator(&self, name: &str, argument: &Node<'_>) -> Option<Operator> {
        Some(match name {
            "equals" => Operator::Equals(self.operand(argument)?),
            "not-equals" => Operator::NotEquals(self.operand(argument)?),
            "equals-ignoring-case" => {
                Operator::EqualsIgnoringCase(text(argument, name, self.problems)?.to_owned())
            }
            "in" => Operator::In(self.texts(argument)?),
            "not-in" => Operator::NotIn(self.texts(argument)?),
            "starts-with" | "starts-with-any" => Operator::StartsWith(self.texts(argument)?),
            "ends-with" => Operator::EndsWith(self.texts(argument)?),
            "matches" => Operator::Matches(self.pattern(argument)?),
            "not-matches" => Operator::NotMatches(self.pattern(argument)?),
            "contains" => Operator::Contains(self.texts(argument)?),
            "at-least" => Operator::AtLeast(self.number_operand(argument)?),
            "at-most" => Operator::AtMost(self.number_operand(argument)?),
            "more-than" => Operator::MoreThan(self.number_operand(argument)?),
            "less-than" => Operator::LessThan(self.number_operand(argument)?),
            "set" => Operator::Set(self.boolean(argument)?),
            "empty" => Operator::Empty(self.boolean(argument)?),
            "count-at-least" => Operator::CountAtLeast(self.number_operand(argument)?),
            "distinct-at-least" => Operator::DistinctAtLeast(self.number_operand(argument)?),
            "open-cidr" => Operator::OpenCidr(self.boolean(argument)?),
            "literal" => Operator::Literal(self.boolean(argument)?),
            "reference" => Operator::Reference(self.boolean(argument)?),
            "refers-to" => Operator::RefersTo(self.kinds(&texts(argument, name, self.problems))),
            _ => return None,
        })
    }

    fn operand(&self, node: &Node<'_>) -> Option<Operand> {
        match &node.value {
            Value::Map(_) => {
                let form = form_of(node, &keys::TAKEN, self.problems)?;
                let fields = Fields::of(node, form, self.problems)?;
                if form.key("parameter").is_some() {
                    let name = fields.take("parameter")?;
                    return self.parameter(name, "integer").map(Operand::Parameter);
                }
                self.other_value(&fields)
            }
            _ => {
                text(node, "argument", self.problems).map(|text| Operand::Literal(text.to_owned()))
            }
        }
    }

    /// `{ path: PATH }`, with `absent` and `times` where it is a number.
    fn other_value(&self, fields: &Fields<'_, '_, '_>) -> Option<Operand> {
        let path = fields.take("path").and_then(|path| self.path(path))?;
        let number = |key| {
            let node = fields.take(key)?;
            let number = text(node, key, self.problems)?;
            if crate::operator::number(number).is_none() {
                wrong(self.problems, node.span, "should be a number");
            }
            Some(number.to_owned())
        };
        Some(match (number("absent"), number("times")) {
            (None, None) => Operand::Path(path),
            (absent, times) => Operand::Scaled {
                path,
                absent,
                times: times.unwrap_or_else(|| "1".to_owned()),
            },
        })
    }

    /// `true`, kinds, or `{ by, except, at }`.
    fn referenced(&self, node: &Node<'_>) -> Option<ReferencedTest> {
        match &node.value {
            Value::Bool(true) => Some(ReferencedTest::default()),
            Value::Map(_) => {
                let fields = Fields::of(node, &keys::REFERENCED_TEST, self.problems)?;
                let kinds = self.kinds(&fields.texts("by"));
                let except = self.kinds(&fields.texts("except"));
                let candidate = Scope::new(&except, self.problems);
                let except_at = fields
                    .texts("at")
                    .into_iter()
                    .map(|(path, span)| candidate.path(path, span))
                    .collect::<Option<_>>();
                Some(ReferencedTest {
                    kinds,
                    except,
                    except_at: except_at?,
                })
            }
            _ => Some(ReferencedTest {
                kinds: self.kinds(&texts(node, "referenced", self.problems)),
                ..ReferencedTest::default()
            }),
        }
    }

    fn number_operand(&self, node: &Node<'_>) -> Option<Operand> {
        let operand = self.operand(node)?;
        match &operand {
            Operand::Literal(text) if crate::operator::number(text).is_none() => {
                wrong(self.problems, node.span, "should be a number");
                None
            }
            _ => Some(operand),
        }
    }

    fn boolean(&self, node: &Node<'_>) -> Option<bool> {
        match node.value {
            Value::Bool(value) => Some(value),
            _ => {
                wrong(self.problems, node.span, "should be `true` or `false`");
                None
            }
        }
    }

    fn pattern(&self, node: &Node<'_>) -> Option<Pattern> {
        let source = text(node, "pattern", self.problems)?;
        match Pattern::new(source) {
            Ok(pattern) => Some(pattern),
            Err(error) => {
                let first = error.lines().last().unwrap_or("").trim().to_owned();
                wrong(
                    self.problems,
                    node.span,
                    format!(
                        "not a regular expression: {}",
                        first.trim_start_matches("error: ")
                    ),
                );
                None
            }
        }
    }

    /// The place of a parameter of this type among those of the rule.
    fn parameter(&self, node: &Node<'_>, wanted: &str) -> Option<u8> {
        let name = text(node, "parameter", self.problems)?;
        let Some(at) = self.parameters.iter().position(|one| one.name == name) else {
            let names = self.parameters.iter().map(|one| one.name.as_str());
            wrong(
                self.problems,
                node.span,
                format!("the rule has no parameter `{name}`{}", hint(name, names)),
            );
            return None;
        };
        let is = self.parameters[at].value.type_name();
        if is != wanted {
            wrong(
                self.problems,
                node.span,
                format!("`{name}` has the type {is}, and {wanted} is meant here"),
            );
        }
        u8::try_from(at).ok()
    }

    /// A list of texts, `{ data: NAME }` or `{ parameter: NAME }`.
    fn texts(&self, node: &Node<'_>) -> Option<Texts> {
        if let Value::Map(_) = &node.value {
            let form = form_of(node, &keys::LISTED, self.problems)?;
            if form.key("parameter").is_some() {
                let fields = Fields::of(node, form, self.problems)?;
                let name = fields.take("parameter")?;
                return self.parameter(name, "list").map(Texts::Parameter);
            }
        }
        self.list(node).map(Texts::These)
    }

    /// A list of texts, or `{ data: NAME }`.
    pub(super) fn list(&self, node: &Node<'_>) -> Option<Vec<String>> {
        if let Value::Map(_) = &node.value {
            let fields = Fields::of(node, &keys::DATA, self.problems)?;
            let data = fields.take("data")?;
            let name = text(data, "data", self.problems)?;
            let values = self.context.data.get(name);
            if values.is_none() {
                let names = self.context.data.keys().map(String::as_str);
                wrong(
                    self.problems,
                    data.span,
                    format!("no data table `{name}`{}", hint(name, names)),
                );
            }
            return values.cloned();
        }
        Some(
            texts(node, "argument", self.problems)
                .into_iter()
                .map(|(text, _)| text.to_owned())
                .collect(),
        )
    }

    /// Kinds that the table of types has.
    pub(super) fn kinds(&self, kinds: &[(&str, Span)]) -> Vec<String> {
        super::known_kinds(kinds, self.problems)
    }

    fn quantified(
        &self,
        quantifier: Quantifier,
        node: &Node<'_>,
        depth: usize,
    ) -> Option<Quantified> {
        let mapping = match quantifier {
            Quantifier::Every => &keys::EVERY_OF,
            Quantifier::Some => &keys::SOME_OF,
            Quantifier::None => &keys::NONE_OF,
        };
        let fields = Fields::of(node, mapping, self.problems)?;
        let name = fields.text("as").unwrap_or("@").to_owned();
        let mut inner = self.clone();
        let domain = inner.domain(&fields, &name);
        let filter = fields.take("where");
        let expect = fields.take("expect");
        let ignores_unread = fields.named("unread", &["ignored"], |name| name).is_some();
        let (at_least, different) = match quantifier {
            Quantifier::Some => (fields.take("at-least"), fields.take("different")),
            Quantifier::Every | Quantifier::None => (None, None),
        };
        let (domain, slot) = domain?;
        let mut filtering = inner.clone();
        filtering.strict = false;
        let filter = match filter {
            Some(node) => Some(filtering.nested(node, depth + 1)?),
            None => None,
        };
        let expect = match expect {
            Some(node) => Some(inner.nested(node, depth + 1)?),
            None => None,
        };
        let at_least = match at_least {
            Some(node) => Some(self.number_operand(node)?),
            None => None,
        };
        let different = match different {
            Some(node) => Some(inner.path(node)?),
            None => None,
        };
        Some(Quantified {
            ignores_unread,
            at_least,
            different,
            quantifier,
            domain,
            slot,
            filter,
            expect,
        })
    }

    /// The domain of a quantifier or a check, and the slot of its elements, which `name` is bound to.
    pub(super) fn domain(
        &mut self,
        fields: &Fields<'_, '_, '_>,
        name: &str,
    ) -> Option<(Domain, crate::rule::Slot)> {
        let (key, node) = fields.chosen()?;
        match key {
            "each" => {
                let path = text(node, "each", self.problems)?;
                let path = self.scope.path_to_many(path, node.span)?;
                let slot = self.scope.add_element(name, &path);
                Some((Domain::Each(path), slot))
            }
            "statements" => {
                let path = text(node, "statements", self.problems)?;
                let path = self.scope.path(path, node.span)?;
                let slot = self.scope.add_free(name);
                Some((Domain::Statements(path), slot))
            }
            "resources" => {
                let kinds = self.kinds(&texts(node, "resources", self.problems));
                let slot = self.scope.add_resource(name, &kinds);
                Some((Domain::Resources(kinds), slot))
            }
            "followed" => {
                let fields = Fields::of(node, &keys::FOLLOWED, self.problems)?;
                let at = fields.take("at");
                let kinds = self.kinds(&fields.texts("kinds"));
                let at = at?;
                let path = text(at, "at", self.problems)?;
                let path = self.scope.path_to_many(path, at.span)?;
                let slot = self.scope.add_resource(name, &kinds);
                Some((Domain::Followed(path, kinds), slot))
            }
            _ => {
                let link = self.link(node)?;
                let slot = self.scope.add_resource(name, &link.kinds);
                Some((Domain::Linked(link), slot))
            }
        }
    }

    fn link(&self, node: &Node<'_>) -> Option<Link> {
        let fields = Fields::of(node, &keys::LINKED, self.problems)?;
        let kinds = self.kinds(&fields.texts("kinds"));
        let candidate = Scope::new(&kinds, self.problems);
        let by: Option<Vec<Path>> = fields
            .texts("by")
            .into_iter()
            .map(|(path, span)| candidate.path_to_many(path, span))
            .collect();
        let to = match fields.take("to") {
            Some(node) => self.scope.path(text(node, "to", self.problems)?, node.span),
            None => Some(Path {
                root: SUBJECT,
                beside: false,
                steps: Vec::new(),
            }),
        };
        let around = fields.take("text").map(|node| self.around(node));
        // The target's kind is not known here, so its own name is looked up as it is written.
        let name = fields.take("name").and_then(|node| {
            let path = text(node, "name", self.problems)?;
            Scope::new(&[], self.problems).path(path, node.span)
        });
        let attribute = fields.text("attribute").map(str::to_owned);
        let by = by.filter(|by| !by.is_empty())?;
        if kinds.is_empty() {
            return None;
        }
        Some(Link {
            kinds,
            by,
            to: to?,
            text: flatten(around)?,
            name,
            attribute,
        })
    }

    /// Text around a reference: `table/{}/index/{@.IndexName}`.
    fn around(&self, node: &Node<'_>) -> Option<(Vec<TextPart>, Vec<TextPart>)> {
        let text = text(node, "text", self.problems)?;
        let Some((before, after)) = text.split_once("{}") else {
            wrong(
                self.problems,
                node.span,
                "should have `{}` where the reference stands",
            );
            return None;
        };
        Some((
            self.text_parts(before, node.span)?,
            self.text_parts(after, node.span)?,
        ))
    }

    fn text_parts(&self, text: &str, span: Span) -> Option<Vec<TextPart>> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((literal, tail)) = rest.split_once('{') {
            let Some((path, tail)) = tail.split_once('}') else {
                wrong(self.problems, span, "a `{` without `}`");
                return None;
            };
            parts.push(TextPart::Literal(literal.to_owned()));
            parts.push(TextPart::Value(self.scope.path(path, span)?));
            rest = tail;
        }
        parts.push(TextPart::Literal(rest.to_owned()));
        Some(parts)
    }

    fn statement(&self, node: &Node<'_>) -> Option<StatementTest> {
        let fields = Fields::of(node, &keys::STATEMENT_TEST, self.problems)?;
        let at = match fields.take("in") {
            Some(path) => self.path(path),
            None => self.scope.path("@", node.span),
        };
        let effect = fields.named("effect", &["Allow", "Deny"], |name| name);
        let effect = effect.map(str::to_owned);
        let action = fields
            .take("action")
            .map(|node| self.pattern_test(node, &keys::ACTION_TEST));
        let resource = fields
            .take("resource")
            .map(|node| self.pattern_test(node, &keys::RESOURCE_TEST));
        let anyone = fields.named("principal", &["anyone"], |name| name);
        let condition = fields
            .take("condition")
            .map(|node| self.condition_test(node));
        let culprit = fields.named("culprit", StatementPart::ALL, StatementPart::name);
        Some(StatementTest {
            at: at?,
            effect,
            action: flatten(action)?,
            resource: flatten(resource)?,
            anyone: anyone.is_some(),
            condition: flatten(condition)?,
            culprit: culprit.unwrap_or(StatementPart::Action),
        })
    }

    fn pattern_test(&self, node: &Node<'_>, mapping: &'static Mapping) -> Option<PatternTest> {
        let fields = Fields::of(node, mapping, self.problems)?;
        let (key, value) = fields.chosen()?;
        Some(match key {
            "is" => PatternTest::Is(self.list(value)?),
            "matches" => PatternTest::Matches(self.pattern(value)?),
            "grants" => PatternTest::Grants(text(value, key, self.problems)?.to_owned()),
            _ => fields
                .is_true("restrictable")
                .then_some(PatternTest::Restrictable)?,
        })
    }

    fn condition_test(&self, node: &Node<'_>) -> Option<ConditionTest> {
        if node.as_str() == Some("none") {
            return Some(ConditionTest::None);
        }
        let fields = Fields::of(node, &keys::CONDITION_TEST, self.problems)?;
        let (key, value) = fields.chosen()?;
        let list = self.list(value)?;
        Some(match key {
            "without" => ConditionTest::Without(list),
            _ => ConditionTest::KeysWithout(list),
        })
    }

    fn port(&self, node: &Node<'_>) -> Option<PortTest> {
        let fields = Fields::of(node, &keys::PORT_TEST, self.problems)?;
        let ports = fields.take("port").and_then(|node| self.texts(node));
        let protocols = fields.texts("protocol");
        for (protocol, span) in &protocols {
            if !matches!(*protocol, "tcp" | "udp") {
                let message = "`protocol` should be `tcp` or `udp`";
                wrong(self.problems, *span, message);
            }
        }
        let protocols = protocols.into_iter().map(|(one, _)| one.to_owned());
        let protocols = protocols.collect();
        let path = |key| fields.take(key).and_then(|node| self.path(node));
        let (protocol_at, from, to) = (path("protocol-at"), path("from"), path("to"));
        Some(PortTest {
            ports: ports?,
            protocols,
            protocol_at: protocol_at?,
            from: from?,
            to: to?,
        })
    }

    /// A call of Rust code: known, of the right sort, with all its parameters.
    pub(super) fn builtin(
        &self,
        name_node: &Node<'_>,
        with: Option<&Node<'_>>,
        whole_check: bool,
    ) -> Option<BuiltinCall> {
        let name = text(name_node, "builtin", self.problems)?;
        let signature = SIGNATURES
            .iter()
            .find(|one| one.name == name && one.whole_check == whole_check);
        let Some(signature) = signature else {
            let names = SIGNATURES
                .iter()
                .filter(|one| one.whole_check == whole_check)
                .map(|one| one.name);
            wrong(
                self.problems,
                name_node.span,
                format!("no builtin `{name}` here{}", hint(name, names)),
            );
            return None;
        };
        let mut call = BuiltinCall {
            name: name.to_owned(),
            paths: Vec::new(),
            numbers: Vec::new(),
            lists: Vec::new(),
        };
        let given = with.map_or(&[][..], |with| entries(with, "with", self.problems));
        let takes = || signature.parameters.iter().map(|(name, _)| *name);
        for entry in given {
            if !takes().any(|one| one == entry.key) {
                let message = match takes().next() {
                    None => format!("`{name}` takes nothing"),
                    Some(_) => format!("`{name}` takes {}, and no `{}`", and(takes()), entry.key),
                };
                wrong(self.problems, entry.key_span, message);
            }
        }
        for &(parameter, sort) in signature.parameters {
            let there = given.iter().find(|one| one.key == parameter);
            let Some(Entry { value: node, .. }) = there else {
                // One that is misspelt was told already.
                if given.iter().all(|one| takes().any(|name| name == one.key)) {
                    let message = format!("`{name}` needs `with`, and in it `{parameter}`");
                    wrong(self.problems, name_node.span, message);
                }
                return None;
            };
            let key = parameter.to_owned();
            match sort {
                Parameter::Path => call.paths.push((key, self.path(node)?)),
                Parameter::Number => call.numbers.push((key, self.number_operand(node)?)),
                Parameter::List => call.lists.push((key, self.texts(node)?)),
            }
        }
        Some(call)
    }
}

fn flatten<T>(option: Option<Option<T>>) -> Option<Option<T>> {
    match option {
        None => Some(None),
        Some(None) => None,
        Some(some) => Some(some),
    }
}
