//! ARNs that spell out an account or a Region.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>

use super::Found;
use crate::answer::Truth;
use crate::evaluate::Asking;
use crate::rule::BuiltinCall;
use pillarlint_parser::tree::{Node, Symbol, Value, ViaKind};

pub(super) fn places(asking: &Asking<'_, '_>, call: &BuiltinCall) -> Vec<Found> {
    let mut found = Vec::new();
    for (index, resource) in (0u32..).zip(&asking.project.resources) {
        if asking.exists(resource) != Truth::False {
            let before = found.len();
            search(&resource.properties, call.list("known", asking), &mut found);
            for one in &mut found[before..] {
                one.resource = Some(index);
            }
        }
    }
    found
}

/// Every text, but for principals: the account of another owner stands there rightly.
fn search(node: &Node<'_>, known: &[String], found: &mut Vec<Found>) {
    // A value that came from elsewhere (a parameter's default) is spelt out there, where it can be changed. What a
    // document says keeps its places, however the document came here.
    let mut chain = std::iter::successors(node.via.as_deref(), |via| via.previous.as_deref());
    if node.via.is_some() && !chain.any(|via| via.kind == ViaKind::Document) {
        return;
    }
    match &node.value {
        Value::String(text) => check(text, node, known, found),
        Value::List(items) => {
            for item in items {
                search(item, known, found);
            }
        }
        Value::Map(map) => {
            for entry in &map.entries {
                if !matches!(
                    &*entry.key,
                    "Principal" | "NotPrincipal" | "Condition" | "principal" | "principal_arn"
                ) {
                    search(&entry.value, known, found);
                }
            }
        }
        Value::Json(json) => search(&json.tree, known, found),
        Value::Symbol(symbol) => match &**symbol {
            Symbol::Text(pieces) => {
                // What stands in for an unknown piece is neither an account nor a Region.
                let text: String = pieces
                    .iter()
                    .map(|piece| piece.as_str().unwrap_or("*"))
                    .collect();
                check(&text, node, known, found);
            }
            Symbol::Choice(choice) => {
                for branch in [&choice.then, &choice.otherwise].into_iter().flatten() {
                    search(branch, known, found);
                }
            }
            Symbol::Reference(_) | Symbol::Unknown(_) => {}
        },
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn check(text: &str, node: &Node<'_>, known: &[String], found: &mut Vec<Found>) {
    let Some(rest) = text.strip_prefix("arn:") else {
        return;
    };
    let mut parts = rest.splitn(5, ':');
    let (_partition, service, region, account, resource) = (
        parts.next(),
        parts.next(),
        parts.next().unwrap_or(""),
        parts.next().unwrap_or(""),
        parts.next(),
    );
    if resource.is_none() {
        return;
    }
    let is_account = account.len() == 12
        && account.bytes().all(|byte| byte.is_ascii_digit())
        && !known.iter().any(|one| one == account);
    // CloudFront and global services live in us-east-1 alone, so an ARN there must spell it.
    let is_region = region.split('-').count() >= 3
        && region.ends_with(|c: char| c.is_ascii_digit())
        && !(region == "us-east-1" && matches!(service, Some("acm" | "wafv2" | "cloudfront")))
        && !known.iter().any(|one| one == account);
    let value = match (is_account, is_region) {
        (true, true) => format!("account {account} and Region {region}"),
        (true, false) => format!("account {account}"),
        (false, true) => format!("Region {region}"),
        (false, false) => return,
    };
    found.push(Found {
        span: node.span,
        resource: None,
        value,
    });
}
