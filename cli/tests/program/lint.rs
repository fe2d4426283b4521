//! `lint`: what it prints, and what its exit status says.

use crate::run::{Scratch, run, run_with_input};

const BROKEN: &str = r#"{"panels": [
  {"title": "Preemptions", "targets": [
    {"expr": "sum(rate(vllm:num_preemptions{model_name=\"$model\"}[5m]))"}]},
  {"title": "Running", "targets": [
    {"expr": "sum(vllm:num_requests_running{model_name=\"$model\"})"}]}
]}"#;
const CORRECTED: &str = r#"sum(rate(vllm:num_preemptions_total{model_name="$model"}[5m]))"#;

fn own(name: &str) -> String {
    format!("{}/../frontend/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// What we ship is right by our own rules.
#[test]
fn our_own_dashboards_are_clean() {
    for (name, least) in [
        ("grafana/dashboards/incident.json", 100),
        ("grafana/dashboards/fleet.json", 50),
        ("grafana/dashboards/hardware.json", 70),
        ("grafana/dashboards/scheduling.json", 70),
        ("grafana/dashboards/minimal.json", 1),
        ("perses/dashboards/incident.yaml", 40),
        ("perses/dashboards/fleet.yaml", 40),
        ("perses/dashboards/hardware.yaml", 60),
        ("perses/dashboards/scheduling.yaml", 60),
    ] {
        let found = run(&["lint", "--format", "json", &own(name)]);
        assert_eq!(found.status, 0, "{name}: {}", found.stdout);
        let report: serde_json::Value = serde_json::from_str(&found.stdout).unwrap();
        let queries = report["queries"].as_u64().unwrap();
        assert!(queries >= least, "only {queries} queries were found in {name}");
    }
}

#[test]
fn a_finding_has_its_place_and_the_corrected_query() {
    let file = Scratch::new("lint-broken.json", BROKEN.as_bytes());
    let text = run(&["lint", file.path()]);
    assert_eq!(text.status, 1, "{text:?}");
    assert!(text.stdout.contains("lint-broken.json:3  Preemptions\n"), "{}", text.stdout);
    assert!(text.stdout.contains(&format!("    corrected  {CORRECTED}\n")), "{}", text.stdout);
    assert!(text.stdout.ends_with("1 finding in 1 of 2 queries (1 file)\n"), "{}", text.stdout);

    let json = run(&["lint", "--format", "json", file.path()]);
    let report: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    let finding = &report["findings"][0];
    assert_eq!(finding["check"], "metric-suffix");
    assert_eq!(finding["line"], 3);
    assert_eq!(finding["corrected"], CORRECTED);

    let github = run(&["lint", "--format", "github", file.path()]);
    let first = github.stdout.lines().next().unwrap();
    assert!(first.starts_with("::error file="), "{first}");
    assert!(first.contains(",line=3,title=metric-suffix::Preemptions: "), "{first}");
    assert!(first.contains(&format!("%0ACorrected: {CORRECTED}")), "{first}");
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_judged() {
    let broken = Scratch::new("lint-rest.json", BROKEN.as_bytes());
    let other = Scratch::new("lint-other.json", b"{\"a\": 1}");
    let both = run(&["lint", other.path(), broken.path()]);
    assert_eq!(both.status, 2, "{both:?}");
    assert!(both.stderr.contains("not a dashboard or rule file"), "{}", both.stderr);
    assert!(both.stdout.contains("metric-suffix"), "{}", both.stdout);
    run(&["lint", "/nonexistent/rules.yaml"]).fails(2, &["there is no such file"]);
    run_with_input(&["lint", "-"], b"{").fails(2, &["standard input", "not JSON"]);
    assert_eq!(run(&["lint"]).status, 64);
}

#[test]
fn the_scrape_interval_decides_what_is_short() {
    let rules = b"groups:\n- name: g\n  rules:\n  - record: a\n    expr: rate(vllm:prompt_tokens_total[1m])\n";
    assert_eq!(run_with_input(&["lint", "-"], rules).status, 0);
    let slow = run_with_input(&["lint", "--scrape-interval", "60s", "-"], rules);
    assert_eq!(slow.status, 1, "{slow:?}");
    assert!(slow.stdout.contains("rate(vllm:prompt_tokens_total[4m])"), "{}", slow.stdout);
}

/// A title is foreign text: it reaches neither the terminal nor a workflow's commands as written.
#[test]
fn titles_do_no_harm() {
    let text = "{\"panels\":[{\"title\":\"a\\u001b[31m\\n::set-env::x%\",\
                \"targets\":[{\"expr\":\"vllm:num_preemptions\"}]}]}";
    for format in ["text", "json", "github"] {
        let found = run_with_input(&["lint", "--format", format, "-"], text.as_bytes());
        assert_eq!(found.status, 1, "{found:?}");
        assert!(!found.stdout.contains('\u{1b}'), "{}", found.stdout);
        let begins = |line: &str| line.starts_with("::set-env");
        assert!(!found.stdout.lines().any(begins), "{}", found.stdout);
    }
}
