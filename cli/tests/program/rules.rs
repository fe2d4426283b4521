//! `rules`: formats, links, and what is refused.

use crate::run::{Scratch, run};

fn rules(arguments: &[&str]) -> String {
    let run = run(&[&["rules"], arguments].concat());
    assert_eq!(run.status, 0, "{run:?}");
    run.stdout
}

/// The lines that hold a text.
fn lines<'a>(text: &'a str, part: &str) -> Vec<&'a str> {
    text.lines().filter(|line| line.contains(part)).collect()
}

#[test]
fn a_rule_file_records_first_and_alerts_then() {
    let text = rules(&[]);
    assert!(text.starts_with("groups:\n"), "{text}");
    let first = |part: &str| text.find(part).unwrap_or_else(|| panic!("no {part} in {text}"));
    assert!(first("record: inference_triage:ttft:increment1m") < first("alert: "));
    assert_eq!(rules(&["--format", "vmalert"]), text, "vmalert reads the same file");
}

#[test]
fn every_alert_says_what_to_do_first_and_where_to_read() {
    assert!(!rules(&[]).contains("runbook_url"), "a link to nowhere");
    let text = rules(&["--runbook-url", "https://example.org/causes/"]);
    let alerts = lines(&text, "- alert: ").len();
    assert!(alerts > 15, "{alerts} alerts");
    for annotation in ["summary:", "description:", "action:"] {
        assert_eq!(lines(&text, annotation).len(), alerts, "{annotation}");
    }
    assert_eq!(lines(&text, "runbook_url:").len(), alerts);
    for line in lines(&text, "runbook_url:") {
        let page = line.rsplit('/').next().expect("a page");
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/causes");
        assert!(line.contains("https://example.org/causes/"), "{line}");
        assert!(std::path::Path::new(root).join(page).exists(), "there is no page {page}");
    }
    let slots = text.split("- alert: InferenceSlotCap").nth(1).expect("the alert");
    assert!(slots.contains("Admit more sequences (--max-num-seqs). It costs: A restart"));
}

#[test]
fn a_link_opens_the_panel_at_the_window_of_the_alert() {
    let text = rules(&["--panel-url", "https://g.example/d/x?var-model={model}"]);
    let links = lines(&text, "panel_url:");
    assert_eq!(links.len(), lines(&text, "- alert: ").len());
    let six_hours = links.iter().filter(|link| link.contains("time() - 21600) * 1000")).count();
    assert_eq!(six_hours, 2, "the pairs of six hours for TTFT and ITL");
    for link in &links {
        assert!(link.contains("from={{ with query") && link.contains("&to={{ with"), "{link}");
        assert!(link.contains("var-model={{ $labels.model_name | urlquery }}"), "{link}");
    }
    let own = rules(&["--panel-url", "https://p.example/?start={from}&end={to}"]);
    assert!(lines(&own, "panel_url:").iter().all(|link| !link.contains("from=")), "{own}");
    let grafana = rules(&["--format", "grafana", "--panel-url", "https://g.example/d/x"]);
    assert!(grafana.contains("?from=now-3600s&to=now"), "{grafana}");
}

#[test]
fn the_operator_gets_a_resource_and_grafana_a_provisioning_file() {
    let operator = rules(&["--format", "operator"]);
    assert!(operator.contains("kind: PrometheusRule\n"), "{operator}");
    assert!(operator.contains("apiVersion: monitoring.coreos.com/v1\n"));
    let grafana = rules(&["--format", "grafana", "--datasource-uid", "mine"]);
    assert!(grafana.starts_with("apiVersion: 1\n"), "{grafana}");
    let alerts = lines(&grafana, "uid: it-");
    let mut distinct = alerts.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), alerts.len(), "uids are unique");
    for uid in alerts {
        assert!(uid.split("uid: ").nth(1).expect("a uid").len() <= 40, "Grafana's limit: {uid}");
    }
    assert_eq!(lines(&grafana, "datasourceUid: mine").len(), distinct.len());
    assert!(!grafana.contains("$value "), "Grafana names values by their query");
}

/// Silences and history hang on the uid: it is the same whatever else the pack holds.
#[test]
fn uids_of_grafana_stay() {
    let uids = |arguments: &[&str]| -> Vec<(String, String)> {
        let text = rules(&[&["--format", "grafana"], arguments].concat());
        let rules = text.split("uid: it-").skip(1);
        rules
            .map(|rule| {
                let title = rule.split("title: ").nth(1).expect("a title");
                let line = |text: &str| text.lines().next().unwrap_or_default().to_owned();
                (line(title), line(rule))
            })
            .collect()
    };
    let file = Scratch::new("two.yaml", b"models: {a: {}, m: {}}\n");
    let one = Scratch::new("one.yaml", b"models: {m: {}}\n");
    let (before, after) =
        (uids(&["--objectives", one.path()]), uids(&["--objectives", file.path()]));
    assert!(after.len() > before.len());
    for rule in &before {
        assert!(after.contains(rule), "{rule:?} has another uid beside another model");
    }
    for rule in uids(&["--objectives", one.path(), "--name", "eu"]) {
        assert!(!before.iter().any(|(title, uid)| *title == rule.0 || *uid == rule.1), "{rule:?}");
    }
}

/// Two packs in one server share no recorded series, no alert, no group and no file.
#[test]
fn two_packs_do_not_collide() {
    let pack = |cluster: &str| {
        let matchers = format!("cluster=\"{cluster}\"");
        rules(&["--match", &matchers, "--name", cluster])
    };
    let (eu, us) = (pack("eu"), pack("us"));
    for text in [&eu, &us] {
        let records = lines(text, "- record: ").len();
        assert_eq!(lines(text, "triage_match: ").len(), records, "each record says whose it is");
        assert_eq!(lines(text, "pack: ").len(), lines(text, "- alert: ").len());
    }
    assert!(eu.contains("pack: eu\n") && eu.contains(r#"triage_match="cluster=\"eu\"""#), "{eu}");
    assert!(eu.contains("name: inference-triage-eu-causes\n") && !eu.contains("us\""), "{eu}");
    // A pack of everything adds up nothing that another one recorded.
    let all = rules(&[]);
    assert!(!all.contains("triage_match: ") && all.contains("triage_match=\"\""), "{all}");
    let unnamed = rules(&["--match", "cluster=\"eu\""]);
    assert!(unnamed.contains("pack: cluster=\"eu\"\n"), "{unnamed}");
    let folder = Scratch::absent("packs");
    for name in ["eu", "us"] {
        let run = run(&["rules", "--name", name, "--output", folder.path()]);
        assert_eq!(run.status, 0, "{run:?}");
    }
    let files = std::fs::read_dir(folder.path()).expect("the folder").count();
    assert_eq!(files, 4);
    std::fs::remove_dir_all(folder.path()).expect("the folder can be removed");
}

#[test]
fn targets_quantiles_and_replicas_of_a_model_are_its_own() {
    let file = Scratch::new(
        "objectives.yaml",
        b"models:\n  a/b: {profile: batch, quantile: 0.99, targets: {ttft: 20}, replicas: 4}\n",
    );
    let text = rules(&["--objectives", file.path()]);
    assert!(text.contains(r#"le=~"20|20[.]0",model_name="a/b""#), "{text}");
    assert!(text.contains(r#"le="2.5",model_name!="a/b""#), "the default leaves it out");
    assert!(text.contains("> 0.144\n"), "14.4 times one percent");
    assert!(text.contains("InferenceReplicasMissing") && text.contains("< 4\n"));
    // The whole of a batch request matters most, so it pages and the first token does not.
    let burns = |objective: &str| {
        let all = text.split("- alert: ").filter(|alert| {
            alert.starts_with("InferenceObjectiveBurnFast")
                && alert.contains("model_name=\"a/b\"")
                && alert.contains(&format!("objective: {objective}\n"))
        });
        all.collect::<Vec<_>>().concat()
    };
    assert!(burns("e2e").contains("severity: critical"), "{}", burns("e2e"));
    assert!(burns("ttft").contains("severity: warning"), "{}", burns("ttft"));
}

#[test]
fn a_target_inside_a_bucket_names_its_bound_and_the_cure() {
    let file = Scratch::new("inside.yaml", b"default: {targets: {ttft: 3}}\n");
    let text = rules(&["--objectives", file.path()]);
    let description = lines(&text, "Counted at the bucket bound 5 s");
    assert!(!description.is_empty(), "{text}");
    assert!(description[0].contains("(2.5 s, 5 s]"), "{description:?}");
    assert!(description[0].contains("--custom-histogram-buckets"), "{description:?}");
    let own = Scratch::new("own.yaml", b"default: {targets: {ttft: 3}}\nbounds: {ttft: [1, 3]}\n");
    assert!(rules(&["--objectives", own.path()]).contains("Counted exactly: 3 s"));
}

#[test]
fn a_threshold_of_the_settings_is_one_of_the_alerts() {
    let file = Scratch::new("thresholds.yaml", b"thresholds: {memory.full: 0.8}\n");
    let text = rules(&["--objectives", file.path()]);
    assert!(text.contains(">= 0.8\n") && !text.contains(">= 0.9\n"), "{text}");
}

#[test]
fn the_whole_plan_is_recorded_at_two_steps() {
    let text = rules(&["--recordings", "plan", "--scrape-interval", "90s"]);
    assert!(text.contains("record: inference_triage:queue_time:increment90s"), "{text}");
    assert!(text.contains("record: inference_triage:queue_time:increment5m"));
    assert!(!rules(&[]).contains("inference_triage:queue_time"));
}

#[test]
fn a_folder_gets_two_files() {
    let folder = Scratch::absent("rules");
    let run = run(&["rules", "--format", "grafana", "--output", folder.path()]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{run:?}");
    let read = |name: &str| {
        let path = std::path::Path::new(folder.path()).join(name);
        std::fs::read_to_string(path).expect("the file is written")
    };
    assert!(read("recording-rules.yaml").starts_with("groups:\n"));
    assert!(read("alert-rules.yaml").starts_with("apiVersion: 1\n"));
    std::fs::remove_dir_all(folder.path()).expect("the folder can be removed");
}

#[test]
fn what_cannot_be_is_refused_with_a_cure() {
    for (arguments, status, parts) in [
        (&["--engine", "vlm"][..], 64, &["there is no engine \"vlm\"", "vllm"][..]),
        (&["--prefix", "a b"], 64, &["prefix"]),
        (&["--match", "{a=\"b\"}"], 64, &["braces"]),
        (&["--scrape-interval", "5m"], 64, &["--scrape-interval", "at most 2m"]),
        (&["--match", "a=\"b\" or c=\"d\""], 64, &["--match", "no list of matchers"]),
        (&["--output", "/dev/null/rules"], 64, &["cannot be written", "--output"]),
        (&["--objectives", "/absent/objectives.yaml"], 65, &["cannot read"]),
    ] {
        run(&[&["rules"], arguments].concat()).fails(status, parts);
    }
    for (flag, value, part) in [
        ("--runbook-url", "docs/causes", "an absolute address"),
        ("--name", "EU west", "lower-case letters"),
    ] {
        let refused = run(&["rules", flag, value]);
        assert!(refused.status == 64 && refused.stderr.contains(part), "{refused:?}");
    }
    for (content, parts) in [
        (&b"default: {targets: {ttft: 9000}}"[..], &["ttft=", "bounds.ttft"][..]),
        (b"models: {m: {targets: {e2e: 9000}}}", &["models.m", "bounds.e2e"]),
        (b"\xff\xfe", &["UTF-8"]),
        (b"default: {quantil: 0.9}", &["quantil", "docs/alerts.md"]),
    ] {
        let file = Scratch::new("refused.yaml", content);
        run(&["rules", "--objectives", file.path()]).fails(65, parts);
    }
}
