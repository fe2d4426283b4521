//! The numbers contradict each other, so no diagnosis stands on them.

use crate::list::Listed;
use crate::profile::family::Family;
use crate::report::{Action, Severity};
use crate::scope::engines;
use crate::triage::context::Context;
use crate::triage::evidence::{ActionBuilder, Compare, Threshold, exact};
use crate::triage::rule::{ActionGuide, Answer, Case, Rule};
use crate::wording::{number, plain};

/// Caveats whose repair can break an identity without the telemetry being wrong: around a restart
/// or a hole the families of one engine lose different requests.
const EXPLAINING: [&str; 5] =
    ["counter-reset", "not-finite", "negative-counter", "missing-bucket", "started-from-zero"];

pub(crate) static TELEMETRY_FAULT: Rule = Rule {
    id: "telemetry-fault",
    condition: "Numbers that must agree contradict each other, and no known repair explains it.",
    matters: "Every other verdict would be read from wrong numbers.",
    needs: &[],
    uses: &["e2e", "queue_time", "prefill_time", "decode_time", "inference_time"],
    confusable: &[],
    action: Some(ActionGuide {
        id: "repair-telemetry",
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
    let explained = EXPLAINING.iter().find(|id| context.caveats.has(id));
    if let Some(id) = explained {
        return Answer::unknown(format!(
            "{}, but a repair in this window may explain it ({id})",
            first.text
        ));
    }
    let replicas: Vec<String> = {
        let mut keys: Vec<String> =
            context.broken.iter().map(|broken| broken.replica.clone()).list();
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
                    Family::E2e.role(),
                    "requests",
                    1.0,
                    Compare::Above,
                    Threshold::constant(0.0),
                    format!("{}: {}", plain(&broken.replica, 80), broken.text),
                )
            })
            .list(),
        rules_out: Vec::new(),
        replicas,
        since: None,
        action: Some(action(context)),
    }))
}

fn action(context: &Context<'_>) -> Action {
    ActionBuilder::new(
        "repair-telemetry",
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
    .avoid("act-on-latency", "numbers that contradict each other can point anywhere")
    .build()
}
