//! Far more replicas run than the load needs.
//!
//! # Why it matters
//!
//! Devices cost as much idle as busy, and no latency tells that most of them are not needed.
//!
//! # Told from its neighbours by
//!
//! Every objective is met, and would be by half of the replicas or fewer with half as much load
//! again: their batches are larger by a known factor, and tokens, first tokens, prompts and memory
//! stay within their lines.
//!
//! # False friends
//!
//! A night or a drained pool, after which the load comes back; replicas that are kept for the
//! failure of a zone.
//!
//! # The action is wrong when
//!
//! The window does not hold the busiest hour.
//!
//! # Sources
//!
//! Little's law for the batch; a step takes α + β·batch with α ≥ 0.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::text::number::{counted, significant};
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::{ActionBuilder, Line, exact};
use crate::triage::facts::Facts;
use crate::triage::facts::impact::Excess;
use crate::triage::finding::{Compare, Severity};
use crate::triage::ledger::Ledger;
use crate::triage::rules::healthy;

pub(super) static RULE: Rule = Rule {
    id: CauseId::OverProvisioned,
    class: Class::Notice,
    needs: &[SignalId::Running, SignalId::Waiting, SignalId::Ttft, SignalId::Itl],
    uses: &[SignalId::QueueTime, SignalId::PrefillTime, SignalId::KvUsage],
    confusable: &[CauseId::LowTraffic, CauseId::Healthy],
    action: Some(ActionId::RemoveReplicas),
    ask: ask::<OverProvisioned>,
};

struct OverProvisioned;

impl Cause for OverProvisioned {
    /// Replicas that would do.
    type State = usize;

    fn judge(facts: &Facts, ledger: &Ledger) -> Answer<usize> {
        let capacity = &facts.capacity;
        if facts.arrivals.fall.is_some() {
            return Answer::clear("traffic fell: the replicas are those of the load before");
        }
        let Some(few) = capacity.few() else {
            return Answer::clear(
                "half of the replicas, and two at least, are not sure to keep every target",
            );
        };
        match healthy::Healthy::judge(facts, ledger) {
            Answer::Firing(_) if healthy::has_reserve(facts) => {
                Answer::clear("something else than the number of replicas comes first")
            }
            Answer::Firing(_) => Answer::Firing(few),
            Answer::Clear(reason) | Answer::Unknown(reason) => Answer::Clear(reason),
        }
    }

    fn explain(few: &usize, facts: &Facts, _: &Words<'_>) -> Explanation {
        let capacity = &facts.capacity;
        let (few, all) = (*few as f64, capacity.replicas as f64);
        let running = significant(capacity.running);
        let text = format!(
            "{few} of {all} replicas would keep every target at {} × this load; each runs {running} \
             sequences on average",
            significant(capacity.load)
        );
        let line = Line::constant(capacity.spare_line * all);
        Explanation {
            severity: Severity::Info,
            sentence: format!("Healthy, and far more replicas run than this load needs: {text}."),
            detail: "A larger batch makes tokens, first tokens and prompts slower by a known factor \
                     at most, and its memory is known. A night looks the same."
                .to_owned(),
            evidence: vec![exact(
                SignalId::Running,
                "replicas",
                few,
                Compare::AtMost,
                line,
                text,
            )],
            rules_out: Vec::new(),
            replicas: Vec::new(),
            since: None,
            action: Some(
                ActionBuilder::new(
                    ActionId::RemoveReplicas,
                    "Look at the busiest hour of a week. If it is like this, remove one replica at a \
                     time and watch TTFT and ITL.",
                    format!("{} would be free.", counted(all - few, "replica", "replicas")),
                )
                .then("Keep those that must be there when a node or a zone fails.")
                .build(),
            ),
            claims: Excess::default(),
        }
    }
}
