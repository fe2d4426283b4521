//! A request inside an engine.

use crate::traffic::Asked;

/// A request inside an engine.
#[derive(Debug, Clone)]
pub struct Request {
    /// What was asked.
    pub asked: Asked,
    /// Number over the whole simulation.
    pub id: u64,
    /// When the caller sent it.
    pub arrival: f64,
    /// When the API server began with it: vLLM measures from here, its caller from before.
    pub stamped: f64,
    /// When the scheduler took it; before that, when the front end was done with it.
    pub queued: f64,
    /// When it was scheduled for the first time.
    pub scheduled: Option<f64>,
    /// When the step with its first token ended.
    pub first_token: Option<f64>,
    /// When its caller had that token.
    pub first_delivered: f64,
    /// When the step with its last token so far ended.
    pub last_token: f64,
    /// Tokens whose cache is there.
    pub computed: u32,
    /// Output tokens so far.
    pub generated: u32,
    /// Tokens of it in steps that were scheduled and have not ended.
    pub in_flight: u32,
    /// Output tokens that those steps are expected to give.
    pub expected: u32,
    /// Prompt tokens found in the cache at the first admission.
    pub cached: u32,
    /// Prompt tokens fetched from elsewhere.
    pub fetched: u32,
    /// How often it was thrown out.
    pub preemptions: u32,
    /// When its cache has arrived from elsewhere; none: not asked for.
    pub fetch_ends: Option<f64>,
    /// When its grammar is compiled; 0: it has none.
    pub compiled: f64,
    /// Blocks it holds, in the order of its tokens.
    pub blocks: Vec<u32>,
    /// Full blocks whose content is known to the cache.
    pub hashed: usize,
    /// Hash of the last of them.
    pub chain: u64,
    /// The scheduler passes over it for a reason other than capacity.
    pub deferred: bool,
    block_size: u32,
}

impl Request {
    /// A request that came at `arrival`, of which the API server began to think at `stamped`.
    pub fn new(
        asked: &Asked,
        id: u64,
        arrival: f64,
        (stamped, queued): (f64, f64),
        block_size: usize,
    ) -> Self {
        Self {
            asked: *asked,
            id,
            arrival,
            stamped,
            queued,
            scheduled: None,
            first_token: None,
            first_delivered: 0.0,
            last_token: 0.0,
            computed: 0,
            generated: 0,
            in_flight: 0,
            expected: 0,
            cached: 0,
            fetched: 0,
            preemptions: 0,
            fetch_ends: None,
            compiled: 0.0,
            blocks: Vec::new(),
            hashed: 0,
            chain: 0,
            deferred: false,
            block_size: block_size as u32,
        }
    }

    /// Tokens that are known: prompt and output so far.
    pub fn tokens(&self) -> u32 {
        self.asked.prompt + self.generated
    }

    /// Tokens that nobody has computed or scheduled yet.
    pub fn missing(&self) -> u32 {
        (self.tokens() + self.expected).saturating_sub(self.computed + self.in_flight)
    }

    /// Output tokens after which it ends.
    pub fn end(&self) -> u32 {
        if self.asked.fails { (self.asked.output / 2).max(1) } else { self.asked.output }
    }

    /// Whether what is scheduled will reach its length limit. A scheduler that runs ahead knows
    /// the limit and does not know the stop token.
    pub fn ends_in_flight(&self) -> bool {
        self.expected > 0
            && self.asked.ends_by_length
            && !self.asked.fails
            && self.generated + self.expected >= self.end()
    }

    /// Hash of block `index` after the chain of those before it. Equal beginnings give equal
    /// hashes.
    pub fn block_hash(&self, index: usize, chain: u64) -> u64 {
        let end = (index as u32 + 1) * self.block_size;
        let seed = match self.asked.shared_seed {
            Some(seed) if end <= self.asked.shared_tokens => seed,
            _ => self.asked.own_seed,
        };
        mixed(chain ^ mixed(seed.wrapping_add(index as u64)))
    }
}

fn mixed(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// Names a request inside an engine; never names another one later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    index: u32,
    generation: u32,
}

/// Requests by key.
#[derive(Debug, Default)]
pub struct Slots {
    entries: Vec<(u32, Option<Request>)>,
    free: Vec<u32>,
}

impl Slots {
    /// Adds a request.
    pub fn insert(&mut self, request: Request) -> Key {
        if let Some(index) = self.free.pop() {
            let (generation, entry) = &mut self.entries[index as usize];
            *entry = Some(request);
            return Key { index, generation: *generation };
        }
        self.entries.push((0, Some(request)));
        Key { index: self.entries.len() as u32 - 1, generation: 0 }
    }

    /// The request of a key, if it is still there.
    pub fn get(&self, key: Key) -> Option<&Request> {
        let (generation, entry) = self.entries.get(key.index as usize)?;
        entry.as_ref().filter(|_| *generation == key.generation)
    }

    /// The same, to change it.
    pub fn get_mut(&mut self, key: Key) -> Option<&mut Request> {
        let (generation, entry) = self.entries.get_mut(key.index as usize)?;
        entry.as_mut().filter(|_| *generation == key.generation)
    }

    /// Takes a request out.
    pub fn remove(&mut self, key: Key) -> Option<Request> {
        self.get(key)?;
        let (generation, entry) = &mut self.entries[key.index as usize];
        *generation += 1;
        self.free.push(key.index);
        entry.take()
    }

    /// Requests inside.
    pub fn len(&self) -> usize {
        self.entries.len() - self.free.len()
    }

    /// Whether nothing is inside.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All requests, in no particular but always the same order.
    pub fn drain(&mut self) -> Vec<Request> {
        let requests = self.entries.iter_mut().filter_map(|(_, entry)| entry.take()).collect();
        self.entries.clear();
        self.free.clear();
        requests
    }
}
