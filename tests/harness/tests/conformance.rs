//! Our quantile is that of a real Prometheus, bit for bit, over the same raw buckets.
//!
//! Prometheus 2.42 repairs non-monotone buckets without the tolerance of later versions; the cases
//! here are either monotone or dip far beyond any tolerance. The tolerance itself is in
//! `monotonic_repair.rs`.

use std::collections::BTreeMap;

use inference_triage_core::caveat::Caveats;
use inference_triage_core::histogram::Basis;
use inference_triage_core::histogram::{Histogram, prometheus_quantile};
use inference_triage_harness::layouts::Layout;
use inference_triage_harness::live_prometheus::LivePrometheus;
use inference_triage_harness::openmetrics::{Exposition, number};
use inference_triage_harness::random::Random;
use inference_triage_harness::window::Window;

const SECONDS: i64 = 1_700_000_100;

type Buckets = Vec<(f64, f64)>;

/// Ordinary quantiles, those out of range, and a few that no float holds.
fn quantiles(random: &mut Random) -> Vec<f64> {
    let mut quantiles =
        vec![0.0, 0.01, 0.1, 0.25, 1.0 / 3.0, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0, -0.5, 1.5];
    quantiles.extend([f64::INFINITY, f64::NEG_INFINITY, f64::NAN]);
    quantiles.extend((0..3).map(|_| random.unit()));
    quantiles
}

/// Buckets as rates would give them: rising fractions.
fn fractional(random: &mut Random) -> Buckets {
    let layout = Layout::any(random);
    let mut count = if random.chance(0.5) { 0.0 } else { random.log_uniform(1e-6, 1e3) };
    let bounds = layout.bounds.into_iter().chain([f64::INFINITY]);
    bounds
        .map(|bound| {
            // Equal neighbours or a step far above the tolerance.
            count += if random.chance(0.3) {
                0.0
            } else {
                (count + 1e-3) * random.log_uniform(1e-3, 1.0)
            };
            (bound, count)
        })
        .collect()
}

fn well_formed(random: &mut Random) -> Buckets {
    match random.below(8) {
        0..3 => Window::any(random).cumulative,
        3..6 => fractional(random),
        6 => {
            // Two spellings of every bound.
            let buckets = fractional(random);
            let again = buckets.iter().map(|&(bound, count)| (bound, count * 0.7));
            buckets
                .iter()
                .copied()
                .chain(again)
                .filter(|(bound, _)| bound.is_finite())
                .chain([buckets[buckets.len() - 1]])
                .collect()
        }
        _ => by_hand(random),
    }
}

/// Special cases in the order of the rules: no +Inf, +Inf alone, nothing observed, bounds at and
/// below zero, large counts.
fn by_hand(random: &mut Random) -> Buckets {
    let infinity = f64::INFINITY;
    let cases: [&[(f64, f64)]; 10] = [
        &[(1.0, 3.0), (2.0, 5.0)],
        &[(infinity, 5.0)],
        &[(1.0, 0.0), (infinity, 0.0)],
        &[(1.0, 0.0), (2.0, 5.0), (infinity, 5.0)],
        &[(1.0, 0.0), (infinity, 5.0)],
        &[(0.0, 3.0), (1.0, 5.0), (infinity, 5.0)],
        &[(-2.0, 3.0), (-1.0, 5.0), (infinity, 6.0)],
        &[(-2.0, 0.0), (-1.0, 5.0), (1.0, 6.0), (infinity, 6.0)],
        &[
            (1.0, 4_503_599_627_370_496.0),
            (2.0, 9_007_199_254_740_991.0),
            (infinity, 9_007_199_254_740_991.0),
        ],
        &[(5e-324, 1.0), (1e308, 3.0), (f64::MAX, 4.0), (infinity, 4.0)],
    ];
    random.pick(&cases).to_vec()
}

/// Buckets with at least one dip of a tenth or more.
fn dipping(random: &mut Random) -> Buckets {
    let mut buckets = fractional(random);
    let last = buckets.len() - 1;
    for _ in 0..random.between(1, 3) {
        let k = random.between(1, last);
        buckets[k].1 = buckets[k - 1].1 * random.uniform(0.0, 0.9);
    }
    buckets
}

/// A server with every case as `h_bucket{case="…",le="…"}` in random order, the same bound spelled
/// in different ways.
fn serve(random: &mut Random, cases: &[Buckets]) -> LivePrometheus {
    let mut exposition = Exposition::new();
    for (case, buckets) in cases.iter().enumerate() {
        let mut shuffled: Vec<_> = buckets.iter().enumerate().collect();
        random.shuffle(&mut shuffled);
        for (k, &(bound, count)) in shuffled {
            let repeated = buckets[..k].iter().any(|(other, _)| other.to_bits() == bound.to_bits());
            let spelling = match bound {
                f64::INFINITY => number(bound),
                _ if repeated => format!("{bound:e}"),
                _ => format!("{bound}"),
            };
            exposition.add(
                "h_bucket",
                &[("case", &case.to_string()), ("le", &spelling)],
                count,
                SECONDS,
            );
        }
    }
    LivePrometheus::start(&exposition.finish()).unwrap_or_else(|error| panic!("{error}"))
}

fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

/// Compares every case at every quantile; returns how many values were compared.
fn compare(live: &LivePrometheus, cases: &[Buckets], quantiles: &[f64]) -> usize {
    let mut differences = Vec::new();
    let mut compared = 0;
    for &q in quantiles {
        let query = format!("histogram_quantile({}, h_bucket)", number(q));
        let samples = live.instant(&query, SECONDS).unwrap_or_else(|error| panic!("{error}"));
        let printed: BTreeMap<usize, f64> = samples
            .iter()
            .map(|sample| (sample.labels["case"].parse().expect("a case number"), sample.value))
            .collect();
        assert_eq!(printed.len(), cases.len(), "{query} answered for {} cases", printed.len());
        for (case, buckets) in cases.iter().enumerate() {
            let theirs = printed[&case];
            let raw = prometheus_quantile(q, buckets);
            let histogram =
                Histogram::from_cumulative(buckets, None, Basis::Estimated, &mut Caveats::new());
            let point = histogram.map_or(raw, |histogram| histogram.point(q));
            compared += 1;
            if !same(raw, theirs) || !same(point, theirs) {
                differences.push(format!(
                    "q = {q:?}: Prometheus {theirs:?}, raw {raw:?}, point {point:?}: {buckets:?}"
                ));
            }
        }
    }
    let shown = differences.iter().take(5).cloned().collect::<Vec<_>>().join("\n");
    assert!(differences.is_empty(), "{} of {compared} values differ:\n{shown}", differences.len());
    compared
}

#[test]
fn quantiles_of_well_formed_buckets_are_those_of_prometheus() {
    let mut random = Random::new(2_42);
    let cases: Vec<Buckets> = (0..400).map(|_| well_formed(&mut random)).collect();
    let live = serve(&mut random, &cases);
    let compared = compare(&live, &cases, &quantiles(&mut random));
    println!("{compared} values equal to the last bit");
    assert!(compared >= 2_000);
}

#[test]
fn quantiles_of_dipping_buckets_are_those_of_prometheus() {
    let mut random = Random::new(3_14);
    let cases: Vec<Buckets> = (0..150).map(|_| dipping(&mut random)).collect();
    let live = serve(&mut random, &cases);
    let compared = compare(&live, &cases, &quantiles(&mut random));
    println!("{compared} values equal to the last bit");
}
