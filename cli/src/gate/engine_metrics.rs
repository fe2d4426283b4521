//! What one exposition of an engine says of its cache and of its requests.

use inference_triage_core::catalogue::families::Family;
use inference_triage_core::ingest::exposition::Sample;
use inference_triage_core::source::exporter::{CacheLimits, Exporter};
use inference_triage_core::source::registry::engines;

/// Of all ranks together: the smallest cache, the mean of all requests.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct EngineMetrics {
    pub(super) limits: CacheLimits,
    /// Prompt and output tokens of the finished requests, mean since the start.
    pub(super) request_tokens: Option<f64>,
}

impl EngineMetrics {
    pub(super) fn of(samples: &[Sample]) -> Self {
        let mut found = Self::default();
        for engine in engines() {
            let configurations = samples.iter().filter(|sample| {
                engine
                    .metrics_of(Family::CacheConfig)
                    .any(|metric| is(sample, engine, metric.base, ""))
            });
            for sample in configurations {
                found.add((engine.cache_limits)(&sample.labels));
            }
            let mean = |family| mean_of(samples, engine, family);
            let prompt = mean(Family::PromptTokensPerRequest);
            let output = mean(Family::GenerationTokensPerRequest);
            let both = prompt.zip(output).map(|(prompt, output)| prompt + output);
            found.request_tokens = found.request_tokens.or(both);
        }
        found
    }

    fn add(&mut self, limits: CacheLimits) {
        let smaller = |known: Option<f64>, new: Option<f64>| match (known, new) {
            (Some(known), Some(new)) => Some(known.min(new)),
            (known, new) => known.or(new),
        };
        let known = &mut self.limits;
        known.capacity_tokens = smaller(known.capacity_tokens, limits.capacity_tokens);
        known.worst_case_concurrency =
            smaller(known.worst_case_concurrency, limits.worst_case_concurrency);
        known.max_model_len = smaller(known.max_model_len, limits.max_model_len);
    }
}

/// Whether a sample is the series of this metric with this ending, under any prefix of the engine.
fn is(sample: &Sample, engine: &Exporter, base: &str, ending: &str) -> bool {
    let Some(name) = sample.labels.get("__name__") else { return false };
    let prefix = name.strip_suffix(ending).and_then(|name| name.strip_suffix(base));
    prefix.is_some_and(|prefix| engine.prefix_marks.iter().any(|mark| prefix.ends_with(mark)))
}

fn mean_of(samples: &[Sample], engine: &Exporter, family: Family) -> Option<f64> {
    let base = engine.metrics_of(family).next()?.base;
    let total = |ending: &str| -> f64 {
        let of_metric = samples.iter().filter(|sample| is(sample, engine, base, ending));
        of_metric.map(|sample| sample.value).filter(|value| value.is_finite()).sum()
    };
    let count = total("_count");
    (count > 0.0).then(|| total("_sum") / count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use inference_triage_core::ingest::exposition::parse;

    #[test]
    fn ranks_share_the_smallest_cache_and_the_mean_request() {
        let text = "vllm:cache_config_info{engine=\"0\",kv_cache_size_tokens=\"71439\",\
                    kv_cache_max_concurrency=\"8.72\"} 1\n\
                    vllm:cache_config_info{engine=\"1\",kv_cache_size_tokens=\"80000\",\
                    kv_cache_max_concurrency=\"9.77\"} 1\n\
                    vllm:request_prompt_tokens_sum{engine=\"0\"} 1500\n\
                    vllm:request_prompt_tokens_count{engine=\"0\"} 10\n\
                    vllm:request_generation_tokens_sum{engine=\"0\"} 7000\n\
                    vllm:request_generation_tokens_count{engine=\"0\"} 10\n";
        let found = EngineMetrics::of(&parse(text.as_bytes()).unwrap());
        assert_eq!(found.limits.capacity_tokens, Some(71_439.0));
        assert_eq!(found.limits.worst_case_concurrency, Some(8.72));
        assert_eq!(found.request_tokens, Some(850.0));
    }

    #[test]
    fn without_finished_requests_there_is_no_mean() {
        let text = "vllm:request_prompt_tokens_sum 0\nvllm:request_prompt_tokens_count 0\n";
        let found = EngineMetrics::of(&parse(text.as_bytes()).unwrap());
        assert_eq!(found, EngineMetrics::default());
    }
}
