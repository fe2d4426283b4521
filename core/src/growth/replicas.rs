//! One histogram of several replicas, window by window.

use crate::caveat::Caveats;
use crate::growth::histogram::HistogramColumns;
use crate::histogram::{Histogram, Rows};

/// The columns of one histogram of each replica, to be added up in any window.
///
/// Replicas of one layout, as those of one release are, add up as rows of a table: a window costs
/// two reads for each of their buckets and one histogram, however many they are.
#[derive(Debug)]
pub struct ReplicaWindows<'a> {
    replicas: Vec<&'a HistogramColumns>,
    /// The table; None where layouts differ or counts are estimates.
    rows: Option<Rows>,
    /// The buckets of every replica were cumulative in the last window, up to their count; false
    /// also where that was not looked at.
    pub is_cumulative: bool,
}

impl<'a> ReplicaWindows<'a> {
    /// Of these replicas, whose order changes nothing.
    pub fn of(replicas: Vec<&'a HistogramColumns>) -> Self {
        let bounds = replicas.first().map_or(&[][..], |first| first.bounds());
        let alike = replicas.iter().all(|replica| replica.is_exact_under(bounds));
        Self {
            rows: Rows::under(bounds.to_vec()).filter(|_| alike),
            replicas,
            is_cumulative: false,
        }
    }

    /// The histogram of all of them between the first and the last snapshot of each in [first,
    /// last], bit for bit [`Histogram::merge`] of their [`HistogramColumns::window`]; None where no
    /// replica has one.
    pub fn window(
        &mut self,
        first: usize,
        last: usize,
        caveats: &mut Caveats,
    ) -> Option<Histogram> {
        self.is_cumulative = false;
        if let Some(rows) = &mut self.rows {
            self.is_cumulative = add_rows(rows, &self.replicas, first, last);
        }
        if let Some(rows) = self.rows.as_ref().filter(|_| self.is_cumulative)
            && let Some(merged) = rows.merged(caveats)
        {
            return Some(merged);
        }
        let mut windows = Vec::with_capacity(self.replicas.len());
        for replica in &self.replicas {
            windows.extend(replica.window(first, last, caveats));
        }
        Histogram::merge(&windows.iter().collect::<Vec<_>>(), caveats)
    }
}

/// Whether every replica's window is a row as it is.
fn add_rows(rows: &mut Rows, replicas: &[&HistogramColumns], first: usize, last: usize) -> bool {
    rows.clear();
    for replica in replicas {
        if let Some(ends) = replica.snapshots(first, last)
            && !replica.add_row(ends, rows)
        {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests;
