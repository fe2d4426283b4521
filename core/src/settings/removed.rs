//! What earlier schemas had and today's lacks. Settings of their time still open; what is listed
//! here is passed over in them, and refused with a reason in later ones.

use crate::small::list::CollectVec;

/// A setting, or one choice of a setting, that is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removed {
    /// Path of the setting.
    pub path: &'static str,
    /// The choice of it that is gone; empty where the whole setting is.
    pub choice: &'static str,
    /// The last schema that had it.
    pub last_schema: u32,
    /// Why it is gone, the end of a sentence.
    pub reason: &'static str,
}

/// Everything that is gone, in no order.
pub const REMOVED: &[Removed] = &[
    Removed {
        path: "slo.objective",
        choice: "",
        last_schema: 1,
        reason: "nothing was judged by it",
    },
    Removed { path: "sections", choice: "fleet", last_schema: 1, reason: "it drew nothing" },
];

/// The setting of that path, if it is gone.
pub(super) fn setting(path: &str) -> Option<&'static Removed> {
    REMOVED.iter().find(|removed| removed.path == path && removed.choice.is_empty())
}

/// The choices of a setting that a schema still had.
pub(super) fn choices(path: &str, schema: u32) -> Vec<&'static str> {
    let gone = REMOVED.iter().filter(|removed| {
        removed.path == path && !removed.choice.is_empty() && schema <= removed.last_schema
    });
    gone.map(|removed| removed.choice).collect_vec()
}
