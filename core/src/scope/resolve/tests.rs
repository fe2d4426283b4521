//! Which replicas a set of series makes.

use crate::catalogue::families::Family;
use crate::ingest::batch::{SampleBatch, SeriesDescription};
use crate::ingest::prometheus::SAMPLE_LIMIT;
use crate::scope::resolve::resolve;
use crate::scope::test_series;
use crate::store::Store;

/// Keys of the replicas of series with these labels, all of one model.
fn replicas(series: &[(&str, &[(&str, &str)])]) -> Vec<String> {
    let mut batch = SampleBatch {
        times: vec![0.0, 15_000.0],
        values: vec![1.0, 2.0],
        ..SampleBatch::default()
    };
    for (name, labels) in series {
        let own = labels.iter().copied().chain([("__name__", *name), ("model_name", "m")]);
        batch.series.push(SeriesDescription {
            labels: own.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            length: 2,
            ..SeriesDescription::default()
        });
    }
    let store = Store::from_batch(batch, SAMPLE_LIMIT).expect("the batch is valid");
    let scopes = resolve(&store, None).expect("there is an engine");
    assert_eq!(scopes.len(), 1);
    scopes[0].replicas.iter().map(|replica| replica.key.clone()).collect()
}

#[test]
fn what_a_process_counts_for_all_ranks_is_no_replica() {
    let keys = replicas(&[
        ("vllm:num_requests_running", &[("pod", "a"), ("engine", "0")]),
        ("vllm:num_requests_running", &[("pod", "a"), ("engine", "1")]),
        ("vllm:num_requests_running", &[("pod", "b"), ("engine", "0")]),
        ("vllm:admission_rejections_total", &[("pod", "a")]),
        ("vllm:admission_rejections_total", &[("pod", "b")]),
    ]);
    assert_eq!(keys, ["a/0", "a/1", "b/0"]);
}

#[test]
fn replicas_of_one_address_are_told_apart_by_their_id() {
    let keys = replicas(&[
        (
            "ray_vllm_num_requests_running",
            &[("instance", "10.0.0.1:8080"), ("ReplicaId", "llm#a"), ("engine", "0")],
        ),
        (
            "ray_vllm_num_requests_running",
            &[("instance", "10.0.0.1:8080"), ("ReplicaId", "llm#b"), ("engine", "0")],
        ),
    ]);
    assert_eq!(keys, ["llm#a/0", "llm#b/0"]);
}

#[test]
fn without_ranks_each_host_is_a_replica() {
    let keys = replicas(&[
        ("vllm:num_requests_running", &[("pod", "a")]),
        ("vllm:num_requests_waiting", &[("pod", "b")]),
        ("vllm:num_requests_running", &[]),
    ]);
    assert_eq!(keys, ["all", "a/0", "b/0"]);
}

/// A pod of a stateful set keeps its name and gets a new address.
#[test]
fn a_pod_at_a_new_address_is_the_same_replica_and_a_new_process() {
    let mut batch = SampleBatch { times: vec![0.0, 15e3, 30e3, 45e3], ..SampleBatch::default() };
    for (instance, first, values) in
        [("10.0.0.1:8000", 0, [20.0, 26.0]), ("10.0.0.2:8000", 2, [50.0, 52.0])]
    {
        for (name, bound) in
            [("bucket", Some("+Inf")), ("bucket", Some("1")), ("count", None), ("sum", None)]
        {
            let name = format!("vllm:e2e_request_latency_seconds_{name}");
            let labels = [
                ("__name__", name.as_str()),
                ("model_name", "m"),
                ("pod", "llm-0"),
                ("instance", instance),
            ];
            let own = labels.into_iter().chain(bound.map(|bound| ("le", bound)));
            batch.series.push(SeriesDescription {
                labels: own.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
                grid: first,
                offset: batch.values.len(),
                length: 2,
                ..SeriesDescription::default()
            });
            batch.values.extend(values);
        }
    }
    let store = Store::from_batch(batch, SAMPLE_LIMIT).expect("the batch is valid");
    let [scope] = &resolve(&store, None).expect("there is an engine")[..] else {
        panic!("one model")
    };
    let [replica] = &scope.replicas[..] else {
        panic!("one replica, not {}", scope.replicas.len())
    };
    let latency = replica.histogram(Family::E2e).expect("it has a latency");
    assert_eq!(latency.count(0, 3), Some(6.0 + 52.0));
    assert_eq!(latency.count(0, 1), Some(6.0));
}

/// Relabelling that is rolled out while the engine serves.
#[test]
fn a_target_that_gets_or_loses_a_name_stays_one_replica() {
    const NONE: f64 = f64::NAN;
    let bare: &[(&str, &str)] = &[("model_name", "m"), ("instance", "10.0.0.1:8000")];
    let named: &[(&str, &str)] =
        &[("model_name", "m"), ("instance", "10.0.0.1:8000"), ("pod", "llm-0")];
    let elsewhere: &[(&str, &str)] =
        &[("model_name", "m"), ("instance", "10.0.0.2:8000"), ("pod", "llm-0")];
    let [early, late, all] =
        [[1.0, 3.0, NONE, NONE], [NONE, NONE, 6.0, 10.0], [50.0, 52.0, 53.0, 54.0]];
    let name = "vllm:generation_tokens_total";
    for (first, second, expected) in [
        ((bare, early), (named, late), vec![("llm-0/0", Some(9.0))]),
        ((named, early), (bare, late), vec![("llm-0/0", Some(9.0))]),
        ((bare, all), (named, late), vec![("10.0.0.1:8000/0", Some(4.0)), ("llm-0/0", Some(4.0))]),
        (
            (bare, early),
            (elsewhere, late),
            vec![("10.0.0.1:8000/0", Some(2.0)), ("llm-0/0", Some(4.0))],
        ),
    ] {
        let store = test_series::store(&[(name, first.0, &first.1), (name, second.0, &second.1)]);
        let scopes = resolve(&store, None).expect("there is an engine");
        let found = scopes[0].replicas.iter().map(|replica| {
            let counter = replica.counter(Family::GenerationTokens).expect("it counts tokens");
            (replica.key.as_str(), counter.increase(0, 3))
        });
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }
}

#[test]
fn an_engine_that_is_not_supported_is_named() {
    for (name, said) in [
        ("sglang:num_running_reqs", "this is SGLang (sglang:…), which is not supported yet"),
        ("sglang_num_running_reqs", "this is SGLang (sglang_…)"),
        ("tgi_queue_size", "this is TGI (tgi_…)"),
        ("my_gauge", "no vLLM metrics among"),
    ] {
        let store = test_series::store(&[("up", &[], &[1.0, 1.0]), (name, &[], &[1.0, 2.0])]);
        let message = resolve(&store, None).expect_err("no engine").to_string();
        assert!(message.contains(said), "{name}: {message}");
    }
}
