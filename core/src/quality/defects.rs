//! Times that a known defect of the engine spoilt: they are left out, and the rest is judged.

use crate::catalogue::caveats::CaveatId;
use crate::catalogue::families::Family;
use crate::caveat::Caveats;
use crate::growth::histogram::HistogramColumns;
use crate::quality::identities::Broken;
use crate::scope::Replica;
use crate::source::exporter::Exporter;
use crate::text::number::{counted, seconds};
use crate::window::measurements::Measurements;

/// Share of the observations that may be longer than any request and still be single wrong ones. A
/// request lacks a timestamp once in thousands; where a tenth is too long, the unit or the series
/// is wrong.
const OUTLIERS: f64 = 0.1;

/// Takes the sums that a known defect spoilt out of a window. Returns what was left out, one entry
/// for each family and replica.
///
/// Buckets stay: a negative observation lies in the first one, where a short one would. Those of a
/// time as long as the uptime go with their sum, which would widen every interval.
pub fn leave_out(
    exporter: &Exporter,
    replicas: &[&Replica],
    window: &mut Measurements,
    caveats: &mut Caveats,
) -> Vec<(Family, Broken)> {
    let mut found = Vec::new();
    let families = exporter.defects.iter().flat_map(|defect| defect.families);
    for &family in families {
        let Some(defect) = exporter.defect(family) else { continue };
        for replica in replicas {
            let Some(columns) = replica.histogram(family) else { continue };
            let name = family.title().to_ascii_lowercase();
            let text = if columns.sum_fell(window.first, window.last) {
                format!("the sum of {name} fell while its count grew")
            } else if let Some(text) = outliers(columns, replica, window) {
                window.histograms.remove(&family);
                format!("{text} of {name}")
            } else {
                continue;
            };
            if let Some(total) = window.totals.get_mut(&family) {
                total.sum = None;
            }
            let text = format!("{text}: {}; {name} is left out", defect.what);
            let replica = replica.key.clone();
            found.push((family, Broken { id: CaveatId::EngineDefect, text, replica }));
        }
    }
    for (_, one) in &found {
        caveats.add(one.id, || one.text.clone());
    }
    found
}

/// Single observations longer than any request of the window took: `3 observations above 7,680 s`.
fn outliers(
    columns: &HistogramColumns,
    replica: &Replica,
    window: &Measurements,
) -> Option<String> {
    let (first, last) = (window.first, window.last);
    let whole = replica.histogram(Family::E2e)?;
    // One part of each request: it cannot add up to more than all of them did.
    if columns.sum(first, last)?.value <= whole.sum(first, last)?.value {
        return None;
    }
    let whole = whole.window(first, last, &mut Caveats::new())?;
    let longest = whole.counts().iter().rposition(|count| *count > 0.0)?;
    let longest = whole.upper_bounds()[longest];
    let own = columns.window(first, last, &mut Caveats::new())?;
    let place = own.upper_bounds().partition_point(|bound| *bound <= longest);
    let above: f64 = own.counts()[place..].iter().sum();
    (above > 0.0 && above <= OUTLIERS * own.count()).then(|| {
        let above = counted(above, "observation", "observations");
        format!("{above} above {}, longer than any request,", seconds(longest))
    })
}
