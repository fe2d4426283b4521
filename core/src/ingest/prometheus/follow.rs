//! The short way: samples of compact text at times that are known as text.
//!
//! `[1780000000,"` is compared eight bytes at a time, and eight digits become a number with three multiplications. Whatever
//! is not `[time,"digits"]` or `[time,"digits.digits"]` is left for the reader of any layout.

#![expect(
    clippy::inline_always,
    reason = "a call for every word of eight bytes costs more than its work; the build for size inlines nothing by itself"
)]

use std::ops::Range;

use crate::ingest::decimal;

/// The first and the last eight bytes of a time and the `,"` behind it; they overlap.
pub(super) type Word = [u64; 2];

/// Ten and fourteen digits of a time: seconds since 2001, without and with milliseconds, and the two bytes behind.
const WHOLE: usize = 12;
const MILLISECONDS: usize = 16;

/// Bytes that one sample may take here: bracket, time, 32 of the value and what ends it.
const WINDOW: usize = 1 + MILLISECONDS + DIGITS + 7;
const DIGITS: usize = 32;

/// Where reading stopped.
pub(super) struct Followed {
    pub(super) at: usize,
    pub(super) samples: usize,
    /// The list ends here.
    pub(super) is_end: bool,
}

/// The text of a time as words with its width, where the short way can read it.
pub(super) fn word(bytes: &[u8], time: Range<usize>) -> Option<(Word, usize)> {
    let width = time.len() + 2;
    let text = bytes.get(time.start..time.start + width)?;
    if !matches!(width, WHOLE | MILLISECONDS) || text[width - 2..] != *b",\"" {
        return None;
    }
    Some(([load(text, 0)?, load(text, width - 8)?], width))
}

/// Reads samples at the times `words` from the bracket at `at` on.
pub(super) fn follow(bytes: &[u8], at: usize, words: &[Word], width: usize, values: &mut Vec<f64>) -> Followed {
    if width == WHOLE {
        follow_width::<WHOLE>(bytes, at, words, values)
    } else {
        follow_width::<MILLISECONDS>(bytes, at, words, values)
    }
}

fn follow_width<const WIDTH: usize>(bytes: &[u8], mut at: usize, words: &[Word], values: &mut Vec<f64>) -> Followed {
    let before = values.len();
    let mut is_end = false;
    for &[head, tail] in words {
        let Some(window) = bytes.get(at..).and_then(<[u8]>::first_chunk::<WINDOW>) else { break };
        let is_known = window[0] == b'[' && load(window, 1) == Some(head) && load(window, 1 + WIDTH - 8) == Some(tail);
        let Some(text) = window[1 + WIDTH..].first_chunk::<DIGITS>() else { break };
        let Some((value, length)) = plain_number(text).filter(|_| is_known) else { break };
        match window[1 + WIDTH + length..] {
            [b'"', b']', b',', b'[', ..] => {
                values.push(value);
                at += 1 + WIDTH + length + 3;
            }
            [b'"', b']', b']', ..] => {
                values.push(value);
                at += 1 + WIDTH + length + 2;
                is_end = true;
                break;
            }
            _ => break,
        }
    }
    Followed { at, samples: values.len() - before, is_end }
}

#[inline(always)]
fn load(text: &[u8], at: usize) -> Option<u64> {
    text.get(at..)?.first_chunk().map(|word| u64::from_le_bytes(*word))
}

const POWERS: [u64; 9] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

/// Below these, so many more digits fit into 64 bits.
const ROOM: [u64; 9] = {
    let mut room = [0; 9];
    let mut digits = 0;
    while digits < 9 {
        room[digits] = 10_u64.pow(19 - digits as u32);
        digits += 1;
    }
    room
};

/// Digits with or without a point, up to a quote; the number and its length.
#[inline(always)]
fn plain_number(text: &[u8; DIGITS]) -> Option<(f64, usize)> {
    let (mantissa, at) = more_digits(text, 0, 0)?;
    match text.get(at)? {
        b'"' if at > 0 => Some((mantissa as f64, at)),
        b'.' => {
            let (mantissa, end) = more_digits(text, mantissa, at + 1)?;
            let decimals = end - at - 1;
            if at == 0 || decimals == 0 || text.get(end) != Some(&b'"') {
                return None;
            }
            Some((decimal::scaled(mantissa, 0_i64.saturating_sub_unsigned(decimals as u64))?, end))
        }
        _ => None,
    }
}

/// Appends the digits from `at` on to a number; the number and where they end. Nothing where it outgrows 64 bits.
#[inline(always)]
fn more_digits(text: &[u8; DIGITS], mut number: u64, mut at: usize) -> Option<(u64, usize)> {
    loop {
        let (part, digits) = leading_digits(load(text, at)?);
        if number >= ROOM[digits] {
            return None;
        }
        number = number * POWERS[digits] + part;
        at += digits;
        if digits < 8 {
            return Some((number, at));
        }
    }
}

/// The digits at the start of eight bytes: their number and how many they are.
#[inline(always)]
fn leading_digits(word: u64) -> (u64, usize) {
    const ONES: u64 = u64::MAX / 255;
    let digits = word ^ (ONES * 0x30);
    // The top bit of each byte that is above nine; carries only spoil bytes behind the first such.
    let others = (digits.wrapping_add(ONES * 0x76) | digits) & (ONES << 7);
    let count = others.trailing_zeros() / 8;
    // Those that count, moved to the end: what comes in before them reads as zeros.
    let number = digits.unbounded_shl(64 - 8 * count);
    let pairs = number.wrapping_mul(10).wrapping_add(number >> 8);
    let low = (pairs & 0x0000_00ff_0000_00ff).wrapping_mul(0x000f_4240_0000_0064);
    let high = ((pairs >> 16) & 0x0000_00ff_0000_00ff).wrapping_mul(0x0000_2710_0000_0001);
    (low.wrapping_add(high) >> 32, count as usize)
}
