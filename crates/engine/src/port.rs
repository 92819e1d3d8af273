//! Ports that a network rule lets through.

use crate::answer::{Answer, At, Missing, Truth};
use crate::evaluate::Asking;
use crate::path::{Reached, why_unknown};
use crate::rule::{Path, PortTest};
use std::borrow::Cow;

impl<'a, 's> Asking<'a, 's> {
    /// Whether one of the ports is let through in one of the protocols.
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-securitygroup-ingress.html>
    pub(crate) fn covers_port(&self, test: &PortTest) -> Answer<'a, 's> {
        let ports = self.texts(&test.ports).iter();
        let ports = ports.filter_map(|port| crate::operator::number(port));
        let mut undecided: Option<Answer<'a, 's>> = None;
        let mut no: Option<Answer<'a, 's>> = None;
        for port in ports {
            for protocol in &test.protocols {
                let answer = self.covers(test, port, protocol);
                match answer.truth {
                    Truth::True => return answer,
                    Truth::Unknown => undecided.get_or_insert(answer),
                    Truth::False => no.get_or_insert(answer),
                };
            }
        }
        undecided
            .or(no)
            .unwrap_or_else(|| Answer::plain(Truth::False))
    }

    fn covers(&self, test: &PortTest, port: f64, wanted: &str) -> Answer<'a, 's> {
        let text = |path: &Path| match self.reach(path) {
            Reached::Value(node) => match crate::operator::known_text(node) {
                Some(text) => Ok(Some((text, node))),
                None => Err((node.span, why_unknown(node))),
            },
            Reached::Missing(_) => Ok(None),
            Reached::Unknown(span, why) => Err((span, why)),
        };
        let mut place = None;
        match text(&test.protocol_at) {
            Ok(None) => {}
            Ok(Some((protocol, node))) => {
                place = Some(At::value(node));
                let number = if wanted == "udp" { "17" } else { "6" };
                // With protocol -1 all ports are open, whatever the ports say.
                if protocol == "-1" || protocol.eq_ignore_ascii_case("all") {
                    return Answer::at(Truth::True, At::value(node));
                }
                if !protocol.eq_ignore_ascii_case(wanted) && protocol != number {
                    return Answer::at(Truth::False, At::value(node));
                }
            }
            Err((span, why)) => return Answer::unknown(span, why),
        }
        let (from, to) = match (text(&test.from), text(&test.to)) {
            (Ok(from), Ok(to)) => (from, to),
            (Ok(Some((from, node))), Err(unknown)) => {
                return match crate::operator::number(from) {
                    Some(from) if from > port => Answer::at(Truth::False, At::value(node)),
                    _ => Answer::unknown(unknown.0, unknown.1),
                };
            }
            (Err(unknown), Ok(Some((to, node)))) => {
                return match crate::operator::number(to) {
                    Some(to) if to < port && to >= 0.0 => Answer::at(Truth::False, At::value(node)),
                    _ => Answer::unknown(unknown.0, unknown.1),
                };
            }
            (Err((span, why)), _) | (_, Err((span, why))) => return Answer::unknown(span, why),
        };
        if let Some((_, node)) = from.or(to) {
            place = Some(At::value(node));
        }
        let number =
            |bound: Option<(&str, _)>| bound.map(|(text, _)| crate::operator::number(text));
        let truth = match (number(from), number(to)) {
            (None, None) => Truth::True,
            (Some(Some(from)), _) if from < 0.0 => Truth::True,
            (Some(Some(from)), Some(Some(to))) => (from <= port && port <= to).into(),
            (Some(Some(one)), None) | (None, Some(Some(one))) => (one == port).into(),
            _ => Truth::Unknown,
        };
        Answer {
            truth,
            at: place,
            culprit: false,
            missing: Missing::Nothing,
            why: (truth == Truth::Unknown).then_some(Cow::Borrowed("its ports are no numbers")),
        }
    }
}
