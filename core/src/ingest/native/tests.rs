use super::*;
use crate::ingest::prometheus::SAMPLE_LIMIT;

fn series(labels: &[(&str, &str)], histograms: Vec<NativeHistogram>) -> NativeSeries {
    NativeSeries {
        labels: labels.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect(),
        times: (0..histograms.len()).map(|index| index as f64 * 15_000.0).collect(),
        histograms,
        ..NativeSeries::default()
    }
}

fn histogram(count: Option<f64>, sum: Option<f64>, buckets: &[(f64, f64, f64)]) -> NativeHistogram {
    NativeHistogram {
        count,
        sum,
        buckets: buckets.iter().map(|&(lower, upper, count)| (0.0, lower, upper, count)).collect(),
    }
}

/// Values of the series with that name and bound.
fn values(batch: &SampleBatch, name: &str, bound: Option<&str>) -> Vec<f64> {
    let found: Vec<_> = batch
        .series
        .iter()
        .filter(|series| {
            series.labels["__name__"] == name
                && series.labels.get("le").map(String::as_str) == bound
        })
        .collect();
    assert_eq!(found.len(), 1, "{name} {bound:?}");
    batch.values[found[0].offset..found[0].offset + found[0].length].to_vec()
}

#[test]
fn custom_bounds_become_cumulative_buckets_count_and_sum() {
    let one = histogram(
        Some(9.0),
        Some(7.5),
        &[(0.0, 0.1, 3.0), (0.1, 0.5, 4.0), (0.5, f64::INFINITY, 2.0)],
    );
    let batch = to_classic(
        &[series(&[("__name__", "vllm:e2e_request_latency_seconds")], vec![one])],
        SAMPLE_LIMIT,
    )
    .unwrap();
    let bucket = "vllm:e2e_request_latency_seconds_bucket";
    assert_eq!(values(&batch, bucket, Some("0.1")), [3.0]);
    assert_eq!(values(&batch, bucket, Some("0.5")), [7.0]);
    assert_eq!(values(&batch, bucket, Some("+Inf")), [9.0]);
    assert_eq!(values(&batch, "vllm:e2e_request_latency_seconds_count", None), [9.0]);
    assert_eq!(values(&batch, "vllm:e2e_request_latency_seconds_sum", None), [7.5]);
    assert_eq!(batch.series.len(), 5);
}

#[test]
fn without_count_and_sum_the_buckets_are_counted_and_no_sum_is_made_up() {
    let one = histogram(None, None, &[(1.0, 2.0, 3.0), (4.0, 8.0, 2.0)]);
    let batch = to_classic(&[series(&[("__name__", "x")], vec![one])], SAMPLE_LIMIT).unwrap();
    assert_eq!(values(&batch, "x_bucket", Some("+Inf")), [5.0]);
    assert!(batch.series.iter().all(|series| series.labels["__name__"] != "x_sum"));
}

#[test]
fn a_bound_inside_a_coarser_bucket_is_absent_and_its_neighbours_are_not() {
    let fine = histogram(None, None, &[(0.5, 1.0, 3.0), (1.0, 2.0, 4.0)]);
    let coarse = histogram(None, None, &[(0.5, 2.0, 9.0), (2.0, 8.0, 1.0)]);
    let batch =
        to_classic(&[series(&[("__name__", "x")], vec![fine, coarse])], SAMPLE_LIMIT).unwrap();
    assert_eq!(format!("{:?}", values(&batch, "x_bucket", Some("1"))), "[3.0, NaN]");
    assert_eq!(values(&batch, "x_bucket", Some("2")), [7.0, 9.0]);
    assert_eq!(values(&batch, "x_bucket", Some("8")), [7.0, 10.0]);
}

#[test]
fn replicas_with_other_buckets_get_the_same_bounds() {
    let low =
        series(&[("__name__", "x"), ("pod", "a")], vec![histogram(None, None, &[(0.5, 1.0, 3.0)])]);
    let high =
        series(&[("__name__", "x"), ("pod", "b")], vec![histogram(None, None, &[(4.0, 8.0, 2.0)])]);
    let batch = to_classic(&[low, high], SAMPLE_LIMIT).unwrap();
    let of = |pod: &str, bound: &str| {
        let found = batch.series.iter().find(|series| {
            series.labels["pod"] == pod
                && series.labels.get("le").map(String::as_str) == Some(bound)
        });
        batch.values[found.unwrap().offset]
    };
    assert_eq!(vec![of("a", "1"), of("a", "8"), of("b", "1"), of("b", "8")], [3.0, 3.0, 0.0, 2.0]);
}

#[test]
fn the_part_is_said_in_role_label_and_query() {
    let mut native = series(
        &[(ROLE_LABEL, "queue_time/increment/15000/vllm/vllm:")],
        vec![histogram(None, None, &[])],
    );
    native.role = Some("queue_time_bucket".to_owned());
    native.query = Some("sum by (pod) (rate(vllm:request_queue_time_seconds[1m]))".to_owned());
    let batch = to_classic(&[native], SAMPLE_LIMIT).unwrap();
    assert_eq!(batch.series[0].labels[ROLE_LABEL], "queue_time_bucket/increment/15000/vllm/vllm:");
    assert_eq!(batch.series[0].role.as_deref(), Some("queue_time_bucket"));
    assert_eq!(batch.series[1].role.as_deref(), Some("queue_time_count"));
    assert!(
        batch.series[0]
            .query
            .as_deref()
            .unwrap()
            .contains("(vllm:request_queue_time_seconds_bucket[")
    );
}

#[test]
fn nothing_makes_a_panic_and_too_many_buckets_are_refused() {
    let strange = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0, 1e308];
    let buckets: Vec<_> = strange
        .iter()
        .flat_map(|&lower| {
            strange.iter().flat_map(move |&upper| strange.map(|count| (lower, upper, count)))
        })
        .collect();
    let one = histogram(Some(f64::NAN), Some(f64::INFINITY), &buckets);
    let mut short = series(&[("__name__", "x")], vec![one.clone(), one]);
    short.times.pop();
    assert_eq!(to_classic(&[short], SAMPLE_LIMIT).unwrap().series[0].length, 1);

    let wide: Vec<_> =
        (0..BOUND_LIMIT).map(|bound| (bound as f64, bound as f64 + 1.0, 1.0)).collect();
    let mut many = series(&[("__name__", "x")], vec![histogram(None, None, &wide)]);
    many.histograms.resize(SAMPLE_LIMIT / BOUND_LIMIT + 1, NativeHistogram::default());
    many.times = (0..many.histograms.len()).map(|index| index as f64).collect();
    assert!(to_classic(&[many], SAMPLE_LIMIT).unwrap_err().is_too_large());
}
