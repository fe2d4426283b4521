//! Series as a range query brings them, and the JSON text of its answer.

use std::collections::BTreeMap;
use std::fmt::Write;

/// One series.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    /// Labels, `__name__` among them.
    pub labels: BTreeMap<String, String>,
    /// Unix milliseconds and values.
    pub samples: Vec<(i64, f64)>,
}

/// An answer of the type `matrix`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Response {
    /// In the order in which they are written.
    pub series: Vec<Series>,
}

impl Series {
    /// The metric's name; empty without one.
    pub fn name(&self) -> &str {
        self.labels.get("__name__").map_or("", String::as_str)
    }
}

impl Response {
    /// The series whose name ends in that text.
    pub fn named<'a>(&'a mut self, ending: &'a str) -> impl Iterator<Item = &'a mut Series> {
        self.series.iter_mut().filter(move |series| series.name().ends_with(ending))
    }

    /// The body of the HTTP answer. Values are strings, times seconds with up to three decimals.
    pub fn to_json(&self) -> Vec<u8> {
        let mut text =
            String::from(r#"{"status":"success","data":{"resultType":"matrix","result":["#);
        for (index, series) in self.series.iter().enumerate() {
            text.push_str(if index == 0 { "" } else { "," });
            write_series(&mut text, series);
        }
        text.push_str("]}}");
        text.into_bytes()
    }
}

fn write_series(text: &mut String, series: &Series) {
    text.push_str(r#"{"metric":"#);
    text.push_str(&serde_json::to_string(&series.labels).unwrap_or_default());
    text.push_str(r#","values":["#);
    for (index, &(time, value)) in series.samples.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(text, "{comma}[{},\"{}\"]", seconds(time), sample(value));
    }
    text.push_str("]}");
}

fn seconds(milliseconds: i64) -> String {
    if milliseconds % 1000 == 0 {
        (milliseconds / 1000).to_string()
    } else {
        format!("{:.3}", milliseconds as f64 / 1000.0)
    }
}

/// As Prometheus prints it: shortest digits that read back as the same number, no exponent.
pub fn sample(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
    } else {
        value.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_what_prometheus_writes() {
        let labels = BTreeMap::from([
            ("__name__".to_owned(), "up".to_owned()),
            ("pod".to_owned(), "a\"b".to_owned()),
        ]);
        let samples = vec![(1000, 1.0), (2500, 0.1), (3000, f64::NAN), (4000, f64::NEG_INFINITY)];
        let response = Response { series: vec![Series { labels, samples }] };
        let text = String::from_utf8(response.to_json()).unwrap();
        assert_eq!(
            text,
            r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"up","pod":"a\"b"},"values":[[1,"1"],[2.500,"0.1"],[3,"NaN"],[4,"-Inf"]]}]}}"#
        );
    }
}
