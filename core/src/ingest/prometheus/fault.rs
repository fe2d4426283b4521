//! What is wrong with a response, as an error.

use super::SERIES_LIMIT;
use crate::error::Error;
use crate::json::{Excess, Fault, Problem};

/// One more series than a load accepts.
pub(super) const TOO_MANY_SERIES: Problem = Problem::TooMuch(
    SERIES_LIMIT,
    &Excess { what: "series", cure: "narrow the selector to one model" },
);

/// More samples than a load accepts.
pub(super) const fn too_many_samples(limit: usize) -> Problem {
    Problem::TooMuch(limit, &Excess { what: "samples", cure: "shorten the range, widen the step" })
}

/// A fault as an error about the response, of which so many bytes came `before` the text.
pub(super) fn explain(fault: Fault, bytes: &[u8], before: usize) -> Error {
    match fault.problem {
        Problem::TooMuch(limit, Excess { what, cure }) => Error::too_large(format!(
            "the response holds more than {limit} {what}; {cure}, or use the query plan (`inference-triage plan`), which \
             ships sums over replicas"
        )),
        _ => Error::bad_data(format!(
            "the input is not a Prometheus range response: {}",
            fault.sentence(bytes, before, "the value")
        )),
    }
}

/// The response ends too early, after so many bytes.
pub(super) fn cut_off(bytes: usize) -> Error {
    Error::cut_off(format!(
        "the response is cut off after {bytes} bytes; fetch it again and keep the whole body"
    ))
}

/// There is nothing but white space.
pub(super) fn empty() -> Error {
    Error::bad_data("the response is empty; a Prometheus range response is a JSON object")
}

/// Whether a response starts as an object does; false where there is nothing but white space yet.
pub(super) fn is_object(bytes: &[u8]) -> Result<bool, Error> {
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => Ok(false),
        Some(b'{') => Ok(true),
        Some(b'<') => Err(Error::bad_data(
            "the response is an HTML or XML page, not JSON; check the address and whether a login page answered",
        )),
        Some(_) => Err(Error::bad_data(
            "the input is not a Prometheus range response: it does not start with a JSON object",
        )),
    }
}
