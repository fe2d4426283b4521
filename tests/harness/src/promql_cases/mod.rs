//! Cases derived by hand, in the notation of Prometheus's own test scripts, run against the
//! reference functions of the core.
//!
//! Of that notation: `clear`, `load <step>`, `eval instant at <time> <function>(…)`, series with
//! points (`1 2`, `0+5x10`, `3x4`, `_`, `stale`, native histograms in double braces), expected
//! values a label set, comments. A block ends at an empty line. Functions: `histogram_quantile`,
//! `histogram_fraction`, `rate`, `increase`. An expected value may differ by a relative 1e-6.

mod evaluate;
mod parse;

use parse::{Command, commands};

/// Labels in order, without `__name__`.
pub(crate) type Labels = std::collections::BTreeMap<String, String>;

/// One stored sample.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Point {
    /// A float.
    Float(f64),
    /// A native histogram: `[rule, lower, upper, count]`, count, sum, and whether its buckets are
    /// custom.
    Native { buckets: Vec<(f64, f64, f64, f64)>, count: f64, sum: f64, custom: bool },
}

/// One stored series: name, labels, and samples as (milliseconds, value).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) labels: Labels,
    pub(crate) samples: Vec<(i64, Point)>,
}

/// Runs a script; returns the number of evaluations.
///
/// Fails with one sentence a wrong evaluation, or with the line that cannot be read.
pub fn run(script: &str) -> Result<usize, String> {
    let mut store: Vec<Series> = Vec::new();
    let (mut evaluations, mut failures) = (0, Vec::new());
    for (line, command) in commands(script)? {
        match command {
            Command::Clear => store.clear(),
            Command::Load(series) => store.extend(series),
            Command::Evaluate { at, query, expected } => {
                evaluations += 1;
                let got = evaluate::instant(&store, &query, at)
                    .map_err(|text| format!("line {line}: {text}"))?;
                if !same(&got, &expected) {
                    failures.push(format!("line {line}: {query} is {got:?}, not {expected:?}"));
                }
            }
        }
    }
    if failures.is_empty() { Ok(evaluations) } else { Err(failures.join("\n")) }
}

fn same(got: &[(Labels, f64)], expected: &[(Labels, f64)]) -> bool {
    let holds = |(labels, value): &(Labels, f64)| {
        got.iter().any(|(other, result)| labels == other && almost_equal(*value, *result))
    };
    got.len() == expected.len() && expected.iter().all(holds)
}

/// As the scripts' own runner compares: a relative 1e-6, and 0 only equals 0.
fn almost_equal(a: f64, b: f64) -> bool {
    let difference = (a - b).abs();
    a.to_bits() == b.to_bits()
        || (a.is_nan() && b.is_nan())
        || difference == 0.0
        || (a != 0.0 && b != 0.0 && difference < 1e-6 * (a.abs() + b.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_value_a_missing_and_a_surplus_series_are_found() {
        let load =
            "load 10s\n    h_bucket{le=\"1\"} 2\n    h_bucket{le=\"+Inf\"} 4\n\neval instant at 0 ";
        let eval =
            |expected: &str| run(&format!("{load}histogram_quantile(0.25, h_bucket)\n{expected}"));
        assert_eq!(eval("    {} 0.5"), Ok(1));
        for wrong in [
            "    {} 0.50001",
            "    {} 0.5\n    {a=\"b\"} 0.5",
            "",
            "    {a=\"b\"} 0.5",
            "    {} NaN",
        ] {
            assert!(eval(wrong).is_err_and(|text| text.starts_with("line 5: ")), "{wrong}");
        }
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named() {
        for (script, part) in [
            ("load 10s\n    h{le=\"1\" 2", "line 2"),
            ("load 10 parsecs", "line 1"),
            ("\n\nevaluate", "line 3"),
            ("load 10s\n    h{} x", "line 2"),
            ("eval instant at 0 sum(h)", "line 1"),
        ] {
            assert!(
                run(script).is_err_and(|text| text.contains(part)),
                "{script}: {:?}",
                run(script)
            );
        }
    }
}
