//! What the tests that cross the borders of the crates share.
//!
//! - [`random`] and [`cases`]: seeded chance and replay; the same seed gives the same case on every
//!   machine.
//! - [`layouts`], [`observations`], [`window`]: a window of observations, and what Prometheus would
//!   hold of it.
//! - [`scrapes`]: counters of one histogram over restarts, gaps and torn scrapes.
//! - [`truth`]: the answers that only someone who saw every observation can give, in exact
//!   arithmetic.
//! - [`formulae`]: the published formulae, written a second time; how tight an answer has to be.
//! - [`promql`]: `rate` and `increase` as Prometheus computes them; [`change`]: whether a window
//!   differs from its history. No diagnosis uses either.
//! - [`answers`]: every answer of a histogram as bits, for tests that two histograms are one.
//! - [`openmetrics`], [`live_prometheus`], [`live_victoria`], [`http`]: real servers with samples
//!   in them.
//! - [`promql_cases`]: cases derived by hand, in the notation of Prometheus's own test scripts.
//! - [`reported`]: cases from real installations, each with its right answer.
//! - [`scenario`]: the literate corpus of engines, their loads, and the diagnosis each must get.

pub mod answers;
pub mod cases;
pub mod change;
pub mod formulae;
pub mod http;
pub mod layouts;
pub mod live_prometheus;
pub mod live_victoria;
pub mod observations;
pub mod openmetrics;
pub mod promql;
pub mod promql_cases;
pub mod random;
pub mod reported;
pub mod scenario;
pub mod scrapes;
pub mod truth;
pub mod window;
