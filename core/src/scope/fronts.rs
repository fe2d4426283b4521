//! Gateways in front of the replicas of a scope.

#[cfg(test)]
mod tests;

use crate::catalogue::families::Family;
use crate::caveat::Caveats;
use crate::growth::counter::CounterColumn;
use crate::growth::gauge::Gauge;
use crate::growth::histogram::HistogramColumns;
use crate::ingest::batch::Labels;
use crate::scope::resolve::Resolved;
use crate::scope::{Quantity, Scope, columns};
use crate::small::list::CollectVec;
use crate::small::sorted::SortedMap;
use crate::source::exporter::{COLLECTOR_LABELS, Exporter};
use crate::store::grid::TimeGrid;

/// Limits of an engine that a gateway may export for it.
const LIMITS: [Family; 4] =
    [Family::SequenceCap, Family::TokenBudget, Family::KvCapacity, Family::ContextLength];

/// One kind of gateway, all of its processes together. What it counts and measures is its own and
/// joins nothing of the engine's.
#[derive(Debug)]
pub struct Front {
    /// Which gateway.
    pub exporter: &'static Exporter,
    /// What it tells of the model of the scope.
    pub quantities: SortedMap<Family, Quantity>,
}

impl Front {
    /// The gauge of that family.
    pub fn gauge(&self, family: Family) -> Option<&Gauge> {
        match self.quantities.get(&family) {
            Some(Quantity::Gauge(gauge)) => Some(gauge),
            _ => None,
        }
    }

    /// The counter of that family.
    pub fn counter(&self, family: Family) -> Option<&CounterColumn> {
        match self.quantities.get(&family) {
            Some(Quantity::Counter(counter)) => Some(counter),
            _ => None,
        }
    }

    /// The histogram of that family.
    pub fn histogram(&self, family: Family) -> Option<&HistogramColumns> {
        match self.quantities.get(&family) {
            Some(Quantity::Histogram(columns)) => Some(columns),
            _ => None,
        }
    }
}

/// Gives every scope what gateways tell of its model, and its replicas the limits that they lack.
/// Series that name no model count where there is one scope only.
pub(super) fn place(scopes: &mut [Scope], beside: &[Resolved<'_>], grid: &TimeGrid) {
    let is_only = scopes.len() == 1;
    for scope in scopes {
        let mut fronts: SortedMap<&'static str, Vec<&Resolved<'_>>> = SortedMap::new();
        for one in beside.iter().filter(|one| one.reading.exporter.is_router()) {
            let exporter = one.reading.exporter;
            if is_of(&one.series.identity.labels, exporter, scope, is_only) {
                let members = fronts.get_or_insert_with(exporter.id, Vec::new);
                if !members.iter().any(|known| is_copy(known, one)) {
                    members.push(one);
                }
            }
        }
        for members in fronts.values() {
            let exporter = members[0].reading.exporter;
            let read =
                columns::columns(exporter, members, &["instance"], grid, &mut Caveats::new());
            let mut own = SortedMap::new();
            for (family, quantity) in read.quantities.into_entries() {
                match quantity {
                    Quantity::Gauge(gauge) if LIMITS.contains(&family) => {
                        add_limit(scope, family, &gauge);
                    }
                    quantity => {
                        own.insert(family, quantity);
                    }
                }
            }
            scope.fronts.push(Front { exporter, quantities: own });
        }
    }
}

/// Whether a series is about the model of a scope. Gateways may write its name in lower case.
fn is_of(labels: &Labels, exporter: &Exporter, scope: &Scope, is_only: bool) -> bool {
    let known = &exporter.labels;
    let mut models = known.model.iter().filter_map(|label| labels.get(*label));
    match models.find(|model| !model.is_empty()) {
        Some(model) => model.eq_ignore_ascii_case(&scope.model),
        None => is_only,
    }
}

/// Whether two series are one that several collectors stored.
fn is_copy(one: &Resolved<'_>, other: &Resolved<'_>) -> bool {
    let is_told = |label: &String| !COLLECTOR_LABELS.contains(&label.as_str());
    let labels = |one: &Resolved<'_>| {
        let labels = one.series.identity.labels.iter();
        labels
            .filter(|(label, _)| is_told(label))
            .map(|(label, value)| (label.clone(), value.clone()))
            .collect_vec()
    };
    one.reading.metric.family == other.reading.metric.family && labels(one) == labels(other)
}

fn add_limit(scope: &mut Scope, family: Family, gauge: &Gauge) {
    for replica in &mut scope.replicas {
        if !replica.aggregate && !replica.quantities.contains_key(&family) {
            replica.quantities.insert(family, Quantity::Gauge(gauge.clone()));
        }
    }
}
