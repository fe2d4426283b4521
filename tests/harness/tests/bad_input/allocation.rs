//! The most memory a piece of work held at once, counted by the allocator for this thread alone.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static LIVE: Cell<usize> = const { Cell::new(0) };
    static PEAK: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn grown(bytes: usize) {
    let live = LIVE.get() + bytes;
    LIVE.set(live);
    PEAK.set(PEAK.get().max(live));
}

fn shrunk(bytes: usize) {
    // What another thread allocated may be freed here.
    LIVE.set(LIVE.get().saturating_sub(bytes));
}

#[expect(
    unsafe_code,
    reason = "an allocator is an unsafe trait; every call goes to the system's allocator unchanged"
)]
// SAFETY: all methods forward their arguments to `System`, which upholds the contract of
// `GlobalAlloc`.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grown(layout.size());
        // SAFETY: the caller's layout is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        shrunk(layout.size());
        // SAFETY: the pointer came from `alloc` above, that is from `System`, with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// Runs the work and tells the most bytes it held beyond what was held before.
pub(crate) fn peak_bytes(work: impl FnOnce()) -> usize {
    let before = LIVE.get();
    PEAK.set(before);
    work();
    PEAK.get() - before
}

#[test]
fn the_largest_moment_counts() {
    let peak = peak_bytes(|| {
        drop(vec![0_u8; 1_000_000]);
        drop(vec![0_u8; 3_000_000]);
    });
    assert!((3_000_000..3_100_000).contains(&peak), "{peak}");
}
