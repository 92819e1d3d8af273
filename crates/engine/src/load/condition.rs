//! Conditions and domains, as written.

use super::Context;
use super::reader::{Fields, Problems, text, texts, wrong};
use super::scope::Scope;
use crate::builtin::{Parameter, SIGNATURES};
use crate::rule::{
    Absent, BuiltinCall, Condition, ConditionTest, Domain, Link, Operand, Operator, Path, Pattern,
    PatternTest, PortTest, Quantified, Quantifier, ReferencedTest, SUBJECT, StatementPart,
    StatementTest, Test, TextPart, Texts,
};
use crate::spelling::hint;
use pillarlint_parser::source::Span;
use pillarlint_parser::tree::{Node, Value};

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
        let fields = Fields::of(node, "a condition", self.problems)?;
        let condition = if let Some(parts) = fields.take("all") {
            self.parts(parts, depth).map(Condition::All)
        } else if let Some(parts) = fields.take("any") {
            self.parts(parts, depth).map(Condition::Any)
        } else if let Some(part) = fields.take("not") {
            self.nested(part, depth + 1)
                .map(|part| Condition::Not(Box::new(part)))
        } else if let Some(test) = fields.take("statement") {
            self.statement(test)
                .map(|test| Condition::Statement(Box::new(test)))
        } else if let Some(kinds) = fields.take("referenced") {
            self.referenced(kinds)
                .map(|test| Condition::Referenced(Box::new(test)))
        } else if let Some(pattern) = fields.take("named") {
            self.pattern(pattern).map(Condition::Named)
        } else if let Some(name) = fields.take("depends-on") {
            self.path(name).map(|path| Condition::DependsOn(path.root))
        } else if let Some(port) = fields.take("covers-port") {
            self.port(port)
                .map(|port| Condition::CoversPort(Box::new(port)))
        } else if let Some(name) = fields.take("builtin") {
            self.builtin(name, fields.take("with"), false)
                .map(Condition::Builtin)
        } else if let Some(at) = fields.take("at") {
            self.test(at, &fields)
                .map(|test| Condition::Test(Box::new(test)))
        } else {
            let quantifier = Quantifier::ALL.iter().find_map(|quantifier| {
                fields
                    .take(quantifier.name())
                    .map(|node| (*quantifier, node))
            });
            match quantifier {
                Some((quantifier, node)) => self
                    .quantified(quantifier, node, depth)
                    .map(|quantified| Condition::Quantified(Box::new(quantified))),
                None => {
                    wrong(
                        self.problems,
                        fields.span,
                        "a condition needs one of `at`, `all`, `any`, `not`, `every`, `some`, `none`, `statement`, \
                         `referenced`, `named`, `depends-on`, `covers-port` or `builtin`",
                    );
                    return None;
                }
            }
        };
        fields.finish();
        condition
    }

    fn parts(&self, node: &Node<'_>, depth: usize) -> Option<Vec<Condition>> {
        let Value::List(items) = &node.value else {
            wrong(self.problems, node.span, "should be a list of conditions");
            return None;
        };
        if items.is_empty() {
            wrong(self.problems, node.span, "needs at least one condition");
        }
        items
            .iter()
            .map(|item| self.nested(item, depth + 1))
            .collect()
    }

    fn test(&self, at: &Node<'_>, fields: &Fields<'_, '_, '_>) -> Option<Test> {
        let path = self.path(at)?;
        let mut operator: Option<(&str, Operator)> = None;
        let mut failed = false;
        for &name in OPERATORS {
            let Some(argument) = fields.take(name) else {
                continue;
            };
            if let Some((other, _)) = operator {
                wrong(
                    self.problems,
                    argument.span,
                    format!("one operator only: `{other}` stands here already"),
                );
                return None;
            }
            match self.operator(name, argument) {
                Some(read) => operator = Some((name, read)),
                None => failed = true,
            }
        }
        let answer = |key: &'static str| {
            let absent = Absent::from_name(fields.text(key)?);
            if absent.is_none() {
                let message = format!("`{key}` should be `pass`, `fail` or `unknown`");
                wrong(self.problems, fields.span, message);
            }
            absent
        };
        let (absent, in_part, unknown) = (answer("absent"), answer("in-part"), answer("unknown"));
        let culprit = fields.text("culprit") == Some("true");
        if failed {
            return None;
        }
        let Some((name, operator)) = operator else {
            wrong(
                self.problems,
                at.span,
                format!("needs an operator, one of {}", OPERATORS.join(", ")),
            );
            return None;
        };
        let says_itself = matches!(operator, Operator::Set(_) | Operator::Empty(_));
        if says_itself && absent.is_some() {
            wrong(
                self.problems,
                at.span,
                format!("`{name}` takes no `absent`: it answers that itself"),
            );
        }
        if self.strict && !says_itself && absent.is_none() {
            wrong(
                self.problems,
                at.span,
                "in `expect`, `absent` must be said: `pass`, `fail` or `unknown`",
            );
        }
        Some(Test {
            at: path,
            operator,
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
                let fields = Fields::of(node, "an argument", self.problems)?;
                let operand = match fields.take("parameter") {
                    Some(name) => self.parameter(name, "integer").map(Operand::Parameter),
                    None => self.other_value(&fields),
                };
                fields.finish();
                operand
            }
            _ => {
                text(node, "argument", self.problems).map(|text| Operand::Literal(text.to_owned()))
            }
        }
    }

    /// `{ path: PATH }`, with `absent` and `times` where it is a number.
    fn other_value(&self, fields: &Fields<'_, '_, '_>) -> Option<Operand> {
        let path = fields.require("path").and_then(|path| self.path(path))?;
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
                let fields = Fields::of(node, "referenced", self.problems)?;
                let kinds = self.kinds(&fields.texts("by"));
                let except = self.kinds(&fields.texts("except"));
                let candidate = Scope::new(&except, self.problems);
                let except_at = fields
                    .texts("at")
                    .into_iter()
                    .map(|(path, span)| candidate.path(path, span))
                    .collect::<Option<_>>();
                fields.finish();
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
                    format!("not a regular expression: {first}"),
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
        match node.get("parameter").filter(|_| node.as_map().is_some()) {
            Some(name) => self.parameter(name, "list").map(Texts::Parameter),
            None => self.list(node).map(Texts::These),
        }
    }

    /// A list of texts, or `{ data: NAME }`.
    pub(super) fn list(&self, node: &Node<'_>) -> Option<Vec<String>> {
        if let Value::Map(_) = &node.value {
            let fields = Fields::of(node, "an argument", self.problems)?;
            let data = fields.require("data");
            fields.finish();
            let data = data?;
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
        let fields = Fields::of(node, quantifier.name(), self.problems)?;
        let name = fields.text("as").unwrap_or("@").to_owned();
        let mut inner = self.clone();
        let domain = inner.domain(&fields, &name);
        let filter = fields.take("where");
        let expect = fields.take("expect");
        if expect.is_none() && quantifier == Quantifier::Every {
            wrong(self.problems, fields.span, "`every` needs `expect`");
        }
        let ignores_unread = match fields.text("unread") {
            None => false,
            Some("ignored") => true,
            Some(_) => {
                wrong(self.problems, fields.span, "`unread` should be `ignored`");
                false
            }
        };
        let at_least = fields.take("at-least");
        let different = fields.take("different");
        if (at_least.is_some() || different.is_some()) && quantifier != Quantifier::Some {
            let message = "only `some` takes `at-least` and `different`";
            wrong(self.problems, fields.span, message);
        }
        fields.finish();
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
        let asked = [
            ("each", fields.take("each")),
            ("statements", fields.take("statements")),
            ("resources", fields.take("resources")),
            ("linked", fields.take("linked")),
            ("followed", fields.take("followed")),
        ];
        let mut given = asked
            .iter()
            .filter_map(|(key, node)| node.map(|node| (*key, node)));
        let (key, node) = match (given.next(), given.next()) {
            (Some(one), None) => one,
            _ => {
                wrong(
                    self.problems,
                    fields.span,
                    "needs exactly one of `each`, `statements`, `resources`, `linked` and `followed`",
                );
                return None;
            }
        };
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
                let fields = Fields::of(node, "followed", self.problems)?;
                let at = fields.require("at");
                let kinds = self.kinds(&fields.texts("kinds"));
                fields.finish();
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
        let fields = Fields::of(node, "linked", self.problems)?;
        let kinds = self.kinds(&fields.texts("kinds"));
        if kinds.is_empty() {
            wrong(self.problems, fields.span, "`kinds` is missing");
        }
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
        let span = fields.span;
        fields.finish();
        let by = by?;
        if by.is_empty() {
            wrong(self.problems, span, "`by` is missing");
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
        let fields = Fields::of(node, "statement", self.problems)?;
        let at = match fields.take("in") {
            Some(path) => self.path(path),
            None => self.scope.path("@", node.span),
        };
        let effect = fields.text("effect").map(str::to_owned);
        if !matches!(effect.as_deref(), None | Some("Allow" | "Deny")) {
            wrong(
                self.problems,
                fields.span,
                "`effect` should be `Allow` or `Deny`",
            );
        }
        let action = fields
            .take("action")
            .map(|node| self.pattern_test(node, true));
        let resource = fields
            .take("resource")
            .map(|node| self.pattern_test(node, false));
        let anyone = match fields.take("principal") {
            None => false,
            Some(node) => {
                if node.as_str() != Some("anyone") {
                    wrong(self.problems, node.span, "`principal` should be `anyone`");
                }
                true
            }
        };
        let condition = fields
            .take("condition")
            .map(|node| self.condition_test(node));
        let culprit = match fields.text("culprit") {
            None => StatementPart::Action,
            Some(name) => StatementPart::from_name(name).unwrap_or_else(|| {
                wrong(
                    self.problems,
                    fields.span,
                    "`culprit` should be `action`, `resource` or `principal`",
                );
                StatementPart::Action
            }),
        };
        fields.finish();
        Some(StatementTest {
            at: at?,
            effect,
            action: flatten(action)?,
            resource: flatten(resource)?,
            anyone,
            condition: flatten(condition)?,
            culprit,
        })
    }

    fn pattern_test(&self, node: &Node<'_>, is_action: bool) -> Option<PatternTest> {
        let fields = Fields::of(node, "action or resource", self.problems)?;
        let test = if let Some(list) = fields.take("is") {
            self.list(list).map(PatternTest::Is)
        } else if let Some(pattern) = fields.take("matches") {
            self.pattern(pattern).map(PatternTest::Matches)
        } else if let Some(text) = fields.text("grants") {
            Some(PatternTest::Grants(text.to_owned()))
        } else if is_action && fields.take("restrictable").is_some() {
            Some(PatternTest::Restrictable)
        } else {
            wrong(
                self.problems,
                fields.span,
                "needs one of `is`, `matches`, `grants` or (for actions) `restrictable`",
            );
            None
        };
        fields.finish();
        test
    }

    fn condition_test(&self, node: &Node<'_>) -> Option<ConditionTest> {
        if node.as_str() == Some("none") {
            return Some(ConditionTest::None);
        }
        let fields = Fields::of(node, "condition", self.problems)?;
        let test = if let Some(list) = fields.take("without") {
            self.list(list).map(ConditionTest::Without)
        } else if let Some(list) = fields.take("keys-without") {
            self.list(list).map(ConditionTest::KeysWithout)
        } else {
            wrong(
                self.problems,
                fields.span,
                "should be `none`, `without` or `keys-without`",
            );
            None
        };
        fields.finish();
        test
    }

    fn port(&self, node: &Node<'_>) -> Option<PortTest> {
        let fields = Fields::of(node, "covers-port", self.problems)?;
        let ports = fields.require("port").and_then(|node| self.texts(node));
        fields.require("protocol");
        let protocols = fields.texts("protocol").into_iter();
        let protocols: Vec<String> = protocols.map(|(one, _)| one.to_owned()).collect();
        if !protocols.iter().all(|one| one == "tcp" || one == "udp") {
            wrong(
                self.problems,
                fields.span,
                "`protocol` should be `tcp` or `udp`",
            );
        }
        let path = |key| fields.require(key).and_then(|node| self.path(node));
        let (protocol_at, from, to) = (path("protocol-at"), path("from"), path("to"));
        fields.finish();
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
        let Some(with) = with else {
            if !signature.parameters.is_empty() {
                wrong(self.problems, name_node.span, "`with` is missing");
                return None;
            }
            return Some(call);
        };
        let fields = Fields::of(with, "with", self.problems)?;
        for &(parameter, sort) in signature.parameters {
            let node = fields.require(parameter)?;
            let key = parameter.to_owned();
            match sort {
                Parameter::Path => call.paths.push((key, self.path(node)?)),
                Parameter::Number => call.numbers.push((key, self.number_operand(node)?)),
                Parameter::List => call.lists.push((key, self.texts(node)?)),
            }
        }
        fields.finish();
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

/// The names of the operators.
const OPERATORS: &[&str] = &[
    "equals",
    "not-equals",
    "equals-ignoring-case",
    "in",
    "not-in",
    "starts-with",
    "starts-with-any",
    "ends-with",
    "matches",
    "not-matches",
    "contains",
    "at-least",
    "at-most",
    "more-than",
    "less-than",
    "set",
    "empty",
    "count-at-least",
    "distinct-at-least",
    "open-cidr",
    "refers-to",
    "literal",
    "reference",
];
