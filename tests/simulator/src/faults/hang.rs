//! Steps that do not end for a while.

use crate::configuration::{FaultClass, Hang, Scenario};
use crate::faults::repaired;

/// When a step ends that began at `began` and would end at `ends`, both seconds since the begin of
/// the simulation. What it overlaps with a hang of its replica is added.
pub(crate) fn end_of_step(scenario: &Scenario, replica: usize, began: f64, ends: f64) -> f64 {
    let injected = scenario.faults.iter().filter_map(|fault| {
        let hangs = fault.class == FaultClass::EngineHang && !repaired(scenario, fault.class);
        let at_seconds = fault.onset_seconds.max(0.0);
        let for_seconds = 60.0 + 180.0 * fault.severity;
        hangs.then_some(Hang { replica: 0, at_seconds, for_seconds })
    });
    let all = scenario.hangs.iter().copied().chain(injected);
    all.filter(|hang| hang.replica == replica).fold(ends, |ends, hang| {
        let from = scenario.warm_up_seconds + hang.at_seconds;
        let until = from + hang.for_seconds;
        if began < until && ends > from { ends + until - began.max(from) } else { ends }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration::Hardware;

    #[test]
    fn a_step_waits_for_the_end_of_the_hang() {
        let mut scenario = Scenario::new(Hardware::opt_13b_a100());
        scenario.warm_up_seconds = 100.0;
        scenario.hangs.push(Hang { replica: 1, at_seconds: 10.0, for_seconds: 60.0 });
        let ends = |replica, began, ends| end_of_step(&scenario, replica, began, ends);
        let same = |left: f64, right: f64| assert!((left - right).abs() < 1e-9, "{left} {right}");
        same(ends(0, 109.0, 111.0), 111.0);
        same(ends(1, 100.0, 101.0), 101.0);
        same(ends(1, 109.0, 111.0), 171.0);
        same(ends(1, 150.0, 151.0), 171.0);
        same(ends(1, 170.0, 171.0), 171.0);
    }
}
