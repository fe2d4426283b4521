//! How much a value may be off because it was rounded on its way: a table, a recording rule or an
//! export with few digits.

use crate::catalogue::families::Shape;
use crate::growth::histogram::Part;
use crate::ingest::batch::SeriesKind;
use crate::scope::resolve::Resolved;
use crate::text::decimal::shortest;

/// Most digits that rounded values show. A sum of measured seconds has fifteen and more; nine of
/// them are right to a millionth of a second for hours.
const MOST_DIGITS: usize = 8;

/// By how much differences of two samples of one replica may be off; 0 where nothing is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rounding {
    /// Most digits that any value shows; 0 where nothing is rounded.
    pub digits: usize,
    /// The sums of its times, all together, seconds.
    pub seconds: f64,
    /// The largest of its counts.
    pub counts: f64,
}

impl Rounding {
    /// From the digits that the sums of times show: those of seconds that were measured have as
    /// many as a number can hold.
    pub(super) fn of(series: &[&Resolved<'_>]) -> Self {
        let sums = series.iter().filter(|one| {
            one.reading.part == Some(Part::Sum) && one.reading.metric.family.is_request_time()
        });
        let is_count = |one: &&&Resolved<'_>| {
            one.reading.kind == SeriesKind::Counter
                && one.reading.part != Some(Part::Sum)
                && matches!(one.reading.metric.family.shape(), Shape::Histogram | Shape::Counter)
        };
        let counts = series.iter().filter(is_count);
        let mut digits = 0;
        for value in sums.clone().chain(counts.clone()).flat_map(|one| one.values.iter()) {
            digits = digits.max(digits_of(*value));
            if digits > MOST_DIGITS {
                return Self::default();
            }
        }
        let mut rounding = Self { digits, ..Self::default() };
        if digits == 0 {
            return rounding;
        }
        for one in sums {
            rounding.seconds += last_digit(largest(&one.values), digits);
        }
        for one in counts {
            // Whole numbers of so few digits are shown as they are.
            let unit = last_digit(largest(&one.values), digits);
            rounding.counts = rounding.counts.max(if unit > 1.0 { unit } else { 0.0 });
        }
        rounding
    }
}

impl Rounding {
    /// By how much a count of such a size must grow to be shown as grown.
    pub fn step_of(&self, size: f64) -> f64 {
        last_digit(size, self.digits).max(1.0)
    }
}

/// Significant digits of the shortest decimal that reads as this value.
fn digits_of(value: f64) -> usize {
    if value.is_nan() {
        return 0;
    }
    let text = shortest(value);
    let mantissa = text.split('e').next().unwrap_or_default();
    let digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
    let (mut start, mut end) = (0, digits.len());
    while start < end && digits[start] == b'0' {
        start += 1;
    }
    while start < end && digits[end - 1] == b'0' {
        end -= 1;
    }
    end - start
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |most: f64, value| most.max(*value))
}

/// What the last of so many digits stands for in a value: half of it is lost at each of two
/// samples.
fn last_digit(value: f64, digits: usize) -> f64 {
    if value <= 0.0 {
        return 0.0;
    }
    libm::pow(10.0, libm::floor(libm::log10(value)) - digits as f64 + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_that_a_reader_sees() {
        for (value, digits) in
            [(0.0, 0), (1.0, 1), (1234.0, 4), (1_234_000.0, 4), (0.00123, 3), (557.8, 4)]
        {
            assert_eq!(digits_of(value), digits, "{value}");
        }
        assert!(digits_of(0.1 + 0.2) > MOST_DIGITS);
        assert_eq!(digits_of(f64::NAN), 0);
    }

    #[test]
    fn the_last_digit_is_that_of_the_largest_value() {
        assert!((last_digit(largest(&[5.0, 1_234_000.0, f64::NAN]), 4) - 1000.0).abs() < 1e-6);
        assert!((last_digit(557.8, 4) - 0.1).abs() < 1e-9);
        assert!(last_digit(0.0, 4).abs() < 1e-12);
    }
}
