//! Numbers that must agree contradict each other, and no known repair explains it.
//!
//! # Why it matters
//!
//! Every other verdict would be read from wrong numbers.
//!
//! # False friends
//!
//! A restart or a hole in the window: around it the families of one engine lose different requests,
//! so identities break without the telemetry being wrong. Then it cannot be told. A known defect of
//! the engine: what it spoilt is left out, and this is the verdict only where nothing else can be
//! told from the rest.
//!
//! # The action is wrong when
//!
//! The contradiction comes from a restart inside the window.
//!
//! # Sources
//!
//! Identities of vLLM's finish-time families: equal counts, inference = prefill + decode, parts
//! within the whole. Between populations, beyond what requests in flight explain: TTFT ≥ queue +
//! prefill, the times between outputs = decode, their sum by the window ≤ requests in flight.

use crate::catalogue::actions::ActionId;
use crate::catalogue::causes::CauseId;
use crate::catalogue::caveats::CaveatId;
use crate::catalogue::families::Family;
use crate::catalogue::signals::SignalId;
use crate::quality::identities::Broken;
use crate::role::RolePart;
use crate::small::list::CollectVec;
use crate::text::foreign::plain;
use crate::triage::cause::{Answer, Cause, Class, Explanation, Rule, Words, ask};
use crate::triage::evidence::{ActionBuilder, Line, exact};
use crate::triage::facts::Facts;
use crate::triage::facts::data::Data;
use crate::triage::facts::impact::Excess;
use crate::triage::finding::{Action, Compare, Evidence, Severity};
use crate::triage::ledger::Ledger;

pub(super) static RULE: Rule = Rule {
    id: CauseId::TelemetryFault,
    class: Class::Data,
    needs: &[],
    uses: &[
        SignalId::E2e,
        SignalId::QueueTime,
        SignalId::PrefillTime,
        SignalId::DecodeTime,
        SignalId::InferenceTime,
    ],
    confusable: &[],
    action: Some(ActionId::RepairTelemetry),
    ask: ask::<TelemetryFault>,
};

const SERIES: &str = "A diagnosis from these numbers would be a guess. Usual causes: two scrape \
                      targets under one label set, a relabelling rule that joins or renames series, \
                      or a recording rule that sums unlike series.";

const SHARED: &str = "The scrape goes through a balancer, a gateway or a Service and meets another \
                      replica each time, so its counts are those of no replica and were left out. \
                      Rates, means and quantiles made of them on any dashboard are wrong too.";

const CONTESTED: &str = "A label that told them apart is gone, such as that of the cluster, or the pages of two \
                         engines are in one file. Counts of them are those of none and were left out.";

const RATES: &str = "What is read as a counter must be one: growth, means and quantiles of rates \
                     are not those of requests. They were left out.";

const UNIT: &str = "A diagnosis from these numbers would be a guess. Usual causes: a recording rule or \
                    a collector that converts units.";

const SWAPPED: &str = "Every other time agrees once the two are read for each other. Usual \
                       causes: a release of the engine that records them so, or a rule that renames them.";

const COPY: &str = "Nothing is known of the engine since: it may serve, hang or be gone. Usual causes: a proxy \
                    or a cache between scraper and engine, or a scraper that stopped.";

const DEFECT: &str = "What it spoilt is left out. The rest shows nothing wrong, and not enough to call \
                      the engine healthy.";

struct TelemetryFault;

impl Cause for TelemetryFault {
    type State = Vec<Broken>;

    fn judge(facts: &Facts, _: &Ledger) -> Answer<Self::State> {
        match &facts.data {
            Data::Sound | Data::Partial(_) => {
                Answer::clear("counts and sums of the engine's phases agree")
            }
            Data::Repaired { .. } => Answer::unknown(facts.data.doubt().unwrap_or_default()),
            Data::Defective(broken) | Data::Contradictory(broken) => Answer::Firing(broken.clone()),
        }
    }

    fn explain(broken: &Self::State, facts: &Facts, words: &Words<'_>) -> Explanation {
        let mut replicas: Vec<String> = broken.iter().map(|one| one.replica.clone()).collect_vec();
        replicas.dedup();
        let first = broken.first().map_or("", |broken| broken.text.as_str());
        let is_defect = matches!(facts.data, Data::Defective(_));
        let (opening, detail) = match broken.first().map(|broken| broken.id) {
            _ if is_defect => ("A defect of the engine", DEFECT),
            Some(CaveatId::SharedTarget) => ("The metrics contradict each other", SHARED),
            Some(CaveatId::ContestedSeries) => ("The metrics contradict each other", CONTESTED),
            Some(CaveatId::RatesAsCounters) => ("The metrics are no counters", RATES),
            Some(CaveatId::WrongUnit) => ("The metrics contradict each other", UNIT),
            Some(CaveatId::SwappedTimes) => ("The metrics contradict each other", SWAPPED),
            Some(CaveatId::StalePage) => ("The metrics are old", COPY),
            Some(CaveatId::CountedTwice) => ("Requests are counted twice", SERIES),
            _ => ("The metrics contradict each other", SERIES),
        };
        Explanation {
            severity: Severity::Warning,
            sentence: format!("{opening}: {first}."),
            detail: detail.to_owned(),
            evidence: broken.iter().map(evidence).collect_vec(),
            rules_out: Vec::new(),
            replicas,
            since: None,
            action: Some(action(broken, words)),
            // What a defect spoilt is no reason for what the rest shows.
            claims: if is_defect { Excess::default() } else { facts.impact.excess },
        }
    }
}

fn evidence(broken: &Broken) -> Evidence {
    exact(
        SignalId::E2e,
        "requests",
        1.0,
        Compare::Above,
        Line::constant(0.0),
        format!("{}: {}", plain(&broken.replica, 80), broken.text),
    )
}

/// What to do, what comes of it, and a query that shows it; for what broke first.
fn action(broken: &[Broken], words: &Words<'_>) -> Action {
    let agree = "The numbers agree again, and the panel can judge them.";
    let of_e2e = || words.scope.selector(Family::E2e, Some(RolePart::Count));
    let (sentence, effect, query) = match broken.first().map(|broken| broken.id) {
        Some(CaveatId::EngineDefect) => (
            "Choose a window without the step at which the sum fell, or upgrade the engine to a \
             release that mends it.",
            "A window without the wrong observations is judged whole.",
            None,
        ),
        Some(CaveatId::RatesAsCounters) => (
            "Query the counter itself, without rate() or increase() around it, and give what a rule \
             records a name of its own.",
            agree,
            Some(of_e2e()),
        ),
        Some(CaveatId::WrongUnit) => (
            "Query the engine's own metric, or convert it to seconds where it is recorded.",
            agree,
            None,
        ),
        Some(CaveatId::SwappedTimes) => (
            "Read the two times for each other until the engine is upgraded to a release that \
             records them under their own names; look for a rule that renames them.",
            agree,
            None,
        ),
        Some(CaveatId::NonMonotone) => (
            "Export buckets that count all observations up to their bound, the +Inf bucket as many as \
             _count, and query all of them.",
            agree,
            Some(format!(
                "sum by (le) (increase({}[5m]))",
                words.scope.selector(Family::Ttft, Some(RolePart::Bucket))
            )),
        ),
        Some(CaveatId::StalePage) => (
            "Scrape the engine's own address, without a proxy or a cache in between, and check that \
             the scraper runs.",
            agree,
            Some(format!("changes({}[10m])", of_e2e())),
        ),
        Some(CaveatId::CountedTwice) => (
            "Ask for the series of each replica instead of sums by model, or remove the second \
             scrape job.",
            agree,
            Some(format!(
                "count by (instance, pod, engine) ({})",
                words.scope.selector(Family::Running, None)
            )),
        ),
        Some(CaveatId::ContestedSeries) => (
            "Give each source a label of its own, as external labels of Prometheus do, or diagnose \
             one at a time.",
            agree,
            None,
        ),
        Some(CaveatId::SharedTarget) => (
            "Scrape each replica: discover pods or endpoints and scrape their own addresses, never a \
             Service, a gateway or a balancer in front of several.",
            agree,
            Some(format!("count by (instance, pod, engine) ({})", of_e2e())),
        ),
        _ => (
            "Count the scrape targets behind each engine: each must be scraped once, under its own \
             instance or pod label.",
            agree,
            Some(format!("count by (instance, pod, engine) ({})", of_e2e())),
        ),
    };
    let action = ActionBuilder::new(ActionId::RepairTelemetry, sentence, effect);
    match query {
        None => action.build(),
        Some(query) => action
            .copy("PromQL", query)
            .avoid(ActionId::ActOnLatency, "Such numbers can point anywhere.")
            .build(),
    }
}
