//! What a Prometheus user sees: instant values, increases and quantiles of the raw series, as
//! PromQL would answer them.
//!
//! Written apart from the diagnosis' own reading of the same series, so that the rivals owe it
//! nothing but the published interpolation of `histogram_quantile`.

use std::collections::BTreeMap;

use inference_triage_core::histogram::prometheus_quantile;
use inference_triage_core::ingest::batch::{Labels, SampleBatch};

/// How far back an instant query looks for a sample, milliseconds: Prometheus' default.
const LOOKBACK_MS: f64 = 300_000.0;

/// Five minutes, the window of almost every published query, milliseconds.
pub const FIVE_MINUTES: f64 = 300_000.0;

/// Spacing of rule evaluations, milliseconds: Prometheus' default.
const EVALUATION_MS: f64 = 60_000.0;

/// One raw series.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    labels: &'a Labels,
    times: &'a [f64],
    values: &'a [f64],
}

impl Column<'_> {
    /// A label's value; empty when the series lacks it.
    pub fn label(&self, name: &str) -> &str {
        self.labels.get(name).map_or("", String::as_str)
    }

    /// All its labels, the name of the metric included.
    pub fn labels(&self) -> &Labels {
        self.labels
    }

    /// The newest sample at or before a time, not older than the lookback.
    pub fn at(&self, time: f64) -> Option<f64> {
        let end = self.times.partition_point(|sample| *sample <= time);
        (0..end)
            .rev()
            .take_while(|&index| self.times[index] > time - LOOKBACK_MS)
            .map(|index| self.values[index])
            .find(|value| !value.is_nan())
    }

    /// Samples in [from, to] that are present, with their times.
    pub fn samples(&self, from: f64, to: f64) -> impl Iterator<Item = (f64, f64)> + '_ {
        let start = self.times.partition_point(|sample| *sample < from);
        let end = self.times.partition_point(|sample| *sample <= to);
        (start..end.max(start))
            .map(|index| (self.times[index], self.values[index]))
            .filter(|(_, value)| !value.is_nan())
    }

    /// Growth of a counter over [from, to], a fall being a restart from 0; None with fewer than two
    /// samples.
    pub fn increase(&self, from: f64, to: f64) -> Option<f64> {
        let mut samples = self.samples(from, to).map(|(_, value)| value);
        let mut before = samples.next()?;
        let mut grown = None;
        for value in samples {
            let step = if value < before { value } else { value - before };
            grown = Some(grown.unwrap_or(0.0) + step);
            before = value;
        }
        grown
    }
}

/// All series of a batch, by metric name.
#[derive(Debug)]
pub struct Observed<'a> {
    by_name: BTreeMap<&'a str, Vec<Column<'a>>>,
}

impl<'a> Observed<'a> {
    /// Indexes a batch of raw series. A series without a name is left out: PromQL cannot ask for it
    /// either.
    pub fn new(batch: &'a SampleBatch) -> Self {
        let mut by_name: BTreeMap<&str, Vec<Column<'_>>> = BTreeMap::new();
        for series in &batch.series {
            let times = batch.times.get(series.grid..series.grid + series.length);
            let values = batch.values.get(series.offset..series.offset + series.length);
            if let (Some(name), Some(times), Some(values)) =
                (series.labels.get("__name__"), times, values)
            {
                by_name.entry(name).or_default().push(Column {
                    labels: &series.labels,
                    times,
                    values,
                });
            }
        }
        Self { by_name }
    }

    /// Every metric with its series.
    pub fn names(&self) -> impl Iterator<Item = (&'a str, &[Column<'a>])> {
        self.by_name.iter().map(|(name, columns)| (*name, columns.as_slice()))
    }

    /// Every series of that name.
    pub fn columns(&self, name: &str) -> &[Column<'a>] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// Values of a gauge at a time, one an engine; empty when the metric is not there.
    pub fn each(&self, name: &str, time: f64) -> Vec<(String, f64)> {
        let place = |column: &Column<'_>| {
            format!("{}/{}", column.label("instance"), column.label("engine"))
        };
        self.columns(name)
            .iter()
            .filter_map(|column| Some((place(column), column.at(time)?)))
            .collect()
    }

    /// Sum of a gauge over engines; None when it is not there.
    pub fn sum(&self, name: &str, time: f64) -> Option<f64> {
        self.each(name, time).into_iter().map(|(_, value)| value).reduce(|left, right| left + right)
    }

    /// Greatest value of a gauge over engines; None when it is not there.
    pub fn max(&self, name: &str, time: f64) -> Option<f64> {
        self.each(name, time).into_iter().map(|(_, value)| value).reduce(f64::max)
    }

    /// Growth of a counter over the window that ends at `time`, summed over the series that carry
    /// the label.
    pub fn increase_where(
        &self,
        name: &str,
        label: Option<(&str, &str)>,
        time: f64,
        window: f64,
    ) -> Option<f64> {
        self.columns(name)
            .iter()
            .filter(|column| label.is_none_or(|(name, value)| column.label(name) == value))
            .filter_map(|column| column.increase(time - window, time))
            .reduce(|left, right| left + right)
    }

    /// Growth of a counter over the window that ends at `time`, summed over series.
    pub fn increase(&self, name: &str, time: f64, window: f64) -> Option<f64> {
        self.increase_where(name, None, time, window)
    }

    /// `histogram_quantile(q, sum by (le) (rate(base_bucket[window])))` at a time; None where
    /// PromQL says nothing or NaN.
    pub fn quantile(&self, q: f64, base: &str, time: f64, window: f64) -> Option<f64> {
        let name = format!("{base}_bucket");
        let mut grown: Vec<(f64, f64)> = Vec::new();
        for column in self.columns(&name) {
            let (Some(bound), Some(step)) =
                (bound(column.label("le")), column.increase(time - window, time))
            else {
                continue;
            };
            match grown.iter_mut().find(|(known, _)| known.total_cmp(&bound).is_eq()) {
                Some((_, count)) => *count += step,
                None => grown.push((bound, step)),
            }
        }
        grown.sort_by(|left, right| left.0.total_cmp(&right.0));
        let quantile = prometheus_quantile(q, &grown);
        (!quantile.is_nan()).then_some(quantile)
    }

    /// Whether a condition held at every rule evaluation of the last `duration` milliseconds: an
    /// alert's `for`.
    pub fn held(&self, time: f64, duration: f64, condition: impl Fn(&Self, f64) -> bool) -> bool {
        let steps = (duration / EVALUATION_MS) as usize;
        (0..=steps).all(|step| condition(self, time - step as f64 * EVALUATION_MS))
    }
}

fn bound(text: &str) -> Option<f64> {
    match text {
        "+Inf" => Some(f64::INFINITY),
        _ => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use inference_triage_core::ingest::batch::SeriesDescription;

    /// Name, labels, values every 15 s.
    type Series<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [f64]);

    fn batch(series: &[Series<'_>]) -> SampleBatch {
        let length = series[0].2.len();
        let mut batch = SampleBatch {
            times: (0..length).map(|i| i as f64 * 15_000.0).collect(),
            ..SampleBatch::default()
        };
        for (name, labels, values) in series {
            let mut map: Labels = labels
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
            map.insert("__name__".to_owned(), (*name).to_owned());
            batch.series.push(SeriesDescription {
                labels: map,
                offset: batch.values.len(),
                length,
                ..SeriesDescription::default()
            });
            batch.values.extend_from_slice(values);
        }
        batch
    }

    #[test]
    fn a_restart_counts_from_zero() {
        let batch = batch(&[("c", &[], &[10.0, 14.0, 3.0, f64::NAN, 5.0])]);
        let observed = Observed::new(&batch);
        assert_eq!(observed.increase("c", 60_000.0, 60_000.0), Some(4.0 + 3.0 + 2.0));
        assert_eq!(observed.increase("c", 0.0, 10.0), None, "one sample shows no growth");
        assert_eq!(observed.sum("c", 50_000.0), Some(3.0), "the newest present sample");
        assert_eq!(observed.sum("absent", 50_000.0), None);
    }

    /// Two engines: growth 4 at or below 1 s and 8 in all; rank 0.5·8 = 4 is the upper end of the
    /// first bucket.
    #[test]
    fn quantiles_pool_engines_by_bound() {
        let le = |engine, le| [("engine", engine), ("le", le)];
        let batch = batch(&[
            ("h_bucket", &le("0", "1.0"), &[0.0, 1.0]),
            ("h_bucket", &le("0", "+Inf"), &[0.0, 5.0]),
            ("h_bucket", &le("1", "1.0"), &[7.0, 10.0]),
            ("h_bucket", &le("1", "2.0"), &[9.0, 12.0]),
            ("h_bucket", &le("0", "2.0"), &[0.0, 5.0]),
            ("h_bucket", &le("1", "+Inf"), &[9.0, 12.0]),
        ]);
        let observed = Observed::new(&batch);
        assert_eq!(observed.quantile(0.5, "h", 15_000.0, FIVE_MINUTES), Some(1.0));
        assert_eq!(observed.quantile(0.75, "h", 15_000.0, FIVE_MINUTES), Some(1.5));
    }
}
