//! One document, both readers.

use inference_triage_core::ingest::batch::SampleBatch;
use inference_triage_core::ingest::prometheus::parse_responses;

use super::oracle;

/// Whether both accept; the document as an error where they differ.
pub(crate) fn assert_same(bytes: &[u8]) -> Result<bool, String> {
    let scanned = parse_responses(&[bytes]);
    match (&scanned, oracle::read(bytes)) {
        (Ok(scanned), Some(expected)) if is_same(scanned, &expected) => Ok(true),
        (Err(_), None) => Ok(false),
        // The one thing that only the scanner refuses.
        (Err(error), Some(_)) if error.to_string().contains("nested deeper") => Ok(false),
        (_, expected) => Err(format!("{}\nscanner: {scanned:?}\noracle: {expected:?}", String::from_utf8_lossy(bytes))),
    }
}

fn is_same(left: &SampleBatch, right: &SampleBatch) -> bool {
    let columns = left.times.len() == right.times.len()
        && left.values.len() == right.values.len()
        && left.times.iter().zip(&right.times).all(same_number)
        && left.values.iter().zip(&right.values).all(same_number);
    // The text of a float is its shortest, so equal texts are equal bits, NaN among them.
    columns
        && left.series == right.series
        && left.notices == right.notices
        && left.not_finite == right.not_finite
        && format!("{:?}", left.native) == format!("{:?}", right.native)
}

fn same_number((left, right): (&f64, &f64)) -> bool {
    left.to_bits() == right.to_bits()
}
