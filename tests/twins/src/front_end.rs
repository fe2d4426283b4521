//! The API server of a recording: what an arrival takes in it, and its process's CPU time.

use crate::interval::Interval;
use crate::page::{Page, grown, mean};
use crate::recording::Recording;

/// The mean of an arrival's work beside its median, for the variation that twins have.
const ARRIVAL_MEAN: f64 = std::f64::consts::SQRT_2;

/// The least CPU time of an arrival, seconds: a request is parsed and tokenised.
const LEAST_ARRIVAL: f64 = 0.0005;

/// CPU time of the API server's process for the outputs of a step, seconds. Least squares over all
/// recordings: `process_cpu_seconds_total` grows by 0.25 ms a step, 0.041 ms an output, 5.9 ms a
/// request and 1.1 % of the time.
pub const STEP_SECONDS: f64 = 2.5e-4;

/// The same for a page of metrics, seconds: 1.1 % of the time with a scrape each five seconds.
pub const SCRAPE_SECONDS: f64 = 0.055;

/// The same for a request, seconds; what its arrival takes longer is waiting.
pub const REQUEST_SECONDS: f64 = 0.0059;

/// The same for an output, seconds.
pub const OUTPUT_SECONDS: f64 = 4.1e-5;

/// What an arrival takes on average, seconds: what the end-to-end latency holds beside queue and
/// inference. `typical`: the median as a share of the mean.
pub fn arrival_seconds(
    recording: &Recording,
    page: &Page,
    places: &[usize],
    all: &Interval,
    typical: f64,
) -> f64 {
    let mean = |family: &str| mean(page, family, places).unwrap_or(0.0);
    let busy = Busy::of(recording, page, places, all);
    let front = mean("vllm:e2e_request_latency_seconds")
        - mean("vllm:request_inference_time_seconds")
        - mean("vllm:request_queue_time_seconds");
    let handling = STEP_SECONDS + OUTPUT_SECONDS * busy.running;
    (front * typical - busy.wait - handling).max(LEAST_ARRIVAL) * ARRIVAL_MEAN
}

struct Busy {
    /// Mean time that an arrival waits for the step under way, seconds: half of it if there is one.
    wait: f64,
    /// Sequences with a token in a step.
    running: f64,
}

impl Busy {
    fn of(recording: &Recording, page: &Page, places: &[usize], all: &Interval) -> Self {
        let steps = grown(&page.total("vllm:iteration_tokens_total_count"), places).unwrap_or(0.0);
        let step = all.seconds / all.tokens.max(1.0);
        let span = places.len() as f64 * recording.truth.scrape_s;
        let busy = (steps * step / span.max(1.0)).min(1.0);
        Self { wait: busy * step / 2.0, running: all.tokens / steps.max(1.0) }
    }
}
