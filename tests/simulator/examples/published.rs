//! Prints the published incident's table for `docs/simulator.md`.
#![allow(clippy::print_stdout, reason = "a program that prints")]

use inference_triage_simulator::configuration::incident::published;
use inference_triage_simulator::run::published_table::{markdown, rows};
use inference_triage_simulator::simulate;

fn main() {
    print!("{}", markdown(&rows(&simulate(&published(2), 15.0), &simulate(&published(16), 15.0))));
}
