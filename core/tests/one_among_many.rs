//! One replica among many that serve well: that it fails or sleeps is neither hidden by the others
//! nor hides what is wrong with them.

mod page;

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::report::Diagnosis;
use page::{END, MINUTE, Page, SECOND, START, TIMES, labels};

fn is_state(name: &str) -> bool {
    name.contains("num_requests") || name.contains("kv_cache")
}

fn is_counted(name: &str) -> bool {
    !is_state(name)
}

/// As it was from a time on.
fn still(from: i64) -> impl Fn(i64, &dyn Fn(i64) -> f64) -> f64 + Clone {
    move |time, value| value(time.min(from))
}

fn is(found: &Diagnosis, id: CauseId, words: &str) {
    let sentence = &found.verdict.sentence;
    assert_eq!(found.verdict.id, id, "{sentence}");
    assert!(sentence.contains(words), "{sentence}");
}

/// Replicas that serve at rates of their own, changed one by one.
fn fleet(size: i32, change: impl Fn(i32, Page, &[(&str, &str)]) -> Page) -> Page {
    let mut page = Page::default();
    for index in 1..=size {
        let address = format!("10.0.0.{index}:8000");
        let place = [("instance", address.as_str()), ("job", "vllm")];
        // No two count alike: copies of one would be dropped.
        let pace = move |time: i64| {
            let steps = (time - START + 60 * MINUTE) / (15 * SECOND);
            (0..3).map(|part| ((steps + part) * (17 + i64::from(index) * part) / 3) as f64).sum()
        };
        let own = Page::default().counts_of(&place, None, TIMES, pace).states(&place);
        page.series.extend(change(index, own, &place).series);
    }
    page
}

/// Among many that serve well its share is small.
#[test]
fn one_replica_that_fails_is_named_in_a_fleet_of_any_size() {
    for size in [2, 8, 24, 40] {
        for reason in ["error", "abort"] {
            let failing = |index: i32, own: Page, place: &[(&str, &str)]| {
                let mut own = own;
                let ended = [place[0], place[1], ("finished_reason", "stop")];
                let failed = [place[0], place[1], ("finished_reason", reason)];
                let requests = page::requests;
                let is_bad = index == 2;
                if is_bad {
                    own = own.with(is_counted, still(END - 10 * MINUTE));
                }
                let from = END - 10 * MINUTE;
                let bad = move |time: i64| requests(time.max(from)) - requests(from);
                own.add(labels("vllm:request_success_total", &failed), move |time| {
                    if is_bad { bad(time) } else { 0.0 }
                });
                own.add(labels("vllm:request_success_total", &ended), move |time| {
                    requests(if is_bad { time.min(from) } else { time })
                });
                own
            };
            let found = fleet(size, failing).diagnosis();
            assert_ne!(found.verdict.id, CauseId::Healthy, "{size}, {reason}");
        }
    }
}

#[test]
fn a_sleeping_replica_hides_no_other() {
    let asleep = |is_slow: bool| {
        fleet(3, |index, own, place| {
            if index == 1 {
                let mut own = own.with(is_counted, still(START)).with(is_state, |_, _| 0.0);
                for (state, value) in
                    [("awake", 0.0), ("weights_offloaded", 1.0), ("discard_all", 0.0)]
                {
                    let place = [place[0], place[1], ("sleep_state", state)];
                    own.add(labels("vllm:engine_sleep_state", &place), move |_| value);
                }
                return own;
            }
            if is_slow {
                own.with(
                    |name| name.ends_with("_sum") && name.contains("inter_token"),
                    |time, value| 30.0 * value(time),
                )
            } else {
                own
            }
        })
        .diagnosis()
    };
    is(&asleep(false), CauseId::EngineAsleep, "asleep");
    let slow = asleep(true);
    assert_ne!(slow.verdict.id, CauseId::EngineAsleep, "{}", slow.verdict.sentence);
    assert_ne!(slow.verdict.id, CauseId::Healthy, "{}", slow.verdict.sentence);
}

#[test]
fn one_server_that_fails_is_named_in_a_fleet_of_any_size() {
    for size in [2, 24, 40] {
        let failing = |index: i32, own: Page, place: &[(&str, &str)]| {
            let mut own = own;
            for (status, per_second) in [("2xx", 1.0), ("5xx", f64::from(u8::from(index == 2)))] {
                let labels =
                    labels("http_requests_total", &[place[0], place[1], ("status", status)]);
                own.add(labels, move |time| per_second * ((time - START) / SECOND) as f64);
            }
            own
        };
        let found = fleet(size, failing).diagnosis();
        let sentence = &found.verdict.sentence;
        assert_eq!(found.verdict.id, CauseId::EngineErrors, "{sentence}");
        assert!(sentence.contains("answered with a server error"), "{sentence}");
    }
}

/// How requests of each replica end: so many of a hundred badly at the second one, and at the
/// others. Each serves a part of what the fleet's others do.
fn ending(size: i32, reason: &'static str, bad: f64, others: f64, part: f64) -> Diagnosis {
    let page = fleet(size, |index, own, place| {
        let is_sum = |name: &str| is_counted(name) && name.ends_with("_sum");
        let is_count = |name: &str| is_counted(name) && !name.ends_with("_sum");
        let own = own.with(is_state, move |time, value| (part * value(time)).ceil());
        let own = own.with(is_sum, move |time, value| part * value(time));
        let mut own = own.with(is_count, move |time, value| (part * value(time)).round());
        let share = if index == 2 { bad } else { others } / 100.0;
        let per_second = part * f64::from(17 + index) / 15.0;
        for (reason, share) in [("stop", 1.0 - share), (reason, share)] {
            let labels = [place[0], place[1], ("finished_reason", reason)];
            own.add(labels_of(&labels), move |time| {
                (share * per_second * ((time - START) / SECOND) as f64).round()
            });
        }
        own
    });
    page.diagnosis()
}

fn labels_of(more: &[(&str, &str)]) -> page::Labels {
    labels("vllm:request_success_total", more)
}

/// The share of all four is within the objective.
#[test]
fn a_replica_that_fails_more_than_its_siblings_is_named() {
    for reason in ["error", "abort"] {
        for (size, bad) in [(4, 10.0), (4, 15.0), (4, 20.0), (12, 12.0), (40, 15.0)] {
            let found = ending(size, reason, bad, 0.5, 1.0);
            let sentence = &found.verdict.sentence;
            assert_ne!(found.verdict.id, CauseId::Healthy, "{size} {bad}: {sentence}");
            assert!(sentence.contains("10.0.0.2:8000"), "{size} {bad}: {sentence}");
        }
    }
}

#[test]
fn a_share_that_chance_explains_names_nobody() {
    for reason in ["error", "abort"] {
        // Few requests; no more than the siblings; within the objective.
        for (bad, others, part) in [(15.0, 0.5, 0.05), (4.5, 4.0, 1.0), (4.0, 0.0, 1.0)] {
            let found = ending(4, reason, bad, others, part);
            is(&found, CauseId::Healthy, "Healthy");
        }
    }
}

/// Where several fail, the one that is named is not all of it.
#[test]
fn how_many_fail_beside_the_one_that_is_named_is_told() {
    for (failing, words) in [(1, "failed"), (2, "as at another"), (4, "as at 3 more replicas")] {
        let page = fleet(100, |index, own, place| {
            let mut own = own;
            let share = if index <= failing { 1.0 } else { 0.0 };
            let per_second = f64::from(17 + index) / 15.0;
            for (reason, share) in [("stop", 1.0 - share), ("error", share)] {
                let labels = [place[0], place[1], ("finished_reason", reason)];
                own.add(labels_of(&labels), move |time| {
                    (share * per_second * ((time - START) / SECOND) as f64).round()
                });
            }
            own
        });
        let found = page.diagnosis();
        is(&found, CauseId::EngineErrors, words);
        assert_eq!(found.verdict.sentence.contains("as at"), failing > 1);
    }
}
