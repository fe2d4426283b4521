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
    thresholds: &[&PREFILL_SHARE_OF_TARGET, &BOUND_SHARE, &STEPS_A_TOKEN, &SMALL_STEP],
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

/// Prompt tokens a step below which it is small.
static SMALL_STEP: Threshold = Threshold {
    id: "prefill.small-step",
    value: 1024.0,
    range: (32.0, 16_384.0),
    reason: Reason::of(
        "Prompt tokens that the mean step computes, up to which it is small while prompts queue: \
             vLLM's own budgets begin at 2,048 tokens, and a device is busy with about as many. Higher, \
             an engine that prompts keep busy is told to compute larger steps; lower, a budget of 1,024 \
             is not found.",
    ),
};

/// Steps of the mean prompt from which prompts are cut: an engine that schedules one step ahead
/// takes two for a prompt that fits into one. Lower, all do; higher, a budget of half a prompt is
/// not found.
const CHUNKED_STEPS: f64 = 2.5;

/// Prompts that share the steps of one, on average, at most.
const SHARED: f64 = 4.0;

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
    /// Prompts that are in prefill at once at one engine, on average: of the time that some are,
    /// their steps are longer than those of tokens alone. None where either is not measured.
    pub at_once: Option<f64>,
    /// It takes longer than computing its tokens can: it waits for something.
    pub waits: bool,
    /// Seconds per computed prompt token, in the baseline and now.
    pub cost: Option<Change>,
    /// A prompt token costs more than before, by more than longer prompts explain: attention makes
    /// a token of a long prompt dearer than one of a short prompt.
    pub is_slower: bool,
    /// Steps are small and prompts take several of them.
    pub small_steps: Option<SmallSteps>,
}

/// Steps that compute few prompt tokens, several for a prompt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SmallSteps {
    /// Prompt tokens that a step computes on average.
    pub tokens: f64,
    /// Steps that the mean prompt takes.
    pub steps: f64,
    /// The line for the tokens.
    pub line: f64,
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
            at_once: at_once(subject),
            waits: waits(subject).unwrap_or(false),
            cost,
            is_slower: cost.is_some_and(slower),
            small_steps: small_steps(subject),
        }
    }
}

/// Every step computes what waits, up to its budget. The mean step of an engine at which prompts
/// queue is therefore as large as the budget, unless something else holds them.
fn small_steps(subject: &Subject<'_>) -> Option<SmallSteps> {
    let now = subject.now;
    let step = now.mean(Family::Itl).or_else(|| now.token_time()).filter(|step| *step > 0.0)?;
    let steps = now.mean(Family::PrefillTime)? / step;
    let engines = subject.engines().max(1) as f64;
    let per_second = now.count(Family::Ttft)? / now.seconds.max(1.0) / engines;
    let prompt = Subject::computed_tokens(now)?;
    let tokens = prompt * per_second * step;
    let line = subject.line(&SMALL_STEP);
    // Steps that compute less than a prompt in its time wait for something themselves; where they
    // compute many, a prompt does.
    let are_full = tokens * steps >= prompt && tokens * steps <= SHARED * prompt;
    let are_small = tokens <= line && steps >= CHUNKED_STEPS && are_full;
    are_small.then_some(SmallSteps { tokens, steps, line })
}

/// Little's law over the first tokens.
fn at_once(subject: &Subject<'_>) -> Option<f64> {
    let now = subject.now;
    let seconds = now.count(Family::Ttft)? * now.mean(Family::PrefillTime)?;
    (now.seconds > 0.0).then(|| seconds / now.seconds / subject.engines().max(1) as f64)
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
