//! Inputs with which others had misled a verdict: requests that never reach the engine, reasons
//! that nobody knows, buckets that do not add up, a time before the model was there.

mod page;

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::report::Diagnosis;
use inference_triage_core::session::Session;
use inference_triage_core::settings::{Interval, Settings};
use page::{END, MINUTE, PLACE, Page, SECOND, START, TIMES, engine, engine_at, labels, requests};

fn is(found: &Diagnosis, id: CauseId, words: &str) {
    let said = &found.verdict.sentence;
    assert_eq!(found.verdict.id, id, "{said}");
    assert!(said.contains(words), "no {words:?} in: {said}");
}

/// Answers of the HTTP server, each a request of the engine's until it stops to work.
fn with_answers(page: Page, place: &[(&str, &str)], path: &str, per_second: f64) -> Page {
    let mut page = page;
    let name = [("__name__", "http_requests_total"), ("handler", path), ("status", "2xx")];
    let own = place.iter().chain(&name).map(|(name, value)| ((*name).into(), (*value).into()));
    let count = move |time| per_second * ((time - START) / SECOND) as f64;
    page.series.push((own.collect(), Box::new(count)));
    page
}

/// An engine that takes nothing in from a time on, and shows nobody inside.
fn silent(place: &[(&str, &str)], from: i64) -> Page {
    let is_state = |name: &str| name.contains("num_requests");
    let page = engine_at(place).with(
        move |name| name.starts_with("vllm:") && !is_state(name),
        move |time, value| value(time.min(from)),
    );
    page.with(is_state, move |time, value| if time < from { value(time) } else { 0.0 })
}

#[test]
fn answers_that_no_engine_gave_are_no_health() {
    let from = END - 15 * MINUTE;
    let answered = |per_second| {
        let page = silent(&PLACE, from);
        with_answers(page, &PLACE, "/v1/completions", per_second).diagnosis()
    };
    is(&answered(2.0), CauseId::CannotTell, "none of them reached the engine");
    // Probes are no requests: the engine had served a hundredth of them.
    let probed = answered(200.0).verdict.sentence;
    assert!(!probed.contains("reached the engine"), "{probed}");
    let other = [("instance", "b:8000"), ("job", "vllm")];
    let mut two = with_answers(silent(&PLACE, from), &PLACE, "/v1/completions", 2.0);
    let busy = Page::default().counts_of(&other, None, TIMES, |time| 1.7 * requests(time));
    let busy = with_answers(busy.states(&other), &other, "/v1/completions", 3.4);
    two.series.extend(busy.series);
    is(&two.diagnosis(), CauseId::CannotTell, "a:8000/0 answered");
}

#[test]
fn a_reason_to_finish_that_is_not_known_is_no_success() {
    for reason in ["timeout", "FinishReason.ERROR", "Error", "cancelled"] {
        for (share, is_told) in [(1.0, true), (0.2, true), (0.01, false)] {
            let mut page = engine();
            let own = [PLACE[0], PLACE[1], ("finished_reason", reason)];
            page.add(labels("vllm:request_success_total", &own), move |time| {
                share * requests(time)
            });
            let found = page.diagnosis();
            let said = &found.verdict.sentence;
            assert_eq!(
                found.verdict.id == CauseId::CannotTell,
                is_told,
                "{reason} {share}: {said}"
            );
            assert!(!is_told || said.contains("not known"), "{said}");
        }
    }
}

#[test]
fn outputs_cut_for_repeating_themselves_are_told_beside_health() {
    for (share, is_told) in [(1.0, true), (0.1, true), (0.01, false)] {
        let mut page = engine();
        let own = [PLACE[0], PLACE[1], ("finished_reason", "repetition")];
        page.add(labels("vllm:request_success_total", &own), move |time| share * requests(time));
        let found = page.diagnosis();
        let said = &found.verdict.sentence;
        assert_eq!(found.verdict.id, CauseId::Healthy, "{said}");
        assert_eq!(said.contains("repeat themselves"), is_told, "{share}: {said}");
    }
}

/// With twice as many observations in one bucket of a family as there are at all.
fn with_a_full_bucket(page: Page, family: &str) -> Page {
    let is_bucket = |labels: &page::Labels| {
        let is = |wanted: &str, is_it: &dyn Fn(&str) -> bool| {
            labels.iter().any(|(name, value)| name == wanted && is_it(value))
        };
        is("le", &|bound| bound == "10") && is("__name__", &|name| name.contains(family))
    };
    let change = |(labels, value): (page::Labels, page::Value)| -> (page::Labels, page::Value) {
        if is_bucket(&labels) {
            (labels, Box::new(move |time| 2.0 * value(time)))
        } else {
            (labels, value)
        }
    };
    Page { series: page.series.into_iter().map(change).collect() }
}

/// Some pipelines write what each bucket holds by itself.
#[test]
fn buckets_that_are_not_cumulative_judge_nothing() {
    for family in ["time_to_first_token", "inter_token_latency", "e2e_request_latency"] {
        let found = with_a_full_bucket(engine(), family).diagnosis();
        is(&found, CauseId::TelemetryFault, "not cumulative");
    }
}

/// One family that contradicts itself says nothing of the requests that others count.
#[test]
fn a_broken_family_hides_no_lost_requests() {
    let from = END - 10 * MINUTE;
    let gone = move |time: i64| 0.4 * (requests(time) - requests(time.min(from)));
    let page = engine().with(
        |name| name.contains("time_to_first_token"),
        move |time, value| value(time) * (1.0 + gone(time) / requests(time).max(1.0)),
    );
    let broken = with_a_full_bucket(page, "request_prefill_time");
    is(&broken.diagnosis(), CauseId::ClientAborts, "did not finish");
}

/// The rate of a time in which nobody asked is no measure of the load.
#[test]
fn a_model_that_came_late_is_not_overloaded_for_that() {
    let born = START + 25 * MINUTE;
    let slow = END - 10 * MINUTE;
    for is_absent in [true, false] {
        let mut page = Page::default();
        // Twice as slow from a time on, and as many requests.
        let count = move |time: i64| requests(time.max(born)) - requests(born);
        let fast = move |time: i64| count(time.min(slow));
        let late = move |time: i64| count(time.max(slow)) - count(slow);
        let mut slower = TIMES;
        slower[3].1 *= 4.0;
        slower[4].1 *= 4.0;
        slower[5].1 *= 4.0;
        let quick = Page::default().counts_of(&PLACE, None, TIMES, fast);
        page = page_plus(page, quick.plus(Page::default().counts_of(&PLACE, None, slower, late)));
        let running = move |time: i64| {
            if time < born {
                0.0
            } else if time < slow {
                4.0
            } else {
                16.0
            }
        };
        page.add(labels("vllm:num_requests_running", &PLACE), running);
        page.add(labels("vllm:num_requests_waiting", &PLACE), |_| 0.0);
        page.add(labels("vllm:kv_cache_usage_perc", &PLACE), |_| 0.2);
        let page = page.with(
            |_| true,
            move |time, value| if is_absent && time < born { f64::NAN } else { value(time) },
        );
        is(&page.diagnosis(), CauseId::SlowDecode, "");
    }
}

fn page_plus(mut page: Page, more: Page) -> Page {
    page.series.extend(more.series);
    page
}

/// Another engine under the same labels: its own counts, as of a time.
fn under_the_same_labels(count: impl Fn(i64) -> f64 + Copy + 'static) -> Page {
    let mut page = engine();
    let other = Page::default().counts_of(&PLACE, None, TIMES, count).states(&PLACE);
    page.series.extend(other.series);
    page
}

#[test]
fn two_engines_under_one_set_of_labels_are_no_engine() {
    let said = "two engines stand under the same labels";
    let slower = under_the_same_labels(|time| 0.4 * requests(time) + 7.0);
    is(&slower.diagnosis(), CauseId::TelemetryFault, said);
    let hung = under_the_same_labels(|_| 100.0);
    is(&hung.diagnosis(), CauseId::TelemetryFault, said);
    // A second server that scrapes the same engine a scrape later, or at the same time.
    for late in [0, 15 * SECOND] {
        let found = under_the_same_labels(move |time| requests(time - late)).diagnosis();
        is(&found, CauseId::Healthy, "");
        assert_eq!(found.window.finished_requests, Some(720.0), "{late}");
    }
}

#[test]
fn what_began_lately_does_not_drown_in_a_long_window() {
    let session = |from: i64| {
        let mut page = engine();
        let own = [PLACE[0], PLACE[1], ("finished_reason", "error")];
        let errors = move |time: i64| 0.5 * ((time - from) / SECOND).max(0) as f64;
        page.add(labels("vllm:request_success_total", &own), errors);
        let steps = 0..=2 * 3600 / 15;
        let times: Vec<i64> =
            steps.map(|index| START - 60 * MINUTE + index * 15 * SECOND).collect();
        let mut session = Session::new();
        session.load_batch(page.batch(&times)).expect("a sound batch");
        session
    };
    let mut late = session(END - 2 * MINUTE);
    let found = late.diagnosis(0).expect("one scope");
    is(&found, CauseId::EngineErrors, "60 of 660 requests failed");
    assert_eq!(found.window.start, END - 5 * MINUTE);
    assert!(found.verdict.detail.contains("All of the last 12 min together keep every objective."));
    // A window that somebody chose stays.
    let window = Some(Interval { start: END - 12 * MINUTE, end: END });
    late.configure(Settings { window, ..Settings::default() }).expect("sound settings");
    is(&late.diagnosis(0).expect("one scope"), CauseId::Healthy, "60 of 1,500 requests failed");
    let sound = session(END + MINUTE).diagnosis(0).expect("one scope");
    is(&sound, CauseId::Healthy, "");
    assert_eq!(sound.window.start, END - 12 * MINUTE);
}

#[test]
fn requests_without_a_reason_are_not_met_objectives() {
    let mut page = Page::default().counts(&PLACE, None).states(&PLACE);
    let own = [PLACE[0], PLACE[1], ("finished_reason", "stop")];
    page.add(labels("vllm:request_success_total", &own), |time| 0.4 * requests(time));
    is(&page.diagnosis(), CauseId::CannotTell, "reason");
}
