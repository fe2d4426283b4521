//! The four-row matrix of time to first token, queue time and inter-token latency.

use crate::answer::{Answer, Claim};
use crate::observed::{FIVE_MINUTES, Observed};
use crate::rivals::{Moment, Rival, name};

/// Time to first token that the guide's own alert calls high, seconds at p95.
const TTFT_HIGH: f64 = 3.0;

/// Queue time that the guide's own alert calls high, seconds at p95.
const QUEUE_HIGH: f64 = 2.0;

/// The guide has no alert for inter-token latency; the objective of the benchmark stands in, seconds at p95.
const ITL_HIGH: f64 = 0.05;

pub(super) const MATRIX: Rival = Rival {
    id: "published-matrix",
    title: "Matrix of “Monitoring vLLM in Production”",
    description: "Four rows over time to first token, queue time and inter-token latency. The guide leaves “high” open: its \
                  example alerts give 3 s and 2 s at p95; inter-token latency takes the objective of the case, 50 ms. All \
                  three low is read as healthy, every cell without a row as “cannot tell”. A row that names several \
                  directions is right when one of them is. Actions are the first change its runbook makes for the row.",
    judge,
};

fn judge(observed: &Observed<'_>, moment: Moment) -> Answer {
    let p95 = |base| observed.quantile(0.95, base, moment.at, FIVE_MINUTES);
    let (Some(ttft), Some(queue), Some(itl)) = (p95(name::TTFT), p95(name::QUEUE), p95(name::ITL)) else {
        return Answer::of(Claim::CannotTell, "a column of the matrix has no data");
    };
    match (ttft > TTFT_HIGH, queue > QUEUE_HIGH, itl > ITL_HIGH) {
        (true, true, false) => {
            Answer::of(Claim::cause(&["offered-load", "long-prompts"]), "load above capacity, or large prefills")
                .with_action("shed-load")
        }
        (true, false, false) => Answer::of(
            Claim::cause(&["long-prompts", "prefix-cache-collapse", "cold-start"]),
            "slow prefill or first step",
        ),
        (false, false, true) => Answer::of(
            Claim::cause(&["slow-decode", "batch-growth", "long-context", "interconnect"]),
            "slow or uneven decode",
        )
        .with_action("inspect-device"),
        (true, true, true) => {
            Answer::of(Claim::cause(&["offered-load", "kv-thrash", "slow-decode"]), "severe saturation")
                .with_action("shed-load")
        }
        (false, false, false) => Answer::of(Claim::Healthy, "all three low"),
        _ => Answer::of(Claim::CannotTell, "the matrix has no such row"),
    }
}
