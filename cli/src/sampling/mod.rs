//! `sampling`: keep the traces of the requests that missed an objective.
//!
//! The attributes are those of vLLM's `llm_request` span (0.6 to 0.33): times are doubles in
//! seconds, numbers of tokens integers. The collector's `numeric_attribute` policy reads integers
//! and takes every double for 0, so the policies are conditions in OTTL.

use clap::Args;
use inference_triage_core::catalogue::signals::SignalId;
use inference_triage_core::catalogue::slo_profiles::SloProfile;

use crate::Outcome;
use crate::exit::{self, Status};

const TTFT: &str = "gen_ai.latency.time_to_first_token";
const E2E: &str = "gen_ai.latency.e2e";
const QUEUE: &str = "gen_ai.latency.time_in_queue";
const DECODE: &str = "gen_ai.latency.time_in_model_decode";
const OUTPUT_TOKENS: &str = "gen_ai.usage.completion_tokens";

/// Shortest time for which the collector waits for the spans of a trace, seconds; its own default.
const LEAST_WAIT: f64 = 30.0;

#[derive(Debug, Args)]
pub(crate) struct SamplingArguments {
    /// Sets the targets that are not given: chat, code-completion, batch, rag or agent
    #[arg(long, value_name = "KIND", value_parser = parse_profile, default_value = "chat")]
    profile: SloProfile,
    /// Time to first token above which a trace is kept, seconds
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    ttft: Option<f64>,
    /// Time per output token after the first, of one request, seconds
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    tpot: Option<f64>,
    /// End-to-end latency, seconds
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    e2e: Option<f64>,
    /// Queue time, seconds; without it the queue is no reason to keep a trace
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    queue: Option<f64>,
    /// Share of all other traces that is kept for comparison, per cent
    #[arg(long, value_name = "PER-CENT", value_parser = parse_per_cent, default_value = "1")]
    keep: f64,
}

pub(crate) fn run(arguments: &SamplingArguments) -> Outcome {
    exit::answer(configuration(arguments).as_bytes())?;
    Ok(Status::Healthy)
}

/// The processor's part of a collector's configuration, as YAML.
fn configuration(arguments: &SamplingArguments) -> String {
    let target = |own: Option<f64>, signal| own.or_else(|| arguments.profile.target(signal));
    let e2e = target(arguments.e2e, SignalId::E2e);
    let above = |name: &str, attribute: &str, target: Option<f64>| {
        target.map(|seconds| policy(name, &format!("{} > {seconds:?}", read(attribute))))
    };
    let tpot = target(arguments.tpot, SignalId::Tpot).map(|seconds| {
        // One token has no time between tokens.
        let tokens = format!("Double({})", read(OUTPUT_TOKENS));
        let decode = read(DECODE);
        policy("tpot", &format!("{tokens} > 1.0 and {decode} > {seconds:?} * ({tokens} - 1.0)"))
    });
    let policies: String = [
        above("ttft", TTFT, target(arguments.ttft, SignalId::Ttft)),
        tpot,
        above("e2e", E2E, e2e),
        above("queue", QUEUE, arguments.queue),
    ]
    .into_iter()
    .flatten()
    .collect();
    let wait = (2.0 * e2e.unwrap_or(0.0)).max(LEAST_WAIT).ceil();
    format!(
        "# Keeps the traces of requests that missed an objective, of errors, and {} % of the rest.\n\
         # Needs the contrib distribution; name the processor in the pipeline of traces.\n\
         processors:\n  tail_sampling:\n    \
         # Twice the end-to-end target: a trace may begin long before the engine's span ends.\n    \
         decision_wait: {wait}s\n    policies:\n{policies}      \
         - name: error\n        type: status_code\n        status_code:\n          \
         status_codes: [ERROR]\n      \
         - name: others\n        type: probabilistic\n        probabilistic:\n          \
         sampling_percentage: {}\n",
        arguments.keep, arguments.keep,
    )
}

fn read(attribute: &str) -> String {
    format!("attributes[\"{attribute}\"]")
}

fn policy(name: &str, condition: &str) -> String {
    format!(
        "      - name: {name}\n        type: ottl_condition\n        ottl_condition:\n          \
         error_mode: ignore\n          span:\n            - '{condition}'\n"
    )
}

fn parse_profile(text: &str) -> Result<SloProfile, String> {
    SloProfile::from_id(text)
        .ok_or_else(|| format!("\"{text}\" is none of {}", SloProfile::IDS.join(", ")))
}

fn parse_seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds < 1e6 => Ok(seconds),
        _ => Err("seconds above 0, such as 2.5".to_owned()),
    }
}

fn parse_per_cent(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if (0.0..=100.0).contains(&share) => Ok(share),
        _ => Err("per cent from 0 to 100, such as 1".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn printed(ttft: Option<f64>, queue: Option<f64>) -> Value {
        let profile = SloProfile::Chat;
        let arguments =
            SamplingArguments { profile, ttft, tpot: None, e2e: None, queue, keep: 0.5 };
        serde_saphyr::from_str(&configuration(&arguments)).expect("YAML")
    }

    fn conditions(configuration: &Value) -> Vec<(String, String)> {
        let policies = configuration["processors"]["tail_sampling"]["policies"].as_array().unwrap();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        policies
            .iter()
            .map(|one| (text(&one["name"]), text(&one["ottl_condition"]["span"][0])))
            .collect()
    }

    /// The shape that the collector's documentation gives, with the targets of the published
    /// incident: 2.5 s and 50 ms.
    #[test]
    fn the_policies_are_conditions_on_doubles() {
        let found = printed(None, None);
        let tail = &found["processors"]["tail_sampling"];
        assert_eq!(tail["decision_wait"], "30s");
        let conditions = conditions(&found);
        let names: Vec<_> = conditions.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["ttft", "tpot", "e2e", "error", "others"]);
        assert_eq!(conditions[0].1, "attributes[\"gen_ai.latency.time_to_first_token\"] > 2.5");
        assert!(conditions[1].1.contains("> 0.05 * (Double("), "{conditions:?}");
        assert_eq!(conditions[2].1, "attributes[\"gen_ai.latency.e2e\"] > 10.0");
        for policy in tail["policies"].as_array().unwrap() {
            let kind = policy["type"].as_str().unwrap();
            assert!(policy.get(kind).is_some(), "{policy} has no part of its type");
            assert_ne!(kind, "numeric_attribute");
        }
        assert_eq!(tail["policies"][4]["probabilistic"]["sampling_percentage"], 0.5);
    }

    #[test]
    fn own_targets_replace_those_of_the_profile() {
        let conditions = conditions(&printed(Some(7.0), Some(1.0)));
        assert_eq!(conditions[0].1, "attributes[\"gen_ai.latency.time_to_first_token\"] > 7.0");
        assert_eq!(conditions[3].0, "queue");
        assert!(parse_seconds("0").is_err() && parse_seconds("NaN").is_err());
        assert!(parse_per_cent("101").is_err() && parse_profile("x").is_err());
    }
}
