//! What the configuration of the AWS provider means for resources: its version, and the tags that it adds to all.
//!
//! <https://developer.hashicorp.com/terraform/language/block/provider>

use super::block;
use super::body::Expr;
use super::declared::{Declared, Top};
use super::evaluate::{Locals, unknown};
use super::module::Run;
use crate::tree::Node;

/// How many calls a provider may be handed down through.
const MAX_CALLS: usize = 64;

impl<'m, 's> Run<'m, 's> {
    /// Adds the tags that the provider adds to everything.
    /// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs#default_tags>
    pub(super) fn default_tags(&self, module: usize, top: &Top<'m, 's>, properties: &mut Node<'s>) {
        let kind = top.label(0);
        if !kind.starts_with("aws_") || !self.options.arguments.has(kind, "tags") {
            return;
        }
        let name = top
            .attribute("provider")
            .map_or("aws", |one| one.reference());
        let Some((module, provider)) = self.provider(module, name) else {
            return;
        };
        for block in provider.blocks("default_tags") {
            if let Some(tags) = block.attribute("tags") {
                let tags = self.evaluate(module, &Locals::new(), tags);
                block::merge_tags(properties, tags);
            }
        }
        if provider
            .blocks("dynamic")
            .iter()
            .any(|one| one.label(0) == "default_tags")
        {
            let tags = unknown(provider.span, "the tags of the provider are not known");
            block::merge_tags(properties, tags);
        }
    }

    /// The configuration of a provider as a module has it (`aws`, `aws.west`), and the module that it stands in.
    fn provider(&self, mut module: usize, name: &str) -> Option<(usize, Top<'m, 's>)> {
        let mut name = name.to_owned();
        for _ in 0..MAX_CALLS {
            let declared = self.declared(module);
            let found = declared.providers.iter().find(|one| {
                let alias = one.attribute("alias").and_then(|alias| alias.literal());
                match alias {
                    Some(alias) => name.split_once('.') == Some((one.label(0), alias)),
                    None => one.label(0) == name,
                }
            });
            if let Some(found) = found {
                return Some((module, found.clone()));
            }
            let (caller, call) = self.call_of(module)?;
            let handed = call.attribute("providers").map(|one| one.entries());
            name = match handed {
                Some(handed) => {
                    let (_, given) = handed.into_iter().find(|(key, _)| *key == name)?;
                    given.reference().to_owned()
                }
                // What has no alias is handed down by itself.
                None if !name.contains('.') => name,
                None => return None,
            };
            module = caller;
        }
        None
    }
}

/// The newest major version of the AWS provider that a module allows; nothing where that is not bounded.
pub(super) fn newest_major(declared: &Declared<'_, '_>) -> Option<u32> {
    let required = declared
        .settings
        .iter()
        .flat_map(|one| one.blocks("required_providers"));
    let required = required.filter_map(|block| version_of(block.attribute("aws")?));
    let configured = declared
        .providers
        .iter()
        .filter(|one| one.label(0) == "aws");
    let configured = configured.filter_map(|one| one.attribute("version")?.literal());
    required.chain(configured).filter_map(newest).min()
}

/// `{ source = "hashicorp/aws", version = "~> 5.0" }`, or as it once was the version alone.
fn version_of<'m>(required: Expr<'m, '_>) -> Option<&'m str> {
    let entries = required.entries();
    let version = entries.iter().find(|(key, _)| *key == "version");
    match version {
        Some((_, version)) => version.literal(),
        None => required.literal(),
    }
}

/// The newest major version that a constraint allows; nothing where it allows any.
/// <https://developer.hashicorp.com/terraform/language/expressions/version-constraints>
pub(super) fn newest(constraint: &str) -> Option<u32> {
    let newest_of = |part: &str| {
        let part = part.trim();
        let at = part.find(|c: char| c.is_ascii_digit())?;
        let (operator, version) = part.split_at(at);
        let mut numbers = version.split('.').map(|number| {
            let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
            digits.parse::<u32>().unwrap_or(0)
        });
        let major = numbers.next()?;
        let rest: Vec<u32> = numbers.collect();
        match operator.trim() {
            "" | "=" | "<=" => Some(major),
            "<" if rest.iter().any(|number| *number > 0) => Some(major),
            "<" => major.checked_sub(1),
            // Only the last number may grow.
            "~>" if !rest.is_empty() => Some(major),
            _ => None,
        }
    };
    constraint.split(',').filter_map(newest_of).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        for (constraint, expected) in [
            ("~> 5.0", Some(5)),
            ("~> 5.31.2", Some(5)),
            ("~> 5", None),
            (">= 4.0", None),
            (">= 4.0, < 6.0", Some(5)),
            (">= 4.0, < 6.1", Some(6)),
            ("< 5", Some(4)),
            ("<= 5.2.0", Some(5)),
            ("3.74.0", Some(3)),
            ("= 3.74.0", Some(3)),
            (">= 3, != 4.1.0", None),
            ("~> 4.0, >= 4.9", Some(4)),
            ("", None),
            ("latest", None),
        ] {
            assert_eq!(newest(constraint), expected, "{constraint}");
        }
    }
}
