//! How long a replica takes for a step beside what its peers would take with its load.
//!
//! A step takes a fixed time and a time for each sequence, T = α + β·B with neither below zero.
//! The mean batch is exact: all inter-token latencies added up, over the seconds of the window
//! (Little's law); B / T is the rate of outputs. A replica with the law of a peer and no more
//! outputs and prompt tokens a second takes no longer for a step than the peer; with more of them
//! no longer than the peer's step grown with the batch, or with the prompts computed between its
//! steps. And it takes at least the peer's step, shrunk with the batch where that is smaller. So
//! each peer gives an interval without a fit, which a slow replica cannot bias, though its batch
//! is larger because it is slow.

use crate::catalogue::families::Family;
use crate::catalogue::fleet::FleetFigure;
use crate::catalogue::groupings::Grouping;
use crate::diagnosis::Prepared;
use crate::report::fleet::Figures;
use crate::scope::Replica;
use crate::small::list::CollectVec;
use crate::small::sorted::sort;

/// Outputs of a replica from which its mean is compared. A mean of fewer moves by tens of per cent
/// with one prompt that is computed between two of them; many more, and a replica that gets hardly
/// any requests is never compared.
const OUTPUTS: f64 = 200.0;

/// Peers with the nearest rates of outputs that a replica is compared with. With fewer, two slow
/// ones among them are the measure; with more, far rates widen the interval and a thousand replicas
/// take long.
const PEERS: usize = 16;

/// Share by which a rate may lie above a peer's and count as no more. Less, and half of the peers
/// under one load say nothing; a tenth more near the capacity of an engine is half a step more.
const AS_MANY: f64 = 0.05;

/// One replica's step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Step {
    /// Mean batch.
    pub(super) batch: f64,
    /// Mean time of a step, seconds.
    pub(super) time: f64,
    /// Prompt tokens, or requests that began where those are not counted.
    pub(super) prompts: f64,
}

impl Step {
    /// Outputs a second.
    fn rate(self) -> f64 {
        self.batch / self.time
    }
}

/// Adds the least and the greatest factor to every replica that can be compared with others of its
/// role.
pub(super) fn add(
    all: &Prepared<'_>,
    places: &[usize],
    window: (usize, usize),
    figures: &mut [Figures],
) {
    let times = all.grid.times();
    let seconds = (times[window.1] - times[window.0]) as f64 / 1000.0;
    let role = |row: usize| all.replicas[places[row]].groups.get(&Grouping::Role);
    let steps = (0..places.len()).filter_map(|row| {
        let step = step(all.replicas[places[row]], window, seconds)?;
        Some((row, step))
    });
    let mut rest = steps.collect_vec();
    sort(&mut rest, |left, right| left.1.rate().total_cmp(&right.1.rate()));
    while let Some(&(first, _)) = rest.first() {
        let mut peers = rest.clone();
        peers.retain(|(row, _)| role(*row) == role(first));
        rest.retain(|(row, _)| role(*row) != role(first));
        let steps = peers.iter().map(|(_, step)| *step).collect_vec();
        for (at, (row, _)) in peers.iter().enumerate() {
            let Some((least, most)) = slowness(&steps, at) else { continue };
            figures[*row].set(FleetFigure::SlownessLeast, Some(least));
            figures[*row].set(FleetFigure::SlownessMost, Some(most));
        }
    }
}

fn step(replica: &Replica, (first, last): (usize, usize), seconds: f64) -> Option<Step> {
    let columns = replica.histogram(Family::Itl)?;
    let count = columns.count(first, last).filter(|count| *count >= OUTPUTS)?;
    let sum = columns.sum(first, last)?.value;
    let tokens = replica.counter(Family::PromptTokens).and_then(|one| one.increase(first, last));
    let begun = || replica.histogram(Family::Ttft).and_then(|ttft| ttft.count(first, last));
    let prompts = tokens.or_else(begun).unwrap_or(0.0);
    let step = || Step { batch: sum / seconds, time: sum / count, prompts };
    (seconds > 0.0 && sum > 0.0).then(step)
}

/// The median of the least and of the greatest factor against the peers with the nearest rates; the
/// steps stand in the order of their rates. None without a peer.
pub(super) fn slowness(steps: &[Step], at: usize) -> Option<(f64, f64)> {
    let from = at.saturating_sub(PEERS / 2).min(steps.len().saturating_sub(PEERS + 1));
    let near = from..(from + PEERS + 1).min(steps.len());
    let factors = near.filter(|peer| *peer != at).map(|peer| factor(steps[at], steps[peer]));
    let (least, most): (Vec<f64>, Vec<f64>) = factors.collect_vec().into_iter().unzip();
    median(least).zip(median(most))
}

/// How many times as long a step takes as the peer's would with this load.
fn factor(own: Step, peer: Step) -> (f64, f64) {
    let grown = own.batch / peer.batch;
    let more = own.prompts / peer.prompts.max(1.0);
    let is_no_more = |ratio: f64| ratio <= 1.0 + AS_MANY;
    let has_no_more = is_no_more(own.rate() / peer.rate()) && is_no_more(more);
    let allowed = if has_no_more { 1.0 } else { grown.max(more).max(1.0) };
    (own.time / (peer.time * allowed), own.time / (peer.time * grown.min(1.0)))
}

/// The value in the middle, or halfway between the two that are; None without any.
pub(super) fn median(values: Vec<f64>) -> Option<f64> {
    let (lower, upper) = middles(values)?;
    Some(f64::midpoint(lower, upper))
}

/// What is usual among the others, as near to a replica's own value as it can be: of two others,
/// one of which stands out, a third is like the other one.
pub(super) fn usual(others: Vec<f64>, own: f64) -> Option<f64> {
    let (lower, upper) = middles(others)?;
    Some(own.clamp(lower, upper))
}

/// The two values in the middle, which of an odd number are one.
fn middles(mut values: Vec<f64>) -> Option<(f64, f64)> {
    sort(&mut values, f64::total_cmp);
    let lower = values.len().checked_sub(1)? / 2;
    Some((values[lower], values[values.len() / 2]))
}
