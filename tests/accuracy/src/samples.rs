//! The two samples of the grid: a quick one that every change is checked by, and the whole one.

use inference_triage_simulator::configuration::{FaultClass, Hardware, HealthyVariant};

use crate::classes::CLASSES;
use crate::dropout::Dropout;
use crate::grid::{Grid, HeldApart};

/// Subjects that are drawn among fleets, by the ids of the diagnosis.
fn needs_fleet() -> Vec<&'static str> {
    let fleets =
        CLASSES.iter().zip(FaultClass::ALL).filter(|(_, simulated)| simulated.needs_fleet());
    let healthy = [
        HealthyVariant::UnevenReplicas,
        HealthyVariant::RollingDeploy,
        HealthyVariant::UnlikeDevices,
    ];
    // A restart of the only replica is an outage; nothing healthy looks like it.
    let loops = std::iter::once("restart-loop");
    let ids = fleets.map(|(class, _)| class.id).chain(loops);
    ids.chain(healthy.map(HealthyVariant::id)).collect()
}

/// Hardware by turns: laws that one set has the other has not. One of which only three sequences
/// are known is left to the published incident.
fn hardware(first: usize) -> Vec<String> {
    let known = Hardware::all().into_iter().map(|hardware| hardware.id);
    let own: Vec<String> = known.filter(|id| id != "gemma-l40s").skip(first).step_by(2).collect();
    // Small devices hold few sequences: they come a third as often.
    let large = || own.iter().filter(|id| id.contains("h100"));
    own.iter().chain(large()).chain(large()).cloned().collect()
}

fn grid(mode: &'static str, tuning: (usize, usize), test: (usize, usize)) -> Grid {
    Grid {
        mode,
        tuning: HeldApart {
            per_class: tuning.0,
            per_variant: tuning.1,
            hardware: hardware(0),
            traffic: vec!["poisson", "closed-loop", "conversation"],
            severity: vec![0.25, 0.5, 0.85],
            before_seconds: vec![420.0],
        },
        test: HeldApart {
            per_class: test.0,
            per_variant: test.1,
            hardware: hardware(1),
            traffic: vec!["poisson", "poisson", "closed-loop", "closed-loop", "code", "bursts"],
            severity: vec![0.02, 0.4, 0.7, 1.0],
            before_seconds: vec![365.0, 398.0, 447.0, 503.0],
        },
        replicas: vec![1, 1, 2, 3],
        fleets: vec![2, 3],
        shared: vec![0.2, 0.4, 0.6, 0.8],
        onset: vec![true, true, true, false],
        window_seconds: vec![60.0, 300.0, 300.0, 900.0],
        scrape_seconds: vec![5.0, 15.0, 15.0, 30.0, 60.0],
        dropout: [vec![Dropout::Complete; 4], Dropout::ALL[1..].to_vec()].concat(),
        variants: HealthyVariant::ALL.iter().map(|variant| variant.id()).collect(),
        needs_fleet: needs_fleet(),
        passing: vec!["burst", "cold-start", "engine-hang"],
    }
}

/// A few minutes on two cores; fleets of at most three.
pub fn quick() -> Grid {
    grid("quick", (1, 1), (2, 2))
}

/// Faults alone, as those of the quick sample: enough of them to tell what their scaffolding gives
/// away to within two points.
pub fn presence() -> Grid {
    grid("presence", (8, 0), (8, 0))
}

/// Up to an hour on two cores: more than 300 faults and more than 700 healthy services in the test
/// set, as 0 of 700 is what “less than one false alarm in 200” needs; fleets of up to 16.
pub fn full() -> Grid {
    let mut grid = grid("full", (8, 8), (14, 40));
    grid.replicas = vec![1, 1, 1, 1, 2, 3, 4, 8];
    grid.fleets = vec![2, 3, 4, 8, 16];
    grid
}

/// What confidence is counted on, tuning cases, and measured with, cases of the test set; none is a
/// case of another sample. Eleven minutes on two cores.
pub fn fit() -> Grid {
    grid("fit", (10, 10), (5, 5))
}
