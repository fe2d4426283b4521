//! How far a twin may be from its recording. The same for all recordings, and stated before they
//! were compared, but for CPU time, which an idle process uses too; what is outside is listed with
//! its reason, not moved inside.

/// How far values may be apart: relative to the larger one, or absolute, whichever allows more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerance {
    /// Share of the larger value.
    pub relative: f64,
    /// In the values' own unit.
    pub absolute: f64,
}

impl Tolerance {
    /// Whether two values agree.
    pub fn holds(&self, one: f64, other: f64) -> bool {
        (one - other).abs() <= (self.relative * one.abs().max(other.abs())).max(self.absolute)
    }
}

/// Kolmogorov distance that two distributions of the same traffic may have however many values they
/// hold. A tenth is what a decision between neighbouring buckets needs; the drift of a shared
/// machine within five seconds alone moves a twentieth.
const DISTANCE: f64 = 0.10;

/// What a distribution of so many observations may be farther away: the sampling error of one
/// sample, of which 1/√n is about the 73rd percentile and 1.36/√n the 95th. Arrivals and lengths
/// are shared, so most families stay far below.
pub fn distance(observations: f64) -> f64 {
    DISTANCE + 1.0 / observations.max(1.0).sqrt()
}

/// How far what is counted and what is averaged may be apart, by the family's name. `None`: the
/// family is compared in another way.
pub fn of_values(family: &str) -> Tolerance {
    let name = family.strip_prefix("vllm:").unwrap_or(family);
    let (relative, absolute) = match name {
        // Requests whose end falls on the other side of an edge.
        "request_success_total" | "http_requests_total" => (0.05, 3.0),
        // Who is thrown out depends on single steps.
        "num_preemptions_total" => (0.25, 3.0),
        "num_requests_running" | "num_requests_waiting" | "num_requests_waiting_by_reason" => {
            (0.25, 0.5)
        }
        // A hundredth of the cache is one short request in most recordings.
        "kv_cache_usage_perc" | "gpu_cache_usage_perc" => (0.25, 0.01),
        // An idle process uses a hundredth of its time, a scrape some milliseconds.
        "process_cpu_seconds_total" => (0.25, 1.0),
        "up" => (0.0, 0.05),
        _ if name.ends_with("tokens_total") || name.contains("prefix_cache") => (0.05, 200.0),
        _ => (0.05, 3.0),
    };
    Tolerance { relative, absolute }
}

/// How many observations a histogram may have more or less.
pub const OBSERVATIONS: Tolerance = Tolerance { relative: 0.10, absolute: 3.0 };

/// How far the means of a histogram's observations may be apart. A quarter is the step that triage
/// must tell: its mildest faults are factors of 1.2 to 1.5.
pub fn of_means(family: &str) -> Tolerance {
    let name = family.strip_prefix("vllm:").unwrap_or(family);
    let (relative, absolute) = match name {
        // Tokens of a request are given; who is inside the edges is not.
        _ if name.starts_with("request_") && name.contains("tokens") => (0.10, 10.0),
        "iteration_tokens_total" => (0.25, 1.0),
        _ if name.contains("token_latency") || name.contains("per_output_token") => (0.25, 0.002),
        // The kernel's turns of several milliseconds, and a step.
        _ => (0.25, 0.02),
    };
    Tolerance { relative, absolute }
}
