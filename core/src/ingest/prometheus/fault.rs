//! What is wrong with a response, as an error.

use super::{SAMPLE_LIMIT, SERIES_LIMIT};
use crate::error::Error;
use crate::json::{Excess, Fault, Problem};

/// One more series than a load accepts.
pub(super) const TOO_MANY_SERIES: Problem =
    Problem::TooMuch(&Excess { limit: SERIES_LIMIT, what: "series", cure: "narrow the selector to one model" });

/// More samples than a load accepts.
pub(super) const TOO_MANY_SAMPLES: Problem =
    Problem::TooMuch(&Excess { limit: SAMPLE_LIMIT, what: "samples", cure: "shorten the range, widen the step" });

/// A fault as an error about the response.
pub(super) fn explain(fault: Fault, bytes: &[u8]) -> Error {
    match fault.problem {
        Problem::Cut => Error::bad_data(format!(
            "the response is cut off after {} bytes; fetch it again and keep the whole body",
            bytes.len()
        )),
        Problem::TooMuch(Excess { limit, what, cure }) => Error::too_large(format!(
            "the response holds more than {limit} {what}; {cure}, or use the query plan (`inference-triage plan`), which \
             ships sums over replicas"
        )),
        _ => Error::bad_data(format!(
            "the input is not a Prometheus range response: {}",
            fault.sentence(bytes, "the value")
        )),
    }
}
