//! Terraform plans: each is checked beside the folder that it may have been made from.

use pillarlint_engine::check::check;
use pillarlint_engine::finding::Report;
use pillarlint_engine::plan::Plan as Questions;
use pillarlint_engine::provider::AwsProvider;
use pillarlint_engine::ruleset::Ruleset;
use pillarlint_parser::json;
use pillarlint_parser::source::{FileId, Span};
use pillarlint_parser::terraform::places::{Fit, fit, locate};
use pillarlint_parser::terraform::{Folder, Folders, plan};
use pillarlint_parser::tree::{Level, Parsed};

/// A plan that a run was asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Given<'s> {
    /// Its id.
    pub(crate) file: FileId,
    /// Its path.
    pub(crate) path: &'s str,
    /// Its text.
    pub(crate) text: &'s str,
    /// The folder of the configuration that it may have been made from.
    pub(crate) folder: &'s str,
}

/// What checking a plan gave.
pub(crate) struct Judged {
    /// The plan's own report, and that of its text.
    pub(crate) reports: Vec<Report>,
    /// Places in its text that must not be shown.
    pub(crate) hidden: Vec<Span>,
    /// Whether it says all that its folder does, so that the folder need not be judged too.
    pub(crate) stands_for_folder: bool,
}

/// Checks a plan. `root` is the folder that it may have been made from, `is_judged` whether that was named too.
pub(crate) fn judge<'t>(
    given: Given<'_>,
    root: Option<(&Folder<'t>, bool)>,
    folders: &dyn Folders<'t>,
    ruleset: &Ruleset,
    questions: &Questions,
) -> Judged {
    let Given { file, text, .. } = given;
    let whole = Span::new(file, 0, text.len());
    let Parsed {
        documents,
        problems,
        ..
    } = json::parse(file, text);
    let is_broken = problems.iter().any(|one| one.level == Level::Error);
    let mut judged = Judged {
        reports: Vec::new(),
        // What a broken text hides cannot be told.
        hidden: if is_broken { vec![whole] } else { Vec::new() },
        stands_for_folder: false,
    };
    for document in documents {
        let mut plan = plan::lower(file, text, document, &AwsProvider);
        if !is_broken {
            judged.hidden = std::mem::take(&mut plan.hidden);
            if let Some((root, is_judged)) = root {
                let fit = fit(&plan, root);
                if fit != Fit::Other {
                    locate(&mut plan, root, folders);
                }
                judged.stands_for_folder = fit == Fit::Whole;
                if is_judged && let Some(why) = difference(fit) {
                    plan.project
                        .not_read
                        .push((plan.project.span, why.to_owned()));
                }
            }
        }
        let report = check(&plan.project, &problems, ruleset, questions);
        judged.reports.push(report);
    }
    judged.reports.push(Report {
        problems,
        ..Report::default()
    });
    judged
}

/// What is said where a plan and the folder beside it are both judged.
fn difference(fit: Fit) -> Option<&'static str> {
    match fit {
        Fit::Whole => None,
        Fit::Partly => Some(
            "the plan and the configuration beside it do not declare the same resources: one of them is older, and both are checked",
        ),
        Fit::Other => Some(
            "the plan was not made from the configuration beside it (`--source` names another): both are checked",
        ),
    }
}
