//! A heat map that is there already, to be painted by the shipped painter.

use inference_triage_core::signal::heat_map::HeatMap;
use inference_triage_plugin::paint::paint;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::CanvasRenderingContext2d;

/// A heat map.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Painting(HeatMap);

#[wasm_bindgen]
impl Painting {
    /// From the arrays of the engine's `HeatMap`.
    #[wasm_bindgen(constructor)]
    pub fn new(
        times: Vec<f64>,
        bounds: Vec<f64>,
        edges: Vec<f64>,
        counts: Vec<f64>,
        lo: Vec<f64>,
        hi: Vec<f64>,
    ) -> Self {
        Self(HeatMap { times, bounds, edges, counts, lo, hi })
    }

    /// Paints it over a canvas of `width` × `height` device pixels; `colours` are red, green and
    /// blue of the cells, then of the interval.
    pub fn paint(
        &self,
        context: &CanvasRenderingContext2d,
        width: u32,
        height: u32,
        colours: &[u8],
    ) -> Result<(), JsValue> {
        let colour = |start: usize| {
            [0, 1, 2].map(|part| colours.get(start + part).copied().unwrap_or_default())
        };
        paint(context, &self.0, (width, height), colour(0), colour(3))
    }
}
