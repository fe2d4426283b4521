//! Which answers count as failures of requests, and who had a part in them: the server's count by
//! path and status, and the two halves of a fleet that does prefill and decode apart.

mod page;

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::report::Diagnosis;
use page::{END, MINUTE, PLACE, Page, SECOND, START, TIMES, engine};

fn is(found: &Diagnosis, id: CauseId, words: &str) {
    let sentence = &found.verdict.sentence;
    assert_eq!(found.verdict.id, id, "{sentence}");
    assert!(sentence.contains(words), "{sentence}");
}

/// Answers of a server, so many a second.
fn answers(page: &mut Page, (path, status): (&str, &str), per_second: f64) {
    let name = [("__name__", "http_requests_total"), ("handler", path), ("status", status)];
    let labels = PLACE.iter().chain(&name).map(|(name, value)| ((*name).into(), (*value).into()));
    let count = move |time| per_second * ((time - START) / SECOND) as f64;
    page.series.push((labels.collect(), Box::new(count)));
}

/// An engine that finishes so many requests in the last half hour.
fn idle(finished: i64) -> Page {
    let from = END - 30 * MINUTE;
    let page = engine().with(
        |name| name.contains("num_requests"),
        move |time, value| {
            if time > from { 0.0 } else { value(time) }
        },
    );
    page.with(
        |name| !name.contains("num_requests") && !name.contains("kv_cache"),
        move |time, value| {
            let past = (time - from).max(0);
            value(if time > from { from + finished * past / 1800 } else { time })
        },
    )
}

const COMPLETIONS: &str = "/v1/completions";

#[test]
fn answers_to_no_request_are_no_failures() {
    for path in ["/metrics", "none"] {
        for status in ["5xx", "503", "4xx"] {
            let mut page = engine();
            answers(&mut page, (COMPLETIONS, "2xx"), 2.0);
            answers(&mut page, (path, status), 5.0);
            is(&page.diagnosis(), CauseId::Healthy, "Healthy: ");
        }
    }
    // Scrapes that succeed are no answers to requests either, of which some fail.
    let mut page = engine();
    answers(&mut page, (COMPLETIONS, "2xx"), 0.5);
    answers(&mut page, (COMPLETIONS, "5xx"), 0.1);
    answers(&mut page, ("/metrics", "2xx"), 5.0);
    is(&page.diagnosis(), CauseId::EngineErrors, "were answered with a server error");
}

#[test]
fn a_storm_of_refusals_is_seen_at_any_engine() {
    for status in ["4xx", "404"] {
        for finished in [0, 20] {
            let mut page = idle(finished);
            answers(&mut page, (COMPLETIONS, "2xx"), 0.02);
            answers(&mut page, (COMPLETIONS, status), 3.0);
            is(&page.diagnosis(), CauseId::CannotTell, "were answered with a client error");
        }
        let mut page = engine();
        answers(&mut page, (COMPLETIONS, "2xx"), 2.0);
        answers(&mut page, (COMPLETIONS, status), 5.0);
        is(&page.diagnosis(), CauseId::CannotTell, "were answered with a client error");
    }
    for (served, refused) in [(0.02, 3.0), (2.0, 5.0), (2.0, 0.6)] {
        let mut page = if served < 1.0 { idle(20) } else { engine() };
        answers(&mut page, (COMPLETIONS, "2xx"), served);
        answers(&mut page, (COMPLETIONS, "429"), refused);
        is(&page.diagnosis(), CauseId::AdmissionRejected, "refused with status 429");
    }
    // One in a hundred may be missed, and is told.
    let mut page = engine();
    answers(&mut page, (COMPLETIONS, "2xx"), 2.0);
    answers(&mut page, (COMPLETIONS, "429"), 0.02);
    let few =
        "Healthy, but 7 of 727 requests were refused with status 429, too many requests: TTFT";
    is(&page.diagnosis(), CauseId::Healthy, few);
    // One client that sends wrong requests.
    let mut page = engine();
    answers(&mut page, (COMPLETIONS, "2xx"), 2.0);
    answers(&mut page, (COMPLETIONS, "4xx"), 0.5);
    is(&page.diagnosis(), CauseId::Healthy, "Healthy: ");
}

/// A worker whose requests end at their first token, and one that decodes.
fn workers(decodes: impl Fn(i64) -> i64 + Copy + 'static) -> Page {
    let second = [("instance", "b:8000"), ("job", "vllm")];
    let mut times = TIMES;
    (times[3].1, times[4].2, times[5].1) = (0.0, 0.0, 0.06);
    let pace = |time: i64| (3 * (time - START + 60 * MINUTE) / SECOND) as f64;
    let mut page = Page::default().counts_of(&PLACE, None, times, pace).states(&PLACE);
    page = page.with(|name| name.contains("generation_tokens"), |time, value| value(time) / 101.0);
    let decode = Page::default().counts(&second, None).states(&second);
    let decode = decode.with(|_| true, move |time, value| value(decodes(time)));
    let decode = decode.with(
        |name| name.contains("num_requests"),
        move |time, value| {
            if decodes(time) == time { value(time) } else { 0.0 }
        },
    );
    page.series.extend(decode.series);
    page
}

#[test]
fn a_decode_worker_without_work_is_no_healthy_prefill_worker() {
    is(&workers(|time| time).diagnosis(), CauseId::Healthy, "Healthy");
    for minutes in [10, 20, 40, 60] {
        let until = END - minutes * MINUTE;
        let found = workers(move |time| time.min(until)).diagnosis();
        assert_ne!(found.verdict.id, CauseId::Healthy, "{}", found.verdict.sentence);
    }
    // Alone it is one.
    let alone = |page: Page| Page {
        series: page
            .series
            .into_iter()
            .filter(|(labels, _)| labels.iter().any(|(_, value)| value == PLACE[0].1))
            .collect(),
    };
    let found = alone(workers(|time| time)).diagnosis();
    is(&found, CauseId::Healthy, "Healthy prefill worker");
}

/// Servers name the status and the path of an answer in their own ways.
#[test]
fn failures_are_counted_under_any_label_of_status_and_path() {
    for status in ["status", "code", "status_code"] {
        for path in ["handler", "path", "route", "endpoint"] {
            let answers = |page: &mut Page, to: &str, code: &str, per_second: f64| {
                let name = [("__name__", "http_requests_total"), (path, to), (status, code)];
                let labels = PLACE.iter().chain(&name);
                let labels = labels.map(|(name, value)| ((*name).into(), (*value).into()));
                let count = move |time| per_second * ((time - START) / SECOND) as f64;
                page.series.push((labels.collect(), Box::new(count)));
            };
            let mut failing = engine();
            answers(&mut failing, COMPLETIONS, "200", 2.0);
            answers(&mut failing, COMPLETIONS, "503", 0.5);
            is(&failing.diagnosis(), CauseId::EngineErrors, "with a server error");
            let mut sound = engine();
            answers(&mut sound, COMPLETIONS, "200", 2.0);
            answers(&mut sound, "/metrics", "500", 2.0);
            is(&sound.diagnosis(), CauseId::Healthy, "Healthy: ");
        }
    }
}
