//! Where a finding points: at what the author can change, with the way that leads there.

use pillarlint_parser::model::{Project, Resource};
use pillarlint_parser::source::Span;
use pillarlint_parser::tree::{Node, Via, ViaKind};

/// Where a finding points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placed {
    /// The primary place.
    pub(crate) place: Span,
    /// The related ones, each with a short note.
    pub(crate) related: Vec<(Span, String)>,
    /// All that it belongs to, see [`crate::finding::Finding::within`].
    pub(crate) within: Vec<Span>,
    /// Where the value stands: its own place, unless that only names it, and those of the chain behind it.
    pub(crate) values: Vec<Span>,
}

/// Related places that a finding may have; more would not be read.
pub(crate) const MAX_RELATED: usize = 16;

impl Placed {
    /// Adds the way to the same place in other circumstances.
    pub(crate) fn add(&mut self, other: &Self) {
        for related in &other.related {
            if self.related.len() < MAX_RELATED && !self.related.contains(related) {
                self.related.push(related.clone());
            }
        }
        for value in &other.values {
            if !self.values.contains(value) {
                self.values.push(*value);
            }
        }
    }
}

/// The primary place of a finding and the related ones: the chain behind the value, then the module calls that made the
/// resource. A place in a downloaded module gives way to the nearest one behind it that is the author's.
pub(crate) fn placed(
    project: &Project<'_>,
    resource: Option<&Resource<'_>>,
    place: Span,
    value: Option<&Node<'_>>,
) -> Placed {
    let mut related = Vec::new();
    chain(value.and_then(|node| node.via.as_deref()), &mut related);
    let behind = related.iter().map(|(span, _)| *span);
    let is_name = value.is_some_and(Node::is_reference);
    let values = (!is_name).then_some(place).into_iter();
    let values = values.chain(behind).collect();
    let calls = resource.map_or(&[][..], |resource| &resource.calls);
    let called = |(span, address): &(Span, String)| (*span, format!("called here as `{address}`"));
    related.extend(calls.iter().map(called));
    let mut placed = Placed {
        place,
        related,
        within: within(resource, place),
        values,
    };
    if project.is_own(place.file) {
        return placed;
    }
    let is_own = |(span, _): &(Span, String)| project.is_own(span.file);
    if let Some(nearest) = placed.related.iter().position(is_own) {
        let note = "the place in the downloaded module".to_owned();
        (placed.place, _) = placed.related.remove(nearest);
        placed.related.insert(0, (place, note));
        placed.within.insert(0, placed.place);
    }
    placed
}

/// A place, and all that it belongs to: the address of the resource, then the calls that made it, innermost first.
pub(crate) fn within(resource: Option<&Resource<'_>>, place: Span) -> Vec<Span> {
    let calls = resource.map_or(&[][..], |resource| &resource.calls);
    let mut within = vec![place];
    within.extend(resource.map(|resource| resource.address_span));
    within.extend(calls.iter().map(|(span, _)| *span));
    within
}

/// The chain behind a value, as places.
fn chain(mut via: Option<&Via>, related: &mut Vec<(Span, String)>) {
    while let Some(step) = via {
        let name = &step.name;
        let note = match step.kind {
            ViaKind::ParameterDefault => format!("the default of the parameter `{name}`"),
            ViaKind::ParameterValue => format!("what the parameter `{name}` is given"),
            ViaKind::AllowedValue => format!("a value that the parameter `{name}` may have"),
            ViaKind::Mapping => format!("from the mapping `{name}`"),
            ViaKind::Argument => format!("the argument `{name}`"),
            ViaKind::Output => format!("the output `{name}`"),
            ViaKind::Document => format!("the document of `{name}`"),
            ViaKind::Transform => format!("what `{name}` becomes"),
            ViaKind::Element => format!("an element of what `{name}` runs over"),
            ViaKind::Variable | ViaKind::Local | ViaKind::Attribute => {
                format!("the value of `{name}`")
            }
        };
        related.push((step.span, note));
        via = step.previous.as_deref();
    }
}
