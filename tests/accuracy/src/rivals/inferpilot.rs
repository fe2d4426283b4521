//! The decision tree of inferpilot over two scrapes.

use crate::answer::{Answer, Claim};
use crate::observed::Observed;
use crate::rivals::{Moment, Rival, name};

/// Distance of its two scrapes, milliseconds.
const APART: f64 = 45_000.0;

/// Cache usage that it calls full.
const FULL: f64 = 0.95;

pub(super) const INFERPILOT: Rival = Rival {
    id: "inferpilot",
    title: "inferpilot 0.1.0",
    description: "One tree over two scrapes 45 s apart: cache ≥ 95 % with rising preemptions is memory-bound, without them near \
                  capacity; else any waiting request is compute-bound or other; else healthy. It abstains where a gauge is \
                  missing. It reads one engine: in a fleet the worst answer of all engines counts. “Compute or other” is read \
                  as load or token budget and has no lever; for a full cache it advises one of fp8.",
    judge,
};

fn judge(observed: &Observed<'_>, moment: Moment) -> Answer {
    let usage = observed.max(name::KV_USAGE, moment.at);
    let waiting = observed.max(name::WAITING, moment.at);
    let preemptions = observed.columns(name::PREEMPTIONS);
    let (Some(usage), Some(waiting), false) = (usage, waiting, preemptions.is_empty()) else {
        return Answer::of(Claim::CannotTell, "a metric it needs is missing");
    };
    let rising = preemptions.iter().any(|column| {
        column
            .at(moment.at)
            .zip(column.at(moment.at - APART))
            .is_some_and(|(now, before)| now > before)
    });
    if usage >= FULL && rising {
        return Answer::of(Claim::cause(&["kv-thrash"]), "memory-bound")
            .with_action("shrink-kv-type");
    }
    if usage >= FULL {
        return Answer::of(Claim::cause(&["kv-admission"]), "near capacity")
            .with_action("shrink-kv-type");
    }
    if waiting > 0.0 {
        return Answer::of(
            Claim::cause(&["load-above-capacity", "token-budget"]),
            "compute-bound or other",
        );
    }
    Answer::of(Claim::Healthy, "healthy")
}
