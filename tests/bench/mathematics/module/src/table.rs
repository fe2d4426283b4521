//! One histogram of a whole fleet in a window that slides over every step.

use std::sync::Arc;

use inference_triage_core::caveat::Caveats;
use inference_triage_core::growth::counter::GrowthRepairs;
use inference_triage_core::growth::histogram::{Component, HistogramColumns, Part};
use inference_triage_core::growth::replicas::ReplicaWindows;
use inference_triage_core::histogram::{Histogram, PrometheusBuckets};

use crate::columns::{BASE, add_column, add_two_columns, difference, rises};

/// Totals of a window must stay below 2³⁸. There two whole counts that differ do so by more than
/// the 10⁻¹² of them that PromQL takes for rounding noise and repairs; beyond it the table, which
/// repairs nothing, could answer another quantile than the merger.
const LARGEST_EXACT_TOTAL: f64 = 274_877_906_944.0;

/// The counters of one histogram of one replica.
#[derive(Debug, Clone)]
pub(crate) struct ReplicaCounters {
    /// Its series on one grid; sums are not used.
    pub(crate) components: Vec<Component>,
    /// At which grid times the target had any sample.
    pub(crate) target_present: Arc<[bool]>,
}

/// The cumulative counts of one histogram, all replicas together, in any number of windows.
///
/// The counters of replicas of one layout are added up once, so that a window costs one subtraction
/// a bucket, however many replicas and steps it covers. It answers what [`ReplicaWindows`] answers
/// about counts, bit for bit. Where a replica lacks a snapshot, a scrape was torn or counts are not
/// whole numbers, there is no table, and [`ReplicaWindows`] answers instead. Preparing the table
/// reads every counter, which pays from about ten windows on. Sums are not used, so it proves no
/// bounds that need them.
#[derive(Debug)]
pub(crate) struct FleetWindows {
    replicas: Vec<ReplicaCounters>,
    /// None where layouts differ or a replica could not be added up.
    table: Option<Table>,
    /// Every replica by itself, made where the table has no answer.
    columns: Vec<HistogramColumns>,
    /// The answer of [`ReplicaWindows`].
    merged: Option<Histogram>,
}

/// Buckets of one window as PromQL's `histogram_quantile` uses them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FleetWindow<'a>(PrometheusBuckets<'a>);

impl FleetWindow<'_> {
    /// Upper bounds, ascending.
    pub(crate) fn upper_bounds(&self) -> &[f64] {
        self.0.bounds
    }

    /// Observations at or below each bound.
    pub(crate) fn counts(&self) -> &[f64] {
        self.0.counts
    }

    /// As [`Histogram::point`].
    pub(crate) fn point(&self, q: f64) -> f64 {
        self.0.quantile(q)
    }
}

impl FleetWindows {
    /// Of these replicas, whose order changes nothing.
    pub(crate) fn new(mut replicas: Vec<ReplicaCounters>) -> Self {
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
    pub(crate) fn window(
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
    /// One column of all steps for each bound; see [`BASE`].
    totals: Vec<f64>,
    /// What was read last.
    counts: Vec<f64>,
}

impl Table {
    fn of(replicas: &[ReplicaCounters], parts: &[Part]) -> Option<Self> {
        let bounds: Vec<f64> = bounds_of(parts).map(f64::from_bits).collect();
        if !is_usable(&bounds) {
            return None;
        }
        let steps = replicas.first()?.components.first()?.values.len();
        let mut components = replicas.iter().flat_map(|replica| &replica.components);
        if !components.all(|component| component.values.len() == steps) {
            return None;
        }
        let counts = vec![0.0; bounds.len()];
        let mut table = Self { bounds, steps, totals: Vec::new(), counts };
        (table.add_trusting(replicas) || table.add_checking(replicas)).then_some(table)
    }

    fn clear(&mut self) {
        self.totals = vec![BASE; self.bounds.len() * self.steps];
    }

    /// Adds all of them, two at a time, looking for restarts and gaps in the open bucket only.
    /// Returns `false` where that was not enough; the totals are then garbage.
    fn add_trusting(&mut self, replicas: &[ReplicaCounters]) -> bool {
        self.clear();
        let zeros = vec![0.0; self.steps];
        let mut waiting = None;
        for replica in replicas {
            let columns = columns_in(replica);
            let is_clean = match restarts(&columns[self.bounds.len() - 1..]) {
                None => false,
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
        }
        waiting.is_none_or(|columns| self.add_between(&columns, &[], &zeros))
    }

    /// Adds all of them, one at a time, looking for restarts and gaps in every bucket. Returns
    /// `false` where one of them is not clean; the totals are then garbage.
    fn add_checking(&mut self, replicas: &[ReplicaCounters]) -> bool {
        self.clear();
        let zeros = vec![0.0; self.steps];
        replicas.iter().all(|replica| {
            let columns = columns_in(replica);
            restarts(&columns).is_some_and(|restarts| self.add_between(&columns, &restarts, &zeros))
        })
    }

    /// Adds what lies between the restarts, each stretch on top of what was counted before it.
    /// Returns `false` if the counters are not clean; the totals are then garbage.
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

    /// Reads the counts of a window into `counts`; false where they are not certain to be what the
    /// replicas merge to.
    fn read(&mut self, first: usize, last: usize) -> bool {
        difference(&self.totals, self.steps, (first, last), &mut self.counts)
            && self.counts.last().is_some_and(|total| *total < LARGEST_EXACT_TOTAL)
    }
}

/// Whether the bounds ascend from 0 or more over a finite bound to +Inf, as the merger adds up
/// without repairs.
fn is_usable(bounds: &[f64]) -> bool {
    bounds.len() > 1
        && bounds[0] >= 0.0
        && bounds.last() == Some(&f64::INFINITY)
        && bounds.windows(2).all(|pair| pair[0] < pair[1])
}

/// Buckets by bound, then the count, so that the order of the input does not matter.
fn order(components: &mut [Component]) {
    let key = |part: Part| match part {
        Part::Bucket(bound) => (0, bound),
        Part::Sum => (1, 0.0),
        Part::Count => (2, 0.0),
    };
    components.sort_by(|left, right| {
        let ((left_rank, left_bound), (right_rank, right_bound)) =
            (key(left.part), key(right.part));
        left_rank.cmp(&right_rank).then(left_bound.total_cmp(&right_bound))
    });
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
