//! A histogram says the same whether it comes as classic buckets or as one native histogram with
//! the same bounds.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use inference_triage_core::session::Session;
use inference_triage_harness::scenario::case::report_bytes;
use inference_triage_harness::scenario::corpus;
use serde_json::{Value, json};

type Labels = BTreeMap<String, String>;
/// Samples by time, as the response has them.
type Samples = Vec<(i64, String)>;

/// The series of one histogram of one replica.
#[derive(Default)]
struct Histogram {
    buckets: Vec<(f64, String, Samples)>,
    count: Option<Samples>,
    sum: Option<Samples>,
}

fn series_of(response: &Value) -> Vec<(Labels, Samples)> {
    let series = response["data"]["result"].as_array().unwrap();
    series
        .iter()
        .map(|series| {
            let labels = serde_json::from_value(series["metric"].clone()).unwrap();
            let samples = series["values"].as_array().unwrap().iter().map(|pair| {
                (
                    (pair[0].as_f64().unwrap() * 1000.0).round() as i64,
                    pair[1].as_str().unwrap().to_owned(),
                )
            });
            (labels, samples.collect())
        })
        .collect()
}

/// The same response with every complete classic histogram as a native one; None where there is
/// none.
fn with_native_histograms(response: &Value) -> Option<Value> {
    let mut histograms: BTreeMap<(String, Labels), Histogram> = BTreeMap::new();
    let mut result = Vec::new();
    for (labels, samples) in series_of(response) {
        let name = labels.get("__name__").cloned().unwrap_or_default();
        let mut rest = labels.clone();
        rest.remove("__name__");
        let bound = rest.remove("le");
        match (name.rsplit_once('_'), bound) {
            (Some((base, "bucket")), Some(bound)) => {
                let upper = bound.replace("+Inf", "inf").parse().unwrap();
                histograms
                    .entry((base.to_owned(), rest))
                    .or_default()
                    .buckets
                    .push((upper, bound, samples));
            }
            (Some((base, "count")), None) => {
                histograms.entry((base.to_owned(), rest)).or_default().count = Some(samples);
            }
            (Some((base, "sum")), None) => {
                histograms.entry((base.to_owned(), rest)).or_default().sum = Some(samples);
            }
            _ => result.push(float_series(&labels, &samples)),
        }
    }
    let mut converted = 0;
    for ((base, labels), mut histogram) in histograms {
        histogram.buckets.sort_by(|left, right| left.0.total_cmp(&right.0));
        match native_series(&base, &labels, &histogram) {
            Some(series) => {
                converted += 1;
                result.push(series);
            }
            None => result.extend(classic_series(&base, &labels, &histogram)),
        }
    }
    (converted > 0)
        .then(|| json!({"status": "success", "data": {"resultType": "matrix", "result": result}}))
}

fn float_series(labels: &Labels, samples: &Samples) -> Value {
    let values: Vec<_> =
        samples.iter().map(|(time, value)| json!([*time as f64 / 1000.0, value])).collect();
    json!({"metric": labels, "values": values})
}

fn classic_series(base: &str, labels: &Labels, histogram: &Histogram) -> Vec<Value> {
    let named = |suffix: &str, bound: Option<&str>| {
        let mut labels = labels.clone();
        labels.insert("__name__".to_owned(), format!("{base}_{suffix}"));
        labels.extend(bound.map(|bound| ("le".to_owned(), bound.to_owned())));
        labels
    };
    let buckets = histogram
        .buckets
        .iter()
        .map(|(_, bound, samples)| float_series(&named("bucket", Some(bound)), samples));
    let count = histogram.count.iter().map(|samples| float_series(&named("count", None), samples));
    let sum = histogram.sum.iter().map(|samples| float_series(&named("sum", None), samples));
    buckets.chain(count).chain(sum).collect()
}

/// None unless every part has a sample at every time, the counts are whole and ascending, and the
/// last bound is infinite.
fn native_series(base: &str, labels: &Labels, histogram: &Histogram) -> Option<Value> {
    let (count, sum) = (histogram.count.as_ref()?, histogram.sum.as_ref()?);
    let times: Vec<i64> = count.iter().map(|sample| sample.0).collect();
    let same_times =
        |samples: &Samples| samples.iter().map(|sample| sample.0).eq(times.iter().copied());
    let last = histogram.buckets.last()?;
    let is_whole = last.0.is_infinite() && last.2 == *count && same_times(sum);
    if !is_whole || !histogram.buckets.iter().all(|bucket| same_times(&bucket.2)) {
        return None;
    }
    let mut points = Vec::new();
    for (index, time) in times.iter().enumerate() {
        let (mut lower, mut before, mut buckets) = (f64::NEG_INFINITY, 0.0, Vec::new());
        for (upper, bound, samples) in &histogram.buckets {
            let running: f64 = samples[index].1.parse().ok()?;
            if running < before || running.fract() != 0.0 {
                return None;
            }
            // Every bound is kept, empty buckets too: what is compared is the conversion, not the
            // choice of bounds.
            buckets.push(json!([0, lower.to_string(), bound, (running - before).to_string()]));
            (lower, before) = (*upper, running);
        }
        let (count, sum) = (&count[index].1, &sum[index].1);
        points
            .push(json!([*time as f64 / 1000.0, {"count": count, "sum": sum, "buckets": buckets}]));
    }
    let mut labels = labels.clone();
    labels.insert("__name__".to_owned(), base.to_owned());
    Some(json!({"metric": labels, "histograms": points}))
}

#[test]
fn classic_buckets_and_native_histograms_give_the_same_bytes() {
    let mut compared = 0;
    for (name, case) in corpus::named_cases().unwrap() {
        let classic = case.response.to_json();
        let Some(native) = with_native_histograms(&serde_json::from_slice(&classic).unwrap())
        else {
            continue;
        };
        let Ok(expected) = report_bytes(&case.settings, &classic) else {
            continue;
        };
        let actual = report_bytes(&case.settings, &serde_json::to_vec(&native).unwrap()).unwrap();
        let same = actual.iter().zip(&expected).take_while(|(left, right)| left == right).count();
        let near = |bytes: &[u8]| {
            String::from_utf8_lossy(&bytes[same.saturating_sub(60)..])
                .chars()
                .take(160)
                .collect::<String>()
        };
        assert!(actual == expected, "{name}:\n{}\n{}", near(&actual), near(&expected));
        compared += 1;
    }
    assert!(compared >= 80, "only {compared} cases have a histogram that can be native");
}

#[test]
fn strange_native_histograms_are_refused_in_words_or_read() {
    let whole = r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"vllm:x"},"histograms":H}]}}"#;
    let readable = [
        r#"[[1,{"count":"1","sum":"NaN","buckets":[[0,"-Inf","+Inf","1"]]}]]"#,
        r#"[[1,{"count":null,"sum":null}]]"#,
        r#"[[1,{"count":1,"sum":2,"buckets":[],"other":[1]}]]"#,
        "[]",
    ];
    let refused = [
        r#"[[1,{"count":"many"}]]"#,
        r#"[[1,{"buckets":[[0,"0","1"]]}]]"#,
        r#"[[1,{"buckets":[[0,"0","1","1","1"]]}]]"#,
        r#"[[1,"7"]]"#,
        r#"{"count":"1"}"#,
    ];
    let load = |histograms: &str| {
        Session::new().load_prometheus(&[whole.replace('H', histograms).as_bytes()])
    };
    for histograms in readable {
        assert!(load(histograms).is_err_and(|error| error.is_no_engine()), "{histograms}");
    }
    for histograms in refused {
        let error = load(histograms).unwrap_err();
        assert!(
            error.is_bad_data() && error.to_string().contains("not a Prometheus range response"),
            "{error}"
        );
    }
}
