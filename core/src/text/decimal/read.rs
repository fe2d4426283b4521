//! Decimal text to the nearest `f64`, ties to even: what `str::parse` gives to the last bit,
//! without its ten kilobytes of tables.
//!
//! Three ways, each taken where the one before cannot promise the nearest number: powers of ten
//! that are exact in an `f64` (Clinger, "How to read floating point numbers accurately", 1990), one
//! 128-bit product (Lemire, "Number parsing at a gigabyte per second", 2021), and whole numbers of
//! any length.

use super::{exact, product};

/// Powers of ten that an `f64` holds exactly.
pub(super) const EXACT_POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// Every whole number up to here is exact in an `f64`.
pub(super) const EXACT_WHOLE: u64 = 1 << 53;

/// Below it, one more digit fits into 64 bits.
const ROOM_FOR_A_DIGIT: u64 = 1_000_000_000_000_000_000;

/// What `str::parse::<f64>` gives for the same text; `None` where that is an error.
///
/// A sign, digits with or without a point, an exponent; `inf`, `infinity` and `nan` in capitals or
/// not.
pub fn parse(text: &[u8]) -> Option<f64> {
    let (negative, unsigned) = match text.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, text),
    };
    let size = match Scanned::start_of(unsigned) {
        Some(scanned) if scanned.length == unsigned.len() => scanned.nearest(unsigned),
        _ => word(unsigned)?,
    };
    Some(if negative { -size } else { size })
}

fn word(text: &[u8]) -> Option<f64> {
    if text.eq_ignore_ascii_case(b"nan") {
        return Some(f64::NAN);
    }
    (text.eq_ignore_ascii_case(b"inf") || text.eq_ignore_ascii_case(b"infinity"))
        .then_some(f64::INFINITY)
}

/// A number without sign at the start of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scanned {
    /// Bytes that belong to it.
    pub(crate) length: usize,
    /// Digits before the point.
    pub(crate) whole: usize,
    /// Digits after the point; `None` without one.
    pub(crate) fraction: Option<usize>,
    /// The first 19 digits that count, as one number.
    mantissa: u64,
    /// Power of ten of the mantissa.
    exponent: i64,
    /// Whether a digit other than zero follows those of the mantissa.
    is_cut: bool,
    /// Power of ten that is written behind the digits.
    written: i64,
    /// Bytes up to the exponent.
    digits: usize,
}

impl Scanned {
    /// Reads as far as the number goes. Nothing without a digit, or with an exponent that has none.
    pub(crate) fn start_of(text: &[u8]) -> Option<Self> {
        let mut mantissa = 0;
        let mut dropped = 0;
        let mut is_cut = false;
        let mut at = 0;
        let mut run = |at: &mut usize| {
            let start = *at;
            while let Some(digit) =
                text.get(*at).map(|byte| byte.wrapping_sub(b'0')).filter(|&digit| digit < 10)
            {
                *at += 1;
                if mantissa < ROOM_FOR_A_DIGIT {
                    mantissa = mantissa * 10 + u64::from(digit);
                } else {
                    dropped += 1;
                    is_cut |= digit != 0;
                }
            }
            *at - start
        };
        let whole = run(&mut at);
        let fraction = (text.get(at) == Some(&b'.')).then(|| {
            at += 1;
            run(&mut at)
        });
        let digits = at;
        if whole + fraction.unwrap_or(0) == 0 {
            return None;
        }
        let written = if matches!(text.get(at), Some(b'e' | b'E')) {
            power_of_ten(text, &mut at)?
        } else {
            0
        };
        let exponent = (written + dropped).saturating_sub_unsigned(fraction.unwrap_or(0) as u64);
        Some(Self { length: at, whole, fraction, mantissa, exponent, is_cut, written, digits })
    }

    /// The nearest `f64`; `text` is the one it was scanned from.
    pub(crate) fn nearest(&self, text: &[u8]) -> f64 {
        let quick = if self.is_cut {
            // The number lies between these two; where both round alike, so does it.
            let low = product::nearest(self.mantissa, self.exponent);
            low.filter(|_| low == product::nearest(self.mantissa + 1, self.exponent))
        } else {
            scaled(self.mantissa, self.exponent)
        };
        quick.unwrap_or_else(|| {
            let last = self.written.saturating_sub_unsigned(self.fraction.unwrap_or(0) as u64);
            exact::nearest(&text[..self.digits], last, self.mantissa, self.exponent)
        })
    }
}

/// Reads `e-07` at `at`; no further than where the power is beyond all numbers.
fn power_of_ten(text: &[u8], at: &mut usize) -> Option<i64> {
    const BEYOND: i64 = 1_000_000_000_000;
    *at += 1;
    let negative = text.get(*at) == Some(&b'-');
    if negative || text.get(*at) == Some(&b'+') {
        *at += 1;
    }
    let start = *at;
    let mut power: i64 = 0;
    while let Some(digit) =
        text.get(*at).map(|byte| byte.wrapping_sub(b'0')).filter(|&digit| digit < 10)
    {
        *at += 1;
        power = (power * 10 + i64::from(digit)).min(BEYOND);
    }
    (*at > start).then_some(if negative { -power } else { power })
}

/// The `f64` nearest to mantissa · 10^exponent where that takes no exact arithmetic.
fn scaled(mantissa: u64, exponent: i64) -> Option<f64> {
    if mantissa <= EXACT_WHOLE
        && let Some(&power) = EXACT_POWERS.get(exponent.unsigned_abs() as usize)
    {
        // Two exact numbers, one rounding.
        return Some(if exponent < 0 { mantissa as f64 / power } else { mantissa as f64 * power });
    }
    product::nearest(mantissa, exponent)
}

#[cfg(test)]
mod tests;
