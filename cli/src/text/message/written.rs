//! Four messages written by hand from the figures beside them, which are the reports'.

use inference_triage_core::catalogue::signals::SignalId;
use inference_triage_core::report::Report;
use inference_triage_core::report::confidence::{ConfidenceSource, Support};
use inference_triage_core::triage::finding::ConfidenceWord;

use super::examples::recording;
use super::*;

/// What the text below was written from.
struct Figures {
    /// Share of requests that miss TTFT 0.5 s and E2E 10 s, and of tokens that miss ITL 50 ms.
    missing: [f64; 3],
    /// Mean request, seconds.
    mean: f64,
    /// Mean request of the baseline, seconds.
    before: Option<f64>,
    finished: f64,
    /// Seconds from the onset to the last sample.
    since: Option<i64>,
}

#[track_caller]
fn check(id: &str, figures: &Figures, written: &str) {
    let mut report = recording(id);
    // Every fit counts anew.
    report.diagnosis.verdict.confidence_word = ConfidenceWord::Likely;
    report.diagnosis.verdict.confidence_source = Some(ConfidenceSource {
        right: 57,
        of: 60,
        support: Support::Strong,
        capped_by: None,
        text: "likely: right in 57 of 60 such simulated cases".to_owned(),
    });
    let diagnosis = &report.diagnosis;
    let missing = [SignalId::Ttft, SignalId::E2e, SignalId::Itl].map(|id| miss(&report, id));
    for (found, wanted) in missing.into_iter().zip(figures.missing) {
        assert!((found - wanted).abs() < 5e-4, "{id}: {missing:?}");
    }
    let phases = diagnosis.phases.as_ref().expect("phases");
    assert!((phases.mean_e2e - figures.mean).abs() < 5e-3, "{id}: {}", phases.mean_e2e);
    let before = phases.baseline_mean_e2e.map(|mean| (mean * 100.0).round() / 100.0);
    assert_eq!(before, figures.before, "{id}");
    assert_eq!(diagnosis.window.finished_requests, Some(figures.finished), "{id}");
    let since = diagnosis.verdict.since.map(|since| (diagnosis.range.end - since) / 1_000);
    assert_eq!(since, figures.since, "{id}");
    assert_eq!(text(&report, Style::plain(), Screen::UNKNOWN), written, "{id}");
}

fn miss(report: &Report, id: SignalId) -> f64 {
    let objectives = &report.diagnosis.verdict.impact.objectives;
    objectives.iter().find(|one| one.signal == id).expect("an objective").missing.1
}

#[test]
fn a_cap_of_two() {
    // 48 and 42 of 57 requests; what ITL would be at twice the batch is 46.4 ms.
    let figures = Figures {
        missing: [48.0 / 57.0, 42.0 / 57.0, 0.0791],
        mean: 15.94,
        before: None,
        finished: 57.0,
        since: Some(350),
    };
    check(
        "s0-cap2",
        &figures,
        "\
CRITICAL  tiny (1 replica): admission is capped at 2 running sequences; memory is not the
        constraint.
Impact  84 % of requests miss TTFT 0.5 s, 74 % E2E 10 s · 8 % of tokens miss ITL 50 ms · request
        time 16 s · began 2026-11-28 15:28 UTC, 5 min 50 s before the last sample
Do      1. Raise --max-num-seqs from 2 to 8 (the cache fits about 550 such sequences).
           --max-num-seqs=8
           → Queue wait drops from 5.2 s to about 0; ITL stays ≤ 35 ms with all 3 requests in one
           batch.
        2. Check after the restart that no request waits.
           max_over_time(vllm:num_requests_waiting{model_name=\"tiny\"}[5m])
Don't   lower the cap on sequences · scale out first
Why     running was 2 in all 57 scrapes that saw requests waiting · queue wait is 5.2 s on average;
        the budget is 0.1 s (20 % of the TTFT target) · KV cache usage is at most 1 %
Sure?   likely: 57 of 60 simulated cases · data A · closest to flipping: ITL, 46 ms against 50 ms
More    --full prints the tables: phases, signals, changes, limits, caveats
",
    );
}

#[test]
fn more_load_than_one_replica_serves() {
    // TPOT is missed by 38.5 %; of the 41 s too many, 99.7 % are explained, which reads as all.
    let figures = Figures {
        missing: [0.8240, 0.7593, 0.2060],
        mean: 43.505,
        before: Some(2.46),
        finished: 1_213.0,
        since: Some(300),
    };
    check(
        "overload",
        &figures,
        "\
CRITICAL  tiny (1 replica), overloaded: arrivals are 1.7 × what the engine completes. Queue wait is
        37 s and growing; ITL is already 46 ms (target 50 ms).
Impact  82 % of requests miss TTFT 0.5 s, 76 % E2E 10 s, 38 % TPOT 50 ms · 21 % of tokens miss ITL
        50 ms · request time 44 s, was 2.5 s · the queue grows · began 2026-11-28 15:30 UTC, 5 min
        before the last sample · 1,213 requests finished in 5 min
Do      1. Add replicas: 1 replica now, about 2 to keep up with what arrives.
           → The queue drains once capacity exceeds arrivals.
        2. Until they are up, shed or delay traffic that can wait.
        3. Check that the queue drains.
           sum(vllm:num_requests_waiting{model_name=\"tiny\"})
Don't   raise the cap on sequences (a larger batch makes ITL miss its target)
Why     up to 856 requests waited at once · ITL is 46 ms; twice the batch could take 76 ms, target
        50 ms · 7 requests arrive per second, was 0.93
Sure?   likely: 57 of 60 simulated cases · data A · closest to flipping: ITL, 76 ms against 50 ms
More    --full prints the tables: phases, signals, changes, limits, caveats
",
    );
}

#[test]
fn an_ordinary_engine() {
    let figures = Figures {
        missing: [0.0, 0.0, 0.0089],
        mean: 1.399,
        before: None,
        finished: 299.0,
        since: None,
    };
    check(
        "healthy-steady",
        &figures,
        "\
OK  tiny (1 replica), healthy: TTFT p95 ≤ 0.25 s (target 0.5 s), ITL p95 ≤ 25 ms (target 50 ms).
Impact  within the objective: 0.9 % of tokens miss ITL 50 ms · request time 1.4 s · window of 5 min
Why     299 requests finished; queue wait 12 µs on average, no request seen waiting. End to end: p95
        ≤ 5 s (target 10 s).
Sure?   likely: right in 57 of 60 such simulated cases · data A · closest to flipping: ITL, 25 ms
        against 50 ms
More    --full prints the tables: phases, signals, changes, limits, caveats
",
    );
}

#[test]
fn requests_that_never_finish() {
    // 2 of 252 first tokens came late.
    let figures = Figures {
        missing: [2.0 / 252.0, 0.0, 0.0090],
        mean: 1.450,
        before: None,
        finished: 162.0,
        since: None,
    };
    check(
        "aborts",
        &figures,
        "\
WARNING  tiny (1 replica), callers leave before their answer is complete: 86 of 252 requests did not
        finish.
Impact  86 requests did not finish · 0.9 % of tokens miss ITL 50 ms · 0.8 % of requests miss TTFT
        0.5 s · request time 1.5 s · 162 requests finished in 5 min
Do      1. Compare the time-outs of clients and gateway with the time of a whole answer; look for
           status 499 and 504.
           → Answers are read to the end, and no tokens are wasted.
Don't   add replicas (nothing here is late)
Why     86 of 252 requests did not finish
Sure?   likely: right in 57 of 60 such simulated cases · data A · closest to flipping: unfinished
        requests, 86 requests against 38 requests
More    --full prints the tables: phases, signals, changes, limits, caveats
",
    );
}
