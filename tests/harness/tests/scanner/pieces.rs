//! A response in pieces is what it is as a whole: the same batch to the last bit, or the same
//! refusal.

use inference_triage_core::error::Error;
use inference_triage_core::ingest::batch::SampleBatch;
use inference_triage_core::ingest::prometheus::{ResponseReader, parse_responses};

use super::batches::is_same;

/// Reads responses through a window of so many bytes, each in pieces whose lengths `next_length`
/// gives.
pub(crate) fn read_in_pieces(
    responses: &[&[u8]],
    window: usize,
    mut next_length: impl FnMut() -> usize,
) -> Result<SampleBatch, Error> {
    let mut reader =
        ResponseReader::with_window(responses.iter().map(|response| response.len()).sum(), window);
    for response in responses {
        let mut rest = *response;
        while !rest.is_empty() {
            let (piece, behind) = rest.split_at(next_length().clamp(1, rest.len()));
            reader.take(piece.len(), &mut |from, place| {
                place.copy_from_slice(&piece[from..from + place.len()]);
            })?;
            rest = behind;
        }
        reader.end()?;
    }
    reader.finish()
}

/// Compares with the responses as wholes; whether they are accepted.
pub(crate) fn assert_same_in_pieces(
    responses: &[&[u8]],
    window: usize,
    next_length: impl FnMut() -> usize,
) -> Result<bool, String> {
    let whole = parse_responses(responses);
    let pieces = read_in_pieces(responses, window, next_length);
    match (&whole, &pieces) {
        (Ok(whole), Ok(pieces)) if is_same(whole, pieces) => Ok(true),
        (Err(whole), Err(pieces)) if whole == pieces => Ok(false),
        _ => {
            let texts: Vec<_> =
                responses.iter().map(|response| String::from_utf8_lossy(response)).collect();
            Err(format!("window of {window}\n{texts:?}\nwhole: {whole:?}\nin pieces: {pieces:?}"))
        }
    }
}
