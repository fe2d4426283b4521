//! Ways to choose what a window is compared with.

use crate::catalogue::list::closed_list;

closed_list! {
    /// How the baseline is chosen.
    BaselineMode {
        /// The range before a change point, if one is accepted; its beginning where latency
        /// drifted; where nothing changed, the same time a week or a day earlier, if the range
        /// holds it.
        Auto = "auto",
        /// From the given start to the given end, or everything outside the window.
        Range = "range",
        /// The window, shifted into the past.
        Offset = "offset",
        /// No comparison.
        None = "none",
    }
}

impl BaselineMode {
    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Auto => "Before the change",
            Self::Range => "An interval",
            Self::Offset => "The same time earlier",
            Self::None => "Nothing",
        }
    }
}
