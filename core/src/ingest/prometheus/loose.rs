//! A number, bare or as text; JSON's null is NaN.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};

use super::cursor::Cursor;
use super::fault::{Fault, Problem};
use crate::ingest::decimal;

impl Cursor<'_> {
    /// Reads a number in any of its forms; `pair` is what ends too early where there is none.
    #[inline]
    pub(super) fn loose_number(&mut self, pair: &'static str) -> Result<f64, Fault> {
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

/// The same in a batch that a host describes as JSON.
pub(crate) struct LooseNumber(pub(crate) f64);

impl<'de> Deserialize<'de> for LooseNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor).map(Self)
    }
}

struct LooseVisitor;

impl Visitor<'_> for LooseVisitor {
    type Value = f64;
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number as a string")
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<f64, E> {
        decimal::parse(text.as_bytes()).ok_or_else(|| E::custom(format!("the sample value {text:?} is not a number")))
    }
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<f64, E> {
        Ok(value)
    }
    fn visit_u64<E: de::Error>(self, value: u64) -> Result<f64, E> {
        Ok(value as f64)
    }
    fn visit_i64<E: de::Error>(self, value: i64) -> Result<f64, E> {
        Ok(value as f64)
    }
    fn visit_unit<E: de::Error>(self) -> Result<f64, E> {
        Ok(f64::NAN)
    }
}
