//! The engine hangs for 60 … 240 s within the window: it serves scrapes and takes requests, and no
//! step ends.

use inference_triage_harness::random::Random;
use inference_triage_simulator::configuration::{Hang, Scenario};

use crate::base::Base;
use crate::bases::simulated::{SCRAPE, again, unix_ms};
use crate::mutation::{Mutated, Mutation};
use crate::table::Table;

pub(super) const MUTATION: Mutation = Mutation {
    id: "hang",
    title: "the engine, or one replica, hangs for 60 … 240 s in windows of 5 min … 24 h",
    quick: 4,
    draw,
};

/// Lengths of the window, seconds; long ones are rarer, because they cost more.
const WINDOWS: [f64; 12] =
    [300.0, 300.0, 300.0, 300.0, 600.0, 600.0, 600.0, 1800.0, 1800.0, 7200.0, 28_800.0, 86_400.0];

/// Length of a window from which on it is scraped half as often, seconds.
const LONG: f64 = 3600.0;

/// Data before the window, seconds.
const BEFORE: f64 = 900.0;

fn draw(base: &Base, random: &mut Random) -> Option<Mutated> {
    match base.scenario.clone() {
        Some(scenario) => simulated(base, scenario, random),
        None => to_the_end(base, random),
    }
}

/// An input that cannot be simulated again hangs to the end of its data: what counts stands still,
/// what waits grows.
fn to_the_end(base: &Base, random: &mut Random) -> Option<Mutated> {
    let lasts = random.uniform(60.0, 240.0);
    let at = base.window.1 as f64 - lasts * 1000.0;
    let mut table = base.table.clone();
    let rates: Vec<(String, f64)> = table
        .values_of("pod")
        .into_iter()
        .map(|pod| (pod.clone(), first_tokens_a_second(&table, &pod)))
        .collect();
    let from = table.index(at).checked_sub(1)?;
    let times = table.times.clone();
    for series in table.series.iter_mut().filter(|series| series.is_of_engine()) {
        let rate = rates.iter().find(|(pod, _)| *pod == series.label("pod"));
        let rate = rate.map_or(0.0, |(_, rate)| *rate);
        let grows = series.name().ends_with("num_requests_waiting");
        let last = series.values[from];
        for (value, time) in series.values.iter_mut().zip(&times).skip(from) {
            let more = if grows { (rate * (time - times[from]) / 1000.0).floor() } else { 0.0 };
            *value = last + more;
        }
    }
    let form = format!("hangs for the last {lasts:.0} s, waiting grows");
    let expectation = base.same().or_hang().with_less_seen();
    Some(Mutated::same(base, form, table).expecting(expectation))
}

fn simulated(base: &Base, mut scenario: Scenario, random: &mut Random) -> Option<Mutated> {
    let window = *random.pick(&WINDOWS);
    let lasts = random.uniform(60.0, 240.0);
    scenario.duration_seconds = BEFORE + window;
    scenario.seed = random.bits() >> 12;
    scenario.faults.iter_mut().for_each(|fault| fault.onset_seconds = BEFORE / 2.0);
    // It may begin so that it lasts to the end of the data.
    let ends = if random.chance(0.4) { 1.0 } else { random.unit() };
    let at = BEFORE + ends * (window - lasts);
    let one = scenario.replicas > 1 && random.chance(0.6);
    let chosen = random.below(scenario.replicas);
    let hung: Vec<usize> = if one { vec![chosen] } else { (0..scenario.replicas).collect() };
    let hang = |replica| Hang { replica, at_seconds: at, for_seconds: lasts };
    scenario.hangs = hung.iter().copied().map(hang).collect();
    let mut table = again(&scenario, if window > LONG { 2.0 * SCRAPE } else { SCRAPE });
    let counted = random.chance(0.5);
    for replica in hung.iter().filter(|_| counted) {
        grow_waiting(&mut table, &scenario, *replica, at, lasts);
    }
    let range = (unix_ms(&scenario, BEFORE), unix_ms(&scenario, BEFORE + window));
    let finished = table.figures(range);
    let who = if one { format!("replica {chosen}") } else { "every replica".to_owned() };
    let waiting = if counted { ", waiting grows" } else { "" };
    let form = format!(
        "{who} hangs for {lasts:.0} s, {:.0} s before the end of a window of {window:.0} s{waiting}",
        BEFORE + window - at
    );
    let expectation = base.same().or_hang().with_finished(finished);
    let same = Mutated::same(base, form, table);
    Some(Mutated { window: range, ..same.expecting(expectation) })
}

/// The gauge of waiting requests comes with a step, so that it stands still in a hang. Where the
/// front end counts them it grows: here by the mean rate of arrivals.
fn grow_waiting(table: &mut Table, scenario: &Scenario, replica: usize, at: f64, lasts: f64) {
    let pod = format!("vllm-{replica}");
    let rate = first_tokens_a_second(table, &pod);
    let (from, until) = (unix_ms(scenario, at) as f64, unix_ms(scenario, at + lasts) as f64);
    let times = table.times.clone();
    let gauges = table.series.iter_mut().filter(|series| {
        series.label("pod") == pod && series.name().ends_with("num_requests_waiting")
    });
    for series in gauges {
        for (time, value) in times.iter().zip(&mut series.values) {
            if (from..until).contains(time) {
                *value += (rate * (time - from) / 1000.0).floor();
            }
        }
    }
}

/// First tokens a second of a replica over the whole range: about what arrives at it.
fn first_tokens_a_second(table: &Table, pod: &str) -> f64 {
    let count = table.series.iter().find(|series| {
        series.label("pod") == pod && series.name().ends_with("time_to_first_token_seconds_count")
    });
    let ends = count.and_then(|series| Some((series.values.first()?, series.values.last()?)));
    let length = table.times.last().unwrap_or(&0.0) - table.times.first().unwrap_or(&0.0);
    ends.map_or(0.0, |(first, last)| (last - first).max(0.0) / (length / 1000.0).max(1.0))
}
