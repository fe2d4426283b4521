//! Small sorted collections. The standard tree maps and sorts are made for large ones and weigh several kilobytes of
//! WebAssembly for each type; the tens of entries here need neither.

use std::cmp::Ordering;

/// A map as a sorted list: lookups by bisection, insertions shift what follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortedMap<K, V>(Vec<(K, V)>);

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord, V> SortedMap<K, V> {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    fn place(&self, key: &K) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.cmp(key))
    }

    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.place(key).ok().map(|index| &self.0[index].1)
    }

    /// Whether the key has a value.
    pub fn contains_key(&self, key: &K) -> bool {
        self.place(key).is_ok()
    }

    /// Sets the value of a key.
    pub fn insert(&mut self, key: K, value: V) {
        match self.place(&key) {
            Ok(index) => self.0[index].1 = value,
            Err(index) => self.0.insert(index, (key, value)),
        }
    }

    /// The value of a key, made first where it is missing.
    pub fn get_or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        let index = match self.place(&key) {
            Ok(index) => index,
            Err(index) => {
                self.0.insert(index, (key, make()));
                index
            }
        };
        &mut self.0[index].1
    }
}

impl<K, V> SortedMap<K, V> {
    /// No entries.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Entries in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// Keys in order, with their values to change.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        self.0.iter_mut().map(|(key, value)| (&*key, value))
    }

    /// Values in the order of their keys.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    /// The entries as a list, in the order of their keys.
    pub fn into_entries(self) -> Vec<(K, V)> {
        self.0
    }
}

/// Sorts a list of tens of entries, stably, by insertion; the place is found by bisection, because some are costly to
/// compare.
pub fn sort_few<T>(list: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    for end in 1..list.len() {
        let (sorted, rest) = list.split_at(end);
        let is_behind = |known: &T| compare(known, &rest[0]) == Ordering::Greater;
        // What is in order already takes one comparison each.
        if !is_behind(&sorted[end - 1]) {
            continue;
        }
        let place = sorted.partition_point(|known| !is_behind(known));
        for place in (place..end).rev() {
            list.swap(place, place + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_stay_in_the_order_of_their_keys() {
        let mut map = SortedMap::new();
        for (key, value) in [(3, "c"), (1, "a"), (2, "b"), (1, "z")] {
            map.insert(key, value);
        }
        *map.get_or_insert_with(2, || "never") = "y";
        map.get_or_insert_with(0, || "first");
        assert_eq!(map.into_entries(), [(0, "first"), (1, "z"), (2, "y"), (3, "c")]);
    }

    #[test]
    fn a_longer_list_is_sorted_as_by_the_standard_sort() {
        let mut list: Vec<(usize, usize)> = (0..200).map(|index| (index * 7919 % 31, index)).collect();
        let mut expected = list.clone();
        expected.sort_by_key(|(key, _)| *key);
        sort_few(&mut list, |left, right| left.0.cmp(&right.0));
        assert_eq!(list, expected);
    }

    #[test]
    fn few_are_sorted_stably() {
        let mut list = [(2, 'a'), (1, 'b'), (2, 'c'), (0, 'd')];
        sort_few(&mut list, |left, right| left.0.cmp(&right.0));
        assert_eq!(list, [(0, 'd'), (1, 'b'), (2, 'a'), (2, 'c')]);
    }
}
