//! Which target is which replica, and how long before the times of the grid it was scraped: found
//! by laying its output tokens beside those that the clients received.

use crate::composition::Composition;
use crate::page::Page;
use crate::recording::Recording;

/// A replica of a recording.
#[derive(Debug, Clone)]
pub struct Replica<'a> {
    /// Its series.
    pub page: &'a Page,
    /// What ran on it.
    pub composition: Composition,
    /// How long before the times of the grid it was scraped, seconds.
    pub early: f64,
}

/// Steps in which the phase of the scrapes is sought, seconds.
const PRECISION: f64 = 0.1;

/// The replicas in the order in which clients number them.
pub fn replicas(recording: &Recording) -> Vec<Replica<'_>> {
    let mut left: Vec<&Page> = recording.targets.iter().collect();
    let mut replicas = Vec::new();
    for replica in 0..recording.truth.replicas {
        let composition = Composition::of(&recording.clients, replica);
        let candidates = left.iter().enumerate().map(|(place, page)| {
            let (early, cost) = phase(recording, page, &composition);
            (place, early, cost)
        });
        let Some((place, early, _)) = candidates.min_by(|one, other| one.2.total_cmp(&other.2))
        else {
            break;
        };
        replicas.push(Replica { page: left.remove(place), composition, early });
    }
    replicas
}

/// The phase that fits best, and how many tokens do not fit then.
fn phase(recording: &Recording, page: &Page, composition: &Composition) -> (f64, f64) {
    let counted = page.total("vllm:generation_tokens_total");
    let phases = (0..).map(|step| f64::from(step) * PRECISION);
    let phases = phases.take_while(|early| *early < recording.truth.scrape_s);
    let costs = phases.map(|early| {
        let pairs = recording.times.windows(2).zip(counted.windows(2));
        let cost = pairs.filter(|(_, counts)| counts[1] >= counts[0]).map(|(times, counts)| {
            let (from, to) = (times[0] - early, times[1] - early);
            let seen =
                composition.between(from, to).len() + composition.firsts_between(from, to).len();
            (counts[1] - counts[0] - seen as f64).abs()
        });
        (early, cost.sum())
    });
    costs.min_by(|one: &(f64, f64), other| one.1.total_cmp(&other.1)).unwrap_or_default()
}
