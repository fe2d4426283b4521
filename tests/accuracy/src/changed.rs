//! What a fault changes: the factors of the ledger that own its time, and its begin.

use inference_triage_core::catalogue::factors::FactorId;
use serde::{Deserialize, Serialize};

/// Scrape steps by which a stated begin may miss the true one: the step in which it lies is not
/// known better, and targets are read at phases of their own.
pub const ONSET_STEPS: f64 = 2.0;

/// Factors that a class changes, by its id. Where a device, a host or a young process slows down
/// whole steps, both speeds change, and the lengths decide which of them owns more time. The other
/// classes change slots, memory, routing or a part beside the model, which no factor measures.
const CHANGED: [(&str, &[FactorId]); 14] = [
    ("load-above-capacity", &[FactorId::Arrivals]),
    ("batch-growth", &[FactorId::Arrivals]),
    ("burst", &[FactorId::Arrivals]),
    ("capacity-pending", &[FactorId::Arrivals]),
    ("runaway-outputs", &[FactorId::OutputTokens]),
    ("long-prompts", &[FactorId::PromptTokens]),
    ("prefix-cache-collapse", &[FactorId::PromptTokens]),
    ("prefill-decode-interference", &[FactorId::PromptTokens]),
    ("encoder-cost", &[FactorId::PrefillCost]),
    ("slow-decode", &SPEEDS),
    ("interconnect", &SPEEDS),
    ("host-bound", &SPEEDS),
    ("cold-start", &SPEEDS),
    ("speculation-not-paying", &[FactorId::StepTime]),
];

const SPEEDS: [FactorId; 2] = [FactorId::StepTime, FactorId::PrefillCost];

/// The factors that a class changes; none where no factor measures what it changes.
pub fn factors(class: &str) -> &'static [FactorId] {
    CHANGED.iter().find(|(id, _)| *id == class).map_or(&[], |(_, factors)| factors)
}

/// What a report says of the change, beside the cause.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Change {
    /// Id of the factor that owns most of the added time; none where no time was added or there is
    /// nothing to compare with.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub factor: Option<String>,
    /// From the true begin to the one that the verdict states, scrape steps; none where it states
    /// none or the data do not show the true one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub onset_off_steps: Option<f64>,
}

impl Change {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the factor that owns most is one that the class changes.
    pub fn names_factor_of(&self, class: &str) -> bool {
        let said = self.factor.as_deref().and_then(FactorId::from_id);
        said.is_some_and(|said| factors(class).contains(&said))
    }

    /// Whether the stated begin is close to the true one.
    pub fn is_on_time(&self) -> bool {
        self.onset_off_steps.is_some_and(|steps| steps.abs() <= ONSET_STEPS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classes::class;

    #[test]
    fn the_table_speaks_of_classes_that_exist_and_of_every_factor() {
        for (id, factors) in CHANGED {
            assert!(class(id).is_some() && !factors.is_empty(), "{id}");
        }
        for factor in FactorId::ALL {
            assert!(CHANGED.iter().any(|(_, factors)| factors.contains(factor)), "{factor:?}");
        }
        assert!(factors("slot-cap").is_empty());
    }

    #[test]
    fn a_change_is_judged_by_its_factor_and_its_begin() {
        let said = |factor: &str, steps| Change {
            factor: Some(factor.to_owned()),
            onset_off_steps: Some(steps),
        };
        assert!(said("arrivals", 2.0).names_factor_of("burst"));
        assert!(!said("step-time", 0.0).names_factor_of("burst"));
        assert!(!said("arrivals", 0.0).names_factor_of("slot-cap"));
        assert!(said("arrivals", -2.0).is_on_time() && !said("arrivals", 2.1).is_on_time());
        assert!(Change::default().is_empty() && !Change::default().is_on_time());
    }
}
