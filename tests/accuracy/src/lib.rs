//! How often the diagnosis is right.
//!
//! Simulated incidents with known truth go through the diagnosis and through other ways to read the same series; every
//! answer is compared with what was injected, and every advice is followed in a second simulation.
#![forbid(unsafe_code)]

pub mod answer;
pub mod classes;
pub mod dropout;
pub mod observed;
pub mod product;
pub mod rivals;
pub mod scoring;
pub mod statistics;
