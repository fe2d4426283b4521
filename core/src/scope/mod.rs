//! One model on one engine, as columns by replica: what signals are computed from.

mod columns;
pub mod resolve;

use crate::catalogue::families::{Family, Shape};
use crate::catalogue::knobs::Knob;
use crate::caveat::Caveats;
use crate::growth::counter::CounterColumn;
use crate::growth::gauge::Gauge;
use crate::growth::histogram::HistogramColumns;
use crate::ingest::batch::Labels;
use crate::role::RolePart;
use crate::small::sorted::SortedMap;
use crate::source::exporter::Profile;

/// All replicas that serve one model on one engine. Nothing is ever summed across scopes.
#[derive(Debug)]
pub struct Scope {
    /// The engine.
    pub profile: &'static Profile,
    /// Prefix of the metric names.
    pub prefix: String,
    /// Oldest release that could have written these families.
    pub version_hint: Option<&'static str>,
    /// Model name; empty when the series carry none.
    pub model: String,
    /// Replicas by key.
    pub replicas: Vec<Replica>,
    /// Repairs made while resolving and computing growth.
    pub caveats: Caveats,
}

/// One engine process.
#[derive(Debug)]
pub struct Replica {
    /// `<pod or instance>/<engine rank>`, or `all` for series summed over replicas.
    pub key: String,
    /// It stands for several engines that a query summed up.
    pub aggregate: bool,
    /// What it exported.
    pub quantities: SortedMap<Family, Quantity>,
    /// Requests that run or wait, at the grid times that show both.
    demand: Option<Gauge>,
}

/// A family of one replica over the whole range.
#[derive(Debug)]
pub enum Quantity {
    /// Buckets, sum, count.
    Histogram(HistogramColumns),
    /// Growth of a counter.
    Counter(CounterColumn),
    /// Values of a gauge.
    Gauge(Gauge),
    /// Labels of the newest info series.
    Info(Labels),
}

/// Engines among these replicas: sums over engines count only where nothing else is there.
pub fn engines(replicas: &[&Replica]) -> usize {
    let single = replicas.iter().filter(|replica| !replica.aggregate).count();
    single.max(replicas.len().min(1))
}

impl Scope {
    /// Whether any replica exported that family.
    pub fn has(&self, family: Family) -> bool {
        self.replicas.iter().any(|replica| replica.quantities.contains_key(&family))
    }

    /// Keys of the engines; of a sum over engines only where nothing else is there.
    pub fn keys(&self) -> Vec<String> {
        let single: Vec<String> = self
            .replicas
            .iter()
            .filter(|replica| !replica.aggregate)
            .map(|replica| replica.key.clone())
            .collect::<Vec<_>>();
        if single.is_empty() {
            self.replicas.iter().map(|replica| replica.key.clone()).collect::<Vec<_>>()
        } else {
            single
        }
    }

    /// What the engine calls a knob; None where it has no such knob.
    pub fn flag(&self, knob: Knob) -> Option<&'static str> {
        self.profile.words.flag(knob)
    }

    /// A PromQL selector of a family's series of this scope, for queries a reader can paste. `part`
    /// is the component of a histogram.
    pub fn selector(&self, family: Family, part: Option<RolePart>) -> String {
        let base = self.profile.metrics.iter().find(|metric| metric.family == family);
        let base = base.map_or("", |metric| metric.base);
        let suffix = match (family.shape(), part) {
            (Shape::Counter, _) => "_total",
            (_, Some(RolePart::Bucket)) => "_bucket",
            (_, Some(RolePart::Sum)) => "_sum",
            (_, Some(RolePart::Count)) => "_count",
            (_, None) => "",
        };
        if self.model.is_empty() {
            return format!("{}{base}{suffix}", self.prefix);
        }
        let model = self.model.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        format!("{}{base}{suffix}{{model_name=\"{model}\"}}", self.prefix)
    }

    /// The histograms of that family with their replicas.
    pub fn histograms(&self, family: Family) -> impl Iterator<Item = &HistogramColumns> {
        self.replicas.iter().filter_map(move |replica| replica.histogram(family))
    }
}

impl Replica {
    /// A replica with what it exported.
    pub fn new(key: String, aggregate: bool, quantities: SortedMap<Family, Quantity>) -> Self {
        let mut replica = Self { key, aggregate, quantities, demand: None };
        if let (Some(running), Some(waiting)) =
            (replica.gauge(Family::Running), replica.gauge(Family::Waiting))
        {
            let mut both = running.values().to_vec();
            for (both, waiting) in both.iter_mut().zip(waiting.values()) {
                *both += waiting;
            }
            replica.demand = Some(Gauge::new(both.into()));
        }
        replica
    }

    /// Requests that run or wait at one time, where both are known.
    pub fn demand(&self) -> Option<&Gauge> {
        self.demand.as_ref()
    }

    /// The histogram of that family.
    pub fn histogram(&self, family: Family) -> Option<&HistogramColumns> {
        match self.quantities.get(&family) {
            Some(Quantity::Histogram(columns)) => Some(columns),
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

    /// The gauge of that family.
    pub fn gauge(&self, family: Family) -> Option<&Gauge> {
        match self.quantities.get(&family) {
            Some(Quantity::Gauge(gauge)) => Some(gauge),
            _ => None,
        }
    }

    /// The labels of that info family.
    pub fn info(&self, family: Family) -> Option<&Labels> {
        match self.quantities.get(&family) {
            Some(Quantity::Info(labels)) => Some(labels),
            _ => None,
        }
    }
}
