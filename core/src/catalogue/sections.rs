//! Parts of the view.

use crate::catalogue::list::closed_list;

closed_list! {
    /// A part of the view.
    Section {
        /// The verdict line.
        Verdict = "verdict",
        /// The phase bar.
        Phases = "phases",
        /// The triage matrix.
        Matrix = "matrix",
        /// The time strips.
        Strips = "strips",
        /// The heat map.
        Heatmap = "heatmap",
        /// Evidence and actions.
        Evidence = "evidence",
    }
}

impl Section {
    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Verdict => "Verdict",
            Self::Phases => "Phase bar",
            Self::Matrix => "Triage matrix",
            Self::Strips => "Time strips",
            Self::Heatmap => "Heat map",
            Self::Evidence => "Evidence and actions",
        }
    }
}
