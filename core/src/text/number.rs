//! Numbers as people read them, the unit always beside them: the same value reads the same on the
//! command line, in a sentence of the report and in the view.
//!
//! Two significant digits, and whole digits are never dropped: `3.1 s`, `66 ms`, `129 s`. Bounds
//! keep three and are rounded outward, so that what is printed is still true. Zeros at the end
//! tell nothing and are left out. The view prints the same texts (`frontend/view/src/words/
//! format.ts`); both prove it on `tests/vectors/numbers.json`.

use crate::text::decimal::{rounded, shortest};

/// Significant digits of what was measured. One would make 14 and 6 of 10; a third moves with every
/// scrape.
const MEASURED: usize = 2;

/// Significant digits of bounds and of chosen values. With two, an interval widens by up to a
/// tenth, and a target of 1.25 s would read as another one.
const CHOSEN: usize = 3;

/// Decimals at most, whatever the digits: what is smaller than a picosecond reads as 0.
const MOST_DECIMALS: usize = 12;

/// What stands for a value that is not a number.
const NONE: &str = "–";

/// Below it, a difference of times reads as none: it is less than the rounding of large sums.
const NO_DIFFERENCE: f64 = 5e-7;

type Round = fn(f64) -> f64;

/// Seconds as `3.1 s`, `0.5 s`, `66 ms` or `0.25 ms`: in the largest unit that leaves 0.1 or more.
pub fn seconds(value: f64) -> String {
    seconds_in(value, MEASURED, libm::round)
}

/// A chosen time, such as a target, as it was chosen: `2.5 s`, `1.25 s`, `50 ms`.
pub fn chosen_seconds(value: f64) -> String {
    seconds_in(value, CHOSEN, libm::round)
}

/// A lower bound in seconds, rounded down: the printed number is still a lower bound.
pub fn seconds_at_least(value: f64) -> String {
    seconds_in(value, CHOSEN, libm::floor)
}

/// An upper bound in seconds, rounded up: the printed number is still an upper bound.
pub fn seconds_at_most(value: f64) -> String {
    seconds_in(value, CHOSEN, libm::ceil)
}

/// Two times to be compared, such as now and before: with a third digit where two would make
/// different values look equal (`29.4 ms` and `28.6 ms`).
pub fn compared_seconds(one: f64, other: f64) -> (String, String) {
    compared(one, other, seconds, chosen_seconds)
}

/// Two numbers to be compared; see [`compared_seconds`].
pub fn compared_numbers(one: f64, other: f64) -> (String, String) {
    compared(one, other, number, |value| digits(value, CHOSEN, libm::round))
}

fn compared(
    one: f64,
    other: f64,
    coarse: impl Fn(f64) -> String,
    fine: impl Fn(f64) -> String,
) -> (String, String) {
    let texts = (coarse(one), coarse(other));
    if texts.0 == texts.1 { (fine(one), fine(other)) } else { texts }
}

/// A difference of times with its sign: `+3.1 s`, `−0.67 s`, `±0 s`.
pub fn signed_seconds(value: f64) -> String {
    if value.is_nan() {
        NONE.to_owned()
    } else if value.abs() < NO_DIFFERENCE {
        "±0 s".to_owned()
    } else if value < 0.0 {
        seconds(value)
    } else {
        format!("+{}", seconds(value))
    }
}

/// The interval that holds a value, rounded outward so that the printed one holds it too: `6.05–7.5
/// s`, `≤ 17.8 ms`, `> 10 s`. Both ends are in the unit of the upper one.
///
/// `lo_excluded`: the value lies strictly above `lo`.
pub fn interval(lo: f64, hi: Option<f64>, lo_excluded: bool, unit: &str) -> String {
    let (scale, unit) =
        if unit == "s" { time_unit(hi.unwrap_or(lo), CHOSEN, libm::ceil) } else { (1.0, unit) };
    let below = digits(lo * scale, CHOSEN, libm::floor);
    let above = |hi: f64| digits(hi * scale, CHOSEN, libm::ceil);
    let text = match hi.map(above) {
        None => format!("{} {below}", if lo_excluded { ">" } else { "≥" }),
        Some(above) if lo <= 0.0 => format!("≤ {above}"),
        Some(above) if above == below => above,
        Some(above) => format!("{below}–{above}"),
    };
    with_unit(text, unit)
}

/// A share as `33 %`; 0 and 100 only where it is none or all, so near them with one decimal: `0.4
/// %`, `<0.1 %`, `99.6 %`.
pub fn percent(share: f64) -> String {
    let value = share * 100.0;
    if value > 0.0 && value < 0.1 {
        "<0.1 %".to_owned()
    } else if value > 99.9 && value < 100.0 {
        ">99.9 %".to_owned()
    } else {
        with_unit(percent_digits(value, libm::round), "%")
    }
}

/// A share rounded up to a whole per cent: the printed number is still an upper bound.
pub fn percent_at_most(share: f64) -> String {
    with_unit(printed(outward(share * 100.0, libm::ceil), 0), "%")
}

/// An interval of shares, rounded outward: `48–53 %`.
pub fn percent_interval(lo: f64, hi: f64) -> String {
    if lo.total_cmp(&hi).is_eq() {
        return percent(lo);
    }
    let below = percent_digits(lo * 100.0, libm::floor);
    let above = percent_digits(hi * 100.0, libm::ceil);
    with_unit(if below == above { above } else { format!("{below}–{above}") }, "%")
}

/// Whole per cent, or one decimal where these would read as none or all.
fn percent_digits(value: f64, round: Round) -> String {
    if value.abs() < 0.95 || (value > 99.0 && value < 100.0) {
        printed(outward(value * 10.0, round) / 10.0, 1)
    } else {
        printed(outward(value, round), 0)
    }
}

/// A count or a rate: whole numbers as they are with thousands separated, others with two
/// significant digits.
pub fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 { printed(value, 0) } else { significant(value) }
}

/// `1 request`, `2 requests`.
#[expect(clippy::float_cmp, reason = "one is one; 1.0000001 reads as a plural")]
pub fn counted(value: f64, singular: &str, plural: &str) -> String {
    let word = if value == 1.0 { singular } else { plural };
    format!("{} {word}", number(value))
}

/// A value in one of the report's units.
pub fn quantity(value: f64, unit: &str) -> String {
    match unit {
        "s" => seconds(value),
        "ratio" => percent(value),
        _ => with_unit(number(value), unit),
    }
}

/// `109 % of` or, from twice as much on, `3.9 ×`: one quantity by another, before its name.
pub fn share_of(factor: f64) -> String {
    if factor < 2.0 {
        format!("{} of", percent(factor))
    } else {
        format!("{} ×", significant(factor))
    }
}

/// Two significant digits without an exponent; whole digits are never dropped.
pub fn significant(value: f64) -> String {
    digits(value, MEASURED, libm::round)
}

fn with_unit(text: String, unit: &str) -> String {
    if unit.is_empty() || text == NONE { text } else { format!("{text} {unit}") }
}

fn seconds_in(value: f64, significant: usize, round: Round) -> String {
    let (scale, unit) = time_unit(value, significant, round);
    with_unit(digits(value * scale, significant, round), unit)
}

/// The largest unit in which the printed number is 0.1 or more.
fn time_unit(value: f64, significant: usize, round: Round) -> (f64, &'static str) {
    let is_readable = |scale: f64| fitted(value * scale, significant, round).0.abs() >= 0.1;
    if value == 0.0 || !value.is_finite() || is_readable(1.0) {
        (1.0, "s")
    } else if is_readable(1e3) {
        (1e3, "ms")
    } else {
        (1e6, "µs")
    }
}

fn digits(value: f64, significant: usize, round: Round) -> String {
    let (value, decimals) = fitted(value, significant, round);
    printed(value, decimals)
}

/// The rounded value, with the most decimals that do not exceed so many significant digits.
fn fitted(value: f64, significant: usize, round: Round) -> (f64, usize) {
    let mut decimals = MOST_DECIMALS;
    let limit = power_of_ten(significant);
    loop {
        let parts = power_of_ten(decimals);
        let scaled = outward(value * parts, round);
        if decimals == 0 || scaled.abs() < limit {
            return (scaled / parts, decimals);
        }
        decimals -= 1;
    }
}

fn power_of_ten(exponent: usize) -> f64 {
    (0..exponent).fold(1.0, |power, _| power * 10.0)
}

/// Rounds in one direction, except for what only the binary form of a number moved off a whole one:
/// 5.56 times 100 is 555.999…, which is not to be rounded down to 555.
fn outward(value: f64, round: Round) -> f64 {
    let nearest = libm::round(value);
    if (value - nearest).abs() <= 1e-9 * value.abs() { nearest } else { round(value) }
}

/// With so many decimals but without zeros at the end, thousands separated.
fn printed(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return NONE.to_owned();
    }
    let text = rounded(value.abs(), decimals);
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = fraction.trim_end_matches('0');
    let mut printed = String::new();
    if value < 0.0 && !(whole == "0" && fraction.is_empty()) {
        printed.push('−');
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            printed.push(',');
        }
        printed.push(digit);
    }
    if !fraction.is_empty() {
        printed.push('.');
        printed.push_str(fraction);
    }
    printed
}

/// `p95` for 0.95, `p99.9` for 0.999.
pub fn percentile_name(q: f64) -> String {
    let percent = (q * 1e6).round() / 1e4;
    format!("p{}", shortest(percent))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Print = fn(f64) -> String;
    type Cases = Vec<(f64, String)>;

    #[derive(serde::Deserialize)]
    struct Vectors {
        seconds: Cases,
        chosen_seconds: Cases,
        seconds_at_least: Cases,
        seconds_at_most: Cases,
        compared_seconds: Vec<(f64, f64, String, String)>,
        signed_seconds: Cases,
        interval: Vec<(f64, Option<f64>, bool, String, String)>,
        percent: Cases,
        percent_at_most: Cases,
        percent_interval: Vec<(f64, f64, String)>,
        number: Cases,
        quantity: Vec<(f64, String, String)>,
    }

    fn vectors() -> Vectors {
        serde_json::from_str(include_str!("../../../tests/vectors/numbers.json")).unwrap()
    }

    #[test]
    fn numbers_read_as_in_the_view() {
        let vectors = vectors();
        let of_one: [(Print, Cases); 8] = [
            (seconds, vectors.seconds),
            (chosen_seconds, vectors.chosen_seconds),
            (seconds_at_least, vectors.seconds_at_least),
            (seconds_at_most, vectors.seconds_at_most),
            (signed_seconds, vectors.signed_seconds),
            (percent, vectors.percent),
            (percent_at_most, vectors.percent_at_most),
            (number, vectors.number),
        ];
        for (print, cases) in of_one {
            for (value, text) in cases {
                assert_eq!(print(value), text, "{value}");
            }
        }
        for (lo, hi, lo_excluded, unit, text) in vectors.interval {
            assert_eq!(interval(lo, hi, lo_excluded, &unit), text, "{lo} {hi:?}");
        }
        for (lo, hi, text) in vectors.percent_interval {
            assert_eq!(percent_interval(lo, hi), text, "{lo} {hi}");
        }
        for (one, other, text, other_text) in vectors.compared_seconds {
            assert_eq!(compared_seconds(one, other), (text, other_text));
        }
        for (value, unit, text) in vectors.quantity {
            assert_eq!(quantity(value, &unit), text, "{value} {unit}");
        }
    }

    #[test]
    fn what_json_does_not_hold() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!((seconds(value), number(value)), (NONE.to_owned(), NONE.to_owned()));
            assert_eq!(percent(value), NONE);
        }
        assert_eq!(number(-0.0), "0");
        assert_eq!(counted(1.0, "request", "requests"), "1 request");
        assert_eq!(counted(1234.0, "request", "requests"), "1,234 requests");
        assert_eq!(compared_numbers(9.96, 10.04), ("9.96".to_owned(), "10".to_owned()));
        assert_eq!(compared_numbers(9.0, 20.2), ("9".to_owned(), "20".to_owned()));
    }

    #[test]
    fn a_printed_interval_holds_the_interval() {
        let parse = |text: &str| text.replace(',', "").parse::<f64>().unwrap();
        let mut state = 1_u64;
        let mut random = || {
            state = state * 48_271 % 2_147_483_647;
            state as f64 / 2_147_483_647.0
        };
        for _ in 0..20_000 {
            let lo = libm::exp10(random() * 8.0 - 5.0);
            let hi = lo * (1.0 + random() * 10.0);
            let text = interval(lo, Some(hi), true, "s");
            let (range, unit) = text.split_once(' ').unwrap();
            let scale = match unit {
                "s" => 1.0,
                "ms" => 1e-3,
                _ => 1e-6,
            };
            let (below, above) = range.split_once('–').unwrap_or((range, range));
            assert!(parse(below) * scale <= lo * (1.0 + 1e-8), "{text} for {lo}");
            assert!(parse(above) * scale >= hi * (1.0 - 1e-8), "{text} for {hi}");
        }
    }
}
