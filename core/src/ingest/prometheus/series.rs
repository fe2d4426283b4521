//! One series of a result: its labels and its points.

use super::columns::Columns;
use super::envelope::Place;
use super::histograms::HistogramPoints;
use crate::ingest::batch::Labels;
use crate::json::{Cursor, Fault, Problem};

const PAIR: &str = "a [time, \"value\"] pair";

/// Unix seconds that no sample has: it is the year 5138, and as milliseconds 1973.
const LATEST: f64 = 1e11;

const MILLISECONDS: &str = "the time of a pair is not in seconds; divide milliseconds by 1,000";

/// A series, as far as it has been read; its samples are in the columns.
#[derive(Debug, Default)]
pub(super) struct OpenSeries {
    labels: Option<Labels>,
    has_values: bool,
    pub(super) histograms: HistogramPoints,
}

impl OpenSeries {
    /// Starts a series.
    pub(super) fn begin(cursor: &mut Cursor<'_>, columns: &mut Columns) -> Result<Self, Fault> {
        cursor.expect(b'{', "a series with \"metric\" and \"values\"")?;
        columns.begin();
        Ok(Self {
            histograms: HistogramPoints::with_room(columns.room(), columns.limit),
            ..Self::default()
        })
    }

    /// Reads a field, or the start of one that is a list.
    pub(super) fn read_field(
        &mut self,
        key: &str,
        cursor: &mut Cursor<'_>,
        columns: &mut Columns,
    ) -> Result<Place, Fault> {
        match key {
            "metric" => self.labels = Some(read_labels(cursor)?),
            "values" => {
                cursor.expect(b'[', "\"values\" to be a list of [time, \"value\"] pairs")?;
                self.has_values = true;
                return Ok(Place::Values);
            }
            "value" => {
                read_sample(cursor, columns)?;
                self.has_values = true;
            }
            "histograms" => {
                cursor.expect(b'[', "\"histograms\" to be a list of [time, histogram] pairs")?;
                return Ok(Place::Histograms);
            }
            "histogram" => self.histograms.read_pair(cursor)?,
            _ => cursor.skip()?,
        }
        Ok(Place::Series)
    }

    /// Ends a series.
    pub(super) fn end(&mut self, cursor: &Cursor<'_>, columns: &mut Columns) -> Result<(), Fault> {
        if self.labels.is_none() {
            return Err(cursor.fault(Problem::Wrong("a series has no \"metric\" where it ends")));
        }
        let Self { labels, has_values, histograms } = std::mem::take(self);
        let labels = labels.unwrap_or_default();
        let native = if histograms.times.is_empty() { None } else { Some(labels.clone()) };
        if has_values {
            columns.push(labels).map_err(|problem| Fault { at: cursor.at, problem })?;
        }
        if let Some(labels) = native {
            columns
                .push_native(labels, histograms)
                .map_err(|problem| Fault { at: cursor.at, problem })?;
        }
        Ok(())
    }
}

pub(crate) fn read_labels(cursor: &mut Cursor<'_>) -> Result<Labels, Fault> {
    cursor.expect(b'{', "\"metric\" to be a map of labels")?;
    let mut labels = Vec::new();
    let mut first = true;
    while let Some(name) = cursor.next_key(&mut first)? {
        let value = cursor.text("the value of a label to be a string")?;
        labels.push((name.into_owned(), value.into_owned()));
    }
    Ok(Labels::from_entries(labels))
}

/// Reads one sample, or as many as follow the known times.
pub(super) fn read_samples(cursor: &mut Cursor<'_>, columns: &mut Columns) -> Result<Place, Fault> {
    let (followed, is_end) = columns.follow(cursor);
    if !followed {
        read_sample(cursor, columns)?;
    }
    columns.check_samples(0).map_err(|problem| Fault { at: cursor.at, problem })?;
    Ok(if followed && !is_end { Place::Sample } else { Place::Values })
}

/// Reads one pair of any layout.
#[inline(never)]
fn read_sample(cursor: &mut Cursor<'_>, columns: &mut Columns) -> Result<(), Fault> {
    cursor.expect(b'[', PAIR)?;
    let start = cursor.at;
    let time = cursor.time(PAIR)?;
    let end = cursor.at;
    cursor.expect(b',', PAIR)?;
    let value = cursor.loose_number(PAIR)?;
    cursor.expect(b']', "the end of a [time, \"value\"] pair")?;
    columns.add(time, value, cursor.bytes, start..end);
    Ok(())
}

impl Cursor<'_> {
    /// Reads Unix seconds, bare; returns milliseconds. The API prints at most three decimals;
    /// rounding undoes the binary error of the product.
    pub(super) fn time(&mut self, pair: &'static str) -> Result<f64, Fault> {
        match self.token()? {
            b'-' | b'0'..=b'9' => match self.number()? {
                seconds if seconds < LATEST => Ok((seconds * 1000.0).round()),
                _ => Err(self.fault(Problem::Wrong(MILLISECONDS))),
            },
            b']' => Err(self.expected(pair)),
            _ => Err(self.expected("the time of a pair to be a number of seconds")),
        }
    }
}
