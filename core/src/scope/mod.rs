//! One model on one engine, as columns by replica: what signals are computed from.

mod beside;
mod columns;
mod copies;
mod device;
mod doubled;
mod filled;
mod fronts;
mod grouping;
mod late_copies;
mod membership;
mod named_later;
mod names;
mod overlap;
mod partial_copies;
mod place;
mod processes;
mod rates;
pub mod resolve;
mod rounding;
mod scheduled;
mod series_set;
#[cfg(test)]
pub(crate) mod test_series;
#[cfg(test)]
mod tests;

pub use device::{Device, PlacedBy};
pub use fronts::Front;
pub use place::Target;
pub use rounding::Rounding;
pub use scheduled::Scheduled;

use crate::catalogue::families::{Family, Population};
use crate::catalogue::groupings::Grouping;
use crate::catalogue::knobs::Knob;
use crate::caveat::Caveats;
use crate::growth::counter::CounterColumn;
use crate::growth::gauge::Gauge;
use crate::growth::histogram::HistogramColumns;
use crate::growth::membership::Step;
use crate::ingest::batch::Labels;
use crate::role::RolePart;
use crate::small::list::CollectVec;
use crate::small::sorted::SortedMap;
use crate::small::text::joined;
use crate::source::exporter::{Exporter, KnobWords};
use crate::source::metric::Metric;
use crate::source::selector::Ask;

/// Key of a replica that is a sum over engines, which falls when one of them restarts or leaves.
pub const ALL: &str = "all";

/// All replicas that serve one model on one engine. Nothing is ever summed across scopes.
#[derive(Debug)]
pub struct Scope {
    /// The engine.
    pub profile: &'static Exporter,
    /// Prefix of the metric names.
    pub prefix: String,
    /// Oldest release that could have written these families.
    pub version_hint: Option<&'static str>,
    /// Model name; empty when the series carry none.
    pub model: String,
    /// Replicas by key.
    pub replicas: Vec<Replica>,
    /// Devices of these replicas; where nothing tells whose any device is, all that were found.
    pub devices: Vec<Device>,
    /// Workloads, pods, autoscalers and queues that these replicas depend on.
    pub scheduled: Vec<Scheduled>,
    /// Gateways in front of these replicas.
    pub fronts: Vec<Front>,
    /// Repairs made while resolving and computing growth.
    pub caveats: Caveats,
}

/// Why what came under the names of a replica's counters is not what an engine counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoCounts {
    /// Several processes answer the scrapes of its target in turn.
    Shared,
    /// Several processes stand under its labels at once.
    Contested,
    /// They are results of `rate` or `increase`.
    Rates,
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
    /// The row of the exporter's table that each quantity was read from: its population, its unit,
    /// how long it may be stale.
    pub metrics: SortedMap<Family, &'static Metric>,
    /// Where it was scraped: several targets after a restart at another address.
    pub targets: Vec<Target>,
    /// What it can be grouped by, as far as its labels and the scheduler say it.
    pub groups: SortedMap<Grouping, String>,
    /// Why its counts are those of no engine and were left out; None where they are its own.
    pub no_counts: Option<NoCounts>,
    /// By how much its values may be off because somebody rounded them.
    pub rounding: Rounding,
    /// It is a sum over targets that counts an engine twice: which, and how, as a sentence.
    pub counted_twice: Option<String>,
    /// It is a sum over processes: when some of them went and came back.
    pub membership: Vec<Step>,
    /// Names and values of the labels that tell its targets from others of its name; empty where
    /// there are none.
    told_by: Vec<Vec<(String, String)>>,
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
            .collect_vec();
        if single.is_empty() {
            self.replicas.iter().map(|replica| replica.key.clone()).collect_vec()
        } else {
            single
        }
    }

    /// What the engine calls a knob; None where it has no such knob.
    pub fn flag(&self, knob: Knob) -> Option<&'static str> {
        Some(self.profile.knob(knob)?.flag)
    }

    /// What the engine says a knob is set to, e.g. `0.9` or `fp8_e4m3`; the values of replicas that
    /// differ one after another. None where no replica says it, or where it is not set.
    pub fn configured(&self, knob: Knob) -> Option<String> {
        let words = self.profile.knob(knob)?;
        let mut values: Vec<String> = Vec::new();
        for value in self.replicas.iter().filter_map(|replica| replica.configured(words)) {
            if !values.iter().any(|known| known == value) {
                values.push(value.clone());
            }
        }
        (!values.is_empty()).then(|| joined(&values, ", "))
    }

    /// Whether every replica that says how a knob is set has it where an action would put it, e.g.
    /// the cache's type at `fp8`. False where none says anything.
    pub fn is_in_force(&self, knob: Knob) -> bool {
        let Some(words) = self.profile.knob(knob) else { return false };
        let is_there = |value: &String| {
            let value = value.to_ascii_lowercase();
            words.in_force.iter().any(|start| value.starts_with(start))
        };
        let values = self.replicas.iter().filter_map(|replica| replica.configured(words));
        let values: Vec<bool> = values.map(is_there).collect_vec();
        !values.is_empty() && !values.contains(&false)
    }

    /// A PromQL selector of a family's series of this scope, for queries a reader can paste. `part`
    /// is the component of a histogram.
    pub fn selector(&self, family: Family, part: Option<RolePart>) -> String {
        let ask = part.map_or(Ask::Name, Ask::Part);
        let label = self.profile.labels.model.first();
        let matchers = match label.filter(|_| !self.model.is_empty()) {
            Some(label) => {
                let mut model = String::new();
                for character in self.model.chars() {
                    match character {
                        '\\' => model.push_str("\\\\"),
                        '"' => model.push_str("\\\""),
                        '\n' => model.push_str("\\n"),
                        other => model.push(other),
                    }
                }
                format!("{label}=\"{model}\"")
            }
            None => String::new(),
        };
        self.profile.selector(family, ask, &self.prefix, &matchers)
    }

    /// When the observations of a family are recorded; None where no replica has it.
    pub fn population(&self, family: Family) -> Option<Population> {
        self.replicas.iter().find_map(|replica| replica.population(family))
    }

    /// The histograms of that family with their replicas.
    pub fn histograms(&self, family: Family) -> impl Iterator<Item = &HistogramColumns> {
        self.replicas.iter().filter_map(move |replica| replica.histogram(family))
    }
}

impl Replica {
    /// A replica with what it exported.
    pub fn new(key: String, aggregate: bool, quantities: SortedMap<Family, Quantity>) -> Self {
        let mut replica = Self {
            key,
            aggregate,
            quantities,
            metrics: SortedMap::new(),
            targets: Vec::new(),
            groups: SortedMap::new(),
            no_counts: None,
            rounding: Rounding::default(),
            counted_twice: None,
            membership: Vec::new(),
            told_by: Vec::new(),
            demand: None,
        };
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

    /// Leaves out whatever its target counted. States are true of one process at a time.
    fn leave_out_counts(&mut self, why: NoCounts) {
        self.no_counts = Some(why);
        let entries = std::mem::take(&mut self.quantities).into_entries().into_iter();
        let is_state =
            |entry: &(Family, Quantity)| matches!(entry.1, Quantity::Gauge(_) | Quantity::Info(_));
        self.quantities = SortedMap::from_entries(entries.filter(is_state).collect_vec());
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

    /// When the observations of that family are recorded.
    pub fn population(&self, family: Family) -> Option<Population> {
        self.metrics.get(&family)?.population
    }

    /// Longest time in milliseconds for which the gauge of that family may repeat although the
    /// truth moved on; 0 where every scrape shows it.
    pub fn stale_for_ms(&self, family: Family) -> i64 {
        self.metrics.get(&family).map_or(0, |metric| metric.stale_for_ms)
    }

    fn configured(&self, words: &KnobWords) -> Option<&String> {
        let value = self.info(Family::CacheConfig)?.get(words.configured?)?;
        (!value.is_empty() && value != "None").then_some(value)
    }
}
