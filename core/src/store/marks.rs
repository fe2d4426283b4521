//! Marked places of a grid, counted once: how many lie in a stretch, and which are its first and
//! last.

/// A set of grid indices. Counting the marks of a stretch takes one step, finding the first or the
/// last a bisection.
///
/// One bit for each index and four bytes for each 64: 2.4 % of a column of values.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    length: usize,
    words: Vec<u64>,
    /// Marks before each word, and behind the last word all of them.
    before: Vec<u32>,
}

const WORD: usize = u64::BITS as usize;

impl Marks {
    /// The indices whose flag is set.
    pub fn of(flags: &[bool]) -> Self {
        let mut words = vec![0_u64; flags.len().div_ceil(WORD)];
        for (index, _) in flags.iter().enumerate().filter(|(_, flag)| **flag) {
            words[index / WORD] |= 1 << (index % WORD);
        }
        let mut before = Vec::with_capacity(words.len() + 1);
        let mut marks = 0;
        for word in &words {
            before.push(marks);
            marks += word.count_ones();
        }
        before.push(marks);
        Self { length: flags.len(), words, before }
    }

    /// The indices at which a column has a value.
    pub fn present(values: &[f64]) -> Self {
        let mut flags = vec![false; values.len()];
        add_present(&mut flags, values);
        Self::of(&flags)
    }

    /// Marks below an index; all of them beyond the end.
    fn below(&self, index: usize) -> usize {
        let (word, bit) = (index / WORD, index % WORD);
        let inside = self.words.get(word).map_or(0, |bits| (bits & ((1 << bit) - 1)).count_ones());
        let before = self.before.get(word).or(self.before.last()).copied().unwrap_or(0);
        (before + inside) as usize
    }

    /// Index of the mark that has `rank` marks before it; only for ranks below the number of marks.
    fn at(&self, rank: usize) -> usize {
        let word = self.before.partition_point(|&before| before as usize <= rank) - 1;
        let mut bits = self.words[word];
        for _ in self.before[word] as usize..rank {
            bits &= bits - 1;
        }
        word * WORD + bits.trailing_zeros() as usize
    }

    /// Whether an index is marked; none beyond the end is.
    pub fn has(&self, index: usize) -> bool {
        self.words.get(index / WORD).is_some_and(|bits| bits >> (index % WORD) & 1 == 1)
    }

    /// Number of marks in [first, last].
    pub fn count(&self, first: usize, last: usize) -> usize {
        self.below(last.saturating_add(1)).saturating_sub(self.below(first))
    }

    /// The first and the last mark in [first, last], one and the same where there is one only; None
    /// without marks or where the stretch reaches beyond the grid.
    pub fn ends(&self, first: usize, last: usize) -> Option<(usize, usize)> {
        if last >= self.length {
            return None;
        }
        let (start, end) = (self.below(first), self.below(last + 1));
        (start < end).then(|| (self.at(start), self.at(end - 1)))
    }

    /// The first mark whose index is accepted, where no mark before it is and every mark behind it
    /// is.
    pub fn first_where(&self, accepts: &dyn Fn(usize) -> bool) -> Option<usize> {
        let total = self.before.last().copied().unwrap_or(0) as usize;
        let (mut low, mut high) = (0, total);
        while low < high {
            let middle = usize::midpoint(low, high);
            if accepts(self.at(middle)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        (low < total).then(|| self.at(low))
    }
}

/// Sets the flag of every index at which a column has a value.
pub(crate) fn add_present(flags: &mut [bool], values: &[f64]) {
    for (flag, value) in flags.iter_mut().zip(values) {
        *flag |= !value.is_nan();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_ends_are_those_of_a_walk() {
        let mut state = 5_u64;
        let mut next = |below: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        for length in [0, 1, 2, 63, 64, 65, 128, 300] {
            for sparse in [1, 2, 90] {
                let flags: Vec<bool> = (0..length).map(|_| next(sparse) == 0).collect();
                let marks = Marks::of(&flags);
                for _ in 0..300 {
                    let (first, last) = (next(length + 2), next(length + 2));
                    let inside: Vec<usize> =
                        (first..=last).filter(|&index| flags.get(index) == Some(&true)).collect();
                    assert_eq!(
                        marks.count(first, last),
                        inside.len(),
                        "{first}..={last} of {length}"
                    );
                    let ends = inside
                        .first()
                        .copied()
                        .zip(inside.last().copied())
                        .filter(|_| last < length);
                    assert_eq!(marks.ends(first, last), ends, "{first}..={last} of {length}");
                }
                let from = next(length + 1);
                let expected = (from..length).find(|&index| flags[index]);
                assert_eq!(
                    marks.first_where(&|index| index >= from),
                    expected,
                    "from {from} of {length}"
                );
            }
        }
    }
}
