//! Searching cumulative counts, and PromQL's interpolation in the bucket that is found.

/// Index of the first of ascending counts that reaches the rank, or their number where none does.
///
/// It counts those below the rank, one in four and then the four where it lies: each step is independent of the others,
/// where halving would wait for every one.
pub fn first_at_least(rank: f64, counts: &[f64]) -> usize {
    let (fours, rest) = counts.as_chunks::<4>();
    let below: usize = fours.iter().map(|four| usize::from(four[3] < rank)).sum();
    let inside = match fours.get(below) {
        Some(four) => usize::from(four[0] < rank) + usize::from(four[1] < rank) + usize::from(four[2] < rank),
        None => rest.iter().map(|count| usize::from(*count < rank)).sum(),
    };
    4 * below + inside
}

/// The same in the order of the probes of Go's `sort.Search`, which decides the answer where a count is NaN.
fn first_by_halving(rank: f64, counts: &[f64]) -> usize {
    let (mut from, mut to) = (0, counts.len());
    while from < to {
        let middle = usize::midpoint(from, to);
        if counts[middle] >= rank {
            to = middle;
        } else {
            from = middle + 1;
        }
    }
    from
}

/// What `histogram_quantile` of Prometheus 3.14 prints for cumulative counts under ascending upper bounds, both as it has
/// repaired them.
///
/// - q is NaN: NaN. q is below 0: −Inf. q is above 1: +Inf.
/// - Fewer than two bounds, a last one that is not +Inf, another number of counts, or no observations: NaN.
/// - The quantile lies in the +Inf bucket: the highest finite bound.
/// - It lies in the first bucket: that bound if it is not positive, else interpolated from 0.
///
/// Counts that do not `ascend`, because some are NaN, are searched as Prometheus searches them.
pub fn quantile(q: f64, bounds: &[f64], counts: &[f64], ascend: bool) -> f64 {
    // Also where q is NaN.
    if !(0.0..=1.0).contains(&q) {
        return if q < 0.0 { f64::NEG_INFINITY } else { q + f64::INFINITY };
    }
    let ([finite @ .., f64::INFINITY], [counts @ .., total]) = (bounds, counts) else { return f64::NAN };
    let [.., highest] = *finite else { return f64::NAN };
    if *total == 0.0 || finite.len() != counts.len() {
        return f64::NAN;
    }
    // The order of operations decides the last bit: no rearranging, no fused multiply-add.
    let rank = q * total;
    let found = if ascend { first_at_least(rank, counts) } else { first_by_halving(rank, counts) };
    let (Some(&end), Some(&count)) = (finite.get(found), counts.get(found)) else { return highest };
    if found == 0 {
        return if end <= 0.0 { end } else { end * (rank / count) };
    }
    let (start, count_before) = (finite[found - 1], counts[found - 1]);
    start + (end - start) * ((rank - count_before) / (count - count_before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_searches_find_the_first() {
        let mut state = 3_u64;
        let mut next = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for _ in 0..20_000 {
            let length = next(40) as usize;
            let mut counts: Vec<f64> = (0..length).map(|_| next(12) as f64).collect();
            counts.sort_by(f64::total_cmp);
            for rank in [next(13) as f64, next(13) as f64 - 0.5, -1.0, f64::INFINITY] {
                let expected = counts.iter().position(|count| *count >= rank).unwrap_or(length);
                assert_eq!(first_at_least(rank, &counts), expected, "{rank} in {counts:?}");
                assert_eq!(first_by_halving(rank, &counts), expected, "{rank} in {counts:?}");
            }
        }
    }

    #[test]
    fn slices_of_other_lengths_have_no_quantile() {
        const INF: f64 = f64::INFINITY;
        let answers = [
            quantile(0.5, &[], &[], true),
            quantile(0.5, &[INF], &[3.0], true),
            quantile(0.5, &[1.0, INF], &[3.0], true),
            quantile(0.5, &[INF], &[3.0, 4.0], true),
            quantile(0.5, &[1.0, 2.0], &[3.0, 4.0], true),
            quantile(0.5, &[1.0, INF], &[0.0, 0.0], true),
        ];
        assert!(answers.iter().all(|answer| answer.is_nan()), "{answers:?}");
        assert_eq!(quantile(0.5, &[1.0, 2.0, INF], &[2.0, 6.0, 6.0], true).to_bits(), 1.25_f64.to_bits());
    }
}
