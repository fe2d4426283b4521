//! Scrapes of the counters of one histogram, with everything that happens to scrapes: restarts,
//! gaps, and tears, where the components of one scrape are read at different moments.

use inference_triage_core::growth::counter::GrowthRepairs;
use inference_triage_core::growth::histogram::{Component, HistogramColumns, Part};

use crate::layouts::Layout;
use crate::random::Random;

/// What one scrape saw.
#[derive(Debug, Clone)]
pub struct Scrape {
    /// Number of the process.
    pub process: usize,
    /// Observations of that process before it began to read.
    pub seen: usize,
    /// Values of the buckets in ascending order, of the sum and of the count; none: it failed.
    pub values: Option<Vec<f64>>,
}

/// A histogram over a range of scrapes.
#[derive(Debug, Clone)]
pub struct Scrapes {
    /// Finite bounds.
    pub layout: Layout,
    /// What each process observed, in the order of time.
    pub processes: Vec<Vec<f64>>,
    /// In the order of time.
    pub scrapes: Vec<Scrape>,
}

/// Observations that arrive while a scrape is being read, at most.
const DURING: usize = 4;

impl Scrapes {
    /// A random range of 2 to 24 scrapes; a share of them fails, is torn or follows a restart.
    pub fn any(random: &mut Random) -> Self {
        let mut layout = Layout::positive(random);
        layout.bounds.truncate(24);
        let median = layout.bounds[layout.bounds.len() / 2];
        let sigma = random.uniform(0.1, 2.0);
        let busy = random.between(1, 12);
        let [gap, tear, restart] = [0.3, 0.2, 0.15].map(|most| random.uniform(0.0, most));
        let mut made = Self { layout, processes: vec![Vec::new()], scrapes: Vec::new() };
        for _ in 0..random.between(2, 24) {
            if random.chance(restart) {
                // What it observed since the last scrape is lost with it.
                made.observe(random, busy, median, sigma);
                made.processes.push(Vec::new());
            }
            made.observe(random, busy, median, sigma);
            let torn = random.chance(tear);
            let failed = random.chance(gap);
            made.scrape(random, torn, median, sigma);
            if let Some(scrape) = made.scrapes.last_mut().filter(|_| failed) {
                scrape.values = None;
            }
        }
        made
    }

    fn observe(&mut self, random: &mut Random, most: usize, median: f64, sigma: f64) {
        let Some(process) = self.processes.last_mut() else { return };
        for _ in 0..random.between(0, most) {
            process.push(random.lognormal(median, sigma));
        }
    }

    fn scrape(&mut self, random: &mut Random, torn: bool, median: f64, sigma: f64) {
        let process = self.processes.len() - 1;
        let seen = self.processes[process].len();
        if torn {
            self.observe(random, DURING, median, sigma);
        }
        let during = self.processes[process].len() - seen;
        let count = self.layout.bounds.len() + 3;
        let rising = random.chance(0.3);
        let mut moments: Vec<usize> =
            (0..count).map(|_| seen + random.between(0, during)).collect();
        if rising {
            moments.sort_unstable();
        }
        let values = moments.iter().enumerate().map(|(part, moment)| self.value(part, *moment));
        let values = values.collect();
        self.scrapes.push(Scrape { process, seen, values: Some(values) });
    }

    /// A component after so many observations of the newest process.
    fn value(&self, part: usize, moment: usize) -> f64 {
        let observed = self.processes.last().map_or(&[][..], |process| &process[..moment]);
        let bounds = &self.layout.bounds;
        if part < bounds.len() {
            observed.iter().filter(|value| **value <= bounds[part]).count() as f64
        } else if part == bounds.len() + 1 {
            observed.iter().sum()
        } else {
            observed.len() as f64
        }
    }

    /// Buckets of a scrape, ascending, the open one last, and its count.
    fn counts(&self, index: usize) -> Option<(&[f64], f64)> {
        let values = self.scrapes[index].values.as_deref()?;
        let open = self.layout.bounds.len();
        Some((&values[..=open], values[open + 2]))
    }

    /// Whether a scrape contradicts itself: its count is not that of the open bucket, or a bucket
    /// holds more than the next one.
    pub fn contradicts_itself(&self, index: usize) -> bool {
        self.counts(index).is_some_and(|(buckets, count)| {
            let falls = buckets.windows(2).any(|pair| pair[0] > pair[1]);
            falls || buckets[buckets.len() - 1].to_bits() != count.to_bits()
        })
    }

    /// Whether a scrape is of more than one moment, and no one could know.
    pub fn is_torn_unseen(&self, index: usize) -> bool {
        let scrape = &self.scrapes[index];
        let Some(values) = &scrape.values else { return false };
        if self.contradicts_itself(index) {
            return false;
        }
        let moment = values[values.len() - 1] as usize;
        let whole = Self {
            processes: vec![self.processes[scrape.process].clone()],
            scrapes: Vec::new(),
            layout: self.layout.clone(),
        };
        (0..values.len()).any(|part| whole.value(part, moment).to_bits() != values[part].to_bits())
    }

    /// Scrapes that failed neither nor contradict themselves.
    pub fn whole(&self) -> Vec<usize> {
        let usable = |index: &usize| {
            self.scrapes[*index].values.is_some() && !self.contradicts_itself(*index)
        };
        (0..self.scrapes.len()).filter(usable).collect()
    }

    /// Observations counted from one whole scrape to another, ascending; None where a restart
    /// between them shows in no counter, or where a scrape is torn unseen.
    pub fn between(&self, start: usize, end: usize) -> Option<Vec<f64>> {
        let whole: Vec<usize> =
            self.whole().into_iter().filter(|index| (start..=end).contains(index)).collect();
        let mut counted = Vec::new();
        for pair in whole.windows(2) {
            let (before, after) = (&self.scrapes[pair[0]], &self.scrapes[pair[1]]);
            if self.is_torn_unseen(pair[0]) || self.is_torn_unseen(pair[1]) {
                return None;
            }
            let (first, last) = (self.moment(pair[0])?, self.moment(pair[1])?);
            let observed = &self.processes[after.process];
            if before.process == after.process {
                counted.extend_from_slice(&observed[first..last]);
            } else if self.restart_shows(pair[0], pair[1]) {
                counted.extend_from_slice(&observed[..last]);
            } else {
                return None;
            }
        }
        counted.sort_by(f64::total_cmp);
        Some(counted)
    }

    /// Observations of its process that a whole scrape counts.
    fn moment(&self, index: usize) -> Option<usize> {
        Some(self.counts(index)?.1 as usize)
    }

    fn restart_shows(&self, before: usize, after: usize) -> bool {
        let (Some((old, _)), Some((new, _))) = (self.counts(before), self.counts(after)) else {
            return false;
        };
        old.iter().zip(new).any(|(old, new)| new < old)
    }

    /// The columns that the core makes of them.
    pub fn columns(&self) -> HistogramColumns {
        let bounds = self.layout.bounds.iter().copied().chain([f64::INFINITY]);
        let parts = bounds.map(Part::Bucket).chain([Part::Sum, Part::Count]);
        let component = |(place, part)| Component {
            part,
            values: self
                .scrapes
                .iter()
                .map(|scrape| scrape.values.as_ref().map_or(f64::NAN, |values| values[place]))
                .collect::<Vec<f64>>()
                .into(),
        };
        let components = parts.enumerate().map(component).collect();
        let present: Vec<bool> =
            self.scrapes.iter().map(|scrape| scrape.values.is_some()).collect();
        HistogramColumns::from_counters(components, &present, &mut GrowthRepairs::default())
    }
}
