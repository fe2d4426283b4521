//! The series of one replica or device to one quantity a family.

#[cfg(test)]
mod tests;

use std::cmp::Ordering::Equal;

use crate::catalogue::caveats::CaveatId;
use crate::catalogue::families::{Family, Purpose, Shape};
use crate::caveat::Caveats;
use crate::growth::counter::{CounterColumn, Growth, GrowthRepairs, is_old};
use crate::growth::gauge::Gauge;
use crate::growth::histogram::{Component, HistogramColumns, Part};
use crate::histogram::Basis;
use crate::ingest::batch::{Labels, SeriesKind};
use crate::scope::Quantity;
use crate::scope::names::Spelled;
use crate::scope::resolve::Resolved;
use crate::small::list::CollectVec;
use crate::small::sorted::SortedMap;
use crate::source::exporter::Exporter;
use crate::source::identify::Reading;
use crate::source::metric::{Across, Metric, Unit};
use crate::store::column::Column;
use crate::store::grid::TimeGrid;
use crate::store::marks::add_present;
use crate::text::number::number;

/// What a share may exceed 1 by: rounding of an average over shares. A thousandth is no sum of two
/// caches and no per cent.
const SHARE_TOLERANCE: f64 = 1e-3;

/// What the series of one replica or device hold.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) quantities: SortedMap<Family, Quantity>,
    /// The row that each quantity was read from.
    pub(super) metrics: SortedMap<Family, &'static Metric>,
}

/// Builds every family that the members hold. Of several metrics for one family the preferred one
/// counts, of several prefixes the exporter's own.
///
/// `apart` names the labels whose values tell apart processes that followed one another: each has
/// restarts of its own.
///
/// Repairs are told of what a diagnosis reads. The rest is exported by the same process, whose
/// restart would be told once more for each.
pub(super) fn columns(
    exporter: &Exporter,
    members: &[&Resolved<'_>],
    apart: &[&str],
    grid: &TimeGrid,
    caveats: &mut Caveats,
) -> Columns {
    let grid_length = grid.len();
    let step = grid.step();
    let target_present = presence(members, grid_length);
    let mut families: SortedMap<Family, Vec<&Resolved<'_>>> = SortedMap::new();
    for one in members {
        families.get_or_insert_with(one.reading.metric.family, Vec::new).push(one);
    }
    let mut repairs = GrowthRepairs::default();
    let (mut untold, mut untold_repairs) = (Caveats::new(), GrowthRepairs::default());
    let mut columns = Columns::default();
    for (family, candidates) in families.into_entries() {
        let (caveats, repairs) = if family.purpose() == Purpose::Diagnosis {
            (&mut *caveats, &mut repairs)
        } else {
            (&mut untold, &mut untold_repairs)
        };
        let spelled = Spelled::of(exporter, candidates);
        let joined = spelled.joined(grid_length, caveats);
        let joined: Vec<Resolved<'_>> = joined
            .iter()
            .map(|(series, reading)| Resolved {
                series,
                reading: reading.clone(),
                values: series.values.clone(),
            })
            .collect_vec();
        let chosen =
            if joined.is_empty() { spelled.preferred() } else { joined.iter().collect_vec() };
        let quantity = match family.shape() {
            Shape::Histogram => {
                let chosen = one_rank(exporter, &chosen);
                let series =
                    Chosen { series: &chosen, apart, step, target_present: &target_present };
                Quantity::Histogram(histogram(&series, repairs, caveats))
            }
            Shape::Counter => {
                let chosen = one_rank(exporter, &chosen);
                let series =
                    Chosen { series: &chosen, apart, step, target_present: &target_present };
                Quantity::Counter(counter(&series, repairs, caveats))
            }
            Shape::Gauge => {
                let gauge = gauge(&chosen, grid_length);
                if family.is_share() && !is_share(family, &gauge, caveats) {
                    continue;
                }
                Quantity::Gauge(gauge)
            }
            Shape::Info => match newest_labels(&chosen) {
                Some(labels) => Quantity::Info(labels),
                None => continue,
            },
        };
        columns.quantities.insert(family, quantity);
        columns.metrics.insert(family, chosen[0].reading.metric);
    }
    report_repairs(repairs, caveats);
    columns
}

/// When the target was there, as far as what is always asked for shows it: where a counter starts
/// must not depend on what else came along.
fn presence(members: &[&Resolved<'_>], grid_length: usize) -> Vec<bool> {
    let mut present = vec![false; grid_length];
    let is_always_asked_for = |one: &&&Resolved<'_>| {
        let family = one.reading.metric.family;
        family.shape() != Shape::Info && family.purpose() == Purpose::Diagnosis
    };
    for one in members.iter().filter(is_always_asked_for) {
        add_present(&mut present, &one.values);
    }
    present
}

/// The series of the first of the ranks that all count the same requests.
fn one_rank<'a, 'b>(exporter: &Exporter, chosen: &[&'a Resolved<'b>]) -> Vec<&'a Resolved<'b>> {
    let repeats = |one: &&&Resolved<'_>| one.reading.metric.across == Across::Max;
    if exporter.labels.joint_ranks.is_empty() || !chosen.iter().all(|one| repeats(&one)) {
        return chosen.to_vec();
    }
    let rank = |one: &Resolved<'_>| {
        let labels = &one.series.identity.labels;
        let ranks = exporter.labels.joint_ranks.iter();
        ranks.map(|label| labels.get(*label).cloned()).collect_vec()
    };
    let first = chosen.iter().map(|one| rank(one)).min();
    chosen.iter().copied().filter(|one| first.as_ref() == Some(&rank(one))).collect_vec()
}

/// Samples in the family's own unit, without those that stand for none. Bucket counts and numbers
/// of observations have no unit.
fn values_of(one: &Resolved<'_>) -> Column {
    let Reading { exporter, metric, part, .. } = &one.reading;
    let unit = match part {
        Some(Part::Bucket(_) | Part::Count) => Unit::Own,
        Some(Part::Sum) | None => metric.unit,
    };
    if unit == Unit::Own && exporter.blanks.is_empty() {
        return one.values.clone();
    }
    let own = |&value: &f64| if exporter.is_blank(value) { f64::NAN } else { unit.to_own(value) };
    one.values.iter().map(own).collect::<Vec<f64>>().into()
}

pub(super) fn is_increment(kind: SeriesKind) -> bool {
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

/// The series of one family and what is needed to read them.
struct Chosen<'a> {
    series: &'a [&'a Resolved<'a>],
    apart: &'a [&'a str],
    step: i64,
    target_present: &'a [bool],
}

fn histogram(
    chosen: &Chosen<'_>,
    repairs: &mut GrowthRepairs,
    caveats: &mut Caveats,
) -> HistogramColumns {
    let Chosen { series: chosen, apart, step, target_present } = *chosen;
    let component = |one: &&Resolved<'_>| Component {
        part: one.reading.part.unwrap_or(Part::Count),
        values: values_of(one),
    };
    if chosen.iter().any(|one| is_increment(one.reading.kind)) {
        let mut basis = Basis::Exact;
        let increments = |one: &&Resolved<'_>| {
            let mut own = component(one);
            if is_increment(one.reading.kind) {
                let (scale, of) = increment_scale(one, step, caveats);
                basis = if of == Basis::Exact { basis } else { of };
                own.values.to_mut().iter_mut().for_each(|value| *value *= scale);
            } else {
                to_increments(own.values.to_mut(), one.reading.kind == SeriesKind::Total);
            }
            own
        };
        let components = chosen.iter().map(increments).collect_vec();
        return HistogramColumns::from_increments(components, 1.0, basis, repairs);
    }
    let mut processes: Vec<(Vec<Option<&String>>, Vec<Component>)> = Vec::with_capacity(1);
    for one in chosen {
        let labels = &one.series.identity.labels;
        let address: Vec<Option<&String>> =
            apart.iter().map(|name| labels.get(*name)).collect_vec();
        match processes.iter_mut().find(|(known, _)| *known == address) {
            Some((_, components)) => components.push(component(one)),
            None => processes.push((address, vec![component(one)])),
        }
    }
    let mut columns = Vec::with_capacity(1);
    for (_, components) in processes {
        // Of its parts the number of observations is the largest.
        let counts = components.iter().filter(|one| one.part != Part::Sum);
        let first = |one: &Component| one.values.iter().find(|value| !value.is_nan()).copied();
        let most = counts.max_by(|one, two| first(one).partial_cmp(&first(two)).unwrap_or(Equal));
        let shown = if most.is_some_and(|one| is_old(&one.values)) { &[] } else { target_present };
        columns.push(HistogramColumns::from_counters(components, shown, repairs));
    }
    let mut columns = HistogramColumns::of_processes(columns);
    if chosen[0].reading.kind == SeriesKind::Total {
        columns.discount_falls();
    }
    columns
}

/// What a counter grew by up to each grid time. A sum over processes that fell lost one of them,
/// which is no growth; a process that fell started again from zero.
fn to_increments(values: &mut [f64], is_total: bool) {
    let mut before = f64::NAN;
    for value in values.iter_mut().filter(|value| !value.is_nan()) {
        let now = *value;
        *value = match now - before {
            fallen if fallen < 0.0 => {
                if is_total {
                    0.0
                } else {
                    now
                }
            }
            grown => grown,
        };
        before = now;
    }
}

fn counter(
    chosen: &Chosen<'_>,
    repairs: &mut GrowthRepairs,
    caveats: &mut Caveats,
) -> CounterColumn {
    let Chosen { series: chosen, step, target_present, .. } = *chosen;
    let mut series = Vec::with_capacity(chosen.len());
    for one in chosen {
        let mut growth = if is_increment(one.reading.kind) {
            let (scale, _) = increment_scale(one, step, caveats);
            Growth::from_increments(&values_of(one), scale, repairs)
        } else {
            let values = values_of(one);
            // A reason or a status that was first met beside others may come in a burst.
            let shown = if chosen.len() == 1 && is_old(&values) { &[] } else { target_present };
            Growth::from_counter(values, shown, repairs)
        };
        if one.reading.kind == SeriesKind::Total {
            growth.discount_falls();
        }
        series.push(growth);
    }
    CounterColumn::of(series)
}

/// The sum or the largest over the series of one process; absent where all are.
fn gauge(chosen: &[&Resolved<'_>], grid_length: usize) -> Gauge {
    if let [one] = chosen {
        return Gauge::new(values_of(one));
    }
    let mut total = vec![f64::NAN; grid_length];
    for one in chosen {
        let across = one.reading.metric.across;
        for (sum, &value) in total.iter_mut().zip(values_of(one).iter()) {
            if sum.is_nan() {
                *sum = value;
            } else if !value.is_nan() {
                *sum = match across {
                    Across::Max => sum.max(value),
                    Across::Sum => *sum + value,
                };
            }
        }
    }
    Gauge::new(Column::from(total))
}

/// Whether a gauge holds shares. One that ever exceeds a whole is a sum over pods or a percentage
/// at every time, below 1 too.
fn is_share(family: Family, gauge: &Gauge, caveats: &mut Caveats) -> bool {
    let is_outside = |value: &&f64| **value < 0.0 || **value > 1.0 + SHARE_TOLERANCE;
    let Some(outside) = gauge.values().iter().find(is_outside) else {
        return true;
    };
    caveats.add(CaveatId::NotARatio, || {
        format!(
            "{} has the value {}, and a ratio lies between 0 and 1: a sum over pods, or a \
             percentage; it was left out",
            family.title(),
            number(*outside)
        )
    });
    false
}

/// Labels of the info series that was seen last: after a restart with another configuration the
/// newest one counts. Of several at that time the one with the largest value: some carry the time
/// at which they were set.
fn newest_labels(chosen: &[&Resolved<'_>]) -> Option<Labels> {
    let last_seen = |one: &&Resolved<'_>| {
        let values = &one.values;
        let last = values.iter().rposition(|value| !value.is_nan())?;
        Some((last, values[last]))
    };
    chosen
        .iter()
        .filter_map(|one| Some((last_seen(one)?, one)))
        .max_by(|(left, _), (right, _)| left.0.cmp(&right.0).then(left.1.total_cmp(&right.1)))
        .map(|(_, one)| one.series.identity.labels.clone())
}

fn report_repairs(repairs: GrowthRepairs, caveats: &mut Caveats) {
    caveats.add_count(CaveatId::CounterReset, repairs.resets, || {
        "a counter restarted; what was counted between the last sample before and the restart is lost".to_owned()
    });
    caveats.add_count(CaveatId::NegativeCounter, repairs.negatives, || {
        "a counter was negative, which is impossible; those samples are treated as absent"
            .to_owned()
    });
    caveats.add_count(CaveatId::StartedFromZero, repairs.from_zero, || {
        "a series appeared after its target did and was counted from zero".to_owned()
    });
    caveats.add_count(CaveatId::TornScrape, repairs.torn, || {
        "a scrape caught a histogram in the middle of an update and was left out".to_owned()
    });
}
