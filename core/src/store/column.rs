//! A column of values that several owners share until one of them changes it.

use std::ops::Deref;
use std::sync::Arc;

/// Values on the grid; NaN = absent. A copy costs nothing; changing one copies its values
/// first.
#[derive(Debug, Clone, Default)]
pub struct Column {
    buffer: Arc<Vec<f64>>,
    start: usize,
    length: usize,
}

impl Column {
    /// A part of a buffer, clipped to it.
    pub fn part_of(buffer: &Arc<Vec<f64>>, start: usize, length: usize) -> Self {
        let start = start.min(buffer.len());
        Self { buffer: Arc::clone(buffer), start, length: length.min(buffer.len() - start) }
    }

    /// A part of this column, clipped to it.
    pub fn part(&self, start: usize, length: usize) -> Self {
        let start = start.min(self.length);
        let length = length.min(self.length - start);
        Self { buffer: Arc::clone(&self.buffer), start: self.start + start, length }
    }

    /// By how much the second of two values exceeds the first; NaN where either is absent.
    ///
    /// # Panics
    ///
    /// Outside the column, as an index does.
    pub fn difference(&self, first: usize, second: usize) -> f64 {
        assert!(first < self.length && second < self.length, "both lie in the column");
        self.buffer[self.start + second] - self.buffer[self.start + first]
    }

    /// The values, to be changed by this owner alone.
    pub fn to_mut(&mut self) -> &mut [f64] {
        if self.length != self.buffer.len() || Arc::get_mut(&mut self.buffer).is_none() {
            *self = self.to_vec().into();
        }
        Arc::get_mut(&mut self.buffer).map_or(&mut [], Vec::as_mut_slice)
    }
}

impl Deref for Column {
    type Target = [f64];

    fn deref(&self) -> &[f64] {
        &self.buffer[self.start..self.start + self.length]
    }
}

impl From<Vec<f64>> for Column {
    fn from(values: Vec<f64>) -> Self {
        let length = values.len();
        Self { buffer: Arc::new(values), start: 0, length }
    }
}

impl FromIterator<f64> for Column {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        values.into_iter().collect::<Vec<f64>>().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_seen_by_its_owner_alone() {
        let buffer = Arc::new(vec![1.0, 2.0, 3.0, 4.0]);
        let mut part = Column::part_of(&buffer, 1, 2);
        let copy = part.clone();
        part.to_mut()[0] = 9.0;
        assert_eq!(*part, [9.0, 3.0]);
        assert_eq!(*copy, [2.0, 3.0]);
        assert_eq!(copy.difference(0, 1).to_bits(), 1.0_f64.to_bits());
        assert_eq!(copy.difference(1, 0).to_bits(), (-1.0_f64).to_bits());
        assert_eq!(*buffer, [1.0, 2.0, 3.0, 4.0]);
        let place = part.as_ptr();
        part.to_mut()[1] = 8.0;
        assert_eq!(part.as_ptr(), place, "an owner without company changes its values in place");
        assert!(Column::part_of(&buffer, 9, 9).is_empty());
    }
}
