//! The numbers contradict each other, so no diagnosis stands on them.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::signals::SignalId;
use crate::scope::engines;
use crate::text::foreign::plain;
use crate::text::number::number;
use crate::triage::context::Context;
use crate::triage::evidence::{ActionBuilder, Threshold, exact};
use crate::triage::finding::Compare;
use crate::triage::finding::{Action, Severity};
use crate::triage::rule::{ActionGuide, Answer, Case, Rule};

pub(crate) static TELEMETRY_FAULT: Rule = Rule {
    id: CauseId::TelemetryFault,
    condition: "Numbers that must agree contradict each other, and no known repair explains it.",
    matters: "Every other verdict would be read from wrong numbers.",
    needs: &[],
    uses: &[
        SignalId::E2e,
        SignalId::QueueTime,
        SignalId::PrefillTime,
        SignalId::DecodeTime,
        SignalId::InferenceTime,
    ],
    confusable: &[],
    action: Some(ActionGuide {
        id: ActionId::RepairTelemetry,
        costs: "Nothing: it reads the scrape configuration.",
        wrong_when: "the contradiction comes from a restart inside the window.",
    }),
    sources: "Identities of vLLM's finish-time families: equal counts, inference = prefill + decode, parts within the whole.",
    check,
};

fn check(context: &Context<'_>) -> Answer {
    let Some(first) = context.broken.first() else {
        return Answer::clear("counts and sums of the engine's phases agree");
    };
    let explained =
        context.caveats.iter().map(|caveat| caveat.id).find(|id| id.can_break_identities());
    if let Some(id) = explained {
        return Answer::unknown(format!(
            "{}, but a repair in this window may explain it ({id})",
            first.text
        ));
    }
    let replicas: Vec<String> = {
        let mut keys: Vec<String> =
            context.broken.iter().map(|broken| broken.replica.clone()).collect::<Vec<_>>();
        keys.dedup();
        keys
    };
    Answer::Firing(Box::new(Case {
        severity: Severity::Warning,
        sentence: format!("The telemetry contradicts itself: {}.", first.text),
        detail:
            "A diagnosis from these numbers would be a guess. Usual causes: two scrape targets under one label set, a \
                 relabelling rule that joins series, or a recording rule that sums unlike series."
                .to_owned(),
        evidence: context
            .broken
            .iter()
            .map(|broken| {
                exact(
                    SignalId::E2e,
                    "requests",
                    1.0,
                    Compare::Above,
                    Threshold::constant(0.0),
                    format!("{}: {}", plain(&broken.replica, 80), broken.text),
                )
            })
            .collect::<Vec<_>>(),
        rules_out: Vec::new(),
        replicas,
        since: None,
        action: Some(action(context)),
    }))
}

fn action(context: &Context<'_>) -> Action {
    ActionBuilder::new(ActionId::RepairTelemetry,
        format!(
            "Count the targets behind one engine: {} here, each must be scraped once under its own instance or pod label.",
            if engines(context.replicas) == 1 { "1 replica".to_owned() } else { format!("{} replicas", number(engines(context.replicas) as f64)) }
        ),
        "The identities hold again and the panel can judge.",
    )
    .copy(
        "PromQL",
        format!("count by (instance, pod, engine) ({})", context.selector("e2e_request_latency_seconds_count")),
    )
    .avoid(ActionId::ActOnLatency, "numbers that contradict each other can point anywhere")
    .build()
}
