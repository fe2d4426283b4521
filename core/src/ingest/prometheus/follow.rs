//! The short way: samples of compact text at times that are known as text.
//!
//! `[1780000000,"` is compared eight bytes at a time, and eight digits become a number with three
//! multiplications. Whatever is not `[time,"digits"]` or `[time,"digits.digits"]` is left for the
//! reader of any layout.

#![expect(
    clippy::inline_always,
    reason = "a call for every word of eight bytes costs more than its work; the build for size inlines nothing by itself"
)]

use std::ops::Range;

use crate::text::decimal;

/// The first and the last eight bytes of a time and the `,"` behind it; they overlap.
pub(super) type Word = [u64; 2];

/// Ten and fourteen digits of a time: seconds since 2001, without and with milliseconds, and the
/// two bytes behind.
const WHOLE: usize = 12;
const MILLISECONDS: usize = 16;

/// Bytes that one sample may take here: bracket, time, those of the value and what ends it.
pub(super) const WINDOW: usize = 1 + MILLISECONDS + VALUE + 7;
const VALUE: usize = 40;

/// Between two samples, and behind the last one.
const NEXT: u32 = u32::from_le_bytes(*b"\"],[");
const END: u32 = u32::from_le_bytes(*b"\"]]\0");

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

/// Samples that are read at a time.
const STRETCH: usize = 64;

/// Reads samples at the times `words` from the bracket at `at` on.
pub(super) fn follow(
    bytes: &[u8],
    at: usize,
    words: &[Word],
    width: usize,
    values: &mut Vec<f64>,
) -> Followed {
    let mut followed = Followed { at, samples: 0, is_end: false };
    for words in words.chunks(STRETCH) {
        let before = values.len();
        values.resize(before + words.len(), 0.0);
        let places = &mut values[before..];
        let (at, samples, is_end) = if width == WHOLE {
            follow_width::<WHOLE>(bytes, followed.at, words, places)
        } else {
            follow_width::<MILLISECONDS>(bytes, followed.at, words, places)
        };
        values.truncate(before + samples);
        followed = Followed { at, samples: followed.samples + samples, is_end };
        if samples < words.len() || is_end {
            break;
        }
    }
    followed
}

/// A function of its own: an engine replaces slow code by fast code between calls, never inside
/// one.
#[inline(never)]
fn follow_width<const WIDTH: usize>(
    bytes: &[u8],
    mut at: usize,
    words: &[Word],
    places: &mut [f64],
) -> (usize, usize, bool) {
    let mut samples = 0;
    for (&[head, tail], place) in words.iter().zip(places) {
        let Some(window) = bytes.get(at..).and_then(<[u8]>::first_chunk::<WINDOW>) else { break };
        let is_known = window[0] == b'['
            && load(window, 1) == Some(head)
            && load(window, 1 + WIDTH - 8) == Some(tail);
        let Some(text) = window.get(1 + WIDTH..).and_then(<[u8]>::first_chunk::<VALUE>) else {
            break;
        };
        let Some((value, length)) = (if is_known { plain_number(text) } else { None }) else {
            break;
        };
        let end = 1 + WIDTH + length;
        let Some(behind) = window.get(end..).and_then(<[u8]>::first_chunk) else { break };
        let behind = u32::from_le_bytes(*behind);
        if behind == NEXT {
            *place = value;
            samples += 1;
            at += end + 3;
        } else {
            let is_end = behind & 0x00ff_ffff == END;
            if is_end {
                *place = value;
                samples += 1;
                at += end + 2;
            }
            return (at, samples, is_end);
        }
    }
    (at, samples, false)
}

#[inline(always)]
fn load(text: &[u8], at: usize) -> Option<u64> {
    text.get(at..)?.first_chunk().map(|word| u64::from_le_bytes(*word))
}

const POWERS: [u64; 9] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

/// Below these, so many more digits fit into 64 bits.
const ROOM: [u64; 17] = {
    let mut room = [0; 17];
    let mut digits = 0;
    while digits < 17 {
        room[digits] = 10_u64.pow(19 - digits as u32);
        digits += 1;
    }
    room
};

/// Digits with or without a point: the number, and how long it is. What follows is for the caller
/// to look at.
#[inline(always)]
fn plain_number(text: &[u8; VALUE]) -> Option<(f64, usize)> {
    let word = load(text, 0)?;
    let first = (word as u8).wrapping_sub(b'0');
    // One digit before the point, as in most rates: then where the decimals start need not be found
    // out first.
    if (word >> 8) as u8 == b'.' && first < 10 {
        return decimals(text, u64::from(first), 2);
    }
    let count = leading_digits(word);
    let number = value_of(word, count);
    let (number, count) = if count < 8 { (number, count) } else { longer(text, number)? };
    if count == 0 {
        return None;
    }
    if text[count] == b'.' {
        decimals(text, number, count + 1)
    } else {
        Some((number as f64, count))
    }
}

/// The rest of a whole number that goes on after eight digits; nothing beyond nineteen.
fn longer(text: &[u8; VALUE], number: u64) -> Option<(u64, usize)> {
    let (second, third) = (load(text, 8)?, load(text, 16)?);
    let count = leading_digits(second);
    let number = number * POWERS[count] + value_of(second, count);
    if count < 8 {
        return Some((number, 8 + count));
    }
    let count = leading_digits(third);
    (count <= 3).then(|| (number * POWERS[count] + value_of(third, count), 16 + count))
}

/// The decimals that start at `start`, up to 24 of them. All three words are read at once and
/// without asking how many digits each has, because a processor cannot guess that.
#[inline(always)]
fn decimals(text: &[u8; VALUE], whole: u64, start: usize) -> Option<(f64, usize)> {
    let text = text.get(start..)?.first_chunk::<24>()?;
    let (first, second, third) = (load(text, 0)?, load(text, 8)?, load(text, 16)?);
    let count = leading_digits(first);
    if count == 0 || whole >= ROOM[8] {
        return None;
    }
    let number = whole * POWERS[count] + value_of(first, count);
    if count < 8 {
        return Some((decimal::with_few_decimals(number, count)?, start + count));
    }
    let middle = leading_digits(second);
    let last = if middle == 8 { leading_digits(third) } else { 0 };
    if number >= ROOM[middle + last] {
        return None;
    }
    let number = number * POWERS[middle] + value_of(second, middle);
    let number = number * POWERS[last] + value_of(third, last);
    let count = 8 + middle + last;
    Some((decimal::with_decimals(number, count)?, start + count))
}

const ONES: u64 = u64::MAX / 255;

/// How many of eight bytes are digits before the first that is none.
#[inline(always)]
fn leading_digits(word: u64) -> usize {
    let digits = word ^ (ONES * 0x30);
    // The top bit of each byte that is above nine; carries only change later bytes.
    let others = (digits.wrapping_add(ONES * 0x76) | digits) & (ONES << 7);
    (others.trailing_zeros() / 8) as usize
}

/// The number that the first `count` of eight bytes are.
#[inline(always)]
fn value_of(word: u64, count: usize) -> u64 {
    // Moved to the end: what comes in before them reads as zeros.
    let digits = (word ^ (ONES * 0x30)).unbounded_shl(64 - 8 * count as u32);
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let low = (pairs & 0x0000_00ff_0000_00ff).wrapping_mul(0x000f_4240_0000_0064);
    let high = ((pairs >> 16) & 0x0000_00ff_0000_00ff).wrapping_mul(0x0000_2710_0000_0001);
    low.wrapping_add(high) >> 32
}

#[cfg(test)]
mod tests;
