//! Counters that show more than the work of the window: sums over replicas that lose one of them,
//! another process in the place of the first, a spoilt sample. What is shown is never more than
//! there was, and health is not proven by what is left out.

mod page;

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::catalogue::caveats::CaveatId;
use inference_triage_core::catalogue::signals::SignalId;
use inference_triage_core::report::Diagnosis;
use page::{
    END, MINUTE, PLACE, Page, SECOND, START, TIMES, engine, labels, requests, with_reasons,
};

const STEP: i64 = 15 * SECOND;

fn is_counted(name: &str) -> bool {
    name.starts_with("vllm:") && !name.contains("num_requests") && !name.contains("kv_cache")
}

fn has(found: &Diagnosis, id: CaveatId) -> bool {
    found.quality.caveats.iter().any(|caveat| caveat.id == id)
}

fn finished(found: &Diagnosis) -> f64 {
    found.window.finished_requests.unwrap_or(0.0)
}

/// The series of three replicas added up, of which one is missing at some times. Each is older than
/// the data: it has counted for hours.
fn sums(is_missing: impl Fn(i64) -> bool + Clone + 'static) -> Page {
    let of = |share: f64| {
        let own = move |time: i64| share * (requests(time) + 20_000.0);
        with_reasons(Page::default().counts_of(&[], None, TIMES, own).states(&[]), &[])
    };
    let gone =
        of(1.2).with(|_| true, move |time, value| if is_missing(time) { 0.0 } else { value(time) });
    of(1.0).plus(of(0.8)).plus(gone)
}

#[test]
fn sums_that_lose_a_replica_count_no_more_than_there_was() {
    let whole = sums(|_| false).diagnosis();
    assert_eq!(whole.verdict.id, CauseId::Healthy, "{}", whole.verdict.sentence);
    let all = finished(&whole);
    for scrapes in [1, 2, 6, 15] {
        for from in [END - 20 * STEP, END - 17 * STEP, END - 90 * STEP] {
            let is_missing = move |time: i64| (from..from + scrapes * STEP).contains(&time);
            let found = sums(is_missing).diagnosis();
            let told = format!("{scrapes} from {from}: {}", found.verdict.sentence);
            assert!(finished(&found) <= 1.02 * all, "{} of {all}, {told}", finished(&found));
            assert!(finished(&found) >= 0.5 * all, "{} of {all}, {told}", finished(&found));
            assert_ne!(found.verdict.id, CauseId::LoadAboveCapacity, "{told}");
            if from >= END - 24 * STEP {
                assert!(has(&found, CaveatId::MembersChanged), "{told}");
                let may_be_healthy = scrapes <= 2;
                assert_eq!(found.verdict.id == CauseId::Healthy, may_be_healthy, "{told}");
            }
        }
    }
    for last in [1, 4, 12, 20] {
        let found = sums(move |time| time > END - last * STEP).diagnosis();
        let told = format!("{last}: {}", found.verdict.sentence);
        assert!(finished(&found) <= 1.02 * all, "{} of {all}, {told}", finished(&found));
        assert_ne!(found.verdict.id, CauseId::Healthy, "{told}");
    }
}

/// As sums by rank and by job are, which name no process either.
#[test]
fn sums_that_keep_a_label_are_sums_too() {
    let all = finished(&sums(|_| false).diagnosis());
    for label in [("job", "vllm"), ("engine", "0"), ("namespace", "prod")] {
        let is_missing = |time: i64| (END - 9 * STEP..END - 6 * STEP).contains(&time);
        let mut page = sums(is_missing);
        for (labels, _) in &mut page.series {
            labels.push((label.0.into(), label.1.into()));
        }
        let found = page.diagnosis();
        let told = format!("{label:?}: {}", found.verdict.sentence);
        assert!(finished(&found) <= 1.02 * all, "{} of {all}, {told}", finished(&found));
    }
}

/// The labels of the target are gone, and the process starts anew: that is no loss.
#[test]
fn a_process_without_labels_that_starts_anew_is_counted() {
    let from = END - 10 * STEP;
    let page = with_reasons(Page::default().counts(&[], None).states(&[]), &[]).with(
        is_counted,
        move |time, value| if time < from { value(time) } else { value(time) - value(from) },
    );
    let found = page.diagnosis();
    assert!(has(&found, CaveatId::CounterReset), "{:?}", found.quality.caveats);
    assert!(!has(&found, CaveatId::MembersChanged), "{:?}", found.quality.caveats);
}

/// Another process takes the target at a time and stays; it had counted that many times as much.
fn replaced(times: f64, at: i64) -> Page {
    engine().with(is_counted, move |time, value| {
        if time < at { value(time) } else { value(time) + (times - 1.0) * value(at) }
    })
}

#[test]
fn what_another_process_had_counted_before_is_no_work() {
    let all = finished(&engine().diagnosis());
    for times in [1.2, 1.5, 2.0, 5.0, 30.0] {
        for scrapes in [1, 3, 12, 23] {
            let found = replaced(times, END - scrapes * STEP).diagnosis();
            let told = format!("{times} × {scrapes} ago: {}", found.verdict.sentence);
            assert!(finished(&found) <= 1.05 * all, "{} of {all}, {told}", finished(&found));
            assert_ne!(found.verdict.id, CauseId::Healthy, "{told}");
            assert!(has(&found, CaveatId::MembersChanged), "{told}");
            assert!(found.verdict.sentence.contains("another process"), "{told}");
        }
        // Long before the window it changes nothing in it.
        let found = replaced(times, END - 40 * MINUTE).diagnosis();
        assert_eq!(found.verdict.id, CauseId::Healthy, "{times}: {}", found.verdict.sentence);
        assert!((finished(&found) - all).abs() < 1.0, "{times}: {}", finished(&found));
    }
}

/// A queue of hundreds, as a hang leaves it, hides that nobody served so many at once; the steps do
/// not fit into the time.
#[test]
fn another_process_is_told_by_its_steps_where_many_once_waited() {
    // Two requests a second of 101 tokens, five at a time: a step makes a token of each.
    let steps = |time: i64| 20.2 * requests(time);
    let with_steps = |page: Page| {
        let mut page = page.with(
            |name| name == "vllm:num_requests_waiting",
            |time, value| if time == END - 2 * STEP { 900.0 } else { value(time) },
        );
        page.add(labels("vllm:iteration_tokens_total_count", &PLACE), steps);
        page.add(labels("vllm:iteration_tokens_total_sum", &PLACE), move |time| 5.0 * steps(time));
        page
    };
    let all = finished(&with_steps(engine()).diagnosis());
    for times in [1.2, 2.0, 30.0] {
        for scrapes in [3, 12, 23] {
            let at = END - scrapes * STEP;
            let page = with_steps(engine()).with(is_counted, move |time, value| {
                if time < at { value(time) } else { value(time) + (times - 1.0) * value(at) }
            });
            let found = page.diagnosis();
            let told = format!("{times} × {scrapes} ago: {}", found.verdict.sentence);
            assert!(finished(&found) <= 1.05 * all, "{} of {all}, {told}", finished(&found));
            assert!(has(&found, CaveatId::MembersChanged), "{told}");
        }
    }
}

/// Requests that a scrape does not see run, and that are short enough to be real.
#[test]
fn a_burst_between_two_scrapes_is_work() {
    let at = END - 8 * STEP;
    let burst = engine().with(is_counted, move |time, value| {
        let more = value(START + 100 * SECOND) - value(START);
        // Three hundred requests, of which each is a tenth as long.
        value(time) + if time < at { 0.0 } else { 1.5 * more }
    });
    let short = burst.with(
        |name| name.ends_with("_sum"),
        move |time, value| {
            value(time) - if time < at { 0.0 } else { 0.95 * (value(at) - value(at - STEP)) }
        },
    );
    let found = short.diagnosis();
    assert!(!has(&found, CaveatId::MembersChanged), "{:?}", found.quality.caveats);
}

/// A counter that shows zero, or less than before, for a scrape or two while the rest of the page
/// goes on.
#[test]
fn a_spoilt_sample_counts_nothing_again() {
    let plain = engine().diagnosis();
    let all = finished(&plain);
    let names = [
        "vllm:generation_tokens_total",
        "vllm:request_success_total",
        "vllm:e2e_request_latency_seconds",
        "vllm:time_to_first_token_seconds",
        "vllm:e2e_request_latency_seconds_sum",
        "vllm:time_to_first_token_seconds_sum",
    ];
    for name in names {
        for (share, scrapes) in [(0.0, 1), (0.0, 2), (0.4, 1)] {
            // A sum that falls by a part holds a negative observation.
            if share > 0.0 && name.ends_with("_sum") {
                continue;
            }
            for at in [END - 3 * STEP, END - 11 * STEP] {
                let is_hit = move |time: i64| (at..at + scrapes * STEP).contains(&time);
                let page = engine().with(
                    |own| own.starts_with(name),
                    move |time, value| if is_hit(time) { share * value(time) } else { value(time) },
                );
                let found = page.diagnosis();
                let told = format!("{name} {share} {scrapes}: {}", found.verdict.sentence);
                assert!((finished(&found) - all).abs() < 1.0, "{} {told}", finished(&found));
                assert_eq!(found.verdict.id, CauseId::Healthy, "{told}");
                assert!(has(&found, CaveatId::SpoiltSample), "{told}");
                let rate = |one: &Diagnosis| {
                    one.signals.get(SignalId::RequestsPerS).and_then(|signal| signal.mean)
                };
                assert_eq!(rate(&found), rate(&plain), "{told}");
            }
        }
    }
}

/// All counters start again: that is a restart, however soon they are where they were.
#[test]
fn counters_that_all_fall_are_no_spoilt_sample() {
    let at = END - 10 * STEP;
    let page =
        engine().with(
            is_counted,
            move |time, value| if time < at { value(time) } else { value(time) - value(at) },
        );
    let found = page.diagnosis();
    assert!(!has(&found, CaveatId::SpoiltSample), "{:?}", found.quality.caveats);
    assert!(has(&found, CaveatId::CounterReset), "{:?}", found.quality.caveats);
}

/// What contradictions show to be wrong is no figure.
#[test]
fn a_count_that_is_not_believed_is_not_shown() {
    let second = [("instance", "a:8000"), ("job", "other")];
    let twice = Page::default().counts(&[], Some("total/0")).states(&PLACE).states(&second);
    // Of the finished requests one family recorded a part.
    let differing =
        engine().with(|name| name.starts_with("vllm:e2e"), |time, value| 3.0 * value(time));
    let mut fewer = engine();
    fewer.add(labels("vllm:request_inference_time_seconds_count", &PLACE), |time| {
        0.4 * requests(time)
    });
    for (name, page) in [("twice", twice), ("more", differing), ("fewer", fewer)] {
        let found = page.diagnosis();
        let told = format!("{name}: {}", found.verdict.sentence);
        assert!(
            matches!(found.verdict.id, CauseId::TelemetryFault | CauseId::CannotTell),
            "{told}"
        );
        assert_eq!(found.window.finished_requests, None, "{told}");
        for id in [SignalId::RequestsPerS, SignalId::GenerationTokensPerS, SignalId::MeanBatch] {
            assert!(found.signals.get(id).is_none(), "{told}");
        }
    }
}
