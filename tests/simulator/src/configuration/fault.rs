//! The fault classes and one injected fault.

use serde::{Deserialize, Serialize};

/// A fault in a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What goes wrong.
    pub class: FaultClass,
    /// How badly, in (0, 1]. What it scales is said at each class in `docs/simulator.md`.
    pub severity: f64,
    /// When it begins, seconds after the first scrape; 0 or less: it was always so.
    pub onset_seconds: f64,
}

macro_rules! classes {
    ($( $(#[$doc:meta])* $variant:ident = $id:literal; )*) => {
        /// The fault classes, in the order of the catalogue; ids are those of the verdicts where
        /// the core has one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum FaultClass {
            $( $(#[$doc])* #[serde(rename = $id)] $variant, )*
        }

        impl FaultClass {
            /// All classes; class number = index + 1.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Stable id.
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }
        }
    };
}

classes! {
    /// 1: `max_num_seqs` is too low for the load; memory and device are idle.
    SlotCap = "slot-cap";
    /// 2: more arrives than a well-configured engine can serve.
    LoadAboveCapacity = "load-above-capacity";
    /// 3: the cache is full and holds back admissions; nothing is preempted.
    KvBoundAdmission = "kv-bound-admission";
    /// 4: the cache is full and running requests are thrown out.
    KvThrash = "kv-thrash";
    /// 5: `max_num_batched_tokens` is too low for the prompts that come.
    TokenBudget = "token-budget";
    /// 6: prompts became long.
    LongPrompts = "long-prompts";
    /// 7: prompts no longer share a beginning.
    PrefixCacheCollapse = "prefix-cache-collapse";
    /// 8: large prefill chunks stall the decoding requests of the same step.
    PrefillStallsDecode = "prefill-stalls-decode";
    /// 9: the device decodes slower at equal batch.
    SlowDecode = "slow-decode";
    /// 10: more traffic within capacity: latency moves along its line.
    BatchGrowth = "batch-growth";
    /// 11: contexts grew; decode reads more cache.
    LongContextDecode = "long-context-decode";
    /// 12: the links between the devices of one engine degraded.
    InterconnectDegraded = "interconnect-degraded";
    /// 13: the API server's CPU is the bottleneck.
    FrontEndCpu = "front-end-cpu";
    /// 14: the API server falls behind with handling outputs.
    StreamBackPressure = "stream-back-pressure";
    /// 15: drafts are rejected.
    SpeculationNotPaying = "speculation-not-paying";
    /// 16: one replica gets more than its share.
    RoutingImbalance = "routing-imbalance";
    /// 17: one replica is slow at equal load.
    BadReplica = "bad-replica";
    /// 18: a replica was started and is still warming up.
    ColdStart = "cold-start";
    /// 19: a replica restarts again and again.
    RestartLoop = "restart-loop";
    /// 20: the cache of prompts computed elsewhere arrives slowly.
    KvTransferStall = "kv-transfer-stall";
    /// 21: more adapters are asked for than fit into a batch.
    LoraChurn = "lora-churn";
    /// 22: callers give up before the answer.
    ClientAborts = "client-aborts";
    /// 23: outputs run to their limit.
    RunawayOutputs = "runaway-outputs";
    /// 24: a burst that passes.
    Burst = "burst";
    /// 25: replicas are asked for and do not come.
    AutoscalerLag = "autoscaler-lag";
    /// 26: images or grammars cost device time before prefill.
    MultimodalCost = "multimodal-cost";
    /// 27: the metrics are wrong, the engine is well.
    TelemetryFault = "telemetry-fault";
    /// 28: requests stay out; the engine is well.
    UpstreamStarvation = "upstream-starvation";
    /// 29: requests end with errors.
    ErrorBurst = "error-burst";
    /// 30: far more replicas than the load needs.
    OverProvisioned = "over-provisioned";
    /// 31: one engine computes nothing for minutes, and its process answers scrapes.
    EngineHang = "engine-hang";
    /// 32: the host is late with every launch; the device stands still meanwhile.
    HostBound = "host-bound";
    /// 33: one replica of a fleet came back with another slot cap.
    ConfigDrift = "config-drift";
    /// 34: the API server refuses requests that the engine could serve.
    AdmissionRejected = "admission-rejected";
    /// 35: a giant prompt at the head of the queue waits for most of the cache.
    HeadOfLine = "head-of-line";
    /// 36: the grammars of structured outputs take long to compile.
    GrammarStall = "grammar-stall";
    /// 37: the engines were put to sleep, and requests come.
    EngineAsleep = "engine-asleep";
}

impl FaultClass {
    /// The class of an id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|class| class.id() == id)
    }

    /// Number in the catalogue, from 1.
    pub fn number(self) -> usize {
        self as usize + 1
    }

    /// Whether the class needs several replicas to exist.
    pub fn needs_fleet(self) -> bool {
        matches!(
            self,
            Self::RoutingImbalance | Self::BadReplica | Self::OverProvisioned | Self::ConfigDrift
        )
    }
}
