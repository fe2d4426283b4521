//! Which request computes how many tokens in the next step: running requests first, then waiting
//! ones, as vLLM V1 does.

use crate::configuration::Release;
use crate::engine::request::Key;
use crate::engine::{Batch, Engine, Portion};
use crate::traffic::by_chance;

/// From here on a request's prefix is counted as looked up once; before, at every attempt to admit
/// it.
const ONE_LOOKUP_A_REQUEST: Release = Release::new(21, 0);

/// What scheduling decided beside the portions.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Who computes how much.
    pub batch: Batch,
    /// When fetches that were started now will end.
    pub fetches: Vec<(Key, f64)>,
    /// A request that alone does not fit into the cache.
    pub impossible: Option<Key>,
}

impl Engine {
    pub(crate) fn schedule(&mut self, now: f64) -> Plan {
        let mut plan = Plan::default();
        let mut budget = self.conditions.engine.max_num_batched_tokens as u32;
        let preempted = self.schedule_running(&mut budget, &mut plan);
        if !preempted {
            self.schedule_waiting(&mut budget, &mut plan, now);
        }
        plan
    }

    /// Whether somebody was thrown out.
    fn schedule_running(&mut self, budget: &mut u32, plan: &mut Plan) -> bool {
        let drafts = self
            .conditions
            .engine
            .speculation
            .as_ref()
            .map_or(0, |speculation| speculation.draft_tokens as u32);
        let mut preempted = false;
        let mut index = 0;
        while index < self.running.len() && *budget > 0 {
            let key = self.running[index];
            let Some(request) = self.requests.get(key) else {
                self.running.remove(index);
                continue;
            };
            if request.ends_in_flight() {
                index += 1;
                continue;
            }
            let missing = request.missing();
            let is_decode = missing == 1 && request.generated + request.expected > 0;
            let tokens = (missing + if is_decode { drafts } else { 0 }).min(*budget);
            let end = request.computed + request.in_flight + tokens;
            while !self.grow(key, end) {
                preempted = true;
                let Some(victim) = self.running.pop() else { break };
                if victim == key && self.running.is_empty() && self.fetching.is_empty() {
                    plan.impossible = Some(key);
                }
                self.preempt(victim);
                if victim == key {
                    return true;
                }
            }
            self.commit(key, tokens, is_decode, plan);
            *budget -= tokens;
            index += 1;
        }
        preempted
    }

    fn schedule_waiting(&mut self, budget: &mut u32, plan: &mut Plan, now: f64) {
        let slots = self.conditions.engine.max_num_seqs.max(1);
        let mut batch =
            if self.conditions.engine.lora.is_some() { self.batch_adapters() } else { Vec::new() };
        let mut index = 0;
        while index < self.waiting.len() && *budget > 0 && self.running.len() < slots {
            let key = self.waiting[index];
            let (Some(deferred), Some(fetches)) =
                (self.lacks_adapter(key, &batch), self.must_fetch(key))
            else {
                self.waiting.remove(index);
                continue;
            };
            let compiles = self.requests.get(key).is_some_and(|request| now < request.compiled);
            let deferred = deferred || compiles;
            if let Some(request) = self.requests.get_mut(key) {
                request.deferred = deferred;
            }
            if deferred {
                index += 1;
                continue;
            }
            if fetches {
                if !self.start_fetch(key, plan, now) {
                    break;
                }
                self.waiting.remove(index);
                continue;
            }
            let Some(tokens) = self.admit(key, *budget) else {
                let alone = self.running.is_empty() && self.fetching.is_empty();
                plan.impossible = plan.impossible.or(alone.then_some(key));
                break;
            };
            self.waiting.remove(index);
            self.running.push(key);
            self.commit(key, tokens, false, plan);
            *budget -= tokens;
            plan.batch.extra_seconds += self.begin(key, now);
            let adapter = self.requests.get(key).map_or(0, |request| request.asked.adapter);
            if adapter > 0 && !batch.contains(&adapter) {
                batch.push(adapter);
            }
        }
    }

    /// A request will compute so many tokens in the step.
    fn commit(&mut self, key: Key, tokens: u32, is_decode: bool, plan: &mut Plan) {
        let Some(request) = self.requests.get_mut(key) else { return };
        let completes = tokens >= request.missing();
        let outputs = if is_decode { tokens } else { u32::from(completes) };
        plan.batch.portions.push(Portion {
            key,
            tokens,
            before: request.computed + request.in_flight,
            outputs,
            is_decode,
            preemptions: request.preemptions,
        });
        request.in_flight += tokens;
        request.expected += outputs;
    }

    /// First scheduling of a request: time it adds to the step.
    fn begin(&mut self, key: Key, now: f64) -> f64 {
        let Some(request) = self.requests.get_mut(key) else { return 0.0 };
        let first = request.scheduled.is_none();
        request.scheduled.get_or_insert(now);
        let asked = request.asked;
        if !first {
            return 0.0;
        }
        let encoder = self.conditions.engine.encoder.as_ref().filter(|_| asked.encoded);
        let encoder = encoder.map_or(0.0, |encoder| {
            self.state.encoded_items += 1.0;
            encoder.seconds
        });
        encoder + self.read_adapter(asked.adapter)
    }

    fn read_adapter(&mut self, adapter: u32) -> f64 {
        let Some(lora) = self.conditions.engine.lora.as_ref().filter(|_| adapter > 0) else {
            return 0.0;
        };
        let known = self.adapters.iter().position(|other| *other == adapter);
        if let Some(position) = known {
            self.adapters.remove(position);
        }
        self.adapters.push(adapter);
        if self.adapters.len() > lora.max_cpu_loras.max(lora.max_loras) {
            self.adapters.remove(0);
        }
        if known.is_some() { 0.0 } else { lora.load_seconds }
    }

    /// Whether the adapters of the batch leave no room for this request's; none if the request is
    /// gone.
    fn lacks_adapter(&self, key: Key, batch: &[u32]) -> Option<bool> {
        let adapter = self.requests.get(key)?.asked.adapter;
        let Some(lora) = self.conditions.engine.lora.as_ref().filter(|_| adapter > 0) else {
            return Some(false);
        };
        Some(!batch.contains(&adapter) && batch.len() >= lora.max_loras.max(1))
    }

    /// Adapters of the running batch, each once.
    pub(crate) fn batch_adapters(&self) -> Vec<u32> {
        let mut adapters: Vec<u32> = Vec::new();
        for request in self.running.iter().filter_map(|key| self.requests.get(*key)) {
            if request.asked.adapter > 0 && !adapters.contains(&request.asked.adapter) {
                adapters.push(request.asked.adapter);
            }
        }
        adapters
    }

    /// Whether the prompt's cache has to be fetched first; none if the request is gone.
    fn must_fetch(&self, key: Key) -> Option<bool> {
        let request = self.requests.get(key)?;
        Some(
            self.conditions
                .engine
                .remote_kv
                .as_ref()
                .is_some_and(|remote| by_chance(request.asked.own_seed >> 20, remote.share))
                && request.fetch_ends.is_none()
                && request.generated == 0,
        )
    }

    /// Takes the blocks of a prompt and asks for its cache; false if there is no room.
    fn start_fetch(&mut self, key: Key, plan: &mut Plan, now: f64) -> bool {
        let Some(remote) = self.conditions.engine.remote_kv.clone() else { return false };
        let Some(tokens) = self.requests.get(key).map(|request| request.asked.prompt) else {
            return false;
        };
        if !self.has_room(self.blocks_of(tokens)) || !self.grow(key, tokens) {
            return false;
        }
        let transfer = f64::from(tokens) / remote.tokens_per_second;
        self.link_free = self.link_free.max(now) + transfer;
        let ends = self.link_free + remote.latency_seconds;
        if let Some(request) = self.requests.get_mut(key) {
            request.fetch_ends = Some(ends);
        }
        self.state.external_queries += f64::from(tokens);
        self.state.external_hits += f64::from(tokens);
        self.recorder.fetched(ends - now, transfer);
        self.fetching.push(key);
        plan.fetches.push((key, ends));
        true
    }

    /// The cache of a prompt has arrived: its request is first in the queue, all but the last token
    /// computed.
    pub(crate) fn fetch_ended(&mut self, key: Key) {
        let Some(position) = self.fetching.iter().position(|other| *other == key) else { return };
        self.fetching.remove(position);
        if let Some(request) = self.requests.get_mut(key) {
            request.fetched = request.asked.prompt - 1;
            request.computed = request.fetched;
            self.waiting.push_front(key);
        }
    }

    /// Blocks for a request whose beginning may be in the cache: the tokens it computes now; none
    /// if there is no room.
    fn admit(&mut self, key: Key, budget: u32) -> Option<u32> {
        let caching = self.conditions.engine.prefix_caching;
        let request = self.requests.get(key)?;
        let all = request.tokens();
        let fresh = request.computed == 0 && request.blocks.is_empty();
        let found = if fresh && caching { self.cached_beginning(key) } else { Found::default() };
        let start = if fresh { found.tokens } else { self.requests.get(key)?.computed };
        let tokens = (all - start).min(budget);
        let reserved =
            if self.conditions.engine.reserve_full_prompt { all } else { start + tokens };
        let held = self.requests.get(key)?.blocks.len();
        let needed =
            self.blocks_of(reserved).saturating_sub(found.blocks.len().max(held)) + found.free;
        if !self.has_room(needed) {
            let is_new = fresh && self.requests.get(key)?.preemptions == 0;
            if caching && is_new && self.recorder.release < ONE_LOOKUP_A_REQUEST {
                self.state.cache_queries += f64::from(all);
                self.state.cache_hits += f64::from(start);
            }
            return None;
        }
        for &block in &found.blocks {
            self.pool.hold(block);
        }
        let request = self.requests.get_mut(key)?;
        if fresh {
            request.hashed = found.blocks.len();
            request.chain = found.chain;
            request.blocks = found.blocks;
            request.computed = start;
            if request.preemptions == 0 {
                request.cached = start;
                if caching {
                    self.state.cache_queries += f64::from(all);
                    self.state.cache_hits += f64::from(start);
                }
            }
        }
        if self.grow(key, start + tokens) { Some(tokens) } else { None }
    }

    /// Room for an admission: the watermark stays free, unless nothing else would run.
    fn has_room(&self, needed: usize) -> bool {
        let alone = self.running.is_empty() && self.fetching.is_empty();
        let watermark = if alone {
            0
        } else {
            (self.conditions.engine.admission_watermark * self.pool.len() as f64) as usize
        };
        self.pool.free() >= needed + watermark
    }

    fn blocks_of(&self, tokens: u32) -> usize {
        (tokens as usize).div_ceil(self.conditions.engine.block_size)
    }

    /// The blocks of the request's beginning that are in the cache. The last token is always
    /// computed again.
    fn cached_beginning(&self, key: Key) -> Found {
        let mut found = Found::default();
        let Some(request) = self.requests.get(key) else { return found };
        let block_size = self.conditions.engine.block_size;
        let full = (request.tokens() as usize - 1) / block_size;
        for index in 0..full {
            let hash = request.block_hash(index, found.chain);
            let Some(block) = self.pool.find(hash) else { break };
            found.chain = hash;
            found.free += usize::from(self.pool.is_free(block));
            found.blocks.push(block);
        }
        found.tokens = (found.blocks.len() * block_size) as u32;
        found
    }

    /// Blocks up to that many tokens; false if the pool is exhausted.
    fn grow(&mut self, key: Key, tokens: u32) -> bool {
        let needed = self.blocks_of(tokens);
        let Some(request) = self.requests.get_mut(key) else { return true };
        if needed <= request.blocks.len() {
            return true;
        }
        if needed - request.blocks.len() > self.pool.free() {
            return false;
        }
        while request.blocks.len() < needed {
            let Some(block) = self.pool.allocate() else { return false };
            request.blocks.push(block);
        }
        true
    }

    /// Throws a request out: its cache is given up and it is first in the queue.
    fn preempt(&mut self, key: Key) {
        let Some(request) = self.requests.get_mut(key) else { return };
        self.pool.release(&request.blocks);
        request.blocks.clear();
        request.computed = 0;
        request.in_flight = 0;
        request.hashed = 0;
        request.chain = 0;
        request.preemptions += 1;
        self.state.preemptions += 1.0;
        self.waiting.push_front(key);
    }
}

#[derive(Debug, Default)]
struct Found {
    blocks: Vec<u32>,
    tokens: u32,
    free: usize,
    chain: u64,
}
