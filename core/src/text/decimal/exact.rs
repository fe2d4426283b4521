//! Decimal to binary by comparing whole numbers: slow, and right for any number of digits and any
//! power.

use std::cmp::Ordering;

/// A midpoint between two neighbouring `f64` has at most 767 significant digits; whatever follows
/// only tells whether the number lies above it.
const DIGITS: usize = 768;

/// The `f64` nearest to the digits (a point among them is passed over) · 10^last. `mantissa` ·
/// 10^`exponent` is the same number cut to 19 digits.
#[cold]
pub(super) fn nearest(digits: &[u8], last: i64, mantissa: u64, exponent: i64) -> f64 {
    // 20 digits at most: beyond these powers nothing but zero, nothing but infinity is left.
    if mantissa == 0 || exponent < -345 {
        return 0.0;
    }
    if exponent > 309 {
        return f64::INFINITY;
    }
    let number = Number::read(digits, last);
    let mut nearest = estimate(mantissa, exponent);
    loop {
        match number.compare_with_midpoint_above(nearest) {
            Ordering::Greater => nearest = nearest.next_up(),
            Ordering::Equal => return even(nearest),
            Ordering::Less if nearest.to_bits() == 0 => return nearest,
            Ordering::Less => {
                let below = nearest.next_down();
                match number.compare_with_midpoint_above(below) {
                    Ordering::Greater => return nearest,
                    Ordering::Equal => return even(below),
                    Ordering::Less => nearest = below,
                }
            }
        }
        if nearest.is_infinite() {
            return nearest;
        }
    }
}

/// A finite number a few neighbours away.
fn estimate(mantissa: u64, exponent: i64) -> f64 {
    let mut estimate = mantissa as f64;
    let mut rest = exponent.unsigned_abs() as usize;
    while rest > 0 {
        let step = rest.min(22);
        let power = super::read::EXACT_POWERS[step];
        estimate = if exponent < 0 { estimate / power } else { estimate * power };
        rest -= step;
    }
    estimate.min(f64::MAX)
}

/// Of a number and the next larger one that whose last bit is 0.
fn even(number: f64) -> f64 {
    if number.to_bits() & 1 == 0 { number } else { number.next_up() }
}

/// digits · 10^exponent.
struct Number {
    digits: Whole,
    exponent: i64,
}

impl Number {
    fn read(text: &[u8], last: i64) -> Self {
        let mut digits = Whole::new(0);
        let mut exponent = last;
        let mut kept = 0;
        let mut has_rest = false;
        for digit in text.iter().map(|byte| byte.wrapping_sub(b'0')).filter(|&digit| digit < 10) {
            if kept < DIGITS {
                digits.multiply_add(10, u32::from(digit));
                kept += usize::from(kept > 0 || digit > 0);
            } else {
                exponent += 1;
                has_rest |= digit > 0;
            }
        }
        if has_rest {
            digits.multiply_add(10, 1);
            exponent -= 1;
        }
        Self { digits, exponent }
    }

    /// Compares with the middle between a number and the next larger one.
    fn compare_with_midpoint_above(&self, number: f64) -> Ordering {
        let bits = number.to_bits();
        let (fraction, raised) = (bits & ((1 << 52) - 1), bits >> 52);
        let (mantissa, binary) = if raised == 0 {
            (fraction, -1074)
        } else {
            (fraction | 1 << 52, i64::from(raised as u32) - 1075)
        };
        let mut left = self.digits.clone();
        let mut right = Whole::new(2 * mantissa + 1);
        // digits · 5^e · 2^e against (2 m + 1) · 2^(b − 1): all powers to the side where they are
        // positive.
        let fives = self.exponent.unsigned_abs();
        let side = if self.exponent < 0 { &mut right } else { &mut left };
        side.multiply_by_fives(fives);
        let twos = self.exponent - (binary - 1);
        let side = if twos < 0 { &mut right } else { &mut left };
        side.shift(twos.unsigned_abs());
        left.compare(&right)
    }
}

/// Both sides of a comparison are near each other and below 769 digits · 2^64 or 5^1114 · 2^118:
/// 2,705 bits.
const LIMBS: usize = 96;

/// A whole number of up to 3,072 bits, the lowest 32 first.
#[derive(Clone)]
struct Whole {
    limbs: [u32; LIMBS],
    length: usize,
}

impl Whole {
    fn new(value: u64) -> Self {
        let mut limbs = [0; LIMBS];
        limbs[0] = value as u32;
        limbs[1] = (value >> 32) as u32;
        Self { limbs, length: 2 }
    }

    fn multiply_add(&mut self, factor: u32, added: u32) {
        let mut carry = u64::from(added);
        for limb in &mut self.limbs[..self.length] {
            carry += u64::from(*limb) * u64::from(factor);
            *limb = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            self.limbs[self.length] = carry as u32;
            self.length += 1;
        }
    }

    fn multiply_by_fives(&mut self, mut count: u64) {
        while count > 0 {
            let step = count.min(13) as u32;
            self.multiply_add(5_u32.pow(step), 0);
            count -= u64::from(step);
        }
    }

    fn shift(&mut self, bits: u64) {
        self.multiply_add(1 << (bits % 32), 0);
        let whole = (bits / 32) as usize;
        self.limbs.copy_within(..self.length, whole);
        self.limbs[..whole].fill(0);
        self.length += whole;
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.limbs.iter().rev().cmp(other.limbs.iter().rev())
    }
}
