//! Right queries.

/// Queries that are right, or that are about other things.
pub(super) const RIGHT: &[&str] = &[
    "histogram_quantile(0.95, sum(rate(vllm:time_to_first_token_seconds_bucket[5m])) by (le))",
    "histogram_quantile(0.95, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m]))) > 2.5",
    "histogram_quantile(0.9, rate(vllm:e2e_request_latency_seconds_bucket{pod=\"a\"}[5m]))",
    "max by (pod) (histogram_quantile(0.99, \
     sum by (le, pod) (rate(vllm:e2e_request_latency_seconds_bucket[5m]))))",
    "sum(rate(vllm:time_to_first_token_seconds_bucket{le=\"2.5\"}[5m])) \
     / sum(rate(vllm:time_to_first_token_seconds_count[5m]))",
    "sum by (model_name) (rate(vllm:e2e_request_latency_seconds_sum[$__rate_interval])) \
     / sum by (model_name) (rate(vllm:e2e_request_latency_seconds_count[$__rate_interval]))",
    "sum(rate(vllm:e2e_request_latency_seconds_sum[5m])) \
     / sum(rate(vllm:e2e_request_latency_seconds_count[5m])) > 3",
    // A quantile that is there at all, and guards that count engines and not requests.
    "histogram_quantile(0.95, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m]))) > 0",
    "0 < histogram_quantile(0.95, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m])))",
    "histogram_quantile(0.95, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m]))) > 2.5 \
     and on() count(vllm:num_requests_running) > 16",
    "histogram_quantile(0.95, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m]))) > 2.5 \
     and on() count(vllm:num_requests_running{model_name=\"m\"}) >= 8",
    "histogram_quantile(0.95, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m])) \
     and on() count(vllm:num_requests_running) > 16)",
    "2.5 < histogram_quantile(0.95, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m])))",
    "histogram_quantile(0.$q, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m])))",
    "vllm:kv_cache_usage_perc or vllm:gpu_cache_usage_perc",
    "sum(rate(vllm:request_success[5m])) or sum(rate(vllm:request_success_total[5m]))",
    "max(vllm:kv_cache_usage_perc) > 0.95 and sum(increase(vllm:num_preemptions_total[10m])) > 0",
    "avg by (pod, model_name) (vllm:kv_cache_usage_perc) > 0.9",
    "sum by (pod, model_name) (vllm:num_requests_waiting{engine=~\".+\"}) > 50",
    "sum by (finished_reason) (rate(vllm:request_success_total[5m]))",
    "sum(rate(vllm:request_success_total{finished_reason=\"error\"}[5m])) or vector(0)",
    "count(vllm:num_requests_running) or vector(0)",
    "(count(up{job=\"vllm\"} == 1) or vector(0)) < 40",
    "count(up{job=\"vllm\"} == 0) > 0",
    "avg_over_time(up{job=~\".*vllm.*\"}[5m]) < 0.5",
    "rate(vllm:generation_tokens_total[5m]) / avg_over_time(vllm:num_requests_running[5m])",
    "vllm:cache_config_info * on (instance, engine) group_left (pod) vllm:num_requests_running",
    "histogram_quantile(0.95, sum(rate(vllm:e2e_request_latency_seconds[5m])))",
    "sum(rate(vllm:iteration_tokens_total_sum[5m]))",
    "rate(vllm:request_queue_time_seconds_sum[5m])",
    "delta(vllm:num_requests_waiting[10m]) > 0",
    "sum(increase(vllm:num_preemptions_total[10m])) > 3 * \
     sum(increase(vllm:num_preemptions_total[1h] offset 15m))",
    "vllm:ttft_attainment:ratio_rate5m < 0.95",
    "vllm:nixl_some_new_metric > 0",
    // A level of load that is watched, and quantiles of the same metric beside each other.
    "avg(vllm:num_requests_running) > 5",
    "histogram_quantile(0.95, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket{track=\"canary\"}[5m]))) \
     - histogram_quantile(0.95, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket{track=\"stable\"}[5m])))",
    "histogram_quantile(0.95, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m]))) \
     - histogram_quantile(0.95, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[5m] offset 1w)))",
    // Rewritten rules for routers: absence per pool, shares in place of capped quantiles.
    "absent(epp_index_lookups_total)",
    "histogram_quantile(0.99, sum by (le) (rate(epp_lookup_latency_seconds_bucket[5m]))) > 0.05",
    "(1 - sum(rate(epp_plugin_duration_seconds_bucket{le=\"0.1\"}[5m])) \
     / sum(rate(epp_plugin_duration_seconds_count[5m]))) > 0.05",
    "sum(rate(epp_lookups_total[15m])) > 0 unless sum(rate(epp_admissions_total[15m])) > 0",
    "avg(rate(http_errors_total[5m]) / rate(http_requests_total[5m]))",
    "histogram_quantile(0.9, rate(apiserver_request_duration_seconds_bucket[1m]))",
    "rate(node_memory_free_bytes[1m])",
    "$query",
];
