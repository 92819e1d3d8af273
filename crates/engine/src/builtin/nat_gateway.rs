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

/// What CloudFormation, or Terraform, calls the things on the way from a NAT gateway to its subnets.
struct Names {
    route: &'static str,
    route_table: &'static str,
    nat_gateway: &'static str,
    /// Route tables that hold routes themselves: their kinds and where.
    tables: &'static [&'static str],
    routes: &'static str,
    association: &'static str,
    subnet: &'static str,
    zone: &'static [&'static str],
}

const CLOUDFORMATION: Names = Names {
    route: "AWS::EC2::Route",
    route_table: "RouteTableId",
    nat_gateway: "NatGatewayId",
    tables: &[],
    routes: "",
    association: "AWS::EC2::SubnetRouteTableAssociation",
    subnet: "SubnetId",
    zone: &["AvailabilityZone", "AvailabilityZoneId"],
};

const TERRAFORM: Names = Names {
    route: "aws_route",
    route_table: "route_table_id",
    nat_gateway: "nat_gateway_id",
    tables: &["aws_route_table", "aws_default_route_table"],
    routes: "route",
    association: "aws_route_table_association",
    subnet: "subnet_id",
    zone: &["availability_zone", "availability_zone_id"],
};

pub(super) fn serves_one_zone<'a, 's>(asking: &Asking<'a, 's>) -> Answer<'a, 's> {
    let Some(subject) = asking.subject else {
        return Answer::plain(Truth::Unknown);
    };
    let gateway = asking.project.resource(subject);
    let names = if gateway.kind == "aws_nat_gateway" {
        &TERRAFORM
    } else {
        &CLOUDFORMATION
    };
    let place = At::place(gateway.address_span);
    let mut open = false;
    let tables = tables_through(asking, names, subject, &mut open);
    let mut zones: Vec<&'a Node<'s>> = Vec::new();
    let mut subnets = 0;
    for (_, association) in existing(asking, names.association, &mut open) {
        let table = refers(asking, association, names.route_table);
        if !table.is_some_and(|one| tables.contains(&one)) {
            continue;
        }
        // A gateway or a whole VPC may be associated too.
        if let Reached::Missing(_) = member(asking, association, names.subnet) {
            continue;
        }
        subnets += 1;
        let Some(subnet) = refers(asking, association, names.subnet) else {
            open = true;
            continue;
        };
        let subnet = asking.project.resource(subnet);
        let zone = names
            .zone
            .iter()
            .find_map(|key| match member(asking, subnet, key) {
                Reached::Value(zone) => Some(zone),
                // Left to AWS to choose, or not known.
                Reached::Missing(_) | Reached::Unknown(..) => None,
            });
        match zone {
            Some(zone) => zones.push(zone),
            None => open = true,
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

/// The route tables with a route through the NAT gateway.
fn tables_through<'a, 's>(
    asking: &Asking<'a, 's>,
    names: &Names,
    gateway: u32,
    open: &mut bool,
) -> Vec<u32> {
    let mut tables = Vec::new();
    for (_, route) in existing(asking, names.route, open) {
        *open |= matches!(
            member(asking, route, names.nat_gateway),
            Reached::Unknown(..)
        );
        if refers(asking, route, names.nat_gateway) == Some(gateway) {
            tables.extend(refers(asking, route, names.route_table));
        }
    }
    let through = [
        Step::Key(names.routes.to_owned()),
        Step::All,
        Step::Key(names.nat_gateway.to_owned()),
    ];
    for kind in names.tables {
        for (index, table) in existing(asking, kind, open) {
            let mut found = Vec::new();
            asking.walk_all(&table.properties, &through, table.address_span, &mut found);
            for reached in found {
                match reached {
                    Reached::Value(node) if asking.referred(node) == Some(gateway) => {
                        tables.push(index);
                    }
                    Reached::Unknown(..) => *open = true,
                    Reached::Value(_) | Reached::Missing(_) => {}
                }
            }
        }
    }
    tables
}

fn existing<'a, 's>(
    asking: &Asking<'a, 's>,
    kind: &str,
    open: &mut bool,
) -> Vec<(u32, &'a Resource<'s>)> {
    let mut sure = Vec::new();
    for index in asking.project.of_kind(kind) {
        let resource = asking.project.resource(*index);
        match asking.exists(resource) {
            Truth::True => sure.push((*index, resource)),
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
