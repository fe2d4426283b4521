//! Sorted collections. The standard tree maps and sorts weigh several kilobytes of WebAssembly for
//! each type they hold; these share their code.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::ops::{Deref, DerefMut, Index};

use litemap::{Entry, LiteMap};
use serde::{Serialize, Serializer};

use crate::small::list::CollectVec;

/// A map as a sorted list, with all methods of [`LiteMap`].
///
/// Its own type because a [`LiteMap`] without entries serialises as `[]`, which a reader of the
/// report would not take for a map.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SortedMap<K, V>(LiteMap<K, V>);

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V> SortedMap<K, V> {
    /// An empty map.
    pub const fn new() -> Self {
        Self(LiteMap::new_vec())
    }

    /// The entries as a list, in the order of their keys.
    pub fn into_entries(self) -> Vec<(K, V)> {
        self.0.into_tuple_vec()
    }
}

impl<K: Ord, V> SortedMap<K, V> {
    /// A map of these entries; of several with one key the last counts.
    pub fn from_entries(mut entries: Vec<(K, V)>) -> Self {
        let is_sorted = entries.windows(2).all(|pair| pair[0].0 < pair[1].0);
        if !is_sorted {
            sort(&mut entries, |left, right| left.0.cmp(&right.0));
            entries.dedup_by(|later, kept| {
                let is_same = later.0 == kept.0;
                if is_same {
                    std::mem::swap(later, kept);
                }
                is_same
            });
        }
        Self(LiteMap::from_sorted_store_unchecked(entries))
    }

    /// Sets the value of a key; the one that it had is dropped.
    pub fn insert(&mut self, key: K, value: V) {
        match self.0.entry(key) {
            Entry::Occupied(entry) => *entry.into_mut() = value,
            Entry::Vacant(entry) => {
                entry.insert(value);
            }
        }
    }

    /// The value of a key, made first where it is missing.
    pub fn get_or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        self.0.entry(key).or_insert_with(make)
    }
}

impl<K, V> Deref for SortedMap<K, V> {
    type Target = LiteMap<K, V>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<K, V> DerefMut for SortedMap<K, V> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl<K: Ord + Borrow<Q>, V, Q: Ord + ?Sized> Index<&Q> for SortedMap<K, V> {
    type Output = V;

    /// The value of a key that is known to be there.
    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("the key is in the map")
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for SortedMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        Self::from_entries(entries.into_iter().collect_vec())
    }
}

impl<K: Serialize, V: Serialize> Serialize for SortedMap<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

#[cfg(test)]
impl<'de, K: serde::Deserialize<'de> + Ord, V: serde::Deserialize<'de>> serde::Deserialize<'de>
    for SortedMap<K, V>
{
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::collections::BTreeMap::deserialize(deserializer).map(Self::from_iter)
    }
}

/// Sorts a list of tens of entries, stably, by insertion; the place is found by bisection, because
/// some are costly to compare.
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

/// Sorts a list of any length, stably.
pub fn sort<T>(list: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let mut places = order(list.len(), &|left, right| compare(&list[left], &list[right]).is_gt());
    for place in 0..places.len() {
        // What belongs here may have been moved on by the swaps before.
        let mut from = places[place];
        while from < place {
            from = places[from];
        }
        places[place] = from;
        list.swap(place, from);
    }
}

/// The order in which the entries of a list are sorted: runs that already are get merged, neighbour
/// with neighbour.
fn order(length: usize, is_after: &dyn Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut order: Vec<usize> = (0..length).collect();
    let mut starts: Vec<usize> =
        (0..length).filter(|&at| at == 0 || is_after(at - 1, at)).collect();
    let mut merged = Vec::with_capacity(length);
    while starts.len() > 1 {
        let mut kept = Vec::new();
        for (index, &start) in starts.iter().enumerate().step_by(2) {
            kept.push(start);
            let middle = starts.get(index + 1).copied().unwrap_or(length);
            let end = starts.get(index + 2).copied().unwrap_or(length);
            let (mut left, mut right) = (start, middle);
            while left < middle && right < end {
                let next = if is_after(order[left], order[right]) { &mut right } else { &mut left };
                merged.push(order[*next]);
                *next += 1;
            }
            merged.extend_from_slice(&order[left..middle]);
            merged.extend_from_slice(&order[right..end]);
        }
        std::mem::swap(&mut order, &mut merged);
        merged.clear();
        starts = kept;
    }
    order
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
    fn of_entries_with_one_key_the_last_counts() {
        let entries = [(3, "a"), (1, "b"), (3, "c"), (2, "d"), (1, "e")];
        assert_eq!(SortedMap::from_iter(entries).into_entries(), [(1, "e"), (2, "d"), (3, "c")]);
    }

    #[test]
    fn lists_of_any_length_and_order_are_sorted_stably() {
        for length in (0..40).chain([1000]) {
            for factor in [0, 1, 2, 7, 31, 997] {
                let keys = (0..length).map(|index| index * factor % 41);
                for reversed in [false, true] {
                    let mut list: Vec<(i64, usize)> = keys.clone().zip(0..).collect();
                    if reversed {
                        list.reverse();
                    }
                    let mut expected = list.clone();
                    expected.sort_by_key(|entry| entry.0);
                    sort(&mut list, |left, right| left.0.cmp(&right.0));
                    assert_eq!(list, expected);
                }
            }
        }
    }

    #[test]
    fn a_longer_list_is_sorted_as_by_the_standard_sort() {
        let mut list: Vec<(usize, usize)> =
            (0..200).map(|index| (index * 7919 % 31, index)).collect();
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
