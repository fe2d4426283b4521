// Generated from the Rust types of core/ by `npm run gen`. Change those, not this file.

import type { ActionId, CauseId, Deviation, FactorId, FleetFigure, Grade, Grouping, Phase, Provenance, Section, SignalId, Support } from '../report-types.js';

export const SIGNALS: Record<SignalId, { title: string; short: string; unit: string; meaning: string }> = {
  "ttft": { title: "Time to first token", short: "TTFT", unit: "s", meaning: "From the request's arrival at the API server to its first token; recorded at the first token, aborted requests included." },
  "queue_time": { title: "Queue time", short: "queue", unit: "s", meaning: "From entering the engine's queue to the first scheduling; recorded when the request finishes; waits after a preemption are not in it." },
  "prefill_time": { title: "Prefill time", short: "prefill time", unit: "s", meaning: "From the first scheduling to the first token; recorded when the request finishes." },
  "itl": { title: "Inter-token latency", short: "ITL", unit: "s", meaning: "Between successive outputs of one request; one observation an output, which holds several tokens with speculative decoding." },
  "tpot": { title: "Time per output token", short: "TPOT", unit: "s", meaning: "Decode time by output tokens after the first, one observation a request; 0 for outputs of one token." },
  "e2e": { title: "End to end", short: "E2E", unit: "s", meaning: "From the request's arrival to its last output; finished requests only." },
  "decode_time": { title: "Decode time", short: "decode time", unit: "s", meaning: "From the first to the last token, preemption stalls included; recorded when the request finishes." },
  "inference_time": { title: "Inference time", short: "inference time", unit: "s", meaning: "Prefill and decode together; recorded when the request finishes." },
  "front_end_time": { title: "Front-end time", short: "front-end time", unit: "s", meaning: "Mean end-to-end latency less queue and inference: outside the engine, before and after it." },
  "front_end_ttft": { title: "Front-end time before the first token", short: "front-end time before the first token", unit: "s", meaning: "Mean time to first token less mean queue and prefill time; two populations, so only for windows much longer than a request." },
  "running": { title: "Running requests", short: "running requests", unit: "requests", meaning: "Requests in the running batch, prefilling ones included." },
  "waiting": { title: "Waiting requests", short: "waiting requests", unit: "requests", meaning: "Requests that wait to be scheduled." },
  "waiting_deferred": { title: "Deferred requests", short: "deferred requests", unit: "requests", meaning: "Waiting requests that wait for something other than capacity." },
  "kv_usage": { title: "KV cache usage", short: "kv cache usage", unit: "ratio", meaning: "Share of the key-value cache held by live requests; the fullest replica counts. Reusable cached blocks are free." },
  "preemptions": { title: "Preemptions", short: "preemptions", unit: "requests", meaning: "Requests preempted for lack of cache in the window." },
  "prefix_hit_ratio": { title: "Prefix cache hit ratio", short: "prefix cache hit ratio", unit: "ratio", meaning: "Share of looked-up prompt tokens that were found in the prefix cache." },
  "requests_per_s": { title: "Finished requests", short: "finished requests", unit: "requests/s", meaning: "Requests that finished, for whatever reason, per second." },
  "prompt_tokens_per_s": { title: "Prompt tokens", short: "prompt tokens", unit: "tokens/s", meaning: "Prompt tokens per second, those found in a cache included." },
  "generation_tokens_per_s": { title: "Output tokens", short: "output tokens", unit: "tokens/s", meaning: "Output tokens per second, live." },
  "prompt_tokens_per_request": { title: "Prompt tokens per request", short: "prompt tokens per request", unit: "tokens", meaning: "Mean prompt length of the requests that finished." },
  "computed_prompt_tokens_per_request": { title: "Uncached prompt tokens per request", short: "uncached prompt tokens per request", unit: "tokens", meaning: "Mean prompt length less what the cache held, of the requests that finished." },
  "generation_tokens_per_request": { title: "Output tokens per request", short: "output tokens per request", unit: "tokens", meaning: "Mean output length of the requests that finished." },
  "mean_batch": { title: "Mean batch", short: "mean batch", unit: "sequences", meaning: "Mean number of decoding sequences: the inter-token latencies of the window added up, by its length (Little's law)." },
  "lost_requests": { title: "Unfinished requests", short: "unfinished requests", unit: "requests", meaning: "Requests that got a first token in the window less those that finished in it: still running, or aborted and in no finish-time histogram." },
  "rejections_per_s": { title: "Rejected requests", short: "rejected requests", unit: "requests/s", meaning: "Requests refused before they entered the engine, per second." },
};

export const PHASES: Record<Phase, { title: string; meaning: string }> = {
  "front_end": { title: "front end", meaning: "Outside the engine, before and after it." },
  "queue": { title: "queue", meaning: "Waiting to be scheduled for the first time." },
  "remote_kv": { title: "remote KV wait", meaning: "Waiting for a remote key-value cache, a part of the queue." },
  "prefill": { title: "prefill", meaning: "From the first scheduling to the first token." },
  "decode": { title: "decode", meaning: "From the first to the last token." },
  "preemption": { title: "preemption stall", meaning: "Stalled by preemption, a part of decode." },
};

export const CAUSE_MEANING: Record<CauseId, string> = {
  "admission-rejected": "The engine refuses requests although nothing queues.",
  "cannot-tell": "The data do not hold enough to name a cause or to call the engine healthy.",
  "client-aborts": "Callers leave before their answer is complete, from a service that is otherwise well.",
  "config-drift": "Some replicas of a fleet admit fewer sequences than the others.",
  "engine-asleep": "The engine was put to sleep, so what arrives waits until it is woken.",
  "engine-errors": "Requests end in errors more often than an objective allows.",
  "engine-hang": "The engine holds requests and produces nothing: no token, no first token and no finish for longer than any step takes.",
  "front-end": "Requests spend their time in front of the engine: its API server has no processor time left.",
  "grammar-stall": "Requests wait for something other than capacity, a cache or an adapter: usually their grammar.",
  "head-of-line": "Now and then a giant prompt needs most of the KV cache, and all others wait behind it.",
  "healthy": "Time to first token and inter-token latency are within their targets, requests do not queue, and nothing else is missed.",
  "host-bound": "The device waits for its host between steps.",
  "kv-admission": "Requests wait because the key-value cache has no room for another prompt, and nothing is preempted.",
  "kv-thrash": "The key-value cache is full, and running requests are preempted and computed again.",
  "kv-transfer-stall": "Requests wait for cache entries that come from elsewhere.",
  "load-above-capacity": "More requests arrive than the engine can serve: they wait, and a larger batch would miss the token target.",
  "long-context": "Contexts grew: each sequence holds more cached tokens, which every step reads and the cache must hold.",
  "long-prompts": "Time to first token is high because prefill is long, and each prompt token costs what it did before.",
  "lora-churn": "Requests wait for adapters, of which more are wanted than fit into a batch.",
  "low-traffic": "Little or no traffic reaches the engine, or much less than before, and what does is served as it should be.",
  "multimodal-encoder": "Images, sounds or videos take long to encode before their prompts are computed.",
  "over-provisioned": "Far more replicas run than the load needs.",
  "prefill-decode-imbalance": "Prefill and decode run apart, and requests wait for one of the two pools, not for the other.",
  "prefill-decode-interference": "Some prompts became long, and the tokens of everybody else wait while these are computed.",
  "prefix-cache-collapse": "The prefix cache stopped hitting, so that prompts of the old length are computed anew.",
  "replica-starting": "A new process is warming up: its first minutes are slower than what it replaced.",
  "restart-loop": "A replica restarts again and again.",
  "routing-imbalance": "One replica gets more than its share of the requests, and more than it can serve, while others have room.",
  "runaway-outputs": "Outputs became long, so that each request holds its slot and its cache for longer.",
  "sick-replica": "Some replicas are slower than their peers at no more requests.",
  "slot-cap": "Requests wait because the engine admits no more sequences, while memory is free and tokens come fast.",
  "slow-decode": "Inter-token latency is above its target, and neither preemption nor a grown batch explains it.",
  "speculation-not-paying": "Drafts of speculative decoding are rejected, so that they cost more than they bring.",
  "telemetry-fault": "Numbers that must agree contradict each other, and no known repair explains it.",
  "token-budget": "Requests wait because a step computes no more tokens, while slots and memory are free.",
};

export const ACTION_MEANING: Record<ActionId, string> = {
  "repair-telemetry": "Mend the scrape configuration.",
  "inspect-device": "Look at clocks, power, kernels and links of the devices.",
  "inspect-replica": "Look at the replicas that differ: placement, hardware, version, configuration.",
  "inspect-front-end": "Look at the processor time of the API server and its neighbours.",
  "inspect-errors": "Look at the engine's log and at the finish reasons.",
  "inspect-transfer": "Look at the link to the remote cache and at the store behind it.",
  "inspect-encoder": "Look at the images, sounds and videos of requests: how many, how large.",
  "inspect-grammars": "Look at the schemas of structured outputs.",
  "inspect-gateway": "Compare what the gateway receives with what reaches the engine.",
  "wake-engine": "Wake an engine that was put to sleep.",
  "restart-engine": "Restart an engine that no longer makes progress.",
  "change-routing": "Spread requests evenly or by prefix.",
  "shorten-prompts": "Shorten prompts or make them hit the prefix cache.",
  "restore-prefix-cache": "Bring shared prompt prefixes back into the cache.",
  "limit-outputs": "Limit the length of outputs.",
  "raise-max-num-seqs": "Admit more sequences.",
  "raise-queue-limit": "Let more requests queue before they are refused.",
  "raise-max-loras": "Allow more adapters in a batch.",
  "raise-token-budget": "Compute more tokens in a step.",
  "raise-kv-memory": "Give the key-value cache more memory or store it smaller.",
  "disable-speculation": "Switch speculative decoding off.",
  "shed-load": "Turn away or delay load.",
  "add-replicas": "Add replicas.",
  "remove-replicas": "Run fewer replicas.",
  "move-replicas": "Let replicas of one pool do the work of the other.",
  "lower-max-num-seqs": "Admit fewer sequences.",
  "lower-kv-memory": "Give the key-value cache less memory.",
  "scale-out-first": "Add replicas before the cheaper cure.",
  "act-on-latency": "Act on latencies that contradict each other.",
};

export const GRADE_MEANING: Record<Grade, string> = {
  "A": "Nothing that touches a used signal was repaired or assumed.",
  "B": "Something that touches a used signal was repaired or assumed, or a signal that the verdict uses is missing.",
  "C": "An identity between metrics is broken, a needed metric or several scrapes in a row are missing; confidence is at most “likely”.",
  "D": "Several identities are broken, metrics are missing, or over a tenth of the window is gaps; confidence is at most “possible”.",
};

export const PROVENANCE_MEANING: Record<Provenance, string> = {
  "exported": "The engine exports it.",
  "inferred": "The engine behaves as if it were so.",
  "given": "The user typed it.",
};

export const SUPPORT_MEANING: Record<Support, string> = {
  "weak": "Another cause holds too, a part of the excess time is not explained, or few requests finished.",
  "strong": "No other cause holds, all of the excess time is explained, and many requests finished.",
};

export const FACTOR_TITLE: Record<FactorId, string> = {
  "arrivals": "arrivals",
  "output-tokens": "output tokens per request",
  "prompt-tokens": "uncached prompt tokens per request",
  "prefill-cost": "prefill time per token",
  "step-time": "step time at equal batch",
};

export const DEVIATION_TITLE: Record<Deviation, string> = {
  "silent": "no sample",
  "restarted": "restarted",
  "configuration": "set up differently",
  "speed": "slow",
  "failures": "fails",
  "load": "load",
  "prefix-cache": "cold cache",
};

export const FIGURE_MEANING: Record<FleetFigure, string> = {
  "arrivals": "Requests that arrived: first tokens, and the growth of what waits.",
  "arrival_share": "Share of all arrivals.",
  "running": "Running requests, mean of the samples.",
  "running_most": "Most running requests in a sample.",
  "slots": "Sequences that may run at once.",
  "waiting": "Waiting requests, mean of the samples.",
  "waiting_most": "Most waiting requests in a sample.",
  "kv_usage": "Usage of the key-value cache, mean of the samples.",
  "kv_usage_most": "Highest usage of the key-value cache in a sample.",
  "kv_capacity": "Tokens that the key-value cache holds.",
  "ttft": "Mean time to first token.",
  "itl": "Mean inter-token latency.",
  "slowness_least": "Least factor between its time of a step and that of its peers at its own batch.",
  "slowness_most": "Greatest factor between its time of a step and that of its peers at its own batch.",
  "prefix_hit_ratio": "Share of prompt tokens that its prefix cache held.",
  "failed": "Requests that the engine counts as failed.",
  "starts": "Starts of its process within the window.",
};

export const GROUPING_MEANING: Record<Grouping, string> = {
  "role": "The part of a request that it does: prefill, decode or both.",
  "version": "The release, image or revision that it runs.",
  "zone": "The availability zone that it runs in.",
  "node": "The machine that it runs on.",
  "namespace": "The namespace of its pod.",
  "local_queue": "The local queue of Kueue that its pod was admitted through, which is a team's.",
};

export const SECTIONS: readonly Section[] = [
  "verdict",
  "phases",
  "evidence",
  "strips",
  "heatmap",
  "objectives",
  "matrix",
  "fleet",
];
