//! What really happened to a request; no metric shows it.

use serde::{Deserialize, Serialize};

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// By a stop token.
    Stop,
    /// At its length limit.
    Length,
    /// With an error.
    Error,
    /// The caller left; vLLM's Python front end books nothing.
    Aborted,
    /// Refused before it entered.
    Rejected,
    /// Its process went away.
    Lost,
    /// Still inside at the end of the run.
    Unfinished,
}

/// One request. Times are seconds after the first scrape; absent where it was not reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Replica that served it.
    pub replica: usize,
    /// When its caller sent it.
    pub arrival: f64,
    /// When the scheduler took it, which it does between steps.
    pub queued: f64,
    /// When it was first scheduled.
    pub scheduled: Option<f64>,
    /// When the step with its first token ended.
    pub first_token: Option<f64>,
    /// When its caller had the first token.
    pub first_delivered: Option<f64>,
    /// When the step with its last token ended.
    pub last_token: Option<f64>,
    /// When its caller had the last token, or when it left or was lost.
    pub ended: Option<f64>,
    /// How.
    pub ending: Ending,
    /// Prompt tokens.
    pub prompt: u32,
    /// Prompt tokens from the prefix cache.
    pub cached: u32,
    /// Output tokens.
    pub output: u32,
    /// How often it was thrown out.
    pub preemptions: u32,
}

impl Outcome {
    /// A request at its arrival.
    pub(crate) fn new(replica: usize, arrival: f64, prompt: u32) -> Self {
        Self {
            replica,
            arrival,
            queued: arrival,
            scheduled: None,
            first_token: None,
            first_delivered: None,
            last_token: None,
            ended: None,
            ending: Ending::Unfinished,
            prompt,
            cached: 0,
            output: 0,
            preemptions: 0,
        }
    }

    /// Time to first token, seconds.
    pub fn ttft(&self) -> Option<f64> {
        self.first_delivered.map(|delivered| delivered - self.arrival)
    }

    /// From the scheduler's queue to the first scheduling, seconds.
    pub fn queue(&self) -> Option<f64> {
        self.scheduled.map(|scheduled| scheduled - self.queued)
    }

    /// From the first scheduling to the first token, seconds.
    pub fn prefill(&self) -> Option<f64> {
        self.first_token.zip(self.scheduled).map(|(first, scheduled)| first - scheduled)
    }

    /// From the first to the last token, seconds.
    pub fn decode(&self) -> Option<f64> {
        self.last_token.zip(self.first_token).map(|(last, first)| last - first)
    }

    /// End to end, seconds; of finished requests only.
    pub fn e2e(&self) -> Option<f64> {
        self.ended.filter(|_| self.finished()).map(|ended| ended - self.arrival)
    }

    /// Time per output token after the first, seconds; none for a single token.
    pub fn tpot(&self) -> Option<f64> {
        self.decode().filter(|_| self.output > 1).map(|decode| decode / f64::from(self.output - 1))
    }

    /// Whether an answer was given in full.
    pub fn finished(&self) -> bool {
        matches!(self.ending, Ending::Stop | Ending::Length)
    }
}
