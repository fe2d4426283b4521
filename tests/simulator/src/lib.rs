//! A discrete-event model of vLLM V1 engines and fleets of them. It exports what a Prometheus would
//! have scraped, and keeps the truth about every request beside it.
//!
//! ```
//! use inference_triage_simulator::configuration::{FaultClass, Hardware, Scenario};
//! use inference_triage_simulator::simulate;
//!
//! let healthy = Scenario { duration_seconds: 120.0, ..Scenario::new(Hardware::opt_13b_a100()) };
//! let run = simulate(&healthy.with_fault(FaultClass::SlotCap, 0.7, 0.0), 15.0);
//! assert!(run.attainment(0.0, 120.0).share().unwrap() < 0.9);
//! let batch = run.sample_batch(&["DCGM_"]);
//! assert_eq!(batch.times.len(), 9);
//! ```
//!
//! - [`configuration`]: what is simulated; a [`configuration::Scenario`] decides everything, the
//!   seed included.
//! - [`load`]: closed formulae for setting loads and objectives.
//! - [`traffic`]: arrivals, lengths, contents of prompts; the public traces in a compact form.
//! - [`engine`]: scheduler, block pool, step time, front end of one engine.
//! - [`fleet`]: the event loop over engines behind a router.
//! - [`given`]: requests, pace and outages of a recording, in place of drawn ones.
//! - [`record`]: what an engine books, and how a scrape reads it.
//! - [`faults`]: what each class does.
//! - [`run`]: the result and its outlets.
//!
//! Times are seconds, counted from the first scrape outside and from the begin of the warm-up
//! inside; the same seed gives the same bytes on every machine.

#![forbid(unsafe_code)]

mod actions;
pub mod configuration;
pub mod effective;
pub mod engine;
pub mod faults;
pub mod fleet;
pub mod given;
pub mod load;
pub mod record;
pub mod run;
pub mod traffic;

pub use fleet::{simulate, simulate_given};
pub use run::Run;
