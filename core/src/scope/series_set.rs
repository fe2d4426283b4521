//! What one scrape of one process shows: the series of a place that agree in every label that tells
//! targets apart.

use crate::catalogue::families::{Family, Shape};
use crate::growth::histogram::Part;
use crate::ingest::batch::SeriesKind;
use crate::role::ROLE_LABEL;
use crate::scope::partial_copies::is_repeating;
use crate::scope::place::{Place, Places};
use crate::scope::resolve::Resolved;
use crate::small::hash::Fnv;
use crate::small::list::CollectVec;
use crate::small::sorted::{SortedMap, sort};
use crate::source::exporter::Exporter;
use crate::source::metric::Selection;
use crate::store::grid::{LOOKBACK_MS, TimeGrid};

/// Series of one place with one value each of the labels that tell targets apart.
#[derive(Debug)]
pub(super) struct SeriesSet<'a> {
    pub(super) place: Place,
    /// Values of the labels that tell targets apart, in their order; empty: without that label.
    pub(super) labels: Vec<&'a str>,
    pub(super) members: Vec<&'a Resolved<'a>>,
    /// Sums, numbers and counters first, then buckets, then what cannot be compared; by key within.
    pub(super) quantities: Vec<Measured<'a>>,
    /// Grid indices at which any sum, number or counter is not what it was, the first sample among
    /// them.
    pub(super) changes: Vec<usize>,
    /// Grid indices with a sample, holes shorter than [`LOOKBACK_MS`] among them.
    pub(super) present: Vec<bool>,
    /// Grid indices of the first and the last sample; 0 without any.
    pub(super) ends: (usize, usize),
    /// Samples of all series together.
    pub(super) samples: usize,
}

/// One series as something to compare.
#[derive(Debug)]
pub(super) struct Measured<'a> {
    pub(super) rank: Comparable,
    /// The same for the same quantity of another process.
    pub(super) key: u64,
    pub(super) one: &'a Resolved<'a>,
}

/// What a comparison makes of a series, the most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Comparable {
    /// A sum of observations: seconds, mostly.
    Sum,
    /// A counter, or how many observations there are.
    Count,
    /// A bucket.
    Bucket,
    /// A state, or increments.
    No,
}

/// Labels that tell targets apart: they differ and stand on whatever a process exports, as job,
/// instance, cluster or the id of a worker do. A label that parts one metric, as the reason to
/// finish does, stands on that metric alone, and what differs in it alone does not repeat itself.
/// Returns them, and those of them under which copies of a part of a page stand.
pub(super) fn separating_labels<'a>(
    exporter: &Exporter,
    places: &Places<'a>,
) -> (Vec<&'a str>, Vec<&'a str>) {
    let known = &exporter.labels;
    let mut found: SortedMap<&'a str, LabelUse<'a>> = SortedMap::new();
    let mut total = 0;
    for one in places.values().flat_map(|members| &members.series).filter(|one| is_measured(one)) {
        total += 1;
        let is_running = one.reading.metric.family == Family::Running;
        for (name, value) in one.series.identity.labels.iter() {
            let seen = found.get_or_insert_with(name.as_str(), || LabelUse {
                value: value.as_str(),
                ..LabelUse::default()
            });
            seen.carriers += 1;
            seen.differs |= seen.value != value;
            seen.on_running |= is_running;
        }
    }
    let parts_a_metric = |name: &str| {
        let selections = exporter.metrics.iter().filter_map(|metric| metric.selection.as_ref());
        selections.map(Selection::labels).any(|labels| labels.contains(&name))
    };
    let is_placed_otherwise = |name: &str| {
        matches!(name, "__name__" | "le" | ROLE_LABEL)
            || known.model.contains(&name)
            || known.joint_ranks.contains(&name)
            || known.rank == Some(name)
    };
    let series = || places.values().flat_map(|members| &members.series).copied();
    let all = series().filter(|one| is_measured(one)).collect_vec();
    let (mut labels, mut doubling) = (Vec::new(), Vec::new());
    for (&name, seen) in found.iter() {
        let stands_on_all = seen.carriers == total || seen.on_running;
        let differs = seen.differs || seen.carriers < total;
        if !differs || is_placed_otherwise(name) || parts_a_metric(name) {
            continue;
        }
        if seen.carriers < total && is_repeating(&all, name) {
            doubling.push(name);
            labels.push(name);
        } else if stands_on_all {
            labels.push(name);
        }
    }
    let place = |name: &str| known.process.iter().rposition(|label| *label == name);
    sort(&mut labels, |left, right| place(right).cmp(&place(left)));
    (labels, doubling)
}

#[derive(Default)]
struct LabelUse<'a> {
    value: &'a str,
    carriers: usize,
    differs: bool,
    on_running: bool,
}

/// Configurations say nothing of who is counted: their labels are their values.
fn is_measured(one: &Resolved<'_>) -> bool {
    one.reading.metric.family.shape() != Shape::Info
}

/// The sets of all places, in the order of places and label values, and what belongs to none.
pub(super) fn series_sets<'a>(
    exporter: &Exporter,
    places: Places<'a>,
    labels: &[&'a str],
    grid: &TimeGrid,
) -> (Vec<SeriesSet<'a>>, Vec<(Place, &'a Resolved<'a>)>) {
    let mut sets: Vec<SeriesSet<'a>> = Vec::new();
    let mut others = Vec::new();
    for (place, members) in places.into_entries() {
        let mut entries: Vec<(Vec<&'a str>, &'a Resolved<'a>)> = Vec::new();
        for one in members.series {
            if !is_measured(one) {
                others.push((place.clone(), one));
                continue;
            }
            let own = &one.series.identity.labels;
            let value = |label: &&str| own.get(*label).map_or("", String::as_str);
            entries.push((labels.iter().map(value).collect_vec(), one));
        }
        sort(&mut entries, |left, right| left.0.cmp(&right.0));
        let before = sets.len();
        for (values, one) in entries {
            match sets[before..].last_mut().filter(|set| set.labels == values) {
                Some(set) => set.members.push(one),
                None => sets.push(SeriesSet {
                    place: place.clone(),
                    labels: values,
                    members: vec![one],
                    quantities: Vec::new(),
                    changes: Vec::new(),
                    present: Vec::new(),
                    ends: (0, 0),
                    samples: 0,
                }),
            }
        }
    }
    for set in &mut sets {
        set.measure(exporter, labels, grid);
    }
    (sets, others)
}

impl<'a> SeriesSet<'a> {
    /// The same quantity in this set.
    pub(super) fn like(&self, other: &Measured<'_>) -> Option<&Measured<'a>> {
        let place = |one: &Measured<'_>| (one.rank, one.key).cmp(&(other.rank, other.key));
        self.quantities.binary_search_by(place).ok().map(|place| &self.quantities[place])
    }

    /// The place in `changes` of the last change up to a grid index.
    pub(super) fn change_at(&self, at: usize) -> Option<usize> {
        self.changes.partition_point(|change| *change <= at).checked_sub(1)
    }

    /// The places in `changes`, from and up to, of what a server may still show as of a grid index.
    pub(super) fn near(&self, times: &[i64], at: usize) -> (usize, usize) {
        let (from, to) = (times[at] - LOOKBACK_MS, times[at] + LOOKBACK_MS);
        (
            self.changes.partition_point(|change| times[*change] < from),
            self.changes.partition_point(|change| times[*change] <= to),
        )
    }

    fn measure(&mut self, exporter: &Exporter, labels: &[&str], grid: &TimeGrid) {
        let mut present = vec![false; grid.len()];
        let mut changed = vec![false; grid.len()];
        for one in &self.members {
            let values: &[f64] = &one.values;
            let rank = comparable(one);
            let telling = rank <= Comparable::Count;
            let mut before = f64::NAN;
            for (index, &value) in values.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
                self.samples += 1;
                present[index] = true;
                #[expect(clippy::float_cmp, reason = "whether the same sample was repeated")]
                let is_new = value != before;
                changed[index] |= telling && is_new;
                before = value;
            }
            let key = key_of(exporter, one, labels);
            self.quantities.push(Measured { rank, key, one });
        }
        sort(&mut self.quantities, |left, right| {
            (left.rank, left.key).cmp(&(right.rank, right.key))
        });
        self.changes = (0..changed.len()).filter(|index| changed[*index]).collect_vec();
        let first = present.iter().position(|present| *present).unwrap_or(0);
        let last = present.iter().rposition(|present| *present).unwrap_or(0);
        fill_holes(&mut present, grid.times());
        (self.present, self.ends) = (present, (first, last));
    }
}

fn comparable(one: &Resolved<'_>) -> Comparable {
    if one.reading.kind != SeriesKind::Counter {
        return Comparable::No;
    }
    match (one.reading.metric.family.shape(), one.reading.part) {
        (_, Some(Part::Sum)) => Comparable::Sum,
        (_, Some(Part::Bucket(bound))) if bound < f64::INFINITY => Comparable::Bucket,
        (_, Some(_)) | (Shape::Counter, None) => Comparable::Count,
        _ => Comparable::No,
    }
}

/// What a series measures, hashed, whoever it was measured at.
fn key_of(exporter: &Exporter, one: &Resolved<'_>, labels: &[&str]) -> u64 {
    let known = &exporter.labels;
    let mut key = Fnv::new();
    let mut add = |bytes: &[u8]| key.add(bytes);
    let metric = one.reading.metric;
    add(metric.family.id().as_bytes());
    add(metric.base.as_bytes());
    match one.reading.part {
        None => add(&[0]),
        Some(Part::Count) => add(&[1]),
        Some(Part::Sum) => add(&[2]),
        Some(Part::Bucket(bound)) => add(&bound.to_bits().to_le_bytes()),
    }
    for (name, value) in one.series.identity.labels.iter() {
        let name = name.as_str();
        let is_of_target = matches!(name, "__name__" | "le" | ROLE_LABEL)
            || known.model.contains(&name)
            || known.rank == Some(name)
            || labels.contains(&name);
        if !is_of_target {
            add(name.as_bytes());
            add(&[0]);
            add(value.as_bytes());
        }
    }
    key.0
}

fn fill_holes(present: &mut [bool], times: &[i64]) {
    let mut before: Option<usize> = None;
    for index in 0..present.len() {
        if present[index] {
            if let Some(before) = before.filter(|&at| times[index] - times[at] <= LOOKBACK_MS) {
                present[before..index].fill(true);
            }
            before = Some(index);
        }
    }
}
