//! Growth of counters whose series may appear with the first event that they count.

use inference_triage_core::catalogue::families::Family;

use crate::rules::promql::{any_of, duration};
use crate::rules::series::{Series, TARGET};

/// Growth within a window, what the first sample of a series brought included.
///
/// `increase` knows nothing before a series' first sample: of the first errors of a service, which
/// come with a series of their own, it would count none. A series that was not there at the begin
/// of the window, while its target was scraped before it and never failed, began at 0, so that all
/// it shows was counted since. Where a scrape failed, the series may have been there unseen; where
/// the target is as new as the series, it may have counted for months.
pub(crate) fn since_appearance(selector: &str, seconds: u32) -> String {
    let (window, twice) = (duration(seconds), duration(2 * seconds));
    let up = Series::beside(Family::Up);
    let over = |function: &str, window: &str| {
        let each: Vec<String> = up.iter().map(|up| format!("{function}({up}[{window}])")).collect();
        format!("max by ({TARGET}) ({})", any_of(&each))
    };
    let (scrapes, all_succeed) = (over("count_over_time", &window), over("min_over_time", &twice));
    format!(
        "(max_over_time({selector}[{window}]) unless {selector} offset {window} and \
         count_over_time({selector}[{window}]) < on ({TARGET}) group_left () {scrapes} and on \
         ({TARGET}) {all_succeed} == 1 or increase({selector}[{window}]))"
    )
}
