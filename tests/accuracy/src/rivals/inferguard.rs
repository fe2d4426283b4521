//! The live profile of inferguard.

use crate::answer::{Answer, Claim, Findings};
use crate::observed::{FIVE_MINUTES, Observed};
use crate::rivals::{Moment, Rival, above, below, name, prefix_hit_ratio, reaches};

/// Distance of two polls, milliseconds; the description does not tell it.
const POLL: f64 = 60_000.0;

/// Prefix hits from which its finding is informational only: no alarm.
const INFORMATIONAL: f64 = 0.25;

/// Queried tokens that its rule about prefix hits needs.
const LEAST_QUERIED: f64 = 50.0;

pub(super) const INFERGUARD: Rival = Rival {
    id: "inferguard",
    title: "inferguard 0.7.4, live profile",
    description: "Cache ≥ 0.9 by the name of vLLM before 0.9.2, so it is blind to memory on newer releases; rising preemptions; \
                  more waiting than running at two polls (a minute apart; the description leaves this open); prefix hits below 0.25 of at least 50 queried tokens (up to \
                  0.5 its finding is informational and no alarm). \
                  Nothing found is read as healthy. Its job verdicts need a load generator and are left out.",
    judge,
};

fn judge(observed: &Observed<'_>, moment: Moment) -> Answer {
    let at = moment.at;
    if observed.sum(name::WAITING, at).is_none() {
        return Answer::of(Claim::CannotTell, "no metrics");
    }
    let backlog = |at| {
        let (waiting, running) = (observed.sum(name::WAITING, at), observed.sum(name::RUNNING, at));
        waiting.zip(running).is_some_and(|(waiting, running)| waiting > running)
    };
    let mut findings = Findings::default();
    findings.add(
        reaches(observed.max("vllm:gpu_cache_usage_perc", at), 0.9),
        "cache pressure",
        Claim::cause(&["kv-admission", "kv-thrash"]),
        None,
    );
    findings.add(
        above(observed.increase(name::PREEMPTIONS, at, POLL), 0.0),
        "preemptions",
        Claim::cause(&["kv-thrash"]),
        None,
    );
    findings.add(
        backlog(at) && backlog(at - POLL),
        "more waiting than running",
        Claim::cause(&["load-above-capacity", "slot-cap"]),
        None,
    );
    findings.add(
        below(prefix_hit_ratio(observed, at, FIVE_MINUTES), INFORMATIONAL)
            && reaches(observed.increase(name::PREFIX_QUERIES, at, FIVE_MINUTES), LEAST_QUERIED),
        "low prefix-cache hit rate",
        Claim::cause(&["prefix-cache-collapse"]),
        Some("restore-prefixes"),
    );
    findings.answer(Claim::Healthy)
}
