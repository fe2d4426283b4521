//! The columns that the core takes.

use std::collections::BTreeMap;

use inference_triage_core::ingest::batch::{SampleBatch, SeriesDescription};

use crate::record::{Series, Target};
use crate::run::Run;

impl Run {
    /// The run as columns, without the series whose name contains one of `drop` (names without a
    /// dialect's prefix, e.g. `num_preemptions_total`; `DCGM_` drops all of DCGM).
    pub fn sample_batch(&self, drop: &[&str]) -> SampleBatch {
        let mut batch = SampleBatch {
            times: self.times.iter().map(|time| *time as f64).collect(),
            ..SampleBatch::default()
        };
        for (target, series) in self.stored(drop) {
            let offset = batch.values.len();
            batch.values.extend_from_slice(&series.values);
            let labels = labels(target, &series.name, &series.labels).into_iter().collect();
            batch.series.push(SeriesDescription {
                labels,
                grid: 0,
                offset,
                length: series.values.len(),
                ..SeriesDescription::default()
            });
        }
        batch
    }

    /// Every series with its target, those of `drop` left out.
    pub(crate) fn stored<'a>(
        &'a self,
        drop: &'a [&str],
    ) -> impl Iterator<Item = (&'a Target, &'a Series)> {
        let all = self
            .targets
            .iter()
            .flat_map(|target| target.series.iter().map(move |series| (target, series)));
        all.filter(move |(_, series)| {
            !drop.iter().any(|name| series.name.contains(name))
                && series.values.iter().any(|value| !value.is_nan())
        })
    }
}

/// Labels under which a Prometheus stores a series.
pub(crate) fn labels(
    target: &Target,
    name: &str,
    own: &[(String, String)],
) -> BTreeMap<String, String> {
    let scraped =
        [("job".to_owned(), target.job.clone()), ("instance".to_owned(), target.instance.clone())];
    let named = [("__name__".to_owned(), name.to_owned())];
    named
        .into_iter()
        .chain(scraped)
        .chain(target.labels.iter().cloned())
        .chain(own.iter().cloned())
        .collect()
}
