//! A heat map as pixels.

use inference_triage_core::signal::heat_map::HeatMap;
use wasm_bindgen::{Clamped, JsValue};
use web_sys::{CanvasRenderingContext2d, ImageData};

/// Opacity of a cell with the fewest observations: one request among thousands must still be seen beside an empty cell.
const FAINTEST: f64 = 0.16;

/// Opacity of the quantile's interval; more would hide the cells beneath it.
const BAND: f64 = 0.16;

/// Most pixels of one picture: a wall of 8K is 33 million; beyond it the size is a mistake.
const PIXEL_LIMIT: u32 = 40_000_000;

/// Red, green, blue.
pub type Colour = [u8; 3];

/// Paints cells and the quantile's interval over the whole of a canvas of `width` × `height` device pixels. The rest is left
/// transparent, so that the page's own background shows.
pub fn paint(
    context: &CanvasRenderingContext2d,
    map: &HeatMap,
    (width, height): (u32, u32),
    cell: Colour,
    band: Colour,
) -> Result<(), JsValue> {
    if width == 0 || height == 0 {
        return Ok(());
    }
    if width.checked_mul(height).is_none_or(|pixels| pixels > PIXEL_LIMIT) {
        return Err(JsValue::from_str("the canvas is too large to be painted"));
    }
    let pixels = picture(map, width as usize, height as usize, cell, band);
    let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&pixels), width, height)?;
    context.put_image_data(&image, 0.0, 0.0)
}

/// The picture as red, green, blue and opacity of each pixel, row by row from the top.
pub fn picture(map: &HeatMap, width: usize, height: usize, cell: Colour, band: Colour) -> Vec<u8> {
    let mut pixels = vec![0; width * height * 4];
    if pixels.is_empty() || map.lo.is_empty() {
        return pixels;
    }
    let narrow = narrow_picture(map, height, cell, band);
    let edges: Vec<usize> = (0..map.times.len()).map(|column| across(map, column, width) * 4).collect();
    let mut lines = narrow.chunks_exact(map.lo.len() * 4);
    let mut above: &[u8] = &[];
    for start in (0..pixels.len()).step_by(width * 4) {
        let Some(line) = lines.next() else { break };
        // Most lines repeat the one above, and copying is the quickest way to fill memory.
        if line == above {
            pixels.copy_within(start - width * 4..start, start);
            continue;
        }
        for (colour, ends) in line.chunks_exact(4).zip(edges.windows(2)) {
            let part = pixels.get_mut(start + ends[0]..start + ends[1]).unwrap_or_default();
            for pixel in part.chunks_exact_mut(4) {
                pixel.copy_from_slice(colour);
            }
        }
        above = line;
    }
    pixels
}

/// The same picture with each column one pixel wide.
fn narrow_picture(map: &HeatMap, height: usize, cell: Colour, band: Colour) -> Vec<u8> {
    let columns = map.lo.len();
    let mut pixels = vec![0; columns * height * 4];
    let rows = map.rows();
    let densities = densities(map);
    let most = densities.iter().copied().fold(0.0, f64::max);
    let edges: Vec<usize> = map.edges.iter().map(|&edge| line(map.position(edge), height)).collect();
    let stroke = (height / 160).max(1);
    for column in 0..columns {
        let mut fill = |down, colour, opacity| fill(&mut pixels, columns, column, down, colour, opacity);
        for row in 0..rows {
            let share = densities[column * rows + row] / most;
            if share > 0.0 {
                let opacity = FAINTEST + (1.0 - FAINTEST) * share.sqrt();
                fill(edges[row + 1]..edges[row], cell, opacity);
            }
        }
        let (lo, hi) = (map.lo[column], map.hi[column]);
        if !lo.is_nan() {
            let (top, bottom) = (line(map.position(hi), height), line(map.position(lo), height));
            fill(top..bottom, band, BAND);
            fill(bottom.saturating_sub(stroke)..bottom, band, 1.0);
            if hi.is_finite() {
                fill(top..(top + stroke).min(height), band, 1.0);
            }
        }
    }
    pixels
}

/// Observations per second and per unit of the axis: neither a wide bucket nor a long column looks fuller than it is.
fn densities(map: &HeatMap) -> Vec<f64> {
    let rows = map.rows();
    let heights: Vec<f64> = map.edges.windows(2).map(|edges| map.position(edges[1]) - map.position(edges[0])).collect();
    let spans = map.times.windows(2).map(|ends| ends[1] - ends[0]);
    let columns = map.counts.chunks(rows).zip(spans);
    columns
        .flat_map(|(counts, span)| counts.iter().zip(&heights).map(move |(count, height)| count / height / span))
        .collect()
}

/// Pixel at which a column begins.
fn across(map: &HeatMap, column: usize, width: usize) -> usize {
    let (start, end) = (map.times[0], map.times[map.times.len() - 1]);
    ((map.times[column] - start) / (end - start) * width as f64).round() as usize
}

/// Pixel row of a place on the axis; the top row is 0.
fn line(position: f64, height: usize) -> usize {
    ((1.0 - position) * height as f64).round() as usize
}

/// Blends a colour over the pixels `down` of one column of a picture that is `width` wide.
fn fill(pixels: &mut [u8], width: usize, column: usize, down: std::ops::Range<usize>, colour: Colour, opacity: f64) {
    for line in down {
        let start = (line * width + column) * 4;
        let Some(pixel) = pixels.get_mut(start..start + 4) else { return };
        blend(pixel, colour, opacity);
    }
}

/// Source over destination, without premultiplication, as canvases have their pixels.
fn blend(pixel: &mut [u8], colour: Colour, opacity: f64) {
    let below = f64::from(pixel[3]) / 255.0 * (1.0 - opacity);
    let together = opacity + below;
    for (part, &new) in pixel.iter_mut().zip(&colour) {
        *part = ((f64::from(new) * opacity + f64::from(*part) * below) / together).round() as u8;
    }
    pixel[3] = (together * 255.0).round() as u8;
}

#[cfg(test)]
mod tests {
    use super::*;

    const CELL: Colour = [200, 0, 0];
    const BAND_COLOUR: Colour = [0, 0, 100];

    /// Two columns of 10 s and 30 s, two rows of equal height.
    fn map() -> HeatMap {
        HeatMap {
            times: vec![0.0, 10_000.0, 40_000.0],
            bounds: vec![0.0, 1.0, 10.0],
            edges: vec![0.1, 1.0, 10.0],
            counts: vec![4.0, 0.0, 0.0, 3.0],
            lo: vec![f64::NAN, f64::NAN],
            hi: vec![f64::NAN, f64::NAN],
        }
    }

    fn pixel(pixels: &[u8], width: usize, (x, y): (usize, usize)) -> [u8; 4] {
        let start = (y * width + x) * 4;
        [0, 1, 2, 3].map(|part| pixels[start + part])
    }

    #[test]
    fn cells_stand_where_their_time_and_their_bucket_are_and_empty_ones_are_transparent() {
        let pixels = picture(&map(), 8, 4, CELL, BAND_COLOUR);
        // The first column takes a quarter of the width; its lower row holds four observations in 10 s, the densest cell.
        assert_eq!(pixel(&pixels, 8, (1, 3)), [200, 0, 0, 255]);
        assert_eq!(pixel(&pixels, 8, (1, 1)), [0, 0, 0, 0]);
        // Three observations in 30 s are a quarter as dense: half of the way from the faintest to full, by the square root.
        assert_eq!(pixel(&pixels, 8, (2, 0)), [200, 0, 0, 148]);
        assert_eq!(pixel(&pixels, 8, (7, 2)), [0, 0, 0, 0]);
    }

    #[test]
    fn the_interval_is_laid_over_the_cells_and_has_no_upper_line_where_nothing_bounds_it() {
        let mut map = map();
        map.lo = vec![1.0, 1.0];
        map.hi = vec![10.0, f64::INFINITY];
        let pixels = picture(&map, 8, 8, CELL, BAND_COLOUR);
        assert_eq!(pixel(&pixels, 8, (0, 0)), [0, 0, 100, 255]);
        assert_eq!(pixel(&pixels, 8, (0, 3)), [0, 0, 100, 255]);
        assert_eq!(pixel(&pixels, 8, (0, 1)), [0, 0, 100, 41]);
        assert_eq!(pixel(&pixels, 8, (0, 7)), [200, 0, 0, 255]);
        assert_ne!(pixel(&pixels, 8, (7, 0)), [0, 0, 100, 255]);
    }

    #[test]
    fn absent_columns_stay_transparent_and_strange_numbers_make_no_panic() {
        let mut strange = map();
        strange.counts = vec![f64::NAN, f64::NAN, f64::INFINITY, -1.0];
        strange.lo = vec![f64::INFINITY, -5.0];
        strange.hi = vec![f64::NAN, -5.0];
        strange.edges = vec![-1.0, 0.0, 0.0];
        assert_eq!(picture(&strange, 3, 2, CELL, BAND_COLOUR).len(), 24);
        assert!(picture(&strange, 0, 2, CELL, BAND_COLOUR).is_empty());
        let mut absent = map();
        absent.counts = vec![f64::NAN; 4];
        assert!(picture(&absent, 5, 5, CELL, BAND_COLOUR).iter().all(|&part| part == 0));
    }
}
