//! Native histograms of a result: `[time, {"count": "7", "sum": "3.2", "buckets": [[rule, "lower",
//! "upper", "count"], …]}]`.

use super::fault::too_many_samples;
use crate::ingest::native::NativeHistogram;
use crate::json::{Cursor, Fault, Problem};

const PAIR: &str = "a [time, histogram] pair";
const BUCKET: &str = "a bucket as [rule, lower, upper, count]";

/// Times and native histograms of one series.
#[derive(Debug, Default)]
pub(crate) struct HistogramPoints {
    pub(crate) times: Vec<f64>,
    pub(crate) histograms: Vec<NativeHistogram>,
    /// Buckets of all the histograms.
    pub(super) buckets: usize,
    /// How many more may follow.
    room: usize,
    /// Of a load that accepts so many.
    limit: usize,
}

impl HistogramPoints {
    /// None yet, and at most so many buckets, as a load that accepts `limit` has room for.
    pub(crate) fn with_room(room: usize, limit: usize) -> Self {
        Self { room, limit, ..Self::default() }
    }

    /// Reads one pair; where that fails, there is as much room as before.
    pub(super) fn read_pair(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        let (buckets, room) = (self.buckets, self.room);
        self.read_whole_pair(cursor).inspect_err(|_| (self.buckets, self.room) = (buckets, room))
    }

    fn read_whole_pair(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        cursor.expect(b'[', PAIR)?;
        let time = cursor.time(PAIR)?;
        cursor.expect(b',', PAIR)?;
        let histogram = self.read_histogram(cursor)?;
        cursor.expect(b']', "the end of a [time, histogram] pair")?;
        self.times.push(time);
        self.histograms.push(histogram);
        Ok(())
    }

    /// Reads one histogram.
    pub(crate) fn read_histogram(
        &mut self,
        cursor: &mut Cursor<'_>,
    ) -> Result<NativeHistogram, Fault> {
        cursor.expect(b'{', "a histogram as an object")?;
        let (mut count, mut sum, mut buckets) = (None, None, None);
        let mut first = true;
        while let Some(key) = cursor.next_key(&mut first)? {
            match &*key {
                "count" => once(cursor, &mut count, Cursor::optional_number)?,
                "sum" => once(cursor, &mut sum, Cursor::optional_number)?,
                "buckets" => once(cursor, &mut buckets, |cursor| self.read_buckets(cursor))?,
                _ => cursor.skip()?,
            }
        }
        Ok(NativeHistogram {
            count: count.flatten(),
            sum: sum.flatten(),
            buckets: buckets.unwrap_or_default(),
        })
    }

    fn read_buckets(
        &mut self,
        cursor: &mut Cursor<'_>,
    ) -> Result<Vec<(f64, f64, f64, f64)>, Fault> {
        cursor.expect(b'[', "\"buckets\" to be a list")?;
        let mut buckets = Vec::new();
        let mut first = true;
        while cursor.next_item(&mut first, b']')? {
            buckets.push(read_bucket(cursor)?);
            self.buckets += 1;
            self.room = self
                .room
                .checked_sub(1)
                .ok_or(Fault { at: cursor.at, problem: too_many_samples(self.limit) })?;
        }
        Ok(buckets)
    }
}

/// Reads the value of a key that a histogram may have once: which of two would count?
fn once<'a, T>(
    cursor: &mut Cursor<'a>,
    place: &mut Option<T>,
    read: impl FnOnce(&mut Cursor<'a>) -> Result<T, Fault>,
) -> Result<(), Fault> {
    if place.is_some() {
        return Err(cursor.fault(Problem::Wrong("a histogram has a key twice")));
    }
    *place = Some(read(cursor)?);
    Ok(())
}

fn read_bucket(cursor: &mut Cursor<'_>) -> Result<(f64, f64, f64, f64), Fault> {
    let mut number = |before: u8| {
        cursor.expect(before, BUCKET)?;
        cursor.loose_number(BUCKET)
    };
    let bucket = (number(b'[')?, number(b',')?, number(b',')?, number(b',')?);
    cursor.expect(b']', "the end of a bucket")?;
    Ok(bucket)
}

impl Cursor<'_> {
    fn optional_number(&mut self) -> Result<Option<f64>, Fault> {
        if self.null()? { Ok(None) } else { self.loose_number("a number").map(Some) }
    }
}
