//! Prometheus range responses (JSON bytes) to a [`SampleBatch`].
//!
//! Reads any valid layout of the HTTP API's `matrix` and `vector` results: keys in any order, any white space, numbers
//! as strings or bare. Native histograms in a response are counted and left out with a notice.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::error::Error;
use crate::ingest::batch::{Notice, NoticeLevel, SampleBatch, SeriesDescription};

/// Most series one load accepts.
///
/// A replica exports about 300 series of one engine, so this is a fleet of 160 replicas read raw. Below it, fleets that
/// fit the sample limit would be refused; above it, label handling alone takes seconds in a browser.
pub const SERIES_LIMIT: usize = 50_000;

/// Most samples one load accepts: 64 MB of values.
///
/// A day of four replicas at 15 s is 5.8 million. Twice as much no longer fits a browser tab's budget beside the page;
/// a quarter of it would refuse that day. Larger fleets use the query plan, which ships sums.
pub const SAMPLE_LIMIT: usize = 8_000_000;

/// Parses responses of one time range into one batch.
///
/// A response with `"status":"error"` is an error when it stands alone, and a notice beside others that succeeded.
pub fn parse_responses(responses: &[&[u8]]) -> Result<SampleBatch, Error> {
    let mut batch = SampleBatch::default();
    let mut failures = Vec::new();
    for bytes in responses {
        if let Some(failure) = parse_response(bytes, &mut batch)? {
            failures.push(failure);
        }
    }
    if !failures.is_empty() && failures.len() == responses.len() {
        return Err(Error::bad_data(failures.swap_remove(0)));
    }
    for text in failures {
        batch.notices.push(Notice { level: NoticeLevel::Error, text, query: None });
    }
    Ok(batch)
}

/// Adds one response; returns the server's error sentence if the response is an error.
fn parse_response(bytes: &[u8], batch: &mut SampleBatch) -> Result<Option<String>, Error> {
    refuse_what_is_not_json(bytes)?;
    let builder = RefCell::new(Builder { batch, refusal: None, native_histograms: 0 });
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let parsed = EnvelopeSeed(&builder).deserialize(&mut deserializer).and_then(|envelope| {
        deserializer.end()?;
        Ok(envelope)
    });
    let builder = builder.into_inner();
    if let Some(refusal) = builder.refusal {
        return Err(refusal);
    }
    let envelope = parsed.map_err(|error| explain(&error, bytes.len()))?;
    if builder.native_histograms > 0 {
        builder.batch.notices.push(Notice {
            level: NoticeLevel::Warning,
            text: format!(
                "{} series hold native histograms, which are not read; query the classic buckets beside them",
                builder.native_histograms
            ),
            query: None,
        });
    }
    envelope.finish(builder.batch)
}

fn refuse_what_is_not_json(bytes: &[u8]) -> Result<(), Error> {
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => Err(Error::bad_data("the response is empty; a Prometheus range response is a JSON object")),
        Some(b'<') => Err(Error::bad_data(
            "the response is an HTML or XML page, not JSON; check the address and whether a login page answered",
        )),
        Some(b'{') => Ok(()),
        Some(_) => {
            Err(Error::bad_data("the input is not a Prometheus range response: it does not start with a JSON object"))
        }
    }
}

fn explain(error: &serde_json::Error, length: usize) -> Error {
    if error.is_eof() {
        return Error::bad_data(format!(
            "the response is cut off after {length} bytes; fetch it again and keep the whole body"
        ));
    }
    Error::bad_data(format!("the input is not a Prometheus range response: {error}"))
}

struct Builder<'a> {
    batch: &'a mut SampleBatch,
    refusal: Option<Error>,
    native_histograms: usize,
}

impl Builder<'_> {
    /// Adds one series' points, sharing the run of times with the previous series where both are equal.
    fn push(&mut self, labels: BTreeMap<String, String>, points: &Points) -> Result<(), Error> {
        if self.batch.series.len() == SERIES_LIMIT {
            return Err(Error::too_large(format!(
                "the response holds more than {SERIES_LIMIT} series; narrow the selector to one model, or use the query \
                 plan (`inference-triage plan`), which ships sums over replicas"
            )));
        }
        if self.batch.values.len() + points.values.len() > SAMPLE_LIMIT {
            return Err(Error::too_large(format!(
                "the response holds more than {SAMPLE_LIMIT} samples; shorten the range, widen the step, or use the query \
                 plan (`inference-triage plan`), which ships sums over replicas"
            )));
        }
        let length = points.values.len();
        let shared = self.batch.series.last().map(|series| series.grid).filter(|&grid| {
            self.batch.series.last().is_some_and(|series| series.length == length)
                && self.batch.times[grid..grid + length] == points.times[..]
        });
        let grid = shared.unwrap_or_else(|| {
            let start = self.batch.times.len();
            self.batch.times.extend_from_slice(&points.times);
            start
        });
        let offset = self.batch.values.len();
        self.batch.values.extend_from_slice(&points.values);
        self.batch.series.push(SeriesDescription { labels, grid, offset, length, ..SeriesDescription::default() });
        Ok(())
    }
}

#[derive(Default)]
struct Points {
    times: Vec<f64>,
    values: Vec<f64>,
    not_finite: u64,
}

#[derive(Default)]
struct Envelope {
    status: Option<String>,
    error_type: Option<String>,
    error: Option<String>,
    has_data: bool,
    result_type: Option<String>,
    has_result: bool,
    warnings: Vec<String>,
    infos: Vec<String>,
}

impl Envelope {
    fn finish(self, batch: &mut SampleBatch) -> Result<Option<String>, Error> {
        if self.status.as_deref() == Some("error") {
            let kind = self.error_type.unwrap_or_else(|| "error".to_owned());
            let text = self.error.unwrap_or_else(|| "no text given".to_owned());
            return Ok(Some(format!("the server answered with an error ({kind}): {text}")));
        }
        if !self.has_data {
            return Err(Error::bad_data("the input is not a Prometheus range response: there is no \"data\" in it"));
        }
        match self.result_type.as_deref() {
            Some("matrix" | "vector") => {}
            Some(other) => {
                return Err(Error::bad_data(format!(
                    "the response's result type is \"{other}\"; a range query answers with \"matrix\""
                )));
            }
            None => {
                return Err(Error::bad_data("the input is not a Prometheus range response: \"resultType\" is missing"));
            }
        }
        if !self.has_result {
            return Err(Error::bad_data("the input is not a Prometheus range response: \"result\" is missing"));
        }
        let warnings = self.warnings.into_iter().map(|text| (NoticeLevel::Warning, text));
        let infos = self.infos.into_iter().map(|text| (NoticeLevel::Info, text));
        batch.notices.extend(warnings.chain(infos).map(|(level, text)| Notice { level, text, query: None }));
        Ok(None)
    }
}

struct EnvelopeSeed<'s, 'b>(&'s RefCell<Builder<'b>>);

impl<'de> DeserializeSeed<'de> for EnvelopeSeed<'_, '_> {
    type Value = Envelope;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Envelope, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for EnvelopeSeed<'_, '_> {
    type Value = Envelope;
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object with \"status\" and \"data\"")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Envelope, A::Error> {
        let mut envelope = Envelope::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "status" => envelope.status = map.next_value()?,
                "errorType" => envelope.error_type = map.next_value()?,
                "error" => envelope.error = map.next_value()?,
                "warnings" => envelope.warnings = map.next_value::<Option<_>>()?.unwrap_or_default(),
                "infos" => envelope.infos = map.next_value::<Option<_>>()?.unwrap_or_default(),
                "data" => {
                    envelope.has_data = true;
                    map.next_value_seed(DataSeed { builder: self.0, envelope: &mut envelope })?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(envelope)
    }
}

struct DataSeed<'s, 'b, 'e> {
    builder: &'s RefCell<Builder<'b>>,
    envelope: &'e mut Envelope,
}

impl<'de> DeserializeSeed<'de> for DataSeed<'_, '_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for DataSeed<'_, '_, '_> {
    type Value = ();
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("\"data\" to be an object with \"resultType\" and \"result\"")
    }
    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.envelope.has_data = false;
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "resultType" => self.envelope.result_type = map.next_value()?,
                "result" => {
                    self.envelope.has_result = true;
                    map.next_value_seed(ResultSeed(self.builder))?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

struct ResultSeed<'s, 'b>(&'s RefCell<Builder<'b>>);

impl<'de> DeserializeSeed<'de> for ResultSeed<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for ResultSeed<'_, '_> {
    type Value = ();
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("\"result\" to be a list of series")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        let mut points = Points::default();
        while sequence.next_element_seed(SeriesSeed { builder: self.0, points: &mut points })?.is_some() {}
        Ok(())
    }
}

struct SeriesSeed<'s, 'b, 'p> {
    builder: &'s RefCell<Builder<'b>>,
    points: &'p mut Points,
}

impl<'de> DeserializeSeed<'de> for SeriesSeed<'_, '_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for SeriesSeed<'_, '_, '_> {
    type Value = ();
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a series with \"metric\" and \"values\"")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.points.times.clear();
        self.points.values.clear();
        let mut labels: Option<BTreeMap<String, String>> = None;
        let mut has_values = false;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "metric" => labels = Some(map.next_value()?),
                "values" => {
                    has_values = true;
                    map.next_value_seed(PointsSeed(self.points))?;
                }
                "value" => {
                    has_values = true;
                    map.next_value_seed(PointSeed(self.points))?;
                }
                "histogram" | "histograms" => {
                    map.next_value::<IgnoredAny>()?;
                    self.builder.borrow_mut().native_histograms += 1;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let Some(labels) = labels else {
            return Err(de::Error::custom("a series has no \"metric\""));
        };
        if !has_values {
            return Ok(());
        }
        let mut builder = self.builder.borrow_mut();
        builder.batch.not_finite += std::mem::take(&mut self.points.not_finite);
        builder.push(labels, self.points).map_err(|refusal| {
            let text = refusal.to_string();
            builder.refusal = Some(refusal);
            de::Error::custom(text)
        })
    }
}

struct PointsSeed<'p>(&'p mut Points);

impl<'de> DeserializeSeed<'de> for PointsSeed<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for PointsSeed<'_> {
    type Value = ();
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("\"values\" to be a list of [time, \"value\"] pairs")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        while sequence.next_element_seed(PointSeed(self.0))?.is_some() {}
        Ok(())
    }
}

struct PointSeed<'p>(&'p mut Points);

impl<'de> DeserializeSeed<'de> for PointSeed<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_tuple(2, self)
    }
}

impl<'de> Visitor<'de> for PointSeed<'_> {
    type Value = ();
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a [time, \"value\"] pair")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        let seconds: f64 = sequence.next_element()?.ok_or_else(|| de::Error::invalid_length(0, &self))?;
        let value = sequence.next_element_seed(ValueSeed)?.ok_or_else(|| de::Error::invalid_length(1, &self))?;
        if sequence.next_element::<IgnoredAny>()?.is_some() {
            return Err(de::Error::invalid_length(3, &self));
        }
        if !value.is_finite() {
            self.0.not_finite += 1;
            return Ok(());
        }
        // The API prints at most three decimals; rounding undoes the binary error of the product.
        self.0.times.push((seconds * 1000.0).round());
        self.0.values.push(value);
        Ok(())
    }
}

struct ValueSeed;

impl<'de> DeserializeSeed<'de> for ValueSeed {
    type Value = f64;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<f64, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for ValueSeed {
    type Value = f64;
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number as a string")
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<f64, E> {
        text.parse().map_err(|_| E::custom(format!("the sample value {text:?} is not a number")))
    }
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<f64, E> {
        Ok(value)
    }
    fn visit_u64<E: de::Error>(self, value: u64) -> Result<f64, E> {
        Ok(value as f64)
    }
    fn visit_i64<E: de::Error>(self, value: i64) -> Result<f64, E> {
        Ok(value as f64)
    }
    fn visit_unit<E: de::Error>(self) -> Result<f64, E> {
        Ok(f64::NAN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<SampleBatch, String> {
        parse_responses(&[text.as_bytes()]).map_err(|error| error.to_string())
    }

    #[test]
    fn a_matrix_becomes_columns_and_shares_its_times() {
        let batch = parse(
            r#"{"status":"success","data":{"resultType":"matrix","result":[
                {"metric":{"__name__":"a"},"values":[[1.5,"1"],[2,"2"]]},
                {"metric":{"__name__":"b"},"values":[[1.5,"3"],[2,"4e2"]]}]}}"#,
        )
        .unwrap();
        assert_eq!(batch.times, [1500.0, 2000.0]);
        assert_eq!(batch.values, [1.0, 2.0, 3.0, 400.0]);
        assert_eq!((batch.series[1].grid, batch.series[1].offset, batch.series[1].length), (0, 2, 2));
    }

    #[test]
    fn keys_in_any_order_and_bare_numbers_are_read() {
        let batch = parse(
            r#" { "data" : { "result" : [ { "values" : [ [ 1 , 2.5 ] ] , "metric" : {} } ] , "resultType" : "matrix" } ,
                "status" : "success", "unknown": [1, {"deep": null}] }"#,
        )
        .unwrap();
        assert_eq!(batch.values, [2.5]);
    }

    #[test]
    fn values_that_are_not_finite_are_counted_and_left_out() {
        let batch = parse(
            r#"{"status":"success","data":{"resultType":"matrix","result":[
                {"metric":{},"values":[[1,"NaN"],[2,"+Inf"],[3,"-Inf"],[4,"7"]]}]}}"#,
        )
        .unwrap();
        assert_eq!(batch.values, [7.0]);
        assert_eq!(batch.not_finite, 3);
    }

    #[test]
    fn warnings_and_infos_become_notices() {
        let batch =
            parse(r#"{"status":"success","warnings":["w"],"infos":["i"],"data":{"resultType":"matrix","result":[]}}"#)
                .unwrap();
        assert_eq!(batch.notices.len(), 2);
        assert_eq!(batch.notices[0].level, NoticeLevel::Warning);
    }

    #[test]
    fn what_is_no_range_response_is_named() {
        for (input, expected) in [
            ("", "the response is empty"),
            ("<html>", "HTML or XML page"),
            ("[1]", "does not start with a JSON object"),
            ("{}", "there is no \"data\""),
            (r#"{"status":"success","data":null}"#, "there is no \"data\""),
            (r#"{"status":"success","data":{"result":[]}}"#, "\"resultType\" is missing"),
            (r#"{"status":"success","data":{"resultType":"matrix"}}"#, "\"result\" is missing"),
            (r#"{"status":"success","data":{"resultType":"scalar","result":[]}}"#, "result type is \"scalar\""),
            (r#"{"status":"success","data":{"resultType":"matrix","result":[{"values":[]}]}}"#, "no \"metric\""),
            (r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1]]}]}}"#, "pair"),
            (
                r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"x"]]}]}}"#,
                "the sample value \"x\" is not a number",
            ),
            (r#"{"status":"success","data":{"resultType":"matrix","result":[]}} trailing"#, "trailing characters"),
            (r#"{"status":"error","errorType":"bad_data","error":"parse error"}"#, "(bad_data): parse error"),
        ] {
            let message = parse(input).unwrap_err();
            assert!(message.contains(expected), "{input}: {message}");
        }
    }

    #[test]
    fn a_cut_response_says_where_it_ends() {
        let whole = r#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#;
        for length in 1..whole.len() {
            let message = parse(&whole[..length]).unwrap_err();
            assert!(message.contains(&format!("cut off after {length} bytes")), "{length}: {message}");
        }
    }

    #[test]
    fn one_failed_response_beside_a_good_one_is_a_notice() {
        let good: &[u8] = br#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#;
        let failed: &[u8] = br#"{"status":"error","errorType":"timeout","error":"too slow"}"#;
        let batch = parse_responses(&[good, failed]).unwrap();
        assert_eq!(batch.notices[0].level, NoticeLevel::Error);
        assert!(parse_responses(&[failed, failed]).unwrap_err().to_string().contains("too slow"));
    }

    #[test]
    fn too_many_series_are_refused_with_the_cure() {
        let mut text = r#"{"status":"success","data":{"resultType":"matrix","result":["#.to_owned();
        for index in 0..=SERIES_LIMIT {
            let comma = if index == 0 { "" } else { "," };
            text += &format!(r#"{comma}{{"metric":{{"n":"{index}"}},"values":[[1,"1"]]}}"#);
        }
        text += "]}}";
        let error = parse_responses(&[text.as_bytes()]).unwrap_err();
        assert!(error.is_too_large());
        assert!(error.to_string().contains("query plan"), "{error}");
    }
}
