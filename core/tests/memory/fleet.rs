//! A fleet as its server answers for it.

use std::fmt::Write as _;
use std::ops::Range;

/// A day in steps of five minutes, of a fleet of forty replicas.
pub(crate) const STEPS: usize = 288;
pub(crate) const REPLICAS: usize = 40;
pub(crate) const START: usize = 1_780_000_000;
pub(crate) const STEP: usize = 300;

const HISTOGRAMS: [&str; 11] = [
    "time_to_first_token_seconds",
    "inter_token_latency_seconds",
    "request_time_per_output_token_seconds",
    "e2e_request_latency_seconds",
    "request_queue_time_seconds",
    "request_prefill_time_seconds",
    "request_decode_time_seconds",
    "request_inference_time_seconds",
    "request_prompt_tokens",
    "request_generation_tokens",
    "request_prefill_kv_computed_tokens",
];
const BOUNDS: [&str; 20] = [
    "0.3", "0.5", "0.8", "1.0", "1.5", "2.0", "2.5", "5.0", "10.0", "15.0", "20.0", "30.0", "40.0",
    "50.0", "60.0", "120.0", "240.0", "480.0", "960.0", "+Inf",
];
const COUNTERS: [&str; 5] = [
    "prompt_tokens_total",
    "generation_tokens_total",
    "num_preemptions_total",
    "prefix_cache_queries_total",
    "prefix_cache_hits_total",
];
const GAUGES: [&str; 3] = ["num_requests_running", "num_requests_waiting", "kv_cache_usage_perc"];

/// A range response under construction.
struct Response {
    text: String,
    series: usize,
    steps: Range<usize>,
}

impl Response {
    fn new(steps: Range<usize>) -> Self {
        let text = r#"{"status":"success","data":{"resultType":"matrix","result":["#.to_owned();
        Self { text, series: 0, steps }
    }

    fn add(&mut self, labels: &str, value: &dyn Fn(usize) -> f64) {
        let comma = if self.series == 0 { "" } else { "," };
        write!(self.text, "{comma}{{\"metric\":{{{labels}}},\"values\":[").expect("text");
        for step in self.steps.clone() {
            let comma = if step == self.steps.start { "" } else { "," };
            write!(self.text, "{comma}[{},\"{}\"]", START + step * STEP, value(step))
                .expect("text");
        }
        self.text.push_str("]}");
        self.series += 1;
    }

    fn finish(mut self) -> Vec<u8> {
        self.text.push_str("]}}");
        self.text.into_bytes()
    }
}

/// Raw counters and gauges of the fleet.
pub(crate) fn counters(steps: Range<usize>) -> Vec<u8> {
    counters_of(Response::new(steps), &|_, steps| steps)
}

/// The fleet during a rolling restart: no replica but the first is there for the whole day.
pub(crate) fn rolling() -> Vec<u8> {
    counters_of(Response::new(0..STEPS), &|replica, steps| {
        if replica == 0 { steps } else { replica % 5 + 1..STEPS }
    })
}

fn counters_of(
    mut response: Response,
    there: &dyn Fn(usize, Range<usize>) -> Range<usize>,
) -> Vec<u8> {
    let steps = response.steps.clone();
    for replica in 0..REPLICAS {
        response.steps = there(replica, steps.clone());
        // Each has counted for a day longer than the one before: equal ones were one, seen twice.
        let age = |step: usize| step + replica * STEPS;
        let labels = |name: &str| {
            format!(
                r#""__name__":"vllm:{name}","engine":"0","instance":"pod-{replica}:8000","job":"vllm","model_name":"gemma""#
            )
        };
        for name in HISTOGRAMS {
            for (bucket, bound) in BOUNDS.iter().enumerate() {
                let labels = format!(r#"{},"le":"{bound}""#, labels(&format!("{name}_bucket")));
                response.add(&labels, &|step| (age(step) * (bucket + 3) * 7) as f64);
            }
            response.add(&labels(&format!("{name}_count")), &|step| (age(step) * 22 * 7) as f64);
            response.add(&labels(&format!("{name}_sum")), &|step| age(step) as f64 * 77.7);
        }
        for name in COUNTERS {
            response.add(&labels(name), &|step| (age(step) * 1_000) as f64);
        }
        for name in GAUGES {
            response.add(&labels(name), &|step| (step % 7) as f64 / 8.0);
        }
    }
    response.finish()
}

/// The same fleet as planned queries answer: increments, a step each.
pub(crate) fn increments(steps: Range<usize>) -> Vec<u8> {
    const ROLES: [&str; 8] = [
        "ttft",
        "itl",
        "tpot",
        "e2e",
        "queue_time",
        "prefill_time",
        "decode_time",
        "inference_time",
    ];
    let mut response = Response::new(steps);
    for replica in 0..REPLICAS {
        let labels = |role: &str| {
            format!(
                r#""engine":"0","instance":"pod-{replica}:8000","model_name":"gemma","triage_role":"{role}/increment/300000/vllm/vllm:""#
            )
        };
        for role in ROLES {
            for (bucket, bound) in BOUNDS.iter().enumerate() {
                response
                    .add(&format!(r#"{},"le":"{bound}""#, labels(role)), &|_| (bucket + 3) as f64);
            }
            response.add(&labels(role), &|step| step as f64 * 0.37);
        }
    }
    response.finish()
}
