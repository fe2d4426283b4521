//! What is known of an engine.

use crate::catalogue::families::Family;
use crate::catalogue::knobs::Knob;
use crate::ingest::batch::Labels;

/// One metric of an engine.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Base name without prefix and without `_bucket`, `_sum`, `_count` or `_total`.
    pub base: &'static str,
    /// What it measures.
    pub family: Family,
    /// Label and value that a series must carry to be this family.
    pub label: Option<(&'static str, &'static str)>,
}

impl Metric {
    pub(crate) const fn new(base: &'static str, family: Family) -> Self {
        Self { base, family, label: None }
    }

    pub(crate) const fn labelled(
        base: &'static str,
        family: Family,
        label: &'static str,
        value: &'static str,
    ) -> Self {
        Self { base, family, label: Some((label, value)) }
    }
}

/// A family, or a label of it, that tells the oldest release that could have written it. Families
/// and not names, because a planned query keeps the family and loses the name.
#[derive(Debug, Clone, Copy)]
pub struct VersionHint {
    /// E.g. `>=0.24`.
    pub release: &'static str,
    /// Family that must be there.
    pub family: Family,
    /// Label that it must carry.
    pub label: Option<&'static str>,
}

/// How the engine calls the knobs that actions turn.
#[derive(Debug, Clone, Copy)]
pub struct ActionWords {
    /// Most sequences in a batch.
    pub concurrency_flag: &'static str,
    /// Share of device memory for weights and cache.
    pub kv_memory_flag: &'static str,
    /// A smaller element type of the cache.
    pub kv_type_flag: &'static str,
    /// Most tokens in a step.
    pub token_budget_flag: &'static str,
    /// Longest context.
    pub context_flag: &'static str,
    /// Prefix caching.
    pub prefix_cache_flag: &'static str,
}

impl ActionWords {
    /// What the engine calls a knob.
    pub fn flag(&self, knob: Knob) -> Option<&'static str> {
        Some(match knob {
            Knob::Concurrency => self.concurrency_flag,
            Knob::KvMemory => self.kv_memory_flag,
            Knob::KvType => self.kv_type_flag,
            Knob::TokenBudget => self.token_budget_flag,
            Knob::ContextLength => self.context_flag,
            Knob::PrefixCaching => self.prefix_cache_flag,
        })
    }
}

/// One engine.
#[derive(Debug)]
pub struct Profile {
    /// Stable id.
    pub id: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// The prefix the engine itself writes.
    pub canonical_prefix: &'static str,
    /// Ends of the prefixes that show up in the wild.
    pub prefix_marks: &'static [&'static str],
    /// A label that only a router's copies of the engine's metrics carry.
    pub router_label: Option<&'static str>,
    /// Metrics under the prefix; of several for one family the first one present counts.
    pub metrics: &'static [Metric],
    /// Newest first; the first that is found is the hint.
    pub version_hints: &'static [VersionHint],
    /// Reads the limits that the cache configuration's labels hold.
    pub cache_limits: fn(&Labels) -> CacheLimits,
    /// Names of the engine's knobs.
    pub words: ActionWords,
}

/// What the engine's cache configuration says; an entry that is missing or "None" is absent.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CacheLimits {
    /// Tokens the key-value cache holds.
    pub capacity_tokens: Option<f64>,
    /// Requests of full length that fit at once.
    pub worst_case_concurrency: Option<f64>,
    /// Longest context in tokens.
    pub max_model_len: Option<f64>,
}
