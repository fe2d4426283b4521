//! Numbers as decimal text: what `{}` and `{:.N}` print of an `f64`, without the eighteen kilobytes
//! that these bring into a WebAssembly module.

/// Digits are kept nine to a limb.
const BASE: u64 = 1_000_000_000;
const DIGITS: usize = 9;

/// The shortest decimal that reads back as the same number, without exponent: what `{}` prints, but
/// where two of the shortest are equally near, the one with the even digit, as in the report's
/// JSON.
pub fn shortest(value: f64) -> String {
    if !value.is_finite() {
        return not_finite(value);
    }
    // The same digits, with an exponent where that is shorter.
    let written = serde_json::to_string(&value).unwrap_or_default();
    let (mantissa, power) = written.split_once('e').unwrap_or((&written, "0"));
    let (sign, size) = mantissa.strip_prefix('-').map_or(("", mantissa), |size| ("-", size));
    let (whole, fraction) = size.split_once('.').unwrap_or((size, ""));
    let fraction = if fraction == "0" { "" } else { fraction };
    let power: isize = power.parse().unwrap_or_default();
    let digits = format!("{whole}{fraction}");
    match whole.len().checked_add_signed(power) {
        Some(point) if point >= digits.len() => {
            format!("{sign}{digits}{}", "0".repeat(point - digits.len()))
        }
        Some(point) if point > 0 => {
            let mut text = format!("{sign}{digits}");
            text.insert(sign.len() + point, '.');
            text
        }
        _ => format!(
            "{sign}0.{}{digits}",
            "0".repeat(power.unsigned_abs().saturating_sub(whole.len()))
        ),
    }
}

/// Rounded to so many decimals, ties to the even digit: what `{:.N}` prints.
pub fn rounded(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return not_finite(value);
    }
    let (mut digits, point) = expansion(value.abs());
    let end = point + decimals;
    if let Some((first, rest)) = digits.get(end..).and_then(<[u8]>::split_first) {
        let is_even = digits[end - 1] % 2 == 0;
        let goes_up =
            *first > 5 || (*first == 5 && !(is_even && rest.iter().all(|&digit| digit == 0)));
        let nines = digits[..end].iter().rev().take_while(|&&digit| goes_up && digit == 9).count();
        digits.truncate(end);
        digits[end - nines..].fill(0);
        digits[end - nines - 1] += u8::from(goes_up);
    }
    digits.resize(end, 0);
    let zeros = digits[..point - 1].iter().take_while(|&&digit| digit == 0).count();
    let mut text = String::with_capacity(end + 2 - zeros);
    if value.is_sign_negative() {
        text.push('-');
    }
    for (index, &digit) in digits.iter().enumerate().skip(zeros) {
        if index == point {
            text.push('.');
        }
        text.push(char::from(b'0' + digit));
    }
    text
}

fn not_finite(value: f64) -> String {
    let text = if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "inf"
    } else {
        "-inf"
    };
    text.to_owned()
}

/// Every digit of a number that is not negative, and how many of them stand before the point. Zeros
/// lead, so that rounding up has room.
fn expansion(value: f64) -> (Vec<u8>, usize) {
    let bits = value.to_bits();
    let (biased, fraction) = ((bits >> 52) as i32, bits & ((1 << 52) - 1));
    let (mantissa, exponent) =
        if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) };
    let mut limbs = vec![0, mantissa / BASE, mantissa % BASE];
    let mut left = exponent;
    while left > 0 {
        let step = left.min(29);
        let mut carry = 0;
        for limb in limbs.iter_mut().rev() {
            let wide = (*limb << step) + carry;
            *limb = wide % BASE;
            carry = wide / BASE;
        }
        if limbs[0] > 0 {
            limbs.insert(0, 0);
        }
        left -= step;
    }
    let point = limbs.len() * DIGITS;
    while left < 0 {
        // The base holds 2 nine times, so that one limb more takes what is left over.
        let step = (-left).min(9);
        let mut over = 0;
        limbs.push(0);
        for limb in &mut limbs {
            let wide = over * BASE + *limb;
            *limb = wide >> step;
            over = wide & ((1 << step) - 1);
        }
        left += step;
    }
    let mut digits = Vec::with_capacity(limbs.len() * DIGITS);
    for limb in limbs {
        let mut part = BASE;
        while part > 1 {
            part /= 10;
            digits.push((limb / part % 10) as u8);
        }
    }
    (digits, point)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of every size and of every kind of ending.
    fn numbers() -> Vec<f64> {
        let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut numbers = vec![
            0.0,
            f64::MAX,
            f64::MIN_POSITIVE,
            f64::from_bits(1),
            f64::NAN,
            f64::INFINITY,
            1e15,
            1e16,
            1e21,
        ];
        for step in 0..4000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let whole = f64::from((state >> 32) as u32);
            numbers.extend([
                f64::from_bits(state),
                whole,
                whole / 1e3,
                whole / 4096.0,
                whole * 1e-9,
            ]);
            // Ties of every number of decimals, and their neighbours.
            let tie = f64::from(step) / 32.0;
            numbers.extend([
                tie,
                tie.next_up(),
                f64::from(step) / 1000.0,
                f64::from(step) * 0.05,
                f64::from(step) * 1e13,
            ]);
        }
        numbers.extend(numbers.clone().into_iter().map(|number| -number));
        numbers
    }

    #[test]
    fn the_standard_library_prints_the_same() {
        let mut ties = 0;
        for number in numbers() {
            let (ours, theirs) = (shortest(number), format!("{number}"));
            if ours != theirs {
                assert_eq!(ours.len(), theirs.len(), "{ours} {theirs}");
                assert_eq!(ours.parse().map(f64::to_bits), Ok(number.to_bits()), "{ours}");
                ties += 1;
            }
            for decimals in [0, 1, 2, 3, 4, 17] {
                assert_eq!(
                    rounded(number, decimals),
                    format!("{number:.decimals$}"),
                    "{number:e} to {decimals}"
                );
            }
        }
        assert!(ties < numbers().len() / 50, "{ties}");
    }
}
