//! What a recording dictates to a run: who asked for what and when, how fast the machine was, when
//! processes were gone. Used to lay a recorded engine beside a simulated one.
//!
//! All times are seconds after the first scrape.

use crate::configuration::EngineConfiguration;

/// What is given beside a scenario. An empty one changes nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Given {
    /// Requests; they come on top of the scenario's own traffic.
    pub requests: Vec<GivenRequest>,
    /// Flags of each replica where they are not all the scenario's.
    pub engines: Vec<EngineConfiguration>,
    /// Pace of each replica's machine, instead of the scenario's noise.
    pub paces: Vec<GivenPace>,
    /// Times in which a replica's process is gone.
    pub outages: Vec<GivenOutage>,
    /// How long before each time of the grid a replica is scraped, seconds.
    pub scraped_early: Vec<f64>,
}

/// One request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GivenRequest {
    /// When it is sent.
    pub begin: Begin,
    /// Where it is sent. A replica that does not answer refuses it.
    pub replica: usize,
    /// Prompt tokens.
    pub prompt: u32,
    /// Output tokens; it ends at its length limit.
    pub output: u32,
    /// When its caller hangs up, seconds after it was sent; none: never.
    pub leaves_after: Option<f64>,
    /// The status class with which the API server refuses it before it reaches the engine; none: it
    /// does not.
    pub refused: Option<StatusClass>,
    /// Seed of what its prompt holds. Requests with equal seeds have equal beginnings, and the
    /// answer belongs to the beginning of the next one.
    pub content: u64,
    /// Seed and tokens of a beginning that it shares with requests of other contents.
    pub shared: Option<(u64, u32)>,
}

/// When a request is sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Begin {
    /// At that time.
    At(f64),
    /// So long after the end of another one, by its number; not at all if that is after `until`.
    After {
        /// The request whose answer its caller waits for.
        request: usize,
        /// Pause, seconds.
        pause: f64,
        /// When its caller stops asking.
        until: f64,
    },
}

/// Classes of HTTP statuses as `http_requests_total` has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusClass {
    /// The caller's mistake.
    Client,
    /// The server's.
    Server,
}

/// The pace of one machine.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GivenPace {
    /// Until when (ascending) which factor holds on the time of a step, and how many stalls there
    /// are in a second of work on average.
    pub intervals: Vec<(f64, f64, f64)>,
    /// Stalls in a second of work beyond the intervals, on average; the factor is 1 there.
    pub stalls_per_second: f64,
    /// Lengths of stalls, seconds, each as likely as the others.
    pub stall_seconds: Vec<f64>,
}

/// A time in which a process is gone. Its requests are lost and its counters begin anew.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GivenOutage {
    /// Which replica.
    pub replica: usize,
    /// When it goes.
    pub down: f64,
    /// When its successor answers.
    pub up: f64,
}
