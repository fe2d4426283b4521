//! The published pathology patterns: a handful of conjunctions of thresholds.

use crate::answer::{Answer, Claim, Findings};
use crate::observed::{FIVE_MINUTES, Observed};
use crate::rivals::{Moment, Rival, above, below, name, prefix_hit_ratio};

pub(super) const PATHOLOGIES: Rival = Rival {
    id: "published-patterns",
    title: "Patterns of “vLLM metrics that matter”",
    description: "Five patterns are described: cache thrashing (usage > 0.95, evictions > 10/s, time to first token p95 > 3 s), \
                  prefill starvation (p95 > 5 s, inter-token p50 < 50 ms, more than 20 waiting), under-use of the device \
                  (utilisation < 0.5, median batch < 8, fewer than 5 waiting), a memory leak, and prefix-cache misses (hits < \
                  0.1 while caching is on). Several of its metric names are exported by no vLLM; today's names stand in: \
                  preemptions for evictions, the running gauge for the batch, DCGM for the device. No pattern is read as \
                  healthy. Prefill starvation is read as token budget or slot cap, the classes with its picture.",
    judge,
};

fn judge(observed: &Observed<'_>, moment: Moment) -> Answer {
    let at = moment.at;
    let quantile = |q, base| observed.quantile(q, base, at, FIVE_MINUTES);
    let ttft = quantile(0.95, name::TTFT);
    let waiting = observed.sum(name::WAITING, at);
    if ttft.is_none() && waiting.is_none() {
        return Answer::of(Claim::CannotTell, "neither time to first token nor queue is measured");
    }
    let preemptions_per_second =
        observed.increase(name::PREEMPTIONS, at, FIVE_MINUTES).map(|count| count / 300.0);
    let mut findings = Findings::default();
    findings.add(
        above(observed.max(name::KV_USAGE, at), 0.95)
            && above(preemptions_per_second, 10.0)
            && above(ttft, 3.0),
        "cache thrashing",
        Claim::cause(&["kv-thrash"]),
        Some("lower-max-num-seqs"),
    );
    findings.add(
        above(ttft, 5.0) && below(quantile(0.5, name::ITL), 0.05) && above(waiting, 20.0),
        "prefill starvation",
        Claim::cause(&["token-budget", "slot-cap"]),
        Some("limit-prefill-chunks"),
    );
    findings.add(
        below(device_utilisation(observed, at), 0.5)
            && below(median_batch(observed, at), 8.0)
            && below(waiting, 5.0),
        "device under-used",
        Claim::cause(&["over-provisioned", "upstream-starvation"]),
        None,
    );
    findings.add(memory_grows(observed, at), "memory leak", Claim::alarm(), None);
    findings.add(
        below(prefix_hit_ratio(observed, at, FIVE_MINUTES), 0.1) && prefix_caching_is_on(observed),
        "prefix-cache misses",
        Claim::cause(&["prefix-cache-collapse"]),
        Some("restore-prefixes"),
    );
    findings.answer(Claim::Healthy)
}

/// Mean utilisation over devices, in [0, 1].
fn device_utilisation(observed: &Observed<'_>, at: f64) -> Option<f64> {
    let each = observed.each("DCGM_FI_DEV_GPU_UTIL", at);
    let devices = each.len() as f64;
    (devices > 0.0).then(|| each.iter().map(|(_, value)| value / 100.0).sum::<f64>() / devices)
}

/// Median of the running gauge over five minutes and all engines.
fn median_batch(observed: &Observed<'_>, at: f64) -> Option<f64> {
    let samples: Vec<f64> = observed
        .columns(name::RUNNING)
        .iter()
        .flat_map(|column| column.samples(at - FIVE_MINUTES, at).map(|(_, value)| value))
        .collect();
    crate::statistics::quantile(&samples, 0.5)
}

/// Whether used device memory never fell and grew by at least a hundredth over the data.
fn memory_grows(observed: &Observed<'_>, at: f64) -> bool {
    observed.columns("DCGM_FI_DEV_FB_USED").iter().any(|column| {
        let values: Vec<f64> =
            column.samples(f64::NEG_INFINITY, at).map(|(_, value)| value).collect();
        let grew =
            values.first().zip(values.last()).is_some_and(|(first, last)| *last > 1.01 * first);
        grew && values.windows(2).all(|pair| pair[1] >= pair[0])
    })
}

fn prefix_caching_is_on(observed: &Observed<'_>) -> bool {
    observed
        .columns(name::CACHE_CONFIG)
        .iter()
        .any(|column| column.label("enable_prefix_caching") == "True")
}
