//! Which queries come of which options, and which options are refused.

use super::*;

fn options() -> PlanOptions {
    PlanOptions {
        matchers: "model_name=\"gemma\"".to_owned(),
        step_ms: 15_000,
        ..PlanOptions::default()
    }
}

/// How often a plan asks for each family.
fn asked(options: &PlanOptions) -> Vec<(Family, usize)> {
    let plan = plan("vllm", options).unwrap();
    let times = |role: &str| plan.queries.iter().filter(|query| query.role == role).count();
    Family::ALL.iter().map(|family| (*family, times(family.id()))).collect()
}

#[test]
fn every_family_that_is_used_is_asked_for_once_and_no_other() {
    let by_model = PlanOptions { grouping: Grouping::Model, ..options() };
    for (family, times) in asked(&PlanOptions { dialect: Dialect::Grafana, ..by_model.clone() }) {
        let beside = ["process", "http-server"].map(crate::source::registry::exporter);
        let exporters = [[engine("vllm")].as_slice(), &beside].concat();
        let exists = exporters.iter().flatten().any(|one| one.metrics_of(family).next().is_some());
        let is_used = exists && family.purpose() <= Purpose::Evidence;
        assert_eq!(times, usize::from(is_used), "{family}");
    }
    let plan = plan("vllm", &by_model).unwrap();
    for (beside, name) in [("process", "|up"), ("http-server", "http_requests_total")] {
        let queries: Vec<_> = plan.queries.iter().filter(|query| query.role == beside).collect();
        assert!(queries.len() == 1 && queries[0].promql.contains(name), "{queries:?}");
    }
    let queries = plan.queries.len();
    assert!(queries <= 45, "{queries} queries are too many for one panel");
}

#[test]
fn series_that_keep_their_names_bring_what_is_selected_of_them() {
    let by_replica = asked(&options());
    let times = |family| by_replica.iter().find(|(known, _)| *known == family).unwrap().1;
    assert_eq!(times(Family::RequestsFinished), 1);
    assert_eq!(times(Family::RequestsAborted), 0, "it comes with all finished requests");
    assert_eq!(times(Family::WaitingDeferred), 1, "no query brings every reason");
}

#[test]
fn a_target_is_asked_after_by_the_address_of_its_engine() {
    let running = r#"last_over_time(vllm:num_requests_running{model_name="gemma",server=""}[1h])"#;
    let names = "process_start_time_seconds|process_cpu_seconds_total|up";
    assert_eq!(
        query("process", &options()),
        format!("{{__name__=~\"{names}\"}} and on (instance, pod) {running}")
    );
    let in_host = query("target_up", &PlanOptions { dialect: Dialect::Grafana, ..options() });
    assert_eq!(
        in_host,
        format!(
            "label_replace(up and on (instance, pod) {running}, \"triage_role\", \
             \"target_up/gauge/0/process/\", \"\", \"\")"
        )
    );
}

#[test]
fn one_query_asks_for_what_the_planned_ones_ask_for() {
    let all = plan("vllm", &options()).unwrap().raw_selector;
    for part in [
        "prompt_tokens_by_source_total",
        "iteration_tokens_total_(bucket|sum|count)",
        "({__name__=~\"vllm:(cache_config_info|cache_config)\"} and on (instance, pod, engine) ",
        "|process_cpu_seconds_total|up\"} and on (instance, pod) last_over_time(",
    ] {
        assert!(all.contains(part), "{part} is not in {all}");
    }
    assert!(!all.contains("request_params_n"), "no diagnosis uses it: {all}");
}

/// A mean without a histogram: two counters, two queries, each with a role of its own.
#[test]
fn a_mean_takes_a_query_for_its_sum_and_one_for_its_number() {
    static ENGINE: Exporter = Exporter {
        id: "means",
        title: "Means",
        kind: ExporterKind::Engine,
        canonical_prefix: "m:",
        prefix_marks: &["m:"],
        router_label: None,
        labels: crate::source::exporter::PLAIN_LABELS,
        metrics: &[
            Metric::mean_sum(
                "prompt_seconds",
                Family::PrefillTime,
                crate::catalogue::families::Population::Finished,
            ),
            Metric::mean_count(
                "prompts",
                Family::PrefillTime,
                crate::catalogue::families::Population::Finished,
            ),
        ],
        version_hints: &[],
        cache_limits: crate::source::exporter::no_limits,
        adapter_slots: crate::source::exporter::no_adapters,
        knobs: &[],
        silent_unless_finished: true,
        words: &[],
        blanks: &[],
        defects: &[],
    };
    let options = PlanOptions { grouping: Grouping::Model, ..options() };
    let queries = Writer::new(&ENGINE, &options).unwrap().queries();
    let roles: Vec<&str> = queries.iter().map(|query| query.role.as_str()).collect();
    assert_eq!(roles[..2], ["prefill_time_sum", "prefill_time_count"]);
    assert!(queries[0].promql.contains("m:prompt_seconds_total{"), "{}", queries[0].promql);
    assert!(queries[1].promql.contains("m:prompts_total{"), "{}", queries[1].promql);
    assert!(queries[1].promql.contains("\"prefill_time_count/increment/15000/means/m:\""));
}

/// The query of that role.
fn query(role: &str, options: &PlanOptions) -> String {
    let plan = plan("vllm", options).unwrap();
    plan.queries.into_iter().find(|query| query.role == role).unwrap().promql
}

const QUEUE_TIME: &str =
    r#"{__name__=~"vllm:request_queue_time_seconds_(bucket|sum)",model_name="gemma",server=""}"#;

#[test]
fn by_replica_every_series_comes_as_it_is() {
    assert_eq!(query("queue_time", &options()), QUEUE_TIME);
    assert_eq!(
        query("preemptions", &options()),
        r#"vllm:num_preemptions_total{model_name="gemma",server=""}"#
    );
    let deferred =
        r#"vllm:num_requests_waiting_by_reason{reason="deferred",model_name="gemma",server=""}"#;
    assert_eq!(query("waiting_deferred", &options()), deferred);
}

#[test]
fn where_a_name_may_not_tell_a_role_does() {
    let renamed = PlanOptions { prefix: Some("acme_".to_owned()), ..options() };
    let expected = "label_replace(acme_generation_tokens_total{model_name=\"gemma\",server=\"\"}, \"triage_role\", \
                    \"generation_tokens/counter/0/vllm/acme_\", \"\", \"\")";
    assert_eq!(query("generation_tokens", &renamed), expected);
    for dialect in [Dialect::Grafana, Dialect::Perses] {
        let text = query("running", &PlanOptions { dialect, ..options() });
        assert!(text.contains("running/gauge/0/vllm/vllm:"), "{text}");
    }
}

#[test]
fn a_renamed_metric_is_asked_for_under_both_names() {
    let expected = r#"vllm:kv_cache_usage_perc{model_name="gemma",server=""} or vllm:gpu_cache_usage_perc{model_name="gemma",server=""}"#;
    assert_eq!(query("kv_usage", &options()), expected);
}

#[test]
fn a_sum_over_replicas_telescopes_and_carries_its_role() {
    let by_model = PlanOptions { grouping: Grouping::Model, ..options() };
    let telescoped = format!(
        "label_replace(sum by (le, model_name) (({QUEUE_TIME} - {QUEUE_TIME} offset 15000ms >= 0) or ({QUEUE_TIME} and \
         {QUEUE_TIME} offset 15000ms)), \"triage_role\", \"queue_time/increment/15000/vllm/vllm:\", \"\", \"\")"
    );
    assert_eq!(query("queue_time", &by_model), telescoped);
    let in_host = query("queue_time", &PlanOptions { dialect: Dialect::Grafana, ..by_model });
    assert!(
        in_host.contains("offset $__interval") && in_host.contains("/$__interval_ms/"),
        "{in_host}"
    );
}

/// By model, after the watch has found these instances.
fn watched(apart: &[&str]) -> PlanOptions {
    let apart = apart.iter().flat_map(|instance| [*instance, "\n"]).collect();
    PlanOptions { grouping: Grouping::Model, apart: Some(apart), ..options() }
}

#[test]
fn where_nothing_happened_a_total_is_enough() {
    let expected = format!(
        "label_replace(sum by (le, model_name) ({QUEUE_TIME}), \"triage_role\", \"queue_time/total/0/vllm/vllm:\", \"\", \"\")"
    );
    assert_eq!(query("queue_time", &watched(&[])), expected);
    assert!(plan("vllm", &watched(&[])).unwrap().queries.iter().all(|query| query.role != APART));
}

#[test]
fn engines_to_which_something_happened_are_in_no_total() {
    let options = watched(&["10.0.0.7:8000", "a+\"b"]);
    let others = query("prompt_tokens", &options);
    assert!(others.contains(r#"instance!~"10.0.0.7:8000|a..b|"}"#), "{others}");
    let apart = query(APART, &options);
    assert!(apart.contains(r#"instance=~"10.0.0.7:8000|a..b|"}"#), "{apart}");
    assert!(
        apart.contains("prompt_tokens_total") && !apart.contains("num_requests_running"),
        "{apart}"
    );
    let running = query("running", &options);
    assert!(!running.contains("instance"), "gauges are by replica anyway: {running}");
    let watch = plan("vllm", &options).unwrap().watch.unwrap();
    assert_eq!(watch.matches("instance!~").count(), 13, "{watch}");
    assert_eq!(watch.matches("> 1").count(), 3, "an engine may be there twice: {watch}");
}

#[test]
fn engines_without_an_instance_are_apart_together() {
    let all_others = query("prompt_tokens", &watched(&[""]));
    assert!(all_others.contains(r#"instance!~"|"}"#), "{all_others}");
}

#[test]
fn a_watch_is_for_whoever_can_ask_it_first() {
    assert!(plan("vllm", &watched(&[])).unwrap().watch.is_some());
    for options in [
        options(),
        PlanOptions { dialect: Dialect::Grafana, ..watched(&[]) },
        PlanOptions { prefix: Some("acme_".to_owned()), ..watched(&[]) },
    ] {
        assert_eq!(plan("vllm", &options).unwrap().watch, None);
        assert!(!query("queue_time", &options).contains("/total/"));
    }
}

#[test]
fn malformed_options_are_refused_by_name() {
    for (bad, expected) in [
        (PlanOptions { step_ms: 0, ..options() }, "step must be positive"),
        (PlanOptions { prefix: Some("a b".to_owned()), ..options() }, "cannot start a metric name"),
        (PlanOptions { matchers: "{a=\"b\"}".to_owned(), ..options() }, "without braces"),
    ] {
        let message = plan("vllm", &bad).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
    assert!(plan("unheard-of", &options()).unwrap_err().to_string().contains("engines are vllm"));
}

#[test]
fn prefixes_are_read_off_names() {
    for (name, prefix) in [
        ("vllm:num_requests_running", Some("vllm:")),
        ("ray_vllm_num_requests_running", Some("ray_vllm_")),
        ("kserve_vllm:num_requests_running", Some("kserve_vllm:")),
        ("sglang:num_running_reqs", None),
    ] {
        assert_eq!(prefix_of_name(name), prefix);
    }
}

/// The queries for what surrounds the engines, by exporter.
fn around_of(namespaces: Option<&str>) -> Vec<PlannedQuery> {
    let options = PlanOptions { namespaces: namespaces.map(str::to_owned), ..options() };
    let mut queries = plan("vllm", &options).unwrap().queries;
    queries.retain(|query| around().any(|exporter| exporter.id == query.role));
    queries
}

#[test]
fn schedulers_are_asked_for_the_namespaces_of_the_engines_alone() {
    assert!(around_of(None).is_empty() && around_of(Some("")).is_empty());
    let asked = around_of(Some("serving\nlab-2\n"));
    let text = |role| &asked.iter().find(|query| query.role == role).unwrap().promql;
    let kube = text("kube-state");
    for label in ["namespace", "exported_namespace"] {
        let own = format!("{label}=~\"serving|lab-2\"");
        assert!(kube.contains(&format!("{{phase=\"Pending\",{own}}}")), "{kube}");
        assert!(kube.contains(&format!("\",{own}}}")), "{kube}");
    }
    let arms = kube.split(" or ").count();
    assert_eq!(arms, kube.matches("namespace=~\"serving|lab-2\"").count(), "{kube}");
    // A cluster queue is of no namespace.
    assert!(text("kueue").starts_with("{__name__=~\"kueue_(pending_workloads|"), "{asked:?}");
    let renamed = PlanOptions {
        prefix: Some("acme_".to_owned()),
        namespaces: Some("serving\n".to_owned()),
        ..options()
    };
    let queries = plan("vllm", &renamed).unwrap().queries;
    assert!(
        queries.iter().any(|query| query.role == "kube-state"),
        "an engine's prefix is its own"
    );
}

/// What a dashboard holds is the same for everybody, so its variable says which namespaces.
#[test]
fn a_host_asks_for_the_namespaces_of_its_variable_and_for_none_while_it_is_empty() {
    let asked = |dialect, namespaces: Option<&str>| {
        let namespaces = namespaces.map(str::to_owned);
        let queries = plan("vllm", &PlanOptions { dialect, namespaces, ..options() }).unwrap();
        let role = |query: &PlannedQuery| around().any(|exporter| exporter.id == query.role);
        queries.queries.into_iter().filter(role).collect_vec()
    };
    for dialect in [Dialect::Grafana, Dialect::Perses] {
        assert!(asked(dialect, None).is_empty());
        let queries = asked(dialect, Some("$namespace\n"));
        assert_eq!(queries.len(), around().count());
        for PlannedQuery { role, promql } in &queries {
            let exporter = crate::source::registry::exporter(role).unwrap();
            let scoped = promql.matches("namespace=~\"$namespace\"").count();
            assert_eq!(scoped == 0, exporter.is_of_all_namespaces(), "{promql}");
            // Empty, `exported_namespace=~""` would select what every other namespace has.
            assert_eq!(promql.matches("namespace!=\"\"").count(), scoped, "{promql}");
        }
    }
    let typed = &asked(Dialect::Promql, Some("$namespace\n"))[0].promql;
    assert!(
        typed.contains("namespace=~\".namespace\""),
        "without a host nothing fills it: {typed}"
    );
}
