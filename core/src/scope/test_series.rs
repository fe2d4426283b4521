//! Series for unit tests, every 15 s from 0.

use crate::ingest::batch::{SampleBatch, SeriesDescription};
use crate::ingest::prometheus::SAMPLE_LIMIT;
use crate::scope::Scope;
use crate::scope::resolve::resolve;
use crate::store::Store;

/// Name, labels, samples.
pub(crate) type TestSeries<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [f64]);

/// These series on one grid.
pub(crate) fn store(series: &[TestSeries<'_>]) -> Store {
    let length = series.iter().map(|(_, _, values)| values.len()).max().unwrap_or(0);
    let mut batch = SampleBatch {
        times: (0..length).map(|index| index as f64 * 15_000.0).collect(),
        ..SampleBatch::default()
    };
    for (name, labels, values) in series {
        let own = labels.iter().copied().chain([("__name__", *name)]);
        batch.series.push(SeriesDescription {
            labels: own.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            offset: batch.values.len(),
            length: values.len(),
            ..SeriesDescription::default()
        });
        batch.values.extend_from_slice(values);
    }
    Store::from_batch(batch, SAMPLE_LIMIT).expect("the batch is valid")
}

/// The scopes that they make.
pub(crate) fn scopes(series: &[TestSeries<'_>]) -> Vec<Scope> {
    resolve(&store(series), None).expect("there is an engine")
}

/// The scope, where they make one.
pub(crate) fn scope(series: &[TestSeries<'_>]) -> Scope {
    let mut scopes = scopes(series);
    assert_eq!(scopes.len(), 1, "one scope");
    scopes.remove(0)
}
