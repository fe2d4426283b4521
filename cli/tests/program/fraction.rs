//! `fraction` on buckets whose shares are known.

use crate::run::{run, run_with_input};
use serde_json::{Value, json};

fn fraction(threshold: &str, histogram: &Value) -> Value {
    let run = run_with_input(
        &["fraction", "--le", threshold, "--buckets", "-"],
        histogram.to_string().as_bytes(),
    );
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{run:?}");
    serde_json::from_str(&run.stdout).expect("the answer is JSON")
}

#[track_caller]
fn close(value: &Value, expected: f64) {
    let value = value.as_f64().expect("a number");
    assert!((value - expected).abs() <= 1e-6 * expected.abs(), "{value} is not {expected}");
}

#[test]
fn a_share_at_a_bound_is_exact_and_has_its_binomial_interval() {
    let answer = fraction("1", &json!({"buckets": {"0.5": 90, "1": 96, "+Inf": 100}}));
    assert_eq!(
        (&answer["lo"], &answer["hi"], &answer["exact"]),
        (&json!(0.96), &json!(0.96), &json!(true)),
        "{answer}"
    );
    assert_eq!((&answer["basis"], &answer["nearest_bound"]), (&json!("exact"), &json!(1.0)));
    // Clopper and Pearson for 96 of 100.
    close(&answer["sample_lo"], 0.900_742_843_3);
    close(&answer["sample_hi"], 0.988_995_506_0);
}

#[test]
fn a_share_between_bounds_is_an_interval_around_what_promql_prints() {
    let buckets = json!({"1": 2, "2": 6, "+Inf": 8});
    let answer = fraction("1.5", &json!({"buckets": &buckets}));
    assert_eq!(
        (&answer["lo"], &answer["hi"], &answer["exact"]),
        (&json!(0.25), &json!(0.75), &json!(false))
    );
    close(&answer["point"], 0.5);
    // Σ n·l = 4 + 4: of the four in (1, 2] at most one can exceed 1.5 by half a second.
    let narrowed = fraction("1.5", &json!({"buckets": &buckets, "sum": 8.6}));
    assert_eq!((&narrowed["lo"], &narrowed["hi"]), (&json!(0.625), &json!(0.75)), "{narrowed}");
}

#[test]
fn native_shares_are_interpolated_exponentially() {
    let native =
        json!({"count": "8", "sum": "20", "buckets": [[0, "1", "2", "4"], [0, "2", "4", "4"]]});
    close(&fraction("1.414213562373095", &native)["point"], 0.25);
    assert_eq!(fraction("2", &native)["lo"], json!(0.5));
}

#[test]
fn rates_have_shares_but_no_number_of_observations() {
    // 0.2 of 0.5 per second: 40 %, however long the window was.
    let rates = json!({"buckets": {"1": 0.2, "2": 0.45, "+Inf": 0.5}, "sum": 0.7});
    let answer = fraction("1", &rates);
    assert_eq!((&answer["exact"], &answer["basis"]), (&json!(true), &json!("estimated")));
    close(&answer["lo"], 0.4);
    close(&answer["hi"], 0.4);
    close(&answer["point"], 0.4);
    assert_eq!((answer.get("sample_lo"), answer.get("sample_hi")), (None, None), "{answer}");
    // The same window as whole counts.
    let counts = json!({"buckets": {"1": 20, "2": 45, "+Inf": 50}, "sum": 70});
    let counted = fraction("1.5", &counts);
    let answer = fraction("1.5", &rates);
    for part in ["lo", "hi", "point"] {
        close(&answer[part], counted[part].as_f64().expect("a number"));
    }
    assert!(counted["sample_lo"].is_number());
}

#[test]
fn everything_is_at_or_below_infinity_and_nothing_below_its_negative() {
    for histogram in [
        json!({"buckets": {"1": 2, "+Inf": 8}}),
        json!({"buckets": {"1": 0.1, "+Inf": 0.4}, "sum": 0.9}),
        json!({"buckets": [[0, "1", "2", "4"]], "sum": 6, "count": 4}),
    ] {
        for (threshold, share, name) in
            [("+Inf", 1.0, "+Inf"), ("Inf", 1.0, "+Inf"), ("-Inf", 0.0, "-Inf")]
        {
            let answer = fraction(threshold, &histogram);
            assert_eq!(answer["le"], name);
            for part in ["lo", "hi", "point"] {
                assert_eq!(answer[part], share, "{part} of {threshold}: {answer}");
            }
            assert_eq!(answer["exact"], true, "{answer}");
        }
    }
    let usage = run(&["fraction", "--le", "NaN", "--buckets", "h.json"]);
    assert!(usage.status == 64 && usage.stderr.contains("+Inf"), "{usage:?}");
}

#[test]
fn nothing_counted_and_no_number_are_told_apart() {
    run_with_input(
        &["fraction", "--le", "1", "--buckets", "-"],
        br#"{"buckets": {"1": 0, "+Inf": 0}}"#,
    )
    .fails(2, &["counts no observation"]);
    run_with_input(&["fraction", "--le", "1", "--buckets", "-"], b"[]")
        .fails(65, &["standard input", "not a histogram"]);
    let usage = run(&["fraction", "--le", "fast", "--buckets", "h.json"]);
    assert_eq!((usage.status, usage.stdout.as_str()), (64, ""), "{usage:?}");
    assert!(usage.stderr.contains("a threshold is a number"), "{usage:?}");
}
