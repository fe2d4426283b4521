//! Turning the right knob repairs, turning a wrong one does not: the truth of a counterfactual.

use inference_triage_simulator::configuration::{Clients, FaultClass, Hardware, Knob, Scenario};
use inference_triage_simulator::simulate;

const ONSET: f64 = 120.0;
const END: f64 = 600.0;

/// Prompts outrun a small token budget only where prefill is fast.
fn faulty(class: FaultClass) -> Scenario {
    let hardware = match class {
        FaultClass::TokenBudget => Hardware::llama_8b_h100(),
        _ => Hardware::opt_13b_a100(),
    };
    let mut base = Scenario { duration_seconds: END, ..Scenario::new(hardware).undisturbed() };
    base.traffic.clients = Clients::default();
    let severity = match class {
        FaultClass::PrefixCacheCollapse | FaultClass::BadReplica => 1.0,
        // Twice the cache is to be enough.
        FaultClass::KvBoundAdmission => 0.2,
        _ => 0.6,
    };
    base.with_fault(class, severity, ONSET)
}

fn met(scenario: &Scenario) -> f64 {
    simulate(scenario, 60.0).attainment(ONSET, END).share().unwrap_or(1.0)
}

fn after(scenario: &Scenario, action: &str) -> f64 {
    met(&scenario.with_action(action).unwrap_or_else(|| panic!("{action} turns no knob")))
}

#[test]
fn right_actions_repair() {
    let repairs = [
        (FaultClass::SlotCap, "raise-max-num-seqs"),
        (FaultClass::LoadAboveCapacity, "add-replicas"),
        (FaultClass::KvBoundAdmission, "raise-kv-memory"),
        (FaultClass::TokenBudget, "raise-token-budget"),
        (FaultClass::LongPrompts, "shorten-prompts"),
        (FaultClass::PrefixCacheCollapse, "restore-prefixes"),
        (FaultClass::SlowDecode, "inspect-device"),
        (FaultClass::InterconnectDegraded, "inspect-device"),
        (FaultClass::FrontEndCpu, "add-api-servers"),
        (FaultClass::StreamBackPressure, "unblock-streams"),
        (FaultClass::SpeculationNotPaying, "disable-speculation"),
        (FaultClass::RoutingImbalance, "balance-routing"),
        (FaultClass::BadReplica, "replace-replica"),
        (FaultClass::RestartLoop, "stop-restarts"),
        (FaultClass::KvTransferStall, "repair-kv-transfer"),
        (FaultClass::LoraChurn, "raise-max-loras"),
        (FaultClass::ClientAborts, "raise-client-timeout"),
        (FaultClass::RunawayOutputs, "limit-outputs"),
        (FaultClass::AutoscalerLag, "free-quota"),
        (FaultClass::MultimodalCost, "reduce-encoder-work"),
        (FaultClass::ErrorBurst, "repair-errors"),
    ];
    for (class, action) in repairs {
        let scenario = faulty(class);
        let (before, after) = (met(&scenario), after(&scenario, action));
        assert!(
            after > before + 0.05,
            "{}: {action} moves attainment from {before:.3} to {after:.3}",
            class.id()
        );
    }
}

/// The advice that the published incident refutes: fewer slots make it worse.
#[test]
fn wrong_actions_do_not() {
    let cases = [
        (FaultClass::SlotCap, "lower-max-num-seqs"),
        (FaultClass::SlotCap, "raise-kv-memory"),
        (FaultClass::SlowDecode, "raise-max-num-seqs"),
        (FaultClass::FrontEndCpu, "raise-max-num-seqs"),
        (FaultClass::KvThrash, "lower-kv-memory"),
    ];
    for (class, action) in cases {
        let scenario = faulty(class);
        let (before, after) = (met(&scenario), after(&scenario, action));
        assert!(
            after <= before + 0.02,
            "{}: {action} moves attainment from {before:.3} to {after:.3}",
            class.id()
        );
    }
}

#[test]
fn every_id_of_a_knob_is_known_and_others_are_not() {
    for knob in Knob::ALL {
        assert_eq!(Knob::from_id(knob.id()), Some(*knob));
    }
    assert!(faulty(FaultClass::SlotCap).with_action("turn-it-off-and-on").is_none());
}

/// The actions that the core's rules advise.
#[test]
fn the_cores_actions_turn_a_knob() {
    for action in [
        "raise-max-num-seqs",
        "lower-max-num-seqs",
        "add-replicas",
        "shorten-prompts",
        "inspect-device",
        "repair-telemetry",
    ] {
        assert!(Knob::from_id(action).is_some(), "{action}");
    }
}
