//! Every case of `tests/cases` gets its right answer.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use inference_triage_harness::reported::{Reported, cases};

/// Cases that the core still answers wrongly. One that holds must leave the list.
const OPEN: &[&str] = &[
    "01-scraped-twice-two-instances",
    "03-ha-prometheus-pair",
    "05-ray-worker-id-only",
    "10-prefill-decode-swapped",
    "13-deferred-hold-slots",
    "14-lora-slots",
    "16-mtp-step-latency-no-tpot",
    "18-prefill-bound-ramp",
    "28-metric-names-change",
    "32-uptime-sized-latency-old-process",
    "34-negative-queue-net-positive",
    "35-kv-usage-not-a-ratio",
    "36-prefill-worker",
    "two-scrape-jobs-cap-2-becomes-4",
];

/// Name and faults of the cases that are answered wrongly.
fn wrong() -> Vec<(String, Vec<String>)> {
    let judged = |case: &Reported| (case.name.clone(), case.wrong());
    cases().unwrap().iter().map(judged).filter(|(_, wrong)| !wrong.is_empty()).collect()
}

#[test]
fn every_case_that_is_not_open_is_answered_rightly() {
    let wrong = wrong();
    let failures: Vec<String> = wrong
        .iter()
        .filter(|(name, _)| !OPEN.contains(&name.as_str()))
        .map(|(name, wrong)| format!("{name}: {}", wrong.join("; ")))
        .collect();
    assert!(failures.is_empty(), "{} wrong\n{}", failures.len(), failures.join("\n"));
    let holds = OPEN.iter().filter(|open| !wrong.iter().any(|(name, _)| name == *open));
    let holds: Vec<&&str> = holds.collect();
    assert!(holds.is_empty(), "answered rightly, or not there: take off the list {holds:?}");
}

#[test]
fn every_case_is_there() {
    let cases = cases().unwrap();
    assert!(cases.len() >= 28, "{} cases", cases.len());
    for case in &cases {
        assert!(!case.expected.any_of.is_empty(), "{} asks for no verdict", case.name);
    }
}
