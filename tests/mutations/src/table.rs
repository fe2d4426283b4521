//! Series on one time grid, as a mutation takes and leaves them.

use std::collections::BTreeMap;

use inference_triage_core::ingest::batch::{SampleBatch, SeriesDescription};
use serde_json::{Value, json};

use crate::expectation::Figures;

/// Largest age of the sample that a range query repeats, milliseconds: Prometheus' default.
const LOOKBACK_MS: f64 = 300_000.0;

/// One series.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    /// Labels, `__name__` among them.
    pub labels: BTreeMap<String, String>,
    /// One value a grid time; NaN = absent.
    pub values: Vec<f64>,
}

/// Series on one grid.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// Unix milliseconds, ascending.
    pub times: Vec<f64>,
    /// In the order in which they are handed over.
    pub series: Vec<Series>,
}

impl Series {
    /// The metric's name; empty without one.
    pub fn name(&self) -> &str {
        self.labels.get("__name__").map_or("", String::as_str)
    }

    /// Gives it another name.
    pub fn rename(&mut self, name: String) {
        self.labels.insert("__name__".to_owned(), name);
    }

    /// A label's value; empty without one.
    pub fn label(&self, name: &str) -> &str {
        self.labels.get(name).map_or("", String::as_str)
    }

    /// Whether it counts up: by the endings that the exposition formats prescribe.
    pub fn is_counter(&self) -> bool {
        ["_total", "_bucket", "_sum", "_count"].iter().any(|end| self.name().ends_with(end))
    }

    /// Whether the engine itself exports it, not its process, its device or its cluster.
    pub fn is_of_engine(&self) -> bool {
        self.name().starts_with("vllm")
    }

    /// The name without the ending of a part of it: what a dashboard calls a metric.
    pub fn family(&self) -> &str {
        let name = self.name();
        let ends = ["_bucket", "_sum", "_count", "_total"];
        ends.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name)
    }
}

impl Table {
    /// A batch on the union of its grids.
    pub fn of(batch: &SampleBatch) -> Self {
        let mut times: Vec<f64> = batch.times.clone();
        times.sort_by(f64::total_cmp);
        times.dedup();
        let series = batch.series.iter().map(|series| {
            let own = &batch.times[series.grid..series.grid + series.length];
            let samples = &batch.values[series.offset..series.offset + series.length];
            let mut values = vec![f64::NAN; times.len()];
            for (time, value) in own.iter().zip(samples) {
                let place = times.binary_search_by(|other| other.total_cmp(time));
                if let Ok(place) = place {
                    values[place] = *value;
                }
            }
            let labels = series.labels.iter();
            let labels = labels.map(|(name, value)| (name.clone(), value.clone())).collect();
            Series { labels, values }
        });
        Self { series: series.collect(), times }
    }

    /// As the core takes it. Series without a sample are left out, as a server leaves them out.
    pub fn batch(&self) -> SampleBatch {
        let mut batch = SampleBatch { times: self.times.clone(), ..SampleBatch::default() };
        let there = |series: &&Series| series.values.iter().any(|value| !value.is_nan());
        for series in self.series.iter().filter(there) {
            batch.series.push(SeriesDescription {
                labels: series.labels.iter().map(|(k, v)| (k.clone(), v.clone())).collect(),
                offset: batch.values.len(),
                length: series.values.len(),
                ..SeriesDescription::default()
            });
            batch.values.extend_from_slice(&series.values);
        }
        batch
    }

    /// Index of the first time at or after `time`, at most the number of times.
    pub fn index(&self, time: f64) -> usize {
        self.times.partition_point(|other| *other < time)
    }

    /// Median distance of its times, milliseconds.
    pub fn step(&self) -> f64 {
        let mut steps: Vec<f64> = self.times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        steps.sort_by(f64::total_cmp);
        steps.get(steps.len() / 2).copied().unwrap_or(0.0)
    }

    /// Series of that family of the engine, whatever its prefix.
    pub fn of_family<'a>(&'a mut self, family: &'a str) -> impl Iterator<Item = &'a mut Series> {
        self.series.iter_mut().filter(move |series| series.family() == family)
    }

    /// Names of the engine's families, sorted.
    pub fn families(&self) -> Vec<String> {
        let of_engine = self.series.iter().filter(|series| series.is_of_engine());
        let mut families: Vec<String> = of_engine.map(|series| series.family().into()).collect();
        families.sort();
        families.dedup();
        families
    }

    /// Values of that label, sorted.
    pub fn values_of(&self, label: &str) -> Vec<String> {
        let mut values: Vec<String> =
            self.series.iter().filter_map(|series| series.labels.get(label).cloned()).collect();
        values.sort();
        values.dedup();
        values
    }

    /// Requests that finished in a window of Unix milliseconds, both ends included: the growth of
    /// the count of end-to-end latencies, a fall being a restart from zero. None without that
    /// count.
    pub fn finished(&self, window: (i64, i64)) -> Option<f64> {
        self.finished_since(window, LOOKBACK_MS)
    }

    /// How many requests may be said to have finished in a window: as many as in
    /// [`Self::finished`], and where the samples at its begin are missing no fewer than were counted
    /// between those inside it.
    pub fn figures(&self, window: (i64, i64)) -> Option<Figures> {
        let inside = Figures::around(self.finished_since(window, 0.0)?);
        let all = Figures::around(self.finished(window)?);
        Some(Figures { least: inside.least.min(all.least), most: all.most })
    }

    /// The table as the response of a range query.
    pub fn response(&self) -> Value {
        let samples = |one: &Series| {
            let all = self.times.iter().zip(&one.values).filter(|(_, value)| !value.is_nan());
            all.map(|(time, value)| json!([time / 1000.0, value.to_string()])).collect::<Vec<_>>()
        };
        let series = self.series.iter();
        let result: Vec<Value> =
            series.map(|one| json!({ "metric": one.labels, "values": samples(one) })).collect();
        json!({ "status": "success", "data": { "resultType": "matrix", "result": result } })
    }

    fn finished_since(&self, window: (i64, i64), lookback: f64) -> Option<f64> {
        let ends = ["e2e_request_latency_seconds_count", "request_success_total"];
        ends.iter().find_map(|end| {
            let counts = self.series.iter().filter(|series| series.name().ends_with(end));
            let grown = |series| self.increase(series, window, lookback);
            counts.map(grown).reduce(|all, one| all + one)
        })
    }

    fn increase(&self, series: &Series, window: (i64, i64), lookback: f64) -> f64 {
        let (start, end) = (window.0 as f64, window.1 as f64);
        let mut before: Option<f64> = None;
        let mut grown = 0.0;
        for (time, value) in self.times.iter().zip(&series.values) {
            if value.is_nan() || *time < start - lookback || *time > end {
                continue;
            }
            if *time > start {
                grown += before.map_or(0.0, |old| if *value < old { *value } else { value - old });
            }
            before = Some(*value);
        }
        grown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(name: &str, values: &[f64]) -> Series {
        let labels = [("__name__".to_owned(), name.to_owned())].into_iter().collect();
        Series { labels, values: values.to_vec() }
    }

    #[test]
    fn parts_of_a_name() {
        let bucket = series("vllm:x_seconds_bucket", &[]);
        assert!(bucket.is_counter() && bucket.is_of_engine());
        assert_eq!(bucket.family(), "vllm:x_seconds");
        assert!(!series("vllm:num_requests_running", &[]).is_counter());
    }

    #[test]
    fn a_batch_reads_back() {
        let table = Table {
            times: vec![0.0, 1000.0],
            series: vec![series("a", &[1.0, f64::NAN]), series("b", &[f64::NAN, 2.0])],
        };
        let read = Table::of(&table.batch());
        assert_eq!(read.times, table.times);
        assert!(read.series[0].values[1].is_nan() && read.series[1].values[0].is_nan());
        assert_eq!((read.series[0].values[0], read.series[1].values[1]), (1.0, 2.0));
    }

    #[test]
    fn finished_requests_count_from_zero_after_a_restart() {
        let count = "vllm:e2e_request_latency_seconds_count";
        let table = Table {
            times: vec![0.0, 1000.0, 2000.0, 3000.0],
            series: vec![series(count, &[10.0, 14.0, 3.0, 5.0])],
        };
        assert_eq!(table.finished((0, 3000)), Some(4.0 + 3.0 + 2.0));
        assert_eq!(table.finished((1000, 3000)), Some(3.0 + 2.0));
        assert_eq!(Table::default().finished((0, 1)), None);
        let figures = table.figures((1000, 3000)).expect("a count");
        assert!(figures.hold(5.0) && !figures.hold(20.0));
    }

    #[test]
    fn what_finished_before_the_first_sample_of_a_window_may_be_left_out() {
        let count = "vllm:e2e_request_latency_seconds_count";
        let values = [0.0, f64::NAN, 400.0, 500.0];
        let table = Table {
            times: vec![0.0, 1000.0, 2000.0, 3000.0],
            series: vec![series(count, &values)],
        };
        let figures = table.figures((1000, 3000)).expect("a count");
        assert!(figures.hold(100.0) && figures.hold(500.0) && !figures.hold(1000.0));
    }
}
