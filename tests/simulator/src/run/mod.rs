//! What a simulation leaves: every scrape of every target, and the truth about every request.

mod exposition;
mod open_metrics;
pub mod published_table;
mod range_response;
mod sample_batch;

use crate::configuration::Scenario;
use crate::record::Target;
use crate::record::outcome::Outcome;

pub use open_metrics::number;

/// A finished simulation.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// What was simulated.
    pub scenario: Scenario,
    /// Distance of scrapes, seconds.
    pub interval_seconds: f64,
    /// Unix milliseconds of the scrapes.
    pub times: Vec<i64>,
    /// Engines first, then devices, then the scheduling layer; series carry one value a scrape.
    pub targets: Vec<Target>,
    /// Every request in the order of arrival, those of the warm-up included (their arrival is
    /// negative).
    pub requests: Vec<Outcome>,
    /// When the API server began with each of them, from where vLLM measures, seconds after the
    /// first scrape; its arrival where none did.
    pub stamped: Vec<f64>,
}

/// How many requests met every objective.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Attainment {
    /// Requests that arrived in the interval and whose fate is known: still running ones count once
    /// they missed a target.
    pub requests: usize,
    /// Those that finished in full and met every objective.
    pub met: usize,
}

impl Attainment {
    /// Share that met them; none without requests.
    pub fn share(&self) -> Option<f64> {
        (self.requests > 0).then(|| self.met as f64 / self.requests as f64)
    }
}

impl Run {
    /// The same with every `step`-th scrape, for a longer scrape interval.
    pub fn thinned(&self, step: usize) -> Self {
        self.chosen(0, self.times.len(), step)
    }

    /// The same with the scrapes from `start` to `end`, both included, seconds after the first
    /// scrape.
    pub fn between(&self, start: f64, end: f64) -> Self {
        let origin = self.scenario.start_unix_seconds as f64;
        let within = |seconds: f64, time: i64| time as f64 / 1000.0 - origin >= seconds - 1e-6;
        let first =
            self.times.iter().position(|time| within(start, *time)).unwrap_or(self.times.len());
        let after = self.times.iter().position(|time| *time as f64 / 1000.0 - origin > end + 1e-6);
        self.chosen(first, after.unwrap_or(self.times.len()), 1)
    }

    fn chosen(&self, first: usize, end: usize, step: usize) -> Self {
        let first = first.min(end);
        Self {
            scenario: self.scenario.clone(),
            interval_seconds: self.interval_seconds * step.max(1) as f64,
            times: self.times[first..end].iter().step_by(step.max(1)).copied().collect(),
            targets: self.targets.iter().map(|target| target.chosen(first, end, step)).collect(),
            requests: self.requests.clone(),
            stamped: self.stamped.clone(),
        }
    }

    /// How many of the requests that arrived between `start` and `end` (seconds after the first
    /// scrape) met the scenario's objectives. Refused, lost, failed and abandoned requests did not.
    pub fn attainment(&self, start: f64, end: f64) -> Attainment {
        let objectives = self.scenario.objectives;
        let over = self.scenario.duration_seconds;
        let mut attainment = Attainment::default();
        for outcome in
            self.requests.iter().filter(|outcome| outcome.arrival >= start && outcome.arrival < end)
        {
            let age = outcome.ended.unwrap_or(over) - outcome.arrival;
            let ttft_missed = outcome.ttft().unwrap_or(age) > objectives.ttft;
            let e2e_missed = age > objectives.e2e;
            let tpot_missed = outcome.tpot().is_some_and(|tpot| tpot > objectives.tpot);
            if outcome.ending == crate::record::outcome::Ending::Unfinished
                && !ttft_missed
                && !e2e_missed
            {
                continue;
            }
            attainment.requests += 1;
            attainment.met +=
                usize::from(outcome.finished() && !ttft_missed && !tpot_missed && !e2e_missed);
        }
        attainment
    }

    /// Growth of a counter (name without the dialect's prefix) over all engines from the first
    /// scrape to the last.
    pub fn growth(&self, name: &str) -> f64 {
        let wanted = format!("{}{name}", self.scenario.dialect.prefix());
        let series =
            self.engines().flat_map(|target| &target.series).filter(|series| series.name == wanted);
        series.map(|series| increase(&series.values)).sum()
    }

    /// Upper bound of the bucket in which that quantile of the observations of the run lies; none
    /// without observations.
    pub fn bucket_quantile(&self, name: &str, share: f64) -> Option<f64> {
        let wanted = format!("{}{name}_bucket", self.scenario.dialect.prefix());
        let mut buckets: Vec<(f64, f64)> = Vec::new();
        for series in
            self.engines().flat_map(|target| &target.series).filter(|series| series.name == wanted)
        {
            let le = series
                .labels
                .iter()
                .find(|(label, _)| label == "le")
                .and_then(|(_, le)| le.parse().ok())?;
            let growth = increase(&series.values);
            match buckets.iter_mut().find(|(bound, _)| bound.total_cmp(&le).is_eq()) {
                Some((_, count)) => *count += growth,
                None => buckets.push((le, growth)),
            }
        }
        let total = buckets.last()?.1;
        buckets
            .iter()
            .find(|(_, count)| total > 0.0 && *count >= share * total)
            .map(|(bound, _)| *bound)
    }

    /// The engines.
    pub fn engines(&self) -> impl Iterator<Item = &Target> {
        self.targets.iter().filter(|target| target.job == "vllm")
    }
}

/// Growth of a counter with resets, absent values left out.
pub fn increase(values: &[f64]) -> f64 {
    let mut total = 0.0;
    let mut before: Option<f64> = None;
    for &value in values.iter().filter(|value| !value.is_nan()) {
        total += match before {
            Some(before) if value >= before => value - before,
            Some(_) => value,
            None => 0.0,
        };
        before = Some(value);
    }
    total
}
