//! What earlier schemas had and today's lacks. Settings of their time still open; what is listed
//! here is passed over in them, and refused with a reason in later ones.

/// A setting that is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removed {
    /// Path of the setting.
    pub path: &'static str,
    /// The last schema that had it.
    pub last_schema: u32,
    /// Why it is gone, the end of a sentence.
    pub reason: &'static str,
}

/// Everything that is gone, in no order.
pub const REMOVED: &[Removed] =
    &[Removed { path: "slo.objective", last_schema: 1, reason: "nothing was judged by it" }];

/// The setting of that path, if it is gone.
pub(super) fn setting(path: &str) -> Option<&'static Removed> {
    REMOVED.iter().find(|removed| removed.path == path)
}
