//! A gauge whose windows are summed up without walking their samples.

use crate::histogram::CompensatedSum;
use crate::store::column::Column;
use crate::store::marks::Marks;

/// Samples that are summed up into one block: few enough to walk at both ends of a window, many
/// enough that the blocks take no more than a quarter of the column.
const BLOCK: usize = 32;

/// A gauge on the grid, with sums and extremes of its blocks, of pairs of blocks, of pairs of those
/// and so on: a window costs two blocks at its ends and the logarithm of the number between them.
#[derive(Debug, Clone)]
pub struct Gauge {
    values: Column,
    present: Marks,
    /// A binary tree: the children of node k are 2k and 2k + 1, the second half are the blocks.
    /// Node 0 is not used.
    nodes: Vec<Node>,
}

/// A gauge over a window, over the samples that are there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GaugeSummary {
    /// Mean over samples. Their sum is off by one rounding however many there are, so that the
    /// place of a window among the blocks changes its last bit at most.
    pub mean: f64,
    /// Smallest sample.
    pub min: f64,
    /// Largest sample.
    pub max: f64,
    /// Oldest sample.
    pub first: f64,
    /// Newest sample.
    pub last: f64,
    /// Number of grid times with a sample.
    pub samples: usize,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    sum: CompensatedSum,
    min: f64,
    max: f64,
}

impl Node {
    fn new() -> Self {
        Self { sum: CompensatedSum::default(), min: f64::INFINITY, max: f64::NEG_INFINITY }
    }

    fn add(&mut self, samples: &[f64]) {
        for &sample in samples.iter().filter(|sample| !sample.is_nan()) {
            self.sum.add(sample);
            self.min = self.min.min(sample);
            self.max = self.max.max(sample);
        }
    }

    fn join(&mut self, other: &Self) {
        self.sum.join(other.sum);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }
}

impl Gauge {
    /// Sums up a column.
    pub fn new(values: Column) -> Self {
        let blocks = values.len() / BLOCK;
        let mut nodes = vec![Node::new(); 2 * blocks];
        for block in 0..blocks {
            nodes[blocks + block].add(&values[block * BLOCK..(block + 1) * BLOCK]);
        }
        for parent in (1..blocks).rev() {
            let mut node = nodes[2 * parent];
            node.join(&nodes[2 * parent + 1]);
            nodes[parent] = node;
        }
        let present = Marks::present(&values);
        Self { values, present, nodes }
    }

    /// One value for each grid time; NaN = absent.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The gauge in grid indices [first, last]; None when no sample is there.
    pub fn window(&self, first: usize, last: usize) -> Option<GaugeSummary> {
        let (oldest, newest) = self.present.ends(first, last)?;
        let samples = self.present.count(first, last);
        let total = self.total(first, last + 1);
        Some(GaugeSummary {
            mean: total.sum.value() / samples as f64,
            min: total.min,
            max: total.max,
            first: self.values[oldest],
            last: self.values[newest],
            samples,
        })
    }

    /// Sum and extremes of [from, to).
    fn total(&self, from: usize, to: usize) -> Node {
        let mut total = Node::new();
        let (low, high) = (from.div_ceil(BLOCK), to / BLOCK);
        if low >= high {
            total.add(&self.values[from..to]);
            return total;
        }
        total.add(&self.values[from..low * BLOCK]);
        total.add(&self.values[high * BLOCK..to]);
        let blocks = self.nodes.len() / 2;
        let (mut low, mut high) = (low + blocks, high + blocks);
        while low < high {
            if low % 2 == 1 {
                total.join(&self.nodes[low]);
                low += 1;
            }
            if high % 2 == 1 {
                high -= 1;
                total.join(&self.nodes[high]);
            }
            low /= 2;
            high /= 2;
        }
        total
    }
}
