//! Pages that are not what they seem: old copies of a page, an engine that sums count twice. None
//! of them is called healthy, and what a reader is told is what happened.

mod page;

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::catalogue::caveats::CaveatId;
use page::{END, Labels, MINUTE, PLACE, Page, SECOND, Value, engine, with_processor_time};

#[test]
fn the_engine_behind_these_pages_is_healthy() {
    for page in [engine(), with_processor_time(engine())] {
        let found = page.diagnosis();
        assert_eq!(found.verdict.id, CauseId::Healthy, "{}", found.verdict.sentence);
    }
}

#[test]
fn a_page_without_even_processor_time_is_an_old_copy() {
    for minutes in [7, 12, 40] {
        let page = with_processor_time(engine()).frozen(END - minutes * MINUTE, END + 1);
        let found = page.diagnosis();
        assert_eq!(found.verdict.id, CauseId::TelemetryFault, "{}", found.verdict.sentence);
        assert!(found.verdict.sentence.contains("unchanged for"), "{}", found.verdict.sentence);
        assert!(found.verdict.action.is_some_and(|action| action.sentence.contains("own address")));
    }
}

/// Requests run and nothing comes out, but the process answers: it may hang.
#[test]
fn a_process_that_answers_is_no_old_copy() {
    let page = with_processor_time(engine().frozen(END - 12 * MINUTE, END + 1));
    let found = page.diagnosis();
    assert!(!found.verdict.sentence.contains("unchanged for"), "{}", found.verdict.sentence);
    assert_ne!(found.verdict.id, CauseId::Healthy);
}

/// What was counted while the copy was shown is in the samples behind it.
#[test]
fn an_old_copy_that_has_gone_is_a_caveat() {
    let (from, to) = (END - 14 * MINUTE, END - 3 * MINUTE);
    let page = with_processor_time(engine()).frozen(from, to);

    let found = page.diagnosis();
    assert_ne!(found.verdict.id, CauseId::TelemetryFault, "{}", found.verdict.sentence);
    assert_ne!(found.verdict.id, CauseId::EngineHang, "{}", found.verdict.sentence);
    let has = |id: CaveatId| found.quality.caveats.iter().any(|caveat| caveat.id == id);
    assert!(has(CaveatId::StalePage), "{:?}", found.quality.caveats);
}

/// A server repeats the last sample of a target that is gone for five minutes.
#[test]
fn a_target_that_is_gone_is_no_old_copy() {
    for scrapes in 0..2 {
        let page = with_processor_time(engine());
        let page = page.frozen(END - 5 * MINUTE - scrapes * 15 * SECOND, END + 1);
        let found = page.diagnosis();
        assert_ne!(found.verdict.id, CauseId::TelemetryFault, "{}", found.verdict.sentence);
    }
}

/// An idle engine is silent, and its process takes time for every scrape all the same.
#[test]
fn a_silent_end_without_even_processor_time_is_not_healthy() {
    let idle = |page: Page| {
        let from = END - 90 * SECOND;
        let page = page.frozen(from, END + 1);
        page.with(
            |name| name == "vllm:num_requests_running",
            move |time, running| if time < from { running(time) } else { 0.0 },
        )
    };
    // One request in ten seconds: a pause of ninety is no sign by itself.
    let rare = || {
        let requests = |time| (0.05 * page::requests(time)).floor();
        Page::default().counts_of(&PLACE, None, page::TIMES, requests).states(&PLACE)
    };
    let found = with_processor_time(idle(rare())).diagnosis();
    assert_eq!(found.verdict.id, CauseId::Healthy, "{}", found.verdict.sentence);
    let found = idle(with_processor_time(rare())).diagnosis();
    assert_eq!(found.verdict.id, CauseId::CannotTell, "{}", found.verdict.sentence);
    assert!(found.verdict.sentence.contains("unchanged for 90 s"), "{}", found.verdict.sentence);
}

/// The others are judged; healthy would be said of the one that nobody sees too.
#[test]
fn an_old_copy_of_one_replica_silences_no_other() {
    let other = [("instance", "b:8000"), ("job", "vllm")];
    let mut page = with_processor_time(engine()).frozen(END - 20 * MINUTE, END + 1);
    let busier = |(labels, value): (Labels, Value)| -> (Labels, Value) {
        (labels, Box::new(move |time| 3.0 * value(time)))
    };
    let others = Page::default().counts(&other, None).states(&other).series;
    page.series.extend(others.into_iter().map(busier));
    let found = page.diagnosis();
    assert_eq!(found.verdict.id, CauseId::CannotTell, "{}", found.verdict.sentence);
    assert!(found.verdict.sentence.contains("a:8000"), "{}", found.verdict.sentence);
}

#[test]
fn sums_over_targets_of_which_two_are_one_engine_are_refused() {
    let second = [("instance", "a:8000"), ("job", "other")];
    for kind in ["total/0", "increment/15000"] {
        let once = Page::default().counts(&[], Some(kind)).states(&PLACE);
        let found = once.diagnosis();
        assert_ne!(found.verdict.id, CauseId::TelemetryFault, "{}", found.verdict.sentence);
        let twice = Page::default().counts(&[], Some(kind)).states(&PLACE).states(&second);
        let found = twice.diagnosis();
        assert_eq!(found.verdict.id, CauseId::TelemetryFault, "{}", found.verdict.sentence);
        assert!(found.verdict.sentence.contains("count it twice"), "{}", found.verdict.sentence);
        // Another engine under the same address, with a load of its own.
        let states = Page::default().states(&second).series.into_iter().map(|(labels, value)| {
            let busier: Value = Box::new(move |time| 3.0 * value(time));
            (labels, busier)
        });
        let mut apart = Page::default().counts(&[], Some(kind)).states(&PLACE);
        apart.series.extend(states);
        let found = apart.diagnosis();
        assert_ne!(found.verdict.id, CauseId::TelemetryFault, "{}", found.verdict.sentence);
    }
}

/// The engine's loop stands still: it refreshes no state, so that what arrives is seen by nobody
/// until its first token comes minutes late.
#[test]
fn a_hang_behind_states_of_before_is_found_by_late_first_tokens() {
    let (from, to) = (END - 8 * MINUTE, END - 4 * MINUTE);
    let page = |late: f64| {
        let series = engine().frozen(from, to).series.into_iter().map(move |(labels, value)| {
            let is = |name: &str, text: &str| labels.iter().any(|(n, v)| n == name && v == text);
            let is_state = is("__name__", "vllm:num_requests_running");
            let added = if is("__name__", "vllm:time_to_first_token_seconds_sum") {
                200.0 * late
            } else if is("__name__", "vllm:time_to_first_token_seconds_bucket") && is("le", "+Inf")
            {
                late
            } else {
                0.0
            };
            let value: Value = Box::new(move |time| match time {
                _ if is_state && (from..to).contains(&time) => 0.0,
                _ if time >= to => value(time) + added,
                _ => value(time),
            });
            (labels, value)
        });
        Page { series: series.collect() }.diagnosis()
    };
    let hung = page(3.0);
    assert_eq!(hung.verdict.id, CauseId::EngineHang, "{}", hung.verdict.sentence);
    // Without them it was a pause of traffic.
    let paused = page(0.0);
    assert_ne!(paused.verdict.id, CauseId::EngineHang, "{}", paused.verdict.sentence);
}

/// An idle minute, then a prompt that computes for long: the engine was there for it.
#[test]
fn a_pause_before_a_long_prompt_is_no_hang() {
    let (from, to) = (END - 8 * MINUTE, END - 4 * MINUTE);
    let series = engine().frozen(from, to).series.into_iter().map(|(labels, value)| {
        let is = |name: &str, text: &str| labels.iter().any(|(n, v)| n == name && v == text);
        let is_running = is("__name__", "vllm:num_requests_running");
        let is_ttft = is("__name__", "vllm:time_to_first_token_seconds_bucket");
        let late = if is_ttft && (is("le", "60") || is("le", "+Inf")) { 1.0 } else { 0.0 };
        let is_sum = is("__name__", "vllm:time_to_first_token_seconds_sum");
        let added = if is_sum { 25.0 } else { late };
        let value: Value = Box::new(move |time| match time {
            // Seen at the last scrape of the pause.
            _ if is_running && (from..to - 15 * SECOND).contains(&time) => 0.0,
            _ if is_running && (from..to).contains(&time) => 1.0,
            _ if time >= to => value(time) + added,
            _ => value(time),
        });
        (labels, value)
    });
    let found = Page { series: series.collect() }.diagnosis();
    assert_ne!(found.verdict.id, CauseId::EngineHang, "{}", found.verdict.sentence);
}
