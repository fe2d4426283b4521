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
        /// The replicas.
        Fleet = "fleet",
    }
}
