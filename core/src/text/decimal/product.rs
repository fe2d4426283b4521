//! Decimal to binary by one product of a 64-bit number with a 128-bit power of five.

#![expect(
    clippy::inline_always,
    reason = "the build for size would call each of these for every sample"
)]

use super::read::{EXACT_POWERS, EXACT_WHOLE};

/// Powers of ten that the table reaches: rates have 16 to 19 decimals, sums of seconds far fewer.
const LOWEST: i64 = -40;
const POWERS: usize = 64;

/// Significant 128 bits of 5^q, the highest 32 first: rounded down for q ≥ 0 and below −27, up in
/// between, as the proof of the algorithm asks.
static POWERS_OF_FIVE: [[u32; 4]; POWERS] = powers_of_five();

const fn powers_of_five() -> [[u32; 4]; POWERS] {
    let mut table = [[0; 4]; POWERS];
    let mut index = 0;
    let mut power = LOWEST;
    while index < POWERS {
        let bits = if power < 0 { reciprocal(power) } else { shifted(5_u128.pow(power as u32)) };
        table[index] = [(bits >> 96) as u32, (bits >> 64) as u32, (bits >> 32) as u32, bits as u32];
        index += 1;
        power += 1;
    }
    table
}

const fn shifted(number: u128) -> u128 {
    number << number.leading_zeros()
}

/// The first 128 bits of 5^power, power < 0, by long division.
const fn reciprocal(power: i64) -> u128 {
    let divisor = 5_u128.pow(power.unsigned_abs() as u32);
    let mut rest = 1 << divisor.ilog2();
    let mut quotient: u128 = 0;
    let mut bit = 0;
    while bit < 128 {
        rest *= 2;
        quotient *= 2;
        if rest >= divisor {
            rest -= divisor;
            quotient += 1;
        }
        bit += 1;
    }
    if power >= -27 { quotient + 1 } else { quotient }
}

/// The `f64` nearest to mantissa · 10^−decimals where both are exact; at most 22 decimals.
#[inline(always)]
pub(crate) fn with_few_decimals(mantissa: u64, decimals: usize) -> Option<f64> {
    (mantissa <= EXACT_WHOLE).then(|| mantissa as f64 / EXACT_POWERS[decimals])
}

/// The `f64` nearest to mantissa · 10^−decimals where that takes no exact arithmetic. Long numbers
/// lie on both sides of 2⁵³: they all go this way, so that the processor need not guess which.
#[inline(always)]
pub(crate) fn with_decimals(mantissa: u64, decimals: usize) -> Option<f64> {
    nearest_inline(mantissa, 0_i64.saturating_sub_unsigned(decimals as u64))
}

/// The `f64` nearest to mantissa · 10^exponent; `None` outside the table and where 128 bits do not
/// decide. A function of its own, for numbers that do not come by the million.
#[inline(never)]
pub(super) fn nearest(mantissa: u64, exponent: i64) -> Option<f64> {
    nearest_inline(mantissa, exponent)
}

#[inline(always)]
fn nearest_inline(mantissa: u64, exponent: i64) -> Option<f64> {
    let &[first, second, third, fourth] =
        POWERS_OF_FIVE.get(usize::try_from(exponent - LOWEST).ok()?)?;
    if mantissa == 0 {
        return Some(0.0);
    }
    let zeros = mantissa.leading_zeros();
    let mantissa = mantissa << zeros;
    let (mut high, mut low) = multiply(mantissa, first, second);
    if high & 0x1ff == 0x1ff {
        let (carried, _) = multiply(mantissa, third, fourth);
        let (sum, overflows) = low.overflowing_add(carried);
        low = sum;
        high += u64::from(overflows);
    }
    if low == u64::MAX && exponent < -27 {
        return None;
    }
    Some(round(high, low, zeros, exponent))
}

/// The product to 53 bits. In the range of the table the result is never subnormal and never
/// infinite.
#[inline(always)]
fn round(high: u64, low: u64, zeros: u32, exponent: i64) -> f64 {
    let top = i64::from(high >> 63 == 1);
    let shift = 9 + top;
    let mut bits = high >> shift;
    // log2(10) as a fraction of 65536, exact enough over the whole range of f64.
    let binary = ((exponent * 217_706) >> 16) + 63 + top - i64::from(zeros) + 1022;
    // Halfway between two numbers, where the product is exact: to the even one, which rounding up
    // would miss.
    if low <= 1 && (-4..=23).contains(&exponent) && bits & 3 == 1 && bits << shift == high {
        bits &= !1;
    }
    // The leading bit, and the one beyond it where rounding up carries as far, count the exponent
    // up.
    f64::from_bits(((bits + (bits & 1)) >> 1) + ((binary as u64) << 52))
}

/// High and low half of the product with a number in two halves.
///
/// WebAssembly multiplies 64 by 64 bits to 64. The compiler would recognise the product of two
/// whole numbers and call its function for 128 bits, which costs twice as much.
#[inline(always)]
fn multiply(left: u64, right_high: u32, right_low: u32) -> (u64, u64) {
    const HALF: u64 = 0xffff_ffff;
    let (left_high, left_low) = (left >> 32, left & HALF);
    let (right_high, right_low) = (u64::from(right_high), u64::from(right_low));
    let lowest = left_low * right_low;
    let crossed = left_low * right_high;
    let middle = (lowest >> 32) + (crossed & HALF) + left_high * right_low;
    (left_high * right_high + (crossed >> 32) + (middle >> 32), (middle << 32) | (lowest & HALF))
}
