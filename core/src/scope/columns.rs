//! The series of one replica to one quantity a family.

use crate::catalogue::caveats::CaveatId;
use crate::catalogue::families::{Family, Shape};
use crate::caveat::Caveats;
use crate::growth::counter::{CounterColumn, Growth, GrowthRepairs};
use crate::growth::gauge::Gauge;
use crate::growth::histogram::{Component, HistogramColumns, Part};
use crate::histogram::Basis;
use crate::ingest::batch::{Labels, SeriesKind};
use crate::scope::Quantity;
use crate::scope::resolve::{Resolved, is_info};
use crate::small::sorted::SortedMap;
use crate::source::exporter::Profile;
use crate::store::column::Column;
use crate::store::grid::TimeGrid;
use crate::store::marks::add_present;

/// Builds every family a replica has. Of several metrics for one family the preferred one counts,
/// of several prefixes the engine's own.
pub(super) fn quantities(
    profile: &Profile,
    members: &[&Resolved<'_>],
    grid: &TimeGrid,
    caveats: &mut Caveats,
) -> SortedMap<Family, Quantity> {
    let grid_length = grid.len();
    let step = grid.step();
    let target_present = presence(members, grid_length);
    let mut families: SortedMap<Family, Vec<&Resolved<'_>>> = SortedMap::new();
    for one in members {
        families.get_or_insert_with(one.reading.family, Vec::new).push(one);
    }
    let mut repairs = GrowthRepairs::default();
    let mut quantities = SortedMap::new();
    for (family, candidates) in families.into_entries() {
        let chosen = choose(profile, candidates, caveats);
        let quantity = match family.shape() {
            Shape::Histogram => Quantity::Histogram(histogram(
                &chosen,
                step,
                &target_present,
                &mut repairs,
                caveats,
            )),
            Shape::Counter => {
                Quantity::Counter(counter(&chosen, step, &target_present, &mut repairs, caveats))
            }
            Shape::Gauge => Quantity::Gauge(gauge(&chosen, grid_length)),
            Shape::Info => match newest_labels(&chosen) {
                Some(labels) => Quantity::Info(labels),
                None => continue,
            },
        };
        quantities.insert(family, quantity);
    }
    report_repairs(repairs, caveats);
    quantities
}

fn presence(members: &[&Resolved<'_>], grid_length: usize) -> Vec<bool> {
    let mut present = vec![false; grid_length];
    for one in members.iter().filter(|one| !is_info(one.reading.family)) {
        add_present(&mut present, &one.series.values);
    }
    present
}

/// The series of the preferred metric under one prefix.
fn choose<'a, 'b>(
    profile: &Profile,
    candidates: Vec<&'a Resolved<'b>>,
    caveats: &mut Caveats,
) -> Vec<&'a Resolved<'b>> {
    let rank = |one: &Resolved<'_>| {
        let foreign = one.reading.prefix != profile.canonical_prefix;
        (one.reading.preference, foreign, one.reading.prefix.clone())
    };
    let Some(best) = candidates.iter().map(|one| rank(one)).min() else {
        return candidates;
    };
    let same_metric = |one: &&Resolved<'_>| one.reading.preference == best.0;
    let doubled = candidates.iter().filter(|one| same_metric(one)).any(|one| rank(one) != best);
    caveats.add_count(CaveatId::DuplicatePrefix, u64::from(doubled), || {
        format!(
            "the same metrics exist under several prefixes; only those under {} were used",
            best.2
        )
    });
    candidates.into_iter().filter(|one| rank(one) == best).collect::<Vec<_>>()
}

fn is_increment(kind: SeriesKind) -> bool {
    !matches!(kind, SeriesKind::Counter | SeriesKind::Total | SeriesKind::Gauge)
}

/// Factor from the given values to increments per step, and whether they are exact.
///
/// A rate times the step is the growth of one step. An increase over a window of another length
/// than the step is scaled by step / window, so that overlapping windows do not count twice.
fn increment_scale(one: &Resolved<'_>, step: i64, caveats: &mut Caveats) -> (f64, Basis) {
    let step = step.max(1) as f64;
    match one.reading.kind {
        SeriesKind::Rate => {
            caveats.add(CaveatId::Extrapolated, || {
                "some counts come from PromQL rate or increase, which extrapolate; results are estimates".to_owned()
            });
            (step / 1000.0, Basis::Estimated)
        }
        SeriesKind::Increase => {
            caveats.add(CaveatId::Extrapolated, || {
                "some counts come from PromQL rate or increase, which extrapolate; results are estimates".to_owned()
            });
            let window =
                if one.reading.window_ms > 0 { one.reading.window_ms as f64 } else { step };
            (step / window, Basis::Estimated)
        }
        SeriesKind::Increment | SeriesKind::Counter | SeriesKind::Total | SeriesKind::Gauge => {
            (1.0, Basis::Exact)
        }
    }
}

fn histogram(
    chosen: &[&Resolved<'_>],
    step: i64,
    target_present: &[bool],
    repairs: &mut GrowthRepairs,
    caveats: &mut Caveats,
) -> HistogramColumns {
    let component = |one: &&Resolved<'_>| Component {
        part: one.reading.part.unwrap_or(Part::Count),
        values: one.series.values.clone(),
    };
    if chosen.iter().any(|one| is_increment(one.reading.kind)) {
        let (scale, basis) = increment_scale(chosen[0], step, caveats);
        return HistogramColumns::from_increments(
            chosen.iter().map(component).collect::<Vec<_>>(),
            scale,
            basis,
            repairs,
        );
    }
    let mut processes: Vec<(Option<&String>, Vec<Component>)> = Vec::with_capacity(1);
    for one in chosen {
        let address = one.series.identity.labels.get("instance");
        match processes.iter_mut().find(|(known, _)| *known == address) {
            Some((_, components)) => components.push(component(one)),
            None => processes.push((address, vec![component(one)])),
        }
    }
    let mut columns = Vec::with_capacity(1);
    for (_, components) in processes {
        columns.push(HistogramColumns::from_counters(components, target_present, repairs));
    }
    let mut columns = HistogramColumns::of_processes(columns);
    if chosen[0].reading.kind == SeriesKind::Total {
        columns.discount_falls();
    }
    columns
}

fn counter(
    chosen: &[&Resolved<'_>],
    step: i64,
    target_present: &[bool],
    repairs: &mut GrowthRepairs,
    caveats: &mut Caveats,
) -> CounterColumn {
    let mut series = Vec::with_capacity(chosen.len());
    for one in chosen {
        let mut growth = if is_increment(one.reading.kind) {
            let (scale, _) = increment_scale(one, step, caveats);
            Growth::from_increments(&one.series.values, scale, repairs)
        } else {
            Growth::from_counter(one.series.values.clone(), target_present, repairs)
        };
        if one.reading.kind == SeriesKind::Total {
            growth.discount_falls();
        }
        series.push(growth);
    }
    CounterColumn::of(series)
}

/// The sum over extra labels, of the cache usage the largest; absent where all are.
fn gauge(chosen: &[&Resolved<'_>], grid_length: usize) -> Gauge {
    if let [one] = chosen {
        return Gauge::new(one.series.values.clone());
    }
    let mut total = vec![f64::NAN; grid_length];
    for one in chosen {
        for (sum, &value) in total.iter_mut().zip(one.series.values.iter()) {
            if sum.is_nan() {
                *sum = value;
            } else if !value.is_nan() {
                *sum = if chosen[0].reading.family == Family::KvUsage {
                    sum.max(value)
                } else {
                    *sum + value
                };
            }
        }
    }
    Gauge::new(Column::from(total))
}

/// Labels of the info series that was seen last: after a restart with another configuration the
/// newest one counts.
fn newest_labels(chosen: &[&Resolved<'_>]) -> Option<Labels> {
    chosen
        .iter()
        .filter_map(|one| Some((one.series.values.iter().rposition(|value| !value.is_nan())?, one)))
        .max_by_key(|(last, _)| *last)
        .map(|(_, one)| one.series.identity.labels.clone())
}

fn report_repairs(repairs: GrowthRepairs, caveats: &mut Caveats) {
    caveats.add_count(CaveatId::CounterReset, repairs.resets, || {
        "a counter restarted; what was counted between the last sample before and the restart is lost".to_owned()
    });
    caveats.add_count(CaveatId::NegativeCounter, repairs.negatives, || {
        "a counter was negative, which cannot be; those samples are treated as absent".to_owned()
    });
    caveats.add_count(CaveatId::StartedFromZero, repairs.from_zero, || {
        "a series appeared after its target did and was counted from zero".to_owned()
    });
}
