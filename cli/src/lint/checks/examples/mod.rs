//! Broken queries with what is found and the corrected query, and right ones that stay silent.
//!
//! Most are queries of published articles, dashboards and rules, in our own words of their intent;
//! what is right was worked out by hand.

mod broken;
mod broken_rates;
mod right;

use super::{Surroundings, judge};
use crate::lint::catalogue::Kind;
use crate::lint::documents::Query;
use crate::lint::variables::Substituted;
use right::RIGHT;

pub(super) struct Example {
    pub(super) place: &'static str,
    pub(super) broken: &'static str,
    pub(super) kinds: &'static [Kind],
    pub(super) corrected: Option<&'static str>,
}

pub(super) const fn example(
    broken: &'static str,
    kinds: &'static [Kind],
    corrected: &'static str,
) -> Example {
    Example { place: "Panel", broken, kinds, corrected: Some(corrected) }
}

pub(super) const fn hopeless(broken: &'static str, kinds: &'static [Kind]) -> Example {
    Example { place: "Panel", broken, kinds, corrected: None }
}

fn broken() -> impl Iterator<Item = &'static Example> {
    broken::NAMES_AND_HISTOGRAMS.iter().chain(broken_rates::RATES_AND_LIMITS)
}

fn surroundings(query: &str) -> Surroundings {
    Surroundings {
        scrape_interval: 15_000,
        typed: ["max_seqs".to_owned()].into(),
        has_router: query.contains("num_requests_waiting"),
        ..Surroundings::default()
    }
}

fn query(place: &str, expression: &str) -> Query {
    let (place, expression) = (place.to_owned(), expression.to_owned());
    Query { place, line: None, expression, is_grafana: false, is_stacked: false }
}

/// The same query however it is parenthesised and spaced.
fn plain(text: &str) -> String {
    crate::lint::syntax::parse(text).map_or_else(|_| text.to_owned(), |one| one.to_string())
}

#[test]
fn broken_queries_are_found_and_corrected() {
    for one in broken() {
        let answer = judge(&query(one.place, one.broken), &surroundings(one.broken));
        let kinds: Vec<_> = answer.found.iter().map(|found| found.kind).collect();
        assert_eq!(kinds, one.kinds, "{}\n{answer:?}", one.broken);
        let corrected = answer.corrected.as_deref().map(plain);
        assert_eq!(corrected, one.corrected.map(plain), "{}", one.broken);
    }
}

#[test]
fn corrected_queries_are_right() {
    for one in broken() {
        let Some(corrected) = one.corrected else { continue };
        let substituted = Substituted::of(corrected).expect(corrected);
        assert!(crate::lint::syntax::parse(&substituted.expression).is_ok(), "{corrected}");
        let again = judge(&query(one.place, corrected), &surroundings(one.broken));
        assert_eq!(again.found, [], "{corrected}");
    }
}

#[test]
fn right_queries_stay_silent() {
    for right in RIGHT {
        let answer = judge(&query("Panel", right), &surroundings("no router"));
        assert_eq!(answer.found, [], "{right}");
    }
}

#[test]
fn every_kind_has_an_example() {
    for kind in Kind::ALL {
        assert!(broken().any(|one| one.kinds.contains(kind)), "{}", kind.id());
    }
}

/// A name of this file's recording rules is not an unknown metric.
#[test]
fn recording_rules_are_believed() {
    let records = ["vllm_busy_share".to_owned()].into();
    let known = Surroundings { records, ..surroundings("") };
    assert_eq!(judge(&query("Panel", "vllm_busy_share > 1"), &known).found, []);
    assert_ne!(judge(&query("Panel", "vllm_busy_share > 1"), &surroundings("")).found, []);
}

#[test]
fn grafana_gets_its_own_variable() {
    let query = Query {
        is_grafana: true,
        ..query("Panel", "rate(vllm:prompt_tokens_total{model_name=\"$model\"}[$__interval])")
    };
    let answer = judge(&query, &surroundings(""));
    let corrected = "rate(vllm:prompt_tokens_total{model_name=\"$model\"}[$__rate_interval])";
    assert_eq!(answer.corrected.as_deref(), Some(corrected));
}

/// Every example with a piece cut out, doubled or swapped: an answer or nothing, never a panic.
#[test]
fn damaged_queries_do_no_harm() {
    let mut state = 1_u64;
    let mut draw = |below: usize| {
        // Knuth's linear congruential generator; its high bits are random enough.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as usize % below.max(1)
    };
    let pieces =
        ["", "[5m]", "(", ")", "{", "1e300", "offset ", "@", "$x", "[[y]]", "/", "\"", "é"];
    for example in broken().map(|one| one.broken).chain(RIGHT.iter().copied()) {
        for _ in 0..60 {
            let characters: Vec<char> = example.chars().collect();
            let (a, b) = (draw(characters.len()), draw(characters.len()));
            let (from, to) = (a.min(b), a.max(b).min(a.min(b) + 12));
            let mut damaged: String = characters[..from].iter().collect();
            damaged += pieces[draw(pieces.len())];
            damaged.extend(&characters[to..]);
            let _ = judge(&query("Queue Time", &damaged), &surroundings(example));
        }
    }
}

/// The published phase breakdown as a stack of percentiles.
#[test]
fn a_stack_of_quantiles_becomes_one_of_means() {
    let quantile = "histogram_quantile(0.95, \
                    sum by (le) (rate(vllm:request_queue_time_seconds_bucket[5m])))";
    assert_eq!(judge(&query("Phases", quantile), &surroundings("")).found, []);
    let stacked = Query { is_stacked: true, ..query("Phases", quantile) };
    let answer = judge(&stacked, &surroundings(""));
    let corrected = "sum(rate(vllm:request_queue_time_seconds_sum[5m])) \
                     / sum(rate(vllm:request_queue_time_seconds_count[5m]))";
    assert_eq!(answer.found[0].kind, Kind::SumOfQuantiles);
    assert_eq!(answer.corrected.as_deref(), Some(corrected));
}
