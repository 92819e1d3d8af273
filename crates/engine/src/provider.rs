//! The AWS provider's arguments, for the parser, which knows no table.

use pillarlint_parser::terraform::block::Arguments;
use pillarlint_schema::Property;

/// The table of the AWS provider.
#[derive(Debug, Clone, Copy)]
pub struct AwsProvider;

impl Arguments for AwsProvider {
    fn is_single(&self, kind: &str, path: &[&str]) -> bool {
        property(kind, path).is_some_and(|property| property.is_single_block())
    }

    fn is_block(&self, kind: &str, path: &[&str]) -> bool {
        property(kind, path).is_some_and(|property| property.is_block)
    }

    fn has(&self, kind: &str, name: &str) -> bool {
        property(kind, &[name]).is_some_and(|property| !property.read_only)
    }
}

fn property(kind: &str, path: &[&str]) -> Option<Property> {
    let info = pillarlint_schema::terraform::resource(kind)?;
    let (last, parents) = path.split_last()?;
    let mut shape = info.shape();
    for step in parents {
        let property = shape.property(step)?;
        shape = property.shape.element().unwrap_or(property.shape);
    }
    shape.property(last)
}
