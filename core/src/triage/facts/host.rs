//! Does the machine around the device keep up?

use crate::catalogue::facts::FactId;
use crate::catalogue::families::Family;
use crate::catalogue::threshold::{Reason, Threshold};
use crate::scope::Scheduled;
use crate::small::list::CollectVec;
use crate::source::registry::teller;
use crate::text::number::percent;
use crate::triage::facts::FactDefinition;
use crate::triage::facts::step_time::StepTime;
use crate::triage::subject::{Change, Subject};
use crate::window::measurements::Measurements;

pub(super) static FACT: FactDefinition =
    FactDefinition { id: FactId::Host, thresholds: &[&CORE, &STEPS, &IDLE, &QUOTA] };

/// Share of a core from which the process that serves requests has no room left.
static CORE: Threshold = Threshold {
    id: "host.core",
    value: 0.6,
    range: (0.1, 1.0),
    reason: Reason::of(
        "Share of one core that the API server may use: its event loop is one thread, and at 60 % \
             work waits for it as long as it takes. Lower, a busy server that keeps up counts; \
             higher, a loop that lags by seconds between two scrapes passes.",
    ),
};

/// Steps that a request may spend outside the engine.
static STEPS: Threshold = Threshold {
    id: "host.steps",
    value: 3.0,
    range: (1.0, 100.0),
    reason: Reason::of(
        "Inter-token latencies that a request may spend outside the engine before its front end is \
             late. What arrives waits for the step under way and is sent after another one. Lower, \
             long steps look like a slow front end; higher, an answer that is late by half a second \
             passes on a slow model.",
    ),
};

/// Activity of the device against before, below which it waits for its host.
static IDLE: Threshold = Threshold {
    id: "host.idle",
    value: 0.85,
    range: (0.1, 1.0),
    reason: Reason::of(
        "Share of its former activity below which a device that has as much to do waits for its \
             host. The activity of a full engine moves by some per cent with its batch. Higher, a \
             change of lengths counts; lower, a step that became half as long again by the host \
             passes for a slow device.",
    ),
};

/// Share of periods in which the quota runs out from which it slows what runs under it.
static QUOTA: Threshold = Threshold {
    id: "host.quota",
    value: 0.1,
    range: (0.001, 1.0),
    reason: Reason::of(
        "Share of the periods of 100 ms in which the quota of processor time ran out, from which it \
             is named. A container that starts or loads weights runs out now and then. Lower, that \
             counts as a reason; higher, a loop that stops in every tenth period passes.",
    ),
};

/// The machine around the device.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Host {
    /// Processor time of the busiest process that serves metrics, share of one core.
    pub core: Option<f64>,
    /// Share of periods from which the quota is named.
    quota_line: f64,
    /// From this share on it has no room left.
    pub core_line: f64,
    /// Seconds outside the engine of the mean request.
    pub front_end: Option<f64>,
    /// The time outside the engine is a multiple of what it was.
    pub grew: bool,
    /// The time outside the engine is more than that of a few steps, and more than anything inside
    /// that is not decode.
    pub is_late: bool,
    /// Share of time in which a multiprocessor had work, in the baseline and now, all devices.
    pub active: Option<Change>,
    /// Share of the periods in which the quota of processor time of a replica's pod ran out, of the
    /// pod with the largest.
    pub throttled: Option<f64>,
    /// The devices have less to do although as much is asked of them.
    pub starves_device: bool,
}

impl Host {
    pub(super) fn of(subject: &Subject<'_>, step_time: &StepTime) -> Self {
        let front_end = front_end(subject.now);
        let active = active(subject);
        let before = subject.baseline.and_then(self::front_end);
        let is_multiple = |(now, before): (f64, f64)| now > before * subject.line(&STEPS);
        Self {
            grew: front_end.zip(before).is_some_and(is_multiple),
            core: core(subject),
            core_line: subject.line(&CORE),
            quota_line: subject.line(&QUOTA),
            front_end,
            is_late: front_end.is_some_and(|seconds| {
                let inside = |family| subject.now.mean(family).unwrap_or(0.0);
                let step = step_time.token_time.unwrap_or(0.0).max(inside(Family::Itl));
                let inside = inside(Family::PrefillTime).max(inside(Family::QueueTime));
                seconds > inside.max(step * subject.line(&STEPS))
            }),
            active,
            throttled: throttled(subject),
            starves_device: active.is_some_and(|active| active.factor() < subject.line(&IDLE)),
        }
    }
}

impl Host {
    /// Whether the quota of processor time ran out.
    pub fn quota_sentence(&self) -> String {
        match self.throttled {
            Some(share) if share >= self.quota_line => {
                format!(
                    "The quota of processor time of its pod ran out in {} of periods.",
                    percent(share)
                )
            }
            Some(share) => {
                format!(
                    "No quota of processor time is the reason: that ran out in {} of periods.",
                    percent(share)
                )
            }
            None => format!(
                "Whether the quota of processor time of its pod runs out is not measured; {} would tell.",
                teller(Family::CpuThrottled)
            ),
        }
    }
}

fn front_end(window: &Measurements) -> Option<f64> {
    let inside = window.mean(Family::PrefillTime)? + window.mean(Family::DecodeTime)?;
    Some((window.mean(Family::E2e)? - window.mean(Family::QueueTime)? - inside).max(0.0))
}

fn core(subject: &Subject<'_>) -> Option<f64> {
    let now = subject.now;
    let used = subject
        .replicas
        .iter()
        .filter_map(|replica| replica.counter(Family::ProcessCpu)?.increase(now.first, now.last));
    used.reduce(f64::max).filter(|_| now.seconds > 0.0).map(|used| used / now.seconds)
}

fn throttled(subject: &Subject<'_>) -> Option<f64> {
    let (first, last) = (subject.now.first, subject.now.last);
    let own = |one: &&Scheduled| {
        one.replicas.iter().any(|key| subject.replicas.iter().any(|replica| replica.key == *key))
    };
    let shares = subject.scope.scheduled.iter().filter(own).filter_map(|one| {
        let all = one.counter(Family::CpuPeriods)?.increase(first, last)?;
        let out = one.counter(Family::CpuThrottled)?.increase(first, last)?;
        (all > 0.0).then(|| (out / all).min(1.0))
    });
    shares.reduce(f64::max)
}

fn active(subject: &Subject<'_>) -> Option<Change> {
    let baseline = subject.baseline?;
    let mean = |first, last| {
        let devices = subject.scope.devices.iter();
        let states = devices.filter_map(|one| one.gauge(Family::SmActive)?.window(first, last));
        let means: Vec<f64> = states.map(|state| state.mean).collect_vec();
        (!means.is_empty()).then(|| means.iter().sum::<f64>() / means.len() as f64)
    };
    let before = mean(baseline.first, baseline.last).filter(|before| *before > 0.0)?;
    Some(Change { before, now: mean(subject.now.first, subject.now.last)? })
}
