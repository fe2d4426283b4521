//! vLLM's stock bucket bounds, as queries meet them. Since 0.32 an engine can be started with
//! others, which no exposition tells before it is scraped.

use inference_triage_core::catalogue::families::Family;
use inference_triage_core::source::stock_bounds::stock_bounds;

/// The finite bounds of a latency histogram, seconds, ascending; None where they are not known.
pub(crate) fn of(base: &str) -> Option<&'static [f64]> {
    let family = match base {
        "time_to_first_token_seconds" => Family::Ttft,
        "inter_token_latency_seconds" => Family::Itl,
        "request_time_per_output_token_seconds" => Family::Tpot,
        "e2e_request_latency_seconds" => Family::E2e,
        "request_queue_time_seconds" => Family::QueueTime,
        "request_prefill_time_seconds" => Family::PrefillTime,
        "request_decode_time_seconds" => Family::DecodeTime,
        "request_inference_time_seconds" => Family::InferenceTime,
        _ => return None,
    };
    Some(stock_bounds("vllm", family))
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
        for base in [
            "time_to_first_token_seconds",
            "inter_token_latency_seconds",
            "request_time_per_output_token_seconds",
            "e2e_request_latency_seconds",
            "request_queue_time_seconds",
            "request_prefill_time_seconds",
            "request_decode_time_seconds",
            "request_inference_time_seconds",
        ] {
            let bounds = of(base).expect(base);
            assert!(bounds.len() > 10, "{base}");
            assert!(bounds.windows(2).all(|pair| pair[0] < pair[1]), "{base}");
        }
        assert_eq!(of("num_requests_running"), None);
    }

    #[test]
    fn nearest_goes_by_ratio() {
        let bounds = [1.0, 2.5, 5.0];
        assert_eq!(nearest(&bounds, 3.0), Some(2.5));
        assert_eq!(nearest(&bounds, 4.0), Some(5.0));
        assert_eq!(nearest(&[], 1.0), None);
    }

    #[test]
    fn a_matcher_takes_both_spellings() {
        assert_eq!(matcher(120.0), "le=~\"120([.]0)?\"");
        assert_eq!(matcher(2.5), "le=~\"2[.]5\"");
    }
}
