//! IP network functions, for both versions.

use super::{Answer, Arguments, Stop, refuse};
use crate::terraform::value;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A range of addresses.
#[derive(Clone, Copy)]
struct Network {
    /// The first address, as a number.
    address: u128,
    /// How many bits all have in common.
    prefix: u32,
    /// How many an address has: 32 or 128.
    bits: u32,
}

impl Network {
    fn parse<'s>(text: &str) -> Result<Self, Stop<'s>> {
        Self::read(text).ok_or_else(|| {
            Stop::Refused(format!(
                "invalid CIDR expression: invalid CIDR address: {text}"
            ))
        })
    }

    fn read(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let (address, bits) = match address.parse().ok()? {
            IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
            IpAddr::V6(address) => (u128::from(address), 128),
        };
        let is_digits = prefix.bytes().all(|byte| byte.is_ascii_digit());
        let prefix: u32 = prefix
            .parse()
            .ok()
            .filter(|prefix| is_digits && *prefix <= bits)?;
        let network = Self {
            address,
            prefix,
            bits,
        };
        Some(Self {
            address: address & !network.host_mask(),
            ..network
        })
    }

    /// The bits in which the addresses of the range differ.
    fn host_mask(self) -> u128 {
        ones(self.bits - self.prefix)
    }

    fn address_text(self, address: u128) -> String {
        match u32::try_from(address) {
            Ok(address) if self.bits == 32 => Ipv4Addr::from(address).to_string(),
            _ => Ipv6Addr::from(address).to_string(),
        }
    }

    fn text(self) -> String {
        format!("{}/{}", self.address_text(self.address), self.prefix)
    }

    /// A longer prefix.
    fn extended<'s>(self, by: i64) -> Result<Self, Stop<'s>> {
        let prefix = u32::try_from(by)
            .ok()
            .and_then(|by| self.prefix.checked_add(by));
        match prefix.filter(|prefix| *prefix <= self.bits) {
            Some(prefix) => Ok(Self { prefix, ..self }),
            None => refuse(format!(
                "insufficient address space to extend prefix of {} by {by}",
                self.prefix
            )),
        }
    }
}

/// So many bits, all set.
fn ones(count: u32) -> u128 {
    u128::MAX.checked_shr(128 - count).unwrap_or(0)
}

pub(super) fn cidrnetmask<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let network = Network::parse(&a.text()?)?;
    if network.bits != 32 {
        return refuse("IPv6 addresses cannot have a netmask");
    }
    let mask = ones(32) & !network.host_mask();
    a.text_node(network.address_text(mask))
}

/// A number below zero counts from the end.
pub(super) fn cidrhost<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let network = Network::parse(&a.text()?)?;
    let number = a.number()?.to_integer();
    let mask = network.host_mask();
    let host = number.and_then(|number| match u128::try_from(number) {
        Ok(host) => Some(host).filter(|host| *host <= mask),
        Err(_) => mask.checked_sub(number.unsigned_abs() - 1),
    });
    match host {
        Some(host) => a.text_node(network.address_text(network.address | host)),
        None => refuse(format!(
            "prefix of {} does not accommodate that host number",
            network.prefix
        )),
    }
}

pub(super) fn cidrsubnet<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let network = Network::parse(&a.text()?)?;
    let bits = a.integer()?;
    let number = a.number()?.to_integer();
    let subnet = network.extended(bits)?;
    let number = number.and_then(|number| u128::try_from(number).ok());
    match number.filter(|number| *number <= ones(subnet.prefix - network.prefix)) {
        Some(number) => {
            let shifted = number.checked_shl(subnet.bits - subnet.prefix).unwrap_or(0);
            let address = network.address | shifted;
            a.text_node(Network { address, ..subnet }.text())
        }
        None => refuse(format!(
            "prefix extension of {bits} does not accommodate that subnet number"
        )),
    }
}

/// Consecutive ranges, each on a boundary of its size.
pub(super) fn cidrsubnets<'s>(a: &mut Arguments<'_, 's>) -> Answer<'s> {
    let network = Network::parse(&a.text()?)?;
    let last = network.address | network.host_mask();
    let mut next = Some(network.address);
    let mut ranges = Vec::new();
    for argument in a.rest() {
        let bits = a.as_number(argument)?.to_integer();
        let bits = bits.and_then(|bits| i64::try_from(bits).ok()).unwrap_or(-1);
        if bits < 1 {
            return refuse("must extend prefix by at least one bit");
        }
        let subnet = network.extended(bits)?;
        let mask = subnet.host_mask();
        let start = next
            .and_then(|next| next.checked_add(mask))
            .map(|next| next & !mask);
        let Some(start) = start.filter(|start| start | mask <= last) else {
            return refuse(format!(
                "not enough remaining address space for a subnet with a prefix of {} bits",
                subnet.prefix
            ));
        };
        let subnet = Network {
            address: start,
            ..subnet
        };
        next = (start | mask).checked_add(1);
        ranges.push(value::from_text(subnet.text(), a.span));
    }
    a.list_node(ranges)
}
