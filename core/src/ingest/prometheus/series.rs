//! One series of a result: its labels and its points.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Builder;
use super::histograms::{HistogramPoints, HistogramSeed, HistogramsSeed};
use crate::ingest::batch::LARGEST_VALUE;

/// Times and values of one series, reused from series to series.
#[derive(Default)]
pub(super) struct Points {
    pub(super) times: Vec<f64>,
    pub(super) values: Vec<f64>,
    pub(super) not_finite: u64,
}

pub(super) struct SeriesSeed<'s, 'b, 'p> {
    pub(super) builder: &'s RefCell<Builder<'b>>,
    pub(super) points: &'p mut Points,
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
        let mut histograms = HistogramPoints::default();
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
                "histograms" => map.next_value_seed(HistogramsSeed(&mut histograms))?,
                "histogram" => map.next_value_seed(HistogramSeed(&mut histograms))?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let Some(labels) = labels else {
            return Err(de::Error::custom("a series has no \"metric\""));
        };
        let mut builder = self.builder.borrow_mut();
        builder.batch.not_finite += std::mem::take(&mut self.points.not_finite);
        let native = if histograms.times.is_empty() { None } else { Some(labels.clone()) };
        let mut pushed = if has_values { builder.push(labels, self.points) } else { Ok(()) };
        if let Some(labels) = native {
            pushed = pushed.and_then(|()| builder.push_native(labels, &mut histograms));
        }
        pushed.map_err(|refusal| {
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
        if value.is_nan() || value.abs() > LARGEST_VALUE {
            self.0.not_finite += 1;
            return Ok(());
        }
        self.0.times.push(milliseconds(seconds));
        self.0.values.push(value);
        Ok(())
    }
}

/// The API prints at most three decimals; rounding undoes the binary error of the product.
pub(super) fn milliseconds(seconds: f64) -> f64 {
    (seconds * 1000.0).round()
}

/// A number, bare or as text; JSON's null is NaN.
pub(crate) struct LooseNumber(pub(crate) f64);

impl<'de> Deserialize<'de> for LooseNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ValueSeed.deserialize(deserializer).map(Self)
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
