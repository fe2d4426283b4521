//! Simulated inputs, and the same services simulated again with something done to them.

use inference_triage_simulator::configuration::{
    Clients, FaultClass, Hardware, HealthyVariant, Release, Scenario,
};
use inference_triage_simulator::{Run, simulate};
use serde_json::{Value, json};

use crate::base::{Base, HEALTHY};
use crate::table::{Series, Table};

/// Length of the data, seconds.
const LENGTH: f64 = 1800.0;

/// Begin of a fault, seconds after the first scrape.
const ONSET: f64 = 900.0;

/// Begin of a fault that passes, seconds after the first scrape: it lies in the window.
const ONSET_IN_WINDOW: f64 = 1300.0;

/// Length of the diagnosed window at the end of the data, seconds.
const WINDOW: f64 = 600.0;

/// Distance of scrapes, seconds.
pub const SCRAPE: f64 = 15.0;

/// Faults with a rule, and how bad each is: severities of the named incidents, so that they hurt.
const FAULTS: [(&str, FaultClass, f64); 7] = [
    ("slot-cap", FaultClass::SlotCap, 0.6),
    ("load-above-capacity", FaultClass::LoadAboveCapacity, 0.4),
    ("kv-thrash", FaultClass::KvThrash, 0.6),
    ("long-prompts", FaultClass::LongPrompts, 0.7),
    ("slow-decode", FaultClass::SlowDecode, 0.3),
    ("front-end", FaultClass::FrontEndCpu, 0.35),
    ("engine-errors", FaultClass::ErrorBurst, 0.5),
];

/// Every other fault that has a rule and is still there in the window.
const MORE_FAULTS: [(&str, FaultClass, f64); 18] = [
    ("sick-replica", FaultClass::BadReplica, 0.8),
    ("routing-imbalance", FaultClass::RoutingImbalance, 0.5),
    ("restart-loop", FaultClass::RestartLoop, 0.6),
    ("prefix-cache-collapse", FaultClass::PrefixCacheCollapse, 1.0),
    ("kv-admission", FaultClass::KvBoundAdmission, 0.4),
    ("token-budget", FaultClass::TokenBudget, 0.6),
    ("long-context", FaultClass::LongContextDecode, 0.7),
    ("speculation-not-paying", FaultClass::SpeculationNotPaying, 0.7),
    ("kv-transfer-stall", FaultClass::KvTransferStall, 0.3),
    ("lora-churn", FaultClass::LoraChurn, 0.7),
    ("client-aborts", FaultClass::ClientAborts, 0.6),
    ("runaway-outputs", FaultClass::RunawayOutputs, 0.7),
    ("engine-hang", FaultClass::EngineHang, 0.7),
    ("host-bound", FaultClass::HostBound, 0.5),
    ("config-drift", FaultClass::ConfigDrift, 0.6),
    ("admission-rejected", FaultClass::AdmissionRejected, 1.0),
    ("head-of-line", FaultClass::HeadOfLine, 0.6),
    ("grammar-stall", FaultClass::GrammarStall, 0.6),
];

/// Every simulated base.
pub fn bases() -> Vec<Base> {
    let loads = [("light", 0.2, 1), ("moderate", 0.45, 1), ("busy", 0.65, 1), ("fleet", 0.45, 3)];
    let mut bases: Vec<Base> = loads
        .into_iter()
        .map(|(name, load, replicas)| {
            base(format!("simulated-healthy-{name}"), HEALTHY, healthy(load, replicas))
        })
        .collect();
    let bursts = healthy(0.45, 1).with_variant(HealthyVariant::Bursts);
    bases.push(base("simulated-healthy-bursts".to_owned(), HEALTHY, bursts));
    let named = |(truth, class, severity)| {
        base(format!("simulated-{truth}"), truth, faulty(class, severity))
    };
    bases.extend(FAULTS.map(named));
    bases.extend(MORE_FAULTS.map(|fault| Base { is_drawn_once: true, ..named(fault) }));
    bases
}

/// Hardware of the healthy ones and of most faults; slow decode shows on a device whose token
/// target leaves room.
fn hardware(class: Option<FaultClass>) -> Hardware {
    match class {
        // A limit of queued requests bites where several come during one step.
        Some(FaultClass::SlowDecode | FaultClass::AdmissionRejected) => Hardware::llama_8b_a100(),
        _ => Hardware::opt_13b_a100(),
    }
}

/// What is done to a base is its only disturbance; its callers wait for ever.
fn undisturbed(class: Option<FaultClass>) -> Scenario {
    let mut scenario = Scenario::new(hardware(class)).undisturbed();
    scenario.traffic.clients = Clients::default();
    scenario
}

fn healthy(load: f64, replicas: usize) -> Scenario {
    let scenario = Scenario {
        duration_seconds: LENGTH,
        replicas,
        release: Release::new(24, 0),
        ..undisturbed(None)
    };
    scenario.at_utilisation(load).with_fitting_objectives()
}

fn faulty(class: FaultClass, severity: f64) -> Scenario {
    let scenario = Scenario { duration_seconds: LENGTH, ..undisturbed(Some(class)) };
    let onset = if class == FaultClass::EngineHang { ONSET_IN_WINDOW } else { ONSET };
    scenario.with_fault(class, severity, onset)
}

fn base(name: String, truth: &'static str, scenario: Scenario) -> Base {
    let run = simulate(&scenario, SCRAPE);
    let end = *run.times.last().unwrap_or(&0);
    Base {
        name,
        truth,
        table: table(&run),
        window: (end - (WINDOW * 1000.0) as i64, end),
        settings: settings(&scenario),
        is_drawn_once: false,
        scenario: Some(scenario),
    }
}

/// Settings with a scenario's objectives.
pub fn settings(scenario: &Scenario) -> Value {
    let objectives = scenario.objectives;
    json!({"slo": {"targets": {
        "ttft": objectives.ttft,
        "itl": objectives.itl,
        "tpot": objectives.tpot,
        "e2e": objectives.e2e,
    }}})
}

/// Every series of a run, `up` among them.
pub fn table(run: &Run) -> Table {
    let mut table = Table::of(&run.sample_batch(&[]));
    for target in &run.targets {
        let own = [("__name__", "up"), ("job", &target.job), ("instance", &target.instance)];
        let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let labels = own.into_iter().chain(target.labels.iter().cloned()).collect();
        table.series.push(Series { labels, values: target.up.clone() });
    }
    table
}

/// The same service simulated again, scraped at that distance.
pub fn again(scenario: &Scenario, scrape_seconds: f64) -> Table {
    table(&simulate(scenario, scrape_seconds))
}

/// Unix milliseconds of a time of a scenario, seconds after its first scrape.
pub fn unix_ms(scenario: &Scenario, seconds: f64) -> i64 {
    scenario.start_unix_seconds * 1000 + (seconds * 1000.0).round() as i64
}
