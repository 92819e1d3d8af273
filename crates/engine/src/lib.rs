//! Resources and rules become findings.
//!
//! [`check::check`] asks the rules of one project, [`settle::settle`] sorts, merges and filters
//! what all projects gave. Deliberately absent: files, environment, clock, printing, output formats.

pub mod answer;
pub mod baseline;
pub mod builtin;
pub mod check;
pub mod date;
pub mod evaluate;
pub mod example;
pub mod finding;
pub mod fingerprint;
pub mod framework;
pub mod link;
pub mod load;
pub mod operator;
pub mod parameter;
pub mod path;
mod place;
pub mod plan;
pub mod policy;
mod port;
pub mod provider;
pub mod rule;
pub mod ruleset;
pub mod selector;
pub mod settle;
pub mod spelling;
pub mod suppress;
mod when;
