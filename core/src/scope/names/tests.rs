//! One quantity under several spellings: what is read is what one spelling would have said.

use crate::catalogue::caveats::CaveatId;
use crate::catalogue::families::Family;
use crate::caveat::Caveats;
use crate::scope::Scope;
use crate::scope::test_series::{TestSeries, scope};

const GAP: f64 = f64::NAN;
const LENGTH: usize = 6;

/// Samples before `at`, and those from there on.
fn cut(values: &[f64; LENGTH], at: usize) -> ([f64; LENGTH], [f64; LENGTH]) {
    let (mut before, mut after) = ([GAP; LENGTH], [GAP; LENGTH]);
    before[..at].copy_from_slice(&values[..at]);
    after[at..].copy_from_slice(&values[at..]);
    (before, after)
}

/// The scope of a metric that changes its name at a time, beside a gauge that shows the target.
fn renamed(old: &str, new: &str, values: &[f64; LENGTH], at: usize) -> Scope {
    let (before, after) = cut(values, at);
    let running = [1.0; LENGTH];
    let series: [TestSeries<'_>; 3] =
        [("vllm:num_requests_running", &[], &running), (old, &[], &before), (new, &[], &after)];
    scope(&series)
}

#[test]
fn a_counter_goes_on_under_its_other_name_from_any_time_on() {
    let values = [100.0, 104.0, 109.0, 115.0, 122.0, 130.0];
    let names = [
        ("vllm:gpu_prefix_cache_hits_total", "vllm:prefix_cache_hits_total"),
        ("vllm:prefix_cache_hits_total", "vllm:gpu_prefix_cache_hits_total"),
        ("vllm:prefix_cache_hits", "vllm:prefix_cache_hits_total"),
        ("vllm:prefix_cache_hits_total", "vllm:prefix_cache_hits"),
        ("vllm:prefix_cache_hits_total", "vllm_prefix_cache_hits_total"),
        ("vllm.prefix_cache_hits", "ray_vllm_prefix_cache_hits_total"),
    ];
    for (old, new) in names {
        for at in 1..LENGTH {
            let scope = renamed(old, new, &values, at);
            let counter = scope.replicas[0].counter(Family::PrefixCacheHits).unwrap();
            assert_eq!(counter.increase(0, LENGTH - 1), Some(30.0), "{old} to {new} at {at}");
            assert!(scope.caveats.has(CaveatId::Renamed), "{old} to {new} at {at}");
            assert!(!scope.caveats.has(CaveatId::CounterReset), "{old} to {new} at {at}");
            assert!(!scope.caveats.has(CaveatId::StartedFromZero), "{old} to {new} at {at}");
        }
    }
}

#[test]
fn a_restart_that_renames_is_one_restart() {
    let values = [100.0, 104.0, 109.0, 2.0, 5.0, 9.0];
    let (old, new) = ("vllm:gpu_prefix_cache_hits_total", "vllm:prefix_cache_hits_total");
    let scope = renamed(old, new, &values, 3);
    let counter = scope.replicas[0].counter(Family::PrefixCacheHits).unwrap();
    assert_eq!(counter.increase(0, LENGTH - 1), Some(9.0 + 9.0));
    assert!(scope.caveats.has(CaveatId::CounterReset));
}

#[test]
fn a_gauge_goes_on_under_its_other_name() {
    let values = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
    for at in 1..LENGTH {
        let scope = renamed("vllm:gpu_cache_usage_perc", "vllm:kv_cache_usage_perc", &values, at);
        assert_eq!(scope.replicas[0].gauge(Family::KvUsage).unwrap().values(), values);
    }
}

/// Releases 0.9.2 to 0.10 write both names.
#[test]
fn of_two_names_at_once_the_preferred_one_counts_and_the_other_lengthens_it() {
    let old = [100.0, 104.0, 109.0, 115.0, 122.0, 130.0];
    let new = [GAP, GAP, 109.0, 115.0, 122.0, 130.0];
    let running = [1.0; LENGTH];
    let scope = scope(&[
        ("vllm:num_requests_running", &[], &running),
        ("vllm:gpu_prefix_cache_hits_total", &[], &old),
        ("vllm:prefix_cache_hits_total", &[], &new),
    ]);
    let counter = scope.replicas[0].counter(Family::PrefixCacheHits).unwrap();
    assert_eq!(counter.increase(0, LENGTH - 1), Some(30.0));
}

#[test]
fn a_copy_under_another_prefix_is_told_and_not_added() {
    let values = [100.0, 104.0, 109.0, 115.0, 122.0, 130.0];
    let scope = scope(&[
        ("vllm:prompt_tokens_total", &[], &values),
        ("kserve_vllm:prompt_tokens_total", &[], &values),
    ]);
    let counter = scope.replicas[0].counter(Family::PromptTokens).unwrap();
    assert_eq!(counter.increase(0, LENGTH - 1), Some(30.0));
    assert!(scope.caveats.has(CaveatId::DuplicatePrefix));
    assert!(!scope.caveats.has(CaveatId::Renamed));
}

#[test]
fn a_bound_is_one_in_every_spelling_from_any_time_on() {
    let counts = [10.0, 12.0, 15.0, 17.0, 18.0, 20.0];
    let all = [10.0, 13.0, 17.0, 19.0, 22.0, 25.0];
    let name = "vllm:time_to_first_token_seconds_bucket";
    let pairs = [("10", "10.0"), ("1e1", "10"), ("10.0", "1e+01"), ("10", "+10.00")];
    for (old, new) in pairs {
        for (old_open, new_open) in [("+Inf", "+Inf"), ("Inf", "+Inf"), ("+Inf", "inf")] {
            for at in 1..LENGTH {
                let (before, after) = cut(&counts, at);
                let (open_before, open_after) = cut(&all, at);
                let mut series: Vec<TestSeries<'_>> = Vec::new();
                let (old, new) = ([("le", old)], [("le", new)]);
                let (old_open, new_open) = ([("le", old_open)], [("le", new_open)]);
                series.push((name, &old, &before));
                series.push((name, &new, &after));
                if old_open == new_open {
                    series.push((name, &old_open, &all));
                } else {
                    series.push((name, &old_open, &open_before));
                    series.push((name, &new_open, &open_after));
                }
                let scope = scope(&series);
                let columns = scope.replicas[0].histogram(Family::Ttft).unwrap();
                let mut caveats = Caveats::new();
                let window = columns.window(0, LENGTH - 1, &mut caveats).unwrap();
                assert_eq!(window.upper_bounds(), [10.0, f64::INFINITY], "{old:?} {new:?} {at}");
                assert_eq!(window.counts(), [10.0, 5.0], "{old:?} {new:?} {at}");
                assert!(caveats.is_empty(), "{caveats:?}");
                assert!(scope.caveats.has(CaveatId::Renamed));
            }
        }
    }
}

#[test]
fn a_histogram_whose_name_and_bounds_change_together_is_one() {
    let counts = [10.0, 12.0, 15.0, 17.0, 18.0, 20.0];
    let sums = [1.0, 2.0, 4.0, 5.0, 6.0, 8.0];
    for at in 1..LENGTH {
        let (before, after) = cut(&counts, at);
        let (sum_before, sum_after) = cut(&sums, at);
        let (old, new) = ("vllm:time_per_output_token_seconds", "vllm:inter_token_latency_seconds");
        let names = [old, new].map(|name| [format!("{name}_bucket"), format!("{name}_sum")]);
        let scope = scope(&[
            (&names[0][0], &[("le", "1")], &before),
            (&names[0][0], &[("le", "+Inf")], &before),
            (&names[0][1], &[], &sum_before),
            (&names[1][0], &[("le", "1.0")], &after),
            (&names[1][0], &[("le", "+Inf")], &after),
            (&names[1][1], &[], &sum_after),
        ]);
        let columns = scope.replicas[0].histogram(Family::Itl).unwrap();
        assert_eq!(columns.sum(0, LENGTH - 1).map(|sum| sum.value), Some(7.0), "{at}");
        let window = columns.window(0, LENGTH - 1, &mut Caveats::new()).unwrap();
        assert_eq!(window.counts(), [10.0, 0.0], "{at}");
    }
}

#[test]
fn dots_are_underscores() {
    let values = [100.0, 104.0, 109.0, 115.0, 122.0, 130.0];
    let scope = scope(&[
        ("vllm.num_requests_running", &[], &values),
        ("vllm.prompt_tokens", &[], &values),
        ("vllm.time_to_first_token.seconds.count", &[], &values),
        ("vllm.time_to_first_token_seconds_sum", &[], &values),
    ]);
    assert_eq!(scope.prefix, "vllm.");
    let replica = &scope.replicas[0];
    assert_eq!(replica.counter(Family::PromptTokens).unwrap().increase(0, 5), Some(30.0));
    assert_eq!(replica.histogram(Family::Ttft).unwrap().count(0, 5), Some(30.0));
    let selector = scope.selector(Family::Running, None);
    assert_eq!(selector, "{__name__=\"vllm.num_requests_running\"}");
}

/// A dashboard asks for a counter's totals and for its increase, or by rank and without.
#[test]
fn one_quantity_in_two_forms_counts_once() {
    let totals = [100.0, 104.0, 109.0, 115.0, 122.0, 130.0];
    let steps = [GAP, 4.0, 5.0, 6.0, 7.0, 8.0];
    let role = |kind: &'static str| match kind {
        "total" => [("triage_role", "prompt_tokens/total/15000/vllm/vllm:")],
        _ => [("triage_role", "prompt_tokens/increment/15000/vllm/vllm:")],
    };
    let (of_totals, of_steps) = (role("total"), role("increment"));
    let increase = |series: &[TestSeries<'_>]| {
        let scope = scope(series);
        assert_eq!(scope.keys().len(), 1, "{:?}", scope.keys());
        scope.replicas[0].counter(Family::PromptTokens).unwrap().increase(0, LENGTH - 1)
    };
    for first in [0, 3] {
        let mut late = steps;
        late[..first].fill(GAP);
        assert_eq!(increase(&[("", &of_totals, &totals), ("", &of_steps, &late)]), Some(30.0));
        assert_eq!(increase(&[("", &of_steps, &late), ("", &of_totals, &totals)]), Some(30.0));
    }
    let name = "vllm:prompt_tokens_total";
    let at = [("instance", "a:8000"), ("engine", "0")];
    assert_eq!(increase(&[(name, &at[..1], &totals), (name, &at, &totals)]), Some(30.0));
    for cut_at in 1..LENGTH {
        let (before, after) = cut(&totals, cut_at);
        assert_eq!(increase(&[(name, &at[..1], &before), (name, &at, &after)]), Some(30.0));
        assert_eq!(increase(&[(name, &at, &before), (name, &at[..1], &after)]), Some(30.0));
    }
}
