//! An allocator that counts the bytes in use, for tests of how much memory something takes.

#![allow(
    unsafe_code,
    reason = "an allocator cannot be written without it; this one only counts and passes on"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

struct Counting;

static IN_USE: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn add(bytes: usize) {
    let now = IN_USE.fetch_add(bytes, Relaxed) + bytes;
    MOST.fetch_max(now, Relaxed);
}

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(place, layout) }
    }

    // A block that grows may have to be copied: the old and the new one are there together for a
    // moment.
    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if size > layout.size() {
            add(size);
            IN_USE.fetch_sub(layout.size(), Relaxed);
        } else {
            IN_USE.fetch_sub(layout.size() - size, Relaxed);
        }
        unsafe { System.realloc(place, layout, size) }
    }
}

/// Counts the bytes of one test; the tests of this program take turns, because they share the
/// allocator.
pub(crate) struct Count {
    start: usize,
    _alone: MutexGuard<'static, ()>,
}

impl Count {
    /// Waits until no other test counts.
    pub(crate) fn alone() -> Self {
        static ALONE: Mutex<()> = Mutex::new(());
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let mut count = Self { start: 0, _alone: alone };
        count.restart();
        count
    }

    /// What is in use now does not count from here on.
    pub(crate) fn restart(&mut self) {
        self.start = IN_USE.load(Relaxed);
        MOST.store(self.start, Relaxed);
    }

    /// Bytes in use beyond those at the start.
    pub(crate) fn in_use(&self) -> usize {
        IN_USE.load(Relaxed).saturating_sub(self.start)
    }

    /// The most bytes in use at one time since the start, or since this was asked last.
    pub(crate) fn most(&self) -> usize {
        MOST.swap(IN_USE.load(Relaxed), Relaxed).saturating_sub(self.start)
    }
}
