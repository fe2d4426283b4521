//! Two windows of one hour: before the cap, in which nothing changes, and after it.

use serde_json::Value;

use crate::incident;
use crate::run::{Run, run_with_input};

/// The cap arrives at 20:56 UTC; these lie before it.
const EARLY: &str = "2026-05-28T20:30:00Z..2026-05-28T20:40:00Z";
const LATER: &str = "2026-05-28T20:42:00Z..2026-05-28T20:52:00Z";
/// After it.
const CAPPED: &str = "2026-05-28T21:10:00Z..2026-05-28T21:20:00Z";

fn compare(before: &str, after: &str, flags: &[&str]) -> Run {
    let windows = ["compare", "--response", "-", "--before", before, "--after", after];
    run_with_input(&[&windows, flags].concat(), incident::onset().as_bytes())
}

fn rows(run: &Run) -> Vec<(String, String, String)> {
    let comparison: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let rows = comparison["rows"].as_array().expect("rows");
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    rows.iter().map(|row| (text(row, "subject"), text(row, "id"), text(row, "outcome"))).collect()
}

fn outcome(rows: &[(String, String, String)], id: &str) -> String {
    let row = rows.iter().find(|(_, known, _)| known == id);
    row.unwrap_or_else(|| panic!("no {id} in {rows:?}")).2.clone()
}

#[test]
fn the_cap_fails_by_its_verdict_and_its_queue() {
    let run = compare(EARLY, CAPPED, &["--format", "json"]);
    assert_eq!((run.status, run.stderr.as_str()), (1, ""), "{}", run.stdout);
    let rows = rows(&run);
    for (id, expected) in [("verdict", "fail"), ("queue", "fail"), ("output-tokens", "pass")] {
        assert_eq!(outcome(&rows, id), expected, "{rows:?}");
    }
    let text = compare(EARLY, CAPPED, &[]);
    assert_eq!(text.status, 1);
    for part in ["FAIL  ", "before 2026-05-28 20:30:10 to 20:39:55 UTC", "now slot-cap, was"] {
        assert!(text.stdout.contains(part), "no {part:?} in\n{}", text.stdout);
    }
}

#[test]
fn two_windows_before_the_cap_pass() {
    let run = compare(EARLY, LATER, &["--format", "json"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    let rows = rows(&run);
    for id in ["verdict", "arrivals", "queue", "decode", "e2e"] {
        assert_eq!(outcome(&rows, id), "pass", "{rows:?}");
    }
}

#[test]
fn a_cap_that_is_still_there_fails_again() {
    let (first, second) = (
        "2026-05-28T21:00:00Z..2026-05-28T21:10:00Z",
        "2026-05-28T21:12:00Z..2026-05-28T21:24:00Z",
    );
    let run = compare(first, second, &[]);
    assert_eq!(run.status, 1, "{}", run.stdout);
    assert!(run.stdout.contains("still slot-cap"), "{}", run.stdout);
}

#[test]
fn markdown_is_the_same_table_with_the_model_as_code() {
    let [text, markdown] = ["text", "markdown"].map(|format| {
        let run = compare(EARLY, CAPPED, &["--format", format]);
        assert_eq!(run.status, 1, "{}", run.stderr);
        run.stdout
    });
    assert!(markdown.starts_with("**FAIL** `"), "{markdown}");
    assert!(markdown.contains("- before: 2026-05-28 "), "{markdown}");
    let rows = markdown.lines().filter(|line| line.starts_with("| ")).count();
    assert_eq!(rows, text.lines().filter(|line| is_row(line)).count() + 2, "{markdown}");
    assert!(markdown.contains("| step time at equal batch | "), "{markdown}");
}

fn is_row(line: &str) -> bool {
    ["PASS", "FAIL", "INCONCLUSIVE"].iter().any(|word| line.contains(&format!(" {word} ")))
}

#[test]
fn windows_that_cannot_be_compared_are_refused_with_a_cure() {
    let yesterday = "2026-05-27T20:30:00Z..2026-05-27T20:40:00Z";
    for (before, after, flags, part) in [
        (CAPPED, EARLY, &[][..], "the earlier one first"),
        (yesterday, EARLY, &[], "the window before, 2026-05-27 20:30 to 2026-05-27 20:40 UTC"),
        (yesterday, EARLY, &[], "load a range that holds both"),
        (EARLY, LATER, &["--baseline", "none"], "leave --window and --baseline out"),
        (EARLY, LATER, &["--full"], "unexpected argument '--full'"),
        (EARLY, LATER, &["--format", "html"], "[possible values: text, markdown, json]"),
    ] {
        let run = compare(before, after, flags);
        assert_eq!(run.status, 64, "{}", run.stderr);
        assert!(run.stderr.contains(part), "no {part:?} in {}", run.stderr);
        assert_eq!(run.stdout, "");
    }
}
