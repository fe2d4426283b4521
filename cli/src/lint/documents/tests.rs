use super::*;

fn found(text: &str) -> Vec<(String, Option<usize>, String)> {
    let document = Document::read(text.as_bytes()).unwrap();
    let triple = |query: Query| (query.place, query.line, query.expression);
    document.queries.into_iter().map(triple).collect()
}

#[test]
fn grafana_with_rows_variables_and_other_sources() {
    let text = r#"{
  "schemaVersion": 40,
  "templating": {"list": [
{"type": "query", "name": "model", "query": {"query": "label_values(x{a=\"b\"}, m)"}},
{"type": "custom", "name": "cap", "query": "2"}]},
  "panels": [
{"title": "Row", "panels": [
  {"title": "Inner", "targets": [{"expr": "a{b=\"c\"}"}]}]},
{"title": "Logs", "datasource": {"type": "loki"}, "targets": [{"expr": "{a=\"b\"}"}]}
  ]
}"#;
    assert_eq!(
        found(text),
        [
            ("Inner".to_owned(), Some(8), "a{b=\"c\"}".to_owned()),
            ("variable model".to_owned(), Some(4), "x{a=\"b\"}".to_owned()),
        ]
    );
    assert!(Document::read(text.as_bytes()).unwrap().typed.contains("cap"));
}

/// A source that a variable chooses is of the kind that the variable offers; one that nothing
/// names is told by its language.
#[test]
fn logs_behind_a_variable_are_no_promql() {
    let text = r#"{"panels": [
  {"title": "A", "datasource": {"uid": "${logs}"}, "targets": [{"expr": "rate({a=\"b\"}[5m])"}]},
  {"title": "B", "datasource": "$logs", "targets": [{"expr": "{a=\"b\"}"}]},
  {"title": "C", "datasource": {"uid": "$other"}, "targets": [{"expr": "{a=\"|\"} |= \"x\""}]},
  {"title": "D", "targets": [{"expr": "{a=\"b\"} | json"}]},
  {"title": "E", "datasource": {"uid": "${metrics}"}, "targets": [{"expr": "a{b=~\"c|d\"}"}]}],
  "templating": {"list": [{"type": "datasource", "name": "logs", "query": "loki"},
{"type": "datasource", "name": "metrics", "query": "prometheus"}]}}"#;
    let found: Vec<_> = found(text).into_iter().map(|(place, ..)| place).collect();
    assert_eq!(found, ["E"]);
}

#[test]
fn an_alias_of_yaml_is_the_query_that_it_repeats() {
    let text = "groups:\n- name: g\n  rules: &all\n  - alert: Slow\n    expr: a > 1\n\
                - name: h\n  rules: *all\n- name: i\n  rules:\n  - alert: Slow\n    expr: a > 1\n";
    let lines: Vec<_> = found(text).into_iter().map(|(_, line, _)| line).collect();
    assert_eq!(lines, [Some(5), Some(11)], "the alias once, and what is written twice twice");
}

#[test]
fn rules_in_several_documents() {
    let text = "kind: ConfigMap\ndata: {}\n---\nkind: PrometheusRule\nspec:\n  groups:\n  \
                - name: g\n    rules:\n    - alert: Slow\n      expr: |\n        a\n          \
                > 3\n    - record: b:c\n      expr: 'sum(''x'')'\n";
    assert_eq!(
        found(text),
        [
            ("Slow".to_owned(), Some(11), "a\n  > 3\n".to_owned()),
            ("b:c".to_owned(), Some(14), "sum('x')".to_owned()),
        ]
    );
}

#[test]
fn perses_in_yaml_and_a_dashboard_in_a_config_map() {
    let perses = "kind: Dashboard\nspec:\n  panels:\n    p:\n      kind: Panel\n      spec:\n        \
                  display: {name: Queue}\n        queries:\n        - kind: TimeSeriesQuery\n          \
                  spec:\n            plugin:\n              kind: PrometheusTimeSeriesQuery\n              \
                  spec:\n                query: up\n                seriesNameFormat: x\n";
    assert_eq!(found(perses), [("Queue".to_owned(), Some(14), "up".to_owned())]);
    let map = "kind: ConfigMap\ndata:\n  a.json: '{\"panels\":[{\"title\":\"T\",\"targets\":[{\"expr\":\"up\"}]}]}'\n";
    assert_eq!(found(map), [("T".to_owned(), Some(3), "up".to_owned())]);
}

#[test]
fn what_is_neither_is_refused_with_a_cause() {
    let deployment = "apiVersion: apps/v1\nkind: Deployment\nspec: {template: {spec: {}}}\n";
    let list = "kind: List\nitems:\n- kind: Service\n  spec: {}\n";
    let map = "kind: ConfigMap\ndata: {a: b}\n";
    for text in [deployment, list, map] {
        let refused = Document::read(text.as_bytes()).unwrap_err();
        assert!(refused.contains("not a dashboard or rule file"), "{refused}");
    }
    for text in ["groups: []\n", "kind: List\nitems:\n- kind: PrometheusRule\n  spec: {}\n"] {
        assert!(Document::read(text.as_bytes()).is_ok(), "{text}");
    }
    for text in ["[1]", "{\"a\": 1}", "a: 1\n", "{", "a: {{ .Values.x }}\nb: [", "\0"] {
        assert!(Document::read(text.as_bytes()).is_err(), "{text}");
    }
    assert!(Document::read(b"\xff").is_err());
}
