//! A place in JSON text: its tokens, one after the other, by the grammar of RFC 8259.

use super::fault::{Fault, Problem};
use crate::text::decimal::Scanned;

/// Deepest nesting of a value that is passed over: one bit each distinguishes lists from objects.
const DEPTH: u32 = u128::BITS;

#[derive(Debug)]
pub(crate) struct Cursor<'a> {
    pub(crate) bytes: &'a [u8],
    /// Offset of the next byte.
    pub(crate) at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    #[cold]
    pub(crate) fn fault(&self, problem: Problem) -> Fault {
        let problem = if self.at >= self.bytes.len() { Problem::Cut } else { problem };
        Fault { at: self.at, problem }
    }

    #[cold]
    pub(crate) fn expected(&self, what: &'static str) -> Fault {
        self.fault(Problem::Expected(what))
    }

    /// Passes white space; the byte that follows it, still to be read.
    #[inline]
    pub(crate) fn token(&mut self) -> Result<u8, Fault> {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.at += 1,
                Some(&byte) => return Ok(byte),
                None => return Err(Fault { at: self.at, problem: Problem::Cut }),
            }
        }
    }

    /// Reads one certain byte after white space.
    #[inline]
    pub(crate) fn expect(&mut self, byte: u8, what: &'static str) -> Result<(), Fault> {
        if self.token()? != byte {
            return Err(self.expected(what));
        }
        self.at += 1;
        Ok(())
    }

    /// Moves to the next item of a list or object that ends with `close`; false at its end. `first`
    /// is true before the first.
    #[inline]
    pub(crate) fn next_item(&mut self, first: &mut bool, close: u8) -> Result<bool, Fault> {
        let byte = self.token()?;
        if byte == close {
            self.at += 1;
            return Ok(false);
        }
        if !std::mem::replace(first, false) {
            if byte != b',' {
                return Err(self.expected(if close == b']' {
                    "\",\" or \"]\""
                } else {
                    "\",\" or \"}\""
                }));
            }
            self.at += 1;
            if self.token()? == close {
                return Err(self.fault(Problem::Wrong("there is nothing after the comma")));
            }
        }
        Ok(true)
    }

    /// Reads `null`, if that is what stands here.
    pub(crate) fn null(&mut self) -> Result<bool, Fault> {
        if self.token()? != b'n' {
            return Ok(false);
        }
        self.literal(b"null")?;
        Ok(true)
    }

    fn literal(&mut self, word: &[u8]) -> Result<(), Fault> {
        for byte in word {
            if self.bytes.get(self.at) != Some(byte) {
                return Err(self.expected("true, false or null"));
            }
            self.at += 1;
        }
        Ok(())
    }

    /// Reads a number without its sign: JSON's grammar, which is stricter than that of the decimal
    /// reader.
    #[inline]
    fn scan_number(&mut self) -> Result<Scanned, Fault> {
        let rest = &self.bytes[self.at..];
        if let Some(scanned) = Scanned::start_of(rest) {
            let starts_well = scanned.whole == 1 || (scanned.whole > 1 && rest[0] != b'0');
            // No response ends with a number.
            if starts_well && scanned.fraction != Some(0) && scanned.length < rest.len() {
                return Ok(scanned);
            }
        }
        let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-');
        if rest.iter().all(is_part) {
            return Err(Fault { at: self.bytes.len(), problem: Problem::Cut });
        }
        Err(self.fault(Problem::Wrong("the number is not written as JSON asks")))
    }

    /// Reads a bare number. One beyond the range of a float is a fault, as in every JSON reader of
    /// Rust.
    #[inline]
    pub(crate) fn number(&mut self) -> Result<f64, Fault> {
        let negative = self.bytes.get(self.at) == Some(&b'-');
        self.at += usize::from(negative);
        let scanned = self.scan_number()?;
        let size = scanned.nearest(&self.bytes[self.at..]);
        if size.is_infinite() {
            return Err(self.fault(Problem::Wrong("the number is out of range")));
        }
        self.at += scanned.length;
        Ok(if negative { -size } else { size })
    }

    /// Reads a number that is written without fraction and exponent; nothing where it is not, or
    /// beyond 64 bits.
    pub(crate) fn whole_number(&mut self) -> Result<Option<i64>, Fault> {
        let negative = self.bytes.get(self.at) == Some(&b'-');
        self.at += usize::from(negative);
        let scanned = self.scan_number()?;
        let digits = &self.bytes[self.at..self.at + scanned.whole];
        self.at += scanned.length;
        if scanned.length > scanned.whole {
            return Ok(None);
        }
        // Downwards, because there is one more negative number.
        let below = digits.iter().try_fold(0_i64, |below, digit| {
            below.checked_mul(10)?.checked_sub(i64::from(digit - b'0'))
        });
        Ok(if negative { below } else { below.and_then(i64::checked_neg) })
    }

    /// Nothing but white space follows.
    pub(crate) fn end(&mut self) -> Result<(), Fault> {
        match self.token() {
            Err(_) => Ok(()),
            Ok(_) => Err(self.fault(Problem::Wrong("there are trailing characters"))),
        }
    }

    /// Passes over any value.
    pub(crate) fn skip(&mut self) -> Result<(), Fault> {
        let mut objects: u128 = 0;
        let mut depth = 0;
        let mut first = true;
        loop {
            let opens = self.token()?;
            if matches!(opens, b'[' | b'{') {
                if depth == DEPTH {
                    return Err(
                        self.fault(Problem::Wrong("values are nested deeper than 128 levels"))
                    );
                }
                self.at += 1;
                objects = objects << 1 | u128::from(opens == b'{');
                depth += 1;
                first = true;
            } else {
                self.skip_scalar(opens)?;
            }
            loop {
                if depth == 0 {
                    return Ok(());
                }
                let is_object = objects & 1 == 1;
                if self.next_item(&mut first, if is_object { b'}' } else { b']' })? {
                    if is_object {
                        self.skip_string("a key")?;
                        self.expect(b':', "\":\"")?;
                    }
                    break;
                }
                objects >>= 1;
                depth -= 1;
                first = false;
            }
        }
    }

    fn skip_scalar(&mut self, start: u8) -> Result<(), Fault> {
        match start {
            b'"' => self.skip_string("a string"),
            b't' => self.literal(b"true"),
            b'f' => self.literal(b"false"),
            b'n' => self.literal(b"null"),
            b'-' | b'0'..=b'9' => {
                self.at += usize::from(start == b'-');
                self.at += self.scan_number()?.length;
                Ok(())
            }
            _ => Err(self.expected("a value")),
        }
    }

    fn skip_string(&mut self, what: &'static str) -> Result<(), Fault> {
        self.expect(b'"', what)?;
        self.raw_text().map(drop)
    }
}
