//! Which replicas a set of series makes.

use crate::ingest::batch::{SampleBatch, SeriesDescription};
use crate::profile::resolve::resolve;
use crate::store::Store;

/// Keys of the replicas of series with these labels, all of one model.
fn replicas(series: &[(&str, &[(&str, &str)])]) -> Vec<String> {
    let mut batch = SampleBatch { times: vec![0.0, 15_000.0], values: vec![1.0, 2.0], ..SampleBatch::default() };
    for (name, labels) in series {
        let own = labels.iter().copied().chain([("__name__", *name), ("model_name", "m")]);
        batch.series.push(SeriesDescription {
            labels: own.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            length: 2,
            ..SeriesDescription::default()
        });
    }
    let store = Store::from_batch(batch).expect("the batch is valid");
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
        ("ray_vllm_num_requests_running", &[("instance", "10.0.0.1:8080"), ("ReplicaId", "llm#a"), ("engine", "0")]),
        ("ray_vllm_num_requests_running", &[("instance", "10.0.0.1:8080"), ("ReplicaId", "llm#b"), ("engine", "0")]),
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
