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
