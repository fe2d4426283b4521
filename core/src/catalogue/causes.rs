//! What the triage can answer; generated from the files of the rules by `npm run gen`.

use crate::catalogue::list::closed_list;

closed_list! {
    /// A verdict.
    CauseId {
        /// The engine refuses requests although nothing queues.
        AdmissionRejected = "admission-rejected",
        /// The data do not hold enough to name a cause or to call the engine healthy.
        CannotTell = "cannot-tell",
        /// Callers leave before their answer is complete, from a service that is otherwise well.
        ClientAborts = "client-aborts",
        /// Some replicas of a fleet admit fewer sequences than the others.
        ConfigDrift = "config-drift",
        /// The engine was put to sleep, so what arrives waits until it is woken.
        EngineAsleep = "engine-asleep",
        /// Requests end in errors more often than an objective allows.
        EngineErrors = "engine-errors",
        /// The engine holds requests and produces nothing: no token, no first token and no finish
        /// for longer than any step takes.
        EngineHang = "engine-hang",
        /// Requests spend their time in front of the engine: its API server has no processor time
        /// left.
        FrontEnd = "front-end",
        /// Requests wait for something other than capacity, a cache or an adapter: usually their
        /// grammar.
        GrammarStall = "grammar-stall",
        /// Now and then a giant prompt needs most of the KV cache, and all others wait behind it.
        HeadOfLine = "head-of-line",
        /// Time to first token and inter-token latency are within their targets, requests do not
        /// queue, and nothing else is missed.
        Healthy = "healthy",
        /// The device waits for its host between steps.
        HostBound = "host-bound",
        /// Requests wait because the key-value cache has no room for another prompt, and nothing
        /// is preempted.
        KvAdmission = "kv-admission",
        /// The key-value cache is full, and running requests are preempted and computed again.
        KvThrash = "kv-thrash",
        /// Requests wait for cache entries that come from elsewhere.
        KvTransferStall = "kv-transfer-stall",
        /// More requests arrive than the engine can serve: they wait, and a larger batch would
        /// miss the token target.
        LoadAboveCapacity = "load-above-capacity",
        /// Contexts grew: each sequence holds more cached tokens, which every step reads and the
        /// cache must hold.
        LongContext = "long-context",
        /// Time to first token is high because prefill is long, and each prompt token costs what
        /// it did before.
        LongPrompts = "long-prompts",
        /// Requests wait for adapters, of which more are wanted than fit into a batch.
        LoraChurn = "lora-churn",
        /// Little or no traffic reaches the engine, or much less than before, and what does is
        /// served as it should be.
        LowTraffic = "low-traffic",
        /// Images, sounds or videos take long to encode before their prompts are computed.
        MultimodalEncoder = "multimodal-encoder",
        /// Far more replicas run than the load needs.
        OverProvisioned = "over-provisioned",
        /// Prefill and decode run apart, and requests wait for one of the two pools, not for the
        /// other.
        PrefillDecodeImbalance = "prefill-decode-imbalance",
        /// Some prompts became long, and the tokens of everybody else wait while these are
        /// computed.
        PrefillDecodeInterference = "prefill-decode-interference",
        /// The prefix cache stopped hitting, so that prompts of the old length are computed anew.
        PrefixCacheCollapse = "prefix-cache-collapse",
        /// A new process is warming up: its first minutes are slower than what it replaced.
        ReplicaStarting = "replica-starting",
        /// A replica restarts again and again.
        RestartLoop = "restart-loop",
        /// One replica gets more than its share of the requests, and more than it can serve,
        /// while others have room.
        RoutingImbalance = "routing-imbalance",
        /// Outputs became long, so that each request holds its slot and its cache for longer.
        RunawayOutputs = "runaway-outputs",
        /// Some replicas are slower than their peers at no more requests.
        SickReplica = "sick-replica",
        /// Requests wait because the engine admits no more sequences, while memory is free and
        /// tokens come fast.
        SlotCap = "slot-cap",
        /// Inter-token latency is above its target, and neither preemption nor a grown batch
        /// explains it.
        SlowDecode = "slow-decode",
        /// Drafts of speculative decoding are rejected, so that they cost more than they bring.
        SpeculationNotPaying = "speculation-not-paying",
        /// Numbers that must agree contradict each other, and no known repair explains it.
        TelemetryFault = "telemetry-fault",
        /// Requests wait because a step computes no more tokens, while slots and memory are free.
        TokenBudget = "token-budget",
    }
}
