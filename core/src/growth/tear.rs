//! Scrapes that caught a histogram in the middle of an update: its count is not that of the open
//! bucket, or its buckets fall towards higher bounds.
//!
//! Every component is a counter by itself, so nothing falls over time and nothing is lost: the next
//! scrape is whole. As a snapshot a torn scrape would mix moments, and no interval from it would be
//! guaranteed; so it counts as absent.

use crate::growth::histogram::{Component, Part};
use crate::small::list::CollectVec;

/// One in so many snapshots may be torn. An update takes microseconds and scrapes lie seconds
/// apart, so that a tear is rare. Where more contradict themselves, the exporter counts that way,
/// and to leave all of them out would leave nothing; with a larger number a short range with one
/// tear would keep it.
const TORN_AT_MOST_ONE_IN: usize = 2;

/// Makes torn scrapes absent. Returns their grid indices, ascending; none where too many of the
/// snapshots are torn. The components are in order.
pub(super) fn drop_torn(components: &mut [Component], present: &[bool]) -> Vec<usize> {
    let snapshots = present.iter().filter(|present| **present).count();
    let torn: Vec<usize> = (0..present.len())
        .filter(|&index| present[index] && is_torn(components, index))
        .collect_vec();
    if torn.len() * TORN_AT_MOST_ONE_IN > snapshots {
        return Vec::new();
    }
    for component in components.iter_mut().filter(|_| !torn.is_empty()) {
        let values = component.values.to_mut();
        for &index in &torn {
            values[index] = f64::NAN;
        }
    }
    torn
}

/// Whether a scrape contradicts itself; one that lacks a bucket cannot be told.
fn is_torn(components: &[Component], index: usize) -> bool {
    let (mut bound, mut below, mut at) = (f64::NEG_INFINITY, 0.0, 0.0);
    let mut count: Option<f64> = None;
    for Component { part, values } in components {
        let value = values[index];
        match part {
            Part::Bucket(_) if value.is_nan() => return false,
            // Extra labels split one histogram into several series.
            Part::Bucket(own) if own.total_cmp(&bound).is_eq() => at += value,
            Part::Bucket(own) => {
                if at < below {
                    return true;
                }
                (bound, below, at) = (*own, at, value);
            }
            Part::Count => count = Some(count.unwrap_or(0.0) + value),
            Part::Sum => {}
        }
    }
    let differs = |count: f64| (count - at).abs() > 0.0;
    at < below || (bound == f64::INFINITY && count.is_some_and(differs))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: f64 = f64::INFINITY;
    const GAP: f64 = f64::NAN;

    fn torn(parts: &[(Part, [f64; 4])]) -> (Vec<usize>, Vec<Component>) {
        let component = |(part, values): &(Part, [f64; 4])| Component {
            part: *part,
            values: values.to_vec().into(),
        };
        let mut components: Vec<Component> = parts.iter().map(component).collect();
        (drop_torn(&mut components, &[true; 4]), components)
    }

    #[test]
    fn a_scrape_whose_count_is_not_that_of_the_open_bucket_is_left_out() {
        let (torn, components) = torn(&[
            (Part::Bucket(1.0), [1.0, 2.0, 2.0, 3.0]),
            (Part::Bucket(OPEN), [1.0, 2.0, 4.0, 5.0]),
            (Part::Sum, [1.0, 2.0, 9.0, 9.5]),
            (Part::Count, [1.0, 3.0, 4.0, 5.0]),
        ]);
        assert_eq!(torn, [1]);
        assert!(components.iter().all(|component| component.values[1].is_nan()));
        assert!(components.iter().all(|component| !component.values[2].is_nan()));
    }

    #[test]
    fn a_scrape_whose_buckets_fall_is_left_out() {
        let (torn, _) = torn(&[
            (Part::Bucket(1.0), [1.0, 3.0, 3.0, 3.0]),
            (Part::Bucket(2.0), [1.0, 2.0, 4.0, 4.0]),
            (Part::Bucket(OPEN), [1.0, 3.0, 4.0, 5.0]),
        ]);
        assert_eq!(torn, [1]);
    }

    #[test]
    fn series_of_one_bound_count_together_and_a_missing_bucket_tells_nothing() {
        let parts = [
            (Part::Bucket(1.0), [3.0, 3.0, 3.0, GAP]),
            (Part::Bucket(OPEN), [2.0, 2.0, 2.0, 2.0]),
            (Part::Bucket(OPEN), [2.0, 2.0, 0.0, 0.0]),
        ];
        assert_eq!(torn(&parts).0, [2]);
    }

    #[test]
    fn an_exporter_that_always_contradicts_itself_is_left_as_it_is() {
        let (torn, components) = torn(&[
            (Part::Bucket(1.0), [1.0; 4]),
            (Part::Bucket(OPEN), [2.0; 4]),
            (Part::Count, [4.0, 4.0, 4.0, 2.0]),
        ]);
        assert_eq!(torn, Vec::<usize>::new());
        assert!(!components[0].values[0].is_nan());
    }
}
