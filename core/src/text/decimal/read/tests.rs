//! Against the standard library's parser, which is exact.

use super::*;

fn assert_same(text: &str) {
    let expected = text.parse::<f64>().ok().map(f64::to_bits);
    assert_eq!(parse(text.as_bytes()).map(f64::to_bits), expected, "{text}");
}

#[test]
fn what_is_a_number_and_what_is_not() {
    for text in [
        "",
        "+",
        "-",
        ".",
        "+.",
        "e5",
        ".e5",
        "1e",
        "1e+",
        "1e-",
        "1.",
        ".5",
        "-.5",
        "+5",
        "++5",
        "1 ",
        " 1",
        "1_0",
        "0x10",
        "1e5.",
        "1.2.3",
        "NaN",
        "nan",
        "-nan",
        "+NaN",
        "inf",
        "-Inf",
        "+Inf",
        "INFINITY",
        "infinit",
        "infinity1",
        "nane",
        "1f",
        "00012",
        "-0",
        "0e0",
        "0e999999999999",
        "1e999999999999",
        "1e-999999999999",
        "1E5",
        "1e05",
        "٣",
        "1,5",
    ] {
        assert_same(text);
    }
}

#[test]
fn numbers_at_the_edges() {
    for text in [
        "4.9406564584124654e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "5e-324",
        "3e-324",
        "2e-324",
        "2.2250738585072014e-308",
        "2.2250738585072011e-308",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "1.797693134862315807e308",
        "179769313486231580793e289",
        "9007199254740993",
        "9007199254740992",
        "9007199254740991",
        "9007199254740993.0000000000000000000000000000000001",
        "18446744073709551615",
        "18446744073709551616",
        "9999999999999999999",
        "10000000000000000000",
        "123456789012345678901234567890",
        "1e22",
        "1e23",
        "8.5e22",
        "1e-22",
        "1e-23",
        "1e-40",
        "1e-41",
        "0.3",
        "0.1",
        "6.02214076e23",
        "1e308",
        "1e309",
        "1e-307",
    ] {
        assert_same(text);
    }
}

/// The middle between 1 and its neighbour has 53 decimals; one digit far behind decides.
#[test]
fn a_digit_beyond_the_last_that_counts_decides() {
    let middle = "1.00000000000000011102230246251565404236316680908203125";
    for zeros in [0, 1, 700, 800, 5000] {
        assert_same(&format!("{middle}{}", "0".repeat(zeros)));
        assert_same(&format!("{middle}{}1", "0".repeat(zeros)));
    }
    let least = format!("{:.1074}", f64::from_bits(1));
    for text in [least, format!("0.{}1", "0".repeat(1200)), format!("{}e-1200", "9".repeat(1190))] {
        assert_same(&text);
    }
}

fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// Numbers of any size printed in full, cut to fewer digits, and the exact middles between
/// neighbours.
#[test]
fn every_size_of_number() {
    let mut state = 88_172_645_463_325_252;
    for _ in 0..40_000 {
        let number = f64::from_bits(next(&mut state) & !(1 << 63));
        if !number.is_finite() {
            continue;
        }
        assert_same(&format!("{number:e}"));
        assert_same(&format!("{number:.17e}"));
        let digits = (next(&mut state) % 40) as usize;
        assert_same(&format!("{number:.digits$e}"));
    }
    for _ in 0..4_000 {
        // Of ordinary size: an f64 and half of the step to the next one, exactly, in decimals.
        let number = libm::scalbn(
            (next(&mut state) >> 11) as f64,
            -i32::from((next(&mut state) % 60) as u8),
        );
        let half = (number.next_up() - number) / 2.0;
        let text = format!("{number:.80}");
        let (whole, fraction) = text.split_once('.').unwrap();
        let added = format!("{half:.80}");
        let (_, half) = added.split_once('.').unwrap();
        let mut carry = 0;
        let sum: Vec<u8> = fraction
            .bytes()
            .zip(half.bytes())
            .rev()
            .map(|(left, right)| {
                let digit = left + right - 2 * b'0' + carry;
                carry = digit / 10;
                b'0' + digit % 10
            })
            .collect();
        if carry == 0 {
            let middle: String = sum.iter().rev().map(|&digit| char::from(digit)).collect();
            assert_same(&format!("{whole}.{middle}"));
            assert_same(&format!("{whole}.{middle}0001"));
        }
    }
}

#[test]
fn every_short_decimal() {
    let mut state = 123_456_789;
    for _ in 0..200_000 {
        let mantissa = next(&mut state) >> (next(&mut state) % 64);
        let exponent = i32::from((next(&mut state) % 80) as u8) - 50;
        assert_same(&format!("{mantissa}e{exponent}"));
    }
}
