//! The reliability plot: stated probability against share right.

use crate::calibration::Reliability;
use crate::report::drawing::{Anchor, Drawing, INK, PALE};
use crate::statistics::Bin;

/// Side of the plot, pixels.
const SIDE: f64 = 300.0;

/// Room for labels, pixels.
const MARGIN: f64 = 56.0;

/// One set of bins with its name and colour.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// Name in the key.
    pub title: &'a str,
    /// Colour.
    pub fill: &'a str,
    /// Its bins; an empty set is named as such.
    pub bins: &'a [Bin],
}

/// Draws dots with their 95 % intervals over the diagonal of perfect calibration; the larger a dot,
/// the more cases.
pub fn plot(lines: &[Line<'_>]) -> String {
    let width = SIDE + 2.0 * MARGIN + 250.0;
    let mut drawing =
        Drawing::new(width, SIDE + 2.0 * MARGIN, "Stated probability against share right");
    let x = |share: f64| MARGIN + share * SIDE;
    let y = |share: f64| MARGIN + (1.0 - share) * SIDE;
    for tick in 0..=5 {
        let share = f64::from(tick) / 5.0;
        drawing.line((x(share), y(0.0)), (x(share), y(1.0)), "#e5e7eb", 1.0);
        drawing.line((x(0.0), y(share)), (x(1.0), y(share)), "#e5e7eb", 1.0);
        let label = format!("{} %", 20 * tick);
        drawing.text((x(share), y(0.0) + 18.0), Anchor::Middle, PALE, &label);
        drawing.text((x(0.0) - 8.0, y(share) + 4.0), Anchor::End, PALE, &label);
    }
    drawing.line((x(0.0), y(0.0)), (x(1.0), y(1.0)), PALE, 1.0);
    drawing.text((x(0.5), y(0.0) + 40.0), Anchor::Middle, INK, "stated probability");
    drawing.text((x(0.0), y(1.0) - 14.0), Anchor::Middle, INK, "share right");
    for (row, line) in lines.iter().enumerate() {
        let key = (x(1.0) + 32.0, MARGIN + 12.0 + 22.0 * row as f64);
        drawing.dot((key.0, key.1 - 4.0), 5.0, line.fill, line.title);
        let title = if line.bins.is_empty() {
            format!("{}: none", line.title)
        } else {
            line.title.to_owned()
        };
        drawing.text((key.0 + 12.0, key.1), Anchor::Start, INK, &title);
        for bin in line.bins {
            let (low, high) = bin.right.interval();
            let right = bin.right.value().unwrap_or(0.0);
            let title = format!(
                "stated {:.0} %, right {} of {} ({:.0} %, 95 % interval {:.0}–{:.0} %)",
                100.0 * bin.stated,
                bin.right.hits,
                bin.right.of,
                100.0 * right,
                100.0 * low,
                100.0 * high
            );
            drawing.line((x(bin.stated), y(low)), (x(bin.stated), y(high)), line.fill, 1.5);
            drawing.dot(
                (x(bin.stated), y(right)),
                2.5 + libm::sqrt(bin.right.of as f64).min(14.0) / 2.0,
                line.fill,
                &title,
            );
        }
    }
    drawing.finish()
}

/// The plot of what was stated of simulated incidents and of recordings.
pub fn of(simulated: &Reliability, recorded: &Reliability) -> String {
    plot(&[
        Line { title: "simulated, more of the test set", fill: "#1d4ed8", bins: &simulated.bins },
        Line { title: "recordings of real engines", fill: "#b91c1c", bins: &recorded.bins },
    ])
}
