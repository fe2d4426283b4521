//! What changed in what was asked for.

use inference_triage_core::catalogue::factors::FactorId;
use inference_triage_core::catalogue::signals::SignalId;
use inference_triage_core::comparison::Outcome;
use inference_triage_core::report::Diagnosis;
use inference_triage_core::text::number::{number, quantity};

use super::deploy::Windows;

/// Factor by which arrivals or lengths may grow before what is worse may come from them. Less, and
/// the unrest of traffic excuses every deployment; more, and an engine near its capacity is failed
/// for a tenth more requests.
const GROWN: f64 = 1.1;

/// Requests that wait at the peak of what is called a burst. Fewer are the unrest of traffic.
const BURST: f64 = 10.0;

/// Mean of the waiting requests as a share of their peak below which it was a burst: they waited
/// for a tenth of the time. A queue that stays is no burst.
const BRIEF: f64 = 0.1;

/// The work of the later window against that of the earlier one.
pub(super) struct Work {
    /// Whether arrivals and lengths were measured in both.
    pub(super) is_measured: bool,
    /// Whether requests became longer.
    pub(super) are_longer: bool,
    /// What grew, as `output tokens per request 100 → 200 tokens`.
    grown: Vec<String>,
}

impl Work {
    pub(super) fn of(windows: &Windows) -> Self {
        let later = &windows.later;
        let of = |factor: FactorId| later.ledger.iter().find(|entry| entry.factor == factor);
        let factors = [FactorId::Arrivals, FactorId::PromptTokens, FactorId::OutputTokens];
        let entries: Vec<_> = factors.into_iter().filter_map(of).collect();
        let more: Vec<_> = entries.iter().filter(|entry| entry.ratio > GROWN).collect();
        let mut are_longer = more.iter().any(|entry| entry.factor != FactorId::Arrivals);
        let mut grown: Vec<_> = more
            .iter()
            .map(|entry| change(entry.title, entry.before, entry.now, entry.unit))
            .collect();
        // Cached tokens cost no prefill, and every step reads them.
        let lengths = later.signals.get(SignalId::PromptTokensPerRequest);
        grown.extend(lengths.and_then(|signal| {
            let (before, now) = signal.baseline_mean.zip(signal.mean)?;
            let is_longer = before > 0.0 && now > before * GROWN;
            are_longer |= is_longer;
            is_longer.then(|| change("prompt tokens per request", before, now, "tokens"))
        }));
        grown.extend(burst(later).filter(|_| burst(&windows.earlier).is_none()));
        Self { is_measured: entries.len() == factors.len(), are_longer, grown }
    }

    pub(super) fn has_grown(&self) -> bool {
        !self.grown.is_empty()
    }

    pub(super) fn outcome(&self) -> Outcome {
        if self.is_measured { Outcome::Pass } else { Outcome::Inconclusive }
    }

    pub(super) fn text(&self) -> String {
        if self.has_grown() {
            format!("the work grew: {}", self.grown.join(", "))
        } else if self.is_measured {
            "the work is about the same".to_owned()
        } else {
            "whether the work is the same was not measured".to_owned()
        }
    }
}

/// A queue that came and went.
fn burst(window: &Diagnosis) -> Option<String> {
    let waiting = window.signals.get(SignalId::Waiting)?;
    let (mean, most) = waiting.mean.zip(waiting.max)?;
    (most >= BURST && mean < most * BRIEF).then(|| {
        format!("a burst (up to {} requests waited, {} on average)", number(most), number(mean))
    })
}

fn change(title: &str, before: f64, now: f64, unit: &str) -> String {
    format!("{title} {} → {}", number(before), quantity(now, unit))
}
