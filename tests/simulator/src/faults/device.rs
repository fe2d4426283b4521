//! What can be wrong with a device or beside it, and which of its counters move. Decode is bound by
//! memory and hardly feels the clock (2842 → 180 MHz: 1–6 %, arXiv 2501.08219); prefill is bound
//! by arithmetic and feels nothing else.

use crate::configuration::Scenario;
use crate::effective::Conditions;
use crate::load::Load;

/// Why a device is slow; the seed of the scenario chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// Heat or a power cap lowers the clock: prefill takes as much longer, decode at most a fifth.
    Throttle,
    /// Memory gives less, because it is damaged or another tenant reads it: decode takes longer,
    /// prefill hardly, and the clock rises, because power is left.
    Bandwidth,
    /// A fallback for kernels or graphs, since a restart or a new version: every part of a step
    /// takes longer by as much, at the usual clock.
    Fallback,
}

impl Mechanism {
    /// Every mechanism, in the order in which seeds choose.
    pub const ALL: [Self; 3] = [Self::Throttle, Self::Bandwidth, Self::Fallback];

    /// The mechanism that a seed chooses.
    pub fn of_seed(seed: u64) -> Self {
        Self::ALL[(seed % 3) as usize]
    }
}

/// How many times as long the part of a step takes that a mechanism slows: from 1.2, which is seen
/// in a quarter of an hour but in no single scrape, to 3, below which a device is replaced at once.
pub fn slowness(severity: f64) -> f64 {
    1.2 + 1.8 * severity
}

/// Share by which decode slows down where prefill takes twice as long for want of clock.
const DECODE_FEELS_CLOCK: f64 = 0.1;

/// Share by which prefill slows down where decode takes twice as long for want of bandwidth.
const PREFILL_FEELS_BANDWIDTH: f64 = 0.1;

/// What another tenant reads of the memory's bandwidth where decode takes twice as long, 0–1.
const NEIGHBOUR_READS: f64 = 0.15;

/// Part of the collectives' time in a step over several devices. No source gives it for these
/// pairs: a fifth is assumed, so that links a few times slower double a step.
const SHARE_OF_LINKS: f64 = 0.2;

/// Slows one replica's device down.
pub(crate) fn slow(scenario: &Scenario, severity: f64, conditions: &mut Conditions) {
    let excess = slowness(severity) - 1.0;
    match Mechanism::of_seed(scenario.seed) {
        Mechanism::Throttle => {
            conditions.prefill_factor *= 1.0 + excess;
            conditions.decode_factor *= 1.0 + (DECODE_FEELS_CLOCK * excess).min(0.2);
            conditions.clock_share /= 1.0 + excess;
        }
        Mechanism::Bandwidth => {
            conditions.decode_factor *= 1.0 + excess;
            conditions.prefill_factor *= 1.0 + PREFILL_FEELS_BANDWIDTH * excess;
            conditions.clock_share *= 1.02;
            conditions.neighbour_memory += (NEIGHBOUR_READS * excess).min(0.25);
        }
        Mechanism::Fallback => {
            conditions.decode_factor *= 1.0 + excess;
            conditions.prefill_factor *= 1.0 + excess;
        }
    }
}

/// The host is late with every launch: each step takes the same time more, during which the device
/// stands still.
pub(crate) fn hold_back(severity: f64, load: &Load, conditions: &mut Conditions) {
    conditions.host_seconds += load.step * load.tokens_a_step * (slowness(severity) - 1.0);
}

/// Slows the links between the devices of one engine down; a single device has none.
pub(crate) fn degrade_links(severity: f64, conditions: &mut Conditions) {
    if conditions.engine.hardware.devices < 2 {
        return;
    }
    // Collectives grow until the whole step is that many times as long.
    let links = 1.0 + (slowness(severity) - 1.0) / SHARE_OF_LINKS;
    let step = 1.0 + SHARE_OF_LINKS * (links - 1.0);
    conditions.decode_factor *= step;
    conditions.prefill_factor *= step;
    // The device spins in its collectives: busy, and little of it arithmetic or memory.
    conditions.waiting_share = 1.0 - 1.0 / step;
    conditions.link_errors_per_second = 2.0 + 50.0 * severity;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration::Hardware;

    fn slowed(seed: u64, severity: f64) -> Conditions {
        let mut scenario = Scenario::new(Hardware::opt_13b_a100());
        scenario.seed = seed;
        let mut conditions = Conditions::sound(&scenario.engine);
        slow(&scenario, severity, &mut conditions);
        conditions
    }

    /// The signs that tell the three apart, from the mildest severity on.
    #[test]
    fn each_mechanism_moves_its_own_part() {
        for severity in [0.001, 0.5, 1.0] {
            let throttled = slowed(0, severity);
            assert!(throttled.prefill_factor > 1.19 && throttled.decode_factor <= 1.2);
            assert!(throttled.clock_share < 0.84);
            let starved = slowed(1, severity);
            assert!(starved.decode_factor > 1.19 && starved.prefill_factor <= 1.2);
            assert!(starved.clock_share > 1.0 && starved.neighbour_memory > 0.0);
            let fallen_back = slowed(2, severity);
            assert!(fallen_back.decode_factor > 1.19 && fallen_back.prefill_factor > 1.19);
            assert_eq!(fallen_back.clock_share.to_bits(), 1.0_f64.to_bits());
        }
    }

    #[test]
    fn a_late_host_leaves_the_device_alone() {
        let scenario = Scenario::new(Hardware::opt_13b_a100());
        let sound = Conditions::sound(&scenario.engine);
        let mut late = sound.clone();
        let load = Load::of(&scenario);
        hold_back(0.5, &load, &mut late);
        assert!((late.host_seconds - 1.1 * load.step).abs() < 1e-9);
        assert_eq!(Conditions { host_seconds: 0.0, ..late }, sound);
    }

    #[test]
    fn a_single_device_has_no_links() {
        let mut alone = Conditions::sound(&Scenario::new(Hardware::opt_13b_a100()).engine);
        let sound = alone.clone();
        degrade_links(1.0, &mut alone);
        assert_eq!(alone, sound);
        let pair = Scenario::new(Hardware::llama_8b_two_h100()).engine;
        let mut degraded = Conditions::sound(&pair);
        degrade_links(1.0, &mut degraded);
        assert!((degraded.decode_factor - 3.0).abs() < 1e-9 && degraded.waiting_share > 0.6);
    }
}
