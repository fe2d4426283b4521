//! Prometheus range responses (JSON bytes) to a [`SampleBatch`], in one pass over the bytes.
//!
//! Reads any valid layout of the HTTP API's `matrix` and `vector` results: keys in any order, any white space, escapes,
//! numbers as strings or bare, floats and native histograms in one series. What `serde_json` would read from the same text
//! is read, to the last bit of every number, and what it would refuse is refused; only values that are passed over may be
//! nested no deeper than 128 levels.
//!
//! Nothing is allocated for a sample: times and values go straight to the columns of the batch. Series that repeat the
//! times of the one before, as those of a range query do, take a shorter way (`follow`): there the time's text is compared
//! instead of read.

mod columns;
mod envelope;
mod fault;
mod follow;
mod histograms;
mod loose;
mod series;

pub(crate) use histograms::HistogramPoints;
pub(crate) use series::read_labels;

use crate::error::Error;
use crate::ingest::batch::{Notice, NoticeLevel, SampleBatch};
use columns::Columns;

/// Most series one load accepts.
///
/// A replica exports about 300 series of one engine, so this is a fleet of 160 replicas read raw. Below it, fleets that
/// fit the sample limit would be refused; above it, label handling alone takes seconds in a browser.
pub const SERIES_LIMIT: usize = 50_000;

/// Most samples one load accepts: 64 MB of values.
///
/// A day of four replicas at 15 s is 5.8 million. Twice as much no longer fits a browser tab's budget beside the page;
/// a quarter of it would refuse that day. Larger fleets use the query plan, which ships sums.
pub const SAMPLE_LIMIT: usize = 8_000_000;

/// Bytes of the shortest sample, `[1780000000,"1"],`.
const SHORTEST_SAMPLE: usize = 17;

/// Parses responses of one time range into one batch.
///
/// A response with `"status":"error"` is an error when it stands alone, and a notice beside others that succeeded.
pub fn parse_responses(responses: &[&[u8]]) -> Result<SampleBatch, Error> {
    let length = responses.iter().map(|response| response.len()).sum::<usize>();
    let mut columns = Columns::new((length / SHORTEST_SAMPLE).min(SAMPLE_LIMIT));
    let mut failures = Vec::new();
    for bytes in responses {
        refuse_what_is_not_json(bytes)?;
        let envelope = envelope::read(bytes, &mut columns).map_err(|fault| fault::explain(fault, bytes))?;
        if let Some(failure) = envelope.finish(&mut columns.batch)? {
            failures.push(failure);
        }
    }
    if !failures.is_empty() && failures.len() == responses.len() {
        return Err(Error::bad_data(failures.swap_remove(0)));
    }
    let mut batch = columns.batch;
    for text in failures {
        batch.notices.push(Notice { level: NoticeLevel::Error, text, query: None });
    }
    Ok(batch)
}

fn refuse_what_is_not_json(bytes: &[u8]) -> Result<(), Error> {
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => Err(Error::bad_data("the response is empty; a Prometheus range response is a JSON object")),
        Some(b'<') => Err(Error::bad_data(
            "the response is an HTML or XML page, not JSON; check the address and whether a login page answered",
        )),
        Some(b'{') => Ok(()),
        Some(_) => {
            Err(Error::bad_data("the input is not a Prometheus range response: it does not start with a JSON object"))
        }
    }
}

#[cfg(test)]
mod tests;
