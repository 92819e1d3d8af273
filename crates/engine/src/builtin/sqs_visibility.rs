//! A queue's visibility timeout against the functions that read it.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>

use super::unknown;
use crate::answer::{Answer, At, Truth};
use crate::evaluate::Asking;
use crate::operator::{known_text, number};
use crate::path::Reached;
use crate::rule::{BuiltinCall, Step};
use pillarlint_parser::source::Span;
use pillarlint_parser::tree::Node;

/// Seconds that a queue hides a message, where nothing is said.
const DEFAULT_VISIBILITY: f64 = 30.0;
/// Seconds that a function may run, where nothing is said.
const DEFAULT_TIMEOUT: f64 = 3.0;

pub(super) fn covers_consumers<'a, 's>(
    asking: &Asking<'a, 's>,
    call: &BuiltinCall,
) -> Answer<'a, 's> {
    let Some(subject) = asking.subject else {
        return Answer::plain(Truth::Unknown);
    };
    let queue = asking.project.resource(subject);
    let place = match asking.walk(
        &queue.properties,
        &[Step::Key("VisibilityTimeout".to_owned())],
        queue.address_span,
    ) {
        Reached::Value(node) => At::value(node),
        Reached::Missing(span) | Reached::Unknown(span, _) => At::place(span),
    };
    let visibility = seconds(
        asking,
        &queue.properties,
        "VisibilityTimeout",
        DEFAULT_VISIBILITY,
    );
    let mut answer = Truth::True;
    for mapping in asking.project.of_kind("AWS::Lambda::EventSourceMapping") {
        let mapping = asking.project.resource(*mapping);
        let refers = |key: &str| match asking.walk(
            &mapping.properties,
            &[Step::Key(key.to_owned())],
            mapping.address_span,
        ) {
            Reached::Value(node) => asking.referred(node),
            Reached::Missing(_) | Reached::Unknown(..) => None,
        };
        if refers("EventSourceArn") != Some(subject) || asking.exists(mapping) == Truth::False {
            continue;
        }
        let sure = asking.exists(mapping);
        let Some(function) = refers("FunctionName").map(|index| asking.project.resource(index))
        else {
            answer = Truth::Unknown;
            continue;
        };
        // An alias or a version says nothing of the timeout.
        if function.kind != "AWS::Lambda::Function" {
            answer = Truth::Unknown;
            continue;
        }
        let timeout = seconds(asking, &function.properties, "Timeout", DEFAULT_TIMEOUT);
        let window = seconds(
            asking,
            &mapping.properties,
            "MaximumBatchingWindowInSeconds",
            0.0,
        );
        match (visibility, timeout, window) {
            (Some(visibility), Some(timeout), Some(window)) => {
                #[expect(clippy::cast_precision_loss, reason = "factors are small")]
                let wanted = call.number("factor") as f64 * timeout + window;
                if visibility < wanted {
                    if sure == Truth::True {
                        return Answer::at(Truth::False, place);
                    }
                    answer = Truth::Unknown;
                }
            }
            _ => answer = Truth::Unknown,
        }
    }
    match answer {
        Truth::Unknown => unknown(
            place.span,
            "a timeout of the queue or of a function that reads it is not known",
        ),
        truth => Answer::at(truth, place),
    }
}

fn seconds<'a, 's>(
    asking: &Asking<'a, 's>,
    properties: &'a Node<'s>,
    key: &str,
    default: f64,
) -> Option<f64> {
    let nowhere: Span = properties.span;
    match asking.walk(properties, &[Step::Key(key.to_owned())], nowhere) {
        Reached::Value(node) => known_text(node).and_then(number),
        Reached::Missing(_) => Some(default),
        Reached::Unknown(..) => None,
    }
}
