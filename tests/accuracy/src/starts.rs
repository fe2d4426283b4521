//! Which processes start, and when: deploys, single replicas that are drained and come back, and
//! replicas that are asked for and do not come; whatever goes wrong otherwise.

use inference_triage_simulator::configuration::{Pending, Restart, Scenario};
use inference_triage_simulator::load::Load;
use serde::{Deserialize, Serialize};

use crate::environment::{Environment, LEAST_CACHE};
use crate::service::Timeline;

/// Starts of single processes of a fleet after its deploy, while the others bear the load: half of
/// all fleets see one in the window that is judged, so that a start there tells little about a
/// loop of them. A restart of the only replica is an outage, and no service has one.
pub const STARTS: [Starts; 4] = [Starts::None, Starts::None, Starts::Drained, Starts::Twice];

/// Which processes of a fleet start, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Starts {
    /// None but those of deploys.
    #[default]
    None,
    /// A replica is drained in the window and comes back: a node is renewed, a rollout goes on.
    Drained,
    /// The same replica twice, before the window and in it: an operator tries a flag and takes it
    /// back.
    Twice,
}

/// Distance of the restarts of a rolling deploy, seconds: a process loads for 25, and the next one
/// drains.
const ROLL_SECONDS: f64 = 60.0;

/// From a start until the process answers and is warm, seconds.
const START_SECONDS: f64 = 45.0;

impl Environment {
    /// A fleet is deployed anew replica by replica: each finishes what it has, and the others carry
    /// its load.
    fn roll(scenario: &mut Scenario, timeline: Timeline, when: f64) {
        let (drain_seconds, earliest) = (30.0, 60.0);
        let replicas = scenario.replicas as f64;
        // The last one is warm before the window: the others bear its load, not their objectives.
        let latest = timeline.from - ROLL_SECONDS * replicas;
        let begin = earliest + (latest - earliest).max(0.0) * when;
        for replica in 0..scenario.replicas {
            let at_seconds = begin + ROLL_SECONDS * replica as f64;
            let kv_factor = LEAST_CACHE + 2.0 * (1.0 - LEAST_CACHE) * when;
            scenario.restarts.push(Restart { replica, at_seconds, kv_factor, drain_seconds });
        }
    }

    /// Single processes start again: in the window, and before it.
    fn start(&self, scenario: &mut Scenario, timeline: Timeline, when: f64) {
        if scenario.replicas < 2 || self.starts == Starts::None {
            return;
        }
        let Load { output, step, .. } = Load::of(scenario);
        // Whoever is served is served to the end.
        let drain_seconds = (output * step * 3.0).clamp(30.0, 120.0);
        let replica = scenario.replicas - 1;
        let latest = (timeline.to - START_SECONDS - timeline.from).max(0.0);
        let at_seconds = timeline.from + latest * when;
        let earlier = timeline.from - drain_seconds - START_SECONDS - 60.0;
        let times = match self.starts {
            Starts::None => Vec::new(),
            Starts::Drained => vec![at_seconds],
            Starts::Twice => vec![earlier, at_seconds],
        };
        let kv_factor = LEAST_CACHE + 2.0 * (1.0 - LEAST_CACHE) * when;
        scenario.restarts.extend(times.into_iter().map(|at_seconds| Restart {
            replica,
            at_seconds,
            kv_factor,
            drain_seconds,
        }));
    }

    /// What happens around the service: deploys and replicas that do not come. `when` is where a
    /// deploy that nothing depends on would fall, in [0, 1] of the time before the window.
    pub fn happen(&self, scenario: &mut Scenario, timeline: Timeline, needed: bool, when: f64) {
        if self.pending {
            scenario.pending.push(Pending { replicas: 1, at_seconds: timeline.onset.max(60.0) });
        }
        scenario.engine.start_up.load_seconds = 25.0;
        scenario.engine.start_up.warm_up_seconds = 20.0;
        self.deploy(scenario, timeline, needed, when);
        self.start(scenario, timeline, when);
    }

    fn deploy(&self, scenario: &mut Scenario, timeline: Timeline, needed: bool, when: f64) {
        if !self.deployed {
            return;
        }
        let fleet = scenario.replicas;
        if !needed && fleet > 1 {
            Self::roll(scenario, timeline, when);
            return;
        }
        let earliest = 30.0;
        let latest = if timeline.onset > 0.0 { timeline.onset } else { timeline.from - 150.0 };
        let at = if needed { latest } else { earliest + (latest - earliest) * when };
        let kv_factor = LEAST_CACHE + 2.0 * (1.0 - LEAST_CACHE) * when;
        for replica in 0..scenario.replicas {
            scenario.restarts.push(Restart {
                replica,
                at_seconds: at,
                kv_factor,
                drain_seconds: 0.0,
            });
        }
    }
}
