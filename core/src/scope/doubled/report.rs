//! How copies that were dropped are told.

use crate::catalogue::caveats::CaveatId;
use crate::caveat::Caveats;
use crate::scope::series_set::SeriesSet;
use crate::small::text::joined;
use crate::text::foreign::plain;

/// The value of a label, fit for a sentence.
fn shown(value: &str) -> String {
    match plain(value, 60) {
        empty if empty.is_empty() => "none".to_owned(),
        value => value,
    }
}

/// Says of every set that was dropped under which labels it was there once more.
pub(in crate::scope) fn report(
    sets: &[SeriesSet<'_>],
    kept_by: &[usize],
    labels: &[&str],
    caveats: &mut Caveats,
) {
    for (index, set) in sets.iter().enumerate() {
        let kept = &sets[kept_by[index]];
        caveats.add_count(CaveatId::ScrapedTwice, u64::from(kept_by[index] != index), || {
            let mut under = Vec::new();
            for (label, (kept, own)) in labels.iter().zip(kept.labels.iter().zip(&set.labels)) {
                if kept != own {
                    under.push(format!("{label} {} and {}", shown(kept), shown(own)));
                }
            }
            if under.is_empty() {
                let (kept, own) = (plain(&kept.place.key(), 60), plain(&set.place.key(), 60));
                under.push(format!("{kept} and {own}"));
            }
            format!(
                "one engine is scraped under two sets of labels ({}); one was kept, so that nothing \
                 counts twice",
                joined(&under, ", ")
            )
        });
    }
}
