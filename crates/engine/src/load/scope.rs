//! The names of a check, and the paths that begin at them: parsed, and held against the table of types.

use super::reader::{Problems, and, wrong};
use crate::path::compile;
use crate::rule::{Path, SUBJECT, Slot, Step};
use crate::spelling::hint;
use pillarlint_parser::source::Span;
use pillarlint_schema::{Member, Shape};

/// What stands beside the properties of a resource.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-product-attribute-reference.html>,
/// <https://developer.hashicorp.com/terraform/language/meta-arguments>
const BESIDE: [&str; 9] = [
    "Condition",
    "CreationPolicy",
    "DeletionPolicy",
    "DependsOn",
    "Metadata",
    "UpdatePolicy",
    "UpdateReplacePolicy",
    // Terraform's.
    "depends_on",
    "lifecycle",
];

/// The names that a path may begin with.
#[derive(Clone)]
pub(super) struct Scope<'p> {
    names: Vec<Name>,
    next: Slot,
    most: std::rc::Rc<std::cell::Cell<Slot>>,
    problems: &'p Problems,
}

#[derive(Clone)]
struct Name {
    name: String,
    path: Path,
    /// What it may be; empty where nothing is known of it.
    shapes: Vec<Shape>,
    /// The types that it is one of, where it is a resource.
    kinds: Vec<String>,
    is_resource: bool,
    /// Whether it is the field of a shape: a list in some forms, one value in others.
    is_field: bool,
}

impl<'p> Scope<'p> {
    /// The names of a check that asks resources of these kinds.
    pub(super) fn new(kinds: &[String], problems: &'p Problems) -> Self {
        let mut scope = Self {
            names: Vec::new(),
            next: SUBJECT + 1,
            most: std::rc::Rc::new(std::cell::Cell::new(SUBJECT + 1)),
            problems,
        };
        scope.names.push(Name {
            name: "$".to_owned(),
            path: root(SUBJECT, false),
            shapes: shapes(kinds),
            kinds: kinds.to_vec(),
            is_resource: true,
            is_field: false,
        });
        scope.names.push(Name {
            name: "resource".to_owned(),
            path: root(SUBJECT, true),
            shapes: Vec::new(),
            kinds: Vec::new(),
            is_resource: false,
            is_field: false,
        });
        scope
    }

    /// How many slots the check needs in all.
    pub(super) fn slots(&self) -> Slot {
        self.most.get()
    }

    /// A name for a resource.
    pub(super) fn add_resource(&mut self, name: &str, kinds: &[String]) -> Slot {
        let shapes = shapes(kinds);
        self.add(name, shapes, Some(kinds))
    }

    /// A name for an element that a path with `[*]` reaches.
    pub(super) fn add_element(&mut self, name: &str, path: &Path) -> Slot {
        let shapes = self.shapes_of(path);
        self.add(name, shapes, None)
    }

    /// A name of which nothing is known.
    pub(super) fn add_free(&mut self, name: &str) -> Slot {
        self.add(name, Vec::new(), None)
    }

    /// A name, and the types that it is one of where it is a resource.
    fn add(&mut self, name: &str, shapes: Vec<Shape>, kinds: Option<&[String]>) -> Slot {
        let slot = self.next;
        self.next += 1;
        self.most.set(self.most.get().max(self.next));
        self.names.push(Name {
            name: name.to_owned(),
            path: root(slot, false),
            shapes,
            kinds: kinds.unwrap_or_default().to_vec(),
            is_resource: kinds.is_some(),
            is_field: false,
        });
        slot
    }

    /// A name for a path (the field of a shape).
    pub(super) fn add_field(&mut self, name: &str, path: Path) {
        let shapes = self.shapes_of(&path);
        self.names.push(Name {
            name: name.to_owned(),
            path,
            shapes,
            kinds: Vec::new(),
            is_resource: false,
            is_field: true,
        });
    }

    /// A path to one value.
    pub(super) fn path(&self, text: &str, span: Span) -> Option<Path> {
        let path = self.path_to_many(text, span)?;
        if path.steps.iter().any(Step::is_many) {
            wrong(
                self.problems,
                span,
                format!("`{text}` reaches many values; ask them with `every`, `some` or `none`"),
            );
            return None;
        }
        Some(path)
    }

    /// A path that may have `[*]`.
    pub(super) fn path_to_many(&self, text: &str, span: Span) -> Option<Path> {
        let end = text.find(['.', '[']).unwrap_or(text.len());
        let (name, mut steps) = text.split_at(end);
        let Some(known) = self.names.iter().rev().find(|one| one.name == name) else {
            wrong(self.problems, span, self.no_root(text, name));
            return None;
        };
        let mut path = known.path.clone();
        let mut shapes = known.shapes.clone();
        if let Some(rest) = steps.strip_prefix(".$resource") {
            if !known.is_resource {
                wrong(self.problems, span, format!("`{name}` is no resource"));
                return None;
            }
            path.beside = true;
            shapes.clear();
            steps = rest;
        }
        let steps = match compile(steps) {
            Ok(steps) => steps,
            Err(message) => {
                wrong(self.problems, span, message);
                return None;
            }
        };
        if path.beside
            && path.steps.is_empty()
            && let Some(Step::Key(key)) = steps.first()
            && !BESIDE.contains(&key.as_str())
        {
            wrong(
                self.problems,
                span,
                format!("a resource has no attribute `{key}`{}", hint(key, BESIDE)),
            );
            return None;
        }
        // One value where the field is a list in other forms: it is its own only element.
        let is_scalar = |shape: &Shape| shape.element().is_none() && shape.map_value().is_none();
        let asked = match steps.split_first() {
            Some((Step::All, rest)) if known.is_field && shapes.iter().all(is_scalar) => rest,
            _ => &steps,
        };
        if !shapes.is_empty() {
            self.hold_against(text, span, asked, shapes, &known.kinds)?;
        }
        path.steps.extend(steps);
        Some(path)
    }

    /// Why a path cannot begin so.
    fn no_root(&self, text: &str, name: &str) -> String {
        let property = name.trim_start_matches('$');
        let is_property = || {
            let shapes = &self.names.first()?.shapes;
            let step = Step::Key(property.to_owned());
            (!step_into(shapes, &step).0.is_empty()).then_some(())
        };
        if is_property().is_some() {
            let meant = text.trim_start_matches('$');
            return format!(
                "a property of the resource begins with `$.`: did you mean `$.{meant}`?"
            );
        }
        let names = || self.names.iter().map(|one| one.name.as_str());
        let begins = match hint(name, names()) {
            hint if hint.is_empty() => {
                format!(
                    "; there are {}: `$.Name` is a property of the resource",
                    and(names())
                )
            }
            hint => hint,
        };
        format!("a path cannot begin with `{name}`{begins}")
    }

    fn hold_against(
        &self,
        text: &str,
        span: Span,
        steps: &[Step],
        mut shapes: Vec<Shape>,
        kinds: &[String],
    ) -> Option<()> {
        for (at, step) in steps.iter().enumerate() {
            let (next, free, known) = step_into(&shapes, step);
            if free {
                return Some(());
            }
            if next.is_empty() {
                let is_list = shapes.iter().any(|shape| shape.element().is_some());
                let message = no_step(text, steps, at, &known, is_list, kinds);
                wrong(self.problems, span, message);
                return None;
            }
            shapes = next;
        }
        Some(())
    }

    fn shapes_of(&self, path: &Path) -> Vec<Shape> {
        let base = self.names.iter().rev().find(|one| {
            one.path.root == path.root
                && one.path.beside == path.beside
                && one.path.steps.is_empty()
        });
        let Some(base) = base else {
            return Vec::new();
        };
        let mut shapes = base.shapes.clone();
        for step in &path.steps {
            let (next, free, _) = step_into(&shapes, step);
            if free {
                return Vec::new();
            }
            shapes = next;
        }
        shapes
    }
}

/// Names that are listed where none is near.
const LISTED: usize = 12;

/// Why a path cannot go on at a step; `known` are the names that there are.
fn no_step(
    text: &str,
    steps: &[Step],
    at: usize,
    known: &[String],
    is_list: bool,
    kinds: &[String],
) -> String {
    let Step::Key(key) = &steps[at] else {
        let what = match &steps[at] {
            Step::Members => "mapping",
            _ => "list",
        };
        return format!(
            "in `{text}` there is no {what} before `{}`",
            steps_text(&steps[at..=at])
        );
    };
    let begin = text.find(['.', '[']).unwrap_or(text.len());
    let before = format!("{}{}", &text[..begin], steps_text(&steps[..at]));
    if before == "$" {
        if key == "Properties" {
            let meant = text.replacen("$.Properties", "$", 1);
            return format!("`$` is the properties already: did you mean `{meant}`?");
        }
        if BESIDE.contains(&key.as_str()) {
            return format!("`{key}` stands beside the properties: did you mean `resource.{key}`?");
        }
    }
    if is_list {
        return format!(
            "`{before}` is a list: `{before}[*]` reaches its elements, which `each`, `every`, `some` and `none` ask"
        );
    }
    let mut known: Vec<&str> = known.iter().map(String::as_str).collect();
    known.sort_unstable();
    known.dedup();
    let there = match hint(key, known.iter().copied()) {
        hint if !hint.is_empty() => hint,
        _ if known.is_empty() => "; it is no mapping".to_owned(),
        _ if known.len() <= LISTED => format!("; it has {}", and(known.into_iter())),
        _ => String::new(),
    };
    let of = match kinds {
        [kind] => format!(" ({kind})"),
        _ => String::new(),
    };
    format!("`{before}`{of} has no `{key}`{there}")
}

/// Steps as they are written.
fn steps_text(steps: &[Step]) -> String {
    let step = |step: &Step| match step {
        Step::Key(key) => format!(".{key}"),
        Step::Index(index) => format!("[{index}]"),
        Step::All => "[*]".to_owned(),
        Step::Members => ".*".to_owned(),
    };
    steps.iter().map(step).collect()
}

/// What a step leads to, whether anything may stand there, and which names there are.
fn step_into(shapes: &[Shape], step: &Step) -> (Vec<Shape>, bool, Vec<String>) {
    let mut next = Vec::new();
    let mut free = false;
    let mut known = Vec::new();
    for shape in shapes {
        match step {
            Step::Key(key) => match shape.member(key) {
                Member::Known(member) => next.push(member),
                // A list has no names; neither has a number.
                Member::Free if shape.is_nameless() => {}
                Member::Free => free = true,
                Member::Unknown => known.extend(shape.members().map(|one| one.name.to_owned())),
            },
            Step::Index(_) | Step::All | Step::Members => {
                match (shape.element(), shape.map_value()) {
                    (None, None) => free |= shape.may_hold_json(),
                    (element, value) => next.extend(element.into_iter().chain(value)),
                }
            }
        }
    }
    (next, free, known)
}

fn root(slot: Slot, beside: bool) -> Path {
    Path {
        root: slot,
        beside,
        steps: Vec::new(),
    }
}

fn shapes(kinds: &[String]) -> Vec<Shape> {
    kinds
        .iter()
        .filter_map(|kind| {
            pillarlint_schema::resource_type(kind)
                .or_else(|| pillarlint_schema::terraform::resource(kind))
        })
        .map(|info| info.shape())
        .collect()
}
