//! Series on one time grid, with absence: what everything after ingest reads.

pub mod column;
pub mod grid;
pub mod marks;
mod twice;

use crate::catalogue::caveats::CaveatId;
use std::cmp::Ordering;
use std::sync::Arc;

use crate::caveat::Caveats;
use crate::error::Error;
use crate::ingest::batch::{
    LARGEST_VALUE, Labels, Notice, SampleBatch, SeriesDescription, SeriesKind,
};
use crate::ingest::prometheus::SERIES_LIMIT;
use crate::small::sorted::sort;
use crate::store::column::Column;
use crate::store::grid::TimeGrid;
use crate::text::decimal::shortest;

/// Most cells (grid times × series) of one store, absent ones included, for each sample that may
/// be loaded.
///
/// Series of one range query share their grid, so cells equal samples. The factor leaves room for
/// targets that come and go; beyond it the input is a heap of instants without a common grid, and
/// columns would waste more than they hold.
const CELLS_A_SAMPLE: usize = 4;

/// All series of an input as columns on the union of their times. A copy shares the columns.
#[derive(Debug, Clone, Default)]
pub struct Store {
    /// The common grid.
    pub grid: TimeGrid,
    /// One entry a series, sorted by identity, so that the order of the input changes nothing.
    pub series: Vec<Series>,
    /// Messages that came with the data.
    pub notices: Vec<Notice>,
    /// Repairs made while storing.
    pub caveats: Caveats,
}

/// What makes two series one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Identity {
    /// All labels.
    pub labels: Labels,
    /// Role given by the host.
    pub role: Option<String>,
    /// Query text given by the host.
    pub query: Option<String>,
    /// Kind given by the host.
    pub kind: Option<SeriesKind>,
    /// Window of the increments, milliseconds.
    pub window_ms: Option<i64>,
}

/// One series.
#[derive(Debug, Clone)]
pub struct Series {
    /// Its labels and what the host said about it.
    pub identity: Arc<Identity>,
    /// One value for each grid time; NaN = absent.
    pub values: Column,
    /// It came twice with values that no one process counted.
    pub is_contested: bool,
}

impl Store {
    /// Checks a batch and lays it out. `limit` is how many samples may be loaded. More series than a
    /// load accepts, an index outside the batch or a time that is not finite is an error; samples
    /// out of order are sorted; of two values at one time, in one series or in two with the same
    /// labels, the larger stays, with a caveat.
    ///
    /// The values stay where they are: a series that has every time of the grid, as those of one
    /// range query do, becomes a column without being copied, unless most others must be.
    pub fn from_batch(mut batch: SampleBatch, limit: usize) -> Result<Self, Error> {
        if batch.series.len() + batch.native.len() > SERIES_LIMIT {
            return Err(Error::too_large(format!(
                "the batch holds more than {SERIES_LIMIT} series; narrow the selector to one model, or use the query plan, \
                 which ships sums over replicas"
            )));
        }
        if !batch.native.is_empty() {
            batch = batch.into_classic(limit)?;
        }
        let mut checked = None;
        for (index, series) in batch.series.iter().enumerate() {
            check_places(&batch, index, series)?;
            // Series of one response share their times.
            if checked.replace((series.grid, series.length)) != Some((series.grid, series.length)) {
                check_times(&batch, index, series)?;
            }
        }
        let grid = TimeGrid::union(batch.series.iter().map(|series| times_of(&batch, series)));
        if grid.len().saturating_mul(batch.series.len()) > limit.saturating_mul(CELLS_A_SAMPLE) {
            return Err(Error::too_large(format!(
                "{} series on {} distinct times do not share a time grid; use a range query with one step",
                batch.series.len(),
                grid.len()
            )));
        }
        let mut store =
            Self { grid, notices: std::mem::take(&mut batch.notices), ..Self::default() };
        store.add_not_finite(batch.not_finite);
        store.lay_out(batch);
        store.join_duplicates();
        Ok(store)
    }

    fn add_not_finite(&mut self, count: u64) {
        self.caveats.add_count(CaveatId::NotFinite, count, || {
            "some samples were NaN, infinite or beyond any measurement; they are treated as absent".to_owned()
        });
    }

    fn lay_out(&mut self, mut batch: SampleBatch) {
        let descriptions = std::mem::take(&mut batch.series);
        let mut columns: Vec<Option<(Vec<f64>, bool)>> = Vec::with_capacity(descriptions.len());
        let (mut beyond, mut stay) = (0, 0);
        let mut on_grid = OnGrid::default();
        for series in &descriptions {
            if on_grid.has_all(&self.grid, &batch, series) {
                beyond +=
                    values_of(&batch, series).iter().filter(|value| is_beyond(**value)).count();
                stay += series.length;
                columns.push(None);
            } else {
                let mut own = self.spread(times_of(&batch, series), values_of(&batch, series));
                beyond += drop_beyond(&mut own.0);
                columns.push(Some(own));
            }
        }
        if beyond > 0 {
            drop_beyond(&mut batch.values);
        }
        self.add_not_finite(beyond as u64);
        batch.values.shrink_to_fit();
        let shared = Arc::new(batch.values);
        // A few columns must not keep the values of all.
        let is_shared = stay >= shared.len() / 2;
        self.series = Vec::with_capacity(descriptions.len());
        for (series, column) in descriptions.into_iter().zip(columns) {
            let (values, is_contested) = match column {
                Some((own, is_contested)) => (own.into(), is_contested),
                None if is_shared => {
                    (Column::part_of(&shared, series.offset, series.length), false)
                }
                None => {
                    let own = &shared[series.offset..series.offset + series.length];
                    (own.to_vec().into(), false)
                }
            };
            let SeriesDescription { labels, role, query, kind, window_ms, .. } = series;
            self.series.push(Series {
                identity: Arc::new(Identity { labels, role, query, kind, window_ms }),
                values,
                is_contested,
            });
        }
    }

    /// Values at some of the grid's times as a column, and whether no one process counted what came
    /// for the same times.
    fn spread(&mut self, times: &[f64], values: &[f64]) -> (Vec<f64>, bool) {
        let mut column = vec![f64::NAN; self.grid.len()];
        let mut least: Vec<f64> = Vec::new();
        let mut conflicts = 0;
        let mut hint = 0;
        for (&time, &value) in times.iter().zip(values) {
            hint = self.grid.index_of(time as i64, hint);
            let known = column[hint];
            if !known.is_nan() && !value.is_nan() {
                conflicts += u64::from(known.total_cmp(&value).is_ne());
                least.resize(self.grid.len(), f64::NAN);
                least[hint] = least[hint].min(known).min(value);
            }
            column[hint] = if known >= value || value.is_nan() { known } else { value };
        }
        let is_contested = conflicts > 0 && twice::differ_on_a_page(&column, &least);
        self.caveats.add_count(CaveatId::DuplicateSamples, conflicts, || {
            "a series has two values at one time; the larger one was kept".to_owned()
        });
        (column, is_contested)
    }

    /// Sorts by identity and joins equal ones. Any fixed choice makes the result independent of the
    /// input's order: where two samples of a counter disagree the larger stays, because one that is
    /// read late is the newer one; of a state one series stays whole.
    fn join_duplicates(&mut self) {
        sort(&mut self.series, |left, right| left.identity.cmp(&right.identity));
        let mut conflicts = 0;
        let mut joined: Vec<Series> = Vec::with_capacity(self.series.len());
        let mut rest = std::mem::take(&mut self.series).into_iter().peekable();
        while let Some(mut series) = rest.next() {
            let mut columns = Vec::new();
            while let Some(other) = rest.next_if(|other| other.identity == series.identity) {
                series.is_contested |= other.is_contested;
                columns.push(other.values);
            }
            if !columns.is_empty() {
                columns.push(series.values);
                let found = twice::join(columns);
                conflicts += found.conflicts;
                series.values = found.values;
                series.is_contested |= found.is_contested;
            }
            joined.push(series);
        }
        self.series = joined;
        self.caveats.add_count(CaveatId::DuplicateSeries, conflicts, || {
            "a series appears twice with different values; of counters the larger value of each time was kept, of states one \
             of the two"
                .to_owned()
        });
    }

    /// Leaves out the times before one grid index and after another.
    pub fn keep(&mut self, first: usize, last: usize) {
        self.grid = self.grid.part(first, last);
        for series in &mut self.series {
            series.values = series.values.part(first, self.grid.len());
        }
    }

    /// Adds newer data: its samples replace those of the same time, its new series are added, and
    /// times older than `oldest` (Unix milliseconds) are dropped.
    pub fn append(&mut self, newer: Self, oldest: i64) {
        let grid = TimeGrid::union_of(&self.grid, &newer.grid, oldest);
        let old_grid = std::mem::take(&mut self.grid);
        let mut old = std::mem::take(&mut self.series).into_iter().peekable();
        let mut new = newer.series.into_iter().peekable();
        // Both lists are sorted by identity, so equal ones meet.
        loop {
            let order = match (old.peek(), new.peek()) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(left), Some(right)) => left.identity.cmp(&right.identity),
            };
            let (from_old, from_new) = match order {
                Ordering::Less => (old.next(), None),
                Ordering::Greater => (None, new.next()),
                Ordering::Equal => (old.next(), new.next()),
            };
            let mut values = vec![f64::NAN; grid.len()];
            if let Some(series) = &from_old {
                grid.copy_from(&old_grid, &series.values, &mut values);
            }
            if let Some(series) = &from_new {
                grid.copy_from(&newer.grid, &series.values, &mut values);
            }
            let is_contested =
                [&from_old, &from_new].into_iter().flatten().any(|series| series.is_contested);
            if let Some(series) = from_old.or(from_new) {
                let identity = series.identity;
                self.series.push(Series { identity, values: values.into(), is_contested });
            }
        }
        self.grid = grid;
        self.notices = newer.notices;
        self.caveats.extend(&newer.caveats);
    }
}

fn times_of<'a>(batch: &'a SampleBatch, series: &SeriesDescription) -> &'a [f64] {
    &batch.times[series.grid..series.grid + series.length]
}

fn values_of<'a>(batch: &'a SampleBatch, series: &SeriesDescription) -> &'a [f64] {
    &batch.values[series.offset..series.offset + series.length]
}

fn is_beyond(value: f64) -> bool {
    value.abs() > LARGEST_VALUE
}

/// Makes values beyond any measurement absent and counts them.
fn drop_beyond(values: &mut [f64]) -> usize {
    let mut beyond = 0;
    for value in values.iter_mut().filter(|value| is_beyond(**value)) {
        *value = f64::NAN;
        beyond += 1;
    }
    beyond
}

/// Whether series have every time of the grid, compared once for those that share their times.
#[derive(Default)]
struct OnGrid {
    run: Option<(usize, usize)>,
    answer: bool,
}

impl OnGrid {
    fn has_all(
        &mut self,
        grid: &TimeGrid,
        batch: &SampleBatch,
        series: &SeriesDescription,
    ) -> bool {
        let run = Some((series.grid, series.length));
        if self.run != run {
            *self = Self { run, answer: grid.is_same_as(times_of(batch, series)) };
        }
        self.answer
    }
}

/// 2^53: beyond it neighbouring milliseconds are no longer distinct.
const LARGEST_TIME: f64 = 9_007_199_254_740_992.0;

fn check_places(
    batch: &SampleBatch,
    index: usize,
    series: &SeriesDescription,
) -> Result<(), Error> {
    let inside = |start: usize, available: usize| {
        start.checked_add(series.length).is_some_and(|end| end <= available)
    };
    if !inside(series.grid, batch.times.len()) || !inside(series.offset, batch.values.len()) {
        return Err(Error::bad_data(format!(
            "series {index} of the batch points outside its columns: grid {}, offset {}, length {} in {} times and {} values",
            series.grid,
            series.offset,
            series.length,
            batch.times.len(),
            batch.values.len()
        )));
    }
    Ok(())
}

fn check_times(batch: &SampleBatch, index: usize, series: &SeriesDescription) -> Result<(), Error> {
    if let Some(time) =
        times_of(batch, series).iter().find(|time| time.is_nan() || time.abs() > LARGEST_TIME)
    {
        return Err(Error::bad_data(format!(
            "series {index} of the batch has the time {}; times are Unix milliseconds",
            shortest(*time)
        )));
    }
    Ok(())
}
