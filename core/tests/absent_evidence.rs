//! What is not measured is said to be so, and never read as zero, as normal or as somebody else's.

mod page;

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::catalogue::signals::SignalId;
use inference_triage_core::quality::Grade;
use inference_triage_core::report::Diagnosis;
use page::{
    END, Labels, MINUTE, PLACE, Page, SECOND, START, TIMES, Value, engine, labels, requests,
    with_reasons,
};

fn said(found: &Diagnosis) -> String {
    format!("{} {}", found.verdict.sentence, found.verdict.detail)
}

/// Checks the verdict, what its texts hold and what they do not.
fn is(found: &Diagnosis, id: CauseId, holds: &[&str], lacks: &[&str]) {
    let said = said(found);
    assert_eq!(found.verdict.id, id, "{said}");
    for words in holds {
        assert!(said.contains(words), "no {words:?} in: {said}");
    }
    for words in lacks {
        assert!(!said.contains(words), "{words:?} in: {said}");
    }
}

fn has(labels: &Labels, text: &str) -> bool {
    labels.iter().any(|(_, value)| value.contains(text))
}

/// Without the series of which any label holds one of these texts.
fn without(page: Page, texts: &[&str]) -> Page {
    let is_kept = |(labels, _): &(Labels, Value)| !texts.iter().any(|text| has(labels, text));
    Page { series: page.series.into_iter().filter(is_kept).collect() }
}

/// With other values for the series of which any label holds a text; NaN is absent.
fn changed(
    page: Page,
    text: &str,
    new: impl Fn(i64, &dyn Fn(i64) -> f64) -> f64 + Clone + 'static,
) -> Page {
    let change = |(labels, value): (Labels, Value)| {
        let new = new.clone();
        let changed: Value =
            if has(&labels, text) { Box::new(move |time| new(time, &*value)) } else { value };
        (labels, changed)
    };
    Page { series: page.series.into_iter().map(change).collect() }
}

fn beside(pages: impl IntoIterator<Item = Page>) -> Page {
    Page { series: pages.into_iter().flat_map(|page| page.series).collect() }
}

const OTHER: [(&str, &str); 2] = [("instance", "b:8000"), ("job", "vllm")];

/// An engine at another address with another load, so that neither is a copy.
fn other() -> Page {
    let more = |time: i64| 0.7 * requests(time) + 3.0;
    let page = Page::default().counts_of(&OTHER, None, TIMES, more);
    changed(with_reasons(page.states(&OTHER), &OTHER), "success", |time, value| 0.7 * value(time))
}

#[test]
fn health_without_failures_measured_says_so() {
    let measured = |page: Page| page.diagnosis();
    is(&measured(engine()), CauseId::Healthy, &["Healthy: "], &["measured"]);
    for gone in [&["success"][..], &["error"], &["abort"], &["error", "abort"]] {
        let found = measured(without(engine(), gone));
        let words = ["Healthy as far as measured: ", "Not measured: failures."];
        is(&found, CauseId::Healthy, &words, &["to the end"]);
        assert_eq!(found.quality.grade, Grade::B, "{gone:?}");
    }
    // The server's own count tells of all of them.
    let mut page = without(engine(), &["success"]);
    page.add(labels("http_requests_total", &[PLACE[0], PLACE[1], ("status", "2xx")]), requests);
    is(&measured(page), CauseId::Healthy, &["Healthy: "], &["measured"]);
}

#[test]
fn one_replica_without_failures_is_named() {
    let found = beside([engine(), without(other(), &["success"])]).diagnosis();
    is(&found, CauseId::Healthy, &["as far as measured", "failures (b:8000/0)."], &[]);
    let whole = beside([engine(), other()]).diagnosis();
    is(&whole, CauseId::Healthy, &["Healthy: "], &["measured"]);
}

#[test]
fn what_never_was_there_did_not_end() {
    let ended = |time: i64, value: &dyn Fn(i64) -> f64| {
        if time > END - 3 * MINUTE { f64::NAN } else { value(time) }
    };
    let page = changed(without(engine(), &["e2e_request"]), "waiting", ended);
    let words = ["Not measured: end to end.", "Not measured to the end: waiting requests."];
    is(&page.diagnosis(), CauseId::Healthy, &words, &[]);
}

/// Without histograms of latency nothing is called normal.
#[test]
fn failures_and_queues_are_said_where_latencies_are_missing() {
    let latencies = ["_seconds"];
    let failing = changed(without(engine(), &latencies), "error", |time, _| requests(time));
    let failing = changed(failing, "stop", |_, _| 0.0);
    is(&failing.diagnosis(), CauseId::EngineErrors, &["failed in the engine"], &["normal"]);
    let waits = |most: f64| {
        let page = changed(without(engine(), &latencies), "waiting", move |_, _| most);
        page.diagnosis()
    };
    is(&waits(400.0), CauseId::CannotTell, &["400 requests wait"], &["normal"]);
    is(&waits(1.0), CauseId::CannotTell, &["Up to 1 request waited at once"], &["normal"]);
    is(&waits(0.0), CauseId::CannotTell, &["No request waited"], &["normal"]);
    let gone = ["_seconds", "num_requests"];
    let blind = without(engine(), &gone).diagnosis();
    let words = ["Not measured either: running requests, waiting requests"];
    is(&blind, CauseId::CannotTell, &words, &["normal", "No request waited"]);
    // Of an engine that shows one histogram of finished requests nothing else is known.
    let all = Page::default().counts(&PLACE, None);
    let series = all.series.into_iter().filter(|(labels, _)| has(labels, "queue_time"));
    let only = Page { series: series.collect() }.diagnosis();
    let words = ["Not measured either: running requests, waiting requests, failures."];
    is(&only, CauseId::CannotTell, &words, &["normal"]);
}

/// Everything that is counted stands still from a time on.
fn silent(page: Page, from: i64) -> Page {
    let is_state = |labels: &Labels| has(labels, "num_requests") || has(labels, "kv_cache");
    let still = |(labels, value): (Labels, Value)| {
        let still: Value =
            if is_state(&labels) { value } else { Box::new(move |time| value(time.min(from))) };
        (labels, still)
    };
    Page { series: page.series.into_iter().map(still).collect() }
}

#[test]
fn states_that_are_missing_do_not_say_that_an_engine_is_empty() {
    let from = END - 4 * MINUTE;
    let nan = |time: i64, value: &dyn Fn(i64) -> f64| {
        if time > END - 4 * MINUTE { f64::NAN } else { value(time) }
    };
    let unknown = ["whether requests are in it is not measured"];
    let empty = ["no request in it"];
    for page in [
        without(silent(engine(), from), &["num_requests", "kv_cache"]),
        changed(silent(engine(), from), "num_requests", nan),
        // Nothing waits, and of the batch nothing is known.
        changed(silent(engine(), from), "running", nan),
        without(silent(engine(), from), &["running"]),
    ] {
        is(&page.diagnosis(), CauseId::CannotTell, &unknown, &empty);
    }
    // One of two, of which the other serves on.
    let fleet = beside([engine(), changed(silent(other(), from), "running", |_, _| 0.0)]);
    let hidden = changed(silent(other(), from), "running", nan);
    is(&beside([engine(), hidden]).diagnosis(), CauseId::CannotTell, &unknown, &empty);
    // Measured and empty, an engine is idle.
    let more = "Healthy, but a:8000/0 gets 4.3 × as many requests as the others: ";
    is(&fleet.diagnosis(), CauseId::Healthy, &[more], &["measured"]);
}

#[test]
fn an_engine_without_states_is_not_called_idle() {
    let idle = || silent(engine(), START - MINUTE);
    let zero = |page: Page| changed(page, "num_requests", |_, _| 0.0);
    is(&zero(idle()).diagnosis(), CauseId::LowTraffic, &["Idle: no request arrived"], &[]);
    for (gone, words) in [
        (&["num_requests"][..], "Not measured: running requests, waiting requests"),
        (&["waiting"], "Not measured: waiting requests"),
        (&["running"], "Not measured: running requests"),
    ] {
        let found = without(zero(idle()), gone).diagnosis();
        is(&found, CauseId::CannotTell, &["No request finished", words], &["Idle"]);
    }
    let nan = changed(zero(idle()), "waiting", |_, _| f64::NAN).diagnosis();
    is(&nan, CauseId::CannotTell, &["Not measured: waiting requests"], &["Idle"]);
}

fn nameless(page: Page) -> Page {
    let bare = |(mut labels, value): (Labels, Value)| {
        labels.retain(|(name, _)| name != "model_name");
        (labels, value)
    };
    Page { series: page.series.into_iter().map(bare).collect() }
}

#[test]
fn a_replica_without_a_model_beside_one_with_it_is_judged() {
    let hung = || silent(other(), END - 4 * MINUTE);
    let scopes = |page: Page| {
        let session = page.session(15);
        (0..).map_while(|at| session.diagnosis(at).ok()).collect::<Vec<_>>()
    };
    let both = scopes(beside([engine(), nameless(hung())]));
    assert_eq!(both.len(), 2);
    assert!(both.iter().any(|one| one.verdict.id == CauseId::Healthy));
    assert!(both.iter().any(|one| one.verdict.id == CauseId::EngineHang));
    // What a process tells beside without a model is no replica.
    let mut page = engine();
    for place in [&PLACE, &OTHER] {
        let mut labels = labels("vllm:cache_config_info", &place[..]);
        labels.retain(|(name, _)| name != "model_name");
        page.add(labels, |_| 1.0);
    }
    assert_eq!(scopes(page).len(), 1);
    assert_eq!(scopes(nameless(beside([engine(), other()]))).len(), 1, "nobody has a name");
}

/// Four replicas with a dozen requests each, too few to say of one that its p95 is missed: what
/// stands beside the name of the slow one are its own tokens, not those of all together.
#[test]
fn the_figures_beside_a_replicas_name_are_its_own() {
    let fleet = (1..=4_i32).map(|index| {
        let address = format!("10.0.0.{index}:8000");
        let place = [("instance", address.as_str()), ("job", "vllm")];
        let mut times = TIMES;
        if index == 3 {
            (times[3].1, times[4].1, times[5].1) = (20.0, 0.2, 20.06);
        }
        let counted = move |time: i64| (0.02 * requests(time) + 0.2 * f64::from(index)).floor();
        Page::default().counts_of(&place, None, times, counted).states(&place)
    });
    let found = beside(fleet).diagnosis();
    is(&found, CauseId::SickReplica, &["10.0.0.3:8000/0 is slower than the others"], &["17 ms"]);
}

#[test]
fn a_signal_that_one_replica_lost_is_not_lost_for_all() {
    let ended = |time: i64, value: &dyn Fn(i64) -> f64| {
        if time > END - 3 * MINUTE { f64::NAN } else { value(time) }
    };
    let fleet = |lost: &[i32]| {
        let from = END - 10 * MINUTE;
        let pages = (1..=8_i32).map(|index| {
            let address = format!("10.0.0.{index}:8000");
            let place = [("instance", address.as_str()), ("job", "vllm")];
            let factor = 1.0 + 0.1 * f64::from(index);
            let mut slow = TIMES;
            (slow[3].1, slow[4].1, slow[5].1) = (20.0, 0.2, 20.06);
            let before = move |time: i64| factor * requests(time.min(from));
            let after = move |time: i64| factor * (requests(time) - requests(time.min(from)));
            let own = Page::default().counts_of(&place, None, TIMES, before);
            let own = own.plus(Page::default().counts_of(&place, None, slow, after));
            let own = own.states(&place).with(
                |name| name.contains("num_requests"),
                move |_, value| 10.0 * value(END + 15 * i64::from(index) * SECOND),
            );
            if lost.contains(&index) { changed(own, "inter_token", ended) } else { own }
        });
        beside(pages).diagnosis()
    };
    let whole = fleet(&[]);
    is(&whole, CauseId::SlowDecode, &[], &[]);
    let one = fleet(&[3]);
    is(&one, CauseId::SlowDecode, &[], &[]);
    assert_eq!(one.quality.grade, whole.quality.grade);
    assert_ne!(fleet(&[1, 2, 3, 4, 5, 6, 7, 8]).verdict.id, CauseId::SlowDecode);
}

/// What a query of `rate` or `increase` over five minutes shows at each time.
fn over_five_minutes(page: Page, per: f64, wobble: f64) -> Page {
    let is_state = |labels: &Labels| has(labels, "num_requests") || has(labels, "kv_cache");
    let change = |(labels, value): (Labels, Value)| {
        if is_state(&labels) {
            return (labels, value);
        }
        let rate: Value = Box::new(move |time| {
            // Load that swings, as any does.
            let swing = 1.0 + wobble * libm::sin(time as f64 / (7.0 * MINUTE as f64));
            swing * (value(time) - value(time - 5 * MINUTE)) * per
        });
        (labels, rate)
    };
    Page { series: page.series.into_iter().map(change).collect() }
}

#[test]
fn rates_under_the_names_of_counters_are_recognised() {
    for per in [1.0 / 300.0, 1.0, 1.0714] {
        let page = over_five_minutes(engine(), per, 0.3);
        let page = if per < 1.0 { page } else { whole_counts(page) };
        let found = page.diagnosis();
        let words = ["rate() or increase()", "The metrics are no counters"];
        is(&found, CauseId::TelemetryFault, &words, &["balancer", "restart"]);
        let action = found.verdict.action.expect("an action");
        assert!(action.sentence.contains("Query the counter itself"), "{}", action.sentence);
    }
    // A process that restarted, and one that restarts again and again, are counters.
    for lives in [30, 12] {
        let page = changed(engine(), "_", move |time, value| {
            value(START + (time - START) % (lives * MINUTE)) - value(START)
        });
        let said = said(&page.diagnosis());
        assert!(!said.contains("rate()"), "{said}");
    }
}

/// Counts without fractions, as an exact increase has.
fn whole_counts(page: Page) -> Page {
    let round = |(labels, value): (Labels, Value)| {
        let is_count = !has(&labels, "_sum") && !has(&labels, "kv_cache");
        let whole: Value = if is_count { Box::new(move |time| value(time).round()) } else { value };
        (labels, whole)
    };
    Page { series: page.series.into_iter().map(round).collect() }
}

/// As a table shows a value with so many digits.
fn rounded(value: f64, digits: usize) -> f64 {
    format!("{:.*e}", digits - 1, value).parse().expect("a number")
}

#[test]
fn rounded_values_contradict_nothing() {
    let exact = |served: f64| {
        // Times whose sums show every digit.
        let mut times = TIMES;
        for (index, time) in times.iter_mut().enumerate() {
            time.1 *= 1.0 + 0.000_137 * (index as f64 + 1.0);
        }
        times[5].1 = times[1].1 + times[2].1 + times[3].1 + 0.010_1;
        times[4].1 = times[3].1 / 100.0;
        let requests = move |time: i64| served + requests(time);
        let page = Page::default().counts_of(&PLACE, None, times, requests).states(&PLACE);
        changed(with_reasons(page, &PLACE), "stop", move |time, _| requests(time))
    };
    let fault = |page: Page, digits: usize| {
        let page = page.with(|_| true, move |time, value| rounded(value(time), digits));
        let found = page.diagnosis();
        (found.verdict.id == CauseId::TelemetryFault, said(&found))
    };
    is(&exact(0.0).diagnosis(), CauseId::Healthy, &[], &[]);
    for digits in [4, 5, 6] {
        // The engine served more or less before.
        for served in [0.0, 7_000.0, 33_333.0, 123_456.0, 2_345_678.0] {
            let (is_fault, said) = fault(exact(served), digits);
            assert!(!is_fault, "{digits} digits, {served}: {said}");
        }
        // A doubled series is still one.
        let doubled = exact(0.0).with(
            |name| name.contains("decode_time") && name.ends_with("_sum"),
            |time, value| 2.5 * value(time),
        );
        assert!(fault(doubled, digits).0, "{digits} digits");
    }
}

/// Two outputs a request, of which the histogram records one: ever so, and no series stopped.
#[test]
fn a_counter_that_always_was_ahead_did_not_lose_its_histogram() {
    for share in [1.5, 2.0, 4.0] {
        let page = changed(engine(), "stop", move |time, _| share * requests(time));
        let found = page.diagnosis();
        assert_ne!(found.verdict.id, CauseId::TelemetryFault, "{}", said(&found));
    }
    let from = END - 3 * MINUTE;
    let stopped =
        engine().with(|name| name.contains("_seconds"), move |time, value| value(time.min(from)));
    is(&stopped.diagnosis(), CauseId::TelemetryFault, &["finished by their counter"], &[]);
}

/// A family that came late or ended early recorded less, and contradicts nothing.
#[test]
fn a_histogram_that_is_there_for_a_part_of_the_window_is_no_contradiction() {
    let half = END - 2 * MINUTE;
    for family in ["decode_time", "prefill_time", "queue_time", "e2e_request", "time_to_first"] {
        for is_late in [false, true] {
            let part = move |time: i64, value: &dyn Fn(i64) -> f64| {
                if (time < half) == is_late { f64::NAN } else { value(time) }
            };
            let found = changed(engine(), family, part).diagnosis();
            let is_fault = found.verdict.id == CauseId::TelemetryFault;
            assert!(!is_fault, "{family} {is_late}: {}", said(&found));
            // One that stands still while others grow does.
            let still = move |time: i64, value: &dyn Fn(i64) -> f64| value(time.min(half));
            let found = changed(engine(), family, still).diagnosis();
            is(&found, CauseId::TelemetryFault, &["requests"], &[]);
        }
    }
}

#[test]
fn buckets_as_increments_beside_sums_as_totals_are_both_read() {
    let increments = Page::default().counts(&PLACE, Some("increment/15000"));
    let totals = Page::default().counts(&PLACE, Some("total/15000"));
    let is_sum = |labels: &Labels| {
        labels.iter().any(|(name, value)| name == "triage_role" && value.contains("_sum/"))
    };
    let series = increments.series.into_iter().filter(|(labels, _)| !is_sum(labels));
    let sums = totals.series.into_iter().filter(|(labels, _)| is_sum(labels));
    let page = Page { series: series.chain(sums).collect() }.states(&PLACE);
    let found = with_reasons(page, &PLACE).diagnosis();
    is(&found, CauseId::Healthy, &["TTFT p95 ≤", "ITL p95 ≤"], &[]);
    let same = Page::default().counts(&PLACE, Some("increment/15000")).states(&PLACE);
    let same = with_reasons(same, &PLACE).diagnosis();
    assert_eq!(found.window.finished_requests, same.window.finished_requests);
    let mean = |found: &Diagnosis| {
        let ttft = found.signals.0.iter().find(|one| one.0 == SignalId::Ttft);
        ttft.and_then(|one| one.1.mean).expect("a mean")
    };
    assert!((mean(&found) - mean(&same)).abs() < 1e-9, "{} {}", mean(&found), mean(&same));
}

#[test]
fn the_longest_silence_is_the_one_that_is_told() {
    let quiet = |page: Page, seconds: i64| silent(page, END - seconds * SECOND);
    for (first, second) in [(40, 25), (25, 40)] {
        let page = beside([quiet(engine(), first), quiet(other(), second)]);
        let found = page.scraped_every(5);
        let replica = if first > second { "a:8000/0" } else { "b:8000/0" };
        is(&found, CauseId::CannotTell, &["no sign of output", replica, "40 s"], &[]);
    }
}

#[test]
fn sentences_begin_with_a_capital() {
    let from = END - 6 * MINUTE;
    let sums = Page::default().counts(&[], Some("total/0"));
    let gap = move |time: i64, value: &dyn Fn(i64) -> f64| {
        if time > from && time < END - 2 * MINUTE { f64::NAN } else { value(time) }
    };
    let page = changed(sums, "total/0", gap).states(&PLACE);
    is(&page.diagnosis(), CauseId::CannotTell, &["The sum over all engines sent no sample"], &[]);
}

/// Outputs that one of two replicas does not count are no outputs of several tokens.
#[test]
fn outputs_that_one_replica_lacks_do_not_halve_the_time_of_a_token() {
    // Twice the target of 50 ms a token.
    let slow = |place: &[(&str, &str)]| {
        let times = TIMES.map(|(name, seconds, each)| match name {
            "inter_token_latency_seconds" => (name, 0.08, each),
            "request_decode_time_seconds" | "e2e_request_latency_seconds" => (name, 8.0, each),
            _ => (name, seconds, each),
        });
        Page::default().counts_of(place, None, times, requests).states(place)
    };
    let lacks = ["request_decode_time", "e2e_request", "request_inference_time"];
    let both = || without(beside([slow(&PLACE), slow(&OTHER)]), &lacks);
    let alone = both().diagnosis();
    assert_ne!(alone.verdict.id, CauseId::Healthy, "{}", said(&alone));
    let is_itl_of_other = |labels: &Labels| has(labels, "inter_token") && has(labels, "b:8000");
    let page = both();
    let series = page.series.into_iter().filter(|(labels, _)| !is_itl_of_other(labels));
    let found = Page { series: series.collect() }.diagnosis();
    assert_ne!(found.verdict.id, CauseId::Healthy, "{}", said(&found));
    let mean = found.signals.get(SignalId::Itl).and_then(|signal| signal.mean);
    assert!(mean.is_some_and(|mean| (mean - 0.08).abs() < 0.002), "{mean:?}");
    // Nor do minutes without them.
    for minutes in [2, 5, 8] {
        let hole = changed(both(), "inter_token", move |time, value| {
            if (END - 10 * MINUTE..END - (10 - minutes) * MINUTE).contains(&time) {
                f64::NAN
            } else {
                value(time)
            }
        });
        let found = hole.diagnosis();
        assert_ne!(found.verdict.id, CauseId::Healthy, "{minutes}: {}", said(&found));
        assert!(!said(&found).contains("tokens on average"), "{minutes}: {}", said(&found));
    }
}

/// A family that lacks the labels of the others is no sum that counts them again.
#[test]
fn a_family_without_the_labels_of_the_others_counts_nothing_twice() {
    let rank = [("engine", "0")];
    let page = || with_reasons(Page::default().counts(&rank, None).states(&rank), &rank);
    let plain = page().diagnosis();
    let mut page = page();
    page.add(labels("vllm:admission_rejections_total", &[]), |_| 0.0);
    let found = page.diagnosis();
    assert_eq!(found.verdict.id, plain.verdict.id, "{}", said(&found));
    assert_eq!(found.window.finished_requests, plain.window.finished_requests);
}

/// A pipeline that keeps both spellings of a bound has each bucket once.
#[test]
fn a_bound_in_two_spellings_at_once_is_one_bucket() {
    let plain = engine().diagnosis();
    for late in [0, 15 * SECOND] {
        let mut page = engine();
        let twice = engine().series.into_iter().filter_map(|(mut labels, value)| {
            let bound = labels.iter_mut().find(|(name, _)| name == "le")?;
            bound.1 = match bound.1.as_str() {
                "10" => "10.0".to_owned(),
                "60" => "6e1".to_owned(),
                _ => return None,
            };
            let value: Value = Box::new(move |time| value(time - late));
            Some((labels, value))
        });
        page.series.extend(twice.collect::<Vec<_>>());
        let found = page.diagnosis();
        assert_eq!(found.verdict.id, plain.verdict.id, "{late}: {}", said(&found));
        for id in [SignalId::E2e, SignalId::Ttft] {
            let of = |one: &Diagnosis| one.signals.get(id).map(|signal| signal.quantiles.clone());
            assert_eq!(format!("{:?}", of(&found)), format!("{:?}", of(&plain)), "{late} {id:?}");
        }
    }
}
