//! Which series are one process, where sets are unlike: one idle beside a busy one, single engines
//! beside the sums over all others.

mod page;

use inference_triage_core::catalogue::causes::CauseId;
use inference_triage_core::catalogue::caveats::CaveatId;
use inference_triage_core::catalogue::signals::SignalId;
use inference_triage_core::report::Diagnosis;
use page::{MINUTE, PLACE, Page, SECOND, START, TIMES, labels, requests};

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

/// A draw of 0 to 1 for each request: any sequence without a pattern.
fn draw(seed: &mut u64) -> f64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    (*seed >> 11) as f64 / (1_u64 << 53) as f64
}

/// What an engine counted at each 5 min of an hour: requests at random, one a second, each with the
/// same number of tokens, times that differ by a tenth.
fn regular(place: &[(&str, &str)], seed: u64, offset: f64) -> Page {
    let mut seed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut page = Page::default();
    let mut requests: Vec<(f64, f64)> = Vec::new();
    let mut now = -120.0 + offset;
    while now < 3600.0 {
        now -= libm::log(1.0 - draw(&mut seed));
        requests.push((now, 0.9 + 0.2 * draw(&mut seed)));
    }
    let requests = std::rc::Rc::new(requests);
    for (name, mean, each) in TIMES {
        let add = |page: &mut Page, part: &str, bound: Option<f64>| {
            let mut own = labels(&format!("vllm:{name}_{part}"), place);
            if let Some(bound) = bound {
                let text = if bound.is_finite() { bound.to_string() } else { "+Inf".to_owned() };
                own.push(("le".into(), text));
            }
            let requests = std::rc::Rc::clone(&requests);
            page.add(own, move |time| {
                let until = (time - START) as f64 / 1000.0;
                let counted = requests.iter().take_while(|(at, _)| *at <= until);
                let value = |(_, factor): &(f64, f64)| match bound {
                    Some(bound) => each * f64::from(u8::from(mean * factor <= bound)),
                    None => each * mean * factor,
                };
                counted.map(value).sum()
            });
        };
        for bound in [0.001, 0.01, 0.1, 1.0, 10.0, f64::INFINITY] {
            add(&mut page, "bucket", Some(bound));
        }
        add(&mut page, "sum", None);
    }
    page
}

/// Read every five minutes, each engine of a balanced fleet lies between two samples of the others.
#[test]
fn replicas_under_equal_load_are_no_copies_however_seldom_they_are_read() {
    let names: Vec<String> = (0..8).map(|index| format!("10.0.0.{index}:8000")).collect();
    let mut page = Page::default();
    for (seed, name) in (1..).zip(&names) {
        page.series.extend(regular(&[("instance", name)], seed, 0.0).series);
    }
    let found = page.scraped_every(300);
    let copies: Vec<_> =
        found.quality.caveats.iter().filter(|one| one.id == CaveatId::ScrapedTwice).collect();
    assert!(copies.is_empty(), "{copies:?}");
    // A copy that is scraped a second later is one.
    for seconds in [15, 60] {
        let mut page = regular(&[("instance", "a:8000")], 1, 0.0);
        let copy = regular(&[("instance", "b:8000")], 1, 0.0);
        page.series.extend(copy.with(|_| true, |time, value| value(time + 1000)).series);
        let found = page.scraped_every(seconds);
        let is_copy = |id| id == CaveatId::ScrapedTwice;
        assert!(found.quality.caveats.iter().any(|one| is_copy(one.id)), "{seconds} s");
    }
}

/// An exporter that repeats the page of one rank for another; ranks of their own count apart.
#[test]
fn a_rank_that_repeats_another_is_no_second_engine() {
    let rank = |rank: &'static str| [("instance", "a:8000"), ("job", "vllm"), ("engine", rank)];
    let page = |share: f64| {
        let mut page = page::engine_at(&rank("0"));
        let other = page::engine_at(&rank("1"));
        page.series.extend(other.with(|_| true, move |time, value| share * value(time)).series);
        page.diagnosis()
    };
    let alone = page::engine_at(&rank("0")).diagnosis().window.finished_requests;
    let copy = page(1.0);
    assert_eq!(copy.window.finished_requests, alone, "{}", copy.verdict.sentence);
    assert!(copy.quality.caveats.iter().any(|caveat| caveat.id == CaveatId::ScrapedTwice));
    let double = alone.map(|finished| 1.5 * finished);
    assert!(page(1.03).window.finished_requests > double);
}

/// A copy of which nothing but the labels and the time differs: late by a scrape, as a rank of a
/// data-parallel engine that answers with the page of another, or by many minutes, as a store that
/// another one fills.
#[test]
fn a_copy_that_lags_counts_nothing_twice() {
    let own = [("instance", "a:8000"), ("job", "vllm"), ("engine", "0")];
    let alone = page::engine_at(&own).diagnosis().window.finished_requests;
    assert!(alone > Some(100.0));
    let others: [[(&str, &str); 3]; 4] = [
        [("instance", "a:8000"), ("job", "vllm"), ("engine", "1")],
        [("instance", "a:8000"), ("job", "other"), ("engine", "0")],
        [("instance", "b:8000"), ("job", "vllm"), ("engine", "0")],
        [("instance", "b:8000"), ("job", "other"), ("engine", "3")],
    ];
    for other in others {
        for scrapes in [1, 2, 5, 19, 41, 60, 130] {
            let late = scrapes * 15 * page::SECOND;
            let mut page = page::engine_at(&own);
            let copy =
                page::engine_at(&other).with(|_| true, move |time, value| value(time - late));
            page.series.extend(copy.series);
            let found = page.diagnosis();
            let told = format!("{other:?} late by {scrapes}: {}", found.verdict.sentence);
            assert_eq!(found.window.finished_requests, alone, "{told}");
            let is_copy = |id| id == CaveatId::ScrapedTwice;
            assert!(found.quality.caveats.iter().any(|one| is_copy(one.id)), "{told}");
        }
    }
}

/// Two engines of which the second does what the first did some minutes ago, as good as to the last
/// digit.
#[test]
fn an_engine_that_does_what_another_did_is_no_copy() {
    let own = [("instance", "a:8000"), ("job", "vllm")];
    let other = [("instance", "b:8000"), ("job", "vllm")];
    for scrapes in [1, 12, 60] {
        let late = scrapes * 15 * page::SECOND;
        let mut page = regular(&own, 1, 0.0);
        let second = regular(&other, 2, 0.0);
        page.series.extend(second.with(|_| true, move |time, value| value(time - late)).series);
        let found = page.diagnosis();
        let is_copy = |id| id == CaveatId::ScrapedTwice;
        assert!(!found.quality.caveats.iter().any(|one| is_copy(one.id)), "{scrapes}");
    }
}

/// Who reads the incident message alone must learn who doubled, and that nothing counts twice.
#[test]
fn the_incident_message_names_who_doubled() {
    for (label, own, other) in [
        ("job", "vllm", "kubernetes-pods"),
        ("prometheus_replica", "prometheus-0", "prometheus-1"),
        ("tenant_id", "a", "b"),
    ] {
        let at = |value| [("instance", "a:8000"), (label, value)];
        let mut page = page::engine_at(&at(own));
        page.series.extend(page::engine_at(&at(other)).series);
        let text =
            inference_triage_core::message::markdown(&page.session(15).report().expect("a report"));
        let text = text.replace(['`', '\n'], " ");
        for words in [label, own, other, "scraped under two sets of labels"] {
            assert!(text.contains(words), "no {words}: {text}");
        }
    }
}

/// Two deployments laid behind one another in time, of which the second does what the first did, as
/// a comparison of one with itself has them: they are never there at once.
#[test]
fn a_set_that_repeats_another_after_its_end_is_no_copy() {
    let half = 30 * page::MINUTE;
    let middle = page::START + half;
    let with = |side| [("instance", "a:8000"), ("job", "vllm"), ("compared", side)];
    let first = page::engine_at(&with("stays"))
        .with(|_| true, move |time, value| if time < middle { value(time) } else { f64::NAN });
    let second = page::engine_at(&with("comes")).with(
        |_| true,
        move |time, value| if time > middle { value(time - half) } else { f64::NAN },
    );
    let mut page = first;
    page.series.extend(second.series);
    let found = page.diagnosis();
    let is_copy = |id| id == CaveatId::ScrapedTwice;
    assert!(!found.quality.caveats.iter().any(|one| is_copy(one.id)));
    assert!(found.window.finished_requests > Some(100.0), "{}", found.verdict.sentence);
}

/// Two servers that scrape one engine, in one answer and without a label that tells them apart: of
/// a state one series stays whole, or the larger of two batches at each time looks like a cap.
#[test]
fn states_that_come_twice_under_one_name_are_those_of_one_scrape() {
    let running = |late: i64| {
        move |time: i64| f64::from(u8::from((time - late) / (15 * SECOND) % 3 == 0)) * 9.0 + 2.0
    };
    let of = |late: i64| {
        let mut page = Page::default().counts(&PLACE, None);
        page.add(labels("vllm:num_requests_waiting", &PLACE), |_| 0.0);
        page.add(labels("vllm:num_requests_running", &PLACE), running(late));
        page
    };
    let alone = of(0).diagnosis();
    let mut both = of(0);
    both.series.extend(of(15 * SECOND).series);
    let mut turned = of(15 * SECOND);
    turned.series.extend(of(0).series);
    let mean = |found: &Diagnosis| {
        found.signals.get(SignalId::Running).and_then(|signal| signal.mean).expect("a state")
    };
    let (first, second) = (both.diagnosis(), turned.diagnosis());
    assert!((mean(&first) - mean(&alone)).abs() < 0.5, "{} {}", mean(&first), mean(&alone));
    assert!((mean(&first) - mean(&second)).abs() < 1e-9, "whichever comes first");
    assert_eq!(first.window.finished_requests, second.window.finished_requests);
}
