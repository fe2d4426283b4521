//! What each fault does, from when, to which replica.

mod apply;
pub mod device;
pub(crate) mod hang;
pub mod healthy;
pub(crate) mod prepare;
pub mod telemetry;
pub(crate) mod token_budget;

pub(crate) use apply::apply;

use crate::configuration::{Arrivals, Fault, FaultClass, Knob, Scenario};
use crate::load::Load;

/// A replica that goes down and comes back by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Outage {
    pub replica: usize,
    /// Seconds after the first scrape.
    pub down: f64,
}

/// Length of a burst, seconds.
pub(crate) const BURST_SECONDS: f64 = 45.0;

/// A factor that changes nothing, as bits.
const ONE: u64 = 1.0_f64.to_bits();

/// Faults that hold at a time.
pub(crate) fn active(scenario: &Scenario, time: f64) -> impl Iterator<Item = &Fault> {
    scenario.faults.iter().filter(move |fault| {
        let ended = fault.class == FaultClass::Burst
            && time >= fault.onset_seconds.max(0.0) + BURST_SECONDS;
        fault.onset_seconds <= time && !ended && !repaired(scenario, fault.class)
    })
}

/// Times at which something changes, seconds after the first scrape.
pub(crate) fn changes(scenario: &Scenario) -> Vec<f64> {
    let mut times: Vec<f64> = scenario.shifts.iter().map(|shift| shift.at_seconds).collect();
    let resized = scenario.restarts.iter().filter(|restart| restart.kv_factor.to_bits() != ONE);
    times.extend(resized.map(|restart| restart.at_seconds));
    for fault in &scenario.faults {
        times.push(fault.onset_seconds);
        if fault.class == FaultClass::Burst {
            times.push(fault.onset_seconds.max(0.0) + BURST_SECONDS);
        }
    }
    times.retain(|time| *time > -scenario.warm_up_seconds);
    times
}

/// Whether an action removed the cause of a class.
pub(crate) fn repaired(scenario: &Scenario, class: FaultClass) -> bool {
    let repairs = |knob: Knob| -> &[FaultClass] {
        match knob {
            Knob::RepairDevice => {
                &[FaultClass::SlowDecode, FaultClass::BadReplica, FaultClass::InterconnectDegraded]
            }
            Knob::ReplaceReplica => {
                &[FaultClass::BadReplica, FaultClass::ConfigDrift, FaultClass::EngineHang]
            }
            Knob::WakeEngine => &[FaultClass::EngineAsleep],
            Knob::UnblockStreams => &[FaultClass::StreamBackPressure],
            Knob::RestorePrefixes => &[FaultClass::PrefixCacheCollapse],
            Knob::RepairKvTransfer => &[FaultClass::KvTransferStall],
            Knob::StopRestarts => &[FaultClass::RestartLoop],
            Knob::ReduceEncoderWork => &[FaultClass::MultimodalCost, FaultClass::GrammarStall],
            Knob::RepairErrors => &[FaultClass::ErrorBurst],
            Knob::RepairUpstream => &[FaultClass::UpstreamStarvation],
            Knob::RepairTelemetry => &[FaultClass::TelemetryFault],
            Knob::BalanceRouting => &[FaultClass::RoutingImbalance],
            _ => &[],
        }
    };
    scenario.actions.iter().any(|action| repairs(action.knob).contains(&class))
}

/// Replicas that exist at some time.
pub(crate) fn fleet_size(scenario: &Scenario) -> usize {
    let late = scenario.faults.iter().find(|fault| fault.class == FaultClass::AutoscalerLag);
    initial_replicas(scenario) + late.map_or(0, |fault| late_replicas(scenario, fault))
}

/// Replicas that an action adds.
fn added_by_action(scenario: &Scenario) -> usize {
    let adds = scenario.actions.iter().find(|action| action.knob == Knob::AddReplicas);
    adds.map_or(0, |action| {
        let more = action
            .value
            .map_or(scenario.replicas.div_ceil(2), |value| value.clamp(0.0, 64.0) as usize);
        more.max(1)
    })
}

/// Replicas there from the begin.
pub(crate) fn initial_replicas(scenario: &Scenario) -> usize {
    let removed = scenario.actions.iter().any(|action| action.knob == Knob::RemoveReplicas);
    let base = scenario.replicas.max(1);
    let base = if removed { (base - base / 3).max(1) } else { base };
    base + added_by_action(scenario)
}

/// Replicas that an autoscaler asks for.
fn late_replicas(scenario: &Scenario, fault: &Fault) -> usize {
    libm::ceil(scenario.replicas as f64 * (0.5 + fault.severity)) as usize
}

/// When the replicas that an autoscaler asked for answer, seconds after the first scrape.
fn late_arrival(scenario: &Scenario, fault: &Fault) -> f64 {
    let freed = scenario.actions.iter().any(|action| action.knob == Knob::FreeQuota);
    fault.onset_seconds + if freed { 0.0 } else { 300.0 + 900.0 * fault.severity }
}

/// Restarts and late starts.
pub(crate) fn outages(scenario: &Scenario) -> Vec<Outage> {
    let mut outages: Vec<Outage> = scenario
        .restarts
        .iter()
        .filter(|restart| restart.replica < initial_replicas(scenario))
        .map(|restart| Outage { replica: restart.replica, down: restart.at_seconds })
        .collect();
    for fault in &scenario.faults {
        if repaired(scenario, fault.class) {
            continue;
        }
        let begin = fault.onset_seconds.max(0.0);
        match fault.class {
            FaultClass::ColdStart => outages.push(Outage { replica: 0, down: begin }),
            FaultClass::RestartLoop => {
                let period = 260.0 - 160.0 * fault.severity;
                let count =
                    libm::ceil((scenario.duration_seconds - begin).max(0.0) / period) as usize;
                outages.extend(
                    (0..count).map(|lap| Outage { replica: 0, down: begin + lap as f64 * period }),
                );
            }
            FaultClass::AutoscalerLag => {
                let first = initial_replicas(scenario);
                let arrival = late_arrival(scenario, fault);
                outages.extend(
                    (first..fleet_size(scenario)).map(|replica| Outage { replica, down: arrival }),
                );
            }
            _ => {}
        }
    }
    outages.retain(|outage| {
        outage.down > -scenario.warm_up_seconds && outage.down <= scenario.duration_seconds
    });
    outages
}

/// Desired and pending replicas at a time.
pub(crate) fn wanted(scenario: &Scenario, time: f64) -> (usize, usize) {
    let asked = scenario.pending.iter().filter(|pending| pending.at_seconds <= time);
    let vain: usize = asked.map(|pending| pending.replicas).sum();
    let initial = initial_replicas(scenario) + vain;
    let late = scenario.faults.iter().find(|fault| fault.class == FaultClass::AutoscalerLag);
    let Some(fault) = late.filter(|fault| fault.onset_seconds <= time) else {
        return (initial, vain);
    };
    let more = late_replicas(scenario, fault);
    (initial + more, vain + if time < late_arrival(scenario, fault) { more } else { 0 })
}

/// Factor on the traffic that makes it exceed what the slots can serve by that factor.
pub(crate) fn overload_factor(scenario: &Scenario, load: &Load, excess: f64) -> f64 {
    let slots = scenario.engine.max_num_seqs as f64;
    let memory = scenario.engine.kv_tokens() as f64 / load.live;
    let batch = slots.min(memory).max(1.0);
    match scenario.traffic.arrivals {
        Arrivals::ClosedLoop { sessions, think_seconds } => {
            let service = load.output * (load.base + load.slope * batch);
            let needed =
                batch * scenario.replicas as f64 * (1.0 + think_seconds / service) * excess;
            (needed / sessions.max(1) as f64).max(1.0)
        }
        _ => (load.rate_at(batch) * excess / load.rate.max(1e-9)).max(1.0),
    }
}
