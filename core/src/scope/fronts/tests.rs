//! Whose gateway it is, and that reading it changes no engine.

use crate::catalogue::families::Family;
use crate::scope::Scope;
use crate::scope::test_series::{TestSeries, scope, scopes};

const RUNNING: &str = "vllm:num_requests_running";
const ENGINE: TestSeries<'_> =
    (RUNNING, &[("model_name", "Acme/M"), ("instance", "a:8000")], &[1.0, 2.0]);
const OTHER: TestSeries<'_> =
    (RUNNING, &[("model_name", "other"), ("instance", "b:8000")], &[1.0, 2.0]);
const STARTED: &str = "dynamo_frontend_requests_started_total";

fn grown(scope: &Scope, family: Family) -> Vec<Option<f64>> {
    let fronts = scope.fronts.iter();
    fronts.map(|front| front.counter(family)?.increase(0, 1)).collect()
}

#[test]
fn a_gateway_is_that_of_its_model_in_any_case() {
    let of = |model| [("model", model), ("instance", "front:8000")];
    let (own, stranger) = (of("acme/m"), of("acme/m-2"));
    let found = scope(&[ENGINE, (STARTED, &own, &[10.0, 30.0])]);
    assert_eq!(grown(&found, Family::GatewayArrived), [Some(20.0)]);
    assert!(found.replicas[0].counter(Family::GatewayArrived).is_none(), "no count of the engine");
    assert!(scope(&[ENGINE, (STARTED, &stranger, &[10.0, 30.0])]).fronts.is_empty());
    let both = scopes(&[ENGINE, OTHER, (STARTED, &own, &[10.0, 30.0])]);
    let fronts: Vec<usize> = both.iter().map(|scope| scope.fronts.len()).collect();
    assert_eq!(fronts, [1, 0], "{:?}", both.iter().map(|one| &one.model).collect::<Vec<_>>());
}

#[test]
fn several_gateways_add_up_and_what_two_collectors_stored_does_not() {
    let of = |instance, replica| {
        [("model", "acme/m"), ("instance", instance), ("prometheus_replica", replica)]
    };
    let (one, copy, two) = (of("a:80", "0"), of("a:80", "1"), of("b:80", "0"));
    let found = scope(&[
        ENGINE,
        (STARTED, &one, &[10.0, 30.0]),
        (STARTED, &copy, &[10.0, 30.0]),
        (STARTED, &two, &[5.0, 6.0]),
    ]);
    assert_eq!(grown(&found, Family::GatewayArrived), [Some(21.0)]);
}

#[test]
fn a_router_that_names_no_model_counts_where_there_is_one() {
    let router: TestSeries<'_> =
        ("vllm_router_requests_total", &[("route", "/v1/completions")], &[1.0, 9.0]);
    assert_eq!(grown(&scope(&[ENGINE, router]), Family::GatewayArrived), [Some(8.0)]);
    assert!(scopes(&[ENGINE, OTHER, router]).iter().all(|scope| scope.fronts.is_empty()));
}

#[test]
fn series_of_pods_that_are_gone_are_not_read() {
    let gone: &[TestSeries<'_>] = &[
        ("llm_d_epp_inflight_requests", &[("endpoint_name", "gone")], &[9.0, 9.0]),
        ("llm_d_epp_per_endpoint_queue_size", &[("endpoint_name", "gone")], &[9.0, 9.0]),
        ("vllm_router_running_requests", &[("worker", "gone")], &[9.0, 9.0]),
    ];
    for series in gone {
        assert!(scope(&[ENGINE, *series]).fronts.is_empty(), "{}", series.0);
    }
}

#[test]
fn refusals_are_no_failures_and_a_callers_mistake_is_neither() {
    let code = |code| [("model_name", "Acme/M"), ("error_code", code)];
    let (full, broken, mistake) =
        (code("InferencePoolResourceExhausted"), code("Internal"), code("BadRequest"));
    let name = "llm_d_epp_request_error_total";
    let found = scope(&[
        ENGINE,
        (name, &full, &[0.0, 4.0]),
        (name, &broken, &[0.0, 2.0]),
        (name, &mistake, &[0.0, 1.0]),
    ]);
    assert_eq!(grown(&found, Family::GatewayRefused), [Some(4.0)]);
    assert_eq!(grown(&found, Family::GatewayFailed), [Some(2.0)]);
}

#[test]
fn limits_that_a_gateway_exports_are_those_of_each_engine() {
    let cap: TestSeries<'_> =
        ("dynamo_frontend_model_max_num_seqs", &[("model", "acme/m")], &[64.0, 64.0]);
    let found = scope(&[ENGINE, cap]);
    let last =
        |scope: &Scope| Some(scope.replicas[0].gauge(Family::SequenceCap)?.window(0, 1)?.last);
    assert_eq!(last(&found), Some(64.0));
    let stranger: TestSeries<'_> =
        ("dynamo_frontend_model_max_num_seqs", &[("model", "x")], &[64.0, 64.0]);
    assert_eq!(last(&scope(&[ENGINE, stranger])), None);
}

/// One model is served twice, in two namespaces, each with a gateway of its own.
#[test]
fn a_gateway_of_another_namespace_counts_only_where_none_is_beside_the_engine() {
    let engine: TestSeries<'_> =
        (RUNNING, &[("model_name", "Acme/M"), ("pod", "m-0"), ("namespace", "prod")], &[1.0, 2.0]);
    let of = |namespace| [("model", "acme/m"), ("instance", "f:80"), ("namespace", namespace)];
    let (prod, staging, lab) = (of("prod"), of("staging"), of("lab"));
    let arrived = |fronts: &[TestSeries<'_>]| {
        let mut series = vec![engine];
        series.extend_from_slice(fronts);
        grown(&scope(&series), Family::GatewayArrived)
    };
    let own: TestSeries<'_> = (STARTED, &prod, &[10.0, 30.0]);
    let other: TestSeries<'_> = (STARTED, &staging, &[0.0, 500.0]);
    let third: TestSeries<'_> = (STARTED, &lab, &[0.0, 7.0]);
    assert_eq!(arrived(&[own, other]), [Some(20.0)]);
    assert_eq!(arrived(&[other]), [Some(500.0)], "a gateway may have a namespace of its own");
    assert_eq!(arrived(&[other, third]), [], "nothing tells whose each is");
}
