//! Which Availability Zones route through a NAT gateway.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html>

use super::unknown;
use crate::answer::{Answer, At, Truth};
use crate::evaluate::Asking;
use crate::operator::same;
use crate::path::Reached;
use crate::rule::Step;
use pillarlint_parser::model::Resource;
use pillarlint_parser::tree::Node;

pub(super) fn serves_one_zone<'a, 's>(asking: &Asking<'a, 's>) -> Answer<'a, 's> {
    let Some(subject) = asking.subject else {
        return Answer::plain(Truth::Unknown);
    };
    let place = At::place(asking.project.resource(subject).address_span);
    let mut tables = Vec::new();
    let mut open = false;
    for route in existing(asking, "AWS::EC2::Route", &mut open) {
        open |= matches!(member(asking, route, "NatGatewayId"), Reached::Unknown(..));
        if refers(asking, route, "NatGatewayId") == Some(subject) {
            tables.extend(refers(asking, route, "RouteTableId"));
        }
    }
    let mut zones: Vec<&'a Node<'s>> = Vec::new();
    let mut subnets = 0;
    for association in existing(asking, "AWS::EC2::SubnetRouteTableAssociation", &mut open) {
        if !refers(asking, association, "RouteTableId").is_some_and(|one| tables.contains(&one)) {
            continue;
        }
        subnets += 1;
        let Some(subnet) = refers(asking, association, "SubnetId") else {
            open = true;
            continue;
        };
        let subnet = asking.project.resource(subnet);
        match member(asking, subnet, "AvailabilityZone") {
            Reached::Value(zone) => zones.push(zone),
            // Left to AWS to choose, or not known.
            Reached::Missing(_) | Reached::Unknown(..) => open = true,
        }
    }
    for (at, zone) in zones.iter().enumerate() {
        for other in &zones[at + 1..] {
            match same(zone, other) {
                Truth::False => return Answer::at(Truth::False, place),
                Truth::Unknown => open = true,
                Truth::True => {}
            }
        }
    }
    // One subnet lies in one zone, whichever that is.
    if open && (subnets > 1 || asking.open.get().is_some()) {
        return unknown(
            place.span,
            "the Availability Zones of the subnets behind it are not known",
        );
    }
    Answer::at(Truth::True, place)
}

fn existing<'a, 's>(asking: &Asking<'a, 's>, kind: &str, open: &mut bool) -> Vec<&'a Resource<'s>> {
    let mut sure = Vec::new();
    for index in asking.project.of_kind(kind) {
        let resource = asking.project.resource(*index);
        match asking.exists(resource) {
            Truth::True => sure.push(resource),
            Truth::False => {}
            Truth::Unknown => *open = true,
        }
    }
    sure
}

fn member<'a, 's>(
    asking: &Asking<'a, 's>,
    resource: &'a Resource<'s>,
    key: &str,
) -> Reached<'a, 's> {
    asking.walk(
        &resource.properties,
        &[Step::Key(key.to_owned())],
        resource.address_span,
    )
}

fn refers<'a, 's>(asking: &Asking<'a, 's>, resource: &'a Resource<'s>, key: &str) -> Option<u32> {
    match member(asking, resource, key) {
        Reached::Value(node) => asking.referred(node),
        Reached::Missing(_) | Reached::Unknown(..) => None,
    }
}
