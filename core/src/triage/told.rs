//! The explanation of a cause that one comparison shows: the sentence is what it means and the
//! number that shows it.

use crate::triage::cause::Explanation;
use crate::triage::facts::Facts;
use crate::triage::facts::impact::Excess;
use crate::triage::finding::{Action, Evidence};

/// What is said of such a cause beside the number.
#[derive(Debug)]
pub(super) struct Told {
    /// What the number means, the begin of the sentence.
    pub lead: String,
    /// What a sceptical reader asks for next.
    pub detail: &'static str,
    /// Replicas it applies to; empty: all.
    pub replicas: Vec<String>,
    /// Seconds of the mean request that it explains, by phase.
    pub claims: Excess,
    /// What to do.
    pub action: Action,
}

impl Told {
    /// With the number that shows it.
    pub(super) fn by(self, evidence: &Evidence, facts: &Facts) -> Explanation {
        let Self { lead, detail, replicas, claims, action } = self;
        Explanation {
            severity: facts.impact.severity,
            sentence: format!("{lead}: {}.", evidence.text),
            detail: detail.to_owned(),
            evidence: vec![evidence.clone()],
            rules_out: Vec::new(),
            replicas,
            // What explains no time began with no change of it.
            since: facts.changed_at.filter(|_| claims.total() > 0.0),
            action: Some(action),
            claims,
        }
    }
}
