//! Numbers as people read them: three significant digits, the unit always beside them.

use crate::text::decimal::{rounded, shortest};

/// Seconds as `9.32 s`, `285 ms`, `17.8 ms` or `960 µs`.
pub fn seconds(value: f64) -> String {
    seconds_rounded(value, libm::round)
}

/// A lower bound in seconds, rounded down: the printed number is still a lower bound.
pub fn seconds_at_least(value: f64) -> String {
    seconds_rounded(value, libm::floor)
}

/// An upper bound in seconds, rounded up: the printed number is still an upper bound.
pub fn seconds_at_most(value: f64) -> String {
    seconds_rounded(value, libm::ceil)
}

fn seconds_rounded(value: f64, round: fn(f64) -> f64) -> String {
    let size = value.abs();
    let (scale, unit) = if size == 0.0 {
        (1.0, "s")
    } else if size < 0.000_999_5 {
        (1e6, "µs")
    } else if size < 0.999_5 {
        (1e3, "ms")
    } else {
        (1.0, "s")
    };
    let scaled = value * scale;
    let parts = places(scaled);
    // A bound that is a whole multiple of the last digit must not move by the error of the product.
    let near = libm::round(scaled * parts);
    let exact = (scaled * parts - near).abs() <= 1e-6;
    let rounded = if exact { near } else { round(scaled * parts) } / parts;
    format!("{} {unit}", significant(rounded))
}

/// Parts of one that three significant digits keep: 100 for 1.23, 10 for 12.3, 1 for 123.
fn places(value: f64) -> f64 {
    match value.abs() {
        size if size >= 99.95 => 1.0,
        size if size >= 9.995 => 10.0,
        size if size >= 0.099_95 => 100.0,
        _ => 10_000.0,
    }
}

/// A share as `33 %`; below one per cent with one decimal, so that 0.4 % does not read as nothing.
pub fn percent(share: f64) -> String {
    let value = share * 100.0;
    if value != 0.0 && value.abs() < 0.95 {
        format!("{} %", trimmed(value, 1))
    } else {
        format!("{} %", trimmed(value, 0))
    }
}

/// A share rounded up to a whole per cent: the printed number is still an upper bound.
pub fn percent_at_most(share: f64) -> String {
    let value = libm::ceil(share * 100.0 - 1e-9);
    format!("{} %", trimmed(value, 0))
}

/// A count or a rate: whole numbers as they are with thousands separated, others with three
/// significant digits.
pub fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 { grouped(value) } else { significant(value) }
}

/// `1 request`, `2 requests`.
#[expect(clippy::float_cmp, reason = "one is one; 1.0000001 reads as a plural")]
pub fn counted(value: f64, singular: &str, plural: &str) -> String {
    let word = if value == 1.0 { singular } else { plural };
    format!("{} {word}", number(value))
}

/// Three significant digits without an exponent.
pub fn significant(value: f64) -> String {
    let size = value.abs();
    if size >= 99.95 {
        grouped(value.round())
    } else if size >= 9.995 {
        trimmed(value, 1)
    } else if size >= 0.099_95 {
        trimmed(value, 2)
    } else {
        trimmed(value, 4)
    }
}

fn trimmed(value: f64, decimals: usize) -> String {
    let text = rounded(value, decimals);
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn grouped(value: f64) -> String {
    let digits = rounded(value.abs(), 0);
    let mut text = String::new();
    if value < 0.0 {
        text.push('−');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `p95` for 0.95, `p99.9` for 0.999.
pub fn percentile_name(q: f64) -> String {
    let percent = (q * 1e6).round() / 1e4;
    format!("p{}", shortest(percent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_choose_their_unit() {
        for (value, text) in [
            (9.3186, "9.32 s"),
            (14.5, "14.5 s"),
            (120.0, "120 s"),
            (0.285, "285 ms"),
            (0.017_75, "17.8 ms"),
            (0.008_828, "8.83 ms"),
            (0.000_96, "960 µs"),
            (0.0, "0 s"),
            (0.9999, "1 s"),
            (1234.0, "1,234 s"),
        ] {
            assert_eq!(seconds(value), text, "{value}");
        }
    }

    #[test]
    fn bounds_round_outward() {
        assert_eq!(seconds_at_least(5.5693), "5.56 s");
        assert_eq!(seconds_at_most(5.5613), "5.57 s");
        assert_eq!(seconds_at_most(0.017_746), "17.8 ms");
        assert_eq!(seconds_at_least(0.01), "10 ms");
        assert_eq!(seconds_at_most(2.5), "2.5 s");
        assert_eq!(seconds_at_most(0.025), "25 ms");
    }

    #[test]
    fn shares_and_counts() {
        assert_eq!(percent(0.329_5), "33 %");
        assert_eq!(percent(0.004), "0.4 %");
        assert_eq!(percent(0.0), "0 %");
        assert_eq!(percent(1.0), "100 %");
        assert_eq!(number(71_440.0), "71,440");
        assert_eq!(number(226.53), "227");
        assert_eq!(counted(1.0, "request", "requests"), "1 request");
        assert_eq!(number(-1500.0), "−1,500");
    }
}
