//! What of the router's page is read, beside an engine under the same prefix.

use crate::catalogue::families::Family;
use crate::scope::test_series::{TestSeries, scope, scopes};

const ENGINE: TestSeries<'_> = (
    "vllm:num_requests_running",
    &[("model_name", "m"), ("engine", "0"), ("pod", "vllm-0")],
    &[1.0, 2.0],
);
const COPY: TestSeries<'_> =
    ("vllm:num_requests_running", &[("server", "http://10.0.0.7:8000")], &[1.0, 2.0]);
const ARRIVED: &str = "vllm:num_incoming_requests_total";

#[test]
fn arrivals_are_the_gateways_and_copies_of_gauges_are_nobodys() {
    let router: &[(&str, &str)] = &[("model", "m"), ("job", "router"), ("instance", "r:8001")];
    let latency: &[(&str, &str)] = &[("model", "m"), ("server", "a"), ("status", "x"), ("le", "1")];
    let found = scope(&[
        ENGINE,
        COPY,
        (ARRIVED, router, &[10.0, 30.0]),
        ("vllm:request_latency_seconds_bucket", latency, &[1.0, 9.0]),
        ("vllm:current_qps", &[("server", "a")], &[7.0, 7.0]),
    ]);
    assert_eq!(found.replicas.len(), 1);
    let fronts: Vec<_> = found
        .fronts
        .iter()
        .map(|front| {
            let arrived = front.counter(Family::GatewayArrived);
            (front.exporter.id, arrived.and_then(|counter| counter.increase(0, 1)))
        })
        .collect();
    assert_eq!(fronts, [("production-stack-router", Some(20.0))]);
    assert!(found.replicas[0].counter(Family::GatewayArrived).is_none());
}

#[test]
fn arrivals_for_another_model_are_not_ours() {
    let router: &[(&str, &str)] = &[("model", "other"), ("instance", "r:8001")];
    let all = scopes(&[ENGINE, (ARRIVED, router, &[10.0, 30.0])]);
    assert!(all.iter().all(|scope| scope.fronts.is_empty()));
}
