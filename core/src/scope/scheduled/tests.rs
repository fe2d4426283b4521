//! Which workload, pods, autoscaler and queue a scope has, and that no other counts.

use crate::scope::Scope;
use crate::scope::test_series::{TestSeries, scope};

const ENGINE: TestSeries<'_> = (
    "vllm:num_requests_running",
    &[("model_name", "m"), ("pod", "vllm-7d9f8b6c5d-x2x5c"), ("namespace", "serving")],
    &[1.0, 2.0],
);

/// What is said of a scope beside one engine, as `name family value`.
fn said(series: &[TestSeries<'_>]) -> Vec<String> {
    let all: Vec<TestSeries<'_>> = std::iter::once(ENGINE).chain(series.iter().copied()).collect();
    told(&scope(&all))
}

fn told(scope: &Scope) -> Vec<String> {
    let mut said = Vec::new();
    for one in &scope.scheduled {
        for (family, _) in one.quantities.iter() {
            let gauge = one.gauge(*family).and_then(|gauge| gauge.window(0, 1));
            let grown = one.counter(*family).and_then(|counter| counter.increase(0, 1));
            let value = gauge.map(|gauge| gauge.last).or(grown);
            let says = if one.says.is_empty() { String::new() } else { format!(" {}", one.says) };
            said.push(format!("{} {family}{says} {value:?}", one.name));
        }
    }
    said
}

const WANTED: &str = "kube_deployment_spec_replicas";

#[test]
fn a_deployment_is_known_by_its_pods_and_their_namespace() {
    let of = |namespace, name| {
        let labels: &[(&str, &str)] = &[("namespace", namespace), ("deployment", name)];
        said(&[(WANTED, labels, &[2.0, 4.0])])
    };
    assert_eq!(of("serving", "vllm"), ["vllm replicas_wanted Some(4.0)"]);
    assert!(of("other", "vllm").is_empty(), "another namespace");
    for name in ["vll", "vllm-7d9f8b6c5d", "vllm-decode", "llm", ""] {
        assert!(of("serving", name).is_empty(), "{name}");
    }
}

#[test]
fn a_workload_is_that_of_the_same_cluster() {
    let of = |cluster| {
        let engine = (
            ENGINE.0,
            &[("model_name", "m"), ("pod", "vllm-0"), ("cluster", "east")][..],
            ENGINE.2,
        );
        let labels: &[(&str, &str)] = &[("statefulset", "vllm"), ("cluster", cluster)];
        told(&scope(&[engine, ("kube_statefulset_replicas", labels, &[3.0, 3.0])]))
    };
    assert_eq!(of("east"), ["vllm replicas_wanted Some(3.0)"]);
    assert!(of("west").is_empty());
}

/// Without a namespace of the engine two workloads of one name may both be its own.
#[test]
fn of_two_that_could_be_it_neither_is() {
    let engine = (ENGINE.0, &[("model_name", "m"), ("pod", "vllm-0")][..], ENGINE.2);
    let of = |namespace| [("statefulset", "vllm"), ("namespace", namespace)];
    let (blue, green) = (of("blue"), of("green"));
    let blue: TestSeries<'_> = ("kube_statefulset_replicas", &blue, &[3.0, 3.0]);
    let green: TestSeries<'_> = ("kube_statefulset_replicas", &green, &[9.0, 9.0]);
    assert_eq!(told(&scope(&[engine, blue])), ["vllm replicas_wanted Some(3.0)"]);
    assert!(told(&scope(&[engine, blue, green])).is_empty());
    // A stateful set with a number behind its name is a worker group, not the workload.
    let workers: &[(&str, &str)] = &[("statefulset", "vllm-0")];
    assert!(told(&scope(&[engine, ("kube_statefulset_replicas", workers, &[1.0; 2])])).is_empty());
}

/// Scraped without `honor_labels`: `namespace` and `pod` are those of the exporter.
#[test]
fn the_exporters_own_pod_and_namespace_are_nobody() {
    let labels: &[(&str, &str)] = &[
        ("exported_namespace", "serving"),
        ("deployment", "vllm"),
        ("namespace", "monitoring"),
        ("pod", "vllm-7d9f8b6c5d-x2x5c"),
    ];
    assert_eq!(said(&[(WANTED, labels, &[2.0, 2.0])]), ["vllm replicas_wanted Some(2.0)"]);
    let pod: &[(&str, &str)] = &[
        ("exported_namespace", "serving"),
        ("exported_pod", "other-7d9f8b6c5d-x2x5c"),
        ("namespace", "serving"),
        ("pod", "vllm-7d9f8b6c5d-x2x5c"),
        ("phase", "Pending"),
    ];
    assert!(said(&[("kube_pod_status_phase", pod, &[1.0, 1.0])]).is_empty());
}

#[test]
fn pods_of_the_workload_count_and_others_do_not() {
    let pod = |name, namespace| {
        [("pod", name), ("namespace", namespace), ("phase", "Pending"), ("uid", "1")]
    };
    let deployment: &[(&str, &str)] = &[("namespace", "serving"), ("deployment", "vllm")];
    let wanted: TestSeries<'_> = (WANTED, deployment, &[2.0, 2.0]);
    let phase =
        |labels: &[(&str, &str)]| said(&[wanted, ("kube_pod_status_phase", labels, &[0.0, 1.0])]);
    let new = pod("vllm-7d9f8b6c5d-9qkzb", "serving");
    assert!(phase(&new).contains(&"vllm-7d9f8b6c5d-9qkzb pod_pending Some(1.0)".to_owned()));
    for (name, namespace) in
        [("web-7d9f8b6c5d-9qkzb", "serving"), ("vllm-7d9f8b6c5d-9qkzb", "other")]
    {
        assert_eq!(phase(&pod(name, namespace)).len(), 1, "{name} of {namespace}");
    }
    let running = [("pod", "vllm-7d9f8b6c5d-9qkzb"), ("namespace", "serving"), ("phase", "Failed")];
    assert_eq!(phase(&running).len(), 1, "another phase");
}

#[test]
fn a_reason_is_one_of_the_known_words_or_unsaid() {
    let ended = |reason| {
        let labels: &[(&str, &str)] = &[
            ("pod", "vllm-7d9f8b6c5d-x2x5c"),
            ("namespace", "serving"),
            ("container", "engine"),
            ("reason", reason),
        ];
        said(&[("kube_pod_container_status_last_terminated_reason", labels, &[0.0, 1.0])])
    };
    assert_eq!(ended("OOMKilled"), ["vllm-7d9f8b6c5d-x2x5c pod_ended OOMKilled Some(1.0)"]);
    assert_eq!(ended("\u{202e}evil"), ["vllm-7d9f8b6c5d-x2x5c pod_ended Some(1.0)"]);
}

#[test]
fn an_autoscaler_says_what_it_scales_or_is_named_for_it() {
    let deployment: &[(&str, &str)] = &[("namespace", "serving"), ("deployment", "vllm")];
    let of = |name, scales: Option<&str>| {
        let own = [("namespace", "serving"), ("horizontalpodautoscaler", name)];
        let mut series: Vec<TestSeries<'_>> = vec![(WANTED, deployment, &[2.0, 2.0])];
        let desired = "kube_horizontalpodautoscaler_status_desired_replicas";
        series.push((desired, &own, &[2.0, 4.0]));
        let info: Vec<(&str, &str)> = own
            .iter()
            .copied()
            .chain(scales.map(|target| ("scaletargetref_name", target)))
            .collect();
        if scales.is_some() {
            series.push(("kube_horizontalpodautoscaler_info", &info, &[1.0, 1.0]));
        }
        said(&series).iter().any(|one| one.contains("autoscaler_desired Some(4.0)"))
    };
    assert!(of("vllm", None) && of("keda-hpa-vllm", None) && of("any", Some("vllm")));
    assert!(!of("web", None) && !of("vllm", Some("web")));
}

#[test]
fn a_queue_is_that_of_the_namespace_or_named_for_it() {
    let deployment: &[(&str, &str)] = &[("namespace", "serving"), ("deployment", "vllm")];
    let wanted: TestSeries<'_> = (WANTED, deployment, &[2.0, 2.0]);
    let cluster = |name| [("cluster_queue", name), ("namespace", "kueue-system")];
    let (gpu, batch, serving) = (cluster("gpu"), cluster("batch"), cluster("serving"));
    let pending = "kueue_pending_workloads";
    let gpu: TestSeries<'_> = (pending, &gpu, &[1.0, 3.0]);
    let batch: TestSeries<'_> = (pending, &batch, &[7.0, 7.0]);
    let serving: TestSeries<'_> = (pending, &serving, &[2.0, 2.0]);
    assert_eq!(said(&[wanted, gpu]).len(), 1, "it may be anybody's");
    let named = said(&[wanted, gpu, batch, serving]);
    assert_eq!(named.len(), 2);
    assert!(named.contains(&"serving quota_pending Some(2.0)".to_owned()), "{named:?}");
    let local = |namespace| [("name", "q"), ("namespace", namespace), ("status", "active")];
    let (own, other) = (local("serving"), local("batch"));
    let pending = "kueue_local_queue_pending_workloads";
    assert!(said(&[(pending, &own, &[1.0, 1.0])]).len() == 1);
    assert!(said(&[(pending, &other, &[1.0, 1.0])]).is_empty());
    let active = [("cluster_queue", "vllm"), ("status", "active")];
    let inadmissible = [("cluster_queue", "vllm"), ("status", "inadmissible")];
    let both: &[TestSeries<'_>] = &[
        wanted,
        ("kueue_pending_workloads", &active, &[1.0, 1.0]),
        ("kueue_pending_workloads", &inadmissible, &[2.0, 2.0]),
    ];
    assert!(said(both).contains(&"vllm quota_pending Some(3.0)".to_owned()));
    let usage = |resource| [("cluster_queue", "vllm"), ("resource", resource), ("flavor", "h200")];
    let (devices, memory) = (usage("nvidia.com/gpu"), usage("memory"));
    let both: &[TestSeries<'_>] = &[
        wanted,
        ("kueue_cluster_queue_resource_usage", &devices, &[8.0, 8.0]),
        ("kueue_cluster_queue_resource_usage", &memory, &[1e12, 1e12]),
    ];
    assert!(said(both).contains(&"vllm quota_usage Some(8.0)".to_owned()));
}

/// A job that is named for the deployment has a word where the deployment's pods have a hash.
#[test]
fn the_pods_of_a_job_that_is_named_for_the_deployment_are_not_its_own() {
    let of = |pod| {
        let pod: &[(&str, &str)] = &[("namespace", "serving"), ("pod", pod), ("phase", "Pending")];
        let wanted: &[(&str, &str)] = &[("namespace", "serving"), ("deployment", "vllm")];
        said(&[(WANTED, wanted, &[2.0, 2.0]), ("kube_pod_status_phase", pod, &[1.0, 1.0])]).len()
    };
    assert_eq!(of("vllm-7d9f8b6c5d-k2p7x"), 2);
    for job in ["vllm-warmup-x7k2p", "vllm-migrate-2kd8s-x7k2p", "vllm-node-x7k2p"] {
        assert_eq!(of(job), 1, "{job}");
    }
}
