//! Parameters, variables, mappings and conditions that nothing uses.

use super::Found;
use crate::evaluate::Asking;
use pillarlint_parser::model::DeclarationKind;

pub(super) fn places(asking: &Asking<'_, '_>) -> Vec<Found> {
    asking
        .project
        .declarations
        .iter()
        .filter(|declaration| !declaration.used)
        .map(|declaration| Found {
            span: declaration.span,
            resource: None,
            value: format!(
                "{} `{}`",
                match declaration.kind {
                    DeclarationKind::Parameter => "the parameter",
                    DeclarationKind::Variable => "the variable",
                    DeclarationKind::Mapping => "the mapping",
                    DeclarationKind::Condition => "the condition",
                },
                declaration.name
            ),
        })
        .collect()
}
