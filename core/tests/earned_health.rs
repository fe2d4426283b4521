//! Healthy is earned: by output at the newest samples, by measures that last to them, by counts
//! that agree. Where one is missing, that is what is said.

mod page;

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::report::Diagnosis;
use inference_triage_core::settings::Interval;
use page::{END, MINUTE, PLACE, Page, SECOND, START, TIMES, Value, engine, labels};

fn is_state(name: &str) -> bool {
    name.contains("num_requests") || name.contains("kv_cache")
}

fn is_counted(name: &str) -> bool {
    !is_state(name)
}

fn is_histogram(name: &str) -> bool {
    name.contains("seconds")
}

/// As it was from a time on.
fn still(from: i64) -> impl Fn(i64, &dyn Fn(i64) -> f64) -> f64 + Clone {
    move |time, value| value(time.min(from))
}

/// Not there from a time on.
fn absent(from: i64) -> impl Fn(i64, &dyn Fn(i64) -> f64) -> f64 + Clone {
    move |time, value| if time >= from { f64::NAN } else { value(time) }
}

fn is(found: &Diagnosis, id: CauseId, words: &str) {
    let sentence = &found.verdict.sentence;
    assert_eq!(found.verdict.id, id, "{sentence}");
    assert!(sentence.contains(words), "{sentence}");
}

#[test]
fn a_hang_that_has_just_begun_is_not_healthy() {
    for (scraped, hang) in [(15, 30), (15, 40), (5, 10), (5, 25), (5, 40), (10, 20), (30, 60)] {
        for gauges_move in [false, true] {
            let from = END - hang * SECOND;
            let page = engine().with(|name| is_counted(name) || !gauges_move, still(from));
            let found = page.scraped_every(scraped);
            assert_ne!(found.verdict.id, CauseId::Healthy, "{scraped} {hang} {gauges_move}");
            let sentence = found.verdict.sentence.to_lowercase();
            assert!(sentence.contains("output"), "{sentence}");
        }
    }
}

/// Two samples say little, and what they say is said.
#[test]
fn health_ends_where_output_does() {
    for (scraped, until) in [(15, "15 s"), (30, "30 s"), (40, "40 s")] {
        let paused = || engine().with(is_counted, still(END - scraped * SECOND));
        let found = paused().scraped_every(scraped);
        is(&found, CauseId::Healthy, &format!("Healthy until {until} before the end: "));
        is(&found, CauseId::Healthy, "No output from a:8000/0 since.");
        // A page that is read twice as often as it is made repeats every value.
        let made = move |time: i64, value: &dyn Fn(i64) -> f64| {
            let step = scraped * SECOND;
            value(START + (time - START) / step * step)
        };
        let repeated = engine().with(|_| true, made).scraped_every(scraped / 2);
        is(&repeated, CauseId::Healthy, "Healthy: ");
    }
}

#[test]
fn silence_that_says_nothing_takes_no_health() {
    // Eight seconds.
    let found = engine().with(is_counted, still(END - 8 * SECOND)).scraped_every(4);
    is(&found, CauseId::Healthy, "Healthy: ");
    // Nothing is in flight.
    let from = END - 40 * SECOND;
    let idle = engine()
        .with(is_counted, still(from))
        .with(is_state, move |time, value| if time > from { 0.0 } else { value(time) });
    is(&idle.scraped_every(5), CauseId::Healthy, "Healthy: ");
    // A prompt took longer than ten seconds before.
    let long = engine().with(is_counted, still(END - 15 * SECOND)).series.into_iter();
    let long = long.map(|(labels, value)| {
        let has = |text: &str| labels.iter().any(|(_, value)| value == text);
        let is_above =
            has("vllm:request_prefill_time_seconds_bucket") && (has("60") || has("+Inf"));
        let is_below = has("vllm:request_prefill_time_seconds_sum");
        let added = if is_above { 1.0 } else { 20.0 * f64::from(u8::from(is_below)) };
        let added = if is_above || is_below { added } else { 0.0 };
        let value: Value =
            Box::new(move |time| value(time) + if time > START + MINUTE { added } else { 0.0 });
        (labels, value)
    });
    let found = Page { series: long.collect() }.scraped_every(5);
    is(&found, CauseId::Healthy, "Healthy: ");
}

/// The gauges go on: requests come and go, and nothing is counted any more.
#[test]
fn output_that_is_not_counted_any_more_is_no_hang_that_recovered() {
    for minutes in [5, 20, 40] {
        let from = END - minutes * MINUTE;
        let comes_and_goes = |time: i64, value: &dyn Fn(i64) -> f64| {
            if time / MINUTE % 3 == 2 { 0.0 } else { value(time) }
        };
        let page = engine().with(is_counted, still(from)).with(is_state, comes_and_goes);
        is(&page.diagnosis(), CauseId::CannotTell, "come and go");
    }
}

#[test]
fn a_hang_with_output_behind_it_recovered_and_one_without_has_not() {
    let (from, to) = (END - 4 * MINUTE, END - 2 * MINUTE);
    let hung = |to: i64| {
        engine().with(is_counted, move |time, value| {
            value(if (from..to).contains(&time) { from } else { time })
        })
    };
    is(&hung(to).diagnosis(), CauseId::EngineHang, "it recovered");
    is(&hung(END + 1).diagnosis(), CauseId::EngineHang, "hangs");
    // The gauges end before the window does.
    let found = hung(END + 1).with(is_state, absent(END - MINUTE)).diagnosis();
    assert!(!found.verdict.sentence.contains("recovered"), "{}", found.verdict.sentence);
}

#[test]
fn finishes_that_no_histogram_records_are_a_contradiction() {
    let requests = page::requests;
    let from = END - 3 * MINUTE;
    let sound = engine;
    is(&sound().diagnosis(), CauseId::Healthy, "Healthy: ");
    let frozen = sound().with(is_histogram, still(from)).diagnosis();
    is(&frozen, CauseId::TelemetryFault, "finished by their counter, but only");
    let gone = sound().with(is_histogram, absent(from)).diagnosis();
    is(&gone, CauseId::TelemetryFault, "finished by their counter, but only");
    // The last scrape is torn off.
    let torn = sound().with(is_histogram, absent(END)).diagnosis();
    is(&torn, CauseId::Healthy, "Healthy");
    // Aborted ones have no time, and are another matter.
    let aborted = sound().series.into_iter().map(|(labels, value)| {
        let is_abort = labels.iter().any(|(_, value)| value == "abort");
        let aborts: Value = Box::new(move |time| 0.2 * requests(time));
        (labels, if is_abort { aborts } else { value })
    });
    let aborted = Page { series: aborted.collect() }.diagnosis();
    is(&aborted, CauseId::ClientAborts, "144 of 864 requests did not finish");
}

#[test]
fn what_ends_within_the_window_is_not_measured_to_its_end() {
    let from = END - 3 * MINUTE;
    let gauges = engine().with(is_state, absent(from)).diagnosis();
    is(&gauges, CauseId::Healthy, "as far as measured");
    is(&gauges, CauseId::Healthy, "to the end: running requests, waiting requests");
    let waiting = engine().with(|name| name.contains("waiting"), absent(from)).diagnosis();
    is(&waiting, CauseId::Healthy, "to the end: waiting requests");
    let itl = engine().with(|name| name.contains("inter_token"), absent(from)).diagnosis();
    is(&itl, CauseId::Healthy, "to the end: inter-token latency");
    // A scrape or two may miss it.
    for missed in [0, 15] {
        let from = END - missed * SECOND;
        let found = engine().with(is_state, absent(from)).diagnosis();
        is(&found, CauseId::Healthy, "Healthy: ");
    }
}

/// Times of requests that queue for seconds while each token takes three times as long.
const OVERLOADED: [(&str, f64, f64); 6] = [
    (TIMES[0].0, 3.06, 1.0),
    (TIMES[1].0, 3.0, 1.0),
    (TIMES[2].0, 0.05, 1.0),
    (TIMES[3].0, 6.0, 1.0),
    (TIMES[4].0, 0.06, 100.0),
    (TIMES[5].0, 9.05, 1.0),
];

/// Ten minutes of another load at the end.
fn then(times: [(&'static str, f64, f64); 6], per_second: f64) -> Page {
    let from = END - 10 * MINUTE;
    let before = move |time: i64| page::requests(time.min(from));
    let after = move |time: i64| per_second * ((time - from).max(0) / SECOND) as f64;
    let after = Page::default().counts_of(&PLACE, None, times, after);
    Page::default().counts_of(&PLACE, None, TIMES, before).plus(after)
}

#[test]
fn without_gauges_load_is_no_slow_device() {
    let found = then(OVERLOADED, 4.0).diagnosis();
    assert_ne!(found.verdict.id, CauseId::SlowDecode, "{}", found.verdict.sentence);
    assert_ne!(found.verdict.id, CauseId::Healthy, "{}", found.verdict.sentence);
    // The batch grew with the work, and nothing queues.
    let mut busy = OVERLOADED;
    (busy[0].1, busy[1].1, busy[5].1) = (0.06, 0.002, 6.06);
    let found = then(busy, 8.0).diagnosis();
    assert_ne!(found.verdict.id, CauseId::SlowDecode, "{}", found.verdict.sentence);
    // The same work, slower: a slow device, of whose memory nothing is known.
    let found = then(busy, 2.0).diagnosis();
    is(&found, CauseId::SlowDecode, "nothing queued");
    assert!(!found.verdict.sentence.contains("memory"), "{}", found.verdict.sentence);
}

#[test]
fn an_idle_engine_whose_server_fails_is_not_called_idle() {
    let from = END - 30 * MINUTE;
    let idle = |finished: i64| {
        let quiet = move |time: i64, value: &dyn Fn(i64) -> f64| {
            if time > from { 0.0 } else { value(time) }
        };
        engine().with(is_state, quiet).with(is_counted, move |time, value| {
            value(if time > from { from + finished * (time - from) / 1800 } else { time })
        })
    };
    let failing = |mut page: Page| {
        let labels = labels("http_requests_total", &[PLACE[0], PLACE[1], ("status", "5xx")]);
        page.add(labels, |time| 3.0 * ((time - START) / SECOND) as f64);
        page.diagnosis()
    };
    assert!(idle(0).diagnosis().verdict.sentence.contains("Idle: no request arrived"));
    for finished in [0, 20] {
        let found = failing(idle(finished));
        is(&found, CauseId::EngineErrors, "were answered with a server error");
    }
}

#[test]
fn a_sum_over_engines_that_fell_does_not_restart() {
    let from = END - 3 * MINUTE;
    let sums = Page::default().counts(&[], Some("total/0"));
    let fallen = sums.series.into_iter().map(|(labels, value)| {
        let value: Value = Box::new(move |time| if time >= from { 0.5 } else { 1.0 } * value(time));
        (labels, value)
    });
    let found = Page { series: fallen.collect() }.states(&PLACE).diagnosis();
    is(&found, CauseId::CannotTell, "The sums over all engines fell");
}

/// Two engines in sums, of which one stands still with requests inside.
#[test]
fn a_replica_whose_states_stand_still_behind_sums_is_named() {
    let second = [("instance", "b:8000"), ("job", "vllm")];
    let sums = |hung: Page| {
        let mut page = Page::default().counts(&[], Some("total/0")).states(&PLACE);
        page.series.extend(hung.series);
        page.diagnosis()
    };
    let moving = || {
        Page::default()
            .states(&second)
            .with(|_| true, |time, value| value(time + 15 * SECOND) * 2.0)
    };
    for minutes in [7, 20] {
        let from = END - minutes * MINUTE;
        let found = sums(moving().with(|_| true, still(from)));
        is(&found, CauseId::CannotTell, "output from b:8000");
    }
    is(&sums(moving()), CauseId::Healthy, "Healthy");
    is(&sums(moving().with(|_| true, still(END - MINUTE))), CauseId::Healthy, "Healthy");
    // Always full, and its memory moves.
    let full = moving().with(|name| name.contains("running"), |_, _| 8.0);
    let full = full.with(
        |name| name.contains("kv_cache"),
        |time, value| value(time) + (time / SECOND % 7) as f64 / 1000.0,
    );
    is(&sums(full), CauseId::Healthy, "Healthy");
}

/// Several replicas, one of which thrashes: the verdict names it.
#[test]
fn a_cause_of_one_replica_is_not_said_of_all() {
    let name = |index: i32| format!("10.0.0.{index}:8000");
    let fleet = |bad: &[i32]| {
        let mut page = Page::default();
        for index in 1..=8_i32 {
            let address = name(index);
            let place = [("instance", address.as_str()), ("job", "vllm")];
            let is_bad = bad.contains(&index);
            let (from, factor) = (END - 10 * MINUTE, 1.0 + f64::from(index) / 8.0);
            let before = move |time: i64| factor * page::requests(time.min(from));
            let after = move |time: i64| 2.0 * factor * ((time - from).max(0) / SECOND) as f64;
            let mut times = TIMES;
            if is_bad {
                (times[3].1, times[4].1, times[5].1) = (20.0, 0.2, 20.06);
            }
            let after = Page::default().counts_of(&place, None, times, after);
            let own = Page::default().counts_of(&place, None, TIMES, before).plus(after);
            let own = own.states(&place).with(is_state, move |_, value| {
                value(END + 15 * i64::from(index) * SECOND) * if is_bad { 10.0 } else { 1.0 }
            });
            page.series.extend(own.series);
        }
        page.diagnosis()
    };
    let found = fleet(&[5]);
    is(&found, CauseId::SickReplica, &format!("{}/0 is slower than the others", name(5)));
    let all = fleet(&[1, 2, 3, 4, 5, 6, 7, 8]);
    assert!(!all.verdict.sentence.contains("of 8 replicas"), "{}", all.verdict.sentence);
}

#[test]
fn a_window_beside_the_data_is_said_to_be_so() {
    for (start, end) in [
        (END + 5 * MINUTE, END + 10 * MINUTE),
        (START - 10 * MINUTE, START - 2 * MINUTE),
        (END - MINUTE + SECOND, END - MINUTE + 5 * SECOND),
    ] {
        let found = engine().within(Interval { start, end });
        is(&found, CauseId::CannotTell, "this window holds no sample");
    }
    let found = engine().within(Interval { start: END - SECOND, end: END });
    is(&found, CauseId::CannotTell, "single scrape");
}
