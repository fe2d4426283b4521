//! What a scope says of its engine.

use crate::catalogue::families::Family;
use crate::catalogue::knobs::Knob;
use crate::role::RolePart;
use crate::scope::Scope;
use crate::scope::test_series::scope;

/// A scope of two replicas whose cache is configured so.
fn configured(labels: [&[(&str, &str)]; 2]) -> Scope {
    let [left, right] = ["a:8000", "b:8000"].map(|instance| [("instance", instance)]);
    let model = [("model_name", "m\"x")];
    scope(&[
        ("vllm:num_requests_running", &[&left[..], &model].concat(), &[1.0]),
        ("vllm:num_requests_running", &[&right[..], &model].concat(), &[1.0]),
        ("vllm:cache_config_info", &[&left[..], labels[0]].concat(), &[1.0]),
        ("vllm:cache_config_info", &[&right[..], labels[1]].concat(), &[1.0]),
    ])
}

#[test]
fn an_engine_says_what_is_set_now() {
    let set = [
        ("gpu_memory_utilization", "0.92"),
        ("cache_dtype", "fp8_e4m3"),
        ("enable_prefix_caching", "True"),
        ("num_gpu_blocks_override", "None"),
    ];
    let scope = configured([&set, &set]);
    assert_eq!(scope.configured(Knob::KvMemory).as_deref(), Some("0.92"));
    assert_eq!(scope.configured(Knob::KvType).as_deref(), Some("fp8_e4m3"));
    assert_eq!(scope.configured(Knob::KvBlocks), None, "None is absent");
    assert_eq!(scope.configured(Knob::Concurrency), None, "no label says it");
    assert!(scope.is_in_force(Knob::KvType) && scope.is_in_force(Knob::PrefixCaching));
    assert!(!scope.is_in_force(Knob::KvMemory), "a number can always be another");
}

#[test]
fn a_knob_is_in_force_where_every_replica_has_it() {
    let scope = configured([&[("cache_dtype", "fp8")], &[("cache_dtype", "auto")]]);
    assert_eq!(scope.configured(Knob::KvType).as_deref(), Some("fp8, auto"));
    assert!(!scope.is_in_force(Knob::KvType));
    assert!(!scope.is_in_force(Knob::PrefixCaching), "nothing says it");
}

#[test]
fn selectors_are_those_of_the_scope() {
    let scope = configured([&[], &[]]);
    assert_eq!(
        scope.selector(Family::RequestsAborted, None),
        r#"vllm:request_success_total{finished_reason="abort",model_name="m\"x"}"#
    );
    assert_eq!(
        scope.selector(Family::E2e, Some(RolePart::Sum)),
        r#"vllm:e2e_request_latency_seconds_sum{model_name="m\"x"}"#
    );
}

/// The hints of `docs/` with the series that show them.
#[test]
fn families_tell_the_oldest_release() {
    let labels = [("model_name", "m"), ("instance", "a:8000"), ("reason", "capacity")];
    let source = [("model_name", "m"), ("instance", "a:8000"), ("source", "local_compute")];
    let config = [("instance", "a:8000"), ("simple_cpu_offload_num_blocks", "None")];
    let running = ("vllm:num_requests_running", &labels[..], &[1.0][..]);
    let by_source = ("vllm:prompt_tokens_by_source_total", &source[..], &[1.0][..]);
    let by_reason = ("vllm:num_requests_waiting_by_reason", &labels[..], &[1.0][..]);
    let newest = ("vllm:cache_config_info", &config[..], &[1.0][..]);
    let hint = |series: &[_]| scope(series).version_hint;
    assert_eq!(hint(&[running]), None);
    assert_eq!(hint(&[running, by_source]), Some(">=0.16"));
    assert_eq!(hint(&[running, by_source, by_reason]), Some(">=0.20"));
    assert_eq!(hint(&[running, by_source, by_reason, newest]), Some(">=0.33"));
}
