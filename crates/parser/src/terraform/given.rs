//! Values that a run is given for the variables of a root module: files of values and arguments.
//!
//! <https://developer.hashicorp.com/terraform/language/values/variables#assigning-values-to-root-module-variables>

use super::evaluate::{Budget, Evaluation, Locals};
use super::references::NoNames;
use super::{File, body, value};
use crate::json;
use crate::source::{FileId, Span};
use crate::tree::{Entry, Node, Problem, Value};
use std::borrow::Cow;

/// What a file of values says.
#[derive(Debug, Default)]
pub struct Values {
    /// The values, by the names of variables.
    pub entries: Vec<Entry<'static>>,
    /// What was wrong.
    pub problems: Vec<Problem>,
}

/// Reads a `.tfvars` file, or a `.tfvars.json` one: the path tells which it is.
///
/// There is no error: a broken text gives problems, and the values that could be read.
pub fn values(file: FileId, path: &str, text: &str) -> Values {
    if path.ends_with(".json") {
        return json_values(file, text);
    }
    let file = File::read(file, path, text);
    let (_, blocks) = body::top(&file);
    let blocks = blocks.into_iter().map(|block| {
        let message = "a file of values holds no blocks, only `name = value`";
        Problem::error(block.name_span, message)
    });
    let (entries, wrong) = evaluated(&file);
    let problems = file.problems.iter().cloned();
    let problems = problems.chain(blocks).chain(wrong).collect();
    Values { entries, problems }
}

/// Texts are taken as they are: nothing in them is a template.
fn json_values(file: FileId, text: &str) -> Values {
    let parsed = json::parse(file, text);
    let mut problems = parsed.problems;
    let mut entries = Vec::new();
    for document in parsed.documents {
        let document = value::owned(document);
        match document.value {
            Value::Map(map) => entries.extend(map.entries),
            _ => problems.push(Problem::error(
                document.span,
                "a file of values is an object, with a member for each variable",
            )),
        }
    }
    Values { entries, problems }
}

/// The arguments of a text, which may refer to nothing, and those that cannot be evaluated.
fn evaluated(file: &File<'_>) -> (Vec<Entry<'static>>, Vec<Problem>) {
    let (arguments, _) = body::top(file);
    let (budget, none) = (Budget::new(), Locals::new());
    let mut evaluation = Evaluation::new(&NoNames, &budget, &none);
    let mut entries = Vec::with_capacity(arguments.len());
    let mut problems = Vec::new();
    for argument in arguments {
        let value = evaluation.expression(argument.value);
        if value::is_wholly_known(&value) {
            entries.push(Entry {
                key: Cow::Owned(argument.name.to_owned()),
                key_span: argument.name_span,
                value: value::owned(value),
            });
        } else {
            let name = argument.name;
            let message = format!(
                "the value of `{name}` is not written out: neither variables nor functions may be used here"
            );
            problems.push(Problem::error(argument.value.span(), message));
        }
    }
    (entries, problems)
}

/// A variable that a file declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declared<'f> {
    /// Its name.
    pub name: &'f str,
    /// How the text of an argument is read as a value of it.
    pub reading: Reading,
}

/// How the text of an argument (`--var name=text`, `TF_VAR_name`) is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// As it is, where the type is a primitive one or is not said.
    Text,
    /// As an expression.
    Expression,
}

impl File<'_> {
    /// The variables that the file declares.
    pub fn variables(&self) -> impl Iterator<Item = Declared<'_>> {
        let (_, blocks) = body::top(self);
        let variables = blocks.into_iter().filter(|block| block.name == "variable");
        variables.map(|block| Declared {
            name: block.label(0),
            reading: reading(block.attribute("type").map(|kind| kind.reference())),
        })
    }
}

fn reading(kind: Option<&str>) -> Reading {
    match kind {
        None | Some("string" | "number" | "bool") => Reading::Text,
        Some(_) => Reading::Expression,
    }
}

/// The value that the text of an argument means. All of it stands at one place: the text is in no file.
///
/// # Errors
/// Where the text is to be an expression and is none that can be evaluated.
pub fn argument(text: &str, reading: Reading, place: Span) -> Result<Node<'static>, Problem> {
    if reading == Reading::Text {
        return Ok(value::from_text(text.to_owned(), place));
    }
    let wrong = || {
        let message = "the value is no expression of Terraform's language, which the type of the \
                       variable asks for (a text is written in quotes)";
        Problem::error(place, message)
    };
    let text = format!("value = {text}\n");
    let file = File::read(place.file, "", &text);
    let (arguments, blocks) = body::top(&file);
    if !file.problems.is_empty() || arguments.len() != 1 || !blocks.is_empty() {
        return Err(wrong());
    }
    let (entries, _) = evaluated(&file);
    let entry = entries.into_iter().next().ok_or_else(wrong)?;
    Ok(value::read(entry.value, place))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: FileId = FileId(7);

    #[track_caller]
    fn check(path: &str, text: &str, expected: &str) {
        let values = values(FILE, path, text);
        let entries = values.entries.iter().map(|entry| {
            assert_eq!(entry.value.span.file, FILE);
            let value = entry.value.span.text(text);
            format!("{} = {value}", entry.key)
        });
        let problems = values.problems.iter().map(|problem| {
            assert_eq!(problem.span.file, FILE);
            format!("{}: {}", problem.span.text(text), problem.message)
        });
        let said: Vec<String> = entries.chain(problems).collect();
        assert_eq!(said.join("\n"), expected, "{text}");
    }

    #[test]
    fn files_of_values() {
        check("a.tfvars", "", "");
        check("a.tfvars", "a = 1\nb = [\"x\"]\n", "a = 1\nb = [\"x\"]");
        check(
            "a.tfvars",
            "a = var.b\nc = 1\n",
            "c = 1\nvar.b: the value of `a` is not written out: neither variables nor functions may be used here",
        );
        check(
            "a.tfvars",
            "b {\n}\n",
            "b: a file of values holds no blocks, only `name = value`",
        );
        check(
            "a.tfvars.json",
            "{\"a\": [1], \"b\": \"${x}\"}",
            "a = [1]\nb = \"${x}\"",
        );
        check(
            "a.tfvars.json",
            "[1]",
            "[1]: a file of values is an object, with a member for each variable",
        );
        assert!(!values(FILE, "a.tfvars", "a = [\n").problems.is_empty());
        assert!(!values(FILE, "a.json", "{\"a\": ").problems.is_empty());
    }

    #[test]
    fn arguments() {
        let place = Span::new(FILE, 0, 0);
        for (text, as_text, as_expression) in [
            ("a", Some("a"), None),
            ("[1", Some("[1"), None),
            ("\"a\"", Some("\"a\""), Some("a")),
            ("1\nb = 2", Some("1\nb = 2"), None),
            ("", Some(""), None),
        ] {
            let read = |reading| {
                let node = argument(text, reading, place).ok()?;
                node.scalar_text().map(str::to_owned)
            };
            assert_eq!(read(Reading::Text).as_deref(), as_text, "{text}");
            assert_eq!(
                read(Reading::Expression).as_deref(),
                as_expression,
                "{text}"
            );
        }
        let list = argument("[\"x\", {a = 1}]", Reading::Expression, place);
        assert_eq!(
            list.ok().and_then(|list| list.as_list().map(<[_]>::len)),
            Some(2)
        );
    }

    #[test]
    fn declared_variables() {
        let text = "variable \"a\" {}\nvariable \"b\" {\n  type = string\n}\nvariable \"c\" {\n  type = \"list\"\n}\n\
                    variable \"d\" {\n  type = any\n}\nvariable \"e\" {\n  type = \"number\"\n}\nlocals {}\n";
        let file = File::read(FILE, "", text);
        let said: Vec<String> = file
            .variables()
            .map(|one| format!("{} {:?}", one.name, one.reading))
            .collect();
        let expected = "a Text, b Text, c Expression, d Expression, e Text";
        assert_eq!(said.join(", "), expected);
    }
}
