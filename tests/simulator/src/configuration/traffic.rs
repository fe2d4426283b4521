//! Who asks for what, when, and where it is sent.

use serde::{Deserialize, Serialize};

/// The requests of a scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Traffic {
    /// When requests come.
    pub arrivals: Arrivals,
    /// How long they are.
    pub lengths: Lengths,
    /// Factor on all prompt lengths.
    #[serde(default = "one")]
    pub prompt_factor: f64,
    /// Factor on all output lengths.
    #[serde(default = "one")]
    pub output_factor: f64,
    /// Share of requests that end at their caller's limit rather than by a stop token, 0–1.
    #[serde(default)]
    pub length_share: f64,
    /// Share of requests that end with an error although nothing is wrong (a prompt that is too
    /// long, a grammar that does not compile), 0–1.
    #[serde(default)]
    pub error_share: f64,
    /// Share of requests that are refused with status 503 although nothing is wrong (one caller
    /// who asks too much at once), 0–1.
    #[serde(default)]
    pub refused_share: f64,
    /// What their prompts share.
    pub prefixes: Prefixes,
    /// LoRA adapters that requests name, evenly; 0: none.
    #[serde(default)]
    pub adapters: usize,
    /// What the callers do when they wait.
    #[serde(default)]
    pub clients: Clients,
}

fn one() -> f64 {
    1.0
}

/// When requests come, over the whole fleet.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Arrivals {
    /// Independent requests.
    Poisson {
        /// Requests a second.
        rate: f64,
    },
    /// Sessions that ask, wait for the answer, think, and ask again.
    ClosedLoop {
        /// Sessions.
        sessions: usize,
        /// Mean of the exponential think time, seconds; 0: at once.
        think_seconds: f64,
    },
    /// A Poisson stream that is denser at the begin of each period; periods begin at a moment that
    /// the seed draws.
    Bursts {
        /// Mean rate, requests a second.
        rate: f64,
        /// Share of the requests that come inside bursts, 0–1.
        share: f64,
        /// Distance of the begins of bursts, seconds.
        period_seconds: f64,
        /// Length of a burst, seconds.
        length_seconds: f64,
    },
    /// Recorded arrivals.
    Trace {
        /// Which record.
        trace: TraceName,
        /// Mean rate to which its time is scaled, requests a second.
        rate: f64,
    },
}

/// The two public traces (Azure LLM inference trace 2023).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TraceName {
    /// A conversation service.
    Conversation,
    /// A code-completion service.
    Code,
}

/// How long requests are, tokens.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Lengths {
    /// All alike.
    Fixed {
        /// Prompt tokens.
        prompt: usize,
        /// Output tokens.
        output: usize,
    },
    /// Independent lognormal lengths.
    Lognormal {
        /// Mean prompt tokens.
        prompt_mean: f64,
        /// Standard deviation over mean of the prompt.
        prompt_variation: f64,
        /// Mean output tokens.
        output_mean: f64,
        /// Standard deviation over mean of the output.
        output_variation: f64,
    },
    /// The pairs of a trace, in its order.
    Trace {
        /// Which record.
        trace: TraceName,
    },
}

/// What prompts share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prefixes {
    /// Different shared beginnings (system prompts), chosen evenly; 0: nothing is shared.
    pub groups: usize,
    /// Share of a prompt that is the shared beginning, 0–1.
    pub share: f64,
}

/// What callers do.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clients {
    /// Requests that are not finished after so long are given up by the caller, seconds; absent:
    /// never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_seconds: Option<f64>,
    /// Share of requests whose caller leaves at a uniform time within the first
    /// `leave_within_seconds`, 0–1.
    #[serde(default)]
    pub leaving_share: f64,
    /// See `leaving_share`, seconds.
    #[serde(default)]
    pub leave_within_seconds: f64,
    /// How often a caller asks again whose request timed out, was refused or was lost; a caller
    /// who left does not.
    #[serde(default)]
    pub retries: u32,
    /// Pause before the first of them, seconds; each further one is twice as long, each half to
    /// one and a half times that.
    #[serde(default)]
    pub back_off_seconds: f64,
}

impl Clients {
    /// Callers who wait two minutes and ask twice more, as the usual client libraries do with
    /// their default of two retries; time-outs in use lie between 10 and 300 s.
    pub const PATIENT: Self = Self {
        timeout_seconds: Some(120.0),
        leaving_share: 0.0,
        leave_within_seconds: 0.0,
        retries: 2,
        back_off_seconds: 0.5,
    };
}

/// How requests are spread over the replicas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Routing {
    /// One after the other.
    RoundRobin,
    /// By chance.
    Random,
    /// To the replica with the fewest requests.
    LeastLoaded,
    /// Requests with a common beginning go to one replica.
    PrefixAffinity,
}

impl Arrivals {
    /// The same arrivals, so many times as dense; a closed loop gets so many times the sessions, at
    /// least 1.
    pub fn scaled(self, factor: f64) -> Self {
        match self {
            Self::Poisson { rate } => Self::Poisson { rate: rate * factor },
            Self::ClosedLoop { sessions, think_seconds } => {
                let sessions = libm::round(sessions as f64 * factor).max(1.0) as usize;
                Self::ClosedLoop { sessions, think_seconds }
            }
            Self::Bursts { rate, share, period_seconds, length_seconds } => {
                Self::Bursts { rate: rate * factor, share, period_seconds, length_seconds }
            }
            Self::Trace { trace, rate } => Self::Trace { trace, rate: rate * factor },
        }
    }
}
