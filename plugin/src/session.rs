//! The one handle: data and settings in, report and columns out.

use inference_triage_core::catalogue::columns::ColumnId;
use inference_triage_core::catalogue::signals::SignalId;
use inference_triage_core::error::Error;
use inference_triage_core::ingest::batch::SampleBatch;
use inference_triage_core::ingest::prometheus::ResponseReader;
use inference_triage_core::session::Session as CoreSession;
use inference_triage_core::settings::{Interval, Settings};
use js_sys::{Float64Array, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::CanvasRenderingContext2d;

use crate::error::from_core;
use crate::paint::paint;

/// Loaded data with settings. `free()` gives its memory back to the module.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Session(CoreSession);

#[wasm_bindgen]
impl Session {
    /// A session without data, with default settings.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces the data by Prometheus range responses, the JSON bytes as the server sent them.
    #[wasm_bindgen(js_name = loadResponses)]
    pub fn load_responses(&mut self, responses: Vec<Uint8Array>) -> Result<(), JsValue> {
        parse(responses)
            .and_then(|batch| self.0.load_batch(batch))
            .map_err(|error| from_core(&error))
    }

    /// Adds the newest part of the same queries.
    #[wasm_bindgen(js_name = appendResponses)]
    pub fn append_responses(&mut self, responses: Vec<Uint8Array>) -> Result<(), JsValue> {
        parse(responses)
            .and_then(|batch| self.0.append_batch(batch))
            .map_err(|error| from_core(&error))
    }

    /// Replaces the data by a batch: its two columns, and everything else of it as JSON bytes.
    #[wasm_bindgen(js_name = loadBatch)]
    pub fn load_batch(
        &mut self,
        times: &Float64Array,
        values: &Float64Array,
        description: &[u8],
    ) -> Result<(), JsValue> {
        self.0.load_batch(batch(times, values, description)?).map_err(|error| from_core(&error))
    }

    /// Adds the newest part of the same queries.
    #[wasm_bindgen(js_name = appendBatch)]
    pub fn append_batch(
        &mut self,
        times: &Float64Array,
        values: &Float64Array,
        description: &[u8],
    ) -> Result<(), JsValue> {
        self.0.append_batch(batch(times, values, description)?).map_err(|error| from_core(&error))
    }

    /// Replaces the history by Prometheus range responses of a longer or an earlier range; the data
    /// that are diagnosed stay as they are.
    #[wasm_bindgen(js_name = loadHistoryResponses)]
    pub fn load_history_responses(&mut self, responses: Vec<Uint8Array>) -> Result<(), JsValue> {
        parse(responses)
            .and_then(|batch| self.0.load_history_batch(batch))
            .map_err(|error| from_core(&error))
    }

    /// Replaces the history by a batch, as `loadBatch` takes it.
    #[wasm_bindgen(js_name = loadHistoryBatch)]
    pub fn load_history_batch(
        &mut self,
        times: &Float64Array,
        values: &Float64Array,
        description: &[u8],
    ) -> Result<(), JsValue> {
        self.0
            .load_history_batch(batch(times, values, description)?)
            .map_err(|error| from_core(&error))
    }

    /// Gives the history up.
    #[wasm_bindgen(js_name = clearHistory)]
    pub fn clear_history(&mut self) {
        self.0.clear_history();
    }

    /// Replaces the settings by JSON bytes; absent fields take their defaults, unknown ones are
    /// refused.
    pub fn configure(&mut self, settings: &[u8]) -> Result<(), JsValue> {
        let settings = Settings::from_json(settings).map_err(|error| from_core(&error))?;
        self.0.configure(settings).map_err(|error| from_core(&error))
    }

    /// Every scope in short as JSON bytes, the worst first.
    #[wasm_bindgen(js_name = summaryBytes)]
    pub fn summary_bytes(&self) -> Result<Vec<u8>, JsValue> {
        self.0.summary_bytes().map_err(|error| from_core(&error))
    }

    /// The diagnosis of one scope as JSON bytes, by its id in the summary.
    #[wasm_bindgen(js_name = diagnosisBytes)]
    pub fn diagnosis_bytes(&self, scope: usize) -> Result<Vec<u8>, JsValue> {
        self.0.diagnosis_bytes(scope).map_err(|error| from_core(&error))
    }

    /// Every scope in short and the diagnosis of one, by its id or else as the settings ask, as
    /// JSON bytes: the same bytes as the command line prints.
    #[wasm_bindgen(js_name = reportBytes)]
    pub fn report_bytes(&self, scope: Option<usize>) -> Result<Vec<u8>, JsValue> {
        self.0.report_bytes_of(scope).map_err(|error| from_core(&error))
    }

    /// The incident message of one scope as Markdown, the same text as the command line prints.
    pub fn markdown(&self, scope: Option<usize>) -> Result<String, JsValue> {
        self.0.markdown(scope).map_err(|error| from_core(&error))
    }

    /// The window `after` of a scope judged against the earlier window `before`, each as its start
    /// and its end in Unix milliseconds, as JSON bytes.
    #[wasm_bindgen(js_name = compareBytes)]
    pub fn compare_bytes(
        &self,
        scope: usize,
        before: &[f64],
        after: &[f64],
    ) -> Result<Vec<u8>, JsValue> {
        self.0
            .compare_bytes(Some(scope), interval(before), interval(after))
            .map_err(|error| from_core(&error))
    }

    /// The same comparison as Markdown, the text that the command line prints.
    #[wasm_bindgen(js_name = compareMarkdown)]
    pub fn compare_markdown(
        &self,
        scope: usize,
        before: &[f64],
        after: &[f64],
    ) -> Result<String, JsValue> {
        self.0
            .compare_markdown(Some(scope), interval(before), interval(after))
            .map_err(|error| from_core(&error))
    }

    /// The verdicts of `most` steps of a scope from the one with number `first`, as JSON bytes.
    #[wasm_bindgen(js_name = timelineBytes)]
    pub fn timeline_bytes(
        &self,
        scope: usize,
        first: usize,
        most: usize,
    ) -> Result<Vec<u8>, JsValue> {
        let wanted = first..first.saturating_add(most);
        self.0.timeline_bytes(scope, wanted).map_err(|error| from_core(&error))
    }

    /// The verdicts of `most` replicas of a scope by themselves, from the one with number `first`,
    /// as JSON bytes.
    #[wasm_bindgen(js_name = replicaVerdictsBytes)]
    pub fn replica_verdicts_bytes(
        &self,
        scope: usize,
        first: usize,
        most: usize,
    ) -> Result<Vec<u8>, JsValue> {
        let wanted = first..first.saturating_add(most);
        self.0.replica_verdicts_bytes(scope, wanted).map_err(|error| from_core(&error))
    }

    /// A copy of a long column that the diagnosis of the scope lists; `NaN` marks an absent value.
    /// Nothing when there is no such column.
    pub fn column(&self, scope: usize, id: &str) -> Option<Vec<f64>> {
        #[cfg(feature = "forced-trap")]
        crate::trap::on_request(id);
        self.0.column(scope, ColumnId::from_id(id)?)
    }

    /// A copy of a long column of the history of a scope, as `column`, with times of its own.
    #[wasm_bindgen(js_name = historyColumn)]
    pub fn history_column(&self, scope: usize, id: &str) -> Option<Vec<f64>> {
        self.0.history_column(scope, ColumnId::from_id(id)?)
    }

    /// The heat map of a signal of a scope as one list of numbers: columns, rows, then the ends of
    /// the columns, the bounds, the edges, the counts, the lower and the upper ends of the interval
    /// of quantile `q`. Nothing when there is no such histogram.
    #[wasm_bindgen(js_name = heatMap)]
    pub fn heat_map(&self, scope: usize, signal: &str, columns: usize, q: f64) -> Option<Vec<f64>> {
        let map = self.0.heat_map(scope, SignalId::from_id(signal)?, columns, q)?;
        let size = [map.lo.len() as f64, map.rows() as f64];
        Some(
            [&size, &map.times[..], &map.bounds, &map.edges, &map.counts, &map.lo, &map.hi]
                .concat(),
        )
    }

    /// Paints that heat map over a canvas of `width` × `height` device pixels; `colours` are red,
    /// green and blue of the cells, then of the interval. False when there is no such histogram.
    #[wasm_bindgen(js_name = paintHeatMap)]
    #[allow(
        clippy::too_many_arguments,
        reason = "numbers cross the boundary without being wrapped"
    )]
    pub fn paint_heat_map(
        &self,
        context: &CanvasRenderingContext2d,
        scope: usize,
        signal: &str,
        columns: usize,
        q: f64,
        width: u32,
        height: u32,
        colours: &[u8],
    ) -> Result<bool, JsValue> {
        let signal = SignalId::from_id(signal);
        let Some(map) = signal.and_then(|signal| self.0.heat_map(scope, signal, columns, q)) else {
            return Ok(false);
        };
        let colour = |start: usize| {
            [0, 1, 2].map(|part| colours.get(start + part).copied().unwrap_or_default())
        };
        paint(context, &map, (width, height), colour(0), colour(3))?;
        Ok(true)
    }
}

/// Reads the responses through a small window: their text never lies in this module's memory as a
/// whole.
fn parse(responses: Vec<Uint8Array>) -> Result<SampleBatch, Error> {
    let length = |response: &Uint8Array| response.length() as usize;
    let mut reader = ResponseReader::new(responses.iter().map(length).sum());
    for response in responses {
        reader.take(length(&response), &mut |from, place| {
            response.subarray(from as u32, (from + place.len()) as u32).copy_to(place);
        })?;
        reader.end()?;
    }
    reader.finish()
}

/// What is missing counts as 0, which no data hold: the core refuses it by name.
fn interval(ends: &[f64]) -> Interval {
    let end = |at: usize| ends.get(at).copied().unwrap_or_default() as i64;
    Interval { start: end(0), end: end(1) }
}

fn batch(
    times: &Float64Array,
    values: &Float64Array,
    description: &[u8],
) -> Result<SampleBatch, JsValue> {
    let described = SampleBatch::described_by(description).map_err(|error| from_core(&error))?;
    Ok(SampleBatch { times: times.to_vec(), values: values.to_vec(), ..described })
}
