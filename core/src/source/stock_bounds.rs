//! Bucket bounds that an engine's histograms have unless they are configured otherwise.
//!
//! Rules are written before the first request is served, so the bounds cannot be read off series.
//! Nothing that diagnoses needs them: a diagnosis reads the bounds it finds.

use crate::catalogue::families::Family;

/// Finite bounds in the family's own unit, ascending; empty for an engine or a family whose bounds
/// are not known. Of vLLM since 0.8.4: before, the last bounds were missing.
pub fn stock_bounds(engine: &str, family: Family) -> &'static [f64] {
    match (engine, family) {
        ("vllm", Family::Ttft) => FIRST_TOKEN,
        ("vllm", Family::Itl | Family::Tpot) => TOKEN,
        (
            "vllm",
            Family::E2e
            | Family::QueueTime
            | Family::PrefillTime
            | Family::DecodeTime
            | Family::InferenceTime,
        ) => REQUEST,
        _ => &[],
    }
}

/// What to give an engine so that a histogram gets other bounds; None where it has no such flag.
/// vLLM has it since 0.32.
pub fn bounds_flag(engine: &str) -> Option<&'static str> {
    (engine == "vllm").then_some("--custom-histogram-buckets")
}

const FIRST_TOKEN: &[f64] = &[
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
    20.0, 40.0, 80.0, 160.0, 640.0, 2560.0,
];

const TOKEN: &[f64] = &[
    0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 20.0,
    40.0, 80.0,
];

const REQUEST: &[f64] = &[
    0.3, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0, 120.0, 240.0,
    480.0, 960.0, 1920.0, 7680.0,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The published incident is a scrape of vLLM 0.20.1, so its page has the stock bounds.
    #[test]
    fn the_bounds_are_those_of_a_real_page() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../tests/incidents/seed000/seed000-before.t1.prom"
        );
        let page = std::fs::read_to_string(path).unwrap();
        for (name, family) in [
            ("time_to_first_token_seconds", Family::Ttft),
            ("inter_token_latency_seconds", Family::Itl),
            ("e2e_request_latency_seconds", Family::E2e),
            ("request_queue_time_seconds", Family::QueueTime),
        ] {
            let found: Vec<f64> = page
                .lines()
                .filter(|line| line.starts_with(&format!("vllm:{name}_bucket")))
                .filter_map(|line| line.split("le=\"").nth(1)?.split('"').next()?.parse().ok())
                .filter(|bound: &f64| bound.is_finite())
                .collect();
            assert_eq!(found, stock_bounds("vllm", family), "{name}");
        }
    }

    #[test]
    fn what_is_not_known_has_no_bounds() {
        assert!(stock_bounds("vllm", Family::Running).is_empty());
        assert!(stock_bounds("other", Family::Ttft).is_empty());
    }
}
