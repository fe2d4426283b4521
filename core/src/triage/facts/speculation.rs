//! Are the drafts of speculative decoding accepted?

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::threshold::{Reason, Threshold};
use crate::triage::facts::FactDefinition;
use crate::triage::subject::Subject;
use crate::window::measurements::Measurements;

pub(super) static FACT: FactDefinition =
    FactDefinition { id: FactId::Speculation, thresholds: &[&ACCEPTED] };

/// Share of the proposed tokens below which drafts do not pay.
static ACCEPTED: Threshold = Threshold {
    id: "speculation.accepted",
    value: 0.2,
    range: (0.01, 0.9),
    reason: Reason::of(
        "Share of the proposed tokens that must be accepted for drafts to pay. Of four tokens a \
             draft, a fifth is not even one more per step, and a draft costs a tenth of a step and \
             more. Higher, drafts that still gain something are blamed; lower, those that gain \
             nothing pass.",
    ),
};

/// Acceptance of proposed tokens, 0–1; None without speculation and where it is not measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speculation {
    /// Now.
    pub accepted: Option<f64>,
    /// In the baseline.
    pub before: Option<f64>,
    /// Tokens are drafted, and how many of them are accepted is not measured.
    pub is_unmeasured: bool,
    /// Below this share drafts do not pay.
    pub line: f64,
}

impl Speculation {
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let now = accepted(subject.now);
        Self {
            accepted: now,
            is_unmeasured: now.is_none() && drafted(subject.now).is_some(),
            before: subject.baseline.and_then(accepted),
            line: subject.line(&ACCEPTED),
        }
    }
}

fn accepted(window: &Measurements) -> Option<f64> {
    let proposed = drafted(window)?;
    window.increase(Family::AcceptedTokens).map(|accepted| accepted / proposed)
}

fn drafted(window: &Measurements) -> Option<f64> {
    window.increase(Family::DraftTokens).filter(|tokens| *tokens > 0.0)
}
