//! Responses of one range on their way to columns.
//!
//! A response is read in pieces wherever its beginning says that it is one, so that its text is
//! never in memory as a whole, and the budget counts what is made of it. What was read as a whole,
//! such as a capsule, the budget has counted already: its columns are shorter than its text.

use std::io::{self, ErrorKind, Read};
use std::mem::size_of;

use inference_triage_core::error::Error;
use inference_triage_core::ingest::batch::{Labels, SampleBatch};
use inference_triage_core::ingest::native::NativeSeries;
use inference_triage_core::ingest::prometheus::ResponseReader;

use crate::budget::Budget;

/// Bytes read at a time: enough for a system call to cost nothing beside them, and little enough
/// for the budget to be exceeded by no more than is read between two looks at it.
const PIECE: usize = 1 << 16;

/// How a successful response begins; no other file of ours and of Prometheus does.
const BEGINNING: &[u8] = b"{\"status\":\"success\"";

/// Why a response was not read to its end.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// It could not be read on, or the budget is exceeded.
    Source(io::Error),
    /// What was read is wrong.
    Response(Error),
}

/// Reads responses of one range, one after the other, into one batch.
#[derive(Debug)]
pub(crate) struct Intake<'a> {
    reader: ResponseReader,
    budget: &'a Budget,
    seen: Seen,
    /// Bytes taken from the budget for what was read.
    taken: usize,
    /// The same for what waits in the window.
    waiting: usize,
}

/// What of the batch was looked at.
#[derive(Debug, Default)]
struct Seen {
    series: usize,
    native: usize,
    /// Bytes of their labels and native histograms.
    described: usize,
    /// Bytes of everything.
    bytes: usize,
}

/// Up to a piece of the beginning of a text.
pub(crate) fn beginning(source: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.by_ref().take(PIECE as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether a text that begins like this is a successful response.
pub(crate) fn is_response(beginning: &[u8]) -> bool {
    beginning.trim_ascii_start().starts_with(BEGINNING)
}

impl<'a> Intake<'a> {
    /// For responses that have about so many bytes together; 0 where that is not known.
    pub(crate) fn new(budget: &'a Budget, bytes: usize) -> Self {
        let reader = ResponseReader::new(bytes).with_sample_limit(budget.samples());
        Self { reader, budget, seen: Seen::default(), taken: 0, waiting: 0 }
    }

    /// Reads a response that is there as a whole, and counted.
    pub(crate) fn read(&mut self, text: &[u8]) -> Result<(), Error> {
        self.take(text)?;
        self.reader.end()?;
        self.look();
        Ok(())
    }

    /// Reads a response to its end: its beginning, and what follows. Where that fails, it has
    /// nothing of the budget.
    pub(crate) fn read_on(&mut self, beginning: &[u8], rest: impl Read) -> Result<(), Trouble> {
        let before = self.taken;
        let read = self.read_all(beginning, rest);
        self.budget.release(std::mem::take(&mut self.waiting));
        if read.is_err() {
            self.budget.release(self.taken - before);
            self.taken = before;
        }
        read
    }

    fn read_all(&mut self, beginning: &[u8], mut rest: impl Read) -> Result<(), Trouble> {
        let mut piece = vec![0; PIECE];
        self.count(beginning)?;
        loop {
            match rest.read(&mut piece) {
                Ok(0) => break,
                Ok(length) => self.count(&piece[..length])?,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(Trouble::Source(error)),
            }
        }
        self.reader.end().map_err(Trouble::Response)?;
        self.count(&[])
    }

    /// What the responses hold together.
    pub(crate) fn finish(self) -> Result<SampleBatch, Error> {
        self.reader.finish()
    }

    fn count(&mut self, piece: &[u8]) -> Result<(), Trouble> {
        self.take(piece).map_err(Trouble::Response)?;
        let before = self.seen.bytes;
        self.look();
        let read = self.seen.bytes.saturating_sub(before);
        self.budget.take(read).map_err(Trouble::Source)?;
        self.taken += read;
        // A short window is less than the smallest budget is for.
        let window = self.reader.window_bytes().saturating_sub(2 * PIECE);
        let waiting = window.saturating_sub(self.waiting);
        self.budget.take(waiting).map_err(Trouble::Source)?;
        self.waiting += waiting;
        Ok(())
    }

    fn take(&mut self, piece: &[u8]) -> Result<(), Error> {
        self.reader.take(piece.len(), &mut |offset, place| {
            place.copy_from_slice(&piece[offset..offset + place.len()]);
        })
    }

    /// Looks at what was read since the last look.
    fn look(&mut self) {
        let (batch, seen) = (self.reader.batch(), &mut self.seen);
        let series = batch.series[seen.series..].iter().map(|series| bytes_of(&series.labels));
        let native = batch.native[seen.native..].iter().map(native_bytes);
        seen.described += series.sum::<usize>() + native.sum::<usize>();
        (seen.series, seen.native) = (batch.series.len(), batch.native.len());
        let columns = size_of::<f64>() * (batch.values.len() + batch.times.len());
        // Times that turn out to be those of the series before are given back.
        seen.bytes = seen.bytes.max(columns + seen.described);
    }
}

fn bytes_of(labels: &Labels) -> usize {
    labels.iter().map(|(name, value)| name.len() + value.len()).sum()
}

fn native_bytes(series: &NativeSeries) -> usize {
    let buckets: usize = series.histograms.iter().map(|one| one.buckets.len()).sum();
    bytes_of(&series.labels) + 4 * size_of::<f64>() * buckets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(samples: usize) -> Vec<u8> {
        let values: Vec<String> =
            (0..samples).map(|index| format!("[{},\"{index}\"]", 1_780_000_000 + index)).collect();
        format!(
            "{{\"status\":\"success\",\"data\":{{\"resultType\":\"matrix\",\"result\":[{{\"metric\":\
             {{\"a\":\"b\"}},\"values\":[{}]}}]}}}}",
            values.join(",")
        )
        .into_bytes()
    }

    fn read(budget: &Budget, text: &[u8]) -> Result<SampleBatch, Trouble> {
        let mut intake = Intake::new(budget, 0);
        let (first, rest) = text.split_at(text.len().min(PIECE));
        intake.read_on(first, rest)?;
        intake.finish().map_err(Trouble::Response)
    }

    #[test]
    fn the_budget_counts_columns_and_not_text() {
        let samples = 50_000;
        let text = response(samples);
        let columns = 2 * 8 * samples as u64 + 2;
        assert!(text.len() as u64 > columns);
        let batch = read(&Budget::new(columns), &text).unwrap();
        assert_eq!((batch.values.len(), batch.values[7]), (samples, 7.0));
        let refused = read(&Budget::new(columns - 1), &text).unwrap_err();
        assert!(matches!(refused, Trouble::Source(error) if Budget::is_exceeded(&error)));
    }

    #[test]
    fn in_pieces_is_what_it_is_as_a_whole() {
        let (text, budget) = (response(9_000), Budget::new(1 << 20));
        let mut whole = Intake::new(&budget, text.len());
        whole.read(&text).unwrap();
        assert_eq!(read(&budget, &text).unwrap(), whole.finish().unwrap());
    }

    #[test]
    fn a_label_without_an_end_exceeds_the_budget() {
        let beginning = b"{\"status\":\"success\",\"data\":{\"resultType\":\"".to_vec();
        let endless = io::repeat(b'x').take(1 << 30);
        let budget = Budget::new(1 << 20);
        let refused = Intake::new(&budget, 0).read_on(&beginning, endless).unwrap_err();
        assert!(matches!(refused, Trouble::Source(error) if Budget::is_exceeded(&error)));
    }

    #[test]
    fn what_is_given_up_is_free_again() {
        let (text, budget) = (response(9_000), Budget::new(200_000));
        for _ in 0..3 {
            assert!(read(&budget, &text[..text.len() - 1]).is_err());
        }
        read(&budget, &text).unwrap();
        assert!(read(&budget, &text).is_err());
    }

    #[test]
    fn an_end_that_is_missing_is_told() {
        let text = response(10);
        let cut = read(&Budget::new(1 << 20), &text[..text.len() - 3]).unwrap_err();
        assert!(matches!(cut, Trouble::Response(error) if error.is_cut_off()));
    }

    #[test]
    fn only_a_success_is_read_in_pieces() {
        assert!(is_response(b" \n{\"status\":\"success\",\"data\""));
        for other in [&b""[..], b"{", b"{\"status\":\"error\"", b"<html>", b"{\"schema\":1"] {
            assert!(!is_response(other));
        }
    }
}
