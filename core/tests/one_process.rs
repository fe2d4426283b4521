//! Which series are one process, where sets are unlike: one idle beside a busy one, single engines
//! beside the sums over all others.

mod page;

use inference_triage_core::catalogue::causes::CauseId;
use page::{MINUTE, Page, START, TIMES, requests};

/// A process that counts up to a time and then stands still, and a busy one elsewhere.
fn idle_beside_busy(places: [&[(&str, &str)]; 2], until: i64, share: f64) -> Page {
    let mut times = TIMES;
    // Some of its sums run ahead of the idle one's, some behind.
    (times[3].1, times[4].1, times[5].1) = (4.9, 0.049, 5.0);
    let busy = move |time| share * requests(time);
    let mut page = Page::default().counts_of(places[1], None, times, busy).states(places[1]);
    let idle = Page::default().counts(places[0], None).states(places[0]);
    page.series.extend(idle.with(|_| true, move |time, value| value(time.min(until))).series);
    page
}

#[test]
fn an_idle_process_beside_a_busy_one_is_read() {
    let workers: [&[(&str, &str)]; 2] = [
        &[("instance", "a:8000"), ("WorkerId", "x")],
        &[("instance", "a:8000"), ("WorkerId", "y")],
    ];
    let addresses: [&[(&str, &str)]; 2] = [&[("instance", "a:8000")], &[("instance", "b:8000")]];
    for places in [workers, addresses] {
        for minutes in [0, 1, 4, 6, 15, 30] {
            for share in [0.3, 0.5, 0.6, 0.9, 1.0, 1.3] {
                let page = idle_beside_busy(places, START + minutes * MINUTE, share);
                let found = page.diagnosis();
                assert!(!found.verdict.sentence.is_empty(), "{minutes} min, {share}");
            }
        }
    }
}

/// The plan fetches engines that its watch names singly, and leaves them out of the sums.
#[test]
fn sums_of_the_plan_beside_engines_apart_are_no_fault() {
    let single = [("instance", "b:8000"), ("job", "vllm")];
    let mut page = Page::default().counts(&[], Some("total/0"));
    page.series.extend(Page::default().counts(&single, None).states(&single).series);
    let found = page.diagnosis();
    assert_ne!(found.verdict.id, CauseId::TelemetryFault, "{}", found.verdict.sentence);
}
