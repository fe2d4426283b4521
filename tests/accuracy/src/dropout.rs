//! Metrics that are not there, as in real installations: no device exporter, an older release, a
//! relabelling that drops too much.

use inference_triage_core::ingest::batch::SampleBatch;
use serde::{Deserialize, Serialize};

/// What is missing from the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dropout {
    /// Nothing.
    Complete,
    /// No DCGM, no Kueue, no count of replicas: the engine's own metrics only.
    EngineOnly,
    /// Inter-token latency is dropped.
    NoInterTokenLatency,
    /// The preemption counter and waiting by reason are dropped.
    NoPreemptions,
    /// Cache usage goes by its name before release 0.9.2, and what later releases added is not
    /// there.
    OldNames,
}

impl Dropout {
    /// Every set.
    pub const ALL: [Self; 5] = [
        Self::Complete,
        Self::EngineOnly,
        Self::NoInterTokenLatency,
        Self::NoPreemptions,
        Self::OldNames,
    ];

    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::EngineOnly => "engine-only",
            Self::NoInterTokenLatency => "no-inter-token-latency",
            Self::NoPreemptions => "no-preemptions",
            Self::OldNames => "old-names",
        }
    }

    /// Removes and renames series.
    pub fn apply(self, batch: &mut SampleBatch) {
        batch.series.retain_mut(|series| {
            let Some(name) = series.labels.get_mut("__name__") else {
                return true;
            };
            if self == Self::OldNames && name.ends_with("kv_cache_usage_perc") {
                *name = name.replace("kv_cache_usage_perc", "gpu_cache_usage_perc");
            }
            !self.drops(name)
        });
    }

    fn drops(self, name: &str) -> bool {
        let engine = name.contains("vllm:") || name.contains("vllm_");
        let has = |part: &str| name.contains(part);
        match self {
            Self::Complete => false,
            Self::EngineOnly => !engine,
            Self::NoInterTokenLatency => engine && has("inter_token_latency"),
            Self::NoPreemptions => engine && (has("num_preemptions") || has("waiting_by_reason")),
            Self::OldNames => {
                let newer = [
                    "_by_reason",
                    "_by_source",
                    "_by_stage",
                    "request_time_per_output",
                    "admission_rejections",
                ];
                engine
                    && (newer.into_iter().any(has)
                        || has("kv_computed_tokens")
                        || has("prompt_tokens_cached"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use inference_triage_core::ingest::batch::SeriesDescription;

    fn after(dropout: Dropout, names: &[&str]) -> Vec<String> {
        let series = |name: &&str| SeriesDescription {
            labels: [("__name__".to_owned(), (*name).to_owned())].into_iter().collect(),
            ..SeriesDescription::default()
        };
        let mut batch =
            SampleBatch { series: names.iter().map(series).collect(), ..SampleBatch::default() };
        dropout.apply(&mut batch);
        batch.series.iter().map(|series| series.labels["__name__"].clone()).collect()
    }

    #[test]
    fn each_set_drops_what_it_says() {
        let names =
            ["vllm:kv_cache_usage_perc", "vllm:num_preemptions_total", "DCGM_FI_DEV_SM_CLOCK"];
        assert_eq!(after(Dropout::Complete, &names), names);
        assert_eq!(after(Dropout::EngineOnly, &names), names[..2]);
        assert_eq!(after(Dropout::NoPreemptions, &names), [names[0], names[2]]);
        assert_eq!(after(Dropout::OldNames, &names[..1]), ["vllm:gpu_cache_usage_perc"]);
        assert!(
            after(Dropout::NoInterTokenLatency, &["vllm:inter_token_latency_seconds_bucket"])
                .is_empty()
        );
    }
}
