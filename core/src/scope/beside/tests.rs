//! Whose process a series without a model is.

use crate::catalogue::families::Family;
use crate::scope::test_series::{TestSeries, scope, scopes};

const RUNNING: &str = "vllm:num_requests_running";

/// Last value of a gauge of that replica.
fn last(scope: &crate::scope::Scope, replica: usize, family: Family) -> Option<f64> {
    Some(scope.replicas[replica].gauge(family)?.window(0, 1)?.last)
}

#[test]
fn a_process_is_that_of_the_engine_at_its_address_and_a_stranger_makes_no_scope() {
    let scope = scope(&[
        (RUNNING, &[("model_name", "m"), ("instance", "a:8000"), ("engine", "0")], &[1.0, 2.0]),
        (RUNNING, &[("model_name", "m"), ("instance", "b:8000"), ("engine", "0")], &[1.0, 2.0]),
        ("process_start_time_seconds", &[("instance", "a:8000"), ("job", "vllm")], &[100.0, 100.0]),
        ("process_start_time_seconds", &[("instance", "node:9100"), ("job", "node")], &[5.0, 5.0]),
        ("up", &[("instance", "a:8000"), ("job", "vllm")], &[1.0, 1.0]),
        ("up", &[("instance", "b:8000"), ("job", "vllm")], &[1.0, 0.0]),
        ("up", &[("instance", "node:9100"), ("job", "node")], &[1.0, 1.0]),
    ]);
    let keys: Vec<&str> = scope.replicas.iter().map(|replica| replica.key.as_str()).collect();
    assert_eq!(keys, ["a:8000/0", "b:8000/0"]);
    assert_eq!(last(&scope, 0, Family::ProcessStart), Some(100.0));
    assert_eq!(last(&scope, 1, Family::ProcessStart), None, "absent, not 0");
    assert_eq!(last(&scope, 0, Family::Up), Some(1.0));
    assert_eq!(last(&scope, 1, Family::Up), Some(0.0));
    assert_eq!(scope.prefix, "vllm:");
}

#[test]
fn ranks_share_a_state_and_the_first_of_them_what_the_process_counts() {
    let rank = |rank| [("model_name", "m"), ("instance", "a:8000"), ("engine", rank)];
    let status = |status| [("instance", "a:8000"), ("handler", "/v1/completions"), status];
    let scope = scope(&[
        (RUNNING, &rank("0"), &[1.0, 2.0]),
        (RUNNING, &rank("1"), &[1.0, 2.0]),
        ("up", &[("instance", "a:8000")], &[1.0, 1.0]),
        ("http_requests_total", &status(("status", "2xx")), &[10.0, 30.0]),
        ("http_requests_total", &status(("status", "5xx")), &[1.0, 4.0]),
        ("http_requests_total", &status(("status", "429")), &[0.0, 2.0]),
    ]);
    let grown = |replica: usize, family| scope.replicas[replica].counter(family)?.increase(0, 1);
    assert_eq!(grown(0, Family::HttpRequests), Some(25.0));
    assert_eq!(grown(0, Family::HttpServerErrors), Some(3.0));
    assert_eq!(grown(0, Family::HttpClientErrors), Some(2.0));
    assert_eq!(grown(1, Family::HttpRequests), None);
    assert_eq!(last(&scope, 1, Family::Up), Some(1.0));
}

#[test]
fn pods_of_one_name_in_two_namespaces_are_two_processes() {
    let pod = |namespace| [("model_name", "m"), ("pod", "llm-0"), ("namespace", namespace)];
    let up = |namespace| [("pod", "llm-0"), ("namespace", namespace)];
    let blue: &[TestSeries<'_>] =
        &[(RUNNING, &pod("blue"), &[1.0, 2.0]), ("up", &up("green"), &[0.0, 0.0])];
    assert_eq!(last(&scope(blue), 0, Family::Up), None);
    let both = [blue[0], ("up", &up("blue"), &[1.0, 1.0]), blue[1]];
    assert_eq!(last(&scope(&both), 0, Family::Up), Some(1.0));
}

/// A wrong match would make a scope of a name without a model.
#[test]
fn every_model_of_a_process_has_its_state() {
    let model = |model| [("model_name", model), ("instance", "a:8000"), ("engine", "0")];
    let scopes = scopes(&[
        (RUNNING, &model("m"), &[1.0, 2.0]),
        (RUNNING, &model("n"), &[1.0, 2.0]),
        ("up", &[("instance", "a:8000")], &[1.0, 0.0]),
    ]);
    let models: Vec<&str> = scopes.iter().map(|scope| scope.model.as_str()).collect();
    assert_eq!(models, ["m", "n"]);
    for scope in &scopes {
        assert_eq!(last(scope, 0, Family::Up), Some(0.0));
    }
}
