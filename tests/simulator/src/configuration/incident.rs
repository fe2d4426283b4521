//! Named incidents for demonstrations and recordings.

use crate::configuration::{
    Arrivals, Clients, EngineConfiguration, FaultClass, Hardware, HealthyVariant, Lengths,
    Objectives, Prefixes, Release, Scenario, Scraping,
};

/// A named scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// Stable id.
    pub id: &'static str,
    /// One line for people.
    pub title: &'static str,
    /// What is simulated.
    pub scenario: Scenario,
}

/// Length of an incident and of what precedes it, seconds.
const LENGTH: f64 = 1800.0;
const ONSET: f64 = 900.0;

impl Incident {
    /// Every named incident.
    pub fn all() -> Vec<Self> {
        let opt = Hardware::opt_13b_a100;
        let llama = Hardware::llama_8b_a100;
        let faults = [
            (
                "load-above-capacity",
                "More requests than the engine can serve",
                FaultClass::LoadAboveCapacity,
                opt(),
                0.4,
            ),
            (
                "kv-thrash",
                "The cache is full and requests are computed twice",
                FaultClass::KvThrash,
                opt(),
                0.6,
            ),
            (
                "kv-bound-admission",
                "The cache is full and holds back admissions",
                FaultClass::KvBoundAdmission,
                opt(),
                0.4,
            ),
            ("long-prompts", "Prompts became long", FaultClass::LongPrompts, opt(), 0.7),
            (
                "prefix-cache-collapse",
                "Prompts no longer share a beginning",
                FaultClass::PrefixCacheCollapse,
                opt(),
                1.0,
            ),
            (
                "slow-decode",
                "The device decodes at half its pace",
                FaultClass::SlowDecode,
                llama(),
                0.6,
            ),
            (
                "front-end-cpu",
                "The API server's CPU is the bottleneck",
                FaultClass::FrontEndCpu,
                llama(),
                // Above 0.4 the loop is so late that a scrape times out and nothing is seen.
                0.3,
            ),
            ("bad-replica", "One of four replicas is slow", FaultClass::BadReplica, opt(), 0.8),
            (
                "routing-imbalance",
                "One of four replicas gets too much",
                FaultClass::RoutingImbalance,
                opt(),
                0.5,
            ),
        ];
        let mut incidents = vec![published_slot_cap(), slot_cap_fleet()];
        incidents.extend(faults.map(|(id, title, class, hardware, severity)| {
            let base = Scenario { duration_seconds: LENGTH, ..Scenario::new(hardware) };
            Self { id, title, scenario: for_demonstration(base.with_fault(class, severity, ONSET)) }
        }));
        let base = Scenario { duration_seconds: LENGTH, ..Scenario::new(opt()) };
        let scenario = for_demonstration(base.with_variant(HealthyVariant::KvFull));
        incidents.push(Self {
            id: "healthy-full-cache",
            title: "A full cache, and all is well",
            scenario,
        });
        incidents
    }

    /// The eight that are recorded for the gallery.
    pub fn gallery() -> Vec<Self> {
        const IDS: [&str; 8] = [
            "load-above-capacity",
            "kv-thrash",
            "long-prompts",
            "prefix-cache-collapse",
            "slow-decode",
            "front-end-cpu",
            "routing-imbalance",
            "healthy-full-cache",
        ];
        Self::all().into_iter().filter(|incident| IDS.contains(&incident.id)).collect()
    }

    /// The incident of an id.
    pub fn find(id: &str) -> Option<Self> {
        Self::all().into_iter().find(|incident| incident.id == id)
    }
}

/// The same read at every moment of the grid, by callers who wait: a demonstration is scraped by a
/// real Prometheus, which brings its own offsets and failures, and shows one fault, not the retries
/// that follow from it.
fn for_demonstration(mut scenario: Scenario) -> Scenario {
    scenario.scraping = Scraping::IDEAL;
    scenario.traffic.clients = Clients::default();
    scenario
}

fn published_slot_cap() -> Incident {
    let mut scenario = published(16);
    scenario.duration_seconds = LENGTH;
    scenario.faults.push(crate::configuration::Fault {
        class: FaultClass::SlotCap,
        // Three sessions run; from 0.4 on the formula for the severity gives two slots.
        severity: 0.4,
        onset_seconds: ONSET,
    });
    Incident {
        id: "published-slot-cap",
        title: "Two slots for three sessions, as published",
        scenario,
    }
}

/// The published incident on four replicas, under the metric names of a release that exports what
/// the fleet is asked for.
fn slot_cap_fleet() -> Incident {
    let mut scenario = published_slot_cap().scenario;
    scenario.name = String::from("published incident, four replicas");
    scenario.replicas = 4;
    scenario.release = Release::new(33, 0);
    scenario.traffic.arrivals = Arrivals::ClosedLoop { sessions: 12, think_seconds: 0.0 };
    Incident {
        id: "slot-cap-fleet",
        title: "Two slots for three sessions, on each of four replicas",
        scenario,
    }
}

/// The server of the published incident with that many slots: three closed-loop sessions of 700
/// output tokens, prompts of 155 tokens, a cache of 4,465 blocks. The front end's 50 ms with their
/// spread are chosen to fit the published 95th percentile of the time to first token after the fix;
/// nothing else is fitted beyond the step-time law.
pub fn published(max_num_seqs: usize) -> Scenario {
    let mut engine = EngineConfiguration::new(Hardware::gemma_l40s());
    engine.max_num_seqs = max_num_seqs;
    engine.max_model_len = 8192;
    engine.kv_blocks = 4465;
    engine.front_end.per_request_seconds = 0.055;
    engine.front_end.variation = 0.85;
    engine.async_scheduling = false;
    let mut scenario = Scenario::new(Hardware::gemma_l40s());
    scenario.name = format!("published incident, {max_num_seqs} slots");
    // As fitted to its two throughputs, with nothing that they do not tell.
    engine.hardware.law.sequence = 0.948e-3;
    engine.hardware.law.context = 0.0;
    engine.hardware.law.mixed = 0.0;
    scenario.engine = engine;
    scenario.model_name = String::from("gemma");
    scenario.release = Release::new(20, 0);
    scenario.traffic.arrivals = Arrivals::ClosedLoop { sessions: 3, think_seconds: 0.0 };
    scenario.traffic.lengths = Lengths::Fixed { prompt: 155, output: 700 };
    scenario.traffic.prefixes = Prefixes { groups: 0, share: 0.0 };
    scenario.objectives = Objectives { ttft: 2.5, itl: 0.05, tpot: 0.05, e2e: 10.0 };
    scenario.duration_seconds = 300.0;
    // The publication tells of neither; its callers were three loops of a load generator.
    scenario.traffic.clients = Clients::default();
    scenario.undisturbed()
}
