//! What does it cost to compute a prompt?

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::catalogue::threshold::{Reason, Threshold};
use crate::signal::level::{Level, PREFILL_SHARE_OF_TARGET};
use crate::triage::evidence::Line;
use crate::triage::facts::FactDefinition;
use crate::triage::facts::work::{CHANGED, Work};
use crate::triage::subject::{Change, Subject};
use crate::window::measurements::Measurements;

pub(super) static FACT: FactDefinition =
    FactDefinition { id: FactId::Prefill, thresholds: &[&PREFILL_SHARE_OF_TARGET, &BOUND_SHARE] };

/// Share of inference from which prefill may hold the batch down.
static BOUND_SHARE: Threshold = Threshold {
    id: "prefill.bound-share",
    value: 0.5,
    range: (0.2, 1.0),
    reason: Reason::of(
        "Share of inference that prefill takes from which prefill, not slots, may hold the batch \
             down: a prefill-bound engine plateaus too. Lower, caps on short answers are missed; \
             higher, a prefill-bound engine is advised to admit more.",
    ),
};

/// Prefill now and before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prefill {
    /// Mean prefill time, seconds.
    pub mean: Option<f64>,
    /// Against the budget.
    pub level: Level,
    /// What the mean may be; None without a target.
    pub budget: Option<Line>,
    /// Share of inference, 0–1.
    pub share: Option<f64>,
    /// Prefill takes so much of inference that it may hold the batch down.
    pub is_bound: bool,
    /// Seconds per computed prompt token, in the baseline and now.
    pub cost: Option<Change>,
    /// A prompt token costs more than before, by more than longer prompts explain: attention makes
    /// a token of a long prompt dearer than one of a short prompt.
    pub is_slower: bool,
}

impl Prefill {
    pub(super) fn of(subject: &Subject<'_>, work: &Work) -> Self {
        let share = share(subject.now);
        let cost = subject.change(cost_per_token);
        let line = subject.line(&CHANGED);
        let slower = |cost: Change| cost.factor() > line && cost.factor() > work.prompt_growth();
        Self {
            mean: subject.now.mean(Family::PrefillTime),
            level: subject.level(SignalId::PrefillTime),
            budget: subject.target(SignalId::Ttft).map(|(target, source)| Line {
                value: subject.line(&PREFILL_SHARE_OF_TARGET) * target,
                source,
            }),
            share,
            is_bound: share.is_some_and(|share| share >= subject.line(&BOUND_SHARE)),
            cost,
            is_slower: cost.is_some_and(slower),
        }
    }
}

fn share(window: &Measurements) -> Option<f64> {
    let prefill = window.mean(Family::PrefillTime)?;
    let decode = window.mean(Family::DecodeTime)?;
    (prefill + decode > 0.0).then(|| prefill / (prefill + decode))
}

fn cost_per_token(window: &Measurements) -> Option<f64> {
    let tokens = Subject::computed_tokens(window).filter(|tokens| *tokens > 0.0)?;
    window.mean(Family::PrefillTime).map(|prefill| prefill / tokens)
}
