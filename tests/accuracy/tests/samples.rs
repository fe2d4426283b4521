//! What is drawn, as it is simulated: slot caps and outputs of every size, and engines that vLLM
//! would start.

use std::collections::BTreeMap;

use inference_triage_accuracy::environment::{LENGTHS, SLOT_CAPS};
use inference_triage_accuracy::grid::{Point, SEED, Subject};
use inference_triage_accuracy::samples;
use inference_triage_accuracy::service::{Timeline, scenario};
use inference_triage_simulator::effective;
use inference_triage_simulator::load::Load;

/// Seeds of samples that nobody tuned on.
const OTHERS: [u64; 2] = [4711, 1848];

fn slot_caps(points: Vec<Point>) -> impl Iterator<Item = (Point, usize)> {
    points.into_iter().filter_map(|point| {
        let cap = point.environment.slot_cap?;
        Some((point, cap))
    })
}

/// Every pair of a cap and a kind of request once or twice, whatever the seed: caps of 1 to 1,024
/// and outputs of 5 to 2,000 tokens.
#[test]
fn slot_caps_and_outputs_of_every_size_are_balanced() {
    for seed in [SEED].into_iter().chain(OTHERS) {
        let mut pairs: BTreeMap<(usize, String), usize> = BTreeMap::new();
        for (point, cap) in slot_caps(samples::full().points(seed)) {
            assert_eq!(point.subject.id(), "slot-cap");
            *pairs.entry((cap, point.environment.lengths)).or_default() += 1;
        }
        assert_eq!(pairs.len(), SLOT_CAPS.len(), "{pairs:?}");
        assert!(pairs.values().all(|times| (1..=2).contains(times)), "{pairs:?}");
        let caps: Vec<usize> = pairs.keys().map(|(cap, _)| *cap).collect();
        for exponent in 0..=10 {
            assert!(caps.contains(&(1 << exponent)), "no cap of {}", 1 << exponent);
        }
        let outputs: Vec<f64> = LENGTHS
            .iter()
            .filter(|(id, _, _)| pairs.keys().any(|(_, lengths)| lengths == id))
            .map(|(_, _, output)| *output)
            .collect();
        let most = outputs.iter().copied().fold(0.0, f64::max);
        let least = outputs.iter().copied().fold(f64::INFINITY, f64::min);
        assert_eq!((least, most), (5.0, 2000.0));
    }
}

/// The flags of a slot cap are those that were drawn.
#[test]
fn engines_get_the_cap_that_was_drawn() {
    for (point, cap) in slot_caps(samples::full().points(SEED)) {
        let scenario = scenario(&point).unwrap();
        let at = effective::at(&scenario, Timeline::of(&point).onset + 1.0);
        let slots = at.replicas[0].engine.max_num_seqs;
        let off = slots.abs_diff(cap);
        assert!(
            off <= 1 + cap / 8,
            "{}: {slots} slots for {cap}: {:?}",
            point.id,
            point.environment
        );
    }
}

/// What vLLM refuses at its start is refused of every case, at any time of it; and what should run
/// does.
#[test]
fn every_case_would_start_in_vllm() {
    let points = samples::quick().points(SEED);
    let others = samples::quick().points(OTHERS[0]);
    let mut running = Vec::new();
    for point in points.iter().chain(others.iter().step_by(4)) {
        let scenario = scenario(point).unwrap();
        assert_eq!(scenario.check(point.scrape_seconds), Ok(()), "{}", point.id);
        running.push((Load::of(&scenario).running, matches!(point.subject, Subject::Fault(_))));
    }
    let share = |faults_only: bool| {
        let counted: Vec<f64> = running
            .iter()
            .filter(|(_, is_fault)| *is_fault || !faults_only)
            .map(|(running, _)| *running)
            .collect();
        let many = counted.iter().filter(|running| **running >= 32.0).count();
        many as f64 / counted.len() as f64
    };
    // Of the healthy services idle and sparse ones run few; see docs/simulator.md.
    assert!(share(true) >= 0.45, "{} of the faults run 32 sequences and more", share(true));
    assert!(share(false) >= 0.4, "{} of all cases do", share(false));
}
