//! An engine that is gone, that comes and goes, or that starts again and again is not healthy, and
//! one that missed a scrape or was drained is.

mod page;

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::report::Diagnosis;
use inference_triage_core::settings::Interval;
use page::{END, MINUTE, PLACE, Page, SECOND, START, TIMES, Value};

const OTHER: [(&str, &str); 2] = [("instance", "b:8000"), ("job", "vllm")];

fn is(found: &Diagnosis, id: CauseId, words: &str) {
    let sentence = &found.verdict.sentence;
    assert_eq!(found.verdict.id, id, "{sentence}");
    assert!(sentence.contains(words), "{sentence}");
}

fn is_state(name: &str) -> bool {
    name.contains("num_requests") || name.contains("kv_cache")
}

/// A series of the process at a target, which names no model.
fn beside(page: &mut Page, name: &str, place: [(&str, &str); 2], value: Value) {
    let name = [("__name__", name)];
    let labels =
        place.iter().chain(&name).map(|(name, value)| ((*name).into(), (*value).into())).collect();
    page.series.push((labels, value));
}

/// An engine of its own pace that is there all the time.
fn sound(place: [(&str, &str); 2]) -> Page {
    let pace = |time: i64| (7 * (time - START + 60 * MINUTE) / (5 * SECOND)) as f64;
    let mut page = Page::default().counts_of(&place, None, TIMES, pace).states(&place);
    for (reason, share) in [("stop", 1.0), ("abort", 0.0), ("error", 0.0)] {
        let labels = [place[0], place[1], ("finished_reason", reason)];
        page.add(page::labels("vllm:request_success_total", &labels), move |time| {
            share * pace(time)
        });
    }
    beside(&mut page, "up", place, Box::new(|_| 1.0));
    beside(&mut page, "process_start_time_seconds", place, Box::new(|_| 1_779_000_000.0));
    page
}

/// An engine that answers at some times only, and a target that says whether it does; nothing is
/// inside where `is_empty`.
fn answering(is_there: impl Fn(i64) -> bool + Clone + 'static, is_empty: bool) -> Page {
    let there = is_there.clone();
    let page =
        page::engine().with(is_state, move |_, value| if is_empty { 0.0 } else { value(START) });
    let mut page = page.with(
        |_| true,
        move |time, value| {
            if there(time) { value(time) } else { f64::NAN }
        },
    );
    let up = move |time| f64::from(u8::from(is_there(time)));
    beside(&mut page, "up", PLACE, Box::new(up));
    page
}

fn and(mut page: Page, other: Page) -> Page {
    page.series.extend(other.series);
    page
}

/// Processes that follow one another at one address every `period` milliseconds, the first of them
/// `age` old at the start of the data; each answers from 12 s after its start on.
fn restarting(period: i64, age: i64, traffic: f64, has_start: bool) -> Page {
    let born = move |time: i64| time - (time - START + age) % period;
    let is_there = move |time: i64| time - born(time) >= 12 * SECOND;
    let page = answering(is_there, traffic <= 0.0);
    let mut page = page.with(
        |name| name.starts_with("vllm:") && !is_state(name),
        move |time, value| value(START - 60 * MINUTE + time - born(time)) * traffic,
    );
    if has_start {
        let start = move |time: i64| {
            if is_there(time) { (born(time) / SECOND) as f64 } else { f64::NAN }
        };
        beside(&mut page, "process_start_time_seconds", PLACE, Box::new(start));
    }
    page
}

#[test]
fn a_loop_of_restarts_is_named_with_its_number() {
    for (scraped, period, age) in [
        (15, 15_300, 4_500),
        (15, 20_000, 9_000),
        (15, 31_000, 20_000),
        (15, 120_000, 0),
        (60, 61_200, 18_000),
        (60, 62_000, 25_000),
        (60, 63_000, 40_000),
        (60, 90_000, 40_000),
        (60, 59_000, 30_000),
        (60, 600_000, 30_000),
        (300, 310_000, 30_000),
    ] {
        for traffic in [0.0, 1.0] {
            let alone = restarting(period, age, traffic, true).scraped_every(scraped);
            let of_two = and(restarting(period, age, traffic, true), sound(OTHER));
            for found in [alone, of_two.scraped_every(scraped)] {
                let sentence = &found.verdict.sentence;
                let case = format!("{scraped} {period} {age} {traffic}: {sentence}");
                assert_eq!(found.verdict.id, CauseId::RestartLoop, "{case}");
                assert!(sentence.contains("times, every"), "{case}");
            }
        }
    }
}

#[test]
fn a_loop_that_tells_no_start_is_not_healthy() {
    for (scraped, period, age) in [(15, 75_000, 4_000), (60, 200_000, 18_000)] {
        let page = and(restarting(period, age, 1.0, false), sound(OTHER));
        let found = page.scraped_every(scraped);
        assert_ne!(found.verdict.id, CauseId::Healthy, "{period}: {}", found.verdict.sentence);
    }
}

/// A balancer goes back to a process that it left.
#[test]
fn starts_that_come_back_are_a_balancer() {
    let in_turn = |time: i64| time / (15 * SECOND) % 2 == 0;
    let mut page = page::engine().with(
        |name| !is_state(name),
        move |time, value| if in_turn(time) { value(time) } else { 0.1 * value(time) },
    );
    let start = move |time| if in_turn(time) { 1_779_000_000.0 } else { 1_779_900_000.0 };
    beside(&mut page, "process_start_time_seconds", PLACE, Box::new(start));
    is(&page.diagnosis(), CauseId::TelemetryFault, "several processes answer");
}

#[test]
fn one_restart_that_lost_nothing_is_healthy() {
    let restart = END - 2 * MINUTE;
    let page = page::engine().with(is_state, move |time, value| {
        if (restart - 45 * SECOND..restart).contains(&time) { 0.0 } else { value(time) }
    });
    let mut page = page.with(
        |name| !is_state(name),
        move |time, value| {
            let before = value(time.min(restart - 45 * SECOND));
            if time < restart { before } else { value(time - restart + START - 60 * MINUTE) }
        },
    );
    let start =
        move |time| if time < restart { 1_779_000_000.0 } else { (restart / SECOND) as f64 };
    beside(&mut page, "process_start_time_seconds", PLACE, Box::new(start));
    is(&page.diagnosis(), CauseId::Healthy, "Healthy: ");
}

#[test]
fn an_engine_that_is_down_at_the_last_scrapes_is_not_healthy() {
    for scraped in [5, 15, 30, 60, 300] {
        for missed in 1..=4 {
            for is_empty in [true, false] {
                let from = END - (missed - 1) * scraped * SECOND;
                let gone = || answering(move |time| time < from, is_empty);
                let alone = gone().scraped_every(scraped);
                let of_two = and(gone(), sound(OTHER)).scraped_every(scraped);
                for found in [alone, of_two] {
                    is(&found, CauseId::CannotTell, "was down");
                }
            }
        }
    }
}

#[test]
fn a_scrape_that_failed_in_between_is_no_fault() {
    for scraped in [15, 30, 60] {
        let at = END - 2 * MINUTE;
        let missed = || answering(move |time| time != at, false);
        is(&missed().scraped_every(scraped), CauseId::Healthy, "Healthy: ");
        is(&and(missed(), sound(OTHER)).scraped_every(scraped), CauseId::Healthy, "Healthy: ");
    }
}

#[test]
fn an_engine_that_comes_and_goes_is_not_healthy() {
    for scraped in [5, 15, 60] {
        for every in [3, 4, 6] {
            for is_empty in [true, false] {
                let is_there = move |time: i64| time / (scraped * SECOND) % every != 1;
                let flapping = || answering(is_there, is_empty);
                let mut untold = and(flapping(), sound(OTHER));
                untold.series.retain(|(labels, _)| labels.iter().all(|(_, value)| value != "up"));
                for page in [flapping(), and(flapping(), sound(OTHER)), untold] {
                    let found = page.scraped_every(scraped);
                    assert_ne!(found.verdict.id, CauseId::Healthy, "{}", found.verdict.sentence);
                }
            }
        }
    }
}

/// The engine's part of the page ends, and the target is still scraped.
#[test]
fn a_page_that_ends_while_its_target_is_up_is_not_healthy() {
    for seconds in [60, 120, 240, 900] {
        for is_empty in [true, false] {
            let from = END - seconds * SECOND;
            let ended = || {
                let page = answering(|_| true, is_empty);
                page.with(
                    |name| name.starts_with("vllm:"),
                    move |time, value| if time >= from { f64::NAN } else { value(time) },
                )
            };
            for page in [ended(), and(ended(), sound(OTHER))] {
                is(&page.diagnosis(), CauseId::CannotTell, "though it is up");
            }
        }
    }
}

#[test]
fn a_replica_that_was_drained_and_left_takes_no_health() {
    let from = END - 3 * MINUTE;
    let left =
        || {
            let page = page::engine().with(is_state, move |time, value| {
                if time >= from - MINUTE { 0.0 } else { value(time) }
            });
            page.with(
                |_| true,
                move |time, value| {
                    if time >= from { f64::NAN } else { value(time.min(from - MINUTE)) }
                },
            )
        };
    is(&and(left(), sound(OTHER)).diagnosis(), CauseId::Healthy, "Healthy: ");
}

/// Nothing at all was sampled in the last part of the window.
#[test]
fn a_window_that_ends_long_after_the_data_is_not_healthy() {
    let until = |seconds: i64, page: Page| {
        page.within(Interval { start: END - 5 * MINUTE, end: END + seconds * SECOND })
    };
    let sounds = || and(page::engine(), sound(OTHER));
    for seconds in [60, 600, 86_400] {
        is(&until(seconds, page::engine()), CauseId::CannotTell, "its last sample is");
        is(&until(seconds, sounds()), CauseId::CannotTell, "its last sample is");
    }
    is(&until(20, sounds()), CauseId::Healthy, "Healthy: ");
}

/// No word of the target any more, and the others go on.
#[test]
fn a_replica_that_vanished_at_the_last_scrapes_is_not_healthy() {
    for scraped in [15, 60] {
        for missed in 2..=5 {
            // Empty by chance at its last scrapes: it served until then.
            for is_empty in [true, false] {
                let from = END - (missed - 1) * scraped * SECOND;
                let mut page = answering(move |time| time < from, is_empty);
                page.series.retain(|(labels, _)| labels.iter().all(|(_, value)| value != "up"));
                let found = and(page, sound(OTHER)).scraped_every(scraped);
                is(&found, CauseId::CannotTell, "vanished");
            }
        }
    }
}
