//! What is wrong with a response, and where.

use std::fmt;

use super::{SAMPLE_LIMIT, SERIES_LIMIT};
use crate::error::Error;

/// Reading stopped at a byte.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fault {
    /// Offset of the byte in the response.
    pub(super) at: usize,
    pub(super) problem: Problem,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Problem {
    /// The response ends here and should not.
    Cut,
    /// Something else stands here.
    Expected(&'static str),
    /// What stands here is wrong for this reason.
    Wrong(&'static str),
    /// The text of a sample, of this many bytes, is no number.
    NotANumber(usize),
    /// One more series than a load accepts.
    TooManySeries,
    /// More samples than a load accepts.
    TooManySamples,
}

impl Fault {
    /// As an error about the response.
    pub(super) fn explain(self, bytes: &[u8]) -> Error {
        let Self { at, problem } = self;
        let what = match problem {
            Problem::Cut => {
                return Error::bad_data(format!(
                    "the response is cut off after {} bytes; fetch it again and keep the whole body",
                    bytes.len()
                ));
            }
            Problem::TooManySeries => return too_large(SERIES_LIMIT, "series", "narrow the selector to one model"),
            Problem::TooManySamples => return too_large(SAMPLE_LIMIT, "samples", "shorten the range, widen the step"),
            Problem::Expected(what) => format!("expected {what}, found {} at byte {at}", Found(bytes.get(at))),
            Problem::Wrong(why) => format!("{why} at byte {at}"),
            Problem::NotANumber(length) => {
                // Enough of it to recognise; a text may have any length.
                let shown = bytes.get(at..at + length.min(200)).map(String::from_utf8_lossy).unwrap_or_default();
                format!("the sample value {shown:?} is not a number, at byte {at}")
            }
        };
        Error::bad_data(format!("the input is not a Prometheus range response: {what}"))
    }
}

fn too_large(limit: usize, what: &str, cure: &str) -> Error {
    Error::too_large(format!(
        "the response holds more than {limit} {what}; {cure}, or use the query plan (`inference-triage plan`), which ships \
         sums over replicas"
    ))
}

/// A byte that starts a value, by the name of the value.
struct Found<'a>(Option<&'a u8>);

impl fmt::Display for Found<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.0 {
            Some(b'{') => "an object",
            Some(b'[') => "a list",
            Some(b'"') => "a string",
            Some(b'-' | b'0'..=b'9') => "a number",
            Some(b't' | b'f') => "a truth value",
            Some(b'n') => "null",
            Some(byte) => return write!(formatter, "\"{}\"", byte.escape_ascii()),
            None => "the end",
        };
        formatter.write_str(name)
    }
}
