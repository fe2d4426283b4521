//! A heat map as pixels.

use std::ops::Range;

use inference_triage_core::signal::heat_map::HeatMap;
use wasm_bindgen::{Clamped, JsValue};
use web_sys::{CanvasRenderingContext2d, ImageData};

/// Opacity of a cell with the fewest observations: one request among thousands must still be seen
/// beside an empty cell.
const FAINTEST: f64 = 0.16;

/// Opacity of the quantile's interval; more would hide the cells beneath it.
const BAND: f64 = 0.16;

/// Most pixels of one picture: a wall of 8K is 33 million; beyond it the size is a mistake.
const PIXEL_LIMIT: u32 = 40_000_000;

/// Red, green, blue.
pub type Colour = [u8; 3];

/// Red, green, blue and opacity, without premultiplication, as canvases have their pixels.
pub type Pixel = [u8; 4];

const CLEAR: Pixel = [0; 4];

/// Paints cells and the quantile's interval over the whole of a canvas of `width` × `height` device
/// pixels. The rest is left transparent, so that the page's own background shows.
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
    let image =
        ImageData::new_with_u8_clamped_array_and_sh(Clamped(pixels.as_flattened()), width, height)?;
    context.put_image_data(&image, 0.0, 0.0)
}

/// The picture, line by line from the top.
pub fn picture(
    map: &HeatMap,
    width: usize,
    height: usize,
    cell: Colour,
    band: Colour,
) -> Vec<Pixel> {
    let size = width * height;
    let mut pixels = Vec::with_capacity(size);
    if size > 0 && !map.lo.is_empty() {
        let drawing = Drawing::of(map, height, cell, band);
        let ends: Vec<usize> =
            (1..map.times.len()).map(|column| across(map, column, width).min(width)).collect();
        for line in 0..height {
            // Most lines repeat the one above, and copying is the quickest way to fill memory.
            if !drawing.begins[line] {
                pixels.extend_from_within(pixels.len() - width..);
                continue;
            }
            let start = pixels.len();
            let row = drawing.row_at(line);
            for (column, &end) in ends.iter().enumerate() {
                let pixel = drawing.pixel(row, column, line);
                while pixels.len() < start + end {
                    pixels.push(pixel);
                }
            }
            pixels.resize(start + width, CLEAR);
        }
    }
    pixels.resize(size, CLEAR);
    pixels
}

/// What there is to draw, with lines counted from the top.
struct Drawing {
    /// Colours of the cells, row by row from the lowest.
    cells: Vec<Pixel>,
    columns: usize,
    /// Lines at which the rows end, from the lowest up.
    edges: Vec<usize>,
    /// Lines of each column's interval, none of them where it has no interval: all, its lower end,
    /// its upper end.
    intervals: Vec<[Range<usize>; 3]>,
    /// Whether a line may differ from the one above.
    begins: Vec<bool>,
    band: Colour,
}

impl Drawing {
    fn of(map: &HeatMap, height: usize, cell: Colour, band: Colour) -> Self {
        let edges: Vec<usize> =
            map.edges.iter().map(|&edge| line(map.position(edge), height)).collect();
        let stroke = (height / 160).max(1);
        let interval = |(&lo, &hi): (&f64, &f64)| {
            if lo.is_nan() {
                return [0..0, 0..0, 0..0];
            }
            let (top, bottom) = (line(map.position(hi), height), line(map.position(lo), height));
            let upper_end = if hi.is_finite() { top..(top + stroke).min(height) } else { 0..0 };
            [top..bottom, bottom.saturating_sub(stroke)..bottom, upper_end]
        };
        let intervals: Vec<[Range<usize>; 3]> = map.lo.iter().zip(&map.hi).map(interval).collect();
        let mut begins = vec![false; height + 1];
        begins[0] = true;
        let ends = intervals.iter().flatten().flat_map(|lines| [lines.start, lines.end]);
        for line in ends.chain(edges.iter().copied()) {
            begins[line.min(height)] = true;
        }
        Self { cells: cells(map, cell), columns: map.lo.len(), edges, intervals, begins, band }
    }

    /// The row that a line shows.
    fn row_at(&self, line: usize) -> Option<usize> {
        self.edges.partition_point(|&edge| edge > line).checked_sub(1)
    }

    fn pixel(&self, row: Option<usize>, column: usize, line: usize) -> Pixel {
        let [all, lower_end, upper_end] = &self.intervals[column];
        let [red, green, blue] = self.band;
        if lower_end.contains(&line) || upper_end.contains(&line) {
            return [red, green, blue, u8::MAX];
        }
        let cell = row
            .and_then(|row| self.cells.get(row * self.columns + column))
            .copied()
            .unwrap_or(CLEAR);
        if all.contains(&line) { blend(cell, self.band, BAND) } else { cell }
    }
}

/// The colours of all cells, row by row from the lowest; the fuller a cell, the more opaque.
fn cells(map: &HeatMap, [red, green, blue]: Colour) -> Vec<Pixel> {
    let densities = densities(map);
    let most = densities.iter().copied().fold(0.0, f64::max);
    let (columns, rows) = (map.lo.len(), map.rows());
    let mut cells = Vec::with_capacity(columns * rows);
    for row in 0..rows {
        for column in 0..columns {
            let share = densities[column * rows + row] / most;
            let opacity =
                if share > 0.0 { FAINTEST + (1.0 - FAINTEST) * share.sqrt() } else { 0.0 };
            cells.push(if opacity > 0.0 {
                [red, green, blue, (opacity * 255.0).round() as u8]
            } else {
                CLEAR
            });
        }
    }
    cells
}

/// Observations per second and per unit of the axis: neither a wide bucket nor a long column looks
/// fuller than it is.
fn densities(map: &HeatMap) -> Vec<f64> {
    let rows = map.rows();
    let heights: Vec<f64> =
        map.edges.windows(2).map(|edges| map.position(edges[1]) - map.position(edges[0])).collect();
    let spans = map.times.windows(2).map(|ends| ends[1] - ends[0]);
    let columns = map.counts.chunks(rows).zip(spans);
    columns
        .flat_map(|(counts, span)| {
            counts.iter().zip(&heights).map(move |(count, height)| count / height / span)
        })
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

/// A colour over a pixel.
fn blend(pixel: Pixel, colour: Colour, opacity: f64) -> Pixel {
    let below = f64::from(pixel[3]) / 255.0 * (1.0 - opacity);
    let together = opacity + below;
    let part = |part: usize| {
        ((f64::from(colour[part]) * opacity + f64::from(pixel[part]) * below) / together).round()
            as u8
    };
    [part(0), part(1), part(2), (together * 255.0).round() as u8]
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

    fn pixel(pixels: &[Pixel], width: usize, (x, y): (usize, usize)) -> Pixel {
        pixels[y * width + x]
    }

    #[test]
    fn cells_stand_where_their_time_and_their_bucket_are_and_empty_ones_are_transparent() {
        let pixels = picture(&map(), 8, 4, CELL, BAND_COLOUR);
        // The first column takes a quarter of the width; its lower row holds four observations in
        // 10 s, the densest cell.
        assert_eq!(pixel(&pixels, 8, (1, 3)), [200, 0, 0, 255]);
        assert_eq!(pixel(&pixels, 8, (1, 1)), [0, 0, 0, 0]);
        // Three observations in 30 s are a quarter as dense: half of the way from the faintest to
        // full, by the square root.
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
        assert_eq!(picture(&strange, 3, 2, CELL, BAND_COLOUR).len(), 6);
        assert!(picture(&strange, 0, 2, CELL, BAND_COLOUR).is_empty());
        let mut absent = map();
        absent.counts = vec![f64::NAN; 4];
        assert!(picture(&absent, 5, 5, CELL, BAND_COLOUR).iter().all(|&pixel| pixel == CLEAR));
    }
}
