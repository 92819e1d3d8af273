//! VPCs that are connected, and whose address ranges overlap: no packet finds its way between them.
//!
//! <https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html>

use super::Found;
use crate::answer::Truth;
use crate::evaluate::Asking;
use crate::operator::known_text;
use crate::path::Reached;
use crate::rule::Step;
use pillarlint_parser::model::Resource;
use pillarlint_parser::tree::{Node, Value};
use std::net::Ipv4Addr;

/// What CloudFormation, or Terraform, calls what connects two VPCs, and what gives a VPC more ranges.
struct Names {
    peering: &'static str,
    peering_ends: [&'static str; 2],
    attachments: &'static [&'static str],
    gateway: &'static str,
    vpc: &'static str,
    range: &'static str,
    more_ranges: &'static str,
}

const CLOUDFORMATION: Names = Names {
    peering: "AWS::EC2::VPCPeeringConnection",
    peering_ends: ["VpcId", "PeerVpcId"],
    attachments: &[
        "AWS::EC2::TransitGatewayAttachment",
        "AWS::EC2::TransitGatewayVpcAttachment",
    ],
    gateway: "TransitGatewayId",
    vpc: "VpcId",
    range: "CidrBlock",
    more_ranges: "AWS::EC2::VPCCidrBlock",
};

const TERRAFORM: Names = Names {
    peering: "aws_vpc_peering_connection",
    peering_ends: ["vpc_id", "peer_vpc_id"],
    attachments: &["aws_ec2_transit_gateway_vpc_attachment"],
    gateway: "transit_gateway_id",
    vpc: "vpc_id",
    range: "cidr_block",
    more_ranges: "aws_vpc_ipv4_cidr_block_association",
};

pub(super) fn places(asking: &Asking<'_, '_>) -> Vec<Found> {
    let names = if asking.project.is_terraform() {
        &TERRAFORM
    } else {
        &CLOUDFORMATION
    };
    let mut found = Vec::new();
    let mut overlap = |index: u32, one: u32, other: u32| {
        if one == other {
            return;
        }
        if let Some(ranges) = overlapping(asking, names, one, other) {
            found.push(Found {
                span: asking.project.resource(index).address_span,
                resource: Some(index),
                value: ranges,
            });
        }
    };
    for index in asking.project.of_kind(names.peering) {
        let [one, other] = names
            .peering_ends
            .map(|end| vpc_at(asking, asking.project.resource(*index), end));
        if let (Some(one), Some(other)) = (one, other) {
            overlap(*index, one, other);
        }
    }
    // The VPCs of one transit gateway reach one another. The later attachment is the one too many.
    let mut attached: Vec<(u32, u32)> = Vec::new();
    let attachments = names.attachments.iter();
    for index in attachments.flat_map(|kind| asking.project.of_kind(kind)) {
        let resource = asking.project.resource(*index);
        let gateway = vpc_at(asking, resource, names.gateway);
        let vpc = vpc_at(asking, resource, names.vpc);
        if let (Some(gateway), Some(vpc)) = (gateway, vpc) {
            for (_, other) in attached.iter().filter(|(one, _)| *one == gateway) {
                overlap(*index, vpc, *other);
            }
            attached.push((gateway, vpc));
        }
    }
    found.dedup_by_key(|one| one.resource);
    found
}

/// The resource of the template that a property surely refers to by itself.
fn vpc_at<'a, 's>(asking: &Asking<'a, 's>, resource: &'a Resource<'s>, key: &str) -> Option<u32> {
    if asking.exists(resource) != Truth::True {
        return None;
    }
    let step = [Step::Key(key.to_owned())];
    match asking.walk(&resource.properties, &step, resource.address_span) {
        Reached::Value(node) if matches!(node.value, Value::Symbol(_)) => asking.referred(node),
        _ => None,
    }
}

/// Two ranges that overlap, in words.
fn overlapping(asking: &Asking<'_, '_>, names: &Names, one: u32, other: u32) -> Option<String> {
    let others = ranges(asking, names, other);
    for (text, range) in ranges(asking, names, one) {
        for (other_text, other) in &others {
            if range.0 <= other.1 && other.0 <= range.1 {
                return Some(format!("{text} and {other_text}"));
            }
        }
    }
    None
}

/// The IPv4 ranges of a VPC that are known: as written, first and last address.
fn ranges<'a>(asking: &Asking<'a, '_>, names: &Names, vpc: u32) -> Vec<(&'a str, (u32, u32))> {
    let own = asking.project.resource(vpc);
    let more = asking.project.of_kind(names.more_ranges).iter();
    let more = more.map(|index| asking.project.resource(*index));
    let more = more.filter(|resource| vpc_at(asking, resource, names.vpc) == Some(vpc));
    let step = [Step::Key(names.range.to_owned())];
    std::iter::once(own)
        .chain(more)
        .filter_map(|resource| {
            match asking.walk(&resource.properties, &step, resource.address_span) {
                Reached::Value(node) => range(node),
                Reached::Missing(_) | Reached::Unknown(..) => None,
            }
        })
        .collect()
}

fn range<'a>(node: &'a Node<'_>) -> Option<(&'a str, (u32, u32))> {
    let text = known_text(node)?;
    Some((text, ends(text)?))
}

/// The first and the last address of `10.0.0.0/16`.
fn ends(text: &str) -> Option<(u32, u32)> {
    let (address, bits) = text.trim().split_once('/')?;
    let address = u32::from(address.parse::<Ipv4Addr>().ok()?);
    let bits: u32 = bits.parse().ok().filter(|bits| *bits <= 32)?;
    let hosts = u32::MAX.checked_shr(bits).unwrap_or(0);
    Some((address & !hosts, address | hosts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_ranges() {
        for (text, expected) in [
            ("10.0.0.0/16", Some((0x0a00_0000, 0x0a00_ffff))),
            ("10.0.3.7/24", Some((0x0a00_0300, 0x0a00_03ff))),
            ("10.0.0.1/32", Some((0x0a00_0001, 0x0a00_0001))),
            ("0.0.0.0/0", Some((0, u32::MAX))),
            ("10.0.0.0/33", None),
            ("10.0.0.0", None),
            ("fd00::/8", None),
        ] {
            assert_eq!(ends(text), expected, "{text}");
        }
    }
}
