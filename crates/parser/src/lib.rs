//! Text becomes a tree that knows where it came from; the tree becomes resources.
//!
//! Deliberately absent: files, environment, clock, printing, and any idea of a rule.

pub mod cloudformation;
pub mod conditions;
pub mod embedded;
pub mod json;
pub mod model;
pub mod outline;
pub mod recognise;
pub mod source;
pub mod terraform;
pub mod tree;
mod via;
pub mod yaml;
