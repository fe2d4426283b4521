//! In what each replica stands out: the first of the reasons below that holds, because a replica
//! that is set up differently is slow or crowded for that reason.

use crate::catalogue::families::Family;
use crate::catalogue::fleet::{Deviation, FleetFigure};
use crate::catalogue::groupings::Grouping;
use crate::diagnosis::{Diagnosis, Prepared};
use crate::report::fleet::equal_load::{median, usual};
use crate::report::fleet::{Figures, FleetDeviation};
use crate::settings::Settings;
use crate::small::list::CollectVec;
use crate::text::number::{compared_numbers, counted, number, percent, quantity};
use crate::triage::facts::spread::{CROWDED, SLOW, mean_of};

/// Standard deviations of a count by which the arrivals of a replica must differ from those of the
/// others. Below five, one of forty replicas stands out by chance on one day in a hundred at each
/// of its 288 steps; above, a replica with a few dozen requests is never told.
const CHANCE: f64 = 5.0;

/// Share by which the size of a cache may differ among equals. What is left for the cache is
/// measured at the start, beside whatever else runs on the device; less is noise, much more hides
/// another share of memory.
const SIZE: f64 = 0.1;

/// Share of prompt tokens that a replica must find less often than the median one, and the factor.
/// Routers that follow prefixes spread hit ratios by a tenth or two; a cache that was lost shows
/// half and less.
const HITS: (f64, f64) = (0.2, 0.5);

/// Prompt tokens that a hit ratio must rest on: tens of requests. Fewer, and one long new prompt
/// makes a cold cache.
const TOKENS: f64 = 20_000.0;

/// Failed requests, and the factor of their share against the others, from which a replica fails
/// more than they do. Fewer are single bad requests, which reach any replica.
const FAILED: (f64, f64) = (3.0, 3.0);

/// What is compared.
struct Peers<'a> {
    all: &'a Prepared<'a>,
    places: &'a [usize],
    settings: &'a Settings,
    found: &'a Diagnosis,
    figures: &'a [Figures],
}

/// In what the replicas at these places stand out, in their order.
pub(super) fn of(
    all: &Prepared<'_>,
    places: &[usize],
    settings: &Settings,
    found: &Diagnosis,
    figures: &[Figures],
) -> Vec<Option<FleetDeviation>> {
    let peers = Peers { all, places, settings, found, figures };
    let mut found = (0..places.len()).map(|row| peers.deviation(row)).collect_vec();
    // Where most get more or less than most others, there is no usual load to stand out from.
    let is_load =
        |one: &Option<FleetDeviation>| one.as_ref().is_some_and(|one| one.kind == Deviation::Load);
    if 2 * found.iter().filter(|one| is_load(one)).count() > found.len() {
        found.iter_mut().filter(|one| is_load(one)).for_each(|one| *one = None);
    }
    found
}

impl Peers<'_> {
    fn deviation(&self, row: usize) -> Option<FleetDeviation> {
        let found = |kind, text: Option<String>| text.map(|text| FleetDeviation { kind, text });
        found(Deviation::Silent, self.silent(row))
            .or_else(|| found(Deviation::Restarted, self.restarted(row)))
            .or_else(|| found(Deviation::Configuration, self.configured(row)))
            .or_else(|| found(Deviation::Speed, self.slow(row)))
            .or_else(|| found(Deviation::Failures, self.failing(row)))
            .or_else(|| found(Deviation::Load, self.loaded(row)))
            .or_else(|| found(Deviation::PrefixCache, self.cold(row)))
    }

    fn get(&self, row: usize, figure: FleetFigure) -> Option<f64> {
        self.figures[row].get(figure)
    }

    /// The figure of all others that do the same part of a request.
    fn others(&self, row: usize, figure: FleetFigure) -> Vec<f64> {
        let peers = self.peers(row);
        peers.into_iter().filter_map(|other| self.get(other, figure)).collect_vec()
    }

    fn peers(&self, row: usize) -> Vec<usize> {
        let role = |row: usize| self.all.replicas[self.places[row]].groups.get(&Grouping::Role);
        let rows = (0..self.places.len()).filter(|&other| other != row);
        rows.filter(|&other| role(other) == role(row)).collect_vec()
    }

    fn samples(&self, row: usize) -> usize {
        let (first, last) = self.found.window;
        self.all.replica_set.activities[self.places[row]].samples(first, last)
    }

    /// Silence is told beside others that speak: a window without any sample is the window's.
    fn silent(&self, row: usize) -> Option<String> {
        let is_told = || (0..self.places.len()).any(|other| self.samples(other) > 0);
        (self.samples(row) == 0 && is_told()).then(|| "has no sample in this window".to_owned())
    }

    /// A rollout starts most of them anew.
    fn restarted(&self, row: usize) -> Option<String> {
        let starts = self.get(row, FleetFigure::Starts).filter(|starts| *starts > 0.0)?;
        let others = self.others(row, FleetFigure::Starts);
        let steady = others.iter().filter(|starts| **starts < 1.0).count();
        (2 * steady > others.len()).then(|| {
            let times = counted(starts, "time", "times");
            format!("restarted {times} in this window, most others did not")
        })
    }

    fn configured(&self, row: usize) -> Option<String> {
        let cap = self.get(row, FleetFigure::Slots);
        let most = self.others(row, FleetFigure::RunningMost).into_iter().reduce(f64::max);
        if let Some((cap, most)) = cap.zip(most).filter(|(cap, most)| most > cap) {
            let (cap, most) = compared_numbers(cap, most);
            return Some(format!("admits {cap} sequences at once, others run up to {most}"));
        }
        let own = self.get(row, FleetFigure::KvCapacity)?;
        let usual = usual(self.others(row, FleetFigure::KvCapacity), own)?;
        ((own / usual - 1.0).abs() > SIZE).then(|| {
            let (own, usual) = (quantity(own, "tokens"), quantity(usual, "tokens"));
            format!("its cache holds {own}, that of the median replica {usual}")
        })
    }

    /// Longer prompts make each token slower by less than they are longer.
    fn slow(&self, row: usize) -> Option<String> {
        let least = self.get(row, FleetFigure::SlownessLeast)?;
        let prompt = |row: usize| {
            let replica = self.all.replicas[self.places[row]];
            mean_of(replica, Family::PromptTokensPerRequest, self.found.window)
        };
        let line = self.settings.threshold(&SLOW);
        if least < line {
            return None;
        }
        let usual = median(self.peers(row).into_iter().filter_map(prompt).collect_vec());
        let longer = prompt(row).zip(usual).map_or(1.0, |(own, usual)| own / usual.max(1.0));
        (least >= line.max(longer)).then(|| {
            let factor = number(least);
            format!("a token takes at least {factor} times as long as at its peers at equal load")
        })
    }

    fn failing(&self, row: usize) -> Option<String> {
        let share = |rows: &[usize]| {
            let sum =
                |figure| -> f64 { rows.iter().filter_map(|row| self.get(*row, figure)).sum() };
            let failed = sum(FleetFigure::Failed);
            (failed, sum(FleetFigure::Arrivals).max(failed))
        };
        let (failed, arrived) = share(&[row]);
        let (others_failed, others_arrived) = share(&self.peers(row));
        let is_more = failed >= FAILED.0
            && others_arrived > 0.0
            && failed / arrived > FAILED.1 * others_failed / others_arrived;
        is_more.then(|| {
            let own = percent(failed / arrived);
            let others = percent(others_failed / others_arrived);
            format!("{own} of its requests fail, {others} of those of the others")
        })
    }

    fn loaded(&self, row: usize) -> Option<String> {
        let own = self.get(row, FleetFigure::Arrivals)?;
        let others = self.others(row, FleetFigure::Arrivals);
        let count = others.len().max(1) as f64;
        let usual = usual(others, own)?;
        let line = self.settings.threshold(&CROWDED);
        let factor = own / usual;
        let noise = (f64::midpoint(own, usual) * (1.0 + 1.0 / count)).sqrt();
        let is_told = (own - usual).abs() > CHANCE * noise;
        if !is_told || (factor < line && factor > 1.0 / line) {
            return None;
        }
        let (own, usual) = compared_numbers(own, usual);
        Some(format!("{own} requests arrive, {usual} at the median replica"))
    }

    fn cold(&self, row: usize) -> Option<String> {
        let own = self.get(row, FleetFigure::PrefixHitRatio)?;
        let usual = usual(self.others(row, FleetFigure::PrefixHitRatio), own)?;
        let (first, last) = self.found.window;
        let replica = self.all.replicas[self.places[row]];
        let asked = replica.counter(Family::PrefixCacheQueries)?.increase(first, last)?;
        let is_cold = usual - own >= HITS.0 && own <= HITS.1 * usual && asked >= TOKENS;
        is_cold.then(|| {
            let (own, usual) = (percent(own), percent(usual));
            format!("finds {own} of prompt tokens in its cache, the median replica {usual}")
        })
    }
}
