//! The alert thresholds of a published monitoring stack for Kubernetes.

use crate::answer::{Answer, Claim, Findings};
use crate::observed::{FIVE_MINUTES, Observed};
use crate::rivals::{Moment, Rival, above, name};

pub(super) const MONITORING_STACK: Rival = Rival {
    id: "published-alerts",
    title: "Alerts of “vLLM Kubernetes Monitoring Stack”",
    description: "Eight alerts: p99 end to end > 120 s, p99 time to first token > 30 s, p99 inter-token latency > 1 s, any \
                  request over 120 s, cache > 95 % for 5 minutes, more than 50 waiting on a pod, more than one preemption a \
                  second, a replica not reporting. Three of its queries can never match as published; here they ask what \
                  they mean to ask. Latency alerts name no cause and count as alarms. Silence is read as healthy.",
    judge,
};

fn judge(observed: &Observed<'_>, moment: Moment) -> Answer {
    let at = moment.at;
    let p99 = |base| observed.quantile(0.99, base, at, FIVE_MINUTES);
    let preemptions_per_second = |observed: &Observed<'_>, at| {
        observed.increase(name::PREEMPTIONS, at, FIVE_MINUTES).map(|count| count / 300.0)
    };
    let mut findings = Findings::default();
    findings.add(
        observed.each(name::RUNNING, at).len() < moment.replicas,
        "replica down",
        Claim::cause(&["restart-loop", "capacity-pending"]),
        None,
    );
    findings.add(
        observed
            .held(at, FIVE_MINUTES, |observed, at| above(observed.max(name::KV_USAGE, at), 0.95)),
        "cache near full",
        Claim::cause(&["kv-admission", "kv-thrash"]),
        None,
    );
    findings.add(
        above(preemptions_per_second(observed, at), 1.0),
        "preemption spike",
        Claim::cause(&["kv-thrash"]),
        None,
    );
    findings.add(
        above(observed.max(name::WAITING, at), 50.0),
        "deep queue",
        Claim::cause(&["load-above-capacity", "slot-cap"]),
        None,
    );
    findings.add(above(p99(name::E2E), 120.0), "p99 end to end", Claim::alarm(), None);
    findings.add(above(p99(name::TTFT), 30.0), "p99 time to first token", Claim::alarm(), None);
    findings.add(above(p99(name::ITL), 1.0), "p99 inter-token latency", Claim::alarm(), None);
    findings.add(slow_requests(observed, at), "slow requests", Claim::alarm(), None);
    findings.answer(Claim::Healthy)
}

/// Whether a request of the last five minutes took more than 120 s.
fn slow_requests(observed: &Observed<'_>, at: f64) -> bool {
    let bucket = format!("{}_bucket", name::E2E);
    let within = |le| observed.increase_where(&bucket, Some(("le", le)), at, FIVE_MINUTES);
    within("120.0").zip(within("+Inf")).is_some_and(|(within, all)| within < all)
}
