//! Strings of JSON: their end, their escapes, their encoding.

use std::borrow::Cow;

use super::cursor::Cursor;
use super::fault::{Fault, Problem};

/// A string between its quotes, escapes as written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RawText<'a> {
    text: &'a str,
    has_escapes: bool,
}

const ONES: u64 = u64::MAX / 255;
const TOPS: u64 = ONES << 7;

/// Whether a quote, a backslash or a control character is among the eight bytes.
fn may_end(word: u64) -> bool {
    // The top bit of a byte is set where subtracting borrows: zero bytes after the exclusive or, or
    // small ones.
    let zero = |x: u64| x.wrapping_sub(ONES) & !x;
    let found = zero(word ^ (ONES * 0x22))
        | zero(word ^ (ONES * 0x5c))
        | (word.wrapping_sub(ONES * 0x20) & !word);
    found & TOPS != 0
}

impl<'a> Cursor<'a> {
    /// Reads to the closing quote, behind the opening one.
    pub(crate) fn raw_text(&mut self) -> Result<RawText<'a>, Fault> {
        let start = self.at;
        let mut has_escapes = false;
        loop {
            while let Some(word) = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk) {
                if may_end(u64::from_le_bytes(*word)) {
                    break;
                }
                self.at += 8;
            }
            match self.bytes.get(self.at) {
                None => return Err(self.fault(Problem::Cut)),
                Some(b'"') => break,
                Some(b'\\') => {
                    has_escapes = true;
                    self.pass_escape()?;
                }
                Some(..0x20) => {
                    return Err(self.fault(Problem::Wrong("a control character is not escaped")));
                }
                Some(_) => self.at += 1,
            }
        }
        let text = std::str::from_utf8(&self.bytes[start..self.at]).map_err(|error| Fault {
            at: start + error.valid_up_to(),
            problem: Problem::Wrong("the text is not valid UTF-8"),
        })?;
        self.at += 1;
        Ok(RawText { text, has_escapes })
    }

    fn pass_escape(&mut self) -> Result<(), Fault> {
        self.at += 1;
        match self.bytes.get(self.at) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                for _ in 0..4 {
                    self.at += 1;
                    if !self.bytes.get(self.at).is_some_and(u8::is_ascii_hexdigit) {
                        return Err(self.fault(Problem::Wrong(
                            "the escape is not \\u with four hexadecimal digits",
                        )));
                    }
                }
                self.at += 1;
            }
            _ => return Err(self.fault(Problem::Wrong("there is no such escape"))),
        }
        Ok(())
    }

    /// Reads a string; `what` says which one is expected here.
    pub(crate) fn text(&mut self, what: &'static str) -> Result<Cow<'a, str>, Fault> {
        self.expect(b'"', what)?;
        let start = self.at;
        let raw = self.raw_text()?;
        raw.decoded().ok_or(Fault {
            at: start,
            problem: Problem::Wrong("half of a surrogate pair stands alone in the text"),
        })
    }

    /// Reads a string or null.
    pub(crate) fn optional_text(&mut self, what: &'static str) -> Result<Option<String>, Fault> {
        if self.null()? { Ok(None) } else { Ok(Some(self.text(what)?.into_owned())) }
    }

    /// Moves to the next key of an object and past its colon; nothing at the end of the object.
    pub(crate) fn next_key(&mut self, first: &mut bool) -> Result<Option<Cow<'a, str>>, Fault> {
        if !self.next_item(first, b'}')? {
            return Ok(None);
        }
        self.key().map(Some)
    }

    /// Reads a key and its colon.
    pub(crate) fn key(&mut self) -> Result<Cow<'a, str>, Fault> {
        let key = self.text("a key")?;
        self.expect(b':', "\":\"")?;
        Ok(key)
    }
}

impl<'a> RawText<'a> {
    /// The text that is meant; nothing where half of a surrogate pair stands alone.
    pub(crate) fn decoded(self) -> Option<Cow<'a, str>> {
        if !self.has_escapes {
            return Some(Cow::Borrowed(self.text));
        }
        let mut decoded = String::with_capacity(self.text.len());
        let mut rest = self.text;
        while let Some((plain, escaped)) = rest.split_once('\\') {
            decoded.push_str(plain);
            let (character, length) = unescape(escaped)?;
            decoded.push(character);
            rest = escaped.get(length..)?;
        }
        decoded.push_str(rest);
        Some(Cow::Owned(decoded))
    }
}

/// The character after a backslash and the bytes it takes.
fn unescape(text: &str) -> Option<(char, usize)> {
    let simple = match text.as_bytes().first()? {
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unescape_unit(text),
        &byte => char::from(byte),
    };
    Some((simple, 1))
}

/// `u0041`, or `ud83d\ude00`: a character beyond 16 bits is written as two halves.
fn unescape_unit(text: &str) -> Option<(char, usize)> {
    let unit = |from: usize| u32::from_str_radix(text.get(from..from + 4)?, 16).ok();
    let first = unit(1)?;
    if !(0xd800..0xdc00).contains(&first) {
        return Some((char::from_u32(first)?, 5));
    }
    let second = unit(7)
        .filter(|second| text.get(5..7) == Some("\\u") && (0xdc00..0xe000).contains(second))?;
    Some((char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))?, 11))
}
