//! What a service is built of and what happens around it, drawn independently of what goes wrong.
//!
//! A class that alone brings adapters, drafts, a fleet or a restart would be named from the series
//! that exist. So every part exists at one rate in all cases, faults and healthy services alike; a
//! class that cannot exist without a part is drawn among the services that have it.

use inference_triage_simulator::configuration::{
    Arrivals, Encoder, FaultClass, Grammar, Lengths, Lora, RemoteKv, Scenario, Speculation,
};
use inference_triage_simulator::faults::device::Mechanism;
use inference_triage_simulator::load::Load;
use serde::{Deserialize, Serialize};

use crate::starts::Starts;

/// Lengths of a kind of request: id, mean prompt and mean output, tokens. Outputs of 5 to 2,000.
pub const LENGTHS: [(&str, f64, f64); 6] = [
    ("classify", 300.0, 5.0),
    ("extract", 1200.0, 28.0),
    ("brief", 100.0, 200.0),
    ("chat", 1155.0, 211.0),
    ("write", 300.0, 800.0),
    ("reason", 400.0, 2000.0),
];

/// Sequences that should run on a replica while all is well: nine of ten 32 and more. Requests of a
/// few tokens end too soon for that, small devices hold fewer, and services leave room for a
/// replica that is away, so that half of the faults do run 32; see docs/simulator.md.
pub const RUNNING: [f64; 10] = [4.0, 48.0, 64.0, 64.0, 96.0, 96.0, 128.0, 128.0, 192.0, 256.0];

/// Slot caps and the kind of request that meets them, over caps 1 to 1,024 and outputs 5 to 2,000.
/// The corner of many slots and short outputs is not there: its thousands of requests a second are
/// more than an API server takes.
pub const SLOT_CAPS: [(usize, &str); 16] = [
    (1, "classify"),
    (1, "reason"),
    (2, "chat"),
    (4, "extract"),
    (8, "write"),
    (16, "classify"),
    (16, "chat"),
    (32, "extract"),
    (32, "reason"),
    (64, "brief"),
    (64, "chat"),
    (128, "write"),
    (128, "reason"),
    (256, "brief"),
    (512, "brief"),
    (1024, "brief"),
];

/// Contexts that a service accepts, tokens: two thirds short enough that a cache under pressure
/// holds one, two thirds long enough for prompts to become long, so that what both need tells
/// neither.
pub const MODEL_LENGTHS: [usize; 6] = [4096, 8192, MEDIUM_LENGTH, MEDIUM_LENGTH, 32_768, 65_536];

/// The longest short and the shortest long context, tokens.
pub const MEDIUM_LENGTH: usize = 16_384;

/// Sequences from which on a cache that is too small for them still holds one of the longest kind.
pub const MANY: f64 = 64.0;

/// Caches as multiples of what runs; 0: all that the device leaves. Below 1.4 requests are
/// preempted now and then, which a service bears: those that preempt are not the faults alone.
pub const CACHES: [f64; 4] = [1.35, 1.6, 2.5, 0.0];

/// Contexts so short that this share of what runs fills a cache that holds one; 0: as drawn. A
/// cache under pressure needs such contexts, or vLLM refuses it, so half of all services have them.
pub const TIGHT: [f64; 4] = [0.0, 0.0, 0.8, 0.4];

/// Share of services that have each part: one half, so that a part tells least about a class that
/// needs it and the services with and without it are told apart equally often.
pub const HAS: [bool; 2] = [true, false];

/// Share of services that were deployed anew before they are judged: eight classes begin with a new
/// process, and where half of the others had one too it gave these away.
pub const DEPLOYED: [bool; 4] = [true, true, true, false];

/// Requests a second of a fleet, at most: what a few API servers take, and what can be simulated in
/// the time of a run.
const MOST_REQUESTS: f64 = 480.0;

/// Output tokens a second of a fleet, at most: an hour of simulation on two cores holds no more.
const MOST_TOKENS: f64 = 50_000.0;

/// Cache that a process finds room for at its start, as a share of the usual; the most is as far
/// above it.
pub(crate) const LEAST_CACHE: f64 = 0.96;

/// Requests and output tokens a second of a fleet whose slot cap is the fault, at most: a cap of a
/// thousand is met by nothing less.
const MOST_OF_A_CAP: (f64, f64) = (600.0, 60_000.0);

/// Context below which no service goes, tokens.
const SHORTEST: usize = 1024;

/// Share of the largest sensible batch that a healthy service runs, at most: what runs varies by
/// its root, and a process is slower than its law by a tenth at times.
const MOST_OF_BATCH: f64 = 0.75;

/// Share of an engine's time that its requests take beyond the steps that run anyway, at most.
/// Above these the queue of a process that drifts by a tenth grows without end, and a cache that
/// lost its prefixes never gets them back.
const MOST_OF_TIME: MostOfTime = MostOfTime { well: 0.8, cold: 1.0, away: 1.0 };

struct MostOfTime {
    /// While all is well.
    well: f64,
    /// Of a process whose cache is empty.
    cold: f64,
    /// While another replica is away.
    away: f64,
}

/// Share of that for traffic in bursts, which are two to three times their mean.
const MOST_OF_BURSTS: f64 = 0.75;

/// Share of that for the only replica: what waits while it is deployed is caught up with.
const MOST_OF_ONE: f64 = 0.9;

/// Share of the event loop's time that requests take while all is well, at most; more loops are
/// started from there on, as `--api-server-count` would.
const MOST_OF_LOOP: f64 = 0.3;

/// The parts of one service.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each part is there or not, independently of the others"
)]
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Environment {
    /// Sequences that should run on a replica while all is well.
    pub running: f64,
    /// Kind of requests by its id in [`LENGTHS`]; traces bring their own.
    pub lengths: String,
    /// `--max-model-len`.
    pub model_length: usize,
    /// Cache as a multiple of what runs, see [`CACHES`].
    pub cache: f64,
    /// Whether the context is as short as a cache under pressure needs, see [`TIGHT`].
    pub tight: f64,
    /// Drafts are used.
    pub speculation: bool,
    /// Adapters are used.
    pub lora: bool,
    /// The cache of some prompts lies elsewhere.
    pub remote_kv: bool,
    /// Some requests bring images.
    pub encoder: bool,
    /// Some requests bring a grammar.
    pub grammar: bool,
    /// A few requests fail.
    pub errors: bool,
    /// A few requests are refused.
    pub refusals: bool,
    /// A few callers leave.
    pub aborts: bool,
    /// Share of requests that end at their caller's limit.
    pub length_share: f64,
    /// A replica more is asked for and does not come.
    pub pending: bool,
    /// The links of the devices repeat a packet now and then.
    pub replays: bool,
    /// All replicas are deployed anew, where a fault begins at its onset.
    pub deployed: bool,
    /// Starts of single processes of a fleet.
    pub starts: Starts,
    /// The slot cap of a case whose cap is too low, see [`SLOT_CAPS`].
    pub slot_cap: Option<usize>,
}

/// Which parts a subject cannot exist without.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each part is there or not, independently of the others"
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Needs {
    /// Drafts.
    pub speculation: bool,
    /// Adapters.
    pub lora: bool,
    /// A cache elsewhere.
    pub remote_kv: bool,
    /// Images.
    pub encoder: bool,
    /// Grammars.
    pub grammar: bool,
    /// Replicas that are asked for.
    pub pending: bool,
    /// Replaying links.
    pub replays: bool,
    /// Requests that fail.
    pub errors: bool,
    /// Requests that are refused.
    pub refusals: bool,
    /// A flag that changed, so a new process.
    pub deployed: bool,
    /// Contexts of [`MEDIUM_LENGTH`] and above.
    pub long_contexts: bool,
    /// Contexts up to there and many sequences: a cache that is too small for what runs must hold
    /// one of the longest, or vLLM refuses it.
    pub short_contexts: bool,
}

impl Needs {
    /// The needs of a subject by its id.
    pub fn of(subject: &str) -> Self {
        let none = Self::default();
        match subject {
            "speculation-not-paying" => Self { speculation: true, ..none },
            "lora-churn" => Self { lora: true, ..none },
            "kv-transfer-stall" => Self { remote_kv: true, ..none },
            "encoder-cost" => Self { encoder: true, ..none },
            "capacity-pending" => Self { pending: true, ..none },
            "interconnect" => Self { replays: true, ..none },
            "error-burst" => Self { errors: true, ..none },
            "admission-rejected" => Self { refusals: true, deployed: true, ..none },
            "grammar-stall" => Self { grammar: true, ..none },
            "slot-cap" | "token-budget" | "cold-start" | "restart-loop" | "config-drift" => {
                Self { deployed: true, ..none }
            }
            "kv-admission" | "kv-thrash" => Self { deployed: true, short_contexts: true, ..none },
            "long-prompts" | "long-context" | "prefix-cache-collapse" | "head-of-line" => {
                Self { long_contexts: true, ..none }
            }
            _ => none,
        }
    }
}

/// Whether a case's fault begins with a new process: its flag changed, or its process chose other
/// kernels at its start.
pub fn needs_new_process(subject: &str, seed: u64) -> bool {
    let falls_back = subject == "slow-decode" && Mechanism::of_seed(seed) == Mechanism::Fallback;
    Needs::of(subject).deployed || falls_back
}

impl Environment {
    /// Sets the parts that decide how much a service can do; the rate follows.
    pub fn build(&self, scenario: &mut Scenario, class: Option<FaultClass>, severity: f64) {
        if let Some((_, prompt, output)) =
            LENGTHS.iter().find(|(id, _, _)| *id == self.lengths.as_str())
            && let Lengths::Lognormal { prompt_mean, output_mean, .. } =
                &mut scenario.traffic.lengths
        {
            (*prompt_mean, *output_mean) = (*prompt, *output);
        }
        // A process that measures a little less memory at its start still holds one.
        let held = (scenario.engine.kv_tokens() as f64 * LEAST_CACHE) as usize;
        scenario.engine.max_model_len = self.model_length.min(held);
        scenario.traffic.length_share = self.length_share;
        scenario.traffic.error_share = if self.errors { 0.01 } else { 0.0 };
        scenario.traffic.refused_share = if self.refusals { 0.005 } else { 0.0 };
        if self.grammar {
            scenario.engine.grammar = Some(Grammar { share: 0.3, seconds: 0.02 });
        }
        if self.aborts {
            scenario.traffic.clients.leaving_share = 0.03;
            scenario.traffic.clients.leave_within_seconds = 20.0;
        }
        let base = scenario.engine.hardware.law.base;
        if self.speculation {
            let draft_seconds = base * 0.3;
            scenario.engine.speculation =
                Some(Speculation { draft_tokens: 4, acceptance: 0.75, draft_seconds });
        }
        if self.encoder {
            scenario.engine.encoder = Some(Encoder { share: 0.2, seconds: base * 0.5 });
        }
        if self.remote_kv {
            // Set before the rate: it decides what is computed.
            scenario.engine.remote_kv =
                Some(RemoteKv { latency_seconds: 0.01, tokens_per_second: 1e9, share: 0.3 });
        }
        scenario.telemetry.link_errors_per_second = if self.replays { 0.02 } else { 0.0 };
        self.load(scenario, class, severity);
        self.size(scenario);
    }

    /// Arrivals that keep the wanted number of sequences running.
    fn load(&self, scenario: &mut Scenario, class: Option<FaultClass>, severity: f64) {
        let capped = self.slot_cap.filter(|_| class == Some(FaultClass::SlotCap));
        let wanted = capped.map_or(self.running, |cap| running_for_cap(cap, severity));
        // Throughput services promise slower tokens; a cap is met however slow they are.
        scenario.objectives.tpot = match capped {
            Some(_) => 2.0,
            // An answer of a few tokens is soon complete, however slow they are.
            None if load_output(scenario) < 50.0 => 0.3,
            None if wanted > 48.0 => 0.1,
            None => 0.05,
        };
        let share = if capped.is_some() { 1.0 } else { MOST_OF_BATCH };
        let (requests, tokens) =
            if capped.is_some() { MOST_OF_A_CAP } else { (MOST_REQUESTS, MOST_TOKENS) };
        let slots = power_above(wanted * 1.5 / left_of_fleet(scenario));
        scenario.engine.max_num_seqs = scenario.engine.max_num_seqs.max(slots);
        let load = Load::of(scenario);
        let replicas = scenario.replicas as f64;
        let mut bearable = load.rate_at((load.largest_batch * share).max(0.3));
        if capped.is_none() {
            let mut cold = scenario.clone();
            cold.traffic.prefixes.share = 0.0;
            let of_time = |share: f64, load: &Load| share / (load.output * load.slope);
            bearable = bearable
                .min(of_time(MOST_OF_TIME.well, &load))
                .min(of_time(MOST_OF_TIME.cold, &Load::of(&cold)));
            // One replica can be away, and the others bear its load too; the only one catches up
            // with what waited.
            let away = load.rate_at(load.largest_batch).min(of_time(MOST_OF_TIME.away, &load));
            bearable = if replicas > 1.0 {
                bearable.min(away * left_of_fleet(scenario))
            } else {
                bearable * MOST_OF_ONE
            };
            if matches!(scenario.traffic.arrivals, Arrivals::Bursts { .. }) {
                bearable *= MOST_OF_BURSTS;
            }
        }
        let bearable = bearable.min(load.rate_at(wanted));
        let most = (tokens / load.output).min(requests) / replicas;
        let rate = bearable.min(most);
        *scenario = scenario.clone().at_utilisation(rate / load.capacity.max(1e-9));
    }

    /// Slots, budget, cache, event loops and warm-up to match what runs.
    fn size(&self, scenario: &mut Scenario) {
        let load = Load::of(scenario);
        let left = left_of_fleet(scenario);
        let engine = &mut scenario.engine;
        while self.tight > 0.0
            && engine.max_model_len > SHORTEST
            && engine.max_model_len as f64 * 1.1 > load.running * load.live * self.tight
        {
            engine.max_model_len /= 2;
        }
        engine.max_num_batched_tokens = engine.max_num_batched_tokens.max(engine.max_num_seqs);
        if self.cache > 0.0 {
            let longest = engine.max_model_len as f64 * 1.2;
            let tokens = (load.running * load.live * self.cache / left).max(longest);
            let blocks = (tokens / engine.block_size as f64) as usize + 2;
            engine.kv_blocks = blocks.min(engine.kv_blocks);
        }
        if self.lora {
            let max_loras = libm::round(load.running / 3.0).clamp(1.0, 16.0) as usize;
            engine.lora =
                Some(Lora { max_loras, max_cpu_loras: max_loras * 2, load_seconds: 0.05 });
            scenario.traffic.adapters = max_loras;
        }
        if let Some(remote) = &mut engine.remote_kv {
            remote.tokens_per_second = load.rate * load.prompt * remote.share * 20.0;
        }
        let front = &mut engine.front_end;
        let work = front.per_request_seconds
            + front.per_prompt_token_seconds * load.prompt
            + front.per_output_seconds * load.output;
        front.servers = libm::ceil(load.rate * work / MOST_OF_LOOP).max(1.0) as usize;
        let answer = load.output * load.step;
        scenario.warm_up_seconds = (answer * 2.0).clamp(120.0, 600.0);
    }
}

/// Share of a fleet that is there while one replica is away; all of a single one.
fn left_of_fleet(scenario: &Scenario) -> f64 {
    let replicas = scenario.replicas as f64;
    if replicas > 1.0 { (replicas - 1.0) / replicas } else { 1.0 }
}

/// Mean output of a scenario, tokens.
fn load_output(scenario: &Scenario) -> f64 {
    Load::of(scenario).output
}

/// Sequences that run where that cap is too low by as much as the fault class makes it.
pub fn running_for_cap(cap: usize, severity: f64) -> f64 {
    cap as f64 / (0.85 - 0.6 * severity)
}

/// The power of two at or above a number of sequences, at least 16.
fn power_above(sequences: f64) -> usize {
    (libm::ceil(sequences).max(16.0) as usize).next_power_of_two()
}
