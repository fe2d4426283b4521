//! Floating-point steps whose rounding error is known exactly.

/// `a + b` rounded, and what the rounding lost (Knuth). Exact unless the sum overflows.
fn add_exactly(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_part = sum - a;
    let a_part = sum - b_part;
    (sum, (a - a_part) + (b - b_part))
}

/// A sum of many terms whose error stays at one rounding of the result (Kahan, Babuška, Neumaier).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct CompensatedSum {
    sum: f64,
    lost: f64,
}

impl CompensatedSum {
    pub(crate) fn add(&mut self, term: f64) {
        let (sum, lost) = add_exactly(self.sum, term);
        self.sum = sum;
        self.lost += lost;
    }

    /// Adds the terms of another sum.
    pub(crate) fn join(&mut self, other: Self) {
        self.add(other.sum);
        self.lost += other.lost;
    }

    pub(crate) fn value(self) -> f64 {
        self.sum + self.lost
    }
}

/// The value, or the end of the range that it lies beyond; NaN stays. Unlike `f64::clamp` without a
/// panic that would print floats.
pub(crate) fn within(value: f64, least: f64, most: f64) -> f64 {
    if value < least {
        least
    } else if value > most {
        most
    } else {
        value
    }
}

/// Distance from `|value|` to the next larger number; 0 for 0, which additions of zeros never
/// leave.
pub(super) fn unit_in_last_place(value: f64) -> f64 {
    let size = value.abs();
    if size > 0.0 { size.next_up() - size } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compensated_sum_keeps_what_plain_addition_loses() {
        let mut sum = CompensatedSum::default();
        for term in [1e16, 1.0, 1.0, -1e16] {
            sum.add(term);
        }
        assert_eq!(sum.value().to_bits(), 2.0_f64.to_bits());
    }

    #[test]
    fn unit_in_last_place_of_known_numbers() {
        let cases =
            [("zero", 0.0, 0.0), ("one", 1.0, f64::EPSILON), ("negative", -1.0, f64::EPSILON)];
        for (name, value, expected) in cases {
            assert_eq!(unit_in_last_place(value).to_bits(), f64::to_bits(expected), "{name}");
        }
        assert_eq!(
            unit_in_last_place(1e9).to_bits(),
            (f64::EPSILON * 536_870_912.0).to_bits(),
            "1e9 lies above 2^29"
        );
    }
}
