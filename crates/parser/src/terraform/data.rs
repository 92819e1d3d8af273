//! Data sources: what is known of them before they are read.
//!
//! <https://developer.hashicorp.com/terraform/language/data-sources>

use super::declared::Top;
use super::evaluate::{Locals, document, reference};
use super::expand::{Instances, object};
use super::module::Run;
use super::policy_document;
use crate::source::Span;
use crate::tree::{Node, Origin};
use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

impl<'m, 's> Run<'m, 's> {
    /// The value of a data source, or of the attribute that is asked of it where that is known; and whether it is that
    /// of the attribute.
    pub(super) fn data(
        &self,
        module: usize,
        kind: &str,
        name: &str,
        attribute: Option<&str>,
        span: Span,
    ) -> (Rc<Node<'s>>, bool) {
        let full_name = format!("{kind}.{name}");
        let Some(top) = self.declared(module).data.get(&full_name).cloned() else {
            let missing = self.missing(module, span, &format!("`data.{full_name}`"));
            return (Rc::new(missing), false);
        };
        if kind == "aws_iam_policy_document" {
            return (self.policy_documents(module, &top, &full_name, span), false);
        }
        let is_single = top.attribute("count").is_none() && top.attribute("for_each").is_none();
        // What it is asked with, it has.
        let given = attribute.and_then(|attribute| Some((attribute, top.attribute(attribute)?)));
        if let Some((attribute, given)) = given.filter(|_| is_single) {
            let name = format!("data.{full_name}.{attribute}");
            let value = self.once(module, name, span, || {
                self.evaluate(module, &Locals::new(), given)
            });
            return (value, true);
        }
        let prefix = self.prefix(module);
        let value = self.once(module, format!("data.{full_name}"), span, || {
            let named = |index: &str| {
                let name = format!("{prefix}data.{full_name}{index}");
                known_of(kind, &top, &name, span)
            };
            if is_single {
                return named("");
            }
            let mut count = 0;
            let instances = self.expand(module, &top, &mut |_| {
                count += 1;
                count - 1
            });
            // Each instance gives values of its own.
            let mut one = |index: u32| named(&format!("[{index}]"));
            instances.value(span, &mut one, &mut |_| named(""))
        });
        (value, false)
    }

    fn policy_documents(
        &self,
        module: usize,
        top: &Top<'m, 's>,
        full_name: &str,
        span: Span,
    ) -> Rc<Node<'s>> {
        self.once(module, format!("data.{full_name}"), span, || {
            let instances = RefCell::new(Vec::new());
            let expanded: Instances = self.expand(module, top, &mut |new| {
                let mut instances = instances.borrow_mut();
                instances.push(new.locals);
                u32::try_from(instances.len() - 1).unwrap_or(u32::MAX)
            });
            let instances = instances.into_inner();
            let one = |index: u32| {
                let locals = &instances[index as usize];
                let body = self.body(module, top, locals, "data.aws_iam_policy_document");
                let policy = policy_document::render(&self.looked_into(body));
                let minified = policy_document::minified(&policy);
                let name = format!("data.{full_name}");
                let json = document(policy, &name);
                let minified_json = document(minified, &name);
                object(
                    top.last_label_span(),
                    vec![("json", json), ("minified_json", minified_json)],
                )
            };
            expanded.value(span, &mut |index| one(index), &mut |index| one(index))
        })
    }
}

/// Whether zones are looked up one by one, so that nobody knows how many there are.
fn picks_zones(top: &Top<'_, '_>) -> bool {
    let filters = top.blocks("filter");
    let mut names = filters.iter().map(|filter| filter.attribute("name"));
    names.any(|name| match name.and_then(|name| name.literal()) {
        Some(name) => name.starts_with("zone-"),
        None => true,
    })
}

/// What a data source gives. Those that speak of where things are deployed are known to be equal to one another.
fn known_of<'s>(kind: &str, top: &Top<'_, 's>, name: &str, span: Span) -> Node<'s> {
    let given = |attribute: &str| {
        reference(
            Origin::Parameter(Cow::Owned(name.to_owned())),
            attribute,
            span,
        )
    };
    let pseudo = |name: &'static str| reference(Origin::Pseudo(Cow::Borrowed(name)), "", span);
    let zones = |what| reference(Origin::Zones(Cow::Borrowed("")), what, span);
    let region = || pseudo("AWS::Region");
    let is_here = top.attribute("region").is_none() && top.attribute("name").is_none();
    let (known, others): (Vec<(&'static str, Node<'s>)>, &[&'static str]) = match kind {
        "aws_caller_identity" => {
            let account = || pseudo("AWS::AccountId");
            (
                vec![("account_id", account()), ("id", account())],
                &["arn", "user_id"],
            )
        }
        "aws_region" if is_here => {
            let known = vec![("name", region()), ("id", region()), ("region", region())];
            (known, &["description", "endpoint"])
        }
        "aws_partition" => {
            let partition = || pseudo("AWS::Partition");
            let suffix = pseudo("AWS::URLSuffix");
            let known = vec![
                ("partition", partition()),
                ("id", partition()),
                ("dns_suffix", suffix),
            ];
            (known, &["reverse_dns_prefix"])
        }
        "aws_availability_zones" if is_here && !picks_zones(top) => {
            let known = vec![
                ("names", zones("")),
                ("zone_ids", zones("zone_ids")),
                ("id", region()),
            ];
            (known, &["group_names", "state"])
        }
        _ => return given(""),
    };
    let others = others.iter().map(|one| (*one, given(one)));
    object(span, known.into_iter().chain(others).collect())
}
