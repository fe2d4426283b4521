//! How the series of one process make its quantities.

use super::*;
use crate::catalogue::families::Population;
use crate::scope::test_series::{TestSeries, scope, store};
use crate::scope::{Replica, Scope};
use crate::source::exporter::{
    ExporterKind, PLAIN_LABELS, PlacementLabels, no_adapters, no_limits,
};

/// An engine with what vLLM lacks: means, other units, ranks that repeat each other, states that
/// stand still.
static OTHER: Exporter = Exporter {
    id: "other",
    title: "Other",
    kind: ExporterKind::Engine,
    canonical_prefix: "o:",
    prefix_marks: &["o:"],
    router_label: None,
    labels: PlacementLabels { joint_ranks: &["tp_rank"], ..PLAIN_LABELS },
    metrics: &[
        Metric::mean_sum("prompt_milliseconds", Family::PrefillTime, Population::Finished)
            .unit(Unit::Milliseconds),
        Metric::mean_count("prompts", Family::PrefillTime, Population::Finished),
        Metric::histogram("ttft_milliseconds", Family::Ttft, Population::Finished)
            .unit(Unit::Milliseconds),
        Metric::gauge("usage_percent", Family::KvUsage).unit(Unit::PerCent).largest(),
        Metric::gauge("running", Family::Running).largest().stale_for_ms(60_000),
        Metric::gauge("waiting", Family::Waiting),
        Metric::counter("output", Family::GenerationTokens).largest(),
    ],
    version_hints: &[],
    cache_limits: no_limits,
    adapter_slots: no_adapters,
    knobs: &[],
    silent_unless_finished: true,
    words: &[],
    blanks: &[],
    defects: &[],
};

/// Reads series as that engine's.
fn read(series: &[TestSeries<'_>]) -> Replica {
    let store = store(series);
    let resolved: Vec<Resolved<'_>> = store
        .series
        .iter()
        .flat_map(|series| {
            let readings = crate::source::identify::read_as(&OTHER, series, &mut Caveats::new());
            readings.into_iter().map(move |reading| Resolved {
                series,
                reading,
                values: series.values.clone(),
            })
        })
        .collect();
    let members: Vec<&Resolved<'_>> = resolved.iter().collect();
    let read = columns(&OTHER, &members, &["instance"], &store.grid, &mut Caveats::new());
    let mut replica = Replica::new("a/0".to_owned(), false, read.quantities);
    replica.metrics = read.metrics;
    replica
}

#[test]
fn a_mean_without_a_histogram_has_sum_and_number_and_no_bucket() {
    let replica = read(&[
        ("o:prompt_milliseconds_total", &[], &[1000.0, 4000.0, 500.0]),
        ("o:prompts_total", &[], &[10.0, 12.0, 1.0]),
    ]);
    let mean = replica.histogram(Family::PrefillTime).unwrap();
    assert_eq!(mean.count(0, 2), Some(2.0 + 1.0), "a restart resets both");
    assert_eq!(mean.sum(0, 2).map(|sum| sum.value), Some(3.0 + 0.5), "in seconds");
    assert!(mean.window(0, 2, &mut Caveats::new()).is_none_or(|one| one.counts().len() == 1));
    assert_eq!(replica.population(Family::PrefillTime), Some(Population::Finished));
}

#[test]
fn a_mean_may_lack_its_number_and_is_then_absent() {
    let replica = read(&[("o:prompt_milliseconds_total", &[], &[1000.0, 4000.0])]);
    let mean = replica.histogram(Family::PrefillTime).unwrap();
    assert_eq!(mean.count(0, 1), None, "absent, not 0");
}

#[test]
fn bounds_and_sums_in_milliseconds_become_seconds_and_counts_stay() {
    let replica = read(&[
        ("o:ttft_milliseconds_bucket", &[("le", "300")], &[1.0, 4.0]),
        ("o:ttft_milliseconds_bucket", &[("le", "+Inf")], &[2.0, 7.0]),
        ("o:ttft_milliseconds_count", &[], &[2.0, 7.0]),
        ("o:ttft_milliseconds_sum", &[], &[500.0, 2000.0]),
        ("o:usage_percent", &[], &[8.5, 12.5]),
    ]);
    let window = replica.histogram(Family::Ttft).unwrap().window(0, 1, &mut Caveats::new());
    let window = window.unwrap();
    assert_eq!(window.upper_bounds(), [0.3, f64::INFINITY]);
    assert_eq!(window.counts(), [3.0, 2.0]);
    assert_eq!(window.sum(), Some(1.5));
    assert_eq!(replica.gauge(Family::KvUsage).unwrap().values(), [0.085, 0.125]);
    assert_eq!(replica.population(Family::Ttft), Some(Population::Finished), "of the row");
}

#[test]
fn ranks_that_repeat_each_other_count_once_and_those_that_share_the_work_add_up() {
    let rank = |rank| [("tp_rank", rank)];
    let replica = read(&[
        ("o:running", &rank("0"), &[3.0, 4.0]),
        ("o:running", &rank("1"), &[3.0, 5.0]),
        ("o:waiting", &rank("0"), &[1.0, 0.0]),
        ("o:waiting", &rank("1"), &[1.0, 2.0]),
        ("o:output_total", &rank("0"), &[10.0, 30.0]),
        ("o:output_total", &rank("1"), &[10.0, 31.0]),
    ]);
    assert_eq!(replica.gauge(Family::Running).unwrap().values(), [3.0, 5.0]);
    assert_eq!(replica.gauge(Family::Waiting).unwrap().values(), [2.0, 2.0]);
    assert_eq!(replica.counter(Family::GenerationTokens).unwrap().increase(0, 1), Some(20.0));
    assert_eq!(replica.stale_for_ms(Family::Running), 60_000);
    assert_eq!(replica.stale_for_ms(Family::Waiting), 0);
}

const LABELS: [(&str, &str); 3] = [("model_name", "m"), ("instance", "a:8000"), ("engine", "0")];

fn grown(scope: &Scope, family: Family) -> Option<f64> {
    scope.replicas[0].counter(family)?.increase(0, 1)
}

#[test]
fn a_counter_with_and_without_total_is_one_metric() {
    for name in ["vllm:num_preemptions_total", "vllm:num_preemptions"] {
        assert_eq!(grown(&scope(&[(name, &LABELS, &[3.0, 8.0])]), Family::Preemptions), Some(5.0));
    }
    let both = scope(&[
        ("vllm:num_preemptions", &LABELS, &[3.0, 8.0]),
        ("vllm:num_preemptions_total", &LABELS, &[3.0, 8.0]),
    ]);
    assert_eq!(grown(&both, Family::Preemptions), Some(5.0), "never added");
}

#[test]
fn a_bound_is_one_however_it_is_spelled() {
    let bucket = |le| [&LABELS[..], &[("le", le)]].concat();
    let replicas = ["10", "10.0", "1e1", "1.0e+01"].map(|le| {
        let scope = scope(&[
            ("vllm:e2e_request_latency_seconds_bucket", &bucket(le), &[1.0, 4.0]),
            ("vllm:e2e_request_latency_seconds_bucket", &bucket("+Inf"), &[1.0, 5.0]),
        ]);
        let columns = scope.replicas[0].histogram(Family::E2e).unwrap();
        columns.window(0, 1, &mut Caveats::new()).unwrap().upper_bounds().to_vec()
    });
    assert!(replicas.iter().all(|bounds| *bounds == [10.0, f64::INFINITY]), "{replicas:?}");
}

#[test]
fn one_metric_is_several_families_by_its_label() {
    let reason = |reason| [&LABELS[..], &[("finished_reason", reason)]].concat();
    let scope = scope(&[
        ("vllm:request_success_total", &reason("stop"), &[1.0, 11.0]),
        ("vllm:request_success_total", &reason("length"), &[1.0, 6.0]),
        ("vllm:request_success_total", &reason("abort"), &[1.0, 4.0]),
        ("vllm:request_success_total", &reason("error"), &[1.0, 3.0]),
    ]);
    assert_eq!(grown(&scope, Family::RequestsFinished), Some(10.0 + 5.0 + 3.0 + 2.0));
    assert_eq!(grown(&scope, Family::RequestsCutByLength), Some(5.0));
    assert_eq!(grown(&scope, Family::RequestsAborted), Some(3.0));
    assert_eq!(grown(&scope, Family::RequestsErrored), Some(2.0));
    assert_eq!(grown(&scope, Family::RequestsRepeating), None, "absent, not 0");
}

#[test]
fn a_histogram_may_end_in_total() {
    let bucket = |le| [&LABELS[..], &[("le", le)]].concat();
    let scope = scope(&[
        ("vllm:iteration_tokens_total_bucket", &bucket("8"), &[1.0, 4.0]),
        ("vllm:iteration_tokens_total_bucket", &bucket("+Inf"), &[1.0, 5.0]),
        ("vllm:iteration_tokens_total_sum", &LABELS, &[4.0, 99.0]),
        ("vllm:iteration_tokens_total_count", &LABELS, &[1.0, 5.0]),
    ]);
    let steps = scope.replicas[0].histogram(Family::TokensPerStep).unwrap();
    assert_eq!(steps.sum(0, 1).map(|sum| sum.value), Some(95.0));
    assert_eq!(scope.population(Family::TokensPerStep), Some(Population::Step));
}

/// What only some data hold must not decide where a counter starts.
#[test]
fn evidence_changes_no_growth_and_no_caveat() {
    let tokens: TestSeries<'_> = ("vllm:generation_tokens_total", &LABELS, &[f64::NAN, 5.0, 2.0]);
    let evidence: TestSeries<'_> = ("vllm:prompt_tokens_cached_total", &LABELS, &[7.0, 3.0, 9.0]);
    let (alone, both) = (scope(&[tokens]), scope(&[tokens, evidence]));
    assert_eq!(grown(&alone, Family::GenerationTokens), None);
    assert_eq!(grown(&both, Family::GenerationTokens), None);
    assert_eq!(format!("{:?}", both.caveats), format!("{:?}", alone.caveats));
}
