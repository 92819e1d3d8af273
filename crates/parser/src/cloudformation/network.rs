//! `Fn::Cidr` and `Fn::GetAZs`.

use super::lift::lift;
use super::references::symbol;
use super::{Context, evaluate, misused, unknown};
use crate::source::Span;
use crate::tree::{Node, Origin, Symbol, Value};
use std::borrow::Cow;
use std::net::Ipv4Addr;

/// The most ranges that `Fn::Cidr` gives.
const MAX_RANGES: u32 = 256;

/// `Fn::Cidr`: a range cut into smaller ones. Computed for IPv4.
pub(super) fn cidr<'s>(cx: &mut Context<'s>, argument: Node<'s>, span: Span) -> Option<Node<'s>> {
    let argument = evaluate::argument(cx, argument);
    let Value::List(arguments) = argument.value else {
        return Some(misused(
            cx,
            span,
            "`Fn::Cidr` takes a range, a count and a number of bits",
        ));
    };
    lift(cx, arguments, span, &|cx, arguments, span| {
        let texts: Option<Vec<_>> = arguments.iter().map(Node::scalar_text).collect();
        let ranges = texts.and_then(|texts| match texts.as_slice() {
            [block, count, bits] => ranges(block, count.parse().ok()?, bits.parse().ok()?),
            _ => None,
        });
        Some(match ranges {
            Some(ranges) if cx.charge(span, ranges.len() * size_of::<Node<'_>>()) => {
                let range = |text| Node::new(Value::String(Cow::Owned(text)), span);
                Node::new(Value::List(ranges.into_iter().map(range).collect()), span)
            }
            _ => unknown(span, "address ranges that are not computed"),
        })
    })
}

/// The first `count` ranges of `bits` host bits in an IPv4 range.
fn ranges(block: &str, count: u32, bits: u32) -> Option<Vec<String>> {
    let (address, prefix) = block.split_once('/')?;
    let address = u32::from(address.parse::<Ipv4Addr>().ok()?);
    let prefix: u32 = prefix.parse().ok()?;
    if !(1..=MAX_RANGES).contains(&count) || prefix > 32 || bits >= 32 || 32 - bits < prefix {
        return None;
    }
    let available = 1_u64 << (32 - bits - prefix);
    if u64::from(count) > available {
        return None;
    }
    let mask = u32::MAX.checked_shl(32 - prefix).unwrap_or(0);
    let ranges = (0..count).map(|index| {
        let start = Ipv4Addr::from((address & mask) + (index << bits));
        format!("{start}/{}", 32 - bits)
    });
    Some(ranges.collect())
}

/// `Fn::GetAZs`: the Availability Zones of a region.
pub(super) fn zones<'s>(cx: &mut Context<'s>, argument: Node<'s>, span: Span) -> Option<Node<'s>> {
    let argument = evaluate::argument(cx, argument);
    lift(cx, vec![argument], span, &|cx, arguments, span| {
        let region = match arguments.into_iter().next().map(|node| node.value) {
            Some(Value::String(region)) => region,
            // `!GetAZs` with nothing behind it means the region deployed to, as the empty text does.
            Some(Value::Null) => Cow::Borrowed(""),
            Some(Value::Symbol(symbol)) => match *symbol {
                // The region deployed to, as the empty text.
                Symbol::Reference(reference) if matches!(&reference.origin, Origin::Pseudo(name) if name == "AWS::Region") => {
                    Cow::Borrowed("")
                }
                _ => {
                    return Some(unknown(
                        span,
                        "the Availability Zones of a region that is not known",
                    ));
                }
            },
            _ => return Some(misused(cx, span, "`Fn::GetAZs` takes the name of a region")),
        };
        Some(symbol(Origin::Zones(region), Cow::Borrowed(""), None, span))
    })
}
