//! An order of lists of numbers.

use std::cmp::Ordering;

/// By the first number that differs, then by length. Numbers compare as [`f64::total_cmp`] does.
pub fn compare_numbers(a: &[f64], b: &[f64]) -> Ordering {
    let differing = a.iter().zip(b).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
    differing.unwrap_or_else(|| a.len().cmp(&b.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_decides_then_the_length() {
        assert_eq!(compare_numbers(&[1.0, 2.0], &[1.0, 3.0]), Ordering::Less);
        assert_eq!(compare_numbers(&[2.0], &[1.0, 3.0]), Ordering::Greater);
        assert_eq!(compare_numbers(&[1.0], &[1.0, f64::NEG_INFINITY]), Ordering::Less);
        assert_eq!(compare_numbers(&[f64::NAN, 1.0], &[f64::NAN, 1.0]), Ordering::Equal);
        assert_eq!(compare_numbers(&[], &[]), Ordering::Equal);
    }
}
