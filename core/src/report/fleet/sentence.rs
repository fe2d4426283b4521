//! Who stands out, or how alike the replicas are.

use crate::catalogue::fleet::FleetFigure;
use crate::report::fleet::FleetRow;
use crate::small::list::CollectVec;
use crate::small::text::joined;
use crate::text::foreign::plain;
use crate::text::number::{compared_seconds, number, percent_interval};

/// Characters of a name that the sentence repeats.
const LONGEST: usize = 120;

/// Replicas that the sentence names; the table shows the rest.
const MOST_NAMED: usize = 2;

/// One or two sentences about the rows, which stand in their order.
pub(super) fn of(rows: &[FleetRow]) -> String {
    let stands_out = |row: &&FleetRow| row.deviation.is_some();
    let outside = rows.iter().filter(stands_out).collect_vec();
    let all = number(rows.len() as f64);
    if outside.is_empty() {
        return alike(rows, &all);
    }
    let reason = |row: &&FleetRow| {
        let text = row.deviation.as_ref().map_or("", |one| one.text.as_str());
        format!("{}: {text}", plain(&row.replica, LONGEST))
    };
    let named = outside.iter().take(MOST_NAMED).map(reason).collect_vec();
    let more = match outside.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        more => format!(" And {} more.", number(more as f64)),
    };
    let verb = if outside.len() == 1 { "stands" } else { "stand" };
    let count = number(outside.len() as f64);
    format!("{count} of {all} replicas {verb} out. {}.{more}", joined(&named, ". "))
}

fn alike(rows: &[FleetRow], all: &str) -> String {
    let range = |figure| {
        let values = rows.iter().filter_map(|row| row.figures.get(figure)).collect_vec();
        let is_whole = values.len() == rows.len();
        let least = values.iter().copied().reduce(f64::min).filter(|_| is_whole)?;
        Some((least, values.into_iter().fold(least, f64::max)))
    };
    let mut parts = Vec::new();
    if let Some((least, most)) = range(FleetFigure::ArrivalShare) {
        parts.push(format!("each gets {} of the requests", percent_interval(least, most)));
    }
    if let Some((least, most)) = range(FleetFigure::Itl) {
        let (least, most) = compared_seconds(least, most);
        parts.push(format!("ITL is {least} to {most}"));
    }
    if parts.is_empty() {
        return format!("None of {all} replicas stands out in what is measured of them.");
    }
    format!("None of {all} replicas stands out: {}.", joined(&parts, ", "))
}
