//! The change test on simulated systems: how often it cries wolf when only the ordinary wobble is
//! there, and what it finds.
//!
//! Latencies are lognormal in vLLM's buckets; the median of every window wobbles by 5 or 10 %,
//! which an ordinary test of significance would call a change in up to 86 % of the windows.

use inference_triage_core::caveat::Caveats;
use inference_triage_core::histogram::{Basis, Histogram};
use inference_triage_harness::change::{ChangeVerdict, LEAST_HISTORY, detect_change};
use inference_triage_harness::layouts::TIME_TO_FIRST_TOKEN;
use inference_triage_harness::random::Random;

const MEDIAN: f64 = 0.35;
const SIGMA: f64 = 0.9;

/// A window of requests, some of them ten times slower.
fn window(random: &mut Random, median: f64, requests: usize, slow_share: f64) -> Histogram {
    let mut counts = vec![0.0; TIME_TO_FIRST_TOKEN.len() + 1];
    for _ in 0..requests {
        let value =
            random.lognormal(median, SIGMA) * if random.chance(slow_share) { 10.0 } else { 1.0 };
        counts[TIME_TO_FIRST_TOKEN.partition_point(|&bound| bound < value)] += 1.0;
    }
    let mut below = 0.0;
    let bounds = TIME_TO_FIRST_TOKEN.iter().copied().chain([f64::INFINITY]);
    let cumulative: Vec<(f64, f64)> = bounds
        .zip(counts)
        .map(|(bound, count)| {
            below += count;
            (bound, below)
        })
        .collect();
    Histogram::from_cumulative(&cumulative, None, Basis::Exact, &mut Caveats::new())
        .expect("a well formed window")
}

fn wobbling(random: &mut Random, wobble: f64) -> f64 {
    MEDIAN * libm::exp(wobble * random.normal())
}

/// Windows of one unchanged system, one after the other.
fn stream(random: &mut Random, windows: usize, wobble: f64, requests: usize) -> Vec<Histogram> {
    (0..windows)
        .map(|_| {
            let median = wobbling(random, wobble);
            window(random, median, requests, 0.0)
        })
        .collect()
}

fn is_changed(now: &Histogram, history: &[Histogram]) -> bool {
    match detect_change(now, &history.iter().collect::<Vec<_>>()) {
        ChangeVerdict::Changed(_) => true,
        ChangeVerdict::Unchanged(_) => false,
        other => panic!("{other:?} with enough of everything"),
    }
}

#[test]
fn an_unchanged_system_is_called_changed_in_at_most_three_of_a_hundred_windows() {
    let mut random = Random::new(30);
    for (requests, streams, tests) in [(200, 6, 300), (1_000, 4, 300), (10_000, 2, 150)] {
        for wobble in [0.05, 0.1] {
            let mut alarms = 0;
            for _ in 0..streams {
                let windows = stream(&mut random, LEAST_HISTORY + tests, wobble, requests);
                let later = windows.iter().enumerate().skip(LEAST_HISTORY);
                alarms += later
                    .filter(|(at, now)| is_changed(now, &windows[at - LEAST_HISTORY..*at]))
                    .count();
            }
            let rate = alarms as f64 / (streams * tests) as f64;
            println!("{requests} requests, wobble {wobble}: {:.2} %", 100.0 * rate);
            assert!(rate <= 0.03, "{requests} requests, wobble {wobble}: {rate}");
        }
    }
}

/// A test that never speaks would never cry wolf.
#[test]
fn changes_worth_a_word_are_found() {
    let mut random = Random::new(31);
    // What changes, requests a window, factor of the median, share of requests ten times slower,
    // least share found.
    let cases = [
        ("half as slow again", 1_000, 1.5, 0.0, 0.95),
        ("a fifth slower", 10_000, 1.2, 0.0, 0.6),
        ("two in a hundred ten times slower", 10_000, 1.0, 0.02, 0.8),
        ("a third faster", 1_000, 0.6, 0.0, 0.95),
    ];
    for (name, requests, factor, slow_share, least) in cases {
        let mut found = 0;
        for _ in 0..3 {
            let history = stream(&mut random, LEAST_HISTORY, 0.05, requests);
            for _ in 0..25 {
                let median = wobbling(&mut random, 0.05) * factor;
                let now = window(&mut random, median, requests, slow_share);
                found += usize::from(is_changed(&now, &history));
            }
        }
        let share = f64::from(u32::try_from(found).expect("few")) / 75.0;
        println!("{name}: found {share:.2}");
        assert!(share >= least, "{name}: found {share} of the time");
    }
}

#[test]
fn the_signed_shift_reads_as_a_factor() {
    let mut random = Random::new(32);
    let before = window(&mut random, MEDIAN, 200_000, 0.0);
    let now = window(&mut random, MEDIAN * 1.3, 200_000, 0.0);
    let factor = libm::exp(now.compare(&before).expect("filled").signed_shift);
    assert!((factor - 1.3).abs() < 0.1, "{factor}");
}
