//! A replica that the newest scrape missed while others were scraped at the same time is healthy up
//! to the scrape before; one that is scraped at times of its own only comes later.

mod page;

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::report::Diagnosis;
use inference_triage_core::settings::Interval;
use page::{END, MINUTE, Page, SECOND, engine, engine_at};

const OTHER: [(&str, &str); 2] = [("instance", "b:8000"), ("job", "vllm")];

fn is(found: &Diagnosis, id: CauseId, words: &str) {
    let sentence = &found.verdict.sentence;
    assert_eq!(found.verdict.id, id, "{sentence}");
    assert!(sentence.contains(words), "{sentence}");
}

/// An engine of its own pace, sampled at some times only.
fn other(is_there: impl Fn(i64) -> bool + Clone + 'static) -> Page {
    engine_at(&OTHER).with(
        |_| true,
        move |time, value| if is_there(time) { 1.5 * value(time + MINUTE) } else { f64::NAN },
    )
}

fn and(mut page: Page, other: Page) -> Page {
    page.series.extend(other.series);
    page
}

#[test]
fn health_ends_with_the_last_sample_of_each_replica() {
    for scraped in [5, 15, 30, 60] {
        let page = and(engine(), other(|time| time < END));
        let found = page.scraped_every(scraped);
        is(&found, CauseId::Healthy, "Healthy until ");
        is(&found, CauseId::Healthy, "No sample of b:8000/0 since.");
    }
}

/// A window that ends at a missed scrape, which the next one follows.
#[test]
fn one_missed_scrape_is_none_where_the_next_one_is_there() {
    let end = END - 5 * MINUTE;
    let window = Interval { start: end - 5 * MINUTE, end };
    let missed = and(engine(), other(move |time| time != end));
    is(&missed.within(window), CauseId::Healthy, "Healthy: ");
    let gone = and(engine(), other(move |time| time < end));
    is(&gone.within(window), CauseId::Healthy, "Healthy until 15 s before the end: ");
}

/// Two targets that are scraped in turn, and one that is read from another store.
#[test]
fn times_of_their_own_are_no_missed_scrape() {
    for shift in [1, 2] {
        let own = move |time: i64| (time / (5 * SECOND)) % 3 == shift;
        let first = engine().with(
            |_| true,
            |time, value| if time / (5 * SECOND) % 3 == 0 { value(time) } else { f64::NAN },
        );
        let found = and(first, other(own)).scraped_every(5);
        is(&found, CauseId::Healthy, "Healthy: ");
    }
}
