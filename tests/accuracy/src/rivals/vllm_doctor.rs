//! The decision rules of vllm-doctor in its Prometheus mode.

use crate::answer::{Answer, Claim, Findings};
use crate::observed::{FIVE_MINUTES, Observed};
use crate::rivals::{Moment, Rival, above, below, name, prefix_hit_ratio, reaches};

pub(super) const VLLM_DOCTOR: Rival = Rival {
    id: "vllm-doctor",
    title: "vllm-doctor 0.6.0",
    description: "Its ten rules with their thresholds, over five minutes: the critical ones first (errors from 5 %, cache pressure), then \
                  the warnings in the order of its report; more than five waiting are queue pressure whatever runs. The low-throughput rule reads two metrics that no vLLM exports and stays silent. Errors \
                  are counted against `stop` alone, as it does. “Add replicas or increase concurrency limits” is read as load \
                  or slot cap, its action as the first of the two.",
    judge,
};

fn judge(observed: &Observed<'_>, moment: Moment) -> Answer {
    let at = moment.at;
    let p95 = |base| observed.quantile(0.95, base, at, FIVE_MINUTES);
    let usage = observed.max(name::KV_USAGE, at);
    let waiting = observed.sum(name::WAITING, at);
    if waiting.is_none() {
        return Answer::of(Claim::CannotTell, "no data");
    }
    let (errors, aborts) = ended_badly(observed, at);
    let hits = prefix_hit_ratio(observed, at, FIVE_MINUTES);
    let replicas = Claim::cause(&["load-above-capacity", "slot-cap"]);
    let memory = Claim::cause(&["kv-admission", "kv-thrash"]);
    let mut findings = Findings::default();
    let failing = Claim::cause(&["error-burst"]);
    findings.add(reaches(errors, 0.05), "errors", failing, Some("inspect-errors"));
    findings.add(
        reaches(usage, 0.9),
        "critical cache pressure",
        memory,
        Some("lower-max-num-seqs"),
    );
    findings.add(
        above(waiting, 5.0),
        "queue pressure",
        Claim::cause(&["load-above-capacity"]),
        Some("add-replicas"),
    );
    findings.add(
        reaches(p95(name::QUEUE), 1.0),
        "high queue latency",
        replicas,
        Some("add-replicas"),
    );
    findings.add(
        above(observed.increase(name::PREEMPTIONS, at, FIVE_MINUTES), 0.0),
        "preemptions",
        Claim::cause(&["kv-thrash"]),
        Some("lower-max-num-seqs"),
    );
    findings.add(
        reaches(p95(name::TTFT), 2.0),
        "high time to first token",
        Claim::cause(&["long-prompts", "prefill-decode-interference"]),
        Some("limit-prefill-chunks"),
    );
    findings.add(
        reaches(p95(name::TPOT), 0.2),
        "high time per output token",
        Claim::cause(&["slow-decode", "batch-growth"]),
        None,
    );
    findings.add(
        below(hits, 0.5),
        "low prefix-cache hit rate",
        Claim::cause(&["prefix-cache-collapse"]),
        Some("restore-prefixes"),
    );
    findings.add(reaches(aborts, 0.1), "aborts", Claim::cause(&["client-aborts"]), None);
    findings.add(
        uneven(observed, at),
        "replica imbalance",
        Claim::cause(&["routing-imbalance"]),
        Some("rebalance-routing"),
    );
    findings.answer(Claim::Healthy)
}

/// Errors and aborts against requests that ended with `stop`.
fn ended_badly(observed: &Observed<'_>, at: f64) -> (Option<f64>, Option<f64>) {
    let ended = |reason| {
        observed.increase_where(name::FINISHED, Some(("finished_reason", reason)), at, FIVE_MINUTES)
    };
    let share = |bad: Option<f64>| {
        let (bad, good) = (bad?, ended("stop").unwrap_or(0.0));
        (bad + good > 0.0).then(|| bad / (bad + good))
    };
    (share(ended("error")), share(ended("abort")))
}

/// Running at least twice the least busy with five in all, one replica with requests that wait
/// beside one without, or cache usage 0.3 apart.
fn uneven(observed: &Observed<'_>, at: f64) -> bool {
    let range = |name| {
        let values: Vec<f64> =
            observed.each(name, at).into_iter().map(|(_, value)| value).collect();
        let least = values.iter().copied().reduce(f64::min);
        (values.len() > 1).then_some(()).and(least.zip(values.iter().copied().reduce(f64::max)))
    };
    let busy = range(name::RUNNING)
        .is_some_and(|(least, most)| most >= 2.0 * least && most + least >= 5.0);
    let queues = range(name::WAITING).is_some_and(|(least, most)| least <= 0.0 && most > 0.0);
    busy || queues || range(name::KV_USAGE).is_some_and(|(least, most)| most - least >= 0.3)
}
