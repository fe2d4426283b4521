//! vLLM's stock bucket bounds, in seconds.
//!
//! Source: `vllm/v1/metrics/buckets.py` of 0.33.0, unchanged since 0.8.4. Since 0.32 an engine can
//! be started with others, which no exposition tells before it is scraped.

const REQUEST: &[f64] = &[
    0.3, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0, 120.0, 240.0,
    480.0, 960.0, 1920.0, 7680.0,
];

const FIRST_TOKEN: &[f64] = &[
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
    20.0, 40.0, 80.0, 160.0, 640.0, 2560.0,
];

const TOKEN: &[f64] = &[
    0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 20.0,
    40.0, 80.0,
];

/// The finite bounds of a latency histogram, ascending; None where they are not known.
pub(crate) fn of(base: &str) -> Option<&'static [f64]> {
    Some(match base {
        "time_to_first_token_seconds" => FIRST_TOKEN,
        "inter_token_latency_seconds" | "request_time_per_output_token_seconds" => TOKEN,
        "e2e_request_latency_seconds"
        | "request_queue_time_seconds"
        | "request_prefill_time_seconds"
        | "request_decode_time_seconds"
        | "request_inference_time_seconds" => REQUEST,
        _ => return None,
    })
}

/// The bound nearest to a value by ratio, because buckets grow by ratios.
pub(crate) fn nearest(bounds: &[f64], value: f64) -> Option<f64> {
    let distance = |bound: f64| (bound / value).ln().abs();
    bounds.iter().copied().min_by(|a, b| distance(*a).total_cmp(&distance(*b)))
}

/// Whether a value is one of the bounds; texts of one number parse to one float.
pub(crate) fn is_bound(bounds: &[f64], value: f64) -> bool {
    bounds.iter().any(|bound| bound.total_cmp(&value).is_eq())
}

/// A matcher for the buckets of this bound however their label is written.
pub(crate) fn matcher(bound: f64) -> String {
    let text = bound.to_string().replace('.', "[.]");
    if bound.fract() == 0.0 { format!("le=~\"{text}([.]0)?\"") } else { format!("le=~\"{text}\"") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_ascend() {
        for bounds in [REQUEST, FIRST_TOKEN, TOKEN] {
            assert!(bounds.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }

    #[test]
    fn nearest_goes_by_ratio() {
        assert_eq!(nearest(FIRST_TOKEN, 3.0), Some(2.5));
        assert_eq!(nearest(FIRST_TOKEN, 4.0), Some(5.0));
        assert_eq!(nearest(&[], 1.0), None);
    }

    #[test]
    fn a_matcher_takes_both_spellings() {
        assert_eq!(matcher(120.0), "le=~\"120([.]0)?\"");
        assert_eq!(matcher(2.5), "le=~\"2[.]5\"");
    }
}
