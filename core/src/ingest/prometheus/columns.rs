//! The batch while it grows: the columns, and the times that the next series probably repeats.

use std::ops::Range;

use super::SERIES_LIMIT;
use super::fault::{TOO_MANY_SERIES, too_many_samples};
use super::follow::{self, Word};
use super::histograms::HistogramPoints;
use crate::ingest::batch::{LARGEST_VALUE, Labels, SampleBatch, SeriesDescription};
use crate::ingest::native::NativeSeries;
use crate::json::{Cursor, Problem};

/// Longest run of times that is kept as text: a megabyte. A day at 15 s has 5,760.
const MOST_SHARED_TIMES: usize = 65_536;

/// After so many times that are not among the shared ones, a series is read without them. Fewer
/// would give up on one that missed a scrape or two; more would search the list in vain for each
/// sample of one with times of its own.
const MAX_MISSES: u32 = 8;

/// The text of the times that most series share, where all are written alike.
#[derive(Debug, Default)]
struct SharedTimes {
    words: Vec<Word>,
    /// Bytes of one time up to the opening quote of the value.
    width: usize,
    /// Some are written otherwise, so that the words are not the times one for one.
    is_uneven: bool,
    /// Index of the first one in the batch's times.
    grid: usize,
}

impl SharedTimes {
    fn add(&mut self, word: Option<(Word, usize)>) {
        match word {
            Some((word, width)) if self.words.is_empty() || self.width == width => {
                self.width = width;
                if self.words.len() < MOST_SHARED_TIMES && !self.is_uneven {
                    self.words.push(word);
                }
            }
            _ => self.is_uneven = true,
        }
    }
}

/// The series that is being read.
#[derive(Debug, Default)]
struct Run {
    /// Where its own times and its values start.
    times: usize,
    values: usize,
    /// Those of the known times that it has repeated and that are not yet among its own.
    repeated: Range<usize>,
    /// How often a time was not among the known ones.
    misses: u32,
    follows: bool,
}

/// A batch, and what reading the next series needs to know of those before it.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) batch: SampleBatch,
    /// More samples than this cannot come.
    pub(super) most: usize,
    /// More samples and buckets than this are refused.
    pub(super) limit: usize,
    native_buckets: usize,
    known: SharedTimes,
    own: SharedTimes,
    run: Run,
}

impl Columns {
    /// Columns for at most so many samples, refused beyond a limit.
    pub(super) fn new(most: usize, limit: usize) -> Self {
        Self { most, limit, ..Self::default() }
    }

    /// Starts a series.
    pub(super) fn begin(&mut self) {
        self.run = Run {
            times: self.batch.times.len(),
            values: self.batch.values.len(),
            ..Run::default()
        };
        self.own.words.clear();
        self.own.is_uneven = false;
    }

    /// Reads samples at the known times, written compactly, as far as they go. Whether there were
    /// any, and whether they were the last ones of their list; else the cursor stands before a
    /// sample.
    pub(super) fn follow(&mut self, cursor: &mut Cursor<'_>) -> (bool, bool) {
        let next = self.run.repeated.end;
        let words = self.known.words.get(next..).unwrap_or_default();
        if words.is_empty() || self.run.misses > MAX_MISSES {
            return (false, false);
        }
        let followed = follow::follow(
            cursor.bytes,
            cursor.at,
            words,
            self.known.width,
            &mut self.batch.values,
        );
        let is_any = followed.samples > 0;
        cursor.at = followed.at;
        self.run.repeated.end += followed.samples;
        self.run.follows |= is_any;
        (is_any, followed.is_end)
    }

    /// Adds a sample; `text` is where its time is written.
    pub(super) fn add(&mut self, time: f64, value: f64, bytes: &[u8], text: Range<usize>) {
        self.settle();
        let next = self.run.repeated.end;
        self.seek(time, next);
        if value.is_nan() || value.abs() > LARGEST_VALUE {
            self.batch.not_finite += 1;
            return;
        }
        self.batch.times.push(time);
        self.batch.values.push(value);
        self.own.add(follow::word(bytes, text));
    }

    /// Makes the repeated times the series' own.
    fn settle(&mut self) {
        let Range { start, end } = self.run.repeated;
        self.run.repeated.start = end;
        let grid = self.known.grid;
        self.batch.times.extend_from_within(grid + start..grid + end);
        for &word in &self.known.words[start..end] {
            self.own.add(Some((word, self.known.width)));
        }
    }

    /// Finds the place after a time among the known ones.
    fn seek(&mut self, time: f64, guess: usize) {
        let known = &self.batch.times[self.known.grid..self.known.grid + self.known.words.len()];
        let next = if known.get(guess).is_some_and(|known| known.to_bits() == time.to_bits()) {
            guess + 1
        } else {
            self.run.misses += 1;
            if self.run.misses > MAX_MISSES {
                guess
            } else {
                known.partition_point(|&known| known <= time)
            }
        };
        self.run.repeated = next..next;
    }

    /// Ends a series of samples: shares the times of the previous one where both are equal.
    pub(super) fn push(&mut self, labels: Labels) -> Result<(), Problem> {
        self.check_series()?;
        self.check_samples(0)?;
        let length = self.batch.values.len() - self.run.values;
        if self.batch.series.is_empty() {
            // Room for all series like the first: a column that doubles while it grows takes three
            // times its length.
            self.batch
                .values
                .reserve(self.most.min(self.limit).min(SERIES_LIMIT.saturating_mul(length)));
        }
        let previous = self
            .batch
            .series
            .last()
            .filter(|series| series.length == length)
            .map(|series| series.grid);
        let repeats_all =
            self.batch.times.len() == self.run.times && self.run.repeated == (0..length);
        let shared = if repeats_all && length > 0 && previous == Some(self.known.grid) {
            previous
        } else {
            self.settle();
            let own = &self.batch.times[self.run.times..];
            previous.filter(|&grid| self.batch.times[grid..grid + length] == *own)
        };
        let grid = shared.unwrap_or(self.run.times);
        if shared.is_some() {
            self.batch.times.truncate(self.run.times);
        }
        self.remember(grid);
        let offset = self.run.values;
        self.batch.series.push(SeriesDescription {
            labels,
            grid,
            offset,
            length,
            ..SeriesDescription::default()
        });
        Ok(())
    }

    /// Keeps the text of the times for the next series, where it promises more than what is known.
    fn remember(&mut self, grid: usize) {
        let own = &self.own;
        let promises_more = own.words.len() > self.known.words.len() || !self.run.follows;
        if promises_more && !own.words.is_empty() && !own.is_uneven {
            std::mem::swap(&mut self.known, &mut self.own);
            self.known.grid = grid;
        }
    }

    /// Ends a series of native histograms.
    pub(super) fn push_native(
        &mut self,
        labels: Labels,
        points: HistogramPoints,
    ) -> Result<(), Problem> {
        self.check_series()?;
        self.check_samples(points.buckets)?;
        self.native_buckets += points.buckets;
        let HistogramPoints { times, histograms, .. } = points;
        self.batch.native.push(NativeSeries {
            labels,
            times,
            histograms,
            ..NativeSeries::default()
        });
        Ok(())
    }

    /// Refuses one more series where it would be too much.
    fn check_series(&self) -> Result<(), Problem> {
        let series = self.batch.series.len() + self.batch.native.len();
        if series == SERIES_LIMIT { Err(TOO_MANY_SERIES) } else { Ok(()) }
    }

    /// How many samples or buckets more a load accepts.
    pub(super) fn room(&self) -> usize {
        self.limit.saturating_sub(self.batch.values.len() + self.native_buckets)
    }

    /// Refuses what has been read, with so many buckets more, where it is too much.
    pub(super) fn check_samples(&self, buckets: usize) -> Result<(), Problem> {
        let samples = self.batch.values.len() + self.native_buckets + buckets;
        if samples > self.limit { Err(too_many_samples(self.limit)) } else { Ok(()) }
    }
}
