//! Scrapes as columns: one value a series a scrape, absent where the target did not answer.

use serde::{Deserialize, Serialize};

/// How the values of a series are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Cumulative; falls when the process restarts.
    Counter,
    /// A state.
    Gauge,
}

/// One series of a target. Job and instance are the target's and not repeated here.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Name as exposed, with `_total`, `_bucket`, `_sum`, `_count`.
    pub name: String,
    /// Labels in the order of exposition.
    pub labels: Vec<(String, String)>,
    /// How to read it.
    pub kind: Kind,
    /// One value a scrape; NaN where it is absent.
    pub values: Vec<f64>,
}

/// Something that is scraped.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Label `job`.
    pub job: String,
    /// Label `instance`.
    pub instance: String,
    /// Labels that service discovery adds, e.g. `pod`.
    pub labels: Vec<(String, String)>,
    /// Its series; the order never changes.
    pub series: Vec<Series>,
    /// 1 where it answered, 0 where not, NaN where nobody asked.
    pub up: Vec<f64>,
    /// Values that came in the same order at every scrape: series 0 … `fixed`.
    places: Vec<usize>,
    cursor: usize,
}

impl Target {
    /// A target that was not scraped yet.
    pub fn new(job: &str, instance: String, labels: Vec<(String, String)>) -> Self {
        Self {
            job: job.to_owned(),
            instance,
            labels,
            series: Vec::new(),
            up: Vec::new(),
            places: Vec::new(),
            cursor: 0,
        }
    }

    /// Begins a scrape; none: the target does not exist yet.
    pub(crate) fn begin(&mut self, up: Option<bool>) {
        self.up.push(up.map_or(f64::NAN, |up| f64::from(u8::from(up))));
        self.cursor = 0;
        for series in &mut self.series {
            series.values.push(f64::NAN);
        }
    }

    /// The next value of those that come in the same order at every scrape.
    pub(crate) fn next(
        &mut self,
        kind: Kind,
        value: f64,
        describe: impl FnOnce() -> (String, Vec<(String, String)>),
    ) {
        if self.cursor == self.places.len() {
            let (name, labels) = describe();
            let place = self.create(name, labels, kind);
            self.places.push(place);
        }
        let place = self.places[self.cursor];
        self.cursor += 1;
        self.set(place, value);
    }

    /// A value whose labels may differ from scrape to scrape.
    pub(crate) fn labelled(
        &mut self,
        kind: Kind,
        value: f64,
        name: &str,
        labels: Vec<(String, String)>,
    ) {
        let known =
            self.series.iter().position(|series| series.name == name && series.labels == labels);
        let place = known.unwrap_or_else(|| self.create(name.to_owned(), labels, kind));
        self.set(place, value);
    }

    fn create(&mut self, name: String, labels: Vec<(String, String)>, kind: Kind) -> usize {
        self.series.push(Series { name, labels, kind, values: vec![f64::NAN; self.up.len()] });
        self.series.len() - 1
    }

    fn set(&mut self, place: usize, value: f64) {
        if let Some(last) = self.series[place].values.last_mut() {
            *last = value;
        }
    }

    /// The same with every `step`-th scrape, from number `first` up to but not including `end`.
    pub(crate) fn chosen(&self, first: usize, end: usize, step: usize) -> Self {
        let choose = |values: &[f64]| -> Vec<f64> {
            values[first.min(values.len())..end.min(values.len())]
                .iter()
                .step_by(step.max(1))
                .copied()
                .collect()
        };
        let series = self
            .series
            .iter()
            .map(|series| Series { values: choose(&series.values), ..series.clone() });
        Self { series: series.collect(), up: choose(&self.up), ..self.clone() }
    }
}
