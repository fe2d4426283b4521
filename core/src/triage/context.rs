//! What a rule may look at: one scope, one window, its baseline, and what was made of them.

use crate::catalogue::caveats::CaveatId;
use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::caveat::Caveats;
use crate::growth::gauge::Gauge;
use crate::histogram::QuantileEstimate;
use crate::histogram::arithmetic::within;
use crate::limits::Limits;
use crate::model::step_time::{StepLaw, mean_batch};
use crate::quality::identities::Broken;
use crate::scope::{Replica, Scope, engines};
use crate::settings::Settings;
use crate::signal::level::Level;
use crate::signal::level::{WAIT_SHARE_OF_TARGET, target};
use crate::signal::phases::Phases;
use crate::signal::{Signal, Signals};
use crate::store::grid::TimeGrid;
use crate::text::number::{number, percent, percent_at_most, seconds};
use crate::triage::evidence::{Threshold, exact};
use crate::triage::finding::Compare;
use crate::triage::finding::{Evidence, Pattern, Severity};
use crate::window::measurements::Measurements;
use crate::window::replica_set::ReplicaSet;

/// Everything a rule sees.
#[derive(Debug)]
pub struct Context<'a> {
    /// The scope.
    pub scope: &'a Scope,
    /// The replicas looked at.
    pub replicas: &'a [&'a Replica],
    /// What they make together.
    pub together: &'a ReplicaSet,
    /// The time grid.
    pub grid: &'a TimeGrid,
    /// The user's choices.
    pub settings: &'a Settings,
    /// The window.
    pub now: &'a Measurements,
    /// The baseline.
    pub baseline: Option<&'a Measurements>,
    /// When the automatic baseline found a change, Unix milliseconds.
    pub changed_at: Option<i64>,
    /// Signals of the window.
    pub signals: &'a Signals,
    /// The matched row of the matrix.
    pub pattern: &'a Pattern,
    /// Phase breakdown.
    pub phases: Option<&'a Phases>,
    /// Limits of the engine.
    pub limits: &'a Limits,
    /// Identities that do not hold.
    pub broken: &'a [Broken],
    /// Repairs so far.
    pub caveats: &'a Caveats,
}

impl Context<'_> {
    /// A signal of the window.
    pub fn signal(&self, id: SignalId) -> Option<&Signal> {
        self.signals.get(id)
    }

    /// The level of a signal; Unknown when it is not measured.
    pub fn level(&self, id: SignalId) -> Level {
        self.signal(id).map_or(Level::Unknown, |signal| signal.level)
    }

    /// The mean of a signal in its unit.
    pub fn mean(&self, id: SignalId) -> Option<f64> {
        self.signal(id)?.mean
    }

    /// The quantile of a signal that the objective is about.
    pub fn objective_quantile(&self, id: SignalId) -> Option<&QuantileEstimate> {
        let q = self.settings.slo.quantile;
        let quantiles = &self.signal(id)?.quantiles;
        quantiles.iter().min_by(|left, right| (left.q - q).abs().total_cmp(&(right.q - q).abs()))
    }

    /// Share of inference that prefill takes on average, 0–1.
    pub fn prefill_share(&self) -> Option<f64> {
        let prefill = self.now.mean(Family::PrefillTime)?;
        let decode = self.now.mean(Family::DecodeTime)?;
        (prefill + decode > 0.0).then(|| prefill / (prefill + decode))
    }

    /// Mean time of one more token: inter-token latency, else decode time by output tokens.
    pub fn token_time(&self) -> Option<f64> {
        self.now.mean(Family::Itl).or_else(|| {
            let tokens = self.now.mean(Family::GenerationTokensPerRequest)? - 1.0;
            (tokens > 0.0)
                .then(|| self.now.mean(Family::DecodeTime).map(|decode| decode / tokens))
                .flatten()
        })
    }

    /// The step-time law of one engine, where the baseline ran with another batch.
    pub fn step_law(&self) -> Option<StepLaw> {
        StepLaw::fit(self.now, self.baseline?, engines(self.replicas))
    }

    /// Seconds of a token once the batch is `factor` times as large.
    ///
    /// By the step-time law where there is one, and never more than `factor` times as long, because
    /// a step is α + β·batch with α ≥ 0.
    pub fn grown_token_time(&self, token_time: f64, factor: f64) -> f64 {
        let worst = factor * token_time;
        let batch = mean_batch(self.now).map(|batch| batch / engines(self.replicas) as f64);
        match (self.step_law(), batch) {
            (Some(law), Some(batch)) => within(law.at(factor * batch), token_time, worst),
            _ => worst,
        }
    }

    /// Critical when at least half of the requests miss an objective, else a warning.
    pub fn severity(&self) -> Severity {
        let most_miss = self
            .signals
            .0
            .iter()
            .filter_map(|signal| signal.attainment)
            .any(|attainment| attainment.hi <= 0.5);
        if most_miss { Severity::Critical } else { Severity::Warning }
    }

    /// Requests that got a first token in the window, neither finished in it nor can still be
    /// running, with the number of all that got one; None when they are fewer than an objective may
    /// miss, or when a restart or torn buckets make the count of first tokens uncertain.
    pub fn lost_requests(&self) -> Option<(f64, f64)> {
        if [CaveatId::CounterReset, CaveatId::NonMonotone].iter().any(|id| self.caveats.has(*id)) {
            return None;
        }
        let begun = self.now.count(Family::Ttft)?;
        let lost = begun - self.now.finished()? - self.now.gauge(Family::Running)?.max;
        (lost > (1.0 - self.settings.slo.quantile) * begun).then_some((lost, begun))
    }

    /// Preemptions in the window; 0 when the counter is there and did not move.
    pub fn preemptions(&self) -> Option<f64> {
        self.now.increase(Family::Preemptions)
    }

    /// Highest KV usage in the window, 0–1.
    pub fn kv_peak(&self) -> Option<f64> {
        self.now.gauge(Family::KvUsage).map(|usage| usage.max)
    }

    /// What memory did, as a phrase: `KV cache at most 2 % used, no preemptions`. None when neither
    /// is measured.
    pub fn memory_phrase(&self) -> Option<String> {
        let usage =
            self.kv_peak().map(|peak| format!("KV cache at most {} used", percent_at_most(peak)));
        let preemptions = self.preemptions().map(|count| match count {
            0.0 => "no preemptions".to_owned(),
            1.0 => "1 preemption".to_owned(),
            _ => format!("{} preemptions", number(count)),
        });
        match (usage, preemptions) {
            (Some(usage), Some(preemptions)) => Some(format!("{usage}, {preemptions}")),
            (usage, preemptions) => usage.or(preemptions),
        }
    }

    /// The mean queue time against what queueing may take of the time-to-first-token target.
    pub fn queue_evidence(&self) -> Option<Evidence> {
        let queue = self.mean(SignalId::QueueTime)?;
        let (whole, source) = target(&self.settings.slo, SignalId::Ttft)?;
        let line = WAIT_SHARE_OF_TARGET * whole;
        Some(exact(
            SignalId::QueueTime,
            "s",
            queue,
            Compare::Above,
            Threshold { value: line, source },
            format!(
                "requests queue for {} on average; queueing may take {} ({} of the time-to-first-token target)",
                seconds(queue),
                seconds(line),
                percent(WAIT_SHARE_OF_TARGET)
            ),
        ))
    }

    /// Most requests that ran or waited at one engine at one time.
    pub fn peak_demand(&self) -> Option<f64> {
        self.replicas
            .iter()
            .filter_map(|replica| replica.demand()?.window(self.now.first, self.now.last))
            .map(|demand| demand.max)
            .reduce(f64::max)
    }

    /// Sequences like the present ones that the cache of one engine can hold: running / share used
    /// at the window's means, of the engine with the least room.
    pub fn sequences_that_fit(&self) -> Option<f64> {
        let mean =
            |gauge: &Gauge| gauge.window(self.now.first, self.now.last).map(|summary| summary.mean);
        self.replicas
            .iter()
            .filter_map(|replica| {
                let (running, usage) = (
                    mean(replica.gauge(Family::Running)?)?,
                    mean(replica.gauge(Family::KvUsage)?)?,
                );
                (running > 0.0 && usage > 0.0).then(|| running / usage)
            })
            .reduce(f64::min)
    }

    /// The engine's name for a metric with this scope's labels, for queries a reader can paste.
    pub fn selector(&self, metric: &str) -> String {
        if self.scope.model.is_empty() {
            format!("{}{metric}", self.scope.prefix)
        } else {
            let model =
                self.scope.model.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            format!("{}{metric}{{model_name=\"{model}\"}}", self.scope.prefix)
        }
    }
}
