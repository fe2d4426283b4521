//! From a point of the grid to a simulated service, and what its users felt.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use inference_triage_simulator::Run;
use inference_triage_simulator::configuration::{
    Arrivals, FaultClass, Hardware, HealthyVariant, Lengths, Scenario, Shift, TraceName,
};
use inference_triage_simulator::load::{Load, quantile, round_above};
use inference_triage_simulator::record::histogram::bounds;
use inference_triage_simulator::record::outcome::{Ending, Outcome};
use inference_triage_simulator::run::increase;

use crate::classes::Class;
use crate::environment::needs_new_process;
use crate::grid::{Point, Subject};
use crate::product::Objectives;

/// Ids of the traffic that can be asked for.
pub const TRAFFIC: [&str; 5] = ["poisson", "conversation", "code", "closed-loop", "bursts"];

/// Begin of the window where the data do not show the time before the fault, seconds.
const SINCE_EVER_SECONDS: f64 = 300.0;

/// From the onset to the begin of the diagnosed window, seconds; a burst or a hang would be over,
/// its window begins with it.
const LAG_SECONDS: f64 = 60.0;

/// The same after a new process at the onset, more: it loads, and catches up with what waited.
const START_SECONDS: f64 = 30.0;

/// Share of its load at which the code trace is replayed: its bursts are ten times its mean, and a
/// service that is to be healthy must have room for them.
const BURSTY_SHARE: f64 = 0.5;

/// Simulated after the window and hidden from every tool, seconds: by then it is known which of its
/// requests missed their objective.
const AFTER_SECONDS: f64 = 30.0;

/// Times of a case, seconds after the first scrape.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timeline {
    /// Begin of the fault; 0 or less: it was always so.
    pub onset: f64,
    /// Begin of the diagnosed window.
    pub from: f64,
    /// End of the diagnosed window and of the data.
    pub to: f64,
}

impl Timeline {
    /// The times of a point.
    pub fn of(point: &Point) -> Self {
        let onset = if point.onset { point.before_seconds } else { 0.0 };
        let passes = matches!(point.subject.id(), "burst" | "engine-hang");
        let catches_up = needs_new_process(point.subject.id(), point.seed);
        let lag = match (passes, catches_up) {
            (true, _) => 0.0,
            (false, true) => LAG_SECONDS + START_SECONDS,
            (false, false) => LAG_SECONDS,
        };
        let from = if point.onset { onset + lag } else { SINCE_EVER_SECONDS };
        Self { onset, from, to: from + point.window_seconds }
    }
}

/// The service of a point; an unknown id is one sentence.
pub fn scenario(point: &Point) -> Result<Scenario, String> {
    let (scenario, onset) = around(point)?;
    let made = match point.subject {
        Subject::Fault(class) => scenario.with_fault(simulated(class)?, point.severity, onset),
        Subject::Healthy(variant) => {
            let simulated = HealthyVariant::from_id(variant);
            scenario.with_variant(
                simulated.ok_or_else(|| format!("the simulator has no situation {variant}"))?,
            )
        }
    };
    Ok(Scenario { name: point.id.clone(), ..made })
}

/// The flags and the surroundings of a point with hardly a request: what exists and is stated,
/// without a simulation of minutes. Sizes of faults that follow from objectives are not those of
/// the case.
pub fn unasked(point: &Point) -> Result<Scenario, String> {
    /// Requests of the whole case.
    const REQUESTS: f64 = 20.0;
    let (mut scenario, onset) = around(point)?;
    if let Subject::Fault(class) = point.subject {
        scenario = scenario.with_injected(simulated(class)?, point.severity, onset);
    }
    scenario.warm_up_seconds = 1.0;
    let asked = Load::of(&scenario).rate * scenario.replicas as f64 * scenario.duration_seconds;
    let rate_factor = (REQUESTS / asked.max(1e-9)).min(1.0);
    let whole = Shift { at_seconds: -1e6, rate_factor, prompt_factor: 1.0, output_factor: 1.0 };
    scenario.shifts = vec![whole];
    Ok(scenario)
}

/// The service of a point before anything is done to it, and when that begins.
fn around(point: &Point) -> Result<(Scenario, f64), String> {
    let configuration = &point.configuration;
    let timeline = Timeline::of(point);
    let mut scenario = plain(&configuration.hardware)?;
    scenario.seed = point.seed;
    scenario.replicas = configuration.replicas;
    scenario.duration_seconds = timeline.to + AFTER_SECONDS;
    scenario.traffic.prefixes.share = point.shared;
    ask(&mut scenario, &configuration.traffic)?;
    let class = match point.subject {
        Subject::Fault(class) => Some(simulated(class)?),
        Subject::Healthy(_) => None,
    };
    point.environment.build(&mut scenario, class, point.severity);
    let calm = if configuration.traffic == "code" { BURSTY_SHARE } else { 1.0 };
    scenario.traffic.arrivals = scenario.traffic.arrivals.scaled(calm);
    let needed = needs_new_process(point.subject.id(), point.seed) && point.onset;
    let when = (point.seed % 997) as f64 / 997.0;
    point.environment.happen(&mut scenario, timeline, needed, when);
    Ok((scenario, timeline.onset))
}

/// The plain service on a hardware. Its objectives take a simulation, the same one for all cases.
fn plain(hardware: &str) -> Result<Scenario, String> {
    static PLAIN: LazyLock<Mutex<BTreeMap<String, Scenario>>> = LazyLock::new(Mutex::default);
    let mut known = PLAIN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(scenario) = known.get(hardware) {
        return Ok(scenario.clone());
    }
    let found = Hardware::find(hardware)
        .ok_or_else(|| format!("the simulator has no hardware {hardware}"))?;
    let scenario = Scenario::new(found);
    known.insert(hardware.to_owned(), scenario.clone());
    Ok(scenario)
}

fn simulated(class: &Class) -> Result<FaultClass, String> {
    let found = FaultClass::ALL.get(class.number - 1).copied();
    found.ok_or_else(|| format!("the simulator has no fault number {}", class.number))
}

/// Sets who asks and for what; how much is set afterwards.
fn ask(scenario: &mut Scenario, traffic: &str) -> Result<(), String> {
    let replicas = scenario.replicas as f64;
    let trace = |scenario: &mut Scenario, trace| {
        scenario.traffic.arrivals = Arrivals::Trace { trace, rate: 1.0 };
        scenario.traffic.lengths = Lengths::Trace { trace };
    };
    match traffic {
        "poisson" => scenario.traffic.arrivals = Arrivals::Poisson { rate: 1.0 },
        "conversation" => trace(scenario, TraceName::Conversation),
        "code" => trace(scenario, TraceName::Code),
        "closed-loop" => {
            let sessions = (16.0 * replicas) as usize;
            scenario.traffic.arrivals = Arrivals::ClosedLoop { sessions, think_seconds: 10.0 };
        }
        "bursts" => {
            scenario.traffic.arrivals = Arrivals::Bursts {
                rate: 1.0,
                share: 0.3,
                period_seconds: 60.0,
                length_seconds: 8.0,
            };
        }
        other => return Err(format!("there is no traffic {other}")),
    }
    Ok(())
}

/// The objectives of a service, as the diagnosis is told them.
pub fn objectives(scenario: &Scenario) -> Objectives {
    let objectives = &scenario.objectives;
    Objectives {
        ttft: objectives.ttft,
        itl: objectives.itl,
        tpot: objectives.tpot,
        e2e: objectives.e2e,
    }
}

/// What would have been promised of a service that misses an objective while all is well: its pilot
/// was a few minutes of an even pace, and a team that looks back at its service promises what it
/// does. Of each objective that is missed by more than its part the next round figure that
/// [`KEPT`] of the finished requests meet, and no more than [`MOST_RAISED`] times what the pilot
/// said: a service that needs more is overloaded, not promised too much.
pub fn promised_again(run: &Run, objectives: Objectives, timeline: Timeline) -> Objectives {
    let inside = |request: &&Outcome| (timeline.from..timeline.to).contains(&request.arrival);
    let raised = |value: fn(&Outcome) -> Option<f64>, promised: f64, bounds: &[f64]| {
        let values: Vec<f64> = run.requests.iter().filter(inside).filter_map(value).collect();
        let needed = quantile(values, KEPT).filter(|needed| *needed > promised);
        needed.map_or(promised, |needed| {
            round_above(needed, bounds).min(promised * MOST_RAISED).max(promised)
        })
    };
    let ttft = raised(Outcome::ttft, objectives.ttft, bounds::TIME_TO_FIRST_TOKEN);
    let tpot = raised(Outcome::tpot, objectives.tpot, bounds::INTER_TOKEN_LATENCY);
    let e2e = raised(Outcome::e2e, objectives.e2e, bounds::REQUEST_LATENCY);
    let within = |itl| late_tokens(run, Objectives { itl, ..objectives }, timeline) <= LATE;
    let mut later = bounds::INTER_TOKEN_LATENCY
        .iter()
        .copied()
        .filter(|bound| *bound > objectives.itl && *bound <= objectives.itl * MOST_RAISED_BOUND);
    let itl = if within(objectives.itl) { None } else { later.find(|bound| within(*bound)) };
    Objectives { ttft, itl: itl.unwrap_or(objectives.itl), tpot, e2e }
}

/// Share of the requests that meet each objective which is promised again: three of them and the
/// requests that fail by themselves leave 95 %.
const KEPT: f64 = 0.985;

/// Largest factor by which an objective is promised again.
const MOST_RAISED: f64 = 2.0;

/// The same for tokens, whose objective is a bound of their histogram: two bounds further.
const MOST_RAISED_BOUND: f64 = 3.0;

/// Share of the tokens that are late, at most, where their objective is promised again.
const LATE: f64 = 0.04;

/// Share of the requests that arrived in the window which missed an objective; 0 without requests.
///
/// A request that is still inside at the end of the run has missed once its age exceeds the
/// objective of what it lacks; before that it is not counted at all.
pub fn missed(requests: &[Outcome], objectives: Objectives, timeline: Timeline) -> f64 {
    let end = timeline.to + AFTER_SECONDS;
    let arrived =
        requests.iter().filter(|request| (timeline.from..timeline.to).contains(&request.arrival));
    let (mut missed, mut all) = (0.0, 0.0);
    for fate in arrived.filter_map(|request| fate(request, objectives, end)) {
        all += 1.0;
        missed += f64::from(u8::from(fate));
    }
    if all > 0.0 { missed / all } else { 0.0 }
}

/// Whether a request missed an objective; None while that is open.
fn fate(request: &Outcome, objectives: Objectives, end: f64) -> Option<bool> {
    let Objectives { ttft, tpot, e2e, .. } = objectives;
    let late = request.ttft().is_some_and(|seconds| seconds > ttft)
        || request.tpot().is_some_and(|seconds| seconds > tpot)
        || request.e2e().is_some_and(|seconds| seconds > e2e);
    match request.ending {
        Ending::Stop | Ending::Length => Some(late),
        Ending::Error | Ending::Rejected | Ending::Lost => Some(true),
        // A caller who leaves while all is well has missed nothing.
        Ending::Aborted => {
            let stayed = request.ended.map_or(0.0, |ended| ended - request.arrival);
            Some(late || (request.first_delivered.is_none() && stayed > ttft) || stayed > e2e)
        }
        Ending::Unfinished => {
            let age = end - request.arrival;
            let waits = request.first_delivered.is_none() && age > ttft;
            (late || waits || age > e2e).then_some(true)
        }
    }
}

/// Share of the tokens of the window that came later after their predecessor than the objective:
/// what the engines' histograms hold, exactly where the objective is one of their bounds; 0 without
/// tokens.
pub fn late_tokens(run: &Run, objectives: Objectives, timeline: Timeline) -> f64 {
    let window = run.between(timeline.from, timeline.to);
    let mut buckets: Vec<(f64, f64)> = Vec::new();
    for series in window.engines().flat_map(|target| &target.series) {
        let bound = series
            .labels
            .iter()
            .find(|(label, _)| label == "le")
            .and_then(|(_, le)| le.parse().ok());
        if let Some(bound) =
            bound.filter(|_| series.name.ends_with("inter_token_latency_seconds_bucket"))
        {
            buckets.push((bound, increase(&series.values)));
        }
    }
    let counted = |keep: fn(f64, f64) -> bool| -> f64 {
        buckets
            .iter()
            .filter(|(bound, _)| keep(*bound, objectives.itl))
            .map(|(_, count)| count)
            .sum()
    };
    let all = counted(|bound, _| bound.is_infinite());
    let within = counted(|bound, objective| (bound - objective).abs() < 1e-9);
    if all > 0.0 { 1.0 - within / all } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OBJECTIVES: Objectives = Objectives { ttft: 1.0, itl: 0.05, tpot: 0.05, e2e: 10.0 };

    /// A request that got its first token after `ttft` and 11 tokens in all, the last after `e2e`.
    fn request(arrival: f64, ttft: Option<f64>, e2e: Option<f64>, ending: Ending) -> Outcome {
        Outcome {
            replica: 0,
            arrival,
            queued: arrival,
            scheduled: Some(arrival),
            first_token: ttft.map(|ttft| arrival + ttft),
            first_delivered: ttft.map(|ttft| arrival + ttft),
            last_token: e2e.map(|e2e| arrival + e2e),
            ended: e2e.map(|e2e| arrival + e2e),
            ending,
            prompt: 100,
            cached: 0,
            output: 11,
            preemptions: 0,
        }
    }

    #[test]
    fn each_objective_can_be_missed() {
        let fate = |ttft, e2e, ending| fate(&request(0.0, ttft, e2e, ending), OBJECTIVES, 20.0);
        assert_eq!(fate(Some(0.5), Some(0.9), Ending::Stop), Some(false));
        assert_eq!(fate(Some(1.5), Some(1.9), Ending::Stop), Some(true), "first token after 1.5 s");
        assert_eq!(fate(Some(0.5), Some(1.1), Ending::Length), Some(true), "0.06 s a token");
        assert_eq!(fate(Some(0.5), Some(0.6), Ending::Error), Some(true));
        assert_eq!(fate(None, None, Ending::Rejected), Some(true));
    }

    #[test]
    fn an_open_fate_counts_once_it_is_late() {
        let at_end = |arrival, ttft| {
            fate(&request(arrival, ttft, None, Ending::Unfinished), OBJECTIVES, 20.0)
        };
        assert_eq!(at_end(19.5, None), None, "half a second without a first token");
        assert_eq!(at_end(18.0, None), Some(true), "two seconds without a first token");
        assert_eq!(at_end(15.0, Some(0.5)), None, "five seconds of ten");
        assert_eq!(at_end(5.0, Some(0.5)), Some(true), "fifteen seconds of ten");
    }

    #[test]
    fn only_arrivals_of_the_window_count() {
        let requests = [
            request(9.0, Some(5.0), Some(6.0), Ending::Stop),
            request(10.0, Some(0.1), Some(0.4), Ending::Stop),
            request(15.0, Some(5.0), Some(5.4), Ending::Stop),
            request(20.0, Some(5.0), Some(6.0), Ending::Stop),
        ];
        let timeline = Timeline { onset: 0.0, from: 10.0, to: 20.0 };
        assert!((missed(&requests, OBJECTIVES, timeline) - 0.5).abs() < 1e-12);
        assert!(missed(&[], OBJECTIVES, timeline).abs() < 1e-12);
    }
}
