//! Healthy situations that look alarming.

use serde::{Deserialize, Serialize};

macro_rules! variants {
    ($( $(#[$doc:meta])* $variant:ident = $id:literal; )*) => {
        /// A situation in which a dashboard shows something red and no objective is missed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum HealthyVariant {
            $( $(#[$doc])* #[serde(rename = $id)] $variant, )*
        }

        impl HealthyVariant {
            /// All variants.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Stable id.
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }
        }
    };
}

variants! {
    /// Nothing to remark: moderate load.
    Plain = "plain";
    /// No request at all.
    Idle = "idle";
    /// One request a minute.
    Sparse = "sparse";
    /// The cache is nearly full of live requests; nothing waits and nothing is preempted.
    KvFull = "kv-full";
    /// Short bursts within the objectives: `waiting` is above zero at times.
    Bursts = "bursts";
    /// A replica was restarted before the range and is warm again: counters begin at zero.
    Restarted = "restarted";
    /// Prompts become longer and outputs shorter, within the objectives.
    WorkloadShift = "workload-shift";
    /// No two prompts share a beginning: the hit ratio of the prefix cache is zero.
    NoSharedPrefixes = "no-shared-prefixes";
    /// Every request ends at its length limit, as its caller wants.
    AllLengthFinishes = "all-length-finishes";
    /// The load rises steadily and stays within capacity.
    Ramp = "ramp";
    /// Requests with one beginning go to one replica: replicas differ in load.
    UnevenReplicas = "uneven-replicas";
    /// A few preemptions an hour.
    FewPreemptions = "few-preemptions";
    /// Preemptions every few minutes, within the objectives.
    FrequentPreemptions = "frequent-preemptions";
    /// Slots so few that they are all taken now and then, by design: the queue stays short.
    AtCap = "at-cap";
    /// More callers than slots: requests wait in nearly every scrape, within the objectives.
    SteadyQueue = "steady-queue";
    /// One caller in twelve leaves before the answer is complete.
    Disconnects = "disconnects";
    /// Replicas are deployed anew one after the other, while the others carry their load.
    RollingDeploy = "rolling-deploy";
    /// Replicas on devices that are not equally fast.
    UnlikeDevices = "unlike-devices";
    /// One stall of more than a second.
    Stall = "stall";
    /// One scrape in seven fails.
    ScrapeGaps = "scrape-gaps";
    /// Callers stop to ask, and mean it.
    TrafficStops = "traffic-stops";
}

impl HealthyVariant {
    /// The variant of an id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|variant| variant.id() == id)
    }
}
