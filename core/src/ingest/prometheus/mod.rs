//! Prometheus range responses (JSON bytes) to a [`SampleBatch`].
//!
//! Reads any valid layout of the HTTP API's `matrix` and `vector` results: keys in any order, any white space, numbers
//! as strings or bare, floats and native histograms in one series.

mod histograms;
mod series;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::error::Error;
use crate::ingest::native::NativeSeries;
use histograms::HistogramPoints;
pub(crate) use series::LooseNumber;
use series::{Points, SeriesSeed};

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
    let builder = RefCell::new(Builder { batch, refusal: None, native_buckets: 0 });
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
    /// Buckets of native histograms read so far.
    native_buckets: usize,
}

impl Builder<'_> {
    /// Adds one series' points, sharing the run of times with the previous series where both are equal.
    fn push(&mut self, labels: BTreeMap<String, String>, points: &Points) -> Result<(), Error> {
        self.check_limits(points.values.len())?;
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

impl Builder<'_> {
    /// Refuses one more series of so many samples where it would be too much.
    fn check_limits(&self, samples: usize) -> Result<(), Error> {
        if self.batch.series.len() + self.batch.native.len() == SERIES_LIMIT {
            return Err(Error::too_large(format!(
                "the response holds more than {SERIES_LIMIT} series; narrow the selector to one model, or use the query \
                 plan (`inference-triage plan`), which ships sums over replicas"
            )));
        }
        if self.batch.values.len() + self.native_buckets + samples > SAMPLE_LIMIT {
            return Err(Error::too_large(format!(
                "the response holds more than {SAMPLE_LIMIT} samples; shorten the range, widen the step, or use the query \
                 plan (`inference-triage plan`), which ships sums over replicas"
            )));
        }
        Ok(())
    }

    /// Adds one series' native histograms.
    fn push_native(&mut self, labels: BTreeMap<String, String>, points: &mut HistogramPoints) -> Result<(), Error> {
        self.check_limits(points.buckets)?;
        self.native_buckets += std::mem::take(&mut points.buckets);
        self.batch.native.push(NativeSeries {
            labels,
            times: std::mem::take(&mut points.times),
            histograms: std::mem::take(&mut points.histograms),
            ..NativeSeries::default()
        });
        Ok(())
    }
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
                "result" if matches!(self.envelope.result_type.as_deref(), Some("scalar" | "string")) => {
                    // Refused by its type once the envelope is read; its shape is not a list of series.
                    self.envelope.has_result = true;
                    map.next_value::<IgnoredAny>()?;
                }
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

#[cfg(test)]
mod tests;
