//! `pillarlint.yaml`: how a part of a tree is to be judged. Described in `docs/configuration.md`.
//!
//! [`keys`] says what may be written, [`read()`] what is written, [`find`] which file is for which checked file, and
//! [`settings`] what follows from it and from the command line.

mod find;
mod globs;
pub(crate) mod init;
mod keys;
mod read;
pub(crate) mod schema;
mod settings;
mod shape;
mod suppressions;

pub(crate) use find::{Configurations, Target, rule_folders};
use globs::Globs;
pub(crate) use keys::NAME;
use read::Override;
pub(crate) use settings::{Configured, Flags, Judging, Settings};
