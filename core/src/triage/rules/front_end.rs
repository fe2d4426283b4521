//! Requests spend their time in front of the engine: its API server has no processor time left.
//!
//! # Why it matters
//!
//! The engine is as fast as ever, and nothing in its own latencies shows what callers feel.
//!
//! # Told from its neighbours by
//!
//! Time outside the engine that is longer than a few steps, beside a busy process.
//!
//! # False friends
//!
//! Long steps, behind which arrivals and outputs wait; bursts that arrive within one step.
//!
//! # The action is wrong when
//!
//! The process is busy with something else than requests.
//!
//! # Sources
//!
//! End-to-end latency less queue and inference; processor time of the serving process.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::signal::level::Level;
use crate::text::number::{percent, seconds};
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::{ActionBuilder, Line, exact};
use crate::triage::facts::Facts;
use crate::triage::finding::{Compare, Evidence};
use crate::triage::ledger::Ledger;
use crate::triage::told::Told;

pub(super) static RULE: Rule = Rule {
    id: CauseId::FrontEnd,
    class: Class::Cause,
    needs: &[SignalId::FrontEndTime],
    uses: &[SignalId::Ttft, SignalId::E2e],
    confusable: &[CauseId::LongPrompts, CauseId::HostBound],
    action: Some(ActionId::InspectFrontEnd),
    ask: ask::<FrontEnd>,
};

struct FrontEnd;

impl Cause for FrontEnd {
    type State = Evidence;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Evidence> {
        let host = &facts.host;
        let Some(outside) = host.front_end else {
            return Answer::unknown("the time outside the engine is not measured");
        };
        let text = format!("{} of each request pass outside the engine", seconds(outside));
        if !host.is_late || facts.impact.is_well() {
            return Answer::clear(format!("{text}, no more than a few steps"));
        }
        let high = facts.impact.level(SignalId::FrontEndTime) == Level::High;
        let line = Line::constant(host.core_line);
        match host.core {
            Some(core) if core >= host.core_line => {
                let text = format!("{text}; its process uses {} of a core", percent(core));
                let signal = SignalId::FrontEndTime;
                Answer::Firing(exact(signal, "ratio", core, Compare::AtLeast, line, text))
            }
            Some(core) => Answer::clear(format!("its process uses {} of a core", percent(core))),
            None if high && host.grew => {
                let line = Line::constant(0.0);
                let signal = SignalId::FrontEndTime;
                Answer::Firing(exact(signal, "s", outside, Compare::Above, line, text))
            }
            None => Answer::unknown("the processor time of its process is not measured"),
        }
    }

    fn explain(found: &Evidence, facts: &Facts, _: &Words<'_>) -> Explanation {
        let excess = facts.impact.excess;
        Told {
            lead: "The API server is late".to_owned(),
            detail: "Queue, prefill and decode are short beside it: tokenising and sending wait for a \
                     processor.",
            replicas: Vec::new(),
            claims: excess,
            action: ActionBuilder::new(
                ActionId::InspectFrontEnd,
                "Give the API server a processor of its own or start more of them; look for what else \
                 runs beside it.",
                "Requests reach the engine when they arrive.",
            )
            .avoid(ActionId::InspectDevice, "The device is as fast as before.")
            .build(),
        }
        .by(found, facts)
    }
}
