//! Broken names and histograms.

use super::{Example, example, hopeless};
use crate::lint::catalogue::Kind;

pub(super) const NAMES_AND_HISTOGRAMS: &[Example] = &[
    hopeless("sum(rate(vllm:prompt_tokens_total[5m])", &[Kind::NotParsed]),
    hopeless("migration_from_grafana_not_supported", &[Kind::MigrationLeftOver]),
    // Articles that were written for other releases.
    example(
        "vllm:gpu_cache_usage_perc * 100",
        &[Kind::MetricRenamed],
        "vllm:kv_cache_usage_perc * 100",
    ),
    example(
        "histogram_quantile(0.95, sum(rate(vllm:time_per_output_token_seconds_bucket[5m])) by (le))",
        &[Kind::MetricRenamed],
        "histogram_quantile(0.95, sum by (le) (rate(vllm:inter_token_latency_seconds_bucket[5m])))",
    ),
    example(
        "ray_vllm_gpu_cache_usage_perc",
        &[Kind::MetricRenamed],
        "ray_vllm_kv_cache_usage_perc",
    ),
    hopeless("vllm:cpu_cache_usage_perc > 0", &[Kind::MetricGone]),
    example(
        "vllm:gpu_prefix_cache_hit_rate{model_name=\"m\"}",
        &[Kind::MetricGone],
        "rate(vllm:prefix_cache_hits_total{model_name=\"m\"}[5m]) \
         / rate(vllm:prefix_cache_queries_total{model_name=\"m\"}[5m])",
    ),
    example(
        "vllm:avg_generation_throughput_toks_per_s < 50",
        &[Kind::MetricGone],
        "rate(vllm:generation_tokens_total[5m]) < 50",
    ),
    hopeless("vllm_gpu_utilization > 90", &[Kind::MetricUnknown]),
    hopeless("rate(vllm_kv_cache_evictions[5m])", &[Kind::MetricUnknown]),
    example(
        "rate(vllm:spec_decode_accepted_tokens_total[5m])",
        &[Kind::MetricUnknown],
        "rate(vllm:spec_decode_num_accepted_tokens_total[5m])",
    ),
    example(
        "sum by (namespace) (kueue_quota_reserved_resources)",
        &[Kind::MetricUnknown],
        "sum by (namespace) (kueue_cluster_queue_resource_reservation)",
    ),
    example(
        "sum by (pod) (rate(vllm:num_preemptions[5m])) > 1",
        &[Kind::MetricSuffix],
        "sum by (pod) (rate(vllm:num_preemptions_total[5m])) > 1",
    ),
    example(
        "rate(vllm:iteration_tokens_total[5m])",
        &[Kind::MetricSuffix],
        "rate(vllm:iteration_tokens_total_sum[5m])",
    ),
    example("vllm:num_requests_waiting_total", &[Kind::MetricSuffix], "vllm:num_requests_waiting"),
    example(
        "vllm:cache_config_info{model_name=\"gemma\"}",
        &[Kind::LabelNotExported],
        "vllm:cache_config_info",
    ),
    example(
        "max(vllm:cache_config_info)",
        &[Kind::InfoValue],
        "count by (block_size, num_gpu_blocks) (vllm:cache_config_info)",
    ),
    example(
        "sum(rate(vllm:request_success_total{finished_reason=\"abort\"}[5m])) \
         / sum(rate(vllm:request_success_total[5m])) > 0.1",
        &[Kind::AbortsNotRecorded],
        "(1 - sum(increase(vllm:e2e_request_latency_seconds_count[1h])) \
         / sum(increase(vllm:time_to_first_token_seconds_count[1h]))) > 0.1",
    ),
    example(
        "100 * sum(rate(vllm:request_success_total{finished_reason=\"abort\"}[5m])) \
         / sum(rate(vllm:request_success_total[5m]))",
        &[Kind::AbortsNotRecorded],
        "100 * (1 - sum(increase(vllm:e2e_request_latency_seconds_count[1h])) \
         / sum(increase(vllm:time_to_first_token_seconds_count[1h])))",
    ),
    // Histograms.
    example(
        "histogram_quantile(0.95, rate(vllm:time_to_first_token_seconds_bucket[5m]))",
        &[Kind::QuantileWithoutLe],
        "histogram_quantile(0.95, \
         sum by (le, model_name) (rate(vllm:time_to_first_token_seconds_bucket[5m])))",
    ),
    example(
        "histogram_quantile(0.99, sum by (pod) (rate(vllm:e2e_request_latency_seconds_bucket[5m])))",
        &[Kind::QuantileWithoutLe],
        "histogram_quantile(0.99, \
         sum by (le, pod) (rate(vllm:e2e_request_latency_seconds_bucket[5m])))",
    ),
    example(
        "histogram_quantile(0.5, sum without (le, pod) (rate(vllm:request_queue_time_seconds_bucket[5m])))",
        &[Kind::QuantileWithoutLe],
        "histogram_quantile(0.5, \
         sum without (pod) (rate(vllm:request_queue_time_seconds_bucket[5m])))",
    ),
    example(
        "histogram_quantile(0.95, sum by (le) (rate(vllm:time_to_first_token_seconds_sum[5m])))",
        &[Kind::QuantileOfNonBucket],
        "histogram_quantile(0.95, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m])))",
    ),
    hopeless("histogram_quantile(0.95, vllm:kv_cache_usage_perc)", &[Kind::QuantileOfNonBucket]),
    example(
        "histogram_quantile(99, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m])))",
        &[Kind::QuantileOutOfRange],
        "histogram_quantile(0.99, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m])))",
    ),
    example(
        "avg by (model_name) (histogram_quantile(0.95, \
         sum by (le, model_name, pod) (rate(vllm:time_to_first_token_seconds_bucket[5m]))))",
        &[Kind::AverageOfQuantiles],
        "histogram_quantile(0.95, \
         sum by (le, model_name) (rate(vllm:time_to_first_token_seconds_bucket[5m])))",
    ),
    example(
        "avg_over_time(histogram_quantile(0.95, \
         sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m])))[1h:1m])",
        &[Kind::AverageOfQuantiles],
        "histogram_quantile(0.95, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[1h])))",
    ),
    example(
        "histogram_quantile(0.95, sum by (le) (rate(vllm:request_queue_time_seconds_bucket[5m]))) \
         + histogram_quantile(0.95, sum by (le) (rate(vllm:request_prefill_time_seconds_bucket[5m])))",
        &[Kind::SumOfQuantiles],
        "(sum(rate(vllm:request_queue_time_seconds_sum[5m])) \
         / sum(rate(vllm:request_queue_time_seconds_count[5m]))) \
         + (sum(rate(vllm:request_prefill_time_seconds_sum[5m])) \
         / sum(rate(vllm:request_prefill_time_seconds_count[5m])))",
    ),
    example(
        "histogram_quantile(0.95, sum by (le) (rate(vllm:inter_token_latency_seconds_bucket[5m]))) > 120",
        &[Kind::ThresholdBeyondBuckets],
        "sum(rate(vllm:inter_token_latency_seconds_bucket{le=~\"80([.]0)?\"}[5m])) \
         / sum(rate(vllm:inter_token_latency_seconds_count[5m])) < 0.95",
    ),
    example(
        "histogram_quantile(0.95, \
         sum by (le, model_name) (rate(vllm:time_to_first_token_seconds_bucket[5m]))) > 3",
        &[Kind::ThresholdInsideBucket],
        "sum by (model_name) (rate(vllm:time_to_first_token_seconds_bucket{le=~\"2[.]5\"}[5m])) \
         / sum by (model_name) (rate(vllm:time_to_first_token_seconds_count[5m])) < 0.95",
    ),
    example(
        "sum(rate(vllm:time_to_first_token_seconds_bucket{le=\"3\"}[5m]))",
        &[Kind::LeNotABound],
        "sum(rate(vllm:time_to_first_token_seconds_bucket{le=~\"2[.]5\"}[5m]))",
    ),
    example(
        "increase(vllm:e2e_request_latency_seconds_bucket{le=\"120\"}[5m]) \
         < increase(vllm:e2e_request_latency_seconds_count[5m])",
        &[Kind::LeAsText, Kind::LabelsNeverMatch],
        "increase(vllm:e2e_request_latency_seconds_bucket{le=~\"120([.]0)?\"}[5m]) \
         < ignoring (le) increase(vllm:e2e_request_latency_seconds_count[5m])",
    ),
    example(
        "sum by (le) (vllm:e2e_request_latency_seconds_bucket)",
        &[Kind::CumulativeBuckets],
        "sum by (le) (increase(vllm:e2e_request_latency_seconds_bucket[5m]))",
    ),
    // Sides the other way round, and comparisons that are none.
    example(
        "3 < histogram_quantile(0.95, \
         sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m])))",
        &[Kind::ThresholdInsideBucket],
        "sum(rate(vllm:time_to_first_token_seconds_bucket{le=~\"2[.]5\"}[5m])) \
         / sum(rate(vllm:time_to_first_token_seconds_count[5m])) < 0.95",
    ),
    example(
        "0 < sum(vllm:num_preemptions_total)",
        &[Kind::CounterWithoutRate],
        "sum(increase(vllm:num_preemptions_total[5m])) > 0",
    ),
    example(
        "16 <= sum by (pod) (vllm:num_requests_running)",
        &[Kind::TypedLimit],
        "sum by (pod) (vllm:num_requests_running) \
         >= (sum by (pod) (max_over_time(vllm:num_requests_running[1d])) > 0)",
    ),
    hopeless(
        "histogram_quantile(0.95, \
         sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m]))) == 2.5",
        &[Kind::ThresholdInsideBucket],
    ),
    hopeless(
        "0 >= histogram_quantile(0.95, \
         sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m])))",
        &[Kind::ThresholdInsideBucket],
    ),
    // A correction that made a rate is asked for its labels too.
    example(
        "histogram_quantile(0.95, vllm:time_to_first_token_seconds_bucket)",
        &[Kind::CumulativeBuckets, Kind::QuantileWithoutLe],
        "histogram_quantile(0.95, sum by (le, model_name) \
         (increase(vllm:time_to_first_token_seconds_bucket[5m])))",
    ),
    example(
        "histogram_quantile(0.95, sum(rate(vllm:time_to_first_token_seconds_bucket[5m])) \
         or sum(rate(vllm:e2e_request_latency_seconds_bucket[5m])))",
        &[Kind::QuantileWithoutLe],
        "histogram_quantile(0.95, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m])) \
         or sum by (le) (rate(vllm:e2e_request_latency_seconds_bucket[5m])))",
    ),
    example(
        "histogram_quantile(0.$q, sum(rate(vllm:time_to_first_token_seconds_bucket[5m])))",
        &[Kind::QuantileWithoutLe],
        "histogram_quantile(0.$q, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m])))",
    ),
];
