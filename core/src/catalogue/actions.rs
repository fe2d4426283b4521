//! What to do, and what not to.

use crate::catalogue::list::closed_list;

closed_list! {
    /// An action.
    ActionId {
        /// Mend the scrape configuration.
        RepairTelemetry = "repair-telemetry",
        /// Look at clocks, power, kernels and links of the devices.
        InspectDevice = "inspect-device",
        /// Look at the replicas that differ: placement, hardware, version, configuration.
        InspectReplica = "inspect-replica",
        /// Look at the processor time of the API server and its neighbours.
        InspectFrontEnd = "inspect-front-end",
        /// Look at the engine's log and at the finish reasons.
        InspectErrors = "inspect-errors",
        /// Look at the link to the remote cache and at the store behind it.
        InspectTransfer = "inspect-transfer",
        /// Look at the images, sounds and videos of requests: how many, how large.
        InspectEncoder = "inspect-encoder",
        /// Look at the schemas of structured outputs.
        InspectGrammars = "inspect-grammars",
        /// Compare what the gateway receives with what reaches the engine.
        InspectGateway = "inspect-gateway",
        /// Wake an engine that was put to sleep.
        WakeEngine = "wake-engine",
        /// Restart an engine that no longer makes progress.
        RestartEngine = "restart-engine",
        /// Spread requests evenly or by prefix.
        ChangeRouting = "change-routing",
        /// Shorten prompts or make them hit the prefix cache.
        ShortenPrompts = "shorten-prompts",
        /// Bring shared prompt prefixes back into the cache.
        RestorePrefixCache = "restore-prefix-cache",
        /// Limit the length of outputs.
        LimitOutputs = "limit-outputs",
        /// Admit more sequences.
        RaiseMaxNumSeqs = "raise-max-num-seqs",
        /// Let more requests queue before they are refused.
        RaiseQueueLimit = "raise-queue-limit",
        /// Allow more adapters in a batch.
        RaiseMaxLoras = "raise-max-loras",
        /// Compute more tokens in a step.
        RaiseTokenBudget = "raise-token-budget",
        /// Give the key-value cache more memory or store it smaller.
        RaiseKvMemory = "raise-kv-memory",
        /// Switch speculative decoding off.
        DisableSpeculation = "disable-speculation",
        /// Turn away or delay load.
        ShedLoad = "shed-load",
        /// Add replicas.
        AddReplicas = "add-replicas",
        /// Run fewer replicas.
        RemoveReplicas = "remove-replicas",
        /// Let replicas of one pool do the work of the other.
        MoveReplicas = "move-replicas",
        /// Admit fewer sequences.
        LowerMaxNumSeqs = "lower-max-num-seqs",
        /// Give the key-value cache less memory.
        LowerKvMemory = "lower-kv-memory",
        /// Add replicas before the cheaper cure.
        ScaleOutFirst = "scale-out-first",
        /// Act on latencies that contradict each other.
        ActOnLatency = "act-on-latency",
    }
}

/// What an action takes, the cheapest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ActionCost {
    /// It only reads, or mends what watches the engine.
    Nothing,
    /// A change of callers or routing.
    Callers,
    /// A restart of the engine.
    Restart,
    /// Devices for as long as it lasts.
    Hardware,
}

impl ActionId {
    /// What it takes.
    pub fn cost(self) -> ActionCost {
        match self {
            Self::RepairTelemetry
            | Self::InspectDevice
            | Self::InspectReplica
            | Self::InspectFrontEnd
            | Self::InspectErrors
            | Self::InspectTransfer
            | Self::InspectEncoder
            | Self::InspectGrammars
            | Self::InspectGateway
            | Self::WakeEngine
            | Self::ActOnLatency => ActionCost::Nothing,
            Self::ChangeRouting
            | Self::ShortenPrompts
            | Self::RestorePrefixCache
            | Self::LimitOutputs
            | Self::RemoveReplicas
            | Self::ShedLoad => ActionCost::Callers,
            Self::RestartEngine
            | Self::RaiseMaxNumSeqs
            | Self::RaiseQueueLimit
            | Self::RaiseMaxLoras
            | Self::RaiseTokenBudget
            | Self::RaiseKvMemory
            | Self::DisableSpeculation
            | Self::MoveReplicas
            | Self::LowerMaxNumSeqs
            | Self::LowerKvMemory => ActionCost::Restart,
            Self::AddReplicas | Self::ScaleOutFirst => ActionCost::Hardware,
        }
    }
}

impl ActionCost {
    /// One sentence for people.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Nothing => "Nothing: it only reads, or mends what watches the engine.",
            Self::Callers => "A change of the callers or of the routing.",
            Self::Restart => "A restart of the engine.",
            Self::Hardware => "Another device for as long as the load lasts.",
        }
    }
}
