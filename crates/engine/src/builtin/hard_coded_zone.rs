//! Availability Zones that are spelt out.
//!
//! <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html>

use super::Found;
use crate::answer::Truth;
use crate::evaluate::Asking;
use pillarlint_parser::tree::{Node, Symbol, Value};

/// The zones that are written as texts in properties that take zones.
pub(super) fn places(asking: &Asking<'_, '_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (index, resource) in (0u32..).zip(&asking.project.resources) {
        if asking.exists(resource) != Truth::False {
            search(&resource.properties, false, index, &mut found);
        }
    }
    found
}

/// `AvailabilityZone`, `PreferredAvailabilityZones`, `availability_zones`.
fn takes_zones(key: &str) -> bool {
    let key = key.strip_suffix('s').unwrap_or(key);
    key.ends_with("AvailabilityZone") || key.ends_with("availability_zone")
}

fn search(node: &Node<'_>, is_zone: bool, resource: u32, found: &mut Vec<Found>) {
    // What came through a parameter, a variable or a local can be set otherwise there.
    if node.via.is_some() {
        return;
    }
    match &node.value {
        Value::String(text) if is_zone && names_zone(text) => found.push(Found {
            span: node.span,
            resource: Some(resource),
            value: format!("`{text}`"),
        }),
        Value::List(items) => {
            for item in items {
                search(item, is_zone, resource, found);
            }
        }
        Value::Map(map) => {
            for entry in &map.entries {
                search(&entry.value, takes_zones(&entry.key), resource, found);
            }
        }
        Value::Symbol(symbol) => {
            if let Symbol::Choice(choice) = &**symbol {
                for branch in [&choice.then, &choice.otherwise].into_iter().flatten() {
                    search(branch, is_zone, resource, found);
                }
            }
        }
        _ => {}
    }
}

/// A zone's name: that of its Region and a letter, `eu-west-1a`, `us-gov-west-1b`; a Local Zone, `us-east-1-bos-1a`.
fn names_zone(text: &str) -> bool {
    let Some(region) = text.strip_suffix(|c: char| c.is_ascii_lowercase()) else {
        return false;
    };
    region.ends_with(|c: char| c.is_ascii_digit())
        && region.split('-').count() >= 3
        && region
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones() {
        for (text, expected) in [
            ("eu-west-1a", true),
            ("us-gov-west-1b", true),
            ("us-east-1-bos-1a", true),
            ("eu-west-1", false),
            ("euw1-az1", false),
            ("any", false),
            ("", false),
        ] {
            assert_eq!(names_zone(text), expected, "{text}");
        }
    }
}
