//! The published incident, before and after its fix, against the published figures.
#![allow(clippy::print_stdout, reason = "a program that prints")]

use inference_triage_simulator::configuration::incident::published;
use inference_triage_simulator::run::published_table::{Row, rows};
use inference_triage_simulator::simulate;

fn main() {
    let before = simulate(&published(2), 15.0);
    let after = simulate(&published(16), 15.0);
    for Row { figure, published, simulated, same } in rows(&before, &after) {
        println!("| {figure} | {} | {} | {} | {} | {} |", published[0], simulated[0], published[1], simulated[1], same);
    }
}
