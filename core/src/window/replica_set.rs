//! Several replicas together: what is made once of their columns and serves every window.

use crate::catalogue::families::{Family, Shape};
use crate::growth::gauge::Gauge;
use crate::scope::Replica;
use crate::small::list::CollectVec;
use crate::small::sorted::SortedMap;
use crate::store::grid::TimeGrid;
use crate::store::marks::{Marks, add_present};
use crate::window::activity::Activity;
use crate::window::onset::{CHANGE_FAMILIES, CumulativeMean};

/// Columns of a set of replicas that no window changes.
#[derive(Debug)]
pub struct ReplicaSet {
    /// Running means of [`CHANGE_FAMILIES`].
    pub changes: Vec<Option<CumulativeMean>>,
    /// Gauges, added over replicas at each time (the KV usage: the fullest replica).
    pub gauges: SortedMap<Family, Gauge>,
    /// Grid times at which any replica shows its running batch.
    pub sampled: Marks,
    /// The life of each replica, in their order.
    pub activities: Vec<Activity>,
}

impl ReplicaSet {
    /// Puts the replicas together.
    pub fn of(replicas: &[&Replica], grid: &TimeGrid) -> Self {
        let grid_length = grid.len();
        let mut together = Self {
            changes: Vec::with_capacity(CHANGE_FAMILIES.len()),
            gauges: SortedMap::new(),
            sampled: Marks::default(),
            activities: replicas.iter().map(|replica| Activity::of(replica, grid)).collect_vec(),
        };
        for family in CHANGE_FAMILIES {
            together.changes.push(CumulativeMean::of(replicas, family, grid_length));
        }
        for &family in Family::ALL.iter().filter(|family| family.shape() == Shape::Gauge) {
            if replicas.iter().any(|replica| replica.gauge(family).is_some()) {
                let values = combined(replicas, family, grid_length);
                together.gauges.insert(family, Gauge::new(values.into()));
            }
        }
        let mut sampled = vec![false; grid_length];
        for running in replicas.iter().filter_map(|replica| replica.gauge(Family::Running)) {
            add_present(&mut sampled, running.values());
        }
        together.sampled = Marks::of(&sampled);
        together
    }
}

/// The value of all gauges of a family together at each time; NaN where all are absent.
pub(crate) fn combined(replicas: &[&Replica], family: Family, grid_length: usize) -> Vec<f64> {
    let mut together = vec![f64::NAN; grid_length];
    for replica in replicas {
        let values = replica.gauge(family).map_or(&[][..], Gauge::values);
        for (all, &value) in together.iter_mut().zip(values) {
            if all.is_nan() {
                *all = value;
            } else if !value.is_nan() {
                *all = if family.is_largest_of_replicas() { all.max(value) } else { *all + value };
            }
        }
    }
    together
}
