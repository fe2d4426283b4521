//! OpenMetrics text with times, for backfilling a Prometheus.

use std::fmt::Write as _;

/// Samples in the text format that `promtool tsdb create-blocks-from openmetrics` reads.
#[derive(Debug, Default)]
pub struct Exposition {
    text: String,
}

impl Exposition {
    /// No samples.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one sample. Label values must need no escapes. Samples of one series go in the order of
    /// time.
    pub fn add(&mut self, name: &str, labels: &[(&str, &str)], value: f64, seconds: i64) {
        let labels: Vec<String> =
            labels.iter().map(|(label, value)| format!("{label}=\"{value}\"")).collect();
        let value = number(value);
        let written = writeln!(self.text, "{name}{{{}}} {value} {seconds}", labels.join(","));
        debug_assert!(written.is_ok(), "writing into a string cannot fail");
    }

    /// The whole text with its end mark.
    pub fn finish(mut self) -> String {
        self.text.push_str("# EOF\n");
        self.text
    }
}

/// A float as Go and OpenMetrics read it back to the last bit.
pub fn number(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
    } else {
        format!("{value:?}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_one_line_each() {
        let mut exposition = Exposition::new();
        exposition.add("h_bucket", &[("case", "1"), ("le", "+Inf")], 3.0, 1_700_000_000);
        assert_eq!(exposition.finish(), "h_bucket{case=\"1\",le=\"+Inf\"} 3.0 1700000000\n# EOF\n");
    }

    #[test]
    fn numbers_round_trip() {
        for value in [0.1, 1e300, 5e-324, -2.5, 1e21, 1.0 / 3.0, f64::INFINITY, f64::NEG_INFINITY] {
            let again: f64 = number(value).parse().unwrap();
            assert_eq!(again.to_bits(), value.to_bits(), "{}", number(value));
        }
        assert_eq!(number(f64::NAN), "NaN");
    }
}
