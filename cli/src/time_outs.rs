//! When to stop asking a server that does not answer in time.

use std::sync::atomic::{AtomicU32, Ordering};

/// So many in a row end a run. One or two can be a slow query or a moment's load; after three the
/// rest would only wait as long again, and load a server further that is in trouble already.
pub(crate) const MOST: u32 = 3;

/// Time-outs in a row. Threads share it.
#[derive(Debug, Default)]
pub(crate) struct TimeOuts(AtomicU32);

impl TimeOuts {
    /// One more request was given up.
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// An answer came in time; where it is too late for that, nothing changes.
    pub(crate) fn forget(&self) {
        let unless_over = |count| (count < MOST).then_some(0);
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, unless_over);
    }

    /// Whether nothing more is to be asked.
    pub(crate) fn are_too_many(&self) -> bool {
        self.0.load(Ordering::Relaxed) >= MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_in_a_row_are_too_many_and_stay_so() {
        let time_outs = TimeOuts::default();
        for _ in 0..5 {
            time_outs.add();
            time_outs.add();
            assert!(!time_outs.are_too_many());
            time_outs.forget();
        }
        for _ in 0..MOST {
            time_outs.add();
        }
        assert!(time_outs.are_too_many());
        time_outs.forget();
        assert!(time_outs.are_too_many());
    }
}
