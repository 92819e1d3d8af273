//! `AWS::Include`: what a local file holds stands where it is included.
//!
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-include.html>. As there, what an
//! included file includes itself is not looked into. A file that lies elsewhere stays a macro that is not run.

use super::Context;
use super::files::is_path;
use crate::tree::{Entry, Map, Node, Value};

/// The name of the transform.
const NAME: &str = "AWS::Include";

/// Puts the files that a template includes into its tree.
pub(super) fn expand<'s>(cx: &mut Context<'s>, root: &mut Node<'s>) {
    if !cx.source.contains(NAME) {
        return;
    }
    if let Value::Map(map) = &mut root.value {
        sections(cx, map);
    }
    places(cx, root);
}

/// The transforms of the whole template: they add to its sections.
fn sections<'s>(cx: &mut Context<'s>, map: &mut Map<'s>) {
    let Some(at) = map.entries.iter().position(|one| one.key == "Transform") else {
        return;
    };
    let mut added = Vec::new();
    let node = &mut map.entries[at].value;
    let is_done = match &mut node.value {
        Value::List(transforms) => {
            transforms.retain(|one| match included(cx, one) {
                Some(root) => {
                    added.push(root);
                    false
                }
                None => true,
            });
            transforms.is_empty()
        }
        _ => match included(cx, node) {
            Some(root) => {
                added.push(root);
                true
            }
            None => false,
        },
    };
    if is_done {
        map.entries.remove(at);
    }
    for root in added {
        if let Value::Map(more) = root.value {
            for section in more.entries {
                add_section(map, section);
            }
        }
    }
}

/// Adds a section, or what it holds to the section that is there.
fn add_section<'s>(map: &mut Map<'s>, section: Entry<'s>) {
    let there = map.entries.iter_mut().find(|one| one.key == section.key);
    match there {
        Some(Entry {
            value: Node {
                value: Value::Map(there),
                ..
            },
            ..
        }) => {
            if let Value::Map(more) = section.value.value {
                add(there, more);
            }
        }
        Some(_) => {}
        None => map.entries.push(section),
    }
}

/// Adds what a mapping does not have.
fn add<'s>(map: &mut Map<'s>, more: Map<'s>) {
    for entry in more.entries {
        if map.entry(&entry.key).is_none() {
            map.entries.push(entry);
        }
    }
}

/// The transforms inside a value: each stands among the keys that it adds to, or for the whole value.
fn places<'s>(cx: &mut Context<'s>, node: &mut Node<'s>) {
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| places(cx, item)),
        Value::Map(map) => {
            map.entries
                .iter_mut()
                .for_each(|entry| places(cx, &mut entry.value));
            let is_transform =
                |entry: &Entry<'_>| matches!(&*entry.key, "Fn::Transform" | "!Transform");
            let Some(at) = map.entries.iter().position(is_transform) else {
                return;
            };
            let Some(root) = included(cx, &map.entries[at].value) else {
                return;
            };
            match root.value {
                Value::Map(more) => {
                    map.entries.remove(at);
                    add(map, more);
                }
                _ if map.entries.len() == 1 => *node = root,
                _ => {}
            }
        }
        _ => {}
    }
}

/// What a transform includes, where that is a local file that could be read.
fn included<'s>(cx: &mut Context<'s>, transform: &Node<'s>) -> Option<Node<'s>> {
    if transform.get("Name")?.as_str()? != NAME {
        return None;
    }
    let location = transform.get("Parameters")?.get("Location")?;
    let path = location.as_str().filter(|path| is_path(path))?;
    match cx.files.document(cx.file, path) {
        Ok(document) => {
            if !cx.charge(location.span, document.text.len()) {
                return None;
            }
            cx.texts.insert(document.file, document.text);
            Some(document.root)
        }
        Err(why) => {
            cx.not_read
                .push((location.span, format!("`{path}`, which it includes, {why}")));
            None
        }
    }
}
