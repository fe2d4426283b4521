//! Numbers with units for people: three significant digits, milliseconds below a second.

/// A number with three significant digits; whole numbers from 1000 up keep all of theirs.
pub(super) fn significant(value: f64) -> String {
    match () {
        () if value.abs() >= 999.5 => grouped(value),
        () if value == 0.0 => "0".to_owned(),
        () => format!("{value:.*}", decimals(value)),
    }
}

/// A number of things: no decimals where it is whole.
pub(super) fn count(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 { grouped(value) } else { significant(value) }
}

/// A time, in the unit that leaves a number from 1 to 999.
pub(super) fn seconds(value: f64) -> String {
    let unit = TimeUnit::of(value);
    format!("{} {}", significant(value * unit.per_second), unit.name)
}

/// A difference of times, with its sign.
pub(super) fn signed_seconds(value: f64) -> String {
    // What is printed as ±0 has no sign to show.
    if value.abs() < 5e-7 {
        "±0 s".to_owned()
    } else {
        format!("{}{}", if value > 0.0 { "+" } else { "-" }, seconds(value.abs()))
    }
}

/// A ratio in per cent with one decimal.
pub(super) fn percent(ratio: f64) -> String {
    format!("{:.1} %", ratio * 100.0)
}

/// A share of requests in per cent: 0 and 100 only where it is none or all of them.
pub(super) fn percent_of(share: f64) -> String {
    let tenths = (share * 1000.0).round();
    let shown = if share > 0.0 && share < 1.0 { tenths.clamp(1.0, 999.0) } else { tenths };
    format!("{:.1} %", shown / 10.0)
}

/// A value in one of the report's units.
pub(super) fn quantity(value: f64, unit: &str) -> String {
    match unit {
        "s" => seconds(value),
        "ratio" => percent(value),
        "" => count(value),
        _ => format!("{} {unit}", count(value)),
    }
}

/// The interval that holds a quantile, in seconds or another unit, rounded outward so that the
/// printed interval holds it too.
pub(super) fn interval(lo: f64, hi: Option<f64>, lo_excluded: bool, unit: &str) -> String {
    let scale = if unit == "s" {
        TimeUnit::of(hi.unwrap_or(lo))
    } else {
        TimeUnit { name: unit, per_second: 1.0 }
    };
    let below = |value: f64| outward(value * scale.per_second, f64::floor);
    let above = |value: f64| outward(value * scale.per_second, f64::ceil);
    let text = match hi {
        None => format!("{} {}", if lo_excluded { ">" } else { "≥" }, below(lo)),
        Some(hi) if lo <= 0.0 => format!("≤ {}", above(hi)),
        Some(hi) if below(lo) == above(hi) => format!("= {}", above(hi)),
        Some(hi) => format!("{}–{}", below(lo), above(hi)),
    };
    if scale.name.is_empty() { text } else { format!("{text} {}", scale.name) }
}

/// An interval of ratios in per cent, rounded outward.
pub(super) fn percent_interval(lo: f64, hi: f64) -> String {
    let tenths = |ratio: f64, round: fn(f64) -> f64| snapped(ratio * 1000.0, round) / 10.0;
    let (lo, hi) = (tenths(lo, f64::floor), tenths(hi, f64::ceil));
    if (hi - lo).abs() < 0.05 { format!("{hi:.1} %") } else { format!("{lo:.1}–{hi:.1} %") }
}

struct TimeUnit<'a> {
    name: &'a str,
    per_second: f64,
}

impl TimeUnit<'_> {
    fn of(seconds: f64) -> Self {
        // The limits are those of rounding: 999.6 ms would be printed as 1000 ms.
        let (name, per_second) = match seconds.abs() {
            0.0 => ("s", 1.0),
            size if size < 0.000_999_5 => ("µs", 1e6),
            size if size < 0.999_5 => ("ms", 1e3),
            _ => ("s", 1.0),
        };
        Self { name, per_second }
    }
}

fn outward(value: f64, round: fn(f64) -> f64) -> String {
    let decimals = decimals(value);
    let scale = 10_f64.powi(i32::try_from(decimals).unwrap_or(0));
    let rounded = snapped(value * scale, round) / scale;
    if rounded.abs() >= 1000.0 { grouped(rounded) } else { format!("{rounded:.decimals$}") }
}

/// Rounds in one direction, except for what only the binary representation moved off a whole
/// number.
fn snapped(value: f64, round: fn(f64) -> f64) -> f64 {
    let nearest = value.round();
    if (value - nearest).abs() <= 1e-9 * value.abs() { nearest } else { round(value) }
}

/// Decimals that show three significant digits: 2 for 1.234, 0 for 123.
fn decimals(value: f64) -> usize {
    if value == 0.0 || !value.is_finite() {
        return 0;
    }
    // The exponent after rounding to three digits, so that 9.996 counts as 10.0.
    let scientific = format!("{value:.2e}");
    let exponent: i32 =
        scientific.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0);
    usize::try_from(2 - exponent).unwrap_or(0).min(12)
}

/// A whole number with a comma between groups of three digits.
fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0.0 && digits != "0" { format!("-{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits_and_the_fitting_unit() {
        for (value, text) in [
            (0.0, "0 s"),
            (9.3186, "9.32 s"),
            (14.5, "14.5 s"),
            (125.0, "125 s"),
            (3600.0, "3,600 s"),
            (0.285, "285 ms"),
            (0.008_828, "8.83 ms"),
            (0.000_941_1, "941 µs"),
            (0.999_6, "1.00 s"),
            (0.000_999_6, "1.00 ms"),
            (9.996, "10.0 s"),
            (-0.0012, "-1.20 ms"),
        ] {
            assert_eq!(seconds(value), text, "{value}");
        }
    }

    #[test]
    fn differences_carry_a_sign() {
        for (value, text) in
            [(3.064, "+3.06 s"), (-0.67, "-670 ms"), (0.0, "±0 s"), (-1e-12, "±0 s")]
        {
            assert_eq!(signed_seconds(value), text);
        }
    }

    #[test]
    fn intervals_are_rounded_outward_in_one_unit() {
        for (lo, hi, text) in [
            (6.0506, Some(7.5), "6.05–7.50 s"),
            (5.4634, Some(10.0), "5.46–10.0 s"),
            (0.0, Some(0.017_743), "≤ 17.8 ms"),
            (0.008_607, Some(0.01), "8.60–10.0 ms"),
            (0.1, Some(0.25), "100–250 ms"),
            (10.0, None, "> 10.0 s"),
            (0.3, Some(0.3), "= 300 ms"),
            (0.000_2, Some(1.5), "0.000200–1.50 s"),
        ] {
            assert_eq!(interval(lo, hi, true, "s"), text, "{lo} {hi:?}");
        }
        assert_eq!(interval(20.0, Some(50.0), true, "tokens"), "20.0–50.0 tokens");
        assert_eq!(interval(2000.0, None, false, "tokens"), "≥ 2,000 tokens");
    }

    #[test]
    fn per_cent_intervals_never_promise_more_than_they_hold() {
        for (lo, hi, text) in [
            (0.5, 0.5, "50.0 %"),
            (0.9996, 1.0, "99.9–100.0 %"),
            (0.4896, 0.5208, "48.9–52.1 %"),
            (0.999_6, 0.999_6, "99.9–100.0 %"),
        ] {
            assert_eq!(percent_interval(lo, hi), text);
        }
    }

    #[test]
    fn a_share_is_whole_only_where_it_is() {
        for (share, text) in [
            (0.0, "0.0 %"),
            (1e-6, "0.1 %"),
            (0.4954, "49.5 %"),
            (0.999_99, "99.9 %"),
            (1.0, "100.0 %"),
        ] {
            assert_eq!(percent_of(share), text, "{share}");
        }
    }

    #[test]
    fn counts_are_whole_where_they_are() {
        for (value, text) in [
            (96.0, "96"),
            (67_842.0, "67,842"),
            (1.96, "1.96"),
            (-1234.0, "-1,234"),
            (1_000_000.0, "1,000,000"),
        ] {
            assert_eq!(count(value), text);
        }
        assert_eq!(quantity(0.017, "ratio"), "1.7 %");
        assert_eq!(quantity(226.6, "tokens/s"), "227 tokens/s");
        assert_eq!(quantity(2.0, "sequences"), "2 sequences");
    }
}
