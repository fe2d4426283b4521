//! The repair of non-monotone buckets as Prometheus 3.14 does it, derived by hand: a relative
//! difference below 1e-12 of the sum of both counts is levelled silently, up or down; a fall beyond
//! that is levelled with a caveat.
//!
//! Source: `ensureMonotonicAndIgnoreSmallDeltas`, prometheus/prometheus 3.14.0, promql/quantile.go.

use inference_triage_core::catalogue::caveats::CaveatId;
use inference_triage_core::caveat::Caveats;
use inference_triage_core::histogram::Basis;
use inference_triage_core::histogram::{Histogram, prometheus_quantile};

/// Four buckets with bounds 1, 2, 4 and +Inf.
fn buckets(counts: [f64; 4]) -> [(f64, f64); 4] {
    [(1.0, counts[0]), (2.0, counts[1]), (4.0, counts[2]), (f64::INFINITY, counts[3])]
}

/// Counts per bucket and whether the repair is worth a caveat.
fn repaired(counts: [f64; 4]) -> (Vec<f64>, bool) {
    let mut caveats = Caveats::new();
    let histogram =
        Histogram::from_cumulative(&buckets(counts), None, Basis::Estimated, &mut caveats);
    (
        histogram.expect("four buckets make a histogram").counts().to_vec(),
        caveats.has(CaveatId::NonMonotone),
    )
}

fn assert_bits(values: &[f64], expected: &[f64]) {
    let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(values), bits(expected), "{values:?} instead of {expected:?}");
}

#[test]
fn a_tiny_fall_is_levelled_silently() {
    let counts = [1_000.0, 1_000.0 * (1.0 - 1e-13), 2_000.0, 2_000.0];
    let (counts_in, caveat) = repaired(counts);
    assert_bits(&counts_in, &[1_000.0, 0.0, 1_000.0, 0.0]);
    assert!(!caveat);
    // Rank 1,500 is half way through (2, 4].
    assert_bits(&[prometheus_quantile(0.75, &buckets(counts))], &[3.0]);
}

#[test]
fn a_tiny_rise_is_levelled_too() {
    let counts = [1_000.0, 1_000.0 * (1.0 + 1e-13), 2_000.0, 2_000.0];
    let (counts_in, caveat) = repaired(counts);
    assert_bits(&counts_in, &[1_000.0, 0.0, 1_000.0, 0.0]);
    assert!(!caveat);
    // A rank just above 1,000 lies at the start of (2, 4]; without the levelling it would lie near
    // 1.
    let point = prometheus_quantile(0.5_f64.next_up(), &buckets(counts));
    assert!((2.0..2.000_001).contains(&point), "{point:?}");
}

#[test]
fn a_rise_beyond_the_tolerance_stays() {
    let more = 1_000.0 * (1.0 + 1e-11);
    let (counts_in, caveat) = repaired([1_000.0, more, 2_000.0, 2_000.0]);
    assert_bits(&counts_in, &[1_000.0, more - 1_000.0, 2_000.0 - more, 0.0]);
    assert!(!caveat);
    let point = prometheus_quantile(0.5_f64.next_up(), &buckets([1_000.0, more, 2_000.0, 2_000.0]));
    assert!((1.0..1.1).contains(&point), "{point:?}");
}

#[test]
fn a_fall_beyond_the_tolerance_is_levelled_with_a_caveat() {
    for counts in
        [[1_000.0, 1_000.0 * (1.0 - 1e-11), 2_000.0, 2_000.0], [1_000.0, 400.0, 2_000.0, 2_000.0]]
    {
        let (counts_in, caveat) = repaired(counts);
        assert_bits(&counts_in, &[1_000.0, 0.0, 1_000.0, 0.0]);
        assert!(caveat, "{counts:?}");
    }
}

#[test]
fn a_fall_at_the_end_is_raised_to_the_total() {
    let (counts_in, caveat) = repaired([100.0, 500.0, 600.0, 300.0]);
    assert_bits(&counts_in, &[100.0, 400.0, 100.0, 0.0]);
    assert!(caveat);
    // The total is 600, so that the median has rank 300: half way through (1, 2].
    assert_bits(&[prometheus_quantile(0.5, &buckets([100.0, 500.0, 600.0, 300.0]))], &[1.5]);
}

/// Each count is compared with the last one that was kept, not with the levelled original.
#[test]
fn small_rises_do_not_add_up_unseen() {
    let kept = 1_000.0 * (1.0 + 3e-12);
    let (counts_in, caveat) = repaired([1_000.0, 1_000.0 * (1.0 + 1.5e-12), kept, 2_000.0]);
    assert_bits(&counts_in, &[1_000.0, 0.0, kept - 1_000.0, 2_000.0 - kept]);
    assert!(!caveat);
}

#[test]
fn next_to_zero_only_subnormal_counts_are_levelled() {
    assert_bits(&repaired([0.0, 5e-324, 1.0, 1.0]).0, &[0.0, 0.0, 1.0, 0.0]);
    assert_bits(&repaired([0.0, 1e-300, 1.0, 1.0]).0, &[0.0, 1e-300, 1.0, 0.0]);
}

#[test]
fn monotone_buckets_need_no_caveat() {
    let (counts_in, caveat) = repaired([1.0, 1.0, 3.0, 4.0]);
    assert_bits(&counts_in, &[1.0, 0.0, 2.0, 1.0]);
    assert!(!caveat);
}
