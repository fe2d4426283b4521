//! The page of each cause, as `docs/causes` has it.

use inference_triage_core::catalogue::causes::CauseId;

macro_rules! page {
    ($id:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/causes/", $id, ".md"))
    };
}

/// Markdown: what it finds, why it matters, its neighbours, what to do.
pub(super) fn page(cause: CauseId) -> &'static str {
    match cause {
        CauseId::AdmissionRejected => page!("admission-rejected"),
        CauseId::CannotTell => page!("cannot-tell"),
        CauseId::ClientAborts => page!("client-aborts"),
        CauseId::ConfigDrift => page!("config-drift"),
        CauseId::EngineAsleep => page!("engine-asleep"),
        CauseId::EngineErrors => page!("engine-errors"),
        CauseId::EngineHang => page!("engine-hang"),
        CauseId::FrontEnd => page!("front-end"),
        CauseId::GrammarStall => page!("grammar-stall"),
        CauseId::HeadOfLine => page!("head-of-line"),
        CauseId::Healthy => page!("healthy"),
        CauseId::HostBound => page!("host-bound"),
        CauseId::KvAdmission => page!("kv-admission"),
        CauseId::KvThrash => page!("kv-thrash"),
        CauseId::KvTransferStall => page!("kv-transfer-stall"),
        CauseId::LoadAboveCapacity => page!("load-above-capacity"),
        CauseId::LongContext => page!("long-context"),
        CauseId::LongPrompts => page!("long-prompts"),
        CauseId::LoraChurn => page!("lora-churn"),
        CauseId::LowTraffic => page!("low-traffic"),
        CauseId::MultimodalEncoder => page!("multimodal-encoder"),
        CauseId::OverProvisioned => page!("over-provisioned"),
        CauseId::PrefillDecodeImbalance => page!("prefill-decode-imbalance"),
        CauseId::PrefillDecodeInterference => page!("prefill-decode-interference"),
        CauseId::PrefixCacheCollapse => page!("prefix-cache-collapse"),
        CauseId::ReplicaStarting => page!("replica-starting"),
        CauseId::RestartLoop => page!("restart-loop"),
        CauseId::RoutingImbalance => page!("routing-imbalance"),
        CauseId::RunawayOutputs => page!("runaway-outputs"),
        CauseId::SickReplica => page!("sick-replica"),
        CauseId::SlotCap => page!("slot-cap"),
        CauseId::SlowDecode => page!("slow-decode"),
        CauseId::SpeculationNotPaying => page!("speculation-not-paying"),
        CauseId::TelemetryFault => page!("telemetry-fault"),
        CauseId::TokenBudget => page!("token-budget"),
    }
}
