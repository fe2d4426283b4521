//! Processes that follow one another under one name, as a restarted pod of a stateful set does at a
//! new address.

use crate::growth::counter::{Growth, sum_of};
use crate::growth::histogram::{HistogramColumns, Part, Parts};
use crate::histogram::Basis;
use crate::small::list::CollectVec;
use crate::store::marks::Marks;

impl HistogramColumns {
    /// What several processes counted, each with restarts and a start of its own. Where one is
    /// absent, its counts stand as they last were. A bucket, sum or count that one of them lacks is
    /// left out, which widens intervals and breaks nothing.
    pub fn of_processes(mut processes: Vec<Self>) -> Self {
        if processes.len() == 1 {
            return processes.swap_remove(0);
        }
        let mut together = Self {
            parts: Parts::default(),
            present: Marks::default(),
            sum_faults: Vec::new(),
            torn: Vec::new(),
            basis: Basis::Exact,
        };
        let mut present = Vec::new();
        for part in processes.first().map(Self::kinds).unwrap_or_default() {
            if processes.iter().all(|process| !process.growths(part).is_empty()) {
                let growths: Vec<Growth> = processes
                    .iter()
                    .flat_map(|process| process.growths(part))
                    .cloned()
                    .collect_vec();
                let growth = sum_of(&growths);
                present.resize(growth.len(), false);
                growth.add_present(&mut present);
                together.parts.push(part, growth);
            }
        }
        together.present = Marks::of(&present);
        for process in processes {
            for fault in process.sum_faults {
                let place = together.sum_faults.partition_point(|&before| before < fault);
                together.sum_faults.insert(place, fault);
            }
            together.torn.extend(process.torn);
        }
        together
    }

    /// Kinds of components that it may have, each bound once.
    fn kinds(&self) -> Vec<Part> {
        let mut kinds: Vec<Part> = Vec::new();
        for &bound in &self.parts.bounds {
            if kinds.last() != Some(&Part::Bucket(bound)) {
                kinds.push(Part::Bucket(bound));
            }
        }
        kinds.push(Part::Sum);
        kinds.push(Part::Count);
        kinds
    }

    fn growths(&self, wanted: Part) -> &[Growth] {
        let Parts { bounds, buckets, sums, counts } = &self.parts;
        match wanted {
            Part::Sum => sums,
            Part::Count => counts,
            Part::Bucket(bound) => {
                let start = bounds.partition_point(|own| *own < bound);
                let end = bounds.partition_point(|own| *own <= bound);
                &buckets[start..end]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caveat::Caveats;
    use crate::growth::counter::GrowthRepairs;
    use crate::growth::histogram::Component;

    const GAP: f64 = f64::NAN;
    const OPEN: f64 = f64::INFINITY;

    fn process(parts: &[(Part, &[f64])]) -> HistogramColumns {
        let component = |(part, values): &(Part, &[f64])| Component {
            part: *part,
            values: values.to_vec().into(),
        };
        let components = parts.iter().map(component).collect();
        HistogramColumns::from_counters(components, &[true; 6], &mut GrowthRepairs::default())
    }

    #[test]
    fn a_successor_counts_from_zero_and_its_predecessor_stands() {
        let before = process(&[
            (Part::Bucket(1.0), &[10.0, 14.0, 15.0, GAP, GAP, GAP]),
            (Part::Bucket(OPEN), &[20.0, 26.0, 27.0, GAP, GAP, GAP]),
            (Part::Sum, &[30.0, 40.0, 41.0, GAP, GAP, GAP]),
        ]);
        // Already higher than the other ever was, so no fall shows it.
        let after = process(&[
            (Part::Bucket(1.0), &[GAP, GAP, GAP, GAP, 40.0, 41.0]),
            (Part::Bucket(OPEN), &[GAP, GAP, GAP, GAP, 50.0, 52.0]),
            (Part::Sum, &[GAP, GAP, GAP, GAP, 60.0, 62.0]),
        ]);
        let both = HistogramColumns::of_processes(vec![before, after]);
        let window = both.window(0, 5, &mut Caveats::new()).unwrap();
        assert_eq!(window.counts(), [5.0 + 41.0, 2.0 + 11.0]);
        assert_eq!(window.sum(), Some(11.0 + 62.0));
        assert_eq!(both.count(1, 3), Some(1.0), "nothing is known of the gap");
        assert_eq!(both.count(4, 5), Some(2.0));
    }

    #[test]
    fn a_bound_that_only_one_of_them_has_is_left_out() {
        let before = process(&[
            (Part::Bucket(1.0), &[1.0; 6]),
            (Part::Bucket(2.0), &[2.0; 6]),
            (Part::Bucket(OPEN), &[2.0; 6]),
        ]);
        let after = process(&[
            (Part::Bucket(1.0), &[0.0, 1.0, 1.0, 2.0, 3.0, 4.0]),
            (Part::Bucket(OPEN), &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]),
        ]);
        let window = HistogramColumns::of_processes(vec![before, after])
            .window(0, 5, &mut Caveats::new())
            .unwrap();
        assert_eq!(window.upper_bounds(), [1.0, OPEN]);
        assert_eq!(window.counts(), [4.0, 1.0]);
    }
}
