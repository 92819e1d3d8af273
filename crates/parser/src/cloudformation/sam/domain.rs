//! `Domain` of an API: the mappings of its paths, and its records in Route 53.
//! <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-domainconfiguration.html>

use super::build::{Properties, attribute, entry, list, map, text};
use super::{Made, Origin};
use crate::tree::{Entry, Node, Value};

/// The zone of all distributions of CloudFront, which an edge-optimised domain is.
const ZONE_OF_DISTRIBUTIONS: &str = "Z2FDTNDATAQYW2";

/// `BasePath`: a text, or a list of them.
pub(super) fn base_paths<'s>(domain: &mut Properties<'s>) -> Vec<Node<'s>> {
    match domain.take_value("BasePath") {
        Some(Node {
            value: Value::List(paths),
            ..
        }) => paths,
        Some(path) if path.as_str().is_some() => vec![path],
        _ => Vec::new(),
    }
}

/// `Route53`: records that name the domain of a logical id.
pub(super) fn records<'s>(
    made: &mut Made<'s>,
    origin: &Origin<'s>,
    domain: &mut Properties<'s>,
    id: &str,
    name: Option<Node<'s>>,
    is_edge: bool,
) {
    let Some(zone) = domain.take("Route53") else {
        return;
    };
    let place = zone.key_span;
    let mut zone = Properties::within(zone);
    let mut target = zone.taken(&["EvaluateTargetHealth"]);
    let of_domain = |attribute_name| attribute(id.to_owned(), attribute_name, place);
    if is_edge {
        let distribution = zone.take_value("DistributionDomainName");
        let distribution = distribution.unwrap_or_else(|| of_domain("DistributionDomainName"));
        target.push(entry("HostedZoneId", text(ZONE_OF_DISTRIBUTIONS, place)));
        target.push(entry("DNSName", distribution));
    } else {
        target.push(entry("HostedZoneId", of_domain("RegionalHostedZoneId")));
        target.push(entry("DNSName", of_domain("RegionalDomainName")));
    }
    let mut shared: Vec<Entry<'s>> = name.map(|name| entry("Name", name)).into_iter().collect();
    shared.extend(zone.taken(&["Region", "SetIdentifier"]));
    shared.push(entry("AliasTarget", map(target, place)));
    let over_6 = zone.take_value("IpV6");
    let over_6 = over_6.filter(|one| matches!(one.value, Value::Bool(true)));
    let record = |kind, place| {
        let mut record = vec![entry("Type", text(kind, place))];
        record.extend(shared.iter().cloned());
        map(record, place)
    };
    let mut records = vec![record("A", place)];
    records.extend(over_6.map(|over_6| record("AAAA", over_6.span)));
    let mut own = zone.taken(&["HostedZoneId", "HostedZoneName"]);
    own.push(entry("RecordSets", list(records, place)));
    made.resources.push(origin.added(
        origin.name("RecordSetGroup"),
        "AWS::Route53::RecordSetGroup",
        place,
        own,
    ));
}
