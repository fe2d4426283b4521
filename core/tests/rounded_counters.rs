//! Counters that were rounded to few digits stand still while the engine serves: growth below what
//! they show is unknown, not zero.

mod page;

use inference_triage_core::catalogue::causes::CauseId;
use page::{END, MINUTE, Page, SECOND, Value, engine};

/// To so many significant digits.
fn rounded(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits - 1).parse().expect("a number")
}

/// An engine that has counted for long, and whose counts come in so few digits.
fn old(digits: usize, still_from: i64) -> Page {
    aged(digits, still_from, 40)
}

/// The same after so many days.
fn aged(digits: usize, still_from: i64, age: i64) -> Page {
    let days = |name: &str| if name.contains("num_requests") { 0 } else { age * 24 * 60 * MINUTE };
    let series = engine().series.into_iter().map(|(labels, value)| {
        let name = labels.iter().find(|(name, _)| name == "__name__");
        let name = name.map_or("", |(_, name)| name);
        let (age, is_state) = (days(name), name.contains("num_requests") || name.contains("kv"));
        let still = if is_state { i64::MAX } else { still_from };
        let value: Value = Box::new(move |time| {
            let counted = value(time.min(still) + age);
            if is_state { counted } else { rounded(counted, digits) }
        });
        (labels, value)
    });
    Page { series: series.collect() }
}

#[test]
fn a_coarse_counter_that_stands_still_is_no_hang() {
    for (digits, days) in
        [(3, 40), (4, 40), (5, 40), (6, 40), (7, 40), (5, 400), (6, 4000), (7, 4000)]
    {
        for scraped in [5, 15, 60] {
            let found = aged(digits, END, days).scraped_every(scraped);
            let sentence = &found.verdict.sentence;
            let claimed = [CauseId::EngineHang, CauseId::TelemetryFault];
            assert!(!claimed.contains(&found.verdict.id), "{digits} {scraped}: {sentence}");
            assert!(!sentence.contains("output from"), "{digits} {scraped}: {sentence}");
        }
    }
}

/// Where the digits show the growth of seconds, standing still means something.
#[test]
fn a_hang_behind_fine_counters_is_seen() {
    for digits in [8, 15] {
        let found = old(digits, END - 4 * MINUTE).scraped_every(15);
        assert_eq!(found.verdict.id, CauseId::EngineHang, "{}", found.verdict.sentence);
    }
    // Too coarse to tell.
    let found = old(5, END - 90 * SECOND).scraped_every(15);
    let sentence = &found.verdict.sentence;
    let is_told = sentence.contains("progress behind rounded counters");
    assert!(found.verdict.id != CauseId::Healthy || is_told, "{sentence}");
}
