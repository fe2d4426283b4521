//! The paged key-value cache: blocks with reference counts, content hashes, and a queue of free
//! blocks in the order in which they will be reused. A free block keeps its content until it is
//! reused, so that a later prompt may find it.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// End of the queue.
const NONE: u32 = u32::MAX;

#[derive(Debug, Clone, Copy)]
struct Block {
    references: u32,
    hash: Option<u64>,
    before: u32,
    after: u32,
}

/// Content hashes are mixed already; hashing them again would only cost time. The map is never
/// iterated.
#[derive(Debug, Default, Clone, Copy)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// The block pool of one engine. One block is reserved and never given out.
#[derive(Debug)]
pub struct BlockPool {
    blocks: Vec<Block>,
    by_hash: HashMap<u64, u32, BuildHasherDefault<Mixed>>,
    first_free: u32,
    last_free: u32,
    free: usize,
    /// Blocks that may be used; less than `blocks.len()` after a resize downwards.
    usable: usize,
    caching: bool,
}

impl BlockPool {
    /// A pool of so many blocks, at least two.
    pub fn new(blocks: usize, caching: bool) -> Self {
        let mut pool = Self {
            blocks: Vec::new(),
            by_hash: HashMap::default(),
            first_free: NONE,
            last_free: NONE,
            free: 0,
            usable: 0,
            caching,
        };
        pool.resize(blocks);
        pool
    }

    /// Changes the size. Blocks in use stay; a smaller pool takes back what is freed.
    pub fn resize(&mut self, blocks: usize) {
        let usable = blocks.max(2) - 1;
        while self.blocks.len() < usable {
            self.blocks.push(Block { references: 0, hash: None, before: NONE, after: NONE });
            self.append(self.blocks.len() as u32 - 1);
        }
        self.usable = usable;
    }

    /// Blocks that may still be given out.
    pub fn free(&self) -> usize {
        let used = self.blocks.len() - self.free;
        self.usable.saturating_sub(used)
    }

    /// Blocks in all.
    pub fn len(&self) -> usize {
        self.usable
    }

    /// Whether there are none; never.
    pub fn is_empty(&self) -> bool {
        self.usable == 0
    }

    /// Share that live requests hold, 0–1.
    pub fn usage(&self) -> f64 {
        ((self.blocks.len() - self.free) as f64 / self.usable as f64).min(1.0)
    }

    /// A block for new content; none if the pool is exhausted.
    pub fn allocate(&mut self) -> Option<u32> {
        if self.free() == 0 {
            return None;
        }
        let index = self.first_free;
        self.unlink(index);
        if let Some(hash) = self.blocks[index as usize].hash.take()
            && self.by_hash.get(&hash) == Some(&index)
        {
            self.by_hash.remove(&hash);
        }
        self.blocks[index as usize].references = 1;
        Some(index)
    }

    /// The block with that content, if it is still there; not yet held.
    pub fn find(&self, hash: u64) -> Option<u32> {
        self.by_hash.get(&hash).copied()
    }

    /// Whether nobody holds the block.
    pub fn is_free(&self, index: u32) -> bool {
        self.blocks[index as usize].references == 0
    }

    /// Holds a found block.
    pub fn hold(&mut self, index: u32) {
        if self.blocks[index as usize].references == 0 {
            self.unlink(index);
        }
        self.blocks[index as usize].references += 1;
    }

    /// Remembers the content of a full block.
    pub fn remember(&mut self, index: u32, hash: u64) {
        if self.caching && self.blocks[index as usize].hash.is_none() {
            self.blocks[index as usize].hash = Some(hash);
            self.by_hash.entry(hash).or_insert(index);
        }
    }

    /// Gives blocks back, the last tokens first, so that beginnings stay longest.
    pub fn release(&mut self, blocks: &[u32]) {
        for &index in blocks.iter().rev() {
            let block = &mut self.blocks[index as usize];
            block.references -= 1;
            if block.references == 0 {
                self.append(index);
            }
        }
    }

    fn append(&mut self, index: u32) {
        let last = self.last_free;
        self.blocks[index as usize].before = last;
        self.blocks[index as usize].after = NONE;
        if last == NONE {
            self.first_free = index;
        } else {
            self.blocks[last as usize].after = index;
        }
        self.last_free = index;
        self.free += 1;
    }

    fn unlink(&mut self, index: u32) {
        let Block { before, after, .. } = self.blocks[index as usize];
        if before == NONE {
            self.first_free = after;
        } else {
            self.blocks[before as usize].after = after;
        }
        if after == NONE {
            self.last_free = before;
        } else {
            self.blocks[after as usize].before = before;
        }
        self.free -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_block_is_reserved_and_the_rest_is_given_out() {
        let mut pool = BlockPool::new(4, true);
        let taken: Vec<u32> = std::iter::from_fn(|| pool.allocate()).collect();
        assert_eq!(taken.len(), 3);
        assert_eq!((pool.free(), pool.usage().to_bits()), (0, 1.0_f64.to_bits()));
        pool.release(&taken);
        assert_eq!(pool.free(), 3);
    }

    #[test]
    fn freed_content_is_found_until_its_block_is_reused() {
        let mut pool = BlockPool::new(4, true);
        let first = pool.allocate().unwrap();
        pool.remember(first, 7);
        pool.release(&[first]);
        assert_eq!(pool.find(7), Some(first));
        pool.hold(first);
        assert_eq!(pool.free(), 2);
        pool.release(&[first]);
        for _ in 0..3 {
            pool.allocate().unwrap();
        }
        assert_eq!(pool.find(7), None);
    }

    #[test]
    fn the_end_of_a_request_is_reused_before_its_beginning() {
        let mut pool = BlockPool::new(5, true);
        let blocks: Vec<u32> = (0..4).map(|_| pool.allocate().unwrap()).collect();
        pool.release(&blocks);
        assert_eq!(pool.allocate(), Some(blocks[3]));
    }

    #[test]
    fn a_smaller_pool_takes_back_what_is_freed() {
        let mut pool = BlockPool::new(11, true);
        let blocks: Vec<u32> = (0..8).map(|_| pool.allocate().unwrap()).collect();
        pool.resize(5);
        assert_eq!(pool.free(), 0);
        pool.release(&blocks[2..]);
        assert_eq!(pool.free(), 2);
    }
}
