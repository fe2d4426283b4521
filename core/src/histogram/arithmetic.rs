//! Floating-point steps whose rounding error is known exactly.

/// `a + b` rounded, and what the rounding lost (Knuth). Exact unless the sum overflows.
fn add_exactly(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_part = sum - a;
    let a_part = sum - b_part;
    (sum, (a - a_part) + (b - b_part))
}

/// `a · b` rounded, and what the rounding lost (Dekker, Veltkamp). Exact for factors of at most 2⁵³ in size whose product
/// is at least 2⁻⁹⁰⁰ in size.
pub(super) fn multiply_exactly(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    let (a_high, a_low) = split(a);
    let (b_high, b_low) = split(b);
    let lost = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
    (product, lost)
}

/// Two halves of at most 26 bits each.
fn split(value: f64) -> (f64, f64) {
    const HALF_OF_THE_BITS: f64 = 134_217_729.0; // 2^27 + 1
    let scaled = HALF_OF_THE_BITS * value;
    let high = scaled - (scaled - value);
    (high, value - high)
}

/// A sum of many terms whose error stays at one rounding of the result (Kahan, Babuška, Neumaier).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct CompensatedSum {
    sum: f64,
    lost: f64,
}

impl CompensatedSum {
    pub(super) fn add(&mut self, term: f64) {
        let (sum, lost) = add_exactly(self.sum, term);
        self.sum = sum;
        self.lost += lost;
    }

    pub(super) fn value(self) -> f64 {
        self.sum + self.lost
    }
}

/// Distance from `|value|` to the next larger number; 0 for 0, which additions of zeros never leave.
pub(super) fn unit_in_last_place(value: f64) -> f64 {
    let size = value.abs();
    if size > 0.0 { size.next_up() - size } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn product_and_loss_are_exact() {
        // 0.1 is 3602879701896397 / 2^55; ten times that exceeds 1 by 10·3602879701896397 − 2^55 = 2, over 2^55: 2^-54.
        assert_eq!(multiply_exactly(0.1, 10.0), (1.0, f64::EPSILON / 4.0));
        // 0.95 is 8556839292003942 / 9007199254740992 and lies below; a hundred times that misses 95 by 40 / 2^53.
        assert_eq!(multiply_exactly(0.95, 100.0), (95.0, -40.0 / 9_007_199_254_740_992.0));
        assert_eq!(multiply_exactly(0.5, 7.0), (3.5, 0.0));
        assert_eq!(multiply_exactly(0.0, 9.0), (0.0, 0.0));
    }

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
        let cases = [("zero", 0.0, 0.0), ("one", 1.0, f64::EPSILON), ("negative", -1.0, f64::EPSILON)];
        for (name, value, expected) in cases {
            assert_eq!(unit_in_last_place(value).to_bits(), f64::to_bits(expected), "{name}");
        }
        assert_eq!(unit_in_last_place(1e9).to_bits(), (f64::EPSILON * 536_870_912.0).to_bits(), "1e9 lies above 2^29");
    }
}
