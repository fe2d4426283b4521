//! The short way against the standard library's parser, which is exact.

use super::*;

/// The number at the start of a text, as the short way reads it behind a time and as `str::parse`
/// does.
fn assert_same(number: &str) -> bool {
    let mut text = [b'"'; VALUE];
    text[..number.len()].copy_from_slice(number.as_bytes());
    let Some((value, length)) = plain_number(&text) else { return false };
    assert_eq!(length, number.len(), "{number}");
    assert_eq!(Some(value.to_bits()), number.parse().ok().map(f64::to_bits), "{number}");
    true
}

fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// Whole numbers and decimals of each length, those of zeros and of nines among them.
#[test]
fn every_number_of_digits() {
    let mut state = 88_172_645_463_325_252;
    let mut read = 0;
    for whole in 1..=20 {
        for decimals in 0..=24_usize.min(39 - whole) {
            for round in 0..400 {
                let mut digit = |_| match round % 8 {
                    0 => '0',
                    1 => '9',
                    _ => char::from(b'0' + (next(&mut state) % 10) as u8),
                };
                let mut text: String = (0..whole).map(&mut digit).collect();
                if decimals > 0 {
                    text.push('.');
                    text.extend((0..decimals).map(&mut digit));
                }
                read += usize::from(assert_same(&text));
            }
        }
    }
    assert!(read > 70_000, "{read} were read the short way");
}

/// What servers print: the shortest text of a float.
#[test]
fn rates_of_every_size_are_read_the_short_way() {
    let mut state = 123_456_789;
    let (mut read, mut all) = (0, 0);
    for _ in 0..200_000 {
        let unit = (next(&mut state) >> 11) as f64 / (1_u64 << 53) as f64;
        let rate = unit * [1e-2, 1e-1, 1e0, 1e1, 1e2, 1e3, 1e4][(next(&mut state) % 7) as usize];
        all += 1;
        read += usize::from(assert_same(&rate.to_string()));
    }
    assert!(read > all * 99 / 100, "{read} of {all} were read the short way");
}

/// The middle between two floats, where ties go to the even one, and its neighbours.
#[test]
fn numbers_halfway_between_two_floats() {
    let mut state = 987_654_321;
    for bits in 54..=63 {
        for _ in 0..4_000 {
            // So many bits, of which the last is one: a tie where it is the 54th, decided by more
            // digits elsewhere.
            let number = (next(&mut state) >> (64 - bits)) | 1 << (bits - 1) | 1;
            for decimals in [0_u32, 1, 4, 8, 9, 16] {
                let text = (number / 10_u64.pow(decimals), number % 10_u64.pow(decimals));
                let width = decimals as usize;
                assert_same(&if width == 0 {
                    number.to_string()
                } else {
                    format!("{}.{:0width$}", text.0, text.1)
                });
            }
            // Halves, quarters and so on of such numbers are ties in decimals.
            let halves = number >> (bits - 54) | 1;
            for shift in 1..=4_u32 {
                let fraction = (halves % (1 << shift)) * 5_u64.pow(shift);
                let width = shift as usize;
                assert_same(&format!("{}.{fraction:0width$}", halves >> shift));
            }
        }
    }
}

#[test]
fn what_is_no_plain_number_is_left_alone() {
    for text in ["", "-1", "+1", ".5", "1.", "1.\"5", "NaN", "+Inf", "x", "/", ":"] {
        let mut bytes = [b'"'; VALUE];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        assert!(plain_number(&bytes).is_none(), "{text}");
    }
    // Read up to what is none of it; the caller sees that no quote follows.
    assert_eq!(
        plain_number(
            b"12e5\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\""
        ),
        Some((12.0, 2))
    );
}
