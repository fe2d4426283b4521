//! Requests that wait: for a slot, for cache, or for an engine with time left.

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::catalogue::families::Family;
use inference_triage_core::catalogue::signals::SignalId;
use inference_triage_core::limits::plateau::DIP;
use inference_triage_core::role::RolePart::{Count, Sum};
use inference_triage_core::text::number::{chosen_seconds, percent};

use super::{CAUSE_WINDOW, Group};
use crate::rules::alert::{Alert, FirstAction, Severity};
use crate::rules::promql::{all_of, duration, number};

/// How long the condition must hold, seconds, beside the window that it is measured over.
const HOLD: u32 = 300;

/// Share of the scrapes that may show no request waiting at a queue that stands all the time: two
/// of forty at 15 s are chance.
const EMPTY_SCRAPES: f64 = 0.1;

/// Finished requests below which a mean says nothing.
const LEAST_REQUESTS: u32 = 10;

/// Preemptions below which a share of them is one unlucky prompt.
const LEAST_PREEMPTIONS: u32 = 5;

pub(super) fn alerts(group: &Group<'_>) -> Vec<Alert> {
    vec![slot_cap(group), cache_full(group), thrash(group), backlog(group)]
}

/// Requests waited in almost every scrape.
fn waits(group: &Group<'_>) -> String {
    format!("{} > 0", group.over(&format!("quantile_over_time|{EMPTY_SCRAPES}"), Family::Waiting))
}

/// The mean wait is above its share of the time-to-first-token target. A product, because a
/// quotient of nothing is no number.
fn queues(group: &Group<'_>) -> [String; 2] {
    let allowed = group.threshold("queue.share-of-target") * group.target(SignalId::Ttft);
    let ended = group.growth_of(Family::QueueTime, Count);
    [
        format!("{ended} >= {LEAST_REQUESTS}"),
        format!("{} > {} * {ended}", group.growth_of(Family::QueueTime, Sum), number(allowed)),
    ]
}

fn slot_cap(group: &Group<'_>) -> Alert {
    let most = group.over("max_over_time", Family::Running);
    let at_share = |share: f64| {
        let quantile = format!("quantile_over_time|{}", number(1.0 - share));
        group.over(&quantile, Family::Running)
    };
    let at_cap = at_share(group.threshold("admission.share-at-cap"));
    let near_cap = at_share(group.threshold("admission.share-near-cap"));
    let growth = group.threshold("step-time.safe-growth");
    let (token_sum, tokens) =
        (group.growth_of(Family::Itl, Sum), group.growth_of(Family::Itl, Count));
    let (prefill, inference) =
        (group.growth_of(Family::PrefillTime, Sum), group.growth_of(Family::InferenceTime, Sum));
    let full = number(group.threshold("memory.full"));
    let memory = group.over("max_over_time", Family::KvUsage);
    let mut conditions = vec![
        format!("{most} > 0"),
        // What is not measured is not free.
        format!("{memory} < {full}"),
        format!("{at_cap} == {most}"),
        format!("{near_cap} >= {most} - clamp_min(ceil({DIP} * {most}), 1)"),
        waits(group),
    ];
    conditions.extend(queues(group));
    // The room that raising the cap needs: tokens stay in time at a larger batch.
    conditions.push(format!(
        "{} * {token_sum} <= {} * {tokens}",
        number(growth),
        number(group.target(SignalId::Itl))
    ));
    conditions.push(format!("{tokens} > 0"));
    conditions.push(format!(
        "{prefill} < {} * {inference}",
        number(group.threshold("prefill.bound-share"))
    ));
    let deferred = group.over("min_over_time", Family::WaitingDeferred);
    let labels = group.series.replica_labels();
    Alert {
        name: "InferenceSlotCap",
        expression: format!("{}\nunless on ({labels}) {deferred} > 0", all_of(&conditions)),
        hold: HOLD,
        severity: Severity::Warning,
        window: CAUSE_WINDOW,
        labels: Vec::new(),
        summary: format!("{}: admission is capped at {{{{ $value }}}} sequences", group.replica()),
        description: format!(
            "For {} running stands at {{{{ $value }}}} while requests wait, the KV cache stays below \
             {full}, and ITL would hold its target {} at {} times the batch. Don't scale out first.",
            duration(CAUSE_WINDOW),
            chosen_seconds(group.target(SignalId::Itl)),
            number(growth)
        ),
        action: FirstAction::OfCause(CauseId::SlotCap),
    }
}

/// Almost every scrape saw a full cache: the fullest moment alone is a single large prompt.
fn cache_full(group: &Group<'_>) -> Alert {
    let full = group.threshold("memory.full");
    let usage = group.over(&format!("quantile_over_time|{EMPTY_SCRAPES}"), Family::KvUsage);
    let mut conditions = vec![format!("{usage} >= {}", number(full)), waits(group)];
    conditions.extend(queues(group));
    Alert {
        name: "InferenceCacheFull",
        expression: all_of(&conditions),
        hold: HOLD,
        severity: Severity::Warning,
        window: CAUSE_WINDOW,
        labels: Vec::new(),
        summary: format!(
            "{}: the KV cache is full ({{{{ $value | humanizePercentage }}}}) and requests wait",
            group.replica()
        ),
        description: format!(
            "In 9 of 10 scrapes of the last {} the cache was at least {} full while requests waited. \
             A full cache alone is well used; one that holds requests back is short.",
            duration(CAUSE_WINDOW),
            percent(full)
        ),
        action: FirstAction::OfCause(CauseId::KvAdmission),
    }
}

fn thrash(group: &Group<'_>) -> Alert {
    let share = group.threshold("memory.preemptions-per-request");
    let preempted = group.growth(Family::Preemptions);
    let conditions = [
        format!("{preempted} >= {LEAST_PREEMPTIONS}"),
        format!("{preempted} > {} * {}", number(share), group.growth_of(Family::E2e, Count)),
        format!(
            "{} >= {}",
            group.over("max_over_time", Family::KvUsage),
            number(group.threshold("memory.preempting"))
        ),
    ];
    Alert {
        name: "InferenceCacheThrash",
        expression: all_of(&conditions),
        hold: HOLD,
        severity: Severity::Warning,
        window: CAUSE_WINDOW,
        labels: Vec::new(),
        summary: format!(
            "{}: {{{{ $value | humanize }}}} preemptions in {}",
            group.replica(),
            duration(CAUSE_WINDOW)
        ),
        description: format!(
            "Running requests are thrown out of a full KV cache and computed again: more than {} \
             preemptions a finished request.",
            number(share)
        ),
        action: FirstAction::OfCause(CauseId::KvThrash),
    }
}

/// By Little's law the mean wait is the mean number that waits by the rate of those that end. It
/// shows a queue that grows before its first victim is counted, and one behind which nothing ends.
fn backlog(group: &Group<'_>) -> Alert {
    let target = group.target(SignalId::Ttft);
    Alert {
        name: "InferenceBacklog",
        expression: waits_beyond_target(group),
        hold: HOLD,
        severity: Severity::Warning,
        window: CAUSE_WINDOW,
        labels: Vec::new(),
        summary: format!("{}: {{{{ $value | humanize }}}} requests wait on average", group.model()),
        description: format!(
            "At the rate at which requests finish, those that wait now wait longer than the \
             time-to-first-token target {}. Which queue it is decides what helps: a cap, a full \
             cache or too much load; InferenceSlotCap and InferenceCacheFull name the first two.",
            chosen_seconds(target)
        ),
        action: FirstAction::Diagnose,
    }
}

/// Requests wait longer than the target for their first token.
pub(super) fn waits_beyond_target(group: &Group<'_>) -> String {
    let by = group.by;
    let target = group.target(SignalId::Ttft);
    // The mean of the sum: a pod and its successor are each there for a part of the time.
    let waiting = format!(
        "avg_over_time((sum by ({by}) ({}))[{}:{}])",
        group.now(Family::Waiting),
        duration(CAUSE_WINDOW),
        duration(group.scrape)
    );
    let ended = format!("sum by ({by}) ({})", group.growth_of(Family::E2e, Count));
    all_of(&[
        format!("{waiting} >= 1"),
        format!("{waiting} > {} * {ended}", number(target / f64::from(CAUSE_WINDOW))),
    ])
}
