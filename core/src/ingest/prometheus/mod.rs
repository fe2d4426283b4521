//! Prometheus range responses (JSON bytes) to a [`SampleBatch`], in one pass over the bytes.
//!
//! Reads any valid layout of the HTTP API's `matrix` and `vector` results: keys in any order, any
//! white space, escapes, numbers as strings or bare, floats and native histograms in one series.
//! What `serde_json` would read from the same text is read, to the last bit of every number, and
//! what it would refuse is refused; only values that are passed over may be nested no deeper than
//! 128 levels.
//!
//! Nothing is allocated for a sample: times and values go straight to the columns of the batch.
//! Series that repeat the times of the one before, as those of a range query do, take a shorter way
//! (`follow`): there the time's text is compared instead of read.
//!
//! A response may come in pieces ([`ResponseReader`]): the text lies in a window, whole fields and
//! samples are read out of it, and what is cut off at its end waits for the next piece.

mod columns;
mod envelope;
mod fault;
mod follow;
mod histograms;
mod loose;
mod reader;
mod series;

pub(crate) use histograms::HistogramPoints;
pub use reader::ResponseReader;
pub(crate) use series::read_labels;

use crate::error::Error;
use crate::ingest::batch::SampleBatch;

/// Most series one load accepts.
///
/// A replica exports about 300 series of one engine, so this is a fleet of 160 replicas read raw.
/// Below it, fleets that fit the sample limit would be refused; above it, label handling alone
/// takes seconds in a browser.
pub const SERIES_LIMIT: usize = 50_000;

/// Most samples one load accepts: 64 MB of values.
///
/// A day of four replicas at 15 s is 5.8 million. Twice as much no longer fits a browser tab's
/// budget beside the page; a quarter of it would refuse that day. Larger fleets use the query plan,
/// which ships sums.
pub const SAMPLE_LIMIT: usize = 8_000_000;

/// Parses responses of one time range into one batch.
///
/// A response with `"status":"error"` is an error when it stands alone, and a notice beside others
/// that succeeded.
pub fn parse_responses(responses: &[&[u8]]) -> Result<SampleBatch, Error> {
    let mut reader = ResponseReader::new(responses.iter().map(|response| response.len()).sum());
    for bytes in responses {
        reader.read_whole(bytes)?;
    }
    reader.finish()
}

#[cfg(test)]
mod tests;
