//! One document, both readers.

use inference_triage_core::ingest::prometheus::parse_responses;

use super::batches::is_same;
use super::oracle;

/// Whether both accept; the document as an error where they differ.
pub(crate) fn assert_same(bytes: &[u8]) -> Result<bool, String> {
    let scanned = parse_responses(&[bytes]);
    match (&scanned, oracle::read(bytes)) {
        (Ok(scanned), Some(expected)) if is_same(scanned, &expected) => Ok(true),
        (Err(_), None) => Ok(false),
        // The one thing that only the scanner refuses.
        (Err(error), Some(_)) if error.to_string().contains("nested deeper") => Ok(false),
        (_, expected) => Err(format!(
            "{}\nscanner: {scanned:?}\noracle: {expected:?}",
            String::from_utf8_lossy(bytes)
        )),
    }
}
