//! The knobs that an advice turns.

use serde::{Deserialize, Serialize};

/// An advice that was followed: the knob is turned from the first moment of the simulation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// Which knob.
    pub knob: Knob,
    /// The value to which it is set, where the advice names one; absent: a step in its direction,
    /// see [`Knob`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
}

macro_rules! knobs {
    ($( $(#[$doc:meta])* $variant:ident = $id:literal $(| $alias:literal)*; )*) => {
        /// A knob. Actions act after faults: they change what the fault left. Where an action
        /// repairs a part (a device, a link, a caller), it removes faults of that part and does
        /// nothing to others.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Knob {
            $( $(#[$doc])* #[serde(rename = $id)] $variant, )*
        }

        impl Knob {
            /// All knobs.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Action id.
            pub fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// The knob that an action id turns; some have several names.
            pub fn from_id(id: &str) -> Option<Self> {
                match id { $($id $(| $alias)* => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

knobs! {
    /// `--max-num-seqs` times 4.
    RaiseMaxNumSeqs = "raise-max-num-seqs";
    /// `--max-num-seqs` to nine tenths of the sequences that ran on average, as the advice says;
    /// needs a value, otherwise half of what the cache holds.
    LowerMaxNumSeqs = "lower-max-num-seqs";
    /// `--max-num-batched-tokens` times 4.
    RaiseTokenBudget = "raise-token-budget" | "raise-max-num-batched-tokens";
    /// `--max-num-batched-tokens` to a quarter, at least 256 and twice the slots that run.
    LowerTokenBudget = "lower-token-budget" | "lower-max-num-batched-tokens"
        | "limit-prefill-chunks";
    /// Half as many replicas more, at least one.
    AddReplicas = "add-replicas" | "scale-out" | "scale-out-first";
    /// A third of the replicas less; at least one stays.
    RemoveReplicas = "remove-replicas" | "scale-in";
    /// Twice the cache: more memory for it, or half the bytes a token (fp8).
    RaiseKvMemory = "raise-kv-memory" | "raise-gpu-memory-utilization" | "shrink-kv-type";
    /// A third of the cache less.
    LowerKvMemory = "lower-kv-memory" | "lower-gpu-memory-utilization";
    /// Prompts a half shorter.
    ShortenPrompts = "shorten-prompts";
    /// Shared beginnings are restored, and the prefix cache is on.
    RestorePrefixes = "restore-prefixes" | "enable-prefix-caching" | "fix-prefix-cache"
        | "restore-prefix-cache";
    /// The device is repaired: slow decode, one bad replica, links.
    RepairDevice = "inspect-device" | "repair-device" | "replace-device" | "inspect-interconnect";
    /// The odd replica gets no traffic and is replaced by a healthy one.
    ReplaceReplica = "replace-replica" | "drain-replica" | "restart-replica" | "inspect-replica"
        | "restart-engine";
    /// Engines that sleep are woken.
    WakeEngine = "wake-engine";
    /// Four times the event loops in the API server.
    AddApiServers = "add-api-servers" | "raise-api-server-count" | "add-front-end-cpu"
        | "inspect-front-end";
    /// The handling of outputs keeps up (no stop strings, no log probabilities).
    UnblockStreams = "unblock-streams" | "inspect-stream-readers" | "inspect-delivery";
    /// Speculative decoding off.
    DisableSpeculation = "disable-speculation";
    /// Requests go to the least loaded replica.
    BalanceRouting = "balance-routing" | "rebalance-routing" | "inspect-routing" | "inspect-router";
    /// Four times the adapters of a batch.
    RaiseMaxLoras = "raise-max-loras";
    /// The link to the other side's cache is repaired.
    RepairKvTransfer = "repair-kv-transfer" | "inspect-kv-transfer";
    /// Outputs are cut at twice their former mean.
    LimitOutputs = "limit-outputs" | "lower-max-tokens" | "limit-max-tokens";
    /// A fifth of the load is refused or sent elsewhere.
    ShedLoad = "shed-load" | "limit-admission" | "rate-limit";
    /// The cause of a restart is removed.
    StopRestarts = "stop-restarts" | "inspect-restarts";
    /// Pending replicas start at once.
    FreeQuota = "free-quota" | "raise-quota" | "inspect-pending-pods";
    /// Images and grammars cost nothing any more (encoder elsewhere, compiled grammars kept).
    ReduceEncoderWork = "reduce-encoder-work" | "inspect-encoder";
    /// The cause of errors is removed.
    RepairErrors = "repair-errors" | "inspect-errors";
    /// The upstream is repaired.
    RepairUpstream = "repair-upstream" | "inspect-upstream";
    /// Callers wait three times as long.
    RaiseClientTimeout = "raise-client-timeout" | "inspect-clients";
    /// The metrics are repaired.
    RepairTelemetry = "repair-telemetry";
    /// Nothing is done.
    Wait = "wait" | "none" | "keep" | "watch";
}
