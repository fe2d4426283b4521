//! Gateways in front of the replicas of a scope.

#[cfg(test)]
mod tests;

use crate::catalogue::families::Family;
use crate::caveat::Caveats;
use crate::growth::counter::CounterColumn;
use crate::growth::gauge::Gauge;
use crate::growth::histogram::HistogramColumns;
use crate::ingest::batch::Labels;
use crate::scope::place::Target;
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
        let is_meant = |one: &&Resolved<'_>| {
            let exporter = one.reading.exporter;
            exporter.is_router() && is_of(&one.series.identity.labels, exporter, scope, is_only)
        };
        let named = beside.iter().filter(is_meant).collect_vec();
        let home = Home::of(scope, &named);
        for one in named {
            let exporter = one.reading.exporter;
            if home.holds(one) {
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

/// Where the gateways of a scope are: a model of one name may be served twice.
enum Home {
    /// In the namespaces and clusters of its engines, or where nothing says where they are.
    WithEngines(Vec<Target>),
    /// All in one other place, which can only be theirs.
    Elsewhere,
    /// In several other places, of which nothing tells whose each is.
    Unknown,
}

impl Home {
    fn of(scope: &Scope, named: &[&Resolved<'_>]) -> Self {
        let engines = scope.replicas.iter().flat_map(|replica| replica.targets.iter().cloned());
        let engines = engines.collect_vec();
        let mut others: Vec<Target> = Vec::new();
        for one in named.iter().map(|one| target_of(one)) {
            if engines.iter().any(|engine| is_beside(&one, engine)) {
                return Self::WithEngines(engines);
            }
            if !others.iter().any(|other| is_beside(&one, other)) {
                others.push(one);
            }
        }
        if others.len() > 1 { Self::Unknown } else { Self::Elsewhere }
    }

    fn holds(&self, one: &Resolved<'_>) -> bool {
        match self {
            Self::WithEngines(engines) => {
                let target = target_of(one);
                engines.iter().any(|engine| is_beside(&target, engine))
            }
            Self::Elsewhere => true,
            Self::Unknown => false,
        }
    }
}

/// A gateway that is not scraped by pod may still say its namespace.
fn target_of(one: &Resolved<'_>) -> Target {
    let (labels, known) = (&one.series.identity.labels, &one.reading.exporter.labels);
    let mut target = Target::of(labels, known);
    let mut namespaces = known.pod.iter().filter_map(|(_, label)| labels.get(*label));
    target.namespace = target.namespace.or_else(|| namespaces.next().cloned());
    target
}

/// Whether neither the namespaces nor the clusters of two targets contradict each other.
fn is_beside(one: &Target, other: &Target) -> bool {
    let agree = |own: &Option<String>, other: &Option<String>| {
        own.is_none() || other.is_none() || own == other
    };
    agree(&one.namespace, &other.namespace) && agree(&one.cluster, &other.cluster)
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
pub(super) fn is_copy(one: &Resolved<'_>, other: &Resolved<'_>) -> bool {
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
