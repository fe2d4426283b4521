//! Nothing runs and what waits is not measured: requests may be inside all the same, and an engine
//! that shows no output for longer than chance is not healthy.

mod page;

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::report::Diagnosis;
use page::{END, MINUTE, Page, SECOND, engine, engine_at};

fn is(found: &Diagnosis, id: CauseId, words: &str) {
    let sentence = &found.verdict.sentence;
    assert_eq!(found.verdict.id, id, "{sentence}");
    assert!(sentence.contains(words), "{sentence}");
}

fn is_counted(name: &str) -> bool {
    !name.contains("num_requests") && !name.contains("kv_cache")
}

/// Which of the states of requests is missing from the page.
const HIDDEN: [&str; 2] = ["num_requests_waiting", "num_requests_running"];

fn without(mut page: Page, name: &str) -> Page {
    page.series.retain(|(labels, _)| !labels.iter().any(|(_, value)| value.contains(name)));
    page
}

/// Still from a time on, with no request in the gauges that are there.
fn silent(page: Page, from: i64) -> Page {
    let states = |name: &str| name.contains("num_requests");
    let page = page.with(is_counted, move |time, value| value(time.min(from)));
    page.with(states, move |time, value| if time > from { 0.0 } else { value(time) })
}

#[test]
fn a_hang_of_which_only_one_gauge_tells_is_not_healthy() {
    for hidden in HIDDEN {
        for (scraped, seconds) in [(15, 30), (15, 60), (15, 240), (5, 20), (60, 120), (15, 1200)] {
            let from = END - seconds * SECOND;
            let alone = without(silent(engine(), from), hidden).scraped_every(scraped);
            // Where it lasts for the whole window, nothing is left to judge.
            let words = if seconds > 600 { "Not measured: " } else { "output" };
            is(&alone, CauseId::CannotTell, words);
            // One of two, and the other serves on.
            let other = [("instance", "b:8000"), ("job", "vllm")];
            let other = engine_at(&other).with(|_| true, |time, value| 1.5 * value(time + MINUTE));
            let mut both = without(silent(engine(), from), hidden);
            both.series.extend(other.series);
            is(&both.scraped_every(scraped), CauseId::CannotTell, "output");
        }
    }
}

#[test]
fn a_hang_that_ended_is_told_by_what_had_waited_for_its_end() {
    for hidden in HIDDEN {
        let (from, to) = (END - 4 * MINUTE, END - 90 * SECOND);
        let hung = move |time: i64| if (from..to).contains(&time) { from } else { time };
        let page = engine().with(is_counted, move |time, value| value(hung(time)));
        let page = page.with(
            |name| name.contains("num_requests"),
            move |time, value| if hung(time) == time { value(time) } else { 0.0 },
        );
        // What arrived at its begin got its first token behind it.
        let found = without(late(page, to), hidden).diagnosis();
        assert_ne!(found.verdict.id, CauseId::Healthy, "{}", found.verdict.sentence);
    }
}

/// Three first tokens of more than a minute at a time.
fn late(page: Page, at: i64) -> Page {
    let series = page.series.into_iter().map(|(labels, value)| {
        let has = |text: &str| labels.iter().any(|(_, value)| value == text);
        let is_all = has("vllm:time_to_first_token_seconds_bucket") && has("+Inf");
        let is_sum = has("vllm:time_to_first_token_seconds_sum");
        let more = 3.0 * f64::from(u8::from(is_all)) + 300.0 * f64::from(u8::from(is_sum));
        let value: page::Value =
            Box::new(move |time| value(time) + if time >= at { more } else { 0.0 });
        (labels, value)
    });
    Page { series: series.collect() }
}

/// The same silence where both gauges show that nothing is inside, or within chance.
#[test]
fn an_engine_without_requests_stays_healthy() {
    let found = silent(engine(), END - 30 * SECOND).scraped_every(15);
    is(&found, CauseId::Healthy, "Healthy: ");
    for hidden in HIDDEN {
        // It serves on.
        let found = without(engine(), hidden).diagnosis();
        is(&found, CauseId::Healthy, "as far as measured");
        // One request in fifteen seconds, and pauses of a minute before: another one is chance.
        let slow = engine().with(is_counted, |time, value| {
            let start = page::START - 60 * MINUTE;
            value(start + (time.min(END - MINUTE) - start) / (30 * SECOND) * SECOND)
        });
        let slow = slow.frozen(END - 30 * MINUTE, END - 29 * MINUTE);
        let slow = slow.with(|name| name.contains("num_requests"), |_, _| 0.0);
        is(&without(slow, hidden).diagnosis(), CauseId::Healthy, "as far as measured");
    }
}

/// Neither running nor waiting is on the page, so nothing says whether requests are inside: the end
/// of whatever is counted is all that can tell.
#[test]
fn an_end_of_the_progress_is_not_healthy_where_nothing_tells_of_requests() {
    let names: [&[&str]; 4] = [
        &["num_requests"],
        &["num_requests", "kv_cache"],
        // What is left is counted when a request ends.
        &["num_requests", "generation_tokens", "inter_token"],
        &["num_requests", "generation_tokens", "inter_token", "time_to_first"],
    ];
    for hidden in names {
        for slow in [1, 10] {
            let page = || {
                let page = engine().with(is_counted, move |time, value| {
                    value(page::START + (time - page::START) / slow)
                });
                hidden.iter().fold(page, |page, name| without(page, name))
            };
            for seconds in [45, 60, 75, 120, 200] {
                let still = page()
                    .with(|_| true, move |time, value| value(time.min(END - seconds * SECOND)));
                let found = still.diagnosis();
                let sentence = &found.verdict.sentence;
                assert_ne!(found.verdict.id, CauseId::Healthy, "{hidden:?} {seconds}: {sentence}");
            }
        }
    }
    // It goes on.
    let found = without(engine(), "num_requests").diagnosis();
    is(&found, CauseId::Healthy, "as far as measured");
}
