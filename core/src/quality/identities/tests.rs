//! Sums that agree, and each kind of disagreement. Expected sums are written by hand.

use super::*;
use crate::scope::Scope;
use crate::scope::test_series::{TestSeries, scope};

const LENGTH: usize = 21;

/// Seconds of the window.
const SECONDS: f64 = 300.0;

/// Means of one request, seconds, by the family they are exported under.
const MEANS: [(&str, f64); 7] = [
    ("time_to_first_token_seconds", 0.16),
    ("inter_token_latency_seconds", 0.02),
    ("e2e_request_latency_seconds", 4.2),
    ("request_queue_time_seconds", 0.05),
    ("request_prefill_time_seconds", 0.1),
    ("request_decode_time_seconds", 4.0),
    ("request_inference_time_seconds", 4.1),
];

/// Twenty requests a scrape, each of 201 tokens, with these means; so many run at the start and
/// later.
fn engine(means: &[(&str, f64); 7], (start, running): (f64, f64)) -> Scope {
    let mut columns: Vec<(String, Vec<f64>, Option<&'static str>)> = Vec::new();
    for (name, mean) in means {
        let each = if name.starts_with("inter_token") { 200.0 } else { 1.0 };
        let count = |scrape: usize| 20.0 * each * scrape as f64;
        let counts: Vec<f64> = (0..LENGTH).map(count).collect();
        let sums = counts.iter().map(|count| count * mean).collect();
        columns.push((format!("vllm:{name}_sum"), sums, None));
        // Every observation lies below twice the mean.
        columns.push((format!("vllm:{name}_bucket"), counts.clone(), Some("10")));
        columns.push((format!("vllm:{name}_bucket"), counts.clone(), Some("+Inf")));
        columns.push((format!("vllm:{name}_count"), counts, None));
    }
    let mut samples = vec![running; LENGTH];
    samples[0] = start;
    columns.push(("vllm:num_requests_running".to_owned(), samples, None));
    columns.push(("vllm:num_requests_waiting".to_owned(), vec![0.0; LENGTH], None));
    let labels: Vec<Vec<(&str, &str)>> = columns
        .iter()
        .map(|(_, _, bound)| bound.iter().map(|bound| ("le", *bound)).collect())
        .collect();
    let series: Vec<TestSeries<'_>> = columns
        .iter()
        .zip(&labels)
        .map(|((name, values, _), labels)| (name.as_str(), labels.as_slice(), values.as_slice()))
        .collect();
    scope(&series)
}

fn checked(scope: &Scope) -> Checked {
    let replicas: Vec<&Replica> = scope.replicas.iter().collect();
    check(&replicas, (0, LENGTH - 1), SECONDS, &[], &[], &mut Caveats::new())
}

fn ids(scope: &Scope) -> Vec<CaveatId> {
    checked(scope).broken.iter().map(|one| one.id).collect()
}

#[test]
fn numbers_that_agree_break_nothing() {
    assert_eq!(checked(&engine(&MEANS, (5.0, 5.0))), Checked::default());
}

#[test]
fn a_time_in_milliseconds_is_named_whichever_it_is() {
    for (place, (name, _)) in MEANS.iter().enumerate() {
        let mut means = MEANS;
        means[place].1 *= 1000.0;
        let found = checked(&engine(&means, (5.0, 5.0)));
        let family = Family::ALL.iter().find(|family| found.mistaken == [**family]);
        assert!(family.is_some(), "{name}: {found:?}");
        assert_eq!(found.broken.len(), 1, "{name}: {found:?}");
        assert_eq!(found.broken[0].id, CaveatId::WrongUnit, "{name}: {found:?}");
        let title = found.mistaken[0].title().to_ascii_lowercase();
        assert!(found.broken[0].text.starts_with(&title), "{name}: {}", found.broken[0].text);
        let own = name.trim_end_matches("_seconds").trim_start_matches("request_");
        let words: Vec<&str> = own.split('_').collect();
        assert!(title.replace('-', " ").contains(words[0]) || words[0] == "e2e", "{name}: {title}");
    }
}

#[test]
fn all_times_in_milliseconds_are_told_by_the_batch() {
    let found = checked(&engine(&MEANS.map(|(name, mean)| (name, mean * 1000.0)), (5.0, 5.0)));
    assert_eq!(found.broken.len(), 1, "{found:?}");
    assert_eq!(found.broken[0].id, CaveatId::WrongUnit);
    assert!(found.broken[0].text.starts_with("the times are in milliseconds"), "{found:?}");
    assert_eq!(found.mistaken.len(), MEANS.len());
}

#[test]
fn prefill_and_decode_under_each_others_name_are_named() {
    let mut means = MEANS;
    (means[4].1, means[5].1) = (MEANS[5].1, MEANS[4].1);
    let found = checked(&engine(&means, (5.0, 5.0)));
    assert_eq!(found.mistaken, [Family::PrefillTime, Family::DecodeTime], "{found:?}");
    assert!(found.broken[0].text.contains("4 s") && found.broken[0].text.contains("0.16 s"));
}

#[test]
fn a_time_to_first_token_shorter_than_its_parts_is_no_lag() {
    let mut means = MEANS;
    means[0].1 = 0.02;
    assert_eq!(ids(&engine(&means, (0.0, 5.0))), [CaveatId::PartsExceedWhole]);
    // Requests in flight at the start, each of up to 10 s in each of two phases, may be the reason.
    assert_eq!(ids(&engine(&means, (5.0, 5.0))), []);
}

#[test]
fn times_between_outputs_that_are_not_decode_time_are_no_lag() {
    for factor in [0.4, 2.5] {
        let mut means = MEANS;
        means[1].1 *= factor;
        // Idle at the ends: nothing was in flight that could explain 960 s.
        assert_eq!(ids(&engine(&means, (0.0, 5.0))), [CaveatId::DecodeDiffers], "{factor}");
    }
}

#[test]
fn more_decode_at_a_time_than_ever_ran() {
    // 400 requests of 4 s in 300 s are 5.3 at a time.
    assert_eq!(ids(&engine(&MEANS, (0.2, 0.2))), [CaveatId::BatchTooLarge]);
    assert_eq!(ids(&engine(&MEANS, (1.0, 1.0))), []);
}

#[test]
fn what_is_not_recorded_contradicts_nothing() {
    for missing in 0..MEANS.len() {
        let mut means = MEANS;
        means[missing].0 = "unknown_seconds";
        assert_eq!(ids(&engine(&means, (5.0, 5.0))), [], "{}", MEANS[missing].0);
    }
}
