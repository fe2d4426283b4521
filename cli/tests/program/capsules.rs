//! Capsules re-open with the same verdict.

use std::path::Path;

use serde_json::Value;

use crate::incident;
use crate::run::{Run, Scratch, run, run_with_input};

fn saved(to: &str, flags: &[&str]) -> Run {
    let arguments =
        [&["diagnose", "--response", "-", "--format", "json", "--save-capsule", to], flags]
            .concat();
    run_with_input(&arguments, incident::onset().as_bytes())
}

#[test]
fn a_capsule_gives_the_same_report_byte_for_byte() {
    for name in ["capsule.json", "capsule.json.gz"] {
        let capsule = Scratch::absent(name);
        let flags =
            ["--slo", "ttft=0.3", "--window", "1780002605..1780003200", "--baseline", "none"];
        let first = saved(capsule.path(), &flags);
        let again = run(&["diagnose", "--capsule", capsule.path(), "--format", "json"]);
        assert_eq!(
            (first.status, &first.stdout),
            (again.status, &again.stdout),
            "{name}: {}",
            again.stderr
        );
        let report: Value = serde_json::from_str(&first.stdout).unwrap();
        // The first sample at or after the given start.
        assert_eq!(report["window"]["start"], 1_780_002_610_000_i64);
        let packed = capsule.read().starts_with(&[0x1f, 0x8b]);
        assert_eq!(packed, Path::new(name).extension().is_some_and(|extension| extension == "gz"));
    }
}

#[test]
fn flags_are_laid_over_the_capsule_s_settings() {
    let capsule = Scratch::absent("overlay.json.gz");
    assert_eq!(saved(capsule.path(), &[]).status, 1);
    let before =
        run(&["diagnose", "--capsule", capsule.path(), "--window", "1780000600..1780001500"]);
    assert_eq!(before.status, 0, "{}", before.stdout);
}

#[test]
fn a_capsule_that_cannot_be_written_is_a_usage_error() {
    saved("/nonexistent/folder/capsule.json", &[]).fails(64, &["/nonexistent/folder", "capsule"]);
}

/// Settings as the first release wrote them into a capsule, with what is gone since.
const FORMER_SETTINGS: &str = r#"{
    "schema": 1,
    "window": { "start": 1780002605000, "end": 1780003200000 },
    "baseline": { "mode": "none", "offset": 86400000 },
    "slo": { "profile": "chat", "quantile": 0.9, "objective": 0.99, "targets": { "ttft": 0.3 } },
    "scope": {},
    "limits": {},
    "quantiles": [0.5, 0.95, 0.99],
    "sections": ["verdict", "phases", "matrix", "strips", "heatmap", "evidence", "fleet"]
}"#;

fn former(settings: &str) -> Scratch {
    let response = incident::onset();
    let capsule = format!(r#"{{"schema":1,"settings":{settings},"responses":[{response}]}}"#);
    Scratch::new("former.json", capsule.as_bytes())
}

#[test]
fn a_capsule_of_the_first_settings_schema_opens_as_it_did() {
    let capsule = former(FORMER_SETTINGS);
    let opened = run(&["diagnose", "--capsule", capsule.path(), "--format", "json"]);
    let new = Scratch::absent("as-today.json");
    let flags = [
        "--slo",
        "ttft=0.3",
        "--quantile",
        "0.9",
        "--window",
        "1780002605..1780003200",
        "--baseline",
        "none",
    ];
    let today = saved(new.path(), &flags);
    assert_eq!((opened.status, &opened.stdout), (today.status, &today.stdout), "{}", opened.stderr);
    // Saved again it is a capsule of today.
    let again = Scratch::absent("saved-again.json");
    run(&["diagnose", "--capsule", capsule.path(), "--save-capsule", again.path()]);
    let written: Value = serde_json::from_slice(&again.read()).unwrap();
    assert_eq!(written["settings"]["schema"], 2);
    assert_eq!(written["settings"]["slo"].get("objective"), None);
}

#[test]
fn settings_that_a_capsule_must_not_have_are_bad_data_with_their_name() {
    for (settings, part) in [
        (FORMER_SETTINGS.replace("\"schema\": 1", "\"schema\": 2"), "slo.objective"),
        (FORMER_SETTINGS.replace("\"objective\"", "\"objektive\""), "slo.objektive"),
        (FORMER_SETTINGS.replace("\"schema\": 1", "\"schema\": 3"), "schema 3"),
    ] {
        let capsule = former(&settings);
        run(&["diagnose", "--capsule", capsule.path()]).fails(65, &["former.json", part]);
    }
}
