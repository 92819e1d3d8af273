//! The rules that come with pillarlint: compiled and checked by the build, decoded on demand.

use pillarlint_engine::ruleset::Ruleset;
use std::sync::OnceLock;

static COMPILED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.postcard"));
static IAM_ACTIONS: &str = include_str!("../data/iam-actions.txt");

/// All rules of `rules/`, in the order of their ids.
pub fn ruleset() -> &'static Ruleset {
    static RULESET: OnceLock<Ruleset> = OnceLock::new();
    RULESET.get_or_init(|| Ruleset::embedded(COMPILED, IAM_ACTIONS))
}
