//! The scanner of Prometheus responses and nothing else: bytes in, columns held here, copies out
//! for the comparison.

use inference_triage_core::ingest::batch::SampleBatch;
use inference_triage_core::ingest::prometheus::ResponseReader;
use js_sys::Uint8Array;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

/// What was read from one response.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Columns(SampleBatch);

#[wasm_bindgen]
impl Columns {
    /// Reads a response through a window, as the shipped module does.
    pub fn scan(response: &Uint8Array) -> Result<Self, JsError> {
        let length = response.length() as usize;
        let mut reader = ResponseReader::new(length);
        let mut copy = |from: usize, place: &mut [u8]| {
            response.subarray(from as u32, (from + place.len()) as u32).copy_to(place);
        };
        let read = reader
            .take(length, &mut copy)
            .and_then(|()| reader.end())
            .and_then(|()| reader.finish());
        read.map(Self).map_err(|error| JsError::new(&error.to_string()))
    }

    /// Number of series.
    pub fn series(&self) -> usize {
        self.0.series.len()
    }

    /// Milliseconds of one series.
    pub fn times(&self, series: usize) -> Vec<f64> {
        let series = &self.0.series[series];
        self.0.times[series.grid..series.grid + series.length].to_vec()
    }

    /// Values of one series.
    pub fn values(&self, series: usize) -> Vec<f64> {
        let series = &self.0.series[series];
        self.0.values[series.offset..series.offset + series.length].to_vec()
    }
}
