//! A replica restarts again and again.
//!
//! # Why it matters
//!
//! Each start loses the requests inside and serves with a cold cache.
//!
//! # Told from its neighbours by
//!
//! Several new processes of one replica, minutes apart.
//!
//! # False friends
//!
//! A deploy, which starts each replica once.
//!
//! # The action is wrong when
//!
//! Somebody restarts it by hand.
//!
//! # Sources
//!
//! Start time of the process, or counters that begin at zero again.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::small::list::CollectVec;
use crate::text::number::seconds;
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::{ActionBuilder, Line, exact};
use crate::triage::facts::Facts;
use crate::triage::facts::impact::Excess;
use crate::triage::facts::restarts::Loop;
use crate::triage::facts::scheduler::{End, Scheduler};
use crate::triage::finding::{Compare, Evidence};
use crate::triage::ledger::Ledger;
use crate::triage::subject::Change;
use crate::triage::told::Told;

pub(super) static RULE: Rule = Rule {
    id: CauseId::RestartLoop,
    class: Class::Cause,
    needs: &[],
    uses: &[SignalId::RequestsPerS, SignalId::LostRequests],
    confusable: &[CauseId::ReplicaStarting, CauseId::TelemetryFault],
    action: Some(ActionId::InspectErrors),
    ask: ask::<RestartLoop>,
};

struct RestartLoop;

impl Cause for RestartLoop {
    type State = Evidence;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Evidence> {
        let Some(Loop { replica, starts, every, is_sure }) = &facts.restarts.loops else {
            return Answer::clear("no replica restarted twice within minutes");
        };
        // Deploys follow each other as closely; what was inside tells.
        let failed = |end: &End| !end.why.contains(WISHED);
        if !is_sure && !facts.scheduler.end_of(replica).is_some_and(failed) {
            return Answer::unknown(format!(
                "{replica} restarted {starts} times within minutes, and may have been drained"
            ));
        }
        let why = facts
            .scheduler
            .end_of(replica)
            .map_or_else(String::new, |end| format!("; its last process ended with {}", end.why));
        let text = format!("{replica} restarted {starts} times, every {}{why}", seconds(*every));
        let (signal, line) = (SignalId::LostRequests, Line::constant(1.0));
        Answer::Firing(exact(signal, "restarts", *starts as f64, Compare::Above, line, text))
    }

    fn explain(found: &Evidence, facts: &Facts, _: &Words<'_>) -> Explanation {
        let mut explanation = Told {
            lead: "A replica is in a restart loop".to_owned(),
            detail: "What was inside at each start is lost, and what arrived meanwhile was refused.",
            replicas: facts.restarts.loops.iter().map(|one| one.replica.clone()).collect_vec(),
            claims: claims(facts),
            action: ActionBuilder::new(
                ActionId::InspectErrors,
                "Read the last lines of the former process and why it was stopped: memory of the pod, \
                 device errors, liveness probe.",
                "The replica serves without losing requests.",
            )
            .avoid(ActionId::RestartEngine, "It restarts by itself already.")
            .build(),
        }
        .by(found, facts);
        if end(facts).is_none() {
            let teller = Scheduler::teller_of_ends();
            explanation.detail +=
                &format!(" Why its process ended is not measured; {teller} would tell.");
        }
        explanation
    }
}

/// How Kubernetes calls the end of a process that wanted to end.
const WISHED: &str = "Completed";

/// Factor of a token's time up to which cold processes and what waited for them explain it.
const COLD: f64 = 1.5;

/// What is late where the replica is the only one: every process begins cold, with an empty cache,
/// and with what waited meanwhile. Of several, the others have reasons of their own.
fn claims(facts: &Facts) -> Excess {
    if facts.spread.engines != 1 || !facts.restarts.lately {
        return Excess::default();
    }
    let slowed = facts.step_time.change.map_or(1.0, Change::factor);
    let excess = facts.impact.excess;
    let decode = if slowed < COLD { excess.decode } else { 0.0 };
    // A cap at which requests wait is one before and after each start.
    let queue = if facts.admission.cap.is_none() { excess.queue } else { 0.0 };
    Excess { queue, decode, ..excess }
}

/// Why the last process of that replica ended.
fn end(facts: &Facts) -> Option<&End> {
    facts.scheduler.end_of(&facts.restarts.loops.as_ref()?.replica)
}
