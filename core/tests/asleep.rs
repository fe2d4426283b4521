//! An engine that sleeps is nobody's matter only where nobody misses it; one that makes tokens does
//! not sleep, whatever it says.

mod page;

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::report::Diagnosis;
use inference_triage_core::triage::finding::Severity;
use page::{END, MINUTE, PLACE, Page, START, engine, labels};

const ASLEEP: [(&str, &str); 3] = [PLACE[0], PLACE[1], ("sleep_state", "weights_offloaded")];

fn is_state(name: &str) -> bool {
    name.contains("num_requests")
}

/// It falls asleep at a time and counts no more; so many requests stay inside.
fn asleep(from: i64, inside: f64) -> Page {
    let mut page = engine().with(
        |name| name.starts_with("vllm:") && !is_state(name),
        move |time, value| value(time.min(from)),
    );
    page = page.with(is_state, move |time, value| if time < from { value(time) } else { inside });
    page.add(labels("vllm:engine_sleep_state", &ASLEEP), move |time| {
        f64::from(u8::from(time >= from))
    });
    page
}

fn is(found: &Diagnosis, severity: Severity, words: &str) {
    let said = &found.verdict.sentence;
    assert_eq!(found.verdict.id, CauseId::EngineAsleep, "{said}");
    assert_eq!(found.verdict.severity, severity, "{said}");
    assert!(said.contains(words), "no {words:?} in: {said}");
}

#[test]
fn who_waits_for_it_decides_how_bad_it_is() {
    for from in [END - 30 * MINUTE, END - 4 * MINUTE] {
        is(&asleep(from, 4.0).diagnosis(), Severity::Critical, "for it");
        is(&asleep(from, 0.0).diagnosis(), Severity::Warning, "served requests before");
    }
    is(&asleep(START - MINUTE, 0.0).diagnosis(), Severity::Info, "nothing waits for it");
    let running = asleep(END - 30 * MINUTE, 4.0)
        .with(|name| name == "vllm:num_requests_waiting", |_, _| 0.0)
        .diagnosis();
    is(&running, Severity::Critical, "4 requests are inside it");
}

#[test]
fn what_is_not_measured_of_it_is_no_zero() {
    for gone in ["vllm:num_requests_running", "vllm:num_requests_waiting"] {
        let page = asleep(END - 30 * MINUTE, 0.0).with(move |name| name == gone, |_, _| f64::NAN);
        is(&page.diagnosis(), Severity::Warning, "not measured");
    }
}

#[test]
fn failures_while_all_sleep_are_no_notice() {
    let mut page = asleep(START - MINUTE, 0.0);
    for (status, per_minute) in [("2xx", 0.0), ("5xx", 120.0)] {
        let own = labels("http_requests_total", &[PLACE[0], PLACE[1], ("status", status)]);
        page.add(own, move |time| per_minute * ((time - START) / MINUTE) as f64);
    }
    let found = page.diagnosis();
    assert!(found.verdict.severity >= Severity::Warning, "{}", found.verdict.sentence);
}

/// A state that a proxy keeps or that a rule writes wrongly hides nothing.
#[test]
fn an_engine_that_makes_tokens_does_not_sleep() {
    let says = |page: Page| {
        let mut page = page;
        page.add(labels("vllm:engine_sleep_state", &ASLEEP), |_| 1.0);
        page.diagnosis()
    };
    let sound = says(engine());
    assert_ne!(sound.verdict.id, CauseId::EngineAsleep, "{}", sound.verdict.sentence);
    let slow = engine().with(
        |name| name.ends_with("_sum") && name.contains("inter_token"),
        |time, value| 30.0 * value(time),
    );
    let alone = slow.diagnosis().verdict.id;
    let slow = engine().with(
        |name| name.ends_with("_sum") && name.contains("inter_token"),
        |time, value| 30.0 * value(time),
    );
    let found = says(slow);
    assert_eq!(found.verdict.id, alone, "{}", found.verdict.sentence);
}
