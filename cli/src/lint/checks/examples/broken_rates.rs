//! Broken rates, means, limits and matches.

use super::{Example, example};
use crate::lint::catalogue::Kind;

pub(super) const RATES_AND_LIMITS: &[Example] = &[
    // Rates.
    example(
        "rate(vllm:generation_tokens_total[5m]) / rate(vllm:num_requests_running[5m])",
        &[Kind::RateOfGauge],
        "rate(vllm:generation_tokens_total[5m]) / avg_over_time(vllm:num_requests_running[5m])",
    ),
    example(
        "delta(vllm:num_preemptions_total[10m])",
        &[Kind::DeltaOfCounter],
        "increase(vllm:num_preemptions_total[10m])",
    ),
    example(
        "sum(vllm:num_preemptions_total) > 0",
        &[Kind::CounterWithoutRate],
        "sum(increase(vllm:num_preemptions_total[5m])) > 0",
    ),
    example(
        "rate(sum by (model_name) (vllm:generation_tokens_total)[5m:15s])",
        &[Kind::SumBeforeRate],
        "sum by (model_name) (rate(vllm:generation_tokens_total[5m]))",
    ),
    example(
        "sum(rate(vllm:generation_tokens_total[20s]))",
        &[Kind::RangeTooShort],
        "sum(rate(vllm:generation_tokens_total[1m]))",
    ),
    // Means.
    example(
        "avg(rate(vllm:prefix_cache_hits_total[5m]) / rate(vllm:prefix_cache_queries_total[5m]))",
        &[Kind::AverageOfRatios],
        "sum(rate(vllm:prefix_cache_hits_total[5m])) / sum(rate(vllm:prefix_cache_queries_total[5m]))",
    ),
    example(
        "avg by (model_name) (rate(vllm:e2e_request_latency_seconds_sum[5m]) \
         / rate(vllm:e2e_request_latency_seconds_count[5m]))",
        &[Kind::MeanOfMeans],
        "sum by (model_name) (rate(vllm:e2e_request_latency_seconds_sum[5m])) \
         / sum by (model_name) (rate(vllm:e2e_request_latency_seconds_count[5m]))",
    ),
    example(
        "avg(vllm:e2e_request_latency_seconds_sum) / avg(vllm:e2e_request_latency_seconds_count)",
        &[Kind::LifetimeMean],
        "sum(rate(vllm:e2e_request_latency_seconds_sum[5m])) \
         / sum(rate(vllm:e2e_request_latency_seconds_count[5m]))",
    ),
    Example {
        place: "Queue Time",
        broken: "rate(vllm:request_queue_time_seconds_sum{model_name=\"m\"}[5m])",
        kinds: &[Kind::TimePerSecond],
        corrected: Some(
            "rate(vllm:request_queue_time_seconds_sum{model_name=\"m\"}[5m]) \
             / rate(vllm:request_queue_time_seconds_count{model_name=\"m\"}[5m])",
        ),
    },
    example(
        "avg(vllm:kv_cache_usage_perc{model_name=\"m\"})",
        &[Kind::AverageOfShares],
        "max(vllm:kv_cache_usage_perc{model_name=\"m\"})",
    ),
    // Absence.
    example(
        "histogram_quantile(0.95, sum by (le) (rate(vllm:e2e_request_latency_seconds_bucket[5m]))) \
         or vector(0)",
        &[Kind::AbsenceAsZero],
        "histogram_quantile(0.95, sum by (le) (rate(vllm:e2e_request_latency_seconds_bucket[5m])))",
    ),
    example(
        "sum(rate(vllm:time_to_first_token_seconds_bucket{le=\"2.5\"}[5m])) \
         / clamp_min(sum(rate(vllm:time_to_first_token_seconds_count[5m])), 1e-9)",
        &[Kind::ClampedDenominator],
        "sum(rate(vllm:time_to_first_token_seconds_bucket{le=\"2.5\"}[5m])) \
         / (sum(rate(vllm:time_to_first_token_seconds_count[5m])) > 0)",
    ),
    example(
        "sum(rate(vllm:prefix_cache_hits_total[5m])) \
         / clamp_min(sum(rate(vllm:prefix_cache_queries_total[5m])), 1)",
        &[Kind::ClampedDenominator],
        "sum(rate(vllm:prefix_cache_hits_total[5m])) \
         / (sum(rate(vllm:prefix_cache_queries_total[5m])) > 0)",
    ),
    example(
        "count(up{job=\"vllm\"} == 1) < 40",
        &[Kind::SilentOutage],
        "(count(up{job=\"vllm\"} == 1) or vector(0)) < 40",
    ),
    example(
        "count(up{job=\"vllm\"} == 1) < bool 40",
        &[Kind::SilentOutage],
        "(count(up{job=\"vllm\"} == 1) or vector(0)) < bool 40",
    ),
    example(
        "1 - avg(rate(vllm:iteration_tokens_total_count[5m]) > 0)",
        &[Kind::ComparisonWithoutBool],
        "1 - avg(rate(vllm:iteration_tokens_total_count[5m]) > bool 0)",
    ),
    // Limits, sums and matching.
    example(
        "sum(vllm:num_requests_running) / $max_seqs",
        &[Kind::TypedLimit],
        "sum(vllm:num_requests_running) / sum(max_over_time(vllm:num_requests_running[1d]))",
    ),
    example(
        "sum(vllm:num_requests_running) / 2",
        &[Kind::TypedLimit],
        "sum(vllm:num_requests_running) / sum(max_over_time(vllm:num_requests_running[1d]))",
    ),
    example(
        "vllm:num_requests_running >= 256",
        &[Kind::TypedLimit],
        "vllm:num_requests_running >= (max_over_time(vllm:num_requests_running[1d]) > 0)",
    ),
    example(
        "vllm:num_requests_running >= bool 256",
        &[Kind::TypedLimit],
        "vllm:num_requests_running >= bool (max_over_time(vllm:num_requests_running[1d]) > 0)",
    ),
    example(
        "sum by (model_name) (vllm:num_requests_waiting)",
        &[Kind::RouterReExport],
        "sum by (model_name) (vllm:num_requests_waiting{server=\"\"})",
    ),
    example(
        "sum by (model_name, pod) (rate(vllm:generation_tokens_total[5m])) \
         / sum by (model_name) (rate(vllm:generation_tokens_total[5m]))",
        &[Kind::LabelsNeverMatch],
        "sum by (model_name, pod) (rate(vllm:generation_tokens_total[5m])) \
         / on (model_name) group_left () \
         sum by (model_name) (rate(vllm:generation_tokens_total[5m]))",
    ),
    example(
        "sum(DCGM_FI_DEV_XID_ERRORS) > 0",
        &[Kind::SumOfCodes],
        "count(DCGM_FI_DEV_XID_ERRORS > 0) > 0",
    ),
];
