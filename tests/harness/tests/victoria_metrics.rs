//! Our fractions are those of a real VictoriaMetrics' `histogram_share`, and our bounds without a
//! sum the bounds it gives, except where it is known to differ from Prometheus:
//!
//! - **negative limit**: it answers 0, because it takes every observation to be at least 0.
//! - **falling counts**: it lowers a count to the next one; Prometheus' fraction leaves counts as
//!   they are.
//! - **no +Inf bucket**: it takes the largest bucket as the total; Prometheus answers NaN.
//! - **no observations**: it answers nothing or 0; Prometheus answers NaN.
//! - **limit that is NaN**: it gives no answer; Prometheus answers NaN.
//! - **limit on the highest finite bound**: its upper bound of the share is 1, although all buckets
//!   up to the limit are counted, so that the share is exact.
//! - **many digits**: it stores about twelve significant digits of a value; the counts here have
//!   fewer.

use std::collections::BTreeMap;

use inference_triage_core::caveat::Caveats;
use inference_triage_core::histogram::Basis;
use inference_triage_core::histogram::{Histogram, prometheus_fraction};
use inference_triage_harness::layouts::Layout;
use inference_triage_harness::live_victoria::LiveVictoria;
use inference_triage_harness::openmetrics::{Exposition, number};
use inference_triage_harness::random::Random;
use inference_triage_harness::window::Window;

const SECONDS: i64 = 1_700_000_100;

type Buckets = Vec<(f64, f64)>;

fn serve(cases: &[Buckets]) -> LiveVictoria {
    let mut exposition = Exposition::new();
    for (case, buckets) in cases.iter().enumerate() {
        for &(bound, count) in buckets {
            exposition.add(
                "h_bucket",
                &[("case", &case.to_string()), ("le", &number(bound))],
                count,
                SECONDS,
            );
        }
    }
    LiveVictoria::start(&exposition.finish()).unwrap_or_else(|error| panic!("{error}"))
}

/// Share, lower and upper bound of it, by case.
fn shares(live: &LiveVictoria, limit: f64) -> BTreeMap<usize, BTreeMap<String, f64>> {
    let limit = if limit.is_nan() { "NaN".to_owned() } else { number(limit) };
    let query = format!("histogram_share({limit}, h_bucket, \"bound\")");
    let mut shares: BTreeMap<usize, BTreeMap<String, f64>> = BTreeMap::new();
    for sample in live.instant(&query, SECONDS).unwrap_or_else(|error| panic!("{error}")) {
        let case = sample.labels["case"].parse().expect("a case number");
        let which = sample.labels.get("bound").cloned().unwrap_or_default();
        shares.entry(case).or_default().insert(which, sample.value);
    }
    shares
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * a.abs().max(b.abs())
}

/// The limit is the bound before +Inf.
fn is_highest(buckets: &[(f64, f64)], limit: f64) -> bool {
    buckets.iter().rev().nth(1).is_some_and(|(bound, _)| bound.to_bits() == limit.to_bits())
}

/// Rising fractions, as rates would give them.
fn fractional(random: &mut Random) -> Buckets {
    let mut count = 0.0;
    let bounds = Layout::positive(random).bounds.into_iter().chain([f64::INFINITY]);
    bounds
        .map(|bound| {
            count += if random.chance(0.3) { 0.0 } else { random.log_uniform(1e-3, 1e2) };
            (bound, (count * 1e3).round() / 1e3)
        })
        .collect()
}

#[test]
fn shares_and_their_bounds_are_those_of_victoria_metrics() {
    let mut random = Random::new(18);
    let cases: Vec<Buckets> = (0..200)
        .map(|case| {
            if case % 2 == 0 {
                let layout = Layout::positive(&mut random);
                Window::with_layout(&mut random, layout, 40).cumulative
            } else {
                fractional(&mut random)
            }
        })
        .filter(|buckets: &Buckets| buckets.last().is_some_and(|(_, total)| *total > 0.0))
        .collect();
    let live = serve(&cases);
    let mut limits: Vec<f64> = (0..60).map(|_| random.log_uniform(1e-4, 1e4)).collect();
    limits.extend(
        cases.iter().step_by(5).map(|buckets| random.pick(&buckets[..buckets.len() - 1]).0),
    );
    limits.push(f64::INFINITY);
    let (mut compared, mut looser) = (0, 0);
    for limit in limits {
        let theirs = shares(&live, limit);
        for (case, buckets) in cases.iter().enumerate() {
            let share = theirs[&case][""];
            let ours = prometheus_fraction(f64::NEG_INFINITY, limit, buckets);
            assert!(close(share, ours), "≤ {limit:?}: {share:?}, ours {ours:?}: {buckets:?}");
            let histogram =
                Histogram::from_cumulative(buckets, None, Basis::Estimated, &mut Caveats::new());
            let bounds = histogram.and_then(|histogram| histogram.fraction(limit)).expect("filled");
            let (lower, upper) = (theirs[&case]["lower"], theirs[&case]["upper"]);
            let highest = is_highest(buckets, limit);
            looser += usize::from(highest);
            assert!(
                close(lower, bounds.lo)
                    && (close(upper, bounds.hi) || (highest && close(upper, 1.0))),
                "≤ {limit:?}: {lower:?} to {upper:?}, ours {bounds:?}: {buckets:?}"
            );
            compared += 1;
        }
    }
    println!(
        "{compared} shares and their bounds are equal to 1e-12, {looser} limits on the highest finite bound"
    );
    assert!(compared > 15_000 && looser < compared / 10, "{looser} of {compared}");
}

/// Each difference named at the top, so that a version of VictoriaMetrics without it is noticed.
#[test]
fn the_known_differences_are_as_named() {
    let infinity = f64::INFINITY;
    let cases: [Buckets; 4] = [
        vec![(-1.0, 4.0), (1.0, 8.0), (infinity, 8.0)],
        vec![(1.0, 6.0), (2.0, 3.0), (4.0, 8.0), (infinity, 10.0)],
        vec![(1.0, 2.0), (2.0, 6.0)],
        vec![(1.0, 0.0), (2.0, 0.0), (infinity, 0.0)],
    ];
    let live = serve(&cases);
    let theirs = |case: usize, limit: f64| {
        shares(&live, limit).get(&case).and_then(|answer| answer.get("").copied())
    };
    let ours = |case: usize, limit: f64| prometheus_fraction(-infinity, limit, &cases[case]);
    assert_eq!((theirs(0, -1.0), ours(0, -1.0)), (Some(0.0), 0.5), "negative limit");
    assert_eq!((theirs(0, 0.0), ours(0, 0.0)), (Some(0.75), 0.75), "no difference from 0 on");
    assert_eq!((theirs(1, 1.0), ours(1, 1.0)), (Some(0.3), 0.6), "falling counts");
    assert_eq!(theirs(2, 1.5), Some(4.0 / 6.0), "no +Inf bucket");
    assert!(ours(2, 1.5).is_nan(), "no +Inf bucket");
    assert!(theirs(3, 1.0).is_none() && ours(3, 1.0).is_nan(), "no observations");
    assert!(theirs(0, f64::NAN).is_none() && ours(0, f64::NAN).is_nan(), "limit that is NaN");
}
