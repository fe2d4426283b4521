//! What a service is built of and what happens around it, drawn independently of what goes wrong.
//!
//! A class that alone brings adapters, drafts, a fleet or a restart would be named from the series
//! that exist. So every part exists at one rate in all cases, faults and healthy services alike; a
//! class that cannot exist without a part is drawn among the services that have it.

use inference_triage_simulator::configuration::{
    Encoder, FaultClass, Lengths, Lora, Pending, RemoteKv, Restart, Scenario, Speculation,
};
use inference_triage_simulator::load::Load;
use serde::{Deserialize, Serialize};

use crate::service::Timeline;

/// Lengths of a kind of request: id, mean prompt and mean output, tokens. Outputs of 5 to 2,000.
pub const LENGTHS: [(&str, f64, f64); 6] = [
    ("classify", 300.0, 5.0),
    ("extract", 1200.0, 28.0),
    ("brief", 100.0, 200.0),
    ("chat", 1155.0, 211.0),
    ("write", 300.0, 800.0),
    ("reason", 400.0, 2000.0),
];

/// Sequences that run on a replica while all is well: half of the services are small, half run 32
/// to 256.
pub const RUNNING: [f64; 8] = [2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

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

/// Contexts that a service accepts, tokens: half of them short enough that a cache under pressure
/// holds one, half long enough for prompts to become long.
pub const MODEL_LENGTHS: [usize; 4] = [4096, 8192, 32_768, 65_536];

/// Sequences from which on a cache that is too small for them still holds one of the longest kind.
pub const MANY: f64 = 64.0;

/// Caches as multiples of what runs; 0: all that the device leaves.
pub const CACHES: [f64; 4] = [1.6, 2.5, 5.0, 0.0];

/// Share of services that have each part: one half, so that a part tells least about a class that
/// needs it and the services with and without it are told apart equally often.
pub const HAS: [bool; 2] = [true, false];

/// Requests a second of a fleet, at most: what a few API servers take, and what can be simulated in
/// the time of a run.
const MOST_REQUESTS: f64 = 120.0;

/// Output tokens a second of a fleet, at most: an hour of simulation on two cores holds no more.
const MOST_TOKENS: f64 = 9_000.0;

/// Share of the largest sensible batch that a healthy service runs, at most.
const MOST_OF_BATCH: f64 = 0.7;

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
    /// Drafts are used.
    pub speculation: bool,
    /// Adapters are used.
    pub lora: bool,
    /// The cache of some prompts lies elsewhere.
    pub remote_kv: bool,
    /// Some requests bring images.
    pub encoder: bool,
    /// A few requests fail.
    pub errors: bool,
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
    /// Replicas that are asked for.
    pub pending: bool,
    /// Replaying links.
    pub replays: bool,
    /// Requests that fail.
    pub errors: bool,
    /// A flag that changed, so a new process.
    pub deployed: bool,
    /// Contexts above 16,384 tokens.
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
            "slot-cap" | "token-budget" | "cold-start" | "restart-loop" => {
                Self { deployed: true, ..none }
            }
            "kv-admission" | "kv-thrash" => Self { deployed: true, short_contexts: true, ..none },
            "long-prompts" | "long-context" | "prefix-cache-collapse" => {
                Self { long_contexts: true, ..none }
            }
            _ => none,
        }
    }
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
        scenario.engine.max_model_len = self.model_length.min(scenario.engine.kv_tokens());
        scenario.traffic.length_share = self.length_share;
        scenario.traffic.error_share = if self.errors { 0.01 } else { 0.0 };
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
        let wanted = match (class, self.slot_cap) {
            // The cap that the fault sets is a share of what runs; see the class.
            (Some(FaultClass::SlotCap), Some(cap)) => cap as f64 / (0.85 - 0.6 * severity),
            _ => self.running,
        };
        // Throughput services promise slower tokens.
        scenario.objectives.tpot = if wanted > 48.0 { 0.1 } else { 0.05 };
        scenario.engine.max_num_seqs = scenario.engine.max_num_seqs.max(power_above(wanted * 1.5));
        let load = Load::of(scenario);
        let replicas = scenario.replicas as f64;
        let bearable = load.rate_at(wanted.min(load.largest_batch * MOST_OF_BATCH).max(0.3));
        let most = (MOST_TOKENS / load.output).min(MOST_REQUESTS) / replicas;
        let rate = bearable.min(most);
        *scenario = scenario.clone().at_utilisation(rate / load.capacity.max(1e-9));
    }

    /// Slots, budget, cache, event loops and warm-up to match what runs.
    fn size(&self, scenario: &mut Scenario) {
        let load = Load::of(scenario);
        let engine = &mut scenario.engine;
        engine.max_num_batched_tokens = engine.max_num_batched_tokens.max(engine.max_num_seqs);
        if self.cache > 0.0 {
            let longest = engine.max_model_len as f64 * 1.2;
            let tokens = (load.running * load.live * self.cache).max(longest);
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

    /// What happens around the service: deploys and replicas that do not come. `when` is where a
    /// deploy that nothing depends on would fall, in [0, 1] of the time before the window.
    pub fn happen(&self, scenario: &mut Scenario, timeline: Timeline, needed: bool, when: f64) {
        if self.pending {
            scenario.pending.push(Pending { replicas: 1, at_seconds: timeline.onset.max(60.0) });
        }
        if !self.deployed {
            return;
        }
        scenario.engine.start_up.load_seconds = 25.0;
        scenario.engine.start_up.warm_up_seconds = 20.0;
        let earliest = 30.0;
        let latest = if timeline.onset > 0.0 { timeline.onset } else { timeline.from - 150.0 };
        let at = if needed { latest } else { earliest + (latest - earliest) * when };
        let kv_factor = 0.96 + 0.08 * when;
        for replica in 0..scenario.replicas {
            scenario.restarts.push(Restart { replica, at_seconds: at, kv_factor });
        }
    }
}

/// The power of two at or above a number of sequences, at least 16.
fn power_above(sequences: f64) -> usize {
    (libm::ceil(sequences).max(16.0) as usize).next_power_of_two()
}
