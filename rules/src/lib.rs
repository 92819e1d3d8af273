//! The rules that come with pillarlint: compiled and checked by the build, decoded on demand.

use pillarlint_engine::ruleset::Ruleset;
use std::sync::OnceLock;

static COMPILED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.postcard"));
static IAM_ACTIONS: &str = include_str!("../data/iam-actions.txt");

/// The shapes that rules may refer to, as (name, text): `rules/shapes/*.yaml`.
pub static SHAPES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/shapes.rs"));

/// The data tables that rules may refer to, as (name, text): `rules/data/*.yaml`.
pub static DATA: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/data.rs"));

/// All rules of `rules/`, in the order of their ids.
pub fn ruleset() -> &'static Ruleset {
    static RULESET: OnceLock<Ruleset> = OnceLock::new();
    RULESET.get_or_init(|| Ruleset::embedded(COMPILED, IAM_ACTIONS))
}
