//! Native histograms of a result: `[time, {"count": "7", "sum": "3.2", "buckets": [[rule, "lower", "upper", "count"], …]}]`.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, SeqAccess, Visitor};

use super::series::milliseconds;
use crate::ingest::native::NativeHistogram;

/// Times and native histograms of one series.
#[derive(Default)]
pub(super) struct HistogramPoints {
    pub(super) times: Vec<f64>,
    pub(super) histograms: Vec<NativeHistogram>,
    /// Buckets of all the histograms.
    pub(super) buckets: usize,
}

pub(super) struct HistogramsSeed<'p>(pub(super) &'p mut HistogramPoints);

impl<'de> DeserializeSeed<'de> for HistogramsSeed<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for HistogramsSeed<'_> {
    type Value = ();
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("\"histograms\" to be a list of [time, histogram] pairs")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        while sequence.next_element_seed(HistogramSeed(self.0))?.is_some() {}
        Ok(())
    }
}

pub(super) struct HistogramSeed<'p>(pub(super) &'p mut HistogramPoints);

impl<'de> DeserializeSeed<'de> for HistogramSeed<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_tuple(2, self)
    }
}

impl<'de> Visitor<'de> for HistogramSeed<'_> {
    type Value = ();
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a [time, histogram] pair")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        let seconds: f64 = sequence.next_element()?.ok_or_else(|| de::Error::invalid_length(0, &self))?;
        let histogram: NativeHistogram = sequence.next_element()?.ok_or_else(|| de::Error::invalid_length(1, &self))?;
        if sequence.next_element::<IgnoredAny>()?.is_some() {
            return Err(de::Error::invalid_length(3, &self));
        }
        self.0.buckets += histogram.buckets.len();
        self.0.times.push(milliseconds(seconds));
        self.0.histograms.push(histogram);
        Ok(())
    }
}
