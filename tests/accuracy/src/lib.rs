//! How often the diagnosis is right.
//!
//! Simulated incidents with known truth go through the diagnosis and through other ways to read the
//! same series; every answer is compared with what was injected, and every advice is followed in a
//! second simulation.
#![forbid(unsafe_code)]

pub mod answer;
pub mod arguments;
pub mod calibration;
pub mod changed;
pub mod classes;
pub mod dropout;
pub mod environment;
pub mod experiment;
pub mod fit;
pub mod gate;
pub mod grid;
pub mod observed;
pub mod parallel;
pub mod product;
pub mod record;
pub mod report;
pub mod results;
pub mod rivals;
pub mod samples;
pub mod scoring;
pub mod seeds;
pub mod service;
pub mod starts;
pub mod statistics;
pub mod tally;
pub mod worst;
