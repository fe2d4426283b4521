//! The same reading a second time, by serde_json and the standard library's number parser: what the
//! scanner must equal.
//!
//! Slow and simple. The text has to be UTF-8 as a whole, which serde_json asks of a `&str`. Bare
//! numbers go to the standard parser as text, because serde_json reads them fast rather than to the
//! last bit.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use inference_triage_core::ingest::batch::{
    LARGEST_VALUE, Labels, Notice, NoticeLevel, SampleBatch, SeriesDescription,
};
use inference_triage_core::ingest::native::{NativeHistogram, NativeSeries};
use inference_triage_core::ingest::prometheus::{SAMPLE_LIMIT, SERIES_LIMIT};
use serde::Deserialize;
use serde::de::{self, DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The batch of one response, or nothing where it is refused or is a server's error.
pub(crate) fn read(bytes: &[u8]) -> Option<SampleBatch> {
    let envelope: Envelope = serde_json::from_str(std::str::from_utf8(bytes).ok()?).ok()?;
    envelope.batch()
}

/// The entries of an object in their order, repeated keys and all.
struct Entries<T>(Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor(PhantomData))
    }
}

struct EntriesVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for EntriesVisitor<T> {
    type Value = Entries<T>;
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<T>, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}

type Object = Entries<Box<RawValue>>;

fn from_raw<T: DeserializeOwned, E: de::Error>(raw: &RawValue) -> Result<T, E> {
    serde_json::from_str(raw.get()).map_err(E::custom)
}

/// A number in any form; null is NaN.
struct Loose(f64);

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <Box<RawValue>>::deserialize(deserializer)?;
        match raw.get().as_bytes()[0] {
            b'"' => from_raw::<String, _>(&raw)?.parse().map(Self).map_err(de::Error::custom),
            b'n' => Ok(Self(f64::NAN)),
            _ => bare(&raw).map(Self),
        }
    }
}

fn bare<E: de::Error>(raw: &RawValue) -> Result<f64, E> {
    // What starts a number in JSON starts no word of the standard parser.
    let is_number = raw.get().starts_with(|first: char| first == '-' || first.is_ascii_digit());
    let number = raw.get().parse::<f64>().ok().filter(|number| is_number && number.is_finite());
    number.ok_or_else(|| E::custom("no number in range"))
}

/// Unix milliseconds.
struct Time(f64);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds: f64 = bare(&<Box<RawValue>>::deserialize(deserializer)?)?;
        // Later than the year 5138, it is in milliseconds.
        if seconds >= 1e11 {
            return Err(de::Error::custom("no seconds"));
        }
        Ok(Self((seconds * 1000.0).round()))
    }
}

struct Histogram(NativeHistogram);

impl<'de> Deserialize<'de> for Histogram {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (mut count, mut sum, mut buckets) = (None, None, None);
        for (key, raw) in Object::deserialize(deserializer)?.0 {
            let repeated = match key.as_str() {
                "count" => count.replace(from_raw::<Option<Loose>, _>(&raw)?).is_some(),
                "sum" => sum.replace(from_raw::<Option<Loose>, _>(&raw)?).is_some(),
                "buckets" => buckets.replace(from_raw::<Vec<[Loose; 4]>, _>(&raw)?).is_some(),
                _ => false,
            };
            if repeated {
                return Err(de::Error::custom("a key twice"));
            }
        }
        let number = |loose: Option<Option<Loose>>| loose.flatten().map(|loose| loose.0);
        let tuple = |[rule, lower, upper, count]: [Loose; 4]| (rule.0, lower.0, upper.0, count.0);
        let buckets = buckets.unwrap_or_default().into_iter().map(tuple).collect();
        Ok(Self(NativeHistogram { count: number(count), sum: number(sum), buckets }))
    }
}

#[derive(Default)]
struct Envelope {
    status: Option<String>,
    has_data: bool,
    result_type: Option<String>,
    has_result: bool,
    warnings: Vec<String>,
    infos: Vec<String>,
    series: Vec<Series>,
}

#[derive(Default)]
struct Series {
    labels: BTreeMap<String, String>,
    samples: Option<Vec<(Time, Loose)>>,
    histograms: Vec<(Time, Histogram)>,
}

impl<'de> Deserialize<'de> for Envelope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut envelope = Self::default();
        let texts =
            |raw: &RawValue| from_raw::<Option<Vec<String>>, _>(raw).map(Option::unwrap_or_default);
        for (key, raw) in Object::deserialize(deserializer)?.0 {
            match key.as_str() {
                "status" => envelope.status = from_raw(&raw)?,
                "errorType" | "error" => drop(from_raw::<Option<String>, _>(&raw)?),
                "warnings" => envelope.warnings = texts(&raw)?,
                "infos" => envelope.infos = texts(&raw)?,
                "data" => {
                    let data = from_raw::<Option<Object>, _>(&raw)?;
                    envelope.has_data = data.is_some();
                    data.map_or(Ok(()), |data| envelope.read_data(data))?;
                }
                _ => {}
            }
        }
        Ok(envelope)
    }
}

impl Envelope {
    fn read_data<E: de::Error>(&mut self, data: Object) -> Result<(), E> {
        for (key, raw) in data.0 {
            match key.as_str() {
                "resultType" => self.result_type = from_raw(&raw)?,
                "result" => {
                    self.has_result = true;
                    if !matches!(self.result_type.as_deref(), Some("scalar" | "string")) {
                        self.series.extend(from_raw::<Vec<Series>, _>(&raw)?);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn batch(self) -> Option<SampleBatch> {
        let is_known = matches!(self.result_type.as_deref(), Some("matrix" | "vector"));
        if self.status.as_deref() == Some("error")
            || !self.has_data
            || !is_known
            || !self.has_result
        {
            return None;
        }
        let mut batch = SampleBatch::default();
        let mut buckets = 0;
        for series in self.series {
            let Series { labels, samples, histograms } = series;
            let labels: Labels = labels.into_iter().collect();
            let room = |batch: &SampleBatch| batch.series.len() + batch.native.len() < SERIES_LIMIT;
            if let Some(samples) = samples {
                if !room(&batch) {
                    return None;
                }
                push(&mut batch, labels.clone(), samples);
            }
            if !histograms.is_empty() {
                if !room(&batch) {
                    return None;
                }
                let (times, histograms): (Vec<_>, Vec<_>) =
                    histograms.into_iter().map(|(time, histogram)| (time.0, histogram.0)).unzip();
                buckets +=
                    histograms.iter().map(|histogram| histogram.buckets.len()).sum::<usize>();
                batch.native.push(NativeSeries {
                    labels,
                    times,
                    histograms,
                    ..NativeSeries::default()
                });
            }
            if batch.values.len() + buckets > SAMPLE_LIMIT {
                return None;
            }
        }
        for (level, texts) in
            [(NoticeLevel::Warning, self.warnings), (NoticeLevel::Info, self.infos)]
        {
            batch.notices.extend(texts.into_iter().map(|text| Notice { level, text, query: None }));
        }
        Some(batch)
    }
}

/// Adds a series; the times of the previous one are shared where they are the same.
fn push(batch: &mut SampleBatch, labels: Labels, samples: Vec<(Time, Loose)>) {
    let all = samples.len();
    let kept: Vec<(f64, f64)> = samples
        .into_iter()
        .map(|(time, value)| (time.0, value.0))
        .filter(|(_, value)| value.abs() <= LARGEST_VALUE)
        .collect();
    batch.not_finite += (all - kept.len()) as u64;
    let (times, values): (Vec<f64>, Vec<f64>) = kept.into_iter().unzip();
    let length = times.len();
    let is_same = |previous: &&SeriesDescription| {
        previous.length == length && batch.times[previous.grid..previous.grid + length] == times[..]
    };
    let shared = batch.series.last().filter(is_same).map(|previous| previous.grid);
    let (grid, offset) = (shared.unwrap_or(batch.times.len()), batch.values.len());
    if shared.is_none() {
        batch.times.extend(times);
    }
    batch.values.extend(values);
    batch.series.push(SeriesDescription {
        labels,
        grid,
        offset,
        length,
        ..SeriesDescription::default()
    });
}

impl<'de> Deserialize<'de> for Series {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut labels = None;
        let mut series = Self::default();
        for (key, raw) in Object::deserialize(deserializer)?.0 {
            match key.as_str() {
                "metric" => {
                    labels = Some(from_raw::<Entries<String>, _>(&raw)?.0.into_iter().collect());
                }
                "values" => series
                    .samples
                    .get_or_insert_default()
                    .extend(from_raw::<Vec<(Time, Loose)>, _>(&raw)?),
                "value" => series.samples.get_or_insert_default().push(from_raw(&raw)?),
                "histograms" => {
                    series.histograms.extend(from_raw::<Vec<(Time, Histogram)>, _>(&raw)?);
                }
                "histogram" => series.histograms.push(from_raw(&raw)?),
                _ => {}
            }
        }
        series.labels = labels.ok_or_else(|| de::Error::custom("no metric"))?;
        Ok(series)
    }
}
