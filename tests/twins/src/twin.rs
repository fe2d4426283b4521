//! The simulated twin of a recording.

use inference_triage_simulator::configuration::{
    Arrivals, Clients, EngineConfiguration, Hardware, Lengths, Noise, Prefixes, Release, Scenario,
    Scraping,
};
use inference_triage_simulator::given::{Given, GivenPace};
use inference_triage_simulator::simulate_given;

use crate::arrivals;
use crate::disturbance::{Slowed, outages, slowed};
use crate::front_end;
use crate::law::{self, Fit};
use crate::matching::{self, Replica};
use crate::page::{Page, grown};
use crate::recording::{Client, Recording};
use crate::served_before;

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
const WARM_UP: f64 = 60.0;

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
    let fits = fits(recording, &replicas, lead_in, &slowed);
    let engines = replicas.iter().zip(&fits).enumerate();
    let engines: Vec<EngineConfiguration> =
        engines.map(|(number, (replica, fit))| engine(recording, number, replica, fit)).collect();
    let paces = fits.iter().map(|fit| pace(fit, machine, zero)).collect();
    let given = given(recording, &replicas, (engines, paces), zero);
    let first = given.engines.first().cloned().ok_or_else(|| at("no replica".to_owned()))?;
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

fn fits(
    recording: &Recording,
    replicas: &[Replica<'_>],
    lead_in: (usize, usize),
    slowed: &[Slowed],
) -> Vec<Fit> {
    let fit = |(number, replica): (usize, &Replica<'_>)| {
        let budget = recording.truth.flag(number, "--max-num-batched-tokens").unwrap_or(BUDGET);
        let is_slowed = |from: f64, to: f64| {
            let mut own = slowed.iter().filter(|span| span.replica == number);
            own.any(|span| span.from < to && from < span.settled)
        };
        law::fit(recording, replica, budget as f64, lead_in, &is_slowed)
    };
    replicas.iter().enumerate().map(fit).collect()
}

fn given(
    recording: &Recording,
    replicas: &[Replica<'_>],
    (engines, paces): (Vec<EngineConfiguration>, Vec<GivenPace>),
    zero: f64,
) -> Given {
    let mut requests = arrivals::requests(recording, zero, &|begin, end| {
        overhead(recording, replicas, (begin, end))
    });
    let block_size = engines.first().map_or(16, |engine| engine.block_size);
    requests.extend(served_before::requests(recording, replicas, block_size, &requests));
    Given {
        requests,
        paces,
        outages: outages(recording, zero),
        scraped_early: replicas.iter().map(|replica| replica.early).collect(),
        engines,
    }
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
    engine.front_end.per_request_seconds = fit.arrival_seconds.min(front_end::REQUEST_SECONDS);
    engine.front_end.per_request_wait_seconds =
        (fit.arrival_seconds - front_end::REQUEST_SECONDS).max(0.0);
    engine.front_end.per_prompt_token_seconds = 0.0;
    engine.front_end.per_scrape_seconds = front_end::SCRAPE_SECONDS;
    engine.front_end.per_step_seconds = front_end::STEP_SECONDS;
    engine.front_end.per_output_seconds = front_end::OUTPUT_SECONDS;
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
