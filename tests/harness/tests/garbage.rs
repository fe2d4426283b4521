//! No input makes a panic, and whatever is accepted answers in order: no NaN end, no interval
//! upside down.

use inference_triage_core::caveat::Caveats;
use inference_triage_core::histogram::Basis;
use inference_triage_core::histogram::{Histogram, Sum, estimate_quantile, prometheus_quantile};
use inference_triage_harness::cases::for_each_seed;
use inference_triage_harness::random::Random;
use inference_triage_harness::truth::rank;
use inference_triage_harness::window::Window;

const SPECIAL: [f64; 20] = [
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    0.0,
    -0.0,
    5e-324,
    -5e-324,
    f64::MIN_POSITIVE,
    f64::MAX,
    f64::MIN,
    1.0,
    -1.0,
    0.5,
    1e15,
    9_007_199_254_740_992.0,
    1e300,
    -1e300,
    f64::EPSILON,
    1e-300,
    2.0,
];

fn any_number(random: &mut Random) -> f64 {
    match random.below(4) {
        0 => *random.pick(&SPECIAL),
        1 => f64::from_bits(random.bits()),
        2 => random.below(10) as f64,
        _ => random.uniform(-2.0, 10.0),
    }
}

/// Buckets that are mostly wrong in one way or several.
fn any_buckets(random: &mut Random) -> Vec<(f64, f64)> {
    let wild = random.chance(0.5);
    let mut buckets: Vec<(f64, f64)> = (0..random.below(8))
        .map(|k| {
            let bound = if wild { any_number(random) } else { k as f64 };
            (bound, if random.chance(0.5) { any_number(random) } else { random.below(20) as f64 })
        })
        .collect();
    if random.chance(0.8) {
        buckets
            .push((f64::INFINITY, if wild { any_number(random) } else { random.below(30) as f64 }));
    }
    random.shuffle(&mut buckets);
    buckets
}

fn any_histogram(
    random: &mut Random,
    caveats: &mut Caveats,
) -> (Vec<(f64, f64)>, Option<Histogram>) {
    let buckets = any_buckets(random);
    let sum = random
        .chance(0.7)
        .then(|| Sum { value: any_number(random), magnitude: any_number(random) });
    let basis = *random.pick(&[Basis::Exact, Basis::Estimated]);
    let histogram = Histogram::from_cumulative(&buckets, sum, basis, caveats);
    (buckets, histogram)
}

fn in_order(lo: f64, hi: Option<f64>) -> bool {
    hi.map_or(!lo.is_nan(), |hi| lo <= hi)
}

fn check_shape(histogram: &Histogram) -> Result<(), String> {
    let bounds = histogram.upper_bounds();
    let ascending = bounds.windows(2).all(|pair| pair[0] < pair[1]);
    let counts = histogram.counts().iter().all(|&count| count >= 0.0 && count.is_finite());
    let total = histogram.count();
    let sized = bounds.len() == histogram.counts().len() && !bounds.is_empty();
    let open = bounds.last() == Some(&f64::INFINITY);
    if !(ascending && open && counts && sized && total >= 0.0 && total.is_finite()) {
        return Err(format!("ill formed: {histogram:?}"));
    }
    if histogram.mean().is_some() && total.to_bits() == 0 {
        return Err("a mean of nothing".to_owned());
    }
    Ok(())
}

fn check_quantiles(random: &mut Random, histogram: &Histogram) -> Result<(), String> {
    for _ in 0..4 {
        let q = if random.chance(0.5) { random.unit() } else { any_number(random) };
        let effective = random.chance(0.5).then(|| any_number(random));
        let (bounds, interval) =
            (histogram.quantile_bounds(q), histogram.sampling_interval(q, effective));
        let rank = histogram.rank_bounds(any_number(random));
        let _ = (histogram.point(q), histogram.artefact(q), histogram.is_unresolved(q));
        let report = estimate_quantile(histogram, q, effective);
        let valid = (0.0..=1.0).contains(&q) && histogram.count() > 0.0;
        let ends =
            [&bounds, &rank].into_iter().flatten().all(|bounds| in_order(bounds.lo, bounds.hi))
                && interval.as_ref().is_none_or(|interval| in_order(interval.lo, interval.hi))
                && report.as_ref().is_none_or(|report| !report.point.is_some_and(f64::is_nan));
        if !ends || bounds.is_some() != valid || report.is_some() != valid {
            return Err(format!(
                "q = {q:?}, {effective:?}: {bounds:?}, {rank:?}, {interval:?}, {report:?}"
            ));
        }
    }
    Ok(())
}

fn check_fractions(random: &mut Random, histogram: &Histogram) -> Result<(), String> {
    for _ in 0..4 {
        let threshold = any_number(random);
        let bounds = histogram.fraction(threshold);
        let right = bounds
            .as_ref()
            .is_none_or(|bounds| 0.0 <= bounds.lo && bounds.lo <= bounds.hi && bounds.hi <= 1.0);
        if !right || (bounds.is_none() && histogram.count() > 0.0 && !threshold.is_nan()) {
            return Err(format!("≤ {threshold:?}: {bounds:?}"));
        }
    }
    Ok(())
}

#[test]
fn garbage_is_refused_or_answered_in_order() {
    let mut accepted = 0_usize;
    for_each_seed(0..150_000, |random| {
        let mut caveats = Caveats::new();
        let (buckets, histogram) = any_histogram(random, &mut caveats);
        let _ = prometheus_quantile(any_number(random), &buckets);
        let Some(histogram) = histogram else { return Ok(()) };
        accepted += 1;
        if histogram.upper_bounds().len() < 2 {
            return Err(format!("no finite bound: {histogram:?}"));
        }
        check_shape(&histogram)
            .and_then(|()| check_quantiles(random, &histogram))
            .and_then(|()| check_fractions(random, &histogram))
            .map_err(|text| format!("{text}\n{buckets:?}\n{histogram:?}"))
    });
    assert!(accepted > 20_000 || std::env::var_os("TRIAGE_SEED").is_some(), "{accepted} accepted");
}

#[test]
fn garbage_adds_up_without_a_panic() {
    for_each_seed(0..50_000, |random| {
        let mut caveats = Caveats::new();
        let parts: Vec<_> =
            (0..random.below(5)).filter_map(|_| any_histogram(random, &mut caveats).1).collect();
        let Some(merged) = Histogram::merge(&parts.iter().collect::<Vec<_>>(), &mut caveats) else {
            return Ok(());
        };
        check_shape(&merged)
            .and_then(|()| check_quantiles(random, &merged))
            .and_then(|()| check_fractions(random, &merged))
            .map_err(|text| format!("{text}\n{parts:?}\n{merged:?}"))
    });
}

#[test]
fn what_is_no_histogram_is_refused() {
    let infinity = f64::INFINITY;
    let refused: [&[(f64, f64)]; 7] = [
        &[],
        &[(infinity, 3.0)],
        &[(1.0, 3.0)],
        &[(1.0, 3.0), (2.0, 4.0)],
        &[(f64::NAN, 3.0), (infinity, 4.0)],
        &[(1.0, 0.0), (infinity, f64::NAN)],
        &[(1.0, 0.0), (infinity, infinity)],
    ];
    for buckets in refused {
        let histogram =
            Histogram::from_cumulative(buckets, None, Basis::Exact, &mut Caveats::new());
        assert!(histogram.is_none(), "{buckets:?}: {histogram:?}");
    }
}

#[test]
fn an_undefined_bound_is_dropped_with_a_caveat() {
    let mut caveats = Caveats::new();
    let buckets = [(1.0, 2.0), (f64::NAN, 7.0), (f64::INFINITY, 3.0)];
    let histogram = Histogram::from_cumulative(&buckets, None, Basis::Exact, &mut caveats).unwrap();
    assert_eq!(histogram.upper_bounds().len(), 2);
    assert_eq!(histogram.count().to_bits(), 3.0_f64.to_bits());
    assert!(!caveats.is_empty());
}

#[test]
fn an_empty_histogram_has_no_answers() {
    let buckets = [(0.5, 0.0), (1.0, 0.0), (f64::INFINITY, 0.0)];
    let sum = Some(Sum { value: 0.0, magnitude: 1e9 });
    let histogram =
        Histogram::from_cumulative(&buckets, sum, Basis::Exact, &mut Caveats::new()).unwrap();
    assert_eq!(histogram.count().to_bits(), 0);
    assert!(histogram.mean().is_none());
    for q in [0.0, 0.5, 0.95, 1.0] {
        assert!(histogram.point(q).is_nan());
        assert!(histogram.quantile_bounds(q).is_none());
        assert!(histogram.sampling_interval(q, None).is_none());
        assert!(estimate_quantile(&histogram, q, None).is_none());
    }
    assert!(histogram.rank_bounds(1.0).is_none());
    assert!(histogram.fraction(0.5).is_none());
}

/// Counts beyond 2⁵³ and ranks that only exact arithmetic tells apart.
#[test]
fn ranks_among_many_observations_are_exact() {
    for_each_seed(0..20_000, |random| {
        let below = random.between(1, 1 << 52);
        let total = below + random.between(1, 1 << 52);
        let q = (below as f64 / total as f64).clamp(0.0, 1.0);
        for q in [q.next_down(), q, q.next_up().min(1.0)] {
            let buckets = [(1.0, below as f64), (2.0, total as f64), (f64::INFINITY, total as f64)];
            let histogram =
                Histogram::from_cumulative(&buckets, None, Basis::Exact, &mut Caveats::new());
            let bounds =
                histogram.and_then(|histogram| histogram.quantile_bounds(q)).ok_or("no bounds")?;
            let first = rank(q, total) <= below;
            if (first && bounds.lo > 0.0) || (!first && bounds.hi.is_none_or(|hi| hi < 2.0)) {
                return Err(format!("q = {q:?}, {below} of {total}: {bounds:?}"));
            }
        }
        Ok(())
    });
}

/// Keeps the generator of good windows honest: garbage is what good windows are not.
#[test]
fn a_good_window_passes_the_same_checks() {
    for_each_seed(0..5_000, |random| {
        let histogram = Window::any(random).histogram();
        check_shape(&histogram)?;
        check_quantiles(random, &histogram)?;
        check_fractions(random, &histogram)
    });
}
