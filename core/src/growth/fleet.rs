//! One histogram of a whole fleet in a window that slides over every step.

use std::sync::Arc;

use inference_triage_loops::{BASE, add_column, add_two_columns, difference, rises};

use crate::caveat::Caveats;
use crate::growth::counter::GrowthRepairs;
use crate::growth::histogram::{Component, HistogramColumns, Part, order};
use crate::growth::replicas::ReplicaWindows;
use crate::histogram::{Histogram, PrometheusBuckets, Rows};

/// Below it, 2³⁸, two whole counts never differ by so little that PromQL takes the difference for
/// rounding noise.
const LARGEST_TOLD_APART: f64 = 274_877_906_944.0;

/// A replica that lacks more than one step in so many stays out of the table, which has no answer
/// where one lacks a step.
const MOST_LACKING: usize = 8;

/// The counters of one histogram of one replica.
#[derive(Debug, Clone)]
pub struct ReplicaCounters {
    /// Its series on one grid; sums are not used.
    pub components: Vec<Component>,
    /// At which grid times the target had any sample.
    pub target_present: Arc<[bool]>,
}

/// The cumulative counts of one histogram, all replicas together, in any number of windows.
///
/// The counters of replicas of one layout are added up once, so that a window costs one subtraction
/// a bucket, however many replicas and steps it covers. It answers what [`ReplicaWindows`] answers
/// about counts, bit for bit: where a replica lacks a snapshot, a scrape was torn or counts are no
/// whole numbers, that is where the answer comes from. Preparing the table reads every counter,
/// which pays from about ten windows on. Bounds that use the sum need [`ReplicaWindows`].
///
/// ```
/// use std::sync::Arc;
///
/// use inference_triage_core::caveat::Caveats;
/// use inference_triage_core::growth::fleet::{FleetWindows, ReplicaCounters};
/// use inference_triage_core::growth::histogram::{Component, Part};
///
/// let replica = |fast: [f64; 4], all: [f64; 4]| ReplicaCounters {
///     components: vec![
///         Component { part: Part::Bucket(0.5), values: fast.to_vec().into() },
///         Component { part: Part::Bucket(f64::INFINITY), values: all.to_vec().into() },
///     ],
///     target_present: Arc::new([true; 4]),
/// };
/// // The second one restarts before the third step.
/// let fleet = vec![replica([10.0, 14.0, 15.0, 19.0], [10.0, 14.0, 17.0, 21.0]), replica([7.0, 8.0, 2.0, 4.0], [9.0, 11.0, 2.0, 4.0])];
/// let mut windows = FleetWindows::new(fleet);
/// let mut caveats = Caveats::new();
/// let window = windows.window(1, 3, &mut caveats).unwrap();
/// assert_eq!(window.counts(), [5.0 + 4.0, 7.0 + 4.0]);
/// assert_eq!(window.point(0.5), 0.5 * (0.5 * 11.0 / 9.0));
/// ```
#[derive(Debug)]
pub struct FleetWindows {
    replicas: Vec<ReplicaCounters>,
    /// None where layouts differ or no replica could be added up.
    table: Option<Table>,
    /// Every replica by itself, made where the table has no answer.
    columns: Vec<HistogramColumns>,
    /// The answer of [`ReplicaWindows`].
    merged: Option<Histogram>,
}

/// Buckets of one window as PromQL's `histogram_quantile` uses them.
#[derive(Debug, Clone, Copy)]
pub struct FleetWindow<'a>(PrometheusBuckets<'a>);

impl FleetWindow<'_> {
    /// Upper bounds, ascending.
    pub fn upper_bounds(&self) -> &[f64] {
        self.0.bounds
    }

    /// Observations at or below each bound.
    pub fn counts(&self) -> &[f64] {
        self.0.counts
    }

    /// As [`Histogram::point`].
    pub fn point(&self, q: f64) -> f64 {
        self.0.quantile(q)
    }
}

impl FleetWindows {
    /// Of these replicas, whose order changes nothing.
    pub fn new(mut replicas: Vec<ReplicaCounters>) -> Self {
        let mut parts: Vec<Part> = Vec::new();
        let mut is_alike = true;
        for replica in &mut replicas {
            if !has_parts(replica, &parts) {
                replica.components.retain(|component| component.part != Part::Sum);
                order(&mut replica.components);
                let own: Vec<Part> =
                    replica.components.iter().map(|component| component.part).collect();
                is_alike &= parts.is_empty() || bounds_of(&own).eq(bounds_of(&parts));
                parts = own;
            }
        }
        let table = if is_alike { Table::of(&replicas, &parts) } else { None };
        Self { replicas, table, columns: Vec::new(), merged: None }
    }

    /// All of them between the first and the last snapshot of each in [first, last]; None where no
    /// replica has two.
    pub fn window(
        &mut self,
        first: usize,
        last: usize,
        caveats: &mut Caveats,
    ) -> Option<FleetWindow<'_>> {
        if first < last
            && let Some(table) = &mut self.table
            && table.read(first, last)
        {
            return Some(FleetWindow(PrometheusBuckets {
                bounds: &table.bounds,
                counts: &table.counts,
                ascend: true,
            }));
        }
        if self.columns.is_empty() {
            self.columns.extend(self.replicas.iter().map(columns_of));
        }
        self.merged =
            ReplicaWindows::of(self.columns.iter().collect()).window(first, last, caveats);
        self.merged.as_ref().map(|merged| FleetWindow(merged.prometheus_buckets()))
    }
}

fn columns_of(replica: &ReplicaCounters) -> HistogramColumns {
    let components = replica.components.clone();
    HistogramColumns::from_counters(
        components,
        &replica.target_present,
        &mut GrowthRepairs::default(),
    )
}

/// The growth of all replicas together, from a zero point of its own.
#[derive(Debug)]
struct Table {
    bounds: Vec<f64>,
    steps: usize,
    /// One column of all steps for each bound, at the end NaN where a replica lacks the step; see
    /// [`BASE`].
    totals: Vec<f64>,
    /// Steps that a replica in the table lacks.
    lacking: Vec<bool>,
    /// How many replicas are in it.
    added: usize,
    /// Those that are not.
    apart: Vec<HistogramColumns>,
    /// The windows of those.
    rows: Rows,
    /// What was read last.
    counts: Vec<f64>,
}

impl Table {
    fn of(replicas: &[ReplicaCounters], parts: &[Part]) -> Option<Self> {
        let bounds: Vec<f64> = bounds_of(parts).map(f64::from_bits).collect();
        let rows = Rows::under(bounds.clone())?;
        let steps = replicas.first()?.components.first()?.values.len();
        let mut components = replicas.iter().flat_map(|replica| &replica.components);
        if !components.all(|component| component.values.len() == steps) {
            return None;
        }
        let counts = vec![0.0; bounds.len()];
        let (totals, lacking, apart) = (Vec::new(), Vec::new(), Vec::new());
        let mut table = Self { bounds, steps, totals, lacking, added: 0, apart, rows, counts };
        if !table.add_trusting(replicas) {
            table.add_checking(replicas);
        }
        for step in (0..steps).filter(|&step| table.lacking[step]) {
            for bucket in 0..table.bounds.len() {
                table.totals[bucket * steps + step] = f64::NAN;
            }
        }
        (table.added > 0).then_some(table)
    }

    fn clear(&mut self) {
        self.totals = vec![BASE; self.bounds.len() * self.steps];
        self.lacking = vec![false; self.steps];
        self.added = 0;
        self.apart.clear();
    }

    /// Adds all of them, two at a time, as if nothing but the open bucket could tell of a restart
    /// or a gap. False where that was wrong, which spoils the totals.
    fn add_trusting(&mut self, replicas: &[ReplicaCounters]) -> bool {
        self.clear();
        let zeros = vec![0.0; self.steps];
        let mut waiting = None;
        for replica in replicas {
            let columns = columns_in(replica);
            let is_clean = match restarts(&columns[self.bounds.len() - 1..]) {
                None => {
                    self.add_by_step(replica);
                    continue;
                }
                Some(restarts) if restarts.is_empty() => match waiting.take() {
                    None => {
                        waiting = Some(columns);
                        true
                    }
                    Some(other) => {
                        let mut pairs = self.totals.chunks_exact_mut(self.steps).enumerate();
                        pairs.all(|(bucket, totals)| {
                            let below =
                                [below(&columns, bucket, &zeros), below(&other, bucket, &zeros)];
                            add_two_columns([columns[bucket], other[bucket]], below, totals)
                        })
                    }
                },
                Some(restarts) => self.add_between(&columns, &restarts, &zeros),
            };
            if !is_clean {
                return false;
            }
            self.added += 1;
        }
        waiting.is_none_or(|columns| self.add_between(&columns, &[], &zeros))
    }

    /// Adds each of them after it was added to totals of its own.
    fn add_checking(&mut self, replicas: &[ReplicaCounters]) {
        self.clear();
        let zeros = vec![0.0; self.steps];
        for replica in replicas {
            let columns = columns_in(replica);
            let restarts = restarts(&columns);
            let is_clean = restarts.as_ref().is_some_and(|restarts| {
                let totals = std::mem::take(&mut self.totals);
                self.totals = vec![BASE; totals.len()];
                let is_clean = self.add_between(&columns, restarts, &zeros);
                self.totals = totals;
                is_clean
            });
            match restarts.filter(|_| is_clean) {
                Some(restarts) => {
                    self.add_between(&columns, &restarts, &zeros);
                    self.added += 1;
                }
                None => self.add_by_step(replica),
            }
        }
    }

    /// Adds what lies between the restarts, each stretch on top of what was counted before it.
    /// False where something speaks against the counters, which spoils the totals.
    fn add_between(&mut self, columns: &[&[f64]], restarts: &[usize], zeros: &[f64]) -> bool {
        for (bucket, totals) in self.totals.chunks_exact_mut(self.steps).enumerate() {
            let (values, below) = (columns[bucket], below(columns, bucket, zeros));
            let (mut start, mut counted) = (0, 0.0);
            for &end in restarts.iter().chain([&self.steps]) {
                let stretch = start..end;
                // What a new process has counted is growth too, which a stretch alone does not
                // show.
                let is_ordered = start == 0 || values[start] >= below[start];
                let totals = &mut totals[stretch.clone()];
                if !is_ordered || !add_column(&values[stretch.clone()], &below[stretch], totals) {
                    return false;
                }
                if start > 0 {
                    for total in totals.iter_mut() {
                        *total += counted;
                    }
                }
                counted += values[end - 1];
                start = end;
            }
        }
        true
    }

    /// Adds a replica as it is understood by itself, step by step; steps that do not fit are absent
    /// for all.
    fn add_by_step(&mut self, replica: &ReplicaCounters) {
        let columns = columns_of(replica);
        let is_whole = |count: f64| count >= 0.0 && count.trunc() >= count;
        let mut lacking = vec![true; self.steps];
        let mut before = None;
        for (step, lacks) in lacking.iter_mut().enumerate() {
            self.rows.clear();
            let is_there =
                (0..self.bounds.len()).all(|bucket| is_whole(columns.bucket_at(bucket, step)));
            if is_there && columns.add_row((before.unwrap_or(step), step), &mut self.rows) {
                *lacks = false;
                before = Some(step);
            }
        }
        if lacking.iter().filter(|lacks| **lacks).count() > self.steps / MOST_LACKING {
            self.apart.push(columns);
            return;
        }
        self.added += 1;
        for step in (0..self.steps).filter(|&step| !lacking[step]) {
            for bucket in 0..self.bounds.len() {
                self.totals[bucket * self.steps + step] += columns.bucket_at(bucket, step);
            }
        }
        for (all, own) in self.lacking.iter_mut().zip(lacking) {
            *all |= own;
        }
    }

    /// Reads the counts of a window; false where they are not certain to be what the replicas merge
    /// to.
    fn read(&mut self, first: usize, last: usize) -> bool {
        if !difference(&self.totals, self.steps, (first, last), &mut self.counts) {
            return false;
        }
        if !self.apart.is_empty() {
            self.rows.clear();
            for columns in &self.apart {
                if let Some(ends) = columns.snapshots(first, last)
                    && !columns.add_row(ends, &mut self.rows)
                {
                    return false;
                }
            }
            self.rows.add_to(&mut self.counts);
        }
        self.counts.last().is_some_and(|total| *total < LARGEST_TOLD_APART)
    }
}

/// Whether the components are these parts in this order, sums not among them.
fn has_parts(replica: &ReplicaCounters, parts: &[Part]) -> bool {
    let is_same = |component: &Component, part: &Part| match (component.part, *part) {
        (Part::Bucket(own), Part::Bucket(bound)) => own.to_bits() == bound.to_bits(),
        (own, part) => own == part,
    };
    let mut pairs = replica.components.iter().zip(parts);
    !parts.is_empty()
        && replica.components.len() == parts.len()
        && pairs.all(|(component, part)| is_same(component, part))
}

/// Bucket columns, then those of counts.
fn columns_in(replica: &ReplicaCounters) -> Vec<&[f64]> {
    let mut columns = Vec::with_capacity(replica.components.len());
    for component in &replica.components {
        columns.push(&*component.values);
    }
    columns
}

/// The bits of the bounds.
fn bounds_of(parts: &[Part]) -> impl Iterator<Item = u64> {
    parts.iter().filter_map(|part| match part {
        Part::Bucket(bound) => Some(bound.to_bits()),
        Part::Sum | Part::Count => None,
    })
}

fn below<'a>(columns: &[&'a [f64]], bucket: usize, zeros: &'a [f64]) -> &'a [f64] {
    if bucket == 0 { zeros } else { columns[bucket - 1] }
}

/// Steps, ascending, at which one of the columns falls; None where a value is absent.
fn restarts(columns: &[&[f64]]) -> Option<Vec<usize>> {
    let mut restarts = Vec::new();
    for column in columns.iter().filter(|column| !rises(column)) {
        if column.iter().any(|value| value.is_nan()) {
            return None;
        }
        let falls = column.windows(2).enumerate().filter(|(_, pair)| pair[1] < pair[0]);
        restarts.extend(falls.map(|(before, _)| before + 1));
    }
    restarts.sort_unstable();
    restarts.dedup();
    Some(restarts)
}

#[cfg(test)]
mod tests;
