//! Names over time: a metric or a bucket bound whose spelling changes inside the range is one.
//!
//! A release renames a metric, a pipeline escapes colons or drops `_total`, an exporter writes a
//! bound as `10` and then as `10.0`. Where the spellings of one part of one process do not overlap
//! in time, the later continues the earlier: a counter that goes on is no restart. Where they do,
//! the preferred one counts and the others only lengthen it. So it is where one metric comes with
//! and without its rank; of totals and increments of one metric only the totals count, beside what
//! the totals lack: a plan may ask for sums as totals and for buckets as increments.

#[cfg(test)]
mod tests;

use crate::small::list::CollectVec;
use std::sync::Arc;

use crate::catalogue::caveats::CaveatId;
use crate::catalogue::families::Shape;
use crate::caveat::Caveats;
use crate::growth::histogram::Part;
use crate::ingest::batch::Labels;
use crate::scope::columns::is_increment;
use crate::scope::partial_copies::repeats;
use crate::scope::resolve::Resolved;
use crate::small::sorted::{SortedMap, sort};
use crate::source::exporter::Exporter;
use crate::source::identify::Reading;
use crate::store::Series;
use crate::store::marks::add_present;
use crate::text::foreign::plain;

/// What makes two spellings one: the part of the histogram, and the labels that are no spelling.
type Key = (u64, Labels);

/// The series of one family of one process under its names, the preferred name first.
pub(super) struct Spelled<'a, 'b> {
    names: Vec<Vec<&'a Resolved<'b>>>,
}

impl<'a, 'b> Spelled<'a, 'b> {
    /// Sorts the candidates by name. An exporter's own prefix is preferred to others.
    pub(super) fn of(exporter: &Exporter, candidates: Vec<&'a Resolved<'b>>) -> Self {
        let mut names: SortedMap<_, Vec<&'a Resolved<'b>>> = SortedMap::new();
        for one in candidates {
            let reading = &one.reading;
            let foreign = reading.prefix != exporter.canonical_prefix;
            let unranked = rank_of(one).is_none();
            let spelling = (is_increment(reading.kind), reading.preference, foreign, unranked);
            names.get_or_insert_with((spelling, reading.prefix.clone()), Vec::new).push(one);
        }
        let mut names = names.into_entries().into_iter().map(|(_, members)| members).collect_vec();
        complete(&mut names);
        Self { names }
    }

    /// The series under the preferred name.
    pub(super) fn preferred(&self) -> Vec<&'a Resolved<'b>> {
        self.names.first().cloned().unwrap_or_default()
    }

    /// The series with their other spellings joined over time; empty where nothing is to be joined,
    /// so that the preferred ones stand as they are.
    pub(super) fn joined(&self, length: usize, caveats: &mut Caveats) -> Vec<(Series, Reading)> {
        let mut taken = vec![false; length];
        let mut series: SortedMap<Key, (Series, Reading)> = SortedMap::new();
        let mut is_joined = false;
        for (rank, members) in self.names.iter().enumerate() {
            let mut present = vec![false; length];
            for one in members {
                add_present(&mut present, &one.values);
            }
            if rank > 0 {
                let free = free_times(&taken, &present);
                let form = |members: &[&Resolved<'_>]| is_increment(members[0].reading.kind);
                if !free.contains(&true) || form(members) != form(&self.names[0]) {
                    self.tell_copies(members, caveats);
                    continue;
                }
                self.tell_rename(rank, caveats);
                is_joined = true;
                present = free;
            } else if !self.has_respelled_bounds() {
                if self.names.len() == 1 {
                    return Vec::new();
                }
            } else {
                is_joined = true;
            }
            for one in members {
                let values = one.values.iter().zip(&present);
                let values = values.map(|(&value, free)| if *free { value } else { f64::NAN });
                let own = Series {
                    identity: Arc::clone(&one.series.identity),
                    values: values.collect::<Vec<f64>>().into(),
                    is_contested: one.series.is_contested,
                };
                add(&mut series, own, &one.reading, caveats);
            }
            for (taken, present) in taken.iter_mut().zip(&present) {
                *taken |= present;
            }
        }
        if is_joined {
            series.into_entries().into_iter().map(|(_, one)| one).collect_vec()
        } else {
            Vec::new()
        }
    }

    /// Whether two series of the preferred name have one bound.
    fn has_respelled_bounds(&self) -> bool {
        let bound = |one: &&Resolved<'_>| match one.reading.part {
            Some(Part::Bucket(bound)) => Some(bound),
            _ => None,
        };
        let mut bounds: Vec<f64> = self.names[0].iter().filter_map(bound).collect_vec();
        sort(&mut bounds, f64::total_cmp);
        bounds.windows(2).any(|pair| pair[0].total_cmp(&pair[1]).is_eq())
    }

    /// The same metric under another prefix at the same times.
    fn tell_copies(&self, members: &[&Resolved<'_>], caveats: &mut Caveats) {
        let preferred = &self.names[0][0].reading;
        let other = &members[0].reading;
        if other.preference == preferred.preference && other.prefix != preferred.prefix {
            caveats.add(CaveatId::DuplicatePrefix, || {
                format!(
                    "the same metrics exist under several prefixes; only those under {} were used",
                    preferred.prefix
                )
            });
        }
    }

    fn tell_rename(&self, rank: usize, caveats: &mut Caveats) {
        let name = |rank: usize| {
            let Reading { prefix, metric, .. } = &self.names[rank][0].reading;
            plain(&format!("{prefix}{}", metric.base), 80)
        };
        let is_ranked = |rank: usize| rank_of(self.names[rank][0]).is_some();
        let is_told = name(rank) != name(0) || is_ranked(rank) == is_ranked(0);
        caveats.add_count(CaveatId::Renamed, u64::from(is_told), || {
            format!(
                "a metric has two names in this range ({} and {}); they were joined over time",
                name(rank),
                name(0)
            )
        });
    }
}

/// Moves the parts of a histogram that its preferred form lacks from its other form to it.
fn complete(names: &mut [Vec<&Resolved<'_>>]) {
    let Some((first, others)) = names.split_first_mut() else { return };
    let kind = |one: &Resolved<'_>| one.reading.part.as_ref().map(std::mem::discriminant);
    let form = |one: &Resolved<'_>| is_increment(one.reading.kind);
    let known: Vec<_> = first.iter().map(|one| kind(one)).collect_vec();
    let own = form(first[0]);
    for members in others.iter().filter(|members| form(members[0]) != own) {
        let lacks = |one: &&&Resolved<'_>| kind(one).is_some() && !known.contains(&kind(one));
        first.extend(members.iter().filter(lacks));
    }
}

/// The rank that a series names, of an engine that has ranks.
fn rank_of<'a>(one: &'a Resolved<'_>) -> Option<&'a String> {
    one.series.identity.labels.get(one.reading.exporter.labels.rank?)
}

/// Where a further name continues what is taken: where nothing is, if the two never meet; else
/// before and after it only, because a copy read at another instant would look like a restart.
fn free_times(taken: &[bool], present: &[bool]) -> Vec<bool> {
    let first = taken.iter().position(|taken| *taken).unwrap_or(taken.len());
    let last = taken.iter().rposition(|taken| *taken).unwrap_or(0);
    let meets = taken.iter().zip(present).any(|(taken, present)| *taken && *present);
    let is_free = |index: usize| if meets { index < first || index > last } else { !taken[index] };
    present.iter().enumerate().map(|(index, present)| *present && is_free(index)).collect()
}

/// Whether a series repeats another one, at once or a few samples later: a pipeline that keeps both
/// spellings of a bound. Sums over replicas that spell it differently are a part each, and no two
/// replicas count alike to the last request.
fn is_copy(known: &[f64], own: &[f64]) -> bool {
    let is_same = || {
        let mut both = known.iter().zip(own).filter(|(one, two)| !one.is_nan() && !two.is_nan());
        both.all(|(one, two)| one.total_cmp(two).is_eq())
    };
    repeats(known, own).unwrap_or_else(is_same)
}

/// Adds a series to the one that it continues, else as one of its own.
fn add(
    series: &mut SortedMap<Key, (Series, Reading)>,
    own: Series,
    reading: &Reading,
    caveats: &mut Caveats,
) {
    let mut labels = own.identity.labels.clone();
    let name = labels.remove("__name__");
    // All are of one rank, if any.
    if let Some(rank) = reading.exporter.labels.rank {
        labels.remove(rank);
    }
    // An info metric says its value in labels.
    let is_spelling = reading.metric.family.shape() != Shape::Info;
    let bound = if is_spelling { labels.remove("le") } else { name };
    let part = match reading.part {
        Some(Part::Bucket(bound)) => bound.to_bits(),
        Some(Part::Sum) => u64::MAX,
        Some(Part::Count) | None => u64::MAX - 1,
    };
    let key = (part, labels);
    let Some((known, _)) = series.get_mut(&key) else {
        series.insert(key, (own, reading.clone()));
        return;
    };
    let meets =
        known.values.iter().zip(own.values.iter()).any(|(one, two)| !one.is_nan() && !two.is_nan());
    if meets && !is_copy(&known.values, &own.values) {
        // Two series at one time are two: their labels tell them apart by their spelling.
        let mut labels = key.1;
        labels.insert("le".to_owned(), bound.unwrap_or_default());
        series.insert((key.0, labels), (own, reading.clone()));
        return;
    }
    if known.identity.labels.get("le") != own.identity.labels.get("le") {
        caveats.add(CaveatId::Renamed, || {
            let known = known.identity.labels.get("le").map_or("", String::as_str);
            format!(
                "a bucket bound has two spellings in this range (le=\"{}\" and \"{}\"); it was \
                 counted once",
                plain(known, 20),
                plain(bound.as_deref().unwrap_or_default(), 20)
            )
        });
    }
    for (known, &own) in known.values.to_mut().iter_mut().zip(own.values.iter()) {
        if known.is_nan() {
            *known = own;
        }
    }
}
