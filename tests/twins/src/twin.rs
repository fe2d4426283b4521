//! The simulated twin of a recording.

use inference_triage_simulator::configuration::{
    Arrivals, Clients, EngineConfiguration, Hang, Hardware, Lengths, Noise, Prefixes, Release,
    Scenario, Scraping,
};
use inference_triage_simulator::given::{Given, GivenOutage, GivenPace};
use inference_triage_simulator::simulate_given;

use crate::arrivals;
use crate::law::{self, Fit};
use crate::matching::{self, Replica};
use crate::page::{Page, grown};
use crate::recording::{Client, Event, Recording};

/// A recording and its twin, scraped at the same times.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The recording's id.
    pub id: String,
    /// Release of vLLM.
    pub version: String,
    /// Series of each replica, recorded.
    pub recorded: Vec<Page>,
    /// The same, simulated.
    pub simulated: Vec<Page>,
    /// First and last place of the grid of each part: before the fault and after its onset, or all.
    pub parts: Vec<(usize, usize)>,
    /// What was fitted to each replica.
    pub fits: Vec<Fit>,
}

/// What a twin is told of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Machine {
    /// The law of steps alone.
    Law,
    /// How much slower or faster than the law the machine was between two scrapes, too.
    LawAndPace,
}

/// What `vllm serve` takes when nothing is said on a processor; boot lines of 0.10.2 and 0.11.2.
const BUDGET: usize = 2048;

/// Sequences, when nothing is said on a processor.
const SLOTS: usize = 128;

/// How unevenly the front end takes its time, as in the published incident. Assumed.
const FRONT_END_VARIATION: f64 = 1.0;

/// Simulated before the first time of the grid, seconds.
const WARM_UP: f64 = 10.0;

/// A timer of the recorder's throttle ends so much late, seconds.
const TIMER_SECONDS: f64 = 0.001;

/// Simulates the twin of a recording. The seed draws what is left to chance: jitter and stalls.
pub fn pair(recording: &Recording, machine: Machine, seed: u64) -> Result<Pair, String> {
    let at = |error: String| format!("{}: {error}", recording.id);
    let truth = &recording.truth;
    let replicas = matching::replicas(recording);
    let (zero, last) = match (recording.times.first(), recording.times.last()) {
        (Some(first), Some(last)) if last > first => (*first, *last),
        _ => return Err(at("no series".to_owned())),
    };
    let parts = parts(recording, &replicas);
    let lead_in = *parts.first().ok_or_else(|| at("no times".to_owned()))?;
    let slowed = slowed(recording, &replicas);
    let fits: Vec<Fit> = replicas
        .iter()
        .enumerate()
        .map(|(number, replica)| {
            let budget = truth.flag(number, "--max-num-batched-tokens").unwrap_or(BUDGET);
            let is_slowed = |from: f64, to: f64| {
                let own = slowed.iter().filter(|span| span.replica == number);
                own.into_iter().any(|span| span.from < to && from < span.settled)
            };
            law::fit(recording, replica, budget as f64, lead_in, &is_slowed)
        })
        .collect();
    let engines = replicas.iter().zip(&fits).enumerate();
    let engines: Vec<EngineConfiguration> =
        engines.map(|(number, (replica, fit))| engine(recording, number, replica, fit)).collect();
    let paces = fits.iter().map(|fit| pace(fit, machine, zero)).collect();
    let given = Given {
        requests: arrivals::requests(recording, zero, &|begin, end| {
            overhead(recording, &replicas, (begin, end))
        }),
        paces,
        outages: outages(recording, zero),
        scraped_early: replicas.iter().map(|replica| replica.early).collect(),
        engines: engines.clone(),
    };
    let first = engines.into_iter().next().ok_or_else(|| at("no replica".to_owned()))?;
    let mut scenario = scenario(recording, first, last - zero)?;
    scenario.seed = seed;
    for span in &slowed {
        scenario.hangs.extend(span.hangs(zero));
    }
    scenario.check(truth.scrape_s).map_err(at)?;
    for engine in &given.engines {
        Scenario { engine: engine.clone(), ..scenario.clone() }
            .check(truth.scrape_s)
            .map_err(at)?;
    }
    let run = simulate_given(&scenario, &given, truth.scrape_s);
    Ok(Pair {
        id: recording.id.clone(),
        version: truth.version.clone(),
        recorded: replicas.iter().map(|replica| replica.page.clone()).collect(),
        simulated: run.engines().map(Page::of_target).collect(),
        parts,
        fits,
    })
}

/// Places of the grid: from the first scrape after the begin to the last before the onset, and from
/// there to the end.
fn parts(recording: &Recording, replicas: &[Replica<'_>]) -> Vec<(usize, usize)> {
    let truth = &recording.truth;
    let early = replicas.iter().map(|replica| replica.early).fold(0.0, f64::max);
    let begin = recording.times.iter().position(|time| time - early >= truth.start - 0.5);
    let (begin, end) = (begin.unwrap_or(0), recording.times.len().saturating_sub(1));
    match truth.onset {
        None => vec![(begin, end)],
        Some(onset) => {
            let after = recording.times.iter().position(|time| *time > onset).unwrap_or(end);
            let last = after.saturating_sub(1).max(begin);
            vec![(begin, last), (last, end)]
        }
    }
}

fn engine(
    recording: &Recording,
    number: usize,
    replica: &Replica<'_>,
    fit: &Fit,
) -> EngineConfiguration {
    let truth = &recording.truth;
    let flag = |name: &str, usual: usize| truth.flag(number, name).unwrap_or(usual);
    let told = |label: &str| replica.page.information("vllm:cache_config_info", label);
    let number_of = |label: &str| told(label).and_then(|text| text.parse::<usize>().ok());
    let hardware = Hardware {
        id: "recorded".into(),
        model: "tiny".into(),
        device: "processor".into(),
        kv_tokens: 0,
        jitter: fit.jitter,
        law: fit.law,
        ..Hardware::opt_13b_a100()
    };
    let mut engine = EngineConfiguration::new(hardware);
    engine.max_num_seqs = flag("--max-num-seqs", SLOTS);
    engine.max_num_batched_tokens = flag("--max-num-batched-tokens", BUDGET);
    engine.max_model_len = flag("--max-model-len", 8192);
    engine.block_size = flag("--block-size", number_of("block_size").unwrap_or(16));
    engine.kv_blocks = number_of("num_gpu_blocks").unwrap_or(2);
    engine.prefix_caching = told("enable_prefix_caching") != Some("False");
    // The engine's own process says so on processors: "Asynchronous scheduling is disabled".
    engine.async_scheduling = false;
    engine.front_end.per_request_seconds = fit.arrival_seconds.min(law::REQUEST_SECONDS);
    engine.front_end.per_request_wait_seconds =
        (fit.arrival_seconds - law::REQUEST_SECONDS).max(0.0);
    engine.front_end.per_prompt_token_seconds = 0.0;
    engine.front_end.per_scrape_seconds = law::SCRAPE_SECONDS;
    engine.front_end.per_step_seconds = law::STEP_SECONDS;
    engine.front_end.per_output_seconds = law::OUTPUT_SECONDS;
    engine.front_end.variation = FRONT_END_VARIATION;
    engine.start_up.warm_up_seconds = 0.0;
    engine
}

fn scenario(
    recording: &Recording,
    engine: EngineConfiguration,
    duration: f64,
) -> Result<Scenario, String> {
    let mut scenario = Scenario::new(Hardware::opt_13b_a100());
    scenario.name.clone_from(&recording.id);
    scenario.warm_up_seconds = WARM_UP;
    scenario.duration_seconds = duration;
    scenario.release = Release::try_from(recording.truth.version.clone())?;
    scenario.replicas = recording.truth.replicas;
    scenario.engine = engine;
    scenario.traffic.arrivals = Arrivals::Poisson { rate: 0.0 };
    scenario.traffic.lengths = Lengths::Fixed { prompt: 1, output: 1 };
    scenario.traffic.prefixes = Prefixes { groups: 0, share: 0.0 };
    scenario.traffic.clients = Clients::default();
    scenario.telemetry.dcgm = false;
    scenario.telemetry.kueue = false;
    scenario.noise = Noise::NONE;
    scenario.scraping = Scraping::IDEAL;
    Ok(scenario)
}

fn pace(fit: &Fit, machine: Machine, zero: f64) -> GivenPace {
    let intervals = match machine {
        Machine::Law => Vec::new(),
        Machine::LawAndPace => fit
            .pace
            .iter()
            .map(|pace| (pace.until - zero, pace.factor, pace.stalls_per_second))
            .collect(),
    };
    GivenPace {
        intervals,
        stalls_per_second: fit.stalls.per_second,
        stall_seconds: fit.stalls.seconds.clone(),
    }
}

/// By how much the clients' end-to-end latency exceeds the engine's on average between two times,
/// seconds.
fn overhead(recording: &Recording, replicas: &[Replica<'_>], (begin, end): (f64, f64)) -> f64 {
    let ended = |client: &&Client| {
        let ended = client.start + client.e2e;
        client.status == 200 && ended > begin && ended <= end
    };
    let seen: Vec<f64> = recording.clients.iter().filter(ended).map(|client| client.e2e).collect();
    let (mut sum, mut count) = (0.0, 0.0);
    for replica in replicas {
        let within = |place: &usize| {
            let time = recording.times[*place] - replica.early;
            time > begin && time <= end
        };
        let places: Vec<usize> = (1..recording.times.len()).filter(within).collect();
        let grown = |suffix: &str| {
            let name = format!("vllm:e2e_request_latency_seconds_{suffix}");
            grown(&replica.page.total(&name), &places).unwrap_or(0.0)
        };
        sum += grown("sum");
        count += grown("count");
    }
    if seen.is_empty() || count < 1.0 {
        return 0.0;
    }
    (seen.iter().sum::<f64>() / seen.len() as f64 - sum / count).clamp(0.0, 1.0)
}

/// Times in which processes were gone: from `kill` or `down` to `up again`.
fn outages(recording: &Recording, zero: f64) -> Vec<GivenOutage> {
    let events = recording.truth.events();
    let replica_of = |event: &Event| {
        event.details.first().and_then(serde_json::Value::as_u64).unwrap_or(0) as usize
    };
    let gone = events.iter().filter(|event| event.name == "kill" || event.name == "down");
    gone.map(|event| {
        let replica = replica_of(event);
        let back = events.iter().find(|other| {
            other.name == "up again" && other.at > event.at && replica_of(other) == replica
        });
        let up = back.map_or(recording.truth.end + 60.0, |back| back.at) - zero;
        GivenOutage { replica, down: event.at - zero, up }
    })
    .collect()
}

/// A time in which somebody kept a replica's worker from its processor.
#[derive(Debug, Clone, Copy)]
struct Slowed {
    replica: usize,
    from: f64,
    to: f64,
    /// When its effect on what a scrape reads is over.
    settled: f64,
    /// Share of each period in which it ran, and the period in seconds.
    duty: f64,
    period: f64,
}

impl Slowed {
    fn hangs(&self, zero: f64) -> Vec<Hang> {
        let replica = self.replica;
        if self.duty <= 0.0 {
            let for_seconds = self.to - self.from;
            return vec![Hang { replica, at_seconds: self.from - zero, for_seconds }];
        }
        let (runs, stands) = (self.period * self.duty, self.period * (1.0 - self.duty));
        let turn = runs + stands + 2.0 * TIMER_SECONDS;
        let turns = ((self.to - self.from) / turn) as usize;
        let turns = (0..turns).map(|number| Hang {
            replica,
            at_seconds: self.from - zero + number as f64 * turn + runs + TIMER_SECONDS,
            for_seconds: stands + TIMER_SECONDS,
        });
        turns.collect()
    }
}

fn slowed(recording: &Recording, replicas: &[Replica<'_>]) -> Vec<Slowed> {
    let (events, truth) = (recording.truth.events(), &recording.truth);
    let number =
        |event: &Event, place: usize| event.details.get(place).and_then(serde_json::Value::as_f64);
    let slow = events.iter().filter(|event| event.name == "throttle" || event.name == "stop");
    slow.map(|event| {
        let is_stop = event.name == "stop";
        let ends = if is_stop { "continue" } else { "throttle ends" };
        let end = events.iter().find(|other| other.name == ends && other.at > event.at);
        let to = end.map_or(truth.end + 60.0, |end| end.at);
        // Its number is not kept: the replica that put out the fewest tokens meanwhile.
        let tokens = |replica: &Replica<'_>| replica.composition.between(event.at, to).len();
        let slowest = replicas.iter().enumerate().min_by_key(|(_, replica)| tokens(replica));
        Slowed {
            replica: slowest.map_or(0, |(place, _)| place),
            from: event.at,
            to,
            settled: to + 2.0 * truth.scrape_s,
            duty: if is_stop { 0.0 } else { number(event, 1).unwrap_or(0.0) },
            period: number(event, 2).unwrap_or(60.0) / 1000.0,
        }
    })
    .collect()
}
