//! A queue's visibility timeout against the functions that read it.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>

use super::{link, unknown};
use crate::answer::{Answer, At, Truth};
use crate::evaluate::{Asking, Binding};
use crate::operator::{known_text, number, same};
use crate::path::Reached;
use crate::rule::{BuiltinCall, Link, Step};
use pillarlint_parser::source::Span;
use pillarlint_parser::tree::Node;
use std::sync::OnceLock;

/// Seconds that a queue hides a message, where nothing is said.
const DEFAULT_VISIBILITY: f64 = 30.0;
/// Seconds that a function may run, where nothing is said.
const DEFAULT_TIMEOUT: f64 = 3.0;

/// What CloudFormation, or Terraform, calls the things that are compared.
struct Names {
    visibility: &'static str,
    mapping: &'static str,
    mapping_queue: &'static str,
    mapping_function: &'static str,
    window: &'static str,
    function: &'static str,
    function_name: &'static str,
    timeout: &'static str,
    queue_name: &'static str,
    link: OnceLock<Link>,
}

impl Names {
    /// The mappings of a queue. It is made once, since a link's address names its index.
    fn link(&self) -> &Link {
        let make = || link(self.mapping, self.mapping_queue, self.queue_name);
        self.link.get_or_init(make)
    }
}

static CLOUDFORMATION: Names = Names {
    visibility: "VisibilityTimeout",
    mapping: "AWS::Lambda::EventSourceMapping",
    mapping_queue: "EventSourceArn",
    mapping_function: "FunctionName",
    window: "MaximumBatchingWindowInSeconds",
    function: "AWS::Lambda::Function",
    function_name: "FunctionName",
    timeout: "Timeout",
    queue_name: "QueueName",
    link: OnceLock::new(),
};

static TERRAFORM: Names = Names {
    visibility: "visibility_timeout_seconds",
    mapping: "aws_lambda_event_source_mapping",
    mapping_queue: "event_source_arn",
    mapping_function: "function_name",
    window: "maximum_batching_window_in_seconds",
    function: "aws_lambda_function",
    function_name: "function_name",
    timeout: "timeout",
    queue_name: "name",
    link: OnceLock::new(),
};

pub(super) fn covers_consumers<'a, 's>(
    asking: &Asking<'a, 's>,
    call: &BuiltinCall,
) -> Answer<'a, 's> {
    let Some(subject) = asking.subject else {
        return Answer::plain(Truth::Unknown);
    };
    let queue = asking.project.resource(subject);
    let names = if queue.kind == "aws_sqs_queue" {
        &TERRAFORM
    } else {
        &CLOUDFORMATION
    };
    let place = match value(asking, &queue.properties, names.visibility) {
        Reached::Value(node) => At::value(node),
        Reached::Missing(_) => At::place(queue.address_span),
        Reached::Unknown(span, _) => At::place(span),
    };
    let visibility = seconds(
        asking,
        &queue.properties,
        names.visibility,
        DEFAULT_VISIBILITY,
    );
    let mut answer = Truth::True;
    let mut mappings = Vec::new();
    let more = asking.linked(names.link(), &mut mappings);
    if more.is_some() {
        answer = Truth::Unknown;
    }
    for mapping in mappings {
        let Binding::Resource(index) = mapping.binding else {
            continue;
        };
        let sure = mapping.sure;
        let mapping = asking.project.resource(index);
        let given = |key: &str| match value(asking, &mapping.properties, key) {
            Reached::Value(node) => Some(node),
            Reached::Missing(_) | Reached::Unknown(..) => None,
        };
        let function = given(names.mapping_function)
            .and_then(|node| asking.referred(node).or_else(|| named(asking, names, node)));
        let Some(function) = function.map(|index| asking.project.resource(index)) else {
            answer = Truth::Unknown;
            continue;
        };
        // An alias or a version says nothing of the timeout.
        if function.kind != names.function {
            answer = Truth::Unknown;
            continue;
        }
        let timeout = seconds(asking, &function.properties, names.timeout, DEFAULT_TIMEOUT);
        let window = seconds(asking, &mapping.properties, names.window, 0.0);
        match (visibility, timeout, window) {
            (Some(visibility), Some(timeout), Some(window)) => {
                let wanted = call.number("factor", asking) * timeout + window;
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

/// The function of that name.
fn named<'a, 's>(asking: &Asking<'a, 's>, names: &Names, wanted: &'a Node<'s>) -> Option<u32> {
    let mut functions = asking.project.of_kind(names.function).iter().copied();
    functions.find(|index| {
        let function = asking.project.resource(*index);
        match value(asking, &function.properties, names.function_name) {
            Reached::Value(own) => same(own, wanted) == Truth::True,
            Reached::Missing(_) | Reached::Unknown(..) => false,
        }
    })
}

fn seconds<'a, 's>(
    asking: &Asking<'a, 's>,
    properties: &'a Node<'s>,
    key: &str,
    default: f64,
) -> Option<f64> {
    match value(asking, properties, key) {
        Reached::Value(node) => known_text(node).and_then(number),
        Reached::Missing(_) => Some(default),
        Reached::Unknown(..) => None,
    }
}

fn value<'a, 's>(asking: &Asking<'a, 's>, properties: &'a Node<'s>, key: &str) -> Reached<'a, 's> {
    let nowhere: Span = properties.span;
    asking.walk(properties, &[Step::Key(key.to_owned())], nowhere)
}
