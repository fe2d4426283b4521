//! Responses that come in pieces: a window holds the text that is not read yet.

use super::SAMPLE_LIMIT;
use super::columns::Columns;
use super::envelope::Envelope;
use crate::error::Error;
use crate::ingest::batch::{Notice, NoticeLevel, SampleBatch};

/// Bytes of the shortest sample, `[1780000000,"1"],`.
const SHORTEST_SAMPLE: usize = 17;

/// Bytes of text that are read at a time: thousands of samples, and little enough to stay in a
/// processor's cache. It doubles for a field that is longer.
const WINDOW: usize = 1 << 17;

/// Reads responses of one time range into one batch, each in pieces of any size, one response after
/// the other. Where the pieces end changes nothing, neither what is read nor what is refused with
/// which words.
///
/// After an error there is nothing more to read.
#[derive(Debug)]
pub struct ResponseReader {
    columns: Columns,
    /// The response that is being read.
    envelope: Envelope,
    window: Vec<u8>,
    /// Bytes that the window has where nothing is longer; never none.
    usual: usize,
    /// Bytes of the window that hold text.
    held: usize,
    /// Bytes of the response before them.
    before: usize,
    /// Responses that were read.
    count: usize,
    /// What those said that are errors.
    failures: Vec<String>,
}

impl ResponseReader {
    /// A reader of responses that have so many bytes together.
    pub fn new(bytes: usize) -> Self {
        Self::with_window(bytes, WINDOW)
    }

    /// The same with a window of so many bytes, at least one, to begin with.
    pub fn with_window(bytes: usize, window: usize) -> Self {
        Self {
            columns: Columns::new(bytes / SHORTEST_SAMPLE, SAMPLE_LIMIT),
            envelope: Envelope::default(),
            window: Vec::new(),
            usual: window.max(1),
            held: 0,
            before: 0,
            count: 0,
            failures: Vec::new(),
        }
    }

    /// The same with another limit than [`SAMPLE_LIMIT`], for a reader whose caller knows how much
    /// memory there is.
    #[must_use]
    pub fn with_sample_limit(mut self, limit: usize) -> Self {
        self.columns.limit = limit;
        self
    }

    /// What was read so far; a series that is being read has its samples, but no description.
    pub fn batch(&self) -> &SampleBatch {
        &self.columns.batch
    }

    /// Bytes of the window, which holds what is not read yet. It is as long as the longest label
    /// or message that a response made it keep.
    pub fn window_bytes(&self) -> usize {
        self.window.len()
    }

    /// Takes the next `length` bytes of a response. `copy` is asked for them part by part: it fills
    /// the place it gets with the bytes from the offset on.
    pub fn take(
        &mut self,
        length: usize,
        copy: &mut dyn FnMut(usize, &mut [u8]),
    ) -> Result<(), Error> {
        let mut taken = 0;
        while taken < length {
            if self.held == self.window.len() {
                self.window.resize(self.usual.max(2 * self.held), 0);
            }
            let end = self.window.len().min(self.held + length - taken);
            copy(taken, &mut self.window[self.held..end]);
            taken += end - self.held;
            self.held = end;
            // A window that is not full may wait: what is cut off is read again from its start.
            if self.held == self.window.len() {
                self.read_on(false)?;
            }
        }
        Ok(())
    }

    /// Ends a response.
    pub fn end(&mut self) -> Result<(), Error> {
        self.read_on(true)?;
        self.close(self.before + self.held)
    }

    /// Reads a response that is there as a whole.
    pub(super) fn read_whole(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.envelope.read(bytes, 0, true, &mut self.columns)?;
        self.close(bytes.len())
    }

    fn read_on(&mut self, is_last: bool) -> Result<(), Error> {
        let read = self.envelope.read(
            &self.window[..self.held],
            self.before,
            is_last,
            &mut self.columns,
        )?;
        self.window.copy_within(read..self.held, 0);
        self.held -= read;
        self.before += read;
        Ok(())
    }

    /// Ends a response of so many bytes.
    fn close(&mut self, bytes: usize) -> Result<(), Error> {
        (self.held, self.before) = (0, 0);
        self.count += 1;
        let failure = std::mem::take(&mut self.envelope).finish(bytes, &mut self.columns.batch)?;
        self.failures.extend(failure);
        Ok(())
    }

    /// What the responses hold together.
    pub fn finish(mut self) -> Result<SampleBatch, Error> {
        if !self.failures.is_empty() && self.failures.len() == self.count {
            return Err(Error::bad_data(self.failures.swap_remove(0)));
        }
        let mut batch = self.columns.batch;
        for text in self.failures {
            batch.notices.push(Notice { level: NoticeLevel::Error, text, query: None });
        }
        Ok(batch)
    }
}
