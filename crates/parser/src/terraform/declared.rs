//! What the files of a module declare, by name, with override files merged in.

use super::Folder;
use super::body::{self, Block, Expr};
use crate::source::Span;
use crate::tree::Problem;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A block, and the file that it stands in.
pub(super) type Top<'m, 's> = Rc<Block<'m, 's>>;

/// The declarations of a module.
#[derive(Default)]
pub(super) struct Declared<'m, 's> {
    pub(super) variables: BTreeMap<&'m str, Top<'m, 's>>,
    /// The expression, and where its name stands.
    pub(super) locals: BTreeMap<&'m str, (Expr<'m, 's>, Span)>,
    pub(super) outputs: BTreeMap<&'m str, Top<'m, 's>>,
    pub(super) modules: BTreeMap<&'m str, Top<'m, 's>>,
    /// By `kind.name`.
    pub(super) resources: BTreeMap<String, Top<'m, 's>>,
    /// By `kind.name`.
    pub(super) data: BTreeMap<String, Top<'m, 's>>,
    pub(super) providers: Vec<Top<'m, 's>>,
    /// `terraform` blocks.
    pub(super) settings: Vec<Top<'m, 's>>,
    /// Blocks that declare nothing that rules look at, but may refer to things: `check`, `ephemeral`.
    pub(super) others: Vec<Top<'m, 's>>,
    /// Whether a part of a file could not be read, so that what is not declared here may be there.
    pub(super) broken: bool,
    pub(super) problems: Vec<Problem>,
}

/// Whether a path is that of an override file: what it says is merged into what the other files say.
/// <https://developer.hashicorp.com/terraform/language/files/override>
pub fn is_override(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = [".tf.json", ".tofu.json", ".tf", ".tofu"]
        .iter()
        .find_map(|extension| name.strip_suffix(extension));
    stem.is_some_and(|stem| stem == "override" || stem.ends_with("_override"))
}

/// The declarations of a folder. Its override files come last.
pub(super) fn declared<'m, 's>(folder: &'m Folder<'s>) -> Declared<'m, 's> {
    let mut all = Declared::default();
    for file in &folder.files {
        all.broken |= file.is_broken();
        let overrides = is_override(&file.path);
        let (arguments, blocks) = body::top(file);
        for argument in arguments {
            all.problems.push(Problem::warning(
                argument.name_span,
                format!(
                    "`{}` at the top of a file is no block, and is not read",
                    argument.name
                ),
            ));
        }
        for block in blocks {
            declare(&mut all, block, overrides);
        }
    }
    all
}

fn declare<'m, 's>(all: &mut Declared<'m, 's>, block: Block<'m, 's>, overrides: bool) {
    let Some(labels) = body::labels_of(block.name) else {
        all.problems.push(Problem::warning(
            block.name_span,
            format!("Terraform has no block `{}`; it is not read", block.name),
        ));
        return;
    };
    if labels > 0 && block.label(labels - 1).is_empty() {
        let message = format!(
            "a `{}` block has {labels} labels; it is not read",
            block.name
        );
        let message = if labels == 1 {
            message.replace("1 labels", "one label")
        } else {
            message
        };
        all.problems.push(Problem::error(block.name_span, message));
        all.broken = true;
        return;
    }
    let full_name = || format!("{}.{}", block.label(0), block.label(1));
    let problems = &mut all.problems;
    match block.name {
        "variable" => add(
            &mut all.variables,
            block.label(0),
            block,
            overrides,
            problems,
        ),
        "output" => add(&mut all.outputs, block.label(0), block, overrides, problems),
        "module" => add(&mut all.modules, block.label(0), block, overrides, problems),
        "resource" => add(&mut all.resources, full_name(), block, overrides, problems),
        "data" => add(&mut all.data, full_name(), block, overrides, problems),
        "provider" => {
            let alias = block.attribute("alias").and_then(|alias| alias.literal());
            let same = all.providers.iter_mut().find(|one| {
                let other = one.attribute("alias").and_then(|alias| alias.literal());
                overrides && one.label(0) == block.label(0) && other == alias
            });
            match same {
                Some(same) => Rc::make_mut(same).override_with(&block),
                None => all.providers.push(Rc::new(block)),
            }
        }
        "terraform" => all.settings.push(Rc::new(block)),
        "locals" => {
            let (arguments, _) = block.contents(&|_| None);
            for argument in arguments {
                let value = (argument.value, argument.name_span);
                let earlier = all.locals.insert(argument.name, value);
                if let Some((_, earlier)) = earlier.filter(|_| !overrides) {
                    all.problems.push(twice(
                        "local value",
                        argument.name,
                        argument.name_span,
                        earlier,
                    ));
                }
            }
        }
        // These speak of addresses, also of what is no longer there.
        "moved" | "removed" | "import" => {}
        _ => all.others.push(Rc::new(block)),
    }
}

fn add<'m, 's, K: Ord + AsRef<str>>(
    declared: &mut BTreeMap<K, Top<'m, 's>>,
    name: K,
    block: Block<'m, 's>,
    overrides: bool,
    problems: &mut Vec<Problem>,
) {
    match declared.get_mut(&name) {
        Some(earlier) if overrides => Rc::make_mut(earlier).override_with(&block),
        Some(earlier) => {
            let place = block.last_label_span();
            problems.push(twice(
                block.name,
                name.as_ref(),
                place,
                earlier.last_label_span(),
            ));
            declared.insert(name, Rc::new(block));
        }
        None => {
            declared.insert(name, Rc::new(block));
        }
    }
}

fn twice(what: &str, name: &str, place: Span, earlier: Span) -> Problem {
    let message = format!("the {what} `{name}` is declared twice, which Terraform refuses");
    Problem::warning(place, message).with_related(earlier, "declared before")
}
