//! Parts of the view.

use crate::catalogue::list::closed_list;

closed_list! {
    /// A part of the view.
    Section {
        /// The verdict, its impact and what to do first.
        Verdict = "verdict",
        /// The phase bars.
        Phases = "phases",
        /// Why this verdict and no other, what changed, and what would turn it.
        Evidence = "evidence",
        /// The time strips.
        Strips = "strips",
        /// The heat map.
        Heatmap = "heatmap",
        /// How often each objective was met, and what spent the rest.
        Objectives = "objectives",
        /// The triage matrix.
        Matrix = "matrix",
        /// Every replica beside the others.
        Fleet = "fleet",
    }
}

impl Section {
    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Verdict => "Verdict and first action",
            Self::Phases => "Phase bars",
            Self::Evidence => "Evidence",
            Self::Strips => "Time strips",
            Self::Heatmap => "Heat map",
            Self::Objectives => "Objectives",
            Self::Matrix => "Triage matrix",
            Self::Fleet => "Replicas",
        }
    }
}
