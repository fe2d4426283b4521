//! Adding counters up, column by column.
//!
//! A column holds the values of one cumulative bucket at every step. Totals start at [`BASE`]:
//! beyond 2⁵² a float holds whole numbers alone, so an addition that loses something shows that its
//! term was not a whole number, and costs no more than an addition. That and a comparison with the
//! column of the next lower bucket prove, without a branch for each value, that counters only grow
//! and that a bucket never grows by less than the one it contains.

/// What totals start at: 2⁵².
pub(crate) const BASE: f64 = 4_503_599_627_370_496.0;

/// Totals at or beyond it, 2⁵³, are not exact.
const LIMIT: f64 = 2.0 * BASE;

/// Adds the values to the totals. Returns `false` if `values` is not a clean counter: a value is
/// absent, negative or not a whole number, or between two steps the values fall, or grow by less
/// than those `below` do. `totals` is then garbage. Totals that reach 2⁵³ are not detected here;
/// [`difference`] refuses them.
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
pub(crate) fn add_column(values: &[f64], below: &[f64], totals: &mut [f64]) -> bool {
    let length = totals.len();
    if length == 0 || values.len() != length || below.len() != length {
        return length == 0;
    }
    let mut lost = add_first(values[0], &mut totals[0]);
    let mut falls = 0;
    let growth = values[1..].iter().zip(values).zip(below[1..].iter().zip(below));
    for (((now, before), (now_below, before_below)), total) in growth.zip(&mut totals[1..]) {
        falls |= ((now - before) - (now_below - before_below)).to_bits();
        let sum = *total + now;
        lost |= ((sum - *total) - now).to_bits();
        *total = sum;
    }
    is_clean(values[0], falls, lost)
}

/// [`add_column`] of the same bucket of two replicas, which reads and writes the totals once.
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
pub(crate) fn add_two_columns(values: [&[f64]; 2], below: [&[f64]; 2], totals: &mut [f64]) -> bool {
    let length = totals.len();
    if length == 0 || values.iter().chain(&below).any(|column| column.len() != length) {
        return length == 0;
    }
    let mut lost =
        add_first(values[0][0], &mut totals[0]) | add_first(values[1][0], &mut totals[0]);
    let mut falls = 0;
    let growth = |one: usize| {
        values[one][1..].iter().zip(values[one]).zip(below[one][1..].iter().zip(below[one]))
    };
    for ((one, other), total) in growth(0).zip(growth(1)).zip(&mut totals[1..]) {
        let ((now, before), (now_below, before_below)) = one;
        let ((other_now, other_before), (other_now_below, other_before_below)) = other;
        falls |= ((now - before) - (now_below - before_below)).to_bits();
        falls |= ((other_now - other_before) - (other_now_below - other_before_below)).to_bits();
        let sum = *total + now;
        let both = sum + other_now;
        lost |= ((sum - *total) - now).to_bits() | ((both - sum) - other_now).to_bits();
        *total = both;
    }
    is_clean(values[0][0], falls, lost) && values[1][0] >= 0.0
}

/// Bits that are set where the addition lost something.
#[inline]
fn add_first(value: f64, total: &mut f64) -> u64 {
    let sum = *total + value;
    let lost = ((sum - *total) - value).to_bits();
    *total = sum;
    lost
}

/// A fall sets the sign bit of a difference; a difference that is NaN leaves bits of loss.
#[inline]
fn is_clean(first: f64, falls: u64, lost: u64) -> bool {
    first >= 0.0 && falls >> 63 == 0 && lost == 0
}

/// Whether no value is absent and none lies below the one before it.
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
pub(crate) fn rises(values: &[f64]) -> bool {
    let Some(first) = values.first() else { return true };
    let mut rises = !first.is_nan();
    for (now, before) in values[1..].iter().zip(values) {
        rises &= now >= before;
    }
    rises
}

/// How much the totals of each column grew between two steps; `totals` holds as many columns of
/// `steps` as there are `counts`. False where one of them is absent or not exact.
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
pub(crate) fn difference(
    totals: &[f64],
    steps: usize,
    (first, last): (usize, usize),
    counts: &mut [f64],
) -> bool {
    if first >= steps || last >= steps || totals.len() != steps * counts.len() {
        return false;
    }
    let mut is_exact = true;
    for (column, count) in totals.chunks_exact(steps).zip(counts) {
        let (start, end) = (column[first], column[last]);
        *count = end - start;
        is_exact &= end < LIMIT && *count >= 0.0;
    }
    is_exact
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: usize = 7;
    const NONE: [f64; STEPS] = [0.0; STEPS];

    fn added(values: [f64; STEPS], below: [f64; STEPS]) -> (bool, [f64; STEPS]) {
        let mut totals = [BASE + 3.0; STEPS];
        let is_clean = add_column(&values, &below, &mut totals);
        for other in [NONE, [5.0; STEPS]] {
            let mut both = [BASE + 3.0; STEPS];
            assert_eq!(add_two_columns([&values, &other], [&below, &NONE], &mut both), is_clean);
            let mut both = [BASE + 3.0; STEPS];
            assert_eq!(add_two_columns([&other, &values], [&NONE, &below], &mut both), is_clean);
            let expected = totals.map(|total| total + other[0]);
            assert!(!is_clean || both.map(f64::to_bits) == expected.map(f64::to_bits));
        }
        (is_clean, totals)
    }

    #[test]
    fn whole_counters_that_grow_add_up() {
        let values = [2.0, 2.0, 3.0, 3.0, 9.0, 1e6, 1e15];
        let (is_clean, totals) = added(values, [7.0, 7.0, 7.0, 7.0, 9.0, 10.0, 11.0]);
        assert!(is_clean);
        assert_eq!(
            totals.map(|total| (total - BASE).to_bits()),
            values.map(|value| (value + 3.0).to_bits())
        );
    }

    #[test]
    fn one_value_in_any_place_speaks_against_them() {
        let plain = [2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0];
        for place in 0..STEPS {
            for wrong in [
                f64::NAN,
                -f64::NAN,
                f64::INFINITY,
                f64::NEG_INFINITY,
                -3.0,
                0.5,
                1e-300,
                5.000_000_1,
            ] {
                let mut values = plain;
                values[place] = wrong;
                assert!(!added(values, NONE).0, "{wrong} at {place}");
            }
            if place > 0 {
                let mut values = plain;
                values[place] = values[place - 1] - 1.0;
                assert!(!added(values, NONE).0, "a fall at {place}");
                let mut below = [0.0; STEPS];
                below[place..].fill(3.0);
                assert!(!added(plain, below).0, "less growth than below at {place}");
                below[place..].fill(2.0);
                assert!(added(plain, below).0, "as much growth as below at {place}");
            }
        }
    }

    #[test]
    fn neither_a_fall_nor_an_absent_value_rises() {
        assert!(rises(&[]) && rises(&[3.0]) && rises(&[3.0, 3.0, 4.0]));
        let absent = f64::NAN;
        for values in [
            &[absent][..],
            &[absent, 1.0],
            &[1.0, absent],
            &[1.0, absent, 2.0],
            &[2.0, 3.0, 1.0, 4.0],
        ] {
            assert!(!rises(values), "{values:?}");
        }
    }

    #[test]
    fn a_difference_is_refused_where_a_total_is_absent_or_too_large() {
        let mut counts = [0.0; 2];
        let column = |end: f64| [[BASE, BASE + 4.0], [BASE, end]].concat();
        assert!(difference(&column(BASE + 9.0), 2, (0, 1), &mut counts));
        assert_eq!(counts.map(f64::to_bits), [4.0_f64, 9.0].map(f64::to_bits));
        for end in [LIMIT, 1e300, f64::NAN, BASE - 1.0] {
            assert!(!difference(&column(end), 2, (0, 1), &mut counts), "{end}");
        }
        assert!(!difference(&column(BASE), 2, (0, 2), &mut counts), "beyond the last step");
        assert!(!difference(&column(BASE), 3, (0, 1), &mut counts), "another number of steps");
    }
}
