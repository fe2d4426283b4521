//! One series of a result: its labels and its points.

use super::columns::Columns;
use super::histograms::HistogramPoints;
use crate::ingest::batch::Labels;
use crate::json::{Cursor, Fault, Problem};

const PAIR: &str = "a [time, \"value\"] pair";

pub(super) fn read_series(cursor: &mut Cursor<'_>, columns: &mut Columns) -> Result<(), Fault> {
    columns.begin();
    cursor.expect(b'{', "a series with \"metric\" and \"values\"")?;
    let mut labels = None;
    let mut has_values = false;
    let mut histograms = HistogramPoints::with_room(columns.room());
    let mut first = true;
    while let Some(key) = cursor.next_key(&mut first)? {
        match &*key {
            "metric" => labels = Some(read_labels(cursor)?),
            "values" => {
                has_values = true;
                read_values(cursor, columns)?;
            }
            "value" => {
                has_values = true;
                read_sample(cursor, columns)?;
            }
            "histograms" => histograms.read_list(cursor)?,
            "histogram" => histograms.read_pair(cursor)?,
            _ => cursor.skip()?,
        }
    }
    let Some(labels) = labels else {
        return Err(cursor.fault(Problem::Wrong("a series has no \"metric\" where it ends")));
    };
    let native = if histograms.times.is_empty() { None } else { Some(labels.clone()) };
    if has_values {
        columns.push(labels).map_err(|problem| Fault { at: cursor.at, problem })?;
    }
    if let Some(labels) = native {
        columns.push_native(labels, histograms).map_err(|problem| Fault { at: cursor.at, problem })?;
    }
    Ok(())
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

fn read_values(cursor: &mut Cursor<'_>, columns: &mut Columns) -> Result<(), Fault> {
    cursor.expect(b'[', "\"values\" to be a list of [time, \"value\"] pairs")?;
    let mut first = true;
    while cursor.next_item(&mut first, b']')? {
        // The last one may have been read with those that follow the known times.
        if !columns.follow(cursor) {
            read_sample(cursor, columns)?;
        }
        columns.check_samples(0).map_err(|problem| Fault { at: cursor.at, problem })?;
    }
    Ok(())
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
    /// Reads Unix seconds, bare; returns milliseconds. The API prints at most three decimals; rounding undoes the binary
    /// error of the product.
    pub(super) fn time(&mut self, pair: &'static str) -> Result<f64, Fault> {
        match self.token()? {
            b'-' | b'0'..=b'9' => Ok((self.number()? * 1000.0).round()),
            b']' => Err(self.expected(pair)),
            _ => Err(self.expected("the time of a pair to be a number of seconds")),
        }
    }
}
