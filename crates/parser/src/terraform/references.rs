//! What the names in expressions stand for.
//!
//! <https://developer.hashicorp.com/terraform/language/expressions/references>

use super::body::ExprPart;
use super::evaluate::{Found, INSTANCES, Locals, Scope, is_set, reference, unknown};
use super::module::Run;
use super::test::Test;
use super::{Content, Folder, functions, value};
use crate::model::ConditionId;
use crate::source::Span;
use crate::tree::{Entry, Node, Origin, Problem, Reference, Symbol, Value, ViaKind};
use hcl_edit::expr::{Expression, Traversal, TraversalOperator};
use hcl_edit::structure::Block;
use hcl_edit::visit::{self, Visit};
use std::borrow::Cow;
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;

/// The names of one module.
pub(super) struct Names<'r, 'm, 's> {
    pub(super) run: &'r Run<'m, 's>,
    pub(super) module: usize,
}

impl<'s> Scope<'s> for Names<'_, '_, 's> {
    fn resolve(&self, root: &str, attributes: &[&str], span: Span) -> Found<'s> {
        let (run, module) = (self.run, self.module);
        let found = |value: Rc<Node<'s>>, used: usize, kind: ViaKind| Found {
            value,
            used,
            kind,
            label: None,
        };
        let text = |text: String| Rc::new(value::from_text(text, span));
        match (root, attributes) {
            ("var", [name, ..]) => {
                let call = run
                    .call_of(module)
                    .filter(|(_, call)| call.attribute(name).is_some());
                let argument =
                    call.map(|(_, call)| format!("{name}` of `module.{}", call.label(0)));
                Found {
                    value: run.variable(module, name, span),
                    used: 1,
                    kind: match argument {
                        Some(_) => ViaKind::Argument,
                        None => ViaKind::Variable,
                    },
                    label: argument.map(Arc::from),
                }
            }
            ("local", [name, ..]) => found(run.local(module, name, span), 1, ViaKind::Local),
            ("module", [name, rest @ ..]) => {
                let (value, used) = run.module_value(module, name, rest, span);
                found(value, 1 + used, ViaKind::Output)
            }
            ("path", ["module", ..]) => {
                let modules = run.modules.borrow();
                let path = from_root(&modules[0].folder.path, &modules[module].folder.path);
                found(text(path), 1, ViaKind::Attribute)
            }
            ("path", ["root", ..]) => found(text(".".to_owned()), 1, ViaKind::Attribute),
            ("path", [_, ..]) => {
                let why = "the folder that Terraform runs in is not known";
                found(Rc::new(unknown(span, why)), 1, ViaKind::Attribute)
            }
            ("terraform" | "tofu", [_, ..]) => found(
                text(run.options.workspace.to_owned()),
                1,
                ViaKind::Attribute,
            ),
            ("data", [kind, name, ..]) => {
                let attribute = attributes.get(2).copied();
                let (value, is_attribute) = run.data(module, kind, name, attribute, span);
                found(value, 2 + usize::from(is_attribute), ViaKind::Attribute)
            }
            ("self" | "each" | "count" | "ephemeral", _) => {
                let why = format!("`{root}` is not known here");
                found(
                    Rc::new(unknown(span, why)),
                    attributes.len(),
                    ViaKind::Attribute,
                )
            }
            // The long form of a reference.
            ("resource", [kind, name, rest @ ..]) => {
                let value = self.resource(kind, name, span);
                if rest.is_empty() {
                    self.touch_whole(kind, name, span);
                }
                found(value, 2, ViaKind::Attribute)
            }
            (kind, [name, rest @ ..]) => {
                let value = self.resource(kind, name, span);
                if rest.is_empty() {
                    self.touch_whole(kind, name, span);
                }
                found(value, 1, ViaKind::Attribute)
            }
            (_, []) => {
                let node = value::error(span, format!("`{root}` is no value here"));
                found(Rc::new(node), 0, ViaKind::Attribute)
            }
        }
    }

    fn attribute(&self, resource: u32, name: &str, span: Span) -> Rc<Node<'s>> {
        let run = self.run;
        run.touched
            .borrow_mut()
            .push((resource, Rc::from(name), span));
        let given = || reference(Origin::Resource(resource), name, span);
        let (module, top, locals) = {
            let resources = run.resources.borrow();
            let Some(one) = resources.get(resource as usize) else {
                return Rc::new(unknown(span, "one of too many resources"));
            };
            (one.module, Rc::clone(&one.top), Rc::clone(&one.locals))
        };
        let Some(expression) = top.attribute(name) else {
            return Rc::new(given());
        };
        // Under a key of its own, so that a resource that refers to itself is no cycle of names.
        let key = format!("{resource}.{name}");
        if run.is_being_made(module, &key) {
            return Rc::new(given());
        }
        run.once(module, key, span, || {
            let node = run.evaluate(module, &locals, expression);
            match value::symbol(&node) {
                // A name that is not wholly known says less than whose name it is.
                Some(Symbol::Unknown(_) | Symbol::Text(_)) if NAMES.contains(&name) => given(),
                _ => or_given(node, &given),
            }
        })
    }

    fn call(&self, name: &str, arguments: Vec<Node<'s>>, span: Span) -> Result<Node<'s>, String> {
        match name {
            "templatefile" => self.template_file(arguments, span),
            "templatestring" => self.template_string(arguments, span),
            "slice" | "element" => match zones(name, &arguments, span) {
                Some(zones) => Ok(zones),
                None => functions::call(self.run.options.files, name, arguments, span),
            },
            _ => functions::call(self.run.options.files, name, arguments, span),
        }
    }

    fn is_set(&self, root: &str, name: &str) -> bool {
        let declared = self.run.declared(self.module);
        match root {
            "var" => {
                let top = declared.variables.get(name);
                let kind = top.and_then(|top| top.attribute("type"));
                kind.is_some_and(|kind| kind.reference().starts_with("set("))
            }
            "local" => {
                let value = declared.locals.get(name).map(|(value, _)| value.part);
                match value {
                    // Not through other names, so that no circle is walked.
                    Some(ExprPart::Hcl(call @ Expression::FuncCall(_))) => is_set(self, call),
                    _ => false,
                }
            }
            _ => false,
        }
    }

    fn condition(&self, test: &Test, name: &str) -> Result<ConditionId, bool> {
        // The same words mean another thing in another module.
        let prefix = self.run.prefix(self.module);
        let name = match prefix.strip_suffix('.') {
            Some(module) => format!("{name} in {module}"),
            None => name.to_owned(),
        };
        let test = within(test, &prefix);
        self.run.condition(&test, &name)
    }

    fn problem(&self, problem: Problem) {
        self.run.problem(problem);
    }
}

/// Arguments that hold the name of the resource itself.
const NAMES: [&str; 5] = [
    "name",
    "bucket",
    "function_name",
    "identifier",
    "cluster_identifier",
];

/// A test whose words are those of a module.
fn within(test: &Test, prefix: &str) -> Test {
    if prefix.is_empty() {
        return test.clone();
    }
    let inner = |one: &Test| within(one, prefix);
    match test {
        // References have names of their own, which hold everywhere.
        Test::Open(key) if !key.contains(".[") => Test::Open(format!("{prefix}{key}")),
        Test::Not(one) => Test::Not(Box::new(inner(one))),
        Test::All(all) => Test::All(all.iter().map(inner).collect()),
        Test::Any(any) => Test::Any(any.iter().map(inner).collect()),
        Test::Depends(condition, then, otherwise) => Test::Depends(
            *condition,
            Box::new(inner(then)),
            Box::new(inner(otherwise)),
        ),
        other => other.clone(),
    }
}

/// What is written, or where that is null what the service gives.
fn or_given<'s>(mut node: Node<'s>, given: &dyn Fn() -> Node<'s>) -> Node<'s> {
    match &mut node.value {
        Value::Null => return given(),
        Value::Symbol(symbol) => {
            if let Symbol::Choice(choice) = &mut **symbol {
                for branch in [&mut choice.then, &mut choice.otherwise] {
                    *branch = Some(match branch.take() {
                        Some(one) => or_given(one, given),
                        None => given(),
                    });
                }
            }
        }
        _ => {}
    }
    node
}

/// The first Availability Zones of a region, or one of them.
fn zones<'s>(function: &str, arguments: &[Node<'s>], span: Span) -> Option<Node<'s>> {
    /// Regions have no more.
    const MAX_ZONES: u32 = 16;
    let Some(Symbol::Reference(all)) = value::symbol(arguments.first()?) else {
        return None;
    };
    if !matches!(all.origin, Origin::Zones(_)) || !all.indices.is_empty() {
        return None;
    }
    let number = |at: usize| {
        let number = value::number(arguments.get(at)?)?.to_integer()?;
        u32::try_from(number).ok()
    };
    let zone = |index: u32| {
        let one = Reference {
            indices: vec![index],
            ..all.clone()
        };
        Node::new(Value::Symbol(Box::new(Symbol::Reference(one))), span)
    };
    match function {
        // Every region has two at least, nearly all three; past these it starts again.
        "element" => Some(zone(number(1)?)).filter(|_| number(1).is_some_and(|at| at < 3)),
        _ => {
            let (from, to) = (number(1)?, number(2)?);
            let zones = (from..to.min(MAX_ZONES)).map(zone).collect();
            Some(value::from_list(zones, span))
        }
    }
}

impl<'s> Names<'_, '_, 's> {
    fn resource(&self, kind: &str, name: &str, span: Span) -> Rc<Node<'s>> {
        let (run, module) = (self.run, self.module);
        let full_name = format!("{kind}.{name}");
        let Some(instances) = run.resource_instances(module, &full_name) else {
            let is_declared = run.declared(module).resources.contains_key(&full_name);
            return Rc::new(match is_declared {
                true => unknown(span, format!("`{full_name}` refers to itself")),
                false => run.missing(module, span, &format!("`{full_name}`")),
            });
        };
        run.once(module, full_name, span, || {
            let one =
                |index: u32, attribute: &str| reference(Origin::Resource(index), attribute, span);
            instances.value(span, &mut |index| one(index, ""), &mut |index| {
                one(index, INSTANCES)
            })
        })
    }

    /// Whoever takes a resource as a whole depends on it, though no attribute is named.
    fn touch_whole(&self, kind: &str, name: &str, span: Span) {
        let full_name = format!("{kind}.{name}");
        if let Some(instances) = self.run.resource_instances(self.module, &full_name) {
            let mut touched = self.run.touched.borrow_mut();
            instances.each(&mut |index| touched.push((index, Rc::from(""), span)));
        }
    }

    /// <https://developer.hashicorp.com/terraform/language/functions/templatefile>
    fn template_file(&self, arguments: Vec<Node<'s>>, span: Span) -> Result<Node<'s>, String> {
        let mut arguments = arguments.into_iter();
        let (Some(path), Some(variables)) = (arguments.next(), arguments.next()) else {
            return Err("`templatefile` takes a path and variables".to_owned());
        };
        let path = value::text(&path).map(Cow::into_owned);
        let text = path
            .as_deref()
            .and_then(|path| self.run.options.files.read(path, span));
        match text {
            Some(text) => self.filled_in(&text, variables, span),
            None => Ok(unknown(span, "the template file was not read")),
        }
    }

    /// <https://developer.hashicorp.com/terraform/language/functions/templatestring>
    fn template_string(&self, arguments: Vec<Node<'s>>, span: Span) -> Result<Node<'s>, String> {
        let mut arguments = arguments.into_iter();
        let (Some(text), Some(variables)) = (arguments.next(), arguments.next()) else {
            return Err("`templatestring` takes a template and variables".to_owned());
        };
        match value::text(&text) {
            Some(text) => self.filled_in(&text, variables, span),
            None => Ok(unknown(span, "the template is not known")),
        }
    }

    fn filled_in(&self, text: &str, variables: Node<'s>, span: Span) -> Result<Node<'s>, String> {
        let Value::Map(variables) = variables.value else {
            return match variables.value {
                Value::Symbol(_) => {
                    Ok(unknown(span, "the variables of the template are not known"))
                }
                _ => Err("the variables of a template are a map".to_owned()),
            };
        };
        let names = variables.entries.into_iter();
        let names: Locals<'s> = names
            .map(|Entry { key, value, .. }| (key.into_owned(), Rc::new(value)))
            .collect();
        let scope = Nothing { names: self };
        let mut evaluation = super::evaluate::Evaluation::new(&scope, &self.run.budget, &names);
        // What stands in that text has no place in this one.
        Ok(evaluation.text_template(text, span, None))
    }
}

/// A module's folder as Terraform names it, as seen from the root module's (`.`, `../../modules/vpc`). Both are paths
/// as they are shown here; one that cannot be told from them stays as it is.
fn from_root(root: &str, path: &str) -> String {
    let parts = |path: &'_ str| -> Vec<String> {
        let parts = path.split('/').filter(|part| *part != ".");
        parts.map(str::to_owned).collect()
    };
    let (root, inner) = (parts(root), parts(path));
    let common = root.iter().zip(&inner).take_while(|(a, b)| a == b).count();
    let (above, below) = (&root[common..], &inner[common..]);
    if above.iter().any(|part| part == "..")
        || path.starts_with('/') != root.first().is_some_and(String::is_empty)
    {
        return path.to_owned();
    }
    let up = above.iter().map(|_| "..");
    let relative: Vec<&str> = up.chain(below.iter().map(String::as_str)).collect();
    if relative.is_empty() {
        ".".to_owned()
    } else {
        relative.join("/")
    }
}

/// The names of a template: only its own variables.
struct Nothing<'r, 'n, 'm, 's> {
    names: &'n Names<'r, 'm, 's>,
}

impl<'s> Scope<'s> for Nothing<'_, '_, '_, 's> {
    fn resolve(&self, root: &str, _: &[&str], span: Span) -> Found<'s> {
        Found {
            value: Rc::new(value::error(
                span,
                format!("the template has no variable `{root}`"),
            )),
            used: 0,
            kind: ViaKind::Attribute,
            label: None,
        }
    }

    fn attribute(&self, resource: u32, name: &str, span: Span) -> Rc<Node<'s>> {
        self.names.attribute(resource, name, span)
    }

    fn call(&self, name: &str, arguments: Vec<Node<'s>>, span: Span) -> Result<Node<'s>, String> {
        match name {
            // A template that includes others could include itself.
            "templatefile" | "templatestring" => {
                Err(format!("`{name}` may not be called in a template"))
            }
            _ => self.names.call(name, arguments, span),
        }
    }

    fn is_set(&self, _: &str, _: &str) -> bool {
        false
    }

    fn condition(&self, test: &Test, name: &str) -> Result<ConditionId, bool> {
        self.names.condition(test, name)
    }

    fn problem(&self, problem: Problem) {
        self.names.problem(problem);
    }
}

/// The variables that a folder's files use, outside of their own declarations.
pub(super) fn variables<'m>(folder: &'m Folder<'_>) -> HashSet<Cow<'m, str>> {
    let mut used = Used::default();
    for file in &folder.files {
        match &file.content {
            Content::Hcl(body) => used.visit_body(body),
            Content::Json(Some(root)) => in_json(root, &mut used.names),
            Content::Json(None) => {}
        }
        // What could not be read may use any.
        for part in &file.unread {
            in_text(part.text(file.text), &mut used.names);
        }
    }
    used.names.into_iter().map(Cow::Owned).collect()
}

#[derive(Default)]
struct Used {
    names: HashSet<String>,
}

impl Visit for Used {
    fn visit_block(&mut self, block: &Block) {
        // A validation speaks of its own variable.
        if block.ident.as_str() != "variable" {
            visit::visit_block(self, block);
            return;
        }
        let mut inner = Used::default();
        visit::visit_block(&mut inner, block);
        let own = block.labels.first().map_or("", |label| label.as_str());
        self.names
            .extend(inner.names.into_iter().filter(|name| name != own));
    }

    fn visit_traversal(&mut self, traversal: &Traversal) {
        if let Expression::Variable(root) = &traversal.expr {
            let first = traversal.operators.first().map(|one| one.value());
            match (root.as_str(), first) {
                ("var", Some(TraversalOperator::GetAttr(name))) => {
                    self.names.insert(name.as_str().to_owned());
                }
                ("var", Some(TraversalOperator::Index(Expression::String(name)))) => {
                    self.names.insert(name.value().clone());
                }
                _ => {}
            }
        }
        visit::visit_traversal(self, traversal);
    }
}

fn in_json(node: &Node<'_>, names: &mut HashSet<String>) {
    match &node.value {
        Value::String(text) => in_text(text, names),
        Value::List(items) => items.iter().for_each(|item| in_json(item, names)),
        Value::Map(map) => {
            for entry in &map.entries {
                in_text(&entry.key, names);
                in_json(&entry.value, names);
            }
        }
        _ => {}
    }
}

/// `var.NAME` in a text.
fn in_text(text: &str, names: &mut HashSet<String>) {
    for (at, _) in text.match_indices("var.") {
        let rest = &text[at + "var.".len()..];
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        names.insert(rest[..end].to_owned());
    }
}

/// No names at all: what a `.tfvars` file may refer to.
pub(super) struct NoNames;

impl<'s> Scope<'s> for NoNames {
    fn resolve(&self, root: &str, _: &[&str], span: Span) -> Found<'s> {
        Found {
            value: Rc::new(value::error(span, format!("`{root}` is no value here"))),
            used: 0,
            kind: ViaKind::Attribute,
            label: None,
        }
    }

    fn attribute(&self, _: u32, name: &str, span: Span) -> Rc<Node<'s>> {
        Rc::new(value::error(span, format!("`{name}` is no value here")))
    }

    fn call(&self, name: &str, _: Vec<Node<'s>>, _: Span) -> Result<Node<'s>, String> {
        Err(format!("`{name}` may not be called here"))
    }

    fn is_set(&self, _: &str, _: &str) -> bool {
        false
    }

    fn condition(&self, _: &Test, _: &str) -> Result<ConditionId, bool> {
        Err(false)
    }

    fn problem(&self, _: Problem) {}
}

#[cfg(test)]
mod tests {
    use super::from_root;

    #[test]
    fn folders_are_seen_from_the_root() {
        for (root, path, expected) in [
            (".", ".", "."),
            (".", "modules/a", "modules/a"),
            ("live/prod", "live/prod", "."),
            ("live/prod", "modules/a", "../../modules/a"),
            (
                "live/prod",
                "live/prod/.terraform/modules/a",
                ".terraform/modules/a",
            ),
            ("live/prod", "../shared", "../../../shared"),
            ("../live", "../live/a", "a"),
            ("../live", "a", "a"),
            ("/srv/live", "/srv/modules/a", "../modules/a"),
            ("/srv/live", "a", "a"),
        ] {
            assert_eq!(from_root(root, path), expected, "{root} {path}");
        }
    }
}
