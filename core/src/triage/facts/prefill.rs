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

pub(super) static FACT: FactDefinition = FactDefinition {
    id: FactId::Prefill,
    thresholds: &[&PREFILL_SHARE_OF_TARGET, &BOUND_SHARE, &STEPS_A_TOKEN],
};

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

/// Steps that computing one prompt token takes at most.
static STEPS_A_TOKEN: Threshold = Threshold {
    id: "prefill.steps-a-token",
    value: 0.25,
    range: (0.01, 1.0),
    reason: Reason::of(
        "Steps that computing one prompt token may take, beyond two for the prompt as a whole, before \
         prefill counts as waiting rather than long. Many prompt tokens share a step: on GPUs one \
         costs a hundredth of a step, on processors a tenth. At 1, a prompt of sixty tokens on a \
         starved engine passes as a long one; much lower, chunks that share their steps with a large \
         batch count as waiting.",
    ),
};

/// Steps of a prompt of whatever length: one is computed while the next is scheduled.
const STEPS_A_PROMPT: f64 = 2.0;

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
    /// It takes longer than computing its tokens can: it waits for something.
    pub waits: bool,
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
            waits: waits(subject).unwrap_or(false),
            cost,
            is_slower: cost.is_some_and(slower),
        }
    }
}

fn waits(subject: &Subject<'_>) -> Option<bool> {
    let (prefill, step) = (subject.now.mean(Family::PrefillTime)?, subject.now.token_time()?);
    let tokens = Subject::computed_tokens(subject.now)?;
    Some(prefill > step * (STEPS_A_PROMPT + subject.line(&STEPS_A_TOKEN) * tokens))
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
