//! How a cause that could not be told can be: what each reason to leave it open asks for.

use crate::catalogue::causes::CauseId;
use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::scope::Scope;
use crate::signal::registry::{SIGNALS, Source};
use crate::small::list::CollectVec;
use crate::small::text::{joined, position};
use crate::source::selector::Ask;
use crate::triage::cause::{Rule, Words};
use crate::triage::facts::Facts;

/// Metrics that are named in one sentence. More of them are a page, not an advice.
const MOST_NAMED: usize = 3;

/// Words of a reason, and what it asks for. The first that fits counts.
const CURES: &[(&str, &str)] = &[
    (
        "devices is not measured",
        "Scrape the GPU exporter of these nodes, over a range that also holds a time when all \
         was well.",
    ),
    ("processor time", "Scrape the process metrics of the API server: its CPU seconds tell."),
    (
        "how requests ended",
        "Add the engine's finish reasons, or the status counter of its HTTP server, to the \
         query.",
    ),
    (
        "transfer of cache entries",
        "Add the transfer metrics of the KV connector to the query; without a connector this \
         is not it.",
    ),
    (
        "a larger batch is not measured",
        "Raise the cap on sequences a little at one replica and watch ITL, or choose a baseline of \
         less load.",
    ),
    ("has no target", "Set a target for it in the settings."),
    ("no target for ITL", "Set a target for ITL in the settings."),
    (
        "none finished",
        "Choose a window longer than one request takes, so that some of them finish in it.",
    ),
    (
        "no request finished",
        "Choose a window longer than one request takes, so that some of them finish in it.",
    ),
    (
        "lowered the capacity",
        "Compare with the time before the queue: replicas that serve, slots, free KV cache, \
         and ITL at an equal batch.",
    ),
    (
        "something else holds them",
        "Look at the token budget of a step and at the engine's waiting reasons: slots and memory \
         are free.",
    ),
    (
        "objective cannot be told",
        "Choose a longer window, or a target that is a bound of the histogram's buckets.",
    ),
    (
        "as many sequences as before",
        "Compare the tokens per sequence and the KV cache size with a time without a queue; \
         usage that stays when running falls is held by something else.",
    ),
    (
        "slots are used up",
        "Look at the prompt length of what waits first, and whether others overtake it.",
    ),
    (
        "may wait for",
        "Look at the engine's waiting reasons and its log: deferred requests name what they \
         wait for.",
    ),
    (
        "memory may be why",
        "Compare KV cache usage and preemptions of that replica with those of the others.",
    ),
    ("have more to do", "Compare the replicas at a time of equal load."),
    ("to do at the same time", "Look again when the load is as before the start."),
    (
        "more requests arrive",
        "Choose a window with the arrivals of the baseline: load that rose hides it.",
    ),
    (
        "a process restarted",
        "Look again ten minutes after the start: first steps are slow and caches are empty.",
    ),
    (
        "new process",
        "Look again ten minutes after the start: first steps are slow and caches are empty.",
    ),
    (
        "giant prompts",
        "Compare the cache hits of ordinary prompts: choose one replica or one route.",
    ),
    ("not all that changed", "Compare with a time of equal prompts and equal load."),
    (
        "it may be load",
        "Choose a window in which some requests finish, and compare arrivals with completions.",
    ),
    ("waiting request", "Choose a window that begins before the queue drained."),
    ("may leave for that", "Fix the latency first, then check whether callers still leave."),
    ("to the end", "Choose a window that ends while the metric is there, or scrape it again."),
    ("cannot be judged", "Choose a longer window: a quantile needs more requests."),
    ("has no sum", "Add the _sum series of ITL to the query."),
    ("have been drained", "Look at the restart count of the pod and at why it last ended."),
    (
        "sums over processes",
        "Query the series of each process: keep pod or instance in what is summed by.",
    ),
    (
        "slower than the others, and its",
        "Compare it with replicas that serve like requests: choose it in the table of replicas.",
    ),
    (
        "stood still",
        "Read the engine's log at that time, and choose a window that begins after it.",
    ),
    ("those of the others", "Read the log of that replica, and the time-outs of what calls it."),
    ("wait for adapters", "Look at the adapters that wait: more slots, or fewer adapters there."),
    ("did not move", "Send one request: an answer says that the engine serves."),
    ("another restarts again", "Find out why it restarts first: the others bear its load."),
    (
        "what it served is lost",
        "Find out why it restarts first, or choose a window without a restart.",
    ),
    (
        "counts is wrong",
        "Compare the counts of first tokens, finished requests and prompt tokens: one of them is \
         counted twice.",
    ),
    (
        "beside its load may be why",
        "Compare the replicas of that pool with each other, its KV cache, and the time of \
         transfers.",
    ),
    (
        "at each pool is not measured",
        "Query queue time and waiting requests of each replica, and set a target for TTFT.",
    ),
    (
        "images or sounds is not measured",
        "Add the counter of multimodal items to the query; older releases of the engine lack it.",
    ),
    (
        "every step may be slower",
        "Compare with requests without images, or scrape the GPU exporter: a slow device shows in its \
         clocks.",
    ),
    ("more to do than before", "Choose a window with the arrivals and prompts of the baseline."),
    (
        "read in the same steps",
        "Look at the adapters that wait: more slots, or fewer adapters there.",
    ),
    ("time of prompts", "Choose a range that also holds a time when all was well."),
    ("without preemptions", "Compare the free KV cache with the prompt of what waits first."),
];

/// What would tell a cause that was left open for a reason.
pub(super) fn cure(rule: &Rule, lacks: &str, facts: &Facts, words: &Words<'_>) -> String {
    if facts.is_one_scrape {
        return "Needs two scrapes.".to_owned();
    }
    if position(lacks, "baseline").is_some() && !facts.has_baseline {
        return "Choose a range that also holds a time when all was well.".to_owned();
    }
    if let Some((_, cure)) = CURES.iter().find(|(text, _)| position(lacks, text).is_some()) {
        return (*cure).to_owned();
    }
    let asked = rule.needs.iter().chain(rule.uses).filter(|id| !facts.has(**id));
    let names = asked.map(|id| named(*id, words.scope)).collect_vec();
    if !names.is_empty() {
        let shown = joined(&names[..names.len().min(MOST_NAMED)], ", ");
        return format!("Add to the query: {shown}.");
    }
    if position(lacks, "baseline").is_some() {
        return "Choose a baseline in which it is measured.".to_owned();
    }
    otherwise(rule.id).to_owned()
}

/// `KV cache usage (vllm:kv_cache_usage_perc)`: a signal and what the engine calls it.
fn named(id: SignalId, scope: &Scope) -> String {
    let selector = |family: &Family| scope.profile.selector(*family, Ask::Name, &scope.prefix, "");
    let metrics = families(id).iter().map(selector).filter(|name| !name.is_empty()).collect_vec();
    match metrics.as_slice() {
        [] => id.name(),
        metrics => format!("{} ({})", id.name(), joined(metrics, ", ")),
    }
}

/// The families that a signal is made of.
fn families(id: SignalId) -> Vec<Family> {
    let row = SIGNALS.iter().find(|row| row.id == id);
    match (id, row.map(|row| row.source)) {
        (_, Some(Source::Histogram(family) | Source::Gauge(family))) => vec![family],
        (SignalId::PrefixHitRatio, _) => vec![Family::PrefixCacheHits, Family::PrefixCacheQueries],
        (SignalId::Preemptions, _) => vec![Family::Preemptions],
        (SignalId::FrontEndTime, _) => vec![Family::E2e, Family::QueueTime, Family::InferenceTime],
        (SignalId::FrontEndTtft, _) => vec![Family::Ttft, Family::QueueTime, Family::PrefillTime],
        (SignalId::PromptTokensPerRequest, _) => vec![Family::PromptTokensPerRequest],
        (SignalId::ComputedPromptTokensPerRequest, _) => {
            vec![Family::ComputedPromptTokensPerRequest]
        }
        (SignalId::GenerationTokensPerRequest, _) => vec![Family::GenerationTokensPerRequest],
        (SignalId::GenerationTokensPerS, _) => vec![Family::GenerationTokens],
        (SignalId::PromptTokensPerS, _) => vec![Family::PromptTokens],
        (SignalId::RejectionsPerS, _) => vec![Family::Rejections],
        (SignalId::RequestsPerS, _) => vec![Family::RequestsFinished],
        (SignalId::MeanBatch, _) => vec![Family::Itl],
        (SignalId::LostRequests, _) => vec![Family::Ttft, Family::E2e],
        _ => Vec::new(),
    }
}

/// Where a reason asks for nothing by itself.
fn otherwise(id: CauseId) -> &'static str {
    match id {
        CauseId::EngineHang => "Send one request: an answer says that the engine serves.",
        _ => "Choose a window that lies wholly inside the incident, or one with more requests.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reasons of causes as they stand in the rules' source, without their line breaks.
    fn reasons() -> Vec<String> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/triage/rules");
        let not_candidates =
            ["healthy.rs", "telemetry_fault.rs", "low_traffic.rs", "cannot_tell.rs"];
        let mut reasons = Vec::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let file = file.unwrap();
            if not_candidates.iter().any(|name| file.file_name() == *name) {
                continue;
            }
            let text = std::fs::read_to_string(file.path()).unwrap();
            for call in text.split("Answer::unknown(").skip(1) {
                let call = call.trim_start().trim_start_matches("format!(").trim_start();
                let Some(text) = call.strip_prefix('"') else { continue };
                let text = text.split('"').next().unwrap_or("");
                let words: Vec<&str> =
                    text.split_whitespace().filter(|word| *word != "\\").collect();
                reasons.push(words.join(" "));
            }
        }
        reasons
    }

    /// A reason to leave a cause open without an advice of its own sends readers to choose another
    /// window, which rarely helps.
    #[test]
    fn every_reason_has_a_cure_of_its_own() {
        let reasons = reasons();
        assert!(reasons.len() > 30, "{reasons:?}");
        for reason in reasons {
            let is_told = CURES.iter().any(|(text, _)| reason.contains(text));
            let asks = ["not measured", "were not measured", "baseline"];
            assert!(is_told || asks.iter().any(|text| reason.contains(text)), "{reason}");
        }
    }

    #[test]
    fn every_cure_is_a_sentence_that_names_no_engine() {
        for (text, cure) in CURES {
            assert!(cure.ends_with('.') && cure.starts_with(char::is_uppercase), "{cure}");
            assert!(!cure.to_lowercase().contains("vllm") && !text.is_empty(), "{cure}");
        }
    }
}
