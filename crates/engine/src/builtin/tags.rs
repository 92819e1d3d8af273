//! The tags of a resource, however its kind takes them.

use crate::evaluate::Asking;
use crate::path::Reached;
use crate::rule::Step;
use pillarlint_parser::model::Resource;
use pillarlint_parser::source::Span;
use pillarlint_parser::tree::Node;

/// The properties that hold tags: CloudFormation's, Terraform's, and the blocks of an Auto Scaling group.
const NAMES: [&str; 3] = ["Tags", "tags", "tag"];

/// The tags of a resource.
pub(super) struct Tags<'a> {
    /// Where the first of the properties that hold them is named.
    pub(super) place: Option<Span>,
    /// Their keys, each with its place.
    pub(super) keys: Vec<(&'a str, Span)>,
    /// Whether these are all.
    pub(super) complete: bool,
}

/// The tags that a resource is given.
pub(super) fn of<'a, 's>(asking: &Asking<'a, 's>, resource: &'a Resource<'s>) -> Tags<'a> {
    let mut tags = Tags {
        place: None,
        keys: Vec::new(),
        complete: true,
    };
    let Some(written) = resource.properties.as_map() else {
        tags.complete = false;
        return tags;
    };
    for entry in NAMES.iter().filter_map(|name| written.entry(name)) {
        tags.place.get_or_insert(entry.key_span);
        collect(asking, &entry.value, &mut tags);
    }
    tags
}

/// Keys of tags that are a mapping, or a list of `Key` and `Value`.
fn collect<'a, 's>(asking: &Asking<'a, 's>, node: &'a Node<'s>, tags: &mut Tags<'a>) {
    let node = match asking.settle_value(node, node.span) {
        Reached::Value(node) => node,
        Reached::Missing(_) => return,
        Reached::Unknown(..) => {
            tags.complete = false;
            return;
        }
    };
    if let Some(map) = node.as_map()
        && map.get("Key").is_none()
        && map.get("key").is_none()
    {
        let keys = map.entries.iter();
        tags.keys
            .extend(keys.map(|entry| (&*entry.key, entry.key_span)));
        return;
    }
    let mut found = Vec::new();
    asking.walk_all(node, &[Step::All], node.span, &mut found);
    for reached in found {
        let Reached::Value(tag) = reached else {
            tags.complete = false;
            continue;
        };
        let member = |name: &str| asking.walk(tag, &[Step::Key(name.to_owned())], tag.span);
        let key = match member("Key") {
            Reached::Missing(_) => member("key"),
            key => key,
        };
        match key {
            Reached::Value(key) => match key.as_str() {
                Some(text) => tags.keys.push((text, key.span)),
                None => tags.complete = false,
            },
            Reached::Missing(_) => {}
            Reached::Unknown(..) => tags.complete = false,
        }
    }
}
