//! The four-row matrix of time to first token, queue time and inter-token latency.

use crate::answer::{Answer, Claim};
use crate::observed::{FIVE_MINUTES, Observed};
use crate::rivals::{Moment, Rival, name};

/// Queue time that the guide's example alert calls high, as a share of the time to first token that
/// it calls high: 2 s of 3 s.
const QUEUE_SHARE: f64 = 2.0 / 3.0;

/// Upper end of the first bucket of queue time, seconds: `histogram_quantile` cannot tell anything
/// below it.
const FIRST_BUCKET: f64 = 0.3;

pub(super) const MATRIX: Rival = Rival {
    id: "published-matrix",
    title: "Matrix of “Monitoring vLLM in Production”",
    description: "Four rows over time to first token, queue time and inter-token latency. The guide leaves “high” to the \
                  service: here it is the objective of the case at p95, for queue time two thirds of that of the first token as in \
                  its example alerts, at least the 0.3 s below which PromQL cannot tell. All three low is read as healthy, every cell without a row as “cannot tell”. A row that names several \
                  directions is right when one of them is. Actions are the first change its runbook makes for the row.",
    judge,
};

fn judge(observed: &Observed<'_>, moment: Moment) -> Answer {
    let p95 = |base| observed.quantile(0.95, base, moment.at, FIVE_MINUTES);
    let (Some(ttft), Some(queue), Some(itl)) = (p95(name::TTFT), p95(name::QUEUE), p95(name::ITL))
    else {
        return Answer::of(Claim::CannotTell, "a column of the matrix has no data");
    };
    let objectives = moment.objectives;
    let queue_high = (QUEUE_SHARE * objectives.ttft).max(FIRST_BUCKET);
    match (ttft > objectives.ttft, queue > queue_high, itl > objectives.itl) {
        (true, true, false) => Answer::of(
            Claim::cause(&["load-above-capacity", "long-prompts"]),
            "load above capacity, or large prefills",
        )
        .with_action("shed-load"),
        (true, false, false) => Answer::of(
            Claim::cause(&["long-prompts", "prefix-cache-collapse", "cold-start"]),
            "slow prefill or first step",
        ),
        (false, false, true) => Answer::of(
            Claim::cause(&["slow-decode", "batch-growth", "long-context", "interconnect"]),
            "slow or uneven decode",
        )
        .with_action("inspect-device"),
        (true, true, true) => Answer::of(
            Claim::cause(&["load-above-capacity", "kv-thrash", "slow-decode"]),
            "severe saturation",
        )
        .with_action("shed-load"),
        (false, false, false) => Answer::of(Claim::Healthy, "all three low"),
        _ => Answer::of(Claim::CannotTell, "the matrix has no such row"),
    }
}
