//! Several scrapes as series.

use std::collections::{BTreeMap, BTreeSet};

use super::line::NAME;
use super::{Sample, response, too_many};
use crate::error::Error;
use crate::ingest::batch::Labels;
use crate::ingest::prometheus::{SAMPLE_LIMIT, SERIES_LIMIT};

/// What Prometheus puts before a label of the exposition that the scraper sets too.
const EXPORTED: &str = "exported_";

/// Values of one series with their times, Unix milliseconds.
pub(super) type Points = Vec<(i64, f64)>;

/// Scrapes of any number of targets, as Prometheus would have stored them. More series or samples
/// than one load accepts are an error.
#[derive(Debug)]
pub struct Scrapes {
    /// Name of the series that says whether a scrape succeeded.
    success: String,
    series: BTreeMap<Labels, Points>,
    samples: usize,
    times: BTreeSet<i64>,
}

impl Scrapes {
    /// No scrapes yet. `success` is the name of the series that is 1 where a scrape succeeded and 0
    /// where it failed.
    pub fn new(success: &str) -> Self {
        Self {
            success: success.to_owned(),
            series: BTreeMap::new(),
            samples: 0,
            times: BTreeSet::new(),
        }
    }

    /// Adds a scrape of one target at a time in Unix milliseconds; a sample that says its own time
    /// keeps it. The target's labels are added to each series, and that of success is 1.
    ///
    /// A label that the exposition sets too is renamed (`exported_job`), or stays as it is where
    /// the labels of the exposition `are_kept`, as those of a federation are.
    pub fn add(
        &mut self,
        samples: Vec<Sample>,
        target: &Labels,
        are_kept: bool,
        time: i64,
    ) -> Result<(), Error> {
        for Sample { labels, value, time: own } in samples {
            self.push(with_target(labels, target, are_kept), own.unwrap_or(time), value)?;
        }
        self.add_success(target, time, 1.0)
    }

    /// Notes that a target could not be scraped: success is 0, and its series have a gap.
    pub fn add_failure(&mut self, target: &Labels, time: i64) -> Result<(), Error> {
        self.add_success(target, time, 0.0)
    }

    /// Adds samples that all say their own time, without a note of success.
    pub fn add_timed(&mut self, samples: Vec<Sample>, target: &Labels) -> Result<(), Error> {
        for Sample { labels, value, time } in samples {
            if let Some(time) = time {
                self.push(with_target(labels, target, true), time, value)?;
            }
        }
        Ok(())
    }

    fn add_success(&mut self, target: &Labels, time: i64, value: f64) -> Result<(), Error> {
        let name = Labels::from_entries(vec![(NAME.to_owned(), self.success.clone())]);
        self.push(with_target(name, target, false), time, value)
    }

    fn push(&mut self, labels: Labels, time: i64, value: f64) -> Result<(), Error> {
        if self.samples == SAMPLE_LIMIT {
            return Err(too_many());
        }
        if self.series.len() == SERIES_LIMIT && !self.series.contains_key(&labels) {
            return Err(Error::too_large(format!(
                "the scrapes hold more than {SERIES_LIMIT} series; give those of fewer engines"
            )));
        }
        self.samples += 1;
        self.times.insert(time);
        self.series.entry(labels).or_default().push((time, value));
        Ok(())
    }

    /// How many samples there are, of all series together.
    pub fn samples(&self) -> usize {
        self.samples
    }

    /// All times of samples, ascending, Unix milliseconds.
    pub fn times(&self) -> impl Iterator<Item = i64> + '_ {
        self.times.iter().copied()
    }

    /// The answer that Prometheus gives to a range query for all these series, as JSON text. Of two
    /// values of a series at one time both are in it; whoever loads it says which one stays.
    pub fn into_response(self) -> Vec<u8> {
        response::write(self.series)
    }
}

fn with_target(labels: Labels, target: &Labels, are_kept: bool) -> Labels {
    let mut entries = labels.into_entries();
    for (label, value) in target.iter() {
        let is_there = |entries: &[(String, String)], label: &str| {
            entries.iter().any(|(known, _)| known == label)
        };
        if is_there(&entries, label) {
            if are_kept {
                continue;
            }
            let mut exported = format!("{EXPORTED}{label}");
            while is_there(&entries, &exported) {
                exported.insert_str(0, EXPORTED);
            }
            for (known, _) in &mut entries {
                if known == label {
                    known.clone_from(&exported);
                }
            }
        }
        entries.push((label.clone(), value.clone()));
    }
    Labels::from_entries(entries)
}
