//! The two samples of the grid: a quick one that every change is checked by, and the whole one.

use inference_triage_simulator::configuration::{FaultClass, Hardware, HealthyVariant};

use crate::classes::CLASSES;
use crate::dropout::Dropout;
use crate::grid::Grid;
use crate::service::TRAFFIC;

/// Classes that only a fleet can have, by the ids of the diagnosis.
fn needs_fleet() -> Vec<&'static str> {
    let fleets =
        CLASSES.iter().zip(FaultClass::ALL).filter(|(_, simulated)| simulated.needs_fleet());
    fleets.map(|(class, _)| class.id).chain([HealthyVariant::UnevenReplicas.id()]).collect()
}

fn grid(mode: &'static str, per_class: usize, per_variant: usize) -> Grid {
    Grid {
        mode,
        per_class,
        per_variant,
        hardware: Hardware::all().into_iter().map(|hardware| hardware.id).collect(),
        traffic: TRAFFIC.to_vec(),
        replicas: vec![1, 1, 1, 2],
        fleets: vec![4, 6, 8],
        utilisation: vec![0.35, 0.45, 0.55],
        shared: vec![0.2, 0.4, 0.6, 0.8],
        severity: vec![0.3, 0.6, 1.0],
        onset: vec![true, true, true, false],
        window_seconds: vec![60.0, 300.0, 300.0, 900.0],
        scrape_seconds: vec![5.0, 15.0, 15.0, 30.0, 60.0],
        dropout: [vec![Dropout::Complete; 4], Dropout::ALL[1..].to_vec()].concat(),
        variants: HealthyVariant::ALL.iter().map(|variant| variant.id()).collect(),
        needs_fleet: needs_fleet(),
        passing: vec!["burst", "cold-start"],
    }
}

/// A few minutes on two cores; fleets of at most eight.
pub fn quick() -> Grid {
    grid("quick", 4, 5)
}

/// Up to an hour on two cores; more than 300 healthy cases, fleets of up to 16.
pub fn full() -> Grid {
    let mut grid = grid("full", 8, 28);
    grid.replicas = vec![1, 1, 1, 1, 2, 2, 4, 8];
    grid.fleets = vec![4, 4, 4, 6, 6, 8, 8, 16];
    grid
}
