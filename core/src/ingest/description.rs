//! The JSON form of a batch without its columns, as a host describes it. What is unknown is passed
//! over.

use super::batch::{Notice, NoticeLevel, SampleBatch, SeriesDescription, SeriesKind};
use super::native::NativeSeries;
use super::prometheus::{HistogramPoints, read_labels};
use crate::error::Error;
use crate::json::{Fault, Reader, Shape};

static BATCH: Shape =
    Shape { name: "the batch", fields: &["series", "native", "notices", "not_finite"] };
static SERIES: Shape = Shape {
    name: "a series",
    fields: &["labels", "role", "query", "kind", "window_ms", "grid", "offset", "length"],
};
static NATIVE: Shape = Shape {
    name: "a native series",
    fields: &["labels", "role", "query", "kind", "window_ms", "times", "histograms"],
};
static NOTICE: Shape = Shape { name: "a notice", fields: &["level", "text", "query"] };

const LEVELS: [NoticeLevel; 3] = [NoticeLevel::Info, NoticeLevel::Warning, NoticeLevel::Error];
const LEVEL_NAMES: &[&str] = &["info", "warning", "error"];

impl SampleBatch {
    /// Reads everything of a batch but its columns, `times` and `values`.
    pub fn described_by(json: &[u8]) -> Result<Self, Error> {
        Reader::read(json, batch).map_err(|why| {
            Error::bad_data(format!("the description of the batch is not valid: {why}"))
        })
    }
}

fn batch(reader: &mut Reader<'_>) -> Result<SampleBatch, Fault> {
    let mut batch = SampleBatch::default();
    reader.object(&BATCH, &mut |reader, field| {
        match field {
            "series" => batch.series = reader.list(series)?,
            "native" => batch.native = reader.list(native)?,
            "notices" => batch.notices = reader.list(notice)?,
            _ => batch.not_finite = reader.whole()?,
        }
        Ok(())
    })?;
    Ok(batch)
}

fn series(reader: &mut Reader<'_>) -> Result<SeriesDescription, Fault> {
    let mut series = SeriesDescription::default();
    reader.object(&SERIES, &mut |reader, field| {
        match field {
            "labels" => series.labels = read_labels(&mut reader.cursor)?,
            "role" => series.role = reader.optional(Reader::text)?,
            "query" => series.query = reader.optional(Reader::text)?,
            "kind" => series.kind = reader.optional(kind)?,
            "window_ms" => series.window_ms = reader.optional(Reader::whole)?,
            "grid" => series.grid = reader.whole()?,
            "offset" => series.offset = reader.whole()?,
            _ => series.length = reader.whole()?,
        }
        Ok(())
    })?;
    Ok(series)
}

fn native(reader: &mut Reader<'_>) -> Result<NativeSeries, Fault> {
    let mut series = NativeSeries::default();
    reader.object(&NATIVE, &mut |reader, field| {
        match field {
            "labels" => series.labels = read_labels(&mut reader.cursor)?,
            "role" => series.role = reader.optional(Reader::text)?,
            "query" => series.query = reader.optional(Reader::text)?,
            "kind" => series.kind = reader.optional(kind)?,
            "window_ms" => series.window_ms = reader.optional(Reader::whole)?,
            "times" => series.times = reader.list(Reader::number)?,
            _ => {
                // How many there may be is decided where they become classic ones.
                let mut points = HistogramPoints::with_room(usize::MAX, usize::MAX);
                series.histograms =
                    reader.list(|reader| points.read_histogram(&mut reader.cursor))?;
            }
        }
        Ok(())
    })?;
    Ok(series)
}

fn kind(reader: &mut Reader<'_>) -> Result<SeriesKind, Fault> {
    Ok(SeriesKind::ALL[reader.choice(SeriesKind::IDS)?])
}

fn notice(reader: &mut Reader<'_>) -> Result<Notice, Fault> {
    let (mut level, mut text, mut query) = (None, None, None);
    reader.object(&NOTICE, &mut |reader, field| {
        match field {
            "level" => level = Some(LEVELS[reader.choice(LEVEL_NAMES)?]),
            "text" => text = Some(reader.text()?),
            _ => query = reader.optional(Reader::text)?,
        }
        Ok(())
    })?;
    match (level, text) {
        (Some(level), Some(text)) => Ok(Notice { level, text, query }),
        _ => Err(reader.wrong("a notice lacks its level or its text")),
    }
}

#[cfg(test)]
mod tests;
