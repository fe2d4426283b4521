//! A number, bare or as text; JSON's null is NaN.

use crate::json::{Cursor, Fault, Problem};
use crate::text::decimal;

impl Cursor<'_> {
    /// Reads a number in any of its forms; `pair` is what ends too early where there is none.
    #[inline]
    pub(crate) fn loose_number(&mut self, pair: &'static str) -> Result<f64, Fault> {
        match self.token()? {
            b'"' => self.number_in_quotes(),
            b'-' | b'0'..=b'9' => self.number(),
            b']' => Err(self.expected(pair)),
            _ if self.null()? => Ok(f64::NAN),
            _ => Err(self.expected("a number as a string")),
        }
    }

    #[inline]
    fn number_in_quotes(&mut self) -> Result<f64, Fault> {
        self.at += 1;
        let start = self.at;
        let rest = &self.bytes[start..];
        if let Some(scanned) = decimal::Scanned::start_of(rest)
            && rest.get(scanned.length) == Some(&b'"')
        {
            self.at += scanned.length + 1;
            return Ok(scanned.nearest(rest));
        }
        let text = self.raw_text()?.decoded();
        let length = self.at - 1 - start;
        text.and_then(|text| decimal::parse(text.as_bytes()))
            .ok_or(Fault { at: start, problem: Problem::NotANumber(length) })
    }
}
